"""Lists of names before a verb, which the parser may part: where the source that ends one begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.content import sources

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.content.attribution import Span, Words

__all__ = ["NameLists"]

#: Universal tags of words before a name in a list, and of verbs.
_BEFORE_NAME, _VERBS = frozenset(["ADJ", "DET"]), frozenset(["AUX", "VERB"])


class NameLists:
    """Finds the lists of names in one article.

    Parameters
    ----------
    words
        The words of the article.
    named
        The named mentions of the article.
    sentences
        For each word the span of its sentence.
    """

    def __init__(self, words: Words, named: Sequence[sources.Named], sentences: Sequence[Span]) -> None:
        self._lemmas, self._xpos, self._upos = (words.columns[name] for name in ("lemma", "xpos", "upos"))
        self._named, self._sentences = named, sentences

    def start(self, last: int) -> int:
        """Return where the list begins whose last item begins with a word, or the word itself.

        A list begins its sentence, or stands after a comma there (*On Monday, Iran, Iraq, and | Oman said*).
        """
        low, _ = self._sentences[last]
        if last <= low or self._xpos[last - 1] != "CC":
            return last
        first = last
        while (end := self._end_before(first, low)) > low:
            near = sources.names_in(self._named, end - 1, end)
            name = next((each for each in near if each.end == end and each.label in sources.KINDS), None)
            if name is None:
                break
            first = name.start
            while first > low and self._upos[first - 1] in _BEFORE_NAME:
                first -= 1
        is_first = first == low or self._upos[first - 1] == "PUNCT"
        return first if is_first and not any(self._upos[at] in _VERBS for at in range(low, first)) else last

    def _end_before(self, first: int, low: int) -> int:
        """Return where the item before another ends, without a bracket, or −1."""
        end = first
        while end > low and (self._xpos[end - 1] == "CC" or self._lemmas[end - 1] == ","):
            end -= 1
        if end == first:
            return -1
        if self._lemmas[end - 1] == ")":
            end = next((at for at in range(end - 1, low, -1) if self._lemmas[at] == "("), -1)
        return end
