"""Predicates: the words that name what happens, and who does it to whom, by the trees of sentences."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from analysis import resources

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from analysis.content.attribution import Span
    from analysis.content.trees import Trees

__all__ = ["EventClass", "Predicate", "Predicates", "event_classes", "lexicon"]

_NOUN, _OF, _VERB = "noun", "noun/of", "verb"
_SUBJECTS = frozenset(["nsubj", "csubj"])
_UNDERGOERS = frozenset(["nsubj:pass", "csubj:pass"])
_ANY_SUBJECT = _SUBJECTS | _UNDERGOERS
_PARTICLE, _AGENT, _CASE = "compound:prt", "obl:agent", "case"
#: Relations in which a word that looks like a verb is none: it modifies the noun after it, or is a preposition.
_NO_PREDICATE = frozenset(["amod", "compound", "aux", "aux:pass", "cop", "case", "mark", "fixed", "flat", "det", "cc"])
#: A verb in one of these relations shares the subject of its head, if it has none of its own.
_SHARING = frozenset(["conj", "xcomp", "advcl", "parataxis"])
#: After these the subject of the complement is that of the verb, even where it has an object (*promised him to wait*).
_SUBJECT_CONTROL = frozenset(["promise", "threaten", "vow", "swear", "use"])
_RELATIVE = frozenset(["WDT", "WP"])
_NAMING = frozenset(["NOUN", "PROPN", "PRON", "NUM"])
#: Prepositions before the one acted on: of a verb without an object, and of a noun.
_VERB_TARGETS = frozenset("against with on at upon into from to".split())
_NOUN_TARGETS = frozenset("against on with into at to from upon".split())
#: Classes and verbs of giving: who is given something is the one acted on.
_RECIPIENTS = frozenset(["AID", "AGREE", "RETREAT", "CONCEDE", "DEMAND"])
#: Classes of acts that take two.
_MUTUAL = frozenset(["AGREE", "CONSULT", "COOPERATE"])
#: Nouns that tell when or how often without a preposition.
_TIMES = frozenset("second minute hour day night week weekend month year decade time morning evening afternoon".split())
_GIVING = frozenset("give provide send pay lend supply offer deliver grant hand donate show".split())
#: So many words may stand between a light verb and its noun for the span to hold both.
_MAX_BETWEEN = 5
#: So many between a verb and the infinitive that it takes.
_MAX_TO = 0
_MAX_STEPS = 5


class EventClass(NamedTuple):
    """A row of ``data/event_classes.tsv``."""

    name: str
    planned: str
    definition: str
    example: str


@cache
def event_classes() -> dict[str, EventClass]:
    """Return the classes of events by their names."""
    rows = [EventClass(*line.split("\t")) for line in resources.data().read_lines("event_classes.tsv")[1:]]
    return {row.name: row for row in rows}


class Lexicon(NamedTuple):
    """What is known of words that name events.

    Attributes
    ----------
    classes
        The class of a verb or noun, by its kind (``verb``, ``noun``, ``noun/of``) and lemma.
    verbs
        Lemmas of verbs that are no event by themselves: ``light``, ``occurring``, ``aspect``, ``stative``.
    """

    classes: Mapping[tuple[str, str], str]
    verbs: Mapping[str, frozenset[str]]


@cache
def lexicon() -> Lexicon:
    """Return the words of ``data/event_words.tsv`` and ``data/event_verbs.tsv``."""
    data = resources.data()
    rows = (line.split("\t") for line in data.read_lines("event_words.tsv"))
    classes: dict[tuple[str, str], str] = {}
    for name, kind, words in rows:
        for word in words.split():
            classes.setdefault((kind, word), name)
    verbs = {kind: frozenset(words) for kind, words in data.read_word_lists("event_verbs.tsv").items()}
    return Lexicon(classes, verbs)


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


def _first(*words: int) -> int:
    """Return the first word that there is, or −1."""
    return next((word for word in words if word >= 0), -1)


class Predicates:
    """Finds the predicates of an article.

    Parameters
    ----------
    trees
        The trees of its sentences.
    lemmas
        The lemma of each word, in lower case.
    xpos, upos
        The tags of each word.
    named
        The words that belong to names of persons, organizations, places and nations.
    dates
        The words that belong to dates and times.
    cues
        The words that tell of a claim that something is said: no event, unless they name a class of events.
    """

    def __init__(
        self,
        trees: Trees,
        *,
        lemmas: Sequence[str],
        xpos: Sequence[str],
        upos: Sequence[str],
        named: Collection[int],
        dates: Collection[int],
        cues: Collection[int],
    ) -> None:
        self._trees, self._lemmas, self._xpos, self._upos = trees, lemmas, xpos, upos
        self._named, self._dates, self._cues = named, dates, cues

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

    def lemma(self, word: int) -> str:
        """Return the lemma of a word, with its particle (*blow_up*)."""
        particle = self._trees.child(word, _PARTICLE)
        return f"{self._lemmas[word]}_{self._lemmas[particle]}" if particle >= 0 else self._lemmas[word]

    # Verbs

    def _of_verb(self, verb: int) -> Predicate | None:
        lemma, verbs = self.lemma(verb), lexicon().verbs
        is_passive = self.is_passive(verb)
        actor = self._agent(verb) if is_passive else self.subject(verb)
        target = self._undergoer(verb) if is_passive else self._object(verb)
        if lemma in verbs["light"] and self._is_act(target):
            return self._of_light_verb(verb, target, actor)
        if self._happens(verb) or (lemma in verbs["aspect"] and self._trees.child(verb, "xcomp") >= 0):
            return None
        lemma, kind, is_idiom = self._verb_class(verb, target)
        if not kind and (verb in self._cues or lemma in verbs["stative"] or lemma in verbs["occurring"]):
            return None
        if not is_passive:
            target = self._one_acted_on(verb, -1 if is_idiom else target, kind)
        target = self._with_partner(actor, target, kind)
        if max(actor, target) < 0:
            return None
        start, end = self._group(verb)
        return Predicate(start, end, verb, verb, lemma.replace("_", " "), kind, actor, target)

    def _of_light_verb(self, verb: int, noun: int, actor: int) -> Predicate:
        """Return the predicate of a verb whose object, or subject in the passive, names what it does."""
        kind = self._noun_class(noun)
        actor = _first(actor, self._noun_actor(noun))
        recipient = self._trees.child(verb, "iobj")
        target = _first(recipient, self._noun_target(noun), self._oblique(verb, _VERB_TARGETS, kind))
        start, end = self._group(verb)
        if 0 <= noun - end <= _MAX_BETWEEN:
            end = noun + 1
        action = f"{self.lemma(verb).replace('_', ' ')} {self._lemmas[noun]}"
        return Predicate(start, end, noun, verb, action, kind, actor, self._with_partner(actor, target, kind))

    def _verb_class(self, verb: int, target: int) -> tuple[str, str, bool]:
        """Return a verb’s lemma, its class, and whether that is of the verb with its object (*set fire to*)."""
        lemma, classes = self.lemma(verb), lexicon().classes
        idiom = f"{lemma}_{self._lemmas[target]}" if target >= 0 else ""
        if (_VERB, idiom) in classes:
            return idiom, classes[_VERB, idiom], True
        named = classes.get((_VERB, lemma)) or self._class_with_preposition(verb)
        return lemma, named or classes.get((_VERB, self._lemmas[verb]), ""), False

    def _one_acted_on(self, verb: int, target: int, kind: str) -> int:
        """Return the one acted on by an active verb: who is given something, the object, or the noun after *on*."""
        recipient = self._trees.child(verb, "iobj")
        if kind in _RECIPIENTS and self._lemmas[verb] in _GIVING:
            recipient = _first(recipient, self._oblique(verb, frozenset(["to"]), kind))
        target = _first(recipient, target, self._oblique(verb, _VERB_TARGETS, kind))
        complement = self._trees.child(verb, "ccomp")
        if kind == "DEMAND" and target < 0 and complement >= 0:  # *demanded that the mayor resign*
            return _first(*self._trees.children(complement, _ANY_SUBJECT))
        return target

    def _with_partner(self, actor: int, target: int, kind: str) -> int:
        """Return the second of two who do something together (*Oslo and Lima signed a treaty*), or the target."""
        takes_two = target < 0 <= actor and kind in _MUTUAL
        return self._trees.child(actor, "conj") if takes_two else target

    def _class_with_preposition(self, verb: int) -> str:
        """Return the class of a verb with the preposition of what depends on it (*call for*), or an empty string."""
        cases = (self._trees.child(noun, _CASE) for noun in self._trees.children(verb, {"obl"}))
        keys = [(_VERB, f"{self._lemmas[verb]}_{self._lemmas[case]}") for case in cases if case >= 0]
        return next((lexicon().classes[key] for key in keys if key in lexicon().classes), "")

    def is_passive(self, verb: int) -> bool:
        """Return whether a verb is in the passive: *was bombed*, *the bombed* …, *hit by*."""
        if self._xpos[verb] not in ("VBN", "VBD"):
            return False
        if self._trees.children(verb, {"aux:pass", "nsubj:pass", "obl:agent"}):
            return True
        if self._xpos[verb] == "VBD" or self._trees.children(verb, {"aux"}):
            return False
        relation = self._trees.relation(verb)
        if relation == "conj":
            return self.is_passive(self._trees.head(verb))
        return relation in ("acl", "root", "advcl", "parataxis") and not self._trees.children(verb, _SUBJECTS | {"obj"})

    def subject(self, verb: int) -> int:
        """Return the one who acts: the subject of a verb, its own or the one that it shares, or −1."""
        own = self._trees.children(verb, _SUBJECTS)
        for _ in range(_MAX_STEPS):
            relation, head = self._trees.relation(verb), self._trees.head(verb)
            if own:
                return self._resolve(own[0], verb)
            if relation.startswith("acl"):
                return self._modified(verb, head)
            told = self._told_to(verb, head)
            if told or relation not in _SHARING or (self._upos[head] not in ("VERB", "AUX") and relation != "xcomp"):
                return _first(*told)
            verb = head
            own = self._trees.children(verb, _ANY_SUBJECT)
        return -1

    def _modified(self, verb: int, noun: int) -> int:
        """Return who acts in a clause that modifies a noun: the noun, or whose offer, plan or call it names."""
        if self._xpos[verb] == "VB":
            return noun if noun in self._named else self._owner(noun)  # *Macron to visit Beirut*
        return noun if self._trees.relation(verb) == "acl" and self._xpos[verb] == "VBG" else -1

    def _told_to(self, verb: int, head: int) -> list[int]:
        """Return who acts as another tells it to: the object of the verb that a verb depends on, if any."""
        if head < 0 or self._lemmas[head] in _SUBJECT_CONTROL:
            return []
        told = self._trees.children(head, {"obj", "iobj"}) if self._trees.relation(verb) == "xcomp" else []
        return told or (self._called_on(head) if self._xpos[verb] == "VB" else [])

    def _called_on(self, verb: int) -> list[int]:
        """Return of whom something is demanded by a verb with a preposition (*called on the mayor to resign*)."""
        is_demand = self._class_with_preposition(verb) == "DEMAND"
        return [noun for noun in self._trees.children(verb, {"obl"}) if noun > verb][:1] if is_demand else []

    def _owner(self, noun: int) -> int:
        """Return whose offer, plan or call a noun names: its possessor, or the subject of its verb."""
        owner = self._trees.child(noun, "nmod:poss")
        if owner >= 0:
            return owner
        verb = self._trees.head(noun)
        is_object = self._trees.relation(noun) == "obj" and self._lemmas[verb] in lexicon().verbs["light"]
        return self.subject(verb) if is_object else -1

    def _resolve(self, word: int, verb: int) -> int:
        """Return what a relative pronoun stands for; another word itself."""
        if self._xpos[word] in _RELATIVE:
            return self._trees.head(verb) if self._trees.relation(verb).startswith("acl") else -1
        return word

    def _agent(self, verb: int) -> int:
        return self._trees.child(verb, _AGENT)

    def _undergoer(self, verb: int) -> int:
        """Return the one acted on of a verb in the passive."""
        for _ in range(_MAX_STEPS):
            own = self._trees.children(verb, _ANY_SUBJECT)
            relation, head = self._trees.relation(verb), self._trees.head(verb)
            if own:
                return self._resolve(own[0], verb)
            if relation == "acl":
                return head
            if relation not in _SHARING:
                return -1
            if relation == "xcomp" and (told := self._trees.children(head, {"obj"})):
                return told[0]
            verb = head
        return -1

    def _object(self, verb: int) -> int:
        """Return the object of a verb, or what a relative clause without one modifies."""
        own = self._trees.children(verb, {"obj"})
        if own:
            return self._resolve(own[0], verb)
        bare = [word for word in self._trees.children(verb, {"obl"}) if word > verb and self._is_bare(word, verb)]
        if bare:
            return bare[0]
        is_relative = self._trees.relation(verb) == "acl:relcl"
        subjects = self._trees.children(verb, _SUBJECTS)
        # *the men that the army trained*, not *the men who trained*, *the day on which the army trained*.
        if is_relative and subjects and self._xpos[subjects[0]] not in _RELATIVE:
            others = self._trees.children(verb, {"obl", "advmod", "xcomp", "ccomp"})
            return -1 if others else self._trees.head(verb)
        return -1

    def _is_bare(self, noun: int, verb: int) -> bool:
        """Return whether a noun right after a verb is no time: an object that the tree does not have as one."""
        is_time = noun in self._dates or self._lemmas[noun] in _TIMES
        is_next = self._trees.noun_phrase(noun)[0] == verb + 1
        return is_next and self._upos[noun] in _NAMING and not is_time and self._trees.child(noun, _CASE) < 0

    def _oblique(self, verb: int, prepositions: frozenset[str], kind: str) -> int:
        """Return the noun after one of some prepositions that depends on a verb of a known class."""
        if not kind:
            return -1
        for noun in self._trees.children(verb, {"obl"}):
            case = self._trees.child(noun, _CASE)
            if (
                case >= 0
                and self._lemmas[case] in prepositions
                and self._upos[noun] in _NAMING
                and noun not in self._dates
            ):
                return noun
        return -1

    def _group(self, verb: int) -> Span:
        """Return the words of a verb with its auxiliaries, negation and particle."""
        start = verb
        while start and self._upos[start - 1] in ("AUX", "PART", "ADV") and self._trees.head(start - 1) == verb:
            start -= 1
        head = self._trees.head(verb)
        if self._trees.relation(verb) == "xcomp" and 0 <= start - 1 - head <= _MAX_TO and self._upos[head] == "VERB":
            start = self._group(head)[0]  # *offered to train*
        return start, max(verb, self._trees.child(verb, _PARTICLE)) + 1

    # Nouns

    def _is_act(self, noun: int) -> bool:
        """Return whether a word is a noun that names an act."""
        kinds = {(_NOUN, self._lemmas[noun]), (_OF, self._lemmas[noun])}
        return noun >= 0 and self._upos[noun] == "NOUN" and not kinds.isdisjoint(lexicon().classes)

    def _happens(self, verb: int) -> bool:
        """Return whether a verb says that its subject happens (*took place*, *began*)."""
        occurring, lemma, told = lexicon().verbs["occurring"], self.lemma(verb), self._trees.child(verb, "obj")
        if self._upos[verb] != "VERB" or (told >= 0 and f"{lemma}_{self._lemmas[told]}" not in occurring):
            return False
        return lemma in occurring or told >= 0

    def _noun_class(self, noun: int) -> str:
        """Return the class of what a noun names, with the noun before it where that decides (*hunger strike*)."""
        classes = lexicon().classes
        before = [self._lemmas[word] for word in self._trees.children(noun, {"compound", "amod"})]
        keys = [*(f"{word}_{self._lemmas[noun]}" for word in before), self._lemmas[noun]]
        return next((classes[kind, key] for key in keys for kind in (_NOUN, _OF) if (kind, key) in classes), "")

    def _of_noun(self, noun: int) -> Predicate | None:
        """Return the predicate of a noun that names an act with those who take part in it."""
        lemma = self._lemmas[noun]
        kind = self._noun_class(noun)
        if not kind:
            return None
        verb = self._trees.head(noun)
        happens = verb >= 0 and self._trees.relation(noun) == "nsubj" and self._happens(verb)
        actor, target = self._noun_actor(noun), self._noun_target(noun)
        if actor == target:
            target = -1
        if max(actor, target) < 0 and not happens:
            return None
        return Predicate(noun, noun + 1, noun, verb if happens else -1, lemma, kind, actor, target)

    def _noun_actor(self, noun: int) -> int:
        """Return who does what a noun names: *Oslo’s offer*, *the Israeli raid*, *the raid by Israel*."""
        classes = lexicon().classes
        owner = self._trees.child(noun, "nmod:poss")
        if owner >= 0:
            return owner
        for word in self._trees.children(noun, {"nmod"}):
            case = self._trees.child(word, _CASE)
            preposition = self._lemmas[case] if case >= 0 else ""
            if preposition in ("by", "between") or (preposition == "of" and (_OF, self._lemmas[noun]) not in classes):
                return word
        named = [word for word in self._trees.children(noun, {"amod", "compound", "nmod"}) if word < noun]
        return next((word for word in named if word in self._named), -1)

    def _noun_target(self, noun: int) -> int:
        """Return on whom what a noun names is done: *the raid on Aden*, *the bombing of Aden*, *talks with Aden*."""
        is_of = (_OF, self._lemmas[noun]) in lexicon().classes
        for word in self._trees.children(noun, {"nmod"}):
            case = self._trees.child(word, _CASE)
            preposition = self._lemmas[case] if case >= 0 else ""
            if word in self._dates:
                continue
            if preposition in _NOUN_TARGETS or (preposition == "of" and is_of):
                return word
            if preposition == "between":
                return self._trees.child(word, "conj")
        return -1
