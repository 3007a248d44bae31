"""Tokenisation into words as Universal Dependencies defines them: rules, and lists learnt from treebanks.

One regular expression scans a text into words and marks. What it takes whole but may be several words (hyphenated
words, contractions written without an apostrophe) or may go on (an abbreviation and its full stop) is then decided by
lists: those of ``data/tokeniser.tsv``, and those that are learnt from treebanks.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from analysis import resources
from analysis.invisible import EMOJI, visible_places
from analysis.language import money

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    Span = tuple[int, int]

__all__ = ["TokenLists", "learn_lists", "tokenise"]

_DOMAINS = (
    "com|org|net|edu|gov|mil|int|info|biz|tv|(?:co|com|org|gov|ac)\\.[a-z]{2}|uk|eu|de|fr|ru|cn|jp|au|ca|ae|il|ir|tr|qa"
)
_FILES = "pdf|docx?|xlsx?|pptx?|txt|html?|jpe?g|gif|png|exe|zip|mp[34]|csv|xml"
_APOSTROPHE = "['’`´‘]"
_NOT = f"n{_APOSTROPHE}t(?!\\w)"
_AFTER_NOUN = f"{_APOSTROPHE}(?:s|re|ve|ll|d|m)(?!\\w)"
_LETTER = r"[^\W\d_]"
_MARKS = "\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u093c-\u094d"
_PART = f"(?:(?!{_NOT})[\\w{_MARKS}])"
_DOTTED = rf"(?:(?:{_LETTER}\.){{1,8}}{_LETTER}(?:\.|(?!\w))|(?:{_LETTER}{{1,2}}\.){{2,8}}(?!\w))"
_IN_ADDRESS = r"""[^\s<>"“”]*[^\s<>"“”.,;:!?)\]}'’*]"""


@cache
def _scan() -> re.Pattern[str]:
    """Return the expression that scans a text into words and marks."""
    return re.compile(
        rf"""
    (?P<simple> {_LETTER}{{2,}}(?=\s) )  # most words: no other pattern need be tried
  | (?P<whole>
        (?: (?:https?|ftp|file):// | mailto: | www\d?\. ) {_IN_ADDRESS}
      | [\w.+-]{{1,64}}@[\w-]+(?:\.[\w-]+)*
      | (?<![\w@.])[\w-]{{1,64}}(?:\.[\w-]{{1,64}}){{0,8}}\.(?:{_FILES})(?!\w)
      | (?<![\w@.])[a-z0-9][\w-]{{0,63}}(?:\.[\w-]{{1,64}}){{0,8}}\.(?:{_DOMAINS})(?:/{_IN_ADDRESS}|/)?(?![\w@-])
      | (?<![\w@.])(?-i:[a-z]){_LETTER}+(?:\.{_LETTER}[\w-]+){{2,8}}(?!\w)
      | (?<!\w)@{_LETTER}[\w-]*(?:\.[\w-]+)*\.(?:{_DOMAINS}|app|social)(?![\w@]) | (?<!\w)[@\#]{_LETTER}\w+
      | (?<![\w(])(?:[:;][-^o']?|[=8][-^o'])(?:[)(\\|/]+|[dp])(?!\w) | (?<!\w)<3(?!\w)
      | \.(?:\s{{1,2}}\.){{2,}} | [.!?]{{2,}} | …+
      | (?<!\w)[bw]/[co]?(?!\w) | (?<![\w/])(?-i:[AIKPS]/[AS])(?![\w/])
      | {_DOTTED}
      | {_NOT} | (?<=\w){_AFTER_NOUN} | (?<!\S){_APOSTROPHE}s(?!\S)
      | {money.currency_pattern()} | (?![a-z])(?:{EMOJI}) | ''|’’|‘‘|``
      | -{{2,}} | [–—]+ | (?P<same>[*=_~\#+<>^|,$])(?P=same)+
      | (?<!\w)\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?(?!\w)
      | (?<![\w-])(?:\d{{1,4}}-\d{{1,2}}-\d{{1,4}}|(?:1-)?\d{{3}}-\d{{3}}-\d{{4}}|\d{{3}}-\d{{4}})(?![\w-])
      | (?<!\w)(?:1[89]|20)?\d0{_APOSTROPHE}s(?!\w) | (?<!\w){_APOSTROPHE}\d\ds?(?!\w)
      | (?<![\w.%])[+-]?\d*[.,:]?\d+(?:[.,:]\d+)*(?:(?:st|nd|rd|th|s)(?!\w))?
      | \d+(?:[.,:]\d+)*(?:(?:st|nd|rd|th|s)(?!\w))?
    )
  | (?P<word>
        {_PART}+
        (?: [-‐‑](?!{_DOTTED}){_PART}+ | (?<=\d)[.,]\d{_PART}* | &{_PART}+ | (?<={_LETTER})\$(?={_LETTER}){_PART}+
          | (?!{_AFTER_NOUN}|{_NOT}){_APOSTROPHE}(?:{_PART}{{2,}}|[aitl](?!\w)) )*
        (?: -(?=\s) )?
    )
  | (?P<mark> \S )
    """,
        re.VERBOSE | re.IGNORECASE,
    )


