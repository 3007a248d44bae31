"""How charts write numbers, counts and lists, and how wide a text is in their font."""

from __future__ import annotations

import math
import unicodedata
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from analysis.charts.style import FONT_POINTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

__all__ = [
    "capitalise",
    "clean",
    "describe_extremes",
    "describe_part",
    "describe_selection",
    "fit",
    "fit_lines",
    "format_number",
    "format_percent",
    "format_range",
    "format_signed",
    "join",
    "pluralise",
    "text_inches",
    "wrap",
]

_SMALLEST_PERCENT = 0.05  # what rounds to a tenth of a per cent


# Numbers


def format_number(value: float) -> str:
    """Return a number with a thousands separator and at most two decimals.

    A negative number that rounds to zero has no minus sign.

    Examples
    --------
    >>> format_number(1234), format_number(24.0), format_number(8.456), format_number(-0.5), format_number(-0.0002)
    ('1,234', '24', '8.46', '−0.5', '0')
    """
    text = f"{value:z,.2f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")


def format_signed(value: float) -> str:
    """Return a number with its sign and two decimals; what rounds to zero has no sign.

    Examples
    --------
    >>> format_signed(0.5), format_signed(-11.666), format_signed(-0.0002)
    ('+0.50', '−11.67', '0.00')
    """
    text = f"{value:+z.2f}"
    return "0.00" if text == "+0.00" else text.replace("-", "−")


def format_percent(share: float) -> str:
    """Return a share (0 to 1) as a whole percentage, or with one decimal below 10 %.

    Examples
    --------
    >>> format_percent(0.5), format_percent(0.004), format_percent(0.0002), format_percent(0)
    ('50 %', '0.4 %', '<0.1 %', '0 %')
    """
    percent = 100 * share
    if 0 < percent < _SMALLEST_PERCENT:
        return "<0.1 %"
    return f"{percent:.0f} %" if share >= 0.1 or not share else f"{percent:.1f} %"  # noqa: PLR2004


def format_range(values: Iterable[float]) -> str:
    """Return the least and the greatest of the values, or the one that all round to.

    Examples
    --------
    >>> format_range([3, 1, 2]), format_range([5, 5])
    ('1 to 3', '5')
    """
    values = list(values)
    low, high = format_number(min(values)), format_number(max(values))
    return low if low == high else f"{low} to {high}"


def describe_extremes(values: NDArray[Any], positions: Sequence[str]) -> str:
    """Return a sentence with the least and the greatest value, each with the first position that has it.

    Examples
    --------
    >>> import numpy as np
    >>> describe_extremes(np.array([4, 10, 10]), ["sentence 0", "sentence 1", "sentence 2"])
    'They run from 4 (sentence 0) to 10 (sentence 1).'
    """
    low, high = int(values.argmin()), int(values.argmax())
    least, greatest = format_number(values[low]), format_number(values[high])
    if values[low] == values[high]:
        return f"All are {least}." if len(values) > 1 else f"It is {least}."
    return f"They run from {least} ({positions[low]}) to {greatest} ({positions[high]})."


# Counts and lists


def pluralise(n: int, noun: str, plural: str = "") -> str:
    """Return a count with its noun, in the singular or the plural.

    Examples
    --------
    >>> pluralise(1, "word"), pluralise(1200, "word"), pluralise(2, "pair of names", "pairs of names")
    ('1 word', '1,200 words', '2 pairs of names')
    """
    return f"{n:,} {noun if n == 1 else plural or f'{noun}s'}"


def join(items: Sequence[str], *, max_items: int | None = None) -> str:
    """Return the items as a list in running text, the ones beyond a maximum as their count.

    Examples
    --------
    >>> join(["a", "b", "c"]), join(["a", "b", "c"], max_items=1)
    ('a, b and c', 'a and 2 more')
    """
    if max_items is not None and len(items) > max_items:
        items = [*items[:max_items], f"{len(items) - max_items:,} more"]
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def describe_part(n_drawn: int, n_found: int, noun: str) -> str:
    """Return how many of the things found are drawn.

    Examples
    --------
    >>> describe_part(5, 5, "word"), describe_part(5, 90, "word")
    ('5 words', '5 of 90 words')
    """
    found = pluralise(n_found, noun)
    return found if n_drawn == n_found else f"{n_drawn} of {found}"


