"""Fresh Jupyter kernels, held still and quick to start.

``manager`` starts kernels with this Python, in surroundings that do not differ from one machine to the next. ``server``
is a warm process that kernels are forked from, one fresh process for each notebook, and with them the workers of a
batch, so that all share its memory; ``forking`` starts it and asks it for them. Both are there for anyone's papermill:
``papermill --engine dateline`` runs a notebook in such a kernel, and the provisioner ``dateline-fork`` can stand in a
kernel specification. Without a server a kernel is launched plainly.
"""

from analysis.kernels.forking import ForkServer, start_module
from analysis.kernels.manager import STILL, StillKernelManager

__all__ = ["STILL", "ForkServer", "StillKernelManager", "start_module"]
