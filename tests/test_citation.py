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
from analysis.record import Attribution
from analysis.report import (
    STYLES,
    Citation,
    ReportError,
    bundle_report,
    make_attribution,
    read_record,
    verify_report,
    write_citation,
    write_index,
)
from analysis.report.cache import Inputs
from analysis.report.citation import cite_article, deposit_files

from .conftest import PROJECT, case_parameter
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

pytestmark = pytest.mark.usefixtures("warm_throughout")


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
    assert r"Rain \& \textbraceleft{}sun\textbraceright{}: 5 \% of \$x" in text
    assert text.count("{") == text.count("}")  # BibTeX counts a brace after a backslash as well


def test_bibtex_keys_of_ids_that_differ_in_marks_differ():
    ids = ["a/b", "a:b", "a b", "{a}, b"]
    citations = (Citation(report_id=i, article="Rain", publisher="", published="", dateline="1") for i in ids)
    keys = [write_citation(citation, "bibtex").partition(",\n")[0] for citation in citations]
    assert all(re.fullmatch(r"@misc\{dateline:[\w-]+", key) for key in keys)
    assert len(set(keys)) == len(ids)


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


@pytest.mark.parametrize("title", ["Is it rain?", "Rain!", "Rain in the U.S.", "He asked, “Is it rain?”", "Rain"])
def test_deposit_files_end_with_one_mark(title):
    cff, zenodo = deposit_files(
        Citation(report_id="a", article=title, publisher="", published="", dateline="1")
    ).values()
    end = f"Article: {title}" + "." * (title == "Rain")
    assert yaml.safe_load(cff)["abstract"].endswith(end)
    assert json.loads(zenodo)["description"].endswith(end)


def test_description_for_zenodo_is_html():
    citation = Citation(report_id="x", article="A <b> & “B”", publisher="R&D", published="", dateline="1")
    zenodo = json.loads(deposit_files(citation)[".zenodo.json"])
    assert zenodo["description"].endswith("Article: A &lt;b&gt; &amp; “B” (R&amp;D).")
    assert "A <b> & ‘B’" in zenodo["title"]


def test_only_what_the_article_has_can_be_inferred():
    article = Article.from_text(
        "Rain\n\nIt rained.", published="2015", inferred={"text": "x", "published": "y", "publisher": "z"}
    )
    assert cite_article(article).inferred == {"published"}


def test_unknown_style_raises():
    with pytest.raises(
        ValueError, match="no citation style 'ieee'; there are apa, chicago, mla, bibtex, ris, csl-json"
    ):
        write_citation(CITATION, "ieee")


