"""Batches: one bad article never stops the rest, and an interrupted batch is resumed."""

import contextlib
import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pandas as pd
import psutil
import pytest
from filelock import FileLock

from analysis.article import count_articles, read_article
from analysis.batch import annotate_articles, make_reports
from analysis.batch.claims import claimed, is_claimed, remove_claims
from analysis.batch.log import Entry, Log, Tally
from analysis.batch.progress import Progress
from analysis.batch.workers import WorkerError, run_tasks
from analysis.layout import ANNOTATIONS
from analysis.report import ReportError, read_record, verify_report

from .small_batches import STORY, files, logged, reports, rows, wait_until, write_notebooks

LOGS = json.loads((Path(__file__).parent / "cases" / "batch-logs.json").read_text("utf-8"))
BATCH = """
import signal
import sys
from pathlib import Path
from analysis.batch import make_reports, reports
from analysis.kernels import ForkServer
if ForkServer.is_running():  # the tests' own, from which a worker takes less than a second to start
    reports._warmup = lambda _: ""
signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background is started to ignore it
tally = make_reports([sys.argv[1]], sys.argv[2], notebooks=Path(sys.argv[3]), n_jobs=2)
sys.exit(tally.failed)
"""


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory):
    """Return a folder with one quick notebook."""
    return write_notebooks(tmp_path_factory.mktemp("notebooks"))


@pytest.fixture(scope="module")
def troubled(notebooks, tmp_path_factory, warming):
    """Run a batch in which many articles fail; return its folder, tally and source."""
    folder = tmp_path_factory.mktemp("troubled")
    source = rows(folder / "in.jsonl", "Giza", "Errorville", "Deathville", "Hangville", "Luxor")
    with source.open("a") as file:
        file.write(json.dumps({"id": "long", "text": STORY.format(title="Aswan " * 9000)}) + "\n")
        file.write(json.dumps({"id": "empty", "text": " "}) + "\n")
        file.write(json.dumps({"id": "es", "text": "El presidente dijo que el gobierno no va a cambiar. " * 9}) + "\n")
        file.write(json.dumps({"id": "giza", "text": "Another story has this id. It is not the first."}) + "\n")
        file.write(json.dumps({"id": "suez", "text": STORY.format(title="Suez")}) + "\n")
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 9)
    out = folder / "out"
    sources = [source, folder / "binary.txt", folder / "gone.txt"]
    with warming():
        tally = make_reports(sources, out, notebooks=notebooks, n_jobs=2, seconds=6, max_chars=50_000)
    return out, tally, source


def test_bad_articles_are_logged_and_the_batch_goes_on(troubled, notebooks):
    out, tally, _ = troubled
    assert tally == Tally(made=3, unchanged=0, failed=9)
    assert reports(out) == {"giza", "luxor", "suez"}
    found = logged(out)
    assert {name for name, row in found.items() if row["status"] == "finished"} == {"giza", "luxor", "suez"}
    reasons = {name: row["reason"] for name, row in found.items()}
    assert reasons["errorville"] == "1-words.ipynb, cell 3 failed: ValueError: no weather here"
    assert reasons["deathville"] == "1-words.ipynb: its kernel died"
    assert reasons["hangville"] == "1-words.ipynb took more than the time that a report is given"
    assert reasons["long"] == "108,088 characters; expected at most 50,000"
    assert "is not in English" in reasons["es"]
    with (out / "batch.csv").open() as file:
        unread = " ".join(row["reason"] for row in csv.DictReader(file) if not row["article_id"])
    for expected in (
        "binary.txt is a binary file; expected a text",
        "no such file: ",
        "in.jsonl, line 7: the text has no word in it",
        "in.jsonl, line 9: a second article with the id 'giza' was left out",
    ):
        assert expected in unread
    for name in ("errorville", "deathville", "hangville"):
        assert (out / found[name]["notebook"]).is_file()
    assert not list(out.glob(".*"))
    assert verify_report(out / "giza", notebooks=notebooks).is_identical


def test_finished_and_failed_articles_are_not_tried_again(troubled, notebooks):
    out, _, source = troubled
    before = files(out)
    tally = make_reports([source], out, notebooks=notebooks, n_jobs=2, seconds=6, max_chars=50_000)
    assert (tally.made, tally.unchanged) == (0, 3)
    assert tally.failed == 7
    # The sources that could not be read were not given again: nothing is said of them.
    assert files(out) | {"batch.csv": b""} == before | {"batch.csv": b""}
    assert set(logged(out)) == {"", *"giza errorville deathville hangville luxor long es suez".split()}


def test_failed_articles_are_tried_again_on_request(troubled, notebooks, tmp_path, warm):
    out, _, _ = troubled
    again = shutil.copytree(out, tmp_path / "out")
    source = rows(tmp_path / "in.jsonl", "Giza", "Errorville")
    tried = make_reports([source], again, notebooks=notebooks, n_jobs=1, retry_failed=True)
    assert tried == Tally(unchanged=1, failed=1)
    (again / "errorville.failed" / "1-words.ipynb").unlink()
    make_reports([source], again, notebooks=notebooks, n_jobs=1)
    assert not (again / "errorville.failed" / "1-words.ipynb").exists()
    make_reports([source], again, notebooks=notebooks, n_jobs=1, retry_failed=True)
    assert (again / "errorville.failed" / "1-words.ipynb").exists()


