"""The annotation of many articles, as Parquet or CoNLL-U in parts and without notebooks."""

from __future__ import annotations

import contextlib
import json
import os
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from analysis import tables
from analysis.article import articles_table
from analysis.batch.claims import claimed
from analysis.batch.log import Entry
from analysis.batch.state import MAX_CHARS, Batch
from analysis.batch.workers import WorkerError, run_tasks
from analysis.layout import ANNOTATIONS
from analysis.report.cache import describe_resources
from analysis.report.faults import check_machine, find_fault, raise_fault
from analysis.report.fingerprint import hash_code, sha256
from analysis.report.notebook import ReportError
from analysis.report.staging import replacing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from analysis.article import Article
    from analysis.batch.log import Tally
    from analysis.batch.progress import Progress

__all__ = ["annotate_articles"]

#: The modules whose code decides what the tables hold.
_MODULES = ("analysis.article", "analysis.language", "analysis.content")
#: The articles of a part: enough for a row group of Parquet, few enough for memory.
_PART_ARTICLES = 200
_PART_CHARS = 2_000_000
#: What says of a text that it may be cut off, up to the end: the words that it shows may hold any mark.
_CUT = re.compile(r"it may be cut off.*", re.DOTALL)
#: What one process at a time claims in a folder: no article, since no id is empty.
_CLAIM = ""


def annotate_articles(
    sources: str | Path | Iterable[str | Path],
    out: Path | str,
    *,
    file_format: str = "parquet",
    syntax: bool = True,
    force: bool = False,
    n_jobs: int | None = 1,
    scheduler: str | None = None,
    fresh: bool = False,
    retry_failed: bool = False,
    max_chars: int = MAX_CHARS,
    progress: Progress | None = None,
) -> Tally:
    """Annotate articles into files in parts, in bounded memory; leave the parts that are current.

    Parameters
    ----------
    sources
        What :func:`analysis.read_articles` takes: files, folders, globs, addresses, files of rows.
    out
        The folder for ``articles.parquet`` and one such folder for each table that :func:`analysis.annotate` and
        :func:`analysis.content.find_contents` return, with a file for every two hundred articles: pandas, pyarrow,
        polars, DuckDB and Spark read a folder as one table. ``batch.csv`` beside them names the articles that
        failed. Parts and rows of other articles are removed.
    file_format
        ``parquet``, or ``conllu`` for ``articles.conllu`` instead, a folder of files in CoNLL-U with all four tables
        (:func:`analysis.language.to_conllu`).
    syntax
        Whether to parse sentences and find chains, as for :func:`analysis.annotate`. CoNLL-U needs both; without,
        there are no claims.
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
    ReportError
        If another process is annotating into the folder: each would remove the parts of the other's articles.
    ValueError
        If the format is unknown, or is CoNLL-U without syntax.
    """
    if file_format not in ANNOTATIONS:
        raise ValueError(f"file_format is {file_format!r}; expected one of {', '.join(ANNOTATIONS)}")
    if file_format == "conllu" and not syntax:
        raise ValueError("CoNLL-U holds trees, which are not there without syntax; leave one of the two options out")
    out = Path(out)
    existed = out.is_dir()
    folders = (out / f"{table}.{file_format}" for table in ANNOTATIONS[file_format])
    if taken := next((path for path in folders if path.is_file()), None):
        raise ReportError(f"{taken} is a file; expected the folder of a table: move it, or name another folder")
    batch = Batch(out, progress)
    names: set[str] = set()
    options = Options(file_format, syntax=syntax, force=force)
    parts = _parts(batch, sources, names, options, fresh=fresh, retry_failed=retry_failed, max_chars=max_chars)
    n_jobs = n_jobs or os.cpu_count() or 1
    with claimed(out, _CLAIM) as is_ours:
        if not is_ours:
            raise ReportError(f"{out}: another process is annotating into this folder; wait for it or name another")
        return _annotate_parts(batch, parts, names, n_jobs=n_jobs, scheduler=scheduler, existed=existed)


def _annotate_parts(
    batch: Batch, parts: Iterable[Part], names: set[str], *, n_jobs: int, scheduler: str | None, existed: bool
) -> Tally:
    """Annotate the parts of a batch, and remove all others."""
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
            if n_removed := _remove_other_parts(batch.out, names):
                removed = "one part" if n_removed == 1 else f"{n_removed} parts"
                batch.notify(f"{removed} of other articles, or of these as they were annotated before, removed")
    finally:
        if not (batch.tally.made or batch.tally.unchanged or existed):
            _remove_folder(batch)
    return batch.tally


class Options(NamedTuple):
    """How articles are annotated and written."""

    file_format: str
    syntax: bool
    force: bool


