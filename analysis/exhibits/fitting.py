"""How a table fits the text column of a paper: by a smaller size, by wrapped columns, by cutting long texts off."""

from __future__ import annotations

import math
import re
import unicodedata
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from analysis.labels import default_heading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.exhibits.formatting import Column
    from analysis.exhibits.model import Table

__all__ = ["Fit", "count_lines", "fit", "measure_ems", "paper_columns", "paper_notes", "share_out"]

_OFFSET = re.compile(r"(?:.*_)?(?:start|end)")

# The text column of LaTeX's class article is 345 pt wide, 34.5 ems of its letters and 40.5 of those of its footnotes.
# Each column has some space beside it.
_NORMAL_EMS, _NORMAL_SPACE_EMS = 34.5, 1.2
_SMALL_EMS, _SMALL_SPACE_EMS = 40.5, 0.75
# The widths of characters in Computer Modern, none too small.
_CHARACTER_EMS = (
    dict.fromkeys("ijl.,:;'|!’‘", 0.31)
    | dict.fromkeys("fstrcezI()[]/- ", 0.46)
    | dict.fromkeys("mwMW%&@—", 0.95)
    | {"…": 1.2}
    | dict.fromkeys("0123456789", 0.54)
)
_CATEGORY_EMS = {"Ll": 0.57, "Lu": 0.79, "Lo": 1.0, "So": 1.0, "Mn": 0.0}
_OTHER_EMS = 0.57
_BROKEN_WORD_EMS = 2.2
_OTHER_FONT = 1.15
# As many lines as leave space on a page for the caption and the notes.
_MAX_LINES, _MAX_CELL_LINES = 44, 4
# How much of a line is filled: it ends where a word does.
_FILLED_SHARE = 0.85


class Fit(NamedTuple):
    """How a table is set.

    Attributes
    ----------
    columns
        The columns, their long texts cut off, with as many rows as fit.
    widths_ems
        The width of each column where texts wrap; empty where each column is as wide as its cells.
    is_small
        Whether it is set in the size of footnotes.
    is_cut
        Whether a text was cut off.
    """

    columns: list[Column]
    widths_ems: list[float]
    is_small: bool
    is_cut: bool

    @property
    def shares(self) -> list[float]:
        """The width of each wrapped column, with the space beside it, in thousandths of the line."""
        return [math.floor((width + _SMALL_SPACE_EMS) / _SMALL_EMS * 1000) / 1000 for width in self.widths_ems]


def fit(columns: list[Column]) -> Fit:
    """Fit the columns of a table into one line's width and one page's height."""
    natural = [max(map(measure_ems, (column.heading, *column.cells))) for column in columns]
    if sum(natural) + len(columns) * _NORMAL_SPACE_EMS <= _NORMAL_EMS:
        return Fit(columns, [], is_small=False, is_cut=False)
    available = _SMALL_EMS - len(columns) * _SMALL_SPACE_EMS
    if sum(natural) <= available:
        return Fit(columns, [], is_small=True, is_cut=False)
    widths = share_out(available, columns, natural)
    most = [
        math.inf if column.is_number else _MAX_CELL_LINES * width for column, width in zip(columns, widths, strict=True)
    ]
    cut = [
        column._replace(cells=[_cut_off(text, limit * _FILLED_SHARE) for text in column.cells])
        for column, limit in zip(columns, most, strict=True)
    ]
    lines = [count_lines(row, widths) for row in zip(*(column.cells for column in cut), strict=True)]
    n_rows = max(sum(total <= _MAX_LINES for total in accumulate(lines)), min(len(lines), 1))
    kept = [column._replace(cells=column.cells[:n_rows]) for column in cut]
    is_cut = any(one.cells != other.cells[:n_rows] for one, other in zip(kept, columns, strict=True))
    return Fit(kept, widths, is_small=True, is_cut=is_cut)


def paper_columns(table: Table) -> list[Column]:
    """Return the shown columns without those of offsets, unless they have headings of their own or are all there is."""
    columns = table.shown_columns()
    own_headings = {name for name, heading in table.headings().items() if heading != default_heading(name)}
    return [c for c in columns if c.name in own_headings or not _OFFSET.fullmatch(c.name)] or columns


def paper_notes(table: Table, *, n_rows: int | None = None, where: str = "") -> list[str]:
    """Return a table's notes as they stand on paper: how many rows are shown of how many, and where all are, if told.

    Parameters
    ----------
    table
        The table.
    n_rows
        How many rows are shown; as many as the table says unless given.
    where
        What has all.
    """
    n_rows = min(table.rows, len(table.data)) if n_rows is None else n_rows
    if n_rows == len(table.data):
        return [*table.notes, *filter(None, [table.instead])]
    return [*table.notes, f"First {n_rows:,} of {len(table.data):,} rows{where and f'; {where} has all'}."]


def measure_ems(text: str) -> float:
    """Return about how wide a text is, in ems of its font.

    Examples
    --------
    >>> round(measure_ems("460"), 2)
    1.62
    """
    return sum(map(_character_ems, text))


def _character_ems(character: str) -> float:
    if character in _CHARACTER_EMS:
        return _CHARACTER_EMS[character]
    return _CATEGORY_EMS.get(unicodedata.category(character), _OTHER_EMS)


def count_lines(row: Sequence[str], widths_ems: Sequence[float]) -> int:
    """Return about how many lines a row takes, in columns of given widths.

    Examples
    --------
    >>> count_lines(["rain", "It rained all day in Giza."], [5, 5])
    3
    """
    cells = [(measure_ems(text), width) for text, width in zip(row, widths_ems, strict=True)]
    return max(1 if ems <= width else math.ceil(ems / (width * _FILLED_SHARE)) for ems, width in cells)


def share_out(available: float, columns: list[Column], natural: list[float]) -> list[float]:
    """Share a width out among columns: each gets its longest word, and of the rest what it could use of a line.

    Parameters
    ----------
    available
        The width, in ems.
    columns
        The columns.
    natural
        The width of each on one line, in ems.
    """
    least = [_longest_word_ems([column.heading, *column.cells]) for column in columns]
    if sum(least) > available:
        # A heading may break after three letters, a number may not.
        of_cells = [max(_longest_word_ems(column.cells), _BROKEN_WORD_EMS) for column in columns]
        least = [of_cells[i] if column.is_number else least[i] for i, column in enumerate(columns)]
    # An address or another word without an end must not starve the other columns.
    most = max(available / len(columns), 6)
    least = [width if column.is_number else min(width, most) for column, width in zip(columns, least, strict=True)]
    # The letters of another font may be wider.
    if sum(least) * _OTHER_FONT <= available:
        least = [width * _OTHER_FONT for width in least]
    spare = available - sum(least)
    if spare < 0:
        return [width * available / sum(least) for width in least]
    wanted = [min(width, available) - narrowest for width, narrowest in zip(natural, least, strict=True)]
    part = min(spare / sum(wanted), 1) if sum(wanted) > 0 else 0
    return [narrowest + part * more for narrowest, more in zip(least, wanted, strict=True)]


def _longest_word_ems(texts: list[str]) -> float:
    return max((measure_ems(word) for text in texts for word in text.split()), default=_OTHER_EMS)


def _cut_off(text: str, limit_ems: float) -> str:
    """Cut a text off after a word, if it is wider than a limit."""
    if measure_ems(text) <= limit_ems:
        return text
    width = measure_ems("…")
    kept = ""
    for character in text:
        width += measure_ems(character)
        if width > limit_ems:
            break
        kept += character
    return (kept[: kept.rfind(" ")] if " " in kept else kept).rstrip(" ,;:–") + "…"
