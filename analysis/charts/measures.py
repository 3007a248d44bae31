"""Charts of measures and rates: of one article, against the reference corpus, or of several side by side."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.charts.elements import (
    count_axis,
    empty_figure,
    fixed_ticks,
    label_column,
    label_rows,
    margin_texts,
    percent_tick,
    reserve_label_margin,
    styled_figure,
)
from analysis.charts.selection import drawable_rows, order_descending
from analysis.charts.style import (
    BLUE,
    GREY,
    MAX_PANELS,
    MAX_ROWS,
    PALE_GREY,
    ROW_INCHES,
    SHEET,
    TEXT_GREY,
    Mark,
)
from analysis.charts.wording import clean, fit, format_number, join, pluralise, text_inches
from analysis.labels import label_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["measures_intervals", "measures_side_by_side", "tag_profile"]

_MAX_MEASURES_SIDE_BY_SIDE = 9
_MAX_COLUMNS_SIDE_BY_SIDE = 3
_MAX_ROWS_SIDE_BY_SIDE, _MAX_INCHES_SIDE_BY_SIDE = 33, 9.8
_BAND_GAP_INCHES = 0.85
#: From this width on, a panel has room for three ticks.
_WIDE_PANEL_INCHES = 1.3


def tag_profile(tags: pd.DataFrame) -> Figure:
    """Draw the shares of the parts of speech in the article and in the reference corpus.

    Parameters
    ----------
    tags
        One row a part of speech: ``upos``, ``n`` (words), ``share`` and ``reference_share`` (of all words, 0 to 1).

    Returns
    -------
    matplotlib.figure.Figure
        One row a part of speech, the most frequent first: a filled dot for the article, a hollow one for the reference.

    Examples
    --------
    >>> import pandas as pd
    >>> tags = pd.DataFrame({
    ...     "upos": ["NOUN", "VERB"], "n": [6, 2], "share": [0.75, 0.25], "reference_share": [0.5, 0.5]})
    >>> tag_profile(tags).get_label().split(": ")[1]
    'noun 75.0 % (reference 50.0 %) and verb 25.0 % (reference 50.0 %).'
    """
    rows = drawable_rows(tags, "upos", "n", "share", "reference_share", required=("upos", "share"))
    if rows.empty:
        return empty_figure("no tagged words found")
    rows = rows.iloc[order_descending(rows["share"])].head(MAX_ROWS)
    share, reference = (rows[column].to_numpy(dtype=float) for column in ("share", "reference_share"))
    tag_names = [clean(label_of("upos", upos)) for upos in rows["upos"]]
    described = [
        f"{name} {100 * a:.1f} %" + ("" if np.isnan(b) else f" (reference {100 * b:.1f} %)")
        for name, a, b in zip(tag_names, share, reference, strict=True)
    ]
    alt = (
        f"Paired dot plot of the shares of {pluralise(len(rows), 'part')} of speech in the words of the article and of "
        f"the reference. The most frequent: {join(described[:4])}."
    )
    legend = [Mark("article", BLUE, "o"), Mark("reference", GREY, "o", hollow=True)]
    title = "Parts of speech in the article and in the reference"
    with styled_figure(title, alt=alt, axes_inches=ROW_INCHES * (len(rows) + 1), legend=legend) as figure:
        axes = figure.subplots()
        y = np.arange(len(rows))
        axes.hlines(y, np.where(np.isnan(reference), share, reference), share, color=GREY, linewidth=1.2)
        hollow: dict[str, Any] = {"markerfacecolor": "white", "markeredgewidth": 1.2}
        axes.plot(reference, y, "o", color=GREY, markersize=6, clip_on=False, **hollow)
        axes.plot(share, y, "o", color=BLUE, markersize=6, clip_on=False)
        label_rows(axes, tag_names)
        label_column(axes, map(format_number, rows["n"]), "words")
        count_axis(axes, np.nanmax([share, reference]), "share of words (%)", whole=False)
        axes.xaxis.set_major_formatter(percent_tick)
    return figure


def measures_intervals(measures: pd.DataFrame) -> Figure:
    """Draw measures with their intervals, one row each, those of one unit on one axis.

    Parameters
    ----------
    measures
        One row a measure: ``measure``, ``value``, ``unit``, ``low``, ``high``, ``note``. Pass measures that a reader
        may compare, such as readability grades. At most 40 are drawn, of at most ten units.

    Returns
    -------
    matplotlib.figure.Figure
        A dot at the value on a line from low to high; an undefined value shows its note instead.

    Examples
    --------
    >>> import pandas as pd
    >>> grades = pd.DataFrame({
    ...     "measure": ["coleman_liau", "smog"], "value": [14.8, None], "unit": "grade", "low": [13.9, None],
    ...     "high": [15.6, None], "note": ["", "too few sentences"]})
    >>> measures_intervals(grades).get_label().split(". ")[1]
    'Coleman–Liau index 14.8 (13.9 to 15.6) and SMOG grade undefined.'
    """
    columns = ("measure", "value", "unit", "low", "high", "note")
    rows = drawable_rows(measures, *columns, required=("measure",)).head(MAX_ROWS)
    if rows.empty:
        return empty_figure("no measures found")
    if rows["value"].isna().all():
        notes = [note for note in rows["note"] if isinstance(note, str) and note]
        return empty_figure(notes[0] if notes else "every measure is undefined")
    rows = rows.assign(unit=rows["unit"].fillna("").astype(str))
    units = list(dict.fromkeys(rows["unit"]))[:MAX_PANELS]
    rows = rows[rows["unit"].isin(units)]
    labels = rows["measure"].map(_measure_label)
    estimates = rows[["value", "low", "high"]].astype(float)
    described = [
        f"{clean(label)} {_describe_estimate(*estimate)}"
        for label, estimate in zip(labels, estimates.itertuples(index=False), strict=True)
    ]
    title = pluralise(len(rows), "measure") + (" with intervals" if (rows["low"] < rows["high"]).any() else "")
    alt = f"Dot plot of {title}, one row each. {join(described)}."
    heights = [ROW_INCHES * ((rows["unit"] == unit).sum() + 0.4) for unit in units]
    gap = 0.55
    with styled_figure(title, alt=alt, axes_inches=sum(heights) + gap * (len(units) - 1)) as figure:
        spacing = {"hspace": gap / (sum(heights) / len(heights))}
        panels = figure.subplots(len(units), squeeze=False, height_ratios=heights, gridspec_kw=spacing)[:, 0]
        for axes, unit in zip(panels, units, strict=True):
            has_unit = rows["unit"] == unit
            value, low, high = estimates[has_unit].to_numpy().T
            y = np.arange(len(value))
            axes.hlines(y, low, high, color=BLUE, linewidth=1.6)
            axes.plot(value, y, "o", color=BLUE, markersize=5.5)
            label_rows(axes, labels[has_unit])
            axes.set_xlabel(fit(unit, 4) or "value")
            axes.margins(x=0.06)
            axes.locator_params(axis="x", nbins=5)
            notes = rows.loc[has_unit, "note"].tolist()
            for i in np.flatnonzero(np.isnan(value)):
                room = min(4.5, SHEET.width_inches - SHEET.label_inches - 0.5)
                note = fit(notes[i] if isinstance(notes[i], str) and notes[i] else "undefined", room)
                axes.text(0.01, i, note, transform=axes.get_yaxis_transform(), va="center_baseline", color=TEXT_GREY)
            if np.isnan(value).all():
                fixed_ticks(axes.xaxis, [], [])
        reserve_label_margin(figure, labels)
    return figure


def measures_side_by_side(measures: pd.DataFrame, *, by: str = "group") -> Figure:
    """Draw measures of groups, or of articles, side by side: one row a group, one panel a measure.

    Parameters
    ----------
    measures
        One row a group and measure: the column named by ``by``, ``measure``, ``value``, ``unit``, ``low``, ``high``.
        With a column ``article_id`` each article has a row of its own. At most nine measures are drawn, of the
        first groups.
    by
        The column that labels the rows.

    Returns
    -------
    matplotlib.figure.Figure
        A dot at the value on a line for the interval; nothing where a value is undefined. Each panel has its own axis,
        from the measure's lowest to its highest value.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({
    ...     "group": ["Herald", "Post"], "measure": "lix", "value": [44.0, 51.0], "unit": "20 (easy) to 60 (hard)",
    ...     "low": [41.0, None], "high": [48.0, None]})
    >>> measures_side_by_side(table).get_label().split(". ")[1]
    'LIX: Herald 44 (41 to 48) and Post 51.'
    """
    by_article = "article_id" in measures.columns
    rows = drawable_rows(
        measures.drop(columns=["article_id"], errors="ignore"),
        *(by, "measure", "value", "unit", "low", "high"),
        required=(by, "measure"),
    )
    rows = rows.assign(key=measures.loc[rows.index, "article_id"] if by_article else rows[by])
    if rows.empty or rows["value"].isna().all():
        return empty_figure("no measure is defined")
    names = list(dict.fromkeys(rows["measure"]))[:_MAX_MEASURES_SIDE_BY_SIDE]
    n_columns = min(len(names), _MAX_COLUMNS_SIDE_BY_SIDE, SHEET.room_for(_MAX_COLUMNS_SIDE_BY_SIDE + 1))
    n_bands = math.ceil(len(names) / n_columns)
    keys = list(dict.fromkeys(rows["key"]))
    panel_height_most = (_MAX_INCHES_SIDE_BY_SIDE - n_bands * _BAND_GAP_INCHES) / n_bands
    drawn = keys[: min(_MAX_ROWS_SIDE_BY_SIDE // n_bands, int(panel_height_most / ROW_INCHES - 0.4))]
    rows = rows[rows["key"].isin(drawn) & rows["measure"].isin(names)]
    label_by_key = dict(zip(rows["key"], rows[by].astype("str"), strict=True))
    label_inches = min(SHEET.label_inches, 0.3 * SHEET.width_inches)
    labels = [fit(label_by_key[key], label_inches) for key in drawn]
    subjects = pluralise(len(keys), "article" if by_article else "group")
    subjects = subjects if len(drawn) == len(keys) else f"the first {len(drawn)} of {subjects}"
    title = f"{pluralise(len(names), 'measure')} of {subjects}"
    described = [_describe_measure(rows[rows["measure"] == name], name, by=by) for name in names]
    alt = f"Dot plot of {title}, with intervals where there are any. {'. '.join(described)}."
    panel_height, band_gap = ROW_INCHES * (len(drawn) + 0.4), _BAND_GAP_INCHES
    column_gap, bottom = 0.28, 0.45
    # The names of the first band's measures are above their axes.
    axes_inches = n_bands * panel_height + (n_bands - 1) * band_gap + 0.25
    with styled_figure(title, alt=alt, axes_inches=axes_inches, bottom_inches=bottom) as figure:
        height = figure.get_size_inches()[1]
        left = max(map(text_inches, labels)) + 0.16
        panel_width = (SHEET.width_inches - left - 0.2 - column_gap * (n_columns - 1)) / n_columns
        for i, name in enumerate(names):
            band, column = divmod(i, n_columns)
            panel_left = left + column * (panel_width + column_gap)
            panel_bottom = bottom + (n_bands - 1 - band) * (panel_height + band_gap)
            corner = panel_left / SHEET.width_inches, panel_bottom / height
            axes = figure.add_axes((*corner, panel_width / SHEET.width_inches, panel_height / height))
            measure_rows = rows[rows["measure"] == name]
            value, low, high = measure_rows[["value", "low", "high"]].to_numpy(dtype=float).T
            y = np.array([drawn.index(key) for key in measure_rows["key"]])
            axes.hlines(range(len(drawn)), 0, 1, color=PALE_GREY, linewidth=1, transform=axes.get_yaxis_transform())
            axes.hlines(y, low, high, color=BLUE, linewidth=1.4)
            axes.plot(value, y, "o", color=BLUE, markersize=4.5)
            axes.set_ylim(len(drawn) - 0.3, -0.7)
            fixed_ticks(axes.yaxis, [], [])
            axes.margins(x=0.1)
            axes.locator_params(axis="x", nbins=3 if panel_width > _WIDE_PANEL_INCHES else 2, steps=[1, 2, 5, 10])
            if np.isnan(value).all():
                fixed_ticks(axes.xaxis, [], [])
            if column == 0:
                margin_texts(axes, dict(enumerate(labels)), side="left")
            unit = measure_rows["unit"].dropna().astype("str")
            axes.set_xlabel(fit(unit.iloc[0] if len(unit) else "", panel_width))
            axes.text(0, 1, fit(_measure_label(name), panel_width), transform=axes.transAxes, va="bottom")
    return figure


def _describe_measure(rows: pd.DataFrame, name: object, *, by: str) -> str:
    """Return a measure's name with its defined values."""
    defined = rows[rows["value"].notna()]
    described = [
        f"{clean(label)} {_describe_estimate(*estimate)}"
        for label, *estimate in defined[[by, "value", "low", "high"]].itertuples(index=False)
    ]
    return f"{clean(_measure_label(name))}: {join(described, max_items=6) or 'undefined'}"


def _describe_estimate(value: float, low: float, high: float) -> str:
    """Return a value with its interval, if it has one.

    Examples
    --------
    >>> _describe_estimate(14.8, 13.9, 15.6), _describe_estimate(14.8, np.nan, np.nan)
    ('14.8 (13.9 to 15.6)', '14.8')
    """
    if np.isnan(value):
        return "undefined"
    return format_number(value) + (f" ({format_number(low)} to {format_number(high)})" if low < high else "")


def _measure_label(measure: object) -> str:
    """Return how a measure is called: as in tables, or by its own name without underscores."""
    return label_of("measure", str(measure)).replace("_", " ")
