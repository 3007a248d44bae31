"""MEANTIME, Wikinews articles in which the time expressions of the first sentences are marked with values; and scores.

References
----------
A.-L. Minard et al. 2016, MEANTIME, the NewsReader multilingual event and time corpus, LREC. N. UzZaman et al. 2013,
SemEval-2013 task 1: TempEval-3: the measures.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, NamedTuple

from analysis.article import Article
from analysis.content.times import find_times
from analysis.language.pipeline import annotate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from analysis.language.models import Models

__all__ = ["FILE", "MEASURES", "Marked", "Pair", "pair", "read_marked", "score"]

#: The file of the articles, beside the folder of corpora.
FILE = "evals/events/meantime.jsonl"
#: What is measured, with its meaning.
MEASURES = {
    "overlap": "found: a character is shared",
    "exact": "found with the same words",
    "value": "found, and the value is the same",
}


class Expression(NamedTuple):
    """A time expression: its half-open span of characters, and its value."""

    start: int
    end: int
    value: str


class Marked(NamedTuple):
    """An article with the time expressions that are marked up to a character of it."""

    article: Article
    end: int
    expressions: list[Expression]


class Pair(NamedTuple):
    """A marked expression and the one that was found for it; None where the other has none."""

    article: Article
    marked: Expression | None
    found: Expression | None


def read_marked(file: Path, *, is_held_out: bool = True) -> list[Marked]:
    """Read the half of the articles that is held out, or the half on which rules are made.

    Those are held out whose id has an odd SHA-256.
    """
    marked = []
    for row in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
        if int(hashlib.sha256(row["id"].encode()).hexdigest(), 16) % 2 == is_held_out:
            article = Article.from_text(row["text"], id=row["id"], published=row["dct"], url=row["url"])
            ends = [end for _, _, end, sentence in row["tokens"] if sentence <= row["max_annotated_sentence"]]
            expressions = [Expression(each["start"], each["end"], each["value"]) for each in row["timex"]]
            marked.append(Marked(article, max(ends), sorted(expressions)))
    return marked


def pair(marked: Sequence[Marked], models: Models | None = None) -> Iterator[Pair]:
    """Yield each expression that is marked or found, with its partner: what overlaps it, of the same value if it can.

    Parameters
    ----------
    marked
        The articles, of which only the text and the day of publication are used.
    models
        The models that annotate them; those of the package unless given.
    """
    articles = [each.article for each in marked]
    times = find_times(articles, *annotate(articles, force=True, models=models)[:2])
    for article, end, expressions in marked:
        own = times[(times["article_id"] == article.id) & (times["start"] < end)]
        rest = [Expression(*row) for row in own[["start", "end", "value"]].itertuples(index=False)]
        for each in expressions:
            partners = [other for other in rest if other.start < each.end and each.start < other.end]
            alike = [other for other in partners if other.value == each.value]
            best = next(iter(alike or partners), None)
            if best:
                rest.remove(best)
            yield Pair(article, each, best)
        yield from (Pair(article, None, other) for other in rest)


def score(marked: Sequence[Marked], models: Models | None = None) -> dict[str, dict[str, float]]:
    """Score time expressions in raw text.

    Returns
    -------
    dict
        For each of ``MEASURES`` the ``precision``, ``recall`` and ``f1`` (per cent), and ``n``, the number marked.
    """
    pairs = list(pair(marked, models))
    n_marked = sum(each.marked is not None for each in pairs)
    n_found = sum(each.found is not None for each in pairs)
    both = [(each.marked, each.found) for each in pairs if each.marked and each.found]
    n_right = {
        "overlap": len(both),
        "exact": sum(one[:2] == other[:2] for one, other in both),
        "value": sum(one.value == other.value for one, other in both),
    }
    return {
        measure: {
            "precision": round(100 * n / n_found, 2) if n_found else 0.0,
            "recall": round(100 * n / n_marked, 2) if n_marked else 0.0,
            "f1": round(200 * n / (n_found + n_marked), 2) if n_found + n_marked else 0.0,
            "n": n_marked,
        }
        for measure, n in n_right.items()
    }
