"""Amendments of mentions by lists and by the article's other mentions: titles, named days, whole places, namesakes.

Each takes the BIO tags of words (:mod:`analysis.language.names`) and returns new ones;
:func:`analysis.language.pipeline.token_columns` calls them in order.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from analysis import resources
from analysis.invisible import EMOJI
from analysis.language import gazetteer, persons
from analysis.language.features import normalise
from analysis.language.names import mentions, spelled

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence
    from collections.abc import Set as AbstractSet

__all__ = [
    "with_named_days",
    "with_own_apostrophes",
    "with_peers",
    "with_saints",
    "with_whole_dates",
    "with_whole_places",
    "without_namesakes",
    "without_strays",
    "without_titles",
]

#: Classes of the gazetteer that are places.
_PLACES = frozenset({"country", "region", "city", "town"})
#: A place has at most so many words after those that were found.
_MAX_MORE_WORDS = 3
_SAINTS = frozenset({"St", "St.", "Saint"})
_OF_SAINTS = frozenset(("'s", "'"))
#: The label of what a saint has, by the class of its last word.
_OWNED_LABELS = {"facility_word": "facility", "organisation_word": "organization"}
#: Who is called by a title with a place in it; and the names of what such titles are given to as well.
_PEERS = frozenset("Baroness Count Countess Duchess Duke Earl Marchioness Marquess Viscount Viscountess".split())
_PRINCES = frozenset(("Prince of Wales", "Princess of Wales"))
_ROYALS = frozenset(("Prince", "Princess", "Queen"))
_LONE_TITLES = frozenset(("Princess Royal", "Queen Consort", "Queen Mother"))
_BEFORE_PEERS = frozenset(("Dowager", "Grand"))
_INNS = frozenset("hotel inn pub".split())
_YEAR = re.compile(r"1[5-9]\d\d|20\d\d")
_DAY = re.compile(r"\d{1,2}(?:st|nd|rd|th)")
_SEASONS = frozenset("spring summer autumn fall winter".split())
#: An emoji, but no currency, keycap or trade mark.
_EMOJI = re.compile(rf"(?![\d#*©®™\u20a0-\u20cf])(?:{EMOJI})")
#: The characters that :func:`normalise` takes for an apostrophe.
_APOSTROPHES = "".join(char for char in "'’ʼ‘`´" if normalise(char) == "'")
_STRAIGHT = dict.fromkeys(map(ord, _APOSTROPHES), "'")
#: Before the name of a place, and hardly before that of a person.
_LOCATIVE = frozenset("across in inside into near outside throughout within".split())


@cache
def _bare_abbreviations() -> frozenset[str]:
    """Return abbreviations that name nothing by themselves: neither months nor states."""
    lists = resources.data().read_word_lists("tokeniser.tsv")
    return frozenset([*lists["abbreviations"], *lists["titles"], *lists["numbered"]]) - frozenset(lists["closing"])


def without_strays(tags: Sequence[str], forms: Sequence[str], after_tabs: Container[int]) -> list[str]:
    """Cut mentions at emoji and tabs, and remove those that are an abbreviation alone (*No.*, *Fig.*).

    What stands after a tab is another mention, unless it is of money: *£11,002* is, the *3* in the next cell is not.

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms
        The normalised form of each word.
    after_tabs
        The indices of the words before which a tab stands.

    Examples
    --------
    >>> without_strays(["B-date", "I-date", "I-date"], ["9", "May", "🗳️"], ())
    ['B-date', 'I-date', 'O']
    >>> without_strays(["B-location", "I-location"], ["Leeds", "York"], {1})
    ['B-location', 'B-location']
    >>> without_strays(["B-misc", "I-misc"], ["No", "."], ())
    ['O', 'O']
    """
    result = list(tags)
    for first, last, label in mentions(tags):
        for at in range(first, last + 1):
            if _EMOJI.fullmatch(forms[at]):
                result[at] = "O"
            elif at > first and (at in after_tabs or result[at - 1] == "O"):
                result[at] = "O" if label == "money" else f"B-{label}"
        word, *marks = forms[first : last + 1]
        has_stop = word[-1] == "." or "." in marks or (label != "person" and forms[last + 1 : last + 2] == ["."])
        if has_stop and set(marks) <= {"."} and word.lower().rstrip(".") in _bare_abbreviations():
            result[first : last + 1] = ["O"] * (last + 1 - first)
    return result


def without_titles(tags: Sequence[str], forms: Sequence[str], index: Mapping[str, str]) -> list[str]:
    """Trim persons of titles before a forename (*Dame Judi Dench*), and take *Miss* and a surname for a person.

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
    >>> without_titles(["B-person", "I-person", "I-person"], ["Dame", "Judi", "Dench"], {})
    ['O', 'B-person', 'I-person']
    >>> without_titles(["B-organization", "I-organization"], ["Miss", "Hale"], {})
    ['O', 'B-person']
    """
    parts = persons.name_parts()
    result = list(tags)
    for first, last, label in mentions(tags):
        is_miss = forms[first] == "Miss" and first < last
        if is_miss and label == "organization":
            name = forms[first + 1 : last + 1]
            is_place = gazetteer.class_of(name, index).split("+")[0] in {"country", "region"}
            if is_place or not parts.after_miss.isdisjoint(map(str.lower, name)) or not all(map(str.istitle, name)):
                continue
        elif label != "person":
            continue
        start = first
        while start < last and (persons.honorific_key(forms[start]) in parts.forename_titles or forms[start] == "Miss"):
            start += 1
        if start > first:
            result[first : last + 1] = ["O"] * (start - first) + spelled("person", last - start + 1)
    return result


def with_whole_places(
    tags: Sequence[str], forms: Sequence[str], starts: Container[int], index: Mapping[str, str]
) -> list[str]:
    """Extend places to the longest place of the gazetteer, in capitals, that begins with them: *Port Said*.

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
    >>> with_whole_places(["B-location", "O", "O"], ["Port", "Said", "fell"], {0, 3}, {"port": "said=city"})
    ['B-location', 'I-location', 'O']
    """
    result = list(tags)
    for first, last, label in mentions(tags):
        if label != "location":
            continue
        end = last
        for after in range(last + 1, last + 1 + _MAX_MORE_WORDS):
            if after in starts or tags[after] != "O" or not forms[after][0].isupper():
                break
            if not _PLACES.isdisjoint(gazetteer.class_of(forms[first : after + 1], index).split("+")):
                end = after
        result[last + 1 : end + 1] = ["I-location"] * (end - last)
    return result


def with_peers(tags: Sequence[str], forms: Sequence[str], starts: AbstractSet[int]) -> list[str]:
    """Take a peer's title and its place for a person: *the Duke of Edinburgh*, but not *Duke of Edinburgh's Award*.

    So are two peers of one place (*the Duke and Duchess of Sussex*) and a few titles alone (*the Princess Royal*). What
    a sovereign or heir rules is a place by itself (*the Crown Prince of Johor*).

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
    >>> with_peers(["O", "O", "O", "B-location"], "the Duke of Edinburgh".split(), {0, 4})
    ['O', 'B-person', 'I-person', 'I-person']
    """
    result = list(tags)
    ends = {first: last + 1 for first, last, label in mentions(tags) if label == "location"}
    for title in [at for at, form in enumerate(forms[:-2]) if form in _PEERS or form in _ROYALS]:
        of, first = title + 1, title + 2
        if forms[of] != "of" or not starts.isdisjoint((of, first)):
            continue
        after = ends.get(first, first)
        while after == first or (first not in ends and after < len(forms)):  # a place that was not found
            if after in starts or tags[after] != "O" or not forms[after][0].isupper():
                break
            after += 1
        is_title = forms[title] in _PEERS or " ".join(forms[title:after]) in _PRINCES
        owned = after + 1 if after not in starts and forms[after] == "'s" else after
        is_part = owned not in starts and (forms[owned][0].isupper() or forms[owned] in _INNS)
        begin = title - 1 if title not in starts and forms[title - 1] in _BEFORE_PEERS else title
        if starts.isdisjoint((title, title - 1)) and forms[title - 1] == "and" and forms[title - 2] in _PEERS | _ROYALS:
            begin = title - 2
        if after > first and is_title and not is_part and set(tags[begin:first]) == {"O"}:
            result[begin:after] = spelled("person", after - begin)
    for first in [at for at, form in enumerate(forms[:-1]) if form in _ROYALS and at + 1 not in starts]:
        after = first + 2
        is_part = after not in starts and (tags[after][0] == "I" or forms[after][0].isupper())
        if " ".join(forms[first:after]) in _LONE_TITLES and result[first][0] != "I" and not is_part:
            result[first:after] = ["B-person", "I-person"]
    return result


def with_saints(
    tags: Sequence[str], forms: Sequence[str], starts: Container[int], index: Mapping[str, str]
) -> list[str]:
    """Join what belongs to a saint to the saint: *St. Mary's Hospital*, a facility, or *St. John's College*.

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
    >>> with_saints(["B-location", "I-location", "O", "O"], ["St.", "Mary", "'s", "Hospital"], {0, 4},
    ...             {"hospital": "=facility_word"})
    ['B-facility', 'I-facility', 'I-facility', 'I-facility']
    """
    result = list(tags)
    for first in [at for at, form in enumerate(forms[:-3]) if form in _SAINTS]:
        name, mark, last = range(first + 1, first + 4)
        if (
            any(at in starts for at in (name, mark, last))
            or not forms[name][0].isupper()
            or forms[mark] not in _OF_SAINTS
        ):
            continue
        classes = gazetteer.class_of([forms[last]], index).split("+")
        label = next((_OWNED_LABELS[class_] for class_ in classes if class_ in _OWNED_LABELS), None)
        is_part = result[first][0] == "I" or (last + 1 < len(result) and result[last + 1][0] == "I")
        if label and not is_part:
            result[first : last + 1] = spelled(label, 4)
    return result


@cache
def _named_days() -> tuple[dict[str, list[tuple[int, tuple[str, ...], str]]], frozenset[str], frozenset[str]]:
    """Read ``data/named_days.tsv``: by weekday, its place in names, their words and label; abbreviations; parts."""
    names: defaultdict[str, list[tuple[int, tuple[str, ...], str]]] = defaultdict(list)
    lists = dict(line.split("\t") for line in resources.data().read_lines("named_days.tsv"))
    short, parts = (frozenset(lists.pop(name).split(" | ")) for name in ("abbreviations", "parts_of_day"))
    for label, cell in lists.items():
        for words in (tuple(name.split(" ")) for name in cell.split(" | ")):
            place = max(at for at, word in enumerate(words) if word.endswith("day"))
            names[words[place]].append((place, words, label))
    for found in names.values():
        found.sort(key=lambda name: -len(name[1]))
    return dict(names), short, parts


def with_named_days(tags: Sequence[str], forms: Sequence[str], starts: Container[int]) -> list[str]:
    """Extend a weekday to the part of the day after it (*Friday night*), or to the name that it is in (*Good Friday*).

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
    >>> with_named_days(["O", "B-date", "O"], ["on", "Friday", "night"], {0, 3})
    ['O', 'B-date', 'I-date']
    >>> with_named_days(["O", "B-date", "O"], ["Bloody", "Sunday", "fell"], {0, 3})
    ['B-misc', 'I-misc', 'O']
    """
    named, abbreviations, parts_of_day = _named_days()
    result = list(tags)
    for first, last, label in mentions(tags):
        if label != "date":
            continue
        for at in range(first, last + 1):
            name = next((each for each in named.get(forms[at], []) if _is_at(each, at, forms, starts)), None)
            if name and first >= (start := at - name[0]):
                end = start + len(name[1])
                if tags[start][0] != "I" and end > last and not (end < len(tags) and tags[end][0] == "I"):
                    result[start:end] = spelled(name[2], end - start)
                break
        else:
            after = last + 1
            is_weekday = forms[last].endswith("day") or forms[last] in abbreviations
            if not is_weekday or after in starts or forms[after].lower() not in parts_of_day:
                continue
            if tags[after][0] == "B" and forms[after][0].isupper():  # a title: Saturday Night Fever
                result[first : after + 1] = spelled(tags[after][2:], after - first + 1)
            elif tags[after] == "O":
                result[after] = "I-date"
    return result


def with_whole_dates(tags: Sequence[str], forms: Sequence[str], starts: Container[int]) -> list[str]:
    """Extend a month to the day before it (*the 3rd of May 2011*), and a year to its season (*spring of 2003*).

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
    >>> with_whole_dates(["O", "O", "B-date", "I-date"], ["3rd", "of", "May", "2011"], {0, 4})
    ['B-date', 'I-date', 'I-date', 'I-date']
    >>> with_whole_dates(["O", "B-date"], ["summer", "2003"], {0, 2})
    ['B-date', 'I-date']
    """
    months = resources.data().read_word_lists("months.txt")
    result = list(tags)
    for first, _, label in mentions(tags):
        is_year = _YEAR.fullmatch(forms[first])
        if label != "date" or first in starts or not (is_year or forms[first] in months):
            continue
        start = first - 1
        if forms[start] == "of" and start not in starts:
            start -= 1
        before = forms[start].lower()
        is_whole = before in _SEASONS if is_year else start < first - 1 and _DAY.fullmatch(before)
        if is_whole and set(tags[start:first]) == {"O"}:
            result[start : first + 1] = spelled("date", first - start + 1)
    return result


def _is_at(name: tuple[int, tuple[str, ...], str], at: int, forms: Sequence[str], starts: Container[int]) -> bool:
    """Return whether a name stands where its weekday is at ``at``, within a sentence."""
    start = at - name[0]
    end = start + len(name[1])
    is_whole = not any(inside in starts for inside in range(start + 1, end))
    return start >= 0 and is_whole and tuple(forms[start:end]) == name[1]


def without_namesakes(
    tags: Sequence[str],
    forms: Sequence[str],
    xpos: Sequence[str],
    starts: Container[int],
    owners: Sequence[int],
    *,
    index: Mapping[str, str],
) -> list[str]:
    """Tell places from persons of the article who have the place's name for a forename: *Jordan Pickford*, *in Jordan*.

    The forename alone, taken for the person, is the place after *in* and its like and after *king of* and other titles;
    and elsewhere, but for a subject, where the article has the place too and calls the person by the surname. A
    forename that was taken for a place joins the surname after it.

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
    >>> forms = "Jordan Pickford met the king of Jordan".split()
    >>> tags = ["B-person", "I-person", "O", "O", "O", "O", "B-person"]
    >>> without_namesakes(tags, forms, ["NNP"] * 7, {0, 7}, [0] * 7, index={"jordan": "=country"})[-1]
    'B-location'
    """
    result = list(tags)
    found = mentions(tags)
    for (first, last, label), (after, end, label_after) in pairwise(found):
        is_pair = first == last == after - 1 and after == end and label_after == "person" and after not in starts
        if is_pair and label in {"location", "person"} and _is_place(forms[first], index):
            is_free = first in starts or xpos[first - 1] not in {"IN", "TO"}
            if is_free and (label == "person" or _is_given(forms[first], index) or forms[first] in _shared_forenames()):
                result[first : after + 1] = ["B-person", "I-person"]
    found = mentions(result)
    surnames: defaultdict[tuple[int, str], set[str]] = defaultdict(set)
    for first, last, label in found:
        if label == "person" and first < last:
            surnames[owners[first], forms[first]].add(forms[last])
    lone = [(first, label) for first, last, label in found if first == last]
    persons_alone = {(owners[at], forms[at]) for at, label in lone if label == "person"}
    doubtful = [
        at
        for at, label in lone
        if label == "person" and (owners[at], forms[at]) in surnames and _is_place(forms[at], index)
    ]
    for at in doubtful:
        before = [] if at in starts else [form.lower() for form in forms[max(at - 2, 0) : at]]
        if before and (before[-1] in _LOCATIVE or (before[-1] == "of" and persons.is_title(before[0]))):
            result[at] = "B-location"
    places = {(owners[at], forms[at]) for at, _ in lone if result[at] == "B-location"}
    for at in doubtful:
        key = owners[at], forms[at]
        has_surname = any((owners[at], surname) in persons_alone for surname in surnames[key])
        is_subject = at + 1 not in starts and (xpos[at + 1][0] in "VM" or xpos[at + 1] == "POS")
        if key in places and has_surname and not is_subject:
            result[at] = "B-location"
    return result


def _is_place(form: str, index: Mapping[str, str]) -> bool:
    return not _PLACES.isdisjoint(gazetteer.class_of([form], index).split("+"))


@cache
def _shared_forenames() -> frozenset[str]:
    return frozenset(resources.data().read_word_lists("whole_names.tsv")["shared_forenames"])


def _is_given(form: str, index: Mapping[str, str]) -> bool:
    return persons.is_forename(form) or "given" in gazetteer.class_of([form], index).split("+")


def with_own_apostrophes(names: Sequence[str], texts: Sequence[str], articles: Sequence[int]) -> list[str]:
    """Return canonical names with the apostrophes that they have in the article.

    These are those of most of its mentions that have the whole name; if none has, the apostrophe of most of them.

    Parameters
    ----------
    names, texts, articles
        The canonical name, the text and the number of the article of each mention.

    Examples
    --------
    >>> with_own_apostrophes(["Ed O'Neill", "Ed O'Neill", "Ed O'Neill"], ["Ed O’Neill", "O'Neill", "O'Neill"], [0] * 3)
    ['Ed O’Neill', 'Ed O’Neill', 'Ed O’Neill']
    """
    wholes: defaultdict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    marks: defaultdict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    for name, text, article in zip(names, texts, articles, strict=True):
        if "'" in name:
            start = text.translate(_STRAIGHT).find(name)
            if start >= 0:
                wholes[article, name][text[start : start + len(name)]] += 1
            marks[article, name].update(char for char in text if char in _APOSTROPHES)
    own = {key: key[1].replace("'", counts.most_common(1)[0][0]) for key, counts in marks.items() if counts}
    own |= {key: counts.most_common(1)[0][0] for key, counts in wholes.items()}
    return [own.get((article, name), name) for name, article in zip(names, articles, strict=True)]
