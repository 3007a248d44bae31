"""Claims that the trees of sentences tell: what a listed verb with a subject of its own has as its complement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.content import stance
from analysis.content.attribution import Attribution
from analysis.content.quotations import IN_QUOTATION

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from analysis.content.attribution import Span, Words
    from analysis.content.sources import Source
    from analysis.content.stance import Cue
    from analysis.content.trees import Trees

__all__ = ["FINITE", "THINGS", "THIRD_PERSON", "Complements"]

#: Relations to a verb of what it tells, in the content of another claim, with the stances that they are read for; all
#: where there are none.
_COMPLEMENTS = {
    "ccomp": frozenset[str](),
    "xcomp": frozenset(["agree", "deny", "fear", "hope", "offer", "plan", "promise", "refuse", "threaten"]),
    "obj": frozenset(["accuse", "condemn", "demand", "deny", "fear", "praise"]),
}
#: Prepositions and conjunctions that begin what is told.
_COMPLEMENT_MARKS = frozenset("that if whether as for of against with by at in about".split())
_RELATIVE = frozenset(["WDT", "WP"])
THIRD_PERSON = frozenset(["he", "she", "it", "they"])
FINITE = frozenset(["MD", "VBD", "VBP", "VBZ"])
#: Kinds of sources that have no mind.
THINGS = frozenset(["document", "unknown"])
_NOUNS = frozenset(["NOUN", "PROPN"])
_PLAN = "plan"
#: Stances of those who reject what others say, in one word.
_REJECTING, THIS = frozenset(["deny", "refuse"]), frozenset(["this", "that"])


class Complements:
    """Finds what the verbs of one article tell, by their trees.

    Parameters
    ----------
    words
        The words of the article.
    trees
        Their trees.
    sentences
        For each word the span of its sentence.
    told
        Returns what a cue tells of pieces of content.
    identify
        Returns whom a source stands for.
    """

    def __init__(
        self,
        words: Words,
        trees: Trees,
        sentences: Sequence[Span],
        told: Callable[[Span, Sequence[Span]], Cue],
        identify: Callable[[Span], Source],
    ) -> None:
        self._lemmas, self._quotation = words.columns["lemma"], words.columns["quotation"]
        self._xpos, self._upos = words.columns["xpos"], words.columns["upos"]
        self._trees, self._sentences = trees, sentences
        self._told, self._identify = told, identify

    def missed(self, found: Sequence[Attribution]) -> Iterator[Attribution]:
        """Yield what a listed verb tells, by its tree, in words in which nothing else was found."""
        taken = {at for each in found for span in each.content for at in range(*span)}
        taken |= {at for each in found if each.cue for at in range(*each.cue)}
        cues = stance.cues_of()
        for at, (lemma, tag) in enumerate(zip(self._lemmas, self._upos, strict=True)):
            if lemma in cues and tag == "VERB" and at not in taken:
                yield from self._told_by(at, self._sentences[at], taken)

    def within(self, outer: Attribution, found: Sequence[Attribution]) -> Iterator[Attribution]:
        """Yield what the content of an attribution says that others say (*said that farmers feared a drought*)."""
        cues = {at for each in found if each.cue for at in range(*each.cue)}
        for low, high in outer.content:
            for at in range(low, high):
                if self._upos[at] != "VERB" or at in cues:
                    continue
                yield from self._told_by(at, (low, high))

    def _told_by(self, verb: int, span: Span, taken: Collection[int] = ()) -> Iterator[Attribution]:
        """Yield what a verb with a subject of its own tells, within a span."""
        subjects = self._trees.children(verb, ["nsubj"])
        subject = next((at for at in subjects if self._xpos[at] not in _RELATIVE), -1)  # *who Egypt says sneak in*
        if not span[0] <= subject < verb:
            return
        told = self._told((verb, verb + 1), [(verb + 1, span[1])])
        is_naming = self._upos[subject] in _NOUNS or (told.is_speech and self._is_third_person(subject))
        if not told.is_known or told.stance == stance.NONE or not is_naming:
            return
        relations = {name for name, stances in _COMPLEMENTS.items() if not stances or told.stance in stances}
        relations -= {"ccomp"} if told.stance == _PLAN else set()  # *decided whether it was safe*
        is_mark = verb + 2 < span[1] and self._upos[verb + 2] == "PUNCT"
        if told.stance in _REJECTING and is_mark and self._lemmas[verb + 1] in THIS:  # *rejected | that, saying*
            yield Attribution(((verb + 1, verb + 2),), (verb, verb + 1), self._trees.noun_phrase(subject))
            return
        for head in self._trees.children(verb, relations):
            start, end = self._trees.clause(head)
            while end > start and self._upos[end - 1] == "PUNCT":
                end -= 1
            is_told = told.stance != "assert" or any(self._xpos[at] in FINITE for at in range(start, end))
            is_told &= start < end and self._upos[start] != "PUNCT" and self._lemmas[start - 1] != ","
            is_told &= self._xpos[start] != "IN" or self._lemmas[start] in _COMPLEMENT_MARKS
            if is_told and verb < start < end <= span[1] and not any(at in taken for at in range(start, end)):
                source = self._trees.noun_phrase(subject, without=(verb, verb + 1))
                if not told.is_speech and self._identify(source).kind in THINGS:
                    return
                yield Attribution(((start, end),), (verb, verb + 1), source)
                return

    def _is_third_person(self, word: int) -> bool:
        """Return whether a word is *he*, *she*, *it* or *they* outside of quotation marks."""
        return self._lemmas[word] in THIRD_PERSON and self._quotation[word] not in IN_QUOTATION
