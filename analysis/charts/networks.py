"""Networks: names that share sentences, and words that collocate."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis.charts.elements import caption_inches, empty_figure, styled_figure, write_caption
from analysis.charts.graph_layout import graph_layout
from analysis.charts.selection import cap, drawable_rows
from analysis.charts.style import MARGIN_INCHES, WORD, Mark, name_mark
from analysis.charts.wording import clean, describe_part, fit, format_number, format_range, join, pluralise, text_inches
from analysis.options import checked

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    import pandas as pd
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["collocation_network", "name_network"]

_MAX_HEIGHT_INCHES = 6.5
#: A network of fewer edges says less than a table.
_LEAST_EDGES = 3
#: The p value below which chance hardly explains a pair.
_ALPHA = 0.05


@checked
def name_network(cooccurrence: pd.DataFrame, names: pd.DataFrame, *, n: int = 20) -> Figure:
    """Draw which names occur together in a sentence.

    Parameters
    ----------
    cooccurrence
        One row a pair: ``left``, ``right``, ``left_label``, ``right_label`` and ``n`` (sentences with both).
    names
        One row a name: ``name``, ``label`` (its entity label), ``n`` (mentions).
    n
        How many names to draw, at most 40: those with most mentions among the pairs' names; fewer if there is no room.

    Returns
    -------
    matplotlib.figure.Figure
        A node a name, larger for more mentions; an edge a pair, wider for more sentences. Names that share no sentence
        with another one drawn are left out.

    Examples
    --------
    >>> import pandas as pd
    >>> names = pd.DataFrame({"name": ["Egypt", "Libya", "UAE", "US"], "label": "location", "n": [8, 9, 3, 2]})
    >>> cooccurrence = pd.DataFrame({
    ...     "left": "Egypt", "left_label": "location", "right": ["Libya", "UAE", "US"], "right_label": "location",
    ...     "n": [5, 2, 1]})
    >>> name_network(cooccurrence, names).get_label().split(". ")[2:]
    ['Egypt is joined to most, 3.']
    """
    columns = ("left", "left_label", "right", "right_label", "n")
    rows = drawable_rows(cooccurrence, *columns)
    if rows.empty:
        return empty_figure("no two names in one sentence")
    counted = drawable_rows(names, "name", "label", "n")
    mentions = dict(zip(zip(counted["name"], counted["label"], strict=True), counted["n"], strict=True))
    edges = [
        _Edge((left, left_label), (right, right_label), n_sentences, strength=n_sentences)
        for left, left_label, right, right_label, n_sentences in rows[list(columns)].itertuples(index=False)
    ]
    keys = list(dict.fromkeys(key for edge in edges for key in (edge.left, edge.right)))
    nodes = [_Node((name, label), name, name_mark(label), mentions.get((name, label), 1)) for name, label in keys]
    nodes = sorted(nodes, key=lambda node: -node.size)[: cap(n)]
    joined_nodes, edges = _induced_subgraph(nodes, edges)
    if len(edges) < _LEAST_EDGES:
        return empty_figure(f"{pluralise(len(edges), 'pair')} of the {len(nodes)} most frequent names share a sentence")
    graph = _fit_to_page(joined_nodes, edges)
    strongest = [
        f"{clean(edge.left[0])} and {clean(edge.right[0])} ({format_number(edge.n)})"
        for edge in sorted(graph.edges, key=lambda edge: -edge.n)[:3]
    ]
    (hub, degree), *_ = Counter(key for edge in graph.edges for key in (edge.left, edge.right)).most_common(1)
    title = f"{describe_part(len(graph.nodes), len(keys), 'name')} that share sentences"
    caption = (
        f"mark area: mentions ({format_range(node.size for node in graph.nodes)})     "
        f"line width: sentences with both ({format_range(edge.n for edge in graph.edges)})"
    )
    alt = (
        f"Network of {title}, joined by {pluralise(len(graph.edges), 'line')}. Most often together, in sentences: "
        f"{join(strongest)}. {clean(hub[0])} is joined to most, {degree}."
    )
    return _draw(graph, title=title, caption=caption, alt=alt)


@checked
def collocation_network(collocations: pd.DataFrame, *, n: int = 30) -> Figure:
    """Draw words that collocate.

    Parameters
    ----------
    collocations
        One row a pair: ``left``, ``right``, ``n`` (times together), ``log_dice`` (strength, at most 14),
        ``p_adjusted``.
    n
        How many pairs to draw, at most 40: of those that chance hardly explains (p < .05), the most frequent, and of
        equally frequent ones the strongest; fewer if there is no room, none if there are fewer than three.

    Returns
    -------
    matplotlib.figure.Figure
        A node a word; an edge a pair, wider for pairs that occur more often and darker for stronger ones.

    Examples
    --------
    >>> import pandas as pd
    >>> pairs = pd.DataFrame({"left": ["air", "air", "led"], "right": ["strike", "raid", "strike"], "n": [5, 3, 3],
    ...     "log_dice": [13.9, 13.2, 13.1], "p_adjusted": 0.01})
    >>> collocation_network(pairs).get_label().split(". ")[0]
    'Network of 4 words joined by 3 collocations'
    """
    columns = ("left", "right", "n", "log_dice")
    every = drawable_rows(collocations, *columns, "p_adjusted")
    if every.empty:
        return empty_figure("too few words for collocations")
    rows = every[every["p_adjusted"] < _ALPHA]
    if len(rows) < _LEAST_EDGES:
        return empty_figure(f"{len(rows)} of {pluralise(len(every), 'pair')} come together more often than by chance")
    top = rows.sort_values(["n", "log_dice"], ascending=False, kind="stable").head(cap(n))
    edges = [_Edge(*row) for row in top[list(columns)].itertuples(index=False)]
    words = dict.fromkeys(word for edge in edges for word in (edge.left, edge.right))
    graph = _fit_to_page([_Node(word, word, WORD, 0) for word in words], edges)
    described = [
        f"{clean(edge.left)} {clean(edge.right)} ({format_number(edge.n)}, log Dice {edge.strength:.1f})"
        for edge in graph.edges[:4]
    ]
    title = describe_part(len(graph.edges), len(rows), "collocation")
    caption = (
        f"line width: times together ({format_range(edge.n for edge in graph.edges)})     "
        f"darkness: log Dice ({format_range(edge.strength for edge in graph.edges)})"
    )
    alt = f"Network of {pluralise(len(graph.nodes), 'word')} joined by {title}. The most frequent: {join(described)}."
    return _draw(graph, title=title, caption=caption, alt=alt)


class _Node(NamedTuple):
    """A node: the key that edges refer to, its label, and how it is drawn."""

    key: Hashable
    label: str
    mark: Mark
    size: float


class _Edge(NamedTuple):
    """An edge between the nodes of two keys, with its frequency (line width) and strength (darkness)."""

    left: Any
    right: Any
    n: float
    strength: float


class _Graph(NamedTuple):
    """A graph that fits on the page: all in inches from the lower left, boxes as width and height."""

    nodes: list[_Node]
    edges: list[_Edge]
    ends: list[tuple[int, int]]
    labels: list[str]
    radii: Floats
    boxes: Floats
    positions: Floats
    height: float


def _induced_subgraph(nodes: list[_Node], edges: list[_Edge]) -> tuple[list[_Node], list[_Edge]]:
    """Return the edges between the nodes, and the nodes that they join."""
    keys = {node.key for node in nodes}
    edges = [edge for edge in edges if edge.left in keys and edge.right in keys]
    joined = {key for edge in edges for key in (edge.left, edge.right)}
    return [node for node in nodes if node.key in joined], edges


def _fit_to_page(nodes: list[_Node], edges: list[_Edge]) -> _Graph:
    """Return the layout of as many of the nodes, from the first, as fit on the page."""
    while True:
        index = {node.key: i for i, node in enumerate(nodes)}
        ends = [(index[edge.left], index[edge.right]) for edge in edges]
        labels = [fit(node.label, 1.5) for node in nodes]
        radii = _radii_inches([node.size for node in nodes])
        widths = np.maximum(2 * radii, [text_inches(label) + 0.06 for label in labels])
        boxes = np.column_stack([widths, 2 * radii + 0.185])
        positions, height = graph_layout(ends, boxes)
        if height <= _MAX_HEIGHT_INCHES:
            return _Graph(nodes, edges, ends, labels, radii, boxes, positions, height)
        nodes, edges = _induced_subgraph(nodes[: int(0.9 * len(nodes))], edges)


def _draw(graph: _Graph, *, title: str, caption: str, alt: str) -> Figure:
    """Return a figure of a graph, with a caption below that explains sizes and widths."""
    marks = list(dict.fromkeys(node.mark for node in graph.nodes))
    legend = [mark for mark in marks if mark is not WORD]
    bottom = caption_inches(caption)
    with styled_figure(title, alt=alt, axes_inches=graph.height, legend=legend, bottom_inches=bottom) as figure:
        from matplotlib.collections import LineCollection

        # One data unit is one inch, so that boxes are as wide as their texts.
        width, height = figure.get_size_inches()
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(0, height))
        axes.set_axis_off()
        positions = graph.positions + np.array([MARGIN_INCHES, bottom])
        # In each box the mark is at the top and the label at the bottom.
        centres = positions + np.column_stack([np.zeros(len(positions)), graph.boxes[:, 1] / 2 - graph.radii])
        strength = np.array([edge.strength for edge in graph.edges], dtype=float)
        weakest_first = np.argsort(strength, kind="stable")
        line_widths = 0.8 + 3.4 * _rescale(np.array([edge.n for edge in graph.edges], dtype=float), low=0.0)
        greys = 0.78 - 0.45 * _rescale(strength)
        lines = LineCollection(
            [centres[list(graph.ends[i])] for i in weakest_first],
            linewidths=line_widths[weakest_first],
            colors=[(grey, grey, grey) for grey in greys[weakest_first]],
            capstyle="round",
        )
        axes.add_collection(lines, autolim=False)
        for mark in marks:
            indices = [i for i, node in enumerate(graph.nodes) if node.mark == mark]
            areas = (144 * graph.radii[indices]) ** 2
            x, y = centres[indices].T
            axes.scatter(
                x, y, s=areas, marker=mark.marker, color=mark.colour, edgecolors="white", linewidths=0.8, zorder=3
            )
        background = {"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.5}
        for label, (x, y), (_, box_height) in zip(graph.labels, positions, graph.boxes, strict=True):
            label_y = y - box_height / 2 + 0.03
            axes.text(x, label_y, label, ha="center", va="baseline", bbox=background, zorder=2.5)
        write_caption(figure, caption)
    return figure


def _radii_inches(sizes: Sequence[float]) -> Floats:
    """Return radii such that a mark's area is proportional to its size, and small sizes stay small.

    Examples
    --------
    >>> _radii_inches([24, 6, 0]).round(3).tolist()
    [0.17, 0.085, 0.05]
    """
    size = np.nan_to_num(np.array(sizes, dtype=float))
    radii: Floats = np.maximum(0.05, 0.17 * np.sqrt(size / max(size.max(), 6)))
    return radii


def _rescale(values: Floats, *, low: float | None = None) -> Floats:
    """Return values scaled to 0 to 1 between their minimum (or a given low) and maximum; 0.2 where all are equal.

    Examples
    --------
    >>> _rescale(np.array([2.0, 3.0, 4.0])).tolist(), _rescale(np.array([5.0, 5.0])).tolist()
    ([0.0, 0.5, 1.0], [0.2, 0.2])
    """
    values = np.nan_to_num(values)
    if values.min() == values.max():
        return np.full(len(values), 0.2)
    low = values.min() if low is None else low
    scaled: Floats = (values - low) / (values.max() - low)
    return scaled
