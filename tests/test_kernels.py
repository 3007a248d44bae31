"""Kernels: they run this Python in a fixed environment, launched or forked from a warm process."""

import contextlib
import errno
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import papermill
import pytest
from click.testing import CliRunner
from jupyter_client.kernelspec import NoSuchKernel
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.cli import papermill as papermill_command

from analysis.kernels import FIXED_ENVIRONMENT, ForkServer, ReproducibleKernelManager, start_module
from analysis.kernels.folders import PrivateFolder, sweep
from analysis.kernels.forking import VARIABLE, ForkedProcess, fork_process
from analysis.report.notebook import ReportError, execute_notebook

from .conftest import PROJECT

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")

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


def run(source: Path, target: Path, kernel_name: str = "python3", **options) -> nbformat.NotebookNode:
    return papermill.execute_notebook(
        str(source), str(target), engine_name="dateline", kernel_name=kernel_name, progress_bar=False, **options
    )


def each_case(name: str) -> pytest.MarkDecorator:
    read = json.loads((PROJECT / "tests" / "cases" / f"{name}.json").read_text(encoding="utf-8"))
    return pytest.mark.parametrize("case", read, ids=[case["label"] for case in read])


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


def test_forked_kernels_look_for_garbage_rarely(server, tmp_path):
    source = make_notebook(tmp_path / "a.ipynb", "import gc\nprint(gc.isenabled(), gc.get_threshold()[0])")
    assert printed(run(source, tmp_path / "b.ipynb")) == ["True 10000"]


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


@pytest.mark.parametrize("state", ["gone", "threaded"])
def test_kernel_is_launched_if_the_server_cannot_fork(state, tmp_path, monkeypatch, warm_module):
    warm_module(
        "import threading, time\ndef start():\n    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
    )
    with ForkServer(*(["warm_module:start"] if state == "threaded" else [])), monkeypatch.context() as changed:
        if state == "gone":
            changed.setenv("DATELINE_KERNELS", str(tmp_path / "nowhere" / "server"))
        source = make_notebook(tmp_path / "a.ipynb", "import os\nprint(os.getppid())")
        assert printed(run(source, tmp_path / "b.ipynb")) == [str(os.getpid())]


def test_server_serves_although_a_warm_up_failed(tmp_path, capfd, warm_module):
    warm_module("def fail():\n    raise RuntimeError('too cold')")
    with ForkServer("no_such_module", "warm_module:fail", "colorsys") as server:
        source = make_notebook(tmp_path / "a.ipynb", "import os, sys\nprint(os.getppid(), 'colorsys' in sys.modules)")
        assert printed(run(source, tmp_path / "b.ipynb")) == [f"{server.pid} True"]
    errors = capfd.readouterr().err
    assert "too cold" in errors
    assert "no_such_module" in errors


def has_ended(pid: int) -> bool:
    """Return whether a process has ended, also if its parent does not know yet."""
    status = Path(f"/proc/{pid}/status")
    return not status.exists() or "State:\tZ" in status.read_text()


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


# A kernel that is asked for is the one that runs


@pytest.fixture
def install_kernel(tmp_path, monkeypatch):
    """Return a function that installs the kernel of a case; another Python is a program that starts this one."""
    wrapper = tmp_path / "bin" / "python"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    monkeypatch.setenv("PATH_OF_OTHER", str(wrapper))

    def install(name: str, spec: dict) -> None:
        folder = tmp_path / "jupyter" / "kernels" / name
        folder.mkdir(parents=True)
        paths = {"{python}": sys.executable, "{wrapper}": str(wrapper)}
        argv = [paths.get(argument, argument) for argument in spec["argv"]]
        (folder / "kernel.json").write_text(
            json.dumps({"display_name": name, "language": "python"} | spec | {"argv": argv})
        )

    return install


