"""What an article says that a named person or body is, in a few of its own words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from analysis import tables
from analysis.content.columns import by_article, rows_of
from analysis.content.sources import kind_of_noun

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import pandas as pd

    from analysis.content.columns import Columns

__all__ = ["describe_names"]

#: Names of these kinds are described; a country or a day is known.
_LABELS, _PLACE = frozenset(["person", "organization"]), "location"
#: Relations of the words before a noun or a name that say what it is.
_BEFORE = frozenset(["amod", "compound", "nmod:desc"])
_NOUNS, _NAMES = frozenset(["NN", "NNS"]), frozenset(["NNP", "NNPS"])
_DETERMINERS = frozenset(["a", "an", "the", "its", "their", "his", "her"])
#: Words before a noun that tell nothing of it: *his | own lawyer*, and the time of an entry (*17.32 | Operator CP*).
_OWN, _CLOCK = "own", re.compile(r"\d{1,2}[.:h]\d\d")
#: Titles that say no more than that someone is a person.
_EMPTY = frozenset(
    """honourable honorable hon hon. mr mr. mrs mrs. ms ms. miss sir dr dr. one man woman people group member individual
    person""".split()
)
#: What a person may be called by whose noun tells no more, and endings of nouns for persons.
_CALLED = frozenset("ceo cfo chair chief cook counsel head lead mep mp mogul star vet".split())
_PERSON_ENDINGS = ("er", "or", "ee", "eon", "ant", "ian", "ist")
#: What *of* joins to the noun before it (*chief of staff*).
_OFFICES = frozenset("defence defense intelligence mission police staff state".split())
_MAX_WORDS = 4
#: The name of what a role belongs to has fewer words than that, with these tags.
_MAX_OF_WORDS = 7
_OF_NAMES = frozenset(["DT", "NN", "NNP", "NNPS", "POS"])
#: How many words after a name its apposition begins at most.
_APPOSITION_WORDS = 12
#: Kinds of nouns that are said of organizations.
_BODIES = frozenset(["organization", "group", "official"])
_UNKNOWN = "unknown"
#: The columns of tokens that are read.
_COLUMNS = ("token", "start", "end", "text", "norm", "xpos", "head", "deprel")


@tables.stage(requires=("tokens", "mentions", "coreference"), returns="descriptions")
def describe_names(tokens: pd.DataFrame, mentions: pd.DataFrame, coreference: pd.DataFrame) -> pd.DataFrame:
    """Find what persons and organizations are said to be: a title, an apposition, or a description in their chain.

    Parameters
    ----------
    tokens
        Tokens with article_id, token, start, end, text, norm, xpos, head, deprel.
    mentions
        Named mentions with article_id, start, end, label, name.
    coreference
        Mentions in chains with article_id, start, end, text, kind, name.

    Returns
    -------
    DataFrame
        {columns}

        A name stands once, with the first of these: the words before one of its mentions, an apposition, and of a
        person a description in its chain.

    Examples
    --------
    >>> from analysis import Article, annotate
    >>> article = Article.from_text("Military spokesman Omar Said, a former pilot, denied it.", id="a")
    >>> _, *annotations = annotate(article, force=True)
    >>> describe_names(*annotations)[["name", "text"]].values.tolist()
    [['Omar Said', 'Military spokesman']]
    """
    rows: list[tuple[Any, ...]] = []
    named = mentions[mentions["label"].isin(_LABELS)]
    in_chains = coreference[(coreference["kind"] == "nominal") & (coreference["name"] != "")]
    all_of = by_article(mentions, ("label", "start", "end"))
    tokens_of, chains_of = by_article(tokens, _COLUMNS), by_article(in_chains, ("name", "start", "end"))
    for article_id, own in by_article(named, ("name", "label", "start", "end")).items():
        spans = rows_of(all_of[article_id], "label", "start", "end")
        places = {(start, end) for label, start, end in spans if label == _PLACE}
        words = _Words(tokens_of[article_id], places)
        found: dict[str, tuple[int, int]] = {}
        known = {name for name, label in rows_of(own, "name", "label") if label == "person"}
        for read in (words.before, words.apposition):
            for name, start, end in rows_of(own, "name", "start", "end"):
                span = read(start, end, is_person=name in known) if name not in found else None
                if span:
                    found[name] = span
        for name, start, end in rows_of(chains_of[article_id], "name", "start", "end"):
            span = words.description(start, end) if name in known and name not in found else None
            if span:
                found[name] = span
        rows += [(article_id, name, start, end, words.text(start, end)) for name, (start, end) in found.items()]
    return tables.frame("descriptions", rows)


#: Relations of a clause that a verb of saying or the like tells.
_TOLD = frozenset(["ccomp", "parataxis"])
#: Tags of adjectives and adverbs of what is the first of its kind.
_SUPERLATIVES = frozenset(["JJS", "RBS"])


class _Words:
    """The words of one article, by their places in the text."""

    def __init__(self, tokens: Columns, places: Collection[tuple[int, int]]) -> None:
        self._places = places
        first = tokens["token"][0]
        self._start, self._end, self._text, self._norm, self._xpos, heads, self._relation = (
            tokens[name] for name in _COLUMNS[1:]
        )
        self._head = [head - first if head >= 0 else -1 for head in heads]
        self._by_start = {start: index for index, start in enumerate(self._start)}

    def text(self, start: int, end: int) -> str:
        """Return the words of a span, with the white space that stands between them."""
        index = self._by_start[start]
        parts = [self._text[index]]
        while self._end[index] < end:
            gap = self._start[index + 1] - self._end[index]
            parts.append(" " * gap + self._text[index + 1])
            index += 1
        return "".join(parts)

    def before(self, start: int, end: int, *, is_person: bool) -> tuple[int, int] | None:
        """Return the span of the words before a mention that belong to it and say what it is."""
        first = self._by_start.get(start)
        if first is None:
            return None
        inside = set(self._inside(first, end))
        begin = first
        while begin and self._relation[begin - 1] in _BEFORE and self._reaches(begin - 1, inside):
            begin -= 1
        is_of = first > begin > 1 and self._norm[begin - 1] == "of" and self._xpos[begin - 2] in _NOUNS | _NAMES
        if is_of and not self._is_someone(self._norm[first - 1]):
            begin -= 2  # *Secretary of | State Ann Lee*
        if (self._start[begin], self._end[first - 1]) in self._places:  # *Ambassador to the | United States Ann Lee*
            return None
        return self._checked(begin, first) if is_person or self._is_body(first - 1) else None

    def apposition(self, start: int, end: int, *, is_person: bool) -> tuple[int, int] | None:
        """Return the span of the noun that a mention is in apposition to, or the reverse, with what describes it."""
        first = self._by_start.get(start)
        if first is None:
            return None
        inside = set(self._inside(first, end))
        for index in range(max(inside) + 1, min(max(inside) + _APPOSITION_WORDS, len(self._head))):
            if self._relation[index] == "appos" and self._head[index] in inside and self._xpos[index] in _NOUNS:
                return self._role(index) if is_person or self._is_body(index) else None
        for index in inside:
            head = self._head[index]
            while is_person and self._relation[head] == "nmod" and self._xpos[self._head[head]] in _NOUNS:
                head = self._head[head]  # *the leader of the council, | Ann Lee*
            if self._relation[index] == "appos" and self._xpos[head] in _NOUNS:
                return self._role(head) if is_person or self._is_body(head) else None
        return None

    def _role(self, noun: int) -> tuple[int, int] | None:
        """Return the span of a noun with what describes it, and the name that it belongs to (*chairman of | Norsk*)."""
        span, last = self._phrase(noun), noun
        is_of = self._norm[noun + 1 : noun + 2] == ["of"]
        if is_of and not _OFFICES.isdisjoint(self._norm[noun + 2 : noun + 3]):
            last = noun + 2
        elif span and is_of:
            words = range(noun + 2, min(noun + 2 + _MAX_OF_WORDS, len(self._head)))
            end = next((at for at in words if self._xpos[at] not in _OF_NAMES and self._norm[at] != "of"), noun + 2)
            is_name = end > noun + 2 and self._xpos[noun + 2 + (self._xpos[noun + 2] == "DT")] in _NAMES
            is_name &= self._xpos[end - 1] in _NAMES and not self._goes_on(end)
            last = end - 1 if is_name else noun
        return (span[0], self._end[last]) if span else None

    def _goes_on(self, end: int) -> bool:
        """Return whether a name may go on after a word (*the Bureau of Animal | and Plant Health*)."""
        tags = self._xpos[end : end + 2]
        return tags[:1] == ["IN"] or (tags[:1] in (["CC"], [","]) and tags[1:] in (["NNP"], ["NNPS"]))

    def _is_body(self, noun: int) -> bool:
        """Return whether a noun may be said of a body (*the airline*), and is no part or product of it."""
        is_noun = self._xpos[noun] in _NOUNS
        return is_noun and kind_of_noun(self._norm[noun], self._xpos[noun], "NOUN") in _BODIES

    def description(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the span of the noun of a description, with the words before it that describe it."""
        first = self._by_start.get(start)
        if first is None:
            return None
        inside = list(self._inside(first, end))
        heads = [index for index in inside if self._head[index] not in inside and self._xpos[index] in _NOUNS]
        return self._phrase(heads[0], first) if heads and not self._is_told(heads[0]) else None

    def _is_told(self, noun: int) -> bool:
        """Return whether a noun is the predicate of what someone says or thinks (*claimed she was a volunteer*)."""
        while noun >= 0 and self._relation[noun] == "conj":
            noun = self._head[noun]
        return noun >= 0 and self._relation[noun] in _TOLD

    def _phrase(self, noun: int, first: int = 0) -> tuple[int, int] | None:
        begin = noun
        while begin > first and self._relation[begin - 1] in _BEFORE and self._reaches(begin - 1, {noun}):
            begin -= 1
        return self._checked(begin, noun + 1)

    def _inside(self, first: int, end: int) -> Iterator[int]:
        index = first
        while index < len(self._start) and self._start[index] < end:
            yield index
            index += 1

    def _reaches(self, index: int, targets: set[int]) -> bool:
        """Return whether a word hangs on one of others, over the words between that describe it."""
        while index >= 0 and index not in targets and self._relation[index] in _BEFORE:
            index = self._head[index]
        return index in targets

    def _is_limited(self, begin: int, end: int) -> bool:
        """Return whether the words left out say among what something is the first (*France’s | largest bank*)."""
        if _SUPERLATIVES.isdisjoint(self._xpos[begin:end]):
            return False
        near = range(max(begin - _APPOSITION_WORDS, 0), min(end + _APPOSITION_WORDS, len(self._head)))
        limits = (at for at in near if not begin <= at < end and self._relation[at] in ("nmod", "nmod:poss"))
        return any(begin <= self._head[at] < end for at in limits)

    def _names_someone(self, noun: int) -> bool:
        """Return whether a noun, or a title, may say what a person or a body is (*much advice* does not)."""
        if self._norm[noun - 1 : noun] == ["of"]:
            noun -= 2
        word = self._norm[noun].removesuffix("s")
        return self._xpos[noun] in _NAMES or word.endswith(".") or self._is_someone(word)

    def _is_someone(self, word: str) -> bool:
        """Return whether a noun is one for a person or a body."""
        kind = kind_of_noun(word, "NN", "NOUN")
        return word in _CALLED or kind in _BODIES or (kind == _UNKNOWN and word.endswith(_PERSON_ENDINGS))

    def _checked(self, begin: int, end: int) -> tuple[int, int] | None:
        """Return the span of some words in characters, if they say anything; without *own*, or a time of day."""
        while begin < end and (self._norm[begin] == _OWN or _CLOCK.fullmatch(self._norm[begin])):
            begin += 1
        words = [word for word in self._norm[begin:end] if word not in _DETERMINERS]
        says_something = any(
            tag in _NOUNS | _NAMES and word not in _EMPTY
            for word, tag in zip(self._norm[begin:end], self._xpos[begin:end], strict=True)
        )
        if begin and self._end[begin - 1] == self._start[begin]:  # *a 14-year-|old boy*
            return None
        is_one = self._names_someone(end - 1)
        if not words or len(words) > _MAX_WORDS or not says_something or not is_one or self._is_limited(begin, end):
            return None
        return self._start[begin], self._end[end - 1]
