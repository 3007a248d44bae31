"""Sources: whom the words that name a source stand for, and what kind of source that is."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from analysis import resources
from analysis.content.columns import by_article
from analysis.language.models import default_models
from analysis.language.referring import THING_IDS, lists

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

__all__ = ["KINDS", "POSTS", "Named", "Source", "identify", "is_time", "kind_of_noun", "named", "names_in"]

#: Kinds of sources by the labels of names; other names are no sources by themselves.
KINDS = {"person": "person", "organization": "organization", "location": "organization", "norp": "group"}
#: No name has more words.
_MAX_NAME_WORDS = 40
_OFFICIAL, _GROUP, _WRITER, _UNKNOWN = "official", "group", "writer", "unknown"
_NOUNS = frozenset(["NOUN", "PROPN", "PRON", "NUM"])
#: A noun phrase ends before these.
_AFTER_PHRASE = frozenset(
    ["IN", "TO", "WDT", "WP", "WP$", "WRB", "VBD", "VBZ", "VBP", "MD", "VBN", "VBG", ",", ":", "-LRB-"]
)
_PARTICIPLES = frozenset(["VBN", "VBG"])
_BEFORE_PARTICIPLE = frozenset(["DT", "JJ", "PRP$", "POS"])
_AFTER_PARTICIPLE = frozenset(["NN", "NNS", "JJ"])
#: Marks between the names of a coordination, which may have short forms in brackets.
_JOINING = frozenset([",", "(", ")"])
#: Penn tags of what describes the second of two persons (*Ann Lee and the finance minister Bo Mott*).
_DESCRIBING = frozenset(["DT", "JJ", "NN", "NNP", "PRP$"])
#: Posts whose holder may be named after what they are held in.
POSTS = frozenset(
    "chairman chief commissioner coordinator director governor head leader manager mayor minister officer president"
    " professor secretary superintendent".split()
)
_PLURAL_TAGS = frozenset(["NNS", "NNPS"])
_FIRST_PERSON = frozenset(["i", "we", "me", "us", "my", "our"])
_PLURAL_PRONOUNS = frozenset(["they", "them", "their", "these", "those"])
_PERSON_PRONOUNS = frozenset(["he", "she", "him", "her", "his", "who"])
#: A comma, or the bracket or dash that opens an apposition.
_APPOSITION_MARKS = frozenset([",", "(", "-", "–", "—"])


#: Kinds of sources by what their nouns stand for; a person is an official or one of a group.
_THINGS = {
    THING_IDS[thing]: kind
    for thing, kind in {
        "organization": "organization",
        "place": "organization",
        "object": "document",
        "event": _UNKNOWN,
        "time": _UNKNOWN,
        "animal": _UNKNOWN,
    }.items()
}
#: No government has a name with one of these.
_GOVERNMENT, _AGENCIES = "government", frozenset(["agency", "commission", "nations", "organisation", "organization"])
#: Adjectives in the names of bodies of no one country.
_CONTINENTS = frozenset("african arab asian european nordic".split())
#: The endings of nouns for persons.
_PERSON_ENDINGS = (
    "ist",
    "man",
    "men",
    "woman",
    "women",
    "person",
    "people",
    "ian",
    "maker",
    "worker",
    "owner",
    "leader",
)


#: Universal tags of words before the name of the person whom a noun phrase describes.
_BEFORE_NAME = frozenset(["NOUN", "PROPN", "ADJ", "PUNCT"])


class Named(NamedTuple):
    """A mention with a name, as a half-open span of words; ``label`` is empty for a pronoun or a description."""

    start: int
    end: int
    name: str
    label: str


class Source(NamedTuple):
    """Whom a source stands for: the canonical name, empty if it has none, and the kind."""

    name: str
    kind: str


def named(tokens: pd.DataFrame, mentions: pd.DataFrame, coreference: pd.DataFrame) -> dict[str, list[Named]]:
    """Return for each article its named mentions and what coreference gives a name, as spans of words."""
    bounds = {article: (own["start"], own["end"]) for article, own in by_article(tokens, ("start", "end")).items()}
    found: dict[str, list[Named]] = {article: [] for article in bounds}
    resolved = coreference[(coreference["kind"] != "name") & (coreference["name"] != "")]
    for table, labels in ((mentions, mentions["label"].tolist()), (resolved, [""] * len(resolved))):
        columns = (table[name].tolist() for name in ("article_id", "start", "end", "name"))
        for article, start, end, name, label in zip(*columns, labels, strict=True):
            starts, ends = bounds[article]
            found[article].append(Named(bisect_right(ends, start), bisect_left(starts, end), name, label))
    return {article: sorted(own) for article, own in found.items()}


def names_in(mentions: Sequence[Named], start: int, end: int) -> Iterator[Named]:
    """Yield the named mentions with a word in a span, the last first."""
    for at in range(bisect_left(mentions, end, key=attrgetter("start")) - 1, -1, -1):
        if mentions[at].start < start - _MAX_NAME_WORDS:
            return
        if mentions[at].end > start:
            yield mentions[at]


def identify(
    words: tuple[int, int], lemmas: Sequence[str], xpos: Sequence[str], upos: Sequence[str], mentions: Sequence[Named]
) -> Source:
    """Identify a source.

    The head of its first noun phrase decides, or the name of a person in apposition to it (*the envoy, Ann Lee*).

    Parameters
    ----------
    words
        The source as a half-open span of words.
    lemmas, xpos, upos
        The lemma, in lower case, the Penn tag and the universal tag of each word.
    mentions
        The named mentions of the article, and the pronouns and descriptions that coreference gives a name, in order.
    """
    start, end = words
    near = mentions[bisect_left(mentions, (start,)) : bisect_left(mentions, (end,))]
    own = [each for each in near if each.end <= end]
    core = next((at for at in range(start + 1, end) if _ends_phrase(at, end, xpos)), end)
    head = next((at for at in range(core - 1, start - 1, -1) if upos[at] in _NOUNS), core - 1)
    at_head = next((each for each in own if each.label and each.start <= head < each.end), None)
    if at_head is None or at_head.label not in KINDS:
        person = next(
            (each for each in own if each.label == "person" and _is_apposition(each, start, own, lemmas, upos)), None
        )
        if person:
            return Source(person.name, "person")
    # *the Bank of Oslo director Ann Lee*, *chief of staff General Ann Lee*
    if (at_head and at_head.label not in ("person", "")) or lemmas[head] in POSTS:
        last = next((each for each in own if each.label == "person" and each.end == end), None)
        if last and last.start > head and upos[last.start - 1] in _BEFORE_NAME:
            return Source(last.name, "person")
    if at_head and at_head.label in KINDS:
        joined = _joined(at_head, [each for each in own if each.label in KINDS], lemmas, xpos)
        name = _with_possessor(at_head, mentions, lemmas) or "; ".join(dict.fromkeys(each.name for each in joined))
        return Source(name, KINDS[at_head.label])
    first = next((each for each in own if each.label == "person" and each.start == start < each.end - 1), None)
    if first and first.end <= head < end - 1 and xpos[first.end] == "NNP" and xpos[head] not in _PLURAL_TAGS:
        return Source(first.name, "person")  # *Ann Lee Deputy Director for Health*
    lemma = lemmas[head]
    if lemma in _FIRST_PERSON:
        resolved = next((each for each in own if each.end == head + 1), None)
        return Source(resolved.name, "person") if resolved else Source("", _WRITER)
    name = _resolved(head, lemma, own)
    namesakes = (each for each in mentions if each.name == name) if name else ()
    kinds = (KINDS[each.label] for each in namesakes if each.label in KINDS)
    return Source(name, next(kinds, "") or kind_of_noun(lemma, xpos[head], upos[head]))


def _resolved(head: int, lemma: str, own: Sequence[Named]) -> str:
    """Return the name that coreference gives a description by its head, unless that cannot be, or nothing."""
    resolved = next((each.name for each in own if not each.label and each.start <= head < each.end), "")
    is_body = lemma == _GOVERNMENT and not _AGENCIES.isdisjoint(resolved.lower().split())
    is_other = _is_of_other(resolved, [each.name for each in own if each.label == "norp"])
    return "" if is_body or is_other else resolved


def _is_of_other(name: str, peoples: Sequence[str]) -> bool:
    """Return whether a name is of another country or continent than *American* in *the American agency* has it."""
    countries = lists().countries
    own = {countries.get(word, word) for word in name.lower().split() if word in countries or word in _CONTINENTS}
    said = {countries.get(people.lower(), people.lower()) for people in peoples}
    return bool(own and said) and own.isdisjoint(said)


def _with_possessor(name: Named, mentions: Sequence[Named], lemmas: Sequence[str]) -> str:
    """Return the whole name of a body of which a name is the part after *’s* (*Farmers’ Aid Sudan*), or nothing."""
    mark = name.start - 1
    if name.label == "person" or mark < 1 or lemmas[mark] != "'s":
        return ""
    before = next(names_in(mentions, mark - 1, mark), None)
    return f"{before.name}'s {name.name}" if before and before.label == "misc" else ""


def _joined(name: Named, own: Sequence[Named], lemmas: Sequence[str], xpos: Sequence[str]) -> list[Named]:
    """Return the names of the coordination that a name stands in (*Egypt, Jordan and the UAE*), or the name alone."""
    runs: list[list[Named]] = []
    for each in own:
        between = range(runs[-1][-1].end, each.start) if runs else range(0)
        # In *US President Obama*, what a name follows directly is no source of its own.
        described = _DESCRIBING if runs and runs[-1][-1].label == each.label == "person" else frozenset[str]()
        is_joined = between and xpos[between[0]] == "CC" and all(xpos[at] in described for at in between[1:])
        if is_joined or (between and all(lemmas[at] in _JOINING or xpos[at] in ("CC", "DT") for at in between)):
            runs[-1].append(each)
        else:
            runs.append([each])
    run = next(run for run in runs if name in run)
    is_coordination = any(xpos[at] == "CC" for at in range(run[0].end, run[-1].start))
    return [each for each in run if not each.start or lemmas[each.start - 1] != "("] if is_coordination else [name]


def _is_apposition(person: Named, start: int, own: Sequence[Named], lemmas: Sequence[str], upos: Sequence[str]) -> bool:
    """Return whether the name of a person stands after a comma, with a title or not, or right after another name."""
    if lemmas[person.end : person.end + 1] in (["'s"], ["'"]):  # *the envoy, Ann Lee's son Bo*
        return False
    before = person.start - 1
    titled = before - (upos[before] == "PROPN" and not any(each.start <= before < each.end for each in own))
    return before >= start and (
        lemmas[before] in _APPOSITION_MARKS
        or (titled > start and lemmas[titled] in _APPOSITION_MARKS)
        or any(each.end == person.start for each in own if each.label)
    )


def _ends_phrase(at: int, end: int, xpos: Sequence[str]) -> bool:
    """Return whether a noun phrase ends before a word; a participle before a noun is in it (*the leaked report*)."""
    if xpos[at] in _PARTICIPLES and at + 1 < end and xpos[at + 1] in _AFTER_PARTICIPLE:
        return xpos[at - 1] not in _BEFORE_PARTICIPLE
    return xpos[at] in _AFTER_PHRASE


def kind_of_noun(lemma: str, xpos: str, upos: str) -> str:
    """Return the kind of a source by the head of its noun phrase."""
    if upos == "PRON" and lemma in _PERSON_PRONOUNS:
        return "person"
    if lemma in _PLURAL_PRONOUNS:
        return _GROUP
    listed = _listed().get(lemma)
    if listed and not (listed == _GROUP and xpos == "NN"):
        return listed
    if upos in ("PRON", "DET") or (upos == "NUM" and not listed):
        return _UNKNOWN if lemma in ("it", "this", "that") else _GROUP
    return _kind_of_thing(lemma, upos) or (_GROUP if xpos in _PLURAL_TAGS else _OFFICIAL)


def is_time(lemma: str) -> bool:
    """Return whether a noun stands for a time (*day*, *week*)."""
    return default_models().noun_things.get(lemma) == THING_IDS["time"]


def _kind_of_thing(lemma: str, upos: str) -> str:
    """Return the kind of a source that is no person, or an empty string."""
    thing = default_models().noun_things.get(lemma)
    if thing is None:
        return _UNKNOWN if upos == "NOUN" and not lemma.endswith(_PERSON_ENDINGS) else ""
    return _THINGS.get(thing, "")


@cache
def _listed() -> Mapping[str, str]:
    """Return the kinds of listed nouns."""
    kinds = resources.data().read_word_lists("source_nouns.tsv")
    return {noun: kind for kind, nouns in kinds.items() for noun in nouns}
