"""What charts are composed of: the figure with title and legend, axes and ticks, row labels, and marks."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from analysis.charts.style import (
    FONT_POINTS,
    GREY,
    MARGIN_INCHES,
    RC,
    SHEET,
    TEXT_GREY,
    WIDTH_INCHES,
    Mark,
)
from analysis.charts.wording import fit, format_number, text_inches, wrap
from analysis.layout import NOT_DRAWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure, FigureBase
    from matplotlib.text import Text
    from matplotlib.transforms import Transform
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "bar_width_points",
    "beside_mark",
    "caption_inches",
    "count_axis",
    "empty_figure",
    "fixed_ticks",
    "integer_ticks",
    "label_column",
    "label_rows",
    "lollipops",
    "margin_texts",
    "number_room",
    "percent_tick",
    "plot_marks",
    "reserve_label_margin",
    "styled_figure",
    "vertical_bars",
    "write_caption",
]

_LEGEND_LINE_INCHES = 0.2
#: The heights of lines of titles, and of texts below the axes; a title's letters are this much wider than others.
_TITLE_LINE_INCHES, _LINE_INCHES, _TITLE_SCALE = 0.17, 0.14, 1.4
_NO_TITLE_INCHES, _TITLE_INCHES = 0.1, 0.34
#: From this height on, the margin below the axes holds a label.
_AXIS_INCHES = 0.4
_TICK_PAD_POINTS = 3.5
_LINE_HEIGHT_EM = 0.97
#: How far a mark's number stands from it.
_BESIDE_POINTS = 7


# Figures


@contextmanager
def styled_figure(
    title: str,
    *,
    alt: str,
    axes_inches: float,
    legend: Iterable[Mark] = (),
    bottom_inches: float = 0.5,
    optional_texts: Sequence[Text] = (),
) -> Iterator[Figure]:
    """Yield a figure in the style of all charts; the caller adds the axes and the data.

    Margins are computed from the widths of the texts in them. That is twice as fast as a layout engine, and nothing
    moves when the figure is saved under other settings.

    Parameters
    ----------
    title
        The title at the upper left, if charts have titles; in several lines, if need be.
    alt
        The alternative text, which becomes the figure's label.
    axes_inches
        The height of the axes.
    legend
        The marks to explain under the title.
    bottom_inches
        The height of the margin below the axes.
    optional_texts
        A list that the caller fills with texts. On leaving, those that overlap an earlier one or exceed their axes are
        removed.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    legend_lines = list(_wrap_legend(legend))
    lines = wrap(title, (SHEET.width_inches - 2 * MARGIN_INCHES) / _TITLE_SCALE) if title and SHEET.has_titles else []
    title_inches = _TITLE_INCHES + _TITLE_LINE_INCHES * (len(lines) - 1) if lines else _NO_TITLE_INCHES
    top_inches = title_inches + _LEGEND_LINE_INCHES * len(legend_lines)
    if bottom_inches >= _AXIS_INCHES and SHEET.width_inches < WIDTH_INCHES:
        # The label of the axis may take two lines.
        bottom_inches += _LINE_INCHES
    height = top_inches + axes_inches + bottom_inches
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(RC)
        figure = Figure(figsize=(SHEET.width_inches, height))
        figure.set_label(alt)
        figure.suptitle(
            "\n".join(lines), x=MARGIN_INCHES / SHEET.width_inches, y=1 - 0.08 / height, ha="left", va="top"
        )
        figure.subplots_adjust(
            left=0.62 / SHEET.width_inches,
            right=1 - 0.25 / SHEET.width_inches,
            bottom=bottom_inches / height,
            top=1 - top_inches / height,
        )
        for i, line in enumerate(legend_lines):
            _draw_legend_line(figure, line, height - title_inches - 0.06 - _LEGEND_LINE_INCHES * i)
        yield figure
        for axes in figure.axes:
            _simplify_ticks(axes, axes.xaxis)
            _simplify_ticks(axes, axes.yaxis)
            _fit_label(axes)
        _remove_colliding(optional_texts)


