"""Noun phrases: the nouns of an article with the words that describe them."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from analysis import tables
from analysis.measures.inputs import require
from analysis.measures.options import checked

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from nltk.chunk.regexp import RegexpParser

__all__ = ["GRAMMAR", "noun_phrases"]

#: A determiner; then modifiers: adjectives, numbers, past participles, nouns, whole compounds and possessors; then the
#: head noun, with an *-ing* form only right before it (*escalating violence*, not *battling rival groups*).
GRAMMAR = r"NP: {<PDT>?<DT|PRP\$|WP\$>?(<RB.*>?<JJ.*>|<CD|VBN|HYPH|AFX|NN.*|POS>)*<VBG>?<NN.*>}"
_DETERMINERS = frozenset({"PDT", "DT", "PRP$", "WP$"})


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
    phrase. Modifiers after the noun (*groups with ties to …*) are not part of its phrase.

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
        leaves = list(enumerate(words["xpos"]))
        starts, ends = words["start"].tolist(), words["end"].tolist()
        texts, lemmas = words["text"].tolist(), words["lemma"].tolist()
        for chunk in _chunker().parse(leaves).subtrees(lambda tree: tree.label() == "NP"):
            indices = [index for index, tag in chunk.leaves() if tag not in _DETERMINERS]
            if described_only and len(indices) == 1:
                continue
            gaps = ["", *(" " if starts[b] > ends[a] else "" for a, b in pairwise(indices))]
            phrase = "".join(gap + texts[index] for gap, index in zip(gaps, indices, strict=True))
            yield sentence, starts[indices[0]], ends[indices[-1]], phrase, lemmas[indices[-1]]


@cache
def _chunker() -> RegexpParser:
    from nltk.chunk.regexp import RegexpParser

    return RegexpParser(GRAMMAR)
