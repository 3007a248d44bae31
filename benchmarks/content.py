"""Cost of what articles say, beside that of the parser: ``python -m benchmarks.content FILE``.

FILE holds articles as any command takes them, such as rows of JSON Lines. Each step is timed on all articles together,
nine times in one run, by one thread, in seconds of the processor, of which the fewest count. The parser’s cost is what
``annotate`` takes longer with syntax than without.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from itertools import islice
from typing import TYPE_CHECKING, Any

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # which NumPy reads when it is loaded

from analysis.article import Article, read_articles
from analysis.content import contested, find_claims, find_events, find_places, find_times
from analysis.language import annotate

if TYPE_CHECKING:
    from collections.abc import Callable

_ROUNDS = 9


def _seconds(function: Callable[[], Any]) -> tuple[float, Any]:
    """Return the shortest of a few times that a function takes, in seconds of the processor, and what it returns."""
    found = None
    shortest = float("inf")
    for _ in range(_ROUNDS):
        start = time.process_time()
        found = function()
        shortest = min(shortest, time.process_time() - start)
    return shortest, found


def main() -> None:
    """Print the seconds of each step and its share of the parser’s."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--articles", type=int, default=100, help="how many to read")
    options = parser.parse_args()
    read = (article for article in read_articles(options.file) if isinstance(article, Article))
    articles = list(islice(read, options.articles))
    plain, _ = _seconds(lambda: annotate(articles, syntax=False, force=True))
    full, annotations = _seconds(lambda: annotate(articles, force=True))
    tokens = annotations.tokens
    parse = full - plain
    claims_seconds, claims = _seconds(lambda: find_claims(articles, *annotations))
    times_seconds, times = _seconds(lambda: find_times(articles, annotations.sentences, tokens))
    events_seconds, events = _seconds(lambda: find_events(articles, annotations, claims, times))
    names = (tokens, annotations.mentions, annotations.coreference)
    contested_seconds, _ = _seconds(lambda: contested(claims.claims, claims.claim_parts, *names, events))
    places_seconds, _ = _seconds(lambda: find_places(tokens, annotations.mentions))
    steps = {
        "claims": claims_seconds,
        "times": times_seconds,
        "events": events_seconds,
        "contested": contested_seconds,
        "places": places_seconds,
    }
    steps["all of these"] = sum(steps.values())
    sys.stdout.write(f"{len(articles):,} articles, {len(tokens):,} tokens; the parser: {parse:.2f} s\n")
    for name, seconds in steps.items():
        sys.stdout.write(f"{name}: {seconds:.2f} s, {seconds / parse:.2f} of the parser\n")


if __name__ == "__main__":
    main()
