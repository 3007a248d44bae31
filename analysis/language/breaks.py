"""Where sentences begin in paragraphs: as the network of breaks predicts, but for bullets and numbers that end one."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from analysis import resources
from analysis.article.headings import BULLETS, LINE_BULLETS
from analysis.language import money, prediction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analysis.language.prediction import Columns
    from analysis.language.tagger import Tagger

__all__ = ["find_starts", "starts_after_number"]

#: After a word or one of these marks, where sentences seldom end, a break needs this margin.
_OPEN_MARKS = ",;:-–—"
_OPEN_MARGIN = np.float32(1.25)
#: What stands before the number of a part of a work: *see fig. 3*.
_PARTS_OF_WORKS = frozenset("ch. chs. eq. fig. figs. p. para. paras. pp. sec. vol. vols.".split())
#: What may stand between the full stop and the capital.
_OPENING = frozenset("“‘\"'([")
#: Such a number has at most so many digits.
_MAX_DIGITS = 3


def find_starts(tagger: Tagger, columns: Columns, lengths: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return whether a sentence begins with each word of paragraphs; one always does with the first.

    After a word, comma, colon or dash, where sentences seldom end, the break needs a larger margin. A bullet belongs to
    what follows it, and begins a sentence in a paragraph that begins with one. One begins after *May 5.*, *No. 2.*,
    *fig. 3.* and *C$5.* before a capital, and none with the number of the last two.

    Parameters
    ----------
    tagger
        The tagger of sentence breaks.
    columns
        What :func:`features.break_columns` returns.
    lengths
        Words in each paragraph.
    """
    forms = columns["form"]
    logits = prediction.break_logits(tagger, columns, lengths)
    labels = tagger.labels("break")
    margin = logits[:, labels.index("B")] - logits[:, labels.index("I")]
    is_open = [form[-1].isalnum() or form[-1] in _OPEN_MARKS for form in forms[:-1]]
    margin[1:] -= np.where(is_open, _OPEN_MARGIN, np.float32(0))
    starts = margin > 0
    firsts = np.cumsum(lengths) - lengths
    starts[firsts] = True
    begins = set(firsts.tolist())
    starts[[at for at in range(1, len(forms)) if at not in begins and _takes_number(forms[at - 1], forms[at])]] = False
    starts[starts_after_number(forms, columns["space_before"], begins)] = True
    is_bullet = np.array([form in BULLETS for form in forms], dtype=bool)
    starts |= is_bullet & np.repeat(is_bullet[firsts], lengths)
    is_bullet[firsts] |= np.array([forms[first] in LINE_BULLETS for first in firsts], dtype=bool)
    after = np.setdiff1d(np.flatnonzero(is_bullet) + 1, np.append(firsts, len(starts)))
    starts[after - 1] |= starts[after]
    starts[after] = False
    return starts


def _takes_number(form: str, number: str) -> bool:
    """Return whether a word and the next are a part of a work and its number, or an amount of money."""
    return (form.lower() in _PARTS_OF_WORKS and number[0].isdecimal()) or money.is_sign_of_amount(form, number)


@cache
def _before_number() -> frozenset[str]:
    """Return the months, in full and abbreviated, and *No.*."""
    months = resources.data().read_word_lists("months.txt")
    short = (form for forms in months.values() for name in forms for form in (name, f"{name}."))
    return frozenset([*months, *short, "No.", "no.", "Number", "number"])


def starts_after_number(forms: Sequence[str], spaces: Sequence[str], firsts: set[int]) -> list[int]:
    """Return the indices of words that begin a sentence after a number and a full stop.

    Before the number stands a month, *No.*, a part of a work or the sign of a currency. Such a full stop ends a
    sentence if a capital follows, since no number is abbreviated.

    Parameters
    ----------
    forms, spaces
        The form of each word, and the space before it, as :func:`features.spaces_before` returns it.
    firsts
        The index of the first word of each paragraph.

    Examples
    --------
    >>> starts_after_number("It is No. 2 . Sales rose on May 5 . New York fell .".split(), ["s"] * 15, {0})
    [5, 11]
    >>> starts_after_number("He lives at No. 2 Sales Street .".split(), ["s"] * 8, {0})
    []
    """
    found = []
    for stop in [at for at, form in enumerate(forms[:-1]) if form == "."]:
        number, name, after = stop - 1, stop - 2, stop + 1
        if name < 0 or not spaces[after] or not firsts.isdisjoint((number, stop, after)):
            continue
        is_short = forms[number].isdecimal() and len(forms[number]) <= _MAX_DIGITS
        if not (is_short and forms[name] in _before_number()) and not _takes_number(forms[name], forms[number]):
            continue
        start = after
        while after < len(forms) - 1 and forms[after] in _OPENING and after + 1 not in firsts:
            after += 1
        if forms[after][0].isupper():
            found.append(start)
    return found
