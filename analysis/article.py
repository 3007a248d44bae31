"""The article: an untouched text, what is known about it, and where its parts lie.

Every other module takes an :class:`Article` or tables made from one. The text is the decoded source, never edited:
whatever is found in it (title, publisher, paragraphs) is found as a half-open character span.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import pandas as pd

Span = tuple[int, int]

#: What a row, a sidecar or a page may say of an article beside its text.
FIELDS = ("id", "title", "publisher", "published", "url")

_MAX_TITLE_CHARS = 250
_MAX_SLUG_CHARS = 60
_MAX_ID_CHARS = 100
_URL_TIMEOUT_SECONDS = 30
_PROJECT = Path(__file__).resolve().parent.parent


class ArticleError(ValueError):
    """A source that cannot be read as an article; its message is one line for a person."""


@dataclass(frozen=True, kw_only=True)
class Article:
    r"""One news article, as found.

    Attributes
    ----------
    id
        Safe as a folder name and the same on every machine: the given id, else a slug of the title and the first
        eight hexadecimal digits of ``sha256``.
    text
        The decoded source, character for character. Only what cannot be a character (a lone surrogate, an
        undecodable byte) stands as U+FFFD.
    title, publisher, published, url
        What the text, its sidecar, its row or its page says; ``None`` where nothing does. ``published`` is an ISO 8601
        date, as precise as is known (``2014-10`` is a month).
    title_span, publisher_span
        Where the title and the publisher stand in ``text``; ``None`` where they do not.
    paragraphs
        Spans of the paragraphs in order, without the white space around them. The title line is a paragraph.
    encoding
        The encoding that ``text`` was decoded from; ``utf-8 (stray bytes: 2)`` where two bytes were not in it.
    inferred
        How a field is known that its source does not state, by field name.

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
        """Give a few lines to know the article by."""
        about = [about for about in (self.publisher, self.published, self.url) if about]
        n = len(self.paragraphs)
        size = f"{n:,} paragraph{'' if n == 1 else 's'}, {len(self.text):,} characters"
        return "\n".join([self.title or self.id, ", ".join(about), size]).replace("\n\n", "\n")

    @property
    def sha256(self) -> str:
        """SHA-256 of the text in UTF-8: for a UTF-8 file without a byte order mark, the file's own."""
        return hashlib.sha256(self.text.encode()).hexdigest()

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
        """Make an article of a text and what is known about it; find the rest in the text.

        Parameters
        ----------
        text
            The whole text. A first line that is no sentence is its title; a news outlet after a dash or a bar at the
            end of that line is its publisher.
        id, title, publisher, published, url
            What is known. What is given here is kept, and looked for in the text.
        encoding
            The encoding that the text was decoded from.
        inferred
            How a field is known that the source does not state, by field name.

        Raises
        ------
        ArticleError
            If the text has no letter or digit.
        """
        text = _without_surrogates(text)
        title, publisher, published, url = (
            _without_surrogates(said) if said else None for said in (title, publisher, published, url)
        )
        if not any(map(str.isalnum, text)):
            raise ArticleError(f"the text has no word in it ({len(text):,} characters)")
        paragraphs = _paragraphs(text)
        title_span, publisher_span = _heading(text, paragraphs, title=title, publisher=publisher)
        found_title = text[slice(*title_span)] if title_span else None
        found_publisher = text[slice(*publisher_span)] if publisher_span else None
        title = title or found_title
        digest = hashlib.sha256(text.encode()).hexdigest()
        return cls(
            id=_safe(id) if id else f"{_slug(title or text[slice(*paragraphs[0])])}-{digest[:8]}",
            text=text,
            title=title,
            publisher=publisher or found_publisher,
            published=published,
            url=url,
            title_span=title_span,
            publisher_span=publisher_span,
            paragraphs=paragraphs,
            encoding=encoding,
            inferred=dict(inferred or {}),
        )


