"""Repairs of a text on its way in, before it is an article: what was done, or what looks wrong, is said with it.

Mojibake, the tags and entities of HTML, and words broken at line ends are repaired. Paragraphs that may have run
together and texts that may have been cut off are only told: there is no safe way to mend them.
"""

from __future__ import annotations

import gzip
import re
from collections import Counter
from functools import cache
from html import unescape
from html.parser import HTMLParser
from unicodedata import normalize

from analysis import resources
from analysis.article.headings import find_blocks

__all__ = ["LIMIT", "drop_note_marks", "find_cut", "repair_line", "repair_text"]

_BLOCK_TAGS = frozenset(
    "address article aside blockquote body center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6"
    " head header hr html li main nav ol p pre section table tbody td tfoot th thead title tr ul".split()
)
_HIDDEN_TAGS = frozenset(("script", "style", "head", "noscript", "template"))
_INLINE_TAGS = frozenset(
    "a abbr b big br cite code del em font i iframe img ins mark q s small span strike strong sub sup time u"
    " wbr".split()
)
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)\b[^<>]*>", re.IGNORECASE)
_LONE_TAGS = frozenset(("br", "hr", "img", "p", "wbr"))
_MAX_ROUNDS = 3
#: A superscript, and what in it is the mark of a note: *1*, *[2]*, *1, 2* or a dagger.
_SUPERSCRIPT = re.compile(r"<sup\b[^<>]*>(?P<inside>(?:(?!</?sup\b).){1,400}?)</sup\s*>", re.IGNORECASE | re.DOTALL)
_ANY_TAG = re.compile(r"<[^<>]*>")
_NOTE_MARK = re.compile(
    r"(?P<figures>\d{1,3}(?:\s*[,–-]\s*\d{1,3})*)|(?:\[\s*(?:\d{1,3}|[a-z]{1,2})\s*\]\s*|[*†‡§¶]\s*)+"
)
#: What a power is of: a number, a unit of length, a variable. A note stands at words, and at the ends of sentences.
_BASE = re.compile(r"(?<![\w.,])\d{1,3}\Z|(?<![^\W\d_])(?<![.'’])(?:[kcdmnµμ]?m|ft|yd|mi|mc|[^\W\d_])\Z")
_CONTEXT_CHARS = 300
#: The closing quote of mojibake that has lost its last character, which cp1252 does not define.
_HALF_QUOTE = re.compile(r"â€(?:\ufffd|\x9d?(?=[\s.,;:!?)]|\Z))")
#: The controls of Latin-1 as what cp1252 has in their place.
_C1_CONTROLS = {i: bytes((i,)).decode("cp1252", errors="ignore") or chr(i) for i in range(0x80, 0xA0)}
#: The second half of an accented letter whose mark was set apart from its space, as Unicode's NFKC does.
_WHOLE_MARKS = {" \u0304": "¯", " \u0308": "¨", " \u0301": "´", " \u0327": "¸"}
_SPLIT_MARK = re.compile("(?<=[ÂÃ]) [\u0304\u0308\u0301\u0327]")
#: Stands for a blank line between blocks of HTML.
_BREAK = "\x1e"
#: A word broken at a line end, by a hyphen or a soft hyphen: its first part, and on the next line the rest.
_BROKEN = re.compile(
    r"(?m)(?<![^\W\d_])(?<!^-)(?P<first>\d+|[^\W\d_]+)(?P<mark>[-\N{HYPHEN}\xad])[ \t]*\r?\n[ \t]*(?P<rest>[^\W\d_]+)"
)
_WRITTEN = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
#: *pre- and post-war*: a hyphen that stands for the word to come.
_SUSPENDED = frozenset(("and", "or", "to", "nor", "versus", "und"))
#: A small letter and a capital in one word: *LeedsPolice*, and *PayPal*.
_JOINED = re.compile(r"(?<![\w@#./-])(?:[^\W\d_][a-zß-ÿ’']*)?[a-zß-ÿ]{2}(?P<second>[A-Z][a-z]*)(?![\w./])")
#: A sentence that ends in another: *workers.Police*; not *example.Com*.
_JOINED_SENTENCES = re.compile(r"(?<![\w@/.])[^\W\d_]+(?<=[a-z]{3})[.!?][”’\"']?(?P<second>[A-Z][a-z]*)(?![\w.@/])")
#: *longterm* is written so much less often than *term* that a hyphen between its parts is its own; *outlook* is not.
_MIN_SHARE_OF_PART = 0.005
_MAX_NAMED = 3
#: Line ends that were escaped twice, as in JSON that was read as text.
_ESCAPED_LINE_END = re.compile(r"(?:\\r)?\\n(?=[A-Z\d“”\"'‘(\\•*-]|\Z)")
_MIN_ESCAPED = 2
_CUT = re.compile(
    r"(?<!loading)"
    r"(?:(?:…|\.\.\.)?\s*\[\s*\+?\s*[\d,]+ (?:more )?char(?:acter)?s?\s*\]"
    r"|\((?:more|continued)\)|\[(?:…|\.\.\.)\]|…|(?<!\.)\.\.\.)"
    r"(?P<more>\W{0,3}(?:read|see|show|view) (?:more|on|full (?:story|article))|\W{0,3}continue reading)?[\s\])]*\Z",
    re.IGNORECASE,
)
#: What a page, or the end of a text, says where only readers who sign up see the rest.
LIMIT = re.compile(
    r"(?:subscribe|sign (?:up|in)|log in|register|become a (?:member|subscriber))\b[^.!?]{0,40}"
    r"\bto (?:continue|keep|finish|(?:read|view|see|unlock|access) (?:it|this|on|more)\b)"
    r"|to (?:continue|keep|finish) reading(?=\W*\Z|[,:;.!]|\s+(?:this|the (?:full|rest|whole|article|story)|your|our"
    r"|for|please|with (?:an?|our|your|full|unlimited|no)|subscribe|log|sign|register|become|create|it|on"
    r"|in (?:full|our|the app))\b)"
    r"|continue reading\b[^.!?]{0,40}\b(?:with|by|(?:in|on) (?:the|our) app)\b"
    r"|\A\W*(?:subscribe|sign (?:up|in)|log in|register) to (?:read|view|unlock)\W*\Z"
    r"|(?:article|story|content|text) (?:has been|was|is) (?:shortened|truncated|cut short)\b"
    r"|\[(?:(?:content|text|article|story|output) )?(?:truncated|cut off|cut short)\b[^\[\]]*\]"
    r"|(?:subscribers|members) (?:can|may) (?:read|view|see|access|unlock) (?:the |this )?"
    r"(?:full|rest|whole|complete)\b"
    r"|(?:article|story|content|post|report) is (?:now |only |exclusively )*"
    r"(?:for|available (?:only )?(?:to|for)|reserved for) (?:(?:our|paying|paid|registered|premium) )*"
    r"(?:subscribers|members|registered)|(?:subscribers|members)[- ]only"
    r"|to (?:read|view|access|unlock) (?:the |this )?(?:full|rest of|whole|complete|entire)\b"
    r"|you(?:(?:'|’)?ve| have) (?:reached|read|used)[^.!?]{0,40}\bfree (?:articles?|stories)",
    re.IGNORECASE,
)
#: A line that quotes such words; and one that speaks to readers, as prose of so many words does not.
_QUOTATION = re.compile(r"“[^“”]*”|(?<!\S)\"[^\"]*\"|(?<![\w’])‘[^‘’]*’(?!\w)")
_ADDRESSING = re.compile(r"\b(?:you|your|our|us|we|please|this (?:article|story|content|page|report))\b", re.IGNORECASE)
_MIN_REPORT_WORDS = 10
_TAIL_CHARS = 100
#: Requests to subscribe may stand in several of the last lines, each of at most so many characters.
_LAST_LINES = 3
_MAX_REQUEST_CHARS = 150
#: A last line of so many words that ends within a sentence, or in no word at all, is cut off.
_MIN_CUT_WORDS = 3
#: Words that no sentence ends in, and words that short lines may end in (*What it looks for*).
_NEVER_LAST = frozenset(
    "a an and as because but dr gen his its mr mrs ms my or our prof rep sen than that the their was were whose"
    " with".split()
)
_SELDOM_LAST = frozenset(
    "am are be been by cannot could did do does for from had has have if into is may might must not of should to until"
    " upon will would i he she they we since".split()
)
_MIN_SELDOM_WORDS = 5
_STRANDING = re.compile(
    r"(?:what|which|who|whom|whose|where|when|how|why|things?|all)\b|.*\bto \w+(?: \w+)? for\Z", re.IGNORECASE
)
#: A last line of so many words, most of them in small letters, is prose: no headline, caption or item of a list.
_MIN_PROSE_WORDS = 20
_MIN_SHARE_SMALL = 0.6
_NO_PROSE = re.compile(
    r"\W*(?:photo|picture|image|video|credit|caption|copyright|©|\(c\)|by\b|reporting|editing|additional|edited"
    r"|contributors?|source|follow|read|sign up|subscribe|share|tags?|topics?|note|related|click|e-?mail|contact)"
    r"|.*(?:https?:|www\.|@|\||[/]\w+ photo|\b(?:pictured|left|right|centre|center|above|below)\b[,)]|photo|images\b)",
    re.IGNORECASE,
)
#: A quotation that nothing closes.
_OPEN_QUOTATION = re.compile(r"(?:“[^“”]*|(?<!\S)\"(?=\w)[^\"]*)[\w,]\Z")
#: A pointer to the rest on another page, which may itself be cut off.
_REST_ELSEWHERE = re.compile(
    r"(?:\A|\W)(?:read|see|view|continue reading) (?:(?:the|this|our|more of this|the rest of the) )?"
    r"(?:(?:full|whole|entire|complete|original|rest of the) )?(?:story|article|post|piece) (?:on|at|in|by|via)\Z",
    re.IGNORECASE,
)
_LAST_WORD = re.compile(r"(?<![\w’'@.-])[A-Za-z]+\Z")
#: A sentence without an end, after one that has one, in the last line.
_UNFINISHED = re.compile(r"[.!?][”\"’')]*\s+(?P<sentence>[“\"‘']?[A-Z][^.!?…]*[\w,])\Z")
_MIN_CLOSED = 2
_MAX_SHOWN_CHARS = 40
_CLOSED = re.compile(r"[.!?][”’\"')\]]*(?=\s|\Z)")


