"""Small convolutional networks that label the words of sentences, run by NumPy with quantised (8-bit) weights.

A word's initial vector is the sum of its feature embeddings plus a projected word vector. Each hidden layer is a
convolution over three words (the one before, the word, the one after) with a residual connection. Before the last
layers, a network may add a layer over the vectors of all mentions of the same word, max-pooled. The logits of the
labels are linear in the result. :mod:`training.fit` trains the networks.

Weights and activations are whole numbers of eight bits. Their products are summed in single precision, which is exact
for multiples of one half below 2 to the power of 23. The logits are therefore identical on all processors, whatever the
order of summation.

Words of the same type have the same initial vector, so the first convolution is computed once per type. The others
compute two words at a time by Winograd's method.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

__all__ = [
    "ACTIVATION_STEPS",
    "LAYERS_AFTER_POOLING",
    "MAX_ACTIVATION",
    "MAX_WEIGHT",
    "VECTOR",
    "Head",
    "Layer",
    "Network",
    "NetworkInput",
    "WordVectors",
]

#: The largest activation, the largest weight, and how many quantisation steps of an activation make 1.0.
MAX_ACTIVATION = 255
MAX_WEIGHT = 127
ACTIVATION_STEPS = 16

#: How many convolutions follow the pooling over mentions of the same word.
LAYERS_AFTER_POOLING = 2
#: The feature whose value is the key of a word vector; it has no embedding of its own.
VECTOR = "vector"

#: Words that a convolution computes at a time, an even number.
_ROWS_AT_ONCE = 1024
#: Below this, single precision holds whole numbers exactly, and multiples of one half below half of it.
_MAX_EXACT = 1 << 24


@dataclass(frozen=True, eq=False)
class Layer:
    """A quantised linear layer.

    Attributes
    ----------
    weights
        Whole numbers from −127 to 127, shape (inputs, outputs), int8 or float32.
    bias
        Added to each output after scaling, shape (outputs,), float32; empty where the layer has none.
    scale
        Factor from sums of products to output units.
    """

    weights: NDArray[Any]
    bias: NDArray[np.float32]
    scale: float | np.float32

    def activate(self, sums: NDArray[np.float32]) -> NDArray[np.float32]:
        """Scale sums of products, add the bias, and round and clip to 0 … ``MAX_ACTIVATION``, in place."""
        sums *= np.float32(self.scale)
        sums += self.bias
        activations: NDArray[np.float32] = np.clip(np.rint(sums, out=sums), 0, MAX_ACTIVATION, out=sums)
        return activations

    @cached_property
    def taps(self) -> NDArray[np.float32]:
        """The weights of a convolution for the word before, the word and the word after, shape (3, inputs, outputs).

        Raises
        ------
        ValueError
            If the weights are so large that sums may not be exact.
        """
        weights = self.weights.astype(np.float32, copy=False)
        _check_exact(np.abs(weights).sum(axis=0), _MAX_EXACT)
        return weights.reshape(3, -1, self.weights.shape[1])

    @cached_property
    def compact(self) -> tuple[Layer, NDArray[np.intp]]:
        """The layer with one output for all that are always 0, as pruning leaves them, and where each stands there."""
        is_kept = (self.weights != 0).any(axis=0) | (self.bias > 0)
        places = np.where(is_kept, np.cumsum(is_kept) - 1, is_kept.sum())
        weights = np.ascontiguousarray(np.pad(self.weights[:, is_kept], ((0, 0), (0, 1))))
        return Layer(weights, np.append(self.bias[is_kept], np.float32(0)), self.scale), places

    @cached_property
    def winograd_filters(self) -> tuple[NDArray[np.float32], ...]:
        """The four transformed filters of Winograd's F(2, 3), each of shape (inputs, outputs).

        Raises
        ------
        ValueError
            If the weights are so large that sums may not be exact.
        """
        before, here, after = self.taps
        filters = before, (before + here + after) / 2, (before - here + after) / 2, after
        sums = np.add.reduce([np.abs(each).sum(axis=0) for each in (filters[1], *filters)])
        _check_exact(sums, _MAX_EXACT / 2)  # of halves
        return filters


class Head(NamedTuple):
    """An output layer.

    Attributes
    ----------
    labels
        The labels.
    layer
        Its weights, one column per label.
    """

    labels: list[str]
    layer: Layer


class NetworkInput(NamedTuple):
    """The initial vectors of words, stored once per type.

    Attributes
    ----------
    type_vectors
        The initial vector of each type, shape (types, width), uint8.
    type_ids
        The type of each word (row of ``type_vectors``), shape (words,), int64.
    """

    type_vectors: NDArray[np.uint8]
    type_ids: NDArray[np.int64]


class WordVectors(NamedTuple):
    """Word vectors.

    Attributes
    ----------
    ids
        The id of each word, from 1; id 0 stands for the zero vector of unknown words.
    values
        The vectors from id 1 on, shape (words, dimensions), int8.
    """

    ids: Mapping[str, int]
    values: NDArray[np.int8]

    def take(self, ids: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
        """Return the vectors of some ids, shape (ids, dimensions), float32 with whole numbers."""
        vectors: NDArray[np.float32] = self.values[ids - 1].astype(np.float32) * (ids > 0)[:, None]
        return vectors

    @classmethod
    def from_bytes(cls, content: bytes) -> WordVectors:
        """Read the file that :mod:`training.vectors` makes."""
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            return cls({word: id_ for id_, word in enumerate(_lines(file["words"]), start=1)}, file["rows"])


@dataclass(frozen=True, eq=False)
class Network:
    """A trained network.

    Attributes
    ----------
    vocabularies
        The known values of each feature. The rows of ``embeddings`` follow this order: feature after feature, each
        beginning with the row for unknown values.
    embeddings
        The embeddings of feature values, shape (rows, width), int8.
    projection
        From a word vector to the width of the network.
    convolutions
        The hidden layers, each with weights of shape (3 × width, width).
    pooling
        The layer over max-pooled mentions of the same word, before the last ``LAYERS_AFTER_POOLING`` convolutions;
        None where the network has none.
    heads
        The output layers, by what they label.
    """

    vocabularies: dict[str, list[str]]
    embeddings: Layer
    projection: Layer
    convolutions: list[Layer]
    pooling: Layer | None
    heads: dict[str, Head]

    @cached_property
    def embedding_rows(self) -> dict[str, dict[str | None, int]]:
        """For each feature, the row of ``embeddings`` of each known value; None has the row for unknown values."""
        rows, first = {}, 0
        for name, known in self.vocabularies.items():
            rows[name] = {value: first + index for index, value in enumerate([None, *known])}
            first += 1 + len(known)
        return rows

    def embed(self, features: Mapping[str, Sequence[str]], vectors: WordVectors) -> NDArray[np.uint8]:
        """Compute initial vectors: the sum of feature embeddings plus the projected word vector.

        Parameters
        ----------
        features
            For each feature of the network, and for ``VECTOR``, its value for each word.
        vectors
            The word vectors.

        Returns
        -------
        numpy.ndarray
            Shape (words, width), uint8.
        """
        sums = self.sum_embeddings({name: features[name] for name in self.vocabularies})
        return self.initial_vectors(sums, self.project(features[VECTOR], vectors)).astype(np.uint8)

    def sum_embeddings(self, features: Mapping[str, Sequence[str]]) -> NDArray[np.int16]:
        """Return the sums of the embeddings of some features, those of the network, shape (words, width)."""
        rows_of = [(self.embedding_rows[name], own) for name, own in features.items() if name in self.vocabularies]
        found = (map(rows.get, own, repeat(rows[None])) for rows, own in rows_of)
        rows = np.fromiter(chain.from_iterable(found), dtype=np.int64).reshape(len(rows_of), -1)
        sums: NDArray[np.int16] = np.add.reduce(self.embeddings.weights.take(rows, axis=0), axis=0, dtype=np.int16)
        return sums

    def project(self, words: Sequence[str], vectors: WordVectors) -> NDArray[np.float32]:
        """Return the projected word vectors of the keys of words, shape (words, width)."""
        projected: NDArray[np.float32] = vectors.take(np.array([vectors.ids.get(word, 0) for word in words]))
        projected = projected @ self.projection.weights
        projected *= np.float32(self.projection.scale)
        return projected

    def initial_vectors(self, sums: NDArray[np.int16], projected: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the initial vectors for sums of embeddings and projected word vectors: whole numbers in float32."""
        initial = sums.astype(np.float32)
        initial *= np.float32(self.embeddings.scale)
        initial += projected
        initial += self.embeddings.bias
        return np.clip(np.rint(initial, out=initial), 0, MAX_ACTIVATION, out=initial)

    def logits(
        self, inputs: NetworkInput, lengths: NDArray[np.int64], groups: NDArray[np.int64] | None = None
    ) -> dict[str, NDArray[np.float32]]:
        """Compute the logits of labels.

        Parameters
        ----------
        inputs
            The initial vectors of the words.
        lengths
            Words in each sentence.
        groups
            For each word, the id (from 0) of the group of mentions that are pooled, or −1 for none. Only a network with
            ``pooling`` takes groups.

        Returns
        -------
        dict
            For each head, an array of shape (words, labels), float32.
        """
        n_words = len(inputs.type_ids)
        # Blank rows stand at both ends and between sentences; between the first row and the last, their number is even.
        padded = np.arange(n_words) + np.repeat(np.arange(1, len(lengths) + 1), lengths)
        type_ids = np.zeros(1 + (n_words + len(lengths)) // 2 * 2 + 1, dtype=np.int64)
        type_ids[padded] = inputs.type_ids + 1
        blank = np.flatnonzero(type_ids == 0)
        type_vectors = np.zeros((1 + len(inputs.type_vectors), inputs.type_vectors.shape[1]), dtype=np.float32)
        type_vectors[1:] = inputs.type_vectors
        hidden = np.empty((0, 0), dtype=np.float32)
        for index, layer in enumerate(self.convolutions):
            if self.pooling and index == len(self.convolutions) - LAYERS_AFTER_POOLING:
                self._add_pooled(hidden, padded, groups)
            hidden = _convolve(hidden, layer) if index else _convolve_types(type_vectors, type_ids, layer)
            hidden[blank] = 0
        hidden = hidden[padded]
        return {name: hidden @ layer.weights * np.float32(layer.scale) for name, (_, layer) in self.heads.items()}

    def _add_pooled(self, hidden: NDArray[Any], padded: NDArray[np.int64], groups: NDArray[np.int64] | None) -> None:
        """Add to each grouped word the pooling layer's output for the maximum over its group, in place."""
        if self.pooling is None or groups is None:
            return
        order = np.argsort(groups, kind="stable")
        order = order[np.searchsorted(groups[order], 0) :]
        if not len(order):
            return
        firsts = np.flatnonzero(np.diff(groups[order], prepend=-1))
        maxima = np.maximum.reduceat(hidden[padded[order]], firsts, axis=0)
        pooled = self.pooling.activate(maxima @ self.pooling.weights)
        group_rows = np.repeat(np.arange(len(firsts)), np.diff(np.append(firsts, len(order))))
        rows = padded[order]
        hidden[rows] = np.minimum(hidden[rows] + pooled[group_rows], MAX_ACTIVATION)

    # Files. The names of the arrays in them are fixed.

    def to_bytes(self) -> bytes:
        """Write the network as an uncompressed NumPy archive: the same network, the same bytes."""
        arrays: dict[str, Any] = {
            "attributes": _blob(self.vocabularies),
            "heads": _blob(self.heads),
            "n_layers": np.array(len(self.convolutions)),
        }
        for name, known in self.vocabularies.items():
            arrays[f"{name}.values"] = _blob(known)
        layers: dict[str, Layer | None] = {"table": self.embeddings, VECTOR: self.projection, "same": self.pooling}
        layers |= {str(index): layer for index, layer in enumerate(self.convolutions)}
        for name, head in self.heads.items():
            arrays[f"{name}.labels"], layers[name] = _blob(head.labels), head.layer
        for name, layer in layers.items():
            if layer:
                arrays |= {f"layer_{name}.weights": layer.weights.astype(np.int8)}
                arrays |= {f"layer_{name}.{part}": np.asarray(getattr(layer, part)) for part in ("bias", "scale")}
        file = io.BytesIO()
        np.savez(file, **arrays)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Network:
        """Read what :meth:`to_bytes` wrote."""
        with np.load(io.BytesIO(content), allow_pickle=False) as file:

            def layer(name: Any, dtype: Any = np.float32) -> Layer:
                weights, bias, scale = (file[f"layer_{name}.{part}"] for part in ("weights", "bias", "scale"))
                return Layer(weights.astype(dtype, copy=False), bias, scale)

            return cls(
                {name: _lines(file[f"{name}.values"]) for name in _lines(file["attributes"])},
                layer("table", np.int8),
                layer(VECTOR),
                [layer(index) for index in range(int(file["n_layers"]))],
                layer("same") if "layer_same.weights" in file else None,
                {name: Head(_lines(file[f"{name}.labels"]), layer(name)) for name in _lines(file["heads"])},
            )


def _check_exact(weights: NDArray[np.float32], limit: float) -> None:
    """Check that sums of products with the largest activation stay below a limit, by the sums of absolute weights."""
    largest = weights.max() * MAX_ACTIVATION
    if largest >= limit:
        raise ValueError(f"weights of a layer may add up to {largest:,.0f}, expected less than {limit:,.0f}")


def _convolve_types(
    type_vectors: NDArray[np.float32], type_ids: NDArray[np.int64], layer: Layer
) -> NDArray[np.float32]:
    """Compute the first convolution: each tap once per type, then summed for each word."""
    before, here, after = (type_vectors @ tap for tap in layer.taps)
    hidden = np.zeros((len(type_ids), type_vectors.shape[1]), dtype=np.float32)  # the first row and the last are blank
    for low in range(1, len(type_ids) - 1, _ROWS_AT_ONCE):
        high = min(low + _ROWS_AT_ONCE, len(type_ids) - 1)
        sums = here.take(type_ids[low:high], axis=0)
        sums += before.take(type_ids[low - 1 : high - 1], axis=0)
        sums += after.take(type_ids[low + 1 : high + 1], axis=0)
        _add_residual(type_vectors.take(type_ids[low:high], axis=0), layer.activate(sums), out=hidden[low:high])
    return hidden


def _convolve(hidden: NDArray[np.float32], layer: Layer) -> NDArray[np.float32]:
    """Compute a further convolution, two words at a time: four matrix products in place of six.

    References
    ----------
    S. Winograd 1980, Arithmetic complexity of computations, SIAM: the filter F(2, 3).
    """
    one, two, three, four = layer.winograd_filters
    result = np.zeros_like(hidden)  # the first row and the last are blank
    for low in range(1, len(hidden) - 1, _ROWS_AT_ONCE):
        high = min(low + _ROWS_AT_ONCE, len(hidden) - 1)
        a, b, c, d = (hidden[low + shift : high + shift : 2] for shift in (-1, 0, 1, 2))
        total, difference = (b + c) @ two, (c - b) @ three
        sums = np.empty((high - low, hidden.shape[1]), dtype=np.float32)
        np.add(total + difference, (a - c) @ one, out=sums[::2])
        np.subtract(total - difference, (b - d) @ four, out=sums[1::2])
        _add_residual(hidden[low:high], layer.activate(sums), out=result[low:high])
    return result


def _add_residual(inputs: NDArray[np.float32], activations: NDArray[np.float32], out: NDArray[np.float32]) -> None:
    """Add a layer's inputs to its activations, clipped to ``MAX_ACTIVATION``."""
    np.clip(np.add(inputs, activations, out=out), 0, MAX_ACTIVATION, out=out)


def _blob(lines: Iterable[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(lines).encode(), dtype=np.uint8)


def _lines(blob: NDArray[np.uint8]) -> list[str]:
    return blob.tobytes().decode().split("\n")
