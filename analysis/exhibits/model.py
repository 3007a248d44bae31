"""The exhibits of a report: tables, texts with marked spans, and numbers, each with caption and footnotes.

An exhibit displays itself in any notebook front end. Beside what a person sees stands a record of the whole exhibit (a
media type of our own), so an executed notebook holds all that its report is made from, whoever ran it: cell by cell in
JupyterLab, by papermill, or by ``dateline report``. :mod:`analysis.exhibits.records` shows exhibits and reads records.
"""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from analysis.exhibits import files, html, latex
from analysis.exhibits.formatting import Column, format_cells, format_number, is_number
from analysis.exhibits.spans import Span, cut
from analysis.labels import default_heading
from analysis.layout import EXHIBIT_FILES
from analysis.options import check_option

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markupsafe import Markup

    from analysis.exhibits.spans import Piece

__all__ = ["Exhibit", "Number", "Table", "Text"]

_ID = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(frozen=True)
class Exhibit(ABC):
    """What all exhibits share.

    Parameters
    ----------
    id
        Its stable id in lower-case letters, digits and hyphens, unique in a report.
    caption
        What it shows.
    notes
        Its footnotes, such as the basis of a count, the source of a formula, a measured error.
    place
        Where a report has it: ``front`` (it opens the report), ``body``, or ``appendix`` (folded away on the page).
    """

    _: KW_ONLY
    id: str
    caption: str = ""
    notes: Sequence[str] = ()
    place: str = "body"

    kind: ClassVar[str]
    needs_caption: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ValueError(
                f"exhibit id {self.id!r}: expected lower-case letters, digits and hyphens, as in 'key-terms'"
            )
        if self.needs_caption and not self.caption:
            raise ValueError(f"exhibit {self.id!r} has no caption: say what it shows")
        check_option("place", self.place, of=f"exhibit {self.id!r}: ")
        if isinstance(self.notes, str):
            raise TypeError(f"exhibit {self.id!r}: notes is one string; expected a list of notes")

    @property
    def record(self) -> dict[str, Any]:
        """The whole exhibit as JSON data, which :func:`analysis.exhibits.read_record` reads."""
        shared = {"kind": self.kind, "id": self.id, "caption": self.caption, "notes": list(self.notes)}
        place = {} if self.place == "body" else {"place": self.place}
        return shared | place | self._own_record()

    def html(self, number: str = "", *, page: html.Page | None = None) -> Markup:
        """Return the exhibit as an HTML ``figure``.

        Parameters
        ----------
        number
            Its number in a report, as in ``Table 3``.
        page
            The page that it stands on; without one it stands alone.
        """
        return html.write_exhibit(self, number, page=page)

    def all_notes(self) -> list[str]:
        """Return the notes, with those that the exhibit itself adds."""
        return list(self.notes)

    @property
    def instead(self) -> str:
        """The sentence that is shown in place of an exhibit that has nothing to show; empty for one that has."""
        return ""

    @property
    def paths(self) -> list[str]:
        """The paths, inside the report, of the files that are saved of the exhibit."""
        return [path.format(id=self.id) for path in EXHIBIT_FILES[self.kind]]

    def files(self) -> dict[str, bytes]:
        """Return the files that are saved of the exhibit, by their paths inside the report."""
        return dict(zip(self.paths, self._saved(), strict=True))

    def _saved(self) -> Iterator[bytes]:
        """Yield the files in the order of ``paths``."""
        yield from ()

    @abstractmethod
    def _own_record(self) -> dict[str, Any]:
        """Return what the record of this kind of exhibit holds beside the shared parts."""

    @classmethod
    @abstractmethod
    def _from_record(cls, record: Mapping[str, Any], shared: Mapping[str, Any]) -> Exhibit:
        """Return the exhibit of a record, with the parts that all exhibits share."""

    def __str__(self) -> str:
        return f"[{self.kind} {self.id}] {self.caption}".rstrip()


