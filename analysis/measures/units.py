"""What counts as one word: a name of several words, a hyphenated word; and titles, which count as no content word."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis import resources, tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    _Token = Mapping[str, NDArray[Any]]

__all__ = [
    "CONTENT_TAGS",
    "NAME_COLUMNS",
    "NAME_LABELS",
    "Units",
    "find_units",
    "hyphenated",
    "is_title",
    "join_words",
    "name_spans",
    "titles",
]

#: Open word classes of Universal Dependencies: what an article is about.
CONTENT_TAGS = ("NOUN", "PROPN", "VERB", "ADJ", "ADV")
#: Labels of mentions that are names of someone, somewhere or something, unlike dates and sums of money.
NAME_LABELS = tuple(label for label in tables.LABELS if label not in ("date", "money"))
#: The columns of tokens by which names are found.
NAME_COLUMNS = ("sentence", "start", "end", "text", "upos", "is_word", "entity")

_HYPHENS = frozenset("-‐‑")
#: The tags of what a hyphen joins to a name: US-led, Spanish-style, London-wide.
_AFTER_NAMES = frozenset({"ADJ", "NOUN", "VERB"})
#: What may stand between two titles: Mr and Mrs Hale, Lt-Col Lee.
_TITLE_JOINTS = frozenset({"and", "&", *_HYPHENS})


@cache
def titles() -> frozenset[str]:
    """Return the titles that say nothing of what a text is about, in lower case without full stops."""
    return frozenset(resources.data().read_word_lists("name_parts.tsv")["without_content"])


def is_title(token: _Token) -> NDArray[np.bool_]:
    """Return which tokens are titles before names: *Mr.*, *Sgt*, *Sir*.

    Of the titles without content in ``data/name_parts.tsv``, a proper noun is one if it has its full stop (*Gen.*), or
    stands right before a name and in no name but a person's (*Gen Dempsey*, *Mr and Mrs Hale*, not *Miss World*). A
    common noun (*a sales rep*) is none, nor are initials (*MS*).

    Parameters
    ----------
    token
        The tokens of one article, in order, with text, upos and, to tell names, entity.

    Examples
    --------
    >>> words = "Mr. Lee , a rep , met Gen Dempsey and Miss Hale on MS".split()
    >>> upos = [{"a": "DET", "rep": "NOUN", ",": "PUNCT", "and": "CCONJ", "on": "ADP"}.get(w, "PROPN") for w in words]
    >>> [word for word, found in zip(words, is_title({"text": np.array(words), "upos": np.array(upos)})) if found]
    ['Mr.', 'Gen', 'Miss']
    """
    texts, is_proper = token["text"], token["upos"] == "PROPN"
    entity = token.get("entity", np.full(len(texts), "O"))
    found = np.zeros(len(texts), dtype=bool)
    for i in np.flatnonzero(is_proper)[::-1].tolist():
        text = str(texts[i])
        if text.rstrip(".").casefold() not in titles():
            continue
        is_joined = i + 1 < len(texts) and texts[i + 1] in _TITLE_JOINTS
        before_name = bool(found[i + 2 : i + 3].any() if is_joined else is_proper[i + 1 : i + 2].any())
        if text.endswith("."):
            found[i] = text.istitle() or (before_name and text.isupper() == str(texts[i + 1]).isupper())
        else:
            found[i] = text.istitle() and before_name and entity[i] in {"O", "B-person", "I-person"}
    return found


def name_spans(token: _Token, *, labels: Sequence[str] = NAME_LABELS) -> Iterator[tuple[int, int]]:
    """Yield the first row of each name and the row after its last, without the title before a person's name.

    Parameters
    ----------
    token
        The tokens of one article, in order, with :data:`NAME_COLUMNS`.
    labels
        The labels of names to yield.
    """
    tags, sentences = token["entity"].tolist(), token["sentence"].tolist()
    is_own_title = is_title(token)
    starts = [
        i
        for i, tag in enumerate(tags)
        if tag != "O" and not (tag[:2] == "I-" and i and tags[i - 1] != "O" and sentences[i - 1] == sentences[i])
    ]
    for first in starts:
        label, stop = tags[first][2:], first + 1
        while stop < len(tags) and tags[stop][:2] == "I-" and sentences[stop] == sentences[first]:
            stop += 1
        begin = first
        while begin < stop and (not token["is_word"][begin] or (label == "person" and is_own_title[begin])):
            begin += 1
        if label in labels and begin < stop:
            yield begin, stop


def hyphenated(token: _Token) -> Iterator[tuple[int, int]]:
    """Yield the first row of each hyphenated word (*state-of-the-art*) and the row after its last.

    Parameters
    ----------
    token
        The tokens of one article, in order, with start, end and text.

    Examples
    --------
    >>> starts, ends = np.array([0, 2, 6, 7, 9]), np.array([1, 6, 7, 9, 12])
    >>> list(hyphenated({"start": starts, "end": ends, "text": np.array(["a", "long", "-", "ago", "day"])}))
    [(1, 4)]
    """
    touches = np.zeros(len(token["start"]) + 1, dtype=bool)
    touches[1:-1] = token["start"][1:] == token["end"][:-1]
    texts = token["text"].astype(str)
    is_joint = np.isin(texts, list(_HYPHENS)) & touches[:-1] & touches[1:]
    # A clitic may stand before a hyphen: no-man's-land.
    is_clitic = touches[:-1] & np.isin(texts.astype("U1"), ["'", "’"])
    is_clitic[:-1] &= is_joint[1:]
    joins = is_joint | is_clitic
    joins[1:] |= is_joint[:-1]
    stops = np.flatnonzero(~np.append(joins, False))
    for first, stop in zip(stops[:-1].tolist(), stops[1:].tolist(), strict=True):
        if stop - first > 1:
            yield first, stop


def join_words(token: _Token, first: int, stop: int) -> str:
    """Return the tokens from one row to another as they are written, any white space as one space."""
    starts, ends, texts = (token[name][first:stop].tolist() for name in ("start", "end", "text"))
    gaps = ["", *("" if start == end else " " for start, end in zip(starts[1:], ends[:-1], strict=True))]
    return "".join(gap + str(text) for gap, text in zip(gaps, texts, strict=True))


class Units(NamedTuple):
    """The units in which the tokens of an article are counted.

    Attributes
    ----------
    words
        What each token is counted as, if it begins a unit: its lemma or norm, the whole name as written, or the whole
        hyphenated word.
    starts_unit
        Whether it begins one: each word does, but for those of a name or hyphenated word after its first.
    is_name
        Whether it belongs to a name; False where names are not told.
    heads
        The row of the token whose tag the unit has: of a hyphenated word, its last content word.
    parts
        The words of each name of several words and of each hyphenated word, by what these are counted as.
    """

    words: NDArray[Any]
    starts_unit: NDArray[np.bool_]
    is_name: NDArray[np.bool_]
    heads: NDArray[np.int64]
    parts: dict[str, tuple[str, ...]]


def find_units(token: _Token, *, by: str, whole_names: bool, labels: Sequence[str] = NAME_LABELS) -> Units:
    """Return the units of one article: its words, its names of several words and its hyphenated words.

    A hyphenated word that holds a name is one unit where it ends in a noun, adjective or participle (*US-led*,
    *Spanish-style*), and else several (*anti-Trump*). A participle at its end stays as it is (*coal-fired*).

    Parameters
    ----------
    token
        The tokens of one article, in order, with is_word, the column named by ``by`` and, for whole names,
        :data:`NAME_COLUMNS`.
    by
        ``"lemma"`` or ``"norm"``.
    whole_names
        Whether to count names and hyphenated words as units.
    labels
        The labels of these names.
    """
    n = len(token[by])
    units = Units(token[by].astype(object), token["is_word"].copy(), np.zeros(n, dtype=bool), np.arange(n), {})
    spellings: dict[tuple[str, ...], str] = {}
    holders: dict[str, set[str]] = {}
    alone: list[int] = []
    for first, stop in name_spans(token, labels=labels) if whole_names else ():
        units.is_name[first:stop] = True
        is_word = token["is_word"][first:stop]
        if is_word.sum() > 1:
            # Of spellings that differ in hyphens, spaces and case, the first is taken: Ebola-Reston, Ebola Reston.
            words = tuple(str(text).casefold() for text in token["text"][first:stop][is_word])
            name = spellings.setdefault(words, join_words(token, first, stop))
            units.parts[name] = tuple(token[by][first:stop][is_word].tolist())
            units.words[first] = name
            units.starts_unit[first + 1 : stop] = False
            if token["entity"][first].endswith("-person"):
                holders.setdefault(words[-1], set()).add(name)
        elif token["entity"][first].endswith("-person"):
            alone.append(first)
    for first in alone:  # a surname beside the whole name of one person: *Gupta*, *Anjali Gupta*
        whole = holders.get(str(token["text"][first]).casefold(), set())
        units.words[first] = min(whole) if len(whole) == 1 else units.words[first]
    is_named = token["entity"] != "O" if whole_names else units.is_name
    for first, stop in hyphenated(token) if whole_names else ():
        rows = first + np.flatnonzero(token["is_word"][first:stop])
        is_name = is_named[first:stop].any()
        if len(rows) < 2 or not any(map(str.isalpha, join_words(token, first, stop))):  # noqa: PLR2004 - two parts
            continue
        if is_name and (is_named[rows[-1]] or token["upos"][rows[-1]] not in _AFTER_NAMES):
            continue
        start, *_, last = rows.tolist()
        while token["entity"][start].startswith("I-") and start and is_named[start]:  # New York-based
            start -= 1
        before = join_words(token, start, last)
        text = str(token["text"][last]).casefold()
        is_participle = token["upos"][last] == "VERB" and not text.endswith("s")
        word = before if is_name or token["upos"][last] == "PROPN" else before.casefold()
        word += text if is_participle else str(token[by][last])
        units.parts[word] = tuple(token[by][start : last + 1][token["is_word"][start : last + 1]].tolist())
        units.words[start] = word
        units.is_name[start:stop] = False
        units.starts_unit[start] = True
        units.starts_unit[start + 1 : stop] = False
        content = rows[np.isin(token["upos"][rows], CONTENT_TAGS)]
        units.heads[start] = [last, *content][-1]
    return units
