"""The features of words, which the networks embed.

Training and annotation both extract features here, so that they cannot drift apart. The names of features and their
values are part of the model files.

Notes
-----
Codes of the inputs:

- how informative a capital is (:func:`case_contexts`): ``u`` in a sentence in capitals, ``t`` in title case, ``f`` for
  the first word, ``n`` otherwise
- how a capitalised word is written elsewhere in its document (:func:`document_cases`): ``l`` without a capital, ``c``
  with one inside a sentence, ``lc`` both, empty neither
- white space before a word (:func:`spaces_before`): ``s``, or empty
- what is open before a word (:func:`enclosures`): ``q`` quotation marks, ``b`` a bracket, ``qb`` both, or empty

Features of tokens (``TOKEN_TEMPLATES``):

- ``low``: the form in lower case, with zeros for digits unless it is all letters
- ``shape_in``: its :func:`shape` and how informative its capital is
- ``known``: its possible Penn tags (:func:`training.lexicon.classes`), ``?`` for an unknown word, ``-`` for others
- ``rank``, ``usage``: its frequency, and how it is used as a verb and a noun (:func:`training.lexicon.usage`)
- ``p3``, ``s2``, ``s3``, ``s4``: its prefix of three characters, its suffixes of two, three and four
- ``vector``: the key of its word vector
- ``seen``: for a capitalised word that occurs elsewhere too, how it is written there, how informative its capital is,
  and the first two characters of its shape
- ``mark``: the gazetteer tag (:func:`analysis.language.gazetteer.tag`)
- ``tag``: the Penn tag

Features of words where a sentence may begin (``BREAK_TEMPLATES``) have ``low``, ``shape``, ``known`` and ``vector``
as well. The *kind* of what ends with a sentence mark is ``abbreviation`` if it begins with a letter or digit, otherwise
the form itself; of other words the first two characters of their shape; of other marks the first, with ``+`` if more
follow.

- ``gap_kind``: white space before, and the kind
- ``kind_quote``: the kind, and what is open before
- ``rank_kind``: the frequency, and the kind
- ``size``: the length in characters, capped at six, and the kind
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import normalize

from analysis.invisible import visible
from analysis.language.network import VECTOR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from analysis.language.network import WordVectors

__all__ = [
    "BREAK_TEMPLATES",
    "CONTEXT",
    "TAG",
    "TOKEN_TEMPLATES",
    "WORD",
    "FeatureTemplate",
    "Lexicon",
    "break_columns",
    "case_contexts",
    "document_cases",
    "enclosures",
    "extract",
    "normalise",
    "shape",
    "spaces_before",
]

_PLAIN = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "`": "'", "´": "'", "′": "'",
        "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "″": '"',
        "‐": "-", "‑": "-", "−": "-", "\xa0": " ", "\u202f": " ", "\u2009": " ", "…": "...",
        "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st",
    }
)  # fmt: skip
_DIGITS = re.compile(r"\d")

#: Words of at most this length say little about the case of their sentence.
_SHORT_CHARS = 3
#: The share of words with capitals from which a sentence is in capitals or in title case.
_MOST = 0.7
#: A form is cut to this length, and a longer one has no shape.
_LONG_CHARS = 40
#: Forms of this length or more are treated alike.
_MAX_LENGTH_CHARS = 6
#: Quotation marks or a bracket that are open for this many words are taken to be closed.
_MAX_OPEN_WORDS = 60
_PAIRED_MARKS = frozenset(["“", "”", '"', "''", "``", "(", "[", ")", "]"])
_SENTENCE_MARKS = ".!?…"


def normalise(form: str) -> str:
    r"""Return a form with straight quotes, plain hyphens and spaces, without ligatures and invisible characters.

    An accented letter is one character (Unicode's NFC), also where its accent was written apart.

    Examples
    --------
    >>> normalise("don’t"), normalise("com\xadmittee"), normalise("oﬃcer"), len(normalise("cafe\u0301"))
    ("don't", 'committee', 'officer', 4)
    """
    form = visible(form)
    return form if form.isascii() and "`" not in form else normalize("NFC", form).translate(_PLAIN)


# Case


def case_contexts(forms: Sequence[str]) -> list[str]:
    """Return for each word of a sentence how informative a capital is there.

    Returns
    -------
    list of str
        ``u`` in a sentence in capitals, ``t`` in a sentence in title case, ``f`` for the first word, otherwise ``n``.

    Examples
    --------
    >>> case_contexts(["“", "Rain", "fell", "."])
    ['n', 'f', 'n', 'n']
    """
    words = [form for form in forms if form[0].isalpha()]
    long = [form for form in words if len(form) > _SHORT_CHARS]
    n_capital = sum(form[0].isupper() for form in long)
    if len(words) > 1 and sum(form.isupper() for form in words) > _MOST * len(words):
        return ["u"] * len(forms)
    if len(long) > 1 and n_capital > _MOST * len(long) and len(words) > _SHORT_CHARS:
        return ["t"] * len(forms)
    contexts = ["n"] * len(forms)
    for index, form in enumerate(forms):
        if form[0].isalnum():
            contexts[index] = "f"
            break
    return contexts


def document_cases(sentences: Sequence[Sequence[str]], contexts: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return for each capitalised word how the same word is written elsewhere in its document.

    Parameters
    ----------
    sentences
        The normalised forms of a document, sentence after sentence.
    contexts
        What :func:`case_contexts` returns for each sentence.

    Returns
    -------
    list of list of str
        ``l`` where the word also occurs without a capital, ``c`` where it occurs with one inside a sentence, ``lc`` for
        both, otherwise empty.

    Examples
    --------
    >>> document_cases([["May", "it", "rain"], ["It", "may"]], [["f", "n", "n"], ["f", "n"]])
    [['l', '', ''], ['l', '']]
    """
    lower = {form for forms in sentences for form in forms if form.islower()}
    capital = {
        form
        for forms, own_contexts in zip(sentences, contexts, strict=True)
        for form, context in zip(forms, own_contexts, strict=True)
        if context == "n" and form[0].isupper()
    }
    return [
        [
            ("l" if form.lower() in lower else "") + ("c" if form in capital else "") if form[0].isupper() else ""
            for form in forms
        ]
        for forms in sentences
    ]


# Feature templates


def shape(form: str) -> str:
    """Return the shape of a form: X for capitals, x for letters, 0 for digits, with runs shortened.

    Examples
    --------
    >>> shape("Al-Missmari"), shape("ISIL"), shape("2011")
    ('Xx-Xx', 'XX', '00')
    """
    return _shape(form) if len(form) < _LONG_CHARS else "long"


@lru_cache(maxsize=1 << 14)
def _shape(form: str) -> str:
    classes: list[str] = []
    for char in form:
        class_ = "X" if char.isupper() else "x" if char.isalpha() else "0" if char.isdigit() else char
        if classes[-1:] != [class_] or (class_ in "X0" and classes[-2:] != [class_, class_]):
            classes.append(class_)
    return "".join(classes)


@dataclass(frozen=True, eq=False)
class Lexicon:
    """What is known of English words, by their form in lower case.

    Attributes
    ----------
    classes
        The Penn tags that a form may have, as :func:`training.lexicon.classes` returns them.
    usage
        How frequent a form is and how it is used, as :func:`training.lexicon.usage` returns it.
    vectors
        Word vectors.
    """

    classes: Mapping[str, str]
    usage: Mapping[str, str]
    vectors: WordVectors


class FeatureTemplate(NamedTuple):
    """A function from properties of a word to some of its features.

    Attributes
    ----------
    features
        The names of the features.
    inputs
        The columns that they depend on: ``form`` (normalised), ``case_context``, ``document_case``, ``gazetteer_tag``
        (see :func:`analysis.language.gazetteer.tag`) and ``xpos``; for sentence breaks ``form`` (as seen),
        ``space_before`` and ``enclosure``.
    extract
        Maps the values of the inputs, and the lexicon, to the values of the features.
    """

    features: tuple[str, ...]
    inputs: tuple[str, ...]
    extract: Callable[[tuple[str, ...], Lexicon], tuple[str, ...]]


def extract(
    columns: Mapping[str, Sequence[str]], templates: Sequence[FeatureTemplate], lexicon: Lexicon
) -> dict[str, Sequence[str]]:
    """Return the features of words: for each feature, its value for each word.

    Parameters
    ----------
    columns
        For each input of the templates, its value for each word.
    templates
        The templates.
    lexicon
        The lexicon.
    """
    found: dict[str, Sequence[str]] = {}
    for template in templates:
        keys = list(zip(*(columns[name] for name in template.inputs), strict=True))
        values = {key: template.extract(key, lexicon) for key in dict.fromkeys(keys)}
        found |= zip(template.features, zip(*map(values.__getitem__, keys), strict=True), strict=True)
    return found


@lru_cache(maxsize=1 << 12)  # the networks ask for the same words one after the other
def _word_features(key: tuple[str, ...], lexicon: Lexicon) -> tuple[str, ...]:
    form, case_context = key
    lower = form.lower()
    low = lower if lower.isalpha() else _DIGITS.sub("0", lower)
    rank, _, usage = lexicon.usage.get(lower, "-").partition(" ")
    return (
        low[:_LONG_CHARS], shape(form) + case_context, lexicon.classes.get(lower) or ("?" if low.isalpha() else "-"),
        usage, rank, low[:3], low[-2:], low[-3:], low[-4:], _vector_key(lower, low, lexicon),
    )  # fmt: skip


def _vector_key(lower: str, low: str, lexicon: Lexicon) -> str:
    """Return the first variant of a word that has a vector: as is, zeros for digits, without marks at its ends."""
    ids = lexicon.vectors.ids
    return lower if lower in ids else low if low in ids else lower.strip("-.")


#: Features of a word and of how informative its capital is.
WORD = FeatureTemplate(
    ("low", "shape_in", "known", "usage", "rank", "p3", "s2", "s3", "s4", VECTOR),
    ("form", "case_context"),
    _word_features,
)


def _context_features(key: tuple[str, ...], _: Lexicon) -> tuple[str, ...]:
    form, case_context, document_case, gazetteer_tag = key
    return document_case + case_context + shape(form)[:2] if document_case else "", gazetteer_tag


#: Features of a word's document and of the known names around it.
CONTEXT = FeatureTemplate(
    ("seen", "mark"), ("form", "case_context", "document_case", "gazetteer_tag"), _context_features
)
#: The Penn tag as a feature.
TAG = FeatureTemplate(("tag",), ("xpos",), lambda key, _: key)

#: All templates for tokens.
TOKEN_TEMPLATES = (WORD, CONTEXT, TAG)


# Sentence breaks


def spaces_before(spans: Sequence[tuple[int, int]]) -> list[str]:
    """Return ``s`` for each word of a paragraph that has white space before it, otherwise an empty string."""
    marks, before = [], spans[0][0] if spans else 0
    for start, end in spans:
        marks.append("s" if start > before else "")
        before = end
    return marks


def enclosures(forms: Sequence[str], spaces: Sequence[str]) -> list[str]:
    """Return for each word of a paragraph whether quotation marks or a bracket are open before it.

    Parameters
    ----------
    forms
        The forms as seen (:func:`analysis.invisible.visible`).
    spaces
        What :func:`spaces_before` returns.

    Returns
    -------
    list of str
        ``q`` in quotation marks, ``b`` in brackets, ``qb`` in both, otherwise empty. What stays open for more than 60
        words counts as closed.
    """
    if _PAIRED_MARKS.isdisjoint(forms):
        return [""] * len(forms)
    marks: list[str] = []
    quoted = bracketed = 0
    for form, space in zip(forms, spaces, strict=True):
        marks.append(("q" if quoted else "") + ("b" if bracketed else ""))
        quoted, bracketed = max(0, quoted - 1), max(0, bracketed - 1)
        if form == "“" or (form in ('"', "''", "``") and not quoted and (space or len(marks) == 1)):
            quoted = _MAX_OPEN_WORDS
        elif form in ("”", '"', "''", "``"):
            quoted = 0
        elif form in ("(", "["):
            bracketed = _MAX_OPEN_WORDS
        elif form in (")", "]"):
            bracketed = 0
    return marks


def break_columns(paragraphs: Iterable[tuple[str, Sequence[tuple[int, int]]]]) -> dict[str, list[str]]:
    """Return the inputs of ``BREAK_TEMPLATES`` for paragraphs, each a text and the spans of its words."""
    columns: dict[str, list[str]] = {"form": [], "space_before": [], "enclosure": []}
    for text, spans in paragraphs:
        forms, spaces = [visible(text[start:end]) for start, end in spans], spaces_before(spans)
        columns["form"] += forms
        columns["space_before"] += spaces
        columns["enclosure"] += enclosures(forms, spaces)
    return columns


def _break_features(key: tuple[str, ...], lexicon: Lexicon) -> tuple[str, ...]:
    form, space_before, enclosure = key
    lower = normalise(form).lower()
    low = lower if lower.isalpha() else _DIGITS.sub("0", lower)
    rank, _, _ = lexicon.usage.get(lower, "-").partition(" ")
    pattern = shape(form)
    if form[-1] in _SENTENCE_MARKS:
        kind = "abbreviation" if form[0].isalnum() else form[:_LONG_CHARS]
    elif form[0].isalnum():
        kind = pattern[:2]
    else:
        kind = form if len(form) == 1 else form[0] + "+"
    return (
        low[:_LONG_CHARS], space_before + kind, kind + enclosure, pattern,
        lexicon.classes.get(low, "?" if low.isalpha() else "-"), rank + kind,
        str(min(len(form), _MAX_LENGTH_CHARS)) + kind, _vector_key(lower, low, lexicon),
    )  # fmt: skip


#: All templates for sentence breaks.
BREAK_TEMPLATES = (
    FeatureTemplate(
        ("low", "gap_kind", "kind_quote", "shape", "known", "rank_kind", "size", VECTOR),
        ("form", "space_before", "enclosure"),
        _break_features,
    ),
)
