"""Running one notebook: parameters are checked, papermill executes it, what varies between runs is taken out."""

from __future__ import annotations

import ast
import logging
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.options import find_rule
from analysis.resources import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from nbformat import NotebookNode

__all__ = [
    "INPUT_PARAMETERS",
    "NOTEBOOKS",
    "Parameter",
    "ParameterError",
    "ReportError",
    "describe_parameters",
    "execute_notebook",
    "notebook_parameters",
    "notebook_paths",
    "parse_parameters",
    "read_notebook",
    "read_parameters",
    "strip_notebook",
]

# jsonschema imports this, which takes a second, and needs it for nothing in a notebook.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None: it cannot be imported

# papermill logs a kernel's death and raises it as well; the exception is enough.
logging.getLogger("papermill").addHandler(logging.NullHandler())

#: The folder of the notebooks.
NOTEBOOKS = shipped("notebooks")

_TIMEOUT_SECONDS = 600
#: How often a notebook is run whose kernel dies, since something else may have killed it.
_TRIES = 3
#: Parameters that name a notebook's input: a report sets them itself.
INPUT_PARAMETERS = frozenset({"article", "reports"})
#: The metadata of every notebook, whatever front end saved it last.
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


class ParameterError(ValueError):
    """A parameter that no notebook has, or a value that it may not have; its message is one line."""


class ReportError(RuntimeError):
    """A report that could not be made.

    Attributes
    ----------
    notebook
        The failed notebook with the outputs up to the failure; ``None`` if no notebook ran.
    cell
        The number of the failed cell, counted from 1; ``None`` if it is not known.
    """

    def __init__(self, message: str, *, notebook: Path | None = None, cell: int | None = None) -> None:
        super().__init__(message)
        self.notebook = notebook
        self.cell = cell


@dataclass(frozen=True)
class Parameter:
    """One line of a notebook's parameters cell.

    Attributes
    ----------
    name, default
        The parameter's name and its default value.
    meaning
        The comment after the value.
    """

    name: str
    default: Any
    meaning: str

    def read(self, text: str) -> Any:
        """Read a value that was typed at a command line as this parameter's type.

        Raises
        ------
        ParameterError
            If the text is not a value of that type.
        """
        if isinstance(self.default, str):
            return self.check(text)
        if isinstance(self.default, bool):
            value: Any = {"true": True, "false": False}.get(text.lower(), text)
        else:
            try:
                value = ast.literal_eval(text)
            except (ValueError, SyntaxError):
                value = text
        return self.check(value)

    def check(self, value: Any) -> Any:
        """Return the value if it is of this parameter's type (an int may stand for a float), and its rule allows it.

        Raises
        ------
        ParameterError
            If it is not, or the rule does not.
        """
        expected = type(self.default)
        if expected is float and type(value) is int:
            value = float(value)
        rule = find_rule(self.name, default=self.default)
        if type(value) is not expected:
            wanted = rule.expected if rule else _TYPE_NAMES[expected]
            raise ParameterError(f"parameter {self.name} is {value!r}; expected {wanted}, as in {self.default!r}")
        if rule and not rule.allows(value):
            raise ParameterError(f"parameter {self.name} is {value!r}; expected {rule.expected}")
        return value


_TYPE_NAMES = {str: "text", int: "a whole number", float: "a number", bool: "True or False", list: "a list"}


def notebook_paths(folder: Path = NOTEBOOKS) -> list[Path]:
    """Return the notebooks of a folder that a report runs, in order: those whose name begins with a number."""
    return sorted(folder.glob("[0-9]*-*.ipynb"))


def notebook_parameters(notebook: Path) -> dict[str, Parameter]:
    """Read the cell tagged ``parameters``: the typed, commented literals that papermill may replace."""
    cell = next(c for c in read_notebook(notebook).cells if "parameters" in c.metadata.get("tags", ()))
    return parse_parameters(cell.source)


