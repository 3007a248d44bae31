"""Finished reports: finding them, listing their articles, and reading columns of their tables."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import tables
from analysis.integrity import check_recorded, hash_file, read_json, reason
from analysis.layout import (
    ARTICLE_FIELDS,
    COMPARISON_RECORD,
    FORMULA_STARTS,
    READ_EXHIBITS,
    RECORD,
    table_path,
)
from analysis.measures.inputs import require
from analysis.record import parse_record
from analysis.resources import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence

__all__ = ["read_columns", "read_reports"]

#: The exhibit in which a report shows a table, by the table's name.
_EXHIBITS = {table: exhibit for exhibit, table in READ_EXHIBITS.items()}
#: All that a comparison reads of a report, beside its record.
_READ = (ARTICLE_FIELDS, *map(table_path, READ_EXHIBITS))
#: Columns that are computed from the reports: a user's file cannot replace them.
_COMPUTED = frozenset({"report", "record_sha256", "year", "month", "n_words", "inferred"})
#: How an ISO 8601 date begins that is precise enough to fall in one year, or in one month.
_PERIODS = {"year": re.compile(r"\d{4}(?=-|$)"), "month": re.compile(r"\d{4}-\d{2}(?=-|$)")}
_EXPECTED = f"expected folders with {ARTICLE_FIELDS} and {RECORD}"


@tables.stage(requires=(), returns="reports")
def read_reports(
    reports: str | Path | Iterable[str | Path],
    *,
    columns: str | Path | None = None,
    leave_out: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """List the articles of finished reports.

    Parameters
    ----------
    reports
        Folders of reports, folders that contain such folders, globs (``reports/2014-*``), or ``.csv`` files with a
        column ``report`` (a path relative to the file) and any further columns. A relative path is looked up in the
        working folder first, then in the project's folder.
    columns
        A ``.csv`` file with further columns to group by: a key ``article_id`` (or ``id``), and any others. They
        replace columns of the same name, for all articles: those that the file does not list have missing values.
    leave_out
        A function that is called with a line on each damaged report, which is then left out. Without it, a damaged
        report raises.

    Returns
    -------
    DataFrame
        {columns}

        Rows are sorted by date, then by id, undated articles last. An interval is written ``2014-09-28/2014-09-30``.

    Raises
    ------
    ValueError
        If there is no report, what is read of one is not as its record says, two reports are of the same article, or
        ``columns`` lists none of the articles.
    """
    sources = [reports] if isinstance(reports, (str, Path)) else list(reports)
    rows = []
    for folder, fields in (found for source in sources for found in _find_reports(Path(source))):
        try:
            rows.append(_replace(_read_article(folder), fields))
        except ValueError as error:
            if leave_out is None:
                raise
            leave_out(f"{error}; it is left out")
    if not rows:
        raise ValueError(f"{', '.join(map(str, sources)) or 'an empty list'} holds no report: {_EXPECTED}")
    articles = pd.DataFrame(rows)
    repeated = articles[articles["article_id"].duplicated(keep=False)]
    if len(repeated):
        article_id = repeated["article_id"].iloc[0]
        one, other = repeated["report"].iloc[:2]
        raise ValueError(f"two reports are of the article {article_id!r}: {one} and {other}; name one of them")
    if columns:
        articles = _join_columns(articles, Path(columns))
    articles = articles.astype({name: "str" for name in articles.columns if name != "n_words"})
    for period in _PERIODS:
        articles[period] = [None if pd.isna(date) else _period(date, period) for date in articles["published"]]
    articles = articles.sort_values(["published", "article_id"], na_position="last", ignore_index=True)
    names = dict.fromkeys([*tables.TABLES["reports"].names, *articles.columns])
    return tables.frame("reports", {name: articles[name] for name in names})


def read_columns(folder: str | Path, table: str, columns: Sequence[str]) -> dict[str, list[Any]]:
    """Read some columns of one table of a report.

    Parameters
    ----------
    folder
        The report.
    table
        The table's name in :data:`analysis.tables.TABLES`.
    columns
        The columns to read.

    Returns
    -------
    dict of str to list
        The cells of each column, in the order of ``columns``.

    Raises
    ------
    ValueError
        If the file is missing, damaged, or lacks a column.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = Path(folder) / table_path(_EXHIBITS[table])
    try:
        # Whoever opens a FIFO waits for its writer.
        if path.exists() and not path.is_file():
            raise ValueError(f"{path} is no file; make the report again")
        with pq.ParquetFile(path) as file:
            cells: dict[str, list[Any]] = file.read(list(columns), use_threads=False).select(list(columns)).to_pydict()
            return cells
    except (OSError, KeyError, pa.ArrowException) as error:
        raise ValueError(f"{path} cannot be read: {error}; make the report again") from None


