"""Kernels: this Python, and surroundings that nobody's own set-up reaches."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import papermill
import pytest
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from analysis.kernels import STILL, ForkServer, StillKernelManager

ASK = """
import json, os, sys
import IPython
print(json.dumps({
    "python": sys.executable,
    "still": {name: os.environ.get(name) for name in ask},
    "ipython": IPython.paths.get_ipython_dir(),
    "started": "personal" in globals(),
    "rc": os.environ.get("MATPLOTLIBRC"),
}))
"""


@pytest.fixture
def answer(tmp_path, monkeypatch):
    """Ask a kernel, started by a person with habits, about itself."""
    startup = tmp_path / "home" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("personal = True")
    (tmp_path / "startup.py").write_text("personal = True")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "startup.py"))
    monkeypatch.setenv("MATPLOTLIBRC", str(tmp_path / "matplotlibrc"))
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    return lambda: _ask(tmp_path)


def _ask(folder: Path) -> dict:
    import asyncio
    import json

    async def talk() -> str:
        manager = StillKernelManager()
        await manager.start_kernel(cwd=str(folder))
        client = manager.client()
        client.start_channels()
        said = []
        try:
            await client.wait_for_ready(timeout=60)
            await client.execute_interactive(
                f"ask = {list(STILL)!r}\n{ASK}",
                output_hook=lambda message: said.append(message["content"].get("text", "")),
                timeout=60,
            )
        finally:
            client.stop_channels()
            await manager.shutdown_kernel(now=True)
        return "".join(said)

    return json.loads(asyncio.run(talk()))


def test_a_kernel_is_this_python_held_still(answer, tmp_path):
    found = answer()
    assert found["python"] == sys.executable
    assert found["still"] == STILL
    assert Path(found["ipython"]).parent.name.startswith("dateline-")
    assert not Path(found["ipython"]).exists()
    assert not found["started"]
    assert found["rc"] is None


def test_the_starting_process_keeps_its_own_surroundings(answer):
    before = dict(os.environ)
    answer()
    assert dict(os.environ) == before


# Kernels forked from a warm process


def make_notebook(path: Path, *sources: str) -> Path:
    cells = [nbformat.v4.new_code_cell(source, id=f"cell-{number}") for number, source in enumerate(sources)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def run(source: Path, target: Path, **options) -> nbformat.NotebookNode:
    return papermill.execute_notebook(
        str(source), str(target), engine_name="dateline", kernel_name="python3", progress_bar=False, **options
    )


def said(notebook: nbformat.NotebookNode) -> list[str]:
    return [output.text.strip() for cell in notebook.cells for output in cell.get("outputs", ()) if "text" in output]


@pytest.fixture(scope="module")
def server():
    """Give a warm process."""
    if sys.platform != "linux":
        pytest.skip("kernels are forked on Linux only")
    with ForkServer("import json, numpy\nwarmed = True") as started:
        yield started


def test_a_kernel_is_a_fresh_copy_of_the_server(server, tmp_path):
    source = make_notebook(
        tmp_path / "a.ipynb",
        "import os, sys\nprint(os.getppid())\nprint('numpy' in sys.modules, 'warmed' in globals(), __name__)",
        "print(os.getcwd())\nassert os.getpid() == os.getpgid(0)",
    )
    lines = said(run(source, tmp_path / "b.ipynb", resources={"metadata": {"path": str(tmp_path)}}))
    assert lines == [f"{server.pid}\nTrue False __main__", str(tmp_path)]


def test_nothing_passes_from_one_kernel_to_the_next(server, tmp_path):
    run(make_notebook(tmp_path / "a.ipynb", "import json\njson.left = 1"), tmp_path / "b.ipynb")
    again = make_notebook(tmp_path / "a.ipynb", "import json\nprint(hasattr(json, 'left'))")
    assert said(run(again, tmp_path / "b.ipynb")) == ["False"]


def test_a_forked_kernel_gives_what_a_launched_one_gives(server, tmp_path, monkeypatch):
    source = make_notebook(
        tmp_path / "a.ipynb",
        "import os, sys, time, warnings, locale\nprint(sys.path, sys.flags, sys.argv[0][-18:], locale.getlocale())",
        "print({name: value for name, value in sorted(os.environ.items()) if name not in varying})",
        "warnings.warn('seen', DeprecationWarning)\nprint({'b', 'a', 'c'}, time.tzname, sys.stdin.isatty())",
        "import matplotlib\nprint(matplotlib.rcParams['backend'])",
        "1 / 0",
    )
    notebook = nbformat.read(source, 4)
    varying = "varying = {'JPY_PARENT_PID', 'DATELINE_KERNELS', 'MPLBACKEND', 'IPYTHONDIR', 'JE_ARROW_MALLOC_CONF'}\n"
    notebook.cells[1].source = varying + notebook.cells[1].source
    nbformat.write(notebook, source)
    found = []
    for target in (tmp_path / "forked.ipynb", tmp_path / "launched.ipynb"):
        with pytest.raises(papermill.PapermillExecutionError, match="division by zero"):
            run(source, target)
        notebook = nbformat.read(target, 4)
        found.append([(cell.source, cell.get("outputs")) for cell in notebook.cells[1:]])
        monkeypatch.delenv("DATELINE_KERNELS", raising=False)
    assert found[0] == found[1]
    assert len(found[0]) > 4


def test_a_file_that_the_server_has_open_is_each_kernel_s_own(tmp_path):
    (tmp_path / "read.txt").write_text("one two three")
    with ForkServer(f"import builtins\nbuiltins.kept = open({str(tmp_path / 'read.txt')!r}, 'rb', 0)\nkept.read(4)"):
        source = make_notebook(tmp_path / "a.ipynb", "import os\nprint(os.read(kept.fileno(), 3))")
        for _ in range(2):
            assert said(run(source, tmp_path / "b.ipynb")) == ["b'two'"]


def test_numpy_is_seeded_anew_in_each_kernel(server, tmp_path):
    source = make_notebook(tmp_path / "a.ipynb", "import numpy, random\nprint(numpy.random.rand(), random.random())")
    assert said(run(source, tmp_path / "b.ipynb")) != said(run(source, tmp_path / "c.ipynb"))


def test_what_a_notebook_asks_to_be_done_at_the_end_is_done(server, tmp_path):
    kept = tmp_path / "kept.txt"
    source = make_notebook(
        tmp_path / "a.ipynb",
        "import atexit, tempfile, pathlib",
        f"atexit.register(lambda: pathlib.Path({str(kept)!r}).write_text('done'))",
        f"scratch = tempfile.TemporaryDirectory(dir={str(tmp_path)!r}, prefix='scratch')",
        f"left_open = open({str(tmp_path / 'open.txt')!r}, 'w')\nleft_open.write('all of it')",
    )
    run(source, tmp_path / "b.ipynb")
    assert kept.read_text() == "done"
    assert not list(tmp_path.glob("scratch*"))


def test_a_kernel_that_dies_is_told_and_the_next_one_runs(server, tmp_path):
    died = make_notebook(tmp_path / "a.ipynb", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(DeadKernelError):
        run(died, tmp_path / "b.ipynb")
    assert said(run(make_notebook(tmp_path / "a.ipynb", "print('well')"), tmp_path / "b.ipynb")) == ["well"]


def test_a_kernel_that_hangs_is_ended(server, tmp_path):
    hung = make_notebook(tmp_path / "a.ipynb", "import os, time\nprint(os.getpid(), flush=True)", "time.sleep(600)")
    with pytest.raises(CellTimeoutError):
        run(hung, tmp_path / "b.ipynb", execution_timeout=1)
    (pid,) = said(nbformat.read(tmp_path / "b.ipynb", 4))
    assert not Path(f"/proc/{pid}").exists()


def test_kernels_end_with_who_asked_for_them(server, tmp_path):
    started = tmp_path / "pid"
    source = make_notebook(
        tmp_path / "a.ipynb",
        f"import os, pathlib, time\npathlib.Path({str(started)!r}).write_text(str(os.getpid()))\ntime.sleep(600)",
    )
    command = [sys.executable, "-m", "papermill", "--engine", "dateline", "-k", "python3", str(source), str(source)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as asking:
        assert wait_for(lambda: started.exists() and started.read_text())
        pid = started.read_text()
        assert f"PPid:\t{server.pid}\n" in Path(f"/proc/{pid}/status").read_text()
        asking.kill()
    assert wait_for(lambda: not Path(f"/proc/{pid}").exists())


def test_a_server_ends_with_its_starter_however_that_ends(tmp_path):
    code = """
