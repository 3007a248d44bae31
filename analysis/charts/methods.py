"""Charts of methods that rank the same sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.charts.elements import empty_figure, fixed_ticks, label_rows, styled_figure
from analysis.charts.selection import drawable_rows
from analysis.charts.style import BLUE, FONT_POINTS, INK, ORANGE, SHEET
from analysis.charts.wording import clean, fit, format_signed, pluralise, text_inches
from analysis.labels import label_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["agreement"]

_MIN_DARK_TAU = 0.8  # from here on a tile's number is white


def agreement(agreement: pd.DataFrame) -> Figure:
    """Draw the rank correlation of each pair of methods.

    Parameters
    ----------
    agreement
        One row a pair: ``method_a``, ``method_b``, ``kendall_tau`` (−1 reversed to 1 the same).

    Returns
    -------
    matplotlib.figure.Figure
        A triangular heat map, blue for agreement and orange for disagreement, each tile with its number; a method's
        name is at the left of its row and at the top of its column.

    Examples
    --------
    >>> import pandas as pd
    >>> pairs = pd.DataFrame({
    ...     "method_a": ["lead", "lead", "luhn"], "method_b": ["luhn", "lsa", "lsa"], "kendall_tau": [0.4, -0.1, 0.2]})
    >>> agreement(pairs).get_label().split(". ")[1:]
    ['Most alike: lead and Luhn (+0.40)', 'Least alike: lead and LSA (−0.10).']
    """
    rows = drawable_rows(agreement, "method_a", "method_b", "kendall_tau", required=("method_a", "method_b"))
    rows = rows[rows["method_a"] != rows["method_b"]]
    if rows.empty:
        return empty_figure("fewer than two methods to compare")
    rows = rows.assign(**{name: [label_of(name, code) for code in rows[name]] for name in ("method_a", "method_b")})
    methods = list(dict.fromkeys([*rows["method_a"], *rows["method_b"]]))
    index = {method: i for i, method in enumerate(methods)}
    n = len(methods)
    tau = np.full((n, n), np.nan)
    for a, b, value in zip(rows["method_a"], rows["method_b"], rows["kendall_tau"].astype(float), strict=True):
        tau[max(index[a], index[b]), min(index[a], index[b])] = value
    pairs = [(methods[j], methods[i], tau[i, j]) for i, j in np.argwhere(~np.isnan(tau))]
    pairs.sort(key=lambda pair: -pair[2])
    if not pairs:
        return empty_figure("too few sentences to compare rankings")
    (a, b, highest), (c, d, lowest) = pairs[0], pairs[-1]
    alt = (
        f"Heat map of Kendall’s tau between the rankings of {pluralise(n, 'method')}. "
        f"Most alike: {clean(a)} and {clean(b)} ({format_signed(highest)}). "
        f"Least alike: {clean(c)} and {clean(d)} ({format_signed(lowest)})."
    )
    title = "Agreement of the methods’ rankings (Kendall’s τ)"
    with styled_figure(title, alt=alt, axes_inches=0.34 * (n - 0.2), bottom_inches=0.06) as figure:
        from matplotlib.colors import LinearSegmentedColormap

        axes = figure.subplots()
        axes.grid(visible=False)
        colours = LinearSegmentedColormap.from_list("agreement", [ORANGE, "white", BLUE])
        edges = np.arange(n + 1) - 0.5
        tiles = np.ma.masked_invalid(tau)
        axes.pcolormesh(edges, edges, tiles, cmap=colours, vmin=-1, vmax=1, edgecolors="white", linewidth=2)
        label_rows(axes, methods[1:], y=range(1, n))
        tile_inches = SHEET.width_inches * axes.get_position().width / n
        # Where a tile has no room for a number, its colour and the alternative text tell it.
        size = next((s for s in (FONT_POINTS, SHEET.small_points) if _number_inches(s) <= tile_inches), 0)
        for i, j in ((row, column) for row in range(n) for column in range(row)):
            text = "n/a" if np.isnan(tau[i, j]) else format_signed(tau[i, j])
            colour = "white" if tau[i, j] > _MIN_DARK_TAU else INK
            if size:
                axes.text(j, i, text, ha="center", va="center", color=colour, fontsize=size)
        for j, method in enumerate(methods[:-1]):
            label = fit(method, min(1.2, (n - j - 0.08) * tile_inches + 0.2))
            axes.text(j - 0.42, j + 0.34, label, ha="left", va="baseline", color=INK)
        axes.set_ylim(n - 0.5, -0.3)
        axes.set_xlim(-0.5, n - 0.5)
        fixed_ticks(axes.xaxis, [], [])
        axes.spines["bottom"].set_visible(False)
    return figure


def _number_inches(points: float) -> float:
    """Return the width of a number of two decimals, at a size of letters."""
    return text_inches("+0.00") * points / FONT_POINTS
