"""Lexical diversity: how varied the words of an article are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis import tables
from analysis.measures import inputs
from analysis.measures.estimates import MIN_WORDS, Estimate, estimates, too_few
from analysis.options import checked

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    #: The words of an article, each as the number of its type.
    _Codes = NDArray[np.int64]

__all__ = ["diversity"]


@tables.stage(requires=("tokens",), returns="diversity")
@checked
def diversity(
    tokens: pd.DataFrame, *, window: int = 50, threshold: float = 0.72, draws: int = 42, strict: bool = True
) -> pd.DataFrame:
    """Measure how varied the words of each article are.

    Parameters
    ----------
    tokens
        Tokens with article_id, start, norm, is_word.
    window
        Words in the moving window of MATTR.
    threshold
        Type-token ratio at which a factor of MTLD is full.
    draws
        Words drawn for HD-D.
    strict
        Return NaN, with the reason in ``note``, where the article is shorter than a measure was made for; otherwise
        the result of the formula whatever the length.

    Returns
    -------
    DataFrame
        {columns}

        Articles are in the order of tokens, each with one row per measure, in the order of the Notes. No interval is
        given: none is known that is valid for a single text.

    Notes
    -----
    With N words, V types and V(i) types that occur i times:

    ===========  ============================================  ========================  ==========================
    measure      formula                                       more varied when          depends on length
    ===========  ============================================  ========================  ==========================
    ttr          V / N                                         higher                    falls with N: never compare
    mattr        mean TTR of all windows of ``window`` words   higher                    no (N ≥ window)
    mtld         mean words that keep TTR above threshold      higher                    hardly, from 100 words
    hdd          mean TTR of ``draws`` words drawn at random   higher                    hardly (N ≥ draws)
    yule_k       10⁴ (Σ i² V(i) - N) / N²                      lower                     hardly, from 100 words
    maas         (ln N - ln V) / (ln N)²                       lower                     slightly
    ===========  ============================================  ========================  ==========================

    MTLD is the mean of a forward and a backward pass; a factor ends where TTR falls to the threshold or below it, and
    the remaining words count as the part (1 - TTR) / (1 - threshold) of a factor. Tools differ in Maas's logarithm:
    Maas (1972) has a² with base 10, which is 2.303 times this value; quanteda reports its root, a. LexicalRichness and
    McCarthy and Jarvis (2010) have natural logarithms, as here.

    Sources: M. Covington and J. McFall (2010), Journal of Quantitative Linguistics 17(2), 94-100 (MATTR); P. McCarthy
    and S. Jarvis (2010), Behavior Research Methods 42(2), 381-392 (MTLD, HD-D, Maas); G. U. Yule (1944), The
    Statistical Study of Literary Vocabulary; F. Tweedie and H. Baayen (1998), Computers and the Humanities 32, 323-352
    (dependence on length).

    Examples
    --------
    >>> tokens = pd.DataFrame({"article_id": "a", "start": range(4), "norm": list("aabb"), "is_word": True})
    >>> found = diversity(tokens, strict=False, window=2, draws=2).set_index("measure")["value"]
    >>> found[["ttr", "mattr", "hdd", "yule_k"]].round(4).tolist()
    [0.5, 0.6667, 0.8333, 2500.0]
    """
    formulas = (
        ("ttr", "types per word", 1, "falls with length: do not compare texts of different length", _ttr),
        ("mattr", "types per word", window, f"higher is more varied; windows of {window} words", _mattr(window)),
        ("mtld", "words", MIN_WORDS, "higher is more varied", _mtld(threshold)),
        ("hdd", "types per word", draws, f"higher is more varied; {draws} words drawn", _hdd(draws)),
        ("yule_k", "per 10,000", MIN_WORDS, "lower is more varied", _yule_k),
        ("maas", "a², natural logarithm", MIN_WORDS, "lower is more varied; rises slightly with length", _maas),
    )
    rows = []
    for article_id, token in inputs.articles(tokens, "start", "norm", "is_word", name="tokens"):
        words = [inputs.normalise(word) for word in token["norm"][token["is_word"]]]
        codes = pd.factorize(np.array(words, dtype=object))[0]
        for measure, unit, least, note, formula in formulas:
            if len(codes) >= (least if strict else 1):
                estimate = Estimate(formula(codes), note=note)
            else:
                estimate = Estimate(np.nan, note=too_few(len(codes), least, "words"))
            rows.append((article_id, measure, unit, estimate))
    return estimates("diversity", rows)


def _ttr(codes: _Codes) -> float:
    return len(np.unique(codes)) / len(codes)


def _mattr(window: int) -> Callable[[_Codes], float]:
    def formula(codes: _Codes) -> float:
        if len(codes) < window:
            return np.nan
        # Each occurrence adds one type to every window that contains it but not the occurrence before it, so one pass
        # over the words counts the types of all windows. Windows are numbered by their first word.
        previous: dict[int, int] = {}
        types = 0
        for i, code in enumerate(codes.tolist()):
            first_window = max(i - window + 1, previous.get(code, -1) + 1)
            types += max(0, min(i, len(codes) - window) - first_window + 1)
            previous[code] = i
        return types / (window * (len(codes) - window + 1))

    return formula


def _mtld(threshold: float) -> Callable[[_Codes], float]:
    def factors(codes: list[int]) -> float:
        full, words = 0.0, 0
        seen: set[int] = set()
        for code in codes:
            words += 1
            seen.add(code)
            if len(seen) / words <= threshold:
                full, words = full + 1, 0
                seen.clear()
        return full + (1 - len(seen) / words) / (1 - threshold) if words else full

    def formula(codes: _Codes) -> float:
        passes = [factors(words) for words in (codes.tolist(), codes.tolist()[::-1])]
        return sum(len(codes) / n for n in passes) / 2 if all(passes) else np.nan

    return formula


def _hdd(draws: int) -> Callable[[_Codes], float]:
    def formula(codes: _Codes) -> float:
        total, n = len(codes), np.bincount(codes)
        if total < draws:
            return np.nan
        # Logarithm of the probability that a type with n occurrences is in none of the draws.
        steps = np.arange(draws)
        with np.errstate(divide="ignore", invalid="ignore"):
            log_missing = np.log(np.maximum(total - n[:, None] - steps, 0)) - np.log(total - steps)
        return float((1 - np.exp(log_missing.sum(axis=1))).sum() / draws)

    return formula


def _yule_k(codes: _Codes) -> float:
    n = np.bincount(codes).astype(float)
    return 1e4 * float((n**2).sum() - n.sum()) / float(n.sum()) ** 2


def _maas(codes: _Codes) -> float:
    total, types = len(codes), len(np.unique(codes))
    return (math.log(total) - math.log(types)) / math.log(total) ** 2 if total > 1 else np.nan
