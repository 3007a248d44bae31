"""Linear-chain conditional random fields, decoded for a whole batch of sentences at once.

A model scores the labels of a word by *templates*: tuples of attributes of the words around it, such as
``((0, "lower"),)``, the lower-case form of the word itself, or ``((-1, "lower"), (0, "lower"))``, the same with the
word before it. The attributes of a word come in parts, and each part depends on little: what comes a thousand times is
described once. Models that look at the same words are a family: what one of them has looked up, the others know.
:mod:`analysis.language.fit` trains them.
"""

from __future__ import annotations

import io
from array import array
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from analysis.language.features import Lexicon, Part

Template = tuple[tuple[int, str], ...]

#: How many positions beside a sentence's ends a template may look at.
REACH = 2
#: The value of every attribute beyond the ends of a sentence.
OUTSIDE = "\x02"


class Batch:
    """Sentences laid end to end, blanks between them.

    Attributes
    ----------
    places
        Positions of the words, sentence after sentence.
    lengths
        Words in each sentence.
    size
        Positions in all.
    """

    def __init__(self, lengths: np.ndarray) -> None:
        self.lengths = lengths
        n_words = int(lengths.sum())
        self.places = np.arange(n_words) + REACH * (np.repeat(np.arange(len(lengths)), lengths) + 1)
        self.size = n_words + REACH * (len(lengths) + 1)

    def lay_out(self, numbers: Sequence[int]) -> np.ndarray:
        """Lay a number of each word at its place, 0 at the blanks, and as many blanks as a template may look past."""
        laid = np.zeros(self.size + 2 * REACH, dtype=np.intp)
        laid[self.places + REACH] = numbers
        return laid


class Sight:
    """What a family of models sees of a batch: the value of each attribute at each position, as a number.

    Rows that were looked up for one model are kept for the next. What is known later is added by a :class:`Describer`.

    Attributes
    ----------
    known
        What is known of each word, by the names in :attr:`features.Part.of`.
    """

    def __init__(self, family: Family, batch: Batch) -> None:
        self.family = family
        self.batch = batch
        self.known: dict[str, Sequence[str]] = {}
        self._types: dict[str, np.ndarray] = {}
        self._values: dict[str, np.ndarray] = {}
        self._columns: dict[tuple[int, str], np.ndarray] = {}
        self._rows: dict[int, np.ndarray] = {}

    def add(self, names: Sequence[str], types: np.ndarray, values: np.ndarray) -> None:
        """Add attributes.

        Parameters
        ----------
        names
            The attributes.
        types
            The number of the type at each position, as :meth:`Batch.lay_out` gives them.
        values
            For each type (row), the number of the value of each attribute (column).
        """
        for name, column in zip(names, values.T, strict=True):
            self._types[name], self._values[name] = types, column

    def types(self, offset: int, name: str) -> np.ndarray:
        """Give the number of the type that has an attribute, so far beside each position."""
        return self._types[name][REACH + offset : REACH + offset + self.batch.size]

    def column(self, offset: int, name: str) -> np.ndarray:
        """Give the value of an attribute so far beside each position."""
        if (offset, name) not in self._columns:
            self._columns[offset, name] = self._values[name].take(self.types(offset, name))
        return self._columns[offset, name]

    def rows(self, template: int) -> np.ndarray:
        """Give the row of weights of a template at each position."""
        if template not in self._rows:
            cells = self.family.templates[template]
            self._rows[template] = self.family.rows(template, [self.column(*cell) for cell in cells])
        return self._rows[template]

    def total(self, weights: Weights, n_templates: int) -> np.ndarray:
        """Add up at each position the weights of what the first so many templates see there."""
        by_type: dict[tuple[int, int], list[int]] = defaultdict(list)
        by_position = []
        for number, template in enumerate(self.family.templates[:n_templates]):
            if len(template) == 1 and self.batch.size > _MANY_WORDS:
                ((offset, name),) = template
                by_type[offset, id(self._types[name])].append(number)
            else:
                by_position.append(number)
        total = weights.total(np.array([self.rows(number) for number in by_position]))
        for numbers in by_type.values():
            # Of many words, what looks at one type alone is added up once for each type.
            cells = [self.family.templates[number][0] for number in numbers]
            rows = [self.family.rows(k, [self._values[name]]) for k, (_, name) in zip(numbers, cells, strict=True)]
            total += weights.total(np.array(rows)).take(self.types(*cells[0]), axis=0)
        return total