@each_case("kernels-asked-for")
def test_kernel_that_is_asked_for_runs_or_is_refused(case, server, install_kernel, tmp_path):
    if "spec" in case:
        install_kernel(case["name"], case["spec"])
    source = make_notebook(tmp_path / "a.ipynb", "import os\nprint(os.getppid(), os.environ.get('OWN'))")
    if case["expected"] == "refused":
        with pytest.raises(NoSuchKernel):
            run(source, tmp_path / "b.ipynb", case["name"])
        arguments = [str(source), str(tmp_path / "b.ipynb"), "--engine", "dateline", "-k", case["name"]]
        result = CliRunner().invoke(papermill_command, arguments)
        assert result.exit_code == 1
        *_, line = result.output.splitlines()
        assert line.startswith(f"Error: no kernel '{case['name']}' is installed; there are ")
        assert "Traceback" not in result.output
        return
    (line,) = printed(run(source, tmp_path / "b.ipynb", case["name"]))
    parent = {"forked": server.pid, "launched": os.getpid()}[case["expected"]]
    assert line == f"{parent} {case.get('spec', {}).get('env', {}).get('OWN')}"


def test_report_runs_this_python_whichever_is_installed(server, install_kernel, tmp_path):
    install_kernel("python3", {"argv": ["{wrapper}", "-m", "ipykernel_launcher", "-f", "{connection_file}"]})
    source = make_notebook(tmp_path / "a.ipynb", "import os\nprint(os.getppid())")
    assert printed(execute_notebook(source, tmp_path / "b.ipynb", {})) == [str(server.pid)]


def test_server_of_another_python_forks_nothing(server, install_kernel, monkeypatch):
    def start() -> type:
        process, stdin, stdout = start_module("platform")
        with stdin, stdout:
            assert process.wait(20) == 0
        return type(process)

    assert start() is ForkedProcess
    monkeypatch.setattr(sys, "executable", os.environ["PATH_OF_OTHER"])
    assert start() is subprocess.Popen


def test_kernel_sees_a_path_that_was_set_after_the_server_started(server, tmp_path, warm_module):
    warm_module("name = 'found'")
    source = make_notebook(tmp_path / "a.ipynb", "import os, warm_module\nprint(warm_module.name, os.getppid())")
    assert printed(run(source, tmp_path / "b.ipynb")) == [f"found {os.getpid()}"]


def test_missing_folder_is_the_error_that_it_is_elsewhere(server, tmp_path):
    source = make_notebook(tmp_path / "a.ipynb", "print(1)")
    with pytest.raises(FileNotFoundError):
        run(source, tmp_path / "b.ipynb", resources={"metadata": {"path": str(tmp_path / "nowhere")}})


# What is printed


@each_case("printed")
def test_output_is_what_was_printed(case, server, tmp_path):
    found = run(make_notebook(tmp_path / "a.ipynb", case["text"]), tmp_path / "b.ipynb")
    assert found == nbformat.read(tmp_path / "b.ipynb", as_version=4)
    outputs = [[output.get("name", output.output_type), output.get("text", "")] for output in found.cells[0].outputs]
    if case["expected"] == "as printed":
        streams = {"stdout": io.StringIO(), "stderr": io.StringIO()}
        with contextlib.redirect_stdout(streams["stdout"]), contextlib.redirect_stderr(streams["stderr"]):
            exec(case["text"], {})  # noqa: S102 - the case's own
        expected = [[name, stream.getvalue()] for name, stream in streams.items() if stream.getvalue()]
    else:
        expected = case["expected"]
    assert outputs == expected


@pytest.mark.parametrize("keeps", [True, False])
def test_streams_are_merged_unless_papermill_is_told_otherwise(keeps, server, tmp_path):
    source = make_notebook(tmp_path / "a.ipynb", "print(1, flush=True)\nprint(2, flush=True)", "1 / 0")
    with pytest.raises(papermill.PapermillExecutionError):
        run(source, tmp_path / "b.ipynb", coalesce_streams=not keeps)
    outputs = nbformat.read(tmp_path / "b.ipynb", as_version=4).cells[1].outputs
    assert [output.text for output in outputs] == (["1\n", "2\n"] if keeps else ["1\n2\n"])


def test_report_keeps_the_last_state_of_a_progress_bar(server, tmp_path):
    source = make_notebook(tmp_path / "a.ipynb", r"print('1 of 2\r2 of 2\rdone\nnext\r\n\rlast\r', end='')")
    (output,) = execute_notebook(source, tmp_path / "b.ipynb", {}).cells[0].outputs
    assert output.text == "done\nnext\r\nlast\r"


