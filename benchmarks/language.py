"""Measure the language module: ``python benchmarks/language.py [--tokens 1000000]``.

Prints tokens a second of the whole of ``annotate`` by size of text, and of NLTK's own chain where its data is at hand;
the time to import and load; the size of the models; and the memory that the longest text takes.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PROJECT = Path(__file__).resolve().parent.parent
SEED = PROJECT / "seeds" / "000_a515cb56a3bc3877.txt"
START = """
import time; began = time.perf_counter()
from analysis.article import Article
from analysis.language import annotate
annotate(Article.from_text("Egypt denied it.", id="a"))
print(time.perf_counter() - began)
"""


def say(name: str, value: str) -> None:
    """Print a line of the result."""
    sys.stdout.write(f"{name:<44}{value}\n")


def paragraphs() -> list[str]:
    """Give paragraphs of news: the seed's, and those of the open articles where they are at hand."""
    file = Path(os.environ.get("DATELINE_SHARED") or PROJECT.parent / "shared") / "evals" / "wikinews.jsonl"
    texts = [SEED.read_text(encoding="utf-8")]
    if file.exists():
        texts += [json.loads(line)["text"] for line in file.read_text(encoding="utf-8").splitlines()]
    return [line for text in texts for line in text.splitlines() if line.strip()]


def article(tokens: int) -> str:
    """Give a text of about so many tokens."""
    source, parts, count = paragraphs(), [], 0
    while count < tokens:
        parts.append(source[len(parts) % len(source)])
        count += len(parts[-1].split()) * 1.15
    return "\n\n".join(parts)


def seconds(function: Callable[[], object]) -> float:
    """Give the time of one call, the best of three for a short one."""
    best, began_all = float("inf"), time.perf_counter()
    for _ in range(3):
        began = time.perf_counter()
        function()
        best = min(best, time.perf_counter() - began)
        if time.perf_counter() - began_all > 10:  # noqa: PLR2004 - seconds
            break
    return best


def nltk_chain(text: str) -> object:
    """Run NLTK's own chain; LookupError where its data is not at hand."""
    import nltk

    words = [nltk.word_tokenize(sentence) for sentence in nltk.sent_tokenize(text)]
    return [nltk.ne_chunk(tagged) for tagged in nltk.pos_tag_sents(words)]


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__.split(":", 1)[0])
    parser.add_argument("--tokens", type=int, default=100_000, help="size of the longest text")
    longest = parser.parse_args().tokens
    from analysis.article import Article
    from analysis.language import annotate, store

    models = sum(path.stat().st_size for path in store.MODELS.iterdir())
    say("models", f"{models / 1e6:.1f} MB")
    run = [sys.executable, "-c", START]
    starts = [float(subprocess.run(run, capture_output=True, text=True, check=True).stdout) for _ in range(3)]
    say("import, load and annotate three words", f"{min(starts):.2f} s")
    rate = 0.0
    for size in [n for n in (500, 5_000, 50_000, 500_000, 5_000_000) if n < longest] + [longest]:
        here = Article.from_text(article(size), id="a")
        count = len(annotate(here, force=True).tokens) if size <= 5_000 else None  # noqa: PLR2004 - the first call warms up
        began = time.perf_counter()
        if count:
            taken = seconds(lambda here=here: annotate(here, force=True))
        else:
            count = len(annotate(here, force=True).tokens)
            taken = time.perf_counter() - began
        rate = count / taken
        say(f"annotate, {count:,} tokens", f"{rate:,.0f} tokens/s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024)
    say("peak memory", f"{peak:,.0f} MB")
    text = article(5_000)
    count = len(annotate(Article.from_text(text, id="a"), force=True).tokens)
    try:
        taken = seconds(lambda: nltk_chain(text))
    except LookupError:
        say("NLTK's own chain", "its data is not at hand")
    else:
        say("NLTK's own chain", f"{count / taken:,.0f} tokens/s")


if __name__ == "__main__":
    main()
