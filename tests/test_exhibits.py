"""Exhibits: what is shown, what is recorded, what is saved."""

import csv
import io
import json
import math
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure as Canvas

from analysis import Figure, Number, Table, Text, labels, show, tables
from analysis import exhibits as package
from analysis.exhibits import Brief, Finding, Page, latex, read_record, row_spans
from analysis.exhibits.formatting import format_cells, format_number
from analysis.exhibits.html import stylesheet
from analysis.layout import EXHIBIT_FILES

from .conftest import PROJECT

WORDS = pd.DataFrame(
    {
        "article_id": ["a", "a", "a"],
        "word": ["rain", "<b>sun</b>", None],
        "n": [1200, 3, 1],
        "keyness": [12.25, math.nan, -0.5],
        "is_stop": [False, True, False],
    }
)


def cases(kind):
    """Return the cases of a kind: label, source, text and what is expected."""
    return json.loads((PROJECT / "tests" / "cases" / f"{kind}.json").read_text(encoding="utf-8"))


def chart(alt="Bars: rain 3."):
    figure = Canvas(figsize=(3, 2))
    figure.subplots().bar(["rain"], [3])
    figure.set_label(alt)
    return figure


def read_back(exhibit):
    """Return an exhibit as it is read from the JSON of a notebook."""
    return read_record(json.loads(json.dumps(exhibit.record, sort_keys=True)))


def test_all_rows_of_a_table_are_saved_and_the_first_are_shown():
    table = Table(WORDS, id="words", caption="Words.", notes=["Counted."], rows=2)
    files = table.files()
    assert list(files) == ["tables/words.csv", "tables/words.parquet", "tables/words.tex"]
    pd.testing.assert_frame_equal(pd.read_parquet(io.BytesIO(files["tables/words.parquet"])), WORDS)
    assert files["tables/words.csv"].decode().splitlines()[1] == "a,rain,1200,12.25,False"
    assert table.all_notes() == ["Counted.", "First 2 of 3 rows; a report has them all in tables/words.csv."]
    assert table.html().count("<tr>") == 3


def test_an_empty_table_is_a_sentence_that_there_is_none():
    table = Table(WORDS.head(0), id="words", caption="Words.")
    assert table.instead == "There is none."
    assert str(table.html("Table 1")) == (
        '<p class="exhibit none" id="words"><b>Table 1.</b> Words. There is none.</p>'
    )
    assert "There is none." in table.files()["tables/words.tex"].decode()


def test_table_html_escapes_cells_and_formats_numbers():
    page = Table(WORDS, id="words", caption="Words & more.").html("Table 1")
    assert "<b>Table 1.</b> Words &amp; more." in page
    assert "&lt;b&gt;sun&lt;/b&gt;" in page
    assert "1,200" in page
    assert '<td class="n">12.2</td>' in page
    assert '<td class="n">−0.5</td>' in page
    assert '<td class="w">yes</td>' in page
    assert "article id" not in page


@pytest.mark.parametrize("case", cases("export-csv"), ids=lambda case: case["label"])
def test_csv_has_an_apostrophe_before_what_a_spreadsheet_would_run(case):
    table = Table(pd.DataFrame({"text": [case["text"]], "n": [-2]}), id="words", caption="Words.")
    files = table.files()
    (row,) = csv.DictReader(io.StringIO(files["tables/words.csv"].decode(), newline=""))
    assert row == {"text": case["expected"], "n": "-2"}
    assert pd.read_parquet(io.BytesIO(files["tables/words.parquet"]))["text"].tolist() == [case["text"]]


def test_csv_of_any_column_of_texts_is_safe_unless_told_otherwise():
    frame = pd.DataFrame({
        "a": pd.Series(["=1", "b"], dtype="category"),
        "b": pd.Series(["=1", None], dtype=object),
        "c": pd.Series(["-1", None], dtype="str"),
        "d": [-1.5, math.nan],
        "e": [True, False],
    })  # fmt: skip
    safe, raw = (Table(frame, id="t", caption="T.", spreadsheet_safe=is_safe) for is_safe in (True, False))
    assert safe.files()["tables/t.csv"].decode().splitlines()[1:] == ["'=1,'=1,'-1,-1.5,True", "b,,,,False"]
    assert raw.files()["tables/t.csv"].decode().splitlines()[1:] == ["=1,=1,-1,-1.5,True", "b,,,,False"]
    assert "spreadsheet_safe" not in safe.record
    plain = Table(frame[["c"]], id="t", caption="T.", spreadsheet_safe=False)
    assert read_back(plain).files() == plain.files()
    assert frame["a"].tolist() == ["=1", "b"]


