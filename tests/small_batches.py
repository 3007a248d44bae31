"""Quick batches for tests: short articles, one small notebook, and what to look at afterwards."""

import csv
import json
import shutil
import subprocess
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest

STORY = "{title} – Daily News\n\nThe mayor of Cairo said on Monday that it rained in {title}. It rained all day.\n"
# A word in the article decides what the notebook does.
NOTEBOOK = """
from pathlib import Path
import os, signal, time
import pandas as pd
from analysis import Table, read_article, show
text = read_article(article).text
if "Errorville" in text: raise ValueError("no weather here")
if "Deathville" in text: os.kill(os.getpid(), signal.SIGKILL)
if "Hangville" in text: time.sleep(600)
if "Slowville" in text: time.sleep(3)
if "Fullville" in text: raise OSError(28, os.strerror(28))
if "Bigville" in text: Path("big").write_bytes(bytes(20_000_000))
Path(mark).open("a").write("x") if mark else None
words = pd.Series(text.split()).value_counts().rename_axis("word").reset_index(name="n")
show(Table(words, id="words", caption="The words."))
"""


def write_notebooks(folder: Path) -> Path:
    """Write one quick notebook to a folder."""
    parameters = nbformat.v4.new_code_cell(
        'article = "x.txt"  # the article\nmark = ""  # a file to append to when it runs', id="parameters"
    )
    parameters.metadata["tags"] = ["parameters"]
    cells = [parameters, nbformat.v4.new_code_cell(NOTEBOOK, id="words")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "1-words.ipynb")
    return folder


def rows(path: Path, *titles: str) -> Path:
    lines = [json.dumps({"id": title.lower(), "text": STORY.format(title=title)}) for title in titles]
    path.write_text("\n".join(lines) + "\n")
    return path


def logged(out: Path) -> dict[str, dict]:
    with (out / "batch.csv").open(newline="") as file:
        found = list(csv.DictReader(file))
    assert set(Counter(row["article_id"] or row["reason"] for row in found).values()) <= {1}
    return {row["article_id"] or "": row for row in found}


def reports(out: Path) -> set[str]:
    """Return the names of the reports in a folder; what is not yet whole, in a hidden folder, is none."""
    names = {path.parent.name for path in out.glob("*/ro-crate-metadata.json")}
    return {name for name in names if not name.startswith(".")}


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def wait_until(condition, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.02)


@contextmanager
def small_disk(folder: Path, size: str):
    """Mount a small disk; skip the test where that is not allowed."""
    folder.mkdir()
    mount = [shutil.which("mount") or "false", "-t", "tmpfs", "-o", f"size={size}", "none", folder]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        yield folder
    finally:
        subprocess.run([shutil.which("umount"), "--lazy", folder], check=False)


def fill(disk: Path, *, leave: int) -> Path:
    """Fill a disk but for some bytes; return the file to remove."""
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(shutil.disk_usage(disk).free - leave))
    return ballast
