"""Dates: what a source states, as ISO 8601; never more precise than stated, and never guessed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import NamedTuple

from analysis import resources

__all__ = ["MISSING", "find_address_date", "find_line_date", "is_date_line", "is_time_line", "parse_date"]

#: What programs write for a missing value.
MISSING = frozenset(
    ("nan", "NaN", "NAN", "None", "NaT", "<NA>", "NA", "N/A", "n/a", "#N/A", "NULL", "Null", "null", "undefined")
)
#: What people write for a missing date.
_NO_DATE = frozenset(("n.d.", "n. d.", "n.d", "undated", "no date", "unknown", "-", "–", "—"))
_MAX_DATE_CHARS = 80
_MAX_LINE_CHARS = 500
_YEAR = re.compile(r"[12]\d{3}(?:\.0)?")
_MONTH = re.compile(r"[12]\d{3}-(?:0[1-9]|1[0-2])")
_NUMBER = re.compile(r"\d{1,19}(?:\.\d{1,9})?")
#: Seconds, milliseconds, microseconds and nanoseconds since 1970, by the power of ten at which each begins; below the
#: first, a number may be a day count of a spreadsheet.
_EPOCHS = ((17, 10**9), (14, 10**6), (11, 10**3), (8, 1))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR_FIRST = re.compile(r"([12]\d{3})[-/.](\d{1,2})[-/.](\d{1,2})(?=[T\s]|\Z)")
#: The name of a zone after a time in figures; all but those of RFC 822 leave the time in no certain zone.
_ZONES = {"UTC": "+00:00", "GMT": "+00:00", "EDT": "-04:00", "EST": "-05:00", "CDT": "-05:00", "CST": "-06:00"}
_ZONES |= {"MDT": "-06:00", "MST": "-07:00", "PDT": "-07:00", "PST": "-08:00"}
_ZONE_NAME = re.compile(r"(?<=\d)\s?(?P<name>[A-Z]{2,5})\Z")
#: RFC 822 has years of two figures, before a time: *Wed, 04 Mar 15 10:31 GMT*.
_SHORT_YEAR = re.compile(r"((?:[A-Za-z]{3}, )?\d{1,2} [A-Za-z]{3} )(\d\d)(?= \d\d:\d\d)")
_FIRST_OF_LAST_CENTURY = "69"
#: A date of RFC 822, with its time and zone.
_MAIL = re.compile(
    r"(?:[A-Za-z]{3,4}, )?\d{1,2} [A-Za-z]{3} [12]\d{3} \d\d:\d\d(?::\d\d)? "
    r"(?:[+-]\d{4}|UT|UTC|GMT|Z|[ECMP][SD]T)(?: \([A-Z]{2,5}\))?"
)
_NUMERIC = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.]([12]\d{3})\b")
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s)?"
_CLOCK = (
    r"(?:\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?\s?(?:[ap]\.?m\.?)?|\d{1,2}\s?[ap]\.?m\.?)"
    r"(?:\s(?:[A-Z]{1,4}T?\b(?:[+-]\d{1,2}(?::?\d{2})?)?|\([A-Z]{2,5}\)))?"
)
#: A line that is a time of day: *Updated 10:58 PM ET Mon*.
_CLOCK_LINE = re.compile(
    r"(?i:(?:(?:first|last)\s)?(?:published|posted|updated)(?:\sat)?:?\s)?\d{1,2}[:.h]\d{2}(?:\s?(?i:[ap]\.?m\.?))?"
    r"(?:\s[A-Z]{1,4}T?)?(?:,?\s(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?)?\.?"
)
_CAPITALISED = r"[^\W\d_a-z][\w.'’-]*"
_ADDRESSES = tuple(
    re.compile(rf"[/_-](?P<year>(?:19|20)\d{{2}}){month_and_day}")
    for month_and_day in (
        r"/(?P<month>\d{1,2}|[a-z]{3,9})/(?P<day>\d{1,2})(?=[/.]|\Z)",  # not *2018/09/24-hours-in-leeds*
        r"(?P<sep>[_-])(?P<month>\d{1,2}|[a-z]{3,9})(?P=sep)(?P<day>\d{1,2})(?=[/_.-]|\Z)",
        r"(?P<month>\d{2})(?P<day>\d{2})(?=[/_.-]|\Z)",
    )
)


class _Patterns(NamedTuple):
    """The patterns in which months are named.

    Attributes
    ----------
    worded
        The beginning of a date with a month in letters and a year of four figures.
    line
        A line that is a date and nothing else: *Published: 10:31 GMT, 4 March 2015*.
    signed
        Such a line with an author or outlet beside it: *March 4, 2015 | Ann Lee*.
    dateline
        The beginning of a story: *BERGEN, Norway, March 4, 2015 (Reuters) — *, *CAIRO (AP) — Aug. 25, 2014 — *.
    """

    worded: re.Pattern[str]
    line: re.Pattern[str]
    signed: re.Pattern[str]
    dateline: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    month = rf"(?:{resources.data().abbreviable_pattern('months.txt')})(?![^\W\d_])"
    # A date with day, month and year.
    whole = (
        rf"(?:\d{{1,2}}(?:st|nd|rd|th)?[\s-](?:of\s)?{month},?[\s-][12]\d{{3}}"
        rf"|{month}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s[12]\d{{3}}|[12]\d{{3}}-\d{{2}}-\d{{2}}"
        r"|\d{1,2}[/.]\d{1,2}[/.][12]\d{3})"
    )
    change = rf"(?:{_CLOCK}|{_WEEKDAY}{whole}|[,\s|·•–—-]+|at\s|on\s)+"
    by = r"\sby\s[\w.’'-]+(?:\s[\w.’'-]+){0,3}?"
    line = (
        rf"(?:(?-i:By|BY)(?:\s(?-i:{_CAPITALISED}|and|for|in|of),?){{1,8}}\s(?:[|·•–—-]\s)?)?"
        rf"(?:(?:first\s)?(?:published|posted|issued|date|created)(?:{by})?(?:\son)?(?:\sat)?:?\s)?"
        rf"(?:{_CLOCK}[,\s|·•–—-]*(?:on\s)?)?{_WEEKDAY}(?P<date>{whole})(?:[,\s|·•/–—-]+(?:at\s)?{_CLOCK}|\s(?-i:[A-Z]{{3,4}}))?"
        rf"(?:[;,\s|·•–—-]+(?:last\s)?(?:updated|modified|edited|amended):?\s(?:on\s|at\s)?{change})?\.?"
    )
    name = rf"(?-i:(?:by\s|By\s|BY\s)?{_CAPITALISED}(?:\s{_CAPITALISED}){{0,4}})"
    agency = r"(?:\s\([^)]{1,40}\))?"
    dateline = (
        rf"{_CAPITALISED}(?:,?\s{_CAPITALISED}){{0,4}}{agency}\s?[,(–—-]\s?{_WEEKDAY}(?P<date>(?i:{whole}))\)?"
        rf"{agency}\s?(?:[–—:-]|\Z)"
    )
    return _Patterns(
        re.compile(rf"(?=.*\b[12]\d{{3}}\b).*(?<![a-z]){month}", re.IGNORECASE),
        re.compile(line, re.IGNORECASE),
        re.compile(rf"(?:{name}\s?[/|·•,–—-]\s?){{0,2}}{line}(?:\s?[/|·•–—-]\s?{name}(?:/{name})?)?", re.IGNORECASE),
        re.compile(dateline),
    )


def parse_date(stated: str) -> str | None:
    """Return a stated date in ISO 8601, as precise as it is stated.

    Years, months, days, times with and without zone, intervals of days, the dates of RFC 822, seconds, milliseconds,
    microseconds and nanoseconds since 1970 (in UTC), and English dates with the month in letters are read. A date in
    figures is read where the order of day and month is certain.

    Parameters
    ----------
    stated
        The date.

    Returns
    -------
    str or None
        The date; without its time where that is midnight, or the month is in letters (but for the dates of mail and
        of ``ctime``). ``None`` for *n.d.*

    Raises
    ------
    ValueError
        If it is no date, or may be two dates; the message says so without naming it.

    Examples
    --------
    >>> parse_date("March 4, 2015"), parse_date("March 2015"), parse_date("1425465000")
    ('2015-03-04', '2015-03', '2015-03-04T10:30:00+00:00')
    >>> parse_date("04/03/2015")
    Traceback (most recent call last):
    ValueError: may be 4 March or 3 April 2015
    """
    text = _LABEL.sub("", " ".join(stated.split()), count=1)
    if text.lower() in _NO_DATE:
        return None
    if len(text) > _MAX_DATE_CHARS:
        raise ValueError("is too long for a date")
    start, slash, end = text.partition("/")
    if slash and "-" in start and "-" in end:
        return f"{parse_date(start)}/{parse_date(end)}"
    if _MONTH.fullmatch(text):
        return text
    return _read_number(text) or _read_iso(text) or _read_numeric(text) or _read_worded(text)


def find_line_date(line: str) -> str | None:
    """Return the date of a line that is a date, or of a story that begins with a dateline; ``None`` if it has none.

    Examples
    --------
    >>> find_line_date("Published: 10:31 GMT, 4 March 2015"), find_line_date("BERGEN, May 4, 2015 (Reuters) — Rain.")
    ('2015-03-04', '2015-05-04')
    >>> find_line_date("The worst such crash was on 12 March 1996.")
    """
    line = " ".join(line[:_MAX_LINE_CHARS].split()).strip("*_")
    line = line[1:-1] if line[:1] == "(" and line[-1:] == ")" else line
    patterns = _patterns()
    found = patterns.line.fullmatch(line) or patterns.signed.fullmatch(line) or patterns.dateline.match(line)
    if not found:
        return None
    try:
        return parse_date(found["date"].replace(" of ", " "))
    except ValueError:
        return None


def is_date_line(line: str) -> bool:
    """Return whether a line is a date and nothing else.

    Examples
    --------
    >>> is_date_line("Wednesday, 4 March 2015, 10:31"), is_date_line("A march on 4 March 2015")
    (True, False)
    """
    return len(line) <= _MAX_DATE_CHARS and bool(_patterns().line.fullmatch(" ".join(line.split())))


def is_time_line(line: str) -> bool:
    """Return whether a line is a time of day and nothing else.

    Examples
    --------
    >>> is_time_line("Updated 10:58 PM ET Mon"), is_time_line("At 10:58 PM ET, she left")
    (True, False)
    """
    return len(line) <= _MAX_DATE_CHARS and bool(_CLOCK_LINE.fullmatch(" ".join(line.split())))


def find_address_date(address: str) -> str | None:
    """Return the date in an address that has year, month and day; ``None`` if it has none.

    Examples
    --------
    >>> find_address_date("https://example.org/world/2015/jan/04/ferries"), find_address_date("https://a.org/2015/01/x")
    ('2015-01-04', None)
    >>> find_address_date("https://a.org/2018/09/24-hours-in-leeds"), find_address_date("https://a.org/2018-09-24-leeds")
    (None, '2018-09-24')
    """
    path = address.partition("://")[2].partition("?")[0].partition("#")[0].lower()
    for found in (match for pattern in _ADDRESSES for match in pattern.finditer(path)):
        year, month, day = found["year"], found["month"], found["day"]
        try:
            whole = f"{year}-{month:0>2}-{day:0>2}" if month.isdecimal() else f"{day} {month} {year}"
            return parse_date(whole)
        except ValueError:
            continue
    return None


#: What may stand before a date: *Published on*.
_LABEL = re.compile(r"(?:first\s)?(?:published|posted|issued|date|created)(?:\son)?(?:\sat)?\s?:?\s", re.IGNORECASE)
#: A date as ``ctime`` writes it: *Wed Mar 4 10:31:00 +0000 2015*.
_CTIME = re.compile(r"([A-Z][a-z]{2}) ([A-Z][a-z]{2}) (\d\d?) (\d\d:\d\d:\d\d) (?:(UTC|GMT|[+-]\d{4}) )?([12]\d{3})")


def _format(moment: datetime) -> str:
    return moment.date().isoformat() if moment.time() == time.min else moment.isoformat()


def _read_number(text: str) -> str | None:
    """Read a number that is a year or counts from 1970; eight figures are a day, and left to ISO 8601."""
    if _YEAR.fullmatch(text):
        return text[: len("2015")]
    if not _NUMBER.fullmatch(text) or len(text.partition(".")[0]) == len("20150304"):
        return None
    for power, units in _EPOCHS:
        if float(text) >= 10**power:
            return _format(_EPOCH + timedelta(microseconds=round(float(text) / units * 10**6)))
    raise ValueError("is a number, and neither a year nor seconds or milliseconds since 1970")


def _read_iso(text: str) -> str | None:
    if year_first := _YEAR_FIRST.match(text):
        year, month, day = map(int, year_first.groups())
        text = f"{year}-{month:02}-{day:02}{text[year_first.end() :]}"
        if zone := _ZONE_NAME.search(text):
            has_offset = re.search(r"[+-]\d{2}:?\d{2}\s", text[len("2015-03-04") :])
            text = text[: zone.start()] + ("" if has_offset else _ZONES.get(zone["name"], ""))
    try:
        return _format(datetime.fromisoformat(re.sub(r"\s(?=[+-]\d{4}\Z)|\.0\Z", "", text)))
    except ValueError:
        return None


def _read_numeric(text: str) -> str | None:
    """Read a date that begins with two figures and a year, where the order of day and month is certain."""
    figures = _NUMERIC.match(text)
    if not figures:
        return None
    first, second, year = map(int, figures.groups())
    found = []
    for month, day in ((second, first), (first, second)):
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    if not found:
        raise ValueError("is no day of the calendar")
    if len(set(found)) > 1:
        either, other = (f"{day.day} {day:%B}" for day in found)
        raise ValueError(f"may be {either} or {other} {year}")
    return found[0].isoformat()


def _read_worded(text: str) -> str:
    """Read a date whose month is in letters, and which has a year of four figures."""
    from dateutil import parser

    if short := _SHORT_YEAR.match(text):
        century = "19" if short[2] >= _FIRST_OF_LAST_CENTURY else "20"
        text = f"{short[1]}{century}{text[short.end(1) :]}"
    if written := _CTIME.fullmatch(text):
        _, month, day, clock, zone, year = written.groups()
        text = f"{day} {month} {year} {clock} {zone or '-0000'}"
    if _MAIL.fullmatch(text):
        try:
            return _format(parsedate_to_datetime(text))
        except ValueError:
            raise ValueError("is no day of the calendar") from None
    if not _patterns().worded.match(text):
        raise ValueError("is no date that can be read")
    found = []
    # What is not stated is taken from the default, and so differs between the two.
    for default in (datetime(1904, 1, 1), datetime(1908, 2, 2)):  # noqa: DTZ001 - only their days are used
        try:
            found.append(parser.parse(text, default=default, tzinfos=lambda _name, _offset: None))
        except (ValueError, OverflowError, TypeError):
            raise ValueError("is no date that can be read") from None
    one, other = found
    if (one.year, one.month) != (other.year, other.month):
        raise ValueError("is no date that can be read")
    return f"{one:%Y-%m-%d}" if one.day == other.day else f"{one:%Y-%m}"
