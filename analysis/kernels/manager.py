"""The manager that notebooks' kernels are started, asked and stopped by."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from traitlets import Type

from analysis.kernels.forking import server_folder

#: What would let two runs of a notebook differ, held still: set order, threads in sums, clocks, spelling of warnings.
STILL = {
    "PYTHONHASHSEED": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "IPYKERNEL_CELL_NAME": "<cell>",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
#: A person's own set-up, which a report must not depend on.
_PERSONAL = ("PYTHONSTARTUP", "MATPLOTLIBRC", "MPLBACKEND", "PYTHONWARNINGS", "PYTHONOPTIMIZE")
#: A Unix socket's name has at most 107 bytes; jupyter_client adds a dash and a digit.
_MAX_SOCKET_BYTES = 105
_POLL_SECONDS = 0.005
_HEARD_SECONDS = 0.02
_START_SECONDS = 60
#: A kernel that does nothing ends in a few hundredths of a second.
_IDLE_SECONDS = 1


class PromptClient(AsyncKernelClient):
    """A client that is ready as soon as its kernel is, where the stock one waits for a fifth of a second of silence."""

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as it is called
        until = time.monotonic() + (float("inf") if timeout is None else timeout)
        while not await self._is_answered(self.kernel_info()):
            if not await self._async_is_alive():
                raise RuntimeError("the kernel died before it was ready")
            if time.monotonic() > until:
                raise RuntimeError(f"the kernel was not ready in {timeout:.0f} s")

    wait_for_ready = _async_wait_for_ready

    async def _is_answered(self, request: str) -> bool:
        """Say whether a request is answered, and the broadcast of its end is heard: then nothing else is under way."""
        try:
            while (reply := await self.shell_channel.get_msg(timeout=1))["parent_header"].get("msg_id") != request:
                pass
            self._handle_kernel_info_reply(reply)
            while True:
                # What was said before the subscription took hold is never heard: then it is asked again.
                heard = await self.iopub_channel.get_msg(timeout=_HEARD_SECONDS)
                is_end = heard["content"].get("execution_state") == "idle"
                if is_end and heard["parent_header"].get("msg_id") == request:
                    return True
        except Empty:
            return False


class StillKernelManager(AsyncKernelManager):
    """Start kernels with this Python, whatever kernels are installed, in a held-still environment.

    A kernel is forked from a warm process where there is one (:class:`~analysis.kernels.ForkServer`), else launched.
    It has a folder of its own, gone when it ends, which only this user can open: there are its sockets (where these are
    not to be had, what it is told is encrypted) and its folder for IPython, so that nobody's start-up files are run.
    """

    client_class = "analysis.kernels.manager.PromptClient"
    client_factory = Type(PromptClient)

    def __init__(self, **options: Any) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="dateline-", dir=server_folder()))
        at: dict[str, Any] = {"connection_file": str(self._folder / "kernel.json")}
        sockets = self._folder / "k"
        if sys.platform != "win32" and len(os.fsencode(sockets)) <= _MAX_SOCKET_BYTES:
            at |= {"transport": "ipc", "ip": str(sockets)}
        else:
            at |= {"transport_encryption": "auto"}
        super().__init__(**at | options)

    @property
    def kernel_spec(self) -> KernelSpec:
        """What is started: this Python's kernel, whichever name it is asked for by."""
        return KernelSpec(
            display_name="Python 3",
            language="python",
            metadata={
                "kernel_provisioner": {"provisioner_name": "dateline-fork"},
                "supported_encryption": ["curve"],
            },
        )

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        """Give the command that starts the kernel."""
        return [
            sys.executable,
            "-m",
            "ipykernel_launcher",
            "-f",
            self.connection_file,
            "--HistoryManager.enabled=False",
            "--InteractiveShell.colors=nocolor",
            *(extra_arguments or []),
        ]

    async def _async_pre_start_kernel(self, **options: Any) -> tuple[list[str], dict[str, Any]]:
        env = surroundings(options.pop("env", None), self._folder)
        return await super()._async_pre_start_kernel(**options, env=env)

    async def _async_launch_kernel(self, kernel_cmd: list[str], **options: Any) -> None:
        await super()._async_launch_kernel(kernel_cmd, **options)
        # Who connects to a socket before it is there tries again only a tenth of a second later.
        until = time.monotonic() + _START_SECONDS
        while not self._has_sockets() and time.monotonic() < until and await self._async_is_alive():  # noqa: ASYNC110 - no event tells of a file
            await asyncio.sleep(_POLL_SECONDS / 2)

    def _has_sockets(self) -> bool:
        return self.transport != "ipc" or all(Path(f"{self.ip}-{port}").exists() for port in self.ports)

    async def _async_interrupt_kernel(self) -> None:
        # A kernel that is asked to end need not be interrupted, and complains of it, unless it turns out to be busy.
        if not self.shutting_down:
            await super()._async_interrupt_kernel()

    async def _async_finish_shutdown(
        self, waittime: float | None = None, pollinterval: float = _POLL_SECONDS, *, restart: bool = False
    ) -> None:
        try:
            await asyncio.wait_for(self._async_wait(pollinterval), _IDLE_SECONDS)
        except TimeoutError:
            await super()._async_interrupt_kernel()
        await super()._async_finish_shutdown(waittime, pollinterval, restart)

    async def _async_cleanup_resources(self, restart: bool = False) -> None:  # noqa: FBT001, FBT002 - as it is called
        await super()._async_cleanup_resources(restart)
        if not restart:
            shutil.rmtree(self._folder, ignore_errors=True)

    cleanup_resources = _async_cleanup_resources


def surroundings(given: dict[str, str] | None, folder: Path) -> dict[str, str]:
    """Give the environment of a kernel with a folder of its own: the given or this process's, without what varies."""
    kept = {name: value for name, value in (given or os.environ).items() if name not in _PERSONAL}
    return kept | STILL | {"IPYTHONDIR": str(folder / "ipython")}
