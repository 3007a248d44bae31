"""Statistics: own formulas against scipy and exact sums."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis import measures

COUNTS = st.tuples(st.integers(0, 40), st.integers(40, 500), st.integers(0, 400), st.integers(400, 50_000))


@given(COUNTS)
def test_log_likelihood_is_the_g_test_of_a_two_by_two_table(counts):
    n, total, other_n, other_total = counts
    found = measures.log_likelihood(n, total, other_n, other_total)
    if n + other_n in {0, total + other_total}:
        assert found == 0
    else:
        table = [[n, other_n], [total - n, other_total - other_n]]
        expected = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood").statistic
        assert found == pytest.approx(expected, rel=1e-6, abs=1e-8)


@given(COUNTS.filter(lambda counts: counts[0] and counts[2]), st.floats(0.5, 0.999))
def test_log_ratio_is_the_relative_risk_with_the_interval_of_katz(counts, confidence):
    risk = stats.contingency.relative_risk(*counts)
    interval = risk.confidence_interval(confidence)
    found = measures.log_ratio(*counts, confidence=confidence)
    assert found == pytest.approx(np.log2([risk.relative_risk, interval.low, interval.high]), rel=1e-6, abs=1e-9)


@given(st.integers(0, 3), st.integers(3, 500), st.integers(0, 3), st.integers(3, 50_000))
def test_log_ratio_has_the_sign_of_the_difference_of_rates_or_is_missing(n, total, other_n, other_total):
    found = measures.log_ratio(n, total, other_n, other_total)
    difference = n * other_total - other_n * total
    assert np.isnan(found).all() if not n and not other_n else not found[0] * difference < 0
    assert np.isfinite(found).all() or not n or not other_n


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5, math.nan])
def test_a_confidence_that_is_not_between_0_and_1_is_an_error(confidence):
    with pytest.raises(ValueError, match=r"^confidence is .*; expected a number between 0 and 1, such as 0.95$"):
        measures.log_ratio(1, 10, 1, 10, confidence=confidence)


@given(COUNTS)
def test_rates_p_is_twice_the_smaller_tail_of_the_binomial_distribution(counts):
    n, total, other_n, other_total = counts
    binomial = stats.binom(n + other_n, total / (total + other_total))
    expected = min(1, 2 * min(binomial.cdf(n), binomial.sf(n - 1)))
    assert measures.rates_p(n, total, other_n, other_total) == pytest.approx(expected, rel=1e-8, abs=1e-300)


@given(st.integers(1, 900).flatmap(lambda total: st.tuples(*[st.integers(0, total)] * 2, st.just(total))), st.data())
def test_fisher_p_is_the_upper_tail_of_the_hypergeometric_distribution(margins, data):
    left, right, total = margins
    both = data.draw(st.integers(max(0, left + right - total), min(left, right)))
    expected = stats.hypergeom(total, left, right).sf(both - 1)
    assert measures.fisher_p(both, left, right, total) == pytest.approx(expected, rel=1e-8, abs=1e-300)


def test_fisher_p_is_an_exact_sum():
    for both, left, right, total in [(0, 3, 4, 9), (2, 5, 4, 30), (5, 5, 5, 5), (1, 40, 70, 900), (9, 12, 20, 400)]:
        ways = [math.comb(left, k) * math.comb(total - left, right - k) for k in range(both, min(left, right) + 1)]
        expected = sum(ways) / math.comb(total, right)
        assert measures.fisher_p(both, left, right, total) == pytest.approx(expected, rel=1e-9)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_benjamini_hochberg_is_as_in_scipy(p):
    assert measures.adjust_p(p) == pytest.approx(stats.false_discovery_control(p), rel=1e-9)
