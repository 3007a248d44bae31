"""Reading articles from any source: one that must be there, or many of which some may fail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

from analysis import resources
from analysis.article.decoding import decode
from analysis.article.exports import Document, count_documents, split_export
from analysis.article.intake import make_article, read_date
from analysis.article.model import SIDECAR_FIELDS, Article, ArticleError, text_digits, unforeseen
from analysis.article.pages import decode_page, extract_article, is_page, page_lines
from analysis.article.rows import article_of_row, attempt, count_rows, parse_object, read_rows, rows_encoding
from analysis.article.sources import (
    EXPECTED,
    OTHER_SUFFIXES,
    PAGE_SUFFIXES,
    expand,
    find,
    has_rows,
    list_sources,
    sidecar_path,
    suffix_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

__all__ = ["count_articles", "read_article", "read_articles"]


def read_article(
    source: str | Path, *, allow_private: bool | None = None, leave_out: Callable[[str], object] | None = None
) -> Article:
    """Read one article.

    Parameters
    ----------
    source
        A ``.txt`` (or any other text file, with or without a sidecar ``.json`` of the same stem beside it), an
        ``.html``, an ``http(s)://`` address, or a row of a ``.jsonl``, ``.csv`` or ``.parquet``, written
        ``rows.jsonl#ID``, or the n-th article of an export of a news database, written ``export.txt#n`` (the
        mark and what follows may be left out where there is one article only). A relative path is looked up in the
        working folder, then in Dateline's own, so that ``seeds/…`` is found from anywhere.
    allow_private
        Whether an address may be on this machine or its network, also after a redirect. ``None`` asks the
        environment variable ``DATELINE_ALLOW_PRIVATE``, which allows it as ``1``.
    leave_out
        Called with a line on each later row that has the id of the one that was read.

    Returns
    -------
    Article
        The article. Mojibake, HTML and words broken at line ends were repaired on the way in, unless a sidecar or row
        states the ``encoding``: then the text is taken as it is. ``inferred`` says under ``text`` what was done, and
        what suggests that the text is cut off or its paragraphs have run together.

    Raises
    ------
    ArticleError
        If there is no such source, or it is empty, binary, or has no word in it; the message is one line.

    Examples
    --------
    >>> read_article("seeds/000_a515cb56a3bc3877.txt").published
    '2014-09-28/2014-09-30'
    """
    try:
        path, row_id = find(source)
        if path is None:
            return _fetch(str(source), allow_private=allow_private)
        if not has_rows(path):
            return _read_only_document(path, row_id)
        return _read_only_row(path) if row_id is None else _read_row(path, row_id, leave_out)
    except (ArticleError, resources.ResourceError):
        raise
    except Exception as error:
        raise unforeseen(error, source) from error


def read_articles(
    sources: str | Path | Iterable[str | Path], *, strict: bool = False, allow_private: bool | None = None
) -> Iterator[Article | ArticleError]:
    """Read many articles, one at a time.

    Parameters
    ----------
    sources
        What :func:`read_article` takes, and folders (their files, in order of name), globs (``news/**/*.txt``), and
        files of rows and exports (every article); one of them, or several.
    strict
        Raise the first error instead of yielding it.
    allow_private
        As for :func:`read_article`.

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
    for source in list_sources(sources):
        for outcome, where in _read_each(source, allow_private=allow_private):
            result = outcome
            if isinstance(outcome, Article):
                if outcome.id in seen:
                    result = ArticleError(_second(where, outcome.id))
                seen.add(outcome.id)
            if strict and isinstance(result, ArticleError):
                raise result
            yield result


def count_articles(sources: str | Path | Iterable[str | Path]) -> int:
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
    return sum(map(_count, list_sources(sources)))


def _count(source: str | Path) -> int:
    try:
        files = expand(source)
        if files is not None:
            return sum(map(_count_file, files))
        path, row_id = find(source)
    except (ArticleError, OSError, ValueError):
        return 1
    return 1 if path is None or row_id is not None else _count_file(path)


def _count_file(path: Path) -> int:
    return count_rows(path) if has_rows(path) else count_documents(path)


#: An article, or the error that says why it cannot be read; and its place, for messages.
_Found = tuple[Article | ArticleError, str]
_Item = TypeVar("_Item")


def _read_each(source: str | Path, *, allow_private: bool | None) -> Iterator[_Found]:
    """Yield each article of a source, or the error that says why it cannot be read."""
    return _until_error(_read_all(source, allow_private=allow_private), source)


def _until_error(found: Iterator[tuple[_Item, str]], source: str | Path) -> Iterator[tuple[_Item | ArticleError, str]]:
    """Yield what is found in a source, and as the last item the error that ends it, if one does."""
    try:
        yield from found
    except ArticleError as error:
        yield error, str(source)
    except resources.ResourceError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a source raises, the others follow
        yield unforeseen(error, source), str(source)


def _read_all(source: str | Path, *, allow_private: bool | None) -> Iterator[_Found]:
    files = expand(source)
    if files is None:
        path, row_id = find(source)
        if path is None or row_id is not None:
            yield read_article(source, allow_private=allow_private), str(source)
            return
        files = [path]
    for path in files:
        yield from _until_error(_read_rows_of(path) if has_rows(path) else _read_documents(path), path)


