"""The role of each sentence in the make-up of its article: such as title, byline, caption or body.

The patterns are those of ``data/roles.tsv``, each of a *rule*. Most rules are named after the role that they give.
Others are not: ``named-byline`` (a name and a mark of authorship: a byline if it has no verb or every word but *and*,
*in* and the like has a capital), ``bare-byline`` (*By* alone: a byline, and so is the name after it), ``request``
(boilerplate unless its paragraph goes on with body), ``question`` (boilerplate before a request), ``pointer``
(boilerplate, as are the headlines after it), ``editors-note`` (boilerplate, up to the start of the report),
``report-start`` (where such a note ends), ``release-end`` (boilerplate, as is all that follows), ``bio`` (who the
author is: boilerplate after a bullet, before how to reach the author, and below the body if that does not speak of the
person), ``note`` (goes on with the boilerplate before it), ``copyright`` (begins a paragraph of boilerplate),
``list-heading`` (the bullets below it are items) and
``stamped`` (a time and a headline: an item after a bullet, and where several blocks have one).
"""

from __future__ import annotations

import re
from functools import cache
from itertools import groupby, pairwise, takewhile
from typing import TYPE_CHECKING, NamedTuple

from analysis import resources
from analysis.article.dates import is_date_line
from analysis.article.headings import BULLET, is_section_label

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["find_roles"]

#: A sentence without a verb and of at most this many words is an item, as is one of a single word; but not one of at
#: least so many words that ends as prose does.
_MAX_ITEM_WORDS = 8
_MIN_WORDS = 2
_MIN_CLOSED_WORDS = 3
#: The names after a bare *By* are at most this many words.
_MAX_BYLINE_WORDS = 16
#: An editor's note has at most this many sentences.
_MAX_NOTE_SENTENCES = 6
#: A paragraph that ends in a credit is a caption if it has at most this many other sentences.
_MAX_CAPTION_SENTENCES = 2
#: What is looked for in lines alone is looked for in sentences with a verb of at most this many words.
_MAX_LINE_WORDS = 10
#: At most this many headlines of other articles follow a pointer to them, of at most so many words.
_MAX_HEADLINES = 5
_MAX_HEADLINE_WORDS = 16
_MAX_LABEL_CHARS = 80
#: A paragraph that begins with a line of copyright has at most so many sentences.
_MAX_COPYRIGHT_SENTENCES = 4
#: The times of day of an article's blocks, at the least, above which their headings stand.
_MIN_BLOCKS = 2
#: A list has at least so many bullets.
_MIN_BULLETS = 2
#: The author's name in a note about the author, at the most.
_MAX_NAME_WORDS = 3
_PROSE = frozenset(("body", "item"))
#: The rules of what a question to readers leads to.
_ASKING = frozenset(("request", "question", "boilerplate"))
#: A longer sentence is body: some patterns would take long on it.
_MAX_CHARS = 1000

_WORD = re.compile(r"\w+")
#: A word, or its part before the first hyphen: *Ji* of *Ji-won*.
_FIRST_PART = re.compile(r"\b(?<!\w-)\w+")
_LETTERS = re.compile(r"[^\W\d_]+")
_END = re.compile(r"[.!?…:;][”’\"')\]]*\Z")
_PIECE = re.compile(r"(?:(?<=\S)[.!?]|…)[”’\"')\]]*\Z")
_STOP = re.compile(r"(?<=\S)[.!?…][”’\"')\]]*\Z")
_TIME = re.compile(r"\d[:.]\d\d|\bago\b|\d\s?[ap]\.?m\b", re.IGNORECASE)
_QUOTE = re.compile(r"[“”\"«»]")
#: Words in small letters that a list of names may have.
_CONNECTIVES = frozenset(
    "and in for of the at from with to am pm de da del di du la le van von der bin bint al el y".split()
)


