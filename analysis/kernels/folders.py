"""Private temporary folders for sockets: short enough for a socket's path, and swept when their process was killed."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import sys
import tempfile
import weakref
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["PrivateFolder", "sweep"]

_PREFIX = "dateline-"
#: A file in each folder, locked while its process lives.
_MARK = "in-use"
#: The path of a Unix socket has at most so many bytes.
_MAX_SOCKET_BYTES = 107
#: The longest path of a socket: in the folder of a kernel, which is in that of its server.
_SOCKET = f"{_PREFIX}xxxxxxxx/{_PREFIX}xxxxxxxx/k-5"


class PrivateFolder:
    """A temporary folder that only this user can open, for sockets.

    It is made in the usual folder for temporary files, or in another one if a socket's path would be too long there. It
    is removed by :meth:`remove`, else with this object or process; if the process is killed, by the next process that
    makes such a folder.

    Parameters
    ----------
    within
        The folder to make it in; it is removed with that one at the latest.

    Attributes
    ----------
    path
        The folder.
    takes_sockets
        Whether the paths of sockets in it are short enough.
    """

    def __init__(self, within: str | None = None) -> None:
        parent = within or _parent()
        if within is None:
            _sweep_once(parent)
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
        self.takes_sockets = sys.platform != "win32" and _fits(self.path / "server")
        self._finalizers: list[weakref.finalize[..., Any]] = [weakref.finalize(self, _remove, self.path, os.getpid())]
        if within is None and sys.platform != "win32":
            self._finalizers.append(weakref.finalize(self, os.close, _mark(self.path)))

    def remove(self) -> None:
        """Remove it and all that is in it."""
        for finalizer in self._finalizers:
            finalizer()


def sweep(folder: str) -> None:
    """Remove from a folder the private folders of this user's processes that were killed; all others stay."""
    for path in Path(folder).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            _remove_unused(path)


_sweep_once = cache(sweep)


def _remove_unused(path: Path) -> None:
    if sys.platform == "win32" or not _is_private(path):
        return
    # A folder without a mark is being made, or it is not ours.
    mark = os.open(path / _MARK, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(mark)


def _mark(folder: Path) -> int:
    """Mark a folder as in use; return the descriptor whose lock ends with this process, however that ends."""
    mark = folder / f"{_MARK}.new"
    descriptor = os.open(mark, os.O_RDONLY | os.O_CREAT | os.O_EXCL, 0o600)
    # Where files cannot be locked, the folder is never swept.
    with contextlib.suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Only what is locked gets the name that is looked for.
        mark.rename(folder / _MARK)
    return descriptor


def _remove(folder: Path, pid: int) -> None:
    # A process that was forked from the one that made it leaves it alone.
    if os.getpid() == pid:
        shutil.rmtree(folder, ignore_errors=True)


def _parent() -> str:
    """Return the folder for temporary files, or another one that is short enough for a socket's path."""
    usual = tempfile.gettempdir()
    if _fits(Path(usual, _SOCKET)):
        return usual
    return next((folder for folder in _other_parents() if _fits(Path(folder, _SOCKET)) and _is_safe(folder)), usual)


def _other_parents() -> Iterator[str]:
    if "XDG_RUNTIME_DIR" in os.environ:
        yield os.environ["XDG_RUNTIME_DIR"]
    yield from ("/tmp", "/var/tmp")  # noqa: S108 - in it, a private folder is made


def _fits(path: Path) -> bool:
    """Return whether a socket may have the path: ZeroMQ takes those in UTF-8 only."""
    try:
        return len(str(path).encode()) <= _MAX_SOCKET_BYTES
    except UnicodeEncodeError:
        return False


def _is_safe(folder: str) -> bool:
    """Return whether nobody else can rename what this user makes in a folder, and put something else in its place."""
    try:
        status = Path(folder).stat()
    except OSError:
        return False
    others_write = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return os.access(folder, os.W_OK | os.X_OK) and (not others_write or bool(status.st_mode & stat.S_ISVTX))


def _is_private(path: Path) -> bool:
    """Return whether a path is a folder that only this user can open."""
    status = path.lstat()
    return (
        stat.S_ISDIR(status.st_mode)
        and status.st_uid == os.getuid()
        and stat.S_IMODE(status.st_mode) & 0o777 == stat.S_IRWXU
    )
