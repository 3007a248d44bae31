"""Maps: where the places lie that an article names."""

from __future__ import annotations

import gzip
import math
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis import resources
from analysis.charts.elements import caption_inches, empty_figure, styled_figure, write_caption
from analysis.charts.selection import cap, drawable_rows
from analysis.charts.style import (
    BLUE,
    GREEN,
    GREY,
    MARGIN_INCHES,
    OTHER,
    PALE_GREY,
    PURPLE,
    SHEET,
    SKY_BLUE,
    VERMILLION,
    WIDTH_INCHES,
    Mark,
)
from analysis.charts.wording import clean, describe_part, fit, format_range, join, text_inches
from analysis.options import checked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["place_map"]

#: Rings in hundredths of degrees: the first longitude and latitude, then the steps to the others.
_OUTLINES = "outlines.txt.gz"
_PER_DEGREE = 100
_TOWN, _REGION = Mark("town", VERMILLION, "o"), Mark("region or district", GREEN, "D")
_MARKS = {
    "country": Mark("country", BLUE, "s"),
    "region": _REGION,
    "district": _REGION,
    "town": _TOWN,
    "capital": Mark("capital", PURPLE, "o"),
    "water": Mark("water", SKY_BLUE, "v"),
    "continent": Mark("continent", GREY, "h"),
}
#: Kinds of rows that are no places on the map.
_NOT_DRAWN = frozenset(["demonym", ""])
#: Kinds of places that are left out far from all others, where they have less than this share of the mentions.
_LARGE, _LEAST_SHARE, _SMALLER = frozenset(["country", "continent", "water"]), 0.1, 2
_LEAST_HEIGHT_INCHES, _GREATEST_HEIGHT_INCHES = 2.6, 3.2
_SOUTH, _NORTH, _EAST = -62.0, 84.0, 180.0
#: What a map shows around its places at least: degrees, and shares of their extent.
_LEAST_DEGREES, _PADDING = 9.0, 0.14
#: Outlines are rounded to this many parts of an inch, and rings that are then no wider than that are left out.
_PARTS_PER_INCH = 100
_BORDER = "#aaaaaa"
_MAX_LABEL_INCHES = 1.6
_LINE_INCHES = 0.135
_MAX_TOLD = 8


class _Place(NamedTuple):
    """A place: its name, its kind, where it lies in degrees, and how often it is named."""

    name: str
    kind: str
    latitude: float
    longitude: float
    n: int


class _Frame(NamedTuple):
    """What a map shows: its western and southern ends in degrees, inches a degree, and its height in inches.

    Latitudes are stretched as they are in the middle of the map (an equirectangular projection).
    """

    west: float
    south: float
    x_scale: float
    y_scale: float
    height: float

    def project(self, longitudes: Floats, latitudes: Floats) -> Floats:
        """Return points in inches from the lower left corner."""
        return np.column_stack([(longitudes - self.west) * self.x_scale, (latitudes - self.south) * self.y_scale])


