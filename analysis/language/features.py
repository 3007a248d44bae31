"""What the networks see of a word: its attributes.

Training and annotation both come through here, so that they cannot drift apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis.language.network import VECTOR, Begun, distinct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from analysis.language.network import Network, Vectors

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


@dataclass(frozen=True, eq=False)
class Lexicon:
    """What is known of English forms, in lower case, beforehand."""

    classes: Mapping[str, str]  # what lexicon.classes() gives
    usage: Mapping[str, str]  # what lexicon.usage() gives
    vectors: Vectors


class Part(NamedTuple):
    """Some attributes of a word, and what is known of it that they depend on.

    Of a word, by the names in ``of``, may be known: its ``form`` (normalised); ``circumstance`` and ``seen`` (what
    :func:`circumstances` and :func:`seen` say); ``mark`` (what :func:`gazetteer.marks` says); its ``tag``; and of a
    word that may begin a sentence, ``gap`` and ``quote`` (what :func:`gaps` and :func:`quotes` say).
    """

    names: tuple[str, ...]
    of: tuple[str, ...]
    values: Callable[[tuple[str, ...], Lexicon], tuple[str, ...]]


def attributes(
    columns: Mapping[str, Sequence[str]], parts: Sequence[Part], lexicon: Lexicon
) -> dict[str, Sequence[str]]:
    """Give the attributes of one or more words: for each, its value for each word."""
    found: dict[str, Sequence[str]] = {}
    for part in parts:
        keys = list(zip(*(columns[name] for name in part.of), strict=True))
        values = {key: part.values(key, lexicon) for key in dict.fromkeys(keys)}
        found |= zip(part.names, zip(*map(values.__getitem__, keys), strict=True), strict=True)
    return found


class Reader:
    """Lets networks read words of which something is known, and remembers what they begin with from text to text.

    Parameters
    ----------
    parts
        The parts that the attributes come in.
    lexicon
        What is known of words beforehand.
    networks
        The networks, by name.
    """

    def __init__(self, parts: Sequence[Part], lexicon: Lexicon, networks: Mapping[str, Network]) -> None:
        self.networks = networks
        self._memories = {name: _Memory(parts, lexicon, network) for name, network in networks.items()}

    def scores(
        self, name: str, columns: Mapping[str, Sequence[str]], lengths: np.ndarray, groups: np.ndarray | None = None
    ) -> dict[str, np.ndarray]:
        """Give what :meth:`Network.scores` does for words, of which is known what :attr:`Part.of` names."""
        return self.networks[name].scores(self._memories[name].look(columns), lengths, groups)


class _Memory:
    """What words begin with for a network, as far as it is remembered."""

    def __init__(self, parts: Sequence[Part], lexicon: Lexicon, network: Network) -> None:
        self._parts = [part for part in parts if not network.values.keys().isdisjoint(part.names)]
        self._of = [*dict.fromkeys(chain.from_iterable(part.of for part in self._parts))]
        self._lexicon = lexicon
        self._network = network
        self._lock = Lock()  # threads of one process share what is remembered
        self._rows: dict[tuple[str, ...], int] = {}
        self._values = np.zeros((0, 0), dtype=np.uint8)

    def look(self, columns: Mapping[str, Sequence[str]]) -> Begun:
        types, of = distinct(zip(*(columns[name] for name in self._of), strict=True))
        with self._lock:
            return Begun(self._recall(types), np.array(of, dtype=np.int64))

    def _recall(self, types: Sequence[tuple[str, ...]]) -> np.ndarray:
        """Give what each type begins with, and remember what is new."""
        new = [type_ for type_ in types if type_ not in self._rows]
        if new:
            low, high = len(self._rows), len(self._rows) + len(new)
            if high > len(self._values):
                self._rows, new, low, high = {}, types, 0, len(types)
                width = self._network.table.weights.shape[1]
                self._values = np.empty((max(high, _REMEMBERED), width), dtype=np.uint8)
            known = dict(zip(self._of, zip(*new, strict=True), strict=True))
            found = attributes(known, self._parts, self._lexicon)
            self._values[low:high] = self._network.begin(found, self._lexicon.vectors)
            self._rows.update(zip(new, range(low, high), strict=True))
        return self._values.take(list(map(self._rows.__getitem__, types)), axis=0)


_REMEMBERED = 1 << 15


@lru_cache(maxsize=1 << 12)  # one network after the other asks for the same
def _word_values(key: tuple[str, ...], lexicon: Lexicon) -> tuple[str, ...]:
    form, circumstance = key
    lower = form.lower()
    low = lower if lower.isalpha() else _DIGITS.sub("0", lower)
    rank, _, usage = lexicon.usage.get(lower, "-").partition(" ")
    return (
        low[:_LONG], shape(form) + circumstance, lexicon.classes.get(lower) or ("?" if low.isalpha() else "-"), usage,
        rank, low[:3], low[-2:], low[-3:], low[-4:], _with_vector(lower, low, lexicon),
    )  # fmt: skip


def _with_vector(lower: str, low: str, lexicon: Lexicon) -> str:
    """Give the first way to write a word in which it has a vector: as is, with zeros for digits, bare at its ends."""
    known = lexicon.vectors.numbers
    return lower if lower in known else low if low in known else lower.strip("-.")


#: What is told by a word and how far its capital can be trusted.
WORD = Part(
    ("low", "shape_in", "known", "usage", "rank", "p3", "s2", "s3", "s4", VECTOR),
    ("form", "circumstance"),
    _word_values,
)


def _around_values(key: tuple[str, ...], _: Lexicon) -> tuple[str, ...]:
    form, circumstance, seen_, mark = key
    return seen_ + circumstance + shape(form)[:2] if seen_ else "", mark


#: What is told by what stands around a word and elsewhere in its document, and then by its tag.
AROUND = Part(("seen", "mark"), ("form", "circumstance", "seen", "mark"), _around_values)
TAGGED = Part(("tag",), ("tag",), lambda key, _: key)

TOKEN_PARTS = (WORD, AROUND, TAGGED)


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
    if _PAIRED.isdisjoint(forms):
        return [""] * len(forms)
    marks, quoted, bracketed = [], 0, 0
    for form, before in zip(forms, gap, strict=True):
        marks.append(("q" if quoted else "") + ("b" if bracketed else ""))
        quoted, bracketed = max(0, quoted - 1), max(0, bracketed - 1)
        if form == "“" or (form in ('"', "''", "``") and not quoted and (before or len(marks) == 1)):
            quoted = _LONG_QUOTATION
        elif form in ("”", '"', "''", "``"):
            quoted = 0
        elif form in ("(", "["):
            bracketed = _LONG_QUOTATION
        elif form in (")", "]"):
            bracketed = 0
    return marks


_PAIRED = frozenset(["“", "”", '"', "''", "``", "(", "[", ")", "]"])
_LONG_QUOTATION = 60


def break_columns(paragraphs: Iterable[tuple[str, Sequence[tuple[int, int]]]]) -> dict[str, list[str]]:
    """Describe the words of paragraphs, each a text and the spans of its words: by what stands there, and where."""
    columns: dict[str, list[str]] = {"form": [], "gap": [], "quote": []}
    for text, spans in paragraphs:
        forms, gap = [text[start:end] for start, end in spans], gaps(spans)
        for name, values in (("form", forms), ("gap", gap), ("quote", quotes(forms, gap))):
            columns[name].extend(values)
    return columns


def _break_values(key: tuple[str, ...], lexicon: Lexicon) -> tuple[str, ...]:
    form, gap, quote = key
    lower = plain(form).lower()
    low = lower if lower.isalpha() else _DIGITS.sub("0", lower)
    rank, _, _ = lexicon.usage.get(lower, "-").partition(" ")
    pattern = shape(form)
    if form[-1] in _STOPS:
        kind = "abbreviation" if form[0].isalnum() else form[:_LONG]
    elif form[0].isalnum():
        kind = pattern[:2]
    else:
        kind = form if len(form) == 1 else form[0] + "+"
    return (
        low[:_LONG], gap + kind, kind + quote, pattern, lexicon.classes.get(low, "?" if low.isalpha() else "-"),
        rank + kind, str(min(len(form), _SIZE)) + kind, _with_vector(lower, low, lexicon),
    )  # fmt: skip


_STOPS = ".!?…"
_SIZE = 6

BREAK_PARTS = (
    Part(
        ("low", "gap_kind", "kind_quote", "shape", "known", "rank_kind", "size", VECTOR),
        ("form", "gap", "quote"),
        _break_values,
    ),
)
