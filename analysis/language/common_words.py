"""Names that look like common words: family names before Korean forenames, newspapers of cities, firms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.language import persons
from analysis.language.aliases import is_legal_form
from analysis.language.bodies import has_small_letters
from analysis.language.names import mentions
from analysis.language.whole_names import listed, relabel

if TYPE_CHECKING:
    from collections.abc import Container, Sequence
    from collections.abc import Set as AbstractSet

__all__ = ["with_family_names", "with_firms", "with_papers", "with_whole_firms"]

#: What may go on with *de* and one of others in the legal form of a firm: *S.A.B. de C.V.*
_BEFORE_DE, _AFTER_DE = frozenset(("S", "SA", "SAB", "SAPI", "RL")), frozenset(("CV", "RL"))
_POSSESSIVES = frozenset(("'s", "'"))
_THE = frozenset(("The", "the"))
_ITS = frozenset(("its", "their"))
#: Before a word that begins a clause of its own, which may have a capital for that.
_OPENING_TAGS = frozenset(("``", "''", ":", "-LRB-"))
_PLACED = frozenset(("across", "in", "through", "throughout"))


def with_family_names(tags: Sequence[str], forms: Sequence[str], starts: Container[int]) -> list[str]:
    """Join a family name that looks like a common word to the forename after it: *Ban Ki-moon*.

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
    >>> with_family_names(["O", "B-person", "I-person", "I-person"], ["Ban", "Ki", "-", "moon"], {0, 4})
    ['B-person', 'I-person', 'I-person', 'I-person']
    """
    result = list(tags)
    for first, last, label in mentions(tags):
        is_forename = label == "person" and last == first + 2 and forms[first + 1] == "-" and forms[last].islower()
        if is_forename and first not in starts and tags[first - 1] == "O" and forms[first - 1] in listed("families"):
            relabel(result, first - 1, last + 1, "person")
    return result


def with_whole_firms(tags: Sequence[str], forms: Sequence[str], starts: AbstractSet[int]) -> list[str]:
    """Take for a firm a person with a legal form, *Smith & Co.*, and all words before one with *de* in it.

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
    >>> tags = ["B-organization", "B-person", "I-person", "I-person", "I-person"]
    >>> with_whole_firms(tags, "Grupo Bimbo S.A.B. de C.V.".split(), {0, 5})[:3]
    ['B-organization', 'I-organization', 'I-organization']
    """
    result = list(tags)
    for first, last, label in mentions(tags):
        if label == "person" and forms[last - 1] in {"&", "and"} and last - first > 1 and is_legal_form(forms[last]):
            relabel(result, first, last + 1, "organization")
    for de in [at for at, form in enumerate(forms[:-1]) if form == "de" and at not in starts]:
        before, after = (forms[at].replace(".", "") for at in (de - 1, de + 1))
        if before not in _BEFORE_DE or after not in _AFTER_DE or de + 1 in starts:
            continue
        first = de - 1
        while first not in starts and (forms[first - 1][0].isupper() or forms[first - 1] == "de"):
            first -= 1
        if first < de - 1:
            relabel(result, first, de + 2, "organization")
    return result


def with_papers(tags: Sequence[str], forms: Sequence[str], starts: AbstractSet[int]) -> list[str]:
    """Join a city after an article to what makes a newspaper of it: *in the Washington Post*.

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
    >>> with_papers(["O", "B-location", "O", "O"], "The Washington Post reported".split(), {0, 4})
    ['O', 'B-organization', 'I-organization', 'O']
    """
    result = list(tags)
    for at in [at for at, form in enumerate(forms) if form in listed("papers") and at not in starts]:
        first = at - 1
        while result[first][0] == "I":
            first -= 1
        label = result[first][2:]
        begin = first if forms[first] in _THE or first in starts else first - 1
        is_whole = at + 1 in starts or result[at + 1][0] != "I"
        is_joined = result[at] in {"O", f"I-{label}", "B-misc", "B-organization"}
        is_told = forms[begin] in _THE and has_small_letters(at, forms, starts)
        if label in {"location", "organization"} and is_told and is_whole and is_joined:
            relabel(result, first, at + 1, "organization")
    return result


def with_firms(
    tags: Sequence[str], forms: Sequence[str], xpos: Sequence[str], starts: AbstractSet[int], owners: Sequence[int]
) -> list[str]:
    """Take for firms words with capitals that are common words, places or surnames: *Target*, *Amazon*, *Ørsted*.

    In an article in which one stands where only a firm does, all that may be are: inside a sentence without an article
    and before no noun (*shops at Target*), or before a firm's verb, *'s* or what is *its* (*Target cut its forecast*).

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms, xpos, owners
        The normalised form, the Penn tag and the number of the article of each word.
    starts
        The index of the first word of each sentence, and the number of words.

    Examples
    --------
    >>> forms, xpos = "Shares of Target fell".split(), ["NNS", "IN", "NNP", "VBD"]
    >>> with_firms(["O"] * 4, forms, xpos, {0, 4}, [0] * 4)
    ['O', 'O', 'B-organization', 'O']
    """
    result = list(tags)
    persons_named = {
        (owners[first], forms[last]) for first, last, label in mentions(tags) if label == "person" and first < last
    }
    found: list[int] = []
    known: set[tuple[int, str]] = set()
    for at in [at for at, form in enumerate(forms) if form in listed("common_firms")]:
        key, after = (owners[at], forms[at]), at + 1
        if result[at] not in {"O", "B-location", "B-misc", "B-organization", "B-person"} or key in persons_named:
            continue
        goes_on = after not in starts and (result[after][0] == "I" or forms[after][0].isupper() or forms[after] == "-")
        before = "" if at in starts else xpos[at - 1]
        is_cut = bool(before) and (before in {"DT", "HYPH", "JJ", "PRP$"} or forms[at - 1][0].isupper())
        if goes_on or is_cut or (before and persons.is_title(forms[at - 1])):
            continue
        found.append(at)
        next_tag, next_form = ("", "") if after in starts else (xpos[after], forms[after])
        is_before_its = not _ITS.isdisjoint(forms[after + 1 : after + 2])
        is_subject = next_form in _POSSESSIVES or next_form in listed("firm_verbs") or is_before_its
        is_inside = bool(before) and before not in _OPENING_TAGS and result[at] != "B-misc" and next_tag[:2] != "NN"
        is_placed = result[at] == "B-location" and forms[at - 1].lower() in _PLACED
        is_inside = is_inside and not is_placed and has_small_letters(at, forms, starts)
        if is_subject or is_inside:
            known.add(key)
    for at in found:
        if (owners[at], forms[at]) in known:
            result[at] = "B-organization"
    return result
