"""Words and names in company: concordance, collocations, names and the names beside them."""

from __future__ import annotations

import re
from collections import Counter
from fnmatch import translate
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.measures import inputs
from analysis.measures.inputs import CONTENT_TAGS, choose, plain, require
from analysis.measures.statistics import adjust_p, fisher_p, log_likelihood

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: Labels of mentions that are names of someone, somewhere or something; dates and sums of money are none.
NAME_LABELS = ("person", "location", "facility", "organization", "norp", "product", "misc")

_SORTS = ("position", "left", "match", "right")


def concordance(
    tokens: pd.DataFrame,
    query: str,
    *,
    by: str = "norm",
    width: int = 40,
    sort: str = "position",
) -> pd.DataFrame:
    """Find a word, a sequence of words, a tag or a name, each hit in its context (KWIC).

    Parameters
    ----------
    tokens
        Tokens with article_id, token, start, end, text and the column named by ``by``.
    query
        What to find in that column, capitals aside: one value or several in a row, a space between them. ``*`` stands
        for any letters and ``?`` for one. With ``by="entity"`` a label (``location``) or a name (``islamic state``).
    by
        ``"norm"``, ``"lemma"``, ``"upos"``, ``"xpos"``, ``"text"``, ``"entity"`` or another column of tokens.
    width
        Characters of context on each side, cut at whole tokens.
    sort
        ``"position"`` in the text; ``"left"`` by the words before, the nearest first; ``"match"`` by the hit;
        ``"right"`` by the words after. Ties by position.

    Returns
    -------
    DataFrame
        One row a hit: article_id, token (the first of the hit), start, end, text (of the hit), left, right. White
        space between tokens is one space; start and end point into the untouched text.

    Examples
    --------
    >>> words = "The cat saw the cats run .".split()
    >>> starts = [0, 4, 8, 12, 16, 21, 25]
    >>> tokens = pd.DataFrame({
    ...     "article_id": "a", "token": range(7), "start": starts, "end": [s + len(w) for s, w in zip(starts, words)],
    ...     "text": words, "norm": [w.lower() for w in words]})
    >>> concordance(tokens, "cat*", width=10)[["left", "text", "right"]].values.tolist()
    [['The', 'cat', 'saw the'], ['saw the', 'cats', 'run .']]
    >>> concordance(tokens, "the cat")["text"].tolist()
    ['The cat']
    """
    require(tokens, ("article_id", "token", "start", "end", "text", by), name="tokens")
    choose(sort, _SORTS, option="sort")
    wanted = query.casefold().replace("’", "'").split()
    if not wanted:
        raise ValueError(f"the query is {query!r}; expected one value of the column {by} or several, spaces between")
    tables = []
    for article_id, article in inputs.articles(tokens):
        ordered = article.sort_values("start", kind="stable")
        texts = ordered["text"].astype("str").tolist()
        starts, ends = ordered["start"].to_numpy(), ordered["end"].to_numpy()
        hits = _names_hit(ordered, wanted) if by == "entity" else _runs_hit(plain(ordered[by]), wanted)
        rows = [
            (
                article_id, ordered["token"].iloc[first], starts[first], ends[last - 1],
                _joined(texts, starts, ends, first, last), *_context(texts, starts, ends, first, last, width=width),
            )
            for first, last in hits
        ]  # fmt: skip
        tables.append(pd.DataFrame(rows, columns=list(_CONCORDANCE_COLUMNS)))
    found = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(_CONCORDANCE_COLUMNS))
    if sort == "position" or found.empty:
        return found
    words = found["text" if sort == "match" else sort].str.casefold().str.split()
    keys = [tuple(reversed(w)) if sort == "left" else tuple(w) for w in words]
    return found.iloc[sorted(range(len(found)), key=keys.__getitem__)].reset_index(drop=True)


