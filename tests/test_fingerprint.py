"""Content hashes: a change that can change a report's bytes changes them, and no other does."""

import ast
import json
import re
import shutil
import subprocess
import sys
import time

import nbformat
import pytest

from analysis.report import cache
from analysis.report.cache import describe_inputs, describe_resources
from analysis.report.fingerprint import (
    ASSET_SUFFIXES,
    hash_code,
    hash_notebook,
    module_closure,
    notebook_imports,
    strip_comments,
)
from analysis.report.notebook import notebook_paths, read_notebook
from analysis.resources import MODELS, PACKAGE, shipped

from .conftest import PROJECT, SEED

MODULES = sorted(PACKAGE.rglob("*.py"))
ROOTS = {
    "analysis.report.build",
    "analysis.kernels.engine",
    "analysis.kernels.provisioner",
    "analysis.kernels.server",
    *(name for path in notebook_paths() for name in notebook_imports(read_notebook(path))),
}


def without_docstrings(source: bytes) -> ast.Module:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and ast.get_docstring(node) is not None
        ):
            node.body = node.body[1:] or ([] if isinstance(node, ast.Module) else [ast.Pass()])
    return tree


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_stripping_removes_only_comments_docstrings_and_blank_lines(path):
    source = path.read_bytes()
    assert ast.dump(ast.parse(strip_comments(source))) == ast.dump(without_docstrings(source))


@pytest.mark.parametrize(
    ("source", "stripped"),
    [
        ("a = 1  # one\n\n\n# two\nb = '# no comment'  \n", "a = 1\nb = '# no comment'\n"),
        ('"""What."""\n\nx = """a\n\n  # kept  \n"""\n', 'x = """a\n\n  # kept  \n"""\n'),
        ('class E(Exception):\n    """Why."""\n\n\nx = 1', "class E(Exception):\n    pass\nx = 1\n"),
        ("def f():\n    pass\n", "def f():\n    pass\n"),
        ('def f():\n    "Größe — naïve."\n    return "é"  # ü\n', 'def f():\n    return "é"\n'),
        ('x = \'it\\\'s\' # \'\ny = """""" # "\n', 'x = \'it\\\'s\'\ny = """"""\n'),
        ("f = f'{a[\"#\"]}' # c\n", "f = f'{a[\"#\"]}'\n"),
        ("x = 1 + \\\n    2\r\n", "x = 1 + \\\n    2\n"),
        ("# only", ""),
    ],
)
def test_stripped_source(source, stripped):
    assert strip_comments(source.encode()).decode() == stripped


@pytest.fixture
def edited_hash(tmp_path):
    """Return a function that edits a file in a copy of the package, and returns the hash of the reports' code."""

    def edit(name: str = "", change=None) -> str:
        package = tmp_path / str(len(list(tmp_path.iterdir()))) / "analysis"
        shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__", "models"))
        if name:
            path = package / name
            text = path.read_text(encoding="utf-8")
            assert change(text) != text
            path.write_text(change(text), encoding="utf-8")
        return hash_code(ROOTS, package=package)

    return edit


def add_code(text: str) -> str:
    return f"{text}\n_ADDED = 1\n"


def test_code_that_reports_do_not_run_does_not_change_their_hash(edited_hash):
    before = edited_hash()
    assert before == hash_code(ROOTS)
    for name in (
        "batch/log.py",
        "batch/reports.py",
        "cli.py",
        "__main__.py",
        "warmup.py",
        "report/verify.py",
        "report/index.py",
        "report/bundle.py",
        "report/comparison.py",
    ):
        assert edited_hash(name, add_code) == before, name
    assert edited_hash("report/index.js", lambda text: text + ";") == before


def test_comparing_code_does_not_change_the_hash_of_reports():
    assert not [name for name in module_closure(ROOTS) if name.startswith(("analysis.compare", "analysis.batch"))]
    assert "analysis.compare" in module_closure(["analysis.report.comparison", "analysis:compare"])


def test_code_and_assets_that_reports_run_change_their_hash(edited_hash):
    before = edited_hash()
    assert edited_hash("charts/style.py", lambda text: re.sub(r'"#0072B2"', '"#0072B3"', text)) != before
    for name in ("report/page.css", "report/page.js", "report/pdf.typ"):
        assert edited_hash(name, lambda text: text.replace("{", "{ ", 1)) != before, name
    for name in ("kernels/manager.py", "language/pipeline.py", "report/build.py", "layout.py"):
        assert edited_hash(name, add_code) != before, name


