"""The bundle for deposit: what the record names, byte for byte, and nothing else."""

import json
import os
import shutil
import zipfile
from pathlib import Path

import pytest

from analysis import Article, make_report
from analysis.cli import main
from analysis.layout import RECORD
from analysis.report import ReportError, bundle_report, read_record, verify_report, write_index

from .conftest import PROJECT
from .tampering import tamper
from .test_report import EXHIBITS, TABLE, write_notebook

pytestmark = pytest.mark.usefixtures("warm_throughout")

CASES = json.loads((PROJECT / "tests" / "cases" / "bundles.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a report and the folder of its notebooks; copy the report before changing it."""
    folder = tmp_path_factory.mktemp("bundle")
    notebooks = write_notebook(folder / "notebooks", "1-words.ipynb", TABLE, EXHIBITS)
    article = Article.from_text("Rain in Cairo – Nile Times\n\nIt rained.", published="2014-10-02")
    return make_report(article, out=folder / "report", notebooks=notebooks), notebooks


@pytest.fixture
def report(made, tmp_path):
    return shutil.copytree(made[0], tmp_path / "report")


def contents(bundle, folder="report"):
    """Return the bytes of each file of a bundle, by its path in the report."""
    with zipfile.ZipFile(bundle) as file:
        return {name.removeprefix(f"{folder}/"): file.read(name) for name in file.namelist()}


def files(report):
    named = [RECORD, *read_record(report).files]
    return {name: (report / name).read_bytes() for name in named}


def test_unpacked_bundle_is_verified(made, report, tmp_path):
    with zipfile.ZipFile(bundle_report(report)) as bundle:
        bundle.extractall(tmp_path / "unpacked")
    found = verify_report(tmp_path / "unpacked" / "report", notebooks=made[1])
    assert found.is_identical, found


def test_bytes_depend_on_the_report_alone(made, report, tmp_path, monkeypatch):
    """Not on times, rights, the order of the folder, what else lies in it, or from where it is packed."""
    expected = bundle_report(made[0], tmp_path / "expected.zip").read_bytes()
    tamper(report, [["touch", "report.html"], ["chmod", "report.pdf", 0o400], ["write", "notes.txt", "mine"]])
    tamper(report, [["copy", "article.txt", "../copy"], ["remove", "article.txt"], ["move", "../copy", "article.txt"]])
    (tmp_path / "link").symlink_to(report)
    assert bundle_report(tmp_path / "link").read_bytes() == expected
    monkeypatch.chdir(report)
    for folder in (".", "../report", "../link/"):
        assert bundle_report(folder, "../x.zip").read_bytes() == expected
    assert bundle_report(".") == tmp_path / "report.zip"
    assert contents(tmp_path / "report.zip") == files(made[0])


@pytest.mark.parametrize("case", [case for case in CASES if "left_out" in case], ids=lambda case: case["label"])
def test_only_what_the_record_names_is_packed(report, case):
    tamper(report, case["steps"])
    said = []
    assert contents(bundle_report(report, progress=said.append)) == files(report)
    assert said == [f"left out: {line}" for line in case["left_out"]]


@pytest.mark.parametrize("case", [case for case in CASES if "refused" in case], ids=lambda case: case["label"])
def test_damaged_report_is_refused_unless_forced(report, tmp_path, case):
    tamper(report, case["steps"])
    with pytest.raises(ReportError, match="is damaged: ") as error:
        bundle_report(report)
    assert case["refused"] in str(error.value)
    assert str(error.value).isprintable()
    assert "--force packs what is left" in str(error.value)
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix == ".zip") == []
    said = []
    packed = contents(bundle_report(report, force=True, progress=said.append))
    assert any(case["refused"] in line for line in said)
    there = {name for name in [RECORD, *read_record(report).files] if (report / name).is_file()}
    links = {name for name in there if (report / name).resolve() != report.resolve() / name}
    assert packed == {name: (report / name).read_bytes() for name in there - links}


def test_record_that_is_a_link_is_never_packed(report):
    tamper(report, [["move", RECORD, "../record"], ["link", RECORD, "../record"]])
    for force in (False, True):
        with pytest.raises(ReportError, match=f"{RECORD}: is a link to '../record'; expected a file"):
            bundle_report(report, force=force)


def test_file_changed_while_it_is_packed_is_not_packed(report, monkeypatch, tmp_path):
    from analysis.report import bundle

    found = bundle.scan(report)
    tamper(report, [["flip", "report.html"]])
    monkeypatch.setattr(bundle, "scan", lambda *_: found)
    with pytest.raises(ReportError, match=r"report\.html was changed while the report was packed"):
        bundle_report(report)
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("report/x.zip", "is inside the report; name a file elsewhere"),
        ("report/tables/x.zip", "is inside the report; name a file elsewhere"),
        ("link/x.zip", "is inside the report; name a file elsewhere"),
        ("", "is a folder; expected a file"),
        ("report", "is a folder; expected a file"),
        ("gone/x.zip", "gone/x.zip cannot be written: No such file or directory"),
        ("file/x.zip", "file/x.zip cannot be written: Not a directory"),
        ("notes.txt", "notes.txt is there and is no bundle of a report; move it, or name another file"),
        ("photos.zip", "photos.zip is there and is no bundle of a report; move it, or name another file"),
    ],
)
def test_place_that_cannot_take_it_is_named(report, tmp_path, out, message):
    (tmp_path / "link").symlink_to(report)
    for name in ("file", "notes.txt"):
        (tmp_path / name).write_text("years of work")
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as photos:
        photos.writestr("holiday.jpg", b"")
    with pytest.raises(ReportError, match=message):
        bundle_report(report, tmp_path / out)
    assert verify_files(report) == []


