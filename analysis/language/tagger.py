"""A network together with the features it embeds and a cache of initial vectors."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain, count
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.language import features
from analysis.language.network import NetworkInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.language.features import FeatureTemplate, Lexicon
    from analysis.language.network import Network

__all__ = ["Tagger", "factorise"]

#: Word types whose initial vectors are cached.
_CACHE_SIZE = 1 << 15


class Tagger:
    """Computes the logits of labels for words; the initial vectors of word types are cached from text to text.

    A type is a combination of the inputs of all feature templates. Threads may share a tagger.

    Parameters
    ----------
    network
        The network.
    templates
        The templates of the features that it embeds; those of other features are ignored.
    lexicon
        The lexicon that features are looked up in.
    """

    def __init__(self, network: Network, templates: Sequence[FeatureTemplate], lexicon: Lexicon) -> None:
        self.network = network
        self._templates = [each for each in templates if not network.vocabularies.keys().isdisjoint(each.features)]
        self._inputs = [*dict.fromkeys(chain.from_iterable(each.inputs for each in self._templates))]
        self._lexicon = lexicon
        self._lock = Lock()
        self._rows: dict[tuple[str, ...], int] = {}
        self._vectors = np.zeros((0, 0), dtype=np.uint8)

    def labels(self, head: str) -> list[str]:
        """Return the labels of a head."""
        return self.network.heads[head].labels

    def logits(
        self,
        columns: Mapping[str, Sequence[str]],
        lengths: NDArray[np.int64],
        groups: NDArray[np.int64] | None = None,
    ) -> dict[str, NDArray[np.float32]]:
        """Compute the logits of labels.

        Parameters
        ----------
        columns
            For each input of the feature templates, its value for each word.
        lengths, groups
            As in :meth:`Network.logits`.

        Returns
        -------
        dict
            For each head, an array of shape (words, labels), float32.
        """
        return self.network.logits(self.inputs(columns), lengths, groups)

    def inputs(self, columns: Mapping[str, Sequence[str]]) -> NetworkInput:
        """Return the initial vectors of words.

        Parameters
        ----------
        columns
            For each input of the feature templates, its value for each word.
        """
        types, type_ids = factorise(zip(*(columns[name] for name in self._inputs), strict=True))
        with self._lock:
            return NetworkInput(self._embed(types), np.array(type_ids, dtype=np.int64))

    def _embed(self, types: Sequence[tuple[str, ...]]) -> NDArray[np.uint8]:
        """Return the initial vector of each type, and cache those that are new."""
        new = [type_ for type_ in types if type_ not in self._rows]
        if new:
            low, high = len(self._rows), len(self._rows) + len(new)
            if high > len(self._vectors):
                self._rows, new, low, high = {}, list(types), 0, len(types)
                width = self.network.embeddings.weights.shape[1]
                self._vectors = np.empty((max(high, _CACHE_SIZE), width), dtype=np.uint8)
            columns = dict(zip(self._inputs, zip(*new, strict=True), strict=True))
            found = features.extract(columns, self._templates, self._lexicon)
            self._vectors[low:high] = self.network.embed(found, self._lexicon.vectors)
            self._rows.update(zip(new, range(low, high), strict=True))
        return self._vectors.take(list(map(self._rows.__getitem__, types)), axis=0)


def factorise(items: Iterable[Any]) -> tuple[list[Any], list[int]]:
    """Return the distinct items in order of first occurrence, and for each item the index of its own.

    Examples
    --------
    >>> factorise("abba")
    (['a', 'b'], [0, 1, 1, 0])
    """
    indices: defaultdict[Any, int] = defaultdict(count().__next__)
    ids = list(map(indices.__getitem__, items))
    return list(indices), ids
