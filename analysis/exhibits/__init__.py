"""Exhibits: captioned, footnoted tables, figures, marked texts, numbers and findings that a report numbers and saves.

``model`` and ``findings`` say what each kind is and what is recorded of it, ``records`` shows it and reads it back;
``html``, ``latex`` and ``files`` write it; ``spans`` cuts a text at the marks in it, ``fitting`` fits a table into a
paper, and ``formatting`` writes numbers.
Jinja2, matplotlib, typst and IPython are imported when they are first used.
"""

from analysis.exhibits.files import clear_typst_cache
from analysis.exhibits.findings import Brief, BriefPart, Finding
from analysis.exhibits.html import stylesheet, write_anchors
from analysis.exhibits.latex import write_commands
from analysis.exhibits.model import Exhibit, Figure, Number, Table, Text
from analysis.exhibits.records import read_record, show
from analysis.exhibits.spans import Span, cut

__all__ = [
    "Brief",
    "BriefPart",
    "Exhibit",
    "Figure",
    "Finding",
    "Number",
    "Span",
    "Table",
    "Text",
    "clear_typst_cache",
    "cut",
    "read_record",
    "show",
    "stylesheet",
    "write_anchors",
    "write_commands",
]


def __dir__() -> list[str]:
    return __all__
