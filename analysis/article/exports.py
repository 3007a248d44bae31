"""Exports of news databases, one or many articles in a file: LexisNexis, Nexis Uni, Factiva, ProQuest (text, HTML)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from analysis.article.dates import parse_date
from analysis.article.headings import find_paragraphs
from analysis.article.model import ArticleError
from analysis.article.repairs import repair_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Document", "count_documents", "split_export"]

#: The line above each document of LexisNexis: *1 of 2 DOCUMENTS*.
_NEXIS_LINE = re.compile(
    r"^[ \t\ufeff\f]*(?:Document )?(\d+) of (\d+) DOCUMENTS?[ \t]*\r?$", re.MULTILINE | re.IGNORECASE
)
#: How many documents an export states: *1 of 2 DOCUMENTS*, *Document 1 of 2*, and on the cover *Documents (2)*.
_NUMBER = re.compile(
    r"^[ \t\ufeff\f]*(?:(?=Document)|(?=.*DOCUMENT))(?:Document )?(\d{1,6}) of (\d{1,6})(?: DOCUMENTS?)?[ \t]*\r?$",
    re.MULTILINE,
)
_COVER = re.compile(r"^[ \t]*Documents? \((\d{1,6})\)[ \t]*\r?$", re.MULTILINE)
#: The line below each document of Factiva: *Document GRDN000020150304eb3400012*, in old ones in small letters.
_FACTIVA_LINE = re.compile(
    r"^[ \t]*(?:AN[ \t]+)?Document ((?:[A-Z][A-Z0-9]*|[a-z][a-z0-9]*)0{0,4}\d{8}[a-z0-9]{8,12})[ \t]*\r?$", re.MULTILINE
)
#: The line below each document of Nexis Uni, and the line above its text.
_NEXIS_UNI_LINE = re.compile(r"^[ \t]*End of Document[ \t]*\r?$", re.MULTILINE)
_NEXIS_UNI_BODY = re.compile(r"^[ \t]*Body[ \t]*\r?$", re.MULTILINE)
_NEXIS_UNI_LENGTH = re.compile(r"^[ \t]*Length:[ \t]*[\d,.]+ words[ \t]*\r?$", re.MULTILINE)
#: The lines of Nexis Uni above a document's headline (the list of what was ordered, the number of the page).
_NEXIS_UNI_COVER = re.compile(
    r"(?:User Name|Date and Time|Job Number|Client/Matter|Search (?:Terms|Type)|Narrowed by|Content Type)\s*:?.*"
    r"|Documents? \(\d+\)"
)
_NEXIS_UNI_PAGE = re.compile(r"Page \d+ of \d+|Link to (?:Image|Original Document|PDF)")
_NEXIS_UNI_FIELD = re.compile(r"(Section|Length|Byline|Dateline|Highlight|Series)\s*:\s*(.*)")
_NEXIS_UNI_END = re.compile(r"(?:Load-Date|Correction-Date)\s*:.*|Classification|Graphic|Notes")
#: The rule between documents of ProQuest, and the fields of a document, of which the last stand below its text.
_PROQUEST_RULE = re.compile(r"^[ \t]*_{40,}[ \t]*\r?$", re.MULTILINE)
_PROQUEST_NUMBER = re.compile(r"^[ \t\ufeff\f]*Document \d+ of \d+[ \t]*\r?$", re.MULTILINE)
_PROQUEST_TITLE = re.compile(r"^[ \t]*Publication title:", re.MULTILINE)
_PROQUEST_TEXT = re.compile(r"^[ \t]*Full text:", re.MULTILINE)
_PROQUEST_SIGN = re.compile(r"^[ \t]*(?:Publication title|ProQuest document ID):", re.MULTILINE)
_PROQUEST_FIELD = re.compile(
    r"(Author|Publication info|Abstract|Links|Full text|Subject|Business indexing term|Location|People|Title"
    r"|Company(?: / organi[sz]ation)?|Classification|Identifiers? / [Kk]eywords?|Alternate title|Credit|Word count"
    r"|Publication (?:title|year|date|subject)|ProQuest document ID)\s*:\s*(.*)"
)
_PROQUEST_LAST = frozenset(("Publication title", "ProQuest document ID"))
_FIELD = re.compile(r"\s*(?P<name>[A-Z][A-Z][A-Z -]{1,22}):(?:\s+(?P<value>.*)|\s*\Z)", re.DOTALL)
_HEADER_FIELDS = frozenset(
    ("BYLINE", "SECTION", "LENGTH", "DATELINE", "HIGHLIGHT", "HEADLINE", "SERIES", "SOURCE", "ABSTRACT")
)
_FOOTER_FIELDS = frozenset(
    "ACC-NO CATEGORY CITY COMPANY CORRECTION CORRECTION-DATE COUNTRY DOCUMENT-TYPE GEOGRAPHIC GRAPHIC INDUSTRY"
    " JOURNAL-CODE LANGUAGE LOAD-DATE NOTES ORGANIZATION PERSON PUB-TYPE PUBLICATION-TYPE STATE SUBJECT TICKER TYPE"
    " URL".split()
)
_ENDS_SENTENCE = re.compile(r"[.!?][”\"’']*\s*\Z")
_INDENT_CHARS = 8
_MAX_COPYRIGHT_WORDS = 15
_IS_COPYRIGHT = re.compile(r"\s*(?:©|\(c\)|copyright\b|all rights reserved)", re.IGNORECASE)
_FACTIVA_WORDS = re.compile(r"^[ \t]*(?:WC[ \t]+)?\d[\d,.]* words[ \t]*\r?$", re.MULTILINE)
_FACTIVA_LANGUAGE = r"(?:English|French|German|Spanish|Arabic|Italian)"
#: The heading of a document of Factiva: words, day, at most four lines, language; or the codes of its fields.
_FACTIVA_HEADING = re.compile(
    r"^[ \t]*\d[\d,.]* words\s*\n[ \t]*\d{1,2} [A-Z][a-z]+ \d{4}[ \t]*\r?\n(?:.*\n){1,8}?[ \t]*"
    rf"{_FACTIVA_LANGUAGE}[ \t]*\r?$",
    re.MULTILINE,
)
_FACTIVA_HEADING_CODES = frozenset(("HD", "WC", "PD", "SN"))
#: What may stand below the last document: the search, and Factiva's or Nexis's own line.
_BELOW_ALL = re.compile(r"\s*(?:Search Summary\b|(?:©|\(c\)|Copyright)|Page \d+ of \d+|\Z)", re.IGNORECASE)
#: A line below a document of which only the beginning is left.
_PARTIAL_LINE = re.compile(r"^[ \t]*(?:End of(?: D\w*)?|(?:AN[ \t]+)?Document(?: [A-Za-z]\w*)?)\s*\Z", re.MULTILINE)
_WORD_COUNT = re.compile(r"(?:WC\s+)?[\d,.]+ words", re.IGNORECASE)
#: The owner of the outlet, below a document.
_OWNER = re.compile(
    r"(?:[A-Z&][\w.&'’-]*,? (?:of |and |the )*){1,6}(?:Limited|Ltd|Inc|LLC|PLC|plc|Corp|Corporation|Company|Co)\.?"
)
_FACTIVA_CODES = frozenset(
    "SE HD CR BY WC PD ET SN SC ED PG VOL LA CY LP TD CT RF CO IN NS RE IPD IPC PUB ART CLM AN".split()
)
#: A document has so many codes at least, or none.
_MIN_CODES = 4
_BYLINE = re.compile(r"(?:by|von|par)\s", re.IGNORECASE)
#: The same marks in the bytes of a text or page.
_NEXIS_MARK = re.compile(rb"\b1 of (\d{1,6}) DOCUMENTS?\b")
_FACTIVA_MARK = re.compile(rb"\bDocument ((?:[A-Z][A-Z0-9]*|[a-z][a-z0-9]*)\d{8}[a-z0-9]{8,12})\b")
_FACTIVA_WORDS_MARK = re.compile(rb"(?:^|>)\s*(?:WC\s+)?\d[\d,.]* words\s*(?:$|<)", re.MULTILINE)
_LINE_MARKS = tuple(
    re.compile(rb"(?:^|>)\s*" + line, re.MULTILINE)
    for line in (rb"End of Document\s*(?:$|<)", rb"Body\s*(?:$|<)", rb"Publication title:", rb"Full text:")
)
_SAMPLE_BYTES = 200_000


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document of an export.

    Attributes
    ----------
    text
        Its headline, byline and paragraphs, with a blank line between each two; empty if it has no paragraph.
    metadata
        Its title, publisher and published, as far as it states them.
    damage
        What suggests that it is cut off; empty if nothing does.
    fault
        Why it cannot be read; empty if it can.
    """

    text: str
    metadata: dict[str, str] = field(default_factory=dict)
    damage: str = ""
    fault: str = ""


