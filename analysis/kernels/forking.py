"""A warm process to fork kernels and workers from: starting it, and asking it for them."""

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
from typing import TYPE_CHECKING, Any, Self

from jupyter_client.provisioning import LocalProvisioner

if TYPE_CHECKING:
    from jupyter_client.connect import KernelConnectionInfo

#: Where a process finds the server that its kernels are to be forked from.
VARIABLE = "DATELINE_KERNELS"
_SOCKET = "server"
#: Arrow's allocator keeps a thread of its own unless told not to; a process with threads cannot be forked safely.
_SINGLE_THREADED = {"JE_ARROW_MALLOC_CONF": "background_thread:false"}
#: How long a server may take to warm up before a kernel is rather launched plainly.
_PATIENCE_SECONDS = 60


def server_folder() -> str | None:
    """Give the folder of the server that is in use, where kernels keep their sockets; ``None`` if there is none."""
    path = os.environ.get(VARIABLE)
    return str(Path(path).parent) if path and Path(path).exists() else None


class ForkServer:
    """A warm process that kernels are forked from, for as long as the ``with`` block lasts.

    Meanwhile the environment variable ``DATELINE_KERNELS`` names it to this process and its children. The server ends
    with the block, or with this process however that ends, and takes its kernels along. Where fork is not to be had
    (anywhere but on Linux) nothing is started, and kernels are launched plainly.

    Parameters
    ----------
    warm
        Python source that the server runs first, so that what it imports and reads is there in each kernel. What it
        prints is dropped; if it fails, the server is less warm. No name it binds is seen by a kernel.

    Examples
    --------
    >>> with ForkServer("import json") as server:  # doctest: +SKIP
    ...     papermill.execute_notebook("a.ipynb", "b.ipynb", engine_name="dateline")
    """

    def __init__(self, warm: str = "") -> None:
        self._warm = warm
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._before: str | None = None

    @staticmethod
    def is_running() -> bool:
        """Say whether there is a server that this process's kernels are forked from."""
        return server_folder() is not None

    @property
    def pid(self) -> int | None:
        """The server's process."""
        return self._process.pid if self._process else None

    def __enter__(self) -> Self:
        if sys.platform != "linux":
            return self
        from analysis.kernels.manager import surroundings

        self._folder = Path(tempfile.mkdtemp(prefix="dateline-"))
        path = self._folder / _SOCKET
        # It listens from now on: who asks while the server warms up waits in line.
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(path))
            listening.listen(256)
            self._process = subprocess.Popen(  # noqa: S603 - this Python, this package
                [sys.executable, "-m", "analysis.kernels.server", str(listening.fileno()), str(self._folder)],
                cwd=self._folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                env=surroundings(None, self._folder) | _SINGLE_THREADED,
                pass_fds=[listening.fileno()],
                start_new_session=True,
            )
        self._process.stdin.write(json.dumps(self._warm).encode() + b"\n")
        self._process.stdin.flush()
        self._before = os.environ.get(VARIABLE)
        os.environ[VARIABLE] = str(path)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is None:
            return
        if self._before is None:
            os.environ.pop(VARIABLE, None)
        else:
            os.environ[VARIABLE] = self._before
        # The server ends when this closes.
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
        shutil.rmtree(self._folder, ignore_errors=True)


class ForkedProcess:
    """A process that the server forked, as :class:`subprocess.Popen` shows a process."""

    def __init__(self, connection: socket.socket, pid: int) -> None:
        self.stdin = self.stdout = self.stderr = None
        self._connection = connection
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Give how it ended, as a process does; ``None`` while it runs."""
        if self.returncode is None:
            try:
                said = self._connection.recv(64, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return None
            except OSError:
                said = b""
            # A server that is gone took its processes along.
            self.returncode = json.loads(said)["status"] if said else -signal.SIGKILL
            self._connection.close()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended."""
        until = time.monotonic() + (float("inf") if timeout is None else timeout)
        while self.poll() is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired("python", timeout)
            time.sleep(0.005)
        return self.returncode

    def send_signal(self, signum: int) -> None:
        """Send it a signal, if it runs."""
        if self.poll() is None:
            os.kill(self.pid, signum)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


class ForkProvisioner(LocalProvisioner):
    """Provision a kernel by a fork of the warm process, or by a plain launch where there is none.

    Only what a plain launch would start is forked: this very Python, running ``ipykernel_launcher``.
    """

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:
        """Start the kernel."""
        forked = _fork(cmd, options) if _is_this_python(cmd) else None
        if forked is None:
            return await super().launch_kernel(cmd, **options)
        self.process, self.pid, self.pgid = forked, forked.pid, forked.pid
        self.cwd = options.get("cwd", Path.cwd())
        return self.connection_info


def _is_this_python(cmd: list[str]) -> bool:
    return cmd[1:3] == ["-m", "ipykernel_launcher"] and Path(cmd[0]).absolute() == Path(sys.executable).absolute()


def start_module(name: str) -> subprocess.Popen[bytes] | ForkedProcess:
    """Start ``python -m NAME`` with its input and output piped, forked from the warm process where there is one.

    It has a session of its own: what interrupts this process does not interrupt it.
    """
    command = [sys.executable, "-m", name]
    input_, stdin = os.pipe()
    stdout, output = os.pipe()
    pipes = {"stdin": input_, "stdout": output}
    try:
        process = _fork(command, pipes) or subprocess.Popen(command, **pipes, start_new_session=True)  # noqa: S603 - this Python
    finally:
        os.close(input_)
        os.close(output)
    process.stdin, process.stdout = open(stdin, "wb"), open(stdout, "rb")  # noqa: PTH123, SIM115 - whoever asked closes them
    return process


def _fork(cmd: list[str], options: dict[str, Any]) -> ForkedProcess | None:
    """Ask the server for a process; ``None`` if there is no server or it cannot give one."""
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
        connection.settimeout(_PATIENCE_SECONDS)
        connection.connect(path)
        with Path(os.devnull).open() as nothing:
            given = {"stdin": nothing.fileno(), "stdout": 1, "stderr": 2}
            given |= {name: options[name] for name in given if options.get(name) is not None}
            socket.send_fds(connection, [len(data).to_bytes(4)], given.values())
        connection.sendall(data)
        answer = json.loads(connection.recv(64) or "{}")
    except OSError:
        answer = {}
    if "pid" not in answer:
        connection.close()
        return None
    connection.settimeout(None)
    return ForkedProcess(connection, answer["pid"])
