"""Charts of names: how often they are mentioned, where, and whether they act or are acted on."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from analysis.charts.elements import (
    beside_mark,
    count_axis,
    empty_figure,
    fixed_ticks,
    integer_ticks,
    label_column,
    label_rows,
    lollipops,
    number_room,
    plot_marks,
    styled_figure,
)
from analysis.charts.selection import cap, drawable_rows, order_descending
from analysis.charts.style import BLUE, GREY, INK, MANY_MARKS, ORANGE, PALE_GREY, ROW_INCHES, Mark, name_mark
from analysis.charts.wording import (
    capitalise,
    clean,
    describe_part,
    describe_selection,
    format_number,
    format_range,
    join,
    pluralise,
)
from analysis.options import checked

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["grammatical_roles", "name_positions", "names"]


@checked
def names(names: pd.DataFrame, *, n: int = 20) -> Figure:
    """Draw the most frequent names, grouped by entity label.

    Parameters
    ----------
    names
        One row a name: ``name``, ``label`` (its entity label), ``n`` (mentions), ``n_sentences`` (sentences that
        mention it).
    n
        How many names to draw, at most 40: the most frequent. Ties go to the earlier row.

    Returns
    -------
    matplotlib.figure.Figure
        A lollipop chart: one row a name with its number of mentions, coloured and shaped by entity label; a tick at
        the number of sentences that mention it, where that is lower.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"name": ["Libya", "Cairo"], "label": "location", "n": [9, 1], "n_sentences": [8, 1]})
    >>> names(table).get_label().split(": ", 1)[1]
    'location 2. The most frequent: Libya (location, 9) and Cairo (location, 1).'
    """
    rows = drawable_rows(names, "name", "label", "n", "n_sentences", required=("name", "label", "n"))
    if rows.empty:
        return empty_figure("no names found")
    top = rows.iloc[order_descending(rows["n"])].head(cap(n))
    described = [
        f"{clean(name)} ({name_mark(label).label}, {format_number(count)})"
        for name, label, count in zip(top["name"], top["label"], top["n"], strict=True)
    ]
    labels = list(dict.fromkeys(top["label"]))
    group = np.array([labels.index(label) for label in top["label"]])
    order = np.argsort(group, kind="stable")
    top, group = top.iloc[order], group[order]
    marks = [name_mark(label) for label in top["label"]]
    group_sizes = [f"{name_mark(label).label} {(top.label == label).sum()}" for label in labels]
    selection = describe_selection(len(top), len(rows), "name")
    alt = (
        f"Dot plot of {selection} by number of mentions, {format_range(top['n'])}, grouped by kind: "
        f"{join(group_sizes)}. The most frequent: {join(described[:5])}."
    )
    in_fewer_sentences = (top["n_sentences"] < top["n"]).to_numpy(dtype=bool, na_value=False)
    legend = list(dict.fromkeys(marks))
    if in_fewer_sentences.any():
        legend.append(Mark("sentences, where fewer", INK, "|", size_points=9))
    height = ROW_INCHES * (len(top) + 0.5 * len(labels))
    with styled_figure(capitalise(selection), alt=alt, axes_inches=height, legend=legend) as figure:
        axes = figure.subplots()
        y = np.arange(len(top)) + 0.5 * group
        n_sentences = top["n_sentences"][in_fewer_sentences]
        axes.plot(n_sentences, y[in_fewer_sentences], "|", color=INK, markersize=9, markeredgewidth=1.4)
        lollipops(axes, top["n"].to_numpy(), marks, y=y)
        label_rows(axes, top["name"], y=y)
        count_axis(axes, top["n"].max(), "mentions", numbered=True)
    return figure


@checked
def name_positions(mentions: pd.DataFrame, *, n: int = 15, length_chars: int | None = None) -> Figure:
    """Draw where the most frequent names are mentioned.

    Parameters
    ----------
    mentions
        One row a mention: ``name``, ``label`` (its entity label), ``start`` (characters). Dates and sums of money are
        not names, and left out.
    n
        How many names to draw, at most 40: those with most rows. Ties go to the name that is mentioned first.
    length_chars
        The article's length; by default the axis ends at the last mention.

    Returns
    -------
    matplotlib.figure.Figure
        A strip plot: one row a name in the order of first mention, one mark a mention, coloured and shaped by the
        name's most frequent entity label.

    Examples
    --------
    >>> import pandas as pd
    >>> mentions = pd.DataFrame({"name": ["Libya", "Cairo", "Libya"], "label": "location", "start": [5, 40, 80]})
    >>> name_positions(mentions).get_label().split(". ")[1]
    'Most often: Libya 2 times and Cairo 1 time.'
    """
    rows = drawable_rows(mentions, "name", "label", "start")
    rows = rows[~rows["label"].isin(["date", "money"])]
    if rows.empty:
        return empty_figure("no names found")
    groups = rows.groupby("name", sort=False)
    starts = {name: np.sort(column.to_numpy()) for name, column in groups["start"]}
    drawn = sorted(starts, key=lambda name: (-len(starts[name]), starts[name][0]))[: cap(n)]
    described = [f"{clean(name)} {pluralise(len(starts[name]), 'time')}" for name in drawn[:4]]
    drawn.sort(key=lambda name: starts[name][0])
    usual_label = {name: Counter(column).most_common(1)[0][0] for name, column in groups["label"]}
    marks = [name_mark(usual_label[name]) for name in drawn]
    selection = describe_selection(len(drawn), len(starts), "name")
    title = f"Mentions of {selection} along the article"
    alt = (
        f"Strip plot of the mentions of {selection} along the article, in characters, the name mentioned first at the "
        f"top. Most often: {join(described)}."
    )
    height = ROW_INCHES * (len(drawn) + 1)
    with styled_figure(title, alt=alt, axes_inches=height, legend=dict.fromkeys(marks)) as figure:
        axes = figure.subplots()
        end = length_chars or max(1, *(starts[name][-1] for name in drawn))
        axes.hlines(range(len(drawn)), 0, end, color=PALE_GREY, linewidth=1)
        for row, (name, mark) in enumerate(zip(drawn, marks, strict=True)):
            start = starts[name]
            size = 5.5 if len(start) < MANY_MARKS else 3.5
            (points,) = axes.plot(start, np.full(len(start), row), mark.marker, color=mark.colour, markersize=size)
            points.set(markeredgewidth=0, clip_on=False)
        label_rows(axes, drawn)
        label_column(axes, [format_number(len(starts[name])) for name in drawn], "mentions")
        axes.set_xlim(-0.01 * end, 1.01 * end)
        integer_ticks(axes.xaxis)
        axes.set_xlabel("position in the article (characters)")
    return figure


@checked
def grammatical_roles(roles: pd.DataFrame, *, n: int = 15) -> Figure:
    """Draw how often each name acts, and how often it is acted on.

    Parameters
    ----------
    roles
        One row a name: ``name``, ``n_subject`` and ``n_agent`` (it acts, in the active and the passive voice),
        ``n_object`` and ``n_passive`` (it is acted on, likewise).
    n
        How many names to draw, at most 40: those with most of these roles. Ties go to the earlier row.

    Returns
    -------
    matplotlib.figure.Figure
        Two dot plots back to back: one row a name, to the right how often it acts, to the left how often it is acted
        on. Names that do neither are left out.

    Examples
    --------
    >>> import pandas as pd
    >>> roles = pd.DataFrame({"name": ["Mali", "Chad"], "n_subject": [3, 0], "n_agent": [1, 0], "n_object": [0, 1],
    ...                       "n_passive": [0, 1]})
    >>> grammatical_roles(roles).get_label().split(": ", 1)[1]
    'Mali 4 to 0 and Chad 0 to 2.'
    """
    rows = drawable_rows(roles, "name", "n_subject", "n_agent", "n_object", "n_passive")
    acts, undergoes = rows["n_subject"] + rows["n_agent"], rows["n_object"] + rows["n_passive"]
    total = acts + undergoes
    order = [place for place in order_descending(total) if total.iloc[place]]
    if not order:
        return empty_figure("no name acts or is acted on")
    drawn = order[: cap(n)]
    names, acts, undergoes = (column.iloc[drawn].to_numpy() for column in (rows["name"], acts, undergoes))
    described = [f"{clean(name)} {act} to {undergo}" for name, act, undergo in zip(names, acts, undergoes, strict=True)]
    selection = describe_part(len(drawn), len(order), "name")
    alt = (
        f"Dot plot of {selection} by how often each acts (as subject of an active or agent of a passive verb) and is "
        f"acted on (as object or subject of a passive): {join(described[:8], max_items=8)}."
    )
    marks = Mark("is acted on", ORANGE, "s"), Mark("acts", BLUE, "o")
    with styled_figure(
        f"Who acts, and who is acted on: {selection}",
        alt=alt,
        axes_inches=ROW_INCHES * (len(drawn) + 0.5),
        legend=marks,
    ) as figure:
        axes = figure.subplots()
        y = np.arange(len(drawn))
        axes.axvline(0, color=GREY, linewidth=0.8)
        for counts, sign, mark, side in ((undergoes, -1, marks[0], "right"), (acts, 1, marks[1], "left")):
            there = counts > 0
            axes.hlines(y[there], 0, sign * counts[there], color=mark.colour, linewidth=1.2)
            plot_marks(axes, sign * counts[there], y[there], [mark] * int(there.sum()))
            beside = beside_mark(axes, sign=sign)
            for count, row in zip(counts[there], y[there], strict=True):
                axes.text(sign * count, row, format_number(count), transform=beside, ha=side, va="center_baseline")
        label_rows(axes, names)
        most = np.array([undergoes.max(), acts.max()])
        parts = np.array([number_room(axes, number) for number in most])
        left, right = most + np.maximum(0.1, parts / max(1 - parts.sum(), 0.1)) * most.sum()
        axes.set_xlim(-left, right)
        fixed_ticks(axes.xaxis, [], [])
        axes.set_xlabel("mentions, pronouns and descriptions included")
    return figure
