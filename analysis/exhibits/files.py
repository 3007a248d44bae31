"""The files that are saved of an exhibit: the same bytes each time, on any machine."""

from __future__ import annotations

import ctypes
import io
import json
import re
import sys
import warnings
from functools import cache, reduce
from typing import TYPE_CHECKING, Literal

from analysis.exhibits.formatting import is_number
from analysis.layout import FORMULA_STARTS

if TYPE_CHECKING:
    import matplotlib.figure
    import pandas as pd
    import typst

__all__ = ["PRINT_PPI", "clear_typst_cache", "reduced", "svg_of", "to_csv", "to_parquet", "typeset_svg"]

_SCREEN_PPI = 200
#: Pixels an inch for print, as journals want of line drawings.
PRINT_PPI = 600
_SVG_SIZE = re.compile(r'(?<= )width="([\d.]+)pt" height="([\d.]+)pt"')
_INCH_MM, _INCH_POINTS = 25.4, 72
_FIGURE_PAGE = b"""#set page(width: auto, height: auto, margin: 0pt)
#image("figure.svg", alt: json("alt.json"))"""
_QUOTED_OR_LINE_END = re.compile(r'("(?:[^"]|"")*")|\r\n')
# Typst keeps what it computed for its last ten documents.
_DOCUMENTS_CACHED = 10
# What no reader sees makes half of an SVG: comments, empty metadata, indents, hundredths of a thousandth of a point.
_REDUCTIONS = (
    (re.compile(r"<!--.*?-->|<metadata>.*?</metadata>|<!DOCTYPE.*?>", re.DOTALL), ""),
    (re.compile(r"\s*\n\s*"), "\n"),
    (re.compile(r"\n(?=[<LQCMz])"), ""),
    (re.compile(r"(?<![\d.])([1-9]\d*\.\d\d)\d+"), r"\1"),
    (re.compile(r'(<use xlink:href="#[\w-]+") transform="translate\(([\d.]+) 0\)"'), r'\1 x="\2"'),
)


def to_csv(frame: pd.DataFrame, *, spreadsheet_safe: bool = True) -> bytes:
    """Write a table as CSV: UTF-8, full precision, without its index.

    Parameters
    ----------
    frame
        The table.
    spreadsheet_safe
        Whether a text that a spreadsheet would run as a formula (one that begins with ``=``, ``+``, ``-``, ``@``, a tab
        or a line end) has an apostrophe before it, so that it is shown as text. Numbers are never changed.

    Notes
    -----
    The characters are those of OWASP, *CSV Injection*, https://owasp.org/www-community/attacks/CSV_Injection.

    Examples
    --------
    >>> import pandas as pd
    >>> print(to_csv(pd.DataFrame({"text": ["=1+1", "1+1"], "n": [-2, 2]})).decode(), end="")
    text,n
    '=1+1,-2
    1+1,2
    """
    if spreadsheet_safe:
        frame = frame.copy(deep=False)
        for name in frame.columns:
            if not is_number(frame[name]):
                frame[name] = frame[name].astype(object).map(_as_text)
    written = frame.to_csv(index=False, lineterminator="\n")
    if "\r" in written:
        # A carriage return in a text is quoted only where it is part of what ends a line.
        quoted = frame.to_csv(index=False, lineterminator="\r\n")
        written = _QUOTED_OR_LINE_END.sub(lambda match: match[1] or "\n", quoted)
    return written.encode(errors="replace")


def _as_text(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def to_parquet(frame: pd.DataFrame) -> bytes:
    """Write a table as Parquet, without its index."""
    return frame.to_parquet(index=False)


def svg_of(figure: matplotlib.figure.Figure, *, salt: str) -> str:
    """Save a figure as SVG, its letters as paths so that it looks the same without its fonts.

    Parameters
    ----------
    figure
        The figure.
    salt
        What the ids of its parts are hashed with, so that they are the same each time.
    """
    import matplotlib as mpl

    file = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": salt, "svg.fonttype": "path"}), warnings.catch_warnings():
        # A character that the font lacks is drawn as a box; the alternative text and the chart's table have it.
        warnings.filterwarnings("ignore", r"Glyph \d+ .*missing from font", UserWarning)
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return reduce(lambda svg, step: step[0].sub(step[1], svg), _REDUCTIONS, file.getvalue())


def reduced(svg: str, *, width_mm: float) -> str:
    """Return an SVG of matplotlib's at another width, all in it reduced alike.

    Examples
    --------
    >>> reduced('<svg width="144pt" height="72pt" viewBox="0 0 144 72"/>', width_mm=25.4)
    '<svg width="72pt" height="36pt" viewBox="0 0 144 72"/>'
    """
    width_points = width_mm / _INCH_MM * _INCH_POINTS

    def resize(size: re.Match[str]) -> str:
        return f'width="{width_points:.6g}pt" height="{float(size[2]) * width_points / float(size[1]):.6g}pt"'

    return _SVG_SIZE.sub(resize, svg, count=1)


def typeset_svg(
    svg: bytes,
    format: Literal["pdf", "png"],  # noqa: A002 - as typst names it
    *,
    alt: str,
    ppi: int = _SCREEN_PPI,
) -> bytes:
    """Convert an SVG to PDF or PNG, so that all three look the same."""
    import typst

    # The alternative text comes as data: what a string escapes differs between JSON and typst.
    data = json.dumps(alt, ensure_ascii=False).encode(errors="replace")
    return typst.compile(  # type: ignore[call-overload] # its annotations leave out a dict of files
        {"main": _FIGURE_PAGE, "figure.svg": svg, "alt.json": data},
        format=format,
        ppi=ppi,
        font_paths=_no_fonts(),
        timestamp=0,
    )


@cache
def _no_fonts() -> typst.Fonts:
    """Return an empty set of fonts: the letters of an SVG are paths, and finding fonts takes longer than drawing."""
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False)


def clear_typst_cache() -> None:
    """Free the memory that drawing took: typst's cache, and what the C library keeps for later."""
    import typst

    # Typst has no call for it: compiling other documents takes the place of what it keeps.
    for _ in range(_DOCUMENTS_CACHED + 1):
        typst.compile(b"", format="svg", font_paths=_no_fonts())
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None:
        trim(0)
