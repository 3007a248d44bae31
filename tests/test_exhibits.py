"""Exhibits: what is shown, what is recorded, what is saved."""

import io
import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure as Canvas

from analysis import Figure, Number, Table, Text, show
from analysis.exhibits import read_record

WORDS = pd.DataFrame(
    {
        "article_id": ["a", "a", "a"],
        "word": ["rain", "<b>sun</b>", None],
        "n": [1200, 3, 1],
        "keyness": [12.25, math.nan, -0.5],
        "is_stop": [False, True, False],
    }
)


def chart(alt="Bars: rain 3."):
    figure = Canvas(figsize=(3, 2))
    figure.subplots().bar(["rain"], [3])
    figure.set_label(alt)
    return figure


def again(exhibit):
    """Take an exhibit through the JSON of a notebook."""
    return read_record(json.loads(json.dumps(exhibit.record, sort_keys=True)))


def test_a_table_is_saved_whole_and_shown_in_part():
    table = Table(WORDS, id="words", caption="Words.", notes=["Counted."], rows=2)
    files = table.files()
    assert list(files) == ["tables/words.csv", "tables/words.parquet", "tables/words.tex"]
    pd.testing.assert_frame_equal(pd.read_parquet(io.BytesIO(files["tables/words.parquet"])), WORDS)
    assert files["tables/words.csv"].decode().splitlines()[1] == "a,rain,1200,12.25,False"
    assert table.all_notes() == ["Counted.", "First 2 of 3 rows; a report has them all in tables/words.csv."]
    assert table.html().count("<tr>") == 3


def test_an_empty_table_says_so():
    assert Table(WORDS.head(0), id="words", caption="Words.").all_notes() == ["There is none."]


def test_a_table_escapes_its_cells_and_formats_its_numbers():
    page = Table(WORDS, id="words", caption="Words & more.").html("Table 1")
    assert "<b>Table 1.</b> Words &amp; more." in page
    assert "&lt;b&gt;sun&lt;/b&gt;" in page
    assert "1,200" in page
    assert '<td class="n">12.2</td>' in page
    assert '<td class="n">−0.5</td>' in page
    assert '<td class="w">yes</td>' in page
    assert "article id" not in page


def test_a_table_is_written_for_latex():
    table = Table(WORDS, id="words", caption="Words & more.", notes=["100 % counted."], columns=["word", "keyness"])
    assert table.files()["tables/words.tex"].decode().splitlines() == [
        r"\begin{table}",
        r"  \centering",
        r"  \caption{Words \& more.}",
        r"  \label{tab:words}",
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
        r"\end{table}",
    ]


def test_rows_link_to_their_place_where_the_page_has_it():
    spans = pd.DataFrame({"start": [5, 0], "end": [9, 4], "text": ["wet.", "Rain"]})
    table = Table(spans, id="spans", caption="Spans.", rows=1)
    assert table.spans() == [(5, 9)]
    assert '<a href="#c5-9">5</a>' in table.html(linked=True)
    assert "<a " not in table.html()
    assert '<a href="#c5-9">wet.</a>' in Table(spans, id="s", caption="S.", columns=["end", "text"]).html(linked=True)


def test_columns_choose_and_name():
    table = Table(WORDS, id="words", caption="Words.", columns={"n": "count"})
    assert '<th scope="col" class="n">count</th>' in table.html()
    assert "rain" not in table.html()
    assert list(again(Table(WORDS, id="words", caption="W.", columns=["word", "n"])).headings()) == ["word", "n"]
    with pytest.raises(ValueError, match="has no column 'nope'; it has article_id, word"):
        Table(WORDS, id="words", caption="Words.", columns=["nope"])


scalars = st.one_of(
    st.lists(st.integers(-(2**53), 2**53), max_size=5).map(lambda v: pd.Series(v, dtype="int64")),
    st.lists(st.floats(), max_size=5).map(lambda v: pd.Series(v, dtype="float64")),
    st.lists(st.booleans(), max_size=5).map(lambda v: pd.Series(v, dtype="bool")),
    st.lists(st.text() | st.none(), max_size=5).map(lambda v: pd.Series(v, dtype="str")),
)


