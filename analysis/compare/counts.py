"""Sparse counts of words, names or pairs of names by article."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from analysis.compare.reports import read_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

    from scipy.sparse import csr_array

    _Keyed = tuple[Hashable, str, str, int]

__all__ = ["Counts", "count_rows", "read_counts"]


@dataclass(frozen=True)
class Counts:
    """How often each article has each key, such as a case-folded word.

    Attributes
    ----------
    matrix
        Counts as int32: one row per article, one column per key. An entry is stored only if it is above zero.
    keys
        The key of each column, in order of first occurrence.
    spellings
        How many articles have each pair of cells that a column's key stands for: column, first cell, second cell.
    """

    matrix: csr_array
    keys: list[Hashable]
    spellings: Counter[tuple[int, str, str]]

    def most_frequent_spelling(self) -> dict[int, tuple[str, str]]:
        """Return the pair of cells that most articles have for each column; the last in the alphabet at a tie."""
        ascending = sorted(self.spellings.items(), key=lambda item: (item[1], item[0][1:]))
        return {column: (first, second) for (column, first, second), _ in ascending}


def read_counts(
    reports: Iterable[str], table: str, columns: tuple[str, str], key: Callable[[str, str], Hashable | None]
) -> Counts:
    """Count the rows of one table of every report, reading one report after the other.

    Parameters
    ----------
    reports
        The reports' folders.
    table
        The table's name in :data:`analysis.tables.TABLES`. Its column ``n`` is summed up.
    columns
        Two columns of the table.
    key
        Maps a row's two cells to the key under which it is counted, or to None if it is not counted.
    """

    def keyed(first: str, second: str, n: int) -> Iterator[_Keyed]:
        row_key = key(first, second)
        if row_key is not None:
            yield row_key, first, second, n

    return count_rows(reports, table, [*columns, "n"], keyed)


def count_rows(
    reports: Iterable[str], table: str, columns: Sequence[str], keyed: Callable[..., Iterable[_Keyed]]
) -> Counts:
    """Count what the rows of one table of every report stand for, reading one report after the other.

    Parameters
    ----------
    reports
        The reports' folders.
    table
        The table's name in :data:`analysis.tables.TABLES`.
    columns
        Its columns to read.
    keyed
        Maps a row's cells to what is counted: for each a key, its two cells as they are spelled, and how often.
    """
    from scipy.sparse import csr_array

    column_of: dict[Hashable, int] = {}
    spellings: Counter[tuple[int, str, str]] = Counter()
    data, indices, row_ends = array("i"), array("i"), [0]
    for folder in reports:
        cells = read_columns(folder, table, list(columns))
        counts: Counter[int] = Counter()
        for row_key, first, second, n in chain.from_iterable(map(keyed, *cells.values())):
            column = column_of.setdefault(row_key, len(column_of))
            spellings[column, first, second] += 1
            counts[column] += n
        data.extend(counts.values())
        indices.extend(counts)
        row_ends.append(len(indices))
    matrix = csr_array(
        (np.array(data, np.int32), np.array(indices, np.int32), np.array(row_ends)),
        shape=(len(row_ends) - 1, len(column_of)),
    )
    return Counts(matrix, list(column_of), spellings)
