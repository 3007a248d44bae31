"""Charts of events: who acts on whom, and when."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.charts.elements import (
    caption_inches,
    empty_figure,
    fixed_ticks,
    label_column,
    plot_marks,
    styled_figure,
    write_caption,
)
from analysis.charts.graph_layout import graph_layout
from analysis.charts.selection import cap, drawable_rows
from analysis.charts.style import (
    GREY,
    MARGIN_INCHES,
    MODALITY_MARKS,
    PALE_GREY,
    ROW_INCHES,
    SHEET,
    SIGN_MARKS,
    WORD,
)
from analysis.charts.wording import clean, describe_part, fit, fit_lines, format_number, join, pluralise, text_inches
from analysis.options import checked

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

__all__ = ["interaction_network", "timeline"]

#: Fewer pairs than these are read faster in a sentence than in a chart.
_MIN_PAIRS = 3
_MAX_NODES, _NODE_INCHES, _LABEL_INCHES, _LINE_INCHES = 12, 0.07, 1.4, 0.14
_MAX_TICKS, _YEARS_DAYS, _MONTHS_DAYS = 4, 3 * 365, 60
_DASHES = {"cooperation": "-", "conflict": (0, (4, 1.6)), "neither": (0, (1, 1.4))}


@checked
def interaction_network(interactions: pd.DataFrame, *, n: int = 12) -> Figure:
    """Draw who acts on whom.

    Parameters
    ----------
    interactions
        One row a pair: ``actor``, ``target``, ``sign`` (cooperation, conflict or neither), ``n`` (events).
    n
        How many of those who take part to draw, at most 12: those of the first pairs.

    Returns
    -------
    matplotlib.figure.Figure
        A node each, an arrow from who acts to who is acted on, by sign in colour and dashes, wider for more events.
        Fewer than three pairs give an empty figure.

    Examples
    --------
    >>> import pandas as pd
    >>> pairs = pd.DataFrame({"actor": ["Egypt", "Egypt", "UAE"], "target": ["Libya", "UAE", "Egypt"],
    ...                       "sign": ["conflict", "cooperation", "cooperation"], "n": [3, 1, 1]})
    >>> interaction_network(pairs).get_label().split(". ")[1]
    'Most often: Egypt on Libya (3, conflict), Egypt on UAE (1, cooperation) and UAE on Egypt (1, cooperation)'
    """
    rows = drawable_rows(interactions, "actor", "target", "sign", "n")
    pairs = list(zip(rows["actor"], rows["target"], rows["sign"], rows["n"], strict=True))
    if len({pair[:2] for pair in pairs}) < _MIN_PAIRS:
        return empty_figure("fewer than three pairs of one who acts and one acted on")
    nodes: dict[str, int] = {}
    drawn = []
    for pair in pairs:
        new = [name for name in pair[:2] if name not in nodes]
        if len(nodes) + len(new) <= cap(n, _MAX_NODES):
            nodes.update({name: len(nodes) + i for i, name in enumerate(new)})
            drawn.append(pair)
    if not drawn:
        return empty_figure("no pair among so few")
    described = [f"{clean(a)} on {clean(b)} ({format_number(count)}, {sign})" for a, b, sign, count in drawn[:4]]
    found = len({name for pair in pairs for name in pair[:2]})
    marks = [mark for sign, mark in SIGN_MARKS.items() if sign in {pair[2] for pair in drawn}]
    alt = (
        f"Network of {describe_part(len(nodes), found, 'participant')} in events, joined by "
        f"{pluralise(len(drawn), 'arrow')} from who acts to who is acted on. Most often: {join(described)}. "
        f"Drawn are events of {join([mark.label for mark in marks])}."
    )
    labels = [fit_lines(name, _LABEL_INCHES) for name in nodes]
    widths = [max(0.6, *(text_inches(line) + 0.1 for line in label)) for label in labels]
    below = np.array([_LINE_INCHES * (len(label) - 1) for label in labels])
    boxes = np.column_stack([widths, 0.62 + below])
    ends = [(nodes[a], nodes[b]) for a, b, _, _ in drawn]
    positions, height = graph_layout(list(dict.fromkeys((min(pair), max(pair)) for pair in ends)), boxes)
    title = f"Who acts on whom: {describe_part(len(drawn), len(pairs), 'pair')}"
    most = max(pair[3] for pair in drawn)
    caption = "arrow: from who acts to who is acted on"
    if most > 1:
        caption += f"     line width: events (up to {format_number(most)})"
    bottom = caption_inches(caption)
    with styled_figure(title, alt=alt, axes_inches=height, legend=marks, bottom_inches=bottom) as figure:
        from matplotlib.patches import FancyArrowPatch

        # One data unit is one inch.
        width, full = figure.get_size_inches()
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(0, full))
        axes.set_axis_off()
        centres = positions + np.column_stack([np.full(len(below), MARGIN_INCHES), bottom + 0.08 + below / 2])
        for (start, end), (_, _, sign, count) in zip(ends, drawn, strict=True):
            axes.add_patch(
                FancyArrowPatch(
                    tuple(centres[start]),
                    tuple(centres[end]),
                    arrowstyle="-|>,head_length=4.5,head_width=2.2",
                    connectionstyle="arc3,rad=0.14",
                    shrinkA=72 * _NODE_INCHES,
                    shrinkB=72 * _NODE_INCHES + 1,
                    linewidth=float(np.round(0.9 + 1.6 * (count - 1) / max(most - 1, 1), 3)),
                    linestyle=_DASHES.get(sign, "-"),
                    color=SIGN_MARKS.get(sign, SIGN_MARKS["neither"]).colour,
                    zorder=2,
                )
            )
        x, y = centres.T
        axes.scatter(x, y, s=(144 * _NODE_INCHES) ** 2, marker=WORD.marker, color=GREY, linewidths=0, zorder=3)
        background = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.5}
        # The baseline of a text is that of its last line.
        look: dict[str, Any] = {"ha": "center", "va": "baseline", "linespacing": 1.0, "bbox": background, "zorder": 2.5}
        for label, label_x, label_y in zip(labels, x, y - 0.24 - below, strict=True):
            axes.text(label_x, label_y, "\n".join(label), **look)
        write_caption(figure, caption)
    return figure


@checked
def timeline(timeline: pd.DataFrame, *, n: int = 15) -> Figure:
    """Draw when things happen.

    Parameters
    ----------
    timeline
        One row an event: ``event`` (its number), ``told`` (its words), ``earliest`` and ``latest`` (ISO dates),
        ``polarity``, ``modality``.
    n
        How many events to draw, at most 40: the first in the article, in the order of time.

    Returns
    -------
    matplotlib.figure.Figure
        Two lines an event: its words, and below them a mark at the middle of the days that it may be, on a bar from the
        first to the last, with the days in words at the right.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"event": [0], "told": ["Egypt bombed Tripoli"], "earliest": ["2014-08-01"],
    ...                      "latest": ["2014-08-31"], "polarity": "positive", "modality": "happened"})
    >>> timeline(rows).get_label().split(": ", 1)[1]
    'Egypt bombed Tripoli (August 2014, happened).'
    """
    columns = ("event", "told", "earliest", "latest", "polarity", "modality")
    rows = drawable_rows(timeline, *columns)
    if rows.empty:
        return empty_figure("no events whose days are known")
    first = rows.sort_values("event", kind="stable").head(cap(n))
    drawn = first.sort_values(["earliest", "latest", "event"], kind="stable")
    told = drawn["told"].tolist()
    days = [
        (date.fromisoformat(a), date.fromisoformat(b)) for a, b in zip(drawn["earliest"], drawn["latest"], strict=True)
    ]
    marks = [
        MODALITY_MARKS["negative" if polarity == "negative" else modality]
        for polarity, modality in zip(drawn["polarity"], drawn["modality"], strict=True)
    ]
    when = [_days(*each) for each in days]
    described = [f"{clean(words)} ({day}, {mark.label})" for words, day, mark in zip(told, when, marks, strict=True)]
    selection = describe_part(len(drawn), len(rows), "event")
    alt = f"Strip plot of {selection} by date, the earliest at the top: {join(described[:5])}."
    height = ROW_INCHES * (2 * len(drawn) + 0.6)
    title = f"When it is said to happen: {selection}"
    with styled_figure(title, alt=alt, axes_inches=height, legend=dict.fromkeys(marks)) as figure:
        axes = figure.subplots()
        low, high = (np.array([each[side].toordinal() for each in days], dtype=float) for side in (0, 1))
        y = 2 * np.arange(len(days), dtype=float)
        axes.hlines(y, low, high + 1, color=PALE_GREY, linewidth=5)
        plot_marks(axes, np.round((low + high + 1) / 2, 3), y, marks)
        fixed_ticks(axes.yaxis, [], [])
        label_column(axes, when, "", y=y, heading_y=-1)
        axes.figure.subplots_adjust(left=4 * MARGIN_INCHES / SHEET.width_inches)
        background = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.5}
        for words, row in zip(told, y, strict=True):
            label = fit(words, SHEET.width_inches - 6 * MARGIN_INCHES)
            axes.text(0, row - 0.95, label, transform=axes.get_yaxis_transform(), va="center_baseline", bbox=background)
        margin = max(1.0, 0.03 * (high.max() - low.min()))
        axes.set_xlim(low.min() - margin, high.max() + 1 + margin)
        positions, labels = _ticks(low.min(), high.max() + 1)
        fixed_ticks(axes.xaxis, positions, labels)
    return figure


def _days(earliest: date, latest: date) -> str:
    """Return a span of days in words.

    Examples
    --------
    >>> _days(date(2014, 8, 1), date(2014, 8, 31)), _days(date(2014, 1, 1), date(2014, 12, 31))
    ('August 2014', '2014')
    >>> _days(date(2014, 8, 3), date(2014, 8, 3)), _days(date(2014, 8, 3), date(2014, 9, 1))
    ('3 Aug 2014', '3 Aug to 1 Sep 2014')
    """
    if earliest == latest:
        return _day(earliest)
    after = date.fromordinal(latest.toordinal() + 1)
    if earliest.day == after.day == 1:
        if (earliest.month, after.month) == (1, 1):
            return f"{earliest.year}" if after.year == earliest.year + 1 else f"{earliest.year} to {latest.year}"
        if (after.year - earliest.year) * 12 + after.month - earliest.month == 1:
            return f"{_MONTHS[earliest.month - 1]} {earliest.year}"
    start = _day(earliest) if earliest.year != latest.year else f"{earliest.day} {_MONTHS[earliest.month - 1][:3]}"
    return f"{start} to {_day(latest)}"


_YEAR_STEPS = [times * 10**power for power in range(4) for times in (1, 2, 5)]
_MONTHS = "January February March April May June July August September October November December".split()


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1][:3]} {day.year}"


def _ticks(low: float, high: float) -> tuple[NDArray[np.float64], list[str]]:
    """Return a few first days of years or months, or days, between two ordinals, and their labels."""
    start, end = date.fromordinal(int(low)), date.fromordinal(int(high))
    if high - low > _YEARS_DAYS:
        days = [date(year, 1, 1) for year in range(start.year, end.year + 2)]
        labels = [f"{day.year}" for day in days]
    elif high - low > _MONTHS_DAYS:
        months = range(12 * start.year + start.month - 1, 12 * end.year + end.month + 1)
        days = [date(month // 12, month % 12 + 1, 1) for month in months]
        labels = [f"{_MONTHS[day.month - 1][:3]} {day.year}" for day in days]
    else:
        days = [date.fromordinal(day) for day in range(start.toordinal(), end.toordinal() + 1)]
        labels = [f"{day.day} {_MONTHS[day.month - 1][:3]}" for day in days]
    inside = [
        (day.toordinal(), label) for day, label in zip(days, labels, strict=True) if low <= day.toordinal() <= high
    ]
    step = max(1, -(-len(inside) // _MAX_TICKS))
    if high - low > _YEARS_DAYS:
        # Years are counted in ones, twos, fives, tens …
        step = next(nice for nice in _YEAR_STEPS if nice >= step)
        inside = [tick for tick in inside if int(tick[1]) % step == 0]
        step = 1
    chosen = inside[::step]
    return np.array([position for position, _ in chosen], dtype=float), [label for _, label in chosen]
