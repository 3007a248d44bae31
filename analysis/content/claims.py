"""Claims: who says or thinks what, by which words, and how the source stands to it.

:mod:`analysis.content.attribution` finds the words of contents, cues and sources; what a cue tells is read in
:mod:`analysis.content.stance`, and whom a source stands for in :mod:`analysis.content.sources`.
"""

from __future__ import annotations

from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis import tables
from analysis.article import Article
from analysis.content import sources, stance
from analysis.content.according import According
from analysis.content.addressees import Addressees
from analysis.content.attribution import Attribution, default_attributor, read_words
from analysis.content.columns import values_of
from analysis.content.complements import FINITE, THIRD_PERSON, THIS, Complements
from analysis.content.confidence import confidence, features
from analysis.content.content_spans import ContentSpans
from analysis.content.coordination import Coordination
from analysis.content.long_quotations import QUOTED_WORDS, LongQuotations
from analysis.content.lookalikes import Lookalikes
from analysis.content.pronouns import Pronouns
from analysis.content.quotations import CLOSING, IN_QUOTATION, form_of
from analysis.content.rejections import Rejections
from analysis.content.source_spans import SourceSpans
from analysis.content.speakers import Speakers
from analysis.content.trees import Trees

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pandas as pd

    from analysis.content.attribution import Attributor, Leads, Span, Words
    from analysis.content.sources import Source
    from analysis.content.stance import Cue

__all__ = ["COLUMNS", "Claims", "complete", "find_claims"]

#: With a known cue a quotation counts as an utterance from this many words on, and an indirect content from that many.
_MIXED_WORDS, _INDIRECT_WORDS = 3, 2
#: Stances of utterances whose content may do without a verb (*accused him of theft*).
_ACTS = frozenset(
    [
        *"accuse admit condemn confirm decline demand deny offer praise promise refuse threaten warn".split(),
        "leave open",
    ]
)
_ANNOUNCE = frozenset(
    "announce call cite clarify declare describe express mention quote recommend refer report tell".split()
)
#: Verbs before what something is called.
_CALLING = frozenset("brand call denounce describe dub label term".split())
#: Stances of those who say that something is so, and others.
_ASSERTING, _ASSERT, _ASK, _DENY, _PLAN = frozenset(["assert", "claim"]), "assert", "ask", "deny", "plan"
_CLAIM, _DEMAND = "claim", "demand"
_FUNCTION = frozenset(["ADP", "PART", "SCONJ", "CCONJ", "DET", "AUX", "PUNCT"])
_NAMING = frozenset(["NOUN", "PROPN", "PRON", "VERB", "ADJ"])
_BEFORE_NOUN = frozenset(["DT", "PDT", "PRP$"])
#: Cues that tell of an act as well (*recalled the cars*): of a claim, where a finite verb follows.
_ACTS_TOO = frozenset(
    "assume calculate detect determine discover find hear identify list post quote recall run see uncover".split()
)
_DOCUMENT = "document"
#: Relations of a noun to a verb: to one that is no known cue, it is no content.
_OBJECTS, _CLAUSES = frozenset(["obj", "obl", "nmod"]), frozenset(["xcomp", "ccomp", "parataxis"])
#: Words that begin a source that is no one.
_NOBODY = frozenset(["no", "nobody", "none", "neither"])
#: What things do that tell no one's words, where what they show is no clause (*tests confirmed the presence*).
_SHOWING = frozenset("confirm demonstrate explain find indicate reveal show suggest".split())
#: Relations to a cue of what it tells.
_TOLD = frozenset(["obj", "xcomp", "ccomp"])
#: Kinds of sources for which *who* stands.
_PERSONS = frozenset(["person", "official", "group"])
#: The columns of tokens that are read beside those of ``Words``.
COLUMNS = ("article_id", "token", "sentence", "start", "end", "is_word", "xpos", "upos", "head", "deprel")


class Claims(NamedTuple):
    """The tables of claims and of the pieces of their contents."""

    claims: pd.DataFrame
    claim_parts: pd.DataFrame


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
    columns = {name: values_of(tokens[name]) for name in COLUMNS}
    first = 0
    read = list(read_words(sentences, tokens))
    for words, found in zip(read, attributor.read(read), strict=True):
        own = {name: values[first : first + words.n] for name, values in columns.items()}
        first += words.n
        reader = _Reader(texts[own["article_id"][0]], words, own, named.get(own["article_id"][0], []))
        reader.add_rows(*found, claims, parts)
    return Claims(tables.frame("claims", claims), tables.frame("claim_parts", parts))


