"""Charts: one function a chart, a tidy table in, a :class:`matplotlib.figure.Figure` out.

A chart calculates nothing that its table does not hold: it selects, orders and lays out. Each is a full text column
wide (7.2 inches) and as high as its content asks, in one style that is safe for colour-blind readers and told apart
in grey by shape. Its label (``figure.get_label()``) is the alternative text for those who cannot see it, computed from
the same rows. A table without rows gives an empty frame that says so; a table that lacks a column, or that holds
several articles, raises :class:`ValueError`.

No figure is registered with pyplot and no global setting is changed. To save the same bytes each time, an SVG wants
``svg.hashsalt`` set and ``metadata={"Date": None}``.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from contextlib import contextmanager
from functools import cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

WIDTH_INCHES = 7.2
_MAX_ROWS = 40
_ROW_INCHES = 0.2
_LINE_INCHES = 0.2
_LABEL_INCHES = 1.9
_MARGIN_INCHES = 0.08
_FONT_POINTS = 8.5

# Okabe and Ito (2008), "Color universal design", with two greys.
_INK, _GREY, _PALE = "#222222", "#8c8c8c", "#ececec"
_BLUE, _SKY, _GREEN = "#0072B2", "#56B4E9", "#009E73"
_ORANGE, _VERMILLION, _PURPLE = "#E69F00", "#D55E00", "#CC79A7"
_PALE_ORANGE = "#fbe3c0"

_STYLE = {
    "axes.axisbelow": True,
    "axes.edgecolor": _GREY,
    "axes.formatter.useoffset": False,
    "axes.grid": True,
    "axes.grid.axis": "x",
    "axes.labelcolor": _INK,
    "axes.labelsize": _FONT_POINTS,
    "axes.linewidth": 0.6,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.titlesize": 10,
    "figure.titleweight": "bold",
    "font.family": ["DejaVu Sans"],
    "font.size": _FONT_POINTS,
    "grid.color": "#dedede",
    "grid.linewidth": 0.5,
    "lines.solid_capstyle": "butt",
    "text.color": _INK,
    "text.parse_math": False,  # a $ or _ in a word is a letter
    "xtick.color": _GREY,
    "xtick.labelcolor": _INK,
    "xtick.labelsize": _FONT_POINTS,
    "xtick.major.size": 3,
    "xtick.major.width": 0.6,
    "ytick.color": _GREY,
    "ytick.labelcolor": _INK,
    "ytick.labelsize": _FONT_POINTS,
    "ytick.major.size": 0,
}


class _Kind(NamedTuple):
    """How one kind of thing looks: told by shape as well as by colour, so that it prints in grey."""

    name: str
    colour: str
    marker: str
    hollow: bool = False
    points: float = 6


_OTHER = _Kind("other", _GREY, "X")
_WORD = _Kind("word", _BLUE, "o")
_WORD_KINDS = {
    "NOUN": _Kind("noun", _BLUE, "o"),
    "PROPN": _Kind("proper noun", _VERMILLION, "s"),
    "VERB": _Kind("verb", _GREEN, "^"),
    "ADJ": _Kind("adjective", _ORANGE, "D"),
    "ADV": _Kind("adverb", _PURPLE, "v"),
    "NUM": _Kind("numeral", _SKY, "P"),
}
_PARTS_OF_SPEECH = {upos: kind.name for upos, kind in _WORD_KINDS.items()} | {
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
_NAME_KINDS = {
    "person": _Kind("person", _BLUE, "o"),
    "location": _Kind("location", _GREEN, "^"),
    "organization": _Kind("organization", _VERMILLION, "s"),
    "norp": _Kind("nationality or group", _PURPLE, "D"),
    "facility": _Kind("facility", _ORANGE, "v"),
    "date": _Kind("date", _SKY, "P"),
    "money": _Kind("money", _INK, "h"),
    "product": _Kind("product", _INK, "<"),
    "misc": _Kind("miscellaneous", _GREY, "X"),
}


# Sentences along the article


def sentence_lengths(sentences: pd.DataFrame) -> Figure:
    """Draw how long each sentence is, along the article.

    Parameters
    ----------
    sentences
        One row a sentence: ``sentence`` (its number), ``n_tokens`` (tokens), ``paragraph`` and ``role``.

    Returns
    -------
    matplotlib.figure.Figure
        A bar a sentence, the title's apart, every other paragraph shaded, a line at the median without the title.

    Examples
    --------
    >>> sentences = pd.DataFrame({
    ...     "sentence": [0, 1, 2], "n_tokens": [4, 10, 6], "paragraph": [0, 1, 1], "role": ["title", "body", "body"]})
    >>> sentence_lengths(sentences).get_label().split(". ")[1:]
    ['They run from 4 (sentence 0) to 10 (sentence 1)', 'The median without the title is 8.']
    """
    rows = _rows(sentences, "sentence", "n_tokens", "paragraph", "role")
    if rows.empty:
        return _empty("no sentences found")
    x, n = rows["sentence"].to_numpy(), rows["n_tokens"].to_numpy()
    title = (rows["role"] == "title").to_numpy(dtype=bool)
    body = n if title.all() else n[~title]
    median = float(np.median(body))
    alt = (
        f"Bar chart of the length of {_plural(len(rows), 'sentence')} along the article, in tokens"
        f"{', the title marked' if title.any() else ''}. {_extremes(n, [f'sentence {i}' for i in x])} "
        f"The median{' without the title' if title.any() and not title.all() else ''} is {_number(median)}."
    )
    legend = [_Kind("title", _ORANGE, "s"), _Kind("sentence", _BLUE, "s")] if title.any() else []
    with _drawing(f"Tokens in each of {_plural(len(rows), 'sentence')}", alt=alt, inches=1.8, legend=legend) as figure:
        axes = figure.subplots()
        shaded = _shade_paragraphs(axes, rows)
        _strokes(axes, x[~title], 0, n[~title], color=_BLUE, linewidth=_bar_points(len(x)))
        _strokes(axes, x[title], 0, n[title], color=_ORANGE, linewidth=_bar_points(len(x)))
        axes.axhline(median, color=_INK, linewidth=0.8, linestyle=(0, (4, 3)))
        text = f"median {_number(median)}"
        _beside(axes, {median: text})
        figure.subplots_adjust(right=1 - (_inches(text) + 0.14) / WIDTH_INCHES)
        axes.set_ylim(0, 1.08 * max(1, n.max()))
        axes.set_ylabel("length (tokens)")
        _whole_numbers(axes.yaxis)
        _sentence_axis(axes, x, shaded=shaded)
    return figure


def sentence_scores(summary: pd.DataFrame, *, methods: Sequence[str] | None = None) -> Figure:
    """Draw the score that each method gives each sentence, a row a method, with the chosen sentences marked.

    Parameters
    ----------
    summary
        One row a sentence: ``sentence``, one score column a method (higher is better, any scale), ``selected``.
    methods
        The score columns to draw, in order from the top. By default every column of real numbers but ``rank``.

    Returns
    -------
    matplotlib.figure.Figure
        Bars from each method's lowest score (or nought) to its highest, so that rows compare in shape and not in
        size. Dark bars are the highest of that method, as many as are selected.

    Examples
    --------
    >>> summary = pd.DataFrame({"sentence": [1, 2], "lead": [1.0, 0.5], "luhn": [2.0, 3.0], "selected": [True, False]})
    >>> sentence_scores(summary).get_label().split(". ")[1:]
    ['Selected: sentence 1', 'Highest score: sentence 1 by lead and sentence 2 by luhn.']
    """
    if methods is None:
        methods = [c for c in summary.columns if pd.api.types.is_float_dtype(summary[c]) and c != "rank"]
    rows = _rows(summary, "sentence", "selected", *methods, required=("sentence",))
    if rows.empty or not methods:
        return _empty("no sentences to score")
    x, selected = rows["sentence"].to_numpy(), rows["selected"].fillna(value=False).to_numpy(dtype=bool)
    chosen = x[selected]
    k = max(1, len(chosen))
    tops = [x[_order(rows[method])[:k]] for method in methods]
    best = [f"sentence {top[0]} by {_clean(m)}" for m, top in zip(methods, tops, strict=True) if len(top)]
    alt = (
        f"Small bar charts of the scores of {_plural(len(rows), 'sentence')} along the article, one row for each of "
        f"{_plural(len(methods), 'method')}. "
        + (f"Selected: {_series([f'sentence {i}' for i in chosen], most=6)}. " if len(chosen) else "None is selected. ")
        + f"Highest score: {_series(best) or 'none'}."
    )
    legend = [
        _Kind(f"the {k} highest of the method" if k > 1 else "the highest of the method", _BLUE, "s"),
        _Kind("other", _SKY, "s"),
    ]
    if len(chosen):
        legend.append(_Kind("selected for the summary", _PALE_ORANGE, "s"))
    title = f"Scores of {_plural(len(rows), 'sentence')} by {_plural(len(methods), 'method')}"
    with _drawing(title, alt=alt, inches=0.4 * len(methods), legend=legend) as figure:
        axes = figure.subplots()
        width = _bar_points(len(x))
        whole = np.full(len(chosen), len(methods) - 0.5)
        _strokes(axes, chosen, -0.5, whole, color=_PALE_ORANGE, linewidth=max(3, 1.6 * width))
        for y, (method, top) in enumerate(zip(methods, tops, strict=True)):
            score = rows[method].to_numpy(dtype=float)
            low, high = min(0.0, np.nanmin(score, initial=0)), np.nanmax(score, initial=-np.inf)
            share = np.nan_to_num((score - low) / (high - low)) if high > low else np.zeros(len(x))
            is_top = np.isin(x, top)
            foot, head = y + 0.4, y + 0.4 - 0.75 * share
            _strokes(axes, x[~is_top], foot, head[~is_top], color=_SKY, linewidth=width)
            _strokes(axes, x[is_top], foot, head[is_top], color=_BLUE, linewidth=max(1.2, width))
        axes.hlines(np.arange(len(methods)) + 0.4, x.min() - 0.6, x.max() + 0.6, color=_GREY, linewidth=0.5)
        _label_rows(axes, methods)
        axes.set_ylim(len(methods) - 0.5, -0.5)
        axes.grid(visible=False)
        _sentence_axis(axes, x)
    return figure


def tone(tone: pd.DataFrame) -> Figure:
    """Draw the tone of each sentence along the article.

    Parameters
    ----------
    tone
        One row a sentence: ``sentence`` and ``compound`` (−1 most negative to 1 most positive).

    Returns
    -------
    matplotlib.figure.Figure
        Bars up for positive and down for negative sentences, a point where the score is nought.

    Examples
    --------
    >>> tone(pd.DataFrame({"sentence": [0, 1], "compound": [0.5, -0.25]})).get_label().split(". ")[-1]
    'They run from −0.25 (sentence 1) to 0.5 (sentence 0).'
    """
    rows = _rows(tone, "sentence", "compound")
    if rows.empty:
        return _empty("no sentences to score")
    x, score = rows["sentence"].to_numpy(), rows["compound"].to_numpy(dtype=float)
    up, down, flat = (score > 0), (score < 0), (score == 0)
    alt = (
        f"Bar chart of the tone of {_plural(len(rows), 'sentence')} along the article, as a compound score from −1 "
        f"(negative) to 1 (positive). {up.sum()} above nought, {down.sum()} below, {flat.sum()} at nought. "
        f"{_extremes(score, [f'sentence {i}' for i in x])}"
    )
    with _drawing(f"Tone of {_plural(len(rows), 'sentence')}", alt=alt, inches=1.8) as figure:
        axes = figure.subplots()
        figure.subplots_adjust(left=1.05 / WIDTH_INCHES)
        _strokes(axes, x[up], 0, score[up], color=_BLUE, linewidth=_bar_points(len(x)))
        _strokes(axes, x[down], 0, score[down], color=_VERMILLION, linewidth=_bar_points(len(x)))
        axes.plot(x[flat], score[flat], ".", color=_INK, markersize=3 if len(x) < _MANY_MARKS else 1)
        axes.axhline(0, color=_INK, linewidth=0.8)
        axes.set_ylim(-1.05, 1.05)
        _ticks_at(axes.yaxis, [-1, -0.5, 0, 0.5, 1], ["−1 negative", "−0.5", "0", "0.5", "1 positive"])
        axes.set_ylabel("compound score")
        _sentence_axis(axes, x)
    return figure


# Words


def top_terms(terms: pd.DataFrame, *, n: int = 20) -> Figure:
    """Draw the most frequent terms.

    Parameters
    ----------
    terms
        One row a term: ``lemma``, ``upos``, ``n`` (occurrences), ``first_start``.
    n
        How many terms to draw, at most 40. Ties go to the term that comes first in the article.

    Returns
    -------
    matplotlib.figure.Figure
        A dot a term, its count beside it, coloured and shaped by part of speech.

    Examples
    --------
    >>> terms = pd.DataFrame({
    ...     "lemma": ["strike", "Libya"], "upos": ["NOUN", "PROPN"], "n": [1, 3], "first_start": [0, 9]})
    >>> top_terms(terms).get_label().split(". ")[1]
    'The most frequent: Libya (proper noun, 3) and strike (noun, 1).'
    """
    rows = _rows(terms, "lemma", "upos", "n", "first_start")
    if rows.empty:
        return _empty("no terms found")
    top = rows.sort_values(["n", "first_start"], ascending=[False, True], kind="stable").head(_at_most(n))
    kinds = [_WORD_KINDS.get(upos, _OTHER) for upos in top["upos"]]
    told = [
        f"{_clean(lemma)} ({_PARTS_OF_SPEECH.get(upos, upos)}, {_number(count)})"
        for lemma, upos, count in zip(top["lemma"], top["upos"], top["n"], strict=True)
    ]
    alt = (
        f"Dot plot of {_top(len(top), len(rows), 'term')} by number of occurrences, {_span(top['n'])}. "
        f"The most frequent: {_series(told[:5])}."
    )
    title = _capital(_top(len(top), len(rows), "term"))
    with _drawing(title, alt=alt, inches=_ROW_INCHES * len(top), legend=dict.fromkeys(kinds)) as figure:
        axes = figure.subplots()
        _dots(axes, top["n"].to_numpy(), kinds)
        _label_rows(axes, top["lemma"])
        _count_axis(axes, top["n"].max(), "occurrences")
    return figure


def frequency_rank(terms: pd.DataFrame) -> Figure:
    """Draw the number of occurrences of each term against its rank, both on logarithmic axes.

    Parameters
    ----------
    terms
        One row a term: ``lemma``, ``n`` (occurrences), ``first_start``.

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
    rows = _rows(terms, "lemma", "n", "first_start")
    rows = rows[rows["n"] > 0].sort_values(["n", "first_start"], ascending=[False, True], kind="stable")
    if rows.empty:
        return _empty("no terms found")
    n = rows["n"].to_numpy()
    first = np.flatnonzero(np.diff(n, prepend=n[0] + 1))
    last = np.r_[first[1:], len(n)] - 1
    ends = np.unique(np.r_[first, last])
    once = int((n == 1).sum())
    alt = (
        f"Line chart of {_plural(len(rows), 'term')} by rank (horizontal) and occurrences (vertical), both on "
        f"logarithmic axes. The most frequent is {_clean(rows.lemma.iloc[0])} with {_plural(n[0], 'occurrence')}; "
        f"{_plural(once, 'term')} {'occurs' if once == 1 else 'occur'} once. A dashed guide shows Zipf’s law."
    )
    legend = [
        _Kind("terms of the article", _BLUE, "o"),
        _Kind("Zipf’s law: highest count ÷ rank", _GREY, "_", points=10),
    ]
    labels: list[Text] = []
    title = f"{_plural(len(rows), 'term')} by rank and frequency"
    with _drawing(title, alt=alt, inches=2.6, legend=legend, thin=labels) as figure:
        from matplotlib.transforms import offset_copy

        axes = figure.subplots()
        axes.grid(visible=True, axis="both")
        ranks = np.array([1, max(2, len(n))])
        axes.plot(ranks, n[0] / ranks, color=_GREY, linewidth=0.9, linestyle=(0, (4, 3)))
        axes.plot(ends + 1, n[ends], "o-", color=_BLUE, linewidth=1.4, markersize=4)
        above = offset_copy(axes.transData, figure, x=5, y=4, units="points")
        for i, j in zip(first[:12], last, strict=False):
            word = _shown(rows["lemma"].iloc[i], 1.1) + (f" + {j - i:,} more" if j > i else "")
            labels.append(axes.text(i + 1, n[i], word, transform=above, va="bottom"))
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlim(0.85, 1.2 * max(2, len(rows)))
        axes.set_ylim(0.8, 1.4 * max(2, n[0]) ** 1.12)
        for axis, top in ((axes.xaxis, len(rows)), (axes.yaxis, n[0])):
            ticks = [base * 10**power for power in range(8) for base in (1, 2, 5) if base * 10**power <= max(2, top)]
            ticks = ticks[::3] if len(ticks) > _MAX_LOG_TICKS else ticks
            _ticks_at(axis, ticks, [_number(t) for t in ticks])
        axes.set_xlabel("rank (1 is the most frequent term)")
        axes.set_ylabel("occurrences")
    return figure


