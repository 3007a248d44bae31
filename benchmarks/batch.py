"""Time a batch of reports against other ways to make them, and against the bare computation, in one run.

    python -m benchmarks.batch ARTICLES.jsonl [--n 24] [--slow 2] [--chain]
    python -m benchmarks.batch ARTICLES.jsonl --annotate 100 1000 20000

- *papermill, CLI*: ``papermill`` from a shell, once per notebook, one after another.
- *bare*: the notebooks' own code in one warm process, without notebooks: annotated once, each exhibit's files written.
- *ours, notebooks*: papermill in forked kernels, by two workers; with *chain*, whole reports, against papermill,
  nbconvert and a headless Chromium for the PDF, each from a shell.
- *one report*: ``dateline report`` from a cold shell. *unchanged*: a batch again, nothing having changed.

Seconds are wall time per article; every ratio is of two numbers of the same run. Memory is the proportional set
size of all processes of the command together, sampled, without the benchmark's own, which has loaded more than the
command has. With ``--annotate``, only ``dateline annotate`` is timed, on so many articles each (the given ones again
and again, each time with other ids and another last word).
"""

from __future__ import annotations

import argparse
import contextlib
import io
import itertools
import json
import runpy
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from analysis import read_articles
from analysis.article import Article, write_article, write_articles
from analysis.batch import annotate_articles, make_reports
from analysis.batch.workers import run_tasks
from analysis.kernels import ForkServer
from analysis.layout import ARTICLE, NOTEBOOKS_FOLDER, RECORD
from analysis.report.build import make_from_inputs
from analysis.report.cache import Inputs
from analysis.report.notebook import NOTEBOOKS, execute_notebook, notebook_paths, read_notebook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: What a batch warms its workers with.
WARM_UP = "analysis.warmup:rehearse"
PAPERMILL = [sys.executable, "-m", "papermill", "-k", "python3"]
NBCONVERT = [sys.executable, "-m", "nbconvert", "--to", "html"]


def run_notebooks(task: tuple[Article, Path]) -> None:
    """Run the notebooks on an article, and write no report."""
    article, folder = task
    folder = folder / article.id
    (folder / NOTEBOOKS_FOLDER).mkdir(parents=True)
    write_article(article, folder / ARTICLE)
    for path in notebook_paths():
        execute_notebook(path, folder / NOTEBOOKS_FOLDER / path.name, {"article": f"../{ARTICLE}"})


def run_bare(article: Article, folder: Path) -> None:
    """Do what the notebooks do, without notebooks: run their cells as scripts, and write each exhibit's files."""
    import analysis

    write_article(article, folder / ARTICLE)
    tables = analysis.annotate(article)
    shown: list[Any] = []
    shared = {
        "annotate": lambda *_, **__: tables,
        "read_article": lambda _: article,
        "show": lambda *exhibits: shown.extend(exhibits),
    }
    with patch.multiple(analysis, **shared), contextlib.redirect_stdout(io.StringIO()):
        for path in notebook_paths():
            script = folder / f"{path.stem}.py"
            cells = [cell.source for cell in read_notebook(path).cells if cell.cell_type == "code"]
            script.write_text("\n".join(cells), encoding="utf-8")
            runpy.run_path(str(script))
    for exhibit in shown:
        for name, data in exhibit.files().items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(data)


def run_from_a_shell(article: Article, folder: Path, *, chain: bool) -> None:
    """Run the notebooks by papermill's command and, with ``chain``, make HTML and PDF by commands too."""
    write_article(article, folder / ARTICLE)
    for path in notebook_paths():
        target = folder / path.name
        subprocess.run([*PAPERMILL, path, target, "-p", "article", folder / ARTICLE], check=True, **QUIET)
        if chain:
            subprocess.run([*NBCONVERT, target], check=True, **QUIET)
            page = target.with_suffix(".html")
            pdf = f"--print-to-pdf={target.with_suffix('.pdf')}"
            subprocess.run([CHROMIUM, "--headless", "--no-sandbox", pdf, page], check=True, **QUIET)


def run_dateline(command: str, articles: Path, out: Path) -> None:
    """Run a command of ours from a shell, with two processes."""
    options = ["--out", out, "--jobs", "2"]
    subprocess.run([sys.executable, "-m", "analysis", command, articles, *options], check=True, **QUIET)


QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
CHROMIUM = shutil.which("chromium")