class _Form(NamedTuple):
    """The form of the documents of a database.

    Attributes
    ----------
    read
        Reads the text between two lines that part documents.
    once
        What stands in a document once.
    above, line_above
        What stands above its text, and what that is called in messages.
    line_below
        The line below it, as it is called in messages.
    end
        The field below its text: where it is there, nothing is missing but the line below. Empty if it has none.
    """

    read: Callable[[str], Document]
    once: re.Pattern[str]
    above: re.Pattern[str]
    line_above: str
    line_below: str
    end: str


def split_export(text: str, where: Path | str) -> tuple[str, list[Document]] | None:
    """Split an export into its documents.

    Parameters
    ----------
    text
        The text of a file; of an HTML page, with its blocks on lines of their own.
    where
        Its place, for messages.

    Returns
    -------
    tuple, or None
        The name of the database, and the documents in order, of which the last says if the export states more of
        them; ``None`` if the text is no export.

    Raises
    ------
    ArticleError
        If it is an export of another database, which cannot be split.
    """
    export = _split(text, where)
    if export is None:
        return None
    database, documents = export
    numbers = [(int(found[1]), int(found[2])) for found in _NUMBER.finditer(text)]
    covers = [(len(documents), int(found[1])) for found in _COVER.finditer(text)]
    last, total = max(numbers or covers or [(0, 0)])
    if documents and 0 < last < total:
        told = f"the export states {total:,} documents and ends with number {last:,}: others may be missing"
        documents[-1] = _with_damage(documents[-1], told)
    if documents and numbers and (first := numbers[0][0]) > 1:
        told = f"the export states {total:,} documents and begins with number {first:,}: others may be missing"
        documents[0] = _with_damage(documents[0], told)
    return database, documents


