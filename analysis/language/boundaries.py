"""Where mentions begin and end: parts of one name are joined, and words that name nothing are left out.

Each function takes the BIO tags of words (:mod:`analysis.language.names`) and returns new ones.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from analysis import resources
from analysis.language import aliases, gazetteer, persons
from analysis.language.names import mentions, spelled
from analysis.language.whole_names import listed

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

__all__ = [
    "with_joined_parts",
    "with_laws",
    "with_legal_forms",
    "with_parted_pairs",
    "with_states",
    "with_whole_persons",
    "without_bodies_after_of",
    "without_directions",
    "without_portfolios",
]

#: No name ends with these before a hyphen.
_PARTICLES = frozenset("ad al ar as ash at au az el er es esh ez l ul ur".split())
#: The labels of two mentions that are one, an organisation, and the word between them.
_JOINED_BY = frozenset(
    {("organization", "&", "organization"), ("person", "&", "organization"), ("norp", "-", "organization")}
)
#: What firms are called after their founder and.
_PARTNERS = frozenset("Associates Bros Bros. Brothers Daughter Daughters Nephews Partners Son Sons".split())
#: Legal forms after which a word with a capital is a firm even where the model finds no name.
_FIRMS_ALONE = frozenset("A/S ApS GmbH K.K. K/S Ltd Ltd. N.V. S.A. S/A plc".split())
_HYPHENS = frozenset("-–—")
#: What is called after two persons: *the Molotov-Ribbentrop Pact*.
_CALLED_AFTER_TWO = frozenset({"Accord", "Accords", "Act", "Agreement", "Amendment", "Bill", "Law", "Pact", "Treaty"})
#: The labels of two persons whom a hyphen pairs.
_PAIRED = frozenset({"misc", "organization", "person"})
#: Classes of the gazetteer of what hyphens join that is no person.
_NO_PERSONS = frozenset({"country", "norp", "region"})
#: What two persons have together stands at most so many words after their names: *the Trump-Kim nuclear talks*.
_MAX_WORDS_TO_SHARED = 3
#: Whose portfolio follows *of* or *for*.
_MINISTERS = frozenset({"minister", "ministers"})
_DIRECTIONS = frozenset(
    f"{side}{end}"
    for side in ("north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest")
    for end in ("", "ern")
)


def with_joined_parts(tags: Sequence[str], forms: Sequence[str], starts: Container[int]) -> list[str]:
    """Join the parts of one name: *Kafr el* and *-Sheikh*, *Marks* and *& Spencer*, *Lebanese* and *-Egyptian Bank*.

    So are the parts of a forename (*Mary* and *-Anne Lee*), and a founder and *& Sons*.

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms
        The normalised form of each word.
    starts
        The index of the first word of each sentence.

    Examples
    --------
    >>> with_joined_parts(["B-location", "I-location", "O", "O"], ["Kafr", "el", "-", "Sheikh"], {0})
    ['B-location', 'I-location', 'I-location', 'I-location']
    >>> with_joined_parts(["B-norp", "O", "B-organization"], ["Lebanese", "-", "Egyptian"], {0})
    ['B-organization', 'I-organization', 'I-organization']
    """
    result = list(tags)
    ends = {first: last for first, last, _ in mentions(tags)}
    for first, last, label in reversed(mentions(tags)):
        mark, after = last + 1, last + 2
        if after >= len(forms) or mark in starts or after in starts or result[mark] != "O":
            continue
        pair = label, forms[mark], result[after][2:]
        if _is_double_forename(first, last, ends.get(after, after), result, forms):
            ends[first] = ends[after]
            result[first : ends[first] + 1] = spelled(label, ends[first] - first + 1)
            continue
        is_cut = forms[mark] == "-" and forms[after][0].isupper() and forms[last].lower() in _PARTICLES
        is_pair = result[after][0] == "B" and pair in _JOINED_BY and (label != "person" or first == last)
        is_firm = forms[mark] in {"&", "and"} and forms[after] in _PARTNERS and result[after][0] != "I"
        if is_cut or is_pair or (is_firm and label in {"location", "organization", "person"}):
            whole = label if is_cut else "organization"
            ends[first] = ends.get(after, after) if result[after][0] == "B" else after
            result[first : ends[first] + 1] = spelled(whole, ends[first] - first + 1)
    return result


def _is_double_forename(first: int, last: int, end: int, tags: Sequence[str], forms: Sequence[str]) -> bool:
    """Return whether a hyphen stands between a person of one word, a forename, and another with a forename."""
    after = last + 2
    return (
        forms[last + 1] == "-"
        and tags[first] == tags[after] == "B-person"
        and first == last
        and after < end
        and persons.is_forename(forms[first])
        and persons.is_forename(forms[after])
    )


def with_whole_persons(tags: Sequence[str], forms: Sequence[str], starts: AbstractSet[int]) -> list[str]:
    """Join the parts of one person’s name: *Rhun ap Iorwerth*, *Itamar Ben Gvir*, *Mary Lou McDonald*.

    Particles stand between them, or a word alone stands before several of which the first is a particle with a capital,
    or which follow a forename. Welsh particles belong to the name after them (*Mr. ap Iorwerth*), and a name before
    them is a person's.

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
    >>> with_whole_persons(["B-person", "O", "B-person"], ["Rhun", "ap", "Iorwerth"], {0, 3})
    ['B-person', 'I-person', 'I-person']
    >>> with_whole_persons(["B-person", "B-person", "I-person"], ["Mary", "Lou", "McDonald"], {0, 3})
    ['B-person', 'I-person', 'I-person']
    """
    result, parts = list(tags), persons.name_parts()
    for at in [at for at, form in enumerate(forms[:-1]) if form in parts.welsh_particles]:
        if result[at : at + 2] == ["O", "B-person"] and at + 1 not in starts:
            has_forename = at not in starts and result[at - 1][0] == "B"  # of whatever label
            first = at - 1 if has_forename else at
            result[first : at + 2] = spelled("person", at + 2 - first)
    for first, last, label in mentions(result):
        after = last + 1
        if label != "person" or first < last or not persons.is_forename(forms[first]) or after in starts:
            continue
        is_cut = tags[after] == "O" and forms[after].istitle() and not forms[after].endswith(".")
        if is_cut and (after + 1 in starts or not forms[after + 1][0].isupper()):
            result[after] = "I-person"
    found = [each for each in mentions(result) if each[2] == "person"]
    ends = {first: last for first, last, _ in found}
    for (first, last, _), (after, _, _) in reversed([*pairwise(found)]):
        between, end = forms[last + 1 : after], ends[after]
        if not starts.isdisjoint(range(last + 1, after + 1)) or not parts.particles.issuperset(between):
            continue
        is_particle = forms[after].lower() in parts.particles
        is_cut = first == last and after < end and not persons.is_title(forms[first])
        if between or (is_cut and (is_particle or persons.is_forename(forms[first]))):
            ends[first] = end
            result[first : end + 1] = spelled("person", end + 1 - first)
    return result


def without_bodies_after_of(tags: Sequence[str], forms: Sequence[str]) -> list[str]:
    """Part a person of several words from what stands after *of*, and a firm from its place: *Acme Ltd. of Singapore*.

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms
        The normalised form of each word.

    Examples
    --------
    >>> tags = ["B-person", *["I-person"] * 3]
    >>> without_bodies_after_of(tags, "Netumbo Ndaitwah of Swapo".split())
    ['B-person', 'I-person', 'O', 'B-organization']
    """
    result = list(tags)
    for first, last, label in mentions(tags):
        for of in [at for at in range(first + 2, last) if forms[at] == "of"]:
            is_person = label == "person" and not any(map(persons.is_title, forms[first:of]))
            is_firm = label == "organization" and aliases.is_legal_form(forms[of - 1]) and forms[of - 1][-1] == "."
            if is_person or is_firm:
                result[of : last + 1] = ["O", *spelled("organization" if is_person else "location", last - of)]
    return result


def with_legal_forms(tags: Sequence[str], forms: Sequence[str], starts: Container[int]) -> list[str]:
    """Extend organisations to the legal forms that follow, *Barclays plc*, some of which tell them: *Ørsted A/S*.

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
    >>> with_legal_forms(["B-organization", "O", "O"], ["Barclays", "plc", "rose"], {0, 3})
    ['B-organization', 'I-organization', 'O']
    >>> with_legal_forms(["O", "O", "O"], ["Ørsted", "A/S", "fell"], {0, 3})
    ['B-organization', 'I-organization', 'O']
    """
    result = list(tags)
    for form in [at for at in range(1, len(forms)) if tags[at - 1] == tags[at] == "O" and at not in starts]:
        if forms[form] in _FIRMS_ALONE and forms[form - 1].istitle():
            result[form - 1] = "B-organization"
    for _, last, label in mentions(result):
        after = last + 1
        while label == "organization" and after not in starts:
            is_joined = forms[after] in {"and", "&"} and after + 1 not in starts and forms[after + 1] in {"Co", "Co."}
            end = after + 2 if is_joined else after + 1
            if set(result[after:end]) != {"O"} or not aliases.is_legal_form(forms[end - 1]):
                break
            result[after:end] = ["I-organization"] * (end - after)
            after = end
    return result


def with_laws(tags: Sequence[str], forms: Sequence[str], starts: AbstractSet[int]) -> list[str]:
    """Take for one name what is called after two persons, not places: *McCain-Feingold Act*.

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
    >>> with_laws(["B-person", "O", "B-misc", "I-misc"], ["McCain", "-", "Feingold", "Act"], {0, 4})
    ['B-misc', 'I-misc', 'I-misc', 'I-misc']
    """
    result = list(tags)
    for last in [at for at, form in enumerate(forms) if form in _CALLED_AFTER_TWO]:
        first = last - 1
        while first >= 2 and forms[first - 1] in _HYPHENS and starts.isdisjoint((first - 1, first)):  # noqa: PLR2004 - *A-B*
            first -= 2
        labels = {tag[2:] for tag in result[first:last]} - {""}
        is_pair = first < last - 1 and last not in starts and all(form[0].isupper() for form in forms[first:last:2])
        is_part = result[first][0] == "I" or (last + 1 < len(result) and result[last + 1][0] == "I")
        if is_pair and not is_part and labels - {"location"}:
            result[first : last + 1] = spelled("misc", last + 1 - first)
    return result


def with_parted_pairs(
    tags: Sequence[str],
    forms: Sequence[str],
    starts: Container[int],
    owners: Sequence[int],
    *,
    joined: frozenset[int],
    index: Mapping[str, str],
) -> list[str]:
    """Part two persons whom a hyphen pairs: *the Merkel-Macron summit*, but not *Ocasio-Cortez*.

    Each of them is a person elsewhere in the article, or what follows is a noun for what two persons have together. No
    pair is what the gazetteer lists (*Rolls-Royce*), nor what stands after a forename (*Alexandria Ocasio-Cortez*).

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms, owners
        The normalised form and the number of the article of each word.
    starts
        The index of the first word of each sentence, and the number of words.
    joined
        The indices of the words that no space parts from the word before.
    index
        The gazetteer, as :func:`analysis.language.gazetteer.tag` takes it.

    Examples
    --------
    >>> forms = ["Merkel", "-", "Macron", "talks", "failed"]
    >>> with_parted_pairs(["B-misc", "I-misc", "I-misc", "O", "O"], forms, {0, 5}, [0] * 5,
    ...                   joined=frozenset({1, 2}), index={})
    ['B-person', 'O', 'B-person', 'O', 'O']
    """
    result = list(tags)
    found = [each for each in mentions(tags) if each[2] in _PAIRED]
    known: set[tuple[int, tuple[str, ...]]] = set()
    families: set[tuple[int, tuple[str, ...]]] = set()
    for first, last, label in found:
        name = tuple(forms[first : last + 1])
        if label == "person" and _HYPHENS.isdisjoint(name):
            known |= {(owners[first], name), (owners[first], name[-1:])}
        families |= {(owners[first], name[at:]) for at in range(1, len(name)) if name[at - 1] not in _HYPHENS}
    for first, last, _ in found:
        if forms[last] in _CALLED_AFTER_TWO:
            continue
        end = last if forms[last].lower() in listed("shared_by_two") else last + 1  # *Trump-Putin Summit*
        parts = list(_parts(first, end, forms, joined))
        is_name = (owners[first], tuple(forms[first:end])) in families
        if len(parts) == 1 or is_name or gazetteer.class_of(forms[first:end], index):
            continue
        are_known = all((owners[first], tuple(forms[low:high])) in known for low, high in parts)
        are_alike = len({high - low == 1 for low, high in parts}) == 1
        classes = {class_ for low, high in parts for class_ in gazetteer.class_of(forms[low:high], index).split("+")}
        may_be_persons = are_alike and _NO_PERSONS.isdisjoint(classes)
        if are_known or (may_be_persons and _has_shared(end, forms, starts)):
            result[first : last + 1] = ["O"] * (last + 1 - first)
            for low, high in parts:
                result[low:high] = spelled("person", high - low)
    return result


def _parts(first: int, end: int, forms: Sequence[str], joined: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Yield the first word and the word after the last of what hyphens part; all of it unless each has capitals."""
    marks = [at for at in range(first + 1, end - 1) if forms[at] in _HYPHENS and {at, at + 1} <= joined]
    names = [*zip([first, *(at + 1 for at in marks)], [*marks, end], strict=True)]
    is_pair = all(low < high and all(form[0].isupper() for form in forms[low:high]) for low, high in names)
    yield from names if is_pair else [(first, end)]


