"""Ranks of the nodes of a weighted graph, for the methods that follow TextRank."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

__all__ = ["page_rank", "remove_self_links"]

_MAX_ITERATIONS = 100
#: Total change of the ranks, far below any difference that matters, at which they have converged.
_TOLERANCE = 1e-10


def page_rank(weights: csr_array, *, damping: float = 0.85) -> NDArray[np.float64]:
    """Return the PageRank of each node of a weighted graph.

    Parameters
    ----------
    weights
        Weight of the link from the node of a row to that of a column, nodes × nodes.
    damping
        Probability of following a link rather than jumping to any node.

    Returns
    -------
    ndarray
        Ranks, which sum to 1. A node without links passes its rank on to all nodes evenly.

    Notes
    -----
    Computed by power iteration. Source: S. Brin and L. Page (1998), Computer Networks 30, 107-117.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> page_rank(csr_array([[0, 1], [1, 0]])).tolist()
    [0.5, 0.5]
    """
    n = weights.shape[0]
    out_weight = np.asarray(weights.sum(axis=1)).ravel()
    is_dangling = out_weight == 0
    incoming = weights.T.tocsr()
    ranks: NDArray[np.float64] = np.full(n, 1 / n)
    for _ in range(_MAX_ITERATIONS):
        flow = incoming @ (ranks / np.where(is_dangling, 1, out_weight)) + ranks[is_dangling].sum() / n
        updated: NDArray[np.float64] = (1 - damping) / n + damping * flow
        if np.abs(updated - ranks).sum() < _TOLERANCE:
            return updated
        ranks = updated
    return ranks


def remove_self_links(weights: Any) -> csr_array:
    """Return a square sparse array without the entries of its diagonal."""
    from scipy.sparse import csr_array

    entries = weights.tocoo()
    rows, columns = entries.coords
    is_link = rows != columns
    return csr_array((entries.data[is_link], (rows[is_link], columns[is_link])), shape=entries.shape)
