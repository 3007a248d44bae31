"""Many finished reports: an index of them to search in, and a report as one file to deposit."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import NamedTuple

from analysis.report.notebook import ReportError
from analysis.report.page import render_template
from analysis.report.provenance import RECORD, read_record

_HERE = Path(__file__).resolve().parent
_EPOCH = (1980, 1, 1, 0, 0, 0)


def bundle_report(report: Path | str, out: Path | str | None = None) -> Path:
    """Pack a report into one zip file for deposit: the same bytes for the same report.

    Parameters
    ----------
    report
        The report's folder.
    out
        The zip file; beside the folder, with its name, unless given.

    Raises
    ------
    ReportError
        If the folder holds no report.
    """
    report = Path(report)
    read_record(report)
    out = Path(out) if out is not None else report.with_name(f"{report.name}.zip")
    aside = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        # Stored, not compressed: what a compressor writes differs from one machine's to the next.
        with zipfile.ZipFile(aside, "w", zipfile.ZIP_STORED) as bundle:
            for path in sorted(path for path in report.rglob("*") if path.is_file()):
                name = f"{report.resolve().name}/{path.relative_to(report).as_posix()}"
                entry = zipfile.ZipInfo(name, date_time=_EPOCH)
                entry.create_system, entry.external_attr = 3, 0o644 << 16
                bundle.writestr(entry, path.read_bytes())
        aside.replace(out)
    except OSError as error:
        raise ReportError(f"{out} cannot be written: {error.strerror}") from None
    finally:
        aside.unlink(missing_ok=True)
    return out


class _Entry(NamedTuple):
    published: str
    title: str
    publisher: str
    folder: str


def write_index(reports: Path | str) -> Path:
    """Write ``index.html`` over the reports in a folder, newest by the article's date first.

    Parameters
    ----------
    reports
        The folder that holds the reports' folders; what is no report is passed over.

    Returns
    -------
    pathlib.Path
        The page.
    """
    reports = Path(reports)
    entries = []
    for path in reports.glob(f"*/{RECORD}"):
        try:
            citation = read_record(path.parent).citation
        except ReportError:
            continue
        entries.append(_Entry(citation.published, citation.article, citation.publisher, path.parent.name))
    # Newest first; undated ones last; of one day, by title.
    entries.sort(key=lambda entry: (entry.title, entry.folder))
    entries.sort(key=lambda entry: entry.published, reverse=True)
    style, script = ((_HERE / name).read_text(encoding="utf-8") for name in ("page.css", "index.js"))
    page = render_template("index.html.j2", style=style, script=script, entries=entries)
    out = reports / "index.html"
    aside = out.with_name(f".index.html.{os.getpid()}")
    aside.write_text(page, encoding="utf-8", newline="\n")
    aside.replace(out)
    return out
