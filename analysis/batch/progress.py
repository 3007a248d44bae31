"""The progress of a batch: a bar in a terminal, elsewhere a line every ten seconds."""

from __future__ import annotations

import contextlib
import sys
import time
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from analysis.batch.log import Tally

__all__ = ["Progress", "describe_seconds", "describe_tally"]

_SECONDS_BETWEEN_LINES = 10


class Progress:
    """A display of a batch's progress: its rate, the time left and its failures.

    Parameters
    ----------
    total
        How many articles there are; ``None`` if that is not known.
    file
        The stream to write to; standard error unless given. What it cannot take, since it is closed or full, is lost:
        no batch ends for that.
    """

    def __init__(self, total: int | None, file: TextIO | None = None) -> None:
        from tqdm import tqdm

        # None if standard error was closed when Python started.
        self._file = file or sys.stderr
        self._start = self._last_line = time.monotonic()
        self._total = total
        is_terminal = self._file is not None and self._file.isatty()
        self._bar = tqdm(total=total, unit=" articles", file=self._file, dynamic_ncols=True) if is_terminal else None

    def update(self, tally: Tally) -> None:
        """Show the tally."""
        if self._bar is not None:
            with _if_possible():
                self._bar.n = tally.n
                self._bar.set_postfix(failed=tally.failed, refresh=False)
                self._bar.update(0)
        elif time.monotonic() - self._last_line > _SECONDS_BETWEEN_LINES:
            self._last_line = time.monotonic()
            self.print_line(self._describe(tally))

    def print_line(self, line: str) -> None:
        """Print a line, for instance on an article that failed."""
        with _if_possible():
            if self._bar is not None:
                self._bar.write(line, file=self._file)
            elif self._file is not None:
                print(line, file=self._file, flush=True)

    def close(self, tally: Tally) -> None:
        """Show the final tally and end the bar."""
        if self._bar is not None:
            with _if_possible():
                self._bar.n = tally.n
                self._bar.close()

    def _describe(self, tally: Tally) -> str:
        # An export may hold more articles than it states.
        total = None if self._total is None else max(self._total, tally.n)
        count = f"{tally.n:,}" if total is None else f"{tally.n:,} of {total:,}"
        noun = "article" if (total or tally.n) == 1 else "articles"
        parts = [f"{count} {noun}: {describe_tally(tally)}"]
        rate = tally.made / (time.monotonic() - self._start)
        if rate:
            parts.append(f"{rate:.2f} made a second")
            if total is not None:
                parts.append(f"at most {describe_seconds((total - tally.n) / rate)} left")
        return "; ".join(parts)


def _if_possible() -> contextlib.suppress:
    """Suppress the error of a stream that is closed or full."""
    return contextlib.suppress(OSError, ValueError)


def describe_tally(tally: Tally) -> str:
    """Return a tally in words.

    >>> from analysis.batch.log import Tally
    >>> describe_tally(Tally(made=2, unchanged=1200, failed=1))
    '2 made, 1,200 unchanged, 1 failed'
    """
    return f"{tally.made:,} made, {tally.unchanged:,} unchanged, {tally.failed:,} failed"


def describe_seconds(seconds: float) -> str:
    """Return a duration in words.

    >>> [describe_seconds(s) for s in (4.26, 75, 7300)]
    ['4.3 s', '1 min 15 s', '2 h 1 min']
    """
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds:.1f} s"
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s"
