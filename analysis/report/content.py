"""What a report shows: the blocks of its executed notebooks in order, exhibits read back and numbered."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from analysis.exhibits import Exhibit, Finding, Number, Table, read_record
from analysis.layout import EXHIBIT_MIME
from analysis.report.notebook import ReportError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from nbformat import NotebookNode

__all__ = [
    "Block",
    "Code",
    "Content",
    "Numbered",
    "Numbers",
    "Output",
    "Prose",
    "Section",
    "Step",
    "read_content",
    "read_sections",
]

_HEADING = re.compile(r"^# +(.+)$", re.MULTILINE)
_STEP = re.compile(r"\A\s*## +(.+)$", re.MULTILINE)
#: How exhibits are labelled, and what stands before the number of those that open the report or follow in its appendix.
_LABELS = {"table": "Table", "figure": "Figure", "text": "Text", "finding": "Finding", "brief": "Overview"}
_PREFIXES = {"front": "F", "body": "", "appendix": "A"}
_HIDDEN = {"parameters", "remove-cell"}
#: The most characters that are shown of one output, beginning and end alike: some forty pages of the PDF.
_MAX_OUTPUT_CHARS = 100_000


@dataclass(frozen=True)
class Prose:
    """A markdown cell, without the notebook's H1."""

    kind: ClassVar[str] = "prose"
    markdown: str


@dataclass(frozen=True)
class Code:
    """The source of a code cell."""

    kind: ClassVar[str] = "code"
    source: str


@dataclass(frozen=True)
class Output:
    """What a cell printed or returned, as plain text; of a very long one, the beginning and the end."""

    kind: ClassVar[str] = "output"
    text: str
    is_warning: bool


@dataclass(frozen=True)
class Numbered:
    """An exhibit with its label in this report, as in ``Table 3`` or ``Table A3``, and the id of its cell."""

    kind: ClassVar[str] = "exhibit"
    exhibit: Exhibit
    label: str
    cell: str


@dataclass(frozen=True)
class Numbers:
    """The numbers that one cell shows, side by side, and the cell's id."""

    kind: ClassVar[str] = "numbers"
    numbers: list[Number]
    cell: str


Block = Prose | Code | Output | Numbered | Numbers


@dataclass(frozen=True)
class Step:
    """One step of a notebook: what stands under a heading of the second level.

    Attributes
    ----------
    title
        The heading; empty before the first one.
    main
        Findings and exhibits that a reader sees at once.
    more
        The rest in order: prose, code, printed lines, and exhibits whose place is the appendix.
    """

    title: str
    main: list[Block] = field(default_factory=list)
    more: list[Block] = field(default_factory=list)


@dataclass(frozen=True)
class Section:
    """What one notebook shows.

    Attributes
    ----------
    id, title
        The notebook's name, and its H1.
    front
        What opens the report: the exhibits whose place is the front.
    steps
        The rest, by headings.
    """

    id: str
    title: str
    front: list[Block]
    steps: list[Step]

    @property
    def blocks(self) -> list[Block]:
        """All blocks: those in front, then those of each step, what is seen at once first."""
        return [*self.front, *(block for step in self.steps for block in (*step.main, *step.more))]

    @property
    def exhibits(self) -> list[tuple[str, Exhibit]]:
        """The exhibits in order, each with the id of the cell that shows it."""
        shown: list[tuple[str, Exhibit]] = []
        for block in self.blocks:
            if isinstance(block, Numbered):
                shown.append((block.cell, block.exhibit))
            elif isinstance(block, Numbers):
                shown += [(block.cell, number) for number in block.numbers]
        return shown


