"""PolNeAR, news articles in which the content, the cue and the source of each attribution are marked; and scores.

References
----------
E. Newell, D. Margolin and D. Ruths 2018, An attribution relations corpus for political news, LREC.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis.article import Article
from analysis.content import attribution
from analysis.language.pipeline import annotate
from training.corpora import read_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from analysis.content.attribution import Attribution, Span, Words
    from analysis.language.models import Models

__all__ = ["Document", "Score", "read_documents", "score"]

#: A content counts as found where it shares this much of its characters with the right one (intersection over union).
_MIN_OVERLAP = 0.5


class Document(NamedTuple):
    """An article with its attributions.

    Attributes
    ----------
    text
        The text.
    words
        Its words.
    spans
        The spans of characters of its words.
    attributions
        For each attribution the spans of characters of its ``content``, ``cue`` and ``source``.
    """

    text: str
    words: Words
    spans: list[Span]
    attributions: list[Mapping[str, list[Span]]]


def read_documents(corpora: Path, part: str, models: Models) -> list[Document]:
    """Read the articles of a part of PolNeAR (``train``, ``dev``) and annotate them."""
    rows = [json.loads(line) for line in read_lines(corpora / "polnear" / f"{part}.jsonl.gz")]
    articles = [Article.from_text(row["text"], id=row["id"]) for row in rows]
    sentences, tokens, _ = annotate(articles, force=True, models=models)
    spans = list(zip(tokens["start"].tolist(), tokens["end"].tolist(), strict=True))
    documents = []
    for row, words in zip(rows, attribution.read_words(sentences, tokens), strict=True):
        own, spans = spans[: words.n], spans[words.n :]
        documents.append(Document(row["text"], words, own, row["attributions"]))
    return documents


class Score(NamedTuple):
    """How many attributions are right.

    Attributes
    ----------
    n_right
        Attributions found whose content shares half of its characters with a right one (intersection over union).
    n_found, n_gold
        Attributions found, and those marked in the corpus that have content.
    n_sources
        Of ``n_right``, those with the right source: half of its characters shared, or none where there is none.
    """

    n_right: int
    n_found: int
    n_gold: int
    n_sources: int

    @property
    def f1(self) -> float:
        """F1 of contents."""
        return 2 * self.n_right / max(1, self.n_found + self.n_gold)


def score(documents: Sequence[Document], find: Callable[[Words], list[Attribution]]) -> Score:
    """Compare the attributions that ``find`` gives for the words of an article with those marked in the corpus."""
    total = np.zeros(4, dtype=np.int64)
    for document in documents:
        found = find(document.words)
        right = [each for each in document.attributions if each["content"]]

        def characters(spans: Sequence[Span], document: Document = document) -> set[int]:
            return {at for low, high in spans for at in range(low, high) if not document.text[at].isspace()}

        def of_words(spans: Sequence[Span], document: Document = document) -> set[int]:
            return characters([(document.spans[low][0], document.spans[high - 1][1]) for low, high in spans])

        contents = [of_words(each.content) for each in found]
        expected = [characters(each["content"]) for each in right]
        pairs = sorted(
            (-_overlap(one, two), i, j) for i, one in enumerate(contents) for j, two in enumerate(expected) if one & two
        )
        ours: set[int] = set()
        theirs: set[int] = set()
        n_sources = 0
        for overlap, i, j in pairs:
            if -overlap >= _MIN_OVERLAP and i not in ours and j not in theirs:
                ours.add(i)
                theirs.add(j)
                source = found[i].source
                shared = _overlap(of_words([source] if source else []), characters(right[j]["source"]))
                n_sources += shared >= _MIN_OVERLAP
        total += [len(ours), len(found), len(right), n_sources]
    return Score(*total.tolist())


def _overlap(one: set[int], two: set[int]) -> float:
    """Return the share of all characters of two sets that are in both; 1 where both are empty."""
    return len(one & two) / len(one | two) if one or two else 1.0
