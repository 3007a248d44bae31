"""Who takes part in what a verb or noun names: who acts, and who or what is acted on, by the trees of sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.content.event_lexicon import OF, VERB, lexicon
from analysis.content.nouns import Nouns

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from analysis.content.attachments import Attachments
    from analysis.content.trees import Trees

__all__ = ["Participants", "first_word"]

_SUBJECTS = frozenset(["nsubj", "csubj"])
_UNDERGOERS = frozenset(["nsubj:pass", "csubj:pass"])
_ANY_SUBJECT = _SUBJECTS | _UNDERGOERS
_AGENT, _CASE, _CC = "obl:agent", "case", "cc"
_DASHES = frozenset("- – — --".split())
_BEFORE_SUBJECTS = frozenset(["that", "and", "but"])
#: A verb in one of these relations shares the subject of its head, if it has none of its own.
_SHARING = frozenset(["conj", "xcomp", "advcl", "parataxis"])
_FINITE = frozenset(["VBD", "VBP", "VBZ"])
#: In these relations a finite verb has a subject of its own, whether the tree has it or not.
_CLAUSAL = frozenset(["xcomp", "advcl", "parataxis"])
#: Relations of a participle that has no auxiliary.
_REDUCED = frozenset("acl root advcl parataxis ccomp xcomp".split())
#: After these the subject of the complement is that of the verb, even where it has an object (*promised him to wait*).
_SUBJECT_CONTROL = frozenset(["promise", "threaten", "vow", "swear", "use"])
_RELATIVE, _RELATIVE_CLAUSE = frozenset(["WDT", "WP"]), "acl:relcl"
_NAMING, _DESCRIBING = frozenset(["NOUN", "PROPN", "PRON", "NUM"]), frozenset(["ADJ", "ADV"])
#: Prepositions before the one acted on: of a verb without an object, and of a noun.
_VERB_TARGETS = frozenset("against with on at upon into from to".split())
_NOUN_TARGETS = frozenset("against on with into at to from upon".split())
#: Classes and verbs of giving: who is given something is the one acted on.
_RECIPIENTS = frozenset(["AID", "AGREE", "RETREAT", "CONCEDE", "DEMAND"])
#: Prepositions by which a verb tells what its object does (*accused him of theft*, *kept him from voting*).
_CONTROLLING = frozenset("of from with into".split())
#: Classes of verbs of which *for* tells what their object did (*arrested him for shooting*).
_BLAMING = frozenset(["DISAPPROVE", "COERCE", "SUPPORT"])
#: Words after a verb in the passive that has lost its auxiliary, as in headlines.
_AFTER_PASSIVE = frozenset("of in with by after over for on near during".split())
#: Prepositions before whom a demand is put to.
_ADDRESSING = frozenset("on upon to with for".split())
_IN, _WITHIN = frozenset(["in"]), frozenset(["in", "during"])
_AMOUNTS = frozenset("% percent point".split())
#: Prepositions of what something is done as, or with (*as a means of*).
_AS = frozenset("as in with through".split())
#: Classes of acts that take two.
_MUTUAL = frozenset(["AGREE", "CONSULT", "COOPERATE"])
#: Nouns that tell when or how often without a preposition.
_TIMES = frozenset("second minute hour day night week weekend month year decade time morning evening afternoon".split())
_GIVING = frozenset("give provide send pay lend supply offer deliver grant hand donate show".split())
_MAX_STEPS = 5


def first_word(*words: int) -> int:
    """Return the first word that there is, or −1."""
    return next((word for word in words if word >= 0), -1)


class Participants:
    """Finds who takes part in the events of an article.

    Parameters
    ----------
    trees
        The trees of its sentences.
    lemmas
        The lemma of each word, in lower case.
    xpos, upos
        The tags of each word.
    attachments
        Tells which subjects of the trees cannot be.
    named
        The words that belong to names of persons, organizations, places and nations.
    dates
        The words that belong to dates and times.
    cues
        The words that tell of a claim that something is said: no event, unless they name a class of events.
    titles
        The words of titles, in which a passive may lack its auxiliary.
    """

    def __init__(
        self,
        trees: Trees,
        *,
        lemmas: Sequence[str],
        xpos: Sequence[str],
        upos: Sequence[str],
        attachments: Attachments,
        named: Collection[int],
        dates: Collection[int],
        cues: Collection[int],
        titles: Collection[int],
    ) -> None:
        self._trees, self._lemmas, self._xpos, self._upos = trees, lemmas, xpos, upos
        self._attachments, self._titles = attachments, titles
        self._named, self._dates, self._cues = named, dates, cues
        self.particle = attachments.particle
        self.nouns = Nouns(trees, lemmas=lemmas, upos=upos, named=named)

    def lemma(self, word: int) -> str:
        """Return the lemma of a word, with its particle (*blow_up*)."""
        particle = self.particle(word)
        return f"{self._lemmas[word]}_{self._lemmas[particle]}" if particle >= 0 else self._lemmas[word]

    def verb_class(self, verb: int, target: int) -> tuple[str, str, bool]:
        """Return a verb’s lemma, its class, and whether that is of the verb with its object (*set fire to*)."""
        lemma, classes = self.lemma(verb), lexicon().classes
        idiom = f"{lemma}_{self._lemmas[target]}" if target >= 0 else ""
        if (VERB, idiom) in classes:
            return idiom, classes[VERB, idiom], True
        named = classes.get((VERB, lemma)) or self._class_with_preposition(verb)
        named = named or classes.get((VERB, self._lemmas[verb]), "")
        return lemma, named or "DEMAND" * self._tells_to(verb), False

    def _tells_to(self, verb: int) -> bool:
        """Return whether a verb tells what someone must do (*said that Lima must return the jet*)."""
        clauses = self._trees.children(verb, {"ccomp"}) if verb in self._cues else []
        return any(
            self._trees.children(clause, {"nsubj"})
            and "must" in [self._lemmas[at] for at in self._trees.children(clause, {"aux"})]
            for clause in clauses
        )

    def acted_on(self, verb: int, target: int, kind: str) -> int:
        """Return the one acted on by an active verb: who is given something, the object, or the noun after *on*."""
        recipient = self.recipient(verb)
        if kind in _RECIPIENTS and self._lemmas[verb] in _GIVING:
            recipient = first_word(recipient, self._oblique(verb, frozenset(["to"]), kind), self._helped(verb))
        if self._lemmas[verb] in lexicon().verbs["going"]:
            target = first_word(target, self._oblique(verb, _IN, kind))
        target = first_word(recipient, target, self._oblique(verb, _VERB_TARGETS, kind))
        if target < 0 and kind == "DEMAND":
            return self._demanded_of(verb)
        return first_word(target, self._against(verb)) if kind else target

    def _helped(self, verb: int) -> int:
        """Return who is helped by what someone gives (*sent arms to help defend Oslo*)."""
        for clause in self._trees.children(verb, {"advcl"}):
            if self._xpos[clause] == "VB" and self._lemmas[clause] in ("help", "assist", "support", "defend"):
                return first_word(
                    self._trees.child(clause, "obj"), *self._trees.children(self._trees.child(clause, "xcomp"), {"obj"})
                )
        return -1

    def _against(self, verb: int) -> int:
        """Return on whom another act is done in which this one is (*threw stones in protest against the law*)."""
        nouns = (noun for noun in self._trees.children(verb, {"obl"}) if self.nouns.is_act(noun))
        cases = ((noun, self._trees.child(noun, _CASE)) for noun in nouns)
        within = (noun for noun, case in cases if case >= 0 and self._lemmas[case] in _WITHIN)
        return next((target for noun in within if (target := self.noun_target(noun)) >= 0), -1)

    def recipient(self, verb: int) -> int:
        """Return who is given something: with two, the name after its description (*candidate Ann Lee*)."""
        return first_word(*[word for word in self._trees.children(verb, {"iobj"}) if self._is_participant(word)][::-1])

    def _demanded_of(self, word: int) -> int:
        """Return of whom it is demanded that they do something: *demanded that the mayor resign*."""
        for clause in self._trees.children(word, {"ccomp", "acl", "acl:relcl"}):
            own = self._trees.children(clause, _ANY_SUBJECT) or self._bare_subject(clause)
            if own and (self._has_mark(clause) or self._trees.relation(clause) == "ccomp"):
                return own[0]
        return -1

    def with_partner(self, actor: int, target: int, kind: str) -> int:
        """Return the second of two who do something together (*Oslo and Lima signed a treaty*), or the target."""
        takes_two = target < 0 <= actor and kind in _MUTUAL
        return self._trees.child(actor, "conj") if takes_two else target

    def _class_with_preposition(self, verb: int) -> str:
        """Return the class of a verb with the preposition of what depends on it (*call for*), or an empty string."""
        cases = (self._trees.child(noun, _CASE) for noun in self._trees.children(verb, {"obl"}))
        keys = [(VERB, f"{self._lemmas[verb]}_{self._lemmas[case]}") for case in cases if case >= 0]
        return next((lexicon().classes[key] for key in keys if key in lexicon().classes), "")

    def is_passive(self, verb: int) -> bool:
        """Return whether a verb is in the passive: *was bombed*, *the bombed* …, *hit by*."""
        if self._xpos[verb] not in ("VBN", "VBD") or self._is_active(verb):
            return False
        if self._trees.children(verb, {"aux:pass", "nsubj:pass", "obl:agent"}):
            return True
        relation, children = self._trees.relation(verb), self._trees.children
        if self._lemmas[verb] in lexicon().verbs["transitive"] and relation in ("root", "ccomp"):
            is_cut = verb + 1 < len(self._lemmas) and self._lemmas[verb + 1] in _AFTER_PASSIVE
            return is_cut and not children(verb, {"aux", "obj", "ccomp"})  # *Syria accused of theft*
        if self._xpos[verb] == "VBD" or children(verb, {"aux"}):
            return False
        if relation == "conj":
            return self.is_passive(self._trees.head(verb))
        barred = {"obj"} if relation in ("ccomp", "xcomp") else _SUBJECTS | {"obj"}  # *saw 25 patients admitted*
        return relation in _REDUCED and not children(verb, barred)

    def _is_active(self, verb: int) -> bool:
        """Return whether a verb that the tree has in the passive has no auxiliary of one (*prices contracted*)."""
        auxiliaries = [self._lemmas[at] for at in self._trees.children(verb, {"aux", "aux:pass"})]
        if auxiliaries:
            return not {"be", "get", "become"} & {*auxiliaries}
        is_own = bool(self._trees.children(verb, _UNDERGOERS)) and self._xpos[verb] == "VBD"
        return is_own and verb not in self._titles and self._lemmas[verb] not in lexicon().verbs["transitive"]

    def subject(self, verb: int) -> int:
        """Return the one who acts: the subject of a verb, its own or the one that it shares, or −1."""
        own = self._own_subjects(verb) or self._bare_subject(verb)
        for _ in range(_MAX_STEPS):
            relation, head = self._trees.relation(verb), self._trees.head(verb)
            if own:
                return self._resolve(own[0], verb)
            found = self._unshared(verb, relation, head)
            if found:
                return found[0]
            verb = head
            own = self._trees.children(verb, _ANY_SUBJECT)
        return -1

    def _unshared(self, verb: int, relation: str, head: int) -> list[int]:
        """Return who acts of a verb without a subject, or −1; nothing if it has the subject of its head."""
        if relation in _CLAUSAL and self._attachments.is_finite(verb):
            return [self._main_noun(verb)]
        if relation.startswith("acl"):
            is_place = self._trees.child(head, "cop") >= 0 and self._trees.child(head, "case") >= 0
            if is_place and self._xpos[verb] == "VB":
                return [self._trees.child(head, "nsubj")]  # *was in Kenya to attend*
            return [self._modified(verb, head)]
        plan = self.plan(verb)
        if plan >= 0:
            return [self._owner(plan)]
        if relation == "advcl" and self._xpos[verb] == "VB" and self.is_passive(head):
            return [self.agent(head)]  # *was closed to save money*
        told = self._told_to(verb, head)
        is_open = relation == "ccomp" and "to" in self._marks(verb)  # *whether to sign*
        # *died after a wave hit the coast*: a finite verb of a clause apart has a subject of its own, if unseen.
        is_after = bool(self._marks(verb)) or (head < verb - 1 and self._trees.relation(verb - 1) == "obl")
        is_apart = relation == "advcl" and self._xpos[verb] in _FINITE and is_after
        shares = (relation in _SHARING and not is_apart) or is_open
        return told or [] if told or shares else [-1]

    def _marks(self, verb: int) -> list[str]:
        return [self._lemmas[at] for at in self._trees.children(verb, {"mark"})]

    def _own_subjects(self, verb: int) -> list[int]:
        """Return the subjects that depend on a verb, that of a clause set between commas first."""
        own = self._trees.children(verb, _SUBJECTS) or self._trees.children(verb, _UNDERGOERS)
        if len(own) > 1 and self._lemmas[own[0] + 1] in _DASHES:  # *OSLO – The army left*
            return own[1:]
        if len(own) > 1:  # *rights are ignored, a group protested*, as against *the group, its wing, protested*
            is_apart = "," in self._lemmas[own[0] : own[-1]] and "," not in self._lemmas[own[-1] : verb]
            is_apart = is_apart and any(self._xpos[at] in _FINITE for at in range(own[0], own[-1]))
            return own[::-1] if is_apart else own
        return own

    def _bare_subject(self, verb: int) -> list[int]:
        """Return a noun between *that*, or *and*, and a verb that the tree does not have as its subject."""
        before = self._attachments.misjoined(verb)
        if before >= 0 and self._is_participant(before) and not self._trees.children(verb, _ANY_SUBJECT):
            return [before]
        joined = self._trees.child(verb, _CC) if self._trees.relation(verb) == "conj" else -1
        start = first_word(self._trees.child(verb, "mark"), joined)
        if start < 0 or self._lemmas[start] not in _BEFORE_SUBJECTS or self._trees.children(verb, _ANY_SUBJECT):
            return []
        outside = (noun for noun in range(start + 1, verb) if not start < self._trees.head(noun) < verb)
        nouns = [noun for noun in outside if self._is_participant(noun)]
        return [noun for noun in nouns if self._trees.noun_phrase(noun)[0] == start + 1][:1]

    def plan(self, verb: int) -> int:
        """Return the noun that an infinitive follows, where the tree has it modify a verb (*efforts to help*)."""
        to, head = self._trees.child(verb, "mark"), self._trees.head(verb)
        if self._trees.relation(verb) != "advcl" or self._xpos[verb] != "VB" or not head < to:
            return -1
        noun = to - 1
        for _ in range(_MAX_STEPS):
            if noun <= head or self._lemmas[noun] in lexicon().plans:
                break
            noun = self._trees.head(noun)
        return noun if noun > head and self._upos[noun] == "NOUN" and self._lemmas[noun] in lexicon().plans else -1

    def _modified(self, verb: int, noun: int) -> int:
        """Return who acts in a clause that modifies a noun: the noun, or whose offer, plan or call it names."""
        if self._xpos[verb] == "VB":
            is_told = self._lemmas[self._trees.head(noun)] in lexicon().verbs["controlling"]
            is_own = noun in self._named or (is_told and self._trees.relation(noun) in ("obj", "iobj"))
            return noun if is_own else self._owner(noun)  # *Macron to visit Beirut*
        if self._trees.relation(verb) != "acl" or self._xpos[verb] != "VBG":
            return -1
        return self._owner(noun) if self._trees.child(verb, "mark") >= 0 else noun  # *its plan of buying*

    def _told_to(self, verb: int, head: int) -> list[int]:
        """Return who acts as another tells it to: the object of the verb that a verb depends on, if any."""
        if head < 0 or self._lemmas[head] in _SUBJECT_CONTROL:
            return []
        is_told = self._trees.relation(verb) == "ccomp" and self._marks(verb) == ["to"]  # *warned them to leave*
        is_open = is_told or (self._trees.relation(verb) == "xcomp" and not self.is_aim(verb))
        if is_open or self._is_controlled(verb, head):
            told = self._trees.children(head, {"obj", "iobj"})
            if told or self.is_passive(head):
                return [self.undergoer(head)] if self.is_passive(head) else told[:1]
        return self._called_on(head, verb) if self._xpos[verb] == "VB" else []

    def is_aim(self, verb: int) -> bool:
        """Return whether an infinitive after an object tells the aim of its verb (*raised taxes to fund a school*)."""
        head = self._trees.head(verb)
        told = [word for word in self._trees.children(head, {"obj"}) if word < verb]
        lemma, verbs = self.lemma(head), lexicon().verbs
        tells = {lemma, self._lemmas[head]} & (verbs["controlling"] | verbs["factual"] | lexicon().telling)
        return bool(told) and self._trees.relation(verb) == "xcomp" and "to" in self._marks(verb) and not tells

    def _is_controlled(self, verb: int, head: int) -> bool:
        """Return whether a clause tells what the object of its head does: *forced it to lower*, *accused it of*."""
        if self._trees.relation(verb) not in ("advcl", "obl") or self._upos[head] != "VERB" or verb < head:
            return False
        mark = first_word(self._trees.child(verb, "mark"), self._trees.child(verb, _CASE))
        if mark >= 0 and self._xpos[verb] == "VBG":
            is_blamed = self.verb_class(head, -1)[1] in _BLAMING
            return self._lemmas[mark] in _CONTROLLING or (self._lemmas[mark] == "for" and is_blamed)
        return self._xpos[verb] == "VB" and self._lemmas[head] in lexicon().verbs["controlling"]

    def _called_on(self, verb: int, clause: int) -> list[int]:
        """Return whom a verb with a preposition has act: *called on the mayor to resign*, *waited for him to act*."""
        nouns = [noun for noun in self._trees.children(verb, {"obl"}) if verb < noun < clause]
        is_demand = self.verb_class(verb, -1)[1] == "DEMAND"
        to = self._trees.child(clause, "mark")
        return [
            noun
            for noun in nouns
            if (case := self._trees.child(noun, _CASE)) >= 0
            and (
                (is_demand and self._lemmas[case] in _ADDRESSING)
                or (self._lemmas[case] == "for" and self._trees.noun_phrase(noun)[1] == to)
            )
        ][:1]

    def _owner(self, noun: int) -> int:
        """Return whose offer, plan or call a noun names: its possessor, or the subject of its verb."""
        owner = self.nouns.actor(noun)
        if owner >= 0:
            return owner
        verb = self._trees.head(noun)
        case = self._trees.child(noun, _CASE)
        if self._trees.relation(noun) == "obl" and case >= 0 and self._lemmas[case] in _AS:  # *as a means of helping*
            return self.agent(verb) if self.is_passive(verb) else self.subject(verb)
        is_object = self._trees.relation(noun) == "obj" and self._lemmas[verb] in lexicon().verbs["getting"]
        return self.subject(verb) if is_object else self._trees.child(noun, "nsubj")  # *is in the process of buying*

    def _resolve(self, word: int, verb: int) -> int:
        """Return what a relative pronoun stands for; another word itself."""
        is_that = self._lemmas[word] == "that" and self._trees.relation(verb) == _RELATIVE_CLAUSE
        if self._xpos[word] in _RELATIVE or is_that:
            return self._trees.head(verb) if self._trees.relation(verb).startswith("acl") else -1
        is_clause = self._upos[word] == "VERB" and self._xpos[word] != "VBG"  # *reports that it fell were denied*
        can_be = not is_clause and self._attachments.is_subject(word, verb)
        return word if can_be else self._main_noun(verb)

    def _main_noun(self, verb: int) -> int:
        """Return the noun that a sentence hangs on where the tree has its verb in a relative clause, or −1.

        So it is in *the driver of the bus that hit the child was arrested*, where *the child* can be no subject.
        """
        word = verb
        while (head := self._trees.head(word)) >= 0:
            word = head
        is_noun = self._upos[word] in ("NOUN", "PROPN") and self._trees.child(word, "cop") < 0
        is_open = self._attachments.is_finite(verb) and not self._marks(verb) and verb not in self._titles
        return word if is_noun and is_open and word < verb else -1

    def agent(self, verb: int) -> int:
        """Return who acts of a verb in the passive: after *by*, its own or that of the last verb joined to it."""
        joined = self._trees.children(verb, {"conj"})[-1:]
        others = [other for other in joined if not self._trees.children(other, _ANY_SUBJECT)]
        if self._trees.relation(verb) == "conj" and not self._trees.children(verb, _ANY_SUBJECT):
            others.append(self._trees.head(verb))
        for each in (verb, *others):
            nouns = [noun for noun in self._trees.children(each, {_AGENT, "obl"}) if noun > verb]
            cases = ((noun, self._trees.child(noun, _CASE)) for noun in nouns if not self._is_measure(noun))
            agents = [noun for noun, case in cases if case >= 0 and self._lemmas[case] == "by"]
            if agents:
                return agents[0]
        return -1

    def _is_participant(self, noun: int) -> bool:
        """Return whether a word names someone or something, and no time or amount."""
        return self._upos[noun] in _NAMING and not self._is_measure(noun)

    def is_date(self, noun: int) -> bool:
        """Return whether a word belongs to a date or time."""
        return noun in self._dates

    def _is_measure(self, noun: int) -> bool:
        is_amount = self._lemmas[noun] in _AMOUNTS and self._trees.child(noun, "nmod") < 0
        return is_amount or noun in self._dates or self._lemmas[noun] in _TIMES

    def undergoer(self, verb: int) -> int:
        """Return the one acted on of a verb in the passive."""
        for _ in range(_MAX_STEPS):
            own = self._trees.children(verb, _ANY_SUBJECT)
            relation, head = self._trees.relation(verb), self._trees.head(verb)
            if own:
                return self._resolve(own[0], verb)
            if relation == "acl":
                return head
            if relation in _CLAUSAL and self._attachments.is_finite(verb):
                return self._main_noun(verb)
            if relation not in _SHARING:
                return -1
            if relation == "xcomp" and (told := self._trees.children(head, {"obj"})):
                return told[0]
            verb = head
        return -1

    def object_of(self, verb: int) -> int:
        """Return the object of a verb, or what a relative clause without one modifies."""
        own = sorted(self._trees.children(verb, {"obj"}), key=lambda word: (self._xpos[word] == "IN", word < verb))
        if own:
            told = own[0]
            is_bare = self._upos[told] in _DESCRIBING and self._trees.clause(told) == (told, told + 1)
            # *signs that it has ended*, *pleaded guilty*
            is_none = self._is_measure(told) or self._xpos[told] == "IN" or is_bare
            return -1 if is_none else self._resolve(told, verb)
        bare = [word for word in self._trees.children(verb, {"obl"}) if word > verb and self._is_bare(word, verb)]
        if bare:
            return bare[0]
        is_relative = self._trees.relation(verb) == "acl:relcl" and not self._has_mark(verb)
        subjects = self._trees.children(verb, _SUBJECTS)
        # *the men that the army trained*, not *the men who trained*, *the day on which the army trained*.
        if is_relative and subjects and self._xpos[subjects[0]] not in _RELATIVE:
            others = self._trees.children(verb, {"obl", "xcomp", "ccomp"})
            others += [word for word in self._trees.children(verb, {"advmod"}) if self._xpos[word] == "WRB"]
            others += [word for word in self._trees.children(subjects[0], {"nmod:poss"}) if self._xpos[word] == "WP$"]
            return -1 if others else self._trees.head(verb)
        outer = self._trees.head(verb)
        if self._trees.relation(verb) == "xcomp" and self._trees.relation(outer) == "acl:relcl":
            return self._relativised(outer)  # *the jets that they intend to buy*
        after = self._trees.child(verb, "conj")  # *did not shoot or beat them*
        is_next = after == verb + 2 and self._upos[after] == "VERB"
        return self.object_of(after) if is_next else -1

    def _has_mark(self, verb: int) -> bool:
        """Return whether a clause tells what a noun names (*the claim that police beat him*)."""
        return self._trees.child(verb, "mark") >= 0

    def _relativised(self, verb: int) -> int:
        """Return the noun that a relative clause modifies, if it is no subject in it."""
        subjects = self._trees.children(verb, _SUBJECTS)
        is_other = subjects and self._xpos[subjects[0]] not in _RELATIVE and not self._trees.children(verb, {"obj"})
        return self._trees.head(verb) if is_other else -1

    def _is_bare(self, noun: int, verb: int) -> bool:
        """Return whether a noun right after a verb is no time: an object that the tree does not have as one."""
        case = self._trees.child(noun, _CASE)
        if self._attachments.is_amount(noun, case):
            return case in (verb + 1, verb + 2) and not self._is_measure(noun)
        is_next = self._trees.noun_phrase(noun)[0] == verb + 1
        is_object = case < 0 and self._lemmas[verb + 1] != "from"  # *fell from a high of 90*
        return is_next and is_object and self._is_participant(noun)

    def object_after_preposition(self, verb: int, noun: int, kind: str) -> int:
        """Return on whom an act is done that a noun names after a light verb (*imposed a curfew in Aden*)."""
        place = kind if (OF, self._lemmas[noun]) in lexicon().classes else ""
        return first_word(self._oblique(verb, _VERB_TARGETS, kind), self._oblique(verb, _IN, place))

    def _oblique(self, verb: int, prepositions: frozenset[str], kind: str) -> int:
        """Return the noun after one of some prepositions that depends on a verb of a known class."""
        if not kind:
            return -1
        for noun in self._trees.children(verb, {"obl"}):
            case = self._trees.child(noun, _CASE)
            if case >= 0 and self._lemmas[case] in prepositions and self._is_participant(noun):
                return noun
        return -1

    def noun_target(self, noun: int) -> int:
        """Return on whom what a noun names is done: *the raid on Aden*, *the bombing of Aden*, *talks with Aden*."""
        is_of = (OF, self._lemmas[noun]) in lexicon().classes
        for word in self._trees.children(noun, {"nmod"}):
            case = self._trees.child(word, _CASE)
            preposition = self._lemmas[case] if case >= 0 else ""
            if word in self._dates:
                continue
            if preposition in _NOUN_TARGETS or (preposition == "of" and is_of):
                return self._blamed(word) if self.nouns.kind(noun) == "INVESTIGATE" else word
            if preposition == "between":
                return self._trees.child(word, "conj")
            if preposition in _IN and self.nouns.is_act(word):  # *an offensive in its war with Iraq*
                return self.noun_target(word)
            if preposition in _IN and is_of and word in self._named:
                return word
        return self._demanded_of(noun) if self.nouns.kind(noun) == "DEMAND" else -1

    def _blamed(self, noun: int) -> int:
        """Return who did what is looked into (*an inquiry into crimes committed by the army*), or what it is."""
        clause = self._trees.child(noun, "acl")
        agent = self.agent(clause) if clause >= 0 and self.is_passive(clause) else -1
        return first_word(agent, noun)
