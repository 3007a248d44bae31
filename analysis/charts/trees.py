"""Trees of sentences: arcs from heads to dependents above the words, in as many rows as a sentence needs."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.charts.elements import empty_figure, styled_figure
from analysis.charts.selection import drawable_rows
from analysis.charts.style import (
    BLUE,
    FONT_POINTS,
    GREY,
    INK,
    MARGIN_INCHES,
    SHEET,
    TEXT_GREY,
    Mark,
)
from analysis.charts.wording import clean, fit, join, pluralise, text_inches
from analysis.labels import label_of
from analysis.options import checked

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["sentence_tree"]

#: Without a choice, the longest sentence with at most so many tokens is drawn.
_MAX_TOKENS = 20
_MAX_TOLD = 12  # in the alternative text
_MAX_HEIGHT_POINTS = 620  # as a page has room for
_MAX_WORD_INCHES = 1.5
_MAX_SPREAD_POINTS = 120.0  # of the arcs at one word
_COST_OF_FREE_SPACE = 20  # of a whole row, in arcs that are cut
_GAP_POINTS, _PORT_POINTS, _LEVEL_POINTS, _CORNER_POINTS, _LABEL_PADDING = 7.0, 5.0, 11.0, 3.0, 9.0
#: The height of a word with its lemma and tag, and of the space below.
_WORD_POINTS, _ROW_GAP_POINTS = 32.0, 9.0

#: The relations of the core arguments of verbs, without subtypes.
_CORE = frozenset({"nsubj", "csubj", "obj", "iobj", "ccomp", "xcomp"})
_LEGEND = (Mark("core argument of a verb", BLUE, "_", size_points=9), Mark("other relation", GREY, "_", size_points=9))


class _Word(NamedTuple):
    """A word: as it is drawn, with the punctuation beside it, and alone."""

    text: str
    form: str
    lemma: str
    upos: str
    head: int
    relation: str


class _Arc(NamedTuple):
    """An arc between two words, or from above to the root: where it meets them beside their middles, in points.

    ``room`` is the least length that its label needs.
    """

    low: int
    high: int
    left_port: float
    right_port: float
    room: float
    dependent: int


class _Segment(NamedTuple):
    """What a row shows of an arc: its ends, None if in another row, from where to where it goes, and its level."""

    left: float | None
    right: float | None
    low: float
    high: float
    level: int
    dependent: int


class _Row(NamedTuple):
    """A row of words: the first one and the one after the last, their middles, and the segments of arcs above."""

    first: int
    stop: int
    centres: list[float]
    segments: list[_Segment]

    @property
    def height(self) -> float:
        """Its height in points."""
        levels = max(segment.level for segment in self.segments)
        return _LEVEL_POINTS * (levels + 0.7) + _WORD_POINTS + _ROW_GAP_POINTS


@checked
def sentence_tree(sentences: pd.DataFrame, tokens: pd.DataFrame, *, sentence: int = -1) -> Figure:
    """Draw the tree of a sentence.

    Parameters
    ----------
    sentences
        The sentences of an article: ``sentence`` (its number), ``n_tokens``, ``role``.
    tokens
        Their tokens: ``sentence``, ``token``, ``start``, ``end`` (characters), ``text``, ``lemma``, ``upos``, ``head``
        (the token that it depends on, or −1), ``deprel``.
    sentence
        The number of the sentence; −1 for the longest sentence of the body with at most 20 tokens, or the shortest.

    Returns
    -------
    matplotlib.figure.Figure
        An arc from each word to each word that depends on it, with an arrow at the dependent and the relation in its
        middle; under each word its lemma and tag. Punctuation is drawn with the word beside it. A sentence that is
        wider than the page goes on in further rows, and so do the arcs that cross the end of a row; what a page has no
        room for is left out.

    Raises
    ------
    ValueError
        If there is no such sentence, or its tokens have no tree.

    Examples
    --------
    >>> import pandas as pd
    >>> sentences = pd.DataFrame({"sentence": [0], "n_tokens": [3], "role": ["body"]})
    >>> tokens = pd.DataFrame({"sentence": 0, "token": [0, 1, 2], "start": [0, 5, 9], "end": [4, 9, 10],
    ...                        "text": ["Rain", "fell", "."], "lemma": ["rain", "fall", "."],
    ...                        "upos": ["NOUN", "VERB", "PUNCT"], "head": [1, -1, 1],
    ...                        "deprel": ["nsubj", "root", "punct"]})
    >>> sentence_tree(sentences, tokens).get_label().split(". ", 1)[1]
    'The root is fell (verb), on which depends Rain (nsubj).'
    """
    rows = drawable_rows(sentences, "sentence", "n_tokens", "role")
    columns = ("sentence", "token", "start", "end", "text", "lemma", "upos", "head", "deprel")
    tokens = drawable_rows(tokens, *columns)
    if rows.empty:
        return empty_figure("no sentences found")
    number = _choose(rows, sentence)
    words = _words(tokens[tokens["sentence"] == number])
    laid_out: list[_Row] = []
    height = 0.0
    for row in _lay_out(words):
        height += row.height
        if laid_out and height > _MAX_HEIGHT_POINTS:
            break
        laid_out.append(row)
    height, n_drawn = min(sum(row.height for row in laid_out), _MAX_HEIGHT_POINTS), laid_out[-1].stop
    length = pluralise(len(words), "word")
    extent = length if n_drawn == len(words) else f"the first {n_drawn} of {length}"
    text = clean(" ".join(word.text for word in words[:n_drawn]))
    alt = f"Dependency tree of sentence {number}, {extent}: “{text}”. {_describe_root(words)}"
    style: dict[str, Any] = {"axes_inches": height / 72, "bottom_inches": 0.02, "legend": _LEGEND}
    with styled_figure(f"Sentence {number}, {extent}", alt=alt, **style) as figure:
        margin = MARGIN_INCHES / SHEET.width_inches
        figure.subplots_adjust(left=margin, right=1 - margin)
        axes = figure.subplots()
        axes.set(xlim=(0, _width_points()), ylim=(0, height))
        axes.axis("off")
        for row in laid_out:
            height = max(0.0, height - row.height)
            _draw_row(axes, words, row, height + _ROW_GAP_POINTS)
    return figure


def _choose(sentences: pd.DataFrame, sentence: int) -> int:
    """Return the number of the sentence that is drawn."""
    numbers = sentences["sentence"].tolist()
    if sentence >= 0:
        if sentence not in numbers:
            raise ValueError(f"sentence is {sentence}; expected −1, or {min(numbers)} to {max(numbers)}")
        return sentence
    body = sentences[sentences["role"] == "body"]
    lengths = (sentences if body.empty else body).set_index("sentence")["n_tokens"]
    short = lengths[lengths <= _MAX_TOKENS]
    return int(lengths.idxmin() if short.empty else short.idxmax())


def _words(tokens: pd.DataFrame) -> list[_Word]:
    """Return the words of a sentence, each with the punctuation that stands beside it; heads are counted by words."""
    rows = list(tokens.sort_values("start", kind="stable").itertuples(index=False))
    if any(not row.deprel for row in rows):
        raise ValueError("the tokens have no trees; expected those of annotate(…, syntax=True)")
    heads = {row.head for row in rows}
    is_mark = [row.deprel == "punct" and row.token not in heads for row in rows]
    texts: dict[int, str] = {}
    pending = ""
    for i, row in enumerate(rows):
        before = " " if i and rows[i - 1].end < row.start else ""
        if not is_mark[i]:
            texts[i] = pending + row.text
            pending = ""
        elif texts and (not before or i + 1 == len(rows) or rows[i + 1].start > row.end) and not pending:
            texts[max(texts)] += before + row.text
        else:
            pending += row.text
    word_of = {rows[i].token: word for word, i in enumerate(texts)}
    return [
        _Word(
            fit(text, _MAX_WORD_INCHES),
            clean(rows[i].text),
            fit(rows[i].lemma, _MAX_WORD_INCHES),
            rows[i].upos,
            word_of.get(rows[i].head, -1),
            rows[i].deprel,
        )
        for i, text in texts.items()
    ]


def _describe_root(words: list[_Word]) -> str:
    """Return a sentence on the root and what depends on it."""
    root = next(i for i, word in enumerate(words) if word.head < 0)
    below = [f"{word.form} ({word.relation})" for word in words if word.head == root]
    tag = label_of("upos", words[root].upos)
    said = f"The root is {words[root].form} ({tag})"
    return (
        f"{said}, on which {'depends' if len(below) == 1 else 'depend'} {join(below, max_items=_MAX_TOLD)}."
        if below
        else f"{said}."
    )


# Layout


def _width_points() -> float:
    return 72 * (SHEET.width_inches - 2 * MARGIN_INCHES)


def _points(text: str, size: float | None = None) -> float:
    return 72 * text_inches(text) * (size or SHEET.small_points) / FONT_POINTS


def _arcs(words: list[_Word]) -> list[_Arc]:
    """Return the arcs of a tree, the shortest first and the root's last.

    At a word arcs meet side by side: from the left those to the left, the nearest first, and those to the right, the
    nearest last, so that no arc crosses another one of its word.
    """
    pairs = [(i, word.head if word.head >= 0 else i) for i, word in enumerate(words)]
    others_of: list[set[int]] = [set() for _ in words]
    for i, head in pairs:
        others_of[i].add(head)
        others_of[head].add(i)
    ports: dict[tuple[int, int], float] = {}
    for i, met in enumerate(others_of):
        others = sorted(met, key=lambda other: (other > i, other == i, -other))
        middle, step = (len(others) - 1) / 2, min(_PORT_POINTS, _MAX_SPREAD_POINTS / len(others))
        ports |= {(i, other): step * (place - middle) for place, other in enumerate(others)}
    arcs = [
        _Arc(low, high, ports[low, high], ports[high, low], _points(words[i].relation) + _LABEL_PADDING, i)
        for i, (low, high) in enumerate(map(sorted, pairs))
    ]
    return sorted(arcs, key=lambda arc: (arc.low == arc.high, arc.high - arc.low, arc.low))


def _widths(words: list[_Word], arcs: list[_Arc]) -> list[float]:
    widths = [max(_points(word.text, FONT_POINTS), _points(word.lemma), _points(word.upos)) for word in words]
    for arc in arcs:
        for i, port in ((arc.low, arc.left_port), (arc.high, arc.right_port)):
            widths[i] = max(widths[i], 2 * abs(port) + _PORT_POINTS)
    return widths


def _place(widths: list[float], arcs_of: list[list[_Arc]], first: int, stop: int) -> tuple[list[float], float]:
    """Return the middle of each word of a row in points, with room for the label of each arc, and the row's width."""
    centres: list[float] = []
    edge = -_GAP_POINTS
    for i in range(first, stop):
        centre = edge + _GAP_POINTS + widths[i] / 2
        for arc in arcs_of[i]:
            if arc.low == arc.high:
                centre = max(centre, arc.room / 2 - arc.left_port)
            elif arc.low < i:
                start = centres[arc.low - first] + arc.left_port if arc.low >= first else 0
                centre = max(centre, start + arc.room - arc.right_port)
        centres.append(centre)
        edge = centre + widths[i] / 2
    ends = [
        centre + arc.left_port + arc.room
        for i, centre in enumerate(centres, start=first)
        for arc in arcs_of[i]
        if i == arc.low < stop <= arc.high
    ]
    return centres, max([edge, *ends])


