"""Rows of JSON Lines, CSV and Parquet: read one at a time, so that a bad row never stops the others."""

from __future__ import annotations

import json
import re
from datetime import datetime, time
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, ParamSpec, TextIO, TypeVar

from analysis import resources
from analysis.article.dates import MISSING
from analysis.article.decoding import check_utf8, find_byte_order_mark
from analysis.article.intake import make_article, read_date
from analysis.article.model import FIELDS, SIDECAR_FIELDS, Article, ArticleError, unforeseen
from analysis.article.sources import ROW_FORMATS, suffix_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

__all__ = ["Row", "article_of_row", "attempt", "count_rows", "parse_object", "read_rows", "rows_encoding"]

#: A row, or the error that says why it cannot be read; and its place, for messages.
Row = tuple[dict[str, Any] | ArticleError, str]

_PARQUET_BATCH_ROWS = 256
_SAMPLE_BYTES = 4096
_MAX_ZERO_SHARE = 0.2
#: The first line of an object over many lines, and its second.
_OPENS_OBJECT, _GOES_ON = re.compile(r"\{.*[,:{\[]|\{", re.DOTALL), re.compile(r'"[^"]*"\s*:')

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


def read_rows(path: Path) -> Iterator[Row]:
    """Read the rows of a file one at a time.

    Parameters
    ----------
    path
        A file whose suffix is in :data:`~analysis.article.sources.ROW_FORMATS`.

    Yields
    ------
    Row
        The row, or the error that says why it cannot be read; and its place, for messages.

    Raises
    ------
    ArticleError
        If the file as a whole cannot be read, or has no column ``text``.
    """
    try:
        yield from _READERS[ROW_FORMATS[suffix_of(path)]](path)
    except OSError as error:
        raise ArticleError(f"{path} cannot be read: {error.strerror or error}") from None


def count_rows(path: Path) -> int:
    """Count the rows of a file, or a few more, without parsing their texts; any other file counts as one."""
    file_format = ROW_FORMATS.get(suffix_of(path))
    try:
        if file_format == "JSON Lines":
            with path.open("rb") as lines:
                return sum(1 for _ in lines)
        if file_format == "CSV":
            return sum(1 for _ in read_rows(path))
        if file_format == "Parquet":
            import pyarrow.parquet as pq

            return int(pq.read_metadata(path).num_rows)
    except (OSError, ValueError):
        pass
    return 1


def rows_encoding(path: Path) -> str:
    """Return the encoding of a file of rows, that of its byte order mark or UTF-8."""
    try:
        with path.open("rb") as file:
            return find_byte_order_mark(file.read(_SAMPLE_BYTES)) or "utf-8"
    except OSError:
        return "utf-8"  # which reading the rows tells


def article_of_row(row: Mapping[str, Any] | ArticleError, where: str, encoding: str = "utf-8") -> Article:
    """Make an article of a row.

    Parameters
    ----------
    row
        Its cells by column; only ``text`` and :data:`~analysis.article.model.FIELDS` are used. An error is raised.
    where
        Its place, for messages.
    encoding
        That of its file.

    Raises
    ------
    ArticleError
        If the row could not be read, has no text, or has a cell that is not a string, number or date.
    """
    if isinstance(row, ArticleError):
        raise row
    text = row.get("text")
    if not isinstance(text, str) or not text or text.strip() in MISSING:
        raise ArticleError(f"{where} has no text")
    metadata: dict[str, Any] = {
        name: value for name in (*FIELDS, "encoding") if (value := _format_cell(row.get(name), f"{where}: {name}"))
    }
    if "published" in metadata:
        metadata["published"] = read_date(metadata["published"], f"{where}: published")
    try:
        if "encoding" in metadata:
            # Dateline wrote this row: what is said of the text stands beside it.
            return Article.from_text(text, **metadata, inferred=_strings(row.get("inferred")))
        return make_article(text, **metadata, encoding=encoding)
    except ArticleError as error:
        raise ArticleError(f"{where}: {error}") from None
    except resources.ResourceError:
        raise
    except Exception as error:
        raise unforeseen(error, where) from error


def parse_object(data: bytes | str, where: str) -> dict[str, Any]:
    """Parse a JSON object.

    Parameters
    ----------
    data
        The JSON.
    where
        Its place, for messages.

    Raises
    ------
    ArticleError
        If it is not valid JSON, or not an object.
    """
    try:
        parsed = json.loads(data, object_pairs_hook=_pair_once)
    except (ValueError, RecursionError) as error:
        reason = str(error)
        if isinstance(error, json.JSONDecodeError) and "\n" not in error.doc.strip():
            reason = f"{error.msg}: column {error.colno}"
        raise ArticleError(f"{where} cannot be read as JSON: {reason}") from None
    if not isinstance(parsed, dict):
        raise ArticleError(f"{where}: got {parsed!r:.60}; expected an object")
    return parsed


def attempt(
    function: Callable[_Parameters, _Result], *args: _Parameters.args, **kwargs: _Parameters.kwargs
) -> _Result | ArticleError:
    """Return what a function returns, or the :class:`ArticleError` that it raises."""
    try:
        return function(*args, **kwargs)
    except ArticleError as error:
        return error


