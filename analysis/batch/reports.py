"""A report of each of many articles."""

from __future__ import annotations

import contextlib
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.batch.log import MAX_CHARS, Batch, Entry
from analysis.batch.workers import WorkerError, run_tasks
from analysis.kernels import ForkServer
from analysis.report import NOTEBOOKS, ReportError, write_index
from analysis.report.notebook import warming_code
from analysis.report.provenance import has_key
from analysis.report.recipe import Recipe
from analysis.report.staging import sweep

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from analysis.article import Article
    from analysis.batch.log import Tally
    from analysis.batch.progress import Progress

#: A report takes seconds; one that takes this long will not end.
SECONDS = 600
#: What makes reports, beside their notebooks.
_WARM = """
import sys
# NLTK asks for a tenth of all memory to be able to test what nobody asks it to test, and does without.
sys.modules["scipy.stats"] = None
import nltk
del sys.modules["scipy.stats"]
import analysis.report.build, jinja2, mistune, papermill, pyarrow.parquet, rocrate.rocrate, typst
from analysis.report.recipe import Recipe
Recipe.read()
"""


def make_reports(
    sources: Iterable[str | Path],
    out: Path | str = "reports",
    *,
    parameters: Mapping[str, Any] | None = None,
    notebooks: Path = NOTEBOOKS,
    n_jobs: int | None = None,
    scheduler: str | None = None,
    fresh: bool = False,
    retry_failed: bool = False,
    seconds: float = SECONDS,
    max_chars: int = MAX_CHARS,
    progress: Progress | None = None,
) -> Tally:
    """Make a report of each article, in as many processes as there are; what is done already is left.

    A report is made again only when its article, the parameters, notebooks, code, models, data or packages have
    changed. Whatever ends a batch, the next one goes on from there. What becomes of each article stands in
    ``batch.csv``: ``article_id``, ``status`` (finished or failed), ``reason``, ``report`` and ``notebook`` (the
    failing one, kept) as paths in ``out``, and ``key``.

    Parameters
    ----------
    sources
        What :func:`analysis.read_articles` takes: files, folders, globs, addresses, files of rows. Rows are read as
        they are needed.
    out
        The folder for the reports, ``batch.csv`` and ``index.html``.
    parameters, notebooks
        As for :func:`analysis.make_report`, for all reports.
    n_jobs
        How many processes of this machine to use; as many as it has processors unless given.
    scheduler
        The address of a dask.distributed scheduler, whose workers see the same folders; they are used instead.
    fresh
        Make every report again.
    retry_failed
        Try again what failed before. Otherwise it fails again at once, for the same reason, while its key is the same.
    seconds
        How long the notebooks of one report may run.
    max_chars
        The longest article, in characters; a longer one fails.
    progress
        Is told how far it is.

    Returns
    -------
    Tally
        How many articles were made, found unchanged, and failed.

    Raises
    ------
    ParameterError
        If a parameter is unknown or a value of the wrong type.
    ConnectionError
        If no scheduler answers.
    OSError
        If the folder or ``batch.csv`` cannot be written.
    """
    recipe = Recipe.read(parameters, notebooks=notebooks)
    batch = Batch(Path(out), progress)
    sweep(batch.out)
    n_processors = os.cpu_count() or 1
    n_jobs = n_jobs or n_processors
    work = {
        "recipe": recipe,
        "seconds": seconds,
        "fresh": fresh,
        # Where there are fewer reports under way than processors, the notebooks of one run side by side.
        "n_at_once": 1 if scheduler else max(n_processors // n_jobs, 1),
    }
    jobs = _jobs(batch, sources, retry_failed=retry_failed, max_chars=max_chars, **work)
    try:
        warm = _WARM + warming_code(notebooks)
        workers = {"n_jobs": n_jobs, "scheduler": scheduler, "seconds": seconds, "warm": warm}
        is_new = False
        with contextlib.closing(run_tasks(make_one, jobs, **workers)) as done:
            for job, outcome in done:
                _take(batch, job, outcome)
                is_new = True
        if is_new:
            write_index(batch.out)
    finally:
        sweep(batch.out)
        batch.log.settle()
    return batch.tally


class Job(NamedTuple):
    """What a worker needs to make one report."""

    article: Article
    out: Path
    key: str
    recipe: Recipe
    seconds: float
    fresh: bool
    n_at_once: int


class Outcome(NamedTuple):
    """What a worker made of an article: nothing to say, or why it failed and the notebook that did."""

    reason: str = ""
    notebook: str = ""


def _jobs(
    batch: Batch, sources: Iterable[str | Path], *, recipe: Recipe, retry_failed: bool, max_chars: int, **work: Any
) -> Iterator[Job]:
    """Yield a job for each article that there is something to do for."""
    for article in batch.articles(sources, max_chars=max_chars):
        key = recipe.key(article)
        before = batch.log.get(article.id)
        fresh = work["fresh"]
        if not fresh and has_key(batch.out / article.id, key):
            batch.log.add(Entry(article.id, "finished", report=article.id, key=key))
            batch.unchanged()
        elif before and (before.status, before.key) == ("failed", key) and not (retry_failed or fresh):
            batch.fail(before)
        else:
            yield Job(article, batch.out / article.id, key, recipe, **work)


def _take(batch: Batch, job: Job, outcome: Outcome | WorkerError) -> None:
    """Note what became of a job."""
    if isinstance(outcome, WorkerError):
        outcome = Outcome(str(outcome))
    if outcome.reason:
        batch.fail(Entry(job.article.id, "failed", outcome.reason, notebook=outcome.notebook, key=job.key))
    else:
        batch.log.add(Entry(job.article.id, "finished", report=job.article.id, key=job.key))
        batch.made()


def make_one(job: Job) -> Outcome:
    """Make one report, in a worker, unless another batch has made it meanwhile."""
    from analysis.language import NotEnglishError, check_english
    from analysis.report.build import make_by_recipe

    if not job.fresh and has_key(job.out, job.key):
        return Outcome()
    try:
        job.recipe.check_inputs()
        if not job.recipe.parameters.get("force"):
            check_english(job.article)
        if not ForkServer.is_running():
            _start_kernels(job.recipe.notebooks)
        make_by_recipe(job.article, job.recipe, out=job.out, n_at_once=job.n_at_once, seconds=job.seconds)
    except (ReportError, NotEnglishError) as error:
        kept = getattr(error, "notebook", None)
        return Outcome(str(error), f"{kept.parent.name}/{kept.name}" if kept else "")
    except Exception as error:  # noqa: BLE001 - whatever an article does, the next one has its turn
        return Outcome(f"{type(error).__name__}: {error}")
    return Outcome()


@cache
def _start_kernels(notebooks: Path) -> ForkServer:
    """Start a warm process for this worker's kernels; it ends with the worker."""
    return ForkServer(warming_code(notebooks)).__enter__()
