"""What a time expression means, as TIMEX3, and what it is read against.

References
----------
TimeML 1.2.1, annotation guidelines (TIMEX3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analysis.content.stretches import DAY, MONTH, WEEK, WEEKEND, YEAR, Stretch

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

__all__ = ["LAST_SHORT_YEAR", "UNKNOWN", "Context", "Timex", "year_of"]

#: What is written for what is not known, of each unit.
UNKNOWN = {
    DAY: "XXXX-XX-XX",
    WEEK: "XXXX-WXX",
    "2W": "XXXX-WXX",
    WEEKEND: "XXXX-WXX-WE",
    MONTH: "XXXX-XX",
    YEAR: "XXXX",
}
#: Two figures of a year up to this are of this century.
LAST_SHORT_YEAR = 40


class Context(NamedTuple):
    """What an expression is read against.

    Attributes
    ----------
    when
        The day of writing; None to leave the expression relative.
    previous
        The date before the expression in the text.
    own_day
        The day that a time of day without a date belongs to.
    tense
        ``past``, ``future``, or empty: which of the times that recur is meant.
    """

    when: date | None
    previous: Stretch | None
    own_day: Stretch | None
    tense: str


class Timex(NamedTuple):
    """What an expression means.

    Attributes
    ----------
    type, value
        As in TIMEX3.
    first, last
        The first and the last day that it may be, if known.
    is_anchored
        Whether that follows from the expression and its context.
    unit
        How long a stretch of the calendar it names; empty for others.
    """

    type: str
    value: str
    first: date | None = None
    last: date | None = None
    is_anchored: bool = False
    unit: str = ""

    @property
    def stretch(self) -> Stretch | None:
        """The stretch of the calendar, without the time of day."""
        if not self.unit or self.first is None or self.last is None or not self.is_anchored:
            return None
        return Stretch(self.value, self.first, self.last, self.unit)


def year_of(parts: Mapping[str, str]) -> int:
    """Return the year that is given in figures, or 0."""
    if "year" in parts:
        return int(parts["year"])
    short = parts.get("apostrophe", "")[-2:]
    return int(short) + (2000 if int(short) <= LAST_SHORT_YEAR else 1900) if short else 0
