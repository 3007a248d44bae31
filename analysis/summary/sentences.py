"""Sentences: each scored by nine methods, ranked, chosen for a summary of a given length, and the methods compared."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis import measures
from analysis.measures import inputs
from analysis.summary.candidates import excluded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

_MAX_SENTENCES_OF_A_WORD = 500
_MAX_PICKS = 50


def score_sentences(
    sentences: pd.DataFrame,
    tokens: pd.DataFrame,
    mentions: pd.DataFrame,
    *,
    methods: Iterable[str] | None = None,
) -> pd.DataFrame:
    """Score each sentence of each article by every method: how fit it is for a summary.

    Parameters
    ----------
    sentences
        Sentences with article_id, sentence, paragraph, start, end, text, role.
    tokens
        Tokens with article_id, sentence, start, text, norm, lemma, upos, is_word, is_stop.
    mentions
        Mentions with article_id, sentence, label, name.
    methods
        Some of :data:`METHODS`; None is all of them.

    Returns
    -------
    DataFrame
        One row a sentence, in their order: article_id, sentence, start, end, text, n_words; excluded (why the sentence
        is none of a summary: title, dateline, by-line, caption, boilerplate, fragment, or beyond the first 5,000; empty
        where it may be one); then a column of scores a method, NaN where excluded. Higher is fitter; scales differ from
        method to method, so compare ranks.

    Notes
    -----
    Words are lemmas that are no stop words. None of the scores is a probability; all but ``lead`` favour longer
    sentences somewhat.

    ==========  ==============================================================================================
    method      score
    ==========  ==============================================================================================
    lead        share of the sentences that come after: news says first what matters
    luhn        the densest run of repeated words: their number squared over the run's length (H. P. Luhn 1958,
                IBM Journal 2(2), 159-165)
    textrank    PageRank on words shared, over the logarithms of the lengths (R. Mihalcea and P. Tarau 2004, EMNLP)
    lexrank     PageRank on pairs of sentences whose words, weighed by rarity, have a cosine above 0.2, or the next of
                0.15, 0.1 and 0.05 that tells sentences apart (G. Erkan and D. Radev 2004, JAIR 22, 457-479)
    lsa         length of the sentence in the two strongest latent topics (J. Steinberger and K. Ježek 2004, ISIM)
    sumbasic    order in which sentences are picked by the mean probability of their words (a stop word has none),
                which is squared after each pick (A. Nenkova and L. Vanderwende 2005, MSR-TR-2005-101)
    kl          order of the picks that bring the summary's words nearest to the article's, by Kullback-Leibler
                divergence (A. Haghighi and L. Vanderwende 2009, NAACL)
    edmundson   cue words, key words, words of the title, and place, a quarter each (H. P. Edmundson 1969, JACM
                16(2), 264-285)
    dateline    our own: place, the words that the article repeats and no earlier pick has said, words of the title,
                names, less likeness to an earlier pick; see :data:`WEIGHTS`
    ==========  ==============================================================================================

    Measured by ROUGE (``benchmarks/summary.py``; the mean of ROUGE-1, -2 and -Lsum, three sentences) on texts that its
    weights were not fitted to, dateline beats the lead by 0.4 points [0.1, 0.7] on 120 articles of Wikinews against
    their headlines, 0.4 [0.2, 0.6] on 688 of Worldwide Newswire, and 2.2 [1.2, 3.4] on 110 texts of GUM other than news
    against their one-sentence summaries; on its 22 news texts they are even, -0.3 [-1.4, 0.7], in 75 words dateline is
    ahead by 2.0 [0.3, 4.2]. Every other method stays below the lead on news. Of luhn, textrank, lexrank, lsa, sumbasic
    and kl each reaches that mean of the same method in sumy 0.13 on all GUM and on Wikinews (of single ROUGEs on GUM,
    luhn's last is 0.03 below).

    The greedy methods (sumbasic, kl, dateline) pick 50 sentences one by one and rank the rest as they then stand. In an
    article of more than 500 sentences, words that stand in more than 500 do not count for likeness.

    Examples
    --------
    >>> sentences = pd.DataFrame({
    ...     "article_id": "a", "sentence": [0, 1], "paragraph": [0, 0], "start": [0, 16], "end": [15, 30],
    ...     "text": ["Fog shut roads .", "Schools stay ."], "role": "body"})
    >>> words = ["Fog", "shut", "roads", ".", "Schools", "stay", "."]
    >>> tokens = pd.DataFrame({
    ...     "article_id": "a", "sentence": [0] * 4 + [1] * 3, "start": [0, 4, 9, 15, 16, 24, 29], "text": words,
    ...     "norm": [w.lower() for w in words], "lemma": [w.lower() for w in words],
    ...     "upos": ["NOUN", "VERB", "NOUN", "PUNCT", "NOUN", "VERB", "PUNCT"],
    ...     "is_word": [w != "." for w in words], "is_stop": False})
    >>> mentions = pd.DataFrame(columns=["article_id", "sentence", "label", "name"])
    >>> score_sentences(sentences, tokens, mentions, methods=["lead"])["lead"].tolist()
    [1.0, 0.5]
    """
    chosen = list(METHODS) if methods is None else [inputs.choose(m, METHODS, option="methods") for m in methods]
    columns = ["article_id", "sentence", "start", "end", "text", "n_words", "excluded", *chosen]
    tables = []
    for article_id, *own in inputs.aligned(
        sentences=(sentences, ("sentence", "paragraph", "start", "end", "text", "role")),
        tokens=(tokens, ("sentence", "start", "norm", "lemma", "upos", "is_word", "is_stop")),
        mentions=(mentions, ("sentence", "label", "name")),
    ):
        article = _Article(*own)
        kept = article.reasons == ""
        table = {name: article.sentence[name] for name in ("sentence", "start", "end", "text")}
        table |= {"n_words": article.n_words, "excluded": article.reasons}
        for method in chosen:
            table[method] = np.full(len(kept), np.nan)
            if kept.any():
                table[method][kept] = inputs.round_floats(METHODS[method](article))
        tables.append(pd.DataFrame({"article_id": article_id, **table}))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)


def summarise(
    scores: pd.DataFrame,
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
        What :func:`score_sentences` gave.
    method
        A score column of it.
    n_sentences, n_words, share
        The length of the summary: sentences, words, or share (0 to 1) of the words of all sentences that may be in it.
        One of the three; 3 sentences if none is given. A budget in words is filled by rank with the sentences that fit,
        the best of all in any case.

    Returns
    -------
    DataFrame
        The rows of ``scores`` with rank (1 is best; ties by place; missing where excluded) and selected (True for the
        summary's sentences: read them in the table's order).

    Raises
    ------
    ValueError
        If the method is no score column, more than one length is given, or a length is not above 0.

    Examples
    --------
    >>> scores = pd.DataFrame({
    ...     "article_id": "a", "sentence": [0, 1, 2], "n_words": [4, 9, 5], "excluded": ["title", "", ""],
    ...     "lead": [float("nan"), 1.0, 0.5]})
    >>> summarise(scores, method="lead", n_sentences=1)[["rank", "selected"]].values.tolist()
    [[<NA>, False], [1, True], [2, False]]
    """
    inputs.require(scores, ("article_id", "n_words", "excluded"), name="scores")
    inputs.choose(method, [name for name in METHODS if name in scores.columns], option="method")
    budgets = {"n_sentences": n_sentences, "n_words": n_words, "share": share}
    given = {name: value for name, value in budgets.items() if value is not None} or {"n_sentences": 3}
    if len(given) > 1:
        raise ValueError(f"{' and '.join(given)} are given; expected one of {', '.join(budgets)}")
    [(unit, length)] = given.items()
    if not length > 0 or (unit == "share" and length > 1):
        raise ValueError(f"{unit} is {length}; expected above 0{' and up to 1' if unit == 'share' else ''}")
    rank = pd.Series(pd.NA, index=scores.index, dtype="Int64")
    selected = pd.Series(data=False, index=scores.index)
    for _, article in scores[scores["excluded"] == ""].groupby("article_id", sort=False):
        order = article.sort_values(method, ascending=False, kind="stable")
        rank[order.index] = range(1, len(order) + 1)
        words = order["n_words"].to_numpy()
        if unit == "n_sentences":
            picks = order.index[: int(length)]
        else:
            picks = order.index[_fitting(words, length if unit == "n_words" else length * words.sum())]
        selected[picks] = True
    return scores.assign(rank=rank, selected=selected)


def agreement(scores: pd.DataFrame, *, top: int = 3) -> pd.DataFrame:
    """Measure how far the methods agree on each article, by pairs.

    Parameters
    ----------
    scores
        What :func:`score_sentences` gave.
    top
        How many of the best sentences of each method are compared for ``overlap``.

    Returns
    -------
    DataFrame
        One row a pair of methods: article_id, method_a, method_b, kendall_tau (of the ranks of all sentences: 1 the
        same order, 0 unrelated, -1 reversed), overlap (share of the ``top`` best that both have), n (sentences ranked).
        NaN with fewer than 5 sentences: too few to compare.

    Notes
    -----
    Ties in a score are broken by place, as in the summary itself, so tau-a and tau-b are one. Agreement is not truth:
    most methods count the same words. Source: M. Kendall (1938), Biometrika 30, 81-93.

    Examples
    --------
    >>> scores = pd.DataFrame({
    ...     "article_id": "a", "excluded": "", "n_words": 9, "lead": [5.0, 4, 3, 2, 1], "lsa": [5.0, 4, 3, 1, 2]})
    >>> agreement(scores)[["method_a", "method_b", "kendall_tau", "overlap"]].values.tolist()
    [['lead', 'lsa', 0.8, 1.0]]
    """
    inputs.require(scores, ("article_id", "excluded"), name="scores")
    methods = [name for name in METHODS if name in scores.columns]
    rows = []
    for article_id, article in scores.groupby("article_id", sort=False):
        ranked = article[article["excluded"] == ""]
        n = len(ranked)
        ranks = {name: np.argsort(np.argsort(-ranked[name].to_numpy(), kind="stable")) for name in methods}
        k = min(top, n)
        for a, b in combinations(methods, 2):
            if n < _MIN_SENTENCES_TO_COMPARE:
                rows.append((article_id, a, b, np.nan, np.nan, n))
                continue
            inversions = _inversions(ranks[b][np.argsort(ranks[a])])
            both = int(((ranks[a] < k) & (ranks[b] < k)).sum())
            rows.append((article_id, a, b, 1 - 4 * inversions / (n * (n - 1)), both / k, n))
    return pd.DataFrame(rows, columns=["article_id", "method_a", "method_b", "kendall_tau", "overlap", "n"])


_MIN_SENTENCES_TO_COMPARE = 5


def _fitting(words: NDArray[np.int64], budget: float) -> list[int]:
    """Choose, from the best down, the first and every further one that still fits the budget."""
    chosen, used = [0], int(words[0])
    for i, n in enumerate(words[1:].tolist(), start=1):
        if used + n <= budget:
            chosen.append(i)
            used += n
    return chosen


def _inversions(ranks: NDArray[np.int64]) -> int:
    """Count the pairs that stand in falling order."""
    return sum(int((ranks[i + 1 :] < ranks[i]).sum()) for i in range(len(ranks)))


# An article as the methods see it


@dataclass
class _Article:
    """The columns of one article, and what several methods need of the sentences that may be in its summary."""

    sentence: dict[str, NDArray]
    token: dict[str, NDArray]
    mention: dict[str, NDArray]

    @cached_property
    def reasons(self) -> NDArray[np.str_]:
        return excluded(self.sentence["role"])

    def of_kept(self, column: str) -> NDArray:
        """Give a column of the sentences that may be in the summary."""
        return self.sentence[column][self.reasons == ""]

    @cached_property
    def n_words(self) -> NDArray[np.int64]:
        n = Counter(self.token["sentence"][self.token["is_word"]].tolist())
        return np.array([n[number] for number in self.sentence["sentence"].tolist()], dtype=int)

    @cached_property
    def row(self) -> dict[int, int]:
        """Give the rows of the sentences that may be in the summary, by their number."""
        return {number: row for row, number in enumerate(self.of_kept("sentence").tolist())}

    @cached_property
    def lemmas(self) -> dict[str, int]:
        """Give the numbers of the lemmas that count."""
        return {lemma: i for i, lemma in enumerate(dict.fromkeys(w for own in self.words for w, _ in own if w))}

    @cached_property
    def words(self) -> list[list[tuple[str, str]]]:
        """Give lemma (empty for a stop word) and norm of the words of each sentence."""
        words: list[list[tuple[str, str]]] = [[] for _ in self.row]
        columns = (self.token[name].tolist() for name in ("sentence", "lemma", "norm", "is_word", "is_stop"))
        for number, lemma, norm, is_word, is_stop in zip(*columns, strict=True):
            if is_word and number in self.row:
                words[self.row[number]].append(("" if is_stop else inputs.normalise(lemma), inputs.normalise(norm)))
        return words

    @cached_property
    def counts(self) -> csr_array:
        """Give how often each lemma stands in each sentence: sentences × lemmas."""
        from scipy.sparse import csr_array

        cells = [(row, self.lemmas[lemma]) for row, own in enumerate(self.words) for lemma, _ in own if lemma]
        at = np.array(cells, dtype=np.int64).reshape(-1, 2).T
        return csr_array((np.ones(len(cells)), (at[0], at[1])), shape=(len(self.row), max(1, len(self.lemmas))))

    @cached_property
    def present(self) -> csr_array:
        """Give 1 for each lemma that a sentence has, however often: sentences × lemmas."""
        present = self.counts.copy()
        present.data[:] = 1
        return present

    @cached_property
    def frequency(self) -> NDArray[np.float64]:
        """Give how often each lemma stands in the article."""
        return np.asarray(self.counts.sum(axis=0)).ravel()

    @cached_property
    def lengths(self) -> NDArray[np.float64]:
        """Give the words that count in each sentence."""
        return np.asarray(self.counts.sum(axis=1)).ravel()

    @cached_property
    def cosines(self) -> csr_array:
        """Give the cosine of every pair of sentences that share a word, 0 on the diagonal.

        A sentence is the set of its words, each weighed by the logarithm of its rarity among the sentences.
        """
        from scipy.sparse import diags_array

        present = _rarer(self.present)
        in_sentences = np.bincount(present.indices, minlength=present.shape[1])
        weighted = present @ diags_array(1 + np.log((1 + present.shape[0]) / (1 + in_sentences)))
        norms = np.sqrt(np.asarray((weighted * weighted).sum(axis=1)).ravel())
        unit = diags_array(1 / np.where(norms > 0, norms, 1)) @ weighted
        return _without_diagonal(unit @ unit.T)

    @cached_property
    def title(self) -> NDArray[np.float64]:
        """Give the share of the title's words that each sentence has, of those that any sentence has."""
        titles = set(self.sentence["sentence"][self.sentence["role"] == "title"].tolist())
        in_title = [number in titles for number in self.token["sentence"].tolist()]
        wanted = {inputs.normalise(lemma) for lemma in self.token["lemma"][in_title]} & self.lemmas.keys()
        found = [len(wanted.intersection(lemma for lemma, _ in own)) for own in self.words]
        return np.array(found) / max(1, len(wanted))

    @cached_property
    def names(self) -> NDArray[np.float64]:
        """Give, for each sentence, the share of all mentions that the names in it have together."""
        columns = (self.mention[name].tolist() for name in ("sentence", "label", "name"))
        named = [(number, name) for number, label, name in zip(*columns, strict=True) if label in measures.NAME_LABELS]
        n = Counter(name for _, name in named)
        shares = np.zeros(len(self.row))
        for number, name in dict.fromkeys(named):
            if number in self.row:
                shares[self.row[number]] += n[name] / n.total()
        return shares


def _rarer(counts: csr_array) -> csr_array:
    """Leave out the words that stand in too many sentences to tell them apart, so that pairs stay few."""
    often = np.bincount(counts.indices, minlength=counts.shape[1]) > _MAX_SENTENCES_OF_A_WORD
    if not often.any():
        return counts
    return counts[:, np.flatnonzero(~often)].tocsr()


def _without_diagonal(matrix: csr_array) -> csr_array:
    from scipy.sparse import csr_array

    matrix = matrix.tocoo()
    off = matrix.coords[0] != matrix.coords[1]
    return csr_array((matrix.data[off], (matrix.coords[0][off], matrix.coords[1][off])), shape=matrix.shape)


def page_rank(weights: csr_array, *, damping: float = 0.85) -> NDArray[np.float64]:
    """Give the stationary distribution of a walk along weighted links that jumps anywhere once in a while."""
    n = weights.shape[0]
    out = np.asarray(weights.sum(axis=1)).ravel()
    lost = out == 0
    inward = weights.T.tocsr()
    rank = np.full(n, 1 / n)
    for _ in range(100):
        flow = inward @ (rank / np.where(lost, 1, out)) + rank[lost].sum() / n
        after = (1 - damping) / n + damping * flow
        if np.abs(after - rank).sum() < 1e-10:  # noqa: PLR2004 - far below any difference of ranks that matters
            return after
        rank = after
    return rank


# Methods


def _lead(article: _Article) -> NDArray[np.float64]:
    n = len(article.row)
    return 1 - np.arange(n) / n


def _luhn(article: _Article, *, gap: int = 5) -> NDArray[np.float64]:
    """Give the square of the words over the length of each sentence's best run.

    The words of a run stand in two sentences or more, at most ``gap`` places apart: Luhn lets four or five others lie
    between, this four.
    """
    frequency = Counter(lemma for own in article.words for lemma in {lemma for lemma, _ in own if lemma})
    least = min(2, max(frequency.values(), default=0))
    scores = np.zeros(len(article.row))
    for row, own in enumerate(article.words):
        places = [place for place, (lemma, _) in enumerate(own) if lemma and frequency[lemma] >= least]
        breaks = [i for i in range(1, len(places)) if places[i] - places[i - 1] > gap]
        for start, end in pairwise([0, *breaks, len(places)]):
            if end - start > 1:
                density = (end - start) ** 2 / (places[end - 1] - places[start] + 1)
                scores[row] = max(scores[row], density)
    return scores


def _textrank(article: _Article) -> NDArray[np.float64]:
    present = _rarer(article.present)
    shared = _without_diagonal(present @ present.T).tocoo()
    logs = np.log(np.maximum(article.lengths, 1))
    i, j = shared.coords
    # Two sentences of one word each have no logarithm to divide by.
    shared.data = shared.data / np.maximum(logs[i] + logs[j], np.log(2))
    return page_rank(shared.tocsr())


def _lexrank(article: _Article) -> NDArray[np.float64]:
    from scipy.sparse import eye_array

    # Each sentence is like itself, as in the paper: so one that is like no other keeps its rank. A loop has two ends.
    itself = 2 * eye_array(article.cosines.shape[0])
    ranks = page_rank(itself.tocsr())
    for threshold in _LIKE:
        links = article.cosines.copy()
        links.data = (links.data > threshold).astype(float)
        links.eliminate_zeros()
        ranks = page_rank((links + itself).tocsr())
        if np.ptp(ranks) > _EVEN:
            break
    return ranks


#: How alike two sentences are to be linked; where that links none, or all alike, as in short articles, a little less.
_LIKE = (0.2, 0.15, 0.1, 0.05)
_EVEN = 1e-9


def _lsa(article: _Article) -> NDArray[np.float64]:
    """Give each sentence's length in the two strongest topics of its words, which weigh less in a longer sentence."""
    from scipy.sparse import diags_array
    from scipy.sparse.linalg import svds

    n_lemmas = np.maximum(np.diff(article.present.indptr), 1)
    weighed = diags_array(n_lemmas**-0.25) @ article.present
    smaller = min(weighed.shape)
    if smaller <= _DENSE_TOPICS:
        left, strengths, _ = np.linalg.svd(weighed.toarray(), full_matrices=False)
    else:
        left, strengths, _ = svds(weighed, k=_TOPICS, v0=np.ones(smaller))
    strongest = np.argsort(-strengths, kind="stable")[:_TOPICS]
    return np.sqrt(((left[:, strongest] * strengths[strongest]) ** 2).sum(axis=1))


_DENSE_TOPICS, _TOPICS = 400, 2


def _sumbasic(article: _Article) -> NDArray[np.float64]:
    counts, n_words = article.counts, np.maximum(article.n_words[article.reasons == ""], 1)
    chance = article.frequency / max(article.frequency.sum(), 1)

    def worth() -> NDArray[np.float64]:
        return counts @ chance / n_words

    def take(pick: int) -> None:
        chance[counts.indices[counts.indptr[pick] : counts.indptr[pick + 1]]] **= 2

    return _order(_picked(len(article.row), worth, take))


def _kl(article: _Article, *, smoothing: float = 1.0) -> NDArray[np.float64]:
    counts, lengths = article.counts, article.lengths
    words = counts.shape[1]
    chance = article.frequency / max(article.frequency.sum(), 1)
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    taken = np.zeros(words)

    def worth() -> NDArray[np.float64]:
        # Only the words of a candidate change the sum over all words.
        now = np.log(taken + smoothing)
        column = counts.indices
        change = chance[column] * (np.log(taken[column] + counts.data + smoothing) - now[column])
        gain = np.bincount(rows, weights=change, minlength=counts.shape[0])
        return gain - np.log(taken.sum() + lengths + smoothing * words)

    def take(pick: int) -> None:
        own = slice(counts.indptr[pick], counts.indptr[pick + 1])
        taken[counts.indices[own]] += counts.data[own]

    return _order(_picked(len(article.row), worth, take))


def _edmundson(article: _Article) -> NDArray[np.float64]:
    cues = np.array([sum((norm in _BONUS) - (norm in _STIGMA) for _, norm in own) for own in article.words])
    keys = article.counts @ np.where(article.frequency > 1, article.frequency, 0)
    paragraph = article.of_kept("paragraph")
    opens = np.r_[True, paragraph[1:] != paragraph[:-1]]
    outer = (paragraph == paragraph[0]) | (paragraph == paragraph[-1])
    return sum(map(_scaled, (cues, keys, article.title, outer.astype(float) + opens))) / 4


_BONUS = frozenset(
    """announced announcement because chief confirmed crucial decided decision finally first found greatest important
    key main major most new reveal revealed significant significantly therefore thus top""".split()
)
_STIGMA = frozenset(
    """although apparently can't cannot could hardly he i impossible maybe might my otherwise perhaps possibly she
    somewhat though unclear whereas you your""".split()
)

#: What the method ``dateline`` adds up, each part 0 to 1, and what it takes off. Coverage and names are those that
#: ``python -m benchmarks.summary --cross-validate`` fits on all its texts.
WEIGHTS = {
    "place": 1.0,  # falls by half every two sentences
    "coverage": 1.25,  # of the words that the article repeats, a word of the sentence; half as much once they are said
    "title": 0.3,  # share of the title's words
    "names": 0.1,  # share of the article's mentions that the sentence's names have
    "short": -0.3,  # for a sentence of fewer than 8 words
    "speech": -0.15,  # for a question, or a sentence in the first or second person
    "said": -1.0,  # times the square of the greatest likeness to a sentence picked before
}


def _dateline(article: _Article) -> NDArray[np.float64]:
    n = len(article.row)
    n_words = article.n_words[article.reasons == ""]
    parts = {
        "place": 0.5 ** (np.arange(n) / 2),
        "title": article.title,
        "names": _scaled(article.names),
        "short": (n_words < _SHORT_WORDS).astype(float),
        "speech": np.array([_is_speech(text) for text in article.of_kept("text")], dtype=float),
    }
    fit = sum(WEIGHTS[name] * part for name, part in parts.items())
    present = article.counts.copy()
    present.data = 1 / np.maximum(n_words, _SHORT_WORDS)[present.tocoo().coords[0]]
    value = np.log(np.maximum(article.frequency, 1))
    value /= (present @ value).max() or 1
    likeness = article.cosines
    said = np.zeros(n)

    def worth() -> NDArray[np.float64]:
        return fit + WEIGHTS["coverage"] * (present @ value) + WEIGHTS["said"] * said**2

    def take(pick: int) -> None:
        value[present.indices[present.indptr[pick] : present.indptr[pick + 1]]] /= 2
        own = slice(likeness.indptr[pick], likeness.indptr[pick + 1])
        np.maximum.at(said, likeness.indices[own], likeness.data[own])

    picks = _picked(n, worth, take)
    scores = worth()
    # A pick has the worth that it had when it was picked, so that scores fall in the order of the picks.
    for pick, value_then in picks.items():
        scores[pick] = value_then
    return scores


_SHORT_WORDS = 8
_IN_PERSON = re.compile(r"\b(?:I|[WwMm]e|[Mm]y|[Oo]ur|[Yy]ou|[Yy]our)\b")


def _is_speech(text: str) -> bool:
    return text.rstrip("”\"’' ").endswith("?") or bool(_IN_PERSON.search(text))


def _picked(n: int, worth: Callable[[], NDArray], take: Callable[[int], None]) -> dict[int, float]:
    """Pick sentences one by one, the worthiest of those left each time; give what each was worth when picked."""
    picks: dict[int, float] = {}
    left = np.ones(n, dtype=bool)
    for _ in range(min(n, _MAX_PICKS)):
        values = np.where(left, worth(), -np.inf)
        best = int(np.argmax(values))
        picks[best], left[best] = float(values[best]), False
        take(best)
    if left.any():
        values = worth()
        picks |= {int(i): float(values[i]) for i in np.argsort(-values, kind="stable") if left[i]}
    return picks


def _order(picks: dict[int, float]) -> NDArray[np.float64]:
    """Turn an order of picks into scores: 1 for the first, falling evenly."""
    scores = np.empty(len(picks))
    scores[list(picks)] = 1 - np.arange(len(picks)) / len(picks)
    return scores


def _scaled(values: NDArray) -> NDArray[np.float64]:
    """Bring values into 0 to 1 by the least and the greatest; 0 where all are equal."""
    low, high = values.min(), values.max()
    return (values - low) / (high - low) if high > low else np.zeros(len(values))


#: Every method by its name, in the order of the score columns.
METHODS: dict[str, Callable[[_Article], NDArray[np.float64]]] = {
    "lead": _lead,
    "luhn": _luhn,
    "textrank": _textrank,
    "lexrank": _lexrank,
    "lsa": _lsa,
    "sumbasic": _sumbasic,
    "kl": _kl,
    "edmundson": _edmundson,
    "dateline": _dateline,
}
