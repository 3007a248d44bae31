"""The annotation of many articles, as partitioned Parquet and without notebooks."""

from __future__ import annotations

import contextlib
import hashlib
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from analysis.article import articles_table
from analysis.batch.log import MAX_CHARS, Batch, Entry
from analysis.batch.workers import WorkerError, run_tasks
from analysis.report.notebook import LOADING_CODE
from analysis.report.provenance import describe_inputs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from analysis.article import Article
    from analysis.batch.log import Tally
    from analysis.batch.progress import Progress

#: The tables, in the order they are written: where the last one has a part, all have.
_TABLES = ("sentences", "tokens", "mentions", "articles")
#: Articles that are annotated and written together: enough for a row group, few enough to forget.
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
    """Annotate articles into partitioned Parquet, in bounded memory; what is done already is left.

    Parameters
    ----------
    sources
        What :func:`analysis.read_articles` takes: files, folders, globs, addresses, files of rows.
    out
        The folder for ``articles.parquet``, ``sentences.parquet``, ``tokens.parquet`` and ``mentions.parquet``: folders
        of one file for every two hundred articles, which pandas, pyarrow, polars, DuckDB and Spark read as one table.
        ``batch.csv`` beside them names the articles that failed. It ends up holding these articles and no others.
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
    OSError
        If the folder cannot be written.
    """
    out = Path(out)
    was_there = out.is_dir()
    batch = Batch(out, progress)
    names: set[str] = set()
    jobs = _jobs(batch, sources, names, force=force, fresh=fresh, retry_failed=retry_failed, max_chars=max_chars)
    n_jobs = n_jobs or os.cpu_count() or 1
    try:
        if n_jobs == 1 and scheduler is None:
            done: Iterable = ((part, annotate_part(part)) for part in jobs)
        else:
            done = run_tasks(annotate_part, jobs, n_jobs=n_jobs, scheduler=scheduler, warm=LOADING_CODE)
        for part, failures in done:
            _take(batch, part, failures)
        _forget_others(out, names)
    finally:
        _close(batch, keep=was_there)
    return batch.tally


class Part(NamedTuple):
    """Articles that are annotated and written together, and the name of their files."""

    articles: list[Article]
    name: str
    out: Path
    force: bool


def annotate_part(part: Part) -> dict[str, str]:
    """Annotate a part, in a worker, and write it; give why each article failed that did."""
    from analysis.language import NotEnglishError, annotate, check_english

    failures = {}
    good = []
    for article in part.articles:
        try:
            if not part.force:
                check_english(article)
        except NotEnglishError as error:
            failures[article.id] = str(error)
        else:
            good.append(article)
    if good:
        tables = annotate(good, force=part.force)._asdict() | {"articles": articles_table(good)}
        for table in _TABLES:
            path = part.out / f"{table}.parquet" / part.name
            path.parent.mkdir(parents=True, exist_ok=True)
            aside = path.with_name(f".{part.name}.{os.getpid()}")
            try:
                tables[table].to_parquet(aside, index=False, compression="zstd")
                aside.replace(path)
            finally:
                aside.unlink(missing_ok=True)
    return failures


def _jobs(
    batch: Batch,
    sources: Iterable[str | Path],
    names: set[str],
    *,
    force: bool,
    fresh: bool,
    retry_failed: bool,
    max_chars: int,
) -> Iterator[Part]:
    """Yield each part that there is something to do for; the names of all parts are added to ``names``."""
    for articles in _grouped(batch.articles(sources, max_chars=max_chars)):
        name = _part_name(len(names), articles, force=force)
        names.add(name)
        known = (batch.log.get(article.id) for article in articles)
        failed = [entry for entry in known if entry and entry.key == name]
        is_done = len(failed) == len(articles) or (batch.out / f"{_TABLES[-1]}.parquet" / name).exists()
        if fresh or not is_done or (retry_failed and failed):
            yield Part(articles, name, batch.out, force)
        else:
            for entry in failed:
                batch.fail(entry)
            batch.unchanged(len(articles) - len(failed))


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
    """Name a part's files after what goes in: other articles, models or packages, another name."""
    whole = hashlib.sha256(f"{_inputs_digest()} {force}".encode())
    for article in articles:
        about = [article.id, article.sha256, article.title, article.publisher, article.published, article.url]
        whole.update(repr(about).encode())
    return f"part-{number:05d}-{whole.hexdigest()[:12]}.parquet"


@cache
def _inputs_digest() -> str:
    return hashlib.sha256(repr(sorted(describe_inputs([]).items())).encode()).hexdigest()


def _take(batch: Batch, part: Part, failures: dict[str, str] | WorkerError) -> None:
    """Note what became of a part."""
    if isinstance(failures, WorkerError):
        failures = {article.id: str(failures) for article in part.articles}
    for article_id, reason in failures.items():
        batch.fail(Entry(article_id, "failed", reason, key=part.name))
    batch.made(len(part.articles) - len(failures))


def _forget_others(out: Path, names: set[str]) -> None:
    """Remove the parts of other articles, or of the same ones as they were."""
    for table in _TABLES:
        for path in (out / f"{table}.parquet").glob("part-*.parquet"):
            if path.name not in names:
                path.unlink(missing_ok=True)


def _close(batch: Batch, *, keep: bool) -> None:
    """Put the log in order; with nothing annotated, leave nothing behind that was not there."""
    if batch.tally.made or batch.tally.unchanged or keep:
        batch.log.settle()
        return
    batch.log.path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        batch.out.rmdir()
