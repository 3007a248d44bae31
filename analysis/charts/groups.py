"""Charts of many articles: what sets groups of them apart, and what they mention over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.charts.elements import (
    bar_width_points,
    empty_figure,
    fixed_ticks,
    label_column,
    label_rows,
    plot_marks,
    styled_figure,
    vertical_bars,
)
from analysis.charts.selection import cap, drawable_rows
from analysis.charts.style import (
    BLUE,
    GREY,
    INK,
    MARGIN_INCHES,
    MAX_PANELS,
    MAX_TICKED_POSITIONS,
    ROW_INCHES,
    SHEET,
    SKY_BLUE,
    Mark,
)
from analysis.charts.wording import (
    clean,
    describe_part,
    fit,
    format_number,
    format_percent,
    format_signed,
    join,
    pluralise,
    text_inches,
)
from analysis.options import checked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

__all__ = ["group_terms", "over_time"]

_SIGNIFICANCE_LEVEL = 0.05
_MAX_ROWS_IN_GROUPS = 44
_HEADING_ROWS = 1.25
_TIME_ROW_INCHES = 0.42
_MAX_NAMES_OVER_TIME = 16
#: The columns of a table that say what is followed over time, with a noun for one and for several of them.
_FOLLOWED = {
    ("name",): ("name", "names"),
    ("left", "right"): ("pair of names", "pairs of names"),
    ("speaker",): ("speaker", "speakers"),
    ("stance",): ("stance", "stances"),
    ("actor", "target"): ("pair of one who acts on another", "pairs of one who acts on another"),
    ("kind",): ("class of events", "classes of events"),
}
_TITLE_SCALE = 1.4  # how much wider a text is as a title than as a label


@checked
def group_terms(terms: pd.DataFrame, *, n: int = 8) -> Figure:
    """Draw the words that set each group of articles apart from the others.

    Parameters
    ----------
    terms
        One row a group and word, each group's most significant first: ``group``, ``lemma``, ``log_ratio`` (base 2) with
        ``log_ratio_low`` and ``log_ratio_high``, ``p_adjusted``, ``n_articles`` (that contain it), ``of_articles`` (in
        the group).
    n
        How many words of each group to draw, of those that it uses more than the others. About forty are drawn in all,
        of at most ten groups: those with the most significant words.

    Returns
    -------
    matplotlib.figure.Figure
        A block a group; a dot a word at its log ratio, on a line for the interval, with the number of the group's
        articles that contain it. Hollow dots are words whose difference is not significant.

    Examples
    --------
    >>> import pandas as pd
    >>> terms = pd.DataFrame({
    ...     "group": ["Post", "Post", "Herald"], "lemma": ["market", "fall", "car"], "log_ratio": [4.9, 0.8, 3.0],
    ...     "log_ratio_low": [2.5, -0.7, 1.0], "log_ratio_high": [7.3, 2.3, 5.0], "p_adjusted": [0.01, 0.8, 0.04],
    ...     "n_articles": [8, 3, 4], "of_articles": [8, 8, 5]})
    >>> group_terms(terms).get_label().split(". ")[1:]
    ['Post: market (+4.90) and fall (+0.80, may be chance)', 'Herald: car (+3.00).']
    """
    rows = drawable_rows(
        terms,
        *("group", "lemma", "log_ratio", "log_ratio_low", "log_ratio_high", "p_adjusted", "n_articles", "of_articles"),
        required=("group", "lemma", "log_ratio", "p_adjusted"),
    )
    rows = rows[rows["log_ratio"] > 0]
    if rows.empty:
        return empty_figure("too few articles to set groups apart")
    lowest_p = rows.groupby("group", sort=False)["p_adjusted"].min()
    drawn = lowest_p.index[np.sort(np.argsort(lowest_p.to_numpy(), kind="stable")[:MAX_PANELS])]
    rows_per_group = min(cap(n), int(_MAX_ROWS_IN_GROUPS / len(drawn) - _HEADING_ROWS))
    top = rows[rows["group"].isin(drawn)].groupby("group", sort=False).head(rows_per_group)
    group = top["group"].to_numpy()
    ratio, low, high = (top[c].to_numpy(dtype=float) for c in ("log_ratio", "log_ratio_low", "log_ratio_high"))
    significant = Mark("adjusted p below .05", BLUE, "o")
    not_significant = Mark("may be chance", BLUE, "o", hollow=True)
    marks = [significant if p < _SIGNIFICANCE_LEVEL else not_significant for p in top["p_adjusted"]]
    described: dict[str, list[str]] = {}
    for name, lemma, r, mark in zip(group, top["lemma"], ratio, marks, strict=True):
        suffix = "" if mark is significant else ", may be chance"
        described.setdefault(name, []).append(f"{clean(lemma)} ({format_signed(r)}{suffix})")
    groups = describe_part(len(drawn), len(lowest_p), "group")
    which = groups if len(drawn) == len(lowest_p) else f"{groups}, those with the surest words"
    alt = (
        f"Dot plot of the log ratios, with intervals, of {pluralise(len(top), 'word')} that set {which} apart. "
        + ". ".join(f"{clean(name)}: {join(words, max_items=4)}" for name, words in described.items())
        + "."
    )
    # A group's name has a row of its own, above the group's words.
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    y = np.arange(len(top)) + _HEADING_ROWS * np.searchsorted(starts, np.arange(len(top)), side="right")
    legend = [mark for mark in (significant, not_significant) if mark in marks]
    height = ROW_INCHES * (y[-1] + 1.6)
    with styled_figure(f"Words that set {groups} apart", alt=alt, axes_inches=height, legend=legend) as figure:
        axes = figure.subplots()
        shown = np.r_[ratio, low[np.isfinite(low)], high[np.isfinite(high)], 0.0]
        margin = 0.04 * max(np.ptp(shown), 1.0)
        axes.set_xlim(shown.min() - margin, shown.max() + margin)
        axes.hlines(y, low, high, color=BLUE, linewidth=1.2)
        axes.axvline(0, color=INK, linewidth=0.8)
        plot_marks(axes, ratio, y, marks)
        label_rows(axes, top["lemma"], y=y)
        articles = [
            f"{format_number(n_articles)} of {format_number(of_articles)}"
            for n_articles, of_articles in zip(top["n_articles"], top["of_articles"], strict=True)
        ]
        column_width = label_column(axes, articles, "in articles", y=y, heading_y=y[0] - 1)
        max_inches = 0.85 * (SHEET.width_inches - column_width - 4 * MARGIN_INCHES)
        _group_headings(axes, {y[i] - 1: fit(group[i], max_inches) for i in starts})
        axes.set_ylim(y[-1] + 0.7, y[0] - 1.7)
        axes.set_xlabel("log ratio against all other groups (base 2: 1 is twice as frequent)")
    return figure


def _group_headings(axes: Axes, headings: Mapping[float, str]) -> None:
    """Write headings at the left edge of the figure, at the heights of their keys."""
    subplot = axes.figure.subplotpars
    left = (MARGIN_INCHES - SHEET.width_inches * subplot.left) / (SHEET.width_inches * (subplot.right - subplot.left))
    background = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
    transform = axes.get_yaxis_transform()
    for y, heading in headings.items():
        axes.text(left, y, heading, transform=transform, va="center_baseline", weight="bold", bbox=background)


@checked
def over_time(shares: pd.DataFrame, *, n: int = 12) -> Figure:
    """Draw the share of each period's articles with a name, a pair of names, a speaker, a stance or a class of events.

    Parameters
    ----------
    shares
        One row a name and period, periods in order: ``name`` (or ``left`` and ``right``, ``speaker``, ``stance``,
        ``actor`` and ``target``, ``kind``),
        ``period``, ``share`` (0 to 1) with ``low`` and ``high``, ``n_articles`` (that have it).
    n
        How many names to draw, at most 16: the first of the table.

    Returns
    -------
    matplotlib.figure.Figure
        One row a name, all of the same scale: a dot a period on a bar for the interval; adjacent periods are joined.
        Months and years are as far apart as they are in time.

    Examples
    --------
    >>> import pandas as pd
    >>> shares = pd.DataFrame({
    ...     "name": "Libya", "period": ["2014-08", "2014-09"], "share": [0.25, 0.5], "low": [0.05, 0.15],
    ...     "high": [0.7, 0.85], "n_articles": [1, 2]})
    >>> over_time(shares).get_label().split(". ")[1]
    'Libya: in 3 articles, most in 2014-09 (50 %).'
    """
    keys = next((keys for keys in _FOLLOWED if keys[0] in shares.columns), ("name",))
    nouns = _FOLLOWED[keys]
    rows = drawable_rows(shares, *keys, "period", "share", "low", "high", "n_articles")
    if rows.empty:
        return empty_figure(f"no {nouns[1]} to follow")
    rows = rows.assign(label=rows[list(keys)].astype("str").agg(" – ".join, axis=1))
    found = list(dict.fromkeys(rows["label"]))
    labels = found[: cap(n, _MAX_NAMES_OVER_TIME)]
    rows = rows[rows["label"].isin(labels)]
    periods = sorted(rows["period"].astype("str").unique())
    if len(periods) == 1:
        return empty_figure(f"all articles are of one period, {clean(periods[0])}: nothing changes over time")
    x_by_period = dict(zip(periods, _period_positions(periods), strict=True))
    maximum = next(share for share in (0.05, 0.1, 0.2, 0.5, 1) if share >= rows["high"].max() or share == 1)
    rows_by_label = {label: rows[rows["label"] == label] for label in labels}
    n_articles = {label: int(table["n_articles"].sum()) for label, table in rows_by_label.items()}
    names = pluralise(len(labels), *nouns)
    time_span = f"in {len(periods):,} periods from {clean(periods[0])} to {clean(periods[-1])}"
    described = []
    for label, table in rows_by_label.items():
        peak = table.iloc[int(table["share"].argmax())]
        described.append(
            f"{clean(label)}: in {pluralise(n_articles[label], 'article')}, most in {clean(peak['period'])} "
            f"({format_percent(peak['share'])})"
        )
    alt = (
        f"Small charts of the share of articles with each of {names}, {time_span}, with intervals. "
        f"{'. '.join(described)}."
    )
    title = f"{names} {time_span}" if labels == found else f"The first {names} of {len(found):,}, {time_span}"
    title = fit(title, (SHEET.width_inches - 0.5) / _TITLE_SCALE)
    legend = [
        Mark("share of the period’s articles", BLUE, "o", size_points=4),
        Mark("95 % interval", SKY_BLUE, "|", size_points=9),
    ]
    height = _TIME_ROW_INCHES * (len(labels) + 0.2)
    with styled_figure(title, alt=alt, axes_inches=height, legend=legend, bottom_inches=0.55) as figure:
        axes = figure.subplots()
        x_all = np.array(list(x_by_period.values()))
        margin = max(0.03 * np.ptp(x_all), 0.6)
        axes.set_xlim(x_all.min() - margin, x_all.max() + margin)
        min_width = 2.5 if len(periods) <= MAX_TICKED_POSITIONS else 0.8
        width = min(6.0, max(min_width, 0.5 * bar_width_points(int(np.ptp(x_all)) + 1)))
        for row, table in enumerate(rows_by_label.values()):
            x = np.array([x_by_period[str(period)] for period in table["period"]])
            share, low, high = (table[c].to_numpy(dtype=float) / maximum * 0.85 for c in ("share", "low", "high"))
            foot = row + 0.4
            vertical_bars(axes, x, foot - low, foot - high, color=SKY_BLUE, alpha=0.45, linewidth=width)
            line_x, line_y = _break_at_gaps(x, foot - share)
            axes.plot(line_x, line_y, "o-", color=BLUE, markersize=min(4.0, max(1.2, width)), linewidth=1)
        axes.hlines(np.arange(len(labels)) + 0.4, *axes.get_xlim(), color=GREY, linewidth=0.5)
        label_rows(axes, labels)
        label_column(axes, map(format_number, n_articles.values()), "articles", heading_y=-0.7)
        axes.set_ylim(len(labels) - 0.5, -0.9)
        axes.grid(visible=False)
        _tick_periods(axes, x_by_period)
        axes.set_xlabel(f"the height of a row is {format_percent(maximum)} of a period’s articles")
    return figure


def _break_at_gaps(x: NDArray[np.int64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the points of a line with NaN between those that are more than one unit apart, where it is interrupted."""
    gaps = np.flatnonzero(np.diff(x) > 1) + 1
    return np.insert(x.astype(float), gaps, np.nan), np.insert(y, gaps, np.nan)


