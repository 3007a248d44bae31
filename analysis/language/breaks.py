"""Where sentences begin in paragraphs: as the network of breaks predicts, but for bullets and numbers that end one."""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from analysis import resources
from analysis.article.headings import BULLETS, LINE_BULLETS
from analysis.language import money, persons, prediction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.language.prediction import Columns
    from analysis.language.tagger import Tagger

__all__ = ["find_starts", "starts_after_abbreviation", "starts_after_number"]

#: Signs before numbers, between which no sentence ends: *3 < 5*, *from <$5 to >$9*.
_SIGNS = frozenset(("^", "<", ">", "=", "+", "±", "≤", "≥", "≈", "->", "→"))
_TIMES = frozenset(("a.m.", "p.m."))
_UNITS = frozenset("ft gal hr hrs in lb lbs mi min oz pt qt sec sq yd yds".split())
#: After a word or one of these marks, where sentences seldom end, a break needs this margin.
_OPEN_MARKS = ",;:-–—"
_OPEN_MARGIN = np.float32(1.25)
#: What stands before a number: that of a work or a part of one (*see fig. 3*), or one that is not exact.
_TAKE_NUMBERS = frozenset(
    "approx. art. arts. ca. ch. chs. eq. ext. fig. figs. op. p. para. paras. pp. sec. sect. sects. vol. vols.".split()
)
#: What may stand between the full stop and the capital.
_OPENING = frozenset("“‘\"'([")
_BRACKETS = frozenset("([")
_ENDS = frozenset(".!?")
#: The Penn tags of words with which names of several words begin: *The Guardian*, *Will Smith*.
_BEFORE_NAMES = frozenset(("DT", "NN", "NNS", "NNP"))
#: The Penn tags of pronouns, articles, prepositions and conjunctions.
_FUNCTION_TAGS = frozenset("CC DT EX IN PDT PRP PRP$ WDT WP WRB".split())
#: Such a number has at most so many digits.
_MAX_DIGITS = 3


