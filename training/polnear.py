"""PolNeAR, news articles in which the content, the cue and the source of each attribution are marked; and scores.

References
----------
E. Newell, D. Margolin and D. Ruths 2018, An attribution relations corpus for political news, LREC.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.article import Article
from analysis.content import attribution, claims, sources, stance
from analysis.content.columns import by_article
from analysis.content.quotations import IN_QUOTATION, form_of
from analysis.language.pipeline import annotate
from training.corpora import read_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from analysis.content.attribution import Attribution, Span, Words
    from analysis.language.models import Models

__all__ = ["Document", "read_documents", "score"]

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
    tokens
        Columns of its words.
    named
        Its named mentions.
    """

    text: str
    words: Words
    spans: list[Span]
    attributions: list[Mapping[str, list[Span]]]
    tokens: Mapping[str, list[Any]]
    named: Sequence[sources.Named]


def read_documents(corpora: Path, part: str, models: Models) -> list[Document]:
    """Read the articles of a part of PolNeAR (``train``, ``dev``) and annotate them."""
    rows = [json.loads(line) for line in read_lines(corpora / "polnear" / f"{part}.jsonl.gz")]
    articles = [Article.from_text(row["text"], id=row["id"]) for row in rows]
    sentences, tokens, mentions, coreference = annotate(articles, force=True, models=models)
    named = sources.named(tokens, mentions, coreference)
    columns = by_article(tokens, claims.COLUMNS)
    documents = []
    for row, words in zip(rows, attribution.read_words(sentences, tokens), strict=True):
        own = columns[row["id"]]
        spans = list(zip(own["start"], own["end"], strict=True))
        documents.append(Document(row["text"], words, spans, row["attributions"], own, named.get(row["id"], [])))
    return documents


class Judged(NamedTuple):
    """An attribution that is marked in the corpus, or one that was found, and whether the other has it.

    Attributes
    ----------
    kind
        Of one that is marked, the form of its content; of one that was found, the kind of its cue.
    is_right
        Whether there is one of the other with half of its characters (intersection over union).
    has_source
        Whether that has the right source: half of its characters, or none where there is none.
    """

    kind: str
    is_right: bool
    has_source: bool


def score(documents: Sequence[Document], find: Callable[[Document], list[Attribution]]) -> dict[str, Any]:
    """Compare the attributions that ``find`` gives for articles with those marked in the corpus.

    Parameters
    ----------
    documents
        The articles.
    find
        Returns the attributions of an article.

    Returns
    -------
    dict
        Percentages: ``content`` (precision, recall, f1, n), ``source`` (accuracy, n: of the contents that are right),
        ``recall_by_form`` and ``precision_by_cue`` (each: value, n).
    """
    marked: list[Judged] = []
    found: list[Judged] = []
    for document in documents:
        own_found, own_marked = judge(document, find(document))
        found += own_found
        marked += own_marked
    precision, recall = (_share(each, "is_right") for each in (found, marked))
    matched = [each for each in marked if each.is_right]
    return {
        "content": {
            "precision": precision,
            "recall": recall,
            "f1": _round(2 * precision * recall / (precision + recall)) if precision + recall else 0.0,
            "n": len(marked),
        },
        "source": {"accuracy": _share(matched, "has_source"), "n": len(matched)},
        "recall_by_form": _by_kind(marked),
        "precision_by_cue": _by_kind(found),
    }


def judge(document: Document, found: Sequence[Attribution]) -> tuple[list[Judged], list[Judged]]:
    """Return how the attributions found in an article, and those that are marked in it, agree with the other ones."""
    expected = [each for each in document.attributions if each["content"]]
    partner = _pair(document, found, expected)
    right = {j: i for i, j in partner.items()}
    sources = {i: _same_source(document, found[i].source, expected[j]["source"]) for i, j in partner.items()}
    return [
        Judged(_kind_of_cue(document.words, each), i in partner, sources.get(i, False)) for i, each in enumerate(found)
    ], [
        Judged(_form(document, each["content"]), j in right, sources.get(right.get(j, -1), False))
        for j, each in enumerate(expected)
    ]


def _by_kind(judged: Sequence[Judged]) -> dict[str, dict[str, float]]:
    kinds = Counter(each.kind for each in judged)
    return {
        kind: {"value": _share([each for each in judged if each.kind == kind], "is_right"), "n": n}
        for kind, n in kinds.most_common()
    }


def _share(judged: Sequence[Judged], field: str) -> float:
    return _round(100 * sum(getattr(each, field) for each in judged) / len(judged)) if judged else 0.0


def _round(value: float) -> float:
    return round(value, 2)


def _kind_of_cue(words: Words, attribution: Attribution) -> str:
    """Return whether a cue is listed as one of speech, or of a state of mind; otherwise ``other``, or ``none``."""
    if attribution.cue is None:
        return "none"
    cue = stance.read_cue(words.columns["lemma"], words.columns["upos"], attribution.cue, attribution.content[0])
    return "other" if not cue.is_known else "speech" if cue.is_speech else "mind"


def _form(document: Document, spans: Sequence[Span]) -> str:
    """Return the form of a content that is marked: what share of its words stands in quotation marks."""
    at = [
        index
        for index, (start, end) in enumerate(document.spans)
        if any(low < end and start < high for low, high in spans) and any(map(str.isalnum, document.text[start:end]))
    ]
    states = document.words.columns["quotation"]
    return form_of(sum(states[index] in IN_QUOTATION for index in at), len(at))


def _pair(
    document: Document, found: Sequence[Attribution], expected: Sequence[Mapping[str, list[Span]]]
) -> dict[int, int]:
    """Return for attributions that are found the marked one with the same content, the most alike first."""
    contents = [_characters(document, _in_text(document, each.content)) for each in found]
    right = [_characters(document, each["content"]) for each in expected]
    alike = sorted(
        (-_overlap(one, two), i, j) for i, one in enumerate(contents) for j, two in enumerate(right) if one & two
    )
    partner: dict[int, int] = {}
    for overlap, i, j in alike:
        if -overlap >= _MIN_OVERLAP and i not in partner and j not in partner.values():
            partner[i] = j
    return partner


def _same_source(document: Document, words: Span | None, spans: Sequence[Span]) -> bool:
    found = _characters(document, _in_text(document, [words] if words else []))
    return _overlap(found, _characters(document, spans)) >= _MIN_OVERLAP


def _in_text(document: Document, spans: Sequence[Span]) -> list[Span]:
    """Return spans of words as spans of characters."""
    return [(document.spans[low][0], document.spans[high - 1][1]) for low, high in spans]


def _characters(document: Document, spans: Sequence[Span]) -> set[int]:
    """Return the positions of the characters of spans but blanks."""
    return {at for low, high in spans for at in range(low, high) if not document.text[at].isspace()}


def _overlap(one: set[int], two: set[int]) -> float:
    """Return the share of all characters of two sets that are in both; 1 where both are empty."""
    return len(one & two) / len(one | two) if one or two else 1.0
