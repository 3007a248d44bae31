"""Two articles, or two groups of articles, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis import tables
from analysis.compare.counts import read_counts
from analysis.measures import adjust_p, log_ratio, rates_p
from analysis.measures.inputs import normalise, round_floats
from analysis.options import checked

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    import pandas as pd

__all__ = ["side_by_side"]


class _Kind(NamedTuple):
    """What is counted: the table of a report and two of its columns, and the key of a row's cells."""

    table: str
    columns: tuple[str, str]
    key: Callable[[str, str], Hashable]


#: What is laid side by side, by its name in the table.
_KINDS = {
    "speaker": _Kind("voices", ("speaker", "source_kind"), lambda speaker, _: normalise(speaker)),
    "name": _Kind("names", ("name", "label"), lambda name, label: (name, label)),
    "word": _Kind("terms", ("lemma", "upos"), lambda lemma, _: normalise(lemma)),
}


@tables.stage(requires=("reports",), returns="side_by_side")
@checked
def side_by_side(
    articles: pd.DataFrame, *, by: str = "article_id", left: str = "", right: str = "", n: int | None = None
) -> pd.DataFrame:
    """Lay the speakers, names and words of two articles, or of two groups of articles, side by side.

    Parameters
    ----------
    articles
        The reports table, from :func:`read_reports`.
    by
        The column whose values are compared: ``article_id`` for two articles.
    left, right
        The two values. If neither is given, there must be two in all; if one is, it is laid beside the first other.
    n
        How many rows of each kind are returned: the most frequent ones; None for all.

    Returns
    -------
    DataFrame
        {columns}

        Speakers come first, then names, then words; within a kind, what is most frequent in both together. Empty if
        there are not two values to compare.

    Raises
    ------
    ValueError
        If there is no such column, or no article with a value that is given.

    Notes
    -----
    The ratio compares rates per word, and p takes words as independent: it tells two texts apart, not two publishers,
    for which :func:`group_terms` asks whether articles differ. p is adjusted over the rows of a kind. What stands on
    one side alone has an interval that leaves out how the other side would say it.

    Sources: those of :func:`analysis.measures.log_ratio` and :func:`analysis.measures.rates_p`.
    """
    if by not in articles.columns:
        raise ValueError(f"the articles have no column {by!r}; they have {', '.join(articles.columns)}")
    known = list(dict.fromkeys(articles[by].dropna().astype(str)))
    for value in filter(None, (left, right)):
        if value not in known:
            raise ValueError(f"no article has {value!r} as {by}; expected one of {', '.join(known[:10])}")
    others = [value for value in known if value not in (left, right)]
    if not (left or right) and len(known) != 2:  # noqa: PLR2004 - a pair
        return tables.empty("side_by_side")
    left = left or (others.pop(0) if others else "")
    right = right or (others.pop(0) if others else "")
    if not (left and right) or left == right:
        return tables.empty("side_by_side")
    chosen = articles[articles[by].astype(str).isin((left, right))]
    is_left = (chosen[by].astype(str) == left).to_numpy()
    words = chosen["n_words"].to_numpy(dtype=float)
    totals = float(words[is_left].sum()), float(words[~is_left].sum())
    rows = [found for kind in _KINDS for found in _count(kind, chosen["report"], is_left, totals, n)]
    return tables.frame("side_by_side", [(left, right, *row) for row in rows])


def _count(
    kind: str, reports: pd.Series, is_left: np.ndarray, totals: tuple[float, float], n: int | None
) -> Iterator[tuple[object, ...]]:
    """Yield the rows of a kind: its name, the item and its label, then numbers."""
    table, columns, key = _KINDS[kind]
    found = read_counts(reports, table, columns, key)
    if not found.keys:
        return
    counts = np.asarray(found.matrix[is_left].sum(axis=0)), np.asarray(found.matrix[~is_left].sum(axis=0))
    left, right = (each.ravel().astype(float) for each in counts)
    ratio, low, high = (round_floats(each) for each in log_ratio(left, totals[0], right, totals[1]))
    p = round_floats(adjust_p(rates_p(left, totals[0], right, totals[1])))
    rates = round_floats(1000 * left / totals[0]), round_floats(1000 * right / totals[1])
    spelling = found.most_frequent_spelling()
    order = sorted(range(len(found.keys)), key=lambda at: (-(left[at] + right[at]), spelling[at]))
    for at in order[:n]:
        on = "both" if left[at] and right[at] else "left" if left[at] else "right"
        numbers = (int(left[at]), int(right[at]), rates[0][at], rates[1][at], ratio[at], low[at], high[at], p[at])
        yield (kind, *spelling[at], on, *numbers)
