"""Words: how many, how often, how much oftener than elsewhere, how evenly, and where."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.measures import inputs
from analysis.measures.inputs import CONTENT_TAGS, choose, plain, require
from analysis.measures.statistics import adjust_p, dispersion, log_likelihood, log_ratio, rates_p

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

_BILLION = 1_000_000_000
_MIN_N_FOR_DISPERSION = 3


def terms(
    tokens: pd.DataFrame,
    *,
    reference: pd.DataFrame | None = None,
    by: str = "lemma",
    content_only: bool = True,
    min_n: int = 2,
    parts: int = 10,
    confidence: float = 0.95,
    correction: str = "benjamini-hochberg",
) -> pd.DataFrame:
    """List the words of each article with rate, keyness and dispersion, the most frequent first.

    Parameters
    ----------
    tokens
        Tokens with article_id, start, lemma (or the column named by ``by``), upos, is_word, is_stop.
    reference
        What "usual" is: a tokens table of other texts, or a table with the columns lemma (or ``by``) and n. None is
        general English (see Notes).
    by
        ``"lemma"`` or ``"norm"``; words that differ in capitals only are one.
    content_only
        Nouns, names, verbs, adjectives and adverbs that are no stop words; else every word.
    min_n
        A word that occurs less often is listed without keyness: too few to test.
    parts
        Equal slices of the article, in words, for the dispersion.
    confidence
        Of the interval of the log ratio: 0.9, 0.95 or 0.99.
    correction
        Of p for many tests, as in :func:`adjust_p`; over the tested words of one article.

    Returns
    -------
    DataFrame
        One row a word, sorted by n (falling), then first_start:
        article_id; lemma (in its most frequent spelling); upos (its most frequent tag); n; rate_per_1000 (of all
        words of the article); reference_per_1000; keyness (G², negative where the word is rarer than in the
        reference); log_ratio, log_ratio_low, log_ratio_high (binary logarithm of the ratio of the rates); p,
        p_adjusted; dispersion (Gries' DP, normalised: 0 evenly spread, 1 all in one slice; NaN below 3 occurrences);
        first_start (where the word first stands).

    Notes
    -----
    General English is wordfreq 3.1 (R. Speer 2022, doi:10.5281/zenodo.7199437; books, subtitles, news, Wikipedia,
    web, Twitter, Reddit up to 2021): the words with at least 500 occurrences in a billion. A word that it lacks is
    taken to have just 500, so that its keyness and log ratio are the least that they can be. A word that another
    reference lacks counts there as 0 for G² and one half for the log ratio. wordfreq knows words, not their tags:
    *strike* as noun and as verb is one word.

    Keyness grows with n: it says how sure a difference is, log_ratio how large. Both take words as drawn one by one,
    which words of a text are not, so p is too small for words that come in clusters (J. Lijffijt et al. 2016,
    Digital Scholarship in the Humanities 31(2), 374-397).

    Examples
    --------
    >>> tokens = pd.DataFrame({
    ...     "article_id": "a", "start": [0, 7, 14, 19], "lemma": ["Libya", "see", "Libya", "again"],
    ...     "upos": ["PROPN", "VERB", "PROPN", "ADV"], "is_word": True, "is_stop": [False, False, False, True]})
    >>> terms(tokens)[["lemma", "upos", "n", "rate_per_1000", "first_start"]].values.tolist()
    [['Libya', 'PROPN', 2, 500.0, 0], ['see', 'VERB', 1, 250.0, 7]]
    """
    choose(by, ("lemma", "norm"), option="by")
    if parts < 2:  # noqa: PLR2004 - one part has no spread
        raise ValueError(f"parts is {parts}; expected 2 or more")
    usual = _Reference(reference, by=by)
    tables = []
    for article_id, token in inputs.articles(tokens, "start", by, "upos", "is_word", "is_stop", name="tokens"):
        is_word = token["is_word"]
        total = int(is_word.sum())
        kept = is_word & np.isin(token["upos"], CONTENT_TAGS) & ~token["is_stop"] if content_only else is_word
        if not kept.any():
            continue
        codes, keys = _numbered(map(plain, token[by][kept]))
        part = (np.cumsum(is_word) - 1) * parts // total
        counts = np.zeros((len(keys), parts))
        np.add.at(counts, (codes, part[kept]), 1)
        sizes = np.bincount(part[is_word], minlength=parts)
        n = counts.sum(axis=1).astype(int)
        first_start = token["start"][kept][_first(codes)]
        spread = dispersion(counts[:, sizes > 0], sizes[sizes > 0])
        columns = {
            "lemma": _most_frequent(token[by][kept], codes),
            "upos": _most_frequent(token["upos"][kept], codes),
            "n": n,
            "rate_per_1000": 1000 * n / total,
            **_against(n, total, *usual.counts(keys), tested=n >= min_n, confidence=confidence, correction=correction),
            "dispersion": np.where(n >= _MIN_N_FOR_DISPERSION, spread, np.nan),
            "first_start": first_start,
        }
        tables.append(_table(article_id, columns, order=np.lexsort((first_start, -n))))
    return _stack(tables, _TERMS_COLUMNS)


def keyness(
    tokens: pd.DataFrame,
    *,
    reference: pd.DataFrame | None = None,
    by: str = "lemma",
    min_n: int = 2,
    min_expected: float = 3,
    confidence: float = 0.95,
    correction: str = "benjamini-hochberg",
) -> pd.DataFrame:
    """Compare each article's words with a reference, both ways: used more, and used less, than expected.

    Parameters
    ----------
    tokens, reference, by, confidence, correction
        As in :func:`terms`; all words are compared, stop words with them.
    min_n, min_expected
        A word is tested if it occurs at least ``min_n`` times or the reference lets expect it ``min_expected``
        times, so that a word the article never uses can be found missing.

    Returns
    -------
    DataFrame
        One row a tested word, the most overused first and the most underused last: article_id; lemma; n; expected
        (n at the reference's rate); rate_per_1000, reference_per_1000; keyness (signed G²); log_ratio,
        log_ratio_low, log_ratio_high; p, p_adjusted. See :func:`terms` for the reference and the formulas.

    Examples
    --------
    The letters of two tiny texts, as in the documentation of quanteda's ``textstat_keyness``:

    >>> def text(letters):
    ...     return pd.DataFrame({"article_id": "a", "lemma": list(letters), "is_word": True})
    >>> found = keyness(text("bbbbbbbaaa"), reference=text("aaaaaaabb"), min_n=1)
    >>> found[["lemma", "n", "keyness"]].round(4).values.tolist()
    [['b', 7, 4.5349], ['a', 3, -4.5349]]
    """
    choose(by, ("lemma", "norm"), option="by")
    usual = _Reference(reference, by=by)
    tables = []
    for article_id, token in inputs.articles(tokens, by, "is_word", name="tokens"):
        words = token[by][token["is_word"]]
        total = len(words)
        if not total:
            continue
        codes, keys = _numbered(map(plain, words))
        shown = dict(zip(keys, _most_frequent(words, codes), strict=True))
        here = dict(zip(keys, np.bincount(codes).tolist(), strict=True))
        often = [word for word in keys if here[word] >= min_n]
        keys = [*often, *(word for word in usual.expecting(min_expected, total) if here.get(word, 0) < min_n)]
        n = np.array([here.get(word, 0) for word in keys], dtype=int)
        against = _against(n, total, *usual.counts(keys), tested=n >= 0, confidence=confidence, correction=correction)
        columns = {
            "lemma": [shown.get(word, word) for word in keys],
            "n": n,
            "expected": against["reference_per_1000"] * total / 1000,
            "rate_per_1000": 1000 * n / total,
            **against,
        }
        tables.append(_table(article_id, columns, order=np.argsort(-against["keyness"], kind="stable")))
    return _stack(tables, _KEYNESS_COLUMNS)


def occurrences(tokens: pd.DataFrame, words: str | Iterable[str], *, by: str = "lemma") -> pd.DataFrame:
    """Find where words stand: what a dispersion plot draws.

    Parameters
    ----------
    tokens
        Tokens with article_id, token, start, end, is_word and the column named by ``by``.
    words
        One or more words as they stand in that column; capitals do not matter.
    by
        ``"lemma"``, ``"norm"`` or any other column of tokens.

    Returns
    -------
    DataFrame
        One row an occurrence, in the order of ``words`` and of the text: article_id, word (as asked for), token,
        start, end, position (share of the article's words that stand before it, 0 to 1).

    Examples
    --------
    >>> tokens = pd.DataFrame({
    ...     "article_id": "a", "token": [0, 1, 2, 3], "start": [0, 4, 8, 12], "end": [3, 7, 11, 15],
    ...     "lemma": ["fog", "and", "Fog", "bog"], "is_word": True})
    >>> occurrences(tokens, "fog")[["word", "start", "position"]].values.tolist()
    [['fog', 0, 0.0], ['fog', 8, 0.5]]
    """
    wanted = list(dict.fromkeys([words] if isinstance(words, str) else words))
    order = {plain(word): place for place, word in reversed(list(enumerate(wanted)))}
    tables = []
    for article_id, token in inputs.articles(tokens, "token", "start", "end", "is_word", by, name="tokens"):
        is_word = token["is_word"]
        place = np.array([order.get(plain(word), -1) for word in token[by]], dtype=int)
        found = np.flatnonzero(place >= 0)
        columns = {
            "word": [wanted[i] for i in place[found]],
            **{name: token[name][found] for name in ("token", "start", "end")},
            "position": (np.cumsum(is_word) - is_word)[found] / max(is_word.sum(), 1),
        }
        tables.append(_table(article_id, columns, order=np.argsort(place[found], kind="stable")))
    return _stack(tables, ("article_id", "word", "token", "start", "end", "position"))


def tag_profile(
    tokens: pd.DataFrame, *, reference: pd.DataFrame | None = None, confidence: float = 0.95
) -> pd.DataFrame:
    """Compare how often an article uses each part of speech with how often news does.

    Parameters
    ----------
    tokens
        Tokens with article_id, upos, is_word. Punctuation and symbols are left out.
    reference
        A tokens table of other texts. None is the 22 news texts of the GUM treebank (from Wikinews), tagged by hand.
    confidence
        Of the interval of the log ratio: 0.9, 0.95 or 0.99.

    Returns
    -------
    DataFrame
        One row a tag that the article or the reference has, in falling order of the reference's share: article_id,
        upos, n, share (of the article's words, 0 to 1), reference_share, log_ratio, log_ratio_low, log_ratio_high,
        keyness (signed G²), p, p_adjusted.

    Notes
    -----
    The article's tags are a model's and the reference's a person's: a model's habit of mistaking one tag for another
    shows as a difference. Source of the reference: A. Zeldes (2017), The GUM corpus, LREV 51(3), 581-612.

    Examples
    --------
    >>> tokens = pd.DataFrame({"article_id": "a", "upos": ["NOUN", "NOUN", "VERB", "DET"], "is_word": True})
    >>> profile = tag_profile(tokens).set_index("upos")
    >>> float(profile.loc["NOUN", "share"]), int(profile.loc["ADJ", "n"])
    (0.5, 0)
    """
    if reference is None:
        usual = {tag: n for tag, n in inputs.news_tag_counts().items() if tag not in _MARKS}
    else:
        require(reference, ("upos", "is_word"), name="reference")
        usual = Counter(reference.loc[reference["is_word"].astype(bool), "upos"])
    tables = []
    for article_id, token in inputs.articles(tokens, "upos", "is_word", name="tokens"):
        here = Counter(token["upos"][token["is_word"]])
        total = here.total()
        if not total:
            continue
        tags = sorted({*here, *usual}, key=lambda tag: (-usual.get(tag, 0), tag))
        n, other_n = (np.array([counts.get(tag, 0) for tag in tags]) for counts in (here, usual))
        against = _against(
            n, total, other_n, sum(usual.values()), tested=n >= 0, confidence=confidence,
            correction="benjamini-hochberg",
        )  # fmt: skip
        against["reference_share"] = against.pop("reference_per_1000") / 1000
        tables.append(_table(article_id, {"upos": tags, "n": n, "share": n / total, **against}))
    return _stack(tables, _TAG_COLUMNS)


_MARKS = frozenset({"PUNCT", "SYM"})
_AGAINST_COLUMNS = ("keyness", "log_ratio", "log_ratio_low", "log_ratio_high", "p", "p_adjusted")
_TERMS_COLUMNS = (
    "article_id", "lemma", "upos", "n", "rate_per_1000", "reference_per_1000", *_AGAINST_COLUMNS, "dispersion",
    "first_start",
)  # fmt: skip
_KEYNESS_COLUMNS = (
    "article_id", "lemma", "n", "expected", "rate_per_1000", "reference_per_1000", *_AGAINST_COLUMNS,
)  # fmt: skip
_TAG_COLUMNS = ("article_id", "upos", "n", "share", "reference_share", *_AGAINST_COLUMNS)


class _Reference:
    """How often words stand in a reference."""

    def __init__(self, table: pd.DataFrame | None, *, by: str) -> None:
        if table is None:
            self._counts: dict[str, int] = inputs.word_frequencies(by)
            self._total = _BILLION
            self._absent = inputs.REFERENCE_FLOOR_PER_BILLION
            return
        require(table, (by,), name="reference")
        if "is_word" in table.columns:
            table = table[table["is_word"].astype(bool)]
        counts: Counter[str] = Counter()
        for word, n in zip(table[by], table["n"] if "n" in table.columns else repeat(1), strict=False):
            counts[plain(word)] += int(n)
        self._counts, self._total, self._absent = counts, counts.total(), 0
        if not self._total:
            raise ValueError("the reference has no word; expected a tokens table, or the columns lemma and n")

    def counts(self, keys: Iterable[str]) -> tuple[NDArray[np.float64], int]:
        """Give the occurrences of words, and of all words together."""
        # A listed form whose lemma is another word has a count near zero: it is as good as absent.
        n = np.array([self._counts.get(key, 0) for key in keys], dtype=float)
        return np.maximum(n, self._absent), self._total

    def expecting(self, n: float, total: int) -> list[str]:
        """Give the words that would stand at least n times in a text of ``total`` words."""
        least = n * self._total / total
        return [word for word, count in self._counts.items() if count >= least]


def _against(
    n: NDArray,
    total: int,
    other_n: NDArray,
    other_total: int,
    *,
    tested: NDArray,
    confidence: float,
    correction: str,
) -> dict[str, NDArray]:
    """Compare counts with a reference's; NaN where not tested."""
    ratio, low, high = log_ratio(n, total, other_n, other_total, confidence=confidence)
    g2 = log_likelihood(n, total, other_n, other_total)
    sign = np.where(n / total < other_n / other_total, -1, 1)
    p = np.where(tested, rates_p(n, total, other_n, other_total), np.nan)
    compared = {
        "keyness": sign * g2,
        "log_ratio": ratio,
        "log_ratio_low": low,
        "log_ratio_high": high,
        "p": p,
        "p_adjusted": adjust_p(p, correction=correction),
    }
    return {
        "reference_per_1000": 1000 * other_n / other_total,
        **{name: np.where(tested, values, np.nan) for name, values in compared.items()},
    }


def _numbered(keys: Iterable[str]) -> tuple[NDArray[np.int64], list[str]]:
    """Give each key the number of its first appearance among the distinct keys, and those keys."""
    numbers: dict[str, int] = {}
    codes = [numbers.setdefault(key, len(numbers)) for key in keys]
    return np.array(codes, dtype=np.int64), list(numbers)


def _first(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the position of each code's first occurrence, codes being numbered in order of appearance."""
    return np.unique(codes, return_index=True)[1]


def _most_frequent(values: NDArray, codes: NDArray[np.int64]) -> list[str]:
    """Give each code's most frequent value, the first to appear among equals."""
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    for code, value in zip(codes.tolist(), values, strict=True):
        counted[code][value] += 1
    return [max(counts, key=counts.__getitem__) for counts in counted.values()]


def _table(article_id: str, columns: dict[str, Any], *, order: NDArray[np.int64] | None = None) -> pd.DataFrame:
    """Make one article's table, its rows in the order given and its numbers settled."""
    columns = {name: _settled(values) for name, values in columns.items()}
    table = pd.DataFrame({"article_id": article_id, **columns})
    return table if order is None else table.take(order)


def _settled(values: Any) -> Any:
    return inputs.settled(values) if isinstance(values, np.ndarray) and values.dtype == float else values


def _stack(tables: list[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    """Put the articles' tables under each other, with the columns of the contract also when there is none."""
    if not tables:
        return pd.DataFrame(columns=list(columns))
    return pd.concat(tables, ignore_index=True)[list(columns)]