def test_csv_of_marks_is_safe_unless_told_otherwise():
    spans = pd.DataFrame({"start": [0], "end": [4]})
    safe, raw = (Text("=1+1", spans, id="t", caption="T.", spreadsheet_safe=is_safe) for is_safe in (True, False))
    assert safe.files()["tables/t.csv"].decode().splitlines()[1] == "0,4,,'=1+1"
    assert read_back(raw).files()["tables/t.csv"].decode().splitlines()[1] == "0,4,,=1+1"


def test_table_latex_has_caption_label_rows_and_notes():
    table = Table(WORDS, id="words", caption="Words & more.", notes=["100 % counted."], columns=["word", "keyness"])
    assert table.files()["tables/words.tex"].decode().splitlines() == [
        r"% For \usepackage{booktabs,array}, in pdfLaTeX with \usepackage[T1]{fontenc} or in LuaLaTeX.",
        r"% Two reports in one paper: after \def\dlreport{Cairo} the label of this table is tab:Cairo:words.",
        r"% In a paper with two columns, \def\dltable{table*} lets it take both.",
        r"\providecommand{\dlreport}{}\providecommand{\dltable}{table}",
        r"\begin{\dltable}",
        r"  \centering",
        r"  \caption{Words \& more.}",
        r"  \label{tab:\if0\dlreport0\else\dlreport:\fi words}",
        r"  \begin{tabular}{lr}",
        r"    \toprule",
        r"    word & keyness \\",
        r"    \midrule",
        r"    rain & 12.2 \\",
        r"    \textless{}b\textgreater{}sun\textless{}/b\textgreater{} & – \\",
        r"    – & \textminus{}0.5 \\",
        r"    \bottomrule",
        r"  \end{tabular}",
        r"  \par\smallskip\parbox{\linewidth}{\footnotesize 100 \% counted.}",
        r"\end{\dltable}",
    ]


@pytest.mark.parametrize("case", cases("export-latex"), ids=lambda case: case["label"])
def test_latex_prints_a_text_as_it_is(case):
    box = latex.escape("\ud800")
    assert latex.escape(case["text"]) == case["expected"].replace("BOX", box)


@given(st.text())
def test_any_text_in_latex_is_one_line_with_balanced_braces(text):
    written = re.sub(r"\\[{}]", "", latex.escape(text))
    assert written.count("{") == written.count("}")
    assert len(written.splitlines()) <= 1
    assert not written.startswith(("[", "*"))


def test_latex_says_which_characters_need_another_font():
    plain, beyond = (
        Table(pd.DataFrame({"word": [word]}), id="words", caption="Words.").files()["tables/words.tex"].decode()
        for word in ("Dvořák", "Львів")
    )
    assert r"\dlcharacter" not in plain
    assert "% T1 lacks U+041B U+044C U+0432 U+0456: pdfLaTeX prints the nearest letters or a box for them." in beyond
    assert beyond.count(r"\ifdefined\dlcharacter\else\def\dlcharacter#1#2{") == 1


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Kendall’s τ-b", r"Kendall’s \dlcharacter{τ}{\ensuremath{\tau}}-b"),
        ("ΔΑ", r"\dlcharacter{Δ}{\ensuremath{\Delta}}\dlcharacter{Α}{A}"),
        ("ώ", r"\dlcharacter{ώ}{\ensuremath{\omega}}"),
    ],
)
def test_latex_shows_greek_letters_as_in_formulas(text, written):
    assert latex.escape(text) == written


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("pro-government", r"pro-\allowbreak{}government"),
        ("Abdel-Fattah", r"Abdel-\allowbreak{}Fattah"),
        ("its\N{NO-BREAK SPACE}neighbour", "its neighbour"),
        # No letter or two stand alone on a line.
        ("destabilisation", r"des\-tab\-ili\-sat\-ion"),
        ("destabilisations", r"des\-tab\-ili\-sat\-ions"),
    ],
)
def test_latex_breaks_words_of_narrow_columns_where_a_reader_expects_it(word, written):
    assert latex._cells([word], 6.5) == [written]  # noqa: SLF001 - as laid out


