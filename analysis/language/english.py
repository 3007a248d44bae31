"""Whether a text is in English."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from analysis.language.features import normalise
from analysis.language.models import Models, default_models

if TYPE_CHECKING:
    from analysis.article import Article

__all__ = ["NotEnglishError", "check_english", "english_share"]

#: A text with fewer letters in words without a capital is too short to judge.
_MIN_LETTERS = 40
#: Of 1,902 English texts the lowest share was 0.70, of news in 25 other languages the highest 0.49.
_MIN_ENGLISH_SHARE = 0.5
#: Less is enough, as in an English text of loan words, where so many of the words in small letters are these.
_MIN_SHARE_WITH_LOANS = 0.3
_MIN_FUNCTION_SHARE = 0.12
_FUNCTION_WORDS = frozenset("and from has of that the their these this to were which with".split())
#: Only the beginning of a long text is judged.
_SAMPLE_CHARS = 20_000
_LETTERS = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z]|(?![×÷])[À-ɏḀ-ỿ]")


class NotEnglishError(ValueError):
    """An article that is not in English; its message is one line."""


def english_share(text: str, *, models: Models | None = None) -> float:
    """Return the share of a text's letters that are in English words, among words without a capital.

    Words with a capital may be names; they count only in a text in capitals. A text most of whose letters are in
    another script than Latin has no English words, however short it is.

    Returns
    -------
    float
        From 0 to 1; NaN for a text that is too short to judge.

    Examples
    --------
    >>> english_share("Die Schiffe haben den Hafen verlassen, bevor jemand sie aufhalten konnte.") < 0.5
    True
    """
    classes = (models or default_models()).classes
    sample = normalise(text[:_SAMPLE_CHARS])
    words = Counter(_LETTERS.findall(sample.lower() if sample.isupper() else sample))
    if 2 * len(_LATIN.findall(sample)) < sum(count * len(form) for form, count in words.items()):
        return 0.0
    counts = {form: count * len(form) for form, count in words.items() if not form[0].isupper()}
    n_letters = sum(counts.values())
    return sum(counts[form] for form in counts if form in classes) / n_letters if n_letters >= _MIN_LETTERS else np.nan


def _function_share(text: str) -> float:
    """Return the share of the words without a capital that are the most frequent ones of English."""
    words = [form for form in _LETTERS.findall(normalise(text[:_SAMPLE_CHARS])) if form.islower()]
    return sum(form in _FUNCTION_WORDS for form in words) / max(1, len(words))


def check_english(article: Article, *, models: Models | None = None) -> None:
    """Raise if an article is not in English.

    Raises
    ------
    NotEnglishError
        If less than half of its letters are in English words (see :func:`english_share`), or less than 30 % where many
        of its words are function words of English. A text that is too short to judge passes.
    """
    share = english_share(article.text, models=models)
    least = _MIN_SHARE_WITH_LOANS if _function_share(article.text) >= _MIN_FUNCTION_SHARE else _MIN_ENGLISH_SHARE
    if share < least:
        raise NotEnglishError(
            f"{article.id} is not in English: {share:.0%} of its letters, names aside, stand in English words, "
            f"expected at least {least:.0%}; with force it is annotated all the same"
        )
