"""Verifying: a report is made again from its record, and every change to it is found and named."""

import json
import platform
import shutil
import zipfile

import pytest

from analysis import Article, make_report
from analysis.cli import main
from analysis.integrity import scan
from analysis.kernels.forking import VARIABLE
from analysis.layout import RECORD
from analysis.report import ReportError, Verification, notebook_paths, verify_report
from analysis.report.differences import describe_difference

from .tampering import tamper
from .test_fingerprint import as_jupyterlab_saves
from .test_report import EXHIBITS, TABLE, write_notebook

pytestmark = pytest.mark.usefixtures("warm_throughout")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("verify")
    notebooks = write_notebook(folder / "notebooks", "1-words.ipynb", TABLE, EXHIBITS)
    article = Article.from_text("Rain in Cairo – Nile Times\n\nIt rained for 40 days.", published="2014-10-02")
    return make_report(article, out=folder / "report", parameters={"n": 3}, notebooks=notebooks), notebooks


@pytest.fixture
def copy(made, tmp_path):
    report, notebooks = made
    shutil.copytree(report, tmp_path / "report")
    shutil.copytree(notebooks, tmp_path / "notebooks")
    return tmp_path / "report", tmp_path / "notebooks"


def test_report_is_identical_in_another_environment(copy, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)  # so that a warm process is started in it
    monkeypatch.setenv("PYTHONHASHSEED", "12")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("LANG", "tr_TR.UTF-8")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "12345")
    found = verify_report(copy[0], notebooks=copy[1])
    assert found.is_identical, found


def test_report_is_identical_after_its_notebooks_were_run_and_saved_in_jupyterlab(copy):
    for notebook in copy[1].glob("*.ipynb"):
        as_jupyterlab_saves(notebook)
    found = verify_report(copy[0], notebooks=copy[1])
    assert found.is_identical, found


@pytest.mark.slow
def test_seed_report_is_identical_after_its_notebooks_were_run_and_saved_in_jupyterlab(seed_report, tmp_path):
    for path in notebook_paths():
        as_jupyterlab_saves(shutil.copy(path, tmp_path))
    found = verify_report(seed_report, notebooks=tmp_path)
    assert found.is_identical, found


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("tables/words.csv", "Cairo", "Giza", "row 3, word: 'Giza' here, 'Cairo' made again"),
        ("numbers.json", "3", "4", "n-words: 4 here, 3 made again"),
        ("report.html", "Rain", "Snow", "differs from byte"),
        ("figures/bars.svg", "matplotlib", "matplotlob", "differs from byte"),
        ("tables/words.tex", "Rain", "Snow", "differs from byte"),
    ],
)
def test_change_of_an_output_is_found(copy, file, old, new, message):
    report, notebooks = copy
    path = report / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    found = verify_report(report, notebooks=notebooks)
    assert [line.split(":")[0] for line in found.damaged] == [file]
    assert [line.split(":")[0] for line in found.differences] == [file]
    assert message in found.differences[0]
    assert found.inputs == []


def test_changed_byte_of_a_picture_is_found(copy):
    report, notebooks = copy
    path = report / "figures" / "bars.png"
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    assert not verify_report(report, notebooks=notebooks).is_identical


def test_changed_record_is_found(copy):
    report, notebooks = copy
    path = report / RECORD
    path.write_text(path.read_text().replace("Nile Times", "Nile Thymes"))
    assert [line.split(":")[0] for line in verify_report(report, notebooks=notebooks).differences] == [RECORD]


def test_changed_article_is_named(copy):
    report, notebooks = copy
    (report / "article.txt").write_text("Rain in Cairo – Nile Times\n\nIt rained for 41 days.")
    found = verify_report(report, notebooks=notebooks)
    assert [line.split(":")[0] for line in found.damaged] == ["article.txt"]


def test_changed_notebook_is_named(copy):
    report, notebooks = copy
    write_notebook(notebooks, "1-words.ipynb", TABLE.replace("[:n]", "[1:n]"), EXHIBITS)
    found = verify_report(report, notebooks=notebooks)
    assert [line.split(":")[0] for line in found.inputs] == ["notebook 1-words.ipynb"]
    assert found.damaged == []
    assert "tables/words.csv: row 1, word: 'Rain' here, 'in' made again" in found.differences
    assert found.values_agree is False