def test_error_is_kept_whose_traceback_ipython_cannot_format(server, tmp_path):
    (tmp_path / "page.j2").write_text("(\n{{ 1 / zero }}\n")
    source = make_notebook(
        tmp_path / "a.ipynb",
        f"import jinja2\nfiles = jinja2.Environment(loader=jinja2.FileSystemLoader({str(tmp_path)!r}))",
        "files.get_template('page.j2').render(zero=0)",
    )
    with pytest.raises(papermill.PapermillExecutionError, match="ZeroDivisionError: division by zero"):
        run(source, tmp_path / "b.ipynb")
    with pytest.raises(ReportError, match=r"a\.ipynb, cell 2 failed: ZeroDivisionError: division by zero"):
        execute_notebook(source, tmp_path / "b.ipynb", {})


# Kernels and servers that die


@pytest.fixture
def dying_launcher(tmp_path, monkeypatch):
    """Return a function that lets the next kernels that are launched die before they are ready."""
    monkeypatch.setattr("analysis.kernels.manager._ANSWER_SECONDS", 0.1)
    counter = tmp_path / "launches"

    def die(times: int) -> Path:
        folder = tmp_path / "shadow"
        folder.mkdir()
        (folder / "ipykernel_launcher.py").write_text(f"""
import sys, pathlib
counter = pathlib.Path({str(counter)!r})
counter.write_text(counter.read_text() + "x" if counter.exists() else "x")
if len(counter.read_text()) <= {times}:
    sys.exit(3)
from ipykernel import kernelapp
kernelapp.launch_new_instance()
""")
        monkeypatch.setenv("PYTHONPATH", str(folder))
        return counter

    return die


def test_kernel_that_dies_before_it_is_ready_is_started_again(tmp_path, dying_launcher):
    dying_launcher(2)
    source = make_notebook(tmp_path / "a.ipynb", "print('well')")
    assert printed(run(source, tmp_path / "b.ipynb")) == ["well"]


def test_kernel_that_always_dies_is_reported(tmp_path, dying_launcher):
    launches = dying_launcher(99)
    source = make_notebook(tmp_path / "a.ipynb", "print('never')")
    with pytest.raises(ReportError, match=r"no kernel could be started: the kernel died before it was ready, 3 times"):
        execute_notebook(source, tmp_path / "b.ipynb", {})
    assert launches.read_text() == "xxx"


@on_linux
def test_server_that_died_is_started_again(tmp_path):
    source = make_notebook(tmp_path / "a.ipynb", "import os, sys\nprint(os.getppid(), 'colorsys' in sys.modules)")
    with ForkServer("colorsys") as server:
        pids = [server.pid]
        for signum in (signal.SIGKILL, signal.SIGTERM):
            os.kill(server.pid, signum)
            assert wait_for(lambda: has_ended(pids[-1]))
            assert printed(run(source, tmp_path / "b.ipynb")) == [f"{server.pid} True"]
            pids.append(server.pid)
        assert len(set(pids)) == 3


@on_linux
def test_server_that_ends_waits_for_no_child(tmp_path):
    """A child that ends later wakes nothing up: Python would complain of the pair that has been closed."""
    code = f"""
import signal, socket
from analysis.kernels.server import serve
listener = socket.socket(socket.AF_UNIX)
listener.bind({str(tmp_path / "s")!r})
listener.listen()
serve(listener)
print(signal.set_wakeup_fd(-1))
"""
    command = [sys.executable, "-W", "ignore", "-c", code]
    result = subprocess.run(command, input=b"", capture_output=True, check=True, timeout=60)
    assert (result.stdout, result.stderr) == (b"-1\n", b"")


@on_linux
def test_server_that_keeps_dying_is_left(tmp_path, warm_module):
    starts = tmp_path / "starts"
    warm_module(f"import os\nopen({str(starts)!r}, 'a').write('x')\nos._exit(1)")
    source = make_notebook(tmp_path / "a.ipynb", "import os\nprint(os.getppid())")
    with ForkServer("warm_module"):
        for _ in range(2):
            assert printed(run(source, tmp_path / "b.ipynb")) == [str(os.getpid())]
    assert starts.read_text() == "xxxx"


