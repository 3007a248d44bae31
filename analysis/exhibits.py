"""Exhibits: captioned, footnoted tables, figures, marked texts and numbers that a report numbers and saves.

An exhibit displays itself in any notebook front end. With what a person sees goes a record of the whole exhibit (a
MIME type of our own), so an executed notebook holds all that its report is made from, whoever ran it: cell by cell in
JupyterLab, by papermill, or by ``dateline report``.
"""

from __future__ import annotations

import ctypes
import html
import io
import json
import math
import re
import sys
from abc import ABC, abstractmethod
from dataclasses import KW_ONLY, dataclass
from functools import cache, reduce
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import matplotlib.figure
    import typst

#: The media type under which a notebook's output carries an exhibit's record.
MIME = "application/vnd.dateline.exhibit+json"

_ID = re.compile(r"[a-z][a-z0-9-]*")
_PNG_PIXELS_PER_INCH = 200
_DOCUMENTS_KEPT = 10
_LEAN = (
    (re.compile(r"<!--.*?-->|<metadata>.*?</metadata>|<!DOCTYPE.*?>", re.DOTALL), ""),
    (re.compile(r"\s*\n\s*"), "\n"),
    (re.compile(r"\n(?=[<LQCMz])"), ""),
    (re.compile(r"(?<![\d.])([1-9]\d*\.\d\d)\d+"), r"\1"),
    (re.compile(r'(<use xlink:href="#[\w-]+") transform="translate\(([\d.]+) 0\)"'), r'\1 x="\2"'),
)


@dataclass(frozen=True)
class _Exhibit(ABC):
    """What all exhibits share: a stable id, a caption, notes, a record, and a look."""

    _: KW_ONLY
    id: str
    caption: str = ""
    notes: Sequence[str] = ()

    kind: ClassVar[str]
    saved_as: ClassVar[tuple[str, ...]] = ()
    needs_caption: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ValueError(
                f"exhibit id {self.id!r}: expected lower-case letters, digits and hyphens, as in 'key-terms'"
            )
        if self.needs_caption and not self.caption:
            raise ValueError(f"exhibit {self.id!r} has no caption: say what it shows")
        if isinstance(self.notes, str):
            raise TypeError(f"exhibit {self.id!r}: notes is one string; expected a list of notes")

    @property
    def record(self) -> dict[str, Any]:
        """The whole exhibit as JSON data; :func:`read_record` makes the exhibit of it again."""
        return {"kind": self.kind, "id": self.id, "caption": self.caption, "notes": list(self.notes)} | self._content()

    def html(self, number: str = "", *, linked: bool = False) -> str:
        """Draw the exhibit as an HTML ``figure``.

        Parameters
        ----------
        number
            Its number in a report, as in ``Table 3``.
        linked
            Whether a row that points into the article links to the place, whose anchor is ``c<start>-<end>``.
        """
        label = f"<b>{number}.</b> " if number else ""
        caption = f"<figcaption>{label}{html.escape(self.caption)}</figcaption>" if self.caption or number else ""
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.all_notes())
        notes = f'<div class="notes">{notes}</div>' if notes else ""
        body = self._body(linked=linked)
        parts = [caption, body] if self.kind == "table" else [body, caption]
        return f'<figure class="exhibit {self.kind}" id="{self.id}">{"".join(parts)}{notes}</figure>'

    def all_notes(self) -> list[str]:
        """Give the notes, with those that the exhibit itself adds."""
        return list(self.notes)

    @property
    def paths(self) -> list[str]:
        """The files that a report saves of the exhibit, by their path inside the report."""
        return [path.format(id=self.id) for path in self.saved_as]

    def files(self) -> dict[str, bytes]:
        """Give what a report saves of the exhibit: the bytes by the path inside the report."""
        return dict(zip(self.paths, self._files(), strict=True))

    def _files(self) -> Iterator[bytes]:
        yield from ()

    @abstractmethod
    def _content(self) -> dict[str, Any]:
        """Give what the record of this kind of exhibit holds beside the shared parts."""

    @abstractmethod
    def _body(self, *, linked: bool) -> str:
        """Draw the exhibit itself, without its caption and notes."""

    def __str__(self) -> str:
        return f"[{self.kind} {self.id}] {self.caption}".rstrip()


class Column(NamedTuple):
    """A column as it is shown: its cells written out."""

    name: str
    heading: str
    is_number: bool
    cells: list[str]


