"""Fitting of networks by JAX and of the re-scoring model by SciPy, and their quantisation."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis.language import rescoring
from analysis.language.network import (
    ACTIVATION_STEPS,
    LAYERS_AFTER_POOLING,
    MAX_ACTIVATION,
    MAX_WEIGHT,
    VECTOR,
    Head,
    Layer,
    Network,
)
from training import optimiser

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.language.network import WordVectors

__all__ = ["PROBABILITY_STEPS", "Examples", "Hyperparameters", "Labels", "UncertainExample", "fit", "fit_rescorer"]

#: How many quantisation steps of a probability make 1.
PROBABILITY_STEPS = 255

#: Dropout rate of activations, and how much more the feature of the word itself (``low``) is dropped than others.
_DROPOUT = 0.3
_WORD_DROPOUT = 0.1
#: Word vectors are divided by this before they are projected.
_VECTOR_STEPS = 64

# The re-scoring model: how often a feature must occur, L2 penalty, rounds, and learning rate.
_MIN_FEATURE_COUNT = 3
_PENALTY = 5.0
_ROUNDS = 120
_RESCORER_RATE = 0.1


class Hyperparameters(NamedTuple):
    """The size of a network and how it is trained.

    Attributes
    ----------
    width
        Units per hidden layer.
    n_layers
        Convolutions.
    epochs
        Passes over the examples.
    feature_dropout
        Feature dropout rate, from 0 to 1; that of ``low`` is 0.1 higher.
    batch
        Words and blanks per batch.
    min_count
        How often a feature value must occur to have an embedding.
    excluded
        Features that the network does not have.
    seed
        Seed of the random numbers.
    """

    width: int
    n_layers: int
    epochs: int
    feature_dropout: float
    batch: int = 3000
    min_count: int = 2
    excluded: tuple[str, ...] = ()
    seed: int = 0


class Labels(NamedTuple):
    """A probability distribution over labels for each word.

    Attributes
    ----------
    names
        The labels.
    ids
        The labels that each word may have, as indices into ``names``; shape (words, candidates), uint8. A label may
        occur more than once; its probabilities then add up.
    probabilities
        The probability of each, shape (words, candidates), float32; they sum to 1 for each word.
    """

    names: list[str]
    ids: NDArray[np.uint8]
    probabilities: NDArray[np.float32]

    @classmethod
    def one_hot(cls, labels: Sequence[str]) -> Labels:
        """Return the labels of words whose label is certain."""
        names = sorted(set(labels))
        id_of = {name: id_ for id_, name in enumerate(names)}
        ids = np.array([id_of[label] for label in labels], dtype=np.uint8)
        return cls(names, ids[:, None], np.ones((len(ids), 1), dtype=np.float32))

    @classmethod
    def softmax(cls, names: Sequence[str], logits: NDArray[np.floating[Any]]) -> Labels:
        """Return the softmax of logits, in steps of 1 / ``PROBABILITY_STEPS``.

        Exponentials may differ in their last bits between processors, their steps do not.
        """
        powers = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
        steps = np.rint(PROBABILITY_STEPS * powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
        ids = np.tile(np.arange(len(names), dtype=np.uint8), (len(logits), 1))
        return cls(list(names), ids, steps / steps.sum(axis=1, keepdims=True))

    @classmethod
    def concatenate(cls, parts: Sequence[Labels]) -> Labels:
        """Return the labels of the words of all parts, one after the other; the names must be the same."""
        ids, probabilities = ([getattr(part, field) for part in parts] for field in ("ids", "probabilities"))
        return cls(parts[0].names, np.concatenate(ids), np.concatenate(probabilities))

    def take(self, rows: NDArray[np.bool_]) -> Labels:
        """Return the labels of some words."""
        return self._replace(ids=self.ids[rows], probabilities=self.probabilities[rows])

    def interpolate(self, others: Labels, weight: float | NDArray[np.float32]) -> Labels:
        """Return the weighted mean with other distributions, which may be of more words.

        Parameters
        ----------
        others
            Distributions over the same labels, of these words and of any number after them. Words after the last of
            these keep theirs.
        weight
            The weight of the others, from 0 to 1: one, or one for each word as a column.

        Raises
        ------
        ValueError
            If the labels are not the same.
        """
        if self.names != others.names:
            raise ValueError(f"labels {', '.join(others.names)} cannot be mixed in; expected {', '.join(self.names)}")
        ids = np.zeros((len(others.ids), self.ids.shape[1]), dtype=self.ids.dtype)
        probabilities = np.zeros(ids.shape, dtype=np.float32)
        n = len(self.ids)
        ids[:n], probabilities[:n] = self.ids, (1 - weight) * self.probabilities
        remainder = 1 - probabilities.sum(axis=1, keepdims=True)
        return Labels(
            self.names,
            np.hstack([ids, others.ids]),
            np.hstack([probabilities, remainder * others.probabilities]),
        )


class Examples(NamedTuple):
    """Words with their labels.

    Attributes
    ----------
    features
        For each feature, its value for each word.
    lengths
        Words in each sentence.
    blocks
        Sentences in each block. Blocks are shuffled, the sentences of a block stay together.
    groups
        The group of each word for pooling, from 0, or −1 for none. A group lies within a block.
    labels
        The labels of the words, by head.
    """

    features: Mapping[str, Sequence[str]]
    lengths: NDArray[np.int64]
    blocks: NDArray[np.int64]
    groups: NDArray[np.int64]
    labels: Mapping[str, Labels]


def fit(examples: Examples, vectors: WordVectors, plan: Hyperparameters) -> Network:
    """Fit a network by Adam, with warm-up and linear decay, and quantise it.

    Activations are dropped at random, and so are features, so that the network learns to label words with unknown
    feature values.
    """
    optimiser.fix_sums()
    import jax

    data = _Data(examples, vectors, plan)
    random = np.random.default_rng(plan.seed)
    weights = _initial_weights(random, data, plan)
    state = (weights, jax.tree.map(np.zeros_like, weights), jax.tree.map(np.zeros_like, weights))
    step = jax.jit(_step)
    key = jax.random.PRNGKey(plan.seed)
    n_steps, done = 0, 0
    for _ in range(plan.epochs):
        batches = [*data.batches(random)]
        n_steps = n_steps or plan.epochs * len(batches)
        for batch in batches:
            done += 1
            rate = optimiser.learning_rate(done, n_steps)
            state = step(state, batch, jax.random.fold_in(key, done), done, rate)
    return _quantised(jax.tree.map(np.asarray, state[0]), data)


class _Weights(NamedTuple):
    """The weights of a network while it is fitted.

    JAX passes them to the compiler in this order, on which the last bits of sums may depend.
    """

    heads: Any
    convolutions: Any
    pooling: Any
    embeddings: Any
    projection: Any


class _Data:
    """Examples as arrays."""

    def __init__(self, examples: Examples, vectors: WordVectors, plan: Hyperparameters) -> None:
        self.examples = examples
        self.has_groups = bool((examples.groups >= 0).any())
        self.names = sorted(examples.features.keys() - {VECTOR, *plan.excluded})
        self.size = plan.batch
        self.dropout = np.array(
            [plan.feature_dropout + _WORD_DROPOUT * (name == "low") for name in self.names], dtype=np.float32
        )
        self.vocabularies, rows, first = {}, [], 0
        for name in self.names:
            counts = Counter(examples.features[name])
            self.vocabularies[name] = sorted(value for value, count in counts.items() if count >= plan.min_count)
            row_of = {value: first + index for index, value in enumerate(self.vocabularies[name], start=1)}
            rows.append([row_of.get(value, first) for value in examples.features[name]])
            first += 1 + len(self.vocabularies[name])
        self.unknown = np.cumsum([0] + [1 + len(self.vocabularies[name]) for name in self.names])
        self.rows = np.array(rows, dtype=np.int32).T
        ids = np.array([vectors.ids.get(word, 0) for word in examples.features[VECTOR]], dtype=np.int32)
        used, self.vector = np.unique(np.append(0, ids), return_inverse=True)
        self.vector = self.vector[1:].astype(np.int32)
        self.vectors = vectors.take(used) / np.float32(_VECTOR_STEPS)

    def batches(self, random: np.random.Generator) -> Iterator[dict[str, Any]]:
        """Yield the shuffled blocks in batches of one size, with a blank between sentences."""
        lengths, ends = self.examples.lengths, np.cumsum(self.examples.lengths)
        first = np.cumsum(self.examples.blocks) - self.examples.blocks
        pieces: list[tuple[int, int, int]] = []
        size = 1
        for block in random.permutation(len(first)):
            for sentence in range(first[block], first[block] + self.examples.blocks[block]):
                for low in range(ends[sentence] - lengths[sentence], ends[sentence], self.size - 2):
                    high = min(low + self.size - 2, ends[sentence])
                    if size + high - low + 1 > self.size:
                        yield self._batch(pieces)
                        pieces, size = [], 1
                    pieces.append((size, low, high))
                    size += high - low + 1
        yield self._batch(pieces)

    def _batch(self, pieces: list[tuple[int, int, int]]) -> dict[str, Any]:
        """Return the arrays of a batch; a piece is its row in the batch and its first and last word (half-open)."""
        words = np.concatenate([np.arange(low, high) for _, low, high in pieces])
        at = np.concatenate([np.arange(start, start + high - low) for start, low, high in pieces])

        def pad(values: NDArray[Any], blank: Any) -> NDArray[Any]:
            padded = np.full((self.size, *values.shape[1:]), blank, dtype=values.dtype)
            padded[at] = values
            return padded

        groups = self.examples.groups[words]
        groups = np.where(groups < 0, self.size, np.unique(groups, return_inverse=True)[1])
        vector = pad(self.vector[words], 0)
        return {
            "rows": pad(self.rows[words], self.unknown[:-1]),
            "unknown": self.unknown[:-1].astype(np.int32),
            "dropout": self.dropout,
            "vectors": self.vectors[vector],
            "is_word": pad(np.ones((len(at), 1), dtype=np.float32), 0),
            "groups": pad(groups, self.size),
            "labels": {
                name: (pad(labels.ids[words], 0), pad(labels.probabilities[words], 0))
                for name, labels in self.examples.labels.items()
            },
        }


def _initial_weights(random: np.random.Generator, data: _Data, plan: Hyperparameters) -> _Weights:
    """Draw the initial weights."""

    def draw(*shape: int) -> NDArray[np.float32]:
        return np.asarray(random.standard_normal(shape) / np.sqrt(np.prod(shape[:-1])), dtype=np.float32)

    def layer(*shape: int) -> dict[str, NDArray[np.float32]]:
        return {"weights": draw(*shape), "bias": np.zeros(plan.width, dtype=np.float32)}

    width = plan.width
    embeddings = (0.1 * random.standard_normal((int(data.unknown[-1]), width))).astype(np.float32)
    return _Weights(
        embeddings={"weights": embeddings, "bias": np.zeros(width, dtype=np.float32)},
        projection=draw(data.vectors.shape[1], width),
        convolutions=[layer(3, width, width) for _ in range(plan.n_layers)],
        pooling=layer(width, width) if data.has_groups else None,
        heads={name: draw(width, len(labels.names)) for name, labels in data.examples.labels.items()},
    )


def _logits(weights: _Weights, batch: dict[str, Any], key: Any) -> dict[str, Any]:
    """Compute the logits as :meth:`Network.logits` does, with dropout."""
    import jax
    from jax import numpy as jnp

    keys = iter(jax.random.split(key, len(weights.convolutions) + 2))
    rows = batch["rows"]
    rows = jnp.where(jax.random.bernoulli(next(keys), batch["dropout"], rows.shape), batch["unknown"], rows)
    hidden = batch["vectors"] @ weights.projection + weights.embeddings["bias"]
    for column in rows.T:
        hidden = hidden + weights.embeddings["weights"][column]
    largest = MAX_ACTIVATION / ACTIVATION_STEPS
    hidden = jnp.clip(hidden, 0, largest) * batch["is_word"]

    def drop(hidden: Any) -> Any:
        return hidden * jax.random.bernoulli(next(keys), 1 - _DROPOUT, hidden.shape) / (1 - _DROPOUT)

    for index, layer in enumerate(weights.convolutions):
        if weights.pooling and index == len(weights.convolutions) - LAYERS_AFTER_POOLING:
            groups = batch["groups"]
            maxima = jax.ops.segment_max(hidden, groups, num_segments=len(hidden))
            maxima = jnp.where((groups < len(hidden))[:, None], maxima[groups], 0)
            pooled = jax.nn.relu(maxima @ weights.pooling["weights"] + weights.pooling["bias"])
            hidden = jnp.minimum(hidden + pooled * (groups < len(hidden))[:, None], largest)
        inputs = drop(hidden)
        before, here, after = layer["weights"]
        sums = jnp.roll(inputs, 1, axis=0) @ before + inputs @ here + jnp.roll(inputs, -1, axis=0) @ after
        hidden = jnp.minimum(hidden + jax.nn.relu(sums + layer["bias"]), largest) * batch["is_word"]
    hidden = drop(hidden)
    return {name: hidden @ head for name, head in weights.heads.items()}


def _loss(weights: _Weights, batch: dict[str, Any], key: Any) -> Any:
    """Return the sum over heads of the mean cross-entropy."""
    import jax
    from jax import numpy as jnp

    total = 0.0
    for name, logits in _logits(weights, batch, key).items():
        ids, probabilities = batch["labels"][name]
        log_likelihood = jnp.take_along_axis(jax.nn.log_softmax(logits), ids, 1) * probabilities
        total -= log_likelihood.sum() / probabilities.sum()
    return total


def _step(state: tuple[Any, Any, Any], batch: dict[str, Any], key: Any, done: Any, rate: Any) -> tuple[Any, Any, Any]:
    """Take a step of Adam; the state is the weights and the first and second moments of their gradients."""
    import jax

    return optimiser.adam(state, jax.grad(_loss)(state[0], batch, key), done, rate)


def _quantised(weights: _Weights, data: _Data) -> Network:
    """Quantise the weights to eight bits."""
    none = np.zeros(0, dtype=np.float32)

    def layer(weights: NDArray[np.float32], bias: NDArray[np.float32], factor: float) -> Layer:
        step = np.abs(weights).max() / MAX_WEIGHT
        whole = np.rint(weights.reshape(-1, weights.shape[-1]) / step).astype(np.int8)
        return Layer(whole, bias * np.float32(ACTIVATION_STEPS), np.float32(step * factor))

    embeddings, pooling = weights.embeddings, weights.pooling
    return Network(
        data.vocabularies,
        layer(embeddings["weights"], embeddings["bias"], ACTIVATION_STEPS),
        layer(weights.projection, none, ACTIVATION_STEPS / _VECTOR_STEPS),
        [layer(each["weights"], each["bias"], 1.0) for each in weights.convolutions],
        layer(pooling["weights"], pooling["bias"], 1.0) if pooling else None,
        {
            name: Head(data.examples.labels[name].names, layer(head, none, 1 / ACTIVATION_STEPS))
            for name, head in weights.heads.items()
        },
    )


# Re-scoring


class UncertainExample(NamedTuple):
    """An uncertain word, as :class:`rescoring.UncertainWords` describes it, and its correct tag."""

    logits: NDArray[np.float64]
    features: list[str]
    tag: str


def fit_rescorer(examples: Sequence[UncertainExample]) -> rescoring.Rescorer:
    """Fit the re-scoring model: multinomial logistic regression over the candidate tags, by full-batch Adam.

    The weights have an L2 penalty; features of fewer than three examples have none.
    """
    from scipy.sparse import csr_array

    tags = rescoring.TAGS
    found = [sorted(set(example.features)) for example in examples]
    counts = Counter(chain.from_iterable(found))
    features = sorted(feature for feature, count in counts.items() if count >= _MIN_FEATURE_COUNT)
    column_of = {feature: column for column, feature in enumerate(features)}
    rows = [[column_of[feature] for feature in own if feature in column_of] for own in found]
    ends = np.cumsum([0, *map(len, rows)])
    columns = np.fromiter(chain.from_iterable(rows), dtype=np.int64)
    design = csr_array((np.ones(len(columns)), columns, ends), (len(rows), len(features)))
    transposed = design.T.tocsr()
    base = rescoring.LOGIT_WEIGHT * np.array([example.logits for example in examples]).reshape(-1, len(tags))
    correct = np.array([[tag == example.tag for tag in tags] for example in examples], dtype=float)
    correct = correct.reshape(-1, len(tags))
    weights, first, second = np.zeros((3, len(features), len(tags)))
    one, two = optimiser.DECAYS
    for done in range(1, _ROUNDS + 1):
        logits = design @ weights + base
        probabilities = np.exp(logits - logits.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        gradients = transposed @ (probabilities - correct) + _PENALTY * weights
        first = one * first + (1 - one) * gradients
        second = two * second + (1 - two) * gradients**2
        rate = _RESCORER_RATE * min(1.0, optimiser.MIN_FACTOR + 2 * (1 - done / _ROUNDS))
        weights -= rate * (first / (1 - one**done)) / (np.sqrt(second / (1 - two**done)) + optimiser.EPSILON)
    quantised = np.clip(np.rint(weights * rescoring.WEIGHT_STEPS), -MAX_WEIGHT, MAX_WEIGHT).astype(np.int8)
    used = np.flatnonzero(quantised.any(axis=1)).tolist()
    return rescoring.Rescorer({features[column]: row for row, column in enumerate(used)}, quantised[used])
