"""The tables of a report as one workbook: a sheet a table, with typed columns, and a codebook of all columns.

Texts are always written as texts, so that no cell is a formula or an address, whatever an article has in it.
"""

from __future__ import annotations

import io
import math
import re
from datetime import date, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis import tables
from analysis.exhibits import Table
from analysis.exhibits.formatting import count_decimals, is_number
from analysis.layout import table_path
from analysis.report.archive import compressed_again
from analysis.report.content import Numbered

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    import pandas as pd
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from analysis.article import Article
    from analysis.record import Citation
    from analysis.report.content import Content

__all__ = ["compose_workbook", "write_workbook"]

_MAX_NAME_CHARS = 31
#: Excel keeps this name for itself.
_RESERVED = frozenset({"history"})
#: The most rows of a sheet, of a million that Excel takes: more would take seconds and hundreds of megabytes.
_MAX_ROWS = 20_000
#: The most characters of a cell.
_MAX_CELL_CHARS = 32_767
#: Days that Excel counts rightly: it takes 1900 for a leap year.
_FIRST_DAY = date(1900, 3, 1)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MIN_WIDTH, _MAX_WIDTH, _ROWS_MEASURED = 6, 60, 200
#: The most characters that a number without a format of its own takes.
_GENERAL_CHARS = 12
#: LibreOffice would show 1 and 0.
_TRUE_OR_FALSE = '"TRUE";"TRUE";"FALSE"'
_LINE_POINTS, _MAX_LINES, _A4 = 15, 20, 9
_NO_TIME = datetime(1980, 1, 1)  # noqa: DTZ001 - a workbook's times have no zone


class _Sheet(NamedTuple):
    name: str
    label: str
    table: Table


def write_workbook(article: Article, content: Content, citation: Citation) -> bytes:
    """Return the tables of an article's report as a workbook (Office Open XML): the same bytes each time.

    Parameters
    ----------
    article, content
        The article, and what the notebooks show of it.
    citation
        How the report is cited.

    Returns
    -------
    bytes
        A sheet ``Contents`` with each table's caption and notes, a sheet for each table with all its columns and the
        first 20,000 rows, named by the exhibit's id, and a sheet ``Codebook`` with the dtype, unit and meaning of each
        column. Numbers are numbers, days are dates, missing values are empty cells.
    """
    about = ", ".join(filter(None, (article.publisher, article.published and article.published.replace("/", " to "))))
    return compose_workbook(content, citation, title=article.title or article.id, about=about)


def compose_workbook(content: Content, citation: Citation, *, title: str, about: str = "") -> bytes:
    """Return the tables of a report or a comparison as :func:`write_workbook` does, under a title and a line below."""
    import xlsxwriter

    file = io.BytesIO()
    workbook = xlsxwriter.Workbook(file, {"in_memory": True})
    workbook.set_properties({
        "title": title[:255],
        "author": f"Dateline {version('dateline')}",
        "comments": f"The tables of the report {citation.report_id}",
        "created": _NO_TIME,
    })  # fmt: skip
    sheets = list(_name_sheets(content))
    formats = _Formats(workbook)
    contents = workbook.add_worksheet("Contents")
    for sheet in sheets:
        _write_table(workbook.add_worksheet(sheet.name), sheet.table.data.head(_MAX_ROWS), formats)
    _write_contents(contents, sheets, citation, formats, title=title, about=about)
    _write_texts(workbook.add_worksheet("Codebook"), list(_codebook(sheets)), (28, 24, 10, 18, 70, 40), formats)
    workbook.close()
    return compressed_again(file.getvalue())