def test_change_of_a_comment_in_a_notebook_is_a_change(copy):
    """The page shows a cell's source, comments included."""
    report, notebooks = copy
    write_notebook(notebooks, "1-words.ipynb", f"# Words.\n{TABLE}", EXHIBITS)
    assert not verify_report(report, notebooks=notebooks).is_identical


def test_another_package_version_is_named_and_values_are_compared(copy, monkeypatch):
    report, notebooks = copy
    record = json.loads((report / RECORD).read_text())
    entity = next(e for e in record["@graph"] if e["@id"] == "#package-pandas")
    entity["softwareVersion"] = "1.0"
    (report / RECORD).write_text(json.dumps(record))
    found = verify_report(report, notebooks=notebooks)
    assert len(found.inputs) == 1
    assert found.inputs[0].endswith("recorded 1.0")
    assert found.values_agree is True
    assert found.verdict == (
        "differs: it is made again from other inputs than those recorded; "
        "every recorded file but the record is made again byte for byte"
    )
    (report / RECORD).write_text(json.dumps(record).replace('"Figure 1"', '"Figure 2"'))
    found = verify_report(report, notebooks=notebooks)
    assert found.differences == [f"{RECORD}: #exhibit-bars name: 'Figure 2' here, 'Figure 1' made again"]


def test_missing_and_added_files_are_found(copy):
    report, notebooks = copy
    (report / "tables" / "words.csv").unlink()
    (report / "tables" / "extra.csv").write_text("x")
    found = verify_report(report, notebooks=notebooks)
    assert found.damaged == [
        "tables/extra.csv: was not there when the report was made",
        "tables/words.csv: is missing",
    ]


def test_report_contains_the_articles_that_it_is_compared_with(tmp_path):
    compare = """
from analysis import Number, read_articles, show
show(Number(len(list(read_articles([reference]))), id="articles"))
"""
    folder = write_notebook(
        tmp_path / "notebooks", "1-a.ipynb", compare, parameters='article = "a"  # a\nreference = ""  # b'
    )
    (tmp_path / "rows.jsonl").write_text('{"id": "1", "text": "one"}\n{"id": "2", "text": "two"}\n')
    article = Article.from_text("Rain")
    given = {"reference": str(tmp_path / "rows.jsonl")}
    report = make_report(article, out=tmp_path / "report", parameters=given, notebooks=folder)
    assert json.loads((report / "numbers.json").read_text())["articles"]["value"] == 2
    (tmp_path / "rows.jsonl").unlink()
    assert verify_report(report, notebooks=folder).is_identical


def test_folder_that_is_no_report_raises_one_line(tmp_path):
    with pytest.raises(ReportError, match=r"is no report: it has no ro-crate-metadata\.json"):
        verify_report(tmp_path)
    (tmp_path / RECORD).write_text("{}")
    with pytest.raises(ReportError, match="is not a report's record"):
        verify_report(tmp_path)


def test_record_is_a_process_run_crate(made):
    record = json.loads((made[0] / RECORD).read_text())
    entities = {entity["@id"]: entity for entity in record["@graph"]}
    assert record["@context"] == "https://w3id.org/ro/crate/1.2/context"
    assert entities[RECORD]["about"] == {"@id": "./"}
    conforms = [{"@id": f"https://w3id.org/ro/crate/{edition}"} for edition in ("1.2", "1.1")]
    assert entities[RECORD]["conformsTo"] == conforms
    root = entities["./"]
    assert {"name", "description", "datePublished", "license", "hasPart"} <= root.keys()
    assert root["datePublished"] == "2014-10-02"
    assert root["conformsTo"] == {"@id": "https://w3id.org/ro/wfrun/process/0.5"}
    files = {str(path.relative_to(made[0])) for path in made[0].rglob("*") if path.is_file()} - {RECORD}
    assert {part["@id"] for part in root["hasPart"]} == files
    actions = [entities[action["@id"]] for action in root["mentions"]]
    assert [action["@type"] for action in actions] == ["CreateAction"] * 2
    for action in actions:
        assert {"name", "instrument", "object", "result"} <= action.keys()
        assert all(reference["@id"] in entities for reference in [*action["object"], *action["result"]])
    assert {result["@id"] for action in actions for result in action["result"]} == files - {
        "article.txt",
        "article.json",
    }
    for entity in entities.values():
        assert entity["@type"] != "SoftwareSourceCode", "a script must be a file of the crate"
        assert entity["@type"] != "SoftwareApplication" or {"url", "version"} <= entity.keys()
    assert "Profile" in entities[root["conformsTo"]["@id"]]["@type"]
    assert entities["tables/words.csv"]["isBasedOn"] == {"@id": "notebooks/1-words.ipynb#cell-3"}
    assert entities["#parameter-n"]["value"] == "3"