def empty_figure(reason: str) -> Figure:
    """Return an empty frame with the reason why there is nothing to draw; a report shows the sentence alone.

    Examples
    --------
    >>> figure = empty_figure("no terms found")
    >>> figure.get_label(), figure.get_gid() == NOT_DRAWN
    ('Not drawn: no terms found.', True)
    """
    reason = fit(reason, SHEET.width_inches - 0.5).rstrip(".")
    with styled_figure("", alt=f"Not drawn: {reason}.", axes_inches=0.7, bottom_inches=0.1) as figure:
        figure.subplots_adjust(left=0.1 / SHEET.width_inches, right=1 - 0.1 / SHEET.width_inches)
        axes = figure.subplots()
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(True)
        axes.text(0.5, 0.5, reason, transform=axes.transAxes, ha="center", va="center", color=TEXT_GREY)
    figure.set_gid(NOT_DRAWN)
    return figure


def _wrap_legend(legend: Iterable[Mark]) -> Iterator[list[tuple[float, Mark]]]:
    """Yield the lines of a legend that fit the figure's width: marks with their distances from the left in inches."""
    line: list[tuple[float, Mark]] = []
    left = MARGIN_INCHES
    for mark in legend:
        width = 0.2 + text_inches(mark.label)
        if line and left + width > SHEET.width_inches - MARGIN_INCHES:
            yield line
            line, left = [], MARGIN_INCHES
        line.append((left, mark))
        left += width + 0.22
    if line:
        yield line


def _draw_legend_line(figure: Figure, line: list[tuple[float, Mark]], y_inches: float) -> None:
    from matplotlib.lines import Line2D

    for x_inches, mark in line:
        marker = Line2D(
            [x_inches + 0.06],
            [y_inches + 0.04],
            linestyle="",
            marker=mark.marker,
            color=mark.colour,
            markersize=mark.size_points,
            markerfacecolor="white" if mark.hollow else mark.colour,
            markeredgewidth=1.3 if mark.hollow or mark.marker in "|_" else 0,
            transform=figure.dpi_scale_trans,
        )
        figure.add_artist(marker)
        figure.text(x_inches + 0.17, y_inches, mark.label, transform=figure.dpi_scale_trans, va="baseline")


def _remove_colliding(texts: Iterable[Text]) -> None:
    """Remove the texts that overlap an earlier one or exceed their axes."""
    kept: list[Any] = []
    for text in texts:
        axes: Any = text.axes
        box, frame = text.get_window_extent().padded(2), axes.bbox
        inside = frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1
        if inside and not any(box.overlaps(other) for other in kept):
            kept.append(box)
        else:
            text.remove()


def caption_inches(caption: str) -> float:
    """Return the height that a caption takes below what is drawn."""
    return 0.2 + _LINE_INCHES * len(_caption_lines(caption))


def write_caption(figure: Figure, caption: str) -> None:
    """Write what sizes and widths mean at the foot of a figure, in as many lines as it needs."""
    for i, line in enumerate(reversed(_caption_lines(caption))):
        figure.text(MARGIN_INCHES, 0.09 + _LINE_INCHES * i, line, transform=figure.dpi_scale_trans, va="baseline")


def _caption_lines(caption: str) -> list[str]:
    return wrap(caption, SHEET.width_inches - 2 * MARGIN_INCHES)


# Axes and ticks


def _fit_label(axes: Axes) -> None:
    """Move the label of the horizontal axis into the figure, if it is wider than the axes, or break it."""
    label = axes.xaxis.label
    lines = [line.strip() for line in wrap(label.get_text(), SHEET.width_inches - 2 * MARGIN_INCHES)]
    half = max(map(text_inches, lines)) / 2
    box = axes.get_position()
    left, width = SHEET.width_inches * box.x0, SHEET.width_inches * box.width
    centre = left + width / 2
    moved = min(max(centre, half + MARGIN_INCHES), SHEET.width_inches - half - MARGIN_INCHES)
    if len(lines) > 1 or moved != centre:
        label.set_text("\n".join(lines))
        label.set_x((moved - left) / width)


def count_axis(axes: Axes, maximum: float, label: str, *, whole: bool = True, numbered: bool = False) -> None:
    """Start the horizontal axis at zero and leave room beyond the maximum; tick whole numbers unless told otherwise.

    The margins are set by then: the room is for the maximum's number too, where ``numbered`` marks have theirs beside.
    """
    maximum = maximum or 1
    axes.set_xlim(0, max(1.1 * maximum, maximum / (1 - number_room(axes, maximum))) if numbered else 1.1 * maximum)
    axes.set_xlabel(label)
    if whole:
        integer_ticks(axes.xaxis)


