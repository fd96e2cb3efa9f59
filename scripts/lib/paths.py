"""Where things stand; scripts/env.sh says the same to the shell and hands it over in the environment."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def cache() -> Path:
    """Hearth's part of the user's cache."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "hearth"


def models() -> Path:
    """The models' directory: one folder per model."""
    return Path(os.environ.get("HEARTH_MODELS_DIR") or cache() / "models")


def binaries() -> Path:
    """Where cargo leaves the release binaries."""
    return Path(os.environ.get("HEARTH_TARGET_DIR") or cache() / "target") / "release"