@dataclass(frozen=True)
class Table(_Exhibit):
    """A table: all of it is saved, its first rows are shown.

    Parameters
    ----------
    data
        A tidy table of text, numbers and truth values; its index is not shown or saved.
    id, caption, notes
        Its stable id, what it shows, and its footnotes (the basis, the formula's source, the measured error).
    rows
        How many rows are shown; a note says where the rest is.
    columns
        The columns to show, in order; with a mapping, also their headings. All but a constant ``article_id`` unless
        given. The saved files hold every column.

    Examples
    --------
    >>> table = Table(pd.DataFrame({"word": ["rain"], "n": [3]}), id="words", caption="Words.")
    >>> list(table.files())
    ['tables/words.csv', 'tables/words.parquet', 'tables/words.tex']
    >>> read_record(table.record).data.equals(table.data)
    True
    """

    data: pd.DataFrame
    _: KW_ONLY
    rows: int = 20
    columns: Sequence[str] | Mapping[str, str] | None = None

    kind: ClassVar[str] = "table"
    # All rows as CSV (UTF-8, full precision) and Parquet, the shown ones for LaTeX.
    saved_as: ClassVar[tuple[str, ...]] = ("tables/{id}.csv", "tables/{id}.parquet", "tables/{id}.tex")

    def __post_init__(self) -> None:
        super().__post_init__()
        if missing := [name for name in self.columns or () if name not in self.data.columns]:
            raise ValueError(f"table {self.id!r} has no column {missing[0]!r}; it has {', '.join(self.data.columns)}")

    def headings(self) -> dict[str, str]:
        """Give the shown columns and their headings."""
        if self.columns is None:
            ids = self.data.get("article_id", pd.Series(dtype="str"))
            one_article = bool((ids == ids.iloc[0]).all()) if len(ids) else True
            shown = [name for name in self.data.columns if name != "article_id" or not one_article]
        elif isinstance(self.columns, dict):
            return dict(self.columns)
        else:
            shown = list(self.columns)
        return {name: name.replace("_", " ") for name in shown}

    def all_notes(self) -> list[str]:
        """Give the notes, and where the rows are that are not shown, or that there are none."""
        if self.data.empty:
            return [*self.notes, "There is none."]
        if len(self.data) <= self.rows:
            return list(self.notes)
        where = f"a report has them all in tables/{self.id}.csv"
        return [*self.notes, f"First {self.rows} of {len(self.data):,} rows; {where}."]

    def _files(self) -> Iterator[bytes]:
        yield self.data.to_csv(index=False, lineterminator="\n").encode()
        yield self.data.to_parquet(index=False)
        yield self._latex().encode()

    def _content(self) -> dict[str, Any]:
        columns = [
            {"name": str(name), "type": str(self.data[name].dtype), "values": _json_values(self.data[name], self.id)}
            for name in self.data.columns
        ]
        # A notebook's file does not keep the order of keys: what has an order is a list.
        return {"rows": self.rows, "shown": list(map(list, self.headings().items())), "columns": columns}

    def spans(self) -> list[tuple[int, int]]:
        """Give the places in the article that the shown rows point to; none if the table has no spans."""
        if not {"start", "end"} <= set(self.data.columns):
            return []
        shown = self.data.head(self.rows)
        return list(zip(shown["start"].tolist(), shown["end"].tolist(), strict=True))

    def written(self) -> list[Column]:
        """Give the shown columns and rows as they are written for a reader."""
        shown = self.data.head(self.rows)
        return [
            Column(
                name, heading, is_number=_is_number(shown[name]), cells=_formatted(shown[name], mixed="unit" in shown)
            )
            for name, heading in self.headings().items()
        ]

    def _body(self, *, linked: bool) -> str:
        columns = self.written()
        grid = [[html.escape(cell) for cell in column.cells] for column in columns]
        if linked:
            names = [column.name for column in columns]
            at = next((names.index(name) for name in ("start", "text") if name in names), 0)
            for row, (start, end) in enumerate(self.spans()):
                grid[at][row] = f'<a href="#c{start}-{end}">{grid[at][row]}</a>'
        kinds = [f' class="{kind}"' if (kind := _class(column)) else "" for column in columns]
        head = "".join(
            f'<th scope="col"{k}>{html.escape(column.heading)}</th>' for k, column in zip(kinds, columns, strict=True)
        )
        rows = (
            "".join(f"<td{k}>{cell}</td>" for k, cell in zip(kinds, row, strict=True))
            for row in zip(*grid, strict=True)
        )
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        return (
            f'<div class="scroll" role="region" tabindex="0" aria-label="{html.escape(self.caption)}">'
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )

    def _latex(self) -> str:
        """Write the shown rows as a booktabs table with caption, label and notes."""
        columns = self.written()
        head = " & ".join(latex(column.heading) for column in columns)
        rows = [" & ".join(map(latex, row)) for row in zip(*(column.cells for column in columns), strict=True)]
        notes = " ".join(map(latex, self.all_notes()))
        return "\n".join([
            r"\begin{table}",
            r"  \centering",
            rf"  \caption{{{latex(self.caption)}}}",
            rf"  \label{{tab:{self.id}}}",
            rf"  \begin{{tabular}}{{{''.join('r' if column.is_number else 'l' for column in columns)}}}",
            r"    \toprule",
            rf"    {head} \\",
            r"    \midrule",
            *(rf"    {row} \\" for row in rows),
            r"    \bottomrule",
            r"  \end{tabular}",
            *([rf"  \par\smallskip\parbox{{\linewidth}}{{\footnotesize {notes}}}"] if notes else []),
            r"\end{table}",
            "",
        ])  # fmt: skip


