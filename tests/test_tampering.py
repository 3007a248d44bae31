"""Tampering: whatever is done to a report's folder or to its record is named, and costs that report alone."""

import html
import json
import re
import shutil

import pytest

from analysis import Article, make_report
from analysis.cli import main
from analysis.layout import RECORD
from analysis.report import (
    ReportError,
    bundle_report,
    read_record,
    verify,
    verify_report,
    write_index,
)
from analysis.report.cache import is_current

from .conftest import PROJECT
from .tampering import tamper
from .test_report import EXHIBITS, TABLE, write_notebook

TAMPERING, MAD = (
    json.loads((PROJECT / "tests" / "cases" / name).read_text(encoding="utf-8"))
    for name in ("tampering.json", "mad-records.json")
)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Return a small report; copy it before changing it."""
    folder = tmp_path_factory.mktemp("tampering")
    notebooks = write_notebook(folder / "notebooks", "1-words.ipynb", TABLE, EXHIBITS)
    article = Article.from_text("Rain in Cairo – Nile Times\n\nIt rained for 40 days.", published="2014-10-02")
    return make_report(article, out=folder / "report", parameters={"n": 3}, notebooks=notebooks)


@pytest.mark.parametrize("case", MAD, ids=lambda case: case["label"])
def test_mad_record_fails_in_one_line(report, tmp_path, case):
    """It is refused by all that reads it, is listed in the index, and no batch takes it for a finished report."""
    report = shutil.copytree(report, tmp_path / "report")
    key = read_record(report).key
    assert is_current(report, key)
    tamper(report, case["steps"])
    for read in (read_record, verify_report, bundle_report):
        with pytest.raises(ReportError) as error:
            read(report)
        assert str(error.value).startswith(f"{report / RECORD} is not a report's record: {case['expected']}")
        assert str(error.value).isprintable()
    assert not is_current(report, key)
    page = write_index(tmp_path).read_text()
    row = re.search("<tr><td></td><td>report is damaged: (.*)</td><td></td></tr>", page)
    assert html.unescape(row[1]).startswith(case["expected"])


def test_mad_record_fails_that_report_alone(report, seed_report, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(verify, "make_report", lambda _, *, out, **__: shutil.copytree(seed_report, out))
    for number, case in enumerate(MAD):
        tamper(shutil.copytree(report, tmp_path / f"{number}" / "report"), case["steps"])
    reports = sorted(tmp_path.glob("*/report"))
    assert main(["verify", *map(str, reports), str(seed_report)]) == 1
    out, err = capsys.readouterr()
    assert out == f"{seed_report}: identical, every byte of it made again from its record\n"
    assert err.count("\n") == err.count("is not a report's record: ") == len(MAD)
