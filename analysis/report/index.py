"""The index of a folder of reports: one page to search in, with a link to each."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from analysis.integrity import reason
from analysis.layout import INDEX, RECORD, REPORT_FILES
from analysis.lines import printable
from analysis.record import parse_record
from analysis.report.fingerprint import hash_inline
from analysis.report.staging import replacing

__all__ = ["write_index"]

_FOLDER = Path(__file__).resolve().parent


class _Entry(NamedTuple):
    published: str
    title: str
    publisher: str
    link: str


class _Damaged(NamedTuple):
    folder: str
    reason: str


def write_index(reports: Path | str) -> Path:
    """Write ``index.html`` over the reports in a folder, by the articles' dates, the newest first.

    Parameters
    ----------
    reports
        The folder that holds the reports' folders. Folders that are no report are skipped, and so are hidden ones; a
        report whose record cannot be read is listed last, as damaged.

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
    entries, damaged = _find_reports(reports)
    page = templates.get_template("index.html.j2").render(
        entries=entries,
        damaged=damaged,
        style=Markup(style),  # noqa: S704 - our own
        script=Markup(script),  # noqa: S704 - our own
        style_hash=hash_inline(style),
        script_hash=hash_inline(script),
    )
    out = reports / INDEX
    with replacing(out) as partial:
        partial.write_text(page, encoding="utf-8", newline="\n")
    return out


def _find_reports(reports: Path) -> tuple[list[_Entry], list[_Damaged]]:
    """Return the reports, the newest first, undated ones last, those of one day by title; and the damaged ones."""
    entries, damaged = [], []
    for folder in sorted(path for path in reports.iterdir() if not path.name.startswith(".")):
        path = folder / RECORD
        if os.path.lexists(path):
            try:
                citation = parse_record(path).citation
            except (OSError, ValueError, KeyError) as error:
                damaged.append(_Damaged(printable(folder.name), reason(error)))
                continue
            # Of its bytes, as a folder's name may be in any encoding.
            link = f"{quote(os.fsencode(folder.name))}/{REPORT_FILES['page']}"
            # Two reports of one article differ by their parameters.
            parameters = f" ({citation.parameters})" if citation.parameters else ""
            title = f"{citation.article or printable(folder.name)}{parameters}"
            entries.append(_Entry(citation.published, title, citation.publisher, link))
    entries.sort(key=lambda entry: (entry.title, entry.link))
    entries.sort(key=lambda entry: entry.published, reverse=True)
    return entries, damaged
