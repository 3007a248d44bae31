"""Sources of articles: addresses, files, rows of files, folders and globs, and the formats of files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from analysis import resources
from analysis.article.model import ArticleError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "EXPECTED",
    "OTHER_SUFFIXES",
    "PAGE_SUFFIXES",
    "ROW_FORMATS",
    "expand",
    "find",
    "has_rows",
    "is_url",
    "list_sources",
    "sidecar_path",
    "suffix_of",
]

#: The formats of files of rows, by suffix.
ROW_FORMATS = {".jsonl": "JSON Lines", ".ndjson": "JSON Lines", ".csv": "CSV", ".parquet": "Parquet"}
PAGE_SUFFIXES = (".htm", ".html", ".xhtml")
#: Texts that are not prose. A file with any other suffix is read as a plain text.
OTHER_SUFFIXES = (".json", ".rtf", ".tsv")
#: Texts that may have a sidecar in a folder of articles.
_TEXT_SUFFIXES = (".txt", ".md", ".text")
#: What a file may be, for messages.
EXPECTED = f"expected a text, a page ({', '.join(PAGE_SUFFIXES)}) or rows ({', '.join(ROW_FORMATS)})"


def list_sources(sources: str | Path | Iterable[str | Path]) -> Iterable[str | Path]:
    """Return sources as they are, and one source as a list of it: the letters of a path are no sources.

    Examples
    --------
    >>> list_sources("rows.csv")
    ['rows.csv']
    """
    return [sources] if isinstance(sources, str | Path) else sources


def is_url(source: str | Path) -> bool:
    """Return whether a source is a web address."""
    return str(source).lower().startswith(("http://", "https://"))


def suffix_of(path: Path) -> str:
    """Return the suffix of a file in lower case."""
    return path.suffix.lower()


def has_rows(path: Path) -> bool:
    """Return whether a file holds articles as rows."""
    return suffix_of(path) in ROW_FORMATS


def sidecar_path(path: Path) -> Path:
    """Return where the metadata of a text file lies."""
    return path.with_suffix(".json")


def find(source: str | Path) -> tuple[Path | None, str | None]:
    """Find the file of a source that is one article.

    Parameters
    ----------
    source
        An address, a file, or a row as ``FILE#ID``. A relative path is looked up in the working folder, then in the
        project's.

    Returns
    -------
    tuple
        The file, ``None`` for an address; and the id of the row, ``None`` where the source names none.

    Raises
    ------
    ArticleError
        If there is no such file, or it is a folder.
    """
    if is_url(source):
        return None, None
    name = str(source)
    # Both a file and an id may have the mark in them.
    marks = [at for at, character in enumerate(name) if character == "#"]
    candidates: list[tuple[str, str | None]] = [(name, None), *((name[:at], name[at + 1 :]) for at in reversed(marks))]
    for file, row_id in candidates:
        for path in (Path(file), resources.PROJECT / file):
            if file and path.is_dir():
                raise ArticleError(f"{file} is a folder; expected a file")
            if path.is_file():
                return path, row_id
            if file and path.is_symlink():
                raise ArticleError(f"{file} is a link to {path.readlink()}, which is not there")
    raise ArticleError(f"no such file: {name}" + ("; an address is http or https" if "://" in name else ""))


def expand(source: str | Path) -> list[Path] | None:
    """Return the files of a source that may be many articles.

    Parameters
    ----------
    source
        What :func:`~analysis.article.read_articles` takes.

    Returns
    -------
    list of Path, or None
        The files of a folder or glob in order of name, or the one file of rows; ``None`` if the source is one article.

    Raises
    ------
    ArticleError
        If a folder or glob has no article, or there is no such file.
    """
    path = Path(source)
    if path.is_dir():
        files = _articles_among(path.iterdir())
        if not files:
            raise ArticleError(f"{source} is a folder with no article in it")
        return files
    if any(c in str(source) for c in "*?[") and not path.exists() and not is_url(source):
        root = Path(path.anchor) if path.is_absolute() else Path()
        files = _articles_among(root.glob(str(path.relative_to(path.anchor))))
        if not files:
            raise ArticleError(f"no file matches {source}")
        return files
    file, row_id = find(source)
    return [file] if file and row_id is None and has_rows(file) else None


def _articles_among(paths: Iterable[Path]) -> list[Path]:
    """Return the files in order of name, without hidden files and sidecars; also links to what is not there."""
    return sorted(
        path
        for path in paths
        if (path.is_file() or (path.is_symlink() and not path.exists()))
        and not (path.name.startswith(".") or _is_sidecar(path))
    )


def _is_sidecar(path: Path) -> bool:
    return path.suffix == ".json" and any(path.with_suffix(suffix).exists() for suffix in _TEXT_SUFFIXES)
