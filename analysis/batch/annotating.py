"""The annotation of many articles, as partitioned Parquet and without notebooks."""

from __future__ import annotations

import contextlib
import json
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from analysis.article import articles_table
from analysis.batch.log import Entry
from analysis.batch.state import MAX_CHARS, Batch
from analysis.batch.workers import WorkerError, run_tasks
from analysis.report.cache import describe_resources
from analysis.report.faults import check_machine, find_fault, raise_fault
from analysis.report.fingerprint import hash_code, sha256
from analysis.report.staging import replacing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import pandas as pd

    from analysis.article import Article
    from analysis.batch.log import Tally
    from analysis.batch.progress import Progress

__all__ = ["annotate_articles"]

#: The tables, each a folder of parts.
_TABLES = ("sentences", "tokens", "mentions", "articles")
#: The modules whose code decides what the tables hold.
_MODULES = ("analysis.article", "analysis.language")
#: The articles of a part: enough for a row group of Parquet, few enough for memory.
_PART_ARTICLES = 200
_PART_CHARS = 2_000_000


def annotate_articles(
    sources: Iterable[str | Path],
    out: Path | str,
    *,
    force: bool = False,
    n_jobs: int | None = 1,
    scheduler: str | None = None,
    fresh: bool = False,
    retry_failed: bool = False,
    max_chars: int = MAX_CHARS,
    progress: Progress | None = None,
) -> Tally:
    """Annotate articles into partitioned Parquet, in bounded memory; leave the parts that are current.

    Parameters
    ----------
    sources
        What :func:`analysis.read_articles` takes: files, folders, globs, addresses, files of rows.
    out
        The folder for ``articles.parquet``, ``sentences.parquet``, ``tokens.parquet`` and ``mentions.parquet``: folders
        with a file for every two hundred articles, which pandas, pyarrow, polars, DuckDB and Spark read as one table.
        ``batch.csv`` beside them names the articles that failed. Parts and rows of other articles are removed.
    force
        Annotate even what is not English.
    n_jobs, scheduler, fresh, max_chars, progress
        As for :func:`make_reports`.
    retry_failed
        Annotate again the parts whose articles failed.

    Returns
    -------
    Tally
        How many articles were annotated, found unchanged, and failed. With none of the first two, nothing is written.

    Raises
    ------
    ConnectionError
        If no scheduler answers.
    MachineError
        If the machine fails, as for :func:`make_reports`.
    OSError
        If the folder cannot be written.
    """
    out = Path(out)
    existed = out.is_dir()
    batch = Batch(out, progress)
    names: set[str] = set()
    parts = _parts(batch, sources, names, force=force, fresh=fresh, retry_failed=retry_failed, max_chars=max_chars)
    n_jobs = n_jobs or os.cpu_count() or 1
    try:
        with batch.running(is_true=lambda _: False):
            results: Iterable[tuple[Part, dict[str, str] | WorkerError]]
            if n_jobs == 1 and scheduler is None:
                results = ((part, _try_part(part)) for part in parts)
            else:
                warm = "analysis.warmup:load_language"
                results = run_tasks(
                    annotate_part, parts, n_jobs=n_jobs, scheduler=scheduler, warm=warm, notify=batch.notify
                )
            for part, failures in results:
                _log_failures(batch, part, failures)
            _remove_other_parts(out, names)
    finally:
        if not (batch.tally.made or batch.tally.unchanged or existed):
            _remove_folder(batch)
    return batch.tally


class Part(NamedTuple):
    """Articles that are annotated and written together, and the name of their files."""

    articles: list[Article]
    name: str
    out: Path
    force: bool


def annotate_part(part: Part) -> dict[str, str]:
    """Annotate a part, in a worker, and write it; return the reason for each article that failed.

    Raises
    ------
    MachineError
        If it cannot be written because of the machine.
    """
    from analysis.language import annotate

    articles, failures = _sort_out(part.articles, lambda article: _check(article, force=part.force))
    try:
        annotated = annotate(articles, force=True)
    except Exception as error:
        if fault := find_fault(error):
            raise fault from error
        articles, more = _sort_out(articles, lambda article: annotate(article, force=True))
        failures |= more
        annotated = annotate(articles, force=True)
    if articles:
        tables = annotated._asdict() | {"articles": articles_table(articles)}
        try:
            _write_part(part, tables)
        except OSError as error:
            raise_fault(error, part.out)
            raise
    return failures


