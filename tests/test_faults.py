"""Faults of the machine: they are really produced where that can be done, and no article is marked failed for one."""

import errno
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import papermill.exceptions
import pytest

from analysis.batch import Tally, annotate_articles, make_reports
from analysis.batch.workers import WorkerError, run_tasks
from analysis.kernels.forking import VARIABLE
from analysis.report import ReportError, bundle_report
from analysis.report.faults import MachineError, check_machine, find_fault
from analysis.report.staging import staged
from analysis.resources import ResourceError

from .small_batches import STORY, files, fill, logged, reports, rows, small_disk, wait_until, write_notebooks

pytestmark = pytest.mark.usefixtures("warm_throughout")

BATCH = """
import sys
from pathlib import Path
from analysis.batch import make_reports
from analysis.report.faults import MachineError
try:
    print(make_reports([sys.argv[1]], sys.argv[2], notebooks=Path(sys.argv[3]), n_jobs=1).failed)
except MachineError as fault:
    sys.exit(f"stopped: {fault}")
"""


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory):
    """Return a folder with one quick notebook."""
    return write_notebooks(tmp_path_factory.mktemp("notebooks"))


@pytest.fixture(scope="module")
def expected(notebooks, tmp_path_factory):
    """Return the files of the reports that a batch makes to which nothing happens."""
    folder = tmp_path_factory.mktemp("expected")
    source = rows(folder / "in.jsonl", *TITLES)
    assert make_reports([source], folder / "out", notebooks=notebooks, n_jobs=1) == Tally(made=3)
    return files(folder / "out")


#: Errors whose line names the folder.
FOLDERS = (errno.ENOSPC, errno.EIO, errno.ENOTCONN, errno.ENODEV)
TITLES = ("Giza", "Luxor", "Suez")


def check_stopped(out: Path) -> None:
    """Check that nothing is half written, and no article is marked failed."""
    assert not list(out.glob(".*"))
    assert not list(out.glob("*.failed"))
    for name in reports(out):
        assert (out / name / "report.html").is_file()
    if (out / "batch.csv").exists():
        assert "failed" not in {row["status"] for row in logged(out).values()}


def environment(**changed):
    """Return the environment without the warm process of these tests, in whose folder there is room."""
    return {name: value for name, value in os.environ.items() if name != VARIABLE} | changed


def run_batch(source, out, notebooks, **options):
    """Run a batch in a process of its own; return its exit status and last line."""
    command = [sys.executable, "-c", BATCH, source, out, notebooks]
    options = {"env": environment(), **options}
    done = subprocess.run(command, check=False, capture_output=True, text=True, **options)
    return done.returncode, (done.stderr or done.stdout).strip().rpartition("\n")[2]


# What is a fault of the machine


def raised(error, *, inside=None, as_cause=True):
    """Return an error as it is when it has been raised in another one."""
    try:
        try:
            raise error
        except type(error) as first:
            if inside is None:
                raise
            raise inside from (first if as_cause else None)
    except Exception as last:  # noqa: BLE001 - any
        return last


def notebook_error(name, value):
    return papermill.exceptions.PapermillExecutionError(3, 2, "1 / 0", name, value, [])


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError(errno.ENOSPC, "full"), "no space is left in {tmp} "),
        (OSError(errno.ENOSPC, "full", "{tmp}/a.txt"), "no space is left in {tmp} "),
        (OSError(errno.EDQUOT, "quota"), "the disk quota is used up in {tmp}; free some space there"),
        (OSError(errno.EFBIG, "large"), "a file in {tmp} would be larger than is allowed; raise the limit (ulimit -f)"),
        (OSError(errno.EROFS, "read-only", "{tmp}/a"), "{tmp} can only be read; make it writable"),
        (OSError(errno.EMFILE, "files"), "this process has too few file descriptors; raise their limit (ulimit -n"),
        (OSError(errno.ENFILE, "files"), "this machine has no file descriptors left; end other programs"),
        (OSError(errno.ENOMEM, "memory"), "no memory is left; end other programs"),
        (BlockingIOError(errno.EAGAIN, "fork"), "no further process or thread can be started"),
        (RuntimeError("can't start new thread"), "no further process or thread can be started"),
        (ResourceError("tags.npz is missing; install dateline again"), "tags.npz is missing; install dateline again"),
        (notebook_error("OSError", "[Errno 28] No space left on device"), "no space is left in"),
        (raised(OSError(errno.ENOSPC, "full"), inside=ReportError("x")), "no space is left in"),
        (raised(OSError(errno.EMFILE, "files"), inside=ReportError("x"), as_cause=False), "this process has too few"),
    ],
)
def test_fault_of_the_machine_is_told_in_one_line(tmp_path, monkeypatch, error, message):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    if getattr(error, "filename", None):
        error.filename = error.filename.format(tmp=tmp_path)
    fault = find_fault(error)
    assert isinstance(fault, MachineError)
    assert str(fault).startswith(message.format(tmp=tmp_path))
    assert "\n" not in str(fault)
    assert isinstance(error, ResourceError) or str(fault).endswith(", then run the same command again")


