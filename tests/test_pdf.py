"""A report as PDF, and a paper by LaTeX and Typst that inputs a report's tables, figures and numbers."""

import json
import os
import re
import shutil
import subprocess

import pandas as pd
import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st

from analysis import Article, Figure, Number, Table, Text, make_report
from analysis.exhibits import latex
from analysis.exhibits.fitting import measure_ems
from analysis.report import pdf, write_figures
from analysis.report.content import Content, Numbered, Numbers, Output, Prose, Section, Step
from analysis.report.glyphs import BOX, replace_unshown, uncommon_characters
from analysis.report.page import write_page
from analysis.report.pdf import _pieces, write_pdf

from .conftest import PROJECT

PAPER = PROJECT / "tests" / "paper"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0L5 5"/></svg>'
ODD = [
    case["text"] for case in json.loads((PROJECT / "tests" / "cases" / "odd-texts.json").read_text(encoding="utf-8"))
]


def compile_latex(source, folder, *, engine, jobname="paper"):
    """Compile LaTeX until its references are right; return the log on long lines."""
    if shutil.which(engine) is None:
        pytest.skip(f"no {engine} on this machine")
    command = [engine, "-halt-on-error", "-interaction=nonstopmode", f"-jobname={jobname}", source]
    for _ in range(2):
        done = subprocess.run(
            command,
            cwd=folder,
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            env=os.environ | {"max_print_line": "1000"},
        )
        if re.search('font "DejaVu.*cannot be found', done.stdout):
            pytest.skip("the fonts DejaVu are not on this machine")
        assert done.returncode == 0, done.stdout[-2000:]
    return (folder / f"{jobname}.log").read_text(errors="replace")


SHORT = """Harbour of Varna closes after oil spill

The harbour of Varna was closed on Tuesday after a tanker spilled oil, the mayor said. Divers found a crack in the hull
of the ship, which sails under the flag of Malta. “We will reopen the harbour when the water is clean,” the mayor, Ivan
Petrov, told reporters in Sofia.
"""


def count_pages_before(title, data):
    """Return how many pages of a PDF stand before that of a heading, by its outline."""
    destination = re.search(rb"/Title\(%b\)/Dest (\d+) 0 R" % title, data)[1]
    page = re.search(rb"\n%b 0 obj\n\[(\d+) 0 R" % destination, data)[1]
    return re.search(rb"/Kids\[([^]]*)\]", data)[1].split()[::3].index(page)


def count_body_pages(path):
    return count_pages_before(b"Appendix", path.read_bytes())


def test_body_of_the_seed_report_has_eight_pages(seed_report):
    assert count_body_pages(seed_report / "report.pdf") == 8


def test_body_of_a_report_on_three_sentences_has_four_pages(tmp_path, warm):
    report = make_report(Article.from_text(SHORT, id="varna"), out=tmp_path / "report")
    assert count_body_pages(report / "report.pdf") == 4


ENGINES = pytest.mark.parametrize("engine", ["pdflatex", "lualatex"])


@ENGINES
def test_a_latex_paper_compiles_with_every_table_of_a_report_within_its_lines(seed_report, tmp_path, engine):
    tables = sorted((seed_report / "tables").glob("*.tex"))
    inputs = "".join(f"\\input{{{path}}}\\clearpage\n" for path in tables)
    (tmp_path / "tables.tex").write_text(inputs, encoding="utf-8")
    if shutil.which(engine):
        write_figures(seed_report, tmp_path / "figures", n_columns=1, title=False)
    folders = f"\\def\\report{{{seed_report}}}\\def\\figures{{{tmp_path / 'figures'}}}"
    log = compile_latex(f"{folders}\\input{{{PAPER / 'paper.tex'}}}", tmp_path, engine=engine)
    for fault in ("undefined", "Missing character", "Overfull", "Float too large", "multiply"):
        assert fault not in log


