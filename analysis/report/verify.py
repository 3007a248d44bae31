"""Verifying a report or a comparison: it is made again from its record, and every byte is compared."""

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

from analysis import layout
from analysis.article import ArticleError, read_article
from analysis.report.build import make_report
from analysis.report.cache import describe_inputs
from analysis.report.comparison import COMPARE, compare_listed, describe_comparison, with_relative_paths
from analysis.report.fingerprint import sha256
from analysis.report.notebook import NOTEBOOKS, ReportError, notebook_paths
from analysis.report.provenance import read_record

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

__all__ = ["TOLERANCE", "Verification", "verify_comparison", "verify_report"]

#: The relative tolerance within which two numbers count as equal on another platform.
TOLERANCE = 1e-6


@dataclass
class Verification:
    """The differences between a report and the same made again.

    Attributes
    ----------
    is_identical
        Whether every byte is the same.
    damaged
        Files that were changed, added or lost since the report was made, each in a line.
    inputs
        Inputs that are not those recorded (notebooks, code, models, data, packages), each in a line.
    differences
        Files that differ from the same made again, each with its first difference.
    values_agree
        Whether all tables and numbers agree within :data:`TOLERANCE`; ``None`` if the report was not made again.
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
    """Make a report again from its record in a temporary folder, and compare.

    Parameters
    ----------
    report
        The report's folder.
    notebooks
        The folder of the notebooks.
    progress
        A function that is called with a line on each step.

    Raises
    ------
    ReportError
        If the folder holds no report, or the report cannot be made again.
    """
    report = Path(report)
    record = read_record(report)
    found = Verification(
        _damage(report, record.files, layout.RECORD),
        _input_differences(record.inputs, describe_inputs(notebook_paths(notebooks))),
    )
    try:
        article = read_article(report / layout.ARTICLE)
    except ArticleError as error:
        found.damaged.append(f"{layout.ARTICLE}: {error}")
        return found
    parameters = dict(record.parameters)
    if parameters.get("reference"):
        parameters["reference"] = str(report / layout.REFERENCE)
    with tempfile.TemporaryDirectory(prefix="dateline-verify.") as folder:
        again = make_report(
            article, out=Path(folder) / "again", parameters=parameters, notebooks=notebooks, progress=progress
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
    """Make a comparison again from its record and its reports, in a temporary folder, and compare.

    Parameters
    ----------
    comparison
        The comparison's folder.
    articles
        The articles and their reports, as :func:`analysis.compare.read_reports` returns them for the comparison's own
        ``articles.csv``. The reports themselves are not verified; :func:`verify_report` does that.
    notebook
        The notebook.
    progress
        A function that is called with a line on each step.

    Raises
    ------
    ReportError
        If the folder holds no comparison, or it cannot be made again.
    """
    comparison = Path(comparison).resolve()
    names = layout.COMPARISON_FILES
    try:
        record = json.loads((comparison / names["record"]).read_bytes())
        files, inputs, parameters = record["files"], record["inputs"], record["parameters"]
        with (comparison / names["articles"]).open(encoding="utf-8", newline="") as file:
            recorded = {f"report {row['report']}": row["record_sha256"] for row in csv.DictReader(file)}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReportError(f"{comparison} is no whole comparison ({error}); make it again") from None
    listed = with_relative_paths(articles, comparison)
    paths, digests = listed["report"].tolist(), listed["record_sha256"].tolist()
    found = Verification(
        _damage(comparison, files, names["record"]),
        _input_differences(inputs, describe_comparison(notebook))
        + _input_differences(recorded, {f"report {path}": of for path, of in zip(paths, digests, strict=True)}),
    )
    with tempfile.TemporaryDirectory(prefix="dateline-verify.") as folder:
        # Links to the reports, at the same paths relative to the comparison, so that its page has the same bytes.
        reports = [Path(os.path.normpath(comparison / path)) for path in paths]
        root = os.path.commonpath([comparison.parent, *(report.parent for report in reports)])
        for report in reports:
            link = Path(folder) / report.relative_to(root)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(report)
        again = Path(folder) / comparison.relative_to(root)
        compare_listed(listed, again, parameters, notebook=notebook, progress=progress)
        _compare_files(comparison, again, found)
    return found


def _compare_files(here: Path, again: Path, found: Verification) -> None:
    """Add the differences between a folder and the same made again."""
    found.values_agree = True
    for name in sorted(_files(here) | _files(again)):
        old, new = (folder / name for folder in (here, again))
        if not old.exists() or not new.exists():
            found.differences.append(f"{name}: {'missing' if new.exists() else 'not made again'}")
            found.values_agree = False
        elif old.read_bytes() != new.read_bytes():
            description, agrees = _first_difference(name, old.read_bytes(), new.read_bytes())
            found.differences.append(f"{name}: {description}")
            found.values_agree &= agrees


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def _damage(folder: Path, recorded: dict[str, str], record: str) -> list[str]:
    """Describe the files, except the record, that are not as they were recorded."""
    there = _files(folder) - {record}
    digests = {name: sha256((folder / name).read_bytes()) for name in there}
    changed = [
        f"{name}: is not what was recorded (sha256 {digests[name][:8]}…, recorded {digest[:8]}…)"
        for name, digest in recorded.items()
        if name in there and digests[name] != digest
    ]
    missing = [f"{name}: is missing" for name in recorded if name not in there]
    added = [f"{name}: was not there when the report was made" for name in there if name not in recorded]
    return sorted(changed + missing + added)


def _input_differences(recorded: dict[str, str], here: dict[str, str]) -> list[str]:
    """Describe the inputs that are not those recorded."""
    return [
        f"{name}: is {_short(here.get(name))}, recorded {_short(recorded.get(name))}"
        for name in sorted(here.keys() | recorded.keys())
        if here.get(name) != recorded.get(name)
    ]


def _short(value: str | None) -> str:
    if value is None:
        return "absent"
    return f"{value[:8]}…" if len(value) == 64 else value  # noqa: PLR2004 - a SHA-256 in hexadecimal


def _first_difference(name: str, old: bytes, new: bytes) -> tuple[str, bool]:
    """Describe the first difference of two files, and return whether their values agree within the tolerance."""
    if layout.format_of(name) == layout.FORMATS[".csv"]:
        return _first_cell(old, new)
    if name == layout.REPORT_FILES["numbers"]:
        return _first_number(old, new)
    byte = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    # A page, picture or notebook has no values but those of the tables that it is made from.
    return f"differs from byte {byte:,} on ({len(old):,} bytes here, {len(new):,} made again)", True


def _first_cell(old: bytes, new: bytes) -> tuple[str, bool]:
    """Describe the first cell that differs beyond the tolerance or, if none does, the first that differs at all."""
    old_rows, new_rows = (list(csv.reader(io.StringIO(data.decode("utf-8", "replace")))) for data in (old, new))
    headings = old_rows[0] if old_rows else []
    first = ""
    no_row: list[str] = []
    for number, (old_row, new_row) in enumerate(zip_longest(old_rows, new_rows, fillvalue=no_row)):
        for column, (old_cell, new_cell) in enumerate(zip_longest(old_row, new_row)):
            if old_cell != new_cell:
                heading = headings[column] if column < len(headings) else f"column {column + 1}"
                description = f"row {number}, {heading}: {old_cell!r} here, {new_cell!r} made again"
                if not _is_close(old_cell, new_cell):
                    return description, False
                first = first or description
    return first or "differs in its line ends or quotes only", True


def _first_number(old: bytes, new: bytes) -> tuple[str, bool]:
    try:
        old_values, new_values = (
            {name: number["value"] for name, number in json.loads(data).items()} for data in (old, new)
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return f"cannot be read: {error}", False
    names = sorted(old_values.keys() | new_values.keys())
    differing = [name for name in names if old_values.get(name) != new_values.get(name)]
    if not differing:
        return "differs in its layout or units only", True
    name = differing[0]
    agrees = all(_is_close(old_values.get(name), new_values.get(name)) for name in differing)
    return f"{name}: {old_values.get(name)} here, {new_values.get(name)} made again", agrees


def _is_close(old: Any, new: Any) -> bool:
    try:
        return math.isclose(float(old), float(new), rel_tol=TOLERANCE)
    except (TypeError, ValueError):
        return False