def repair_text(text: str) -> tuple[str, str]:
    r"""Repair a text, and say what was done and what looks wrong.

    Parameters
    ----------
    text
        The decoded text. A text that was repaired is not changed again.

    Returns
    -------
    tuple of str
        The text, and the findings; empty if there are none.

    Examples
    --------
    >>> repair_text("<p>The mayor didnâ€™t re-\nsign.</p>")
    ('The mayor didn’t resign.', 'HTML tags dropped; mojibake repaired; words broken at line ends joined (1)')
    """
    findings: list[str] = []
    if "\n" not in text.strip() and len(_ESCAPED_LINE_END.findall(text)) >= _MIN_ESCAPED:
        text = _ESCAPED_LINE_END.sub("\n", text)
        findings.append("escaped line ends decoded")
    repaired = _drop_markup(text)
    if repaired != text:
        findings.append("HTML tags dropped" if _has_tags(text) else "HTML entities decoded")
    text, repaired = repaired, _repair_mojibake(repaired)
    if repaired != text:
        findings.append("mojibake repaired")
    if _is_mojibake(repaired):
        findings.append("some mojibake is left")
    text, n_broken = _join_broken_words(repaired)
    if n_broken:
        findings.append(f"words broken at line ends joined ({n_broken})")
    if joined := _find_joined(text):
        findings.append(f"paragraphs may have run together ({', '.join(joined[:_MAX_NAMED])})")
    if cut := find_cut(text):
        findings.append(cut)
    return text, "; ".join(findings)


