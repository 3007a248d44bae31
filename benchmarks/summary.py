"""Measure summaries by ROUGE: every method of Dateline, and sumy's for comparison.

    uv run python -m benchmarks.summary articles.jsonl          # rows with "article" and "reference"
    uv run --with sumy python -m benchmarks.summary --sumy      # GUM, from DATELINE_SHARED; sumy on the same sentences
    uv run python -m benchmarks.summary --cross-validate        # dateline against the lead on sets that its weights
                                                                # were not fitted to; takes minutes

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
from functools import cache, partial
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
    """Return ROUGE-1, ROUGE-2 and ROUGE-Lsum (F1) of a summary with one sentence a line (C.-Y. Lin 2004).

    Examples
    --------
    The summary has three of its four words and one of its three bigrams from the reference, three words in order:

    >>> [round(x, 3) for x in rouge("police killed gunman", "police then killed gunman")]
    [0.857, 0.4, 0.857]
    """
    lines = [[stems(line) for line in text.splitlines() if stems(line)] for text in (reference, summary)]
    flat = [[word for line in text for word in line] for text in lines]
    # Each line of the reference is matched with all lines of the summary; a word counts once on either side.
    unmatched = [Counter(words) for words in flat]
    n_matched = 0
    for line in lines[0]:
        for index in sorted(set().union(*(lcs(line, other) for other in lines[1]))):
            word = line[index]
            if unmatched[0][word] > 0 and unmatched[1][word] > 0:
                n_matched += 1
                unmatched[0][word] -= 1
                unmatched[1][word] -= 1
    return _rouge_n(*flat, n=1), _rouge_n(*flat, n=2), f1(n_matched, len(flat[0]), len(flat[1]))


def _rouge_n(reference: Sequence[str], summary: Sequence[str], *, n: int) -> float:
    """Return the F1 of n-grams."""
    left, right = (Counter(zip(*(words[i:] for i in range(n)), strict=False)) for words in (reference, summary))
    return f1((left & right).total(), left.total(), right.total())


def f1(n_matched: int, n_reference: int, n_summary: int) -> float:
    """Return the harmonic mean of recall and precision."""
    return 2 * n_matched / (n_reference + n_summary) if n_matched else 0.0


def lcs(left: Sequence[str], right: Sequence[str]) -> set[int]:
    """Return the indices in ``left`` of a longest common subsequence."""
    table = np.zeros((len(left) + 1, len(right) + 1), dtype=int)
    for i, a in enumerate(left, start=1):
        for j, b in enumerate(right, start=1):
            table[i, j] = table[i - 1, j - 1] + 1 if a == b else max(table[i - 1, j], table[i, j - 1])
    indices, i, j = set(), len(left), len(right)
    while i and j:
        if left[i - 1] == right[j - 1]:
            indices.add(i - 1)
            i, j = i - 1, j - 1
        elif table[i, j - 1] > table[i - 1, j]:
            j -= 1
        else:
            i -= 1
    return indices


def stems(text: str) -> list[str]:
    """Return the words as ROUGE has them: lower case, letters and digits, Porter stems of more than three letters."""
    return [stem(word) for word in re.findall(r"[a-z0-9]+", text.lower())]


@cache
def stem(word: str) -> str:
    """Return the Porter stem of a word of more than three letters."""
    from nltk.stem.porter import PorterStemmer

    return PorterStemmer().stem(word) if len(word) > 3 else word  # noqa: PLR2004 - as in Google's rouge_score


def gum(*, genre: str | None = None) -> Iterator[tuple[str, str]]:
    """Yield the texts of GUM with their human one-sentence summaries, title line first."""
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
    """Yield the articles of Wikinews that have a headline: the text without it, and the headline as reference."""
    for line in (SHARED / "evals" / "wikinews.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["title"]:
            yield row["text"].removeprefix(row["title"]).strip(), row["title"]


def worldwide() -> Iterator[tuple[str, str]]:
    """Yield the articles of Worldwide Newswire whose address spells their headline, with that as reference."""
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
    """Return the summary of one article by each method."""
    from analysis import summary

    scores = summary.score_sentences(*tables)
    return {method: _selected_text(scores, method, n_sentences=n_sentences) for method in summary.METHODS}


def _selected_text(scores: pd.DataFrame, method: str, **length: int) -> str:
    """Return the sentences of a summary, one a line."""
    from analysis import summary

    table = summary.summarise(scores, method=method, **length)
    return "\n".join(" ".join(text.split()) for text in table.loc[table["selected"], "text"])


def sumy_summaries(tables: tuple[pd.DataFrame, ...], *, n_sentences: int) -> dict[str, str]:
    """Return the summary by each of sumy's methods, from the same sentences and words."""
    from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
    from sumy.nlp.stemmers import Stemmer
    from sumy.summarizers import kl, lex_rank, lsa, luhn, sum_basic, text_rank

    sentences, tokens, *_ = tables
    words = tokens[tokens["is_word"]].groupby("sentence")["norm"].agg(list).to_dict()
    stops = frozenset(tokens.loc[tokens["is_stop"].astype(bool), "norm"])

    class Tokenizer:
        def to_words(self, numbered: str) -> tuple[str, ...]:
            return tuple(words.get(int(numbered), ()))

    numbers = [
        i for i, role in zip(sentences["sentence"], sentences["role"], strict=True) if role != "title" and i in words
    ]
    text = dict(zip(sentences["sentence"], sentences["text"], strict=True))
    document = ObjectDocumentModel([Paragraph([Sentence(str(i), Tokenizer()) for i in numbers])])
    chosen = {}
    for name, summarizer in {
        "luhn": luhn.LuhnSummarizer, "textrank": text_rank.TextRankSummarizer, "lexrank": lex_rank.LexRankSummarizer,
        "lsa": lsa.LsaSummarizer, "sumbasic": sum_basic.SumBasicSummarizer, "kl": kl.KLSummarizer,
    }.items():  # fmt: skip
        method = summarizer(Stemmer("english"))
        method.stop_words = stops
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # sumy warns of short texts
            picks = method(document, n_sentences)
        chosen[f"sumy {name}"] = "\n".join(" ".join(text[int(str(s))].split()) for s in picks)
    return chosen


