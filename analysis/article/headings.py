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
    "find_masthead",
    "find_paragraphs",
    "is_outlet",
    "is_section_label",
    "split_title",
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
#: Widths, in characters, to which a whole text is hard-wrapped, and a block in a text that is not.
_WRAP_WIDTHS = range(20, 101)
_BLOCK_WRAP_WIDTHS = range(45, 101)
_MIN_FULL_LINES_SHARE = 0.8
_MIN_UNFINISHED_LINES_SHARE = 0.5
#: A whole text is hard-wrapped if so many lines end at its width, few others end within a sentence, and many of the
#: lines that follow begin with a small letter.
_MIN_WRAPS = 5
_MAX_OTHERS_SHARE = 0.1
_MIN_SMALL_SHARE = 0.5
#: The first block of a text is a headline if so many lines of such a length run on at their ends.
_MAX_HEADLINE_LINES = 4
_MIN_HEADLINE_LINE_CHARS = 20
#: What a line of a headline with capitals throughout does not end with.
_RUNS_ON = tuple(f" {word}" for word in "a an and as at by for from in of on or over the to with".split())
_SENTENCE_END = tuple(".!?:;\"'”’)]…")
_MAX_TITLE_CHARS = 250
_MAX_WRAPPED_TITLE_CHARS = 160
#: A full stop, comma, colon or semicolon at the end of a line, also before closing quotes, brackets and footnote marks.
_SENTENCE_MARK = re.compile(r"""[.;,:](?:\s*(?:["'”’»)\]*†‡]|\[[^\[\]]{1,20}\]))*\Z""")
#: What separates a title from the publisher after it.
_SEPARATOR = re.compile(r"\s+[–—|·-]\s+(?=\S)")
#: What may stand above a headline: a byline, a request to sign up, the mark of a press release. At most so many lines
#: of it do.
_ABOVE = re.compile(
    r"(?:By|BY) [A-Z][\w.’'-]*(?:,? (?:(?:and|at|for|in|of|the) )*[A-Z][\w.’'-]*){1,9}"
    r"(?:\s*[|•·](?=.*\b\d{4}\b).{1,80})?"
    r"|(?i:(?:sign up (?:for|to|here|now)\b|subscribe (?:to (?:our|the)\b|now\b|today\b)|follow us\b|skip to\b).{0,60})"
    r"|(?i:(?:from|by) (?:our|a) (?:\w+ ){0,2}(?:correspondents?|reporters?|staff|writers?|bureau)\b.{0,40})"
    r"|(?i:(?:author|byline|publisher|outlet|url|link|section|category)\s*:.{1,120})"
    r"|(?i:(?:for immediate release|(?:press|news|media) release|embargoed(?: until)?\b.{0,60}|breaking(?: news)?"
    r"|advertisement)\W*)"
)
_MAX_ABOVE = 4
#: What is no part of a headline before it: the mark of a heading in Markdown, and the name of a field among others.
_HEADING_MARK = re.compile(r"#{1,3}\s+(?=\S)")
_TITLE_FIELD = re.compile(r"(?:title|headline)\s*:\s+(?=\S)", re.IGNORECASE)
_OTHER_FIELD = re.compile(
    r"(?:author|by|byline|date|published|source|publisher|outlet|url|link|section|category)\s*:", re.IGNORECASE
)
_LETTERS = re.compile(r"[^\W\d_]+")
_MAX_LABEL_CHARS = 60
_MAX_OUTLET_WORDS = 6
#: What else a masthead may state: *Vol. 12*, *No. 31*, *Page 3*, *City edition*.
_ISSUE = re.compile(r"(?:vol(?:ume)?|no|number|issue|pages?|p)\W{0,2}[A-Z]?\d+|(?:\w+ ){1,2}edition", re.IGNORECASE)
#: An outlet or a place of which nothing else is known, before a date: *La Stampa, 4 March 2025*.
_NAME_AND_DATE = re.compile(r"(?:[^\W\d_a-z][\w.’'-]*\s?){1,3},\s")
#: An outlet of which nothing else is known, before sections: *Al Jazeera | News | Politics*.
_NAME = re.compile(r"(?:[^\W\d_a-z][\w.’'-]*\s?){1,3}")
_BEFORE_DATE = re.compile(r",\s+(?=\S+\s+\S+\s+\d{4}|\S+day,?\s)")
_CONNECTIVES = frozenset(("and", "of", "on", "the"))
_DOMAIN = re.compile(r"\w+(?:\.\w{2,4}){1,2}")


