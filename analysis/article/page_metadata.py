"""What a web page states about its article: the headline, the date, and whether all of the article is there.

A page names many dates and titles that are not its article's. What is taken is the headline that several of its parts
agree on, and a date in what states one: metadata, JSON-LD, the article's own ``time``, a line that is a date, a
dateline, or the address.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from analysis.article.dates import find_address_date, find_line_date, parse_date
from analysis.article.headings import is_outlet, is_section_label
from analysis.article.repairs import LIMIT
from analysis.invisible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

__all__ = ["element_text", "find_headline", "find_limit", "find_outlet", "find_published", "words"]

_WORD = re.compile(r"\w+")
_TITLE_SEPARATOR = re.compile(r"\s+[–—|·•«»:-]\s+|\s*\|\s*")
#: A name of several words, which may be an outlet's; but not *And the Council*.
_NAME = re.compile(
    r"(?!(?:And|But|Or|So|Then)\b)\W*[^\W\d_a-zß-ÿ][\w.’'&-]*"
    r"(?:\s(?:and|of|the|de|du|des|la|le|el|der|die|das|&)\b|\s[^\W\d_a-zß-ÿ][\w.’'&-]*){0,5}\W*"
)
#: The address of a site's first page.
_HOME = re.compile(r"(?:https?://[^/]+)?/?(?:index\.\w+)?")
#: What programs write for no date.
_NO_DAYS = frozenset(("0001-01-01", "1900-01-01", "1970-01-01", "9999-12-31"))
_ARTICLE_TYPE = re.compile(r"(?:article|posting|report|review|newsarticle)\Z", re.IGNORECASE)
#: Names of ``meta`` that state when an article was published, the surest first. None of them is of a change.
_DATE_NAMES = (
    "article:published_time", "datepublished", "article:published", "og:published_time", "og:article:published_time",
    "publication_date", "publicationdate", "publish-date", "publish_date", "publishdate", "published-date",
    "publisheddate", "published_time", "pubdate", "parsely-pub-date", "sailthru.date", "citation_publication_date",
    "citation_date", "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "dc.date",
    "dcterms.date", "originalpublicationdate", "article.published", "cxenseparse:recs:publishtime", "date",
    "displaydate", "article_date_original", "created", "bt:pubdate", "ptime",
)  # fmt: skip
#: Parts of a page that are about other articles, or about the site.
_ELSEWHERE = re.compile(
    r"(?<![a-z])(?:related|recommend\w*|sidebar|footer|comments?|teasers?|promo\w*|most-?(?:read|popular|viewed)|latest|trending"
    r"|more-?(?:from|on|news|stories)|read-?(?:more|next)|also-?(?:read|like)|newsletter|nav\w*|menu|breadcrumbs?|copyright"
    r"|see-?also|widget|ticker|archive|popular|carousel|you-?may)(?![a-z])",
    re.IGNORECASE,
)
_ELSEWHERE_TAGS = frozenset(("aside", "footer", "nav"))
_CHANGE = re.compile(r"updat|modif|edit|revis|chang", re.IGNORECASE)
_PROSE_TAGS = frozenset(("p", "li", "td", "blockquote", "dd", "figcaption"))
#: Characters that a line may have beside a date in a ``time`` before it is prose: a label, a byline, an outlet.
_MAX_CHARS_BESIDE_DATE = 80
#: Elements that are no line of the article, or (``time``) have been looked at before.
_NO_LINES = frozenset(("a", "figcaption", "link", "meta", "script", "style", "time", "title"))
_MAX_DATE_LINE_CHARS = 200
#: A paragraph above the headline has at most so many words: a section, a day.
_MAX_KICKER_WORDS = 4
_LIMIT_CLASSES = re.compile(
    r"(?<![a-z])(?:paywall|pay-wall|regwall|subscriber-?wall|piano-?(?:offer|paywall)|premium-?wall|metered-?wall)",
    re.IGNORECASE,
)
_MAX_LIMIT_CHARS = 300


def words(text: str) -> str:
    """Return the words of a line in lower case, by which lines are compared."""
    return " ".join(_WORD.findall(visible(text).casefold()))


def element_text(element: HtmlElement) -> str:
    """Return the text of an element on one line; a line end or another element's edge is a space."""
    return " ".join(" ".join(element.itertext()).split())