def _read_rows_of(path: Path) -> Iterator[_Found]:
    encoding = rows_encoding(path)
    for row, where in read_rows(path):
        yield attempt(article_of_row, row, where, encoding), where


def _fetch(url: str, *, allow_private: bool | None) -> Article:
    """Fetch the article at an address: an HTML page or a plain text."""
    from analysis.article.fetching import fetch

    data, charset = fetch(url, allow_private=allow_private)
    text, encoding = decode_page(data, url, charset)
    try:
        return make_article(text, url=url, encoding=encoding)
    except ArticleError as error:
        raise ArticleError(f"{url}: {error}") from None


def _read_only_row(path: Path) -> Article:
    """Return the article of a file of rows that has only one."""
    article: Article | None = None
    for row, where in read_rows(path):
        if article is not None:
            raise ArticleError(f"{path} has more than one article; name one as {path.name}#ID")
        article = article_of_row(row, where, rows_encoding(path))
    if article is None:
        raise ArticleError(f"{path} has no article")
    return article


def _read_row(path: Path, row_id: str, leave_out: Callable[[str], object] | None) -> Article:
    """Return the article of the first row with an id; tell of the others."""
    first_error: ArticleError | None = None
    rows = read_rows(path)
    for row, where in rows:
        if isinstance(row, ArticleError):
            # The wanted row may be this one, so the message names it if no other has the id.
            first_error = first_error or row
        elif str(row.get("id")) == row_id:
            article = article_of_row(row, where, rows_encoding(path))
            if leave_out is not None:
                for other, place in _until_error(rows, path):
                    if not isinstance(other, ArticleError) and str(other.get("id")) == row_id:
                        leave_out(_second(place, row_id))
            return article
    raise ArticleError(f"{path} has no article with id {row_id!r}" + (f"; {first_error}" if first_error else ""))


def _second(where: str, article_id: str) -> str:
    return f"{where}: a second article with the id {article_id!r} was left out"


def _read_documents(path: Path) -> Iterator[_Found]:
    """Yield each article of a file that is a page, a plain text or an export; and its place, for messages."""
    text, encoding = _decode_file(path)
    export = _split(text, path)
    if export is None:
        yield _read_text(path, text, encoding), str(path)
        return
    for number in range(1, len(export[1]) + 1):
        yield attempt(_make_document, path, export, number, encoding), f"{path}#{number}"


def _read_only_document(path: Path, number: str | None) -> Article:
    """Return the article of a page or a plain text, or of an export with one article or with the number of one."""
    text, encoding = _decode_file(path)
    export = _split(text, path)
    if export is None:
        if number is not None:
            raise ArticleError(f"{path} is one article, and has none with id {number!r}; leave out #{number}")
        return _read_text(path, text, encoding)
    database, documents = export
    if number is None and len(documents) > 1:
        advice = f"name one as {path.name}#1 to {path.name}#{len(documents)}"
        raise ArticleError(f"{path} is an export of {database} with {len(documents)} articles; {advice}")
    found = re.fullmatch(rf"(?:{re.escape(path.stem)}-)?(\d+)(?:-[0-9a-f]{{8}})?", number or "1")
    wanted = found[1] if found else ""
    if wanted not in map(str, range(1, len(documents) + 1)):
        raise ArticleError(f"{path} has no article #{number}; it has {path.name}#1 to {path.name}#{len(documents)}")
    return _make_document(path, export, int(wanted), encoding)


def _split(text: str, path: Path) -> tuple[str, list[Document]] | None:
    """Split the text of a file that is an export."""
    return split_export(page_lines(text) if is_page(text) else text, path)


def _make_document(path: Path, export: tuple[str, list[Document]], number: int, encoding: str) -> Article:
    database, documents = export
    document = documents[number - 1]
    # The text's digits keep apart the articles of files of one name.
    document_id = f"{path.stem}-{number}-{text_digits(document.text)}"
    where = f"document {number} of {len(documents)} in an export of {database}, its lines joined to paragraphs"
    where = "; ".join(filter(None, (where, document.damage)))
    if document.fault:
        raise ArticleError(f"{path}#{number}: {document.fault}")
    if not document.text:
        raise ArticleError(f"{path}#{number}: no text in this document of {database}; export the full text")
    try:
        return make_article(
            document.text, **document.metadata, id=document_id, encoding=encoding, inferred={"text": where}
        )
    except ArticleError as error:
        raise ArticleError(f"{path}#{number}: {error}") from None


def _decode_file(path: Path) -> tuple[str, str]:
    if suffix_of(path) in OTHER_SUFFIXES:
        raise ArticleError(f"{path} is a {path.suffix} file; {EXPECTED}")
    data = _read_bytes(path)
    return decode_page(data, str(path)) if suffix_of(path) in PAGE_SUFFIXES else decode(data, name=str(path))


def _read_text(path: Path, text: str, encoding: str) -> Article:
    """Make the article of a file that is a page or a plain text."""
    try:
        if suffix_of(path) in PAGE_SUFFIXES:
            return extract_article(text, encoding=encoding)
        sidecar = _read_sidecar(path)
        if "encoding" in sidecar:
            return Article.from_text(text, **sidecar)
        return make_article(text, **{"encoding": encoding, **sidecar})
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
    if "published" in metadata and "encoding" not in metadata:
        metadata["published"] = read_date(metadata["published"], f"{sidecar}: published")
    return metadata
