"""Verifying a report or a comparison: it is made again from its record, and every byte is compared."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis import layout
from analysis.article import read_article
from analysis.integrity import FILE, check_files, damage, droppings, read_file, read_json, reason, scan, shown
from analysis.lines import printable
from analysis.report.build import make_report
from analysis.report.cache import describe_inputs
from analysis.report.comparison import COMPARE, compare_listed, describe_comparison, with_relative_paths
from analysis.report.differences import NUMBERS, describe_difference
from analysis.report.notebook import NOTEBOOKS, ReportError, notebook_paths, read_parameters
from analysis.report.provenance import read_record

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    import pandas as pd

__all__ = ["Verification", "input_differences", "read_comparison", "verify_comparison", "verify_report"]

#: What a report is made from, beside its parameters.
_GIVEN = (layout.ARTICLE, layout.ARTICLE_FIELDS, layout.REFERENCE)


@dataclass
class Verification:
    """The differences between a report and the same made again.

    Attributes
    ----------
    damaged
        What is not as the record says: files changed, swapped, linked, lost or added, each in a line.
    inputs
        Inputs that are not those recorded (notebooks, code, models, data, packages), each in a line.
    differences
        Files that differ from the same made again, each with its first difference.
    values_agree
        Whether the tables in CSV and ``numbers.json`` agree, decimal fractions within
        :data:`~analysis.report.differences.TOLERANCE`; ``None`` if the report was not made again.
    droppings
        What file managers have left in the folder, by path; it is no difference.
    """

    damaged: list[str] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    values_agree: bool | None = None
    droppings: list[str] = field(default_factory=list)

    @property
    def is_identical(self) -> bool:
        """Whether nothing differs."""
        return not (self.damaged or self.inputs or self.differences)

    @property
    def verdict(self) -> str:
        """What follows from the differences, in a line."""
        if self.is_identical:
            return "identical, every byte of it made again from its record"
        if self.values_agree is None:
            return "differs: it is not made again, as what it was made from is damaged"
        if self.damaged:
            cause = "it is not as its record says"
        elif self.inputs:
            cause = "it is made again from other inputs than those recorded"
        else:
            cause = (
                "its inputs are those recorded, so it was changed with its record, or this machine computes otherwise"
            )
        records = (layout.RECORD, layout.COMPARISON_RECORD)
        if all(line.partition(": ")[0] in records for line in self.differences):
            same = f"every recorded file {'but the record ' if self.differences else ''}is made again byte for byte"
        elif self.values_agree:
            same = f"the values in its CSV tables and {NUMBERS} agree within 1e-6"
        else:
            same = f"the values in its CSV tables and {NUMBERS} do not all agree"
        return f"differs: {cause}; {same}"


def verify_report(
    report: Path | str, *, notebooks: Path = NOTEBOOKS, progress: Callable[[str], None] | None = None
) -> Verification:
    """Make a report again from its record in a temporary folder, and compare.

    Parameters
    ----------
    report
        The report's folder. No link in it is followed, and nothing but plain files is opened. If its article is not
        the one that was recorded, it is not made again.
    notebooks
        The folder of the notebooks.
    progress
        A function that is called with a line on each step.

    Raises
    ------
    ReportError
        If the folder holds no report, or the report cannot be made again.
    """
    report = Path(report).absolute()
    record = read_record(report)
    if (report / layout.WITHOUT_TEXT).is_file():
        raise ReportError(f"{printable(str(report))} is without its article; name that by --article")
    try:
        sizes = {*record.sizes.values(), (report / layout.RECORD).lstat().st_size}
        original = _Original(report, record.files, record=layout.RECORD, sizes=sizes)
        inputs = input_differences(record.inputs, describe_inputs(notebook_paths(notebooks)))
        if any(map(original.is_damaged, _GIVEN)):
            return original.verification(inputs)
        with tempfile.TemporaryDirectory(prefix="dateline-verify.") as name:
            folder = Path(name)
            for given in (given for given in _GIVEN if given in record.files):
                (folder / given).write_bytes(read_file(report / given))
            parameters = dict(record.parameters)
            if parameters.get("reference"):
                parameters["reference"] = str(folder / layout.REFERENCE)
            again = make_report(
                read_article(folder / layout.ARTICLE),
                out=folder / "again",
                parameters=parameters,
                notebooks=notebooks,
                attribution=record.citation.attribution,
                progress=progress,
            )
            return original.verification(inputs, again)
    except (ReportError, ValueError, OSError) as error:
        raise ReportError(f"{printable(str(report))} cannot be made again: {reason(error)}") from error


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
    record = read_comparison(comparison)
    try:
        original = _Original(comparison, record.files, record=layout.COMPARISON_RECORD, sizes=None)
        parameters = read_parameters(record.parameters, notebooks=notebook)
        listed = with_relative_paths(articles, comparison)
        paths, digests = listed["report"].tolist(), listed["record_sha256"].tolist()
        inputs = input_differences(record.inputs, describe_comparison(notebook)) + input_differences(
            record.reports, {f"report {path}": digest for path, digest in zip(paths, digests, strict=True)}
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
            return original.verification(inputs, again)
    except (ReportError, ValueError, OSError) as error:
        raise ReportError(f"{printable(str(comparison))} cannot be made again: {reason(error)}") from error


class _ComparisonRecord(NamedTuple):
    files: dict[str, str]
    inputs: dict[str, str]
    parameters: dict[str, Any]
    reports: dict[str, str]


def read_comparison(comparison: Path) -> _ComparisonRecord:
    """Read the record of a comparison, and the SHA-256 that its list of articles has of each report's record."""
    try:
        record = read_json(comparison / layout.COMPARISON_RECORD)
        files = check_files(record["files"])
        inputs = {name: str(value) for name, value in record["inputs"].items()}
        articles = read_file(comparison / layout.COMPARISON_FILES["articles"]).decode()
        rows = csv.DictReader(io.StringIO(articles, newline=""))
        reports = {f"report {row['report']}": row["record_sha256"] or "" for row in rows}
        return _ComparisonRecord(files, inputs, dict(record["parameters"]), reports)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, csv.Error) as error:
        reason = f"{printable(str(error)):.300}"
        raise ReportError(f"{printable(str(comparison))} is no whole comparison ({reason}); make it again") from None