def verify_files(report):
    """Return the files of a report that its record does not name."""
    found = {path.relative_to(report).as_posix() for path in report.rglob("*") if not path.is_dir()}
    return sorted(found - {RECORD, *read_record(report).files})


def test_link_in_the_place_of_the_zip_file_is_replaced(report, tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    (tmp_path / "report.zip").symlink_to("thesis.tex")
    assert contents(bundle_report(report)) == files(report)
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


def test_bundle_command_refuses_or_says_what_it_left_out(report, capsys):
    tamper(report, [["write", "notes.txt", "x"]])
    assert main(["bundle", str(report)]) == 0
    out, err = capsys.readouterr()
    assert out == f"{report}.zip\n"
    assert err == "left out: notes.txt: was not there when the report was made\n"
    tamper(report, [["remove", "report.pdf"]])
    assert main(["bundle", str(report)]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "is damaged: 1 of its 19 files is not as recorded (report.pdf: is missing)" in err
    assert main(["bundle", str(report), "--force"]) == 0
    assert "left out: report.pdf: is missing\n" in capsys.readouterr().err


# The index


def test_index_takes_any_folder(report, tmp_path):
    """Its name may be in any encoding; hidden folders and those that are no report are left out."""
    shutil.copytree(report, os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9 <b>"))
    shutil.copytree(report, tmp_path / ".report.making-x-1-abc")
    (tmp_path / "mad <b>\n").mkdir()
    (tmp_path / "mad <b>\n" / RECORD).write_text("[]")
    (tmp_path / "none").mkdir()
    (tmp_path / "batch.csv").write_text("x")
    (tmp_path / "linked").symlink_to(report)
    page = write_index(tmp_path).read_text()
    rows = [line for line in page.splitlines() if line.startswith("<tr><td>")]
    links = ("caf%E9%20%3Cb%3E", "linked", "report")
    assert rows == [
        *(
            f'<tr><td>2014-10-02</td><td><a href="{link}/report.html">Rain in Cairo</a></td><td>Nile Times</td></tr>'
            for link in links
        ),
        "<tr><td></td><td>mad &lt;b&gt;\\n is damaged: it has no list of entities under @graph</td><td></td></tr>",
    ]
    assert not list(Path(tmp_path).glob(".index*"))
