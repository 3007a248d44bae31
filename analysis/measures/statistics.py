"""The formulas behind the tables: association, effect size, tests and dispersion, on arrays.

Tests that take long to import from scipy.stats are written out here; the tests compare them with scipy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.measures.inputs import choose
from analysis.options import checked

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    _Floats = NDArray[np.float64]
    _Integers = NDArray[np.int64]

__all__ = [
    "CORRECTIONS",
    "DISPERSIONS",
    "adjust_p",
    "dispersion",
    "fisher_p",
    "log_likelihood",
    "log_ratio",
    "rates_p",
]

#: Corrections of p values for multiple testing, for :func:`adjust_p`.
CORRECTIONS = ("benjamini-hochberg", "holm", "none")


def log_likelihood(n: ArrayLike, total: ArrayLike, other_n: ArrayLike, other_total: ArrayLike) -> _Floats:
    """Return Dunning's log-likelihood ratio G² of two rates: the evidence for a difference, not its size.

    Parameters
    ----------
    n, total
        Occurrences and words of the first text.
    other_n, other_total
        Occurrences and words of the second.

    Returns
    -------
    ndarray of float
        0 or more; 0 where the rates are equal. It grows with the length of the texts. Compared with a chi-squared
        distribution of one degree of freedom: 3.84 at p = .05.

    Notes
    -----
    G² = 2 Σ O ln(O / E) over the four cells of the table word / other words × first / second text, where a cell of
    zero adds nothing. Rayson and Garside (2000) sum over the two cells of the word alone; several tools followed
    them. Dunning's statistic has four, and only the four are distributed as chi-squared when the word is frequent.

    Source: T. Dunning (1993), Accurate methods for the statistics of surprise and coincidence, Computational
    Linguistics 19(1), 61-74.

    Examples
    --------
    >>> round(float(log_likelihood(7, 10, 2, 9)), 4)
    4.5349
    >>> float(log_likelihood(2, 10, 20, 100))
    0.0
    """
    n, total, other_n, other_total = (np.asarray(x, dtype=float) for x in (n, total, other_n, other_total))
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = (n + other_n) / (total + other_total)
        cells = (
            (n, total * rate),
            (other_n, other_total * rate),
            (total - n, total * (1 - rate)),
            (other_total - other_n, other_total * (1 - rate)),
        )
        g2 = 2 * sum(np.where(observed > 0, observed * np.log(observed / expected), 0) for observed, expected in cells)
    # Equal rates give a sum of rounding errors, of either sign.
    return np.where(g2 < 1e-9, 0.0, g2)  # noqa: PLR2004 - far below any G² that matters


@checked
def log_ratio(
    n: ArrayLike, total: ArrayLike, other_n: ArrayLike, other_total: ArrayLike, *, confidence: float = 0.95
) -> tuple[_Floats, _Floats, _Floats]:
    """Return the binary logarithm of the ratio of two rates, with its confidence interval: the size of a difference.

    Parameters
    ----------
    n, total, other_n, other_total
        Occurrences and words of the first and of the second text.
    confidence
        Of the interval, between 0 and 1.

    Returns
    -------
    log_ratio, low, high : ndarray of float
        1 means twice as frequent in the first text, -1 half as frequent. Does not depend on length; its interval
        narrows with it. NaN where a count of zero tells nothing: where both counts are zero, or where half an
        occurrence in the text without any is a higher rate than the other text's.

    Notes
    -----
    A count of zero is replaced by one half, as in Hardie (2014). The interval is Katz's for a ratio of proportions:
    ln ratio ± z √(1/n - 1/total + 1/other_n - 1/other_total). It assumes that words are drawn independently; words
    come in clusters, so the true interval is wider.

    Sources: A. Hardie (2014), Log Ratio, CASS Lancaster; D. Katz et al. (1978), Biometrics 34(3), 469-474.

    Examples
    --------
    >>> ratio, low, high = log_ratio(8, 1000, 100, 50_000)
    >>> float(ratio), round(float(low), 2), round(float(high), 2)
    (2.0, 0.96, 3.04)

    No occurrence in 400 words is no higher a rate than one in 10,000, but half an occurrence would be 12 times as high:

    >>> float(log_ratio(0, 400, 1, 10_000)[0])
    nan
    """
    from scipy.special import ndtri

    z = ndtri((1 + confidence) / 2)
    n, total, other_n, other_total = (np.asarray(x, dtype=float) for x in (n, total, other_n, other_total))
    is_zero, is_other_zero = n == 0, other_n == 0
    n, other_n = np.where(is_zero, 0.5, n), np.where(is_other_zero, 0.5, other_n)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log2(n / total) - np.log2(other_n / other_total)
        is_undefined = (is_zero & (ratio > 0)) | (is_other_zero & (ratio < 0)) | (is_zero & is_other_zero)
        ratio = np.where(is_undefined, np.nan, ratio)
        variance = 1 / n - 1 / total + 1 / other_n - 1 / other_total
    half_width = z * np.sqrt(np.maximum(variance, 0)) / np.log(2)
    return ratio, ratio - half_width, ratio + half_width


def rates_p(n: ArrayLike, total: ArrayLike, other_n: ArrayLike, other_total: ArrayLike) -> _Floats:
    """Return the exact two-sided p value of two counts, given equal rates (conditional binomial test).

    Parameters
    ----------
    n, total, other_n, other_total
        Occurrences and words of the first and of the second text.

    Notes
    -----
    Given n + other_n occurrences, the number in the first text is binomial with probability
    total / (total + other_total); p is twice the smaller tail. Unlike the chi-squared approximation of G² it is
    valid for counts of one or two. Source: J. Przyborowski and H. Wilenski (1940), Biometrika 31, 313-323.

    Examples
    --------
    One occurrence in each of two equal texts, and nine in the first alone:

    >>> float(rates_p(1, 100, 1, 100))
    1.0
    >>> float(rates_p(9, 100, 0, 100)) == 2 * 0.5**9
    True
    """
    from scipy.special import betainc

    n, total, other_n, other_total = (np.asarray(x, dtype=float) for x in (n, total, other_n, other_total))
    share = total / (total + other_total)
    at_least = np.where(n > 0, betainc(np.maximum(n, 1e-12), other_n + 1, share), 1.0)
    at_most = np.where(other_n > 0, betainc(np.maximum(other_n, 1e-12), n + 1, 1 - share), 1.0)
    return np.minimum(2 * np.minimum(at_least, at_most), 1.0)


def fisher_p(both: ArrayLike, left: ArrayLike, right: ArrayLike, total: ArrayLike) -> _Floats:
    """Return Fisher's exact one-sided p value: the chance of at least so many pairs of two independent things.

    Parameters
    ----------
    both, left, right, total
        Pairs with both things, with the left, with the right, and all pairs.

    Notes
    -----
    The upper tail of the hypergeometric distribution, exact for small counts. Source: T. Pedersen (1996), Fishing for
    exactness, SCSUG; S. Evert (2009), Corpora and collocations, in: Corpus Linguistics, de Gruyter.

    Examples
    --------
    Of six pairs three have A and three have B; all three A's being with a B is one way out of twenty:

    >>> round(float(fisher_p(3, 3, 3, 6)), 6)
    0.05
    """
    integers = np.broadcast_arrays(*(np.asarray(x, dtype=np.int64) for x in (both, left, right, total)))
    shape = integers[0].shape
    both, left, right, total = (x.ravel() for x in integers)
    if not both.size:
        return np.zeros(shape)
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, total.max() + 1)))])

    def log_choose(n: _Integers, k: _Integers) -> _Floats:
        return log_factorial[n] - log_factorial[k] - log_factorial[n - k]

    p = np.zeros(both.size)
    highest = np.minimum(left, right)
    # Beyond the mode each term is smaller than the one before: a row is done when its terms no longer matter.
    rows, k = np.arange(both.size), both.copy()
    while rows.size:
        lowest = np.maximum(0, left[rows] + right[rows] - total[rows])
        possible = (k >= lowest) & (k <= highest[rows])
        rows, k = rows[possible], k[possible]
        a, b, n = left[rows], right[rows], total[rows]
        term = np.exp(log_choose(a, k) + log_choose(n - a, b - k) - log_choose(n, b))
        p[rows] += term
        unfinished = (term > p[rows] * 1e-15) | (k * (n + 2) < (a + 1) * (b + 1))
        rows, k = rows[unfinished], k[unfinished] + 1
    return np.minimum(p, 1.0).reshape(shape)


def adjust_p(p: ArrayLike, *, correction: str = "benjamini-hochberg") -> _Floats:
    """Correct p values for multiple testing; NaN means no test and stays NaN.

    Parameters
    ----------
    p
        The p values of all the tests made.
    correction
        ``"benjamini-hochberg"`` (false discovery rate), ``"holm"`` (family-wise error rate) or ``"none"``.

    Notes
    -----
    Sources: Y. Benjamini and Y. Hochberg (1995), JRSS B 57, 289-300; S. Holm (1979), Scandinavian Journal of
    Statistics 6, 65-70.

    Examples
    --------
    >>> [round(float(x), 3) for x in adjust_p([0.01, 0.04, 0.03])]
    [0.03, 0.04, 0.04]
    >>> [round(float(x), 3) for x in adjust_p([0.01, 0.04, 0.03], correction="holm")]
    [0.03, 0.06, 0.06]
    """
    choose(correction, CORRECTIONS, option="correction")
    p = np.asarray(p, dtype=float)
    adjusted = p.copy()
    tested = np.flatnonzero(~np.isnan(p))
    if correction == "none" or not tested.size:
        return adjusted
    order = tested[np.argsort(p[tested], kind="stable")]
    rank = np.arange(1, order.size + 1)
    if correction == "holm":
        corrected = np.maximum.accumulate(p[order] * (order.size - rank + 1))
    else:
        corrected = np.minimum.accumulate((p[order] * order.size / rank)[::-1])[::-1]
    # Rounding may take a corrected p a hair below the raw one.
    adjusted[order] = np.clip(corrected, p[order], 1.0)
    return adjusted


def dispersion(counts: ArrayLike, sizes: ArrayLike, *, measure: str = "dp_norm") -> _Floats:
    """Return how unevenly words are spread over the parts of a text.

    Parameters
    ----------
    counts
        Occurrences by part: one row per word (or a single row), one column per part.
    sizes
        Words in each part.
    measure
        ``"dp"``: half the sum of the distances between a part's share of the occurrences and its share of the text,
        0 (as even as the parts) towards 1 (all in one small part).
        ``"dp_norm"``: DP divided by the largest value that the parts allow, 0 to 1.
        ``"dp_even"``: 1 minus DP divided by the largest value that the occupied parts allow, 1 is even.
        ``"da"``: 1 minus half the mean distance between two parts' rates, divided by the mean rate, 1 is even.
        ``"d"``, ``"d2"``, ``"s"``, ``"range"``: Juilland's, Carroll's, Rosengren's, and the share of parts with the
        word; 1 is even.

    Returns
    -------
    ndarray of float
        One value per word; NaN for a word that does not occur. All depend on frequency: few occurrences cannot fill
        many parts, so compare only words of similar frequency.

    Notes
    -----
    Sources: S. Th. Gries (2008), IJCL 13(4), 403-437, for DP; J. Lijffijt and S. Th. Gries (2012), IJCL 17(1),
    147-149, for its norm (tools before 2012 divide by 1 - 1/parts, which holds only for equal parts); J. Egbert et
    al. (2020), IJCL 25(1), 89-115, for ``dp_even``; B. Burch et al. (2017), Journal of Research Design and Statistics
    in Linguistics and Communication Science 3(2), 189-216, for DA; Gries (2008) reviews the others.

    Examples
    --------
    Two equal parts; one word in the first only, one evenly in both:

    >>> [float(x) for x in dispersion([[4, 0], [2, 2]], [50, 50])]
    [1.0, 0.0]
    >>> float(dispersion([4, 0], [50, 50], measure="dp"))
    0.5
    """
    formula = DISPERSIONS[choose(measure, DISPERSIONS, option="measure")]
    counts, sizes = np.asarray(counts, dtype=float), np.asarray(sizes, dtype=float)
    if counts.shape[-1] != sizes.size or not sizes.size or (sizes <= 0).any():
        raise ValueError(
            f"counts of {counts.shape[-1]} parts and sizes {sizes.tolist()}; expected one size above 0 for each part"
        )
    table = np.atleast_2d(counts)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(table.sum(axis=1) > 0, formula(table, sizes), np.nan)
    return value if counts.ndim > 1 else value[0]


def _dp(counts: _Floats, sizes: _Floats) -> _Floats:
    return np.abs(counts / counts.sum(axis=1, keepdims=True) - sizes / sizes.sum()).sum(axis=1) / 2


def _dp_norm(counts: _Floats, sizes: _Floats) -> _Floats:
    return _dp(counts, sizes) / (1 - sizes.min() / sizes.sum())


def _dp_even(counts: _Floats, sizes: _Floats) -> _Floats:
    smallest = np.where(counts > 0, sizes / sizes.sum(), np.inf).min(axis=1)
    return 1 - _dp(counts, sizes) / (1 - smallest)


def _da(counts: _Floats, sizes: _Floats) -> _Floats:
    parts = sizes.size
    rates = np.sort(counts / sizes, axis=1)
    # Σ |a - b| over all pairs, from the sorted rates.
    distances = (rates * (2 * np.arange(1, parts + 1) - parts - 1)).sum(axis=1)
    return 1 - distances / (parts * (parts - 1) / 2) / (2 * rates.mean(axis=1))


def _d(counts: _Floats, sizes: _Floats) -> _Floats:
    rates = counts / sizes
    return 1 - rates.std(axis=1) / rates.mean(axis=1) / np.sqrt(sizes.size - 1)


def _d2(counts: _Floats, sizes: _Floats) -> _Floats:
    rates = counts / sizes
    shares = rates / rates.sum(axis=1, keepdims=True)
    return -np.where(shares > 0, shares * np.log2(shares), 0).sum(axis=1) / np.log2(sizes.size)


def _s(counts: _Floats, sizes: _Floats) -> _Floats:
    return np.sqrt(counts * sizes / sizes.sum()).sum(axis=1) ** 2 / counts.sum(axis=1)


def _range(counts: _Floats, sizes: _Floats) -> _Floats:
    return (counts > 0).sum(axis=1) / sizes.size


#: Every dispersion measure by its name, for :func:`dispersion`.
DISPERSIONS = {
    "dp": _dp,
    "dp_norm": _dp_norm,
    "dp_even": _dp_even,
    "da": _da,
    "d": _d,
    "d2": _d2,
    "s": _s,
    "range": _range,
}
