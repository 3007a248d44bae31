"""Words as Universal Dependencies counts them: rules, and lists learnt from treebanks.

One regular expression scans a text into words and marks. What it takes whole but may be several words (hyphenated
words, contractions written without an apostrophe) or may go on (an abbreviation and its full stop) is then decided by
the lists.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

Span = tuple[int, int]

_DOMAINS = (
    "com|org|net|edu|gov|mil|int|info|biz|tv|(?:co|com|org|gov|ac)\\.[a-z]{2}|uk|eu|de|fr|ru|cn|jp|au|ca|ae|il|ir|tr|qa"
)
_FILES = "pdf|docx?|xlsx?|pptx?|txt|html?|jpe?g|gif|png|exe|zip|mp[34]|csv|xml"
_APOSTROPHE = "['’`´‘]"
_NOT = f"n{_APOSTROPHE}t(?!\\w)"
_AFTER_NOUN = f"{_APOSTROPHE}(?:s|re|ve|ll|d|m)(?!\\w)"
_LETTER = r"[^\W\d_]"
_MARKS = "\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u093c-\u094d\u200c\u200d"
_PART = f"(?:(?!{_NOT})[\\w{_MARKS}])"
_DOTTED = rf"(?:(?:{_LETTER}\.){{1,8}}{_LETTER}(?:\.|(?!\w))|(?:{_LETTER}{{1,2}}\.){{2,8}}(?!\w))"
_IN_ADDRESS = r"""[^\s<>"“”]*[^\s<>"“”.,;:!?)\]}'’*]"""

_SCAN = re.compile(
    rf"""
    (?P<simple> {_LETTER}{{2,}}(?=\s) )  # most words: no other pattern need be tried
  | (?P<whole>
        (?: (?:https?|ftp|file):// | mailto: | www\d?\. ) {_IN_ADDRESS}
      | [\w.+-]{{1,64}}@[\w-]+(?:\.[\w-]+)*
      | (?<![\w@.])[\w-]{{1,64}}(?:\.[\w-]{{1,64}}){{0,8}}\.(?:{_FILES})(?!\w)
      | (?<![\w@.])[a-z0-9][\w-]{{0,63}}(?:\.[\w-]{{1,64}}){{0,8}}\.(?:{_DOMAINS})(?:/{_IN_ADDRESS}|/)?(?![\w@-])
      | (?<![\w@.])(?-i:[a-z]){_LETTER}+(?:\.{_LETTER}[\w-]+){{2,8}}(?!\w)
      | (?<!\w)[@\#]{_LETTER}\w+
      | (?<![\w(])(?:[:;][-^o']?|[=8][-^o'])(?:[)(\\|/]+|[dp])(?!\w) | (?<!\w)<3(?!\w)
      | \.(?:\s{{1,2}}\.){{2,}} | [.!?]{{2,}} | …+
      | (?<!\w)[bw]/[co]?(?!\w)
      | {_DOTTED}
      | {_NOT} | (?<=\w){_AFTER_NOUN} | (?<!\S){_APOSTROPHE}s(?!\S)
      | (?<!\w)(?:US|HK|NT|NZ|[ACRSU])\$ | ''|’’|‘‘|``
      | -{{2,}} | [–—]+ | (?P<same>[*=_~\#+<>^|,$])(?P=same)+
      | (?<!\w)\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?(?!\w)
      | (?<![\w-])(?:\d{{1,4}}-\d{{1,2}}-\d{{1,4}}|(?:1-)?\d{{3}}-\d{{3}}-\d{{4}}|\d{{3}}-\d{{4}})(?![\w-])
      | (?<!\w)(?:1[89]|20)?\d0{_APOSTROPHE}s(?!\w) | (?<!\w){_APOSTROPHE}\d\ds?(?!\w)
      | (?<![\w.%])[+-]?\d*[.,:]?\d+(?:[.,:]\d+)*(?:(?:st|nd|rd|th|s)(?!\w))?
      | \d+(?:[.,:]\d+)*(?:(?:st|nd|rd|th|s)(?!\w))?
    )
  | (?P<word>
        {_PART}+
        (?: [-‐‑](?!{_DOTTED}){_PART}+ | (?<=\d)[.,]\d{_PART}* | &{_PART}+
          | (?!{_AFTER_NOUN}|{_NOT}){_APOSTROPHE}(?:{_PART}{{2,}}|[aitl](?!\w)) )*
        (?: -(?=\s) )?
    )
  | (?P<mark> \S )
    """,
    re.VERBOSE | re.IGNORECASE,
)

#: First parts that stay with the part after the hyphen, and last parts that stay with the part before it, as the
#: treebanks' guidelines list them.
_PREFIXES = """a agro ante anti arch be bi bio co counter cross cyber de e eco ex extra inter intra macro mega micro mid
    mini mis multi neo non over pan para peri post pre pro pseudo psycho quasi re semi socio sub super tri u ultra un
    uni vice x""".split()
_SUFFIXES = frozenset("esque ette fest fold gate itis less most rama wise".split())

#: Words that keep their full stop, beside those that are learnt: titles, months, states, and what news abbreviates.
_ABBREVIATIONS = """adm ala approx apr ariz assoc asst atty aug ave bldg blvd brig bros calif capt cf cllr cmdr co col
 colo comdr conn corp cpl ct dec del dept det dist dr drs esq etc feb fla fr fri ft ga gen gov govt hon hr hrs ill inc
 incl ind insp inst jan jr jul jun kan ky lt ltd maj mass md messrs mfg mich minn mlle mme mont mr mrs ms msgr mt mtn
 neb nev nov nr oct okla ont ore oz pa pfc pg ph phd pl pp pres prof pt pvt que rd rep reps ret rev rt sen sens sep
 sept sgt spc sq sr st ste supt tel tenn tex thu thurs tue tues univ va viz vol vols vs vt wash wis wyo yr
 yrs""".split()

