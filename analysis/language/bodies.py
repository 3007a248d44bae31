"""Bodies and treaties whose names go on after a preposition, or begin with a number; parties, and vessels untold."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from analysis import resources
from analysis.language import gazetteer, persons
from analysis.language.names import mentions, spelled
from analysis.language.referring import ORGANIZATION, lists
from analysis.language.whole_names import end_of_phrase, listed, relabel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

__all__ = [
    "has_small_letters",
    "with_long_acts",
    "with_numbered_units",
    "with_owned_parties",
    "with_places_after_in",
    "with_untold_vessels",
    "with_whole_bodies",
]

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
_POSSESSIVES = frozenset(("'s", "'"))
#: The labels of the parties of two lists.
_PARTIES = {"party_members": "norp", "party_names": "organization"}
#: What *Women's* and its like go on with has at most so many words, in a sentence with a word of so many small letters.
_MAX_OWNED = 3
_MIN_LONG = 4
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)")


@cache
def _stop_words() -> frozenset[str]:
    return frozenset(resources.data().read_lines("stopwords.txt"))


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
    return [at for at, form in enumerate(forms[:-1]) if form in listed(name)]


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
        is_unit = label == "organization" and listed("numbered_units") & {*forms[first : last + 1]}
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


def with_owned_parties(
    tags: Sequence[str], forms: Sequence[str], starts: AbstractSet[int], index: Mapping[str, str]
) -> list[str]:
    """Take for a person and a party what *'s* joins: *Raphaël Glucksmann's Socialists*, *Keir Starmer's Labour*.

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms
        The normalised form of each word.
    starts
        The index of the first word of each sentence, and the number of words.
    index
        The gazetteer, as :func:`analysis.language.gazetteer.tag` takes it.

    Examples
    --------
    >>> tags = ["B-person", "B-organization", "I-organization", "I-organization"]
    >>> with_owned_parties(tags, ["Raphaël", "Glucksmann", "'s", "Socialists"], {0, 4}, {})
    ['B-person', 'I-person', 'O', 'B-norp']
    """
    result = list(tags)
    for mark in [at for at, form in enumerate(forms[:-1]) if form in _POSSESSIVES and at > 0 and at not in starts]:
        party, label = mark + 1, ""
        for name, own in _PARTIES.items():
            end = end_of_phrase(party, forms, starts, name)
            if end > party and party not in starts:
                label, after = own, end
        if not label or (after not in starts and result[after][0] == "I" and forms[after][0].isupper()):
            continue
        first = mark - 1
        while first not in starts and forms[first - 1][0].isupper() and not persons.is_title(forms[first - 1]):
            first -= 1
        while first < mark - 1 and forms[first].lower() in _stop_words():  # *In Spain's Socialists*
            first += 1
        relabel(result, party, after, label)
        result[mark] = "O"
        is_person = mark - first > 1 and not gazetteer.class_of(forms[first:mark], index)
        if is_person or result[first:mark] in (["B-organization"], ["O"], ["B-misc"]):
            relabel(result, first, mark, "person")
    return result


def with_untold_vessels(
    tags: Sequence[str], forms: Sequence[str], starts: AbstractSet[int], owners: Sequence[int]
) -> list[str]:
    """Take for vessels the well-known ones, and in an article with others two words with capitals after *the*.

    Parameters
    ----------
    tags
        A legal sequence of BIO tags, in which vessels are products.
    forms, owners
        The normalised form and the number of the article of each word.
    starts
        The index of the first word of each sentence, and the number of words.

    Examples
    --------
    >>> with_untold_vessels(["B-organization", "I-organization", "O"], ["Costa", "Concordia", "sank"], {0, 3}, [0] * 3)
    ['B-product', 'I-product', 'O']
    """
    result = list(tags)
    for at in [at for at, form in enumerate(forms) if form[0].isupper()]:
        end = end_of_phrase(at, forms, starts, "known_vessels")
        is_whole = end == len(forms) or end in starts or result[end][0] != "I"
        is_called = end - at > 1 or (at not in starts and forms[at - 1].lower() == "the")
        if end > at and is_whole and is_called and result[at][0] != "I":
            relabel(result, at, end, "product")
    words = listed("prefixes") | listed("vessels") | {f"{form}s" for form in listed("vessels")}
    fleets = {owner for owner, form in zip(owners, forms, strict=True) if form in words}
    for at in [at for at, form in enumerate(forms[:-2]) if form in {"The", "the"} and owners[at] in fleets]:
        name = [*range(at + 1, at + 3)]
        is_name = starts.isdisjoint(name) and all(forms[word].istitle() and result[word] == "O" for word in name)
        is_whole = at + 3 in starts or not forms[at + 3][0].isupper()
        if is_name and is_whole and not (persons.is_title(forms[at + 2]) or forms[at + 2].lower() in lists().things):
            relabel(result, at + 1, at + 3, "product")
    return result


def with_places_after_in(
    tags: Sequence[str], forms: Sequence[str], starts: AbstractSet[int], owners: Sequence[int]
) -> list[str]:
    """Take for places persons of one word after *in* whom the article names only so: *born in Kerry*.

    What stands alone in brackets as what an audience did is no name: *[Laughter]*.

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms, owners
        The normalised form and the number of the article of each word.
    starts
        The index of the first word of each sentence, and the number of words.

    Examples
    --------
    >>> with_places_after_in(["O", "O", "B-person"], ["Born", "in", "Kerry"], {0, 3}, [0] * 3)
    ['O', 'O', 'B-location']
    """
    result = list(tags)
    places, known = [], set()
    for first, last, label in mentions(tags):
        if first == last and forms[first].lower() in listed("heard") and forms[first - 1 : first] in (["["], ["("]):
            result[first] = "O"
            continue
        is_after_in = first == last and first not in starts and forms[first - 1] in {"In", "in"}
        is_owner = last + 1 not in starts and forms[last + 1] in _POSSESSIVES
        is_believed = is_after_in and first - 1 not in starts and forms[first - 2].lower() in listed("before_in")
        if is_after_in and label == "person" and not (is_owner or is_believed):
            places.append(first)
        elif label == "person":
            known |= {(owners[first], form) for form in forms[first : last + 1]}
    for at in places:
        result[at] = result[at] if (owners[at], forms[at]) in known else "B-location"
    return result


def with_owned_works(tags: Sequence[str], forms: Sequence[str], starts: AbstractSet[int]) -> list[str]:
    """Take for a name a noun with a capital and what it owns with one, in a sentence of small letters: *Women's Hour*.

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
    >>> with_owned_works(["O"] * 5, "heard on Women 's Hour".split(), {0, 5})
    ['O', 'O', 'B-misc', 'I-misc', 'I-misc']
    """
    result = list(tags)
    found: set[tuple[str, ...]] = set()
    for mark in [at for at, form in enumerate(forms[:-1]) if form in _POSSESSIVES and at > 0]:
        owner, first = mark - 1, mark + 1
        end = first
        while (
            end not in starts and result[end] in {"O", "B-misc"} and forms[end].istitle() and end - first < _MAX_OWNED
        ):
            end += 1
        name = tuple(forms[owner:end])
        is_apart = starts.isdisjoint((mark, first)) and end > first and (end in starts or result[end][0] != "I")
        is_noun = forms[owner].istitle() and lists().things.get(forms[owner].lower()) != ORGANIZATION
        is_people = forms[owner] in listed("peoples") and result[owner] == "B-organization"  # *Women*
        is_own = (result[owner] in {"O", "B-misc"} or is_people) and is_noun and not persons.is_title(forms[owner])
        is_known = name in found or (owner not in starts and not forms[owner - 1][0].isupper())
        if is_apart and is_own and is_known and has_small_letters(owner, forms, starts):
            relabel(result, owner, end, "misc")
            found.add(name)
    return result


def has_small_letters(at: int, forms: Sequence[str], starts: AbstractSet[int]) -> bool:
    """Return whether the sentence of a word has a long word in small letters, as no headline in capitals has."""
    first, end = at, at + 1
    while first not in starts:
        first -= 1
    while end not in starts:
        end += 1
    return any(form.islower() and len(form) >= _MIN_LONG for form in forms[first:end])
