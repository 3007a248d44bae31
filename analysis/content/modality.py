"""Modality: whether an event is said to have happened, and how sure that is.

An act is read from its own auxiliaries, adverbs and tense, then outwards along the tree: what a verb, a noun, an
auxiliary or an adjective says of the act that depends on it stands in ``data/event_contexts.tsv``.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from analysis import resources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from analysis.content.predicates import Predicate
    from analysis.content.trees import Trees

__all__ = ["DEMANDED", "DENIED", "HAPPENED", "OFFERED", "ONGOING", "PLANNED", "POSSIBLE", "Modality", "Reading"]

HAPPENED, ONGOING, PLANNED, OFFERED, POSSIBLE = "happened", "ongoing", "planned", "offered", "possible"
DEMANDED, DENIED = "demanded", "denied"
_HYPOTHETICAL, _NEGATIVE = "hypothetical", "negative"
_NEGATIONS = frozenset("not n't never no nor neither hardly scarcely nobody nothing none cannot".split())
_ONLY = frozenset("only just merely".split())
_CONDITIONS = frozenset("if unless until lest whether once".split())
#: Conjunctions of clauses that tell what is taken for granted.
_GRANTING = frozenset("after since because when while as although though before".split())
#: Prepositions by which a verb takes another as its complement (*accused of shelling*, *kept from voting*).
_COMPLEMENT_MARKS = frozenset("of from about".split())
_WITHOUT = frozenset("without instead_of rather_than".split())
#: Relations in which a word takes another as its complement.
_COMPLEMENTS = frozenset("xcomp ccomp csubj obj".split())
_DEFINITE = frozenset("the this that these those".split())
#: Before a noun, these tell of what lies ahead or is opposed, not of what happened.
_OPEN_PREPOSITIONS = frozenset("for before to ahead of against despite".split())
#: Verbs whose object, if it names an act, is not done; of what others reject or oppose one does not know.
_PREVENTING = frozenset("avoid prevent forbid ban prohibit stop halt cancel foil thwart rule_out abandon".split())
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
        Whether someone refuses it, or fails to do it.
    """

    modality: str
    is_negative: bool
    is_presupposed: bool = False
    is_refused: bool = False


class _Step(NamedTuple):
    """What a word says of the act that depends on it, and whether what it depends on itself is to be read too."""

    said: str = ""
    is_negated: bool = False
    is_presupposed: bool = False
    takes_tense: bool = False
    goes_on: bool = True


_STOP = _Step(goes_on=False)
_GRANTED = _Step(is_presupposed=True, goes_on=False)


