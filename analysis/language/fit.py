"""Models fitted by python-crfsuite, blended, and put together as the families that annotation decodes with."""

from __future__ import annotations

import ctypes
import random
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis.language.sequence import OUTSIDE, REACH, Family, Model, Weights

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from analysis.language.sequence import Template

_JOIN = "\x1f"


class Fitted(NamedTuple):
    """A fitted model: its weights, as few digits of them as its file will have.

    A feature is the number of a template and what it combines, as :func:`_feature_rows` writes them.
    """

    labels: list[str]
    templates: Sequence[Template]
    state: dict[tuple[str, str], float]  # by feature and label
    transitions: dict[tuple[str, str], float]  # by label and the label after it


def fit(
    attributes: Mapping[str, Sequence[str]],
    lengths: Sequence[int],
    labels: Sequence[str],
    templates: Sequence[Template],
    *,
    algorithm: str = "ap",
    parameters: Mapping[str, Any],
    seeds: Sequence[int] = (0,),
    chained: bool = True,
) -> Fitted:
    """Fit a model.

    Parameters
    ----------
    attributes
        For each attribute, its value for each word.
    lengths
        Words in each sentence.
    labels
        The label of each word.
    templates
        The templates to use.
    algorithm, parameters
        What :class:`pycrfsuite.Trainer` takes; an averaged perceptron by default.
    seeds
        One model is fitted for each, to the sentences in another order, and the mean of them all is given.
    chained
        Whether a label depends on the label before it.
    """
    import pycrfsuite

    # CRFsuite shuffles by the C library's rand, which would go on from where the last training left it.
    ctypes.CDLL(None).srand(1)
    features, wanted, end = [], [], 0
    for length in lengths:
        here = slice(end, end := end + length)
        rows = list(_feature_rows({name: values[here] for name, values in attributes.items()}, length, templates))
        features.append([pycrfsuite.ItemSequence(piece) for piece in ([rows] if chained else [[row] for row in rows])])
        wanted.append([labels[here]] if chained else [[label] for label in labels[here]])
    state: dict[tuple[str, str], float] = defaultdict(float)
    transitions: dict[tuple[str, str], float] = defaultdict(float)
    for seed in seeds:
        trainer = pycrfsuite.Trainer(algorithm=algorithm, params=dict(parameters), verbose=False)
        order = list(range(len(features)))
        random.Random(seed).shuffle(order)  # noqa: S311 - an order, not a secret
        for place in order:
            for items, its_labels in zip(features[place], wanted[place], strict=True):
                trainer.append(items, its_labels)
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / "model")
            trainer.train(path)
            tagger = pycrfsuite.Tagger()
            tagger.open(path)
            found = tagger.info()
            tagger.close()
        for total, weights in ((state, found.state_features), (transitions, found.transitions)):
            for key, weight in weights.items():
                total[key] += weight / len(seeds)
    return Fitted(sorted(set(labels)), templates, _rounded(state), _rounded(transitions))


def blend(models: Sequence[Fitted], shares: Sequence[float]) -> Fitted:
    """Add up the weights of models, each times its share.

    Models that were fitted in different ways err in different places; their sum is one model, as fast as any of them.

    Parameters
    ----------
    models
        Models of the same labels, of which the last has the most templates and all others the first of these.
    shares
        What the weights of each are multiplied by.
    """
    labels, templates = models[-1].labels, models[-1].templates
    state: dict[tuple[str, str], float] = defaultdict(float)
    transitions: dict[tuple[str, str], float] = defaultdict(float)
    for model, share in zip(models, shares, strict=True):
        if model.labels != labels or not _begin(model.templates, templates):
            raise ValueError("models to blend differ in their labels or templates")
        for total, weights in ((state, model.state), (transitions, model.transitions)):
            for key, weight in weights.items():
                total[key] += share * weight
    return Fitted(labels, templates, _rounded(state), _rounded(transitions))


def family(fitted: Mapping[str, Fitted]) -> Family:
    """Put models together that look at the same words.

    Parameters
    ----------
    fitted
        The models by name. One has the most templates, and all others the first of these.
    """
    templates = max((model.templates for model in fitted.values()), key=len)
    if not all(_begin(model.templates, templates) for model in fitted.values()):
        raise ValueError("models of a family differ in their templates")
    split = {feature: _split(feature) for feature in sorted({f for m in fitted.values() for f, _ in m.state})}
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
    models = {}
    for name, model in fitted.items():
        column = {label: number for number, label in enumerate(model.labels)}
        cells = sorted(
            (row_of[split[feature]], column[label], weight) for (feature, label), weight in model.state.items()
        )
        rows, columns, weights = (np.array(part) for part in zip(*cells, strict=True))
        transitions = np.zeros((len(column), len(column)), dtype=np.float32)
        for (before, after), weight in model.transitions.items():
            transitions[column[before], column[after]] = weight
        matrix = Weights(len(column), np.bincount(rows, minlength=first).astype(np.uint8), columns, weights)
        models[name] = Model(model.labels, len(model.templates), matrix, transitions)
    return Family(list(templates), values, keys, models)


def _rounded(weights: Mapping[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    """Give weights as they are read from a file, where they have fewer digits; what comes to nothing is left out."""
    short = np.fromiter(weights.values(), dtype=np.float64, count=len(weights)).astype(np.float16).tolist()
    return {key: weight for key, weight in zip(weights, short, strict=True) if weight}


def _begin(templates: Sequence[Template], longer: Sequence[Template]) -> bool:
    return list(templates) == list(longer[: len(templates)])


def _feature_rows(
    attributes: Mapping[str, Sequence[str]], length: int, templates: Sequence[Template]
) -> Iterator[list[str]]:
    """Write the features of each word of a sentence as python-crfsuite takes them."""
    blank = [OUTSIDE] * REACH
    columns = {
        name: [*blank, *attributes[name], *blank] for name in {name for template in templates for _, name in template}
    }
    for place in range(REACH, length + REACH):
        yield [
            f"{number}{_JOIN}" + _JOIN.join(columns[name][place + offset] for offset, name in template)
            for number, template in enumerate(templates)
        ]


def _split(feature: str) -> tuple[int, tuple[str, ...]]:
    number, *cells = feature.split(_JOIN)
    return int(number), tuple(cells)
