"""The log of a batch: ``batch.csv``, a row for each article, which is complete even if the batch is killed."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from filelock import FileLock

from analysis.layout import BATCH_LOG, FORMULA_STARTS
from analysis.lines import one_line
from analysis.report.staging import UNREADABLE, replacing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

__all__ = ["Entry", "Log", "Tally"]

#: How long to wait for another batch that writes to the same log, which takes it milliseconds.
_LOCK_SECONDS = 10
_MAX_REASON_CHARS = 300
_STATUSES = frozenset({"finished", "failed"})


class Entry(NamedTuple):
    """A row of the log: the outcome of one article.

    Attributes
    ----------
    article_id
        The article's id; empty if it could not be read.
    status
        ``finished`` or ``failed``.
    reason
        Why it failed, in one line of at most 300 characters.
    report
        The folder of its report, as a path in the batch's folder.
    notebook
        The failed notebook, likewise.
    key
        The cache key of its report, or the name of its part of the annotation; empty if it could not be read or was too
        long, as that is told anew each time.
    """

    article_id: str
    status: str
    reason: str = ""
    report: str = ""
    notebook: str = ""
    key: str = ""

    @property
    def row_id(self) -> str:
        """What identifies the row: the article's id or, if it could not be read, the reason, which names the source."""
        # In the file a reason may have an apostrophe before it.
        return self.article_id or self.reason.removeprefix("'")


@dataclass
class Tally:
    """How many articles a batch has made, found unchanged, and seen fail (now, or before and not tried again)."""

    made: int = 0
    unchanged: int = 0
    failed: int = 0

    @property
    def n(self) -> int:
        """The number of all articles."""
        return self.made + self.unchanged + self.failed


_HEADER = ",".join(Entry._fields)
#: What stands for bytes that are no text, and what a disk that lost power may leave.
_UNREADABLE = re.compile("[\N{REPLACEMENT CHARACTER}\0]")