def _break_rows(widths: list[float], arcs_of: list[list[_Arc]]) -> list[int]:
    """Return the first word of each row, and the number of words: few rows, and of those few arcs cut and few gaps."""
    best: list[tuple[int, int, int]] = [(0, 0, 0)]
    n_cut = 0
    for stop in range(1, len(widths) + 1):
        n_cut += sum((arc.low == stop - 1) - (arc.high == stop - 1) for arc in arcs_of[stop - 1])
        options: list[tuple[int, int, int]] = []
        for first in range(stop - 1, -1, -1):
            free = 1 - _place(widths, arcs_of, first, stop)[1] / _width_points()
            if options and free < 0:
                break
            cost = n_cut + round(_COST_OF_FREE_SPACE * free**2) if stop < len(widths) else 0
            options.append((best[first][0] + 1, best[first][1] + cost, first))
        best.append(min(options))
    breaks = [len(widths)]
    while breaks[-1]:
        breaks.append(best[breaks[-1]][2])
    return breaks[::-1]


def _lay_out(words: list[_Word]) -> Iterator[_Row]:
    """Yield the rows of a sentence; all but the last are as wide as the page."""
    arcs = _arcs(words)
    arcs_of: list[list[_Arc]] = [[] for _ in words]
    for arc in arcs:
        for i in {arc.low, arc.high}:
            arcs_of[i].append(arc)
    widths = _widths(words, arcs)
    for first, stop in pairwise(_break_rows(widths, arcs_of)):
        centres, width = _place(widths, arcs_of, first, stop)
        if stop < len(words):
            step = max(0.0, _width_points() - width) / max(1, len(centres) - 1)
            centres = [centre + step * i for i, centre in enumerate(centres)]
        segments: list[_Segment] = []
        for arc in arcs:
            if arc.low >= stop or arc.high < first:
                continue
            left = centres[arc.low - first] + arc.left_port if arc.low >= first else None
            right = centres[arc.high - first] + arc.right_port if arc.high < stop else None
            low, high = 0.0 if left is None else left, _width_points() if right is None else right
            # The label of the root is as wide as it is, all others are as their arcs.
            half = arc.room / 2 if low == high else 0
            below = [one.level for one in segments if one.low < high + half and low - half < one.high]
            segments.append(_Segment(left, right, low, high, 1 + max(below, default=0), arc.dependent))
        yield _Row(first, stop, centres, segments)


