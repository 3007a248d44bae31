"""One article's report: its notebooks are executed, and a page, tables, figures and numbers are made from them.

Data flows one way: article → executed notebooks (``running``) → what they show (``content``) → files (``page`` and
the exhibits' own) and a record of it all (``record``), in a folder aside that takes the report's place at the end
(``making``). ``verify`` makes a report again from its record and compares every byte.
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
from analysis.report.verify import Verification, verify_report

__all__ = [
    "NOTEBOOKS",
    "Parameter",
    "ParameterError",
    "ReportError",
    "Verification",
    "make_report",
    "notebook_parameters",
    "notebook_paths",
    "read_parameters",
    "verify_report",
]
