"""Faults of the machine, such as a full disk, which no article is to blame for."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.report.notebook import ReportError
from analysis.resources import ResourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MachineError", "check_is_there", "check_machine", "find_fault", "raise_fault"]

#: What each error of the system means, and what to do about it.
_FAULTS = {
    errno.ENOSPC: ("no space is left in {folder} ({free} free)", "free some there"),
    errno.EDQUOT: ("the disk quota is used up in {folder}", "free some space there"),
    errno.EFBIG: ("a file in {folder} would be larger than is allowed", "raise the limit (ulimit -f)"),
    errno.EROFS: ("{folder} can only be read", "make it writable, or name another folder"),
    errno.ESTALE: ("{folder} has gone (stale file handle)", "mount it again"),
    errno.EMFILE: ("this process has too few file descriptors", "raise their limit (ulimit -n 1024)"),
    errno.ENFILE: ("this machine has no file descriptors left", "end other programs"),
    errno.ENOMEM: ("no memory is left", "end other programs, or give --jobs a smaller number"),
    errno.EAGAIN: ("no further process or thread can be started", "end others, or raise the limit (ulimit -u)"),
}
#: What else keeps a folder from being written; of a source, each is its own fault.
_FAULTS_OF_FOLDERS = {
    errno.ENOENT: ("{folder} has gone, or is not seen from here", "bring it back"),
    errno.ENOTDIR: ("{folder} is no folder any more", "bring it back"),
    errno.EACCES: ("{folder} cannot be written (permission denied)", "allow it, or name another folder"),
}
#: What a device or a share says that fails; where a source is read, only that one may be out of reach.
_FAULTS_OF_DEVICES = frozenset({
    errno.EIO, errno.ENXIO, errno.ENODEV, errno.ENOTCONN, errno.ETIMEDOUT, errno.EHOSTDOWN, errno.EHOSTUNREACH,
})  # fmt: skip
#: How an error of the system begins that was raised in a notebook.
_ERRNO = re.compile(r"\[Errno (\d+)\]")
_NO_THREAD = "can't start new thread"
#: With less space or memory than this, or fewer descriptors, what fails is taken to fail for lack of it.
_MIN_DISK_BYTES = 1_000_000
_MIN_MEMORY_BYTES = 64_000_000
_MIN_DESCRIPTORS = 100


class MachineError(ReportError):
    """A fault of the machine: its message says in one line what is wrong, where, and what to do."""


def find_fault(
    error: BaseException, *folders: Path, is_listed: bool = False, is_written: bool = False
) -> MachineError | None:
    """Return the fault of the machine that caused an error, directly or not; ``None`` if there was none.

    Parameters
    ----------
    error
        The error.
    *folders
        Where files were written, besides the folder for temporary ones: the error of a full disk does not say which.
    is_listed
        Whether a file that is not there has been: then its folder has gone if that is not there either.
    is_written
        Whether the error came while files were written: then a device that fails is a fault of the machine, too.
    """
    for cause in _causes(error):
        if isinstance(cause, MachineError):
            return cause
        if isinstance(cause, ResourceError):
            return MachineError(str(cause))
        number = _error_number(cause)
        file = _file_of(cause)
        if number in _FAULTS or (is_written and number in _FAULTS_OF_DEVICES):
            places = [*folders, _temporary()] if file is None else [file.parent]
            return _describe(number, min(places, key=_free_bytes))
        if is_listed and number == errno.ENOENT and file and not file.parent.exists():
            return _describe(number, _first_missing(file))
    return None


def raise_fault(error: BaseException, *folders: Path, is_written: bool = False) -> None:
    """Raise the fault of the machine behind an error: one that caused it, or one that is found here and now.

    Parameters
    ----------
    error, *folders, is_written
        As for :func:`find_fault`.

    Raises
    ------
    MachineError
        If there is one and it is not the error itself.
    """
    fault = find_fault(error, *folders, is_written=is_written)
    if fault is None:
        check_machine(*folders)
    elif fault is not error:
        raise fault from error


def check_machine(*folders: Path) -> None:
    """Check that files can be written to folders, and to the one for temporary files, and that many can be open.

    Raises
    ------
    MachineError
        If a folder has gone or cannot be written, less than a megabyte can be, or a kernel could not open its sockets.
    """
    for folder in (*folders, _temporary()):
        try:
            with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
                file.write(bytes(_MIN_DISK_BYTES))
        except OSError as error:
            raise find_fault(error, folder) or _describe(error.errno or 0, folder) from error
    with contextlib.ExitStack() as opened:
        try:
            for _ in range(_MIN_DESCRIPTORS):
                opened.callback(os.close, os.open(os.devnull, os.O_RDONLY))
        except OSError as error:
            raise _describe(error.errno or 0, Path(os.devnull)) from error


def check_is_there(folder: Path) -> None:
    """Check that a folder is there.

    Raises
    ------
    MachineError
        If it is not.
    """
    if not folder.is_dir():
        raise _describe(errno.ENOENT, folder)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error, its cause, and so on; what an error was raised ``from None`` in is its cause as well."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _error_number(error: BaseException) -> int | None:
    """Return the number of an error of the system, also of one in a notebook."""
    if isinstance(error, OSError):
        return error.errno
    if isinstance(error, MemoryError) and not _has_memory():
        return errno.ENOMEM
    if isinstance(error, RuntimeError) and str(error) == _NO_THREAD:
        return errno.EAGAIN
    # papermill's error, whose class is not imported for it.
    found = _ERRNO.match(str(getattr(error, "evalue", "")))
    return int(found[1]) if found else None


def _file_of(error: BaseException) -> Path | None:
    name = getattr(error, "filename", None)
    return Path(os.fsdecode(name)) if isinstance(name, (str, bytes)) else None


def _first_missing(path: Path) -> Path:
    """Return the outermost folder of a path that is not there."""
    return next(folder for folder in [*reversed(path.parents), path] if not folder.exists())


def _has_memory() -> bool:
    try:
        bytearray(_MIN_MEMORY_BYTES)
    except MemoryError:
        return False
    return True


def _describe(number: int, folder: Path) -> MachineError:
    otherwise = ("{folder} cannot be written" + (f" ({os.strerror(number)})" if number else ""), "mend that")
    what, advice = (_FAULTS | _FAULTS_OF_FOLDERS).get(number, otherwise)
    what = what.replace("{folder}", str(folder)).replace("{free}", _describe_bytes(_free_bytes(folder)))
    return MachineError(f"{what}; {advice}, then run the same command again")


def _temporary() -> Path:
    try:
        return Path(tempfile.gettempdir())
    except OSError:
        return Path(os.environ.get("TMPDIR", "/tmp"))  # noqa: S108 - to name it in a message


def _free_bytes(folder: Path) -> int:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0


def _describe_bytes(n: int) -> str:
    return f"{n / 1e6:,.1f} MB"
