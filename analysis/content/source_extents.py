"""How far the source of an attribution reaches: the rest of its name, phrase, coordination and description."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.content import sources
from analysis.content.name_lists import NameLists

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.content.attribution import Attribution, Span, Words
    from analysis.content.trees import Trees

__all__ = ["SourceExtents"]

_OF, _NOUNS = frozenset(["of", "by"]), frozenset(["NOUN", "PROPN"])
_APPOSITION, _CONJUNCT = "appos", "conj"
#: Universal tags of words of where a document stands.
_PHRASE_TAGS = frozenset(["ADJ", "ADP", "CCONJ", "DET", "NOUN", "PART", "PROPN"])


class SourceExtents:
    """Extends the sources of the attributions of one article.

    Parameters
    ----------
    words
        The words of the article.
    trees
        Their trees.
    named
        The named mentions of the article.
    sentences
        For each word the span of its sentence.
    """

    def __init__(self, words: Words, trees: Trees, named: Sequence[sources.Named], sentences: Sequence[Span]) -> None:
        self._lemmas = words.columns["lemma"]
        self._xpos, self._upos = words.columns["xpos"], words.columns["upos"]
        self._trees, self._named, self._sentences = trees, named, sentences
        self._dates = {at for each in named if each.label == "date" for at in range(each.start, each.end)}
        self._lists = NameLists(words, named, sentences)

    def head(self, span: Span) -> int:
        """Return the first word of a span that depends on a word outside of it, or −1."""
        words = (at for at in range(*span) if self._upos[at] != "PUNCT")
        return next((at for at in words if not span[0] <= self._trees.head(at) < span[1]), -1)

    def is_time(self, word: int) -> bool:
        """Return whether a word stands for a time, or in one."""
        is_noun = self._upos[word] == "NOUN" and sources.is_time(self._lemmas[word])
        return is_noun or word in self._dates

    def whole(self, source: Span, attribution: Attribution) -> Span:
        """Return a source with the rest of a name that it cuts, of its noun phrase, and of its coordination."""
        taken = {at for low, high in (*attribution.content, attribution.cue or (0, 0)) for at in range(low, high)}
        start, end = self._trees.whole_phrase(source)
        for name in sources.names_in(self._named, start, end):
            if name.label in sources.KINDS:
                start, end = min(start, name.start), max(end, name.end)
        head = self.head((start, end))
        if head >= 0:
            start, end = self._with_described((start, end), head), self._with_rest((start, end), head, taken)
            end = self._with_place((start, end), head, attribution.cue)
        low, high = self._sentences[source[0]]
        start, end = max(self._lists.start(start), low), min(end, max(high, source[1]))
        if "(" in self._lemmas[start:end] and self._lemmas[end : end + 1] == [")"]:
            end += 1
        while start < source[0] and not taken.isdisjoint(range(start, source[0])):
            start += 1
        while start < source[0] and self._upos[start] == "PUNCT":
            start += 1
        while end > source[1] and not taken.isdisjoint(range(source[1], end)):
            end -= 1
        return start, end

    def _with_place(self, source: Span, head: int, cue: Span | None) -> int:
        """Return where a document after the cue ends with where it stands (*said a note | on the door of the hall*)."""
        start, end = source
        is_document = sources.kind_of_noun(self._lemmas[head], self._xpos[head], self._upos[head]) == "document"
        _, high = self._sentences[head]
        if cue is None or start < cue[1] or not is_document or end >= high or self._xpos[end] != "IN":
            return end
        last = next((at for at in range(end, high) if self._upos[at] == "PUNCT"), high)
        words = range(end, last)
        is_phrase = all(self._upos[at] in _PHRASE_TAGS for at in words) and not any(map(self.is_time, words))
        return last if is_phrase else end

    def _with_described(self, source: Span, head: int) -> int:
        """Return where a source begins with the noun that it is in apposition to, or that its *’s* belongs to."""
        start, end = source
        above = self._trees.head(head)
        if self._trees.relation(head) == _APPOSITION and 0 <= above < start:  # *the minister, Ann Lee*
            return self._trees.noun_phrase(above)[0]
        is_of_noun = self._trees.relation(head) == "nmod" and self._trees.relation(start - 1) == "case"
        if is_of_noun and 0 <= above < start and self._upos[above] == "NOUN":  # *the mission in | Oslo*
            return self._trees.noun_phrase(above)[0]
        if self._trees.relation(head) == _CONJUNCT and 0 <= above < start and self._trees.relation(above) == "nsubj":
            return self._trees.noun_phrase(above)[0]  # *Ann Lee, Bo Lund | and Cy Moss*
        if self._xpos[head] == "POS" and end == start + 1 and 0 <= above < start:  # *Ann Lee|’s*
            return self._trees.noun_phrase(above)[0]
        return start

    def _with_conjuncts(self, source: Span, head: int, taken: set[int]) -> int:
        """Return where a source ends with the nouns that are coordinated to its head (*Egypt, Jordan and Oman*)."""
        heads = [head, *self._trees.children(head, [_APPOSITION])]
        found = sorted(at for each in heads for at in self._trees.children(each, [_CONJUNCT]))
        conjuncts = [at for at in found if self._upos[at] in _NOUNS]
        if not conjuncts or conjuncts[-1] < source[1]:
            return source[1]
        end = self._trees.noun_phrase(conjuncts[-1])[1]
        return end if taken.isdisjoint(range(source[1], end)) else source[1]

    def _with_rest(self, source: Span, head: int, taken: set[int]) -> int:
        """Return where a source ends with what else depends on its head, but what a mark cuts off, and dates."""
        end = self._with_conjuncts(source, head, taken)
        high = min(self._trees.clause(head)[1], self._sentences[head][1])
        while high > end and self._upos[high - 1] == "PUNCT" and self._lemmas[high - 1] != ")":
            high -= 1
        if high <= end or not taken.isdisjoint(range(end, high)):
            return end
        if self._xpos[end] in ("POS", "TO") or (self._upos[end] in ("PUNCT", "ADP") and self._lemmas[end] not in _OF):
            return end
        dates = (name.start for name in sources.names_in(self._named, end, high) if name.label == "date")
        return end if any(end <= start for start in dates) else high
