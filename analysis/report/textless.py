"""What is left of a report without its article's text, for deposit where the article may not be shared.

A file that shows the article, draws its words or quotes it is left out. Of a table whose rows have spans (``start,
end``), the columns with words are left out, as they can be read in the article again. A table of words without spans
(frequencies, names, pairs) loses its offsets, as words and their places together would give the text back, and any
column that quotes more than five words in a row; findings lose their sentences. A manifest says what was left out; the
report's own record stays as it is, with the SHA-256 of every file, so that whoever has the article can verify all of
them (:func:`verify_textless`).
"""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
import zipfile
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from analysis import tables
from analysis.article import read_article
from analysis.exhibits.files import to_parquet
from analysis.integrity import hash_file, read_file, reason, shown
from analysis.layout import ARTICLE, ARTICLE_FIELDS, RECORD, REFERENCE, REPORT_FILES, WITHOUT_TEXT
from analysis.lines import printable
from analysis.report.build import make_report
from analysis.report.cache import describe_inputs, write_reference
from analysis.report.fingerprint import sha256
from analysis.report.notebook import NOTEBOOKS, ReportError, notebook_paths
from analysis.report.provenance import read_record
from analysis.report.verify import Verification, input_differences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import pandas as pd

    from analysis.article import Article
    from analysis.record import Record

__all__ = ["remove_text", "verify_textless"]

#: The files that have none of the article's text, beside tables.
_KEPT = frozenset(REPORT_FILES[name] for name in ("article_fields", "numbers", "numbers_latex", "citation", "deposit"))
#: Columns of texts that are never words of the article.
_OWN_WORDS = frozenset(
    "article_id country deprel earliest entity excluded kind latest layer measure method_a method_b note time unit "
    "value xpos".split()
)
_OFFSET = re.compile(r"(?:.*_)?(?:start|end)")
_NUMBER = re.compile(r"\d+")
#: A text of more words in a row is a quotation.
_MOST_WORDS = 5
_WORD = re.compile(r"\w+")
#: The LaTeX command of a finding's sentence.
_SENTENCE = re.compile(rb"^\\dlnumber\{\w+Text\}.*\n", re.MULTILINE)
_SEPARATORS = re.compile(r"[;|]")


