"""What the trees of sentences tell: the subject of a verb, and the noun phrase of a head."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analysis.content.attribution import Span

__all__ = ["Trees"]

_SUBJECTS = frozenset(["nsubj", "csubj"])
#: A verb in one of these relations has the subject of its head, if none of its own.
_SHARING = frozenset(["conj", "xcomp", "advcl"])
#: What a noun phrase leaves out: clauses.
_CLAUSES = frozenset(["acl", "advcl", "ccomp", "cop", "parataxis"])
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

    @cached_property
    def _children(self) -> dict[int, list[int]]:
        children: dict[int, list[int]] = {}
        for word, head in enumerate(self._heads):
            if head >= 0:
                children.setdefault(head, []).append(word)
        return children

    def subject(self, verb: int) -> int:
        """Return the head of the subject of a verb, its own or that of a clause it shares it with, or −1.

        That of a verb that modifies a noun is the noun.
        """
        for _ in range(_MAX_STEPS):
            own = [word for word in self._children.get(verb, []) if self._relations[word] in _SUBJECTS]
            relation, head = self._relations[verb], self._heads[verb]
            if own and self._xpos[own[0]] not in ("WDT", "WP"):
                return own[0]
            if relation == "acl":
                return head
            if own or relation not in _SHARING:
                return -1
            verb = head
        return -1

    def noun_phrase(self, head: int, *, without: Span = (0, 0)) -> Span:
        """Return the words around a head that depend on it, without clauses, marks at the ends and a span."""
        words = {word for word in self._descend(head) if not without[0] <= word < without[1]}
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

    def _descend(self, word: int) -> Iterator[int]:
        """Yield a word and all that depend on it but clauses."""
        yield word
        for child in self._children.get(word, []):
            if self._relations[child] not in _CLAUSES:
                yield from self._descend(child)
