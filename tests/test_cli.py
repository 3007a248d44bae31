"""The command: what it prints, its exit status, one line for an error."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd
import pytest

from analysis import read_conllu
from analysis.cli import main
from analysis.content import find_claims
from analysis.layout import ANNOTATIONS
from analysis.report.notebook import INPUT_PARAMETERS, NOTEBOOKS, notebook_parameters, notebook_paths
from analysis.tables import TABLES

from .conftest import SEED


@pytest.fixture
def story(tmp_path):
    path = tmp_path / "story.txt"
    shutil.copy(SEED, path)
    return path


@pytest.fixture
def brief_story(tmp_path):
    path = tmp_path / "story.txt"
    path.write_text("Rain in Cairo – Daily News\n\nRain fell in Cairo on Monday, the mayor said. It was wet.\n")
    return path


def run(capsys, *arguments):
    try:
        status = main([str(argument) for argument in arguments])
    except SystemExit as stop:
        status = stop.code
    out, err = capsys.readouterr()
    return status, out, err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["rport"], "invalid choice: 'rport'"),
        (["report"], "the following arguments are required: ARTICLE"),
        (["report", "{tmp}/gone.txt"], "no such file: {tmp}/gone.txt"),
        (["report", "{tmp}"], "{tmp} is a folder; expected a file"),
        (["report", "{tmp}/empty.txt"], "{tmp}/empty.txt is empty"),
        (["report", "{tmp}/binary.txt"], "{tmp}/binary.txt is a binary file; expected a text"),
        (["report", "{tmp}/blank.txt"], "{tmp}/blank.txt: the text has no word in it"),
        (["report", "{tmp}/story.txt", "-p", "nope", "1"], "no notebook has a parameter 'nope'"),
        (
            ["report", "{tmp}/story.txt", "-p", "n_terms", "many"],
            "parameter n_terms is 'many'; expected a whole number",
        ),
        (["report", "{tmp}/story.txt", "-p", "n_terms"], "expected 2 arguments"),
        (["report", "{tmp}/story.txt", "--out", "{tmp}/story.txt/x"], "{tmp}/story.txt is a file; expected a folder"),
        (["batch", "{tmp}/story.txt", "--out", "{tmp}/story.txt/x/y"], "{tmp}/story.txt is a file; expected a folder"),
        (["report", "{tmp}/story.txt", "--out", "{tmp}"], "which is no part of a report"),
        (["annotate", "{tmp}/story.txt"], "the following arguments are required: --out"),
        (["annotate", "{tmp}/gone.txt", "--out", "{tmp}/out"], "no such file: {tmp}/gone.txt"),
        (
            ["annotate", "{tmp}/story.txt", "--out", "{tmp}/story.txt"],
            "{tmp}/story.txt is a file; expected a folder",
        ),
        (
            ["annotate", "{tmp}/story.txt", "--out", "{tmp}/taken"],
            "{tmp}/taken/tokens.parquet is a file; expected the folder of a table",
        ),
    ],
)
@pytest.mark.usefixtures("warm")
def test_error_is_one_line_and_status_2(tmp_path, capsys, story, arguments, message):
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "tokens.parquet").touch()
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)))
    (tmp_path / "blank.txt").write_text(" – \n")
    status, out, err = run(capsys, *(a.format(tmp=tmp_path) for a in arguments))
    assert status == 2
    assert message.format(tmp=tmp_path) in err
    assert err.count("\n") == 1
    assert out == ""


def test_debug_raises_the_error(tmp_path, warm):
    with pytest.raises(ValueError, match="no such file"):
        main(["report", str(tmp_path / "gone.txt"), "--debug"])


def test_version(capsys):
    status, out, _ = run(capsys, "--version")
    assert (status, bool(re.fullmatch(r"dateline \d+\.\d+\.\d+(\.dev\d+)?\n", out))) == (0, True)


def test_codebook_prints_every_table(capsys):
    status, out, err = run(capsys, "codebook")
    assert (status, err) == (0, "")
    assert all(f"## {name}\n" in out for name in TABLES)
    assert "| FIGHT | conflict | To use arms" in out


def test_annotate_writes_one_set_of_files(tmp_path, capsys, story):
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"id": "r1", "text": "Rain fell in Cairo on Monday. It was wet."}\n{"id": "r2", "text": ""}\n')
    status, out, err = run(capsys, "annotate", story, rows, "--out", tmp_path / "out")
    assert status == 2
    assert out == f"{tmp_path / 'out'}: 2 articles annotated\n"
    assert err == f"dateline: {rows}, line 2 has no text\n"
    files = {path.name for path in (tmp_path / "out").iterdir()}
    names = ("sentences", "tokens", "mentions", "coreference")
    assert files == {"batch.csv", *(f"{name}.parquet" for name in ANNOTATIONS["parquet"])}
    texts = {"r1": "Rain fell in Cairo on Monday. It was wet.", None: SEED.read_text()}
    for name in names:
        table = pd.read_parquet(tmp_path / "out" / f"{name}.parquet")
        assert table.article_id.nunique() == 2
        for row in table.itertuples():
            assert texts.get(row.article_id, texts[None])[row.start : row.end] == row.text


def test_annotate_takes_a_folder_and_a_glob(tmp_path, capsys, story):
    (tmp_path / "other.txt").write_text("Rain fell in Cairo.")
    assert run(capsys, "annotate", tmp_path, "--out", tmp_path / "a")[0] == 0
    assert run(capsys, "annotate", f"{tmp_path}/*.txt", "--out", tmp_path / "b")[0] == 0
    for name in ("articles", "sentences", "tokens", "mentions", "coreference"):
        one, other = (pd.read_parquet(tmp_path / folder / f"{name}.parquet") for folder in "ab")
        pd.testing.assert_frame_equal(one, other)


def test_annotate_writes_conllu_beside_parquet(tmp_path, capsys, story):
    out = tmp_path / "out"
    assert run(capsys, "annotate", story, "--out", out)[0] == 0
    assert run(capsys, "annotate", story, "--format", "conllu", "--out", out)[0] == 0
    (path,) = (out / "articles.conllu").iterdir()
    assert (out / "tokens.parquet" / path.with_suffix(".parquet").name).is_file()
    assert "\n# text = Egypt offers military training" in path.read_text(encoding="utf-8")
    again = run(capsys, "annotate", story, "--format", "conllu", "--out", out)
    assert again == (0, f"{out}: 1 article annotated, 1 of them in an earlier run\n", "")
    (articles, annotations) = read_conllu(path)
    assert articles[0].text == SEED.read_text(encoding="utf-8")
    for name, table in annotations._asdict().items():
        pd.testing.assert_frame_equal(table, pd.read_parquet(out / f"{name}.parquet"), check_like=True)
    claims = find_claims(articles, *annotations).claims
    assert "deny" in set(claims["stance"])
    pd.testing.assert_frame_equal(claims, pd.read_parquet(out / "claims.parquet"), check_like=True)


def test_annotate_without_syntax_writes_words_alone(tmp_path, capsys, story):
    assert run(capsys, "annotate", story, "--no-syntax", "--out", tmp_path / "out")[0] == 0
    assert set(pd.read_parquet(tmp_path / "out" / "tokens.parquet")["deprel"]) == {""}
    for name in ("coreference", "claims", "contested"):
        assert pd.read_parquet(tmp_path / "out" / f"{name}.parquet").empty
    command = ["annotate", story, "--no-syntax", "--format", "conllu", "--out", tmp_path / "trees"]
    line = "dateline: CoNLL-U holds trees, which are not there without syntax; leave one of the two options out\n"
    assert run(capsys, *command) == (2, "", line)
    assert not (tmp_path / "trees").exists()


SPANISH = (
    "El presidente dijo el lunes que el gobierno no va a cambiar su política económica a pesar de las protestas de "
    "los trabajadores en la capital del país, y que las negociaciones seguirán la próxima semana."
)


def test_text_that_is_not_english_fails_in_one_line_unless_forced(tmp_path, capsys, story, warm):
    (tmp_path / "es.txt").write_text(SPANISH)
    status, out, err = run(capsys, "report", tmp_path / "es.txt", "--out", tmp_path / "report")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "is not in English" in err
    assert not (tmp_path / "report").exists()
    status, out, err = run(capsys, "annotate", tmp_path, "--out", tmp_path / "some")
    assert (status, out) == (2, f"{tmp_path / 'some'}: 1 article annotated\n")
    assert err.count("is not in English") == 1
    assert run(capsys, "annotate", tmp_path, "--out", tmp_path / "all", "--force")[:2] == (
        0,
        f"{tmp_path / 'all'}: 2 articles annotated\n",
    )


def test_annotate_without_readable_articles_leaves_no_folder(tmp_path, capsys):
    status, _, _ = run(capsys, "annotate", tmp_path / "gone.txt", "--out", tmp_path / "out")
    assert status == 2
    assert not (tmp_path / "out").exists()


def test_report_command_works_in_any_folder(tmp_path, brief_story):
    command = [sys.executable, "-m", "analysis", "report", "story.txt", "-p", "n_terms", "5"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stderr.count("\n") == 5
    page = tmp_path / done.stdout.strip()
    assert page.name == "report.html"
    assert page.parent.parent == tmp_path / "reports"
    assert "Daily News" in page.read_text()


# Odd streams and names


def command(*arguments, **options):
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "analysis", *arguments], check=False, text=True, errors="surrogateescape", **options
    )


@pytest.fixture
def full():
    """Open a device that has no space for what is written to it."""
    device = Path("/dev/full")
    if not device.exists():
        pytest.skip("no /dev/full here")
    with device.open("w") as file:
        yield file


def close(*descriptors):
    """Return a function that closes standard streams of a process that is being started."""

    def close_them():
        for descriptor in descriptors:
            os.close(descriptor)

    return close_them


@pytest.mark.parametrize(("command", "folder"), [("report", ""), ("compare", "compare.ipynb")])
def test_the_help_lists_the_parameters_of_the_notebooks(command, folder, capsys):
    with pytest.raises(SystemExit):
        main([command, "--help"])
    shown = capsys.readouterr().out
    for path in [NOTEBOOKS / folder] if folder else notebook_paths():
        for name, parameter in notebook_parameters(path).items():
            assert name in INPUT_PARAMETERS or f"  {name} = {parameter.default!r}  {parameter.meaning}" in shown


@pytest.mark.parametrize("arguments", [["codebook"], ["--help"], ["--version"]])
def test_full_standard_output_is_told_in_one_line(full, arguments):
    done = command(*arguments, stdout=full, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (
        1,
        "dateline: standard output cannot be written: No space left on device\n",
    )


def test_standard_output_that_nobody_reads_ends_a_command_silently():
    reading, writing = os.pipe()
    os.close(reading)
    done = command("codebook", stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert (done.returncode, done.stderr) == (128 + signal.SIGPIPE, "")


def test_closed_standard_output_is_told_in_one_line():
    done = command("codebook", stderr=subprocess.PIPE, preexec_fn=close(1))
    assert (done.returncode, done.stderr) == (1, "dateline: standard output cannot be written: it is closed\n")
    done = command("codebok", stderr=subprocess.PIPE, preexec_fn=close(1))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize("is_closed", [True, False])
def test_standard_error_that_takes_nothing_changes_no_status(tmp_path, full, warm, is_closed):
    options = {"preexec_fn": close(2)} if is_closed else {"stderr": full}
    for arguments, status in ((["report", tmp_path / "gone.txt"], 2), (["nope"], 2), (["--version"], 0)):
        done = command(*arguments, stdout=subprocess.PIPE, **options)
        assert done.returncode == status
        assert done.stdout.count("\n") == (status == 0)


@pytest.mark.slow
@pytest.mark.parametrize("closed", [(2,), (0, 2)])
def test_batch_without_standard_error_is_made_all_the_same(tmp_path, story, closed):
    (tmp_path / "empty.txt").write_text("")
    done = command(
        "batch",
        story,
        tmp_path / "empty.txt",
        "--out",
        tmp_path / "out",
        "--jobs",
        "1",
        stdout=subprocess.PIPE,
        preexec_fn=close(*closed),
    )
    assert done.returncode == 1
    assert done.stdout.startswith(f"{tmp_path / 'out'}: 1 made, 0 unchanged, 1 failed, in ")
    assert done.stdout.count("\n") == 1
    assert len(list((tmp_path / "out").glob("*/report.html"))) == 1


COLOURED = "\x1b[31mred\x1b[0m.txt"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["report", COLOURED], "dateline: no such file: \\x1b[31mred\\x1b[0m.txt\n"),
        (["report", "a.txt", COLOURED], "dateline: unrecognized arguments: \\x1b[31mred\\x1b[0m.txt (see dateline --"),
        (["cite", "\x1b[31m"], "dateline: \\x1b[31m"),
        (["annotate", COLOURED, "--out", "out"], "dateline: no file matches \\x1b[31mred\\x1b[0m.txt\n"),
        (["report", os.fsdecode(b"caf\xe9.txt")], "dateline: no such file: caf\\udce9.txt\n"),
        (["report", "a\N{RIGHT-TO-LEFT OVERRIDE}txt.exe"], "dateline: no such file: a\\u202etxt.exe\n"),
    ],
)
@pytest.mark.usefixtures("warm")
def test_no_name_of_a_file_controls_the_terminal(capsys, tmp_path, monkeypatch, arguments, line):
    monkeypatch.chdir(tmp_path)
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith(line)
    assert "\x1b" not in err


def test_names_are_printed_as_they_are_except_to_a_terminal(capsys, monkeypatch):
    monkeypatch.setattr("analysis.tables.codebook", lambda: COLOURED)
    assert run(capsys, "codebook")[1].startswith(COLOURED)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert run(capsys, "codebook")[1].startswith("\\x1b[31mred\\x1b[0m.txt")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every name of a file is text")
def test_names_that_are_not_text_are_read_and_written(tmp_path, story):
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    article = shutil.copy(story, folder / os.fsdecode(b"story\xff.txt"))
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    done = command("report", article, "--out", folder / "report", **options)
    assert (done.returncode, done.stdout) == (0, f"{folder / 'report'}/report.html\n")
    done = command("verify", folder / "report", **options)
    assert (done.returncode, done.stdout.startswith(f"{folder / 'report'}: identical, ")) == (0, True)
    done = command("annotate", folder, "--out", folder / "tables", **options)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", f"{folder / 'tables'}: 1 article annotated\n")
    # A table of reports cannot hold such a name: the report is left out, and then there is none.
    done = command("compare", folder, "--out", tmp_path / "comparison", **options)
    assert (done.returncode, done.stderr.count("\n")) == (2, 2)
    assert "caf\\udce9" in done.stderr


# What killed commands leave


def test_next_command_removes_what_killed_ones_left_and_nothing_else(tmp_path, brief_story):
    # Short enough for the path of a socket.
    temporary = Path(tempfile.mkdtemp())
    env = os.environ | {"TMPDIR": str(temporary)}
    out = tmp_path / "reports" / "story"
    arguments = [sys.executable, "-m", "analysis", "report", brief_story, "--out", out]
    options = {"env": env, "stderr": subprocess.PIPE, "text": True}
    live = subprocess.Popen([*arguments[:-1], tmp_path / "reports" / "live"], **options)
    killed = subprocess.Popen(arguments, **options)
    for process in (live, killed):
        assert "1-tokenise" in process.stderr.readline() + process.stderr.readline()
    killed.kill()
    killed.communicate()
    assert len(list((tmp_path / "reports").glob(".*"))) == 2
    done = command("cite", out, stderr=subprocess.PIPE, env=env)
    assert done.returncode == 2
    assert [path.name.partition(".making")[0] for path in (tmp_path / "reports").iterdir()] == [".live"]
    assert len([path for path in temporary.iterdir() if path.is_dir()]) == 1
    live.terminate()
    assert live.communicate()[1].endswith("dateline: interrupted; no incomplete report is left\n")
    assert live.returncode == 128 + signal.SIGTERM
    assert list((tmp_path / "reports").iterdir()) == []
    temporary.rmdir()


def test_report_of_an_article_with_the_name_of_a_file_of_the_batch(tmp_path, warm, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("analysis.report.build.make_from_inputs", lambda *_, out, **__: out.mkdir(parents=True))
    Path("in.jsonl").write_text('{"id": "batch.csv", "text": "Rain fell in Cairo on Monday. It was wet."}\n')
    status, out, _ = run(capsys, "report", "in.jsonl")
    assert (status, out) == (0, "reports/batch.csv-7f93dc6d/report.html\n")