@on_linux
def test_status_of_a_process_that_ends_at_once_is_left_for_its_reader(tmp_path, monkeypatch):
    """Both answers of the server are there before the first is read."""
    path = tmp_path / "socket"

    def answer(listening):
        connection, _ = listening.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(b'{"pid": 7}\n{"status": 3}\n')
            connection.recv(1)

    with socket.socket(socket.AF_UNIX) as listening, ThreadPoolExecutor(1) as pool:
        listening.bind(str(path))
        listening.listen()
        answered = pool.submit(answer, listening)
        monkeypatch.setenv(VARIABLE, str(path))
        process = fork_process([sys.executable, "-m", "platform"], {})
        assert (process.pid, process.wait(10)) == (7, 3)
        answered.result(10)


@on_linux
def test_request_is_made_again_to_a_server_that_was_started_again(tmp_path, warm_module):
    """The server dies while it warms up: several requests wait in its queue."""
    flag = tmp_path / "flag"
    warm_module(
        f"import os, pathlib, time\nflag = pathlib.Path({str(flag)!r})\n"
        "if not flag.exists():\n    flag.touch()\n    time.sleep(1)\n    os._exit(1)"
    )
    with ForkServer("warm_module"), ThreadPoolExecutor(3) as pool:
        started = list(pool.map(start_module, ["platform"] * 3))
        for process, stdin, stdout in started:
            with stdin, stdout:
                assert process.wait(20) == 0
        assert {type(process) for process, _, _ in started} == {ForkedProcess}


@on_linux
def test_notebook_of_a_report_runs_again_if_its_server_died(tmp_path):
    flag = tmp_path / "flag"
    source = make_notebook(
        tmp_path / "a.ipynb",
        f"import os, pathlib, signal, time\nflag = pathlib.Path({str(flag)!r})",
        "if not flag.exists():\n    flag.touch()\n    os.kill(os.getppid(), signal.SIGKILL)\n    time.sleep(600)",
        "print(os.getppid())",
    )
    with ForkServer() as server:
        killed = server.pid
        assert printed(execute_notebook(source, tmp_path / "b.ipynb", {})) == [str(server.pid)]
        assert server.pid != killed


def test_notebook_that_always_kills_its_kernel_is_reported(server, tmp_path):
    runs = tmp_path / "runs"
    source = make_notebook(
        tmp_path / "a.ipynb",
        f"import os, signal\nopen({str(runs)!r}, 'a').write('x')\nos.kill(os.getpid(), signal.SIGKILL)",
    )
    with pytest.raises(ReportError, match=r"a\.ipynb: its kernel died"):
        execute_notebook(source, tmp_path / "b.ipynb", {})
    assert runs.read_text() == "xxx"


@on_linux
def test_kernels_command_starts_its_server_again(tmp_path):
    """Another process than the one that started the server requests the forks."""
    code = """
import os, signal, time
from pathlib import Path
from analysis.kernels import start_module
from analysis.kernels.forking import VARIABLE, ForkedProcess, fork_process

def fork():
    process = start_module("platform").process
    if isinstance(process, ForkedProcess):
        return int(Path(f"/proc/{process.pid}/stat").read_text().split()[3])

first = fork()
os.kill(first, signal.SIGKILL)
until = time.monotonic() + 30
while (second := fork()) in (None, first) and time.monotonic() < until:
    time.sleep(0.2)
print(bool(first and second))
"""
    command = [sys.executable, "-m", "analysis.kernels", sys.executable, "-W", "ignore", "-c", code]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1] == "True"


# File descriptors


@on_linux
def test_lack_of_descriptors_is_an_error_of_the_machine(tmp_path):
    resource = pytest.importorskip("resource")
    source = make_notebook(tmp_path / "a.ipynb", "print(1)")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    n_open = len(list(Path("/proc/self/fd").iterdir()))
    try:
        for more in (1, 40):
            resource.setrlimit(resource.RLIMIT_NOFILE, (n_open + more, hard))
            with pytest.raises(OSError, match="Too many open files") as caught:
                execute_notebook(source, tmp_path / "b.ipynb", {})
            assert caught.value.errno == errno.EMFILE
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert printed(execute_notebook(source, tmp_path / "b.ipynb", {})) == ["1"]


