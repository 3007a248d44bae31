"""What a notebook does for the person who runs it: checks its parameters at once, and saves the whole report."""

from __future__ import annotations

import ast
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from analysis.options import PARAMETERS, RULES
from analysis.report.notebook import INPUT_PARAMETERS, ParameterError, parse_parameters

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from analysis.article import Article

__all__ = ["check_parameters", "check_sources", "save_report"]

#: How the cell begins that papermill puts after the parameters.
_INJECTED = "# Parameters"


class NotebookParameterError(ParameterError):
    """A parameter of the notebook that runs; a notebook shows its one line without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


def check_parameters() -> None:
    """Check the parameters of the notebook that this is called in, before anything runs on them.

    Outside a notebook, and in one without a cell of parameters, nothing is checked.

    Raises
    ------
    NotebookParameterError
        If papermill was given a parameter that the notebook has not, which it would run without; or if a parameter has
        a value that it may not have. In a notebook it is shown as one line.
    """
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None:
        check_sources(shell.user_ns["In"], shell.user_ns)


def check_sources(sources: Sequence[str], values: Mapping[str, Any]) -> None:
    r"""Check the parameters of a notebook by the sources of the cells that ran, the latest last, and what names hold.

    Raises
    ------
    NotebookParameterError
        As :func:`check_parameters`.

    Examples
    --------
    >>> check_sources(["article = 'a.txt'\nn_terms = 12", "# Parameters\nn_term = 5"], {})
    Traceback (most recent call last):
    analysis.report.interactive.NotebookParameterError: this notebook has no parameter 'n_term'; it has article, n_terms
    """
    at = max((at for at, source in enumerate(sources) if _declares(source)), default=None)
    if at is None:
        return
    parameters = parse_parameters(sources[at])
    injected = [source for source in sources[at + 1 :] if source.lstrip().startswith(_INJECTED)]
    for name in parse_parameters(injected[-1]) if injected else ():
        if name not in parameters:
            raise NotebookParameterError(f"this notebook has no parameter {name!r}; it has {', '.join(parameters)}")
    for name, parameter in parameters.items():
        value = values.get(name, parameter.default)
        # What stands in the cell may have been edited, and is no measure of what is allowed.
        rule = PARAMETERS.get(name) or RULES.get(name)
        if rule and not rule.allows(value):
            raise NotebookParameterError(f"parameter {name} is {value!r}; expected {rule.expected}")
        try:
            parameter.check(value)
        except ParameterError as error:
            raise NotebookParameterError(str(error)) from None


def _declares(source: str) -> bool:
    """Return whether a cell is that of the parameters: names for literals, the notebook's input among them."""
    if source.lstrip().startswith(_INJECTED) or not any(name in source for name in INPUT_PARAMETERS):
        return False
    try:
        body = ast.parse(source).body
        names = parse_parameters(source)
    except (SyntaxError, ValueError):
        return False
    return all(isinstance(node, ast.Assign) for node in body) and not INPUT_PARAMETERS.isdisjoint(names)


def save_report(article: Article, out: Path | str = "", **parameters: Any) -> None:
    """Make the whole report of an article, as ``dateline report`` does, and say where it is.

    Parameters
    ----------
    article
        The article.
    out
        The report's folder. Nothing is made if it is empty, as it is when a report runs the notebook itself.
    parameters
        Values for parameters of the notebooks, by name.

    Raises
    ------
    ParameterError
        If no notebook has a parameter, or its value is of another type.
    ReportError
        If the folder cannot be written or holds something else than a report, or a notebook fails.
    """
    if not str(out):
        return
    from analysis.report.build import make_report

    # A kernel's own thread runs an event loop, in which no other kernel can be waited for.
    with ThreadPoolExecutor(1) as pool:
        report = pool.submit(make_report, article, out=out, parameters=parameters, progress=print).result()
    print(f"{report}/report.html")  # noqa: T201 - what was asked for
