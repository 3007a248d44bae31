from .attribution import make_attribution, read_attribution
from .build import make_report
from .bundle import bundle_report
from .citation import STYLES, Citation, join_citations, write_citation
from .comparison import COMPARE, make_comparison
from .figures import write_figures
from .index import write_index
from .interactive import check_parameters, save_report
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
from .textless import verify_textless
from .verify import Verification, verify_comparison, verify_report

__all__ = [
    "COMPARE",
    "NOTEBOOKS",
    "STYLES",
    "Citation",
    "Parameter",
    "ParameterError",
    "ReportError",
    "Verification",
    "bundle_report",
    "check_parameters",
    "join_citations",
    "make_attribution",
    "make_comparison",
    "make_report",
    "notebook_parameters",
    "notebook_paths",
    "read_attribution",
    "read_parameters",
    "read_record",
    "save_report",
    "verify_comparison",
    "verify_report",
    "verify_textless",
    "write_citation",
    "write_figures",
    "write_index",
]
