"""Exhibits: captioned, footnoted tables, figures, marked texts, numbers and findings that a report numbers and saves.

``model`` and ``findings`` say what each kind is and what is recorded of it, ``records`` shows it and reads it back;
``html``, ``latex`` and ``files`` write it; ``spans`` cuts a text at the marks in it, ``drawing`` writes charts into a
page, ``fitting`` fits a table into a paper, ``formatting`` writes numbers, and ``labels`` has plain words for codes.
Jinja2, matplotlib, typst and IPython are imported when they are first used.
"""

from analysis.exhibits.drawing import Drawings
from analysis.exhibits.figure import Figure
from analysis.exhibits.files import clear_typst_cache
from analysis.exhibits.findings import Brief, BriefLine, BriefPart, Finding
from analysis.exhibits.html import Page, css_name, row_spans, stylesheet, table_script, write_exhibit, write_marked
from analysis.exhibits.latex import write_commands, write_figure
from analysis.exhibits.model import Exhibit, Number, Table, Text
from analysis.exhibits.records import read_record, show
from analysis.exhibits.spans import Span, cut
from analysis.labels import label_of

__all__ = [
    "Brief",
    "BriefLine",
    "BriefPart",
    "Drawings",
    "Exhibit",
    "Figure",
    "Finding",
    "Number",
    "Page",
    "Span",
    "Table",
    "Text",
    "clear_typst_cache",
    "css_name",
    "cut",
    "label_of",
    "read_record",
    "row_spans",
    "show",
    "stylesheet",
    "table_script",
    "write_commands",
    "write_exhibit",
    "write_figure",
    "write_marked",
]


def __dir__() -> list[str]:
    return __all__
