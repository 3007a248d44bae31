"""Web pages: fetching an address, and extracting the article from HTML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analysis.article.decoding import decode
from analysis.article.model import Article, ArticleError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["fetch_article", "read_page"]

_TIMEOUT_SECONDS = 30
_USER_AGENT = "dateline (https://pypi.org/project/dateline)"
#: How much of a page is searched for the encoding that it declares, in bytes, and for its first tags, in characters.
_PROLOGUE = 2048
_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_LOOKS_LIKE_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|title|meta|p|div)\b", re.IGNORECASE)


def fetch_article(url: str) -> Article:
    """Fetch the article at an address: an HTML page or a plain text.

    Parameters
    ----------
    url
        The address, ``http`` or ``https``.

    Raises
    ------
    ArticleError
        If nothing can be fetched within thirty seconds, or it holds no article.
    """
    import urllib.error
    import urllib.request
    from http.client import HTTPException

    request = urllib.request.Request(url, headers={"User-Agent": _USER_AGENT})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - http(s) only
            data, charset = answer.read(), answer.headers.get_content_charset()
    except (urllib.error.URLError, HTTPException, OSError, ValueError) as error:
        raise ArticleError(f"{url} cannot be read: {getattr(error, 'reason', error)}") from None
    page, encoding = _decode_page(data, url, charset)
    if not _LOOKS_LIKE_HTML.search(page[:_PROLOGUE]):
        try:
            return Article.from_text(page, url=url, encoding=encoding)
        except ArticleError as error:
            raise ArticleError(f"{url}: {error}") from None
    return _extract_article(page, encoding, name=url, url=url)


def read_page(data: bytes, path: Path) -> Article:
    """Extract the article from the bytes of a saved HTML page.

    Parameters
    ----------
    data
        The page.
    path
        Its file, for messages.

    Raises
    ------
    ArticleError
        If it holds no article.
    """
    page, encoding = _decode_page(data, str(path), None)
    return _extract_article(page, encoding, name=str(path), url=None)


def _decode_page(data: bytes, name: str, charset: str | None) -> tuple[str, str]:
    """Decode a page by the encoding that its server declares, else the one that it declares itself."""
    in_page = _CHARSET.search(data[:_PROLOGUE])
    declared = charset or (in_page[1].decode("ascii") if in_page else None)
    return decode(data, name=name, declared=declared)


def _extract_article(page: str, encoding: str, *, name: str, url: str | None) -> Article:
    import trafilatura
    from trafilatura.settings import Document

    document = trafilatura.bare_extraction(page, url=url, include_comments=False, with_metadata=True)
    if not isinstance(document, Document) or not document.text or not any(map(str.isalnum, document.text)):
        raise ArticleError(f"{name} has no article text that can be told from its page")
    body, title = document.text, document.title or None
    if title and not body.startswith(title):
        body = f"{title}\n\n{body}"
    return Article.from_text(
        body,
        title=title,
        publisher=document.sitename or None,
        published=document.date or None,
        url=url or document.url or None,
        encoding=encoding,
    )
