"""Sentences that say little without the one before: a fragment, half a quotation, a pronoun that stands for no name."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = ["COLUMNS", "leaning"]

_FINITE = frozenset(["VBD", "VBP", "VBZ", "MD"])
_QUOTES = frozenset(['"', "``", "''"])
_PERSONAL = frozenset("he she it they his her its their".split())
_POINTING = _PERSONAL | frozenset("this that these those".split())
_SUBJECTS, _POSSESSIVE, _BESIDE = frozenset(["nsubj", "nsubj:pass"]), "nmod:poss", "advcl"
#: What stands for a clause that *it* announces (*it is clear that …*), as what follows a colon does.
_ANNOUNCED = frozenset(["csubj", "ccomp", "xcomp", "expl"])


class _Word(NamedTuple):
    token: int
    sentence: int
    norm: str
    lemma: str
    upos: str
    xpos: str
    entity: str
    head: int
    deprel: str


#: The columns of tokens that are read.
COLUMNS = _Word._fields


def leaning(tokens: Mapping[str, Sequence[object]], paragraphs: Mapping[int, int]) -> set[int]:
    """Return the numbers of the sentences of an article that say little without the one before.

    A sentence has no finite verb, begins within a quotation or is one without its speaker, or the subject of
    its main clause is a pronoun that no name in it comes before.

    Parameters
    ----------
    tokens
        :data:`COLUMNS` of its tokens.
    paragraphs
        The number of the paragraph of each sentence.
    """
    words = map(_Word._make, zip(*(tokens[name] for name in COLUMNS), strict=True))
    found: set[int] = set()
    paragraph, is_quoted = -1, False
    for number, own in _sentences(words):
        is_quoted = is_quoted and paragraphs[number] == paragraph
        paragraph = paragraphs[number]
        marks = [at for at, word in enumerate(own) if word.norm in _QUOTES]
        if is_quoted or _is_quotation(own, marks) or not _is_finite(own) or _points(own):
            found.add(number)
        is_quoted ^= len(marks) % 2 == 1
    return found


def _sentences(words: Iterable[_Word]) -> Iterator[tuple[int, list[_Word]]]:
    for number, own in groupby(words, key=lambda word: word.sentence):
        yield number, list(own)


def _is_quotation(words: Sequence[_Word], marks: Sequence[int]) -> bool:
    """Return whether all words of a sentence are quoted, whoever says them."""
    ends = [at for at in marks[1:] if any(word.upos not in ("PUNCT", "SYM") for word in words[at:])]
    return marks[:1] == [0] and not ends


def _is_finite(words: Sequence[_Word]) -> bool:
    """Return whether a sentence has a finite verb, or orders something."""
    is_order = any(word.xpos == "VB" and word.deprel in ("root", "") for word in words)
    return is_order or any(word.xpos in _FINITE for word in words)


def _points(words: Sequence[_Word]) -> bool:
    """Return whether the first subject of a sentence is a pronoun, or someone's by one, that no name comes before."""
    beside = {word.token for word in words if word.deprel == _BESIDE}  # *after it was due, the firm …*
    subjects = [at for at, word in enumerate(words) if word.deprel in _SUBJECTS and word.head not in beside]
    main = [at for at in subjects if any(word.head < 0 and word.token == words[at].head for word in words)]
    subjects = main or subjects
    if not subjects:
        return False
    subject = words[subjects[0]]
    own = [at for at, word in enumerate(words) if word.head == subject.token and word.deprel == _POSSESSIVE]
    at = subjects[0] if subject.upos == "PRON" else next(iter(own), -1)
    listed = _POINTING if at == subjects[0] else _PERSONAL
    if at < 0 or words[at].upos != "PRON" or words[at].lemma.lower() not in listed:
        return False
    siblings = {word.deprel for word in words if word.head == subject.head} | {word.norm for word in words[at:]}
    is_announcing = words[at].lemma.lower() == "it" and not siblings.isdisjoint(_ANNOUNCED | {":"})
    return not is_announcing and all(word.entity == "O" for word in words[:at])