@dataclass(frozen=True)
class Figure(_Exhibit):
    """A chart, with a text that stands for it.

    Parameters
    ----------
    image
        A matplotlib figure (or the SVG that one was saved as).
    id, caption, notes
        As for a :class:`Table`.
    alt
        What a reader who does not see the chart should know, computed from its data; the figure's own label
        (``figure.get_label()``) unless given.
    """

    image: matplotlib.figure.Figure | str
    _: KW_ONLY
    alt: str = ""

    kind: ClassVar[str] = "figure"
    saved_as: ClassVar[tuple[str, ...]] = ("figures/{id}.svg", "figures/{id}.pdf", "figures/{id}.png")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.image, str):
            object.__setattr__(self, "alt", self.alt or str(self.image.get_label()))
            object.__setattr__(self, "image", _svg(self.image, salt=self.id))
        if not self.alt:
            raise ValueError(f"figure {self.id!r} has no alt text: give alt=, computed from the chart's data")

    def _files(self) -> Iterator[bytes]:
        svg = self.image.encode()
        yield svg
        yield _typeset(svg, "pdf", alt=self.alt)
        yield _typeset(svg, "png", alt=self.alt)

    def _content(self) -> dict[str, Any]:
        return {"alt": self.alt, "svg": self.image}

    def _body(self, *, linked: bool) -> str:  # noqa: ARG002 - a picture has no rows
        # Either quote will do in SVG: the one that needs no escape in an attribute makes the page a fifth smaller.
        data = self.image.replace('"', "'") if "'" not in self.image else self.image
        data = data.replace("%", "%25").replace("#", "%23").replace("&", "&amp;").replace('"', "&quot;")
        return f'<img alt="{html.escape(self.alt)}" src="data:image/svg+xml,{data}">'


@dataclass(frozen=True)
class Text(_Exhibit):
    """A text with spans of it marked, each with its label.

    Parameters
    ----------
    text
        The whole text.
    spans
        A table with the half-open character spans ``start, end``; they must not overlap.
    id, caption, notes
        As for a :class:`Table`.
    by
        The column of ``spans`` that labels a mark; without it, marks have no label.
    """

    text: str
    spans: pd.DataFrame
    _: KW_ONLY
    by: str | None = None

    kind: ClassVar[str] = "text"
    # The marks as a table: start, end, label, and the text between.
    saved_as: ClassVar[tuple[str, ...]] = ("tables/{id}.csv",)

    def marks(self) -> list[tuple[int, int, str]]:
        """Give start, end and label of each mark, in order of place."""
        labels = self.spans[self.by].astype(str) if self.by else [""] * len(self.spans)
        marks = sorted(zip(self.spans["start"].tolist(), self.spans["end"].tolist(), labels, strict=True))
        for (_, end, _), (start, *_) in pairwise(marks):
            if start < end:
                raise ValueError(f"text {self.id!r}: two marks overlap at character {start}; expected separate spans")
        return marks

    def _files(self) -> Iterator[bytes]:
        marks = pd.DataFrame(
            [(start, end, label, self.text[start:end]) for start, end, label in self.marks()],
            columns=["start", "end", "label", "text"],
        )
        yield marks.to_csv(index=False, lineterminator="\n").encode()

    def _content(self) -> dict[str, Any]:
        return {"text": self.text, "marks": self.marks()}

    def _body(self, *, linked: bool) -> str:  # noqa: ARG002 - the text is the place itself
        pieces, at = [], 0
        for start, end, label in self.marks():
            kind = re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")
            pieces += [
                html.escape(self.text[at:start]),
                f'<mark class="mark-{kind}" data-label="{html.escape(label)}">',
                f"{html.escape(self.text[start:end])}</mark>",
            ]
            at = end
        pieces.append(html.escape(self.text[at:]))
        return f'<div class="prose">{"".join(pieces).strip()}</div>'


