"""The look that all charts share: sizes, palette, matplotlib settings, and the mark of each category."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.labels import label_of
from analysis.layout import COLUMNS_MM
from analysis.options import checked

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
    "PURPLE",
    "RC",
    "ROW_INCHES",
    "SHEET",
    "SIGN_MARKS",
    "SKY_BLUE",
    "TEXT_GREY",
    "VERMILLION",
    "WIDTH_INCHES",
    "WORD",
    "Mark",
    "Sheet",
    "name_mark",
    "set_size",
    "source_mark",
]

#: The width of every chart unless :func:`set_size` says otherwise: a full text column.
WIDTH_INCHES = 7.2
MARGIN_INCHES = 0.08
ROW_INCHES = 0.2
#: Labels at the left of rows are truncated to this width, or this share of the chart's.
MAX_LABEL_INCHES, _LABEL_SHARE = 1.9, 0.42
#: The size of all texts but the title.
FONT_POINTS = 8.5
#: The size of the smallest texts, and in a chart for one column, where they are reduced.
_SMALL_POINTS, _SMALL_POINTS_TO_REDUCE = 6.5, 7.3
#: What :data:`FONT_POINTS` become where a chart for one column is reduced to its width.
_REDUCED_POINTS = 7
_INCH_MM = 25.4

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


@dataclass
class Sheet:
    """What charts are drawn on: as wide as a page's text and with titles, unless :func:`set_size` says otherwise."""

    width_inches: float = WIDTH_INCHES
    small_points: float = _SMALL_POINTS
    has_titles: bool = True

    @property
    def label_inches(self) -> float:
        """The width to which labels at the left of rows are truncated."""
        return min(MAX_LABEL_INCHES, _LABEL_SHARE * self.width_inches)

    def room_for(self, n_on_a_page: int) -> int:
        """Return how many things have room beside each other, where so many have on a sheet as wide as a page."""
        return max(1, int(n_on_a_page * self.width_inches / WIDTH_INCHES))


#: What charts are drawn on from now on.
SHEET = Sheet()


@checked
def set_size(*, n_columns: int | None = None, title: bool = True) -> None:
    """Draw charts for a column of a paper, or without titles, from now on.

    Parameters
    ----------
    n_columns
        How many columns of text a figure will take, 1 (85 mm) or 2 (174 mm). It is drawn wider, for one column 104
        mm, for two 183 mm, and is to be reduced to that width: its letters are then 6 points or larger. A full text
        column, 7.2 inches, unless given.
    title
        Whether charts have titles: a paper says in the caption what a figure shows.

    Examples
    --------
    >>> set_size(n_columns=1, title=False)
    >>> round(SHEET.width_inches, 2), SHEET.has_titles
    (4.06, False)
    >>> set_size()
    >>> SHEET.width_inches
    7.2
    """
    is_narrow = n_columns == 1
    SHEET.width_inches = COLUMNS_MM[1] / _INCH_MM * FONT_POINTS / _REDUCED_POINTS if is_narrow else WIDTH_INCHES
    SHEET.small_points = _SMALL_POINTS_TO_REDUCE if is_narrow else _SMALL_POINTS
    SHEET.has_titles = title


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
    upos: Mark(label_of("upos", upos), colour, marker)
    for upos, colour, marker in (
        ("NOUN", BLUE, "o"),
        ("PROPN", VERMILLION, "s"),
        ("VERB", GREEN, "^"),
        ("ADJ", ORANGE, "D"),
        ("ADV", PURPLE, "v"),
        ("NUM", SKY_BLUE, "P"),
    )
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