def _write_part(part: Part, tables: dict[str, pd.DataFrame]) -> None:
    """Write the files of a part, all or none."""
    with contextlib.ExitStack() as written:
        for table in _TABLES:
            path = _part_path(part.out, table, part.name)
            # The batch's folder is not made anew if it has gone.
            path.parent.mkdir(exist_ok=True)
            partial = written.enter_context(replacing(path, within=part.out))
            with partial.open("wb") as file:
                tables[table].to_parquet(file, index=False, compression="zstd")


def _sort_out(articles: list[Article], attempt: Callable[[Article], object]) -> tuple[list[Article], dict[str, str]]:
    """Return the articles with which an attempt succeeds, and why it fails with each other one."""
    failures: dict[str, str] = {}
    for article in articles:
        try:
            attempt(article)
        except Exception as error:
            if fault := find_fault(error):
                raise fault from error
            failures[article.id] = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
    return [article for article in articles if article.id not in failures], failures


def _check(article: Article, *, force: bool) -> None:
    from analysis.language import check_english

    if not force:
        check_english(article)


def _try_part(part: Part) -> dict[str, str] | WorkerError:
    """Annotate a part in this process as a worker does."""
    try:
        return annotate_part(part)
    except Exception as error:
        if fault := find_fault(error, part.out):
            raise fault from error
        return WorkerError(f"{type(error).__name__}: {error}")


def _part_path(out: Path, table: str, name: str) -> Path:
    return out / f"{table}.parquet" / name


def _parts(
    batch: Batch,
    sources: Iterable[str | Path],
    names: set[str],
    *,
    force: bool,
    fresh: bool,
    retry_failed: bool,
    max_chars: int,
) -> Iterator[Part]:
    """Yield each part that is not current; add the names of all parts to ``names``."""
    for articles in _grouped(batch.articles(sources, max_chars=max_chars)):
        name = _part_name(len(names), articles, force=force)
        names.add(name)
        logged = (batch.log.get(article.id) for article in articles)
        failed = [entry for entry in logged if entry and entry.key == name]
        is_written = all(_part_path(batch.out, table, name).exists() for table in _TABLES)
        is_done = is_written or len(failed) == len(articles)
        if fresh or not is_done or (retry_failed and failed):
            yield Part(articles, name, batch.out, force)
        else:
            for entry in failed:
                batch.add_failed(entry)
            batch.add_unchanged(len(articles) - len(failed))


def _grouped(articles: Iterable[Article]) -> Iterator[list[Article]]:
    group: list[Article] = []
    n_chars = 0
    for article in articles:
        group.append(article)
        n_chars += len(article.text)
        if len(group) == _PART_ARTICLES or n_chars > _PART_CHARS:
            yield group
            group, n_chars = [], 0
    if group:
        yield group


def _part_name(number: int, articles: list[Article], *, force: bool) -> str:
    """Return the name of a part's files, which holds a hash of all that they are made from."""
    identities = [article.identity for article in articles]
    digest = sha256(json.dumps([_inputs_digest(), force, identities], ensure_ascii=False).encode())
    return f"part-{number:05d}-{digest[:12]}.parquet"


@cache
def _inputs_digest() -> str:
    """Return a hash of the code, models, data and packages that annotate."""
    described = describe_resources() | {"code": hash_code(_MODULES)}
    return sha256(json.dumps(described, sort_keys=True).encode())


def _log_failures(batch: Batch, part: Part, failures: dict[str, str] | WorkerError) -> None:
    batch.check()
    if isinstance(failures, WorkerError):
        check_machine(batch.out)
        failures = {article.id: str(failures) for article in part.articles}
    for article_id, reason in failures.items():
        batch.add_failed(Entry(article_id, "failed", reason, key=part.name))
    batch.add_made(len(part.articles) - len(failures))


def _remove_other_parts(out: Path, names: set[str]) -> None:
    """Remove the parts that belong to other articles, or to other versions of these."""
    for table in _TABLES:
        for path in _part_path(out, table, "").glob("part-*.parquet"):
            if path.name not in names:
                path.unlink(missing_ok=True)


def _remove_folder(batch: Batch) -> None:
    """Remove the log, and the folder unless something else is in it."""
    with contextlib.suppress(OSError):
        batch.log.path.unlink(missing_ok=True)
        batch.out.rmdir()