def find_headline(tree: HtmlElement, outlet: str) -> str | None:
    """Return the headline: the candidate that most other parts of the page agree on.

    Where an article has no ``h1`` but a lower heading, what names the site is no candidate; if there is no other, the
    headline is that heading.

    Parameters
    ----------
    tree
        The page.
    outlet
        The outlet's name, which is no headline; empty if it is not known.
    """
    headings = [element_text(heading) for heading in tree.iter("h1")]
    own = _own_heading(tree)
    if own and not outlet:
        outlet = next((heading for heading in headings if _names_site(heading, tree)), "")
    named = [tree_content(tree, name) for name in ("og:title", "twitter:title")]
    stated = [text for item in _json_articles(tree) if isinstance(text := item.get("headline"), str)]
    title = next((element_text(element) for element in tree.iter("title")), "")
    parts = _TITLE_SEPARATOR.split(title)
    joins = [title, *parts, *_without_outlet(title, outlet)]
    candidates = [
        " ".join(text.split())
        for text in (*headings, *named, *stated, *_without_outlets([*named, title], outlet), own or "")
        if words(text) and words(text) != words(outlet) and not (own and _names_site(text, tree))
    ]
    candidates = [text for text in candidates if not (LIMIT.search(text) or is_section_label(text))] or candidates
    if not candidates:
        return own
    sources = [
        [*headings, own or ""],
        *([*texts, *_without_outlets(texts, outlet)] for texts in (named, stated)),
        joins,
    ]

    def support(candidate: str) -> int:
        return sum(any(words(text) == words(candidate) for text in source) for source in sources)

    # Of equals, a heading goes before metadata; but a heading of a word or two may be a section's or the outlet's. What
    # metadata have with the outlet goes after the same without it.
    best = max(map(support, candidates))
    supported = [candidate for candidate in candidates if support(candidate) == best]
    supported = [candidate for candidate in supported if not _is_with_outlet(candidate, supported, outlet)] or supported
    if best > 1 and len({words(candidate) for candidate in supported}) > 1:
        return max(supported, key=lambda candidate: len(words(candidate)))
    if best == 1 and len(headings) != 1:
        # No two parts agree: what the page calls its title when it is shared is the likeliest.
        return next((" ".join(text.split()) for text in (*named, *stated) if words(text)), supported[0])
    return supported[0]


def find_outlet(tree: HtmlElement, extracted: str | None) -> str | None:
    """Return the name of the outlet: what the page calls its site, or an end of its title that names an outlet.

    Parameters
    ----------
    tree
        The page.
    extracted
        What trafilatura takes for the name of the site. Where no metadata state it, that is a part of the title with a
        full stop, which may be the headline: *U.S. strikes mill | The Guardian*; or a year, of a note on copyright.
    """
    title = next((element_text(element) for element in tree.iter("title")), "")
    if extracted and not any(map(str.isalpha, extracted)):
        extracted = None
    if extracted and (
        "." not in extracted or extracted not in title or extracted == tree_content(tree, "og:site_name")
    ):
        return extracted
    first, *others = _TITLE_SEPARATOR.split(title)
    # An outlet alone may be the only heading, and then the headline.
    headings = set() if _own_heading(tree) else {words(element_text(heading)) for heading in tree.iter("h1")}
    ends = [*others[-1:], first] if others else []
    return next((end for end in ends if is_outlet(end, None) and words(end) not in headings), None)


