"""A report for Word and for spreadsheets: what the files hold, whatever an article has in it, and the same bytes."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import date, timedelta

import lxml.etree
import matplotlib.figure
import pandas as pd
import pytest
from docx import Document

from analysis import Article, Figure, Number, Table, Text
from analysis.record import Attribution
from analysis.report.citation import cite_article
from analysis.report.content import Code, Content, Numbered, Numbers, Output, Prose, Section, Step
from analysis.report.word import write_document
from analysis.report.workbook import write_workbook

from .conftest import PROJECT

ODD = [
    case["text"] for case in json.loads((PROJECT / "tests" / "cases" / "odd-texts.json").read_text(encoding="utf-8"))
]
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
ARTICLE = Article.from_text("Rain in Giza\n\nIt rained.", id="rain", publisher="Nile Times", published="2014-10-02")


def numbered(*exhibits):
    """Return a report's content with exhibits numbered by their kind."""
    counts = {}
    blocks = []
    for exhibit in exhibits:
        counts[exhibit.kind] = counts.get(exhibit.kind, 0) + 1
        blocks.append(Numbered(exhibit, f"{exhibit.kind.capitalize()} {counts[exhibit.kind]}", "cell"))
    return Content([Section("1-a", "How wet is it?", [], [Step("", blocks)])])


def chart(size=(3, 2)):
    canvas = matplotlib.figure.Figure(figsize=size)
    canvas.subplots().plot([1, 2])
    return Figure(canvas, id="line", caption="A line.", alt="It goes up & up.")


def all_kinds():
    words = pd.DataFrame({"word": ["rain", "sun"], "start": [0, 5], "end": [4, 8], "n": [3, 1]})
    spans = pd.DataFrame({"start": [0, 8], "end": [12, 12], "label": ["name", "location"]})
    return [
        Table(words, id="words", caption="Words.", rows=1, notes=["Counted."]),
        chart(),
        Text(ARTICLE.text, spans, id="marked", caption="Marked.", by="label"),
    ]


CITATION = cite_article(ARTICLE)


def write(content, citation=CITATION, **options):
    pictures = {path: data for e in content.exhibits for path, data in e.files().items() if path.endswith(".png")}
    return write_document(ARTICLE, content, pictures, citation, **options)


def read(data):
    return Document(io.BytesIO(data))


def part(data, name):
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return lxml.etree.fromstring(file.read(name))


# Word


def test_document_has_headings_captions_that_word_numbers_and_the_notes():
    document = read(write(numbered(*all_kinds())))
    found = [(p.style.name, p.text) for p in document.paragraphs]
    assert ("Title", "Rain in Giza") in found
    assert ("Heading 1", "How wet is it?") in found
    captions = [p for p in document.element.body.iter(f"{W}p") if p.style == "Caption"]
    shown = ["".join(t.text for t in p.iter(f"{W}t")) for p in captions]
    assert shown == ["Table 1. Words.", "Figure 1. A line.", "Text 1. Marked."]
    fields = [f.get(f"{W}instr").split() for f in document.element.body.iter(f"{W}fldSimple")]
    assert fields == [["SEQ", kind, "\\*", "ARABIC"] for kind in ("Table", "Figure", "Text")]
    assert ("Exhibit Note", "Counted.\nFirst 1 of 2 rows; tables.xlsx has all.") in found


def test_document_counts_what_is_not_drawn_and_what_opens_the_report_as_the_page_does():
    empty = Table(pd.DataFrame({"word": []}), id="none", caption="None.")
    words = Table(pd.DataFrame({"word": ["rain"]}), id="words", caption="Words.")
    first = Table(pd.DataFrame({"word": ["rain"]}), id="first", caption="First.")
    blocks = [Numbered(table, label, "a") for table, label in ((empty, "Table 1"), (words, "Table 2"))]
    front = [Numbered(first, "Table F1", "a")]
    document = read(write(Content([Section("1-a", "A", front, [Step("", blocks)])])))
    fields = [f.get(f"{W}instr").split()[1] for f in document.element.body.iter(f"{W}fldSimple")]
    assert fields == ["Table_F", "Table", "Table"]
    shown = ["".join(t.text for t in p.iter(f"{W}t")) for p in document.element.body.iter(f"{W}p")]
    assert {"Table F1. First.", "Table 1. None. There is none.", "Table 2. Words."} <= set(shown)


