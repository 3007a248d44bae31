"""Starting a warm process, and requesting kernels and workers that are forked from it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Self, cast

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

if TYPE_CHECKING:
    from jupyter_client.connect import KernelConnectionInfo

__all__ = [
    "VARIABLE",
    "ForkProvisioner",
    "ForkServer",
    "ForkedProcess",
    "StartedModule",
    "server_folder",
    "start_module",
]

#: The environment variable that holds the path of the server's socket.
VARIABLE = "DATELINE_KERNELS"
_SOCKET = "server"
_POLL_SECONDS = 0.005
#: Arrow's allocator starts a background thread by default; a process with threads cannot be forked safely.
_SINGLE_THREADED = {"JE_ARROW_MALLOC_CONF": "background_thread:false"}
#: How long a server may take to warm up before a kernel is launched instead.
_WARMUP_SECONDS = 60


def server_folder() -> str | None:
    """Return the folder of the server in use, where kernels keep their sockets; ``None`` if there is none."""
    path = os.environ.get(VARIABLE)
    return str(Path(path).parent) if path and Path(path).exists() else None


class ForkServer:
    """A warm process from which kernels are forked, while the ``with`` block lasts.

    The environment variable ``DATELINE_KERNELS`` names it to this process and its children. The server and its kernels
    end with the block, or with this process however that ends. On other systems than Linux nothing is started, and
    kernels are launched as usual.

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

    def __init__(self, *warm: str) -> None:
        self._warm = warm
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._outer: str | None = None

    @staticmethod
    def is_running() -> bool:
        """Return whether there is a server from which this process's kernels are forked."""
        return server_folder() is not None

    @property
    def pid(self) -> int | None:
        """The server's process id."""
        return self._process.pid if self._process else None

    def __enter__(self) -> Self:
        if sys.platform != "linux":
            return self
        from analysis.kernels.manager import kernel_environment

        self._folder = Path(tempfile.mkdtemp(prefix="dateline-"))
        path = self._folder / _SOCKET
        # The socket listens from now on: requests made while the server warms up are queued.
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            listener.listen(256)
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "analysis.kernels.server", str(listener.fileno()), str(self._folder)],
                cwd=self._folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                env=kernel_environment(None, self._folder) | _SINGLE_THREADED,
                pass_fds=[listener.fileno()],
                start_new_session=True,
            )
        self._stdin = cast("IO[bytes]", self._process.stdin)
        self._stdin.write(json.dumps(self._warm).encode() + b"\n")
        self._stdin.flush()
        self._outer = os.environ.get(VARIABLE)
        os.environ[VARIABLE] = str(path)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is None or self._folder is None:
            return
        if self._outer is None:
            os.environ.pop(VARIABLE, None)
        else:
            os.environ[VARIABLE] = self._outer
        # The server ends when its standard input closes.
        with contextlib.suppress(OSError):
            self._stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
        shutil.rmtree(self._folder, ignore_errors=True)


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
        """Send it a signal, if it runs."""
        if self.poll() is None:
            os.kill(self.pid, signum)

    def terminate(self) -> None:
        """Send it SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send it SIGKILL."""
        self.send_signal(signal.SIGKILL)


class ForkProvisioner(LocalProvisioner):
    """Provision a kernel by a fork of the warm process, or by launching it where there is none.

    Only this same Python running ``ipykernel_launcher`` is forked; any other command is launched.
    """

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:
        """Start the kernel."""
        forked = _fork(cmd, options) if _is_this_python(cmd) else None
        if forked is None:
            return await super().launch_kernel(cmd, **options)
        self.process = forked  # type: ignore[assignment]  # it has the interface of Popen
        self.pid = self.pgid = forked.pid
        self.cwd = options.get("cwd", Path.cwd())
        return self.connection_info


def _is_this_python(cmd: list[str]) -> bool:
    return cmd[1:3] == ["-m", "ipykernel_launcher"] and Path(cmd[0]).absolute() == Path(sys.executable).absolute()


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
    child_in, stdin = os.pipe()
    stdout, child_out = os.pipe()
    try:
        process = _fork(command, {"stdin": child_in, "stdout": child_out}) or subprocess.Popen(  # noqa: S603 - this Python
            command, stdin=child_in, stdout=child_out, start_new_session=True
        )
    finally:
        os.close(child_in)
        os.close(child_out)
    return StartedModule(process, os.fdopen(stdin, "wb"), os.fdopen(stdout, "rb"))


def _fork(cmd: list[str], options: dict[str, Any]) -> ForkedProcess | None:
    """Request a process from the server; ``None`` if there is no server, or it cannot fork one."""
    path = os.environ.get(VARIABLE)
    if not path:
        return None
    request = {
        "arguments": cmd[2:],
        "env": options.get("env") or dict(os.environ),
        "cwd": str(Path(options.get("cwd") or ".").absolute()),
    }
    data = json.dumps(request).encode()
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(_WARMUP_SECONDS)
        connection.connect(path)
        with Path(os.devnull).open() as null:
            streams = {"stdin": null.fileno(), "stdout": 1, "stderr": 2}
            streams |= {name: options[name] for name in streams if options.get(name) is not None}
            socket.send_fds(connection, [len(data).to_bytes(4)], streams.values())
        connection.sendall(data)
        answer = json.loads(connection.recv(64) or "{}")
    except OSError:
        answer = {}
    if "pid" not in answer:
        connection.close()
        return None
    connection.settimeout(None)
    return ForkedProcess(connection, answer["pid"])