def articles_table(articles: Iterable[Article]) -> pd.DataFrame:
    """Give one row an article.

    Returns
    -------
    pandas.DataFrame
        ``article_id, title, publisher, published, url, sha256`` (strings, missing where unknown) and
        ``length_chars`` (int, Unicode characters).
    """
    import pandas as pd

    articles = list(articles)
    text_columns = {
        "article_id": [a.id for a in articles],
        "title": [a.title for a in articles],
        "publisher": [a.publisher for a in articles],
        "published": [a.published for a in articles],
        "url": [a.url for a in articles],
        "sha256": [a.sha256 for a in articles],
    }
    table = pd.DataFrame(text_columns, dtype="str")
    return table.assign(length_chars=[len(a.text) for a in articles])


# Reading


def read_article(source: str | Path) -> Article:
    """Read one article.

    Parameters
    ----------
    source
        A ``.txt`` (or any other text file, with or without a sidecar ``.json`` of the same stem beside it), an
        ``.html``, an ``http(s)://`` address, or a row of a ``.jsonl``, ``.csv`` or ``.parquet``, written
        ``rows.jsonl#ID`` (``#ID`` may be left out where there is one row only). A relative path is looked for in
        the working folder, then in Dateline's own, so that ``seeds/…`` is found from anywhere.

    Raises
    ------
    ArticleError
        If there is no such source, or it is empty, binary, or has no word in it; the message is one line.
    """
    path, _, wanted = _locate(source)
    if path is None or _suffix(path) not in _ROW_READERS:
        return _read_one(source, path)
    found: Article | None = None
    unread: ArticleError | None = None
    for row, where in _rows(path):
        if wanted is None and found is not None:
            raise ArticleError(f"{path} has more than one article; name one as {path.name}#ID")
        if wanted is None:
            found = _article_of_row(row, where)
        elif isinstance(row, ArticleError):
            unread = unread or row
        elif str(row.get("id")) == wanted:
            return _article_of_row(row, where)
    if found is None:
        asked = f" with id {wanted!r}" if wanted else ""
        raise ArticleError(f"{path} has no article{asked}" + (f"; {unread}" if unread else ""))
    return found


def read_articles(sources: Iterable[str | Path], *, strict: bool = False) -> Iterator[Article | ArticleError]:
    """Read many articles, one at a time.

    Parameters
    ----------
    sources
        What :func:`read_article` takes, and folders (their files, in order of name), globs (``news/**/*.txt``), and
        files of rows (every row).
    strict
        Raise the first error instead of yielding it.

    Yields
    ------
    Article or ArticleError
        In order. What cannot be read is yielded as the error that says why, so that the rest goes on; so is an article
        whose id has come before.
    """
    seen: set[str] = set()
    for source in sources:
        for found, where in _each(source):
            again = isinstance(found, Article) and found.id in seen
            one = ArticleError(f"{where}: a second article with the id {found.id!r} was left out") if again else found
            if isinstance(one, Article):
                seen.add(one.id)
            elif strict:
                raise one
            yield one


def count_articles(sources: Iterable[str | Path]) -> int:
    """Count what :func:`read_articles` would give, or a little more, without reading a text.

    Blank lines and what cannot be read count as articles: the count says how long reading takes, not what it gives.
    """
    return sum(_count(path) for source in sources for path in _read_files(source))


def _read_files(source: str | Path) -> list[Path | None]:
    """Give the files that a source is read from; ``None`` stands for one article, or for what cannot be read."""
    try:
        files = _files(source)
        if files is None:
            path, _, wanted = _locate(source)
            return [path if wanted is None else None]
    except ArticleError:
        return [None]
    return list(files)


