"""Events: what happens in an article, who does it to whom, when and where, and how sure the article is of it.

:mod:`analysis.content.predicates` finds the words that name an event, :mod:`analysis.content.participants` who takes
part in it, and :mod:`analysis.content.modality` whether it is negated, happened or is only planned, offered, demanded,
possible or denied. Here is read whose claim it is, what that makes of it, and when and where it is.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis import tables
from analysis.article import Article
from analysis.content import sources
from analysis.content.asides import heard_after, is_attributed
from analysis.content.attachments import Attachments
from analysis.content.columns import by_article, rows_of
from analysis.content.event_lexicon import event_classes
from analysis.content.modality import AHEAD, Modality
from analysis.content.participants import Participants
from analysis.content.predicates import Predicates
from analysis.content.trees import Trees
from analysis.content.wording import DEMANDED, DENIED, HAPPENED, OFFERED, ONGOING, PLANNED, POSSIBLE, Wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pandas as pd

    from analysis.content.attribution import Span
    from analysis.content.claims import Claims
    from analysis.content.columns import Columns
    from analysis.content.modality import Reading
    from analysis.content.predicates import Predicate
    from analysis.language import Annotations

__all__ = ["find_events"]

#: What a claim’s stance makes of what it says; other stances leave it as it is.
_BY_STANCE = {
    "deny": DENIED,
    "promise": PLANNED,
    "plan": PLANNED,
    "agree": PLANNED,
    "offer": OFFERED,
    "demand": DEMANDED,
    "accuse": POSSIBLE,
    "hope": POSSIBLE,
    "fear": POSSIBLE,
    "warn": POSSIBLE,
    "threaten": POSSIBLE,
    "believe": POSSIBLE,
    "suggest": POSSIBLE,
    "expect": POSSIBLE,
    "doubt": POSSIBLE,
    "leave open": POSSIBLE,
    "ask": POSSIBLE,
}
#: What the stance of a claim makes negative.
_REFUSING = frozenset(["refuse"])
#: Relations of what a claim’s cue stands in to a verb of which it tells no more than who or what takes part.
_TAKING_PART = frozenset("nsubj nsubj:pass obj obl obl:agent".split())
#: After these verbs, these prepositions begin what the one acted on is said to have done.
_CHARGING, _CHARGES = frozenset("accuse convict suspect acquit clear charge".split()), frozenset(["of", "with"])
_ROLES = frozenset(["title", "item", "body"])
_AFTER_PHRASE = frozenset(["not", "accord"])
_TRAILING, _DANGLING = frozenset(", ' ’ ”".split()), frozenset(["POS", "IN", "TO"])
_MARKS = frozenset("“ ” \" `` ''".split())
_DASHES, _DATELINE_TAGS, _MAX_DATELINE = frozenset("- – — --".split()), frozenset(", CD -LRB- -RRB- NNP .".split()), 14
#: Types of time expressions that say when; others say how long or how often.
_WHEN = frozenset(["DATE", "TIME"])
#: After these a time tells where something begins or ends, and not when it was.
_BOUNDING = frozenset("since until till before after between".split())
#: Relations of a time to the noun of which it tells which one is meant.
_WHICH = frozenset(["nmod:poss", "compound", "nummod", "amod"])
_NOUNS = frozenset(["NOUN", "PROPN"])
_PLACES = frozenset(["location", "facility"])
_IN_PLACE = frozenset("in at near outside inside across around off over along within throughout on".split())
_MAX_STEPS = 6
#: A time within a clause of these relations is not that of what the clause depends on.
_APART = frozenset(["acl", "advcl", "ccomp", "parataxis"])
#: The columns of tokens that are read.
_COLUMNS = ("token", "sentence", "start", "end", "text", "lemma", "xpos", "upos", "head", "deprel")


def find_events(
    articles: Article | Iterable[Article],
    annotations: Annotations,
    claims: Claims,
    times: pd.DataFrame,
) -> pd.DataFrame:
    """Find what happens in articles.

    Parameters
    ----------
    articles
        An article, or any number of them.
    annotations
        What :func:`analysis.annotate` returns for them, with syntax.
    claims
        What :func:`find_claims` returns for them.
    times
        What :func:`find_times` returns for them.

    Returns
    -------
    pandas.DataFrame
        The table ``events`` of :data:`analysis.tables.TABLES`, in the order of the articles.

    Notes
    -----
    An event is a verb, or a listed noun, of which the sentence names at least one who takes part. Verbs that tell how
    things are (*have*, *know*) and nouns of which the sentence does not say whether they happened are left out. The
    classes are those of PLOVER; their words stand in ``data/event_words.tsv``.

    Examples
    --------
    >>> from analysis import Article, annotate
    >>> from analysis.content import find_claims, find_times
    >>> article = Article.from_text("Israel did not bomb the hospital.", id="a")
    >>> annotations = annotate(article, force=True)
    >>> claims, times = find_claims(article, *annotations), find_times(article, *annotations[:2])
    >>> events = find_events(article, annotations, claims, times)
    >>> events[["actor", "action", "target", "polarity"]].values.tolist()
    [['Israel', 'bomb', 'the hospital', 'negative']]
    """
    tokens, mentions = annotations.tokens, annotations.mentions
    texts = {each.id: each.text for each in ([articles] if isinstance(articles, Article) else articles)}
    named = sources.named(tokens, mentions, annotations.coreference)
    columns_of = {
        name: by_article(table, columns)
        for name, table, columns in (
            ("sentences", annotations.sentences, ("sentence", "role")),
            ("claims", claims.claims, ("claim", "stance", "cue_start", "cue_end")),
            ("parts", claims.claim_parts, ("claim", "start", "end")),
            ("times", times, ("start", "end", "type", "value")),
        )
    }
    rows: list[tuple[Any, ...]] = []
    for article_id, own in by_article(tokens, _COLUMNS).items():
        others = {name: columns[article_id] for name, columns in columns_of.items()}
        rows += _Reader(article_id, texts[article_id], own, named[article_id], others).rows()
    return tables.frame("events", rows)


class _Claim(NamedTuple):
    """A claim, as words: its pieces of content, and how its source stands to it."""

    number: int
    pieces: list[Span]
    stance: str
    cue: Span


def _kind(kind: str, modality: str, claim: _Claim | None, *, is_refused: bool) -> str:
    """Return the class of an act as it is told: a demand, a rejection, a threat."""
    if not kind:
        return ""
    if is_refused:
        return "REJECT"
    if claim and claim.stance == "threaten" and modality == POSSIBLE:
        return "THREATEN"
    if modality == DEMANDED:
        return "DEMAND"
    return event_classes()[kind].planned if modality in (PLANNED, OFFERED) else kind


class _Reader:
    """Reads the events of one article."""

    def __init__(
        self,
        article_id: str,
        text: str,
        tokens: Columns,
        named: Sequence[sources.Named],
        others: Mapping[str, Columns],
    ) -> None:
        self._article, self._text, self._named = article_id, text, named
        self._start, self._end = tokens["start"], tokens["end"]
        self._lemmas = [lemma.lower() for lemma in tokens["lemma"]]
        self._xpos, self._upos = tokens["xpos"], tokens["upos"]
        self._trees = Trees.of(tokens)
        names = {at for each in named if each.label in sources.KINDS for at in range(each.start, each.end)}
        self._sentences = self._read_sentences(tokens, others["sentences"])
        self._datelines = self._read_datelines()
        self._claims = self._read_claims(others["claims"], others["parts"])
        self._times = self._read_times(others["times"])
        self._dates = {at for each in named if each.label == "date" for at in range(each.start, each.end)}
        self._dates.update(self._times)
        self._claims_at: dict[int, list[_Claim]] = {}
        for each in self._claims:
            for at in {at for piece in each.pieces for at in range(*piece)}:
                self._claims_at.setdefault(at, []).append(each)
        cues = {at for each in self._claims for at in range(*each.cue)}
        forms = [form.lower() for form in tokens["text"]]
        participants = Participants(
            self._trees,
            lemmas=self._lemmas,
            xpos=self._xpos,
            upos=self._upos,
            attachments=Attachments(
                self._trees, forms=forms, lemmas=self._lemmas, xpos=self._xpos, upos=self._upos, named=names, cues=cues
            ),
            named=names,
            dates=self._dates,
            cues=cues,
            titles={at for words, _, role in self._sentences if role == "title" for at in range(*words)},
        )
        self._predicates = Predicates(
            self._trees, participants, lemmas=self._lemmas, xpos=self._xpos, upos=self._upos, cues=cues
        )
        self._wording = Wording(self._trees, forms=forms, lemmas=self._lemmas, xpos=self._xpos, upos=self._upos)
        self._modality = Modality(
            self._trees,
            forms=forms,
            lemmas=self._lemmas,
            xpos=self._xpos,
            upos=self._upos,
            wording=self._wording,
            participants=participants,
        )

    # Reading of the other tables

    def _read_sentences(self, tokens: Columns, sentences: Columns) -> list[tuple[Span, int, str]]:
        """Return the words, the number and the role of each sentence."""
        roles = dict(rows_of(sentences, "sentence", "role"))
        numbers = tokens["sentence"]
        bounds = [0, *(np.flatnonzero(np.diff(numbers)) + 1).tolist(), len(numbers)]
        return [((low, high), numbers[low], roles[numbers[low]]) for low, high in pairwise(bounds)]

    def _read_datelines(self) -> set[int]:
        """Return the words of datelines: names in capitals or with a bracket, and the dash that ends them."""
        found: set[int] = set()
        for (low, high), _, _ in self._sentences:
            words = range(low + 1, min(low + _MAX_DATELINE, high))
            dashes = (at for at in words if self._lemmas[at] in _DASHES)
            dash = next((at for at in dashes if self._text[self._end[at]].isspace()), low)  # not *NATO-led*
            before = range(low, dash)
            is_named = all(self._xpos[at] in _DATELINE_TAGS or self._text[self._start[at]].isupper() for at in before)
            first = self._text[slice(self._start[low], self._end[low])]
            if before and is_named and ((first.isupper() and len(first) > 1) or ")" in self._lemmas[low:dash]):
                found.update(range(low, dash + 1))
        return found

    def _words(self, start: int, end: int) -> Span:
        """Return the words of a span of characters."""
        return bisect_right(self._end, start), bisect_left(self._start, end)

    def _read_claims(self, claims: Columns, parts: Columns) -> list[_Claim]:
        pieces: dict[int, list[Span]] = {}
        for claim, start, end in rows_of(parts, "claim", "start", "end"):
            pieces.setdefault(claim, []).append(self._words(start, end))
        return [
            _Claim(number, pieces[number], stance, self._words(start, end) if start >= 0 else (0, 0))
            for number, stance, start, end in rows_of(claims, "claim", "stance", "cue_start", "cue_end")
        ]

    def _read_times(self, times: Columns) -> dict[int, str]:
        """Return the value of each time by the word that its phrase hangs on."""
        found: dict[int, str] = {}
        for start, end, type_, value in rows_of(times, "start", "end", "type", "value"):
            low, high = self._words(start, end)
            head = next((at for at in range(low, high) if not low <= self._trees.head(at) < high), -1)
            if head >= 0 and type_ in _WHEN and not self._cases(head) & _BOUNDING:
                found[head] = value
        return found

    # Rows

    def _is_question(self, words: Span) -> bool:
        """Return whether a sentence asks, and does not quote a question."""
        own = self._lemmas[slice(*words)]
        return "?" in own[-2:] and _MARKS.isdisjoint(own)

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of the table."""
        number = 0
        for words, sentence, role in self._sentences:
            if role not in _ROLES:
                continue
            found = list(self._predicates.find(words))
            heads = {at for each in found for at in (each.head, each.verb)}
            times = self._times_of(words, heads)
            is_title, is_question = role == "title", self._is_question(words)
            for each in found:
                reading = self._modality.read(each, is_title=is_title, is_question=is_question)
                if reading is None or (reading.is_state and not each.kind and self._is_general(each.actor)):
                    continue
                claim = self._claim(each.head)
                modality, is_negative = self._in_claim(reading, claim, each)
                start, end = self._characters((each.start, each.end))
                actor, target = self._participant(each.actor, each), self._participant(each.target, each)
                yield (
                    self._article,
                    number,
                    sentence,
                    start,
                    end,
                    self._text[start:end],
                    each.action,
                    _kind(each.kind, modality, claim, is_refused=reading.is_refused),
                    *actor,
                    *target,
                    self._place(each),
                    min((times[at] for at in (each.head, each.verb) if at in times), default=(-1, ""))[1],
                    "negative" if is_negative else "positive",
                    modality,
                    claim.number if claim else -1,
                )
                number += 1

    def _is_general(self, actor: int) -> bool:
        """Return whether nobody in particular acts (*victims bleed*): nobody, or a bare noun that is no name."""
        is_bare = actor >= 0 and (self._upos[actor] in ("NOUN", "NUM") or self._lemmas[actor] in ("this", "that"))
        return actor < 0 or (is_bare and not self._trees.children(actor, {"det", "nmod:poss", "nummod"}))

    def _characters(self, words: Span) -> Span:
        return self._start[words[0]], self._end[words[1] - 1]

    def _participant(self, head: int, predicate: Predicate) -> tuple[int, int, str, str]:
        """Return the span, the words and the canonical name of who takes part; −1 and empty texts for nobody."""
        if head < 0:
            return -1, -1, "", ""
        if head in self._datelines:
            others = self._trees.children(head, {"appos", "flat", "dep", "parataxis", "nmod:unmarked", "list"})
            head = next((at for at in others if at not in self._datelines and self._upos[at] in _NOUNS), -1)
            if head < 0:
                return -1, -1, "", ""
        low, high = self._trees.noun_phrase(head, without=(predicate.start, predicate.end))
        if self._is_name_after(high, head):  # *President of Peru Ann Lee left*
            high = self._trees.noun_phrase(high)[1]
        low = max([low, *(at + 1 for at in range(low, head) if at in self._datelines)])
        while low < head and (self._upos[low] in ("CCONJ", "PUNCT") or self._is_left_out(low, head)):
            low += 1
        if head == predicate.actor and self._trees.head(predicate.target) == head:
            high = next((at for at in range(head + 1, predicate.target) if self._upos[at] == "CCONJ"), high)
        ends = [at for at in range(head + 1, high) if self._upos[at] == "ADP" and at + 1 in self._dates]
        if self._lemmas[predicate.verb] in _CHARGING:  # *accused the army of theft*
            ends += [at for at in range(head + 1, high) if self._lemmas[at] in _CHARGES and at + 1 < high]
        ends += [at for at in range(head + 2, high) if self._lemmas[at] in _AFTER_PHRASE]  # *the army, not the rebels*
        high = min([high, *ends])
        if self._lemmas[high : high + 1] == [")"] and "(" in self._lemmas[low:high]:
            high += 1
        while high - 1 > head and (self._lemmas[high - 1] in _TRAILING or self._xpos[high - 1] in _DANGLING):
            high -= 1
        words = low, high
        start, end = self._characters((low, self._with_clause(head, words[1], predicate)))
        who = sources.identify(words, self._lemmas, self._xpos, self._upos, self._named)
        return start, end, self._text[start:end], who.name

    def _is_name_after(self, word: int, subject: int) -> bool:
        """Return whether the name of a person right after a subject is a subject of its verb too."""
        is_subject = word < len(self._xpos) and self._trees.relation(word) == self._trees.relation(subject) == "nsubj"
        is_same = is_subject and self._trees.head(word) == self._trees.head(subject)
        return is_same and any(each.label == "person" and each.start == word for each in self._named)

    def _with_clause(self, head: int, end: int, predicate: Predicate) -> int:
        """Return the end of a noun phrase with the participle right after it (*weapons seized from the army*)."""
        for noun in range(head, end):
            for word in self._trees.children(noun, {"acl", "advcl"}):
                low, high = self._trees.clause(word)
                mark = self._trees.child(word, "mark")
                is_of = mark >= 0 and self._lemmas[mark] == "of"  # *signs of being ill*
                is_part = is_of or self._xpos[word] == "VBN" or self._upos[noun] == "ADJ"
                is_part = is_part and self._lemmas[predicate.verb] not in _CHARGING
                if low == end and is_part and not low <= predicate.head < high:
                    return next((at for at in range(low, high) if self._upos[at] == "PUNCT"), high)
        return end

    def _is_left_out(self, word: int, head: int) -> bool:
        """Return whether a word before a noun is its preposition, or negates the event (*no civilians*)."""
        is_preposition = self._trees.relation(word) == "case"
        is_that = self._lemmas[word] == "that" and self._xpos[head] == "NNS"  # *it is vital that groups help*
        is_no = self._lemmas[word] in ("no", "not") and self._lemmas[head] != "one"
        return self._trees.head(word) == head and (is_preposition or is_that or is_no)

    def _claim(self, word: int) -> _Claim | None:
        """Return the shortest claim in whose content a word stands."""
        holding = [each for each in self._claims_at.get(word, ()) if not self._holds_cue(word, each)]
        return min(holding, key=lambda claim: sum(high - low for low, high in claim.pieces), default=None)

    def _holds_cue(self, word: int, claim: _Claim) -> bool:
        """Return whether the cue of a claim only says who or what takes part in an act.

        So it is with a participle (*a man suspected of theft was arrested*, *the envoy, accused of theft, resigned*)
        and with a noun (*plans to build a dam were dropped*): what is told of it is no part of the claim.
        """
        start, end = claim.cue
        if start == end or start <= word < end:
            return False
        cue = next((at for at in range(start, end) if not start <= self._trees.head(at) < end), start)
        if self._trees.relation(cue) == "case":  # *according to the army*
            return False
        is_noun = self._upos[cue] == "NOUN" and self._trees.relation(cue) in _TAKING_PART
        if self._is_participle(cue) and self._is_apart(word):
            return True
        at = cue
        for _ in range(_MAX_STEPS):
            head = self._trees.head(at)
            if head == word:
                is_own = at == cue
                return self._trees.relation(at) in _TAKING_PART and (is_noun or not is_own)
            at = head
            if at < 0:
                break
        return False

    def _is_participle(self, verb: int) -> bool:
        """Return whether a verb is a past participle without an auxiliary."""
        return self._xpos[verb] == "VBN" and not self._trees.children(verb, {"aux", "aux:pass"})

    def _is_apart(self, verb: int) -> bool:
        """Return whether a verb is finite and the tree joins it to another without a conjunction of its own."""
        is_joined = self._trees.relation(verb) in ("conj", "advcl", "parataxis")
        return is_joined and self._xpos[verb] == "VBD" and self._trees.child(verb, "mark") < 0

    def _in_claim(self, reading: Reading, claim: _Claim | None, event: Predicate) -> tuple[str, bool]:
        """Return the modality of an event and whether it is negative, as the source of a claim stands to it."""
        modality, is_negative = reading.modality, reading.is_negative
        is_verb = event.head == event.verb
        if claim is None:
            is_told = is_attributed(self._trees, self._lemmas, event.verb)
            is_told = is_told or heard_after(self._lemmas, self._upos, event.head) >= 0
            return POSSIBLE if is_told and modality in (HAPPENED, ONGOING) else modality, is_negative
        # *accuse the state of jailing them*
        is_charge = claim.stance == "accuse" and self._lemmas[event.start - 1] == "of"
        if reading.is_presupposed and not is_charge:
            return modality, is_negative
        said = _BY_STANCE.get(claim.stance, modality)
        is_told = said in AHEAD or claim.stance == "warn"  # *warned that it had burst*
        if is_told and is_verb and self._wording.is_past(event.verb):
            return modality, is_negative
        if said in AHEAD and self._wording.mark(event.verb) == "whether":  # *will decide whether they fired*
            return modality, is_negative
        is_open = modality in (HAPPENED, ONGOING, POSSIBLE) or (modality == PLANNED and said == POSSIBLE)
        is_refused = claim.stance in _REFUSING and self._is_infinitive(event.head) and modality != DENIED
        return said if said == DENIED or is_open else modality, is_negative or is_refused

    def _is_infinitive(self, word: int) -> bool:
        """Return whether a word is an infinitive that tells what another verb is about (*refused to let them go*)."""
        return self._xpos[word] == "VB" and not self._trees.relation(word).startswith("acl")

    def _place(self, predicate: Predicate) -> str:
        """Return the name of the place where an event is said to be, or an empty string."""
        for word in dict.fromkeys((predicate.head, predicate.verb, predicate.target)):
            for noun in self._trees.children(word, {"obl", "nmod"}) if word >= 0 else []:
                case = self._trees.child(noun, "case")
                if case < 0 or self._lemmas[case] not in _IN_PLACE or noun in (predicate.actor, predicate.target):
                    continue
                named = [each for each in self._named if each.label in _PLACES and each.start <= noun < each.end]
                if named:
                    return named[0].name
        return ""

    def _times_of(self, words: Span, heads: set[int]) -> dict[int, tuple[int, str]]:
        """Return the first time, with its word, that depends on each event, and on no event or clause below it."""
        found: dict[int, tuple[int, str]] = {}
        for word in filter(self._times.__contains__, range(*words)):
            at = word
            for _ in range(_MAX_STEPS):
                if at < 0 or self._trees.relation(at).split(":")[0] in _APART:
                    break
                at = self._trees.head(at)
                if at in heads:
                    found.setdefault(at, (word, self._times[word]))
                if at in heads or self._is_of_noun(word):
                    break
        return found

    def _is_of_noun(self, time: int) -> bool:
        """Return whether a time tells of what it hangs on which one it is (*last year’s profit*, *a 1959 sample*)."""
        return self._trees.relation(time) in _WHICH or "of" in self._cases(time)

    def _cases(self, word: int) -> set[str]:
        """Return the prepositions before a word, or before the first of the words that it is joined to."""
        while self._trees.relation(word) == "conj":
            word = self._trees.head(word)
        return {self._lemmas[at] for at in self._trees.children(word, {"case", "mark"})}
