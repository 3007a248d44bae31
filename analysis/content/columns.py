"""Columns of tables as lists, article by article: to cut a table of words into one a hundred times costs too much."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

    Columns = dict[str, list[Any]]

__all__ = ["by_article", "rows_of", "values_of"]


def by_article(table: pd.DataFrame, names: Iterable[str]) -> defaultdict[str, Columns]:
    """Return columns of each article, articles in the order of their first row; an article without rows has none.

    Parameters
    ----------
    table
        A table with article_id.
    names
        The columns to read.

    Examples
    --------
    >>> table = pd.DataFrame({"article_id": ["b", "a", "b"], "lemma": ["x", "y", "z"]})
    >>> found = by_article(table, ["lemma"])
    >>> dict(found), found["c"]
    ({'b': {'lemma': ['x', 'z']}, 'a': {'lemma': ['y']}}, {'lemma': []})
    """
    names = list(names)
    codes, ids = pd.factorize(table["article_id"])
    order = np.argsort(codes, kind="stable")
    if not (np.diff(codes) >= 0).all():
        table = table.iloc[order]
    bounds = np.searchsorted(codes[order], np.arange(len(ids) + 1)).tolist()
    columns = {name: values_of(table[name]) for name in names}
    found: defaultdict[str, Columns] = defaultdict(lambda: {name: [] for name in names})
    for article_id, low, high in zip(ids, bounds, bounds[1:], strict=False):
        found[article_id] = {name: values[low:high] for name, values in columns.items()}
    return found


def values_of(column: pd.Series[Any]) -> list[Any]:
    """Return the values of a column, equal texts as one object: less memory, and quicker to look up and to compare."""
    if not isinstance(column.dtype, pd.StringDtype):
        return column.tolist()
    codes, texts = pd.factorize(column)
    return np.asarray(texts, dtype=object).take(codes).tolist()


def rows_of(columns: Columns, *names: str) -> zip[tuple[Any, ...]]:
    """Return the rows of some columns."""
    return zip(*(columns[name] for name in names), strict=True)
