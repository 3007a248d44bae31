"""One article's report: its notebooks are executed, and a page, tables, figures and numbers are made from them.

Data flows one way: article → executed notebooks (``running``) → what they show (``content``) → files (``page`` and
the exhibits' own) and a record of it all (``record``), in a folder aside that takes the report's place at the end
(``aside``): ``making`` leads through it. ``verify`` makes a report again from its record and compares every byte.
``comparing`` makes one page over many finished reports in the same way. Names are loaded when first used: who hands out
the work of a batch need not hold what does it.
"""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.report.cite import STYLES, Citation, write_citation
    from analysis.report.comparing import COMPARE, COMPARISON, make_comparison
    from analysis.report.making import make_report
    from analysis.report.record import read_record
    from analysis.report.running import (
        NOTEBOOKS,
        Parameter,
        ParameterError,
        ReportError,
        notebook_parameters,
        notebook_paths,
        read_parameters,
    )
    from analysis.report.shelf import bundle_report, write_index
    from analysis.report.verify import Verification, verify_comparison, verify_report

_HOMES = {
    "cite": ("STYLES", "Citation", "write_citation"),
    "comparing": ("COMPARE", "COMPARISON", "make_comparison"),
    "making": ("make_report",),
    "record": ("read_record",),
    "running": (
        "NOTEBOOKS",
        "Parameter",
        "ParameterError",
        "ReportError",
        "notebook_parameters",
        "notebook_paths",
        "read_parameters",
    ),
    "shelf": ("bundle_report", "write_index"),
    "verify": ("Verification", "verify_comparison", "verify_report"),
}

__all__ = [
    "COMPARE",
    "COMPARISON",
    "NOTEBOOKS",
    "STYLES",
    "Citation",
    "Parameter",
    "ParameterError",
    "ReportError",
    "Verification",
    "bundle_report",
    "make_comparison",
    "make_report",
    "notebook_parameters",
    "notebook_paths",
    "read_parameters",
    "read_record",
    "verify_comparison",
    "verify_report",
    "write_citation",
    "write_index",
]


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(_import_module(f"analysis.report.{home}"), name)
    raise AttributeError(f"module 'analysis.report' has no attribute {name!r}")
