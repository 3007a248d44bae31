"""Web pages: the article in HTML, told from all else that a page shows."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from analysis.article.decoding import decode, describe_stray
from analysis.article.model import Article, ArticleError
from analysis.article.page_metadata import element_text, find_headline, find_limit, find_outlet, find_published, words
from analysis.article.repairs import drop_note_marks, repair_line, repair_text

if TYPE_CHECKING:
    from lxml.html import HtmlElement
    from trafilatura.settings import Document

__all__ = ["decode_page", "extract_article", "is_page", "page_lines"]

#: How much of a page is searched for the encoding that it declares, in bytes, and for its first tags, in characters.
_PROLOGUE = 2048
_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_IS_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
#: How many lines at the beginning of the text may be the headline, or what stands above it.
_N_FIRST_LINES = 6
#: What stands before a link to another article.
_POINTER = re.compile(
    r"(?:read (?:more|also|next)|more(?: on this(?: story)?)?|also read|see also|recommended|don(?:'|’)t miss"
    r"|recommended (?:articles?|stories|reading|for you)"
    r"|related(?: (?:articles?|stories|story|news|topics|content|links))?"
    r"|you may also like|top stories|most (?:read|popular)|latest(?: news)?|trending)\W*",
    re.IGNORECASE,
)
_MAX_POINTER_CHARS = 300
_BLOCK_TAGS = ("br", "div", "p", "h1", "h2", "h3", "h4", "li", "tr", "td", "table", "section", "article", "hr")
#: A page of at most this many characters that asks for JavaScript has nothing else to say.
_MAX_NOTICE_CHARS = 500
_NEEDS_SCRIPT = re.compile(r"\b(?:enabled?|enabling|turn on|requires?|need|without) javascript\b", re.IGNORECASE)
#: A line of at least so many words is prose without a full stop too.
_MIN_PROSE_WORDS = 8
_FULL_STOP = re.compile(r"""[.!?…。！？؟।]["'”’»)\]]*\s*\Z""")
_PAGE_END = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)
#: What a site says of itself in a sentence of its own.
_SITE_NOTICE = re.compile(
    r"\A\W*(?:©|\(c\)|copyright\b)|\ball rights reserved\W*\Z|\bwe use cookies\b"
    r"|\A(?:please )?(?:sign|log) ?(?:in|up|on)\b(?: to | for | now|\W*\Z)",
    re.IGNORECASE,
)
_NOTHING = "there is no article text that can be told from the page"
_MENUS_ONLY = f"{_NOTHING}: it has menus and links only; give the page of one article"


def is_page(text: str) -> bool:
    """Return whether a text is a whole HTML page."""
    return bool(_IS_PAGE.match(text[:_PROLOGUE].removeprefix("\ufeff")))


def decode_page(data: bytes, name: str, charset: str | None = None) -> tuple[str, str]:
    """Decode a page by the encoding that its server declares, else the one that it declares itself.

    Parameters
    ----------
    data
        The page.
    name
        Its file or address, for messages.
    charset
        The encoding that the server declares.

    Raises
    ------
    ArticleError
        If it is no text, or in no known encoding.
    """
    in_page = _CHARSET.search(data[:_PROLOGUE])
    declared = charset or (in_page[1].decode("ascii", errors="replace") if in_page else None)
    return decode(data, name=name, declared=declared)


def page_lines(page: str) -> str:
    """Return all text of a page, each block on lines of its own; empty if there is none."""
    try:
        tree = _parse_page(page)
    except ArticleError:
        return ""
    for element in tree.iter():
        edge = "\n\n" if element.tag in _BLOCK_TAGS else ""
        element.text = edge + re.sub(r"\s+", " ", element.text or "")
        element.tail = edge + re.sub(r"\s+", " ", element.tail or "")
    return "\n\n".join(line for line in map(str.strip, tree.text_content().splitlines()) if line)


def _parse_page(page: str) -> HtmlElement:
    """Parse a page, or raise the error that there is nothing in it."""
    from lxml import etree, html

    try:
        # Bytes, since lxml refuses a text that declares its encoding.
        return html.fromstring(page.encode(errors="replace"), parser=html.HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError, AssertionError):
        raise ArticleError(_NOTHING) from None


def extract_article(page: str, **stated: Any) -> Article:
    """Extract the article of a page.

    Parameters
    ----------
    page
        The decoded page.
    stated
        What is known from elsewhere, as :meth:`~analysis.article.model.Article.from_text` takes it; it goes before what
        the page states.

    Returns
    -------
    Article
        Its text begins with the headline, once. ``inferred`` has what the page does not state: a date from its address
        or a line, and a sign that it shows only a part of the article.

    Raises
    ------
    ArticleError
        If it holds no article.
    """
    tree = _parse_page(drop_note_marks(page))
    document = _extract(_without_pointers(deepcopy(tree)), stated.get("url"))
    body = document.text if document and isinstance(document.text, str) else ""
    if not document or not any(map(str.isalnum, body)):
        raise ArticleError(_MENUS_ONLY if next(tree.iter("a"), None) is not None else _NOTHING)
    if len(body) <= _MAX_NOTICE_CHARS and _NEEDS_SCRIPT.search(body):
        raise ArticleError(f"{_NOTHING}: it asks for JavaScript; save it from a browser that has shown the article")
    url = stated.get("url") or _string(document.url)
    publisher = stated.get("publisher") or find_outlet(tree, _string(document.sitename))
    headline = stated.get("title") or find_headline(tree, publisher or "")
    title = repair_line(headline) if headline else None
    published, source = find_published(tree, url, headline)
    body, findings = repair_text(_clean(body, title, [element_text(heading) for heading in tree.iter("h1")]))
    if not any(map(str.isalnum, body)) and not title:
        raise ArticleError(_NOTHING)
    if not _has_prose(body, tree):
        raise ArticleError(_MENUS_ONLY)
    limit = "" if "cut off" in findings else find_limit(tree, headline) or _find_end(page, body)
    inferred = {
        "publisher": "the page’s address" if _is_host(publisher, url) and not stated.get("publisher") else None,
        "published": source if published and not stated.get("published") else None,
        "text": "; ".join(filter(None, (describe_stray(stated.get("encoding") or ""), findings, limit))),
    }
    return Article.from_text(
        f"{title}\n\n{body}" if title else body,
        **{
            **stated,
            "title": title,
            "publisher": repair_line(publisher) if publisher else None,
            "published": stated.get("published") or published,
            "url": url,
            "inferred": {**stated.get("inferred", {}), **{name: value for name, value in inferred.items() if value}},
        },
    )