def test_record_does_not_depend_on_the_machine(made):
    text = (made[0] / RECORD).read_text()
    assert str(made[0].parent) not in text
    assert platform.python_version() not in text
    assert platform.node() not in text


@pytest.mark.slow
def test_verify_command_prints_identical_in_one_line(seed_report, tmp_path, capsys):
    report = shutil.copytree(seed_report, tmp_path / "seed")
    assert main(["verify", str(report)]) == 0
    assert capsys.readouterr().out.count("\n") == 1
    (report / "tables" / "terms.csv").write_text("x")
    assert main(["verify", str(tmp_path), str(report)]) == 1
    out, err = capsys.readouterr()
    assert f"{tmp_path} is no report" in err
    assert "tables/terms.csv: was not there when the report was made" in out


def test_parameter_changed_in_the_record_is_found(copy):
    report, notebooks = copy
    tamper(report, [["replace", RECORD, '"value": "3"', '"value": "2"']])
    found = verify_report(report, notebooks=notebooks)
    assert (found.damaged, found.inputs) == ([], [])
    assert "numbers.json: n-words: 3 here, 2 made again" in found.differences
    assert found.verdict.startswith("differs: its inputs are those recorded, so it was changed with its record, or")
    assert found.verdict.endswith("the values in its CSV tables and numbers.json do not all agree")


def test_article_changed_together_with_its_record_is_found(copy):
    report, notebooks = copy
    tamper(report, [["replace", "article.txt", "40 days", "41 days"], ["record", "article.txt"]])
    found = verify_report(report, notebooks=notebooks)
    assert (found.damaged, found.inputs) == ([], [])
    assert {"report.html", RECORD} <= {line.split(":")[0] for line in found.differences}
    assert found.verdict.startswith("differs: its inputs are those recorded, so it was changed with its record, or")


def test_record_that_cannot_be_run_fails_in_one_line(copy):
    report, notebooks = copy
    tamper(report, [["replace", RECORD, '"name": "n"', '"name": "n = 1; import os"']])
    with pytest.raises(ReportError) as error:
        verify_report(report, notebooks=notebooks)
    assert str(error.value).startswith(f"{report} cannot be made again: no notebook has a parameter 'n = 1; import os'")


DAMAGED = "differs: it is not as its record says; "
CHANGED = (
    "differs: its inputs are those recorded, so it was changed with its record, or this machine computes otherwise; "
)
OTHER = "differs: it is made again from other inputs than those recorded; "
VALUES = "the values in its CSV tables and numbers.json "
PAGE, CELL, OF_RECORD = "report.html: differs", "tables/words.csv: row 1", f"{RECORD}: ./ version"