def _split(text: str, where: Path | str) -> tuple[str, list[Document]] | None:
    """Split an export; the rest is as for :func:`split_export`."""
    if _NEXIS_LINE.search(text):
        starts = [match.end() for match in _NEXIS_LINE.finditer(text)]
        ends = [*(match.start() for match in _NEXIS_LINE.finditer(text)), len(text)][1:]
        parts = [text[start:end] for start, end in zip(starts, ends, strict=True)]
        documents = [_read_nexis(part) for part in parts]
        if "LOAD-DATE:" not in parts[-1] and any("LOAD-DATE:" in part for part in parts):
            told = "it may be cut off: the field LOAD-DATE is missing below it, and others have it"
            documents[-1] = _with_damage(documents[-1], told)
        return "LexisNexis", documents
    if _FACTIVA_LINE.search(text) or _has_factiva_heading(text):
        ends = [*(match.start() for match in _FACTIVA_LINE.finditer(text)), len(text)]
        starts = [0, *(match.end() for match in _FACTIVA_LINE.finditer(text))]
        parts = [text[start:end] for start, end in zip(starts, ends, strict=True)]
        return "Factiva", _read_parts(_FACTIVA, parts, is_last=_FACTIVA_WORDS.search)
    if _NEXIS_UNI_BODY.search(text) and (_NEXIS_UNI_LINE.search(text) or _NEXIS_UNI_LENGTH.search(text)):
        parts = _NEXIS_UNI_LINE.split(text)
        whole = [part for part in parts[:-1] if _NEXIS_UNI_BODY.search(part) or "Load-Date:" in part]
        return "Nexis Uni", _read_parts(_NEXIS_UNI, [*whole, parts[-1]], is_last=_NEXIS_UNI_BODY.search)
    if len(_NEXIS_UNI_LINE.findall(text)) > 1:
        advice = "export the full documents as text, or each article to a file of its own"
        raise ArticleError(f"{where} is an export of Nexis Uni without the line “Body” above each text; {advice}")
    if _PROQUEST_TEXT.search(text) and (_PROQUEST_SIGN.search(text) or _PROQUEST_NUMBER.search(text)):
        return "ProQuest", [
            _read_one(_PROQUEST, part, is_cut=not _PROQUEST_SIGN.search(part))
            for part in _PROQUEST_RULE.split(text)
            if _PROQUEST_SIGN.search(part) or _PROQUEST_TEXT.search(part)
        ]
    return None


def _has_factiva_heading(text: str) -> bool:
    codes = {line.split()[0] for line in text.splitlines() if line.strip()}
    return codes >= _FACTIVA_HEADING_CODES or _FACTIVA_HEADING.search(text) is not None


