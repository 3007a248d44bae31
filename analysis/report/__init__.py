"""One article's report: its notebooks are executed, and a page, tables, figures and numbers are made from them.

Data flows one way: article → executed notebooks (``running``) → what they show (``content``) → files (``page`` and
the exhibits' own), all in a folder aside that takes the report's place at the end (``making``).
"""

from analysis.report.making import make_report
from analysis.report.running import (
    NOTEBOOKS,
    Parameter,
    ParameterError,
    ReportError,
    notebook_parameters,
    notebook_paths,
    read_parameters,
)

__all__ = [
    "NOTEBOOKS",
    "Parameter",
    "ParameterError",
    "ReportError",
    "make_report",
    "notebook_parameters",
    "notebook_paths",
    "read_parameters",
]
