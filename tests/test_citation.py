"""Citations, the bundle for deposit, and the index of many reports."""

import json
import re
import zipfile
from dataclasses import replace

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from analysis import Article, make_report
from analysis.cli import main
from analysis.report import STYLES, Citation, ReportError, bundle_report, read_record, write_citation, write_index
from analysis.report.citation import cite_article, deposit_files

from .test_report import EXHIBITS, TABLE, write_notebook

CITATION = Citation(
    report_id="rain-1",
    article="Rain & {sun}: 5 % of $x",
    publisher="Nile Times",
    published="2014-10-01/2014-10-02",
    dateline="0.1.0",
    exhibit_id="words",
    label="Table 3",
    caption="First words.",
)


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """Return a folder of two reports and another folder."""
    folder = tmp_path_factory.mktemp("reports")
    notebooks = write_notebook(folder / "notebooks", "1-words.ipynb", TABLE, EXHIBITS)
    for day, title in (("2014-10-01", "Rain <b>in</b> Cairo"), ("2014-10-02", "Sun in Giza")):
        inferred = {"published": "a line"} if day == "2014-10-02" else None
        article = Article.from_text(
            f"{title}\n\nIt was so.", published=day, publisher="Nile Times", id=f"of-{day}", inferred=inferred
        )
        make_report(article, out=folder / article.id, notebooks=notebooks)
    return folder


def test_apa():
    assert write_citation(CITATION) == (
        "Dateline (Version 0.1.0). (n.d.). Table 3. First words. In Dateline report on “Rain & {sun}: 5 % of $x” "
        "[rain-1#words]. Article: Nile Times, 2014-10-01 to 2014-10-02."
    )


def test_bibtex_is_escaped():
    text = write_citation(CITATION, "bibtex")
    assert text.startswith("@misc{dateline:rain-1:words,\n")
    assert r"Rain \& \{sun\}: 5 \% of \$x" in text
    bare = re.sub(r"\\[{}]", "", text)
    assert bare.count("{") == bare.count("}")


def test_ris_and_csl():
    assert write_citation(CITATION, "ris").splitlines()[0::5] == ["TY  - DATA", "ER  - "]
    (item,) = json.loads(write_citation(CITATION, "csl-json"))
    assert (item["id"], item["type"]) == ("rain-1#words", "dataset")


@given(st.text(), st.sampled_from(sorted(STYLES)))
def test_any_title_can_be_cited(title, style):
    citation = Citation(report_id="x", article=title, publisher="", published="", dateline="1")
    text = write_citation(citation, style)
    if style in {"bibtex", "ris"}:
        lines = text.splitlines() if title.isprintable() else []
        assert all(re.match(r"  \w+ = \{|@misc|\}|[A-Z][A-Z0-9]  - ", line) for line in lines)


@pytest.mark.parametrize("style", [*STYLES, *deposit_files(CITATION)])
@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Rain\nin\r\n  Cairo", "Rain in Cairo"),
        ("Rain\x07 in \x1b[31mCairo", "Rain in [31mCairo"),
        ("\u202eRain\u202c in \u2066Cairo\u2069\u200f", "Rain in Cairo"),
        ("Rain\u2028in\x85Cairo\x1c", "Rain in Cairo"),
        ("\ufeffRa\xadin in\u200b Cairo\x00", "Rain in Cairo"),
        ("Mum \U0001f469\u200d\U0001f467 wins", "Mum \U0001f469\u200d\U0001f467 wins"),
    ],
)
def test_title_is_cited_as_one_visible_line(title, shown, style):
    cited = replace(CITATION, article=title, publisher=f"{title} Times", caption=f"Of {title}")
    whole = replace(CITATION, article=shown, publisher=f"{shown} Times", caption=f"Of {shown}")
    write = (lambda c: deposit_files(c)[style]) if style not in STYLES else (lambda c: write_citation(c, style))
    assert write(cited) == write(whole)
    assert all(c.isprintable() or c in "\n\u200d" for c in write(cited))


def test_title_of_which_nothing_is_visible_is_cited_as_the_id():
    assert replace(CITATION, article="\u200b\n\x07").article == "rain-1"


INFERRED = replace(CITATION, exhibit_id="", label="", caption="", inferred=frozenset({"published", "publisher"}))


@pytest.mark.parametrize("style", sorted(STYLES))
def test_what_was_inferred_is_in_brackets_and_named(style):
    note = "Article: [Nile Times], [2014-10-01 to 2014-10-02]; outlet and date inferred"
    assert note in write_citation(INFERRED, style)
    assert "Nile Times, 2014-10-01 to 2014-10-02" in write_citation(CITATION, style)
    assert "inferred" not in write_citation(CITATION, style)


def test_inferred_title_is_in_brackets():
    citation = replace(INFERRED, article="Rain", publisher="", published="", inferred=frozenset({"title"}))
    assert write_citation(citation).endswith("Dateline report on “[Rain]” [rain-1]. Article: title inferred.")