def test_a_wide_latex_table_wraps_within_the_line_and_cuts_long_texts_off():
    texts = ["A sentence with a good many words in it. " * 12] * 10
    table = Table(pd.DataFrame({"sentence": range(10), "role": "body", "text": texts}), id="s", caption="S.")
    written = table.files()["tables/s.tex"].decode()
    shares = [float(share) for share in re.findall(r"p\{\\dimexpr([\d.]+)\\linewidth-2\\tabcolsep\}", written)]
    assert len(shares) == 3
    assert sum(shares) == pytest.approx(1, abs=0.01)
    assert r"\footnotesize\setlength{\tabcolsep}{3pt}" in written
    assert written.count(r">{\raggedright\arraybackslash\hspace{0pt}}p") == 2
    assert written.count(r">{\raggedleft\arraybackslash\hspace{0pt}}p") == 1
    assert r"9 & body & A sentence with a good many words in it." in written
    assert "Long texts are cut off; the whole is in tables/s.csv." in written
    assert max(map(len, written.splitlines()[12:22])) < 300


def test_a_long_latex_table_has_as_many_rows_as_a_page_holds():
    texts = ["A sentence with a good many words in it. " * 4] * 20
    table = Table(pd.DataFrame({"text": texts, "role": "body", "n": range(20)}), id="s", caption="S.", rows=20)
    written = table.files()["tables/s.tex"].decode()
    n_rows = written.count(r"& body &")
    assert 10 <= n_rows < 20
    assert f"First {n_rows} of 20 rows.}}" in written


def test_latex_leaves_offsets_out_unless_they_have_headings_of_their_own():
    spans = pd.DataFrame({"start": [0], "first_start": [0], "end": [4], "text": ["Rain"], "started": [1]})
    listed = Table(spans, id="s", caption="S.", columns=["start", "first_start", "end", "text", "started"])
    named = Table(spans, id="s", caption="S.", columns={"start": "from", "text": "text"})
    alone = Table(spans, id="s", caption="S.", columns=["start", "end"])
    heads = [
        t.files()["tables/s.tex"].decode().split("\\toprule\n")[1].split("\\\\")[0].split()
        for t in (listed, named, alone)
    ]
    assert heads == [["text", "&", "started"], ["from", "&", "text"], "from character & to character".split()]
    assert read_back(listed).files() == listed.files()


def test_a_long_word_in_a_wrapped_latex_column_may_break():
    address = "https://example.org/" + "a" * 200
    table = Table(pd.DataFrame({"url": [address], "text": ["so " * 60]}), id="s", caption="S.")
    written = table.files()["tables/s.tex"].decode()
    assert r"https://\allowbreak{}exa" in written
    assert r"aaa\allowbreak{}aaa" in written


ON_PAGE = Page("Rain is wet. Zebras ran.")


def test_rows_link_to_their_spans_in_the_article():
    spans = pd.DataFrame({"start": [8, 0], "end": [12, 4], "text": ["wet.", "Rain"]})
    table = Table(spans, id="spans", caption="Spans.", rows=1)
    assert row_spans(table, ON_PAGE.text, all_rows=False) == [(8, 12)]
    assert '<tr data-span="8-12">' in table.html(page=ON_PAGE)
    assert '<a href="#c8-12">wet.</a>' in table.html(page=ON_PAGE)
    assert '"0-4\\t0\\t4\\tRain"' in table.html(page=ON_PAGE)
    assert "<a " not in table.html()
    alone = Table(spans, id="s", caption="S.", columns=["end", "start"])
    assert '<a href="#c8-12">12</a>' in alone.html(page=ON_PAGE)


def test_rows_without_a_span_have_no_link():
    spans = pd.DataFrame({"start": [-1, 3, 0, 20], "end": [-1, 3, 4, 90]})
    table = Table(spans, id="spans", caption="Spans.")
    assert row_spans(table, ON_PAGE.text) == [None, None, (0, 4), None]
    assert table.html(page=ON_PAGE).count("<a ") == 1
    assert row_spans(Table(WORDS, id="words", caption="Words."), ON_PAGE.text) == [None, None, None]