def collocations(
    tokens: pd.DataFrame,
    *,
    window: int = 5,
    by: str = "lemma",
    content_only: bool = True,
    whole_names: bool = False,
    min_n: int = 2,
    correction: str = "benjamini-hochberg",
) -> pd.DataFrame:
    """List the pairs of words that stand near each other, the most strongly attracted first.

    Parameters
    ----------
    tokens
        Tokens with article_id, sentence, start, text, upos, is_word, is_stop, the column named by ``by`` and, for
        whole names, entity.
    window
        The greatest distance in words, within a sentence; 1 is adjacent. Adjacent pairs are ordered as they stand;
        wider ones are counted in both orders together and shown in the order in which they first stand.
    by
        ``"lemma"`` or ``"norm"``.
    content_only
        Only pairs of content words; stop words still count for the distance.
    whole_names
        A name of several words is one word.
    min_n
        A pair that occurs less often is not listed: too few to test.
    correction
        Of p for many tests, as in :func:`adjust_p`, over the listed pairs of one article.

    Returns
    -------
    DataFrame
        One row a pair, sorted by log_likelihood (falling), then n, then first_start: article_id; left; right; n;
        log_dice (14 at most, does not depend on the text's length); log_likelihood (G² of attraction, negative where
        the pair is rarer than chance); mi (pointwise mutual information in bits; too high for rare words); p (Fisher's
        exact, one-sided, right for small counts); p_adjusted; first_start. Empty for a text without repeated pairs.

    Notes
    -----
    The population is the pairs of counted words within the window, so the four cells of a pair add up to all pairs
    (S. Evert 2009, Corpora and collocations). log Dice = 14 + log2(2 n / (left + right)) where left and right are the
    occurrences of the words (P. Rychlý 2008, A lexicographer-friendly association score, RASLAN).
    MI = log2(n × pairs / (pairs with left × pairs with right)) (K. Church and P. Hanks 1990, Computational
    Linguistics 16(1), 22-29).

    Examples
    --------
    >>> words = "air strike hit . air strike end .".split()
    >>> tokens = pd.DataFrame({
    ...     "article_id": "a", "sentence": [0] * 4 + [1] * 4, "start": range(0, 40, 5), "text": words, "lemma": words,
    ...     "upos": ["NOUN", "NOUN", "VERB", "PUNCT"] * 2, "is_word": [True, True, True, False] * 2, "is_stop": False})
    >>> collocations(tokens, window=1)[["left", "right", "n", "log_dice", "mi"]].values.tolist()
    [['air', 'strike', 2, 14.0, 1.0]]
    """
    needed = ("article_id", "sentence", "start", "text", "upos", "is_word", "is_stop", by)
    require(tokens, (*needed, "entity") if whole_names else needed, name="tokens")
    choose(by, ("lemma", "norm"), option="by")
    if window < 1:
        raise ValueError(f"window is {window}; expected 1 (adjacent words) or more")
    tables = []
    for article_id, article in inputs.articles(tokens):
        units = _units(article, by=by, content_only=content_only, whole_names=whole_names)
        table = _pairs(units, window=window, min_n=min_n)
        if len(table):
            table.insert(0, "article_id", article_id)
            table["p_adjusted"] = adjust_p(table["p"], correction=correction)
            tables.append(
                table.sort_values(["log_likelihood", "n", "first_start"], ascending=[False, False, True], kind="stable")
            )
    if not tables:
        return pd.DataFrame(columns=list(_COLLOCATION_COLUMNS))
    return pd.concat(tables, ignore_index=True)[list(_COLLOCATION_COLUMNS)]


def names(mentions: pd.DataFrame, *, labels: Iterable[str] | None = NAME_LABELS) -> pd.DataFrame:
    """List whom and what each article names, the most often named first.

    Parameters
    ----------
    mentions
        Mentions with article_id, sentence, start, text, label, name.
    labels
        The labels to keep; None keeps all, dates and sums of money too.

    Returns
    -------
    DataFrame
        One row a name, sorted by n (falling), then first_start: article_id; name (canonical); label (its most
        frequent); n (mentions); first_start; n_sentences (sentences with it); forms (how it is written, the most
        frequent first, a semicolon between).

    Examples
    --------
    >>> mentions = pd.DataFrame({
    ...     "article_id": "a", "sentence": [0, 0, 1], "start": [0, 10, 30], "text": ["Egypt", "US", "Egypt"],
    ...     "label": "location", "name": ["Egypt", "United States", "Egypt"]})
    >>> names(mentions)[["name", "n", "first_start", "n_sentences", "forms"]].values.tolist()
    [['Egypt', 2, 0, 2, 'Egypt'], ['United States', 1, 10, 1, 'US']]
    """
    require(mentions, ("article_id", "sentence", "start", "text", "label", "name"), name="mentions")
    rows = []
    for (article_id, name), group in _kept(mentions, labels).groupby(["article_id", "name"], sort=False):
        forms = Counter(" ".join(text.split()) for text in group["text"])
        rows.append((
            article_id, name, Counter(group["label"]).most_common(1)[0][0], len(group), group["start"].iloc[0],
            group["sentence"].nunique(), "; ".join(form for form, _ in forms.most_common()),
        ))  # fmt: skip
    table = pd.DataFrame(rows, columns=["article_id", "name", "label", "n", "first_start", "n_sentences", "forms"])
    return _in_order(table, mentions)