_MANY_WORDS = 4096


@dataclass(frozen=True, eq=False)
class Family:
    """Models that look at the same attributes of the same words.

    Attributes
    ----------
    templates
        The templates; each model uses the first so many of them.
    values
        For each attribute, its known values, which are numbered in this order from 1; 0 is an unknown value.
    keys
        For each template, its known combinations of value numbers as one integer each, sorted. Each has a row of
        weights in every model, template after template, after a first row that is empty, for all unknown ones.
    models
        The models, by name.
    """

    templates: list[Template]
    values: dict[str, list[str]]
    keys: list[np.ndarray]
    models: dict[str, Model]

    @cached_property
    def _first_rows(self) -> list[int]:
        """The row that each template's rows begin with."""
        return list(accumulate((len(keys) for keys in self.keys), initial=1))

    @cached_property
    def _n_combinations(self) -> list[int]:
        return [prod(len(self.values[name]) + 1 for _, name in template) for template in self.templates]

    @cached_property
    def _lookups(self) -> list[tuple[np.ndarray | None, np.ndarray, int, list[int]]]:
        """What :meth:`rows` needs of each template: the row of each combination, if there are few; else the keys.

        And the row that its rows begin with, and by what to multiply before each further value is added.
        """
        found = []
        for number, (template, keys, size) in enumerate(
            zip(self.templates, self.keys, self._n_combinations, strict=True)
        ):
            first, table = self._first_rows[number], None
            if size <= _FEW_COMBINATIONS:
                table = np.zeros(size, dtype=np.int32)
                table[keys] = np.arange(first, first + len(keys))
            keys = keys if len(keys) else np.array([-1])  # noqa: PLW2901 - where none is known, none is found
            found.append((table, keys, first, [len(self.values[name]) + 1 for _, name in template[1:]]))
        return found

    def rows(self, template: int, columns: Sequence[np.ndarray]) -> np.ndarray:
        """Give the row of a template's combination of values at each place; 0 where it is not known.

        A combination with an unknown value, 0, makes a number that is no key.
        """
        table, keys, first, factors = self._lookups[template]
        combined = columns[0].astype(keys.dtype, copy=False)
        for factor, column in zip(factors, columns[1:], strict=True):
            combined = combined * factor + column
        if table is not None:
            return table.take(combined)
        found = keys.searchsorted(combined)
        return np.where(keys.take(found, mode="clip") == combined, found + first, 0)

    # Files

    def to_bytes(self) -> bytes:
        """Write the models as an uncompressed NumPy archive: the same models, the same bytes."""
        arrays: dict[str, Any] = {
            "templates": _blob(" ".join(f"{offset}:{name}" for offset, name in t) for t in self.templates),
            "attributes": _blob(sorted(self.values)),
            "models": _blob(sorted(self.models)),
        }
        for name, known in sorted(self.values.items()):
            arrays[f"values_{name}"] = _blob(known)
        for number, (keys, size) in enumerate(zip(self.keys, self._n_combinations, strict=True)):
            arrays[f"keys_{number}"] = keys.astype(np.int32 if size < _TOO_LARGE else np.int64)
        for name, model in sorted(self.models.items()):
            arrays[f"{name}.labels"] = _blob(model.labels)
            arrays[f"{name}.n_templates"] = np.array(model.n_templates)
            arrays[f"{name}.sizes"] = model.weights.sizes.astype(np.uint8)
            arrays[f"{name}.columns"] = model.weights.columns.astype(np.uint8)
            arrays[f"{name}.weights"] = model.weights.values.astype(np.float16)
            arrays[f"{name}.transitions"] = model.transitions.astype(np.float16)
        file = io.BytesIO()
        np.savez(file, **arrays)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Family:
        """Read what :meth:`to_bytes` wrote."""
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            templates = [
                tuple((int(offset), name) for offset, name in (part.split(":") for part in line.split(" ")))
                for line in _lines(file["templates"])
            ]
            values = {name: _lines(file[f"values_{name}"]) for name in _lines(file["attributes"])}
            keys = [file[f"keys_{number}"] for number in range(len(templates))]
            models = {}
            for name in _lines(file["models"]):
                labels = _lines(file[f"{name}.labels"])
                parts = (file[f"{name}.{part}"] for part in ("sizes", "columns", "weights"))
                transitions = file[f"{name}.transitions"].astype(np.float32)
                models[name] = Model(
                    labels, int(file[f"{name}.n_templates"]), Weights(len(labels), *parts), transitions
                )
            return cls(templates, values, keys, models)


