"""Quotations of several pieces: which go on with one another, and which are signed (*“Rain is near.” — Ann Lee*)."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from analysis.content.attribution import Attribution
from analysis.content.quotations import CLOSING, IN_QUOTATION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from analysis.content.attribution import Span, Words
    from analysis.content.sources import Named

__all__ = ["QUOTED_WORDS", "LongQuotations"]

#: A quotation without a known cue counts as an utterance from this many words on.
QUOTED_WORDS = 4
_DASHES = frozenset(["-", "--", "–", "—", "―"])


class LongQuotations:
    """Finds what goes on, and what is signed, in one article.

    Parameters
    ----------
    words
        The words of the article.
    named
        The named mentions of the article.
    sentences
        For each word the span of its sentence.
    is_word
        For each word whether it has a letter or a figure.
    """

    def __init__(
        self, words: Words, named: Sequence[Named], sentences: Sequence[Span], is_word: Sequence[bool]
    ) -> None:
        self._lemmas, self._quotation = words.columns["lemma"], words.columns["quotation"]
        self._named, self._sentences, self._is_word = named, sentences, is_word

    def signed(self, contents: Iterable[Sequence[Span]]) -> Iterator[Attribution]:
        """Yield quotations without a cue, of several sentences or one, with the signature after them (*— Ann Lee*)."""
        for run in filter(self.is_quoted, self.runs(sorted(chain.from_iterable(contents)))):
            signature = self._signature(run)
            yield Attribution(tuple(run), *(signature or (None, None)))

    def runs(self, pieces: Iterable[Span]) -> list[list[Span]]:
        """Return pieces that go on with one another together."""
        runs: list[list[Span]] = []
        for piece in pieces:
            if runs and self.continues(runs[-1][-1][1], piece[0]):
                runs[-1].append(piece)
            else:
                runs.append([piece])
        return runs

    def _signature(self, run: Sequence[Span]) -> tuple[Span, Span] | None:
        """Return the dash and the name of a person after a quotation, or None."""
        dash = next((at for at in range(run[-1][1], len(self._lemmas)) if self._quotation[at] != CLOSING), -1)
        name = next((each for each in self._named if each.start == dash + 1 and each.label == "person"), None)
        return ((dash, dash + 1), (name.start, name.end)) if name and self._lemmas[dash] in _DASHES else None

    def without_signed(self, attribution: Attribution) -> Iterator[Attribution]:
        """Yield an attribution, and apart from it the quotations in other sentences that are signed."""
        cue = attribution.cue
        runs = self.runs(attribution.content) if cue and len(attribution.content) > 1 else []
        apart = [run for run in runs if cue and self._sentences[run[-1][0]] != self._sentences[cue[0]]]
        signed = [tuple(run) for run in apart if self.is_quoted(run) and self._signature(run)]
        rest = tuple(piece for piece in attribution.content if not any(piece in run for run in signed))
        yield from (Attribution(run, None, None) for run in signed)
        if rest:
            yield attribution._replace(content=rest)

    def is_introduced(self, pieces: Sequence[Span]) -> bool:
        """Return whether its own sentence has words outside of the quotation (*The note reads “…”*)."""
        words = range(self._sentences[pieces[0][0]][0], self._sentences[pieces[-1][1] - 1][1])
        return any(self._is_word[at] and self._quotation[at] not in IN_QUOTATION for at in words)

    def is_quoted(self, pieces: Sequence[Span]) -> bool:
        """Return whether pieces begin and end in quotation marks, with some words between."""
        words = [at for low, high in pieces for at in range(low, high) if self._is_word[at]]
        return len(words) >= QUOTED_WORDS and {self._quotation[words[0]], self._quotation[words[-1]]} <= IN_QUOTATION

    def continues(self, end: int, start: int) -> bool:
        """Return whether a piece that begins with a word goes on with what ends before another."""
        if self._sentences[end - 1] == self._sentences[start]:
            return True
        if any(self._is_word[end:start]):
            return False
        if all(self._quotation[at] in IN_QUOTATION for at in range(end - 1, start + 1)):  # *“[…] | It rains.”*
            return True
        before = next((at for at in range(end - 1, -1, -1) if self._is_word[at]), end - 1)
        after = next((at for at in range(start, len(self._lemmas)) if self._is_word[at]), start)
        return {self._quotation[before], self._quotation[after]} <= IN_QUOTATION
