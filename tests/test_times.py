"""When an article says things are: time expressions, their values, and the days that they may be."""

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import tables
from analysis.article import Article
from analysis.content import find_times
from analysis.content.time_patterns import Patterns
from analysis.language import annotate
from tests import simple_tables
from tests.conftest import case_parameter

CASES = json.loads((Path(__file__).parent / "cases" / "times.json").read_text(encoding="utf-8"))
#: Words of time expressions, for texts of any of them.
WORDS = """the last next past first second of in on May March 31 30 2014 1999s 1990s 5th a two quarter half day days
year years century Monday night 24:00 12 a.m. noon ago later before and to - , fiscal 0 000 99 Easter Ramadan
2/30/2014 BC 30,000 billion weekend mid-1998 2010-02-30 every per '98 Q4 tomorrow fall spring 29 February""".split()
#: What a case gives of each row: the first three, or all.
COLUMNS = ["text", "type", "value", "earliest", "latest", "anchored"]


def article(case, **more):
    """Return the article of a case, whose second paragraph it is, lest it be taken for a headline."""
    metadata = {name: case[name] for name in ("published", "inferred") if name in case}
    return Article.from_text(case["text"], **{"title": "Rain", **metadata, **more})


@pytest.fixture(scope="module")
def found():
    """Return the rows of each case, as dictionaries."""
    articles = [article(case, id=str(number)) for number, case in enumerate(CASES)]
    sentences, tokens, *_ = annotate(articles, force=True)
    times = find_times(articles, sentences, tokens)
    return tables.check("times", times)


@pytest.mark.parametrize("case", list(map(case_parameter, CASES)))
def test_times_of_a_sentence_or_two(case, found):
    own = found[found["article_id"] == str(CASES.index(case))]
    rows = own[COLUMNS].to_numpy().tolist()
    expected = case["expected"]
    assert [row[: len(each)] for row, each in zip(rows, expected, strict=False)] == expected
    assert [row[0] for row in rows] == [each[0] for each in expected]


def test_rows_point_into_the_article(found):
    texts = {str(number): case["text"] for number, case in enumerate(CASES)}
    for row in found.itertuples():
        assert texts[row.article_id][row.start : row.end] == row.text


def test_bounds_are_days_in_order(found):
    known = found[(found["earliest"] != "") & (found["latest"] != "")]
    assert len(known) > 100
    for row in known.itertuples():
        assert date.fromisoformat(row.earliest) <= date.fromisoformat(row.latest), row.text


def test_what_is_anchored_to_the_calendar_has_bounds(found):
    dates = found[found["anchored"] & found["type"].isin(["DATE", "TIME"])]
    named = dates[~dates["value"].str.startswith(("FY", "BC"))]
    assert (named["earliest"] != "").all()
    assert not dates["value"].str.contains("X").any()


def test_relative_values_say_what_is_not_known(found):
    relative = found[~found["anchored"] & found["type"].isin(["DATE", "TIME"])]
    assert relative["value"].str.contains("X|_REF").all()


def test_times_of_articles_together_are_those_of_each_alone(found):
    for number in (0, 40, 120):
        own = article(CASES[number], id="0")
        sentences, tokens, *_ = annotate(own, force=True)
        together = found[found["article_id"] == str(number)].assign(article_id="0").reset_index(drop=True)
        pd.testing.assert_frame_equal(together, find_times(own, sentences, tokens))


def test_no_text_has_no_times():
    sentences, tokens, *_ = annotate([], force=True)
    assert len(find_times([], sentences, tokens)) == 0


def test_without_trees_a_weekday_is_the_last_one():
    own = Article.from_text("The minister will resign at home, her aides said, on Monday.", published="2014-09-17")
    sentences, tokens, *_ = annotate(own, force=True, syntax=False)
    assert find_times(own, sentences, tokens)["value"].tolist() == ["2014-09-15"]


@pytest.mark.parametrize("published", ["n.d.", "2014-13-45", "2014-09-30/2014-09-28", "Monday"])
def test_a_date_of_publication_that_is_none_leaves_times_relative(published):
    own = Article.from_text("The minister resigned yesterday.", published=published)
    sentences, tokens, *_ = annotate(own, force=True)
    assert find_times(own, sentences, tokens)["value"].tolist() == ["PAST_REF"]


@given(published=st.dates(), words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=12))
def test_no_words_in_any_order_break_the_rules(published, words):
    text = " ".join(words)
    own = Article.from_text(text, id="a", published=published.isoformat())
    times = tables.check("times", find_times(own, *simple_tables.tables(text)))
    assert [text[row.start : row.end] for row in times.itertuples()] == times["text"].tolist()
    assert (times["start"].iloc[1:].to_numpy() >= times["end"].iloc[:-1].to_numpy()).all()


# The tables of words and patterns


def test_every_class_and_reading_of_the_patterns_is_known():
    patterns = Patterns([], {"May": []}, ["date\tMONTH"])
    assert [match.parts for match in patterns.find(patterns.codes["May"], ["May"], (0, 1), lambda match: [match])] == [
        {"month": "1"}
    ]
    with pytest.raises(KeyError, match="WEEKDAY"):
        Patterns([], {"May": []}, ["date\tWEEKDAY"])


def test_a_match_that_is_refused_leaves_its_words_to_others():
    patterns = Patterns(["UNIT\t1D\tday"], {"May": []}, ["date\tMONTH UNIT", "set\tUNIT"])
    codes = patterns.codes["May"] + patterns.codes["day"]
    accept = lambda match: [match.reading] if match.reading == "set" else []  # noqa: E731 - one expression
    assert list(patterns.find(codes, ["May", "day"], (0, 2), accept)) == ["set"]


def test_the_longest_match_counts_and_marks_end_it():
    patterns = Patterns(["UNIT\t1D\tday"], {"May": []}, ["date\tMONTH", "date\tin < MONTH DAY > UNIT"])
    forms = ["in", "May", "5", "day"]
    codes = "".join(patterns.codes[form] for form in forms)
    (match,) = patterns.find(codes, forms, (0, 4), lambda match: [match])
    assert (match.start, match.end, match.parts) == (1, 3, {"month": "1", "day": "5", "unit": "1D"})
