"""One article's report: its notebooks are executed, and a page, tables, figures and numbers are made from them.

Data flows one way: article → executed notebooks → the exhibits recorded in them → files. Everything is made in a
folder beside the report's place and moved there whole, so that a report is either there or not.
"""

from __future__ import annotations

import ast
import base64
import hashlib
import html
import json
import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis import exhibits
from analysis.article import write_article

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from nbformat import NotebookNode

    from analysis.article import Article

_HERE = Path(__file__).resolve().parent
#: Where the notebooks are: inside an installed package, else beside it in a checkout.
NOTEBOOKS = next(folder for folder in (_HERE / "notebooks", _HERE.parent / "notebooks") if folder.is_dir())

_TIMEOUT_SECONDS = 600
#: What a report consists of; a folder with anything else in it is not replaced.
_PARTS = {"article.txt", "article.json", "figures", "notebooks", "numbers.json", "numbers.tex", "report.html", "tables"}


class ParameterError(ValueError):
    """A parameter that no notebook has, or a value of the wrong type; its message is one line."""


class ReportError(RuntimeError):
    """A report that could not be made.

    Attributes
    ----------
    notebook
        The failing notebook as far as it ran, kept for a look; ``None`` where none ran.
    cell
        The number of the failing cell, counted from 1; ``None`` where none is known.
    """

    def __init__(self, message: str, *, notebook: Path | None = None, cell: int | None = None) -> None:
        super().__init__(message)
        self.notebook = notebook
        self.cell = cell


# Parameters


@dataclass(frozen=True)
class Parameter:
    """One line of a notebook's parameters cell: its name, default value and comment."""

    name: str
    default: Any
    meaning: str

    def read(self, text: str) -> Any:
        """Read a value typed at a command line as this parameter's type.

        Raises
        ------
        ParameterError
            If the text is no value of that type.
        """
        if isinstance(self.default, str):
            return text
        if isinstance(self.default, bool):
            value: Any = {"true": True, "false": False}.get(text.lower(), text)
        else:
            try:
                value = ast.literal_eval(text)
            except (ValueError, SyntaxError):
                value = text
        return self.check(value)

    def check(self, value: Any) -> Any:
        """Give the value back if it is of this parameter's type (a whole number may stand for a decimal one)."""
        expected = type(self.default)
        if expected is float and type(value) is int:
            return float(value)
        if type(value) is not expected:
            raise ParameterError(
                f"parameter {self.name} is {value!r}; expected {_TYPE_NAMES[expected]}, as in {self.default!r}"
            )
        return value


_TYPE_NAMES = {str: "text", int: "a whole number", float: "a number", bool: "True or False", list: "a list"}


def notebook_paths(folder: Path = NOTEBOOKS) -> list[Path]:
    """Give the notebooks of a folder that a report runs, in order: those whose name begins with a number."""
    return sorted(folder.glob("[0-9]*-*.ipynb"))


@cache
def notebook_parameters(notebook: Path) -> dict[str, Parameter]:
    """Read the cell tagged ``parameters``: the typed, commented literals that papermill may replace."""
    cell = next(c for c in _read_notebook(notebook).cells if "parameters" in c.metadata.get("tags", ()))
    lines = cell.source.splitlines()
    found = {}
    for node in ast.parse(cell.source).body:
        name = (node.targets[0] if isinstance(node, ast.Assign) else node.target).id
        _, _, comment = lines[node.end_lineno - 1][node.value.end_col_offset :].partition("#")
        found[name] = Parameter(name, ast.literal_eval(node.value), comment.strip())
    return found


def read_parameters(given: Mapping[str, Any], *, notebooks: Path = NOTEBOOKS) -> dict[str, Any]:
    """Check parameters against the notebooks' own, before anything runs.

    Parameters
    ----------
    given
        Values by name. A text is read as the type of the parameter's default.
    notebooks
        The folder of the notebooks.

    Raises
    ------
    ParameterError
        If no notebook has the parameter, or the value is of another type.
    """
    paths = notebook_paths(notebooks)
    known = {name: p for path in paths for name, p in notebook_parameters(path).items() if name != "article"}
    for name in given:
        if name not in known:
            raise ParameterError(f"no notebook has a parameter {name!r}; there are {', '.join(sorted(known))}")
    return {name: known[name].read(v) if isinstance(v, str) else known[name].check(v) for name, v in given.items()}


# Making


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
        Values for parameters of the notebooks, by name.
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
    out = Path(out) if out is not None else Path("reports") / article.id
    values = read_parameters(parameters or {}, notebooks=notebooks)
    tell = progress or (lambda _: None)
    with _in_place_of(out) as folder:
        write_article(article, folder / "article.txt")
        (folder / "notebooks").mkdir()
        executed = {}
        paths = notebook_paths(notebooks)
        for number, path in enumerate(paths, start=1):
            tell(f"[{number}/{len(paths)}] {path.stem}")
            own = {name: value for name, value in values.items() if name in notebook_parameters(path)}
            target = folder / "notebooks" / path.name
            try:
                executed[path.stem] = _execute(path, target, {"article": "../article.txt", **own})
            except ReportError as error:
                error.notebook = _keep_failed(target, Path(f"{out}.failed"))
                raise
        tell("writing the page, tables and figures")
        _write_files(folder, article, executed)
    shutil.rmtree(f"{out}.failed", ignore_errors=True)
    return out


