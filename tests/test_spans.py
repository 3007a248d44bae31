"""A text cut at the boundaries of overlapping and nested spans, and every form in which the pieces are shown."""

import html
import re

import lxml.etree
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import Text
from analysis.exhibits import Span, cut, read_record, write_marked

LETTERS = st.text(alphabet="ab <&\"'\n ", max_size=30)


@st.composite
def marked_texts(draw, max_spans=8):
    """Draw a text and spans of it, which may be equal, nest and cross, in layers."""
    text = draw(LETTERS)
    if not text:
        return text, []
    bounds = st.lists(st.integers(0, len(text)), min_size=2, max_size=2, unique=True).map(sorted)
    labels = st.sampled_from(["", "x", "y"])
    span = st.builds(lambda bounds, label, layer: Span(*bounds, label, layer), bounds, labels, st.sampled_from("pq"))
    return text, draw(st.lists(span, max_size=max_spans))


def layered_text(text, spans):
    layers = {
        layer: pd.DataFrame([span for span in spans if span.layer == layer], columns=Span._fields) for layer in "pq"
    }
    return Text(text, layers, by="label", id="t", caption="T.")


@given(marked_texts())
def test_pieces_reproduce_the_text(marked):
    text, spans = marked
    pieces = list(cut(text, spans))
    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text == text[piece.start : piece.end] and piece.text for piece in pieces)


@given(marked_texts())
def test_a_piece_has_one_element_for_each_span_that_covers_it(marked):
    text, spans = marked
    for piece in cut(text, spans):
        covering = [span for span in spans if span.start <= piece.start and piece.end <= span.end]
        assert sorted(element.span for element in piece.elements) == sorted(covering)
        assert not [
            span for span in spans if piece.start < span.start < piece.end or piece.start < span.end < piece.end
        ]


@given(marked_texts())
def test_elements_nest_and_together_are_their_spans(marked):
    text, spans = marked
    open_elements, parts = [], []
    for piece in cut(text, spans):
        open_elements += piece.opening
        parts += piece.opening
        assert tuple(open_elements) == piece.elements
        for element in piece.closing:
            assert open_elements.pop() == element
    assert not open_elements
    for span in spans:
        own = sorted((part.start, part.end) for part in parts if part.span == span)
        assert sum(end - start for start, end in own) == spans.count(span) * (span.end - span.start)
    assert sum(part.is_first for part in parts) == sum(part.is_last for part in parts) == len(spans)


@given(marked_texts())
def test_spans_that_do_not_cross_have_one_element_each(marked):
    text, spans = marked
    apart = []
    for span in spans:
        if not any(a.start < b.start < a.end < b.end for other in apart for a, b in [(span, other), (other, span)]):
            apart.append(span)
    parts = [element for piece in cut(text, apart) for element in piece.opening]
    assert sorted(part.span for part in parts) == sorted(apart)


def test_the_first_of_equal_spans_is_outside():
    spans = [Span(0, 4, layer="sentences"), Span(0, 4, layer="names")]
    for given_order in (spans, spans[::-1]):
        (piece,) = cut("Rain", given_order)
        assert [element.span for element in piece.elements] == given_order


@pytest.mark.parametrize(("start", "end"), [(2, 2), (3, 1), (-1, 2), (0, 5), (-1, -1)])
def test_an_empty_or_outlying_span_is_refused(start, end):
    with pytest.raises(ValueError, match=f"span {start}:{end} is empty or not within the text; expected .* <= 4"):
        list(cut("Rain", [Span(start, end)]))
    with pytest.raises(ValueError, match="text 't': span"):
        Text("Rain", pd.DataFrame({"start": [start], "end": [end]}), id="t", caption="T.")


@given(marked_texts())
def test_marks_in_html_are_nested_elements_with_each_label_once(marked):
    text, spans = marked
    page = str(layered_text(text, spans).html())
    figure = lxml.etree.fromstring(page)
    shown = figure.find("div")
    assert "".join(shown.itertext()).strip() == text.strip()
    labels = [mark.get("data-label") for mark in shown.iter("mark") if mark.get("data-label")]
    assert sorted(labels) == sorted(span.label for span in spans if span.label)


@given(marked_texts())
def test_a_layered_text_comes_back_from_its_record(marked):
    text = layered_text(*marked)
    again = read_record(text.record)
    assert again.record == text.record
    assert again.html() == text.html()
    assert again.marks() == text.marks()


@given(marked_texts())
def test_spans_to_link_to_have_one_id_each(marked):
    text, spans = marked
    bounds = {span[:2] for span in spans}
    page = str(write_marked(text, [Span(*bound) for bound in sorted(bounds)]))
    assert html.unescape(re.sub(r"<[^>]*>", "", page)) == text
    ids = [element.get("id") for element in lxml.etree.fromstring(f"<p>{page}</p>").iter("span")]
    assert sorted(filter(None, ids)) == sorted(f"c{start}-{end}" for start, end in bounds)
