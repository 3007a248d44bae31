"""Labels of mentions that the gazetteer decides, so that one thing has one label in an article."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

from analysis import resources
from analysis.language import gazetteer, persons
from analysis.language.aliases import initials, is_legal_form, usual_name
from analysis.language.names import mentions, spelled

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

__all__ = [
    "apply_listed_labels",
    "with_firms_like_persons",
    "with_listed_acronyms",
    "with_missed_names",
    "with_one_label",
    "with_persons_like_places",
    "with_places_like_persons",
    "with_places_of_titles",
    "with_shared_labels",
]

#: The label of the names of some classes of the gazetteer.
_LABELS_OF_CLASSES = {"agency": "organization", "armed_group": "organization", "body": "organization"}
#: Classes of the gazetteer that are places.
_PLACES = frozenset(("country", "region", "city", "town"))
#: Classes of names that may also be surnames but hardly are those of what was taken for an organisation.
_SITES = frozenset(("country", "region", "city"))
_NAMED_CLASSES = frozenset((*_LABELS_OF_CLASSES, "firm", *_SITES))
_ARTICLES = frozenset(("a", "an", "the"))
_STOPPED = re.compile(r"(?:[A-Z]\.){3,}")
#: The Penn tags of what may stand before the subject of a clause: marks and conjunctions.
_BEFORE_CLAUSE = frozenset((",", ":", ".", "CC", "``"))
#: An acronym of fewer letters may be another word's.
_MIN_ACRONYM_LETTERS = 3
#: Labels that the network may take for one another. A country may rightly be an organisation: a team.
_NAMED = frozenset(("location", "misc", "organization", "person"))


def apply_listed_labels(tags: Sequence[str], forms: Sequence[str], index: Mapping[str, str]) -> list[str]:
    """Label names of several words as organisations where the gazetteer has them as a body, agency or armed group.

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
    >>> apply_listed_labels(["B-person", "I-person", "O"], ["al", "Qaida", "fled"], {"al": "qaida=armed_group"})
    ['B-organization', 'I-organization', 'O']
    """
    result = list(tags)
    for first, last, label in mentions(tags):
        if first == last:
            continue
        listed = _LABELS_OF_CLASSES.get(gazetteer.class_of(forms[first : last + 1], index), label)
        if listed != label:
            result[first : last + 1] = [f"{tag[:2]}{listed}" for tag in tags[first : last + 1]]
    return result


def with_persons_like_places(
    tags: Sequence[str], forms: Sequence[str], xpos: Sequence[str], owners: Sequence[int], index: Mapping[str, str]
) -> list[str]:
    """Take for a person what begins with a place that is a forename too: *Austin Powers*.

    The second word, which the gazetteer does not have, stands alone elsewhere in the article, as a person where both
    were taken for a place, before a verb where they were taken for an organisation; and never after an article, as the
    name of a team does (*the Hornets*).

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms, xpos, owners
        The normalised form, the Penn tag and the number of the article of each word.
    index
        The gazetteer, as :func:`analysis.language.gazetteer.tag` takes it.

    Examples
    --------
    >>> forms, xpos = "Austin Powers won . Powers left".split(), ["NNP", "NNP", "VBD", ".", "NNPS", "VBD"]
    >>> tags = ["B-organization", "I-organization", "O", "O", "O", "O"]
    >>> with_persons_like_places(tags, forms, xpos, [0] * 6, {"austin": "=city"})
    ['B-person', 'I-person', 'O', 'O', 'B-person', 'O']
    """
    result, found = list(tags), []
    for first, last, label in mentions(tags):
        if first == last and label in {"location", "person"} and _has_surname(first, tags, forms):
            found.append((first, first + 1, "organization"))
            continue
        if last != first + 1 or label not in {"location", "organization"} or not forms[last].istitle():
            continue
        is_listed = gazetteer.class_of([forms[last]], index) or gazetteer.class_of(forms[first : last + 1], index)
        if not is_listed and not _PLACES.isdisjoint(gazetteer.class_of([forms[first]], index).split("+")):
            found.append((first, last, label))
    alone: dict[tuple[int, str], list[int]] = {(owners[last], forms[last]): [] for _, last, _ in found}
    wholes = {(owners[last], *forms[first : last + 1]) for first, last, _ in found}
    for at in range(1, len(forms) - 1) if found else ():
        key = owners[at], forms[at]
        if key in alone and (owners[at], forms[at - 1], forms[at]) not in wholes:
            alone[key].append(at)
    for first, last, label in found:
        others = alone[owners[last], forms[last]]
        subjects = [at for at in others if tags[at] in {"O", "B-person"} and xpos[at + 1][0] in "VM"]
        is_person = any(tags[at] == "B-person" for at in others)
        is_given = persons.is_forename(forms[first]) or forms[first] in _shared_forenames()
        is_known = is_person if label == "location" else subjects and is_given
        if is_known and not any(forms[at - 1].lower() in _ARTICLES for at in others):
            result[first : last + 1] = ["B-person", "I-person"]
            for at in subjects:
                result[at] = "B-person"
    return result


def _has_surname(first: int, tags: Sequence[str], forms: Sequence[str]) -> bool:
    """Return whether one word with a capital that is no name follows a word."""
    after = [*zip(tags[first + 1 : first + 3], forms[first + 1 : first + 3], strict=True)]
    return len(after) > 1 and after[0][0] == "O" and after[0][1].istitle() and not after[1][1][0].isupper()


@cache
def _shared_forenames() -> frozenset[str]:
    return frozenset(resources.data().read_word_lists("whole_names.tsv")["shared_forenames"])


def with_places_of_titles(
    tags: Sequence[str], forms: Sequence[str], starts: Container[int], index: Mapping[str, str]
) -> list[str]:
    """Take for a place what was taken for a person after a title and *of*: *Archbishop of Canterbury Justin Welby*.

    So is a place of the gazetteer after a person and *of*: *King Abdullah of Jordan*.

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
    >>> forms = "Archbishop of Canterbury Justin Welby".split()
    >>> with_places_of_titles(["O", "O", "B-person", "B-person", "I-person"], forms, {0, 5}, {})
    ['O', 'O', 'B-location', 'B-person', 'I-person']
    """
    result = list(tags)
    for first, last, label in mentions(tags):
        if label != "person" or first < 2 or forms[first - 1] != "of" or first in starts or first - 1 in starts:  # noqa: PLR2004 - *Bishop of*
            continue
        is_place = not _PLACES.isdisjoint(gazetteer.class_of(forms[first : last + 1], index).split("+"))
        has_holder = last + 1 not in starts and tags[last + 1] == "B-person"
        before = forms[first - 2]
        is_title = before[0].isupper() and persons.is_title(before)
        if (is_title and (is_place or has_holder)) or (is_place and tags[first - 2].endswith("-person")):
            result[first : last + 1] = ["B-location", *["I-location"] * (last - first)]
    return result


def with_places_like_persons(
    tags: Sequence[str],
    forms: Sequence[str],
    xpos: Sequence[str],
    starts: Container[int],
    owners: Sequence[int],
    *,
    index: Mapping[str, str],
) -> list[str]:
    """Take for a place what was taken for a person of the article with its name, where the words beside it tell.

    It is one beside *and* and another place, and where it is *it*: *Washington said it would send troops*.

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
    >>> forms = "Denzel Washington spoke . Washington said it would".split()
    >>> tags, xpos = ["B-person", "I-person", "O", "O", "B-person", "O", "O", "O"], ["NNP"] * 5 + ["VBD", "PRP", "MD"]
    >>> with_places_like_persons(tags, forms, xpos, {0, 4, 8}, [0] * 8, index={"washington": "=city"})[4]
    'B-location'
    """
    result = list(tags)
    found = mentions(tags)
    parts = {(owners[at], forms[at]) for first, last, _ in found if first < last for at in (first, last)}
    for first, last, label in found:
        is_part = label == "person" and first == last and (owners[first], forms[first]) in parts
        if not is_part or _SITES.isdisjoint(gazetteer.class_of([forms[first]], index).split("+")):
            continue
        start, end = first, first + 1
        while start not in starts:
            start -= 1
        while end not in starts:
            end += 1
        after = [
            form.lower()
            for form, tag in zip(forms[first + 2 : end], tags[first + 2 : end], strict=True)
            if form not in {"on", "that"} and not tag.endswith("-date")
        ]
        is_it = xpos[min(first + 1, end - 1)][0] == "V" and after[:1] in (["it"], ["its"])
        sides = ((first - 1, first - 2), (first + 1, first + 2))
        is_beside = any(
            start <= min(at, and_) and max(at, and_) < end and forms[and_] == "and" and tags[at].endswith("-location")
            for and_, at in sides
        )
        if is_it or is_beside:
            result[first] = "B-location"
    return result


def with_listed_acronyms(
    tags: Sequence[str], forms: Sequence[str], acronyms: Iterable[int], index: Mapping[str, str]
) -> list[str]:
    """Label acronyms that look like function words and are in no mention, where the gazetteer has them.

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms
        The normalised form of each word.
    acronyms
        What :func:`analysis.language.corrections.acronyms` returns.
    index
        The gazetteer, as :func:`analysis.language.gazetteer.tag` takes it.

    Examples
    --------
    >>> with_listed_acronyms(["O", "O", "O"], ["WHO", "backed", "IT"], [0, 2], {"who": "=body"})
    ['B-organization', 'O', 'O']
    """
    result = list(tags)
    for at in acronyms:
        class_ = gazetteer.class_of([forms[at]], index)
        label = "location" if class_ == "country" else _LABELS_OF_CLASSES.get(class_)
        if label and result[at] == "O":
            result[at] = f"B-{label}"
    return result


def with_one_label(
    tags: Sequence[str],
    forms: Sequence[str],
    starts: Container[int],
    owners: Sequence[int],
    *,
    index: Mapping[str, str],
) -> list[str]:
    """Give the names of one body or country in an article one label.

    An international body and its like is an organisation where the article labels its names in two ways, and never a
    person. A country, region or large city is no person, unless a person of the article has its name, or unless it is a
    region or city and a forename as well (*Austin*, but not *Washington*) and no location there.

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms, owners
        The normalised form and the number of the article of each word.
    starts
        The index of the first word of each sentence, and the number of words.
    index
        The gazetteer, as :func:`analysis.language.gazetteer.tag` takes it.

    Examples
    --------
    >>> with_one_label(["B-person", "O", "O", "B-location"], ["Britain", "thanked", "the", "U.K."], {0, 4}, [0] * 4,
    ...                index={"united": "kingdom=country"})
    ['B-location', 'O', 'O', 'B-location']
    """
    result = list(tags)
    groups: defaultdict[tuple[int, str], list[tuple[int, int, str]]] = defaultdict(list)
    named_persons: set[tuple[int, str]] = set()
    for first, last, label in mentions(tags):
        if label == "person" and (first < last or (first not in starts and persons.is_title(forms[first - 1]))):
            named_persons.update((owners[first], form.lower()) for form in forms[first : last + 1])
        if label in _NAMED:
            usual = usual_name(" ".join(forms[first : last + 1]), label)
            groups[owners[first], usual.lower()].append((first, last, label))
    for (owner, thing), found in groups.items():
        labels = {label for _, _, label in found}
        class_ = gazetteer.class_of(thing.split(" "), index)
        is_site = not _SITES.isdisjoint(class_.split("+"))
        is_given = persons.is_forename(thing) or "given" in class_.split("+")
        if class_ in _LABELS_OF_CLASSES and " " in thing:  # one word may name something else
            listed, wrong = _LABELS_OF_CLASSES[class_], _NAMED if len(labels) > 1 else {"person"}
        elif is_site and ("location" in labels or not is_given or "country" in class_.split("+") or thing in _seats()):
            listed, wrong = "location", {"person"}
        else:
            continue
        for first, last, label in found:
            is_cut = last + 1 not in starts and forms[last + 1][0].isupper()  # before a surname that was not found
            is_person = (owner, forms[last].lower()) in named_persons or (is_given and is_cut and label == "person")
            if label in wrong and not is_person:
                result[first : last + 1] = [f"{tag[:2]}{listed}" for tag in tags[first : last + 1]]
    return result


@cache
def _seats() -> frozenset[str]:
    return frozenset(map(str.lower, resources.data().read_word_lists("whole_names.tsv")["seats"]))


def with_shared_labels(
    tags: Sequence[str],
    forms: Sequence[str],
    xpos: Sequence[str],
    starts: Container[int],
    owners: Sequence[int],
    *,
    index: Mapping[str, str],
) -> list[str]:
    """Label a word like the longer name of the article that it stands for: a surname, or an acronym that it spells out.

    What was taken for an organisation is the person whose surname it is after the whole name, unless the gazetteer has
    it for something else or an article or a noun for a firm stands beside it. So is what was taken for a place, where
    it begins a clause before a verb (*Kirby has scored*). An acronym that was taken for a person is what its letters
    are the initials of.

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
    >>> forms = "Al Lee went to Prince Edward Island . Lee likes PEI".split()
    >>> tags = ["B-person", "I-person", "O", "O", "B-location", "I-location", "I-location", "O", "B-organization", "O"]
    >>> xpos = ["NNP"] * 9 + ["VBZ", "NNP"]
    >>> with_shared_labels([*tags, "B-person"], forms, xpos, {0, 8, 11}, [0] * 11, index={})[8:]
    ['B-person', 'O', 'B-location']
    """
    result = list(tags)
    found = mentions(tags)
    surnames, acronyms = _longer_names(found, forms, owners)
    for first, last, label in found:
        key = owners[first], forms[first]
        if first < last or not _NAMED_CLASSES.isdisjoint(gazetteer.class_of([forms[first]], index).split("+")):
            continue
        is_subject = first + 1 not in starts and xpos[first + 1][0] in "VM"
        is_subject = is_subject and (first in starts or xpos[first - 1] in _BEFORE_CLAUSE)
        may_be_person = label == "organization" or (label == "location" and is_subject)
        if may_be_person and surnames.get(key, first) < first and not _is_firm(first, forms, starts):
            result[first] = "B-person"
        elif label == "person" and len(forms[first]) >= _MIN_ACRONYM_LETTERS and key in acronyms:
            result[first] = f"B-{acronyms[key]}"
    return result


def _longer_names(
    found: Sequence[tuple[int, int, str]], forms: Sequence[str], owners: Sequence[int]
) -> tuple[dict[tuple[int, str], int], dict[tuple[int, str], str]]:
    """Return the first mention of a person by article and surname, and the label of what has initials by these."""
    surnames: dict[tuple[int, str], int] = {}
    acronyms: dict[tuple[int, str], str] = {}
    for first, last, label in found:
        if label == "person" and first < last:
            surnames.setdefault((owners[first], forms[last]), first)
        elif label in _NAMED - {"person"} and last - first >= _MIN_ACRONYM_LETTERS - 1:
            acronyms.setdefault((owners[first], initials(" ".join(forms[first : last + 1]))), label)
    return surnames, acronyms


def with_missed_names(
    tags: Sequence[str],
    forms: Sequence[str],
    xpos: Sequence[str],
    starts: Container[int],
    owners: Sequence[int],
    *,
    index: Mapping[str, str],
) -> list[str]:
    """Take a word for the person of the article whose surname it is, or for the organisation that it spells out.

    A surname stands after the whole name, before a verb or inside a sentence. An acronym with full stops is an
    organisation (*M.I.T.*) unless the gazetteer lists it or a person of the article has these initials.

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
    >>> tags, xpos = ["B-person", "I-person", "O", "O", "O", "O"], ["NNP", "NNP", "VBD", ".", "NN", "VBD"]
    >>> with_missed_names(tags, "Joe Root won . Root passed".split(), xpos, {0, 4, 6}, [0] * 6, index={})[4]
    'B-person'
    """
    result = list(tags)
    found = mentions(tags)
    surnames, acronyms = _longer_names(found, forms, owners)
    bearers = {(owners[first], "".join(form[0] for form in forms[first : last + 1])) for first, last, _ in found}
    for first, last, label in found:
        is_short = first == last and label in {"location", "person"} and _STOPPED.fullmatch(forms[first])
        is_other = (
            gazetteer.class_of([forms[first]], index) or (owners[first], forms[first].replace(".", "")) in bearers
        )
        if is_short and not is_other:
            result[first] = "B-organization"
    for at in [at for at, form in enumerate(forms) if tags[at] == "O" and form[0].isupper()]:
        if surnames.get((owners[at], forms[at]), at) < at and _is_surname(at, tags, forms, xpos, starts):
            result[at] = "B-person"
        elif forms[at].isupper() and acronyms.get((owners[at], forms[at].replace(".", ""))) == "organization":
            result[at] = "B-organization"
    return result


def _is_surname(
    at: int, tags: Sequence[str], forms: Sequence[str], xpos: Sequence[str], starts: Container[int]
) -> bool:
    """Return whether a word begins a sentence before a verb, or is a proper noun and no firm."""
    if at in starts:
        return at + 1 not in starts and xpos[at + 1][0] in "VM"
    return xpos[at] == "NNP" and not _is_cut(at, tags, forms, starts) and not _is_firm(at, forms, starts)


def _is_cut(at: int, tags: Sequence[str], forms: Sequence[str], starts: Container[int]) -> bool:
    """Return whether a word with a capital, or the rest of a name, follows a word."""
    return at + 1 not in starts and (forms[at + 1][0].isupper() or tags[at + 1][0] == "I")


def with_firms_like_persons(tags: Sequence[str], forms: Sequence[str], owners: Sequence[int]) -> list[str]:
    """Take for a firm what was taken for a person if the article has it with a legal form: *Shoei Kisen*.

    It has several words, and no forename begins it (*Charles Schwab Corp.*).

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms, owners
        The normalised form and the number of the article of each word.

    Examples
    --------
    >>> tags = ["B-organization", "I-organization", "I-organization", "O", "B-person", "I-person"]
    >>> with_firms_like_persons(tags, "Shoei Kisen Ltd. of Shoei Kisen".split(), [0] * 6)[4:]
    ['B-organization', 'I-organization']
    """
    result, firms = list(tags), set()
    for first, last, label in mentions(tags):
        end = last + 1
        while label == "organization" and end - 1 > first and is_legal_form(forms[end - 1]):
            end -= 1
        if first + 1 < end <= last and not persons.is_forename(forms[first]):
            firms.add((owners[first], *forms[first:end]))
    for first, last, label in mentions(tags) if firms else ():
        if label == "person" and (owners[first], *forms[first : last + 1]) in firms:
            result[first : last + 1] = spelled("organization", last + 1 - first)
    return result


def _is_firm(at: int, forms: Sequence[str], starts: Container[int]) -> bool:
    """Return whether an article stands before a word, or a noun for an organisation or its parts after it."""
    is_after_article = at not in starts and forms[at - 1].lower() in _ARTICLES
    after = "" if at + 1 in starts else forms[at + 1].lower()
    return is_after_article or after in _firm_nouns()


@cache
def _firm_nouns() -> frozenset[str]:
    words = resources.data().read_word_lists("referents.tsv")
    return frozenset([*words["organization"], "shares", "stock", "brand", "family", "plant", "plants", "products"])