@given(scalars)
def test_a_table_comes_back_from_its_record(column):
    if column.dtype == "float64":
        column = column[~np.isinf(column)].reset_index(drop=True)
    table = Table(pd.DataFrame({"x": column}), id="x", caption="X.")
    pd.testing.assert_frame_equal(again(table).data, table.data, check_exact=True)
    assert again(table).html("Table 1") == table.html("Table 1")


def test_a_cell_that_is_no_scalar_is_refused():
    table = Table(pd.DataFrame({"x": [[1]]}), id="x", caption="X.")
    with pytest.raises(TypeError, match=r"column 'x' holds \[1\]; expected text, numbers or truth values"):
        _ = table.record


def test_a_figure_is_drawn_once_and_saved_three_ways():
    files = Figure(chart(), id="bars", caption="Bars.").files()
    assert list(files) == ["figures/bars.svg", "figures/bars.pdf", "figures/bars.png"]
    assert files["figures/bars.pdf"].startswith(b"%PDF")
    assert files["figures/bars.png"].startswith(b"\x89PNG")
    assert files == Figure(chart(), id="bars", caption="Bars.").files()


def test_a_figure_carries_its_alt_text():
    figure = Figure(chart(alt='Bars: "rain" 3.'), id="bars", caption="Bars.")
    assert again(figure).record == figure.record
    assert 'alt="Bars: &quot;rain&quot; 3."' in figure.html()
    with pytest.raises(ValueError, match="figure 'bars' has no alt text"):
        Figure(chart(alt=""), id="bars", caption="Bars.")


def test_a_text_marks_its_spans():
    spans = pd.DataFrame({"start": [8, 0], "end": [13, 4], "label": ["location", "misc"]})
    text = Text("Rain in <Giza>.", spans, id="text", caption="Rain.", by="label")
    assert text.marks() == [(0, 4, "misc"), (8, 13, "location")]
    page = text.html()
    assert '<mark class="mark-misc" data-label="misc">Rain</mark> in ' in page
    assert "&lt;Giza</mark>&gt;." in page
    assert again(text).html() == page
    assert text.files()["tables/text.csv"].decode().splitlines()[1] == "0,4,misc,Rain"


def test_marks_that_overlap_are_refused():
    spans = pd.DataFrame({"start": [0, 2], "end": [4, 5]})
    with pytest.raises(ValueError, match="two marks overlap at character 2"):
        Text("Raining", spans, id="text", caption="Rain.").html()


@pytest.mark.parametrize(
    ("value", "unit", "look"),
    [
        (460, "tokens", "460 tokens"),
        (np.int64(12345), "", "12,345"),
        (0.5, "", "0.500"),
        (math.nan, "words", "– words"),
    ],
)
def test_a_number(value, unit, look):
    number = Number(value, id="tokens", unit=unit)
    assert str(number) == look
    assert again(number).html() == number.html()


@pytest.mark.parametrize("value", ["460", True, None])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(TypeError, match="number 'tokens' is"):
        Number(value, id="tokens")


@pytest.mark.parametrize("bad", ["", "Key terms", "1st", "a_b"])
def test_ids_are_stable_handles(bad):
    with pytest.raises(ValueError, match="expected lower-case letters, digits and hyphens"):
        Number(1, id=bad)


def test_a_caption_is_needed():
    with pytest.raises(ValueError, match="has no caption"):
        Table(WORDS, id="words")


def test_notes_are_a_list():
    with pytest.raises(TypeError, match="expected a list of notes"):
        Table(WORDS, id="words", caption="Words.", notes="Counted.")


def test_show_prints_a_line_outside_a_notebook(capsys):
    show(Table(WORDS, id="words", caption="Words."), Number(3, id="n", unit="words"))
    assert capsys.readouterr().out == "[table words] Words.\n3 words\n"


def test_a_record_of_no_known_kind_is_refused():
    with pytest.raises(ValueError, match="expected one of table, figure, text, number"):
        read_record({"kind": "poem"})
