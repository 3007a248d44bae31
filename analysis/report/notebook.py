"""Running one notebook: parameters are checked, papermill executes it, what varies between runs is taken out."""

from __future__ import annotations

import ast
import logging
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbformat import NotebookNode

# jsonschema asks for this, takes a second to load it, and checks nothing of a notebook by it.
sys.modules.setdefault("rfc3987_syntax", None)

# What papermill has to say of a kernel that died comes as an error, and need not be printed as well.
logging.getLogger("papermill").addHandler(logging.NullHandler())

#: The folder of the package.
PACKAGE = Path(__file__).resolve().parent.parent
#: Where the notebooks are: inside an installed package, else beside it in a checkout.
NOTEBOOKS = next(folder for folder in (PACKAGE / "notebooks", PACKAGE.parent / "notebooks") if folder.is_dir())

_TIMEOUT_SECONDS = 600
#: Parameters that say what a notebook is about: a report sets them itself.
_SOURCES = frozenset({"article", "reports"})
#: What a process warms itself on: long enough that nothing is "too short to measure".
_STORY = """Mayor opens rebuilt bridge in Ostrava – Morning Post

Mayor Jana Nováková opened the rebuilt Miner’s Bridge in Ostrava on Monday, two years after a flood destroyed it. “The
bridge is open, and it is safe,” she said. The European Union and the Czech Republic paid 12 million euros for the
work, which the builders finished three months late.

Critics in Prague said the old bridge could have been saved. Nováková denied that, and said engineers from Germany had
found its piers broken. The Czech Chamber of Engineers, which examined the piers in March 2021, agreed with her.

About 9,000 cars crossed the old bridge each day. Shops near the bridge lost half of their customers while it was
closed, the chamber of commerce says, and four of them shut. A second bridge, planned by the region, will open next
year.
"""


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
        The folder of the notebooks, or one notebook.

    Raises
    ------
    ParameterError
        If no notebook has the parameter, or the value is of another type.
    """
    paths = [notebooks] if notebooks.is_file() else notebook_paths(notebooks)
    known = {name: p for path in paths for name, p in notebook_parameters(path).items() if name not in _SOURCES}
    for name in given:
        if name not in known:
            raise ParameterError(f"no notebook has a parameter {name!r}; there are {', '.join(sorted(known))}")
    return {name: known[name].read(v) if isinstance(v, str) else known[name].check(v) for name, v in given.items()}


def _read_notebook(path: Path) -> NotebookNode:
    import nbformat

    return nbformat.read(path, as_version=4)


def execute_notebook(
    source: Path, target: Path, parameters: dict[str, Any], *, until: float | None = None
) -> NotebookNode:
    """Run a notebook by papermill in the folder of its target; give it as saved, without what differs between runs.

    ``until`` is the time, as :func:`time.monotonic` counts it, at which it must have ended.
    """
    import nbformat
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    try:
        notebook = papermill.execute_notebook(
            _as_template(source),
            _as_template(target),
            parameters,
            engine_name="dateline",
            kernel_name="python3",
            language="python",
            progress_bar=False,
            resources={"metadata": {"path": str(target.parent)}},
            timeout_func=lambda _: _TIMEOUT_SECONDS if until is None else max(until - time.monotonic(), 0.001),
        )
    except papermill.PapermillExecutionError as error:
        why = f"{error.ename}: {error.evalue}".partition("\n")[0]
        number = error.cell_index + 1
        raise ReportError(f"{source.name}, cell {number} failed: {why}", cell=number) from error
    except CellTimeoutError as error:
        limit = f"{_TIMEOUT_SECONDS} s over one cell" if until is None else "the time that a report is given"
        raise ReportError(f"{source.name} took more than {limit}") from error
    except DeadKernelError as error:
        raise ReportError(f"{source.name}: its kernel died") from error
    except RuntimeError as error:
        raise ReportError(f"{source.name}: no kernel could be started: {error}") from error
    notebook = _settled(notebook)
    nbformat.write(notebook, target)
    return notebook


#: What is worth loading once for the few notebooks of one report.
LOADING_CODE = """
from analysis import Article, annotate, charts, measures, summary
annotate(Article.from_text("Reading is loading."), force=True)
"""


def warming_code(notebooks: Path = NOTEBOOKS) -> str:
    """Give source that does once, on a short story, what the notebooks do: worth it before hundreds of reports."""
    sources = [
        [cell.source for cell in _read_notebook(path).cells if cell.cell_type == "code"]
        for path in notebook_paths(notebooks)
    ]
    return f"""
import pathlib, tempfile
with tempfile.TemporaryDirectory() as folder:
    story = pathlib.Path(folder, "story.txt")
    story.write_text({_STORY!r})
    for sources in {sources!r}:
        names = {{}}
        for source in sources:
            exec(source, names)
            if "article" in names:
                names["article"] = str(story)
"""


def _as_template(path: Path) -> str:
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