def describe_selection(n_drawn: int, n_found: int, noun: str) -> str:
    """Return how many of the things found are drawn, where the most frequent ones are.

    Examples
    --------
    >>> describe_selection(5, 5, "term"), describe_selection(5, 90, "term")
    ('5 terms', 'the 5 most frequent of 90 terms')
    """
    found = pluralise(n_found, noun)
    return found if n_drawn == n_found else f"the {n_drawn} most frequent of {found}"


def capitalise(text: str) -> str:
    """Return the text with its first letter in upper case and the others as they are.

    Examples
    --------
    >>> capitalise("the UAE")
    'The UAE'
    """
    return text[:1].upper() + text[1:]


# Texts


def clean(text: object) -> str:
    r"""Return a text as one line without control characters.

    Examples
    --------
    >>> clean("two\nlines\u202e ")
    'two lines'
    """
    kept = (c if unicodedata.category(c) not in {"Cc", "Cf", "Cs"} else " " if c.isspace() else "" for c in str(text))
    return " ".join("".join(kept).split())


def fit(text: object, inches: float) -> str:
    """Return a text that the font can draw in one line, truncated to a width with an ellipsis.

    A character without a glyph in the font is replaced by its code point, so that names in any script stay distinct.

    Examples
    --------
    >>> fit(" Ansar  Beit Al-Maqdis ", 1.0), fit("中 $x$", 1.0)
    ('Ansar Beit Al-…', 'U+4E2D $x$')
    """
    drawable = " ".join("".join(c if _advance_em(c) is not None else f" U+{ord(c):04X} " for c in clean(text)).split())
    if text_inches(drawable) <= inches:
        return drawable
    ends = accumulate(map(text_inches, drawable), initial=text_inches("…"))
    return drawable[: sum(end <= inches for end in ends) - 1].rstrip() + "…"


def fit_lines(text: object, inches: float, *, most: int = 3) -> list[str]:
    """Return a text that the font can draw, in a few lines of at most a width; what is longer is truncated.

    Examples
    --------
    >>> fit_lines("Ansar Beit Al-Maqdis", 1.0), fit_lines("who acts on whom and why", 0.7, most=2)
    (['Ansar Beit', 'Al-Maqdis'], ['who acts', 'on whom…'])
    """
    lines = wrap(fit(text, math.inf), inches)
    return [fit(line, inches) for line in (*lines[: most - 1], " ".join(lines[most - 1 :])) if line]


def wrap(text: str, inches: float) -> list[str]:
    """Return a text in lines of at most a width, broken between words.

    Examples
    --------
    >>> wrap("who acts on whom", 0.7)
    ['who acts', 'on whom']
    """
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and text_inches(longer) > inches:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def text_inches(text: str) -> float:
    """Return the width of a text at the charts' font size.

    Examples
    --------
    >>> round(text_inches("word"), 2), round(text_inches("WORD"), 2)
    (0.29, 0.38)
    """
    return sum(_advance_em(c) or 0 for c in text) * FONT_POINTS / 72


@cache
def _advance_em(character: str) -> float | None:
    """Return the advance width of a character's glyph in em; None if the font has no such glyph."""
    import matplotlib as mpl
    from matplotlib.font_manager import get_font
    from matplotlib.ft2font import LoadFlags

    font = get_font(f"{mpl.get_data_path()}/fonts/ttf/DejaVuSans.ttf")
    if not font.get_char_index(ord(character)):
        return None
    return font.load_char(ord(character), LoadFlags.NO_SCALE).horiAdvance / font.units_per_EM