class _Original:
    """A folder to verify, as it was when it was first looked at."""

    def __init__(self, folder: Path, files: Mapping[str, str], *, record: str, sizes: Collection[int] | None) -> None:
        self.folder, self.files, self._sizes = folder, files, sizes
        self._found = scan(folder, sizes)
        self._damaged = damage(self._found, files, record=record)

    def is_damaged(self, name: str) -> bool:
        return name in self._damaged

    def verification(self, inputs: list[str], again: Path | None = None) -> Verification:
        """Compare the folder with the same made again, and with itself as it is now."""
        now = scan(self.folder, self._sizes)
        names = [name for name in self._found.keys() | now.keys() if self._found.get(name) != now.get(name)]
        left = sorted({*droppings(self._found, self.files), *droppings(now, self.files)} - self._damaged.keys())
        changed = dict.fromkeys(names, "was changed while the report was verified") | self._damaged
        lines = [f"{shown(name)}: {what}" for name, what in sorted(changed.items()) if name not in left]
        verification = Verification(lines, inputs, droppings=list(map(shown, left)))
        if again is not None:
            made = scan(again)
            verification.values_agree = True
            for name in sorted({*self.files, *(name for name in made if made[name].kind == FILE)}):
                old, new = self._found.get(name), made.get(name)
                if old and new and old.sha256 == new.sha256:
                    continue
                description, agrees = describe_difference(name, old, new, self.folder, again)
                if description:
                    verification.differences.append(f"{shown(name)}: {description}")
                    verification.values_agree &= agrees
        return verification


def input_differences(recorded: Mapping[str, str], here: Mapping[str, str]) -> list[str]:
    """Describe the inputs that are not those recorded."""
    return [
        f"{printable(name)}: is {_short(here.get(name))}, recorded {_short(recorded.get(name))}"
        for name in sorted(here.keys() | recorded.keys())
        if here.get(name) != recorded.get(name)
    ]


def _short(value: str | None) -> str:
    if value is None:
        return "absent"
    return f"{value[:8]}…" if len(value) == 64 else f"{printable(value):.80}"  # noqa: PLR2004 - a SHA-256 in hexadecimal
