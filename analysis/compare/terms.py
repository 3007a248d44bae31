"""Words that set a group of articles apart from all other groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis import tables
from analysis.compare.counts import read_counts
from analysis.compare.grouping import MIN_ARTICLES, groups, index_groups
from analysis.compare.permutation import permutation_p
from analysis.measures import adjust_p, dispersion, log_likelihood, log_ratio, rates_p
from analysis.measures.inputs import normalise, round_floats
from analysis.options import checked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

__all__ = ["group_terms"]

_MIN_EXPECTED = 1
_MIN_N_FOR_DISPERSION = 3
#: From this p on, the interval is at least as wide as that of words drawn one by one.
_LARGE_P = 0.5
#: Kept above zero, so that p = 1 and p = 0 can still be ranked with the sign of the difference.
_MIN_CERTAINTY, _MIN_P = 1e-12, 1e-300
_WORDS_PER_BATCH = 100


@tables.stage(requires=("reports",), returns="group_terms")
@checked
def group_terms(
    articles: pd.DataFrame,
    *,
    by: str = "publisher",
    tags: Sequence[str] | None = None,
    min_articles: int = MIN_ARTICLES,
    n: int | None = None,
    confidence: float = 0.95,
    correction: str = "benjamini-hochberg",
) -> pd.DataFrame:
    """Find the content words that set each group of articles apart from all other groups together.

    Parameters
    ----------
    articles
        The reports table, from :func:`read_reports`.
    by
        The column whose values are the groups.
    tags
        Universal tags of the words to compare (``["NOUN", "VERB", "ADJ", "ADV"]`` omits names); all unless given.
    min_articles
        A word is reported if it occurs in at least so many articles of the side that overuses it.
    n
        How many words to return per group, the most overused and as many of the most underused; None for all.
    confidence
        Confidence level of the interval of the log ratio: 0.9, 0.95 or 0.99.
    correction
        Correction of p for multiple tests, as in :func:`analysis.measures.adjust_p`; over all tests of all groups.

    Returns
    -------
    DataFrame
        {columns}

        Rows are sorted by group. Within a group the most significantly overused word comes first and the most
        significantly underused one last. Groups that :func:`groups` does not mark as ``compared`` have no rows.

    Notes
    -----
    The choice of the words to test, and so the number of tests that p is corrected for, does not depend on which group
    uses them. A word is tested if it occurs in ``min_articles`` articles in all, and if the smallest p that its
    frequency allows is at most 1 - ``confidence`` (Tarone 1990). Of the tested words, those are reported that satisfy
    ``min_articles`` and are expected at least once on the side that underuses them.

    p is that of a permutation test: how often would the difference be as large if the articles, each with all its
    words, were assigned to the groups at random? :mod:`analysis.compare.permutation` has the formulas. It is never
    below the p of :func:`analysis.measures.rates_p`, since words are no less clustered than independent draws. The
    interval is test-based (Miettinen 1976): it excludes 0 if, and only if, p is below 1 - ``confidence``. ``keyness``
    assumes independent words and is given for comparison with other tools. ``dispersion`` is missing below 3
    occurrences.

    When 12 to 349 Wikinews articles were assigned to a group and the rest at random, some word had an adjusted p below
    .05 in at most 1 of 100 assignments; under a test that assumes independent words, in 36 to 100 of them
    (``benchmarks/compare.py --chance``).

    Sources: those of :func:`analysis.measures.log_likelihood`, :func:`analysis.measures.log_ratio` and
    :func:`analysis.measures.dispersion`; J. Lijffijt et al. (2016), Significance testing of word frequencies in
    corpora, Digital Scholarship in the Humanities 31(2), 374-397, on why articles and not words are the sampling unit;
    O. Miettinen (1976), Estimability and estimation in case-referent studies, American Journal of Epidemiology 103(2),
    226-235; R. E. Tarone (1990), A modified Bonferroni method for discrete data, Biometrics 46(2), 515-522.
    """
    # The random permutations depend on the order of the articles.
    articles = articles.sort_values("article_id", ignore_index=True)
    names, group = index_groups(articles, by)
    compared = set(groups(articles, by=by).query("compared")["group"])
    if not compared:
        return tables.empty("group_terms")
    found = read_counts(
        articles["report"],
        "terms",
        ("lemma", "upos"),
        lambda lemma, upos: normalise(lemma) if not tags or upos in tags else None,
    )
    is_grouped = group >= 0
    counts, group = found.matrix[is_grouped], group[is_grouped]
    n_words = articles["n_words"].to_numpy(dtype=float)[is_grouped]
    columns = np.flatnonzero(counts.count_nonzero(axis=0) >= min_articles)
    counts = counts[:, columns]
    p, is_reported, reported = [], [], []
    for index, name in enumerate(names):
        if name not in compared:
            continue
        tested = _compare_group(counts, n_words, group == index, min_articles=min_articles, confidence=confidence)
        # Most tested words are not reported: of them only p is kept, as a copy, so that the table can be freed.
        p.append(tested["p"].to_numpy(copy=True))
        is_reported.append(tested["is_reported"].to_numpy(copy=True))
        reported.append(tested[tested["is_reported"]].assign(group=name, group_index=index))
    terms = pd.concat(reported, ignore_index=True)
    terms["p_adjusted"] = adjust_p(np.concatenate(p), correction=correction)[np.concatenate(is_reported)]
    terms = _rank(terms, n)
    terms["dispersion"] = np.nan
    for index in terms["group_index"].unique():
        own, in_group = terms["group_index"] == index, group == index
        words = terms.loc[own, "word"].to_numpy()
        terms.loc[own, "dispersion"] = _dispersion_over_articles(counts[in_group], n_words[in_group], words)
    spelling = found.most_frequent_spelling()
    cells = [spelling[column] for column in columns[terms["word"]].tolist()]
    terms["lemma"], terms["upos"] = [lemma for lemma, _ in cells], [upos for _, upos in cells]
    for name in terms.select_dtypes("float"):
        terms[name] = round_floats(terms[name])
    return tables.frame("group_terms", {name: terms[name] for name in tables.TABLES["group_terms"].names})


def _compare_group(
    counts: csr_array,
    n_words: NDArray[np.float64],
    in_group: NDArray[np.bool_],
    *,
    min_articles: int,
    confidence: float,
) -> pd.DataFrame:
    """Test the words of a group against those of all other groups.

    Returns a row per tested word, with the column of ``counts`` as ``word``, and whether it ``is_reported``.
    """
    from scipy.special import ndtri

    total, rest_total = n_words[in_group].sum(), n_words[~in_group].sum()
    n_both = counts.sum(axis=0)
    smallest_p = np.minimum(rates_p(n_both, total, 0, rest_total), rates_p(0, total, n_both, rest_total))
    word = np.flatnonzero(smallest_p <= 1 - confidence)
    counts = counts[:, word]
    own, rest = counts[in_group], counts[~in_group]
    n, rest_n = own.sum(axis=0), rest.sum(axis=0)
    n_articles, rest_articles = own.count_nonzero(axis=0), rest.count_nonzero(axis=0)
    is_overused = n * rest_total >= rest_n * total
    expected = np.where(is_overused, n * rest_total / total, rest_n * total / rest_total)
    p = np.maximum(permutation_p(counts, n_words, in_group), rates_p(n, total, rest_n, rest_total))
    ratio, low, high = log_ratio(n, total, rest_n, rest_total, confidence=confidence)
    half_width = np.abs(ratio) * ndtri((1 - confidence) / 2) / ndtri(np.minimum(p, _LARGE_P) / 2)
    # A test-based interval is unreliable, and may be far too narrow, where the difference is far from significant.
    half_width = np.where(p < _LARGE_P, half_width, np.maximum(half_width, (high - low) / 2))
    return pd.DataFrame(
        {
            "word": word,
            "is_reported": (np.where(is_overused, n_articles, rest_articles) >= min_articles)
            & (expected >= _MIN_EXPECTED),
            "n": n,
            "rate_per_1000": 1000 * n / total,
            "n_articles": n_articles,
            "of_articles": in_group.sum(),
            "rest_n": rest_n,
            "rest_per_1000": 1000 * rest_n / rest_total,
            "rest_articles": rest_articles,
            "of_rest_articles": (~in_group).sum(),
            "keyness": np.where(is_overused, 1, -1) * log_likelihood(n, total, rest_n, rest_total),
            "log_ratio": ratio,
            "log_ratio_low": ratio - half_width,
            "log_ratio_high": ratio + half_width,
            "p": p,
        }
    )


def _rank(terms: pd.DataFrame, n: int | None) -> pd.DataFrame:
    """Return the words sorted within each group; with n, only the first and the last n of each."""
    sign = np.where(terms["keyness"] >= 0, 1, -1)
    certainty = sign * np.maximum(-np.log(np.maximum(terms["p"], _MIN_P)), _MIN_CERTAINTY)
    terms = terms.iloc[np.lexsort((-terms["keyness"], -certainty, terms["group_index"]))]
    if n:
        by_group = terms.groupby("group_index")
        terms = terms[(by_group.cumcount() < n) | (by_group.cumcount(ascending=False) < n)]
    return terms.reset_index(drop=True)


def _dispersion_over_articles(
    counts: csr_array, n_words: NDArray[np.float64], words: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the dispersion of some words (columns) over the articles (rows); NaN for rare words."""
    by_word = counts.T.tocsr()[:, n_words > 0]
    values = np.full(len(words), np.nan)
    for start in range(0, len(words), _WORDS_PER_BATCH):
        batch = slice(start, start + _WORDS_PER_BATCH)
        dense = by_word[words[batch]].toarray()
        is_frequent = dense.sum(axis=1) >= _MIN_N_FOR_DISPERSION
        values[batch] = np.where(is_frequent, dispersion(dense, n_words[n_words > 0]), np.nan)
    return values
