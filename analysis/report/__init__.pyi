from .build import make_report
from .citation import STYLES, Citation, write_citation
from .comparison import COMPARE, COMPARISON, make_comparison
from .notebook import (
    NOTEBOOKS,
    Parameter,
    ParameterError,
    ReportError,
    notebook_parameters,
    notebook_paths,
    read_parameters,
)
from .provenance import read_record
from .shelf import bundle_report, write_index
from .verify import Verification, verify_comparison, verify_report

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
