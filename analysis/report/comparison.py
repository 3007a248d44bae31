"""Comparing finished reports: one notebook runs over all of them, and a page links to each."""

from __future__ import annotations

import json
import os
import re
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from analysis import layout
from analysis.exhibits.files import to_csv
from analysis.lines import printable
from analysis.report.build import keep_failed, read_pictures, remove_failed, write_exhibits, write_numbers
from analysis.report.cache import describe_inputs
from analysis.report.citation import SURROGATE, Citation, write_citation
from analysis.report.content import read_content
from analysis.report.fingerprint import sha256
from analysis.report.methods import CITED, escape_markdown
from analysis.report.notebook import (
    NOTEBOOKS,
    ParameterError,
    ReportError,
    execute_notebook,
    notebook_parameters,
    read_parameters,
)
from analysis.report.page import render
from analysis.report.pdf import typeset
from analysis.report.staging import staged
from analysis.report.word import compose_document
from analysis.report.workbook import compose_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from analysis.report.content import Content

__all__ = ["COMPARE", "compare_listed", "describe_comparison", "make_comparison", "with_relative_paths"]

#: The notebook that compares reports.
COMPARE = NOTEBOOKS / "compare.ipynb"


def make_comparison(
    articles: pd.DataFrame,
    *,
    out: Path | str | None = None,
    parameters: Mapping[str, Any] | None = None,
    notebook: Path = COMPARE,
    progress: Callable[[str], None] | None = None,
) -> Path:
    """Run the notebook that compares finished reports, and make a page, tables and figures of what it shows.

    Parameters
    ----------
    articles
        The articles and their reports, as :func:`analysis.compare.read_reports` returns them, with any further columns.
    out
        The comparison's folder; ``reports/comparison-by-<column>`` in the working folder unless given. A comparison
        that is there already is replaced as a whole, once the new one is ready.
    parameters
        Values for parameters of the notebook, by name.
    notebook
        The notebook.
    progress
        A function that is called with a line on each step.

    Returns
    -------
    pathlib.Path
        The comparison's folder: ``comparison.html`` with an index that links to each report, ``comparison.pdf``,
        ``comparison.docx``, ``tables.xlsx``, ``notebooks/``, ``tables/``, ``figures/``, ``numbers.json``,
        ``articles.csv`` (the articles, each with its report's relative path and the SHA-256 of its record) and
        ``comparison.json`` (parameters, inputs, and the SHA-256 of every file). It has no record of an article, so
        nothing takes it for a report. The same reports, at the same relative paths, give the same bytes.

    Raises
    ------
    ParameterError
        If a parameter is unknown or a value of the wrong type, or the articles lack a column that one names.
    ReportError
        If the folder cannot be written, holds something else than a comparison, or the notebook fails.
    """
    values = read_parameters(parameters or {}, notebooks=notebook)
    by = values.get("by", notebook_parameters(notebook)["by"].default)
    out = Path(out) if out is not None else Path("reports") / _name(by)
    return compare_listed(with_relative_paths(articles, out), out, values, notebook=notebook, progress=progress)


def with_relative_paths(articles: pd.DataFrame, out: Path) -> pd.DataFrame:
    """Return the articles with the path from a comparison's folder to each one's report.

    Raises
    ------
    ReportError
        If a path is not in UTF-8, in which the comparison's files are.
    """
    paths = [Path(os.path.relpath(Path(report).resolve(), out.resolve())).as_posix() for report in articles["report"]]
    if strange := [path for path in paths if SURROGATE.search(path)]:
        raise ReportError(f"the path {printable(strange[0])} is not in UTF-8; rename the folder")
    return articles.assign(report=paths)


def describe_comparison(notebook: Path) -> dict[str, str]:
    """Describe all that a comparison depends on, except its reports and parameters."""
    return describe_inputs([notebook], made_by=__name__)