#: Words that keep their full stop before a number.
_NUMBERED = frozenset("art ca ch est ext fig figs mar no nos p para rs sec".split())

#: Negated verbs written without an apostrophe, beside those that are learnt.
_NEGATED = "aint arent couldnt didnt doesnt dont hadnt hasnt havent isnt mustnt shouldnt wasnt werent wouldnt".split()

#: What the lists hold but is a word of its own where it has no capital.
_ALSO_WORDS = frozenset("conn del ill lets mar mass mon ore pa sat sun wash wed".split())

#: The lists that :func:`learn` makes, each from words in lower case.
LISTS = ("abbreviations", "splits", "hyphenated", "prefixes")
#: How often a word must be seen to be one of a list.
_LEAST = {"abbreviations": 2, "splits": 3, "hyphenated": 1, "prefixes": 2}

_WORDS = ("simple", "word")
_HYPHEN = re.compile("([-‐‑])")


def tokenise(text: str, start: int, end: int, lists: Mapping[str, Mapping[str, list[Span]]]) -> list[Span]:
    """Cut a part of a text into words.

    Parameters
    ----------
    text
        The text.
    start, end
        The part to cut, in characters of the text; words do not reach beyond it.
    lists
        What :func:`learn` gives.

    Returns
    -------
    list of (int, int)
        Spans of the words in ``text``, in order. Together they cover every character of the part that is not blank.

    Examples
    --------
    >>> none = {"abbreviations": {}, "splits": {}, "hyphenated": {}, "prefixes": {}}
    >>> text = "US-led raids don’t end."
    >>> [text[s:e] for s, e in tokenise(text, 0, len(text), none)]
    ['US', '-', 'led', 'raids', 'do', 'n’t', 'end', '.']
    """
    abbreviations, splits = lists["abbreviations"], lists["splits"]
    spans: list[Span] = []
    at = start
    for match in _SCAN.finditer(text, start, end):
        first, last = span = match.span()
        if first < at:  # a full stop that its abbreviation has taken, or dots that it has taken the first of
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
    """Give a word in lower case, or as it is where that would change its length (a dotted capital I)."""
    lower = word.lower()
    return lower if len(lower) == len(word) else word


def _has_stop(text: str, last: int, end: int) -> bool:
    """Say whether one full stop, and not several, follows a word."""
    return last < end and text[last] == "." and text[last + 1 : last + 2] != "."


def _is_listed(word: str) -> bool:
    """Say whether what the lists hold of a word is meant by it."""
    return word.lower() not in _ALSO_WORDS or word[0].isupper()


def _keeps_stop(text: str, first: int, last: int, end: int, abbreviations: Container[str]) -> bool:
    """Say whether a full stop follows a word and is its own.

    So is that of an abbreviation, even after a hyphen; but right after a number and before a capital it is that of the
    sentence (*up 5m. Profits*). Other words are shown to be cut short by what follows: a comma; a number after *No.*
    and its like, even at once; a capital after *v.*, and after one capital, the initial of a name.
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
        return not (is_before_capital and text[first - 1 : first].isdigit())
    if is_before_capital:
        return is_whole and (word == "v" or (len(word) == 1 and word.isupper() and word not in "IA"))
    return is_whole and word.lower() in _NUMBERED and after.lstrip()[:1].isdigit()


def _parts(form: str, lists: Mapping[str, Mapping[str, list[Span]]]) -> list[Span]:
    """Cut a hyphenated word at its hyphens, unless it is one word, and not after a prefix."""
    if form in lists["hyphenated"] or form[-1] in "-‐‑":  # a word broken off
        return [(0, len(form))]
    parts = [part for part in _HYPHEN.split(form) if part]
    if parts[0] in lists["prefixes"]:
        parts[:3] = ["".join(parts[:3])]
    if parts[-1] in _SUFFIXES:
        parts[-3:] = ["".join(parts[-3:])]
    spans, at = [], 0
    for part in parts:
        spans.append((at, at + len(part)))
        at += len(part)
    return spans


def learn(sentences: Iterable[tuple[str, list[Span]]]) -> dict[str, dict[str, list[Span]]]:
    """Learn the lists from sentences and the spans of their words.

    Returns
    -------
    dict
        ``abbreviations``: words that keep the full stop after them. ``splits``: words that are several, with the
        spans of the parts. ``hyphenated``: words that keep their hyphens. ``prefixes``: first parts that stay with
        the part after the hyphen. All in lower case.
    """
    kept = {name: Counter() for name in LISTS}
    cut = {name: Counter() for name in LISTS}
    parts: dict[str, Counter] = defaultdict(Counter)
    for text, words in sentences:
        starts, ends = {s for s, _ in words}, {e for _, e in words}
        for match in _SCAN.finditer(text):
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
    always = {"abbreviations": _ABBREVIATIONS}
    kept["abbreviations"].update(_ABBREVIATIONS)
    kept["prefixes"].update(2 * _PREFIXES)
    lists = {
        name: {
            form: []
            for form, count in sorted(kept[name].items())
            if (count > cut[name][form] and count >= _LEAST[name]) or form in always.get(name, ())
        }
        for name in LISTS
    }
    splits = {form: list(parts[form].most_common(1)[0][0]) for form in lists["splits"]}
    splits |= {form: [(0, len(form) - 2), (len(form) - 2, len(form))] for form in _NEGATED}
    lists["splits"] = dict(sorted(splits.items()))
    return lists