@pytest.mark.parametrize(
    ("name", "start", "span"),
    [("Rain is", 0, (0, 7)), ("zebra", 13, (13, 19)), ("ran", 20, (20, 23)), ("x", -1, None), ("x", 24, None)],
)
def test_a_row_with_its_first_place_leads_to_what_stands_there(name, start, span):
    table = Table(pd.DataFrame({"lemma": [name], "first_start": [start]}), id="words", caption="Words.")
    assert row_spans(table, ON_PAGE.text) == [span]


def test_a_table_has_all_rows_as_data_that_no_cell_can_end():
    words = pd.DataFrame(
        {"word": ["a", "</script><b>", "c\td\n e"], "label": ["norp", "norp", "person"], "n": [1, 2, 3000]}
    )
    page = str(Table(words, id="words", caption="Words.", rows=1).html())
    assert page.count("<tr>") == 2
    data = re.search(r'<script type="application/json">(.*?)</script>', page)[1]
    assert "<" not in data
    rows = [line.split("\t") for line in json.loads(data).split("\n")]
    assert rows == [["", "</script><b>", "nationality or group", "2"], ["", "c d e", "person", "3,000"]]
    assert '<td title="norp">nationality or group</td>' in page
    assert 'data-codes="{&#34;nationality or group&#34;:&#34;norp&#34;}"' in page
    assert "Rows 1 to 1 of 3." in page
    assert "of 3 rows" not in page


def test_a_very_long_table_says_where_the_rest_is():
    words = pd.DataFrame({"n": range(5001)})
    page = str(Table(words, id="words", caption="Words.").html())
    assert page.count("\\n") == 5000 - 20 - 1
    assert "The first 5,000 of 5,001 rows; tables/words.csv has them all." in page


def test_charts_of_a_page_share_the_outlines_of_their_letters():
    page = Page()
    drawn = [Figure(chart(), id=id_, caption="Bars.").html(page=page) for id_ in ("one", "two")]
    assert all('role="img" aria-label="Bars: rain 3."' in str(each) for each in drawn)
    assert not any("style=" in str(each) or "DejaVu" in str(each) for each in drawn)
    uses = [re.findall(r'href="#(\w+)"', str(each)) for each in drawn]
    outlines = re.findall(r'<path id="(\w+)"', str(page.drawings.outlines()))
    assert uses[0] == uses[1]
    assert set(uses[0]) == set(outlines)
    ids = re.findall(r'\bid="([^"]*)"', "".join(map(str, drawn)))
    assert len(set(ids)) == len(ids)
    assert len(drawn[0]) < len(Figure(chart(), id="one", caption="Bars.").svg) / 2


@pytest.mark.parametrize(
    "part",
    [
        "<script>alert(1)</script>",
        '<a href="https://example.org"/>',
        '<path d="M0 0" onload="alert(1)"/>',
        '<use href="https://example.org/a.svg#b"/>',
        '<path d="M0 0" style="fill: url(https://example.org)"/>',
        '<path d="M0 0" fill="url(&quot;//example.org&quot;)"/>',
        "<text>rain</text>",
        "<!DOCTYPE svg>",
    ],
)
def test_a_chart_with_a_part_that_may_act_stays_an_image(part):
    svg = f'<svg xmlns="http://www.w3.org/2000/svg"><g>{part}</g></svg>'
    page = str(Figure(svg, id="bars", caption="Bars.", alt="Bars.").html(page=Page()))
    assert "<svg" not in page.replace("xml,<svg", "")
    assert '<img alt="Bars." src="data:image/svg+xml,' in page


def test_a_text_that_is_the_page_s_article_is_not_written_again():
    text = Text("Giza.", pd.DataFrame({"start": [0], "end": [4]}), id="places-in-place", caption="Places.")
    page = str(text.html(page=Page("Giza.", {"places-in-place": "places"})))
    assert "Giza" not in page
    assert 'href="#layer-places"' in page
    assert "Giza" in text.html(page=Page("Giza."))


def test_columns_select_order_and_name_what_is_shown():
    table = Table(WORDS, id="words", caption="Words.", columns={"n": "count"})
    assert '<th scope="col" class="n" title="n">count</th>' in table.html()
    assert "rain" not in table.html()
    assert list(read_back(Table(WORDS, id="words", caption="W.", columns=["word", "n"])).headings()) == ["word", "n"]
    with pytest.raises(ValueError, match="has no column 'nope'; it has article_id, word"):
        Table(WORDS, id="words", caption="Words.", columns=["nope"])