def test_document_repeats_the_head_of_a_table_and_sets_numbers_right_without_offsets():
    (table,) = read(write(numbered(all_kinds()[0]))).tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["word", "count"], ["rain", "3"]]
    head, row = table._tbl.tr_lst  # noqa: SLF001 - its XML has no other name
    assert head.trPr.find(f"{W}tblHeader") is not None
    assert row.trPr.find(f"{W}tblHeader") is None
    assert [cell.find(f".//{W}jc") is not None for cell in row.tc_lst] == [False, True]


@pytest.mark.parametrize(
    ("texts", "kept"),
    [
        (["rain"] * 16, [True] * 15 + [False]),
        (["rain"] * 17, [True, *[False] * 14, True, False]),
        # Rows count by the lines that they take.
        (["It rained all day in Giza. " * 12] * 6, [True, False, False, False, True, False]),
        (["It rained all day in Giza. " * 120], [False]),
    ],
    ids=["few rows", "many rows", "long rows", "one row"],
)
def test_document_keeps_a_table_of_few_lines_on_a_page_and_of_others_the_ends(texts, kept):
    table = Table(pd.DataFrame({"text": texts}), id="words", caption="Words.", rows=len(texts))
    (shown,) = read(write(numbered(table))).tables
    assert [row.cells[0].paragraphs[0].paragraph_format.keep_with_next is True for row in shown.rows[1:]] == kept


def test_document_has_the_alternative_text_of_each_figure_and_table():
    body = read(write(numbered(*all_kinds()))).element.body
    assert [p.get("descr") for p in body.iter("{*}docPr")] == ["It goes up & up."]
    assert [p.get(f"{W}val") for p in body.iter(f"{W}tblDescription")] == ["Words."]


@pytest.mark.parametrize(("size", "expected"), [((7.2, 4), (14.94, 8.3)), ((7.2, 9), (10.3, 12.88))])
def test_picture_is_no_wider_than_its_line_and_no_higher_than_half_a_page(size, expected):
    (shape,) = read(write(numbered(chart(size)))).inline_shapes
    assert (shape.width.cm, shape.height.cm) == pytest.approx(expected, abs=0.02)


def test_document_marks_spans_and_labels_where_they_end():
    body = read(write(numbered(all_kinds()[2]))).element.body
    runs = [
        (run.text, [e.get(f"{W}fill") for e in run.iter(f"{W}shd")], [e.get(f"{W}val") for e in run.iter(f"{W}rStyle")])
        for p in body.iter(f"{W}p")
        if p.style == "MarkedText"
        for run in p.r_lst
    ]
    assert runs == [
        ("Rain in ", ["E8E8E8"], []),
        ("Giza", ["D3ECFA"], []),
        (" location", [], ["MarkLabel"]),
        (" name", [], ["MarkLabel"]),
        ("It rained.", [], []),
    ]


@pytest.mark.parametrize(("n_layers", "is_labelled"), [(3, True), (4, False)])
def test_document_labels_the_marks_of_three_layers_at_most(n_layers, is_labelled):
    spans = pd.DataFrame({"start": [0], "end": [4], "label": ["x"]})
    layers = {f"layer {n}": spans for n in range(n_layers)}
    document = read(write(numbered(Text(ARTICLE.text, layers, by="label", id="t", caption="T."))))
    (first, *_) = [p.text for p in document.paragraphs if p.style.name == "Marked Text"]
    assert first == f"Rain{' x' * n_layers * is_labelled} in Giza"


def test_document_has_prose_and_what_cells_print_but_no_code():
    blocks = [
        Prose("See *this* and `that`, at [home](https://example.org/a?b&c).\n\n## Step\n\n- one\n- **two**"),
        Code("secret()"),
        Output("said <so>\n", is_warning=False),
        Numbers([Number(3, id="n", unit="words")], "cell"),
    ]
    document = read(
        write(Content([Section("1-a", "A", [], [Step("", blocks)])]), closing=[("How to cite", "As *this*.")])
    )
    found = [(p.style.name, p.text) for p in document.paragraphs]
    assert found[-8:] == [
        ("Normal", "See this and that, at home."),
        ("Heading 2", "Step"),
        ("List Bullet", "one"),
        ("List Bullet", "two"),
        ("Printed", "said <so>"),
        ("Normal", "3 words   "),
        ("Heading 1", "How to cite"),
        ("Normal", "As this."),
    ]
    links = [r.target_ref for r in document.part.rels.values() if r.is_external]
    assert links == ["https://example.org/a?b&c"]


