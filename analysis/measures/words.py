"""Words: how many, how often, how much oftener than elsewhere, how evenly, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.measures import inputs
from analysis.measures.inputs import CONTENT_TAGS, choose, plain, require
from analysis.measures.statistics import adjust_p, dispersion, log_likelihood, log_ratio, rates_p

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_BILLION = 1_000_000_000
_TERMS_MIN_N_FOR_DISPERSION = 3


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
    require(tokens, ("article_id", "start", by, "upos", "is_word", "is_stop"), name="tokens")
    choose(by, ("lemma", "norm"), option="by")
    usual = _Reference(reference, by=by)
    tables = []
    for article_id, article in inputs.articles(tokens):
        words = article[article["is_word"]].sort_values("start", kind="stable")
        total = len(words)
        key = plain(words[by])
        slices = np.arange(total) * parts // max(total, 1)
        if content_only:
            kept = (words["upos"].isin(CONTENT_TAGS) & ~words["is_stop"].astype(bool)).to_numpy()
            words, key, slices = words[kept], key[kept], slices[kept]
        if not len(words):
            continue
        codes, keys = pd.factorize(key)
        counts = np.zeros((len(keys), parts))
        np.add.at(counts, (codes, slices), 1)
        n = counts.sum(axis=1).astype(int)
        sizes = np.bincount(np.arange(total) * parts // total, minlength=parts)
        occupied = sizes > 0
        table = pd.DataFrame({
            "article_id": article_id,
            "lemma": _most_frequent(words[by], codes),
            "upos": _most_frequent(words["upos"], codes),
            "n": n,
            "rate_per_1000": 1000 * n / total,
            **_against(n, total, *usual.counts(keys), tested=n >= min_n, confidence=confidence, correction=correction),
            "dispersion": np.where(
                n >= _TERMS_MIN_N_FOR_DISPERSION, dispersion(counts[:, occupied], sizes[occupied]), np.nan
            ),
            "first_start": words["start"].to_numpy()[_first(codes)],
        })  # fmt: skip
        tables.append(table.sort_values(["n", "first_start"], ascending=[False, True], kind="stable"))
    return _stack(tables, _TERMS_COLUMNS)


def keyness(
    tokens: pd.DataFrame,
    *,
    reference: pd.DataFrame | None = None,
    by: str = "lemma",
    min_n: int = 2,
    min_expected: float = 5,
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
    require(tokens, ("article_id", by, "is_word"), name="tokens")
    choose(by, ("lemma", "norm"), option="by")
    usual = _Reference(reference, by=by)
    tables = []
    for article_id, article in inputs.articles(tokens):
        words = article[article["is_word"]]
        total = len(words)
        if not total:
            continue
        codes, keys = pd.factorize(plain(words[by]))
        shown = dict(zip(keys, _most_frequent(words[by], codes), strict=True))
        here = pd.Series(np.bincount(codes), index=keys)
        frequent = usual.expecting(min_expected, total)
        keys = pd.Index([*here.index[here >= min_n], *[word for word in frequent if here.get(word, 0) < min_n]])
        n = here.reindex(keys, fill_value=0).to_numpy()
        against = _against(n, total, *usual.counts(keys), tested=n >= 0, confidence=confidence, correction=correction)
        table = pd.DataFrame({
            "article_id": article_id,
            "lemma": [shown.get(word, word) for word in keys],
            "n": n,
            "expected": against["reference_per_1000"] * total / 1000,
            "rate_per_1000": 1000 * n / total,
            **against,
        })  # fmt: skip
        tables.append(table.sort_values("keyness", ascending=False, kind="stable"))
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
    require(tokens, ("article_id", "token", "start", "end", "is_word", by), name="tokens")
    wanted = list(dict.fromkeys([words] if isinstance(words, str) else words))
    order = {key: place for place, key in reversed(list(enumerate(plain(pd.Series(wanted, dtype="str")))))}
    tables = []
    for _, article in inputs.articles(tokens):
        article = article.sort_values("start", kind="stable")  # noqa: PLW2901 - the same rows, in order
        is_word = article["is_word"].to_numpy(dtype=bool)
        before = np.cumsum(is_word) - is_word
        key = plain(article[by])
        found = key.isin(list(order)).to_numpy()
        place = key[found].map(order).to_numpy(dtype=int)
        table = article.loc[found, ["article_id", "token", "start", "end"]].assign(
            word=[wanted[i] for i in place], position=before[found] / max(is_word.sum(), 1)
        )
        tables.append(table.iloc[np.argsort(place, kind="stable")])
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
        A tokens table of other texts. None is the 22 news texts of the GUM treebank (Wikinews and VOA), tagged by
        hand.
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
    require(tokens, ("article_id", "upos", "is_word"), name="tokens")
    if reference is None:
        counts = pd.Series(inputs.news_tag_counts()).drop(["PUNCT", "SYM"])
    else:
        require(reference, ("upos", "is_word"), name="reference")
        counts = reference.loc[reference["is_word"], "upos"].astype("str").value_counts()
    tables = []
    for article_id, article in inputs.articles(tokens):
        here = article.loc[article["is_word"], "upos"].astype("str").value_counts()
        total = here.sum()
        if not total:
            continue
        everywhere = sorted({*here.index, *counts.index}, key=lambda tag: (-counts.get(tag, 0), tag))
        n = here.reindex(everywhere, fill_value=0).to_numpy()
        usual = counts.reindex(everywhere, fill_value=0).to_numpy()
        against = _against(
            n, total, usual, counts.sum(), tested=n >= 0, confidence=confidence, correction="benjamini-hochberg"
        )
        against["reference_share"] = against.pop("reference_per_1000") / 1000
        table = pd.DataFrame({"article_id": article_id, "upos": everywhere, "n": n, "share": n / total, **against})
        tables.append(table)
    return _stack(tables, _TAG_COLUMNS)


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
            self._counts = inputs.word_frequencies()["lemma_per_billion" if by == "lemma" else "form_per_billion"]
            self._total = _BILLION
            self._absent = inputs.REFERENCE_FLOOR_PER_BILLION
            return
        require(table, (by,), name="reference")
        if "is_word" in table.columns:
            table = table[table["is_word"]]
        weights = table["n"] if "n" in table.columns else pd.Series(1, index=table.index)
        self._counts = weights.groupby(plain(table[by]).to_numpy()).sum()
        self._total = int(self._counts.sum())
        self._absent = 0
        if not self._total:
            raise ValueError("the reference has no word; expected a tokens table, or the columns lemma and n")

    def counts(self, keys: Sequence[str]) -> tuple[np.ndarray, int]:
        """Give the occurrences of words, and of all words together."""
        # A listed form whose lemma is another word has a count near zero: it is as good as absent.
        n = self._counts.reindex(keys, fill_value=0).to_numpy(dtype=float)
        return np.maximum(n, self._absent), self._total

    def expecting(self, n: float, total: int) -> list[str]:
        """Give the words that would stand at least n times in a text of ``total`` words."""
        return list(self._counts.index[self._counts * (total / self._total) >= n])


def _against(
    n: np.ndarray,
    total: int,
    other_n: np.ndarray,
    other_total: int,
    *,
    tested: np.ndarray,
    confidence: float,
    correction: str,
) -> dict[str, np.ndarray]:
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


def _first(codes: np.ndarray) -> np.ndarray:
    """Give the position of each code's first occurrence, codes being numbered in order of appearance."""
    return np.unique(codes, return_index=True)[1]


def _most_frequent(values: pd.Series, codes: np.ndarray) -> list[str]:
    """Give each code's most frequent value, the first to appear among equals."""
    table = pd.DataFrame({"code": codes, "value": values.astype("str").to_numpy()})
    counted = table.groupby(["code", "value"], sort=False).size().reset_index(name="n")
    counted = counted.sort_values(["code", "n"], ascending=[True, False], kind="stable")
    return counted.drop_duplicates("code")["value"].tolist()


def _stack(tables: list[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    """Put the articles' tables under each other, with the columns of the contract also when there is none."""
    if not tables:
        return pd.DataFrame(columns=list(columns))
    return pd.concat(tables, ignore_index=True)[list(columns)]
