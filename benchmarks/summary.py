"""Measure summaries by ROUGE, every method beside the others and beside sumy's.

    uv run python -m benchmarks.summary articles.jsonl          # rows with "article" and "reference"
    uv run --with sumy python -m benchmarks.summary --sumy      # GUM, from DATELINE_SHARED; sumy on the same sentences
    uv run python -m benchmarks.summary --cross-validate        # our own method against the lead on texts it was not
                                                                # fitted to: GUM, Wikinews, Worldwide Newswire; minutes

Prints ROUGE-1, -2 and -Lsum (F1, %, Porter stems) with 95 % bootstrap intervals over articles, and the difference of
each method from the lead. A reference's sentences are its lines.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import warnings
from collections import Counter
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd

PROJECT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("DATELINE_SHARED", PROJECT.parent / "shared"))


def rouge(reference: str, summary: str) -> tuple[float, float, float]:
    """Give ROUGE-1, ROUGE-2 and ROUGE-Lsum (F1) of a summary, one sentence a line (C.-Y. Lin 2004).

    Examples
    --------
    Three of four words, one of three pairs, three in order; the reference has three words and two pairs:

    >>> [round(x, 3) for x in rouge("police killed gunman", "police then killed gunman")]
    [0.857, 0.4, 0.857]
    """
    lines = [[stems(line) for line in text.splitlines() if stems(line)] for text in (reference, summary)]
    flat = [[word for line in text for word in line] for text in lines]
    scores = []
    for n in (1, 2):
        grams = [Counter(zip(*(words[i:] for i in range(n)), strict=False)) for words in flat]
        scores.append(f1((grams[0] & grams[1]).total(), grams[0].total(), grams[1].total()))
    # Each line of the reference is matched with all lines of the summary; a word counts once on either side.
    left = [Counter(words) for words in flat]
    hits = 0
    for line in lines[0]:
        for place in sorted(set().union(*(lcs(line, other) for other in lines[1]))):
            word = line[place]
            if left[0][word] > 0 and left[1][word] > 0:
                hits += 1
                left[0][word] -= 1
                left[1][word] -= 1
    scores.append(f1(hits, len(flat[0]), len(flat[1])))
    return tuple(scores)


def f1(hits: int, wanted: int, given: int) -> float:
    """Give the harmonic mean of recall and precision."""
    return 2 * hits / (wanted + given) if hits else 0.0


def lcs(left: Sequence[str], right: Sequence[str]) -> set[int]:
    """Give the places in ``left`` of a longest common subsequence."""
    table = np.zeros((len(left) + 1, len(right) + 1), dtype=int)
    for i, a in enumerate(left, start=1):
        for j, b in enumerate(right, start=1):
            table[i, j] = table[i - 1, j - 1] + 1 if a == b else max(table[i - 1, j], table[i, j - 1])
    places, i, j = set(), len(left), len(right)
    while i and j:
        if left[i - 1] == right[j - 1]:
            places.add(i - 1)
            i, j = i - 1, j - 1
        elif table[i, j - 1] > table[i - 1, j]:
            j -= 1
        else:
            i -= 1
    return places


def stems(text: str) -> list[str]:
    """Give the words as ROUGE has them: lower case, letters and digits, Porter stems of more than three letters."""
    return [stem(word) for word in re.findall(r"[a-z0-9]+", text.lower())]


@cache
def stem(word: str) -> str:
    """Give the Porter stem of a word of more than three letters."""
    from nltk.stem.porter import PorterStemmer

    return PorterStemmer().stem(word) if len(word) > 3 else word  # noqa: PLR2004 - as in Google's rouge_score


def gum(*, genre: str | None = None) -> Iterator[tuple[str, str]]:
    """Give the texts of GUM with their human one-sentence summaries, title line first."""
    for path in sorted((SHARED / "corpora" / "gum").glob("*.conllu.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            text = lines.read()
        for document in re.split(r"(?m)^(?=# newdoc id)", text)[1:]:
            if genre and f"meta::genre = {genre}\n" not in document:
                continue
            summary = re.search(r"meta::summary1 = (?:\(\w+\) )?(.+)", document)
            paragraphs = re.split(r"(?m)^# newpar(?: .*)?$", document)
            body = [" ".join(re.findall(r"(?m)^# text = (.+)$", paragraph)) for paragraph in paragraphs]
            if summary:
                yield "\n\n".join(filter(None, body)), summary.group(1)


def wikinews() -> Iterator[tuple[str, str]]:
    """Give the articles of Wikinews whose headline is known, each without it and with it as its reference."""
    for line in (SHARED / "evals" / "wikinews.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["title"]:
            yield row["text"].removeprefix(row["title"]).strip(), row["title"]


def worldwide() -> Iterator[tuple[str, str]]:
    """Give the articles of Worldwide Newswire whose address spells their headline, with that as their reference."""
    with gzip.open(SHARED / "corpora" / "worldwide" / "train.bio.gz", "rt", encoding="utf-8") as lines:
        documents = re.split(r"(?m)^# doc .*\n", lines.read())[1:]
    for document in documents:
        address, *tokens = re.sub(r"\t.*", "", document).split("\n")
        parts = [re.findall(r"[A-Za-z]+|\d{1,4}", part) for part in re.split(r"[/?=.]", address) if "-" in part]
        headline = max(parts, key=len, default=[])
        text = " ".join(token or "\n\n" for token in tokens)
        text = re.sub(r"^\W*pgtype = \w+|(?<=[(\[“‘$]) | (?=[,.;:!?)’”\]])", "", text)
        if len(headline) >= _MIN_HEADLINE_WORDS and len(tokens) > _MIN_TOKENS:
            yield re.sub(r" *\n *", "\n", text).strip(), " ".join(headline)


_MIN_HEADLINE_WORDS, _MIN_TOKENS = 5, 150


def summaries(tables: tuple[pd.DataFrame, ...], *, n_sentences: int) -> dict[str, str]:
    """Give the summary of one article by each of our methods."""
    from analysis import summary

    scores = summary.score_sentences(*tables)
    chosen = {}
    for method in summary.METHODS:
        table = summary.summarise(scores, method=method, n_sentences=n_sentences)
        chosen[method] = "\n".join(" ".join(text.split()) for text in table.loc[table["selected"], "text"])
    return chosen


def sumy_summaries(tables: tuple[pd.DataFrame, ...], *, n_sentences: int) -> dict[str, str]:
    """Give the summary by sumy's methods of the same sentences, in the same words."""
    from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
    from sumy.nlp.stemmers import Stemmer
    from sumy.summarizers import kl, lex_rank, lsa, luhn, sum_basic, text_rank

    sentences, tokens, _ = tables
    words = tokens[tokens["is_word"]].groupby("sentence")["norm"].agg(list).to_dict()
    stops = frozenset(tokens.loc[tokens["is_stop"].astype(bool), "norm"])

    class Words:
        def to_words(self, numbered: str) -> tuple[str, ...]:
            return tuple(words.get(int(numbered), ()))

    here = [
        i for i, role in zip(sentences["sentence"], sentences["role"], strict=True) if role != "title" and i in words
    ]
    text = dict(zip(sentences["sentence"], sentences["text"], strict=True))
    document = ObjectDocumentModel([Paragraph([Sentence(str(i), Words()) for i in here])])
    chosen = {}
    for name, summarizer in {
        "luhn": luhn.LuhnSummarizer, "textrank": text_rank.TextRankSummarizer, "lexrank": lex_rank.LexRankSummarizer,
        "lsa": lsa.LsaSummarizer, "sumbasic": sum_basic.SumBasicSummarizer, "kl": kl.KLSummarizer,
    }.items():  # fmt: skip
        method = summarizer(Stemmer("english"))
        method.stop_words = stops
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # sumy warns of short texts
            picked = method(document, n_sentences)
        chosen[f"sumy {name}"] = "\n".join(" ".join(text[int(str(s))].split()) for s in picked)
    return chosen


