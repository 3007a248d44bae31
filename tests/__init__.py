"""The tests: one file a module, cases as data in `cases/`, one small notebook a behaviour in `notebooks/`."""

import sys

# As analysis.report.notebook does, which is imported after papermill: it takes a second, and a notebook needs it not.
sys.modules.setdefault("rfc3987_syntax", None)
