"""Checks of the subjects that the parser finds: word order and agreement may rule one out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.content.event_lexicon import lexicon

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from analysis.content.trees import Trees

__all__ = ["Attachments"]

_AUXILIARIES = frozenset(["aux", "aux:pass"])
_CASE = "case"
_FINITE = frozenset(["VBD", "VBP", "VBZ"])
#: A base form may be tagged as a present (*help build*).
_SURELY_FINITE = frozenset(["VBD", "VBZ", "MD"])
#: Words that stand in no noun phrase before its head.
_OUTSIDE = frozenset(["MD", "VBP", "VBZ", "WDT", "WP", "WP$"])
#: After these a noun is no subject; others may begin a clause (*after the army left*) or count (*over 30 men*).
_PREPOSITIONS = frozenset("accord by with from of in at on for against into to through during under near".split())
#: Prepositions that only say how near a number is.
_ABOUT, _FIGURES = frozenset("about around between over".split()), frozenset(["NUM", "SYM"])
_JOINING = frozenset(["CCONJ", "PUNCT"])
_SINGULAR = frozenset(["was", "is", "has"])
_PLURAL_NOUN, _SINGULAR_VERB = "NNS", "VBZ"


class Attachments:
    """Tells which subjects of the trees of an article contradict its word order or their own verb.

    Parameters
    ----------
    trees
        The trees of its sentences.
    forms, lemmas
        Each word and its lemma, in lower case.
    xpos, upos
        The tags of each word.
    named
        The words that belong to names.
    cues
        The words that tell of a claim that something is said.
    """

    def __init__(
        self,
        trees: Trees,
        *,
        forms: Sequence[str],
        lemmas: Sequence[str],
        xpos: Sequence[str],
        upos: Sequence[str],
        named: Collection[int],
        cues: Collection[int],
    ) -> None:
        self._trees, self._forms, self._lemmas = trees, forms, lemmas
        self._xpos, self._upos, self._named, self._cues = xpos, upos, named, cues

    def is_subject(self, noun: int, verb: int) -> bool:
        """Return whether a noun before a verb can be its subject, as the tree has it."""
        start = self._trees.noun_phrase(noun)[0]
        while start < noun and self._upos[start] in _JOINING:
            start += 1
        return noun > verb or not (
            self._follows_preposition(noun, start)
            or self._is_object_of_another(start, verb)
            or self._has_verb_between(noun, verb)
            or any(self._upos[at] == "AUX" or self._xpos[at] in _OUTSIDE for at in range(start, noun))
            or self._disagrees(noun, verb)
        )

    def is_finite(self, verb: int) -> bool:
        """Return whether a verb, or the first of its auxiliaries, is finite."""
        first = min([verb, *self._trees.children(verb, _AUXILIARIES)])
        return self._xpos[first] in (_FINITE if first < verb else _SURELY_FINITE) or self._xpos[first] == "MD"

    def particle(self, verb: int) -> int:
        """Return the particle of a verb (*blow up*), or −1; *up* before *to* and a number is none (*up to 40 men*)."""
        particle = self._trees.child(verb, "compound:prt")
        is_amount = 0 <= particle < len(self._xpos) - 2 and self._xpos[particle + 2] == "CD"
        return -1 if is_amount and self._lemmas[particle + 1] == "to" else particle

    def is_amount(self, noun: int, case: int) -> bool:
        """Return whether what stands before a noun only says how near a number is (*carries up to 40 men*)."""
        is_about = case >= 0 and (self._lemmas[case] in _ABOUT or self._lemmas[case - 1 : case + 1] == ["up", "to"])
        return is_about and (self._upos[noun] in _FIGURES or bool(self._trees.children(noun, {"nummod"})))

    def misjoined(self, verb: int) -> int:
        """Return a noun that the tree joins to a verb beside the verb whose subject it is, or −1.

        In *the village was shelled and its mosque burned*, a noun cannot be joined to a verb.
        """
        head = self._trees.head(verb)
        if self._trees.relation(verb) != "conj" or self._upos[head] != "VERB":
            return -1
        own = [verb, *self._trees.children(verb, {"aux", "aux:pass", "advmod"})]
        noun = min(own) - 1
        is_joined = self._trees.head(noun) == head and self._trees.relation(noun) == "conj"
        return noun if is_joined else -1

    def _follows_preposition(self, noun: int, start: int) -> bool:
        """Return whether a preposition stands before a noun (*forms of the flu have been found*)."""
        own = [at for at in self._trees.children(noun, {_CASE}) if at < noun]
        before = [start - 1] if start and self._trees.relation(start - 1) == _CASE else []
        return any(self._lemmas[at] in _PREPOSITIONS for at in (*own, *before))

    def _is_object_of_another(self, start: int, verb: int) -> bool:
        """Return whether the word before a phrase is a verb that the phrase belongs to (*the bus that hit the child*).

        A verb that tells of what follows it is none (*said the army left*).
        """
        before = start - 1
        if before < 0 or self._upos[before] != "VERB" or self._trees.head(before) == verb:
            return False
        above = [verb, *self._above(verb)]
        is_same_sentence = [before, *self._above(before)][-1] == above[-1]
        return is_same_sentence and not (before in above and self._takes_clauses(before))

    def _takes_clauses(self, verb: int) -> bool:
        """Return whether a clause may follow a verb directly."""
        verbs = lexicon().verbs
        tells = self._lemmas[verb] in verbs["stative"] | verbs["factual"] | verbs["controlling"] | lexicon().telling
        return tells or verb in self._cues

    def _has_verb_between(self, noun: int, verb: int) -> bool:
        """Return whether a finite verb stands between a noun and its verb, no comma, and in no clause of the noun."""
        between = range(noun + 1, verb)
        low, high = self._trees.clause(noun)
        return not any(self._upos[at] == "PUNCT" for at in between) and any(
            self._upos[at] == "VERB" and self._xpos[at] in _FINITE and not (low <= at < high or at in self._cues)
            for at in between
        )

    def _disagrees(self, noun: int, verb: int) -> bool:
        """Return whether a plural has a verb in the singular (*farms hit by floods has*)."""
        first = min([verb, *self._trees.children(verb, _AUXILIARIES)])
        is_singular = self._forms[first] in _SINGULAR or self._xpos[first] == _SINGULAR_VERB
        is_plural = self._xpos[noun] == _PLURAL_NOUN and noun not in self._named
        return is_singular and is_plural and self._trees.child(noun, "conj") < 0

    def _above(self, word: int) -> Iterator[int]:
        while (word := self._trees.head(word)) >= 0:
            yield word
