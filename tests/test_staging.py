"""What is not yet whole, what a killed process leaves, and what reports may be named."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from analysis.lines import one_line
from analysis.report import ReportError
from analysis.report.staging import folder_name, name_key, remove_stale, replacing, staged
from analysis.report.temporary import remove_unused, temporary_folder

CASES = Path(__file__).parent / "cases"
HOST = socket.gethostname()[:40]


def cases(kind):
    found = json.loads((CASES / f"{kind}.json").read_text("utf-8"))
    return [pytest.param(case, id=case["label"]) for case in found]


@pytest.fixture
def dead():
    """Return the id of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.mark.parametrize("case", cases("folder-names"))
def test_names_are_kept_apart_on_every_file_system(case):
    taken, names = set(), []
    for article_id in case["ids"]:
        names.append(folder_name(article_id, taken))
        taken.add(name_key(names[-1]))
    assert names == case["expected"]
    assert len({name_key(name) for name in names}) == len(names)


@pytest.mark.parametrize("case", cases("lines"))
def test_no_line_controls_a_terminal(case):
    assert one_line(case["text"]) == case["expected"]


def test_a_long_line_loses_its_middle():
    line = one_line(f"{'/deep' * 90}/story.txt is a binary file; expected a text", max_chars=300)
    assert len(line) == 300
    assert line.startswith("/deep/deep")
    assert line.endswith("/story.txt is a binary file; expected a text")
    assert one_line("a" * 300, max_chars=300) == "a" * 300


def test_only_what_killed_processes_left_is_removed(tmp_path, dead):
    mine = os.getpid()
    names = {
        f".a.making-{HOST}-{dead}-x1": False,
        f".b.c.making-{HOST}-{mine}-x2": True,
        f".d.making-elsewhere-{dead}-x3": True,
        f".e.making-{HOST}-1-x4": True,
        ".f.making-": True,
        f"g.making-{HOST}-{dead}-x5": True,
    }
    for name in names:
        (tmp_path / name / "tables").mkdir(parents=True)
    (tmp_path / f".batch.csv.making-{HOST}-{dead}-").write_text("half")
    (tmp_path / f".index.html.making-{HOST}-{mine}-").write_text("half")
    remove_stale(tmp_path)
    left = {name for name, stays in names.items() if stays} | {f".index.html.making-{HOST}-{mine}-"}
    assert {path.name for path in tmp_path.iterdir()} == left


def test_a_link_with_the_name_of_a_leftover_is_removed_and_not_followed(tmp_path, dead):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "one.tex").write_text("years of work")
    (tmp_path / f".a.making-{HOST}-{dead}-x").symlink_to(tmp_path / "thesis")
    remove_stale(tmp_path)
    assert [path.name for path in tmp_path.rglob("*")] == ["thesis", "one.tex"]


def write_half(path):
    path.write_text("two")
    raise ZeroDivisionError


def test_a_file_is_replaced_as_a_whole_or_not_at_all(tmp_path):
    path = tmp_path / "a.csv"
    with replacing(path) as partial:
        partial.write_text("one")
        assert not path.exists()
    with pytest.raises(ZeroDivisionError), replacing(path) as partial:
        write_half(partial)
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("a.csv", "one")]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every name of a file is text")
def test_a_report_is_staged_under_a_name_that_is_text(tmp_path):
    out = tmp_path / os.fsdecode(b"caf\xe9") / "report"
    with staged(out, may_replace=()) as folder:
        str(folder).encode()
        (folder / "a.txt").write_text("a")
    assert [path.name for path in out.iterdir()] == ["a.txt"]
    assert [path.name for path in out.parent.iterdir()] == ["report"]
    with staged(tmp_path / "plain", may_replace=()) as folder:
        assert folder.parent == tmp_path


def test_a_folder_that_holds_something_else_is_an_error_and_stays(tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(ReportError, match=r"holds thesis\.tex"), staged(tmp_path, may_replace={"report.html"}):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


# Temporary folders

HOLD = """
import sys, tempfile
from analysis.report.temporary import temporary_folder
with temporary_folder():
    print(tempfile.gettempdir(), flush=True)
    sys.stdin.read()
"""


def hold(folder: Path) -> tuple[subprocess.Popen, Path]:
    """Start a process that keeps its temporary files in a folder of its own; return that folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(folder)},
    )
    return process, Path(process.stdout.readline().strip())


def test_temporary_folders_of_killed_processes_are_removed_and_those_of_live_ones_stay(tmp_path):
    killed, its = hold(tmp_path)
    live, stays = hold(tmp_path)
    (its / "sockets").mkdir()
    killed.kill()
    killed.communicate()
    assert its.exists()
    (tmp_path / "dateline-unmarked").mkdir()
    (tmp_path / "dateline-half").mkdir()
    (tmp_path / "dateline-half" / "in-use.new").write_bytes(b"")
    remove_unused(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {stays.name, "dateline-unmarked", "dateline-half"}
    live.communicate("")
    assert not stays.exists()


def test_temporary_folders_that_are_just_being_made_are_never_removed(tmp_path):
    """Two processes that start at once sweep the same folder."""
    processes = [hold(tmp_path) for _ in range(2)]
    until = time.monotonic() + 1
    while time.monotonic() < until:
        remove_unused(tmp_path)
    assert all(folder.is_dir() for _, folder in processes)
    for process, _ in processes:
        process.communicate("")
    assert list(tmp_path.iterdir()) == []


def test_temporary_files_lie_in_one_folder_that_is_removed(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    with temporary_folder():
        assert Path(tempfile.mkdtemp()).parent.parent == tmp_path
        assert os.environ["TMPDIR"] == tempfile.gettempdir()
    assert (os.environ["TMPDIR"], tempfile.gettempdir()) == (str(tmp_path), str(tmp_path))
    assert list(tmp_path.iterdir()) == []
    monkeypatch.delenv("TMPDIR")
    with temporary_folder():
        pass
    assert "TMPDIR" not in os.environ
