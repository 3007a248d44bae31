"""Kernels: they run this Python in a fixed environment, launched or forked from a warm process."""

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

from analysis.kernels import FIXED_ENVIRONMENT, ForkServer, ReproducibleKernelManager

ASK = """
import json, os, sys
import IPython
print(json.dumps({
    "python": sys.executable,
    "fixed": {name: os.environ.get(name) for name in ask},
    "ipython": IPython.paths.get_ipython_dir(),
    "started": "personal" in globals(),
    "rc": os.environ.get("MATPLOTLIBRC"),
}))
"""


@pytest.fixture
def answer(tmp_path, monkeypatch):
    """Return a function that asks a kernel about itself, in the environment of a user with their own configuration."""
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
        manager = ReproducibleKernelManager()
        await manager.start_kernel(cwd=str(folder))
        client = manager.client()
        client.start_channels()
        texts = []
        try:
            await client.wait_for_ready(timeout=60)
            await client.execute_interactive(
                f"ask = {list(FIXED_ENVIRONMENT)!r}\n{ASK}",
                output_hook=lambda message: texts.append(message["content"].get("text", "")),
                timeout=60,
            )
        finally:
            client.stop_channels()
            await manager.shutdown_kernel(now=True)
        return "".join(texts)

    return json.loads(asyncio.run(talk()))


def test_kernel_runs_this_python_in_a_fixed_environment(answer, tmp_path):
    found = answer()
    assert found["python"] == sys.executable
    assert found["fixed"] == FIXED_ENVIRONMENT
    assert Path(found["ipython"]).parent.name.startswith("dateline-")
    assert not Path(found["ipython"]).exists()
    assert not found["started"]
    assert found["rc"] is None


def test_starting_a_kernel_leaves_the_environment_as_it_is(answer):
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


def printed(notebook: nbformat.NotebookNode) -> list[str]:
    return [output.text.strip() for cell in notebook.cells for output in cell.get("outputs", ()) if "text" in output]


@pytest.fixture(scope="module")
def server():
    """Start a fork server."""
    if sys.platform != "linux":
        pytest.skip("kernels are forked on Linux only")
    with ForkServer("json", "numpy") as started:
        yield started


@pytest.fixture
def warm_module(tmp_path, monkeypatch):
    """Return a function that writes a module which a server can import."""

    def write(source: str) -> None:
        (tmp_path / "warm").mkdir()
        (tmp_path / "warm" / "warm_module.py").write_text(source)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path / "warm"))

    return write


def test_kernel_is_forked_from_the_server(server, tmp_path):
    source = make_notebook(
        tmp_path / "a.ipynb",
        "import os, sys\nprint(os.getppid())\nprint('numpy' in sys.modules, 'numpy' in globals(), __name__)",
        "print(os.getcwd())\nassert os.getpid() == os.getpgid(0)",
    )
    lines = printed(run(source, tmp_path / "b.ipynb", resources={"metadata": {"path": str(tmp_path)}}))
    assert lines == [f"{server.pid}\nTrue False __main__", str(tmp_path)]


def test_kernels_share_no_state(server, tmp_path):
    run(make_notebook(tmp_path / "a.ipynb", "import json\njson.left = 1"), tmp_path / "b.ipynb")
    again = make_notebook(tmp_path / "a.ipynb", "import json\nprint(hasattr(json, 'left'))")
    assert printed(run(again, tmp_path / "b.ipynb")) == ["False"]


def test_forked_and_launched_kernels_behave_alike(server, tmp_path, monkeypatch):
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


def test_kernels_do_not_share_the_offset_of_an_open_file(tmp_path, warm_module):
    (tmp_path / "read.txt").write_text("one two three")
    warm_module(f"file = open({str(tmp_path / 'read.txt')!r}, 'rb', 0)\nfile.read(4)")
    with ForkServer("warm_module"):
        source = make_notebook(
            tmp_path / "a.ipynb", "import os, warm_module\nprint(os.read(warm_module.file.fileno(), 3))"
        )
        for _ in range(2):
            assert printed(run(source, tmp_path / "b.ipynb")) == ["b'two'"]


def test_each_kernel_has_its_own_random_numbers(server, tmp_path):
    source = make_notebook(tmp_path / "a.ipynb", "import numpy, random\nprint(numpy.random.rand(), random.random())")
    assert printed(run(source, tmp_path / "b.ipynb")) != printed(run(source, tmp_path / "c.ipynb"))


