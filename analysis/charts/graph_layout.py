"""Where the nodes of a graph are drawn, so that no two labels overlap and the layout is the same each time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis.charts.style import MARGIN_INCHES, SHEET

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["graph_layout"]

_EDGE_INCHES = np.array([1.35, 0.8])  # of an edge, horizontally and vertically
_GAP_INCHES = 0.22  # between connected components
_LAYOUT_STEPS = 100
_SEPARATION_STEPS = 300
_TOLERANCE = 1e-6


class _Component(NamedTuple):
    """A connected component: its nodes, their positions from its lower left corner, and its width and height."""

    nodes: NDArray[np.intp]
    positions: Floats
    extent: Floats


def graph_layout(edges: Sequence[tuple[int, int]], boxes: Floats) -> tuple[Floats, float]:
    """Return the positions of a graph's nodes, each drawn as a box, such that joined boxes are near and none overlaps.

    Each connected component is laid out by itself. The components fill the chart's width line by line, the largest
    first.

    Parameters
    ----------
    edges
        The pairs of joined nodes, by index.
    boxes
        The width and height of each node in inches: an array with one row a node.

    Returns
    -------
    positions : numpy.ndarray
        The centre of each box in inches from the lower left: an array with one row a node.
    height : float
        The height of the layout in inches.

    Examples
    --------
    >>> positions, height = graph_layout([(0, 1)], np.array([[1.0, 0.3], [1.0, 0.3]]))
    >>> positions.tolist(), round(height, 2)
    ([[2.845, 0.15], [4.195, 0.15]], 0.3)
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components, shortest_path

    n = len(boxes)
    pairs = np.array(edges, dtype=np.int32).reshape(-1, 2)
    graph = csr_array((np.ones(len(pairs)), pairs.T), shape=(n, n))
    n_components, component_of = connected_components(graph, directed=False)
    distances = shortest_path(graph, directed=False, unweighted=True)
    width = SHEET.width_inches - 2 * MARGIN_INCHES
    components = []
    for component in range(n_components):
        nodes = np.flatnonzero(component_of == component)
        inner_edges = np.searchsorted(nodes, pairs[component_of[pairs[:, 0]] == component])
        positions = _stress_layout(distances[np.ix_(nodes, nodes)], inner_edges) * _EDGE_INCHES
        positions = _separate(positions, boxes[nodes], width)
        lower, upper = (positions - boxes[nodes] / 2).min(axis=0), (positions + boxes[nodes] / 2).max(axis=0)
        components.append(_Component(nodes, positions - lower, upper - lower))
    components.sort(key=lambda component: (-len(component.nodes), component.nodes[0]))
    return _stack(_break_lines(components, width), n, width)


def _break_lines(components: Sequence[_Component], width: float) -> list[list[_Component]]:
    """Return the components in lines that fit the width."""
    lines: list[list[_Component]] = []
    for component in components:
        if not lines or sum(c.extent[0] + _GAP_INCHES for c in lines[-1]) + component.extent[0] > width:
            lines.append([])
        lines[-1].append(component)
    return lines


def _stack(lines: Sequence[Sequence[_Component]], n: int, width: float) -> tuple[Floats, float]:
    """Return the positions of the nodes, and the height, of lines of components one above the other."""
    positions, top = np.zeros((n, 2)), 0.0
    for line in lines:
        line_height = max(component.extent[1] for component in line)
        gap = (width - sum(component.extent[0] for component in line)) / (len(line) + 1)
        left = gap
        for nodes, inner_positions, extent in line:
            positions[nodes] = inner_positions + np.array([left, -top - (line_height + extent[1]) / 2])
            left += extent[0] + gap
        top += line_height + _GAP_INCHES
    height = float(top - _GAP_INCHES)
    return np.round(positions + np.array([0, height]), 4), height


def _stress_layout(distances: Floats, edges: NDArray[np.intp]) -> Floats:
    """Return positions of a connected graph's nodes whose distances approximate those in the graph.

    Stress majorisation (Gansner, Koren and North 2004). It starts from one fixed arrangement instead of a random one,
    so that the layout of a graph is always the same. The result is rotated to extend most horizontally, and mirrored
    so that edges lead to the right rather than to the left.
    """
    n = len(distances)
    if n == 1:
        return np.zeros((1, 2))
    distances = distances + np.eye(n)  # no division by zero: the weights of the diagonal are zero
    weights = distances**-2.0
    np.fill_diagonal(weights, 0)
    inverse_laplacian = np.linalg.pinv(np.diag(weights.sum(axis=1)) - weights)
    turn = np.arange(n) / n
    # Not quite a circle: on one, rounding errors alone would choose between two layouts of equal stress.
    positions = np.column_stack([np.cos(2 * np.pi * turn), np.sin(2 * np.pi * turn)]) * (1 + 0.05 * turn[:, None])
    for _ in range(_LAYOUT_STEPS):
        difference = positions[:, None] - positions[None]
        drawn_distances = np.maximum(np.hypot(difference[..., 0], difference[..., 1]), 1e-9)
        laplacian = -weights * distances / drawn_distances
        np.fill_diagonal(laplacian, 0)
        np.fill_diagonal(laplacian, -laplacian.sum(axis=1))
        positions = inverse_laplacian @ (laplacian @ positions)
    (xx, xy), (_, yy) = np.cov(positions.T)
    # Rounded and without a negative zero, so that the sign of an error cannot rotate a graph as wide as it is high.
    angle = 0.5 * math.atan2(round(2 * xy, 6) + 0.0, round(xx - yy, 6) + 0.0)
    rotation = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    rotated: Floats = positions @ rotation
    rightward = float((rotated[edges[:, 1], 0] - rotated[edges[:, 0], 0]).sum())
    return rotated if rightward > -_TOLERANCE else rotated * np.array([-1.0, 1.0])


def _separate(positions: Floats, boxes: Floats, width: float) -> Floats:
    """Return positions moved until no two boxes overlap and none exceeds the width; the height is not limited."""
    room = width - boxes[:, 0]
    x = positions[:, 0] - positions[:, 0].min()
    x = x * min(1.0, room.min() / max(x.max(), 1e-9)) if len(x) > 1 else x
    positions = np.round(np.column_stack([x + boxes[:, 0].max() / 2, positions[:, 1]]), 6)
    clearance = (boxes[:, None] + boxes[None]) / 2 + 0.02
    order = np.arange(len(boxes))
    order_sign = np.sign(order[:, None] - order[None])
    for _ in range(_SEPARATION_STEPS):
        difference = positions[:, None] - positions[None]
        overlap = clearance - np.abs(difference)
        collides = (overlap > _TOLERANCE).all(axis=2) & (order_sign != 0)
        if not collides.any():
            return positions
        horizontally = overlap[..., 0] < overlap[..., 1]
        for axis, along_axis in ((0, collides & horizontally), (1, collides & ~horizontally)):
            sign = np.where(difference[..., axis] == 0, order_sign, np.sign(difference[..., axis]))
            move = np.where(along_axis, sign * (overlap[..., axis] + 0.01), 0).sum(axis=1) / 2
            positions[:, axis] += move / np.maximum(1, along_axis.sum(axis=1)) ** 0.5
        positions[:, 0] = np.clip(positions[:, 0], boxes[:, 0] / 2, width - boxes[:, 0] / 2)
    # Where that does not converge, one box below the other.
    bottom = np.cumsum(boxes[:, 1] + 0.02)
    return np.column_stack([positions[:, 0], -bottom + boxes[:, 1] / 2])
