"""Nouns that name acts: their class, and who does what they name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.content.event_lexicon import NOUN, OF, lexicon

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from analysis.content.trees import Trees

__all__ = ["Nouns"]

_CASE = "case"


class Nouns:
    """Reads the nouns of an article that name acts.

    Parameters
    ----------
    trees
        The trees of its sentences.
    lemmas
        The lemma of each word, in lower case.
    upos
        The universal tag of each word.
    named
        The words that belong to names of persons, organizations, places and nations.
    """

    def __init__(self, trees: Trees, *, lemmas: Sequence[str], upos: Sequence[str], named: Collection[int]) -> None:
        self._trees, self._lemmas, self._upos, self._named = trees, lemmas, upos, named

    def is_act(self, noun: int) -> bool:
        """Return whether a word is a noun that names an act."""
        kinds = {(NOUN, self._lemmas[noun]), (OF, self._lemmas[noun])}
        return noun >= 0 and self._upos[noun] == "NOUN" and not kinds.isdisjoint(lexicon().classes)

    def kind(self, noun: int) -> str:
        """Return the class of what a noun names, with the noun before it where that decides (*hunger strike*)."""
        classes = lexicon().classes
        if self._lemmas[noun] not in lexicon().nouns:
            return ""
        before = [self._lemmas[word] for word in self._trees.children(noun, {"compound", "amod"})]
        after = [self._lemmas[self._trees.child(word, _CASE)] for word in self._trees.children(noun, {"nmod"})]
        keys = [f"{word}_{self._lemmas[noun]}" for word in before] + [f"{self._lemmas[noun]}_{word}" for word in after]
        keys.append(self._lemmas[noun])
        return next((classes[kind, key] for key in keys for kind in (NOUN, OF) if (kind, key) in classes), "")

    def actor(self, noun: int) -> int:
        """Return who does what a noun names: *Oslo’s offer*, *the Israeli raid*, *the raid by Israel*."""
        classes = lexicon().classes
        owner = self._trees.child(noun, "nmod:poss")
        if owner >= 0:
            return owner
        for word in self._trees.children(noun, {"nmod"}):
            case = self._trees.child(word, _CASE)
            preposition = self._lemmas[case] if case >= 0 else ""
            if preposition in ("by", "between") or (preposition == "of" and (OF, self._lemmas[noun]) not in classes):
                return word
        named = [word for word in self._trees.children(noun, {"amod", "compound", "nmod"}) if word < noun]
        return next((word for word in named if word in self._named), -1)
