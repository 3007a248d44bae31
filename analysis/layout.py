"""What a report's folder holds: every file name, folder, format and exhibit id that another module relies on.

To add a format is to add an entry to :data:`FORMATS`, and a path to :data:`EXHIBIT_FILES` or :data:`REPORT_FILES`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

__all__ = [
    "ANNOTATIONS",
    "ARTICLE",
    "ARTICLE_FIELDS",
    "ARTICLE_LAYERS",
    "BATCH_LOG",
    "COLUMNS_MM",
    "COMPARISON_FILES",
    "COMPARISON_RECORD",
    "DROPPINGS",
    "EXHIBIT_FILES",
    "EXHIBIT_MIME",
    "FIGURES_FOLDER",
    "FIGURE_DATA",
    "FORMATS",
    "FORMULA_STARTS",
    "INDEX",
    "NOTEBOOKS_FOLDER",
    "NOT_DRAWN",
    "READ_EXHIBITS",
    "RECORD",
    "REFERENCE",
    "REPORT_FILES",
    "TABLES_FOLDER",
    "WITHOUT_TEXT",
    "Format",
    "format_of",
    "may_replace",
    "table_path",
]


#: What ``dateline annotate`` writes in each format, each a folder of parts: ``tokens.parquet/part-….parquet``.
ANNOTATIONS = {
    "parquet": (
        *("articles", "sentences", "tokens", "mentions", "coreference"),
        *("claims", "claim_parts", "contested", "times", "events", "places", "descriptions"),
    ),
    "conllu": ("articles",),
}


@dataclass(frozen=True)
class Format:
    """A file format.

    Attributes
    ----------
    suffix
        The suffix of its files.
    media_type
        Its media type, spelt out here because what ``mimetypes`` guesses depends on the machine.
    """

    suffix: str
    media_type: str


#: Every format of a file in a report or comparison, by its suffix.
FORMATS = {
    suffix: Format(suffix, media_type)
    for suffix, media_type in {
        ".cff": "application/yaml",
        ".csv": "text/csv",
        ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ".html": "text/html",
        ".ipynb": "application/x-ipynb+json",
        ".json": "application/json",
        ".jsonl": "application/jsonl",
        ".parquet": "application/vnd.apache.parquet",
        ".pdf": "application/pdf",
        ".png": "image/png",
        ".svg": "image/svg+xml",
        ".tex": "application/x-tex",
        ".txt": "text/plain",
        ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }.items()
}
#: The media type under which a notebook's output carries the record of an exhibit.
EXHIBIT_MIME = "application/vnd.dateline.exhibit+json"

#: The id of a matplotlib figure that only says why there is nothing to draw.
NOT_DRAWN = "not-drawn"

#: The widths of figures in journals, by how many columns of text they take.
COLUMNS_MM = {1: 85, 2: 174}

#: Folders of a report and of a comparison.
NOTEBOOKS_FOLDER, TABLES_FOLDER, FIGURES_FOLDER = "notebooks", "tables", "figures"
#: The article as it was read, and its other fields, such as title and publisher.
ARTICLE, ARTICLE_FIELDS = "article.txt", "article.json"
#: The record of a report (an RO-Crate), and the articles that its article was compared with, where it was.
RECORD, REFERENCE = "ro-crate-metadata.json", "reference.jsonl"
#: In a bundle without the article's text: what was left out.
WITHOUT_TEXT = "without-text.json"
#: The record of a comparison.
COMPARISON_RECORD = "comparison.json"

#: In a folder of reports: the page that lists them, and the log of the batch that made them.
INDEX, BATCH_LOG = "index.html", "batch.csv"

#: What a report consists of, by purpose; a folder with anything else in it is not replaced.
REPORT_FILES = {
    "page": "report.html",
    "pdf": "report.pdf",
    "document": "report.docx",
    "workbook": "tables.xlsx",
    "article": ARTICLE,
    "article_fields": ARTICLE_FIELDS,
    "reference": REFERENCE,
    "numbers": "numbers.json",
    "numbers_latex": "numbers.tex",
    "citation": "CITATION.cff",
    "deposit": ".zenodo.json",
    "record": RECORD,
}
#: What a comparison consists of, likewise.
COMPARISON_FILES = {
    "page": "comparison.html",
    "pdf": "comparison.pdf",
    "document": "comparison.docx",
    "workbook": "tables.xlsx",
    "articles": "articles.csv",
    "numbers": "numbers.json",
    "numbers_latex": "numbers.tex",
    "record": COMPARISON_RECORD,
}
#: Files that the file managers of macOS and Windows leave in a folder that is opened.
DROPPINGS = frozenset((".DS_Store", "Thumbs.db", "desktop.ini"))

#: The files that are saved of an exhibit, by its kind: paths inside the report, with the exhibit's id.
EXHIBIT_FILES = {
    "table": ("tables/{id}.csv", "tables/{id}.parquet", "tables/{id}.tex"),
    "brief": ("tables/{id}.csv", "tables/{id}.parquet", "tables/{id}.tex"),
    "figure": ("figures/{id}.svg", "figures/{id}.pdf", "figures/{id}.png"),
    "text": ("tables/{id}.csv",),
    "number": (),
    "finding": (),
}
#: The rows that a figure draws, where no table of the report has them.
FIGURE_DATA = "figures/{id}.csv"

#: Exhibits of the notebooks that a comparison reads, by id, and the table of :mod:`analysis.tables` that each holds.
READ_EXHIBITS = {
    "counts": "counts",
    "diversity": "diversity",
    "readability": "readability",
    "frequent-words": "terms",
    "names": "names",
    "name-pairs": "cooccurrence",
    "voices": "voices",
    "stances": "stances",
    "events": "events",
    "places": "places",
}

#: The layers of marks that the article has on a report's page, and the exhibit of each: a marked text or a table.
ARTICLE_LAYERS = {
    "names": "names-in-place",
    "chains": "chains-in-place",
    "claims": "claims-in-place",
    "events": "events",
    "times": "times",
    "places": "places",
    "summary": "summary-in-place",
    "sentences": "sentences-in-place",
}

#: How a cell begins that a spreadsheet would run as a formula, which has an apostrophe before it in CSV.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def format_of(path: str | PurePosixPath) -> Format:
    """Return the format of a file by its suffix.

    Raises
    ------
    ValueError
        If the suffix is not in :data:`FORMATS`.

    Examples
    --------
    >>> format_of("tables/names.csv").media_type
    'text/csv'
    """
    suffix = PurePosixPath(path).suffix
    if suffix not in FORMATS:
        raise ValueError(f"{path} has no known format; expected one of {', '.join(FORMATS)}")
    return FORMATS[suffix]


def table_path(exhibit: str, suffix: str = ".parquet") -> str:
    """Return where a report keeps an exhibit's table.

    Examples
    --------
    >>> table_path("names")
    'tables/names.parquet'
    """
    return next(path for path in EXHIBIT_FILES["table"] if path.endswith(suffix)).format(id=exhibit)


def may_replace(files: dict[str, str]) -> frozenset[str]:
    """Return the names that a folder may hold and still be replaced: these files, folders, and harmless leftovers."""
    return frozenset(
        {*files.values(), NOTEBOOKS_FOLDER, TABLES_FOLDER, FIGURES_FOLDER, ".ipynb_checkpoints", *DROPPINGS}
    )