@pytest.mark.repository
def test_every_other_file_of_the_package_is_an_asset_or_a_model():
    paths = (path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.*"))
    suffixes = {path.suffix for path in paths if not {"__pycache__", ".ipynb_checkpoints", "models"} & set(path.parts)}
    assert suffixes <= ASSET_SUFFIXES | {".py", ".pyi", ".typed"}


def test_comments_docstrings_and_blank_lines_do_not_change_the_hash(edited_hash):
    before = edited_hash()
    assert edited_hash("report/build.py", lambda text: f"# New.\n\n{text}\n# The end.") == before
    assert (
        edited_hash("report/build.py", lambda text: text.replace("    notify = ", "\n    # Why.\n    notify = "))
        == before
    )
    assert edited_hash("layout.py", lambda text: text.replace("What a report's folder holds", "The contents")) == before


def test_inputs_are_described_once_per_process():
    describe_inputs(notebook_paths())
    start = time.process_time()
    describe_inputs(notebook_paths())
    assert time.process_time() - start < 0.1


@pytest.fixture
def described_after(tmp_path, monkeypatch):
    """Return a function that adds a line to a file in a copy of the data or models, and describes the copy."""
    folders = {"data": tmp_path / "data", "models": tmp_path / "models"}
    shutil.copytree(shipped("data"), folders["data"])
    shutil.copytree(MODELS, folders["models"])
    monkeypatch.setattr(cache, "MODELS", folders["models"])
    monkeypatch.setattr(cache, "shipped", lambda name: folders.get(name) or shipped(name))

    def describe(folder: str, name: str) -> dict[str, str]:
        path = folders[folder] / name
        before = path.read_bytes()
        path.write_bytes(before + b"\n")
        described = describe_resources.__wrapped__()
        path.write_bytes(before)
        return described

    return describe


def test_prose_checksums_and_training_data_do_not_change_the_key(described_after):
    for name in ("README.md", "LICENSES.txt", "SHA256.json", "firms.txt", "inflections.csv.gz", "taught_tags.npz"):
        assert described_after("data", name) == describe_resources(), name
    for name in ("MODEL_CARD.md", "SHA256.json"):
        assert described_after("models", name) == describe_resources(), name


def test_word_lists_and_models_that_reports_read_change_the_key(described_after):
    for folder, name in (("data", "months.txt"), ("models", "gazetteer.tsv"), ("models", "card.json")):
        assert described_after(folder, name) != describe_resources(), name


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory):
    """Return the modules that a rehearsal has loaded, and the data and models that it has read."""
    # Some lists are read for a damaged text alone.
    damaged = tmp_path_factory.mktemp("damaged") / "damaged.txt"
    damaged.write_text("Two men were hurt when a wall fell in LeedsPolice said the men were workers.")
    code = """
import sys
from pathlib import Path
opened = set()
sys.addaudithook(lambda event, args: opened.add(str(args[0])) if event == "open" else None)
from analysis import read_article, warmup
from analysis.report.cache import Inputs
from analysis.resources import CHECKSUMS, MODELS, shipped
Inputs.read = lambda: None  # it reads every file of the key, to hash it
warmup.rehearse()
modules = list(sys.modules)
read_article(sys.argv[1])
paths = [Path(path) for path in opened]
folders = {shipped("data"): "data", MODELS: "model"}
read = {f"{folders[p.parent]}:{p.name}" for p in paths if p.parent in folders and p.name != CHECKSUMS}
print("MODULES", *modules, "READ", *read)
"""
    command = [sys.executable, "-c", code, damaged]
    run = subprocess.run(command, check=True, capture_output=True, text=True, cwd=PROJECT)
    modules, _, read = run.stdout.partition("MODULES")[2].partition("READ")
    return set(modules.split()), set(read.split())


def test_the_key_covers_the_data_and_models_that_are_read(rehearsed):
    _, read = rehearsed
    assert read == {name.replace(" ", ":") for name in describe_resources() if name.startswith(("data ", "model "))}


# Notebooks


