"""How exhibits look in a notebook and on a report's page: HTML written by templates that escape every value."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from analysis.exhibits.spans import Span, cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jinja2 import Template
    from markupsafe import Markup

    from analysis.exhibits.formatting import Column
    from analysis.exhibits.model import Exhibit, Table

__all__ = ["stylesheet", "write_anchors", "write_exhibit"]

_HERE = Path(__file__).resolve().parent


def write_exhibit(exhibit: Exhibit, number: str = "", *, linked: bool = False) -> Markup:
    """Write an exhibit as an HTML ``figure``.

    Parameters
    ----------
    exhibit
        The exhibit.
    number
        Its number in a report, as in ``Table 3``.
    linked
        Whether a row of a table that has a span in the article links to it, as :func:`write_anchors` names it.
    """
    return _write("exhibit.html.j2", exhibit=exhibit, number=number, linked=linked)


def write_anchors(text: str, spans: Iterable[tuple[int, int]]) -> Markup:
    """Write a text as HTML in which each span is an element with the id ``c<start>-<end>``, to link to.

    Parameters
    ----------
    text
        The text.
    spans
        Half-open character spans of it, each once; they may overlap and nest.

    Examples
    --------
    >>> print(write_anchors("a<b c", [(0, 3), (2, 5)]))
    <span id="c0-3">a&lt;<span id="c2-5">b</span></span><span> c</span>
    """
    return _write("anchors.html.j2", pieces=cut(text, (Span(start, end) for start, end in spans)))


@cache
def stylesheet() -> str:
    """Return the style sheet of exhibits."""
    return (_HERE / "exhibit.css").read_text(encoding="utf-8")


def _write(template: str, **values: object) -> Markup:
    from markupsafe import Markup

    return Markup(_template(template).render(values))  # noqa: S704 - the template escapes


@cache
def _template(name: str) -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined)
    for function in (_anchor, _css_class, _css_name, _rows, _svg_address):
        environment.filters[function.__name__.removeprefix("_")] = function
    return environment.get_template(name)


def _anchor(span: Span | tuple[int, int]) -> str:
    """Return the id of the element that holds a span of the article."""
    start, end, *_ = span
    return f"c{start}-{end}"


class _Cell(NamedTuple):
    text: str
    css_class: str
    anchor: str


def _rows(table: Table, columns: list[Column], *, linked: bool) -> Iterator[list[_Cell]]:
    """Yield the cells of each shown row; where it has a span in the article, one of them links to that."""
    names = [column.name for column in columns]
    linking = next((names.index(name) for name in ("start", "text") if name in names), 0)
    classes = [_css_class(column) for column in columns]
    for span, *texts in zip(table.shown_spans(), *(column.cells for column in columns), strict=True):
        anchors = [_anchor(span) if linked and span and index == linking else "" for index in range(len(columns))]
        yield list(map(_Cell, texts, classes, anchors))


def _css_class(column: Column) -> str:
    """Return the class of a column's cells: numbers are set right, short texts do not wrap."""
    return "n" if column.is_number else "w" if column.is_short else ""


def _css_name(label: str) -> str:
    """Write a label as a part of the name of a CSS class."""
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")


def _svg_address(svg: str) -> Markup:
    """Write an SVG as a data address, escaped for an attribute between double quotes."""
    from markupsafe import Markup

    # Either quote will do in SVG: the one that needs no escape in an attribute makes the page a fifth smaller.
    data = svg.replace('"', "'") if "'" not in svg else svg
    data = data.replace("%", "%25").replace("#", "%23").replace("&", "&amp;").replace('"', "&quot;")
    return Markup("data:image/svg+xml,") + Markup(data)  # noqa: S704 - escaped: & and " are all that could act