def integer_ticks(axis: Axis) -> None:
    """Tick an axis at whole numbers, written with a thousands separator."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(nbins=SHEET.room_for(7), steps=[1, 2, 5, 10], integer=True, min_n_ticks=1))
    axis.set_major_formatter("{x:,.0f}")


def fixed_ticks(axis: Axis, positions: Iterable[float], labels: Sequence[str]) -> None:
    """Tick an axis at given positions; unlike matplotlib's ``set_ticks``, create no tick artists yet."""
    from matplotlib.ticker import FixedFormatter, FixedLocator

    axis.set_major_locator(FixedLocator(list(positions)))
    axis.set_major_formatter(FixedFormatter(labels))


def percent_tick(share: float, _position: float | None = None) -> str:
    """Return a share (0 to 1) as a percentage without its sign: a matplotlib tick formatter.

    Examples
    --------
    >>> percent_tick(0.25), percent_tick(-0.0)
    ('25', '0')
    """
    return f"{100 * share:zg}"


def _simplify_ticks(axes: Axes, axis: Axis) -> None:
    """Replace an axis's ticks by two paths and plain texts, which are several times as fast to draw.

    The labels become texts of the figure, so that the texts of the axes are those of the data.
    """
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path
    from matplotlib.ticker import NullLocator
    from matplotlib.transforms import offset_copy

    low, high = sorted(axis.get_view_interval())
    positions = axis.get_majorticklocs().tolist()
    labels = axis.get_major_formatter().format_ticks(positions)
    ticks = {tick: label for tick, label in zip(positions, labels, strict=True) if low <= tick <= high}
    axis.set_major_locator(NullLocator())
    axis.set_minor_locator(NullLocator())
    if not ticks or not axes.axison:
        return
    horizontal = axis is axes.xaxis
    transform = axes.get_xaxis_transform() if horizontal else axes.get_yaxis_transform()

    def draw_segments(start: float, end: float, **style: Any) -> None:
        points = np.array([(tick, side) for tick in ticks for side in (start, end)])
        path = Path(points if horizontal else points[:, ::-1], [Path.MOVETO, Path.LINETO] * len(ticks))
        axes.add_artist(PathPatch(path, transform=transform, fill=False, zorder=0.5, **style))

    if axis.get_tick_params()["gridOn"]:
        draw_segments(0, 1, edgecolor=RC["grid.color"], linewidth=RC["grid.linewidth"])
    offset_points = _TICK_PAD_POINTS
    if horizontal:
        tick_points = RC["xtick.major.size"]
        offset_points += tick_points
        length = tick_points / 72 * axes.figure.dpi / axes.bbox.height
        draw_segments(0, -length, edgecolor=GREY, linewidth=RC["xtick.major.width"], clip_on=False)
    offset = {"y" if horizontal else "x": -offset_points}
    label_transform = offset_copy(transform, axes.get_figure(root=True), **offset, units="points")
    alignment: dict[str, Any]
    alignment = {"ha": "center", "va": "top"} if horizontal else {"ha": "right", "va": "center_baseline"}
    for tick, label in ticks.items():
        x, y = (tick, 0) if horizontal else (0, tick)
        axes.figure.text(x, y, label, transform=label_transform, **alignment)
    label_points = _LINE_HEIGHT_EM * FONT_POINTS if horizontal else 72 * max(map(text_inches, ticks.values()))
    axis.labelpad += offset_points + label_points


# Labels beside the axes


def label_rows(axes: Axes, labels: Iterable[object], *, y: ArrayLike | None = None) -> None:
    """Write a label at the left of each row, the first row at the top, and set the left margin to fit them.

    Parameters
    ----------
    axes
        The axes, whose vertical limits are set to the rows.
    labels
        A label a row.
    y
        The vertical position of each row, ascending; 0, 1, 2… unless given.
    """
    labels = list(labels)
    rows = np.arange(len(labels)) if y is None else np.asarray(y)
    margin_texts(
        axes, {row: fit(label, SHEET.label_inches) for row, label in zip(rows, labels, strict=True)}, side="left"
    )
    fixed_ticks(axes.yaxis, [], [])
    axes.set_ylim(rows[-1] + 0.7, rows[0] - 0.7)
    reserve_label_margin(axes.figure, labels)


def reserve_label_margin(figure: FigureBase, labels: Iterable[object]) -> None:
    """Set the left margin of all axes to fit the widest label."""
    widest = max(text_inches(fit(label, SHEET.label_inches)) for label in labels)
    figure.subplots_adjust(left=(widest + 0.08 + MARGIN_INCHES) / SHEET.width_inches)