@dataclass(frozen=True)
class Table(Exhibit):
    """A table: all of it is saved, its first rows are shown.

    Parameters
    ----------
    data
        A tidy table of text, numbers and truth values; its index is not shown or saved.
    id, caption, notes, place
        As for every :class:`Exhibit`.
    rows
        How many rows are shown; a note says where the rest is.
    columns
        The columns to show, in order; with a mapping, also their headings. All but a constant ``article_id`` unless
        given. The saved files hold every column.
    spreadsheet_safe
        Whether the saved CSV has an apostrophe before a text that a spreadsheet would run as a formula, such as
        ``=1+1`` or ``-2 points``.

    Notes
    -----
    All rows are saved as CSV (UTF-8, full precision) and Parquet, the shown ones for LaTeX. Parquet has every text
    exactly as it is.

    Examples
    --------
    >>> table = Table(pd.DataFrame({"word": ["rain"], "n": [3]}), id="words", caption="Words.")
    >>> list(table.files())
    ['tables/words.csv', 'tables/words.parquet', 'tables/words.tex']
    >>> Table._from_record(table.record, {"id": "words", "caption": "Words."}).data.equals(table.data)
    True
    """

    data: pd.DataFrame
    _: KW_ONLY
    rows: int = 20
    columns: Sequence[str] | Mapping[str, str] | None = None
    spreadsheet_safe: bool = True

    kind: ClassVar[str] = "table"

    def __post_init__(self) -> None:
        super().__post_init__()
        for option in ("rows", "spreadsheet_safe"):
            check_option(option, getattr(self, option), of=f"table {self.id!r}: ")
        if missing := [name for name in self.columns or () if name not in self.data.columns]:
            raise ValueError(f"table {self.id!r} has no column {missing[0]!r}; it has {', '.join(self.data.columns)}")

    def headings(self) -> dict[str, str]:
        """Return the headings of the shown columns, by the columns' names."""
        if isinstance(self.columns, Mapping):
            return dict(self.columns)
        shown = self.columns
        if shown is None:
            ids = self.data["article_id"] if "article_id" in self.data else pd.Series(dtype="str")
            hidden = {"article_id"} if len(ids.unique()) <= 1 else set()
            shown = [name for name in self.data.columns if name not in hidden]
        return {name: default_heading(name) for name in shown}

    @property
    def instead(self) -> str:
        """What is said in place of a table without rows."""
        return "There is none." if self.data.empty else ""

    def all_notes(self) -> list[str]:
        """Return the notes, and where the rows are that are not shown."""
        if len(self.data) <= self.rows:
            return list(self.notes)
        where = f"a report has them all in tables/{self.id}.csv"
        return [*self.notes, f"First {self.rows} of {len(self.data):,} rows; {where}."]

    def shown_columns(self) -> list[Column]:
        """Return the shown columns, the cells of the shown rows written for a reader."""
        return list(self._shown_columns)

    @cached_property
    def _shown_columns(self) -> list[Column]:
        shown = self.data.head(self.rows)
        # Where each row has a unit of its own, the numbers of a column have no common scale.
        one_scale = "unit" not in shown
        return [
            Column(name, heading, is_number(shown[name]), format_cells(shown[name], one_scale=one_scale))
            for name, heading in self.headings().items()
        ]

    def _saved(self) -> Iterator[bytes]:
        yield files.to_csv(self.data, spreadsheet_safe=self.spreadsheet_safe)
        yield files.to_parquet(self.data)
        yield latex.write_table(self).encode()

    def _own_record(self) -> dict[str, Any]:
        columns = [
            {"name": str(name), "type": str(self.data[name].dtype), "values": _json_values(self.data[name], self.id)}
            for name in self.data.columns
        ]
        # A notebook's file does not keep the order of keys: what has an order is a list.
        record = {"rows": self.rows, "shown": list(map(list, self.headings().items())), "columns": columns}
        return record | _unless_safe(self.spreadsheet_safe)

    @classmethod
    def _from_record(cls, record: Mapping[str, Any], shared: Mapping[str, Any]) -> Table:
        data = {column["name"]: pd.Series(column["values"], dtype=column["type"]) for column in record["columns"]}
        own = {"rows": record["rows"], "columns": dict(record["shown"])}
        return cls(pd.DataFrame(data), **own, **shared, spreadsheet_safe=record.get("spreadsheet_safe", True))


