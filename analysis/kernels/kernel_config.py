"""What IPython reads in each kernel as it starts (``IPKernelApp.extra_config_file``): nothing else imports it."""

from __future__ import annotations

from typing import Any

import zmq
from ipykernel.kernelapp import IPKernelApp

_init_iopub = IPKernelApp.init_iopub


def _init_lossless_iopub(app: IPKernelApp, context: zmq.Context[Any]) -> None:
    """Open the socket for outputs; by default it loses what is printed while a thousand messages wait to be sent."""
    context.setsockopt(zmq.SNDHWM, 0)
    _init_iopub(app, context)


IPKernelApp.init_iopub = _init_lossless_iopub  # type: ignore[method-assign]  # IPython has no setting for it
