"""Comparing finished reports: one notebook over all of them, and a page with an index that leads to each."""

from __future__ import annotations

import json
import os
import re
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from analysis.report.build import forget_failed, keep_failed, write_exhibits, write_numbers
from analysis.report.citation import Citation
from analysis.report.content import read_content
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
from analysis.report.provenance import describe_inputs, sha256
from analysis.report.staging import in_place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from analysis.report.content import Content

#: The notebook that compares.
COMPARE = NOTEBOOKS / "compare.ipynb"
#: The record of a comparison.
COMPARISON = "comparison.json"
#: What a comparison consists of; a folder with anything else in it is not replaced.
_PARTS = frozenset(
    f"""articles.csv comparison.html {COMPARISON} comparison.pdf figures notebooks numbers.json numbers.tex tables
    .DS_Store .ipynb_checkpoints Thumbs.db""".split()
)


def make_comparison(
    articles: pd.DataFrame,
    *,
    out: Path | str | None = None,
    parameters: Mapping[str, Any] | None = None,
    notebook: Path = COMPARE,
    progress: Callable[[str], None] | None = None,
) -> Path:
    """Run the comparing notebook on finished reports, and make a page, tables and figures of it.

    Parameters
    ----------
    articles
        The articles and their reports, as :func:`analysis.compare.read_reports` gives them, with any further columns.
    out
        The comparison's folder; ``reports/comparison-by-<column>`` in the working folder unless given. A comparison
        that is there already is replaced as a whole, once the new one is ready.
    parameters
        Values for parameters of the notebook, by name.
    notebook
        The notebook.
    progress
        Is told in a line what is being done.

    Returns
    -------
    pathlib.Path
        The comparison's folder: ``comparison.html`` with an index that leads to each report, ``comparison.pdf``,
        ``notebooks/``, ``tables/``, ``figures/``, ``numbers.json``, ``articles.csv`` (the articles, each with its
        report's place and the SHA-256 of its record) and ``comparison.json`` (parameters, inputs, and the SHA-256 of
        every file). It has no record of an article, so nothing takes it for a report. The same reports, in the same
        place beside it, give the same bytes.

    Raises
    ------
    ParameterError
        If a parameter is unknown or a value of the wrong type, or the articles lack a column that one names.
    ReportError
        If the folder cannot be written, holds something else than a comparison, or the notebook fails.
    """
    values = read_parameters(parameters or {}, notebooks=notebook)
    by, period = (values.get(name, notebook_parameters(notebook)[name].default) for name in ("by", "period"))
    for name, column in (("by", by), ("period", period)):
        if column not in articles.columns:
            there = ", ".join(articles.columns)
            raise ParameterError(f"parameter {name} is {column!r}; expected a column of the articles: {there}")
    out = Path(out) if out is not None else Path("reports") / _name(by)
    return compare_listed(list_from(out, articles), out, values, notebook=notebook, progress=progress)


def list_from(out: Path, articles: pd.DataFrame) -> pd.DataFrame:
    """Give the articles with the way from a comparison's folder to each one's report."""
    ways = (os.path.relpath(Path(report).resolve(), out.resolve()) for report in articles["report"])
    return articles.assign(report=[Path(way).as_posix() for way in ways])


def compare_listed(
    listed: pd.DataFrame,
    out: Path,
    parameters: Mapping[str, Any],
    *,
    notebook: Path = COMPARE,
    progress: Callable[[str], None] | None = None,
) -> Path:
    """Make a comparison as :func:`make_comparison` does, of articles as :func:`list_from` gives them."""
    tell = progress or (lambda _: None)
    values = dict(parameters)
    with in_place_of(out, _PARTS) as folder:
        listed.to_csv(folder / "articles.csv", index=False, lineterminator="\n")
        (folder / "notebooks").mkdir()
        target = folder / "notebooks" / notebook.name
        tell(f"{notebook.stem}: {len(listed):,} reports")
        try:
            executed = execute_notebook(notebook, target, {"reports": "../articles.csv", **values})
        except ReportError as error:
            error.notebook = keep_failed(target, Path(f"{out}.failed"))
            raise
        tell("writing the page and the paper")
        content = read_content({notebook.stem: executed})
        for section in content.sections:
            write_exhibits(folder, section)
        write_numbers(folder, content)
        by = values.get("by", notebook_parameters(notebook)["by"].default)
        _write_pages(folder, listed, content, by=by, parameters=values)
        record = {
            "dateline": version("dateline"),
            "parameters": values,
            "inputs": describe_inputs([notebook]),
            "files": {
                path.relative_to(folder).as_posix(): sha256(path.read_bytes())
                for path in sorted(folder.rglob("*"))
                if path.is_file()
            },
        }
        text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
        (folder / COMPARISON).write_text(text, encoding="utf-8", newline="\n")
    forget_failed(Path(f"{out}.failed"), [notebook])
    return out


def _name(by: str) -> str:
    """Name a comparison by the column that makes its groups."""
    return f"comparison-by-{re.sub(r'[^a-z0-9]+', '-', by.lower()).strip('-')}"


def _write_pages(
    folder: Path, articles: pd.DataFrame, content: Content, *, by: str, parameters: dict[str, Any]
) -> None:
    published = articles["published"].dropna().str.split("/")
    first, last = published.str[0].min(), published.str[-1].max()
    n = f"{len(articles):,} article{'' if len(articles) == 1 else 's'}"
    title = f"{n} by {by.replace('_', ' ')}"
    # The same reports compared in the same way have the same id, wherever they are.
    key = json.dumps([articles["record_sha256"].tolist(), articles[by].tolist(), parameters], default=str)
    report_id = f"{_name(by)}-{sha256(key.encode())[:8]}"
    facts = {
        "Published": None if published.empty else first if first == last else f"{first} to {last}",
        "Words": f"{articles['n_words'].sum():,}",
        "Comparison": report_id,
    }
    citation = Citation(report_id=report_id, article=title, publisher="", published="", dateline=version("dateline"))
    columns = list(dict.fromkeys(["publisher", by])) if by not in ("title", "published", "n_words") else ["publisher"]
    told = articles.assign(title=articles["title"].fillna(articles["article_id"])).fillna("")
    entries = [
        {
            "published": row["published"],
            "title": row["title"],
            "link": quote(f"{row['report']}/report.html"),
            "cells": [row[column] for column in columns],
            "n_words": row["n_words"],
        }
        for row in told.to_dict("records")
    ]
    headings = ["published", "article", *(column.replace("_", " ") for column in columns)]
    page = render("comparison.html.j2", content, citation, title=title, facts=facts, entries=entries, headings=headings)
    (folder / "comparison.html").write_text(page, encoding="utf-8", newline="\n")
    paper = typeset(content, facts, title=title, about=f"A comparison of {title}", report_id=report_id)
    (folder / "comparison.pdf").write_bytes(paper)
