"""Making a report in a staging folder: run the notebooks, read what they show, write the files, record them all."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_core.utils import ensure_event_loop

from analysis import layout
from analysis.article import Article, write_article
from analysis.exhibits import clear_typst_cache, write_commands
from analysis.kernels import ForkServer
from analysis.report.cache import Inputs, write_reference
from analysis.report.citation import cite_article, deposit_files
from analysis.report.content import Content, read_sections
from analysis.report.faults import raise_fault
from analysis.report.methods import CITED, closing_parts
from analysis.report.notebook import NOTEBOOKS, ReportError, execute_notebook, notebook_parameters, notebook_paths
from analysis.report.page import write_page
from analysis.report.pdf import load_fonts, write_pdf
from analysis.report.provenance import write_record
from analysis.report.staging import folder_name, replacing, staged
from analysis.report.word import write_document
from analysis.report.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from nbformat import NotebookNode

    from analysis.record import Attribution, Citation
    from analysis.report.content import Section

__all__ = [
    "failed_folder",
    "keep_failed",
    "load_writers",
    "make_from_inputs",
    "make_report",
    "read_pictures",
    "remove_failed",
    "write_exhibits",
    "write_numbers",
]

_WRITERS = (
    "docx",
    "jinja2",
    "mistune",
    "pyarrow.parquet",
    "pygments.lexers.python",
    "rocrate.rocrate",
    "typst",
    "xlsxwriter",
)


def make_report(
    article: Article,
    *,
    out: Path | str | None = None,
    parameters: Mapping[str, Any] | None = None,
    notebooks: Path = NOTEBOOKS,
    attribution: Attribution | None = None,
    progress: Callable[[str], None] | None = None,
) -> Path:
    """Run the notebooks on an article and make its report.

    Parameters
    ----------
    article
        The article.
    out
        The report's folder; ``reports/<id>`` in the working folder unless given, where the id is the article's and, if
        parameters are not the notebooks' own, digits of these. A report that is there already is
        replaced as a whole, once the new one is ready.
    parameters
        Values for parameters of the notebooks, by name. The articles that ``reference`` names are copied into the
        report.
    notebooks
        The folder of the notebooks: those whose name begins with a number are run, in order.
    attribution
        Who makes the report, when, and where it is to be found, for its citations.
    progress
        A function that is called with a line on each step.

    Returns
    -------
    pathlib.Path
        The report's folder: ``report.html``, ``notebooks/``, ``tables/``, ``figures/``, ``numbers.json``, and the
        article itself as it was read.

    Raises
    ------
    TypeError
        If ``article`` is no article, but its path for example.
    ParameterError
        If a parameter is unknown or a value of the wrong type.
    ReportError
        If the folder cannot be written, holds something else than a report, or a notebook fails. The failed notebook
        is kept in ``<out>.failed``; a report that was there before stays.
    """
    if not isinstance(article, Article):
        raise TypeError(f"got {article!r:.60}, expected an Article; read_article reads one")
    inputs = Inputs.read(parameters, notebooks=notebooks, attribution=attribution)
    out = Path(out) if out is not None else Path("reports") / folder_name(inputs.report_id(article))
    return make_from_inputs(article, inputs, out=out, n_parallel=os.cpu_count() or 1, progress=progress)


def make_from_inputs(
    article: Article,
    inputs: Inputs,
    *,
    out: Path,
    n_parallel: int = 1,
    seconds: float | None = None,
    progress: Callable[[str], None] | None = None,
) -> Path:
    """Make a report as :func:`make_report` does, from inputs that are read once for many.

    Parameters
    ----------
    article, out, progress
        As for :func:`make_report`.
    inputs
        The notebooks, parameters, and all else that the report is made from.
    n_parallel
        How many notebooks run in parallel.
    seconds
        The time limit of all notebooks together; without it, only each cell has one.
    """
    notify = progress or (lambda _: None)
    values = dict(inputs.parameters)
    until = None if seconds is None else time.monotonic() + seconds
    paths = notebook_paths(inputs.notebooks)
    citation = cite_report(article, inputs)
    if not paths:
        raise ReportError(f"{inputs.notebooks} has no notebook to run: their names begin with a number and a dash")
    with staged(out, may_replace=layout.may_replace(layout.REPORT_FILES)) as folder:
        write_article(article, folder / layout.ARTICLE)
        if values.get("reference"):
            write_reference(values["reference"], folder / layout.REFERENCE)
            values["reference"] = f"../{layout.REFERENCE}"
        (folder / layout.NOTEBOOKS_FOLDER).mkdir()

        def run(path: Path) -> NotebookNode:
            notify(f"[{paths.index(path) + 1}/{len(paths)}] {path.stem}")
            own = {name: value for name, value in values.items() if name in notebook_parameters(path)}
            target = folder / layout.NOTEBOOKS_FOLDER / path.name
            with _closing_event_loop(), keep_failed(target, out):
                return execute_notebook(path, target, {"article": f"../{layout.ARTICLE}", **own}, until=until)

        # In a batch the kernels of all reports are forked from one process, else those of this report are.
        server = contextlib.nullcontext() if ForkServer.is_running() else ForkServer("analysis.warmup:load")
        with server, ThreadPoolExecutor(n_parallel) as pool:
            # One notebook at a time, each step frees its memory before the next one begins.
            is_serial = n_parallel == 1
            executed = (map if is_serial else pool.map)(run, paths)
            load_writers()
            sections: list[Section] = []
            content = Content(sections)
            for section in read_sections(zip([path.stem for path in paths], executed, strict=True)):
                sections.append(section)
                if len(sections) == len(paths):
                    notify("writing the page and the PDF")
                    closing = closing_parts(content, citation, inputs.described, article_sha256=article.sha256)
                    write = partial(write_pdf, article, content, citation, closing=closing, progress=notify)
                    pdf = None if is_serial else pool.submit(write)
                write_exhibits(folder, section)
                if is_serial:
                    clear_typst_cache()
            files = layout.REPORT_FILES
            _write_texts(folder, article, content, citation, closing=closing)
            document = write_document(article, content, read_pictures(folder, content), citation, closing=closing)
            (folder / files["document"]).write_bytes(document)
            (folder / files["workbook"]).write_bytes(write_workbook(article, content, citation))
            written = pdf.result() if pdf else write()
            (folder / files["pdf"]).write_bytes(written)
        write_record(
            folder,
            article,
            content,
            citation=citation,
            parameters=values,
            changed=inputs.changed,
            inputs=inputs.described,
            key=inputs.cache_key(article),
        )
    remove_failed(out, paths)
    return out


@contextlib.contextmanager
def _closing_event_loop() -> Iterator[None]:
    """Close the event loop that talking to a kernel opens in this thread."""
    try:
        yield
    finally:
        ensure_event_loop().close()


def load_writers() -> None:
    """Load what writes a report's files, so that nothing is left to load once its notebooks have run."""
    for name in _WRITERS:
        importlib.import_module(name)
    load_fonts()


