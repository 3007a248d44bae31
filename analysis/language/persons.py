"""The parts of persons' names: titles, suffixes, and which names are parts of fuller ones."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from analysis import resources
from analysis.language.referring import lists

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

NameWords = tuple[str, ...]

__all__ = [
    "forename_gender",
    "fullest_names",
    "honorific_key",
    "is_forename",
    "is_title",
    "last_title",
    "name_parts",
    "title_gender",
    "without_suffix",
]

#: A short forename (*Tim*) has from three letters to so many.
_MAX_SHORT_LETTERS = 5
_MIN_SHORT_LETTERS = 3


class NameParts(NamedTuple):
    """The words of ``data/name_parts.tsv``."""

    titles: frozenset[str]
    royal_titles: frozenset[str]
    forename_titles: frozenset[str]  # the royal ones too
    generation_suffixes: frozenset[str]
    suffixes: frozenset[str]
    articles: frozenset[str]
    particles: frozenset[str]  # the Welsh ones too
    welsh_particles: frozenset[str]
    after_miss: frozenset[str]
    shared_names: frozenset[NameWords]  # of two persons whom a middle name tells apart


@cache
def name_parts() -> NameParts:
    """Read ``data/name_parts.tsv``."""
    lists = {name: frozenset(words) for name, words in resources.data().read_word_lists("name_parts.tsv").items()}
    royal = frozenset(title.replace("_", " ") for title in lists["royal_titles"])
    generations = lists["generation_suffixes"]
    forename = royal | lists["forename_titles"]
    suffixes = generations | lists["numeral_suffixes"]
    shared = frozenset(tuple(name.split("_")) for name in lists["shared_names"])
    return NameParts(
        forename | lists["titles"],
        royal,
        forename,
        generations,
        suffixes,
        lists["articles"],
        lists["particles"] | lists["welsh_particles"],
        lists["welsh_particles"],
        lists["after_miss"],
        shared,
    )


def is_title(word: str) -> bool:
    """Return whether a word is a title, such as *Sen.*."""
    return honorific_key(word) in name_parts().titles


def is_forename(word: str) -> bool:
    """Return whether a word is a forename that mostly men have, or mostly women."""
    return word.lower() in _forenames()


@cache
def _forenames() -> frozenset[str]:
    lists = resources.data().read_word_lists("given_names.tsv")
    return frozenset(name for names in lists.values() for name in names)


def title_gender(title: str) -> int:
    """Return the gender that a title in lower case tells, as a number of :mod:`analysis.language.referring`, or 0."""
    return lists().title_genders.get(title.rpartition(" ")[2], 0)


def forename_gender(words: NameWords) -> int:
    """Return the gender that the forename of a name in lower case tells, or 0."""
    return lists().name_genders.get(words[0], 0) if len(words) > 1 else 0


def honorific_key(word: str) -> str:
    """Return a word without case, full stop and brackets, by which an honorific is recognised."""
    return word.lower().strip("(.)")


def last_title(words: Sequence[str]) -> str:
    """Return the last of some words, or the last two if they are one title, in lower case: *crown prince*."""
    pair = " ".join(map(honorific_key, words[-2:]))
    return pair if pair in name_parts().royal_titles else honorific_key(words[-1]) if words else ""


def fullest_names(names: Collection[NameWords], royal: set[NameWords]) -> dict[NameWords, set[NameWords]]:
    """Return for each name the longest names that it is part of, directly or through others; else itself.

    A word inside one name alone is a part of it too: *González* of *Edmundo González Urrutia*.
    """
    sharing: defaultdict[str, set[NameWords]] = defaultdict(set)  # names by their first word and by their surname
    for words in names:
        sharing[words[0]].add(words)
        sharing[without_suffix(words)[-1]].add(words)
    juniors = {words for words in names if any(_is_elder(w, words) for w in sharing[without_suffix(words)[-1]])}
    found: dict[NameWords, set[NameWords]] = {}
    for words in sorted(names, key=lambda words: (len(words), len(words[0])), reverse=True):
        fuller = {w for w in sharing[words[0]] | sharing[without_suffix(words)[-1]] if _is_part(words, w)}
        if words == without_suffix(words):
            fuller -= juniors
        namesakes = {w for w in sharing[without_suffix(words)[-1]] if _is_short_form(words, w)}
        fuller |= namesakes if len(namesakes) == 1 else set()
        if words in royal and len(words) == 1:
            fuller = {w for w in fuller & royal if w[0] == words[0]}
        elif not fuller and len(words) == 1:
            holders = {w for w in names if words[0] in without_suffix(w)[1:-1]}
            fuller = holders if len(holders) == 1 else set()
        found[words] = set().union(*(found[w] for w in fuller)) or {words}
    return found


def without_suffix(words: NameWords) -> NameWords:
    """Return a name without *Jr.*, *III* and their like."""
    return words[:-1] if len(words) > 1 and words[-1] in name_parts().suffixes else words


def _is_elder(words: NameWords, junior: NameWords) -> bool:
    """Return whether a full name ends with that of a junior: *Donald Trump* with *Trump* of *Trump Jr.*."""
    trunk = without_suffix(junior)
    is_junior = junior[-1] in name_parts().generation_suffixes and trunk != junior
    return is_junior and len(words) > 1 and words[-len(trunk) :] == trunk


def _is_short_form(words: NameWords, whole: NameWords) -> bool:
    """Return whether a name has the same surname, fewer names before it and the same or a short forename."""
    one, other, trunk = words[0], whole[0], without_suffix(whole)
    is_short = _MIN_SHORT_LETTERS <= len(one) <= _MAX_SHORT_LETTERS and other.startswith(one) and is_forename(one)
    if len(words) == 1 or words in name_parts().shared_names or words[-1] != trunk[-1]:
        return False
    if {forename_gender(words), forename_gender(whole)} == {1, 2}:
        return False
    if len(words) < len(trunk):
        return (one == other or is_short) and all(middle in trunk for middle in words[1:-1])
    return len(words) == len(trunk) and is_short and one != other and words[1:] == trunk[1:]


def _is_part(words: NameWords, whole: NameWords) -> bool:
    """Return whether a longer name begins or ends with a name; *Donald Trump* is no part of *Donald Trump Jr.*."""
    n, trunk = len(words), without_suffix(whole)
    if (
        n >= len(whole)
        or "and" in whole
        or (n > 1 and words == trunk and whole[-1] in name_parts().generation_suffixes)
    ):
        return False
    return words in (whole[-n:], trunk[-n:], trunk[:n])
