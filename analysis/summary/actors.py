"""Who acts: the subjects of the main verbs of sentences, told by tags and order alone."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Container

    from numpy.typing import NDArray


class Actor(NamedTuple):
    """A noun phrase that acts: its span, and that of its core, without what an *of* or *in* adds."""

    sentence: int
    start: int
    end: int
    core_start: int
    core_end: int


class _Word(NamedTuple):
    start: int
    end: int
    norm: str
    lemma: str
    upos: str
    xpos: str


_NOUNS = frozenset({"NOUN", "PROPN"})
_IN_PHRASE = frozenset({"NOUN", "PROPN", "ADJ", "NUM", "DET", "SYM"})
_LINKS = frozenset({"of", "in", "from", "for", "at"})
_SKIPPED = frozenset(
    """not on today yesterday tonight tomorrow monday tuesday wednesday thursday friday saturday sunday""".split()
)
_NOT_FINITE = frozenset({"VB", "VBG", "VBN"})
_MAX_PHRASE_WORDS = 10


def actors(token: dict[str, NDArray], sentences: Container[int], saying: Container[str]) -> list[Actor]:
    """Give the actor of each of some sentences, where its main verb has one that order can tell.

    The main verb is the first that is finite and in no subordinate clause. Its actor is the noun phrase just before it
    (or before what stands between commas), the phrase after a *by* where the verb is passive, or the phrase after a
    verb of saying that follows a comma or a quotation. Pronouns are no actors: nothing here knows whom they mean.
    """
    columns = (token[name].tolist() for name in ("sentence", "start", "end", "norm", "lemma", "upos", "xpos"))
    own: dict[int, list[_Word]] = defaultdict(list)
    for sentence, *rest in zip(*columns, strict=True):
        if sentence in sentences:
            own[sentence].append(_Word(*rest))
    found = []
    for sentence, words in own.items():
        phrase = _subject(words, saying)
        if phrase:
            start, stop, core = phrase
            found.append(
                Actor(sentence, words[start].start, words[stop - 1].end, words[start].start, words[core - 1].end)
            )
    return found


def _subject(words: list[_Word], saying: Container[str]) -> tuple[int, int, int] | None:
    """Give where the actor's phrase starts and stops, and where its core stops."""
    for verb, word in enumerate(words):
        if word.upos not in {"VERB", "AUX"} or word.xpos in _NOT_FINITE:
            continue
        before = verb
        while before and (words[before - 1].upos == "ADV" or words[before - 1].norm in _SKIPPED):
            before -= 1
        if (
            word.lemma in saying
            and before
            and words[before - 1].upos == "PUNCT"
            and (after := _phrase_from(words, verb + 1))
        ):
            return after
        if before and words[before - 1].norm in {",", "–", "—"}:
            before = _before_commas(words, before - 1)
        phrase = _phrase_to(words, before)
        if phrase is None or (phrase[0] and _is_subordinate(words, phrase[0])):
            continue
        return _agent(words, verb) or phrase
    return None


def _before_commas(words: list[_Word], comma: int) -> int:
    """Give the place of the comma that opens what the given one closes, or the given one where none does."""
    opening = next((i for i in range(comma - 1, 0, -1) if words[i].norm == words[comma].norm), None)
    return comma if opening is None else opening


def _phrase_to(words: list[_Word], stop: int) -> tuple[int, int, int] | None:
    """Give the noun phrase that stops at a place."""
    if not stop or words[stop - 1].upos not in _NOUNS:
        return None
    start = core = stop
    while start and stop - start < _MAX_PHRASE_WORDS:
        last = words[start - 1]
        inside = last.upos in _IN_PHRASE or last.xpos in {"PRP$", "POS"}
        joins = start < stop and (last.upos == "CCONJ" or last.norm in _LINKS or last.norm == "-")
        if joins and start > 1 and words[start - 2].upos in _NOUNS:
            core = start - 1 if last.norm in _LINKS else core
        elif not inside:
            break
        start -= 1
    return start, stop, core


def _phrase_from(words: list[_Word], start: int) -> tuple[int, int, int] | None:
    """Give the noun phrase that starts at a place."""
    stop = start
    while stop < len(words) and stop - start < _MAX_PHRASE_WORDS:
        word = words[stop]
        if not (word.upos in _IN_PHRASE or word.xpos in {"PRP$", "POS"} or (stop > start and word.norm in {"of", "-"})):
            break
        stop += 1
    while stop > start and words[stop - 1].upos not in _NOUNS:
        stop -= 1
    return (start, stop, stop) if stop > start else None


def _agent(words: list[_Word], verb: int) -> tuple[int, int, int] | None:
    """Give the phrase after the *by* of a passive verb."""
    if words[verb].lemma not in {"be", "have", "get"} and words[verb].upos != "AUX":
        return None
    group = verb + 1
    while group < len(words) and (words[group].upos in {"AUX", "ADV"} or words[group].xpos == "VBN"):
        group += 1
    if words[group - 1].xpos != "VBN" or not any(w.lemma in {"be", "get"} for w in words[verb:group]):
        return None
    for by in range(group, len(words)):
        if words[by].upos in {"PUNCT", "VERB", "AUX"}:
            return None
        if words[by].norm == "by":
            return _phrase_from(words, by + 1)
    return None


def _is_subordinate(words: list[_Word], start: int) -> bool:
    """Say whether the phrase that starts here follows a preposition, or a word that opens a subordinate clause."""
    last = words[start - 1]
    return last.upos in {"SCONJ", "ADP"} or last.xpos in {"WDT", "WP", "WP$", "WRB"} or last.upos in {"VERB", "AUX"}
