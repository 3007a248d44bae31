"""The word lists of ``data/`` that summaries use, loaded when first needed."""

from __future__ import annotations

from functools import cache

from analysis import resources

__all__ = ["word_classes"]


@cache
def word_classes(name: str) -> dict[str, frozenset[str]]:
    """Return the words of each class of a list; do not change the mapping, which is shared.

    Parameters
    ----------
    name
        A file of ``data/`` with lines of a word, a tab and its class.

    Examples
    --------
    >>> sorted(word_classes("cue_words.tsv"))
    ['bonus', 'stigma']
    """
    rows = [line.split("\t") for line in resources.data().read_lines(name)]
    return {label: frozenset(word for word, its_class in rows if its_class == label) for _, label in rows}
