"""Figures: a chart with its alternative text, and where the rows are that it draws."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from analysis.exhibits import files
from analysis.exhibits.model import Exhibit
from analysis.layout import FIGURE_DATA, NOT_DRAWN, table_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import matplotlib.figure
    import pandas as pd

__all__ = ["Figure"]


@dataclass(frozen=True)
class Figure(Exhibit):
    """A chart, with a text that stands for it.

    Parameters
    ----------
    image
        A matplotlib figure, or the SVG that one was saved as. Of one that only says why there is nothing to draw, the
        sentence is shown.
    id, caption, notes, place
        As for every :class:`Exhibit`.
    alt
        What a reader who does not see the chart should know, computed from its data; the figure's own label
        (``figure.get_label()``) unless given.
    table
        The id of the table of the report whose rows it draws.
    data
        The rows that it draws, where no table has them, or the CSV that they were saved as.

    Notes
    -----
    It is saved as SVG, PDF and PNG, if it is drawn, and its own rows as CSV.
    """

    image: matplotlib.figure.Figure | str
    _: KW_ONLY
    alt: str = ""
    table: str = ""
    data: pd.DataFrame | str = ""

    kind: ClassVar[str] = "figure"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.image, str):
            is_drawn = self.image.get_gid() != NOT_DRAWN
            object.__setattr__(self, "alt", self.alt or str(self.image.get_label()))
            object.__setattr__(self, "image", files.svg_of(self.image, salt=self.id) if is_drawn else "")
        if not isinstance(self.data, str):
            object.__setattr__(self, "data", files.to_csv(self.data).decode())
        if not self.alt:
            raise ValueError(f"figure {self.id!r} has no alt text: give alt=, computed from the chart's data")

    @property
    def instead(self) -> str:
        """Why the chart is not drawn; empty if it is."""
        return "" if self.image else self.alt

    @property
    def paths(self) -> list[str]:
        """The paths of its files, as of every exhibit; none if it is not drawn."""
        own = [FIGURE_DATA.format(id=self.id)] if self.data else []
        return [] if self.instead else super().paths + own

    @property
    def data_path(self) -> str:
        """The path of the CSV with the rows that it draws; empty if none is named."""
        return table_path(self.table, ".csv") if self.table else FIGURE_DATA.format(id=self.id) if self.data else ""

    @property
    def svg(self) -> str:
        """The chart as SVG; empty if it is not drawn."""
        return str(self.image)

    def draw(self, file_format: Literal["svg", "pdf", "png"], *, width_mm: float | None = None) -> bytes:
        """Return the chart for a paper: reduced to a width, as a PNG with 600 dots an inch."""
        svg = (files.reduced(self.svg, width_mm=width_mm) if width_mm else self.svg).encode()
        return svg if file_format == "svg" else files.typeset_svg(svg, file_format, alt=self.alt, ppi=files.PRINT_PPI)

    def _saved(self) -> Iterator[bytes]:
        if self.instead:
            return
        svg = self.svg.encode()
        yield svg
        yield files.typeset_svg(svg, "pdf", alt=self.alt)
        yield files.typeset_svg(svg, "png", alt=self.alt)
        if self.data:
            yield str(self.data).encode(errors="replace")

    def _own_record(self) -> dict[str, Any]:
        rows = {"table": self.table, "data": self.data}
        return {"alt": self.alt, "svg": self.svg} | {name: value for name, value in rows.items() if value}

    @classmethod
    def _from_record(cls, record: Mapping[str, Any], shared: Mapping[str, Any]) -> Figure:
        rows = {name: record[name] for name in ("table", "data") if name in record}
        return cls(record["svg"], alt=record["alt"], **rows, **shared)