def _has_shared(end: int, forms: Sequence[str], starts: Container[int]) -> bool:
    """Return whether soon after names, in small letters between, a noun stands for what two persons have together."""
    for at in range(end, end + _MAX_WORDS_TO_SHARED):
        if at in starts or not forms[at].isalpha():
            return False
        if forms[at].lower() in listed("shared_by_two") or forms[at] in listed("unions_of_two"):
            return True
        if not forms[at].islower():
            return False
    return False


def without_portfolios(tags: Sequence[str], forms: Sequence[str], starts: Container[int]) -> list[str]:
    """Remove what a minister is the minister of: *Minister of Higher Education* names no organisation.

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms
        The normalised form of each word.
    starts
        The index of the first word of each sentence.

    Examples
    --------
    >>> without_portfolios(["O", "O", "B-organization", "O"], ["Minister", "of", "Health", "left"], {0})
    ['O', 'O', 'O', 'O']
    """
    result = list(tags)
    for first, last, label in mentions(tags):
        if label not in {"organization", "misc"} or first < 2 or first in starts or first - 1 in starts:  # noqa: PLR2004 - *Minister of*
            continue
        if forms[first - 1] in {"of", "for"} and forms[first - 2].lower() in _MINISTERS:
            result[first : last + 1] = ["O"] * (last + 1 - first)
    return result


