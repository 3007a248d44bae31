"""Sentences scored by every method, ranked, selected for a summary of a given length, and the methods compared."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis import tables
from analysis.measures import inputs
from analysis.options import checked
from analysis.summary.methods import METHODS
from analysis.summary.standing import COLUMNS
from analysis.summary.view import ArticleView

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from numpy.typing import NDArray

__all__ = ["agreement", "score_sentences", "summarise"]

_DEFAULT_N_SENTENCES = 3
_MIN_SENTENCES_TO_COMPARE = 5
#: A sentence of so many words that is a part of another repeats it.
_N_REPEATED = 5
#: The method that is ours; the others choose as they are published.
_OWN = "dateline"


@tables.stage(requires=("sentences", "tokens", "mentions"), returns="scores")
def score_sentences(
    sentences: pd.DataFrame,
    tokens: pd.DataFrame,
    mentions: pd.DataFrame,
    *,
    methods: str | Iterable[str] | None = None,
) -> pd.DataFrame:
    """Score each sentence of each article by every method: how fit it is for a summary.

    Parameters
    ----------
    sentences, tokens, mentions
        The tables of the articles.
    methods
        Some of :data:`METHODS`; None is all of them.

    Returns
    -------
    DataFrame
        {columns}

        A sentence is excluded as title, dateline, by-line, caption, boilerplate, fragment, or for standing beyond the
        first 5,000; its scores are NaN. Scales differ from method to method, so compare ranks.

    Raises
    ------
    ValueError
        If a method is unknown, or a table lacks a column.

    Notes
    -----
    Terms are lemmas that are no stop words. None of the scores is a probability; all but ``lead`` favour longer
    sentences somewhat.

    ==========  ==============================================================================================
    method      score
    ==========  ==============================================================================================
    lead        share of the sentences that come after: news says first what matters
    luhn        the densest cluster of repeated terms: their number squared over the cluster's length (H. P. Luhn
                1958, IBM Journal 2(2), 159-165)
    textrank    PageRank on shared terms, over the logarithms of the lengths (R. Mihalcea and P. Tarau 2004, EMNLP)
    lexrank     PageRank on pairs of sentences whose terms, weighted by rarity, have a cosine above 0.2, or the next
                of 0.15, 0.1 and 0.05 that tells sentences apart (G. Erkan and D. Radev 2004, JAIR 22, 457-479)
    lsa         length of the sentence in the two strongest latent topics (J. Steinberger and K. Ježek 2004, ISIM)
    sumbasic    order in which sentences are picked by the mean probability of their words (a stop word has none),
                which is squared after each pick (A. Nenkova and L. Vanderwende 2005, MSR-TR-2005-101)
    kl          order of the picks that bring the summary's terms nearest to the article's, by Kullback-Leibler
                divergence (A. Haghighi and L. Vanderwende 2009, NAACL)
    edmundson   cue words, key words, terms of the title, and position, a quarter each (H. P. Edmundson 1969, JACM
                16(2), 264-285)
    dateline    our own: position, the terms that the article repeats and no earlier pick has, terms of the title,
                names, less similarity to an earlier pick; see :data:`WEIGHTS`
    ==========  ==============================================================================================

    Measured by ROUGE on texts that its weights were not fitted to (``benchmarks/summary.py --cross-validate``; README
    has the figures), dateline is ahead of the lead on texts other than news, and hardly so on news; every other method
    stays below the lead. Of luhn, textrank, lexrank, lsa, sumbasic and kl each reaches the same method in sumy on GUM,
    by the mean of ROUGE-1, -2 and -Lsum.

    The greedy methods (sumbasic, kl, dateline) pick 50 sentences one by one and rank the rest as they then stand. In an
    article of more than 500 sentences, terms of more than 500 sentences do not count for similarity.

    Examples
    --------
    >>> from analysis import Article, annotate
    >>> sentences, tokens, mentions, *_ = annotate(Article.from_text("Fog shut the roads. Schools stay open."))
    >>> score_sentences(sentences, tokens, mentions, methods=["lead"])["lead"].tolist()
    [1.0, 0.5]
    """
    names = list(METHODS) if methods is None else inputs.choose_all(methods, METHODS, option="methods")
    rows: list[tuple[Any, ...]] = []
    for article_id, *article in inputs.aligned(
        sentences=(sentences, ("sentence", "paragraph", "start", "end", "text", "role")),
        tokens=(tokens, (*COLUMNS, "start", "is_word", "is_stop")),
        mentions=(mentions, ("sentence", "label", "name")),
    ):
        view = ArticleView(*article)
        scores = np.full((len(names), len(view.reasons)), np.nan)
        if view.n_candidates:
            for method_scores, name in zip(scores, names, strict=True):
                method_scores[view.is_candidate] = inputs.round_floats(METHODS[name](view))
        spans = [view.sentences[name] for name in ("sentence", "start", "end", "text")]
        columns = (np.asarray(each).tolist() for each in (*spans, view.n_words, view.reasons, view.leans, *scores))
        rows += [(article_id, *row) for row in zip(*columns, strict=True)]
    return tables.frame("scores", rows, more=names)


@tables.stage(requires=("scores",), returns="summary")
@checked
def summarise(
    scores: pd.DataFrame,
    contested: pd.DataFrame | None = None,
    *,
    method: str = "dateline",
    n_sentences: int | None = None,
    n_words: int | None = None,
    share: float | None = None,
) -> pd.DataFrame:
    """Rank the sentences of each article by one method and select a summary of a given length.

    Parameters
    ----------
    scores
        The table that :func:`score_sentences` returns.
    contested
        Contested claims, if any: a summary that has one side of a pair gets the other as well, in place of the lowest
        sentence that is in no pair.
    method
        A score column of it.
    n_sentences, n_words, share
        The length of the summary: sentences, words, or share (0 to 1) of the words of all sentences that may be in it.
        One of the three; 3 sentences if none is given. A budget in words is filled by rank with the sentences that fit;
        the best sentence is selected in any case. A sentence that differs from a better one only in case, white space
        or punctuation, or that is a part of it or has it for one (a pull quote of five words or more), is left out: no
        summary has it twice. The method dateline also leaves out one that says little without the sentence before it
        (``leans``), unless that one is selected.

    Returns
    -------
    DataFrame
        {columns}

        Ties in a score are ranked by position. Read the selected sentences in the order of the table.

    Raises
    ------
    ValueError
        If the method is no score column, more than one length is given, or a length is not above 0.

    Examples
    --------
    >>> scores = pd.DataFrame({
    ...     "article_id": "a", "text": ["Fog", "Fog fell.", "Rain fell."], "n_words": [1, 2, 2],
    ...     "excluded": ["title", "", ""], "lead": [float("nan"), 1.0, 0.5]})
    >>> summarise(scores, method="lead", n_sentences=1)[["rank", "selected"]].values.tolist()
    [[<NA>, False], [1, True], [2, False]]
    """
    inputs.require(scores, ("article_id", "text", "n_words", "excluded"), name="scores")
    inputs.choose(method, [name for name in METHODS if name in scores.columns], option="method")
    unit, length = _length(n_sentences=n_sentences, n_words=n_words, share=share)
    rank = pd.Series(pd.NA, index=scores.index, dtype="Int64")
    selected = pd.Series(data=False, index=scores.index, dtype="bool")
    has_leans = method == _OWN and "leans" in scores.columns
    leans = scores["leans"].tolist() if has_leans else [False] * len(scores)
    needed = {row: before for (before, row), is_so in zip(pairwise([-1, *scores.index]), leans, strict=True) if is_so}
    for article_id, candidates in scores[scores["excluded"] == ""].groupby("article_id", sort=False):
        ranked = candidates.sort_values(method, ascending=False, kind="stable")
        rank[ranked.index] = range(1, len(ranked) + 1)
        keys = ranked["text"].map(_sentence_key).drop_duplicates()
        distinct = ranked.loc[keys.index]
        budget = length if unit != "share" else length * ranked["n_words"].sum()
        costs = pd.Series(1, index=distinct.index) if unit == "n_sentences" else distinct["n_words"]
        picks = _fill_budget(costs.to_dict(), budget, needed, _find_repeats(keys.to_dict()))
        selected[picks] = True
        if contested is not None:
            pairs = list(_disputes(candidates, contested[contested["article_id"] == article_id]))
            picked = selected[candidates.index]
            for pair in pairs:
                _add_answer(picked, rank, pair, {row for each in pairs for row in each}, needed)
            selected[picked.index] = picked
    return scores.assign(rank=rank, selected=selected)


@tables.stage(requires=("scores",), returns="agreement")
@checked
def agreement(scores: pd.DataFrame, *, top: int = 3) -> pd.DataFrame:
    """Measure how far the methods agree on each article, by pairs.

    Parameters
    ----------
    scores
        The table that :func:`score_sentences` returns.
    top
        How many of the best sentences of each method are compared for ``overlap``.

    Returns
    -------
    DataFrame
        {columns}

        Both measures are NaN with fewer than 5 sentences: too few to compare. ``kendall_tau`` is also NaN where a
        method scores all sentences alike.

    Notes
    -----
    Tau-b: the pairs of sentences in the same order, less those in the opposite one, over the geometric mean of the
    pairs that are not tied in either. ``overlap`` breaks ties by position, as the summary itself does. Agreement is not
    truth: most methods count the same terms. Source: M. Kendall (1945), Biometrika 33, 239-251.

    Examples
    --------
    >>> scores = pd.DataFrame({"article_id": "a", "excluded": "", "lead": [5.0, 4, 3, 2, 1], "lsa": [5.0, 4, 3, 1, 2]})
    >>> agreement(scores)[["method_a", "method_b", "kendall_tau", "overlap"]].values.tolist()
    [['lead', 'lsa', 0.8, 1.0]]
    """
    inputs.require(scores, ("article_id", "excluded"), name="scores")
    methods = [name for name in METHODS if name in scores.columns]
    rows = []
    for article_id, article in scores.groupby("article_id", sort=False):
        candidates = article[article["excluded"] == ""]
        n = len(candidates)
        k = min(top, n)
        values = {name: np.unique(candidates[name].to_numpy(), return_inverse=True)[1] for name in methods}
        ranks = {name: np.argsort(np.argsort(-values[name], kind="stable")) for name in methods}
        for a, b in combinations(methods, 2):
            tau = overlap = np.nan
            if n >= _MIN_SENTENCES_TO_COMPARE:
                tau = _tau_b(values[a], values[b])
                overlap = int(((ranks[a] < k) & (ranks[b] < k)).sum()) / k
            rows.append((article_id, a, b, tau, overlap, n))
    return tables.frame("agreement", rows)


def _disputes(candidates: pd.DataFrame, contested: pd.DataFrame) -> Iterator[tuple[int, int]]:
    """Yield the rows of the sentences in which the two claims of each pair begin."""
    starts = candidates["start"].to_numpy()
    for one, other in zip(contested["start"], contested["other_start"], strict=True):
        at = [int(np.searchsorted(starts, start, side="right")) - 1 for start in (one, other)]
        if min(at) >= 0 and at[0] != at[1]:
            yield candidates.index[at[0]], candidates.index[at[1]]


def _add_answer(
    selected: pd.Series, rank: pd.Series, pair: tuple[int, int], disputed: set[int], needed: Mapping[int, int]
) -> None:
    """Select both sentences of a pair of which one is selected; the lowest that is in no pair gives way.

    One that says little without the sentence before it is added beside that one alone, which then stays.
    """
    missing = [row for row in pair if not selected[row]]
    if len(missing) != 1 or not _stands(missing[0], set(selected.index[selected]), needed):
        return
    selected[missing[0]] = True
    held = {needed[row] for row in selected.index[selected] if row in needed}
    others = [row for row in selected.index[selected] if row not in disputed | held]
    if others:
        selected[max(others, key=lambda row: rank[row])] = False


def _stands(row: int, chosen: Container[int], needed: Mapping[int, int]) -> bool:
    """Return whether a sentence can be added: it says something by itself, or that before it is chosen."""
    return row not in needed or needed[row] in chosen


def _length(*, n_sentences: int | None, n_words: int | None, share: float | None) -> tuple[str, float]:
    """Return the unit and the value of the one length that is given, or of the default."""
    options = {"n_sentences": n_sentences, "n_words": n_words, "share": share}
    given = {unit: value for unit, value in options.items() if value is not None}
    given = given or {"n_sentences": _DEFAULT_N_SENTENCES}
    if len(given) > 1:
        raise ValueError(f"{' and '.join(given)} are given; expected one of {', '.join(options)}")
    return given.popitem()


def _sentence_key(text: str) -> str:
    r"""Return a sentence without what makes no other sentence of it: case, white space and punctuation.

    Examples
    --------
    >>> _sentence_key("“Fog  fell,”\nhe said.") == _sentence_key('"fog fell", he said')
    True
    >>> _sentence_key("It cost $5.2m.")
    'it cost $5 2m'
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    is_mark = {character: unicodedata.category(character)[0] in "PC" for character in set(folded)}
    words = "".join(" " if is_mark[character] else character for character in folded).split()
    return " ".join(words) or text