def repair_line(text: str) -> str:
    """Repair a line of metadata, such as a title, as the text is repaired."""
    return _repair_mojibake(_drop_markup(text)).strip()


def find_cut(text: str) -> str:
    """Return how the end of a text looks cut off; empty if it does not."""
    tail = text[-_TAIL_CHARS:].rstrip()
    if found := _CUT.search(tail):
        return f"it may be cut off: it ends in “{tail[found.start() :]}”"
    *others, last = [line.strip() for line in text.splitlines() if line.strip()] or [""]
    for line in [last, *others[:-_LAST_LINES:-1]] if others else []:
        if len(line) <= _MAX_REQUEST_CHARS and (limit := _find_limit(line)):
            return f"it may be cut off: it says “{limit[0]}”"
    begun = _UNFINISHED.search(last)
    is_begun = begun is not None and sum(map(str.islower, begun["sentence"].split())) >= _MIN_CUT_WORDS
    if is_begun or _REST_ELSEWHERE.search(last) or _ends_within_sentence(last, text):
        return f"it may be cut off: it ends in “{last[-_MAX_SHOWN_CHARS:]}”"
    return ""


def _find_limit(line: str) -> re.Match[str] | None:
    """Find what a line says to readers who must sign up; prose that quotes or reports such words does not say it."""
    unquoted = _QUOTATION.sub("", line)
    line = unquoted if len(unquoted.split()) >= _MIN_CUT_WORDS else line
    found = LIMIT.search(line)
    if not found or not line.endswith(".") or _ADDRESSING.search(line):
        return found
    sentence = re.split(r"[.?!:]\s", line[: found.start()])[-1]
    is_reported = len(sentence.split()) >= _MIN_CUT_WORDS and len(line.split()) >= _MIN_REPORT_WORDS
    return None if is_reported else found


