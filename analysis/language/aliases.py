"""Names of one thing: usual names, acronyms, firms without *Inc.*, *X, also known as Y*."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import combining, normalize

from analysis import resources
from analysis.language import gazetteer
from analysis.language.features import normalise
from analysis.language.referring import ORGANIZATION, lists
from analysis.tables import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = [
    "abbreviates",
    "initials",
    "is_legal_form",
    "name_key",
    "name_things",
    "show_own_forms",
    "unify_organizations",
    "unite_linked",
    "usual_name",
]

#: Labels of mentions that may have an alias.
_ALIASED = frozenset(LABELS) - {"date", "money"}
#: An acronym of at least this many letters is matched with a name of its own label first.
_MIN_TELLING_LETTERS = 3
#: The first part of a body's name is a shorter name of it if it has at least so many words.
_MIN_BODY_WORDS = 3
#: A country in the name of a body has at most so many words.
_MAX_COUNTRY_WORDS = 4
_OPENING = ("(", "[")
#: What is in brackets after these may be a code, such as that of a state.
_SITES = frozenset({"location", "facility"})
#: Labels of what a body may belong to that is not in its name: *Florida Senate*.
_OWNERS = frozenset({"location", "norp"})
_AND = frozenset({"and", "&"})
#: What stands within legal forms.
_JOINTS = _AND | {"de"}
#: Classes of the gazetteer of words that do not stand for a firm whose name ends with them.
_NO_FIRMS = frozenset(
    "agency armed_group city country facility_word location_word norp organisation_word region title town".split()
)

_TRANSLITERATED = str.maketrans({"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ß": "ss", "æ": "ae", "œ": "oe"})
_INITIALS = re.compile(r"\b([^\W\d_]) (?=[^\W\d_]\b)")
_FIRST_PART = re.compile(r"(.+?)(?:,? and |, )(?!the )")
_MARKS = " ,([\"'-–—"


class _Forms(NamedTuple):
    """The lists of ``data/name_forms.tsv``."""

    legal_forms: frozenset[str]
    first_usual: frozenset[str]
    last_usual: frozenset[str]
    short_parts: frozenset[str]


@cache
def _forms() -> _Forms:
    lines = (line.split("\t") for line in resources.data().read_lines("name_forms.tsv"))
    return _Forms(**{name: frozenset(cell.split(" | ")) for name, cell in lines})


@cache
def _full_parts() -> dict[str, str]:
    """Return parts of names that are written in two ways, the longer by the shorter: *saint* by *st*."""
    return dict(pair.split(" ") for pair in _forms().short_parts)


@cache
def _aliases() -> dict[str, tuple[str, str]]:
    """Read ``data/aliases.tsv``: the key of each name, to the usual name and the only label that it is for, if any."""
    aliases = {}
    for line in resources.data().read_lines("aliases.tsv"):
        usual, *others = line.split("\t")
        for name, _, label in (cell.removesuffix(")").partition(" (") for cell in (usual, *others)):
            aliases[name_key(name)] = (usual, label)
    return aliases


@cache
def _countries() -> dict[str, str]:
    """Return countries by the keys of their names and of the words for what is of them."""
    return {name_key(word): country for word, country in lists().countries.items()}


def usual_name(name: str, label: str) -> str:
    """Return the usual name of what is known by several names, otherwise the name itself."""
    usual, only_label = _aliases().get(name_key(name), (name, ""))
    return usual if only_label in ("", label) and label in _ALIASED else name


@lru_cache(maxsize=1 << 14)
def name_key(name: str) -> str:
    """Return a name without case, accents, full stops, hyphens and a leading *the*, by which names are compared.

    Parts that are written in two ways are spelled in full.

    Examples
    --------
    >>> name_key("the U.S."), name_key("St. Lucia") == name_key("Saint Lucia")
    ('us', True)
    """
    name = normalise(name).lower().removeprefix("the ")
    if not name.isascii():
        name = "".join(char for char in normalize("NFKD", name.translate(_TRANSLITERATED)) if not combining(char))
    words = re.sub(r"[.\s-]+", " ", name).strip().split(" ")
    return _INITIALS.sub(r"\1", " ".join(_full_parts().get(word, word) for word in words))


def initials(name: str) -> str:
    """Return the initial capitals of a name, or nothing where they are one of its words, as in *US Senate*."""
    words = [word for word in re.split(r"[\s-]+", name.replace(".", "")) if word[:1].isupper()]
    found = "".join(word[0] for word in words)
    return found if " " in name and found not in words else ""


def abbreviates(short: str, name: str) -> bool:
    """Return whether a word in capitals has letters of a name in their order, the first at the start of a word.

    Notes
    -----
    The test of Schwartz and Hearst (2003), A simple algorithm for identifying abbreviation definitions.

    Examples
    --------
    >>> abbreviates("USAID", "U.S. Agency for International Development"), abbreviates("FBI", "World Health Office")
    (True, False)
    """
    first, *others = [letter for letter in short.lower() if letter.isalnum()] or [""]
    if " " in short or not short[0].isupper() or not others or len(others) >= len(name) - 1:
        return False
    text = name.lower()
    end = len(text)
    for letter in reversed(others):
        end = text.rfind(letter, 0, end)
        if end < 0:
            return False
    return re.search(rf"\b{re.escape(first)}", text[:end]) is not None


def unify_organizations(
    names: list[str], labels: Sequence[str], before: Sequence[str], rows: Sequence[int], index: Mapping[str, str]
) -> None:
    """Write firms as the article has them without *Inc.*, and bodies as it has them in full, in place.

    Parameters
    ----------
    names, labels, before
        The name, the label and the words before each mention; see :func:`analysis.language.names.canonical`.
    rows
        The rows of the things of an article.
    index
        The gazetteer, as :func:`analysis.language.gazetteer.tag` takes it.

    Examples
    --------
    >>> names = ["Ford Motor Company", "Ford", "U.S. Air Force", "Air Force"]
    >>> unify_organizations(names, ["organization"] * 4, ["", "", "the", "the"], range(4), {})
    >>> names
    ['Ford', 'Ford', 'U.S. Air Force', 'U.S. Air Force']
    """
    own = [row for row in rows if labels[row] == "organization"]
    firsts: dict[str, int] = {}
    for row in own:
        firsts.setdefault(name_key(names[row]), row)
    firms, bodies = _short_firms(firsts), _full_bodies(firsts)
    firms |= _firms_by_last_words({key: names[row] for key, row in firsts.items()}, index)
    owners = {row for row in range(min(rows), max(rows)) if labels[row] in _OWNERS}
    of_others = {
        name_key(names[row]) for row in own if before[row].endswith("'s") or (not before[row] and row - 1 in owners)
    }
    shown = {key: names[firsts[firms.get(short, short)]] for key in firsts for short in [firms.get(key, key)]}
    shown |= {key: names[firsts[full]] for key, full in bodies.items() if key not in of_others}
    for row in own:
        names[row] = shown[name_key(names[row])]


def _short_firms(keys: Iterable[str]) -> dict[str, str]:
    """Return by the keys of firms those of their shorter names, where no other organisation of the article begins so.

    The shorter name is all but the legal form, or the first of two words before that (*Ford Motor Company*).
    """
    bare = {key: _without_legal_form(key) for key in keys}
    found: dict[str, str] = {}
    for short in sorted(bare.keys() - _countries().keys(), key=lambda key: (-len(key), key)):
        longer = [key for key in bare if key.startswith(f"{short} ")]
        rests = {bare[key].removeprefix(short).strip() for key in longer}
        is_short = rests == {""} or (len(rests) == 1 and " " not in short + min(rests))
        if is_short and any(key != bare[key] for key in longer):
            found |= dict.fromkeys(longer, short)
    return found


def _firms_by_last_words(names: Mapping[str, str], index: Mapping[str, str]) -> dict[str, str]:
    """Return by the keys of firms those of their names without a last or first part: *Aramco*, *Saudi Aramco*.

    The last word stands for the firm whose name ends with it, if there is one such in the article and the gazetteer has
    the word as a firm, a country stands before it, or it makes a team of a place (*Boston Celtics*). It is no word for
    an organisation or place (*Irish Times*), and no other firm stands before it (*Sony Ericsson*). Where the article
    has the whole name only with a legal form, the word is shown (*Disney* for *Walt Disney Co.*).

    Parameters
    ----------
    names
        The names of the organisations of an article by their keys.
    index
        The gazetteer, as :func:`analysis.language.gazetteer.tag` takes it.
    """
    found: dict[str, str] = {}
    for short in [key for key in names if " " not in key]:
        classes = set(gazetteer.class_of([short], index).split("+"))
        longer = [key for key in names if _without_legal_form(key).endswith(f" {short}")]
        wholes = {_without_legal_form(key) for key in longer}
        if len(wholes) != 1 or short in _countries() or not _NO_FIRMS.isdisjoint(classes):
            continue
        whole = min(wholes)
        first_part = whole.removesuffix(f" {short}")
        is_told = "firm" in classes or first_part in _countries() or short in _team_names()
        has_other = first_part in names or "firm" in gazetteer.class_of(first_part.split(" "), index).split("+")
        if is_told and not has_other and not any(f"-{short}" in names[key].lower() for key in longer):
            found |= {short: whole} if whole in names else dict.fromkeys(longer, short)
    return found


@cache
def _team_names() -> frozenset[str]:
    return frozenset(map(str.lower, resources.data().read_word_lists("whole_names.tsv")["team_names"]))


def is_legal_form(word: str) -> bool:
    """Return whether a word with a capital, or *plc*, is a legal form of firms: *Inc.*, *Group*."""
    return (word[0].isupper() or word == "plc") and _is_form(word)


def _is_form(word: str) -> bool:
    return word.lower().replace(".", "") in _forms().legal_forms


def _without_legal_form(name: str) -> str:
    words = name.replace(",", "").split(" ")
    while len(words) > 1 and _is_form(words[-1]):
        words.pop()
        if len(words) > 1 and words[-1] in _JOINTS:
            words.pop()
    return " ".join(words)


def _full_bodies(keys: Iterable[str]) -> dict[str, str]:
    """Return by the keys of bodies those of their full names: with their country, or a second part after *and*.

    A single word must be a noun for an organisation: *Army*, but not *Times*.
    """
    known = dict.fromkeys(keys)
    fuller: defaultdict[str, dict[tuple[str, str], str]] = defaultdict(dict)
    for key in known:
        words = key.split(" ")
        for n in range(1, min(_MAX_COUNTRY_WORDS, len(words) - 1) + 1):
            country, rest = _countries().get(" ".join(words[:n])), " ".join(words[n:])
            if country and (" " in rest or lists().things.get(rest) == ORGANIZATION):
                fuller[rest].setdefault((country, ""), key)
                fuller[key][country, ""] = fuller[rest][country, ""]
        part = _FIRST_PART.match(key)
        if part and part[1].count(" ") >= _MIN_BODY_WORDS - 1:
            fuller[part[1]]["", key] = key
    return {key: min(own.values()) for key, own in fuller.items() if key in known and len(own) == 1}


def name_things(
    names: Sequence[str], labels: Sequence[str], before: Sequence[str], rows: list[int], result: list[str]
) -> None:
    """Name the things of an article by expanded acronyms and usual names, into ``result``.

    See :func:`analysis.language.names.canonical`.
    """
    expansions = _expansions(names, labels, before, rows)
    wholes: dict[str, str] = {}  # the canonical name of a name that is the end of a usual one, by its key
    for last, row in zip([rows[0], *rows], rows, strict=False):
        name, label = names[row], labels[row]
        key, acronym, usual = name_key(name), name.replace(".", ""), usual_name(name, label)
        if not name_key(usual).endswith(f" {key}"):
            by_capitals = name if usual != name else expansions.get(acronym, name)
            result[row] = usual_name(expansions.get((acronym, label), by_capitals), label)
            continue
        if key not in wholes:
            owner, last_usual = name_key(usual).removesuffix(f" {key}"), usual_name(names[last], labels[last])
            has_other_owner = before[row].endswith("'s") and owner in _aliases() and name_key(last_usual) != owner
            longer = (names[r] for r in rows if name_key(names[r]).endswith(f" {key}"))
            fallback = name if has_other_owner else usual
            wholes[key] = next((usual_name(other, label) for other in longer), fallback)
        result[row] = wholes[key]


def _expansions(
    names: Sequence[str], labels: Sequence[str], before: Sequence[str], rows: Iterable[int]
) -> dict[str | tuple[str, str], str]:
    """Return the full names of acronyms, by themselves and with their labels where these tell more."""
    found: dict[str | tuple[str, str], str] = {}
    for row in rows:
        bare = _without_legal_form(names[row])
        for acronym in dict.fromkeys((initials(names[row]) if bare.count(" ") else "", initials(bare))):
            if len(acronym) > 1:
                found.setdefault(acronym, names[row])
            if len(acronym) >= _MIN_TELLING_LETTERS:
                found.setdefault((acronym, labels[row]), names[row])
    for last, row in pairwise(rows):
        if before[row] not in _OPENING or last != row - 1:
            continue
        for short, full in ((row, last), (last, row)):
            acronym, name = names[short].replace(".", ""), names[full]
            is_usual = name_key(name).endswith(f" {name_key(usual_name(names[short], labels[short]))}")
            is_short = abbreviates(acronym, name) and labels[full] not in _SITES
            if acronym == initials(name) or (is_short and not is_usual):
                found[acronym] = found[acronym, labels[short]] = name
                break
    return found


def show_own_forms(names: Sequence[str], rows: list[int], result: list[str]) -> None:
    """Replace usual names that an article does not use by the forms that it does use, in ``result``."""
    forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        forms[result[row]][names[row]] += 1
    shown = {usual: _own_form(usual, counts) for usual, counts in forms.items()}
    for row in rows:
        result[row] = shown[result[row]]


def _own_form(usual: str, counts: Counter[str]) -> str:
    """Return the usual name if it is one of the forms, else the form that others shorten, else the most frequent."""

    def fullness(form: str) -> int:
        return sum(initials(form) == other.replace(".", "") or form.endswith(f" {other}") for other in counts)

    return max(counts, key=lambda form: (name_key(form) == name_key(usual), fullness(form), counts[form]))


def unite_linked(
    names: Sequence[str], labels: Sequence[str], articles: Sequence[int], before: Sequence[str]
) -> list[str]:
    """Return canonical names with one name for what the text gives two (*Burma, now called Myanmar*).

    Parameters
    ----------
    names
        The canonical name of each mention.
    labels, articles
        The label and the number of the article of each mention, which those of one thing share.
    before
        The words before each mention, from the mention before.

    Examples
    --------
    >>> unite_linked(["Al Lee", "A.L.", "A.L."], ["person"] * 3, [0] * 3, ["", ", better known as", "then"])
    ['A.L.', 'A.L.', 'A.L.']
    """
    owners = [*zip(articles, labels, strict=True)]
    usual: dict[tuple[int, str, str], str] = {}
    for row, words in enumerate(before):
        phrase = words.strip(_MARKS).removesuffix(" the")  # small letters only: it stands within a sentence
        is_last = phrase in _forms().last_usual
        if row and owners[row - 1] == owners[row] and (is_last or phrase in _forms().first_usual):
            one, other = names[row - 1 : row + 1][:: -1 if is_last else 1]
            usual[*owners[row], other] = usual.get((*owners[row], one), one)
    return [usual.get((*owner, name), name) for owner, name in zip(owners, names, strict=True)]
