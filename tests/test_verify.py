"""Verifying: a report is made again from its record, and every change to it is found and named."""

import json
import platform
import shutil

import pytest

from analysis import Article, make_report
from analysis.cli import main
from analysis.layout import RECORD
from analysis.report import ReportError, notebook_paths, verify_report

from .test_fingerprint import as_jupyterlab_saves
from .test_report import EXHIBITS, TABLE, write_notebook


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


def test_verify_command_prints_identical_in_one_line(seed_report, tmp_path, capsys):
    report = shutil.copytree(seed_report, tmp_path / "seed")
    assert main(["verify", str(report)]) == 0
    assert capsys.readouterr().out.count("\n") == 1
    (report / "tables" / "terms.csv").write_text("x")
    assert main(["verify", str(tmp_path), str(report)]) == 1
    out, err = capsys.readouterr()
    assert f"{tmp_path} is no report" in err
    assert "tables/terms.csv: was not there when the report was made" in out
