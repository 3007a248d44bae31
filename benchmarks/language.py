"""Measure the language module: ``python -m benchmarks.language [--tokens 1000000]``.

Prints the size of the models and the time to import and load them. Then it prints tokens per second on one core:

- of ``annotate`` for a corpus in texts of several sizes, each in a process of its own, with the peak memory;
- of ``annotate`` for articles one at a time, first and again, since word types are cached;
- of NLTK's own chain: as its functions are (``nltk.ne_chunk`` reads its model for each sentence), and with a chunker
  that is loaded once, with how many times faster the same texts are annotated one at a time.

Where NLTK's data is not at hand but the corpora are, it is made from them (:mod:`benchmarks.nltk_data`). Since other
work on the machine slows everything, a loop of plain Python is timed beside the short measurements, and the number of
tokens annotated in the time of a million of its steps is printed too.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PROJECT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("DATELINE_SHARED") or PROJECT.parent / "shared")
SEED = PROJECT / "seeds" / "000_a515cb56a3bc3877.txt"
START = """
import time; began = time.process_time()
from analysis.article import Article
from analysis.language import annotate
annotate(Article.from_text("Egypt denied it.", id="a"))
print(time.process_time() - began)
"""


def say(name: str, value: str) -> None:
    """Print a line of the result."""
    sys.stdout.write(f"{name:<44}{value}\n")


@cache
def paragraphs() -> list[str]:
    """Return paragraphs of news: the seed's, and those of the open articles where they are at hand."""
    file = SHARED / "evals" / "wikinews.jsonl"
    texts = [SEED.read_text(encoding="utf-8")]
    if file.exists():
        texts += [json.loads(line)["text"] for line in file.read_text(encoding="utf-8").splitlines()]
    return [line for text in texts for line in text.splitlines() if line.strip()]


def article(n_tokens: int, first: int = 0) -> str:
    """Return a text of about so many tokens, from a paragraph on; its last sentence may be cut."""
    source, parts, left = paragraphs(), [], round(n_tokens / _TOKENS_A_WORD)
    while left > 0:
        words = source[(first + len(parts)) % len(source)].split()[:left]
        parts.append(" ".join(words))
        left -= len(words)
    return "\n\n".join(parts)


_TOKENS_A_WORD = 1.185


def texts_of(size: int, n: int) -> list[str]:
    """Return texts of about so many tokens each."""
    return [article(size, 10 * number) for number in range(n)]


def steps_a_second() -> float:
    """Return the steps per second of the loop that rates are compared with."""
    counts: dict[int, int] = {}
    began = time.process_time()
    for step in range(_STEPS):
        counts[step % 5003] = counts.get(step * 7919 % 5003, 0) + step
    return _STEPS / (time.process_time() - began)


_STEPS = 200_000


def rate(function: Callable[[str], int], text: str) -> float:
    """Return the tokens per second of a function that counts the tokens of a text."""
    began = time.process_time()
    return function(text) / (time.process_time() - began)


def measure(function: Callable[[str], int], texts: Sequence[str]) -> str:
    """Return the median over texts of the tokens per second of such a function, and its ratio to the loop."""
    rates, ratios = [], []
    for text in texts:
        steps = steps_a_second()
        rates.append(rate(function, text))
        ratios.append(rates[-1] / (steps + steps_a_second()) * 2e6)
    return f"{median(rates):,.0f} tokens/s ({median(ratios):,.0f} a million steps)"