def _find_reports(source: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """Yield the folder of each report that a source names, with the fields that a list of reports has of it."""
    matches = [[path] if path.exists() else _glob(path) for path in (source, PROJECT / source)]
    found = matches[0] or matches[1]
    if not found:
        raise ValueError(f"no such folder: {source}; expected reports, or a folder or a .csv file of them")
    if len(found) == 1 and found[0].suffix == ".csv":
        yield from _read_list(found[0])
        return
    if len(found) == 1 and not _is_report(found[0]) and found[0].is_dir():
        # A comparison is made beside the reports, so that their folder may contain it.
        if (found[0] / COMPARISON_RECORD).is_file():
            return
        # What is hidden is being made.
        found = sorted(path for path in found[0].iterdir() if not path.name.startswith("."))
    folders = [folder for folder in found if _is_report(folder)]
    if not folders:
        raise ValueError(f"{source} holds no report: {_EXPECTED}")
    for folder in folders:
        yield folder, {}


def _glob(pattern: Path) -> list[Path]:
    """Return the sorted paths that match a pattern; none for a path without wildcards."""
    root = Path(pattern.anchor)
    return sorted(root.glob(str(pattern.relative_to(root)))) if any(c in str(pattern) for c in "*?[") else []


def _is_report(folder: Path) -> bool:
    """Return whether a folder is a report, or what is left of one."""
    return any(os.path.lexists(folder / name) for name in (RECORD, ARTICLE_FIELDS))


def _read_list(path: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """Yield the folders that a ``.csv`` file lists, with its other fields that are neither computed nor missing.

    The file may be ``articles.csv`` of a comparison, in which an apostrophe stands before what could be a formula.
    """
    listed = _read_csv(path)
    require(listed, ["report"], name=str(path))
    for row in listed.map(_without_apostrophe).to_dict("records"):
        folder = path.parent / row["report"]
        if not _is_report(folder):
            raise ValueError(f"{path}: {folder} is no report")
        yield folder, {name: value for name, value in row.items() if name not in _COMPUTED and isinstance(value, str)}


def _read_csv(path: Path) -> pd.DataFrame:
    # "NA" is the country code of Namibia: only an empty cell is missing.
    if path.exists() and not path.is_file():
        raise ValueError(f"{path} cannot be read as CSV: it is no file")
    try:
        return pd.read_csv(path, dtype="str", keep_default_na=False, na_values=[""])
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} cannot be read as CSV: {error}") from None


def _without_apostrophe(cell: object) -> object:
    is_guarded = isinstance(cell, str) and cell[:1] == "'" and cell[1:].startswith(FORMULA_STARTS)
    return str(cell)[1:] if is_guarded else cell


def _read_article(folder: Path) -> dict[str, Any]:
    """Return a report's row, without the periods."""
    if not os.path.lexists(folder / RECORD):
        raise ValueError(f"{folder} is no whole report: it has no {RECORD}; make it again")
    try:
        check_recorded(folder, parse_record(folder / RECORD).files, _READ)
        fields = read_json(folder / ARTICLE_FIELDS)
        row = {"article_id": str(fields["id"])} | {name: _text(fields, name) for name in _ARTICLE_FIELDS}
        record_sha256 = hash_file(folder / RECORD, follow_links=True)
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise ValueError(f"{folder} is no whole report: {reason(error)}; make it again") from None
    counts = read_columns(folder, "counts", ("measure", "value"))
    try:
        n_words = int(dict(zip(counts["measure"], counts["value"], strict=True))["words"])
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise ValueError(f"{folder} is no whole report: its number of words is {error}; make it again") from None
    inferred = fields.get("inferred")
    return row | {
        "inferred": ", ".join(name for name in _ARTICLE_FIELDS if isinstance(inferred, dict) and inferred.get(name)),
        "n_words": n_words,
        "report": folder.as_posix(),
        "record_sha256": record_sha256,
    }


def _text(fields: dict[str, Any], name: str) -> str | None:
    """Return a field of an article that is text in UTF-8, or missing."""
    value = fields.get(name)
    if not isinstance(value, str | None):
        raise ValueError(f"its {name} is {value!r:.80}; expected text")  # noqa: TRY004 - of data, not of an argument
    if value is not None:
        value.encode()
    return value


_ARTICLE_FIELDS = ("title", "publisher", "published", "url")


def _without(inferred: str, names: Container[str]) -> str:
    """Return what is still inferred where some columns were stated by the user."""
    return ", ".join(name for name in inferred.split(", ") if name not in names)


def _replace(row: dict[str, Any], fields: dict[str, str]) -> dict[str, Any]:
    """Replace the values of a report by those of a list of reports, if they are others."""
    others = {name: value for name, value in fields.items() if value != _without_apostrophe(row.get(name))}
    return row | others | {"inferred": _without(row["inferred"], others)}


def _join_columns(articles: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Join the columns of a ``.csv`` file to the articles by id, in place of columns of the same name."""
    more = _read_csv(path)
    key = next((name for name in ("article_id", "id") if name in more.columns), None)
    if key is None:
        raise ValueError(f"{path} has the columns {', '.join(more.columns)}; expected also article_id")
    more = more.rename(columns={key: "article_id"})
    if repeated := more["article_id"][more["article_id"].duplicated()].tolist():
        raise ValueError(f"{path} has the article {repeated[0]!r} twice; expected one row an article")
    if not more["article_id"].isin(articles["article_id"]).any():
        first = articles["article_id"].iloc[0]
        raise ValueError(f"{path} names none of the articles; expected ids such as {first!r}")
    more = more.drop(columns=list(_COMPUTED), errors="ignore")
    kept = articles.drop(columns=more.columns.drop("article_id"), errors="ignore")
    kept["inferred"] = [_without(inferred, more.columns) for inferred in articles["inferred"]]
    return kept.merge(more, on="article_id", how="left", validate="one_to_one")


def _period(published: str, period: str) -> str | None:
    """Return the year or month of a date or interval.

    None if an interval spans two, the date is not precise enough, or it is not in ISO 8601.

    >>> _period("2014-09-28/2014-09-30", "month"), _period("2014-09-30/2014-10-01", "month"), _period("2014", "month")
    ('2014-09', None, None)
    >>> _period("03-02-2009", "year")
    """
    found = {match and match.group() for match in map(_PERIODS[period].match, published.split("/"))}
    return found.pop() if len(found) == 1 else None