scalars = st.one_of(
    st.lists(st.integers(-(2**53), 2**53), max_size=5).map(lambda v: pd.Series(v, dtype="int64")),
    st.lists(st.floats(), max_size=5).map(lambda v: pd.Series(v, dtype="float64")),
    st.lists(st.booleans(), max_size=5).map(lambda v: pd.Series(v, dtype="bool")),
    st.lists(st.text() | st.none(), max_size=5).map(lambda v: pd.Series(v, dtype="str")),
)


@given(scalars)
def test_a_table_is_equal_to_the_one_read_from_its_record(column):
    if column.dtype == "float64":
        column = column[~np.isinf(column)].reset_index(drop=True)
    table = Table(pd.DataFrame({"x": column}), id="x", caption="X.")
    pd.testing.assert_frame_equal(read_back(table).data, table.data, check_exact=True)
    assert read_back(table).html("Table 1") == table.html("Table 1")


def test_a_cell_that_is_not_scalar_raises():
    table = Table(pd.DataFrame({"x": [[1]]}), id="x", caption="X.")
    with pytest.raises(TypeError, match=r"column 'x' holds \[1\]; expected text, numbers or truth values"):
        _ = table.record


def test_a_figure_is_saved_as_the_same_svg_pdf_and_png_each_time():
    files = Figure(chart(), id="bars", caption="Bars.").files()
    assert list(files) == ["figures/bars.svg", "figures/bars.pdf", "figures/bars.png"]
    assert files["figures/bars.pdf"].startswith(b"%PDF")
    assert files["figures/bars.png"].startswith(b"\x89PNG")
    assert files == Figure(chart(), id="bars", caption="Bars.").files()


def test_a_figure_needs_alt_text_and_keeps_it():
    figure = Figure(chart(alt='Bars: "rain" 3.'), id="bars", caption="Bars.")
    assert read_back(figure).record == figure.record
    assert 'alt="Bars: &#34;rain&#34; 3."' in figure.html()
    with pytest.raises(ValueError, match="figure 'bars' has no alt text"):
        Figure(chart(alt=""), id="bars", caption="Bars.")


def test_the_pdf_of_a_figure_has_its_alt_text_as_it_is():
    alt = 'The mayor’s "no" \\u2019 #set'
    figure = Figure(chart(alt=alt), id="bars", caption="Bars.").files()["figures/bars.pdf"]
    assert b"/Alt<FEFF" + alt.encode("utf-16-be").hex().upper().encode() + b">" in figure


@pytest.mark.parametrize("case", cases("odd-texts"), ids=lambda case: case["label"])
def test_a_chart_of_any_text_is_saved_without_a_warning(case):
    figure = chart(alt=f"Bars: {case['text']}")
    figure.axes[0].set_title(case["text"], parse_math=False)
    assert len(Figure(figure, id="bars", caption=case["text"]).files()) == 3


def test_an_image_address_is_escaped_for_its_attribute():
    svg = """<svg id="a&amp;b"><text>5 % 'x' &lt; #1</text></svg>"""
    page = Figure(svg, id="bars", caption="Bars.", alt="Bars.").html()
    assert "src=\"data:image/svg+xml,<svg id=&quot;a&amp;amp;b&quot;><text>5 %25 'x' &amp;lt; %231<" in page


def test_a_text_marks_its_spans_in_order_of_place():
    spans = pd.DataFrame({"start": [8, 0], "end": [13, 4], "label": ["location", "misc"]})
    text = Text("Rain in <Giza>.", spans, id="text", caption="Rain.", by="label")
    assert [mark[:3] for mark in text.marks()] == [(0, 4, "misc"), (8, 13, "location")]
    page = text.html()
    assert '<mark class="mark-misc" data-label="other name">Rain</mark> in ' in page
    assert "&lt;Giza</mark>&gt;." in page
    assert read_back(text).html() == page
    assert text.record["marks"] == [[0, 4, "misc"], [8, 13, "location"]]
    assert text.files()["tables/text.csv"].decode().splitlines()[:2] == ["start,end,label,text", "0,4,misc,Rain"]


def test_marks_that_cross_are_nested_elements_with_each_label_once():
    spans = pd.DataFrame({"start": [0, 2], "end": [4, 7], "label": ["a", "b"]})
    page = Text("Raining", spans, id="text", caption="Rain.", by="label").html()
    first = '<mark class="mark-a" data-label="a">Ra<mark class="mark-b" data-label="">in</mark></mark>'
    assert f'<div class="prose">{first}<mark class="mark-b" data-label="b">ing</mark></div>' in page


