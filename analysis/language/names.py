"""Mentions of people, places, organisations and other named things, and the canonical name that they share.

Where the label of a name is decided: the network scores words in :func:`analysis.language.prediction.predict_names`,
where :func:`analysis.language.decoding.decode` picks the BIO tags; the rules of this module then correct them.
:func:`analysis.language.pipeline.token_columns` calls all of these in order.

A *label* is the kind of a name, such as ``person``. A *BIO tag* says where a word stands in a name of a label:
``B-person`` for the first word, ``I-person`` for the others, ``O`` outside of names.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache, lru_cache, partial
from itertools import pairwise
from typing import TYPE_CHECKING
from unicodedata import combining, normalize

from analysis import resources
from analysis.language import gazetteer, persons
from analysis.language.features import normalise
from analysis.tables import LABELS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    NameWords = tuple[str, ...]

__all__ = [
    "canonical",
    "clean",
    "mentions",
    "proper_nouns",
    "usual_name",
    "with_own_possessives",
    "without_lone_titles",
    "without_loose_ends",
]


def mentions(tags: Sequence[str]) -> list[tuple[int, int, str]]:
    """Return the index of the first token, that of the last, and the label of each mention.

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.

    Examples
    --------
    >>> mentions(["B-person", "I-person", "O", "B-location"])
    [(0, 1, 'person'), (3, 3, 'location')]
    """
    found: list[tuple[int, int, str]] = []
    for index, tag in enumerate(tags):
        if tag[0] == "B":
            found.append((index, index, tag[2:]))
        elif tag[0] == "I":
            found[-1] = (found[-1][0], index, tag[2:])
    return found


# Rules for the ends and labels of mentions

_LOOSE_TAGS = frozenset({"POS", "IN", "CC", "DT"})
_POSSESSIVES = frozenset(["'s", "'"])
#: Penn tags of words with which begins what someone owns.
_OWNED_TAGS = frozenset("NN NNS NNP NNPS JJ JJR JJS CD RB RBS $ `` -LRB- FW".split())
#: The labels of names that may end with a possessive: *Moody's*.
_OWNED = frozenset({"organization", "facility", "product"})
_PARTNERS = {"(": ")", ")": "(", "[": "]", "]": "[", '"': '"'}
_MARKS = frozenset({",", ";", ":", "/", "-", "–", "—", "--", *_PARTNERS})
#: The Penn tags of nouns that are proper nouns in a mention of a label.
_PROPER_NOUN_TAGS = {"person": ("NN", "NNS", "NNPS"), "location": ("NN", "VBD")}


def with_own_possessives(
    tags: Sequence[str], forms: Sequence[str], xpos: Sequence[str], owners: Sequence[int], index: Mapping[str, str]
) -> list[str]:
    """Tell the possessive that is part of a name (*Moody's*) from that of its owner (*Egypt's*).

    Organisations, facilities and products have one of their own if the gazetteer lists a firm with it, or if nothing
    that they might own follows one of their mentions in the article (*shares in Bertie's rose*).

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
    >>> with_own_possessives(["B-organization", "O", "O"], ["Moody", "'s", "said"], ["NNP", "POS", "VBD"], [0, 0, 0],
    ...                      {"moody": "'s=firm"})
    ['B-organization', 'I-organization', 'O']
    """
    result = list(tags)
    found: list[tuple[int, int, bool]] = []  # the first word, the possessive, and whether the gazetteer lists both
    own = set()
    for first, last, label in mentions(tags):
        has_own = forms[last] in _POSSESSIVES
        at = last if has_own else last + 1
        if label not in _OWNED or first == at or _POSSESSIVES.isdisjoint(forms[at : at + 1]):
            continue
        is_listed = "firm" in gazetteer.class_of(forms[first : at + 1], index).split("+")
        found.append((first, at, is_listed))
        if is_listed or (has_own and _OWNED_TAGS.isdisjoint(xpos[at + 1 : at + 2])):
            own.add((owners[first], *forms[first:at]))
    for first, at, is_listed in found:
        is_own = is_listed or (owners[first], *forms[first:at]) in own
        result[at] = f"I-{tags[first][2:]}" if is_own else "O"
    return result


def without_loose_ends(
    tags: Sequence[str], forms: Sequence[str], xpos: Sequence[str], starts: Collection[int]
) -> list[str]:
    """Trim mentions of what no name ends with (a possessive, preposition, conjunction, article or mark).

    The possessive of an organisation stays (*Moody's*; see :func:`with_own_possessives`). Nor does a name begin with a
    mark. A bracket or quotation mark stays if its partner is in the mention too. A mention of which nothing is left,
    such as an article alone, joins the mention of the same label that follows in the sentence, or is removed.

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms, xpos
        The normalised form and the Penn tag of each word.
    starts
        The index of the first word of each sentence.

    Returns
    -------
    list of str
        The new tags.

    Examples
    --------
    >>> without_loose_ends(["B-location", "I-location", "O"], ["Egypt", "'s", "army"], ["NNP", "POS", "NN"], {0})
    ['B-location', 'O', 'O']
    >>> without_loose_ends(["B-norp", "B-norp"], ["the", "Druze"], ["DT", "NNPS"], {0})
    ['B-norp', 'I-norp']
    """
    result = list(tags)
    for first, last, label in reversed(mentions(tags)):
        start, end, after = first, last + 1, last + 1
        if last > first and forms[last] in _POSSESSIVES and label in _OWNED:
            continue
        while start < end and (
            xpos[end - 1] in _LOOSE_TAGS
            or forms[end - 1] in _POSSESSIVES
            or _is_unpaired(forms[end - 1], forms[start : end - 1])
        ):
            end -= 1
        while start < end and _is_unpaired(forms[start], forms[start + 1 : end]):
            start += 1
        if (start, end) == (first, after):
            continue
        may_join = start == end and forms[last] not in _MARKS and after not in starts
        if may_join and result[after : after + 1] == [f"B-{label}"]:
            result[after] = f"I-{label}"
            end = after
        kept = [f"B-{label}", *[f"I-{label}"] * (end - start)][: end - start]
        result[first:after] = ["O"] * (start - first) + kept + ["O"] * (after - end)
    return result


def _is_unpaired(form: str, others: Sequence[str]) -> bool:
    """Return whether a word is a mark without a partner among the other words of the mention."""
    return form in _MARKS and _PARTNERS.get(form) not in others


def without_lone_titles(tags: Sequence[str], forms: Sequence[str], starts: Collection[int]) -> list[str]:
    """Remove mentions that are only the title of the person who follows.

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
    >>> without_lone_titles(["B-person", "B-person", "I-person"], ["Sen.", "Chuck", "Schumer"], {0})
    ['O', 'B-person', 'I-person']
    """
    result = list(tags)
    for index, (tag, after) in enumerate(pairwise(tags)):
        if tag == after == "B-person" and persons.is_title(forms[index]) and index + 1 not in starts:
            result[index] = "O"
    return result


def proper_nouns(tags: Sequence[str], forms: Sequence[str], xpos: Sequence[str]) -> list[int]:
    """Return the indices of words that mentions show to be singular proper nouns: *Jobs*, *Tel* of *Tel Aviv*.

    These are the capitalised nouns in mentions of persons; in those of locations the singular ones, and verbs in the
    past (*Port Said*).

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms, xpos
        The form and the Penn tag of each word.

    Examples
    --------
    >>> proper_nouns(["B-person", "O", "B-location", "I-location"], ["Jobs", "left", "Tel", "Aviv"],
    ...              ["NNS", "VBD", "NN", "NNP"])
    [0, 2]
    """
    return [
        index
        for index, (tag, form) in enumerate(zip(tags, forms, strict=True))
        if xpos[index] in _PROPER_NOUN_TAGS.get(tag[2:], ()) and form[0].isupper()
    ]


# Canonical names

#: Labels of mentions that may be names of the same thing.
_THINGS = frozenset({"location", "facility", "organization", "misc", "product"})
#: Labels of mentions that may have an alias.
_ALIASED = frozenset(LABELS) - {"date", "money"}
#: Classes of the gazetteer that are places.
_PLACES = frozenset({"country", "region", "city", "town"})
#: An acronym of at least this many letters is matched with a name of its own label first.
_MIN_TELLING_LETTERS = 3

_TRANSLITERATED = str.maketrans({"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ß": "ss", "æ": "ae", "œ": "oe"})
_INITIALS = re.compile(r"\b([^\W\d_]) (?=[^\W\d_]\b)")
_SPACES = re.compile(r"\s+")
_POSSESSIVE = re.compile(r"'s?$")
_WORD = re.compile(r"[^\W\d_]+('[^\W\d_]+)?")


@cache
def _aliases() -> dict[str, tuple[str, str]]:
    """Read ``data/aliases.tsv``: the key of each name, to the usual name and the only label that it is for, if any."""
    aliases = {}
    for line in resources.data().read_lines("aliases.tsv"):
        usual, *others = line.split("\t")
        for name, _, label in (cell.removesuffix(")").partition(" (") for cell in (usual, *others)):
            aliases[_key(name)] = (usual, label)
    return aliases


def usual_name(name: str, label: str) -> str:
    """Return the usual name of what is known by several names, otherwise the name itself."""
    usual, only_label = _aliases().get(_key(name), (name, ""))
    return usual if only_label in ("", label) and label in _ALIASED else name


@lru_cache(maxsize=1 << 14)
def _key(name: str) -> str:
    """Return a name without case, accents, full stops, hyphens and a leading *the*, by which names are compared."""
    name = normalise(name).lower().removeprefix("the ")
    if not name.isascii():
        name = "".join(char for char in normalize("NFKD", name.translate(_TRANSLITERATED)) if not combining(char))
    return _INITIALS.sub(r"\1", re.sub(r"[.\s-]+", " ", name).strip())


def clean(text: str, label: str) -> str:
    """Return a mention with straight quotes and single spaces, without article, possessive and a person's titles.

    Examples
    --------
    >>> clean("President Abdel-Fattah  Al-Sisi", "person"), clean("the Islamic State’s", "organization")
    ('Abdel-Fattah Al-Sisi', 'Islamic State')
    """
    return _title_and_name(text, label)[1]


@lru_cache(maxsize=1 << 14)
def _title_and_name(text: str, label: str, *, trimmed: bool = False) -> tuple[str, str]:
    """Return the last title of a person, in lower case, and the cleaned name."""
    name = _SPACES.sub(" ", normalise(text)).strip()
    name = name if trimmed and label in _OWNED else _POSSESSIVE.sub("", name)
    if name[:4].lower() == "the " and len(name) > len("the "):
        name = name[4:]
    words, title = name.split(" "), ""
    if label == "person":
        while len(words) > 1 and persons.is_title(words[0]) and words[1] != "of":
            title = persons.honorific_key(words.pop(0))
    return title, " ".join(words) or text


def canonical(
    texts: Iterable[str],
    labels: Sequence[str],
    articles: Iterable[int],
    before: Sequence[str] | None = None,
    *,
    index: Mapping[str, str],
    trimmed: bool = False,
) -> list[str]:
    """Return the canonical name of each mention, the same for all mentions of one thing in an article.

    Parameters
    ----------
    texts, labels
        The text and the label of each mention.
    articles
        The number of each mention's article; names are matched within an article.
    before
        The word before each mention, if known: a title, a possessive, a bracket.
    index
        The gazetteer, as :func:`analysis.language.gazetteer.tag` takes it, which tells places in capitals.
    trimmed
        Whether a possessive at the end of an organisation is part of its name (:func:`with_own_possessives`).

    Notes
    -----
    *Spelling.* Names that differ only in case, accents, full stops or hyphens take the most frequent spelling, at equal
    frequency one that is not in capitals. A place in capitals, as in a dateline, is written in lower case with initial
    capitals.

    *Things.* An acronym takes the name in the same article of whose capitals it consists, and names of one thing
    (``data/aliases.tsv``) take the usual one of them, or else one that the article does use. Where the acronym's two
    names differ, the article decides if the acronym follows the name in brackets, or has three letters and the name's
    label. A name that is the end of a usual name (*Security Council*) takes the article's name that ends with it, if
    there is one, and is not the usual one in *Russia's Security Council*.

    *Persons.* A part of a name takes the fullest name in the same article that ends with it, otherwise one that begins
    with it; of several, the nearest before it. *Trump* becomes *Donald Trump Jr.* only if there is no *Donald Trump*.
    After *King*, *Pope* and their like stands a forename, which is not matched with other people's. If there is no
    fuller name, it keeps such a title, as it does *Sheikh* or *Lady*.

    Examples
    --------
    >>> canonical(["Muammar Gaddafi", "Mr Gaddafi", "UAE"], ["person", "person", "location"], [0, 0, 0], index={})
    ['Muammar Gaddafi', 'Muammar Gaddafi', 'UAE']
    >>> canonical(["UAE", "United Arab Emirates"], ["location"] * 2, [0, 0], index={})
    ['United Arab Emirates', 'United Arab Emirates']
    >>> canonical(["Francis", "Francis Ford Coppola"], ["person", "person"], [0, 0], ["Pope", "by"], index={})
    ['Pope Francis', 'Francis Ford Coppola']
    """
    pairs = list(map(partial(_title_and_name, trimmed=trimmed), texts, labels))
    before = [""] * len(pairs) if before is None else before
    titles = [title or persons.honorific_key(word) for (title, _), word in zip(pairs, before, strict=True)]
    names = [name for _, name in pairs]
    result = list(names)
    groups: dict[tuple[int, str], list[int]] = {}
    for row, (article, label) in enumerate(zip(articles, labels, strict=True)):
        groups.setdefault((int(article), "thing" if label in _THINGS else label), []).append(row)
    for (_, kind), rows in groups.items():
        _unify_spelling(names, labels, rows, index)
        if kind == "person":
            _name_persons(names, titles, rows, result)
            continue
        if kind == "thing":
            _name_things(names, labels, before, rows, result)
        else:
            for row in rows:
                result[row] = usual_name(names[row], kind)
        _show_own_forms(names, rows, result)
    return result


def _show_own_forms(names: Sequence[str], rows: list[int], result: list[str]) -> None:
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
        return sum(_capitals(form) == other.replace(".", "") or form.endswith(f" {other}") for other in counts)

    return max(counts, key=lambda form: (_key(form) == _key(usual), fullness(form), counts[form]))


def _unify_spelling(names: list[str], labels: Sequence[str], rows: list[int], index: Mapping[str, str]) -> None:
    """Unify the spelling of names with the same key, in place."""
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        spellings[_key(names[row])][names[row]] += 1
    for row in rows:
        counts = spellings[_key(names[row])]
        name, _ = max(counts.items(), key=lambda item: (item[1], not item[0].isupper()))
        names[row] = _without_capitals(name, index) if labels[row] == "location" and name.isupper() else name


def _without_capitals(name: str, index: Mapping[str, str]) -> str:
    """Return a known place in capitals, such as *CAIRO*, in lower case with initial capitals."""
    class_ = gazetteer.class_of(_key(name).split(" "), index)
    is_place = len(name) > _MIN_TELLING_LETTERS and not _PLACES.isdisjoint(class_.split("+"))
    return _WORD.sub(lambda word: word[0].capitalize(), name) if is_place else name


def _name_persons(names: Sequence[str], titles: Sequence[str], rows: list[int], result: list[str]) -> None:
    """Name the persons of an article by their fullest names, into ``result``; see :func:`canonical`."""
    parts = persons.name_parts()
    rows_of: dict[NameWords, list[int]] = {}
    for row in rows:
        rows_of.setdefault(tuple(_key(names[row]).split(" ")), []).append(row)
    royal = {words for words, own in rows_of.items() if any(titles[row] in parts.royal_titles for row in own)}
    fullest = persons.fullest_names(rows_of, royal)
    written = {}
    for words, own in rows_of.items():
        title = next((titles[row] for row in own if titles[row] in parts.forename_titles), "")
        keeps_title = title and len(set(persons.without_suffix(words)) - parts.articles) == 1
        name = names[own[0]]
        written[words] = f"{title.capitalize()} {name}" if keeps_title else usual_name(name, "person")
    for words, own in rows_of.items():
        for row in own:
            candidates = [
                (
                    persons.without_suffix(whole)[-len(words) :] == words,
                    max((earlier for earlier in rows_of[whole] if earlier < row), default=-1),
                    len(whole),
                    whole,
                )
                for whole in fullest[words]
            ]
            result[row] = written[max(candidates)[-1]]


def _name_things(
    names: Sequence[str], labels: Sequence[str], before: Sequence[str], rows: list[int], result: list[str]
) -> None:
    """Name the things of an article by expanded acronyms and usual names, into ``result``; see :func:`canonical`."""
    expansions: dict[str | tuple[str, str], str] = {}  # by capitals; by capitals and label where these tell more
    for row in rows:
        capitals = _capitals(names[row])
        if len(capitals) > 1:
            expansions.setdefault(capitals, names[row])
        if len(capitals) >= _MIN_TELLING_LETTERS:
            expansions.setdefault((capitals, labels[row]), names[row])
    for last, row in pairwise(rows):
        if before[row] == "(" and names[row] in expansions and names[row] == _capitals(names[last]):
            expansions[names[row], labels[row]] = names[last]
    wholes: dict[str, str] = {}  # the canonical name of a name that is the end of a usual one, by its key
    for last, row in zip([rows[0], *rows], rows, strict=False):
        name, label = names[row], labels[row]
        key, acronym, usual = _key(name), name.replace(".", ""), usual_name(name, label)
        if not _key(usual).endswith(f" {key}"):
            by_capitals = name if usual != name else expansions.get(acronym, name)
            result[row] = usual_name(expansions.get((acronym, label), by_capitals), label)
            continue
        if key not in wholes:
            owner, last_usual = _key(usual).removesuffix(f" {key}"), usual_name(names[last], labels[last])
            has_other_owner = before[row] == "'s" and owner in _aliases() and _key(last_usual) != owner
            longer = (names[r] for r in rows if _key(names[r]).endswith(f" {key}"))
            fallback = name if has_other_owner else usual
            wholes[key] = next((usual_name(other, label) for other in longer), fallback)
        result[row] = wholes[key]


def _capitals(name: str) -> str:
    """Return the initial capitals of a name, or nothing where they are one of its words, as in *US Senate*."""
    words = [word for word in re.split(r"[\s-]+", name.replace(".", "")) if word[:1].isupper()]
    capitals = "".join(word[0] for word in words)
    return capitals if " " in name and capitals not in words else ""
