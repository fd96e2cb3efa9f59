"""magika: what a file is, from its bytes. The model sees 2,048 tokens: the file's beginning and its end, stripped of white space.

The features follow magika 1.0.3's version 2 ("standard_v3_3"), whose parameters stand in the package's configuration. The package
itself also answers for links, directories and files of a few bytes without asking the model; such files are refused here.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import paths

INPUT = "bytes"
OUTPUT = "target_label"


class Unfit(ValueError):
    """The file holds too little for the model."""


@dataclass(frozen=True)
class Config:
    """The model's configuration, as its package ships it."""

    beginning: int
    end: int
    block: int
    padding: int
    minimum: int
    labels: tuple[str, ...]

    @classmethod
    def load(cls) -> "Config":
        """Reads the configuration beside the model."""
        raw = json.loads((paths.models() / "magika" / "config.json").read_text())
        if raw["mid_size"] != 0 or raw["use_inputs_at_offsets"]:
            raise SystemExit("this magika model wants features that lib/magika.py does not make")
        return cls(
            beginning=raw["beg_size"],
            end=raw["end_size"],
            block=raw["block_size"],
            padding=raw["padding_token"],
            minimum=raw["min_file_size_for_dl"],
            labels=tuple(raw["target_labels_space"]),
        )


def model() -> Path:
    """The ONNX file."""
    return paths.models() / "magika" / "model.onnx"


def features(file: Path, config: Config) -> list[int]:
    """A file's tokens: bytes as integers, and the padding token where the file is short."""
    size = file.stat().st_size
    with file.open("rb") as stream:
        first = stream.read(config.block)
        stream.seek(max(0, size - config.block))
        last = stream.read(config.block)
    beginning = list(first.lstrip()[: config.beginning])
    if len(beginning) < config.minimum:
        raise Unfit(f"{file}: {len(beginning)} bytes besides white space; magika's model wants {config.minimum} or more")
    end = list(last.rstrip()[-config.end :])
    pad = [config.padding]
    return beginning + pad * (config.beginning - len(beginning)) + pad * (config.end - len(end)) + end


def inputs(files: list[Path]) -> dict[str, np.ndarray]:
    """The graph's input for a batch of files: int32, [files, 2048]."""
    config = Config.load()
    return {INPUT: np.array([features(file, config) for file in files], dtype=np.int32)}


def labels(tensors: dict[str, np.ndarray]) -> list[tuple[str, float]]:
    """The best label of each row of the graph's output, with its score."""
    config = Config.load()
    scores = tensors[OUTPUT]
    if scores.ndim != 2 or scores.shape[1] != len(config.labels):
        raise SystemExit(f"{OUTPUT} has shape {list(scores.shape)}, and [files, {len(config.labels)}] was expected")
    best = scores.argmax(axis=1)
    return [(config.labels[index], float(row[index])) for row, index in zip(scores, best)]
