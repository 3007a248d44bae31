"""Mentions of people, places and organisations, and the one name that all mentions of a thing share."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING
from unicodedata import combining, normalize

from analysis.language import gazetteer, store
from analysis.language.features import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    Words = tuple[str, ...]

#: What a mention may be.
LABELS = ("person", "location", "facility", "organization", "norp", "date", "money", "product", "misc")


def mentions(tags: Sequence[str]) -> list[tuple[int, int, str]]:
    """Give the first token, the last and the label of each mention in a valid sequence of BIO tags.

    Examples
    --------
    >>> mentions(["B-person", "I-person", "O", "B-location"])
    [(0, 1, 'person'), (3, 3, 'location')]
    """
    found: list[tuple[int, int, str]] = []
    for place, tag in enumerate(tags):
        if tag[0] == "B":
            found.append((place, place, tag[2:]))
        elif tag[0] == "I":
            found[-1] = (found[-1][0], place, tag[2:])
    return found


def without_loose_ends(
    tags: Sequence[str], forms: Sequence[str], xpos: Sequence[str], starts: Collection[int]
) -> list[str]:
    """End names before what no name ends with: a possessive, preposition, conjunction, article or mark.

    Nor does a name begin with a mark; a bracket or quote stays where its partner is in the name as well. What is
    nothing else, such as an article alone, belongs to the name of the same kind that follows in the sentence, or else
    is none.

    Parameters
    ----------
    tags
        A valid sequence of BIO tags.
    forms, xpos
        The normalised form and the Penn tag of each word.
    starts
        The places where sentences start.

    Examples
    --------
    >>> without_loose_ends(["B-location", "I-location", "O"], ["Egypt", "'s", "army"], ["NNP", "POS", "NN"], {0})
    ['B-location', 'O', 'O']
    >>> without_loose_ends(["B-norp", "B-norp"], ["the", "Druze"], ["DT", "NNPS"], {0})
    ['B-norp', 'I-norp']
    >>> without_loose_ends(["B-location", "I-location", "O"], ["Sofia", ",", "where"], ["NNP", ",", "WRB"], {0})
    ['B-location', 'O', 'O']
    """
    result = list(tags)
    for first, last, label in reversed(mentions(tags)):
        start, end, after = first, last + 1, last + 1
        while start < end and (xpos[end - 1] in _LOOSE or _hangs(forms[end - 1], forms[start : end - 1])):
            end -= 1
        while start < end and _hangs(forms[start], forms[start + 1 : end]):
            start += 1
        if (start, end) == (first, after):
            continue
        joins = start == end and forms[last] not in _MARKS and after not in starts
        if joins and result[after : after + 1] == [f"B-{label}"]:
            result[after] = f"I-{label}"
            end = after
        kept = [f"B-{label}", *[f"I-{label}"] * (end - start)][: end - start]
        result[first:after] = ["O"] * (start - first) + kept + ["O"] * (after - end)
    return result


_LOOSE = frozenset({"POS", "IN", "CC", "DT"})
_PARTNERS = {"(": ")", ")": "(", "[": "]", "]": "[", '"': '"'}
_MARKS = frozenset({",", ";", ":", "/", "-", "–", "—", "--", *_PARTNERS})


def _hangs(form: str, others: Sequence[str]) -> bool:
    """Say whether a word is a mark that has no partner among the other words of the name."""
    return form in _MARKS and _PARTNERS.get(form) not in others


def without_lone_titles(tags: Sequence[str], forms: Sequence[str], starts: Collection[int]) -> list[str]:
    """Leave a title out that is found as a person of its own right before the person who bears it.

    Parameters
    ----------
    tags
        A valid sequence of BIO tags.
    forms
        The normalised form of each word.
    starts
        The places where sentences start.

    Examples
    --------
    >>> without_lone_titles(["B-person", "B-person", "I-person"], ["Sen.", "Chuck", "Schumer"], {0})
    ['O', 'B-person', 'I-person']
    """
    result = list(tags)
    for place, (tag, after) in enumerate(pairwise(tags)):
        if tag == after == "B-person" and _is_title(forms[place]) and place + 1 not in starts:
            result[place] = "O"
    return result


def as_listed(tags: Sequence[str], forms: Sequence[str], index: Mapping[str, str]) -> list[str]:
    """Give the names of several words that stand in a list of bodies, agencies or armed groups its label.

    Parameters
    ----------
    tags
        A valid sequence of BIO tags.
    forms
        The normalised form of each word.
    index
        What :func:`gazetteer.build` gives.

    Examples
    --------
    >>> as_listed(["B-person", "I-person", "O"], ["al", "Qaida", "fled"], {"al": "qaida=armed_group"})
    ['B-organization', 'I-organization', 'O']
    """
    result = list(tags)
    for first, last, label in mentions(tags):
        if first == last:
            continue
        listed = _LISTED.get(gazetteer.class_of(forms[first : last + 1], index), label)
        if listed != label:
            result[first : last + 1] = [f"{tag[:2]}{listed}" for tag in tags[first : last + 1]]
    return result


_LISTED = {"agency": "organization", "armed_group": "organization", "body": "organization"}


def proper_nouns(tags: Sequence[str], forms: Sequence[str], xpos: Sequence[str]) -> list[int]:
    """Give the places of nouns that are proper ones, in the singular, as their names tell: *Jobs*, *Tel Aviv*.

    These are the nouns with a capital in the name of a person; and in that of a place, those that are no plural.

    Parameters
    ----------
    tags
        A valid sequence of BIO tags.
    forms, xpos
        The form and the Penn tag of each word.

    Examples
    --------
    >>> proper_nouns(["B-person", "O", "B-location", "I-location"], ["Jobs", "left", "Tel", "Aviv"],
    ...              ["NNS", "VBD", "NN", "NNP"])
    [0, 2]
    """
    return [
        place
        for place, (tag, form) in enumerate(zip(tags, forms, strict=True))
        if xpos[place] in _NOUNS.get(tag[2:], ()) and form[0].isupper()
    ]


_NOUNS = {"person": ("NN", "NNS", "NNPS"), "location": ("NN",)}


# Canonical names


@cache
def _aliases() -> dict[str, tuple[str, str]]:
    """Read ``data/aliases.tsv``: the key of each name of a thing, to its usual name and the label that it is for."""
    aliases = {}
    for line in store.read_list("aliases.tsv"):
        usual, *others = line.split("\t")
        for name, _, label in (cell.removesuffix(")").partition(" (") for cell in (usual, *others)):
            aliases[_key(name)] = (usual, label)
    return aliases


def _usual(name: str, label: str) -> str:
    """Give the usual name of what is known by several, else the name itself."""
    usual, of = _aliases().get(_key(name), (name, ""))
    return usual if of in ("", label) and label in _NAMED else name


@lru_cache(maxsize=1 << 14)
def _key(name: str) -> str:
    """Give what names have in common that differ in capitals, accents, full stops or hyphens alone."""
    name = plain(name).lower().removeprefix("the ")
    if not name.isascii():
        name = "".join(char for char in normalize("NFKD", name.translate(_LETTERS)) if not combining(char))
    return _INITIALS.sub(r"\1", re.sub(r"[.\s-]+", " ", name).strip())


_LETTERS = str.maketrans({"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ß": "ss", "æ": "ae", "œ": "oe"})
_INITIALS = re.compile(r"\b([^\W\d_]) (?=[^\W\d_]\b)")
_SPACES = re.compile(r"\s+")
_POSSESSIVE = re.compile(r"'s?$")
_TITLES = frozenset(
    """mr mrs ms miss dr prof professor sir lady lord dame baroness president vice prime minister foreign interior
    defence defense crown king queen prince princess sheikh shaikh sheik imam ayatollah mullah maulana mufti haji alhaji
    datuk shri pope father reverend rev bishop archbishop cardinal rabbi general gen lieutenant lt colonel col major maj
    captain capt sergeant sgt corporal cpl private pvt pfc spc brigadier admiral adm marshal field commander cmdr chief
    superintendent supt inspector insp detective det constable secretary ambassador senator sen representative rep
    congressman congresswoman governor gov mayor councillor cllr judge justice chancellor premier spokesman spokeswoman
    spokesperson chairman chairwoman director deputy ex-president former late hon ret emir sultan""".split()
)
_ROYAL = frozenset({"king", "queen", "prince", "princess", "pope"})
_BEFORE_FORENAMES = _ROYAL | set(
    "sheikh shaikh sheik imam mullah maulana haji alhaji emir sultan sir lady lord dame baroness".split()
)


def _is_title(word: str) -> bool:
    return _bare(word) in _TITLES


def _bare(word: str) -> str:
    return word.lower().strip("(.)")


def clean(text: str, label: str) -> str:
    """Write a mention plainly: straight quotes, single spaces, no article before it; a person without title.

    Examples
    --------
    >>> clean("President Abdel-Fattah  Al-Sisi", "person"), clean("the Islamic State’s", "organization")
    ('Abdel-Fattah Al-Sisi', 'Islamic State')
    """
    return _title_and_name(text, label)[1]


@lru_cache(maxsize=1 << 14)
def _title_and_name(text: str, label: str) -> tuple[str, str]:
    name = _POSSESSIVE.sub("", _SPACES.sub(" ", plain(text)).strip())
    if name[:4].lower() == "the " and len(name) > len("the "):
        name = name[4:]
    words, title = name.split(" "), ""
    if label == "person":
        while len(words) > 1 and _is_title(words[0]):
            title = _bare(words.pop(0))
    return title, " ".join(words) or text


def canonical(
    texts: Iterable[str], labels: Sequence[str], articles: Sequence[int], before: Sequence[str] | None = None
) -> list[str]:
    """Give each mention the name that all mentions of the same thing share.

    Names that differ in capitals, accents, full stops or hyphens alone are spelt as most of them are, rather not all in
    capitals; a known place in capitals, as in a dateline, has small letters.

    An acronym has the name in the same article whose capitals it is made of, and what is known by several names has its
    usual one (``data/aliases.tsv``). Where the two differ, the article counts if the acronym follows in brackets or has
    three letters and the label of the name. A part of a usual name (*Security Council*) has another name in the same
    article that ends with it, and not the usual one in *Russia's Security Council*.

    A part of a person's name has the fullest name in the same article that ends with it or else begins with it, the
    nearest before it if there are several; *Trump* is *Donald Trump Jr.* only if there is no *Donald Trump*. After
    *King*, *Pope* and their like stands a forename, which is none of other people's. It keeps this title, or one like
    *Sheikh* or *Lady*, if there is no fuller name.

    Parameters
    ----------
    texts, labels
        The text and the label of each mention.
    articles
        The article of each mention; names are matched within an article.
    before
        The word before each mention, if known: a title, a possessive, a bracket.

    Examples
    --------
    >>> canonical(["Muammar Gaddafi", "Mr Gaddafi", "UAE"], ["person", "person", "location"], [0, 0, 0])
    ['Muammar Gaddafi', 'Muammar Gaddafi', 'United Arab Emirates']
    >>> canonical(["Francis", "Francis Ford Coppola"], ["person", "person"], [0, 0], ["Pope", "by"])
    ['Pope Francis', 'Francis Ford Coppola']
    """
    pairs = list(map(_title_and_name, texts, labels))
    before = [""] * len(pairs) if before is None else before
    titles = [title or _bare(word) for (title, _), word in zip(pairs, before, strict=True)]
    names = [name for _, name in pairs]
    result = list(names)
    groups: dict[tuple[int, str], list[int]] = {}
    for place, (article, label) in enumerate(zip(articles, labels, strict=True)):
        kind = "thing" if label in ("location", "facility", "organization", "misc", "product") else label
        groups.setdefault((int(article), kind), []).append(place)
    for (_, kind), places in groups.items():
        _spell_alike(names, labels, places)
        if kind == "thing":
            _name_things(names, labels, before, places, result)
        elif kind == "person":
            _name_persons(names, titles, places, result)
        else:
            for place in places:
                result[place] = _usual(names[place], kind)
    return result


_NAMED = frozenset(LABELS) - {"date", "money"}


def _spell_alike(names: list[str], labels: Sequence[str], places: list[int]) -> None:
    """Spell names that differ in capitals, accents, full stops or hyphens alone as most are, or not all in capitals."""
    spellings = defaultdict(Counter)
    for place in places:
        spellings[_key(names[place])][names[place]] += 1
    for place in places:
        known = spellings[_key(names[place])]
        name = max(known, key=lambda name: (known[name], not name.isupper()))
        names[place] = _in_lower_case(name) if labels[place] == "location" and name.isupper() else name


def _in_lower_case(name: str) -> str:
    """Write a known place in capitals as in a dateline, such as *CAIRO*, with small letters."""
    known = gazetteer.class_of(_key(name).split(" "), store.load_pairs("gazetteer"))
    is_place = len(name) > _ACRONYM and not _PLACES.isdisjoint(known.split("+"))
    return _WORD.sub(lambda word: word[0].capitalize(), name) if is_place else name


_ACRONYM = 3
_PLACES = frozenset({"country", "region", "city", "town"})
_WORD = re.compile(r"[^\W\d_]+('[^\W\d_]+)?")


def _name_persons(names: Sequence[str], titles: Sequence[str], places: list[int], result: list[str]) -> None:
    """Name the persons of an article by their fullest names, as :func:`canonical` says."""
    full: dict[Words, list[int]] = {}
    for place in places:
        full.setdefault(tuple(_key(names[place]).split(" ")), []).append(place)
    fullest = _fullest(full, {words for words, here in full.items() if any(titles[place] in _ROYAL for place in here)})
    called = {}
    for words, here in full.items():
        title = next((titles[place] for place in here if titles[place] in _BEFORE_FORENAMES), "")
        keeps_title = title and len(set(_trunk(words)) - _ARTICLES) == 1
        called[words] = f"{title.capitalize()} {names[here[0]]}" if keeps_title else _usual(names[here[0]], "person")
    for words, here in full.items():
        for place in here:
            ranks = [
                (_trunk(w)[-len(words) :] == words, max((p for p in full[w] if p < place), default=-1), len(w), w)
                for w in fullest[words]
            ]
            result[place] = called[max(ranks)[-1]]


def _fullest(full: Collection[Words], royal: set[Words]) -> dict[Words, set[Words]]:
    """Give for each name those that it is part of, or a part of a part, and that are part of none: itself, if alone."""
    sharing = defaultdict(set)
    for words in full:
        sharing[words[0]].add(words)
        sharing[_trunk(words)[-1]].add(words)
    juniors = {words for words in full if any(_is_elder(w, words) for w in sharing[_trunk(words)[-1]])}
    found: dict[Words, set[Words]] = {}
    for words in sorted(full, key=len, reverse=True):
        fuller = {w for w in sharing[words[0]] | sharing[_trunk(words)[-1]] if _is_part(words, w)}
        if words == _trunk(words):
            fuller -= juniors
        if words in royal and len(words) == 1:
            fuller = {w for w in fuller & royal if w[0] == words[0]}
        found[words] = set().union(*(found[w] for w in fuller)) or {words}
    return found


_JUNIOR = frozenset({"jr", "jnr", "sr", "snr"})
_SUFFIXES = _JUNIOR | {"ii", "iii", "iv"}
_ARTICLES = frozenset({"al", "el"})


def _trunk(words: Words) -> Words:
    """Leave out what follows a surname: *Jr.*, *III*."""
    return words[:-1] if len(words) > 1 and words[-1] in _SUFFIXES else words


def _is_elder(words: Words, junior: Words) -> bool:
    """Say whether a full name ends with a name without its *Jr.*: *Donald Trump* with that of *Trump Jr.*."""
    trunk = _trunk(junior)
    return junior[-1] in _JUNIOR and trunk != junior and len(words) > 1 and words[-len(trunk) :] == trunk


def _is_part(words: Words, whole: Words) -> bool:
    """Say whether a longer name begins or ends with some words; *Donald Trump Jr.* does not with *Donald Trump*."""
    n, trunk = len(words), _trunk(whole)
    if n >= len(whole) or (n > 1 and words == trunk and whole[-1] in _JUNIOR):
        return False
    return words in (whole[-n:], trunk[-n:], trunk[:n])


def _name_things(
    names: Sequence[str], labels: Sequence[str], before: Sequence[str], places: list[int], result: list[str]
) -> None:
    """Name the things of an article: acronyms by what it spells out, then all by their usual names."""
    long: dict[str | tuple[str, str], str] = {}  # by capitals, and by capitals and label where these tell more
    for place in places:
        capitals = _capitals(names[place])
        if len(capitals) > 1:
            long.setdefault(capitals, names[place])
        if len(capitals) >= _ACRONYM:
            long.setdefault((capitals, labels[place]), names[place])
    for last, place in pairwise(places):
        if before[place] == "(" and names[place] in long and names[place] == _capitals(names[last]):
            long[names[place], labels[place]] = names[last]
    wholes: dict[str, str] = {}  # by the key of a part
    for last, place in zip([places[0], *places], places, strict=False):
        name, label = names[place], labels[place]
        key, short, usual = _key(name), name.replace(".", ""), _usual(name, label)
        if not _key(usual).endswith(f" {key}"):
            own = name if usual != name else long.get(short, name)
            result[place] = _usual(long.get((short, label), own), label)
            continue
        if key not in wholes:  # a part of its usual name, which may be a part of another name here
            owner, last_usual = _key(usual).removesuffix(f" {key}"), _usual(names[last], labels[last])
            is_other = before[place] == "'s" and owner in _aliases() and _key(last_usual) != owner
            others = (names[p] for p in places if _key(names[p]).endswith(f" {key}"))
            wholes[key] = next((_usual(other, label) for other in others), name if is_other else usual)
        result[place] = wholes[key]


def _capitals(name: str) -> str:
    """Give the first letters of the words with a capital, unless these are one of the words, as in *US Senate*."""
    words = [word for word in re.split(r"[\s-]+", name.replace(".", "")) if word[:1].isupper()]
    capitals = "".join(word[0] for word in words)
    return capitals if " " in name and capitals not in words else ""