def _pair_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of JSON of its pairs, whose names must differ."""
    named = [(_field(name), value) for name, value in pairs]
    _check_names([name for name, _ in named])
    return dict(named)


def _field(name: str) -> str:
    """Return the name of a column: of those that are read, in lower case (*Published*)."""
    return low if (low := name.strip().lower()) in ("text", *SIDECAR_FIELDS) else name


def _check_names(names: list[str]) -> None:
    """Check that no two columns that are read have one name."""
    for name in ("text", *SIDECAR_FIELDS):
        if names.count(name) > 1:
            raise ArticleError(f"{names.count(name)} columns or fields are named {name!r}; rename all but one")


def _open(path: Path) -> TextIO:
    """Open a file of rows in UTF-8, or in the encoding of its byte order mark."""
    with path.open("rb") as file:
        start = file.read(_SAMPLE_BYTES)
    encoding = find_byte_order_mark(start) or "utf-8"
    if encoding == "utf-8" and start.count(0) > _MAX_ZERO_SHARE * len(start):
        raise ArticleError(f"{path} has zero bytes, as UTF-16 without a byte order mark: save it as UTF-8")
    errors = "surrogateescape" if encoding.startswith("utf-8") else "replace"
    return path.open(encoding=encoding, errors=errors, newline="" if ROW_FORMATS[suffix_of(path)] == "CSV" else None)


def _read_json_lines(path: Path) -> Iterator[Row]:
    with _open(path) as lines:
        numbered = ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
        first = list(islice(numbered, 2))
        if kind := _kind_of_document(*(line.strip() for _, line in first)):
            raise ArticleError(f"{path} holds {kind}; expected one object a line")
        for number, line in chain(first, numbered):
            where = f"{path}, line {number}"
            yield attempt(_parse_line, line, where), where


def _kind_of_document(first: str = "", second: str = "") -> str:
    """Return what a file is by its first lines if it is one value of JSON; empty if it has one a line.

    Examples
    --------
    >>> _kind_of_document("[", '{"text": "It rained."}'), _kind_of_document("{", '"text": "It rained."')
    ('a JSON array', 'a JSON object over many lines')
    """
    if first.startswith("[") and not (first.endswith("]") and second.startswith("{")):
        return "a JSON array"
    return "a JSON object over many lines" if _OPENS_OBJECT.fullmatch(first) and _GOES_ON.match(second) else ""


def _parse_line(line: str, where: str) -> dict[str, Any]:
    check_utf8(line, where)
    return parse_object(line, where)


def _read_csv(path: Path) -> Iterator[Row]:
    import csv

    csv.field_size_limit(2**31 - 1)
    number = 0
    with _open(path) as lines:
        delimiter = _find_delimiter(lines.readline())
        lines.seek(0)
        reader = csv.reader(lines, strict=True, delimiter=delimiter)
        try:
            columns = [_field(name) for name in next(reader, [])]
            _check_columns(columns, path)
            for number, cells in enumerate(filter(None, reader), start=1):
                where = f"{path}, row {number}"
                yield attempt(_pair_cells, cells, columns, where), where
        except csv.Error as error:
            # After a wrong quote there is no telling where the next row begins.
            where = f"{path}, row {number + 1} (up to line {reader.line_num})"
            reason = f"a quote is not closed, or not doubled within a cell ({error}); no more rows were read"
            yield ArticleError(f"{where}: {reason}"), where


def _find_delimiter(header: str) -> str:
    """Return what parts the columns: a comma, unless another mark of spreadsheets alone makes a column ``text``."""
    found = [mark for mark in ",;\t" if "text" in (name.strip().strip('"').lower() for name in header.split(mark))]
    return found[0] if found else ","


def _pair_cells(cells: list[str], columns: list[str], where: str) -> dict[str, Any]:
    check_utf8("".join(cells), where)
    if len(cells) != len(columns):
        advice = "put quotes round a cell with a comma or line end in it"
        raise ArticleError(f"{where}: expected {len(columns)} cells, got {len(cells)}; {advice}")
    return dict(zip(columns, cells, strict=True))


def _read_parquet(path: Path) -> Iterator[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            columns = file.schema_arrow.names
            _check_columns(columns, path)
            wanted = [name for name in ("text", *SIDECAR_FIELDS) if name in columns]
            batches = file.iter_batches(batch_size=_PARQUET_BATCH_ROWS, columns=wanted)
            for number, row in enumerate((row for batch in batches for row in batch.to_pylist()), start=1):
                yield row, f"{path}, row {number}"
    except (pa.ArrowInvalid, UnicodeDecodeError, OverflowError) as error:
        raise ArticleError(f"{path} cannot be read as Parquet: {error}") from None


_READERS = {"JSON Lines": _read_json_lines, "CSV": _read_csv, "Parquet": _read_parquet}


def _check_columns(columns: list[str], path: Path) -> None:
    try:
        _check_names(columns)
    except ArticleError as error:
        raise ArticleError(f"{path}: {error}") from None
    if "text" not in columns:
        raise ArticleError(f"{path} has the columns {columns}; expected text and any of {FIELDS}")


def _format_cell(value: Any, where: str) -> str:
    """Return a cell as text: a date in ISO 8601, nothing for a missing value."""
    if value is None or value != value:  # noqa: PLR0124 - NaN and NaT differ from themselves
        return ""
    if isinstance(value, (bool, bytes, list, dict)):
        raise ArticleError(f"{where} is {value!r:.60}; expected a string")
    if isinstance(value, datetime):
        return value.isoformat() if value.time() != time.min else value.date().isoformat()
    cell = str(value)
    return "" if cell.strip() in MISSING else cell


def _strings(value: Any) -> dict[str, str]:
    """Return an object of strings, which CSV holds as JSON; an empty one if it is none."""
    if isinstance(value, str):
        value = attempt(parse_object, value, "inferred")
    if not isinstance(value, dict):
        return {}
    return {name: string for name, string in value.items() if isinstance(string, str)}
