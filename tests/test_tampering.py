"""Tampering: whatever is done to a report's folder or to its record is named, and costs that report alone."""

import contextlib
import html
import json
import os
import re
import shutil
import tempfile
from pathlib import Path

import pytest

from analysis import Article, make_report
from analysis.cli import main
from analysis.compare import read_reports
from analysis.integrity import damage, scan
from analysis.layout import RECORD
from analysis.report import (
    ReportError,
    bundle_report,
    read_record,
    verify,
    verify_comparison,
    verify_report,
    write_index,
)
from analysis.report.cache import is_current

from .conftest import PROJECT
from .tampering import tamper
from .test_report import EXHIBITS, TABLE, write_notebook

pytestmark = pytest.mark.usefixtures("warm_throughout")

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


def link(report, out):
    """Return a second folder of a report's files, which is made sooner than a copy."""
    return shutil.copytree(report, out, copy_function=os.link)


@pytest.fixture
def seed_copy(seed_report, tmp_path, monkeypatch):
    """Return a copy of the seed's report; made again, it is what it was: the very files, which nothing changes."""
    monkeypatch.setattr(verify, "make_report", lambda _, *, out, **__: link(seed_report, out))
    return shutil.copytree(seed_report, tmp_path / "report")


@pytest.mark.parametrize("case", TAMPERING, ids=lambda case: case["label"])
def test_tampering_is_named(seed_copy, case):
    tamper(seed_copy, case["steps"])
    found = verify_report(seed_copy)
    damaged = dict(re.fullmatch("('.*'|[^:]*): (.*)", line).groups() for line in found.damaged)
    assert damaged.keys() == case["damaged"].keys()
    assert not [name for name, what in case["damaged"].items() if not damaged[name].startswith(what)], damaged
    if "differs" in case:
        assert [line.split(": ")[0] for line in found.differences] == case["differs"]
    assert case.get("verdict", "it is not as its record says") in found.verdict
    assert found.inputs == []
    assert all(line.isprintable() for line in (*found.damaged, *found.differences, found.verdict))


def test_what_file_managers_leave_is_named_and_no_difference(seed_copy, capsys):
    left = [".DS_Store", "Thumbs.db", "figures/desktop.ini", "tables/.DS_Store"]
    tamper(seed_copy, [["write", name, "x"] for name in left])
    found = verify_report(seed_copy)
    assert (found.is_identical, found.droppings, found.damaged) == (True, left, [])
    assert main(["verify", str(seed_copy)]) == 0
    out = capsys.readouterr().out
    assert out.endswith("\n    ".join(["record\n  left by a file manager, and no part of it:", *left]) + "\n")
    assert bundle_report(seed_copy, seed_copy.parent / "a.zip")
    tamper(seed_copy, [["write", "notes.txt", "x"]])
    assert verify_report(seed_copy).damaged == ["notes.txt: was not there when the report was made"]


# Records that are none


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
    with pytest.raises(ValueError, match=re.escape(f"{report} is no whole report: {case['expected']}")):
        read_reports(report)
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


# Where a report lies, and what happens to it meanwhile


@pytest.mark.parametrize(
    ("steps", "named"),
    [
        ([["flip", "report.pdf"]], ["report.pdf: was changed while the report was verified"]),
        ([["write", "x", "x"]], ["x: was changed while the report was verified"]),
        ([["remove", "tables/tone.csv"]], ["tables/tone.csv: was changed while the report was verified"]),
        ([["flip", "article.txt"]], ["article.txt: was changed while the report was verified"]),
        ([["append", RECORD, " "]], [f"{RECORD}: was changed while the report was verified"]),
        ([["remove", "report.pdf"], ["fifo", "report.pdf"]], ["report.pdf: was changed while the report was verified"]),
        ([["touch", "report.pdf"]], []),
        ([["write", ".DS_Store", "x"]], []),
    ],
)
def test_change_while_it_is_verified_is_named(seed_report, seed_copy, monkeypatch, steps, named):
    def make_report(_, *, out, **__):
        tamper(seed_copy, steps)
        return shutil.copytree(seed_report, out)

    monkeypatch.setattr(verify, "make_report", make_report)
    found = verify_report(seed_copy)
    assert found.damaged == named
    assert found.is_identical is (not named)


