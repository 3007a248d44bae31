"""How likely the content and the source of a claim are right, by how sure the attributor is of their words.

A word leads in a part of attributions by the score of the better of the labels within it, less that of *outside*. What
an attributor is unsure of, it gets wrong more often, and so does a rule that starts from it. A few leads tell how
often, with the weights that logistic regression found on articles that the attributor was not trained on
(:mod:`training.confidence`).
All numbers are whole, so that every processor finds the same.

References
----------
D. Hendrycks, K. Gimpel 2017, A baseline for detecting misclassified and out-of-distribution examples in neural
networks, ICLR: the score of what is predicted tells whether it is right.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

from analysis.content.according import ACCORDING
from analysis.resources import MODELS, Folder

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from analysis.content.attribution import Leads

__all__ = ["FEATURES", "confidence", "features"]

Span = tuple[int, int]

#: The leads that count: the lowest of a word of the content and of the source, and how far the words before and after
#: the content are from being in it; and that the cue is *according to*, after which the tree says more than the leads.
FEATURES = ("content", "source", "before", "after", "according")
#: The file of their weights, whole numbers of which ``_STEPS`` make 1.0.
_FILE = "confidence.tsv"
_STEPS = 1 << 10
#: Leads count up to this many logits, either way.
_MOST_LOGITS = 6
_BIAS = "bias"


def features(leads: Leads, pieces: Sequence[Span], source: Span | None, cue: Collection[str]) -> tuple[int, ...]:
    """Return the value of each of ``FEATURES`` for an attribution, in steps of a score.

    Parameters
    ----------
    leads
        How far the words of the article lead in each part.
    pieces, source
        The pieces of the content, and the source, in half-open spans of words. No source leads by nothing.
    cue
        The lemmas of the cue.
    """
    content, (start, end) = leads["content"], (pieces[0][0], pieces[-1][1])
    most = _MOST_LOGITS * _STEPS
    found = (
        min(content[at] for low, high in pieces for at in range(low, high)),
        min(leads["source"][slice(*source)]) if source else 0,
        -content[start - 1] if start else most,
        -content[end] if end < len(content) else most,
        0 if ACCORDING.isdisjoint(cue) else _STEPS,
    )
    return tuple(max(-most, min(each, most)) for each in found)


def confidence(values: Sequence[int]) -> float:
    """Return the chance that an attribution with these values of ``FEATURES`` is right, in hundredths."""
    weights = _weights()
    logit = weights[_BIAS] * _STEPS + sum(weights[name] * value for name, value in zip(FEATURES, values, strict=True))
    return round(1 / (1 + math.exp(-logit / _STEPS**2)), 2)


@cache
def _weights() -> Mapping[str, int]:
    rows = (line.split("\t") for line in Folder(MODELS).read_lines(_FILE))
    return {name: int(weight) for name, weight in rows}