def test_layers_nest_in_their_order_and_have_their_own_labels():
    sentences = pd.DataFrame({"start": [0], "end": [5]})
    names = pd.DataFrame({"start": [0, 0], "end": [4, 5], "label": ["location", None]})
    layers = {"sentences": sentences, "names": names}
    text = Text("Giza.", layers, by={"names": "label"}, id="text", caption="Giza.")
    assert [(mark.layer, mark.end, mark.label) for mark in text.marks()] == [
        ("sentences", 5, ""), ("names", 5, ""), ("names", 4, "location"),
    ]  # fmt: skip
    assert (
        '<mark class="mark-location" data-layer="names" data-label="location">Giza</mark>.</mark></mark>' in text.html()
    )
    assert text.files()["tables/text.csv"].decode().splitlines() == [
        "layer,start,end,label,text",
        "sentences,0,5,,Giza.",
        "names,0,5,,Giza.",
        "names,0,4,location,Giza",
    ]
    assert read_back(text).html() == text.html()
    assert read_back(text).record == text.record


def test_a_single_named_layer_is_saved_and_recorded_like_a_table_of_spans():
    spans = pd.DataFrame({"start": [0], "end": [4], "label": ["location"]})
    plain, named = (Text("Giza", s, by="label", id="t", caption="Giza.") for s in (spans, {"names": spans}))
    assert (plain.files(), plain.record, plain.html()) == (named.files(), named.record, named.html())


def test_a_text_without_spans_is_shown_whole():
    for spans in ({}, pd.DataFrame({"start": [], "end": []})):
        text = Text("It <rained>.", spans, id="text", caption="Rain.")
        assert '<div class="prose">It &lt;rained&gt;.</div>' in text.html()
        assert text.record["marks"] == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "kind"}, "its spans have no column 'kind'; they have start, stop"),
        ({}, "its spans have no column 'end'; they have start, stop"),
        ({"by": {"names": "kind"}}, "has no layer 'names'"),
    ],
)
def test_a_missing_column_or_layer_of_a_text_raises(options, message):
    with pytest.raises(
        ValueError, match=f"text 'text'.*{message}" if "layer" in message else "its spans have no column"
    ):
        Text("Giza", pd.DataFrame({"start": [0], "stop": [4]}), id="text", caption="Giza.", **options)


@pytest.mark.parametrize(
    ("value", "unit", "look"),
    [
        (460, "tokens", "460 tokens"),
        (np.int64(12345), "", "12,345"),
        (0.5, "", "0.500"),
        (math.nan, "words", "– words"),
        (-0.0002, "", ">−0.001"),
    ],
)
def test_a_number_is_written_with_its_unit(value, unit, look):
    number = Number(value, id="tokens", unit=unit)
    assert str(number) == look
    assert read_back(number).html() == number.html()


def test_a_number_becomes_a_latex_command():
    command = Number(-0.0002, id="p-2", unit="points").latex_command()
    assert command == "\\newcommand{\\dlPTwo}{\\textgreater{}\\textminus{}0.001}\n"


def test_the_numbers_of_a_report_have_commands_that_another_report_can_share_a_paper_with():
    written = latex.write_commands([Number(460, id="tokens-n"), Number(0.5, id="p-2")])
    head, commands = written.split("\\endcsname{#2}}\n")
    assert commands == "\\dlnumber{TokensN}{460}\n\\dlnumber{PTwo}{0.500}\n"
    assert r"\def\dlreport{Cairo}" in head


def test_a_finding_is_a_command_for_latex():
    written = latex.write_commands([Number(0.2, id="share")], {"share": "20 % of the words are names."})
    assert "\\dlnumber{Share}{0.200}\n" in written
    assert "\\dlnumber{ShareText}{20 \\% of the words are names.}\n" in written


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ([0.0002, -0.0002, 0.0, -0.0], ["<0.001", ">−0.001", "0.000", "0.000"]),
        ([0.001, -0.001, 0.0009999, -0.0009999], ["0.001", "−0.001", "<0.001", ">−0.001"]),
        ([12.25, -0.0002, -0.5], ["12.2", ">−0.001", "−0.5"]),
        ([math.inf, -math.inf, math.nan, 2.0], ["∞", "−∞", "–", "2"]),
        ([1200, -3, 0], ["1,200", "−3", "0"]),
    ],
)
def test_numbers_of_a_column_are_written_on_one_scale(values, written):
    assert format_cells(pd.Series(values)) == written


