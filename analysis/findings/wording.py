"""Numbers, lists and intervals as the sentences of findings have them."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

__all__ = [
    "ALPHA",
    "FEW",
    "bracketed",
    "capital",
    "interval",
    "listed",
    "percent",
    "plural",
    "rounded",
    "short",
    "signed",
    "times",
    "values",
    "wilson",
]

#: A p value below which chance hardly explains a difference.
ALPHA = 0.05
#: A finding names a phrase of so many words at most: it may be deposited where the article may not.
_MOST_WORDS = 5
#: What occurs less often is no finding; of more than so many, some are named and the others counted.
FEW = 3


def values(table: pd.DataFrame) -> dict[str, float]:
    """Return the value of each measure."""
    return {name: float(value) for name, value in zip(table["measure"], table["value"], strict=True)}


def interval(table: pd.DataFrame, measure: str) -> tuple[float, float]:
    """Return the interval of a measure; NaN where it has none."""
    row = table[table["measure"] == measure].iloc[0]
    return float(row["low"]), float(row["high"])


def wilson(n: int, total: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (E. B. Wilson 1927, doi:10.1080/01621459.1927.10502953)."""
    z = 1.959964  # of the normal distribution at 97.5 %
    middle = (n + z * z / 2) / (total + z * z)
    half = z / (total + z * z) * math.sqrt(n * (total - n) / total + z * z / 4)
    return round(middle - half, 6), round(middle + half, 6)


def bracketed(low: float, high: float) -> str:
    """Write an interval in brackets; nothing where there is none."""
    return "" if math.isnan(low) else f" [{low:.1f} to {high:.1f}]"


def percent(share: float) -> str:
    """Write a share of 1 in per cent."""
    return f"{100 * share:.1f} %"


def rounded(ratio: float) -> str:
    """Write a ratio with two digits that count, or whole from 100 on."""
    return f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.2g}"  # noqa: PLR2004


def signed(tau: float) -> str:
    """Write a correlation with two decimals and a real minus."""
    return f"{tau:.2f}".replace("-", "\N{MINUS SIGN}")


def times(n: int) -> str:
    """Write how often."""
    return {1: "once", 2: "twice"}.get(int(n), f"{int(n)} times")


def plural(word: str, n: float) -> str:
    """Return a word in the form that a count takes."""
    if n == 1:
        return word
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"


def capital(text: str) -> str:
    """Return a text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def listed(words: Sequence[Any], *, more: int = 0) -> str:
    """Write words as a list in a sentence."""
    parts = [*map(str, words), *([f"{more} more"] if more > 0 else [])]
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def short(text: str) -> str:
    """Return a phrase, cut after its fifth word.

    Examples
    --------
    >>> short("An official speaking on condition of anonymity"), short("Ann Lee")
    ('An official speaking on condition …', 'Ann Lee')
    """
    words = text.split()
    is_long = len(re.findall(r"\w+", text)) > _MOST_WORDS
    while is_long and len(re.findall(r"\w+", " ".join(words))) > _MOST_WORDS:
        words.pop()
    return f"{' '.join(words)} …" if is_long else text