def annotate_corpus(n_tokens: int, size: int) -> str:
    """Measure a corpus of about so many tokens, in texts of about this size each."""
    from analysis.article import Article
    from analysis.language import annotate

    annotated("Egypt denied it.")  # loads the models
    articles = [Article.from_text(text, id=str(n)) for n, text in enumerate(texts_of(size, max(1, n_tokens // size)))]
    began = time.process_time()
    n_annotated = len(annotate(articles, force=True).tokens)
    seconds = time.process_time() - began
    return f"{n_annotated:,}, {n_annotated / seconds:,.0f} tokens/s, peak {peak_megabytes():,.0f} MB"


def annotated(text: str) -> int:
    """Annotate a text and return the number of its tokens."""
    from analysis.article import Article
    from analysis.language import annotate

    return len(annotate(Article.from_text(text, id="a"), force=True).tokens)


def annotate_one_by_one(texts: Sequence[str]) -> str:
    """Measure texts one at a time, twice."""
    annotated("Egypt denied it.")
    return f"{measure(annotated, texts)}; again {measure(annotated, texts)}"


def nltk_chain(text: str) -> int:
    """Run NLTK's own chain, whose chunker is read from disk for each sentence; it raises LookupError without data."""
    import nltk

    return sum(len(nltk.ne_chunk(tagged).leaves()) for tagged in nltk_tagged(text))


def nltk_chain_loaded_once(text: str) -> int:
    """Run NLTK's own chain with a chunker that stays in memory."""
    return sum(len(nltk_chunker().parse(tagged).leaves()) for tagged in nltk_tagged(text))


def nltk_tagged(text: str) -> list[list[tuple[str, str]]]:
    """Find and tag words by NLTK."""
    import nltk

    return nltk.pos_tag_sents([nltk.word_tokenize(sentence) for sentence in nltk.sent_tokenize(text)])


@cache
def nltk_chunker() -> Any:
    """Load NLTK's chunker."""
    from nltk.chunk import ne_chunker

    return ne_chunker()


def beside_nltk(size: int, n: int) -> str:
    """Measure NLTK's own chain, and how many times faster ``annotate`` is for texts of this size, twice."""
    nltk_chain_loaded_once("Egypt denied it.")
    annotated("Egypt denied it.")
    texts = texts_of(size, n)
    chain = [rate(nltk_chain_loaded_once, text) for text in texts]
    first, again = (
        median(rate(annotated, text) / slow for text, slow in zip(texts, chain, strict=True)) for _ in range(2)
    )
    return f"{median(chain):,.0f} tokens/s; annotate {first:.1f} times as many, again {again:.1f} times"


def peak_megabytes() -> float:
    """Return the peak memory of the process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def run(code: str) -> str:
    """Run code in a new process and return what it prints."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=PROJECT).stdout.strip()


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__.split(":", 1)[0])
    parser.add_argument("--tokens", type=int, default=1_000_000, help="size of the corpus (default: a million)")
    n_tokens = parser.parse_args().tokens
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # which NumPy reads when it is loaded
    from analysis.resources import MODELS

    models = sum(path.stat().st_size for path in MODELS.iterdir())
    say("models", f"{models / 1e6:.1f} MB")
    say("import, load and annotate three words", f"{min(float(run(START)) for _ in range(3)):.2f} s")
    for size in [n for n in (500, 5_000, 50_000, 500_000) if n < n_tokens] + [n_tokens]:
        code = f"from benchmarks.language import *; print(annotate_corpus({n_tokens}, {size}))"
        say(f"annotate, a corpus in texts of {size:,}", run(code))
    say("annotate, 500 tokens, one by one", annotate_one_by_one(texts_of(500, 40)))
    say("annotate, 5,000 tokens, one by one", annotate_one_by_one(texts_of(5_000, 10)))
    with tempfile.TemporaryDirectory() as folder:
        whose = find_nltk_data(Path(folder))
        if not whose:
            say("NLTK’s chain", "neither its data nor the corpora are at hand")
            return
        say(f"NLTK’s chain, data {whose}", measure(nltk_chain, texts_of(200, 3)))
        for size, n in ((500, 40), (5_000, 10)):
            code = f"from benchmarks.language import *; print(beside_nltk({size}, {n}))"
            say(f"… chunker loaded once, texts of {size:,}", run(code))


def find_nltk_data(folder: Path) -> str:
    """Make sure that NLTK's chain has data, if need be made from the corpora; return its source, or nothing."""
    with suppress(LookupError):
        nltk_chain("Egypt denied it.")
        return "of its own"
    corpora = SHARED / "corpora"
    if not corpora.is_dir():
        return ""
    from benchmarks import nltk_data

    nltk_data.make(corpora, folder)
    os.environ["NLTK_DATA"] = str(folder)  # for the processes that are started
    return "learnt here"


if __name__ == "__main__":
    main()
