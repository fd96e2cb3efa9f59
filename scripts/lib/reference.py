"""Reference results: inputs for each model and what onnxruntime answers, for the engine's tests to compare with.

`<models>/<model>/cases/<name>.input.safetensors` holds the graph's inputs and `<name>.expected.safetensors` its outputs.
"""

import shutil
from pathlib import Path

import numpy as np
import onnxruntime
from safetensors.numpy import save_file

from . import magika, minilm, paths, samples


BATCH = ["rust", "png", "elf"]


def make_all() -> None:
    """Makes every case of every model."""
    make_magika(fresh("magika"))
    make_minilm(fresh("minilm"))


def fresh(model: str) -> Path:
    """An empty directory for a model's cases."""
    directory = paths.models() / model / "cases"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return directory


def make_magika(directory: Path) -> None:
    """One case per kind of file, and one of three files as a batch: on a GPU in software each more takes seconds."""
    collected = samples.collect(directory / "files")
    for kind, sample in collected.items():
        write(directory / kind, magika.model(), magika.inputs([sample.path]))
    write(directory / "batch", magika.model(), magika.inputs([collected[kind].path for kind in BATCH]))


def make_minilm(directory: Path) -> None:
    """The ten sentences at once, and a single one."""
    write(directory / "sentences", minilm.model(), minilm.inputs(minilm.SENTENCES))
    write(directory / "sentence", minilm.model(), minilm.inputs(minilm.SENTENCES[:1]))


def write(stem: Path, model: Path, inputs: dict[str, np.ndarray]) -> None:
    """Runs one case and writes its two files."""
    save_file(inputs, stem.with_name(stem.name + ".input.safetensors"))
    save_file(run(model, inputs), stem.with_name(stem.name + ".expected.safetensors"))


def run(model: Path, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The outputs of a model by onnxruntime on the processor."""
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return {name: np.ascontiguousarray(value) for name, value in zip(names, session.run(names, inputs))}
