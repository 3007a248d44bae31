"""A report of each of many articles."""

from __future__ import annotations

import contextlib
import os
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.batch.claims import claimed, is_claimed
from analysis.batch.log import Entry
from analysis.batch.state import MAX_CHARS, Batch
from analysis.batch.workers import WorkerError, run_tasks
from analysis.kernels import ForkServer
from analysis.layout import INDEX, RECORD
from analysis.report import NOTEBOOKS, ReportError, write_index
from analysis.report.attribution import read_attribution
from analysis.report.cache import Inputs, is_current
from analysis.report.faults import MachineError, check_is_there, check_machine, raise_fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from analysis.article import Article
    from analysis.batch.log import Tally
    from analysis.batch.progress import Progress

__all__ = ["MAX_SECONDS", "make_reports"]

#: How often to look whether another batch still makes a report.
_WATCH_SECONDS = 0.2
#: The time limit of one report, which takes seconds.
MAX_SECONDS = 600


def make_reports(
    sources: str | Path | Iterable[str | Path],
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
    changed. An interrupted batch is resumed by the same call; another one in the same folder makes what this one does
    not, and the reverse. ``batch.csv`` has a row for each article: ``article_id``,
    ``status`` (finished or failed), ``reason`` (one line, at most 300 characters), ``report`` and ``notebook`` (the
    failed one, kept) as paths in ``out``, and ``key``. The row of an article that was in an earlier batch only stays
    while the report or notebook that it names is there.

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
    MachineError
        If the machine fails: a disk is full, a folder has gone, memory, descriptors or the scheduler are lost. No
        article is marked failed for it, and the same call goes on later.
    OSError
        If the folder or ``batch.csv`` cannot be written.
    """
    inputs = Inputs.read(parameters, notebooks=notebooks, attribution=read_attribution([Path()]))
    batch = Batch(Path(out), progress)
    n_processors = os.cpu_count() or 1
    n_jobs = n_jobs or n_processors
    # With fewer workers than processors, the notebooks of one report run in parallel.
    n_parallel = 1 if scheduler else max(n_processors // n_jobs, 1)
    options = ReportOptions(inputs, seconds, fresh, n_parallel)
    with batch.running(is_true=lambda entry: _is_true(batch.out, entry)):
        tasks: Iterator[ReportTask] | None = _tasks(
            batch, batch.articles(sources, max_chars=max_chars), options, retry_failed=retry_failed
        )
        while tasks is not None:
            results = run_tasks(
                make_one,
                tasks,
                n_jobs=n_jobs,
                scheduler=scheduler,
                seconds=seconds,
                warm=_warmup(notebooks),
                notify=batch.notify,
            )
            elsewhere: list[ReportTask] = []
            with contextlib.closing(results):
                for task, outcome in results:
                    if isinstance(outcome, Outcome) and outcome.is_elsewhere:
                        elsewhere.append(task)
                    else:
                        _log_outcome(batch, task, outcome)
            tasks = _left_undone(batch, elsewhere) if elsewhere else None
        if _has_newer_reports(batch.out):
            write_index(batch.out)
    return batch.tally


def _is_true(out: Path, entry: Entry) -> bool:
    """Return whether a row is still true: the report that it names is there whole, or else the failed notebook is."""
    if entry.report:
        return is_current(out / entry.report, entry.key)
    return bool(entry.notebook) and (out / entry.notebook).is_file()


def _has_newer_reports(out: Path) -> bool:
    """Return whether there is a report that the index may lack, also one of a batch that was killed."""
    index = out / INDEX
    made = index.stat().st_mtime_ns if index.is_file() else 0
    return any(record.stat().st_mtime_ns >= made for record in out.glob(f"*/{RECORD}"))


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
    """What became of a task.

    Attributes
    ----------
    reason, notebook
        Why it failed, and the failed notebook; empty if it did not.
    is_elsewhere
        Whether another batch is making the report.
    was_made
        Whether another batch had made it in the meantime.
    """

    reason: str = ""
    notebook: str = ""
    is_elsewhere: bool = False
    was_made: bool = False


def _tasks(
    batch: Batch, articles: Iterable[Article], options: ReportOptions, *, retry_failed: bool
) -> Iterator[ReportTask]:
    """Yield a task for each article whose report is not current."""
    for article in articles:
        key = options.inputs.cache_key(article)
        logged = batch.log.get(article.id)
        folder = batch.folder(article.id)
        if not options.fresh and is_current(batch.out / folder, key):
            batch.log.add(Entry(article.id, "finished", report=folder, key=key))
            batch.add_unchanged()
        elif logged and (logged.status, logged.key) == ("failed", key) and not (retry_failed or options.fresh):
            batch.add_failed(logged)
        else:
            yield ReportTask(article, batch.out / folder, key, options)


def _left_undone(batch: Batch, elsewhere: Iterable[ReportTask]) -> Iterator[ReportTask]:
    """Wait for what other batches are making; yield each task that they have not done."""
    batch.notify(f"dateline: another batch is making some of these reports in {batch.out}; waiting for it to end them")
    for task in elsewhere:
        while is_claimed(batch.out, task.out.name):
            batch.check()
            time.sleep(_WATCH_SECONDS)
        yield task


def _log_outcome(batch: Batch, task: ReportTask, outcome: Outcome | WorkerError) -> None:
    batch.check()
    if isinstance(outcome, WorkerError):
        check_machine(batch.out)
        outcome = Outcome(str(outcome))
    if outcome.reason:
        batch.add_failed(Entry(task.article.id, "failed", outcome.reason, notebook=outcome.notebook, key=task.key))
        return
    batch.log.add(Entry(task.article.id, "finished", report=task.out.name, key=task.key))
    if outcome.was_made:
        batch.add_unchanged()
    else:
        batch.add_made()


def make_one(task: ReportTask) -> Outcome:
    """Make one report, in a worker, unless another batch is making it or has made it in the meantime.

    Raises
    ------
    MachineError
        If it could not be made because of the machine.
    """
    # A folder that has gone is not made anew: it may be on a disk that is no longer there.
    check_is_there(task.out.parent)
    with claimed(task.out.parent, task.out.name) as is_ours:
        if not is_ours:
            return Outcome(is_elsewhere=True)
        if not task.options.fresh and is_current(task.out, task.key):
            return Outcome(was_made=True)
        return _make(task)


def _make(task: ReportTask) -> Outcome:
    """Make one report."""
    from analysis.language import NotEnglishError, check_english
    from analysis.report.build import make_from_inputs

    options = task.options
    try:
        options.inputs.check()
        if not options.inputs.parameters.get("force"):
            check_english(task.article)
        if not ForkServer.is_running():
            _start_fork_server(options.inputs.notebooks)
        make_from_inputs(
            task.article, options.inputs, out=task.out, n_parallel=options.n_parallel, seconds=options.seconds
        )
    except NotEnglishError as error:
        return Outcome(str(error))
    except Exception as error:  # one bad article never stops the batch, but the machine does
        raise_fault(error, task.out.parent)
        if isinstance(error, MachineError):
            raise
        notebook = getattr(error, "notebook", None)
        said = str(error) if isinstance(error, ReportError) else f"{type(error).__name__}: {error}"
        return Outcome(said, f"{notebook.parent.name}/{notebook.name}" if notebook else "")
    return Outcome()


@cache
def _start_fork_server(notebooks: Path) -> ForkServer:
    """Start a fork server for this worker's kernels; it ends with the worker."""
    return ForkServer(_warmup(notebooks)).__enter__()