@on_linux
def test_server_without_descriptors_refuses_and_goes_on(tmp_path):
    resource = pytest.importorskip("resource")
    source = make_notebook(tmp_path / "a.ipynb", "import os\nprint(os.getppid())")
    with ForkServer() as server:
        assert printed(run(source, tmp_path / "b.ipynb")) == [str(server.pid)]
        _, hard = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
        n_open = len(list(Path(f"/proc/{server.pid}/fd").iterdir()))
        for more in range(4):
            resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (n_open + more, hard))
            assert printed(run(source, tmp_path / "b.ipynb")) == [str(os.getpid())]
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (hard, hard))
        assert printed(run(source, tmp_path / "b.ipynb")) == [str(server.pid)]


# Folders of sockets


@on_linux
@pytest.mark.parametrize("name", ["l" * 100, os.fsdecode(b"\xff")], ids=["long", "not UTF-8"])
def test_sockets_do_without_the_usual_temporary_folder(name, tmp_path, monkeypatch):
    (tmp_path / name).mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / name))
    monkeypatch.setenv("TMPDIR", str(tmp_path / name))
    source = make_notebook(tmp_path / "a.ipynb", "import os, tempfile\nprint(os.getppid(), len(tempfile.gettempdir()))")
    with ForkServer() as server:
        folder = Path(os.environ["DATELINE_KERNELS"]).parent
        assert folder.stat().st_mode & 0o777 == 0o700
        assert printed(run(source, tmp_path / "b.ipynb")) == [f"{server.pid} {len(str(tmp_path / name))}"]
    assert not folder.exists()


@on_linux
def test_kernels_run_where_no_folder_takes_sockets(tmp_path, monkeypatch):
    (tmp_path / ("l" * 100)).mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / ("l" * 100)))
    monkeypatch.setattr("analysis.kernels.folders._is_safe", lambda _: False)
    monkeypatch.delenv("DATELINE_KERNELS", raising=False)
    source = make_notebook(tmp_path / "a.ipynb", "import os\nprint(os.getppid())")
    with ForkServer() as server:
        assert server.pid is None
        assert printed(run(source, tmp_path / "b.ipynb")) == [str(os.getpid())]


@on_linux
def test_folders_of_killed_processes_are_swept_and_all_others_stay():
    # Short enough for the path of a socket.
    tmp_path = Path(tempfile.mkdtemp())
    code = """
import sys, tempfile, time
from analysis.kernels.folders import PrivateFolder
tempfile.tempdir = sys.argv[1]
folder = PrivateFolder()
print(folder.path, flush=True)
time.sleep(600)
"""
    started = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    killed, live = (Path(process.stdout.readline().strip()) for process in started)
    others = [tmp_path / name for name in ("dateline-new", "dateline-readable", "dateline-link", "dateline-file")]
    others[0].mkdir(0o700)
    others[1].mkdir(0o755)
    (others[1] / "in-use").touch()
    others[3].touch()
    try:
        os.kill(started[0].pid, signal.SIGKILL)
        started[0].wait()
        others[2].symlink_to(killed)
        sweep(str(tmp_path))
        assert not killed.exists()
        assert live.is_dir()
        assert all(path.is_symlink() or path.exists() for path in others)
    finally:
        for process in started:
            process.kill()
            process.wait()
            process.stdout.close()
        shutil.rmtree(tmp_path)


@on_linux
def test_folder_ends_with_its_object(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = PrivateFolder()
    assert [path.name for path in folder.path.iterdir()] == ["in-use"]
    del folder
    assert not list(tmp_path.iterdir())


def test_a_process_that_has_just_ended_can_be_sent_a_signal():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    ours, servers = socket.socketpair()
    with servers:
        forked = ForkedProcess(ours, process.pid)
        forked.kill()  # its status has not come yet
        servers.sendall(json.dumps({"status": 0}).encode())
        assert forked.wait(timeout=10) == 0
