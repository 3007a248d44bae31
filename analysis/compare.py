"""Comparing many finished reports: groups of articles, names over time, measures side by side.

The functions take the table that :func:`read_reports` gives (a row an article) and read the reports' own tables one
report at a time, only the columns they need. What they keep is counts: twelve bytes for each different word, or name,
of each article, and the distinct words themselves. Ten thousand reports need a few hundred megabytes:
``benchmarks/compare.py`` measures it.

The article is the unit of every comparison here. Words come in clusters, so that one long article on a subject can
make its words look like its publisher's; a thing is therefore told of a group only if several of its articles bear it
out, and every interval and test knows how unevenly the articles share it.
"""

from __future__ import annotations

import hashlib
import json
import re
from array import array
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.measures import adjust_p, dispersion, log_likelihood, log_ratio, rates_p
from analysis.measures.inputs import normalise, require, round_floats

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

#: What every articles table has; the columns that a user adds follow.
ARTICLE_COLUMNS = (
    "article_id", "title", "publisher", "published", "year", "month", "url", "n_words", "report", "record_sha256",
)  # fmt: skip
#: Measures that texts of different length can be compared by, of those in a report.
COMPARABLE_MEASURES = (
    "sentence_length_mean", "word_length_mean", "lexical_density", "mattr", "mtld", "flesch_kincaid_grade",
)  # fmt: skip

_PROJECT = Path(__file__).resolve().parent.parent
_RECORD = "ro-crate-metadata.json"
_COMPARISON = "comparison.json"
_MEASURE_TABLES = ("counts", "diversity", "readability")
_MOST_GROUPS = 100
_MIN_ARTICLES = 3
_MIN_ARTICLES_FOR_INTERVAL = 5
_MIN_N_FOR_DISPERSION = 3
_UNSURE = 0.5
_TINY = 1e-12
_LEAST_SKEWED = 1e-3
_MOST_DEALT = 300
_MAY_MATTER = 0.2
_DRAWS, _DRAWS_AT_ONCE = 20_000, 1000
_SLACK = 1e-9  # sums of the same numbers in another order
_ROWS_AT_ONCE = 100
_MONTH = len("2014-09")


def read_reports(reports: str | Path | Iterable[str | Path], *, columns: str | Path | None = None) -> pd.DataFrame:
    """List the articles of finished reports.

    Parameters
    ----------
    reports
        Reports' folders, folders that hold such, globs of them (``reports/2014-*``), or ``.csv`` files that list them
        in a column ``report`` (relative to the file) beside any other columns. A relative path is looked for in the
        working folder, then in Dateline's own.
    columns
        A ``.csv`` file of more to group by: a column ``article_id`` (or ``id``), and any others. They take the place
        of columns of the same name; an article that the file does not name has none of them.

    Returns
    -------
    DataFrame
        One row an article, by date and then id, undated ones last: article_id; title, publisher, published (ISO 8601,
        an interval as ``2014-09-28/2014-09-30``), url; year and month (of published, missing where an interval spans
        two); n_words; report (its folder); record_sha256 (of the report's own record, which names every file in it by
        its SHA-256); then the further columns, as text.

    Raises
    ------
    ValueError
        If there is no such report, a report is not whole, two reports are of one article, or ``columns`` names none of
        the articles.
    """
    given = [reports] if isinstance(reports, (str, Path)) else list(reports)
    rows = [_read_article(folder) | more for source in given for folder, more in _find(Path(source))]
    articles = pd.DataFrame(
        rows, columns=list(dict.fromkeys([*ARTICLE_COLUMNS, *(name for row in rows for name in row)]))
    )
    repeated = articles[articles["article_id"].duplicated(keep=False)]
    if len(repeated):
        article_id, one, other = repeated["article_id"].iloc[0], *repeated["report"].iloc[:2]
        raise ValueError(f"two reports are of the article {article_id!r}: {one} and {other}; name one of them")
    if columns:
        articles = _with_columns(articles, Path(columns))
    texts = [name for name in articles.columns if name != "n_words"]
    articles = articles.astype(dict.fromkeys(texts, "str"))
    ends = articles["published"].str.split("/")
    for period, length in (("year", 4), ("month", _MONTH)):
        articles[period] = ends.map(lambda days, length=length: _period(days, length), na_action="ignore").astype("str")
    return articles.sort_values(["published", "article_id"], na_position="last", ignore_index=True)


