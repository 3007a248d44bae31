"""Clauses: the words around an event that can be quoted without a change of what they say."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from analysis.content.asides import CLOCK, SUBORDINATING, asides, heard_after, is_attributed
from analysis.content.interactions import is_someone
from analysis.content.stance import cues_of, things
from analysis.content.trees import Trees

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analysis.content.columns import Columns

    Span = tuple[int, int]

__all__ = ["COLUMNS", "POINTING", "Clause", "Clauses"]

#: The columns of tokens that are read.
COLUMNS = ("token", "sentence", "start", "end", "text", "lemma", "xpos", "upos", "head", "deprel")
_SUBJECTS = frozenset("nsubj nsubj:pass nsubj:outer csubj csubj:pass csubj:outer expl".split())
_AUXILIARIES = frozenset(["aux", "aux:pass", "cop"])
_PARTICIPLES = frozenset(["VBG", "VBN"])
_FINITE, _RELATIVE = frozenset(["VBD", "VBZ", "VBP", "MD"]), frozenset(["WDT", "WP"])
#: Relations of clauses that stand beside a main clause, and of what only describes a noun.
_BESIDE, _DESCRIBING = frozenset(["parataxis", "list"]), frozenset(["acl", "appos"])
#: Relations of words to one after them that the phrase cannot end without.
_LEADING = frozenset("det amod compound case nmod:poss nummod aux aux:pass cop mark".split())
_FOLLOWING = frozenset("nummod flat fixed goeswith".split())
_BREAKS, _JOINING = frozenset(["PUNCT", "CCONJ", "SCONJ"]), frozenset(["PUNCT", "CCONJ"])
_DASHES, _DATELINE_TAGS = frozenset("- – — --".split()), frozenset(", CD -LRB- -RRB- NNP . : HYPH IN".split())
_MAX_DATELINE = 14
#: Auxiliaries of what need not be so, and words that negate a verb.
_POSSIBLE, _NEGATIONS = frozenset("can could may might must ought should would".split()), frozenset(["not", "never"])
_PAIRED = frozenset(["both", "either", "neither"])
_WHEN, _NOR = "WRB", frozenset(["nor", "neither"])
#: What may follow the time of an entry of a live blog.
_HALVES = (["am"], ["pm"], ["a.m."], ["p.m."], ["gmt"], ["GMT"])
#: Verbs that say nothing without what is said, and the relations of that to them.
_SAYING, _SAID = frozenset("say tell add state claim note".split()), frozenset("obj ccomp xcomp parataxis".split())
_HYPHEN, _CLOSING, _QUOTES = "HYPH", frozenset("” ’ \" '".split()), frozenset('“ ” "'.split())


class Clause(NamedTuple):
    """A clause in characters, half-open.

    Attributes
    ----------
    start, end
        Its characters.
    is_told
        Whether the event is what it tells, rather than part of it.
    is_attributed
        Whether its own words name someone according to whom it is so.
    """

    start: int
    end: int
    is_told: bool
    is_attributed: bool = False


#: Words that point to what was said before.
POINTING = frozenset("it this that these those so".split())


@cache
def _answering() -> frozenset[str]:
    """Return the listed cues by which someone answers, accuses or demands."""
    return cues_of(frozenset("deny refuse accuse demand warn condemn".split()), only_speech=True)


class Clauses:
    """Finds the clauses of one article.

    Parameters
    ----------
    tokens
        :data:`COLUMNS` of its tokens.
    """

    def __init__(self, tokens: Columns) -> None:
        self._trees = Trees.of(tokens) if tokens["token"] else Trees([], [], [], [])
        self._start, self._end, self._sentence = tokens["start"], tokens["end"], tokens["sentence"]
        self._lemma, self._xpos, self._upos = tokens["lemma"], tokens["xpos"], tokens["upos"]

    def main(self, start: int, end: int, contents: Sequence[Span] = ()) -> Clause | None:
        """Return the main clause of an event, or that of what someone says of it; None where there is none.

        There is none of what only describes a noun, nor of a bare participle in what someone says. That is quoted with
        the words that tell so where it is no whole clause, as in *warned people not to drink*, and not at all where
        they make none either.

        A main clause is quoted with those that depend on it, so that no condition, purpose or verb of thinking is lost,
        and without those that are joined to it and have a subject of their own.

        Parameters
        ----------
        start, end
            The words that name the event.
        contents
            The pieces of what is said, if it is part of a claim.
        """
        event = self._words(start, end)
        if event[0] >= event[1]:
            return None
        word, sentence = self._head(event), self._around(event[0], ())
        piece = self._around(event[0], contents)
        if piece != sentence and self._is_bare_participle(self._top(word, piece)):
            return None
        return self._quoted(word, piece) or self._quoted(word, sentence)

    def _quoted(self, word: int, within: Span) -> Clause | None:
        """Return the main clause of a word as far as it is within a span; None where that is not whole."""
        top = self._top(word, within)
        if top < 0:
            return None
        begin, stop = self._extent(top, within)
        if begin >= stop or not self._is_whole(top, begin, stop):
            return None
        heard = heard_after(self._lemma, self._upos, word)
        is_attributed_ = heard >= 0 or is_attributed(self._trees, self._lemma, top)
        stop = max(stop, heard) if within[0] <= heard <= within[1] else stop
        is_told = word == top or self._shares(word, top)
        return Clause(self._start[begin], self._end[stop - 1], is_told, is_attributed_)

    def only_points(self, start: int, end: int) -> bool:
        """Return whether words only point to what is said: *that, saying none was found*, *it for years*, *the charge*.

        So do *what he says*, *the same about it* and *that none will*.
        """
        low, high = self._words(start, end)
        lemmas = [self._lemma[at].lower() for at in range(low, high)]
        if lemmas[:1] == ["what"]:
            return self._lemma[high - 1] in cues_of(only_speech=True)
        if self._upos[high - 1] == "AUX" and "VERB" not in self._upos[low:high]:  # *that none will*
            return True
        if lemmas[:1] == ["the"]:
            return lemmas[1:2] == ["same"] or (lemmas[1:] == lemmas[1:2] and lemmas[-1] in things())
        is_all = len(lemmas) == 1 or lemmas[1] in (",", "as") or self._trees.relation(low) == "obj"
        return bool(lemmas) and lemmas[0] in POINTING and is_all

    def is_finite(self, start: int, end: int) -> bool:
        """Return whether words have a finite verb or are quoted."""
        low, high = self._words(start, end)
        return any(self._xpos[at] in _FINITE or self._lemma[at] in _QUOTES for at in range(low, high))

    def joins_cue(self, start: int, end: int) -> bool:
        """Return whether a verb of denying or the like is joined to one before it: who speaks may deny, or the other.

        *Avery said the ship passed a test and rejected the report.*
        """
        low, high = self._words(start, end)
        return any(
            self._trees.relation(at) == "conj"
            and self._upos[at] == "VERB"
            and self._lemma[at] in _answering()
            and not self._has_subject(at)
            for at in range(low + 1, high)
        )

    def is_cut(self, start: int, end: int) -> bool:
        """Return whether words begin with *and* or *was*, or the last belongs to one after them, or the next to it."""
        low, high = self._words(start, end)
        is_joined = self._upos[low] == "CCONJ" and self._lemma[low] not in _PAIRED
        if is_joined or (self._upos[low] == "AUX" and self._xpos[low] in _FINITE):
            return True
        if self._xpos[high - 1] in _RELATIVE or any(
            self._trees.relation(at) in _SUBJECTS and self._trees.head(at) >= high
            for at in range(low + 1, high)
            if self._trees.noun_phrase(at)[0] > low
        ):  # *to meet her, and a promised review | has been dropped*
            return True
        if high < len(self._upos) and self._trees.relation(high) in _FOLLOWING and low <= self._trees.head(high) < high:
            return True
        at = high - 1
        while low <= at < high:
            if self._upos[at] == "PUNCT" or self._trees.relation(at) not in _LEADING:
                return False
            at = self._trees.head(at)
        return at >= high

    def can_act(self, start: int, end: int) -> bool:
        """Return whether the head of a noun phrase is a noun that persons or bodies are called by."""
        return is_someone(self._lemma[self._head(self._words(start, end))])

    def head(self, start: int, end: int) -> int:
        """Return where the head of a phrase begins."""
        return self._start[self._head(self._words(start, end))]

    def has_article(self, start: int) -> bool:
        """Return whether *the* stands before a span."""
        at = self._words(start, start)[0] - 1
        return at >= 0 and self._lemma[at] == "the"

    def follows_name(self, start: int) -> bool:
        """Return whether a span follows a proper noun with nothing but a space between (*Food Standards Australia*)."""
        at = self._words(start, start)[0] - 1
        return at >= 0 and self._upos[at] == "PROPN" and self._end[at] == start - 1

    def precedes_name(self, end: int) -> bool:
        """Return whether a proper noun follows a span with nothing but a space between (*Franklin | Elementary*)."""
        at = self._words(end, end)[0]
        return at < len(self._upos) and self._upos[at] == "PROPN" and self._start[at] == end + 1

    def is_open(self, start: int, end: int) -> bool:
        """Return whether a verb may be so, could or should have been, and is not negated (*could have ordered*)."""
        low, high = self._words(start, end)
        own = [self._lemma[each] for at in range(low, high) for each in self._trees.children(at, {"aux", "advmod"})]
        return not _POSSIBLE.isdisjoint(own) and _NEGATIONS.isdisjoint(own)

    def is_relative(self, start: int) -> bool:
        """Return whether *that*, *which* or *who* before a span stands for a noun (*a raid that | the army says*)."""
        at = self._words(start, start)[0] - 1
        return at >= 0 and self._xpos[at] in _RELATIVE

    def before(self, start: int) -> str:
        """Return the lemma of the word before a span, an article aside; empty at the beginning."""
        at = self._words(start, start)[0] - 1
        at -= self.has_article(start)
        return self._lemma[at] if at >= 0 else ""

    def after(self, end: int) -> str:
        """Return the lemma of the word after a span; empty at the end."""
        return next(iter(self._lemma[self._words(end, end)[0] :]), "")

    def _words(self, start: int, end: int) -> Span:
        return bisect_right(self._end, start), bisect_left(self._start, end)

    def _around(self, word: int, contents: Iterable[Span]) -> Span:
        """Return the words of the sentence of a word, as far as they are in the piece of a claim that holds it."""
        low, high = (side(self._sentence, self._sentence[word]) for side in (bisect_left, bisect_right))
        for first, last in (self._words(*piece) for piece in contents):
            if first <= word < last:
                return max(low, first), min(high, last)
        return low, high

    def _head(self, words: Span) -> int:
        return next((at for at in range(*words) if not words[0] <= self._trees.head(at) < words[1]), words[0])

    def _top(self, word: int, within: Span) -> int:
        """Return the head of the clause that a word belongs to, within a span; −1 if that describes a noun."""
        while True:
            relation, head = self._trees.relation(word), self._trees.head(word)
            is_apart = relation in _BESIDE or (relation == "conj" and self._has_subject(word))
            if not within[0] <= head < within[1] or is_apart:
                return word
            if relation.split(":")[0] in _DESCRIBING and self._upos[head] != "VERB":
                return -1
            word = head

    def _is_bare_participle(self, top: int) -> bool:
        return self._xpos[top] in _PARTICIPLES and not self._trees.children(top, _AUXILIARIES)

    def _is_whole(self, top: int, begin: int, stop: int) -> bool:
        """Return whether words are a clause that can stand alone: a finite verb, its subject, and nothing half said."""
        verbs = [top, *self._trees.children(top, _AUXILIARIES)]
        is_mark = self._trees.relation(begin) == "mark" or self._xpos[begin] == _WHEN
        is_below = self._trees.relation(top) != "root" or self._lemma[begin] in SUBORDINATING
        is_joined = is_mark and self._trees.head(begin) == top and is_below
        is_said = any(begin <= at < stop for at in self._trees.children(top, _SAID))
        if self._lemma[top] in _SAYING and not is_said:  # *the mayor has said*
            return False
        if is_joined or not any(self._xpos[at] in _FINITE for at in verbs if begin <= at < stop):
            return False
        if begin == 0 or self._sentence[begin - 1] != self._sentence[begin]:  # whatever the tree has
            return True
        subjects = self._trees.children(top, _SUBJECTS)
        has_subject = any(begin <= at < stop and self._xpos[at] not in _RELATIVE for at in subjects)
        ends = (begin, next((at for at in range(stop - 1, begin, -1) if self._upos[at] != "PUNCT"), begin))
        return has_subject and all(self._is_below(at, top) for at in ends)

    def _is_below(self, word: int, top: int) -> bool:
        """Return whether a word is a head or depends on it."""
        return word == top or top in self._trees.above(word)

    def _has_subject(self, word: int) -> bool:
        return bool(self._trees.children(word, _SUBJECTS))

    def _shares(self, word: int, top: int) -> bool:
        """Return whether a word is joined to the head of a clause, or what that begins to do (*began to rain*)."""
        while word != top:
            relation, head = self._trees.relation(word), self._trees.head(word)
            is_misjoined = relation == "acl" and self._upos[head] == "VERB"
            if relation not in ("conj", "xcomp", "obj", "nsubj", "nsubj:pass") and not is_misjoined:
                return False
            word = head
        return True

    def _extent(self, top: int, within: Span) -> Span:
        """Return the words of a clause: to marks or conjunctions, where the tree ends it elsewhere."""
        low, high = self._trees.clause(top)
        low, high = max(low, within[0]), min(high, within[1])
        said = asides(self._trees, self._lemma, top)
        beside = [at for at in self._trees.children(top, {*_BESIDE, "conj"}) if within[0] <= at < within[1]]
        for start, end in (self._trees.clause(at) for at in beside if at not in said and self._is_apart(at)):
            if start > top:
                high = min(high, start)
            elif end <= top:
                low = max(low, end)
        low = self._begin(max(low, self._after_dateline(within)), high)
        while low > within[0] and not self._is_break(low - 1):
            low -= 1
        while high < within[1] and not self._is_break(high):
            high += 1
        low = self._begin(low, high)
        while low < high and self._is_break(high - 1):
            high -= 1
        return self._with_quotation(low, high)

    def _after_dateline(self, within: Span) -> int:
        """Return the first word of a sentence after the name, in capitals or with a bracket, and the dash before it."""
        low = high = within[0]
        while high < min(within[1] - 1, low + _MAX_DATELINE) and self._xpos[high] in _DATELINE_TAGS:
            if self._lemma[high] in _DASHES and self._end[high] < self._start[high + 1]:
                return high + 1 if low < high else low
            high += 1
        return low

    def _is_break(self, word: int) -> bool:
        """Return whether a word is a mark or a conjunction, at which a clause may begin or end."""
        return self._upos[word] in _BREAKS and self._xpos[word] != _HYPHEN

    def _begin(self, low: int, high: int) -> int:
        """Return the first word from one on that is no mark, *and* or *that*."""
        is_first = low < high and (not low or self._sentence[low - 1] != self._sentence[low])
        if is_first and CLOCK.fullmatch(self._lemma[low]):  # an entry of a live blog
            low += 1 + (self._lemma[low + 1 : low + 2] in _HALVES)
        while low < high and (self._upos[low] in _JOINING or self._is_that(low)):
            if self._lemma[low].lower() in _NOR:  # *Nor had it been given*
                break
            low += 1
        return low

    def _is_that(self, word: int) -> bool:
        return self._lemma[word] == "that" and self._trees.relation(word) == "mark"

    def _with_quotation(self, low: int, high: int) -> Span:
        """Return a clause with the marks around it of a quotation that begins or ends within."""
        first = bisect_left(self._sentence, self._sentence[low])
        n_within = self._n_quotes(low, high)
        is_begun = n_within and self._n_quotes(first, low) % 2 == 1 and self._lemma[low - 1] in _QUOTES
        is_open = n_within and self._n_quotes(first, high) % 2 == 1
        after = high
        while is_open and after < len(self._upos) and self._upos[after] == "PUNCT":
            after += 1
            if self._lemma[after - 1] in _CLOSING:
                high = after
                break
        return low - bool(is_begun), high

    def _n_quotes(self, low: int, high: int) -> int:
        return sum(self._lemma[at] in _QUOTES for at in range(low, high))

    def _is_apart(self, word: int) -> bool:
        """Return whether a clause is one of its own, and not what a verb before it tells (*which meant | that …*)."""
        first, _ = self._trees.clause(word)
        is_told = first > 0 and self._is_that(first) and self._upos[first - 1] == "VERB"
        return not is_told and (self._trees.relation(word) in _BESIDE or self._has_subject(word))
