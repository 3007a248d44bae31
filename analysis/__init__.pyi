from . import charts, compare, content, findings, measures, summary, tables
from .article import Article, ArticleError, articles_table, read_article, read_articles
from .exhibits import Brief, Figure, Finding, Number, Table, Text, show
from .language import annotate, measured, read_conllu, to_conllu
from .report import check_parameters, make_comparison, make_report, save_report

__all__ = [
    "Article",
    "ArticleError",
    "Brief",
    "Figure",
    "Finding",
    "Number",
    "Table",
    "Text",
    "annotate",
    "articles_table",
    "charts",
    "check_parameters",
    "compare",
    "content",
    "findings",
    "make_comparison",
    "make_report",
    "measured",
    "measures",
    "read_article",
    "read_articles",
    "read_conllu",
    "save_report",
    "show",
    "summary",
    "tables",
    "to_conllu",
]
__version__: str
