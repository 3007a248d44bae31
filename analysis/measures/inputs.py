"""What the measures read: the columns of tables, article by article, and the word lists of ``data/``."""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

#: Open word classes of Universal Dependencies: what an article is about.
CONTENT_TAGS = ("NOUN", "PROPN", "VERB", "ADJ", "ADV")

#: Words per billion below which ``word_frequencies.tsv.gz`` lists no word form.
REFERENCE_FLOOR_PER_BILLION = 500

_PACKAGE = Path(__file__).resolve().parent.parent


def require(table: pd.DataFrame, columns: Iterable[str], *, name: str) -> None:
    """Raise if a table lacks a column that a measure reads.

    Raises
    ------
    ValueError
        With the columns that are missing, those that were received and those that are expected.

    Examples
    --------
    >>> require(pd.DataFrame(columns=["lemma"]), ["lemma", "start"], name="tokens")
    Traceback (most recent call last):
    ValueError: the tokens table has no column start; received lemma; expected lemma, start
    """
    columns = list(columns)
    missing = [column for column in columns if column not in table.columns]
    if missing:
        received = ", ".join(map(str, table.columns)) or "no column"
        raise ValueError(
            f"the {name} table has no column {', '.join(missing)}; received {received}; expected {', '.join(columns)}"
        )


def choose(value: str, allowed: Iterable[str], *, option: str) -> str:
    """Give back an option's value if it is allowed.

    Raises
    ------
    ValueError
        With the value received and all that are allowed.
    """
    allowed = list(allowed)
    if value not in allowed:
        raise ValueError(f"{option} is {value!r}; expected one of {', '.join(map(repr, allowed))}")
    return value


def articles(table: pd.DataFrame, *columns: str, name: str) -> Iterator[tuple[str, dict[str, NDArray]]]:
    """Give each article's id and columns as arrays, articles in the order of their first row, rows by start.

    A table without the column start, or whose start is not among the columns, keeps its order.

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
    arrays = {column: table[column].to_numpy() for column in columns}
    for column in _FLAGS & arrays.keys():
        arrays[column] = arrays[column].astype(bool)
    number, ids = pd.factorize(table["article_id"])
    keys = (arrays["start"].astype(np.int64), number) if "start" in arrays else (number,)
    order = np.lexsort(keys)
    ends = np.cumsum(np.bincount(number, minlength=len(ids)))
    for article_id, rows in zip(ids, np.split(order, ends[:-1]), strict=True) if len(ids) else ():
        yield article_id, {column: values[rows] for column, values in arrays.items()}


def aligned(**tables: tuple[pd.DataFrame, Sequence[str]]) -> Iterator[tuple[str, *tuple[dict[str, NDArray], ...]]]:
    """Give the columns of several tables article by article, articles as in the first table.

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
    found = [dict(articles(table, *columns, name=name)) for name, (table, columns) in tables.items()]
    nothing = [{column: table[column].to_numpy()[:0] for column in columns} for table, columns in tables.values()]
    for article_id in found[0]:
        yield article_id, *(own.get(article_id, none) for own, none in zip(found, nothing, strict=True))


_FLAGS = frozenset({"is_word", "is_stop"})


def plain(word: str) -> str:
    """Give a word as the word lists have it: case folded, with straight apostrophes."""
    return str(word).casefold().replace("’", "'")


def settled(values: Iterable[float]) -> NDArray[np.float64]:
    """Give numbers to ten significant digits: the last bits differ from one processor to another.

    Without this a table made again elsewhere would not be the same byte for byte, and scores that are equal on paper
    would be ranked by noise.

    Examples
    --------
    >>> settled([0.1 + 0.2, 1 / 3e20, float("nan")]).tolist()
    [0.3, 3.333333333e-21, nan]
    """
    return np.array([float(f"{value:.10g}") for value in values], dtype=np.float64)


@cache
def word_frequencies(by: str) -> dict[str, int]:
    """Give words per billion of general English by lemma or by norm; treat it as read-only."""
    with gzip.open(_data("word_frequencies.tsv.gz"), "rt", encoding="utf-8") as lines:
        rows = (line.split("\t") for line in list(lines)[1:])
        return {row[0]: int(row[2 if by == "lemma" else 1]) for row in rows}


@cache
def syllable_exceptions() -> dict[str, int]:
    """Give the syllables of the frequent words that the rule miscounts."""
    return {word: int(n) for word, n in _rows("syllables.tsv")}


@cache
def easy_words() -> frozenset[str]:
    """Give the words that four in five American fourth-graders knew (Dale and Chall)."""
    return frozenset(_data("dale_chall.txt").read_text(encoding="utf-8").split("\n")) - {""}


@cache
def valences() -> dict[str, float]:
    """Give the mean valence of each word of VADER's lexicon, -4 (most negative) to 4."""
    return {word: float(valence) for word, valence in _rows("vader_lexicon.tsv")}


@cache
def news_tag_counts() -> dict[str, int]:
    """Give how often each universal tag stands in the news texts of the GUM treebank."""
    return {tag: int(n) for tag, n in _rows("tag_counts.tsv")}


def _data(name: str) -> Path:
    """Find a data file: inside the installed package, else beside it in the project."""
    for folder in (_PACKAGE / "data", _PACKAGE.parent / "data"):
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(f"{name} is neither in {_PACKAGE / 'data'} nor in {_PACKAGE.parent / 'data'}: reinstall")


def _rows(name: str) -> list[list[str]]:
    """Read a table of two columns with a heading, tab between them."""
    path = _data(name)

    with path.open(encoding="utf-8") as lines:
        return [line.rstrip("\n").split("\t") for line in lines][1:]
