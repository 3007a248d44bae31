"""What is no sentence of a summary: titles, datelines, by-lines, captions, boilerplate, fragments."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Sentences of one article that are scored; those after them are listed without a score.
MAX_SENTENCES = 5000

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


def excluded(sentence: dict[str, NDArray], token: dict[str, NDArray]) -> NDArray[np.str_]:
    """Say of each sentence of one article why it is none of a summary; empty where it may be.

    Parameters
    ----------
    sentence
        Columns of the sentences of one article: sentence, text, is_title.
    token
        Columns of its tokens: sentence, upos, is_word.

    Returns
    -------
    ndarray of str
        title, dateline, by-line, caption, boilerplate, fragment (one word, or at most eight without a verb), beyond the
        first 5,000, or empty. A text of fragments alone (verse, a list) keeps them.

    Examples
    --------
    >>> lines = ["Fog shuts port", "By Ann Lee", "Fog shut the port.", "© 2014 Echo"]
    >>> sentence = {"sentence": [0, 1, 2, 3], "text": lines, "is_title": [True, False, False, False]}
    >>> token = {
    ...     "sentence": [0] * 3 + [1] * 3 + [2] * 5 + [3] * 3, "is_word": [True] * 14,
    ...     "upos": "NOUN VERB NOUN ADP PROPN PROPN NOUN VERB DET NOUN PUNCT X X X".split()}
    >>> excluded(sentence, token).tolist()
    ['title', 'by-line', '', 'boilerplate']
    """
    n_words: Counter[int] = Counter()
    with_verb = set()
    for number, upos, is_word in zip(token["sentence"], token["upos"], token["is_word"], strict=True):
        n_words[number] += bool(is_word)
        if upos in {"VERB", "AUX"}:
            with_verb.add(number)
    titles = {_bare(text) for text, is_title in zip(sentence["text"], sentence["is_title"], strict=True) if is_title}
    reasons = []
    for place, (number, text) in enumerate(zip(sentence["sentence"], sentence["text"], strict=True)):
        if titles and _bare(text) in titles:
            reasons.append("title")
        elif place >= MAX_SENTENCES:
            reasons.append(f"beyond the first {MAX_SENTENCES:,}")
        else:
            reasons.append(_reason(text.strip(), n_words[number], has_verb=number in with_verb))
    _after_a_heading(sentence["text"], n_words, sentence["sentence"], reasons)
    # Where a scraper closed with a spaced full stop each line that had no end mark, those lines are captions and heads.
    closed = [i for i, text in enumerate(sentence["text"]) if not reasons[i] and text.rstrip().endswith(" .")]
    if 2 * len(closed) < reasons.count(""):
        for i in closed:
            reasons[i] = "caption"
    found = np.array(reasons, dtype=object)
    return found if (found == "").any() else np.where(found == "fragment", "", found)


def _reason(text: str, n_words: int, *, has_verb: bool) -> str:
    if _DATELINE.fullmatch(text):
        return "dateline"
    if _BY_NAME.fullmatch(text):
        is_byline = not has_verb or _is_capitalised(text)
    else:
        is_byline = _BYLINE.fullmatch(text) and (not has_verb or n_words <= _MAX_BYLINE_WORDS)
    if is_byline:
        return "by-line"
    if _CAPTION.fullmatch(text):
        return "caption"
    if _BOILERPLATE.fullmatch(text):
        return "boilerplate"
    if n_words < _MIN_WORDS or (n_words <= _MAX_FRAGMENT_WORDS and not has_verb):
        return "fragment"
    return ""


def _after_a_heading(texts: NDArray, n_words: Counter[int], numbers: NDArray, reasons: list[str]) -> None:
    """Exclude the names after a bare *By*, and an editor's note up to where the report opens (*(CNN) --*)."""
    for i, text in enumerate(texts[:-1]):
        after = i + 1
        if re.fullmatch(r"By[\s.:]*", text) and n_words[numbers[after]] <= _MAX_BYLINE_WORDS:
            reasons[after] = "by-line" if _is_capitalised(texts[after]) else reasons[after]
        elif _NOTE.fullmatch(text):
            reasons[i] = "boilerplate"
            ahead = range(after, min(after + _MAX_NOTE_SENTENCES, len(texts)))
            opens = next((j for j in ahead if _REPORT_OPENS.match(texts[j])), after)
            reasons[after:opens] = ["boilerplate"] * (opens - after)


def _is_capitalised(text: str) -> bool:
    """Say whether most words of a text have a capital, as in a list of names."""
    capitals = [word[0].isupper() for word in re.findall(r"\w+", text)]
    return 2 * sum(capitals) > len(capitals)


def _bare(text: str) -> str:
    """Give a text's words without case and marks: a headline is often repeated with other marks."""
    return " ".join(re.findall(r"\w+", text.casefold()))