@dataclass(frozen=True)
class Number(_Exhibit):
    """One number that prose may quote, with its unit.

    Parameters
    ----------
    value
        A whole or a decimal number; NaN where it is undefined.
    id, caption, notes
        As for a :class:`Table`; a number needs no caption.
    unit
        What is counted or measured, in the plural: ``tokens``.
    """

    value: float
    _: KW_ONLY
    unit: str = ""

    kind: ClassVar[str] = "number"
    needs_caption: ClassVar[bool] = False

    def __post_init__(self) -> None:
        super().__post_init__()
        # NumPy's numbers become Python's, which JSON knows.
        object.__setattr__(self, "value", getattr(self.value, "item", lambda: self.value)())
        if isinstance(self.value, bool) or not isinstance(self.value, (int, float)):
            raise TypeError(f"number {self.id!r} is {self.value!r}; expected a whole or a decimal number")

    def latex_command(self) -> str:
        r"""Define an expandable LaTeX command that prints the number, named by the id.

        >>> print(Number(12345, id="tokens-n").latex_command(), end="")
        \newcommand{\dlTokensN}{12,345}
        """
        name = "".join(word.capitalize() for word in self.id.translate(_DIGIT_WORDS).split("-"))
        return f"\\newcommand{{\\dl{name}}}{{{latex(str(self).partition(' ')[0])}}}\n"

    def __str__(self) -> str:
        return f"{_formatted(pd.Series([self.value]))[0]} {self.unit}".rstrip()

    def _content(self) -> dict[str, Any]:
        return {"value": None if math.isnan(self.value) else self.value, "unit": self.unit}

    def _body(self, *, linked: bool) -> str:  # noqa: ARG002 - a number has no rows
        value, _, unit = str(self).partition(" ")
        return f'<p><span class="value">{value}</span> {html.escape(unit)}</p>'


Exhibit = Table | Figure | Text | Number
_KINDS = {kind.kind: kind for kind in (Table, Figure, Text, Number)}


def show(*exhibits: Exhibit) -> None:
    """Display exhibits in a notebook, each with the record that a report is made from.

    Outside a notebook their one-line descriptions are printed.
    """
    from IPython import get_ipython
    from IPython.display import display

    for exhibit in exhibits:
        if get_ipython() is None:
            print(exhibit)  # noqa: T201 - printing is what was asked for
            continue
        look = f"<style>{stylesheet()}</style>{exhibit.html()}"
        display({"text/plain": str(exhibit), "text/html": look, MIME: exhibit.record}, raw=True)


def read_record(record: Mapping[str, Any]) -> Exhibit:
    """Make the exhibit again that a record was taken from.

    Raises
    ------
    ValueError
        If the record is of no known kind.
    """
    kind = record.get("kind")
    if kind not in _KINDS:
        raise ValueError(f"a record of kind {kind!r}; expected one of {', '.join(_KINDS)}")
    common = {"id": record["id"], "caption": record["caption"], "notes": record["notes"]}
    match kind:
        case "table":
            columns = {c["name"]: pd.Series(c["values"], dtype=c["type"]) for c in record["columns"]}
            return Table(pd.DataFrame(columns), rows=record["rows"], columns=dict(record["shown"]), **common)
        case "figure":
            return Figure(record["svg"], alt=record["alt"], **common)
        case "text":
            marks = pd.DataFrame(record["marks"], columns=["start", "end", "label"])
            return Text(record["text"], marks, by="label", **common)
        case _:
            value = math.nan if record["value"] is None else record["value"]
            return Number(value, unit=record["unit"], **common)


@cache
def stylesheet() -> str:
    """Give the style sheet that exhibits are shown with."""
    return Path(__file__).with_name("exhibits.css").read_text(encoding="utf-8")


