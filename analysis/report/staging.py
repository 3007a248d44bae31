"""A folder aside, in which a report is made before it takes its place as a whole."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.report.notebook import ReportError

if TYPE_CHECKING:
    from collections.abc import Iterator

#: In the name of a folder aside, before the machine and the process that make a report in it.
_MAKING = ".making-"


@contextmanager
def in_place_of(out: Path, parts: frozenset[str]) -> Iterator[Path]:
    """Give a folder to make a report in; afterwards, and only if all went well, it stands in the report's place.

    What is there already is replaced if it has no other parts than these.
    """
    if out.exists():
        _check_replaceable(out, parts)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        making = _aside(out)
    except OSError as error:
        raise ReportError(f"{out} cannot be written: {error.strerror}") from None
    try:
        making.chmod(0o777 & ~_umask())
        yield making
        _put_in_place(making, out)
    except OSError as error:
        raise ReportError(f"{out} cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _aside(out: Path) -> Path:
    """Make a hidden folder beside a report; its name says whose it is."""
    return Path(tempfile.mkdtemp(prefix=f".{out.name}{_MAKING}{_machine()}-{os.getpid()}-", dir=out.parent))


def sweep(folder: Path) -> None:
    """Remove the folders aside that runs left which were killed; those of runs that live stay."""
    ours = re.compile(rf".*{re.escape(_MAKING + _machine())}-(\d+)-[^-]*$")
    for path in folder.glob(f".*{_MAKING}*"):
        if (found := ours.match(path.name)) and not _is_alive(int(found[1])):
            shutil.rmtree(path, ignore_errors=True)


def _machine() -> str:
    return socket.gethostname()[:40]


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _put_in_place(making: Path, out: Path) -> None:
    """Rename the new report to its place; a former one is moved aside first, also one that another run just put."""
    while True:
        try:
            making.rename(out)
        except OSError:
            if not out.is_dir():
                raise
        else:
            return
        old = _aside(out)
        with contextlib.suppress(FileNotFoundError):
            out.rename(old / "report")
        shutil.rmtree(old, ignore_errors=True)


def _check_replaceable(out: Path, parts: frozenset[str]) -> None:
    if not out.is_dir():
        raise ReportError(f"{out} is a file; expected a folder for the report")
    if not os.access(out, os.W_OK):
        raise ReportError(f"{out} cannot be written: Permission denied")
    if foreign := sorted(path.name for path in out.iterdir() if path.name not in parts):
        raise ReportError(f"{out} holds {foreign[0]}, which is no part of a report: name an empty or a new folder")


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
