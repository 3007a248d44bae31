"""The article: an untouched text, its metadata, and the spans of its parts."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analysis import tables
from analysis.article.headings import Span, find_heading, find_paragraphs
from analysis.invisible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

__all__ = [
    "FIELDS",
    "SIDECAR_FIELDS",
    "SURROGATE",
    "Article",
    "ArticleError",
    "articles_table",
    "safe_name",
    "text_digits",
    "unforeseen",
]

#: The metadata that a row, a sidecar or a page may state.
FIELDS = ("id", "title", "publisher", "published", "url")
#: The metadata that a sidecar may state: beside the above, how the text and the metadata were obtained.
SIDECAR_FIELDS = (*FIELDS, "encoding", "inferred")
#: Half of a surrogate pair: not a character by itself.
SURROGATE = re.compile("[\ud800-\udfff]")

_MAX_SLUG_CHARS = 60
_MAX_ID_CHARS = 500
_MAX_NAME_CHARS = 100
_N_ID_DIGITS = 8
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class ArticleError(ValueError):
    """A source that cannot be read as an article; its message is one line for a person."""

    def __init__(self, message: str) -> None:
        super().__init__(re.sub(r"\s*[\r\n\v\f\x85\u2028\u2029]+\s*", " ", message))


def unforeseen(error: Exception, where: object) -> ArticleError:
    """Return the error of a source that failed in a way that no check foresaw."""
    said = " ".join(f"{type(error).__name__}: {error}".split())
    unread = ArticleError(f"{where} cannot be read: {said:.300}")
    # Also where it is yielded and not raised: it may be the machine's fault.
    unread.__cause__ = error
    return unread


@dataclass(frozen=True, kw_only=True)
class Article:
    r"""One news article, as found.

    Attributes
    ----------
    id
        The given id as it is, or its :func:`safe_name` if it has a character that cannot be printed or more than 500
        of them; else a slug of the title and the first eight hexadecimal digits of ``sha256``.
    text
        The decoded source, character for character. Only what cannot be a character (a lone surrogate, an
        undecodable byte) is replaced by U+FFFD.
    title, publisher, published, url
        What the text, its sidecar, its row or its page states; ``None`` where nothing does. ``published`` is an
        ISO 8601 date, as precise as is known (``2014-10`` is a month).
    title_span, publisher_span
        Where the title and the publisher stand in ``text``; ``None`` where they do not.
    paragraphs
        Spans of the paragraphs in order, without surrounding white space. The title line is a paragraph.
    encoding
        The encoding that ``text`` was decoded from; ``utf-8 (stray bytes: 2)`` where two bytes were not valid in it.
    inferred
        For each field that the source does not state: its name, and what it was inferred from. Under ``text``: what was
        repaired when it was read, and what suggests that it is cut off or that its paragraphs have run together.

    Examples
    --------
    >>> article = Article.from_text("Rain – Daily News\n\nIt rained.")
    >>> article.title, article.publisher, article.paragraphs
    ('Rain', 'Daily News', ((0, 17), (19, 29)))
    >>> article.text[slice(*article.title_span)]
    'Rain'
    """

    id: str
    text: str
    title: str | None = None
    publisher: str | None = None
    published: str | None = None
    url: str | None = None
    title_span: Span | None = None
    publisher_span: Span | None = None
    paragraphs: tuple[Span, ...] = ()
    encoding: str = "utf-8"
    inferred: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        r"""Return the title, the metadata, the size and each thing inferred, on a line each.

        Examples
        --------
        >>> print(Article.from_text("Rain – Daily News\n\nIt rained.", published="2014-10"))
        Rain
        Daily News, 2014-10
        2 paragraphs, 29 characters
        """
        metadata = ", ".join(filter(None, (self.publisher, self.published, self.url)))
        n_paragraphs = len(self.paragraphs)
        plural = "" if n_paragraphs == 1 else "s"
        size = f"{n_paragraphs:,} paragraph{plural}, {len(self.text):,} characters"
        inferred = [f"{name}: {' '.join(how.split())}" for name, how in sorted(self.inferred.items())]
        return "\n".join(filter(None, [self.title or self.id, metadata, size, *inferred]))

    @property
    def sha256(self) -> str:
        """SHA-256 of the text in UTF-8: for a UTF-8 file without a byte order mark, the file's own."""
        return _sha256(self.text)

    @property
    def identity(self) -> tuple[str | tuple[tuple[str, str], ...] | None, ...]:
        """All that distinguishes this article from any other, for cache keys.

        In this order: ``id``, ``sha256`` (of the text), ``title``, ``publisher``, ``published``, ``url``,
        ``encoding``, and the pairs of ``inferred`` sorted by name. The spans are left out because they follow from
        these. It is hashable, and ``json.dumps`` writes it the same way in every process.

        Examples
        --------
        >>> article = Article.from_text("It rained.", id="rain", inferred={"url": "the footer", "title": "the URL"})
        >>> article.identity[2:]
        (None, None, None, None, 'utf-8', (('title', 'the URL'), ('url', 'the footer')))
        """
        return (
            self.id,
            self.sha256,
            self.title,
            self.publisher,
            self.published,
            self.url,
            self.encoding,
            tuple(sorted(self.inferred.items())),
        )

    @classmethod
    def from_text(
        cls,
        text: str,
        *,
        id: str | None = None,  # noqa: A002 - the column's name
        title: str | None = None,
        publisher: str | None = None,
        published: str | None = None,
        url: str | None = None,
        encoding: str = "utf-8",
        inferred: Mapping[str, str] | None = None,
    ) -> Article:
        """Make an article of a text and its known metadata; find the rest in the text.

        Parameters
        ----------
        text
            The whole text. A first line that is not a sentence is its title; a news outlet after a dash or a bar at
            the end of that line is its publisher.
        id, title, publisher, published, url
            Known metadata. It is kept as given; title and publisher are also located in the text.
        encoding
            The encoding that the text was decoded from.
        inferred
            For each field that the source does not state: its name, and what it was inferred from.

        Returns
        -------
        Article
            The article.

        Raises
        ------
        ArticleError
            If the text has no letter or digit.
        """
        text = _replace_surrogates(text)
        title, publisher, published, url = (
            _replace_surrogates(value) if value else None for value in (title, publisher, published, url)
        )
        if not any(map(str.isalnum, text)):
            raise ArticleError(f"the text has no word in it ({len(text):,} characters)")
        paragraphs = find_paragraphs(text)
        title_span, publisher_span = find_heading(text, paragraphs, title=title, publisher=publisher)
        if title_span and not title:
            title = visible(" ".join(map(str.strip, text[slice(*title_span)].splitlines()))) or None
        if publisher_span and not publisher:
            publisher = text[slice(*publisher_span)]
        return cls(
            id=_printable_id(str(id)) if id else f"{_slug(title or text[slice(*paragraphs[0])])}-{text_digits(text)}",
            text=text,
            title=title,
            publisher=publisher,
            published=published,
            url=url,
            title_span=title_span,
            publisher_span=publisher_span,
            paragraphs=paragraphs,
            encoding=_replace_surrogates(encoding),
            inferred={_replace_surrogates(name): _replace_surrogates(how) for name, how in (inferred or {}).items()},
        )


