"""Amounts of money: the currency before a number, in signs (*€*, *A$*) or letters (*Rs*), and the multiplier (*bn*).

``data/currencies.tsv`` and ``data/multipliers.tsv`` list them. Treebanks have hardly any but the dollar and *million*.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from analysis import resources

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

__all__ = ["Reading", "currency_pattern", "currency_words", "is_sign_of_amount", "multipliers", "read_amounts", "shown"]

_NUMBER = re.compile(r"[+-]?[.,]?\d[\d.,]*")
#: What coins are called after a number, and their lemma; but *720p* is a picture of so many lines.
_COINS = {"p": "penny", "pence": "penny", "¢": "cent"}
_PICTURE_LINES = frozenset("240 360 480 540 576 720 900 1080 1440 2160 4320".split())
#: What stands between the two numbers of a range.
_RANGE = frozenset(["-", "–", "—", "to", "and", "or"])
#: What makes an amount negative or says that it is a gain, as one word with the sign of its currency.
_PLUS_OR_MINUS = "+-−–"


class Reading(NamedTuple):
    """How a word of an amount is to be read.

    Attributes
    ----------
    shown
        The form that the networks know best: *$* of any currency, *dollars* of a sign after a number, *million* of any
        multiplier, *cents* of pence and *¢*.
    lemma
        Its lemma.
    """

    shown: str
    lemma: str


@cache
def _currencies() -> dict[str, bool]:
    """Return whether each sign or code of a currency is doubtful: it may well be something else.

    After letters, the sign of the cedi is often written as that of the cent: *GH¢*.
    """
    cells = (line.split("\t") for line in resources.data().read_lines("currencies.tsv"))
    listed = {sign: bool(doubtful) for sign, _, _, *doubtful in cells}
    return listed | {sign.replace("₵", "¢"): doubt for sign, doubt in listed.items() if sign[1:].endswith("₵")}


@cache
def currency_words() -> frozenset[str]:
    """Return what may follow an amount: *dollar*, *dollars*, *USD*, *€*."""
    cells = [line.split("\t") for line in resources.data().read_lines("currencies.tsv")]
    names = {name.split(" ")[-1] for _, _, name, *_ in cells}
    return frozenset({*names, *(f"{name}s" for name in names), *_currencies(), *(code for _, code, *_ in cells)})


@cache
def multipliers() -> dict[str, str]:
    """Return the word of each short form, in lower case: *million* of *mn*; that of each word is itself."""
    lists = resources.data().read_word_lists("multipliers.tsv")
    return {short: word for word, own in lists.items() for short in (word, *own)}


@cache
def currency_pattern() -> str:
    """Return the pattern of a currency before an amount, for an expression that ignores case.

    A minus or plus that stands apart from what is before it belongs to the sign (*by -$5*, but not *US-$5m*).
    Letters count only before a digit, doubtful ones only before an amount with commas or a multiplier. A sign in which
    letters come before a dollar or the like counts wherever no other letter follows (not in *A$AP*).
    """
    multiplier = rf"(?:{_any(multipliers())})(?!\w)"
    kinds: dict[str, list[str]] = {"letters": [], "doubtful": [], "prefixed": [], "suffixed": [], "single": []}
    for sign, is_doubtful in _currencies().items():
        if is_doubtful:
            kinds["doubtful"].append(sign)
        elif _is_letters(sign):
            kinds["letters"].append(sign)
        elif len(sign) > 1:
            kinds["suffixed" if sign[-1].isalpha() else "prefixed"].append(sign)
        else:
            kinds["single"].append(sign)
    first = "".join(sorted({re.escape(sign[0]) for sign in _currencies()}))  # most words need no other test
    signs = re.escape(_PLUS_OR_MINUS)
    return rf"""(?=[{first}{signs}])(?<!\w)(?:
        (?-i:{_any(kinds["letters"])})(?=\d)
      | (?-i:{_any(kinds["doubtful"])})(?=\d{{1,3}}(?:,\d{{3}})+(?!\w)|\d[\d.,]*\s?{multiplier})
      | (?:{_any(kinds["prefixed"])})(?={multiplier}|[\W\d_]|$)
      | (?:{_any(kinds["suffixed"])})(?=\s?\d)
      | (?<![^\s(])[{signs}](?:{_any([*kinds["prefixed"], *kinds["single"]])})(?=\d)
    )"""


def _any(signs: Sequence[str] | dict[str, str]) -> str:
    """Return the pattern of any of some signs, of two the longer one."""
    return "|".join(map(re.escape, sorted(signs, key=len, reverse=True)))


def is_sign_of_amount(sign: str, number: str) -> bool:
    """Return whether a word and the next are a currency's sign, not in letters, and a number.

    Examples
    --------
    >>> is_sign_of_amount("C$", "5"), is_sign_of_amount("Rs", "5"), is_sign_of_amount("C$", "fell")
    (True, False, False)
    """
    sign = sign.lstrip(_PLUS_OR_MINUS)
    return sign in _currencies() and not _is_letters(sign) and bool(_NUMBER.fullmatch(number))


def read_amounts(forms: Sequence[str], starts: Container[int]) -> dict[int, Reading]:
    """Return, by index, how currencies (if in letters, those before a number), multipliers and coins are to be read.

    Parameters
    ----------
    forms
        The normalised form of each word.
    starts
        The index of the first word of each sentence, and the number of words. No amount goes beyond a sentence.

    Examples
    --------
    >>> found = read_amounts("It cost Rs 4 - 5 bn , not 5 m .".split(), {0, 11})
    >>> {index: tuple(reading) for index, reading in found.items()}
    {2: ('$', 'Rs'), 6: ('million', 'billion')}
    """
    currencies, words = _currencies(), multipliers()
    found: dict[int, Reading] = {}
    for index, form in enumerate(forms):
        sign = form.lstrip(_PLUS_OR_MINUS)
        is_after_number = index not in starts and bool(_NUMBER.fullmatch(forms[index - 1]))
        if sign in currencies:
            is_before_amount = _is_before_amount(forms, index, starts, is_doubtful=currencies[sign])
            is_sign = not _is_letters(sign)
            if is_before_amount or is_sign:
                is_after_amount = is_after_number and len(sign) == 1  # *5€*, but *the US$ fell*
                found[index] = Reading("$" if is_before_amount else "dollars" if is_after_amount else form, form)
        elif form == "pence" or (form in _COINS and is_after_number):
            if not (form == "p" and forms[index - 1] in _PICTURE_LINES):
                found[index] = Reading("cents", _COINS[form])
        elif form.lower() in words and index not in starts:
            if is_after_number:
                is_before = index + 1 not in starts and forms[index + 1] in currency_words()
                is_amount = is_before or _first_number(forms, index - 1, starts) - 1 in found
            else:  # *US$m*, *lakh crore*
                is_amount = index - 1 in found
            if is_amount:
                found[index] = Reading("million", words[form.lower()])
    return found


def shown(forms: Sequence[str], amounts: Mapping[int, Reading]) -> list[str]:
    """Return the forms that the networks are shown, for what :func:`read_amounts` returns."""
    return [amounts[index].shown if index in amounts else form for index, form in enumerate(forms)]


def _is_letters(sign: str) -> bool:
    return sign.replace(".", "").isalpha()


def _is_before_amount(forms: Sequence[str], index: int, starts: Container[int], *, is_doubtful: bool) -> bool:
    """Return whether an amount follows the sign or code of a currency: a number, or for signs a multiplier (*US$m*).

    After a doubtful one the number must have commas or a multiplier.
    """
    if index + 1 in starts:
        return False
    if not _NUMBER.fullmatch(forms[index + 1]):
        return not _is_letters(forms[index]) and forms[index + 1].lower() in multipliers()
    has_multiplier = index + 2 not in starts and forms[index + 2].lower() in multipliers()
    return not is_doubtful or has_multiplier or "," in forms[index + 1]


def _first_number(forms: Sequence[str], index: int, starts: Container[int]) -> int:
    """Return the index of the first number of the range that ends with a number."""
    while index not in starts and index - 1 not in starts and forms[index - 1] in _RANGE:
        if not _NUMBER.fullmatch(forms[index - 2]):
            break
        index -= 2
    return index