class Part(NamedTuple):
    """Articles that are annotated and written together, and the name of their files."""

    articles: list[Article]
    name: str
    out: Path
    options: Options


def annotate_part(part: Part) -> dict[str, str]:
    """Annotate a part, in a worker, and write it; return the reason for each article that failed.

    Raises
    ------
    MachineError
        If it cannot be written because of the machine.
    """
    articles, failures = _sort_out(part.articles, lambda article: _check(article, force=part.options.force))
    try:
        contents = _contents(articles, part.options)
    except Exception as error:
        if fault := find_fault(error):
            raise fault from error
        articles, more = _sort_out(articles, lambda article: _contents([article], part.options))
        failures |= more
        contents = _contents(articles, part.options)
    if articles:
        try:
            _write_part(part, contents)
        except OSError as error:
            raise_fault(error, part.out)
            raise
    return failures


def _write_part(part: Part, contents: list[bytes]) -> None:
    """Write the files of a part, all or none."""
    with contextlib.ExitStack() as written:
        for path, data in zip(_paths(part.out, part.name, part.options), contents, strict=True):
            # The batch's folder is not made anew if it has gone.
            path.parent.mkdir(exist_ok=True)
            written.enter_context(replacing(path, within=part.out)).write_bytes(data)


def _contents(articles: list[Article], options: Options) -> list[bytes]:
    """Annotate articles; return what the files of a part hold, in the order of :data:`ANNOTATIONS`."""
    from analysis.content import find_contents
    from analysis.language import annotate, to_conllu

    annotated = annotate(articles, force=True, syntax=options.syntax)
    if options.file_format == "conllu":
        return [to_conllu(articles, annotated).encode()]
    found = find_contents(articles, annotated)._asdict() if options.syntax else {}
    made = {"articles": articles_table(articles)} | annotated._asdict() | found
    return [
        (made[name] if name in made else tables.empty(name)).to_parquet(index=False, compression="zstd")
        for name in ANNOTATIONS["parquet"]
    ]


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


def _paths(out: Path, name: str, options: Options) -> list[Path]:
    """Return the paths of the files of a part."""
    suffix = options.file_format
    return [out / f"{table}.{suffix}" / f"{name}.{suffix}" for table in ANNOTATIONS[suffix]]


def _parts(
    batch: Batch,
    sources: str | Path | Iterable[str | Path],
    names: set[str],
    options: Options,
    *,
    fresh: bool,
    retry_failed: bool,
    max_chars: int,
) -> Iterator[Part]:
    """Yield each part that is not current; add the names of all parts to ``names``."""
    for articles in _grouped(_telling_cuts(batch, batch.articles(sources, max_chars=max_chars))):
        name = _part_name(len(names), articles, options)
        names.add(name)
        logged = (batch.log.get(article.id) for article in articles)
        failed = [entry for entry in logged if entry and entry.key == name]
        is_written = all(path.exists() for path in _paths(batch.out, name, options))
        is_done = is_written or len(failed) == len(articles)
        if fresh or not is_done or (retry_failed and failed):
            yield Part(articles, name, batch.out, options)
        else:
            for entry in failed:
                batch.add_failed(entry)
            batch.add_unchanged(len(articles) - len(failed))


def _telling_cuts(batch: Batch, articles: Iterable[Article]) -> Iterator[Article]:
    """Yield the articles, and tell of each that may be cut off: no report says it."""
    for article in articles:
        if found := _CUT.search(article.inferred.get("text", "")):
            batch.notify(f"dateline: {article.id}: {found[0]}")
        yield article


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


def _part_name(number: int, articles: list[Article], options: Options) -> str:
    """Return the name of a part's files in any format, which holds a hash of all that they are made from."""
    made_from = [_inputs_digest(), options.syntax, options.force, [article.identity for article in articles]]
    digest = sha256(json.dumps(made_from, ensure_ascii=False).encode())
    return f"part-{number:05d}-{digest[:12]}"


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


def _remove_other_parts(out: Path, names: set[str]) -> int:
    """Remove the parts that belong to other articles, or to other versions of these; return how many they were."""
    removed = set()
    for suffix, names_of_tables in ANNOTATIONS.items():
        for table in names_of_tables:
            for path in (out / f"{table}.{suffix}").glob(f"part-*.{suffix}"):
                if path.stem not in names:
                    path.unlink(missing_ok=True)
                    removed.add(path.stem)
    return len(removed)


def _remove_folder(batch: Batch) -> None:
    """Remove the log, and the folder unless something else is in it."""
    with contextlib.suppress(OSError):
        batch.log.path.unlink(missing_ok=True)
        batch.out.rmdir()
