"""Disputes of which an article gives one side: what someone denies, doubts, rejects or lays to someone else."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cached_property
from typing import TYPE_CHECKING

from analysis.content.stance import FALSEHOODS, things
from analysis.content.trees import Trees
from analysis.summary.clauses import POINTING

if TYPE_CHECKING:
    from collections.abc import Collection

    from analysis.content.columns import Columns

__all__ = ["Disputes"]

_DENY, _DOUBT, _ACCUSE, _REJECTING = "deny", "doubt", "accuse", frozenset(["refuse", "oppose"])
_ASSERTING = frozenset(["assert", "claim"])
#: The words of a cue that doubts, rather than not knows, and of one that accuses, rather than blames.
_DOUBTING, _ACCUSING = re.compile(r"\b(?:doubt|s[ck]eptic)", re.IGNORECASE), re.compile(r"\baccus", re.IGNORECASE)
_NAMING, _NOUNS = frozenset(["NOUN", "PROPN", "VERB", "ADJ", "NUM"]), frozenset(["NOUN", "PROPN"])
_DEFINITE = frozenset("the this that these those".split())
#: Words that say of something pointed to only that it is so.
_SO = frozenset("be do happen occur case true so false untrue wrong".split())
_TRUE, _SAID = frozenset(["true", "correct", "accurate"]), "said"
_INNOCENT, _GUILTY, _NEGATIONS = "innocent", "guilty", frozenset(["not", "n't", "never"])
#: Relations of what tells more of a noun than adjectives do.
_TELLING = frozenset(["nmod", "compound", "acl", "acl:relcl", "appos"])
#: Prepositions of those whose words a noun names, and tags of a verb that tells where they are (*reports circulating*).
_BY, _PARTICIPLES = frozenset(["by", "from"]), frozenset(["VBG", "VBN"])
#: Prepositions before what someone is accused of, or blameless of, and where something is said.
_OF, _IN = frozenset(["of", "for"]), frozenset(["in", "on"])
_EACH_OTHER = (["each", "other"], ["one", "another"])
_OPEN, _CLOSE, _STRAIGHT = "“", "”", '"'


class Disputes:
    """Tells which claims of one article are one side of a dispute, and what of the other side is known.

    Parameters
    ----------
    tokens
        Columns of its tokens: those of :data:`analysis.summary.clauses.COLUMNS`.
    """

    def __init__(self, tokens: Columns) -> None:
        self._tokens = tokens
        self._lemma, self._upos = tokens["lemma"], tokens["upos"]

    def note(self, stance: str, cue: str, cue_span: tuple[int, int], content: tuple[int, int]) -> str:
        """Return how one side is to be taken; empty if a claim is none, or does not tell what the dispute is about.

        Parameters
        ----------
        stance, cue, cue_span, content
            The stance and the words of saying of a claim, the characters from these to its content, and its content.
        """
        words = self._words(content)
        if not words or not (self._is_mutual(words) or self._is_told(words, is_act=stance == _ACCUSE)):
            return ""
        head = self._head(words)
        notes = {
            _DENY: (
                stance if self._is_owned(head) else f"{stance}{self._teller(cue_span)}",
                self._lemma[head] != _GUILTY,
            ),
            _DOUBT: (stance, bool(_DOUBTING.search(cue)) and self._is_clause(head)),
            _ACCUSE: (
                stance,
                self._is_mutual(words) or (bool(_ACCUSING.search(cue)) and self._is_accused(head, words)),
            ),
            **dict.fromkeys(_REJECTING, (stance, self._lemma[head].lower() in things() and self._has_owner(head))),
            **dict.fromkeys(_ASSERTING, (stance, self._is_innocence(head) or self._is_called_false(head))),
        }
        note, is_one = notes.get(stance, ("", False))
        return note if is_one else ""

    def _words(self, span: tuple[int, int]) -> range:
        return range(bisect_right(self._tokens["end"], span[0]), bisect_left(self._tokens["start"], span[1]))

    def _teller(self, cue: tuple[int, int]) -> str:
        """Return who says what is denied, if the words of saying tell it (*rebutted Exxon's accusation*)."""
        owners = (at for at in self._words(cue) if self._trees.relation(at) == "nmod:poss")
        at = next((at for at in owners if self._lemma[self._trees.head(at)].lower() in things()), -1)
        if at < 0 or self._upos[at] == "PRON":
            return ""
        first, _ = self._trees.noun_phrase(at)
        return f"; said by {' '.join(self._tokens['text'][first : at + 1])}"

    @cached_property
    def _trees(self) -> Trees:
        return Trees.of(self._tokens)

    def _head(self, words: range) -> int:
        own = (at for at in words if self._upos[at] != "PUNCT")
        return next((at for at in own if self._trees.head(at) not in words), words[0])

    def _is_told(self, words: range, *, is_act: bool) -> bool:
        """Return whether words name what they are about: more than *this*, *it happened* or *the figure*.

        What someone is accused of is told beside the noun for who is accused: ``is_act``.
        """
        marks = [self._lemma[at] for at in words if self._upos[at] == "PUNCT"]
        is_open = marks.count(_OPEN) != marks.count(_CLOSE) or marks.count(_STRAIGHT) % 2 == 1
        head = self._head(words)
        first = next((at for at in words if self._upos[at] != "PUNCT"), words[0])
        points = self._upos[first] == "PRON" and self._lemma[first].lower() in POINTING
        if is_open or points or self._upos[head] == "PRON":
            return False
        naming = [at for at in words if self._upos[at] in _NAMING and self._lemma[at].lower() not in _SO]
        if self._upos[head] not in _NOUNS:
            return bool(naming)
        return len(naming) > 1 and (is_act or not self._is_bare(head))

    def _is_bare(self, noun: int) -> bool:
        """Return whether *the*, *his* or the like stands with a noun, and nothing else but adjectives."""
        determiners = self._trees.children(noun, {"det", "nmod:poss"})
        points = any(self._upos[at] == "PRON" or self._lemma[at].lower() in _DEFINITE for at in determiners)
        is_owned = any(self._upos[at] not in ("DET", "PRON") for at in determiners)
        return points and not is_owned and not self._trees.children(noun, _TELLING)

    def _is_mutual(self, words: range) -> bool:
        """Return whether two lay something to each other (*accused one another of breaking the truce*)."""
        lemmas = [self._lemma[at].lower() for at in words]
        return lemmas[:2] in _EACH_OTHER and not _OF.isdisjoint(lemmas[2:3])

    def _is_clause(self, head: int) -> bool:
        return self._upos[head] == "VERB" or bool(self._trees.children(head, {"cop"}))

    def _is_accused(self, head: int, words: range) -> bool:
        """Return whether a noun is followed by what it is accused of."""
        return self._upos[head] in _NOUNS and any(at > head and self._lemma[at].lower() in _OF for at in words)

    def _is_innocence(self, head: int) -> bool:
        """Return whether a word says that someone is not guilty of something."""
        lemma = self._lemma[head].lower()
        near = {self._lemma[at].lower() for at in self._trees.children(head, {"advmod"})}
        is_innocent = lemma == _INNOCENT or (lemma == _GUILTY and not _NEGATIONS.isdisjoint(near))
        return is_innocent and any(self._follows(at, _OF) for at in self._trees.children(head, {"obl", "nmod"}))

    def _is_called_false(self, head: int) -> bool:
        """Return whether a word says that what others say, which is told, is not so (*reports of a fall are false*)."""
        near = {self._lemma[at].lower() for at in self._trees.children(head, {"advmod"})}
        is_false = self._lemma[head].lower() in (_TRUE if not _NEGATIONS.isdisjoint(near) else FALSEHOODS)
        said = (at for at in self._trees.children(head, {"nsubj"}) if things().get(self._lemma[at].lower()) == _SAID)
        return is_false and any(self._trees.children(at, {"acl", "nmod"}) for at in said)

    def _is_owned(self, noun: int) -> bool:
        """Return whether a noun tells whose it is, or where it is said (*reports circulating online*)."""
        told = self._trees.children(noun, {"acl"})
        places = [at for at in self._trees.children(noun, {"nmod"}) if self._follows(at, _IN)]
        is_said = any(self._tokens["xpos"][at] in _PARTICIPLES for at in told) or bool(places)
        return self._has_owner(noun) or is_said

    def _has_owner(self, noun: int) -> bool:
        """Return whether a noun tells whose it is (*a charge by Exxon*, *Exxon's offer*, *a Times report*)."""
        possessors = self._trees.children(noun, {"nmod:poss"})
        named = [at for at in self._trees.children(noun, {"compound"}) if self._upos[at] == "PROPN"]
        own = self._trees.children(noun, {"nmod"})
        own += [
            at for each in own for at in self._trees.children(each, {"nmod"})
        ]  # *an offer of 4 percent from the port*
        by = [at for at in own if self._follows(at, _BY)]
        return bool(named) or any(self._upos[at] != "PRON" for at in (*possessors, *by))

    def _follows(self, noun: int, prepositions: Collection[str]) -> bool:
        return any(self._lemma[at].lower() in prepositions for at in self._trees.children(noun, {"case"}))
