"""The papermill engine ``dateline``: papermill's own, with held-still kernels that start fast.

Only papermill loads this module, by its entry point: the two import each other.
"""

from __future__ import annotations

from typing import Any

from papermill.engines import NBClientEngine, NotebookExecutionManager

from analysis.kernels.manager import StillKernelManager


class Engine(NBClientEngine):
    """Run a notebook in a held-still kernel, and save it once, when it has ended, well or not."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: NotebookExecutionManager, kernel_name: str, **options: Any) -> None:
        """Run the notebook; what varies between two runs of it is not recorded."""
        defaults = {
            "kernel_manager_class": StillKernelManager,
            "record_timing": False,
            "coalesce_streams": True,
        }
        output_path, nb_man.output_path = nb_man.output_path, None
        try:
            super().execute_managed_notebook(nb_man, kernel_name, **defaults | options)
        finally:
            nb_man.output_path = output_path
