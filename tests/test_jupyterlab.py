"""The notebooks as a person runs them: in a real JupyterLab, in a browser, in a clone of the repository."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest

from analysis.report import notebook_parameters, notebook_paths

from .browser import Browser, needs_chromium
from .conftest import PROJECT

pytestmark = [pytest.mark.slow, pytest.mark.repository, needs_chromium]

#: All cells are elements of the page, so that they can be looked at; nobody is asked anything.
SETTINGS = {
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
TO_START_SECONDS, TO_RUN_SECONDS = 120, 300


def git(folder, *arguments):
    options = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    command = ["git", *options, *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def wait(find, seconds):
    end = time.monotonic() + seconds
    while not (found := find()):
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.2)
    return found


class Lab:
    """JupyterLab in a clone of the repository, started as ``make lab`` does, and a browser that shows it."""

    def __init__(self, folder: Path, browser: Browser) -> None:
        self.clone = folder / "clone"
        git(folder, "clone", "--quiet", PROJECT, self.clone)
        for source in (PROJECT / "notebooks").glob("*.ipynb"):
            nbformat.write(nbformat.read(source, as_version=4), self.clone / "notebooks" / source.name)
        git(self.clone, "add", ".")
        git(self.clone, "commit", "--quiet", "--allow-empty", "--message", "Take the notebooks as they are")
        for name, values in SETTINGS.items():
            path = folder / "settings" / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(values))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        own = {name: str(folder / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")}
        own |= {"JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"), "JUPYTER_RUNTIME_DIR": str(folder / "runtime")}
        own |= {"JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces")}
        own |= {"JUPYTER_CONFIG_PATH": str(PROJECT / ".ci" / "lab")}
        options = [f"--ServerApp.port={port}", "--IdentityProvider.token=", "--expose-app-in-browser", "--allow-root"]
        self._log = (folder / "log").open("w")
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "jupyterlab", "--no-browser", *options],
            cwd=self.clone, env=os.environ | own, stdout=self._log, stderr=self._log,
        )  # fmt: skip
        self.address = f"http://127.0.0.1:{port}"
        self.browser = browser
        wait(self._answers, TO_START_SECONDS)

    def _answers(self) -> bool:
        assert self._process.poll() is None, Path(self._log.name).read_text()
        try:
            return urllib.request.urlopen(f"{self.address}/api", timeout=5).status == 200  # noqa: S310 - our own
        except OSError:
            return False

    def open(self, notebook: str) -> None:
        """Open a notebook alone, and wait for its kernel; one that was open before is saved."""
        if self.browser.run("Boolean(window.jupyterapp)"):
            self.save()
        self.browser.visit(f"{self.address}/lab/tree/notebooks/{notebook}?reset")
        self.wait("window.jupyterapp?.shell.currentWidget?.content?.activeCell && true")
        self.wait("jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'")

    def wait(self, condition: str, seconds: float = TO_START_SECONDS) -> None:
        wait(lambda: self.browser.run(condition), seconds)

    def command(self, name: str, **arguments) -> None:
        self.browser.run(f"jupyterapp.commands.execute('{name}', {json.dumps(arguments)}).then(() => 1)")

    def run_all(self) -> None:
        """Restart the kernel and run all cells, as a person does from the menu."""
        self.browser.run(
            "window.ran = 0; jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
            ".then(() => jupyterapp.commands.execute('notebook:run-all-cells')).then(() => { window.ran = 1 }); 1"
        )
        self.wait("window.ran === 1", TO_RUN_SECONDS)

    def errors(self) -> list[str]:
        return self.browser.run(
            '[...document.querySelectorAll(\'.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"],'
            ' .jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"]\')].map(each => each.innerText)'
        )

    def change(self, before: str, after: str) -> None:
        """Write something else in the notebook's first cell of code."""
        changed = self.browser.run(
            "(() => { const model = jupyterapp.shell.currentWidget.content.widgets"
            ".find(cell => cell.model.type === 'code').model.sharedModel;"
            f" const source = model.getSource(); model.setSource(source.replace({json.dumps(before)},"
            f" {json.dumps(after)})); return model.getSource() !== source }})()"
        )
        assert changed

    def save(self) -> None:
        self.command("docmanager:save")

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)
        self._log.close()


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    browser = Browser(folder / "chromium")
    browser.send("Emulation.setDeviceMetricsOverride", width=1400, height=900, deviceScaleFactor=1, mobile=False)
    browser.send("Emulation.setFocusEmulationEnabled", enabled=True)
    lab = Lab(folder, browser)
    yield lab
    lab.close()
    browser.close()


def exhibits(lab, kind):
    return lab.browser.run(f"document.querySelectorAll('.jp-Notebook .exhibit.{kind}').length")