def _own_heading(tree: HtmlElement) -> str | None:
    """Return the heading over the paragraphs of the page's longest ``article`` or ``main`` that has no ``h1``.

    Where a page has neither, it is what holds most paragraphs.
    """
    parents = Counter(paragraph.getparent() for paragraph in tree.iter("p"))
    marked = list(tree.iter("article", "main")) or [parent for parent, _ in parents.most_common(1)]
    wholes = [
        whole
        for whole in marked
        if whole is not None and all(_names_site(element_text(heading), tree) for heading in whole.iter("h1"))
    ]
    if not wholes:
        return None
    for element in max(wholes, key=lambda whole: len(list(whole.iter("p")))).iter("h2", "h3", "p"):
        if element.tag == "p":
            if len(words(element_text(element)).split()) <= _MAX_KICKER_WORDS:
                continue
            return None
        if words(text := element_text(element)) and not is_section_label(text):
            return text
    return None


def _names_site(text: str, tree: HtmlElement) -> bool:
    """Return whether a heading names the site, or a section of it, as what links to its first page does."""
    links = (link for link in tree.iter("a") if _HOME.fullmatch(link.get("href", "")))
    return is_outlet(text, None) or is_section_label(text) or any(element_text(link) == text for link in links)


def _is_with_outlet(title: str, others: Iterable[str], outlet: str) -> bool:
    """Return whether a title is another with the outlet at its beginning or end."""
    for other in others:
        start, is_in, end = words(title).partition(words(other))
        if is_in and any(each and _is_name(each, outlet) for each in (start.strip(), end.strip())):
            return True
    return False


def _without_outlets(titles: Iterable[str], outlet: str) -> list[str]:
    """Return titles without the outlet at their end or beginning, or the section at their beginning."""
    return [cut for title in titles for cut in _without_outlet(title, outlet)]


def _without_outlet(title: str, outlet: str) -> list[str]:
    """Return a title without the outlet at its end or beginning, if that can be told; else as it is."""
    for (before, colon, after), is_first in ((title.partition(":"), True), (title.rpartition(":"), False)):
        if colon and words(after) and words(before) and _is_name(before if is_first else after, outlet):
            title = (after if is_first else before).strip()
    separators = list(_TITLE_SEPARATOR.finditer(title))
    if not separators:
        return [title]
    first, last = separators[0], separators[-1]
    if is_section_label(title[: first.start()]) and len(separators) == 1:
        return [title[first.end() :]]
    if _is_name(title[: first.start()], outlet):
        return [title[first.end() :]]
    if _is_outlet_at_end(title[last.end() :], outlet, title[: last.start()]):
        cut = title[: last.start()]
        section = list(_TITLE_SEPARATOR.finditer(cut))[-1:]
        # Between the headline and the outlet there may be a section.
        return [cut[: part.start()] for part in section if is_section_label(cut[part.end() :])] or [cut]
    return [title]


def _is_name(text: str, outlet: str) -> bool:
    """Return whether a text is the name of an outlet, with or without *The*."""
    return words(text).removeprefix("the ") == words(outlet).removeprefix("the ")


def _is_outlet_at_end(end: str, outlet: str, headline: str) -> bool:
    """Return whether the end of a title is the outlet: as it is known, or of its words; else in capitals and short.

    One known by its address alone may have any name.
    """
    own, known = set(words(end).split()), set(words(outlet).split())
    if own and _is_name(end, outlet):
        return True
    if not own or len(headline) <= len(end):
        return False
    if own <= known or (known and known <= own) or is_outlet(end, None):
        return True
    is_known = bool(known) and "." not in outlet
    capitals = [word[0].isupper() or word[0].isdecimal() for word in _WORD.findall(end)]
    return capitals[0] and (len(capitals) == 1 or (not is_known and _NAME.fullmatch(end) is not None))


