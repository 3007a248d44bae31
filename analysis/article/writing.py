"""Writing articles so that reading them again returns the same articles."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from analysis.article.model import SIDECAR_FIELDS
from analysis.article.sources import sidecar_path

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from analysis.article.model import Article

__all__ = ["write_article", "write_articles"]

_BYTE_ORDER_MARK = "\ufeff"


def write_article(article: Article, path: Path) -> None:
    """Write an article as a text file and its sidecar; :func:`~analysis.article.read_article` returns the same article.

    Parameters
    ----------
    article
        The article.
    path
        The text file; the sidecar ``.json`` is written beside it.
    """
    # A text that begins with U+FEFF needs another before it: on reading, the first is taken for a byte order mark.
    encoding = "utf-8-sig" if article.text.startswith(_BYTE_ORDER_MARK) else "utf-8"
    path.write_bytes(article.text.encode(encoding))
    metadata = {name: value for name in SIDECAR_FIELDS if (value := getattr(article, name))}
    sidecar = json.dumps(metadata, indent=2, ensure_ascii=False) + "\n"
    sidecar_path(path).write_text(sidecar, encoding="utf-8", newline="\n")


def write_articles(articles: Iterable[Article], path: Path) -> None:
    """Write articles as rows of JSON Lines; :func:`~analysis.article.read_articles` yields the same articles.

    The rows hold the text and :data:`~analysis.article.model.SIDECAR_FIELDS`.

    Parameters
    ----------
    articles
        The articles.
    path
        The file, whose name should end in ``.jsonl``.
    """
    with path.open("w", encoding="utf-8", newline="\n") as lines:
        for article in articles:
            row = {name: value for name in (*SIDECAR_FIELDS, "text") if (value := getattr(article, name))}
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
