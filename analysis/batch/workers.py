"""Workers: processes of this machine, or of a dask.distributed cluster, that run one task after another."""

from __future__ import annotations

import contextlib
import logging
import math
import pickle
import sys
import threading
import time
import warnings
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ThreadPoolExecutor, wait
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from analysis.kernels import ForkServer, start_module
from analysis.kernels.forking import ForkedProcess, StartedModule
from analysis.report.faults import MachineError, find_fault

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

__all__ = ["WorkerError", "run_tasks"]

Task = TypeVar("Task")
Result = TypeVar("Result")

#: Tasks that are submitted for each worker: the one that it runs, and one in the queue.
_QUEUED = 2
#: How often a task is tried whose worker died, since another task may have killed it.
_TRIES = 3
#: A worker that exceeds its task's deadline by this much is killed.
_GRACE_SECONDS = 60
_CONNECT_SECONDS = 20
_CLOSE_SECONDS = 5
#: How often to look whether a cluster has workers, and to say that it has none.
_WATCH_SECONDS = 1
_SECONDS_BETWEEN_LINES = 30
#: A launched worker is replaced after so many tasks, so that memory which libraries keep does not add up. A forked one
#: is replaced after each, because a fork takes a hundredth of a second.
_MAX_TASKS = 100


class WorkerError(RuntimeError):
    """A task that no worker completed; its message is one line."""


def run_tasks(
    function: Callable[[Task], Result],
    tasks: Iterable[Task],
    *,
    n_jobs: int,
    scheduler: str | None = None,
    seconds: float | None = None,
    warm: str = "",
    notify: Callable[[str], None] | None = None,
) -> Generator[tuple[Task, Result | WorkerError], None, None]:
    """Run a function on each task in other processes, and yield the results in the order of completion.

    Parameters
    ----------
    function
        A function of a module, which other processes can import.
    tasks
        Its arguments, consumed only as workers become free.
    n_jobs
        How many processes of this machine to use.
    scheduler
        The address of a dask.distributed scheduler whose workers to use instead.
    seconds
        The time limit of a task; a worker that exceeds it by far is killed.
    warm
        A module or function that warms a :class:`~analysis.kernels.ForkServer`. The processes of this machine, and the
        kernels that they start, are forked from it.
    notify
        A function that is called with a line while a cluster has no workers.

    Yields
    ------
    tuple
        The task, and the function's result or a :class:`WorkerError`.

    Raises
    ------
    ConnectionError
        If the scheduler does not answer.
    MachineError
        If a task raises it, the machine of this process fails, or the scheduler has gone.
    """
    tries: dict[Future[Result], int] = {}
    running: dict[Future[Result], Task] = {}
    remaining = iter(tasks)
    # No process is started if there is nothing to do.
    if (first := next(remaining, None)) is None:
        return
    pool = _cluster(scheduler, notify) if scheduler else _processes(n_jobs, seconds, warm)

    def submit(task: Task, attempt: int = 1) -> None:
        future = workers.submit(function, task)
        running[future], tries[future] = task, attempt

    with pool as workers:
        submit(first)
        while True:
            while len(running) < _QUEUED * max(workers.size(), 1) and (task := next(remaining, None)) is not None:
                submit(task)
            if not running:
                return
            done = wait(running, timeout=_WATCH_SECONDS, return_when=FIRST_COMPLETED).done
            if not done:
                workers.watch()
            for future in done:
                task, attempt = running.pop(future), tries.pop(future)
                error = _error_of(future, workers)
                if error is None:
                    yield task, future.result()
                elif workers.is_death(error) and attempt < _TRIES:
                    submit(task, attempt + 1)
                else:
                    yield task, _as_worker_error(error, workers)


def _error_of(future: Future[Any], workers: _Workers) -> BaseException | None:
    """Return the error of a task that has ended, and raise the fault of the machine that is behind it."""
    error = CancelledError() if future.cancelled() else future.exception()
    if error and (fault := workers.find_fault(error)):
        raise fault from error
    return error


def _as_worker_error(error: BaseException, workers: _Workers) -> WorkerError:
    if isinstance(error, WorkerError):
        return error
    is_death = workers.is_death(error)
    return WorkerError(f"its worker died, {_TRIES} times" if is_death else f"{type(error).__name__}: {error}")


class _Workers(NamedTuple):
    """Workers of either kind.

    Attributes
    ----------
    submit
        How to submit a task.
    size
        How many there are.
    is_death
        Whether a task's error means that its worker died.
    find_fault
        Which fault of the machine is behind a task's error, if one is.
    watch
        What to do while no task ends.
    """

    submit: Callable[[Callable[[Any], Any], Any], Future[Any]]
    size: Callable[[], int]
    is_death: Callable[[BaseException], bool]
    find_fault: Callable[[BaseException], MachineError | None] = find_fault
    watch: Callable[[], None] = lambda: None


