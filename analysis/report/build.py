"""Making a report: everything in a folder aside, which then takes the report's place as a whole."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_core.utils import ensure_event_loop

from analysis.article import write_article
from analysis.exhibits import clear_typst_cache
from analysis.kernels import ForkServer
from analysis.report.citation import cite_article, deposit_files
from analysis.report.content import Content, read_sections
from analysis.report.notebook import (
    LOADING_CODE,
    NOTEBOOKS,
    ReportError,
    execute_notebook,
    notebook_parameters,
    notebook_paths,
)
from analysis.report.page import write_page
from analysis.report.pdf import write_pdf
from analysis.report.provenance import RECORD, REFERENCE, write_record
from analysis.report.recipe import Recipe, write_reference
from analysis.report.staging import in_place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nbformat import NotebookNode

    from analysis.article import Article
    from analysis.report.content import Section

#: What a report consists of; a folder with anything else in it is not replaced.
_PARTS = frozenset(
    f""".zenodo.json CITATION.cff article.json article.txt figures notebooks numbers.json numbers.tex report.html
    report.pdf tables {RECORD} {REFERENCE} .DS_Store .ipynb_checkpoints Thumbs.db""".split()
)


def make_report(
    article: Article,
    *,
    out: Path | str | None = None,
    parameters: Mapping[str, Any] | None = None,
    notebooks: Path = NOTEBOOKS,
    progress: Callable[[str], None] | None = None,
) -> Path:
    """Run the notebooks on an article and make its report.

    Parameters
    ----------
    article
        The article.
    out
        The report's folder; ``reports/<id>`` in the working folder unless given. A report that is there already is
        replaced as a whole, once the new one is ready.
    parameters
        Values for parameters of the notebooks, by name. What ``reference`` names is copied into the report.
    notebooks
        The folder of the notebooks: those whose name begins with a number are run, in order.
    progress
        Is told in a line what is being done.

    Returns
    -------
    pathlib.Path
        The report's folder: ``report.html``, ``notebooks/``, ``tables/``, ``figures/``, ``numbers.json``, and the
        article itself as it was read.

    Raises
    ------
    ParameterError
        If a parameter is unknown or a value of the wrong type.
    ReportError
        If the folder cannot be written, holds something else than a report, or a notebook fails. The failing notebook
        is kept in ``<out>.failed``; a report that was there before stays.
    """
    recipe = Recipe.read(parameters, notebooks=notebooks)
    out = Path(out) if out is not None else Path("reports") / article.id
    return make_by_recipe(article, recipe, out=out, n_at_once=os.cpu_count() or 1, progress=progress)


def make_by_recipe(
    article: Article,
    recipe: Recipe,
    *,
    out: Path,
    n_at_once: int = 1,
    seconds: float | None = None,
    progress: Callable[[str], None] | None = None,
) -> Path:
    """Make a report as :func:`make_report` does, by a recipe that serves many.

    Parameters
    ----------
    article, out, progress
        As for :func:`make_report`.
    recipe
        What it is made by.
    n_at_once
        How many notebooks run side by side.
    seconds
        How long the notebooks may take in all; without, only each cell has its limit.
    """
    tell = progress or (lambda _: None)
    values = dict(recipe.parameters)
    until = None if seconds is None else time.monotonic() + seconds
    paths = notebook_paths(recipe.notebooks)
    if not paths:
        raise ReportError(f"{recipe.notebooks} has no notebook to run: their names begin with a number and a dash")
    with in_place_of(out, _PARTS) as folder:
        write_article(article, folder / "article.txt")
        if values.get("reference"):
            # What the article is compared with goes into the report, as the article does.
            write_reference(values["reference"], folder / REFERENCE)
            values["reference"] = f"../{REFERENCE}"
        (folder / "notebooks").mkdir()

        def run(path: Path) -> NotebookNode:
            tell(f"[{paths.index(path) + 1}/{len(paths)}] {path.stem}")
            own = {name: value for name, value in values.items() if name in notebook_parameters(path)}
            target = folder / "notebooks" / path.name
            try:
                return execute_notebook(path, target, {"article": "../article.txt", **own}, until=until)
            except ReportError as error:
                error.notebook = keep_failed(target, Path(f"{out}.failed"))
                raise

        # The notebooks share what they load: in a batch with those of all reports, else with each other.
        shared = contextlib.nullcontext() if ForkServer.is_running() else ForkServer(LOADING_CODE)
        with shared, ThreadPoolExecutor(n_at_once) as pool:
            # With one notebook at a time each step has the memory for itself, and gives it back before the next one.
            in_turn = n_at_once == 1
            executed = (map if in_turn else pool.map)(_closing_its_loop(run), paths)
            sections: list[Section] = []
            content = Content(sections)
            for section in read_sections(zip([path.stem for path in paths], executed, strict=True)):
                sections.append(section)
                if len(sections) == len(paths):
                    tell("writing the page and the paper")
                    paper = None if in_turn else pool.submit(write_pdf, article, content)
                write_exhibits(folder, section)
                if in_turn:
                    clear_typst_cache()
            _write_texts(folder, article, content)
            (folder / "report.pdf").write_bytes(paper.result() if paper else write_pdf(article, content))
        write_record(folder, article, content, parameters=values, inputs=recipe.inputs, key=recipe.key(article))
    forget_failed(Path(f"{out}.failed"), paths)
    return out


def _closing_its_loop(run: Callable[[Path], NotebookNode]) -> Callable[[Path], NotebookNode]:
    """Close the event loop that speaking to a kernel leaves in its thread."""

    def run_and_close(path: Path) -> NotebookNode:
        try:
            return run(path)
        finally:
            ensure_event_loop().close()

    return run_and_close


def keep_failed(notebook: Path, folder: Path) -> Path | None:
    """Keep a failing notebook as far as it ran."""
    if not notebook.exists():
        return None
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(notebook, folder))


def forget_failed(folder: Path, notebooks: list[Path]) -> None:
    """Remove the notebooks that a former run left, and their folder if nothing else is in it."""
    for path in notebooks:
        (folder / path.name).unlink(missing_ok=True)
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _write_texts(folder: Path, article: Article, content: Content) -> None:
    """Write the page, the numbers, and what repositories read."""
    write_numbers(folder, content)
    texts = {"report.html": write_page(article, content)} | dict(deposit_files(cite_article(article)))
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def write_exhibits(folder: Path, section: Section) -> None:
    """Write the files of what one notebook shows."""
    for _, exhibit in section.exhibits:
        for path, data in exhibit.files().items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_bytes(data)


def write_numbers(folder: Path, content: Content) -> None:
    """Write all numbers together, for programs and for LaTeX."""
    numbers = content.numbers
    values = {number.id: {"value": number.record["value"], "unit": number.unit} for number in numbers}
    texts = {
        "numbers.json": json.dumps(values, indent=2) + "\n",
        "numbers.tex": "".join(number.latex_command() for number in numbers),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