def parse_parameters(source: str) -> dict[str, Parameter]:
    """Read the parameters of a cell's source, by their names."""
    lines = source.splitlines()
    parameters = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            _, _, comment = lines[(node.end_lineno or 0) - 1][node.value.end_col_offset :].partition("#")
            name = ast.unparse(target)
            parameters[name] = Parameter(name, ast.literal_eval(node.value), comment.strip())
    return parameters


def describe_parameters(notebooks: Path = NOTEBOOKS) -> str:
    """Return a line for each parameter of a notebook, or of those of a folder: its name, default value and meaning.

    Examples
    --------
    >>> print(describe_parameters(NOTEBOOKS / "1-tokenise.ipynb").splitlines()[1])
      force = False  go on even if it does not look like English
    """
    lines: list[str] = []
    for path in [notebooks] if notebooks.is_file() else notebook_paths(notebooks):
        parameters = [each for name, each in notebook_parameters(path).items() if name not in INPUT_PARAMETERS]
        own = [f"  {each.name} = {each.default!r}  {each.meaning}" for each in parameters]
        lines += [f"parameters of {path.stem}:", *(line for line in own if line not in lines)]
    return "\n".join(lines)


def read_parameters(given: Mapping[str, Any], *, notebooks: Path = NOTEBOOKS) -> dict[str, Any]:
    """Check parameters against those of the notebooks, before anything runs.

    Parameters
    ----------
    given
        Values by name. A text is read as the type of the parameter's default.
    notebooks
        The folder of the notebooks, or one notebook.

    Raises
    ------
    ParameterError
        If no notebook has the parameter, or the value is of another type.
    """
    paths = [notebooks] if notebooks.is_file() else notebook_paths(notebooks)
    parameters = {
        name: parameter
        for path in paths
        for name, parameter in notebook_parameters(path).items()
        if name not in INPUT_PARAMETERS
    }
    for name in given:
        if name not in parameters:
            raise ParameterError(f"no notebook has a parameter {name!r}; there are {', '.join(sorted(parameters))}")
    return {
        name: parameters[name].read(value) if isinstance(value, str) else parameters[name].check(value)
        for name, value in given.items()
    }


def read_notebook(path: Path) -> NotebookNode:
    """Read what of a notebook decides how it runs, as :func:`strip_notebook` leaves it.

    Raises
    ------
    ReportError
        If it is not written in Python.
    """
    import nbformat

    return strip_notebook(nbformat.read(path, as_version=4), path.name)


def strip_notebook(notebook: Mapping[str, Any], name: str) -> NotebookNode:
    """Return what of a notebook decides how it runs: each cell's type, id, source, tags and attachments.

    Outputs, execution counts and whatever else a front end saves are left out, so that running and saving a notebook in
    JupyterLab changes no report.

    Raises
    ------
    ReportError
        With the notebook's name, if it is not written in Python.
    """
    import nbformat

    node: NotebookNode = nbformat.from_dict(dict(notebook))
    if (language := _language(node)) != "python":
        raise ReportError(f"{name} is written in {language}; expected a notebook in Python")
    cells = []
    for number, cell in enumerate(node.cells):
        # A notebook of an older format has no ids.
        kept = {"cell_type": cell.cell_type, "id": cell.get("id", f"cell-{number}"), "source": cell.source}
        kept["metadata"] = {name: tags for name, tags in cell.metadata.items() if name == "tags" and tags}
        if "attachments" in cell:
            kept["attachments"] = cell.attachments
        if cell.cell_type == "code":
            kept |= {"execution_count": None, "outputs": []}
        cells.append(kept)
    return nbformat.from_dict({"cells": cells, "metadata": _METADATA, "nbformat": 4, "nbformat_minor": 5})


def _language(notebook: NotebookNode) -> str:
    """Return the language that a notebook's metadata state, or that its kernel's name implies; if none, Python."""
    kernel = notebook.metadata.get("kernelspec", {})
    stated = [notebook.metadata.get("language_info", {}).get("name"), kernel.get("language")]
    languages = [name for name in stated if name] or [kernel.get("name") or "python"]
    return next((name for name in languages if not name.lower().startswith("python")), "python")


