"""What the trees of sentences tell: the subject of a verb, and the noun phrase of a head."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from analysis.content.attribution import Span

__all__ = ["Trees"]

_SUBJECTS = frozenset(["nsubj", "csubj"])
_ATTRIBUTE, _UNDERGOER, _AGENT = "amod", "nsubj:pass", "obl:agent"
#: A verb in one of these relations has the subject of its head, if none of its own.
_SHARING = frozenset(["conj", "xcomp", "advcl"])
#: What a noun phrase leaves out: clauses.
_CLAUSES = frozenset(["acl", "advcl", "ccomp", "cop", "parataxis"])
#: Relations of the words before a noun that belong to its phrase.
_MODIFIERS = frozenset(["amod", "compound", "det", "nmod:desc", "nmod:poss", "nummod"])
_COMPOUND = frozenset(["amod", "compound"])
_NOUNS = frozenset(["NOUN", "PROPN"])
_RELATIVE, _DASH = frozenset(["WDT", "WP"]), ":"
_MAX_STEPS = 4


class Trees:
    """The trees of the words of an article.

    Parameters
    ----------
    heads
        The head of each word, as an index into all words, or −1.
    relations
        The relation of each word to its head.
    xpos, upos
        The tags of each word.
    """

    def __init__(
        self, heads: Sequence[int], relations: Sequence[str], xpos: Sequence[str], upos: Sequence[str]
    ) -> None:
        self._heads, self._relations, self._xpos, self._upos = heads, relations, xpos, upos

    @classmethod
    def of(cls, tokens: Mapping[str, list[Any]]) -> Trees:
        """Return the trees of the tokens of one article, whose columns are given."""
        first = tokens["token"][0]
        heads = [head - first if head >= 0 else -1 for head in tokens["head"]]
        return cls(heads, tokens["deprel"], tokens["xpos"], tokens["upos"])

    @cached_property
    def _by_head(self) -> tuple[list[int], list[int]]:
        """All words in the order of their heads, and where those of each head begin in it: lists for each cost more."""
        heads = np.array(self._heads, dtype=np.int64)
        order = np.argsort(heads, kind="stable")
        return order.tolist(), np.searchsorted(heads[order], np.arange(len(heads) + 1)).tolist()

    def _children(self, word: int) -> list[int]:
        """Return the words that depend on a word, in order; none depends on what is no word."""
        if not 0 <= word < len(self._heads):
            return []
        order, firsts = self._by_head
        return order[firsts[word] : firsts[word + 1]]

    def head(self, word: int) -> int:
        """Return the head of a word, or −1."""
        return self._heads[word]

    def relation(self, word: int) -> str:
        """Return the relation of a word to its head."""
        return self._relations[word]

    def above(self, word: int) -> Iterator[int]:
        """Yield the words that a word depends on, its head first."""
        while word >= 0 and (word := self._heads[word]) >= 0:
            yield word

    def children(self, word: int, relations: Collection[str]) -> list[int]:
        """Return the words that depend on a word by one of some relations, in order."""
        return [child for child in self._children(word) if self._relations[child] in relations]

    def child(self, word: int, relation: str) -> int:
        """Return the first word that depends on a word by a relation, or −1."""
        for child in self._children(word):
            if self._relations[child] == relation:
                return child
        return -1

    def is_attribute(self, word: int) -> bool:
        """Return whether a word modifies the noun after it (*confirmed cases*)."""
        return self._relations[word] == _ATTRIBUTE and self._heads[word] > word

    def undergoer(self, verb: int) -> int:
        """Return the noun of which a verb in the passive tells what is done to it, or −1."""
        if self._xpos[verb] != "VBN":
            return -1
        children = self._children(verb)
        if self._relations[verb] == "acl" and self._upos[verb - 1] != "PUNCT":
            return -1 if any(self._relations[word] == "aux" for word in children) else self._heads[verb]
        if self._relations[verb] == "conj" and any(self._relations[word] == "aux:pass" for word in children):
            children = [*children, *self._children(self._heads[verb])]  # *was seen and is said to be ill*
        return next((word for word in children if self._relations[word] == _UNDERGOER), -1)

    def agent(self, verb: int) -> int:
        """Return the noun after *by* of a verb in the passive, or −1."""
        return next((word for word in self._children(verb) if self._relations[word] == _AGENT), -1)

    def object_after(self, verb: int) -> int:
        """Return the object of a verb if its phrase follows the verb directly, or −1."""
        found = (word for word in self._children(verb) if self._relations[word] == "obj")
        return next((word for word in found if self.noun_phrase(word)[0] == verb + 1), -1)

    def hangs_on(self, word: int, span: Span) -> bool:
        """Return whether a word depends on another within a span."""
        return span[0] <= self._heads[word] < span[1]

    def subject(self, verb: int) -> int:
        """Return the head of the subject of a verb, its own or that of a clause it shares it with, or −1.

        That of a verb that modifies a noun is the noun. A participle shares that of a clause in the passive too (*the
        plan was dropped, angering farmers*). What stands before a dash is none where another follows (*OSLO, May 7 – |
        The bank said*).
        """
        relations = _SUBJECTS
        for _ in range(_MAX_STEPS):
            own = [word for word in self._children(verb) if self._relations[word] in relations]
            if len(own) > 1 and own[-1] < verb and _DASH in self._xpos[own[0] : own[-1]]:
                own = own[-1:]
            relation, head = self._relations[verb], self._heads[verb]
            if own and self._xpos[own[0]] not in _RELATIVE:
                return own[0]
            if relation in ("advcl", "conj") and self._xpos[verb] == "VBG":
                relations = _SUBJECTS | {_UNDERGOER}
                head = self._nearest_clause(head, verb, relations)
            if relation == "acl":
                return head
            if own or relation not in _SHARING:
                return -1
            verb = head
        return -1

    def _nearest_clause(self, head: int, verb: int, subjects: Collection[str]) -> int:
        """Return the last clause before a participle that is coordinated to its head, or the head.

        In *she left, and a letter was read, warning them*, the letter warns.
        """
        nearer = (at for at in self.children(head, ["conj"]) if head < at < verb and self.children(at, subjects))
        return max(nearer, default=head)

    def whole_phrase(self, words: Span) -> Span:
        """Return a span with the words around it that modify a word of it, and with what it is coordinated to."""
        start, end = words
        if self._xpos[start] == "CC":
            first = next((at for at in range(start, end) if self._relations[at] == "conj"), -1)
            if 0 <= self._heads[first] < start and first >= 0:
                start = self.noun_phrase(self._heads[first])[0]
        while start and self._relations[start - 1] in _MODIFIERS and start <= self._heads[start - 1] < end:
            start -= 1
        while end < len(self._heads) and (
            (self._is_rest_of_name(end) and start <= self._heads[end] < end)
            or (self._relations[end - 1] in _COMPOUND and self._heads[end - 1] == end)  # *health | officials*
        ):
            end += 1
        return start, end

    def _is_rest_of_name(self, word: int) -> bool:
        return self._relations[word] == "flat" and self._upos[word] == "PROPN"

    def antecedent(self, word: int) -> int:
        """Return the noun that *who*, *which* or *that* stands for, or −1."""
        verb = self._heads[word]
        if self._xpos[word] not in _RELATIVE or verb < 0 or self._relations[verb] != "acl:relcl":
            return -1
        return self._heads[verb]

    def noun_phrase(self, head: int, *, without: Span = (0, 0)) -> Span:
        """Return the words around a head that depend on it, without clauses, marks at the ends and a span."""
        words = {word for word in self._below(head) if not without[0] <= word < without[1]}
        start = end = head
        while start - 1 in words:
            start -= 1
        while end + 1 in words:
            end += 1
        while start < head and self._upos[start] == "PUNCT":
            start += 1
        while end > head and self._upos[end] == "PUNCT":
            end -= 1
        return start, end + 1

    def told(self, verb: int, relations: Collection[str]) -> Iterator[tuple[int, int]]:
        """Yield the noun that is the verb’s own subject with each word after it in one of the relations to the verb."""
        children = self._children(verb)
        subjects = [word for word in children if self._relations[word] == "nsubj" and self._upos[word] in _NOUNS]
        if subjects and subjects[0] < verb:
            yield from ((subjects[0], word) for word in children if word > verb and self._relations[word] in relations)

    def first_conjunct(self, span: Span) -> int:
        """Return the word before a span with which its first noun phrase is coordinated, or −1."""
        start, end = span
        before = [self._heads[at] for at in range(start, end) if self._relations[at] == "conj"]
        return next((head for head in before if 0 <= head < start), -1)

    def clause(self, head: int) -> Span:
        """Return the words from the first to the last that depend on a head, itself included."""
        words = [head]
        for word in words:  # which grows
            words += self._children(word)
        return min(words), max(words) + 1

    def _below(self, head: int) -> list[int]:
        """Return a word and all that depend on it but clauses."""
        words = [head]
        for word in words:  # which grows
            words += [at for at in self._children(word) if self._relations[at] not in self._clausal]
        return words

    @cached_property
    def _clausal(self) -> frozenset[str]:
        """The relations of clauses that a noun phrase leaves out."""
        return frozenset(name for name in set(self._relations) if name.split(":")[0] in _CLAUSES)
