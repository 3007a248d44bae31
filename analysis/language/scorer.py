"""A small network that scores candidates by attributes with a few values each.

Its input is a sum of embeddings. Weights are whole numbers and sums of their products are exact: scores are the same on
any processor.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["WEIGHT_STEPS", "Scorer", "scorers_from_bytes", "scorers_to_bytes"]

#: How many quantisation steps of a weight make 1.0; scores have the square of it.
WEIGHT_STEPS = 256


class Scorer(NamedTuple):
    """A network with a hidden layer that scores candidates by their attributes.

    Attributes
    ----------
    offsets
        The row of ``embeddings`` of the first value of each attribute.
    embeddings
        Whole numbers, shape (values, units), float64.
    bias
        Added to the sum of embeddings, shape (units,).
    output
        Weights of the hidden units, shape (units,).
    linear
        Added to the score for each value, shape (values,).
    """

    offsets: NDArray[np.int64]
    embeddings: NDArray[np.float64]
    bias: NDArray[np.float64]
    output: NDArray[np.float64]
    linear: NDArray[np.float64]

    def score(self, attributes: Sequence[Sequence[int]]) -> list[float]:
        """Return the scores of candidates, whole numbers; ``WEIGHT_STEPS`` squared make 1.0."""
        rows = np.array(attributes, dtype=np.int64) + self.offsets
        hidden = np.maximum(self.embeddings[rows].sum(axis=1) + self.bias, 0)
        scores: list[float] = (hidden @ self.output + self.linear[rows].sum(axis=1)).tolist()
        return scores

    @classmethod
    def quantise(cls, attributes: Mapping[str, int], weights: Mapping[str, NDArray[Any]]) -> Scorer:
        """Return the scorer of these attributes with weights rounded to quantisation steps."""
        scales = {"embeddings": WEIGHT_STEPS, "bias": WEIGHT_STEPS, "output": WEIGHT_STEPS, "linear": WEIGHT_STEPS**2}
        sizes = np.array([*attributes.values()], dtype=np.int64)
        rounded = {name: np.rint(np.float64(weights[name]) * scale) for name, scale in scales.items()}
        return cls(np.cumsum(sizes) - sizes, **rounded)


def scorers_to_bytes(scorers: Mapping[str, Scorer]) -> bytes:
    """Write scorers, by name, as an uncompressed NumPy archive: the same scorers, the same bytes."""
    arrays = {
        f"{name}.{part}": array.astype(np.int32)
        for name, scorer in scorers.items()
        for part, array in scorer._asdict().items()
    }
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def scorers_from_bytes(content: bytes) -> dict[str, Scorer]:
    """Read what :func:`scorers_to_bytes` wrote."""
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        names = sorted({key.partition(".")[0] for key in file.files})
        return {
            name: Scorer(
                file[f"{name}.offsets"].astype(np.int64),
                *(file[f"{name}.{part}"].astype(np.float64) for part in Scorer._fields[1:]),
            )
            for name in names
        }
