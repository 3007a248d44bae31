"""Characters that nobody sees: soft hyphens, zero-width characters, marks of direction, variation selectors, controls.

They stay in the text, but tokens, norms, lemmas, names and measures are those of the text without them. In an emoji
such characters tell which picture is meant, so there they count.
"""

from __future__ import annotations

import re
from itertools import chain, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["EMOJI", "visible", "visible_places"]

#: The controls, without white space; what Unicode calls Default_Ignorable_Code_Point; marks of interlinear annotation.
_CHARACTERS = (
    r"\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
    r"\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_PICTURE = rf"(?![\w\s{_CHARACTERS}])[\xa9\xae\u203c-\u3299\U0001f000-\U0001faff]"
_ELEMENT = rf"{_PICTURE}[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]?[\U000e0020-\U000e007f]*"
#: The pattern of an emoji, as Unicode Technical Standard 51 defines it: a keycap, a flag, or pictures that are joined.
EMOJI = rf"[#*0-9]\ufe0f?\u20e3|[\U0001f1e6-\U0001f1ff]{{2}}|{_ELEMENT}(?:\u200d{_ELEMENT})*"
_INVISIBLE = re.compile(f"[{_CHARACTERS}]+")
_EMOJI_OR_INVISIBLE = re.compile(f"(?P<emoji>{EMOJI})|[{_CHARACTERS}]+")


def visible(text: str) -> str:
    r"""Return a text without invisible characters, except for those of emoji.

    Examples
    --------
    >>> visible("com\xadmit\xadtee\u200b")
    'committee'
    """
    if (text.isascii() and text.isprintable()) or not _INVISIBLE.search(text):
        return text
    return _EMOJI_OR_INVISIBLE.sub(lambda match: match["emoji"] or "", text)


def visible_places(text: str, start: int, end: int) -> Sequence[int]:
    r"""Return the places of the characters of a part of a text that are visible or in an emoji.

    Examples
    --------
    >>> visible_places("a\u200bid", 0, 4)
    [0, 2, 3]
    """
    if not _INVISIBLE.search(text, start, end):
        return range(start, end)
    matches = _EMOJI_OR_INVISIBLE.finditer(text, start, end)
    cuts = [start, *chain.from_iterable(match.span() for match in matches if not match["emoji"]), end]
    return [place for first, last in list(pairwise(cuts))[::2] for place in range(first, last)]
