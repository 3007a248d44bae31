"""Whether a time that recurs, such as *Monday*, is the one before the day of writing or the one after it.

The verb that governs it by the tree says so: *met on Monday*, *will meet on Monday*, *is due to meet on Monday*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

__all__ = ["FUTURE", "PAST", "Tenses"]

PAST, FUTURE = "past", "future"
#: The direction of what surely lies ahead (*will open in January*), as against *opens in January* or *would*.
_AHEAD = "ahead"
_SURE_MODALS = frozenset("will shall must 'll ’ll ll wo".split())
_MODALS = _SURE_MODALS | frozenset("would should may might can could ca".split())
_AUXILIARIES = frozenset(["aux", "aux:pass", "cop"])
_FINITE = frozenset(["VBD", "VBP", "VBZ"])
_VERBAL = frozenset(["VERB", "AUX"])
#: Prepositions after which a time is in the past, or in the future unless the verb is in the past.
_SINCE, _UNTIL = "since", frozenset(["until", "till", "by", "til"])
#: Forms of *have* in the present: what has been closed until Sunday, still is.
_NOW = frozenset(["have", "has", "'ve", "'s"])
#: Prepositions before what something follows.
_AFTER = frozenset(["after", "following", "follow"])
_MAX_STEPS = 12


class Tenses:
    """The tenses of an article.

    Parameters
    ----------
    columns
        The columns ``norm``, ``lemma``, ``xpos``, ``upos`` and ``deprel`` of its tokens.
    heads
        The head of each, as an index into all, or −1.
    words
        The lemmas that look forward (``FORWARD``), those whose infinitive has their own tense (``AS_GOVERNED``), those
        of telling (``TELLING``), and nouns for what is held on a day that is set (``HELD``).
    """

    def __init__(
        self, columns: Mapping[str, Sequence[str]], heads: Sequence[int], words: Mapping[str, Collection[str]]
    ) -> None:
        self._forms, self._lemmas, self._heads, self._words = columns["norm"], columns["lemma"], heads, words
        self._xpos, self._upos, self._relations = columns["xpos"], columns["upos"], columns["deprel"]

    def direction(self, start: int, end: int, low: int, high: int, *, is_title: bool) -> str:
        """Return the direction in which a time is looked for, as ``stretches.choose`` takes it, or an empty string."""
        at = start - 2 if self._forms[max(start - 2, low) : start] == ["at", "least"] else start
        before = self._forms[at - 1] if at > low else ""
        if before == _SINCE:
            return PAST
        found = self._of_verb(start, end, low, high, is_title=is_title)
        is_still = any(self._forms[word] in _NOW for word in range(low, at) if self._lemmas[word] == "have")
        is_bound = before in _UNTIL and found != _AHEAD and (found != PAST or is_still)
        return FUTURE if is_bound else found

    def _of_verb(self, start: int, end: int, low: int, high: int, *, is_title: bool) -> str:
        outer = next((word for word in range(start, end) if not start <= self._heads[word] < end), end - 1)
        if self._relations[outer] == "compound" and self._upos[self._heads[outer]] == "NOUN":  # *the May elections*
            return ""
        if self._relations[outer] == "nmod:poss" and self._is_over(self._heads[outer], low):
            return PAST
        # The time itself may be the root, with auxiliaries of its own.
        at = self._heads[outer] if self._heads[outer] >= 0 else end - 1
        verb = start - 1 - (start - 1 > low and self._upos[start - 1] == "ADP")
        if verb >= low and self._upos[verb] == "VERB":  # *data released on Monday*, whatever the tree says
            at = verb
        for _ in range(_MAX_STEPS):
            children = [word for word in range(low, high) if self._heads[word] == at]
            found = self._of_word(at, children, is_title=is_title)
            if found is not None or self._heads[at] < 0:
                return found or ""
            at = self._heads[at]
        return ""

    def _is_over(self, noun: int, low: int) -> bool:
        """Return whether a noun is what something follows, and nothing that is held (*after Saturday’s defeat*)."""
        cases = (self._lemmas[word] for word in range(low, noun) if self._heads[word] == noun)
        return not _AFTER.isdisjoint(cases) and self._lemmas[noun] not in self._words["HELD"]

    def _of_word(self, at: int, children: Sequence[int], *, is_title: bool) -> str | None:
        """Return the direction of a word that governs a time; None where it leaves that to its own governor."""
        if self._lemmas[at] in self._words["FORWARD"] and self._xpos[at] not in _FINITE:
            return FUTURE
        auxiliaries = [word for word in children if self._relations[word] in _AUXILIARIES]
        if self._upos[at] not in _VERBAL and not auxiliaries:
            return None
        is_perfect = any(self._lemmas[word] == "have" for word in auxiliaries)
        if is_perfect and any(self._lemmas[word] == "yet" for word in children):  # *has yet to be called*
            return FUTURE
        if not is_perfect and any(self._xpos[word] == "TO" for word in children):
            head = self._heads[at]
            return None if head >= 0 and self._lemmas[head] in self._words["AS_GOVERNED"] else FUTURE
        has_subject = any(self._relations[word].startswith("nsubj") for word in children)
        is_asked = self._relations[at] == "root" and not has_subject  # *come to the hall on Thursday*
        is_asked |= (
            self._relations[at] == "ccomp" and self._lemmas[self._heads[at]] == "demand"
        )  # *that it leave by then*
        if self._xpos[at] == "VB" and is_asked and not auxiliaries:
            return FUTURE
        return self._tense(at, auxiliaries, is_title=is_title)

    def _tense(self, at: int, auxiliaries: Sequence[int], *, is_title: bool) -> str | None:
        """Return the direction of a verb; None where its governor has it."""
        lemmas = [self._lemmas[word] for word in auxiliaries]
        tags = [self._xpos[word] for word in auxiliaries]
        modals = _MODALS.intersection(self._forms[word] for word in auxiliaries)
        if modals:
            is_over = "have" in lemmas and self._xpos[at] == "VBN" and "will" not in lemmas
            return PAST if is_over else _AHEAD if modals <= _SURE_MODALS else FUTURE
        if "have" in lemmas or "VBD" in {self._xpos[at], *tags}:
            return PAST
        if {"VBZ", "VBP"} & {self._xpos[at], *tags}:
            # *The firm reports a loss in March*, as against *before it is reported in March*
            is_passive = self._xpos[at] == "VBN" and "be" in lemmas
            is_told = self._lemmas[at] in self._words["TELLING"] and not is_passive
            return PAST if is_title or is_told else FUTURE
        # *will stay closed* has the tense of *stay*.
        return PAST if self._xpos[at] == "VBN" and self._relations[at] != "xcomp" else None