@pytest.mark.parametrize(
    ("damaged", "inputs", "differences", "agree", "verdict"),
    [
        ([], [], [], True, "identical, every byte of it made again from its record"),
        ([PAGE], [], [], None, "differs: it is not made again, as what it was made from is damaged"),
        ([PAGE], ["code"], [], None, "differs: it is not made again, as what it was made from is damaged"),
        ([PAGE], [], [], True, f"{DAMAGED}every recorded file is made again byte for byte"),
        ([PAGE], [], [PAGE], True, f"{DAMAGED}{VALUES}agree within 1e-6"),
        ([PAGE], [], [PAGE, CELL], False, f"{DAMAGED}{VALUES}do not all agree"),
        ([PAGE], ["code"], [PAGE, OF_RECORD], True, f"{DAMAGED}{VALUES}agree within 1e-6"),
        ([], [], [OF_RECORD], True, f"{CHANGED}every recorded file but the record is made again byte for byte"),
        ([], [], [PAGE, OF_RECORD], True, f"{CHANGED}{VALUES}agree within 1e-6"),
        ([], [], [CELL, OF_RECORD], False, f"{CHANGED}{VALUES}do not all agree"),
        ([], ["code"], [OF_RECORD], True, f"{OTHER}every recorded file but the record is made again byte for byte"),
        ([], ["code"], [PAGE, OF_RECORD], True, f"{OTHER}{VALUES}agree within 1e-6"),
        ([], ["code"], [CELL, OF_RECORD], False, f"{OTHER}{VALUES}do not all agree"),
    ],
)
def test_verdict_says_what_was_compared(damaged, inputs, differences, agree, verdict):
    assert Verification(damaged, inputs, differences, agree).verdict == verdict


@pytest.mark.parametrize(
    ("old", "new", "agree"),
    [
        ("a,b\n1.5,x\n", "a,b\n1.5000001,x\n", True),
        ("a,b\n1.5,x\n", "a,b\n1.50001,x\n", False),
        ("a,b\n1e-07,x\n", "a,b\n1.0000001e-07,x\n", True),
        ("a,b\n0.0,x\n", "a,b\n1e-17,x\n", False),
        ("a,b\n1000000,x\n", "a,b\n1000001,x\n", False),  # a position
        ("a,b\n007,x\n", "a,b\n7,x\n", False),  # an id
        ("a,b\nnan,x\n", "a,b\ninf,x\n", False),
        ("a,b\nInfinity,x\n", "a,b\ninf,x\n", False),
        ("a,b\n1_0.0,x\n", "a,b\n10.0,x\n", False),
        ("a,b\n1.5,x\n", "a,b\n1.5,y\n", False),
        ("a,b\n1.5,x\n", "a,c\n1.5,x\n", False),
        ("a,b\n1.5,x\n", "a,b\n1.5,x\n2.5,x\n", False),
        ("a,b\n1.5,x\n", "a\n1.5\n", False),
        ("a,b\n1.5,x\n", "b,a\nx,1.5\n", False),
        ('a,b\n1.5,"x"\n', "a,b\r\n1.5,x\r\n", True),
        ("a,b\n1.5,x\n", "", False),
    ],
)
def test_values_of_tables_agree_within_the_tolerance(tmp_path, old, new, agree):
    for folder, text in (("here", old), ("again", new)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.csv").write_bytes(text.encode())
    here, again = (scan(tmp_path / folder)["a.csv"] for folder in ("here", "again"))
    description, found = describe_difference("a.csv", here, again, tmp_path / "here", tmp_path / "again")
    assert found is agree
    assert description


@pytest.mark.parametrize(
    ("changed", "description", "agree"),
    [
        ('{"a": {"unit": "", "text": "None."}, "n": {"value": 4}}', "n: 4 here, 3 made again", False),
        ('{"n": {"value": 3},\n "a": {"unit": "", "text": "None."}}', "differs in its layout only", True),
        ('{"a": {"unit": "", "text": "Two."}, "n": {"value": 3}}', "a text", False),
    ],
)
def test_numbers_are_compared_also_where_a_finding_has_no_value(tmp_path, changed, description, agree):
    for folder, text in (("here", changed), ("again", '{"a": {"unit": "", "text": "None."}, "n": {"value": 3}}')):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "numbers.json").write_text(text, encoding="utf-8")
    here, again = (scan(tmp_path / folder)["numbers.json"] for folder in ("here", "again"))
    found = describe_difference("numbers.json", here, again, tmp_path / "here", tmp_path / "again")
    assert description in found[0]
    assert found[1] is agree


def test_bundle_that_is_not_unpacked_is_told_what_to_do_with(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as bundle:
        bundle.writestr("x/a.txt", "It rained.")
    with pytest.raises(ReportError, match=r"x\.zip is no report: it is a zip file; unpack it, or give the article by "):
        verify_report(tmp_path / "x.zip")