def _find_repeats(keys: Mapping[int, str]) -> dict[int, set[int]]:
    """Return by row the sentences within which, or around which, all words of a sentence are, if it is no fragment.

    Examples
    --------
    >>> _find_repeats({1: "we know how hard this is she said", 2: "we know how hard this is", 3: "rain fell"})
    {1: {2}, 2: {1}}
    """
    words = {row: key.split() for row, key in keys.items()}
    holders: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for row, each in words.items():
        for run in {tuple(each[at : at + _N_REPEATED]) for at in range(len(each) - _N_REPEATED + 1)}:
            holders[run].append(row)
    found: defaultdict[int, set[int]] = defaultdict(set)
    for row, each in words.items():
        for other in holders.get(tuple(each[:_N_REPEATED]), ()):
            if other != row and f" {keys[row]} " in f" {keys[other]} ":
                found[other].add(row)
                found[row].add(other)
    return dict(sorted(found.items()))


def _fill_budget(
    costs: Mapping[int, float], budget: float, needed: Mapping[int, int], repeats: Mapping[int, set[int]]
) -> list[int]:
    """Return the rows to select of ranked sentences, given what each costs: the best, then each that still fits.

    One that repeats another is left out after that one. One that says little without the sentence before it is selected
    after that one alone, unless all are such.
    """
    standing = [row for row in costs if row not in needed] or list(costs)
    chosen = dict.fromkeys(standing[:1])
    left = budget - sum(costs[row] for row in chosen)
    while True:
        fitting = (row for row, cost in costs.items() if row not in chosen and cost <= left)
        fresh = (row for row in fitting if repeats.get(row, set()).isdisjoint(chosen))
        row = next((row for row in fresh if _stands(row, chosen, needed)), None)
        if row is None:
            return list(chosen)
        chosen[row] = None
        left -= costs[row]


def _tau_b(a: NDArray[np.int64], b: NDArray[np.int64]) -> float:
    """Return Kendall's tau-b of two lists of scores, each given by its rank among their values; NaN if all are tied."""
    # Sorted by both, pairs that are tied in the first list are not in descending order in the second.
    in_order = b[np.lexsort((b, a))]
    n_opposite = sum(int((in_order[i + 1 :] < in_order[i]).sum()) for i in range(len(in_order)))
    n_pairs = len(a) * (len(a) - 1) // 2
    tied_a, tied_b, tied_both = (_n_tied_pairs(each) for each in (a, b, a * (int(b.max()) + 1) + b))
    n_same = n_pairs - tied_a - tied_b + tied_both - n_opposite
    untied = (n_pairs - tied_a) * (n_pairs - tied_b)
    return inputs.round_float((n_same - n_opposite) / untied**0.5) if untied else np.nan


def _n_tied_pairs(values: NDArray[np.int64]) -> int:
    """Return how many pairs of values are equal."""
    counts = np.unique_counts(values).counts
    return int((counts * (counts - 1) // 2).sum())
