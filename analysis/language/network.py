"""Small neural networks that label words, run with NumPy alone and in whole numbers.

A network knows values of the attributes of words, and has a row of weights for each. What the rows of a word's values
add up to is where it begins; each layer then adds what the word and the two beside it say together, and one may add
what the same word says elsewhere in its document. From what that comes to, each label is scored.
:mod:`training.fit` trains them.

Weights are whole numbers of eight bits, and so is all that passes from layer to layer. Their products are added up in
single precision, in which halves below 2 to the power of 23 are exact: the scores are the same to the last bit on any
processor, in any order of adding.

Words of one type begin alike, so that the first layer multiplies once for each type. The others take two words at a
time, which share a third of their products.
"""

from __future__ import annotations

import io
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, count, repeat
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

#: The largest value that passes from layer to layer, the largest weight, and how many steps there are to one.
TOP = 255
HEAVIEST = 127
STEPS = 16

#: How many layers come after the one that looks at the same word elsewhere.
AFTER_SAME = 2
#: The attribute whose values are words that have a vector.
VECTOR = "vector"


@dataclass(frozen=True, eq=False)
class Layer:
    """Weights, and what turns sums of their products into values.

    Attributes
    ----------
    weights
        One row an input, one column a value: whole numbers.
    bias
        What is added to each value (float32).
    scale
        What a sum of products is multiplied by before that.
    """

    weights: np.ndarray
    bias: np.ndarray
    scale: float

    def __call__(self, sums: np.ndarray) -> np.ndarray:
        """Turn sums of products into values, whole numbers from 0 to ``TOP``, in place."""
        sums *= np.float32(self.scale)
        sums += self.bias
        return np.clip(np.rint(sums, out=sums), 0, TOP, out=sums)

    @cached_property
    def taps(self) -> np.ndarray:
        """The weights of the word before, of the word itself, and of the next one."""
        return self.weights.astype(np.float32, copy=False).reshape(3, -1, self.weights.shape[1])

    @cached_property
    def filters(self) -> tuple[np.ndarray, ...]:
        """What four sums over four words in a row are multiplied by, to give what two words of them say.

        Raises
        ------
        ValueError
            If the weights are so large that what is added up may not be exact.
        """
        before, here, after = self.taps
        filters = before, (before + here + after) / 2, (before - here + after) / 2, after
        largest = np.add.reduce([np.abs(each).sum(axis=0) for each in (filters[1], *filters)]).max() * TOP
        if largest >= _EXACT:
            raise ValueError(f"weights of a layer may add up to {largest:,.0f}, expected less than {_EXACT:,}")
        return filters


class Head(NamedTuple):
    """Labels, and the weights of their scores, one column a label."""

    labels: list[str]
    layer: Layer


class Begun(NamedTuple):
    """What words begin with.

    Attributes
    ----------
    types
        What each type of words begins with, one row a type: whole numbers from 0 to ``TOP`` (uint8).
    of
        The type of each word (row of ``types``).
    """

    types: np.ndarray
    of: np.ndarray


class Vectors(NamedTuple):
    """Vectors of words.

    Attributes
    ----------
    numbers
        The number of each word's vector, from 1; 0 is the vector of no word, which is zero.
    rows
        The vectors from number 1 on, one a row (int8).
    """

    numbers: Mapping[str, int]
    rows: np.ndarray

    def take(self, numbers: np.ndarray) -> np.ndarray:
        """Give the vectors of these numbers, one a row (float32, whole numbers)."""
        return self.rows[numbers - 1].astype(np.float32) * (numbers > 0)[:, None]

    @classmethod
    def from_bytes(cls, data: bytes) -> Vectors:
        """Read the file that ``benchmarks/word_vectors.py`` makes."""
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            return cls({word: number for number, word in enumerate(_lines(file["words"]), start=1)}, file["rows"])


