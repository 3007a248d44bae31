"""Who acts: the subjects of the main verbs of sentences, found by tags and word order alone."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.summary.word_lists import word_classes

if TYPE_CHECKING:
    from collections.abc import Container

    from numpy.typing import NDArray

__all__ = ["Actor", "find_actors"]

_NOUNS = frozenset({"NOUN", "PROPN"})
_IN_PHRASE = frozenset({"NOUN", "PROPN", "ADJ", "NUM", "DET", "SYM"})
_POSSESSIVES = frozenset({"PRP$", "POS"})
_NOT_FINITE = frozenset({"VB", "VBG", "VBN"})
_MAX_PHRASE_WORDS = 10


class Actor(NamedTuple):
    """A noun phrase that acts.

    Attributes
    ----------
    sentence
        Number of its sentence.
    start, end
        Its span in the text.
    core_start, core_end
        The span of its core, without what an *of* or *in* adds.
    """

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


class _Phrase(NamedTuple):
    """A noun phrase as indices of words: half-open, its core ending at ``core_end``."""

    start: int
    end: int
    core_end: int


def find_actors(
    tokens: dict[str, NDArray[Any]], sentences: Container[int], reporting_verbs: Container[str]
) -> list[Actor]:
    """Return the actor of each of some sentences, where its main verb has one that word order can tell.

    Parameters
    ----------
    tokens
        Columns of one article's tokens: sentence, start, end, norm, lemma, upos, xpos.
    sentences
        Numbers of the sentences to search.
    reporting_verbs
        Lemmas of verbs that may precede their subject.

    Notes
    -----
    The main verb is the first that is finite and in no subordinate clause. Its actor is the noun phrase just before it
    (or before a part between commas), the phrase after a *by* where the verb is passive, or the phrase after a
    reporting verb that follows a comma or a quotation. A pronoun is no actor, since nothing here resolves it.
    """
    columns = (tokens[name].tolist() for name in ("sentence", "start", "end", "norm", "lemma", "upos", "xpos"))
    words_by_sentence: dict[int, list[_Word]] = defaultdict(list)
    for number, *word in zip(*columns, strict=True):
        if number in sentences:
            words_by_sentence[number].append(_Word(*word))
    actors = []
    for number, words in words_by_sentence.items():
        if phrase := _subject(words, reporting_verbs):
            first, last, last_of_core = words[phrase.start], words[phrase.end - 1], words[phrase.core_end - 1]
            actors.append(Actor(number, first.start, last.end, first.start, last_of_core.end))
    return actors


def _subject(words: list[_Word], reporting_verbs: Container[str]) -> _Phrase | None:
    """Return the actor's phrase in one sentence."""
    for verb, word in enumerate(words):
        if word.upos not in {"VERB", "AUX"} or word.xpos in _NOT_FINITE:
            continue
        end = verb
        while end and (words[end - 1].upos == "ADV" or words[end - 1].norm in _skipped()):
            end -= 1
        if (
            word.lemma in reporting_verbs
            and end
            and words[end - 1].upos == "PUNCT"
            and (inverted := _phrase_from(words, verb + 1))
        ):
            return inverted
        if end and words[end - 1].norm in {",", "–", "—"}:
            end = _opening_mark(words, end - 1)
        phrase = _phrase_to(words, end)
        if phrase is None or (phrase.start and _is_subordinate(words, phrase.start)):
            continue
        return _agent(words, verb) or phrase
    return None


@cache
def _skipped() -> frozenset[str]:
    """Return the words that may stand between a subject and its verb."""
    classes = word_classes("phrase_words.tsv")
    return classes["skipped"] | classes["day"] | {weekday.lower() for weekday in classes["weekday"]}


def _opening_mark(words: list[_Word], closing: int) -> int:
    """Return the index of the comma or dash that opens what the given one closes, or the given one if none does."""
    return next((i for i in range(closing - 1, 0, -1) if words[i].norm == words[closing].norm), closing)


def _phrase_to(words: list[_Word], end: int) -> _Phrase | None:
    """Return the noun phrase that ends before an index."""
    if not end or words[end - 1].upos not in _NOUNS:
        return None
    links = word_classes("phrase_words.tsv")["link"]
    start = core_end = end
    while start and end - start < _MAX_PHRASE_WORDS:
        word = words[start - 1]
        is_inside = word.upos in _IN_PHRASE or word.xpos in _POSSESSIVES
        joins = start < end and (word.upos == "CCONJ" or word.norm in links or word.norm == "-")
        if joins and start > 1 and words[start - 2].upos in _NOUNS:
            core_end = start - 1 if word.norm in links else core_end
        elif not is_inside:
            break
        start -= 1
    return _Phrase(start, end, core_end)


def _phrase_from(words: list[_Word], start: int) -> _Phrase | None:
    """Return the noun phrase that starts at an index."""
    end = start
    while end < len(words) and end - start < _MAX_PHRASE_WORDS:
        word = words[end]
        is_inside = word.upos in _IN_PHRASE or word.xpos in _POSSESSIVES
        if not is_inside and not (end > start and word.norm in {"of", "-"}):
            break
        end += 1
    while end > start and words[end - 1].upos not in _NOUNS:
        end -= 1
    return _Phrase(start, end, end) if end > start else None


def _agent(words: list[_Word], verb: int) -> _Phrase | None:
    """Return the phrase after the *by* of a passive verb."""
    if words[verb].lemma not in {"be", "have", "get"} and words[verb].upos != "AUX":
        return None
    end = verb + 1
    while end < len(words) and (words[end].upos in {"AUX", "ADV"} or words[end].xpos == "VBN"):
        end += 1
    if words[end - 1].xpos != "VBN" or not any(word.lemma in {"be", "get"} for word in words[verb:end]):
        return None
    for i in range(end, len(words)):
        if words[i].upos in {"PUNCT", "VERB", "AUX"}:
            return None
        if words[i].norm == "by":
            return _phrase_from(words, i + 1)
    return None


def _is_subordinate(words: list[_Word], start: int) -> bool:
    """Return whether a phrase follows a verb, a preposition, or a word that opens a subordinate clause."""
    before = words[start - 1]
    return before.upos in {"SCONJ", "ADP", "VERB", "AUX"} or before.xpos in {"WDT", "WP", "WP$", "WRB"}