def test_exit_functions_of_a_notebook_run(server, tmp_path):
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


def test_dead_kernel_is_reported_and_the_next_one_runs(server, tmp_path):
    died = make_notebook(tmp_path / "a.ipynb", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(DeadKernelError):
        run(died, tmp_path / "b.ipynb")
    assert printed(run(make_notebook(tmp_path / "a.ipynb", "print('well')"), tmp_path / "b.ipynb")) == ["well"]


def test_hanging_kernel_is_killed(server, tmp_path):
    hung = make_notebook(tmp_path / "a.ipynb", "import os, time\nprint(os.getpid(), flush=True)", "time.sleep(600)")
    with pytest.raises(CellTimeoutError):
        run(hung, tmp_path / "b.ipynb", execution_timeout=1)
    (pid,) = printed(nbformat.read(tmp_path / "b.ipynb", 4))
    assert not Path(f"/proc/{pid}").exists()


def test_kernels_end_with_their_client(server, tmp_path):
    started = tmp_path / "pid"
    source = make_notebook(
        tmp_path / "a.ipynb",
        f"import os, pathlib, time\npathlib.Path({str(started)!r}).write_text(str(os.getpid()))\ntime.sleep(600)",
    )
    command = [sys.executable, "-m", "papermill", "--engine", "dateline", "-k", "python3", str(source), str(source)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as asking:
        try:
            assert wait_for(lambda: started.exists() and started.read_text())
            pid = started.read_text()
            assert f"PPid:\t{server.pid}\n" in Path(f"/proc/{pid}/status").read_text()
        finally:
            asking.kill()
    assert wait_for(lambda: not Path(f"/proc/{pid}").exists())


def test_server_ends_when_its_parent_is_killed(tmp_path):
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


@pytest.mark.parametrize("state", ["gone", "killed", "threaded"])
def test_kernel_is_launched_if_the_server_cannot_fork(state, tmp_path, monkeypatch, warm_module):
    warm_module(
        "import threading, time\ndef start():\n    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
    )
    with ForkServer(*(["warm_module:start"] if state == "threaded" else [])) as server:
        path = os.environ["DATELINE_KERNELS"]
        if state == "killed":
            os.kill(server.pid, signal.SIGKILL)
        if state == "gone":
            monkeypatch.setenv("DATELINE_KERNELS", str(tmp_path / "nowhere" / "server"))
        source = make_notebook(tmp_path / "a.ipynb", "import os\nprint(os.getppid())")
        assert printed(run(source, tmp_path / "b.ipynb")) == [str(os.getpid())]
        monkeypatch.setenv("DATELINE_KERNELS", path)


def test_server_serves_although_a_warm_up_failed(tmp_path, capfd, warm_module):
    warm_module("def fail():\n    raise RuntimeError('too cold')")
    with ForkServer("no_such_module", "warm_module:fail", "colorsys") as server:
        source = make_notebook(tmp_path / "a.ipynb", "import os, sys\nprint(os.getppid(), 'colorsys' in sys.modules)")
        assert printed(run(source, tmp_path / "b.ipynb")) == [f"{server.pid} True"]
    errors = capfd.readouterr().err
    assert "too cold" in errors
    assert "no_such_module" in errors


def wait_for(condition, seconds: float = 20) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_kernels_command_forks_the_kernels_of_papermill(tmp_path):
    source = make_notebook(tmp_path / "a.ipynb", "import sys\nprint('colorsys' in sys.modules)")
    papermill_command = [sys.executable, "-m", "papermill", "--engine", "dateline", "-k", "python3"]
    command = [*papermill_command, "--no-progress-bar", str(source), str(tmp_path / "b.ipynb")]
    with_server = [sys.executable, "-m", "analysis.kernels", "--warm", "colorsys", *command]
    assert subprocess.run(with_server, check=False, capture_output=True).returncode == 0
    assert printed(nbformat.read(tmp_path / "b.ipynb", 4)) == [str(sys.platform == "linux")]
    nothing = subprocess.run(with_server[:5], check=False, capture_output=True, text=True)
    assert (nothing.returncode, "no command was given" in nothing.stderr) == (2, True)
