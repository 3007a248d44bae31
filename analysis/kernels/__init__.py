"""Fresh Jupyter kernels with a reproducible environment, quick to start.

``manager`` starts kernels with this Python, in an environment that does not differ from one machine to the next.
``server`` is a warm process from which a fresh one is forked for each notebook, and for each worker of a batch, so that
all share its memory; ``forking`` starts the server and requests processes from it, ``folders`` keeps their sockets. Any
papermill can use both: ``papermill --engine dateline`` runs a notebook in such a kernel, and a kernel specification can
name the provisioner ``dateline-fork``. Without a server a kernel is launched as usual; one that is not this Python's
always is.
"""

from analysis.kernels.forking import ForkServer, start_module
from analysis.kernels.manager import FIXED_ENVIRONMENT, ReproducibleKernelManager

__all__ = ["FIXED_ENVIRONMENT", "ForkServer", "ReproducibleKernelManager", "start_module"]


def __dir__() -> list[str]:
    return __all__
