"""What the models see of a word: attributes of its type, and the templates that combine them.

Training and annotation both come through here, so that they cannot drift apart. A *type* is a tuple that holds all that
the attributes of a word depend on: its normalised form and the circumstances that change how its capitals are read.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from analysis.language.sequence import Template

_PLAIN = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "`": "'", "´": "'", "′": "'",
        "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "″": '"',
        "‐": "-", "‑": "-", "−": "-", "\xad": None, "\u200b": None, "\ufeff": None,
        "\xa0": " ", "\u202f": " ", "\u2009": " ", "…": "...",
    }
)  # fmt: skip
_DIGITS = re.compile(r"\d")


def plain(form: str) -> str:
    """Write a form with straight quotes, plain hyphens and plain spaces.

    Examples
    --------
    >>> plain("don’t")
    "don't"
    """
    return form if form.isascii() and "`" not in form else form.translate(_PLAIN)


# Circumstances


def circumstances(forms: Sequence[str]) -> list[str]:
    """Say for each word of a sentence how far its capital can be trusted.

    Returns
    -------
    list of str
        ``u`` in a sentence in capitals, ``t`` in a sentence in title case, ``f`` for the first word, else ``n``.
    """
    words = [form for form in forms if form[0].isalpha()]
    long = [form for form in words if len(form) > _SHORT]
    capital = sum(form[0].isupper() for form in long)
    if len(words) > 1 and sum(form.isupper() for form in words) > _MOST * len(words):
        return ["u"] * len(forms)
    if len(long) > 1 and capital > _MOST * len(long) and len(words) > _SHORT:
        return ["t"] * len(forms)
    marks = ["n"] * len(forms)
    for place, form in enumerate(forms):
        if form[0].isalnum():
            marks[place] = "f"
            break
    return marks


_SHORT = 3
_MOST = 0.7


# Attributes


def shape(form: str) -> str:
    """Give the pattern of a form, runs shortened.

    Examples
    --------
    >>> shape("Al-Missmari"), shape("ISIL"), shape("2011")
    ('Xx-Xx', 'XX', '00')
    """
    return _shape(form) if len(form) < _LONG else "long"


@lru_cache(maxsize=1 << 14)
def _shape(form: str) -> str:
    marks: list[str] = []
    for char in form:
        mark = "X" if char.isupper() else "x" if char.isalpha() else "0" if char.isdigit() else char
        if marks[-1:] != [mark] or (mark in "X0" and marks[-2:] != [mark, mark]):
            marks.append(mark)
    return "".join(marks)


_LONG = 40

Type = tuple[str, str]


def tag_attributes(types: Iterable[Type], lexicon: Mapping[str, str]) -> dict[str, list[str]]:
    """Give the attributes that tags are told by.

    Parameters
    ----------
    types
        Pairs of a normalised form and its circumstances.
    lexicon
        Lower-case form to the class of Penn tags that it may have.
    """
    columns: dict[str, list[str]] = {name: [] for name in TAG_ATTRIBUTES}
    add = [columns[name].append for name in TAG_ATTRIBUTES]
    for form, circumstance in types:
        lower = form.lower()
        low = _DIGITS.sub("0", lower) if not lower.isalpha() else lower
        pattern = shape(form)
        known = lexicon.get(lower, "?" if low.isalpha() else "-")
        capital = circumstance + pattern[:2]
        size = len(low)
        row = (
            form if size < _LONG else "long",
            low if size < _LONG else "long",
            pattern + circumstance,
            capital,
            known,
            known + capital,
            low[:1], low[:2], low[:3], low[:4],
            low[-1:], low[-2:], low[-3:], low[-4:] if size > 4 else "", low[-5:] if size > 5 else "",
            (low[-3:] if known == "?" else "") + capital,
        )  # fmt: skip
        for append, value in zip(add, row, strict=True):
            append(value)
    return columns


TAG_ATTRIBUTES = (
    "form", "low", "shape", "capital", "known", "known_capital",
    "p1", "p2", "p3", "p4", "s1", "s2", "s3", "s4", "s5", "unknown",
)  # fmt: skip


def _templates(spec: str) -> list[Template]:
    """Read templates from words such as ``low@-1+low@0``."""
    return [
        tuple((int(offset), name) for name, offset in (cell.split("@") for cell in word.split("+")))
        for word in spec.split()
    ]


TAG_TEMPLATES = _templates(
    """
    form@0 low@0 shape@0 capital@0 known@0 known_capital@0 p1@0 p2@0 p3@0 p4@0 s1@0 s2@0 s3@0 s4@0 s5@0 unknown@0
    low@-1 known@-1 s3@-1 shape@-1 s2@-1
    low@1 known@1 s3@1 shape@1 s2@1 p3@1
    low@-2 known@-2 s3@-2 low@2 known@2 s3@2
    low@-1+low@0 low@0+low@1 low@-1+low@1 low@-2+low@-1 low@1+low@2
    known@-1+known@0 known@0+known@1 known@-1+known@1 known@-2+known@-1 known@1+known@2
    known@-1+known@0+known@1
    s2@0+known@-1 s2@0+known@1 low@0+known@-1 low@0+known@1 low@-1+known@0 low@1+known@0
    low@-2+low@-1+known@0
    """
)


def gaps(spans: Sequence[tuple[int, int]]) -> list[str]:
    """Say for each word of a paragraph whether white space stands before it: ``s``, else an empty string."""
    marks, before = [], spans[0][0] if spans else 0
    for start, end in spans:
        marks.append("s" if start > before else "")
        before = end
    return marks


def quotes(forms: Sequence[str], gap: Sequence[str]) -> list[str]:
    """Say for each word of a paragraph whether it stands in quotation marks or brackets that were opened before it.

    Returns
    -------
    list of str
        Any of ``q`` (quotation) and ``b`` (brackets), together or neither. What stays open too long is forgotten.
    """
    marks, quoted, bracketed = [], 0, 0
    for form, before in zip(forms, gap, strict=True):
        marks.append(("q" if quoted else "") + ("b" if bracketed else ""))
        quoted, bracketed = max(0, quoted - 1), max(0, bracketed - 1)
        if form == "“" or (form in ('"', "''", "``") and not quoted and (before or not marks[:-1])):
            quoted = _LONG_QUOTATION
        elif form in ("”", '"', "''", "``"):
            quoted = 0
        elif form in ("(", "["):
            bracketed = _LONG_QUOTATION
        elif form in (")", "]"):
            bracketed = 0
    return marks


_LONG_QUOTATION = 60


def break_types(spans: Sequence[tuple[int, int]], forms: Sequence[str]) -> list[tuple[str, str, str]]:
    """Give the types of a paragraph's words, as sentence breaks are told by."""
    gap = gaps(spans)
    return list(zip(forms, gap, quotes(forms, gap), strict=True))