def test_document_runs_have_one_style_then_bold_then_italics():
    """Word refuses a document in which the schema's order is not kept."""
    markdown = "**[a `b` *c*](https://example.org)** *d **e `f`*** [g](#h)"
    body = read(write(Content([Section("1-a", "A", [], [Step("", [Prose(markdown)])])]))).element.body
    runs = [
        (run.text, [child.tag.removeprefix(W) for child in run.find(f"{W}rPr") if child is not None])
        for run in body.iter(f"{W}r")
        if run.find(f"{W}rPr") is not None and run.text in {"a ", "b", "c", "d ", "e ", "f", "g"}
    ]
    assert runs == [
        *(("a ", ["rStyle", "b"]), ("b", ["rStyle", "b"]), ("c", ["rStyle", "b", "i"])),
        *(("d ", ["i"]), ("e ", ["b", "i"]), ("f", ["rStyle", "b", "i"])),
    ]


def test_document_properties_are_the_articles_and_have_no_clock():
    properties = read(
        write(numbered(), replace(CITATION, attribution=Attribution(authors=("Person, Ann",))))
    ).core_properties
    assert (properties.title, properties.author, properties.identifier) == ("Rain in Giza", "Person, Ann", "rain")
    assert properties.subject == "Nile Times, 2014-10-02"
    assert properties.created.year == properties.modified.year == 1980


def test_any_text_can_stand_in_a_document_and_in_a_workbook():
    data = pd.DataFrame({"text": [*ODD, "x"]})
    none = pd.DataFrame({"start": [], "end": []}, dtype="int64")
    texts = [Text(f"a{text}", none, id=f"t-{n}", caption=text or "T.") for n, text in enumerate(ODD)]
    content = numbered(Table(data, id="odd", caption=" ".join(ODD), rows=len(data)), *texts)
    assert read(write(content)).tables[0].rows[len(data)].cells[0].text == "x"
    assert cells(write_workbook(ARTICLE, content, CITATION), "odd")[len(data)] == ["x"]


def test_kinds_of_exhibits_have_a_writer_each():
    from analysis.exhibits.records import _KINDS
    from analysis.report.word import _EXHIBITS

    assert set(_EXHIBITS) == set(_KINDS) - {"number"}


# Spreadsheets


def sheets(data):
    """Return the XML of each sheet of a workbook, by name."""
    names = [sheet.get("name") for sheet in part(data, "xl/workbook.xml").iter(f"{SHEET}sheet")]
    return {name: part(data, f"xl/worksheets/sheet{n}.xml") for n, name in enumerate(names, start=1)}


def cells(data, name):
    """Return the cells of a sheet, row by row: texts, numbers and truth values."""
    shared = ["".join(item.itertext()) for item in part(data, "xl/sharedStrings.xml").iter(f"{SHEET}si")]
    rows = []
    for row in sheets(data)[name].iter(f"{SHEET}row"):
        values = []
        for cell in row:
            value = cell.findtext(f"{SHEET}v")
            assert cell.find(f"{SHEET}f") is None
            kind = cell.get("t")
            values.append(
                shared[int(value)] if kind == "s" else value == "1" if kind == "b" else value and float(value)
            )
        rows.append(values)
    return rows


def test_workbook_has_typed_columns_and_a_frozen_head():
    data = pd.DataFrame({
        "day": ["2014-10-02", None],
        "part": ["2014-10", "2014-10-02"],
        "n": pd.Series([1, None], dtype="Int64"),
        "share": [0.25, float("inf")],
        "is_word": [True, False],
        "text": ["=1+1", "https://example.org"],
    })  # fmt: skip
    written = write_workbook(ARTICLE, numbered(Table(data, id="typed", caption="Typed.")), CITATION)
    excel_day = (date(2014, 10, 2) - date(1899, 12, 30)) / timedelta(days=1)
    assert cells(written, "typed") == [
        ["day", "part", "n", "share", "is_word", "text"],
        [excel_day, "2014-10", 1.0, 0.25, True, "=1+1"],
        ["2014-10-02", "∞", False, "https://example.org"],
    ]
    sheet = sheets(written)["typed"]
    assert sheet.find(f".//{SHEET}pane").get("state") == "frozen"
    assert sheet.find(f"{SHEET}autoFilter").get("ref") == "A1:F3"
    assert sheet.find(f"{SHEET}hyperlinks") is None