def find_paragraphs(text: str) -> tuple[Span, ...]:
    r"""Return the spans of a text's paragraphs, without surrounding white space.

    A paragraph is a line, or the block between two blank lines if its lines are hard-wrapped. In a text that is
    hard-wrapped throughout, a paragraph also ends where the next word would have fitted into its last line. Elsewhere,
    lines of prose of which each runs on within a sentence in the next are one paragraph.

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
        spans.extend([(lines[0][0], lines[-1][1])] if is_wrapped else _join_runs(text, lines))
    return tuple(stripped for span in spans if (stripped := _strip(text, span)))


def find_blocks(text: str) -> Iterator[tuple[list[Span], bool]]:
    """Yield the lines of each block between blank lines, and whether they are one paragraph, hard-wrapped."""
    gaps = [gap.span() for gap in _BLANK_LINE.finditer(text)]
    blocks: list[list[Span]] = []
    for start, end in pairwise([0, *(position for gap in gaps for position in gap), len(text)]):
        lines = [match.span() for match in _LINE.finditer(text, start, end)]
        begins = {i for i, line in enumerate(lines) if i and _begins_item(text, line)}
        if not blocks:  # below the headline
            beside = {i for i, line in enumerate(lines) if i and _is_beside(text[slice(*line)])}
            begins |= beside | {i + 1 for i in beside}
        blocks += [lines[low:high] for low, high in pairwise([0, *sorted(begins), len(lines)]) if high > low]
    width = _find_width(text, blocks)
    for number, lines in enumerate(blocks):
        if not width:
            yield lines, _is_wrapped(text, lines) or (number == 0 < len(blocks) - 1 and _is_headline(text, lines))
            continue
        edges = _find_edges(text, lines, width, is_first=number == 0)
        for low, high in pairwise([0, *edges, len(lines)]):
            yield lines[low:high], high - low > 1


def _find_width(text: str, blocks: list[list[Span]]) -> int:
    """Return the width to which a text is hard-wrapped throughout; 0 if it is not.

    A line end is a wrap if the next word would not have fitted. One within a sentence should be, and words in small
    letters should begin most of the lines: those of verse and of lists may be of one length, but begin with capitals.
    """
    pairs = [pair for lines in blocks for pair in pairwise(lines)]
    width = max((end - start for pair in pairs for start, end in pair if start > blocks[0][0][0]), default=0)
    if width not in _WRAP_WIDTHS:
        return 0
    n_wraps = n_small = n_either = 0
    for line, after in pairs:
        is_wrap = _is_full(text, line, after, width)
        n_wraps += is_wrap
        n_small += is_wrap and text[slice(*after)].lstrip()[:1].islower()
        n_either += is_wrap or not _is_finished(text, line)
    n_others = n_either - n_wraps - 1  # a headline may end anywhere
    is_wrapped = n_wraps >= _MIN_WRAPS and n_others <= _MAX_OTHERS_SHARE * n_wraps
    return width if is_wrapped and n_small >= _MIN_SMALL_SHARE * n_wraps else 0


def _is_full(text: str, line: Span, after: Span, width: int) -> bool:
    """Return whether the first word of the next line would have made a line longer than a width."""
    words = text[slice(*after)].split(maxsplit=1)
    return bool(words) and line[1] - line[0] + 1 + len(words[0]) > width


def _is_finished(text: str, line: Span) -> bool:
    return text[slice(*line)].rstrip().endswith(_SENTENCE_END)


def _find_edges(text: str, lines: list[Span], width: int, *, is_first: bool) -> list[int]:
    """Return which lines of a block begin a paragraph, the first one aside, in a text that is hard-wrapped to a width.

    The word that begins such a line would have fitted into the line before, and that one ends as a sentence does; in a
    list, and where a headline stands, it is enough that the line does not begin with a small letter.
    """
    pairs = [*pairwise(lines)]
    short = [i for i, pair in enumerate(pairs, 1) if not _is_full(text, *pair, width)]
    is_list = is_first or 2 * len(short) > len(pairs)
    return [
        i
        for i in short
        if _is_finished(text, lines[i - 1]) or (is_list and not text[slice(*lines[i])].lstrip()[:1].islower())
    ]


def _join_runs(text: str, lines: list[Span]) -> list[Span]:
    """Return the lines of a block, each with those that run on from it as one span.

    A line runs on in one that begins with a small letter, unless it ends as a sentence does or is an item of a list.
    Such lines are prose if one is long, the first does not begin with a small letter, and the last ends a sentence:
    those of verse are short, and the items of a list begin alike.
    """
    edges = [
        i
        for i, (line, after) in enumerate(pairwise(lines), 1)
        if _is_finished(text, line)
        or not _LETTERS.search(text, *line)
        or not text[slice(*after)].lstrip()[:1].islower()
        or BULLET.match(text[slice(*line)].lstrip())
    ]
    spans: list[Span] = []
    for low, high in pairwise([0, *edges, len(lines)]):
        run = lines[low:high]
        is_prose = (
            max(end - start for start, end in run) >= _BLOCK_WRAP_WIDTHS[0]
            and not text[slice(*run[0])].lstrip()[:1].islower()
            and _is_finished(text, run[-1])
        )
        spans += [(run[0][0], run[-1][1])] if is_prose else run
    return spans


def _is_headline(text: str, lines: list[Span]) -> bool:
    """Return whether the lines of the first block are one headline: each runs on in the next."""
    if not 1 < len(lines) <= _MAX_HEADLINE_LINES:
        return False
    return all(
        line[1] - line[0] >= _MIN_HEADLINE_LINE_CHARS
        and not _is_finished(text, line)
        and (text[slice(*after)].lstrip()[:1].islower() or text[slice(*line)].rstrip().lower().endswith(_RUNS_ON))
        for line, after in pairwise(lines)
    )


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
    short, and without a full stop at its end. It may be hard-wrapped.

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
    above = _count_above(text, paragraphs)
    mastheads = [span for start, end in paragraphs[:above] if (span := _outlet_above(text, start, end))]
    outlet = mastheads[0] if mastheads else None
    if title and title.strip():
        stated = re.compile(r"\s+".join(map(re.escape, title.split())), re.IGNORECASE)
        for start, end in paragraphs[: above + 1]:
            if found := stated.match(text, start, end):
                separator = _SEPARATOR.match(text, found.end(), end)
                return found.span(), ((separator.end(), end) if separator else outlet)
        return None, outlet
    if above >= len(paragraphs) - 1:
        return None, outlet
    start, end = paragraphs[above]
    start += _count_marks(text, paragraphs, above)
    line = text[start:end]
    max_chars = _MAX_TITLE_CHARS if _LINE.fullmatch(line) else _MAX_WRAPPED_TITLE_CHARS
    if len(line) > max_chars or _SENTENCE_MARK.search(line):
        return None, outlet
    title, own = split_title(line, publisher)
    if own:
        return (start, start + len(title)), (end - len(own), end)
    return (start, end), outlet


def _count_marks(text: str, paragraphs: tuple[Span, ...], number: int) -> int:
    """Return how many characters before a headline are no part of it."""
    start, end = paragraphs[number]
    near = (*paragraphs[:number], *paragraphs[number + 1 : number + 1 + _MAX_ABOVE])
    is_field = any(_OTHER_FIELD.match(text, *span) for span in near)
    found = _HEADING_MARK.match(text, start, end) or (_TITLE_FIELD.match(text, start, end) if is_field else None)
    return found.end() - start if found else 0


def split_title(line: str, publisher: str | None = None) -> tuple[str, str]:
    """Split a title at the outlet after it; the outlet is empty if there is none.

    Examples
    --------
    >>> split_title("Rain in Cairo - BBC News"), split_title("Rain - and wind")
    (('Rain in Cairo', 'BBC News'), ('Rain - and wind', ''))
    >>> split_title("Rain in Cairo | World news | The Guardian")
    ('Rain in Cairo', 'The Guardian')
    """
    separators = list(_SEPARATOR.finditer(line))
    for number, separator in reversed([*enumerate(separators)]):
        end = line[separator.end() :]
        if is_outlet(end, publisher) and not is_section_label(end):
            while number and is_section_label(line[separators[number - 1].end() : separators[number].start()]):
                number -= 1  # noqa: PLW2901 - between the headline and the outlet there may be sections
            return line[: separators[number].start()], end
    return line, ""


def find_masthead(line: str) -> tuple[Span, str] | None:
    """Return the span of the outlet and the date of a line that states both, and no more than an edition beside them.

    Examples
    --------
    >>> find_masthead("The Harbour Gazette — Tuesday, 4 March 2025")
    ((0, 19), 'Tuesday, 4 March 2025')
    >>> find_masthead("Gazette reporter freed — 4 March 2025")
    """
    separators = list(_SEPARATOR.finditer(line)) or list(_BEFORE_DATE.finditer(line))[:1]
    edges = [0, *(edge for separator in separators for edge in separator.span()), len(line)]
    parts = list(zip(edges[::2], edges[1::2], strict=True))
    dates = [line[start:end] for start, end in parts if is_date_line(line[start:end])]
    outlets = [(start, end) for start, end in parts if _is_outlet_alone(line[start:end])]
    others = [line[start:end] for start, end in parts if line[start:end] not in dates and (start, end) not in outlets]
    if (
        len(dates) != 1
        or len(outlets) != 1
        or not all(is_section_label(part) or _ISSUE.fullmatch(part) for part in others)
    ):
        return None
    return outlets[0], dates[0]


def _is_outlet_alone(name: str) -> bool:
    """Return whether a line is the name of an outlet, whose words all have capitals, the last one being an outlet's."""
    names = [word for word in re.findall(r"[\w’']+", name) if word not in _CONNECTIVES]
    is_named = bool(names) and all(word[0].isupper() for word in names)
    return is_named and is_outlet(name, None) and is_outlet(names[-1], None)