#: The weights that are fitted, from those that stay nearest to the lead; all else of the method is as it is.
GRID = [{"coverage": coverage, "names": names} for coverage in (0.6, 0.8, 1.0, 1.25) for names in (0.1, 0.2)]
BUDGETS = {"3 sentences": {"n_sentences": 3}, "75 words": {"n_words": 75}}


def cross_validate(*, limit: int | None = None) -> None:
    """Print how our own method fares against the lead on each set, its weights fitted on the other sets alone."""
    sets = {
        "GUM news": gum(genre="news"),
        "GUM other": sorted(set(gum()) - set(gum(genre="news"))),
        "Wikinews": wikinews(),
        "Worldwide": worldwide(),
    }
    found = {name: np.array([_candidates(*pair) for pair in islice(pairs, limit)]) for name, pairs in sets.items()}
    # Of each weights on each set: how much more than the lead's, as a share of it, by both budgets.
    gains = {
        name: (v[:, 1:].mean(axis=(0, 3)) / v[:, 0].mean(axis=(0, 2)) - 1).mean(axis=1) for name, v in found.items()
    }
    fitted = {name: _fit(gain for other, gain in gains.items() if other != name) for name in gains}
    for i, budget in enumerate(BUDGETS):
        print(
            f"\n{budget}: ROUGE-1, -2, -Lsum of the lead; of dateline, fitted on the other sets; the mean's difference"
        )
        for name, scores in found.items():
            lead, own = 100 * scores[:, 0, i], 100 * scores[:, 1 + fitted[name], i]
            more = (own - lead).mean(axis=1)
            draw = np.random.default_rng(0).integers(len(more), size=(2000, len(more)))
            low, high = np.percentile(more[draw].mean(axis=1), [2.5, 97.5])
            cells = "   ".join(" ".join(f"{x:6.2f}" for x in values.mean(axis=0)) for values in (lead, own))
            print(f"{name:10}{len(more):5}   {cells}   {more.mean():+.2f} [{low:+.2f}, {high:+.2f}]")
    for name, chosen in (fitted | {"": _fit(gains.values())}).items():
        print(f"fitted on all sets{name and ' but '}{name}: {GRID[chosen]}")


