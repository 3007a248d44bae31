"""Small neural networks that label words, run with NumPy alone and in whole numbers.

A network knows values of the attributes of words, and has a row of weights for each. What the rows of a word's values
add up to is where it begins; each layer then adds what the word and the two beside it say together, and one may add
what the same word says elsewhere in its document. From what that comes to, each label is scored.
:mod:`analysis.language.fit` trains them.

Weights are whole numbers of eight bits, and so is all that passes from layer to layer. Their products are added up in
single precision, in which whole numbers below 2 to the power of 24 are exact: the scores are the same to the last bit
on any processor, in any order of adding.
"""

from __future__ import annotations

import io
from array import array
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from analysis.language.features import Lexicon, Part

#: The largest value that passes from layer to layer, the largest weight, and how many steps there are to one.
TOP = 255
HEAVIEST = 127
STEPS = 16

#: How many layers come after the one that looks at the same word elsewhere.
AFTER_SAME = 2
#: The attribute whose values are words that have a vector.
VECTOR = "vector"


class Layer(NamedTuple):
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


class Head(NamedTuple):
    """Labels, and the weights of their scores, one column a label."""

    labels: list[str]
    layer: Layer


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

    def begin(self, rows: np.ndarray, vectors: np.ndarray | None) -> np.ndarray:
        """Give what words, of which some attributes are known, begin with.

        Parameters
        ----------
        rows
            For each word (row), the rows of the table that its values have.
        vectors
            The vector of each word (row), if that is known.
        """
        total = np.zeros((len(rows), self.table.weights.shape[1]), dtype=np.int16)
        for column in rows.T:
            total += self.table.weights.take(column, axis=0)
        result = total.astype(np.float32)
        result *= np.float32(self.table.scale)
        if vectors is not None:
            said = vectors @ self.vector.weights
            said *= np.float32(self.vector.scale)
            result += said
        return result

    def scores(self, begun: np.ndarray, lengths: np.ndarray, groups: np.ndarray | None = None) -> dict[str, np.ndarray]:
        """Score the labels of words.

        Parameters
        ----------
        begun
            What each word (row) begins with, of all that is known of it.
        lengths
            Words in each sentence.
        groups
            The group of each word, from 0, or -1 if it is in none. A network that knows no groups takes none.

        Returns
        -------
        dict
            For each head, one row a word, one column a label (float32).
        """
        n_words = len(begun)
        places = np.arange(n_words) + np.repeat(np.arange(1, len(lengths) + 1), lengths)
        values = np.zeros((n_words + len(lengths) + 1, begun.shape[1]), dtype=np.float32)
        values[places] = np.clip(np.rint(begun + self.table.bias), 0, TOP)
        blank = np.ones(len(values), dtype=bool)
        blank[places] = False
        for number, layer in enumerate(self.layers):
            if self.same and number == len(self.layers) - AFTER_SAME:
                self._add_same(values, places, groups)
            values = self._after(values, layer)
            values[blank] = 0
        values = values[places]
        return {name: values @ layer.weights * np.float32(layer.scale) for name, (_, layer) in self.heads.items()}

    def _after(self, values: np.ndarray, layer: Layer) -> np.ndarray:
        """Give the values after a layer."""
        before, here, after = layer.weights.reshape(3, -1, layer.weights.shape[1])
        result = np.zeros_like(values)  # the first row and the last are blank
        for low in range(1, len(values) - 1, _ROWS_AT_ONCE):
            high = min(low + _ROWS_AT_ONCE, len(values) - 1)
            said = values[low:high] @ here
            said += values[low - 1 : high - 1] @ before
            said += values[low + 1 : high + 1] @ after
            np.minimum(values[low:high] + layer(said), TOP, out=result[low:high])
        return result

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
                layer = layer._replace(weights=layer.weights.astype(np.int8))  # noqa: PLW2901
                arrays |= {f"layer_{name}.{part}": np.asarray(value) for part, value in layer._asdict().items()}
        file = io.BytesIO()
        np.savez(file, **arrays)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Network:
        """Read what :meth:`to_bytes` wrote."""
        with np.load(io.BytesIO(data), allow_pickle=False) as file:

            def layer(name: Any, kind: Any = np.float32) -> Layer:
                weights, bias, scale = (file[f"layer_{name}.{part}"] for part in Layer._fields)
                return Layer(weights.astype(kind, copy=False), bias, scale)

            return cls(
                {name: _lines(file[f"{name}.values"]) for name in _lines(file["attributes"])},
                layer("table", np.int8),
                layer(VECTOR),
                [layer(number) for number in range(int(file["n_layers"]))],
                layer("same") if "layer_same.weights" in file else None,
                {name: Head(_lines(file[f"{name}.labels"]), layer(name)) for name in _lines(file["heads"])},
            )


