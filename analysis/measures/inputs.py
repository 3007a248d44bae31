"""What all measures share: columns of tables article by article, joined results, and the word lists of ``data/``."""

from __future__ import annotations

import gzip
from functools import cache
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

import numpy as np
import pandas as pd

from analysis import resources, tables
from analysis.invisible import visible
from analysis.measures.units import CONTENT_TAGS, is_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

__all__ = [
    "CONTENT_TAGS",
    "REFERENCE_FLOOR_PER_BILLION",
    "aligned",
    "articles",
    "choose",
    "choose_all",
    "easy_words",
    "join",
    "news_tag_counts",
    "normalise",
    "require",
    "round_float",
    "round_floats",
    "syllable_exceptions",
    "valence_modifiers",
    "valences",
    "word_frequencies",
]

#: Words per billion below which ``word_frequencies.tsv.gz`` lists no word form.
REFERENCE_FLOOR_PER_BILLION = 500

_FLAGS = frozenset({"is_word", "is_stop"})


# Checks of arguments


def require(table: pd.DataFrame, columns: Iterable[str], *, name: str) -> None:
    """Raise if a table lacks a column that a function reads, or is none.

    Raises
    ------
    ValueError
        With the columns that are missing, those that were received and those that are expected; or with what is given
        instead of a table.

    Examples
    --------
    >>> require(pd.DataFrame(columns=["lemma"]), ["lemma", "start"], name="tokens")
    Traceback (most recent call last):
    ValueError: the tokens table has no column start; received lemma; expected lemma, start
    """
    columns = list(dict.fromkeys(columns))
    if not isinstance(table, pd.DataFrame):
        # A ValueError, as for any other input.
        given = type(table).__name__
        raise ValueError(f"{name} is of type {given}; expected a table with {', '.join(columns)}")  # noqa: TRY004
    missing = [column for column in columns if column not in table.columns]
    if missing:
        received = ", ".join(map(str, table.columns)) or "no column"
        raise ValueError(
            f"the {name} table has no column {', '.join(missing)}; received {received}; expected {', '.join(columns)}"
        )


def choose(value: str, allowed: Iterable[str], *, option: str) -> str:
    """Return an option's value if it is allowed.

    Raises
    ------
    ValueError
        With the value received and all that are allowed.
    """
    allowed = list(allowed)
    if value not in allowed:
        raise ValueError(f"{option} is {value!r}; expected one of {', '.join(map(repr, allowed))}")
    return value


def choose_all(values: str | Iterable[str], allowed: Iterable[str], *, option: str) -> list[str]:
    """Return the values of an option that takes one or more, if each is allowed.

    Raises
    ------
    ValueError
        If one is not, or there is none.

    Examples
    --------
    >>> choose_all("lead", ["lead", "luhn"], option="methods")
    ['lead']
    """
    allowed = list(allowed)
    chosen = [choose(value, allowed, option=option) for value in ([values] if isinstance(values, str) else values)]
    if not chosen:
        raise ValueError(f"{option} is empty; expected one or more of {', '.join(map(repr, allowed))}, or None for all")
    return chosen


# Tables in, article by article


def articles(table: pd.DataFrame, *columns: str, name: str) -> Iterator[tuple[str, dict[str, NDArray[Any]]]]:
    """Yield each article's id and columns as arrays, articles in the order of their first row, rows by start.

    Rows keep their order unless ``start`` is among the columns. The text of tokens is without invisible
    characters (see :func:`analysis.invisible.visible`). ``is_stop`` holds for titles before names too, such as *Mr.*
    (see :func:`analysis.measures.units.is_title`), in tables with text and upos.

    Raises
    ------
    ValueError
        If a column is missing; see :func:`require`.

    Examples
    --------
    >>> table = pd.DataFrame({"article_id": ["b", "a", "b"], "start": [9, 0, 4], "lemma": ["x", "y", "z"]})
    >>> [(article_id, own["lemma"].tolist()) for article_id, own in articles(table, "start", "lemma", name="tokens")]
    [('b', ['z', 'x']), ('a', ['y'])]
    """
    require(table, ("article_id", *columns), name=name)
    told_by = [column for column in ("text", "upos", "entity") if "is_stop" in columns and column in table.columns]
    arrays = {column: table[column].to_numpy() for column in dict.fromkeys([*columns, *told_by])}
    for column in _FLAGS & arrays.keys():
        arrays[column] = arrays[column].astype(bool)
    if "text" in arrays and name not in ("sentences", "mentions"):
        arrays["text"] = np.array([visible(str(text)) for text in arrays["text"]], dtype=object)
    number, ids = pd.factorize(table["article_id"])
    keys = (arrays["start"].astype(np.int64), number) if "start" in arrays else (number,)
    order = np.lexsort(keys)
    ends = np.cumsum(np.bincount(number, minlength=len(ids)))
    for article_id, rows in zip(ids, np.split(order, ends[:-1]), strict=True) if len(ids) else ():
        own = {column: values[rows] for column, values in arrays.items()}
        if {"text", "upos"} <= set(told_by):
            own["is_stop"] |= is_title(own)
        yield article_id, own