@pytest.mark.slow
def test_report_is_made_again_only_when_an_input_has_changed(notebooks, tmp_path, warm):
    mark = tmp_path / "mark"
    options = {"notebooks": notebooks, "n_jobs": 1, "parameters": {"mark": str(mark)}}
    source = rows(tmp_path / "in.jsonl", "Giza", "Luxor")
    out = tmp_path / "out"

    def runs(**changed) -> int:
        before = len(mark.read_text()) if mark.exists() else 0
        make_reports([source], out, **(options | changed))
        return len(mark.read_text()) - before

    assert runs() == 2
    assert runs() == 0
    rows(source, "Giza", "Luxor", "Suez")
    assert runs() == 1
    (out / "luxor" / "tables" / "words.csv").write_text("")
    (out / "suez" / "report.html").unlink()
    assert runs() == 2
    other = shutil.copytree(notebooks, tmp_path / "other")
    notebook = nbformat.read(other / "1-words.ipynb", 4)
    notebook.cells.append(nbformat.v4.new_markdown_cell("More.", id="more"))
    nbformat.write(notebook, other / "1-words.ipynb")
    assert runs(notebooks=other) == 3
    assert runs(notebooks=other, fresh=True) == 3
    assert runs(notebooks=other, parameters={"mark": f"{mark}"}) == 0
    assert runs(parameters={}) == 0
    assert "mark" not in read_record(out / "giza").parameters


def test_killed_batch_is_resumed(notebooks, tmp_path, warming):
    titles = [f"Town{number}" for number in range(8)]
    source = rows(tmp_path / "in.jsonl", *titles)
    out = tmp_path / "out"
    command = [sys.executable, "-c", BATCH, source, out, notebooks]
    # The first one's warm process is its own, and has to end with it.
    for number, (signum, start) in enumerate(((signal.SIGKILL, contextlib.nullcontext), (signal.SIGINT, warming))):
        with start(), subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True) as batch:
            wait_until(lambda goal=2 * number + 2: len(reports(out)) >= goal)
            batch.send_signal(signum)
        done = reports(out)
        assert len(done) < len(titles)
        for name in done:
            record = read_record(out / name)
            assert {path for path in files(out / name) if path != "ro-crate-metadata.json"} == set(record.files)
    stamps = {name: (out / name / "ro-crate-metadata.json").stat().st_mtime_ns for name in done}
    # The staging folders of the killed batch are removed once its processes have ended.
    wait_until(lambda: not processes_naming(out))
    with warming():
        tally = make_reports([source], out, notebooks=notebooks, n_jobs=2)
    assert tally.made == len(titles) - len(done)
    assert {name: (out / name / "ro-crate-metadata.json").stat().st_mtime_ns for name in done} == stamps
    assert reports(out) == {title.lower() for title in titles}
    assert not list(out.glob(".*"))
    assert {row["status"] for row in logged(out).values()} == {"finished"}


def processes_naming(out: Path) -> list[str]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str(out).encode() in (process / "cmdline").read_bytes():
                found.append(process.name)
        except OSError:
            continue
    return found


def test_two_batches_can_share_a_folder(notebooks, tmp_path, warm):
    source = rows(tmp_path / "in.jsonl", *(f"Town{number}" for number in range(3)))
    out = tmp_path / "out"
    code = BATCH.replace("n_jobs=2", "n_jobs=1, fresh=True")
    batches = [subprocess.Popen([sys.executable, "-c", code, source, out, notebooks]) for _ in range(2)]
    assert [batch.wait() for batch in batches] == [0, 0]
    assert len(logged(out)) == 3
    assert not list(out.glob(".*"))
    for name in reports(out):
        assert {path for path in files(out / name) if path != "ro-crate-metadata.json"} == set(
            read_record(out / name).files
        )


@pytest.mark.slow
def test_two_batches_in_one_folder_share_the_work(notebooks, tmp_path):
    source = rows(tmp_path / "in.jsonl", *(f"Slowville{number}" for number in range(4)))
    out, mark = tmp_path / "out", tmp_path / "mark"
    code = BATCH.replace("n_jobs=2", f"n_jobs=1, parameters={{'mark': '{mark}'}}")
    code = code.replace("sys.exit(tally.failed)", "print(tally.made, tally.unchanged, tally.failed)")
    command = [sys.executable, "-c", code, source, out, notebooks]
    batches = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    made = [[int(n) for n in batch.communicate()[0].split()] for batch in batches]
    assert [sum(tally) for tally in made] == [4, 4]
    assert sum(tally[0] for tally in made) == len(reports(out)) == len(mark.read_text()) == 4
    assert not list(out.glob(".*"))