class _Pattern(NamedTuple):
    """A pattern, or the alternation of several patterns of one rule.

    Attributes
    ----------
    needle
        The words or mark that a sentence must contain, case-folded; empty if it need not contain any.
    where
        ``line`` if the sentence must be short or have no verb, ``verbless`` if it must have no verb.
    rule
        The rule.
    search
        Finds the pattern in a sentence.
    words
        The words of the needle.
    """

    needle: str
    where: str
    rule: str
    search: Callable[[str], re.Match[str] | None]
    words: frozenset[str]


class _Rules(NamedTuple):
    """What ``data/roles.tsv`` holds.

    Attributes
    ----------
    patterns
        The patterns.
    labels
        For each rule, the pattern of the words of one or several of its labels.
    first_words
        The words that labels begin with.
    """

    patterns: list[_Pattern]
    labels: dict[str, re.Pattern[str]]
    first_words: frozenset[str]

    def applying(self, texts: Sequence[str], n_words: Sequence[int], has_verb: Sequence[bool]) -> list[set[str]]:
        """Return for each sentence of an article the rules of which a pattern matches."""
        folded = [text.casefold() for text in texts]
        article = "\n".join(folded)
        words = set(_LETTERS.findall(article))
        patterns = [each for each in self.patterns if each.words <= words and each.needle in article]
        found: list[set[str]] = []
        for text, own, n, verb in zip(texts, folded, n_words, has_verb, strict=True):
            rules_of_labels = self._rules_of_labels(own)
            if rules_of_labels or len(text) > _MAX_CHARS:
                found.append(rules_of_labels)
                continue
            excluded = () if not verb else ("verbless",) if n <= _MAX_LINE_WORDS else ("verbless", "line")
            rules = {
                rule
                for needle, where, rule, search, _ in patterns
                if needle in own and where not in excluded and search(text)
            }
            found.append(rules or ({"dateline"} if is_date_line(text) else set()))
        return found

    def _rules_of_labels(self, folded: str) -> set[str]:
        """Return the rules of the labels of which a sentence consists; empty if it does not."""
        if len(folded) > _MAX_LABEL_CHARS or _QUOTE.search(folded):
            return set()
        words = _LETTERS.findall(folded)
        if not words or words[0] not in self.first_words:
            return set()
        key = " ".join(words)
        return {rule for rule, pattern in self.labels.items() if pattern.fullmatch(key)}


@cache
def _rules() -> _Rules:
    """Read ``data/roles.tsv``."""
    agencies = next(line for line in resources.data().read_lines("gazetteer.tsv") if line.startswith("agency\t"))
    listed = agencies.partition("\t")[2].split(" | ")
    names = dict.fromkeys([*listed, *map(str.upper, listed)])
    fragments = {
        "{month}": resources.data().abbreviable_pattern("months.txt"),
        "{agency}": rf"(?:{'|'.join(map(re.escape, names))})(?!\w)",
    }
    grouped: dict[tuple[str, str, str], list[str]] = {}
    labels: dict[str, list[str]] = {}
    for line in resources.data().read_lines("roles.tsv"):
        rule, where, pattern, *needles = line.split("\t")
        if where == "labels":
            labels.setdefault(rule, []).extend(" ".join(_LETTERS.findall(label)) for label in pattern.split(" | "))
            continue
        for name, fragment in fragments.items():
            pattern = pattern.replace(name, fragment)
        if where == "fragment":
            fragments[rule] = pattern
            continue
        for needle in needles or [""]:
            grouped.setdefault((needle, where, rule), []).append(pattern)
    return _Rules(
        [
            _Pattern(needle, where, rule, _finder(where, "|".join(patterns)), frozenset(_LETTERS.findall(needle)))
            for (needle, where, rule), patterns in grouped.items()
        ],
        {rule: re.compile(rf"(?:(?:{'|'.join(own)})(?: |\Z))+") for rule, own in labels.items()},
        frozenset(label.partition(" ")[0] for own in labels.values() for label in own),
    )