def without_directions(tags: Sequence[str], forms: Sequence[str]) -> list[str]:
    """Remove places that are only a direction, in small letters.

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms
        The normalised form of each word.

    Examples
    --------
    >>> without_directions(["B-location", "B-location", "O"], ["western", "Sudan", "fell"])
    ['O', 'B-location', 'O']
    """
    result = list(tags)
    for first, last, label in mentions(tags):
        if first == last and label == "location" and forms[first] in _DIRECTIONS:
            result[first] = "O"
    return result


def with_states(tags: Sequence[str], forms: Sequence[str], starts: Container[int]) -> list[str]:
    """Take for places abbreviated states after a place and a comma, *St. Paul, Minn.*, and after a party: *R-La.*.

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
    >>> with_states(["B-location", "I-location", "O", "B-misc"], "St. Paul , Minn.".split(), {0, 4})
    ['B-location', 'I-location', 'O', 'B-location']
    """
    result = list(tags)
    for at in [at for at, form in enumerate(forms) if form[-1] == "." and form[:-1].lower() in _states()]:
        mark, before = at - 1, at - 2
        if before < 0 or at in starts or mark in starts or not forms[at][0].isupper():
            continue
        if forms[mark] == "," and tags[before].endswith("-location") and tags[mark] == "O":
            result[at] = "B-location"
        elif forms[mark] == "-" and forms[before] in listed("parties"):
            result[before : at + 1] = ["O", "O", "B-location"]
    return result


@cache
def _states() -> frozenset[str]:
    return frozenset(resources.data().read_word_lists("tokeniser.tsv")["states"])
