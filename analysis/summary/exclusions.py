"""What is no sentence of a summary: titles, datelines, by-lines, captions, boilerplate, fragments."""

from __future__ import annotations

import re

import pandas as pd

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


_DATELINE = _any(
    # Cairo, Monday 29 September 2014
    rf"(?:[A-Z][\w.’' -]*,\s*)*(?:\w+day,?\s+)?"
    rf"(?:{MONTH}\s+\d{{1,2}}|\d{{1,2}}\s+{MONTH})(?:,?\s+\d{{4}})?[\s.,:;|–—-]*",
    r"(?:Published|Updated|Posted|Last modified|PUBLISHED|UPDATED)\b.*\d.*",
    # CAIRO (Reuters) -
    r"[A-Z]{3,}[A-Z ,.]*\s*(?:\([\w /]+\))?\s*[–—-]?\s*",
)
_BYLINE = _any(
    r"(?:By|BY|Written by|Story by)\s+[A-Z][^.!?]{0,80}\.?",
    r"\(?(?:Additional\s+|With\s+)?(?:[Rr]eporting|[Ee]diting|[Ww]riting)\s+by\s.*",
    r".{0,80}contributed (?:to|reporting).{0,60}",
    r"[A-Z][\w.]+ [A-Z][\w.]+,? (?:for|reports|correspondent)\b.{0,30}",
)
_CAPTION = _any(
    r"(?:[A-Z][\w-]* )?(?i:photo|photograph|image|picture|video|file|credit)s?\s*(?:by\b|[:/|©]).*",
    r"(?:Pictured|Above|Left|Right|Top|Below)\s*(?:\([^)]*\))?\s*:.*",
    r"Scroll down for .*",
    r".*\((?:AP|Reuters|AFP|Getty|EPA|File)\b[^)]*(?:[Pp]hoto|[Ii]mages?|/[A-Z])[^)]*\).*",
    r".*\bGetty Images\b.*",
)
_BOILERPLATE = _any(
    r".*(?:[Aa]ll rights reserved|©|\bCopyright \d|may not be (?:published|reproduced|broadcast)).*",
    r".*(?i:click here|sign up (?:for|to) (?:our|the)|subscribe (?:to our|now|here)|continue reading|share this).*",
    r".*[Ff]ollow (?:us|@|\w+ on (?:Twitter|Facebook)).*",
    r".*[Ff]or confidential support.*",
    r".*[Ee]-?mail (?:us|to a friend|the (?:author|editor|reporter)).*",
    r"\W*(?:CNN\W*)?Editor's note.*",
    r"This (?:article|story|material|report) (?:was|is|has been|may|first)\b.*",
    r"(?i:read more|see also|related|advertisement|sources?|external links?|comments?)\b[^.]{0,60}",
    r"(?:https?://|www\.)\S+\s*",
)


def excluded(sentences: pd.DataFrame, tokens: pd.DataFrame) -> pd.Series:
    """Say of each sentence of one article why it is none of a summary; empty where it may be.

    Parameters
    ----------
    sentences
        The sentences of one article with sentence, text, is_title.
    tokens
        Its tokens with sentence, upos, is_word.

    Returns
    -------
    Series of str
        title, dateline, by-line, caption, boilerplate, fragment (one word, or at most eight without a verb),
        beyond the first 5,000, or empty. A text of fragments alone (verse, a list) keeps them.

    Examples
    --------
    >>> sentences = pd.DataFrame({
    ...     "sentence": [0, 1, 2, 3], "text": ["Fog shuts port", "By Ann Lee", "Fog shut the port.", "© 2014 Echo"],
    ...     "is_title": [True, False, False, False]})
    >>> tokens = pd.DataFrame({
    ...     "sentence": [0] * 3 + [1] * 3 + [2] * 5 + [3] * 3, "is_word": True,
    ...     "upos": "NOUN VERB NOUN ADP PROPN PROPN NOUN VERB DET NOUN PUNCT X X X".split()})
    >>> excluded(sentences, tokens).tolist()
    ['title', 'by-line', '', 'boilerplate']
    """
    n_words = tokens[tokens["is_word"]].groupby("sentence").size()
    with_verb = set(tokens.loc[tokens["upos"].isin(["VERB", "AUX"]), "sentence"])
    titles = {_bare(text) for text in sentences.loc[sentences["is_title"].astype(bool), "text"]}
    reasons = []
    for place, (sentence, text) in enumerate(zip(sentences["sentence"], sentences["text"], strict=True)):
        if _bare(text) in titles:
            reasons.append("title")
        elif place >= MAX_SENTENCES:
            reasons.append(f"beyond the first {MAX_SENTENCES:,}")
        else:
            reasons.append(_reason(text.strip(), int(n_words.get(sentence, 0)), has_verb=sentence in with_verb))
    found = pd.Series(reasons, index=sentences.index, dtype="str")
    return found if (found == "").any() else found.where(found != "fragment", "")


def _reason(text: str, n_words: int, *, has_verb: bool) -> str:
    if _DATELINE.fullmatch(text):
        return "dateline"
    if _BYLINE.fullmatch(text) and (not has_verb or n_words <= _MAX_BYLINE_WORDS):
        return "by-line"
    if _CAPTION.fullmatch(text):
        return "caption"
    if _BOILERPLATE.fullmatch(text):
        return "boilerplate"
    if n_words < _MIN_WORDS or (n_words <= _MAX_FRAGMENT_WORDS and not has_verb):
        return "fragment"
    return ""


def _bare(text: str) -> str:
    """Give a text's words without case and marks: a headline is often repeated with other marks."""
    return " ".join(re.findall(r"\w+", text.casefold()))
