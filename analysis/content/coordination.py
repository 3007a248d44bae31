"""Verbs that go on with the subject of a cue: where what is said ends, and what else its source says or does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.content import stance
from analysis.content.attribution import Attribution
from analysis.content.complements import FINITE
from analysis.content.quotations import OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analysis.content.attribution import Span, Words
    from analysis.content.trees import Trees

__all__ = ["Coordination"]

_JOINING = frozenset(["and", "but", "yet"])
_SKIPPED = frozenset(["ADV", "AUX", "PART"])
_SUBJECTS = frozenset(["nsubj", "nsubj:pass", "csubj", "expl"])
#: Auxiliaries, after whose clause in the past another verb in the past belongs to the cue.
_AUXILIARIES = frozenset(["be", "have"])
#: Prepositions that belong to the cue before them.
_PREPOSITIONS = frozenset(["for", "of", "against", "about", "on"])
_PAST = frozenset(["VBD", "VBN"])


class Coordination:
    """Parts contents of one article before a verb that is coordinated to their cue.

    Parameters
    ----------
    words
        The words of the article.
    trees
        Their trees.
    sentences
        For each word the span of its sentence.
    """

    def __init__(self, words: Words, trees: Trees, sentences: Sequence[Span]) -> None:
        self._lemmas, self._quotation = words.columns["lemma"], words.columns["quotation"]
        self._xpos, self._upos = words.columns["xpos"], words.columns["upos"]
        self._trees, self._sentences = trees, sentences

    def part(self, attributions: Sequence[Attribution]) -> Iterator[Attribution]:
        """Yield attributions, contents cut before a verb of their source, and what that verb tells if it is a cue.

        In *said that rain was near and | warned of floods*, the source says and warns.
        """
        cues = {at for each in attributions if each.cue for at in range(*each.cue)}
        for each in attributions:
            *pieces, last = each.content
            at, verb = self._next_verb(each.cue, last) if each.cue else (-1, -1)
            if verb < 0:
                yield each
                continue
            end = at - (self._upos[at - 1] == "PUNCT" and self._quotation[at - 1] == OUTSIDE)
            yield each._replace(content=(*pieces, (last[0], min(end, last[1]))))
            start = verb + 1 + (self._lemmas[verb + 1] in _PREPOSITIONS)
            end = last[1] if at < last[1] else self._end(verb)
            if verb not in cues and start < end and self._lemmas[verb] in _speech():
                yield Attribution(((start, end),), (self._first_of(at, verb), start), each.source)

    def _end(self, verb: int) -> int:
        """Return where the clause of a verb ends, without marks."""
        end = min(self._trees.clause(verb)[1], self._sentences[verb][1])
        while self._upos[end - 1] == "PUNCT":
            end -= 1
        return end

    def _next_verb(self, cue: Span, piece: Span) -> Span:
        """Return the conjunction and the verb after a cue that go on with its subject in a piece, or −1 and −1."""
        own = next((at for at in range(cue[1] - 1, cue[0] - 1, -1) if self._upos[at] == "VERB"), -1)
        start, end = piece
        if own < 0 or start < cue[1] or self._sentences[start] != self._sentences[cue[0]]:
            return -1, -1
        high = self._sentences[start][1]
        for at in range(start + 1, min(end + 2, high - 1)):
            if self._lemmas[at] not in _JOINING or self._xpos[at] != "CC" or self._quotation[at] != OUTSIDE:
                continue
            verb = next((word for word in range(at + 1, high) if self._upos[word] not in _SKIPPED), high)
            if verb < high and self._upos[verb] == "VERB" and self._goes_on(own, (start, at), verb):
                return at, verb
        return -1, -1

    def _goes_on(self, own: int, before: Span, verb: int) -> bool:
        """Return whether a verb goes on with the subject of a cue, by the words between them."""
        first = self._first_of(before[1], verb)
        tag, form = self._xpos[first], self._xpos[self._first_of(own, own)]
        if any(before[1] < at < verb for at in self._trees.children(verb, _SUBJECTS)):
            return False
        finite = [at for at in range(*before) if self._xpos[at] in FINITE]
        if not finite and tag in FINITE:
            return True
        if not finite or (form != tag and not {form, tag} <= _PAST):
            return False
        if tag == "VBN" and any(self._lemmas[at] == "be" and self._upos[at] == "AUX" for at in range(*before)):
            return False  # *were inspected and approved*
        is_parted = self._upos[before[1] - 1] == "PUNCT" or self._lemmas[before[1]] == "but"
        is_other = self._xpos[finite[0]] != tag or self._lemmas[finite[0]] in _AUXILIARIES
        return self._lemmas[verb] in _speech() and (is_parted or is_other)

    def _first_of(self, low: int, verb: int) -> int:
        """Return the first auxiliary of a verb after a word, or the verb."""
        return next((at for at in range(low + 1, verb) if self._upos[at] == "AUX"), verb)


def _speech() -> frozenset[str]:
    """Return the verbs that are cues of utterances."""
    return stance.cues_of(frozenset(stance.scheme()) - {stance.NONE}, only_speech=True)
