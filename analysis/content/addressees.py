"""Who is told: the words that name whom an utterance is addressed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.content.attribution import Attribution, Span, Words
    from analysis.content.sources import Named
    from analysis.content.trees import Trees

__all__ = ["Addressees"]

#: After these cues the one who is told stands without a preposition.
_TELLING = frozenset(
    "tell ask inform remind assure urge warn notify advise promise brief order instruct thank accuse blame".split()
)
_TELL = "tell"
#: Verbs whose object is what others say.
_REJECTING = frozenset("deny dismiss dispute rebut refute reject".split())
#: Before who is told, *to* stands after these.
_SAYING_TO = frozenset("say write speak talk explain announce report complain".split())
#: Verbs of saying before a cue that is no more than a preposition (*announced today | at a*).
_SAYING = frozenset(["announce", "declare", "say", "state"])
#: A verb of telling stands at most so many words before the rest of its cue.
_REACH_WORDS = 6
#: Stances whose object is the one accused, not the one addressed.
_NO_ADDRESSEE = frozenset(["accuse", "blame", "thank"])
_TO = frozenset(["to", "with"])
_SUBJECTS = frozenset(["nsubj", "nsubj:pass"])
_NAMING = frozenset(["NOUN", "PROPN", "PRON"])
_PHRASE = frozenset(["DET", "ADJ", "NOUN", "PROPN", "PRON", "NUM"])
_PHRASE_OF = _PHRASE | {"ADP"}
_WHO, _FUNCTION = "WP", frozenset(["ADP", "DET"])
_POINTING = frozenset(["this", "last", "that"])
_TIMES = frozenset("afternoon evening month morning night week weekend year".split())


class Addressees:
    """Finds who is told in one article.

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

    def __init__(self, words: Words, trees: Trees, named: Sequence[Named], sentences: Sequence[Span]) -> None:
        self._lemmas = words.columns["lemma"]
        self._xpos, self._upos = words.columns["xpos"], words.columns["upos"]
        self._trees, self._named, self._sentences = trees, named, sentences

    def with_verb(self, attribution: Attribution) -> Attribution:
        """Begin a cue without a verb with the verb that tells whom it speaks to (*told the court* before a colon).

        Or with the verb that rejects what others say (*denied | a claim by*).
        """
        cue = attribution.cue
        rejecting = self._rejecting(cue) if cue else -1
        if cue and rejecting >= 0 and (attribution.source is None or attribution.source[1] <= rejecting):
            return attribution._replace(cue=(rejecting, cue[1]))
        if cue is None or any(self._upos[at] in ("VERB", "AUX", "NOUN") for at in range(cue[0], cue[1] - 1)):
            return attribution
        low, _ = self._sentences[cue[0]]
        at = cue[0] - 1
        while at > low and (self._upos[at] in _PHRASE or self._upos[at] == "ADP") and cue[0] - at <= _REACH_WORDS:
            at -= 1
        is_telling = self._lemmas[at] in _TELLING
        is_saying = self._lemmas[at] in _SAYING and all(self._upos[word] in _FUNCTION for word in range(*cue))
        if at < low or not (is_telling or is_saying) or self._upos[at] != "VERB":
            return attribution
        is_clause = any(self._xpos[word] == _WHO for word in range(at, cue[1]))  # *advised | people who have*
        return attribution._replace(cue=(at, at + 1 if is_clause or is_saying else cue[1]))

    def _rejecting(self, cue: Span) -> int:
        """Return the verb of denying or the like that a noun of a cue is the object of, before the cue, or −1.

        The noun may stand before *by* (*denied reports | by Ann Lee*).
        """
        own = range(cue[0] - (self._lemmas[cue[0]] == "by" and cue[0] > 0), cue[1])
        heads = (self._trees.head(at) for at in own if self._trees.relation(at) == "obj")
        is_near = (head for head in heads if self._sentences[cue[0]][0] <= head < cue[0])
        return next((head for head in is_near if self._lemmas[head] in _REJECTING), -1)

    def without(self, attribution: Attribution) -> Attribution:
        """Leave out of the content who is told (*promised customers that it is safe*, *told them to wait*)."""
        cue, (start, end) = attribution.cue, attribution.content[0]
        if cue is not None and self._lemmas[cue[1] - 1] == _TELL and (clause := self._clause(cue[1], end)) > start:
            return attribution._replace(content=((clause, end), *attribution.content[1:]))
        if cue is None or cue[1] != start:
            return attribution
        words = self._lemmas[slice(*cue)]
        is_to = words[-1] in _TO and not _SAYING_TO.isdisjoint(words)  # *said to | the public that*
        if not is_to and _TELLING.difference(_NO_ADDRESSEE).isdisjoint(words):
            return attribution
        at = start
        while at < end and (self._upos[at] in _PHRASE or self._xpos[at] == "POS") and self._lemmas[at] != "that":
            at += 1
        if at in (start, end) or self._upos[at - 1] not in _NAMING:
            return attribution
        if self._lemmas[at] != "that" and not (words[-1] == _TELL and self._is_demand(at, end)):
            return attribution
        return attribution._replace(content=((at, end), *attribution.content[1:]))

    def _clause(self, start: int, end: int) -> int:
        """Return where what is told begins after a noun phrase for who is told, without *that* between, or −1.

        The tree makes both noun phrases subjects of the clause, or the first one an object (*told the court | she was
        ill*).
        """
        for verb in range(start, end):
            subjects = [at for at in self._trees.children(verb, _SUBJECTS) if at >= start]
            is_told = self._trees.relation(verb) == "ccomp" and self._trees.head(verb) == start - 1
            if is_told and subjects:
                first, _ = self._trees.noun_phrase(subjects[-1])
                between = range(start, first)
                is_phrase = all(self._upos[at] in _PHRASE_OF or self._xpos[at] == "POS" for at in between)
                return first if is_phrase and any(self._upos[at] in _NAMING for at in between) else -1
        return -1

    def _is_demand(self, at: int, end: int) -> bool:
        """Return whether *to* and a verb begin with a word, or after *not* there."""
        at += self._lemmas[at] == "not"
        return at + 1 < end and self._xpos[at] == "TO" and self._upos[at + 1] in ("VERB", "AUX")

    def find(self, cue: Span | None, pieces: Sequence[Span], source: Span | None) -> Span | None:
        """Return the noun phrase after a cue that names who is told, outside of content and source, or None."""
        if cue is None:
            return None
        at = self._after_telling(cue)
        _, high = self._sentences[cue[0]]
        taken = {word for low, end in (*pieces, source or (0, 0)) for word in range(low, end)}
        cues = self._lemmas[cue[0] : at]
        if cues[-1] in _TO and len(cues) > 1:
            cues = cues[:-1]
        elif at < high and self._lemmas[at] in _TO and at not in taken:
            at += 1
        elif _TELLING.isdisjoint(cues):
            return None
        if not _NO_ADDRESSEE.isdisjoint(cues):
            return None
        first = at
        while at < high and at not in taken and self._xpos[at] != _WHO:
            if self._upos[at] not in _PHRASE and self._xpos[at] != "POS":
                break
            at += 1
        at = self._before_time(first, at)
        if at == first or self._upos[at - 1] not in _NAMING or self._lemmas[first] in ("that", "what"):
            return None
        if any(each.label == "date" and each.start <= at - 1 < each.end for each in self._named):
            return None
        return first, at

    def _before_time(self, start: int, end: int) -> int:
        """Return where a phrase ends without a time (*told the radio | this morning*)."""
        is_time = end - 2 > start and self._lemmas[end - 2] in _POINTING and self._lemmas[end - 1] in _TIMES
        return end - 2 if is_time else end

    def _after_telling(self, cue: Span) -> int:
        """Return the word after a cue, or after the part of it that comes before who is told."""
        for at in range(*cue):
            is_told = self._lemmas[at] in _TELLING and self._upos[at] == "VERB"
            if is_told or (self._lemmas[at] in _TO and at > cue[0] and self._lemmas[at - 1] in _SAYING_TO):
                return at + 1
        return cue[1]