@dataclass(frozen=True)
class Text(Exhibit):
    """A text with spans of it marked, each with its label.

    Parameters
    ----------
    text
        The whole text.
    spans
        A table with the half-open character spans ``start, end``, which may overlap and nest; or several such tables,
        the layers, by name. Where spans of two layers are equal, the mark of the layer that comes first is outside.
    id, caption, notes, place
        As for every :class:`Exhibit`.
    by
        The column that holds the labels of the marks: one for all layers, or one for each layer by its name. The marks
        of a layer without one have no label.
    spreadsheet_safe
        As for :class:`Table`.

    Notes
    -----
    The marks are saved as CSV: ``start, end, label, text``, after ``layer`` if there is more than one.

    Examples
    --------
    >>> sentences = pd.DataFrame({"start": [0], "end": [17]})
    >>> names = pd.DataFrame({"start": [12], "end": [16], "label": ["location"]})
    >>> text = Text(
    ...     "It rains in Giza.",
    ...     {"sentences": sentences, "names": names},
    ...     by={"names": "label"},
    ...     id="rain",
    ...     caption="Rain.",
    ... )
    >>> print(text.files()["tables/rain.csv"].decode(), end="")
    layer,start,end,label,text
    sentences,0,17,,It rains in Giza.
    names,12,16,location,Giza
    """

    text: str
    spans: pd.DataFrame | Mapping[str, pd.DataFrame]
    _: KW_ONLY
    by: str | Mapping[str, str] | None = None
    spreadsheet_safe: bool = True

    kind: ClassVar[str] = "text"

    def __post_init__(self) -> None:
        super().__post_init__()
        layers = self._layers()
        if isinstance(self.by, Mapping) and (unknown := [name for name in self.by if name not in layers]):
            raise ValueError(f"text {self.id!r} has no layer {unknown[0]!r}; it has {', '.join(layers)}")
        for layer, table in layers.items():
            needed = ["start", "end", *filter(None, [self._label_column(layer)])]
            if missing := [name for name in needed if name not in table.columns]:
                there = ", ".join(map(str, table.columns))
                raise ValueError(f"text {self.id!r}: its spans have no column {missing[0]!r}; they have {there}")
        try:
            self.pieces()
        except ValueError as error:
            raise ValueError(f"text {self.id!r}: {error}") from None

    @property
    def is_layered(self) -> bool:
        """Whether the text has more than one layer of marks."""
        return len(self._layers()) > 1

    def marks(self) -> list[Span]:
        """Return the marked spans in order of place; of those that begin together, the longest comes first."""
        marks: list[Span] = []
        for layer, table in self._layers().items():
            column = self._label_column(layer)
            values = table[column] if column else pd.Series(pd.NA, index=table.index)
            labels = ["" if missing else str(value) for value, missing in zip(values, values.isna(), strict=True)]
            marks += map(Span, table["start"].tolist(), table["end"].tolist(), labels, [layer] * len(table))
        return sorted(marks, key=lambda mark: (mark.start, -mark.end))

    def pieces(self) -> list[Piece]:
        """Return the text cut at the boundaries of its marks."""
        return list(cut(self.text, self.marks()))

    def _layers(self) -> dict[str, pd.DataFrame]:
        return dict(self.spans) if isinstance(self.spans, Mapping) else {"": self.spans}

    def _label_column(self, layer: str) -> str | None:
        return self.by.get(layer) if isinstance(self.by, Mapping) else self.by

    def _saved(self) -> Iterator[bytes]:
        marks = pd.DataFrame(
            [(mark.layer, mark.start, mark.end, mark.label, self.text[mark.start : mark.end]) for mark in self.marks()],
            columns=["layer", "start", "end", "label", "text"],
        )
        marks = marks if self.is_layered else marks.drop(columns="layer")
        yield files.to_csv(marks, spreadsheet_safe=self.spreadsheet_safe)

    def _own_record(self) -> dict[str, Any]:
        marks = self.marks()
        if not self.is_layered:
            own = {"text": self.text, "marks": [list(mark[:3]) for mark in marks]}
            return own | _unless_safe(self.spreadsheet_safe)
        layers = [[layer, [list(mark[:3]) for mark in marks if mark.layer == layer]] for layer in self._layers()]
        return {"text": self.text, "layers": layers} | _unless_safe(self.spreadsheet_safe)

    @classmethod
    def _from_record(cls, record: Mapping[str, Any], shared: Mapping[str, Any]) -> Text:
        layers = record["layers"] if "layers" in record else [["", record["marks"]]]
        tables = {layer: pd.DataFrame(marks, columns=["start", "end", "label"]) for layer, marks in layers}
        safe = record.get("spreadsheet_safe", True)
        return cls(record["text"], tables, by="label", spreadsheet_safe=safe, **shared)


