"""*According to*: whose words a sentence has that names its source in a preposition, and which words are theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.content import sources
from analysis.content.attribution import Attribution
from analysis.content.complements import FINITE
from analysis.content.quotations import CLOSING, IN_QUOTATION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.content.attribution import Span, Words
    from analysis.content.trees import Trees

__all__ = ["ACCORDING", "According"]

#: The lemmas of its first word.
ACCORDING = frozenset(["accord", "according"])
_SUBJECTS = frozenset(["nsubj", "nsubj:pass", "csubj", "expl"])
_RELATIVE_CLAUSE = "acl:relcl"
#: Penn tags of words that begin a clause that tells of a noun before.
_BEGINNINGS = frozenset(["WDT", "WP", "WP$", "WRB", "VBN", "VBG"])
#: Penn tags of words that begin an apposition, and kinds of nouns in one to the name of a person.
_BEFORE_NOUN = frozenset(["DT", "JJ", "NN", "PRP$"])
_PERSONS = frozenset(["official", "person"])
#: Universal tags of the words of a list of names, and of nouns.
_OF_LISTS = frozenset(["ADJ", "ADP", "CCONJ", "DET", "NOUN", "PART", "PROPN"])
_NOUNS = frozenset(["NOUN", "PROPN"])
#: Penn tags of words that end the part of a phrase that its head is in.
_AFTER_HEAD = frozenset(["IN", "TO", "VBG", "VBN", "WDT", "WP"])


class According:
    """Mends the attributions of one article whose cue is *according to*.

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
        self._lemmas, self._quotation = words.columns["lemma"], words.columns["quotation"]
        self._xpos, self._upos = words.columns["xpos"], words.columns["upos"]
        self._trees, self._named, self._sentences = trees, named, sentences

    def mend(self, attributions: Sequence[Attribution]) -> list[Attribution]:
        """Return attributions, with one for each sentence, or clause after *and*, that begins with *According to*.

        The source goes from there to the comma before what is said, or without one to its subject.
        """
        rest = [self._after_source(self._before_bracket(each)) for each in attributions]
        for low in (at for at, lemma in enumerate(self._lemmas) if lemma in ACCORDING):
            first, end = self._sentences[low]
            if low != first and self._xpos[low - 1] != "CC":
                continue
            after, start = self._source_end(low, end)
            if after < 0:
                continue
            own = [each for each in rest if self._is_of(each, low, after, first, end)]
            last = next(at for at in range(end, low, -1) if self._upos[at - 1] != "PUNCT")
            known = max([each.content[-1][1] for each in own], default=last)
            is_known = self._has_verb(after, known) and self._has_verb(known, last)
            last = known if is_known else max(known, last)
            if last > start:
                rest = [each for each in rest if each not in own]
                rest.append(Attribution(((start, last),), (low, low + 2), (low + 2, after)))
        return rest

    def _has_verb(self, start: int, end: int) -> bool:
        """Return whether there is a finite verb from one word to another."""
        return any(self._xpos[at] in FINITE for at in range(start, end))

    def _before_bracket(self, attribution: Attribution) -> Attribution:
        """Return an attribution whose cue stands in a bracket with what is said before that, in quotation marks or not.

        In *“A wall of water” (according to Ann Lee) hit the town*, the rest is the writer's.
        """
        cue, pieces = attribution.cue, attribution.content
        if cue is None or self._lemmas[cue[0]] not in ACCORDING or self._lemmas[cue[0] - 1] != "(":
            return attribution
        low, _ = self._sentences[cue[0]]
        kept = [piece for piece in pieces if low <= piece[0] and piece[1] < cue[0]]
        if self._quotation[cue[0] - 2] == CLOSING:
            kept = [piece for piece in kept if self._quotation[piece[0]] in IN_QUOTATION] or kept
        return attribution._replace(content=tuple(kept or pieces))

    def _after_source(self, attribution: Attribution) -> Attribution:
        """Return an attribution whose content begins after its source (*According to the bank | prices rose*)."""
        cue, source, (start, end), *rest = attribution.cue, attribution.source, *attribution.content
        if cue is None or source is None or self._lemmas[cue[0]] not in ACCORDING:
            return attribution
        is_within = start == source[0] and source[1] < end
        return attribution._replace(content=((source[1], end), *rest)) if is_within else attribution

    def _is_of(self, attribution: Attribution, low: int, after: int, first: int, end: int) -> bool:
        """Return whether an attribution within a sentence has its source, or else its cue, in some of its words."""
        named = attribution.source or attribution.cue
        is_within = end >= attribution.content[-1][1] and (low != first or low <= attribution.content[0][0])
        return is_within and named is not None and low <= named[0] < after

    def _source_end(self, low: int, end: int) -> Span:
        """Return where the source of *According to …* ends and what is said begins, or −1 and −1.

        That is at the first comma, or the next after what is said of the source there or joined to it. Without a comma
        before the verb it is where the noun phrase of the source ends and that of the subject begins.
        """
        dates = {
            at
            for name in sources.names_in(self._named, low, end)
            if name.label == "date"
            for at in range(name.start, name.end)
        }
        commas = [at for at in range(low + 3, end) if self._lemmas[at] == "," and at not in dates]
        verb = next((at for at in range(low + 2, end) if self._xpos[at] in FINITE and not self._is_relative(at)), end)
        if not commas or commas[0] > verb:
            return self._before_subject(low, verb)
        comma = commas[0]
        for following in commas[1:]:
            if following > verb or not self._is_of_source((low + 2, comma), (comma + 1, following), verb):
                break
            comma = following
        return comma, comma + 1

    def _before_subject(self, low: int, verb: int) -> Span:
        """Return where the source ends that the subject of a verb follows (*According to the bank | prices rose*)."""
        subjects, head = self._subjects(verb), self._trees.head(low)
        if not subjects or not low < head < subjects[0]:
            return -1, -1
        after, start = self._trees.noun_phrase(head)[1], self._trees.noun_phrase(subjects[0])[0]
        return (after, start) if after == start else (-1, -1)

    def _is_of_source(self, source: Span, words: Span, verb: int) -> bool:
        """Return whether words between commas after a source belong to it (*Ann Lee, | an expert*)."""
        start, end = words
        if start == end or any(start <= at < end for at in self._subjects(verb)):
            return False
        if self._xpos[start] in _BEGINNINGS or (self._upos[start] == "NUM" and end == start + 1):  # *Ann Lee, | 45*
            return True
        names = list(sources.names_in(self._named, source[0], end))
        own = [each for each in names if each.start == start and each.end == end]
        before = [each for each in names if each.end == start - 1]
        is_person = any(each.label == "person" for each in own)  # *the mayor, | Ann Lee*
        is_place = own and before and own[0].label == before[0].label == "location"  # *the police in Dorna, | Norway*
        if is_person or is_place or self._is_joined(words):
            return True
        kind = self._kind(words)
        if before and before[0].label in sources.KINDS and self._xpos[start] in _BEFORE_NOUN:
            return kind in _PERSONS if before[0].label == "person" else kind == sources.KINDS[before[0].label]
        return False

    def _is_joined(self, words: Span) -> bool:
        """Return whether words are of a list that ends with *and* (*Oslo, | Lima and Rome*)."""
        tags = self._upos[slice(*words)]
        return _OF_LISTS.issuperset(tags) and "CCONJ" in (*tags, self._upos[words[1] + 1])

    def _head(self, words: Span) -> int:
        """Return the last noun of a phrase before what follows its head."""
        last = next((at for at in range(words[0] + 1, words[1]) if self._xpos[at] in _AFTER_HEAD), words[1])
        return next((at for at in range(last - 1, words[0] - 1, -1) if self._upos[at] in _NOUNS), words[0])

    def _kind(self, words: Span) -> str:
        """Return what kind of source the head of a phrase is."""
        head = self._head(words)
        return sources.kind_of_noun(self._lemmas[head], self._xpos[head], self._upos[head])

    def _subjects(self, verb: int) -> list[int]:
        """Return the subjects of a verb, or of the predicate that it belongs to."""
        if verb >= len(self._upos):
            return []
        return [
            at for each in (verb, self._trees.head(verb)) if each >= 0 for at in self._trees.children(each, _SUBJECTS)
        ]

    def _is_relative(self, verb: int) -> bool:
        """Return whether a finite verb, or the predicate that it belongs to, is that of a relative clause."""
        return _RELATIVE_CLAUSE in (self._trees.relation(verb), self._trees.relation(self._trees.head(verb)))
