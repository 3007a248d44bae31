"""Modality: whether an event is said to have happened, and how sure that is.

An act is read from its own auxiliaries, adverbs and tense, then outwards along the tree: what a verb, a noun, an
auxiliary or an adjective says of the act that depends on it stands in ``data/event_contexts.tsv``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analysis.content.event_lexicon import lexicon
from analysis.content.wording import (
    CONDITIONS,
    DEMANDED,
    DENIED,
    HAPPENED,
    HYPOTHETICAL,
    INVERTED,
    OFFERED,
    ONGOING,
    PLANNED,
    POSSIBLE,
    WITHOUT,
    contexts,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from analysis.content.participants import Participants
    from analysis.content.predicates import Predicate
    from analysis.content.trees import Trees
    from analysis.content.wording import Wording

__all__ = ["AHEAD", "Modality", "Reading"]

#: What is yet to be done.
AHEAD = frozenset([PLANNED, OFFERED, DEMANDED])
_NEGATIVE, _REFUSED = "negative", "refused"
#: Of conditions, those after which something happened if it is told in the past (*was lost until police found it*).
_LIMITS = frozenset(["until", "once"])
#: Conjunctions of clauses that tell what is taken for granted.
_GRANTING = frozenset("until once after since because when while as although though before".split())
#: Prepositions by which a verb takes another as its complement (*accused of shelling*, *kept from voting*).
_COMPLEMENT_MARKS = frozenset("of from about with into".split())
_PURPOSES = frozenset(["of", "for"])
#: Words that tell that someone can do what follows: whom they are denied, does it not.
_ENABLING = frozenset("able allow permit enable".split())
#: Marks of a clause that tells what a noun names, and nouns of what is so (*the fact that* …, not *the claim that* …).
_CONTENT_MARKS = frozenset(["that", "whether"])
_FACTS = frozenset("fact reality news discovery revelation truth process course act midst history practice".split())
#: Relations in which a word takes another as its complement.
_COMPLEMENTS = frozenset("xcomp ccomp csubj obj".split())
_DEFINITE = frozenset("the this that these those".split())
#: Before a noun, these tell of what lies ahead or is opposed, not of what happened.
_OPEN_PREPOSITIONS = frozenset("for before to ahead of against despite".split())
#: Relations of a noun to what may say something of it.
_TOLD = frozenset("obj nmod obl nsubj:pass conj".split())
_MAX_STEPS = 6


class Reading(NamedTuple):
    """What a sentence says of an event.

    Attributes
    ----------
    modality
        How sure it is.
    is_negative
        Whether it is said not to be.
    is_presupposed
        Whether it is taken for granted (*the man who was shot*).
    is_refused
        Whether someone refuses it.
    is_state
        Whether the verb is in the simple present, as of what is always so (*the virus kills slowly*).
    """

    modality: str
    is_negative: bool
    is_presupposed: bool = False
    is_refused: bool = False
    is_state: bool = False


class _Step(NamedTuple):
    """What a word says of the act that depends on it, and whether what it depends on itself is to be read too.

    The act may be the content of what a noun names (*the claim that police beat him*).
    """

    said: str = ""
    is_negated: bool = False
    is_presupposed: bool = False
    takes_tense: bool = False
    is_content: bool = False
    goes_on: bool = True


_STOP = _Step(goes_on=False)
_GRANTED = _Step(is_presupposed=True, goes_on=False)
#: Relations of what a verb has that is no bare infinitive or participle, and tags of verbs in the past.
_MARKING, _PAST = frozenset("aux aux:pass mark".split()), frozenset(["VBD", "VBN"])
#: Relations of what makes a participle a clause of its own.
_OWN_WORDS = frozenset("nsubj nsubj:pass aux aux:pass".split())


class Modality:
    """Reads how sure the events of an article are.

    Parameters
    ----------
    trees
        The trees of its sentences.
    forms, lemmas
        Each word and its lemma, in lower case.
    xpos, upos
        The tags of each word.
    wording
        Reads what the words of an act itself say of it.
    participants
        Finds who takes part.
    """

    def __init__(
        self,
        trees: Trees,
        *,
        forms: Sequence[str],
        lemmas: Sequence[str],
        xpos: Sequence[str],
        upos: Sequence[str],
        wording: Wording,
        participants: Participants,
    ) -> None:
        self._trees, self._forms, self._lemmas = trees, forms, lemmas
        self._xpos, self._upos, self._who, self._wording = xpos, upos, participants, wording
        self._steps: Mapping[str, Callable[[int, int, int], _Step]] = {
            **dict.fromkeys(_COMPLEMENTS, self._complement),
            **dict.fromkeys(("nsubj", "nsubj:pass"), self._subject),
            **dict.fromkeys(("acl", "acl:relcl", "nmod"), self._attribute),
            **dict.fromkeys(("advcl", "obl"), self._adverbial),
            "conj": self._conjunct,
            "parataxis": self._apposed,
        }

    def read(self, predicate: Predicate, *, is_title: bool, is_question: bool) -> Reading | None:
        """Return what the sentence says of an event, or None where it is uncertain."""
        if predicate.verb < 0:
            return self._read_noun(predicate.head)
        if self._wording.is_regretted(predicate.verb):
            return None
        found = self._read_verb(predicate.verb, is_title=is_title)
        if predicate.head != predicate.verb:
            adjective = self._adjective(predicate.head)
            found = found._replace(
                modality=found.modality if adjective in ("", _NEGATIVE) or found.is_negative else adjective,
                is_negative=found.is_negative or adjective == _NEGATIVE or self._wording.is_negated(predicate.head),
            )
        is_now = found.modality in (ONGOING, POSSIBLE) and not is_title
        found = found._replace(is_state=is_now and self._wording.is_simple_present(predicate.verb))
        is_asked = is_question and found.modality in (HAPPENED, ONGOING, PLANNED)
        return found._replace(modality=HYPOTHETICAL) if is_asked else found

    # Verbs

    def _read_verb(self, verb: int, *, is_title: bool) -> Reading:
        """Return what is said of a verb by its own words, and by those that it depends on."""
        modality = self._wording.modality(verb, is_title=is_title)
        is_negative, is_refused, is_content = self._wording.is_negated(verb), False, False
        if is_negative and modality == POSSIBLE:
            modality = self._wording.unable(verb) or modality
        word = verb
        for _ in range(_MAX_STEPS):
            head = self._trees.head(word)
            read = self._steps.get(self._trees.relation(word))
            if head < 0 or read is None:
                break
            step = read(verb, word, head)
            is_negative = is_negative or step.is_negated
            is_content = is_content or step.is_content
            if step.takes_tense and modality != HYPOTHETICAL:
                modality = self._wording.modality(head, is_title=is_title)
            if step.said in (_NEGATIVE, _REFUSED) and is_content:  # *the claim that it bombed a school was rejected*
                return Reading(DENIED, is_negative)
            if step.said in (_NEGATIVE, _REFUSED):
                is_negative, is_refused = True, is_refused or step.said == _REFUSED
                modality = HAPPENED if modality in (POSSIBLE, ONGOING) else modality
            elif step.said:
                modality = step.said
            if step.is_presupposed or step.said == DENIED or not step.goes_on:
                return Reading(modality, is_negative, step.is_presupposed, is_refused)
            word = head
        return Reading(modality, is_negative, is_refused=is_refused)

    def _said(self, word: int) -> str:
        """Return what a verb or adjective says of the act that depends on it, or an empty string."""
        said_by = contexts()
        is_adjective = self._upos[word] == "ADJ"
        adjective = said_by.get(("adj", self._forms[word]), "") if is_adjective else ""
        said = said_by.get(("verb", self._who.lemma(word)), adjective)
        return "" if is_adjective and said == DENIED else said  # *it is clear that he left*

    def _complement(self, _verb: int, word: int, head: int) -> _Step:  # noqa: PLR0911 - one return a reading
        """Read what a verb or adjective says of its complement."""
        if self._upos[head] not in ("VERB", "ADJ"):
            return _STOP
        is_clause, is_negated = self._trees.relation(word) == "ccomp", self._wording.is_negated(head)
        if is_clause and self._is_afterthought(word):
            return _GRANTED
        if self._is_perceived(word, head):  # *saw the men leave*
            return _Step(takes_tense=True, is_presupposed=True)
        said = self._said(head)
        told = [*self._trees.children(head, {"obj", "iobj"}), *self._trees.children(word, {"nsubj"})]
        if told and self._wording.mark(word) == "to":  # *warned them to leave*
            said = contexts().get(("verb", f"{self._lemmas[head]}_someone_to"), said)
        if is_clause and said in AHEAD and self._wording.is_told_of(word):  # *told him that it had left*
            said = ""
        if self._is_inverted_condition(head, word):  # *had the guards opened the gate*
            return _Step(HYPOTHETICAL, goes_on=False)
        is_open = is_negated and said == DENIED  # *did not rule out leaving*
        if is_open or self._wording.mark(word) in CONDITIONS:  # *to find out whether he died*
            return _Step(POSSIBLE if is_open or said in AHEAD else said or POSSIBLE, goes_on=False)
        if not said and is_clause and is_negated:
            said = POSSIBLE
        if is_clause:
            return _Step(said, goes_on=bool(said))
        return self._open_complement(word, head, said, is_negated=is_negated or self._is_too(head))

    def _is_perceived(self, word: int, head: int) -> bool:
        """Return whether a verb without *to* tells what the object of a verb of seeing or hearing did."""
        if self._lemmas[head] not in lexicon().verbs["perceiving"] or self._trees.children(word, _MARKING):
            return False
        seen = [*self._trees.children(head, {"obj"}), *self._trees.children(word, {"nsubj"})]
        # A present after a past is no clause of its own (*had seen ministers leave*).
        is_bare = self._xpos[word] in ("VB", "VBG") or (self._xpos[word] == "VBP" and self._xpos[head] in _PAST)
        return is_bare and any(head < at < word for at in seen)

    def _is_afterthought(self, verb: int) -> bool:
        """Return whether a bare participle follows a comma, and describes what is before: *the Front, now banned*."""
        own = self._trees.children(verb, _OWN_WORDS)
        before = min([verb, *self._trees.children(verb, {"advmod"})]) - 1
        return self._xpos[verb] == "VBN" and not own and before >= 0 and self._lemmas[before] == ","

    def _open_complement(self, word: int, head: int, said: str, *, is_negated: bool) -> _Step:
        """Read what a verb or adjective says of a complement without a subject, or of an object that names an act."""
        if self._who.is_aim(word) and not is_negated:  # *raised taxes to fund a school*
            return self._aim(head, said)
        is_infinitive = self._trees.relation(word) == "xcomp"
        if is_infinitive and self._trees.child(head, "obj") < 0:  # *wants to leave*, not *wants them to leave*
            said = contexts().get(("verb", f"{self._lemmas[head]}_to"), said)
        if is_infinitive and is_negated and self._lemmas[head] in _ENABLING:  # *was not able to reach them*
            is_told = self._wording.modality(head, is_title=False) in (HAPPENED, ONGOING)
            return _Step(_NEGATIVE if is_told else POSSIBLE, is_negated=True)
        if is_infinitive and not said:
            is_open = self._upos[head] == "ADJ" or self._is_told(head)
            said = self._obligation(head) if self._lemmas[head] == "have" else POSSIBLE * is_open
            if not said and self._is_chosen(head, word):  # *hired guards to keep the peace*
                said = PLANNED
        if said == DEMANDED and is_negated:  # *was not required to leave*
            return _Step(POSSIBLE)
        # *began to withdraw*: the tense is that of the other verb.
        return _Step(said, is_negated=is_infinitive and is_negated, takes_tense=is_infinitive and not said)

    def _is_inverted_condition(self, auxiliary: int, verb: int) -> bool:
        """Return whether a verb stands after its subject, and that after *had* at the beginning of a clause."""
        subject = max(self._trees.child(verb, "nsubj"), self._trees.child(auxiliary, "obj"))
        is_first = self._trees.clause(auxiliary)[0] == auxiliary and self._forms[auxiliary] in INVERTED
        return is_first and auxiliary < subject < verb and self._xpos[verb] in ("VBN", "VBD")

    def _is_chosen(self, verb: int, infinitive: int) -> bool:
        """Return whether an infinitive tells what the object of a verb is to do, which it need not have done."""
        told = self._trees.child(verb, "obj")
        is_factual = self._who.lemma(verb) in lexicon().verbs["factual"] | lexicon().verbs["outcome"]
        return 0 <= told < infinitive and self._wording.mark(infinitive) == "to" and not is_factual

    def _is_told(self, verb: int) -> bool:
        """Return whether a verb is in the passive, and what follows need not be so (*is said to have died*)."""
        if self._lemmas[verb] == "say":  # *a man said to have died*
            return True
        return self._trees.child(verb, "aux:pass") >= 0 and self._lemmas[verb] not in lexicon().verbs["factual"]

    def _is_too(self, word: int) -> bool:
        """Return whether a word is said to be too much so (*too late to save them*)."""
        return any(self._lemmas[at] == "too" for at in self._trees.children(word, {"advmod"}))

    def _obligation(self, verb: int) -> str:
        """Return what *have to* says: demanded, not yet done (*has yet to sign*), ahead (*will have to*), or done."""
        if any(self._lemmas[at] == "yet" for at in self._trees.children(verb, {"advmod"})):
            return POSSIBLE
        if any(self._lemmas[at] in ("will", "'ll") for at in self._trees.children(verb, {"aux"})):
            return PLANNED
        return "" if self._forms[verb] == "had" else DEMANDED

    def _subject(self, _verb: int, word: int, head: int) -> _Step:
        """Read what is told of a noun that names an act or a claim (*attempts to rescue them failed*)."""
        said = contexts().get(("subject", self._who.lemma(head)), "")
        if not said and self._trees.relation(word) == "nsubj:pass":
            said = self._said(head)
        return _Step(said, goes_on=False)

    def _attribute(self, _verb: int, word: int, head: int) -> _Step:
        """Read what a noun says of a clause that modifies it (*an offer to train*, *the claim that he lied*)."""
        # *said on Monday that he left*, *told reporters that he left*
        if self._who.is_date(head) or (self._wording.is_informed(head) and self._wording.is_told_of(word)):
            return _STOP
        said, is_negated = contexts().get(("noun", self._lemmas[head]), ""), self._wording.is_negated(head)
        if self._xpos[word] not in ("VB", "VBG") or self._trees.relation(word) == "acl:relcl":
            if self._is_content(word) and self._lemmas[head] not in _FACTS:
                is_ahead = is_negated and not self._wording.is_past(word)  # *there is no risk that it will burst*
                said = POSSIBLE if said in AHEAD and self._wording.is_past(word) else said or POSSIBLE
                return _Step(said, is_negated=is_ahead, is_content=True)
            if self._wording.mark(word) in CONDITIONS:
                return _Step(HYPOTHETICAL)
            if self._is_claimed(word, head):
                return _Step(POSSIBLE)
            is_cleft = self._trees.child(head, "cop") >= 0  # *it was not the army that bombed it*
            return _GRANTED._replace(is_negated=is_cleft and is_negated)
        if not said and self._xpos[word] == "VB":
            said = PLANNED if self._upos[head] == "PROPN" else POSSIBLE
        is_open = is_negated or (self._wording.mark(word) in _PURPOSES and self._lemmas[head] not in _FACTS)
        said = said or POSSIBLE * is_open  # *no interest in running it*, *a means of ending it*
        return _Step(said, is_negated=is_negated) if said else _GRANTED

    def _is_claimed(self, clause: int, noun: int) -> bool:
        """Return whether a relative clause holds another that tells who says so (*which it claims was sunk*)."""
        first = self._trees.children(clause, {"nsubj", "nsubj:pass", "obj"})[:1]
        others = self._trees.children(noun, {"acl:relcl"})
        return any(pronoun < other < clause for pronoun in first for other in others)

    def _is_content(self, clause: int) -> bool:
        """Return whether a clause tells what the noun before it names."""
        first = self._trees.children(clause, {"mark", "obj", "nsubj"})[:1]
        has_subject = bool(self._trees.children(clause, {"nsubj", "nsubj:pass"}))
        told = self._trees.children(clause, {"obj"})
        is_whole = len(told) > 1 and self._forms[told[0]] == "that"  # which is no object then
        if has_subject and (self._trees.relation(clause) == "acl" or is_whole):
            return True
        return any(self._forms[at] in _CONTENT_MARKS and self._xpos[at] == "IN" for at in first)

    def _adverbial(self, verb: int, word: int, head: int) -> _Step:
        """Read what a clause is to the one that it modifies: a condition, an aim, or taken for granted."""
        plan = self._who.plan(word)
        if plan >= 0:
            return self._attribute(verb, word, plan)._replace(goes_on=False)
        mark = self._wording.mark(word)
        said = contexts().get(("verb", f"{self._lemmas[head]}_{mark}"), "") or self._said(head)
        # *denied on Monday taking*
        is_bare = not mark and word > head and self._xpos[word] == "VBG" and self._lemmas[word - 1] != ","
        is_denied = is_bare and said == DENIED and self._trees.child(head, "aux:pass") < 0
        is_charge = ("verb", f"{self._lemmas[head]}_{mark}") in contexts()  # *arrested for shooting*
        if is_denied or is_charge or (mark in _COMPLEMENT_MARKS and self._upos[head] in ("VERB", "ADJ")):
            return _Step(said, is_negated=self._wording.is_negated(head))
        if self._is_condition(word, head, mark):
            return _Step(HYPOTHETICAL)
        if self._xpos[word] == "VB" and not self._trees.children(word, {"aux"}):
            return self._aim(head, said)
        if mark in _GRANTING:
            # *called off before it began*
            is_undone = mark == "before" and (said == _NEGATIVE or self._wording.is_negated(head))
            return _Step(POSSIBLE) if is_undone else _GRANTED
        is_negated = mark == "from" and self._lemmas[head] == "far"  # *far from helping*
        return _Step(is_negated=is_negated) if self._xpos[word] in ("VBG", "VBN") else _STOP

    def _aim(self, head: int, said: str) -> _Step:
        """Read what a verb says of an infinitive that tells its aim or its outcome."""
        if self._is_too(head):
            return _Step(HAPPENED, is_negated=True)
        if self._who.lemma(head) in lexicon().verbs["outcome"]:  # *fell to reach a low*
            return _Step(takes_tense=True)
        return _Step(said if said in (DEMANDED, POSSIBLE) else PLANNED)

    def _is_condition(self, clause: int, head: int, mark: str) -> bool:
        """Return whether a clause is a condition: *if it rains*, *had it rained*, but not *until it rained*."""
        if mark in _LIMITS and self._wording.is_past(clause):
            return self._wording.modality(head, is_title=False) != HAPPENED
        start = self._trees.clause(clause)[0]
        is_after = start > 0 and self._trees.relation(start - 1) == "mark" and self._lemmas[start - 1] in CONDITIONS
        return mark in CONDITIONS or is_after or self._wording.is_inverted(clause)

    def _conjunct(self, _verb: int, word: int, head: int) -> _Step:
        """Read what a verb shares with the one before it (*will meet and discuss*)."""
        is_apart = self._trees.children(word, {"aux", "nsubj", "nsubj:pass"}) or self._wording.mark(word) not in (
            "",
            "to",
        )
        is_odd = self._xpos[word] == "VBD" and self._xpos[head] == "VBG"  # *accused of theft, he resigned*
        if self._upos[head] != "VERB" or is_apart or is_odd:
            return _STOP
        joined = {self._lemmas[at] for at in self._trees.children(word, {"cc"})}
        shares = self._xpos[word] == "VB" or (self._xpos[word] == self._xpos[head] == "VBN")
        is_negated = (shares or bool(joined & {"or", "nor"})) and "but" not in joined and self._wording.is_negated(head)
        return _Step(POSSIBLE * self._wording.is_hedged(head), is_negated=is_negated, takes_tense=shares)

    def _apposed(self, verb: int, word: int, head: int) -> _Step:
        """Read what a clause shares with one beside it that begins alike (*that they wait, that they hope*)."""
        if self._wording.mark(word) in _GRANTING | CONDITIONS:
            return self._adverbial(verb, word, head)
        is_like = self._wording.mark(word) == self._wording.mark(head) == "that"
        return _Step(takes_tense=True) if is_like else _STOP

    # Nouns

    def _read_noun(self, noun: int) -> Reading | None:
        """Return what is said of an act that a noun names; None where it does not say whether it happened."""
        adjective, case = self._adjective(noun), self._trees.child(noun, "case")
        preposition = self._lemmas[case] if case >= 0 else ""
        is_negative = self._wording.is_negated(noun) or adjective == _NEGATIVE
        is_told, said = self._told(noun, preposition)
        if adjective and adjective != _NEGATIVE:
            return Reading(adjective, is_negative or bool(said and said.is_negative))
        if preposition in WITHOUT:
            return Reading(HAPPENED, is_negative=True)
        if is_told:
            return said._replace(is_negative=is_negative or said.is_negative) if said else None
        if is_negative:
            return Reading(HAPPENED, is_negative=True)
        return self._granted(noun, preposition)

    def _told(self, noun: int, preposition: str) -> tuple[bool, Reading | None]:
        """Return whether the word that a noun depends on says something of the act, and what."""
        head = self._trees.head(noun)
        if head < 0 or self._trees.relation(noun) not in _TOLD:
            return False, None
        is_verb = self._upos[head] == "VERB"
        lemma = self._who.lemma(head) if is_verb else self._lemmas[head]
        kind = "verb" if is_verb else "noun"
        said_by = contexts()
        said = said_by.get((kind, lemma)) or said_by.get((kind, f"{lemma}_{preposition}"))
        if not said:
            return False, None
        if said == _REFUSED and is_verb:  # what others reject may have happened
            return True, None
        is_negative = said in (_NEGATIVE, _REFUSED)
        return True, Reading(HAPPENED if is_negative else said, is_negative or self._wording.is_negated(head))

    def _granted(self, noun: int, preposition: str) -> Reading | None:
        """Return that an act happened if the sentence takes it for granted; None otherwise."""
        determiner = self._trees.child(noun, "det")
        is_definite = (determiner >= 0 and self._lemmas[determiner] in _DEFINITE) or bool(
            self._trees.children(noun, {"nmod:poss", "nummod"})
        )
        if preposition in _OPEN_PREPOSITIONS or not is_definite:
            return None
        verb = next((at for at in self._wording.above(noun) if self._upos[at] == "VERB"), -1)
        if verb >= 0:
            outer = self._read_verb(verb, is_title=False)
            if outer.modality not in (HAPPENED, ONGOING) or outer.is_negative:
                return None
        return Reading(HAPPENED, is_negative=False, is_presupposed=True)

    def _adjective(self, noun: int) -> str:
        """Return what an adjective or noun before an act says of it (*alleged*, *planned*), or an empty string."""
        words = self._trees.children(noun, {"amod", "compound"})
        return next((said for at in words if (said := contexts().get(("adj", self._forms[at])))), "")

    # Both