import os, time
from analysis.kernels import ForkServer
with ForkServer() as server:
    print(server.pid, os.path.dirname(os.environ["DATELINE_KERNELS"]), flush=True)
    time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as starter:
        pid, folder = starter.stdout.readline().split()
        starter.kill()
    assert wait_for(lambda: not Path(f"/proc/{pid}").exists() and not Path(folder).exists())


@pytest.mark.parametrize("state", ["gone", "deaf", "threaded"])
def test_without_a_server_that_can_fork_a_kernel_is_launched(state, tmp_path, monkeypatch):
    warm = "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
    with ForkServer(warm if state == "threaded" else "") as server:
        path = os.environ["DATELINE_KERNELS"]
        if state == "deaf":
            os.kill(server.pid, signal.SIGKILL)
        if state == "gone":
            monkeypatch.setenv("DATELINE_KERNELS", str(tmp_path / "nowhere" / "server"))
        source = make_notebook(tmp_path / "a.ipynb", "import os\nprint(os.getppid())")
        assert said(run(source, tmp_path / "b.ipynb")) == [str(os.getpid())]
        monkeypatch.setenv("DATELINE_KERNELS", path)


def test_a_server_that_cannot_warm_up_serves_all_the_same(tmp_path, capfd):
    with ForkServer("raise RuntimeError('too cold')") as server:
        source = make_notebook(tmp_path / "a.ipynb", "import os\nprint(os.getppid())")
        assert said(run(source, tmp_path / "b.ipynb")) == [str(server.pid)]
    assert "too cold" in capfd.readouterr().err


def wait_for(condition, seconds: float = 20) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_anyone_s_papermill_forks_its_kernels(tmp_path):
    source = make_notebook(tmp_path / "a.ipynb", "import sys\nprint('colorsys' in sys.modules)")
    papermill_command = [sys.executable, "-m", "papermill", "--engine", "dateline", "-k", "python3"]
    command = [*papermill_command, "--no-progress-bar", str(source), str(tmp_path / "b.ipynb")]
    with_server = [sys.executable, "-m", "analysis.kernels", "--warm", "import colorsys", *command]
    assert subprocess.run(with_server, check=False, capture_output=True).returncode == 0
    assert said(nbformat.read(tmp_path / "b.ipynb", 4)) == [str(sys.platform == "linux")]
    nothing = subprocess.run(with_server[:5], check=False, capture_output=True, text=True)
    assert (nothing.returncode, "no command was given" in nothing.stderr) == (2, True)