def vocabulary_growth(terms: pd.DataFrame) -> Figure:
    """Draw how many different terms have occurred by each point of the article.

    Parameters
    ----------
    terms
        One row a term: ``lemma`` and ``first_start`` (where it first occurs, characters).

    Returns
    -------
    matplotlib.figure.Figure
        A step line: steep where the article brings new words, flat where it repeats them.

    Examples
    --------
    >>> terms = pd.DataFrame({"lemma": ["air", "Libya", "UAE"], "first_start": [0, 9, 20]})
    >>> vocabulary_growth(terms).get_label().split(". ")[1]
    'Half of the terms have occurred by character 9.'
    """
    rows = _rows(terms, "lemma", "first_start")
    if rows.empty:
        return _empty("no terms found")
    start = np.sort(rows["first_start"].to_numpy())
    half = start[(len(start) - 1) // 2]
    alt = (
        f"Step line of the number of different terms so far (vertical, up to {_number(len(start))}) along the article "
        f"in characters (horizontal, up to {_number(start[-1])}). Half of the terms have occurred by character "
        f"{_number(half)}."
    )
    with _drawing(f"First occurrences of {_plural(len(rows), 'term')}", alt=alt, inches=1.8) as figure:
        axes = figure.subplots()
        axes.grid(visible=True, axis="both")
        axes.plot(start, np.arange(1, len(start) + 1), color=_BLUE, linewidth=1.6, drawstyle="steps-post")
        axes.plot(start[-1:], [len(start)], "o", color=_BLUE, markersize=4, clip_on=False)
        _count_axis(axes, start[-1], "position of first occurrence (characters)")
        axes.set_ylim(0, 1.08 * max(2, len(start)))
        axes.set_ylabel("different terms so far")
        _whole_numbers(axes.yaxis)
    return figure


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
        A row a word, a stroke an occurrence, the number of strokes at the end of the row.

    Examples
    --------
    >>> found = pd.DataFrame({"word": ["fog", "fog", "bog"], "position": [0.1, 0.5, 0.9]})
    >>> dispersion(found).get_label().split(". ")[1]
    'fog 2 times from 10 to 50 % and bog once at 90 %.'
    """
    rows = _rows(occurrences, "word", "position")
    if rows.empty:
        return _empty("none of the words occurs")
    words = list(dict.fromkeys(rows["word"]))
    shown = words[: _at_most(n)]
    at = [rows.loc[rows["word"] == word, "position"].to_numpy(dtype=float) for word in shown]
    told = [
        f"{_clean(word)} once at {100 * p[0]:.0f} %"
        if len(p) == 1
        else f"{_clean(word)} {len(p):,} times from {100 * p.min():.0f} to {100 * p.max():.0f} %"
        for word, p in zip(shown, at, strict=True)
    ]
    what = f"{len(shown)} of {_plural(len(words), 'word')}" if len(shown) < len(words) else _plural(len(words), "word")
    alt = (
        f"Dispersion plot of {what}: a row a word, a stroke at each occurrence along the article (horizontal, 0 to "
        f"100 % of its words). {_series(told, most=6)}."
    )
    title = f"Occurrences of {what} along the article"
    with _drawing(title, alt=alt, inches=_ROW_INCHES * (len(shown) + 1)) as figure:
        axes = figure.subplots()
        axes.hlines(range(len(at)), 0, 1, color=_PALE, linewidth=1)
        for y, positions in enumerate(at):
            head = np.full(len(positions), y + 0.35)
            width = 1.1 if len(positions) < _MANY_MARKS else 0.5
            _strokes(axes, positions, y - 0.35, head, color=_BLUE, linewidth=width)
        _label_rows(axes, shown)
        _counts_beside(axes, [len(positions) for positions in at], "times")
        axes.set_xlim(-0.005, 1.005)
        axes.xaxis.set_major_formatter(_percent)
        axes.set_xlabel("position in the article (% of its words)")
    return figure


def keyness(terms: pd.DataFrame, *, n: int = 15) -> Figure:
    """Draw the terms that the article uses more, and less, than the reference does.

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
        A dot a term at its log ratio, larger for higher keyness, on a line for the interval. Open dots are those whose
        interval includes nought.

    Examples
    --------
    >>> terms = pd.DataFrame({
    ...     "lemma": ["Libya", "the"], "keyness": [128.0, -3.1], "log_ratio": [11.7, -0.5],
    ...     "log_ratio_low": [10.7, -0.9], "log_ratio_high": [12.6, 0.1]})
    >>> keyness(terms).get_label().split(". ")[1:]
    ['Used more: Libya (+11.70)', 'Used less: the (−0.50).']
    """
    rows = _rows(terms, "lemma", "keyness", "log_ratio", "log_ratio_low", "log_ratio_high",
                 required=("lemma", "keyness", "log_ratio"))  # fmt: skip
    rows = rows[np.isfinite(rows["log_ratio"].to_numpy(dtype=float))]
    if rows.empty:
        return _empty("too few words for keyness")
    rows = rows.iloc[_order(rows["keyness"].abs())]
    n = _at_most(n, _MAX_ROWS // 2)
    over, under = rows[rows["log_ratio"] > 0].head(n), rows[rows["log_ratio"] <= 0].head(n)
    top = pd.concat([over, under])
    ratio = top["log_ratio"].to_numpy(dtype=float)
    low, high = (top[c].to_numpy(dtype=float) for c in ("log_ratio_low", "log_ratio_high"))
    size = top["keyness"].abs().to_numpy(dtype=float)
    told = [f"{_clean(w)} ({_signed(r)})" for w, r in zip(top["lemma"], ratio, strict=True)]
    alt = (
        f"Dot plot of log ratios against the reference, with intervals, of {_plural(len(over), 'term')} that the "
        f"article uses more and {len(under)} that it uses less, ordered by keyness. "
        f"Used more: {_series(told[: len(over)], most=4) or 'none'}. "
        f"Used less: {_series(told[len(over) :], most=4) or 'none'}."
    )
    legend = [
        _Kind("interval excludes 0", _INK, "o"),
        _Kind("interval includes 0", _INK, "o", hollow=True),
        _Kind("larger: higher keyness", _GREY, "o", points=9),
    ]
    title = "Terms more and less frequent than in the reference"
    with _drawing(title, alt=alt, inches=_ROW_INCHES * (len(top) + 1), legend=legend) as figure:
        axes = figure.subplots()
        gap = 1 if len(over) and len(under) else 0
        y = np.arange(len(top)) + gap * (np.arange(len(top)) >= len(over))
        reach = np.concatenate([ratio, low[np.isfinite(low)], high[np.isfinite(high)], [0.0]])
        left, right = reach.min(), reach.max()
        margin = 0.06 * max(right - left, 1.0)
        axes.set_xlim(left - margin, right + margin)
        bounds = [np.clip(np.where(np.isnan(b), ratio, b), left - margin, right + margin) for b in (low, high)]
        colours = np.where(ratio > 0, _BLUE, _VERMILLION)
        axes.hlines(y, *bounds, colors=colours, linewidth=1.2)
        clear = (low > 0) | (high < 0)
        areas = 12 + 70 * size / max(size.max(), 1e-9)
        axes.scatter(
            ratio, y, s=areas, c=np.where(clear, colours, "white"), edgecolors=colours, linewidths=1.2, zorder=3
        )
        axes.axvline(0, color=_INK, linewidth=0.8)
        _label_rows(axes, top["lemma"], y=y)
        axes.set_xlabel(
            "← less in the article      log ratio (base 2: 1 is twice as frequent)      more in the article →"
        )
    return figure


def key_phrases(phrases: pd.DataFrame, *, n: int = 15) -> Figure:
    """Draw the phrases that say what the article is about, and how far the methods that found them agree.

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
        A dot a phrase at its score: filled where all methods agree, lighter where half or more do, open where fewer do.

    Examples
    --------
    >>> phrases = pd.DataFrame({
    ...     "phrase": ["air strikes", "border"], "score": [0.9, 0.4], "agreement": [1.0, 0.25], "n": [5, 1]})
    >>> key_phrases(phrases).get_label().split(": ")[1]
    'air strikes (0.9) and border (0.4). All methods agree on 1 of them.'
    """
    rows = _rows(phrases, "phrase", "score", "agreement", "n")
    if rows.empty:
        return _empty("no key phrases found")
    top = rows.iloc[_order(rows["score"])].head(_at_most(n))
    agreed = top["agreement"].to_numpy(dtype=float)
    everyone, some, few = (
        _Kind("all methods agree", _BLUE, "o"),
        _Kind("half of them or more agree", _SKY, "D"),
        _Kind("fewer agree", _BLUE, "o", hollow=True),
    )
    kinds = [everyone if share >= 1 else some if share >= _HALF else few for share in agreed]
    told = [f"{_clean(phrase)} ({_number(score)})" for phrase, score in zip(top["phrase"], top["score"], strict=True)]
    alt = (
        f"Dot plot of {_plural(len(top), 'key phrase')} by score, 0 to 1. The highest: {_series(told[:5])}. "
        f"All methods agree on {kinds.count(everyone)} of them."
    )
    legend = [kind for kind in (everyone, some, few) if kind in kinds]
    with _drawing(
        _plural(len(top), "key phrase"), alt=alt, inches=_ROW_INCHES * (len(top) + 1), legend=legend
    ) as figure:
        axes = figure.subplots()
        axes.hlines(range(len(top)), 0, 1, color=_PALE, linewidth=1, transform=axes.get_yaxis_transform())
        _marks(axes, top["score"].to_numpy(dtype=float), np.arange(len(top)), kinds)
        _label_rows(axes, top["phrase"])
        _counts_beside(axes, top["n"], "times")
        axes.margins(x=0.03)
        axes.set_xlabel("score (mean over the methods of the share of phrases that it beats)")
    return figure


def tag_profile(tags: pd.DataFrame) -> Figure:
    """Draw the shares of the parts of speech in the article beside those of the reference.

    Parameters
    ----------
    tags
        One row a part of speech: ``upos``, ``n`` (words), ``share`` and ``reference_share`` (of all words, 0 to 1).

    Returns
    -------
    matplotlib.figure.Figure
        A row a part of speech, the most frequent first: a filled dot for the article, an open one for the reference.

    Examples
    --------
    >>> tags = pd.DataFrame({
    ...     "upos": ["NOUN", "VERB"], "n": [6, 2], "share": [0.75, 0.25], "reference_share": [0.5, 0.5]})
    >>> tag_profile(tags).get_label().split(": ")[1]
    'noun 75.0 % (reference 50.0 %) and verb 25.0 % (reference 50.0 %).'
    """
    rows = _rows(tags, "upos", "n", "share", "reference_share", required=("upos", "share"))
    if rows.empty:
        return _empty("no tagged words found")
    rows = rows.iloc[_order(rows["share"])].head(_MAX_ROWS)
    share, reference = (rows[c].to_numpy(dtype=float) for c in ("share", "reference_share"))
    words = [_PARTS_OF_SPEECH.get(upos, _clean(upos)) for upos in rows["upos"]]
    told = [
        f"{word} {100 * a:.1f} %" + ("" if np.isnan(b) else f" (reference {100 * b:.1f} %)")
        for word, a, b in zip(words, share, reference, strict=True)
    ]
    alt = (
        f"Paired dot plot of the shares of {_plural(len(rows), 'part')} of speech in the words of the article and of "
        f"the reference. The most frequent: {_series(told[:4])}."
    )
    legend = [_Kind("article", _BLUE, "o"), _Kind("reference", _GREY, "o", hollow=True)]
    title = "Parts of speech in the article and in the reference"
    with _drawing(title, alt=alt, inches=_ROW_INCHES * (len(rows) + 1), legend=legend) as figure:
        axes = figure.subplots()
        y = np.arange(len(rows))
        axes.hlines(y, np.where(np.isnan(reference), share, reference), share, color=_GREY, linewidth=1.2)
        axes.plot(
            reference, y, "o", color=_GREY, markerfacecolor="white", markersize=6, markeredgewidth=1.2, clip_on=False
        )
        axes.plot(share, y, "o", color=_BLUE, markersize=6, clip_on=False)
        _label_rows(axes, words)
        _counts_beside(axes, rows["n"], "words")
        _count_axis(axes, np.nanmax([share, reference]), "share of words (%)", whole=False)
        axes.xaxis.set_major_formatter(_percent)
    return figure


def measures_intervals(measures: pd.DataFrame) -> Figure:
    """Draw measures with their intervals, one row each, one panel a unit.

    Parameters
    ----------
    measures
        One row a measure: ``measure``, ``value``, ``unit``, ``low``, ``high``, ``note``. Give measures that a reader
        may compare (readability grades, say): those of one unit share an axis. At most 40 are drawn, of ten units.

    Returns
    -------
    matplotlib.figure.Figure
        A dot at the value on a line from low to high; an undefined value shows its note instead.

    Examples
    --------
    >>> grades = pd.DataFrame({
    ...     "measure": ["coleman_liau", "smog"], "value": [14.8, None], "unit": "grade", "low": [13.9, None],
    ...     "high": [15.6, None], "note": ["", "too few sentences"]})
    >>> measures_intervals(grades).get_label().split(". ")[1]
    'coleman liau 14.8 (13.9 to 15.6) and smog undefined.'
    """
    rows = _rows(measures, "measure", "value", "unit", "low", "high", "note", required=("measure",)).head(_MAX_ROWS)
    if rows.empty:
        return _empty("no measures found")
    if rows["value"].isna().all():
        notes = [note for note in rows["note"] if isinstance(note, str) and note]
        return _empty(notes[0] if notes else "every measure is undefined")
    rows = rows.assign(unit=rows["unit"].fillna("").astype(str))
    units = list(dict.fromkeys(rows["unit"]))[:_MAX_PANELS]
    rows = rows[rows["unit"].isin(units)]
    labels = rows["measure"].str.replace("_", " ")
    told = [
        f"{_clean(label)} {'undefined' if np.isnan(value) else _number(value)}"
        + (f" ({_number(low)} to {_number(high)})" if low < high else "")
        for label, value, low, high in zip(
            labels, *(rows[c].to_numpy(dtype=float) for c in ("value", "low", "high")), strict=True
        )
    ]
    title = _plural(len(rows), "measure") + (" with intervals" if (rows["low"] < rows["high"]).any() else "")
    alt = f"Dot plot of {title}, one row each. {_series(told)}."
    heights = [_ROW_INCHES * ((rows["unit"] == unit).sum() + 0.4) for unit in units]
    between = 0.55
    with _drawing(title, alt=alt, inches=sum(heights) + between * (len(units) - 1)) as figure:
        space = {"hspace": between / (sum(heights) / len(heights))}
        panels = figure.subplots(len(units), squeeze=False, height_ratios=heights, gridspec_kw=space)[:, 0]
        for axes, unit in zip(panels, units, strict=True):
            part = rows[rows["unit"] == unit]
            value, low, high = (part[c].to_numpy(dtype=float) for c in ("value", "low", "high"))
            y = np.arange(len(part))
            axes.hlines(y, low, high, color=_BLUE, linewidth=1.6)
            axes.plot(value, y, "o", color=_BLUE, markersize=5.5)
            _label_rows(axes, labels[part.index])
            axes.set_xlabel(_shown(unit, 4) or "value")
            axes.margins(x=0.06)
            axes.locator_params(axis="x", nbins=5)
            for i in np.flatnonzero(np.isnan(value)):
                note = part["note"].iloc[i]
                text = _shown(note if isinstance(note, str) and note else "undefined", 4.5)
                axes.text(0.01, i, text, transform=axes.get_yaxis_transform(), va="center_baseline", color="#666666")
            if np.isnan(value).all():
                _ticks_at(axes.xaxis, [], [])
        _make_room(figure, labels)
    return figure


# Names


def names(names: pd.DataFrame, *, n: int = 20) -> Figure:
    """Draw the most frequent names, by kind.

    Parameters
    ----------
    names
        One row a name: ``name``, ``label`` (its kind), ``n`` (mentions), ``n_sentences`` (sentences with it).
    n
        How many names to draw, at most 40: the most frequent. Ties go to the earlier row.

    Returns
    -------
    matplotlib.figure.Figure
        A dot a name at its mentions, grouped, coloured and shaped by kind; a stroke at the number of sentences with
        it, where they are fewer.

    Examples
    --------
    >>> found = pd.DataFrame({
    ...     "name": ["Libya", "Cairo"], "label": "location", "n": [9, 1], "n_sentences": [8, 1]})
    >>> names(found).get_label().split(": ", 1)[1]
    'location 2. The most frequent: Libya (location, 9) and Cairo (location, 1).'
    """
    rows = _rows(names, "name", "label", "n", "n_sentences", required=("name", "label", "n"))
    if rows.empty:
        return _empty("no names found")
    top = rows.iloc[_order(rows["n"])].head(_at_most(n))
    told = [
        f"{_clean(w)} ({_kind_of_name(k).name}, {_number(c)})"
        for w, k, c in zip(top["name"], top["label"], top["n"], strict=True)
    ]
    groups = list(dict.fromkeys(top["label"]))
    place = {label: i for i, label in enumerate(groups)}
    top = top.iloc[np.argsort([place[label] for label in top["label"]], kind="stable")]
    kinds = [_kind_of_name(label) for label in top["label"]]
    alt = (
        f"Dot plot of {_top(len(top), len(rows), 'name')} by number of mentions, {_span(top['n'])}, grouped by kind: "
        f"{_series([f'{_kind_of_name(label).name} {(top.label == label).sum()}' for label in groups])}. "
        f"The most frequent: {_series(told[:5])}."
    )
    fewer = (top["n_sentences"] < top["n"]).to_numpy(dtype=bool, na_value=False)
    legend = list(dict.fromkeys(kinds))
    if fewer.any():
        legend.append(_Kind("sentences, where fewer", _INK, "|", points=9))
    title = _capital(_top(len(top), len(rows), "name"))
    with _drawing(title, alt=alt, inches=_ROW_INCHES * (len(top) + 0.5 * len(groups)), legend=legend) as figure:
        axes = figure.subplots()
        y = np.arange(len(top)) + 0.5 * np.array([place[label] for label in top["label"]])
        axes.plot(top["n_sentences"][fewer], y[fewer], "|", color=_INK, markersize=9, markeredgewidth=1.4)
        _dots(axes, top["n"].to_numpy(), kinds, y=y)
        _label_rows(axes, top["name"], y=y)
        _count_axis(axes, top["n"].max(), "mentions")
    return figure


def name_positions(mentions: pd.DataFrame, *, n: int = 15, length_chars: int | None = None) -> Figure:
    """Draw where the most frequent names are mentioned.

    Parameters
    ----------
    mentions
        One row a mention: ``name``, ``label`` (its kind), ``start`` (characters). Dates and sums of money are no names
        and left out.
    n
        How many names to draw, at most 40: those with most rows. Ties go to the name that comes first.
    length_chars
        The article's length; by default the axis ends after the last mention.

    Returns
    -------
    matplotlib.figure.Figure
        A row a name in the order of first mention, a mark a mention, coloured and shaped by the name's usual kind.

    Examples
    --------
    >>> mentions = pd.DataFrame({"name": ["Libya", "Cairo", "Libya"], "label": "location", "start": [5, 40, 80]})
    >>> name_positions(mentions).get_label().split(". ")[1]
    'Most often: Libya 2 times and Cairo 1 time.'
    """
    rows = _rows(mentions, "name", "label", "start")
    rows = rows[~rows["label"].isin(["date", "money"])]
    if rows.empty:
        return _empty("no names found")
    found = {name: np.sort(part.to_numpy()) for name, part in rows.groupby("name", sort=False)["start"]}
    keys = sorted(found, key=lambda name: (-len(found[name]), found[name][0]))[: _at_most(n)]
    told = [f"{_clean(name)} {_plural(len(found[name]), 'time')}" for name in keys[:4]]
    keys.sort(key=lambda name: found[name][0])
    label = {name: Counter(part).most_common(1)[0][0] for name, part in rows.groupby("name", sort=False)["label"]}
    kinds = [_kind_of_name(label[name]) for name in keys]
    what = _top(len(keys), len(found), "name")
    alt = (
        f"Strip plot of the mentions of {what} along the article, in characters, the name mentioned first at the top. "
        f"Most often: {_series(told)}."
    )
    title = f"Mentions of {what} along the article"
    with _drawing(title, alt=alt, inches=_ROW_INCHES * (len(keys) + 1), legend=dict.fromkeys(kinds)) as figure:
        axes = figure.subplots()
        end = length_chars or max(1, *(found[key][-1] for key in keys))
        axes.hlines(range(len(keys)), 0, end, color=_PALE, linewidth=1)
        for y, (key, kind) in enumerate(zip(keys, kinds, strict=True)):
            size = 5.5 if len(found[key]) < _MANY_MARKS else 3.5
            marks = axes.plot(found[key], np.full(len(found[key]), y), kind.marker, color=kind.colour, markersize=size)
            marks[0].set(markeredgewidth=0, clip_on=False)
        _label_rows(axes, keys)
        _counts_beside(axes, [len(found[key]) for key in keys], "mentions")
        axes.set_xlim(-0.01 * end, 1.01 * end)
        _whole_numbers(axes.xaxis)
        axes.set_xlabel("position in the article (characters)")
    return figure


def name_network(cooccurrence: pd.DataFrame, names: pd.DataFrame, *, n: int = 20) -> Figure:
    """Draw which names occur together in a sentence.

    Parameters
    ----------
    cooccurrence
        One row a pair: ``left, right, left_label, right_label`` and ``n`` (sentences with both).
    names
        One row a name: ``name``, ``label``, ``n`` (mentions).
    n
        How many names to draw, at most 40: those with most mentions among the pairs' names. Fewer, if they have no
        room.

    Returns
    -------
    matplotlib.figure.Figure
        A mark a name, larger for more mentions; a line a pair, wider for more sentences. Names that share no sentence
        with one that is drawn are left out.

    Examples
    --------
    >>> found = pd.DataFrame({"name": ["Egypt", "Libya", "UAE"], "label": "location", "n": [8, 9, 3]})
    >>> together = pd.DataFrame({
    ...     "left": "Egypt", "left_label": "location", "right": ["Libya", "UAE"], "right_label": "location",
    ...     "n": [5, 2]})
    >>> name_network(together, found).get_label().split(". ")[1:]
    ['Most often together, in sentences: Egypt and Libya (5) and Egypt and UAE (2)', 'Egypt is joined to most, 2.']
    """
    rows = _rows(cooccurrence, "left", "right", "left_label", "right_label", "n")
    if rows.empty:
        return _empty("no two names in one sentence")
    known = _rows(names, "name", "label", "n")
    mentions = dict(zip(zip(known["name"], known["label"], strict=True), known["n"], strict=True))
    pairs = [
        _Pair((left, left_label), (right, right_label), count, count)
        for left, right, left_label, right_label, count in zip(
            rows["left"], rows["right"], rows["left_label"], rows["right_label"], rows["n"], strict=True
        )
    ]
    keys = list(dict.fromkeys(key for pair in pairs for key in (pair.left, pair.right)))
    nodes = [_Node(key, key[0], _kind_of_name(key[1]), mentions.get(key, 1)) for key in keys]
    nodes = sorted(nodes, key=lambda node: -node.size)[: _at_most(n)]
    drawn = {node.key for node in nodes}
    if not any(pair.left in drawn and pair.right in drawn for pair in pairs):
        return _empty(f"none of the {len(nodes)} most frequent names shares a sentence with another")

    def tell(nodes: list[_Node], pairs: list[_Pair]) -> tuple[str, str, str]:
        of = f"{len(nodes)} of {len(keys)}" if len(nodes) < len(keys) else f"{len(keys)}"
        strongest = [
            f"{_clean(pair.left[0])} and {_clean(pair.right[0])} ({_number(pair.n)})"
            for pair in sorted(pairs, key=lambda pair: -pair.n)[:3]
        ]
        (hub, others), *_ = Counter(key for pair in pairs for key in (pair.left, pair.right)).most_common(1)
        title = f"{of} names that share sentences"
        mentions_shown, common = _span([node.size for node in nodes]), _span([pair.n for pair in pairs])
        key = f"mark area: mentions ({mentions_shown})     line width: sentences with both ({common})"
        alt = (
            f"Network of {title}, joined by {_plural(len(pairs), 'line')}. Most often together, in sentences: "
            f"{_series(strongest)}. {_clean(hub[0])} is joined to most, {others}."
        )
        return title, key, alt

    return _network(nodes, pairs, tell=tell)


def collocation_network(collocations: pd.DataFrame, *, n: int = 30) -> Figure:
    """Draw words that go together.

    Parameters
    ----------
    collocations
        One row a pair: ``left``, ``right``, ``n`` (times together), ``log_dice`` (strength, at most 14).
    n
        How many pairs to draw, at most 40: the most frequent, the strongest first among those of one frequency. Fewer,
        if they have no room.

    Returns
    -------
    matplotlib.figure.Figure
        A word at each end of a line, wider for pairs that occur more often and darker for stronger ones.

    Examples
    --------
    >>> pairs = pd.DataFrame({"left": ["air"], "right": ["strike"], "n": [5], "log_dice": [13.9]})
    >>> collocation_network(pairs).get_label()
    'Network of 2 words joined by 1 collocation. The most frequent: air strike (5, log Dice 13.9).'
    """
    rows = _rows(collocations, "left", "right", "n", "log_dice")
    if rows.empty:
        return _empty("too few words for collocations")
    top = rows.sort_values(["n", "log_dice"], ascending=False, kind="stable").head(_at_most(n))
    pairs = [_Pair(*row) for row in zip(top["left"], top["right"], top["n"], top["log_dice"], strict=True)]
    words = list(dict.fromkeys(word for pair in pairs for word in (pair.left, pair.right)))

    def tell(nodes: list[_Node], pairs: list[_Pair]) -> tuple[str, str, str]:
        of = f"{f'{len(pairs)} of ' if len(pairs) < len(rows) else ''}{_plural(len(rows), 'collocation')}"
        told = [f"{_clean(p.left)} {_clean(p.right)} ({_number(p.n)}, log Dice {p.strength:.1f})" for p in pairs[:4]]
        times, strength = _span([pair.n for pair in pairs]), _span([pair.strength for pair in pairs])
        key = f"line width: times together ({times})     darkness: log Dice ({strength})"
        alt = f"Network of {_plural(len(nodes), 'word')} joined by {of}. The most frequent: {_series(told)}."
        return of, key, alt

    return _network([_Node(word, word, _WORD, 0) for word in words], pairs, tell=tell)


# Methods


def agreement(agreement: pd.DataFrame) -> Figure:
    """Draw how far each two methods rank the sentences alike.

    Parameters
    ----------
    agreement
        One row a pair: ``method_a``, ``method_b``, ``kendall_tau`` (−1 reversed to 1 the same).

    Returns
    -------
    matplotlib.figure.Figure
        A triangle of tiles, blue for agreement and orange for its opposite, each with its number; a method's name
        stands at the left of its row and at the top of its column.

    Examples
    --------
    >>> pairs = pd.DataFrame({
    ...     "method_a": ["lead", "lead", "luhn"], "method_b": ["luhn", "lsa", "lsa"], "kendall_tau": [0.4, -0.1, 0.2]})
    >>> agreement(pairs).get_label().split(". ")[1:]
    ['Most alike: lead and luhn (+0.40)', 'Least alike: lead and lsa (−0.10).']
    """
    rows = _rows(agreement, "method_a", "method_b", "kendall_tau", required=("method_a", "method_b"))
    rows = rows[rows["method_a"] != rows["method_b"]]
    if rows.empty:
        return _empty("fewer than two methods to compare")
    methods = list(dict.fromkeys([*rows["method_a"], *rows["method_b"]]))
    place = {method: i for i, method in enumerate(methods)}
    tau = np.full((len(methods), len(methods)), np.nan)
    for a, b, value in zip(rows["method_a"], rows["method_b"], rows["kendall_tau"].astype(float), strict=True):
        tau[max(place[a], place[b]), min(place[a], place[b])] = value
    pairs = [(methods[j], methods[i], tau[i, j]) for i, j in zip(*np.nonzero(~np.isnan(tau)), strict=True)]
    pairs.sort(key=lambda pair: -pair[2])
    if not pairs:
        return _empty("too few sentences to compare rankings")
    (a, b, most), (c, d, least) = pairs[0], pairs[-1]
    alt = (
        f"Heat map of Kendall’s tau between the rankings of {_plural(len(methods), 'method')}. "
        f"Most alike: {_clean(a)} and {_clean(b)} ({_signed(most)}). "
        f"Least alike: {_clean(c)} and {_clean(d)} ({_signed(least)})."
    )
    m = len(methods)
    title = "Agreement of the methods’ rankings (Kendall’s τ)"
    with _drawing(title, alt=alt, inches=0.34 * (m - 0.2), bottom=0.06) as figure:
        from matplotlib.colors import LinearSegmentedColormap

        axes = figure.subplots()
        axes.grid(visible=False)
        colours = LinearSegmentedColormap.from_list("agreement", [_ORANGE, "white", _BLUE])
        edges = np.arange(m + 1) - 0.5
        axes.pcolormesh(
            edges, edges, np.ma.masked_invalid(tau), cmap=colours, vmin=-1, vmax=1, edgecolors="white", linewidth=2
        )
        size = min(_FONT_POINTS, 105 / m)
        for i, j in zip(*np.tril_indices(m, -1), strict=True):
            text = "n/a" if np.isnan(tau[i, j]) else _signed(tau[i, j])
            colour = "white" if tau[i, j] > _DARK_TAU else _INK
            axes.text(j, i, text, ha="center", va="center", color=colour, fontsize=size)
        for j in range(m - 1):
            axes.text(j - 0.42, j + 0.34, _shown(methods[j], 1.2), ha="left", va="baseline", color=_INK)
        _label_rows(axes, methods[1:], y=range(1, m))
        axes.set_ylim(m - 0.5, -0.3)
        axes.set_xlim(-0.5, m - 0.5)
        _ticks_at(axes.xaxis, [], [])
        axes.spines["bottom"].set_visible(False)
    return figure


# Networks


class _Node(NamedTuple):
    key: Hashable
    label: str
    kind: _Kind
    size: float


class _Pair(NamedTuple):
    left: Any
    right: Any
    n: float
    strength: float


_STEP_INCHES = np.array([1.35, 0.8])
_GAP_INCHES = 0.22
_MAX_NETWORK_INCHES = 6.5
_TINY = 1e-6


def _network(
    nodes: list[_Node],
    pairs: list[_Pair],
    *,
    tell: Callable[[list[_Node], list[_Pair]], tuple[str, str, str]],
) -> Figure:
    """Draw nodes joined by pairs, and leave out the last nodes where the labels of all have no room.

    ``tell`` gives the title, the key and the alternative text for what is drawn.
    """
    while True:
        keys = {node.key for node in nodes}
        pairs = [pair for pair in pairs if pair.left in keys and pair.right in keys]
        joined = {key for pair in pairs for key in (pair.left, pair.right)}
        nodes = [node for node in nodes if node.key in joined]
        index = {node.key: i for i, node in enumerate(nodes)}
        edges = [(index[pair.left], index[pair.right]) for pair in pairs]
        labels = [_shown(node.label, 1.5) for node in nodes]
        radius = _radii([node.size for node in nodes])
        widths = np.maximum(2 * radius, [_inches(label) + 0.06 for label in labels])
        boxes = np.column_stack([widths, 2 * radius + 0.185])
        place, depth = _place(edges, boxes)
        if depth <= _MAX_NETWORK_INCHES:
            break
        nodes = nodes[: int(0.9 * len(nodes))]
    title, key, alt = tell(nodes, pairs)
    kinds = list(dict.fromkeys(node.kind for node in nodes))
    legend = [kind for kind in kinds if kind is not _WORD]
    with _drawing(title, alt=alt, inches=depth, legend=legend, bottom=0.34) as figure:
        from matplotlib.collections import LineCollection

        # One unit is one inch: boxes are as wide as their texts.
        width, height = figure.get_size_inches()
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(0, height))
        axes.set_axis_off()
        place += (_MARGIN_INCHES, 0.34)
        marks = place + np.column_stack([np.zeros(len(nodes)), boxes[:, 1] / 2 - radius])
        strength = np.array([pair.strength for pair in pairs], dtype=float)
        weakest_first = np.argsort(strength, kind="stable")
        line_widths = 0.8 + 3.4 * _share(np.array([pair.n for pair in pairs], dtype=float), low=0.0)
        lines = LineCollection(
            [(marks[edges[i][0]], marks[edges[i][1]]) for i in weakest_first],
            linewidths=line_widths[weakest_first],
            colors=[(grey, grey, grey) for grey in 0.78 - 0.45 * _share(strength)[weakest_first]],
            capstyle="round",
        )
        axes.add_collection(lines, autolim=False)
        for kind in kinds:
            of = [i for i, node in enumerate(nodes) if node.kind == kind]
            axes.scatter(
                *marks[of].T, s=(144 * radius[of]) ** 2, marker=kind.marker, color=kind.colour, edgecolors="white",
                linewidths=0.8, zorder=3,
            )  # fmt: skip
        plate = {"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.5}
        for label, (x, y), (_, h) in zip(labels, place, boxes, strict=True):
            axes.text(x, y - h / 2 + 0.03, label, ha="center", va="baseline", bbox=plate, zorder=2.5)
        axes.text(_MARGIN_INCHES, 0.09, key, ha="left", va="baseline")
    return figure


def _radii(sizes: Sequence[float]) -> np.ndarray:
    """Give each size a radius in inches, so that the area goes by the size and a mention or two stay small."""
    size = np.nan_to_num(np.array(sizes, dtype=float))
    return np.maximum(0.05, 0.17 * np.sqrt(size / max(size.max(), 6)))


def _share(values: np.ndarray, *, low: float | None = None) -> np.ndarray:
    """Place values between the least (or another low) and the greatest, 0 to 1; where all are alike, at 0.2."""
    values = np.nan_to_num(values)
    if values.min() == values.max():
        return np.full(len(values), 0.2)
    low = values.min() if low is None else low
    return (values - low) / (values.max() - low)


def _place(edges: Sequence[tuple[int, int]], boxes: np.ndarray) -> tuple[np.ndarray, float]:
    """Place boxes (width, height in inches) on the page, so that none overlaps and joined ones are near.

    Each connected part is laid out by itself; the parts fill the page's width line by line, the largest first.

    Returns
    -------
    tuple of numpy.ndarray and float
        The centres, measured from the lower left, and the height that they take.
    """
    width = WIDTH_INCHES - 2 * _MARGIN_INCHES
    parts = []
    for members in _components(len(boxes), edges):
        index = {member: i for i, member in enumerate(members)}
        inner = [(index[a], index[b]) for a, b in edges if a in index]
        centres = _push_apart(_stress_layout(len(members), inner) * _STEP_INCHES, boxes[members], width)
        low, high = (centres - boxes[members] / 2).min(axis=0), (centres + boxes[members] / 2).max(axis=0)
        parts.append((members, centres - low, high - low))
    lines: list[list[tuple[list[int], np.ndarray, np.ndarray]]] = []
    for part in parts:
        if not lines or sum(extent[0] + _GAP_INCHES for *_, extent in lines[-1]) + part[2][0] > width:
            lines.append([])
        lines[-1].append(part)
    place, top = np.zeros_like(boxes), 0.0
    for line in lines:
        depth = max(extent[1] for *_, extent in line)
        gap = (width - sum(extent[0] for *_, extent in line)) / (len(line) + 1)
        left = gap
        for members, centres, extent in line:
            place[members] = centres + np.array([left, -top - (depth + extent[1]) / 2])
            left += extent[0] + gap
        top += depth + _GAP_INCHES
    depth = top - _GAP_INCHES
    return np.round(place + np.array([0, depth]), 4), depth


def _components(n: int, edges: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Give the connected parts of a graph, the largest first, then by their first node."""
    part = list(range(n))
    for i, j in edges:
        old, new = max(part[i], part[j]), min(part[i], part[j])
        part = [new if p == old else p for p in part]
    members: dict[int, list[int]] = {}
    for node, p in enumerate(part):
        members.setdefault(p, []).append(node)
    return sorted(members.values(), key=lambda nodes: (-len(nodes), nodes[0]))


def _stress_layout(n: int, edges: Sequence[tuple[int, int]]) -> np.ndarray:
    """Place the nodes of a connected graph so that their distances go by the number of steps between them.

    Stress majorisation (Gansner, Koren and North 2004) from a circle, so that the same graph lies the same way each
    time. The longest extent is turned to the horizontal, and edges lead to the right rather than to the left.
    """
    if n == 1:
        return np.zeros((1, 2))
    steps = np.full((n, n), np.inf)
    for i, j in edges:
        steps[i, j] = steps[j, i] = 1
    np.fill_diagonal(steps, 0)
    for k in range(n):
        steps = np.minimum(steps, steps[:, [k]] + steps[[k], :])
    np.fill_diagonal(steps, 1)
    weight = steps**-2.0
    np.fill_diagonal(weight, 0)
    inverse = np.linalg.pinv(np.diag(weight.sum(axis=1)) - weight)
    turn = np.arange(n) / n
    # Not quite a circle: on one, rounding alone would choose between two ways that are equally good.
    place = np.column_stack([np.cos(2 * np.pi * turn), np.sin(2 * np.pi * turn)]) * (1 + 0.05 * turn[:, None])
    for _ in range(100):
        distance = np.maximum(np.hypot(*np.moveaxis(place[:, None] - place[None], -1, 0)), 1e-9)
        pull = -weight * steps / distance
        np.fill_diagonal(pull, 0)
        np.fill_diagonal(pull, -pull.sum(axis=1))
        place = inverse @ (pull @ place)
    (xx, xy), (_, yy) = np.cov(place.T)
    # Rounded, and without a negative zero, so that a shape as wide as it is high is not turned by an error's sign.
    angle = 0.5 * math.atan2(round(2 * xy, 6) + 0.0, round(xx - yy, 6) + 0.0)
    place = place @ np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    rightward = sum(place[j, 0] - place[i, 0] for i, j in edges)
    return place if rightward > -_TINY else place * (-1, 1)


def _push_apart(centres: np.ndarray, boxes: np.ndarray, width: float) -> np.ndarray:
    """Move boxes until none overlaps another, none sticks out of the width; downwards there is always room."""
    room = width - boxes[:, 0]
    x = centres[:, 0] - centres[:, 0].min()
    x = x * min(1.0, room.min() / max(x.max(), 1e-9)) if len(x) > 1 else x
    centres = np.round(np.column_stack([x + boxes[:, 0].max() / 2, centres[:, 1]]), 6)
    reach = (boxes[:, None] + boxes[None]) / 2 + 0.02
    order = np.arange(len(boxes))
    first = np.sign(order[:, None] - order[None])
    for _ in range(300):
        difference = centres[:, None] - centres[None]
        overlap = reach - np.abs(difference)
        clash = (overlap > _TINY).all(axis=2) & (first != 0)
        if not clash.any():
            return centres
        across = overlap[..., 0] < overlap[..., 1]
        for axis, along in ((0, clash & across), (1, clash & ~across)):
            sign = np.where(difference[..., axis] == 0, first, np.sign(difference[..., axis]))
            move = np.where(along, sign * (overlap[..., axis] + 0.01), 0).sum(axis=1) / 2
            centres[:, axis] += move / np.maximum(1, along.sum(axis=1)) ** 0.5
        centres[:, 0] = np.clip(centres[:, 0], boxes[:, 0] / 2, width - boxes[:, 0] / 2)
    below = np.cumsum(boxes[:, 1] + 0.02)
    return np.column_stack([centres[:, 0], -below + boxes[:, 1] / 2])


# The one style


@contextmanager
def _drawing(
    title: str,
    *,
    alt: str,
    inches: float,
    legend: Iterable[_Kind] = (),
    bottom: float = 0.5,
    thin: Sequence[Text] = (),
) -> Iterator[Figure]:
    """Give a figure to draw on in the house style, with room for axes so many inches high.

    Margins are set by what stands in them, from the widths of the font: twice as quick as a layout engine, and nothing
    moves when the figure is saved under other settings. On leaving, texts of ``thin`` that collide are left out.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    lines = list(_legend_lines(legend))
    top = (0.34 if title else 0.1) + _LINE_INCHES * len(lines)
    height = top + inches + bottom
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)
        figure = Figure(figsize=(WIDTH_INCHES, height))
        figure.set_label(alt)
        figure.suptitle(title, x=_MARGIN_INCHES / WIDTH_INCHES, y=1 - 0.08 / height, ha="left", va="top")
        figure.subplots_adjust(
            left=0.62 / WIDTH_INCHES, right=1 - 0.25 / WIDTH_INCHES, bottom=bottom / height, top=1 - top / height
        )
        for i, line in enumerate(lines):
            _draw_legend(figure, line, height - 0.4 - _LINE_INCHES * i)
        yield figure
        for axes in figure.axes:
            _write_ticks(axes, axes.xaxis)
            _write_ticks(axes, axes.yaxis)
        _thin_out(thin)


_TICK_POINTS, _PAD_POINTS, _LINE_EM = 3, 3.5, 0.97


def _write_ticks(axes: Axes, axis: Any) -> None:
    """Put two paths and plain texts in place of an axis's ticks, which cost several times as much.

    The labels are texts of the figure, so that the texts of the axes are those of the data.
    """
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path
    from matplotlib.ticker import NullLocator
    from matplotlib.transforms import offset_copy

    low, high = sorted(axis.get_view_interval())
    places = axis.get_majorticklocs()
    labels = axis.get_major_formatter().format_ticks(places)
    ticks = {place: label for place, label in zip(places, labels, strict=True) if low <= place <= high}
    axis.set_major_locator(NullLocator())
    axis.set_minor_locator(NullLocator())
    if not ticks or not axes.axison:
        return
    across = axis is axes.xaxis
    along = axes.get_xaxis_transform() if across else axes.get_yaxis_transform()

    def strokes(start: float, end: float, **style: Any) -> None:
        points = np.array([(place, side) for place in ticks for side in (start, end)])
        path = Path(points if across else points[:, ::-1], [Path.MOVETO, Path.LINETO] * len(ticks))
        axes.add_artist(PathPatch(path, transform=along, fill=False, zorder=0.5, **style))

    if axis.get_tick_params()["gridOn"]:
        strokes(0, 1, edgecolor=_STYLE["grid.color"], linewidth=_STYLE["grid.linewidth"])
    away = _PAD_POINTS
    if across:
        away += _TICK_POINTS
        length = _TICK_POINTS / 72 * axes.figure.dpi / axes.bbox.height
        strokes(0, -length, edgecolor=_GREY, linewidth=_STYLE["xtick.major.width"], clip_on=False)
    place = offset_copy(along, axes.figure, **{"y" if across else "x": -away}, units="points")
    style = {"ha": "center", "va": "top"} if across else {"ha": "right", "va": "center_baseline"}
    for at, label in ticks.items():
        axes.figure.text(*((at, 0) if across else (0, at)), label, transform=place, **style)
    axis.labelpad += away + (_LINE_EM * _FONT_POINTS if across else 72 * max(map(_inches, ticks.values())))


def _legend_lines(legend: Iterable[_Kind]) -> Iterator[list[tuple[float, _Kind]]]:
    """Break a legend into lines that fit the page; give each entry its place (inches from the left)."""
    line: list[tuple[float, _Kind]] = []
    left = _MARGIN_INCHES
    for kind in legend:
        width = 0.2 + _inches(kind.name)
        if line and left + width > WIDTH_INCHES - _MARGIN_INCHES:
            yield line
            line, left = [], _MARGIN_INCHES
        line.append((left, kind))
        left += width + 0.22
    if line:
        yield line


def _draw_legend(figure: Figure, line: list[tuple[float, _Kind]], y: float) -> None:
    from matplotlib.lines import Line2D

    for x, kind in line:
        mark = Line2D(
            [x + 0.06], [y + 0.04], marker=kind.marker, color=kind.colour, markersize=kind.points, linestyle="",
            markerfacecolor="white" if kind.hollow else kind.colour,
            markeredgewidth=1.3 if kind.hollow or kind.marker in "|_" else 0,
            transform=figure.dpi_scale_trans,
        )  # fmt: skip
        figure.add_artist(mark)
        figure.text(x + 0.17, y, kind.name, transform=figure.dpi_scale_trans, va="baseline")


def _thin_out(texts: Iterable[Text]) -> None:
    """Leave out the texts that would lie over one before them, or stick out of their axes."""
    taken: list[Any] = []
    for text in texts:
        box, frame = text.get_window_extent().padded(2), text.axes.bbox
        inside = frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1
        if inside and not any(box.overlaps(other) for other in taken):
            taken.append(box)
        else:
            text.remove()


def _empty(message: str) -> Figure:
    """Draw a frame with nothing in it but the reason."""
    message = _shown(message, WIDTH_INCHES - 0.5).rstrip(".")
    with _drawing("", alt=f"Empty chart: {message}.", inches=0.7, bottom=0.1) as figure:
        figure.subplots_adjust(left=0.1 / WIDTH_INCHES, right=1 - 0.1 / WIDTH_INCHES)
        axes = figure.subplots()
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(True)
        axes.text(0.5, 0.5, message, transform=axes.transAxes, ha="center", va="center", color="#666666")
    return figure


def _label_rows(axes: Axes, labels: Iterable[object], *, y: Sequence[float] | np.ndarray | None = None) -> None:
    """Write a label at the left of each row, the first row at the top, and make room for them."""
    labels = list(labels)
    y = np.arange(len(labels)) if y is None else np.asarray(y)
    _beside(axes, {row: _shown(label, _LABEL_INCHES) for row, label in zip(y, labels, strict=True)}, side=0)
    _ticks_at(axes.yaxis, [], [])
    axes.set_ylim(y[-1] + 0.7, y[0] - 0.7)
    _make_room(axes.figure, labels)


def _make_room(figure: Figure, labels: Iterable[object]) -> None:
    """Move the axes to the right as far as the widest label at their left asks."""
    widest = max(_inches(_shown(label, _LABEL_INCHES)) for label in labels)
    figure.subplots_adjust(left=(widest + 0.08 + _MARGIN_INCHES) / WIDTH_INCHES)


def _beside(axes: Axes, texts: Mapping[float, str], *, side: int = 1, points: float = 5, ha: str | None = None) -> None:
    """Write beside the axes, at their left (0) or right (1), each text at the height of its value."""
    from matplotlib.transforms import offset_copy

    place = offset_copy(axes.get_yaxis_transform(), axes.figure, x=points if side else -points, units="points")
    for y, text in texts.items():
        axes.text(side, y, text, transform=place, ha=ha or ("left" if side else "right"), va="center_baseline")


def _counts_beside(axes: Axes, counts: Iterable[float], heading: str, *, at: float = -1) -> None:
    """Write a column of counts at the right of the rows, under a heading, and make room for it."""
    counts = [_number(count) for count in counts]
    room = max(map(_inches, [*counts, heading])) + 0.1
    _beside(axes, dict(zip([at, *range(len(counts))], [heading, *counts], strict=True)), points=72 * room, ha="right")
    axes.set_ylim(len(counts) - 0.3, -1.3)
    axes.figure.subplots_adjust(right=1 - (room + _MARGIN_INCHES) / WIDTH_INCHES)


def _marks(axes: Axes, x: np.ndarray, y: np.ndarray, kinds: Sequence[_Kind]) -> None:
    """Draw a mark a row, each after its kind."""
    for kind in dict.fromkeys(kinds):
        of = [i for i, k in enumerate(kinds) if k == kind]
        face, edge = ("white", 1.3) if kind.hollow else (kind.colour, 0)
        axes.plot(
            x[of], y[of], kind.marker, color=kind.colour, markersize=kind.points, markerfacecolor=face,
            markeredgewidth=edge,
        )  # fmt: skip


def _dots(axes: Axes, n: np.ndarray, kinds: Sequence[_Kind], *, y: np.ndarray | None = None) -> None:
    """Draw a row's count as a dot on a line from nought, with its number."""
    from matplotlib.transforms import offset_copy

    y = np.arange(len(n)) if y is None else y
    axes.hlines(y, 0, n, colors=[kind.colour for kind in kinds], linewidth=1.2)
    _marks(axes, n, y, kinds)
    place = offset_copy(axes.transData, axes.figure, x=7, units="points")
    for count, row in zip(n, y, strict=True):
        axes.text(count, row, _number(count), transform=place, va="center_baseline")


def _bar_points(total: int) -> float:
    """Give the width of a bar in points, where so many share the width of a chart."""
    return min(28.0, max(0.4, 0.68 * 72 * (WIDTH_INCHES - 1.2) / max(total, 1)))


def _strokes(axes: Axes, x: np.ndarray, foot: float, head: np.ndarray, **style: Any) -> None:
    """Draw upright strokes as one path: many separate ones make a large file."""
    gap = np.full(len(x), np.nan)
    axes.plot(
        np.column_stack([x, x, gap]).ravel(), np.column_stack([np.full(len(x), foot), head, gap]).ravel(), **style
    )


_MAX_PARAGRAPHS_SHADED = 150
_MAX_SENTENCES_TICKED = 25
_MAX_LOG_TICKS = 8
_MAX_PANELS = 10
_MANY_MARKS = 80
_DARK_TAU = 0.8
_HALF = 0.5


def _shade_paragraphs(axes: Axes, rows: pd.DataFrame) -> bool:
    """Shade every other paragraph; say whether there are any, wide enough to be seen."""
    first, paragraph = rows["sentence"].to_numpy(), rows["paragraph"].to_numpy()
    starts = np.flatnonzero(np.r_[True, paragraph[1:] != paragraph[:-1]])
    if not 1 < len(starts) <= _MAX_PARAGRAPHS_SHADED:
        return False
    edges = [*(first[starts] - 0.5), first[-1] + 0.5]
    for left, right in list(pairwise(edges))[1::2]:
        axes.axvspan(left, right, color=_PALE, linewidth=0, zorder=0)
    return True


def _sentence_axis(axes: Axes, x: np.ndarray, *, shaded: bool = False) -> None:
    axes.set_xlim(x.min() - 0.6, x.max() + 0.6)
    axes.set_xlabel("sentence, in the article’s order" + (" (every other paragraph shaded)" if shaded else ""))
    axes.grid(visible=False, axis="x")
    if len(x) <= _MAX_SENTENCES_TICKED:
        _ticks_at(axes.xaxis, x, [f"{number:g}" for number in x])
    else:
        _whole_numbers(axes.xaxis)


def _count_axis(axes: Axes, top: float, label: str, *, whole: bool = True) -> None:
    axes.set_xlim(0, 1.1 * (top or 1))
    axes.set_xlabel(label)
    if whole:
        _whole_numbers(axes.xaxis)


def _whole_numbers(axis: Any) -> None:
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(nbins=7, steps=[1, 2, 5, 10], integer=True, min_n_ticks=1))
    axis.set_major_formatter("{x:,.0f}")


