"""The methods paragraph and the checklist of a report: all that is in them comes from its record and notebooks."""

import mistune
import pandas as pd

from analysis import Article, Table
from analysis.cli import main
from analysis.record import Attribution, Citation
from analysis.report.content import Content, Numbered, Prose, Section, Step
from analysis.report.methods import closing_parts, write_checklist, write_methods

CITATION = Citation(
    report_id="rain-1-0a1b2c3d",
    article="Rain | *in* Cairo",
    publisher="Nile Times",
    published="2014-10-01",
    dateline="0.1.0",
    parameters="n_sentences = 5",
    attribution=Attribution(doi="10.5281/zenodo.1"),
)
INPUTS = {"code": "c" * 64, "package numpy": "2.4", "package scipy": "1.17", "model tags.npz": "0", "data a.tsv": "1"}


def content():
    data = pd.DataFrame({"word": ["rain"]})
    notes = [
        "Measured: 98.7 % of lemmas right, on held-out texts; see the model card.",
        "Keyness: log-likelihood (Dunning 1993).",
        "The 20 first.",
    ]
    tables = [Table(data, id=id_, caption="W.", notes=notes) for id_ in ("words", "more-words")]
    blocks = [Numbered(table, f"Table {n}", "count") for n, table in enumerate(tables, start=1)]
    reading = Step("Further reading", [], [Prose("- T. Dunning 1993, *Accurate Methods*\n- D. Biber 1988")])
    return Content(
        [
            Section("1-a", "A", [], [Step("", blocks, [Prose("- What now?")]), reading]),
            Section("2-b", "B", [], [reading]),
        ]
    )


def test_methods_name_versions_errors_sources_parameters_and_references_once():
    assert write_methods(content(), CITATION, INPUTS) == (
        "The article “Rain \\| \\*in\\* Cairo” (Nile Times, 2014-10-01) was analysed with Dateline 0.1.0, which ran "
        "the notebooks `1-a` and `2-b` with the parameters n\\_sentences = 5 (report rain-1-0a1b2c3d). Its models’ "
        "accuracy was measured on text that they had not seen: 98.7 % of lemmas right, on held-out texts. Keyness: "
        "log-likelihood (Dunning 1993). Numbers were computed and figures drawn by NumPy 2.4 and SciPy 1.17. The "
        "report’s record names every model, word list and package that it depends on, and the report can be made again "
        "from it, byte for byte "
        "(`dateline verify`).\n\n- T. Dunning 1993, *Accurate Methods*\n- D. Biber 1988"
    )


def test_checklist_is_one_table_with_the_code_of_each_exhibit():
    written = write_checklist(content(), CITATION, INPUTS, article_sha256="a5cf")
    html = mistune.create_markdown(plugins=["table"])(written)
    assert (html.count("<table>"), html.count("<tr>"), html.count("<td>")) == (1, 11, 20)
    assert "notebooks/1-a.ipynb, cells count (Table 1), count (Table 2) |" in written
    assert "| Code of each figure | There is none. |" in written
    assert "| numpy 2.4, scipy 1.17." in written
    assert "1 and 1 files" in written
    assert "article.txt, SHA-256 a5cf." in written
    assert "Deposited at https://doi.org/10.5281/zenodo.1." in written


def test_closing_parts_show_any_title_as_it_is():
    (_, cited), *_ = closing_parts(content(), CITATION, INPUTS, article_sha256="a5cf")
    html = mistune.create_markdown()(cited)
    assert html.count("Rain | *in* Cairo") == 2
    assert html.count("<p>") == 2


def test_cite_command_prints_both(seed_report, capsys):
    assert main(["cite", str(seed_report), "--methods", "--checklist"]) == 0
    out = capsys.readouterr().out
    assert (
        "which ran the notebooks `1-tokenise`, `2-tag`, `3-summarise` and `4-claims` with their own parameters" in out
    )
    assert Article.from_text((seed_report / "article.txt").read_text(encoding="utf-8")).sha256 in out
