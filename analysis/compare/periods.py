"""Names, pairs of names, speakers and stances from period to period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis import tables
from analysis.compare.counts import read_counts
from analysis.compare.grouping import index_groups
from analysis.measures.inputs import choose_all, normalise, round_floats
from analysis.options import LABELS, checked

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from analysis.compare.counts import Counts

__all__ = [
    "Found",
    "follow",
    "most_widespread_cells",
    "name_pairs_over_time",
    "names_over_time",
    "stances_over_time",
    "voices_over_time",
]

#: The 97.5 % quantile of the standard normal distribution.
_Z = 1.959963984540054


@tables.stage(requires=("reports",), returns="names_over_time")
@checked
def names_over_time(
    articles: pd.DataFrame, *, period: str = "month", n: int = 20, labels: Sequence[str] | None = None
) -> pd.DataFrame:
    """Count how many articles have each of the most widespread names, by period.

    Parameters
    ----------
    articles
        The reports table, from :func:`read_reports`. Articles without a period are left out.
    period
        The column whose sorted values are the periods: ``"month"``, ``"year"`` or any other.
    n
        How many names to follow: those in most articles, and of these those with most mentions.
    labels
        The kinds of name to follow (``["person", "organization"]``); all if there are none, or unless given.

    Returns
    -------
    DataFrame
        {columns}

        Names are sorted by the number of articles that have them, in descending order; each has one row per period.

    Notes
    -----
    A name is the canonical name of a report: *Obama* in one article and *Barack Obama* in another are two names. The
    interval is Wilson's score interval (E. B. Wilson 1927, JASA 22, 209-212). It treats the articles as independent
    draws from a large population, and is valid for a single article too.
    """
    labels = choose_all(labels, LABELS, option="labels") if labels else LABELS
    counts = read_counts(
        articles["report"],
        "names",
        ("name", "label"),
        lambda name, label: normalise(name) if label in labels else None,
    )
    found = most_widespread_cells(counts, articles, period, n)
    cells = {"name": [name for name, _ in found.cells], "label": [label for _, label in found.cells]}
    return follow("names_over_time", cells, found.counts, found.period_index, found.periods)


@tables.stage(requires=("reports",), returns="voices_over_time")
@checked
def voices_over_time(articles: pd.DataFrame, *, period: str = "month", n: int = 20) -> pd.DataFrame:
    """Count how many articles give each of the most widespread speakers the word, by period.

    Parameters
    ----------
    articles
        The reports table, from :func:`read_reports`. Articles without a period are left out.
    period
        The column whose sorted values are the periods: ``"month"``, ``"year"`` or any other, as ``"publisher"``.
    n
        How many speakers to follow: those in most articles, and of these those with most claims.

    Returns
    -------
    DataFrame
        {columns}

        Speakers are sorted by the number of articles that give them the word, in descending order; each has one row per
        period. The interval is that of :func:`names_over_time`.
    """
    columns = ("speaker", "source_kind")
    counts = read_counts(articles["report"], "voices", columns, lambda speaker, _: normalise(speaker))
    found = most_widespread_cells(counts, articles, period, n)
    cells = {"speaker": [speaker for speaker, _ in found.cells], "source_kind": [kind for _, kind in found.cells]}
    return follow("voices_over_time", cells, found.counts, found.period_index, found.periods)


@tables.stage(requires=("reports",), returns="stances_over_time")
@checked
def stances_over_time(articles: pd.DataFrame, *, period: str = "month", n: int = 20, speaker: str = "") -> pd.DataFrame:
    """Count how many articles have claims of each stance, by period.

    Parameters
    ----------
    articles, period
        As in :func:`voices_over_time`.
    n
        How many stances to follow: those in most articles, and of these those of most claims.
    speaker
        What the speaker's name has in it, in either case; empty for all speakers.

    Returns
    -------
    DataFrame
        {columns}

        Stances are sorted by the number of articles that have them, in descending order; each has one row per period.
        The interval is that of :func:`names_over_time`.
    """
    wanted = normalise(speaker)
    counts = read_counts(
        articles["report"],
        "stances",
        ("speaker", "stance"),
        lambda own, stance: stance if wanted in normalise(own) else None,
    )
    found = most_widespread_cells(counts, articles, period, n)
    cells = {"stance": [stance for _, stance in found.cells]}
    return follow("stances_over_time", cells, found.counts, found.period_index, found.periods)


@tables.stage(requires=("reports",), returns="name_pairs_over_time")
@checked
def name_pairs_over_time(
    articles: pd.DataFrame,
    *,
    period: str = "month",
    n: int = 20,
    among: int = 100,
    labels: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Count how many articles have each of the most widespread pairs of names in one sentence, by period.

    Parameters
    ----------
    articles, period, labels
        As in :func:`names_over_time`.
    n
        How many pairs to follow: those in most articles, and of these those in most sentences.
    among
        Pairs are counted of so many names, those in most articles.

    Returns
    -------
    DataFrame
        {columns}

        Pairs are sorted by the number of articles that have them, in descending order; each has one row per period.
        ``n`` counts sentences.
    """
    periods, period_index = index_groups(articles, period, max_groups=None)
    named = names_over_time(articles, period=period, n=among, labels=labels)
    name_and_label = {normalise(name): (name, label) for name, label in zip(named["name"], named["label"], strict=True)}

    def pair_key(left: str, right: str) -> tuple[str, ...] | None:
        pair = sorted((normalise(left), normalise(right)))
        is_counted = pair[0] != pair[1] and all(name in name_and_label for name in pair)
        return tuple(pair) if is_counted else None

    found = read_counts(articles["report"], "cooccurrence", ("left", "right"), pair_key)
    has_period = period_index >= 0
    counts, period_index = found.matrix[has_period], period_index[has_period]
    columns = _most_widespread(counts, n)
    pairs = [tuple(map(name_and_label.__getitem__, found.keys[column])) for column in columns.tolist()]
    names = {
        "left": [left for (left, _), _ in pairs],
        "right": [right for _, (right, _) in pairs],
        "left_label": [label for (_, label), _ in pairs],
        "right_label": [label for _, (_, label) in pairs],
    }
    return follow("name_pairs_over_time", names, counts[:, columns], period_index, periods)