@ENGINES
def test_latex_shows_any_text_or_what_stands_for_it(tmp_path, engine):
    """Every character that the file writes as it is can be set by pdfLaTeX in T1; the others have a substitute."""
    letters = [character for character in map(chr, range(0xA1, 0x2300)) if latex.escape(character) == character]
    rows = ["".join(letters[at : at + 20]) for at in range(0, len(letters), 20)] + ODD
    table = Table(pd.DataFrame({"text": rows, "n": range(len(rows))}), id="odd", caption="[*] Львів", rows=len(rows))
    (tmp_path / "odd.tex").write_bytes(table.files()["tables/odd.tex"])
    (tmp_path / "source.tex").write_text(
        r"""\documentclass{article}
\ifdefined\directlua\else\usepackage[T1]{fontenc}\fi
\usepackage{booktabs,array}\begin{document}\listoftables\clearpage\input{odd.tex}\end{document}""",
        encoding="utf-8",
    )
    assert "Overfull" not in compile_latex("source.tex", tmp_path, engine=engine)


@ENGINES
def test_two_reports_go_into_one_latex_paper(tmp_path, engine):
    """LuaLaTeX shows Greek, Arabic and the rupee sign, pdfLaTeX what stands for them."""
    said = ["it would lay a cable worth ₹40 billion", "the deal in القاهرة, the capital", "Αθήνα", "no"] * 4
    claims = pd.DataFrame({"speaker": ["ΔΕΗ", "الأهرام", "Kyriakos Mitsotakis", "An official"] * 4, "text": said})
    claims["addressee"] = claims["text"] + " " + claims["speaker"]
    tables = [Table(claims, id=id_, caption="Claims, in ₹.") for id_ in ("claims", "names")]
    for name in ("cairo", "athens"):
        folder = tmp_path / name
        (folder / "tables").mkdir(parents=True)
        (folder / "numbers.tex").write_text(latex.write_commands([Number(460, id="tokens-n")]), encoding="utf-8")
        for table in tables:
            (folder / "tables" / f"{table.id}.tex").write_bytes(table.files()[f"tables/{table.id}.tex"])
    source = f"\\def\\cairo{{cairo}}\\def\\athens{{athens}}\\input{{{PAPER / 'two.tex'}}}"
    log = compile_latex(source, tmp_path, engine=engine)
    assert not re.search("undefined|multiply|Missing character|Overfull", log)


def test_latex_table_takes_both_columns_of_a_paper_if_told(tmp_path):
    table = Table(pd.DataFrame({"word": ["rain " * 20], "meaning": ["water " * 20]}), id="words", caption="Words.")
    (tmp_path / "words.tex").write_bytes(table.files()["tables/words.tex"])
    source = (
        r"\documentclass[twocolumn]{article}\usepackage{booktabs,array}\begin{document}\newcommand{\dltable}{table*}"
        r"\input{words}See \ref{tab:words}.\end{document}"
    )
    log = compile_latex(source, tmp_path, engine="pdflatex")
    assert not re.search("undefined|multiply|Overfull", log)


def test_a_second_report_without_a_name_is_one_error_that_says_what_to_do(tmp_path):
    (tmp_path / "numbers.tex").write_text(
        latex.write_commands([Number(1, id="a"), Number(2, id="b")]), encoding="utf-8"
    )
    source = r"\documentclass{article}\input{numbers.tex}\begin{document}\dlA\dlB\end{document}"
    compile_latex(source, tmp_path, engine="pdflatex", jobname="one")
    command = ["pdflatex", "-interaction=nonstopmode", source.replace("{numbers.tex}", r"{numbers}\input{numbers.tex}")]
    log = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True, errors="replace").stdout
    assert log.count("\n!") == 1
    assert "! Package dateline Error: A second report with the same name, or both without" in log


def test_a_typst_paper_compiles_with_the_files_of_a_report(seed_report):
    names = ["numbers.json", "tables/frequent-words.csv", "figures/dispersion.svg"]
    files = {name: (seed_report / name).read_bytes() for name in names}
    paper = typst.compile({"main": (PAPER / "paper.typ").read_bytes(), **files}, format="pdf", ignore_system_fonts=True)
    assert paper.startswith(b"%PDF")


def test_latex_tables_have_balanced_braces_and_full_rows(seed_report):
    for path in (seed_report / "tables").glob("*.tex"):
        text = "\n".join(line for line in path.read_text(encoding="utf-8").splitlines() if line[0] != "%")
        assert text.count("{") - text.count(r"\{") == text.count("}") - text.count(r"\}"), path.name
        head, *rows = [line.replace(r"\&", "") for line in text.splitlines() if line.endswith(r"\\")]
        assert {row.count("&") for row in rows} == {head.count("&")}, path.name