@dataclass(frozen=True, eq=False)
class Network:
    """A trained network.

    Attributes
    ----------
    values
        For each attribute, its known values, which are numbered in this order from 1; 0 is any other.
    table
        What is made of the values of a word, each a row (int8): attribute after attribute, each beginning with that of
        0.
    vector
        What is made of a word's vector.
    layers
        What is made of a word and the two beside it: the weights of the word before it, its own, the next one's.
    same
        What is made of the largest values that the words of one group have, before the last ``AFTER_SAME`` layers;
        None if there are no groups.
    heads
        What is labelled, and by what.
    """

    values: dict[str, list[str]]
    table: Layer
    vector: Layer
    layers: list[Layer]
    same: Layer | None
    heads: dict[str, Head]

    @cached_property
    def numbers(self) -> dict[str, dict[str | None, int]]:
        """The row of the table that each value of each attribute has; an attribute's first stands under None."""
        rows, first = {}, 0
        for name, known in self.values.items():
            rows[name] = {value: first + number for number, value in enumerate([None, *known])}
            first += 1 + len(known)
        return rows

    def begin(self, attributes: Mapping[str, Sequence[str]], vectors: Vectors) -> np.ndarray:
        """Give what words begin with.

        Parameters
        ----------
        attributes
            For each attribute, and for ``VECTOR``, its value for each word.
        vectors
            The vectors of words.

        Returns
        -------
        numpy.ndarray
            One row a word: whole numbers from 0 to ``TOP`` (uint8).
        """
        found = (map(known.get, attributes[name], repeat(known[None])) for name, known in self.numbers.items())
        rows = np.fromiter(chain.from_iterable(found), dtype=np.int64).reshape(len(self.numbers), -1)
        result = np.add.reduce(self.table.weights.take(rows, axis=0), axis=0, dtype=np.int16).astype(np.float32)
        result *= np.float32(self.table.scale)
        words = np.array([vectors.numbers.get(word, 0) for word in attributes[VECTOR]])
        said = vectors.take(words) @ self.vector.weights
        said *= np.float32(self.vector.scale)
        result += said
        result += self.table.bias
        return np.clip(np.rint(result, out=result), 0, TOP).astype(np.uint8)

    def scores(self, begun: Begun, lengths: np.ndarray, groups: np.ndarray | None = None) -> dict[str, np.ndarray]:
        """Score the labels of words.

        Parameters
        ----------
        begun
            What the words begin with, of all that is known of them.
        lengths
            Words in each sentence.
        groups
            The group of each word, from 0, or -1 if it is in none. A network that knows no groups takes none.

        Returns
        -------
        dict
            For each head, one row a word, one column a label (float32).
        """
        n_words = len(begun.of)
        places = np.arange(n_words) + np.repeat(np.arange(1, len(lengths) + 1), lengths)
        of = np.zeros(1 + (n_words + len(lengths)) // 2 * 2 + 1, dtype=np.int64)  # blanks at both ends and between
        of[places] = begun.of + 1
        blank = np.flatnonzero(of == 0)
        types = np.zeros((1 + len(begun.types), begun.types.shape[1]), dtype=np.float32)
        types[1:] = begun.types  # after the blank
        values = np.empty(0)
        for number, layer in enumerate(self.layers):
            if self.same and number == len(self.layers) - AFTER_SAME:
                self._add_same(values, places, groups)
            values = _after(values, layer) if number else _first(types, of, layer)
            values[blank] = 0
        values = values[places]
        return {name: values @ layer.weights * np.float32(layer.scale) for name, (_, layer) in self.heads.items()}

    def _add_same(self, values: np.ndarray, places: np.ndarray, groups: np.ndarray) -> None:
        """Add what is made of the largest values of each group to the values of its words."""
        order = np.argsort(groups, kind="stable")
        order = order[np.searchsorted(groups[order], 0) :]
        if not len(order):
            return
        firsts = np.flatnonzero(np.diff(groups[order], prepend=-1))
        largest = np.maximum.reduceat(values[places[order]], firsts, axis=0)
        said = self.same(largest @ self.same.weights)
        number = np.repeat(np.arange(len(firsts)), np.diff(np.append(firsts, len(order))))
        rows = places[order]
        values[rows] = np.minimum(values[rows] + said[number], TOP)

    # Files

    def to_bytes(self) -> bytes:
        """Write the network as an uncompressed NumPy archive: the same network, the same bytes."""
        arrays: dict[str, Any] = {
            "attributes": _blob(self.values),
            "heads": _blob(self.heads),
            "n_layers": np.array(len(self.layers)),
        }
        for name, known in self.values.items():
            arrays[f"{name}.values"] = _blob(known)
        layers = {"table": self.table, VECTOR: self.vector, "same": self.same}
        layers |= {str(number): layer for number, layer in enumerate(self.layers)}
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
    def from_bytes(cls, data: bytes) -> Network:
        """Read what :meth:`to_bytes` wrote."""
        with np.load(io.BytesIO(data), allow_pickle=False) as file:

            def layer(name: Any, kind: Any = np.float32) -> Layer:
                weights, bias, scale = (file[f"layer_{name}.{part}"] for part in ("weights", "bias", "scale"))
                return Layer(weights.astype(kind, copy=False), bias, scale)

            return cls(
                {name: _lines(file[f"{name}.values"]) for name in _lines(file["attributes"])},
                layer("table", np.int8),
                layer(VECTOR),
                [layer(number) for number in range(int(file["n_layers"]))],
                layer("same") if "layer_same.weights" in file else None,
                {name: Head(_lines(file[f"{name}.labels"]), layer(name)) for name in _lines(file["heads"])},
            )


def _first(types: np.ndarray, of: np.ndarray, layer: Layer) -> np.ndarray:
    """Give the values of words after the first layer, before which they are those of their types."""
    before, here, after = (types @ tap for tap in layer.taps)
    result = np.zeros((len(of), types.shape[1]), dtype=np.float32)  # the first row and the last are blank
    for low in range(1, len(of) - 1, _ROWS_AT_ONCE):
        high = min(low + _ROWS_AT_ONCE, len(of) - 1)
        said = here.take(of[low:high], axis=0)
        said += before.take(of[low - 1 : high - 1], axis=0)
        said += after.take(of[low + 1 : high + 1], axis=0)
        _add(types.take(of[low:high], axis=0), layer(said), out=result[low:high])
    return result


def _after(values: np.ndarray, layer: Layer) -> np.ndarray:
    """Give the values of words after another layer: of two words at a time, by four products in place of six.

    References
    ----------
    S. Winograd 1980, Arithmetic complexity of computations, SIAM: the filter F(2, 3).
    """
    one, two, three, four = layer.filters
    result = np.zeros_like(values)  # the first row and the last are blank
    for low in range(1, len(values) - 1, _ROWS_AT_ONCE):
        high = min(low + _ROWS_AT_ONCE, len(values) - 1)
        a, b, c, d = (values[low + shift : high + shift : 2] for shift in (-1, 0, 1, 2))
        both, differ = (b + c) @ two, (c - b) @ three
        said = np.empty((high - low, values.shape[1]), dtype=np.float32)
        np.add(both + differ, (a - c) @ one, out=said[::2])
        np.subtract(both - differ, (b - d) @ four, out=said[1::2])
        _add(values[low:high], layer(said), out=result[low:high])
    return result


def _add(values: np.ndarray, said: np.ndarray, out: np.ndarray) -> None:
    """Add what is said to values, none above ``TOP``."""
    np.clip(np.add(values, said, out=out), 0, TOP, out=out)


_ROWS_AT_ONCE = 1024  # an even number
_EXACT = 1 << 23


# Labels of names


def decode(scores: np.ndarray, labels: Sequence[str], lengths: np.ndarray) -> list[str]:
    """Find the best BIO labels of each sentence, among those in which ``I-x`` comes after ``B-x`` or ``I-x`` alone.

    Parameters
    ----------
    scores
        One row a word, one column a label.
    labels
        The labels.
    lengths
        Words in each sentence.

    Notes
    -----
    The likeliest label of each word, if these may stand one after the other. Else Viterbi's algorithm, for all runs of
    words at once in which a name may be: a word that scores ``_SURE`` more as no part of a name than as any is none.
    """
    outside = labels.index("O")
    best = scores.argmax(axis=1)
    ends = np.zeros(len(scores) + 1, dtype=bool)
    ends[np.cumsum(lengths)] = ends[:1] = True
    of_name = np.delete(scores, outside, axis=1).max(axis=1) > scores[:, outside] - _SURE
    unsure = np.flatnonzero(of_name)
    begins = (np.diff(unsure, prepend=-2) > 1) | ends[unsure]
    after = np.array([[two[0] != "I" or one[1:] == two[1:] for two in labels] for one in labels])  # B-x or I-x, I-x
    may_be = after[np.where(ends[unsure], outside, best[unsure - 1]), best[unsure]]
    firsts = np.flatnonzero(begins)
    wrong = ~np.logical_and.reduceat(may_be, firsts) if len(firsts) else firsts
    starts = unsure[firsts][wrong]
    sizes = np.diff(np.append(firsts, len(unsure)))[wrong]
    step = np.where(after, 0, -np.inf).astype(np.float32)
    order = np.argsort(-sizes, kind="stable")
    for low in range(0, len(order), _RUNS_AT_ONCE):
        group = order[low : low + _RUNS_AT_ONCE]
        _viterbi(scores, step, outside, (starts[group], sizes[group]), best)
    return [labels[number] for number in best.tolist()]


def _viterbi(
    scores: np.ndarray, step: np.ndarray, outside: int, runs: tuple[np.ndarray, np.ndarray], best: np.ndarray
) -> None:
    """Decode runs, the longest first, each after a word outside of names, into ``best``."""
    starts, sizes = runs
    paths = [scores[starts] + step[outside]]  # for each place, the score of the best path to each label of each run
    for place in range(1, sizes[0]):
        n = int(np.searchsorted(-sizes, -place, side="left"))  # runs that go on
        paths.append((paths[-1][:n, :, None] + step).max(axis=1) + scores[starts[:n] + place])
    label = np.zeros(len(starts), dtype=np.int64)
    for place in range(sizes[0] - 1, -1, -1):
        here = paths[place]
        n = len(paths[place + 1]) if place + 1 < sizes[0] else 0
        here[:n] += step.T[label[:n]]
        label[: len(here)] = here.argmax(axis=1)
        best[starts[: len(here)] + place] = label[: len(here)]


_SURE = 12.0
_RUNS_AT_ONCE = 256


def distinct(types: Iterable[Any]) -> tuple[list[Any], list[int]]:
    """Give the types that occur, and the number (from 0) of the type at each place."""
    numbers: defaultdict[Any, int] = defaultdict(count().__next__)
    of = list(map(numbers.__getitem__, types))
    return list(numbers), of


def _blob(lines: Any) -> np.ndarray:
    return np.frombuffer("\n".join(lines).encode(), dtype=np.uint8)


def _lines(blob: np.ndarray) -> list[str]:
    return blob.tobytes().decode().split("\n")
