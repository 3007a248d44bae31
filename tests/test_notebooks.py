"""The notebooks: their structure, and each run by papermill as well as in a report."""

import ast
import re
import subprocess
import sys

import nbformat
import pandas as pd
import pytest

from analysis.layout import EXHIBIT_MIME
from analysis.report import ReportError, notebook_parameters, notebook_paths
from analysis.report.notebook import parse_parameters, read_notebook
from analysis.resources import shipped
from analysis.tables import TABLES

from .conftest import SEED

NOTEBOOKS = {path.stem: nbformat.read(path, as_version=4) for path in sorted(shipped("notebooks").glob("*.ipynb"))}
SHOW = re.compile(r"\bshow\(")
MAX_LINES = 5
BANNED = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Try, ast.With, ast.If, ast.Lambda, ast.comprehension)
MAX_IMPORT_LINES = 20

each = pytest.mark.parametrize("name", NOTEBOOKS)


def code_cells(name):
    return [cell for cell in NOTEBOOKS[name].cells if cell.cell_type == "code"]


def parameters_cell(name):
    (cell,) = [cell for cell in code_cells(name) if "parameters" in cell.metadata.get("tags", ())]
    return cell


def test_notebooks_of_a_report():
    assert [path.stem for path in notebook_paths()] == ["1-tokenise", "2-tag", "3-summarise", "4-claims"]


@each
def test_opens_with_a_question(name):
    first = NOTEBOOKS[name].cells[0]
    assert first.cell_type == "markdown"
    assert re.match(r"# .+\?\n\n\S", first.source)


@each
def test_parameters_are_typed_commented_literals(name):
    source = parameters_cell(name).source
    for node in ast.parse(source).body:
        assert isinstance(node, ast.Assign)
        ast.literal_eval(node.value)
    source = "reports" if name == "compare" else "article"
    assert source in notebook_parameters(shipped("notebooks") / f"{name}.ipynb")
    assert all(p.meaning for p in notebook_parameters(shipped("notebooks") / f"{name}.ipynb").values())


@each
def test_imports_follow_and_are_of_analysis_alone(name):
    cells = code_cells(name)
    imports = [node for cell in cells for node in ast.walk(ast.parse(cell.source)) if "Import" in type(node).__name__]
    assert {node.module for node in imports} == {"analysis"}
    assert "import" in cells[cells.index(parameters_cell(name)) + 1].source
    assert len(cells[1].source.splitlines()) <= MAX_IMPORT_LINES


@each
def test_cells_are_short_and_plain(name):
    for cell in code_cells(name):
        tree = ast.parse(cell.source)
        assert not [node for node in ast.walk(tree) if isinstance(node, BANNED)], cell.source
        if cell is not parameters_cell(name):
            # An exhibit's caption and notes are prose: they do not count as lines of code.
            calls = [n for n in tree.body if not SHOW.match(ast.unparse(n)) and not isinstance(n, ast.ImportFrom)]
            assert sum(node.end_lineno - node.lineno + 1 for node in calls) <= MAX_LINES, cell.source


@each
def test_every_exhibit_stands_between_prose(name):
    cells = NOTEBOOKS[name].cells
    for before, cell, after in zip(cells, cells[1:], [*cells[2:], None], strict=False):
        if cell.cell_type != "code" or "remove-cell" in cell.metadata.get("tags", ()):
            continue
        if SHOW.search(cell.source):
            assert before.cell_type == "markdown", cell.source
            assert after is not None, cell.source
            assert after.cell_type == "markdown", cell.source


@each
def test_ends_with_limits_and_further_reading(name):
    prose = [cell.source for cell in NOTEBOOKS[name].cells if cell.cell_type == "markdown"]
    headings = [line for source in prose for line in source.splitlines() if line.startswith("## ")]
    assert headings[-2:] == ["## What this cannot show", "## Further reading"]


