"""The warm process that kernels and workers are forked from, one for each that is asked for.

``python -m analysis.kernels.server LISTENING FOLDER`` is started by :class:`~analysis.kernels.ForkServer`: with the
number of a socket that listens already, and its folder. It reads a line from its standard input, a JSON string of
Python source that warms it, and serves until that input closes. It has one thread, as a process that forks must.

A request is a length in four bytes and as much JSON (``arguments`` as they follow ``python -m``, ``env``, ``cwd``),
with three file descriptors for the process's input and output. The answer is ``{"pid": …}``; when the process has
ended, ``{"status": …}`` follows as :class:`subprocess.Popen` counts it. A process whose connection closes is killed:
nobody is left to speak to it.
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
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable

_TALK_SECONDS = 10
#: What a kernel imports as it starts; the debugger it never uses takes it longest.
_KERNEL_MODULES = ("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "ipykernel.debugger")
#: What those set in the environment, as they would in a kernel that imports them itself.
_set_by_imports: dict[str, str] = {}
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


def serve(listening: socket.socket) -> None:
    """Fork a process for each request, until the standard input closes."""
    woken, wake = socket.socketpair()
    for end in (woken, wake):
        end.settimeout(0)
    signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    forked: dict[int, socket.socket] = {}
    with selectors.DefaultSelector() as selector:
        for source in (sys.stdin, listening, woken):
            selector.register(source, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is sys.stdin:
                    _kill(forked)
                    return
                if key.fileobj is woken:
                    _reap(woken, forked, selector)
                elif key.fileobj is listening:
                    connection, _ = listening.accept()
                    pid = _answer(connection, (listening, woken, wake, selector, *forked.values()))
                    if pid:
                        forked[pid] = connection
                        selector.register(connection, selectors.EVENT_READ, pid)
                elif key.data in forked:
                    # It says nothing: it has closed.
                    _kill([key.data])
                    selector.unregister(key.fileobj)
                    forked.pop(key.data).close()


def _answer(connection: socket.socket, ours: tuple) -> int | None:
    """Fork the process that is asked for; ``None`` if the request is broken, or a fork would be unsafe."""
    connection.settimeout(_TALK_SECONDS)
    descriptors: list[int] = []
    try:
        length, descriptors, _, _ = socket.recv_fds(connection, 4, 3)
        with connection.makefile("rb", buffering=0) as talk:
            request = json.loads(io.BufferedReader(talk).read(int.from_bytes(length)))
        if _n_threads() > 1:
            connection.sendall(b'{"error": "the server has threads"}')
            connection.close()
            return None
        pid = os.fork()
        if pid == 0:
            _become(request, descriptors, (*ours, connection))
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


def _reap(woken: socket.socket, forked: dict[int, socket.socket], selector: selectors.BaseSelector) -> None:
    """Tell each client whose process has ended how it ended."""
    with contextlib.suppress(BlockingIOError):
        while woken.recv(4096):
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


def _kill(forked: dict[int, socket.socket] | list[int]) -> None:
    for pid in forked:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def _become(request: dict, descriptors: list[int], ours: tuple) -> NoReturn:
    """Turn this fresh copy of the server into the process that a plain launch would have started."""
    status = 1
    try:
        os.setsid()
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for one in ours:
            one.close()
        for at, descriptor in enumerate(descriptors):
            os.dup2(descriptor, at)
            os.close(descriptor)
        _reopen_files()
        module, *arguments = request["arguments"]
        is_kernel = module == "ipykernel_launcher"
        as_kernel = _set_by_imports | {"JPY_PARENT_PID": str(os.getppid())} if is_kernel else {}
        os.environ.clear()
        os.environ.update(request["env"] | as_kernel)
        time.tzset()
        os.chdir(request["cwd"])
        sys.argv = [importlib.util.find_spec(module).origin, *arguments]
        if "numpy" in sys.modules:
            # Python's own generator is seeded anew in a fork; numpy's would give each process the same numbers.
            sys.modules["numpy"].random.seed()
        inherited = list(weakref.finalize._registry)  # noqa: SLF001 - there is no public list
        if is_kernel:
            run = _kernel(arguments)
        else:
            run = partial(runpy.run_module, module, run_name="__main__", alter_sys=True)
        # Of what is to be done at the end, only what is asked for from now on is: the server's own is not this
        # process's, and ipykernel's waits for threads that a process which ends at once need not wait for.
        atexit._clear()  # noqa: SLF001 - there is no public way
        for finalizer in inherited:
            finalizer.atexit = False
        atexit.register(weakref.finalize._exitfunc)  # noqa: SLF001 - it was registered before, and has just been cleared
        run()
        atexit._run_exitfuncs()  # noqa: SLF001 - what a plain process does as it ends
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
    """Open anew each file that the server reads from: copies of a process share their place in a file otherwise.

    A font that two kernels read at once would come out mangled.
    """
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - the names are numbers
        descriptor, link = int(name), f"/proc/self/fd/{name}"
        with contextlib.suppress(OSError):
            reads_only = fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY
            if descriptor > sys.__stderr__.fileno() and reads_only and stat.S_ISREG(os.fstat(descriptor).st_mode):
                place = os.lseek(descriptor, 0, os.SEEK_CUR)
                anew = os.open(link, os.O_RDONLY | os.O_CLOEXEC)
                os.lseek(anew, place, os.SEEK_SET)
                os.dup2(anew, descriptor, inheritable=False)
                os.close(anew)


def _kernel(arguments: list[str]) -> Callable[[], None]:
    """Set up a kernel; give what runs it."""
    from ipykernel.kernelapp import IPKernelApp

    app = IPKernelApp.instance(parent_handle=os.getppid())
    app.initialize(arguments)
    if "matplotlib" in sys.modules and "MPLBACKEND" in os.environ:
        sys.modules["matplotlib"].rcParams["backend"] = os.environ["MPLBACKEND"]
    return app.start


def _warm(source: str) -> None:
    """Import what every kernel needs, and run what warms it further."""
    before = dict(os.environ)
    for name in _KERNEL_MODULES:
        importlib.import_module(name)
    _set_by_imports.update({name: value for name, value in os.environ.items() if before.get(name) != value})

    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(compile(source, "<warm>", "exec"), {"__name__": "warm"})  # noqa: S102 - it is our starter's
        except Exception:  # noqa: BLE001 - a server that is less warm serves all the same
            sys.excepthook(*sys.exc_info())
    gc.collect()
    gc.freeze()
    # What is given back is nobody's; else it would stay here, and be copied by each fork that puts it to use.
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)


def main() -> None:
    """Warm up and serve."""
    listening = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    # The folder that it was started in is no place to import from, as it is none for a kernel that is launched.
    del sys.path[0]
    try:
        _warm(json.loads(sys.stdin.readline()))
        serve(listening)
    finally:
        shutil.rmtree(sys.argv[2], ignore_errors=True)


if __name__ == "__main__":
    main()
