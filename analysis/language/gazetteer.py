"""Names that are known beforehand: countries, cities, peoples, bodies, and words that go with names."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from analysis.language.features import plain
from analysis.language.tokenise import tokenise

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

#: Classes whose names are also written without a capital.
_LOWER_CASE = frozenset({"currency", "day"})
#: A city that is in another class as well, or in our own list of cities, says nothing more by being in this one.
_WEAK = "town"


def by_class(lines: Iterable[str]) -> dict[str, list[str]]:
    """Read lines of ``data/gazetteer.tsv``: a class, a tab, names apart by `` | ``."""
    return {class_: names.split(" | ") for class_, names in (line.split("\t") for line in lines)}


def build(
    lists: Mapping[str, Mapping[str, list]], listed: Mapping[str, Iterable[str]], towns: Iterable[str]
) -> dict[str, str]:
    """Index names by their first word, for :func:`marks`.

    Parameters
    ----------
    lists
        What the tokeniser has learnt.
    listed
        The names of each class.
    towns
        Names of towns.

    Returns
    -------
    dict
        First word of a name, in lower case, to all names that begin with it, the longest first: the rest of the name,
        ``=``, its class; apart by bars.
    """
    classes: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for class_, names in listed.items():
        for name in names:
            classes[_words(name, lists)].add(class_)
    for name in towns:
        words = _words(name, lists)
        if words and words not in classes:
            classes[words] = {_WEAK}
    index: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for words in sorted(classes, key=lambda words: (-len(words), words)):
        index[words[0]].append(words)
    return {
        first: "|".join(" ".join(words[1:]) + "=" + "+".join(sorted(classes[words])) for words in index[first])
        for first in sorted(index)
    }


def _words(name: str, lists: Mapping[str, Mapping[str, list]]) -> tuple[str, ...]:
    """Cut a name into words in lower case, without hyphens."""
    name = plain(name).strip()
    words = (name[start:end].lower() for start, end in tokenise(name, 0, len(name), lists))
    return tuple(word for word in words if word != "-")


def marks(forms: Sequence[str], index: Mapping[str, str]) -> list[str]:
    """Mark the words of a sentence that make up a known name.

    Parameters
    ----------
    forms
        Normalised forms.
    index
        What :func:`build` gives.

    Returns
    -------
    list of str
        ``B-class`` for a name of one word, ``b-class`` and ``i-class`` for the first and the other words of a longer
        one, else an empty string. The longest name counts, from the left; hyphens do not.

    Examples
    --------
    >>> marks(["in", "Marsa", "-", "Matrouh"], {"marsa": "matrouh=city"})
    ['', 'b-city', 'i-city', 'i-city']
    """
    found = [""] * len(forms)
    words, after = [*map(str.lower, forms)], 0
    for place in [place for place, word in enumerate(words) if word in index]:
        if place < after:
            continue
        word = words[place]
        for rest, class_ in _names(index[word]):
            if forms[place] == word and class_ not in _LOWER_CASE and word.isalpha():
                continue
            end = _match(forms, place + 1, rest)
            if end:
                found[place] = ("B-" if end == place + 1 else "b-") + class_
                found[place + 1 : end] = [f"i-{class_}"] * (end - place - 1)
                after = end
                break
    return found


def class_of(forms: Sequence[str], index: Mapping[str, str]) -> str:
    """Give the class of a known name, however it is written, or an empty string.

    Examples
    --------
    >>> class_of(["al", "-", "Qaida"], {"al": "qaida=armed_group"})
    'armed_group'
    """
    known = _names(index.get(forms[0].lower(), "="))
    return next((class_ for rest, class_ in known if _match(forms, 1, rest) == len(forms)), "")


@lru_cache(maxsize=1 << 12)
def _names(cell: str) -> list[tuple[tuple[str, ...], str]]:
    pairs = (name.rsplit("=", 1) for name in cell.split("|"))
    return [(tuple(rest.split()), class_) for rest, class_ in pairs]


def _match(forms: Sequence[str], place: int, rest: Sequence[str]) -> int:
    """Give where the rest of a name ends, or 0 where it does not stand."""
    for word in rest:
        while place < len(forms) and forms[place] == "-":
            place += 1
        if place == len(forms) or forms[place].lower() != word:
            return 0
        place += 1
    return place