class _DeathError(RuntimeError):
    """A worker that died while it ran a task."""


@contextlib.contextmanager
def _processes(n_jobs: int, seconds: float | None, warm: str) -> Iterator[_Workers]:
    """Start processes of this machine, with a thread for each."""
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
            yield _Workers(
                lambda function, task: threads.submit(run, function, task),
                lambda: n_jobs,
                lambda error: isinstance(error, _DeathError),
            )
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
            for worker in workers:
                worker.close()
            threads.shutdown()


class _Worker:
    """A process that runs one task after another; it is started for the first, and replaced when it is old or dead."""

    def __init__(self, limit: float | None) -> None:
        self._limit = limit
        self._started: StartedModule | None = None
        self._n_tasks = 0
        self._is_closed = False

    def run(self, function: Callable[[Task], Result], task: Task) -> Result:
        """Run a task and return its result."""
        request = pickle.dumps(pickle.dumps((function, task)))
        if self._started is None:
            self._started, self._n_tasks = _start(), 0
            request = pickle.dumps(sys.path) + request
        process, stdin, stdout = self._started
        if self._is_closed:
            self._kill()
            raise _DeathError
        is_late = threading.Event()

        def kill() -> None:
            is_late.set()
            process.kill()

        alarm = threading.Timer(self._limit or threading.TIMEOUT_MAX, kill)
        alarm.start()
        try:
            stdin.write(request)
            stdin.flush()
            answer = pickle.load(stdout)  # noqa: S301 - our worker wrote it
        except (OSError, EOFError, pickle.UnpicklingError):
            self._kill()
            if is_late.is_set():
                raise WorkerError("it took too long, and its worker was ended") from None
            raise _DeathError from None
        finally:
            alarm.cancel()
        self._n_tasks += 1
        if isinstance(process, ForkedProcess) or self._n_tasks == _MAX_TASKS:
            self._kill()
        result, error = pickle.loads(answer)  # noqa: S301 - as above
        if error:
            raise error if isinstance(error, MachineError) else WorkerError(error)
        return result

    def close(self) -> None:
        """Kill the process, also one that another thread is just starting, and start no other."""
        self._is_closed = True
        self._kill()

    def _kill(self) -> None:
        started, self._started = self._started, None
        if started:
            started.process.kill()
            started.process.wait()
            for pipe in (started.stdin, started.stdout):
                with contextlib.suppress(OSError):
                    pipe.close()


def _start() -> StartedModule:
    """Start a worker's process. That it cannot be started is never its task's fault."""
    try:
        return start_module("analysis.batch.worker")
    except OSError as error:
        said = f"{error.filename}: {error.strerror}" if error.filename else error.strerror or error
        line = f"no worker can be started ({said}); mend that, then run the same command again"
        raise find_fault(error) or MachineError(line) from error


@contextlib.contextmanager
def _cluster(address: str, notify: Callable[[str], None] | None) -> Iterator[_Workers]:
    """Use the workers of a cluster, whose number may change; its scheduler reassigns the tasks of dead ones."""
    from distributed import Client
    from distributed.scheduler import KilledWorker

    try:
        client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ConnectionError(f"no scheduler answers at {address}: {error}") from None
    # What is logged of a lost connection, with tracebacks, is told in one line below.
    for name in ("distributed", "distributed.client", "tornado.application"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    # A signal may come between the making of a request and its sending.
    warnings.filterwarnings("ignore", message="coroutine .* was never awaited", category=RuntimeWarning)
    gone = MachineError(f"the scheduler at {address} has gone; start one, then run the same command again")
    told = -math.inf

    def size() -> int:
        if client.scheduler is None:
            raise gone
        try:
            return sum(client.sync(client.scheduler.ncores, callback_timeout=_CONNECT_SECONDS).values())
        except OSError:
            raise gone from None

    def watch() -> None:
        nonlocal told
        if client.status != "running":
            raise gone
        if time.monotonic() - told > _SECONDS_BETWEEN_LINES and not size() and notify:
            told = time.monotonic()
            notify(f"dateline: no workers at {address}; waiting for some, Ctrl-C ends the batch")

    executor = client.get_executor(pure=False)
    try:
        yield _Workers(
            executor.submit,
            size,
            lambda error: isinstance(error, KilledWorker),
            lambda error: gone if isinstance(error, CancelledError) else find_fault(error),
            watch,
        )
    finally:
        # Not by `with`, which waits for what is running.
        with contextlib.suppress(Exception):
            executor.shutdown(wait=False)
        with contextlib.suppress(Exception):
            client.close(timeout=_CLOSE_SECONDS)
