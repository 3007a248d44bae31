"""What each sentence is in the make-up of its article: title, dateline, byline, caption, boilerplate, item or body."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: A month's name, whole or short.
MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)

_MAX_FRAGMENT_WORDS = 8
_MAX_BYLINE_WORDS = 16
_MIN_WORDS = 2


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.DOTALL)


_TIME = r"\d{1,2}[:.]\d\d"
_DAY = rf"(?:{MONTH}\s+\d{{1,2}}|\d{{1,2}}(?:st|nd|rd|th)?\s+{MONTH})"
_STAMP = r"(?i:published|(?:last\s+)?updated|posted|last\s+modified)"
_DATELINE = _any(
    # Cairo, Monday 29 September 2014
    rf"(?:[A-Z][\w.’' -]*,\s*)*(?:\w+day,?\s+)?"
    rf"{_DAY}(?:,?\s+\d{{4}})?[\s.,:;|–—-]*",
    # PUBLISHED: . | Last updated at 1:11 AM on 15th June 2011
    rf"{_STAMP}[\s.:|]*",
    rf"{_STAMP}\W+(?:(?:on|at)\s+)?(?:\w+day,?\s+)?(?:{_TIME}|{_DAY}|\d{{4}}-|\d{{1,2}}/).{{0,60}}",
    # 10:23 EST, 5 March 2014 . | .
    rf"{_TIME}\b.{{0,12}}\b{_DAY}.{{0,15}}",
    # CAIRO (Reuters) -
    r"[A-Z]{3,}[A-Z ,.]*(?:\([\w /]+\)\s*[–—-]*|[–—-]+)\s*",
)
_BYLINE = _any(
    r"By[\s.:]*",
    r"\(?(?:Additional\s+|With\s+)?(?:[Rr]eporting|[Ee]diting|[Ww]riting)\s+by\s.*",
    r".{0,40}\b(?:writer|reporter|correspondent|producer|staff)s?\b.{0,80} contributed\b.{0,40}",
    r".{0,80}contributed (?:to (?:this|the) (?:report|story|article)|reporting)\b.{0,60}",
    r"(?:[A-Z]+['’]s )?[A-Z][\w.]+ [A-Z][\w.]+,? (?:for|reports|correspondent)\b.{0,30}",
)
_BY_NAME = _any(r"(?:By|BY|Written by|Story by)\s+[A-Z][^.!?]{0,80}[\s.]*")
_CAPTION = _any(
    r"(?:[A-Z][\w-]* )?(?i:photo|photograph|image|picture|video|file|credit)s?\s*(?:(?-i:by [A-Z])|[:/|©]).*",
    r"(?:Pictured|Above|Left|Right|Top|Below)\s*(?:\([^)]*\))?\s*:.*",
    r"(?i:scroll down (?:for|to)\b.*)",
    r"[A-Z][\w'’ ,-]{2,40}: .*\((?:pictured|above|below|left|right|centre|center|inset)\b[^)]*\).*",
    r".*\((?:AP|Reuters|AFP|Getty|EPA|File)\b[^)]*(?:[Pp]hoto|[Ii]mages?|/[A-Z])[^)]*\).*",
    r".*\bGetty Images\b.*",
)
_BOILERPLATE = _any(
    r".*(?:[Aa]ll rights reserved|©|\bCopyright \d|may not be (?:published|reproduced|broadcast)).*",
    r".*(?i:click here|sign up (?:for|to) (?:our|the)|subscribe (?:to our|now|here)|continue reading).*",
    r"(?i:share this (?:article|story|page|post|video)\b.*)",
    r".*[Ff]ollow (?:@|us (?:on|@)).*",
    r"(?:You can )?[Ff]ollow .{1,40} on (?:Twitter|Facebook|Instagram).*",
    r"(?:Like|Find|Join|Tweet) us (?:on|at|@).*",
    r"Join the conversation\b.*",
    r".*(?:[Ff]or confidential (?:support|help)|[Ss]amaritans(?:\.org| on \d)).*",
    r".*[Ee]-?mail (?:us|to a friend|the (?:author|editor|reporter)|\S+@\S+).*",
    r"For more (?:information|details|news|stories|on\b).*",
    r"(?:Watch|See|View|Read|Hear|Learn|Explore)\b.*»\W*",
    r"(?:The )?(?:views|opinions) expressed\b.*",
    r"This (?:article|story|material|report) (?:was|is|has been|may|first)\s+(?:not be|originally|first|part of|"
    r"based on|published|produced|reported|updated|corrected|amended|appeared)\b.*",
    r"(?i:read more|see also|advertisement)\b[^.]{0,60}\W*",
    r"(?i:related|sources?|external links?|comments?)\b[^.]{0,60}",
    r"(?:https?://|www\.)\S+\s*",
)

_NOTE = _any(r"\W*(?:CNN\W*)?(?:Editor['’]s|EDITOR['’]S) (?:[Nn]ote|NOTE).*")
_REPORT_OPENS = re.compile(r"(?:[A-Z][\w.’' ,-]{1,40}\s)?\((?:CNN|AP|AFP|Reuters|REUTERS|IPS|Xinhua)\b[^)]{0,20}\)")
_MAX_NOTE_SENTENCES = 6


def find_roles(
    texts: Sequence[str], in_title: Sequence[bool], n_words: Sequence[int], has_verb: Sequence[bool]
) -> list[str]:
    """Return the role of each sentence of one article, one of :data:`analysis.tables.ROLES`.

    Parameters
    ----------
    texts
        The text of each sentence, in order.
    in_title
        Whether it overlaps the title. A sentence that repeats the title is a title as well.
    n_words
        Its tokens that have a letter or a digit.
    has_verb
        Whether one of them is a verb or an auxiliary.

    Notes
    -----
    An item has one word, or at most eight without a verb. In a text of items alone (verse, a list) they are its body.

    Examples
    --------
    >>> lines = ["Fog shuts port", "By Ann Lee", "Fog shut the port.", "© 2014 Echo"]
    >>> find_roles(lines, [True, False, False, False], [3, 3, 4, 2], [True, False, True, False])
    ['title', 'byline', 'body', 'boilerplate']
    """
    titles = {_bare(text) for text, is_title in zip(texts, in_title, strict=True) if is_title}
    roles = [
        "title" if titles and _bare(text) in titles else _role(text.strip(), n, has_verb=verb)
        for text, n, verb in zip(texts, n_words, has_verb, strict=True)
    ]
    _after_a_heading(texts, n_words, roles)
    # Where a scraper closed with a spaced full stop each line that had no end mark, those lines are captions and heads.
    closed = [i for i, text in enumerate(texts) if roles[i] == "body" and text.rstrip().endswith(" .")]
    if 2 * len(closed) < roles.count("body"):
        for i in closed:
            roles[i] = "caption"
    return roles if "body" in roles else ["body" if role == "item" else role for role in roles]


def _role(text: str, n_words: int, *, has_verb: bool) -> str:
    if _DATELINE.fullmatch(text):
        return "dateline"
    if _BY_NAME.fullmatch(text):
        is_byline = not has_verb or _is_capitalised(text)
    else:
        is_byline = _BYLINE.fullmatch(text) and (not has_verb or n_words <= _MAX_BYLINE_WORDS)
    if is_byline:
        return "byline"
    if _CAPTION.fullmatch(text):
        return "caption"
    if _BOILERPLATE.fullmatch(text):
        return "boilerplate"
    if n_words < _MIN_WORDS or (n_words <= _MAX_FRAGMENT_WORDS and not has_verb):
        return "item"
    return "body"


def _after_a_heading(texts: Sequence[str], n_words: Sequence[int], roles: list[str]) -> None:
    """Mark the names after a bare *By*, and an editor's note up to where the report opens (*(CNN) --*)."""
    for i, text in enumerate(texts[:-1]):
        after = i + 1
        if re.fullmatch(r"By[\s.:]*", text) and n_words[after] <= _MAX_BYLINE_WORDS:
            roles[after] = "byline" if _is_capitalised(texts[after]) else roles[after]
        elif _NOTE.fullmatch(text):
            roles[i] = "boilerplate"
            ahead = range(after, min(after + _MAX_NOTE_SENTENCES, len(texts)))
            opens = next((j for j in ahead if _REPORT_OPENS.match(texts[j])), after)
            roles[after:opens] = ["boilerplate"] * (opens - after)


def _is_capitalised(text: str) -> bool:
    """Say whether most words of a text have a capital, as in a list of names."""
    capitals = [word[0].isupper() for word in re.findall(r"\w+", text)]
    return 2 * sum(capitals) > len(capitals)


def _bare(text: str) -> str:
    """Give a text's words without case and marks: a headline is often repeated with other marks."""
    return " ".join(re.findall(r"\w+", text.casefold()))
