"""Verifying a report or a comparison: it is made again from what it records, and every byte is compared."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import tempfile
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.article import ArticleError, read_article
from analysis.report.build import make_report
from analysis.report.comparison import COMPARE, COMPARISON, compare_listed, list_from
from analysis.report.notebook import NOTEBOOKS, ReportError, notebook_paths
from analysis.report.provenance import RECORD, REFERENCE, describe_inputs, read_record, sha256

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

#: How far apart two numbers may be, relative to the larger, to count as one value on another platform.
TOLERANCE = 1e-6


@dataclass
class Verification:
    """What verifying a report found.

    Attributes
    ----------
    is_identical
        Whether every byte is what the recorded inputs give.
    damaged
        Files that are not as they were recorded, are missing, or were added, and how.
    inputs
        Inputs that are not what was recorded (article, notebooks, code, models, data, packages), and how.
    differences
        Files that come out otherwise when the report is made again, each with the first difference that matters.
    values_agree
        Whether the differences are within :data:`TOLERANCE` in all tables and numbers; ``None`` if it was not made
        again.
    """

    damaged: list[str] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    values_agree: bool | None = None

    @property
    def is_identical(self) -> bool:
        """Whether nothing differs."""
        return not (self.damaged or self.inputs or self.differences)


def verify_report(
    report: Path | str, *, notebooks: Path = NOTEBOOKS, progress: Callable[[str], None] | None = None
) -> Verification:
    """Make a report again from its record in a scratch folder, and compare.

    Parameters
    ----------
    report
        The report's folder.
    notebooks
        The folder of the notebooks.
    progress
        Is told in a line what is being done.

    Raises
    ------
    ReportError
        If the folder holds no report, or the report cannot be made again.
    """
    report = Path(report)
    record = read_record(report)
    found = Verification(
        _damaged(report, record.files, RECORD), _differing(record.inputs, describe_inputs(notebook_paths(notebooks)))
    )
    try:
        article = read_article(report / "article.txt")
    except ArticleError as error:
        found.damaged.append(f"article.txt: {error}")
        return found
    parameters = dict(record.parameters)
    if parameters.get("reference"):
        parameters["reference"] = str(report / REFERENCE)
    with tempfile.TemporaryDirectory(prefix="dateline-verify.") as scratch:
        again = make_report(
            article, out=Path(scratch) / "again", parameters=parameters, notebooks=notebooks, progress=progress
        )
        _compare_files(report, again, found)
    return found


def verify_comparison(
    comparison: Path | str,
    articles: pd.DataFrame,
    *,
    notebook: Path = COMPARE,
    progress: Callable[[str], None] | None = None,
) -> Verification:
    """Make a comparison again from its record and the reports that it is of, in a scratch folder, and compare.

    Parameters
    ----------
    comparison
        The comparison's folder.
    articles
        The articles and their reports, as :func:`analysis.compare.read_reports` gives them for the comparison's own
        ``articles.csv``. Whether these reports are what their own records give is for :func:`verify_report` to say.
    notebook
        The notebook.
    progress
        Is told in a line what is being done.

    Raises
    ------
    ReportError
        If the folder holds no comparison, or it cannot be made again.
    """
    comparison = Path(comparison).resolve()
    try:
        record = json.loads((comparison / COMPARISON).read_bytes())
        files, inputs, parameters = record["files"], record["inputs"], record["parameters"]
        with (comparison / "articles.csv").open(encoding="utf-8", newline="") as file:
            compared = {row["report"]: row["record_sha256"] for row in csv.DictReader(file)}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReportError(f"{comparison} is no whole comparison ({error}); make it again") from None
    listed = list_from(comparison, articles)
    found = Verification(_damaged(comparison, files, COMPARISON), _differing(inputs, describe_inputs([notebook])))
    now = dict(zip(listed["report"], listed["record_sha256"], strict=True))
    found.inputs += _differing(*({f"report {way}": of for way, of in known.items()} for known in (compared, now)))
    with tempfile.TemporaryDirectory(prefix="dateline-verify.") as scratch:
        # The reports stand beside it as they do here.
        reports = [Path(os.path.normpath(comparison / way)) for way in listed["report"]]
        root = os.path.commonpath([comparison.parent, *(report.parent for report in reports)])
        for report in reports:
            link = Path(scratch) / report.relative_to(root)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(report)
        again = Path(scratch) / comparison.relative_to(root)
        compare_listed(listed, again, parameters, notebook=notebook, progress=progress)
        _compare_files(comparison, again, found)
    return found


def _compare_files(here: Path, again: Path, found: Verification) -> None:
    """Add what differs between a folder and the same made again."""
    found.values_agree = True
    for name in sorted(_files(here) | _files(again)):
        one, other = (folder / name for folder in (here, again))
        if not one.exists() or not other.exists():
            found.differences.append(f"{name}: {'missing' if other.exists() else 'not made again'}")
            found.values_agree = False
        elif one.read_bytes() != other.read_bytes():
            what, agrees = _first_difference(name, one.read_bytes(), other.read_bytes())
            found.differences.append(f"{name}: {what}")
            found.values_agree &= agrees


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def _damaged(report: Path, recorded: dict[str, str], record: str) -> list[str]:
    """Say which files, beside the record, are not as they were recorded."""
    there = _files(report) - {record}
    changed = [
        f"{name}: is not what was recorded (sha256 {sha256((report / name).read_bytes())[:8]}…, recorded {digest[:8]}…)"
        for name, digest in recorded.items()
        if name in there and sha256((report / name).read_bytes()) != digest
    ]
    missing = [f"{name}: is missing" for name in recorded if name not in there]
    added = [f"{name}: was not there when the report was made" for name in there if name not in recorded]
    return sorted(changed + missing + added)


def _differing(recorded: dict[str, str], here: dict[str, str]) -> list[str]:
    """Say which inputs are not what was recorded."""
    return [
        f"{name}: is {_short(here.get(name))}, recorded {_short(recorded.get(name))}"
        for name in sorted(here.keys() | recorded.keys())
        if here.get(name) != recorded.get(name)
    ]


def _short(value: str | None) -> str:
    if value is None:
        return "absent"
    return f"{value[:8]}…" if len(value) == 64 else value  # noqa: PLR2004 - a SHA-256 in hexadecimal


def _first_difference(name: str, one: bytes, other: bytes) -> tuple[str, bool]:
    """Say where two files first differ in a way that matters, and whether their values agree all the same."""
    if name.endswith(".csv"):
        return _first_cell(one, other)
    if name == "numbers.json":
        return _first_number(one, other)
    place = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    # What has no values of its own (a page, a picture, a notebook) is made from tables that have.
    return f"differs from byte {place:,} on ({len(one):,} bytes here, {len(other):,} made again)", True


def _first_cell(one: bytes, other: bytes) -> tuple[str, bool]:
    rows, rows_again = (list(csv.reader(io.StringIO(data.decode("utf-8", "replace")))) for data in (one, other))
    heads = rows[0] if rows else []
    first, agree = "differs in its line ends or quotes only", True
    for number, (row, again) in enumerate(zip_longest(rows, rows_again, fillvalue=[])):
        for column, (cell, cell_again) in enumerate(zip_longest(row, again)):
            if cell == cell_again:
                continue
            if agree and not _is_close(cell, cell_again):
                agree = False
                first = ""
            if not first or first.startswith("differs"):
                head = heads[column] if column < len(heads) else f"column {column + 1}"
                first = f"row {number}, {head}: {cell!r} here, {cell_again!r} made again"
        if not agree:
            break
    return first, agree


def _first_number(one: bytes, other: bytes) -> tuple[str, bool]:
    try:
        numbers, again = json.loads(one), json.loads(other)
        values, values_again = ({name: number["value"] for name, number in n.items()} for n in (numbers, again))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return f"cannot be read: {error}", False
    differ = [n for n in sorted(values.keys() | values_again.keys()) if values.get(n) != values_again.get(n)]
    if not differ:
        return "differs in its layout or units only", True
    name = differ[0]
    agree = all(_is_close(values.get(n), values_again.get(n)) for n in differ)
    return f"{name}: {values.get(name)} here, {values_again.get(name)} made again", agree


def _is_close(one: Any, other: Any) -> bool:
    try:
        return math.isclose(float(one), float(other), rel_tol=TOLERANCE)
    except (TypeError, ValueError):
        return False
