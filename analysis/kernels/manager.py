"""The kernel manager: it starts, talks to and stops the kernels of notebooks."""

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

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from traitlets import Type

from analysis.kernels.forking import server_folder

__all__ = ["FIXED_ENVIRONMENT", "PromptClient", "ReproducibleKernelManager", "kernel_environment"]

#: Environment variables that fix what would differ between two runs: the order of sets, the order of sums over threads,
#: time zone and locale, and the cell names in warnings.
FIXED_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "IPYKERNEL_CELL_NAME": "<cell>",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
#: Variables of a user's own configuration, on which a report must not depend.
_USER_VARIABLES = ("PYTHONSTARTUP", "MATPLOTLIBRC", "MPLBACKEND", "PYTHONWARNINGS", "PYTHONOPTIMIZE")
#: The path of a Unix socket has at most 107 bytes; jupyter_client adds a dash and a digit.
_MAX_SOCKET_BYTES = 105
_POLL_SECONDS = 0.005
_IOPUB_SECONDS = 0.02
_START_SECONDS = 60
#: An idle kernel shuts down in a few hundredths of a second.
_SHUTDOWN_SECONDS = 1


class PromptClient(AsyncKernelClient):
    """A client that is ready as soon as its kernel is; jupyter_client's own waits for 0.2 s without messages."""

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - an override
        until = time.monotonic() + (float("inf") if timeout is None else timeout)
        while not await self._is_answered(self.kernel_info()):
            if not await self._async_is_alive():
                raise RuntimeError("the kernel died before it was ready")
            if time.monotonic() > until:
                raise RuntimeError(f"the kernel was not ready in {timeout:.0f} s")

    wait_for_ready = _async_wait_for_ready

    async def _is_answered(self, request: str) -> bool:
        """Return whether a request is answered and the kernel has reported on IOPub that it is idle again."""
        try:
            while (reply := await self.shell_channel.get_msg(timeout=1))["parent_header"].get("msg_id") != request:
                pass
            self._handle_kernel_info_reply(reply)
            while True:
                # Messages sent before the subscription took effect are lost: then the request is sent again.
                message = await self.iopub_channel.get_msg(timeout=_IOPUB_SECONDS)
                is_idle = message["content"].get("execution_state") == "idle"
                if is_idle and message["parent_header"].get("msg_id") == request:
                    return True
        except Empty:
            return False


class ReproducibleKernelManager(AsyncKernelManager):
    """Start kernels with this Python, whatever kernels are installed, in a fixed environment.

    A kernel is forked from a warm process where there is one (:class:`~analysis.kernels.ForkServer`), else launched.
    It has a temporary folder that only this user can open. The folder holds the kernel's sockets, and its IPython
    directory, so that no user's start-up files are run. Where Unix sockets are not available, TCP is used, encrypted.
    """

    client_class = "analysis.kernels.manager.PromptClient"
    client_factory = Type(PromptClient)

    def __init__(self, **options: Any) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="dateline-", dir=server_folder()))
        connection: dict[str, Any] = {"connection_file": str(self._folder / "kernel.json")}
        sockets = self._folder / "k"
        if sys.platform != "win32" and len(os.fsencode(sockets)) <= _MAX_SOCKET_BYTES:
            connection |= {"transport": "ipc", "ip": str(sockets)}
        else:
            connection |= {"transport_encryption": "auto"}
        super().__init__(**connection | options)

    @property
    def kernel_spec(self) -> KernelSpec:
        """The specification of this Python's kernel, whichever name is requested."""
        return KernelSpec(
            display_name="Python 3",
            language="python",
            metadata={
                "kernel_provisioner": {"provisioner_name": "dateline-fork"},
                "supported_encryption": ["curve"],
            },
        )

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        """Return the command that starts the kernel."""
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
        env = kernel_environment(options.pop("env", None), self._folder)
        return await super()._async_pre_start_kernel(**options, env=env)

    async def _async_launch_kernel(self, kernel_cmd: list[str], **options: Any) -> None:
        await super()._async_launch_kernel(kernel_cmd, **options)
        # A client that connects before the socket exists retries only after 0.1 s.
        until = time.monotonic() + _START_SECONDS
        while not self._has_sockets() and time.monotonic() < until and await self._async_is_alive():  # noqa: ASYNC110 - no event tells of a file
            await asyncio.sleep(_POLL_SECONDS / 2)

    def _has_sockets(self) -> bool:
        return self.transport != "ipc" or all(Path(f"{self.ip}-{port}").exists() for port in self.ports)

    async def _async_interrupt_kernel(self) -> None:
        # A kernel that is shutting down logs an error if it is interrupted; a busy one is interrupted below.
        if not self.shutting_down:
            await super()._async_interrupt_kernel()

    async def _async_finish_shutdown(
        self,
        waittime: float | None = None,
        pollinterval: float = _POLL_SECONDS,
        restart: bool = False,  # noqa: FBT001, FBT002 - an override
    ) -> None:
        try:
            await asyncio.wait_for(self._async_wait(pollinterval), _SHUTDOWN_SECONDS)
        except TimeoutError:
            await super()._async_interrupt_kernel()
        await super()._async_finish_shutdown(waittime, pollinterval, restart)

    async def _async_cleanup_resources(self, restart: bool = False) -> None:  # noqa: FBT001, FBT002 - an override
        await super()._async_cleanup_resources(restart)
        if not restart:
            shutil.rmtree(self._folder, ignore_errors=True)

    cleanup_resources = _async_cleanup_resources


def kernel_environment(base: dict[str, str] | None, folder: Path) -> dict[str, str]:
    """Return the environment of a kernel: the base or this process's, without a user's configuration.

    Parameters
    ----------
    base
        Environment variables; this process's unless given.
    folder
        The kernel's temporary folder.
    """
    kept = {name: value for name, value in (base or os.environ).items() if name not in _USER_VARIABLES}
    return kept | FIXED_ENVIRONMENT | {"IPYTHONDIR": str(folder / "ipython")}
