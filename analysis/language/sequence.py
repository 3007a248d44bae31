"""Linear-chain conditional random fields, decoded for a whole batch of sentences at once.

A model scores the labels of a token by *templates*: tuples of attributes of the words around it, such as
``((0, "lower"),)``, the lower-case form of the token itself, or ``((-1, "lower"), (0, "lower"))``, the same with the
word before it. An attribute is a property of a *type* (a word and the circumstances that change how it is read): a word
that comes a thousand times is described once. Training goes by python-crfsuite; decoding needs numpy alone.
"""

from __future__ import annotations

import io
from array import array
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from analysis.language.features import Lexicon, Part

Template = tuple[tuple[int, str], ...]

#: How many positions beside a sentence's ends a template may look at.
REACH = 2
_OUTSIDE = "\x02"  # the value of every attribute beyond the ends of a sentence
_JOIN = "\x1f"


class Batch:
    """Sentences laid end to end, two blanks between them, as type numbers; type 0 is the blank.

    Attributes
    ----------
    types
        Type number of each position.
    places
        Positions of the tokens, sentence after sentence.
    lengths
        Tokens in each sentence.
    """

    def __init__(self, types: np.ndarray, lengths: np.ndarray) -> None:
        self.lengths = lengths
        sentence = np.repeat(np.arange(len(lengths)), lengths)
        self.places = np.arange(len(types)) + REACH * (sentence + 1)
        self.types = np.zeros(len(types) + REACH * (len(lengths) + 1), dtype=np.int64)
        self.types[self.places] = types


