"""Workers: processes of this machine, or of a dask.distributed cluster, that are handed one task after another."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

Task = TypeVar("Task")
Result = TypeVar("Result")

#: Tasks that are handed out for each worker: one to do, one to go on with.
_AHEAD = 2
#: How often a task is handed out again whose worker died: its death may have been another task's doing, or chance.
_TRIES = 3
#: What is beyond a task's own deadline: then its worker is ended.
_GRACE_SECONDS = 60
_ANSWER_SECONDS = 20
#: After so many tasks a process makes way for a fresh one: what libraries hoard does not add up over thousands.
_TASKS_OF_A_LIFE = 100


class WorkerError(RuntimeError):
    """A task that no worker brought to an end; its message is one line."""


def run_tasks(
    function: Callable[[Task], Result],
    tasks: Iterable[Task],
    *,
    n_jobs: int,
    scheduler: str | None = None,
    seconds: float | None = None,
    modules: Iterable[str] = (),
    environment: Mapping[str, str] | None = None,
) -> Iterator[tuple[Task, Result | WorkerError]]:
    """Run a function on each task; give each task with its result, in the order they are done.

    Parameters
    ----------
    function
        A function of a module; it is run in other processes.
    tasks
        What it is called with, taken as it is needed and no sooner.
    n_jobs
        How many processes of this machine to use.
    scheduler
        The address of a dask.distributed scheduler whose workers to use instead.
    seconds
        A task's own deadline; a worker that goes far beyond it is ended.
    modules
        What the processes of this machine import first.
    environment
        What is set in their environment.

    Yields
    ------
    tuple
        The task, and what the function gave, or the :class:`WorkerError` that came of it.

    Raises
    ------
    ConnectionError
        If the scheduler does not answer.
    """
    start = _cluster(scheduler) if scheduler else _processes(n_jobs, seconds, modules, environment or {})
    tries: dict[Future, int] = {}
    running: dict[Future, Task] = {}
    waiting = iter(tasks)

    def submit(task: Task, number: int = 1) -> None:
        future = hand_out(function, task)
        running[future], tries[future] = task, number

    with start as (hand_out, n_workers, is_death):
        while True:
            while len(running) < _AHEAD * max(n_workers(), 1) and (task := next(waiting, None)) is not None:
                submit(task)
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                task, number = running.pop(future), tries.pop(future)
                error = future.exception()
                if error is None:
                    yield task, future.result()
                elif isinstance(error, TimeoutError):
                    yield task, WorkerError("it took too long, and its worker was ended")
                elif is_death(error) and number < _TRIES:
                    submit(task, number + 1)
                elif is_death(error):
                    yield task, WorkerError(f"its worker died, {_TRIES} times")
                else:
                    yield task, WorkerError(f"{type(error).__name__}: {error}")


#: How to hand out a task, how many workers there are, and whether an error says that one died.
Workers = tuple["Callable[[Callable, Any], Future]", "Callable[[], int]", "Callable[[BaseException], bool]"]


@contextlib.contextmanager
def _processes(
    n_jobs: int, seconds: float | None, modules: Iterable[str], environment: Mapping[str, str]
) -> Iterator[Workers]:
    """Start processes of this machine, forked from one that has imported what they need, where that can be."""
    from pebble import ProcessExpired, ProcessPool

    method = "forkserver" if sys.platform == "linux" else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload([*modules])
    limit = None if seconds is None else seconds + _GRACE_SECONDS
    pool = ProcessPool(
        max_workers=n_jobs,
        max_tasks=_TASKS_OF_A_LIFE,
        context=context,
        initializer=_set,
        initargs=[dict(environment)],
    )
    try:
        yield (
            lambda function, task: pool.schedule(function, args=[task], timeout=limit),
            lambda: n_jobs,
            lambda error: isinstance(error, ProcessExpired),
        )
        pool.close()
    finally:
        pool.stop()
        pool.join()


def _set(environment: dict[str, str]) -> None:
    os.environ.update(environment)


@contextlib.contextmanager
def _cluster(address: str) -> Iterator[Workers]:
    """Use the workers of a cluster, which may come and go; its scheduler hands out again what a dead one had."""
    from distributed import Client
    from distributed.scheduler import KilledWorker

    try:
        client = Client(address, timeout=_ANSWER_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ConnectionError(f"no scheduler answers at {address}: {error}") from None
    with client, client.get_executor(pure=False) as executor:
        yield (
            executor.submit,
            lambda: sum(client.nthreads().values()),
            lambda error: isinstance(error, KilledWorker),
        )
