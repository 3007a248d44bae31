"""Names that hold those of persons: what is called after one, and the parties to a case at law."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from analysis import resources
from analysis.language import persons
from analysis.language.names import mentions
from analysis.language.whole_names import relabel

if TYPE_CHECKING:
    from collections.abc import Container, Sequence
    from collections.abc import Set as AbstractSet

__all__ = ["with_cases", "with_namesakes"]

#: The labels of what is called after persons, by the lists of ``data/whole_names.tsv``.
_LABELS = {"called_bodies": "organization", "called_buildings": "facility", "called_honours": "misc"}
#: A person is called by so many names before it at least, and at most.
_MIN_NAMES, _MAX_NAMES = 2, 5
_NO_PARTS = frozenset(("date", "money", "norp"))


@cache
def _kinds() -> dict[str, str]:
    """Return the label of what is called after a person by its last word."""
    lists = resources.data().read_word_lists("whole_names.tsv")
    return {word: label for name, label in _LABELS.items() for word in lists[name]}


def with_namesakes(tags: Sequence[str], forms: Sequence[str], starts: AbstractSet[int]) -> list[str]:
    """Take for one name a person's with what is called after the person: *Ruth Bader Ginsburg Prize*.

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms
        The normalised form of each word.
    starts
        The index of the first word of each sentence, and the number of words.

    Examples
    --------
    >>> forms = "the Ruth Bader Ginsburg Prize".split()
    >>> with_namesakes(["O", "B-organization", "B-person", "B-misc", "I-misc"], forms, {0, 5})[1:]
    ['B-misc', 'I-misc', 'I-misc', 'I-misc']
    """
    result = list(tags)
    for last in [at for at, form in enumerate(forms) if form in _kinds()]:
        first = last
        while first not in starts and last - first < _MAX_NAMES and _is_name(result[first - 1], forms[first - 1]):
            first -= 1
        while first < last and not persons.is_forename(forms[first]):
            first += 1
        after = last + 1
        is_part = result[first][0] == "I" or (after not in starts and result[after][0] == "I")
        is_whole = result[first] != "B-person" and all(tag[0] == "I" for tag in result[first + 1 : after])
        if last - first >= _MIN_NAMES and not is_part and not is_whole:
            relabel(result, first, after, _kinds()[forms[last]])
    return result


def _is_name(tag: str, form: str) -> bool:
    """Return whether a word may be part of a person's name."""
    return form[0].isupper() and tag[2:] not in _NO_PARTS


def with_cases(tags: Sequence[str], forms: Sequence[str], starts: Container[int]) -> list[str]:
    """Take for one name a case at law, two names with *v.* between: *Brown v. Board of Education*.

    Two places may be teams that play each other.

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms
        The normalised form of each word.
    starts
        The index of the first word of each sentence, and the number of words.

    Examples
    --------
    >>> with_cases(["B-person", "O", "B-organization", "O"], ["Brown", "v.", "Board", "ruled"], {0, 4})
    ['B-misc', 'I-misc', 'I-misc', 'O']
    """
    result = list(tags)
    found = mentions(tags)
    firsts = {last: first for first, last, _ in found}
    lasts = {first: last for first, last, _ in found}
    for at in [at for at, form in enumerate(forms[1:-1], 1) if form == "v."]:
        before, after = at - 1, at + 1
        if at in starts or after in starts or not (forms[before][0].isupper() and forms[after][0].isupper()):
            continue
        if result[at] != "O":  # one name of any label
            first = next(first for first, last, _ in found if first <= at <= last)
            last = lasts[first]
        else:
            first, last = firsts.get(before, before), lasts.get(after, after)
            while first - 1 not in starts and result[first - 1] == "O" and forms[first - 1][0].isupper():
                first -= 1
        labels = {tags[first][2:], tags[last][2:]}
        if labels != {"location"} and (last == len(forms) - 1 or last + 1 in starts or tags[last + 1][0] != "I"):
            relabel(result, first, last + 1, "misc")
    return result
