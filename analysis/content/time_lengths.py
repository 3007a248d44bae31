"""What lengths of time mean, and what recurs: in the units of ISO 8601, so that a decade is ``P10Y``."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from analysis.content import stretches
from analysis.content.stretches import DAY
from analysis.content.timex import UNKNOWN, Timex, year_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.content.timex import Context

__all__ = ["duration", "opening", "quantity", "recurring", "span"]

#: Parts that leave the number open, and parts that make it one.
_VAGUE = frozenset(["vague", "upper"])
_ONE = frozenset(["indefinite", "single", "passing", "spanning", "halving", "long"])
#: The values of what recurs by the calendar, of the meaning of a part as a word and as a number.
_RECURRING = {
    "repeated": "{0}",
    "weekdays": "XXXX-WXX-{0}",
    "weekday": "XXXX-WXX-{0}",
    "month": "XXXX-{1:02}",
    "season": "XXXX-{0}",
    "weekend": "XXXX-WXX-{0}",
}


def quantity(parts: Mapping[str, str]) -> tuple[float | None, str]:
    """Return how many units, None for no certain number, and the unit."""
    unit = parts.get("unit") or parts.get("units") or parts.get("nights") or parts["long_unit"]
    number: float | None
    if _VAGUE & parts.keys():
        return None, unit
    if "number" in parts or "figures" in parts:
        number = float(parts.get("number") or parts["figures"].replace(",", ""))
    elif _ONE & parts.keys() and {"unit", "long_unit"} & parts.keys():
        number = float(parts.get("halving", 1))
    else:
        return None, unit
    return number * float(parts.get("scale", 1)) + (0.5 if "more" in parts else 0), unit


def duration(parts: Mapping[str, str], _: Context) -> Timex | None:
    """Read a length of time (*two weeks*)."""
    number, unit = quantity(parts)
    return Timex("DURATION", stretches.duration(number, unit))


def span(parts: Mapping[str, str], context: Context) -> Timex | None:
    """Read a length of time before or after the day of writing (*the past two weeks*)."""
    number, unit = quantity(parts)
    direction = int(parts.get("spanning") or parts["passing"])
    value = stretches.duration(number, unit)
    if context.when is None or direction == 0:
        return Timex("DURATION", value)
    if number is None:
        return Timex("DURATION", value, *((None, context.when) if direction < 0 else (context.when, None)))
    if unit.startswith("T") or number % 1:
        return Timex("DURATION", value)
    first, last = sorted((context.when, stretches.shift(context.when, unit, direction * int(number))))
    return Timex("DURATION", value, first, last, is_anchored=True)


def opening(parts: Mapping[str, str], context: Context) -> Timex | None:
    """Read the first months of a year (*the first three months of 2014*)."""
    number, unit = quantity(parts)
    value = stretches.duration(number, unit)
    of_year = year_of(parts) or (context.when.year + int(parts.get("ofyear", "0")) if context.when else 0)
    if not of_year or number is None or number % 1 or parts["opening"] != "1" or unit.startswith("T"):
        return Timex("DURATION", value)
    first = date(of_year, 1, 1)
    return Timex("DURATION", value, first, stretches.shift(first, unit, int(number)) - timedelta(1), is_anchored=True)


def recurring(parts: Mapping[str, str], _: Context) -> Timex | None:
    """Read what recurs (*every day*, *on Fridays*, *twice a week*)."""
    part = parts.get("part") or parts.get("parts")
    suffix = f"T{part}" if part else ""
    for name, pattern in _RECURRING.items():
        if name in parts:
            return Timex("SET", pattern.format(parts[name], int(parts[name]) if parts[name].isdigit() else 0) + suffix)
    if part:
        return Timex("SET", UNKNOWN[DAY] + suffix)
    is_rate = "times" in parts and "every" not in parts  # *three times a week*
    number, unit = (1.0, parts["unit"]) if is_rate else quantity({"indefinite": "1", **parts})
    if number is not None:
        number *= float(parts.get("every", 1))
    return Timex("SET", stretches.duration(number, unit))