def read_cases(name):
    return json.loads((PROJECT / "tests" / "cases" / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", [case_parameter(case) for case in read_cases("citations.json")])
def test_citations_are_as_the_manuals_have_them(case):
    given = {"report_id": "rain-1", "publisher": "", "published": "", "dateline": "0.1.0"} | case["citation"]
    given["inferred"] = frozenset(given.get("inferred", ()))
    citation = Citation(**given, attribution=make_attribution(**case.get("attribution", {})))
    assert write_citation(citation, case["style"], of_article=case.get("of_article", False)) == case["expected"]


def test_csl_json_has_people_dates_and_addresses():
    attribution = make_attribution(["Doe, Jane", "Institute"], 2026, "10.5281/zenodo.1")
    citation = replace(CITATION, attribution=attribution, url="https://example.org/a")
    (report,), (article,) = (
        json.loads(write_citation(citation, "csl-json", of_article=of_article)) for of_article in (False, True)
    )
    assert report["author"] == [{"family": "Doe", "given": "Jane"}, {"literal": "Institute"}]
    assert (report["issued"], report["DOI"]) == ({"date-parts": [[2026]]}, "10.5281/zenodo.1")
    assert (article["type"], article["container-title"]) == ("article-newspaper", "Nile Times")
    assert article["issued"] == {"date-parts": [[2014, 10, 1], [2014, 10, 2]]}


def test_apa_lists_twenty_authors_at_most():
    names = tuple(f"Name{n}, A." for n in range(22))
    line = write_citation(replace(CITATION, attribution=Attribution(authors=names)))
    assert "Name18, A., . . . Name21, A. (n.d.)." in line
    assert "Name19" not in line


@pytest.mark.parametrize("case", [case_parameter(case) for case in read_cases("attributions.json")])
def test_a_misread_settings_file_is_one_line(case, tmp_path, monkeypatch, capsys, reports):
    (tmp_path / "dateline.toml").write_text(case["text"], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["cite", str(reports / "of-2014-10-01")]) == 2
    err = capsys.readouterr().err
    assert case["said"] in err
    assert err.count("\n") == 1


def test_switches_come_before_the_settings_beside_the_report_and_those_before_the_record(
    reports, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    settings = reports / "dateline.toml"
    settings.write_text('[citation]\nauthor = "Doe, Jane"\nyear = 2025\n', encoding="utf-8")
    report = str(reports / "of-2014-10-01")
    try:
        assert main(["cite", report, "--year", "2026", "--article"]) == 0
    finally:
        settings.unlink()
    made, article = capsys.readouterr().out.splitlines()
    assert made.startswith("Doe, J. (2026). Dateline report on")
    assert article == "Rain <b>in</b> Cairo. (2014, October 1). Nile Times."
    assert main(["cite", report, "--doi", "x"]) == 2


def test_a_report_keeps_who_made_it_in_all_that_cites_it(tmp_path):
    notebooks = write_notebook(tmp_path / "notebooks", "1-words.ipynb", TABLE, EXHIBITS)
    article = Article.from_text("Rain in Cairo\n\nIt was so.", id="rain", url="https://example.org/a")
    attribution = make_attribution(["Doe, Jane", "Institute"], 2026, "10.5281/zenodo.1", "https://example.org/r")
    report = make_report(article, out=tmp_path / "report", notebooks=notebooks, attribution=attribution)
    record = read_record(report)
    assert record.citation.attribution == attribution
    assert record.citation.url == "https://example.org/a"
    cff = yaml.safe_load((report / "CITATION.cff").read_text())
    assert cff["authors"] == [{"family-names": "Doe", "given-names": "Jane"}, {"name": "Institute"}]
    assert (cff["doi"], cff["url"]) == ("10.5281/zenodo.1", "https://example.org/r")
    assert json.loads((report / ".zenodo.json").read_text())["creators"] == [
        {"name": "Doe, Jane"},
        {"name": "Institute"},
    ]
    assert "Doe, J., &amp; Institute. (2026)." in (report / "report.html").read_text()
    assert verify_report(report, notebooks=notebooks).is_identical


@pytest.mark.parametrize(
    ("parameters", "shown"),
    [({}, ""), ({"n": 2}, ""), ({"n": 3}, "n = 3"), ({"n": "4", "flag": "false"}, "flag = False, n = 4")],
)
def test_changed_parameters_are_in_the_id_and_in_the_citation(tmp_path, parameters, shown):
    notebooks = write_notebook(tmp_path / "notebooks", "1-words.ipynb", TABLE, EXHIBITS)
    article = Article.from_text("Rain in Cairo\n\nIt was so.", id="rain")
    report = make_report(article, out=tmp_path / "report", notebooks=notebooks, parameters=parameters)
    citation = read_record(report).citation
    assert (citation.report_id == "rain") == (shown == "")
    assert re.fullmatch("rain(-[0-9a-f]{8})?", citation.report_id)
    assert citation.parameters == shown
    assert write_citation(citation).endswith(f"on “Rain in Cairo”{shown and f' ({shown})'} [{citation.report_id}].")
    assert f"<p>Report {citation.report_id}, made by" in (report / "report.html").read_text()
    assert f">Rain in Cairo{shown and f' ({shown})'}</a>" in write_index(tmp_path).read_text()


def test_reports_with_different_parameters_have_different_ids(tmp_path):
    notebooks = write_notebook(tmp_path / "notebooks", "1-words.ipynb", TABLE, EXHIBITS)
    article = Article.from_text("Rain", id="rain")
    given = [{}, {"n": 3}, {"n": 4}, {"n": 3, "share": 0.25}, {"share": 0.25}]
    ids = [Inputs.read(parameters, notebooks=notebooks).report_id(article) for parameters in given]
    assert len({*ids}) == len(given)


def test_cite_command_cites_a_report_and_an_exhibit(reports, capsys):
    report = reports / "of-2014-10-01"
    assert main(["cite", str(report)]) == 0
    assert main(["cite", f"{report}#bars", "--style", "csl-json"]) == 0
    whole, figure = capsys.readouterr().out.split("\n", 1)
    assert whole.endswith("[of-2014-10-01]. Article: Nile Times, 2014-10-01.")
    assert json.loads(figure)[0]["title"].startswith("Figure 1. Bars. In Dateline report on")
    assert main(["cite", str(report), f"{report}#bars", "--article", "--style", "csl-json"]) == 0
    ids = [item["id"] for item in json.loads(capsys.readouterr().out)]
    assert ids == ["of-2014-10-01", "news:of-2014-10-01", "of-2014-10-01#bars"]
    assert main(["cite", f"{report}#nope"]) == 2
    assert "it has bars, story, words" in capsys.readouterr().err.replace("'", "")
    assert main(["cite", f"{report}", "--style", "ieee"]) == 2


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