def test_pdf_ends_with_what_closes_a_report_a_table_and_letters_of_any_script_too():
    closing = [("How to cite", "As *this*."), ("Checklist", "| item | where |\n|---|---|\n| `code` | القاهرة 北京 |")]
    written = write_pdf(Article.from_text("Rain", id="rain"), Content([]), closing=closing)
    assert b"pdfuaid" in written
    titles = re.findall(rb"/Title\(([^)]*)\)/Dest", written)
    assert titles == [b"How to cite", b"Checklist"]
    assert len(re.findall(rb"/S/TH\b", written)) == 2
    assert len(re.findall(rb"/S/TD\b", written)) == 2


@pytest.mark.parametrize(("n_lines", "pages"), [(8, (0, 0)), (30, (1, 0)), (45, (1, 1))], ids=["room", "gap", "end"])
def test_what_follows_a_picture_fills_the_page_that_has_no_room_for_it(n_lines, pages):
    square = Figure(SVG, id="square", caption="A square.", alt="A square.")
    steps = [
        Step("How much?", [Prose("\n\n".join(["It rained."] * n_lines))]),
        Step("Where?", [Numbered(square, "Figure 1", "cell")]),
        Step("When?", [Prose("On Monday.")]),
    ]
    written = write_pdf(Article.from_text("Rain", id="rain"), Content([Section("1-a", "Rain?", [], steps)]))
    found = {title: count_pages_before(title.encode(), written) for title in (r"Where\?", r"When\?")}
    assert tuple(found.values()) == pages


def test_pages_with_many_pictures_settle():
    squares = [Figure(SVG, id=f"square-{number}", caption="A square.", alt="A square.") for number in range(20)]
    steps = [Step(f"Where is {square.id}?", [Numbered(square, "Figure", "cell")]) for square in squares]
    told = []
    content = Content([Section("1-a", "Rain?", [], steps)])
    write_pdf(Article.from_text("Rain", id="rain"), content, progress=told.append)
    assert told == []


def test_columns_of_a_pdf_table_are_as_wide_as_their_longest_words():
    long = "a comprehensive political solution that preserves the territorial unity of Libya"
    cells = {
        "actor": long,
        "text": "has already presented it",
        "target": long,
        "place": long,
        "time": "the past few months",
    }
    cells |= {"polarity": "positive", "modality": "happened", "speaker": "Egyptian security officials"}
    data = pdf._exhibit(Table(pd.DataFrame([cells]), id="events", caption="Events."), "Table 1")  # noqa: SLF001 - as laid out
    widths = {column["heading"]: column["share"] / data["size"] for column in data["columns"]}
    assert round(sum(widths.values()) * data["size"]) == 465
    assert all(width > 6 for name, width in widths.items() if cells[name] == long)
    assert min(widths["actor"], widths["target"], widths["place"]) > 1.1 * measure_ems("comprehensive")


def test_columns_of_a_pdf_table_of_short_texts_are_as_wide_as_their_cells():
    table = Table(
        pd.DataFrame({"speaker": ["Egypt"], "stance": ["deny"], "text": ["It rained. " * 20]}), id="a", caption="A."
    )
    data = pdf._exhibit(table, "Table 1")  # noqa: SLF001 - as laid out
    assert [column["share"] > 0 for column in data["columns"]] == [False, False, True]


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
    content = Content([Section("1-a", "Rain?", [], [Step("", [Numbered(layered_text(), "Text 1", "cell")])])])
    first, second = (write_pdf(Article.from_text("Rain", id="rain"), content) for _ in range(2))
    assert first.startswith(b"%PDF")
    assert first == second


def odd_content(text):
    """Return what shows a text wherever a report may show one."""
    spans = pd.DataFrame({"start": [0], "end": [len(text)], "label": [text]})
    table = pd.DataFrame({"text": [text, f"x{text}"], f"n {text}": [1, 2]})
    figure = Figure(SVG, id="figure", caption=text, alt=text)
    shown = [
        Table(table, id="table", caption=text, notes=[text]),
        figure,
        Text(text, spans, id="text", caption=text, by="label"),
    ]
    blocks = [
        Prose(f"{text} *{text}* **{text}** `{text}`\n\n## {text}\n\n- {text}\n\n[{text}](https://example.org/{text})"),
        Output(text, is_warning=False),
        Numbers([Number(3, id="n", unit=text)], "cell"),
        *(Numbered(exhibit, "Table 1", "cell") for exhibit in shown),
    ]
    return Content([Section("1-odd", text, [], [Step("", blocks)])])