def _read_parts(form: _Form, parts: list[str], *, is_last: Callable[[str], object]) -> list[Document]:
    """Read what stands above each line that parts documents, and below the last.

    Parameters
    ----------
    form
        The form of each document.
    parts
        The texts, of which the last is cut off, or no document.
    is_last
        Whether it is a document.
    """
    *whole, rest = parts
    documents = [_read_one(form, part) for part in whole]
    if is_last(rest):
        return [*documents, _read_one(form, rest, is_cut=not form.end or form.end not in rest)]
    if documents and not _BELOW_ALL.match(rest):
        lines = [line.strip() for line in rest.splitlines() if line.strip()]
        told = f"below it stands the beginning of another article, which is cut off: “{lines[0]:.60}”"
        documents[-1] = _with_damage(documents[-1], told)
    return documents


def _read_one(form: _Form, text: str, *, is_cut: bool = False) -> Document:
    """Read a document; tell whether its beginning or its end is missing, or several have run together."""
    if (n_documents := len(form.once.findall(text))) > 1:
        advice = "the line that parts documents is missing; export them again"
        return Document(text="", fault=f"{n_documents} articles have run together: {advice}")
    document = form.read(_PARTIAL_LINE.sub("", text) if is_cut else text)
    if not form.above.search(text):
        document = _with_damage(document, f"its beginning may be missing: the line “{form.line_above}” is not above it")
    if is_cut:
        document = _with_damage(document, f"it may be cut off: the line “{form.line_below}” is missing below it")
    return document


def _with_damage(document: Document, told: str) -> Document:
    return replace(document, damage="; ".join(filter(None, (document.damage, told))))


def count_documents(path: Path) -> int:
    """Count the documents of a file by lines that each has once, or a few more; one of any file that is no export."""
    try:
        with path.open("rb") as file:
            start = file.read(_SAMPLE_BYTES)
            if found := _NEXIS_MARK.search(start):
                return int(found[1])
            if _FACTIVA_MARK.search(start):
                whole = start + file.read()
                return max(len(set(_FACTIVA_MARK.findall(whole))), len(_FACTIVA_WORDS_MARK.findall(whole)))
            whole = start + (file.read() if any(mark.search(start) for mark in _LINE_MARKS) else b"")
            return max(1, *(len(mark.findall(whole)) for mark in _LINE_MARKS))
    except OSError:
        return 1


def _read_nexis(text: str) -> Document:
    """Read a document of LexisNexis: outlet, date, headline, fields, body, fields."""
    blocks = [block for block in map(_without_copyright, re.split(r"(?:[ \t]*\r?\n){2,}", text)) if block.strip()]
    has_indents = any(map(_is_indented, blocks))
    fields: dict[str, str] = {}
    heading: list[str] = []
    outlet = published = ""
    start = 0
    for index, block in enumerate(blocks):
        stated = _FIELD.match(block)
        if stated and stated["name"] in _HEADER_FIELDS:
            fields.setdefault(stated["name"], _join(stated["value"] or ""))
            start = index + 1
        elif stated and stated["name"] == "BODY":
            blocks[index] = stated["value"] or ""
            start = index
            break
        elif "LENGTH" in fields and (heading or "HEADLINE" in fields or _ENDS_SENTENCE.search(block)):
            break
        elif not (published or fields) and (published := _find_date(block)):
            # What stands above the day is the outlet and its edition.
            heading, start = [], 0
        elif has_indents and _is_indented(block):
            outlet = outlet or ("" if heading or published else _join(block))
        elif not (outlet or heading or published or has_indents):
            outlet = _join(block)
        else:
            heading.append(_join(block))
            start = start or index + 1
    if not (heading or published or has_indents or "HEADLINE" in fields):
        heading, outlet = [outlet], ""
    body = map(_join, takewhile(_is_no_footer, blocks[start:]))
    headline = fields.get("HEADLINE") or (heading[0] if heading else "")
    return _make(
        headline,
        fields.get("BYLINE", ""),
        _below_dateline(fields.get("DATELINE", ""), list(body)),
        publisher=outlet,
        published=published,
    )


def _is_no_footer(block: str) -> bool:
    stated = _FIELD.match(block)
    return not stated or stated["name"] not in _FOOTER_FIELDS


def _without_copyright(block: str) -> str:
    """Return a block without the lines of copyright that stand centred above or below a document."""
    lines = [
        line
        for line in block.splitlines()
        if not (_IS_COPYRIGHT.match(line) and len(line.split()) < _MAX_COPYRIGHT_WORDS)
    ]
    return "\n".join(lines)


