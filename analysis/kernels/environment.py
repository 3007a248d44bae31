"""The environment of kernels, which does not differ from one machine to the next."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FIXED_ENVIRONMENT", "kernel_environment"]

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