#: Up to so many possible combinations of a template's values, the rows of all are laid out in a table.
_FEW_COMBINATIONS = 1 << 18
_TOO_LARGE = 1 << 31


@dataclass(frozen=True, eq=False)
class Weights:
    """A matrix of rows that are mostly empty: the weights of labels (columns).

    Attributes
    ----------
    n_labels
        How many columns there are.
    sizes
        How many weights each row has.
    columns, values
        The columns of the weights, row after row, and what they are.
    """

    n_labels: int
    sizes: np.ndarray
    columns: np.ndarray
    values: np.ndarray

    @cached_property
    def _layout(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Lay rows of many weights out in full, and rows of few as lists of their columns and values.

        The first array says where a row is: from 1 among the full ones, from -1 down among the lists, 0 if it is empty.
        """
        few = min(_FEW_WEIGHTS, self.n_labels // 5)
        starts = np.cumsum(self.sizes, dtype=np.int32) - self.sizes
        place = np.zeros(len(self.sizes), dtype=np.int32)
        of_long = (self.sizes > few).nonzero()[0]
        of_short = ((self.sizes > 0) & (self.sizes <= few)).nonzero()[0]

        place[of_long] = np.arange(1, len(of_long) + 1)
        sizes = self.sizes[of_long]
        rows = np.repeat(np.arange(len(of_long), dtype=np.int32), sizes)
        within = np.arange(len(rows), dtype=np.int32) - np.repeat(np.cumsum(sizes, dtype=np.int32) - sizes, sizes)
        at = starts[of_long][rows] + within
        long = np.zeros((1 + len(of_long), self.n_labels), dtype=np.float32)
        long[rows + 1, self.columns[at]] = self.values[at]

        place[of_short] = -np.arange(1, len(of_short) + 1)
        columns = np.zeros((1 + len(of_short), few), dtype=np.uint8)
        values = np.zeros(columns.shape, dtype=np.float32)
        for n in range(few):
            has = np.flatnonzero(self.sizes[of_short] > n)
            at = starts[of_short[has]] + n
            columns[1 + has, n], values[1 + has, n] = self.columns[at], self.values[at]
        return place, long, columns, values

    def total(self, rows: np.ndarray) -> np.ndarray:
        """Add rows up.

        Parameters
        ----------
        rows
            Numbers of rows: what stands in a column is added up.

        Returns
        -------
        numpy.ndarray
            One row a column of ``rows``, one column a label.
        """
        from scipy.sparse import csr_array

        place, long, columns, values = self._layout
        n_rows, n = rows.shape
        places = place.take(rows.T.ravel())
        at = (places > 0).nonzero()[0]
        ends = at.searchsorted(np.arange(0, len(places) + 1, n_rows))
        total = csr_array((np.ones(len(at), dtype=np.float32), places[at], ends), shape=(n, len(long))) @ long
        at = (places < 0).nonzero()[0]
        if len(at):
            short = -places[at]
            cells = (at // n_rows * self.n_labels)[:, None] + columns.take(short, axis=0)
            added = np.bincount(cells.ravel(), values.take(short, axis=0).ravel(), minlength=total.size)
            total += added.reshape(total.shape)
        return total


#: Most rows have no more weights than this.
_FEW_WEIGHTS = 2


@dataclass(frozen=True, eq=False)
class Model:
    """A trained model.

    Attributes
    ----------
    labels
        The labels, in the order of the columns of ``weights``.
    n_templates
        How many of the family's templates it uses.
    weights
        One row a combination of values that the family knows.
    transitions
        Score of a label (column) after a label (row).
    """

    labels: list[str]
    n_templates: int
    weights: Weights
    transitions: np.ndarray

    def scores(self, sight: Sight) -> np.ndarray:
        """Score each label at each position of a batch."""
        return sight.total(self.weights, self.n_templates)

    def decode(self, batch: Batch, scores: np.ndarray) -> np.ndarray:
        """Find the likeliest sequence of labels of each sentence, by Viterbi's algorithm.

        Parameters
        ----------
        batch
            The sentences.
        scores
            What :meth:`scores` gives.

        Returns
        -------
        numpy.ndarray
            Number of the label of each token, sentence after sentence.
        """
        emission = scores[batch.places]
        labels = emission.argmax(axis=1)
        is_start = np.zeros(len(labels) + 1, dtype=bool)
        is_start[np.cumsum(batch.lengths)] = is_start[:1] = True
        # Only words whose label the labels beside it could change need be searched, run by run.
        possible = self._possible(emission, labels)
        unsure = np.flatnonzero(possible.sum(axis=1) > 1)
        begins = np.diff(unsure, prepend=-2) > 1
        begins |= is_start[unsure]
        starts = unsure[begins]
        lengths = np.diff(np.append(np.flatnonzero(begins), len(unsure)))
        inner = starts[~is_start[starts]]
        emission[inner] += self.transitions[labels[inner - 1]]
        inner = (starts + lengths)[~is_start[starts + lengths]]
        emission[inner - 1] += self.transitions.T[labels[inner]]
        order = np.argsort(-lengths, kind="stable")
        for low in range(0, len(order), _RUNS_AT_ONCE):
            group = order[low : low + _RUNS_AT_ONCE]
            self._viterbi(emission, possible, starts[group], lengths[group], labels)
        return labels

    def _possible(self, emission: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Say for each word which labels (columns) score less than its best only by what labels beside it make good."""
        gap = emission[np.arange(len(labels)), labels][:, None] - emission
        return gap <= self._swing.take(labels, axis=0)

    @cached_property
    def _swing(self) -> np.ndarray:
        """How much more the labels beside a word can favour a label (column) than another (row)."""
        before = (self.transitions[:, None, :] - self.transitions[:, :, None]).max(axis=0)
        after = (self.transitions[None, :, :] - self.transitions[:, None, :]).max(axis=2)
        return np.maximum(before, 0) + np.maximum(after, 0)

    def beside(self, batch: Batch, scores: np.ndarray, labels: np.ndarray, words: np.ndarray) -> np.ndarray:
        """Score each label at some words of a batch, given the labels of the words beside them."""
        is_start = np.zeros(len(labels) + 1, dtype=bool)
        is_start[np.cumsum(batch.lengths)] = is_start[:1] = True
        result = scores[batch.places[words]]
        inner = ~is_start[words]
        result[inner] += self.transitions[labels[words[inner] - 1]]
        inner = ~is_start[words + 1]
        result[inner] += self.transitions.T[labels[words[inner] + 1]]
        return result

    def label(self, sight: Sight) -> list[str]:
        """Give the label of each word of a batch."""
        return list(map(self.labels.__getitem__, self.decode(sight.batch, self.scores(sight)).tolist()))

    def _viterbi(
        self, emission: np.ndarray, possible: np.ndarray, starts: np.ndarray, lengths: np.ndarray, result: np.ndarray
    ) -> None:
        """Decode runs of words that are sorted by length, the longest first, into ``result``."""
        firsts = np.cumsum(lengths) - lengths
        words = np.repeat(starts - firsts, lengths) + np.arange(lengths.sum())
        used = possible[words].any(axis=0).nonzero()[0]
        emission, transitions = emission[np.ix_(words, used)], self.transitions[np.ix_(used, used)]
        best = [emission[firsts]]  # for each step, the score of the best path to each label of each run
        for step in range(1, lengths[0]):
            going_on = int(np.searchsorted(-lengths, -step, side="left"))
            paths = best[-1][:going_on, :, None] + transitions
            best.append(paths.max(axis=1) + emission[firsts[:going_on] + step])
        label = np.zeros(len(starts), dtype=np.int64)
        for step in range(lengths[0] - 1, -1, -1):
            here = best[step]
            going_on = len(best[step + 1]) if step + 1 < lengths[0] else 0
            here[:going_on] += transitions.T[label[:going_on]]
            label[: len(here)] = here.argmax(axis=1)
            result[starts[: len(here)] + step] = used[label[: len(here)]]


_RUNS_AT_ONCE = 128


@dataclass(frozen=True, eq=False)
class Pair:
    """Two models whose labels go together.

    Attributes
    ----------
    models
        The models.
    possible
        Whether a label of the first (row) and one of the second (column) go together. Where a word's two labels do not,
        it has the pair of the highest sum of scores, given the labels beside it.
    share
        What the scores of the second are multiplied by.
    """

    models: tuple[Model, Model]
    possible: np.ndarray
    share: float

    def label(self, sight: Sight) -> tuple[list[str], list[str]]:
        """Give the two labels of each word of a batch."""
        batch = sight.batch
        scores = [model.scores(sight) for model in self.models]
        labels = [model.decode(batch, here) for model, here in zip(self.models, scores, strict=True)]
        words = (~self.possible[labels[0], labels[1]]).nonzero()[0]
        one, two = (
            model.beside(batch, here, of, words) for model, here, of in zip(self.models, scores, labels, strict=True)
        )
        joint = np.where(self.possible, one[:, :, None] + np.float32(self.share) * two[:, None, :], -np.inf)
        labels[0][words], labels[1][words] = np.unravel_index(
            joint.reshape(len(words), self.possible.size).argmax(axis=1), self.possible.shape
        )
        return tuple([model.labels[n] for n in of.tolist()] for model, of in zip(self.models, labels, strict=True))


class Describer:
    """Says by which numbers families know the attributes of words, and remembers it from text to text.

    The values of an attribute have one number for all families, so that each is looked up once, and each family has a
    table from that to its own number.

    Parameters
    ----------
    parts
        The parts that the attributes come in.
    lexicon
        What is known of words beforehand.
    families
        The families, by name.
    """

    def __init__(self, parts: Sequence[Part], lexicon: Lexicon, families: Mapping[str, Family]) -> None:
        self._lexicon = lexicon
        self._families = families
        self._parts = []
        for part in parts:
            numbers: list[dict[str, int]] = []
            count = 0
            for name in part.names:
                known = dict.fromkeys(value for family in families.values() for value in family.values.get(name, ()))
                numbers.append({value: count + n for n, value in enumerate(known, start=1)})
                count += len(known)
            own = {key: np.zeros(count + 1, dtype=np.int32) for key in families}
            for key, family in families.items():
                for name, known in zip(part.names, numbers, strict=True):
                    values = family.values.get(name, ())
                    own[key][[known[value] for value in values]] = np.arange(1, len(values) + 1)
            self._parts.append((part, numbers, own, {}))

    def look(self, family: str, columns: Mapping[str, Sequence[str]], lengths: np.ndarray) -> Sight:
        """Give what a family sees of words.

        Parameters
        ----------
        family
            The name of the family.
        columns
            What is known of each word, by the names in :attr:`features.Part.of`.
        lengths
            Words in each sentence.
        """
        sight = Sight(self._families[family], Batch(lengths))
        self.add(family, sight, columns)
        return sight

    def add(self, family: str, sight: Sight, columns: Mapping[str, Sequence[str]]) -> None:
        """Let a family see what has become known of the words."""
        sight.known |= columns
        for part, numbers, own, remembered in self._parts:
            if not columns.keys().isdisjoint(part.of) and sight.known.keys() >= set(part.of):
                types, places = distinct(zip(*(sight.known[name] for name in part.of), strict=True))
                values = self._describe(part, numbers, remembered, types)
                sight.add(part.names, sight.batch.lay_out(places), own[family].take(values))

    def _describe(
        self, part: Part, numbers: list[dict[str, int]], remembered: dict[tuple[str, ...], bytes], types: list
    ) -> np.ndarray:
        """Give the number of the value of each attribute (column) of each type (row), a blank in the first row."""
        if len(remembered) > _REMEMBERED:
            remembered.clear()
        for type_ in types:
            if type_ not in remembered:
                values = part.values(type_, self._lexicon)
                found = [known.get(value, 0) for known, value in zip(numbers, values, strict=True)]
                remembered[type_] = array("i", found).tobytes()
        outside = array("i", [known.get(OUTSIDE, 0) for known in numbers]).tobytes()
        block = np.frombuffer(outside + b"".join(map(remembered.__getitem__, types)), dtype=np.int32)
        return block.reshape(1 + len(types), len(numbers))


_REMEMBERED = 1 << 15


def distinct(types: Iterable[Any]) -> tuple[list[Any], list[int]]:
    """Give the types that occur, and the number (from 1) of the type at each place."""
    numbers: dict[Any, int] = {}
    places = [numbers.setdefault(type_, len(numbers) + 1) for type_ in types]
    return list(numbers), places


def _blob(lines: Any) -> np.ndarray:
    return np.frombuffer("\n".join(lines).encode(), dtype=np.uint8)


def _lines(blob: np.ndarray) -> list[str]:
    return blob.tobytes().decode().split("\n")