def test_workbook_leaves_room_between_a_number_and_the_text_beside_it():
    data = pd.DataFrame({"n": [3], "word": ["rain"]})
    written = write_workbook(ARTICLE, numbered(Table(data, id="words", caption="Words.")), CITATION)
    looks = part(written, "xl/styles.xml").find(f"{SHEET}cellXfs")
    (number_head, head), (number, text) = (
        [looks[int(cell.get("s", 0))].find(f"{SHEET}alignment") for cell in row]
        for row in sheets(written)["words"].iter(f"{SHEET}row")
    )
    assert [look is not None and look.get("indent") for look in (head, text)] == ["1", "1"]
    assert [look is not None and look.get("indent") for look in (number_head, number)] == [None, False]


def test_workbook_names_sheets_as_excel_takes_them():
    long = "a-very-long-name-of-a-table-in-a-report"
    data = pd.DataFrame({"n": [1]})
    ids = ["history", "contents", long, f"{long}-too", "names"]
    written = write_workbook(ARTICLE, numbered(*(Table(data, id=id_, caption="N.") for id_ in ids)), CITATION)
    names = list(sheets(written))
    assert names == [
        *("Contents", "history-2", "contents-2", "a-very-long-name-of-a-table-i-2", "a-very-long-name-of-a-table-i-3"),
        *("names", "Codebook"),
    ]
    assert len({name.lower() for name in names}) == len(names)
    assert max(map(len, names)) <= 31


def test_a_workbook_says_which_rows_it_leaves_out(monkeypatch):
    monkeypatch.setattr("analysis.report.workbook._MAX_ROWS", 2)
    tables = [Table(pd.DataFrame({"n": range(n)}), id=f"t-{n}", caption="N.") for n in (2, 3)]
    written = write_workbook(ARTICLE, numbered(*tables), CITATION)
    assert [len(cells(written, f"t-{n}")) for n in (2, 3)] == [3, 3]
    assert [row[4:] for row in cells(written, "Contents")[-2:]] == [
        [""],
        ["The sheet has the first 2; tables/t-3.parquet has all."],
    ]


def test_a_document_says_how_much_of_a_text_it_leaves_out(monkeypatch):
    monkeypatch.setattr("analysis.report.word._MAX_TEXT_CHARS", 10)
    spans = pd.DataFrame({"start": [8], "end": [12]})
    document = read(write(numbered(Text(ARTICLE.text, spans, id="t", caption="T."))))
    shown = [p.text for p in document.paragraphs if p.style.name == "Marked Text"]
    assert shown == ["Rain in Giza", "… 12 more characters are left out here."]


def test_codebook_of_a_workbook_has_what_the_contract_says_of_each_column(seed_report):
    written = (seed_report / "tables.xlsx").read_bytes()
    head, *rows = cells(written, "Codebook")
    assert head == ["sheet", "column", "dtype", "unit", "meaning", "values"]
    described = {(sheet, column) for sheet, column, *rest in rows if len(rest) > 1}
    named = {
        (sheet, column)
        for sheet in sheets(written)
        if sheet not in {"Contents", "Codebook"}
        for column in cells(written, sheet)[0]
    }
    assert described == named
    assert {path.stem for path in (seed_report / "tables").glob("*.parquet")} == {sheet for sheet, _ in named}


def test_sheets_have_all_rows_of_the_tables(seed_report):
    tokens = pd.read_parquet(seed_report / "tables" / "tokens.parquet")
    head, *rows = cells((seed_report / "tables.xlsx").read_bytes(), "tokens")
    at = head.index("text")
    assert [row[at] for row in rows] == tokens["text"].tolist()


@pytest.mark.parametrize("write_file", [write, lambda content: write_workbook(ARTICLE, content, CITATION)])
def test_files_are_the_same_each_time(write_file):
    one, two = (write_file(numbered(*all_kinds())) for _ in range(2))
    assert one == two
    with zipfile.ZipFile(io.BytesIO(one)) as file:
        assert file.testzip() is None
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