def _finder(where: str, pattern: str) -> Callable[[str], re.Match[str] | None]:
    """Return the function that looks for a pattern where it may stand in a sentence."""
    method = {"anywhere": "search", "start": "match"}.get(where, "fullmatch")

    def find(text: str) -> re.Match[str] | None:
        # Few patterns have their words in an article; the others are never compiled.
        found: re.Match[str] | None = getattr(_compiled(pattern), method)(text)
        return found

    return find


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.DOTALL)


def find_roles(
    texts: Sequence[str],
    in_title: Sequence[bool],
    n_words: Sequence[int],
    has_verb: Sequence[bool],
    paragraphs: Sequence[int] | None = None,
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
    paragraphs
        The number of its paragraph; each sentence is one by itself unless given.

    Notes
    -----
    A sentence that repeats the title is a title too, and a section's label above the body is boilerplate. An item has
    one word, or at most eight without a verb and without a full stop at the end, and no end mark beside body in its
    paragraph; if most bullets of a list lack a full stop, those that do are items. In a text that consists of
    items (verse, a list) they are its body. What stands before a credit in its paragraph is a caption.

    Examples
    --------
    >>> lines = ["Fog shuts port", "By Ann Lee", "Fog shut the port.", "Photo: Bo Ray", "© 2014 Echo"]
    >>> find_roles(lines, [True, False, False, False, False], [3, 3, 4, 3, 2], [True, False, True, False, False])
    ['title', 'byline', 'body', 'credit', 'boilerplate']
    """
    bulleted = [bool(BULLET.match(text.strip())) for text in texts]
    texts = [_without_bullet(text.strip()) for text in texts]
    applying = _rules().applying(texts, n_words, has_verb)
    roles = list(map(_role, texts, n_words, has_verb, applying))
    titles = {_headline_key(text) for text, is_title in zip(texts, in_title, strict=True) if is_title}
    title_starts = {title.partition(" ")[0] for title in titles}
    for row, text in enumerate(texts):
        # Only a sentence that begins like a title is compared with it as a whole, which takes longer.
        if titles and _first_word(text) in title_starts and _headline_key(text) in titles:
            roles[row] = "title"
    for row in range(len(roles)):
        if roles[row] in ("body", "item") and is_section_label(texts[row]):
            roles[row] = "boilerplate"
        elif roles[row] == "body":
            break
    _settle_lists(bulleted, texts, roles, applying, paragraphs)
    _extend_to_next(texts, n_words, roles, applying)
    rows = range(1, len(roles))
    ends = [row for row in rows if paragraphs is None or paragraphs[row] != paragraphs[row - 1]]
    spans = list(pairwise([0, *ends, len(roles)]))
    if paragraphs is not None:
        _settle_paragraphs(spans, texts, n_words, roles, applying)
    _settle_fragments(spans, texts, roles, applying)
    _settle_notes(spans, texts, roles, applying)
    _settle_blocks(spans, texts, roles, applying)
    for row, rules in enumerate(applying):
        roles[row] = "boilerplate" if bulleted[row] and "bio" in rules else roles[row]
    _settle_bios(spans, texts, roles, applying)
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
        if not applying.isdisjoint(("byline", "bare-byline")):
            return "byline"
        if "named-byline" in applying and (not has_verb or _is_capitalised(text)):
            return "byline"
        for role in ("caption", "credit", "boilerplate", "pointer", "request", "item"):
            if role in applying:
                return "boilerplate" if role in ("pointer", "request") else role
    is_closed = n_words >= _MIN_CLOSED_WORDS and bool(_STOP.search(text))
    is_item = n_words < _MIN_WORDS or (n_words <= _MAX_ITEM_WORDS and not has_verb and not is_closed)
    return "item" if is_item else "body"


def _settle_lists(
    bulleted: Sequence[bool],
    texts: Sequence[str],
    roles: list[str],
    applying: Sequence[set[str]],
    paragraphs: Sequence[int] | None,
) -> None:
    """Make the bullets of a list items, in place, if most lack a full stop, or one begins with a time of day.

    Bullets with a full stop are items only below a heading such as *Key points*. What follows a bullet in its paragraph
    belongs to it.
    """
    in_list = list(bulleted)
    for row in range(1, len(roles)):
        in_list[row] |= paragraphs is not None and in_list[row - 1] and paragraphs[row] == paragraphs[row - 1]
    for is_list, numbers in groupby(range(len(roles)), in_list.__getitem__):
        rows = list(numbers)
        open_ended = [row for row in rows if not _STOP.search(texts[row])]
        is_stamped = any("stamped" in applying[row] for row in rows)
        is_headed = rows[0] > 0 and "list-heading" in applying[rows[0] - 1]
        is_open = len(rows) >= _MIN_BULLETS and 2 * len(open_ended) > len(rows)
        if is_list and (is_headed or is_stamped or is_open):
            for row in rows if is_headed else open_ended:
                roles[row] = "item" if roles[row] == "body" else roles[row]


def _extend_to_next(
    texts: Sequence[str], n_words: Sequence[int], roles: list[str], applying: Sequence[set[str]]
) -> None:
    """Extend a bare *By* to the names after it, and an editor's note to where the report begins, in place."""
    for row, rules in enumerate(applying):
        if "release-end" in rules:
            roles[row:] = ["boilerplate"] * (len(roles) - row)
            return
        after = row + 1
        if after == len(applying):
            return
        if "bare-byline" in rules and n_words[after] <= _MAX_BYLINE_WORDS:
            roles[after] = "byline" if _is_capitalised(texts[after]) else roles[after]
        elif "editors-note" in rules:
            roles[row] = "boilerplate"
            ahead = range(after, min(after + _MAX_NOTE_SENTENCES, len(texts)))
            begin = next((other for other in ahead if "report-start" in applying[other]), after)
            roles[after:begin] = ["boilerplate"] * (begin - after)


def _settle_paragraphs(
    paragraphs: Sequence[tuple[int, int]],
    texts: Sequence[str],
    n_words: Sequence[int],
    roles: list[str],
    applying: Sequence[set[str]],
) -> None:
    """Change what depends on the rest of a paragraph or on the one before, in place.

    The one or two sentences before a credit at the end of a paragraph are a caption. What reads like a request is body
    if body follows in its paragraph; questions before one are part of it. Lines without an end mark after a pointer are
    headlines of other articles.
    """
    n_headlines = 0
    for start, end in paragraphs:
        if roles[end - 1] == "credit" and end - start - 1 <= _MAX_CAPTION_SENTENCES:
            for row in range(start, end - 1):
                roles[row] = "caption" if roles[row] in ("body", "item") else roles[row]
        for row in range(end - 2, start - 1, -1):
            if roles[row + 1] == "body" and not applying[row].isdisjoint(("request", "pointer")):
                roles[row] = "body"
        _settle_questions(start, end, roles, applying)
        if end - start == 1 and "pointer" in applying[start] and roles[start] == "boilerplate":
            n_headlines = _MAX_HEADLINES
        elif (
            n_headlines and end - start == 1 and n_words[start] <= _MAX_HEADLINE_WORDS and not _END.search(texts[start])
        ):
            roles[start] = "boilerplate" if roles[start] in ("body", "item") else roles[start]
            n_headlines -= 1
        else:
            n_headlines = 0


def _settle_questions(start: int, end: int, roles: list[str], applying: Sequence[set[str]]) -> None:
    """Make the questions of a paragraph boilerplate, in place, that a request follows: *Do you live in Leeds? Tell us*.

    The request may stand in the next paragraph if all of this one are questions.
    """
    is_line = all("question" in rules for rules in applying[start:end])
    for row in range(end - 1, start - 1, -1):
        after = row + 1
        is_followed = after < len(roles) and (after < end or is_line)
        asks = is_followed and roles[after] == "boilerplate" and not _ASKING.isdisjoint(applying[after])
        roles[row] = "boilerplate" if asks and "question" in applying[row] and roles[row] in _PROSE else roles[row]


def _settle_notes(
    paragraphs: Sequence[tuple[int, int]], texts: Sequence[str], roles: list[str], applying: Sequence[set[str]]
) -> None:
    """Make the other sentences of a paragraph boilerplate, in place, that belong to a line of the site.

    They are those after a copyright line, those of rule ``note`` after boilerplate, and a ``bio`` before an address.
    """
    for start, end in paragraphs:
        is_copyright = "copyright" in applying[start] and end - start <= _MAX_COPYRIGHT_SENTENCES
        for row in range(start + 1, end):
            goes_on = is_copyright or "note" in applying[row]
            if goes_on and roles[row - 1] == "boilerplate" and roles[row] in _PROSE:
                roles[row] = "boilerplate"
            elif roles[row] == "boilerplate" and "bio" in applying[row - 1] and "@" in texts[row]:
                roles[row - 1] = "boilerplate"


def _settle_fragments(
    paragraphs: Sequence[tuple[int, int]], texts: Sequence[str], roles: list[str], applying: Sequence[set[str]]
) -> None:
    """Make items body, in place, that have an end mark in a paragraph of prose: *No.* before *She ran.*."""
    for start, end in paragraphs:
        if "body" in roles[start:end]:
            for row in range(start, end):
                if roles[row] == "item" and not applying[row] and _PIECE.search(texts[row]):
                    roles[row] = "body"


def _settle_blocks(
    paragraphs: Sequence[tuple[int, int]], texts: Sequence[str], roles: list[str], applying: Sequence[set[str]]
) -> None:
    """Make the headings of a live blog's blocks items, in place: lines without an end mark at or below a time."""
    below = [
        start
        for (before, stop), (start, end) in pairwise(paragraphs)
        if stop - before == 1 and roles[before] == "dateline" and _TIME.search(texts[before])
        if roles[start] != "dateline" and (end == len(roles) or roles[end] != "dateline" or end - start > 1)
    ]
    ends = dict(paragraphs)
    stamped = [start for start, end in paragraphs if end - start == 1 and "stamped" in applying[start]]
    for headings in (below, stamped):
        for row in headings if len(headings) >= _MIN_BLOCKS else ():
            if ends[row] - row == 1 and roles[row] == "body" and not _END.search(texts[row]):
                roles[row] = "item"


def _settle_bios(
    paragraphs: Sequence[tuple[int, int]], texts: Sequence[str], roles: list[str], applying: Sequence[set[str]]
) -> None:
    """Make the last paragraphs boilerplate, in place, that say who the author is: nobody of whom the body speaks."""
    for number in reversed(range(len(paragraphs))):
        start, end = paragraphs[number]
        if _PROSE.isdisjoint(roles[start:end]):
            continue
        before = [row for row in range(start) if roles[row] in _PROSE]
        if "bio" not in applying[start] or not before:
            return
        first, *others = texts[start].split()[:_MAX_NAME_WORDS]
        name = [first, *takewhile(lambda word: word[0].isupper(), others)]
        if any(name[-1] in _WORD.findall(texts[row]) for row in before):
            return
        roles[start:end] = ["boilerplate"] * (end - start)


def _without_bullet(text: str) -> str:
    found = BULLET.match(text)
    return text[found.end() :] if found else text


def _is_capitalised(text: str) -> bool:
    """Return whether every word of a text but *and*, *in* and the like has a capital, as in a list of names."""
    return all(not word[0].islower() or word in _CONNECTIVES for word in _FIRST_PART.findall(text))


def _headline_key(text: str) -> str:
    """Return the words of a text without case and marks, by which a repeated headline is recognised."""
    return " ".join(_WORD.findall(text.casefold()))


def _first_word(text: str) -> str:
    """Return the first word of what :func:`_headline_key` returns."""
    word = _WORD.search(text.casefold())
    return word.group() if word else ""