#: How often a word must be seen to be learnt for a list.
_MIN_COUNTS = {"abbreviations": 2, "splits": 3, "hyphenated": 1, "prefixes": 2}

#: The groups of the expression that take words, which the lists may cut.
_WORDS = ("simple", "word")
_HYPHENS = ("-", "‐", "‑")
_HYPHEN = re.compile(f"([{''.join(_HYPHENS)}])")
#: What may stand between the full stop of a sentence and the first letter of the next.
_BETWEEN_SENTENCES = re.compile(r"""["'”’)\]]*(?:\s+["'“‘(\[]*)?""")
#: What stands before an ordinary word that is abbreviated.
_BEFORE_ABBREVIATED = ("(", "[", ",", ";")
_GOES_ON = re.compile(r"\s+[a-z]")


class TokenLists(NamedTuple):
    """The lists learnt from treebanks, of words in lower case.

    Attributes
    ----------
    abbreviations
        Words that keep the full stop after them.
    splits
        Words that are several words, with the spans of these.
    hyphenated
        Words that keep their hyphens.
    prefixes
        First parts that stay with the part after the hyphen.
    """

    abbreviations: Mapping[str, Sequence[Span]]
    splits: Mapping[str, Sequence[Span]]
    hyphenated: Mapping[str, Sequence[Span]]
    prefixes: Mapping[str, Sequence[Span]]


@cache
def _words(name: str) -> frozenset[str]:
    """Return a list of ``data/tokeniser.tsv``."""
    return frozenset(resources.data().read_word_lists("tokeniser.tsv")[name])


def tokenise(text: str, start: int, end: int, lists: TokenLists) -> list[Span]:
    """Cut a part of a text into tokens.

    Parameters
    ----------
    text
        The text.
    start, end
        The part to cut, in characters; no token reaches beyond it.
    lists
        The lists learnt from treebanks.

    Returns
    -------
    list of (int, int)
        Spans of the tokens in ``text``, in order. Together they cover every character of the part that is neither blank
        nor invisible (:mod:`analysis.invisible`). An invisible one inside a token belongs to it, one between two tokens
        that nothing else parts to the first of them.

    Examples
    --------
    >>> text = "US-led raids don’t end."
    >>> [text[s:e] for s, e in tokenise(text, 0, len(text), TokenLists({}, {}, {}, {}))]
    ['US', '-', 'led', 'raids', 'do', 'n’t', 'end', '.']
    """
    places = visible_places(text, start, end)
    if len(places) == end - start:
        return _cut(text, start, end, lists)
    seen = "".join(map(text.__getitem__, places))
    spans = _cut(seen, 0, len(seen), lists)
    starts = {first for first, _ in spans}
    return [(places[first], places[last] if last in starts else places[last - 1] + 1) for first, last in spans]


def _cut(text: str, start: int, end: int, lists: TokenLists) -> list[Span]:
    """Cut a part of a text without invisible characters into tokens."""
    abbreviations, splits = lists.abbreviations, lists.splits
    spans: list[Span] = []
    at = start
    for match in _scan().finditer(text, start, end):
        first, last = span = match.span()
        if first < at:  # a full stop that its abbreviation has taken, or dots of which it has taken the first
            first = last - len(text[at:last].lstrip())
            if first == last:
                continue
            span = first, last
        at = last
        kind = match.lastgroup
        if kind not in _WORDS:
            spans.append(span)
            continue
        form = _lower(match.group())
        if kind == "simple" and form not in splits:
            spans.append(span)
        elif _keeps_stop(text, first, last, end, abbreviations):
            *before, (low, _) = _parts(form, lists)
            at = last + 1
            spans.extend((first + a, first + b) for a, b in before)
            spans.append((first + low, at))
        elif form in splits and _is_listed(text[first:last]):
            spans.extend((first + a, first + b) for a, b in splits[form])
        elif form.isalnum():
            spans.append(span)
        else:
            spans.extend((first + a, first + b) for a, b in _parts(form, lists))
    return spans


def _lower(word: str) -> str:
    """Return a word in lower case, or unchanged where that would change its length (a dotted capital I)."""
    lower = word.lower()
    return lower if len(lower) == len(word) else word


def _has_stop(text: str, last: int, end: int) -> bool:
    """Return whether exactly one full stop follows a word that ends at ``last``."""
    return last < end and text[last] == "." and text[last + 1 : last + 2] != "."


def _is_listed(word: str) -> bool:
    """Return whether a word of the lists is meant, and not an ordinary word (*sat* is one, *Sat* is not)."""
    return word.lower() not in _words("ambiguous") or word[0].isupper()