@pytest.mark.parametrize(
    "error",
    [
        ValueError("no weather here"),
        FileNotFoundError(errno.ENOENT, "gone", "/nowhere/at/all.txt"),
        PermissionError(errno.EACCES, "denied", "/locked/story.txt"),
        OSError(errno.EIO, "bad sector", "/disk/story.txt"),
        ConnectionRefusedError(errno.ECONNREFUSED, "refused"),
        MemoryError("a long article"),
        RuntimeError("the kernel died before it was ready"),
        notebook_error("OSError", "[Errno 2] No such file or directory"),
        notebook_error("ValueError", "the article says [Errno 28]"),
    ],
)
def test_fault_of_an_article_is_none_of_the_machine(error):
    assert find_fault(error) is None


def test_lack_of_memory_is_the_machine_s_fault_if_there_is_none_for_anything(monkeypatch):
    monkeypatch.setattr("analysis.report.faults._MIN_MEMORY_BYTES", sys.maxsize)
    assert "no memory is left" in str(find_fault(MemoryError()))


def test_a_sound_machine_passes_and_nothing_remains_of_the_check(tmp_path):
    check_machine(tmp_path)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(MachineError, match="out has gone, or is not seen from here; bring it back, then run the same"):
        check_machine(tmp_path / "out")


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOSPC, errno.EIO, errno.ENOTCONN, errno.ENODEV])
@pytest.mark.parametrize("when", ["made", "written", "renamed"])
def test_fault_while_a_report_is_staged_is_the_machine_s(tmp_path, monkeypatch, number, when):
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), str(tmp_path / "x"))

    if when == "made":
        monkeypatch.setattr("tempfile.mkdtemp", refuse)
    if when == "renamed":
        monkeypatch.setattr(Path, "rename", refuse)

    def stage() -> None:
        with staged(tmp_path / "out", may_replace=()) as folder:
            (folder / "a.txt").write_text("a")
            if when == "written":
                refuse()

    with pytest.raises(MachineError, match=str(tmp_path) if number in FOLDERS else "descriptors"):
        stage()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("number", [errno.ENAMETOOLONG, errno.EILSEQ, errno.EACCES, errno.ELOOP])
def test_name_that_a_report_cannot_have_is_its_own_fault(tmp_path, monkeypatch, number):
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), str(tmp_path / "x"))

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    with pytest.raises(ReportError, match="out cannot be written: ") as error, staged(tmp_path / "out", may_replace=()):
        pass
    assert not isinstance(error.value, MachineError)


# Faults that happen


@pytest.mark.slow
@pytest.mark.parametrize("leave", [10_000, 400_000])
def test_full_disk_stops_the_batch_and_it_goes_on_when_there_is_space(notebooks, expected, tmp_path, leave):
    with small_disk(tmp_path / "disk", "4m") as disk:
        source = rows(tmp_path / "in.jsonl", *TITLES)
        ballast = fill(disk, leave=leave)
        with pytest.raises(MachineError, match=r"^no space is left in .*disk.*; free some there, then run the same"):
            make_reports([source], disk / "out", notebooks=notebooks, n_jobs=1)
        check_stopped(disk / "out")
        n_made = len(reports(disk / "out"))
        ballast.unlink()
        assert make_reports([source], disk / "out", notebooks=notebooks, n_jobs=1) == Tally(3 - n_made, n_made)
        assert files(disk / "out") == expected


def test_full_disk_of_a_bundle_is_named(seed_report, tmp_path):
    with small_disk(tmp_path / "disk", "1m") as disk:
        with pytest.raises(MachineError, match=rf"^no space is left in {disk} .*; free some there"):
            bundle_report(seed_report, disk / "bundle.zip")
        assert list(disk.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize(("size", "leave"), [("64k", 8192), ("256k", 60_000)])
def test_full_folder_for_temporary_files_stops_the_batch(notebooks, expected, tmp_path, size, leave):
    with small_disk(tmp_path / "disk", size) as disk:
        source = rows(tmp_path / "in.jsonl", *TITLES)
        ballast = fill(disk, leave=leave)
        env = environment(TMPDIR=str(disk))
        status, line = run_batch(source, tmp_path / "out", notebooks, env=env)
        if status:
            assert line.startswith(f"stopped: no space is left in {disk}")
            check_stopped(tmp_path / "out")
            ballast.unlink()
            assert run_batch(source, tmp_path / "out", notebooks)[0] == 0
        assert files(tmp_path / "out") == expected


@pytest.mark.slow
@pytest.mark.parametrize("leave", [4096, 12_288])
def test_kernels_without_room_for_their_files_are_told_in_one_line(tmp_path, leave):
    (tmp_path / "story.txt").write_text(STORY)
    # A kernel's folder is elsewhere if its sockets' paths would be too long.
    with tempfile.TemporaryDirectory(dir="/tmp") as short, small_disk(Path(short, "disk"), "200k") as disk:
        fill(disk, leave=leave)
        command = [sys.executable, "-m", "analysis", "report", tmp_path / "story.txt", "--out", tmp_path / "out"]
        env = environment(TMPDIR=str(disk))
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=env)
        lines = [line for line in done.stderr.splitlines() if not line.startswith("[")]
        assert (done.returncode, len(lines)) == (1, 1), done.stderr
        assert lines[0].startswith(f"dateline: no space is left in {disk}")