def find_published(tree: HtmlElement, address: str | None, headline: str | None) -> tuple[str | None, str | None]:
    """Return the day of publication that a page states, and what it was inferred from if no metadata state it.

    Parameters
    ----------
    tree
        The page.
    address
        Its address, if that is known.
    headline
        The article's headline, by which its own JSON-LD is told from that of other articles.

    Returns
    -------
    tuple
        An ISO 8601 date and ``None``; or a date and what it was found in; or twice ``None``.
    """
    stated = [item.get("datePublished") for item in _own_json_articles(tree, headline)]
    stated += [tree_content(tree, name) for name in _DATE_NAMES]
    stated += [
        element.get("content") or element.get("datetime")
        for element in tree.xpath("//*[@itemprop='datePublished']")
        if not _is_elsewhere(element)
    ]
    for day in filter(None, map(_day, stated)):
        return day, None
    for element in _own_times(tree):
        if in_time := _day(element.get("datetime") or element.get("title")) or find_line_date(element_text(element)):
            return in_time, None
    for line in _first_lines(tree):
        if in_line := find_line_date(line):
            return in_line, f"a line of the page: “{line[:_MAX_CHARS_BESIDE_DATE]}”"
    if address and (in_address := find_address_date(address)):
        return in_address, f"the page’s address: {address}"
    return None, None


def find_limit(tree: HtmlElement, headline: str | None) -> str:
    """Return what tells that a page shows a part of its article only; empty if nothing does."""
    for item in _own_json_articles(tree, headline):
        if str(item.get("isAccessibleForFree")).strip().lower() in ("false", "no", "0"):
            return "it may be cut off: the page says that the article is not free (isAccessibleForFree)"
    if tree_content(tree, "article:content_tier").strip().lower() in ("locked", "metered", "premium"):
        return "it may be cut off: the page says that the article is not free (content_tier)"
    for element in tree.iter("p", "div", "section", "h1", "h2", "h3", "h4", "span", "a", "button", "aside"):
        text = element_text(element)
        if 0 < len(text) <= _MAX_LIMIT_CHARS and not _is_elsewhere(element):
            if found := LIMIT.search(text):
                return f"it may be cut off: the page says “{found[0]}”"
            if _LIMIT_CLASSES.search(_names(element)):
                return f"it may be cut off: the page says “{text[:_MAX_CHARS_BESIDE_DATE]}”"
    return ""


def tree_content(tree: HtmlElement, name: str) -> str:
    """Return the content of the first ``meta`` with a name; empty if there is none."""
    for element in tree.iter("meta"):
        if name in (str(element.get(key) or "").strip().lower() for key in ("property", "name", "itemprop")):
            content = element.get("content") or ""
            if content.strip():
                return str(content)
    return ""


def _day(stated: Any) -> str | None:
    """Return the day that a date with at least year, month and day falls on in its own zone."""
    if not isinstance(stated, str) or not stated.strip():
        return None
    try:
        day = (parse_date(stated) or "")[: len("2015-03-04")]
    except ValueError:
        return None
    return day if len(day) == len("2015-03-04") and stated.strip() != "0" and day not in _NO_DAYS else None


def _json_articles(tree: HtmlElement) -> list[dict[str, Any]]:
    """Return the articles that the JSON-LD of a page describes, without those that it only refers to."""
    found: list[dict[str, Any]] = []
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        try:
            waiting = [json.loads(script.text or "", strict=False)]
        except (ValueError, RecursionError):
            continue
        while waiting:
            item = waiting.pop(0)
            if isinstance(item, list):
                waiting = [*item, *waiting]
            elif isinstance(item, dict):
                types = item.get("@type")
                if any(_ARTICLE_TYPE.search(str(kind)) for kind in (types if isinstance(types, list) else [types])):
                    found.append(item)
                waiting += [item[name] for name in ("@graph", "mainEntity") if name in item]
    return found


