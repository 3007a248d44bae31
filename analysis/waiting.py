"""Telling a person who waits in a notebook what takes so long. Where no person waits, nothing is told."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from functools import wraps
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["is_watched", "telling"]

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")

#: What takes no longer is not worth a line.
PATIENCE_SECONDS = 3.0
_EVERY_SECONDS = 1.0


def is_watched() -> bool:
    """Return whether a person runs this in a notebook.

    A front end for persons, such as JupyterLab, sends the id of the cell with its code; what runs whole notebooks, as a
    report or papermill do, sends none: their outputs must not differ from run to run.
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    parent: dict[str, Any] = getattr(shell, "get_parent", dict)()
    return bool(parent.get("metadata", {}).get("cellId"))


def telling(what: str) -> Callable[[Callable[_Parameters, _Result]], Callable[_Parameters, _Result]]:
    """Tell how long a function has been running, in the output of the cell that waits for it, once it takes long.

    Parameters
    ----------
    what
        What it does: ``annotating``.
    """

    def decorate(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
        @wraps(function)
        def tell_and_call(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> _Result:
            if not is_watched():
                return function(*args, **kwargs)
            with _telling(what):
                return function(*args, **kwargs)

        return tell_and_call

    return decorate


@contextmanager
def _telling(what: str) -> Iterator[None]:
    """Show a line with the seconds so far, anew each second; at the end, how long it took."""
    from IPython.display import display

    begin, done = time.monotonic(), Event()
    handle: list[Any] = []

    def show(text: str) -> None:
        data = {"text/plain": text}
        if handle:
            handle[0].update(data, raw=True)
        else:
            handle.append(display(data, raw=True, display_id=True))

    def tell() -> None:
        waited = done.wait(PATIENCE_SECONDS)
        while not waited:
            show(f"{what}: {time.monotonic() - begin:.0f} s so far")
            waited = done.wait(_EVERY_SECONDS)

    thread = Thread(target=tell, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        if handle:
            show(f"{what}: {time.monotonic() - begin:.0f} s")
