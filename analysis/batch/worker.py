"""A worker: a process that is handed a function and a task by its input, and says by its output what came of it.

``python -m analysis.batch.worker`` is started by :mod:`analysis.batch.workers`. It reads the folders to import from;
then, until its input closes, a pickle of a function and its task, and answers with one of the result and of why there
is none. Each is pickled once more, so that one that cannot be read leaves the next one whole.
"""

from __future__ import annotations

import os
import pickle
import sys


def main() -> None:
    """Run what is handed in until nothing more is."""
    tasks, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # What a task prints goes where errors go: the answers have the output to themselves.
    os.dup2(2, 1)
    with tasks, answers:
        sys.path[:] = pickle.load(tasks)  # noqa: S301 - it is our starter's, as all that follows
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
    except Exception as error:  # noqa: BLE001 - whatever a task does, the next one has its turn
        return pickle.dumps((None, f"{type(error).__name__}: {error}"))


if __name__ == "__main__":
    main()
