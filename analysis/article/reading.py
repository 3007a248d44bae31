"""Reading articles from any source: one that must be there, or many of which some may fail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.article.decoding import decode
from analysis.article.model import SIDECAR_FIELDS, Article, ArticleError
from analysis.article.pages import fetch_article, read_page
from analysis.article.rows import article_of_row, attempt, count_rows, parse_object, read_rows
from analysis.article.sources import (
    EXPECTED,
    OTHER_SUFFIXES,
    PAGE_SUFFIXES,
    expand,
    find,
    has_rows,
    sidecar_path,
    suffix_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["count_articles", "read_article", "read_articles"]


def read_article(source: str | Path) -> Article:
    """Read one article.

    Parameters
    ----------
    source
        A ``.txt`` (or any other text file, with or without a sidecar ``.json`` of the same stem beside it), an
        ``.html``, an ``http(s)://`` address, or a row of a ``.jsonl``, ``.csv`` or ``.parquet``, written
        ``rows.jsonl#ID`` (``#ID`` may be left out where there is one row only). A relative path is looked up in
        the working folder, then in Dateline's own, so that ``seeds/…`` is found from anywhere.

    Returns
    -------
    Article
        The article.

    Raises
    ------
    ArticleError
        If there is no such source, or it is empty, binary, or has no word in it; the message is one line.

    Examples
    --------
    >>> read_article("seeds/000_a515cb56a3bc3877.txt").published
    '2014-09-28/2014-09-30'
    """
    path, row_id = find(source)
    if path is None:
        return fetch_article(str(source))
    if not has_rows(path):
        return _read_file(path)
    return _read_only_row(path) if row_id is None else _read_row(path, row_id)


def read_articles(sources: Iterable[str | Path], *, strict: bool = False) -> Iterator[Article | ArticleError]:
    """Read many articles, one at a time.

    Parameters
    ----------
    sources
        What :func:`read_article` takes, and folders (their files, in order of name), globs (``news/**/*.txt``), and
        files of rows (every row).
    strict
        Raise the first error instead of yielding it.

    Yields
    ------
    Article or ArticleError
        In order. For what cannot be read, and for an article with the id of an earlier one, the error that says why
        is yielded in its place and reading continues.

    Raises
    ------
    ArticleError
        If ``strict``, for the first article that cannot be read.
    """
    seen: set[str] = set()
    for source in sources:
        for outcome, where in _read_each(source):
            result = outcome
            if isinstance(outcome, Article):
                if outcome.id in seen:
                    result = ArticleError(f"{where}: a second article with the id {outcome.id!r} was left out")
                seen.add(outcome.id)
            if strict and isinstance(result, ArticleError):
                raise result
            yield result


def count_articles(sources: Iterable[str | Path]) -> int:
    """Count what :func:`read_articles` yields, or a little more, without reading a text.

    Blank lines and unreadable sources count as articles: the count is for a progress bar.

    Parameters
    ----------
    sources
        What :func:`read_articles` takes.

    Returns
    -------
    int
        The number of articles, or a few more.
    """
    return sum(map(_count, sources))


def _count(source: str | Path) -> int:
    try:
        files = expand(source)
    except ArticleError:
        return 1
    return 1 if files is None else sum(map(count_rows, files))


def _read_each(source: str | Path) -> Iterator[tuple[Article | ArticleError, str]]:
    """Yield each article of a source, or the error that says why it cannot be read; and its place, for messages."""
    try:
        files = expand(source)
    except ArticleError as error:
        yield error, str(source)
        return
    if files is None:
        yield attempt(read_article, source), str(source)
        return
    for path in files:
        if not has_rows(path):
            yield attempt(_read_file, path), str(path)
            continue
        try:
            for row, where in read_rows(path):
                yield attempt(article_of_row, row, where), where
        except ArticleError as error:
            yield error, str(path)


def _read_only_row(path: Path) -> Article:
    """Return the article of a file of rows that has only one."""
    article: Article | None = None
    for row, where in read_rows(path):
        if article is not None:
            raise ArticleError(f"{path} has more than one article; name one as {path.name}#ID")
        article = article_of_row(row, where)
    if article is None:
        raise ArticleError(f"{path} has no article")
    return article


def _read_row(path: Path, row_id: str) -> Article:
    """Return the article of the row with an id."""
    first_error: ArticleError | None = None
    for row, where in read_rows(path):
        if isinstance(row, ArticleError):
            # The wanted row may be this one, so the message names it if no other has the id.
            first_error = first_error or row
        elif str(row.get("id")) == row_id:
            return article_of_row(row, where)
    raise ArticleError(f"{path} has no article with id {row_id!r}" + (f"; {first_error}" if first_error else ""))


def _read_file(path: Path) -> Article:
    """Read the article of a file that is a page or a plain text."""
    if suffix_of(path) in OTHER_SUFFIXES:
        raise ArticleError(f"{path} is a {path.suffix} file; {EXPECTED}")
    data = _read_bytes(path)
    if suffix_of(path) in PAGE_SUFFIXES:
        return read_page(data, path)
    text, encoding = decode(data, name=str(path))
    try:
        return Article.from_text(text, **{"encoding": encoding, **_read_sidecar(path)})
    except ArticleError as error:
        raise ArticleError(f"{path}: {error}") from None


def _read_bytes(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ArticleError(f"{path} cannot be read: {error.strerror}") from None
    if not data:
        raise ArticleError(f"{path} is empty")
    return data


def _read_sidecar(path: Path) -> dict[str, Any]:
    """Return the metadata in the sidecar of a text file; none if it has no sidecar."""
    sidecar = sidecar_path(path)
    if sidecar == path or not sidecar.is_file():
        return {}
    stated = parse_object(_read_bytes(sidecar), str(sidecar))
    metadata = {name: value for name, value in stated.items() if value is not None}
    if unknown := sorted(metadata.keys() - set(SIDECAR_FIELDS)):
        expected = f"an object with any of {', '.join(SIDECAR_FIELDS)}"
        raise ArticleError(f"{sidecar}: got {', '.join(unknown)}; expected {expected}")
    for name, value in metadata.items():
        expected, strings = ("an object of strings", value) if name == "inferred" else ("a string", {name: value})
        if not isinstance(strings, dict) or not all(isinstance(string, str) for string in strings.values()):
            raise ArticleError(f"{sidecar}: {name} is {value!r:.60}; expected {expected}")
    return metadata