@dataclass(frozen=True, eq=False)
class Model:
    """A trained model.

    Attributes
    ----------
    labels
        The labels, in the order of the columns of ``weights``.
    templates
        The templates.
    values
        For each attribute, its known values, which are numbered in this order from 1; 0 is an unknown value.
    keys
        For each template, its known combinations of value numbers as one integer each, sorted.
    weights
        One row a known combination, template after template, after a first row of noughts for all unknown ones.
    transitions
        Score of a label (column) after a label (row).
    """

    labels: list[str]
    templates: list[Template]
    values: dict[str, list[str]]
    keys: list[np.ndarray]
    weights: np.ndarray
    transitions: np.ndarray

    @cached_property
    def _first_rows(self) -> list[int]:
        """The row of ``weights`` that each template's rows begin with."""
        return list(accumulate((len(keys) for keys in self.keys), initial=1))

    @cached_property
    def _single(self) -> dict[int, tuple[list[str], list[np.ndarray]]]:
        """For each offset, the attributes of its templates of one attribute, and for each the row of each value."""
        found: dict[int, tuple[list[str], list[np.ndarray]]] = {}
        for template, keys, first in zip(self.templates, self.keys, self._first_rows, strict=False):
            if len(template) == 1:
                ((offset, name),) = template
                rows = np.zeros(len(self.values[name]) + 1, dtype=np.int32)
                rows[keys] = np.arange(first, first + len(keys))
                names, maps = found.setdefault(offset, ([], []))
                names.append(name)
                maps.append(rows)
        return found

    def scores(self, batch: Batch, by_type: Mapping[str, np.ndarray]) -> np.ndarray:
        """Score each label at each position of a batch.

        Parameters
        ----------
        batch
            The sentences, as numbers of types.
        by_type
            For each attribute, the number of its value for each type, as :class:`Describer` gives them.
        """
        types = {offset: _shift(batch.types, offset) for offset in range(-REACH, REACH + 1)}
        total = np.zeros((len(batch.types), len(self.labels)), dtype=np.float32)
        columns: dict[tuple[int, str], np.ndarray] = {}
        for number, template in enumerate(self.templates):
            if len(template) == 1 or not len(self.keys[number]):
                continue
            for offset, name in template:
                if (offset, name) not in columns:
                    columns[offset, name] = by_type[name].take(types[offset])
            rows = self._rows(number, [columns[cell] for cell in template])
            places = np.flatnonzero(rows)
            if len(places) > len(rows) // 3:
                total += self.weights.take(rows, axis=0)
            else:
                total[places] += self.weights.take(rows[places], axis=0)
        for offset, (names, maps) in self._single.items():  # once a type is enough
            rows = np.array([row_of.take(by_type[name]) for name, row_of in zip(names, maps, strict=True)])
            total += self.weights.take(rows, axis=0).sum(axis=0).take(types[offset], axis=0)
        return total

    def _rows(self, number: int, columns: Sequence[np.ndarray]) -> np.ndarray:
        """Give the row of weights of a template's combination of values at each place; 0 where it is not known."""
        keys = self.keys[number]
        # A combination with an unknown value, 0, makes a number that is no key.
        combined = columns[0].astype(keys.dtype, copy=False)
        for (_, name), column in zip(self.templates[number][1:], columns[1:], strict=True):
            combined = combined * (len(self.values[name]) + 1) + column
        found = keys.searchsorted(combined)
        return np.where(keys.take(found, mode="clip") == combined, found + self._first_rows[number], 0)

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
        unsure = np.flatnonzero(~self._is_sure(emission, labels))
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
            self._viterbi(emission, starts[group], lengths[group], labels)
        return labels

    def _is_sure(self, emission: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Say for each word whether its label scores best by more than any labels beside it could make good."""
        gap = emission[np.arange(len(labels)), labels][:, None] - emission
        return (gap > self._swing.take(labels, axis=0)).all(axis=1)

    @cached_property
    def _swing(self) -> np.ndarray:
        """How much more the labels beside a word can favour a label (column) than another (row)."""
        before = (self.transitions[:, None, :] - self.transitions[:, :, None]).max(axis=0)
        after = (self.transitions[None, :, :] - self.transitions[:, None, :]).max(axis=2)
        swing = np.maximum(before, 0) + np.maximum(after, 0)
        np.fill_diagonal(swing, -1)
        return swing

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

    def label(self, batch: Batch, by_type: Mapping[str, np.ndarray]) -> list[str]:
        """Give the label of each token of a batch."""
        return list(map(self.labels.__getitem__, self.decode(batch, self.scores(batch, by_type)).tolist()))

    def _viterbi(self, emission: np.ndarray, starts: np.ndarray, lengths: np.ndarray, result: np.ndarray) -> None:
        """Decode runs of words that are sorted by length, the longest first, into ``result``."""
        best = [emission[starts]]  # for each step, the score of the best path to each label of each run
        for step in range(1, lengths[0]):
            going_on = int(np.searchsorted(-lengths, -step, side="left"))
            paths = best[-1][:going_on, :, None] + self.transitions
            best.append(paths.max(axis=1) + emission[starts[:going_on] + step])
        label = np.zeros(len(starts), dtype=np.int64)
        into = self.transitions.T
        for step in range(lengths[0] - 1, -1, -1):
            here = best[step]
            after = len(best[step + 1]) if step + 1 < lengths[0] else 0
            here[:after] += into[label[:after]]
            label[: len(here)] = here.argmax(axis=1)
            result[starts[: len(here)] + step] = label[: len(here)]

    # Files

    def to_bytes(self) -> bytes:
        """Write the model as an uncompressed NumPy archive: the same model, the same bytes."""
        filled = self.weights != 0
        arrays: dict[str, Any] = {
            "labels": _blob(self.labels),
            "templates": _blob(" ".join(f"{offset}:{name}" for offset, name in t) for t in self.templates),
            "attributes": _blob(sorted(self.values)),
            "row_sizes": filled[1:].sum(axis=1).astype(np.uint8),
            "columns": np.nonzero(filled[1:])[1].astype(np.uint8),
            "weights": self.weights[1:][filled[1:]].astype(np.float16),
            "transitions": self.transitions.astype(np.float16),
        }
        for name, known in sorted(self.values.items()):
            arrays[f"values_{name}"] = _blob(known)
        for number, keys in enumerate(self.keys):
            arrays[f"keys_{number}"] = keys if len(keys) and keys[-1] >= 2**31 else keys.astype(np.int32)
        file = io.BytesIO()
        np.savez(file, **arrays)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Model:
        """Read what :meth:`to_bytes` wrote."""
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            labels = _lines(file["labels"])
            templates = [
                tuple((int(offset), name) for offset, name in (part.split(":") for part in line.split(" ")))
                for line in _lines(file["templates"])
            ]
            values = {name: _lines(file[f"values_{name}"]) for name in _lines(file["attributes"])}
            keys = [
                # Half as many bytes are searched faster, where all combinations fit.
                file[f"keys_{number}"].astype(np.int32 if prod(len(values[n]) + 1 for _, n in t) < 2**31 else np.int64)
                for number, t in enumerate(templates)
            ]
            row_sizes = file["row_sizes"]
            weights = np.zeros((1 + len(row_sizes), len(labels)), dtype=np.float32)
            weights[np.repeat(np.arange(1, 1 + len(row_sizes)), row_sizes), file["columns"]] = file["weights"]
            return cls(labels, templates, values, keys, weights, file["transitions"].astype(np.float32))

    def rounded(self) -> Model:
        """Give the model as it is read from a file, where its weights have fewer digits."""
        return self.from_bytes(self.to_bytes())


_RUNS_AT_ONCE = 128


def label_both(
    batch: Batch,
    models: tuple[Model, Model],
    by_type: tuple[Mapping[str, np.ndarray], Mapping[str, np.ndarray]],
    pairs: Mapping[str, str],
    share: float,
) -> tuple[list[str], list[str]]:
    """Give the labels of two models that go together.

    Parameters
    ----------
    batch
        The sentences.
    models, by_type
        The models, and for each what :meth:`Model.scores` takes.
    pairs
        For each label of the first, those of the second that go with it, apart by bars. Where a word's two labels do
        not, it has the pair of the highest sum of scores, given the labels beside it.
    share
        What the scores of the second are multiplied by.
    """
    first, second = models
    scores = [model.scores(batch, values) for model, values in zip(models, by_type, strict=True)]
    labels = [model.decode(batch, here) for model, here in zip(models, scores, strict=True)]
    possible = np.array([[two in pairs.get(one, "").split("|") for two in second.labels] for one in first.labels])
    words = np.flatnonzero(~possible[labels[0], labels[1]])
    one, two = (model.beside(batch, here, of, words) for model, here, of in zip(models, scores, labels, strict=True))
    joint = np.where(possible, one[:, :, None] + np.float32(share) * two[:, None, :], -np.inf)
    labels[0][words], labels[1][words] = np.unravel_index(
        joint.reshape(len(words), possible.size).argmax(axis=1), possible.shape
    )
    return tuple([model.labels[n] for n in of.tolist()] for model, of in zip(models, labels, strict=True))


class Describer:
    """Says by which numbers models know the attributes of types, and remembers it from text to text.

    The values of an attribute have one number for all models, so that each is looked up once, and each model has a
    table from that to its own number.

    Parameters
    ----------
    parts
        The parts that the attributes come in.
    lexicon
        What is known of words beforehand.
    models
        The models.
    """

    def __init__(self, parts: Sequence[Part], lexicon: Lexicon, models: Mapping[str, Model]) -> None:
        self._parts = parts
        self._lexicon = lexicon
        self._columns = {name: place for place, name in enumerate(name for part in parts for name in part.names)}
        self._numbers: dict[str, dict[str, int]] = {name: {} for name in self._columns}
        for model in models.values():
            for name, values in model.values.items():
                numbers = self._numbers[name]
                for value in values:
                    numbers.setdefault(value, len(numbers) + 1)
        self._own = {key: self._own_numbers(model) for key, model in models.items()}
        self._names = [[self._numbers[name] for name in part.names] for part in parts]
        self._remembered: list[dict[tuple[str, ...], bytes]] = [{} for _ in parts]

    def _own_numbers(self, model: Model) -> dict[str, np.ndarray]:
        """For each attribute, a model's own number of each value."""
        tables = {}
        for name, values in model.values.items():
            numbers = self._numbers[name]
            tables[name] = np.zeros(len(numbers) + 1, dtype=np.int32)
            tables[name][[numbers[value] for value in values]] = np.arange(1, len(values) + 1)
        return tables

    def __call__(self, types: Sequence[tuple[str, ...]]) -> np.ndarray:
        """Give the number of the value of each attribute (column) of each type (row), a blank in the first row."""
        outside = [[numbers.get(_OUTSIDE, 0) for numbers in self._numbers.values()]]
        blocks = []
        for names, part, known in zip(self._names, self._parts, self._remembered, strict=True):
            if len(known) > _REMEMBERED:
                known.clear()
            keys = list(map(part.key, types))
            for key in keys:
                if key not in known:
                    values = part.values(key, self._lexicon)
                    found = [numbers.get(value, 0) for numbers, value in zip(names, values, strict=True)]
                    known[key] = array("i", found).tobytes()
            block = np.frombuffer(b"".join(map(known.__getitem__, keys)), dtype=np.int32)
            blocks.append(block.reshape(len(keys), len(names)))
        return np.concatenate([np.array(outside, dtype=np.int32), np.concatenate(blocks, axis=1)])

    def of(self, model: str, described: np.ndarray) -> dict[str, np.ndarray]:
        """Give what a call gave in the numbers of one of the models: for each attribute, that of each type."""
        return {name: own.take(described[:, self._columns[name]]) for name, own in self._own[model].items()}


_REMEMBERED = 1 << 15


def _shift(types: np.ndarray, offset: int) -> np.ndarray:
    """Give the types that stand ``offset`` positions on; beyond the ends stand blanks, which no token looks past."""
    return np.roll(types, -offset) if offset else types


def _blob(lines: Any) -> np.ndarray:
    return np.frombuffer("\n".join(lines).encode(), dtype=np.uint8)


def _lines(blob: np.ndarray) -> list[str]:
    return blob.tobytes().decode().split("\n")


# Training


def train(
    sentences: Sequence[Sequence[int]],
    labels: Sequence[Sequence[str]],
    attributes: Mapping[str, Sequence[str]],
    templates: Sequence[Template],
    *,
    algorithm: str = "ap",
    parameters: Mapping[str, Any],
    seeds: Sequence[int] = (0,),
    chained: bool = True,
) -> Model:
    """Train a model with python-crfsuite.

    Parameters
    ----------
    sentences
        Sentences as numbers of types, from 1.
    labels
        Their labels.
    attributes
        For each attribute, its value for each type from number 1 on.
    templates
        The templates to use.
    algorithm, parameters
        What :class:`pycrfsuite.Trainer` takes; an averaged perceptron by default.
    seeds
        One model is trained for each, on the sentences in another order, and the mean of them all is given.
    chained
        Whether a label depends on the label before it.
    """
    import ctypes
    import random
    import tempfile
    from pathlib import Path

    import pycrfsuite

    # CRFsuite shuffles by the C library's rand, which would go on from where the last training left it.
    ctypes.CDLL(None).srand(1)

    def parts(sequence: Sequence[Any]) -> list[list[Any]]:
        return [list(sequence)] if chained else [[one] for one in sequence]

    features = [
        [pycrfsuite.ItemSequence(part) for part in parts(list(_feature_rows(sentence, attributes, templates)))]
        for sentence in sentences
    ]
    state: dict[tuple[str, str], float] = {}
    transitions: dict[tuple[str, str], float] = {}
    for seed in seeds:
        trainer = pycrfsuite.Trainer(algorithm=algorithm, params=dict(parameters), verbose=False)
        order = list(range(len(sentences)))
        random.Random(seed).shuffle(order)  # noqa: S311 - an order, not a secret
        for place in order:
            for part, its_labels in zip(features[place], parts(labels[place]), strict=True):
                trainer.append(part, its_labels)
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / "model")
            trainer.train(path)
            tagger = pycrfsuite.Tagger()
            tagger.open(path)
            found = tagger.info()
            tagger.close()
        for total, weights in ((state, found.state_features), (transitions, found.transitions)):
            for key, weight in weights.items():
                total[key] = total.get(key, 0.0) + weight / len(seeds)
    names = sorted({label for here in labels for label in here})
    return _of_features([*templates], names, state, transitions)