def remove_text(files: Iterable[tuple[str, bytes]], record: Record) -> Iterator[tuple[str, bytes]]:
    """Yield what is left of a report's files without the article's text, and last the manifest.

    Parameters
    ----------
    files
        The path in the report and the bytes of each.
    record
        The report's record.
    """
    left_out: dict[str, str] = {}
    columns_left_out: dict[str, list[str]] = {}
    # Both forms of a table lose the same columns: those that Parquet, which has their types, is asked for.
    given = dict(files)
    for path in sorted(given, key=PurePosixPath):
        stem = PurePosixPath(path).with_suffix("")
        suffix = PurePosixPath(path).suffix
        if path in {RECORD, *_KEPT}:
            yield path, _without_sentences(path, given[path])
        elif suffix in {".csv", ".parquet"}:
            table = _read_table(given, stem)
            columns = _columns_with_text(table)
            if len(columns) == len(table.columns):
                left_out[path] = record.files[path]
                continue
            write = _write_csv if suffix == ".csv" else _write_parquet
            yield path, write(given[path], columns)
            if columns:
                columns_left_out[path] = columns
        else:
            left_out[path] = record.files[path]
    manifest = {
        "about": (
            "A Dateline report without its article's text. What was left out is recorded with its SHA-256; "
            "`dateline verify REPORT --article FILE` makes all of it again for whoever has the article, and compares."
        ),
        "article_sha256": record.files[ARTICLE],
        "left_out": left_out,
        "columns_left_out": columns_left_out,
    }
    yield WITHOUT_TEXT, (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode()


def _without_sentences(path: str, data: bytes) -> bytes:
    """Return a file without the sentences of findings, which may quote the article; other files as they are."""
    if path == REPORT_FILES["numbers"]:
        values = json.loads(data)
        kept = {name: {key: it for key, it in value.items() if key != "text"} for name, value in values.items()}
        return (json.dumps(kept, indent=2, ensure_ascii=False) + "\n").encode()
    return _SENTENCE.sub(b"", data) if path == REPORT_FILES["numbers_latex"] else data


def _read_table(files: dict[str, bytes], stem: PurePosixPath) -> pd.DataFrame:
    import pandas as pd

    if data := files.get(f"{stem}.parquet"):
        return pd.read_parquet(io.BytesIO(data))
    return pd.read_csv(io.BytesIO(files[f"{stem}.csv"]), keep_default_na=False, encoding_errors="replace")


def _columns_with_text(table: pd.DataFrame) -> list[str]:
    """Return the columns that must go: words beside spans, or else offsets beside words, and quotations."""
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    texts = [
        name
        for name in table.columns
        if not (is_numeric_dtype(table[name]) or is_bool_dtype(table[name])) and not _has_own_words(name, table[name])
    ]
    if {"start", "end"} <= set(table.columns):
        return texts
    offsets = [name for name in table.columns if _OFFSET.fullmatch(name)] if texts else []
    return offsets + [name for name in texts if _quotes(table[name])]


def _has_own_words(name: str, column: pd.Series) -> bool:
    """Return whether a column of texts is of Dateline's words: categories and numbers, not words of the article."""
    if name in _OWN_WORDS:
        return True
    cells = {str(cell) for cell in column.dropna()}
    return all(not cell or cell in _categories() or _NUMBER.fullmatch(cell) for cell in cells)


@cache
def _categories() -> frozenset[str]:
    columns = [column for table in tables.TABLES.values() for column in (*table.columns, *table.last)]
    return frozenset(value for column in columns for value in column.values)  # noqa: PD011 - of the contract


def _quotes(column: pd.Series) -> bool:
    parts = (part for cell in column.dropna() for part in _SEPARATORS.split(str(cell)))
    return any(len(_WORD.findall(part)) > _MOST_WORDS for part in parts)


def _write_csv(data: bytes, columns: list[str]) -> bytes:
    """Return a CSV file without some columns, every other cell as it was written."""
    rows = list(csv.reader(io.StringIO(data.decode(), newline="")))
    kept = [at for at, name in enumerate(rows[0]) if name not in columns]
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n").writerows([row[at] for at in kept] for row in rows)
    return file.getvalue().encode()


def _write_parquet(data: bytes, columns: list[str]) -> bytes:
    import pandas as pd

    return to_parquet(pd.read_parquet(io.BytesIO(data)).drop(columns=columns))


def verify_textless(
    report: Path | str,
    article: Article,
    *,
    reference: str | None = None,
    notebooks: Path = NOTEBOOKS,
    progress: Callable[[str], None] | None = None,
) -> Verification:
    """Make a report again of which only a part without text is at hand, from its record and its article, and compare.

    Parameters
    ----------
    report
        The folder, or the zip file of it.
    article
        The article, as :func:`~analysis.article.read_article` reads it.
    reference
        The articles that it was compared with, as the parameter ``reference`` named them, if there were any.
    notebooks, progress
        As for :func:`~analysis.report.verify.verify_report`.

    Returns
    -------
    Verification
        ``differences`` has each file of which the same made again has another SHA-256 than the one recorded;
        ``damaged`` each file at hand that is not what is left of one made again.

    Raises
    ------
    ReportError
        If there is no such report, the article is another, or the report cannot be made again.
    """
    with tempfile.TemporaryDirectory(prefix="dateline-verify.") as name:
        temporary = Path(name)
        folder = _unpack(Path(report), temporary / "unpacked")
        record = read_record(folder)
        if not (folder / WITHOUT_TEXT).is_file():
            raise ReportError(
                f"{printable(str(report))} has its article, as no {WITHOUT_TEXT} is there; leave out --article"
            )
        if article.sha256 != record.files[ARTICLE]:
            got, wanted = article.sha256[:8], record.files[ARTICLE][:8]
            raise ReportError(f"the article is another than the report's: its SHA-256 is {got}…, expected {wanted}…")
        parameters = _parameters(printable(str(report)), record, reference, temporary / REFERENCE)
        try:
            again = _make_again(folder, parameters, record, article, temporary, notebooks=notebooks, progress=progress)
            return _compare(folder, record, again, notebooks)
        except (ValueError, OSError) as error:
            raise ReportError(f"{printable(str(report))} cannot be made again: {reason(error)}") from error


def _parameters(name: str, record: Record, reference: str | None, path: Path) -> dict[str, Any]:
    """Return a report's parameters, with the articles that it was compared with where they are written now."""
    wanted = record.files.get(REFERENCE)
    if wanted is None:
        if reference:
            raise ReportError(f"{name} was compared with no articles; leave out --reference")
        return record.parameters
    if not reference:
        raise ReportError(f"{name} was made with other articles, {REFERENCE}; name them by --reference")
    write_reference(reference, path)
    if (got := hash_file(path)) != wanted:
        raise ReportError(
            f"the articles of --reference are others than those of {name}: the SHA-256 of {REFERENCE} is {got[:8]}…, "
            f"expected {wanted[:8]}…"
        )
    return {**record.parameters, "reference": str(path)}


def _make_again(
    folder: Path,
    parameters: dict[str, Any],
    record: Record,
    article: Article,
    temporary: Path,
    *,
    notebooks: Path,
    progress: Callable[[str], None] | None,
) -> Path:
    """Make a report again of its article and of what else it was made from."""
    given = temporary / ARTICLE
    given.write_bytes(article.text.encode())
    (temporary / ARTICLE_FIELDS).write_bytes(read_file(folder / ARTICLE_FIELDS))
    return make_report(
        read_article(given),
        out=temporary / "again",
        parameters=parameters,
        notebooks=notebooks,
        attribution=record.citation.attribution,
        progress=progress,
    )


def _compare(folder: Path, record: Record, again: Path, notebooks: Path) -> Verification:
    """Compare a report made again with the record of one without text, and what is left of both."""
    found = Verification(inputs=input_differences(record.inputs, describe_inputs(notebook_paths(notebooks))))
    found.values_agree = True
    made = {path.relative_to(again).as_posix(): path for path in sorted(again.rglob("*")) if path.is_file()}
    for name in sorted(record.files.keys() | made.keys() - {RECORD}):
        digest = hash_file(made[name]) if name in made else "absent"
        if digest != record.files.get(name, "absent"):
            recorded = record.files.get(name, "absent")
            found.differences.append(
                f"{shown(name)}: made again its SHA-256 is {digest[:8]}…, recorded {recorded[:8]}…"
            )
            found.values_agree = False
    expected = dict(remove_text(((name, read_file(path)) for name, path in made.items()), read_record(again)))
    here = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    for name in sorted(expected.keys() | here.keys()):
        if name not in here:
            found.damaged.append(f"{shown(name)}: is missing")
        elif name not in expected:
            found.damaged.append(f"{shown(name)}: was not there when the bundle was made")
        elif hash_file(here[name]) != sha256(expected[name]):
            found.damaged.append(f"{shown(name)}: is not what is left of the same made again")
    return found


def _unpack(report: Path, out: Path) -> Path:
    """Return the folder of a report: of a zip file, unpacked, the one in it."""
    if report.is_dir():
        return report
    try:
        with zipfile.ZipFile(report) as bundle:
            parts = {PurePosixPath(name).parts for name in bundle.namelist()}
            tops = {names[0] for names in parts if names}
            if len(tops) != 1 or any(names[0] == "/" or ".." in names for names in parts):
                raise ReportError(f"{printable(str(report))} is no bundle: expected one folder in it")
            bundle.extractall(out)
    except (OSError, zipfile.BadZipFile) as error:
        raise ReportError(f"{printable(str(report))} is neither a report nor its bundle: {reason(error)}") from None
    return out / tops.pop()
