"""What the models see of a word: its attributes, and the templates that combine them.

Training and annotation both come through here, so that they cannot drift apart.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

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


def undotted(form: str) -> str:
    """Write an acronym without its full stops, as names are told by.

    Examples
    --------
    >>> undotted("U.S."), undotted("Gen.")
    ('US', 'Gen.')
    """
    return form.replace(".", "") if _ACRONYM.fullmatch(form) else form


_ACRONYM = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]\.?")


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


def seen(sentences: Sequence[Sequence[str]], marks: Sequence[Sequence[str]]) -> list[list[str]]:
    """Say for each word with a capital how the same word stands elsewhere in its document.

    Parameters
    ----------
    sentences
        The normalised forms of a document, sentence after sentence.
    marks
        Their circumstances.

    Returns
    -------
    list of list of str
        ``l`` where the word also stands without a capital, ``c`` where it also stands with one inside a sentence,
        together or neither.
    """
    lower = {form for forms in sentences for form in forms if form.islower()}
    capital = {
        form
        for forms, here in zip(sentences, marks, strict=True)
        for form, mark in zip(forms, here, strict=True)
        if mark == "n" and form[0].isupper()
    }
    return [
        [
            ("l" if form.lower() in lower else "") + ("c" if form in capital else "") if form[0].isupper() else ""
            for form in forms
        ]
        for forms in sentences
    ]


def majority(forms: Sequence[str], labels: Sequence[str]) -> list[str]:
    """Say for each word with a capital what the first model of names made of it over a whole document.

    Parameters
    ----------
    forms
        The normalised forms of the document.
    labels
        The BIO labels that the first model gave them.

    Returns
    -------
    list of str
        The label without its B or I that the word, however written, has most often; and ``1`` if it stands there once,
        ``+`` if it always has that label, else ``~``. For other words, their own label.
    """
    counts: dict[str, dict[str, int]] = {}
    for form, label in zip(forms, labels, strict=True):
        if form[0].isupper():
            here = counts.setdefault(form.lower(), {})
            here[label[2:]] = here.get(label[2:], 0) + 1
    often = {}
    for lower, here in counts.items():
        best = min(here, key=lambda label: (-here[label], label))
        total = sum(here.values())
        often[lower] = (best or "O") + ("1" if total == 1 else "+" if here[best] == total else "~")
    return [often[form.lower()] if form[0].isupper() else label[2:] for form, label in zip(forms, labels, strict=True)]


def finite(tags: Sequence[str]) -> list[str]:
    """Say for each word of a sentence on which sides of it there is a finite verb.

    Parameters
    ----------
    tags
        The Penn tags of the words.

    Returns
    -------
    list of str
        ``<`` for before it, ``>`` for after it, together or neither.
    """
    places = [place for place, tag in enumerate(tags) if tag in FINITE]
    if not places:
        return [""] * len(tags)
    first, last = places[0], places[-1]
    return [("<" if first < place else "") + (">" if place < last else "") for place in range(len(tags))]


#: Penn tags of verbs that a sentence can stand on.
FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})


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


class Lexicon(NamedTuple):
    """What is known of English forms, in lower case, beforehand."""

    classes: Mapping[str, str]  # what lexicon.classes() gives
    usage: Mapping[str, str]  # what lexicon.usage() gives


class Part(NamedTuple):
    """Some attributes of a word, and what is known of it that they depend on.

    Of a word, by the names in ``of``, may be known: ``form`` (normalised) and its ``shape``; ``circumstance``, ``seen``
    and ``finite``, ``document`` (what :func:`circumstances`, :func:`seen`, :func:`finite` and :func:`majority` say);
    ``mark`` (what :func:`gazetteer.marks` says); ``tag`` and ``first``, what the first models of tags and of names say.
    """

    names: tuple[str, ...]
    of: tuple[str, ...]
    values: Callable[[tuple[str, ...], Lexicon], tuple[str, ...]]


def attributes(columns: Mapping[str, Sequence[str]], parts: Sequence[Part], lexicon: Lexicon) -> dict[str, list[str]]:
    """Give the attributes of words: for each that depends on nothing unknown, its value for each word."""
    found: dict[str, list[str]] = {}
    for part in parts:
        if all(name in columns for name in part.of):
            keys = list(zip(*(columns[name] for name in part.of), strict=True))
            values = {key: part.values(key, lexicon) for key in dict.fromkeys(keys)}
            found |= {name: [values[key][place] for key in keys] for place, name in enumerate(part.names)}
    return found


def _word_values(key: tuple[str, ...], lexicon: Lexicon) -> tuple[str, ...]:
    form, pattern, circumstance = key
    lower = form.lower()
    low = lower if lower.isalpha() else _DIGITS.sub("0", lower)
    known = lexicon.classes.get(lower) or ("?" if low.isalpha() else "-")
    rank, _, usage = lexicon.usage.get(lower, "-").partition(" ")
    start = pattern[:2]
    end = low[-3:]
    size = len(low)
    return (
        form[:_LONG], low[:_LONG], pattern, pattern + circumstance, circumstance + start,
        known, known + circumstance + start, (end if known == "?" else "") + circumstance + start, end + start,
        usage, known + usage, rank, rank + circumstance + start,
        low[:1], low[:2], low[:3], low[:4],
        low[-1:], low[-2:], end, low[-4:] if size > len(end) + 1 else "", low[-5:] if size > len(end) + 2 else "",
    )  # fmt: skip


#: What is told by a word and how far its capital can be trusted.
WORD = Part(
    (
        "form", "low", "shape", "shape_in", "capital",
        "known", "known_capital", "unknown", "s3_capital",
        "usage", "known_usage", "rank", "rank_capital",
        "p1", "p2", "p3", "p4",
        "s1", "s2", "s3", "s4", "s5",
    ),
    ("form", "shape", "circumstance"),
    _word_values,
)  # fmt: skip


def _around_values(key: tuple[str, ...], _: Lexicon) -> tuple[str, ...]:
    pattern, circumstance, seen_, mark = key
    start = pattern[:2]
    return seen_ + circumstance + start if seen_ else "", mark, mark[2:], mark + start


def _tag_values(key: tuple[str, ...], _: Lexicon) -> tuple[str, ...]:
    pattern, tag = key
    return tag, tag + pattern


def _finite_values(key: tuple[str, ...], _: Lexicon) -> tuple[str, ...]:
    tag, finite_ = key
    return finite_, finite_ + tag


def _name_values(key: tuple[str, ...], _: Lexicon) -> tuple[str, ...]:
    pattern, first, document = key
    return first, document, document + pattern[:2]


#: What is told by what stands around a word and elsewhere in its document, and then by what the first models said.
AROUND = Part(("seen", "mark", "class", "mark_capital"), ("shape", "circumstance", "seen", "mark"), _around_values)
TAGGED = Part(("tag", "tag_shape"), ("shape", "tag"), _tag_values)
FINITE_AROUND = Part(("finite", "finite_tag"), ("tag", "finite"), _finite_values)
NAMED = Part(("first", "document", "document_capital"), ("shape", "first", "document"), _name_values)

TOKEN_PARTS = (WORD, AROUND, TAGGED, FINITE_AROUND, NAMED)


def _templates(spec: str) -> list[Template]:
    """Read templates from words such as ``low@-1+low@0``."""
    return [
        tuple((int(offset), name) for name, offset in (cell.split("@") for cell in word.split("+")))
        for word in spec.split()
    ]


TAG_TEMPLATES = _templates(
    """
    form@0 low@0 shape_in@0 capital@0 known@0 known_capital@0 unknown@0 p1@0 p2@0 p3@0 p4@0 s1@0 s2@0 s3@0 s4@0 s5@0
    low@-1 known@-1 s3@-1 shape_in@-1 s2@-1
    low@1 known@1 s3@1 shape_in@1 s2@1 p3@1
    low@-2 known@-2 s3@-2 low@2 known@2 s3@2
    low@-1+low@0 low@0+low@1 low@-1+low@1 low@-2+low@-1 low@1+low@2
    known@-1+known@0 known@0+known@1 known@-1+known@1 known@-2+known@-1 known@1+known@2
    known@-1+known@0+known@1
    s2@0+known@-1 s2@0+known@1 low@0+known@-1 low@0+known@1 low@-1+known@0 low@1+known@0
    low@-2+low@-1+known@0
    usage@0 known_usage@0 usage@0+known@-1 known_usage@-1+known_usage@0 known_usage@0+known_usage@1
    rank@0 rank_capital@-1 rank_capital@0 rank_capital@1
    """
)

#: Of the second models of tags, which know what the first said of the whole sentence.
TAG_AGAIN_TEMPLATES = TAG_TEMPLATES + _templates(
    """
    tag@0 tag@-1 tag@1 tag@-2 tag@2 finite_tag@0 finite@0+known@0
    tag@-1+tag@0 tag@0+tag@1 tag@-1+tag@1 tag@-2+tag@-1 tag@1+tag@2 tag@-1+finite_tag@0 finite_tag@0+tag@1
    tag@-1+tag@0+tag@1 tag@0+tag@1+tag@2 tag@-2+tag@-1+tag@0
    low@0+tag@0 low@0+tag@1 low@0+tag@-1 tag@0+low@1 low@-1+tag@0
    """
)

#: Of the first model of names.
NAME_TEMPLATES = _templates(
    """
    form@0 low@0 shape@0 capital@0 tag@0 tag_shape@0 known@0 p1@0 p2@0 p3@0 p4@0 s1@0 s2@0 s3@0 s4@0 s5@0 s3_capital@0
    low@-1 form@-1 shape@-1 capital@-1 tag@-1 s3_capital@-1 known@-1 p3@-1
    low@1 form@1 shape@1 capital@1 tag@1 s3_capital@1 known@1 p3@1
    low@-2 shape@-2 tag@-2 s3_capital@-2 low@2 shape@2 tag@2 s3_capital@2
    low@-1+low@0 low@0+low@1 low@-1+low@1 low@-2+low@-1 low@1+low@2 low@-1+shape@0 shape@0+low@1
    shape@-1+shape@0 shape@0+shape@1 shape@-1+shape@0+shape@1 tag@-1+tag@0 tag@0+tag@1 tag@-1+tag@0+tag@1
    shape@-2+shape@-1+shape@0 shape@0+shape@1+shape@2
    mark@0 mark_capital@0 mark@-1 mark@1 class@-2 class@2
    mark@-1+mark@0 mark@0+mark@1 class@-1+shape@0 shape@0+class@1 low@-1+class@0 class@0+low@1
    seen@0 seen@-1 seen@1
    """
)

#: Of the second model of names, which knows what the first said here and elsewhere in the document.
NAME_AGAIN_TEMPLATES = NAME_TEMPLATES + _templates(
    """
    document@0 document_capital@0 first@0 document@-1 document@1 first@-1 first@1 first@-2 first@2
    first@-1+first@0 first@0+first@1 document@0+mark@0 document@-1+document@0+document@1
    low@-1+first@0 first@0+low@1
    """
)


# Sentence breaks


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


def break_columns(spans: Sequence[tuple[int, int]], forms: Sequence[str]) -> dict[str, list[str]]:
    """Describe the words of a paragraph, by where they stand and what stands there."""
    gap = gaps(spans)
    return {"form": list(forms), "gap": gap, "quote": quotes(forms, gap)}


def _break_values(key: tuple[str, ...], lexicon: Lexicon) -> tuple[str, ...]:
    form, gap, quote = key
    lower = plain(form).lower()
    low = _DIGITS.sub("0", lower)
    pattern = shape(form)
    known = lexicon.classes.get(low, "?" if low.isalpha() else "-")
    rank, _, _ = lexicon.usage.get(lower, "-").partition(" ")
    if form[-1] in _STOPS:
        kind = "abbreviation" if form[0].isalnum() else form[:_LONG]
    elif form[0].isalnum():
        kind = pattern[:2]
    else:
        kind = form if len(form) == 1 else form[0] + "+"
    return (
        low[:_LONG], kind, gap + kind, kind + quote, pattern, known, pattern[:2] + known, rank + kind,
        str(min(len(form), _SIZE)) + kind,
    )  # fmt: skip


_STOPS = ".!?…"
_SIZE = 6

BREAK_PARTS = (
    Part(
        ("low", "kind", "gap_kind", "kind_quote", "shape", "known", "kind_known", "rank_kind", "size"),
        ("form", "gap", "quote"),
        _break_values,
    ),
)

BREAK_TEMPLATES = _templates(
    """
    low@0 gap_kind@0 kind_quote@0 shape@0 known@0 kind_known@0
    low@-1 gap_kind@-1 kind_quote@-1 shape@-1 known@-1 size@-1
    low@-2 gap_kind@-2 kind_quote@-2 shape@-2 size@-2
    low@1 gap_kind@1 kind_quote@1 shape@1 known@1
    gap_kind@2 low@2 known@2
    gap_kind@-1+gap_kind@0 gap_kind@-2+gap_kind@-1+gap_kind@0 gap_kind@-1+gap_kind@0+gap_kind@1
    gap_kind@-2+gap_kind@-1+gap_kind@0+gap_kind@1
    kind_quote@-1+kind_quote@0 kind_quote@-1+kind_quote@0+gap_kind@1
    low@-1+kind_known@0 low@-1+low@0 low@-2+low@-1 kind_known@-1+kind_known@0 size@-1+kind_known@0 known@0+known@1
    low@-2+low@-1+kind@0 size@-2+low@-1+kind@0 shape@-2+low@-1+kind_known@0 low@0+gap_kind@-1
    rank_kind@-2 rank_kind@-1 rank_kind@0 rank_kind@1 rank_kind@-1+rank_kind@0 rank_kind@0+rank_kind@1
    rank_kind@-2+rank_kind@-1+rank_kind@0 rank_kind@-1+rank_kind@0+rank_kind@1
    low@-1+rank_kind@0 kind_quote@-1+rank_kind@0 rank_kind@0+low@1
    """
)
