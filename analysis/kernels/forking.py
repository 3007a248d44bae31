"""Starting a warm process, and requesting kernels and workers that are forked from it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any, ClassVar, NamedTuple, Self, cast

from analysis.kernels.environment import kernel_environment
from analysis.kernels.folders import PrivateFolder

__all__ = [
    "FAULT_STATUS",
    "VARIABLE",
    "ForkServer",
    "ForkedProcess",
    "StartedModule",
    "fork_process",
    "is_this_python",
    "server_folder",
    "start_module",
]

#: The environment variable that holds the path of the server's socket.
VARIABLE = "DATELINE_KERNELS"
#: The exit status of a forked kernel that could not start for an error of the system, without the error's number.
FAULT_STATUS = 100
_SOCKET = "server"
_POLL_SECONDS = 0.005
#: Arrow's allocator starts a background thread by default; a process with threads cannot be forked safely.
_SINGLE_THREADED = {"JE_ARROW_MALLOC_CONF": "background_thread:false"}
#: How long a server may take to warm up before a kernel is launched instead.
_WARMUP_SECONDS = 60
#: A server that dies within a minute of its start is started again so often, then kernels are launched instead.
_MAX_EARLY_DEATHS = 3
_EARLY_SECONDS = 60
#: How long it may take until a server that closed a connection has ended, if that was why.
_END_SECONDS = 0.5


def server_folder() -> str | None:
    """Return the folder of the server in use, where kernels keep their sockets; ``None`` if there is none."""
    path = os.environ.get(VARIABLE)
    return str(Path(path).parent) if path and Path(path).exists() else None


class ForkServer:
    """A warm process from which kernels are forked, while the ``with`` block lasts.

    The environment variable ``DATELINE_KERNELS`` names it to this process and its children. The server and its kernels
    end with the block, or with this process however that ends. A server that dies is started again when this process
    requests a kernel or a worker. On other systems than Linux nothing is started, and kernels are launched as usual.

    Parameters
    ----------
    *warm
        What the server does first, so that each kernel shares what it loads: names of modules, as in ``pandas``, which
        it imports, and of functions, as in ``analysis.warmup:load``, which it calls. Their output is discarded. One
        that fails is reported on standard error; the server then starts without it.

    Examples
    --------
    >>> with ForkServer("pandas") as server:  # doctest: +SKIP
    ...     papermill.execute_notebook("a.ipynb", "b.ipynb", engine_name="dateline")
    """

    #: The servers of this process, by the paths of their sockets.
    _running: ClassVar[dict[str, ForkServer]] = {}

    def __init__(self, *warm: str) -> None:
        self._warm = warm
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: PrivateFolder | None = None
        self._socket = ""
        self._outer: str | None = None
        self._owner = os.getpid()
        self._lock = threading.Lock()
        self._started = 0.0
        self._early_deaths = 0

    @staticmethod
    def is_running() -> bool:
        """Return whether there is a server from which this process's kernels are forked."""
        return server_folder() is not None

    @classmethod
    def of(cls, path: str) -> ForkServer | None:
        """Return the server of a socket, if this process started it."""
        return cls._running.get(path)

    @property
    def pid(self) -> int | None:
        """The server's process id."""
        return self._process.pid if self._process else None

    def __enter__(self) -> Self:
        if sys.platform != "linux":
            return self
        self._folder = PrivateFolder()
        if not self._folder.takes_sockets:
            return self
        self._socket = str(self._folder.path / _SOCKET)
        self._start()
        self._running[self._socket] = self
        self._outer = os.environ.get(VARIABLE)
        os.environ[VARIABLE] = self._socket
        return self

    def __exit__(self, *_: object) -> None:
        if self._running.pop(self._socket, None):
            if self._outer is None:
                os.environ.pop(VARIABLE, None)
            else:
                os.environ[VARIABLE] = self._outer
            with self._lock:
                self._end()
        if self._folder:
            self._folder.remove()
            self._folder = None

    def revive(self, seconds: float = 0) -> None:
        """Start the server again if it has died, or dies within so many seconds."""
        with self._lock:
            is_ours = self._running.get(self._socket) is self and self._owner == os.getpid()
            if not is_ours or self._early_deaths == _MAX_EARLY_DEATHS:
                return
            if self._process:
                try:
                    self._process.wait(seconds)
                except subprocess.TimeoutExpired:
                    return
            is_early = time.monotonic() - self._started < _EARLY_SECONDS
            self._early_deaths = self._early_deaths + 1 if is_early else 0
            self._end()
            self._start()

    def _start(self) -> None:
        folder = Path(self._socket).parent
        new = Path(f"{self._socket}.new")
        new.unlink(missing_ok=True)
        # The socket listens from now on: requests made while the server warms up are queued.
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(new))
            listener.listen(256)
            new.rename(self._socket)
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "analysis.kernels.server", str(listener.fileno()), str(folder)],
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                env=kernel_environment(None, folder) | _SINGLE_THREADED,
                pass_fds=[listener.fileno()],
                start_new_session=True,
            )
        self._started = time.monotonic()
        stdin = cast("IO[bytes]", self._process.stdin)
        # A server that has died already is started again when a process is requested.
        with contextlib.suppress(BrokenPipeError):
            stdin.write(json.dumps(self._warm).encode() + b"\n")
            stdin.flush()

    def _end(self) -> None:
        if self._process is None:
            return
        # The server ends when its standard input closes.
        with contextlib.suppress(OSError):
            cast("IO[bytes]", self._process.stdin).close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