_LATEX = str.maketrans({
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "\N{NO-BREAK SPACE}": "~",
    "\N{MINUS SIGN}": r"\textminus{}",
    "\N{INFINITY}": r"\ensuremath{\infty}",
})  # fmt: skip


# The name of a LaTeX command has letters only.
_DIGIT_WORDS = str.maketrans({
    str(digit): f"-{word}-"
    for digit, word in enumerate("zero one two three four five six seven eight nine".split())
})  # fmt: skip


def latex(text: str) -> str:
    r"""Write a text so that LaTeX prints it as it is.

    >>> latex("5 % of A&B")
    '5 \\% of A\\&B'
    """
    return " ".join(text.translate(_LATEX).split())


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and column.dtype != bool


def _json_values(column: pd.Series, table: str) -> list[Any]:
    values = [None if missing else value for value, missing in zip(column.tolist(), column.isna(), strict=True)]
    for value in values:
        if not isinstance(value, (str, int, float, bool, type(None))):
            raise TypeError(
                f"table {table!r}, column {column.name!r} holds {value!r}; expected text, numbers or truth values"
            )
    return values


_WHOLE_CHARS = 12


def _class(column: Column) -> str:
    """Give the class of a column's cells: numbers are set right, short texts such as dates are kept in one line."""
    if column.is_number:
        return "n"
    return "w" if column.cells and max(map(len, column.cells)) <= _WHOLE_CHARS else ""


_MISSING = "–"
_TINY = 0.001


def _decimals(sizes: list[float]) -> int:
    """Say with how many decimals numbers of these sizes are written: the largest with three digits, at most."""
    if all(float(size).is_integer() for size in sizes):
        return 0
    largest = max(sizes)
    return 3 if largest <= 1 else max(2 - math.floor(math.log10(largest)), 1)


def _formatted(column: pd.Series, *, mixed: bool = False) -> list[str]:
    """Write a column's cells for reading: its numbers with one count of decimals, unless their units are mixed."""
    if column.dtype == bool:
        return ["yes" if value else "no" for value in column]
    if not _is_number(column):
        return [_MISSING if missing else str(value) for value, missing in zip(column, column.isna(), strict=True)]
    sizes = [abs(value) for value in column.dropna().tolist() if math.isfinite(value) and value]
    decimals = _decimals(sizes)

    def write(value: float) -> str:
        if mixed and not pd.isna(value):
            return _formatted(pd.Series([value]))[0]
        if pd.isna(value):
            return _MISSING
        if math.isinf(value):
            return "∞" if value > 0 else "−∞"
        if 0 < abs(value) < _TINY and decimals:
            return f"{'−' if value < 0 else ''}<{_TINY}"
        return f"{value:,.{decimals}f}".replace("-", "−")

    return [write(value) for value in column.tolist()]


def _svg(figure: matplotlib.figure.Figure, *, salt: str) -> str:
    """Save a figure as SVG: the same bytes each time, its letters as paths so that it looks alike anywhere."""
    import matplotlib as mpl

    file = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": salt, "svg.fonttype": "path"}):
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    # What no eye sees makes half of the file: indents, comments, an empty provenance, hundredths of a thousandth.
    return reduce(lambda svg, lean: lean[0].sub(lean[1], svg), _LEAN, file.getvalue())


def _typeset(svg: bytes, format: str, *, alt: str) -> bytes:  # noqa: A002 - the file format's usual name
    """Make a PDF or a PNG of an SVG: one drawing, so that all three look the same."""
    import typst

    page = f'#set page(width: auto, height: auto, margin: 0pt)\n#image("figure.svg", alt: {json.dumps(alt)})'
    return typst.compile(
        {"main": page.encode(), "figure.svg": svg},
        format=format,
        ppi=_PNG_PIXELS_PER_INCH,
        font_paths=_no_fonts(),
        timestamp=0,
    )


@cache
def _no_fonts() -> typst.Fonts:
    """Give no fonts, as what is drawn has its letters as paths, and looking for some takes longer than drawing it."""
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False)


def forget_drawings() -> None:
    """Give back the memory that drawing took: typst keeps what it did for ten documents, the C library for good."""
    import typst

    for _ in range(_DOCUMENTS_KEPT + 1):
        typst.compile(b"", format="svg", font_paths=_no_fonts())
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None:
        trim(0)
