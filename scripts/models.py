#!/usr/bin/env python3
"""The demo's models: fetches them, makes reference results, and turns files and sentences into tensors and back.

Run it with the Python of scripts/setup.sh: `$HEARTH_VENV/bin/python scripts/models.py --help` after `. scripts/env.sh`.
"""

import argparse
import json
import sys
from pathlib import Path

from lib import cases, fetch


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Models, reference results and tensors for the demo and the tests.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("prepare", help="both of the following; free when nothing has changed")
    verbs.add_parser("fetch", help="fetch the models, by version and sha256")
    verbs.add_parser("cases", help="compute reference results with onnxruntime")
    verb = verbs.add_parser("magika-input", help="files -> safetensors for magika")
    verb.add_argument("files", nargs="+", type=Path)
    verb.add_argument("--out", required=True, type=Path)
    verb = verbs.add_parser("magika-labels", help="magika's result -> labels and scores, JSON")
    verb.add_argument("result", type=Path)
    verb = verbs.add_parser("embed-input", help="sentences -> safetensors for MiniLM")
    verb.add_argument("sentences", nargs="*", help="the demo's ten when none is given")
    verb.add_argument("--out", required=True, type=Path)
    verb = verbs.add_parser("embed-output", help="MiniLM's result -> cosines of every pair, JSON")
    verb.add_argument("input", type=Path, help="the file that embed-input wrote")
    verb.add_argument("result", type=Path)
    return parser.parse_args()


def main() -> None:
    """Does one verb; heavy imports wait until they are needed, so that a call with nothing to do is quick."""
    arguments = parse()
    if arguments.verb in {"prepare", "fetch"}:
        fetch.fetch()
    if arguments.verb in {"prepare", "cases"}:
        cases.make()
    if arguments.verb not in {"prepare", "fetch", "cases"}:
        convert(arguments)


def convert(arguments: argparse.Namespace) -> None:
    """The verbs that read or write tensors."""
    from safetensors.numpy import load_file, save_file

    from lib import magika, minilm

    if arguments.verb == "magika-input":
        save_file(magika.inputs(arguments.files), arguments.out)
    elif arguments.verb == "magika-labels":
        labels = magika.labels(load_file(arguments.result))
        json.dump([{"label": label, "score": score} for label, score in labels], sys.stdout, indent=2)
    elif arguments.verb == "embed-input":
        save_file(minilm.inputs(arguments.sentences or minilm.SENTENCES), arguments.out)
    else:
        vectors = minilm.embeddings(load_file(arguments.input), load_file(arguments.result))
        cosines = minilm.similarities(vectors)
        json.dump({"cosines": cosines.round(6).tolist(), "nearest": minilm.nearest(cosines)}, sys.stdout, indent=2)


if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError, KeyError) as error:
        sys.exit(f"models: {error}")