def _keeps_stop(text: str, first: int, last: int, end: int, abbreviations: Container[str]) -> bool:
    """Return whether a full stop follows a word and belongs to it.

    It does after an abbreviation, even behind a hyphen. But right behind a number it ends the sentence where a capital
    or nothing follows (*a wall of 5ft. They*), after the short form of *million* and its like (*up 5m.*) wherever no
    word in lower case does. What follows shows that other words are abbreviated: a comma; a number after *No.* and its
    like, with or without a space; a capital after *v.* and after a single capital, the initial of a name, and after a
    title (*Mx. Lee*).
    """
    if not _has_stop(text, last, end):
        return False
    after = text[last + 1 : min(last + 4, end)]
    if after[:1] == ",":
        return True
    is_before_capital = after[:1] == " " and after[1:2].isupper()
    word = _HYPHEN.split(text[first:last])[-1]
    is_whole = len(word) == last - first
    if word.lower() in abbreviations and _is_listed(word) and (is_whole or len(word) > 1):
        before = text[max(first - 2, 0) : first]
        is_unit = before[-1:].isdigit()
        unit = word.lower() if is_unit else word  # behind a space, a capital is an initial
        if unit in money.multipliers() and before.strip()[-1:].isdigit():
            return bool(_GOES_ON.match(text, last + 1, end))
        return not (is_unit and _ends_sentence(text, last + 1, end))
    is_title = word[0].isupper() and word.lower() in _words("titles") | _words("forenames")
    if is_before_capital or (is_title and after[:1] in _HYPHENS and after[1:2].isupper()):
        return is_title or (is_whole and (word == "v" or (len(word) == 1 and word.isupper() and word not in "IA")))
    is_apart = text[max(first - 2, 0) : first].rstrip()[-1:] in _BEFORE_ABBREVIATED  # *(pop. 3,000)*
    is_numbered = is_whole and word.lower() in _words("numbered") and (is_apart or _is_listed(word))
    return is_numbered and after.lstrip()[:1].isdigit()


def _ends_sentence(text: str, at: int, end: int) -> bool:
    """Return whether a full stop before ``at`` can end a sentence: a capital follows, or nothing."""
    between = _BETWEEN_SENTENCES.match(text, at, end)
    after = between.end() if between else at
    return after == end or text[after].isupper()


def _parts(form: str, lists: TokenLists) -> list[Span]:
    """Cut a hyphenated word at its hyphens, but not after a prefix, and not at all if it is one word."""
    if form in lists.hyphenated or form[-1] in "-‐‑":  # a word broken off
        return [(0, len(form))]
    parts = [part for part in _HYPHEN.split(form) if part]
    if parts[0] in lists.prefixes:
        parts[:3] = ["".join(parts[:3])]
    if parts[-1] in _words("suffixes"):
        parts[-3:] = ["".join(parts[-3:])]
    spans, at = [], 0
    for part in parts:
        spans.append((at, at + len(part)))
        at += len(part)
    return spans


def learn_lists(sentences: Iterable[tuple[str, Sequence[Span]]]) -> TokenLists:
    """Learn the lists from sentences and the spans of their words.

    A word is listed if it is kept whole (or, for ``splits``, cut) more often than not, and often enough. Abbreviations,
    prefixes and negations of ``data/tokeniser.tsv`` are added.
    """
    kept: dict[str, Counter[str]] = {name: Counter() for name in TokenLists._fields}
    cut: dict[str, Counter[str]] = {name: Counter() for name in TokenLists._fields}
    parts: dict[str, Counter[tuple[Span, ...]]] = defaultdict(Counter)
    for text, words in sentences:
        starts, ends = {s for s, _ in words}, {e for _, e in words}
        for match in _scan().finditer(text):
            first, last = match.span()
            if match.lastgroup not in _WORDS or first not in starts:
                continue
            form = _lower(match.group())
            inside = tuple((s - first, e - first) for s, e in words if first <= s and e <= last)
            if last in ends:
                if form.isalpha():
                    (kept if len(inside) > 1 else cut)["splits"][form] += 1
                    parts[form][inside] += 1
                elif len(cells := _HYPHEN.split(form)) > 1 and cells[-1]:
                    (kept if len(inside) == 1 else cut)["hyphenated"][form] += 1
                    (cut if first + len(cells[0]) in ends else kept)["prefixes"][cells[0]] += 1
            if _has_stop(text, last, len(text)) and not ends.isdisjoint((last, last + 1)):
                (cut if last in ends else kept)["abbreviations"][form] += 1
    kept["abbreviations"].update(_words("abbreviations"))
    kept["prefixes"].update(dict.fromkeys(_words("prefixes"), 2))
    found: dict[str, dict[str, list[Span]]] = {
        name: {
            form: []
            for form, count in sorted(kept[name].items())
            if (count > cut[name][form] and count >= _MIN_COUNTS[name])
            or (name == "abbreviations" and form in _words(name))
        }
        for name in TokenLists._fields
    }
    splits = {form: list(parts[form].most_common(1)[0][0]) for form in found["splits"]}
    splits |= {form: [(0, len(form) - 2), (len(form) - 2, len(form))] for form in _words("negations")}
    return TokenLists(**found | {"splits": dict(sorted(splits.items()))})