@pytest.mark.parametrize("text", [*ODD, "".join(ODD)], ids=lambda text: ascii(text)[:40])
def test_no_text_costs_a_report(text):
    """It is in the tagged PDF, on the page and in every file, as it is or by what stands for it."""
    article = Article.from_text("Rain", id="rain", title=text, publisher=text)
    content = odd_content(text)
    told = []
    assert b"pdfuaid" in write_pdf(article, content, progress=told.append)
    assert len(told) <= 2
    assert write_page(article, content).encode()
    assert all(data for exhibit in content.exhibits for data in exhibit.files().values())


def test_half_of_a_surrogate_pair_in_a_caption_costs_no_report():
    content = Content(
        [
            Section(
                "1-a",
                "a \ud800",
                [],
                [Step("", [Numbered(Figure(SVG, id="f", caption="\ud800", alt="\ud800"), "1", "c")])],
            )
        ]
    )
    article = Article.from_text("Rain", id="rain")
    assert write_pdf(article, content)
    assert write_page(article, content).encode()
    assert content.exhibits[0].files()


def test_what_replaces_a_character_is_told_in_a_line():
    told = []
    content = Content(
        [Section("1-a", "Press 1\ufe0f\u20e3 中", [], [Step("", [Output("\ufeff✨ \x00", is_warning=False)])])]
    )
    write_pdf(Article.from_text("Rain", id="rain"), content, progress=told.append)
    assert told == [
        "the PDF's fonts lack U+0000 (� shown), U+0031 U+FE0F U+20E3 (1 shown), U+2728 (□ shown), U+FEFF (left out)",
        "the PDF's fonts lack some letters of these scripts, each is a box: CJK",
    ]


def test_a_pdf_of_common_letters_asks_no_font_and_tells_nothing(monkeypatch):
    monkeypatch.setattr(pdf, "_can_show", None)
    told = []
    content = odd_content("The mayor’s “no” – Dvořák, 5 €")
    write_pdf(Article.from_text("Rain", id="rain"), content, progress=told.append)
    assert told == []


def test_a_pdf_that_typst_refuses_is_made_of_latin_letters_then_without_tags(monkeypatch):
    compiled = []

    def refuse(report, figures, tell, *, standard="ua-1"):
        compiled.append((report["title"], standard))
        if standard:
            raise RuntimeError("PDF/UA-1 error: no\nmore")
        return b"%PDF"

    monkeypatch.setattr(pdf, "_compile", refuse)
    told = []
    article = Article.from_text("Rain", id="rain", title="Щ é")
    assert write_pdf(article, Content([]), progress=told.append) == b"%PDF"
    assert compiled == [("Щ é", "ua-1"), ("□ é", "ua-1"), ("□ é", None)]
    assert told == [
        "the PDF shows Latin letters only, as PDF/UA-1 error: no",
        "the PDF has no tags for screen readers, as PDF/UA-1 error: no",
    ]


@given(st.text(min_size=1))
def test_replacing_keeps_what_can_be_shown_and_leaves_no_text_empty(text):
    same, replaced = replace_unshown({"a": [text, 1]}, lambda clusters: [True] * len(clusters))
    assert (same, replaced) == ({"a": [text, 1]}, {})
    other, _ = replace_unshown({"a": [text, 1]}, lambda clusters: [False] * len(clusters))
    assert other["a"][0]
    assert not uncommon_characters(other["a"][0].replace(BOX, ""))


@pytest.mark.parametrize(
    ("cluster", "replacement"),
    [
        ("1\ufe0f\u20e3", "1"),
        ("a\u1ab0", "a"),
        ("ḥ", "h"),
        ("①", "1"),
        ("𝐀", "A"),
        ("㎏", "kg"),
        ("中", BOX),
        ("👩\u200d👧", BOX),
        ("\ue000", BOX),
        ("\ud800", BOX),
        ("\u20e3", BOX),
        ("\x07", BOX),
    ],
)
def test_the_nearest_character_stands_for_one_that_cannot_be_shown(cluster, replacement):
    assert replace_unshown(cluster, lambda clusters: [False] * len(clusters))[0] == replacement