def test_numbers_with_units_of_their_own_are_written_each_by_itself():
    table = pd.DataFrame({"value": [1200.0, 0.25], "unit": ["words", "share"]})
    assert Table(table, id="t", caption="T.").shown_columns()[0].cells == ["1,200", "0.250"]


@given(st.floats(-1, 1))
def test_a_number_as_written_keeps_its_sign_and_size(value):
    """A bound has the number between itself and 0; other numbers are rounded."""
    written = format_number(value).replace("−", "-")
    if written[0] in "<>":
        bound = float(written[1:])
        assert 0 < value < bound if written[0] == "<" else bound < value < 0
    else:
        assert abs(float(written) - value) <= 0.0005 + 1e-12
        assert value == 0 or float(written) * value > 0


def test_missing_and_truth_values_are_written_in_words():
    assert format_cells(pd.Series([True, None], dtype="boolean")) == ["yes", "–"]
    assert format_cells(pd.Series(["rain", None])) == ["rain", "–"]


@pytest.mark.parametrize("value", ["460", True, None])
def test_a_number_that_is_not_numeric_raises(value):
    with pytest.raises(TypeError, match="number 'tokens' is"):
        Number(value, id="tokens")


@pytest.mark.parametrize("bad", ["", "Key terms", "1st", "a_b"])
def test_an_id_with_other_characters_raises(bad):
    with pytest.raises(ValueError, match="expected lower-case letters, digits and hyphens"):
        Number(1, id=bad)


def test_a_missing_caption_raises():
    with pytest.raises(ValueError, match="has no caption"):
        Table(WORDS, id="words")


def test_notes_in_one_string_raise():
    with pytest.raises(TypeError, match="expected a list of notes"):
        Table(WORDS, id="words", caption="Words.", notes="Counted.")


def test_show_prints_descriptions_outside_a_notebook(capsys):
    show(Table(WORDS, id="words", caption="Words."), Number(3, id="n", unit="words"))
    assert capsys.readouterr().out == "[table words] Words.\n3 words\n"


def test_a_record_of_an_unknown_kind_raises():
    with pytest.raises(ValueError, match="expected one of brief, figure, finding, number, table, text"):
        read_record({"kind": "poem"})


def test_every_kind_of_exhibit_has_its_files_in_the_layout():
    kinds = {kind.kind: kind for kind in (Brief, Figure, Finding, Number, Table, Text)}
    assert set(kinds) == set(EXHIBIT_FILES)
    assert Figure(chart(), id="bars", caption="Bars.").paths == [
        "figures/bars.svg",
        "figures/bars.pdf",
        "figures/bars.png",
    ]


def test_the_rows_that_a_figure_draws_are_its_csv_or_that_of_a_table():
    own = Figure(chart(), id="bars", caption="Bars.", data=WORDS)
    assert own.paths[-1] == own.data_path == "figures/bars.csv"
    assert own.files()[own.data_path] == Table(WORDS, id="words", caption="Words.").files()["tables/words.csv"]
    assert read_record(own.record).files() == own.files()
    other = Figure(chart(), id="bars", caption="Bars.", table="words")
    assert (other.data_path, len(other.paths)) == ("tables/words.csv", 3)
    assert read_record(other.record).data_path == other.data_path
    assert Figure(chart(), id="bars", caption="Bars.").data_path == ""


def test_the_package_shows_its_public_names_only():
    assert dir(package) == sorted(package.__all__)


