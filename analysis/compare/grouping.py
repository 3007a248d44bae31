"""Groups of articles: one for each value of a column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis import tables

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["MIN_ARTICLES", "groups", "index_groups", "inferred_notes"]

#: How many articles a group, and all others together, must have to be compared.
MIN_ARTICLES = 3
#: The field of an article that a column of periods follows from.
_SOURCES = {"year": "published", "month": "published"}
_CALLED = {"published": "date", "publisher": "publisher", "title": "title", "url": "address"}
#: A column with more different values, such as titles, does not hold groups.
_MAX_GROUPS = 100


@tables.stage(requires=("reports",), returns="groups")
def groups(articles: pd.DataFrame, *, by: str = "publisher") -> pd.DataFrame:
    """List the groups that a column divides the articles into, and which of them can be compared.

    Parameters
    ----------
    articles
        The reports table, from :func:`read_reports`.
    by
        The column whose values are the groups.

    Returns
    -------
    DataFrame
        {columns}

        Rows are sorted by group. A group is compared if it has at least three articles and all other groups together
        have three as well. Articles without a value are in no group; the last row counts them. Where the value was
        inferred, the article is grouped all the same; the note counts such articles.

    Raises
    ------
    ValueError
        If there is no such column, or it has more than 100 different values.

    Examples
    --------
    >>> import pandas as pd
    >>> articles = pd.DataFrame({"publisher": ["Post"] * 4 + ["Herald"] * 3 + [None], "n_words": 100})
    >>> groups(articles)[["group", "n_articles", "compared", "note"]].values.tolist()[1:]
    [['Post', 4, True, ''], ['no publisher', 1, False, 'left out']]
    """
    names, group = index_groups(articles, by)
    # Articles in no group have the index -1, and are counted first.
    n_articles = np.bincount(group + 1, minlength=len(names) + 1).tolist()
    n_words = np.bincount(group + 1, articles["n_words"], minlength=len(names) + 1).astype(int).tolist()
    n_inferred = np.bincount(group + 1, _is_inferred(articles, by), minlength=len(names) + 1).astype(int).tolist()
    rows = []
    for name, size, words, inferred in zip(names, n_articles[1:], n_words[1:], n_inferred[1:], strict=True):
        n_others = sum(n_articles[1:]) - size
        note = ""
        if size < MIN_ARTICLES:
            note = f"too few to compare: {size} of {MIN_ARTICLES} articles"
        elif n_others < MIN_ARTICLES:
            note = f"too few to compare with: {n_others} of {MIN_ARTICLES} articles in other groups"
        notes = filter(None, (note, _count_inferred(inferred, size, by)))
        rows.append((name, size, words, not note, "; ".join(notes)))
    if n_articles[0]:
        rows.append((f"no {by.replace('_', ' ')}", n_articles[0], n_words[0], False, "left out"))
    return tables.frame("groups", rows)


def inferred_notes(articles: pd.DataFrame, column: str) -> list[str]:
    """Return the footnote that counts the articles whose value of a column was inferred; none if all are stated.

    Parameters
    ----------
    articles
        The reports table, from :func:`read_reports`.
    column
        The column that groups the articles or puts them in time.

    Examples
    --------
    >>> import pandas as pd
    >>> articles = pd.DataFrame({"month": ["2014-09", "2014-10", None], "inferred": ["title, published", "", ""]})
    >>> inferred_notes(articles, "month"), inferred_notes(articles, "publisher")
    (['1 of 2 dates inferred: the source of the article does not state it.'], [])
    """
    if column not in articles.columns:
        return []
    is_known = articles[column].notna().to_numpy()
    n_inferred = int((_is_inferred(articles, column) & is_known).sum())
    counted = _count_inferred(n_inferred, int(is_known.sum()), column)
    return [f"{counted}: the source of the article does not state it."] if counted else []


def _is_inferred(articles: pd.DataFrame, column: str) -> NDArray[np.bool_]:
    """Return for each article whether the value of a column was inferred."""
    if "inferred" not in articles.columns:
        return np.zeros(len(articles), dtype=bool)
    field = _SOURCES.get(column, column)
    return np.array([field in str(names).split(", ") for names in articles["inferred"]], dtype=bool)


def _count_inferred(n_inferred: int, n: int, column: str) -> str:
    """Return a note such as *2 of 5 dates inferred*; empty for none."""
    called = _CALLED.get(_SOURCES.get(column, column), column)
    plural = "" if n == 1 else "es" if called.endswith("s") else "s"
    return f"{n_inferred:,} of {n:,} {called}{plural} inferred" if n_inferred else ""


def index_groups(
    articles: pd.DataFrame, by: str, *, max_groups: int | None = _MAX_GROUPS
) -> tuple[list[str], NDArray[np.int64]]:
    """Return the sorted values of a column, and the index among them of each article's value.

    Parameters
    ----------
    articles
        The reports table.
    by
        The column.
    max_groups
        How many different values the column may have; any number if None.

    Returns
    -------
    names : list of str
        The different values, sorted.
    group : ndarray of int
        One index per article; -1 where its value is missing.

    Raises
    ------
    ValueError
        If there is no such column, or it has too many values.

    Examples
    --------
    >>> import pandas as pd
    >>> names, group = index_groups(pd.DataFrame({"month": ["2014-10", "2014-09", None]}), "month")
    >>> names, group.tolist()
    (['2014-09', '2014-10'], [1, 0, -1])
    """
    if by not in articles.columns:
        raise ValueError(f"no column {by!r} to group the articles by; there are {', '.join(articles.columns)}")
    values = articles[by].astype("str")
    names = sorted(values.dropna().unique())
    if max_groups is not None and len(names) > max_groups:
        raise ValueError(
            f"the column {by} makes {len(names):,} groups, {names[0]!r} and so on; expected at most {max_groups}"
        )
    index = {name: i for i, name in enumerate(names)}
    return names, np.array([index.get(value, -1) for value in values], dtype=np.int64)