def cooccurrence(
    mentions: pd.DataFrame, *, by: str = "sentence", labels: Iterable[str] | None = NAME_LABELS
) -> pd.DataFrame:
    """Count how many sentences name two names together.

    Parameters
    ----------
    mentions
        Mentions with article_id, start, label, name and the column named by ``by``.
    by
        The unit in which both must stand: ``"sentence"`` or another column of mentions.
    labels
        The labels to keep; None keeps all.

    Returns
    -------
    DataFrame
        One row a pair, sorted by n (falling), then first_start: article_id; left and right (the name that the article
        has first is left); left_label, right_label; n (units with both); first_start (of the pair's first unit, where
        the later of the two first stands).

    Notes
    -----
    A count of sentences, not of a relation: two names in one sentence may have nothing to do with each other.

    Examples
    --------
    >>> mentions = pd.DataFrame({
    ...     "article_id": "a", "sentence": [0, 0, 1, 1], "start": [0, 10, 30, 40], "label": "location",
    ...     "name": ["Egypt", "Libya", "Libya", "Egypt"]})
    >>> cooccurrence(mentions)[["left", "right", "n", "first_start"]].values.tolist()
    [['Egypt', 'Libya', 2, 10]]
    """
    require(mentions, ("article_id", "start", "label", "name", by), name="mentions")
    rows = []
    for article_id, article in inputs.articles(_kept(mentions, labels)):
        label = {name: Counter(group).most_common(1)[0][0] for name, group in article.groupby("name")["label"]}
        place = {name: i for i, name in enumerate(article["name"].unique())}
        n, first = Counter(), {}
        for _, unit in article.groupby(by, sort=False):
            stands = unit.drop_duplicates("name").set_index("name")["start"]
            for pair in combinations(sorted(stands.index, key=place.__getitem__), 2):
                n[pair] += 1
                first.setdefault(pair, max(stands[pair[0]], stands[pair[1]]))
        rows += [(article_id, a, b, label[a], label[b], count, first[a, b]) for (a, b), count in n.items()]
    columns = ["article_id", "left", "right", "left_label", "right_label", "n", "first_start"]
    return _in_order(pd.DataFrame(rows, columns=columns), mentions)


_CONCORDANCE_COLUMNS = ("article_id", "token", "start", "end", "text", "left", "right")
_COLLOCATION_COLUMNS = (
    "article_id", "left", "right", "n", "log_dice", "log_likelihood", "mi", "p", "p_adjusted", "first_start",
)  # fmt: skip


def _kept(mentions: pd.DataFrame, labels: Iterable[str] | None) -> pd.DataFrame:
    kept = mentions if labels is None else mentions[mentions["label"].isin(list(labels))]
    place = {article_id: i for i, article_id in enumerate(mentions["article_id"].unique())}
    order = np.lexsort((kept["start"].to_numpy(dtype=int), kept["article_id"].map(place).to_numpy(dtype=int)))
    return kept.iloc[order]


def _in_order(table: pd.DataFrame, mentions: pd.DataFrame) -> pd.DataFrame:
    """Sort by n (falling), then first_start, within each article, articles as they come."""
    place = {article_id: i for i, article_id in enumerate(mentions["article_id"].unique())}
    keys = (table["first_start"].to_numpy(dtype=int), -table["n"].to_numpy(dtype=int))
    return table.iloc[np.lexsort((*keys, table["article_id"].map(place).to_numpy(dtype=int)))].reset_index(drop=True)


def _joined(texts: list[str], starts: np.ndarray, ends: np.ndarray, first: int, last: int) -> str:
    """Write tokens as the text has them, with one space for any white space."""
    gaps = ["" if i == first or starts[i] == ends[i - 1] else " " for i in range(first, last)]
    return "".join(gap + texts[i] for gap, i in zip(gaps, range(first, last), strict=True))


def _context(
    texts: list[str], starts: np.ndarray, ends: np.ndarray, first: int, last: int, *, width: int
) -> tuple[str, str]:
    """Give the whole tokens that fit on either side of a hit."""
    low = first
    while low > 0 and starts[first] - starts[low - 1] <= width:
        low -= 1
    high = last
    while high < len(texts) and ends[high] - ends[last - 1] <= width:
        high += 1
    return _joined(texts, starts, ends, low, first), _joined(texts, starts, ends, last, high)


def _runs_hit(column: pd.Series, wanted: Sequence[str]) -> list[tuple[int, int]]:
    """Find the runs of rows that match a sequence of patterns."""
    fits = [column.str.match(translate(pattern)).to_numpy(dtype=bool) for pattern in wanted]
    places = len(column) - len(wanted) + 1
    if places <= 0:
        return []
    every = np.all([fit[i : i + places] for i, fit in enumerate(fits)], axis=0)
    return [(int(i), int(i) + len(wanted)) for i in np.flatnonzero(every)]


