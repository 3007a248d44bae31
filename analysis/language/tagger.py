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
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.language.features import FeatureTemplate, Lexicon
    from analysis.language.network import Network

__all__ = ["Tagger", "TypeCache", "factorise"]

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
        self._types = TypeCache(self._embed, _CACHE_SIZE)

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
        (vectors,) = self._types.take(types)
        return NetworkInput(vectors, np.array(type_ids, dtype=np.int64))

    def _embed(self, types: Sequence[tuple[str, ...]]) -> tuple[NDArray[np.uint8]]:
        """Return the initial vectors of types."""
        columns = dict(zip(self._inputs, zip(*types, strict=True), strict=True))
        found = features.extract(columns, self._templates, self._lexicon)
        return (self.network.embed(found, self._lexicon.vectors),)


class TypeCache:
    """Caches arrays with a row for each word type, from text to text. Threads may share a cache.

    Parameters
    ----------
    compute
        Returns the arrays of types, each with a row for each type.
    size
        How many types are cached; those of one text are, however many.
    """

    def __init__(self, compute: Callable[[Sequence[tuple[str, ...]]], Sequence[NDArray[Any]]], size: int) -> None:
        self._compute, self._size = compute, size
        self._lock = Lock()
        self._rows: dict[tuple[str, ...], int] = {}
        self._arrays: list[NDArray[Any]] = []

    def take(self, types: Sequence[tuple[str, ...]]) -> list[NDArray[Any]]:
        """Return the arrays of distinct types; those that are new are cached, instead of all others if it is full."""
        with self._lock:
            new = [type_ for type_ in types if type_ not in self._rows]
            if new and (not self._arrays or len(self._rows) + len(new) > len(self._arrays[0])):
                self._rows, self._arrays, new = {}, [], list(types)
            if new:
                self._add(new)
            rows = list(map(self._rows.__getitem__, types))
            return [array.take(rows, axis=0) for array in self._arrays]

    def _add(self, new: Sequence[tuple[str, ...]]) -> None:
        computed = self._compute(new)
        if not self._arrays:
            n_rows = max(self._size, len(new))
            self._arrays = [np.empty((n_rows, *each.shape[1:]), dtype=each.dtype) for each in computed]
        low, high = len(self._rows), len(self._rows) + len(new)
        for array, own in zip(self._arrays, computed, strict=True):
            array[low:high] = own
        self._rows.update(zip(new, range(low, high), strict=True))


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