@contextmanager
def _in_place_of(out: Path) -> Iterator[Path]:
    """Give a folder to make a report in; afterwards, and only if all went well, it stands in the report's place."""
    if out.exists():
        _check_replaceable(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    except OSError as error:
        raise ReportError(f"{out} cannot be written: {error.strerror}") from None
    try:
        making.chmod(0o777 & ~_umask())
        yield making
        shutil.rmtree(making / "notebooks" / ".ipython", ignore_errors=True)
        if out.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{out.name}.old.", dir=out.parent))
            out.rename(old / "report")
            making.rename(out)
            shutil.rmtree(old, ignore_errors=True)
        else:
            making.rename(out)
    except OSError as error:
        raise ReportError(f"{out} cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _check_replaceable(out: Path) -> None:
    if not out.is_dir():
        raise ReportError(f"{out} is a file; expected a folder for the report")
    if not os.access(out, os.W_OK):
        raise ReportError(f"{out} cannot be written: Permission denied")
    if foreign := sorted(path.name for path in out.iterdir() if path.name not in _PARTS):
        raise ReportError(f"{out} holds {foreign[0]}, which is no part of a report: name an empty or a new folder")


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _keep_failed(notebook: Path, folder: Path) -> Path | None:
    if not notebook.exists():
        return None
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(notebook, folder))


def _read_notebook(path: Path) -> NotebookNode:
    import nbformat

    return nbformat.read(path, as_version=4)


def _execute(source: Path, target: Path, parameters: dict[str, Any]) -> NotebookNode:
    """Run a notebook by papermill in the folder of its target; give it as saved, without what differs between runs."""
    import nbformat
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    from analysis.kernels import StillKernelManager

    try:
        notebook = papermill.execute_notebook(
            _for_papermill(source),
            _for_papermill(target),
            parameters,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            resources={"metadata": {"path": str(target.parent)}},
            kernel_manager_class=StillKernelManager,
            record_timing=False,
            coalesce_streams=True,
            execution_timeout=_TIMEOUT_SECONDS,
        )
    except papermill.PapermillExecutionError as error:
        why = f"{error.ename}: {error.evalue}".partition("\n")[0]
        number = error.cell_index + 1
        raise ReportError(f"{source.name}, cell {number} failed: {why}", cell=number) from error
    except CellTimeoutError as error:
        raise ReportError(f"{source.name} took more than {_TIMEOUT_SECONDS} s over one cell") from error
    except DeadKernelError as error:
        raise ReportError(f"{source.name}: its kernel died") from error
    notebook = _settled(notebook)
    nbformat.write(notebook, target)
    return notebook


def _for_papermill(path: Path) -> str:
    """Write a path so that papermill, which formats paths as templates, leaves it as it is."""
    return str(path.absolute()).replace("{", "{{").replace("}", "}}")


def _settled(notebook: NotebookNode) -> NotebookNode:
    """Take out what papermill and the kernel note of time, place and chance."""
    notebook.metadata.pop("papermill", None)
    notebook.metadata.pop("widgets", None)
    notebook.metadata.language_info = {"name": "python"}
    for number, cell in enumerate(notebook.cells):
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if "injected-parameters" in cell.metadata.get("tags", ()):
            cell.id = f"parameters-{number}"
    return notebook


# Writing


def _write_files(folder: Path, article: Article, executed: Mapping[str, NotebookNode]) -> None:
    found: dict[str, exhibits.Exhibit] = {}
    for name, notebook in executed.items():
        for cell in notebook.cells:
            for exhibit in _exhibits_of(cell):
                if exhibit.id in found:
                    raise ReportError(f"{name}: a second exhibit with the id {exhibit.id!r}; ids name one exhibit each")
                found[exhibit.id] = exhibit
                for path, data in exhibit.files():
                    (folder / path).parent.mkdir(exist_ok=True)
                    (folder / path).write_bytes(data)
    numbers = {
        e.id: {"value": e.record["value"], "unit": e.unit} for e in found.values() if isinstance(e, exhibits.Number)
    }
    (folder / "numbers.json").write_text(json.dumps(numbers, indent=2) + "\n", encoding="utf-8")
    (folder / "numbers.tex").write_text(
        "".join(e.latex_command() for e in found.values() if isinstance(e, exhibits.Number)), encoding="utf-8"
    )
    (folder / "report.html").write_text(_page(article, executed), encoding="utf-8")


def _exhibits_of(cell: NotebookNode) -> Iterator[exhibits.Exhibit]:
    for output in cell.get("outputs", ()):
        if exhibits.MIME in output.get("data", ()):
            yield exhibits.read_record(output.data[exhibits.MIME])


# The page


def _page(article: Article, executed: Mapping[str, NotebookNode]) -> str:
    """Write the report's page: everything in one file, nothing loaded from elsewhere."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    templates = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    numbers: dict[str, int] = {}
    sections = [
        {
            "id": name,
            "title": _title(notebook) or name,
            "parts": [Markup(part) for cell in notebook.cells for part in _parts(cell, numbers)],  # noqa: S704 - escaped
        }
        for name, notebook in executed.items()
    ]
    spans = {
        span
        for notebook in executed.values()
        for cell in notebook.cells
        for exhibit in _exhibits_of(cell)
        if isinstance(exhibit, exhibits.Table)
        for span in exhibit.spans()
    }
    style = (exhibits.stylesheet() + (_HERE / "report.css").read_text(encoding="utf-8")).replace("\n", " ")
    return templates.get_template("report.html.j2").render(
        article=article,
        text=Markup(_anchored(article.text, spans)),  # noqa: S704 - escaped
        sections=sections,
        style=Markup(style),  # noqa: S704 - our own style sheets
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        version=version("dateline"),
    )


def _anchored(text: str, spans: set[tuple[int, int]]) -> str:
    """Write a text as HTML in which every span is an element to link to.

    Elements nest: of two spans that cross, the later one's element ends with the earlier one's.

    >>> _anchored("a<b c", {(0, 3), (2, 5)})
    '<span id="c0-3">a&lt;<span id="c2-5">b</span></span> c'
    """
    pieces: list[str] = []
    open_ends: list[int] = []
    at = 0

    def write_up_to(place: int) -> None:
        nonlocal at
        pieces.append(html.escape(text[at:place]))
        at = max(at, place)

    def close_up_to(place: int) -> None:
        while open_ends and open_ends[-1] <= place:
            write_up_to(open_ends.pop())
            pieces.append("</span>")

    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        close_up_to(start)
        write_up_to(start)
        pieces.append(f'<span id="c{start}-{end}">')
        open_ends.append(min([end, *open_ends[-1:]]))
    close_up_to(len(text))
    write_up_to(len(text))
    return "".join(pieces)


_HEADING = re.compile(r"^# +(.+)$", re.MULTILINE)
_NUMBERED = {"table": "Table", "figure": "Figure", "text": "Text"}
_HIDDEN = {"parameters", "remove-cell"}


def _title(notebook: NotebookNode) -> str | None:
    heading = next((c for c in notebook.cells if c.cell_type == "markdown" and _HEADING.search(c.source)), None)
    return _HEADING.search(heading.source)[1].strip() if heading else None


def _parts(cell: NotebookNode, numbers: dict[str, int]) -> Iterator[str]:
    """Yield the HTML of a cell: prose, its code folded, its exhibits numbered, other output as plain text."""
    tags = cell.metadata.get("tags", ())
    if not _HIDDEN.isdisjoint(tags):
        return
    if cell.cell_type == "markdown":
        # The notebook's H1 is the section's heading; those below it move down with it.
        yield _markdown()(re.sub(r"^(#+ )", r"#\1", _HEADING.sub("", cell.source, count=1), flags=re.MULTILINE))
    if cell.cell_type == "code" and cell.source.strip():
        yield f'<details class="code"><summary>Code</summary>{_highlighted(cell.source)}</details>'
    if "remove-output" not in tags:
        yield from _outputs(cell, numbers)


def _outputs(cell: NotebookNode, numbers: dict[str, int]) -> Iterator[str]:
    """Yield the HTML of a cell's outputs; the numbers among them stand side by side after the rest."""
    small = []
    for output in cell.get("outputs", ()):
        data = output.get("data", {})
        if exhibits.MIME in data:
            exhibit = exhibits.read_record(data[exhibits.MIME])
            if exhibit.kind == "number":
                small.append(exhibit.html())
                continue
            numbers[exhibit.kind] = numbers.get(exhibit.kind, 0) + 1
            yield exhibit.html(f"{_NUMBERED[exhibit.kind]} {numbers[exhibit.kind]}", linked=True)
        elif output.output_type == "stream":
            kind = "warning" if output.name == "stderr" else "output"
            yield f'<pre class="{kind}">{html.escape(output.text)}</pre>'
        elif "text/plain" in data:
            yield f'<pre class="output">{html.escape(data["text/plain"])}</pre>'
    if small:
        yield f'<div class="numbers">{"".join(small)}</div>'


@cache
def _markdown() -> Callable[[str], str]:
    import mistune

    return mistune.create_markdown(escape=True, plugins=["table", "footnotes"])


def _highlighted(code: str) -> str:
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return highlight(code, PythonLexer(), HtmlFormatter(cssclass="hl"))
