"""Words of an article: frequency, keyness against a reference, dispersion and position."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis import tables
from analysis.measures import inputs
from analysis.measures.inputs import CONTENT_TAGS, choose, normalise
from analysis.measures.statistics import adjust_p, dispersion, log_likelihood, log_ratio, rates_p
from analysis.measures.units import NAME_COLUMNS, find_units, is_title, titles
from analysis.options import checked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    _Floats = NDArray[np.float64]
    _Integers = NDArray[np.int64]

__all__ = ["keyness", "occurrences", "tag_profile", "terms"]

_BILLION = 1_000_000_000
_MIN_N_FOR_DISPERSION = 3

#: No terms, but ends of them.
_POSSESSIVES = ("'s", "’s", "'", "’")


@tables.stage(requires=("tokens",), returns="terms")
@checked
def terms(
    tokens: pd.DataFrame,
    *,
    reference: pd.DataFrame | None = None,
    by: str = "lemma",
    content_only: bool = True,
    whole_names: bool = False,
    min_n: int = 2,
    parts: int = 10,
    confidence: float = 0.95,
    correction: str = "benjamini-hochberg",
) -> pd.DataFrame:
    """List the words of each article with rate, keyness and dispersion, the most frequent first.

    Parameters
    ----------
    tokens
        Tokens with article_id, start, lemma (or the column named by ``by``), upos, is_word, is_stop and, for whole
        names, sentence, end, text, entity. Titles before names are told where there is a column text.
    reference
        What the article is compared with: a tokens table of other texts, or a table with the columns lemma (or ``by``)
        and n. None is general English (see Notes).
    by
        ``"lemma"`` or ``"norm"``; case is ignored.
    content_only
        Whether to list only nouns, names, verbs, adjectives and adverbs that are neither stop words nor abbreviated
        titles before names (*Mr.*, *Gen.*) nor without a letter (*20*), or every word.
    whole_names
        Whether a name of several words counts as one word, as written, without the title before it, and so does a
        hyphenated word (*cease-fire*); the words in it then do not count by themselves. See Notes.
    min_n
        Occurrences below which a word is listed but not tested.
    parts
        Number of parts for the dispersion, each of the same number of words; 2 or more.
    confidence
        Of the interval of the log ratio, between 0 and 1.
    correction
        Of p for multiple testing, as in :func:`adjust_p`, over the tested words of one article.

    Returns
    -------
    DataFrame
        {columns}

        Within an article, rows are sorted by n (descending), then first_start. A word has its most frequent spelling
        and its most frequent tag.

    Notes
    -----
    General English is wordfreq 3.1 (R. Speer 2022, doi:10.5281/zenodo.7199437; books, subtitles, news, Wikipedia,
    web, Twitter, Reddit up to 2021): the words with at least 500 occurrences in a billion. A word that it lacks is
    given 500, the highest rate that it may have, so that its keyness and log ratio are lower bounds. A word that
    another reference lacks counts there as 0 for G² and as one half for the log ratio. wordfreq has words without
    tags: *strike* as noun and as verb is one word.

    A whole name or hyphenated word is a unit that a reference of words does not count. It cannot be more frequent there
    than the rarest of its words, so that word's count is taken for it (*York* for *New York*), and its keyness and log
    ratio are lower bounds as well. A reference of tokens with the columns of whole names has its units counted as here.
    Rates are per word of running text, words in names included. Where the reference counts words inside names and the
    article does not, the overuse of a word such as *new* is understated and its underuse overstated.

    Keyness grows with n: it measures the evidence for a difference, log_ratio its size. Both assume that words are
    drawn independently, which words of a text are not, so p is too small for words that come in clusters (J. Lijffijt
    et al. 2016, Digital Scholarship in the Humanities 31(2), 374-397).

    Examples
    --------
    >>> import pandas as pd
    >>> tokens = pd.DataFrame({
    ...     "article_id": "a", "start": [0, 7, 14, 19], "lemma": ["Libya", "see", "Libya", "again"],
    ...     "upos": ["PROPN", "VERB", "PROPN", "ADV"], "is_word": True, "is_stop": [False, False, False, True]})
    >>> terms(tokens)[["lemma", "upos", "n", "rate_per_1000", "first_start"]].values.tolist()
    [['Libya', 'PROPN', 2, 500.0, 0], ['see', 'VERB', 1, 250.0, 7]]
    """
    choose(by, ("lemma", "norm"), option="by")
    baseline = _Reference.of_table(reference, by=by, whole_names=whole_names)
    needed = ("start", by, "upos", "is_word", "is_stop", *(NAME_COLUMNS if whole_names else ()))
    found = []
    for article_id, token in inputs.articles(tokens, *needed, name="tokens"):
        is_word = token["is_word"]
        total = int(is_word.sum())
        units = find_units(token, by=by, whole_names=whole_names)
        has_letter = np.array([any(map(str.isalpha, word)) for word in units.words], dtype=bool)
        upos, is_stop = token["upos"][units.heads], token["is_stop"][units.heads]
        is_content = units.is_name | (np.isin(upos, CONTENT_TAGS) & ~is_stop & has_letter)
        kept = units.starts_unit & (is_content | (not content_only))
        if not kept.any():
            continue
        words = units.words[kept]
        upos = np.where([word in units.parts for word in words] & units.is_name[kept], "PROPN", upos[kept])
        codes, keys = _factorise(map(normalise, words))
        part = (np.cumsum(is_word) - 1) * parts // total
        by_part = np.zeros((len(keys), parts))
        np.add.at(by_part, (codes, part[kept]), 1)
        sizes = np.bincount(part[is_word], minlength=parts)
        n = by_part.sum(axis=1).astype(np.int64)
        first_start = token["start"][kept][np.unique(codes, return_index=True)[1]]
        spread = dispersion(by_part[:, sizes > 0], sizes[sizes > 0])
        columns = {
            "lemma": _most_frequent(words, codes),
            "upos": _most_frequent(upos, codes),
            "n": n,
            "rate_per_1000": 1000 * n / total,
            **_compare(
                n,
                total,
                *baseline.counts(keys, units.parts),
                is_tested=n >= min_n,
                confidence=confidence,
                correction=correction,
            ),
            "dispersion": np.where(n >= _MIN_N_FOR_DISPERSION, spread, np.nan),
            "first_start": first_start,
        }
        found.append((article_id, columns, np.lexsort((first_start, -n))))
    return inputs.join("terms", found)


@tables.stage(requires=("tokens",), returns="keyness")
@checked
def keyness(
    tokens: pd.DataFrame,
    *,
    reference: pd.DataFrame | None = None,
    by: str = "lemma",
    whole_names: bool | None = None,
    min_n: int = 2,
    min_expected: float = 3,
    confidence: float = 0.95,
    correction: str = "benjamini-hochberg",
) -> pd.DataFrame:
    """Compare each article's words with a reference: which are used more, and which less, than expected.

    Parameters
    ----------
    tokens, reference, by, confidence, correction
        As in :func:`terms`; all words are compared, stop words and titles included.
    whole_names
        As in :func:`terms`; None counts names whole where tokens have the columns for it.
    min_n, min_expected
        A word is tested if it occurs at least ``min_n`` times, or would at the rate of the reference occur
        ``min_expected`` times, so that words which the article lacks are found too. A word that the article has
        inside whole names is not lacking.

    Returns
    -------
    DataFrame
        {columns}

        Within an article, rows are sorted by keyness (descending): the most overused word first, the most underused
        last. See :func:`terms` for the reference and the formulas.

    Examples
    --------
    The letters of two tiny texts, as in the documentation of quanteda's ``textstat_keyness``:

    >>> import pandas as pd
    >>> def text(letters):
    ...     return pd.DataFrame({"article_id": "a", "lemma": list(letters), "is_word": True})
    >>> found = keyness(text("bbbbbbbaaa"), reference=text("aaaaaaabb"), min_n=1)
    >>> found[["lemma", "n", "keyness"]].round(4).values.tolist()
    [['b', 7, 4.5349], ['a', 3, -4.5349]]
    """
    choose(by, ("lemma", "norm"), option="by")
    if whole_names is None:
        whole_names = set(NAME_COLUMNS) <= set(tokens.columns)
    baseline = _Reference.of_table(reference, by=by, whole_names=whole_names)
    told_by = [name for name in ("text", "upos", "entity") if name in tokens.columns]
    needed = (by, "is_word", *told_by, *(NAME_COLUMNS if whole_names else ()))
    found = []
    for article_id, token in inputs.articles(tokens, *needed, name="tokens"):
        total = int(token["is_word"].sum())
        if not total:
            continue
        units = find_units(token, by=by, whole_names=whole_names)
        if {"text", "upos"} <= set(told_by):
            is_possessive = (token["upos"] == "PART") & np.isin(token["text"].astype(str), _POSSESSIVES)
            units.starts_unit[is_title(token) | is_possessive] = False
        words = units.words[units.starts_unit]
        in_names = Counter(normalise(part) for word in words for part in units.parts.get(word, ()))
        codes, keys = _factorise(map(normalise, words))
        spellings = dict(zip(keys, _most_frequent(words, codes), strict=True))
        counts = dict(zip(keys, np.bincount(codes).tolist(), strict=True))
        frequent = [word for word in keys if counts[word] >= min_n]
        expected = [
            word
            for word in baseline.expected(min_expected, total)
            if counts.get(word, 0) + in_names[word] < min_n
            if word.rstrip(".") not in titles() and word not in _POSSESSIVES
        ]
        keys = frequent + expected
        n = np.array([counts.get(word, 0) for word in keys], dtype=np.int64)
        compared = _compare(
            n,
            total,
            *baseline.counts(keys, units.parts),
            is_tested=n >= 0,
            confidence=confidence,
            correction=correction,
        )
        columns = {
            "lemma": [spellings.get(word, word) for word in keys],
            "n": n,
            "expected": compared["reference_per_1000"] * total / 1000,
            "rate_per_1000": 1000 * n / total,
            **compared,
        }
        found.append((article_id, columns, np.argsort(-compared["keyness"], kind="stable")))
    return inputs.join("keyness", found)


@tables.stage(requires=("tokens",), returns="occurrences")
def occurrences(tokens: pd.DataFrame, words: str | Iterable[str], *, by: str = "lemma") -> pd.DataFrame:
    """Find every occurrence of words, for a dispersion plot.

    Parameters
    ----------
    tokens
        Tokens with article_id, token, start, end, is_word and the column named by ``by``.
    words
        One or more words as in that column; case is ignored.
    by
        ``"lemma"``, ``"norm"`` or any other column of tokens.

    Returns
    -------
    DataFrame
        {columns}

        Within an article, rows are in the order of ``words``, then of the text.

    Examples
    --------
    >>> import pandas as pd
    >>> tokens = pd.DataFrame({
    ...     "article_id": "a", "token": [0, 1, 2, 3], "start": [0, 4, 8, 12], "end": [3, 7, 11, 15],
    ...     "lemma": ["fog", "and", "Fog", "bog"], "is_word": True})
    >>> occurrences(tokens, "fog")[["word", "start", "position"]].values.tolist()
    [['fog', 0, 0.0], ['fog', 8, 0.5]]
    """
    wanted = list(dict.fromkeys([words] if isinstance(words, str) else words))
    # Of two words that differ in case only, the first is found.
    index_of = {normalise(word): index for index, word in reversed(list(enumerate(wanted)))}
    found = []
    for article_id, token in inputs.articles(tokens, "token", "start", "end", "is_word", by, name="tokens"):
        is_word = token["is_word"]
        index = np.array([index_of.get(normalise(word), -1) for word in token[by]], dtype=np.int64)
        hits = np.flatnonzero(index >= 0)
        columns = {
            "word": [wanted[i] for i in index[hits]],
            **{name: token[name][hits] for name in ("token", "start", "end")},
            "position": (np.cumsum(is_word) - is_word)[hits] / max(is_word.sum(), 1),
        }
        found.append((article_id, columns, np.argsort(index[hits], kind="stable")))
    return inputs.join("occurrences", found)


@tables.stage(requires=("tokens",), returns="tag_profile")
@checked
def tag_profile(
    tokens: pd.DataFrame, *, reference: pd.DataFrame | None = None, confidence: float = 0.95
) -> pd.DataFrame:
    """Compare the frequency of each part of speech in an article with its frequency in news.

    Parameters
    ----------
    tokens
        Tokens with article_id, upos, is_word. Punctuation and symbols are left out.
    reference
        A tokens table of other texts. None is the 22 news texts of the GUM treebank (from Wikinews), tagged by hand.
    confidence
        Of the interval of the log ratio, between 0 and 1.

    Returns
    -------
    DataFrame
        {columns}

        Within an article, rows are sorted by the share in the reference (descending); tags that neither has are left
        out.

    Notes
    -----
    The article is tagged by a model, the reference by hand: systematic errors of the model appear as differences.
    Source of the reference: A. Zeldes (2017), The GUM corpus, LREV 51(3), 581-612.

    Examples
    --------
    >>> import pandas as pd
    >>> tokens = pd.DataFrame({"article_id": "a", "upos": ["NOUN", "NOUN", "VERB", "DET"], "is_word": True})
    >>> profile = tag_profile(tokens).set_index("upos")
    >>> float(profile.loc["NOUN", "share"]), int(profile.loc["ADJ", "n"])
    (0.5, 0)
    """
    if reference is None:
        reference_counts = Counter({tag: n for tag, n in inputs.news_tag_counts().items() if tag not in _MARKS})
    else:
        inputs.require(reference, ("upos", "is_word"), name="reference")
        reference_counts = Counter(reference.loc[reference["is_word"].astype(bool), "upos"])
    if not reference_counts.total():
        raise ValueError("the reference has no word; expected a tokens table")
    found = []
    for article_id, token in inputs.articles(tokens, "upos", "is_word", name="tokens"):
        counts = Counter(token["upos"][token["is_word"]])
        total = counts.total()
        if not total:
            continue
        tags = sorted({*counts, *reference_counts}, key=lambda tag: (-reference_counts[tag], tag))
        n, reference_n = (np.array([counter[tag] for tag in tags]) for counter in (counts, reference_counts))
        compared = _compare(n, total, reference_n, reference_counts.total(), is_tested=n >= 0, confidence=confidence)
        compared["reference_share"] = compared.pop("reference_per_1000") / 1000
        found.append((article_id, {"upos": tags, "n": n, "share": n / total, **compared}, slice(None)))
    return inputs.join("tag_profile", found)


_MARKS = frozenset({"PUNCT", "SYM"})


class _Reference(NamedTuple):
    """What articles are compared with.

    Attributes
    ----------
    n, total
        Occurrences of each word, and of all words.
    n_unlisted
        Occurrences of a word that is not listed.
    has_names
        Whether whole names are counted as they are in the articles.
    """

    n: Mapping[str, int]
    total: int
    n_unlisted: int
    has_names: bool

    @classmethod
    def of_table(cls, table: pd.DataFrame | None, *, by: str, whole_names: bool) -> _Reference:
        """Count the words of a table, and its whole names where it tells them; None is general English."""
        if table is None:
            return cls(inputs.word_frequencies(by), _BILLION, inputs.REFERENCE_FLOOR_PER_BILLION, has_names=False)
        inputs.require(table, (by,), name="reference")
        has_names = whole_names and {"article_id", *NAME_COLUMNS} <= set(table.columns)
        counts: Counter[str] = Counter()
        if has_names:
            total = int(table["is_word"].sum())
            for _, token in inputs.articles(table, by, *NAME_COLUMNS, name="reference"):
                units = find_units(token, by=by, whole_names=True)
                counts.update(map(normalise, units.words[units.starts_unit]))
        else:
            if "is_word" in table.columns:
                table = table[table["is_word"].astype(bool)]
            for word, n in zip(table[by], table["n"] if "n" in table.columns else repeat(1), strict=False):
                counts[normalise(word)] += int(n)
            total = counts.total()
        if not total:
            raise ValueError(f"the reference has no word; expected a tokens table, or the columns {by} and n")
        return cls(counts, total, 0, has_names=has_names)

    def counts(self, words: Iterable[str], names: Mapping[str, Sequence[str]]) -> tuple[_Floats, int]:
        """Return the occurrences of words and of names, given the words of each name; and of all words together."""
        parts = {normalise(name): [normalise(part) for part in own] for name, own in names.items()}
        # A name that is not counted is as frequent as the rarest of its words at most.
        most = {name: min(self.n.get(part, 0) for part in own) for name, own in parts.items() if not self.has_names}
        # A listed form whose lemma is another word has a count near zero: it is as good as unlisted.
        n = np.array([self.n.get(word, most.get(word, 0)) for word in words], dtype=float)
        return np.maximum(n, self.n_unlisted), self.total

    def expected(self, n: float, total: int) -> list[str]:
        """Return the words that would occur at least n times in a text of ``total`` words."""
        least = n * self.total / total
        return [word for word, count in self.n.items() if count >= least]


def _compare(
    n: _Integers,
    total: int,
    reference_n: NDArray[Any],
    reference_total: int,
    *,
    is_tested: NDArray[np.bool_],
    confidence: float,
    correction: str = "benjamini-hochberg",
) -> dict[str, _Floats]:
    """Compare counts with those of a reference; all but the rate is NaN where not tested."""
    both = (n, total, reference_n, reference_total)
    ratio, low, high = log_ratio(*both, confidence=confidence)
    sign = np.where(n / total < reference_n / reference_total, -1, 1)
    p = np.where(is_tested, rates_p(*both), np.nan)
    compared = {
        "keyness": sign * log_likelihood(*both),
        "log_ratio": ratio,
        "log_ratio_low": low,
        "log_ratio_high": high,
        "p": p,
        "p_adjusted": adjust_p(p, correction=correction),
    }
    return {
        "reference_per_1000": 1000 * reference_n / reference_total,
        **{name: np.where(is_tested, values, np.nan) for name, values in compared.items()},
    }


def _factorise(keys: Iterable[str]) -> tuple[_Integers, list[str]]:
    """Return the code of each key, numbered in order of first appearance, and the distinct keys."""
    numbers: dict[str, int] = {}
    codes = [numbers.setdefault(key, len(numbers)) for key in keys]
    return np.array(codes, dtype=np.int64), list(numbers)


def _most_frequent(values: NDArray[Any], codes: _Integers) -> list[str]:
    """Return the most frequent value of each code; of equally frequent values, the first to appear."""
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    for code, value in zip(codes.tolist(), values, strict=True):
        counted[code][value] += 1
    return [max(counts, key=counts.__getitem__) for counts in counted.values()]