def _ends_within_sentence(last: str, text: str) -> bool:
    """Return whether the last line of a text, whose sentences have ends, is prose without one."""
    words = last.split()
    if len(words) < _MIN_CUT_WORDS or len(_CLOSED.findall(text)) < _MIN_CLOSED:
        return False
    is_long = len(words) >= _MIN_PROSE_WORDS and sum(map(str.islower, words)) >= _MIN_SHARE_SMALL * len(words)
    if (is_long and last[-1].isalnum() and not _NO_PROSE.match(last)) or _OPEN_QUOTATION.search(last):
        return True
    found = _LAST_WORD.search(last)
    if not found:
        return last[-1] in "$£€(" or (last[-1] == "," and ",\n" not in text)
    if found[0].lower() in _NEVER_LAST:
        return True
    if found[0] in _SELDOM_LAST:
        return len(words) >= _MIN_SELDOM_WORDS and not _STRANDING.match(last)
    return not _is_word(found[0], text[: -len(found[0])])


def _is_word(word: str, text: str) -> bool:
    """Return whether a word is one of general English, or stands in a text as well.

    A name is no word of English; it is the beginning of a word only where the text has the rest (*Gove* of
    *Government*).
    """
    if word.lower() in _word_counts() or re.search(rf"\b{word}\b", text, re.IGNORECASE):
        return True
    return word[0].isupper() and not re.search(rf"\b{word}[a-z]", text, re.IGNORECASE)


def _has_tags(text: str) -> bool:
    """Return whether a text has tags of HTML: one that is closed, or two that need not be."""
    if "<" not in text:
        return False
    tags = [(slash, name.lower()) for slash, name in _TAG.findall(text) if name.lower() in _BLOCK_TAGS | _INLINE_TAGS]
    opened = {name for slash, name in tags if not slash}
    n_lone = sum(name in _LONE_TAGS for _, name in tags)
    is_empty = any(tag[0].endswith("/>") and tag[2].lower() in _LONE_TAGS for tag in _TAG.finditer(text))
    return is_empty or n_lone > 1 or any(slash and name in opened for slash, name in tags)


def _drop_markup(text: str) -> str:
    """Drop the tags and decode the entities of a text, also where they were escaped twice."""
    for _ in range(_MAX_ROUNDS):
        if _has_tags(text):
            parser = _TextOfMarkup()
            parser.feed(drop_note_marks(text))
            parser.close()
            repaired = parser.text
        elif "&" in text and ";" in text:
            from ftfy.fixes import unescape_html

            repaired = unescape_html(text)
        else:
            return text
        if repaired == text:
            break
        text = repaired
    return text


def drop_note_marks(markup: str) -> str:
    """Drop the superscripts of HTML that are marks of notes; a power, and the number of an isotope, are kept.

    Examples
    --------
    >>> drop_note_marks("It covers 5 km<sup>2</sup>, she said.<sup>2</sup>")
    'It covers 5 km<sup>2</sup>, she said.'
    """

    def drop(found: re.Match[str]) -> str:
        mark = _NOTE_MARK.fullmatch(unescape(_ANY_TAG.sub("", found["inside"])).strip())
        if not mark:
            return found[0]
        before = unescape(_ANY_TAG.sub("", markup[max(0, found.start() - _CONTEXT_CHARS) : found.start()]))
        is_number = mark["figures"] and (_BASE.search(before) or markup[found.end() :][:1].isalnum())
        return found[0] if is_number else ""

    return _SUPERSCRIPT.sub(drop, markup)


