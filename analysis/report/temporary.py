"""One folder for all temporary files of a command, removed with it or, if it was killed, by the next command."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["remove_unused", "temporary_folder"]

_PREFIX = "dateline-"
#: A file in the folder that is locked while its process lives, however that ends.
_MARK = "in-use"


@contextlib.contextmanager
def temporary_folder() -> Iterator[None]:
    """Keep the temporary files of this process, and of those that it starts, in one folder while the block lasts.

    Folders of processes that have been killed are removed first.
    """
    try:
        usual = tempfile.gettempdir()
        remove_unused(Path(usual))
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=usual))
    except OSError:
        # What needs a temporary file says so.
        yield
        return
    before = tempfile.tempdir, os.environ.get("TMPDIR")
    try:
        with _marked(folder):
            tempfile.tempdir = os.environ["TMPDIR"] = str(folder)
            yield
    finally:
        tempfile.tempdir, variable = before
        if variable is None:
            os.environ.pop("TMPDIR", None)
        else:
            os.environ["TMPDIR"] = variable
        shutil.rmtree(folder, ignore_errors=True)


def remove_unused(parent: Path) -> None:
    """Remove the folders of this user's processes that have been killed; those of live ones stay."""
    if sys.platform == "win32":
        return
    for mark in parent.glob(f"{_PREFIX}*/{_MARK}"):
        # A lock that is held raises.
        with contextlib.suppress(OSError), _opened(mark) as file:
            if mark.parent.lstat().st_uid == os.getuid():
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(mark.parent, ignore_errors=True)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _marked(folder: Path) -> Iterator[None]:
    """Mark a folder as in use."""
    if sys.platform == "win32":
        yield
        return
    new = folder / f"{_MARK}.new"
    with new.open("wb") as file:
        # Where files cannot be locked the folder has no mark, and is never taken for one that is not in use.
        with contextlib.suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Only what is locked gets the name that is looked for.
            new.rename(folder / _MARK)
        yield
