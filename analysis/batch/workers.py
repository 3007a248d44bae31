"""Workers: processes of this machine, or of a dask.distributed cluster, that are handed one task after another."""

from __future__ import annotations

import contextlib
import pickle
import sys
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

from analysis.kernels import ForkServer, start_module
from analysis.kernels.forking import ForkedProcess

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterable, Iterator
Task = TypeVar("Task")
Result = TypeVar("Result")

#: Tasks that are handed out for each worker: one to do, one to go on with.
_AHEAD = 2
#: How often a task is handed out again whose worker died: its death may have been another task's doing, or chance.
_TRIES = 3
#: What is beyond a task's own deadline: then its worker is ended.
_GRACE_SECONDS = 60
_ANSWER_SECONDS = 20
#: After so many tasks a launched process makes way for a fresh one: what libraries hoard does not add up over
#: thousands. A forked one does after each: it is there in a hundredth of a second, and one that ends gives all back.
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
    warm: str = "",
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
    warm
        What a :class:`~analysis.kernels.ForkServer` is to be warmed with. The processes of this machine, and the
        kernels that they ask for, are forked from it, so that all share what it has read.

    Yields
    ------
    tuple
        The task, and what the function gave, or the :class:`WorkerError` that came of it.

    Raises
    ------
    ConnectionError
        If the scheduler does not answer.
    """
    tries: dict[Future, int] = {}
    running: dict[Future, Task] = {}
    waiting = iter(tasks)
    # Nothing is started before there is something to do.
    if (first := next(waiting, None)) is None:
        return
    start = _cluster(scheduler) if scheduler else _processes(n_jobs, seconds, warm)

    def submit(task: Task, number: int = 1) -> None:
        future = hand_out(function, task)
        running[future], tries[future] = task, number

    with start as (hand_out, n_workers, is_death):
        submit(first)
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
                elif is_death(error) and number < _TRIES:
                    submit(task, number + 1)
                else:
                    why = f"its worker died, {_TRIES} times" if is_death(error) else f"{type(error).__name__}: {error}"
                    yield task, error if isinstance(error, WorkerError) else WorkerError(why)


#: How to hand out a task, how many workers there are, and whether an error says that one died.
Workers = tuple["Callable[[Callable, Any], Future]", "Callable[[], int]", "Callable[[BaseException], bool]"]


class _DeathError(RuntimeError):
    """A worker that died of its task, or while it had one."""


@contextlib.contextmanager
def _processes(n_jobs: int, seconds: float | None, warm: str) -> Iterator[Workers]:
    """Start processes of this machine; a thread waits for each."""
    workers = [_Worker(None if seconds is None else seconds + _GRACE_SECONDS) for _ in range(n_jobs)]
    idle: SimpleQueue[_Worker] = SimpleQueue()
    for worker in workers:
        idle.put(worker)

    def run(function: Callable[[Task], Result], task: Task) -> Result:
        worker = idle.get()
        try:
            return worker.run(function, task)
        finally:
            idle.put(worker)

    threads = ThreadPoolExecutor(n_jobs)
    with ForkServer(warm) if warm else contextlib.nullcontext():
        try:
            yield (
                lambda *asked: threads.submit(run, *asked),
                lambda: n_jobs,
                lambda error: isinstance(error, _DeathError),
            )
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
            for worker in workers:
                worker.dismiss()
            threads.shutdown()


class _Worker:
    """A process that runs one task after another; it is started when there is one, and anew when it is old or dead."""

    def __init__(self, limit: float | None) -> None:
        self._limit = limit
        self._process: subprocess.Popen[bytes] | ForkedProcess | None = None
        self._n_tasks = 0
        self._is_dismissed = False

    def run(self, function: Callable[[Task], Result], task: Task) -> Result:
        """Have a task done."""
        asked = pickle.dumps(pickle.dumps((function, task)))
        if self._process is None:
            self._process, self._n_tasks = start_module("analysis.batch.worker"), 0
            asked = pickle.dumps(sys.path) + asked
        process = self._process
        if self._is_dismissed:
            self.end()
            raise _DeathError
        is_late = threading.Event()
        alarm = threading.Timer(self._limit or threading.TIMEOUT_MAX, lambda: (is_late.set(), process.kill()))
        alarm.start()
        try:
            process.stdin.write(asked)
            process.stdin.flush()
            answer = pickle.load(process.stdout)  # noqa: S301 - it is our worker's
        except (OSError, EOFError, pickle.UnpicklingError):
            self.end()
            if is_late.is_set():
                raise WorkerError("it took too long, and its worker was ended") from None
            raise _DeathError from None
        finally:
            alarm.cancel()
        self._n_tasks += 1
        if isinstance(process, ForkedProcess) or self._n_tasks == _TASKS_OF_A_LIFE:
            self.end()
        result, error = pickle.loads(answer)  # noqa: S301 - as above
        if error:
            raise WorkerError(error)
        return result

    def dismiss(self) -> None:
        """End the process for good, also one that is just being started."""
        self._is_dismissed = True
        self.end()

    def end(self) -> None:
        """End the process, whatever it does."""
        process, self._process = self._process, None
        if process:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    pipe.close()


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
