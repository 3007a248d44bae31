"""Fresh Jupyter kernels that run on this Python, and whose surroundings do not differ from one machine to the next."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from jupyter_client.manager import AsyncKernelManager

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


class StillKernelManager(AsyncKernelManager):
    """Start kernels with this Python, whatever kernels are installed, in a held-still environment.

    The kernel's folder for IPython is below its working folder, so that nobody's start-up files are run. What passes
    between kernel and manager is encrypted.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"transport_encryption": "auto"} | options)

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
        env = _surroundings(options.pop("env", None), options.get("cwd"))
        return await super()._async_pre_start_kernel(**options, env=env)


def _surroundings(given: dict[str, str] | None, cwd: str | None) -> dict[str, str]:
    """Give the environment of a kernel: the given or this process's, without what is personal or varies."""
    kept = {name: value for name, value in (given or os.environ).items() if name not in _PERSONAL}
    return kept | STILL | {"IPYTHONDIR": str(Path(cwd or ".").absolute() / ".ipython")}