def execute_notebook(
    source: Path, target: Path, parameters: dict[str, Any], *, until: float | None = None, n_put_before: int = 0
) -> NotebookNode:
    """Run a notebook by papermill, in the folder of its target, and save it without what differs between runs.

    Parameters
    ----------
    source
        The notebook.
    target
        Where to save it as it ran, also if it failed.
    parameters
        Values for its parameters.
    until
        When it must have ended, as :func:`time.monotonic` counts; without it, each cell has ten minutes.
    n_put_before
        How many cells stand before the notebook's own; a failed cell is counted without them.

    Returns
    -------
    NotebookNode
        The notebook as saved.

    Raises
    ------
    ReportError
        If a cell fails or takes too long, or the kernel dies.
    """
    import nbformat
    from nbclient.exceptions import DeadKernelError

    for _ in range(_TRIES):
        nbformat.write(read_notebook(source), target)
        try:
            notebook = _execute(source.name, target, parameters, until, n_put_before)
        except DeadKernelError as error:
            died = error
            continue
        notebook = _without_run_metadata(notebook)
        nbformat.write(notebook, target)
        return notebook
    raise ReportError(f"{source.name}: its kernel died") from died


def _execute(
    name: str, target: Path, parameters: dict[str, Any], until: float | None, n_put_before: int
) -> NotebookNode:
    """Run the notebook of a name where it is, by papermill."""
    import papermill
    import zmq
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    try:
        return _run(target, parameters, until)
    except papermill.PapermillExecutionError as error:
        reason = f"{error.ename}: {error.evalue}".partition("\n")[0]
        number = error.cell_index + 1 - n_put_before
        raise ReportError(f"{name}, cell {number} failed: {reason}", cell=number) from error
    except CellTimeoutError as error:
        limit = f"{_TIMEOUT_SECONDS} s over one cell" if until is None else "the time that a report is given"
        raise ReportError(f"{name} took more than {limit}") from error
    except DeadKernelError:
        raise
    except zmq.ZMQError as error:
        # The machine's fault, as out of descriptors or of memory.
        raise OSError(error.errno, error.strerror) from error
    except RuntimeError as error:
        raise ReportError(f"{name}: no kernel could be started: {error}") from error


def _run(target: Path, parameters: dict[str, Any], until: float | None) -> NotebookNode:
    """Run a notebook where it is; save it there if it fails."""
    import nbformat
    import papermill

    from analysis.kernels import ReproducibleKernelManager

    ran: list[NotebookNode] = []
    try:
        return papermill.execute_notebook(
            _escaped(target),
            # Papermill would save it, large and with what differs between runs, only for it to be saved again.
            None,
            parameters,
            engine_name="dateline",
            kernel_name="python3",
            # This Python runs it, even if another one is installed under that name.
            kernel_manager_class=ReproducibleKernelManager,
            language="python",
            progress_bar=False,
            resources={"metadata": {"path": str(target.parent)}},
            timeout_func=lambda _: _TIMEOUT_SECONDS if until is None else max(until - time.monotonic(), 0.001),
            ran=ran,
        )
    except Exception:
        for notebook in ran:
            nbformat.write(notebook, target)
        raise


def _escaped(path: Path) -> str:
    """Return a path in which papermill, which formats paths as templates, finds nothing to replace."""
    return str(path.absolute()).replace("{", "{{").replace("}", "}}")


def _without_run_metadata(notebook: NotebookNode) -> NotebookNode:
    """Remove what papermill and the kernel record of time, paths and random ids, and what a cell printed over."""
    notebook.metadata = type(notebook)(_METADATA)
    for number, cell in enumerate(notebook.cells):
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if "injected-parameters" in cell.metadata.get("tags", ()):
            cell.id = f"parameters-{number}"
        for output in cell.get("outputs", ()):
            if output.output_type == "stream":
                output.text = "\n".join(map(_last_printed, output.text.split("\n")))
    return notebook


def _last_printed(line: str) -> str:
    """Return what a terminal shows of a line: of a progress bar, which returns to the line's begin, its last state."""
    return line[line.rfind("\r", 0, -1) + 1 :]