# Drawing


def _draw_row(axes: Axes, words: list[_Word], row: _Row, y: float) -> None:
    """Draw the words and arcs of a row whose lower end is at a height."""
    for word, x in zip(words[row.first : row.stop], row.centres, strict=True):
        axes.text(x, y + 20, word.text, ha="center")
        axes.text(x, y + 10, word.lemma, ha="center", fontsize=SHEET.small_points, color=TEXT_GREY)
        axes.text(x, y + 1, word.upos, ha="center", fontsize=SHEET.small_points, color=TEXT_GREY)
    y += _WORD_POINTS
    for segment in row.segments:
        word = words[segment.dependent]
        is_core = word.relation.partition(":")[0] in _CORE
        colour = BLUE if is_core else INK if word.head < 0 else GREY
        _draw_arc(axes, segment, y, color=colour, linewidth=1.3 if is_core else 0.8)
        end = segment.right if segment.dependent > word.head else segment.left
        if end is not None:
            axes.plot([end], [y], "v", color=colour, markersize=3.5, markeredgewidth=0, clip_on=False)
        axes.text(
            (segment.low + segment.high) / 2,
            y + _LEVEL_POINTS * segment.level,
            word.relation,
            ha="center",
            va="center_baseline",
            fontsize=SHEET.small_points,
            color=colour if is_core else INK,
            clip_on=True,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )


def _draw_arc(axes: Axes, segment: _Segment, y: float, **style: Any) -> None:
    """Draw an arc; where an end of it is in another row, it goes on to the edge."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    top, corner = y + _LEVEL_POINTS * segment.level, _CORNER_POINTS
    points, codes = [(segment.low, top)], [Path.MOVETO]
    if segment.left is not None:
        points = [(segment.low, y), (segment.low, top - corner), (segment.low, top), (segment.low + corner, top)]
        codes = [Path.MOVETO, Path.LINETO, Path.CURVE3, Path.CURVE3]
    if segment.low == segment.high:
        points, codes = points[:2], codes[:2]
    elif segment.right is None:
        points, codes = [*points, (segment.high, top)], [*codes, Path.LINETO]
    else:
        points += [(segment.high - corner, top), (segment.high, top), (segment.high, top - corner), (segment.high, y)]
        codes += [Path.LINETO, Path.CURVE3, Path.CURVE3, Path.LINETO]
    axes.add_artist(PathPatch(Path(points, codes), fill=False, edgecolor=style["color"], linewidth=style["linewidth"]))
