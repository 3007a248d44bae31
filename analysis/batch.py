"""Many articles in one run: each by itself, so that a bad one does not stop the rest."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.article import Article, ArticleError, articles_table, read_articles
from analysis.language import NotEnglishError, annotate, check_english

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import pandas as pd

#: Articles that are annotated and written together: enough for a row group, few enough to forget.
_CHUNK = 200


def annotate_articles(
    sources: Iterable[str | Path], out: Path | str, *, on_error: Callable[[ValueError], None], force: bool = False
) -> int:
    """Annotate articles into one set of Parquet files, without notebooks, in bounded memory.

    Parameters
    ----------
    sources
        What :func:`analysis.read_articles` takes: files, folders, globs, addresses, files of rows.
    out
        The folder for ``articles.parquet``, ``sentences.parquet``, ``tokens.parquet`` and ``mentions.parquet``. They
        are written aside and moved there when all are whole.
    on_error
        Is told of each article that is left out, and why.
    force
        Annotate even what is not English.

    Returns
    -------
    int
        How many articles were annotated. With none, nothing is written.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    out = Path(out)
    was_there = out.is_dir()
    out.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".annotating.", dir=out))
    count = 0
    writers: dict[str, _TableWriter] = {}
    try:
        for tables, articles in _annotated(sources, on_error, force=force):
            count += articles
            for name, table in tables.items():
                if name not in writers:
                    writers[name] = _TableWriter(aside / f"{name}.parquet")
                writers[name].write(table)
        for writer in writers.values():
            writer.close()
        for path in sorted(aside.iterdir()):
            path.replace(out / path.name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        if not count and not was_there:
            out.rmdir()
    return count


def _annotated(
    sources: Iterable[str | Path], on_error: Callable[[ValueError], None], *, force: bool
) -> Iterator[tuple[dict[str, pd.DataFrame], int]]:
    """Yield the tables of a chunk of articles, and how many articles they hold."""
    chunk: list[Article] = []
    for article in read_articles(sources):
        try:
            chunk.append(_checked(article, force=force))
        except (ArticleError, NotEnglishError) as error:
            on_error(error)
        if len(chunk) == _CHUNK:
            yield _tables(chunk, force=force), len(chunk)
            chunk = []
    if chunk:
        yield _tables(chunk, force=force), len(chunk)


def _checked(article: Article | ArticleError, *, force: bool) -> Article:
    if isinstance(article, ArticleError):
        raise article
    if not force:
        check_english(article)
    return article


def _tables(articles: list[Article], *, force: bool) -> dict[str, pd.DataFrame]:
    return {"articles": articles_table(articles)} | annotate(articles, force=force)._asdict()


class _TableWriter:
    """A Parquet file that tables of one shape are added to."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = None

    def write(self, table: pd.DataFrame) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        if self._file is None:
            schema = pa.Schema.from_pandas(table, preserve_index=False)
            self._file = pq.ParquetWriter(self._path, schema, compression="zstd")
        self._file.write_table(pa.Table.from_pandas(table, schema=self._file.schema, preserve_index=False))

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