def _outlet_above(text: str, start: int, end: int) -> Span | None:
    """Return the span of the outlet in a line above a headline; ``None`` if it has none."""
    if masthead := find_masthead(text[start:end]):
        (low, high), _ = masthead
        return start + low, start + high
    return (start, end) if _is_outlet_alone(text[start:end]) else None


def _count_above(text: str, paragraphs: tuple[Span, ...]) -> int:
    """Return how many lines stand above the headline.

    An outlet alone, or a name with a date or sections, is such a line if a date, a section or what may be a headline
    follows.
    """
    lines = [text[slice(*span)] for span in paragraphs[: _MAX_ABOVE + 2]]
    for number, line in enumerate(lines[:_MAX_ABOVE]):
        after = lines[number + 1 : number + 3]
        name, *labels = _SEPARATOR.split(line)
        dated = _NAME_AND_DATE.match(line)
        is_stated = _is_outlet_alone(line) or (dated is not None and is_date_line(line[dated.end() :]))
        is_stated |= bool(labels and _NAME.fullmatch(name) and all(map(is_section_label, labels)))
        if not (_is_above(line) or (is_stated and len(after) > 1 and _may_follow_outlet(after[0]))):
            return number
    return min(_MAX_ABOVE, len(lines))


def _may_follow_outlet(line: str) -> bool:
    """Return whether a line below an outlet is a date, a section, or may be a headline."""
    if _is_above(line):
        return is_date_line(line) or is_section_label(line)
    return len(line) <= _MAX_TITLE_CHARS and not _SENTENCE_MARK.search(line)


def _is_beside(line: str) -> bool:
    """Return whether a line is a date, with a place before it or not, a byline or the like."""
    line = " ".join(line.split())
    place = _NAME_AND_DATE.match(line)
    return bool(_ABOVE.fullmatch(line)) or is_date_line(line[place.end() if place else 0 :]) or is_date_line(line)


def _is_above(line: str) -> bool:
    """Return whether a line stands above a headline, and is none."""
    line = " ".join(line.split())
    return bool(
        any(pattern.fullmatch(line) for pattern in (_ABOVE, _ISSUE))
        or is_date_line(line)
        or is_section_label(line)
        or find_masthead(line)
    )


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
    """Return whether the lines of a block are one paragraph, hard-wrapped to the length of the longest."""
    if len(lines) < 2:  # noqa: PLR2004 - a single line is not wrapped
        return False
    width = max(end - start for start, end in lines)
    if width not in _BLOCK_WRAP_WIDTHS:
        return False
    n_breaks = len(lines) - 1
    n_full = sum(_is_full(text, *pair, width) for pair in pairwise(lines))
    n_unfinished = sum(not _is_finished(text, line) for line in lines[:-1])
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
