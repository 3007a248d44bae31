"""Reports: a whole folder is made of notebooks, or the failed notebook is kept and the earlier report stays."""

import json
import re
from pathlib import Path

import lxml.html
import nbformat
import pandas as pd
import pytest

from analysis import Article, Number, Table, Text, make_report
from analysis.kernels.forking import VARIABLE
from analysis.report import ParameterError, ReportError, notebook_parameters, read_parameters
from analysis.report.content import Content, Numbered, Numbers, Output, Prose, Section, Step, read_content
from analysis.report.page import write_page
from analysis.report.pdf import write_pdf
from analysis.resources import PACKAGE

pytestmark = pytest.mark.usefixtures("warm_throughout")

PARAMETERS = (
    'article = "a.txt"  # the article\nn = 2  # how many\nshare: float = 0.5\nnote = "x"  # a # sign\nflag = True'
)
MEASURES = """
grades = pd.DataFrame({"measure": ["flesch_ease", "smog"], "value": [22.9, float("nan")], "unit": ["points", "grade"]})
show(Table(grades, id="grades", caption="Grades."))
"""
TABLE = """
import pandas as pd
from matplotlib.figure import Figure as Canvas
from analysis import Figure, Number, Table, Text, read_article, show
story = read_article(article)
words = pd.DataFrame({"word": story.text.split()[:n]})
"""
EXHIBITS = """
canvas = Canvas(figsize=(3, 2))
canvas.subplots().bar(words.word, 1)
spans = pd.DataFrame({"start": [0], "end": [4]})
show(
    Table(words, id="words", caption="First words."),
    Figure(canvas, id="bars", caption="Bars.", alt="Bars."),
    Text(story.text, spans, id="story", caption="The text."),
    Number(len(words), id="n-words", unit="words"),
)
print("said <aside>")
{3, 1, 2}
"""


def write_notebook(
    folder: Path, name: str, *code: str, title: str = "# How wet is it?", parameters: str = PARAMETERS
) -> Path:
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    cells = [nbformat.v4.new_markdown_cell(f"{title}\n\nSee *below*.\n\n## Step\n\n<script>alert(1)</script>")]
    cells += [nbformat.v4.new_code_cell(source.strip()) for source in (parameters, *code)]
    cells[1].metadata.tags = ["parameters"]
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    notebook.cells = cells
    folder.mkdir(exist_ok=True)
    nbformat.write(notebook, folder / name)
    return folder


@pytest.fixture(scope="module")
def article():
    return Article.from_text("Rain </title><script>x</script>\n\nIt rained.", id="rain", url="javascript:alert(1)")


@pytest.fixture(scope="module")
def report(article, tmp_path_factory):
    folder = tmp_path_factory.mktemp("good {x}")
    write_notebook(folder / "in", "1-words.ipynb", TABLE, EXHIBITS)
    lines = []
    out = make_report(
        article, out=folder / "out", parameters={"n": "3"}, notebooks=folder / "in", progress=lines.append
    )
    assert lines == ["[1/1] 1-words", "writing the page and the PDF"]
    return out


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_report_is_one_folder(report):
    assert sorted(files(report)) == [
        ".zenodo.json",
        "CITATION.cff",
        "article.json",
        "article.txt",
        "figures/bars.pdf",
        "figures/bars.png",
        "figures/bars.svg",
        "notebooks/1-words.ipynb",
        "numbers.json",
        "numbers.tex",
        "report.docx",
        "report.html",
        "report.pdf",
        "ro-crate-metadata.json",
        "tables.xlsx",
        "tables/story.csv",
        "tables/words.csv",
        "tables/words.parquet",
        "tables/words.tex",
    ]
    assert [path.name for path in report.parent.iterdir() if path.name.startswith(".")] == []


