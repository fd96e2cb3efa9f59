"""When the reference results must be made anew. Light, for it is asked at every set-up; lib/reference.py does the work."""

import hashlib
import sys
from importlib.metadata import version
from pathlib import Path

from . import fetch, paths

# Whose change changes a case.
SOURCES = ["magika", "minilm", "reference", "samples"]


def make() -> bool:
    """Makes all cases; false when they were there."""
    stamp = paths.models() / ".cases"
    wanted = fingerprint()
    if stamp.is_file() and stamp.read_text().strip() == wanted:
        return False
    from . import reference

    print("models: computing reference results with onnxruntime", file=sys.stderr)
    reference.make_all()
    stamp.write_text(wanted + "\n")
    return True


def fingerprint() -> str:
    """What the cases depend on: the models, the reference and the code that makes them."""
    digest = hashlib.sha256(fetch.PINS.read_bytes())
    digest.update(version("onnxruntime").encode())
    for source in SOURCES:
        digest.update((Path(__file__).parent / f"{source}.py").read_bytes())
    return digest.hexdigest()