class ForkedProcess:
    """A process that the server forked, with the interface of :class:`subprocess.Popen`."""

    def __init__(self, connection: socket.socket, pid: int) -> None:
        self.stdin = self.stdout = self.stderr = None
        self._connection = connection
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return its exit status; ``None`` while it runs."""
        if self.returncode is None:
            try:
                message = self._connection.recv(64, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return None
            except OSError:
                message = b""
            # Without a message the server has ended, and its processes with it.
            self.returncode = json.loads(message)["status"] if message else -signal.SIGKILL
            self._connection.close()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended."""
        until = time.monotonic() + (float("inf") if timeout is None else timeout)
        while (status := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired("python", timeout or 0)
            time.sleep(_POLL_SECONDS)
        return status

    def send_signal(self, signum: int) -> None:
        """Send it a signal, if it runs: it may end, and the server know it, before its status has come here."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signum)

    def terminate(self) -> None:
        """Send it SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send it SIGKILL."""
        self.send_signal(signal.SIGKILL)


def is_this_python(executable: str) -> bool:
    """Return whether a program is the Python that runs, by whichever of the names that it has in its folder."""
    path, ours = Path(executable).absolute(), Path(sys.executable).absolute()
    return path == ours or (path.parent == ours.parent and path.resolve() == ours.resolve())


class StartedModule(NamedTuple):
    """A process that runs a module, and the pipes to its input and output, which the caller closes."""

    process: subprocess.Popen[bytes] | ForkedProcess
    stdin: IO[bytes]
    stdout: IO[bytes]


def start_module(name: str) -> StartedModule:
    """Start ``python -m NAME`` with its input and output piped, forked from the warm process where there is one.

    It runs in a session of its own, so that signals for this process's group do not reach it.
    """
    command = [sys.executable, "-m", name]
    with contextlib.ExitStack() as ours, contextlib.ExitStack() as its:
        child_in, stdin = os.pipe()
        its.callback(os.close, child_in)
        ours.callback(os.close, stdin)
        stdout, child_out = os.pipe()
        its.callback(os.close, child_out)
        ours.callback(os.close, stdout)
        process = fork_process(command, {"stdin": child_in, "stdout": child_out}) or subprocess.Popen(  # noqa: S603 - this Python
            command, stdin=child_in, stdout=child_out, start_new_session=True
        )
        ours.pop_all()
    return StartedModule(process, os.fdopen(stdin, "wb"), os.fdopen(stdout, "rb"))


def fork_process(cmd: list[str], options: dict[str, Any]) -> ForkedProcess | None:
    """Request a process from the server; ``None`` if there is no server, or it cannot fork one."""
    path = os.environ.get(VARIABLE)
    if not path:
        return None
    request = {
        "executable": str(Path(cmd[0]).absolute()),
        "arguments": cmd[2:],
        "env": options.get("env") or dict(os.environ),
        "cwd": str(Path(options.get("cwd") or ".").absolute()),
    }
    server = ForkServer.of(path)
    asked: int | None = -1
    seconds = 0.0
    while True:
        if server:
            with contextlib.suppress(OSError):
                server.revive(seconds)
        # Each server is asked once: one that died instead of answering has been started again.
        if (pid := server.pid if server else None) == asked:
            return None
        asked, seconds = pid, _END_SECONDS
        connection = socket.socket(socket.AF_UNIX)
        answer = _ask(connection, path, json.dumps(request).encode(), options)
        if "pid" in answer:
            connection.settimeout(None)
            return ForkedProcess(connection, answer["pid"])
        connection.close()
        if "error" in answer:
            return None


def _ask(connection: socket.socket, path: str, request: bytes, options: dict[str, Any]) -> dict[str, Any]:
    """Send a request to the server and return its answer; empty if there is none."""
    try:
        connection.settimeout(_WARMUP_SECONDS)
        connection.connect(path)
        with Path(os.devnull).open() as null:
            streams = {"stdin": null.fileno(), "stdout": 1, "stderr": 2}
            streams |= {name: options[name] for name in streams if options.get(name) is not None}
            socket.send_fds(connection, [len(request).to_bytes(4)], streams.values())
        connection.sendall(request)
        return dict(json.loads(_line(connection) or "{}"))
    except OSError:
        return {}


def _line(connection: socket.socket) -> bytes:
    """Return the next line that comes, and leave what follows: of a process that ends at once, its status is there."""
    line = b""
    while not line.endswith(b"\n") and (byte := connection.recv(1)):
        line += byte
    return line
