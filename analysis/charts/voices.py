"""Charts of claims: who is given how many words, where in the article, and with which stances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.charts.elements import (
    count_axis,
    empty_figure,
    integer_ticks,
    label_column,
    label_rows,
    lollipops,
    styled_figure,
)
from analysis.charts.selection import cap, drawable_rows, order_descending
from analysis.charts.style import MANY_MARKS, PALE_GREY, ROW_INCHES, source_mark
from analysis.charts.wording import (
    capitalise,
    clean,
    describe_part,
    format_number,
    format_percent,
    format_range,
    join,
    pluralise,
)
from analysis.options import checked

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["claim_positions", "voices"]


@checked
def voices(voices: pd.DataFrame, *, n: int = 15) -> Figure:
    """Draw how many words each speaker is given.

    Parameters
    ----------
    voices
        One row a speaker: ``speaker``, ``source_kind`` (what the source is), ``n_words`` (words of its claims),
        ``share`` (their share of the words of all claims, 0 to 1).
    n
        How many speakers to draw, at most 40: those with most words. Ties go to the earlier row.

    Returns
    -------
    matplotlib.figure.Figure
        A lollipop chart: one row a speaker with its number of words, coloured and shaped by the kind of source.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"speaker": ["Libya", "a nurse"], "source_kind": ["organization", "official"],
    ...                       "n_words": [30, 10], "share": [0.75, 0.25]})
    >>> voices(table).get_label().split(": ", 1)[1]
    'Libya (organization, 30, 75 %) and a nurse (unnamed official, 10, 25 %).'
    """
    rows = drawable_rows(voices, "speaker", "source_kind", "n_words", "share")
    if rows.empty:
        return empty_figure("no claims with a known speaker found")
    top = rows.iloc[order_descending(rows["n_words"])].head(cap(n))
    marks = [source_mark(kind) for kind in top["source_kind"]]
    described = [
        f"{clean(name)} ({mark.label}, {format_number(count)}, {format_percent(share)})"
        for name, mark, count, share in zip(top["speaker"], marks, top["n_words"], top["share"], strict=True)
    ]
    selection = describe_part(len(top), len(rows), "speaker")
    alt = (
        f"Dot plot of {selection} by the number of words of what they say and think, {format_range(top['n_words'])}. "
        f"The most: {join(described[:5])}."
    )
    height = ROW_INCHES * (len(top) + 0.5)
    title = f"Words given to {selection}"
    with styled_figure(capitalise(title), alt=alt, axes_inches=height, legend=list(dict.fromkeys(marks))) as figure:
        axes = figure.subplots()
        lollipops(axes, top["n_words"].to_numpy(), marks)
        label_rows(axes, top["speaker"])
        label_column(axes, [format_percent(share) for share in top["share"]], "share")
        count_axis(axes, top["n_words"].max(), "words of claims", numbered=True)
    return figure


@checked
def claim_positions(claims: pd.DataFrame, *, n: int = 15, length_chars: int | None = None) -> Figure:
    """Draw where in the article each speaker is given the word.

    Parameters
    ----------
    claims
        One row a claim: ``speaker``, ``source_kind`` (what the source is), ``start`` and ``end`` of the content
        (characters). Claims without a speaker are left out.
    n
        How many speakers to draw, at most 40: those with most claims. Ties go to the one who comes first.
    length_chars
        The article's length; by default the axis ends with the last claim.

    Returns
    -------
    matplotlib.figure.Figure
        A strip plot: one row a speaker in the order of the first claim, one bar a claim, as long as its content.

    Examples
    --------
    >>> import pandas as pd
    >>> claims = pd.DataFrame({"speaker": ["Libya", "a nurse", "Libya"], "source_kind": "organization",
    ...                        "start": [5, 40, 80], "end": [30, 60, 99]})
    >>> claim_positions(claims).get_label().split(". ")[1]
    'Most often: Libya 2 times and a nurse 1 time.'
    """
    rows = drawable_rows(claims, "speaker", "source_kind", "start", "end")
    rows = rows[rows["speaker"] != ""]
    if rows.empty:
        return empty_figure("no claims with a known speaker found")
    groups = {name: own.sort_values("start", kind="stable") for name, own in rows.groupby("speaker", sort=False)}
    drawn = sorted(groups, key=lambda name: (-len(groups[name]), groups[name]["start"].iloc[0]))[: cap(n)]
    described = [f"{clean(name)} {pluralise(len(groups[name]), 'time')}" for name in drawn[:4]]
    drawn.sort(key=lambda name: groups[name]["start"].iloc[0])
    marks = [source_mark(groups[name]["source_kind"].iloc[0]) for name in drawn]
    selection = describe_part(len(drawn), len(groups), "speaker")
    alt = (
        f"Strip plot of the claims of {selection} along the article, in characters, the first speaker at the top. "
        f"Most often: {join(described)}."
    )
    height = ROW_INCHES * (len(drawn) + 1)
    title = f"Claims of {selection} along the article"
    with styled_figure(title, alt=alt, axes_inches=height, legend=dict.fromkeys(marks)) as figure:
        axes = figure.subplots()
        end = length_chars or int(rows["end"].max())
        axes.hlines(range(len(drawn)), 0, end, color=PALE_GREY, linewidth=1)
        for row, (name, mark) in enumerate(zip(drawn, marks, strict=True)):
            own = groups[name]
            y = np.full(len(own), row)
            axes.hlines(y, own["start"], own["end"], color=mark.colour, linewidth=3.5)
            size = 5.5 if len(own) < MANY_MARKS else 3.5
            (points,) = axes.plot(own["start"], y, mark.marker, color=mark.colour, markersize=size)
            points.set(markeredgewidth=0, clip_on=False)
        label_rows(axes, drawn)
        label_column(axes, [format_number(len(groups[name])) for name in drawn], "claims")
        axes.set_xlim(-0.01 * end, 1.01 * end)
        integer_ticks(axes.xaxis)
        axes.set_xlabel("position in the article (characters)")
    return figure
