"""The way in of every text: a whole page is extracted, any other text is repaired; stated dates are read."""

from __future__ import annotations

import re
from typing import Any

from analysis.article.dates import find_line_date, parse_date
from analysis.article.decoding import describe_stray
from analysis.article.headings import find_masthead, split_title
from analysis.article.model import Article, ArticleError
from analysis.article.pages import extract_article, is_page
from analysis.article.repairs import repair_line, repair_text

__all__ = ["make_article", "read_date"]

#: The headline, a line above or below it, the byline, the date, the first paragraph; others may stand among them, but
#: no second sentence.
_N_FIRST_LINES = 5
_MAX_FIRST_LINES = 12
_SENTENCE_END = re.compile(r"[.!?][”\"’')]*\Z")
_MAX_SHOWN_CHARS = 60


def make_article(text: str, **metadata: Any) -> Article:
    """Make an article of a text on its way in: repaired, or extracted if it is a whole HTML page.

    Where nothing states when it was published, a line above its text that is a date, or its dateline, does.

    Parameters
    ----------
    text
        The decoded text.
    metadata
        What :meth:`~analysis.article.model.Article.from_text` takes.

    Raises
    ------
    ArticleError
        If it has no word in it.
    """
    if is_page(text):
        return extract_article(text, **metadata)
    text, repairs = repair_text(text)
    findings = "; ".join(filter(None, (describe_stray(metadata.get("encoding") or ""), repairs)))
    repaired = {name: repair_line(metadata[name]) for name in ("title", "publisher") if metadata.get(name)}
    if "title" in repaired:
        title, outlet = split_title(repaired["title"], repaired.get("publisher"))
        repaired["title"] = title
        repaired.setdefault("publisher", outlet)
    inferred = dict(metadata.get("inferred") or {})
    if not metadata.get("published") and (dated := _find_date(text)):
        metadata["published"], line = dated
        inferred["published"] = f"a line of the text: “{line[:_MAX_SHOWN_CHARS]}”"
    if findings:
        inferred["text"] = "; ".join(filter(None, (inferred.get("text"), findings)))
    return Article.from_text(text, **{**metadata, **repaired, "inferred": inferred})


def _find_date(text: str) -> tuple[str, str] | None:
    """Return the date of the first lines of a text, of which one is a date or begins with a dateline; and that line."""
    lines = list(filter(None, map(str.strip, text.splitlines())))[:_MAX_FIRST_LINES]
    sentences = [number for number, line in enumerate(lines) if _SENTENCE_END.search(line)]
    end = sentences[1] if sentences[1:] else len(lines)
    for line in lines[: max(_N_FIRST_LINES, end)]:
        masthead = find_masthead(line)
        if found := find_line_date(masthead[1] if masthead else line):
            return found, line
    return None


def read_date(stated: str, where: str) -> str | None:
    """Return a stated date in ISO 8601, ``None`` for a missing one.

    Raises
    ------
    ArticleError
        If it is no date, or may be two dates.
    """
    try:
        return parse_date(stated)
    except ValueError as error:
        raise ArticleError(f"{where} {stated!r:.60} {error}; expected a date such as 2015-03-04") from None
