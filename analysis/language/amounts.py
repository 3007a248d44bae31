"""Amendments of mentions of money: amounts from their first number to their last, apart from who pays or is paid."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analysis.language import gazetteer, persons
from analysis.language.money import currency_words, multipliers
from analysis.language.names import mentions, spelled

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from analysis.language.money import Reading

__all__ = ["with_payees", "with_ranges", "with_whole_amounts"]

#: What may stand before *a million* and its like.
_FRACTIONS = ("half", "a quarter of", "quarter of", "three quarters of")
#: Classes of the gazetteer that are places.
_PLACES = frozenset(("country", "region", "city"))
#: Shorter words may be the code or sign of a currency.
_MIN_PAYEE_CHARS = 4
_DASHES = frozenset(["-", "–", "—"])
#: Between two amounts of which the second has the multiplier of both, and the numbers that may be so.
_SHARING = frozenset(["to", "or"])
_SMALL = re.compile(r"\d{1,3}(?:\.\d+)?")
_RANGES = frozenset(["-", "–", "—", "to", "or"])
_POUNDS = frozenset(("pound", "pounds"))
#: What pounds before it are money of: *a 20-pound fine*.
_PAID = frozenset(
    "bet bid bill bond budget coin deal debt deposit donation fee fine grant loan loss note payment price prize ransom"
    " reward salary stake ticket tip voucher wage".split()
)
#: Words near pounds that are a weight.
_WEIGHT_BEFORE = frozenset("weigh weighed weighing weighs weight heavier lighter".split())
_WEIGHT_AFTER = frozenset("heavier heavy lighter overweight underweight".split())
_OF_WEIGHT = frozenset(
    "beef bread butter cannabis cheese cocaine coal cocoa coffee drugs explosives fentanyl fish flour fruit gold grain"
    " ham heroin honey ice marijuana meat meth methamphetamine opium pork potatoes poultry powder pressure rice salmon"
    " sugar thrust tnt tomatoes tuna turkey vegetables wool".split()
)


def with_ranges(
    tags: Sequence[str],
    forms: Sequence[str],
    amounts: Mapping[int, Reading],
    starts: AbstractSet[int],
    joined: AbstractSet[int],
) -> list[str]:
    """Let an amount with its currency before it go on to the end of its range and to its multiplier, after hyphens.

    A word for a country before the currency is no part of it (*an Australian A$3bn*).

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms
        The normalised form of each word.
    amounts
        How the words of amounts are read, as :func:`~analysis.language.money.read_amounts` returns it.
    starts
        The index of the first word of each sentence, and the number of words.
    joined
        The indices of the words before which no space stands.

    Examples
    --------
    >>> from analysis.language.money import read_amounts
    >>> forms = "a $ 300 - million deal".split()
    >>> with_ranges(["O", "B-money", "I-money", "O", "O", "O"], forms, read_amounts(forms, {0, 6}), {0, 6}, {2, 3, 4})
    ['O', 'B-money', 'I-money', 'I-money', 'I-money', 'O']
    """
    result = list(tags)
    covered = 0
    for first, last, label in mentions(tags):
        signs = (at for at in range(first, last) if at in amounts and amounts[at].shown == "$")
        sign = next((at for at in signs if forms[at + 1][-1:].isdigit()), -1)
        if label != "money" or sign < 0 or first < covered:
            continue
        start = sign if all(form.istitle() for form in forms[first:sign]) else first
        covered = max(last + 1, _end_of_amount(forms, sign, amounts, starts, joined))
        result[first:start] = ["O"] * (start - first)
        result[start:covered] = ["B-money", *["I-money"] * (covered - start - 1)]
    return result


def with_payees(
    tags: Sequence[str],
    forms: Sequence[str],
    xpos: Sequence[str],
    amounts: Mapping[int, Reading],
    *,
    starts: Container[int],
    index: Mapping[str, str],
) -> list[str]:
    """Part an amount from the name before it, of who pays or is paid: *fined Google 2.4 billion euros*.

    So is what was taken for no name between a verb and an amount (*gave Oxfam £2m*), and a country before an amount
    (*Britain GBP 220m*). The name is a place if the gazetteer has it for one, a person if it begins with a forename,
    and else an organisation.

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms, xpos
        The normalised form and the Penn tag of each word.
    amounts
        How the words of amounts are read, as :func:`~analysis.language.money.read_amounts` returns it.
    starts
        The index of the first word of each sentence, and the number of words.
    index
        The gazetteer, as :func:`analysis.language.gazetteer.tag` takes it.

    Examples
    --------
    >>> forms, xpos = "fined Google 2 million euros".split(), ["VBD", "NNP", "CD", "CD", "NNS"]
    >>> with_payees(["O", "B-money", *["I-money"] * 3], forms, xpos, {}, starts={0, 5}, index={})
    ['O', 'B-organization', 'B-money', 'I-money', 'I-money']
    """
    result = list(tags)
    for first, last, label in mentions(tags):
        if label != "money":
            continue
        number = first
        while number <= last and _may_be_payee(number, forms, xpos, amounts):
            number += 1
        is_place = _is_place(forms[first:number], index)
        is_before_amount = number not in starts and (number in amounts or forms[number][:1].isdecimal())
        if first < number and is_before_amount and (number <= last or is_place):
            result[first:number] = _spelled_payee(forms[first:number], index)
            result[number : last + 1] = ["B-money", *["I-money"] * (last - number)][: last + 1 - number]
        start = first
        while start not in starts and result[start - 1] == "O" and _may_be_payee(start - 1, forms, xpos, amounts):
            start -= 1
        name = forms[start:first]
        is_after_verb = start not in starts and xpos[start - 1].startswith("VB")
        if name and (is_after_verb or gazetteer.class_of(name, index) == "country"):
            result[start:first] = _spelled_payee(name, index)
    return result


def _is_place(name: Sequence[str], index: Mapping[str, str]) -> bool:
    return bool(name) and not _PLACES.isdisjoint(gazetteer.class_of(name, index).split("+"))


def _spelled_payee(name: Sequence[str], index: Mapping[str, str]) -> list[str]:
    """Return the BIO tags of a name: a place of the gazetteer, a person with a forename, or else an organisation."""
    is_place, is_person = _is_place(name, index), persons.is_forename(name[0])
    return spelled("location" if is_place else "person" if is_person else "organization", len(name))


def _may_be_payee(at: int, forms: Sequence[str], xpos: Sequence[str], amounts: Mapping[int, Reading]) -> bool:
    """Return whether a word may be of a name, and is no currency."""
    is_name = xpos[at].startswith("NNP") and forms[at][0].isupper() and len(forms[at]) >= _MIN_PAYEE_CHARS
    return is_name and at not in amounts and forms[at].lower() not in currency_words()


def _end_of_amount(
    forms: Sequence[str],
    sign: int,
    amounts: Mapping[int, Reading],
    starts: AbstractSet[int],
    joined: AbstractSet[int],
) -> int:
    """Return the word after an amount with its currency before it: a number or a range, and a multiplier."""
    end = sign + 2
    if _shares_multiplier(forms, end, amounts, starts):
        end += 3
    while True:
        end += end not in starts and forms[end].lower() in multipliers()
        number = end + 1 + (end + 1 in amounts)
        if end in starts or number in starts or forms[end] not in _DASHES or not {end, end + 1} <= joined:
            return end
        is_multiplier = forms[end + 1].lower() in multipliers()
        if not (is_multiplier or forms[number][:1].isdigit()):
            return end
        end = end + 2 if is_multiplier else number + 1


def _shares_multiplier(
    forms: Sequence[str], end: int, amounts: Mapping[int, Reading], starts: AbstractSet[int]
) -> bool:
    """Return whether the multiplier of the next amount is also that of the one that ends: *$2 to $3 million*."""
    if not starts.isdisjoint(range(end, end + 4)) or forms[end] not in _SHARING or end + 1 not in amounts:
        return False
    return (
        _rises(forms[end - 1], forms[end + 2])
        and amounts[end + 1].shown == "$"
        and forms[end + 3].lower() in multipliers()
    )


def _rises(low: str, high: str) -> bool:
    """Return whether two numbers, both small, are the ends of a range."""
    return all(map(_SMALL.fullmatch, (low, high))) and float(low) < float(high)


def with_whole_amounts(
    tags: Sequence[str], forms: Sequence[str], xpos: Sequence[str], starts: Container[int]
) -> list[str]:
    """Extend money to the number before it in words (*three pence*, *five-dollar*, *half a million pounds*), and more.

    A range before a multiplier is a part of it (*5 to 7 million dollars*), and so is *minus*. Pounds that a thing or
    person weighs, and a currency without an amount (*the yen*), are no money.

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms, xpos
        The normalised form and the Penn tag of each word.
    starts
        The index of the first word of each sentence, and the number of words.

    Examples
    --------
    >>> with_whole_amounts(["O", "B-money", "I-money", "I-money"], ["half", "a", "million", "pounds"],
    ...                    ["PDT", "DT", "CD", "NNS"], {0, 4})
    ['B-money', 'I-money', 'I-money', 'I-money']
    """
    result = list(tags)
    for first, last, label in mentions(tags):
        if label != "money":
            continue
        begin = first
        while begin not in starts:
            begin -= 1
        start = _first_number(first, last, begin, forms, xpos)
        if _is_bare(forms[start : last + 1]) or _is_weight(first, last, begin, forms, starts):
            result[first : last + 1] = ["O"] * (last + 1 - first)
            continue
        if forms[start] == "a":
            before = " ".join(forms[max(begin, start - 3) : start]).lower()
            fraction = next((words for words in _FRACTIONS if f" {before}".endswith(f" {words}")), "")
            start -= len(fraction.split())
        is_free = start - 1 == begin or xpos[start - 2][:2] not in {"NN", "CD"}
        if start > begin and forms[start - 1].lower() == "minus" and is_free:
            start -= 1
        if set(tags[start:first]) == {"O"}:
            result[start : last + 1] = ["B-money", *["I-money"] * (last - start)]
    return result


def _first_number(first: int, last: int, begin: int, forms: Sequence[str], xpos: Sequence[str]) -> int:
    """Return where the number before an amount begins, in words, before a hyphen or as the first of a range."""
    start = first
    while start > begin and xpos[start - 1] == "CD" and forms[start - 1].isalpha() and forms[start].isalpha():
        start -= 1
    while start - 2 >= begin and forms[start - 1] in _DASHES and _is_number(start - 2, forms, xpos):
        if not forms[start].isalpha():
            break
        start -= 2
    return start - 2 if _is_end_of_range(start, last, begin, forms, xpos) else start


def _is_number(at: int, forms: Sequence[str], xpos: Sequence[str]) -> bool:
    return xpos[at] == "CD" or forms[at][:1].isdecimal()


def _is_bare(words: Sequence[str]) -> bool:
    """Return whether a word is the name or code of a currency without an amount."""
    return len(words) == 1 and words[0].isalpha() and not currency_words().isdisjoint((words[0], words[0].lower()))


def _is_end_of_range(start: int, last: int, begin: int, forms: Sequence[str], xpos: Sequence[str]) -> bool:
    """Return whether a number, and a word between, stand before an amount without a sign before it.

    The amount has a multiplier, or the numbers rise to it: *5 to 7 million dollars*, *50 to 100 euros*.
    """
    is_range = (
        start - 2 >= begin
        and forms[start][:1].isdecimal()
        and forms[start - 1] in _RANGES
        and _is_number(start - 2, forms, xpos)
        and not (start - 3 >= begin and forms[start - 3][-1:] in "$£€¥")
    )
    if any(form.lower() in multipliers() for form in forms[start + 1 : last + 1]):
        return is_range
    return is_range and _rises(forms[start - 2], forms[start])


def _is_weight(first: int, last: int, begin: int, forms: Sequence[str], starts: Container[int]) -> bool:
    """Return whether pounds are a weight: after *weighs*, before *of rice*, with *heavier*, or in *20-pound bag*."""
    if forms[last].lower().split("-")[-1] not in _POUNDS or any(form[-1:] in "$£€¥" for form in forms[first:last]):
        return False
    after = [form.lower() for form in forms[last + 1 : last + 3]] if last + 1 not in starts else []
    is_of = after[:1] == ["of"] and after[1:2] != [] and after[1] in _OF_WEIGHT
    before = {form.lower() for form in forms[max(begin, first - 4) : first]}
    is_hyphenated = "-" in forms[last][1:] or (last > begin and forms[last - 1] in _DASHES)
    is_thing = is_hyphenated and after[:1] != [] and after[0].isalpha() and _PAID.isdisjoint(after)
    return is_of or is_thing or not _WEIGHT_AFTER.isdisjoint(after[:1]) or not _WEIGHT_BEFORE.isdisjoint(before)
