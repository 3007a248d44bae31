"""What a notebook does for the person who runs it: parameters are checked, the report is saved."""

from threading import Event

import nbformat
import pytest
from click.testing import CliRunner
from papermill.cli import papermill as papermill_command

from analysis import Article, save_report
from analysis.article import write_article
from analysis.layout import REPORT_FILES
from analysis.report import ParameterError
from analysis.report.interactive import check_sources
from analysis.waiting import telling

DECLARED = 'article = "a.txt"  # which\nn_terms = 12  # how many\nspeaker = ""  # who'
NAMES = {"article": "a.txt", "n_terms": 12, "speaker": ""}


@pytest.mark.parametrize(
    ("cells", "values", "message"),
    [
        ([DECLARED], {}, None),
        (["import pandas"], {"n_terms": -5}, None),
        ([DECLARED, "# Parameters\nn_terms = 5"], {"n_terms": 5}, None),
        ([DECLARED, "# Parameters\nn_term = 5"], {"n_term": 5}, "no parameter 'n_term'; it has article"),
        # Papermill's cell of an earlier run counts no more.
        ([DECLARED, "# Parameters\nn_term = 5", "# Parameters\nn_terms = 5"], {"n_terms": 5}, None),
        ([DECLARED], {"n_terms": -5}, "parameter n_terms is -5; expected a whole number, 1 or more"),
        ([DECLARED], {"speaker": 5}, "parameter speaker is 5; expected a part of a name, or ''"),
        # A person writes into the cell itself, so that a wrong value is the default.
        ([DECLARED.replace("12", "0.5")], {"n_terms": 0.5}, "parameter n_terms is 0.5; expected a whole"),
        ([DECLARED.replace("12", "'many'"), "1 +"], {"n_terms": "many"}, "parameter n_terms is 'many'; expected"),
        # Cells that are no parameters: not only literals, or without what the notebook reads.
        ([DECLARED, "article = read(1)\nn_terms = 3"], {"n_terms": 12}, None),
        (["n_terms = 3  # by the way"], {"n_terms": -3}, None),
    ],
    ids=str,
)  # fmt: skip
def test_parameters_of_a_notebook_are_checked_by_what_ran(cells, values, message):
    if message is None:
        check_sources([*cells, "check_parameters()"], NAMES | values)
        return
    with pytest.raises(ParameterError, match=message.replace("'", ".")) as raised:
        check_sources([*cells, "check_parameters()"], NAMES | values)
    assert raised.value._render_traceback_() == [f"NotebookParameterError: {raised.value}"]


KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def notebook_of(*cells):
    parameters = nbformat.v4.new_code_cell(DECLARED, metadata={"tags": ["parameters"]})
    code = [parameters, *map(nbformat.v4.new_code_cell, cells)]
    return nbformat.v4.new_notebook(cells=code, metadata={"kernelspec": KERNEL})


@pytest.mark.parametrize(
    ("given", "message"),
    [(("n_term", "5"), "this notebook has no parameter 'n_term'"), (("n_terms", "0"), "parameter n_terms is 0")],
)
def test_plain_papermill_stops_at_a_parameter_that_is_amiss(tmp_path, monkeypatch, given, message):
    monkeypatch.chdir(tmp_path)
    nbformat.write(
        notebook_of("from analysis import check_parameters\n\ncheck_parameters()", "1 / 0"), tmp_path / "in.ipynb"
    )
    run = CliRunner().invoke(papermill_command, ["in.ipynb", "out.ipynb", "-p", *given])
    assert run.exit_code != 0
    assert message in str(run.exception)
    assert "ZeroDivisionError" not in str(run.exception)


def test_a_report_is_saved_from_within_a_notebook(tmp_path, warm, monkeypatch):
    monkeypatch.chdir(tmp_path)
    article = Article.from_text("Rain in Giza\n\nIt rained in Giza on Monday, the mayor said.", id="rain")
    write_article(article, tmp_path / "rain.txt")
    cells = [
        "from analysis import read_article, save_report",
        "story = read_article('rain.txt')",
        "save_report(story, 'saved', n_sentences=1)",
    ]
    nbformat.write(notebook_of(*cells), tmp_path / "in.ipynb")
    assert CliRunner().invoke(papermill_command, ["in.ipynb", "out.ipynb"]).exit_code == 0
    assert (tmp_path / "saved" / REPORT_FILES["page"]).is_file()
    outputs = nbformat.read(tmp_path / "out.ipynb", as_version=4).cells[-1].outputs
    assert "".join(output.text for output in outputs).splitlines()[-1] == "saved/report.html"


def test_no_report_is_saved_without_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save_report(Article.from_text("It rained.", id="rain"))
    assert not list(tmp_path.iterdir())


class Shell:
    """What IPython is in a notebook: whose cell runs, and what is shown of it."""

    def __init__(self, metadata):
        self._metadata = metadata

    def get_parent(self):
        return {"metadata": self._metadata}


@pytest.mark.parametrize(
    ("metadata", "seconds", "n_shown"), [({"cellId": "a"}, 0.0, 2), ({"cellId": "a"}, 60.0, 0), ({}, 0.0, 0)]
)
def test_who_waits_for_long_in_a_notebook_is_told(monkeypatch, metadata, seconds, n_shown):
    shown = []

    class Handle:
        def update(self, data, **_):
            shown.append(data["text/plain"])

    def display(data, **_):
        shown.append(data["text/plain"])
        is_told.set()
        return Handle()

    is_told = Event()
    monkeypatch.setattr("IPython.get_ipython", lambda: Shell(metadata))
    monkeypatch.setattr("IPython.display.display", display)
    monkeypatch.setattr("analysis.waiting.PATIENCE_SECONDS", seconds)
    assert telling("annotating")(lambda: is_told.wait(10 if n_shown else 0.1))() is bool(n_shown)
    assert shown == ["annotating: 0 s so far", "annotating: 0 s"][:n_shown]
