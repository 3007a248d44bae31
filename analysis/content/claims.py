"""Claims: who says or thinks what, by which words, and how the source stands to it.

:mod:`analysis.content.attribution` finds the words of contents, cues and sources; what a cue tells is read in
:mod:`analysis.content.stance`, and whom a source stands for in :mod:`analysis.content.sources`.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis import tables
from analysis.article import Article
from analysis.content import sources, stance
from analysis.content.attribution import TEMPLATES, Attribution, Attributor, read_words
from analysis.content.quotations import IN_QUOTATION, form_of
from analysis.content.trees import Trees
from analysis.language.models import default_models
from analysis.language.network import Network
from analysis.language.tagger import Tagger
from analysis.resources import MODELS, Folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd

    from analysis.content.attribution import Span, Words
    from analysis.content.sources import Source
    from analysis.content.stance import Cue

__all__ = ["Claims", "default_attributor", "find_claims"]

#: A quotation without a known cue counts as an utterance from this many words on, with one in quotation marks from the
#: second; an indirect content that a known cue tells from that many.
_QUOTED_WORDS, _MIXED_WORDS, _INDIRECT_WORDS = 4, 3, 2
#: After these cues the one who is told stands without a preposition.
_TELLING = frozenset(
    "tell ask inform remind assure urge warn notify advise promise brief order instruct thank accuse blame".split()
)
#: Before who is told, *to* stands after these.
_SAYING_TO = frozenset("say write speak talk explain announce report complain".split())
#: Stances of utterances whose content may do without a verb (*accused him of theft*).
_ACTS = frozenset(
    [
        *"accuse admit condemn confirm decline demand deny offer praise promise refuse threaten warn".split(),
        "leave open",
    ]
)
#: Penn tags of words that begin no source.
_NO_SOURCE = frozenset(["IN", "TO", "WDT", "WP"])
#: Penn tags of words that are no source alone, and of words that end none.
_NO_LONE = frozenset(["DT", "IN", "TO", "CC", "PRP$", "JJ"])
_NO_END = _NO_LONE | {"WDT", "WP"}
#: States of mind whose cue in the passive has no source as its subject (*is expected to*), and cues in the passive that
#: have one (*was quoted as saying*).
_HELD = frozenset(["believe", "expect"])
_NO_PASSIVE = frozenset(["quote", "commit", "prepare"])
#: Relations to a verb of what it tells, in the content of another claim, with the stances that they are read for; all
#: where there are none.
_COMPLEMENTS = {
    "ccomp": frozenset[str](),
    "xcomp": frozenset(["agree", "deny", "fear", "hope", "offer", "plan", "promise", "refuse", "threaten"]),
    "obj": frozenset(["accuse", "condemn", "demand", "deny", "fear", "praise"]),
}
_FINITE = frozenset(["MD", "VBD", "VBP", "VBZ"])
_TO = frozenset(["to", "with"])
_NAMING = frozenset(["NOUN", "PROPN", "PRON"])
_PHRASE = frozenset(["DET", "ADJ", "NOUN", "PROPN", "PRON", "NUM"])
#: Stances whose object is the one accused, not the one addressed.
_NO_ADDRESSEE = frozenset(["accuse", "blame", "thank"])
#: Kinds of sources for which *who* stands.
_PERSONS = frozenset(["person", "official", "group"])


#: A verb of telling stands at most so many words before the rest of its cue; a content lacks at most so many at its
#: end.
_REACH_WORDS, _MISSING_WORDS = 6, 3


class Claims(NamedTuple):
    """The tables of claims and of the pieces of their contents."""

    claims: pd.DataFrame
    claim_parts: pd.DataFrame


@cache
def default_attributor() -> Attributor:
    """Return the attributor of the package."""
    network = Network.from_bytes(Folder(MODELS).read_bytes("claims.npz"))
    return Attributor(Tagger(network, TEMPLATES, default_models().lexicon))


def find_claims(
    articles: Article | Iterable[Article],
    sentences: pd.DataFrame,
    tokens: pd.DataFrame,
    mentions: pd.DataFrame,
    coreference: pd.DataFrame,
    *,
    attributor: Attributor | None = None,
) -> Claims:
    """Find what is said and thought in articles, and by whom.

    Parameters
    ----------
    articles
        An article, or any number of them.
    sentences, tokens, mentions, coreference
        Their tables.
    attributor
        What finds contents, cues and sources; that of the package unless given.
    """
    attributor = attributor or default_attributor()
    texts = {each.id: each.text for each in ([articles] if isinstance(articles, Article) else articles)}
    named = sources.named(tokens, mentions, coreference)
    claims: list[tuple[Any, ...]] = []
    parts: list[tuple[Any, ...]] = []
    first = 0
    for words in read_words(sentences, tokens):
        own = tokens.iloc[first : first + words.n]
        first += words.n
        reader = _Reader(texts[own["article_id"].iloc[0]], words, own, named.get(own["article_id"].iloc[0], []))
        reader.add_rows(attributor.find(words), claims, parts)
    return Claims(tables.frame("claims", claims), tables.frame("claim_parts", parts))


class _Reader:
    """Makes rows of the attributions of one article."""

    def __init__(self, text: str, words: Words, tokens: pd.DataFrame, named: Sequence[sources.Named]) -> None:
        self._text, self._named = text, named
        self._article = tokens["article_id"].iloc[0]
        self._lemmas, self._quotation = words.columns["lemma"], words.columns["quotation"]
        self._xpos, self._upos = words.columns["xpos"], words.columns["upos"]
        self._is_word = tokens["is_word"].tolist()
        self._start, self._end = tokens["start"].tolist(), tokens["end"].tolist()
        self._numbers = tokens["sentence"].tolist()
        self._trees = Trees.of(tokens)
        bounds = [*np.flatnonzero(np.diff(words.places.sentence, prepend=-1)).tolist(), words.n]
        self._sentence = [(low, high) for low, high in pairwise(bounds) for _ in range(low, high)]

    def add_rows(
        self, attributions: Sequence[Attribution], claims: list[tuple[Any, ...]], parts: list[tuple[Any, ...]]
    ) -> None:
        """Add the rows of both tables."""
        found = self.found(attributions)
        drafts = self._attribute(sorted((d for each in found for d in self._drafts(each)), key=attrgetter("pieces")))
        spans = [(self._start[draft.pieces[0][0]], self._end[draft.pieces[-1][1] - 1]) for draft in drafts]
        for number, (draft, (start, end)) in enumerate(zip(drafts, spans, strict=True)):
            pieces = [(self._start[low], self._end[high - 1]) for low, high in draft.pieces]
            source = self._characters(draft.source)
            cue = self._characters(draft.cue)
            speaking = draft.attribution.source if draft.attribution else None
            told, n_quoted, n_words = self._told(draft.cue, draft.pieces), *self._count(draft.pieces)
            who = self._identify(speaking)
            claims.append(
                (
                    self._article,
                    number,
                    self._numbers[draft.pieces[0][0]],
                    start,
                    end,
                    self._text[start:end],
                    *source,
                    self._text[slice(*source)],
                    who.name or (self._text[slice(*self._characters(speaking))]),
                    who.kind,
                    *cue,
                    self._text[slice(*cue)],
                    told.stance,
                    self._is_speech(draft, told, n_quoted, n_words),
                    form_of(n_quoted, n_words),
                    self._addressee(draft),
                    self._parent(number, draft, spans),
                )
            )
            parts += [
                (self._article, number, part, low, high, self._text[low:high])
                for part, (low, high) in enumerate(pieces)
            ]

    def found(self, attributions: Sequence[Attribution]) -> list[Attribution]:
        """Return attributions."""
        whole = [self._with_whole_content(self._with_verb(each)) for each in attributions]
        found = [self._without_addressee(self._with_subject(each)) for each in whole if self._is_claim(each)]
        found = [each._replace(content=tuple(map(self._with_first_conjuncts, each.content))) for each in found]
        found += [each for outer in found for each in self._within(outer, attributions)]
        return found

    def _is_claim(self, attribution: Attribution) -> bool:
        """Return whether the cue is listed, or another tells of a content in quotation marks or with a finite verb."""
        if attribution.cue is None:
            return False
        verbs = [at for at in range(*attribution.cue) if self._upos[at] == "VERB"]
        if verbs and all(map(self._trees.is_attribute, verbs)):  # *confirmed cases of flu*
            return False
        told = self._told(attribution.cue, attribution.content)
        if told.stance == stance.NONE:
            return False
        if told.is_known or self._count(attribution.content)[0]:
            return True
        return any(self._xpos[at] in _FINITE for low, high in attribution.content for at in range(low, high))

    def _with_verb(self, attribution: Attribution) -> Attribution:
        """Begin a cue without a verb with the verb that tells whom it speaks to (*told the court* before a colon)."""
        cue = attribution.cue
        if cue is None or any(self._upos[at] in ("VERB", "AUX", "NOUN") for at in range(cue[0], cue[1] - 1)):
            return attribution
        low, _ = self._sentence[cue[0]]
        at = cue[0] - 1
        while at > low and (self._upos[at] in _PHRASE or self._upos[at] == "ADP") and cue[0] - at <= _REACH_WORDS:
            at -= 1
        if at < low or self._lemmas[at] not in _TELLING or self._upos[at] != "VERB":
            return attribution
        return attribution._replace(cue=(at, cue[1]))

    def _with_whole_content(self, attribution: Attribution) -> Attribution:
        """Let the last piece of a content go on to the end of its sentence if few words lack."""
        cue, (start, end) = attribution.cue, attribution.content[-1]
        if cue is None or cue[0] >= start or self._sentence[end - 1] != self._sentence[start]:
            return attribution
        _, high = self._sentence[end - 1]
        last = next((at for at in range(high, end, -1) if self._upos[at - 1] != "PUNCT"), end)
        rest = range(end, last)
        if not rest or len(rest) > _MISSING_WORDS or any(self._upos[at] == "PUNCT" for at in rest):
            return attribution
        if not all(self._trees.hangs_on(at, (start, last)) for at in rest):
            return attribution
        return attribution._replace(content=(*attribution.content[:-1], (start, last)))

    def _with_subject(self, attribution: Attribution) -> Attribution:
        """Give an attribution without a noun phrase as its source the subject of its cue, if it has one."""
        cue, source = attribution.cue, attribution.source
        if source:  # the words of its last sentence
            low, _ = self._sentence[source[1] - 1]
            start = max(low, source[0])
            while start < source[1] - 1 and self._upos[start] == "PUNCT":
                start += 1
            end = source[1]
            while end > start and self._xpos[end - 1] in (_NO_END if end > start + 1 else _NO_LONE):
                end -= 1
            source = (start, end) if end > start else None
        if cue is None:
            return attribution._replace(source=source)
        verb = next((at for at in range(*cue) if self._upos[at] == "VERB"), -1)
        undergoer = self._trees.undergoer(verb) if verb >= 0 and self._is_passive(attribution, verb) else -1
        if undergoer >= 0 and (source is None or source[0] <= undergoer < source[1]):
            agent = self._trees.agent(verb)
            source = self._trees.noun_phrase(agent, without=cue) if agent >= 0 else None
        elif source is None or self._xpos[source[0]] in _NO_SOURCE or self._is_within_subject(source, verb, cue):
            subject = next(
                (found for at in ([verb] if verb >= 0 else range(*cue)) if (found := self._subject(at, cue)) >= 0), -1
            )
            if subject < 0 and source is None and attribution.content[-1][1] <= cue[0] and verb >= 0:
                subject = self._trees.object_after(verb)  # *“Why?” asked Ann Lee*
            if subject >= 0:
                source = self._trees.noun_phrase(subject, without=cue)
        elif verb < 0 or not source[0] <= verb < source[1]:
            taken = {at for low, high in (*attribution.content, cue) for at in range(low, high)}
            source = self._complete(source, taken)
        return attribution._replace(source=source)

    def _is_within_subject(self, source: Span, verb: int, cue: Span) -> bool:
        """Return whether a source is part of a clause that modifies the subject of a verb."""
        subject = self._subject(verb, cue) if verb >= 0 else -1
        if subject < 0:
            return False
        (low, high), (start, end) = self._trees.clause(subject), self._trees.noun_phrase(subject)
        return low <= source[0] and source[1] <= high + 1 and (source[0] >= end or source[1] <= start)

    def _subject(self, verb: int, cue: Span) -> int:
        """Return the head of the subject of a word of a cue, or −1 where the cue holds it."""
        subject = self._trees.subject(verb)
        return -1 if cue[0] <= subject < cue[1] else subject

    def _is_passive(self, attribution: Attribution, verb: int) -> bool:
        """Return whether the subject of a cue, if in the passive, is one who is told, accused or thought of."""
        if attribution.cue is None or self._lemmas[verb] in _NO_PASSIVE:
            return False
        told = self._told(attribution.cue, attribution.content)
        return told.is_known and (told.is_speech or told.stance in _HELD)

    def _complete(self, source: Span, taken: set[int]) -> Span:
        """Return a source with the rest of a name that it cuts, of its noun phrase, and of its coordination."""
        start, end = self._trees.whole_phrase(source)
        for name in self._named:
            if name.label in sources.KINDS and name.start < end and start < name.end:
                start, end = min(start, name.start), max(end, name.end)
        low, high = self._sentence[source[0]]
        start, end = max(start, low), min(end, max(high, source[1]))
        while start < source[0] and not taken.isdisjoint(range(start, source[0])):
            start += 1
        while end > source[1] and not taken.isdisjoint(range(source[1], end)):
            end -= 1
        return start, end

    def _within(self, outer: Attribution, found: Sequence[Attribution]) -> Iterator[Attribution]:
        """Yield what the content of an attribution says that others say (*said that farmers feared a drought*)."""
        cues = {at for each in found if each.cue for at in range(*each.cue)}
        for low, high in outer.content:
            for at in range(low, high):
                if self._upos[at] != "VERB" or at in cues:
                    continue
                told = self._told((at, at + 1), [(at + 1, high)])
                if not told.is_known or told.stance == stance.NONE:
                    continue
                relations = {name for name, stances in _COMPLEMENTS.items() if not stances or told.stance in stances}
                for subject, head in self._trees.told(at, relations):
                    start, end = self._trees.clause(head)
                    while end > start and self._upos[end - 1] == "PUNCT":
                        end -= 1
                    if low <= subject and at < start < end <= high:
                        source = self._trees.noun_phrase(subject, without=(at, at + 1))
                        yield Attribution(((start, end),), (at, at + 1), source)
                        break

    def _drafts(self, attribution: Attribution) -> Iterator[_Draft]:
        """Yield the claims of an attribution: what its pieces in the sentence of its cue say, and others by themselves.

        Pieces with nothing but marks between them, as those of a quotation of several sentences, are one claim.
        """
        runs: list[list[Span]] = []
        for piece in attribution.content:
            if runs and self._continues(runs[-1][-1][1], piece[0]):
                runs[-1].append(piece)
            else:
                runs.append([piece])
        at = attribution.cue[0] if attribution.cue else -1
        own = next(
            (run for run in runs if any(low <= at < high for piece in run for low, high in [self._sentence[piece[0]]])),
            runs[0],
        )
        for run in runs:
            if run is own:
                yield _Draft(tuple(run), attribution.cue, attribution.source, attribution)
            elif self._is_quoted(run):
                is_before = attribution.cue is not None and run[-1][1] <= at and attribution.cue[1] <= own[0][0]
                yield _Draft(tuple(run), None, None, None if is_before else attribution)

    def _is_quoted(self, pieces: Sequence[Span]) -> bool:
        """Return whether pieces begin and end in quotation marks, with some words between."""
        words = [at for low, high in pieces for at in range(low, high) if self._is_word[at]]
        return len(words) >= _QUOTED_WORDS and {self._quotation[words[0]], self._quotation[words[-1]]} <= IN_QUOTATION

    def _attribute(self, drafts: Sequence[_Draft]) -> list[_Draft]:
        """Give a quotation that stands before another’s cue to the speaker of what it goes on with, if to anyone."""
        found: list[_Draft] = []
        for draft in drafts:
            before = found[-1] if found else None
            goes_on = before and self._continues(before.pieces[-1][1], draft.pieces[0][0])
            if draft.attribution is None and before and goes_on:
                found.append(draft._replace(attribution=before.attribution))
            else:
                found.append(draft)
        return found

    def _with_first_conjuncts(self, piece: Span) -> Span:
        """Begin a piece that would begin with the second conjunct of a coordination with the first (*A and B met*)."""
        start, end = piece
        low, _ = self._sentence[start]
        first = self._trees.first_conjunct(piece)
        if first < 0 or start - 1 < low or self._xpos[start - 1] != "CC":
            return piece
        return max(low, self._trees.noun_phrase(first)[0]), end

    def _without_addressee(self, attribution: Attribution) -> Attribution:
        """Leave out of the content who is told (*promised customers that claims would be paid*)."""
        cue, (start, end) = attribution.cue, attribution.content[0]
        if cue is None or cue[1] != start or _TELLING.difference(_NO_ADDRESSEE).isdisjoint(self._lemmas[slice(*cue)]):
            return attribution
        at = start
        while at < end and (self._upos[at] in _PHRASE or self._xpos[at] == "POS") and self._lemmas[at] != "that":
            at += 1
        if at in (start, end) or self._lemmas[at] != "that" or self._upos[at - 1] not in _NAMING:
            return attribution
        return attribution._replace(content=((at, end), *attribution.content[1:]))

    def _continues(self, end: int, start: int) -> bool:
        """Return whether a piece that begins with a word goes on with what ends before another."""
        if self._sentence[end - 1] == self._sentence[start]:
            return True
        words = [at for at in range(end - 1, -1, -1) if self._is_word[at]][:1]
        words += [at for at in range(start, len(self._start)) if self._is_word[at]][:1]
        return not any(self._is_word[end:start]) and all(self._quotation[at] in IN_QUOTATION for at in words)

    def _characters(self, words: Span | None) -> Span:
        """Return a span of characters, −1 and −1 where there is none."""
        return (self._start[words[0]], self._end[words[1] - 1]) if words else (-1, -1)

    def _identify(self, words: Span | None) -> Source:
        if words is None:
            return sources.Source("", "unknown")
        noun = self._trees.antecedent(words[0]) if words[1] == words[0] + 1 else -1
        phrase = self._trees.noun_phrase(noun) if noun >= 0 else words
        who = sources.identify(phrase, self._lemmas, self._xpos, self._upos, self._named)
        if noun >= 0 and self._lemmas[words[0]] == "who" and who.kind not in _PERSONS:
            return sources.Source("", "person")
        return who

    def _count(self, pieces: Iterable[Span]) -> tuple[int, int]:
        """Return how many words of pieces stand in quotation marks, and how many there are."""
        words = [at for low, high in pieces for at in range(low, high) if self._is_word[at]]
        return sum(self._quotation[at] in IN_QUOTATION for at in words), len(words)

    def _told(self, cue: Span | None, pieces: Sequence[Span]) -> Cue:
        """Return what a cue tells of pieces of content; what has no cue is asserted."""
        if cue is None:
            return stance.Cue("assert", is_speech=False, is_known=False)
        if not any(self._is_word[slice(*cue)]):  # *Weber: Taxes will rise*
            return stance.Cue("assert", is_speech=True, is_known=False)
        low, high = self._sentence[cue[0]]
        first = next((piece[0] for piece in pieces if cue[1] <= piece[0] < high), high)
        return stance.read_cue(
            self._lemmas[low:high], self._upos[low:high], (cue[0] - low, cue[1] - low), (first - low, high - low)
        )

    def _is_speech(self, draft: _Draft, told: Cue, n_quoted: int, n_words: int) -> bool:
        """Return whether a claim is an utterance: by its cue, or by a quotation of some length."""
        is_within = draft.cue is not None and self._quotation[draft.cue[0]] in IN_QUOTATION
        if not is_within and n_quoted >= (_MIXED_WORDS if told.is_known else _QUOTED_WORDS):
            return True
        has_verb = any(self._upos[at] in ("VERB", "AUX") for low, high in draft.pieces for at in range(low, high))
        return told.is_speech and (
            bool(n_quoted) or (n_words >= _INDIRECT_WORDS and (has_verb or told.stance in _ACTS))
        )

    def _addressee(self, draft: _Draft) -> str:
        """Return the noun phrase after the cue that names who is told, or an empty string."""
        if draft.cue is None:
            return ""
        at = self._after_telling(draft.cue)
        _, high = self._sentence[draft.cue[0]]
        taken = {word for low, end in (*draft.pieces, draft.source or (0, 0)) for word in range(low, end)}
        cues = self._lemmas[draft.cue[0] : at]
        if cues[-1] in _TO and len(cues) > 1:
            cues = cues[:-1]
        elif at < high and self._lemmas[at] in _TO and at not in taken:
            at += 1
        elif _TELLING.isdisjoint(cues):
            return ""
        if not _NO_ADDRESSEE.isdisjoint(cues):
            return ""
        first = at
        while at < high and at not in taken and (self._upos[at] in _PHRASE or self._xpos[at] == "POS"):
            at += 1
        if at == first or self._upos[at - 1] not in _NAMING or self._lemmas[first] in ("that", "what"):
            return ""
        if any(each.label == "date" and each.start <= at - 1 < each.end for each in self._named):
            return ""
        return self._text[self._start[first] : self._end[at - 1]]

    def _after_telling(self, cue: Span) -> int:
        """Return the word after a cue, or after the part of it that comes before who is told."""
        for at in range(*cue):
            is_told = self._lemmas[at] in _TELLING and self._upos[at] == "VERB"
            if is_told or (self._lemmas[at] in _TO and at > cue[0] and self._lemmas[at - 1] in _SAYING_TO):
                return at + 1
        return cue[1]

    def _parent(self, number: int, draft: _Draft, spans: Sequence[Span]) -> int:
        """Return the shortest other claim whose content holds this one with its cue, or −1."""
        start, end = self._characters(draft.cue)
        if draft.cue is None:
            return -1
        low, high = min(start, spans[number][0]), max(end, spans[number][1])
        holding = [
            (own_high - own_low, other)
            for other, (own_low, own_high) in enumerate(spans)
            if other != number and own_low <= low and high <= own_high
        ]
        return min(holding)[1] if holding else -1


class _Draft(NamedTuple):
    """A claim as spans of words: the pieces of its content, its cue and source, and the attribution that it is of.

    What has no attribution is a quotation whose speaker is unknown.
    """

    pieces: tuple[Span, ...]
    cue: Span | None
    source: Span | None
    attribution: Attribution | None