def blend(models: Sequence[Model], shares: Sequence[float]) -> Model:
    """Add up the weights of models, each times its share.

    Models that were trained in different ways err in different places; their sum is one model, as fast as any of them.

    Parameters
    ----------
    models
        Models of the same labels, of which the last has the most templates and all others the first of these.
    shares
        What the weights of each are multiplied by.
    """
    labels, templates = models[-1].labels, models[-1].templates
    state: dict[tuple[str, str], float] = {}
    matrix = np.zeros((len(labels), len(labels)), dtype=np.float32)
    for model, share in zip(models, shares, strict=True):
        if model.labels != labels or model.templates != templates[: len(model.templates)]:
            raise ValueError("models to blend differ in their labels or templates")
        matrix += np.float32(share) * model.transitions
        features = _feature_names(model)
        rows, columns = np.nonzero(model.weights)
        weights = model.weights[rows, columns]
        for row, column, weight in zip(rows.tolist(), columns.tolist(), weights.tolist(), strict=True):
            key = features[row], labels[column]
            state[key] = state.get(key, 0.0) + share * weight
    transitions = {
        (before, after): weight
        for before, row in zip(labels, matrix.tolist(), strict=True)
        for after, weight in zip(labels, row, strict=True)
    }
    return _of_features(templates, labels, state, transitions)