@checked
def place_map(places: pd.DataFrame, *, n: int = 25) -> Figure:
    """Draw a map of the places that an article names.

    Parameters
    ----------
    places
        The places of an article, a row a mention: ``name``, ``kind``, ``latitude``, ``longitude`` (degrees).
    n
        How many places to draw, at most 40: those with most mentions.

    Returns
    -------
    matplotlib.figure.Figure
        A mark a place, by its kind, larger for more mentions, on the outlines of countries; a country, a region or a
        sea is marked at a point in its middle. Names for which there is no room are left out. Countries, seas and
        continents that are seldom named and would make the map twice as wide are named below it. Demonyms, and places
        that were not found, are not drawn.

    Notes
    -----
    Outlines: Natural Earth at 1:50 million (public domain); borders are as it draws them, by who holds a territory.

    Examples
    --------
    >>> import pandas as pd
    >>> places = pd.DataFrame({"name": ["Cairo", "Cairo", "Libya"], "kind": ["capital", "capital", "country"],
    ...                        "latitude": [30.06, 30.06, 27.0], "longitude": [31.25, 31.25, 17.0]})
    >>> place_map(places).get_label()
    'Map of 2 places. Most often named: Cairo (capital, 30° N 31° E, 2) and Libya (country, 27° N 17° E, 1).'
    """
    rows = drawable_rows(places, "name", "kind", "latitude", "longitude")
    rows = rows[~rows["kind"].isin(_NOT_DRAWN)]
    if rows.empty:
        return empty_figure("no places found")
    counted = rows.groupby(["name", "kind", "latitude", "longitude"], sort=False, as_index=False).size()
    everything = [_Place(*row) for row in counted.itertuples(index=False)]
    shown = sorted(everything, key=lambda place: -place.n)[: cap(n)]
    title = describe_part(len(shown), len(everything), "place")
    told = [
        f"{clean(place.name)} ({place.kind}, {_degrees(place.latitude, 'N', 'S')} "
        f"{_degrees(place.longitude, 'E', 'W')}, {place.n})"
        for place in shown
    ]
    alt = f"Map of {title}. Most often named: {join(told, max_items=_MAX_TOLD)}."
    inside = _core(shown)
    kinds = {place.kind for place in inside}
    marks = list(dict.fromkeys(mark for kind, mark in _MARKS.items() if kind in kinds))
    frame = _frame(inside)
    caption = f"mark area: mentions ({format_range(place.n for place in inside)})"
    if beyond := [clean(place.name) for place in shown if place not in inside]:
        caption = fit(f"{caption}; beyond the map: {join(beyond)}", WIDTH_INCHES - 2 * MARGIN_INCHES)
    bottom = caption_inches(caption)
    with styled_figure(
        f"Where {title} {'lies' if len(everything) == 1 else 'lie'}",
        alt=alt,
        legend=marks,
        axes_inches=frame.height,
        bottom_inches=bottom,
    ) as figure:
        height = figure.get_size_inches()[1]
        axes = figure.add_axes(
            (
                MARGIN_INCHES / SHEET.width_inches,
                bottom / height,
                _map_inches() / SHEET.width_inches,
                frame.height / height,
            ),
            xlim=(0, _map_inches()),
            ylim=(0, frame.height),
        )
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(True)
        _draw_land(axes, frame)
        _draw_places(axes, frame, inside)
        write_caption(figure, caption)
    return figure


def _degrees(value: float, positive: str, negative: str) -> str:
    return f"{abs(value):.0f}° {positive if value >= 0 else negative}"


def _map_inches() -> float:
    return SHEET.width_inches - 2 * MARGIN_INCHES


# Extent


def _core(places: Sequence[_Place]) -> Sequence[_Place]:
    """Return the places without large ones that are seldom named, where the map is then half as wide or less."""
    total = sum(place.n for place in places)
    core = [place for place in places if place.kind not in _LARGE or place.n >= _LEAST_SHARE * total]
    if not core:
        return places
    frame, whole = _frame(core), _frame(places)
    if _SMALLER * whole.x_scale > frame.x_scale:
        return places
    points = frame.project(
        *(np.array([getattr(place, axis) for place in places]) for axis in ("longitude", "latitude"))
    )
    is_inside = np.all((points > 0) & (points < [_map_inches(), frame.height]), axis=1)
    return [place for place, shows in zip(places, is_inside, strict=True) if shows]


def _frame(places: Sequence[_Place]) -> _Frame:
    """Return the part of the world that holds the places, with room around them, in a shape that fits the page."""
    west, east = _padded([place.longitude for place in places])
    south, north = _padded([place.latitude for place in places])
    stretch = math.cos(math.radians(max(-70.0, min(70.0, (south + north) / 2))))
    shape = (north - south) / ((east - west) * stretch)
    least, greatest = _LEAST_HEIGHT_INCHES / _map_inches(), _GREATEST_HEIGHT_INCHES / _map_inches()
    if shape > greatest:
        west, east = _widened(west, east, (north - south) / (greatest * stretch))
    elif shape < least:
        south, north = _widened(south, north, (east - west) * stretch * least)
    west, east = max(west, -_EAST), min(east, _EAST)
    south, north = max(south, min(_SOUTH, *(place.latitude - 2 for place in places))), min(north, _NORTH + 6)
    x_scale = _map_inches() / (east - west)
    height = min(_GREATEST_HEIGHT_INCHES, (north - south) * x_scale / stretch)
    return _Frame(west, south, x_scale, height / (north - south), height)


