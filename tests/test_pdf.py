"""A paper that inputs a report's tables, figures and numbers compiles, by LaTeX and by Typst."""

import shutil
import subprocess

import pytest
import typst

from .conftest import PROJECT

PAPER = PROJECT / "tests" / "paper"


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no LaTeX on this machine: its Typst twin is tried")
def test_latex(seed_report, tmp_path):
    source = f"\\def\\report{{{seed_report}}}\\input{{{PAPER / 'paper.tex'}}}"
    command = ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "-jobname=paper", source]
    for _ in range(2):
        done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True, errors="replace")
        assert done.returncode == 0, done.stdout[-2000:]
    log = (tmp_path / "paper.log").read_text(errors="replace")
    assert "undefined" not in log
    assert "Missing character" not in log


def test_typst(seed_report):
    names = ["numbers.json", "tables/frequent-words.csv", "figures/dispersion.svg"]
    files = {name: (seed_report / name).read_bytes() for name in names}
    paper = typst.compile({"main": (PAPER / "paper.typ").read_bytes(), **files}, format="pdf", ignore_system_fonts=True)
    assert paper.startswith(b"%PDF")


def test_every_table_is_balanced_latex(seed_report):
    for path in (seed_report / "tables").glob("*.tex"):
        text = path.read_text(encoding="utf-8")
        assert text.count("{") - text.count(r"\{") == text.count("}") - text.count(r"\}"), path.name
        columns = len(text.split(r"\begin{tabular}{")[1].split("}")[0])
        rows = [line for line in text.splitlines() if line.endswith(r"\\")]
        assert {line.replace(r"\&", "").count("&") for line in rows} == {columns - 1}, path.name