class _Formats:
    """The formats of a workbook's cells, each made once."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._made: dict[str, Format] = {}
        # Numbers end where the column does: a text beside them begins a little later.
        self.text = workbook.add_format({"indent": 1})
        self.head = workbook.add_format({"bold": True, "bottom": 1, "indent": 1})
        self.number_head = workbook.add_format({"bold": True, "bottom": 1, "align": "right"})
        self.link = workbook.add_format({"hyperlink": True, "valign": "top", "indent": 1})
        self.wrapped = workbook.add_format({"text_wrap": True, "valign": "top", "indent": 1})
        self.title = workbook.add_format({"bold": True, "font_size": 14})

    def number(self, pattern: str) -> Format:
        if pattern not in self._made:
            self._made[pattern] = self._workbook.add_format({"num_format": pattern})
        return self._made[pattern]


def _name_sheets(content: Content) -> Iterator[_Sheet]:
    """Yield each table with a name that Excel takes: 31 characters at most, no two alike in whatever case."""
    taken = {"contents", "codebook", *_RESERVED}
    for block in (block for section in content.sections for block in section.blocks):
        if isinstance(block, Numbered) and isinstance(block.exhibit, Table):
            name = _free_name(block.exhibit.id, taken)
            taken.add(name)
            yield _Sheet(name, block.label, block.exhibit)


def _free_name(name: str, taken: Collection[str]) -> str:
    """Return a name or, if it is taken or too long, a part of it with a number.

    Examples
    --------
    >>> _free_name("names", {"names"})
    'names-2'
    """
    if len(name) <= _MAX_NAME_CHARS and name not in taken:
        return name
    numbered = (f"{name[: _MAX_NAME_CHARS - 1 - len(str(n))]}-{n}" for n in range(2, len(taken) + 3))
    return next(other for other in numbered if other not in taken)


def _write_table(sheet: Worksheet, data: pd.DataFrame, formats: _Formats) -> None:
    for at, name in enumerate(data.columns):
        column = data[name]
        values = list(map(_value_or_none, column.tolist()))
        shown = _write_column(sheet, at, values, formats, one_scale="unit" not in data, numeric=is_number(column))
        # An article's id, the same in all rows, need not be seen whole.
        longest = max([len(str(name)) + 2, *(shown[:_ROWS_MEASURED] if len({*values}) > 1 else ())])
        sheet.set_column(at, at, min(max(longest + 1, _MIN_WIDTH), _MAX_WIDTH))
        sheet.write_string(0, at, str(name), formats.number_head if is_number(column) else formats.head)
    if len(data.columns):
        sheet.autofilter(0, 0, max(len(data), 1), len(data.columns) - 1)
    _finish(sheet)


def _value_or_none(value: Any) -> Any:
    """Return a value, or None for a missing one: NaN differs from itself, and pandas' own has no truth value."""
    try:
        return value if value == value else None  # noqa: PLR0124
    except TypeError:
        return None


def _write_column(
    sheet: Worksheet, at: int, values: list[Any], formats: _Formats, *, one_scale: bool, numeric: bool
) -> list[int]:
    """Write the cells of a column by their type; return how many characters wide each is."""
    if numeric:
        return _write_numbers(sheet, at, values, formats, one_scale=one_scale)
    if days := _days(values):
        look = formats.number("yyyy-mm-dd")
        for row, day in enumerate(days, start=1):
            if day is not None:
                sheet.write_datetime(row, at, day, look)
        return [len("yyyy-mm-dd")]
    widths = []
    for row, value in enumerate(values, start=1):
        if isinstance(value, bool):
            sheet.write_boolean(row, at, value, formats.number(_TRUE_OR_FALSE))
        elif value is not None:
            text = _cell_text(str(value))
            sheet.write_string(row, at, text, formats.text)
            widths.append(len(text))
    return widths


def _write_numbers(sheet: Worksheet, at: int, values: list[Any], formats: _Formats, *, one_scale: bool) -> list[int]:
    """Write numbers, whole ones and those of several units in Excel's own way; infinity is a text."""
    finite = [value for value in values if value is not None and math.isfinite(value)]
    decimals = count_decimals(finite) if one_scale and finite else 0
    look = formats.number(f"0.{'0' * decimals}") if decimals else None
    for row, value in enumerate(values, start=1):
        if value is not None and math.isfinite(value):
            sheet.write_number(row, at, value, look)
        elif value is not None:
            sheet.write_string(row, at, "∞" if value > 0 else "−∞")
    return [len(f"{value:.{decimals}f}") if decimals else min(len(str(value)), _GENERAL_CHARS) for value in finite]


