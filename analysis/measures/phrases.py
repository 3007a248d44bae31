"""Noun phrases: the nouns of an article with the words that describe them."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from analysis import tables
from analysis.invisible import visible
from analysis.measures.inputs import require
from analysis.measures.units import hyphenated, join_words
from analysis.options import checked

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from nltk.chunk.regexp import RegexpParser

__all__ = ["GRAMMAR", "noun_phrases"]

#: A determiner; then modifiers: adjectives, numbers, past participles, nouns, whole compounds and possessors; then the
#: head noun, with an *-ing* form only right before it (*escalating violence*, not *battling rival groups*).
GRAMMAR = r"NP: {<PDT>?<DT|PRP\$|WP\$>?(<RB.*>?<JJ.*>|<CD|VBN|HYPH|AFX|NN.*|POS>)*<VBG>?<NN.*>}"
_DETERMINERS = frozenset({"PDT", "DT", "PRP$", "WP$"})
_FINITE = frozenset({"VBD", "VBZ"})
_PARTICLES = frozenset({"IN", "RP", "RB"})


@tables.stage(requires=("tokens",), returns="noun_phrases")
@checked
def noun_phrases(tokens: pd.DataFrame, *, described_only: bool = False) -> pd.DataFrame:
    """List the noun phrases of each article, in order.

    Parameters
    ----------
    tokens
        Tokens with article_id, sentence, start, end, text, lemma, xpos.
    described_only
        Whether to leave out phrases that are a single noun, apart from a determiner.

    Returns
    -------
    DataFrame
        {columns}

        Rows are in the order of the text, articles in that of tokens.

    Notes
    -----
    Phrases are found by :data:`GRAMMAR` over the Penn tags, by NLTK's chunker (S. Bird, E. Klein and E. Loper 2009,
    *Natural Language Processing with Python*, ch. 7): the longest match from the left. A wrong tag makes a wrong
    phrase. Modifiers after the noun (*groups with ties to …*) are not part of its phrase. A hyphenated word is one word
    (*state-of-the-art bridge*): before a noun it is an adjective, elsewhere a noun if it ends in one or in a particle
    or number after one (*passer-by*, *A330-200*).

    Examples
    --------
    >>> import pandas as pd
    >>> tokens = pd.DataFrame({
    ...     "article_id": "a", "sentence": 0, "start": [0, 4, 10, 17], "end": [3, 9, 16, 18],
    ...     "text": ["The", "rival", "groups", "."], "lemma": ["the", "rival", "group", "."],
    ...     "xpos": ["DT", "JJ", "NNS", "."]})
    >>> noun_phrases(tokens)[["start", "end", "phrase", "head", "n"]].values.tolist()
    [[4, 16, 'rival groups', 'group', 1]]
    """
    require(tokens, ("article_id", "sentence", "start", "end", "text", "lemma", "xpos"), name="tokens")
    rows = []
    for article_id, article in tokens.groupby("article_id", sort=False):
        phrases = list(_phrases(article.sort_values("start", kind="stable"), described_only=described_only))
        n = Counter(head for *_, head in phrases)
        rows += [(article_id, *phrase, n[phrase[-1]]) for phrase in phrases]
    return tables.frame("noun_phrases", rows)


def _phrases(article: pd.DataFrame, *, described_only: bool) -> Iterator[tuple[int, int, int, str, str]]:
    for sentence, words in article.groupby("sentence", sort=False):
        token = {column: words[column].to_numpy() for column in ("start", "end", "text", "lemma", "xpos")}
        token["text"] = np.array([visible(text) for text in token["text"]], dtype=object)
        leaves = [((i, i + 1), tag) for i, tag in enumerate(token["xpos"])]
        for first, stop in reversed(list(hyphenated(token))):
            after = leaves[stop][1] if stop < len(leaves) else ""
            leaves[first:stop] = [((first, stop), _tag_of_compound(token["xpos"][first:stop].tolist(), after))]
        for chunk in _chunker().parse(leaves).subtrees(lambda tree: tree.label() == "NP"):
            spans = [span for span, tag in chunk.leaves() if tag not in _DETERMINERS]
            first, stop = spans[0][0], spans[-1][1]
            if described_only and stop - first == 1:
                continue
            phrase = join_words(token, first, stop)
            yield sentence, token["start"][first], token["end"][stop - 1], phrase, token["lemma"][stop - 1]


def _tag_of_compound(tags: list[str], after: str) -> str:
    """Return the tag of a hyphenated word whose parts have these, before a word with another.

    Examples
    --------
    >>> _tag_of_compound(["NN", "HYPH", "IN", "HYPH", "NN"], "VBZ"), _tag_of_compound(["NNP", "HYPH", "VBN"], "NN")
    ('NN', 'JJ')
    """
    last, nouns = tags[-1], [tag for tag in tags if tag.startswith("NN")]
    if last == "CD":
        return nouns[0] if nouns else "CD"
    if last in _FINITE or last.startswith("NNP"):
        return last
    is_noun = last.startswith("NN") or (last in _PARTICLES and bool(nouns))
    return "NN" if is_noun and not after.startswith("NN") else "JJ"


@cache
def _chunker() -> RegexpParser:
    from nltk.chunk.regexp import RegexpParser

    return RegexpParser(GRAMMAR)
