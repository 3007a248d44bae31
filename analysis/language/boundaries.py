"""Where mentions begin and end: parts of one name are joined, and words that name nothing are left out.

Each function takes the BIO tags of words (:mod:`analysis.language.names`) and returns new ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.language.names import mentions, spelled

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

__all__ = ["with_joined_parts", "without_directions", "without_portfolios"]

#: No name ends with these before a hyphen.
_PARTICLES = frozenset("ad al ar as ash at au az el er es esh ez l ul ur".split())
#: The labels of two mentions that are one, an organisation, and the word between them.
_JOINED_BY = frozenset(
    {("organization", "&", "organization"), ("person", "&", "organization"), ("norp", "-", "organization")}
)
#: Whose portfolio follows *of* or *for*.
_MINISTERS = frozenset({"minister", "ministers"})
_DIRECTIONS = frozenset(
    f"{side}{end}"
    for side in ("north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest")
    for end in ("", "ern")
)


def with_joined_parts(tags: Sequence[str], forms: Sequence[str], starts: Container[int]) -> list[str]:
    """Join the parts of one name: *Kafr el* and *-Sheikh*, *Marks* and *& Spencer*, *Lebanese* and *-Egyptian Bank*.

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms
        The normalised form of each word.
    starts
        The index of the first word of each sentence.

    Examples
    --------
    >>> with_joined_parts(["B-location", "I-location", "O", "O"], ["Kafr", "el", "-", "Sheikh"], {0})
    ['B-location', 'I-location', 'I-location', 'I-location']
    >>> with_joined_parts(["B-norp", "O", "B-organization"], ["Lebanese", "-", "Egyptian"], {0})
    ['B-organization', 'I-organization', 'I-organization']
    """
    result = list(tags)
    ends = {first: last for first, last, _ in mentions(tags)}
    for first, last, label in reversed(mentions(tags)):
        mark, after = last + 1, last + 2
        if after >= len(forms) or mark in starts or after in starts or result[mark] != "O":
            continue
        pair = label, forms[mark], result[after][2:]
        is_cut = forms[mark] == "-" and forms[after][0].isupper() and forms[last].lower() in _PARTICLES
        is_pair = result[after][0] == "B" and pair in _JOINED_BY and (label != "person" or first == last)
        if is_cut or is_pair:
            whole = label if is_cut else "organization"
            ends[first] = ends.get(after, after) if result[after][0] == "B" else after
            result[first : ends[first] + 1] = spelled(whole, ends[first] - first + 1)
    return result


def without_portfolios(tags: Sequence[str], forms: Sequence[str], starts: Container[int]) -> list[str]:
    """Remove what a minister is the minister of: *Minister of Higher Education* names no organisation.

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms
        The normalised form of each word.
    starts
        The index of the first word of each sentence.

    Examples
    --------
    >>> without_portfolios(["O", "O", "B-organization", "O"], ["Minister", "of", "Health", "left"], {0})
    ['O', 'O', 'O', 'O']
    """
    result = list(tags)
    for first, last, label in mentions(tags):
        if label not in {"organization", "misc"} or first < 2 or first in starts or first - 1 in starts:  # noqa: PLR2004 - *Minister of*
            continue
        if forms[first - 1] in {"of", "for"} and forms[first - 2].lower() in _MINISTERS:
            result[first : last + 1] = ["O"] * (last + 1 - first)
    return result


def without_directions(tags: Sequence[str], forms: Sequence[str]) -> list[str]:
    """Remove places that are only a direction, in small letters.

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms
        The normalised form of each word.

    Examples
    --------
    >>> without_directions(["B-location", "B-location", "O"], ["western", "Sudan", "fell"])
    ['O', 'B-location', 'O']
    """
    result = list(tags)
    for first, last, label in mentions(tags):
        if first == last and label == "location" and forms[first] in _DIRECTIONS:
            result[first] = "O"
    return result