@each
def test_prose_states_no_finding(name):
    """The article is a parameter: a name or a number of the seed in prose would be wrong for any other."""
    prose = " ".join(cell.source for cell in NOTEBOOKS[name].cells if cell.cell_type == "markdown")
    for word in ("Egypt", "Libya", "Sisi", "militia", "460", "Reuters", "Al-Tahrir"):
        assert word not in prose


@each
def test_prose_calls_columns_what_the_tables_that_are_shown_call_them(name):
    """But for those that only a saved file has."""
    columns = {column.name for table in TABLES.values() for column in (*table.columns, *table.last)}
    prose = " ".join(cell.source for cell in NOTEBOOKS[name].cells if cell.cell_type == "markdown")
    named = {*re.findall(r"`(\w+)`", prose)} & columns - {*parse_parameters(parameters_cell(name).source)}
    assert named <= {"article_id", "is_speech", "record_sha256", "report"}


@each
def test_a_notebook_is_written_as_jupyterlab_saves_it(name):
    """Else saving one there would change it; `make lab` saves what `read_notebook` keeps."""
    path = shipped("notebooks") / f"{name}.ipynb"
    assert path.read_text(encoding="utf-8") == nbformat.writes(read_notebook(path)) + "\n"


@each
def test_cells_have_stable_ids(name):
    ids = [cell.id for cell in NOTEBOOKS[name].cells]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9-]+", i) for i in ids)


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({}, None),
        ({"kernelspec": {"name": "python3", "display_name": "Python 3"}}, None),
        ({"kernelspec": {"name": "news", "display_name": "News", "language": "python"}}, None),
        ({"language_info": {"name": "Python", "version": "2.7"}}, None),
        ({"kernelspec": {"name": "julia-1.9", "display_name": "Julia"}}, "julia-1.9"),
        ({"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}, "R"),
        ({"language_info": {"name": "bash"}}, "bash"),
        ({"kernelspec": {"name": "python3", "display_name": ""}, "language_info": {"name": "julia"}}, "julia"),
    ],
    ids=str,
)
def test_notebooks_in_another_language_are_refused(metadata, language, tmp_path):
    path = tmp_path / "1-count.ipynb"
    nbformat.write(nbformat.v4.new_notebook(metadata=metadata), path)
    if language is None:
        assert read_notebook(path).cells == []
    else:
        with pytest.raises(ReportError, match=f"1-count.ipynb is written in {language}; expected a notebook in Python"):
            read_notebook(path)


def exhibits_of(notebook):
    return [
        output.data[EXHIBIT_MIME]
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if EXHIBIT_MIME in output.get("data", ())
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", [path.stem for path in notebook_paths()])
def test_papermill_shows_the_same_exhibits_as_a_report(name, tmp_path, seed_report):
    """Each exhibit is the same to the last digit, whether papermill or `dateline report` ran the notebook."""
    command = [sys.executable, "-m", "papermill", shipped("notebooks") / f"{name}.ipynb", tmp_path / "out.ipynb"]
    subprocess.run([*command, "-p", "article", SEED], cwd=tmp_path, check=True, capture_output=True)
    alone = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    assert not [o for c in alone.cells for o in c.get("outputs", ()) if o.get("name") == "stderr"]
    ids = [i for cell in code_cells(name) for i in re.findall(r'\bid="([a-z0-9-]+)"', cell.source)]
    assert [exhibit["id"] for exhibit in exhibits_of(alone)] == ids
    within = nbformat.read(seed_report / "notebooks" / f"{name}.ipynb", as_version=4)
    assert exhibits_of(alone) == exhibits_of(within)


def test_every_row_of_every_table_points_into_the_text(seed, seed_report):
    pointing = 0
    for path in (seed_report / "tables").glob("*.parquet"):
        table = pd.read_parquet(path)
        if {"start", "end", "text"} <= set(table.columns):
            pointing += len(table)
            assert [seed.text[s:e] for s, e in zip(table.start, table.end, strict=True)] == table.text.tolist()
    assert pointing > len(seed.text.split())
