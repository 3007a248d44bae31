"""The fork server: a warm process that forks one process, a kernel or a worker, for each request.

``python -m analysis.kernels.server SOCKET FOLDER`` is started by :class:`~analysis.kernels.ForkServer`, with the file
descriptor of a listening socket and a temporary folder. It reads a line from its standard input, a JSON list of the
modules and functions that warm it, and serves until that input closes. It has a single thread, since a process with
threads cannot be forked safely.

A request is a length in four bytes and as much JSON (``executable``, the path of a Python; ``arguments`` as they follow
``python -m``, ``env``, ``cwd``), with three file descriptors for standard input, output and error. The answer is
``{"pid": …}``, or ``{"error": …}`` if a fork would not be what was requested; when the process has ended, ``{"status":
…}`` follows, as in :attr:`subprocess.Popen.returncode`; each ends with a line break. A process whose connection closes
is killed, because its client has ended.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import fcntl
import gc
import importlib
import importlib.util
import io
import json
import os
import pkgutil
import runpy
import select
import selectors
import shutil
import signal
import socket
import stat
import sys
import threading
import time
import warnings
import weakref
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, Self

from analysis.kernels.environment import FIXED_ENVIRONMENT
from analysis.kernels.forking import FAULT_STATUS, is_this_python

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["main", "serve"]

_REQUEST_SECONDS = 10
#: How long a server that was told to end waits whether the process that started it ends, too.
_END_SECONDS = 0.5
#: What a kernel imports as it starts; the debugger, which is never used, takes longest.
_KERNEL_MODULES = ("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "ipykernel.debugger")
#: The environment variables that these imports set, which a kernel must have as well.
_set_by_imports: dict[str, str] = {}
#: The variables that it read itself.
_started_with: dict[str, str] = {}
_KERNEL = "ipykernel_launcher"
#: How many new objects there are before a forked process looks for garbage; by default, 700.
_GARBAGE = 10_000
_N_STREAMS = 3
_STDERR = 2
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


class _Closable(Protocol):
    def close(self) -> object: ...


def serve(listener: socket.socket) -> None:
    """Fork a process for each request, until the standard input closes."""
    # A byte is written to this pair whenever a child ends.
    child_ended, wakeup = socket.socketpair()
    for end in (child_ended, wakeup, listener):
        end.settimeout(0)
    signal.set_wakeup_fd(wakeup.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    forked: dict[int, socket.socket] = {}
    with selectors.DefaultSelector() as selector, _Reserve() as reserve:
        for source in (sys.stdin, listener, child_ended):
            selector.register(source, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is sys.stdin:
                    # The pair is closed before the last child has ended.
                    signal.set_wakeup_fd(-1)
                    _kill(forked)
                    return
                if key.fileobj is child_ended:
                    _reap(child_ended, forked, selector)
                elif key.fileobj is listener:
                    connection = reserve.accept(listener)
                    others: tuple[_Closable, ...] = (listener, child_ended, wakeup, selector, reserve, *forked.values())
                    pid = _answer(connection, others) if connection else None
                    if connection and pid:
                        forked[pid] = connection
                        selector.register(connection, selectors.EVENT_READ, pid)
                elif key.data in forked:
                    # Clients send nothing after the request: the connection has closed.
                    _kill([key.data])
                    selector.unregister(key.fileobj)
                    forked.pop(key.data).close()


class _Reserve:
    """A file descriptor in reserve, by which a client is refused at once when there are no more: it would wait else."""

    def __init__(self) -> None:
        self._descriptor = os.open(os.devnull, os.O_RDONLY)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release it."""
        os.close(self._descriptor)

    def accept(self, listener: socket.socket) -> socket.socket | None:
        """Accept a connection; ``None`` if it was refused, or has gone."""
        with contextlib.suppress(OSError):
            return listener.accept()[0]
        self.close()
        with contextlib.suppress(OSError):
            listener.accept()[0].close()
        self._descriptor = os.open(os.devnull, os.O_RDONLY)
        return None


def _answer(connection: socket.socket, to_close: tuple[_Closable, ...]) -> int | None:
    """Fork the requested process and return its id; ``None`` if the request is broken, or cannot be granted."""
    connection.settimeout(_REQUEST_SECONDS)
    descriptors: list[int] = []
    try:
        length, descriptors, _, _ = socket.recv_fds(connection, 4, _N_STREAMS)
        with connection.makefile("rb", buffering=0) as stream:
            request = json.loads(io.BufferedReader(stream).read(int.from_bytes(length)))
        reason = "no descriptors" if len(descriptors) < _N_STREAMS else _objection(request)
        if reason:
            connection.sendall(json.dumps({"error": reason}).encode() + b"\n")
            connection.close()
            return None
        pid = os.fork()
        if pid == 0:
            _become(request, descriptors, (*to_close, connection))
    except (OSError, ValueError, LookupError, TypeError):
        connection.close()
        return None
    finally:
        for descriptor in descriptors:
            os.close(descriptor)
    # If the client has gone, its connection closes, and the process is killed as any other.
    with contextlib.suppress(OSError):
        connection.sendall(b'{"pid": %d}\n' % pid)
    return pid


def _objection(request: dict[str, Any]) -> str:
    """Say why a fork would not be what the request names; empty if it would."""
    if not is_this_python(request["executable"]):
        return "the server runs another Python"
    if not Path(request["cwd"]).is_dir():
        return "the folder is missing"
    if request["arguments"][0] == _KERNEL:
        started = FIXED_ENVIRONMENT | _read_at_start(request["env"])
        if started != _started_with:
            return "the server started in another environment"
    return "the server has threads" if _n_threads() > 1 else ""


