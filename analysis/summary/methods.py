"""The methods that score sentences, each a function of one :class:`~analysis.summary.view.ArticleView`.

A method returns one score per candidate sentence, in the order of the text; higher is fitter for a summary.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.invisible import visible
from analysis.summary.graph import page_rank, remove_self_links
from analysis.summary.view import drop_common_terms
from analysis.summary.word_lists import word_classes

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from analysis.summary.view import ArticleView

__all__ = [
    "METHODS",
    "WEIGHTS",
    "dateline",
    "edmundson",
    "kl",
    "lead",
    "lexrank",
    "lsa",
    "luhn",
    "sumbasic",
    "textrank",
]

#: What :func:`dateline` adds up, each part 0 to 1, and the penalties. The weights of coverage and names are those that
#: ``python -m benchmarks.summary --cross-validate`` fitted on all its texts before what leans on another sentence was
#: left out; fitted anew they are 1.0 and 0.2.
WEIGHTS = {
    "position": 1.0,  # halves every two sentences
    "coverage": 1.25,  # of the terms that the article repeats, per word; a term counts half after each pick that has it
    "title": 0.3,  # share of the title's terms
    "names": 0.1,  # share of the article's mentions that the sentence's names have
    "short": -0.3,  # for a sentence of fewer than 8 words
    "speech": -0.15,  # for a question, or a sentence in the first or second person
    "redundancy": -1.0,  # times the square of the greatest cosine with a sentence picked before
}

#: Sentences that a greedy method picks one by one; the rest are ranked as they then stand.
_MAX_PICKS = 50
#: Cosine above which LexRank links two sentences. Short articles may have no such link, or links all alike; the next
#: threshold is then tried.
_LINK_THRESHOLDS = (0.2, 0.15, 0.1, 0.05)
#: Range of the ranks below which they are all alike.
_EQUAL_RANKS = 1e-9
#: LSA decomposes matrices with at most this many rows or columns whole, larger ones for the strongest topics alone.
_MAX_DENSE_SIZE = 400
_N_TOPICS = 2
_SHORT_WORDS = 8
_IN_PERSON = re.compile(r"\b(?:I|[WwMm]e|[Mm]y|[Oo]ur|[Yy]ou|[Yy]our)\b")


def lead(view: ArticleView) -> NDArray[np.float64]:
    """Score a sentence by the share of the sentences that come after it."""
    n = view.n_candidates
    return np.asarray(1 - np.arange(n) / n)


def luhn(view: ArticleView, *, max_step: int = 5) -> NDArray[np.float64]:
    """Score a sentence by its densest cluster of significant terms: their number squared over the cluster's length.

    A term is significant if two sentences have it. Two significant terms of a cluster are at most ``max_step`` words
    apart: Luhn lets four or five other words lie between, this method four.
    """
    document_frequency = Counter(term for sentence in view.words for term in {term for term, _ in sentence if term})
    threshold = min(2, max(document_frequency.values(), default=0))
    scores = np.zeros(view.n_candidates)
    for row, sentence in enumerate(view.words):
        positions = [i for i, (term, _) in enumerate(sentence) if term and document_frequency[term] >= threshold]
        breaks = [i for i in range(1, len(positions)) if positions[i] - positions[i - 1] > max_step]
        for start, end in pairwise([0, *breaks, len(positions)]):
            if end - start > 1:
                density = (end - start) ** 2 / (positions[end - 1] - positions[start] + 1)
                scores[row] = max(scores[row], density)
    return scores


def textrank(view: ArticleView) -> NDArray[np.float64]:
    """Score a sentence by its PageRank in the graph of shared terms over the logarithms of the two lengths."""
    incidence = drop_common_terms(view.incidence)
    shared = remove_self_links(incidence @ incidence.T).tocoo()
    log_lengths = np.log(np.maximum(view.n_terms, 1))
    i, j = shared.coords
    # Two sentences of one term each have no logarithm to divide by.
    shared.data = shared.data / np.maximum(log_lengths[i] + log_lengths[j], np.log(2))
    return page_rank(shared.tocsr())


def lexrank(view: ArticleView) -> NDArray[np.float64]:
    """Score a sentence by its PageRank in the graph of sentences whose cosine is above a threshold."""
    from scipy.sparse import eye_array

    # As in the paper, each sentence is similar to itself: one that is similar to no other keeps its rank. The weight
    # is 2 because both ends of a self-link meet in one node.
    self_links = 2 * eye_array(view.cosine_similarity.shape[0])
    ranks = page_rank(self_links.tocsr())
    for threshold in _LINK_THRESHOLDS:
        links = view.cosine_similarity.copy()
        links.data = (links.data > threshold).astype(float)
        links.eliminate_zeros()
        ranks = page_rank((links + self_links).tocsr())
        if np.ptp(ranks) > _EQUAL_RANKS:
            break
    return ranks


def lsa(view: ArticleView) -> NDArray[np.float64]:
    """Score a sentence by its length in the two strongest latent topics; terms weigh less in a longer sentence."""
    from scipy.sparse import diags_array
    from scipy.sparse.linalg import svds

    n_distinct = np.maximum(np.diff(view.incidence.indptr), 1)
    weighted = diags_array(n_distinct**-0.25) @ view.incidence
    size = min(weighted.shape)
    if size <= _MAX_DENSE_SIZE:
        topics, strengths, _ = np.linalg.svd(weighted.toarray(), full_matrices=False)
    else:
        # A fixed starting vector makes the iteration reproducible.
        topics, strengths, _ = svds(weighted, k=_N_TOPICS, v0=np.ones(size))
    strongest = np.argsort(-strengths, kind="stable")[:_N_TOPICS]
    return np.asarray(np.sqrt(((topics[:, strongest] * strengths[strongest]) ** 2).sum(axis=1)))


def sumbasic(view: ArticleView) -> NDArray[np.float64]:
    """Score a sentence by the order of greedy picks by the mean probability of its words, squared after each pick."""
    counts, n_words = view.term_counts, np.maximum(view.candidate_n_words, 1)
    probability = view.term_frequency / max(view.term_frequency.sum(), 1)

    def gains() -> NDArray[np.float64]:
        return np.asarray(counts @ probability / n_words)

    def pick(row: int) -> None:
        probability[counts.indices[_entries(counts, row)]] **= 2

    return _order_scores(_greedy_picks(view.n_candidates, gains, pick))


def kl(view: ArticleView, *, smoothing: float = 1.0) -> NDArray[np.float64]:
    """Score a sentence by the order of greedy picks that most reduce the Kullback-Leibler divergence.

    The divergence is that of the summary's term distribution, with add-one ``smoothing``, from the article's.
    """
    counts = view.term_counts
    n_rows, n_terms = counts.shape
    probability = view.term_frequency / max(view.term_frequency.sum(), 1)
    rows = np.repeat(np.arange(n_rows), np.diff(counts.indptr))
    picked_counts = np.zeros(n_terms)

    def gains() -> NDArray[np.float64]:
        # Only the terms of a candidate change the sum over all terms.
        log_counts = np.log(picked_counts + smoothing)
        terms = counts.indices
        change = probability[terms] * (np.log(picked_counts[terms] + counts.data + smoothing) - log_counts[terms])
        gain = np.bincount(rows, weights=change, minlength=n_rows)
        return np.asarray(gain - np.log(picked_counts.sum() + view.n_terms + smoothing * n_terms))

    def pick(row: int) -> None:
        entries = _entries(counts, row)
        picked_counts[counts.indices[entries]] += counts.data[entries]

    return _order_scores(_greedy_picks(view.n_candidates, gains, pick))


def edmundson(view: ArticleView) -> NDArray[np.float64]:
    """Score a sentence by cue words, key words, terms of the title and position, a quarter each."""
    cue_words = word_classes("cue_words.tsv")
    bonus, stigma = cue_words["bonus"], cue_words["stigma"]
    cues = np.array([sum((norm in bonus) - (norm in stigma) for _, norm in sentence) for sentence in view.words])
    keys = view.term_counts @ np.where(view.term_frequency > 1, view.term_frequency, 0)
    paragraph = view.of_candidates("paragraph")
    opens_paragraph = np.r_[True, paragraph[1:] != paragraph[:-1]]
    in_outer_paragraph = (paragraph == paragraph[0]) | (paragraph == paragraph[-1])
    position = in_outer_paragraph.astype(float) + opens_paragraph
    return np.asarray(sum(map(_rescale, (cues, keys, view.title_share, position))) / 4)


def dateline(view: ArticleView) -> NDArray[np.float64]:
    """Score a sentence by position, coverage, title, names, length and speech, less redundancy with earlier picks.

    See :data:`WEIGHTS`.
    """
    n = view.n_candidates
    n_words = view.candidate_n_words
    parts = {
        "position": 0.5 ** (np.arange(n) / 2),
        "title": view.title_share,
        "names": _rescale(view.name_share),
        "short": (n_words < _SHORT_WORDS).astype(float),
        "speech": np.array([_is_speech(visible(text)) for text in view.of_candidates("text")], dtype=float),
    }
    fixed = sum(WEIGHTS[name] * part for name, part in parts.items())
    rates = view.term_counts.copy()
    rates.data = 1 / np.maximum(n_words, _SHORT_WORDS)[rates.tocoo().coords[0]]
    term_value = np.log(np.maximum(view.term_frequency, 1))
    term_value /= (rates @ term_value).max() or 1
    similarity = view.cosine_similarity
    redundancy = np.zeros(n)

    def gains() -> NDArray[np.float64]:
        covered = WEIGHTS["coverage"] * (rates @ term_value)
        return np.asarray(fixed + covered + WEIGHTS["redundancy"] * redundancy**2)

    def pick(row: int) -> None:
        term_value[rates.indices[_entries(rates, row)]] /= 2
        entries = _entries(similarity, row)
        np.maximum.at(redundancy, similarity.indices[entries], similarity.data[entries])

    picks = _greedy_picks(n, gains, pick)
    # Each sentence has the gain that it had when it was picked, so that scores fall in the order of the picks.
    scores = np.empty(n)
    scores[list(picks)] = list(picks.values())
    return scores


def _is_speech(text: str) -> bool:
    """Return whether a sentence is a question, or in the first or second person."""
    return text.rstrip("”\"’' ").endswith("?") or bool(_IN_PERSON.search(text))


def _entries(matrix: csr_array, row: int) -> slice:
    """Return where the entries of a row are in the data and indices of a sparse array."""
    return slice(matrix.indptr[row], matrix.indptr[row + 1])


def _greedy_picks(n: int, gains: Callable[[], NDArray[np.float64]], pick: Callable[[int], None]) -> dict[int, float]:
    """Pick rows one by one by the greatest gain; return the gain of each at its pick, in the order of the picks."""
    picks: dict[int, float] = {}
    is_left = np.ones(n, dtype=bool)
    for _ in range(min(n, _MAX_PICKS)):
        values = np.where(is_left, gains(), -np.inf)
        best = int(np.argmax(values))
        picks[best], is_left[best] = float(values[best]), False
        pick(best)
    if is_left.any():
        values = gains()
        picks |= {int(row): float(values[row]) for row in np.argsort(-values, kind="stable") if is_left[row]}
    return picks


def _order_scores(picks: dict[int, float]) -> NDArray[np.float64]:
    """Turn an order of picks into scores: 1 for the first, falling evenly."""
    scores = np.empty(len(picks))
    scores[list(picks)] = 1 - np.arange(len(picks)) / len(picks)
    return scores


def _rescale(values: NDArray[Any]) -> NDArray[np.float64]:
    """Rescale values linearly to the range 0 to 1; return 0 where all are equal."""
    low, high = values.min(), values.max()
    return np.asarray((values - low) / (high - low)) if high > low else np.zeros(len(values))


#: Every method by its name, in the order of the score columns.
METHODS: dict[str, Callable[[ArticleView], NDArray[np.float64]]] = {
    "lead": lead,
    "luhn": luhn,
    "textrank": textrank,
    "lexrank": lexrank,
    "lsa": lsa,
    "sumbasic": sumbasic,
    "kl": kl,
    "edmundson": edmundson,
    "dateline": dateline,
}
