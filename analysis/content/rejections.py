"""Denials in a comment on what another says (*says the vote was rigged, a charge that Oslo rejects*)."""

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

__all__ = ["Rejections"]

#: Words for what was said, with which a comment on it begins, and what may stand before them.
_SAID = frozenset("accusation allegation assertion charge claim suggestion something".split())
_CHARGES = frozenset("accusation allegation charge".split())
_ARTICLES, _RELATIVE = frozenset(["a", "an"]), frozenset(["that", "which"])
_DENY, _ACCUSE, _REJECT, _WHICH, _BY = "deny", "accuse", "reject", "which", "by"
#: Prepositions before what someone is accused of.
_BEFORE_ACT = frozenset(["of", "for"])
#: Verbs of those who act on a charge, which is what is denied (*fined the firm for | failing to report it*).
_PUNISHING = frozenset("arrest charge convict detain fine indict investigate penalise penalize prosecute sue".split())
#: Verbs of those who ask for something, and kinds of what is asked for.
_WISHING, _WISHES = frozenset("appeal apply ask petition request seek".split()), frozenset(["asked", "granted"])
_AUXILIARIES = frozenset(["aux", "aux:pass", "cop"])
_SUBJECTS = frozenset(["nsubj", "nsubj:pass"])
_NEGATIONS = frozenset(["not", "n't", "n’t", "never", "neither"])
_ACTIVE, _PASSIVE = frozenset(["VBD", "VBZ", "VBP", "VBN"]), "VBN"
#: Universal tags that may stand between who denies and the verb.
_BESIDE_VERB = frozenset(["AUX", "ADV"])


class Rejections:
    """Finds in one article who denies what another says, where a comment on it tells so.

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
        """Yield attributions, contents cut before a comment that tells of a denial, and that denial of the same."""
        for each in attributions:
            found = self._denial(each) if each.cue and each.source else None
            if found is None:
                yield each
                continue
            at, cue, source = found
            *pieces, (start, end) = each.content
            told = each._replace(content=(*pieces, (start, min(end, at))))
            yield told
            if content := self._denied(told, is_charge=not _CHARGES.isdisjoint(self._lemmas[at + 1 : at + 3])):
                yield Attribution(content, cue, source)

    def _denial(self, attribution: Attribution) -> tuple[int, Span, Span] | None:
        """Return where the comment on a content begins, its cue and its source, if it is a denial."""
        start, end = attribution.content[-1]
        _, high = self._sentences[start]
        end = max(end, *(each[1] for each in (attribution.cue, attribution.source) if each))
        for at in range(start + 1, min(end + 2, high - 2)):
            found = self._comment(at, high) if self._lemmas[at] == "," and self._quotation[at] == OUTSIDE else None
            is_wish = self._lemmas[at + 1] == _WHICH and any(map(self._is_wish, range(start, at)))
            if found and found[1] != attribution.source and not is_wish:
                return at, *found
        return None

    def _comment(self, comma: int, high: int) -> tuple[Span, Span] | None:
        """Return the cue and the source of a comment after a comma, if it is a denial."""
        first = self._after_noun(comma + 1)
        return None if first < 0 else self._passive(first, high) or self._active(first, high)

    def _is_wish(self, at: int) -> bool:
        """Return whether a word tells that something is asked for, which may be denied (*asked for bail, which …*)."""
        kind = stance.things().get(self._lemmas[at])
        return self._lemmas[at] in _WISHING or kind in _WISHES

    def _after_noun(self, at: int) -> int:
        """Return the word after *a charge that*, *something* or *which* from a word on, or −1."""
        if self._lemmas[at] == _WHICH:
            return at + 1
        at += self._lemmas[at] in _ARTICLES
        if self._lemmas[at] not in _SAID:
            return -1
        return at + 1 + (self._lemmas[at + 1] in _RELATIVE)

    def _active(self, first: int, high: int) -> tuple[Span, Span] | None:
        """Return the cue and the source of *the government has rejected* from a word on."""
        verb = next((at for at in range(first + 1, high) if self._is_denial(at, first)), -1)
        subject = next((at for at in self._trees.children(verb, _SUBJECTS) if first <= at < verb), -1)
        if verb < 0 or subject < 0 or self._xpos[verb] not in _ACTIVE:
            return None
        low, end = self._trees.noun_phrase(subject)
        between = range(max(end, subject + 1), verb)
        is_plain = low == first and all(self._upos[at] in _BESIDE_VERB for at in between)
        if not is_plain or not _NEGATIONS.isdisjoint(self._lemmas[at] for at in between):
            return None
        return (verb, verb + 1), (low, between.start)

    def _passive(self, first: int, high: int) -> tuple[Span, Span] | None:
        """Return the cue and the source of *denied by the government* from a word on."""
        verb = next((at for at in range(first, high - 2) if self._upos[at] not in _BESIDE_VERB), high)
        is_passive = verb < high - 2 and self._xpos[verb] == _PASSIVE and self._lemmas[verb + 1] == _BY
        if not is_passive or not self._is_denial(verb, first) or not _NEGATIONS.isdisjoint(self._lemmas[first:verb]):
            return None
        agent = next((at for at in range(verb + 2, high) if self._trees.head(at) == verb), -1)
        if agent < 0:
            return None
        low, end = self._trees.noun_phrase(agent)
        return ((verb, verb + 1), (max(low, verb + 2), end)) if end > verb + 2 else None

    def _is_denial(self, at: int, first: int) -> bool:
        """Return whether a verb denies what was said; *which X rejects* may be an offer."""
        is_said = self._lemmas[first - 1] != _WHICH or self._lemmas[first - 2] != ","
        is_rejected = is_said and self._lemmas[at] == _REJECT
        return self._upos[at] == "VERB" and (is_rejected or self._lemmas[at] in stance.cues_of(frozenset([_DENY])))

    def _denied(self, told: Attribution, *, is_charge: bool) -> tuple[Span, ...]:
        """Return the pieces that are denied: a clause, or of a charge the act (*accused her of | lying*)."""
        *_, (start, end) = told.content
        acts = (
            at + 1 for at in range(start, end - 1) if self._lemmas[at] in _BEFORE_ACT and self._xpos[at + 1] == "VBG"
        )
        first = next(acts, -1)
        is_clause = self._is_clause((start, end))
        is_act = self._accuses(told.cue) and not is_clause
        is_act |= is_charge and self._lemmas[self._trees.head(first)] in _PUNISHING
        if is_act and first > 0:
            return ((first, end),)
        return told.content if is_clause else ()

    def _is_clause(self, piece: Span) -> bool:
        """Return whether the word that others of a piece hang on is a finite verb, or a predicate with *be*."""
        top = next((at for at in range(*piece) if not piece[0] <= self._trees.head(at) < piece[1]), piece[0])
        own = [top, *self._trees.children(top, _AUXILIARIES)]
        return any(self._xpos[at] in FINITE for at in own)

    def _accuses(self, cue: Span | None) -> bool:
        words = self._lemmas[slice(*cue)] if cue else []
        return not stance.cues_of(frozenset([_ACCUSE])).isdisjoint(words)
