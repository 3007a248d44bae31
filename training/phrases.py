"""Base noun phrases of treebanks: as their trees have them, as the models find them, and as a chunker does."""

from __future__ import annotations

import gzip
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from nltk.chunk.regexp import RegexpParser

from analysis.language import annotate
from analysis.language.treebanks import read_conllu
from analysis.measures import noun_phrases

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from analysis.language.models import Models

__all__ = ["GRAMMAR", "find_phrases"]

#: A determiner; then modifiers: adjectives, numbers, past participles, nouns and possessors; then the head noun, with
#: an *-ing* form only right before it.
GRAMMAR = r"NP: {<PDT>?<DT|PRP\$|WP\$>?(<RB.*>?<JJ.*>|<CD|VBN|HYPH|AFX|NN.*|POS>)*<VBG>?<NN.*>}"
_DETERMINERS = frozenset({"PDT", "DT", "PRP$", "WP$"})

#: The article of a phrase, and its half-open character span without a determiner.
_Phrase = tuple[str, int, int]


def find_phrases(path: Path, models: Models) -> dict[str, set[_Phrase]]:
    """Return the base noun phrases of a treebank in CoNLL-U, packed by gzip.

    Returns
    -------
    dict
        By :func:`analysis.measures.noun_phrases`, those of the trees of the treebank (``gold``) and of the trees that
        the models make of its raw text (``trees``); and those that NLTK's chunker finds by :data:`GRAMMAR` in the Penn
        tags of the models (``chunker``; S. Bird, E. Klein and E. Loper 2009, *Natural Language Processing with Python*,
        ch. 7).
    """
    with TemporaryDirectory() as folder:
        plain = Path(folder, path.stem)
        plain.write_bytes(gzip.decompress(path.read_bytes()))
        articles, gold = read_conllu(plain, force=True, models=models)
    tokens = annotate(articles, force=True, models=models).tokens
    return {"gold": _spans(gold.tokens), "trees": _spans(tokens), "chunker": set(_chunks(tokens))}


def _spans(tokens: pd.DataFrame) -> set[_Phrase]:
    found = noun_phrases(tokens)
    return set(zip(found["article_id"], found["start"], found["end"], strict=True))


def _chunks(tokens: pd.DataFrame) -> Iterator[_Phrase]:
    chunker = RegexpParser(GRAMMAR)
    for (article_id, _), words in tokens.groupby(["article_id", "sentence"], sort=False):
        leaves = list(zip(zip(words["start"], words["end"], strict=True), words["xpos"], strict=True))
        for chunk in chunker.parse(leaves).subtrees(lambda tree: tree.label() == "NP"):
            spans = [span for span, tag in chunk.leaves() if tag not in _DETERMINERS]
            yield article_id, spans[0][0], spans[-1][1]
