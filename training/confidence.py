"""How often the content and the source of a claim are right, given how sure the attributor is of their words.

The attributor is surer of articles that it was trained on, so the weights are fitted on the dev part of PolNeAR, and
scored by cross-validation, with articles whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis.content import claims, confidence
from training import polnear

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analysis.content.attribution import Attributor

__all__ = ["Examples", "find_examples", "fit", "score", "to_bytes"]

#: How many times articles are divided to score, how many steps Newton’s method takes, and what holds weights back.
_FOLDS, _ITERATIONS, _PENALTY = 8, 20, 1.0
#: The weights are whole numbers, and values steps of a score, of which these make 1.0.
_STEPS = 1 << 10
#: Claims are counted from these confidences on.
_BOUNDS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9)


class Examples(NamedTuple):
    """Attributions with a source: their article, values of ``FEATURES`` and whether content and source are right."""

    articles: NDArray[np.int64]
    values: NDArray[np.int64]
    is_right: NDArray[np.bool_]


def find_examples(documents: Sequence[polnear.Document], attributor: Attributor) -> Examples:
    """Return the attributions that are found in articles, judged by what is marked there."""
    articles, values, is_right = [], [], []
    for number, document in enumerate(documents):
        found, leads = next(attributor.read([document.words]))
        own = claims.complete(document.text, document.words, document.tokens, document.named, found)
        for each, judged in zip(own, polnear.judge(document, own)[0], strict=True):
            if each.source is not None:
                articles.append(number)
                cue = document.words.columns["lemma"][slice(*(each.cue or (0, 0)))]
                values.append(confidence.features(leads, each.content, each.source, cue))
                is_right.append(judged.is_right and judged.has_source)
    shape = (-1, len(confidence.FEATURES))
    return Examples(
        np.array(articles, dtype=np.int64),
        np.array(values, dtype=np.int64).reshape(shape),
        np.array(is_right, dtype=bool),
    )


def fit(examples: Examples) -> NDArray[np.int64]:
    """Return the weight of each of ``FEATURES`` and the bias, by logistic regression (Newton’s method), in steps.

    All are zero where there is no example.
    """
    inputs = np.column_stack([examples.values / _STEPS, np.ones(len(examples.values))])
    weights = np.zeros(inputs.shape[1])
    if not len(inputs):
        return weights.astype(np.int64)
    penalty = np.diag([*[_PENALTY] * (inputs.shape[1] - 1), 0.0])
    for _ in range(_ITERATIONS):
        chances = 1 / (1 + np.exp(-inputs @ weights))
        slope = inputs.T @ (examples.is_right - chances) - penalty @ weights
        curvature = (inputs * (chances * (1 - chances))[:, None]).T @ inputs + penalty
        weights += np.linalg.solve(curvature, slope)
    return np.rint(weights * _STEPS).astype(np.int64)


def to_bytes(weights: NDArray[np.int64]) -> bytes:
    """Return the file of weights."""
    names = (*confidence.FEATURES, "bias")
    return "".join(f"{name}\t{weight}\n" for name, weight in zip(names, weights.tolist(), strict=True)).encode()


def score(examples: Examples) -> dict[str, Any]:
    """Return what share of claims is right from some confidences on, and how many there are, by cross-validation."""
    chances = np.empty(len(examples.is_right))
    for fold in range(_FOLDS):
        is_out = examples.articles % _FOLDS == fold
        weights = fit(Examples(*(column[~is_out] for column in examples)))
        logits = (examples.values[is_out] @ weights[:-1] + weights[-1] * _STEPS) / _STEPS**2
        chances[is_out] = 1 / (1 + np.exp(-logits))
    found = {}
    for low in _BOUNDS:
        is_sure = chances >= low
        right = 100 * float(examples.is_right[is_sure].mean())
        found[f"from {low}"] = {"right": round(right, 1), "n": int(is_sure.sum())}
    return found
