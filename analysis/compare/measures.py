"""Measures of articles side by side, and their means by group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis import tables
from analysis.compare.grouping import index_groups
from analysis.compare.reports import read_columns
from analysis.layout import READ_EXHIBITS
from analysis.measures.estimates import too_few
from analysis.measures.inputs import round_floats
from analysis.options import checked

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["COMPARABLE_MEASURES", "measures_by_article", "measures_by_group"]

#: Measures of a report that do not depend on the article's length, so that articles can be compared by them.
COMPARABLE_MEASURES = (
    "sentence_length_mean", "word_length_mean", "lexical_density", "mattr", "mtld", "flesch_kincaid_grade",
)  # fmt: skip

#: The tables of a report that hold measures of the whole article.
_TABLES = tuple(name for name in READ_EXHIBITS.values() if "measure" in tables.TABLES[name].names)
_MIN_ARTICLES_FOR_INTERVAL = 5
_MAX_DRAWN_PER_BATCH = 1_000_000


@tables.stage(requires=("reports",), returns="article_measures")
@checked
def measures_by_article(articles: pd.DataFrame, *, measures: Sequence[str] = COMPARABLE_MEASURES) -> pd.DataFrame:
    """Collect the measures of the articles in one table.

    Parameters
    ----------
    articles
        The reports table, from :func:`read_reports`.
    measures
        The measures to read, by their names in the reports' tables ``counts``, ``diversity`` and ``readability``. The
        defaults do not depend on the article's length.

    Returns
    -------
    DataFrame
        {columns}

        Rows are in the order of the articles, and of ``measures``. The interval is over the article's sentences.

    Raises
    ------
    ValueError
        If no report has a measure of that name.
    """
    order = {name: i for i, name in enumerate(measures)}
    columns = [name for name in tables.TABLES["article_measures"].names if name not in ("article_id", "title")]
    names: set[str] = set()
    rows = []
    for article_id, title, folder in articles[["article_id", "title", "report"]].itertuples(index=False):
        own = []
        for table in _TABLES:
            cells = read_columns(folder, table, columns)
            names.update(cells["measure"])
            own += [row for row in zip(*cells.values(), strict=True) if row[0] in order]
        rows += [(article_id, title, *row) for row in sorted(own, key=lambda row: order[row[0]])]
    if len(articles) and (unknown := [name for name in measures if name not in names]):
        there = ", ".join(map(repr, sorted(names)))
        raise ValueError(f"measures has {unknown[0]!r}, which no report has; expected some of {there}")
    return tables.frame("article_measures", rows)


@tables.stage(requires=("article_measures", "reports"), returns="group_measures")
@checked
def measures_by_group(
    values: pd.DataFrame,
    articles: pd.DataFrame,
    *,
    by: str = "publisher",
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> pd.DataFrame:
    """Average each measure over the articles of each group, with bootstrap intervals over articles.

    Parameters
    ----------
    values
        The measures of the articles, from :func:`measures_by_article`.
    articles
        The reports table, from :func:`read_reports`.
    by
        The column whose values are the groups.
    resamples
        How many bootstrap samples of a group's articles to draw; no intervals if 0.
    confidence
        Confidence level of the percentile interval, 0 to 1.
    seed
        Seed of the random draws.

    Returns
    -------
    DataFrame
        {columns}

        Rows are sorted by group, then in the order of the measures in ``values``. The mean is not weighted by length.
    """
    names, group = index_groups(articles, by)
    measures = list(dict.fromkeys(values["measure"]))
    units = dict(zip(values["measure"], values["unit"], strict=True))
    matrix = values.pivot_table(index="article_id", columns="measure", values="value", dropna=False)
    matrix = matrix.reindex(index=articles["article_id"], columns=measures).to_numpy(dtype=float)
    rng = np.random.default_rng(seed)
    percentiles = (50 * (1 - confidence), 50 * (1 + confidence))
    rows = []
    for index, name in enumerate(names):
        for measure, cells in zip(measures, matrix[group == index].T, strict=True):
            defined = cells[~np.isnan(cells)]
            n = len(defined)
            mean, median = (defined.mean(), np.median(defined)) if n else (np.nan, np.nan)
            deviation = defined.std(ddof=1) if n > 1 else np.nan
            low, high, note = np.nan, np.nan, ""
            if n >= _MIN_ARTICLES_FOR_INTERVAL and resamples:
                low, high = np.percentile(_bootstrap_means(defined, resamples, rng), percentiles)
            else:
                least, wanted_for = (_MIN_ARTICLES_FOR_INTERVAL, "an interval") if n else (1, "a value")
                note = too_few(n, least, "articles", wanted_for=wanted_for)
            rows.append((name, measure, mean, units[measure], low, high, n, median, deviation, note))
    table = tables.frame("group_measures", rows)
    for name in table.select_dtypes("float"):
        table[name] = round_floats(table[name])
    return table


def _bootstrap_means(values: NDArray[np.float64], resamples: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the mean of each bootstrap sample; samples are drawn in batches, to bound the memory."""
    per_batch = max(1, _MAX_DRAWN_PER_BATCH // len(values))
    sizes = [min(per_batch, resamples - start) for start in range(0, resamples, per_batch)]
    return np.concatenate([values[rng.integers(len(values), size=(size, len(values)))].mean(axis=1) for size in sizes])
