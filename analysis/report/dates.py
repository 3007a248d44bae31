"""Dates of publication, as the styles of citation write them."""

from __future__ import annotations

from calendar import month_name
from typing import NamedTuple

__all__ = ["Day", "read_days", "write_date"]

#: MLA Handbook, 9th edition, appendix 1: months of more than four letters are cut, May to July are not.
_MLA_MONTHS = "Jan. Feb. Mar. Apr. May June July Aug. Sept. Oct. Nov. Dec.".split()

_MONTHS = 12


class Day(NamedTuple):
    """A day, a month (no day), or a year (neither)."""

    year: int
    month: int = 0
    day: int = 0


def read_days(published: str) -> list[Day]:
    """Return the first and last day of an article's date of publication; one where they are the same, none if unknown.

    Examples
    --------
    >>> read_days("2014-09-28/2014-09")
    [Day(year=2014, month=9, day=28), Day(year=2014, month=9, day=0)]
    >>> read_days("2014-13"), read_days("last week")
    ([], [])
    """
    try:
        days = [Day(*map(int, part.split("T")[0].split("-"))) for part in published.split("/") if part]
    except (ValueError, TypeError):
        return []
    return days if all(0 <= day.month <= _MONTHS for day in days) else []


def write_date(published: str, style: str) -> str:
    """Write a date of publication.

    Parameters
    ----------
    published
        ISO 8601, as precise as is known, or an interval of two such dates.
    style
        ``apa`` (2014, October 1), ``chicago`` (October 1, 2014) or ``mla`` (1 Oct. 2014).

    Examples
    --------
    >>> [write_date("2014-10-01", style) for style in ("apa", "chicago", "mla")]
    ['2014, October 1', 'October 1, 2014', '1 Oct. 2014']
    >>> write_date("2014-09-28/2014-09-30", "chicago"), write_date("2014-10", "mla")
    ('September 28–30, 2014', 'Oct. 2014')
    """
    days = read_days(published)
    if len({(day.year, day.month) for day in days}) == 1 and all(day.day for day in days):
        return _write_day(days[0], style, "–".join(dict.fromkeys(str(day.day) for day in days)))
    return "–".join(_write_day(day, style, str(day.day or "")) for day in days) or published


def _write_day(day: Day, style: str, number: str) -> str:
    month = "" if not day.month else _MLA_MONTHS[day.month - 1] if style == "mla" else month_name[day.month]
    year = str(day.year)
    if style == "mla":
        return " ".join(filter(None, (number, month, year)))
    within = " ".join(filter(None, (month, number)))
    if style == "apa":
        return ", ".join(filter(None, (year, within)))
    # Chicago: a comma stands only where there is a day.
    return f"{within}, {year}" if number else " ".join(filter(None, (within, year)))
