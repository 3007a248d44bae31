"""Time every chart of one article: making it, and saving it as SVG.

    python benchmarks/charts.py [ARTICLE] [--rounds N]

Each round draws all charts in one process. The first is cold (matplotlib loads); of the others the quickest is told,
because what else the machine does can only add to it. Times are of the processor, of one thread.
"""

from __future__ import annotations

import argparse
import gc
import io
import time
from typing import TYPE_CHECKING

import matplotlib as mpl

from analysis import charts, measures, read_article, summary
from analysis.language import annotate

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure


def charts_of(source: str) -> dict[str, Callable[[], Figure]]:
    """Give each chart of an article, ready to be drawn from tables that are made once."""
    sentences, tokens, mentions = annotate(read_article(source))
    terms, named = measures.terms(tokens), measures.names(mentions)
    every_term = measures.terms(tokens, content_only=False)
    scores = summary.score_sentences(sentences, tokens, mentions)
    tables = {
        charts.sentence_lengths: [sentences],
        charts.top_terms: [terms],
        charts.dispersion: [measures.occurrences(tokens, terms["lemma"].head(12))],
        charts.frequency_rank: [every_term],
        charts.vocabulary_growth: [every_term],
        charts.measures_intervals: [measures.readability(sentences, tokens)],
        charts.tag_profile: [measures.tag_profile(tokens)],
        charts.names: [named],
        charts.name_positions: [mentions],
        charts.name_network: [measures.cooccurrence(mentions), named],
        charts.sentence_scores: [summary.summarise(scores)],
        charts.agreement: [summary.agreement(scores)],
        charts.tone: [measures.tone(sentences, tokens)],
        charts.keyness: [measures.keyness(tokens)],
        charts.key_phrases: [summary.key_phrases(tokens, sentences)],
        charts.collocation_network: [measures.collocations(tokens)],
    }
    return {chart.__name__: lambda chart=chart, given=given: chart(*given) for chart, given in tables.items()}


def round_of(drawings: dict[str, Callable[[], Figure]]) -> dict[str, tuple[float, float, int]]:
    """Give each chart's milliseconds to make and to save, and the bytes of its SVG."""
    took = {}
    for name, draw in drawings.items():
        file = io.StringIO()
        start = time.process_time()
        figure = draw()
        made = time.process_time()
        with mpl.rc_context({"svg.hashsalt": name, "svg.fonttype": "path"}):
            figure.savefig(file, format="svg", metadata={"Date": None})
        took[name] = (1000 * (made - start), 1000 * (time.process_time() - made), len(file.getvalue().encode()))
    return took


def main() -> None:
    """Print a row a chart and the total."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("article", nargs="?", default="seeds/000_a515cb56a3bc3877.txt")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    drawings = charts_of(options.article)
    gc.collect()
    gc.freeze()  # searching the tables and models for garbage is none of a chart's work
    cold, *warm = [round_of(drawings) for _ in range(options.rounds + 1)]
    total = lambda took: sum(made + saved for made, saved, _ in took.values())  # noqa: E731 - a key
    best = min(warm, key=total)
    print(f"{'chart':<22}{'make ms':>9}{'save ms':>9}{'SVG kB':>9}")
    for name, (made, saved, size) in best.items():
        print(f"{name:<22}{made:9.1f}{saved:9.1f}{size / 1000:9.1f}")
    size = sum(size for *_, size in best.values())
    print(f"{len(best)} charts: {total(best):.0f} ms (cold {total(cold):.0f} ms), {size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
