"""Stretches of the calendar: days, weeks, months and longer, by their names in TIMEX3, and how far they are apart.

Seasons are those of the northern hemisphere in whole months. Days of the Islamic calendar are computed by its tabular
form, which is a day off at most from what is observed.

References
----------
TimeML 1.2.1, annotation guidelines (TIMEX3). ISO 8601: weeks. J. Meeus 1991, Astronomical Algorithms, chapters 8 and 9:
Easter, and the tabular Islamic calendar.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "CENTURY",
    "DAY",
    "DECADE",
    "MONTH",
    "WEEK",
    "WEEKEND",
    "YEAR",
    "Stretch",
    "choose",
    "day",
    "decade",
    "duration",
    "holiday",
    "month",
    "part_of_year",
    "shift",
    "unit_around",
    "weekend",
    "year",
]

DAY, WEEK, WEEKEND, MONTH, QUARTER, YEAR, DECADE, CENTURY, MILLENNIUM = (
    *("1D", "1W", "WE", "1M", "3M", "1Y", "10Y", "100Y", "1000Y"),
)
#: The first month of each part of a year, and how many months it has.
_PARTS_OF_YEAR = {
    **{f"Q{number + 1}": (3 * number + 1, 3) for number in range(4)},
    **{f"H{number + 1}": (6 * number + 1, 6) for number in range(2)},
    **{season: (3 * number + 3, 3) for number, season in enumerate(("SP", "SU", "FA", "WI"))},
}
#: What is to come so many days from now is what has been, if that is no more than the second away.
_FAR_DAYS, _NEAR_DAYS = 300, 45
_EASTER, _NTH, _LUNAR = "EASTER", "NTH", "LUNAR"
#: The day before the first of the tabular Islamic calendar, by the count of :meth:`datetime.date.toordinal`.
_ISLAMIC_EPOCH = 227014
_LUNAR_YEAR_DAYS = 354.36667


class Stretch(NamedTuple):
    """A stretch of the calendar.

    Attributes
    ----------
    value
        Its TIMEX3 value.
    first, last
        Its first and last day.
    unit
        How long it is, one of the constants of this module, or the value of a part of a year.
    """

    value: str
    first: date
    last: date
    unit: str


def day(when: date) -> Stretch:
    """Return a day.

    Examples
    --------
    >>> day(date(2014, 3, 14)).value
    '2014-03-14'
    """
    return Stretch(when.isoformat(), when, when, DAY)


def _week(when: date) -> Stretch:
    number = when.isocalendar()
    monday = when - timedelta(number.weekday - 1)
    return Stretch(f"{number.year:04}-W{number.week:02}", monday, monday + timedelta(6), WEEK)


def weekend(when: date) -> Stretch:
    """Return the weekend of the week of a day.

    Examples
    --------
    >>> weekend(date(2014, 3, 14))[:3]
    ('2014-W11-WE', datetime.date(2014, 3, 15), datetime.date(2014, 3, 16))
    """
    week = _week(when)
    return Stretch(f"{week.value}-WE", week.last - timedelta(1), week.last, WEEKEND)


def month(of_year: int, number: int) -> Stretch:
    """Return a month."""
    last = date(of_year, number, monthrange(of_year, number)[1])
    return Stretch(f"{of_year:04}-{number:02}", last.replace(day=1), last, MONTH)


def part_of_year(of_year: int, part: str) -> Stretch:
    """Return a quarter (``Q1``), a half (``H1``) or a season (``SP``, ``SU``, ``FA``, ``WI``) of a year.

    Examples
    --------
    >>> part_of_year(2014, "WI")[:3]
    ('2014-WI', datetime.date(2014, 12, 1), datetime.date(2015, 2, 28))
    """
    first, n_months = _PARTS_OF_YEAR[part]
    start = date(of_year, first, 1)
    return Stretch(f"{of_year:04}-{part}", start, shift(start, MONTH, n_months) - timedelta(1), part)


def year(number: int) -> Stretch:
    """Return a year."""
    return Stretch(f"{number:04}", date(number, 1, 1), date(number, 12, 31), YEAR)


def decade(prefix: int) -> Stretch:
    """Return a decade by the figures that its years begin with.

    Examples
    --------
    >>> decade(199)[:3]
    ('199', datetime.date(1990, 1, 1), datetime.date(1999, 12, 31))
    """
    return Stretch(f"{prefix:03}", date(10 * prefix or 1, 1, 1), date(10 * prefix + 9, 12, 31), DECADE)


def _longer(prefix: int, n_years: int, unit: str) -> Stretch:
    digits = 5 - len(str(n_years))
    first = max(1, prefix * n_years)
    return Stretch(f"{prefix:0{digits}}", date(first, 1, 1), date(prefix * n_years + n_years - 1, 12, 31), unit)


def unit_around(when: date, unit: str) -> Stretch:
    """Return the day, week, weekend, month, quarter, year, decade, century or millennium that holds a day.

    Examples
    --------
    >>> [unit_around(date(2014, 8, 31), unit).value for unit in ("1W", "1M", "3M", "1Y", "10Y", "100Y")]
    ['2014-W35', '2014-08', '2014-Q3', '2014', '201', '20']
    """
    if unit == QUARTER:
        return part_of_year(when.year, f"Q{(when.month + 2) // 3}")
    if unit in (CENTURY, MILLENNIUM):
        n_years = int(unit[:-1])
        return _longer(when.year // n_years, n_years, unit)
    made = {
        DAY: lambda: day(when),
        WEEK: lambda: _week(when),
        "2W": lambda: _week(when),
        WEEKEND: lambda: weekend(when),
        MONTH: lambda: month(when.year, when.month),
        YEAR: lambda: year(when.year),
        DECADE: lambda: decade(when.year // 10),
    }
    return made[unit]()


def shift(when: date, unit: str, number: int) -> date:
    """Return the day so many units later, in a shorter month its last day.

    Raises
    ------
    OverflowError, ValueError
        If there is no such day from the year 1 to 9999.

    Examples
    --------
    >>> shift(date(2014, 3, 31), "1M", -1), shift(date(2014, 3, 31), "1W", 2)
    (datetime.date(2014, 2, 28), datetime.date(2014, 4, 14))
    """
    if unit == WEEKEND:
        unit = WEEK
    many, letter = int(unit[:-1]) * number, unit[-1]
    if letter in "DW":
        return when + timedelta(many * (7 if letter == "W" else 1))
    months = 12 * when.year + when.month - 1 + many * (12 if letter == "Y" else 1)
    of_year, number = divmod(months, 12)
    return date(of_year, number + 1, min(when.day, monthrange(of_year, number + 1)[1]))


def choose(candidates: Sequence[Stretch], when: date, how: str) -> Stretch | None:
    """Return the stretch that is meant among those that recur, in order of time.

    Parameters
    ----------
    candidates
        The stretches.
    when
        The day of writing.
    how
        ``past``: the last that has begun; ``ahead``: the first that has not ended; ``future``: the same, unless that
        is most of a year away and another has just been; ``last``: the last that has ended; ``next``: the first that
        has not begun; anything else: the nearest.
    """
    nearest = sorted(candidates, key=lambda each: max((each.first - when).days, (when - each.last).days))[:1]
    found = {
        "past": [each for each in candidates if each.first <= when][-1:],
        "last": [each for each in candidates if each.last < when][-1:],
        **dict.fromkeys(("ahead", "future"), [each for each in candidates if each.last >= when][:1]),
        "next": [each for each in candidates if each.first > when][:1],
    }.get(how, nearest)
    if how == "future" and found and (found[0].first - when).days > _FAR_DAYS:
        # *The show is on from May 5*, written in June.
        found = nearest if (when - nearest[0].last).days <= _NEAR_DAYS else found
    return found[0] if found else None


def holiday(of_year: int, rule: str) -> Stretch | None:
    """Return a named day or time of a year, by its rule in ``data/time_words.tsv``; None where the year has none.

    What is not one day has the value of the month or the year that holds it.

    Examples
    --------
    >>> [holiday(2014, rule).value for rule in ("12-25", "EASTER+1", "NTH 11 4 4 1", "NTH 5 -1 1")]
    ['2014-12-25', '2014-04-21', '2014-11-28', '2014-05-26']
    >>> holiday(2014, "LUNAR 9 1 30")[:3]
    ('2014', datetime.date(2014, 6, 29), datetime.date(2014, 7, 28))
    """
    kind, *numbers = rule.split(" ")
    if kind.startswith(_EASTER):
        return day(_easter(of_year) + timedelta(int(kind.removeprefix(_EASTER))))
    if kind == _NTH:
        number, which, weekday, *later = map(int, numbers)
        days = [date(of_year, number, at) for at in range(1, monthrange(of_year, number)[1] + 1)]
        own = [each for each in days if each.isoweekday() == weekday]
        return day(own[which - 1 if which > 0 else which] + timedelta(sum(later)))
    if kind == _LUNAR:
        return _lunar(of_year, *map(int, numbers))
    return day(date.fromisoformat(f"{of_year:04}-{kind}"))


def _easter(of_year: int) -> date:
    a, (b, c) = of_year % 19, divmod(of_year, 100)
    (d, e), f = divmod(b, 4), (b + 8) // 25
    h = (19 * a + b - d - (b - f + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    last = (32 + 2 * e + 2 * i - h - k) % 7
    number, at = divmod(h + last - 7 * ((a + 11 * h + 22 * last) // 451) + 114, 31)
    return date(of_year, number, at + 1)


def _lunar(of_year: int, number: int, at: int, n_days: int) -> Stretch | None:
    """Return what begins on a day of the Islamic calendar within a year."""
    about = int((date(of_year, 1, 1).toordinal() - _ISLAMIC_EPOCH) / _LUNAR_YEAR_DAYS)
    for islamic in (about, about + 1, about + 2):
        days = at + (59 * (number - 1) + 1) // 2 + 354 * (islamic - 1) + (3 + 11 * islamic) // 30
        first = date.fromordinal(_ISLAMIC_EPOCH + days)
        if first.year == of_year:
            last = first + timedelta(n_days - 1)
            is_month = (first.year, first.month) == (last.year, last.month)
            return Stretch(first.isoformat()[: 7 if is_month else 4], first, last, MONTH if is_month else YEAR)
    return None


def duration(number: float | None, unit: str) -> str:
    """Return the TIMEX3 value of so many units, in smaller units where they are not whole; None is no certain number.

    Examples
    --------
    >>> duration(2, "10Y"), duration(1.5, "1Y"), duration(0.5, "T1H"), duration(None, "1D"), duration(2.5, "1M")
    ('P20Y', 'P18M', 'PT30M', 'PXD', 'P2.5M')
    """
    is_clock, unit = unit.startswith("T"), unit.removeprefix("T")
    letter, time = unit[-1], "T" if is_clock else ""
    if number is None:
        return f"P{time}X{letter}"
    many = number * int(unit[:-1])
    if many % 1 and (smaller := {"Y": (12, "M", ""), "D": (24, "H", "T"), "W": (7, "D", "")}.get(letter)):
        if not (many * smaller[0]) % 1:
            many, letter, time = many * smaller[0], smaller[1], smaller[2]
    elif many % 1 and is_clock and letter in "HM" and not (many * 60) % 1:
        many, letter = many * 60, {"H": "M", "M": "S"}[letter]
    return f"P{time}{many:.10g}{letter}" if many % 1 else f"P{time}{int(many)}{letter}"
