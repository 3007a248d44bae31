"""Decoding of BIO tags: the best legal sequence for the logits of a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["decode"]

#: A word whose logit for ``O`` exceeds all others by this much is taken to be outside of names.
_MARGIN = 12.0
#: Runs of words that are decoded together.
_RUNS_AT_ONCE = 256


def decode(logits: NDArray[np.float32], tags: Sequence[str], lengths: NDArray[np.int64]) -> list[str]:
    """Find the best BIO tags of each sentence, in which ``I-x`` only ever follows ``B-x`` or ``I-x``.

    Parameters
    ----------
    logits
        Shape (words, tags), float32.
    tags
        The BIO tags, ``O`` among them.
    lengths
        Words in each sentence.

    Returns
    -------
    list of str
        The BIO tag of each word.

    Notes
    -----
    Where the likeliest tags are a legal sequence, they are the answer. Otherwise it is found by Viterbi's algorithm,
    for all runs of words at once that may belong to names: words with a logit for another tag within 12 of ``O``.

    References
    ----------
    A. Viterbi 1967, Error bounds for convolutional codes and an asymptotically optimum decoding algorithm, IEEE
    Transactions on Information Theory 13(2).
    """
    outside = tags.index("O")
    best = logits.argmax(axis=1)
    ends = np.zeros(len(logits) + 1, dtype=bool)
    ends[np.cumsum(lengths)] = ends[:1] = True
    may_be_name = np.delete(logits, outside, axis=1).max(axis=1) > logits[:, outside] - _MARGIN
    unsure = np.flatnonzero(may_be_name)
    is_first = (np.diff(unsure, prepend=-2) > 1) | ends[unsure]
    may_follow = np.array([[two[0] != "I" or one[1:] == two[1:] for two in tags] for one in tags])
    is_legal = may_follow[np.where(ends[unsure], outside, best[unsure - 1]), best[unsure]]
    firsts = np.flatnonzero(is_first)
    illegal = ~np.logical_and.reduceat(is_legal, firsts) if len(firsts) else firsts
    starts = unsure[firsts][illegal]
    sizes = np.diff(np.append(firsts, len(unsure)))[illegal]
    transitions = np.where(may_follow, 0, -np.inf).astype(np.float32)
    order = np.argsort(-sizes, kind="stable")
    for low in range(0, len(order), _RUNS_AT_ONCE):
        runs = order[low : low + _RUNS_AT_ONCE]
        _viterbi(logits, transitions, outside, (starts[runs], sizes[runs]), best)
    return [tags[tag] for tag in best.tolist()]


def _viterbi(
    logits: NDArray[np.float32],
    transitions: NDArray[np.float32],
    outside: int,
    runs: tuple[NDArray[np.int64], NDArray[np.int64]],
    best: NDArray[np.int64],
) -> None:
    """Decode runs of words (their starts and sizes, the longest first), each after a word outside of names.

    The ids of tags are written into ``best``.
    """
    starts, sizes = runs
    # For each position, the score of the best path to each tag of each run.
    paths = [logits[starts] + transitions[outside]]
    for position in range(1, sizes[0]):
        n_longer = int(np.searchsorted(-sizes, -position, side="left"))
        paths.append((paths[-1][:n_longer, :, None] + transitions).max(axis=1) + logits[starts[:n_longer] + position])
    tag = np.zeros(len(starts), dtype=np.int64)
    for position in range(sizes[0] - 1, -1, -1):
        scores = paths[position]
        n_longer = len(paths[position + 1]) if position + 1 < sizes[0] else 0
        scores[:n_longer] += transitions.T[tag[:n_longer]]
        tag[: len(scores)] = scores.argmax(axis=1)
        best[starts[: len(scores)] + position] = tag[: len(scores)]
