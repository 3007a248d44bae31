"""Labels that the words beside a name tell: *Ralph Lauren, the designer*; *Vuhledar, a town in Ukraine*."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from analysis import resources
from analysis.language import gazetteer, persons
from analysis.language.names import mentions, spelled

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence
    from collections.abc import Set as AbstractSet

__all__ = [
    "with_buildings",
    "with_models",
    "with_told_persons",
    "with_told_things",
    "with_works",
    "without_small_letters",
]

_ARTICLES = frozenset(("a", "an", "the"))
#: The Penn tags of words that stand between an article and its noun.
_DESCRIBING = frozenset("CD FW HYPH JJ JJR JJS NN NNP NNPS NNS POS RB VBG VBN".split())
#: Titles of works have at most so many words, and these without a capital; before the closing mark stand others.
_MAX_TITLE_WORDS = 8
_SMALL_WORDS = frozenset("a an and as at by for from in of on or the to with".split())
_IN_TITLES = frozenset(("", "misc", "organization", "person"))
_FINITE = frozenset("MD VBD VBP VBZ".split())
_INSIDE_QUOTES = frozenset(",.")
_AFTER_NOUN = frozenset("HYPH NN NNP NNPS NNS POS".split())
_MODEL = re.compile(r"[A-Z]+\d+")
_AGE = re.compile(r"[1-9]\d")


def with_told_persons(
    tags: Sequence[str], forms: Sequence[str], starts: Container[int], owners: Sequence[int]
) -> list[str]:
    """Take names that were taken for firms for persons, mention by mention, where the words beside them tell.

    After a forename and a surname that is an age between commas, or *the* and a noun for a person (*Ralph Lauren, the
    designer*); after the surname of such a name an age, which then tells of the whole name too (*Ford, 72, is in
    hospital*). A forename that is a person by itself is one with the surname after it, and so is the name of a firm
    before the surname of a person of the article (*Apple Martin*, daughter of *Chris Martin*), and what ends with the
    surname of one with a particle (*Le Pen*). All other mentions keep
    their labels: *Ford shares fell*.

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
    >>> forms = "Harrison Ford is hurt . Ford , 72 , fell . Ford shares fell".split()
    >>> tags = ["B-organization", "I-organization", *"OOO", "B-organization", *"OOOOO", "B-organization", *"OO"]
    >>> told = with_told_persons(tags, forms, {0, 5, 11, 14}, [0] * 14)
    >>> [form for form, tag in zip(forms, told) if "person" in tag]
    ['Harrison', 'Ford', 'Ford']
    """
    result = list(tags)
    found = mentions(tags)
    families = {(owners[last], forms[last]) for first, last, label in found if label == "person" and first < last}
    for (first, last, label), (after, end, label_after) in pairwise(found):
        is_pair = first == last == after - 1 and after == end and after not in starts
        if is_pair and (
            ((label, label_after) == ("person", "organization") and persons.is_forename(forms[first]))
            or ((label, label_after) == ("organization", "person") and (owners[after], forms[after]) in families)
        ):
            result[first : after + 1] = ["B-person", "I-person"]
    doubles = {
        (owners[last], *forms[last - 1 : last + 1])
        for first, last, label in mentions(result)
        if label == "person" and first < last - 1 and forms[last - 1].lower() in persons.name_parts().particles
    }
    for first, last, label in mentions(result):
        if label == "organization" and (owners[last], *forms[max(last - 1, 0) : last + 1]) in doubles:
            result[first : last + 1] = spelled("person", last + 1 - first)
    found = mentions(result)
    wholes = [(at, last) for at, last, _ in found if last == at + 1 and persons.is_forename(forms[at])]
    surnames = {(owners[last], forms[last]) for _, last in wholes}
    told: set[tuple[int, str]] = set()
    for first, last, label in found:
        bearer = owners[last], forms[last]
        is_bearer = first == last and bearer in surnames
        has_age = (is_bearer or (first, last) in wholes) and _has_age(last, forms, starts)
        if label == "organization" and (has_age or ((first, last) in wholes and _has_noun(last, forms, starts))):
            result[first : last + 1] = ["B-person", *["I-person"] * (last - first)]
            told.update([bearer] if is_bearer else [])
    for first, last in wholes:
        if result[first] == "B-organization" and (owners[last], forms[last]) in told:
            result[first : last + 1] = ["B-person", "I-person"]
    return result


def _has_age(last: int, forms: Sequence[str], starts: Container[int]) -> bool:
    """Return whether an age between commas follows a word."""
    return not any(at in starts for at in range(last + 1, last + 4)) and bool(
        forms[last + 1] == forms[last + 3] == "," and _AGE.fullmatch(forms[last + 2])
    )


def _has_noun(last: int, forms: Sequence[str], starts: Container[int]) -> bool:
    """Return whether a comma, an article and a noun for a person follow a word."""
    return (
        not any(at in starts for at in range(last + 1, last + 4))
        and forms[last + 1] == ","
        and forms[last + 2] in _ARTICLES
        and forms[last + 3] in _person_nouns()
    )


@cache
def _person_nouns() -> frozenset[str]:
    return frozenset(resources.data().read_word_lists("referents.tsv")["person"])


def with_told_things(
    tags: Sequence[str],
    forms: Sequence[str],
    xpos: Sequence[str],
    starts: Container[int],
    owners: Sequence[int],
    *,
    index: Mapping[str, str],
) -> list[str]:
    """Label a name by the noun after it, and the same name elsewhere in the article: *Vuhledar, a town in Ukraine*.

    What was taken for a person is a place before the noun for a place, and an organisation before that for one, unless
    a forename begins it; what was taken for a place that the gazetteer does not have is an organisation (*MONUSCO, the
    U.N. mission*); what was taken for an organisation is the town that it is said to be, and all are vessels before the
    noun for one (*the Dali, a container ship*).

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms, xpos, owners
        The normalised form, the Penn tag and the number of the article of each word.
    starts
        The index of the first word of each sentence, and the number of words.
    index
        The gazetteer, as :func:`analysis.language.gazetteer.tag` takes it.

    Examples
    --------
    >>> forms = "Vuhledar , a small town in Ukraine".split()
    >>> xpos = "NNP , DT JJ NN IN NNP".split()
    >>> with_told_things(["B-person", *"OOOOO", "B-location"], forms, xpos, {0, 7}, [0] * 7, index={})[0]
    'B-location'
    """
    result, told = list(tags), {}
    found = mentions(tags)
    for first, last, label in found:
        noun = _noun_after(last, forms, xpos, starts)
        listed = gazetteer.class_of(forms[first : last + 1], index)
        if label in {"person", "location"} and noun in _things() and not persons.is_forename(forms[first]):
            told[(owners[first], label, *forms[first : last + 1])] = "organization" if not listed else label
        elif label in {"person", "organization"} and noun in _towns() and not listed:
            told[(owners[first], label, *forms[first : last + 1])] = "location"
        elif label in {"location", "organization", "person"} and noun in _listed("vessels"):
            told[(owners[first], label, *forms[first : last + 1])] = "product"
    for first, last, label in found if told else ():
        is_told = told.get((owners[first], label, *forms[first : last + 1]), label)
        result[first : last + 1] = spelled(is_told, last + 1 - first)
    return result


def with_buildings(tags: Sequence[str], forms: Sequence[str], starts: Container[int]) -> list[str]:
    """Take for a building a person whose name ends with a noun for one, or before one: *Salah al-Din Mosque*.

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
    >>> with_buildings(["B-person", "I-person", "O"], ["Hassan", "Mosque", "fell"], {0, 3})
    ['B-facility', 'I-facility', 'O']
    """
    result = list(tags)
    for first, last, label in mentions(tags):
        has_more = last + 1 not in starts and tags[last + 1] == "O" and forms[last + 1] in _listed("buildings")
        end = last + 2 if has_more else last + 1
        if label == "person" and end - first > 1 and forms[end - 1] in _listed("buildings"):
            result[first:end] = spelled("facility", end - first)
    return result


def _noun_after(last: int, forms: Sequence[str], xpos: Sequence[str], starts: Container[int]) -> str:
    """Return the noun that a comma, an article and words that describe it part from a name; or nothing."""
    if not all(at not in starts for at in range(last + 1, last + 4)):
        return ""
    if forms[last + 1] != "," or forms[last + 2] not in _ARTICLES:
        return ""
    at, noun = last + 3, ""
    while at not in starts and xpos[at] in (_AFTER_NOUN if noun else _DESCRIBING):
        noun = forms[at] if xpos[at] in {"NN", "NNS"} else ""
        at += 1
    return noun


@cache
def _towns() -> frozenset[str]:
    return frozenset(resources.data().read_word_lists("referents.tsv")["town"])


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(resources.data().read_word_lists("whole_names.tsv")[name])


@cache
def _things() -> frozenset[str]:
    lists = resources.data().read_word_lists("referents.tsv")
    return frozenset(lists["organization"]) - frozenset(lists["person"])


def with_works(tags: Sequence[str], forms: Sequence[str], xpos: Sequence[str], starts: AbstractSet[int]) -> list[str]:
    """Take for the title of a work several words with capitals between quotation marks, if they name nothing else.

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms, xpos
        The normalised form and the Penn tag of each word. A title with a verb, which may be what is said, is left.
    starts
        The index of the first word of each sentence, and the number of words.

    Examples
    --------
    >>> with_works(["O"] * 6, 'won it " Poor Things "'.split(), ["NN"] * 6, {0, 6})
    ['O', 'O', 'O', 'B-misc', 'I-misc', 'O']
    """
    result = list(tags)
    marks = [at for at, form in enumerate(forms) if form == '"']
    for opening, closing in pairwise(marks):
        first, end = opening + 1, closing
        while end > first and forms[end - 1] in _INSIDE_QUOTES:
            end -= 1
        words = forms[first:end]
        if not 1 < len(words) <= _MAX_TITLE_WORDS or not starts.isdisjoint(range(first, closing + 1)):
            continue
        has_verb = not _FINITE.isdisjoint(xpos[first:end])
        has_capitals = not has_verb and all(form[0].isupper() or form in _SMALL_WORDS for form in (words[0], *words))
        is_name = result[first][0] == "B" and {tag[0] for tag in result[first + 1 : end]} == {"I"}
        is_free = {tag[2:] for tag in result[first:closing]} <= _IN_TITLES and result[first][0] != "I"
        if has_capitals and words[0][0].isupper() and words[-1][0].isupper() and is_free and not is_name:
            result[first:end] = spelled("misc", end - first)
    return result


def with_models(tags: Sequence[str], forms: Sequence[str], joined: AbstractSet[int]) -> list[str]:
    """Tell models and flights from dates and persons: *F-16s* is a product, *MH370* and *737 Max* none.

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms
        The normalised form of each word.
    joined
        The indices of the words that no space parts from the word before.

    Examples
    --------
    >>> with_models(["O", "O", "B-date", "O"], ["F", "-", "16s", "flew"], frozenset((1, 2)))
    ['B-product', 'I-product', 'I-product', 'O']
    """
    result = list(tags)
    for first, last, label in mentions(tags):
        before = forms[max(first - 2, 0) : first]
        is_cut = {first - 1, first} <= joined and before[-1:] == ["-"] and before[0].isalpha() and before[0].isupper()
        is_model = before[-1:] != [] and before[-1].isdecimal() and before[0].lower() == "the"
        if first < last:
            continue
        if label == "date" and is_cut and result[first - 2] in {"O", "B-misc", "B-product"}:
            result[first - 2 : last + 1] = spelled("product", 3)
        elif (label == "date" and _MODEL.fullmatch(forms[first])) or (label == "person" and is_model):
            result[first] = "O"
    return result


def without_small_letters(tags: Sequence[str], forms: Sequence[str], index: Mapping[str, str]) -> list[str]:
    """Remove peoples in small letters, and organisations unless the gazetteer has them: *democratic*, *mpox*.

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms
        The normalised form of each word.
    index
        The gazetteer, as :func:`analysis.language.gazetteer.tag` takes it.

    Examples
    --------
    >>> without_small_letters(["B-organization", "O", "B-location"], ["mpox", "reached", "Goma"], {})
    ['O', 'O', 'B-location']
    """
    result = list(tags)
    for first, last, label in mentions(tags):
        words = forms[first : last + 1]
        if (
            label in {"norp", "organization"}
            and all(map(str.islower, words))
            and (label == "norp" or not gazetteer.class_of(words, index))
        ):
            result[first : last + 1] = ["O"] * len(words)
    return result
