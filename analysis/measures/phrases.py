"""Noun phrases: the nouns of an article with the words that describe them."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np

from analysis import tables
from analysis.invisible import visible
from analysis.measures.inputs import require
from analysis.measures.units import NAME_COLUMNS, hyphenated, join_words, name_spans
from analysis.options import checked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["noun_phrases"]

_COLUMNS = ("token", "start", "end", "text", "lemma", "upos", "xpos", "head", "deprel")
_NOUNS = frozenset({"NOUN", "PROPN"})
_AMOUNTS = frozenset({"NUM", "SYM"})
#: What belongs to the phrase of a noun, before it and after it.
_BEFORE = frozenset({
    "amod", "compound", "det", "det:predet", "goeswith", "nmod:desc", "nmod:poss", "nmod:unmarked", "nummod",
})  # fmt: skip
_AFTER = frozenset({"compound", "flat", "goeswith", "nmod:desc", "nmod:unmarked", "nummod"})
#: What does not belong to the phrase that it stands in: clauses, and phrases after a preposition.
_APART = frozenset({"acl", "advcl", "appos", "case", "ccomp", "cop", "nmod", "obl", "parataxis"})
_PART = frozenset({"nmod:desc", "nmod:poss", "nmod:unmarked", "obl:unmarked"})
#: What no phrase begins with: determiners, and the clitic of a possessor that is left out.
_NOT_FIRST = frozenset({"PDT", "DT", "PRP$", "WP$", "POS"})


@tables.stage(requires=("tokens",), returns="noun_phrases")
@checked
def noun_phrases(tokens: pd.DataFrame, *, described_only: bool = False) -> pd.DataFrame:
    """List the noun phrases of each article, in order.

    Parameters
    ----------
    tokens
        Tokens with article_id, sentence, token, start, end, text, lemma, upos, xpos, head, deprel; and is_word and
        entity, by which names are kept whole.
    described_only
        Whether to leave out phrases that are a single noun, apart from a determiner.

    Returns
    -------
    DataFrame
        {columns}

        Rows are in the order of the text, articles in that of tokens.

    Raises
    ------
    ValueError
        If there is a token without a relation: the trees are needed.

    Notes
    -----
    A phrase is a noun with the words next to it that depend on it as its determiners, adjectives, numbers, compounds,
    possessors, titles or further parts of a name, and what depends on those (Universal Dependencies). What follows with
    a preposition or as a clause (*groups with ties to …*) is not part of it. A name (*Bank of England*) and a
    hyphenated word are never cut. A wrong tree makes a wrong phrase: ``MODEL_CARD.md`` says how many are right.

    Examples
    --------
    >>> import pandas as pd
    >>> tokens = pd.DataFrame({
    ...     "article_id": "a", "sentence": 0, "token": [0, 1, 2, 3], "start": [0, 4, 10, 17], "end": [3, 9, 16, 21],
    ...     "text": ["The", "rival", "groups", "met"], "lemma": ["the", "rival", "group", "meet"],
    ...     "upos": ["DET", "ADJ", "NOUN", "VERB"], "xpos": ["DT", "JJ", "NNS", "VBD"],
    ...     "head": [2, 2, 3, -1], "deprel": ["det", "amod", "nsubj", "root"]})
    >>> noun_phrases(tokens)[["start", "end", "phrase", "head", "n"]].values.tolist()
    [[4, 16, 'rival groups', 'group', 1]]
    """
    require(tokens, ("article_id", "sentence", *_COLUMNS), name="tokens")
    if (tokens["deprel"] == "").any():
        raise ValueError("the tokens have no trees; expected those of annotate(…, syntax=True)")
    rows = []
    for article_id, article in tokens.groupby("article_id", sort=False):
        phrases = list(_phrases(article.sort_values("start", kind="stable"), described_only=described_only))
        n = Counter(head for *_, head in phrases)
        rows += [(article_id, *phrase, n[phrase[-1]]) for phrase in phrases]
    return tables.frame("noun_phrases", rows)


def _phrases(article: pd.DataFrame, *, described_only: bool) -> Iterator[tuple[int, int, int, str, str]]:
    columns = list(dict.fromkeys([*_COLUMNS, *(name for name in NAME_COLUMNS if name in article)]))
    for sentence, words in article.groupby("sentence", sort=False):
        token = {column: words[column].to_numpy() for column in columns}
        token["text"] = np.array([visible(text) for text in token["text"]], dtype=object)
        names = list(name_spans(token)) if token.keys() >= set(NAME_COLUMNS) else []
        for first, stop in _spans(token, names):
            if not described_only or stop - first > 1:
                nouns = [i for i in range(first, stop) if token["upos"][i] in _NOUNS]
                whole = next((end for begin, end in names if begin <= nouns[-1] < end), 0)
                head = nouns[-1] if not whole else _head_of_name(token, nouns)
                phrase = join_words(token, first, stop)
                yield sentence, token["start"][first], token["end"][stop - 1], phrase, token["lemma"][head]


def _head_of_name(token: Mapping[str, NDArray[Any]], nouns: Sequence[int]) -> int:
    """Return the row of the noun on which the others of a phrase depend: *Bank* of *Bank of England*."""
    numbers = {token["token"][row] for row in nouns}
    return [*nouns, *(row for row in nouns if token["head"][row] not in numbers)][-1]


def _spans(token: Mapping[str, NDArray[Any]], names: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the first row of each phrase of a sentence and the row after its last; names are kept whole."""
    upos, xpos = token["upos"].tolist(), token["xpos"].tolist()
    words = [(_before_amount(token, first), stop) for first, stop in hyphenated(token)]
    found = []
    for noun, own in _members(token):
        first, stop = noun, noun + 1
        while first - 1 in own:
            first -= 1
        while stop in own and upos[stop] != "PUNCT":
            stop += 1
        first = min([first, *(start for start, end in words if start < first < end)])
        stop = max([stop, *(end for start, end in words if start < stop < end)])
        first = min([first, *(start for start, end in names if start <= noun < end)])
        stop = max([stop, *(end for start, end in names if start <= noun < end)])
        while first < noun and (upos[first] == "PUNCT" or xpos[first] in _NOT_FIRST):
            first += 1
        found.append((first, stop))
    kept: list[tuple[int, int]] = []
    for first, stop in sorted(found, key=lambda span: (span[0], -span[1])):
        last = kept[-1][1] if kept else 0
        # A hyphenated word right before a noun describes it, whatever the tree (*face-to-face talks*).
        if first == last and any(end == last for _, end in words):
            kept.append((kept.pop()[0], stop))
        elif first >= last:
            kept.append((first, stop))
    return kept