def compare_listed(
    articles: pd.DataFrame,
    out: Path,
    parameters: Mapping[str, Any],
    *,
    notebook: Path = COMPARE,
    progress: Callable[[str], None] | None = None,
) -> Path:
    """Make a comparison as :func:`make_comparison` does, of articles as :func:`with_relative_paths` returns them."""
    notify = progress or (lambda _: None)
    values = dict(parameters)
    for name in ("by", "period"):
        column = values.get(name, notebook_parameters(notebook)[name].default)
        if column not in articles.columns:
            there = ", ".join(articles.columns)
            raise ParameterError(f"parameter {name} is {column!r}; expected a column of the articles: {there}")
    files = layout.COMPARISON_FILES
    with staged(out, may_replace=layout.may_replace(files)) as folder:
        (folder / files["articles"]).write_bytes(to_csv(articles))
        (folder / layout.NOTEBOOKS_FOLDER).mkdir()
        target = folder / layout.NOTEBOOKS_FOLDER / notebook.name
        notify(f"{notebook.stem}: {len(articles):,} reports")
        with keep_failed(target, out):
            executed = execute_notebook(notebook, target, {"reports": f"../{files['articles']}", **values})
        notify("writing the page and the PDF")
        content = read_content({notebook.stem: executed})
        for section in content.sections:
            write_exhibits(folder, section)
        write_numbers(folder, content)
        by = values.get("by", notebook_parameters(notebook)["by"].default)
        _write_pages(folder, articles, content, by=by, parameters=values, notify=notify)
        record = {
            "dateline": version("dateline"),
            "parameters": values,
            "inputs": describe_comparison(notebook),
            "files": {
                path.relative_to(folder).as_posix(): sha256(path.read_bytes())
                for path in sorted(folder.rglob("*"))
                if path.is_file()
            },
        }
        text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
        (folder / files["record"]).write_text(text, encoding="utf-8", newline="\n")
    remove_failed(out, [notebook])
    return out


def _name(by: str) -> str:
    """Return a comparison's name, by the column that makes its groups."""
    return f"comparison-by-{re.sub(r'[^a-z0-9]+', '-', by.lower()).strip('-')}"


def _write_pages(
    folder: Path,
    articles: pd.DataFrame,
    content: Content,
    *,
    by: str,
    parameters: dict[str, Any],
    notify: Callable[[str], None],
) -> None:
    published = articles["published"].dropna().str.split("/")
    first, last = published.str[0].min(), published.str[-1].max()
    is_inferred = articles["inferred"].str.split(", ").map(lambda names: "published" in names).astype(bool)
    n = f"{len(articles):,} article{'' if len(articles) == 1 else 's'}"
    title = f"{n} by {by.replace('_', ' ')}"
    # The same reports compared in the same way have the same id, in whichever folder they are.
    key = json.dumps([articles["record_sha256"].tolist(), articles[by].tolist(), parameters], default=str)
    report_id = f"{_name(by)}-{sha256(key.encode())[:8]}"
    facts = {
        "Published": None if published.empty else first if first == last else f"{first} to {last}",
        "Dates inferred": f"{is_inferred.sum():,} of {len(published):,}, in brackets below"
        if is_inferred.any()
        else None,
        "Words": f"{articles['n_words'].sum():,}",
        "Comparison": report_id,
    }
    citation = Citation(report_id=report_id, article=title, publisher="", published="", dateline=version("dateline"))
    columns = list(dict.fromkeys(["publisher", by])) if by not in ("title", "published", "n_words") else ["publisher"]
    shown = articles.assign(title=articles["title"].fillna(articles["article_id"])).fillna("")
    entries = [
        {
            "published": f"[{row['published']}]" if inferred else row["published"],
            "title": row["title"],
            "link": quote(f"{row['report']}/{layout.REPORT_FILES['page']}"),
            "cells": [row[column] for column in columns],
            "n_words": row["n_words"],
        }
        for row, inferred in zip(shown.to_dict("records"), is_inferred, strict=True)
    ]
    headings = ["published", "article", *(column.replace("_", " ") for column in columns)]
    page = render("comparison.html.j2", content, citation, title=title, facts=facts, entries=entries, headings=headings)
    (folder / layout.COMPARISON_FILES["page"]).write_text(page, encoding="utf-8", newline="\n")
    about = f"A comparison of {title}"
    closing = [(CITED, escape_markdown(write_citation(citation)))]
    pdf = typeset(content, facts, title=title, about=about, report_id=report_id, closing=closing, progress=notify)
    # The report's id, "Comparison", stands among the facts of a document under its own name.
    told = {name: fact for name, fact in facts.items() if fact != report_id}
    document = compose_document(content, read_pictures(folder, content), told, citation, title=title, closing=closing)
    workbook = compose_workbook(content, citation, title=title, about=", ".join(filter(None, told.values())))
    for name, data in (("pdf", pdf), ("document", document), ("workbook", workbook)):
        (folder / layout.COMPARISON_FILES[name]).write_bytes(data)
