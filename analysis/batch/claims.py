"""Claims on the articles of a folder, so that two batches in it do not make the same report at once.

A claim is a lock on one byte of a hidden file of the folder, at an offset that follows from the article's name. The
system drops it with the process that holds it, however that ends: nothing stale is ever in the way. Where files
cannot be locked, as on some network file systems, every claim is granted.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import sys
from typing import TYPE_CHECKING

from analysis.layout import BATCH_LOG

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["claimed", "is_claimed", "remove_claims"]

_CLAIMS = f".{BATCH_LOG}.claims"
_MAX_OFFSET = 2**62


@contextlib.contextmanager
def claimed(folder: Path, name: str) -> Iterator[bool]:
    """Claim an article while the block lasts; yield whether it was granted, as no other process has it.

    Parameters
    ----------
    folder
        The batch's folder.
    name
        The name of the article's folder in it.
    """
    descriptor, is_granted = _claim(folder, name)
    try:
        yield is_granted
    finally:
        if descriptor is not None:
            os.close(descriptor)


def is_claimed(folder: Path, name: str) -> bool:
    """Return whether another process has an article."""
    if not (folder / _CLAIMS).exists():
        return False
    with claimed(folder, name) as is_granted:
        return not is_granted


def remove_claims(folder: Path) -> None:
    """Remove the hidden file of a folder unless another process has a claim in it."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError), contextlib.ExitStack() as opened:
        descriptor = _open(folder, 0)
        opened.callback(os.close, descriptor)
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        (folder / _CLAIMS).unlink()


def _claim(folder: Path, name: str) -> tuple[int | None, bool]:
    """Return the descriptor that holds a claim, if one does, and whether the claim is granted."""
    if sys.platform == "win32":
        return None, True
    while True:
        try:
            descriptor = _open(folder, os.O_CREAT)
        except OSError:
            return None, True
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _offset(name))
        except OSError as error:
            os.close(descriptor)
            return None, error.errno not in (errno.EAGAIN, errno.EACCES)
        if os.fstat(descriptor).st_nlink:
            return descriptor, True
        # A batch that had ended removed the file between the two.
        os.close(descriptor)


def _open(folder: Path, flags: int) -> int:
    return os.open(folder / _CLAIMS, os.O_RDWR | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | flags, 0o666)


def _offset(name: str) -> int:
    digest = hashlib.sha256(name.encode(errors="surrogatepass")).digest()
    return int.from_bytes(digest[:8]) % _MAX_OFFSET