@pytest.mark.slow
def test_largest_file_allowed_stops_the_batch(notebooks, expected, tmp_path):
    source = rows(tmp_path / "in.jsonl", *TITLES)
    limit = (20_000, resource.RLIM_INFINITY)
    status, line = run_batch(
        source, tmp_path / "out", notebooks, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    )
    assert (status, line.partition(" in ")[0]) == (1, "stopped: a file")
    assert "would be larger than is allowed; raise the limit (ulimit -f)" in line
    check_stopped(tmp_path / "out")
    assert run_batch(source, tmp_path / "out", notebooks) == (0, "0")
    assert files(tmp_path / "out") == expected


@pytest.mark.slow
@pytest.mark.parametrize("n", [12, 40])
def test_too_few_file_descriptors_stop_the_batch(notebooks, expected, tmp_path, n):
    source = rows(tmp_path / "in.jsonl", *TITLES)
    status, line = run_batch(
        source, tmp_path / "out", notebooks, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (n, n))
    )
    assert status == 1
    assert line.startswith("stopped: this process has too few file descriptors; raise their limit (ulimit -n 1024)")
    check_stopped(tmp_path / "out")
    assert run_batch(source, tmp_path / "out", notebooks) == (0, "0")
    assert files(tmp_path / "out") == expected


@pytest.mark.slow
def test_folder_that_goes_stops_the_batch_and_is_not_made_anew(notebooks, tmp_path):
    source = rows(tmp_path / "in.jsonl", "Giza", "Slowville", "Suez")
    out = tmp_path / "out"

    def remove() -> None:
        wait_until(lambda: reports(out) == {"giza"} and list(out.glob(".slowville*")))
        out.rename(tmp_path / "away")

    removing = threading.Thread(target=remove)
    removing.start()
    with pytest.raises(MachineError, match=f"^{out} has gone, or is not seen from here; bring it back, then run the"):
        make_reports([source], out, notebooks=notebooks, n_jobs=1)
    removing.join()
    assert not out.exists()
    (tmp_path / "away").rename(out)
    assert make_reports([source], out, notebooks=notebooks, n_jobs=1) == Tally(made=2, unchanged=1)
    check_stopped(out)


@pytest.mark.slow
def test_disk_that_can_only_be_read_stops_the_batch(notebooks, expected, tmp_path):
    with small_disk(tmp_path / "disk", "8m") as disk:
        source = rows(tmp_path / "in.jsonl", *TITLES)
        (disk / "out").mkdir()

        def remount(mode: str) -> None:
            subprocess.run([shutil.which("mount"), "-o", f"remount,{mode}", disk], check=True)

        remount("ro")
        with pytest.raises(MachineError, match=r"disk/out can only be read; make it writable"):
            make_reports([source], disk / "out", notebooks=notebooks, n_jobs=1)
        remount("rw")
        check_stopped(disk / "out")
        assert make_reports([source], disk / "out", notebooks=notebooks, n_jobs=1) == Tally(made=3)
        remount("ro")
        assert make_reports([source], disk / "out", notebooks=notebooks, n_jobs=1) == Tally(unchanged=3)
        assert files(disk / "out") == expected


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_fault_in_a_notebook_keeps_nothing_and_marks_nothing(notebooks, tmp_path, n_jobs):
    source = rows(tmp_path / "in.jsonl", "Fullville")
    with pytest.raises(MachineError, match="no space is left"):
        make_reports([source], tmp_path / "out", notebooks=notebooks, n_jobs=n_jobs)
    check_stopped(tmp_path / "out")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.txt", "b.jsonl"])
def test_article_that_the_machine_cannot_read_is_not_marked_failed(notebooks, tmp_path, monkeypatch, name):
    source = rows(tmp_path / "b.jsonl", "Giza")
    (tmp_path / "a.txt").write_text(STORY.format(title="Luxor"))
    opened = Path.open

    def refuse(path: Path, *args, **options):
        if path.name == name:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE), str(path))
        return opened(path, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refuse)
        with pytest.raises(MachineError, match="too few file descriptors"):
            make_reports([tmp_path / "a.txt", source], tmp_path / "out", notebooks=notebooks, n_jobs=1)
    check_stopped(tmp_path / "out")
    assert make_reports([tmp_path / "a.txt", source], tmp_path / "out", notebooks=notebooks, n_jobs=1).failed == 0