def _read_nexis_uni(text: str) -> Document:
    """Read a document of Nexis Uni: headline, outlet, date, copyright, fields, *Body*, text, fields."""
    lines = [line.strip(" \t\r\f\ufeff\xa0") for line in text.splitlines()]
    lines = [line for line in lines if not _NEXIS_UNI_PAGE.fullmatch(line)]
    fields: dict[str, str] = {}
    at = next((i for i, line in enumerate(lines) if line == "Body"), -1)
    above = lines[:at] if at >= 0 else lines
    for i, line in enumerate(above):
        if field := _NEXIS_UNI_FIELD.fullmatch(line):
            fields.setdefault(field[1], field[2])
            at = i if "Body" not in lines else at
    if not fields and "Body" not in lines:
        # Its beginning is missing.
        above = []
    dated = next((i for i, line in enumerate(above) if _find_date(line) and any(above[:i])), len(above))
    heading = [line for line in above[:dated] if line and not _NEXIS_UNI_FIELD.fullmatch(line)]
    heading = [line for line in heading if not _IS_COPYRIGHT.match(line)]
    if any(map(_NEXIS_UNI_COVER.fullmatch, heading)):
        heading = heading[-2:]
    outlet = heading.pop() if len(heading) > 1 else ""
    body = lines[at + 1 :]
    end = next((i for i, line in enumerate(body) if _NEXIS_UNI_END.fullmatch(line)), len(body))
    body = _below_dateline(fields.get("Dateline", ""), _paragraphs(body[:end]))
    published = _find_date(above[dated]) if dated < len(above) else ""
    return _make(" ".join(heading), fields.get("Byline", ""), body, publisher=outlet, published=published)


def _read_proquest(text: str) -> Document:
    """Read a document of ProQuest: headline, author, publication, text, fields."""
    lines = [line.strip(" \t\r\f\ufeff\xa0") for line in text.splitlines()]
    stated = [(found[1], found[2]) if found else None for found in map(_PROQUEST_FIELD.fullmatch, lines)]
    start = next((i for i, field in enumerate(stated) if field and field[0] == "Full text"), len(lines))
    end = next((i for i in range(start, len(lines)) if (field := stated[i]) and field[0] in _PROQUEST_LAST), len(lines))
    while end > start + 1 and (not lines[end - 1] or stated[end - 1]):
        end -= 1
    fields = dict(filter(None, [*reversed(stated[end:]), *reversed(stated[: start + 1])]))
    body = _paragraphs([fields.get("Full text", ""), *lines[start + 1 : end]])
    headline = next((line for line in lines if line and not re.fullmatch(r"Document \d+ of \d+", line)), "")
    authors = fields.get("Author", "").rstrip(". ").split(";")
    byline = " and ".join(" ".join(reversed(author.strip().split(", ", 1))) for author in authors)
    issued = re.search(r"\d{1,2} [A-Z][a-z]{2} \d{4}", fields.get("Publication info", ""))
    published = _find_date(fields.get("Publication date", "")) or _find_date(issued[0] if issued else "")
    outlet = (fields.get("Publication title") or fields.get("Publication info", "")).partition(";")[0]
    return _make(fields.get("Title") or headline, byline, body, publisher=outlet.strip(), published=published)


