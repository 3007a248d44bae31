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
from functools import lru_cache, partial
from itertools import pairwise
from typing import TYPE_CHECKING

from analysis.language import gazetteer, persons
from analysis.language.aliases import (
    name_key,
    name_things,
    show_own_forms,
    unify_organizations,
    unite_linked,
    usual_name,
)
from analysis.language.features import normalise

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Mapping, Sequence

    NameWords = tuple[str, ...]

__all__ = [
    "canonical",
    "clean",
    "mentions",
    "proper_nouns",
    "spelled",
    "with_own_possessives",
    "without_lone_titles",
    "without_loose_ends",
    "words_before",
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


def spelled(label: str, n: int) -> list[str]:
    """Return the BIO tags of a mention of ``n`` words.

    Examples
    --------
    >>> spelled("person", 2)
    ['B-person', 'I-person']
    """
    return [f"B-{label}", *[f"I-{label}"] * (n - 1)]


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
_PROPER_NOUN_TAGS = {"person": ("NN", "NNS", "NNPS"), "location": ("NN", "VBD"), "organization": ("VBD",)}


def with_own_possessives(
    tags: Sequence[str], forms: Sequence[str], xpos: Sequence[str], owners: Sequence[int], index: Mapping[str, str]
) -> list[str]:
    """Tell the possessive that is part of a name (*Moody's*) from that of its owner (*Egypt's*).

    Organisations, facilities and products have one of their own if the gazetteer lists a firm with it, or if nothing
    that they might own follows one of their mentions in the article (*shares in Bertie's rose*). What might be owned by
    a person of the article with that surname tells of no firm (*Mary McDonald … McDonald's party*).

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
    all_mentions = mentions(tags)
    families = {
        (owners[last], forms[last]) for first, last, label in all_mentions if label == "person" and first < last
    }
    for first, last, label in all_mentions:
        has_own = forms[last] in _POSSESSIVES
        at = last if has_own else last + 1
        if label not in _OWNED or first == at or _POSSESSIVES.isdisjoint(forms[at : at + 1]):
            continue
        is_followed = not _OWNED_TAGS.isdisjoint(xpos[at + 1 : at + 2])
        is_surname = at == first + 1 and is_followed and (owners[first], forms[first]) in families
        is_listed = not is_surname and "firm" in gazetteer.class_of(forms[first : at + 1], index).split("+")
        found.append((first, at, is_listed))
        if is_listed or (has_own and not is_followed):
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
        while (
            start < end
            and (
                (xpos[end - 1] in _LOOSE_TAGS and forms[start + 1 : end - 1][-1:] != ["-"])  # *Jae-in*
                or forms[end - 1] in _POSSESSIVES
                or _is_unpaired(forms[end - 1], forms[start : end - 1])
            )
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
        kept = spelled(label, end - start)[: end - start]
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

    These are the capitalised nouns in mentions of persons; in those of locations the singular ones; and in those of
    locations and organisations verbs in the past (*Port Said*, *Met Office*).

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
#: Labels of names that are hardly acronyms.
_NO_ACRONYMS = frozenset({"facility", "location", "person"})
#: Classes of the gazetteer that are places.
_PLACES = frozenset({"country", "region", "city", "town"})
#: An acronym of at least this many letters is matched with a name of its own label first.
_MIN_TELLING_LETTERS = 3

#: So many words before a mention tell what it is.
_MAX_WORDS_BEFORE = 8
_SPACES = re.compile(r"\s+")
_AFTER_NO_TITLE = ("of", "and")
_POSSESSIVE = re.compile(r"'s?$")
_WORD = re.compile(r"[^\W\d_]+('[^\W\d_]+)?")


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
    words, n_titles = name.split(" "), 0
    if label == "person":
        while (
            len(words) - n_titles > 1
            and persons.is_title(words[n_titles])
            and words[n_titles + 1] not in _AFTER_NO_TITLE
        ):
            n_titles += 1
    return persons.last_title(words[:n_titles]), " ".join(words[n_titles:]) or text


def words_before(spans: Iterable[tuple[int, int]], forms: Sequence[str], starts: Container[int]) -> list[str]:
    """Return the words before each mention, apart by spaces, at most some, from the mention before or the sentence.

    Parameters
    ----------
    spans
        The index of the first and the last word of each mention, in order.
    forms
        The normalised form of each word.
    starts
        The index of the first word of each sentence.

    Examples
    --------
    >>> words_before([(1, 1), (3, 3)], "Mr Lee and Di left".split(), {0})
    ['Mr', 'and']
    """
    found, end = [], 0
    for first, last in spans:
        begin = first
        while begin not in starts and begin > max(end, first - _MAX_WORDS_BEFORE):
            begin -= 1
        found.append(" ".join(forms[begin:first]))
        end = last + 1
    return found


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
        The words before each mention, from the mention before or the start of the sentence, if known
        (:func:`words_before`): a title, a possessive, a bracket, *also known as*.
    index
        The gazetteer, as :func:`analysis.language.gazetteer.tag` takes it, which tells places in capitals.
    trimmed
        Whether a possessive at the end of an organisation is part of its name (:func:`with_own_possessives`).

    Notes
    -----
    *Spelling.* Names that differ only in case, accents, full stops, hyphens or *St.* for *Saint* take the most frequent
    spelling, at equal frequency one that is not in capitals; persons, places and organisations of several words
    take that in any case. A place in capitals, as in a dateline, is written in lower case with initial capitals.

    *Things.* An acronym takes the name in the same article of whose capitals it consists, and names of one thing
    (``data/aliases.tsv``) take the usual one of them, or else one that the article does use. Where the acronym's two
    names differ, the article decides if the acronym follows the name in brackets, or has three letters and the name's
    label. A name that is the end of a usual name (*Security Council*) takes the article's name that ends with it, if
    there is one, and is not the usual one in *Russia's Security Council*.

    *Organisations.* A firm is written without *Inc.* and its like if the article has it so, and whole where a last word
    stands for it (*Aramco* for *Saudi Aramco*), a body with its country (*U.S. Air Force*) or second part (*Centers for
    Disease Control and Prevention*) after it was named in full. In brackets an acronym need not have all capitals:
    *U.S. Food and Drug Administration (FDA)*.

    *Two names.* What the article itself says to have two names takes one of them: *Burma, now called Myanmar*.

    *Persons.* A part of a name takes the fullest name in the same article that ends with it, otherwise one that begins
    with it; of several, the nearest before it that a title such as *Mrs* fits. *Trump* becomes *Donald Trump Jr.* only
    if there is no *Donald Trump*, and *Tim Cook* becomes *Timothy D. Cook* if there is one such name. After *King*,
    *Pope* and their like stands a forename, which is not matched with other people's. If there is no fuller name, it
    keeps such a title, as it does *Sheikh* or *Lady*, or *Mrs* beside a *Mr* of the same surname; of these, the first
    after the only fuller name is that person if men and women have its forename (*Jordan Peterson*).

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
    titles = [title or persons.last_title(words.split(" ")) for (title, _), words in zip(pairs, before, strict=True)]
    names = [name for _, name in pairs]
    result = list(names)
    groups: dict[tuple[int, str], list[int]] = {}
    articles = [*map(int, articles)]
    for row, (article, label) in enumerate(zip(articles, labels, strict=True)):
        groups.setdefault((article, "thing" if label in _THINGS else label), []).append(row)
    for (_, group), rows in groups.items():
        _unify_spelling(names, labels, rows, index)
        if group == "person":
            _name_persons(names, titles, rows, result)
            continue
        if group == "thing":
            unify_organizations(names, labels, before, rows, index)
            name_things(names, labels, before, rows, result)
        else:
            for row in rows:
                result[row] = usual_name(names[row], group)
        show_own_forms(names, rows, result)
    return unite_linked(result, labels, articles, before)


def _unify_spelling(names: list[str], labels: Sequence[str], rows: list[int], index: Mapping[str, str]) -> None:
    """Unify the spelling of names with the same key, in place."""
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        spellings[name_key(names[row])][names[row]] += 1
    words = {
        name_key(names[row])
        for row in rows
        if labels[row] in _NO_ACRONYMS or (labels[row] == "organization" and " " in names[row])
    }
    chosen = {
        key: max(counts, key=lambda name: (-_n_capitals(name) * is_words, counts[name], not name.isupper()))
        for key, counts in spellings.items()
        for is_words in [key in words]
    }
    for row in rows:
        name = chosen[name_key(names[row])]
        names[row] = _without_capitals(name, index) if labels[row] == "location" and name.isupper() else name


def _n_capitals(name: str) -> int:
    """Return how many words of a name are in capitals, but for short ones, which may be acronyms."""
    return sum(sum(map(str.isalpha, word)) > _MIN_TELLING_LETTERS and word.isupper() for word in name.split(" "))


def _without_capitals(name: str, index: Mapping[str, str]) -> str:
    """Return a known place in capitals, such as *CAIRO*, in lower case with initial capitals."""
    class_ = gazetteer.class_of(name_key(name).split(" "), index)
    is_place = len(name) > _MIN_TELLING_LETTERS and not _PLACES.isdisjoint(class_.split("+"))
    return _WORD.sub(lambda word: word[0].capitalize(), name) if is_place else name


def _name_persons(names: Sequence[str], titles: Sequence[str], rows: list[int], result: list[str]) -> None:
    """Name the persons of an article by their fullest names, into ``result``; see :func:`canonical`."""
    parts = persons.name_parts()
    rows_of: dict[NameWords, list[int]] = {}
    for row in rows:
        rows_of.setdefault(tuple(name_key(names[row]).split(" ")), []).append(row)
    royal = {words for words, own in rows_of.items() if any(titles[row] in parts.royal_titles for row in own)}
    fullest = persons.fullest_names(rows_of, royal)
    written = {}
    for words, own in rows_of.items():
        title = next((titles[row] for row in own if titles[row] in parts.forename_titles), "")
        keeps_title = title and len(set(persons.without_suffix(words)) - parts.articles) == 1
        name = names[own[0]]
        written[words] = f"{title.title()} {name}" if keeps_title else usual_name(name, "person")
    genders = {
        words: next(
            (found for row in own if (found := persons.title_gender(titles[row]))), persons.forename_gender(words)
        )
        for words, own in rows_of.items()
    }
    for words, own in rows_of.items():
        told = [(row, gender) for row in own if (gender := persons.title_gender(titles[row]))]
        has_both = len({gender for _, gender in told}) > 1
        is_alone = has_both and len(fullest[words]) == 1
        nearest = {  # of the first title after the whole name, if it is the only one
            whole: next((gender for row, gender in told if is_alone and row > rows_of[whole][0]), 0)
            for whole in fullest[words]
        }
        for row in own:
            gender = persons.title_gender(titles[row])
            candidates = [
                (
                    not gender or whole[0] == words[0] or (genders[whole] or nearest[whole]) in (0, gender),
                    bool(gender) and genders[whole] == gender,
                    persons.without_suffix(whole)[-len(words) :] == words,
                    max((earlier for earlier in rows_of[whole] if earlier < row), default=-1),
                    len(whole),
                    whole,
                )
                for whole in fullest[words]
            ]
            fits, *_, whole = max(candidates)
            is_other = has_both and not fits
            result[row] = f"{titles[row].title()} {names[row]}" if is_other else written[whole]
