"""Which words of a paragraph stand in quotation marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "CLOSING",
    "INSIDE",
    "IN_QUOTATION",
    "OPENING",
    "OUTSIDE",
    "UNCLOSED",
    "form_of",
    "quotation_states",
    "spans_of",
]

#: The states of a word: outside of quotation marks, an opening mark, inside, a closing mark, and inside marks that its
#: paragraph does not close (a quotation of several paragraphs opens in each and closes in the last alone).
OUTSIDE, OPENING, INSIDE, CLOSING, UNCLOSED = "", "(", "i", ")", "u"
#: The states of words in quotation marks.
IN_QUOTATION = frozenset([INSIDE, UNCLOSED])

#: The marks that open a quotation, with those that close it.
_PAIRS = {"“": "”", "«": "»", "„": "“”", '"': '"', "``": "''", "''": "''", "‘": "’", "'": "'"}
_MARKS = _PAIRS.keys() | set("".join(_PAIRS.values()))
#: Marks that look alike at both ends.
_UNDIRECTED = frozenset(['"', "''", "'"])
#: Marks that may be apostrophes: one opens a quotation only between white space and a word, and where the paragraph
#: closes it.
_DOUBTFUL = frozenset(["''", "‘", "'"])


def quotation_states(forms: Sequence[str], spaces: Sequence[bool]) -> list[str]:
    """Return for each word of a paragraph whether it stands in quotation marks.

    Parameters
    ----------
    forms
        The words as written.
    spaces
        Whether white space stands before each.

    Returns
    -------
    list of str
        ``OUTSIDE``, ``OPENING``, ``INSIDE``, ``CLOSING`` or ``UNCLOSED`` for each word. Marks within a quotation, of
        another kind, are inside.

    Examples
    --------
    >>> quotation_states(["“", "Rain", ",", "”", "he", "said"], [False, False, False, False, True, True])
    ['(', 'i', 'i', ')', '', '']
    """
    if _PAIRS.keys().isdisjoint(forms):
        return [OUTSIDE] * len(forms)
    states = [OUTSIDE] * len(forms)
    opened, closing = 0, ""
    for index in (at for at, form in enumerate(forms) if form in _MARKS):
        form, stands_free = forms[index], spaces[index] or not index
        is_followed = index + 1 < len(forms) and not spaces[index + 1]
        if closing and form in _UNDIRECTED and stands_free and is_followed and form == forms[opened]:
            # The one before was never closed: where it ends, nobody knows.
            states[opened], states[index] = OUTSIDE, OPENING
            opened = index
        elif closing and form in closing:
            states[opened + 1 : index + 1] = [*[INSIDE] * (index - opened - 1), CLOSING]
            closing = ""
        elif not closing and form in _PAIRS and _opens(forms, index, stands_free and (is_followed or form == "‘")):
            states[index] = OPENING
            opened, closing = index, _PAIRS[form]
    if closing:
        states[opened + 1 :] = [UNCLOSED] * (len(states) - opened - 1)
    return states


def _opens(forms: Sequence[str], index: int, is_free: bool) -> bool:  # noqa: FBT001
    """Return whether a mark, with white space before it and none after it if it ``is_free``, opens a quotation."""
    form = forms[index]
    return form not in _DOUBTFUL or (is_free and _PAIRS[form] in forms[index + 1 :])


def spans_of(states: Sequence[str]) -> list[tuple[int, int]]:
    """Return the quotations as half-open spans of words, with their marks.

    Examples
    --------
    >>> spans_of(["(", "i", "i", ")", "", ""])
    [(0, 4)]
    """
    spans: list[tuple[int, int]] = []
    for index, state in enumerate(states):
        if state == OPENING:
            spans.append((index, index + 1))
        elif state != OUTSIDE and spans:
            spans[-1] = spans[-1][0], index + 1
    return spans


def form_of(n_quoted: int, n_words: int) -> str:
    """Return the form of a content of ``n_words``, of which ``n_quoted`` stand in quotation marks."""
    return "indirect" if not n_quoted else "direct" if n_quoted == n_words else "mixed"
