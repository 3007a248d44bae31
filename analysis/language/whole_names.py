"""Names that are one by their form: places in *’s* or with hyphens, and vessels, which may be called after a person."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from analysis import resources
from analysis.language import gazetteer, persons
from analysis.language.aliases import name_key
from analysis.language.names import mentions, spelled

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence
    from collections.abc import Set as AbstractSet

__all__ = [
    "end_of_phrase",
    "listed",
    "relabel",
    "whole_names",
    "with_bodies",
    "with_hyphenated_places",
    "with_joint_places",
    "with_owned_places",
    "with_places_after_of",
    "with_storms",
    "with_teams",
    "with_universities",
    "with_vessels",
]

_POSSESSIVES = frozenset(("'s", "'"))
_SAINTS = frozenset(("Saint", "St", "St."))
#: The Penn tags of what an owner owns: *the Lord's Prayer*.
_NOMINAL = ("NN", "JJ", "CD")
#: The name of a vessel has at most so many words.
_MAX_WORDS = 5
#: Such a name has at most so many hyphens.
_MAX_HYPHENS = 2
#: The labels of what follows *University of*.
_NAMESAKES = frozenset(("location", "misc", "norp", "organization"))
#: Before the campus of a university.
_BEFORE_CAMPUS = frozenset((",", "-", "–", "at"))
#: What the name of a vessel does not go on with.
_NO_VESSEL = frozenset(("date", "money", "norp"))
_PLACES = frozenset(("city", "region", "country"))


@cache
def _words() -> dict[str, frozenset[str]]:
    """Return the lists of ``data/whole_names.tsv``."""
    return {name: frozenset(words) for name, words in resources.data().read_word_lists("whole_names.tsv").items()}


def listed(name: str) -> frozenset[str]:
    """Return a list of ``data/whole_names.tsv``."""
    return _words()[name]


@cache
def _phrases(name: str) -> dict[str, list[str]]:
    """Return the names of a list, as keys, by their first words, the longest first."""
    found: dict[str, list[str]] = {}
    for key in sorted((name_key(phrase.replace("_", " ")) for phrase in _words()[name]), key=len, reverse=True):
        found.setdefault(key.split(" ")[0], []).append(key)
    return found


def end_of_phrase(first: int, forms: Sequence[str], starts: Container[int], name: str) -> int:
    """Return the index after the longest name of a list that begins with a word; the word’s own where there is none."""
    for phrase in _phrases(name).get(name_key(forms[first]), []):
        for end in range(first + 1, min(first + len(phrase.split(" ")), len(forms)) + _MAX_HYPHENS):
            if end - 1 > first and end - 1 in starts:
                break
            if name_key(" ".join(forms[first:end])) == phrase:
                return end
    return first


def relabel(result: list[str], first: int, end: int, label: str) -> None:
    """Make words a mention, in place; what is left of another that began in them is none."""
    for at in range(end, len(result)):
        if result[at][0] != "I":
            break
        result[at] = "O"
    result[first:end] = spelled(label, end - first)


def with_owned_places(
    tags: Sequence[str], forms: Sequence[str], xpos: Sequence[str], starts: Container[int], index: Mapping[str, str]
) -> list[str]:
    """Join an owner to what is called after it: *King's Cross*, *Land's End*, *St. Andrew's*, and *at Lord's*.

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms, xpos
        The normalised form and the Penn tag of each word.
    starts
        The index of the first word of each sentence, and the number of words.
    index
        The gazetteer, as :func:`analysis.language.gazetteer.tag` takes it.

    Examples
    --------
    >>> with_owned_places(["B-organization", "O", "O"], ["Land", "'s", "End"], ["NNP", "POS", "NNP"],
    ...                   {0, 3}, {})
    ['B-location', 'I-location', 'I-location']
    """
    result, words = list(tags), _words()
    for first, last, label in mentions(tags):
        mark = last + 1
        is_saint = label == "location" and forms[first] in _SAINTS and first < last
        if not is_saint or gazetteer.class_of(forms[first:mark], index):
            continue
        is_alone = mark + 1 in starts or (mark + 1 < len(forms) and not xpos[mark + 1].startswith(_NOMINAL))
        if mark not in starts and mark < len(forms) and forms[mark] in _POSSESSIVES and is_alone:
            relabel(result, first, mark + 1, "facility")  # St. Andrew's
    for first in [at for at, form in enumerate(forms[:-2]) if form in words["owners"]]:
        mark, last = first + 1, first + 2
        if forms[mark] not in _POSSESSIVES or mark in starts or result[first][0] == "I":
            continue
        is_ground = forms[first] in words["grounds"] and first not in starts and forms[first - 1] in words["at_grounds"]
        if is_ground and (last in starts or not xpos[last].startswith(_NOMINAL)):
            relabel(result, first, last, "facility")
            continue
        is_whole = result[first][0] == "B" and result[mark][0] == result[last][0] == "I"
        is_part = is_whole or (last + 1 < len(result) and result[last + 1][0] == "I")
        if forms[last] not in words["owned"] or last in starts or is_part:
            continue
        classes = gazetteer.class_of([forms[last]], index).split("+")
        relabel(result, first, last + 1, "facility" if "facility_word" in classes else "location")
    return result


def with_hyphenated_places(tags: Sequence[str], forms: Sequence[str], joined: frozenset[int]) -> list[str]:
    """Join the parts of a place with hyphens: *Stoke-on-Trent*, if one of them is a place.

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
    >>> with_hyphenated_places(["B-location", *"OOOO"], ["Stoke", "-", "on", "-", "Trent"], frozenset({1, 2, 3, 4}))
    ['B-location', 'I-location', 'I-location', 'I-location', 'I-location']
    """
    result, links = list(tags), _words()["links"]
    for link in [at for at in joined if forms[at].lower() in links and 2 <= at < len(forms) - 2]:  # noqa: PLR2004 - *X-on-*
        first, end = link - 2, link + 3
        if forms[link - 1] != "-" or forms[link + 1] != "-" or not joined.issuperset(range(first + 1, end)):
            continue
        if (
            end + 1 < len(forms)
            and forms[end] == "-"
            and joined.issuperset((end, end + 1))
            and forms[end + 1].istitle()
        ):
            end += 2  # Wells-next-the-Sea
        is_place = any(tag.endswith("-location") for tag in tags[first:end])
        if is_place and forms[first][0].isupper() and forms[end - 1][0].isupper() and result[first][0] != "I":
            relabel(result, first, end, "location")
    return result


def with_joint_places(tags: Sequence[str], forms: Sequence[str], starts: Container[int]) -> list[str]:
    """Join the parts of a place with *and*: *St. Kitts and Nevis*.

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
    >>> with_joint_places(["B-location", "I-location", "O", "B-person"], "St. Kitts and Nevis".split(), {0, 4})
    ['B-location', 'I-location', 'I-location', 'I-location']
    """
    result = list(tags)
    for first in [
        at for at, form in enumerate(forms) if form[0].isupper() and name_key(form) in _phrases("joint_places")
    ]:
        end = end_of_phrase(first, forms, starts, "joint_places")
        is_part = tags[first][0] == "I" or (end < len(tags) and tags[end][0] == "I")
        if end > first and not is_part:
            relabel(result, first, end, "location")
    return result


def with_bodies(tags: Sequence[str], forms: Sequence[str], starts: AbstractSet[int]) -> list[str]:
    """Take for organisations bodies whose names are not English or look like a place: *Met Éireann*, *Leeds United*.

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
    >>> with_bodies(["O", "B-person", "O"], ["Met", "Éireann", "warned"], {0, 3})
    ['B-organization', 'I-organization', 'O']
    """
    result = list(tags)
    for at, form in enumerate(forms):
        first, end = at, at
        for name in ("bodies", "teams") if form[0].isupper() else ():
            end = max(end, end_of_phrase(at, forms, starts, name))
        if form in _words()["body_ends"] and at not in starts and forms[at - 1][0].isupper():
            first, end = at - 1, at + 1
            while result[first][0] == "I" or (
                starts.isdisjoint((first, first - 1))
                and result[first - 1] == result[first] == "O"
                and forms[first - 1][0].isupper()
            ):
                first -= 1
        is_part = end < len(forms) and end not in starts and result[end] in {"I-organization", "I-facility"}
        is_part = is_part and not forms[end].isdecimal()
        if end > first and result[first][0] != "I" and not is_part:
            relabel(result, first, end, "organization")
    return result


def with_teams(tags: Sequence[str], forms: Sequence[str], starts: Container[int], owners: Sequence[int]) -> list[str]:
    """Join a place to what makes a team of it, *Utah Jazz*, and take for the team what stands for it.

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
    >>> with_teams(["B-location", "O", "O", "O", "O", "O"], "Utah Jazz beat the Jazz .".split(), {0, 6}, [0] * 6)
    ['B-organization', 'I-organization', 'O', 'O', 'B-organization', 'O']
    """
    result, names = list(tags), _words()["team_names"]
    found = [at for at, form in enumerate(forms) if form in names]
    known: set[tuple[int, str]] = set()
    for at in found:
        first = at if result[at][0] == "I" or at in starts else at - 1
        while result[first][0] == "I":
            first -= 1
        is_part = at + 1 not in starts and result[at + 1][0] == "I"
        if not is_part and first < at and result[first] in {"B-location", "B-organization"}:
            relabel(result, first, at + 1, "organization")
            known.add((owners[at], forms[at]))
    for at in found:
        is_whole = at + 1 in starts or result[at + 1][0] != "I"
        if (owners[at], forms[at]) in known and is_whole and result[at][0] != "I":
            result[at] = "B-organization"
    return result


def with_universities(tags: Sequence[str], forms: Sequence[str], starts: AbstractSet[int]) -> list[str]:
    """Extend universities to what they are called after, *University of the West of England*, and to their campuses.

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
    >>> forms = "University of California , Berkeley".split()
    >>> with_universities(["B-organization", "I-organization", "I-organization", "O", "B-location"], forms, {0, 5})
    ['B-organization', 'I-organization', 'I-organization', 'I-organization', 'I-organization']
    """
    result = list(tags)
    ends = {first: last + 1 for first, last, _ in mentions(tags)}
    for at in [at for at, form in enumerate(forms) if form in _words()["schools"]]:
        first = at
        while result[first][0] == "I":
            first -= 1
        known_end = max(ends.get(first, 0), at + 1)
        end = _end_of_namesake(at + 1, ends, tags, forms, starts) if known_end == at + 1 else known_end
        if _is_system(forms[first:end]) and starts.isdisjoint((end, end + 1)) and forms[end] in _BEFORE_CAMPUS:
            campus_end = end_of_phrase(end + 1, forms, starts, "campuses")
            end = campus_end if campus_end > end + 1 else end
        if end > known_end:
            relabel(result, first, end, "organization")
    return result


def _end_of_namesake(
    of: int, ends: Mapping[int, int], tags: Sequence[str], forms: Sequence[str], starts: AbstractSet[int]
) -> int:
    """Return the index after the name after *of*, which is at ``of``; ``of`` itself where there is none.

    It is a mention, or after *of the* all words with capitals.
    """
    has_article = forms[of + 1 : of + 2] == ["the"]
    name = of + 2 if has_article else of + 1
    if forms[of : of + 1] != ["of"] or name >= len(forms) or not starts.isdisjoint((of, of + 1, name)):
        return of
    end = ends[name] if name in ends and tags[name][2:] in _NAMESAKES else name if has_article else of
    while has_article and end not in starts and forms[end][0].isupper():
        end += 1
    return end if end > name else of


def _is_system(words: Sequence[str]) -> bool:
    """Return whether words end with the name of a university with campuses."""
    name = f" {name_key(' '.join(words))}"
    return any(name.endswith(f" {key}") for keys in _phrases("systems").values() for key in keys)


def with_vessels(
    tags: Sequence[str], forms: Sequence[str], starts: AbstractSet[int], owners: Sequence[int]
) -> list[str]:
    """Take the name after *HMS*, *USS* or *the ferry* for that of a vessel, and the same after *the* in the article.

    After a noun for a vessel it may look like a person, an organisation or no name (*the tanker Ever Given*). Where the
    article has such a noun, what looks like a king or queen after *the* is one: *the Queen Elizabeth*.

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
    >>> with_vessels(["O", "O", "B-person", "O"], ["The", "USS", "Cole", "sank"], {0, 4}, [0] * 4)
    ['O', 'B-product', 'I-product', 'O']
    """
    result, words = list(tags), _words()
    known: set[tuple[int, tuple[str, ...]]] = set()
    for at, form in enumerate(forms[:-1]):
        if form not in words["prefixes"] and form not in words["vessels"]:
            continue
        first, end = at + 1, _end_of_vessel(at + 1, tags, forms, starts)
        if end == first or (form in words["vessels"] and not _may_be_vessel(form, tags[first:end], forms[first])):
            continue
        known |= {(owners[at], tuple(forms[begin:end])) for begin in (first, end - 1)}
        relabel(result, at if form in words["prefixes"] else first, end, "product")
    fleets = {owner for owner, form in zip(owners, forms, strict=True) if form in words["vessels"]}
    for at in [at for at, form in enumerate(forms[1:-1], 1) if form in words["persons"] and owners[at] in fleets]:
        is_whole = at + 2 in starts or not (forms[at + 2][0].isupper() or forms[at + 2] in {"'s", "of"})
        is_name = result[at : at + 2] == ["O", "B-person"] and starts.isdisjoint((at, at + 1))
        if forms[at - 1].lower() == "the" and forms[at + 1].istitle() and is_whole and is_name:
            known.add((owners[at], tuple(forms[at : at + 2])))
            relabel(result, at, at + 2, "product")
    if not known:
        return result
    lengths = {len(name) for _, name in known}
    for first in [at for at in range(1, len(forms)) if forms[at - 1] in ("the", "The") and at not in starts]:
        for end in [first + n for n in lengths if first + n <= len(forms) and forms[first] not in words["persons"]]:
            is_whole = end in starts or result[end][0] != "I"
            is_vessel = (owners[first], tuple(forms[first:end])) in known and is_whole
            if is_vessel and result[first] in {"O", "B-location", "B-person", "B-organization", "B-misc"}:
                relabel(result, first, end, "product")
    return result


def _end_of_vessel(first: int, tags: Sequence[str], forms: Sequence[str], starts: Container[int]) -> int:
    """Return the index after the name of a vessel that begins with a word; the word’s own where there is none."""
    inside, end = _words()["inside"], first
    for at in range(first, min(first + _MAX_WORDS, len(forms))):
        if at in starts or (tags[at] != "O" and tags[at][2:] in _NO_VESSEL):
            break
        if forms[at][0].isupper() or (at > first and forms[at].isdecimal()):
            end = at + 1
        elif at == first or forms[at] not in inside:
            break
    return end


def _may_be_vessel(noun: str, tags: Sequence[str], form: str) -> bool:
    """Return whether words after a noun for a vessel are its name: a person, or what is no place, firm or title.

    A carrier may be an airline.
    """
    is_person = any(tag.endswith("-person") for tag in tags)
    is_own = {tag[2:] for tag in tags} <= {"", "misc", "organization", "product"} and not persons.is_title(form)
    return is_person or (is_own and noun != "carrier" and form not in _words()["prefixes"])


def with_storms(tags: Sequence[str], forms: Sequence[str], starts: Container[int], owners: Sequence[int]) -> list[str]:
    """Take for a storm the name after *Hurricane* and its like, and that name alone in the article.

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
    >>> with_storms(["B-person", "I-person", "O", "B-person"], "Hurricane Helene ; Helene".split(), {0, 4}, [0] * 4)
    ['B-misc', 'I-misc', 'O', 'B-misc']
    """
    result, known = list(tags), set()
    for at in [at for at, form in enumerate(forms[:-1]) if form in _words()["storms"] and at + 1 not in starts]:
        if forms[at + 1].istitle() and (at + 2 in starts or result[at + 2][0] != "I") and result[at][0] != "I":
            is_tropical = at not in starts and forms[at - 1] == "Tropical" and result[at - 1][0] != "I"
            relabel(result, at - is_tropical, at + 2, "misc")
            known.add((owners[at], forms[at + 1]))
    for first, last, label in mentions(result) if known else ():
        if first == last and label in {"location", "organization", "person"} and (owners[first], forms[first]) in known:
            result[first] = "B-misc"
    return result


def whole_names(name: Sequence[str], labels: Sequence[str], owners: Sequence[int]) -> list[str]:
    """Return the names of mentions, those of vessels and storms with what another mention has before it: *USS*.

    Parameters
    ----------
    name, labels, owners
        The name, label and article of each mention.

    Examples
    --------
    >>> whole_names(["USS Cole", "Cole", "Cole"], ["product", "product", "person"], [0, 0, 0])
    ['USS Cole', 'USS Cole', 'Cole']
    """
    before = {"product": _words()["prefixes"], "misc": _words()["storms"]}
    whole: dict[tuple[int, str, str], str] = {}
    for each, label, owner in zip(name, labels, owners, strict=True):
        prefix, _, rest = each.removeprefix("Tropical ").partition(" ")
        if prefix in before.get(label, ()):
            whole |= {(owner, label, part): each for part in (rest.rpartition(" ")[2], rest)}
    kinds = zip(name, labels, owners, strict=True)
    return [whole.get((owner, label, each), each) for each, label, owner in kinds]


def with_places_after_of(
    tags: Sequence[str], forms: Sequence[str], starts: Container[int], index: Mapping[str, str]
) -> list[str]:
    """Take a city that was taken for a person for a place where only a place can stand: *the people of Lincoln*.

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
    >>> forms = "the people of Lincoln voted".split()
    >>> with_places_after_of(["O", "O", "O", "B-person", "O"], forms, {0, 5}, {"lincoln": "=city"})[3]
    'B-location'
    """
    result, nouns = list(tags), _words()["of_places"]
    for first, last, label in mentions(tags):
        if label != "person" or first < 2 or forms[first - 1] != "of" or forms[first - 2].lower() not in nouns:  # noqa: PLR2004 - *people of*
            continue
        classes = gazetteer.class_of(forms[first : last + 1], index).split("+")
        is_place = first == last or not _PLACES.isdisjoint(classes)
        if is_place and first not in starts and first - 1 not in starts:
            relabel(result, first, last + 1, "location")
    return result
