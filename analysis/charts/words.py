"""Charts of words and phrases: how frequent they are, where they occur, and what is distinctive of the article."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.charts.elements import (
    count_axis,
    empty_figure,
    fixed_ticks,
    integer_ticks,
    label_column,
    label_rows,
    lollipops,
    percent_tick,
    plot_marks,
    styled_figure,
    vertical_bars,
)
from analysis.charts.selection import cap, drawable_rows, order_descending
from analysis.charts.style import (
    BLUE,
    GREY,
    INK,
    MANY_MARKS,
    MAX_ROWS,
    OTHER,
    PALE_GREY,
    PART_OF_SPEECH_MARKS,
    ROW_INCHES,
    SKY_BLUE,
    VERMILLION,
    Mark,
)
from analysis.charts.wording import (
    capitalise,
    clean,
    describe_part,
    describe_selection,
    fit,
    format_number,
    format_range,
    format_signed,
    join,
    pluralise,
)
from analysis.labels import label_of
from analysis.options import checked

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.text import Text

__all__ = ["dispersion", "frequency_rank", "key_phrases", "keyness", "top_terms", "vocabulary_growth"]

_MAX_LOG_TICKS = 8
_MAX_RANK_LABELS = 12


@checked
def top_terms(terms: pd.DataFrame, *, n: int = 20) -> Figure:
    """Draw the most frequent terms.

    Parameters
    ----------
    terms
        One row a term: ``lemma``, ``upos``, ``n`` (occurrences), ``first_start`` (the first occurrence, characters).
    n
        How many terms to draw, at most 40. Ties go to the term that occurs first.

    Returns
    -------
    matplotlib.figure.Figure
        A lollipop chart: one row a term with its count, coloured and shaped by part of speech.

    Examples
    --------
    >>> terms = pd.DataFrame({
    ...     "lemma": ["strike", "Libya"], "upos": ["NOUN", "PROPN"], "n": [1, 3], "first_start": [0, 9]})
    >>> top_terms(terms).get_label().split(". ")[1]
    'The most frequent: Libya (proper noun, 3) and strike (noun, 1).'
    """
    rows = drawable_rows(terms, "lemma", "upos", "n", "first_start")
    if rows.empty:
        return empty_figure("no terms found")
    top = rows.sort_values(["n", "first_start"], ascending=[False, True], kind="stable").head(cap(n))
    marks = [PART_OF_SPEECH_MARKS.get(upos, OTHER) for upos in top["upos"]]
    described = [
        f"{clean(lemma)} ({label_of('upos', upos)}, {format_number(count)})"
        for lemma, upos, count in zip(top["lemma"], top["upos"], top["n"], strict=True)
    ]
    selection = describe_selection(len(top), len(rows), "term")
    alt = (
        f"Dot plot of {selection} by number of occurrences, {format_range(top['n'])}. "
        f"The most frequent: {join(described[:5])}."
    )
    height = ROW_INCHES * len(top)
    with styled_figure(capitalise(selection), alt=alt, axes_inches=height, legend=dict.fromkeys(marks)) as figure:
        axes = figure.subplots()
        lollipops(axes, top["n"].to_numpy(), marks)
        label_rows(axes, top["lemma"])
        count_axis(axes, top["n"].max(), "occurrences", numbered=True)
    return figure


def frequency_rank(terms: pd.DataFrame) -> Figure:
    """Draw the number of occurrences of each term against its rank, on logarithmic axes.

    Parameters
    ----------
    terms
        One row a term: ``lemma``, ``n`` (occurrences), ``first_start`` (the first occurrence, characters).

    Returns
    -------
    matplotlib.figure.Figure
        A line over all ranks with a dot at the first and the last term of each count, and as a guide the line of Zipf's
        law (the highest count divided by the rank).

    Examples
    --------
    >>> terms = pd.DataFrame({"lemma": ["air", "Libya", "UAE"], "n": [1, 3, 1], "first_start": [0, 9, 20]})
    >>> frequency_rank(terms).get_label().split(". ")[1]
    'The most frequent is Libya with 3 occurrences; 2 terms occur once'
    """
    rows = drawable_rows(terms, "lemma", "n", "first_start")
    rows = rows[rows["n"] > 0].sort_values(["n", "first_start"], ascending=[False, True], kind="stable")
    if rows.empty:
        return empty_figure("no terms found")
    counts = rows["n"].to_numpy()
    # The indices of the first and the last term of each count: the line is straight between them.
    first = np.flatnonzero(np.diff(counts, prepend=counts[0] + 1))
    last = np.r_[first[1:], len(counts)] - 1
    ends = np.unique(np.r_[first, last])
    n_once = int((counts == 1).sum())
    alt = (
        f"Line chart of {pluralise(len(rows), 'term')} by rank (horizontal) and occurrences (vertical), both on "
        f"logarithmic axes. The most frequent is {clean(rows.lemma.iloc[0])} with "
        f"{pluralise(counts[0], 'occurrence')}; {pluralise(n_once, 'term')} {'occurs' if n_once == 1 else 'occur'} "
        f"once. A dashed guide shows Zipf’s law."
    )
    legend = [
        Mark("terms of the article", BLUE, "o"),
        Mark("Zipf’s law: highest count ÷ rank", GREY, "_", size_points=10),
    ]
    labels: list[Text] = []
    title = f"{pluralise(len(rows), 'term')} by rank and frequency"
    with styled_figure(title, alt=alt, axes_inches=2.6, legend=legend, optional_texts=labels) as figure:
        from matplotlib.transforms import offset_copy

        axes = figure.subplots()
        axes.grid(visible=True, axis="both")
        ranks = np.array([1, max(2, len(counts))])
        axes.plot(ranks, counts[0] / ranks, color=GREY, linewidth=0.9, linestyle=(0, (4, 3)))
        axes.plot(ends + 1, counts[ends], "o-", color=BLUE, linewidth=1.4, markersize=4)
        label_transform = offset_copy(axes.transData, figure, x=5, y=4, units="points")
        for i, j in zip(first[:_MAX_RANK_LABELS], last, strict=False):
            label = fit(rows["lemma"].iloc[i], 1.1) + (f" + {j - i:,} more" if j > i else "")
            labels.append(axes.text(i + 1, counts[i], label, transform=label_transform, va="bottom"))
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlim(0.85, 1.2 * max(2, len(rows)))
        axes.set_ylim(0.8, 1.4 * max(2, counts[0]) ** 1.12)
        for axis, maximum in ((axes.xaxis, len(rows)), (axes.yaxis, counts[0])):
            ticks = _log_ticks(maximum)
            fixed_ticks(axis, ticks, [format_number(tick) for tick in ticks])
        axes.set_xlabel("rank (1 is the most frequent term)")
        axes.set_ylabel("occurrences")
    return figure


def _log_ticks(maximum: int) -> list[int]:
    """Return 1, 2, 5, 10, 20, … up to a maximum, or powers of ten if those are too many.

    Examples
    --------
    >>> _log_ticks(30), _log_ticks(2000)
    ([1, 2, 5, 10, 20], [1, 10, 100, 1000])
    """
    ticks = [base * 10**power for power in range(8) for base in (1, 2, 5) if base * 10**power <= max(2, maximum)]
    return ticks[::3] if len(ticks) > _MAX_LOG_TICKS else ticks


def vocabulary_growth(terms: pd.DataFrame) -> Figure:
    """Draw how many distinct terms have occurred by each point of the article.

    Parameters
    ----------
    terms
        One row a term: ``lemma`` and ``first_start`` (the first occurrence, characters).

    Returns
    -------
    matplotlib.figure.Figure
        A step line: steep where the article introduces new words, flat where it repeats them.

    Examples
    --------
    >>> terms = pd.DataFrame({"lemma": ["air", "Libya", "UAE"], "first_start": [0, 9, 20]})
    >>> vocabulary_growth(terms).get_label().split(". ")[1]
    'Half of the terms have occurred by character 9.'
    """
    rows = drawable_rows(terms, "lemma", "first_start")
    if rows.empty:
        return empty_figure("no terms found")
    start = np.sort(rows["first_start"].to_numpy())
    half = start[(len(start) - 1) // 2]
    alt = (
        f"Step line of the number of different terms so far (vertical, up to {format_number(len(start))}) along the "
        f"article in characters (horizontal, up to {format_number(start[-1])}). Half of the terms have occurred by "
        f"character {format_number(half)}."
    )
    with styled_figure(f"First occurrences of {pluralise(len(rows), 'term')}", alt=alt, axes_inches=1.8) as figure:
        axes = figure.subplots()
        axes.grid(visible=True, axis="both")
        axes.plot(start, np.arange(1, len(start) + 1), color=BLUE, linewidth=1.6, drawstyle="steps-post")
        axes.plot(start[-1:], [len(start)], "o", color=BLUE, markersize=4, clip_on=False)
        count_axis(axes, start[-1], "position of first occurrence (characters)")
        axes.set_ylim(0, 1.08 * max(2, len(start)))
        axes.set_ylabel("different terms so far")
        integer_ticks(axes.yaxis)
    return figure


@checked
def dispersion(occurrences: pd.DataFrame, *, n: int = 20) -> Figure:
    """Draw where words occur in the article.

    Parameters
    ----------
    occurrences
        One row an occurrence: ``word`` and ``position`` (share of the article's words before it, 0 to 1). Words
        are drawn in the order of their first rows.
    n
        How many words to draw, at most 40.

    Returns
    -------
    matplotlib.figure.Figure
        A lexical dispersion plot: one row a word, one bar an occurrence, the number of occurrences at the right.

    Examples
    --------
    >>> occurrences = pd.DataFrame({"word": ["fog", "fog", "bog"], "position": [0.1, 0.5, 0.9]})
    >>> dispersion(occurrences).get_label().split(". ")[1]
    'fog 2 times from 10 to 50 % and bog once at 90 %.'
    """
    rows = drawable_rows(occurrences, "word", "position")
    if rows.empty:
        return empty_figure("none of the words occurs")
    words = list(dict.fromkeys(rows["word"]))
    drawn = words[: cap(n)]
    positions_of_words = [rows.loc[rows["word"] == word, "position"].to_numpy(dtype=float) for word in drawn]
    described = [
        f"{clean(word)} once at {100 * positions[0]:.0f} %"
        if len(positions) == 1
        else f"{clean(word)} {len(positions):,} times from {100 * positions.min():.0f} to {100 * positions.max():.0f} %"
        for word, positions in zip(drawn, positions_of_words, strict=True)
    ]
    selection = describe_part(len(drawn), len(words), "word")
    alt = (
        f"Dispersion plot of {selection}: a row a word, a stroke at each occurrence along the article (horizontal, 0 "
        f"to 100 % of its words). {join(described, max_items=6)}."
    )
    title = f"Occurrences of {selection} along the article"
    with styled_figure(title, alt=alt, axes_inches=ROW_INCHES * (len(drawn) + 1)) as figure:
        axes = figure.subplots()
        axes.hlines(range(len(drawn)), 0, 1, color=PALE_GREY, linewidth=1)
        for row, positions in enumerate(positions_of_words):
            top = np.full(len(positions), row + 0.35)
            width = 1.1 if len(positions) < MANY_MARKS else 0.5
            vertical_bars(axes, positions, row - 0.35, top, color=BLUE, linewidth=width)
        label_rows(axes, drawn)
        label_column(axes, [format_number(len(positions)) for positions in positions_of_words], "times")
        axes.set_xlim(-0.005, 1.005)
        axes.xaxis.set_major_formatter(percent_tick)
        axes.set_xlabel("position in the article (% of its words)")
    return figure


@checked
def keyness(terms: pd.DataFrame, *, n: int = 15) -> Figure:
    """Draw the terms that the article uses more, and less, than the reference corpus does.

    Parameters
    ----------
    terms
        One row a term: ``lemma``, ``keyness`` (its size counts, not its sign), ``log_ratio`` (base 2) with
        ``log_ratio_low`` and ``log_ratio_high``.
    n
        How many terms to draw on each side, at most 20: those of the highest keyness, highest first.

    Returns
    -------
    matplotlib.figure.Figure
        A dot a term at its log ratio, larger for higher keyness, on a line for the interval. Hollow dots are those
        whose interval includes zero.

    Examples
    --------
    >>> terms = pd.DataFrame({
    ...     "lemma": ["Libya", "the"], "keyness": [128.0, -3.1], "log_ratio": [11.7, -0.5],
    ...     "log_ratio_low": [10.7, -0.9], "log_ratio_high": [12.6, 0.1]})
    >>> keyness(terms).get_label().split(". ")[1:]
    ['Used more: Libya (+11.70)', 'Used less: the (−0.50).']
    """
    columns = ("lemma", "keyness", "log_ratio", "log_ratio_low", "log_ratio_high")
    rows = drawable_rows(terms, *columns, required=columns[:3])
    rows = rows[np.isfinite(rows["log_ratio"].to_numpy(dtype=float))]
    if rows.empty:
        return empty_figure("too few words for keyness")
    rows = rows.iloc[order_descending(rows["keyness"].abs())]
    n = cap(n, MAX_ROWS // 2)
    over, under = rows[rows["log_ratio"] > 0].head(n), rows[rows["log_ratio"] <= 0].head(n)
    top = pd.concat([over, under])
    ratio, low, high = (top[column].to_numpy(dtype=float) for column in columns[2:])
    size = top["keyness"].abs().to_numpy(dtype=float)
    described = [f"{clean(lemma)} ({format_signed(r)})" for lemma, r in zip(top["lemma"], ratio, strict=True)]
    alt = (
        f"Dot plot of log ratios against the reference, with intervals, of {pluralise(len(over), 'term')} that the "
        f"article uses more and {len(under)} that it uses less, ordered by keyness. "
        f"Used more: {join(described[: len(over)], max_items=4) or 'none'}. "
        f"Used less: {join(described[len(over) :], max_items=4) or 'none'}."
    )
    legend = [
        Mark("interval excludes 0", INK, "o"),
        Mark("interval includes 0", INK, "o", hollow=True),
        Mark("larger: higher keyness", GREY, "o", size_points=9),
    ]
    title = "Terms more and less frequent than in the reference"
    with styled_figure(title, alt=alt, axes_inches=ROW_INCHES * (len(top) + 1), legend=legend) as figure:
        axes = figure.subplots()
        gap = 1 if len(over) and len(under) else 0
        y = np.arange(len(top)) + gap * (np.arange(len(top)) >= len(over))
        shown = np.concatenate([ratio, low[np.isfinite(low)], high[np.isfinite(high)], [0.0]])
        margin = 0.06 * max(shown.max() - shown.min(), 1.0)
        left, right = shown.min() - margin, shown.max() + margin
        axes.set_xlim(left, right)
        # An infinite bound is drawn to the edge of the axes, an undefined one not at all.
        line_start, line_end = (np.clip(np.where(np.isnan(b), ratio, b), left, right) for b in (low, high))
        colours = np.where(ratio > 0, BLUE, VERMILLION).tolist()
        axes.hlines(y, line_start, line_end, colors=colours, linewidth=1.2)
        faces = np.where((low > 0) | (high < 0), colours, "white")
        areas = 12 + 70 * size / max(size.max(), 1e-9)
        axes.scatter(ratio, y, s=areas, c=faces, edgecolors=colours, linewidths=1.2, zorder=3)
        axes.axvline(0, color=INK, linewidth=0.8)
        label_rows(axes, top["lemma"], y=y)
        axes.set_xlabel(
            "← less in the article      log ratio (base 2: 1 is twice as frequent)      more in the article →"
        )
    return figure


@checked
def key_phrases(phrases: pd.DataFrame, *, n: int = 15) -> Figure:
    """Draw the key phrases of the article, and how far the methods that found them agree.

    Parameters
    ----------
    phrases
        One row a phrase: ``phrase``, ``score`` (0 to 1), ``agreement`` (share of the methods that have it among their
        best, 0 to 1), ``n`` (occurrences).
    n
        How many phrases to draw, at most 40: those of the highest score. Ties go to the earlier row.

    Returns
    -------
    matplotlib.figure.Figure
        A dot a phrase at its score: filled where all methods agree, lighter where at least half do, hollow otherwise.

    Examples
    --------
    >>> phrases = pd.DataFrame({
    ...     "phrase": ["air strikes", "border"], "score": [0.9, 0.4], "agreement": [1.0, 0.25], "n": [5, 1]})
    >>> key_phrases(phrases).get_label().split(": ")[1]
    'air strikes (0.9) and border (0.4). All methods agree on 1 of them.'
    """
    rows = drawable_rows(phrases, "phrase", "score", "agreement", "n")
    if rows.empty:
        return empty_figure("no key phrases found")
    top = rows.iloc[order_descending(rows["score"])].head(cap(n))
    all_agree = Mark("all methods agree", BLUE, "o")
    half_agree = Mark("half of them or more agree", SKY_BLUE, "D")
    few_agree = Mark("fewer agree", BLUE, "o", hollow=True)
    half = 0.5
    marks = [
        all_agree if share >= 1 else half_agree if share >= half else few_agree
        for share in top["agreement"].to_numpy(dtype=float)
    ]
    described = [
        f"{clean(phrase)} ({format_number(score)})" for phrase, score in zip(top["phrase"], top["score"], strict=True)
    ]
    title = pluralise(len(top), "key phrase")
    alt = (
        f"Dot plot of {title} by score, 0 to 1. The highest: {join(described[:5])}. "
        f"All methods agree on {marks.count(all_agree)} of them."
    )
    legend = [mark for mark in (all_agree, half_agree, few_agree) if mark in marks]
    with styled_figure(title, alt=alt, axes_inches=ROW_INCHES * (len(top) + 1), legend=legend) as figure:
        axes = figure.subplots()
        axes.hlines(range(len(top)), 0, 1, color=PALE_GREY, linewidth=1, transform=axes.get_yaxis_transform())
        plot_marks(axes, top["score"].to_numpy(dtype=float), np.arange(len(top)), marks)
        label_rows(axes, top["phrase"])
        label_column(axes, map(format_number, top["n"]), "times")
        axes.margins(x=0.03)
        axes.set_xlabel("score (mean over the methods of the share of phrases that it beats)")
    return figure