def as_jupyterlab_saves(path) -> None:
    """Do to a notebook what JupyterLab does that runs all its cells and saves it."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.kernelspec.display_name = "Python 3 (ipykernel)"
    notebook.metadata.language_info = {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
        "version": "3.13.1",
    }
    notebook.metadata.widgets = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    notebook.metadata.toc = {"base_numbering": 1}
    for number, cell in enumerate(notebook.cells):
        cell.metadata |= {"editable": True, "slideshow": {"slide_type": ""}, "trusted": True}
        cell.metadata.setdefault("tags", [])
        if cell.cell_type == "code":
            cell.execution_count = number
            cell.metadata |= {"execution": {"iopub.execute_input": "2026-11-22T10:00:00Z"}, "collapsed": False}
            cell.metadata["jupyter"] = {"outputs_hidden": False, "source_hidden": False}
            cell.outputs = [nbformat.v4.new_output("stream", text="Egypt\n")]
    nbformat.write(notebook, path)


def test_running_and_saving_a_notebook_does_not_change_its_hash(tmp_path):
    for path in notebook_paths():
        copy = shutil.copy(path, tmp_path)
        as_jupyterlab_saves(copy)
        assert json.loads((tmp_path / path.name).read_text()) != json.loads(path.read_text())
        assert hash_notebook(read_notebook(tmp_path / path.name)) == hash_notebook(read_notebook(path))


@pytest.mark.parametrize("change", ["source", "id", "tags", "cell_type"])
def test_what_decides_how_a_notebook_runs_changes_its_hash(tmp_path, change):
    path = notebook_paths()[0]
    notebook = nbformat.read(path, as_version=4)
    cell = notebook.cells[0]
    if change == "tags":
        cell.metadata["tags"] = ["remove-cell"]
    else:
        cell[change] = {"source": "Another.", "id": "another", "cell_type": "raw"}[change]
    nbformat.write(notebook, tmp_path / path.name)
    assert hash_notebook(read_notebook(tmp_path / path.name)) != hash_notebook(read_notebook(path))


def test_imports_of_notebooks():
    cells = [
        nbformat.v4.new_code_cell("from analysis import charts, show\nimport pandas"),
        nbformat.v4.new_markdown_cell("from analysis import compare"),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    assert {name for name in notebook_imports(notebook) if "analysis" in name} == {"analysis:charts", "analysis:show"}
    cells[0].source = "%matplotlib inline\nimport analysis"
    assert notebook_imports(notebook) == {"analysis:*"}
    assert "analysis.compare" in module_closure(["analysis:*"])


@pytest.fixture(scope="module")
def modules_of_notebooks(tmp_path_factory):
    """Return the modules that a kernel has loaded once it has run all cells of the notebooks of a report."""
    import papermill

    cells = []
    for path in notebook_paths():
        for cell in read_notebook(path).cells:
            if cell.cell_type == "code":
                cells.append(nbformat.v4.new_code_cell(cell.source))
                if "parameters" in cell.metadata.get("tags", ()):
                    cells.append(nbformat.v4.new_code_cell(f"article = {str(SEED)!r}"))
    cells.append(nbformat.v4.new_code_cell("import sys\nprint(*sys.modules)"))
    folder = tmp_path_factory.mktemp("modules")
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "all.ipynb")
    run = papermill.execute_notebook(
        str(folder / "all.ipynb"),
        str(folder / "out.ipynb"),
        engine_name="dateline",
        kernel_name="python3",
        progress_bar=False,
    )
    return set(run.cells[-1].outputs[0].text.split())


def test_every_module_that_notebooks_load_is_hashed(modules_of_notebooks):
    loaded = {name for name in modules_of_notebooks if name.partition(".")[0] == "analysis"}
    assert loaded > {"analysis", "analysis.article", "analysis.exhibits"}
    assert loaded <= set(module_closure(ROOTS))


@pytest.mark.slow
def test_every_module_that_makes_a_report_is_hashed():
    code = f"""
import sys, tempfile
from pathlib import Path
from analysis.article import read_article
from analysis.report.build import make_report
with tempfile.TemporaryDirectory() as folder:
    make_report(read_article({str(SEED)!r}), out=Path(folder) / "report")
print(*sys.modules)
"""
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=PROJECT)
    loaded = {name for name in run.stdout.split() if name.partition(".")[0] == "analysis"}
    assert loaded <= set(module_closure(ROOTS))


def test_rehearsing_loads_what_notebooks_load(modules_of_notebooks, rehearsed):
    loaded, _ = rehearsed
    packages = {"analysis", "jinja2", "matplotlib", "numpy", "pandas", "pyarrow"}
    assert not {name for name in modules_of_notebooks - loaded if name.partition(".")[0] in packages}


def test_loading_loads_what_every_notebook_loads(modules_of_notebooks):
    code = "import sys\nfrom analysis.warmup import load\nload()\nprint('MODULES', *sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=PROJECT)
    loaded = set(run.stdout.partition("MODULES")[2].split())
    packages = {"analysis", "jinja2"}
    assert not {name for name in modules_of_notebooks - loaded if name.partition(".")[0] in packages}