def _fit(gains: Iterable[np.ndarray]) -> int:
    """Give the first weights of the grid whose mean gain over the sets is nine tenths of the greatest, or more."""
    mean = np.mean(list(gains), axis=0)
    return int(np.argmax(mean >= mean.max() - 0.1 * abs(mean.max())))


def _candidates(text: str, reference: str) -> list[list[tuple[float, float, float]]]:
    """Give the ROUGE of the lead, then of our own method by each weights of the grid: each by each budget."""
    from analysis import Article, summary
    from analysis.language import annotate
    from analysis.summary.sentences import WEIGHTS

    tables = annotate(Article.from_text(text))
    known: dict[str, tuple[float, float, float]] = {}

    def measured(method: str) -> list[tuple[float, float, float]]:
        scores = summary.score_sentences(*tables, methods=[method])
        texts = []
        for budget in BUDGETS.values():
            chosen = summary.summarise(scores, method=method, **budget).query("selected")["text"]
            texts.append("\n".join(" ".join(sentence.split()) for sentence in chosen))
        for chosen in texts:
            known.setdefault(chosen, rouge(reference, chosen))
        return [known[chosen] for chosen in texts]

    rows = [measured("lead")]
    for weights in GRID:
        with patch.dict(WEIGHTS, weights):
            rows.append(measured("dateline"))
    return rows


def main() -> None:
    """Read articles, summarise, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", nargs="?", type=Path, help='JSONL with "article" and "reference"; none: GUM')
    parser.add_argument("--genre", default=None, help="of GUM: news, bio, voyage, …; none: all")
    parser.add_argument("--sentences", type=int, default=3)
    parser.add_argument("--limit", type=int, default=None)
    parser.add_argument("--sumy", action="store_true")
    parser.add_argument("--cross-validate", action="store_true", help="our own method on sets it was not fitted to")
    options = parser.parse_args()
    if options.cross_validate:
        cross_validate(limit=options.limit)
        return

    from analysis import Article
    from analysis.language import annotate

    if options.articles:
        rows = (json.loads(line) for line in options.articles.read_text(encoding="utf-8").splitlines() if line.strip())
        pairs = [(row["article"], row["reference"]) for row in rows]
    else:
        pairs = list(gum(genre=options.genre))
    found: dict[str, list[tuple[float, float, float]]] = {}
    for text, reference in pairs[: options.limit]:
        annotated = annotate(Article.from_text(text))
        tables = (annotated.sentences, annotated.tokens, annotated.mentions)
        chosen = summaries(tables, n_sentences=options.sentences)
        if options.sumy:
            chosen |= sumy_summaries(tables, n_sentences=options.sentences)
        for method, summary in chosen.items():
            found.setdefault(method, []).append(rouge(reference, summary))
    report(found)


def report(found: dict[str, list[tuple[float, float, float]]], *, resamples: int = 2000) -> None:
    """Print the mean of each method, its interval, and its difference from the lead on the same articles."""
    lead = 100 * np.array(found["lead"])
    draw = np.random.default_rng(0).integers(len(lead), size=(resamples, len(lead)))
    print(
        f"{len(lead)} articles\n{'':16}{'ROUGE-1':>22}{'ROUGE-2':>22}{'ROUGE-Lsum':>22}   mean of the three, from lead"
    )
    for method, scores in found.items():
        values = 100 * np.array(scores)
        cells = []
        for column in values.T:
            low, high = np.percentile(column[draw].mean(axis=1), [2.5, 97.5])
            cells.append(f"{column.mean():6.2f} [{low:5.1f}, {high:5.1f}]")
        more = (values - lead).mean(axis=1)
        low, high = np.percentile(more[draw].mean(axis=1), [2.5, 97.5])
        print(
            f"{method:16}"
            + "".join(f"{cell:>22}" for cell in cells)
            + f"   {more.mean():+.2f} [{low:+.2f}, {high:+.2f}]"
        )


if __name__ == "__main__":
    main()
