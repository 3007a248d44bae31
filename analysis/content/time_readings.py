"""What time expressions mean: the parts that a pattern found, read against the day of writing, as TIMEX3.

References
----------
TimeML 1.2.1, annotation guidelines (TIMEX3). Lengths of time are given in the units of ISO 8601: a decade is ``P10Y``.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from analysis.content import stretches, time_lengths
from analysis.content.stretches import DAY, MONTH, WEEKEND, YEAR, Stretch
from analysis.content.tense import FUTURE, PAST
from analysis.content.time_lengths import quantity
from analysis.content.timex import LAST_SHORT_YEAR, UNKNOWN, Context, Timex, year_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["read"]

_REFERENCES = {-1: "PAST_REF", 0: "PRESENT_REF", 1: "FUTURE_REF"}
#: How a direction chooses among what recurs.
_WHICH = {-1: "last", 0: "this", 1: "next"}
_NOON = 12
_BEFORE_CHRIST = "BC"
#: Decades in figures from this on, and up to that, are of the last century.
_FIRST_DECADE_OF_CENTURY = 3
#: Units by length, in days; a date can only be told so many units from one that is no longer.
_DAYS = {
    DAY: 1,
    WEEKEND: 2,
    "1W": 7,
    "2W": 14,
    MONTH: 31,
    "3M": 92,
    YEAR: 366,
    "10Y": 3653,
    "100Y": 36525,
    "1000Y": 365250,
}


def read(reading: str, parts: Mapping[str, str], context: Context) -> Timex | None:
    """Return what an expression means, or None where it is no time.

    Examples
    --------
    >>> read("relative", {"direction": "-1", "unit": "1W"}, Context(date(2014, 3, 14), None, None, "")).value
    '2014-W10'
    >>> read("relative", {"direction": "-1", "unit": "1W"}, Context(None, None, None, "")).value
    'PAST_REF'
    """
    try:
        return _READINGS[reading](parts, context)
    except (OverflowError, ValueError):  # no such day, or before the year 1
        return None


def _named(stretch: Stretch | str | None) -> Timex | None:
    """Return a stretch, or the value of a relative one, as a date."""
    if isinstance(stretch, str):
        return Timex("DATE", stretch)
    return Timex("DATE", *stretch[:3], is_anchored=True, unit=stretch.unit) if stretch else None


# Dates


def _date(parts: Mapping[str, str], context: Context) -> Timex | None:
    time = _time_of_day(parts)
    stretch = _part_of_known_day(parts, context) if time else None
    stretch = stretch or _stretch(parts, context) or (_own_day(context) if time else None)
    if stretch is None or not time:
        return _named(stretch)
    if isinstance(stretch, str):
        unknown = UNKNOWN[DAY] if stretch in _REFERENCES.values() else stretch
        return Timex("TIME", unknown + time)
    if stretch.unit != DAY:
        return _named(stretch)
    return Timex("TIME", stretch.value + time, stretch.first, stretch.last, is_anchored=True, unit=DAY)


def _own_day(context: Context) -> Stretch | str:
    if context.own_day:
        return context.own_day
    return stretches.day(context.when) if context.when else UNKNOWN[DAY]


def _part_of_known_day(parts: Mapping[str, str], context: Context) -> Stretch | str | None:
    """Return the day of *last night*, *this morning*, *that evening*, *the following morning* and *tonight*."""
    if "tonight" in parts or ("direction" in parts and not {"weekday", "holiday"} & set(parts)):
        direction = int(parts.get("direction", "0"))
        if direction > 0:
            return _near(context, 1)
        return stretches.day(context.when + timedelta(direction)) if context.when else UNKNOWN[DAY]
    if "related" in parts or "near" in parts:
        return _near(context, int(parts.get("related", "1")))
    return _near(context, 0) if "same" in parts else None


def _near(context: Context, n_days: int) -> Stretch | str:
    """Return the day so many days from that of the date before."""
    if context.previous is None or context.previous.unit != DAY:
        return UNKNOWN[DAY]
    return stretches.day(context.previous.first + timedelta(n_days))


def _time_of_day(parts: Mapping[str, str]) -> str:
    """Return the time of day as it stands in a value; empty without one."""
    figures = parts.get("clock") or parts.get("dotted", "").replace(".", ":") or parts.get("hour")
    if parts.get("military"):
        figures = f"{parts['military'][:2]}:{parts['military'][2:]}"
    if not figures:
        moment = parts.get("moment") or parts.get("part") or parts.get("overnight") or parts.get("tonight")
        return f"T{moment}" if moment else ""
    hour, _, rest = figures.partition(":")
    number = int(hour)
    if "meridiem" in parts and number <= _NOON:
        number = number % _NOON + (_NOON if parts["meridiem"] == "p" else 0)
    elif "part" in parts and number < _NOON and parts["part"] in ("AF", "EV"):
        number += _NOON
    return f"T{number % 24:02}:{rest or '00'}" + ("Z" if parts.get("zone") == "Z" else "")


def _stretch(parts: Mapping[str, str], context: Context) -> Stretch | str | None:
    """Return the stretch of the calendar that is named; its relative value where the day of writing is not known."""
    how = _WHICH[int(parts["direction"])] if "direction" in parts else context.tense
    return next((make(parts, context, how) for name, make in _STRETCHES.items() if name in parts), None)


def _deictic(parts: Mapping[str, str], context: Context, _: str) -> Stretch | str:
    n_days = int(parts["deictic"])
    if context.when is None:
        return _REFERENCES[(n_days > 0) - (n_days < 0)]
    return stretches.day(context.when + timedelta(n_days))


def _holiday(parts: Mapping[str, str], context: Context, how: str) -> Stretch | str | None:
    rule = parts["holiday"]
    relative = rule if rule[:2].isdigit() else "XX-XX"
    found = _yearly(parts, context, how, lambda number: stretches.holiday(number, rule), relative)
    if "eve" in parts and isinstance(found, Stretch):
        return stretches.day(found.first - timedelta(1))
    return found


def _part_of_year(parts: Mapping[str, str], context: Context, how: str) -> Stretch | str | None:
    part = _season_or_quarter(parts)
    return _yearly(parts, context, how, lambda number: stretches.part_of_year(number, part), part)


def _day_of_month(parts: Mapping[str, str], context: Context, how: str) -> Stretch | str | None:
    at, when = int(parts["nth"][:-2]), context.when
    if when is None:
        return f"XXXX-XX-{at:02}"
    months = (stretches.shift(when.replace(day=1), MONTH, number) for number in (-2, -1, 0, 1, 2))
    days = [
        stretches.day(first.replace(day=at)) for first in months if at <= stretches.unit_around(first, MONTH).last.day
    ]
    return stretches.choose(days, when, how)


def _slashed(figures: str) -> Stretch | None:
    """Return the day of a date in figures; None where the order of day and month is not certain."""
    first, second, number = map(int, figures.replace(".", "/").split("/"))
    of_year = number if number > 99 else number + (2000 if number <= LAST_SHORT_YEAR else 1900)  # noqa: PLR2004
    found = set()
    for of_month, at in ((first, second), (second, first)):
        try:
            found.add(date(of_year, of_month, at))
        except ValueError:
            continue
    return stretches.day(found.pop()) if len(found) == 1 else None


def _of_month(parts: Mapping[str, str], context: Context, how: str) -> Stretch | str | None:
    number = int(parts["month"])
    figures = parts.get("day") or parts.get("nth", "").rstrip("stndrh")
    if figures:
        at = int(figures)
        date(2000, number, at)  # raises where no year has the day

        def make(of_year: int) -> Stretch | None:
            return stretches.day(date(of_year, number, at)) if (number, at) != (2, 29) or _is_leap(of_year) else None

        return _yearly(parts, context, how, make, f"{number:02}-{at:02}")
    return _yearly(parts, context, how, lambda of_year: stretches.month(of_year, number), f"{number:02}")


def _is_leap(number: int) -> bool:
    return number % 4 == 0 and (number % 100 != 0 or number % 400 == 0)


def _yearly(
    parts: Mapping[str, str], context: Context, how: str, make: Callable[[int], Stretch | None], relative: str
) -> Stretch | str | None:
    """Return that of a year that is named, or the one that is meant of those around the day of writing."""
    day, _, year = parts.get("event", "").partition(" ")  # *the September 11 attacks*
    if number := int(year) if day == relative else year_of(parts):
        return make(number)
    when = context.when
    if "related" in parts and context.previous:
        when, how = context.previous.first, _WHICH[int(parts["related"])]
    elif "sameyear" in parts or "same" in parts:
        when, how = (context.previous.first if context.previous else None), "this"
    if when is None:
        return f"XXXX-{relative}"
    if "ofyear" in parts:
        return make(when.year + int(parts["ofyear"]))
    if how == _WHICH[0]:
        return make(when.year)
    made = [each for number in range(when.year - 2, when.year + 3) if (each := make(number))]
    return stretches.choose(made, when, how)


def _weekday(parts: Mapping[str, str], context: Context, how: str) -> Stretch | str | None:
    number = int(parts["weekday"])
    if context.when is None:
        return f"XXXX-WXX-{number}"
    monday = context.when - timedelta(context.when.isoweekday() - 1)
    days = [stretches.day(monday + timedelta(7 * week + number - 1)) for week in (-2, -1, 0, 1, 2)]
    if "ofweek" in parts:
        return days[2 + int(parts["ofweek"])]
    if how == _WHICH[0]:
        how = context.tense or FUTURE
    return stretches.choose(days, context.when, how or PAST)


def _season_or_quarter(parts: Mapping[str, str]) -> str:
    kind = parts.get("quarter") or parts.get("half")
    if not kind:
        return parts.get("quarter_figure") or parts.get("season") or parts["fall"]
    number = int(parts.get("ordinal") or parts["nth"][:-2])
    most = 4 if kind == "Q" else 2
    if number > most and parts.get("ordinal") != "4":  # the final half
        raise ValueError("no such part")
    return f"{kind}{min(number, most)}"


#: What reads the parts of a date, by the part that tells what it is: the first that it has.
_STRETCHES: dict[str, Callable[[Mapping[str, str], Context, str], Stretch | str | None]] = {
    "iso": lambda parts, _context, _how: stretches.day(date.fromisoformat(parts["iso"])),
    "slashed": lambda parts, _context, _how: _slashed(parts["slashed"]),
    "deictic": _deictic,
    "month": _of_month,
    "holiday": _holiday,
    "weekday": _weekday,
    "quarter": _part_of_year,
    "quarter_figure": _part_of_year,
    "half": _part_of_year,
    "season": _part_of_year,
    "fall": _part_of_year,
    "nth": _day_of_month,
    "year": lambda parts, _context, _how: stretches.year(year_of(parts)),
    "apostrophe": lambda parts, _context, _how: stretches.year(year_of(parts)),
}


def _fiscal(parts: Mapping[str, str], context: Context) -> Timex | None:
    figures = parts.get("fiscal", "")[-4:].lstrip("FY' ") or parts.get("year", "")
    if not figures:
        direction = int(parts.get("direction", parts.get("related", "0")))
        if context.when is None:
            return Timex("DATE", "FYXXXX")
        figures = str(context.when.year + direction)
    number = int(figures)
    return Timex("DATE", f"FY{number if number > 99 else 2000 + number}", is_anchored=True)  # noqa: PLR2004


def _era(parts: Mapping[str, str], _: Context) -> Timex | None:
    number = int(parts["figures"].replace(",", ""))
    if parts["era"] == _BEFORE_CHRIST:
        return Timex("DATE", f"{_BEFORE_CHRIST}{number:04}", is_anchored=True)
    return _named(stretches.year(number))


def _decade(parts: Mapping[str, str], context: Context) -> Timex | None:
    if "decade" in parts:
        return _named(stretches.decade(int(parts["decade"])))
    figures = parts["decades"].strip("'s").removesuffix("'")
    if len(figures) > 2:  # noqa: PLR2004 - with the century
        return _named(stretches.decade(int(figures[:3])))
    tens = int(figures[0])
    previous = context.previous
    century = 19 if tens >= _FIRST_DECADE_OF_CENTURY else 20
    if previous and previous.unit == "10Y":
        century = previous.first.year // 100
    return _named(stretches.decade(10 * century + tens))


def _century(parts: Mapping[str, str], _: Context) -> Timex | None:
    number = int(parts.get("ordinal") or parts["nth"][:-2])
    if parts.get("era") == _BEFORE_CHRIST:
        return Timex("DATE", f"{_BEFORE_CHRIST}{number - 1:02}", is_anchored=True)
    return _named(stretches.unit_around(date(100 * (number - 1) or 1, 1, 1), "100Y"))


# Relative to the day of writing, or to a date in the text


def _relative(parts: Mapping[str, str], context: Context) -> Timex | None:
    unit = parts.get("unit") or parts.get("weekend", "")
    if unit.startswith("T"):
        return None
    if "direction" in parts:
        return _named(_from_writing(unit, int(parts["direction"]), context))
    if steps := [parts[name] for name in ("same", "related", "elsewhen", "beside") if name in parts]:
        previous, when = context.previous, context.when
        may_be_writing = "same" not in parts and unit not in (DAY, WEEKEND)
        if when and may_be_writing and not _is_within(previous, unit):
            previous = stretches.unit_around(when, unit)
        return _named(_from_text(previous, unit, int(steps[0])))
    return _named(_own(unit, context, has_edge="edge" in parts))


def _from_writing(unit: str, direction: int, context: Context) -> Stretch | str | None:
    """Return the unit before, of or after the day of writing (*last week*); *the next day* is told from the text."""
    when = context.when
    if unit == DAY:
        return _near(context, 1) if direction > 0 else None
    if when is None:
        return _REFERENCES[direction]
    if unit == WEEKEND:
        how = _WHICH[direction] if direction else context.tense or FUTURE
        return stretches.choose(_weekends(when), when, how)
    return stretches.unit_around(stretches.shift(when, unit, direction), unit)


def _own(unit: str, context: Context, *, has_edge: bool) -> Stretch | str | None:
    """Return the unit of the day of writing (*the end of the year*), the nearest weekend, or the day in the text."""
    when, previous = context.when, context.previous
    if unit == DAY and previous and previous.unit == DAY:  # *later in the day*
        return previous
    if when is None:
        return UNKNOWN[WEEKEND] if unit == WEEKEND else _REFERENCES[0]
    if unit == WEEKEND and not has_edge:
        return stretches.choose(_weekends(when), when, context.tense or PAST)
    return stretches.unit_around(when, unit)


def _weekends(when: date) -> list[Stretch]:
    return [stretches.weekend(when + timedelta(7 * week)) for week in (-2, -1, 0, 1, 2)]


def _is_within(stretch: Stretch | None, unit: str) -> bool:
    """Return whether a stretch is no longer than a unit."""
    return stretch is not None and _DAYS.get(stretch.unit, _DAYS["3M"]) <= _DAYS[unit]


def _from_text(previous: Stretch | None, unit: str, n_units: int) -> Stretch | str:
    """Return the stretch so many units from a date in the text, which must be no longer than a unit."""
    if previous is None or not _is_within(previous, unit):
        return UNKNOWN.get(unit, UNKNOWN[YEAR])
    return stretches.unit_around(stretches.shift(previous.first, unit, n_units), unit)


def _ago(parts: Mapping[str, str], context: Context) -> Timex | None:
    direction = int(parts.get("ago") or parts["fromnow"])
    number, unit = quantity(parts)
    vague = _REFERENCES[direction]
    if context.when is None:
        return Timex("DATE", vague)
    bounds = (None, context.when) if direction < 0 else (context.when, None)
    if unit.startswith("T"):
        day_before = context.when + timedelta(direction)
        is_short = number is not None and number <= 24  # noqa: PLR2004 - hours
        return Timex("TIME", vague, *(sorted((day_before, context.when)) if is_short else bounds))
    if number is None:
        return Timex("DATE", vague, *bounds)
    if number % 1 and unit == YEAR:
        number, unit = 12 * number, MONTH
    try:
        return _named(stretches.unit_around(stretches.shift(context.when, unit, direction * int(number)), unit))
    except (OverflowError, ValueError):  # before the year 1
        return Timex("DATE", vague, *bounds)


def _later(parts: Mapping[str, str], context: Context) -> Timex | None:
    direction = int(parts.get("elsewhen") or parts["beside"])
    number, unit = quantity(parts)
    if unit.startswith("T"):
        return Timex("TIME", "XXXX-XX-XXTXX:XX")
    if number is None:
        return Timex("DATE", _REFERENCES[direction])
    if number % 1 and unit == YEAR:
        number, unit = 12 * number, MONTH
    return _named(_from_text(context.previous, unit, direction * int(number)))


def _reference(parts: Mapping[str, str], context: Context) -> Timex | None:
    value = parts.get("reference") or parts.get("recent") or parts["coming"]
    first = context.when if value != _REFERENCES[-1] else None
    last = context.when if value != _REFERENCES[1] else None
    return Timex("DATE", value, first, last)


_READINGS: dict[str, Callable[[Mapping[str, str], Context], Timex | None]] = {
    "ago": _ago,
    "century": _century,
    "date": _date,
    "decade": _decade,
    "duration": time_lengths.duration,
    "era": _era,
    "fiscal": _fiscal,
    "later": _later,
    "none": lambda _parts, _context: None,
    "opening": time_lengths.opening,
    "reference": _reference,
    "relative": _relative,
    "set": time_lengths.recurring,
    "span": time_lengths.span,
}
