"""The command: what it prints, its exit status, one line for an error."""

import re
import shutil
import subprocess
import sys

import pandas as pd
import pytest

from analysis.cli import main
from analysis.tables import TABLES

from .conftest import SEED


@pytest.fixture
def story(tmp_path):
    path = tmp_path / "story.txt"
    shutil.copy(SEED, path)
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
        (["report", "{tmp}/story.txt", "--out", "{tmp}/story.txt/x"], "{tmp}/story.txt/x cannot be written"),
        (["report", "{tmp}/story.txt", "--out", "{tmp}"], "which is no part of a report"),
        (["annotate", "{tmp}/story.txt"], "the following arguments are required: --out"),
        (["annotate", "{tmp}/gone.txt", "--out", "{tmp}/out"], "no such file: {tmp}/gone.txt"),
        (["annotate", "{tmp}/story.txt", "--out", "{tmp}/story.txt"], "story.txt: File exists"),
    ],
)
def test_error_is_one_line_and_status_2(tmp_path, capsys, story, arguments, message):
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)))
    (tmp_path / "blank.txt").write_text(" – \n")
    status, out, err = run(capsys, *(a.format(tmp=tmp_path) for a in arguments))
    assert status == 2
    assert message.format(tmp=tmp_path) in err
    assert err.count("\n") == 1
    assert out == ""


def test_debug_raises_the_error(tmp_path):
    with pytest.raises(ValueError, match="no such file"):
        main(["report", str(tmp_path / "gone.txt"), "--debug"])


def test_version(capsys):
    status, out, _ = run(capsys, "--version")
    assert (status, bool(re.fullmatch(r"dateline \d+\.\d+\.\d+(\.dev\d+)?\n", out))) == (0, True)


def test_codebook_prints_every_table(capsys):
    status, out, err = run(capsys, "codebook")
    assert (status, err) == (0, "")
    assert all(f"## {name}\n" in out for name in TABLES)


def test_annotate_writes_one_set_of_files(tmp_path, capsys, story):
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"id": "r1", "text": "Rain fell in Cairo on Monday. It was wet."}\n{"id": "r2", "text": ""}\n')
    status, out, err = run(capsys, "annotate", story, rows, "--out", tmp_path / "out")
    assert status == 2
    assert out == f"{tmp_path / 'out'}: 2 articles annotated\n"
    assert err == f"dateline: {rows}, line 2 has no text\n"
    files = {path.name for path in (tmp_path / "out").iterdir()}
    assert files == {"articles.parquet", "sentences.parquet", "tokens.parquet", "mentions.parquet", "batch.csv"}
    texts = {"r1": "Rain fell in Cairo on Monday. It was wet.", None: SEED.read_text()}
    for name in ("sentences", "tokens", "mentions"):
        table = pd.read_parquet(tmp_path / "out" / f"{name}.parquet")
        assert table.article_id.nunique() == 2
        for row in table.itertuples():
            assert texts.get(row.article_id, texts[None])[row.start : row.end] == row.text


def test_annotate_takes_a_folder_and_a_glob(tmp_path, capsys, story):
    (tmp_path / "other.txt").write_text("Rain fell in Cairo.")
    assert run(capsys, "annotate", tmp_path, "--out", tmp_path / "a")[0] == 0
    assert run(capsys, "annotate", f"{tmp_path}/*.txt", "--out", tmp_path / "b")[0] == 0
    for name in ("articles", "sentences", "tokens", "mentions"):
        one, other = (pd.read_parquet(tmp_path / folder / f"{name}.parquet") for folder in "ab")
        pd.testing.assert_frame_equal(one, other)


SPANISH = (
    "El presidente dijo el lunes que el gobierno no va a cambiar su política económica a pesar de las protestas de "
    "los trabajadores en la capital del país, y que las negociaciones seguirán la próxima semana."
)


def test_text_that_is_not_english_fails_in_one_line_unless_forced(tmp_path, capsys, story):
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


def test_report_command_works_in_any_folder(tmp_path, story):
    command = [sys.executable, "-m", "analysis", "report", "story.txt", "-p", "n_terms", "5"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stderr.count("\n") == 4
    page = tmp_path / done.stdout.strip()
    assert page.name == "report.html"
    assert page.parent.parent == tmp_path / "reports"
    assert "Al-Tahrir News Network" in page.read_text()