class Log:
    """``batch.csv``: rows are appended as articles end, and sorted when the batch ends.

    Two batches may write to it at once. A row that cannot be written, for instance because the disk is full, is kept
    and written with the next one. A log that cannot be read is set aside, and what can be read of it is kept.

    Parameters
    ----------
    folder
        The batch's folder.
    notify
        A function that is called with a line if the log has been set aside.
    """

    def __init__(self, folder: Path, notify: Callable[[str], None] | None = None) -> None:
        self.path = folder / BATCH_LOG
        self._told: dict[str, Entry] = {}
        self._can_be_written = True
        self._unwritten: list[Entry] = []
        self._entries, is_whole = self._read()
        if not is_whole:
            with self._locked():
                # Another batch may have set it aside in the meantime.
                self._entries, is_whole = self._read()
                if not is_whole:
                    self._set_aside(notify or (lambda _: None))
            self._unwritten = list(self._entries.values())

    def get(self, article_id: str) -> Entry | None:
        """Return the row of an article, or ``None``."""
        return self._entries.get(article_id)

    def add(self, entry: Entry) -> Entry:
        """Add a row, which replaces an earlier one of the same article; return it with its reason in one line."""
        entry = _in_one_line(entry)
        self._told[entry.row_id] = entry
        if self._entries.get(entry.row_id) != entry:
            self._entries[entry.row_id] = entry
            self._unwritten.append(entry)
            with contextlib.suppress(OSError):
                self._append()
        return entry

    def sort(self, *, is_true: Callable[[Entry], bool] | None = None) -> None:
        """Rewrite the log with one row for each article, in order of their ids.

        Parameters
        ----------
        is_true
            Of the rows that have not been added here, those of which this is not true go; without it, all stay.

        Raises
        ------
        OSError
            If it cannot be written.
        """
        if not self._can_be_written:
            return
        self._append()
        with self._locked():
            # Another batch that has ended knew nothing of the rows that were added here.
            entries = self._told | self._read()[0]
            kept = (e for e in entries.values() if is_true is None or e.row_id in self._told or is_true(e))
            rows = sorted(kept, key=lambda entry: (entry.article_id, entry.reason))
            content = _to_csv([Entry._fields, *rows])
            if self.path.is_file() and self.path.read_bytes() == content:
                return
            with replacing(self.path) as partial, partial.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())

    def _read(self) -> tuple[dict[str, Entry], bool]:
        """Return the rows, and whether all of the file could be read but for a last line that is not complete."""
        if not self.path.exists():
            return {}, True
        if not self.path.is_file():
            return {}, False
        try:
            data = self.path.read_bytes()
        except OSError:
            return {}, False
        text = data.decode("utf-8-sig", errors="replace")
        # The last line is incomplete if the machine lost power while it was written.
        header, *lines = text.split("\n")[:-1] or [_HEADER if _HEADER.startswith(text) else ""]
        is_ours = header.rstrip("\r").replace('"', "") == _HEADER
        entries = [_parse(line) for line in lines] if is_ours else []
        is_whole = is_ours and None not in entries and _UNREADABLE.search(text) is None
        return {entry.row_id: entry for entry in entries if entry}, is_whole

    def _set_aside(self, notify: Callable[[str], None]) -> None:
        names = (f"{BATCH_LOG}{number}{UNREADABLE}" for number in ("", *(f".{n}" for n in range(2, 1000))))
        aside = next(path for path in map(self.path.with_name, names) if not os.path.lexists(path))
        try:
            self.path.rename(aside)
        except OSError as error:
            self._can_be_written = False
            notify(f"dateline: {self.path} cannot be read, nor set aside ({error.strerror}): the batch goes on without")
        else:
            kept = f"; {len(self._entries):,} rows of it are kept" if self._entries else ""
            notify(f"dateline: {self.path} cannot be read as the log of a batch: it is now {aside.name}{kept}")

    def _append(self) -> None:
        if not (self._unwritten and self._can_be_written):
            return
        with self._locked(), self.path.open("ab+") as file:
            size = _end_of_lines(file)
            try:
                file.truncate(size)
                file.write(_to_csv([*([] if size else [Entry._fields]), *self._unwritten]))
                file.flush()
            except OSError:
                with contextlib.suppress(OSError):
                    file.truncate(size)
                raise
        self._unwritten.clear()

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Exclude other batches; go on without a lock where none can be made, as on some network file systems."""
        path = self.path.with_name(f".{self.path.name}.lock")
        lock = FileLock(path, timeout=_LOCK_SECONDS, poll_interval=0.01, fallback_to_soft=False)
        with contextlib.suppress(OSError):
            lock.acquire()
        try:
            yield
        finally:
            if lock.is_locked:
                # A process that waits for this file notices that it has been removed, and makes a new one.
                with contextlib.suppress(OSError):
                    path.unlink()
                lock.release()


def _parse(line: str) -> Entry | None:
    """Return the row in a line; ``None`` if there is none. What goes wrong in one line thus stays there."""
    try:
        (row,) = csv.reader([line.removesuffix("\r")])
        entry = Entry._make(row)
        entry = entry._replace(article_id=_without_apostrophe(entry.article_id))
    except (csv.Error, TypeError, ValueError):
        return None
    return _in_one_line(entry) if entry.status in _STATUSES else None


def _without_apostrophe(cell: str) -> str:
    """Return a cell without the apostrophe that :func:`_to_csv` puts before a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell


def _in_one_line(entry: Entry) -> Entry:
    return entry._replace(reason=one_line(entry.reason, max_chars=_MAX_REASON_CHARS))


def _to_csv(rows: Iterable[tuple[str, ...]]) -> bytes:
    """Write rows as exhibits do: what a spreadsheet would run as a formula has an apostrophe before it."""
    rows = list(rows)
    starts = {cell[0] for row in rows for cell in row if cell}
    # Most cells begin so that none can be a formula, and pandas takes a second to import.
    if all(start.isalnum() or start in "/._" for start in starts):
        file = io.StringIO()
        csv.writer(file, lineterminator="\n").writerows(rows)
        return file.getvalue().encode(errors="backslashreplace")
    import pandas as pd

    from analysis.exhibits.files import to_csv

    with_names = to_csv(pd.DataFrame(rows, columns=Entry._fields))
    return with_names.partition(b"\n")[2]


def _end_of_lines(file: io.BufferedRandom) -> int:
    """Return where the last complete line of a file ends."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(size - 1, 0))
    if file.read() == b"\n":
        return size
    file.seek(0)
    return file.read().rfind(b"\n") + 1
