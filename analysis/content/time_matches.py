"""Which words of an article are time expressions: what the patterns match, where the words around it allow it.

*May* is no month in *Theresa May*, four figures are no year before *troops*, and *1984* in quotation marks is a title.
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.content.time_patterns import BROKEN, Match, split

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.content.time_patterns import Patterns

__all__ = ["DATE", "Found", "find_matches"]

#: The names of patterns and labels.
DATE, _RANGE, _DURATION = "date", "range", "duration"
#: Parts of what is a year alone, and parts that tell a day so fully that no name has them by chance.
_YEAR_PARTS = frozenset(["year", "apostrophe", "stage", "edge"])
_FULL_PARTS = ({"month", "year"}, {"month", "day"}, {"iso"}, {"slashed"}, {"era"})
#: Penn tags of verbs, which no month is (*May we march?*).
_VERB_TAGS = ("VB", "MD")
#: Marks around a title (*1984*, “Friday”).
_TITLE_MARKS = {"“": "”", '"': '"', "*": "*", "_": "_", "‘": "’", "``": "''"}
#: Labels of names that may have a year in them (*Euro 2012*).
_DATED_NAMES = frozenset(["misc", "organization"])
#: Years that need no other sign than a place where years stand: after the first words, or, before a plural, the second.
_YEARS = range(1900, 2060)
#: The number of a telephone, the first word of one abroad, and words before a year.
_TELEPHONE, _DIALLED = re.compile(r"\d{3}-\d{4}"), re.compile(r"\+\d{1,3}")
_BEFORE_YEAR = frozenset("in since by until till before after during from circa late early mid of".split())
_DETERMINERS = frozenset(["the", "its", "their", "his", "her", "'s", "this", "these", "those"])
#: Tags of words after which *a year* is a rate (*15 a year*).
_MEASURED = frozenset(["NUM", "NOUN", "SYM"])
_NOMINAL = frozenset(["ADJ", "NOUN", "NUM", "PROPN"])
_ARTICLES = frozenset(["a", "an"])
#: Units that seldom are units: *a quarter of the town*, *a second man*.
_QUARTER, _SECOND = "3M", "T1S"
#: These words stand between two dates of which the second alone has the year or the week, and between those of a range.
_JOINING = frozenset("- – — / to and or through until till , & the".split())
_SHARED = ("year", "ofyear", "ofweek")


class Found(NamedTuple):
    """A match, its half-open spans of tokens and of characters, and the span of the tokens of its sentence."""

    match: Match
    tokens: tuple[int, int]
    characters: tuple[int, int]
    sentence: tuple[int, int]


class _Words(NamedTuple):
    """The words of an article, which are its tokens, but for those that are split at their hyphens.

    Attributes
    ----------
    codes
        Their characters, as patterns have them.
    forms
        The words.
    tokens
        The token of each.
    starts, ends
        Where each begins and ends in the text.
    sentences
        For each sentence the half-open span of its words.
    """

    codes: str
    forms: Sequence[str]
    tokens: Sequence[int]
    starts: Sequence[int]
    ends: Sequence[int]
    sentences: Sequence[tuple[int, int]]


def find_matches(columns: Mapping[str, list[Any]], heads: Sequence[int], patterns: Patterns) -> list[Found]:
    """Find the time expressions of an article.

    Parameters
    ----------
    columns
        The columns of its tokens.
    heads
        The head of each, as an index into all, or −1.
    patterns
        The patterns.
    """
    return _Matcher(columns, heads, patterns).find()


class _Matcher:
    def __init__(self, columns: Mapping[str, list[Any]], heads: Sequence[int], patterns: Patterns) -> None:
        self._columns, self._heads, self._patterns = columns, heads, patterns
        self._forms, numbers = columns["text"], columns["sentence"]
        firsts = [at for at in range(1, len(numbers)) if numbers[at] != numbers[at - 1]]
        self._bounds = list(pairwise([0, *firsts, len(numbers)]))

    @cached_property
    def _words(self) -> _Words:
        forms, code = self._forms, self._patterns.codes.__getitem__
        codes = "".join(map(code, forms))
        starts, ends = self._columns["start"], self._columns["end"]
        if BROKEN not in codes:
            return _Words(codes, forms, range(len(forms)), starts, ends, self._bounds)
        pieces = [split(form) if own == BROKEN else [form] for form, own in zip(forms, codes, strict=True)]
        firsts = [0, *accumulate(map(len, pieces))]
        tokens = [token for token, own in enumerate(pieces) for _ in own]
        forms = [piece for own in pieces for piece in own]
        starts = [
            start + at
            for start, own in zip(starts, pieces, strict=True)
            for at in accumulate(map(len, own[:-1]), initial=0)
        ]
        return _Words(
            "".join(map(code, forms)),
            forms,
            tokens,
            starts,
            [start + len(form) for start, form in zip(starts, forms, strict=True)],
            [(firsts[low], firsts[high]) for low, high in self._bounds],
        )

    def find(self) -> list[Found]:
        words, found = self._words, list[Found]()
        for sentence, bounds in zip(self._bounds, words.sentences, strict=True):

            def accept(match: Match, sentence: tuple[int, int] = sentence) -> list[Found]:
                dates = _dates_of_range(match, words.forms) if match.reading == _RANGE else [match]
                own = (self._in_context(self._locate(each, sentence)) for each in dates)
                return [each for each in own if each and self._is_time(each)]

            found += self._patterns.find(words.codes, words.forms, bounds, accept)
        self._share(found)
        return found

    def _locate(self, match: Match, sentence: tuple[int, int]) -> Found:
        words = self._words
        return Found(
            match,
            (words.tokens[match.start], words.tokens[match.end - 1] + 1),
            (words.starts[match.start], words.ends[match.end - 1]),
            sentence,
        )

    def _in_context(self, found: Found) -> Found | None:
        """Return a match whose reading depends on the words after and before it, as these have it."""
        match, (low, high) = found.match, found.tokens
        upos = self._columns["upos"]
        if self._columns["norm"][high : high + 1] == ["than"] and high < found.sentence[1]:
            # *two years earlier than planned* is a length of time, *earlier than planned* none
            end = match.places.get("elsewhen", match.start)
            length = match._replace(reading=_DURATION, end=end)
            return self._locate(length, found.sentence) if end > match.start else found
        if "beside" in match.parts and high < found.sentence[1] and upos[high] not in ("PUNCT", "CCONJ"):
            # *two days after the vote* is a length of time, *the day after the vote* none
            length = match._replace(reading=_DURATION, end=match.places["beside"])
            return self._locate(length, found.sentence) if match.reading == "later" else None
        is_indefinite = match.reading == _DURATION and self._columns["norm"][low] in _ARTICLES and "unit" in match.parts
        if is_indefinite and low > found.sentence[0] and upos[low - 1] in _MEASURED:
            is_rate = self._columns["deprel"][high - 1] != "obj"
            return found._replace(match=match._replace(reading="set")) if is_rate else found
        return found

    def _is_time(self, found: Found) -> bool:
        match, (low, high) = found.match, found.tokens
        parts = match.parts.keys()
        if match.reading == DATE and (self._is_title(found) or parts <= _YEAR_PARTS):
            return not self._is_title(found) and self._is_year(found)
        labels = {tag[2:] for tag in self._columns["entity"][low:high]} - {"", DATE}
        if labels and not any(full <= parts for full in _FULL_PARTS):
            return "holiday" in parts and self._is_whole_name(low, high)
        if match.reading == _DURATION:
            return self._is_length(found)
        if parts == {"nth"}:  # *on the 5th*
            return high == found.sentence[1] or self._columns["upos"][high] not in _NOMINAL
        if parts == {"month"}:
            return not self._columns["xpos"][low].startswith(_VERB_TAGS)
        return not ("repeated" in parts and self._columns["upos"][low] == "PROPN")

    def _is_length(self, found: Found) -> bool:
        """Return whether a number of units is no fraction (*three quarters of*) and no ordinal (*a second man*)."""
        parts, end = found.match.parts, found.tokens[1]
        unit = parts.get("unit") or parts.get("units")
        if unit == _QUARTER:
            return "units" in parts and self._columns["norm"][end : end + 1] not in (["of"], ["-"])
        return not (unit == _SECOND and "indefinite" in parts)

    def _is_whole_name(self, low: int, high: int) -> bool:
        """Return whether no name goes on before or after a span of tokens."""
        entity = self._columns["entity"]
        return entity[low][:2] != "I-" and (high == len(entity) or entity[high][:2] != "I-")

    def _is_title(self, found: Found) -> bool:
        """Return whether a date is the title of a work: in marks by itself, or beside *film*, *novel*."""
        (low, high), norm, upos = found.tokens, self._columns["norm"], self._columns["upos"]
        if high - low > 1:
            return False
        has_before = low > found.sentence[0]
        works = self._patterns.words["WORK"]
        if has_before and (norm[low - 1] in works and upos[low - 1] == "NOUN"):
            return True
        if has_before and self._forms[high : high + 1] == [_TITLE_MARKS.get(self._forms[low - 1])]:
            return True
        after = [form for form in norm[high : high + 3] if form != ","]
        return after[:1] == ["the"] and not works.isdisjoint(after[1:2]) and not (has_before and upos[low - 1] == "ADP")

    def _is_year(self, found: Found) -> bool:
        """Return whether four figures are a year, and no number of things and no title."""
        columns, (low, high) = self._columns, found.tokens
        at = high - 1
        before = columns["norm"][low - 1] if low > found.sentence[0] else ""
        entity, relation, head = columns["entity"][at], columns["deprel"][at], self._heads[at]
        figures = found.match.parts.get("year")
        is_dialled = _TELEPHONE.fullmatch(columns["norm"][at]) or _DIALLED.fullmatch(before)
        if before in self._patterns.words["NUMBERED"] or is_dialled:
            return False
        if figures is None:  # *'98*
            is_name = any(map(str.isupper, self._forms[low - 1])) and columns["entity"][low - 1][2:] != DATE
            is_name &= bool(before)
            return (entity[2:] == DATE and not is_name) or before in _BEFORE_YEAR
        is_recent = int(figures) in _YEARS
        following = columns["xpos"][high] if high < found.sentence[1] else ""
        of_head = columns["xpos"][head] if relation == "nummod" and head >= 0 else ""
        if "NNS" in (following, of_head) or following == "$":
            return is_recent and before in _DETERMINERS
        if entity[2:] == DATE:
            is_object = relation == "obj" and head >= 0 and columns["upos"][head] == "VERB"
            return not is_object and (is_recent or of_head != "NNP")
        if entity[2:] in _DATED_NAMES:
            return is_recent
        return is_recent and entity == "O" and (before in _BEFORE_YEAR or high - low > 1)

    def _share(self, found: Sequence[Found]) -> None:
        """Give a date without a year or week that of the date to which it is joined (*March 3 and June 5, 2010*)."""
        for one, other in reversed(list(pairwise(found))):
            between = self._columns["norm"][one.tokens[1] : other.tokens[0]]
            mine, others = one.match.parts, other.match.parts
            if (
                not between
                or not _JOINING.issuperset(between)
                or "direction" in mine
                or not mine.keys().isdisjoint(_SHARED)
            ):
                continue
            if "weekday" in mine and "month" not in mine and "ofweek" in others:
                mine["ofweek"] = others["ofweek"]
            elif "month" in mine and "month" in others:
                mine.update({name: others[name] for name in _SHARED if name in others})
                if "year" in mine and int(mine["month"]) > int(others["month"]):  # *from December to January 2010*
                    mine["year"] = str(int(mine["year"]) - 1)


def _dates_of_range(match: Match, forms: Sequence[str]) -> list[Match]:
    """Return the two dates of a match of two (*March 3-5*, *2010-11*)."""
    parts, since = dict(match.parts), match.places["since"]
    first = parts.pop("since")
    key = next(name for name in ("day", "nth", "year", "short") if name in parts)
    joint = next(at for at in range(since + 1, match.end) if forms[at].lower() not in _JOINING)
    start = Match(DATE, match.start, since + 1, {**parts, key: first}, match.places)
    if key == "short":
        year, short = int(first), int(parts["short"])
        start = start._replace(parts={"year": first})
        if short <= year % 100:
            return [start]
        end = {"year": str(year - year % 100 + short), "since": first}
        return [start, Match(DATE, joint, match.end, end, match.places)]
    return [start, Match(DATE, joint, match.end, parts, match.places)]
