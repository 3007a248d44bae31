"""Measures of whole articles: rows of value, interval and note, and the bootstrap that the intervals come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis import tables
from analysis.measures.inputs import round_float

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    #: Sums by their names: of one article, or of each of its resamples.
    Totals = Mapping[str, NDArray[np.float64]]

__all__ = ["MIN_WORDS", "Bootstrap", "Estimate", "estimates", "too_few"]

#: Words below which a measure that was made for samples of a hundred words is not given.
MIN_WORDS = 100
_MIN_SENTENCES = 5


class Estimate(NamedTuple):
    """A value, the bounds of its interval (NaN where there is none), and a note on it."""

    value: float
    low: float = np.nan
    high: float = np.nan
    note: str = ""


def estimates(name: str, rows: Iterable[tuple[str, str, str, Estimate]]) -> pd.DataFrame:
    """Return the table ``name`` of rows of article id, measure, unit and estimate, its floats rounded."""
    return tables.frame(
        name,
        [
            (article_id, measure, round_float(e.value), unit, round_float(e.low), round_float(e.high), e.note)
            for article_id, measure, unit, e in rows
        ],
    )


def too_few(n: int, least: int, unit: str, *, wanted_for: str = "a value") -> str:
    """Return the note that says why a text is too short.

    Examples
    --------
    >>> too_few(3, 100, "words")
    'too few to measure: 3 words, 100 wanted for a value'
    """
    return f"too few to measure: {n} {unit}, {least} wanted for {wanted_for}"


class Bootstrap:
    """Estimates of formulas over the sums of an article's sentences, with percentile intervals.

    Sentences are drawn with replacement (B. Efron and R. Tibshirani 1993, An Introduction to the Bootstrap).

    Parameters
    ----------
    by_sentence
        What is summed, by name: one value per sentence.
    resamples
        How many articles of as many sentences are drawn; 0 for no intervals.
    confidence
        Share of the resamples within the interval, between 0 and 1.
    seed
        Of the random draw.
    """

    def __init__(
        self, by_sentence: Mapping[str, NDArray[np.float64]], *, resamples: int, confidence: float, seed: int
    ) -> None:
        self._totals: Totals = {name: values.sum() for name, values in by_sentence.items()}
        self._n = n = len(next(iter(by_sentence.values())))
        self._tails = (50 * (1 - confidence), 50 * (1 + confidence))
        self._resampled: Totals | None = None
        if n >= _MIN_SENTENCES and resamples > 0:
            draws = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=resamples)
            sums = draws @ np.column_stack(list(by_sentence.values()))
            self._resampled = dict(zip(by_sentence, sums.T, strict=True))

    def estimate(self, formula: Callable[[Totals], NDArray[np.float64]]) -> Estimate:
        """Return a formula's value and its interval, or a note on why there is none."""
        if not self._n:
            return Estimate(np.nan, note="no sentence")
        value = float(formula(self._totals))
        if self._resampled is None:
            return Estimate(value, note=too_few(self._n, _MIN_SENTENCES, "sentences", wanted_for="an interval"))
        low, high = np.percentile(formula(self._resampled), self._tails)
        return Estimate(value, float(low), float(high))
