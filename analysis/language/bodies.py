"""Bodies and treaties whose names go on after a preposition, or begin with a number."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from analysis import resources
from analysis.language import persons
from analysis.language.names import mentions, spelled

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

__all__ = ["with_long_acts", "with_numbered_units", "with_whole_bodies"]

#: The labels of the words of two lists of ``data/whole_names.tsv``.
_LABELS = {"institutes": "organization", "treaties": "misc"}
_PREPOSITIONS = frozenset(("for", "on"))
#: What stands in such names between words with capitals.
_INSIDE = frozenset("& and for of on the".split())
_AND = frozenset(("&", "and"))
#: The last words of laws, what stands before their names, and in them between words with capitals.
_LAWS = frozenset(("Act", "Bill"))
_BEFORE_LAWS = frozenset("a an its the this".split())
_IN_LAWS = frozenset("& and for from in of on to with".split())
#: Labels of words with which such a name does not go on.
_OTHERS = frozenset(("date", "money", "person"))
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)")


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(resources.data().read_word_lists("whole_names.tsv")[name])


def with_whole_bodies(tags: Sequence[str], forms: Sequence[str], starts: AbstractSet[int]) -> list[str]:
    """Extend bodies and treaties to what they are for or on, *Institute for the Study of War*, and to their last words.

    The last words are those with capitals after *of* and a part of the name (*Alliance of Small Island States*).

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms
        The normalised form of each word.
    starts
        The index of the first word of each sentence, and the number of words.

    Examples
    --------
    >>> forms = "Institute for the Study of War".split()
    >>> with_whole_bodies(["B-organization", "O", "O", "B-misc", "I-misc", "I-misc"], forms, {0, 6})[-1]
    'I-organization'
    """
    result = list(tags)
    for label, head in [(label, at) for name, label in _LABELS.items() for at in _found(name, forms)]:
        first, known_end = head, head + 1
        while result[first][0] == "I":
            first -= 1
        while known_end not in starts and result[first] != "O" and result[known_end][0] == "I":
            known_end += 1
        is_begun = "of" in forms[head:known_end] and result[first][2:] == label
        if head + 1 in starts or not (forms[head + 1] in _PREPOSITIONS or is_begun):
            continue
        end = _end(max(known_end, head + 2), tags, forms, starts)
        if end > max(known_end, head + 2) and result[first][2:] in {"", "organization", "misc"}:
            result[first:end] = spelled(label, end - first)
    return result


def _found(name: str, forms: Sequence[str]) -> list[int]:
    """Return where words of a list stand, but for the last word."""
    return [at for at, form in enumerate(forms[:-1]) if form in _words(name)]


def _end(at: int, tags: Sequence[str], forms: Sequence[str], starts: AbstractSet[int]) -> int:
    """Return the index after words with capitals, and small words between them, that begin at an index."""
    end = at
    while at not in starts and tags[at][2:] not in _OTHERS and not persons.is_title(forms[at]):
        if forms[at][0].isupper():
            end = at + 1
        elif forms[at] not in _INSIDE or (forms[at] in _AND and forms[at + 1 : at + 2] == ["the"]):
            break
        at += 1
    return end if end in starts or tags[end][0] != "I" else at


def with_numbered_units(tags: Sequence[str], forms: Sequence[str], starts: AbstractSet[int]) -> list[str]:
    """Extend units of an army, courts and their like to their number: *72nd Mechanized Brigade*, *9th Circuit*.

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms
        The normalised form of each word.
    starts
        The index of the first word of each sentence, and the number of words.

    Examples
    --------
    >>> with_numbered_units(["O", "O", "B-organization", "I-organization"], "The 72nd Mechanized Brigade".split(), {0})
    ['O', 'B-organization', 'I-organization', 'I-organization']
    """
    result = list(tags)
    for first, last, label in mentions(tags):
        number = first - 1
        is_unit = label == "organization" and _words("numbered_units") & {*forms[first : last + 1]}
        if is_unit and first not in starts and tags[number] == "O" and _ORDINAL.fullmatch(forms[number]):
            result[number : last + 1] = spelled(label, last + 1 - number)
    return result


def with_long_acts(tags: Sequence[str], forms: Sequence[str], starts: AbstractSet[int]) -> list[str]:
    """Take for one name a law with small words inside: *the CHIPS and Science Act*.

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms
        The normalised form of each word.
    starts
        The index of the first word of each sentence, and the number of words.

    Examples
    --------
    >>> with_long_acts(["O", "O", "O", "B-misc", "I-misc"], "the CHIPS and Science Act".split(), {0, 5})[1:]
    ['B-misc', 'I-misc', 'I-misc', 'I-misc']
    """
    result = list(tags)
    for law in [at for at, form in enumerate(forms) if form in _LAWS]:
        first = law
        while first not in starts and (forms[first - 1][0].isupper() or forms[first - 1] in _IN_LAWS):
            if forms[first - 1].lower() in _BEFORE_LAWS:
                break
            first -= 1
        is_told = first not in starts and forms[first - 1].lower() in _BEFORE_LAWS and forms[first][0].isupper()
        is_part = law + 1 not in starts and result[law + 1][0] == "I"
        is_long = not _IN_LAWS.isdisjoint(forms[first:law]) and result[first][0] != "I"
        if is_told and is_long and not is_part:
            result[first : law + 1] = spelled("misc", law + 1 - first)
    return result
