"""The papermill engine ``dateline``: papermill's own, with reproducible kernels that start fast.

Only papermill loads this module, by its entry point: the two import each other.
"""

from __future__ import annotations

import sys
from itertools import groupby
from typing import TYPE_CHECKING, Any

from click import ClickException
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from nbformat.v4 import new_output
from papermill.engines import NBClientEngine, NotebookExecutionManager

from analysis.kernels.environment import FIXED_ENVIRONMENT
from analysis.kernels.forking import is_this_python
from analysis.kernels.manager import KernelStartError, ReproducibleKernelManager

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbformat import NotebookNode

__all__ = ["Engine", "UnknownKernelError", "merge_streams"]

#: How often a kernel is started that dies before it is ready, since something else may have killed it.
_TRIES = 3
#: How long the outputs of a cell may take to arrive when it has ended; a cell may print faster than they are read.
_OUTPUT_SECONDS = 120
#: For jupyter_client, these names stand for the Python that runs.
_PYTHONS = ("python", f"python{sys.version_info.major}", f"python{sys.version_info.major}.{sys.version_info.minor}")
_ARGUMENTS = ["-m", "ipykernel_launcher", "-f", "{connection_file}"]
#: ``ipykernel install`` writes this for debuggers; it changes no result.
_NOT_FROZEN = "-Xfrozen_modules=off"
_PROVISIONERS = ("local-provisioner", "dateline-fork")


class UnknownKernelError(NoSuchKernel, ClickException):
    """A kernel that is not installed; as it is an error of Click too, the command ``papermill`` prints one line."""

    def __init__(self, name: str) -> None:
        NoSuchKernel.__init__(self, name)
        there = ", ".join(sorted(KernelSpecManager().find_kernel_specs())) or "none"
        ClickException.__init__(self, f"no kernel {name!r} is installed; there are {there}")

    __str__ = ClickException.__str__


class Engine(NBClientEngine):
    """Run a notebook in a reproducible kernel, and save it once, when it has ended or failed.

    A kernel that is not this Python's runs as in papermill's own engine.
    """

    @classmethod
    def execute_managed_notebook(cls, nb_man: NotebookExecutionManager, kernel_name: str, **options: Any) -> None:
        """Run the notebook, and record no times; add it as it ran, also if it failed, to the list ``ran``, if given."""
        ran: list[NotebookNode] = options.pop("ran", [])
        options = {"record_timing": False, "coalesce_streams": True, "on_cell_error": _keep_error} | options
        if not options.keys() & {"kernel_manager_class", "km"} and _is_ours(kernel_name):
            options["kernel_manager_class"] = ReproducibleKernelManager
        if options.get("kernel_manager_class") is ReproducibleKernelManager:
            options = {"iopub_timeout": _OUTPUT_SECONDS} | options
        # nbclient takes time quadratic in the length of a line.
        merges, options["coalesce_streams"] = options["coalesce_streams"], False
        # Without a path papermill saves neither after each cell nor, twice, when all have ended.
        output_path, nb_man.output_path = nb_man.output_path, None
        try:
            cls._execute(nb_man, kernel_name, options)
        except BaseException:
            nb_man.output_path = output_path
            raise
        finally:
            for cell in nb_man.nb.cells if merges else ():
                if "outputs" in cell:
                    cell.outputs = merge_streams(cell.outputs)
            ran.append(nb_man.nb)

    @classmethod
    def _execute(cls, nb_man: NotebookExecutionManager, kernel_name: str, options: dict[str, Any]) -> None:
        for attempt in range(1, _TRIES + 1):
            try:
                return super().execute_managed_notebook(nb_man, kernel_name, **options)
            except KernelStartError as error:
                if attempt == _TRIES:
                    raise KernelStartError(f"{error}, {_TRIES} times") from error
        return None


def merge_streams(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    r"""Merge what a cell printed between two of its other outputs: one text of standard output, and one of error.

    A kernel sends what is printed in parts, cut by time.

    Examples
    --------
    >>> from nbformat.v4 import new_output
    >>> parts = [("stdout", "1\n"), ("stderr", "oh\n"), ("stdout", "2\n")]
    >>> merged = merge_streams(new_output("stream", name=name, text=text) for name, text in parts)
    >>> [(output.name, output.text) for output in merged]
    [('stdout', '1\n2\n'), ('stderr', 'oh\n')]
    """
    merged: list[NotebookNode] = []
    for is_stream, run in groupby(outputs, key=lambda output: output.output_type == "stream"):
        if not is_stream:
            merged += run
            continue
        streams: dict[str, list[NotebookNode]] = {}
        for output in run:
            streams.setdefault(output.name, []).append(output)
        for _, parts in sorted(streams.items(), reverse=True):
            parts[0].text = "".join(part.text for part in parts)
            merged.append(parts[0])
    return merged


def _keep_error(cell: NotebookNode, cell_index: int, execute_reply: dict[str, Any]) -> None:  # noqa: ARG001 - as called
    """Give a failed cell an output with its error; IPython sends none if it cannot format the traceback."""
    if not any(output.output_type == "error" for output in cell.outputs):
        reply = execute_reply["content"]
        name, value = reply.get("ename", ""), reply.get("evalue", "")
        traceback = reply.get("traceback") or [f"{name}: {value}"]
        cell.outputs.append(new_output("error", ename=name, evalue=value, traceback=traceback))


def _is_ours(kernel_name: str) -> bool:
    """Return whether a kernel is this Python, with no arguments or environment of its own, on this machine.

    Raises
    ------
    UnknownKernelError
        If there is no such kernel.
    """
    try:
        spec: Any = KernelManager(kernel_name=kernel_name).kernel_spec
    except NoSuchKernel:
        raise UnknownKernelError(kernel_name) from None
    named = spec.metadata.get("kernel_provisioner", {}).get("provisioner_name")
    executable, *arguments = [argument for argument in spec.argv if argument != _NOT_FROZEN] or [""]
    return (
        (executable in _PYTHONS or is_this_python(executable))
        and arguments == _ARGUMENTS
        and spec.env.items() <= FIXED_ENVIRONMENT.items()
        and (named or KernelProvisionerFactory.instance().default_provisioner_name) in _PROVISIONERS
    )
