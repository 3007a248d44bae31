"""Charts of sentences, in the order of the article: their lengths, scores and tone."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.charts.elements import (
    bar_width_points,
    empty_figure,
    fixed_ticks,
    integer_ticks,
    label_rows,
    margin_texts,
    styled_figure,
    vertical_bars,
)
from analysis.charts.selection import drawable_rows, order_descending
from analysis.charts.style import (
    BLUE,
    GREY,
    INK,
    MANY_MARKS,
    MAX_TICKED_POSITIONS,
    ORANGE,
    PALE_GREY,
    PALE_ORANGE,
    SHEET,
    SKY_BLUE,
    VERMILLION,
    Mark,
)
from analysis.charts.wording import clean, describe_extremes, format_number, join, pluralise, text_inches
from analysis.labels import default_heading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

__all__ = ["sentence_lengths", "sentence_scores", "tone"]

_MAX_SHADED_PARAGRAPHS = 150


def sentence_lengths(lengths: pd.DataFrame) -> Figure:
    """Draw the length of each sentence, in the order of the article.

    Parameters
    ----------
    lengths
        One row a sentence: ``sentence`` (its number), ``n_words``, ``paragraph`` and ``role``.

    Returns
    -------
    matplotlib.figure.Figure
        A bar a sentence, a title's in another colour, every other paragraph shaded, and a line at the median of all
        sentences. A title is no sentence.

    Examples
    --------
    >>> lengths = pd.DataFrame({
    ...     "sentence": [0, 1, 2], "n_words": [4, 10, 6], "paragraph": [0, 1, 1], "role": ["title", "body", "body"]})
    >>> sentence_lengths(lengths).get_label().split(". ")[1:]
    ['They run from 6 (sentence 2) to 10 (sentence 1)', 'The median is 8.']
    """
    rows = drawable_rows(lengths, "sentence", "n_words", "paragraph", "role")
    is_title = (rows["role"] == "title").to_numpy(dtype=bool)
    # Lines without a word are no sentences either, as for the counts.
    rows = rows[is_title | (rows["n_words"] > 0).to_numpy(dtype=bool)]
    x, length = rows["sentence"].to_numpy(), rows["n_words"].to_numpy()
    is_title = (rows["role"] == "title").to_numpy(dtype=bool)
    if is_title.all():
        return empty_figure("no sentences found")
    median = float(np.median(length[~is_title]))
    alt = (
        f"Bar chart of the length of {pluralise(int((~is_title).sum()), 'sentence')} along the article, in words"
        f"{', beside the title' if is_title.any() else ''}. "
        f"{describe_extremes(length[~is_title], _sentence_names(x[~is_title]))} The median is {format_number(median)}."
    )
    title = f"Words in each of {pluralise(int((~is_title).sum()), 'sentence')}"
    legend = [Mark("title", ORANGE, "s"), Mark("sentence", BLUE, "s")] if is_title.any() else []
    with styled_figure(title, alt=alt, axes_inches=1.8, legend=legend) as figure:
        axes = figure.subplots()
        shaded = _shade_paragraphs(axes, rows)
        width = bar_width_points(len(x))
        vertical_bars(axes, x[~is_title], 0, length[~is_title], color=BLUE, linewidth=width)
        vertical_bars(axes, x[is_title], 0, length[is_title], color=ORANGE, linewidth=width)
        axes.axhline(median, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
        median_label = f"median {format_number(median)}"
        margin_texts(axes, {median: median_label}, side="right")
        figure.subplots_adjust(right=1 - (text_inches(median_label) + 0.14) / SHEET.width_inches)
        axes.set_ylim(0, 1.08 * max(1, length.max()))
        axes.set_ylabel("length (words)")
        integer_ticks(axes.yaxis)
        _sentence_axis(axes, x, shaded=shaded)
    return figure


def sentence_scores(summary: pd.DataFrame, *, methods: Sequence[str] | None = None) -> Figure:
    """Draw the score that each method gives to each sentence, one row a method, with the selected sentences marked.

    Parameters
    ----------
    summary
        One row a sentence: ``sentence``, ``selected``, and one column of scores a method (higher is better, any scale).
    methods
        The columns of scores to draw, in order from the top; every column of floats but ``rank`` unless given.

    Returns
    -------
    matplotlib.figure.Figure
        Bars from each method's lowest score, or zero if that is lower, to its highest, so that rows compare in shape
        and not in size. Each method's highest scores are dark, as many as there are selected sentences.

    Examples
    --------
    >>> summary = pd.DataFrame({"sentence": [1, 2], "lead": [1.0, 0.5], "luhn": [2.0, 3.0], "selected": [True, False]})
    >>> sentence_scores(summary).get_label().split(". ")[1:]
    ['Selected: sentence 1', 'Highest score: sentence 1 by lead and sentence 2 by Luhn.']
    """
    if methods is None:
        methods = [c for c in summary.columns if pd.api.types.is_float_dtype(summary[c]) and c != "rank"]
    rows = drawable_rows(summary, "sentence", "selected", *methods, required=("sentence",))
    if rows.empty or not methods:
        return empty_figure("no sentences to score")
    x = rows["sentence"].to_numpy()
    selected = x[rows["selected"].fillna(value=False).to_numpy(dtype=bool)]
    n_top = max(1, len(selected))
    top_sentences = [x[order_descending(rows[method])[:n_top]] for method in methods]
    names = [default_heading(method) for method in methods]
    highest = [
        f"sentence {top[0]} by {clean(name)}" for name, top in zip(names, top_sentences, strict=True) if len(top)
    ]
    title = f"Scores of {pluralise(len(rows), 'sentence')} by {pluralise(len(methods), 'method')}"
    alt = (
        f"Small bar charts of the scores of {pluralise(len(rows), 'sentence')} along the article, one row for each of "
        f"{pluralise(len(methods), 'method')}. "
        + (f"Selected: {join(_sentence_names(selected), max_items=6)}. " if len(selected) else "None is selected. ")
        + f"Highest score: {join(highest) or 'none'}."
    )
    legend = [
        Mark(f"the {n_top} highest of the method" if n_top > 1 else "the highest of the method", BLUE, "s"),
        Mark("other", SKY_BLUE, "s"),
    ]
    if len(selected):
        legend.append(Mark("selected for the summary", PALE_ORANGE, "s"))
    with styled_figure(title, alt=alt, axes_inches=0.4 * len(methods), legend=legend) as figure:
        axes = figure.subplots()
        width = bar_width_points(len(x))
        lowest_row = np.full(len(selected), len(methods) - 0.5)
        vertical_bars(axes, selected, -0.5, lowest_row, color=PALE_ORANGE, linewidth=max(3, 1.6 * width))
        for row, (method, top) in enumerate(zip(methods, top_sentences, strict=True)):
            score = rows[method].to_numpy(dtype=float)
            low, high = min(0.0, np.nanmin(score, initial=0)), np.nanmax(score, initial=-np.inf)
            scaled = np.nan_to_num((score - low) / (high - low)) if high > low else np.zeros(len(x))
            is_top = np.isin(x, top)
            bar_foot, bar_head = row + 0.4, row + 0.4 - 0.75 * scaled
            vertical_bars(axes, x[~is_top], bar_foot, bar_head[~is_top], color=SKY_BLUE, linewidth=width)
            vertical_bars(axes, x[is_top], bar_foot, bar_head[is_top], color=BLUE, linewidth=max(1.2, width))
        axes.hlines(np.arange(len(methods)) + 0.4, x.min() - 0.6, x.max() + 0.6, color=GREY, linewidth=0.5)
        label_rows(axes, names)
        axes.set_ylim(len(methods) - 0.5, -0.5)
        axes.grid(visible=False)
        _sentence_axis(axes, x)
    return figure


def tone(tone: pd.DataFrame) -> Figure:
    """Draw the tone of each sentence, in the order of the article.

    Parameters
    ----------
    tone
        One row a sentence: ``sentence`` and ``compound`` (−1 most negative to 1 most positive).

    Returns
    -------
    matplotlib.figure.Figure
        Bars up for positive and down for negative sentences, a point where the score is zero.

    Examples
    --------
    >>> tone(pd.DataFrame({"sentence": [0, 1], "compound": [0.5, -0.25]})).get_label().split(". ")[-1]
    'They run from −0.25 (sentence 1) to 0.5 (sentence 0).'
    """
    rows = drawable_rows(tone, "sentence", "compound")
    if rows.empty:
        return empty_figure("no sentences to score")
    x, score = rows["sentence"].to_numpy(), rows["compound"].to_numpy(dtype=float)
    positive, negative, neutral = (score > 0), (score < 0), (score == 0)
    alt = (
        f"Bar chart of the tone of {pluralise(len(rows), 'sentence')} along the article, as a compound score from −1 "
        f"(negative) to 1 (positive). {positive.sum()} above nought, {negative.sum()} below, {neutral.sum()} at "
        f"nought. {describe_extremes(score, _sentence_names(x))}"
    )
    with styled_figure(f"Tone of {pluralise(len(rows), 'sentence')}", alt=alt, axes_inches=1.8) as figure:
        axes = figure.subplots()
        figure.subplots_adjust(left=1.05 / SHEET.width_inches)
        width = bar_width_points(len(x))
        vertical_bars(axes, x[positive], 0, score[positive], color=BLUE, linewidth=width)
        vertical_bars(axes, x[negative], 0, score[negative], color=VERMILLION, linewidth=width)
        axes.plot(x[neutral], score[neutral], ".", color=INK, markersize=3 if len(x) < MANY_MARKS else 1)
        axes.axhline(0, color=INK, linewidth=0.8)
        axes.set_ylim(-1.05, 1.05)
        fixed_ticks(axes.yaxis, [-1, -0.5, 0, 0.5, 1], ["−1 negative", "−0.5", "0", "0.5", "1 positive"])
        axes.set_ylabel("compound score")
        _sentence_axis(axes, x)
    return figure


def _sentence_names(numbers: NDArray[Any]) -> list[str]:
    return [f"sentence {number}" for number in numbers]


def _sentence_axis(axes: Axes, x: NDArray[Any], *, shaded: bool = False) -> None:
    axes.set_xlim(x.min() - 0.6, x.max() + 0.6)
    axes.set_xlabel("sentence, in the article’s order" + (" (every other paragraph shaded)" if shaded else ""))
    axes.grid(visible=False, axis="x")
    if len(x) <= SHEET.room_for(MAX_TICKED_POSITIONS):
        fixed_ticks(axes.xaxis, x, [f"{number:g}" for number in x])
    else:
        integer_ticks(axes.xaxis)


def _shade_paragraphs(axes: Axes, rows: pd.DataFrame) -> bool:
    """Shade every other paragraph, unless there is only one or too many; return whether any is shaded."""
    x, paragraph = rows["sentence"].to_numpy(), rows["paragraph"].to_numpy()
    starts = np.flatnonzero(np.r_[True, paragraph[1:] != paragraph[:-1]])
    if not 1 < len(starts) <= _MAX_SHADED_PARAGRAPHS:
        return False
    edges = [*(x[starts] - 0.5), x[-1] + 0.5]
    for left, right in list(pairwise(edges))[1::2]:
        axes.axvspan(left, right, color=PALE_GREY, linewidth=0, zorder=0)
    return True