def _names_hit(ordered: pd.DataFrame, wanted: Sequence[str]) -> list[tuple[int, int]]:
    """Find the names (B- and the I- after it) of a label, or written so."""
    tags, words = ordered["entity"].astype("str").tolist(), plain(ordered["text"]).tolist()
    pattern = re.compile(translate(" ".join(wanted)))
    runs = []
    for i, tag in enumerate(tags):
        if tag.startswith("B-") or (tag.startswith("I-") and (i == 0 or tags[i - 1][2:] != tag[2:])):
            runs.append([i, i + 1])
        elif tag.startswith("I-"):
            runs[-1][1] = i + 1
    return [
        (first, last)
        for first, last in runs
        if pattern.match(tags[first][2:].casefold()) or pattern.match(" ".join(words[first:last]))
    ]


def _units(article: pd.DataFrame, *, by: str, content_only: bool, whole_names: bool) -> pd.DataFrame:
    """Give the words of an article, or its words and whole names, with their place in their sentence."""
    words = article[article["is_word"]].sort_values("start", kind="stable")
    counted = words["upos"].isin(CONTENT_TAGS) & ~words["is_stop"].astype(bool) if content_only else words["is_word"]
    units = pd.DataFrame({
        "sentence": words["sentence"].to_numpy(),
        "start": words["start"].to_numpy(),
        "word": words[by].astype("str").to_numpy(),
        "counted": counted.to_numpy(dtype=bool),
    })  # fmt: skip
    if whole_names:
        inside = words["entity"].astype("str").str.startswith("I-").to_numpy()
        units["word"] = np.where(words["entity"].astype("str") == "O", units["word"], words["text"].astype("str"))
        units["counted"] |= words["entity"].astype("str").ne("O").to_numpy()
        units = units.groupby(np.cumsum(~inside), as_index=False, sort=False).agg(
            {"sentence": "first", "start": "first", "word": " ".join, "counted": "max"}
        )
    units["place"] = units.groupby("sentence", sort=False).cumcount()
    return units[units["counted"]].reset_index(drop=True)


def _pairs(units: pd.DataFrame, *, window: int, min_n: int) -> pd.DataFrame:
    """Count the pairs of units within a window, and test each that is frequent enough."""
    codes, words = pd.factorize(plain(units["word"]))
    shown = units["word"].to_numpy()[np.unique(codes, return_index=True)[1]] if len(words) else words
    sentence, place, start = (units[c].to_numpy() for c in ("sentence", "place", "start"))
    lefts, rights, firsts = [], [], []
    for step in range(1, window + 1):
        if step >= len(units):
            break
        # The window is in words of the sentence; the step, in counted words, is never more.
        near = (sentence[step:] == sentence[:-step]) & (place[step:] - place[:-step] <= window)
        near &= codes[step:] != codes[:-step]
        i = np.flatnonzero(near)
        lefts.append(codes[i])
        rights.append(codes[i + step])
        firsts.append(start[i])
    left, right, first = (np.concatenate(x) if x else np.zeros(0, dtype=int) for x in (lefts, rights, firsts))
    total = len(left)
    if window > 1:
        left, right = np.minimum(left, right), np.maximum(left, right)
    occurrences = np.bincount(codes, minlength=len(words))
    if window > 1:
        with_left = with_right = np.bincount(left, minlength=len(words)) + np.bincount(right, minlength=len(words))
    else:
        with_left, with_right = (np.bincount(x, minlength=len(words)) for x in (left, right))
    pair, inverse, n = np.unique(left * len(words) + right, return_inverse=True, return_counts=True)
    first_start = np.full(len(pair), np.iinfo(np.int64).max)
    np.minimum.at(first_start, inverse, first)
    often = n >= min_n
    pair, n, first_start = pair[often], n[often], first_start[often]
    a, b = (pair // len(words), pair % len(words)) if len(words) else (pair, pair)
    n_a, n_b = with_left[a], with_right[b]
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = n_a * n_b / total if total else n_a
        g2 = log_likelihood(n, n_a, n_b - n, total - n_a)
        return pd.DataFrame({
            "left": shown[a],
            "right": shown[b],
            "n": n,
            "log_dice": 14 + np.log2(2 * n / (occurrences[a] + occurrences[b])),
            "log_likelihood": np.where(n < expected, -g2, g2),
            "mi": np.log2(n / expected),
            "p": fisher_p(n, n_a, n_b, total),
            "first_start": first_start,
        })  # fmt: skip
