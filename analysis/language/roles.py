"""The role of each sentence in the make-up of its article: such as title, byline, caption or body.

The patterns are those of ``data/roles.tsv``, each of a *rule*. Most rules are named after the role that they give. Four
are rules and not roles: ``named-byline`` (by a capitalised name: a byline if it has no verb or most words have a
capital), ``bare-byline`` (*By* alone: a byline, and so is the name after it), ``editors-note`` (boilerplate, up to the
start of the report) and ``report-start`` (where such a note ends).
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from analysis import resources

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["find_roles"]

#: A sentence without a verb and of at most this many words is an item, as is one of a single word.
_MAX_ITEM_WORDS = 8
_MIN_WORDS = 2
#: A byline with a verb (*contributed*) has at most this many words.
_MAX_BYLINE_WORDS = 16
#: An editor's note has at most this many sentences.
_MAX_NOTE_SENTENCES = 6

_WORD = re.compile(r"\w+")


class _Rules(NamedTuple):
    """The compiled patterns.

    Attributes
    ----------
    start
        For each rule, the alternation of its patterns that match from the start of a sentence and have no needle.
    any_start
        The alternation of all of those.
    needles
        The other patterns: the case-folded text that a sentence must contain, the rule, and the pattern.
    """

    start: dict[str, re.Pattern[str]]
    any_start: re.Pattern[str]
    needles: list[tuple[str, str, re.Pattern[str]]]

    def applying(self, texts: Sequence[str]) -> list[set[str]]:
        """Return for each sentence of an article the rules of which a pattern matches."""
        folded = [text.casefold() for text in texts]
        article = "\n".join(folded)
        needles = [each for each in self.needles if each[0] in article]
        found: list[set[str]] = []
        for text, own in zip(texts, folded, strict=True):
            rules = set()
            if self.any_start.match(text):
                rules = {rule for rule, pattern in self.start.items() if pattern.match(text)}
            for needle, rule, pattern in needles:
                if needle in own and pattern.search(text):
                    rules.add(rule)
            found.append(rules)
        return found


@cache
def _rules() -> _Rules:
    """Read and compile ``data/roles.tsv``."""
    fragments = {"{month}": resources.data().abbreviable_pattern("months.txt")}
    start: dict[str, list[str]] = {}
    needles = []
    for line in resources.data().read_lines("roles.tsv"):
        rule, where, pattern, *needle = line.split("\t")
        for name, fragment in fragments.items():
            pattern = pattern.replace(name, fragment)
        if where == "fragment":
            fragments[rule] = pattern
            continue
        if where != "anywhere":
            pattern = rf"\A(?:{pattern})\Z" if where == "whole" else rf"\A(?:{pattern})"
        if needle:
            needles.append((needle[0], rule, re.compile(pattern, re.DOTALL)))
        else:
            start.setdefault(rule, []).append(pattern)
    alternations = {rule: "|".join(patterns) for rule, patterns in start.items()}
    compiled = {rule: re.compile(pattern, re.DOTALL) for rule, pattern in alternations.items()}
    return _Rules(compiled, re.compile("|".join(alternations.values()), re.DOTALL), needles)


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
    texts = [text.strip() for text in texts]
    applying = _rules().applying(texts)
    roles = list(map(_role, texts, n_words, has_verb, applying))
    titles = {_headline_key(text) for text, is_title in zip(texts, in_title, strict=True) if is_title}
    title_starts = {title.partition(" ")[0] for title in titles}
    for row, text in enumerate(texts):
        # Only a sentence that begins like a title is compared with it as a whole, which takes longer.
        if titles and _first_word(text) in title_starts and _headline_key(text) in titles:
            roles[row] = "title"
    _extend_to_next(texts, n_words, roles, applying)
    # Some scrapers end every line that has no end mark with a spaced full stop: such lines are captions and headings.
    closed = [row for row, text in enumerate(texts) if roles[row] == "body" and text.endswith(" .")]
    if 2 * len(closed) < roles.count("body"):
        for row in closed:
            roles[row] = "caption"
    return roles if "body" in roles else ["body" if role == "item" else role for role in roles]


def _role(text: str, n_words: int, has_verb: bool, applying: set[str]) -> str:  # noqa: FBT001 - mapped over columns
    """Return the role of a sentence by itself, by the rules that apply to it."""
    if applying:
        if "dateline" in applying:
            return "dateline"
        if "named-byline" in applying:
            is_byline = not has_verb or _is_capitalised(text)
        else:
            is_byline = "byline" in applying and (not has_verb or n_words <= _MAX_BYLINE_WORDS)
        if is_byline or "bare-byline" in applying:
            return "byline"
        for role in ("credit", "caption", "boilerplate"):
            if role in applying:
                return role
    is_item = n_words < _MIN_WORDS or (n_words <= _MAX_ITEM_WORDS and not has_verb)
    return "item" if is_item else "body"


def _extend_to_next(
    texts: Sequence[str], n_words: Sequence[int], roles: list[str], applying: Sequence[set[str]]
) -> None:
    """Extend a bare *By* to the names after it, and an editor's note to where the report begins, in place."""
    for row, rules in enumerate(applying[:-1]):
        after = row + 1
        if "bare-byline" in rules and n_words[after] <= _MAX_BYLINE_WORDS:
            roles[after] = "byline" if _is_capitalised(texts[after]) else roles[after]
        elif "editors-note" in rules:
            roles[row] = "boilerplate"
            ahead = range(after, min(after + _MAX_NOTE_SENTENCES, len(texts)))
            begin = next((other for other in ahead if "report-start" in applying[other]), after)
            roles[after:begin] = ["boilerplate"] * (begin - after)


def _is_capitalised(text: str) -> bool:
    """Return whether most words of a text have a capital, as in a list of names."""
    words = _WORD.findall(text)
    n_capitalised = sum(1 for word in words if word[0].isupper())
    return 2 * n_capitalised > len(words)


def _headline_key(text: str) -> str:
    """Return the words of a text without case and marks, by which a repeated headline is recognised."""
    return " ".join(_WORD.findall(text.casefold()))


def _first_word(text: str) -> str:
    """Return the first word of what :func:`_headline_key` returns."""
    word = _WORD.search(text.casefold())
    return word.group() if word else ""