def _count(path: Path | None) -> int:
    suffix = _suffix(path) if path else ""
    try:
        if suffix in {".jsonl", ".ndjson"}:
            with path.open("rb") as lines:
                return sum(1 for _ in lines)
        if suffix == ".csv":
            return sum(1 for _ in _rows_of_csv(path))
        if suffix == ".parquet":
            import pyarrow.parquet as pq

            return pq.read_metadata(path).num_rows
    except (OSError, ValueError):
        pass
    return 1


def write_article(article: Article, path: Path) -> None:
    """Write an article as a text file and its sidecar, from which :func:`read_article` gives the same article.

    Parameters
    ----------
    article
        The article.
    path
        The text file; the sidecar ``.json`` is written beside it.
    """
    # A text that begins with U+FEFF would lose it on reading, as a byte order mark, if it had not another before it.
    path.write_bytes(article.text.encode("utf-8-sig" if article.text.startswith("\ufeff") else "utf-8"))
    said = {name: value for name in (*FIELDS, "encoding", "inferred") if (value := getattr(article, name))}
    sidecar = json.dumps(said, indent=2, ensure_ascii=False) + "\n"
    path.with_suffix(".json").write_text(sidecar, encoding="utf-8", newline="\n")


def write_articles(articles: Iterable[Article], path: Path) -> None:
    """Write articles as rows of JSON Lines, from which :func:`read_articles` gives the same articles."""
    with path.open("w", encoding="utf-8", newline="\n") as lines:
        for article in articles:
            row = {name: value for name in (*FIELDS, "text") if (value := getattr(article, name))}
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")


def _each(source: str | Path) -> Iterator[tuple[Article | ArticleError, str]]:
    """Read each article of a source; give it, or why it cannot be read, and its place for messages."""
    try:
        files = _files(source)
        if files is None:
            path, _, wanted = _locate(source)
            if path is None or wanted is not None or _suffix(path) not in _ROW_READERS:
                yield read_article(source), str(source)
                return
            files = [path]
    except ArticleError as error:
        yield error, str(source)
        return
    for path in files:
        if _suffix(path) not in _ROW_READERS:
            yield _attempt(_read_one, path, path), str(path)
            continue
        try:
            for row, where in _rows(path):
                yield _attempt(_article_of_row, row, where), where
        except ArticleError as error:
            yield error, str(path)


def _files(source: str | Path) -> list[Path] | None:
    """Give the files of a folder or a glob, in order of name; None for anything else."""
    path = Path(source)
    if path.is_dir():
        files = sorted(p for p in path.iterdir() if p.is_file() and not _is_aside(p))
        if not files:
            raise ArticleError(f"{source} is a folder with no article in it")
        return files
    if any(c in str(source) for c in "*?[") and not path.exists() and not _is_url(source):
        root = Path(path.anchor) if path.is_absolute() else Path()
        files = sorted(p for p in root.glob(str(path.relative_to(path.anchor))) if p.is_file() and not _is_aside(p))
        if not files:
            raise ArticleError(f"no file matches {source}")
        return files
    return None


def _is_aside(path: Path) -> bool:
    """Say whether a file in a folder is no article: hidden, or the sidecar of another."""
    return path.name.startswith(".") or (
        path.suffix == ".json" and any(path.with_suffix(s).exists() for s in _TEXT_SUFFIXES)
    )


def _is_url(source: str | Path) -> bool:
    return str(source).lower().startswith(("http://", "https://"))


def _suffix(path: Path) -> str:
    return path.suffix.lower()


def _locate(source: str | Path) -> tuple[Path | None, str, str | None]:
    """Split a source into its file (None for an address), its name for messages, and the wanted row's id."""
    name = str(source)
    if _is_url(source):
        return None, name, None
    file, mark, wanted = name.rpartition("#")
    for candidate, row in ((name, None), (file, wanted)) if mark else ((name, None),):
        for path in (Path(candidate), _PROJECT / candidate):
            if candidate and path.is_dir():
                raise ArticleError(f"{candidate} is a folder; expected a file")
            if path.is_file():
                return path, name, row
    raise ArticleError(f"no such file: {name}")


