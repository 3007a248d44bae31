"""The papermill engine ``dateline``: papermill's own, with reproducible kernels that start fast.

Only papermill loads this module, by its entry point: the two import each other.
"""

from __future__ import annotations

from typing import Any

from papermill.engines import NBClientEngine, NotebookExecutionManager

from analysis.kernels.manager import ReproducibleKernelManager

__all__ = ["Engine"]


class Engine(NBClientEngine):
    """Run a notebook in a reproducible kernel, and save it once, when it has ended or failed."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: NotebookExecutionManager, kernel_name: str, **options: Any) -> None:
        """Run the notebook, and record no times."""
        defaults = {
            "kernel_manager_class": ReproducibleKernelManager,
            "record_timing": False,
            "coalesce_streams": True,
        }
        # Without a path papermill does not save after each cell.
        output_path, nb_man.output_path = nb_man.output_path, None
        try:
            super().execute_managed_notebook(nb_man, kernel_name, **defaults | options)
        finally:
            nb_man.output_path = output_path
