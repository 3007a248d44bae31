"""A report as PDF, and a paper by LaTeX and Typst that inputs a report's tables, figures and numbers."""

import shutil
import subprocess

import pandas as pd
import pytest
import typst

from analysis import Article, Text
from analysis.report.content import Content, Numbered, Section
from analysis.report.pdf import _pieces, write_pdf

from .conftest import PROJECT

PAPER = PROJECT / "tests" / "paper"


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no LaTeX on this machine: its Typst twin is tried")
def test_a_latex_paper_compiles_with_the_files_of_a_report(seed_report, tmp_path):
    source = f"\\def\\report{{{seed_report}}}\\input{{{PAPER / 'paper.tex'}}}"
    command = ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "-jobname=paper", source]
    for _ in range(2):
        done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True, errors="replace")
        assert done.returncode == 0, done.stdout[-2000:]
    log = (tmp_path / "paper.log").read_text(errors="replace")
    assert "undefined" not in log
    assert "Missing character" not in log


def test_a_typst_paper_compiles_with_the_files_of_a_report(seed_report):
    names = ["numbers.json", "tables/frequent-words.csv", "figures/dispersion.svg"]
    files = {name: (seed_report / name).read_bytes() for name in names}
    paper = typst.compile({"main": (PAPER / "paper.typ").read_bytes(), **files}, format="pdf", ignore_system_fonts=True)
    assert paper.startswith(b"%PDF")


def test_latex_tables_have_balanced_braces_and_full_rows(seed_report):
    for path in (seed_report / "tables").glob("*.tex"):
        text = path.read_text(encoding="utf-8")
        assert text.count("{") - text.count(r"\{") == text.count("}") - text.count(r"\}"), path.name
        columns = len(text.split(r"\begin{tabular}{")[1].split("}")[0])
        rows = [line for line in text.splitlines() if line.endswith(r"\\")]
        assert {line.replace(r"\&", "").count("&") for line in rows} == {columns - 1}, path.name


def layered_text():
    """Return a text in which a name spans a line end and crosses the end of a clause."""
    clauses = pd.DataFrame({"start": [0], "end": [12], "label": ["clause"]})
    names = pd.DataFrame({"start": [5, 0], "end": [13, 4], "label": ["location", ""]})
    layers = {"clauses": clauses, "names": names}
    return Text("Rain in\n Giza, Cairo.", layers, id="rain", caption="Rain.", by="label")


def test_pieces_of_a_text_have_their_marks_and_each_label_once():
    pieces = [(piece["text"], piece["marks"], piece["ending"]) for piece in _pieces(layered_text())]
    assert pieces == [
        ("Rain", ["clause", ""], []),
        (" ", ["clause"], []),
        ("in", ["clause", "location"], []),
        ("\n", ["clause", "location"], []),
        ("Giz", ["clause", "location"], [{"label": "clause", "depth": 0}]),
        ("a", ["location"], [{"label": "location", "depth": 0}]),
        (", Cairo.", [], []),
    ]


def test_a_pdf_with_crossing_marks_is_the_same_each_time():
    content = Content([Section("1-a", "Rain?", [Numbered(layered_text(), "Text 1", "cell")])])
    first, second = (write_pdf(Article.from_text("Rain", id="rain"), content) for _ in range(2))
    assert first.startswith(b"%PDF")
    assert first == second