def _find_end(page: str, body: str) -> str:
    """Return that a page has no end, and breaks off in a sentence of its body or elsewhere; else an empty text."""
    breaks_off = not page.rstrip().endswith(">") and not _FULL_STOP.search(page)
    if _PAGE_END.search(page) or (_FULL_STOP.search(body) and not breaks_off):
        return ""
    return "it may be cut off: the page breaks off"


def _has_prose(body: str, tree: HtmlElement) -> bool:
    """Return whether a line of a body may be a sentence: long or with a full stop, and no link, heading or notice."""
    links = {words(element_text(element)) for element in tree.iter("a", "button", "label", "option", "h1", "h2", "h3")}
    links |= {words(element_text(element)) for element in tree.iter("nav", "footer")}
    pattern = re.compile(
        r"\b(?:" + "|".join(map(re.escape, sorted(filter(None, links), key=len, reverse=True))) + r")\b"
    )
    for line in body.splitlines():
        n_words = len(words(line).split())
        n_own = len(pattern.sub(" ", words(line)).split()) if links else n_words
        is_long = n_words >= _MIN_PROSE_WORDS
        if _FULL_STOP.search(line):
            if not _SITE_NOTICE.search(line) and (is_long or (n_own and n_words > 1)):
                return True
        elif is_long and n_own >= _MIN_PROSE_WORDS:
            return True
    return False


def _without_pointers(tree: HtmlElement) -> HtmlElement:
    """Drop what only points to other pages: menus, lines such as *Read more:* and a link, lists of links."""
    for menu in list(tree.iter("nav")):
        n_linked = sum(len(words(element_text(link)).split()) for link in menu.iter("a", "button"))
        if n_linked == len(words(element_text(menu)).split()) and menu.getparent() is not None:
            menu.drop_tree()
    for element in list(tree.iter("p", "li", "div", "h2", "h3", "h4", "h5")):
        links = [text for link in element.iter("a") if (text := element_text(link))]
        rest = element_text(element)
        if links and len(rest) <= _MAX_POINTER_CHARS:
            for link in links:
                rest = rest.replace(link, "", 1)
            if _POINTER.fullmatch(rest.strip()) and element.getparent() is not None:
                element.drop_tree()
        elif not links and rest and _POINTER.fullmatch(rest) and _is_list_of_links(following := element.getnext()):
            following.drop_tree()
            element.drop_tree()
    return tree


def _is_list_of_links(element: HtmlElement | None) -> bool:
    """Return whether an element is a list most of whose items are a link."""
    if element is None or element.tag not in ("ul", "ol"):
        return False
    items = list(element.iter("li"))
    n_links = sum(any(element_text(link) for link in item.iter("a")) for item in items)
    return 2 * n_links >= len(items) > 0


def _extract(page: HtmlElement, url: str | None) -> Document | None:
    """Return what trafilatura takes for the article; it may fail on what no page should hold."""
    import trafilatura
    from trafilatura.settings import Document

    try:
        document = trafilatura.bare_extraction(
            page, url=url, include_comments=False, include_tables=False, with_metadata=True
        )
    except Exception as error:  # noqa: BLE001 - whatever a page makes it raise, the page is at fault
        raise ArticleError(f"the page cannot be read: {type(error).__name__}: {error}") from None
    return document if isinstance(document, Document) else None


def _clean(body: str, title: str | None, headings: list[str]) -> str:
    """Return the lines of a body without its headlines, lines without a letter or digit, and lone clock times."""
    lines = [line for line in body.splitlines() if not _NO_PROSE.fullmatch(line)]
    if title:
        first = lines[:_N_FIRST_LINES]
        for headline in filter(None, map(words, [title, *headings])):
            first = _without_title(first, headline)
        lines = [*first, *lines[_N_FIRST_LINES:]]
    return "\n".join(lines).strip()


#: A lone bullet, the bars of a table, a rule, the time of an entry of a live blog.
_NO_PROSE = re.compile(
    r"[\W_]+|\|.*\||(?:[•*·-]\s*)?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\s?(?:[ap]\.?m\.?)?(?:\s[A-Z]{2,4})?", re.IGNORECASE
)


def _without_title(lines: list[str], title: str) -> list[str]:
    """Return lines without those that are the title, each or several together."""
    kept, start = [], 0
    while start < len(lines):
        joined = ""
        for end in range(start, len(lines)):
            joined = f"{joined} {words(lines[end])}".strip()
            if joined == title:
                start = end + 1
                break
            if not title.startswith(joined):
                kept.append(lines[start])
                start += 1
                break
        else:
            kept.append(lines[start])
            start += 1
    return kept


def _is_host(publisher: str | None, url: str | None) -> bool:
    """Return whether a publisher is only the host of an address."""
    return bool(publisher and url and urlsplit(url).netloc.removeprefix("www.") == publisher)


def _string(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
