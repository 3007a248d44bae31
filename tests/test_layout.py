"""The layout of a report: formats, parts, and the exhibits that others read."""

import json

import pytest

from analysis import layout
from analysis.resources import shipped
from analysis.tables import TABLES


def test_every_part_of_a_report_has_a_known_format():
    exhibits = [path.format(id="x") for paths in layout.EXHIBIT_FILES.values() for path in paths]
    for path in {*layout.REPORT_FILES.values(), *layout.COMPARISON_FILES.values(), *exhibits}:
        assert "/" in layout.format_of(path).media_type


def test_an_unknown_format_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"report\.exe has no known format; expected one of \.cff, \.csv"):
        layout.format_of("report.exe")


def test_the_exhibits_that_a_comparison_reads_are_shown_by_the_notebooks():
    notebooks = [json.loads(path.read_text("utf-8")) for path in shipped("notebooks").glob("[0-9]*.ipynb")]
    code = "".join("".join(cell["source"]) for notebook in notebooks for cell in notebook["cells"])
    for exhibit, table in layout.READ_EXHIBITS.items():
        assert f'id="{exhibit}"' in code
        assert table in TABLES


def test_a_report_holds_nothing_but_its_parts(seed_report):
    assert {path.name for path in seed_report.iterdir()} <= layout.may_replace(layout.REPORT_FILES)
