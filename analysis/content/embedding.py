"""The initial vectors of the words of an article, which the network of :mod:`analysis.content.attribution` reads.

A vector is the sum of the embeddings of a word’s features. Hardly two words share all features, so the sum over those
of the word itself, its tag and its lemma is cached from article to article, and those of its place are added each time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.language import features
from analysis.language.network import VECTOR
from analysis.language.tagger import TypeCache, factorise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from analysis.language.features import Lexicon
    from analysis.language.network import Network

__all__ = ["TEMPLATES", "Embedder"]

#: The features that tell what a word is, by name, and those of its place, and the columns that hold their values.
_WORD = {"tag": "xpos", "lemma": "lemma"}
_PLACE = {
    "entity": "entity",
    "quotation": "quotation",
    "edge": "edge",
    "deprel": "deprel",
    "head": "head",
}
#: All templates of the network. ``quotation`` is what :func:`analysis.content.quotations.quotation_states` says of a
#: word, ``edge`` whether it is the first of its sentence (``s``) or paragraph (``p``), and whether it is the last
#: (``S``, ``P``); ``head`` is the lemma of its head, empty for a root.
TEMPLATES = (
    features.WORD,
    features.FeatureTemplate((*_WORD, *_PLACE), (*_WORD.values(), *_PLACE.values()), lambda key, _: key),
)
_INPUTS = (*features.WORD.inputs, *_WORD.values())
#: Words whose sums are cached.
_CACHE_SIZE = 1 << 13


class Embedder:
    """Computes initial vectors. Threads may share an embedder.

    Parameters
    ----------
    network
        The network.
    lexicon
        The lexicon that features are looked up in.
    """

    def __init__(self, network: Network, lexicon: Lexicon) -> None:
        self._network, self._lexicon = network, lexicon
        self._own = TypeCache(self._embed_words, _CACHE_SIZE)

    def embed(self, columns: Mapping[str, Sequence[str]]) -> NDArray[np.float32]:
        """Return the initial vector of each word, shape (words, width), float32 with whole numbers.

        Parameters
        ----------
        columns
            For each input of ``TEMPLATES``, its value for each word.
        """
        types, type_ids = factorise(zip(*(columns[name] for name in _INPUTS), strict=True))
        sums, projected = (each.take(type_ids, axis=0) for each in self._own.take(types))
        sums += self._network.sum_embeddings({name: columns[column] for name, column in _PLACE.items()})
        return self._network.initial_vectors(sums, projected)

    def _embed_words(self, words: Sequence[tuple[str, ...]]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the sums of the embeddings of the features of words themselves, and their projected word vectors."""
        columns = dict(zip(_INPUTS, zip(*words, strict=True), strict=True))
        found = features.extract(columns, (features.WORD,), self._lexicon)
        found |= {name: columns[column] for name, column in _WORD.items()}
        return self._network.sum_embeddings(found), self._network.project(found[VECTOR], self._lexicon.vectors)
