"""Verbs that go on with the subject of a cue: where what is said ends, and what else its source says or does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.content import stance
from analysis.content.asides import SUBORDINATING
from analysis.content.attribution import Attribution
from analysis.content.complements import FINITE
from analysis.content.quotations import OPENING, OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analysis.content.attribution import Span, Words
    from analysis.content.trees import Trees

__all__ = ["Coordination"]

_JOINING = frozenset(["and", "but", "yet"])
_POINTING, _PARTICLE = frozenset(["it", "that", "this"]), "compound:prt"
_OBJECTS = frozenset(["obj", "obl"])
_CLEAR = (["make", "it", "clear"], ["make", "clear"])
_BEFORE_PARTICIPLE = frozenset(["PUNCT", "VERB", "ADV"])
_SKIPPED = frozenset(["ADV", "AUX", "PART"])
_SUBJECTS = frozenset(["nsubj", "nsubj:pass", "csubj", "expl"])
_OWN_PARTS = _SUBJECTS | {"aux:pass"}
#: Auxiliaries, after whose clause in the past another verb in the past belongs to the cue.
_AUXILIARIES = frozenset(["be", "have"])
#: Prepositions that belong to the cue before them.
_PREPOSITIONS = frozenset(["for", "of", "against", "about", "on"])
#: Words for what a source says or does, and what begins the clause that comments on it.
_COMMENTS = frozenset("accusation allegation charge claim decision move statement step suggestion".split())
_THAT = frozenset(["that", "which"])
_DENYING, _SAY, _THE_SAME = frozenset(["deny"]), "say", ["the", "same"]
#: Relations to the verb before of a clause beside its own, and universal tags of subjects.
_BESIDE, _NAMING = frozenset(["conj", "parataxis"]), frozenset(["NOUN", "PRON", "PROPN"])
#: Participles that tell what else the source says.
_PARTICIPLES = frozenset("add argue claim declare explain insist note say state warn".split())
_NOUNS = frozenset(["NOUN", "PROPN"])
_VERBAL = frozenset(["AUX", "VERB"])
#: So many words before a source its clause begins at most.
_MAX_BEFORE_SOURCE = 7
_IT_DID = (["CCONJ", "PRON", "AUX"], ["CCONJ", "PRON", "AUX", "PART"])
_PAST = frozenset(["VBD", "VBN"])
#: Universal tags of the words of a list of nouns.
_OF_LISTS = frozenset(["ADJ", "ADP", "CCONJ", "DET", "NOUN", "NUM", "PROPN", "PUNCT"])


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
        attributions = [self._of_relative(self._from_own_cue(each)) for each in attributions]
        cues = {at for each in attributions if each.cue for at in range(*each.cue)}
        for each in attributions:
            *pieces, last = each.content
            if each.cue and (at := self._writer_again(each.cue, last)) > 0:
                last = last[0], at
                each = each._replace(content=(*pieces, last))  # noqa: PLW2901
            if each.cue and (other := self._other_claim(each.cue, last)):
                last = last[0], (other.source or last)[0] - 2
                each = each._replace(content=(*pieces, last))  # noqa: PLW2901
                if other.cue and other.cue[0] not in cues:
                    yield other
            at, verb = self._next_verb(each.cue, last) if each.cue else (-1, -1)
            if verb < 0:
                yield each
                continue
            end = at - (self._upos[at - 1] == "PUNCT" and self._quotation[at - 1] == OUTSIDE)
            n_words = max(1, self._makes_clear(verb))
            start = verb + n_words
            if start < len(self._lemmas):
                start += self._lemmas[start] in _PREPOSITIONS or self._trees.relation(start) == _PARTICLE
            again = self._that_again(last[0], start, last[1])
            yield each._replace(content=(*pieces, (last[0], min(end, last[1])), *again))
            end = again[0][0] - 1 if again else last[1] if at < last[1] else self._end(verb)
            if verb not in cues and start < end and (n_words > 1 or self._lemmas[verb] in _speech()):
                yield Attribution(((start, end),), (self._first_of(at, verb), start), self._source(each))

    def _that_again(self, first: int, start: int, end: int) -> list[Span]:
        """Return the clause with *that* that goes on with a content with *that* after what another verb tells.

        In *said that it rained, but would not tell when, and | that it was cold*, it is said that it was cold.
        """
        if self._lemmas[first] != "that" or self._lemmas[start : start + 1] == ["that"]:
            return []
        again = (
            at
            for at in range(start + 2, end - 1)
            if self._lemmas[at] == "that" and self._xpos[at - 1] == "CC" and self._quotation[at] == OUTSIDE
        )
        return [(at, end) for at in again][:1]

    def _from_own_cue(self, attribution: Attribution) -> Attribution:
        """Return an attribution whose content is what *who* says at its beginning (*is held by Ann Lee, who said*)."""
        cue, (start, end) = attribution.cue, attribution.content[0]
        if cue is None or start < cue[1] or self._lemmas[start] != "who":
            return attribution
        verb = next((at for at in range(start + 1, end) if self._upos[at] not in _SKIPPED), end)
        first = verb + 1 + (self._lemmas[verb + 1 : verb + 2] == [","])
        is_cue = first < end and self._lemmas[verb] in _speech() and self._xpos[verb] in FINITE
        if not is_cue or not (self._lemmas[first] == "that" or self._quotation[first] == OPENING):
            return attribution
        return Attribution(((first, end), *attribution.content[1:]), (verb, verb + 1), (start, start + 1))

    def _of_relative(self, attribution: Attribution) -> Attribution:
        """Return an attribution whose cue is joined to a verb of *who* with that for its source, if that follows it.

        In *an agent, who left and | said it*, the agent says it; a comma before *and* leaves open who does.
        """
        verb = self._own_verb(attribution.cue) if attribution.cue else -1
        is_joined = verb > 1 and self._xpos[verb - 1] == "CC" and self._upos[verb - 2] != "PUNCT"
        if not is_joined or self._trees.relation(verb) != "conj" or self._trees.children(verb, _OWN_PARTS):
            return attribution
        subject = self._trees.child(self._trees.head(verb), "nsubj")
        is_who = attribution.source is not None and attribution.source[1] <= subject < verb
        is_who = is_who and self._xpos[subject] == "WP"
        return attribution._replace(source=(subject, subject + 1)) if is_who else attribution

    def _writer_again(self, cue: Span, piece: Span) -> int:
        """Return where in a piece after its cue the writer goes on, or −1.

        That is before a comment on it (*…, a move that Oslo opposes*), and before a clause after what is no clause
        (*denied theft, | and it has paid*, *confirmed the find and | the mine was closed*).
        """
        start, end = piece
        if start < cue[1] or self._sentences[start] != self._sentences[cue[0]]:
            return -1
        own = self._lemmas[self._own_verb(cue)]
        is_clause = (own == _SAY and self._lemmas[start : start + 2] != _THE_SAME) or (
            self._trees.relation(start) == "mark" and self._xpos[start] != "TO"
        )
        is_denial = own in stance.cues_of(_DENYING)
        for at in range(start + 1, end - 2):
            is_clause |= self._xpos[at - 1] in FINITE
            if self._quotation[at] != OUTSIDE or not (self._lemmas[at] == "," or self._xpos[at] == "CC"):
                continue
            if self._is_tail(at, end):
                return at
            if self._lemmas[at : at + 2] == [",", "a"] and self._lemmas[at + 2] in _COMMENTS:
                if self._lemmas[at + 3] in _THAT:
                    return at
            elif not is_clause or (is_denial and self._xpos[at + 1 : at + 3] == ["CC", "PRP"]):
                first = at + 1 + (self._lemmas[at] == "," and self._xpos[at + 1] == "CC")
                if self._begins_clause(first, end):
                    return at
        return -1

    def _is_tail(self, at: int, end: int) -> bool:
        """Return whether the writer tells what came of it (*vowed 150, | of which 38 stand*, *…, | and it did*)."""
        tail = self._upos[at + 1 : end - (self._upos[end - 1] == "PUNCT")]
        return self._lemmas[at : at + 3] == [",", "of", "which"] or (self._lemmas[at] == "," and tail in _IT_DID)

    def _begins_clause(self, first: int, end: int) -> bool:
        """Return whether the subject of a finite verb that is in no relative clause begins with a word."""
        if self._lemmas[first] in _THAT:
            return False
        for verb in (at for at in range(first, end) if self._xpos[at] in FINITE):
            head = self._trees.head(verb) if self._upos[verb] == "AUX" else verb
            subject = next((at for at in self._trees.children(head, _SUBJECTS) if first <= at < verb), -1)
            if self._trees.relation(head) in _BESIDE and subject >= 0 and self._upos[subject] in _NAMING:
                return self._trees.noun_phrase(subject)[0] == first
        return False

    def _source(self, attribution: Attribution) -> Span | None:
        """Return the source of an attribution, or the subject of its cue where that is a part of it or an object."""
        source, own = attribution.source, self._own_verb(attribution.cue or (0, 0))
        subject = self._trees.child(own, "nsubj") if own >= 0 else -1
        if source is None or subject < 0 or source[0] <= subject < source[1]:
            return source
        start, end = self._trees.noun_phrase(subject)
        is_object = any(self._trees.relation(at) in _OBJECTS for at in range(*source))
        return (start, end) if (start <= source[0] and source[1] <= end) or is_object else source

    def is_of_other_clause(self, attribution: Attribution, piece: Span) -> bool:
        """Return whether a piece is of a clause that the cue’s is joined to (*Nobody fell, | and he denied it*)."""
        cue, source = attribution.cue, attribution.source
        if cue is None or source is None or not piece[1] <= source[0] <= cue[0]:
            return False
        is_joined = self._trees.relation(self._own_verb(cue)) == "conj" and self._xpos[source[0] - 1] == "CC"
        return is_joined and all(self._quotation[at] == OUTSIDE for at in range(*piece))

    def clause_before(self, start: int, source: int) -> int:
        """Return where the clause of a source begins (*it hit a shop, | after two men and an official said*)."""
        near = range(source - 1, max(start, source - _MAX_BEFORE_SOURCE), -1)
        tags = ("CC", "IN")
        return next((at for at in near if self._lemmas[at] == "," and self._xpos[at + 1] in tags), source)

    def before_writer(self, cue: Span | None, piece: Span) -> Span:
        """End a piece before a clause of the writer's own (*refused to go, | and a review has been dropped*)."""
        at = self._writer_again(cue, piece) if cue else -1
        return self._before_half(cue, (piece[0], at) if at > piece[0] else piece)

    def _before_half(self, cue: Span | None, piece: Span) -> Span:
        """End a piece after its cue before the half of a clause (*found a case, | and on Monday* Canada found another).

        So does one that ends with half of those who say something else (*it hit a shop, | after two men* and …).
        """
        start, end = piece
        if cue is None or start < cue[1] or any(self._quotation[at] != OUTSIDE for at in range(start, end)):
            return piece
        comma = next((at for at in range(end - 2, start, -1) if self._lemmas[at] == ","), -1)
        if comma < 0 or not _VERBAL.isdisjoint(self._upos[comma + 1 : end]):
            return piece
        _, high = self._sentences[start]
        after = end + (self._lemmas[end : end + 1] == [","])
        is_joined = self._xpos[comma + 1] == "CC" and self._upos[comma + 2] == "ADP" and after < high
        is_half = is_joined and self._begins_clause(after, high)
        is_half |= self._lemmas[comma + 1] in SUBORDINATING and self._upos[end : min(end + 1, high)] == ["CCONJ"]
        return (start, comma) if is_half else piece

    def before_saying(self, piece: Span) -> Span:
        """End a piece before a participle of saying of its source (*rejected | that, | saying it rained*)."""
        start, end = piece
        is_mark = self._is_mark(start)
        last = next((at for at in range(start + 1, end) if self._is_saying(at, end, is_sure=is_mark)), end)
        return start, last - (last < end and self._upos[last - 1] == "PUNCT" and self._quotation[last - 1] == OUTSIDE)

    def _is_mark(self, start: int) -> bool:
        """Return whether what is said is nothing but *that* or the like."""
        return self._lemmas[start] in _POINTING and self._lemmas[start + 1 : start + 2] == [","]

    def begins_cue(self, at: int, high: int) -> bool:
        """Return whether a mark and a conjunction stand before a finite verb that is a cue (*…, but denied theft*)."""
        if self._upos[at] != "PUNCT" or at + 2 >= high or self._xpos[at + 1] != "CC":
            return False
        verb = at + 2 + (self._upos[at + 2] == "ADV")
        return verb < high and self._xpos[verb] in FINITE and self._lemmas[verb] in stance.cues_of()

    def goes_on_as_list(self, piece: Span) -> bool:
        """Return whether a list of nouns in a piece goes on to the end of its sentence (*fever, | pain and rash*)."""
        start, end = piece
        _, high = self._sentences[end - 1]
        first = end + (self._lemmas[end : end + 1] == [","])
        if self._lemmas[first - 1] != ",":
            return False
        rest = range(first, high - (self._upos[high - 1] == "PUNCT"))
        is_conjunct = self._trees.relation(first - 2) == "conj"
        is_item = is_conjunct or "," in self._lemmas[first:high]
        if not is_item or not any(self._xpos[at] == "CC" for at in rest):
            return False
        if any(self._upos[at] not in _OF_LISTS or self._quotation[at] != OUTSIDE for at in rest):
            return False
        return (is_conjunct and self._xpos[first] == "CC") or any(
            self._trees.relation(at) == "conj" and start <= self._trees.head(at) < first for at in rest
        )

    def _other_claim(self, cue: Span, piece: Span) -> Attribution | None:
        """Return what another says after what a piece tells (*said that it rained, | and the firm denied it*), or None.

        The other is a noun after a comma and a conjunction, with a cue of speech in the form of the verb before.
        """
        own = self._own_verb(cue)
        start, end = piece
        if own < 0 or start < cue[1] or self._sentences[start] != self._sentences[cue[0]]:
            return None
        for at in range(start + 2, end - 2):
            if self._lemmas[at] not in _JOINING or self._lemmas[at - 1] != "," or self._quotation[at] != OUTSIDE:
                continue
            verb = next((word for word in range(at + 1, end) if self._xpos[word] in FINITE), end)
            subject = self._trees.child(verb, "nsubj") if verb < end else -1
            is_noun = at < subject and self._upos[subject] in _NOUNS and self._trees.noun_phrase(subject)[0] == at + 1
            is_cue = verb + 1 < end and self._lemmas[verb] in _speech() and self._upos[verb] == "VERB"
            is_alike = is_cue and self._xpos[verb] == self._xpos[self._first_of(cue[0] - 1, own)]
            if is_noun and is_cue and (is_alike or self._trees.head(verb) == own):
                return Attribution(((verb + 1, end),), (verb, verb + 1), (at + 1, verb))
        return None

    def _own_verb(self, cue: Span) -> int:
        """Return the last verb of a cue, or −1."""
        return next((at for at in range(cue[1] - 1, cue[0] - 1, -1) if self._upos[at] == "VERB"), -1)

    def _end(self, verb: int) -> int:
        """Return where the clause of a verb ends, without marks."""
        end = min(self._trees.clause(verb)[1], self._sentences[verb][1])
        while self._upos[end - 1] == "PUNCT":
            end -= 1
        return end

    def _next_verb(self, cue: Span, piece: Span) -> Span:
        """Return the conjunction and the verb after a cue that go on with its subject in a piece, or −1 and −1."""
        own = self._own_verb(cue)
        start, end = piece
        if own < 0 or start <= own or self._sentences[start] != self._sentences[cue[0]]:
            return -1, -1
        high = self._sentences[start][1]
        is_mark = self._is_mark(start)
        for at in range(start + 1, min(end + 2, high - 1)):
            if self._is_saying(at, end, is_sure=is_mark):
                return at, at
            if self._lemmas[at] not in _JOINING or self._xpos[at] != "CC" or self._quotation[at] != OUTSIDE:
                continue
            verb = next((word for word in range(at + 1, high) if self._upos[word] not in _SKIPPED), high)
            is_predicate = verb < high and (self._upos[verb] == "VERB" or self._upos[verb - 1] == "AUX")
            if is_predicate and self._goes_on(own, (start, at), verb):
                return at, verb
        return -1, -1

    def _is_saying(self, verb: int, end: int, *, is_sure: bool = False) -> bool:
        """Return whether a verb in a piece is a participle that tells what else its source says (*…, adding that*).

        Any participle of saying is one if it is sure that it has the same source.
        """
        if self._xpos[verb] != "VBG" or self._quotation[verb] != OUTSIDE:
            return False
        if verb + self._makes_clear(verb) in range(verb + 1, end) and self._lemmas[verb - 1] == ",":
            return True
        is_participle = self._lemmas[verb] in _PARTICIPLES and verb + 1 < end
        if not is_participle or self._upos[verb - 1] not in _BEFORE_PARTICIPLE:
            return False
        return is_sure or self._lemmas[verb + 1] == "that" or self._quotation[verb + 1] == OPENING

    def _makes_clear(self, verb: int) -> int:
        """Return how many words *make it clear* has from a verb on; 0 where it does not stand there."""
        return next((len(words) for words in _CLEAR if self._lemmas[verb : verb + len(words)] == words), 0)

    def _goes_on(self, own: int, before: Span, verb: int) -> bool:
        """Return whether a verb goes on with the subject of a cue, by the words between them."""
        first = self._first_of(before[1], verb)
        tag, form = self._xpos[first], self._xpos[self._first_of(own, own)]
        if any(before[1] < at < verb for at in self._trees.children(verb, _SUBJECTS)):
            return False
        finite = [at for at in range(*before) if self._xpos[at] in FINITE]
        is_joined = self._trees.head(verb) == own and self._lemmas[verb] in _speech()  # whatever its tag
        if (not finite and tag in FINITE) or is_joined:
            return True
        if not finite or (form != tag and not {form, tag} <= _PAST):
            return False
        if first < verb and self._lemmas[first] == self._lemmas[finite[0]]:
            return False  # *had met and had agreed*
        if tag == "VBN" and any(self._trees.relation(at) == "aux:pass" for at in range(*before)):
            return False  # *were inspected and approved*
        is_parted = self._upos[before[1] - 1] == "PUNCT" or self._lemmas[before[1]] == "but"
        is_other = self._xpos[finite[0]] != tag or self._lemmas[finite[0]] in _AUXILIARIES
        return self._lemmas[verb] in _speech() and (is_parted or is_other)

    def _first_of(self, low: int, verb: int) -> int:
        """Return the first auxiliary of a verb after a word, or the verb."""
        return next((at for at in range(low + 1, verb) if self._upos[at] == "AUX"), verb)


def _speech() -> frozenset[str]:
    """Return the verbs that are cues of utterances."""
    return stance.cues_of(only_speech=True)