def _days(values: list[Any]) -> list[date | None]:
    """Return a column as days, if each text in it is a day that Excel can count; else nothing."""
    stated = [value for value in values if value is not None]
    if not stated or not all(isinstance(value, str) and _DAY.fullmatch(value) for value in stated):
        return []
    try:
        days = [None if value is None else date.fromisoformat(value) for value in values]
    except ValueError:
        return []
    return [] if any(day is not None and day < _FIRST_DAY for day in days) else days


def _cell_text(text: str) -> str:
    return text if len(text) <= _MAX_CELL_CHARS else f"{text[: _MAX_CELL_CHARS - 1]}…"


def _write_contents(
    sheet: Worksheet, sheets: list[_Sheet], citation: Citation, formats: _Formats, *, title: str, about: str
) -> None:
    """Write the list of the tables, each name a link to its sheet."""
    sheet.write_string(0, 0, _cell_text(title), formats.title)
    report = f"Report {citation.report_id}" + (f" ({citation.parameters})" if citation.parameters else "")
    sheet.write_string(1, 0, _cell_text(f"{about + '. ' if about else ''}{report}"))
    for column, (name, width) in enumerate({"Sheet": 28, "Table": 10, "Caption": 60, "Rows": 8, "Notes": 90}.items()):
        sheet.write_string(3, column, name, formats.head)
        sheet.set_column(column, column, width)
    for row, (name, label, table) in enumerate(sheets, start=4):
        sheet.write_url(row, 0, f"internal:'{name}'!A1", formats.link, name)
        sheet.write_string(row, 1, label, formats.wrapped)
        sheet.write_string(row, 2, _cell_text(table.caption), formats.wrapped)
        sheet.write_number(row, 3, len(table.data), formats.wrapped)
        notes = list(table.notes)
        if len(table.data) > _MAX_ROWS:
            notes.append(f"The sheet has the first {_MAX_ROWS:,}; {table_path(table.id)} has all.")
        sheet.write_string(row, 4, _cell_text(" ".join(notes)), formats.wrapped)
        _set_height(sheet, row, {60: table.caption, 90: " ".join(notes)})
    _finish(sheet, 3)


def _codebook(sheets: list[_Sheet]) -> Iterator[tuple[str, ...]]:
    """Yield the head of the codebook and a row for each column of each sheet, as :mod:`analysis.tables` has them."""
    yield "sheet", "column", "dtype", "unit", "meaning", "values"
    for sheet in sheets:
        names = list(map(str, sheet.table.data.columns))
        ranked = sorted(tables.TABLES.values(), key=lambda table: len({*table.names} & {*names}))
        # Of columns of one name, that of the table that is most like the sheet stands last, and is kept.
        known = {column.name: column for table in ranked for column in (*table.columns, *table.last)}
        for name in names:
            dtype = str(sheet.table.data[name].dtype)
            if column := known.get(name):
                meaning = column.meaning + (" (may be missing)" if column.nullable else "")
                yield sheet.name, name, dtype, column.unit, meaning, ", ".join(column.values)
            else:
                yield sheet.name, name, dtype, "", ranked[-1].more, ""


def _write_texts(sheet: Worksheet, rows: list[tuple[str, ...]], widths: tuple[int, ...], formats: _Formats) -> None:
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            if text:
                sheet.write_string(at, column, _cell_text(text), formats.wrapped if at else formats.head)
        _set_height(sheet, at, dict(zip(widths, row, strict=True)))
    sheet.autofilter(0, 0, len(rows) - 1, len(widths) - 1)
    _finish(sheet)


def _set_height(sheet: Worksheet, row: int, texts: Mapping[int, str]) -> None:
    """Let a row be as high as its texts need, each by the width of its column: not every program sees to that."""
    n_lines = max(math.ceil(len(text) / width) for width, text in texts.items())
    if n_lines > 1:
        sheet.set_row(row, min(n_lines, _MAX_LINES) * _LINE_POINTS)


def _finish(sheet: Worksheet, head: int = 0) -> None:
    """Keep the head in sight, and print the sheet as wide as a page, with the head on each."""
    sheet.freeze_panes(head + 1, 0)
    sheet.repeat_rows(head)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
