"""Time every chart of one article: making it, and saving it as SVG.

    python -m benchmarks.charts [ARTICLE] [--rounds N]

Each round draws all charts in one process. The first is cold: matplotlib loads. The fastest of the others is reported,
because other work of the machine can only add to it. Times are processor times of one thread.
"""

from __future__ import annotations

import argparse
import gc
import io
import time
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import matplotlib as mpl

from analysis import charts, measures, read_article, summary
from analysis.language import annotate

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.figure import Figure


def charts_of(source: str) -> dict[str, Callable[[], Figure]]:
    """Return a function for each chart of an article that draws it from tables computed once."""
    sentences, tokens, mentions, *_ = annotate(read_article(source))
    terms, names = measures.terms(tokens), measures.names(mentions)
    all_terms = measures.terms(tokens, content_only=False)
    scores = summary.score_sentences(sentences, tokens, mentions)
    tables: dict[Callable[..., Figure], list[pd.DataFrame]] = {
        charts.sentence_lengths: [sentences],
        charts.top_terms: [terms],
        charts.dispersion: [measures.occurrences(tokens, terms["lemma"].head(12))],
        charts.frequency_rank: [all_terms],
        charts.vocabulary_growth: [all_terms],
        charts.measures_intervals: [measures.readability(sentences, tokens)],
        charts.tag_profile: [measures.tag_profile(tokens)],
        charts.names: [names],
        charts.name_positions: [mentions],
        charts.name_network: [measures.cooccurrence(mentions), names],
        charts.sentence_scores: [summary.summarise(scores)],
        charts.agreement: [summary.agreement(scores)],
        charts.tone: [measures.tone(sentences, tokens)],
        charts.keyness: [measures.keyness(tokens)],
        charts.key_phrases: [summary.key_phrases(sentences, tokens)],
        charts.collocation_network: [measures.collocations(tokens)],
    }
    return {chart.__name__: partial(chart, *arguments) for chart, arguments in tables.items()}


class Cost(NamedTuple):
    """What one chart costs: milliseconds to draw and to save, and the size of its SVG."""

    draw_ms: float
    save_ms: float
    svg_bytes: int


def run_round(charts_to_draw: dict[str, Callable[[], Figure]]) -> dict[str, Cost]:
    """Draw and save each chart once, and return its cost."""
    costs = {}
    for name, draw in charts_to_draw.items():
        file = io.StringIO()
        start = time.process_time()
        figure = draw()
        drawn = time.process_time()
        with mpl.rc_context({"svg.hashsalt": name, "svg.fonttype": "path"}):
            figure.savefig(file, format="svg", metadata={"Date": None})
        saved = time.process_time()
        costs[name] = Cost(1000 * (drawn - start), 1000 * (saved - drawn), len(file.getvalue().encode()))
    return costs


def total_ms(costs: dict[str, Cost]) -> float:
    """Return the time that all charts of a round took."""
    return sum(cost.draw_ms + cost.save_ms for cost in costs.values())


def main() -> None:
    """Print one row a chart, and the total."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("article", nargs="?", default="seeds/000_a515cb56a3bc3877.txt")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    charts_to_draw = charts_of(options.article)
    gc.collect()
    gc.freeze()  # collecting the garbage of tables and models is no part of a chart's cost
    cold, *warm = [run_round(charts_to_draw) for _ in range(options.rounds + 1)]
    best = min(warm, key=total_ms)
    print(f"{'chart':<22}{'draw ms':>9}{'save ms':>9}{'SVG kB':>9}")
    for name, cost in best.items():
        print(f"{name:<22}{cost.draw_ms:9.1f}{cost.save_ms:9.1f}{cost.svg_bytes / 1000:9.1f}")
    total_kb = sum(cost.svg_bytes for cost in best.values()) / 1000
    print(f"{len(best)} charts: {total_ms(best):.0f} ms (cold {total_ms(cold):.0f} ms), {total_kb:.0f} kB")


if __name__ == "__main__":
    main()