def _own_json_articles(tree: HtmlElement, headline: str | None) -> list[dict[str, Any]]:
    """Return the article of a page’s JSON-LD that is its own: the only one, or those with its headline."""
    items = _json_articles(tree)
    if len(items) < 2:  # noqa: PLR2004 - an only one
        return items
    return [item for item in items if headline and words(str(item.get("headline"))) == words(headline)]


def _names(element: HtmlElement) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''} {element.get('role') or ''}"


def _is_elsewhere(element: HtmlElement) -> bool:
    """Return whether an element stands in a part of the page that is not its article, or in an item that is a link."""
    item = next(element.iterancestors("li"), None)
    if item is not None and any(element_text(link) for link in item.iter("a")) and not _is_in_prose(element):
        return True
    return any(
        part.tag in _ELSEWHERE_TAGS
        or (part.tag not in ("body", "html") and _ELSEWHERE.search(_names(part)) and not _is_most(part))
        for part in (element, *element.iterancestors())
    )


def _is_most(part: HtmlElement) -> bool:
    """Return whether a part has most of the page’s text, whatever its name."""
    return 2 * len(element_text(part)) > len(element_text(part.getroottree().getroot()))


def _own_times(tree: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the ``time`` and ``abbr`` elements of the article itself, first those marked as its publication."""
    heading = next(tree.iter("h1"), None)
    home = next(heading.iterancestors("article"), None) if heading is not None else None
    times = []
    for element in tree.iter("time", "abbr"):
        article = next(element.iterancestors("article"), None)
        if article is not None and article is not home and (home is not None or len(list(tree.iter("article"))) > 1):
            continue
        if _is_elsewhere(element) or next(element.iterancestors("a"), None) is not None or _is_change(element):
            continue
        if not _is_in_prose(element):
            times.append(element)
    yield from sorted(
        times, key=lambda one: not (one.get("itemprop") == "datePublished" or one.get("pubdate") is not None)
    )


def _is_change(element: HtmlElement) -> bool:
    """Return whether a ``time`` tells of a change: by its names, or by the word before it."""
    parent, sibling = element.getparent(), element.getprevious()
    if sibling is not None:
        before = f"{element_text(sibling)} {sibling.tail or ''}"[-_MAX_CHARS_BESIDE_DATE:]
    else:
        before = parent.text or "" if parent is not None else ""
    return bool(_CHANGE.search(f"{_names(element)} {element.get('itemprop') or ''} {before}"))


def _is_in_prose(element: HtmlElement) -> bool:
    block = next(element.iterancestors(*_PROSE_TAGS), None)
    return block is not None and len(element_text(block)) - len(element_text(element)) > _MAX_CHARS_BESIDE_DATE


def _lines(element: HtmlElement) -> Iterator[str]:
    """Yield the text of an element as it is shown, in lines that end in ``br``."""
    parts = [
        " ".join(part.split("\n")) if isinstance(part, str) else "\n" for part in element.xpath(".//text() | .//br")
    ]
    yield from filter(None, (" ".join(line.split()) for line in "".join(parts).split("\n")))


def _first_lines(tree: HtmlElement) -> Iterator[str]:
    """Yield the lines between the heading and the first prose, and that prose, which may begin with a dateline."""
    start = next(tree.iter("h1"), None)
    start = next(tree.iter("article"), None) if start is None else start
    passed = False
    for element in tree.iter():
        passed = passed or element is start
        if not passed or not isinstance(element.tag, str) or element.tag == "h1" or _is_elsewhere(element):
            continue
        line = element_text(element)
        is_leaf = not any(
            isinstance(child.tag, str) and child.tag not in ("a", "b", "br", "i", "em", "strong", "span", "time")
            for child in element
        )
        if element.tag in _NO_LINES or not is_leaf or not line or _is_change(element):
            continue
        yield from _lines(element)
        if element.tag in _PROSE_TAGS and len(line) > _MAX_DATE_LINE_CHARS // 2:
            return