def _before_amount(token: Mapping[str, NDArray[Any]], first: int) -> int:
    """Return the row of the sign or number that a hyphenated word goes on from without a space: *$10-million*."""
    while first > 0 and token["end"][first - 1] == token["start"][first] and token["upos"][first - 1] in _AMOUNTS:
        first -= 1
    return first


def _members(token: Mapping[str, NDArray[Any]]) -> Iterator[tuple[int, set[int]]]:
    """Yield the row of each noun of a sentence, with the rows of all that belongs to its phrase."""
    rows = {number: row for row, number in enumerate(token["token"].tolist())}
    xpos, relations = token["xpos"].tolist(), token["deprel"].tolist()
    children = defaultdict(list)
    for row, head in enumerate(token["head"].tolist()):
        children[rows.get(head, -1)].append(row)

    def below(row: int) -> Iterator[int]:
        yield row
        for child in children[row]:
            relation = relations[child]
            if relation.split(":")[0] not in _APART or relation in _PART or xpos[child] == "POS":
                yield from below(child)

    for noun in (row for row, tag in enumerate(token["upos"]) if tag in _NOUNS):
        kin = [row for row in children[noun] if relations[row] in (_BEFORE if row < noun else _AFTER)]
        yield noun, {noun}.union(*map(below, kin))