class _TextOfMarkup(HTMLParser):
    """The text of a fragment of HTML: a blank line between its blocks, a line end for each ``br``."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - as its base
        if tag in _HIDDEN_TAGS:
            self._hidden.append(tag)
        elif tag == "br":
            self._parts.append("\n")
        elif tag in _BLOCK_TAGS:
            self._parts.append(_BREAK)
        elif tag not in _INLINE_TAGS:
            self._parts.append(self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _HIDDEN_TAGS:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            del self._hidden[self._hidden.index(tag) :]
        elif tag in _BLOCK_TAGS:
            self._parts.append(_BREAK)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._parts.append(data)

    @property
    def text(self) -> str:
        return re.sub(rf"\s*{_BREAK}[\s{_BREAK}]*", "\n\n", "".join(self._parts)).strip()


def _repair_mojibake(text: str) -> str:
    """Decode again what was decoded in another encoding than it was written in: line by line, then word by word.

    Only what a person pasted may be wrong, and one wrong word may be in a line of good ones.
    """
    if not _is_mojibake(text):
        return text
    lines = map(_decode_again, text.splitlines(keepends=True))
    return "".join(part if part.isspace() else _decode_again(part) for part in re.split(r"(\s+)", "".join(lines)))


def _is_mojibake(text: str) -> bool:
    if text.isascii():
        return False
    from ftfy.badness import is_bad

    return bool(is_bad(text))


def _decode_again(text: str) -> str:
    """Decode again, more than once if need be, for as long as it leaves less that looks wrong."""
    if not _is_mojibake(text):
        return text
    from ftfy import TextFixerConfig, fix_encoding
    from ftfy.badness import badness

    for _ in range(_MAX_ROUNDS):
        whole = _SPLIT_MARK.sub(lambda mark: _WHOLE_MARKS[mark[0]], normalize("NFC", text).translate(_C1_CONTROLS))
        repaired = fix_encoding(_HALF_QUOTE.sub("”", whole), TextFixerConfig(unescape_html=False))
        if badness(repaired) >= badness(text):
            break
        text = repaired
    return text


def _join_broken_words(text: str) -> tuple[str, int]:
    """Join words broken at line ends, and the lines that they were broken over; count the words."""
    if not _BROKEN.search(text):
        return text, 0
    written = Counter(_WRITTEN.findall(_plain(text)))
    n_joined = 0

    def join(broken: re.Match[str]) -> str:
        nonlocal n_joined
        first, mark, rest = broken.groups()
        is_soft = mark == "\xad"
        n_joined += 1
        if not is_soft and rest.lower() in _SUSPENDED:
            return f"{first}{mark} {rest}"
        return first + (mark if not is_soft and _keeps_hyphen(first, rest, written) else "") + rest

    parts, end = [], 0
    for lines, is_wrapped in find_blocks(text):
        block = text[lines[0][0] : lines[-1][1]]
        if _BROKEN.search(block):
            parts.append(text[end : lines[0][0]])
            block = _BROKEN.sub(join, block)
            # The lines of a paragraph would no longer be of one width.
            parts.append(re.sub(r"\s*[\r\n]+\s*", " ", block) if is_wrapped else block)
            end = lines[-1][1]
    return "".join([*parts, text[end:]]), n_joined


def _keeps_hyphen(first: str, rest: str, written: Counter[str]) -> bool:
    """Return whether the hyphen at a line end is the word’s own, as in *long-term*."""
    whole = first + rest
    if rest[0].isupper() or first.isdecimal() or (first.isupper() and len(first) > 1):
        return True
    n_hyphenated, n_whole = written[_plain(f"{first}-{rest}")], written[_plain(whole)]
    if n_hyphenated or n_whole:
        return n_hyphenated > n_whole
    if _plain(whole) in _inflected_words() and _plain(first) not in _prefixes():  # *footbridge*
        return False
    whole_count, *part_counts = (_word_counts().get(_plain(word), 0) for word in (whole, first, rest))
    return whole_count < _MIN_SHARE_OF_PART * min(part_counts) or (not whole_count and all(part_counts))


def _plain(text: str) -> str:
    """Return a text in lower case, without the ligatures of PDFs (*ﬁrst*)."""
    return normalize("NFKC", text).lower()


@cache
def _word_counts() -> dict[str, int]:
    """Return how often each word of general English occurs in a billion."""
    rows = gzip.decompress(resources.data().read_bytes("word_frequencies.tsv.gz")).decode().splitlines()[1:]
    return {word: int(count or 0) for word, count, *_ in (row.split("\t") for row in rows)}


@cache
def _inflected_words() -> frozenset[str]:
    """Return rarer words as well, names aside, in all their forms."""
    lines = gzip.decompress(resources.data().read_bytes("inflections.csv.gz")).decode().splitlines()
    return frozenset(form for line in lines for form in re.split("[,/]", line) if form.islower())


@cache
def _prefixes() -> frozenset[str]:
    return frozenset(resources.data().read_word_lists("tokeniser.tsv")["prefixes"])


@cache
def _beginnings() -> frozenset[str]:
    return frozenset(resources.data().read_lines("paragraph_beginnings.txt"))


def _find_joined(text: str) -> list[str]:
    """Return words in which paragraphs may have run together; none unless one ends in a word that begins a line."""
    found = [
        (match[0], match["second"]) for pattern in (_JOINED, _JOINED_SENTENCES) for match in pattern.finditer(text)
    ]
    if not any(second in _beginnings() for _, second in found):
        return []
    return list(dict.fromkeys(word for word, second in sorted(found, key=lambda one: one[1] not in _beginnings())))