def _feature_names(model: Model) -> list[str]:
    """Name the feature of each row of a model's weights, as :func:`_feature_rows` does."""
    names = [""]
    words = {name: [None, *known] for name, known in model.values.items()}
    for number, (template, keys) in enumerate(zip(model.templates, model.keys, strict=True)):
        for packed in keys.tolist():
            cells, key = [], packed
            for _, name in reversed(template):
                key, value = divmod(key, len(model.values[name]) + 1)
                cells.append(words[name][value])
            names.append(_JOIN.join([str(number), *reversed(cells)]))
    return names


def _feature_rows(
    numbers: Sequence[int], attributes: Mapping[str, Sequence[str]], templates: Sequence[Template]
) -> Iterator[list[str]]:
    """Write the features of each word of a sentence as python-crfsuite takes them."""
    blank = [_OUTSIDE] * REACH
    columns = {
        name: [*blank, *(attributes[name][number - 1] for number in numbers), *blank]
        for name in {name for template in templates for _, name in template}
    }
    for place in range(REACH, len(numbers) + REACH):
        yield [
            f"{number}{_JOIN}" + _JOIN.join(columns[name][place + offset] for offset, name in template)
            for number, template in enumerate(templates)
        ]


def _of_features(
    templates: list[Template],
    labels: list[str],
    state: Mapping[tuple[str, str], float],
    transitions: Mapping[tuple[str, str], float],
) -> Model:
    """Make a model of weights that are named by features as :func:`_feature_rows` writes them."""
    column = {label: number for number, label in enumerate(labels)}
    split = {feature: _split(feature) for feature in sorted({feature for feature, _ in state})}
    known: list[list[tuple[str, ...]]] = [[] for _ in templates]
    seen: dict[str, set[str]] = {name: set() for template in templates for _, name in template}
    for number, cells in split.values():
        known[number].append(cells)
        for (_, name), cell in zip(templates[number], cells, strict=True):
            seen[name].add(cell)
    values = {name: sorted(found) for name, found in sorted(seen.items())}
    number_of = {name: {value: n for n, value in enumerate(known, start=1)} for name, known in values.items()}
    keys, row_of, first = [], {}, 1
    for number, template in enumerate(templates):
        packed = {}
        for cells in known[number]:
            key = 0
            for (_, name), cell in zip(template, cells, strict=True):
                key = key * (len(values[name]) + 1) + number_of[name][cell]
            packed[key] = cells
        ordered = sorted(packed)
        keys.append(np.array(ordered, dtype=np.int64))
        row_of |= {(number, packed[key]): first + place for place, key in enumerate(ordered)}
        first += len(ordered)
    weights = np.zeros((first, len(labels)), dtype=np.float32)
    for (feature, label), weight in state.items():
        weights[row_of[split[feature]], column[label]] = weight
    matrix = np.zeros((len(labels), len(labels)), dtype=np.float32)
    for (before, after), weight in transitions.items():
        matrix[column[before], column[after]] = weight
    return Model(labels, templates, values, keys, weights, matrix)


def _split(feature: str) -> tuple[int, tuple[str, ...]]:
    number, *cells = feature.split(_JOIN)
    return int(number), tuple(cells)