def complete(
    text: str,
    words: Words,
    tokens: Mapping[str, list[Any]],
    named: Sequence[sources.Named],
    found: Sequence[Attribution],
) -> list[Attribution]:
    """Return the attributions of an article that are claims, with whole contents and sources, and those within them.

    Parameters
    ----------
    text
        The text of the article.
    words, tokens
        Its words, and :data:`COLUMNS` of its rows of the table.
    named
        Its named mentions.
    found
        What an attributor found in its words.
    """
    return _Reader(text, words, tokens, named).found(found)


class _Reader:
    """Makes rows of the attributions of one article."""

    def __init__(
        self, text: str, words: Words, tokens: Mapping[str, list[Any]], named: Sequence[sources.Named]
    ) -> None:
        self._text, self._named = text, named
        self._article, self._numbers = tokens["article_id"][0], tokens["sentence"]
        self._lemmas, self._quotation = words.columns["lemma"], words.columns["quotation"]
        self._xpos, self._upos = words.columns["xpos"], words.columns["upos"]
        self._is_word, self._start, self._end = tokens["is_word"], tokens["start"], tokens["end"]
        self._trees = Trees.of(tokens)
        bounds = [*np.flatnonzero(np.diff(words.places.sentence, prepend=-1)).tolist(), words.n]
        self._sentence = [span for span in pairwise(bounds) for _ in range(*span)]
        self._addressees = Addressees(words, self._trees, named, self._sentence)
        self._coordination = Coordination(words, self._trees, self._sentence)
        self._contents = ContentSpans(words, self._trees, self._sentence, self._coordination)
        self._complements = Complements(words, self._trees, self._sentence, self._told, self._identify)
        self._lookalikes = Lookalikes(words, self._trees)
        self._rejections = Rejections(words, self._trees, self._sentence)
        self._sources = SourceSpans(words, self._trees, named, self._sentence)
        self._pronouns = Pronouns(words, self._trees, named, self._sentence)
        self._quotations = LongQuotations(words, named, self._sentence, self._is_word)
        self._according = According(words, self._trees, named, self._sentence)
        self._cues: dict[tuple[Span, int], Cue] = {}  # what cues tell, by where contents begin

    def add_rows(
        self,
        attributions: Sequence[Attribution],
        leads: Leads,
        claims: list[tuple[Any, ...]],
        parts: list[tuple[Any, ...]],
    ) -> None:
        """Add the rows of both tables."""
        found = self.found(attributions)
        own = {(draft.pieces, draft.cue): draft for each in found for draft in self._drafts(each)}
        drafts = self._attribute(sorted(own.values(), key=attrgetter("pieces")))
        spans = [(self._start[draft.pieces[0][0]], self._end[draft.pieces[-1][1] - 1]) for draft in drafts]
        parents = [self._parent(number, draft, spans) for number, draft in enumerate(drafts)]
        names = Speakers(self._named)
        speakers = [self._speaker(draft, names) for draft in drafts]
        for number, (draft, (start, end), parent) in enumerate(zip(drafts, spans, parents, strict=True)):
            pieces = [(self._start[low], self._end[high - 1]) for low, high in draft.pieces]
            source = self._characters(draft.source)
            cue = self._characters(draft.cue)
            told, n_quoted, n_words = self._told_in_full(draft), *self._count(draft.pieces)
            speaker, kind = speakers[parent if parent >= 0 and self._is_of_parent(draft) else number]
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
                    speaker,
                    kind,
                    *cue,
                    self._text[slice(*cue)],
                    told.stance,
                    self._is_speech(draft, told, n_quoted, n_words),
                    form_of(n_quoted, n_words),
                    self._text[slice(*self._characters(self._addressees.find(draft.cue, draft.pieces, draft.source)))],
                    parent,
                    self._confidence(leads, draft),
                )
            )
            parts += [
                (self._article, number, part, low, high, self._text[low:high])
                for part, (low, high) in enumerate(pieces)
            ]

    def _confidence(self, leads: Leads, draft: _Draft) -> float:
        source, cue = (draft.attribution.source, draft.attribution.cue) if draft.attribution else (None, None)
        return confidence(features(leads, draft.pieces, source, self._lemmas[slice(*(cue or (0, 0)))]))

    def _speaker(self, draft: _Draft, names: Speakers) -> Source:
        """Return whom a claim is of, by the words of its source where nothing else names that."""
        words = draft.attribution.source if draft.attribution else None
        low, high = (self._sentence[words[0]][0], words[0]) if words else (0, 0)
        before = (each.name for each in self._named if low <= each.start < high)
        first = self._sources.first(words) if words else None
        text, unnamed = (self._text[slice(*self._characters(each))] for each in (words, first))
        who = self._identify(words)
        others = self._pronouns.others(words[0], who.name) if words and who.name else []
        return names.add(text, who, unnamed=unnamed, before=before, others=others)

    def _is_of_parent(self, draft: _Draft) -> bool:
        """Return whether the source is who says what the claim is part of: a quoted *I*, or *it* without a name."""
        if draft.source is None:
            return False
        is_quoted = self._quotation[draft.source[0]] in IN_QUOTATION
        lemma = self._lemmas[draft.source[0]]
        return lemma == "i" if is_quoted else lemma in THIRD_PERSON and not self._identify(draft.source).name

    def found(self, attributions: Sequence[Attribution]) -> list[Attribution]:
        """Return attributions."""
        own = list(self._contents.apart(self._contents.by_quotation(self._according.mend(attributions))))
        own = [each for part in self._coordination.part(own) for each in self._quotations.without_signed(part)]
        claims = filter(self._is_claim, (self._addressees.with_verb(self._with_bare_cue(each)) for each in own))
        found = [self._addressees.without(self._with_source(self._contents.complete(each))) for each in claims]
        found = [each for each in found if (self._has_mind(each) if each.source else self._speaks_alone(each))]
        found += self._quotations.signed([each.content for each in own if each.cue is None])
        found += [each for outer in found for each in self._complements.within(outer, attributions)]
        found += map(self._contents.complete, filter(self._is_claim, self._complements.missed(found)))
        told = self._rejections.part(found)
        return [each for each in told if each.source is None or self._lemmas[each.source[0]] not in _NOBODY]

    def _speaks_alone(self, attribution: Attribution) -> bool:
        """Return whether what has no source is told all the same: in quotation marks, a passive, or a clause."""
        cue = range(*attribution.cue) if attribution.cue else range(0)
        if self._count(attribution.content)[0] or (
            attribution.cue and self._sources.is_received(attribution.cue, None)
        ):
            return True
        if not any(self._upos[at] in ("NOUN", "ADJ", "VERB") for at in cue):
            return True
        is_passive = any(self._xpos[at] == "VBN" for at in cue)
        return any(self._upos[at] == "VERB" for at in cue) and (is_passive or self._is_clause(attribution.content))

    def _is_clause(self, content: Iterable[Span]) -> bool:
        """Return whether a content has a finite verb."""
        return any(self._xpos[at] in FINITE for low, high in content for at in range(low, high))

    def _has_mind(self, attribution: Attribution) -> bool:
        """Return whether a source can think, if its cue tells of no utterance (not: *the crash feared a repeat*)."""
        cue, source = attribution.cue, attribution.source
        if cue is None or source is None or self._upos[source[0]] == "PRON":
            return True
        told = self._told(cue, attribution.content)
        if self._lemmas[attribution.content[0][0]] == "that" or told.stance == _PLAN:
            return True
        is_thing = self._identify(source).kind == "unknown" and any(self._upos[at] == "NOUN" for at in range(*source))
        if is_thing and not _SHOWING.isdisjoint(self._lemmas[slice(*cue)]) and not self._is_clause(attribution.content):
            return bool(self._count(attribution.content)[0])
        return not is_thing or told.is_speech or not told.is_known or bool(self._count(attribution.content)[0])

    def _is_claim(self, attribution: Attribution) -> bool:
        """Return whether the cue is listed, or another tells of a content in quotation marks or with a finite verb."""
        is_and = self._upos[slice(*(attribution.source or (0, 0)))] == ["CCONJ"]  # which ends a subject
        words = (at for low, high in attribution.content for at in range(low, high))
        is_empty = all(self._upos[at] in _FUNCTION and self._lemmas[at] not in THIS for at in words)
        if attribution.cue is None or is_and or is_empty:
            return False
        verbs = [at for at in range(*attribution.cue) if self._upos[at] == "VERB"]
        is_quoted = bool(self._count(attribution.content)[0])
        told = self._told(attribution.cue, attribution.content)
        if told.stance == stance.NONE or self._lookalikes.is_one(
            attribution.cue, attribution.content[0], attribution.source, is_quoted=is_quoted
        ):
            return False
        if not is_quoted and all(
            self._sentence[low] != self._sentence[attribution.cue[0]] for low, _ in attribution.content
        ):
            return False
        is_act = len(verbs) == 1 and self._lemmas[verbs[0]] in _ACTS_TOO
        is_act = is_act and self._identify(attribution.source).kind != _DOCUMENT  # *the study found no link*
        if (told.is_known and not is_act) or is_quoted:
            return True
        relations = {self._trees.relation(at) for piece in attribution.content for at in self._roots(piece)}
        if relations & _OBJECTS and not relations & _CLAUSES:
            return False
        return self._is_clause(attribution.content)

    def _roots(self, piece: Span) -> list[int]:
        """Return the words of a piece that depend on none in it."""
        return [at for at in range(*piece) if not self._trees.hangs_on(at, piece)]

    def _with_bare_cue(self, attribution: Attribution) -> Attribution:
        """Return an attribution without the marks at the ends of its cue, unless it has no words."""
        cue = attribution.cue
        if cue is None or not any(self._is_word[slice(*cue)]):
            return attribution
        words = [at for at in range(*cue) if self._is_word[at]]
        words = [at for at in words if self._sentence[at] == self._sentence[words[-1]]]  # *ends. Asked about*
        while self._upos[words[-1]] == "AUX" and self._trees.head(words[-1]) == words[-1] + 1:  # *is | believed*
            words.append(words[-1] + 1)
        verb = next((at for at in words if self._upos[at] == "VERB"), -1)
        # *told all of | his staff*, *said to the | public*: where the words before a noun begin, the cue ends.
        cut = next((at for at in words if 0 <= verb < at and self._xpos[at] in _BEFORE_NOUN), -1)
        if cut >= 0 and not any(self._upos[at] in _NAMING for at in words if at > cut):
            words = words[: words.index(cut)]
            is_adjunct = words[-2:-1] != [verb] and self._upos[words[-1]] == "ADP"  # *announced today | at a meeting*
            words = words[:-1] if is_adjunct else words
        if self._lemmas[words[-1]] == "on" and words[-2:-1] == [verb] and words[-1] + 1 < attribution.content[0][0]:
            words = words[:-1]  # *said | on Friday that*
        return attribution._replace(cue=(words[0], words[-1] + 1))

    def _with_source(self, attribution: Attribution) -> Attribution:
        cue = attribution.cue
        return self._sources.complete(attribution, self._told(cue, attribution.content) if cue else None)

    def _drafts(self, attribution: Attribution) -> Iterator[_Draft]:
        """Yield the claims of an attribution: what its pieces in the sentence of its cue say, and others by themselves.

        Pieces with nothing but marks between them, as those of a quotation of several sentences, are one claim.
        """
        runs = self._quotations.runs(attribution.content)
        at = attribution.cue[0] if attribution.cue else -1
        own = next(
            (run for run in runs if any(low <= at < high for piece in run for low, high in [self._sentence[piece[0]]])),
            runs[0],
        )
        for run in runs:
            if run is own:
                yield _Draft(tuple(run), attribution.cue, attribution.source, attribution)
            elif self._quotations.is_quoted(run):
                is_before = attribution.cue is not None and run[-1][1] <= at and attribution.cue[1] <= own[0][0]
                is_other = is_before or self._quotations.is_introduced(run)
                yield _Draft(tuple(run), None, None, None if is_other else attribution)

    def _attribute(self, drafts: Sequence[_Draft]) -> list[_Draft]:
        """Give a quotation that stands before another’s cue to the speaker of what it goes on with, if to anyone."""
        found: list[_Draft] = []
        for draft in drafts:
            before = found[-1] if found else None
            goes_on = before and self._quotations.continues(before.pieces[-1][1], draft.pieces[0][0])
            if draft.attribution is None and before and goes_on:
                found.append(draft._replace(attribution=before.attribution))
            else:
                found.append(draft)
        return found

    def _characters(self, words: Span | None) -> Span:
        """Return a span of characters, −1 and −1 where there is none."""
        return (self._start[words[0]], self._end[words[1] - 1]) if words else (-1, -1)

    def _identify(self, words: Span | None) -> Source:
        if words is None:
            return sources.Source("", "unknown")
        noun = self._sources.antecedent(words[0]) if words[1] == words[0] + 1 else -1
        phrase = self._trees.noun_phrase(noun) if noun >= 0 else words
        while phrase[0] < noun and self._upos[phrase[0]] == "ADP":
            phrase = phrase[0] + 1, phrase[1]
        who = sources.identify(phrase, self._lemmas, self._xpos, self._upos, self._named)
        if noun >= 0 and self._lemmas[words[0]] == "who" and who.kind not in _PERSONS:
            return sources.Source("", "person")
        return who if who.name or noun < 0 else who._replace(name=self._text[slice(*self._characters(phrase))])

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
        if (cue, first) not in self._cues:
            self._cues[cue, first] = stance.read_cue(
                self._lemmas[low:high], self._upos[low:high], (cue[0] - low, cue[1] - low), (first - low, high - low)
            )
        return self._cues[cue, first]

    def _told_in_full(self, draft: _Draft) -> Cue:
        """Return what the cue of a claim tells; who calls what others say false, denies it.

        Who says one sentence that ends in a question mark, asks.
        """
        told = self._told(draft.cue, draft.pieces)
        is_denial = told.stance in _ASSERTING and self._calls_false(draft)
        if told.stance == _CLAIM and self._wants(draft):
            return told._replace(stance=_DEMAND)
        if told.stance == _DENY and self._goes_on(draft):
            return told._replace(stance=_ASSERT)
        if told.stance == _ASSERT and self._is_question(draft):
            return told._replace(stance=_ASK)
        if (
            told.stance == _ASK and draft.cue and "question" in self._lemmas[slice(*draft.cue)]
        ):  # *questioned the method*
            return told if self._is_clause(draft.pieces) else told._replace(stance="doubt")
        return told._replace(stance=_DENY) if is_denial else told

    def _wants(self, draft: _Draft) -> bool:
        """Return whether who insists wants something done: a bare verb tells what (*insisted that he leave*).

        After *insisted* any present is one (*insisted that they leave*).
        """
        if draft.cue is None or "insist" not in self._lemmas[slice(*draft.cue)]:
            return False
        is_past, roots = "VBD" in self._xpos[slice(*draft.cue)], self._roots(draft.pieces[0])
        bare = [at for at in roots if self._xpos[at] in ("VB", "VBP")]
        verbs = [at for at in bare if self._xpos[at] == "VB" or is_past or self._is_one(at)]
        own = {self._lemmas[each] for at in verbs for each in self._trees.children(at, {"aux", "mark"})}
        return bool(verbs) and own <= {"that"}

    def _is_one(self, verb: int) -> bool:
        """Return whether the subject of a verb is one person or thing."""
        subject = self._trees.child(verb, "nsubj")
        return subject >= 0 and self._xpos[subject] in ("NN", "NNP")

    def _calls_false(self, draft: _Draft) -> bool:
        """Return whether a claim calls what others say false (*called | it a lie*)."""
        lemmas = [lemma for low, high in draft.pieces for lemma in self._lemmas[low:high]]
        is_called = draft.cue is not None and not _CALLING.isdisjoint(self._lemmas[slice(*draft.cue)])
        return is_called and stance.calls_false(lemmas)

    def _is_question(self, draft: _Draft) -> bool:
        """Return whether a content is one sentence that ends in a question mark."""
        low, high = draft.pieces[0][0], draft.pieces[-1][1]
        last = next((at for at in range(high - 1, low, -1) if self._quotation[at] != CLOSING), high - 1)
        return self._lemmas[last] == "?" and self._sentence[low] == self._sentence[last]

    def _goes_on(self, draft: _Draft) -> bool:
        """Return whether a content goes on where another sentence has told it all (*denied the rumour. “We stay.”*)."""
        if draft.cue is None or any(low < self._sentence[draft.cue[0]][1] for low, _ in draft.pieces):
            return False
        return any(self._trees.children(at, _TOLD) for at in range(*draft.cue) if self._upos[at] == "VERB")

    def _is_speech(self, draft: _Draft, told: Cue, n_quoted: int, n_words: int) -> bool:
        """Return whether a claim is an utterance: by its cue, or by a quotation of some length."""
        is_within = draft.cue is not None and self._quotation[draft.cue[0]] in IN_QUOTATION
        if not is_within and n_quoted >= (_MIXED_WORDS if told.is_known else QUOTED_WORDS):
            return True
        has_verb = any(self._upos[at] in ("VERB", "AUX") for low, high in draft.pieces for at in range(low, high))
        is_act = told.stance in _ACTS or (
            draft.cue is not None and not _ANNOUNCE.isdisjoint(self._lemmas[slice(*draft.cue)])
        )
        return told.is_speech and (bool(n_quoted) or (n_words >= _INDIRECT_WORDS and (has_verb or is_act)))

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