def _period_positions(periods: Sequence[str]) -> list[int]:
    """Return the positions of periods along an axis: months and years as far apart as in time, others at equal steps.

    Examples
    --------
    >>> _period_positions(["2013-12", "2014-01", "2014-04"])
    [24167, 24168, 24171]
    >>> _period_positions(["1999", "2004"]), _period_positions(["spring", "summer"])
    ([1999, 2004], [0, 1])
    """
    parts = [period.split("-") for period in periods]
    if all(len(part) <= 2 and "".join(part).isdecimal() and len(part[0]) == len("2014") for part in parts):  # noqa: PLR2004
        lengths = {len(part) for part in parts}
        if lengths == {1}:
            return [int(year) for (year,) in parts]
        if lengths == {2} and all(len(month) == 2 and 1 <= int(month) <= 12 for _, month in parts):  # noqa: PLR2004
            return [12 * int(year) + int(month) - 1 for year, month in parts]
    return list(range(len(periods)))


def _tick_periods(axes: Axes, x_by_period: Mapping[str, int]) -> None:
    """Tick as many periods along the horizontal axis as have room for their labels."""
    subplot = axes.figure.subplotpars
    axes_inches = SHEET.width_inches * (subplot.right - subplot.left)
    left, right = axes.get_xlim()
    free_from, ticks, labels = -0.5, [], []
    for period, x in x_by_period.items():
        label = fit(period, 1.2)
        centre, half = axes_inches * (x - left) / (right - left), text_inches(label) / 2
        inside = -SHEET.width_inches * subplot.left < centre - half and centre + half < axes_inches + 0.4
        if centre - half >= free_from and inside:
            ticks.append(x)
            labels.append(label)
            free_from = centre + half + 0.12
    fixed_ticks(axes.xaxis, ticks, labels)
