"""Which rows of a table a chart draws, and in what order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.charts.style import MAX_ROWS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["cap", "drawable_rows", "order_descending"]


def drawable_rows(table: pd.DataFrame, *columns: str, required: Sequence[str] | None = None) -> pd.DataFrame:
    """Return the rows of a table that a chart can draw.

    Parameters
    ----------
    table
        The table of one article.
    columns
        The columns that the chart reads.
    required
        Those of which no value may be missing; all unless given. Rows where one is missing are left out.

    Raises
    ------
    ValueError
        If the table lacks a column or has rows of several articles.

    Examples
    --------
    >>> import pandas as pd
    >>> drawable_rows(pd.DataFrame({"word": ["fog", None], "n": [3, 1]}), "word", "n")["word"].tolist()
    ['fog']
    """
    if missing := [column for column in columns if column not in table.columns]:
        present = ", ".join(map(str, table.columns)) or "(none)"
        raise ValueError(f"the table has the columns {present}; expected also {', '.join(missing)}")
    if "article_id" in table.columns and (n_articles := len(set(table["article_id"]))) > 1:
        raise ValueError(f"the table holds {n_articles} articles; a chart shows one: select the rows of one article_id")
    complete = np.ones(len(table), dtype=bool)
    for column in columns if required is None else required:
        complete &= table[column].notna().to_numpy()
    return table[complete]


def order_descending(values: pd.Series) -> NDArray[np.intp]:
    """Return the positions of values from the highest, ties in order of position, missing values left out.

    Examples
    --------
    >>> import pandas as pd
    >>> order_descending(pd.Series([2, None, 5, 2])).tolist()
    [2, 0, 3]
    """
    numbers: NDArray[np.float64] = values.to_numpy(dtype=float, na_value=np.nan)
    order = np.argsort(-numbers, kind="stable")
    return order[~np.isnan(numbers[order])]


def cap(n: int, maximum: int = MAX_ROWS) -> int:
    """Return how many things to draw: as many as asked for, up to a maximum.

    Examples
    --------
    >>> cap(12), cap(1000)
    (12, 40)
    """
    return min(n, maximum)
