"""Orthographic words: what stands between spaces, made of one or more tokens (*didn't*, *country's*, *US-led*)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.measures.inputs import CONTENT_TAGS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["TOKEN_COLUMNS", "OrthographicWord", "orthographic_words"]

#: The columns of tokens that :func:`orthographic_words` reads.
TOKEN_COLUMNS = ("sentence", "start", "end", "text", "lemma", "upos", "is_word")

_JOINTS = "-‐‑'’"


class OrthographicWord(NamedTuple):
    """A word between spaces.

    Attributes
    ----------
    sentence
        Number of its sentence.
    text
        As written, without hyphens and apostrophes at either end.
    lemma, upos
        Lemma and universal tag of its first token.
    n_words, n_content
        Syntactic words in it (tokens that are words), and content words among them.
    """

    sentence: int
    text: str
    lemma: str
    upos: str
    n_words: int
    n_content: int


def orthographic_words(token: Mapping[str, NDArray[Any]]) -> list[OrthographicWord]:
    """Join the tokens of one article into orthographic words: *do* + *n't*, *country* + *'s*, *US* + *-* + *led*."""
    words: list[OrthographicWord] = []
    previous_end = None
    for sentence, start, end, text, lemma, upos, is_word in zip(*(token[c] for c in TOKEN_COLUMNS), strict=True):
        if not is_word and text not in _JOINTS:
            previous_end = None
            continue
        n_content = int(is_word and upos in CONTENT_TAGS)
        last = words[-1] if start == previous_end else None
        if last is not None and last.sentence == sentence:
            words[-1] = last._replace(
                text=last.text + text, n_words=last.n_words + int(is_word), n_content=last.n_content + n_content
            )
        else:
            words.append(OrthographicWord(sentence, text, lemma, upos, int(is_word), n_content))
        previous_end = end
    return [word._replace(text=word.text.strip(_JOINTS)) for word in words if word.n_words]