@tables.stage(requires=(), returns="articles")
def articles_table(articles: Iterable[Article]) -> pd.DataFrame:
    """Tabulate the metadata of articles.

    Parameters
    ----------
    articles
        The articles, in the order of the rows.

    Returns
    -------
    pandas.DataFrame
        {columns}
    """
    rows = ((a.id, a.title, a.publisher, a.published, a.url, a.sha256, len(a.text)) for a in articles)
    return tables.frame("articles", rows)


def _replace_surrogates(text: str) -> str:
    return SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def text_digits(text: str) -> str:
    """Return the first digits of a text's SHA-256, which keep apart ids that would be the same."""
    return _sha256(text)[:_N_ID_DIGITS]


#: Letters that are no letter of ASCII with a mark.
_ASCII = str.maketrans({"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe"})


def _slug(title: str) -> str:
    """Return up to sixty characters of a title's words, in ASCII, joined by hyphens."""
    ascii_title = unicodedata.normalize("NFKD", title.lower().translate(_ASCII)).encode("ascii", "ignore").decode()
    slug = ""
    for word in re.findall(r"[a-z0-9]+", ascii_title.lower().replace("'", "")):
        longer = f"{slug}-{word}" if slug else word[:_MAX_SLUG_CHARS]
        if len(longer) > _MAX_SLUG_CHARS:
            break
        slug = longer
    return slug or "article"


def _printable_id(article_id: str) -> str:
    """Return an id unchanged if it can stand in one line, in a table and in a citation, else a safe form of it."""
    is_kept = article_id.isprintable() and article_id == article_id.strip() and len(article_id) <= _MAX_ID_CHARS
    return article_id if is_kept else safe_name(article_id)


def safe_name(article_id: str) -> str:
    """Return an id unchanged if it can name a folder anywhere, else a safe form of it with digits of its SHA-256.

    Examples
    --------
    >>> safe_name("cairo-1"), safe_name("a/b")
    ('cairo-1', 'a-b-c14cddc0')
    """
    article_id = _replace_surrogates(article_id)
    safe = _UNSAFE.sub("-", article_id).strip("-.")
    if safe == article_id and len(safe) <= _MAX_NAME_CHARS:
        return article_id
    return f"{safe[: _MAX_NAME_CHARS - _N_ID_DIGITS - 1] or 'article'}-{text_digits(article_id)}"