def _read_factiva(text: str) -> Document:
    """Read a document of Factiva: headline, byline, word count, date, time, outlet, code, language, copyright, body."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    codes = [line.split()[0] for line in lines]
    if "HD" in codes and len({*codes} & _FACTIVA_CODES) >= _MIN_CODES:
        return _read_coded(lines)
    at = next((i for i, line in enumerate(lines) if _WORD_COUNT.fullmatch(line)), -1)
    if at < 0:
        # Without its count of words, the heading ends before the day.
        at = next((i for i, line in enumerate(lines) if re.fullmatch(r"\d{1,2} [A-Z][a-z]+ \d{4}", line)), -1) - 1
        if at < 0:
            return _make("", "", lines)
    above, below = lines[: at + (not _WORD_COUNT.fullmatch(lines[at]))], lines[at + 1 :]
    byline = above.pop() if len(above) > 1 and _BYLINE.match(above[-1]) else ""
    headline = max(above, key=len, default="")
    if not byline and headline and above[-1] != headline:
        byline = above[-1]
    published = _find_date(below[0]) if below else ""
    rest = [
        line
        for line in below[bool(published) :]
        if not re.fullmatch(r"\d{1,2}:\d{2}(?:\s?[AP]M)?(?: [A-Z]{3,4})?", line)
    ]
    outlet = rest[0] if rest and not _is_code_alone(rest) else ""
    ends = [i for i, line in enumerate(rest) if _IS_COPYRIGHT.match(line)] or [
        i for i, line in enumerate(rest) if re.fullmatch(_FACTIVA_LANGUAGE, line)
    ]
    body = rest[ends[0] + 1 if ends else 1 :]
    return _make(headline, byline, _without_owner(body), publisher=outlet, published=published)


def _without_owner(body: list[str]) -> list[str]:
    """Return the lines of a document without the firm that the last names alone: *Guardian Newspapers Limited*."""
    return body[:-1] if len(body) > 1 and _OWNER.fullmatch(body[-1]) else body


def _is_code_alone(lines: list[str]) -> bool:
    """Return whether the code of an outlet stands before the language, and no outlet does."""
    return (
        lines[0].isupper() and " " not in lines[0] and re.fullmatch(_FACTIVA_LANGUAGE, "".join(lines[1:2])) is not None
    )


def _read_coded(lines: list[str]) -> Document:
    """Read a document of Factiva whose fields have codes of two or three capitals."""
    fields: dict[str, list[str]] = {}
    code = ""
    for line in lines:
        first = line.split()[0]
        if first in _FACTIVA_CODES:
            code, line = first, line.removeprefix(first).strip()  # noqa: PLW2901 - the code is no part of the field
        if code and line:
            fields.setdefault(code, []).append(line)
    one = {code: " ".join(parts) for code, parts in fields.items()}
    body = _without_owner([*fields.get("LP", []), *fields.get("TD", [])])
    published = _find_date(one.get("PD", ""))
    return _make(one.get("HD", ""), one.get("BY", ""), body, publisher=one.get("SN", ""), published=published)


def _make(headline: str, byline: str, body: list[str], **metadata: str) -> Document:
    """Make a document of its parts; a byline begins with *By*, as in print."""
    if byline and not _BYLINE.match(byline):
        byline = f"By {byline}"
    metadata["title"] = repair_line(headline)
    body = list(filter(None, body))
    text = "\n\n".join(filter(None, (headline, byline, *body))) if body else ""
    return Document(text=text, metadata={name: value for name, value in metadata.items() if value})


def _below_dateline(dateline: str, body: list[str]) -> list[str]:
    """Return a body below its dateline, unless it begins with that.

    The dateline gets the dash that it has in print, by which it is told from a line of the text.
    """
    if not dateline or (body and body[0].casefold().startswith(dateline.casefold().rstrip(" –—-"))):
        return body
    return [f"{dateline} —" if dateline[-1] not in "–—-" else dateline, *body]


def _paragraphs(lines: list[str]) -> list[str]:
    """Return the paragraphs of lines, which may be hard-wrapped."""
    text = "\n".join(lines)
    return [_join(text[start:end]) for start, end in find_paragraphs(text)]


def _find_date(line: str) -> str:
    """Return the day that a line states, whatever time and edition stand after it; empty if it states none."""
    found = re.match(
        r"\s*(?:\w+day,?\s)?(?:[A-Z][a-z]+\.?\s\d{1,2},?\s\d{4}|\d{1,2}\s[A-Z][a-z]+\.?\s\d{4}|[A-Z][a-z]+,?\s\d{4})",
        line,
    )
    try:
        return (parse_date(found[0]) or "") if found else ""
    except ValueError:
        return ""


def _is_indented(block: str) -> bool:
    line = next(line for line in block.splitlines() if line.strip())
    return len(line) - len(line.lstrip()) >= _INDENT_CHARS


def _join(block: str) -> str:
    """Return the lines of a block as one paragraph."""
    return " ".join(block.split())


#: The forms of databases whose documents end in a line or a field.
_FACTIVA = _Form(_read_factiva, _FACTIVA_WORDS, _FACTIVA_WORDS, "… words", "Document …", "")
_NEXIS_UNI = _Form(_read_nexis_uni, _NEXIS_UNI_LENGTH, _NEXIS_UNI_BODY, "Body", "End of Document", "Load-Date:")
_PROQUEST = _Form(_read_proquest, _PROQUEST_TITLE, _PROQUEST_TEXT, "Full text:", "Publication title:", "")