def failed_folder(out: Path) -> Path:
    """Return the folder in which the failed notebooks of a report or comparison are kept."""
    return Path(f"{out}.failed")


@contextlib.contextmanager
def keep_failed(notebook: Path, out: Path) -> Iterator[None]:
    """Keep a copy of a notebook if it fails and not the machine, and name it in the error."""
    try:
        yield
    except ReportError as error:
        raise_fault(error, out.parent)
        if notebook.exists():
            folder = failed_folder(out)
            folder.mkdir(parents=True, exist_ok=True)
            with replacing(folder / notebook.name) as partial:
                shutil.copy(notebook, partial)
            error.notebook = folder / notebook.name
        raise


def remove_failed(out: Path, notebooks: Iterable[Path]) -> None:
    """Remove the failed notebooks that an earlier run kept, and their folder if nothing else is in it."""
    folder = failed_folder(out)
    for path in notebooks:
        (folder / path.name).unlink(missing_ok=True)
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def cite_report(article: Article, inputs: Inputs) -> Citation:
    """Return the citation of the report that is made of an article."""
    return replace(
        cite_article(article),
        report_id=inputs.report_id(article),
        parameters=", ".join(f"{name} = {value}" for name, value in sorted(inputs.changed.items())),
        attribution=inputs.attribution,
    )


def _write_texts(
    folder: Path, article: Article, content: Content, citation: Citation, *, closing: list[tuple[str, str]]
) -> None:
    """Write the page, the numbers, and the metadata files that repositories read."""
    write_numbers(folder, content)
    # The page cites the report in every style.
    made = [(heading, text) for heading, text in closing if heading != CITED]
    texts = {layout.REPORT_FILES["page"]: write_page(article, content, citation, closing=made)}
    texts |= deposit_files(citation)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def read_pictures(folder: Path, content: Content) -> dict[str, bytes]:
    """Return the PNG of each figure, by its path in the report."""
    paths = [path for exhibit in content.exhibits for path in exhibit.paths if path.endswith(".png")]
    return {path: (folder / path).read_bytes() for path in paths}


def write_exhibits(folder: Path, section: Section) -> None:
    """Write the files of the exhibits that one notebook shows."""
    for _, exhibit in section.exhibits:
        for path, data in exhibit.files().items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_bytes(data)


def write_numbers(folder: Path, content: Content) -> None:
    """Write all numbers and findings together, as JSON and as LaTeX commands."""
    numbers, findings = content.numbers, content.findings
    values = {number.id: {"value": number.record["value"], "unit": number.unit} for number in numbers}
    for finding in findings:
        said = {name: finding.record[name] for name in ("value", "unit", "low", "high", "text")}
        values[finding.id] = {name: value for name, value in said.items() if value is not None}
    texts = {
        layout.REPORT_FILES["numbers"]: json.dumps(values, indent=2, ensure_ascii=False) + "\n",
        layout.REPORT_FILES["numbers_latex"]: write_commands(numbers, {f.id: f.text for f in findings}),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