@pytest.mark.slow
def test_what_a_killed_batch_was_making_is_made_by_the_other(notebooks, tmp_path):
    source = rows(tmp_path / "in.jsonl", "Hangville")
    out = tmp_path / "out"
    first = subprocess.Popen([sys.executable, "-c", BATCH, source, out, notebooks], start_new_session=True)
    wait_until(lambda: out.is_dir() and is_claimed(out, "hangville"))
    told = []

    def tell(line):
        told.append(line)
        if first.poll() is None:
            os.killpg(first.pid, signal.SIGKILL)
            first.wait()

    progress = SimpleNamespace(print_line=tell, update=lambda _: None)
    made = make_reports([source], out, notebooks=notebooks, n_jobs=1, seconds=2, progress=progress)
    assert first.returncode == -signal.SIGKILL
    assert made == Tally(failed=1)  # by its own time limit, so it was tried
    assert told[0].startswith(f"dateline: another batch is making some of these reports in {out}; waiting")
    assert not list(out.glob(".*"))


@pytest.mark.parametrize("when", ["held", "let go", "killed"])
def test_a_claim_lasts_as_long_as_its_process(tmp_path, when):
    code = "import sys, time; from pathlib import Path; from analysis.batch.claims import claimed\n"
    code += "with claimed(Path(sys.argv[1]), 'a') as is_ours: print(is_ours, flush=True); sys.stdin.readline()"
    command = [sys.executable, "-c", code, tmp_path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "True\n"
        assert is_claimed(tmp_path, "a")
        assert not is_claimed(tmp_path, "b")
        remove_claims(tmp_path)
        assert is_claimed(tmp_path, "a")
        if when != "held":
            other.kill() if when == "killed" else other.stdin.close()
            other.wait()
            assert not is_claimed(tmp_path, "a")
            remove_claims(tmp_path)
            assert not list(tmp_path.iterdir())
        else:
            with claimed(tmp_path, "a") as is_ours:
                assert not is_ours


def test_folder_with_other_files_is_left_as_it_is(notebooks, tmp_path, warm):
    source = rows(tmp_path / "in.jsonl", "Giza", "Luxor")
    out = tmp_path / "out"
    (out / "giza").mkdir(parents=True)
    (out / "giza" / "thesis.tex").write_text("years of work")
    assert make_reports([source], out, notebooks=notebooks, n_jobs=1) == Tally(made=1, failed=1)
    assert "holds thesis.tex, which is no part of a report" in logged(out)["giza"]["reason"]
    assert [path.name for path in (out / "giza").iterdir()] == ["thesis.tex"]


def test_ids_that_some_file_system_takes_for_one_have_folders_of_their_own(notebooks, tmp_path, warm):
    ids = [
        "a",
        "A",
        "batch.csv",
        "index.html",
        "a.failed",
        "Index.HTML",
        "caf\u00e9",
        "cafe\u0301",
        "../a",
        "a.",
        ".a",
        "a/b",
        "=1",
    ]
    source = tmp_path / "in.jsonl"
    lines = [json.dumps({"id": name, "text": STORY.format(title=f"Town {n}")}) for n, name in enumerate(ids)]
    source.write_text("\n".join([*lines, json.dumps({"id": "A.FAILED", "text": STORY.format(title="Errorville")})]))
    out = tmp_path / "out"
    options = {"notebooks": notebooks, "n_jobs": 2}
    assert make_reports([source], out, **options) == Tally(made=len(ids), failed=1)
    made = reports(out)
    assert len({name.casefold() for name in made}) == len(made) == len(ids)
    assert {"a", "A-559aead0", "batch.csv-7f93dc6d", "index.html-0eb54730", "a.failed-c0b0e3a1"} & made
    assert all((out / name).is_file() for name in ("batch.csv", "index.html"))
    found = logged(out)
    assert {row["report"] for row in found.values() if row["report"]} == made
    assert found.keys() == {*ids, "A.FAILED"} - {"=1"} | {"'=1"}
    assert {read_record(out / name).citation.report_id for name in made} == set(ids)
    failed = Path(found["A.FAILED"]["notebook"])
    assert failed.parent.name.startswith("A.FAILED-")
    assert failed.parent.suffix == ".failed"
    assert (out / failed).is_file()
    before = files(out)
    assert make_reports([source], out, **options) == Tally(unchanged=len(ids), failed=1)
    assert files(out).keys() == before.keys()


# The workers


def square(number: int) -> int:
    return number * number


def misbehave(task: tuple[str, str]) -> str:
    what, folder = task
    with (Path(folder) / what).open("a") as file:
        file.write("x")
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "hang":
        time.sleep(600)
    if what == "raise":
        raise KeyError(what)
    return what


def test_tasks_are_consumed_only_as_workers_become_free():
    taken = []
    tasks = (taken.append(number) or number for number in range(100))
    done = run_tasks(square, tasks, n_jobs=1)
    first = next(done)
    assert first in {(0, 0), (1, 1)}
    assert len(taken) <= 4
    assert sorted([first, *done]) == [(number, number * number) for number in range(100)]


def test_worker_that_dies_hangs_or_fails_loses_only_its_own_task(tmp_path, monkeypatch, warm):
    monkeypatch.setattr("analysis.batch.workers._GRACE_SECONDS", 1)
    kinds = ["fine", "die", "good", "raise", "hang", "well"]
    done = dict(run_tasks(misbehave, [(kind, str(tmp_path)) for kind in kinds], n_jobs=2, seconds=3))
    found = {kind: result for (kind, _), result in done.items()}
    assert [found[kind] for kind in ("fine", "good", "well")] == ["fine", "good", "well"]
    errors = {kind: str(found[kind]) for kind in ("die", "raise", "hang") if isinstance(found[kind], WorkerError)}
    assert errors == {
        "die": "its worker died, 3 times",
        "raise": "KeyError: 'raise'",
        "hang": "it took too long, and its worker was ended",
    }
    assert (tmp_path / "die").read_text() == "xxx"


def describe_process(word: str) -> tuple[int, int, bool]:
    print(word)  # noqa: T201 - what a task prints must not be read as its answer
    return os.getpid(), os.getppid(), "colorsys" in sys.modules


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")
def test_a_worker_is_forked_from_the_warm_process_for_each_task():
    found = [result for _, result in run_tasks(describe_process, "abcd", n_jobs=2, warm="colorsys")]
    pids, parents, are_warm = (set(column) for column in zip(*found, strict=True))
    assert (len(pids), len(parents), are_warm) == (4, 1, {True})
    launched = [result for _, result in run_tasks(describe_process, "abcd", n_jobs=1)]
    assert set(launched) == {(launched[0][0], os.getpid(), False)}


def call(make: Callable[[], object]) -> object:
    return make()


def make_a_function() -> Callable[[], None]:
    return lambda: None


def test_result_that_cannot_be_pickled_fails_only_its_own_task():
    done = dict(run_tasks(call, [make_a_function, os.getpid], n_jobs=1))
    assert isinstance(done[make_a_function], WorkerError)
    assert "make_a_function" in str(done[make_a_function])
    assert isinstance(done[os.getpid], int)


def test_closing_a_run_early_leaves_no_process():
    before = set(psutil.Process().children(recursive=True))
    tasks = run_tasks(time.sleep, [0, 600, 600], n_jobs=2, warm="colorsys")
    assert next(tasks) == (0, None)
    ours = set(psutil.Process().children(recursive=True)) - before
    assert ours
    tasks.close()
    wait_until(lambda: not any(process.is_running() for process in ours))


def test_batch_parent_imports_no_worker_libraries():
    code = """
import sys
from analysis.batch import annotate_articles, make_reports
assert not {"jupyter_client", "matplotlib", "nltk", "pandas", "papermill", "pyarrow", "typst"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


# The log


def test_log_keeps_one_row_for_each_article(tmp_path):
    log = Log(tmp_path)
    log.add(Entry("b", "failed", "two\nlines"))
    log.add(Entry("a", "finished", key="k"))
    log.add(Entry("b", "finished", key="k"))
    assert Log(tmp_path).get("b") == Entry("b", "finished", key="k")
    log.sort()
    text = "article_id,status,reason,report,notebook,key\na,finished,,,,k\nb,finished,,,,k\n"
    assert (tmp_path / "batch.csv").read_text() == text
    assert [path.name for path in tmp_path.iterdir()] == ["batch.csv"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every name of a file is text")
def test_file_whose_name_is_not_valid_text_is_logged(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / os.fsdecode(b"caf\xe9.txt")).write_text("")
    (folder / "cairo.txt").write_text(STORY.format(title="Cairo"))
    assert annotate_articles([folder], tmp_path / "out") == Tally(made=1, failed=1)
    assert logged(tmp_path / "out")[""]["reason"] == f"{folder}/caf\\udce9.txt is empty"


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in LOGS])
def test_log_that_cannot_be_read_is_set_aside_and_what_can_be_read_of_it_is_kept(tmp_path, case):
    given = bytes.fromhex(case["hex"]) if "hex" in case else case["text"].encode()
    (tmp_path / "batch.csv").write_bytes(given)
    lines = []
    log = Log(tmp_path, lines.append)
    assert [name for name in "abc" if log.get(name)] == case["kept"]
    log.add(Entry("d", "finished", key="k"))
    assert len(lines) == case["is_set_aside"]
    assert all(f"{tmp_path / 'batch.csv'} cannot be read as the log of a batch" in line for line in lines)
    aside = tmp_path / "batch.csv.unreadable"
    assert (aside.read_bytes() if aside.exists() else None) == (given if case["is_set_aside"] else None)
    log.sort()
    assert list(logged(tmp_path)) == [*case["kept"], "d"]


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["a folder", "a pipe"])
def test_log_that_is_no_file_is_set_aside(tmp_path, make):
    make(tmp_path / "batch.csv")
    (tmp_path / "batch.csv.unreadable").write_text("of an earlier batch")
    lines = []
    log = Log(tmp_path, lines.append)
    log.add(Entry("a", "finished"))
    log.sort()
    assert "it is now batch.csv.2.unreadable" in lines[0]
    assert list(logged(tmp_path)) == ["a"]


def test_log_that_may_not_be_read_nor_set_aside_never_blocks(tmp_path, notebooks, warm, monkeypatch):
    """The superuser may read every file: so the errors are raised here."""
    source = rows(tmp_path / "in.jsonl", "Giza")
    out = tmp_path / "out"
    out.mkdir()
    (out / "batch.csv").write_text("secret\n")

    rename = Path.rename

    def refuse(path: Path, target: Path) -> Path:
        if path.name == "batch.csv":
            raise PermissionError(13, "Permission denied", str(path))
        return rename(path, target)

    monkeypatch.setattr("analysis.batch.log.Log._read", lambda _: ({}, False))
    monkeypatch.setattr(Path, "rename", refuse)
    assert make_reports([source], out, notebooks=notebooks, n_jobs=1) == Tally(made=1)
    assert (out / "batch.csv").read_text() == "secret\n"


def test_reason_is_one_line_of_at_most_three_hundred_characters(tmp_path):
    log = Log(tmp_path)
    reason = (
        f"/deep{'/er' * 200}/\x1b[31mred.txt:\nan error \N{RIGHT-TO-LEFT OVERRIDE}{'of many words ' * 50}at its end"
    )
    kept = log.add(Entry("", "failed", reason)).reason
    assert len(kept) == 300
    assert (kept[:5], kept[-10:]) == ("/deep", "at its end")
    log.add(Entry("a", "failed", "\x1b[31mred.txt\nis empty"))
    log.sort()
    assert logged(tmp_path)["a"]["reason"] == "\\x1b[31mred.txt is empty"
    assert Log(tmp_path).get(kept).reason == kept


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝"])
def test_cell_that_a_spreadsheet_would_run_is_neutralised_as_in_exhibits(tmp_path, start):
    reason = f"{start}cmd|' /C calc'!A0.txt is empty"
    for _ in range(2):
        log = Log(tmp_path)
        log.add(Entry("", "failed", reason))
        log.add(Entry("a", "failed", "why, = 1"))
        log.sort(is_true=lambda _: False)
        assert logged(tmp_path)[""]["reason"] == f"'{reason}"
    assert logged(tmp_path)["a"]["reason"] == "why, = 1"


def test_rows_that_are_no_longer_true_go(notebooks, tmp_path, warm):
    source = rows(tmp_path / "in.jsonl", "Giza", "Luxor", "Errorville", "Suez")
    with source.open("a") as file:
        file.write('{"id": "empty", "text": ""}\n')
    out = tmp_path / "out"
    empty = tmp_path / "empty.txt"
    empty.write_text("")
    options = {"notebooks": notebooks, "n_jobs": 1}
    assert make_reports([source, empty, tmp_path / "gone.txt"], out, **options) == Tally(made=3, failed=4)
    assert set(logged(out)) == {"", "giza", "luxor", "errorville", "suez"}
    # Of another source: what was made stays, and the failure whose notebook is kept; what could not be read goes.
    other = rows(tmp_path / "other.jsonl", "Aswan")
    shutil.rmtree(out / "suez")
    assert make_reports([other], out, **options) == Tally(made=1)
    assert set(logged(out)) == {"giza", "luxor", "errorville", "aswan"}
    shutil.rmtree(out / "errorville.failed")
    (out / "luxor" / "article.txt").write_text("cut")
    empty.write_text(STORY.format(title="Edfu"))
    assert make_reports([other, empty], out, **options) == Tally(made=1, unchanged=1)
    assert {name.partition("-")[0] for name in logged(out)} == {"giza", "aswan", "edfu"}


def test_interrupted_batch_keeps_the_rows_that_it_has_not_come_to(notebooks, tmp_path, warm):
    source = rows(tmp_path / "in.jsonl", "Giza")
    with source.open("a") as file:
        file.write('{"id": "empty", "text": ""}\n')
    out = tmp_path / "out"
    make_reports([source], out, notebooks=notebooks, n_jobs=1)
    before = logged(out)

    def interrupted():
        yield rows(tmp_path / "other.jsonl", "Luxor")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_reports(interrupted(), out, notebooks=notebooks, n_jobs=1)
    assert before.items() <= logged(out).items()


def test_batches_that_end_one_after_the_other_keep_each_other_s_rows(tmp_path):
    """The first to end knows nothing of the failures of the second, which writes them again."""
    first, second = Log(tmp_path), Log(tmp_path)
    first.add(Entry("a", "failed", "why"))
    second.add(Entry("b", "failed", "why"))
    first.sort(is_true=lambda _: False)
    assert list(logged(tmp_path)) == ["a"]
    second.sort()
    assert list(logged(tmp_path)) == ["a", "b"]


def test_row_that_cannot_be_written_is_written_later(tmp_path):
    log = Log(tmp_path)
    (tmp_path / "batch.csv").mkdir()
    log.add(Entry("a", "finished"))
    with pytest.raises(OSError, match="directory"):
        log.sort()
    (tmp_path / "batch.csv").rmdir()
    log.add(Entry("b", "finished"))
    assert Log(tmp_path).get("a") == Entry("a", "finished")


@pytest.mark.parametrize("article_id", ["a/b", "=1+1", "-x", "@y", 'say "no", he said', "café"])
def test_log_finds_an_article_by_any_id(tmp_path, article_id):
    log = Log(tmp_path)
    log.add(Entry(article_id, "failed", "why", key="k"))
    log.sort()
    assert Log(tmp_path).get(article_id) == Entry(article_id, "failed", "why", key="k")


def test_log_waits_for_another_batch_that_writes_to_it(tmp_path):
    log = Log(tmp_path)
    other = FileLock(tmp_path / ".batch.csv.lock")
    with other:
        writing = threading.Thread(target=log.add, args=[Entry("a", "finished")])
        writing.start()
        writing.join(0.2)
        assert writing.is_alive()
        assert not (tmp_path / "batch.csv").exists()
    writing.join()
    assert Log(tmp_path).get("a") == Entry("a", "finished")


def test_log_is_written_without_a_lock_where_none_can_be_made(tmp_path, monkeypatch):
    monkeypatch.setattr("analysis.batch.log._LOCK_SECONDS", 0.1)
    log = Log(tmp_path)
    (tmp_path / ".batch.csv.lock").mkdir()
    log.add(Entry("a", "finished"))
    log.sort()
    (tmp_path / ".batch.csv.lock").rmdir()
    with FileLock(tmp_path / ".batch.csv.lock"):
        log.add(Entry("b", "finished"))
    assert Log(tmp_path).get("a") == Entry("a", "finished")
    assert Log(tmp_path).get("b") == Entry("b", "finished")


def test_no_row_is_lost_when_batches_write_at_once(tmp_path):
    def append_rows(name: str) -> None:
        log = Log(tmp_path)
        for number in range(50):
            log.add(Entry(f"{name}{number}", "finished"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(append_rows, "abcd"))
    assert set(logged(tmp_path)) == {f"{name}{number}" for name in "abcd" for number in range(50)}
    assert [path.name for path in tmp_path.iterdir()] == ["batch.csv"]


def test_progress_is_a_line_every_ten_seconds(capsys, monkeypatch):
    progress = Progress(4)
    progress.update(Tally(made=1))
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("analysis.batch.progress._SECONDS_BETWEEN_LINES", 0)
    progress.update(Tally(made=2, failed=1))
    assert capsys.readouterr().err.startswith("3 of 4 articles: 2 made, 0 unchanged, 1 failed; ")
    Progress(None).update(Tally(made=2, failed=1))
    assert capsys.readouterr().err.startswith("3 articles: ")
    Progress(2).update(Tally(made=2, failed=1))
    line = capsys.readouterr().err
    assert line.startswith("3 of 3 articles: ")
    assert line.endswith("; at most 0.0 s left\n")


def test_articles_are_counted_without_being_read(tmp_path):
    source = rows(tmp_path / "in.jsonl", "Giza", "Luxor")
    (tmp_path / "in.csv").write_text('id,text\na,"two\nlines"\nb,one\n')
    pd.DataFrame({"text": ["a", "b", "c"]}).to_parquet(tmp_path / "in.parquet")
    (tmp_path / "story.txt").write_text("It rained.")
    assert count_articles([source, f"{source}#giza", tmp_path / "gone.txt"]) == 4
    assert count_articles([tmp_path]) == 2 + 2 + 3 + 1


# Annotation


def tables(out: Path) -> dict[str, pd.DataFrame]:
    return {name: pd.read_parquet(out / f"{name}.parquet") for name in ANNOTATIONS["parquet"]}


def test_annotation_tells_of_an_article_that_may_be_cut_off(tmp_path, capsys):
    (tmp_path / "whole.txt").write_text(STORY.format(title="Cairo"))
    (tmp_path / "cut.txt").write_text(
        f"{STORY.format(title='Giza').rstrip()} The mayor of the town said that the port …"
    )
    assert annotate_articles([tmp_path], tmp_path / "out", progress=Progress(2)) == Tally(made=2)
    told = [line for line in capsys.readouterr().err.splitlines() if "cut off" in line]
    assert len(told) == 1
    assert told[0].startswith("dateline: giza")
    assert told[0].endswith(": it may be cut off: it ends in “…”")


def test_annotation_is_partitioned_resumed_and_the_same_in_parallel(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("analysis.batch.annotating._PART_ARTICLES", 3)
    source = rows(tmp_path / "in.jsonl", *(f"Town{number}" for number in range(8)))
    out = tmp_path / "out"
    assert annotate_articles([source], out) == Tally(made=8)
    names = [path.name for path in sorted((out / "tokens.parquet").iterdir())]
    assert [name[:10] for name in names] == ["part-00000", "part-00001", "part-00002"]
    before = files(out)
    assert annotate_articles([source], out) == Tally(unchanged=8)
    assert files(out) == before
    (out / "articles.parquet" / names[1]).unlink()
    assert annotate_articles([source], out) == Tally(made=3, unchanged=5)
    assert files(out) == before
    assert annotate_articles([source], tmp_path / "two", n_jobs=2) == Tally(made=8)
    assert files(tmp_path / "two") == before
    rows(source, "Town0", "Town1", "Town2", "Town9")
    assert annotate_articles([source], out, progress=Progress(2)) == Tally(made=1, unchanged=3)
    assert list(tables(out)["articles"].article_id) == ["town0", "town1", "town2", "town9"]
    assert "2 parts of other articles, or of these as they were annotated before, removed" in capsys.readouterr().err


def test_two_annotations_into_one_folder_do_not_mix(tmp_path):
    one, two = (rows(tmp_path / f"{name}.jsonl", name) for name in ("Giza", "Luxor"))
    out = tmp_path / "out"
    code = "import sys; from pathlib import Path; from analysis.batch import annotating\n"
    code += "def wait(*_): print('busy', flush=True); sys.stdin.readline()\n"
    code += "annotating._remove_other_parts = wait\nannotating.annotate_articles(sys.argv[1], Path(sys.argv[2]))"
    command = [sys.executable, "-c", code, one, out]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout.readline() == "busy\n"
        with pytest.raises(ReportError, match="another process is annotating into this folder; wait for it"):
            annotate_articles([two], out)
        assert list(tables(out)["articles"].article_id) == ["giza"]
        first.stdin.close()
        assert first.wait() == 0
    assert annotate_articles([two], out) == Tally(made=1)
    assert list(tables(out)["articles"].article_id) == ["luxor"]
    assert not list(out.glob(".*"))


def test_article_that_cannot_be_annotated_is_logged_each_time(tmp_path):
    source = rows(tmp_path / "in.jsonl", "Giza")
    with source.open("a") as file:
        file.write(json.dumps({"id": "es", "text": "El presidente dijo que el gobierno no va a cambiar. " * 9}) + "\n")
    for expected in (Tally(made=1, failed=1), Tally(unchanged=1, failed=1)):
        assert annotate_articles([source], tmp_path / "out") == expected
    assert "is not in English" in logged(tmp_path / "out")["es"]["reason"]
    assert annotate_articles([source], tmp_path / "out", force=True) == Tally(made=2)
    assert set(tables(tmp_path / "out")["articles"].article_id) == {"giza", "es"}
    assert annotate_articles([source], tmp_path / "out", retry_failed=True) == Tally(made=1, failed=1)


def test_bad_line_is_logged_and_the_lines_after_it_are_annotated(tmp_path):
    source = rows(tmp_path / "in.jsonl", "Giza", "Luxor", "Suez")
    first, *others = source.read_bytes().splitlines(keepends=True)
    source.write_bytes(b"".join([first, b'{"id": "cut\n', b"[" * 100_000 + b"\n", *others, first, first]))
    assert annotate_articles([source], tmp_path / "out") == Tally(made=3, failed=4)
    assert list(tables(tmp_path / "out")["articles"].article_id) == ["giza", "luxor", "suez"]
    with (tmp_path / "out" / "batch.csv").open(newline="") as file:
        failed = list(csv.DictReader(file))
    places = [f"{source}, line {number}" for number in (2, 3, 6, 7)]
    assert [row["reason"][: len(place)] for row, place in zip(failed, places, strict=True)] == places
    assert {(row["article_id"], row["status"]) for row in failed} == {("", "failed")}


# A cluster


@pytest.fixture
def cluster(tmp_path):
    """Start a scheduler and two workers as processes; return its address and the workers."""
    scheduler_file = tmp_path / "scheduler.json"
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    options = ["--scheduler-file", str(scheduler_file)]
    quiet = {"stderr": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    scheduler = subprocess.Popen([*dask, *options, "--host", "127.0.0.1", "--port", "0", "--no-dashboard"], **quiet)
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", *options, "--nthreads", "1", "--no-nanny"]
    workers = [
        subprocess.Popen([*worker, "--no-dashboard", "--local-directory", str(tmp_path / f"w{number}")], **quiet)
        for number in range(2)
    ]
    wait_until(lambda: scheduler_file.exists() and scheduler_file.read_text())
    yield json.loads(scheduler_file.read_text())["address"], workers
    for process in (*workers, scheduler):
        process.kill()
        process.wait()


@pytest.mark.slow
def test_cluster_makes_the_same_reports_although_a_worker_dies(cluster, notebooks, tmp_path):
    address, workers = cluster
    titles = [f"Town{number}" for number in range(8)]
    source = rows(tmp_path / "in.jsonl", *titles, "Errorville")
    tallies = []
    batch = threading.Thread(
        target=lambda: tallies.append(
            make_reports([source], tmp_path / "far", notebooks=notebooks, scheduler=address, seconds=60)
        )
    )
    batch.start()
    wait_until(lambda: len(reports(tmp_path / "far")) >= 2)
    workers[0].send_signal(signal.SIGKILL)
    workers[0].wait()
    batch.join()
    # What the worker had made when it died, without having said so, is found unchanged.
    assert [(tally.made + tally.unchanged, tally.failed) for tally in tallies] == [(8, 1)]
    make_reports([source], tmp_path / "near", notebooks=notebooks, n_jobs=2)
    far, near = (files(tmp_path / where) for where in ("far", "near"))
    failing = "errorville.failed/1-words.ipynb"
    assert (far.pop(failing), near.pop(failing)) != (None, None)
    assert far == near


CLUSTER_BATCH = """
import signal
import sys
from pathlib import Path
from analysis.batch import make_reports
from analysis.batch import progress, workers
from analysis.report.faults import MachineError
# A slow machine prints no line on its progress among those that are looked for.
progress._SECONDS_BETWEEN_LINES = float("inf")
workers._SECONDS_BETWEEN_LINES = float(sys.argv[5])
def interrupt(signum, frame):
    raise KeyboardInterrupt
signal.signal(signal.SIGINT, interrupt)
signal.signal(signal.SIGTERM, interrupt)
try:
    options = {"notebooks": Path(sys.argv[3]), "scheduler": sys.argv[4], "progress": progress.Progress(None)}
    make_reports([sys.argv[1]], sys.argv[2], **options)
except KeyboardInterrupt:
    sys.exit(130)
except MachineError as fault:
    print(fault)
    sys.exit(1)
"""


def start_on_cluster(source, out, notebooks, address, *, seconds=30):
    arguments = [sys.executable, "-c", CLUSTER_BATCH, source, out, notebooks, address, str(seconds)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def scheduler(tmp_path):
    """Start a scheduler without workers; return its address and its process."""
    scheduler_file = tmp_path / "scheduler.json"
    arguments = ["--scheduler-file", str(scheduler_file), "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    process = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_scheduler", *arguments],
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    wait_until(lambda: scheduler_file.exists() and scheduler_file.read_text())
    yield json.loads(scheduler_file.read_text())["address"], process
    process.kill()
    process.wait()


@pytest.mark.slow
@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_batch_without_workers_says_so_and_ends_on_the_first_signal(scheduler, notebooks, tmp_path, signum):
    address, process = scheduler
    source = rows(tmp_path / "in.jsonl", "Giza", "Luxor")
    batch = start_on_cluster(source, tmp_path / "out", notebooks, address, seconds=2)
    line = f"dateline: no workers at {address}; waiting for some, Ctrl-C ends the batch\n"
    start = time.monotonic()
    assert [batch.stderr.readline() for _ in range(3)] == [line] * 3
    assert time.monotonic() - start >= 4
    if signum == signal.SIGTERM:
        # Not even a scheduler that hangs keeps it.
        process.send_signal(signal.SIGSTOP)
    batch.send_signal(signum)
    out, err = batch.communicate(timeout=30)
    assert (batch.returncode, out) == (130, "")
    assert err.replace(line, "") == ""
    assert [path.name for path in (tmp_path / "out").iterdir()] in ([], ["batch.csv"])


@pytest.mark.slow
def test_batch_whose_scheduler_goes_ends_with_one_line(scheduler, notebooks, tmp_path):
    address, process = scheduler
    source = rows(tmp_path / "in.jsonl", "Giza", "Luxor")
    batch = start_on_cluster(source, tmp_path / "out", notebooks, address)
    batch.stderr.readline()
    process.kill()
    out, err = batch.communicate(timeout=60)
    gone = f"the scheduler at {address} has gone; start one, then run the same command again\n"
    assert (batch.returncode, out, err) == (1, gone, "")
    assert make_reports([source], tmp_path / "out", notebooks=notebooks, n_jobs=1) == Tally(made=2)


@pytest.mark.slow
def test_batch_whose_scheduler_goes_while_a_worker_is_busy_marks_nothing_failed(cluster, notebooks, tmp_path):
    address, _ = cluster
    source = rows(tmp_path / "in.jsonl", "Slowville", "Giza", "Luxor", "Suez", "Aswan", "Edfu")
    batch = start_on_cluster(source, tmp_path / "out", notebooks, address)
    wait_until(lambda: reports(tmp_path / "out"))
    for process in psutil.process_iter(["cmdline"]):
        if str(tmp_path / "scheduler.json") in (cmdline := process.info["cmdline"] or []) and any(
            "dask_scheduler" in argument for argument in cmdline
        ):
            process.kill()
    out, err = batch.communicate(timeout=60)
    assert (batch.returncode, err) == (1, "")
    assert out == f"the scheduler at {address} has gone; start one, then run the same command again\n"
    assert {row["status"] for row in logged(tmp_path / "out").values()} <= {"finished"}
    assert not [path for path in (tmp_path / "out").iterdir() if path.suffix == ".failed"]


def test_scheduler_that_does_not_answer_raises_one_line(tmp_path, notebooks, monkeypatch):
    monkeypatch.setattr("analysis.batch.workers._CONNECT_SECONDS", 1)
    source = rows(tmp_path / "in.jsonl", "Giza")
    with pytest.raises(ConnectionError, match=r"no scheduler answers at tcp://127\.0\.0\.1:9"):
        make_reports([source], tmp_path / "out", notebooks=notebooks, scheduler="tcp://127.0.0.1:9")


@pytest.mark.slow
def test_report_of_a_batch_is_the_same_as_a_single_one(seed_report, tmp_path):
    source = Path(__file__).parent.parent / "seeds"
    assert make_reports([source], tmp_path, n_jobs=1) == Tally(made=1)
    (made,) = reports(tmp_path)
    assert made == read_article(seed_report / "article.txt").id
    assert files(tmp_path / made) == files(seed_report)