def test_parameters_reach_the_notebook(report):
    assert json.loads((report / "numbers.json").read_text()) == {"n-words": {"value": 3, "unit": "words"}}
    assert (report / "numbers.tex").read_text().splitlines()[-1] == r"\dlnumber{NWords}{3}"
    assert (report / "tables" / "words.csv").read_text().split() == ["word", "Rain", "</title><script>x</script>", "It"]


def test_page_loads_nothing_and_runs_only_its_own_script(report):
    page = (report / "report.html").read_text()
    assert "<b>Table 1.</b> First words." in page
    assert "<b>Figure 1.</b> Bars." in page
    assert "<b>Text 1.</b> The text." in page
    assert "said &lt;aside&gt;" in page
    assert "<h3>Step</h3>" in page
    tree = lxml.html.fromstring(page)
    (script,) = tree.iter("script")
    scripts = [PACKAGE / "exhibits" / "table.js", PACKAGE / "report" / "page.js"]
    assert script.text == "".join(path.read_text() for path in scripts)
    assert not list(tree.iter("link", "iframe", "object", "embed", "base", "form"))
    targets = [value for element in tree.iter() for name, value in element.attrib.items() if name in {"src", "href"}]
    files = {value for value in targets if not value.startswith("#")}
    assert {"tables/words.csv", "figures/bars.svg", "figures/bars.png"} <= files
    assert all((report / path).is_file() for path in files)
    assert not [name for element in tree.iter() for name in element.attrib if name.startswith("on")]
    assert not re.findall(r"@import|url\((?!#)", page)
    assert "default-src 'none'" in page


def test_every_table_and_figure_of_the_page_has_a_link_to_its_rows(seed_report):
    tree = lxml.html.parse(seed_report / "report.html").getroot()
    (brief,) = tree.find_class("brief")
    shown = [*tree.xpath("//figure[@id][not(contains(@class, 'number'))]"), brief]
    assert len(shown) > 40
    for exhibit in shown:
        (links,) = exhibit.xpath("following-sibling::*[1][contains(@class, 'files')]")
        (path,) = [link.get("href") for link in links.iter("a") if link.text == "CSV"]
        rows = (seed_report / path).read_text(encoding="utf-8").count("\n")
        assert rows > 1, exhibit.get("id")


def test_page_ends_with_methods_and_checklist_folded(report):
    page = (report / "report.html").read_text(encoding="utf-8")
    assert '<li><a href="#closing">How it was made</a></li>' in page
    closing = page.partition('<h2 id="closing">')[2].partition("</main>")[0]
    parts = re.findall(r'<details class="appendix"><summary><h3>(.*?)</h3></summary>', closing)
    assert parts == ["Methods", "Reproducibility checklist"]
    assert "was analysed with Dateline" in closing
    assert "<td>notebooks/1-words.ipynb, cells" in closing


def test_every_row_of_a_table_of_measures_is_a_number(article, tmp_path):
    notebooks = write_notebook(tmp_path / "in", "1-a.ipynb", TABLE, MEASURES)
    out = make_report(article, out=tmp_path / "out", notebooks=notebooks)
    assert json.loads((out / "numbers.json").read_text()) == {
        "grades-flesch-ease": {"value": 22.9, "unit": "points"},
        "grades-smog": {"value": None, "unit": "grade"},
    }
    assert (out / "numbers.tex").read_text().splitlines()[-2:] == [
        r"\dlnumber{GradesFleschEase}{22.9}",
        r"\dlnumber{GradesSmog}{–}",
    ]


