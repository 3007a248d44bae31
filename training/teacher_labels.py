"""Files of teacher labels: what a larger model predicts for the words of the corpora, for distillation.

:mod:`training.teacher` writes them, :mod:`training.train` reads them.
"""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, Any

import numpy as np

from training.fit import PROBABILITY_STEPS, Labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["CorporaError", "likeliest", "read", "write"]

#: How many labels of a word are kept.
_N_KEPT = 3


class CorporaError(ValueError):
    """Corpora that are not those that the labels were made for."""


def likeliest(names: Sequence[str], probabilities: NDArray[np.floating[Any]]) -> Labels:
    """Return the three likeliest labels of each word, their probabilities normalised.

    Parameters
    ----------
    names
        The labels.
    probabilities
        Shape (words, labels).
    """
    ids = np.argsort(-probabilities, axis=1, kind="stable")[:, :_N_KEPT].astype(np.uint8)
    kept = np.take_along_axis(probabilities, ids.astype(np.int64), axis=1)
    return Labels(list(names), ids, kept / kept.sum(axis=1, keepdims=True))


def write(path: Path, forms: Iterable[str], labels: Mapping[str, Labels]) -> None:
    """Write the labels of words, by head: the same words and labels, the same bytes."""
    arrays: dict[str, Any] = {"words": np.array(_digest(forms)), "heads": np.array(list(labels))}
    for head, own in labels.items():
        steps = np.rint(own.probabilities * PROBABILITY_STEPS).astype(np.uint8)
        ids = own.ids * (steps > 0)  # zeros compress well
        arrays |= {f"{head}.names": np.array(own.names), f"{head}.numbers": ids, f"{head}.parts": steps}
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    path.write_bytes(file.getvalue())


def read(path: Path, forms: Iterable[str]) -> dict[str, Labels]:
    """Read the labels of these words, by head.

    Raises
    ------
    CorporaError
        If the labels are those of other words.
    """
    with np.load(path, allow_pickle=False) as file:
        if _digest(forms) != str(file["words"]):
            raise CorporaError(f"{path} is of other corpora than these; make it anew by python -m training teacher")
        found = {}
        for head in file["heads"].tolist():
            steps = file[f"{head}.parts"].astype(np.float32)
            probabilities = steps / steps.sum(axis=1, keepdims=True)
            found[head] = Labels(file[f"{head}.names"].tolist(), file[f"{head}.numbers"], probabilities)
        return found


def _digest(forms: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(forms).encode()).hexdigest()
