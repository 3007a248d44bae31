"""Asides: words beside what a sentence tells: who says the rest of it (*…, a court has heard*), or a time of day."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analysis.content.event_lexicon import lexicon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.content.trees import Trees

__all__ = ["CLOCK", "SUBORDINATING", "asides", "heard_after", "is_attributed"]

#: The time of an entry of a live blog, before what it tells.
CLOCK = re.compile(r"\d{1,2}[:.]\d\d")
_SUBJECTS = frozenset(["nsubj", "nsubj:pass"])
#: Conjunctions of clauses that do not tell what the clause above says (as *as* does).
SUBORDINATING = frozenset(
    "after although because before if since though unless until when whereas while whilst".split()
)
#: An aside has none of these: what it tells is what it stands in.
_TELLING_MORE = frozenset("obj ccomp xcomp conj parataxis".split())
#: Verbs of those who are told it; marks that end a sentence; and what may follow the verb and come before it.
_HEARING, _ENDS = frozenset(["hear", "tell", "learn"]), frozenset([".", "!", "?"])
_NOUNS, _ADJUNCT = frozenset(["NOUN", "PROPN"]), frozenset("ADP ADV DET NOUN PROPN NUM ADJ".split())
_JOINING = frozenset("and or but who which that".split())


def asides(trees: Trees, lemmas: Sequence[str], verb: int) -> list[int]:
    """Return the verbs of saying or hearing that stand beside a verb, each with a subject and nothing that it tells."""
    verbs = lexicon().verbs["aside"]
    return [
        word
        for word in trees.children(verb, {"parataxis"})
        if lemmas[word] in verbs and trees.children(word, _SUBJECTS) and not _tells_more(trees, lemmas, word)
    ]


def _tells_more(trees: Trees, lemmas: Sequence[str], verb: int) -> bool:
    """Return whether a verb of saying tells something, other than a clause after a semicolon or joined to it."""
    if lemmas[verb + 1 : verb + 2] == [";"]:
        return any(word < verb for word in trees.children(verb, _TELLING_MORE))
    others = trees.children(verb, {"conj"})
    joined = [word for word in others if lemmas[verb + 1 : verb + 2] == [","] and trees.children(word, _SUBJECTS)]
    return any(word not in joined for word in trees.children(verb, _TELLING_MORE))


def heard_after(lemmas: Sequence[str], upos: Sequence[str], word: int) -> int:
    """Return the end of the sentence of a word, if that ends with who heard it (*…, a jury heard on Monday*), or −1.

    Such an end is told by its words, since the tree often joins it to what stands before.
    """
    end = next((at for at in range(word + 1, len(lemmas)) if lemmas[at] in _ENDS), len(lemmas))
    comma = next((at for at in range(end - 1, word, -1) if lemmas[at] == ","), -1)
    verb = next((at for at in range(comma + 1, end) if upos[at] == "VERB"), -1)
    if comma < 0 or verb < 0 or lemmas[verb] not in _HEARING:
        return -1
    is_passive = lemmas[verb] != "tell" or "be" in lemmas[comma:verb]
    has_subject = any(upos[at] in _NOUNS for at in range(comma + 1, verb)) and lemmas[comma + 1] not in _JOINING
    is_last = all(upos[at] in _ADJUNCT for at in range(verb + 1, end))
    is_last &= verb + 1 == end or upos[verb + 1] in ("ADP", "ADV")
    return end if is_passive and has_subject and is_last else -1


def is_attributed(trees: Trees, lemmas: Sequence[str], verb: int) -> bool:
    """Return whether someone is named according to whom it is so, of a verb or the one whose subject it shares."""
    if trees.relation(verb) == "conj" and not trees.children(verb, _SUBJECTS):
        return is_attributed(trees, lemmas, trees.head(verb))
    cases = (trees.child(noun, "case") for noun in trees.children(verb, {"obl"}))
    is_according = any(case >= 0 and lemmas[case] in ("accord", "according") for case in cases)
    return is_according or bool(asides(trees, lemmas, verb))
