"""Exhibits: captioned, footnoted tables, figures, marked texts and numbers that a report numbers and saves.

``model`` says what each kind is, what is recorded of it, and reads it back; ``html``, ``latex`` and ``files`` write it;
``spans`` cuts a text at the marks in it, ``fitting`` fits a table into a paper, and ``formatting`` writes numbers.
Jinja2, matplotlib, typst and IPython are imported when they are first used.
"""

from analysis.exhibits.files import clear_typst_cache
from analysis.exhibits.html import stylesheet, write_anchors
from analysis.exhibits.latex import write_commands
from analysis.exhibits.model import Exhibit, Figure, Number, Table, Text, read_record, show
from analysis.exhibits.spans import Span, cut

__all__ = [
    "Exhibit",
    "Figure",
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
