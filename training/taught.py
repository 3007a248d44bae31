"""Labels that a larger model gives to the words of the corpora, from which a smaller one learns as from right ones.

``benchmarks/teacher.py`` writes them, :mod:`training.train` reads them.
"""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

import numpy as np

from training.fit import PARTS, Labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

#: How many labels of a word are kept.
KEPT = 3


class CorporaError(ValueError):
    """Corpora that are not those that the labels are of."""


def likeliest(names: Sequence[str], shares: np.ndarray) -> Labels:
    """Keep the likeliest labels of each word.

    Parameters
    ----------
    names
        The labels.
    shares
        One row a word, one column a label: how likely it is.
    """
    numbers = np.argsort(-shares, axis=1, kind="stable")[:, :KEPT].astype(np.uint8)
    kept = np.take_along_axis(shares, numbers.astype(np.int64), axis=1)
    return Labels(list(names), numbers, kept / kept.sum(axis=1, keepdims=True))


def write(path: Path, forms: Iterable[str], labels: Mapping[str, Labels]) -> None:
    """Write what was said of words: the same words and labels, the same bytes."""
    arrays = {"words": np.array(_digest(forms)), "heads": np.array(list(labels))}
    for head, said in labels.items():
        parts = np.rint(said.shares * PARTS).astype(np.uint8)
        numbers = said.numbers * (parts > 0)  # what has no share compresses well
        arrays |= {f"{head}.names": np.array(said.names), f"{head}.numbers": numbers, f"{head}.parts": parts}
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    path.write_bytes(file.getvalue())


def read(path: Path, forms: Iterable[str]) -> dict[str, Labels]:
    """Read what was said of these words.

    Raises
    ------
    CorporaError
        If it was said of others.
    """
    with np.load(path, allow_pickle=False) as file:
        if _digest(forms) != str(file["words"]):
            raise CorporaError(f"{path} is of other corpora than these; make it anew by python -m benchmarks.teacher")
        found = {}
        for head in file["heads"].tolist():
            parts = file[f"{head}.parts"].astype(np.float32)
            shares = parts / parts.sum(axis=1, keepdims=True)
            found[head] = Labels(file[f"{head}.names"].tolist(), file[f"{head}.numbers"], shares)
        return found


def _digest(forms: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(forms).encode()).hexdigest()