def label_column(
    axes: Axes, texts: Iterable[str], heading: str, *, y: ArrayLike | None = None, heading_y: float = -1
) -> float:
    """Write a right-aligned column of texts at the right of the rows, and set the right margin to fit it.

    Parameters
    ----------
    axes
        The axes, whose vertical limits are set to the rows and the heading.
    texts
        A text a row.
    heading
        The heading of the column.
    y
        The vertical position of each row, ascending; 0, 1, 2… unless given.
    heading_y
        The vertical position of the heading.

    Returns
    -------
    float
        The width of the column in inches.
    """
    texts = list(texts)
    rows = np.arange(len(texts)) if y is None else np.asarray(y)
    width = max(map(text_inches, [heading, *texts])) + 0.1
    cells = dict(zip([heading_y, *rows], [heading, *texts], strict=True))
    margin_texts(axes, cells, side="right", offset_points=72 * width, ha="right")
    axes.set_ylim(rows[-1] + 0.7, heading_y - 0.3)
    axes.figure.subplots_adjust(right=1 - (width + MARGIN_INCHES) / SHEET.width_inches)
    return width


def margin_texts(
    axes: Axes,
    texts: Mapping[float, str],
    *,
    side: Literal["left", "right"],
    offset_points: float = 5,
    ha: str | None = None,
) -> None:
    """Write each text beside the axes at the height of its key.

    Parameters
    ----------
    axes
        The axes.
    texts
        The texts by their vertical positions in data coordinates.
    side
        The side of the axes.
    offset_points
        How far outside the axes the texts are anchored.
    ha
        Their horizontal alignment; towards the axes unless given.
    """
    from matplotlib.transforms import offset_copy

    right = side == "right"
    x = offset_points if right else -offset_points
    transform = offset_copy(axes.get_yaxis_transform(), axes.get_figure(root=True), x=x, units="points")
    for y, text in texts.items():
        axes.text(
            int(right), y, text, transform=transform, ha=ha or ("left" if right else "right"), va="center_baseline"
        )


# Marks


def plot_marks(axes: Axes, x: NDArray[Any], y: NDArray[Any], marks: Sequence[Mark]) -> None:
    """Plot one point for each mark."""
    for mark in dict.fromkeys(marks):
        indices = [i for i, other in enumerate(marks) if other == mark]
        axes.plot(
            x[indices],
            y[indices],
            mark.marker,
            color=mark.colour,
            markersize=mark.size_points,
            markerfacecolor="white" if mark.hollow else mark.colour,
            markeredgewidth=1.3 if mark.hollow else 0,
        )


def number_room(axes: Axes, number: float) -> float:
    """Return the share of the width of the axes that a number beside a mark takes, half of the width at most."""
    inches = _BESIDE_POINTS / 72 + text_inches(format_number(number)) + 0.06
    return min(inches / (SHEET.width_inches * axes.get_position().width), 0.5)


def beside_mark(axes: Axes, *, sign: int = 1) -> Transform:
    """Return where a mark's number stands: right of it, or left with a sign of −1."""
    from matplotlib.transforms import offset_copy

    return offset_copy(axes.transData, axes.get_figure(root=True), x=sign * _BESIDE_POINTS, units="points")


def lollipops(axes: Axes, counts: NDArray[Any], marks: Sequence[Mark], *, y: NDArray[Any] | None = None) -> None:
    """Plot each row's count as a mark on a line from zero, with the number beside it."""
    y = np.arange(len(counts)) if y is None else y
    axes.hlines(y, 0, counts, colors=[mark.colour for mark in marks], linewidth=1.2)
    plot_marks(axes, counts, y, marks)
    transform = beside_mark(axes)
    for count, row in zip(counts, y, strict=True):
        axes.text(count, row, format_number(count), transform=transform, va="center_baseline")


def vertical_bars(axes: Axes, x: NDArray[Any], bottom: ArrayLike, top: NDArray[Any], **style: Any) -> None:
    """Draw vertical bars as the segments of one line, since one artist a bar would make a large file."""
    gap = np.full(len(x), np.nan)
    bottom = np.broadcast_to(bottom, len(x))
    axes.plot(np.column_stack([x, x, gap]).ravel(), np.column_stack([bottom, top, gap]).ravel(), **style)


def bar_width_points(n_bars: int) -> float:
    """Return the width of a bar where so many share the width of a chart.

    Examples
    --------
    >>> bar_width_points(5), round(bar_width_points(60), 1)
    (28.0, 4.9)
    """
    return min(28.0, max(0.4, 0.68 * 72 * (SHEET.width_inches - 1.2) / max(n_bars, 1)))
