"""What options of functions and parameters of notebooks may be: a rule for each name, the same wherever it stands.

Functions are held to it by :func:`checked` when they are called; a report, batch or comparison asks :func:`find_rule`
before the first notebook runs.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from functools import wraps
from math import isfinite, isnan
from numbers import Integral, Real
from reprlib import repr as shortened
from typing import Any, NamedTuple, ParamSpec, TypeVar

__all__ = [
    "BRIEF_PARTS",
    "LABELS",
    "LISTED",
    "METHODS",
    "PARAMETERS",
    "PLACES",
    "RULES",
    "STANCES",
    "UPOS",
    "Rule",
    "check_option",
    "checked",
    "find_rule",
]

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")

#: What a name names.
LABELS = ("person", "location", "organization", "norp", "facility", "date", "money", "product", "misc")
#: The universal part-of-speech tags.
UPOS = tuple("ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X".split())
#: How a source stands to what it says or thinks; ``data/stances.tsv`` defines each.
STANCES = (
    *"assert claim confirm deny admit accuse warn threaten promise offer plan demand ask agree refuse decline".split(),
    "leave open",
    *"suggest believe doubt expect fear hope want praise support condemn oppose".split(),
)
#: The parts of a brief, in order, and their headings.
BRIEF_PARTS = {
    "summary": "In short",
    "contested": "What is contested",
    "claims": "Who says what",
    "events": "What happens",
    "actors": "Who acts",
    "speakers": "Who speaks",
    "times": "When",
    "places": "Where",
}
#: Where a report may have an exhibit: it opens the report, or stands in its body or its appendix.
PLACES = ("front", "body", "appendix")
#: The methods that score sentences.
METHODS = ("lead", "luhn", "textrank", "lexrank", "lsa", "sumbasic", "kl", "edmundson", "dateline")

#: Memory is taken for so many parts, draws or samples.
_MOST_KEPT = 1_000_000


class Rule(NamedTuple):
    """What an option may be: the test that its value passes, and the words that an error has for it."""

    allows: Callable[[Any], bool]
    expected: str


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and not isnan(value)


def _is_flag(value: Any) -> bool:
    # NumPy's truth values too, without loading it.
    return isinstance(value, bool) or type(value).__name__ == "bool"


def _whole(least: int, most: int | None = None) -> Rule:
    def allows(value: Any) -> bool:
        is_whole = isinstance(value, Integral) and not _is_flag(value)
        return is_whole and bool(value >= least) and (most is None or bool(value <= most))

    return Rule(allows, f"a whole number, {least} or more" if most is None else f"a whole number, {least} to {most:,}")


def _between_0_and_1(example: float) -> Rule:
    return Rule(lambda value: _is_number(value) and 0 < value < 1, f"a number between 0 and 1, such as {example}")


def _one_of(values: Collection[str]) -> Rule:
    return Rule(lambda value: isinstance(value, str) and value in values, f"one of {', '.join(map(repr, values))}")


def _is_list(value: Any) -> bool:
    return isinstance(value, Collection) and not isinstance(value, (str, bytes, Mapping))


def _some_of(values: Collection[str]) -> Rule:
    return Rule(
        lambda value: _is_list(value) and all(isinstance(each, str) and each in values for each in value),
        f"a list with some of {', '.join(map(repr, values))}",
    )


_FLAG = Rule(_is_flag, "True or False")

#: The rule of each option of a function, by its name.
RULES: dict[str, Rule] = {
    "place": _one_of(PLACES),
    "among": _whole(1),
    "confidence": _between_0_and_1(0.95),
    "content_only": _FLAG,
    "described_only": _FLAG,
    "draws": _whole(1, _MOST_KEPT),
    "exceptions": Rule(lambda value: isinstance(value, Mapping), "a mapping of words to their number of syllables"),
    "force": _FLAG,
    "left": Rule(lambda value: isinstance(value, str), "a value of the column, or ''"),
    "length_chars": _whole(0),
    "max_words": _whole(1),
    "measures": Rule(
        lambda value: _is_list(value) and len(value) > 0 and all(isinstance(each, str) for each in value),
        "a list of one or more names of measures",
    ),
    "min_articles": _whole(1),
    "min_expected": Rule(lambda value: _is_number(value) and value >= 0, "a number, 0 or more"),
    "min_n": _whole(1),
    "n": _whole(1),
    "n_columns": Rule(lambda value: isinstance(value, Integral) and not _is_flag(value) and value in (1, 2), "1 or 2"),
    "n_sentences": _whole(1),
    "n_words": Rule(lambda value: _is_number(value) and isfinite(value) and value > 0, "a number above 0"),
    "parts": _whole(2, _MOST_KEPT),
    "reference": Rule(lambda value: hasattr(value, "columns"), "a table of tokens, or of words and their counts"),
    "resamples": _whole(0, _MOST_KEPT),
    "right": Rule(lambda value: isinstance(value, str), "a value of the column, or ''"),
    "rows": _whole(1),
    "seed": _whole(0),
    "sentence": _whole(-1),
    "share": Rule(lambda value: _is_number(value) and 0 < value <= 1, "a number above 0 and up to 1"),
    "speaker": Rule(lambda value: isinstance(value, str), "a part of a name, or ''"),
    "spreadsheet_safe": _FLAG,
    "stance": _one_of(("", *STANCES)),
    "strict": _FLAG,
    "syntax": _FLAG,
    "tags": _some_of(UPOS),
    "threshold": _between_0_and_1(0.72),
    "title": _FLAG,
    "top": _whole(1),
    "whole_names": _FLAG,
    "width": _whole(0),
    "window": _whole(1),
}  # fmt: skip

#: Options whose values are listed, or are columns of a table: the function itself names those that there are.
LISTED = frozenset({"by", "correction", "labels", "measure", "method", "methods", "period", "sort"})

#: The rules of parameters of notebooks that are named otherwise, or hold something else, than the functions' options.
PARAMETERS: dict[str, Rule] = {
    "kinds": _some_of(LABELS),
    "method": _one_of(METHODS),
    "n_chains": _whole(1),
    "n_names": _whole(1),
    "n_speakers": _whole(1),
    "n_terms": _whole(1),
    "n_items": _whole(1),
    "query": Rule(
        lambda value: isinstance(value, str) and bool(value.strip()), "a word, or several separated by spaces"
    ),
    "reference": Rule(lambda value: isinstance(value, str), "a folder, a file or rows of articles, or nothing"),
}


def find_rule(parameter: str, *, default: Any) -> Rule | None:
    """Return the rule of a notebook's parameter; ``None`` if there is none.

    A notebook may give a name to something else: where its own default breaks the rule, there is none.

    Examples
    --------
    >>> find_rule("width", default=45).expected
    'a whole number, 0 or more'
    >>> find_rule("width", default="narrow"), find_rule("colour", default="red")
    (None, None)
    """
    rule = PARAMETERS.get(parameter) or RULES.get(parameter)
    return rule if rule and rule.allows(default) else None


def check_option(name: str, value: Any, *, of: str = "") -> None:
    """Check the value of an option by :data:`RULES`.

    Raises
    ------
    ValueError
        With what it is an option ``of``, its name, the value received and what is expected.
    """
    if not RULES[name].allows(value):
        received = " ".join(shortened(value).split())
        raise ValueError(f"{of}{name} is {received}; expected {RULES[name].expected}")


def checked(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Check the options of a function, which are its keyword-only parameters, by :data:`RULES` before it runs.

    None is allowed where it is the default.

    Raises
    ------
    ValueError
        When the function is called, with the option, the value received and what is expected.

    Examples
    --------
    >>> @checked
    ... def repeat(text, *, n=2):
    ...     return text * n
    >>> repeat("ab", n=-1)
    Traceback (most recent call last):
    ValueError: n is -1; expected a whole number, 1 or more
    """
    parameters = inspect.signature(function).parameters.values()
    options = {p.name: p.default for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY and p.name in RULES}

    @wraps(function)
    def check_and_call(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> _Result:
        for name, default in options.items():
            value = kwargs.get(name, default)
            is_left_out = value is None and default is None
            if not is_left_out:
                check_option(name, value)
        return function(*args, **kwargs)

    return check_and_call
