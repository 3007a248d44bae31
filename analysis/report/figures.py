"""The figures of a report or comparison drawn again for a paper: as wide as its columns, with or without titles.

The notebooks run again on what the report was made from, with one line before them that sets the size of charts; what
they draw is reduced to the width asked for. The report itself stays as it is.
"""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from analysis import layout
from analysis.exhibits import Figure, write_figure
from analysis.integrity import read_file, reason
from analysis.kernels import ForkServer
from analysis.lines import printable
from analysis.report.cache import describe_inputs
from analysis.report.comparison import COMPARE, describe_comparison
from analysis.report.content import read_sections
from analysis.report.fingerprint import sha256
from analysis.report.notebook import (
    NOTEBOOKS,
    ReportError,
    execute_notebook,
    notebook_parameters,
    notebook_paths,
    read_notebook,
)
from analysis.report.provenance import read_record
from analysis.report.staging import staged
from analysis.report.verify import input_differences, read_comparison

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nbformat import NotebookNode

__all__ = ["FORMATS", "write_figures"]

#: The formats of figures, by the suffixes of their files.
FORMATS = ("pdf", "svg", "png")


def write_figures(
    report: Path | str,
    out: Path | str,
    *,
    n_columns: Literal[1, 2] | None = None,
    title: bool = True,
    file_format: Literal["pdf", "svg", "png"] = "pdf",
    notebooks: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> list[Path]:
    """Draw the figures of a finished report or comparison again for a paper: the same bytes each time.

    Parameters
    ----------
    report
        The folder of the report or comparison. It stays as it is.
    out
        The folder for the figures, outside the report; figures of the same report that are there are replaced.
    n_columns
        How many of a paper's columns a figure takes, 1 (85 mm) or 2 (174 mm), with letters of 6 points or more. As
        wide as in the report, 183 mm, unless given.
    title
        Whether the figures have titles; a caption says as much.
    file_format
        ``pdf``, ``svg`` or ``png`` (600 dots an inch). Beside each PDF or PNG stands a ``.tex`` that has it in a
        ``figure`` with caption, label and notes.
    notebooks
        The folder of a report's notebooks, or the notebook of a comparison; those that come with Dateline unless given.
    progress
        A function that is called with a line on each step.

    Returns
    -------
    list of pathlib.Path
        The figures' files.

    Raises
    ------
    ReportError
        If there is no whole report, the folder cannot be written, or a notebook fails.
    """
    report, out, notify = Path(report).absolute(), Path(out), progress or (lambda _: None)
    if report.resolve() in (out.resolve(), *out.resolve().parents):
        raise ReportError(f"{printable(str(out))} is inside the report; name a folder elsewhere")
    size = f"from analysis import charts\n\ncharts.set_size(n_columns={n_columns!r}, title={title!r})"
    is_comparison = (report / layout.COMPARISON_RECORD).is_file() and not (report / layout.RECORD).is_file()
    with tempfile.TemporaryDirectory(prefix="dateline-figures.") as name:
        prepare = _prepare_comparison if is_comparison else _prepare_report
        paths, values, differences = prepare(report, Path(name), notebooks)
        if differences:
            n = len(differences)
            notify(
                f"{n} of its inputs {'is' if n == 1 else 'are'} not as recorded: the figures may differ from its own"
            )
        executed = _run_notebooks(paths, values, size, Path(name), notify)
        figures = [
            exhibit
            for section in read_sections(executed)
            for _, exhibit in section.exhibits
            if isinstance(exhibit, Figure) and not exhibit.instead
        ]
    width_mm = layout.COLUMNS_MM[n_columns] if n_columns else None
    names = {f"{figure.id}.{suffix}" for figure in figures for suffix in (*FORMATS, "tex")}
    with staged(out, may_replace=names | layout.DROPPINGS) as folder:
        for figure in figures:
            image = f"{figure.id}.{file_format}"
            (folder / image).write_bytes(figure.draw(file_format, width_mm=width_mm))
            if file_format != "svg":
                text = write_figure(figure, image, width_mm=width_mm, is_wide=n_columns == 2)  # noqa: PLR2004
                (folder / f"{figure.id}.tex").write_text(text, encoding="utf-8", newline="\n")
    return [out / f"{figure.id}.{file_format}" for figure in figures]


def _prepare_report(report: Path, folder: Path, notebooks: Path | None) -> tuple[list[Path], dict[str, Any], list[str]]:
    """Return the notebooks of a report, their parameters, and the inputs that are not those recorded."""
    record = read_record(report)
    if (report / layout.WITHOUT_TEXT).is_file():
        raise ReportError(f"{printable(str(report))} is without its article; name the whole report")
    for given in (layout.ARTICLE, layout.ARTICLE_FIELDS, layout.REFERENCE):
        if given not in record.files:
            continue
        try:
            data = read_file(report / given)
        except OSError as error:
            raise ReportError(f"{printable(str(report / given))} cannot be read: {reason(error)}") from None
        if sha256(data) != record.files[given]:
            raise ReportError(f"{printable(str(report / given))} is not as recorded; make the report again")
        (folder / given).write_bytes(data)
    values = {**record.parameters, "article": f"../{layout.ARTICLE}"}
    if values.get("reference"):
        values["reference"] = f"../{layout.REFERENCE}"
    paths = notebook_paths(notebooks or NOTEBOOKS)
    return paths, values, input_differences(record.inputs, describe_inputs(paths))


def _prepare_comparison(
    comparison: Path, _: Path, notebook: Path | None
) -> tuple[list[Path], dict[str, Any], list[str]]:
    """Return the notebook of a comparison, its parameters, and the inputs that are not those recorded."""
    record = read_comparison(comparison)
    values = {**record.parameters, "reports": str(comparison / layout.COMPARISON_FILES["articles"])}
    path = notebook or COMPARE
    return [path], values, input_differences(record.inputs, describe_comparison(path))


def _run_notebooks(
    paths: list[Path], values: Mapping[str, Any], size: str, folder: Path, notify: Callable[[str], None]
) -> list[tuple[str, NotebookNode]]:
    """Run notebooks with a line before them that sets the size of charts."""
    (folder / layout.NOTEBOOKS_FOLDER).mkdir()
    server = contextlib.nullcontext() if ForkServer.is_running() else ForkServer("analysis.warmup:load")
    executed = []
    with server:
        for number, path in enumerate(paths, start=1):
            notify(f"[{number}/{len(paths)}] {path.stem}")
            sized = folder / path.name
            _write_sized(path, sized, size)
            own = {name: value for name, value in values.items() if name in notebook_parameters(path)}
            target = folder / layout.NOTEBOOKS_FOLDER / path.name
            executed.append((path.stem, execute_notebook(sized, target, own, n_put_before=1)))
    return executed


def _write_sized(path: Path, sized: Path, size: str) -> None:
    """Write a notebook with a cell before all others."""
    import nbformat

    notebook = read_notebook(path)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(size, id="size"))
    nbformat.write(notebook, sized)
