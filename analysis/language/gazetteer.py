"""Look-up of known names: countries, cities, peoples, bodies, and words that go with names."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["class_of", "tag"]

#: Classes whose names are also written without a capital.
_LOWER_CASE = frozenset({"currency", "day"})


def tag(forms: Sequence[str], gazetteer: Mapping[str, str]) -> list[str]:
    """Tag the words of a sentence that make up a known name.

    Parameters
    ----------
    forms
        Normalised forms.
    gazetteer
        The first word of each known name, in lower case, to all names that begin with it, the longest first: the rest
        of the name, ``=``, its class; separated by bars.

    Returns
    -------
    list of str
        ``B-class`` for a name of one word, ``b-class`` and ``i-class`` for the first and the other words of a longer
        one, otherwise an empty string. From the left, the longest name is taken; hyphens are skipped.

    Examples
    --------
    >>> tag(["in", "Marsa", "-", "Matrouh"], {"marsa": "matrouh=city"})
    ['', 'b-city', 'i-city', 'i-city']
    """
    tags = [""] * len(forms)
    words, after = [*map(str.lower, forms)], 0
    for index in [index for index, word in enumerate(words) if word in gazetteer]:
        if index < after:
            continue
        word = words[index]
        for rest, class_ in _names(gazetteer[word]):
            if forms[index] == word and class_ not in _LOWER_CASE and word.isalpha():
                continue
            end = _match(forms, index + 1, rest)
            if end:
                tags[index] = ("B-" if end == index + 1 else "b-") + class_
                tags[index + 1 : end] = [f"i-{class_}"] * (end - index - 1)
                after = end
                break
    return tags


def class_of(forms: Sequence[str], gazetteer: Mapping[str, str]) -> str:
    """Return the class of a known name in whatever case, or an empty string.

    Examples
    --------
    >>> class_of(["al", "-", "Qaida"], {"al": "qaida=armed_group"})
    'armed_group'
    """
    names = _names(gazetteer.get(forms[0].lower(), "="))
    return next((class_ for rest, class_ in names if _match(forms, 1, rest) == len(forms)), "")


@lru_cache(maxsize=1 << 12)
def _names(cell: str) -> list[tuple[tuple[str, ...], str]]:
    """Parse a cell of the gazetteer into the rest of each name and its class."""
    pairs = (name.rsplit("=", 1) for name in cell.split("|"))
    return [(tuple(rest.split()), class_) for rest, class_ in pairs]


def _match(forms: Sequence[str], index: int, rest: Sequence[str]) -> int:
    """Return the index after the rest of a name that begins at ``index``, or 0 where it is not there."""
    for word in rest:
        while index < len(forms) and forms[index] == "-":
            index += 1
        if index == len(forms) or forms[index].lower() != word:
            return 0
        index += 1
    return index
