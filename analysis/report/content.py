"""What a report says: the blocks of its executed notebooks in order, exhibits read back and numbered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from analysis.exhibits import MIME, Exhibit, Number, Table, read_record
from analysis.report.notebook import ReportError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from nbformat import NotebookNode

_HEADING = re.compile(r"^# +(.+)$", re.MULTILINE)
_LABELS = {"table": "Table", "figure": "Figure", "text": "Text"}
_HIDDEN = {"parameters", "remove-cell"}


class Prose(NamedTuple):
    """A markdown cell, without the notebook's H1."""

    markdown: str


class Code(NamedTuple):
    """The source of a code cell."""

    source: str


class Output(NamedTuple):
    """What a cell printed or gave, as plain text."""

    text: str
    is_warning: bool


class Numbered(NamedTuple):
    """An exhibit with its label in this report, as in ``Table 3``."""

    exhibit: Exhibit
    label: str
    cell: str


class Numbers(NamedTuple):
    """The numbers that one cell shows, side by side."""

    numbers: list[Number]
    cell: str


Block = Prose | Code | Output | Numbered | Numbers


class Section(NamedTuple):
    """One notebook."""

    id: str
    title: str
    blocks: list[Block]

    @property
    def exhibits(self) -> list[tuple[str, Exhibit]]:
        """The exhibits in order, each with the id of the cell that shows it."""
        shown = []
        for block in self.blocks:
            if isinstance(block, Numbered):
                shown.append((block.cell, block.exhibit))
            elif isinstance(block, Numbers):
                shown += [(block.cell, number) for number in block.numbers]
        return shown


@dataclass(frozen=True)
class Content:
    """A whole report, apart from how it looks."""

    sections: list[Section]

    @property
    def exhibits(self) -> list[Exhibit]:
        """All exhibits in order."""
        return [exhibit for section in self.sections for _, exhibit in section.exhibits]

    @property
    def numbers(self) -> list[Number]:
        """The numbers that prose may quote: those shown as such, and each value of a table of measures."""
        found = []
        for exhibit in self.exhibits:
            if isinstance(exhibit, Number):
                found.append(exhibit)
            elif isinstance(exhibit, Table) and {"measure", "value", "unit"} <= set(exhibit.data.columns):
                found += [
                    Number(value, id=f"{exhibit.id}-{measure.replace('_', '-')}", unit=unit)
                    for measure, value, unit in exhibit.data[["measure", "value", "unit"]].itertuples(index=False)
                ]
        return found


def read_content(notebooks: Mapping[str, NotebookNode]) -> Content:
    """Read what executed notebooks show.

    Parameters
    ----------
    notebooks
        The notebooks by name, in order.

    Raises
    ------
    ReportError
        If two exhibits have one id.
    """
    return Content(list(read_sections(notebooks.items())))


def read_sections(notebooks: Iterable[tuple[str, NotebookNode]]) -> Iterator[Section]:
    """Read what executed notebooks show, one by one as they come, as :func:`read_content` does."""
    counts: dict[str, int] = {}
    found: set[str] = set()
    for name, notebook in notebooks:
        blocks = [block for cell in notebook.cells for block in _blocks(cell, counts)]
        section = Section(name, _title(notebook) or name, blocks)
        for _, exhibit in section.exhibits:
            if exhibit.id in found:
                raise ReportError(f"{name}: a second exhibit with the id {exhibit.id!r}; ids name one exhibit each")
            found.add(exhibit.id)
        yield section


def _title(notebook: NotebookNode) -> str | None:
    headings = (_HEADING.search(cell.source) for cell in notebook.cells if cell.cell_type == "markdown")
    return next((heading[1].strip() for heading in headings if heading), None)


def _blocks(cell: NotebookNode, counts: dict[str, int]) -> Iterator[Block]:
    tags = cell.metadata.get("tags", ())
    if not _HIDDEN.isdisjoint(tags):
        return
    if cell.cell_type == "markdown":
        yield Prose(_HEADING.sub("", cell.source, count=1))
    if cell.cell_type == "code" and cell.source.strip():
        yield Code(cell.source)
    if "remove-output" not in tags:
        yield from _outputs(cell, counts)


def _outputs(cell: NotebookNode, counts: dict[str, int]) -> Iterator[Block]:
    """Yield a cell's outputs; the numbers among them stand together after the rest."""
    numbers = []
    for output in cell.get("outputs", ()):
        data = output.get("data", {})
        if MIME in data:
            exhibit = read_record(data[MIME])
            if isinstance(exhibit, Number):
                numbers.append(exhibit)
                continue
            counts[exhibit.kind] = counts.get(exhibit.kind, 0) + 1
            yield Numbered(exhibit, f"{_LABELS[exhibit.kind]} {counts[exhibit.kind]}", cell.id)
        elif output.output_type == "stream":
            yield Output(output.text, output.name == "stderr")
        elif "text/plain" in data:
            yield Output(data["text/plain"], is_warning=False)
    if numbers:
        yield Numbers(numbers, cell.id)
