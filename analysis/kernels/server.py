"""The fork server: a warm process that forks one process, a kernel or a worker, for each request.

``python -m analysis.kernels.server SOCKET FOLDER`` is started by :class:`~analysis.kernels.ForkServer`, with the file
descriptor of a listening socket and a temporary folder. It reads a line from its standard input, a JSON list of the
modules and functions that warm it, and serves until that input closes. It has a single thread, since a process with
threads cannot be forked safely.

A request is a length in four bytes and as much JSON (``arguments`` as they follow ``python -m``, ``env``, ``cwd``),
with three file descriptors for standard input, output and error. The answer is ``{"pid": …}``; when the process has
ended, ``{"status": …}`` follows, as in :attr:`subprocess.Popen.returncode`. A process whose connection closes is
killed, because its client has ended.
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
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["main", "serve"]

_REQUEST_SECONDS = 10
#: What a kernel imports as it starts; the debugger, which is never used, takes longest.
_KERNEL_MODULES = ("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "ipykernel.debugger")
#: The environment variables that these imports set, which a kernel must have as well.
_set_by_imports: dict[str, str] = {}
_STDERR = 2
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


class _Closable(Protocol):
    def close(self) -> object: ...


def serve(listener: socket.socket) -> None:
    """Fork a process for each request, until the standard input closes."""
    # A byte is written to this pair whenever a child ends.
    child_ended, wakeup = socket.socketpair()
    for end in (child_ended, wakeup):
        end.settimeout(0)
    signal.set_wakeup_fd(wakeup.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    forked: dict[int, socket.socket] = {}
    with selectors.DefaultSelector() as selector:
        for source in (sys.stdin, listener, child_ended):
            selector.register(source, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is sys.stdin:
                    _kill(forked)
                    return
                if key.fileobj is child_ended:
                    _reap(child_ended, forked, selector)
                elif key.fileobj is listener:
                    connection, _ = listener.accept()
                    pid = _answer(connection, (listener, child_ended, wakeup, selector, *forked.values()))
                    if pid:
                        forked[pid] = connection
                        selector.register(connection, selectors.EVENT_READ, pid)
                elif key.data in forked:
                    # Clients send nothing after the request: the connection has closed.
                    _kill([key.data])
                    selector.unregister(key.fileobj)
                    forked.pop(key.data).close()


def _answer(connection: socket.socket, to_close: tuple[_Closable, ...]) -> int | None:
    """Fork the requested process and return its id; ``None`` if the request is broken, or a fork would be unsafe."""
    connection.settimeout(_REQUEST_SECONDS)
    descriptors: list[int] = []
    try:
        length, descriptors, _, _ = socket.recv_fds(connection, 4, 3)
        with connection.makefile("rb", buffering=0) as stream:
            request = json.loads(io.BufferedReader(stream).read(int.from_bytes(length)))
        if _n_threads() > 1:
            connection.sendall(b'{"error": "the server has threads"}')
            connection.close()
            return None
        pid = os.fork()
        if pid == 0:
            _become(request, descriptors, (*to_close, connection))
        connection.sendall(b'{"pid": %d}' % pid)
    except (OSError, ValueError):
        connection.close()
        return None
    else:
        return pid
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


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
                connection.sendall(b'{"status": %d}' % os.waitstatus_to_exitcode(status))
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
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for resource in to_close:
            resource.close()
        for stream, descriptor in enumerate(descriptors):
            os.dup2(descriptor, stream)
            os.close(descriptor)
        _reopen_files()
        module, *arguments = request["arguments"]
        is_kernel = module == "ipykernel_launcher"
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
    """Initialise a kernel, and return the function that runs it."""
    from ipykernel.kernelapp import IPKernelApp

    app = IPKernelApp.instance(parent_handle=os.getppid())
    app.initialize(arguments)
    if "matplotlib" in sys.modules and "MPLBACKEND" in os.environ:
        sys.modules["matplotlib"].rcParams["backend"] = os.environ["MPLBACKEND"]
    return app.start


def _warm_up(names: Iterable[str]) -> None:
    """Import what every kernel needs; then import the named modules, and call the named functions."""
    before = dict(os.environ)
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
        _warm_up(json.loads(sys.stdin.readline()))
        serve(listener)
    finally:
        shutil.rmtree(sys.argv[2], ignore_errors=True)


if __name__ == "__main__":
    main()
