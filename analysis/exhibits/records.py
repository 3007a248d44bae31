"""Showing exhibits in a notebook, each with its record, and reading the records back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.exhibits import html
from analysis.exhibits.figure import Figure
from analysis.exhibits.findings import Brief, Finding
from analysis.exhibits.model import Number, Table, Text
from analysis.layout import EXHIBIT_MIME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.exhibits.model import Exhibit

__all__ = ["read_record", "show"]

_KINDS = {kind.kind: kind for kind in (Brief, Figure, Finding, Number, Table, Text)}


def show(*exhibits: Exhibit) -> None:
    """Display exhibits in a notebook, each with the record that a report is made from; nothing of a silent finding.

    Outside a notebook their one-line descriptions are printed.
    """
    from IPython import get_ipython
    from IPython.display import display

    for exhibit in exhibits:
        if isinstance(exhibit, Finding) and exhibit.is_silent:
            continue
        if get_ipython() is None:
            print(exhibit)  # noqa: T201 - printing is what was asked for
            continue
        look = f"<style>{html.stylesheet()}</style>{exhibit.html()}"
        if isinstance(exhibit, Table):
            look += f"<script>{html.table_script()}</script>"
        display({"text/plain": str(exhibit), "text/html": look, EXHIBIT_MIME: exhibit.record}, raw=True)


def read_record(record: Mapping[str, Any]) -> Exhibit:
    """Return the exhibit that a record was taken from.

    Raises
    ------
    ValueError
        If the record is of no known kind.
    """
    kind = record.get("kind")
    if kind not in _KINDS:
        raise ValueError(f"a record of kind {kind!r}; expected one of {', '.join(_KINDS)}")
    shared = {name: record[name] for name in ("id", "caption", "notes", "place") if name in record}
    return _KINDS[kind]._from_record(record, shared)  # noqa: SLF001 - a method of this package's classes