def test_importing_exhibits_loads_no_renderer():
    code = """
import sys
import analysis.exhibits
loaded = {"jinja2", "markupsafe", "typst", "IPython", "matplotlib"} & set(sys.modules)
assert not loaded, loaded
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=PROJECT)


def test_marks_of_chains_have_the_colour_of_their_number():
    """A pronoun’s label tells what it stands for, yet its colour is that of the names of its chain."""
    spans = pd.DataFrame({"start": [0, 11], "end": [5, 13], "label": ["2", "2 Egypt"]})
    html = str(Text("Egypt said it fell.", spans, id="t", caption="T.", by="label").html())
    assert re.findall(r'class="([^"]*)" data-label="([^"]*)"', html) == [("mark-2", "2"), ("mark-2-egypt", "2 Egypt")]
    assert re.search(r"mark:is\(.*\.mark-2, \[class\^=mark-2-\]\)", stylesheet())


def test_codes_and_columns_are_shown_in_plain_words_and_saved_as_they_are():
    names = pd.DataFrame({"name": ["PROPN", "x"], "label": ["norp", "person"], "upos": ["PROPN", "X"], "n": [2, 1]})
    table = Table(names, id="names", caption="Names.")
    assert [column.heading for column in table.shown_columns()] == ["name", "kind", "part of speech", "count"]
    assert [column.cells[0] for column in table.shown_columns()] == [
        "PROPN",
        "nationality or group",
        "proper noun",
        "2",
    ]
    assert table.files()["tables/names.csv"].decode().splitlines()[1] == "PROPN,norp,PROPN,2"


@pytest.mark.parametrize("column", labels.LABELS)
def test_no_two_codes_of_a_column_are_shown_alike(column):
    shown = labels.LABELS[column]
    allowed = {v for t in tables.TABLES.values() for c in t.columns if c.name == column for v in c.values}  # noqa: PD011
    every = [labels.label_of(column, code) for code in {*shown, *allowed}]
    assert len(set(every)) == len(every)


@pytest.mark.parametrize(
    ("value", "words"),
    {
        "": "",
        "1": "the 2nd millennium",
        "19": "the 20th century",
        "20": "the 21st century",
        "199": "the 1990s",
        "2014": "2014",
        "2014-08": "2014-08",
        "2014-08-25": "2014-08-25",
        "2014-08-25TMO": "2014-08-25, morning",
        "2014-08-25T16:08Z": "2014-08-25, 16:08 UTC",
        "2014-FA": "autumn of 2014",
        "2014-H2": "second half of 2014",
        "2014-Q3": "third quarter of 2014",
        "2014-W07": "week 7 of 2014",
        "2014-W35-WE": "weekend of week 35 of 2014",
        "BC0044": "44 BC",
        "BC03": "the 4th century BC",
        "FUTURE_REF": "the future",
        "FY2014": "fiscal year 2014",
        "FYXXXX": "a fiscal year",
        "P10Y": "10 years",
        "P1W": "1 week",
        "P2.5M": "2.5 months",
        "PT90M": "90 minutes",
        "PTXH": "some hours",
        "PXD": "some days",
        "XXXX": "year unknown",
        "XXXX-05-14T12:00": "14 May, 12:00, year unknown",
        "XXXX-12": "December, year unknown",
        "XXXX-SP": "spring, year unknown",
        "XXXX-WXX": "week unknown",
        "XXXX-WXX-3TEV": "a Wednesday, evening",
        "XXXX-WXX-WE": "a weekend",
        "XXXX-XX": "month unknown",
        "XXXX-XX-11": "the 11th, month unknown",
        "XXXX-XX-XXTNI": "night, day unknown",
        "XXXX-XX-XXTXX:XX": "hour unknown, day unknown",
        # No values of TIMEX3.
        "2014-ZZ": "2014-ZZ",
        "PTA": "PTA",
        "Tuesday": "Tuesday",
        "XXXX-13-01": "XXXX-13-01",
    }.items(),
)
def test_times_are_shown_in_words_and_saved_as_they_are(value, words):
    table = Table(pd.DataFrame({"time": [value]}), id="events", caption="Events.")
    assert table.shown_columns()[0].cells == [words]
    assert (
        pd.read_csv(io.BytesIO(table.files()["tables/events.csv"]), dtype=str, keep_default_na=False).time[0] == value
    )


def test_a_cell_in_words_tells_its_code():
    table = Table(pd.DataFrame({"time": ["XXXX-08-25", "2014"], "label": ["norp", "person"]}), id="t", caption="T.")
    assert re.findall(r'title="([^"]*)">([^<]*)</td>', str(table.html())) == [
        ("XXXX-08-25", "25 August, year unknown"),
        ("norp", "nationality or group"),
    ]


def test_a_number_written_as_a_text_is_no_time():
    assert labels.label_of("value", "19") == "19"


def test_every_part_of_speech_has_a_label():
    assert set(labels.LABELS["upos"]) == set(tables.UPOS)
