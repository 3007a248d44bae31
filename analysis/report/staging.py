"""A staging folder, in which a report is made before it replaces an earlier one as a whole; and what it may be named.

Whatever is not yet whole has a hidden name with :data:`_MARK`, the host and the process in it, so that what a killed
process leaves is told from what a live one makes, and removed by :func:`remove_stale`.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import socket
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.article.model import SURROGATE, safe_name
from analysis.layout import BATCH_LOG, INDEX
from analysis.report.faults import find_fault, raise_fault
from analysis.report.notebook import ReportError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

__all__ = ["FAILED", "UNREADABLE", "check_no_file", "folder_name", "name_key", "remove_stale", "replacing", "staged"]

#: In the name of what is not yet whole, before the host and the process that make it.
_MARK = ".making-"
#: The suffixes of a folder in which failed notebooks are kept, and of a log that could not be read.
FAILED, UNREADABLE = ".failed", ".unreadable"
_N_DIGITS = 8


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
    MachineError
        If a disk is full, or the machine fails otherwise.
    """
    check_no_file(out)
    if out.exists():
        _check_replaceable(out, may_replace)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        folder = _make_folder(out)
    except OSError as error:
        fault = find_fault(error, out.parent, is_written=True)
        raise fault or ReportError(f"{out} cannot be written: {error.strerror}") from error
    try:
        folder.chmod(0o777 & ~_umask())
        with _text_path(folder) as path:
            yield path
        _replace(out, folder)
    except Exception as error:
        # Ask now: once this folder is removed, there is space again.
        raise_fault(error, folder.parent, is_written=True)
        if isinstance(error, OSError):
            raise ReportError(f"{out} cannot be written: {error.strerror or error}") from error
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def check_no_file(out: Path) -> None:
    """Check that no file is where a folder, or one that it stands in, is to be made.

    Raises
    ------
    ReportError
        Naming the file.
    """
    if taken := next((path for path in (out, *out.parents) if path.exists() and not path.is_dir()), None):
        raise ReportError(f"{taken} is a file; expected a folder")


@contextmanager
def replacing(path: Path, *, within: Path | None = None) -> Iterator[Path]:
    """Yield a hidden path; replace a file by what is written there, only on success.

    Parameters
    ----------
    path
        The file.
    within
        The folder of the hidden path, one above the file's; the file's own unless given.
    """
    within = within or path.parent
    partial = within / f".{'-'.join(path.relative_to(within).parts)}{_mark()}"
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def remove_stale(folder: Path) -> None:
    """Remove what processes of this machine that have been killed left unfinished; what live ones make stays."""
    ours = re.compile(rf".*{re.escape(_MARK + _host())}-(\d+)-[^-]*$")
    for path in folder.glob(f".*{_MARK}*"):
        if (match := ours.match(path.name)) and not _is_alive(int(match[1])):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                with contextlib.suppress(OSError):
                    path.unlink()


def folder_name(article_id: str, taken: Collection[str] = ()) -> str:
    """Return the name of an article's folder among others: its id, unless no or another folder may have that name.

    Then it is a safe form of the id, and digits of the id's SHA-256 follow. Names that differ only in case are one name
    on some file systems, and so are here.

    Parameters
    ----------
    article_id
        The id.
    taken
        The keys (:func:`name_key`) of the names that others have.

    Examples
    --------
    >>> folder_name("Cairo"), folder_name("Cairo", {name_key("cairo")}), folder_name("batch.csv")
    ('Cairo', 'Cairo-62af713f', 'batch.csv-7f93dc6d')
    """
    name = safe_name(article_id)
    while name_key(name) in taken or _is_reserved(name_key(name)):
        name += f"-{hashlib.sha256(name.encode()).hexdigest()[:_N_DIGITS]}"
    return name


def name_key(name: str) -> str:
    """Return what is the same for all names that some file system takes for one.

    Examples
    --------
    >>> name_key("Cairo") == name_key("CAIRO")
    True
    """
    return name.casefold()


def _is_reserved(key: str) -> bool:
    """Return whether a batch may give this name to a file or folder of its own."""
    return key in {INDEX, BATCH_LOG} or key.endswith((FAILED, UNREADABLE))


@contextmanager
def _text_path(folder: Path) -> Iterator[Path]:
    """Yield a path to a folder that is valid text, which papermill writes down: a link if its own is not."""
    if _is_text(folder.absolute()):
        yield folder
        return
    usual = Path(tempfile.gettempdir())
    with tempfile.TemporaryDirectory(prefix="dateline-", dir=usual if _is_text(usual) else "/tmp") as place:  # noqa: S108
        link = Path(place, "report")
        link.symlink_to(folder.absolute(), target_is_directory=True)
        yield link


def _is_text(path: Path) -> bool:
    return SURROGATE.search(str(path)) is None


def _make_folder(out: Path) -> Path:
    """Make a hidden folder beside ``out``, whose name holds this host and process."""
    return Path(tempfile.mkdtemp(prefix=f".{out.name}{_mark()}", dir=out.parent))


def _mark() -> str:
    return f"{_MARK}{_host()}-{os.getpid()}-"


def _host() -> str:
    return socket.gethostname()[:40]


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
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
    if not os.access(out, os.W_OK):
        raise ReportError(f"{out} cannot be written: Permission denied")
    if others := sorted(path.name for path in out.iterdir() if path.name not in names):
        raise ReportError(f"{out} holds {others[0]}, which is no part of a report: name an empty or a new folder")


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