_ROWS_AT_ONCE = 1024


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
    Viterbi's algorithm, for all runs of words at once in which a name may be: a word that scores ``_SURE`` more as no
    part of a name than as any is none.
    """
    outside = labels.index("O")
    best = scores.argmax(axis=1)
    ends = np.zeros(len(scores) + 1, dtype=bool)
    ends[np.cumsum(lengths)] = ends[:1] = True
    of_name = np.delete(scores, outside, axis=1).max(axis=1) > scores[:, outside] - _SURE
    unsure = np.flatnonzero(of_name)
    begins = (np.diff(unsure, prepend=-2) > 1) | ends[unsure]
    starts = unsure[begins]
    sizes = np.diff(np.append(np.flatnonzero(begins), len(unsure)))
    after = np.array([[two[0] != "I" or one[1:] == two[1:] for two in labels] for one in labels])  # B-x or I-x, I-x
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


# What networks see


class Reader:
    """Looks up what networks see of words, and remembers it from text to text.

    Parameters
    ----------
    parts
        The parts that the attributes come in.
    lexicon
        What is known of words beforehand.
    networks
        The networks, by name.
    """

    def __init__(self, parts: Sequence[Part], lexicon: Lexicon, networks: Mapping[str, Network]) -> None:
        self.networks = networks
        self.lexicon = lexicon
        self.parts = [_Looked(part, lexicon, networks) for part in parts]

    def look(self, columns: Mapping[str, Sequence[str]]) -> Sight:
        """Give what is seen of words of which something is known, by the names in :attr:`features.Part.of`."""
        sight = Sight(self)
        sight.add(columns)
        return sight


class _Looked:
    """A part, the rows that networks have for its values, and those of what has been looked up."""

    def __init__(self, part: Part, lexicon: Lexicon, networks: Mapping[str, Network]) -> None:
        self.part = part
        self.own: dict[str, slice] = {}  # the columns of each network
        self._columns: list[tuple[int, Mapping[Any, int], int]] = []  # of which value, its rows, the row of any other
        for key, network in networks.items():
            known = [(place, name) for place, name in enumerate(part.names) if name in network.values]
            self.own[key] = slice(len(self._columns), len(self._columns) + len(known))
            self._columns += [(place, network.numbers[name], network.numbers[name][None]) for place, name in known]
        self.has_vector = VECTOR in part.names
        if self.has_vector:
            self._columns.append((part.names.index(VECTOR), lexicon.vectors.numbers, 0))
        self._remembered: dict[tuple[str, ...], bytes] = {}

    def rows(self, types: Sequence[tuple[str, ...]], lexicon: Lexicon) -> np.ndarray:
        """Give the rows of the values (columns) of each type (row), and last the number of its vector."""
        if len(self._remembered) > _REMEMBERED:
            self._remembered.clear()
        for type_ in types:
            if type_ not in self._remembered:
                values = self.part.values(type_, lexicon)
                rows = [known.get(values[place], other) for place, known, other in self._columns]
                self._remembered[type_] = array("i", rows).tobytes()
        block = b"".join(map(self._remembered.__getitem__, types))
        return np.frombuffer(block, dtype=np.int32).reshape(len(types), len(self._columns))


class Sight:
    """What is seen of some words, of which more can become known."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._known: dict[str, Sequence[str]] = {}
        self._seen: dict[int, tuple[np.ndarray, list[int]]] = {}  # of each part, the rows of types and each word's type

    def add(self, columns: Mapping[str, Sequence[str]]) -> None:
        """Let more be known of the words, by the names in :attr:`features.Part.of`."""
        self._known |= columns
        for number, looked in enumerate(self._reader.parts):
            of = looked.part.of
            if not columns.keys().isdisjoint(of) and self._known.keys() >= set(of):
                types, places = distinct(zip(*(self._known[name] for name in of), strict=True))
                self._seen[number] = looked.rows(types, self._reader.lexicon), places

    def begin(self, name: str) -> np.ndarray:
        """Give what the words begin with for a network."""
        network, begun = self._reader.networks[name], []
        for number, (rows, places) in self._seen.items():
            looked = self._reader.parts[number]
            rows_here = rows[:, looked.own[name]]
            if rows_here.size:
                vectors = self._reader.lexicon.vectors.take(rows[:, -1]) if looked.has_vector else None
                begun.append(network.begin(rows_here, vectors).take(places, axis=0))
        return sum(begun[1:], begun[0])


_REMEMBERED = 1 << 15


def distinct(types: Iterable[Any]) -> tuple[list[Any], list[int]]:
    """Give the types that occur, and the number (from 0) of the type at each place."""
    types = list(types)
    numbers = {type_: number for number, type_ in enumerate(dict.fromkeys(types))}
    return list(numbers), list(map(numbers.__getitem__, types))


def _blob(lines: Any) -> np.ndarray:
    return np.frombuffer("\n".join(lines).encode(), dtype=np.uint8)


def _lines(blob: np.ndarray) -> list[str]:
    return blob.tobytes().decode().split("\n")
