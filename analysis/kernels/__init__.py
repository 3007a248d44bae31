"""Fresh Jupyter kernels with a reproducible environment, quick to start.

``manager`` starts kernels with this Python, in an ``environment`` that does not differ from one machine to the next.
``server`` is a warm process from which a fresh one is forked for each notebook, and for each worker of a batch, so that
all share its memory; ``forking`` starts the server and requests processes from it, ``folders`` keeps their sockets. Any
papermill can use both: ``papermill --engine dateline`` runs a notebook in such a kernel, and a kernel specification can
name the ``provisioner`` ``dateline-fork``. Without a server a kernel is launched as usual; one that is not this
Python's always is. Names are imported when first used: the server is started before Jupyter is loaded.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