def test_pdf_is_tagged(report):
    pdf = (report / "report.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    assert b"/MarkInfo" in pdf
    assert b"/StructTreeRoot" in pdf
    assert b"pdfuaid" in pdf
    assert b"CreationDate" not in pdf or b"19700101" in pdf


STRANGE = [
    "中文 标题\n\n北京 下雨了 🌧 It rained.",
    "عنوان\n\nأمطرت. It rained \N{RIGHT-TO-LEFT OVERRIDE}in Cairo.",
    "#set page(fill: red) $x$ *b* _i_ @ref <label> \\ `raw` // no\n\n#panic() It rained.",
    "\N{ZERO WIDTH SPACE}a\0\x1b[31m\N{COMBINING ACUTE ACCENT}\n\nIt rained.",
]


@pytest.mark.parametrize("text", STRANGE)
def test_page_and_pdf_accept_any_text(text):
    """Other scripts, emoji, control characters and markup are shown as text."""
    article = Article.from_text(text, id="strange")
    spans = pd.DataFrame({"start": [0], "end": [2]})
    table = pd.DataFrame({"word": text.split(), "$n_1$": 1})
    blocks = [
        Prose("### Far below\n\nSee *this* & `that`.\n\n## Back\n\n1. one\n2. [two](https://example.org)"),
        Output(text, is_warning=False),
        Numbered(Table(table, id="words", caption=text, notes=[text]), "Table 1", "cell"),
        Numbered(Text(text, spans, id="story", caption=text), "Text 1", "cell"),
        Numbered(Table(table.head(0), id="none", caption=text), "Table 2", "cell"),
        Numbered(Text("Rain", spans.head(0), id="bare", caption=text), "Text 2", "cell"),
        Numbers([Number(3, id="n", unit="words")], "cell"),
    ]
    content = Content([Section("1-a", text, [], [Step("", blocks)])])
    assert write_pdf(article, content).startswith(b"%PDF")
    tree = lxml.html.fromstring(write_page(article, content))
    assert tree.xpath("//details[@class='code']") == []
    shown = tree.xpath("//section[@aria-labelledby='article']/div")[0].text_content()
    assert shown == "".join("\N{REPLACEMENT CHARACTER}" if c == "\0" else c for c in text).replace("\x1b", "\x1b")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x" * 100_000, "x" * 100_000),
        ("x" * 20_000_000, f"{'x' * 50_000}\n… 19,900,000 characters, which the notebook has, are left out here …"),
        ("ab " * 40_000, f"{'ab ' * 16_666}ab\n… 20,000 characters, which the notebook has, are left out here …"),
        ("x" * 100_001 + "y", f"{'x' * 50_000}\n… 2 characters, which the notebook has, are left out here …"),
    ],
)
def test_very_long_output_is_shown_without_its_middle(text, shown):
    cell = nbformat.v4.new_code_cell("print()", outputs=[nbformat.v4.new_output("stream", text=text)])
    (section,) = read_content({"1-a": nbformat.v4.new_notebook(cells=[cell])}).sections
    _, output = section.blocks
    assert output.text.startswith(shown)
    assert output.text[-1000:] == text[-1000:]
    assert len(output.text) < 100_200


def test_saved_notebook_holds_no_time_and_no_path(report):
    text = (report / "notebooks" / "1-words.ipynb").read_text()
    assert "papermill" not in text
    assert str(report.parent) not in text
    assert not re.search(r"\d{4}-\d\d-\d\dT", text)