def test_deposit_files_say_what_was_inferred():
    cff, zenodo = deposit_files(INFERRED).values()
    said = "([Nile Times], [2014-10-01 to 2014-10-02]; outlet and date inferred)."
    assert yaml.safe_load(cff)["abstract"].endswith(said)
    assert json.loads(zenodo)["description"].endswith(said)


def test_description_for_zenodo_is_html():
    citation = Citation(report_id="x", article="A <b> & “B”", publisher="R&D", published="", dateline="1")
    zenodo = json.loads(deposit_files(citation)[".zenodo.json"])
    assert zenodo["description"].endswith("Article: A &lt;b&gt; &amp; “B” (R&amp;D).")
    assert "A <b> & “B”" in zenodo["title"]


def test_only_what_the_article_has_can_be_inferred():
    article = Article.from_text(
        "Rain\n\nIt rained.", published="2015", inferred={"text": "x", "published": "y", "publisher": "z"}
    )
    assert cite_article(article).inferred == {"published"}


def test_unknown_style_raises():
    with pytest.raises(ValueError, match="no citation style 'mla'; there are apa, bibtex, ris, csl-json"):
        write_citation(CITATION, "mla")


def test_cite_command_cites_a_report_and_an_exhibit(reports, capsys):
    report = reports / "of-2014-10-01"
    assert main(["cite", str(report)]) == 0
    assert main(["cite", f"{report}#bars", "--style", "csl-json"]) == 0
    whole, figure = capsys.readouterr().out.split("\n", 1)
    assert whole.endswith("[of-2014-10-01]. Article: Nile Times, 2014-10-01.")
    assert json.loads(figure)[0]["title"].startswith("Figure 1. Bars. In Dateline report on")
    assert main(["cite", f"{report}#nope"]) == 2
    assert "it has bars, story, words" in capsys.readouterr().err.replace("'", "")
    assert main(["cite", f"{report}", "--style", "mla"]) == 2


def test_page_shows_how_to_cite_it(reports):
    record = read_record(reports / "of-2014-10-02")
    page = (reports / "of-2014-10-02" / "report.html").read_text()
    assert write_citation(record.citation) in page
    assert write_citation(record.exhibits["words"]) in page
    assert '<a href="#words">#words</a>' in page
    assert write_citation(record.citation).endswith("Article: Nile Times, [2014-10-02]; date inferred.")


def test_deposit_files_are_valid(reports):
    report = reports / "of-2014-10-01"
    cff = yaml.safe_load((report / "CITATION.cff").read_text())
    assert {"cff-version", "message", "title", "authors"} <= cff.keys()
    assert cff["title"] == "Dateline report on “Rain <b>in</b> Cairo”"
    assert json.loads((report / ".zenodo.json").read_text())["upload_type"] == "dataset"


TRICKY = st.sampled_from(
    "\"'\\:#{}[]&*!|>%@`-?,\n\r\t\x00\x07\x1b\x7f\x85\x9f\xa0\u2028\u2029\ufeff\ufffd\ufffe\uffff\ud800\udfff😀"
)


@given(st.text(st.characters(codec=None) | TRICKY))
def test_any_title_is_valid_yaml_and_json_in_the_deposit_files(title):
    citation = Citation(report_id="x", article=title, publisher=title, published="", dateline="1")
    files = deposit_files(citation)
    expected = re.sub("[\ud800-\udfff]", "\ufffd", citation.title)
    cff = yaml.safe_load(files["CITATION.cff"].encode())
    assert (cff["title"], cff["version"], len(cff)) == (expected, "1", 8)
    assert json.loads(files[".zenodo.json"].encode())["title"] == expected
    assert len(files["CITATION.cff"].splitlines()) == 8


def test_bundle_is_the_same_bytes_each_time(reports, tmp_path):
    report = reports / "of-2014-10-01"
    one = bundle_report(report, tmp_path / "one.zip")
    (report / "report.html").touch()
    assert one.read_bytes() == bundle_report(report, tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(one) as bundle:
        bundle.extractall(tmp_path)
    files = {str(p.relative_to(report)): p.read_bytes() for p in report.rglob("*") if p.is_file()}
    assert files == {
        str(p.relative_to(tmp_path / report.name)): p.read_bytes()
        for p in (tmp_path / report.name).rglob("*")
        if p.is_file()
    }
    with pytest.raises(ReportError, match="is no report"):
        bundle_report(tmp_path)


def test_index_lists_the_newest_first_and_escapes_titles(reports):
    page = write_index(reports).read_text()
    assert re.findall(r'href="([^"]+)"', page) == ["of-2014-10-02/report.html", "of-2014-10-01/report.html"]
    assert "Rain &lt;b&gt;in&lt;/b&gt; Cairo" in page