def test_folder_of_the_sources_that_goes_stops_the_batch(tmp_path, monkeypatch):
    folder = tmp_path / "disk" / "news"
    folder.mkdir(parents=True)
    for title in TITLES:
        (folder / f"{title}.txt").write_text(STORY.format(title=title))
    listed = sorted(folder.iterdir())
    monkeypatch.setattr("analysis.article.reading.expand", lambda _: shutil.rmtree(tmp_path / "disk") or listed)
    with pytest.raises(MachineError, match=f"^{tmp_path / 'disk'} has gone, or is not seen from here; bring it"):
        annotate_articles([folder], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_lack_of_memory_while_reading(notebooks, tmp_path, monkeypatch):
    """A file that is too large fails by itself; where nothing can be had, the batch stops."""
    (tmp_path / "a.txt").write_text("a")
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "a.txt":
            raise MemoryError
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert annotate_articles([tmp_path / "a.txt"], tmp_path / "out") == Tally(failed=1)
    monkeypatch.setattr("analysis.report.faults._MIN_MEMORY_BYTES", sys.maxsize)
    with pytest.raises(MachineError, match="no memory is left"):
        annotate_articles([tmp_path / "a.txt"], tmp_path / "out")


# In workers


def raise_full(_: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def raise_fault_itself(_: int) -> None:
    raise MachineError("the node is on fire; put it out, then run the same command again")


@pytest.mark.parametrize(
    ("function", "message"), [(raise_full, "no space is left in"), (raise_fault_itself, "the node is on fire; put")]
)
def test_fault_in_a_worker_ends_the_run(function, message):
    with pytest.raises(MachineError, match=message):
        list(run_tasks(function, [1, 2, 3], n_jobs=2))


@pytest.mark.parametrize(
    ("number", "file", "message"),
    [
        (errno.EMFILE, None, "this process has too few file descriptors; raise their limit"),
        (errno.EAGAIN, None, "no further process or thread can be started; end others"),
        (errno.ENOENT, "/gone/bin/python", r"no worker can be started \(/gone/bin/python: No such file or directory\)"),
        (
            errno.EACCES,
            "/opt/bin/python",
            r"no worker can be started \(/opt/bin/python: Permission denied\); mend that",
        ),
        (
            errno.EIO,
            None,
            r"no worker can be started \(Input/output error\); mend that, then run the same command again",
        ),
    ],
)
def test_worker_that_cannot_be_started_ends_the_run(monkeypatch, number, file, message):
    def refuse(_: str) -> None:
        raise OSError(number, os.strerror(number), file)

    monkeypatch.setattr("analysis.batch.workers.start_module", refuse)
    with pytest.raises(MachineError, match=message):
        list(run_tasks(abs, [1, 2, 3], n_jobs=2))


def test_error_of_a_task_is_no_fault():
    (result,) = dict(run_tasks(abs, ["a"], n_jobs=1)).values()
    assert isinstance(result, WorkerError)


# Annotation


@pytest.mark.slow
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_full_disk_stops_annotation(tmp_path, n_jobs):
    source = rows(tmp_path / "in.jsonl", *TITLES)
    with small_disk(tmp_path / "disk", "2m") as disk:
        (disk / "out").mkdir()
        ballast = fill(disk, leave=8192)
        with pytest.raises(MachineError, match=r"no space is left in .*disk"):
            annotate_articles([source], disk / "out", n_jobs=n_jobs)
        assert not [path for path in (disk / "out").rglob("*") if path.is_file() and path.name != "batch.csv"]
        ballast.unlink()
        assert annotate_articles([source], disk / "out", n_jobs=n_jobs) == Tally(made=3)
        assert annotate_articles([source], tmp_path / "other") == Tally(made=3)
        assert files(disk / "out") == files(tmp_path / "other")


def test_article_that_cannot_be_annotated_costs_none_of_its_part(tmp_path, monkeypatch):
    import analysis.language

    annotate = analysis.language.annotate

    def fail(articles, **options):
        found = list(articles) if isinstance(articles, list) else [articles]
        if any("Luxor" in article.text for article in found):
            raise RecursionError("too deep")
        return annotate(articles, **options)

    monkeypatch.setattr(analysis.language, "annotate", fail)
    source = rows(tmp_path / "in.jsonl", *TITLES)
    assert annotate_articles([source], tmp_path / "out") == Tally(made=2, failed=1)
    assert logged(tmp_path / "out")["luxor"]["reason"] == "RecursionError: too deep"
