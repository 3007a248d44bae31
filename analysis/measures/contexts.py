"""Words and names in context: concordance, collocations, names and their co-occurrence."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from fnmatch import translate
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis import tables
from analysis.invisible import visible
from analysis.measures import inputs
from analysis.measures.inputs import CONTENT_TAGS, choose, choose_all, normalise
from analysis.measures.statistics import adjust_p, fisher_p, log_likelihood
from analysis.measures.units import NAME_COLUMNS, NAME_LABELS, find_units
from analysis.options import checked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    _Token = Mapping[str, NDArray[Any]]

__all__ = ["NAME_LABELS", "collocations", "concordance", "content_mentions", "cooccurrence", "names"]

_SORTS = ("position", "left", "match", "right")


@tables.stage(requires=("tokens",), returns="concordance")
@checked
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
        What to find in that column, ignoring case: one value, or several values in a row separated by spaces. ``*``
        matches any characters and ``?`` one character. With ``by="entity"`` a label (``location``) or a name
        (``islamic state``).
    by
        ``"norm"``, ``"lemma"``, ``"upos"``, ``"xpos"``, ``"text"``, ``"entity"`` or another column of tokens.
    width
        Characters of context on each side at most, in whole tokens.
    sort
        ``"position"`` in the text; ``"left"`` by the words before, from the nearest outwards; ``"match"`` by the hit;
        ``"right"`` by the words after. Ties are sorted by position.

    Returns
    -------
    DataFrame
        {columns}

        Rows are sorted by ``sort``, over all articles. In left, right and the text of several tokens, any white space
        is one space; start and end point into the unchanged text.

    Examples
    --------
    >>> import pandas as pd
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
    choose(sort, _SORTS, option="sort")
    patterns = normalise(query).split() if isinstance(query, str) else []
    if not patterns:
        raise ValueError(f"the query is {query!r}; expected one or more values of the column {by}, separated by spaces")
    rows = []
    for article_id, token in inputs.articles(tokens, "token", "start", "end", "text", by, name="tokens"):
        text = _Text(list(map(str, token["text"])), token["start"].tolist(), token["end"].tolist())
        hits = _match_names(token, patterns) if by == "entity" else _match_runs(token[by], patterns)
        for first, stop in hits:
            low, high = text.window(first, stop, width=width)
            span = (text.starts[first], text.ends[stop - 1])
            contexts = (text.join(first, stop), text.join(low, first), text.join(stop, high))
            rows.append((article_id, token["token"][first], *span, *contexts))
    found = tables.frame("concordance", rows)
    if sort == "position":
        return found
    keys = [text.casefold().split() for text in found["text" if sort == "match" else sort]]
    if sort == "left":
        keys = [words[::-1] for words in keys]
    return found.iloc[sorted(range(len(found)), key=keys.__getitem__)].reset_index(drop=True)


@tables.stage(requires=("tokens",), returns="collocations")
@checked
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
    """List the pairs of words that occur near each other, the most strongly associated first.

    Parameters
    ----------
    tokens
        Tokens with article_id, sentence, start, text, upos, is_word, is_stop, the column named by ``by`` and, for
        whole names, end and entity.
    window
        The greatest distance in words, within a sentence. With 1, words must be adjacent and pairs are ordered; with
        more, both orders of two words count as one pair.
    by
        ``"lemma"`` or ``"norm"``.
    content_only
        Whether to pair only content words that are neither stop words nor titles before names (*Mr.*); other words
        still count for the distance.
    whole_names
        Whether a name of several words, a date or sum of money, or a hyphenated word counts as one word, without the
        title before a name.
    min_n
        Occurrences below which a pair is not listed: too few to test.
    correction
        Of p for multiple testing, as in :func:`adjust_p`, over the listed pairs of one article.

    Returns
    -------
    DataFrame
        {columns}

        Within an article, rows are sorted by log_likelihood (descending), then n (descending), then first_start. A
        text without repeated pairs has none. mi is too high for rare words; p is valid for small counts.

    Notes
    -----
    The population is the pairs of counted words within the window, so the four cells of a pair sum to all pairs
    (S. Evert 2009, Corpora and collocations). log Dice = 14 + log2(2 n / (left + right)) where left and right are the
    occurrences of the words (P. Rychlý 2008, A lexicographer-friendly association score, RASLAN).
    MI = log2(n × pairs / (pairs with left × pairs with right)) (K. Church and P. Hanks 1990, Computational
    Linguistics 16(1), 22-29).

    Examples
    --------
    >>> import pandas as pd
    >>> words = "air strike hit . air strike end .".split()
    >>> tokens = pd.DataFrame({
    ...     "article_id": "a", "sentence": [0] * 4 + [1] * 4, "start": range(0, 40, 5), "text": words, "lemma": words,
    ...     "upos": ["NOUN", "NOUN", "VERB", "PUNCT"] * 2, "is_word": [True, True, True, False] * 2, "is_stop": False})
    >>> collocations(tokens, window=1)[["left", "right", "n", "log_dice", "mi"]].values.tolist()
    [['air', 'strike', 2, 14.0, 1.0]]
    """
    choose(by, ("lemma", "norm"), option="by")
    needed = ("sentence", "start", "text", "upos", "is_word", "is_stop", by, *(NAME_COLUMNS if whole_names else ()))
    found = []
    for article_id, token in inputs.articles(tokens, *needed, name="tokens"):
        units = _units(token, by=by, content_only=content_only, whole_names=whole_names)
        pairs = _pairs(units, window=window, min_n=min_n)
        pairs["p_adjusted"] = adjust_p(pairs["p"], correction=correction)
        found.append((article_id, pairs, np.lexsort((pairs["first_start"], -pairs["n"], -pairs["log_likelihood"]))))
    return inputs.join("collocations", found)


#: Roles of sentences that tell who made the article, and not what it is about.
_MADE_BY = ("boilerplate", "byline", "credit")
#: What stands before and after the agency at the beginning of an article: *CAIRO, May 3 (AP) —*.
_DATELINE = re.compile(r"(?:[^\Wa-z]\S*\s+|-\s+){0,6}[(]")
_AFTER_AGENCY = re.compile(r"[)]\s*[-–—:]")


@tables.stage(requires=("mentions", "sentences"), returns="mentions")
def content_mentions(mentions: pd.DataFrame, sentences: pd.DataFrame) -> pd.DataFrame:
    """Keep the mentions of what an article is about, without those of who made it.

    Left out are those in by-lines, credits and notices, and the agency in *CAIRO (AP) —*.

    Parameters
    ----------
    mentions
        Mentions with article_id, sentence, start, end.
    sentences
        Sentences with article_id, sentence, start, text, role.

    Returns
    -------
    DataFrame
        {columns}

    Examples
    --------
    >>> import pandas as pd
    >>> text = "Cairo (AP) — Rain fell."
    >>> sentences = pd.DataFrame({"article_id": ["a"], "sentence": 0, "start": 0, "text": text, "role": "body"})
    >>> mentions = pd.DataFrame({"article_id": "a", "sentence": 0, "start": [0, 7], "end": [5, 9]})
    >>> mentions["text"] = ["Cairo", "AP"]
    >>> content_mentions(mentions, sentences)["text"].tolist()
    ['Cairo']
    """
    columns = (sentences[column].tolist() for column in ("article_id", "sentence", "start", "text", "role"))
    told = {each[:2]: each[2:] for each in zip(*columns, strict=True)}
    kept = []
    columns = (mentions[column].tolist() for column in ("article_id", "sentence", "start", "end"))
    for article_id, sentence, start, end in zip(*columns, strict=True):
        first, text, role = told[article_id, sentence]
        is_agency = _DATELINE.fullmatch(text, 0, start - first) and _AFTER_AGENCY.match(text, end - first)
        kept.append(role not in _MADE_BY and not is_agency)
    return mentions[np.array(kept, dtype=bool)].reset_index(drop=True)


@tables.stage(requires=("mentions",), returns="names")
def names(mentions: pd.DataFrame, *, labels: str | Iterable[str] | None = NAME_LABELS) -> pd.DataFrame:
    """List the people, places and other things that each article names, the most frequent first.

    Parameters
    ----------
    mentions
        Mentions with article_id, sentence, start, text, label, name.
    labels
        The labels to keep; None keeps all, dates and sums of money included.

    Returns
    -------
    DataFrame
        {columns}

        Within an article, rows are sorted by n (descending), then first_start.

    Examples
    --------
    >>> import pandas as pd
    >>> mentions = pd.DataFrame({
    ...     "article_id": "a", "sentence": [0, 0, 1], "start": [0, 10, 30], "text": ["Egypt", "US", "Egypt"],
    ...     "label": "location", "name": ["Egypt", "United States", "Egypt"]})
    >>> names(mentions)[["name", "n", "first_start", "n_sentences", "forms"]].values.tolist()
    [['Egypt', 2, 0, 2, 'Egypt'], ['United States', 1, 10, 1, 'US']]
    """
    wanted = _wanted(labels)
    rows = []
    for article_id, mention in inputs.articles(mentions, "sentence", "start", "text", "label", "name", name="mentions"):
        by_name: dict[str, list[int]] = defaultdict(list)
        for i in np.flatnonzero(np.isin(mention["label"], wanted)).tolist():
            by_name[mention["name"][i]].append(i)
        own = []
        for name, indices in by_name.items():
            label, text, sentence = (mention[column][indices] for column in ("label", "text", "sentence"))
            forms = Counter(" ".join(visible(form).split()) for form in text).most_common()
            own.append((
                article_id, name, Counter(label).most_common(1)[0][0], len(indices),
                mention["start"][indices[0]], len(set(sentence)), "; ".join(form for form, _ in forms),
            ))  # fmt: skip
        rows += sorted(own, key=lambda row: (-row[3], row[4]))
    return tables.frame("names", rows)


@tables.stage(requires=("mentions",), returns="cooccurrence")
def cooccurrence(
    mentions: pd.DataFrame, *, by: str = "sentence", labels: str | Iterable[str] | None = NAME_LABELS
) -> pd.DataFrame:
    """Count the sentences in which two names occur together.

    Parameters
    ----------
    mentions
        Mentions with article_id, start, label, name and the column named by ``by``.
    by
        The unit in which both must occur: ``"sentence"`` or another column of mentions.
    labels
        The labels to keep; None keeps all.

    Returns
    -------
    DataFrame
        {columns}

        Within an article, rows are sorted by n (descending), then first_start.

    Notes
    -----
    Co-occurrence is not a relation: two names in one sentence may have nothing to do with each other.

    Examples
    --------
    >>> import pandas as pd
    >>> mentions = pd.DataFrame({
    ...     "article_id": "a", "sentence": [0, 0, 1, 1], "start": [0, 10, 30, 40], "label": "location",
    ...     "name": ["Egypt", "Libya", "Libya", "Egypt"]})
    >>> cooccurrence(mentions)[["left", "right", "n", "first_start"]].values.tolist()
    [['Egypt', 'Libya', 2, 10]]
    """
    wanted = _wanted(labels)
    rows = []
    for article_id, mention in inputs.articles(mentions, "start", "label", "name", by, name="mentions"):
        order: dict[str, int] = {}
        label_counts: dict[str, Counter[str]] = defaultdict(Counter)
        units: dict[Any, dict[str, int]] = defaultdict(dict)
        for i in np.flatnonzero(np.isin(mention["label"], wanted)).tolist():
            name = mention["name"][i]
            order.setdefault(name, len(order))
            label_counts[name][mention["label"][i]] += 1
            units[mention[by][i]].setdefault(name, mention["start"][i])
        n: Counter[tuple[str, str]] = Counter()
        first_start: dict[tuple[str, str], int] = {}
        for starts in units.values():
            for left, right in combinations(sorted(starts, key=order.__getitem__), 2):
                n[left, right] += 1
                first_start.setdefault((left, right), max(starts[left], starts[right]))
        label = {name: counts.most_common(1)[0][0] for name, counts in label_counts.items()}
        own = [(article_id, a, b, label[a], label[b], count, first_start[a, b]) for (a, b), count in n.items()]
        rows += sorted(own, key=lambda row: (-row[5], row[6]))
    return tables.frame("cooccurrence", rows)


def _wanted(labels: str | Iterable[str] | None) -> list[str]:
    """Return the labels to keep."""
    return list(tables.LABELS) if labels is None else choose_all(labels, tables.LABELS, option="labels")


class _Text(NamedTuple):
    """The tokens of an article, to be joined as in the text but with one space for any white space."""

    words: list[str]
    starts: list[int]
    ends: list[int]

    def join(self, first: int, stop: int) -> str:
        gaps = ["" if i == first or self.starts[i] == self.ends[i - 1] else " " for i in range(first, stop)]
        return "".join(gap + word for gap, word in zip(gaps, self.words[first:stop], strict=True))

    def window(self, first: int, stop: int, *, width: int) -> tuple[int, int]:
        """Return the range of the hit and the whole tokens that fit on either side of it."""
        low, high = first, stop
        while low > 0 and self.starts[first] - self.starts[low - 1] <= width:
            low -= 1
        while high < len(self.words) and self.ends[high] - self.ends[stop - 1] <= width:
            high += 1
        return low, high


def _match_runs(column: NDArray[Any], patterns: Sequence[str]) -> list[tuple[int, int]]:
    """Return the ranges of rows whose values match a sequence of patterns."""
    values = [normalise(value) for value in column]
    compiled = [re.compile(translate(pattern)) for pattern in patterns]
    return [
        (i, i + len(compiled))
        for i in range(len(values) - len(compiled) + 1)
        if all(pattern.match(values[i + step]) for step, pattern in enumerate(compiled))
    ]


def _match_names(token: _Token, patterns: Sequence[str]) -> list[tuple[int, int]]:
    """Return the ranges of rows that are a name (B- and the I- after it) with a matching label or text."""
    tags, words = [str(tag) for tag in token["entity"]], [normalise(word) for word in token["text"]]
    pattern = re.compile(translate(" ".join(patterns)))
    ranges: list[list[int]] = []
    for i, tag in enumerate(tags):
        if tag.startswith("B-") or (tag.startswith("I-") and (i == 0 or tags[i - 1][2:] != tag[2:])):
            ranges.append([i, i + 1])
        elif tag.startswith("I-"):
            ranges[-1][1] = i + 1
    return [
        (first, stop)
        for first, stop in ranges
        if pattern.match(tags[first][2:].casefold()) or pattern.match(" ".join(words[first:stop]))
    ]


class _Unit(NamedTuple):
    """A word or a whole name, and its position in its sentence, in words."""

    word: str
    sentence: int
    position: int
    start: int


def _units(token: _Token, *, by: str, content_only: bool, whole_names: bool) -> list[_Unit]:
    """Return the words and whole names that are paired."""
    found = find_units(token, by=by, whole_names=whole_names, labels=tables.LABELS)
    is_content = np.isin(token["upos"][found.heads], CONTENT_TAGS) & ~token["is_stop"][found.heads]
    is_paired = found.is_name | is_content | (not content_only)
    units: list[_Unit] = []
    sentence, position = None, -1
    for i in np.flatnonzero(found.starts_unit).tolist():
        position = position + 1 if token["sentence"][i] == sentence else 0
        sentence = token["sentence"][i]
        if is_paired[i]:
            # A name of one word, too, is shown as it is written.
            is_short_name = found.is_name[i] and found.words[i] not in found.parts
            word = token["text"][i] if is_short_name else found.words[i]
            units.append(_Unit(str(word), sentence, position, token["start"][i]))
    return units


def _pairs(units: list[_Unit], *, window: int, min_n: int) -> dict[str, NDArray[Any]]:
    """Count the pairs of units within a window, and test those that are frequent enough."""
    numbers: dict[str, int] = {}
    codes = np.array([numbers.setdefault(normalise(unit.word), len(numbers)) for unit in units], dtype=np.int64)
    # Each word is shown as it is first written.
    shown = np.empty(len(numbers), dtype=object)
    for code, unit in zip(codes[::-1], units[::-1], strict=True):
        shown[code] = unit.word
    sentence, position, start = (np.array([unit[k] for unit in units], dtype=np.int64) for k in (1, 2, 3))
    lefts, rights, starts = ([np.zeros(0, dtype=np.int64)] for _ in range(3))
    # The window is in words of the sentence, of which the units are some: no pair is more units than words apart.
    for step in range(1, min(window, len(units) - 1) + 1):
        near = (sentence[step:] == sentence[:-step]) & (position[step:] - position[:-step] <= window)
        i = np.flatnonzero(near & (codes[step:] != codes[:-step]))
        lefts.append(codes[i])
        rights.append(codes[i + step])
        starts.append(start[i])
    left, right, starts_of_pairs = map(np.concatenate, (lefts, rights, starts))
    total, n_words = len(left), max(1, len(numbers))
    occurrences, as_left, as_right = (np.bincount(x, minlength=n_words) for x in (codes, left, right))
    if window > 1:
        left, right = np.minimum(left, right), np.maximum(left, right)
        as_left = as_right = as_left + as_right
    pair, inverse, n = np.unique(left * n_words + right, return_inverse=True, return_counts=True)
    first_start = np.full(len(pair), np.iinfo(np.int64).max)
    np.minimum.at(first_start, inverse, starts_of_pairs)
    frequent = n >= min_n
    pair, n, first_start = pair[frequent], n[frequent], first_start[frequent]
    a, b = pair // n_words, pair % n_words
    expected = as_left[a] * as_right[b] / max(total, 1)
    g2 = log_likelihood(n, as_left[a], as_right[b] - n, total - as_left[a])
    return {
        "left": shown[a],
        "right": shown[b],
        "n": n,
        "log_dice": 14 + np.log2(2 * n / (occurrences[a] + occurrences[b])),
        "log_likelihood": np.where(n < expected, -g2, g2),
        "mi": np.log2(n / expected),
        "p": fisher_p(n, as_left[a], as_right[b], total),
        "first_start": first_start,
    }