def _ticks_at(axis: Any, places: Sequence[float], labels: Sequence[str]) -> None:
    """Say where the ticks are: as matplotlib's ``set_ticks``, which makes each at once."""
    from matplotlib.ticker import FixedFormatter, FixedLocator

    axis.set_major_locator(FixedLocator(places))
    axis.set_major_formatter(FixedFormatter(labels))


def _percent(share: float, _: int | None = None) -> str:
    return f"{100 * share:g}"


def _kind_of_name(label: str) -> _Kind:
    return _NAME_KINDS.get(str(label).lower(), _OTHER)


# Text


def _rows(table: pd.DataFrame, *columns: str, required: Sequence[str] | None = None) -> pd.DataFrame:
    """Give the rows that can be drawn: all columns there, one article, nothing required missing."""
    if missing := [column for column in columns if column not in table.columns]:
        columns_there = ", ".join(map(str, table.columns)) or "(none)"
        raise ValueError(f"the table has the columns {columns_there}; expected also {', '.join(missing)}")
    if "article_id" in table.columns and (articles := len(set(table["article_id"]))) > 1:
        raise ValueError(f"the table holds {articles} articles; a chart shows one: select the rows of one article_id")
    whole = np.ones(len(table), dtype=bool)
    for column in columns if required is None else required:
        whole &= table[column].notna().to_numpy()
    return table[whole]


