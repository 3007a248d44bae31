"""Noun phrases: what an article speaks of, with the words that describe it."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.measures.inputs import require

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nltk.chunk.regexp import RegexpParser

#: A determiner; then what describes: adjectives, numbers, past participles, nouns, whole compounds and possessors; then
#: the nouns, with an *-ing* form only right before them (*escalating violence*, not *battling rival groups*).
GRAMMAR = r"NP: {<PDT>?<DT|PRP\$|WP\$>?(<RB.*>?<JJ.*>|<CD|VBN|HYPH|AFX|NN.*|POS>)*<VBG>?<NN.*>}"
_DETERMINERS = frozenset({"PDT", "DT", "PRP$", "WP$"})


def noun_phrases(tokens: pd.DataFrame, *, described_only: bool = False) -> pd.DataFrame:
    """List the noun phrases of each article, in order.

    Parameters
    ----------
    tokens
        Tokens with article_id, sentence, start, end, text, lemma, xpos.
    described_only
        Leave out phrases whose noun stands alone, apart from a determiner.

    Returns
    -------
    DataFrame
        One row a base noun phrase (one without another phrase in it): article_id, sentence, start, end (characters in
        the article, from the first word after the determiner), phrase (as written, with one space for any white
        space), head (lemma of its last noun), n (phrases of the article with that head).

    Notes
    -----
    Phrases are found by :data:`GRAMMAR` over the Penn tags, by NLTK's chunker (S. Bird, E. Klein and E. Loper 2009,
    *Natural Language Processing with Python*, ch. 7): the longest match from the left. A wrong tag makes a wrong
    phrase. What describes a noun from behind it (*groups with ties to …*) is not in its phrase.

    Examples
    --------
    >>> tokens = pd.DataFrame({
    ...     "article_id": "a", "sentence": 0, "start": [0, 4, 10, 17], "end": [3, 9, 16, 18],
    ...     "text": ["The", "rival", "groups", "."], "lemma": ["the", "rival", "group", "."],
    ...     "xpos": ["DT", "JJ", "NNS", "."]})
    >>> noun_phrases(tokens)[["start", "end", "phrase", "head", "n"]].values.tolist()
    [[4, 16, 'rival groups', 'group', 1]]
    """
    require(tokens, ("article_id", "sentence", "start", "end", "text", "lemma", "xpos"), name="tokens")
    rows = [
        (article_id, *phrase)
        for article_id, article in tokens.groupby("article_id", sort=False)
        for phrase in _phrases(article.sort_values("start", kind="stable"), described_only=described_only)
    ]
    table = pd.DataFrame(rows, columns=["article_id", "sentence", "start", "end", "phrase", "head"])
    table = table.astype({"article_id": "str", "phrase": "str", "head": "str"})
    return table.assign(n=table.groupby(["article_id", "head"], sort=False)["start"].transform("size").astype("int64"))


def _phrases(article: pd.DataFrame, *, described_only: bool) -> Iterator[tuple[Any, ...]]:
    for sentence, words in article.groupby("sentence", sort=False):
        leaves = list(zip(range(len(words)), words["xpos"], strict=True))
        starts, ends = words["start"].tolist(), words["end"].tolist()
        texts, lemmas = words["text"].tolist(), words["lemma"].tolist()
        for chunk in _chunker().parse(leaves).subtrees(lambda tree: tree.label() == "NP"):
            places = [place for place, tag in chunk.leaves() if tag not in _DETERMINERS]
            if described_only and len(places) == 1:
                continue
            gaps = ["", *(" " if starts[b] > ends[a] else "" for a, b in pairwise(places))]
            phrase = "".join(gap + texts[place] for gap, place in zip(gaps, places, strict=True))
            yield sentence, starts[places[0]], ends[places[-1]], phrase, lemmas[places[-1]]


@cache
def _chunker() -> RegexpParser:
    from nltk.chunk.regexp import RegexpParser

    return RegexpParser(GRAMMAR)
