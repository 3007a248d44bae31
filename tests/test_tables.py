"""The contract of the tables: what it lists, what it makes, and what it refuses."""

import re

import pandas as pd
import pytest

from analysis import tables
from analysis.tables import TABLES, check, codebook, describe, empty, frame, stage


@pytest.fixture
def mentions():
    return frame("mentions", [("a", 0, 0, 0, 5, "Cairo", "location", "Cairo")])


@pytest.mark.parametrize("name", TABLES)
def test_empty_tables_keep_their_contract(name):
    assert check(name, empty(name)).empty


@pytest.mark.parametrize("name", TABLES)
def test_every_column_says_what_it_means_and_has_a_known_dtype(name):
    columns = (*TABLES[name].columns, *TABLES[name].last)
    assert all(column.meaning and column.dtype in tables.DTYPES for column in columns)
    assert len({column.name for column in columns}) == len(columns)


@pytest.mark.parametrize("name", TABLES)
def test_text_spans_have_all_three_columns(name):
    names = TABLES[name].names
    assert ("start" in names) == ("end" in names)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.drop(columns="label"), "has no column label; expected article_id, mention,"),
        (lambda t: t.assign(more=1), "has the columns article_id, .*, more; expected"),
        (lambda t: t[t.columns[::-1]], "has the columns name, label"),
        (lambda t: t.assign(start=0.5), "has start as float64; expected int64"),
        (lambda t: t.assign(name=pd.array([None], dtype="str")), "lacks a value of name"),
        (lambda t: t.assign(label="planet"), "has 'planet' as label; expected one of person, location"),
        (lambda t: t.assign(start=9), "has a span that ends before it begins"),
    ],
)
def test_check_names_what_breaks_the_contract(mentions, change, message):
    with pytest.raises(ValueError, match=f"the mentions table {message}") as caught:
        check("mentions", change(mentions))
    assert "\n" not in str(caught.value)


def test_open_tables_take_further_columns_between_the_first_and_the_last():
    scores = empty("summary").assign(lead=pd.Series(dtype="float64"))
    first = [name for name in scores if name not in ("rank", "selected", "lead")]
    assert check("summary", scores[[*first, "lead", "rank", "selected"]]) is not None
    with pytest.raises(ValueError, match="has the columns"):
        check("summary", scores)


def test_frame_refuses_other_columns():
    with pytest.raises(ValueError, match="the counts table was given value; expected article_id, measure"):
        frame("counts", {"value": [1.0]})


@pytest.mark.parametrize("function", [empty, describe, lambda name: check(name, pd.DataFrame())])
def test_an_unknown_table_is_refused_with_the_known_ones(function):
    with pytest.raises(ValueError, match=r"no table 'word'; there are articles, sentences, tokens"):
        function("word")


def test_the_codebook_has_every_column_of_every_table():
    sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", codebook(), re.MULTILINE | re.DOTALL))
    assert list(sections) == list(TABLES)
    for name, text in sections.items():
        assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == TABLES[name].names


def test_a_stage_is_listed_and_its_docstring_quotes_the_contract(monkeypatch):
    monkeypatch.setattr(tables, "STAGES", {})

    def count_names(mentions: pd.DataFrame) -> pd.DataFrame:
        """Count names.

        Returns
        -------
        pandas.DataFrame
            {columns}
        """

    count_names.__module__ = "analysis.measures.contexts"
    stage(requires=("mentions",), returns="names")(count_names)
    assert tables.STAGES["measures.count_names"].requires == ("mentions",)
    assert "            * n (int64): mentions\n" in count_names.__doc__
    with pytest.raises(ValueError, match="no table 'word'"):
        stage(requires=("word",), returns="names")
