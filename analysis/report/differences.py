"""Where a file differs from the same file made again, and whether the values in both agree."""

from __future__ import annotations

import csv
import io
import json
import re
from itertools import zip_longest
from math import isclose
from typing import TYPE_CHECKING, Any

from analysis import layout
from analysis.integrity import FILE, parse_json, read_file, reason
from analysis.lines import printable
from analysis.record import entities_by_id

if TYPE_CHECKING:
    from pathlib import Path

    from analysis.integrity import Found

__all__ = ["NUMBERS", "TOLERANCE", "describe_difference"]

NUMBERS = layout.REPORT_FILES["numbers"]
#: The relative tolerance within which two decimal fractions count as equal on another platform.
TOLERANCE = 1e-6
_INTEGER = re.compile(r"-?\d+", re.ASCII)
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?", re.ASCII)
#: The properties of a record that say what the report was made by; of its root, the key.
_INPUT = re.compile(r"\./ version$|#(dateline|notebook|package|lock|model|data)\b")
_MAX_COMPARED_BYTES = 64_000_000
_MAX_SHOWN_CHARS = 80


def describe_difference(name: str, old: Found | None, new: Found | None, here: Path, again: Path) -> tuple[str, bool]:
    """Describe the first difference of a file from the same made again.

    Parameters
    ----------
    name
        The path of the file in both folders.
    old, new
        What stands there in either, if anything does.
    here, again
        The folders.

    Returns
    -------
    tuple of str and bool
        The description, empty if the bytes are the same, and whether the values that the file holds agree: the cells of
        a table in CSV and the entries of ``numbers.json``, decimal fractions within :data:`TOLERANCE` and all else
        exactly. Other files have no values but those of the tables that they are made from.
    """
    has_values = name == NUMBERS or name.endswith(".csv")
    if new is None or old is None or old.kind != FILE:
        there = "missing" if old is None else f"is {old}; expected {FILE}"
        return "not made again" if new is None else there, not has_values
    if old.size > _MAX_COMPARED_BYTES:
        return f"differs ({old.size:,} bytes here, {new.size:,} made again)", not has_values
    describe = {NUMBERS: _first_number, layout.RECORD: _first_property}.get(
        name, _first_cell if has_values else _first_byte
    )
    try:
        old_bytes, new_bytes = read_file(here / name), read_file(again / name)
        return describe(old_bytes, new_bytes) if old_bytes != new_bytes else ("", True)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, csv.Error) as error:
        return f"cannot be compared: {reason(error)}", not has_values


def _first_byte(old: bytes, new: bytes) -> tuple[str, bool]:
    at = _first_unequal(old, new)
    return f"differs from byte {at:,} on ({len(old):,} bytes here, {len(new):,} made again)", True


def _first_cell(old: bytes, new: bytes) -> tuple[str, bool]:
    """Describe the first cell that differs beyond the tolerance or, if none does, the first that differs at all."""
    old_rows, new_rows = (list(csv.reader(io.StringIO(data.decode(), newline=""))) for data in (old, new))
    headings = old_rows[0] if old_rows else []
    first = ""
    no_row: list[str] = []
    for number, (old_row, new_row) in enumerate(zip_longest(old_rows, new_rows, fillvalue=no_row)):
        for column, (old_cell, new_cell) in enumerate(zip_longest(old_row, new_row)):
            if old_cell != new_cell:
                heading = headings[column] if column < len(headings) else f"column {column + 1}"
                description = f"row {number}, {printable(heading):.80}: {_contrast(old_cell, new_cell)}"
                if not _is_close(old_cell, new_cell):
                    return description, False
                first = first or description
    return first or "differs in its line ends or quotes only", True


def _first_number(old: bytes, new: bytes) -> tuple[str, bool]:
    """Describe the first property of a number that differs, as :func:`_first_cell` does: its value, bounds or text."""
    old_numbers, new_numbers = (_properties(parse_json(data)) for data in (old, new))
    first = ""
    for key in sorted(old_numbers.keys() | new_numbers.keys(), key=lambda key: (key[0], key[1] != "unit", key)):
        old_value, new_value = old_numbers.get(key, "none"), new_numbers.get(key, "none")
        if old_value != new_value:
            name, property_ = key
            named = name if property_ in ("unit", "value") else f"{name} {property_}"
            is_number = property_ not in ("unit", "text")
            contrast = f"{old_value:.80} here, {new_value:.80} made again"
            description = f"{printable(named):.80}: {contrast if is_number else _contrast(old_value, new_value)}"
            if not _is_close(old_value, new_value):
                return description, False
            first = first or description
    return first or "differs in its layout only", True


def _properties(numbers: dict[str, dict[str, Any]]) -> dict[tuple[str, str], str]:
    """Return each property of each number as text, by the names of both."""
    return {
        (name, property_): value if isinstance(value, str) else json.dumps(value)
        for name, number in numbers.items()
        for property_, value in number.items()
    }


def _first_property(old: bytes, new: bytes) -> tuple[str, bool]:
    """Describe the first property in which two records differ; those that say what was put in come last."""
    old_entities, new_entities = (entities_by_id(parse_json(data)) for data in (old, new))
    differing: list[tuple[bool, str, str]] = []
    for id_ in old_entities.keys() | new_entities.keys():
        old_entity, new_entity = old_entities.get(id_, {}), new_entities.get(id_, {})
        for name in old_entity.keys() | new_entity.keys():
            if (contrast := [_written(of.get(name)) for of in (old_entity, new_entity)])[0] != contrast[1]:
                property_ = f"{id_} {name}"
                differing.append((bool(_INPUT.match(property_)), property_, _contrast(*contrast)))
    if not differing:
        return "differs in its layout or outside its entities", True
    _, property_, contrast_ = min(differing)
    return f"{printable(property_):.80}: {contrast_}", True


def _written(value: Any) -> str | None:
    """Return a property as text; ``None`` where there is none."""
    return value if value is None or isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)


def _contrast(old: str | None, new: str | None) -> str:
    """Show two texts, of long ones the part where they begin to differ."""
    at = max(0, _first_unequal(old or "", new or "") - _MAX_SHOWN_CHARS // 2)
    is_long = max(len(old or ""), len(new or "")) > _MAX_SHOWN_CHARS
    shown = [text[at : at + _MAX_SHOWN_CHARS] if text and is_long else text for text in (old, new)]
    return f"{shown[0]!r} here, {shown[1]!r} made again"


def _first_unequal(old: str | bytes, new: str | bytes) -> int:
    pairs = enumerate(zip(old, new, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(old), len(new)))


def _is_close(old: str | None, new: str | None) -> bool:
    """Return whether two texts are numbers that are equal within the tolerance; whole numbers must be the same."""
    if old is None or new is None or not (_NUMBER.fullmatch(old) and _NUMBER.fullmatch(new)):
        return False
    are_whole = _INTEGER.fullmatch(old) and _INTEGER.fullmatch(new)
    return not are_whole and isclose(float(old), float(new), rel_tol=TOLERANCE)