def _padded(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    return _widened(low, high, max(_LEAST_DEGREES, (high - low) * (1 + 2 * _PADDING)))


def _widened(low: float, high: float, extent: float) -> tuple[float, float]:
    middle = (low + high) / 2
    return middle - extent / 2, middle + extent / 2


# Outlines


@cache
def _rings() -> list[Floats]:
    """Return the outlines of the land, each as longitudes and latitudes in degrees."""
    lines = gzip.decompress(resources.data().read_bytes(_OUTLINES)).decode().splitlines()
    steps = (np.array(line.split(), dtype=np.int64).reshape(-1, 2) for line in lines)
    return [np.cumsum(own, axis=0) / _PER_DEGREE for own in steps]


def _visible(frame: _Frame) -> Iterator[Floats]:
    """Yield the outlines that a map shows, in inches, without points that do not show."""
    for ring in _rings():
        points = frame.project(ring[:, 0], ring[:, 1])
        low, high = points.min(axis=0), points.max(axis=0)
        if high[0] < 0 or high[1] < 0 or low[0] > _map_inches() or low[1] > frame.height:
            continue
        # What lies far outside is drawn at the edge, or a country would be as large as it is.
        inside = np.clip(points, -1, [_map_inches() + 1, frame.height + 1])
        rounded = np.round(inside * _PARTS_PER_INCH) / _PARTS_PER_INCH
        is_new = np.append(True, np.any(rounded[1:] != rounded[:-1], axis=1))
        if is_new.sum() > 2:  # noqa: PLR2004
            yield rounded[is_new]


def _draw_land(axes: Axes, frame: _Frame) -> None:
    """Draw all outlines as one path, since one artist a ring would make a large file."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    rings = list(_visible(frame))
    if rings:
        codes = [[Path.MOVETO, *[Path.LINETO] * (len(ring) - 2), Path.CLOSEPOLY] for ring in rings]
        path = Path(np.concatenate(rings), np.concatenate(codes))
        axes.add_artist(PathPatch(path, facecolor=PALE_GREY, edgecolor=_BORDER, linewidth=0.4, zorder=1))


# Places


def _draw_places(axes: Axes, frame: _Frame, places: Sequence[_Place]) -> None:
    """Draw the marks of places and as many of their names as there is room for, the most frequent first."""
    longitudes, latitudes = (np.array([getattr(p, axis) for p in places]) for axis in ("longitude", "latitude"))
    points = frame.project(longitudes, latitudes)
    most = max(place.n for place in places)
    radii = [0.04 + 0.06 * math.sqrt(place.n / max(most, 4)) for place in places]
    for place, (x, y), radius in reversed(list(zip(places, points, radii, strict=True))):
        mark = _MARKS.get(place.kind, OTHER)
        area = (144 * radius) ** 2 / 4
        axes.scatter(
            [x], [y], s=area, marker=mark.marker, color=mark.colour, edgecolors="white", linewidths=0.6, zorder=3
        )
    taken = [(x - r, y - r, x + r, y + r) for (x, y), r in zip(points, radii, strict=True)]
    for place, (x, y), radius in zip(places, points, radii, strict=True):
        label = fit(place.name, _MAX_LABEL_INCHES)
        box = _room((x, y), radius, text_inches(label), frame.height, taken)
        if box:
            taken.append(box)
            axes.text((box[0] + box[2]) / 2, box[1] + 0.035, label, ha="center", va="baseline", zorder=4)


_Box = tuple[float, float, float, float]


def _room(point: tuple[float, float], radius: float, width: float, height: float, taken: Sequence[_Box]) -> _Box | None:
    """Return the first box beside a mark that meets nothing: right, left, above, below, then at its corners."""
    x, y = point
    gap, half = radius + 0.03, _LINE_INCHES / 2
    right, left, above, below = x + gap, x - gap - width, y + gap, y - gap - _LINE_INCHES
    corners = [(right, y - half), (left, y - half), (x - width / 2, above), (x - width / 2, below)]
    corners += [(right - gap / 2, above), (left + gap / 2, above), (right - gap / 2, below), (left + gap / 2, below)]
    for low_x, low_y in corners:
        box = (low_x, low_y, low_x + width, low_y + _LINE_INCHES)
        is_inside = box[0] > 0 and box[1] > 0 and box[2] < _map_inches() and box[3] < height
        if is_inside and not any(
            box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3] for other in taken
        ):
            return box
    return None
