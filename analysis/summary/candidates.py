"""Which sentences may be in a summary, and why the others may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Sentences of one article that are scored; those after them are listed without a score.
MAX_SENTENCES = 5000

#: What a role is called as a reason, where it is not called by its own name; a body sentence has no reason.
_REASONS = {"body": "", "item": "fragment", "byline": "by-line", "credit": "caption"}


def excluded(roles: NDArray[np.str_]) -> NDArray[np.str_]:
    """Return why each sentence of one article is not in a summary; empty where it may be.

    Parameters
    ----------
    roles
        The roles of the sentences, in order.

    Examples
    --------
    >>> excluded(np.array(["title", "byline", "body"], dtype=object)).tolist()
    ['title', 'by-line', '']
    """
    reasons = np.array([_REASONS.get(role, role) for role in roles.tolist()], dtype=object)
    late = (np.arange(len(reasons)) >= MAX_SENTENCES) & (reasons != "title")
    reasons[late] = f"beyond the first {MAX_SENTENCES:,}"
    return reasons