def _find(source: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """Yield the reports that a source names, each with what the source says of it."""
    tried = [[path] if path.exists() else _matches(path) for path in (source, _PROJECT / source)]
    found = tried[0] or tried[1]
    if not found:
        raise ValueError(f"no such folder: {source}; expected reports, or a folder or a .csv file of them")
    if len(found) == 1 and found[0].suffix == ".csv":
        yield from _listed(found[0])
        return
    if len(found) == 1 and not _is_report(found[0]) and found[0].is_dir():
        if (found[0] / _COMPARISON).is_file():
            return
        found = sorted(found[0].iterdir())
    kept = [folder for folder in found if _is_report(folder)]
    if not kept:
        raise ValueError(f"{source} holds no report: expected folders with article.json and {_RECORD}")
    for folder in kept:
        yield folder, {}


def _matches(pattern: Path) -> list[Path]:
    """Give what a glob matches, in order; nothing for a path that has no wildcard."""
    root = Path(pattern.anchor)
    return sorted(root.glob(str(pattern.relative_to(root)))) if any(c in str(pattern) for c in "*?[") else []


def _is_report(folder: Path) -> bool:
    return (folder / "article.json").is_file() and (folder / _RECORD).is_file()


def _listed(path: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    table = _read_csv(path)
    require(table, ["report"], name=str(path))
    derived = {"report", "record_sha256", "year", "month", "n_words"}
    for row in table.to_dict("records"):
        folder = path.parent / row["report"]
        if not _is_report(folder):
            raise ValueError(f"{path}: {folder} is no report")
        yield folder, {name: value for name, value in row.items() if name not in derived and isinstance(value, str)}


def _read_csv(path: Path) -> pd.DataFrame:
    # "NA" is Namibia: only an empty cell is missing.
    try:
        return pd.read_csv(path, dtype="str", keep_default_na=False, na_values=[""])
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} cannot be read as CSV: {error}") from None


def _read_article(folder: Path) -> dict[str, Any]:
    try:
        said = json.loads((folder / "article.json").read_bytes())
        about = {name: said.get(name) for name in ("title", "publisher", "published", "url")}
        record = (folder / _RECORD).read_bytes()
        article_id = said["id"]
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise ValueError(f"{folder} is no whole report: {error}; make it again") from None
    counts = _columns(folder, "counts", ("measure", "value"))
    n_words = dict(zip(counts["measure"], counts["value"], strict=True))["words"]
    return {
        "article_id": article_id,
        **about,
        "n_words": int(n_words),
        "report": folder.as_posix(),
        "record_sha256": hashlib.sha256(record).hexdigest(),
    }


def _with_columns(articles: pd.DataFrame, path: Path) -> pd.DataFrame:
    more = _read_csv(path)
    key = next((name for name in ("article_id", "id") if name in more.columns), None)
    if key is None:
        raise ValueError(f"{path} has the columns {', '.join(more.columns)}; expected also article_id")
    more = more.rename(columns={key: "article_id"})
    if repeated := more["article_id"][more["article_id"].duplicated()].tolist():
        raise ValueError(f"{path} has the article {repeated[0]!r} twice; expected one row an article")
    if not more["article_id"].isin(articles["article_id"]).any():
        first = articles["article_id"].iloc[0]
        raise ValueError(f"{path} names none of the articles; expected ids such as {first!r}")
    more = more.drop(columns=[c for c in ("report", "record_sha256", "n_words", "year", "month") if c in more.columns])
    kept = articles.drop(columns=[c for c in more.columns if c != "article_id"], errors="ignore")
    joined = kept.merge(more, on="article_id", how="left", validate="one_to_one")
    return joined[[*ARTICLE_COLUMNS, *(name for name in joined.columns if name not in ARTICLE_COLUMNS)]]


def _period(days: list[str], length: int) -> str | None:
    """Give the year or month that all days are in; None if they are in several, say none, or are no ISO 8601 dates.

    >>> _period(["2014-09-28", "2014-09-30"], 7), _period(["2014-09-30", "2014-10-01"], 7), _period(["2014"], 7)
    ('2014-09', None, None)
    >>> _period(["03-02-2009"], 4)
    """
    periods = {day[:length] for day in days}
    return periods.pop() if len(periods) == 1 and all(_DATE[length].match(day) for day in days) else None


_DATE = {4: re.compile(r"\d{4}(-|$)"), _MONTH: re.compile(r"\d{4}-\d{2}(-|$)")}


# Groups


def groups(articles: pd.DataFrame, *, by: str = "publisher") -> pd.DataFrame:
    """List the groups that a column makes of the articles, and which of them can be compared.

    Parameters
    ----------
    articles
        As :func:`read_reports` gives them.
    by
        The column whose values are the groups.

    Returns
    -------
    DataFrame
        One row a group, in order of its value: group, n_articles, n_words, compared (whether it is), note (why not).
        A group is compared with the rest if it and the rest have three articles each. Articles without a value stand
        last, in no group.

    Raises
    ------
    ValueError
        If there is no such column, or it makes more than 100 groups.

    Examples
    --------
    >>> articles = pd.DataFrame({"publisher": ["Post"] * 4 + ["Herald"] * 3 + [None], "n_words": 100})
    >>> groups(articles)[["group", "n_articles", "compared", "note"]].values.tolist()[1:]
    [['Post', 4, True, ''], ['no publisher', 1, False, 'left out']]
    """
    names, code = _grouped(articles, by)
    n = np.bincount(code + 1, minlength=len(names) + 1)
    words = np.bincount(code + 1, articles["n_words"], minlength=len(names) + 1).astype(int)
    rows = []
    for name, size, own_words in zip(names, n[1:].tolist(), words[1:].tolist(), strict=True):
        rest = n[1:].sum() - size
        note = "" if size >= _MIN_ARTICLES else f"too few to compare: {size} of {_MIN_ARTICLES} articles"
        if not note and rest < _MIN_ARTICLES:
            note = f"too few to compare with: {rest} of {_MIN_ARTICLES} articles in other groups"
        rows.append((name, size, own_words, not note, note))
    if n[0]:
        rows.append((f"no {by.replace('_', ' ')}", int(n[0]), int(words[0]), False, "left out"))
    return pd.DataFrame(rows, columns=["group", "n_articles", "n_words", "compared", "note"])


def _grouped(
    articles: pd.DataFrame, by: str, *, most: int | None = _MOST_GROUPS
) -> tuple[list[str], NDArray[np.int64]]:
    """Give the groups in order, and the place of each article's among them: -1 for none."""
    if by not in articles.columns:
        raise ValueError(f"no column {by!r} to group the articles by; there are {', '.join(articles.columns)}")
    values = articles[by].astype("str")
    names = sorted(values.dropna().unique())
    if most is not None and len(names) > most:
        raise ValueError(
            f"the column {by} makes {len(names):,} groups, {names[0]!r} and so on; expected at most {most}"
        )
    place = {name: i for i, name in enumerate(names)}
    return names, np.array([place.get(value, -1) for value in values], dtype=np.int64)


def group_terms(
    articles: pd.DataFrame,
    *,
    by: str = "publisher",
    tags: Sequence[str] | None = None,
    min_articles: int = _MIN_ARTICLES,
    n: int | None = None,
    confidence: float = 0.95,
    correction: str = "benjamini-hochberg",
) -> pd.DataFrame:
    """Find the content words that set each group of articles apart from all other groups together.

    Parameters
    ----------
    articles
        As :func:`read_reports` gives them.
    by
        The column whose values are the groups.
    tags
        Universal tags of the words to compare (``["NOUN", "VERB", "ADJ", "ADV"]`` leaves names out); all unless given.
    min_articles
        A word is told if it stands in so many articles of the side that uses it more; less is one writer's story.
    n
        How many words of each group to give, the surest first, on either side; None is every word tested.
    confidence
        Of the interval of the log ratio: 0.9, 0.95 or 0.99.
    correction
        Of p for many tests, as in :func:`analysis.measures.adjust_p`; over all tests of all groups.

    Returns
    -------
    DataFrame
        One row a group and word, groups in order, within each the most overused word first and the most underused
        last: group; lemma; upos; n, rate_per_1000 (words of the group), n_articles (that have it), of_articles (of the
        group); rest_n, rest_per_1000, rest_articles, of_rest_articles (the same of all other groups); keyness (signed
        G², which takes words as drawn one by one); log_ratio, log_ratio_low, log_ratio_high (binary logarithm of the
        ratio of the rates); p, p_adjusted (of a permutation of articles); dispersion (Gries' DP over the group's
        articles, normalised: 0 shared evenly, 1 all in one article; NaN below 3 occurrences). No row for a group that
        :func:`groups` says is not compared.

    Notes
    -----
    Which words are tested, and so how many tests p is adjusted for, goes by what does not depend on who uses them: a
    word is tested if it stands in ``min_articles`` articles in all, and if its p could come out below 1 -
    ``confidence`` at best (Tarone 1990). Of these, words are told that bear out ``min_articles``, and that the other
    side would have once or more at the same rate.

    p asks how often so uneven a count would come about if the articles, each with all its words, were dealt to the
    groups at random. With counts c, lengths w and the common rate r, each article has the residual e = c - r w. The
    sum of the residuals of m articles out of M has the mean 0, the variance m (M - m) Σe² / (M (M - 1)) and the third
    moment m (M - m) (M - 2m) Σe³ / (M (M - 1) (M - 2)); p is twice the tail of Pearson's type III distribution with
    these (Mielke and Berry 2007). That errs on the safe side where articles are few: of 300 or fewer, what could matter
    is dealt 20,000 times, always in the same way, and the smaller p stands. It is never taken below what
    :func:`analysis.measures.rates_p` gives (words are no less clustered than drawn one by one) nor below one over the
    number of ways to choose m articles of M. The interval is test-based (Miettinen 1976): it excludes 0 if, and only
    if, p is below 1 - ``confidence``.

    Where Wikinews articles, 12 to 349 of them, were dealt to a group and a rest at random, any word at all had an
    adjusted p below .05 in at most 1 of 100 dealings; with words taken as drawn one by one, in 36 to 100 of them
    (``benchmarks/compare.py --chance``).

    Sources: :func:`analysis.measures.log_likelihood`, :func:`analysis.measures.log_ratio` and
    :func:`analysis.measures.dispersion` name theirs; J. Lijffijt et al. (2016), Significance testing of word
    frequencies in corpora, Digital Scholarship in the Humanities 31(2), 374-397, on why articles and not words are
    drawn; P. W. Mielke and K. J. Berry (2007), Permutation Methods, Springer; O. Miettinen (1976), Estimability and
    estimation in case-referent studies, American Journal of Epidemiology 103(2), 226-235; R. E. Tarone (1990), A
    modified Bonferroni method for discrete data, Biometrics 46(2), 515-522.
    """
    if "article_id" in articles.columns:
        articles = articles.sort_values("article_id", ignore_index=True)
    names, code = _grouped(articles, by)
    compared = set(groups(articles, by=by).query("compared")["group"])
    words = _Counts.read(articles, "frequent-words", ["lemma", "upos"], kept=tags)
    sizes = articles["n_words"].to_numpy(dtype=float)
    # An article in no group is in nobody's rest either.
    words, sizes = words.of(code >= 0), np.where(code >= 0, sizes, 0.0)
    chosen = [i for i, name in enumerate(names) if name in compared]
    tables = [
        _compare_group(words, sizes, code == i, code >= 0, min_articles=min_articles, confidence=confidence)
        for i in chosen
    ]
    if not tables:
        return pd.DataFrame(columns=list(_TERM_COLUMNS))
    p = adjust_p(np.concatenate([table["p"] for table in tables]), correction=correction)
    told = words.told()
    ends = np.cumsum([len(table["p"]) for table in tables])
    rows = []
    for i, table, adjusted in zip(chosen, tables, np.split(p, ends[:-1]), strict=True):
        table["p_adjusted"] = adjusted
        over = table["keyness"] >= 0
        surest = np.where(over, 1, -1) * np.maximum(-np.log(np.maximum(table["p"], 1e-300)), _TINY)
        order = np.lexsort((-table["keyness"], -surest))
        order = order[table.pop("is_told")[order]]
        order = order[(np.arange(len(order)) < n) | (np.arange(len(order)) >= len(order) - n)] if n else order
        table = {column: values[order] for column, values in table.items()}  # noqa: PLW2901 - the rows that are given
        table["dispersion"] = _over_articles(words, sizes, code == i, table["word"])
        lemma, upos = zip(*(told[word] for word in table.pop("word")), strict=True) if len(order) else ((), ())
        rows.append(pd.DataFrame({"group": names[i], "lemma": lemma, "upos": upos} | _settled(table)))
    return pd.concat(rows, ignore_index=True)[list(_TERM_COLUMNS)]


_TERM_COLUMNS = (
    "group", "lemma", "upos", "n", "rate_per_1000", "n_articles", "of_articles", "rest_n", "rest_per_1000",
    "rest_articles", "of_rest_articles", "keyness", "log_ratio", "log_ratio_low", "log_ratio_high", "p", "p_adjusted",
    "dispersion",
)  # fmt: skip


def _compare_group(
    words: _Counts, sizes: NDArray, inside: NDArray, known: NDArray, *, min_articles: int, confidence: float
) -> dict[str, NDArray]:
    """Test the words of the articles inside against those of the others that are known; say which to tell."""
    from scipy.special import binom, ndtri

    m, of = int(inside.sum()), int(known.sum())
    here, total = words.of(inside), sizes[inside].sum()
    rest_total = sizes.sum() - total
    n, n_articles = here.sum(), here.articles()
    rest_n, rest_articles = words.sum() - n, words.articles() - n_articles
    word = np.flatnonzero(words.articles() >= min_articles)
    every = (n + rest_n)[word]
    at_best = np.minimum(rates_p(every, total, 0, rest_total), rates_p(0, total, every, rest_total))
    word = word[at_best <= 1 - confidence]
    n, rest_n, n_articles, rest_articles = n[word], rest_n[word], n_articles[word], rest_articles[word]
    over = n * rest_total >= rest_n * total
    expected = np.where(over, n * rest_total / total, rest_n * total / rest_total)
    z, skewness = _permuted(words, sizes, word, inside, known)
    p = 2 * _tail(np.abs(z), np.sign(z) * skewness)
    if of <= _MOST_DEALT:
        may_matter = p < _MAY_MATTER
        p[may_matter] = np.minimum(p[may_matter], _dealt(words, sizes, word[may_matter], inside[known], known))
    p = np.maximum(p, rates_p(n, total, rest_n, rest_total))
    p = np.clip(p, 1 / binom(of, m), 1)
    ratio, low, high = log_ratio(n, total, rest_n, rest_total, confidence=confidence)
    # Where a difference is far from certain its own test says little of how wide its interval is.
    half = np.abs(ratio) * ndtri((1 - confidence) / 2) / ndtri(np.minimum(p, _UNSURE) / 2)
    half = np.where(p < _UNSURE, half, np.maximum(half, (high - low) / 2))
    return {
        "word": word,
        "is_told": (np.where(over, n_articles, rest_articles) >= min_articles) & (expected >= 1),
        "n": n.astype(int),
        "rate_per_1000": 1000 * n / total,
        "n_articles": n_articles.astype(int),
        "of_articles": np.full(len(word), m),
        "rest_n": rest_n.astype(int),
        "rest_per_1000": 1000 * rest_n / rest_total,
        "rest_articles": rest_articles.astype(int),
        "of_rest_articles": np.full(len(word), of - m),
        "keyness": np.where(over, 1, -1) * log_likelihood(n, total, rest_n, rest_total),
        "log_ratio": ratio,
        "log_ratio_low": ratio - half,
        "log_ratio_high": ratio + half,
        "p": p,
    }


def _permuted(
    words: _Counts, sizes: NDArray, word: NDArray, inside: NDArray, known: NDArray
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Say how far each word's count inside is from what dealing the articles at random would give.

    Gives the distance in standard deviations of the permutation, and the permutation's skewness.
    """
    m, of = inside.sum(), known.sum()
    rate = words.sum()[word] / sizes.sum()
    n, size = words.n.astype(float), sizes[words.article]
    # Sums over articles of residuals n - rate × size, squared and cubed, from the sums over those that have the word.
    squares = words.sum(n)[word] - 2 * rate * words.sum(size)[word] + rate**2 * (sizes**2).sum()
    cubes = (
        words.sum(n**2)[word] - 3 * rate * words.sum(n * size)[word] + 3 * rate**2 * words.sum(size**2)[word]
        - rate**3 * (sizes**3).sum()
    )  # fmt: skip
    variance = np.maximum(m * (of - m) / (of * (of - 1)) * squares, _TINY)
    third = m * (of - m) * (of - 2 * m) / (of * (of - 1) * (of - 2)) * cubes
    here = words.of(inside).sum()[word]
    return (here - rate * sizes[inside].sum()) / np.sqrt(variance), third / variance**1.5


def _dealt(words: _Counts, sizes: NDArray, word: NDArray, inside: NDArray, known: NDArray) -> NDArray[np.float64]:
    """Deal the articles at random many times; give twice the share in which a word's count is as far off as it is."""
    column, place = np.full(words.different, -1), np.cumsum(known) - 1
    column[word] = np.arange(len(word))
    kept = column[words.code] >= 0
    counts = np.zeros((known.sum(), len(word)))
    counts[place[words.article[kept]], column[words.code[kept]]] = words.n[kept]
    residual = counts - np.outer(sizes[known], counts.sum(axis=0) / sizes.sum())
    seen = residual[inside].sum(axis=0)
    residual, seen = residual * np.sign(seen), np.abs(seen)
    rng, reached, m = np.random.default_rng(0), np.zeros(len(word)), inside.sum()
    for _ in range(_DRAWS // _DRAWS_AT_ONCE):
        lots = rng.random((_DRAWS_AT_ONCE, len(inside)))
        drawn = lots <= np.partition(lots, m - 1, axis=1)[:, m - 1 : m]
        reached += (drawn.astype(float) @ residual >= seen - _SLACK).sum(axis=0)
    return np.minimum(2 * (1 + reached) / (1 + _DRAWS), 1)


def _tail(z: NDArray, skewness: NDArray) -> NDArray[np.float64]:
    """Give the upper tail of Pearson's type III distribution of mean 0 and variance 1.

    Without skewness it is the normal distribution's; with a skewness of 2 it is that of a waiting time, less 1.

    >>> _tail(np.array([1.0, 1.0]), np.array([0.0, 2.0])).round(6).tolist()
    [0.158655, 0.135335]
    """
    from scipy.special import gammainc, gammaincc, ndtr

    shape = 4 / np.maximum(np.abs(skewness), _LEAST_SKEWED) ** 2
    right, left = np.maximum(shape + z * np.sqrt(shape), 0), np.maximum(shape - z * np.sqrt(shape), 0)
    skewed = np.where(skewness > 0, gammaincc(shape, right), gammainc(shape, left))
    return np.where(np.abs(skewness) < _LEAST_SKEWED, ndtr(-z), skewed)


def _over_articles(words: _Counts, sizes: NDArray, inside: NDArray, chosen: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give the dispersion of some words over the articles inside."""
    here, place = words.of(inside), np.cumsum(inside) - 1
    own_sizes = sizes[inside]
    found = []
    for at in range(0, len(chosen), _ROWS_AT_ONCE):
        part = chosen[at : at + _ROWS_AT_ONCE]
        row = np.full(words.different, -1)
        row[part] = np.arange(len(part))
        kept = row[here.code] >= 0
        counts = np.zeros((len(part), len(own_sizes)))
        counts[row[here.code[kept]], place[here.article[kept]]] = here.n[kept]
        enough = counts.sum(axis=1) >= _MIN_N_FOR_DISPERSION
        found.append(np.where(enough, dispersion(counts[:, own_sizes > 0], own_sizes[own_sizes > 0]), np.nan))
    return np.concatenate(found) if found else np.zeros(0)


# Names


def names_over_time(
    articles: pd.DataFrame, *, period: str = "month", n: int = 20, labels: Sequence[str] | None = None
) -> pd.DataFrame:
    """Follow the names that most articles have, from period to period.

    Parameters
    ----------
    articles
        As :func:`read_reports` gives them; those without a period are left out.
    period
        The column whose values, in order, are the periods: ``"month"``, ``"year"`` or any other.
    n
        How many names to follow: those in most articles, then those with most mentions.
    labels
        The kinds of name to follow (``["person", "organization"]``); all that a report counts unless given.

    Returns
    -------
    DataFrame
        One row a name and period, the name in most articles first, periods in order: name; label (its most frequent);
        period; n (mentions); n_articles (that name it); of_articles (of the period); share (n_articles over
        of_articles); low, high (its 95 % interval).

    Notes
    -----
    A name is what each report made canonical: *Obama* in one article and *Barack Obama* in another are two. The
    interval is Wilson's (E. B. Wilson 1927, JASA 22, 209-212); it takes the articles as drawn one by one from many
    such, and holds for one article as for a thousand.
    """
    periods, code = _grouped(articles, period, most=None)
    found = _Counts.read(articles, "names", ["name", "label"], kept=labels)
    found = found.of(code >= 0)
    top = np.lexsort((-found.sum(), -found.articles()))[:n]
    told = found.told()
    return pd.DataFrame(
        [row for key in top for row in _along(found, key, told[key], code, periods)],
        columns=["name", "label", "period", *_SHARE_COLUMNS],
    )


def name_pairs_over_time(
    articles: pd.DataFrame,
    *,
    period: str = "month",
    n: int = 20,
    among: int = 100,
    labels: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Follow the pairs of names that most articles have in one sentence, from period to period.

    Parameters
    ----------
    articles, period, labels
        As in :func:`names_over_time`.
    n
        How many pairs to follow: those in most articles, then those in most sentences.
    among
        Pairs are counted among so many names, those in most articles.

    Returns
    -------
    DataFrame
        One row a pair and period, the pair in most articles first, periods in order: left, right (the one first in
        the alphabet is left); left_label, right_label; period; n (sentences with both); n_articles, of_articles,
        share, low, high as in :func:`names_over_time`.
    """
    periods, code = _grouped(articles, period, most=None)
    named = names_over_time(articles, period=period, n=among, labels=labels)
    label = dict(zip(named["name"].map(normalise), named["label"], strict=True))
    shown = dict(zip(named["name"].map(normalise), named["name"], strict=True))
    found = _Counts.read(articles, "name-pairs", ["left", "right"], pairs_among=shown).of(code >= 0)
    top = np.lexsort((-found.sum(), -found.articles()))[:n]
    keys = list(found.keys)
    rows = []
    for key in top:
        left, right = keys[key]
        about = (shown[left], shown[right], label[left], label[right])
        rows += _along(found, key, about, code, periods)
    return pd.DataFrame(rows, columns=["left", "right", "left_label", "right_label", "period", *_SHARE_COLUMNS])


_SHARE_COLUMNS = ("n", "n_articles", "of_articles", "share", "low", "high")


def _along(found: _Counts, key: int, about: Sequence[str], code: NDArray, periods: list[str]) -> Iterator[tuple]:
    """Yield a row a period for one name or pair."""
    own = found.code == key
    when = code[found.article[own]]
    n = np.bincount(when, found.n[own], minlength=len(periods)).astype(int)
    n_articles, of_articles = (np.bincount(x, minlength=len(periods)) for x in (when, code[code >= 0]))
    low, high = _wilson(n_articles, of_articles)
    share = round_floats(n_articles / of_articles)
    for i, period in enumerate(periods):
        yield (*about, period, int(n[i]), int(n_articles[i]), int(of_articles[i]), share[i], low[i], high[i])


def _wilson(n: NDArray, total: NDArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give Wilson's 95 % interval of a share.

    >>> [round(float(x[0]), 3) for x in _wilson(np.array([5]), np.array([10]))]
    [0.237, 0.763]
    """
    z = 1.959963984540054
    share = n / total
    centre = (share + z**2 / (2 * total)) / (1 + z**2 / total)
    half = z / (1 + z**2 / total) * np.sqrt(share * (1 - share) / total + z**2 / (4 * total**2))
    return round_floats(np.maximum(centre - half, 0)), round_floats(np.minimum(centre + half, 1))


# Measures


def measures_by_article(articles: pd.DataFrame, *, measures: Sequence[str] = COMPARABLE_MEASURES) -> pd.DataFrame:
    """Put the articles' own measures under each other.

    Parameters
    ----------
    articles
        As :func:`read_reports` gives them.
    measures
        The measures to read, by the names they have in the reports' tables ``counts``, ``diversity`` and
        ``readability``. Those given by default do not depend on length.

    Returns
    -------
    DataFrame
        One row an article and measure, in the order of the articles and of ``measures``: article_id, title, measure,
        value, unit, low, high (the article's own interval, over its sentences; NaN where the report has none), note.

    Raises
    ------
    ValueError
        If no report has a measure of that name.
    """
    wanted = {name: place for place, name in enumerate(measures)}
    names: set[str] = set()
    rows = []
    for article_id, title, folder in articles[["article_id", "title", "report"]].itertuples(index=False):
        own = []
        for table in _MEASURE_TABLES:
            columns = _columns(Path(folder), table, ("measure", "value", "unit", "low", "high", "note"))
            names.update(columns["measure"])
            own += [row for row in zip(*columns.values(), strict=True) if row[0] in wanted]
        rows += [(article_id, title, *row) for row in sorted(own, key=lambda row: wanted[row[0]])]
    if unknown := [name for name in measures if name not in names]:
        raise ValueError(f"no report has a measure {unknown[0]!r}; there are {', '.join(sorted(names))}")
    table = pd.DataFrame(rows, columns=["article_id", "title", "measure", "value", "unit", "low", "high", "note"])
    return table.astype({"value": float, "low": float, "high": float})


def measures_by_group(
    values: pd.DataFrame,
    articles: pd.DataFrame,
    *,
    by: str = "publisher",
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> pd.DataFrame:
    """Average each measure over the articles of each group, with bootstrap intervals over articles.

    Parameters
    ----------
    values
        As :func:`measures_by_article` gives them.
    articles
        As :func:`read_reports` gives them.
    by
        The column whose values are the groups.
    resamples, confidence, seed
        Of the bootstrap: how many groups of as many articles are drawn with replacement, the share of them that low
        and high bound, and the seed of the draw.

    Returns
    -------
    DataFrame
        One row a group and measure, groups in order: group, measure, value (the mean of its articles), unit, low, high
        (NaN below 5 articles), n_articles (in which the measure is defined), median, sd (of the articles; NaN for one),
        note (why something is missing). Every article counts the same, however long.
    """
    names, code = _grouped(articles, by)
    measures = list(dict.fromkeys(values["measure"]))
    units = dict(zip(values["measure"], values["unit"], strict=True))
    table = values.pivot_table(index="article_id", columns="measure", values="value", dropna=False)
    table = table.reindex(index=articles["article_id"], columns=measures).to_numpy(dtype=float)
    rng = np.random.default_rng(seed)
    tails = (50 * (1 - confidence), 50 * (1 + confidence))
    rows = []
    for i, name in enumerate(names):
        own = table[code == i]
        for measure, value in zip(measures, own.T, strict=True):
            value = value[~np.isnan(value)]  # noqa: PLW2901 - the articles in which it is defined
            m = len(value)
            row = {"group": name, "measure": measure, "unit": units[measure], "n_articles": m, "note": ""}
            if m:
                row |= {"value": value.mean(), "median": np.median(value)}
            if m > 1:
                row["sd"] = value.std(ddof=1)
            if m >= _MIN_ARTICLES_FOR_INTERVAL and resamples:
                row["low"], row["high"] = np.percentile(_means_drawn(value, resamples, rng), tails)
            else:
                what = "an interval" if m else "a value"
                row["note"] = (
                    f"too few to measure: {m} articles, {_MIN_ARTICLES_FOR_INTERVAL if m else 1} wanted for {what}"
                )
            rows.append(row)
    columns = ["group", "measure", "value", "unit", "low", "high", "n_articles", "median", "sd", "note"]
    return pd.DataFrame(_settled(pd.DataFrame(rows, columns=columns).to_dict("series")))


def _means_drawn(value: NDArray, resamples: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Give the means of as many values drawn with replacement, some draws at a time."""
    at_once = max(1, 1_000_000 // len(value))
    sizes = [min(at_once, resamples - done) for done in range(0, resamples, at_once)]
    return np.concatenate([value[rng.integers(len(value), size=(size, len(value)))].mean(axis=1) for size in sizes])


# Reading


def _columns(folder: Path, table: str, columns: Sequence[str]) -> dict[str, list[Any]]:
    """Read some columns of one table of one report."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = folder / "tables" / f"{table}.parquet"
    try:
        with pq.ParquetFile(path) as file:
            return file.read(list(columns), use_threads=False).select(list(columns)).to_pydict()
    except (OSError, KeyError, pa.ArrowException) as error:
        raise ValueError(f"{path} cannot be read: {error}; make the report again") from None


class _Counts(NamedTuple):
    """How often each article has each thing: only what is there, as three columns of numbers.

    A key is a thing whatever its capitals; ``spelt`` counts the articles by how they write it (and what they take it
    for).
    """

    article: NDArray[np.int32]
    code: NDArray[np.int32]
    n: NDArray[np.int32]
    keys: dict[Any, int]
    spelt: Counter[tuple[str, str]]

    @classmethod
    def read(
        cls,
        articles: pd.DataFrame,
        table: str,
        columns: Sequence[str],
        *,
        kept: Iterable[str] | None = None,
        pairs_among: dict[str, str] | None = None,
    ) -> _Counts:
        """Read a table of every report, one after the other, counting by the first column or by pairs of both.

        Of the first column alone, only rows whose second column is among those kept count, where any are named; of
        pairs, those of two of the given names.
        """
        wanted = frozenset(kept or ())
        article, code, n = array("i"), array("i"), array("i")
        keys: dict[Any, int] = {}
        spelt: Counter[tuple[str, str]] = Counter()
        for number, folder in enumerate(articles["report"]):
            own = _columns(Path(folder), table, [*columns, "n"])
            counts: Counter[int] = Counter()
            for first, second, count in zip(*own.values(), strict=True):
                if wanted and second not in wanted:
                    continue
                key: Any = normalise(first)
                if pairs_among is not None:
                    key = tuple(sorted((key, normalise(second))))
                    if not (key[0] in pairs_among and key[1] in pairs_among and key[0] != key[1]):
                        continue
                else:
                    spelt[first, second] += 1
                counts[keys.setdefault(key, len(keys))] += count
            article.extend([number] * len(counts))
            code.extend(counts.keys())
            n.extend(counts.values())
        return cls(
            *(np.frombuffer(x, dtype=np.int32) if x else np.zeros(0, np.int32) for x in (article, code, n)), keys, spelt
        )

    @property
    def different(self) -> int:
        """How many different things there are."""
        return len(self.keys)

    def of(self, chosen: NDArray[np.bool_]) -> _Counts:
        """Give the counts of some articles alone."""
        kept = chosen[self.article]
        return self._replace(article=self.article[kept], code=self.code[kept], n=self.n[kept])

    def sum(self, times: NDArray | None = None) -> NDArray[np.float64]:
        """Sum up the counts of each thing, each multiplied by something."""
        weights = self.n if times is None else self.n.astype(float) * times
        return np.bincount(self.code, weights, minlength=self.different)

    def articles(self) -> NDArray[np.int64]:
        """Count the articles that have each thing."""
        return np.bincount(self.code, minlength=self.different)

    def told(self) -> dict[int, tuple[str, str]]:
        """Give each thing as most articles write it."""
        # The last to come wins: the one in most articles.
        return {
            self.keys[normalise(told[0])]: told
            for told, _ in sorted(self.spelt.items(), key=lambda item: (item[1], item[0]))
        }


def _settled(columns: dict[str, Any]) -> dict[str, Any]:
    """Let no last bit differ from one processor to another."""
    return {
        name: round_floats(values) if getattr(values, "dtype", None) == np.dtype(float) else values
        for name, values in columns.items()
    }
