"""What the options of measures and summaries may be: a rule for each name, which is the same in every function."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from math import isfinite, isnan
from numbers import Real
from reprlib import repr as shortened
from typing import Any, NamedTuple, ParamSpec, TypeVar

import numpy as np

__all__ = ["LISTED", "RULES", "Rule", "checked"]

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


class Rule(NamedTuple):
    """What an option may be: the test that its value passes, and the words that an error has for it."""

    allows: Callable[[Any], bool]
    expected: str


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and not isnan(value)


def _whole(least: int) -> Rule:
    return Rule(
        lambda value: isinstance(value, int | np.integer) and not isinstance(value, bool) and bool(value >= least),
        f"a whole number, {least} or more",
    )


def _between_0_and_1(example: float) -> Rule:
    return Rule(lambda value: _is_number(value) and 0 < value < 1, f"a number between 0 and 1, such as {example}")


_FLAG = Rule(lambda value: isinstance(value, bool | np.bool_), "True or False")

#: The rule of each option, by its name.
RULES: dict[str, Rule] = {
    "confidence": _between_0_and_1(0.95),
    "content_only": _FLAG,
    "described_only": _FLAG,
    "draws": _whole(1),
    "exceptions": Rule(lambda value: isinstance(value, Mapping), "a mapping of words to their number of syllables"),
    "max_words": _whole(1),
    "min_expected": Rule(lambda value: _is_number(value) and value >= 0, "a number, 0 or more"),
    "min_n": _whole(1),
    "n": _whole(1),
    "n_sentences": _whole(1),
    "n_words": Rule(lambda value: _is_number(value) and isfinite(value) and value > 0, "a number above 0"),
    "parts": _whole(2),
    "reference": Rule(lambda value: hasattr(value, "columns"), "a table of tokens, or of words and their counts"),
    "resamples": _whole(0),
    "seed": _whole(0),
    "share": Rule(lambda value: _is_number(value) and 0 < value <= 1, "a number above 0 and up to 1"),
    "strict": _FLAG,
    "threshold": _between_0_and_1(0.72),
    "top": _whole(1),
    "whole_names": _FLAG,
    "width": _whole(0),
    "window": _whole(1),
}  # fmt: skip

#: Options whose values are listed, or are columns of a table: the function itself names those that there are.
LISTED = frozenset({"by", "correction", "labels", "measure", "method", "methods", "sort"})


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
            if not is_left_out and not RULES[name].allows(value):
                received = " ".join(shortened(value).split())
                raise ValueError(f"{name} is {received}; expected {RULES[name].expected}")
        return function(*args, **kwargs)

    return check_and_call
