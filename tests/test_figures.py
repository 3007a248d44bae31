"""Figures drawn again for a paper: their size, their titles, the LaTeX beside them, and the report left as it is."""

import re
import shutil
import zipfile

import nbformat
import pytest

from analysis import Article, make_report
from analysis.cli import main
from analysis.report import ReportError, bundle_report, write_figures

from .test_report import files, write_notebook

CHARTS = """
import pandas as pd
from analysis import Figure, charts, read_article, show

words = read_article(article).text.split()[:n]
terms = pd.DataFrame({"lemma": words, "upos": "NOUN", "n": range(len(words), 0, -1), "first_start": range(len(words))})
show(
    Figure(charts.top_terms(terms), id="words", caption="First words, 5 % of all.", notes=["Counted & sorted."]),
    Figure(charts.top_terms(terms.head(0)), id="no-words", caption="None."),
)
"""
MM = 72 / 25.4

pytestmark = pytest.mark.usefixtures("warm_throughout")


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory):
    return write_notebook(tmp_path_factory.mktemp("figures") / "in", "1-words.ipynb", CHARTS)


@pytest.fixture(scope="module")
def report(notebooks):
    article = Article.from_text("Rain in Giza\n\nIt rained all day in Giza.", id="rain")
    return make_report(article, out=notebooks.parent / "report", parameters={"n": 3}, notebooks=notebooks)


def size_mm(svg):
    """Return the width and height of an SVG."""
    return [round(float(side) / MM, 1) for side in re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', svg).groups()]


def test_figures_of_one_size_are_those_of_the_report(report, notebooks, tmp_path):
    (path,) = write_figures(report, tmp_path / "out", file_format="svg", notebooks=notebooks)
    assert path.read_bytes() == (report / "figures" / "words.svg").read_bytes()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["words.svg"]


@pytest.mark.parametrize(("columns", "width"), [(1, 85), (2, 174), (None, 182.9)])
def test_figure_is_as_wide_as_columns_and_lower_without_its_title(report, notebooks, tmp_path, columns, width):
    sizes = {}
    for title in (True, False):
        how = {"n_columns": columns, "title": title, "file_format": "svg"}
        (path,) = write_figures(report, tmp_path / "out", **how, notebooks=notebooks)
        sizes[title] = size_mm(path.read_text())
    assert sizes[True][0] == sizes[False][0] == width
    assert 4 < sizes[True][1] - sizes[False][1] < 7


def test_figures_have_the_same_bytes_each_time_and_the_report_stays(report, notebooks, tmp_path):
    before = files(report)
    how = {"n_columns": 1, "title": False, "notebooks": notebooks}
    for name in ("one", "other", "one"):
        write_figures(report, tmp_path / name, **how)
    assert files(tmp_path / "one") == files(tmp_path / "other")
    assert files(report) == before
    assert files(tmp_path / "one")["words.pdf"].startswith(b"%PDF")


def test_latex_has_the_caption_the_notes_and_a_label(report, notebooks, tmp_path):
    write_figures(report, tmp_path / "out", n_columns=2, file_format="png", notebooks=notebooks)
    written = files(tmp_path / "out")
    assert sorted(written) == ["words.png", "words.tex"]
    body = written["words.tex"].decode().partition(r"\begin")[2].splitlines()
    assert body == [
        "{figure*}",
        r"  \centering",
        r"  \includegraphics[width=\ifdim\linewidth<174mm \linewidth\else 174mm\fi]{\dlfigures words.png}",
        r"  \caption{First words, 5 \% of all.}",
        r"  \label{fig:\if0\dlreport0\else\dlreport:\fi words}",
        r"  \par\smallskip\parbox{\linewidth}{\footnotesize Counted \& sorted.}",
        r"\end{figure*}",
    ]


def test_progress_says_that_inputs_are_others(report, notebooks, tmp_path):
    lines = []
    write_figures(report, tmp_path / "a", notebooks=notebooks, progress=lines.append)
    assert lines == ["[1/1] 1-words"]
    other = write_notebook(tmp_path / "in", "1-words.ipynb", CHARTS + "\n")
    write_notebook(other, "1-words.ipynb", CHARTS.replace("sorted", "ordered"))
    write_figures(report, tmp_path / "b", notebooks=other, progress=lines.append)
    assert lines[1] == "1 of its inputs is not as recorded: the figures may differ from its own"


def test_folder_with_anything_else_or_inside_the_report_is_refused(report, notebooks, tmp_path):
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(ReportError, match=r"holds thesis\.tex"):
        write_figures(report, tmp_path, notebooks=notebooks)
    assert (tmp_path / "thesis.tex").read_text() == "mine"
    with pytest.raises(ReportError, match="is inside the report"):
        write_figures(report, report / "figures", notebooks=notebooks)


def test_report_without_its_text_or_changed_is_told_in_one_line(report, tmp_path, capsys):
    with zipfile.ZipFile(bundle_report(report, tmp_path / "b.zip", without_text=True)) as bundle:
        bundle.extractall(tmp_path)
    changed = shutil.copytree(report, tmp_path / "changed")
    (changed / "article.txt").write_text("Other words.")
    for folder, line in (
        (tmp_path / "report", "is without its article; name the whole report"),
        (changed, "article.txt is not as recorded; make the report again"),
        (tmp_path / "none", "is no report"),
    ):
        assert main(["figures", str(folder), "--out", str(tmp_path / "out")]) == 2
        error = capsys.readouterr().err
        assert line in error
        assert error.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_failed_cell_is_counted_as_in_the_reports_notebook(tmp_path):
    code = "from analysis.charts.style import SHEET\n\nassert SHEET.has_titles, 'no title'"
    notebooks = write_notebook(tmp_path / "in", "1-titled.ipynb", code)
    article = Article.from_text("Rain in Giza\n\nIt rained all day in Giza.", id="rain")
    report = make_report(article, out=tmp_path / "report", notebooks=notebooks)
    ran = nbformat.read(report / "notebooks" / "1-titled.ipynb", as_version=4)
    (number,) = (n for n, cell in enumerate(ran.cells, start=1) if "no title" in cell.source)
    with pytest.raises(
        ReportError, match=rf"1-titled\.ipynb, cell {number} failed: AssertionError: no title"
    ) as failure:
        write_figures(report, tmp_path / "out", title=False, notebooks=notebooks)
    assert failure.value.cell == number
