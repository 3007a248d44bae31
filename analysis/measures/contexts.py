"""Words and names in company: concordance, collocations, names and the names beside them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from fnmatch import translate
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.measures import inputs
from analysis.measures.inputs import CONTENT_TAGS, choose, plain
from analysis.measures.statistics import adjust_p, fisher_p, log_likelihood

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

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
    choose(sort, _SORTS, option="sort")
    wanted = plain(query).split()
    if not wanted:
        raise ValueError(f"the query is {query!r}; expected one value of the column {by} or several, spaces between")
    rows = []
    for article_id, token in inputs.articles(tokens, "token", "start", "end", "text", by, name="tokens"):
        text = _Text([str(word) for word in token["text"]], token["start"].tolist(), token["end"].tolist())
        for first, last in _names_hit(token, wanted) if by == "entity" else _runs_hit(token[by], wanted):
            low, high = text.around(first, last, width=width)
            rows.append((
                article_id, token["token"][first], text.starts[first], text.ends[last - 1],
                text.of(first, last), text.of(low, first), text.of(last, high),
            ))  # fmt: skip
    found = pd.DataFrame(rows, columns=list(_CONCORDANCE_COLUMNS))
    if sort == "position" or found.empty:
        return found
    words = [words.casefold().split() for words in found["text" if sort == "match" else sort]]
    keys = [words[::-1] for words in words] if sort == "left" else words
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
    choose(by, ("lemma", "norm"), option="by")
    if window < 1:
        raise ValueError(f"window is {window}; expected 1 (adjacent words) or more")
    needed = ("sentence", "start", "text", "upos", "is_word", "is_stop", by, *(["entity"] if whole_names else []))
    tables = []
    for article_id, token in inputs.articles(tokens, *needed, name="tokens"):
        units = _units(token, by=by, content_only=content_only, whole_names=whole_names)
        pairs = _pairs(units, window=window, min_n=min_n)
        if not len(pairs["n"]):
            continue
        pairs["p_adjusted"] = adjust_p(pairs["p"], correction=correction)
        order = np.lexsort((pairs["first_start"], -pairs["n"], -pairs["log_likelihood"]))
        for name in ("log_dice", "log_likelihood", "mi", "p", "p_adjusted"):
            pairs[name] = inputs.settled(pairs[name])
        tables.append(pd.DataFrame({"article_id": article_id, **pairs}).take(order))
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
    rows = []
    for article_id, mention in inputs.articles(mentions, "sentence", "start", "text", "label", "name", name="mentions"):
        found: dict[str, list[int]] = defaultdict(list)
        for i in _labelled(mention, labels):
            found[mention["name"][i]].append(i)
        own = []
        for name, at in found.items():
            forms = Counter(" ".join(text.split()) for text in mention["text"][at])
            own.append((
                article_id, name, Counter(mention["label"][at]).most_common(1)[0][0], len(at), mention["start"][at[0]],
                len(set(mention["sentence"][at])), "; ".join(form for form, _ in forms.most_common()),
            ))  # fmt: skip
        rows += sorted(own, key=lambda row: (-row[3], row[4]))
    return pd.DataFrame(rows, columns=["article_id", "name", "label", "n", "first_start", "n_sentences", "forms"])


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
    rows = []
    for article_id, mention in inputs.articles(mentions, "start", "label", "name", by, name="mentions"):
        place: dict[str, int] = {}
        labelled: dict[str, Counter[str]] = defaultdict(Counter)
        units: dict[Any, dict[str, int]] = defaultdict(dict)
        for i in _labelled(mention, labels):
            name = mention["name"][i]
            place.setdefault(name, len(place))
            labelled[name][mention["label"][i]] += 1
            units[mention[by][i]].setdefault(name, mention["start"][i])
        n, first = Counter(), {}
        for starts in units.values():
            for left, right in combinations(sorted(starts, key=place.__getitem__), 2):
                n[left, right] += 1
                first.setdefault((left, right), max(starts[left], starts[right]))
        label = {name: counts.most_common(1)[0][0] for name, counts in labelled.items()}
        own = [(article_id, a, b, label[a], label[b], count, first[a, b]) for (a, b), count in n.items()]
        rows += sorted(own, key=lambda row: (-row[5], row[6]))
    columns = ["article_id", "left", "right", "left_label", "right_label", "n", "first_start"]
    return pd.DataFrame(rows, columns=columns)


_CONCORDANCE_COLUMNS = ("article_id", "token", "start", "end", "text", "left", "right")
_COLLOCATION_COLUMNS = (
    "article_id", "left", "right", "n", "log_dice", "log_likelihood", "mi", "p", "p_adjusted", "first_start",
)  # fmt: skip


def _labelled(mention: dict[str, NDArray], labels: Iterable[str] | None) -> list[int]:
    """Give the places of the mentions that have one of the labels."""
    wanted = None if labels is None else set(labels)
    return [i for i, label in enumerate(mention["label"]) if wanted is None or label in wanted]


class _Text(NamedTuple):
    """Tokens, to be written as the text has them but with one space for any white space."""

    words: list[str]
    starts: list[int]
    ends: list[int]

    def of(self, first: int, last: int) -> str:
        gaps = ["" if i == first or self.starts[i] == self.ends[i - 1] else " " for i in range(first, last)]
        return "".join(gap + self.words[i] for gap, i in zip(gaps, range(first, last), strict=True))

    def around(self, first: int, last: int, *, width: int) -> tuple[int, int]:
        """Give the first and one past the last of the whole tokens that fit on either side of a hit."""
        low, high = first, last
        while low > 0 and self.starts[first] - self.starts[low - 1] <= width:
            low -= 1
        while high < len(self.words) and self.ends[high] - self.ends[last - 1] <= width:
            high += 1
        return low, high


def _runs_hit(column: NDArray, wanted: Sequence[str]) -> list[tuple[int, int]]:
    """Find the runs of rows that match a sequence of patterns."""
    values = [plain(value) for value in column]
    patterns = [re.compile(translate(pattern)) for pattern in wanted]
    return [
        (i, i + len(wanted))
        for i in range(len(values) - len(wanted) + 1)
        if all(pattern.match(values[i + step]) for step, pattern in enumerate(patterns))
    ]


def _names_hit(token: dict[str, NDArray], wanted: Sequence[str]) -> list[tuple[int, int]]:
    """Find the names (B- and the I- after it) of a label, or written so."""
    tags, words = [str(tag) for tag in token["entity"]], [plain(word) for word in token["text"]]
    pattern = re.compile(translate(" ".join(wanted)))
    runs: list[list[int]] = []
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


class _Unit(NamedTuple):
    """A word, or a whole name, and its place in its sentence."""

    word: str
    sentence: int
    place: int
    start: int


def _units(token: dict[str, NDArray], *, by: str, content_only: bool, whole_names: bool) -> list[_Unit]:
    """Give the words and whole names that are counted."""
    units: list[_Unit] = []
    sentence, place, inside = None, -1, False
    for i in np.flatnonzero(token["is_word"]).tolist():
        entity = str(token["entity"][i]) if whole_names else "O"
        if inside and entity.startswith("I-") and token["sentence"][i] == sentence:
            units[-1] = units[-1]._replace(word=f"{units[-1].word} {token['text'][i]}")
            continue
        place = place + 1 if token["sentence"][i] == sentence else 0
        sentence, inside = token["sentence"][i], entity != "O"
        if inside or not content_only or (token["upos"][i] in CONTENT_TAGS and not token["is_stop"][i]):
            units.append(_Unit(str(token["text" if inside else by][i]), sentence, place, token["start"][i]))
    return units


def _pairs(units: list[_Unit], *, window: int, min_n: int) -> dict[str, NDArray]:
    """Count the pairs of units within a window, and test each that is frequent enough."""
    numbers: dict[str, int] = {}
    codes = np.array([numbers.setdefault(plain(unit.word), len(numbers)) for unit in units], dtype=np.int64)
    shown = np.empty(len(numbers), dtype=object)
    for code, unit in zip(codes[::-1], units[::-1], strict=True):
        shown[code] = unit.word
    sentence, place, start = (np.array([unit[k] for unit in units], dtype=np.int64) for k in (1, 2, 3))
    lefts, rights, firsts = ([np.zeros(0, dtype=np.int64)] for _ in range(3))
    # The window is in words of the sentence; counted words are never more.
    for step in range(1, min(window, len(units) - 1) + 1):
        near = (sentence[step:] == sentence[:-step]) & (place[step:] - place[:-step] <= window)
        i = np.flatnonzero(near & (codes[step:] != codes[:-step]))
        lefts.append(codes[i])
        rights.append(codes[i + step])
        firsts.append(start[i])
    left, right, first = map(np.concatenate, (lefts, rights, firsts))
    total, words = len(left), max(1, len(numbers))
    occurrences, as_left, as_right = (np.bincount(x, minlength=words) for x in (codes, left, right))
    if window > 1:
        left, right = np.minimum(left, right), np.maximum(left, right)
        as_left = as_right = as_left + as_right
    pair, inverse, n = np.unique(left * words + right, return_inverse=True, return_counts=True)
    first_start = np.full(len(pair), np.iinfo(np.int64).max)
    np.minimum.at(first_start, inverse, first)
    often = n >= min_n
    pair, n, first_start = pair[often], n[often], first_start[often]
    a, b = pair // words, pair % words
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