@dataclass(frozen=True)
class Number(Exhibit):
    """One number that prose may quote, with its unit.

    Parameters
    ----------
    value
        A whole or a decimal number; NaN where it is undefined.
    id, caption, notes, place
        As for every :class:`Exhibit`; a number needs no caption.
    unit
        What is counted or measured, in the plural: ``tokens``.

    Examples
    --------
    >>> print(Number(12345, id="tokens-n", unit="tokens"))
    12,345 tokens
    """

    value: float
    _: KW_ONLY
    unit: str = ""

    kind: ClassVar[str] = "number"
    needs_caption: ClassVar[bool] = False

    def __post_init__(self) -> None:
        super().__post_init__()
        # JSON takes Python's numbers, not NumPy's.
        object.__setattr__(self, "value", getattr(self.value, "item", lambda: self.value)())
        if isinstance(self.value, bool) or not isinstance(self.value, (int, float)):
            raise TypeError(f"number {self.id!r} is {self.value!r}; expected a whole or a decimal number")

    @property
    def formatted_value(self) -> str:
        """The number as it is written for a reader, without its unit."""
        return format_number(self.value)

    def latex_command(self) -> str:
        r"""Return the definition of a LaTeX command that prints the number, named by the id.

        Examples
        --------
        >>> print(Number(12345, id="tokens-n").latex_command(), end="")
        \newcommand{\dlTokensN}{12,345}
        """
        return latex.write_command(self)

    def __str__(self) -> str:
        return f"{self.formatted_value} {self.unit}".rstrip()

    def _own_record(self) -> dict[str, Any]:
        return {"value": None if math.isnan(self.value) else self.value, "unit": self.unit}

    @classmethod
    def _from_record(cls, record: Mapping[str, Any], shared: Mapping[str, Any]) -> Number:
        return cls(math.nan if record["value"] is None else record["value"], unit=record["unit"], **shared)


def _unless_safe(spreadsheet_safe: bool) -> dict[str, bool]:  # noqa: FBT001 - a field's value
    """Return what a record says of ``spreadsheet_safe``: nothing where it is as usual."""
    return {} if spreadsheet_safe else {"spreadsheet_safe": False}


def _json_values(column: pd.Series, table: str) -> list[Any]:
    """Return a column's values as JSON data, None for a missing one."""
    values = [None if missing else value for value, missing in zip(column.tolist(), column.isna(), strict=True)]
    for value in values:
        if not isinstance(value, (str, int, float, bool, type(None))):
            raise TypeError(
                f"table {table!r}, column {column.name!r} holds {value!r}; expected text, numbers or truth values"
            )
    return values