def _read_one(source: str | Path, path: Path | None) -> Article:
    if path is None:
        return _article_of_page(*_fetch(str(source)), name=str(source), url=str(source))
    if _suffix(path) in _OTHER_SUFFIXES:
        raise ArticleError(f"{path} is a {path.suffix} file; {_EXPECTED}")
    data = _bytes(path)
    if _suffix(path) in _PAGE_SUFFIXES:
        return _article_of_page(data, None, name=str(path), url=None)
    text, encoding = _decode(data, name=str(path))
    try:
        return Article.from_text(text, **{"encoding": encoding, **_sidecar(path)})
    except ArticleError as error:
        raise ArticleError(f"{path}: {error}") from None


def _bytes(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ArticleError(f"{path} cannot be read: {error.strerror}") from None
    if not data:
        raise ArticleError(f"{path} is empty")
    return data


def _sidecar(path: Path) -> dict[str, Any]:
    """Read the ``.json`` beside a text file: what the text does not say."""
    sidecar = path.with_suffix(".json")
    if sidecar == path or not sidecar.is_file():
        return {}
    expected = (*FIELDS, "encoding", "inferred")
    said = {name: value for name, value in _parse_object(_bytes(sidecar), str(sidecar)).items() if value is not None}
    if unknown := sorted(said.keys() - set(expected)):
        raise ArticleError(f"{sidecar}: got {', '.join(unknown)}; expected an object with any of {', '.join(expected)}")
    for name, value in said.items():
        kind, texts = ("an object of strings", value) if name == "inferred" else ("a string", {name: value})
        if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
            raise ArticleError(f"{sidecar}: {name} is {value!r:.60}; expected {kind}")
    return said


def _parse_object(data: bytes | str, where: str) -> dict[str, Any]:
    """Parse an object of JSON."""
    try:
        parsed = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ArticleError(f"{where} cannot be read as JSON: {error}") from None
    if not isinstance(parsed, dict):
        raise ArticleError(f"{where}: got {parsed!r:.60}; expected an object")
    return parsed


# Pages


def _fetch(url: str) -> tuple[bytes, str | None]:
    request = urllib.request.Request(url, headers={"User-Agent": "dateline (https://pypi.org/project/dateline)"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=_URL_TIMEOUT_SECONDS) as answer:  # noqa: S310 - http(s) only
            return answer.read(), answer.headers.get_content_charset()
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise ArticleError(f"{url} cannot be read: {getattr(error, 'reason', error)}") from None


def _article_of_page(data: bytes, charset: str | None, *, name: str, url: str | None) -> Article:
    """Take the article out of an HTML page (or a plain text that an address gave)."""
    import trafilatura

    declared = charset or next(iter(_CHARSET.findall(data[:2048])), b"").decode("ascii") or None
    page, encoding = _decode(data, name=name, declared=declared)
    if url and not _LOOKS_LIKE_HTML.search(page[:2048]):
        return Article.from_text(page, url=url, encoding=encoding)
    found = trafilatura.bare_extraction(page, url=url, include_comments=False, with_metadata=True)
    body = (found and found.text) or ""
    if not any(map(str.isalnum, body)):
        raise ArticleError(f"{name} has no article text that can be told from its page")
    title = found.title or None
    if title and not body.startswith(title):
        body = f"{title}\n\n{body}"
    return Article.from_text(
        body, title=title, publisher=found.sitename or None, published=found.date or None,
        url=url or found.url or None, encoding=encoding,
    )  # fmt: skip


#: What is text but no prose.
_OTHER_SUFFIXES = {".json", ".tsv", ".rtf"}
_PAGE_SUFFIXES = {".html", ".htm", ".xhtml"}
_TEXT_SUFFIXES = (".txt", ".md", ".text")
_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_LOOKS_LIKE_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|title|meta|p|div)\b", re.IGNORECASE)


# Rows

#: A row, or why it cannot be read, and its place for messages.
Row = tuple["dict[str, Any] | ArticleError", str]


def _rows(path: Path) -> Iterator[Row]:
    """Read the rows of a file one at a time."""
    try:
        yield from _ROW_READERS[_suffix(path)](path)
    except OSError as error:
        raise ArticleError(f"{path} cannot be read: {error.strerror or error}") from None


def _rows_of_jsonl(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig", errors="surrogateescape") as lines:
        for number, line in enumerate(lines, start=1):
            where = f"{path}, line {number}"
            if line.strip():
                yield _attempt(_row_of_line, line, where), where


def _row_of_line(line: str, where: str) -> dict[str, Any]:
    _check_utf8(line, where)
    return _parse_object(line, where)


def _rows_of_csv(path: Path) -> Iterator[Row]:
    import csv

    csv.field_size_limit(2**31 - 1)
    number = 0
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
        reader = csv.reader(lines, strict=True)
        try:
            names = next(reader, [])
            if "text" not in names:
                raise ArticleError(f"{path} has the columns {names}; expected text and any of {FIELDS}")
            for number, cells in enumerate(filter(None, reader), start=1):
                where = f"{path}, row {number}"
                yield _attempt(_row_of_cells, cells, names, where), where
        except csv.Error as error:
            # Where a quote is amiss, nothing says where the next row begins.
            where = f"{path}, row {number + 1} (up to line {reader.line_num})"
            why = f"a quote is not closed, or not doubled within a cell ({error}); no more rows were read"
            yield ArticleError(f"{where}: {why}"), where


def _row_of_cells(cells: list[str], names: list[str], where: str) -> dict[str, Any]:
    _check_utf8("".join(cells), where)
    if len(cells) != len(names):
        why = f"expected {len(names)} cells, got {len(cells)}; put quotes round a cell with a comma or line end in it"
        raise ArticleError(f"{where}: {why}")
    return dict(zip(names, cells, strict=True))


def _check_utf8(text: str, where: str) -> None:
    """Say which byte was no UTF-8, where one was escaped."""
    if escaped := _SURROGATE.search(text):
        raise ArticleError(f"{where} is not UTF-8 (byte 0x{ord(escaped[0]) - 0xDC00:02X}): save it as UTF-8")


def _rows_of_parquet(path: Path) -> Iterator[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
            if "text" not in names:
                raise ArticleError(f"{path} has the columns {names}; expected text and any of {FIELDS}")
            columns = [name for name in ("text", *FIELDS) if name in names]
            batches = file.iter_batches(batch_size=256, columns=columns)
            for number, row in enumerate((row for batch in batches for row in batch.to_pylist()), start=1):
                yield row, f"{path}, row {number}"
    except (pa.ArrowInvalid, UnicodeDecodeError, OverflowError) as error:
        raise ArticleError(f"{path} cannot be read as Parquet: {error}") from None


def _write_cell(value: Any, name: str) -> str:
    """Write what a row says of an article: a date in ISO 8601, nothing for what is missing."""
    if value is None or value != value:  # noqa: PLR0124 - NaN and NaT are not themselves
        return ""
    if isinstance(value, (bool, bytes, list, dict)):
        raise ArticleError(f"{name} is {value!r:.60}; expected a string")
    if isinstance(value, datetime):
        return value.isoformat() if value.time() != time.min else value.date().isoformat()
    return str(value)


def _attempt(read: Callable[..., Any], *given: Any) -> Any:
    """Give what a function gives, or the error that says why it cannot."""
    try:
        return read(*given)
    except ArticleError as error:
        return error


_ROW_READERS = {
    ".jsonl": _rows_of_jsonl,
    ".ndjson": _rows_of_jsonl,
    ".csv": _rows_of_csv,
    ".parquet": _rows_of_parquet,
}


def _article_of_row(row: Mapping[str, Any] | ArticleError, where: str) -> Article:
    if isinstance(row, ArticleError):
        raise row
    text = row.get("text")
    if not isinstance(text, str) or not text:
        raise ArticleError(f"{where} has no text")
    said = {name: said for name in FIELDS if (said := _write_cell(row.get(name), f"{where}: {name}"))}
    try:
        return Article.from_text(text, **said)
    except ArticleError as error:
        raise ArticleError(f"{where}: {error}") from None


# Decoding

_EXPECTED = f"expected a text, a page ({', '.join(sorted(_PAGE_SUFFIXES))}) or rows ({', '.join(_ROW_READERS)})"
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_MEANS_CP1252 = {"iso-8859-1", "iso8859-1", "iso_8859-1", "latin-1", "latin1", "us-ascii", "ascii", "windows-1252"}
_DOCUMENTS = {b"%PDF-": "a PDF", b"{\\rtf": "an RTF document"}
#: A byte that is no UTF-8, or the first ones of a character in UTF-8, escaped as surrogates.
_STRAY = re.compile("[\udcc2-\udcf4][\udc80-\udcbf]+|[\udc80-\udcff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f\v\x1b")
_HIGH = bytes(range(128, 256))
_MAX_CONTROL_SHARE = 0.02
_MAX_HIGH_SHARE_OF_ENGLISH = 0.02
_SAMPLE_BYTES = 65_536
#: What cp1252 makes of other encodings: what is no character, letters that are Turkish in cp1254 and Icelandic here,
#: runs of letters with accents, capitals after small letters, marks between letters.
_ODD = re.compile(
    r"[\ufffdÐÝÞðýþ]|[^\W\d_A-Za-z]{3,}|(?<=[a-zß-ÿ])[À-ÞŠŒŽ]|(?<=[^\W\d_])[¡-¬®-¶¸-¿×÷€‚„†‡ˆ‰‹›˜™•](?=[^\W\d_])"
)
_FEW_ODD = 1
_MAX_ODD_SHARE = 0.1
#: French has accents on 5 % of its letters, Swedish on 6 %, Czech and Hungarian on 10 % or more.
_MAX_ACCENTED_SHARE = 0.08
_FEW_ACCENTED = 10
_MAX_ACCENTED_SHARE_OF_FEW = 0.3


def _without_surrogates(text: str) -> str:
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)


def _decode(data: bytes, *, name: str, declared: str | None = None) -> tuple[str, str]:
    """Decode bytes; give the text and the encoding, which says how many bytes were not in it, if any."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, errors="replace"), encoding
    for mark, kind in _DOCUMENTS.items():
        if data.startswith(mark):
            raise ArticleError(f"{name} is {kind}; {_EXPECTED}")
    sample = data[:_SAMPLE_BYTES]
    controls = sum(byte in _CONTROLS for byte in sample)
    if controls > _MAX_CONTROL_SHARE * len(sample):
        raise ArticleError(f"{name} is a binary file; expected a text")
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    if declared:
        # Who declares Latin-1 or ASCII means cp1252, which has the quotes and dashes: so the HTML standard.
        declared = "cp1252" if declared.lower() in _MEANS_CP1252 else declared.lower()
        try:
            return data.decode(declared), declared
        except (LookupError, UnicodeError):
            pass
    almost = data.decode("utf-8", errors="surrogateescape")
    n_stray = len(_SURROGATE.findall(almost))
    valid = "".join(c for c in data.decode("utf-8", errors="ignore") if c > "\x7f")
    # The characters that cp1252 has too tell most: nothing that is written in it has their bytes side by side.
    if len(valid) + 2 * len(valid.encode("cp1252", errors="ignore")) > n_stray:
        return _STRAY.sub(_read_stray, almost), f"utf-8 (stray bytes: {n_stray})"
    encoding = _guess_encoding(data, name=name)
    return data.decode(encoding, errors="replace"), encoding


def _read_stray(escaped: re.Match[str]) -> str:
    """Read a byte that is no UTF-8 as cp1252; the part that is left of a character of UTF-8 cannot be read."""
    data = escaped[0].encode("utf-8", errors="surrogateescape")
    return data.decode("cp1252", errors="replace") if len(data) == 1 else "\N{REPLACEMENT CHARACTER}"


def _guess_encoding(data: bytes, *, name: str) -> str:
    """Name the likeliest encoding of bytes that are not UTF-8."""
    import charset_normalizer

    high = len(data) - len(data.translate(None, delete=_HIGH))
    if high < _MAX_HIGH_SHARE_OF_ENGLISH * len(data):
        # A few stray bytes in Latin letters are the quotes and dashes of Windows, as the HTML standard has it.
        return "cp1252"
    # A short text can have many of these, and guesses are wild where there is little to go by.
    if _is_western(data.decode("cp1252", errors="replace")):
        return "cp1252"
    best = charset_normalizer.from_bytes(data).best()
    if best is None:
        raise ArticleError(f"{name} is in no known encoding; save it as UTF-8")
    return best.encoding


def _is_western(text: str) -> bool:
    """Say whether what was read as cp1252 is Latin prose, with marks and accents where prose has them."""
    n_high = sum(c > "\x7f" for c in text)
    n_odd = sum(map(len, _ODD.findall(text)))
    n_letters = sum(map(str.isalpha, text))
    n_accented = sum(c > "\x7f" and c.isalpha() for c in text)
    n_usual = max(_MAX_ACCENTED_SHARE * n_letters, min(_FEW_ACCENTED, _MAX_ACCENTED_SHARE_OF_FEW * n_letters))
    return n_odd <= max(_FEW_ODD, _MAX_ODD_SHARE * n_high) and n_accented <= n_usual


# Identity

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def _slug(title: str) -> str:
    """Give up to sixty characters of a title's words, in ASCII, joined by hyphens."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    slug = ""
    for word in re.findall(r"[a-z0-9]+", plain.lower().replace("'", "")):
        longer = f"{slug}-{word}" if slug else word[:_MAX_SLUG_CHARS]
        if len(longer) > _MAX_SLUG_CHARS:
            break
        slug = longer
    return slug or "article"


def _safe(given: str) -> str:
    """Give an id as it is where it can name a folder, else made safe and kept apart by eight digits of its hash."""
    given = _without_surrogates(str(given))
    safe = _UNSAFE.sub("-", given).strip("-.")
    if safe == given and len(safe) <= _MAX_ID_CHARS:
        return given
    return f"{safe[: _MAX_ID_CHARS - 9] or 'article'}-{hashlib.sha256(given.encode()).hexdigest()[:8]}"


# Parts

_LINE = re.compile(r"[^\r\n\v\f\x85\u2028\u2029]+")
# A CRLF is one line end: the group is atomic, so that it is not taken for a CR and an LF.
_BLANK_LINE = re.compile(r"(?>\r\n|[\r\n\v\f\x85\u2029])[^\S\r\n\v\f\x85\u2029]*(?:\r\n|[\r\n\v\f\x85\u2028\u2029])")
_WRAP_CHARS = range(45, 101)
_SENTENCE_END = tuple(".!?:;\"'”’)]…")
#: A full stop or its like at the end of a line, also before quotes, brackets and marks of footnotes.
_SENTENCE_MARK = re.compile(r"""[.;,:](?:\s*(?:["'”’»)\]*†‡]|\[[^\[\]]{1,20}\]))*\Z""")
_SOURCE_MARK = re.compile(r"\s+[–—|·-]\s+(?=\S)")
_OUTLET_WORDS = frozenset(
    """ap afp agency bbc broadcasting bulletin cable chronicle cnn courier daily dispatch echo examiner express gazette
    globe guardian herald independent inquirer journal ledger magazine mail media mirror monitor network news newspaper
    newswire npr observer online post press radio register reporter reuters review sentinel standard star sun telegraph
    television times today tribune tv upi voice weekly wikinews wire world""".split()
)
_MAX_OUTLET_WORDS = 6
_DOMAIN = re.compile(r"\w+(?:\.\w{2,4}){1,2}")


def _paragraphs(text: str) -> tuple[Span, ...]:
    """Find the paragraphs: the lines, or the blocks between blank lines where lines were wrapped to a width."""
    blocks, start = [], 0
    for gap in _BLANK_LINE.finditer(text):
        blocks.append((start, gap.start()))
        start = gap.end()
    blocks.append((start, len(text)))
    lines = [[m.span() for m in _LINE.finditer(text, *block)] for block in blocks]
    spans = []
    for block_lines in lines:
        if _is_wrapped(text, block_lines):
            spans.append((block_lines[0][0], block_lines[-1][1]))
        else:
            spans.extend(block_lines)
    return tuple(trimmed for span in spans if (trimmed := _trim(text, span)))


def _is_wrapped(text: str, lines: list[Span]) -> bool:
    """Say whether the lines of a block are one paragraph, broken to a width wherever a word would have run over it.

    Each line but the last could not have taken the next line's first word without passing the longest line.
    """
    if len(lines) < 2:  # noqa: PLR2004 - one line is not broken
        return False
    widths = [end - start for start, end in lines]
    width = max(widths)
    if width not in _WRAP_CHARS:
        return False
    full = sum(
        widths[i] + 1 + len(text[slice(*lines[i + 1])].split(maxsplit=1)[0]) > width
        for i in range(len(lines) - 1)
        if text[slice(*lines[i + 1])].strip()
    )
    mid_sentence = sum(not text[s:e].rstrip().endswith(_SENTENCE_END) for s, e in lines[:-1])
    return full >= 0.8 * (len(lines) - 1) and mid_sentence * 2 >= len(lines) - 1


def _trim(text: str, span: Span) -> Span | None:
    """Take the white space off both ends of a span; None if nothing is left."""
    part = text[slice(*span)]
    start = span[0] + len(part) - len(part.lstrip())
    end = span[0] + len(part.rstrip())
    return (start, end) if start < end else None


def _heading(
    text: str, paragraphs: tuple[Span, ...], *, title: str | None, publisher: str | None
) -> tuple[Span | None, Span | None]:
    """Find the title and the publisher in the first paragraph.

    A given title is looked for at the start of the text. Without one, the first line is the title if more text
    follows and it is no sentence: short, and without a full stop at its end or before the quote or bracket there.
    """
    first = paragraphs[0]
    line = text[slice(*first)]
    if title:
        title = title.strip()
        if not line.casefold().startswith(title.casefold()) or len(title) > len(line):
            return None, None
        span = (first[0], first[0] + len(title))
        rest = _SOURCE_MARK.match(text, span[1], first[1])
        return span, ((rest.end(), first[1]) if rest else None)
    if len(paragraphs) == 1 or len(line) > _MAX_TITLE_CHARS or _SENTENCE_MARK.search(line) or not _LINE.fullmatch(line):
        return None, None
    for mark in reversed(list(_SOURCE_MARK.finditer(text, *first))):
        if _is_outlet(text[mark.end() : first[1]], publisher):
            return (first[0], mark.start()), (mark.end(), first[1])
    return first, None


def _is_outlet(name: str, publisher: str | None) -> bool:
    """Say whether the end of a title line names a news outlet."""
    if publisher and name.casefold() == publisher.casefold():
        return True
    if _DOMAIN.fullmatch(name):
        return True
    words = re.findall(r"\w+", name)
    return (
        0 < len(words) <= _MAX_OUTLET_WORDS
        and words[0][0].isupper()
        and not _OUTLET_WORDS.isdisjoint(word.lower() for word in words)
    )
