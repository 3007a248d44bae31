"""Paragraphs, title and publisher of an article: spans found in its text by rules."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from analysis import resources
from analysis.article.dates import is_date_line

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "BULLET",
    "BULLETS",
    "LINE_BULLETS",
    "Span",
    "find_blocks",
    "find_heading",
    "find_paragraphs",
    "is_outlet",
    "is_section_label",
]

#: A half-open interval of characters.
Span = tuple[int, int]

_LINE = re.compile(r"[^\r\n\v\f\x85\u2028\u2029]+")
# CRLF is one line end: the group is atomic, so that it does not match as a CR and an LF.
_BLANK_LINE = re.compile(r"(?>\r\n|[\r\n\v\f\x85\u2029])[^\S\r\n\v\f\x85\u2029]*(?:\r\n|[\r\n\v\f\x85\u2028\u2029])")
#: Marks before the items of a list, and those that are so at the beginning of a line only.
BULLETS = "•‣▪▸▶►●◦■➤"
LINE_BULLETS = "·*–-"
BULLET = re.compile(rf"[{BULLETS}{LINE_BULLETS}]\s+(?=[\w“\"‘'(\[#@$£€])")
#: Widths, in characters, to which text is hard-wrapped.
_WRAP_WIDTHS = range(45, 101)
_MIN_FULL_LINES_SHARE = 0.8
_MIN_UNFINISHED_LINES_SHARE = 0.5
_SENTENCE_END = tuple(".!?:;\"'”’)]…")
_MAX_TITLE_CHARS = 250
#: A full stop, comma, colon or semicolon at the end of a line, also before closing quotes, brackets and footnote marks.
_SENTENCE_MARK = re.compile(r"""[.;,:](?:\s*(?:["'”’»)\]*†‡]|\[[^\[\]]{1,20}\]))*\Z""")
#: What separates a title from the publisher after it.
_SEPARATOR = re.compile(r"\s+[–—|·-]\s+(?=\S)")
#: What may stand above a headline: a byline, the mark of a press release. At most so many lines of it do.
_ABOVE = re.compile(
    r"(?:By|BY) [A-Z][\w.’'-]*(?: (?:and )?[A-Z][\w.’'-]*){1,6}(?:\s*[|•·](?=.*\b\d{4}\b).{1,80})?"
    r"|(?i:(?:for immediate release|(?:press|news|media) release|embargoed(?: until)?\b.{0,60}|breaking(?: news)?"
    r"|advertisement)\W*)"
)
_MAX_ABOVE = 4
_LETTERS = re.compile(r"[^\W\d_]+")
_MAX_LABEL_CHARS = 60
_MAX_OUTLET_WORDS = 6
_DOMAIN = re.compile(r"\w+(?:\.\w{2,4}){1,2}")


def find_paragraphs(text: str) -> tuple[Span, ...]:
    r"""Return the spans of a text's paragraphs, without surrounding white space.

    A paragraph is a line, or the block between two blank lines if its lines are hard-wrapped.

    Parameters
    ----------
    text
        The text.

    Returns
    -------
    tuple of Span
        In order; empty if the text is blank.

    Examples
    --------
    >>> find_paragraphs("Rain in Cairo\n\nIt rained. \nIt was wet.")
    ((0, 13), (15, 25), (27, 38))
    """
    spans: list[Span] = []
    for lines, is_wrapped in find_blocks(text):
        spans.extend([(lines[0][0], lines[-1][1])] if is_wrapped else lines)
    return tuple(stripped for span in spans if (stripped := _strip(text, span)))


def find_blocks(text: str) -> Iterator[tuple[list[Span], bool]]:
    """Yield the lines of each block between blank lines, and whether they are one paragraph, hard-wrapped."""
    gaps = [gap.span() for gap in _BLANK_LINE.finditer(text)]
    for start, end in pairwise([0, *(position for gap in gaps for position in gap), len(text)]):
        lines = [match.span() for match in _LINE.finditer(text, start, end)]
        edges = [i for i, line in enumerate(lines) if i and _begins_item(text, line)]
        for low, high in pairwise([0, *edges, len(lines)]):
            if high:
                yield lines[low:high], _is_wrapped(text, lines[low:high])


def _begins_item(text: str, line: Span) -> bool:
    """Return whether a line begins with a bullet; a dash may be in the middle of a sentence."""
    words = text[slice(*line)].lstrip()
    return bool(BULLET.match(words)) and words[0] in BULLETS


def find_heading(
    text: str, paragraphs: tuple[Span, ...], *, title: str | None, publisher: str | None
) -> tuple[Span | None, Span | None]:
    r"""Find the title and the publisher in the first line.

    A known title is expected at the start of the text, or below a date, byline, section label or mark of a press
    release. Otherwise the first line that is none of these is the title if more text follows and it is not a sentence:
    short, and without a full stop at its end.

    Parameters
    ----------
    text
        The text.
    paragraphs
        The spans of its paragraphs, at least one.
    title, publisher
        The title and the publisher where they are known from elsewhere.

    Returns
    -------
    tuple
        The spans of the title and of the publisher, each ``None`` if it is not there.

    Examples
    --------
    >>> text = "Rain in Cairo – Nile Times\nIt rained."
    >>> find_heading(text, find_paragraphs(text), title=None, publisher=None)
    ((0, 13), (16, 26))
    """
    above = next((i for i, span in enumerate(paragraphs[:_MAX_ABOVE]) if not _is_above(text[slice(*span)])), _MAX_ABOVE)
    if title:
        title = title.strip()
        for start, end in paragraphs[: above + 1]:
            title_end = start + len(title)
            if title_end <= end and text[start:end].casefold().startswith(title.casefold()):
                separator = _SEPARATOR.match(text, title_end, end)
                return (start, title_end), ((separator.end(), end) if separator else None)
        return None, None
    if above >= len(paragraphs) - 1:
        return None, None
    start, end = paragraphs[above]
    line = text[start:end]
    if len(line) > _MAX_TITLE_CHARS or _SENTENCE_MARK.search(line) or not _LINE.fullmatch(line):
        return None, None
    for separator in reversed(list(_SEPARATOR.finditer(text, start, end))):
        if is_outlet(text[separator.end() : end], publisher):
            return (start, separator.start()), (separator.end(), end)
    return (start, end), None


def _is_above(line: str) -> bool:
    """Return whether a line stands above a headline, and is none."""
    return bool(_ABOVE.fullmatch(line) or is_date_line(line) or is_section_label(line))


def is_section_label(line: str) -> bool:
    """Return whether a line consists of labels of sections or kinds of articles, such as *World | Politics*.

    Examples
    --------
    >>> is_section_label("EXCLUSIVE"), is_section_label("Home > UK news"), is_section_label("World leaders meet")
    (True, True, False)
    """
    key = " ".join(_LETTERS.findall(line.casefold()))
    return len(line) <= _MAX_LABEL_CHARS and bool(_section_labels().fullmatch(key))


@cache
def _section_labels() -> re.Pattern[str]:
    labels = "|".join(sorted(resources.data().read_lines("section_labels.txt"), key=len, reverse=True))
    return re.compile(rf"(?:(?:{labels})(?: (?=\w)|\Z))+")


def _is_wrapped(text: str, lines: list[Span]) -> bool:
    """Return whether the lines of a block are one paragraph, hard-wrapped to a width.

    A line is full if the first word of the next line would have made it longer than the longest line.
    """
    if len(lines) < 2:  # noqa: PLR2004 - a single line is not wrapped
        return False
    width = max(end - start for start, end in lines)
    if width not in _WRAP_WIDTHS:
        return False
    n_breaks = len(lines) - 1
    n_full = n_unfinished = 0
    for (start, end), (next_start, next_end) in pairwise(lines):
        next_words = text[next_start:next_end].split(maxsplit=1)
        n_full += bool(next_words) and end - start + 1 + len(next_words[0]) > width
        n_unfinished += not text[start:end].rstrip().endswith(_SENTENCE_END)
    return n_full >= _MIN_FULL_LINES_SHARE * n_breaks and n_unfinished >= _MIN_UNFINISHED_LINES_SHARE * n_breaks


def _strip(text: str, span: Span) -> Span | None:
    """Return a span without the white space at its ends; None if nothing is left."""
    part = text[slice(*span)]
    start = span[0] + len(part) - len(part.lstrip())
    end = span[0] + len(part.rstrip())
    return (start, end) if start < end else None


def is_outlet(name: str, publisher: str | None) -> bool:
    """Return whether a title, or the end of its line, names a news outlet."""
    if publisher and name.casefold() == publisher.casefold():
        return True
    if _DOMAIN.fullmatch(name):
        return True
    words = re.findall(r"\w+", name)
    return (
        0 < len(words) <= _MAX_OUTLET_WORDS
        and words[0][0].isupper()
        and not _outlet_words().isdisjoint(word.lower() for word in words)
    )


@cache
def _outlet_words() -> frozenset[str]:
    return frozenset(resources.data().read_lines("outlet_words.txt"))