def _order(values: pd.Series) -> np.ndarray:
    """Give the positions of values from the highest, ties in order of position, undefined ones left out."""
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    order = np.argsort(-numbers, kind="stable")
    return order[~np.isnan(numbers[order])]


def _clean(text: object) -> str:
    """Give a text as one line without control characters."""
    kept = (c if unicodedata.category(c) not in {"Cc", "Cf", "Cs"} else " " if c.isspace() else "" for c in str(text))
    return " ".join("".join(kept).split())


def _shown(text: object, inches: float) -> str:
    """Give a text as a chart can show it: one line, only what the font can draw, cut to a width with an ellipsis.

    A character that the font lacks stands as its code point, so that names in any script stay apart.

    Examples
    --------
    >>> _shown(" Ansar  Beit Al-Maqdis ", 1.0), _shown("中 $x$", 1.0)
    ('Ansar Beit Al-…', 'U+4E2D $x$')
    """
    drawn = " ".join("".join(c if _em(c) is not None else f" U+{ord(c):04X} " for c in _clean(text)).split())
    if _inches(drawn) <= inches:
        return drawn
    ends = accumulate(map(_inches, drawn), initial=_inches("…"))
    return drawn[: sum(end <= inches for end in ends) - 1].rstrip() + "…"


def _inches(text: str) -> float:
    """Give the width of a text at the size of labels."""
    return sum(_em(c) or 0 for c in text) * _FONT_POINTS / 72


