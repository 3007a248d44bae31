"""The log of a batch: ``batch.csv``, a row for each article, which is complete even if the batch is killed."""

from __future__ import annotations

import contextlib
import csv
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from filelock import FileLock

from analysis.article import ArticleError, read_articles
from analysis.layout import BATCH_LOG

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from analysis.article import Article
    from analysis.batch.progress import Progress

__all__ = ["MAX_CHARS", "Batch", "Entry", "Log", "Tally"]

#: The length of a book of four hundred thousand words: the charts of a longer text would not fit into memory.
MAX_CHARS = 2_000_000
#: How long to wait for another batch that writes to the same log, which takes it milliseconds.
_LOCK_SECONDS = 10


class Entry(NamedTuple):
    """A row of the log: the outcome of one article.

    Attributes
    ----------
    article_id
        The article's id; empty if it could not be read.
    status
        ``finished`` or ``failed``.
    reason
        Why it failed, in one line.
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
        return self.article_id or self.reason


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


class Log:
    """``batch.csv``: rows are appended as articles end, and sorted when the batch ends.

    Two batches may write to it at once. A row that cannot be written, for instance because the disk is full, is kept
    and written with the next one.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / BATCH_LOG
        self._unwritten: list[Entry] = []
        self._entries = self._read()

    def get(self, article_id: str) -> Entry | None:
        """Return the row of an article, or ``None``."""
        return self._entries.get(article_id)

    def add(self, entry: Entry) -> None:
        """Add a row, which replaces an earlier one of the same article."""
        # The name of a file need not be valid text.
        reason = entry.reason.encode("utf-8", errors="backslashreplace").decode()
        entry = entry._replace(reason=" ".join(reason.split()))
        if self._entries.get(entry.row_id) == entry:
            return
        self._entries[entry.row_id] = entry
        self._unwritten.append(entry)
        with contextlib.suppress(OSError):
            self._append()

    def sort(self) -> None:
        """Rewrite the log with one row for each article, in order of their ids.

        Raises
        ------
        OSError
            If it cannot be written.
        """
        self._append()
        with self._locked():
            rows = sorted(self._read().values(), key=lambda entry: (entry.article_id, entry.reason))
            partial = self.path.with_name(f".{self.path.name}.{os.getpid()}")
            try:
                with partial.open("w", encoding="utf-8", newline="") as file:
                    csv.writer(file, lineterminator="\n").writerows([Entry._fields, *rows])
                    file.flush()
                    os.fsync(file.fileno())
                partial.replace(self.path)
            finally:
                partial.unlink(missing_ok=True)

    def _read(self) -> dict[str, Entry]:
        try:
            with self.path.open(encoding="utf-8", newline="") as file:
                rows = [row for row in csv.reader(file) if len(row) == len(Entry._fields)]
        except FileNotFoundError:
            return {}
        # The last row is incomplete if the machine lost power while it was written.
        return {entry.row_id: entry for entry in map(Entry._make, rows) if entry.status in {"finished", "failed"}}

    def _append(self) -> None:
        if not self._unwritten:
            return
        with self._locked(), self.path.open("a+", encoding="utf-8", newline="") as file:
            size = file.seek(0, os.SEEK_END)
            try:
                file.write("" if size == 0 or _ends_a_line(self.path) else "\n")
                header = [] if size else [Entry._fields]
                csv.writer(file, lineterminator="\n").writerows([*header, *self._unwritten])
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


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


class Batch:
    """The state of a batch: its folder, log, tally and progress display."""

    def __init__(self, out: Path, progress: Progress | None) -> None:
        out.mkdir(parents=True, exist_ok=True)
        self.out = out
        self.log = Log(out)
        self.tally = Tally()
        self._progress = progress

    def articles(self, sources: Iterable[str | Path], *, max_chars: int) -> Iterator[Article]:
        """Yield the articles one by one, and log those that cannot be read or are too long as failed."""
        for article in read_articles(sources):
            if isinstance(article, ArticleError):
                self.add_failed(Entry("", "failed", str(article)))
            elif len(article.text) > max_chars:
                reason = f"{len(article.text):,} characters; expected at most {max_chars:,}"
                self.add_failed(Entry(article.id, "failed", reason))
            else:
                yield article

    def add_failed(self, entry: Entry) -> None:
        """Log and count a failed article."""
        self.log.add(entry)
        self.tally.failed += 1
        if self._progress:
            name = "" if entry.article_id in entry.reason else f"{entry.article_id}: "
            self._progress.print_failure(f"dateline: {name}{entry.reason}")
        self._show_progress()

    def add_made(self, n: int = 1) -> None:
        """Count articles as made."""
        self.tally.made += n
        self._show_progress()

    def add_unchanged(self, n: int = 1) -> None:
        """Count articles as unchanged."""
        self.tally.unchanged += n
        self._show_progress()

    def _show_progress(self) -> None:
        if self._progress:
            self._progress.update(self.tally)