def timed(call: Callable[[], object]) -> float:
    """Return the seconds that a call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


@contextlib.contextmanager
def peak_memory() -> Iterator[list[float]]:
    """Sample the megabytes of all children of this process together."""
    import psutil

    samples: list[float] = []
    ended = threading.Event()

    def sample() -> None:
        while not ended.wait(0.2):
            total = 0
            for process in psutil.Process().children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    total += process.memory_full_info().pss
            samples.append(total / 1e6)

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield samples
    finally:
        ended.set()
        thread.join()


def time_annotation(articles: list[Article], n: int) -> str:
    """Time annotating so many articles, by two processes."""
    with tempfile.TemporaryDirectory(prefix="dateline-benchmark-") as top:
        rows, out = Path(top) / "rows.jsonl", Path(top) / "out"
        with rows.open("w", encoding="utf-8") as file:
            for number, article in zip(range(n), itertools.cycle(articles), strict=False):
                row = {"id": f"a{number}", "title": article.title, "text": f"{article.text} {number}."}
                file.write(json.dumps(row) + "\n")
        with peak_memory() as megabytes:
            seconds = timed(lambda: run_dateline("annotate", rows, out))
        stored = sum(path.stat().st_size for path in out.rglob("*.parquet"))
        again = timed(lambda: annotate_articles([rows], out, n_jobs=2))
    return (
        f"{n:,} articles: {1000 * seconds / n:.1f} ms each, peak {max(megabytes):.0f} MB, "
        f"{stored / n / 1000:.1f} kB each; unchanged {1000 * again / n:.2f} ms each"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("articles", help="rows, a folder or a glob")
    parser.add_argument("--n", type=int, default=24, help="how many articles ours is timed on (default: 24)")
    parser.add_argument("--slow", type=int, default=2, help="and how many the commands of a shell (default: 2)")
    parser.add_argument("--chain", action="store_true", help="time whole reports against commands, too")
    parser.add_argument("--annotate", type=int, nargs="+", metavar="N", help="time annotation of N articles instead")
    options = parser.parse_args()
    articles = [article for article in read_articles([options.articles]) if isinstance(article, Article)]
    if options.annotate:
        print(*(time_annotation(articles, n) for n in options.annotate), sep="\n")
    else:
        time_reports(articles[: options.n], options)


def time_reports(articles: list[Article], options: argparse.Namespace) -> None:
    """Time reports and what they replace, and print a line for each."""
    n = len(articles)
    few = articles[: options.slow]
    inputs = Inputs.read()

    def scratch() -> Path:
        return Path(tempfile.mkdtemp(dir=top))

    def notebooks_by_two() -> None:
        # A function of __main__ cannot be imported by workers.
        from benchmarks.batch import run_notebooks

        for _, result in run_tasks(run_notebooks, ((article, out) for article in articles), n_jobs=2, warm=WARM_UP):
            if result is not None:
                raise result

    with tempfile.TemporaryDirectory(prefix="dateline-benchmark-") as top:
        rows, out = scratch() / "rows.jsonl", scratch()
        write_articles(articles, rows)
        shell = timed(lambda: [run_from_a_shell(a, scratch(), chain=False) for a in few]) / len(few)
        notebooks = timed(notebooks_by_two) / n
        print(f"papermill, CLI {shell:.2f} s; ours, notebooks, two workers {notebooks:.2f} s: {shell / notebooks:.1f}×")

        with peak_memory() as megabytes:
            batch = timed(lambda: run_dateline("batch", rows, out))
        made = len(list(out.glob(f"*/{RECORD}")))
        print(f"ours, whole reports, two workers {batch / made:.2f} s; {made} reports")
        third = len(megabytes) // 3
        late = statistics.median(megabytes[-third:]), statistics.median(megabytes[third : 2 * third])
        print(f"peak memory {max(megabytes):.0f} MB; middle third {late[1]:.0f} MB, last third {late[0]:.0f} MB")
        again = timed(lambda: make_reports([rows], out, n_jobs=2)) / made
        print(f"unchanged {1000 * again:.1f} ms a report")
        if options.chain:
            chain = timed(lambda: [run_from_a_shell(a, scratch(), chain=True) for a in few]) / len(few)
            print(f"papermill, nbconvert, PDF by CLI {chain:.2f} s: {chain / (batch / made):.1f}×")

        run_bare(articles[0], scratch())
        with ForkServer(WARM_UP):
            make_from_inputs(articles[0], inputs, out=scratch() / "warm")
            for n_parallel in (1, 2):
                bare, whole = [], []
                for article in articles[: max(n // 2, 3)]:
                    options = {"out": scratch() / "report", "n_parallel": n_parallel}
                    bare.append(timed(partial(run_bare, article, scratch())))
                    whole.append(timed(partial(make_from_inputs, article, inputs, **options)))
                ratios = [one / other for one, other in zip(whole, bare, strict=True)]
                print(
                    f"bare {statistics.median(bare):.2f} s; ours, whole, one worker, {n_parallel} notebooks at once "
                    f"{statistics.median(whole):.2f} s: "
                    f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
                )
        seed = NOTEBOOKS.parent / "seeds" / "000_a515cb56a3bc3877.txt"
        one = [sys.executable, "-m", "analysis", "report", seed, "--out", scratch() / "report"]
        cold = [timed(lambda: subprocess.run(one, check=True, **QUIET)) for _ in range(3)]
        print(f"one report from a cold shell {min(cold):.2f} to {max(cold):.2f} s")


if __name__ == "__main__":
    main()
