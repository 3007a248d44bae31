"""Asides: the words within a sentence that tell who says the rest of it (*…, a court has heard*)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.content.event_lexicon import lexicon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.content.trees import Trees

__all__ = ["asides", "is_attributed"]

_SUBJECTS = frozenset(["nsubj", "nsubj:pass"])
#: An aside has none of these: what it tells is what it stands in.
_TELLING_MORE = frozenset("obj ccomp xcomp conj parataxis".split())


def asides(trees: Trees, lemmas: Sequence[str], verb: int) -> list[int]:
    """Return the verbs of saying or hearing that stand beside a verb, each with a subject and nothing that it tells."""
    verbs = lexicon().verbs["aside"]
    return [
        word
        for word in trees.children(verb, {"parataxis"})
        if lemmas[word] in verbs and trees.children(word, _SUBJECTS) and not trees.children(word, _TELLING_MORE)
    ]


def is_attributed(trees: Trees, lemmas: Sequence[str], verb: int) -> bool:
    """Return whether someone is named according to whom it is so, of a verb or the one whose subject it shares."""
    if trees.relation(verb) == "conj" and not trees.children(verb, _SUBJECTS):
        return is_attributed(trees, lemmas, trees.head(verb))
    cases = (trees.child(noun, "case") for noun in trees.children(verb, {"obl"}))
    is_according = any(case >= 0 and lemmas[case] in ("accord", "according") for case in cases)
    return is_according or bool(asides(trees, lemmas, verb))
