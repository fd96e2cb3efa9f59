"""Real files of different kinds, to be classified: what the repository and the machine have, else files made with the standard library."""

import gzip
import os
import struct
import sys
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from . import paths

# How many directory entries to look at for a PNG or a PDF before making one.
SEARCH_LIMIT = 20_000
SEARCH_IN = ["/usr/share/pixmaps", "/usr/share/icons", "/usr/share/doc", "/usr/share"]


@dataclass(frozen=True)
class Sample:
    """A file and where it is from."""

    kind: str
    path: Path
    origin: str


def collect(scratch: Path) -> dict[str, Sample]:
    """A sample of each kind, by kind; files that must be made are made in `scratch`."""
    scratch.mkdir(parents=True, exist_ok=True)
    found = {
        "rust": Sample("rust", paths.ROOT / "primitives/src/market.rs", "this repository"),
        "toml": Sample("toml", paths.ROOT / "Cargo.toml", "this repository"),
        "shell": Sample("shell", paths.ROOT / "scripts/setup.sh", "this repository"),
        "python": Sample("python", Path(__file__).resolve(), "this repository"),
        "elf": Sample("elf", Path(os.path.realpath(sys.executable)), "this machine"),
        "json": Sample("json", paths.models() / "magika" / "config.json", "magika's package"),
    }
    on_disk = search({"png": (b"\x89PNG\r\n\x1a\n", ".png"), "pdf": (b"%PDF-", ".pdf")})
    for kind, make in {"png": make_png, "pdf": make_pdf}.items():
        found[kind] = Sample(kind, on_disk[kind], "this machine") if kind in on_disk else made(kind, make, scratch)
    found["zip"] = made("zip", make_zip, scratch)
    found["gzip"] = made("gzip", make_gzip, scratch)
    return found


def search(kinds: dict[str, tuple[bytes, str]]) -> dict[str, Path]:
    """The first file of each kind under the system's shared directories, by suffix and first bytes."""
    found, seen = {}, 0
    for top in SEARCH_IN:
        for directory, folders, files in os.walk(top):
            folders.sort()
            seen += len(folders) + len(files)
            for name in sorted(files):
                for kind, (magic, suffix) in kinds.items():
                    if kind not in found and name.endswith(suffix) and starts_with(Path(directory, name), magic):
                        found[kind] = Path(directory, name)
            if len(found) == len(kinds) or seen > SEARCH_LIMIT:
                return found
    return found


def starts_with(file: Path, magic: bytes) -> bool:
    """Whether a file can be read, begins so, and has something after it."""
    try:
        with file.open("rb") as stream:
            return stream.read(len(magic)) == magic and file.stat().st_size >= 1024
    except OSError:
        return False


def made(kind: str, make, scratch: Path) -> Sample:
    """A sample written by `make`."""
    path = scratch / f"sample.{kind}"
    make(path)
    return Sample(kind, path, "made for this run")


def make_png(path: Path) -> None:
    """A colour gradient, 256 by 256."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"".join(bytes((x, y, (x * y) & 255)) for x in range(256)) for y in range(256))
    header = struct.pack(">IIBBBBB", 256, 256, 8, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def make_pdf(path: Path) -> None:
    """One page that says what Hearth is, with a cross-reference table as readers want it."""
    text = b"BT /F1 18 Tf 72 720 Td (Hearth: a market for AI inference) Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, offsets = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    path.write_bytes(body + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table) + trailer)


def make_zip(path: Path) -> None:
    """The licence and a source of this repository."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ["LICENSE", "Cargo.toml", "primitives/src/digest.rs"]:
            archive.write(paths.ROOT / name, name)


def make_gzip(path: Path) -> None:
    """The licence."""
    with gzip.GzipFile(path, "wb", mtime=0) as stream:
        stream.write((paths.ROOT / "LICENSE").read_bytes())