def test_report_made_again_by_a_warm_process_of_its_own_is_the_same(article, report, tmp_path, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    notebooks = report.parent / "in"
    again = make_report(article, out=tmp_path / "again", parameters={"n": 3}, notebooks=notebooks)
    assert files(again) == files(report)


@pytest.mark.parametrize("wrong", ["story.txt", Path("story.txt"), 5, None])
def test_what_is_no_article_is_told_in_one_line(wrong):
    with pytest.raises(TypeError, match=r"\Agot .*, expected an Article; read_article reads one\Z"):
        make_report(wrong)


def test_report_replaces_an_earlier_one_as_a_whole(article, report, tmp_path):
    out = tmp_path / "out"
    (out / "tables").mkdir(parents=True)
    (out / "tables" / "stale.csv").write_text("old")
    make_report(article, out=out, notebooks=report.parent / "in")
    assert not (out / "tables" / "stale.csv").exists()
    assert (out / "report.html").exists()


@pytest.mark.parametrize(
    ("code", "message", "cell"),
    [
        ("raise KeyError('no rain')", r"1-bad.ipynb, cell 4 failed: KeyError: 'no rain'", 4),
        ("import os; os._exit(3)", "1-bad.ipynb: its kernel died", None),
    ],
)
def test_failed_run_keeps_the_notebook_and_the_earlier_report(article, tmp_path, code, message, cell):
    write_notebook(tmp_path / "in", "1-bad.ipynb", code)
    out = tmp_path / "out"
    out.mkdir()
    (out / "report.html").write_text("good")
    with pytest.raises(ReportError, match=message) as error:
        make_report(article, out=out, notebooks=tmp_path / "in")
    assert error.value.cell == cell
    assert error.value.notebook == tmp_path / "out.failed" / "1-bad.ipynb"
    assert code in nbformat.read(error.value.notebook, 4).cells[-1].source
    assert files(out) == {"report.html": b"good"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out", "out.failed"]


def test_exhibit_id_must_be_unique(article, tmp_path):
    write_notebook(tmp_path / "in", "1-a.ipynb", TABLE, "show(Number(1, id='x'))")
    write_notebook(tmp_path / "in", "2-b.ipynb", TABLE, "show(Number(2, id='x'))")
    with pytest.raises(ReportError, match="2-b: a second exhibit with the id 'x'"):
        make_report(article, out=tmp_path / "out", notebooks=tmp_path / "in")
    assert not (tmp_path / "out").exists()


def test_folder_with_other_files_is_not_replaced(article, tmp_path, monkeypatch):
    (tmp_path / "thesis.tex").write_text("years of work")
    monkeypatch.setattr("analysis.report.build.execute_notebook", None)  # what would run the notebooks
    with pytest.raises(ReportError, match=r"holds thesis\.tex, which is no part of a report"):
        make_report(article, out=tmp_path)
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


@pytest.mark.parametrize("out", ["/proc/nowhere/report", "{file}/report", "{file}"])
def test_unwritable_folder_raises_one_line(article, tmp_path, out):
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportError, match=r"cannot be written|is a file") as error:
        make_report(article, out=out.format(file=tmp_path / "file"))
    assert "\n" not in str(error.value)


@pytest.fixture
def notebooks(tmp_path):
    return write_notebook(tmp_path / "in", "1-a.ipynb")


def test_parameters_cell_is_the_schema(notebooks):
    found = notebook_parameters(notebooks / "1-a.ipynb")
    assert {name: (p.default, p.meaning) for name, p in found.items()} == {
        "article": ("a.txt", "the article"),
        "n": (2, "how many"),
        "share": (0.5, ""),
        "note": ("x", "a # sign"),
        "flag": (True, ""),
    }


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("n", "7", 7),
        ("share", "1", 1.0),
        ("share", ".25", 0.25),
        ("note", "7", "7"),
        ("flag", "False", False),
        ("n", 4, 4),
    ],
)
def test_values_are_read_as_their_type(notebooks, name, text, value):
    read = read_parameters({name: text}, notebooks=notebooks)
    assert read == {name: value}
    assert type(read[name]) is type(value)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("n", "many", "parameter n is 'many'; expected a whole number, 1 or more, as in 2"),
        ("n", "2.5", "parameter n is 2.5; expected a whole number, 1 or more, as in 2"),
        ("n", True, "parameter n is True; expected a whole number"),
        ("share", "half", "parameter share is 'half'; expected a number above 0 and up to 1, as in 0.5"),
        ("flag", "maybe", "parameter flag is 'maybe'; expected True or False"),
        ("note", 3, "parameter note is 3; expected text"),
        ("N", "2", "no notebook has a parameter 'N'; there are flag, n, note, share"),
        ("article", "x", "no notebook has a parameter 'article'"),
        ("n=1;import os", "2", "no notebook has a parameter"),
    ],
)
def test_bad_parameters_raise_before_a_kernel_starts(notebooks, name, text, message):
    with pytest.raises(ParameterError, match=message):
        read_parameters({name: text}, notebooks=notebooks)