def aligned(**named: tuple[pd.DataFrame, Sequence[str]]) -> Iterator[tuple[str, *tuple[dict[str, NDArray[Any]], ...]]]:
    """Yield the columns of several tables article by article, articles as in the first table.

    An article that another table lacks has empty columns there.

    Examples
    --------
    >>> sentences = pd.DataFrame({"article_id": ["a", "b"], "text": ["Fog.", "Rain."]})
    >>> mentions = pd.DataFrame({"article_id": ["b"], "name": ["Rain"]})
    >>> for article_id, sentence, mention in aligned(sentences=(sentences, ["text"]), mentions=(mentions, ["name"])):
    ...     print(article_id, sentence["text"].tolist(), mention["name"].tolist())
    a ['Fog.'] []
    b ['Rain.'] ['Rain']
    """
    by_article = [dict(articles(table, *columns, name=name)) for name, (table, columns) in named.items()]
    nothing = [{column: table[column].to_numpy()[:0] for column in columns} for table, columns in named.values()]
    for article_id in by_article[0]:
        yield article_id, *(own.get(article_id, none) for own, none in zip(by_article, nothing, strict=True))


def normalise(word: str) -> str:
    """Return a word as the word lists have it: case-folded, composed (NFC), with straight apostrophes."""
    return normalize("NFC", str(word).casefold()).replace("’", "'")


# Tables out


def join(name: str, articles: Iterable[tuple[str, Mapping[str, Any], NDArray[np.int64] | slice]]) -> pd.DataFrame:
    """Return the table ``name`` made of each article's id, columns and order of rows, its floats rounded.

    Examples
    --------
    >>> columns = {"word": ["fog", "port"], "token": [5, 2], "start": [9, 4], "end": [12, 8], "position": [1 / 3, 0]}
    >>> join("occurrences", [("a", columns, np.array([1, 0]))])[["article_id", "word", "position"]].values.tolist()
    [['a', 'port', 0.0], ['a', 'fog', 0.3333333333]]
    """
    dtypes = tables.TABLES[name].dtypes
    arrays: dict[str, list[NDArray[Any]]] = {column: [] for column in dtypes}
    for article_id, columns, order in articles:
        ids = [article_id] * len(next(iter(columns.values())))
        for column, values in {**columns, "article_id": ids}.items():
            dtype = object if dtypes[column] == "str" else dtypes[column]
            array = np.asarray(values, dtype=dtype)[order]
            arrays[column].append(round_floats(array) if dtype == "float64" else array)
    if not arrays["article_id"]:
        return tables.empty(name)
    return tables.frame(name, {column: np.concatenate(parts) for column, parts in arrays.items()})


def round_float(value: float) -> float:
    """Round a float to ten significant digits, so that output is identical across CPUs.

    The last bits of a float differ between processors. They would change the bytes of a table that is made again
    elsewhere, and break ties between equal scores at random.

    Examples
    --------
    >>> round_float(0.1 + 0.2), round_float(1 / 3e20)
    (0.3, 3.333333333e-21)
    """
    return float(f"{value:.10g}")


def round_floats(values: Iterable[float]) -> NDArray[np.float64]:
    """Round floats by :func:`round_float`; NaN stays."""
    return np.array([round_float(value) for value in values], dtype=np.float64)


# Word lists: each is read once, and not to be changed


@cache
def word_frequencies(by: str) -> dict[str, int]:
    """Return the occurrences of words in a billion words of general English, by lemma or by norm."""
    lines = gzip.decompress(resources.data().read_bytes("word_frequencies.tsv.gz")).decode().splitlines()
    rows = (line.split("\t") for line in lines[1:])
    return {row[0]: int(row[2 if by == "lemma" else 1]) for row in rows}


@cache
def syllable_exceptions() -> dict[str, int]:
    """Return the syllables of words that the rule miscounts: frequent ones, and rarer ones by hand."""
    return {word: int(n) for name in ("syllables.tsv", "syllables_by_hand.tsv") for word, n in _pairs(name)}


@cache
def easy_words() -> frozenset[str]:
    """Return the words that four in five American fourth-graders knew (Dale and Chall)."""
    return frozenset(resources.data().read_lines("dale_chall.txt"))


@cache
def valences() -> dict[str, float]:
    """Return the mean valence of each word of VADER's lexicon, -4 (most negative) to 4."""
    return {word: float(valence) for word, valence in _pairs("vader_lexicon.tsv")}


@cache
def valence_modifiers() -> dict[str, str]:
    """Return the words by which VADER changes the valence of later ones: booster, dampener or negation."""
    return dict(_pairs("vader_modifiers.tsv"))


@cache
def news_tag_counts() -> dict[str, int]:
    """Return the occurrences of each universal tag in the news texts of the GUM treebank."""
    return {tag: int(n) for tag, n in _pairs("tag_counts.tsv")}


def _pairs(name: str) -> list[tuple[str, str]]:
    """Read a file of two columns with a heading, separated by a tab."""
    rows = (line.split("\t") for line in resources.data().read_lines(name)[1:])
    return [(left, right) for left, right in rows]
