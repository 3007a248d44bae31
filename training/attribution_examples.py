"""Examples of attributions: articles of the corpus, or parts of long ones, as spans of words and links."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis.content.attribution import CUE, LINKS, PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from analysis.content.attribution import Span
    from training.polnear import Document

__all__ = ["Example", "examples_of"]

#: A longer article is cut at a paragraph, in words.
_MAX_WORDS = 900


class Example(NamedTuple):
    """A document, or a part of one, as spans of its words.

    Attributes
    ----------
    low, high
        Its words, as indices into all words.
    spans
        The spans of each part, in order.
    linked
        For each content the index of its cue, for each cue that of its source, or −1.
    """

    low: int
    high: int
    spans: dict[str, list[Span]]
    linked: dict[str, list[int]]


def examples_of(document: Document, first: int) -> Iterator[Example]:
    """Cut a document into examples; ``first`` is the number of its first word."""
    pieces: dict[Span, Span | None] = {}
    cues: dict[Span, Span | None] = {}
    taken = {part: np.zeros(document.words.n, dtype=bool) for part in PARTS}

    def spans(part: str, characters: Sequence[Span]) -> list[Span]:
        """Return the runs of words of a part; a word belongs to one span only."""
        found = []
        for run in _runs(document, characters):
            shared = run in cues or (part == "source" and run in cues.values())
            if shared or not taken[part][slice(*run)].any():
                taken[part][slice(*run)] = True
                found.append(run)
        return found

    # Long attributions come first: those within them are left out.
    for each in sorted(document.attributions, key=lambda each: -sum(end - start for start, end in each["content"])):
        contents, own_cues, sources = (spans(part, each[part]) for part in ("content", CUE, "source"))
        cue = own_cues[0] if own_cues else None
        pieces.update(dict.fromkeys(contents, cue))
        if cue:
            cues.setdefault(cue, sources[0] if sources else None)

    for low, high in _cuts(document.words.places.paragraph):

        def inside(span: Span | None, low: int = low, high: int = high) -> bool:
            return span is None or (low <= span[0] and span[1] <= high)

        kept = {piece: cue for piece, cue in pieces.items() if inside(piece) and inside(cue)}
        kept_cues = {cue: source for cue, source in cues.items() if inside(cue) and inside(source)}
        links = {"content": kept, CUE: kept_cues}
        found = {
            "content": sorted(kept),
            CUE: sorted({*kept_cues, *(cue for cue in kept.values() if cue)}),
            "source": sorted({source for source in kept_cues.values() if source}),
        }
        index = {part: {span: number for number, span in enumerate(found[part])} for part in PARTS}
        linked = {
            part: [index[other].get(links[part].get(span) or (-1, -1), -1) for span in found[part]]
            for part, other in LINKS.items()
        }
        moved = {part: [(first + start, first + end) for start, end in found[part]] for part in PARTS}
        yield Example(first + low, first + high, moved, linked)


def _runs(document: Document, characters: Sequence[Span]) -> list[Span]:
    """Return the runs of words of spans of characters; a run ends with its sentence."""
    words = sorted(
        {
            index
            for low, high in characters
            for index in range(
                np.searchsorted([end for _, end in document.spans], low, side="right"),
                np.searchsorted([start for start, _ in document.spans], high, side="left"),
            )
        }
    )
    sentence = document.words.places.sentence
    runs: list[Span] = []
    for word in words:
        if runs and runs[-1][1] == word and sentence[word] == sentence[word - 1]:
            runs[-1] = runs[-1][0], word + 1
        else:
            runs.append((word, word + 1))
    return runs


def _cuts(paragraph: NDArray[np.int64]) -> list[Span]:
    """Return spans of words of at most ``_MAX_WORDS``, which begin with a paragraph where that is possible."""
    ends = np.append(np.flatnonzero(np.diff(paragraph)) + 1, len(paragraph)).tolist()
    bounds = [0]
    for end, following in pairwise([*ends, len(paragraph) + _MAX_WORDS]):
        while end - bounds[-1] > _MAX_WORDS:
            bounds.append(bounds[-1] + _MAX_WORDS)
        if following - bounds[-1] > _MAX_WORDS and end > bounds[-1]:
            bounds.append(end)
    return list(pairwise(bounds))
