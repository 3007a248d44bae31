"""The kernel provisioner ``dateline-fork``, by which any client of Jupyter's has its kernels forked.

Jupyter loads this module, by its entry point.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from analysis.kernels.forking import fork_process, is_this_python

if TYPE_CHECKING:
    from jupyter_client.connect import KernelConnectionInfo

__all__ = ["ForkProvisioner"]


class ForkProvisioner(LocalProvisioner):
    """Provision a kernel by a fork of the warm process, or by launching it where there is none.

    Only this same Python running ``ipykernel_launcher`` is forked, in an environment in which the warm process would
    have started alike; any other command is launched.
    """

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:
        """Start the kernel."""
        is_kernel = cmd[1:3] == ["-m", "ipykernel_launcher"] and is_this_python(cmd[0])
        forked = fork_process(cmd, options) if is_kernel else None
        if forked is None:
            return await super().launch_kernel(cmd, **options)
        self.process = forked  # type: ignore[assignment]  # it has the interface of Popen
        self.pid = self.pgid = forked.pid
        self.cwd = options.get("cwd", Path.cwd())
        return self.connection_info