def find_starts(
    tagger: Tagger, columns: Columns, lengths: NDArray[np.int64], classes: Mapping[str, str]
) -> NDArray[np.bool_]:
    """Return whether a sentence begins with each word of paragraphs; one always does with the first.

    After a word, comma, colon or dash, where sentences seldom end, the break needs a larger margin. A bullet belongs to
    what follows it, and begins a sentence in a paragraph that begins with one. One begins after *May 5.*, *No. 2.*,
    *fig. 3.* and *C$5.* before a capital, and none with the number of the last two. One begins after a month, state or
    unit that is abbreviated where what follows is no name (:func:`starts_after_abbreviation`), after a city and its
    state before the title of a person who is none of the state (*Washington, D.C. Gen. Lee*), after a time before a
    title and a name (*at 7 p.m. Archbishop Lee*), after a sign of a currency (*75¢.*), after a letter that is the name
    of a group (*Group B. Spain*), and with a straight quotation mark after a full stop. None begins after an
    abbreviation that opens a bracket (*(ed. Lee, 2003)*), after *e.g.*, after a title (*Mx. Lee*), or between a name
    with an exclamation mark and a small letter, a sign such as *>* and a number, or a unit (*2.5 in.*) and a small
    letter.

    Parameters
    ----------
    tagger
        The tagger of sentence breaks.
    columns
        What :func:`features.break_columns` returns.
    lengths
        Words in each paragraph.
    classes
        The possible Penn tags of words, as :class:`analysis.language.models.Models` has them.
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
    inside = [at for at in range(1, len(forms)) if at not in begins]
    starts[[at for at in inside if _takes_number(forms[at - 1], forms[at]) or _opens_bracket(forms, at)]] = False
    starts[[at for at in inside if _is_listed(forms[at - 1], "leading")]] = False
    starts[[at for at in inside if _is_title(forms[at - 1]) and not _is_function_word(forms[at], classes)]] = False
    starts[[at for at in inside if at - 1 not in begins and _ends_name(*forms[at - 2 : at + 1])]] = False
    starts[[at for at in inside if _is_number_after_sign(forms, at) or _goes_on_after_unit(forms, at)]] = False
    starts[starts_after_number(forms, columns["space_before"], begins)] = True
    starts[[at for at in inside if _is_after_state(forms, at, begins) or _is_title_after_time(forms, at)]] = True
    ends_first = (at for at in inside if _ends_amount(forms[at - 2 : at]) or _ends_lettered(forms[at - 2 : at]))
    starts[[at for at in ends_first if forms[at][0].isupper()]] = True
    starts[[at for at in inside if _opens_quotation(forms, columns["space_before"], at)]] = True
    starts[[at for at in starts_after_abbreviation(forms, begins, classes) if not starts[at - 1]]] = True
    is_bullet = np.array([form in BULLETS for form in forms], dtype=bool)
    starts |= is_bullet & np.repeat(is_bullet[firsts], lengths)
    is_bullet[firsts] |= np.array([forms[first] in LINE_BULLETS for first in firsts], dtype=bool)
    after = np.setdiff1d(np.flatnonzero(is_bullet) + 1, np.append(firsts, len(starts)))
    starts[after - 1] |= starts[after]
    starts[after] = False
    return starts


def _takes_number(form: str, number: str) -> bool:
    """Return whether a word and the next are a work and its number, *approx.* and one, or an amount of money."""
    takes = form.lower() in _TAKE_NUMBERS or _is_listed(form, "numbered")
    return (takes and number[0].isdecimal()) or money.is_sign_of_amount(form, number)


def _is_function_word(form: str, classes: Mapping[str, str]) -> bool:
    """Return whether a word is a pronoun, article or the like, and never a name."""
    return _FUNCTION_TAGS.issuperset(classes.get(form.lower(), "NNP").split("|"))


def _is_title(form: str) -> bool:
    """Return whether a word is a title or short forename that keeps its full stop before a name."""
    return _is_listed(form, "titles") or _is_listed(form, "forenames")


def _is_after_state(forms: Sequence[str], at: int, firsts: set[int]) -> bool:
    """Return whether a title with its full stop follows a city, a comma and its state, and is no title of the state's.

    The District of Columbia has neither governor nor senators.
    """
    state, comma, city = at - 1, at - 2, at - 3
    return (
        _is_listed(forms[state], "states")
        and city >= 0
        and firsts.isdisjoint((state, comma))
        and forms[comma] == ","
        and forms[city][0].isupper()
        and forms[at][-1] == "."
        and persons.is_title(forms[at])
        and (forms[state] == "D.C." or not _is_listed(forms[at], "of_states"))
    )


def _is_title_after_time(forms: Sequence[str], at: int) -> bool:
    """Return whether a title before a name with a capital follows a time: *at 7 p.m. Archbishop Lee left*."""
    time, after = forms[at - 1], forms[at + 1 : at + 2]
    return time in _TIMES and forms[at].istitle() and persons.is_title(forms[at]) and after != [] and after[0].istitle()


def _ends_amount(words: Sequence[str]) -> bool:
    """Return whether words are the sign of a currency after its amount, and a full stop: *75¢.*."""
    return len(words) > 1 and words[1] == "." and unicodedata.category(words[0][-1]) == "Sc"


def _ends_lettered(words: Sequence[str]) -> bool:
    """Return whether words are a noun and the letter that is the name of one of its kind: *Group B.*."""
    return len(words) > 1 and words[0].lower() in _words("lettered") and words[1][0].isupper() and words[1][1:] == "."


def _opens_quotation(forms: Sequence[str], spaces: Sequence[str], at: int) -> bool:
    """Return whether a straight single quotation mark before a capital follows the end of a sentence and a space."""
    mark, first = forms[at][:1], forms[at][1:2]
    if not first and at + 1 < len(forms) and not spaces[at + 1]:
        first = forms[at + 1][0]
    end = at - 2 if forms[at - 1] == "'" and not spaces[at - 1] and at > 1 else at - 1
    return mark == "'" and bool(spaces[at]) and first.isupper() and forms[end] in _ENDS


def _is_listed(form: str, name: str) -> bool:
    """Return whether a word with its full stop is in a list of ``data/tokeniser.tsv``."""
    return form[-1] == "." and form[:-1].lower() in _words(name)


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(resources.data().read_word_lists("tokeniser.tsv")[name])


def _ends_name(name: str, mark: str, form: str) -> bool:
    """Return whether an exclamation mark is part of a name in a sentence: *Yahoo! on Friday*."""
    return mark == "!" and name[0].isupper() and form.islower()


def _is_number_after_sign(forms: Sequence[str], at: int) -> bool:
    """Return whether a number, or money, follows a sign such as *>*."""
    return forms[at - 1] in _SIGNS and (forms[at][0].isdecimal() or unicodedata.category(forms[at][0]) == "Sc")


def _goes_on_after_unit(forms: Sequence[str], at: int) -> bool:
    """Return whether a small letter follows a number and a unit with its full stop: *2.5 in. in an hour*."""
    unit, number = (at - 2, at - 3) if forms[at - 1] == "." else (at - 1, at - 2)
    return (
        forms[at].islower()
        and number >= 0
        and forms[at - 1][-1] == "."
        and forms[unit].rstrip(".") in _UNITS
        and forms[number][-1].isdecimal()
    )


def _opens_bracket(forms: Sequence[str], at: int) -> bool:
    """Return whether an abbreviation in lower case that opens a bracket stands before a word: *(ed. Lee*."""
    stop = at - 1
    word = stop - 1 if forms[stop] == "." else stop
    return word > 0 and forms[stop][-1] == "." and forms[word].islower() and forms[word - 1] in _BRACKETS


def starts_after_abbreviation(forms: Sequence[str], firsts: set[int], classes: Mapping[str, str]) -> list[int]:
    """Return the indices of words that begin a sentence after a month, day, state, street or unit that is abbreviated.

    Such words have a capital and are no name, but a stop word or a noun in the plural, which no capital follows; after
    a stop word other than an article and its like, one may.

    Parameters
    ----------
    forms
        The form of each word.
    firsts
        The index of the first word of each paragraph.
    classes
        The possible Penn tags of words in lower case, separated by bars.

    Examples
    --------
    >>> starts_after_abbreviation("He won in Jan. Critics laughed .".split(), {0}, {"critics": "NNS"})
    [4]
    >>> starts_after_abbreviation("The Jan. World Cup was held .".split(), {0}, {"world": "NN|NNS"})
    []
    """
    stop_words = set(resources.data().read_lines("stopwords.txt"))
    found = []
    for at, (before, form) in enumerate(pairwise(forms), start=1):
        word, is_last = form.lower(), at + 1 == len(forms) or at + 1 in firsts
        if at in firsts or not (_is_listed(before, "closing") or _is_street(forms, at - 1, firsts)):
            continue
        tags = set(classes.get(word, "").split("|"))
        is_name = not form.istitle() or form in _before_number() or is_last
        is_before_capital = not is_last and forms[at + 1][0].isupper()
        if is_name or (is_before_capital and not tags.isdisjoint(_BEFORE_NAMES)):
            continue
        if word in stop_words or (tags == {"NNS"} and not is_before_capital):
            found.append(at)
    return found


def _is_street(forms: Sequence[str], at: int, firsts: set[int]) -> bool:
    """Return whether *St.* is a street, since names with capitals and a number stand before it: *10 Downing St.*."""
    if forms[at] != "St.":
        return False
    name = at
    while name not in firsts and forms[name - 1][0].isupper():
        name -= 1
    return name < at and name not in firsts and forms[name - 1].isdecimal()


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
