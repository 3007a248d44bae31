"""Dateline: a news article as tables, charts and citable findings.

Notebooks import this package and nothing under it. Names are loaded when first used, so that importing it is quick.

>>> from analysis import read_article
>>> read_article("seeds/000_a515cb56a3bc3877.txt").publisher
'Al-Tahrir News Network'
"""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis import charts, compare, measures, summary
    from analysis.article import Article, ArticleError, articles_table, read_article, read_articles
    from analysis.exhibits import Figure, Number, Table, Text, show
    from analysis.language import annotate, measured
    from analysis.report import make_comparison, make_report

_HOMES = {
    "article": ("Article", "ArticleError", "articles_table", "read_article", "read_articles"),
    "exhibits": ("Figure", "Number", "Table", "Text", "show"),
    "language": ("annotate", "measured"),
    "report": ("make_comparison", "make_report"),
}
_MODULES = ("charts", "compare", "measures", "summary")

__all__ = [
    "Article",
    "ArticleError",
    "Figure",
    "Number",
    "Table",
    "Text",
    "annotate",
    "articles_table",
    "charts",
    "compare",
    "make_comparison",
    "make_report",
    "measured",
    "measures",
    "read_article",
    "read_articles",
    "show",
    "summary",
]


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return _import_module(f"analysis.{name}")
    for home, names in _HOMES.items():
        if name in names:
            return getattr(_import_module(f"analysis.{home}"), name)
    raise AttributeError(f"module 'analysis' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
