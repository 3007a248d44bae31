"""Predicates: the words that name what happens, with those who take part in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analysis.content.event_lexicon import lexicon
from analysis.content.participants import Participants, first_word

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from analysis.content.attribution import Span
    from analysis.content.trees import Trees

__all__ = ["Predicate", "Predicates"]

#: Relations in which a word that looks like a verb is none: it modifies the noun after it, or is a preposition.
_NO_PREDICATE = frozenset(["amod", "compound", "aux", "aux:pass", "cop", "case", "mark", "fixed", "flat", "det", "cc"])
#: Tags of the words before a verb that belong to its group.
_GROUP = frozenset(["AUX", "PART", "ADV", "DET"])
#: Relations of what a verb has but an attribute has not.
_OWN = frozenset("nsubj nsubj:pass aux aux:pass mark".split())
#: A finite verb follows none of these.
_PREPOSITIONS = frozenset("from with of by in for to on at".split())
#: So many words may stand between a light verb and its noun for the span to hold both.
_MAX_BETWEEN = 5


class Predicate(NamedTuple):
    """What names an event, as indices of words.

    Attributes
    ----------
    start, end
        The words that name it, half-open.
    head
        The word that names it: the verb, or the noun.
    verb
        The verb that gives its tense: itself, or that whose object or subject the noun is; −1 if there is none.
    action
        The lemma of the verb, and of the noun after a light verb.
    kind
        Its class, or an empty string.
    actor, target
        The heads of who acts and of who or what is acted on, or −1.
    """

    start: int
    end: int
    head: int
    verb: int
    action: str
    kind: str
    actor: int
    target: int


class Predicates:
    """Finds the predicates of an article.

    Parameters
    ----------
    trees
        The trees of its sentences.
    participants
        Finds who takes part.
    lemmas
        The lemma of each word, in lower case.
    xpos, upos
        The tags of each word.
    cues
        The words that tell of a claim that something is said: no event, unless they name a class of events.
    """

    def __init__(
        self,
        trees: Trees,
        participants: Participants,
        *,
        lemmas: Sequence[str],
        xpos: Sequence[str],
        upos: Sequence[str],
        cues: Collection[int],
    ) -> None:
        self._trees, self._who, self._lemmas, self._cues = trees, participants, lemmas, cues
        self._xpos, self._upos = xpos, upos

    def find(self, words: Span) -> Iterator[Predicate]:
        """Yield the predicates among some words, in order."""
        taken: set[int] = set()
        for word in range(*words):
            if self._upos[word] == "VERB" and self._trees.relation(word) not in _NO_PREDICATE:
                predicate = self._of_verb(word)
                if predicate:
                    taken.add(predicate.head)
                    yield predicate
            elif self._upos[word] == "NOUN" and word not in taken and self._trees.relation(word) not in _NO_PREDICATE:
                predicate = self._of_noun(word)
                if predicate:
                    yield predicate

    def _of_verb(self, verb: int) -> Predicate | None:
        lemma, verbs = self._who.lemma(verb), lexicon().verbs
        if self._is_attributive(verb):
            return None
        is_passive = self._who.is_passive(verb)
        actor = self._who.agent(verb) if is_passive else self._who.subject(verb)
        target = self._who.undergoer(verb) if is_passive else self._who.object_of(verb)
        if lemma in verbs["light"] and self._who.nouns.is_act(target):
            return self._of_light_verb(verb, target, actor)
        if self._happens(verb) or (lemma in verbs["aspect"] and self._trees.child(verb, "xcomp") >= 0):
            return None
        lemma, kind, is_idiom = self._who.verb_class(verb, target)
        is_cue = verb in self._cues and target < 0
        is_made = is_passive and actor >= 0 and lemma in verbs["light"]  # *made by*
        is_done = is_made or (target >= 0 and lemma in verbs["doing"])
        is_state = (lemma in verbs["stative"] and not is_done) or lemma in verbs["occurring"]
        if not kind and (is_cue or is_state):
            return None
        if not is_passive:
            target = self._who.acted_on(verb, -1 if is_idiom else target, kind)
        target = self._who.with_partner(actor, target, kind)
        if max(actor, target) < 0:
            return None
        start, end = self._group(verb)
        return Predicate(start, end, verb, verb, lemma.replace("_", " "), kind, actor, target)

    def _is_attributive(self, verb: int) -> bool:
        """Return whether a participle modifies the noun after it, where the tree has that as its object."""
        told, relation = self._trees.child(verb, "obj"), self._trees.relation(verb)
        if self._is_before_noun(verb, told):
            return True
        is_odd = relation in ("ccomp", "csubj") or (relation == "acl" and self._xpos[verb] != "VBG")
        if told < 0 or not is_odd or self._xpos[verb] not in ("VBN", "VBD", "VBG"):
            return False
        is_next = all(self._trees.head(word) == told for word in range(verb + 1, told))
        determiners = [word for word in self._trees.children(told, {"det", "nmod:poss"}) if word > verb]
        return is_next and not self._trees.children(verb, _OWN) and not determiners

    def _is_before_noun(self, verb: int, noun: int) -> bool:
        """Return whether a participle before a noun follows a preposition or begins its sentence (*Poisoned milk*)."""
        if noun < verb or self._xpos[verb] not in ("VBN", "VBD"):
            return False
        own = self._trees.children(verb, {"mark", "case"})
        begins = self._trees.clause(verb)[0] == verb and self._trees.relation(verb) == "root"
        is_odd = begins or any(at == verb - 1 and self._lemmas[at] in _PREPOSITIONS for at in own)
        is_next = all(self._trees.head(word) == noun for word in range(verb + 1, noun))
        is_bare = is_next and not [word for word in self._trees.children(noun, {"det", "nmod:poss"}) if word > verb]
        return is_odd and is_bare

    def _of_light_verb(self, verb: int, noun: int, actor: int) -> Predicate:
        """Return the predicate of a verb whose object, or subject in the passive, names what it does."""
        kind = self._who.nouns.kind(noun)
        actor = first_word(actor, self._who.nouns.actor(noun))
        target = first_word(
            self._who.recipient(verb),
            self._who.noun_target(noun),
            self._who.object_after_preposition(verb, noun, kind),
        )
        start, end = self._group(verb)
        if 0 <= noun - end <= _MAX_BETWEEN:
            end = noun + 1
        elif 0 < start - noun <= _MAX_BETWEEN:  # *strikes were staged*
            start = noun
        action = f"{self._who.lemma(verb).replace('_', ' ')} {self._lemmas[noun]}"
        return Predicate(start, end, noun, verb, action, kind, actor, self._who.with_partner(actor, target, kind))

    def _group(self, verb: int) -> Span:
        """Return the words of a verb with its auxiliaries, negation and particle."""
        start = verb
        while start and self._upos[start - 1] in _GROUP and self._trees.head(start - 1) in (verb, start):
            start -= 1
        head = self._trees.head(verb)
        if self._trees.relation(verb) == "xcomp" and start - 1 == head and self._upos[head] == "VERB":
            start = self._group(head)[0]  # *offered to train*
        return start, max(verb, self._who.particle(verb)) + 1

    def _happens(self, verb: int) -> bool:
        """Return whether a verb says that its subject happens (*took place*, *began*)."""
        occurring, lemma, told = lexicon().verbs["occurring"], self._who.lemma(verb), self._trees.child(verb, "obj")
        if self._upos[verb] != "VERB" or (told >= 0 and f"{lemma}_{self._lemmas[told]}" not in occurring):
            return False
        return lemma in occurring or told >= 0

    def _of_noun(self, noun: int) -> Predicate | None:
        """Return the predicate of a noun that names an act with those who take part in it."""
        lemma = self._lemmas[noun]
        kind = self._who.nouns.kind(noun)
        if not kind:
            return None
        verb = self._trees.head(noun)
        happens = verb >= 0 and self._trees.relation(noun) == "nsubj" and self._happens(verb)
        actor, target = self._who.nouns.actor(noun), self._who.noun_target(noun)
        if actor == target:
            target = -1
        if max(actor, target) < 0 and not happens:
            return None
        return Predicate(noun, noun + 1, noun, verb if happens else -1, lemma, kind, actor, target)