class Found(NamedTuple):
    """The pairs of cells in most articles, and how often each article of a period has each of them."""

    cells: list[tuple[str, str]]
    counts: csr_array
    period_index: NDArray[np.int64]
    periods: list[str]


def most_widespread_cells(counts: Counts, articles: pd.DataFrame, period: str, n: int) -> Found:
    """Return the n keys that most articles with a period have."""
    periods, period_index = index_groups(articles, period, max_groups=None)
    has_period = period_index >= 0
    own = counts.matrix[has_period]
    chosen = _most_widespread(own, n)
    spelling = counts.most_frequent_spelling()
    cells = [spelling[column] for column in chosen.tolist()]
    return Found(cells, own[:, chosen], period_index[has_period], periods)


def _most_widespread(counts: csr_array, n: int) -> NDArray[np.int64]:
    """Return the n columns with entries in most articles, at a tie the ones with the highest sums."""
    order: NDArray[np.int64] = np.lexsort((-counts.sum(axis=0), -counts.count_nonzero(axis=0)))[:n]
    return order


def follow(
    table: str,
    names: dict[str, list[str]],
    counts: csr_array,
    period_index: NDArray[np.int64],
    periods: list[str],
) -> pd.DataFrame:
    """Return a table of counts and shares: for each column of ``counts``, described by ``names``, a row per period."""
    n_columns = counts.shape[1]
    # The columns are few, so that they fit in memory with their zeros.
    dense = counts.toarray().astype(np.int64)
    n, n_articles = np.zeros((2, len(periods), n_columns), dtype=np.int64)
    np.add.at(n, period_index, dense)
    np.add.at(n_articles, period_index, dense > 0)
    of_articles = np.tile(np.bincount(period_index, minlength=len(periods)), n_columns)
    n, n_articles = n.T.ravel(), n_articles.T.ravel()
    low, high = _wilson_interval(n_articles, of_articles)
    columns: dict[str, Any] = {
        **{name: [cell for cell in cells for _ in periods] for name, cells in names.items()},
        "period": periods * n_columns,
        "n": n,
        "n_articles": n_articles,
        "of_articles": of_articles,
        "share": round_floats(n_articles / of_articles),
        "low": round_floats(low),
        "high": round_floats(high),
    }
    return tables.frame(table, columns)


def _wilson_interval(n: NDArray[np.int64], total: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the bounds of Wilson's 95 % score interval of a share.

    >>> [round(float(x[0]), 3) for x in _wilson_interval(np.array([5]), np.array([10]))]
    [0.237, 0.763]
    """
    share = n / total
    centre = (share + _Z**2 / (2 * total)) / (1 + _Z**2 / total)
    half_width = _Z / (1 + _Z**2 / total) * np.sqrt(share * (1 - share) / total + _Z**2 / (4 * total**2))
    return np.maximum(centre - half_width, 0), np.minimum(centre + half_width, 1)