#: The weights that are fitted, the nearest to the lead first; the others stay as they are.
GRID = [{"coverage": coverage, "names": names} for coverage in (0.6, 0.8, 1.0, 1.25) for names in (0.1, 0.2)]
BUDGETS = {"3 sentences": {"n_sentences": 3}, "75 words": {"n_words": 75}}


def cross_validate(*, limit: int | None = None) -> None:
    """Print how dateline compares with the lead on each set, its weights fitted on the other sets alone."""
    sets = {
        "GUM news": gum(genre="news"),
        "GUM other": sorted(set(gum()) - set(gum(genre="news"))),
        "Wikinews": wikinews(),
        "Worldwide": worldwide(),
    }
    # Axes of each set: text, method (the lead, then dateline by each weights of the grid), budget, ROUGE.
    scores = {name: np.array([_grid_scores(*pair) for pair in islice(pairs, limit)]) for name, pairs in sets.items()}
    # Relative gain over the lead of each weights, averaged over the budgets.
    gains = {
        name: (values[:, 1:].mean(axis=(0, 3)) / values[:, 0].mean(axis=(0, 2)) - 1).mean(axis=1)
        for name, values in scores.items()
    }
    fitted = {name: _fit(gain for other, gain in gains.items() if other != name) for name in gains}
    for i, budget in enumerate(BUDGETS):
        print(
            f"\n{budget}: ROUGE-1, -2, -Lsum of the lead; of dateline, fitted on the other sets; "
            "difference of the means of the three"
        )
        for name, values in scores.items():
            lead, dateline = 100 * values[:, 0, i], 100 * values[:, 1 + fitted[name], i]
            cells = "   ".join(" ".join(f"{x:6.2f}" for x in rouges.mean(axis=0)) for rouges in (lead, dateline))
            print(f"{name:10}{len(lead):5}   {cells}   {_difference(dateline, lead)}")
    for name, chosen in (fitted | {"": _fit(gains.values())}).items():
        print(f"fitted on all sets{name and ' but '}{name}: {GRID[chosen]}")


