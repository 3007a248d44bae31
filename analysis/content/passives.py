"""Cues in the passive: who tells it stands after *by*, and of whom it is told before the verb."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.content.quotations import OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analysis.content.attribution import Attribution, Span, Words
    from analysis.content.trees import Trees

__all__ = ["Passives"]

_SUBJECTS = frozenset(["nsubj", "nsubj:pass"])
#: Verbs whose subject, in the passive, is that of what is said or thought.
_RAISING = frozenset(
    "allege announce anticipate assume believe claim confirm consider deem estimate expect fear feel forecast hope know"
    " predict presume project reckon report rumor rumour say schedule suppose suspect think understand".split()
)
#: Relations to such a verb of what is told of its subject, or of when and where it is told.
_TOLD = frozenset(["xcomp", "obl"])
#: What follows the agent of a cue that is told of its subject begins with one of these (*was urged by him | to go*).
_TOLD_MARKS = frozenset(["to", "as", "for", "of", "not"])


class Passives:
    """Reads the cues in the passive of one article.

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
        self._lemmas, self._xpos, self._upos = (words.columns[name] for name in ("lemma", "xpos", "upos"))
        self._quotation, self._trees, self._sentences = words.columns["quotation"], trees, sentences

    def with_cue(self, attribution: Attribution) -> Attribution:
        """Return what has no cue with the passive in it for one (*rain | is believed | to have fallen*)."""
        (start, end), *more = attribution.content
        if attribution.cue or attribution.source or more:
            return attribution
        found = (
            at
            for at in range(start + 2, end - 1)
            if self._xpos[at] == "VBN" and self._lemmas[at - 1] == "be" and self._lemmas[at + 1] == "to"
        )
        verb = next((at for at in found if self._lemmas[at] in _RAISING and self._quotation[at] == OUTSIDE), -1)
        return attribution._replace(cue=(verb - 1, verb + 1)) if verb >= 0 else attribution

    def with_agent(self, attribution: Attribution) -> Attribution:
        """Return an attribution whose content the agent of its cue begins with that for its source.

        The content is then whom it is told of, and what follows (*Ann Lee | was chosen by Bo Lund | to lead the bank*).
        """
        cue, pieces = attribution.cue, attribution.content
        verb = self._verb(cue)
        if cue is None or verb < 0 or self._xpos[verb] != "VBN" or self._lemmas[cue[1] - 1] != "by":
            return attribution
        agent, undergoer = self._trees.agent(verb), self._trees.undergoer(verb)
        start, end = pieces[-1]
        if not start == cue[1] <= agent < end or not 0 <= undergoer < cue[0]:
            return attribution
        _, after = self._trees.noun_phrase(agent, without=(0, start))
        after = min(after, end)
        told = self._trees.noun_phrase(undergoer, without=cue)
        is_more = after < end and self._lemmas[after] in _TOLD_MARKS
        rest = [(after, end)] if is_more else []
        return attribution._replace(content=(told, *rest), source=(start, after))

    def subject(self, attribution: Attribution, piece: Span) -> Iterator[Span]:
        """Yield the subject of a passive cue that what follows tells something of (*rain | is expected | to fall*)."""
        cue, verb = attribution.cue, self._verb(attribution.cue)
        if cue is None or verb < 0 or cue[1] > piece[0] or self._lemmas[verb] not in _RAISING:
            return
        relations = {self._trees.relation(at) for at in range(*piece) if self._trees.head(at) == verb}
        is_told = bool(relations & _TOLD) and "ccomp" not in relations
        is_passive = self._xpos[verb] == "VBN" and "be" in self._lemmas[slice(*cue)]
        subjects = self._trees.children(verb, _SUBJECTS if is_passive else ["nsubj:pass"])
        subject = subjects[0] if subjects else -1
        if is_told and 0 <= subject < cue[0]:
            start, end = self._trees.noun_phrase(subject, without=cue)
            is_subject = (self._trees.relation(start), self._trees.head(start)) != ("case", subject)
            if is_subject and end <= cue[0] and self._sentences[start] == self._sentences[cue[0]]:
                yield start, end

    def _verb(self, cue: Span | None) -> int:
        """Return the first verb of a cue, or −1."""
        return next((at for at in range(*(cue or (0, 0))) if self._upos[at] == "VERB"), -1)
