"""Time the measures and summaries on one article and by length, and compare them with other tools.

    uv run python -m benchmarks.measures
    uv run --with textstat --with vaderSentiment python -m benchmarks.measures --peers

The longer texts are Wikinews articles joined together, from DATELINE_SHARED.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from analysis import Article, measures, read_article, summary
from analysis.language import annotate

if TYPE_CHECKING:
    from collections.abc import Callable

PROJECT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("DATELINE_SHARED", PROJECT.parent / "shared"))
SEED = PROJECT / "seeds" / "000_a515cb56a3bc3877.txt"


def stages(article: Article) -> dict[str, Callable[[], object]]:
    """Return a call of every stage on the tables of one article, by name."""
    tables = annotate(article)
    s, t, m = tables.sentences, tables.tokens, tables.mentions
    scores = summary.score_sentences(s, t, m)
    return {
        "counts": lambda: measures.counts(s, t),
        "lengths": lambda: measures.lengths(s, t),
        "diversity": lambda: measures.diversity(t),
        "readability": lambda: measures.readability(s, t),
        "tone": lambda: measures.tone(s, t),
        "terms": lambda: measures.terms(t),
        "keyness": lambda: measures.keyness(t),
        "occurrences": lambda: measures.occurrences(t, measures.terms(t)["lemma"].head(20)),
        "tag_profile": lambda: measures.tag_profile(t),
        "noun_phrases": lambda: measures.noun_phrases(t),
        "concordance": lambda: measures.concordance(t, "say", by="lemma"),
        "collocations": lambda: measures.collocations(t),
        "names": lambda: measures.names(m),
        "cooccurrence": lambda: measures.cooccurrence(m),
        "score_sentences": lambda: summary.score_sentences(s, t, m),
        "summarise": lambda: summary.summarise(scores),
        "agreement": lambda: summary.agreement(scores),
        "key_phrases": lambda: summary.key_phrases(s, t),
    }


def seconds(call: Callable[[], object], *, repeats: int) -> float:
    """Return the shortest time of a few calls."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def wikinews(*, words: int | None = None) -> list[str]:
    """Return the texts of Wikinews articles, up to a number of words in total."""
    lines = (SHARED / "evals" / "wikinews.jsonl").read_text(encoding="utf-8").splitlines()
    texts: list[str] = []
    total = 0
    for line in lines:
        text = json.loads(line)["text"]
        texts.append(text)
        total += len(text.split())
        if words and total >= words:
            break
    return texts


def print_times() -> None:
    """Print the milliseconds of each stage for the seed article and for longer texts."""
    articles = {"seed": read_article(SEED)}
    if SHARED.is_dir():
        for words in (1_000, 10_000, 100_000):
            articles[f"{words:,}"] = Article.from_text("\n\n".join(wikinews(words=words)))
    times: dict[str, dict[str, float]] = {name: {} for name in articles}
    for name, article in articles.items():
        for stage, call in stages(article).items():
            times[name][stage] = 1000 * seconds(call, repeats=5 if name == "seed" else 1)
    print(f"{'milliseconds':16}" + "".join(f"{name:>12}" for name in times))
    for stage in next(iter(times.values())):
        print(f"{stage:16}" + "".join(f"{column[stage]:12.1f}" for column in times.values()))
    print(f"{'all':16}" + "".join(f"{sum(column.values()):12.1f}" for column in times.values()))


def print_peers() -> None:
    """Print how far the values of other tools are from ours, over whole articles of Wikinews."""
    texts = [text for text in wikinews()[:100] if len(text.split()) >= 150]  # noqa: PLR2004 - room for every formula
    tables = [annotate(Article.from_text(text)) for text in texts]
    if find_spec("textstat"):
        import textstat

        ours = [measures.readability(t.sentences, t.tokens, resamples=0).set_index("measure")["value"] for t in tables]
        for name, theirs in {
            # Those that need no pronouncing dictionary: textstat would download it.
            "coleman_liau": textstat.coleman_liau_index,
            "automated_readability": textstat.automated_readability_index,
            "lix": textstat.lix,
        }.items():
            pairs = np.array([(table[name], theirs(text)) for table, text in zip(ours, texts, strict=True)])
            gap = np.median(np.abs(pairs[:, 0] - pairs[:, 1]))
            print(f"textstat {name:24} r = {np.corrcoef(pairs.T)[0, 1]:.3f}, median difference {gap:.2f}")
    if find_spec("vaderSentiment"):
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

        theirs = SentimentIntensityAnalyzer()
        scores = [
            (compound, theirs.polarity_scores(text)["compound"])
            for t in tables
            for compound, text in measures.tone(t.sentences, t.tokens)[["compound", "text"]].itertuples(index=False)
        ]
        table = np.array(scores)
        same = np.isclose(table[:, 0], table[:, 1], atol=1e-4).mean()
        r = np.corrcoef(table.T)[0, 1]
        print(f"vaderSentiment compound: r = {r:.3f}, {same:.1%} of {len(table):,} sentences equal")


def main() -> None:
    """Print the times, and the peers on request."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", action="store_true")
    options = parser.parse_args()
    if options.peers:
        print_peers()
    print_times()


if __name__ == "__main__":
    main()