def _fit(gains: Iterable[np.ndarray]) -> int:
    """Return the index in the grid of the first weights whose mean gain is at least nine tenths of the greatest."""
    mean = np.mean(list(gains), axis=0)
    return int(np.argmax(mean >= mean.max() - 0.1 * abs(mean.max())))


def _grid_scores(text: str, reference: str) -> list[list[tuple[float, float, float]]]:
    """Return the ROUGE of the lead, then of dateline by each weights of the grid, each by every budget."""
    from analysis import Article, annotate, summary

    tables = annotate(Article.from_text(text))[:3]
    cached_rouge = cache(partial(rouge, reference))

    def by_budget(method: str) -> list[tuple[float, float, float]]:
        scores = summary.score_sentences(*tables, methods=[method])
        return [cached_rouge(_selected_text(scores, method, **budget)) for budget in BUDGETS.values()]

    rows = [by_budget("lead")]
    for weights in GRID:
        with patch.dict(summary.WEIGHTS, weights):
            rows.append(by_budget("dateline"))
    return rows


def main() -> None:
    """Read articles, summarise, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", nargs="?", type=Path, help='JSONL with "article" and "reference"; none: GUM')
    parser.add_argument("--genre", default=None, help="of GUM: news, bio, voyage, …; none: all")
    parser.add_argument("--sentences", type=int, default=3)
    parser.add_argument("--limit", type=int, default=None)
    parser.add_argument("--sumy", action="store_true")
    parser.add_argument("--cross-validate", action="store_true", help="dateline on sets it was not fitted to")
    options = parser.parse_args()
    if options.cross_validate:
        cross_validate(limit=options.limit)
        return

    from analysis import Article, annotate

    if options.articles:
        rows = (json.loads(line) for line in options.articles.read_text(encoding="utf-8").splitlines() if line.strip())
        pairs = [(row["article"], row["reference"]) for row in rows]
    else:
        pairs = list(gum(genre=options.genre))
    scores: dict[str, list[tuple[float, float, float]]] = {}
    for text, reference in pairs[: options.limit]:
        tables = annotate(Article.from_text(text))[:3]
        chosen = summaries(tables, n_sentences=options.sentences)
        if options.sumy:
            chosen |= sumy_summaries(tables, n_sentences=options.sentences)
        for method, summary in chosen.items():
            scores.setdefault(method, []).append(rouge(reference, summary))
    report(scores)


def report(scores: dict[str, list[tuple[float, float, float]]]) -> None:
    """Print the mean of each method, its interval, and its difference from the lead on the same articles."""
    lead = 100 * np.array(scores["lead"])
    print(
        f"{len(lead)} articles\n{'':16}{'ROUGE-1':>22}{'ROUGE-2':>22}{'ROUGE-Lsum':>22}   mean of the three, from lead"
    )
    for method, rouges in scores.items():
        values = 100 * np.array(rouges)
        cells = []
        for column in values.T:
            low, high = _interval(column)
            cells.append(f"{column.mean():6.2f} [{low:5.1f}, {high:5.1f}]")
        print(f"{method:16}" + "".join(f"{cell:>22}" for cell in cells) + f"   {_difference(values, lead)}")


def _difference(values: np.ndarray, lead: np.ndarray) -> str:
    """Return the difference of the means of the three ROUGEs, with its interval."""
    differences = (values - lead).mean(axis=1)
    low, high = _interval(differences)
    return f"{differences.mean():+.2f} [{low:+.2f}, {high:+.2f}]"


def _interval(values: np.ndarray, *, n_resamples: int = 2000) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of the mean over articles."""
    draws = np.random.default_rng(0).integers(len(values), size=(n_resamples, len(values)))
    low, high = np.percentile(values[draws].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


if __name__ == "__main__":
    main()
