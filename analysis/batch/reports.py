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
from analysis.report.cache import Inputs, is_current
from analysis.report.staging import remove_stale

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from analysis.article import Article
    from analysis.batch.log import Tally
    from analysis.batch.progress import Progress

__all__ = ["MAX_SECONDS", "make_reports"]

#: The time limit of one report, which takes seconds.
MAX_SECONDS = 600


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
    seconds: float = MAX_SECONDS,
    max_chars: int = MAX_CHARS,
    progress: Progress | None = None,
) -> Tally:
    """Make a report of each article, in parallel; leave those that are current.

    A report is made again only when its article, the parameters, notebooks, code, models, data or packages have
    changed. An interrupted batch is resumed by the same call. ``batch.csv`` has a row for each article: ``article_id``,
    ``status`` (finished or failed), ``reason``, ``report`` and ``notebook`` (the failed one, kept) as paths in ``out``,
    and ``key``.

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
        The number of processes of this machine; as many as it has processors unless given.
    scheduler
        The address of a dask.distributed scheduler, whose workers see the same folders; they are used instead.
    fresh
        Make every report again.
    retry_failed
        Try again what failed before. Otherwise an article that failed fails again at once, for the same reason, until
        its cache key changes.
    seconds
        The time limit of the notebooks of one report.
    max_chars
        The longest article, in characters; a longer one fails.
    progress
        A display that is updated after each article.

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
    inputs = Inputs.read(parameters, notebooks=notebooks)
    batch = Batch(Path(out), progress)
    remove_stale(batch.out)
    n_processors = os.cpu_count() or 1
    n_jobs = n_jobs or n_processors
    # With fewer workers than processors, the notebooks of one report run in parallel.
    n_parallel = 1 if scheduler else max(n_processors // n_jobs, 1)
    options = ReportOptions(inputs, seconds, fresh, n_parallel)
    tasks = _tasks(batch, batch.articles(sources, max_chars=max_chars), options, retry_failed=retry_failed)
    results = run_tasks(make_one, tasks, n_jobs=n_jobs, scheduler=scheduler, seconds=seconds, warm=_warmup(notebooks))
    any_made = False
    try:
        with contextlib.closing(results):
            for task, outcome in results:
                _log_outcome(batch, task, outcome)
                any_made = True
        if any_made:
            write_index(batch.out)
    finally:
        remove_stale(batch.out)
        batch.log.sort()
    return batch.tally


def _warmup(notebooks: Path) -> str:
    """Return the function that warms the process from which workers and kernels are forked."""
    return "analysis.warmup:rehearse" if notebooks == NOTEBOOKS else "analysis.warmup:load_worker"


class ReportOptions(NamedTuple):
    """How all reports of a batch are made."""

    inputs: Inputs
    seconds: float
    fresh: bool
    n_parallel: int


class ReportTask(NamedTuple):
    """What a worker needs to make one report."""

    article: Article
    out: Path
    key: str
    options: ReportOptions


class Outcome(NamedTuple):
    """What became of a task: empty if the report was made, else why it failed, and the failed notebook."""

    reason: str = ""
    notebook: str = ""


def _tasks(
    batch: Batch, articles: Iterable[Article], options: ReportOptions, *, retry_failed: bool
) -> Iterator[ReportTask]:
    """Yield a task for each article whose report is not current."""
    for article in articles:
        key = options.inputs.cache_key(article)
        logged = batch.log.get(article.id)
        if not options.fresh and is_current(batch.out / article.id, key):
            batch.log.add(Entry(article.id, "finished", report=article.id, key=key))
            batch.add_unchanged()
        elif logged and (logged.status, logged.key) == ("failed", key) and not (retry_failed or options.fresh):
            batch.add_failed(logged)
        else:
            yield ReportTask(article, batch.out / article.id, key, options)


def _log_outcome(batch: Batch, task: ReportTask, outcome: Outcome | WorkerError) -> None:
    if isinstance(outcome, WorkerError):
        outcome = Outcome(str(outcome))
    if outcome.reason:
        batch.add_failed(Entry(task.article.id, "failed", outcome.reason, notebook=outcome.notebook, key=task.key))
    else:
        batch.log.add(Entry(task.article.id, "finished", report=task.article.id, key=task.key))
        batch.add_made()


def make_one(task: ReportTask) -> Outcome:
    """Make one report, in a worker, unless another batch has made it in the meantime."""
    from analysis.language import NotEnglishError, check_english
    from analysis.report.build import make_from_inputs

    options = task.options
    if not options.fresh and is_current(task.out, task.key):
        return Outcome()
    try:
        options.inputs.check()
        if not options.inputs.parameters.get("force"):
            check_english(task.article)
        if not ForkServer.is_running():
            _start_fork_server(options.inputs.notebooks)
        make_from_inputs(
            task.article, options.inputs, out=task.out, n_parallel=options.n_parallel, seconds=options.seconds
        )
    except (ReportError, NotEnglishError) as error:
        notebook = getattr(error, "notebook", None)
        return Outcome(str(error), f"{notebook.parent.name}/{notebook.name}" if notebook else "")
    except Exception as error:  # noqa: BLE001 - one bad article never stops the batch
        return Outcome(f"{type(error).__name__}: {error}")
    return Outcome()


@cache
def _start_fork_server(notebooks: Path) -> ForkServer:
    """Start a fork server for this worker's kernels; it ends with the worker."""
    return ForkServer(_warmup(notebooks)).__enter__()
