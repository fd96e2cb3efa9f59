"""MiniLM: a sentence as a vector of 384 numbers. The graph ends at the last hidden state; the mean over the sentence's tokens is taken here.

Sentences are padded to one length, so that every provider computes the same shape.
"""

from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from . import paths

LENGTH = 32
OUTPUT = "last_hidden_state"
MASK = "attention_mask"

# Two sentences on each of five subjects: those of a pair stand together.
SENTENCES = [
    "The cat sleeps on the warm windowsill.",
    "A kitten is napping in the sunshine.",
    "The central bank raised its interest rates again.",
    "Borrowing money became more expensive this month.",
    "She kicked the ball into the net in the last minute.",
    "The striker scored the winning goal.",
    "Simmer the tomatoes with garlic and basil.",
    "Cook the pasta sauce slowly and add fresh herbs.",
    "The telescope found a planet around a distant star.",
    "Astronomers discovered a new world outside the solar system.",
]


def model() -> Path:
    """The ONNX file."""
    return paths.models() / "minilm" / "model.onnx"


def inputs(sentences: list[str]) -> dict[str, np.ndarray]:
    """The graph's inputs: int64, [sentences, 32] each."""
    tokenizer = Tokenizer.from_file(str(paths.models() / "minilm" / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    encodings = tokenizer.encode_batch(sentences)
    for sentence, encoding in zip(sentences, encodings):
        if len(encoding.ids) > LENGTH:
            raise SystemExit(f"{len(encoding.ids)} tokens, and at most {LENGTH} fit: {sentence!r}. Shorten it.")
    tokenizer.enable_padding(length=LENGTH)
    encodings = tokenizer.encode_batch(sentences)
    return {
        "input_ids": np.array([encoding.ids for encoding in encodings], dtype=np.int64),
        MASK: np.array([encoding.attention_mask for encoding in encodings], dtype=np.int64),
        "token_type_ids": np.array([encoding.type_ids for encoding in encodings], dtype=np.int64),
    }


def embeddings(given: dict[str, np.ndarray], result: dict[str, np.ndarray]) -> np.ndarray:
    """Unit vectors, [sentences, 384]: the mean of the hidden states of each sentence's own tokens."""
    hidden = result[OUTPUT].astype(np.float64)
    mask = given[MASK].astype(np.float64)[:, :, None]
    mean = (hidden * mask).sum(axis=1) / mask.sum(axis=1)
    return mean / np.linalg.norm(mean, axis=1, keepdims=True)


def similarities(vectors: np.ndarray) -> np.ndarray:
    """The cosine of every pair."""
    return vectors @ vectors.T


def nearest(cosines: np.ndarray) -> list[int]:
    """For each sentence, the other one that is nearest."""
    others = cosines.copy()
    np.fill_diagonal(others, -np.inf)
    return [int(index) for index in others.argmax(axis=1)]
