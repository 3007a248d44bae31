"""How numbers and the cells of a table are written for a reader."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from analysis.labels import label_of

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["MISSING", "Column", "count_decimals", "format_cells", "format_number", "is_number"]

#: What stands for a missing value.
MISSING = "–"
#: A smaller size is written as a bound, unless it is 0: three decimals would show it as 0.
_SMALLEST = 0.001
_MINUS = str.maketrans("-", "−")
_SHORT_CHARS = 12
_LONG_CHARS = 60


class Column(NamedTuple):
    """A column of a table as it is shown.

    Attributes
    ----------
    name
        Its name in the data.
    heading
        Its heading.
    is_number
        Whether its cells are numbers.
    cells
        Its cells as they are written.
    """

    name: str
    heading: str
    is_number: bool
    cells: list[str]

    @property
    def is_short(self) -> bool:
        """Whether every cell is a short text, such as a date, which is kept on one line."""
        return not self.is_number and 0 < self._longest <= _SHORT_CHARS

    @property
    def is_long(self) -> bool:
        """Whether a cell is a long text, such as a sentence, which needs room."""
        return self._longest > _LONG_CHARS

    @property
    def _longest(self) -> int:
        return max(map(len, self.cells), default=0)


def is_number(column: pd.Series) -> bool:
    """Return whether a column holds numbers; truth values are none."""
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def format_cells(column: pd.Series, *, one_scale: bool = True) -> list[str]:
    """Write the cells of a column, codes of the data by their plain words.

    Parameters
    ----------
    column
        Texts, numbers or truth values; its name tells which codes may be in it.
    one_scale
        Whether all numbers get the same number of decimals, set by the largest. Without it each number is written by
        itself, as where the rows of a column differ in their unit.

    Examples
    --------
    >>> format_cells(pd.Series([1200.0, 0.5, -0.0002, float("nan")]))
    ['1,200.0', '0.5', '>−0.001', '–']
    >>> format_cells(pd.Series([1200.0, 0.5]), one_scale=False)
    ['1,200', '0.500']
    >>> format_cells(pd.Series(["norp", "person"], name="label"))
    ['nationality or group', 'person']
    """
    values = column.tolist()
    if is_number(column):
        decimals = count_decimals(values) if one_scale else None
        return [format_number(value, decimals) for value in values]
    name = str(column.name)
    write = _yes_or_no if pd.api.types.is_bool_dtype(column) else lambda value: label_of(name, str(value))
    return [MISSING if missing else write(value) for value, missing in zip(values, column.isna(), strict=True)]


def format_number(value: float, decimals: int | None = None) -> str:
    """Write a number, with commas between thousands and a minus sign.

    Parameters
    ----------
    value
        A number, which may be missing or infinite.
    decimals
        How many decimals it has; by its size unless given: none if it is whole, three below 1, else as many as make
        three digits, but one at least.

    Returns
    -------
    str
        The number. One that differs from 0 by less than 0.001 is written as a bound, so that it does not look like 0:
        ``<0.001`` (between 0 and 0.001) or ``>−0.001`` (between −0.001 and 0).

    Examples
    --------
    >>> [format_number(value) for value in (12345, 2.5, 0.25, -0.25, 0.0002, -0.0002, 0.0)]
    ['12,345', '2.50', '0.250', '−0.250', '<0.001', '>−0.001', '0']
    """
    if pd.isna(value):
        return MISSING
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if decimals is None:
        decimals = count_decimals([value])
    if decimals and 0 < abs(value) < _SMALLEST:
        return f"<{_SMALLEST}" if value > 0 else f">−{_SMALLEST}"
    # The negative zero has no sign for a reader.
    return f"{value or 0:,.{decimals}f}".translate(_MINUS)


def _yes_or_no(value: object) -> str:
    return "yes" if value else "no"


def count_decimals(values: Iterable[float]) -> int:
    """Return with how many decimals numbers are written: as many as show three digits of the largest, one at least."""
    sizes = [abs(value) for value in values if not pd.isna(value) and math.isfinite(value)]
    if all(float(size).is_integer() for size in sizes):
        return 0
    largest = max(sizes)
    return 3 if largest <= 1 else max(2 - math.floor(math.log10(largest)), 1)
