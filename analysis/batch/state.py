"""The state of a batch: its folder, log, tally and progress, and what it reads."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from analysis.article import ArticleError, read_articles
from analysis.batch.claims import remove_claims
from analysis.batch.log import Entry, Log, Tally
from analysis.lines import one_line
from analysis.report.faults import check_is_there, find_fault, raise_fault
from analysis.report.staging import check_no_file, folder_name, name_key, remove_stale

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from analysis.article import Article
    from analysis.batch.progress import Progress

__all__ = ["MAX_CHARS", "Batch"]

#: The length of a book of four hundred thousand words: the charts of a longer text would not fit into memory.
MAX_CHARS = 2_000_000


class Batch:
    """The state of a batch: its folder, log, tally and progress display."""

    def __init__(self, out: Path, progress: Progress | None) -> None:
        check_no_file(out)
        out.mkdir(parents=True, exist_ok=True)
        self.out = out
        self.tally = Tally()
        self._progress = progress
        self.log = Log(out, self.notify)
        self._taken: set[str] = set()
        self._renamed: dict[str, str] = {}

    @contextlib.contextmanager
    def running(self, *, is_true: Callable[[Entry], bool]) -> Iterator[None]:
        """Leave the log sorted and nothing unfinished, however the block ends; name the machine's fault if it has one.

        Parameters
        ----------
        is_true
            What of the log's rows on articles that this batch has not had: whether they are still true.

        Raises
        ------
        MachineError
            If the machine fails.
        """
        remove_stale(self.out)
        try:
            yield
            self.check()
            self.log.sort(is_true=is_true)
        except BaseException as error:
            if self.out.is_dir():
                with contextlib.suppress(OSError, MemoryError):
                    self.log.sort()
            if isinstance(error, Exception):
                raise_fault(error, self.out)
            raise
        finally:
            remove_stale(self.out)
            remove_claims(self.out)

    def check(self) -> None:
        """Check that the folder is still there, so that nobody makes it anew where a disk was.

        Raises
        ------
        MachineError
            If it is not.
        """
        check_is_there(self.out)

    def articles(self, sources: str | Path | Iterable[str | Path], *, max_chars: int) -> Iterator[Article]:
        """Yield the articles one by one, and log those that cannot be read or are too long as failed.

        Raises
        ------
        MachineError
            If an article cannot be read because of the machine.
        """
        for article in read_articles(sources):
            if isinstance(article, ArticleError):
                if fault := find_fault(article, is_listed=True):
                    raise fault from article
                self.add_failed(Entry("", "failed", str(article)))
                continue
            self._name_folder(article.id)
            if len(article.text) > max_chars:
                reason = f"{len(article.text):,} characters; expected at most {max_chars:,}"
                self.add_failed(Entry(article.id, "failed", reason))
            else:
                yield article

    def folder(self, article_id: str) -> str:
        """Return the name of an article's folder."""
        return self._renamed.get(article_id, article_id)

    def _name_folder(self, article_id: str) -> None:
        name = folder_name(article_id, self._taken)
        self._taken.add(name_key(name))
        if name != article_id:
            self._renamed[article_id] = name

    def add_failed(self, entry: Entry) -> None:
        """Log and count a failed article."""
        entry = self.log.add(entry)
        self.tally.failed += 1
        name = "" if entry.article_id in entry.reason else f"{entry.article_id}: "
        self.notify(f"dateline: {name}{entry.reason}")
        self._show_progress()

    def add_made(self, n: int = 1) -> None:
        """Count articles as made."""
        self.tally.made += n
        self._show_progress()

    def add_unchanged(self, n: int = 1) -> None:
        """Count articles as unchanged."""
        self.tally.unchanged += n
        self._show_progress()

    def notify(self, line: str) -> None:
        """Print a line beside the progress display, if there is one."""
        if self._progress:
            self._progress.print_line(one_line(line))

    def _show_progress(self) -> None:
        if self._progress:
            self._progress.update(self.tally)
