"""Options of functions and parameters of notebooks: each is refused in one line before anything is done with it."""

import inspect
import json
import re

import pandas as pd
import pytest

from analysis import Table, annotate, charts, compare, content, measures, summary
from analysis.cli import main
from analysis.options import LISTED, METHODS, PARAMETERS, RULES, find_rule
from analysis.report import COMPARE, ParameterError, notebook_parameters, notebook_paths, read_parameters
from analysis.report.notebook import NOTEBOOKS
from analysis.tables import STAGES, empty
from tests.conftest import PROJECT, SEED, case_parameter


def cases(kind):
    """Return the cases of a kind, each with its label as the id of its test."""
    rows = json.loads((PROJECT / "tests" / "cases" / f"{kind}.json").read_text(encoding="utf-8"))
    return [*map(case_parameter, rows)]


FUNCTIONS = {
    f"{package.__name__.rpartition('.')[2]}.{name}": getattr(package, name)
    for package in (measures, summary, compare, charts, content)
    for name in package.__all__
    if inspect.isfunction(getattr(package, name))
} | {"annotate": annotate, "Table": Table}
#: What is no number, flag or list: it is checked by what it is used for.
OTHER = {"attributor", "by", "caption", "columns", "id", "leave_out", "models", "notes"}


def options_of(function):
    parameters = inspect.signature(function).parameters.values()
    return [parameter for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY]


def arguments_of(name):
    """Return what a function is called with before its options: empty tables, a query, numbers or a word."""
    if name in STAGES:
        query = ["fog"] if name.endswith(".concordance") else []
        return [empty(table) for table in STAGES[name].requires] + query
    if name.startswith("charts."):
        return [pd.DataFrame()] * (2 if name.endswith(("name_network", "sentence_tree")) else 1)
    return ["fog"] if name.endswith(".syllables") else [1, 10, 1, 10]


# Functions


def test_every_option_has_a_rule_or_a_list_of_values():
    options = {option.name for function in FUNCTIONS.values() for option in options_of(function)}
    assert options - OTHER == (RULES.keys() | LISTED) - OTHER


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if "." in name])
def test_an_option_that_makes_no_sense_is_refused_in_one_line(name):
    for option in options_of(FUNCTIONS[name]):
        if option.name in RULES:
            with pytest.raises(ValueError, match=rf"^{option.name} is .*; expected [^\n]*$"):
                FUNCTIONS[name](*arguments_of(name), **{option.name: float("nan")})


@pytest.mark.parametrize("case", cases("options"))
def test_options_of_the_wrong_size_or_kind(case):
    message = rf"^{case['option']} is .*; expected {re.escape(case['expected'])}$"
    with pytest.raises(ValueError, match=message) as error:
        FUNCTIONS[case["function"]](*arguments_of(case["function"]), **{case["option"]: case["value"]})
    assert len(str(case["value"])) > 30 or repr(case["value"]) in str(error.value)


@pytest.mark.parametrize("force", ["no", 1, None, 0.0])
def test_annotate_is_forced_or_not(force):
    with pytest.raises(ValueError, match=f"^force is {force!r}; expected True or False$"):
        annotate("Rain fell in Giza.", force=force)


@pytest.mark.parametrize("rows", [0, -3, 2.5, True, "ten", None, float("nan")])
def test_rows_of_a_table_are_a_whole_number(rows):
    with pytest.raises(ValueError, match=f"^table 'rain': rows is {rows!r}; expected a whole number, 1 or more$"):
        Table(pd.DataFrame({"n": [1]}), id="rain", caption="Rain.", rows=rows)


def test_numbers_of_numpy_and_large_ones_are_allowed():
    three = pd.Series([3]).iloc[0]
    table = Table(pd.DataFrame({"n": range(9)}), id="rain", caption="Rain.", rows=three)
    assert "First 3 of 9 rows" in table.all_notes()[0]
    assert len(Table(table.data, id="rain", caption="Rain.", rows=10**30).shown_columns()[0].cells) == 9
    scores = pd.DataFrame({"article_id": "a", "text": ["Fog."], "n_words": 1, "excluded": "", "lead": 1.0})
    for length in (three, 10**30, None):
        assert summary.summarise(scores, method="lead", n_sentences=length)["selected"].tolist() == [True]


@pytest.mark.parametrize("labels", [["people"], "people", ["person", 3]])
def test_names_are_followed_of_kinds_that_there_are(labels):
    for function in (compare.names_over_time, compare.name_pairs_over_time):
        with pytest.raises(ValueError, match=r"^labels is ('people'|3); expected one of 'person', 'location'"):
            function(empty("reports"), labels=labels)


# Parameters


def test_the_methods_are_those_of_the_summary():
    assert list(summary.METHODS) == list(METHODS)


def test_every_parameter_that_is_no_name_has_a_rule():
    found = {}
    for path in (*notebook_paths(), COMPARE):
        found |= notebook_parameters(path)
    ruled = {name for name, parameter in found.items() if find_rule(name, default=parameter.default)}
    assert found.keys() - ruled == {"article", "reports", "columns", "by", "pair_by", "period", "save_to"}
    assert PARAMETERS.keys() <= ruled


@pytest.mark.parametrize("case", cases("parameters"))
def test_parameters_are_refused_before_anything_runs(case):
    notebooks = COMPARE if case["command"] == "compare" else NOTEBOOKS
    given = {case["name"]: case["text"]}
    if case["expected"] is None:
        assert str(read_parameters(given, notebooks=notebooks)[case["name"]]) == case["text"].replace('"', "'")
        return
    with pytest.raises(ParameterError) as error:
        read_parameters(given, notebooks=notebooks)
    assert str(error.value) == case["expected"]


@pytest.mark.parametrize("command", ["report", "batch"])
def test_commands_refuse_a_parameter_in_one_line(command, tmp_path, warm, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main([command, str(SEED), "-p", "n_sentences", "-4"]) == 2
    told = capsys.readouterr()
    assert told.err == "dateline: parameter n_sentences is -4; expected a whole number, 1 or more\n"
    assert not told.out
    assert not list(tmp_path.iterdir())


def test_a_notebook_may_give_a_name_to_something_else(tmp_path):
    import nbformat

    cell = nbformat.v4.new_code_cell("width = -1.5  # degrees", metadata={"tags": ["parameters"]})
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "1-a.ipynb")
    assert read_parameters({"width": "-2"}, notebooks=tmp_path) == {"width": -2.0}