@dataclass(frozen=True)
class Content:
    """What a whole report shows, apart from how it looks."""

    sections: list[Section]

    @property
    def exhibits(self) -> list[Exhibit]:
        """All exhibits in order."""
        return [exhibit for section in self.sections for _, exhibit in section.exhibits]

    @property
    def front(self) -> list[Block]:
        """What opens the report."""
        return [block for section in self.sections for block in section.front]

    @property
    def findings(self) -> list[Finding]:
        """All findings in order."""
        return [exhibit for exhibit in self.exhibits if isinstance(exhibit, Finding)]

    @property
    def numbers(self) -> list[Number]:
        """The numbers that prose may quote: those shown as such, of findings, and each value of a table of measures."""
        numbers: list[Number] = []
        for exhibit in self.exhibits:
            if isinstance(exhibit, Number):
                numbers.append(exhibit)
            elif isinstance(exhibit, Finding):
                numbers += [exhibit.number] if exhibit.number else []
            elif isinstance(exhibit, Table) and {"measure", "value", "unit"} <= set(exhibit.data.columns):
                numbers += [
                    Number(value, id=f"{exhibit.id}-{measure.replace('_', '-')}", unit=unit)
                    for measure, value, unit in exhibit.data[["measure", "value", "unit"]].itertuples(index=False)
                ]
        return numbers


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
    """Read what executed notebooks show as :func:`read_content` does, each as soon as it comes."""
    counts: dict[str, int] = {}
    ids: set[str] = set()
    for name, notebook in notebooks:
        section = _read_section(name, notebook, counts)
        for _, exhibit in section.exhibits:
            if exhibit.id in ids:
                raise ReportError(f"{name}: a second exhibit with the id {exhibit.id!r}; ids name one exhibit each")
            ids.add(exhibit.id)
        yield section


def _read_section(name: str, notebook: NotebookNode, counts: dict[str, int]) -> Section:
    """Read one notebook; ``counts`` has the number of exhibits so far, by kind."""
    front: list[Block] = []
    steps = [Step("")]
    for cell in notebook.cells:
        for block in _blocks(cell, counts):
            if isinstance(block, Prose):
                if heading := _STEP.search(block.markdown):
                    steps.append(Step(heading[1].strip()))
                prose = _STEP.sub("", block.markdown, count=1).strip()
                if prose:
                    steps[-1].more.append(Prose(prose))
            elif isinstance(block, Numbered) and block.exhibit.place != "appendix":
                (front if block.exhibit.place == "front" else steps[-1].main).append(block)
            else:
                steps[-1].more.append(block)
    return Section(name, _title(notebook) or name, front, [step for step in steps if step.main or step.more])


def _title(notebook: NotebookNode) -> str | None:
    """Return a notebook's H1."""
    headings = (_HEADING.search(cell.source) for cell in notebook.cells if cell.cell_type == "markdown")
    return next((heading[1].strip() for heading in headings if heading), None)


def _blocks(cell: NotebookNode, counts: dict[str, int]) -> Iterator[Block]:
    """Yield the blocks of a cell; ``counts`` has the number of exhibits so far, by kind."""
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
    """Yield the outputs of a cell; its numbers come together after the others."""
    numbers: list[Number] = []
    for output in cell.get("outputs", ()):
        data = output.get("data", {})
        if EXHIBIT_MIME in data:
            exhibit = read_record(data[EXHIBIT_MIME])
            if isinstance(exhibit, Number):
                numbers.append(exhibit)
                continue
            label = f"{_LABELS[exhibit.kind]} {_PREFIXES[exhibit.place]}"
            counts[label] = counts.get(label, 0) + 1
            yield Numbered(exhibit, f"{label}{counts[label]}", cell.id)
        elif output.output_type == "stream":
            yield Output(_shortened(output.text), output.name == "stderr")
        elif "text/plain" in data:
            yield Output(_shortened(data["text/plain"]), is_warning=False)
    if numbers:
        yield Numbers(numbers, cell.id)


def _shortened(text: str) -> str:
    """Return an output as it is shown: of a very long one, the middle is left to the notebook."""
    n_left_out, half = len(text) - _MAX_OUTPUT_CHARS, _MAX_OUTPUT_CHARS // 2
    if n_left_out <= 0:
        return text
    return f"{text[:half]}\n… {n_left_out:,} characters, which the notebook has, are left out here …\n{text[-half:]}"