def _read_at_start(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment variables that Python and its libraries read only as they start."""
    return {
        name: value
        for name, value in environment.items()
        if name in FIXED_ENVIRONMENT or name.startswith(("PYTHON", "LD_"))
    }


def _n_threads() -> int:
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.is_dir() else threading.active_count()


def _reap(child_ended: socket.socket, forked: dict[int, socket.socket], selector: selectors.BaseSelector) -> None:
    """Send each client whose process has ended its exit status."""
    with contextlib.suppress(BlockingIOError):
        while child_ended.recv(4096):
            pass
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        connection = forked.pop(pid, None)
        if connection is not None:
            selector.unregister(connection)
            with contextlib.suppress(OSError):
                connection.sendall(b'{"status": %d}\n' % os.waitstatus_to_exitcode(status))
            connection.close()


def _kill(pids: Iterable[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def _become(request: dict[str, Any], descriptors: list[int], to_close: tuple[_Closable, ...]) -> NoReturn:
    """Turn this fork of the server into the process that launching the command would have started."""
    status = 1
    try:
        os.setsid()
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        signal.set_wakeup_fd(-1)
        for signum in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(signum, signal.SIG_DFL)
        for resource in to_close:
            resource.close()
        for stream, descriptor in enumerate(descriptors):
            os.dup2(descriptor, stream)
            os.close(descriptor)
        _reopen_files()
        module, *arguments = request["arguments"]
        is_kernel = module == _KERNEL
        kernel_env = _set_by_imports | {"JPY_PARENT_PID": str(os.getppid())} if is_kernel else {}
        os.environ.clear()
        os.environ.update(request["env"] | kernel_env)
        time.tzset()
        os.chdir(request["cwd"])
        spec = importlib.util.find_spec(module)
        sys.argv = [(spec and spec.origin) or module, *arguments]
        if "numpy" in sys.modules:
            # Python seeds its own generator anew in a fork; numpy's would yield the same numbers in each process.
            sys.modules["numpy"].random.seed()
        finalizers: Any = weakref.finalize
        inherited = list(finalizers._registry)  # noqa: SLF001 - there is no public list
        run: Callable[[], object]
        if is_kernel:
            run = _kernel(arguments)
        else:
            run = partial(runpy.run_module, module, run_name="__main__", alter_sys=True)
        # Only exit functions that are registered from now on shall run: not the server's, and not ipykernel's, which
        # wait for threads.
        atexit._clear()  # noqa: SLF001 - there is no public function
        for finalizer in inherited:
            finalizer.atexit = False
        atexit.register(finalizers._exitfunc)  # noqa: SLF001 - it was registered, and has just been cleared
        run()
        atexit._run_exitfuncs()  # noqa: SLF001 - os._exit does not run them
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(bool(end.code))
    except BaseException:  # noqa: BLE001 - a fork never returns to the server's loop
        sys.excepthook(*sys.exc_info())
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


def _reopen_files() -> None:
    """Reopen each file that the server reads from, since forked processes share the offset of an open file.

    Two kernels that read one font at the same time would otherwise read wrong bytes.
    """
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - the names are numbers
        descriptor, link = int(name), f"/proc/self/fd/{name}"
        with contextlib.suppress(OSError):
            reads_only = fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY
            if descriptor > _STDERR and reads_only and stat.S_ISREG(os.fstat(descriptor).st_mode):
                offset = os.lseek(descriptor, 0, os.SEEK_CUR)
                reopened = os.open(link, os.O_RDONLY | os.O_CLOEXEC)
                os.lseek(reopened, offset, os.SEEK_SET)
                os.dup2(reopened, descriptor, inheritable=False)
                os.close(reopened)


def _kernel(arguments: list[str]) -> Callable[[], None]:
    """Initialise a kernel, and return the function that runs it; end with a status of its own if the system fails."""
    from ipykernel.kernelapp import IPKernelApp

    app = IPKernelApp.instance(parent_handle=os.getppid())
    try:
        app.initialize(arguments)
    except OSError as error:
        # Who asked for the kernel tells it, once, whatever the number of kernels.
        sys.exit(FAULT_STATUS + error.errno if error.errno else 1)
    if "matplotlib" in sys.modules and "MPLBACKEND" in os.environ:
        sys.modules["matplotlib"].rcParams["backend"] = os.environ["MPLBACKEND"]
    return app.start


def _warm_up(names: Iterable[str]) -> None:
    """Import what every kernel needs; then import the named modules, and call the named functions."""
    # Nothing that is loaded becomes garbage: collecting it again and again takes a quarter of the time.
    gc.disable()
    before = dict(os.environ)
    _started_with.update(_read_at_start(before))
    for name in _KERNEL_MODULES:
        importlib.import_module(name)
    _set_by_imports.update({name: value for name, value in os.environ.items() if before.get(name) != value})

    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in names:
            try:
                target = pkgutil.resolve_name(name)
                if ":" in name:
                    target()
            except Exception:  # noqa: BLE001 - the server is useful without it
                sys.excepthook(*sys.exc_info())
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(_GARBAGE)
    # Return free memory to the system; each fork would copy the pages that it reuses.
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)


def main() -> None:
    """Warm up and serve."""
    listener = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    # A launched kernel does not import from the folder that it is started in; a forked one must not either.
    del sys.path[0]
    try:
        if warm := sys.stdin.readline():
            _warm_up(json.loads(warm))
            serve(listener)
    finally:
        # While the process that started it lives, another server may use the folder.
        if select.select([sys.stdin], [], [], _END_SECONDS)[0]:
            shutil.rmtree(sys.argv[2], ignore_errors=True)


if __name__ == "__main__":
    main()