def test_report_is_identical_wherever_it_lies(seed_copy, tmp_path, monkeypatch, capsys):
    """Through a link, from within, moved, and where nothing may be written."""
    (tmp_path / "link").symlink_to(seed_copy)
    (tmp_path / "elsewhere" / "été").mkdir(parents=True)
    moved = shutil.copytree(seed_copy, tmp_path / "elsewhere" / "été" / "x")
    for path in (moved, *moved.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    monkeypatch.chdir(seed_copy)
    reports = [".", "../report", "../report/", "../link", "../link/", "../elsewhere/../report", str(moved)]
    assert main(["verify", *reports]) == 0
    out = capsys.readouterr().out
    assert out.splitlines() == [
        f"{Path(report)}: identical, every byte of it made again from its record" for report in reports
    ]


@contextlib.contextmanager
def unprivileged():
    """Give up the superuser's rights, whom no permission binds."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


def test_what_cannot_be_read_is_named(report):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy = shutil.copytree(report, folder / "report")
        for path in (folder, copy, *copy.rglob("*")):
            path.chmod(0o755)
        tamper(copy, [["chmod", "report.html", 0], ["chmod", "tables", 0], ["chmod", "figures", 0o444]])
        with unprivileged():
            found = damage(scan(copy), read_record(copy).files, record=RECORD)
            with pytest.raises(ReportError, match="report is damaged: 8 of its 19 files are not as recorded"):
                bundle_report(copy)
    said = "cannot be read (Permission denied)"
    assert {name: what for name, what in found.items() if "/" not in name} == {"report.html": said, "tables": said}
    assert {what for name, what in found.items() if name.startswith("figures/")} == {said}
    tables = {what for name, what in found.items() if name.startswith("tables/")}
    assert tables == {"cannot be read (Permission denied: tables)"}


def test_folders_too_deep_for_a_path_are_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for _ in range(40):
        Path("d" * 200).mkdir()
        os.chdir("d" * 200)
    found = scan(tmp_path)
    assert [what.note for what in found.values() if what.note] == ["File name too long"]
    os.chdir(tmp_path)
    shutil.rmtree("d" * 200)


# Comparisons

COMPARISON = {"files": {}, "inputs": {}, "parameters": {}}
LIST = "report,record_sha256\n../report,0\n"


@pytest.mark.parametrize(
    ("record", "articles", "message"),
    [
        ("[]", LIST, "is no whole comparison (list indices"),
        ("[" * 100_000, LIST, "is no whole comparison (it is nested too deeply)"),
        ("{}", LIST, "is no whole comparison ('files')"),
        (COMPARISON | {"files": []}, LIST, "is no whole comparison (its files are list; expected paths"),
        (COMPARISON | {"files": {"../x": "0" * 64}}, LIST, "is no whole comparison (it names the file '../x'"),
        (COMPARISON | {"files": {"x": 1}}, LIST, "is no whole comparison (it has 1 as the SHA-256 of x"),
        (COMPARISON | {"inputs": "x"}, LIST, "is no whole comparison ('str' object has no attribute"),
        (COMPARISON | {"parameters": 3}, LIST, "is no whole comparison ('int' object is not iterable"),
        (COMPARISON, "report\nx\n", "is no whole comparison ('record_sha256')"),
        (COMPARISON, "\udcff", "is no whole comparison ('utf-8' codec"),
        (COMPARISON, "report," + "x" * 200_000, "is no whole comparison (field larger than field limit"),
        (COMPARISON | {"parameters": {"by = 1; import os": 1}}, LIST, "cannot be made again: no notebook has a param"),
        (COMPARISON | {"parameters": {"by": 3}}, LIST, "cannot be made again: parameter by is 3; expected text"),
        (COMPARISON | {"parameters": {"by": "x"}}, LIST, "cannot be made again: parameter by is 'x'; expected a col"),
    ],
)
def test_mad_record_of_a_comparison_fails_in_one_line(seed_report, tmp_path, record, articles, message):
    (tmp_path / "comparison.json").write_text(record if isinstance(record, str) else json.dumps(record))
    (tmp_path / "articles.csv").write_text(articles, errors="surrogateescape")
    with pytest.raises(ReportError) as error:
        verify_comparison(tmp_path, read_reports(seed_report))
    assert str(error.value).startswith(f"{tmp_path} {message}")
    assert str(error.value).isprintable()


def test_list_of_a_comparison_that_is_a_fifo_is_not_waited_for(seed_report, tmp_path):
    (tmp_path / "comparison.json").write_text(json.dumps(COMPARISON))
    os.mkfifo(tmp_path / "articles.csv")
    with pytest.raises(ReportError, match=r"is no whole comparison .*it is a FIFO; expected a file"):
        verify_comparison(tmp_path, read_reports(seed_report))


def test_report_is_verified_as_one_also_if_a_comparison_is_put_in_it(seed_copy, capsys):
    (seed_copy / "comparison.json").write_text("{}")
    assert main(["verify", str(seed_copy)]) == 1
    assert "comparison.json: was not there when the report was made" in capsys.readouterr().out
