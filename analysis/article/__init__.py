"""The article: an untouched text, its metadata, and the spans of its parts; and how it is read and written.

Every other package takes an :class:`Article` or tables made from one. The text is the decoded source, never edited:
whatever is found in it (title, publisher, paragraphs) is a half-open span of characters.
"""

from analysis.article.model import Article, ArticleError, articles_table
from analysis.article.reading import count_articles, read_article, read_articles
from analysis.article.writing import write_article, write_articles

__all__ = [
    "Article",
    "ArticleError",
    "articles_table",
    "count_articles",
    "read_article",
    "read_articles",
    "write_article",
    "write_articles",
]


def __dir__() -> list[str]:
    return __all__
