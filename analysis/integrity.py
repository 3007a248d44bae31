"""What a folder holds, and whether it is what its record says.

A folder that came from elsewhere may hold anything: here no link is followed, nothing but plain files is opened, and
a name or a record is believed only where it could be Dateline's own.
"""

from __future__ import annotations

import errno
import hashlib
import json
import math
import os
import re
import stat
import unicodedata
from collections import defaultdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.layout import DROPPINGS
from analysis.lines import one_line, printable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from io import BufferedReader
    from pathlib import Path

__all__ = [
    "FILE",
    "Found",
    "check_files",
    "check_recorded",
    "damage",
    "droppings",
    "hash_file",
    "open_file",
    "parse_json",
    "read_file",
    "read_json",
    "reason",
    "scan",
    "shown",
]

FILE, FOLDER, LINK = "a file", "a folder", "a link"
_KINDS = {
    stat.S_IFREG: FILE,
    stat.S_IFDIR: FOLDER,
    stat.S_IFLNK: LINK,
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
#: The largest record that is read: some hundred times that of a long article.
_MAX_RECORD_BYTES = 32_000_000
_MAX_LINE_CHARS = 300
_SHA256 = re.compile(r"[0-9a-f]{64}")
#: How JSON may write half of a surrogate pair.
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


class Found(NamedTuple):
    """What stands under one name in a folder.

    Attributes
    ----------
    kind
        ``a file``, ``a folder``, ``a link``, ``a FIFO``, ``a socket`` or ``a device``.
    size
        The size of a file in bytes.
    sha256
        The SHA-256 of a file; empty where it was not wanted or the file cannot be read.
    note
        Where a link leads, or why a file or folder cannot be read.
    """

    kind: str
    size: int = 0
    sha256: str = ""
    note: str = ""

    def __str__(self) -> str:
        return f"{self.kind} to '{printable(self.note)}'" if self.kind == LINK else self.kind


def scan(folder: Path, sizes: Collection[int] | None = None) -> dict[str, Found]:
    """Find all that a folder holds, itself left out.

    Parameters
    ----------
    folder
        The folder.
    sizes
        The sizes in bytes of the files whose SHA-256 is wanted; of all files unless given.

    Returns
    -------
    dict of str to Found
        By path relative to the folder, with slashes.

    Raises
    ------
    OSError
        If the folder itself cannot be listed.
    """
    found: dict[str, Found] = {}
    waiting = [""]
    while waiting:
        parent = waiting.pop()
        try:
            with os.scandir(folder / parent) as entries:
                names = [f"{parent}/{entry.name}".removeprefix("/") for entry in entries]
        except OSError as error:
            if not parent:
                raise
            found[parent] = Found(FOLDER, note=reason(error))
            continue
        found |= {name: _look(folder / name, sizes) for name in names}
        waiting += [name for name in names if found[name].kind == FOLDER]
    return found


def _look(path: Path, sizes: Collection[int] | None) -> Found:
    kind, size = "something", 0
    try:
        status = path.lstat()
        kind, size = _kind(status), status.st_size
        if kind == FILE:
            wanted = sizes is None or size in sizes
            return Found(kind, size, hash_file(path) if wanted else "")
        return Found(kind, note=str(path.readlink()) if kind == LINK else "")
    except OSError as error:
        return Found(kind, size, note=reason(error))


def _kind(status: os.stat_result) -> str:
    return _KINDS.get(stat.S_IFMT(status.st_mode), "something else")


def hash_file(path: Path, *, follow_links: bool = False) -> str:
    """Return the SHA-256 of a plain file, as :func:`open_file` opens it."""
    with open_file(path, follow_links=follow_links) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_file(path: Path, *, follow_links: bool = False) -> BufferedReader:
    """Open a plain file for reading, and nothing else: a FIFO would wait for its writer, a device might act.

    Raises
    ------
    OSError
        If it is no plain file or cannot be read.
    """
    extra = getattr(os, "O_NONBLOCK", 0) | (0 if follow_links else getattr(os, "O_NOFOLLOW", 0))
    _check_is_file(path.stat(follow_symlinks=follow_links), path)
    file = open(path, "rb", opener=lambda name, flags: os.open(name, flags | extra))  # noqa: SIM115 - returned
    try:
        # It may have been replaced meanwhile.
        _check_is_file(os.fstat(file.fileno()), path)
    except OSError:
        file.close()
        raise
    return file


def read_file(path: Path) -> bytes:
    """Read a plain file that is no link, as :func:`open_file` opens it."""
    with open_file(path) as file:
        return file.read()


def _check_is_file(status: os.stat_result, path: Path) -> None:
    if (kind := _kind(status)) != FILE:
        raise OSError(errno.EINVAL, f"it is {kind}; expected {FILE}", str(path))


def damage(found: Mapping[str, Found], recorded: Mapping[str, str], *, record: str) -> dict[str, str]:
    """Describe what a folder holds that is not as it was recorded.

    Parameters
    ----------
    found
        What the folder holds, as :func:`scan` returns it.
    recorded
        The SHA-256 of each file, by its path in the folder.
    record
        The path of the record itself, which has no SHA-256.

    Returns
    -------
    dict of str to str
        By path, in order: what is changed, swapped, linked, missing or unreadable, and what was not there, but for
        :func:`droppings`.
    """
    expected = {parent: FOLDER for name in recorded for parent in _parents(name)}
    expected |= dict.fromkeys((*recorded, record), FILE)
    owners: defaultdict[str, list[str]] = defaultdict(list)
    for name, digest in recorded.items():
        owners[digest].append(name)
    twins = {_fold(name): name for name in expected}
    described = {}
    for name in sorted((expected.keys() | found.keys()).difference(droppings(found, recorded))):
        there, wanted = found.get(name), expected.get(name)
        if there is None:
            described[name] = _describe_missing(name, found)
        elif wanted is None:
            described[name] = _describe_added(there, twins.get(_fold(name)), owners[there.sha256])
        elif there.kind != LINK and there.note:
            described[name] = f"cannot be read ({there.note})"
        elif there.kind != wanted:
            described[name] = f"is {there}; expected {wanted}"
        elif name in recorded and there.sha256 != recorded[name]:
            described[name] = _describe_changed(name, found, recorded, owners[there.sha256])
    return described


def droppings(found: Mapping[str, Found], recorded: Mapping[str, str]) -> list[str]:
    """Return the paths of files that file managers have left in a folder, in order.

    Parameters
    ----------
    found
        What the folder holds, as :func:`scan` returns it.
    recorded
        The SHA-256 of each file, by its path in the folder.

    Examples
    --------
    >>> droppings({".DS_Store": Found(FILE), "notes.txt": Found(FILE), "Thumbs.db": Found(LINK)}, {})
    ['.DS_Store']
    """
    digests = {*recorded.values()}
    return sorted(
        name
        for name, there in found.items()
        if PurePosixPath(name).name in DROPPINGS
        and there.kind == FILE
        and not there.note
        and name not in recorded
        and there.sha256 not in digests
    )


def _parents(name: str) -> list[str]:
    return [str(parent) for parent in PurePosixPath(name).parents][:-1]


def _fold(name: str) -> str:
    """Return what is the same for names that some file systems do not tell apart."""
    return unicodedata.normalize("NFC", name).casefold()


def _describe_missing(name: str, found: Mapping[str, Found]) -> str:
    for parent in _parents(name):
        if parent in found and found[parent].kind == FOLDER and found[parent].note:
            return f"cannot be read ({found[parent].note}: {shown(parent)})"
    return "is missing"


def _describe_added(there: Found, twin: str | None, owners: list[str]) -> str:
    about = [str(there)] if there.kind != FILE else []
    about += [f"{shown(twin)} in other letters"] if twin else []
    about += [f"it holds what was recorded as {shown(owner)}" for owner in owners[:1]]
    return "was not there when the report was made" + (f" ({'; '.join(about)})" if about else "")


def _describe_changed(name: str, found: Mapping[str, Found], recorded: Mapping[str, str], owners: list[str]) -> str:
    there = found[name]
    if swapped := [owner for owner in owners if owner in found and found[owner].sha256 == recorded[name]]:
        return f"is not what was recorded: it is swapped with {shown(swapped[0])}"
    if owners:
        return f"is not what was recorded: it holds what was recorded as {shown(owners[0])}"
    if there.sha256:
        return _describe_other(there.sha256, recorded[name])
    return f"is not what was recorded ({there.size:,} bytes, the size of no file of the report)"


def _describe_other(sha256: str, recorded: str) -> str:
    return f"is not what was recorded (sha256 {sha256[:8]}…, recorded {recorded[:8]}…)"


def check_files(recorded: Any) -> dict[str, str]:
    """Return the SHA-256 of each file, by its path in the folder, if they can be those of a record.

    Raises
    ------
    ValueError
        If one is no SHA-256, or a path could lead out of the folder.
    """
    if not isinstance(recorded, dict):
        raise ValueError(f"its files are {type(recorded).__name__}; expected paths with a SHA-256 each")  # noqa: TRY004 - of data, not of an argument
    for name, digest in recorded.items():
        if set(name) & {"\0", "\\"} or {"", ".", ".."} & set(name.split("/")):
            raise ValueError(f"it names the file {name!r:.80}; expected a path inside the folder")
        if not (isinstance(digest, str) and _SHA256.fullmatch(digest)):
            raise ValueError(f"it has {digest!r:.80} as the SHA-256 of {name}; expected 64 hexadecimal digits")
    return recorded


def check_recorded(folder: Path, recorded: Mapping[str, str], names: Iterable[str]) -> None:
    """Check that some files of a report are as its record says; a link is taken for what it leads to.

    Raises
    ------
    ValueError
        If one is not recorded, is missing, cannot be read, or is not what was recorded.
    """
    for name in names:
        if name not in recorded:
            raise ValueError(f"{shown(name)} is not in its record")
        try:
            sha256 = hash_file(folder / name, follow_links=True)
        except FileNotFoundError:
            raise ValueError(f"{shown(name)} is missing") from None
        except OSError as error:
            raise ValueError(f"{shown(name)} cannot be read ({reason(error)})") from None
        if sha256 != recorded[name]:
            raise ValueError(f"{shown(name)} {_describe_other(sha256, recorded[name])}")


def read_json(path: Path) -> Any:
    """Read a file of JSON that Dateline may have written.

    Raises
    ------
    OSError
        If it is no plain file or cannot be read.
    ValueError
        If it is too large, and as for :func:`parse_json`.
    """
    with open_file(path, follow_links=True) as file:
        if (size := os.fstat(file.fileno()).st_size) > _MAX_RECORD_BYTES:
            raise ValueError(f"it has {size:,} bytes; expected {_MAX_RECORD_BYTES:,} at most")
        return parse_json(file.read(_MAX_RECORD_BYTES))


def parse_json(data: bytes) -> Any:
    r"""Parse JSON in UTF-8 as Dateline writes it.

    Raises
    ------
    ValueError
        If it is not JSON, not in UTF-8, or holds what two programs may read differently: a name twice in one object,
        a number that is not finite or too large, half of a surrogate pair, thousands of levels.

    Examples
    --------
    >>> parse_json(b'{"n": 1, "n": 2}')
    Traceback (most recent call last):
    ValueError: it has the name 'n' twice in one object
    """
    try:
        value = json.loads(data.decode(), object_pairs_hook=_once_each, parse_float=_finite, parse_constant=_finite)
        if _SURROGATE.search(data):
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except UnicodeError as error:
        raise ValueError(f"it is not UTF-8: {error}") from None
    return value


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"it has the name {twice!r:.80} twice in one object")
    return values


def _finite(text: str) -> float:
    if not math.isfinite(value := float(text)):
        raise ValueError(f"it has the number {text:.80}; expected a finite one")
    return value


def shown(name: str) -> str:
    """Return the path of a file as a line may begin with it: printable, and quoted where its end would not be seen.

    Examples
    --------
    >>> print(shown("tables/words.csv"), shown("x: is missing"))
    tables/words.csv 'x: is missing'
    """
    name = printable(name)
    return f"'{name}'" if ": " in name or name != name.strip() else name


def reason(error: Exception) -> str:
    """Return what an error says, without the path that it may name, in one short line."""
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    said = f"it lacks {said}" if isinstance(error, KeyError) else said
    return one_line(said, max_chars=_MAX_LINE_CHARS) or type(error).__name__
