"""Time expressions: where an article says when, and what days that is.

What the expressions look like stands in ``data/time_words.tsv`` and ``data/time_patterns.tsv``;
:mod:`analysis.content.time_matches` finds where they match, and :mod:`analysis.content.time_readings` says what a match
means. Here each is read against the day of writing and the dates before it in the text.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis import tables
from analysis.article import Article
from analysis.content import stretches
from analysis.content.columns import values_of
from analysis.content.stretches import DAY
from analysis.content.tense import PAST, Tenses
from analysis.content.time_matches import DATE, find_matches
from analysis.content.time_patterns import default_patterns
from analysis.content.time_readings import read
from analysis.content.timex import Context

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from analysis.content.stretches import Stretch
    from analysis.content.time_matches import Found
    from analysis.content.time_patterns import Patterns
    from analysis.content.timex import Timex

__all__ = ["find_times"]

_COLUMNS = "article_id token sentence start end text norm lemma upos xpos entity head deprel".split()
#: The parts of a time of day without a date, and parts of what recurs.
_CLOCK_PARTS = frozenset(
    "clock dotted hour number meridiem zone moment part overnight military opening closing comma stage".split()
)
_RECURRING = frozenset("month weekday holiday season fall quarter half quarter_figure weekend nth".split())
_MAX_DATELINE_WORDS = 12
_BEFORE_DATE = frozenset([",", "(", "-", "–", "—", "--"])
_AFTER_DATELINE = frozenset(["(", ")", "-", "–", "—", "--", ":"])
_PUBLISHED = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
#: Two years in which nothing but the year is the same, for dates without one.
_SOME_YEARS = (2001, 2003)


def find_times(articles: Article | Iterable[Article], sentences: pd.DataFrame, tokens: pd.DataFrame) -> pd.DataFrame:
    """Find the time expressions of articles, and what days they are.

    Parameters
    ----------
    articles
        An article, or any number of them. Relative expressions are told from the day when it was ``published``, or,
        where that is not known to the day, from the date of its dateline.
    sentences, tokens
        Their tables.

    Returns
    -------
    pandas.DataFrame
        {columns}

    Notes
    -----
    Values are those of TIMEX3 (TimeML 1.2.1); lengths of time are in the units of ISO 8601 (a decade is ``P10Y``).
    Where the day of writing is not known, or only to lie between two days for which the expression means different
    days, the value is left relative (``XXXX-WXX-1``, ``PAST_REF``), and ``earliest`` and ``latest`` hold both meanings.
    The bounds of *early 2013* are those of 2013. Weekdays and months without more are told by the tense of the verb
    that governs them: *met on Monday*, *will meet on Monday*. Numeric dates whose order of day and month is not certain
    (3/4/2015) are left out, and so are ages.
    """
    listed = {each.id: each for each in ([articles] if isinstance(articles, Article) else articles)}
    patterns = default_patterns()
    places = {
        (article, number): _Place(role, paragraph)
        for article, number, role, paragraph in zip(
            *(sentences[name].tolist() for name in ("article_id", "sentence", "role", "paragraph")), strict=True
        )
    }
    columns = {name: values_of(tokens[name]) for name in _COLUMNS}
    owner = columns["article_id"]
    changes = np.flatnonzero(tokens["article_id"].to_numpy()[1:] != tokens["article_id"].to_numpy()[:-1]) + 1
    rows: list[tuple[Any, ...]] = []
    for low, high in pairwise([0, *changes.tolist(), len(owner)] if owner else []):
        own = {name: values[low:high] for name, values in columns.items()}
        rows += _Reader(listed[owner[low]], own, places, patterns).rows()
    return tables.frame("times", rows)


class _Place(NamedTuple):
    """The role of a sentence, and the number of its paragraph."""

    role: str
    paragraph: int


class _Reference(NamedTuple):
    """When an article was written: the first and the last day that this may be, and whether its year is known."""

    first: date
    last: date
    knows_year: bool = True


def _published(article: Article) -> _Reference | None:
    """Return the days between which an article was published; None where it does not say so."""
    bounds = []
    for stated in (article.published or "").split("/"):
        found = _PUBLISHED.match(stated)
        if not found:
            return None
        year, month, day = (int(figures) if figures else 0 for figures in found.groups())
        try:
            bounds.append(
                stretches.day(date(year, month, day))
                if day
                else stretches.month(year, month)
                if month
                else stretches.year(year)
            )
        except ValueError:
            return None
    return _Reference(bounds[0].first, bounds[-1].last) if bounds[0].first <= bounds[-1].last else None


class _Reader:
    """Makes the rows of one article."""

    def __init__(
        self,
        article: Article,
        columns: Mapping[str, list[Any]],
        places: Mapping[tuple[str, int], _Place],
        patterns: Patterns,
    ) -> None:
        self._article, self._columns, self._places, self._patterns = article, columns, places, patterns

    @cached_property
    def _heads(self) -> list[int]:
        first = self._columns["token"][0]
        return [head - first if head >= 0 else -1 for head in self._columns["head"]]

    @cached_property
    def _tenses(self) -> Tenses:
        return Tenses(self._columns, self._heads, self._patterns.words)

    def _place(self, found: Found) -> _Place:
        return self._places[self._article.id, self._columns["sentence"][found.tokens[0]]]

    def rows(self) -> list[tuple[Any, ...]]:
        """Return the rows of the table."""
        found = find_matches(self._columns, self._heads, self._patterns)
        rows: list[tuple[Any, ...]] = []
        for each, timex in zip(found, self._read(found), strict=True):
            if timex:
                start, end = each.characters
                rows.append((
                    self._article.id,
                    len(rows),
                    self._columns["sentence"][each.tokens[0]],
                    start,
                    end,
                    self._article.text[start:end],
                    timex.type,
                    timex.value,
                    timex.first.isoformat() if timex.first else "",
                    timex.last.isoformat() if timex.last else "",
                    timex.is_anchored,
                ))  # fmt: skip
        return rows

    def _read(self, found: Sequence[Found]) -> list[Timex | None]:
        """Return what each match means: first those with a date, then times of day, which belong to a date nearby."""
        read: list[Timex | None] = [None] * len(found)
        reference = _published(self._article)
        if reference is None or reference.first != reference.last:
            reference = self._dateline(found, reference) or reference
        previous: Stretch | None = None
        for index, each in enumerate(found):
            if not self._is_bare_time(each):
                read[index] = timex = self._resolve(each, reference, previous, None)
                if timex and timex.stretch and (timex.unit == DAY or not self._looks_back(each)):
                    previous = timex.stretch
        for index, each in enumerate(found):
            if self._is_bare_time(each):
                read[index] = self._resolve(each, reference, None, self._own_day(index, found, read, reference))
        return read

    @staticmethod
    def _looks_back(found: Found) -> bool:
        """Return whether a match tells how long before another date it was, as what is compared with does.

        In *sales fell from the previous year* what *a year earlier* is told from later is the year of the sales.
        """
        steps = (found.match.parts[name] for name in ("related", "elsewhen", "beside") if name in found.match.parts)
        return any(step.startswith("-") for step in steps)

    @staticmethod
    def _is_bare_time(found: Found) -> bool:
        return found.match.reading == DATE and _CLOCK_PARTS.issuperset(found.match.parts)

    def _own_day(
        self, index: int, found: Sequence[Found], read: Sequence[Timex | None], reference: _Reference | None
    ) -> Stretch | None:
        """Return the nearest day in the sentence of a time of day, else the last one of its paragraph that is past."""
        own, paragraph = found[index], self._place(found[index]).paragraph
        days = [
            (each.sentence != own.sentence, abs(each.tokens[0] - own.tokens[0]), timex.stretch)
            for each, timex in zip(found, read, strict=True)
            if timex and timex.stretch and timex.stretch.unit == DAY and self._place(each).paragraph == paragraph
            if each.sentence == own.sentence
            or (each.sentence < own.sentence and reference and timex.stretch.first <= reference.last)
        ]
        if not days:
            return None
        day = min(days, key=lambda each: each[:2])[2]
        return stretches.day(day.first)

    def _dateline(self, found: Sequence[Found], reference: _Reference | None) -> _Reference | None:
        """Return the date of the dateline; one without a year is taken for that of the days of publication."""
        for each in found:
            parts = each.match.parts
            if parts.keys().isdisjoint(("iso", "month")) or not self._is_dateline(each):
                continue
            is_whole = bool({"iso", "year"} & parts.keys())
            days = (
                _day_in(parts if is_whole else {**parts, "year": str(year)})
                for year in (range(reference.first.year, reference.last.year + 1) if reference else _SOME_YEARS)
            )
            known = [
                day
                for day in days
                if day and (is_whole or reference is None or reference.first <= day <= reference.last)
            ]
            if is_whole and known:
                return _Reference(known[0], known[0])
            if known and (reference is None or len(known) == 1):
                return _Reference(known[0], known[-1], knows_year=reference is not None)
        return None

    def _is_dateline(self, found: Found) -> bool:
        (low, high), (first, last) = found.tokens, found.sentence
        if self._place(found).role == "dateline":
            return True
        forms = self._columns["text"]
        if not first < low <= first + _MAX_DATELINE_WORDS or not forms[first].isupper():
            return False
        after = forms[high : min(last, high + 2)]
        return forms[low - 1] in _BEFORE_DATE and not _AFTER_DATELINE.isdisjoint(after)

    def _resolve(
        self, found: Found, reference: _Reference | None, previous: Stretch | None, own_day: Stretch | None
    ) -> Timex | None:
        """Read a match against both ends of the days of writing; it stays relative where they do not agree."""
        match = found.match
        tense = self._tense(found) if _RECURRING & match.parts.keys() else ""

        def against(when: date | None) -> Timex | None:
            return read(match.reading, match.parts, Context(when, previous, own_day, tense))

        if reference is None:
            return against(None)
        one = against(reference.first)
        if reference.first == reference.last:
            return one
        other = against(reference.last)
        if one == other or one is None or other is None:
            return one
        relative = against(None)
        if relative is None:
            return None
        if not reference.knows_year:
            is_same_day = one.is_anchored and one.value[4:] == other.value[4:] and one.value[4:5] == "-"
            return relative._replace(value=f"XXXX{one.value[4:]}" if is_same_day else relative.value)
        first = min(one.first, other.first) if one.first and other.first else None
        last = max(one.last, other.last) if one.last and other.last else None
        return relative._replace(first=first, last=last)

    def _tense(self, found: Found) -> str:
        is_title = self._place(found).role == "title"
        return self._tenses.direction(*found.tokens, *found.sentence, is_title=is_title)


def _day_in(parts: Mapping[str, str]) -> date | None:
    """Return the day that is named with its year, if it is one."""
    timex = read(DATE, parts, Context(None, None, None, PAST))
    return timex.first if timex and timex.unit == DAY else None
