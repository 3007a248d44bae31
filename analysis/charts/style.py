"""The look that all charts share: sizes, palette, matplotlib settings, and the mark of each category."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType

__all__ = [
    "BLUE",
    "FONT_POINTS",
    "GREEN",
    "GREY",
    "INK",
    "MANY_MARKS",
    "MARGIN_INCHES",
    "MAX_LABEL_INCHES",
    "MAX_PANELS",
    "MAX_ROWS",
    "MAX_TICKED_POSITIONS",
    "MODALITY_MARKS",
    "ORANGE",
    "OTHER",
    "PALE_GREY",
    "PALE_ORANGE",
    "PART_OF_SPEECH_MARKS",
    "PART_OF_SPEECH_NAMES",
    "PURPLE",
    "RC",
    "ROW_INCHES",
    "SIGN_MARKS",
    "SKY_BLUE",
    "TEXT_GREY",
    "VERMILLION",
    "WIDTH_INCHES",
    "WORD",
    "Mark",
    "name_mark",
    "source_mark",
]

#: The width of every chart: a full text column.
WIDTH_INCHES = 7.2
MARGIN_INCHES = 0.08
ROW_INCHES = 0.2
#: Labels at the left of rows are truncated to this width.
MAX_LABEL_INCHES = 1.9
#: The size of all texts but the title.
FONT_POINTS = 8.5

MAX_ROWS = 40
MAX_PANELS = 10
#: Up to this many positions along an axis, each has its own tick.
MAX_TICKED_POSITIONS = 25
#: From this many marks in a row, they are drawn smaller.
MANY_MARKS = 80

# The palette of Okabe and Ito (2008), "Color universal design", with greys and one tint.
BLUE, SKY_BLUE, GREEN = "#0072B2", "#56B4E9", "#009E73"
ORANGE, VERMILLION, PURPLE = "#E69F00", "#D55E00", "#CC79A7"
INK, TEXT_GREY, GREY, PALE_GREY = "#222222", "#666666", "#8c8c8c", "#ececec"
PALE_ORANGE = "#fbe3c0"

#: The matplotlib settings of every chart, on top of matplotlib's own defaults.
RC: dict[RcKeyType, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": GREY,
    "axes.formatter.useoffset": False,
    "axes.grid": True,
    "axes.grid.axis": "x",
    "axes.labelcolor": INK,
    "axes.labelsize": FONT_POINTS,
    "axes.linewidth": 0.6,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.titlesize": 10,
    "figure.titleweight": "bold",
    "font.family": ["DejaVu Sans"],
    "font.size": FONT_POINTS,
    "grid.color": "#dedede",
    "grid.linewidth": 0.5,
    "lines.solid_capstyle": "butt",
    "text.color": INK,
    "text.parse_math": False,  # a word may contain $ or _
    "xtick.color": GREY,
    "xtick.labelcolor": INK,
    "xtick.labelsize": FONT_POINTS,
    "xtick.major.size": 3,
    "xtick.major.width": 0.6,
    "ytick.color": GREY,
    "ytick.labelcolor": INK,
    "ytick.labelsize": FONT_POINTS,
    "ytick.major.size": 0,
}


class Mark(NamedTuple):
    """How one category is drawn: by marker as well as by colour, so that categories differ in grey print too.

    Attributes
    ----------
    label
        The category's name, in legends and alternative texts.
    colour
        A hexadecimal colour.
    marker
        A matplotlib marker.
    hollow
        Whether the marker is an outline filled with white.
    size_points
        The marker's diameter.
    """

    label: str
    colour: str
    marker: str
    hollow: bool = False
    size_points: float = 6


OTHER = Mark("other", GREY, "X")
WORD = Mark("word", BLUE, "o")

#: The marks of the content words' parts of speech, by Universal POS tag.
PART_OF_SPEECH_MARKS = {
    "NOUN": Mark("noun", BLUE, "o"),
    "PROPN": Mark("proper noun", VERMILLION, "s"),
    "VERB": Mark("verb", GREEN, "^"),
    "ADJ": Mark("adjective", ORANGE, "D"),
    "ADV": Mark("adverb", PURPLE, "v"),
    "NUM": Mark("numeral", SKY_BLUE, "P"),
}
#: The names of all parts of speech, by Universal POS tag.
PART_OF_SPEECH_NAMES = {upos: mark.label for upos, mark in PART_OF_SPEECH_MARKS.items()} | {
    "ADP": "adposition",
    "AUX": "auxiliary",
    "CCONJ": "coordinating conjunction",
    "DET": "determiner",
    "INTJ": "interjection",
    "PART": "particle",
    "PRON": "pronoun",
    "PUNCT": "punctuation",
    "SCONJ": "subordinating conjunction",
    "SYM": "symbol",
    "X": "other",
}

_NAME_MARKS = {
    "person": Mark("person", BLUE, "o"),
    "location": Mark("location", GREEN, "^"),
    "organization": Mark("organization", VERMILLION, "s"),
    "norp": Mark("nationality or group", PURPLE, "D"),
    "facility": Mark("facility", ORANGE, "v"),
    "date": Mark("date", SKY_BLUE, "P"),
    "money": Mark("money", INK, "h"),
    "product": Mark("product", INK, "<"),
    "misc": Mark("miscellaneous", GREY, "X"),
}


def name_mark(entity_label: str) -> Mark:
    """Return the mark of names with an entity label, in either case; unknown labels share one.

    Examples
    --------
    >>> name_mark("NORP").label, name_mark("spaceship").label
    ('nationality or group', 'other')
    """
    return _NAME_MARKS.get(str(entity_label).lower(), OTHER)


#: The marks of what one does to another.
SIGN_MARKS = {
    "cooperation": Mark("cooperation", BLUE, ">"),
    "conflict": Mark("conflict", VERMILLION, "X"),
    "neither": Mark("neither", GREY, "o"),
}
#: The marks of how sure an event is; what is negated has one of its own.
MODALITY_MARKS = {
    "happened": Mark("happened", BLUE, "o"),
    "ongoing": Mark("goes on", GREEN, "s"),
    **dict.fromkeys(("planned", "offered", "demanded"), Mark("lies ahead", ORANGE, "^", hollow=True)),
    **dict.fromkeys(("possible", "hypothetical"), Mark("possible", PURPLE, "D", hollow=True)),
    "denied": Mark("denied", VERMILLION, "X"),
    "negative": Mark("did not happen", VERMILLION, "X"),
}

_SOURCE_MARKS = {
    "person": _NAME_MARKS["person"],
    "organization": _NAME_MARKS["organization"],
    "official": Mark("unnamed official", BLUE, "o", hollow=True),
    "group": Mark("group", PURPLE, "D"),
    "document": Mark("document", ORANGE, "v"),
    "writer": Mark("the writer", INK, "h"),
}


def source_mark(source_kind: str) -> Mark:
    """Return the mark of a kind of source; unknown kinds share one.

    Examples
    --------
    >>> source_mark("official").label, source_mark("unknown").label
    ('unnamed official', 'other')
    """
    return _SOURCE_MARKS.get(source_kind, OTHER)
