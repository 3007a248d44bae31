"""A staging folder, in which a report is made before it replaces an earlier one as a whole."""

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
    from collections.abc import Collection, Iterator

__all__ = ["remove_stale", "staged"]

#: In the name of a staging folder, before the host and the process that use it.
_MARK = ".making-"


@contextmanager
def staged(out: Path, *, may_replace: Collection[str]) -> Iterator[Path]:
    """Yield a staging folder; replace ``out`` by it only on success.

    Parameters
    ----------
    out
        The folder to make.
    may_replace
        The names that a folder which is there already may hold, and be replaced.

    Raises
    ------
    ReportError
        If ``out`` cannot be written, or holds anything else.
    """
    if out.exists():
        _check_replaceable(out, may_replace)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        folder = _make_folder(out)
    except OSError as error:
        raise ReportError(f"{out} cannot be written: {error.strerror}") from None
    try:
        folder.chmod(0o777 & ~_umask())
        yield folder
        _replace(out, folder)
    except OSError as error:
        raise ReportError(f"{out} cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_stale(folder: Path) -> None:
    """Remove the staging folders of processes of this machine that have been killed; those of live ones stay."""
    ours = re.compile(rf".*{re.escape(_MARK + _host())}-(\d+)-[^-]*$")
    for path in folder.glob(f".*{_MARK}*"):
        if (match := ours.match(path.name)) and not _is_alive(int(match[1])):
            shutil.rmtree(path, ignore_errors=True)


def _make_folder(out: Path) -> Path:
    """Make a hidden folder beside ``out``, whose name holds this host and process."""
    return Path(tempfile.mkdtemp(prefix=f".{out.name}{_MARK}{_host()}-{os.getpid()}-", dir=out.parent))


def _host() -> str:
    return socket.gethostname()[:40]


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _replace(out: Path, folder: Path) -> None:
    """Rename a folder to ``out``; move an earlier one away first, also one that another process has just put there."""
    while True:
        try:
            folder.rename(out)
        except OSError:
            if not out.is_dir():
                raise
        else:
            return
        old = _make_folder(out)
        with contextlib.suppress(FileNotFoundError):
            out.rename(old / "report")
        shutil.rmtree(old, ignore_errors=True)


def _check_replaceable(out: Path, names: Collection[str]) -> None:
    if not out.is_dir():
        raise ReportError(f"{out} is a file; expected a folder for the report")
    if not os.access(out, os.W_OK):
        raise ReportError(f"{out} cannot be written: Permission denied")
    if others := sorted(path.name for path in out.iterdir() if path.name not in names):
        raise ReportError(f"{out} holds {others[0]}, which is no part of a report: name an empty or a new folder")


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
