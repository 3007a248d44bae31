"""The index of a folder of reports: one page to search in, with a link to each."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from analysis.layout import INDEX, RECORD
from analysis.report.fingerprint import hash_inline
from analysis.report.notebook import ReportError
from analysis.report.provenance import read_record
from analysis.report.staging import replacing

__all__ = ["write_index"]

_FOLDER = Path(__file__).resolve().parent


class _Entry(NamedTuple):
    published: str
    title: str
    publisher: str
    folder: str


def write_index(reports: Path | str) -> Path:
    """Write ``index.html`` over the reports in a folder, by the articles' dates, the newest first.

    Parameters
    ----------
    reports
        The folder that holds the reports' folders; folders that are no report are skipped.

    Returns
    -------
    pathlib.Path
        The page.
    """
    from jinja2 import Environment, FileSystemLoader
    from markupsafe import Markup

    reports = Path(reports)
    style, script = ((_FOLDER / name).read_text(encoding="utf-8") for name in ("page.css", "index.js"))
    templates = Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, trim_blocks=True)
    page = templates.get_template("index.html.j2").render(
        entries=_entries(reports),
        style=Markup(style),  # noqa: S704 - our own
        script=Markup(script),  # noqa: S704 - our own
        style_hash=hash_inline(style),
        script_hash=hash_inline(script),
    )
    out = reports / INDEX
    with replacing(out) as partial:
        partial.write_text(page, encoding="utf-8", newline="\n")
    return out


def _entries(reports: Path) -> list[_Entry]:
    """Return the reports: the newest first, undated ones last, those of one day by title."""
    entries = []
    for path in reports.glob(f"*/{RECORD}"):
        try:
            citation = read_record(path.parent).citation
        except ReportError:
            continue
        entries.append(_Entry(citation.published, citation.article, citation.publisher, path.parent.name))
    entries.sort(key=lambda entry: (entry.title, entry.folder))
    entries.sort(key=lambda entry: entry.published, reverse=True)
    return entries
