"""The log of a batch: ``batch.csv``, a row for each article, that survives whatever ends the batch."""

from __future__ import annotations

import contextlib
import csv
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from analysis.article import ArticleError, read_articles

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from analysis.article import Article
    from analysis.batch.progress import Progress

#: A book of four hundred thousand words. More than that is no article, and its charts would take all memory.
MAX_CHARS = 2_000_000


class Entry(NamedTuple):
    """What became of one article.

    Attributes
    ----------
    article_id
        The article's id; empty if it could not even be read.
    status
        ``finished`` or ``failed``.
    reason
        Why it failed, in one line.
    report
        The folder of its report, in the batch's folder.
    notebook
        The failing notebook, kept for a look, in the batch's folder.
    key
        What went in: while it stays the same, a finished article is not done again.
    """

    article_id: str
    status: str
    reason: str = ""
    report: str = ""
    notebook: str = ""
    key: str = ""

    @property
    def names(self) -> str:
        """What tells its article from others: the id or, where there is none, what could not be read."""
        return self.article_id or self.reason


@dataclass
class Tally:
    """How many articles a batch has made, found unchanged, and seen fail (now, or before and not tried again)."""

    made: int = 0
    unchanged: int = 0
    failed: int = 0

    @property
    def n(self) -> int:
        """All of them."""
        return self.made + self.unchanged + self.failed


class Log:
    """``batch.csv``: rows are added as articles end, and put in order when the batch does.

    Two batches may write to it at once. What cannot be written, because the disk is full, is written when it can be.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "batch.csv"
        self._unwritten: list[Entry] = []
        self._entries = self._read()

    def get(self, article_id: str) -> Entry | None:
        """Give what is known of an article."""
        return self._entries.get(article_id)

    def add(self, entry: Entry) -> None:
        """Add a row; it replaces an earlier one of the same article."""
        # A file's name need not be text; it is written so that it can be.
        reason = entry.reason.encode("utf-8", errors="backslashreplace").decode()
        entry = entry._replace(reason=" ".join(reason.split()))
        if self._entries.get(entry.names) == entry:
            return
        self._entries[entry.names] = entry
        self._unwritten.append(entry)
        with contextlib.suppress(OSError):
            self._write()

    def settle(self) -> None:
        """Leave one row for each article, in order of their ids.

        Raises
        ------
        OSError
            If it cannot be written.
        """
        self._write()
        with self._locked():
            rows = sorted(self._read().values(), key=lambda entry: (entry.article_id, entry.reason))
            aside = self.path.with_name(f".{self.path.name}.{os.getpid()}")
            try:
                with aside.open("w", encoding="utf-8", newline="") as file:
                    csv.writer(file, lineterminator="\n").writerows([Entry._fields, *rows])
                    file.flush()
                    os.fsync(file.fileno())
                aside.replace(self.path)
            finally:
                aside.unlink(missing_ok=True)

    def _read(self) -> dict[str, Entry]:
        try:
            with self.path.open(encoding="utf-8", newline="") as file:
                rows = [row for row in csv.reader(file) if len(row) == len(Entry._fields)]
        except FileNotFoundError:
            return {}
        # A row that was cut short as the power went is none.
        return {entry.names: entry for entry in map(Entry._make, rows) if entry.status in {"finished", "failed"}}

    def _write(self) -> None:
        if not self._unwritten:
            return
        with self._locked(), self.path.open("a+", encoding="utf-8", newline="") as file:
            size = file.seek(0, os.SEEK_END)
            try:
                file.write("" if size == 0 or _ends_a_line(self.path) else "\n")
                head = [] if size else [Entry._fields]
                csv.writer(file, lineterminator="\n").writerows([*head, *self._unwritten])
                file.flush()
            except OSError:
                with contextlib.suppress(OSError):
                    file.truncate(size)
                raise
        self._unwritten.clear()

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other batches waiting, where folders can be locked: not on Windows, nor on every network."""
        folder = None
        try:
            import fcntl

            folder = os.open(self.path.parent, os.O_RDONLY)
            fcntl.flock(folder, fcntl.LOCK_EX)
        except (ImportError, OSError):
            pass
        try:
            yield
        finally:
            if folder is not None:
                os.close(folder)


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


class Batch:
    """A batch as it stands: its folder, its log, its tally, and whoever is told how far it is."""

    def __init__(self, out: Path, progress: Progress | None) -> None:
        out.mkdir(parents=True, exist_ok=True)
        self.out = out
        self.log = Log(out)
        self.tally = Tally()
        self._progress = progress

    def articles(self, sources: Iterable[str | Path], *, max_chars: int) -> Iterator[Article]:
        """Read articles one by one; those that are not fit are noted as failed."""
        for article in read_articles(sources):
            if isinstance(article, ArticleError):
                self.fail(Entry("", "failed", str(article)))
            elif len(article.text) > max_chars:
                why = f"{len(article.text):,} characters; expected at most {max_chars:,}"
                self.fail(Entry(article.id, "failed", why, key=article.sha256))
            else:
                yield article

    def fail(self, entry: Entry) -> None:
        """Note that an article failed."""
        self.log.add(entry)
        self.tally.failed += 1
        if self._progress:
            name = "" if entry.article_id in entry.reason else f"{entry.article_id}: "
            self._progress.failed(f"dateline: {name}{entry.reason}")
        self._tell()

    def made(self, n: int = 1) -> None:
        """Count articles as made."""
        self.tally.made += n
        self._tell()

    def unchanged(self, n: int = 1) -> None:
        """Count articles as unchanged."""
        self.tally.unchanged += n
        self._tell()

    def _tell(self) -> None:
        if self._progress:
            self._progress.update(self.tally)
