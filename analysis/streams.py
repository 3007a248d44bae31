"""Standard streams as a command finds them: closed, full, or in an encoding that lacks a letter."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TextIO

__all__ = ["flush_standard_error", "open_standard_streams", "send_nowhere", "write"]


def open_standard_streams() -> None:
    """Open each closed standard stream to nowhere, lest a file that is opened later takes its number."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # noqa: FBT003 - it takes no keyword


def flush_standard_error() -> None:
    """Flush standard error, lest Python fails to as it exits, which would change the exit status."""
    if sys.stderr is not None:
        try:
            sys.stderr.flush()
        except (OSError, ValueError):
            send_nowhere(sys.stderr)


def send_nowhere(stream: TextIO) -> None:
    """Let what a stream still holds, and Python would flush as it exits, go nowhere."""
    with contextlib.suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)


def write(stream: TextIO, text: str) -> None:
    """Write a text; of the name of a file that is not valid text, the bytes."""
    try:
        stream.write(text)
    except UnicodeEncodeError as error:
        errors = "surrogateescape" if error.encoding == "utf-8" else "backslashreplace"
        stream.flush()
        stream.buffer.write(text.encode(error.encoding, errors))
