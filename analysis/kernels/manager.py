"""The kernel manager: it starts, talks to and stops the kernels of notebooks."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import sys
import time
from pathlib import Path
from queue import Empty
from typing import Any

import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from traitlets import Type

from analysis.kernels.environment import kernel_environment
from analysis.kernels.folders import PrivateFolder
from analysis.kernels.forking import FAULT_STATUS, ForkedProcess, server_folder

__all__ = [
    "KernelFaultError",
    "KernelStartError",
    "PromptClient",
    "ReproducibleKernelManager",
]

_CONFIG = Path(__file__).with_name("kernel_config.py")
#: A kernel takes 70 file descriptors, and whatever its notebook opens; its manager takes 30.
_N_DESCRIPTORS = 80
_POLL_SECONDS = 0.005
#: A kernel that has not answered by then is asked again, if it lives.
_ANSWER_SECONDS = 1
_IOPUB_SECONDS = 0.02
_START_SECONDS = 60
#: An idle kernel shuts down in a few hundredths of a second.
_SHUTDOWN_SECONDS = 1


class KernelStartError(RuntimeError):
    """A kernel that died before it was ready, so that nothing of its notebook has run."""


class KernelFaultError(OSError, RuntimeError):
    """The system's error for which a kernel could not start, such as a full disk: nothing was wrong with the kernel."""


class PromptClient(AsyncKernelClient):
    """A client that is ready as soon as its kernel is, and loses no output.

    jupyter_client's own waits for 0.2 s without messages, and loses what a kernel sends while a thousand messages wait.
    """

    def _context_default(self) -> zmq.asyncio.Context:
        context = super()._context_default()
        context.setsockopt(zmq.RCVHWM, 0)
        return context

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - an override
        until = time.monotonic() + (float("inf") if timeout is None else timeout)
        while not await self._is_answered(self.kernel_info()):
            if not await self._async_is_alive():
                self._raise_fault()
                raise KernelStartError("the kernel died before it was ready")
            if time.monotonic() > until:
                raise RuntimeError(f"the kernel was not ready in {timeout:.0f} s")

    wait_for_ready = _async_wait_for_ready

    def _raise_fault(self) -> None:
        """Raise the system's error for which a forked kernel could not start, if that was why it died."""
        process = getattr(getattr(self.parent, "provisioner", None), "process", None)
        status = process.poll() if isinstance(process, ForkedProcess) else None
        if status is not None and (number := status - FAULT_STATUS) in errno.errorcode:
            raise KernelFaultError(number, os.strerror(number), self.connection_file)

    async def _is_answered(self, request: str) -> bool:
        """Return whether a request is answered and the kernel has reported on IOPub that it is idle again."""
        try:
            while (reply := await self.shell_channel.get_msg(timeout=_ANSWER_SECONDS))["parent_header"].get(
                "msg_id"
            ) != request:
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
    """Start kernels with this Python, whatever kernel is named and whichever are installed, in a fixed environment.

    A kernel is forked from a warm process where there is one (:class:`~analysis.kernels.ForkServer`), else launched.
    It has a temporary folder that only this user can open. The folder holds the kernel's sockets, and its IPython
    directory, so that no user's start-up files are run. Where Unix sockets are not available, TCP is used, encrypted.
    """

    client_class = "analysis.kernels.manager.PromptClient"
    client_factory = Type(PromptClient)

    def __init__(self, **options: Any) -> None:
        _check_descriptors()
        self._folder = PrivateFolder(server_folder())
        connection: dict[str, Any] = {"connection_file": str(self._folder.path / "kernel.json")}
        if self._folder.takes_sockets:
            connection |= {"transport": "ipc", "ip": str(self._folder.path / "k")}
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
            f"--IPKernelApp.extra_config_file={_CONFIG}",
            *(extra_arguments or []),
        ]

    async def _async_pre_start_kernel(self, **options: Any) -> tuple[list[str], dict[str, Any]]:
        env = kernel_environment(options.pop("env", None), self._folder.path)
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
            self._folder.remove()

    cleanup_resources = _async_cleanup_resources


def _check_descriptors() -> None:
    """Raise an error if a kernel lacks file descriptors: ZeroMQ ends a process, or lets it wait, that has no more."""
    with contextlib.ExitStack() as opened:
        try:
            for _ in range(_N_DESCRIPTORS):
                opened.callback(os.close, os.open(os.devnull, os.O_RDONLY))
        except OSError as error:
            raise OSError(error.errno, f"{error.strerror}: a kernel takes {_N_DESCRIPTORS}; see ulimit -n") from None
