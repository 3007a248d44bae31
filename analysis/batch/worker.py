"""A worker: a process that reads functions and tasks from its input, and writes their results to its output.

``python -m analysis.batch.worker`` is started by :mod:`analysis.batch.workers`. It reads ``sys.path``, pickled; then,
until its input closes, pickles of a function and a task, and answers each with a pickle of the result and the error,
one of which is ``None``; the error is a line, or a fault of the machine that ends the batch. Each of these pickles is
pickled again as bytes, so that one that cannot be unpickled does not spoil the stream.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import sys

from analysis.report.faults import find_fault

__all__ = ["main"]


def main() -> None:
    """Run tasks until the input closes."""
    tasks, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # What a task prints goes to standard error, if that is open: standard output carries the answers only.
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(2, 1)
    with tasks, answers:
        sys.path[:] = pickle.load(tasks)  # noqa: S301 - the parent process wrote it
        while True:
            try:
                task = pickle.load(tasks)  # noqa: S301
            except EOFError:
                return
            pickle.dump(_answer(task), answers)
            answers.flush()


def _answer(task: bytes) -> bytes:
    try:
        function, argument = pickle.loads(task)  # noqa: S301
        return pickle.dumps((function(argument), None))
    except Exception as error:  # noqa: BLE001 - a failed task never ends the worker
        return pickle.dumps((None, find_fault(error) or f"{type(error).__name__}: {error}"))


if __name__ == "__main__":
    main()