def break_attributes(types: Iterable[tuple[str, str, str]], lexicon: Mapping[str, str]) -> dict[str, list[str]]:
    """Give the attributes that sentence breaks are told by."""
    columns: dict[str, list[str]] = {name: [] for name in BREAK_ATTRIBUTES}
    add = [columns[name].append for name in BREAK_ATTRIBUTES]
    for form, gap, quote in types:
        low = _DIGITS.sub("0", plain(form).lower())
        pattern = shape(form)
        stop = form[-1] in ".!?…" and not form[-1].isalnum()
        kind = (
            (form if len(form) == 1 else form[0] + "+") if not form[0].isalnum() and not stop
            else (form if not form[0].isalnum() else "abbr") if stop
            else pattern[:2]
        )  # fmt: skip
        known = lexicon.get(low, "?" if low.isalpha() else "-")
        row = (
            low[:_LONG],
            kind,
            gap + kind,
            kind + quote,
            pattern,
            known,
            pattern[:2] + known,
            quote,
            str(min(len(form), 6)) + kind,
        )
        for append, value in zip(add, row, strict=True):
            append(value)
    return columns


BREAK_ATTRIBUTES = ("low", "kind", "gap_kind", "kind_quote", "shape", "known", "kind_known", "quote", "size")

BREAK_TEMPLATES = _templates(
    """
    low@0 gap_kind@0 kind_quote@0 shape@0 known@0 kind_known@0
    low@-1 gap_kind@-1 kind_quote@-1 shape@-1 known@-1 size@-1
    low@-2 gap_kind@-2 kind_quote@-2 shape@-2 size@-2
    low@1 gap_kind@1 kind_quote@1 shape@1 known@1
    gap_kind@2 low@2
    gap_kind@-1+gap_kind@0 gap_kind@-2+gap_kind@-1+gap_kind@0 gap_kind@-1+gap_kind@0+gap_kind@1
    gap_kind@-2+gap_kind@-1+gap_kind@0+gap_kind@1
    kind_quote@-1+kind_quote@0 kind_quote@-1+kind_quote@0+gap_kind@1
    low@-1+kind_known@0 low@-1+low@0 low@-2+low@-1 kind_known@-1+kind_known@0 size@-1+kind_known@0
    low@-2+low@-1+kind@0 size@-2+low@-1+kind@0 shape@-2+low@-1+kind_known@0 low@0+gap_kind@-1
    """
)


