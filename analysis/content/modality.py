"""Modality: whether an event is said to have happened, and how sure that is.

An act is read from its own auxiliaries, adverbs and tense, then outwards along the tree: what a verb, a noun, an
auxiliary or an adjective says of the act that depends on it stands in ``data/event_contexts.tsv``.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from analysis import resources
from analysis.content.event_lexicon import lexicon

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from analysis.content.participants import Participants
    from analysis.content.predicates import Predicate
    from analysis.content.trees import Trees

__all__ = [
    "AHEAD",
    "DEMANDED",
    "DENIED",
    "HAPPENED",
    "OFFERED",
    "ONGOING",
    "PLANNED",
    "POSSIBLE",
    "Modality",
    "Reading",
]

HAPPENED, ONGOING, PLANNED, OFFERED, POSSIBLE = "happened", "ongoing", "planned", "offered", "possible"
DEMANDED, DENIED = "demanded", "denied"
#: What is yet to be done.
AHEAD = frozenset([PLANNED, OFFERED, DEMANDED])
_HYPOTHETICAL, _NEGATIVE, _REFUSED = "hypothetical", "negative", "refused"
_NEGATIONS = frozenset("not n't never no nor neither hardly scarcely nobody nothing none cannot".split())
_ONLY = frozenset("only just merely".split())
_CONDITIONS = frozenset("if unless until lest whether once".split())
#: Of these, those after which something happened if it is told in the past (*was lost until police found it*).
_LIMITS = frozenset(["until", "once"])
#: Conjunctions of clauses that tell what is taken for granted.
_GRANTING = frozenset("until once after since because when while as although though before".split())
#: Prepositions by which a verb takes another as its complement (*accused of shelling*, *kept from voting*).
_COMPLEMENT_MARKS = frozenset("of from about with into".split())
_PURPOSES = frozenset(["of", "for"])
_WITHOUT = frozenset("without instead rather against".split())
#: Marks of a clause that tells what a noun names, and nouns of what is so (*the fact that* …, not *the claim that* …).
_CONTENT_MARKS = frozenset(["that", "whether"])
_FACTS = frozenset("fact reality news discovery revelation truth process course act midst history practice".split())
#: Relations in which a word takes another as its complement.
_COMPLEMENTS = frozenset("xcomp ccomp csubj obj".split())
_DEFINITE = frozenset("the this that these those".split())
#: Before a noun, these tell of what lies ahead or is opposed, not of what happened.
_OPEN_PREPOSITIONS = frozenset("for before to ahead of against despite".split())
_INVERTED = frozenset("had were should".split())
#: Relations of a noun to what may say something of it.
_TOLD = frozenset("obj nmod obl nsubj:pass conj".split())
_MAX_STEPS = 6


@cache
def _contexts() -> dict[tuple[str, str], str]:
    """Return what words say of the act that depends on them, by the kind of word and its lemma."""
    found: dict[tuple[str, str], str] = {}
    for modality, words in resources.data().read_word_lists("event_contexts.tsv").items():
        for word in words:
            lemma, _, kind = word.partition("/")
            found[kind or "verb", lemma] = modality
    return found


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
        participants: Participants,
    ) -> None:
        self._trees, self._forms, self._lemmas = trees, forms, lemmas
        self._xpos, self._upos, self._who = xpos, upos, participants
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
        found = self._read_verb(predicate.verb, is_title=is_title)
        if predicate.head != predicate.verb:
            adjective = self._adjective(predicate.head)
            found = found._replace(
                modality=found.modality if adjective in ("", _NEGATIVE) or found.is_negative else adjective,
                is_negative=found.is_negative or adjective == _NEGATIVE or self._is_negated(predicate.head),
            )
        is_now = found.modality in (ONGOING, POSSIBLE) and not is_title
        found = found._replace(is_state=is_now and self._is_simple_present(predicate.verb))
        is_asked = is_question and found.modality in (HAPPENED, ONGOING, PLANNED)
        return found._replace(modality=_HYPOTHETICAL) if is_asked else found

    # Verbs

    def _read_verb(self, verb: int, *, is_title: bool) -> Reading:
        """Return what is said of a verb by its own words, and by those that it depends on."""
        modality = self._own_modality(verb, is_title=is_title)
        is_negative, is_refused, is_content = self._is_negated(verb), False, False
        word = verb
        for _ in range(_MAX_STEPS):
            head = self._trees.head(word)
            read = self._steps.get(self._trees.relation(word))
            if head < 0 or read is None:
                break
            step = read(verb, word, head)
            is_negative = is_negative or step.is_negated
            is_content = is_content or step.is_content
            if step.takes_tense and modality != _HYPOTHETICAL:
                modality = self._own_modality(head, is_title=is_title)
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
        contexts = _contexts()
        adjective = contexts.get(("adj", self._forms[word]), "") if self._upos[word] == "ADJ" else ""
        return contexts.get(("verb", self._who.lemma(word)), adjective)

    def _is_simple_present(self, verb: int) -> bool:
        """Return whether a verb is in the present, neither progressive nor perfect."""
        auxiliaries = self._trees.children(verb, {"aux", "aux:pass"})
        is_simple = all(self._lemmas[at] in ("be", "do", "can") and self._forms[at] != "being" for at in auxiliaries)
        forms = [self._xpos[at] for at in (verb, *auxiliaries)]
        is_simple = is_simple and self._xpos[verb] != "VBG"
        return is_simple and ("can" in [self._forms[at] for at in auxiliaries] or not {"VBZ", "VBP"}.isdisjoint(forms))

    def is_past(self, verb: int) -> bool:
        """Return whether a verb is finite and in the past or the perfect."""
        auxiliaries = self._trees.children(verb, {"aux", "aux:pass", "cop"})
        if auxiliaries and self._lemmas[auxiliaries[0]] == "have":
            return True
        return "VBD" in [self._xpos[at] for at in (*auxiliaries[:1], *[verb] * (not auxiliaries))]

    def _complement(self, _verb: int, word: int, head: int) -> _Step:
        """Read what a verb or adjective says of its complement."""
        if self._upos[head] not in ("VERB", "ADJ"):
            return _STOP
        is_clause, is_negated = self._trees.relation(word) == "ccomp", self._is_negated(head)
        said = self._said(head)
        if said in AHEAD and self.is_past(word):  # *told him that it had left*, not *told him to leave*
            said = ""
        if self._mark(word) in _CONDITIONS:  # *to find out whether he died*
            return _Step(said or POSSIBLE, goes_on=False)
        if not said and is_clause and is_negated:
            said = POSSIBLE
        if is_clause:
            return _Step(said, goes_on=bool(said))
        is_negated = is_negated or self._is_too(head)
        is_infinitive = self._trees.relation(word) == "xcomp"
        if is_infinitive and not said:
            is_open = self._upos[head] == "ADJ" or self._is_told(head)
            said = self._obligation(head) if self._lemmas[head] == "have" else POSSIBLE * is_open
        # *began to withdraw*: the tense is that of the other verb.
        return _Step(said, is_negated=is_infinitive and is_negated, takes_tense=is_infinitive and not said)

    def _is_told(self, verb: int) -> bool:
        """Return whether a verb is in the passive, and what follows need not be so (*is said to have died*)."""
        return self._trees.child(verb, "aux:pass") >= 0 and self._lemmas[verb] not in lexicon().verbs["factual"]

    def _is_too(self, word: int) -> bool:
        """Return whether a word is said to be too much so (*too late to save them*)."""
        return any(self._lemmas[at] == "too" for at in self._trees.children(word, {"advmod"}))

    def _obligation(self, verb: int) -> str:
        """Return what *have to* says: demanded, not yet done (*has yet to sign*), or done (*had to leave*)."""
        if any(self._lemmas[at] == "yet" for at in self._trees.children(verb, {"advmod"})):
            return POSSIBLE
        return "" if self._forms[verb] == "had" else DEMANDED

    def _subject(self, _verb: int, word: int, head: int) -> _Step:
        """Read what is told of a noun that names an act or a claim (*attempts to rescue them failed*)."""
        said = _contexts().get(("subject", self._who.lemma(head)), "")
        if not said and self._trees.relation(word) == "nsubj:pass":
            said = self._said(head)
        return _Step(said, goes_on=False)

    def _attribute(self, _verb: int, word: int, head: int) -> _Step:
        """Read what a noun says of a clause that modifies it (*an offer to train*, *the claim that he lied*)."""
        said, is_negated = _contexts().get(("noun", self._lemmas[head]), ""), self._is_negated(head)
        if self._xpos[word] not in ("VB", "VBG") or self._trees.relation(word) == "acl:relcl":
            if self._is_content(word) and self._lemmas[head] not in _FACTS:
                is_ahead = is_negated and not self.is_past(word)  # *there is no risk that it will burst*
                said = POSSIBLE if said in AHEAD and self.is_past(word) else said or POSSIBLE
                return _Step(said, is_negated=is_ahead, is_content=True)
            if self._mark(word) in _CONDITIONS:
                return _Step(_HYPOTHETICAL)
            if self._is_claimed(word, head):
                return _Step(POSSIBLE)
            is_cleft = self._trees.child(head, "cop") >= 0  # *it was not the army that bombed it*
            return _GRANTED._replace(is_negated=is_cleft and is_negated)
        if not said and self._xpos[word] == "VB":
            said = PLANNED if self._upos[head] == "PROPN" else POSSIBLE
        is_open = is_negated or (self._mark(word) in _PURPOSES and self._lemmas[head] not in _FACTS)
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
        if self._trees.relation(clause) == "acl" and self._trees.children(clause, {"nsubj", "nsubj:pass"}):
            return True
        return any(self._forms[at] in _CONTENT_MARKS and self._xpos[at] == "IN" for at in first)

    def _adverbial(self, verb: int, word: int, head: int) -> _Step:
        """Read what a clause is to the one that it modifies: a condition, an aim, or taken for granted."""
        plan = self._who.plan(word)
        if plan >= 0:
            return self._attribute(verb, word, plan)._replace(goes_on=False)
        mark, said = self._mark(word), self._said(head)
        # *denied on Monday taking*
        is_denied = not mark and word > head and self._xpos[word] == "VBG" and said == DENIED
        if is_denied or (mark in _COMPLEMENT_MARKS and self._upos[head] in ("VERB", "ADJ")):
            return _Step(said, is_negated=self._is_negated(head))
        if self._is_condition(word, head, mark):
            return _Step(_HYPOTHETICAL)
        if self._xpos[word] == "VB" and not self._trees.children(word, {"aux"}):
            return self._aim(head, said)
        if mark in _GRANTING:
            # *called off before it began*
            is_undone = mark == "before" and (said == _NEGATIVE or self._is_negated(head))
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
        if mark in _LIMITS and self.is_past(clause):
            return self._own_modality(head, is_title=False) != HAPPENED
        start = self._trees.clause(clause)[0]
        is_after = start > 0 and self._trees.relation(start - 1) == "mark" and self._lemmas[start - 1] in _CONDITIONS
        return mark in _CONDITIONS or is_after or self._is_inverted(clause)

    def _is_inverted(self, verb: int) -> bool:
        """Return whether a clause begins with its auxiliary, as a condition may (*had he known*)."""
        auxiliaries, subjects = self._trees.children(verb, {"aux"}), self._trees.children(verb, {"nsubj", "nsubj:pass"})
        is_first = bool(auxiliaries and subjects) and auxiliaries[0] < subjects[0]
        return is_first and self._forms[auxiliaries[0]] in _INVERTED

    def _conjunct(self, _verb: int, word: int, head: int) -> _Step:
        """Read what a verb shares with the one before it (*will meet and discuss*)."""
        is_apart = self._trees.children(word, {"aux", "nsubj", "nsubj:pass"}) or self._mark(word) not in ("", "to")
        if self._upos[head] != "VERB" or is_apart:
            return _STOP
        joined = {self._lemmas[at] for at in self._trees.children(word, {"cc"})}
        shares = self._xpos[word] == "VB" or (self._xpos[word] == self._xpos[head] == "VBN")
        is_negated = (shares or bool(joined & {"or", "nor"})) and "but" not in joined and self._is_negated(head)
        return _Step(POSSIBLE * self._is_hedged(head), is_negated=is_negated, takes_tense=shares)

    def _apposed(self, _verb: int, word: int, head: int) -> _Step:
        """Read what a clause shares with one beside it that begins alike (*that they wait, that they hope*)."""
        is_like = self._mark(word) == self._mark(head) == "that"
        return _Step(takes_tense=True) if is_like else _STOP

    def _is_hedged(self, verb: int) -> bool:
        """Return whether an adverb says that it is not sure (*allegedly*)."""
        return any(("adv", self._lemmas[at]) in _contexts() for at in self._trees.children(verb, {"advmod"}))

    def is_attributed(self, verb: int) -> bool:
        """Return whether someone is named according to whom it is so."""
        cases = (self._trees.child(noun, "case") for noun in self._trees.children(verb, {"obl"}))
        return any(case >= 0 and self._forms[case] == "according" for case in cases)

    def _own_modality(self, verb: int, *, is_title: bool) -> str:
        """Return the modality that the auxiliaries, adverbs and tense of a verb give it."""
        trees, contexts = self._trees, _contexts()
        auxiliaries = [self._lemmas[at] for at in trees.children(verb, {"aux"})]
        said = next((contexts["aux", lemma] for lemma in auxiliaries if ("aux", lemma) in contexts), "")
        told = trees.child(verb, "nsubj:outer")  # *our advice is that they wait*
        if not said and told >= 0:
            said = contexts.get(("noun", self._lemmas[told]), "")
        if not said and self._is_hedged(verb):
            said = POSSIBLE
        if not said and self._is_inverted(verb) and trees.children(verb, {"parataxis"}):
            said = _HYPOTHETICAL
        if said:  # *said that he would go*: what lies ahead of a time in the past
            outer = trees.head(verb) if trees.relation(verb) == "conj" else verb
            return PLANNED if said == _HYPOTHETICAL and trees.relation(outer) == "ccomp" else said
        forms = [self._xpos[at] for at in trees.children(verb, {"aux", "aux:pass", "cop"})]
        tag = self._xpos[verb]
        if tag == "VB":
            return self._bare_form(verb, "do" in auxiliaries, is_past="VBD" in forms, is_title=is_title)
        if tag == "VBG" and not forms:
            return self._bare_participle(verb, is_title=is_title)
        if forms[:1] == ["VB"] and trees.relation(verb) == "ccomp":  # *it is vital that he be freed*
            return DEMANDED
        is_present = tag in ("VBZ", "VBP") or (tag == "VBN" and forms[:1] in (["VBZ"], ["VBP"]))
        is_present = is_present and "have" not in auxiliaries and not is_title
        if is_present and any(self._lemmas[at] == "to" for at in trees.children(verb, {"mark"})):  # *is to be built*
            return PLANNED
        return ONGOING if is_present or (tag == "VBG" and "VBD" not in forms) else HAPPENED

    def _bare_participle(self, verb: int, *, is_title: bool) -> str:
        """Return the modality of a verb in -ing without an auxiliary: that of the verb that it depends on."""
        if self._trees.relation(verb) in ("ccomp", "csubj"):  # *removing it would be wrong*
            return POSSIBLE
        is_root = self._trees.relation(verb) == "root"
        outer = next((at for at in self._above(verb) if self._upos[at] == "VERB"), -1)
        return ONGOING if is_root or outer < 0 else self._own_modality(outer, is_title=is_title)

    def _bare_form(self, verb: int, has_do: bool, *, is_past: bool, is_title: bool) -> str:  # noqa: FBT001
        """Return the modality of a verb in its base form."""
        near = self._lemmas[max(0, verb - 2) : verb]
        is_root = self._trees.relation(verb) == "root"
        if self._trees.child(verb, "mark") >= 0 or "to" in near:
            return PLANNED if is_title or is_root else POSSIBLE
        if has_do:
            return HAPPENED if is_past else ONGOING
        return DEMANDED if is_root and not self._trees.children(verb, {"nsubj"}) else HAPPENED

    # Nouns

    def _read_noun(self, noun: int) -> Reading | None:
        """Return what is said of an act that a noun names; None where it does not say whether it happened."""
        adjective, case = self._adjective(noun), self._trees.child(noun, "case")
        preposition = self._lemmas[case] if case >= 0 else ""
        is_negative = self._is_negated(noun) or adjective == _NEGATIVE
        if adjective and adjective != _NEGATIVE:
            return Reading(adjective, is_negative)
        if preposition in _WITHOUT:
            return Reading(HAPPENED, is_negative=True)
        is_told, said = self._told(noun, preposition)
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
        contexts = _contexts()
        said = contexts.get((kind, lemma)) or contexts.get((kind, f"{lemma}_{preposition}"))
        if not said:
            return False, None
        if said == _REFUSED and is_verb:  # what others reject may have happened
            return True, None
        is_negative = said in (_NEGATIVE, _REFUSED)
        return True, Reading(HAPPENED if is_negative else said, is_negative or self._is_negated(head))

    def _granted(self, noun: int, preposition: str) -> Reading | None:
        """Return that an act happened if the sentence takes it for granted; None otherwise."""
        determiner = self._trees.child(noun, "det")
        is_definite = (determiner >= 0 and self._lemmas[determiner] in _DEFINITE) or bool(
            self._trees.children(noun, {"nmod:poss", "nummod"})
        )
        if preposition in _OPEN_PREPOSITIONS or not is_definite:
            return None
        verb = next((at for at in self._above(noun) if self._upos[at] == "VERB"), -1)
        if verb >= 0:
            outer = self._read_verb(verb, is_title=False)
            if outer.modality not in (HAPPENED, ONGOING) or outer.is_negative:
                return None
        return Reading(HAPPENED, is_negative=False, is_presupposed=True)

    def _adjective(self, noun: int) -> str:
        """Return what an adjective or noun before an act says of it (*alleged*, *planned*), or an empty string."""
        words = self._trees.children(noun, {"amod", "compound"})
        return next((said for at in words if (said := _contexts().get(("adj", self._forms[at])))), "")

    # Both

    def _above(self, word: int) -> Iterator[int]:
        """Yield the words that a word depends on, from the nearest on."""
        while (word := self._trees.head(word)) >= 0:
            yield word

    def _mark(self, word: int) -> str:
        mark = self._trees.child(word, "mark")
        if mark < 0 and self._xpos[word] == "VBG":
            mark = self._trees.child(word, "case")
        return self._lemmas[mark] if mark >= 0 else ""

    def _is_inverted_by_no(self, verb: int) -> bool:
        """Return whether *no* stands before an auxiliary and its subject (*at no time did it rain*)."""
        children = self._trees.children
        auxiliary, subject = self._trees.child(verb, "aux"), self._trees.child(verb, "nsubj")
        nouns = [noun for noun in children(verb, {"obl"}) if noun < auxiliary < subject]
        return any(self._lemmas[at] == "no" for noun in nouns for at in children(noun, {"det"}))

    def _is_negated(self, word: int) -> bool:
        """Return whether a word, its subject or its object is negated."""
        if self._mark(word) in _WITHOUT:
            return True
        is_instead = "rather" in [self._lemmas[at] for at in self._trees.children(word, {"cc"})]
        if is_instead or self._is_inverted_by_no(word):
            return True
        near = self._trees.children(word, {"advmod", "det", "cc:preconj", "cc", "nsubj", "nsubj:pass", "obj"})
        for at in near:
            below = [self._lemmas[other] for other in self._trees.children(at, {"det", "advmod", "cc:preconj"})]
            is_participant = self._trees.relation(at) in ("nsubj", "nsubj:pass", "obj", "advmod")
            is_only = not _ONLY.isdisjoint([*below, *(self._lemmas[other] for other in near)])
            if self._lemmas[at] in _NEGATIONS and not is_only:
                return True
            if is_participant and not {"no", "neither", "nowhere"}.isdisjoint(below):
                return True
        return False
