"""The role of each sentence in the make-up of its article: such as title, byline, caption or body.

The patterns are those of ``data/roles.tsv``.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from analysis import resources

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["find_roles"]

#: A sentence without a verb and of at most so many words is an item, as is one of a single word.
_MAX_ITEM_WORDS = 8
_MIN_WORDS = 2
#: A byline with a verb (*contributed*) has at most so many words.
_MAX_BYLINE_WORDS = 16
#: An editor's note has at most so many sentences.
_MAX_NOTE_SENTENCES = 6

_WORD = re.compile(r"\w+")


class _Rule(NamedTuple):
    """The patterns of one rule.

    Attributes
    ----------
    start
        The alternation of those that match from the start of a sentence.
    anywhere
        The others, each with the text in lower case that must be in the sentence.
    """

    start: re.Pattern[str]
    anywhere: tuple[tuple[str, re.Pattern[str]], ...]

    def applies(self, text: str, folded: str) -> bool:
        """Return whether one of the patterns matches a sentence, given as it is and case-folded."""
        if self.start.match(text):
            return True
        for needle, pattern in self.anywhere:  # noqa: SIM110 - any() takes twice as long
            if needle in folded and pattern.search(text):
                return True
        return False


@cache
def _rules() -> dict[str, _Rule]:
    """Read and compile ``data/roles.tsv``."""
    fragments = {"{month}": _month_pattern()}
    start: dict[str, list[str]] = {}
    anywhere: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for line in resources.data().read_lines("roles.tsv"):
        rule, where, pattern, *needle = line.split("\t")
        for name, fragment in fragments.items():
            pattern = pattern.replace(name, fragment)
        if where == "fragment":
            fragments[rule] = pattern
        elif where == "anywhere":
            anywhere.setdefault(rule, []).append(("".join(needle), re.compile(pattern, re.DOTALL)))
        else:
            start.setdefault(rule, []).append(rf"(?:{pattern})\Z" if where == "whole" else f"(?:{pattern})")
    return {
        rule: _Rule(re.compile("|".join(patterns), re.DOTALL), tuple(anywhere.get(rule, ())))
        for rule, patterns in start.items()
    }


def _month_pattern() -> str:
    """Return the pattern of a month, in full or abbreviated, of ``data/months.txt``."""
    months = resources.data().read_word_lists("months.txt")
    abbreviations = [abbreviation for own in months.values() for abbreviation in own]
    return rf"(?:{'|'.join(months)}|(?:{'|'.join(abbreviations)})\b\.?)"


def find_roles(
    texts: Sequence[str], in_title: Sequence[bool], n_words: Sequence[int], has_verb: Sequence[bool]
) -> list[str]:
    """Return the role of each sentence of one article, one of :data:`analysis.tables.ROLES`.

    Parameters
    ----------
    texts
        The text of each sentence, in order.
    in_title
        Whether it overlaps the title.
    n_words
        Its tokens that have a letter or a digit.
    has_verb
        Whether one of them is a verb or an auxiliary.

    Notes
    -----
    A sentence that repeats the title is a title too. An item has one word, or at most eight without a verb. In a text
    that consists of items (verse, a list) they are its body.

    Examples
    --------
    >>> lines = ["Fog shuts port", "By Ann Lee", "Fog shut the port.", "Photo: Bo Ray", "© 2014 Echo"]
    >>> find_roles(lines, [True, False, False, False, False], [3, 3, 4, 3, 2], [True, False, True, False, False])
    ['title', 'byline', 'body', 'credit', 'boilerplate']
    """
    rules = _rules()
    titles = {_title_key(text) for text, is_title in zip(texts, in_title, strict=True) if is_title}
    roles = [
        "title" if titles and _title_key(text) in titles else _role(text.strip(), n, rules, has_verb=verb)
        for text, n, verb in zip(texts, n_words, has_verb, strict=True)
    ]
    _extend_to_next(texts, n_words, roles, rules)
    # Some scrapers end every line that has no end mark with a spaced full stop: such lines are captions and headings.
    closed = [row for row, text in enumerate(texts) if roles[row] == "body" and text.rstrip().endswith(" .")]
    if 2 * len(closed) < roles.count("body"):
        for row in closed:
            roles[row] = "caption"
    return roles if "body" in roles else ["body" if role == "item" else role for role in roles]


def _role(text: str, n_words: int, rules: dict[str, _Rule], *, has_verb: bool) -> str:
    """Return the role of a sentence by itself."""
    folded = text.casefold()
    if rules["dateline"].applies(text, folded):
        return "dateline"
    if rules["named-byline"].applies(text, folded):
        is_byline = not has_verb or _is_capitalised(text)
    else:
        is_byline = rules["bare-byline"].applies(text, folded) or (
            rules["byline"].applies(text, folded) and (not has_verb or n_words <= _MAX_BYLINE_WORDS)
        )
    if is_byline:
        return "byline"
    for role in ("credit", "caption", "boilerplate"):
        if rules[role].applies(text, folded):
            return role
    if n_words < _MIN_WORDS or (n_words <= _MAX_ITEM_WORDS and not has_verb):
        return "item"
    return "body"


def _extend_to_next(texts: Sequence[str], n_words: Sequence[int], roles: list[str], rules: dict[str, _Rule]) -> None:
    """Extend a bare *By* to the names after it, and an editor's note to where the report begins, in place."""
    bare_byline, note, report = (rules[name].start for name in ("bare-byline", "editors-note", "report-start"))
    for row, text in enumerate(texts[:-1]):
        after = row + 1
        if bare_byline.match(text) and n_words[after] <= _MAX_BYLINE_WORDS:
            roles[after] = "byline" if _is_capitalised(texts[after]) else roles[after]
        elif note.match(text):
            roles[row] = "boilerplate"
            ahead = range(after, min(after + _MAX_NOTE_SENTENCES, len(texts)))
            begin = next((other for other in ahead if report.match(texts[other])), after)
            roles[after:begin] = ["boilerplate"] * (begin - after)


def _is_capitalised(text: str) -> bool:
    """Return whether most words of a text have a capital, as in a list of names."""
    words = _WORD.findall(text)
    n_capitalised = sum(1 for word in words if word[0].isupper())
    return 2 * n_capitalised > len(words)


def _title_key(text: str) -> str:
    """Return the words of a text without case and marks, by which a repeated headline is recognised."""
    return " ".join(_WORD.findall(text.casefold()))