def name_attributes(types: Iterable[tuple[str, str, str]], lexicon: Mapping[str, str]) -> dict[str, list[str]]:
    """Give the attributes that names are told by.

    Parameters
    ----------
    types
        Triples of a normalised form, its circumstances and its Penn tag.
    lexicon
        Lower-case form to the class of Penn tags that it may have.
    """
    columns: dict[str, list[str]] = {name: [] for name in NAME_ATTRIBUTES}
    add = [columns[name].append for name in NAME_ATTRIBUTES]
    for form, circumstance, tag in types:
        lower = form.lower()
        low = (_DIGITS.sub("0", lower) if not lower.isalpha() else lower)[:_LONG]
        pattern = shape(form)
        known = lexicon.get(lower, "?" if low.isalpha() else "-")
        size = len(low)
        row = (
            form[:_LONG], low, pattern, circumstance + pattern[:2], tag, tag + pattern, known + pattern[:2],
            low[:1], low[:2], low[:3], low[:4],
            low[-1:], low[-2:], low[-3:], low[-4:] if size > 4 else "", low[-5:] if size > 5 else "",
            low[-3:] + pattern[:2],
        )  # fmt: skip
        for append, value in zip(add, row, strict=True):
            append(value)
    return columns


NAME_ATTRIBUTES = (
    "form", "low", "shape", "capital", "tag", "tag_shape", "known",
    "p1", "p2", "p3", "p4", "s1", "s2", "s3", "s4", "s5", "s3_shape",
)  # fmt: skip

NAME_TEMPLATES = _templates(
    """
    form@0 low@0 shape@0 capital@0 tag@0 tag_shape@0 known@0 p1@0 p2@0 p3@0 p4@0 s1@0 s2@0 s3@0 s4@0 s5@0 s3_shape@0
    low@-1 form@-1 shape@-1 capital@-1 tag@-1 s3_shape@-1 known@-1 p3@-1
    low@1 form@1 shape@1 capital@1 tag@1 s3_shape@1 known@1 p3@1
    low@-2 shape@-2 tag@-2 s3_shape@-2 low@2 shape@2 tag@2 s3_shape@2
    low@-1+low@0 low@0+low@1 low@-1+low@1 low@-2+low@-1 low@1+low@2 low@-1+shape@0 shape@0+low@1
    shape@-1+shape@0 shape@0+shape@1 shape@-1+shape@0+shape@1 tag@-1+tag@0 tag@0+tag@1 tag@-1+tag@0+tag@1
    shape@-2+shape@-1+shape@0 shape@0+shape@1+shape@2
    """
)