class Modality:
    """Reads how sure the events of an article are.

    Parameters
    ----------
    trees
        The trees of its sentences.
    lemmas
        The lemma of each word, in lower case.
    xpos, upos
        The tags of each word.
    lemma
        Returns the lemma of a verb, with its particle.
    """

    def __init__(
        self,
        trees: Trees,
        *,
        lemmas: Sequence[str],
        xpos: Sequence[str],
        upos: Sequence[str],
        lemma: Callable[[int], str],
    ) -> None:
        self._trees, self._lemmas, self._xpos, self._upos, self._lemma = trees, lemmas, xpos, upos, lemma
        self._steps: Mapping[str, Callable[[int, int, int], _Step]] = {
            **dict.fromkeys(_COMPLEMENTS, self._complement),
            **dict.fromkeys(("acl", "nmod"), self._attribute),
            "acl:relcl": lambda *_: _GRANTED,
            "advcl": self._adverbial,
            "conj": self._conjunct,
        }

    def read(self, predicate: Predicate, *, is_title: bool, is_question: bool) -> Reading | None:
        """Return what the sentence says of an event, or None where it is uncertain."""
        if predicate.verb < 0:
            return self._read_noun(predicate.head)
        found = self._read_verb(predicate.verb, is_title=is_title)
        if predicate.head != predicate.verb:
            adjective = self._adjective(predicate.head)
            found = found._replace(
                modality=found.modality if adjective in ("", _NEGATIVE) else adjective,
                is_negative=found.is_negative or adjective == _NEGATIVE or self._is_negated(predicate.head),
            )
        is_asked = is_question and found.modality in (HAPPENED, ONGOING)
        return found._replace(modality=_HYPOTHETICAL) if is_asked else found

    # Verbs

    def _read_verb(self, verb: int, *, is_title: bool) -> Reading:
        """Return what is said of a verb by its own words, and by those that it depends on."""
        modality = self._own_modality(verb, is_title=is_title)
        is_negative, is_refused = self._is_negated(verb), False
        word = verb
        for _ in range(_MAX_STEPS):
            head = self._trees.head(word)
            read = self._steps.get(self._trees.relation(word))
            if head < 0 or read is None:
                break
            step = read(verb, word, head)
            is_negative = is_negative or step.is_negated
            if step.takes_tense and modality != _HYPOTHETICAL:
                modality = self._own_modality(head, is_title=is_title)
            if step.said == _NEGATIVE:
                is_negative = is_refused = True
                modality = HAPPENED if modality in (POSSIBLE, ONGOING) else modality
            elif step.said:
                modality = step.said
            if step.is_presupposed or step.said == DENIED or not step.goes_on:
                return Reading(modality, is_negative, step.is_presupposed, is_refused)
            word = head
        return Reading(modality, is_negative, is_refused=is_refused)

    def _complement(self, _verb: int, word: int, head: int) -> _Step:
        """Read what a verb or adjective says of its complement."""
        if self._upos[head] not in ("VERB", "ADJ"):
            return _STOP
        said = _contexts().get(("verb", self._lemma(head)), "")
        is_clause, is_negated = self._trees.relation(word) == "ccomp", self._is_negated(head)
        if self._mark(word) in _CONDITIONS:  # *to find out whether he died*
            return _Step(said or POSSIBLE, goes_on=False)
        if not said and is_clause and is_negated:
            said = POSSIBLE
        if is_clause:
            return _Step(said, goes_on=bool(said))
        is_infinitive = self._trees.relation(word) == "xcomp"
        # *began to withdraw*: the tense is that of the other verb.
        return _Step(said, is_negated=is_infinitive and is_negated, takes_tense=is_infinitive and not said)

    def _attribute(self, verb: int, word: int, head: int) -> _Step:
        """Read what a noun says of the act that modifies it (*an offer to train*, *the risk of burning*)."""
        if self._xpos[verb] not in ("VB", "VBG"):
            return _GRANTED
        said = _contexts().get(("noun", self._lemmas[head]), "")
        if not said and self._xpos[word] == "VB":
            said = PLANNED if self._upos[head] == "PROPN" else POSSIBLE
        return _Step(said) if said else _GRANTED

    def _adverbial(self, _verb: int, word: int, head: int) -> _Step:
        """Read what a clause is to the one that it modifies: a condition, an aim, or taken for granted."""
        mark = self._mark(word)
        if mark in _COMPLEMENT_MARKS and self._upos[head] == "VERB":
            return _Step(_contexts().get(("verb", self._lemma(head)), ""), is_negated=self._is_negated(head))
        if mark in _CONDITIONS:
            return _Step(_HYPOTHETICAL)
        if self._xpos[word] == "VB" and not self._trees.children(word, {"aux"}):
            return _Step(PLANNED)
        if mark in _GRANTING:
            return _GRANTED
        return _Step() if self._xpos[word] in ("VBG", "VBN") else _STOP

    def _conjunct(self, _verb: int, word: int, head: int) -> _Step:
        """Read what a verb shares with the one before it (*will meet and discuss*)."""
        if self._upos[head] != "VERB" or self._trees.children(word, {"aux", "nsubj", "nsubj:pass", "mark"}):
            return _STOP
        shares = self._xpos[word] == "VB" or (self._xpos[word] == self._xpos[head] == "VBN")
        return _Step(is_negated=shares and self._is_negated(head), takes_tense=shares)

    def _own_modality(self, verb: int, *, is_title: bool) -> str:
        """Return the modality that the auxiliaries, adverbs and tense of a verb give it."""
        trees, contexts = self._trees, _contexts()
        auxiliaries = [self._lemmas[at] for at in trees.children(verb, {"aux"})]
        said = next((contexts["aux", lemma] for lemma in auxiliaries if ("aux", lemma) in contexts), "")
        if not said and any(("adv", self._lemmas[at]) in contexts for at in trees.children(verb, {"advmod"})):
            said = POSSIBLE
        if said:  # *said that he would go*: what lies ahead of a time in the past
            return PLANNED if said == _HYPOTHETICAL and trees.relation(verb) == "ccomp" else said
        forms = [self._xpos[at] for at in trees.children(verb, {"aux", "aux:pass", "cop"})]
        tag = self._xpos[verb]
        if tag == "VB":
            return self._bare_form(verb, "do" in auxiliaries, is_past="VBD" in forms, is_title=is_title)
        if tag == "VBG" and not forms and trees.relation(verb) != "root":
            outer = next((at for at in self._above(verb) if self._upos[at] == "VERB"), -1)
            return self._own_modality(outer, is_title=is_title) if outer >= 0 else ONGOING
        is_present = tag in ("VBZ", "VBP") or (tag == "VBN" and forms[:1] in (["VBZ"], ["VBP"]))
        is_present = is_present and "have" not in auxiliaries and not is_title
        return ONGOING if is_present or (tag == "VBG" and "VBD" not in forms) else HAPPENED

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
        lemma = self._lemma(head) if is_verb else self._lemmas[head]
        kind = "verb" if is_verb else "noun"
        contexts = _contexts()
        said = contexts.get((kind, lemma)) or contexts.get((kind, f"{lemma}_{preposition}"))
        if not said:
            return False, None
        if said == _NEGATIVE and is_verb and lemma not in _PREVENTING:
            return True, None
        is_negative = said == _NEGATIVE or self._is_negated(head)
        return True, Reading(HAPPENED if said == _NEGATIVE else said, is_negative)

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
        return next((said for at in words if (said := _contexts().get(("adj", self._lemmas[at])))), "")

    # Both

    def _above(self, word: int) -> Iterator[int]:
        """Yield the words that a word depends on, from the nearest on."""
        while (word := self._trees.head(word)) >= 0:
            yield word

    def _mark(self, word: int) -> str:
        mark = self._trees.child(word, "mark")
        return self._lemmas[mark] if mark >= 0 else ""

    def _is_negated(self, word: int) -> bool:
        """Return whether a word, its subject or its object is negated."""
        if self._mark(word) in _WITHOUT:
            return True
        near = self._trees.children(word, {"advmod", "det", "cc:preconj", "cc", "nsubj", "nsubj:pass", "obj"})
        for at in near:
            below = [self._lemmas[other] for other in self._trees.children(at, {"det", "advmod"})]
            is_participant = self._trees.relation(at) in ("nsubj", "nsubj:pass", "obj", "advmod")
            is_only = not _ONLY.isdisjoint([*below, *(self._lemmas[other] for other in near)])
            if self._lemmas[at] in _NEGATIONS and not is_only:
                return True
            if is_participant and not {"no", "neither"}.isdisjoint(below):
                return True
        return False