@cache
def _em(character: str) -> float | None:
    """Give the width of a character in em; None where the font has no such character."""
    import matplotlib as mpl
    from matplotlib.font_manager import get_font
    from matplotlib.ft2font import LoadFlags

    font = get_font(f"{mpl.get_data_path()}/fonts/ttf/DejaVuSans.ttf")
    if not font.get_char_index(ord(character)):
        return None
    return font.load_char(ord(character), LoadFlags.NO_SCALE).horiAdvance / font.units_per_EM


def _number(value: float) -> str:
    """Write a number for people: thousands apart, two decimals at most.

    Examples
    --------
    >>> _number(1234), _number(24.0), _number(8.456), _number(-0.5)
    ('1,234', '24', '8.46', '−0.5')
    """
    text = f"{value:,.2f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")


def _plural(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def _series(items: Sequence[str], *, most: int | None = None) -> str:
    """Join items as a sentence does.

    Examples
    --------
    >>> _series(["a", "b", "c"]), _series(["a", "b", "c"], most=1)
    ('a, b and c', 'a and 2 more')
    """
    if most is not None and len(items) > most:
        items = [*items[:most], f"{len(items) - most:,} more"]
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def _top(shown: int, total: int, noun: str) -> str:
    return _plural(total, noun) if shown == total else f"the {shown} most frequent of {_plural(total, noun)}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _at_most(n: int, most: int = _MAX_ROWS) -> int:
    if n < 1:
        raise ValueError(f"n is {n}; expected 1 or more things to draw")
    return min(n, most)


def _span(values: Sequence[float] | pd.Series) -> str:
    low, high = min(values), max(values)
    return _number(low) if low == high else f"{_number(low)} to {_number(high)}"


def _extremes(values: np.ndarray, places: Sequence[str]) -> str:
    """Tell the least and the greatest, each with the first place where it stands."""
    low, high = int(np.argmin(values)), int(np.argmax(values))
    if values[low] == values[high]:
        return f"All are {_number(values[low])}." if len(values) > 1 else f"It is {_number(values[low])}."
    return f"They run from {_number(values[low])} ({places[low]}) to {_number(values[high])} ({places[high]})."


# Many articles


def group_terms(terms: pd.DataFrame, *, n: int = 8) -> Figure:
    """Draw the words that set each group of articles apart from the others.

    Parameters
    ----------
    terms
        One row a group and word, a group's surest first: ``group``, ``lemma``, ``log_ratio`` (base 2) with
        ``log_ratio_low`` and ``log_ratio_high``, ``p_adjusted``, ``n_articles`` (that have it), ``of_articles`` (of the
        group).
    n
        How many words of each group to draw, those that it uses more than the others; some forty in all, of ten groups
        at most, those with the surest words.

    Returns
    -------
    matplotlib.figure.Figure
        A block a group; a dot a word at its log ratio, on a line for the interval, and in how many of the group's
        articles it stands. Open dots are words whose difference may well be chance.

    Examples
    --------
    >>> terms = pd.DataFrame({
    ...     "group": ["Post", "Post", "Herald"], "lemma": ["market", "fall", "car"], "log_ratio": [4.9, 0.8, 3.0],
    ...     "log_ratio_low": [2.5, -0.7, 1.0], "log_ratio_high": [7.3, 2.3, 5.0], "p_adjusted": [0.01, 0.8, 0.04],
    ...     "n_articles": [8, 3, 4], "of_articles": [8, 8, 5]})
    >>> group_terms(terms).get_label().split(". ")[1:]
    ['Post: market (+4.90) and fall (+0.80, may be chance)', 'Herald: car (+3.00).']
    """
    rows = _rows(terms, "group", "lemma", "log_ratio", "log_ratio_low", "log_ratio_high", "p_adjusted", "n_articles",
                 "of_articles", required=("group", "lemma", "log_ratio", "p_adjusted"))  # fmt: skip
    rows = rows[rows["log_ratio"] > 0]
    if rows.empty:
        return _empty("too few articles to set groups apart")
    surest = rows.groupby("group", sort=False)["p_adjusted"].min()
    drawn = surest.index[np.sort(np.argsort(surest.to_numpy(), kind="stable")[:_MAX_PANELS])]
    top = (
        rows[rows["group"].isin(drawn)]
        .groupby("group", sort=False)
        .head(min(_at_most(n), int(_MAX_ROWS_IN_GROUPS / len(drawn) - _HEADING_ROWS)))
    )
    ratio, low, high = (top[c].to_numpy(dtype=float) for c in ("log_ratio", "log_ratio_low", "log_ratio_high"))
    sure = _Kind("adjusted p below .05", _BLUE, "o")
    unsure = _Kind("may be chance", _BLUE, "o", hollow=True)
    kinds = [sure if p < _SURE else unsure for p in top["p_adjusted"]]
    told = pd.Series(
        [
            f"{_clean(word)} ({_signed(r)}{'' if kind is sure else ', may be chance'})"
            for word, r, kind in zip(top["lemma"], ratio, kinds, strict=True)
        ]
    )
    by_group = told.groupby(top["group"].to_numpy(), sort=False)
    groups = _plural(len(surest), "group")
    which = groups if len(drawn) == len(surest) else f"{len(drawn)} of {groups}, those with the surest words"
    alt = (
        f"Dot plot of the log ratios, with intervals, of {_plural(len(top), 'word')} that set {which} apart. "
        + ". ".join(f"{_clean(group)}: {_series(list(words), most=4)}" for group, words in by_group)
        + "."
    )
    # A group's name stands in a row of its own, above its words.
    starts = np.flatnonzero(np.r_[True, top["group"].to_numpy()[1:] != top["group"].to_numpy()[:-1]])
    heading = np.searchsorted(starts, np.arange(len(top)), side="right")
    y = np.arange(len(top)) + _HEADING_ROWS * heading
    title = (
        f"Words that set {groups} apart" if len(drawn) == len(surest) else f"Words that set {which.split(',')[0]} apart"
    )
    legend = [kind for kind in (sure, unsure) if kind in kinds]
    with _drawing(title, alt=alt, inches=_ROW_INCHES * (y[-1] + 1.6), legend=legend) as figure:
        axes = figure.subplots()
        reach = np.r_[ratio, low[np.isfinite(low)], high[np.isfinite(high)], 0.0]
        margin = 0.04 * max(np.ptp(reach), 1.0)
        axes.set_xlim(reach.min() - margin, reach.max() + margin)
        axes.hlines(y, low, high, color=_BLUE, linewidth=1.2)
        axes.axvline(0, color=_INK, linewidth=0.8)
        _marks(axes, ratio, y, kinds)
        _label_rows(axes, top["lemma"], y=y)
        shares = [
            f"{_number(some)} of {_number(of)}" for some, of in zip(top["n_articles"], top["of_articles"], strict=True)
        ]
        room = max(map(_inches, [*shares, "in articles"])) + 0.1
        beside = dict(zip([y[0] - 1, *y], ["in articles", *shares], strict=True))
        _beside(axes, beside, points=72 * room, ha="right")
        figure.subplots_adjust(right=1 - (room + _MARGIN_INCHES) / WIDTH_INCHES)
        across = WIDTH_INCHES - room - 4 * _MARGIN_INCHES
        place = axes.get_yaxis_transform()
        left = (_MARGIN_INCHES - WIDTH_INCHES * figure.subplotpars.left) / (
            WIDTH_INCHES * (figure.subplotpars.right - figure.subplotpars.left)
        )
        for at in starts:
            name = _shown(top["group"].iloc[at], 0.85 * across)
            ground = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
            axes.text(left, y[at] - 1, name, transform=place, va="center_baseline", weight="bold", bbox=ground)
        axes.set_ylim(y[-1] + 0.7, y[0] - 1.7)
        axes.set_xlabel("log ratio against all other groups (base 2: 1 is twice as frequent)")
    return figure


def over_time(shares: pd.DataFrame, *, n: int = 12) -> Figure:
    """Draw in what share of the articles of each period a name, or a pair of names, stands.

    Parameters
    ----------
    shares
        One row a name and period, periods in order: ``name`` (or ``left`` and ``right``), ``period``, ``share`` (0 to
        1) with ``low`` and ``high``, ``n_articles`` (that have it).
    n
        How many names to draw, at most 16: the first of the table.

    Returns
    -------
    matplotlib.figure.Figure
        A row a name, all of one height: a dot a period, on a stroke for the interval; neighbours are joined. Months
        and years stand as far apart as they are.

    Examples
    --------
    >>> shares = pd.DataFrame({
    ...     "name": "Libya", "period": ["2014-08", "2014-09"], "share": [0.25, 0.5], "low": [0.05, 0.15],
    ...     "high": [0.7, 0.85], "n_articles": [1, 2]})
    >>> over_time(shares).get_label().split(". ")[1]
    'Libya: in 3 articles, most in 2014-09 (50 %).'
    """
    keys = ["left", "right"] if "left" in shares.columns else ["name"]
    rows = _rows(shares, *keys, "period", "share", "low", "high", "n_articles")
    if rows.empty:
        return _empty("no names to follow")
    rows = rows.assign(label=rows[keys].astype("str").agg(" – ".join, axis=1))
    labels = list(dict.fromkeys(rows["label"]))
    found = len(labels)
    labels = labels[: _at_most(n, _MAX_NAMES_FOLLOWED)]
    rows = rows[rows["label"].isin(labels)]
    periods = sorted(rows["period"].astype("str").unique())
    if len(periods) == 1:
        return _empty(f"all articles are of one period, {_clean(periods[0])}: nothing changes over time")
    place = dict(zip(periods, _period_places(periods), strict=True))
    what = "pair of names" if len(keys) > 1 else "name"
    whats = (
        f"{len(labels)} {what.replace(' of', 's of')}"
        if len(keys) > 1 and len(labels) > 1
        else _plural(len(labels), what)
    )
    top = next(share for share in (0.05, 0.1, 0.2, 0.5, 1) if share >= rows["high"].max() or share == 1)
    own = [rows[rows["label"] == label] for label in labels]
    counts = [int(part["n_articles"].sum()) for part in own]
    told = []
    for label, part, count in zip(labels, own, counts, strict=True):
        best = part.iloc[int(part["share"].argmax())]
        most = f"{_clean(best['period'])} ({_percent_told(best['share'])})"
        told.append(f"{_clean(label)}: in {_plural(count, 'article')}, most in {most}")
    span = f"in {len(periods):,} periods from {_clean(periods[0])} to {_clean(periods[-1])}"
    alt = (
        f"Small charts of the share of articles with each of {whats}, {span}, with intervals. " + ". ".join(told) + "."
    )
    title = f"{_capital(whats)} {span}" if found == len(labels) else f"The first {whats} of {found:,}, {span}"
    title = _shown(title, (WIDTH_INCHES - 0.5) / _TITLE_WIDER)
    legend = [
        _Kind("share of the period’s articles", _BLUE, "o", points=4),
        _Kind("95 % interval", _SKY, "|", points=9),
    ]
    with _drawing(title, alt=alt, inches=_STRIP_INCHES * (len(labels) + 0.2), legend=legend, bottom=0.55) as figure:
        axes = figure.subplots()
        x_all = np.array(list(place.values()))
        margin = max(0.03 * np.ptp(x_all), 0.6)
        axes.set_xlim(x_all.min() - margin, x_all.max() + margin)
        least = 2.5 if len(periods) <= _MAX_SENTENCES_TICKED else 0.8
        stroke = min(6.0, max(least, 0.5 * _bar_points(int(np.ptp(x_all)) + 1)))
        for row, part in enumerate(own):
            x = np.array([place[str(period)] for period in part["period"]])
            share, low, high = (part[c].to_numpy(dtype=float) / top * 0.85 for c in ("share", "low", "high"))
            foot = row + 0.4
            gap = np.full(len(x), np.nan)
            axes.plot(
                np.column_stack([x, x, gap]).ravel(),
                np.column_stack([foot - low, foot - high, gap]).ravel(),
                color=_SKY, alpha=0.45, linewidth=stroke,
            )  # fmt: skip
            breaks = np.flatnonzero(np.diff(x) > 1) + 1
            axes.plot(
                np.insert(x.astype(float), breaks, np.nan), np.insert(foot - share, breaks, np.nan), "o-", color=_BLUE,
                markersize=min(4.0, max(1.2, stroke)), linewidth=1,
            )  # fmt: skip
        axes.hlines(np.arange(len(labels)) + 0.4, *axes.get_xlim(), color=_GREY, linewidth=0.5)
        _label_rows(axes, labels)
        _counts_beside(axes, counts, "articles", at=-0.7)
        axes.set_ylim(len(labels) - 0.5, -0.9)
        axes.grid(visible=False)
        _period_ticks(axes, place)
        axes.set_xlabel(f"the height of a row is {_percent_told(top)} of a period’s articles")
    return figure


def measures_side_by_side(measures: pd.DataFrame, *, by: str = "group") -> Figure:
    """Draw measures of groups, or of articles, beside each other: a row a group, a column a measure.

    Parameters
    ----------
    measures
        One row a group and measure: the column named by ``by``, ``measure``, ``value``, ``unit``, ``low``, ``high``.
        With a column ``article_id`` each article has its row. Nine measures at most are drawn, of the
        first groups.
    by
        The column that labels the rows.

    Returns
    -------
    matplotlib.figure.Figure
        A dot at the value on a line for the interval; nothing where a value is undefined. Each measure has its own
        axis, from its lowest to its highest value.

    Examples
    --------
    >>> table = pd.DataFrame({
    ...     "group": ["Herald", "Post"], "measure": "lix", "value": [44.0, 51.0], "unit": "20 (easy) to 60 (hard)",
    ...     "low": [41.0, None], "high": [48.0, None]})
    >>> measures_side_by_side(table).get_label().split(". ")[1]
    'lix: Herald 44 (41 to 48) and Post 51.'
    """
    rows = _rows(
        measures.drop(columns=["article_id"], errors="ignore"), by, "measure", "value", "unit", "low", "high",
        required=(by, "measure"),
    )  # fmt: skip
    key = measures.loc[rows.index, "article_id"] if "article_id" in measures.columns else rows[by]
    rows = rows.assign(key=key)
    if rows.empty or rows["value"].isna().all():
        return _empty("no measure is defined")
    names = list(dict.fromkeys(rows["measure"]))[:_MAX_SIDE_BY_SIDE]
    across = min(len(names), _MAX_ACROSS)
    bands = math.ceil(len(names) / across)
    keys = list(dict.fromkeys(rows["key"]))
    shown = keys[: _MAX_ROWS_SIDE_BY_SIDE // bands]
    rows = rows[rows["key"].isin(shown) & rows["measure"].isin(names)]
    label = dict(zip(rows["key"], rows[by].astype("str"), strict=True))
    labels = [label[key] for key in shown]
    row_of = {key: i for i, key in enumerate(shown)}
    told = []
    for name in names:
        part = rows[(rows["measure"] == name) & rows["value"].notna()]
        each = [
            f"{_clean(who)} {_number(value)}" + (f" ({_number(low)} to {_number(high)})" if low < high else "")
            for who, value, low, high in part[[by, "value", "low", "high"]].itertuples(index=False)
        ]
        told.append(f"{_clean(str(name).replace('_', ' '))}: {_series(each, most=6) or 'undefined'}")
    who = _plural(len(keys), "article" if "article_id" in measures.columns else "group")
    who = who if len(shown) == len(keys) else f"the first {len(shown)} of {who}"
    title = f"{_capital(_plural(len(names), 'measure'))} of {who}"
    alt = (
        f"Dot plot of {_plural(len(names), 'measure')} of {who}, with intervals where there are any. {'. '.join(told)}."
    )
    inches, between = _ROW_INCHES * (len(shown) + 0.4), 0.85
    # The names of the first band's measures stand above their axes.
    with _drawing(title, alt=alt, inches=bands * inches + (bands - 1) * between + 0.25, bottom=0.45) as figure:
        height = figure.get_size_inches()[1]
        left = max(_inches(_shown(text, _LABEL_INCHES)) for text in labels) + 0.16
        gap = 0.28
        wide = (WIDTH_INCHES - left - 0.2 - gap * (across - 1)) / across
        for i, name in enumerate(names):
            band, column = divmod(i, across)
            foot = 0.45 + (bands - 1 - band) * (inches + between)
            axes = figure.add_axes((
                (left + column * (wide + gap)) / WIDTH_INCHES, foot / height, wide / WIDTH_INCHES, inches / height
            ))  # fmt: skip
            part = rows[rows["measure"] == name]
            value, low, high = (part[c].to_numpy(dtype=float) for c in ("value", "low", "high"))
            y = np.array([row_of[key] for key in part["key"]])
            axes.hlines(range(len(shown)), 0, 1, color=_PALE, linewidth=1, transform=axes.get_yaxis_transform())
            axes.hlines(y, low, high, color=_BLUE, linewidth=1.4)
            axes.plot(value, y, "o", color=_BLUE, markersize=4.5)
            axes.set_ylim(len(shown) - 0.3, -0.7)
            _ticks_at(axes.yaxis, [], [])
            axes.margins(x=0.1)
            axes.locator_params(axis="x", nbins=3, steps=[1, 2, 5, 10])
            if np.isnan(value).all():
                _ticks_at(axes.xaxis, [], [])
            if column == 0:
                _beside(axes, {row: _shown(text, _LABEL_INCHES) for row, text in enumerate(labels)}, side=0)
            unit = part["unit"].dropna().astype("str")
            axes.set_xlabel(_shown(unit.iloc[0] if len(unit) else "", wide))
            heading = _shown(str(name).replace("_", " "), wide)
            axes.text(0, 1, heading, transform=axes.transAxes, va="bottom")
    return figure


_SURE = 0.05
_MAX_ROWS_IN_GROUPS = 44
_HEADING_ROWS = 1.25
_STRIP_INCHES = 0.42
_MAX_NAMES_FOLLOWED = 16
_MAX_SIDE_BY_SIDE = 9
_TITLE_WIDER = 1.4  # than a label of the same letters
_MAX_ROWS_SIDE_BY_SIDE = 33
_MAX_ACROSS = 3


def _period_places(periods: Sequence[str]) -> list[int]:
    """Give periods places along an axis: months and years as far apart as they are, others side by side.

    Examples
    --------
    >>> _period_places(["2013-12", "2014-01", "2014-04"]), _period_places(["1999", "2004"]), _period_places(["a", "q"])
    ([24167, 24168, 24171], [1999, 2004], [0, 1])
    """
    parts = [period.split("-") for period in periods]
    if all(len(part) <= 2 and "".join(part).isdecimal() and len(part[0]) == len("2014") for part in parts):  # noqa: PLR2004
        lengths = {len(part) for part in parts}
        if lengths == {1}:
            return [int(year) for (year,) in parts]
        if lengths == {2} and all(len(month) == 2 and 1 <= int(month) <= 12 for _, month in parts):  # noqa: PLR2004
            return [12 * int(year) + int(month) - 1 for year, month in parts]
    return list(range(len(periods)))


def _period_ticks(axes: Axes, place: dict[str, int]) -> None:
    """Name as many periods below the axis as have room."""
    figure = axes.figure
    wide = WIDTH_INCHES * (figure.subplotpars.right - figure.subplotpars.left)
    low, high = axes.get_xlim()
    free, ticks, names = -0.5, [], []
    for period, x in place.items():
        text = _shown(period, 1.2)
        centre, half = wide * (x - low) / (high - low), _inches(text) / 2
        inside = -WIDTH_INCHES * figure.subplotpars.left < centre - half and centre + half < wide + 0.4
        if centre - half >= free and inside:
            ticks.append(x)
            names.append(text)
            free = centre + half + 0.12
    _ticks_at(axes.xaxis, ticks, names)


def _percent_told(share: float) -> str:
    """Write a share as whole per cents, small ones with a decimal.

    >>> _percent_told(0.5), _percent_told(0.004)
    ('50 %', '0.4 %')
    """
    return f"{100 * share:.0f} %" if share >= 0.1 or not share else f"{100 * share:.1f} %"  # noqa: PLR2004
