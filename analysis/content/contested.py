"""Contested claims: pairs of claims about the same thing of which one says what the other denies.

Two claims of different speakers are about the same thing if their contents share a word that names what happened, and
either the one who denies is among those of whom the other speaks, or they share more words. A claim whose content only
points back (*denied the accusation*, *denied it*) is about what was said of its speaker shortly before.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from functools import cache, partial
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from analysis import tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

__all__ = ["contested"]

#: Stances of those who say that something is so, and of those who say that it is not.
_FOR = frozenset(["accuse", "admit", "assert", "believe", "claim", "confirm", "suggest", "warn"])
_AGAINST = "deny"
#: How many words two contents share that are about the same thing, with and without one who is spoken of.
_SHARED_WITH_ACTOR, _SHARED_ALONE = 1, 3
#: A content that only points back is about a claim at most this many sentences before.
_REACH_SENTENCES = 4
_NEGATIONS = frozenset(["not", "n't", "no", "never", "none", "nobody", "neither", "nothing"])
_NAMING = frozenset(["NOUN", "VERB", "ADJ", "PROPN"])
#: Relations of words that a number counts.
_COUNTED = "nummod"
#: Words that a content may consist of that only points back, beside stop words.
_POINTING = frozenset(
    "accusation allegation charge claim report suggestion rumour rumor assertion statement involvement responsibility"
    " wrongdoing account story it that this them these those".split()
)
#: Verbs and nouns that say too little for two contents that share them to be about the same thing.
_LIGHT = frozenset(
    "be have do make take get give go come say tell call use put keep people man woman year month week day time thing"
    " country government state group official part number way other more new last first involve involvement".split()
)


class _Claim(NamedTuple):
    """What is compared of a claim.

    Attributes
    ----------
    row
        Its row in the table.
    sentence
        The number of its sentence.
    stance
        Its stance.
    speakers
        The names of its source in lower case, or its words.
    stems
        The stems of the words of its content that name something, without names of speakers.
    names
        The names in its content, in lower case.
    figures
        The numbers in its content, by the stem of what they count.
    predicate
        The stem of the word that its content hangs on, in the tree.
    is_negated
        Whether that word, or one that depends on it directly, is negated.
    points_back
        Whether its content has no words but those that point back.
    """

    row: int
    sentence: int
    stance: str
    speakers: frozenset[str]
    stems: frozenset[str]
    names: frozenset[str]
    figures: dict[str, str]
    predicate: str
    is_negated: bool
    points_back: bool


@tables.stage(requires=["claims", "claim_parts", "tokens", "mentions"], returns="contested")
def contested(
    claims: pd.DataFrame, claim_parts: pd.DataFrame, tokens: pd.DataFrame, mentions: pd.DataFrame
) -> pd.DataFrame:
    """Pair claims of which one says what the other denies.

    Parameters
    ----------
    claims, claim_parts, tokens, mentions
        The tables of one or more articles.

    Returns
    -------
    pandas.DataFrame
        {columns}
    """
    rows = []
    for article, own in claims.groupby("article_id", sort=False):
        parts, words, names = (each[each["article_id"] == article] for each in (claim_parts, tokens, mentions))
        found = list(_pairs(_read(own, parts, words, names)))
        for pair, (one, two, kind, on) in enumerate(sorted(found)):
            sides = (own.iloc[row] for row in (one, two))
            cells = [side[["claim", "speaker", "stance", "start", "end", "text"]] for side in sides]
            rows.append((article, pair, kind, on, *cells[0], *cells[1]))
    return tables.frame("contested", rows)


def _pairs(claims: list[_Claim]) -> Iterator[tuple[int, int, str, str]]:
    """Yield the rows of two claims in the order of the article, how they are opposed, and the stems that they share."""
    for one, two in combinations(claims, 2):
        if one.sentence == two.sentence or not one.speakers or not two.speakers or one.speakers & two.speakers:
            continue
        shared = one.stems & two.stems
        on = ", ".join(sorted(shared))
        denial, other = (one, two) if one.stance == _AGAINST else (two, one)
        if denial.stance == _AGAINST and other.stance in _FOR and not other.is_negated:
            spoken_of = denial.speakers & other.names
            if denial.points_back:
                if spoken_of and 0 <= denial.sentence - other.sentence <= _REACH_SENTENCES:
                    yield one.row, two.row, "denial", on
            elif len(shared) >= (_SHARED_WITH_ACTOR if spoken_of else _SHARED_ALONE):
                yield one.row, two.row, "denial", on
        elif one.stance in _FOR and two.stance in _FOR:
            if (
                one.is_negated != two.is_negated
                and one.predicate == two.predicate
                and one.predicate in shared
                and len(shared) >= _SHARED_ALONE
            ):
                yield one.row, two.row, "negation", on
            elif any(one.figures[stem] != two.figures[stem] for stem in one.figures.keys() & two.figures.keys()) and (
                len(shared) >= _SHARED_ALONE and one.names == two.names
            ):
                yield one.row, two.row, "figure", on


class _Word(NamedTuple):
    """A word of an article; ``head`` is the token that it depends on, or −1."""

    token: int
    start: int
    end: int
    norm: str
    lemma: str
    upos: str
    is_stop: bool
    entity: str
    head: int
    deprel: str


def _read(
    claims: pd.DataFrame, claim_parts: pd.DataFrame, tokens: pd.DataFrame, mentions: pd.DataFrame
) -> list[_Claim]:
    """Return what is compared of the claims of an article."""
    words = list(map(_Word._make, tokens[list(_Word._fields)].itertuples(index=False)))
    by_token = {word.token: word for word in words}
    starts = [word.start for word in words]
    names = list(mentions[["start", "end", "name"]].itertuples(index=False, name=None))
    name_starts = [start for start, _, _ in names]
    pieces: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for claim, start, end in claim_parts[["claim", "start", "end"]].itertuples(index=False, name=None):
        pieces[claim].append((start, end))
    found = []
    columns = claims[["claim", "sentence", "stance", "speaker"]]
    for row, (claim, sentence, stance, speaker) in enumerate(columns.itertuples(index=False, name=None)):
        own: list[_Word] = []
        named: list[str] = []
        for start, end in pieces[claim]:
            own += [word for word in words[slice(*map(partial(bisect_left, starts), (start, end)))] if word.end <= end]
            there = names[slice(*map(partial(bisect_left, name_starts), (start, end)))]
            named += [name.lower() for _, name_end, name in there if name_end <= end]
        root = next((word for word in own if not own[0].token <= word.head <= own[-1].token), None)
        naming = [
            word.lemma.lower()
            for word in own
            if word.upos in _NAMING and not word.is_stop and word.entity == "O" and word.lemma.lower() not in _LIGHT
        ]
        found.append(
            _Claim(
                row,
                sentence,
                stance,
                frozenset(part.strip().lower() for part in speaker.split(";") if part.strip()),
                frozenset(map(_stem, naming)),
                frozenset(named),
                {
                    _stem(by_token[word.head].lemma): word.norm
                    for word in own
                    if word.deprel == _COUNTED and word.head in by_token
                },
                _stem(root.lemma) if root else "",
                _is_negated(own, root),
                all(lemma in _POINTING for lemma in naming),
            )
        )
    return found


def _is_negated(words: list[_Word], root: _Word | None) -> bool:
    """Return whether the root of a content, or one of its arguments, is negated."""
    near = [word for word in words if root and word.head == root.token]
    tokens = {word.token for word in near}
    determiners = [word for word in words if word.head in tokens and word.deprel == "det"]
    return any(word.lemma.lower() in _NEGATIONS for word in (*near, *determiners, *([root] if root else [])))


@cache
def _stemmer() -> Callable[[str], str]:
    from nltk.stem import PorterStemmer

    return PorterStemmer().stem


@cache
def _stem(lemma: str) -> str:
    """Return the stem that words of one family share (*strike*, *striking*)."""
    return _stemmer()(lemma.lower())