@pytest.mark.parametrize("name", [path.stem for path in notebook_paths()])
def test_a_notebook_runs_again_with_another_parameter_and_leaves_no_change(lab, name):
    lab.open(f"{name}.ipynb")
    lab.run_all()
    assert lab.errors() == []
    seen = {kind: exhibits(lab, kind) for kind in ("table", "figure")}
    assert all(seen.values())
    assert lab.browser.run("[...document.querySelectorAll('.exhibit img')].every(image => image.naturalWidth > 100)")
    lab.save()
    assert git(lab.clone, "status", "--porcelain") == ""

    parameters = notebook_parameters(PROJECT / "notebooks" / f"{name}.ipynb")
    changed = next(each for each in parameters if each.startswith("n_"))
    before, after = f"{changed} = {parameters[changed].default}", f"{changed} = 2"
    parts = "document.querySelectorAll('.exhibit.table tbody, .exhibit.brief ul')"
    counts = f"[...{parts}].map(part => part.children.length).join()"
    rows = lab.browser.run(counts)
    lab.change(before, after)
    lab.run_all()
    assert lab.errors() == []
    assert lab.browser.run(counts) != rows
    lab.change(after, before)
    lab.save()
    assert git(lab.clone, "status", "--porcelain") == ""


def test_tables_page_sort_and_filter(lab):
    lab.open("1-tokenise.ipynb")
    lab.run_all()
    cells = "[...document.querySelectorAll('#tokens tbody tr')].map(row => row.cells[0].innerText)"
    assert lab.browser.run(cells)[:2] == ["0", "1"]
    lab.browser.run("document.querySelector('#tokens th button').click()")
    assert lab.browser.run(cells)[:2] == ["459", "458"]
    n_cells = "jupyterapp.shell.currentWidget.content.widgets.length"
    before = lab.browser.run(n_cells)
    lab.browser.run("document.querySelector('#tokens input').focus()")
    # Outside a field these are shortcuts: a new cell above, one below, and one removed.
    for letter in "abdd":
        lab.browser.type(letter)
    assert lab.browser.run("document.querySelector('#tokens input').value") == "abdd"
    assert lab.browser.run(n_cells) == before
    assert lab.browser.run("document.querySelector('#tokens [role=status]').innerText") == "none found, of 460"


def test_exhibits_are_readable_in_the_dark_theme(lab):
    lab.open("2-tag.ipynb")
    lab.command("apputils:change-theme", theme="JupyterLab Dark")
    lab.wait("document.body.dataset.jpThemeLight === 'false'")
    lab.run_all()
    light = "(colour => colour.match(/[\\d.]+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 3)"
    ink = "getComputedStyle(document.querySelector('#names td')).color"
    ground = "getComputedStyle(document.querySelector('.jp-Notebook')).backgroundColor"
    assert lab.browser.run(f"{light}({ink}) - {light}({ground})") > 150
    assert "invert" in lab.browser.run("getComputedStyle(document.querySelector('.exhibit img')).filter")
    mark = "document.querySelector('#names-in-place mark')"
    marked = f"getComputedStyle({mark}).backgroundColor"
    assert lab.browser.run(f"{light}({marked}) - {light}(getComputedStyle({mark}).color)") > 100
    lab.command("apputils:change-theme", theme="JupyterLab Light")


def open_own(lab, name, *cells):
    parameters = nbformat.v4.new_code_cell(
        'article = "a.txt"\nn_terms = 12  # how many', metadata={"tags": ["parameters"]}
    )
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(
        cells=[parameters, *map(nbformat.v4.new_code_cell, cells)], metadata={"kernelspec": kernel}
    )
    nbformat.write(notebook, lab.clone / "notebooks" / name)
    lab.open(name)


def test_a_bad_parameter_is_told_in_one_line(lab):
    open_own(lab, "8-checked.ipynb", "from analysis import check_parameters\n\ncheck_parameters()", "print('It ran.')")
    lab.change("n_terms = 12", "n_terms = -12")
    lab.run_all()
    assert lab.errors() == ["NotebookParameterError: parameter n_terms is -12; expected a whole number, 1 or more"]
    assert lab.browser.run("document.querySelectorAll('.jp-OutputArea-output').length") == 1


def test_who_waits_for_long_is_told(lab):
    open_own(
        lab,
        "9-waiting.ipynb",
        "import time\n\nfrom analysis.waiting import telling",
        "telling('waiting')(time.sleep)(5)",
    )
    lab.run_all()
    shown = lab.browser.run(
        "[...document.querySelectorAll('.jp-OutputArea-output')].map(each => each.innerText.trim())"
    )
    assert shown == ["waiting: 5 s"]
