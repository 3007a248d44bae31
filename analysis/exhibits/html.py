"""How exhibits look in a notebook and on a report's page: HTML written by templates that escape every value."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from analysis.exhibits.drawing import Drawings
from analysis.exhibits.formatting import Column, format_cells, is_number
from analysis.exhibits.spans import Span, cut
from analysis.labels import is_offset, label_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pandas as pd
    from jinja2 import Template
    from markupsafe import Markup

    from analysis.exhibits.model import Exhibit, Table

__all__ = ["Page", "css_name", "row_spans", "stylesheet", "table_script", "write_exhibit", "write_marked"]

_HERE = Path(__file__).resolve().parent
#: The most rows of a table that a page or a notebook holds, of which it shows the first.
_MOST_ROWS = 5000
_WORD = re.compile(r"\w+(?:[-’']\w+)*")
#: Columns that say what stands at `first_start`.
_NAMING = ("name", "phrase", "lemma", "speaker", "left")


@dataclass(frozen=True)
class Page:
    """The page that exhibits are written into.

    Attributes
    ----------
    text
        The article's text, which stands on the page with an element ``c<start>-<end>`` for each span that is linked to.
    layers
        The names of the layers of marks that the article has on the page, by the ids of the exhibits that they are of.
    drawings
        The page's charts.
    """

    text: str = ""
    layers: Mapping[str, str] = field(default_factory=dict)
    drawings: Drawings = field(default_factory=Drawings)


def write_exhibit(exhibit: Exhibit, number: str = "", *, page: Page | None = None) -> Markup:
    """Write an exhibit as an HTML ``figure``.

    Parameters
    ----------
    exhibit
        The exhibit.
    number
        Its number in a report, as in ``Table 3``.
    page
        The page that it stands on: rows then lead into the article there, and a text that is the article is not
        written again. Without one it stands alone, as in a notebook.

    Notes
    -----
    A table holds all rows (of more than 5,000, so many). The first ones are elements; the others are data that
    :func:`table_script` shows, sorts and filters.
    """
    return _write("exhibit.html.j2", exhibit=exhibit, number=number, page=page)


def write_marked(text: str, spans: Iterable[Span]) -> Markup:
    """Write a text as HTML with spans of two kinds: those of a layer are marked, the others have an id to link to.

    Parameters
    ----------
    text
        The text.
    spans
        Spans of it, which may overlap and nest. One without a layer, each once, is an element with the id
        ``c<start>-<end>``. One of a layer ``names`` has the class ``names``; of ``claims claims-cue``, both these.

    Examples
    --------
    >>> print(write_marked("a<b c", [Span(0, 3), Span(2, 5)]))
    <span id="c0-3">a&lt;<span id="c2-5">b</span></span><span> c</span>
    >>> print(write_marked("Giza.", [Span(0, 4, "location", "names")]))
    <mark class="names mark-location" data-label="location">Giza</mark>.
    """
    # A browser leaves a null out, and every place after it would be one too far.
    return _write("marked.html.j2", pieces=cut(text.replace("\0", "\N{REPLACEMENT CHARACTER}"), spans))


@cache
def stylesheet() -> str:
    """Return the style sheet of exhibits."""
    return _read("exhibit.css")


@cache
def table_script() -> str:
    """Return the script that pages, sorts and filters the tables beside it, in a notebook or on a page."""
    return _read("table.js")


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _write(template: str, **values: object) -> Markup:
    from markupsafe import Markup

    return Markup(_template(template).render(values))  # noqa: S704 - the template escapes


@cache
def _template(name: str) -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined)
    for function in (_anchor, css_name, _grid, _plain_label, _svg_address):
        environment.filters[function.__name__.removeprefix("_")] = function
    return environment.get_template(name)


def _anchor(span: Span | tuple[int, int]) -> str:
    """Return the id of the element that holds a span of the article."""
    start, end, *_ = span
    return f"c{start}-{end}"


def row_spans(table: Table, text: str, *, all_rows: bool = True) -> list[tuple[int, int] | None]:
    """Return the half-open character span of each row of a table in the article; None for a row that has none.

    Parameters
    ----------
    table
        The table. A row's span is ``start, end``; else that of its first occurrence, at ``first_start``.
    text
        The article's text.
    all_rows
        Whether all rows are meant, or those that are shown at first.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.exhibits import Table
    >>> names = pd.DataFrame({"name": ["Giza Zoo", "zebra"], "first_start": [8, 17]})
    >>> row_spans(Table(names, id="names", caption="Names."), "Rain in Giza Zoo. Zebras ran.")
    [(8, 16), (18, 24)]
    """
    data = table.data.head(_MOST_ROWS if all_rows else table.rows)
    if {"start", "end"} <= set(data.columns):
        pairs = zip(data["start"].tolist(), data["end"].tolist(), strict=True)
        # A table on other articles may have spans that this one is too short for.
        return [(int(start), int(end)) if 0 <= start < end <= len(text) else None for start, end in pairs]
    if "first_start" not in data.columns:
        return [None] * len(data)
    naming = next((name for name in _NAMING if name in data.columns), "first_start")
    return [
        _occurrence(text, int(start), str(name)) for start, name in zip(data["first_start"], data[naming], strict=True)
    ]


def _occurrence(text: str, start: int, name: str) -> tuple[int, int] | None:
    """Return the span of a name that begins at a place, or else of the word there."""
    if text.startswith(name, start) and start >= 0:
        return start, start + len(name)
    word = _WORD.search(text, start) if start >= 0 else None
    return word.span() if word else None


class _Head(NamedTuple):
    name: str
    heading: str
    css_class: str
    codes: str
    leads: bool


class _Cell(NamedTuple):
    text: str
    css_class: str
    code: str
    anchor: str


class _Row(NamedTuple):
    span: str
    cells: list[_Cell]


class _Grid(NamedTuple):
    """A table as it is written: its headings, its first rows, and the others as data."""

    heads: list[_Head]
    rows: list[_Row]
    rest: Markup | str
    n_rows: int
    notes: list[str]


def _grid(table: Table, page: Page | None) -> _Grid:
    """Return a table as it is written."""
    data = table.data.head(_MOST_ROWS)
    one_scale = "unit" not in data
    columns = [
        Column(name, heading, is_number(data[name]), format_cells(data[name], one_scale=one_scale))
        for name, heading in table.headings().items()
    ]
    names = [column.name for column in columns]
    leading = min(range(len(names)), key=lambda at: (names[at] != "text", is_offset(names[at]), at), default=0)
    spans = row_spans(table, page.text) if page else [None] * len(data)
    places = [f"{span[0]}-{span[1]}" if span else "" for span in spans]
    codes_of_columns = [_codes(column, data[column.name]) for column in columns]
    heads = [
        _Head(
            column.name if column.heading != column.name else "",
            column.heading,
            " ".join(_css_classes(column)),
            json.dumps(codes, ensure_ascii=False, separators=(",", ":")) if codes else "",
            bool(page) and any(spans) and at == leading,
        )
        for at, (column, codes) in enumerate(zip(columns, codes_of_columns, strict=True))
    ]
    texts = list(zip(places, *(column.cells for column in columns), strict=True))
    rows = [
        _Row(place, [
            _Cell(cell, head.css_class, codes.get(cell, ""), place if head.leads else "")
            for cell, head, codes in zip(cells, heads, codes_of_columns, strict=True)
        ])
        for place, *cells in texts[: table.rows]
    ]  # fmt: skip
    return _Grid(heads, rows, _as_data(texts[table.rows :]), len(data), _notes(table))


def _notes(table: Table) -> list[str]:
    """Return the notes of a table whose rows are all at hand."""
    if table.data.empty:
        return table.all_notes()
    if len(table.data) <= _MOST_ROWS:
        return list(table.notes)
    return [*table.notes, f"The first {_MOST_ROWS:,} of {len(table.data):,} rows; tables/{table.id}.csv has them all."]


def _as_data(rows: list[tuple[str, ...]]) -> Markup | str:
    """Write rows as one JSON text, a line each, with tabs between the cells; nothing if there are none."""
    from markupsafe import Markup

    if not rows:
        return ""
    # A page shows white space as one space, whatever it is.
    text = "\n".join("\t".join(" ".join(cell.split()) for cell in row) for row in rows)
    written = json.dumps(text, ensure_ascii=False).replace("<", "\\u003c").replace("\u2028", "\\u2028")
    return Markup(written)  # noqa: S704 - without < nothing ends the element that holds it


def _css_classes(column: Column) -> Iterator[str]:
    """Yield the classes of a column: numbers go right, short texts do not wrap, long ones have room."""
    if column.is_number:
        yield "n"
    elif column.is_short:
        yield "w"
    elif column.is_long:
        yield "l"
    if is_offset(column.name):
        yield "o"


def _codes(column: Column, data: pd.Series) -> dict[str, str]:
    """Return the codes that the labels in a column stand for."""
    if column.is_number:
        return {}
    coded = zip(column.cells, map(str, data), strict=True)
    return {cell: code for cell, code in dict.fromkeys(coded) if label_of(column.name, code) != code}


def _plain_label(label: str) -> str:
    """Return how the label of a mark is shown."""
    return label_of("label", label)


def css_name(label: str) -> str:
    """Write a label as a part of the name of a CSS class.

    Examples
    --------
    >>> css_name("leave open")
    'leave-open'
    """
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")


def _svg_address(svg: str) -> Markup:
    """Write an SVG as a data address, escaped for an attribute between double quotes."""
    from markupsafe import Markup

    # Either quote will do in SVG: the one that needs no escape in an attribute makes the page a fifth smaller.
    data = svg.replace('"', "'") if "'" not in svg else svg
    data = data.replace("%", "%25").replace("#", "%23").replace("&", "&amp;").replace('"', "&quot;")
    return Markup("data:image/svg+xml,") + Markup(data)  # noqa: S704 - escaped: & and " are all that could act
