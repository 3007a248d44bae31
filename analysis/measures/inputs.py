"""What the measures read: the columns of the tables they are given, and the word lists of ``data/``."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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


def articles(table: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Give the rows of each article, articles in the order of their first row."""
    return iter(table.groupby("article_id", sort=False))


def plain(words: pd.Series) -> pd.Series:
    """Give words as the word lists have them: case folded, with straight apostrophes."""
    return words.astype("str").str.casefold().str.replace("’", "'")


@cache
def word_frequencies() -> pd.DataFrame:
    """Give words per billion of general English, by word form and by lemma; index: the word, case folded."""
    return pd.read_csv(
        _data("word_frequencies.tsv.gz"),
        sep="\t",
        index_col="word",
        keep_default_na=False,
        quoting=csv.QUOTE_NONE,
        dtype={"word": "str", "form_per_billion": "float64", "lemma_per_billion": "float64"},
    )


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
