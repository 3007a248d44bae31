"""Training of the network of attributions by JAX, and its quantisation.

The network is that of :mod:`analysis.content.attribution`. It learns from PolNeAR
(:mod:`training.polnear`). An article is one sequence, so that links may cross sentences.
"""

from __future__ import annotations

import sys
from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis.content import attribution, embedding
from analysis.content.attribution import CUE, LINKS, N_BIASES, PARTS, VECTOR_STEPS, Places
from analysis.language import features
from analysis.language.network import ACTIVATION_STEPS, MAX_ACTIVATION, MAX_WEIGHT, VECTOR, Head, Layer, Network
from training import optimiser
from training.attribution_examples import examples_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analysis.language.models import Models
    from training.attribution_examples import Example
    from training.polnear import Document

__all__ = ["FEATURES", "WORD_VECTOR_STEPS", "Data", "Hyperparameters", "Weights", "fit", "loss", "quantised", "train"]

#: Dropout rate of activations, and how much more the features that are words are dropped.
_DROPOUT = 0.3
_WORD_DROPOUT = 0.1
_WORDS = ("head", "lemma", "low")
#: The features that the network embeds, beside the word vector.
FEATURES = ("deprel", "edge", "entity", "head", "known", "lemma", "low", "p3", "quotation", "s3", "shape_in", "tag")
#: Word vectors are divided by this before they are projected.
WORD_VECTOR_STEPS = 64
#: The most spans of each part in a batch.
_MAX_SPANS = 256
#: The weight of the loss of a linker.
_LINK_WEIGHT = 0.1
#: The score of what cannot be linked.
_NEVER = -1e9


class Hyperparameters(NamedTuple):
    """The size of the network and how it is trained.

    Attributes
    ----------
    width
        Units per hidden layer.
    link
        Units of the vectors of spans that a linker multiplies.
    epochs
        Passes over the articles.
    feature_dropout
        Feature dropout rate, from 0 to 1; that of features that are words is 0.1 higher.
    batch
        Words per batch, padding included.
    min_count, min_word_count
        How often a feature value must occur to have an embedding, and a word.
    seed
        Seed of the random numbers.
    """

    width: int
    link: int
    epochs: int
    feature_dropout: float
    batch: int = 3000
    min_count: int = 3
    min_word_count: int = 8
    seed: int = 0


class Data:
    """Documents as arrays."""

    def __init__(self, documents: Sequence[Document], models: Models, plan: Hyperparameters) -> None:
        self.size = plan.batch
        words = [document.words for document in documents]
        columns = {name: [*chain.from_iterable(each.columns[name] for each in words)] for name in words[0].columns}
        found = features.extract(columns, embedding.TEMPLATES, models.lexicon)
        self.dropout = np.array(
            [plan.feature_dropout + _WORD_DROPOUT * (name in _WORDS) for name in FEATURES], dtype=np.float32
        )
        self.vocabularies: dict[str, list[str]] = {}
        rows, first, unknown = [], 0, []
        for name in FEATURES:
            counts = Counter(found[name])
            least = plan.min_word_count if name in _WORDS else plan.min_count
            known = sorted(value for value, count in counts.items() if count >= least)
            row_of = {value: first + index for index, value in enumerate(known, start=1)}
            rows.append([row_of.get(value, first) for value in found[name]])
            self.vocabularies[name] = known
            unknown.append(first)
            first += 1 + len(known)
        self.rows = np.array(rows, dtype=np.int32).T
        self.unknown, self.n_rows = np.array(unknown, dtype=np.int32), first
        vectors = models.lexicon.vectors
        ids = np.array([vectors.ids.get(word, 0) for word in found[VECTOR]], dtype=np.int32)
        used, self.vector = np.unique(np.append(0, ids), return_inverse=True)
        self.vector = self.vector[1:].astype(np.int32)
        self.vectors = vectors.take(used) / np.float32(WORD_VECTOR_STEPS)

        firsts = np.cumsum([0, *(each.n for each in words)]).tolist()
        self.places = Places(
            *(np.concatenate(list(each)) for each in zip(*(word.places for word in words), strict=True))
        )
        self.examples = [
            example
            for document, first in zip(documents, firsts, strict=False)
            for example in examples_of(document, first)
        ]
        self.labels = {part: np.zeros(len(self.rows), dtype=np.int32) for part in PARTS}
        for example in self.examples:
            for part, spans in example.spans.items():
                for start, end in spans:
                    self.labels[part][start:end] = [1, *[2] * (end - start - 1)]

    def batches(self, random: np.random.Generator) -> list[list[Example]]:
        """Return the examples in batches, shuffled."""
        batches: list[list[Example]] = [[]]
        n_words = 0
        for index in random.permutation(len(self.examples)).tolist():
            example = self.examples[index]
            n_words += example.high - example.low
            if n_words > self.size:
                batches.append([])
                n_words = example.high - example.low
            batches[-1].append(example)
        return batches

    def arrays(self, examples: Sequence[Example]) -> dict[str, Any]:
        """Return the arrays of a batch: words, padded, then spans and links, padded."""
        words = np.concatenate([np.arange(example.low, example.high) for example in examples])
        owner = np.repeat(np.arange(len(examples)), [example.high - example.low for example in examples])
        moved = np.cumsum([0, *(example.high - example.low for example in examples)]).tolist()
        n_blank = self.size - len(words)

        def padded(values: NDArray[Any], blank: int = 0) -> NDArray[Any]:
            return np.concatenate([values, np.full((n_blank, *values.shape[1:]), blank, dtype=values.dtype)])

        batch: dict[str, Any] = {
            "rows": padded(self.rows[words]),
            "vectors": padded(self.vectors[self.vector[words]]),
            "owner": padded(owner, -1),
            "is_word": padded(np.ones((len(words), 1), dtype=np.float32)),
            "labels": {part: padded(self.labels[part][words]) for part in PARTS},
            "unknown": self.unknown,
            "dropout": self.dropout,
        }
        ends, owners = {}, {}
        for part in PARTS:
            spans = [
                (start - example.low + shift, end - 1 - example.low + shift, number)
                for number, (example, shift) in enumerate(zip(examples, moved, strict=False))
                for start, end in example.spans[part]
            ]
            if len(spans) > _MAX_SPANS:
                raise ValueError(f"a batch has {len(spans)} spans of {part}; expected at most {_MAX_SPANS}")
            found = np.array(spans, dtype=np.int64).reshape(-1, 3)
            ends[part], owners[part] = found[:, :2], found[:, 2]
        places = Places(*(each[words] for each in self.places))
        batch["ends"] = {part: _fill(each, (_MAX_SPANS, 2)) for part, each in ends.items()}
        for part, other in LINKS.items():
            apart = attribution.relations(ends[part], ends[other], places, ends[CUE][:, 0])
            shifts = np.cumsum([0, *(len(example.spans[other]) for example in examples)]).tolist()
            linked = [
                index + shift + 1 if index >= 0 else 0
                for example, shift in zip(examples, shifts, strict=False)
                for index in example.linked[part]
            ]
            square = (_MAX_SPANS, _MAX_SPANS)
            batch[part] = {
                "apart": {name: _fill(each.astype(np.int32), square) for name, each in apart.items()},
                "possible": _fill(owners[part][:, None] == owners[other], square),
                "linked": _fill(np.array(linked, dtype=np.int32), (_MAX_SPANS,)),
                "is_span": _fill(np.ones(len(linked), dtype=np.float32), (_MAX_SPANS,)),
            }
        return batch


def _fill(values: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """Return an array of a shape, with values at its beginning and zeros after them."""
    filled = np.zeros(shape, dtype=values.dtype)
    filled[tuple(map(slice, values.shape))] = values
    return filled


# Training


class Weights(NamedTuple):
    """The weights of the network while it is fitted, in the order in which JAX passes them to the compiler."""

    heads: Any
    links: Any
    convolutions: Any
    embeddings: Any
    projection: Any


def fit(documents: Sequence[Document], models: Models, plan: Hyperparameters) -> Network:
    """Fit a network by Adam, with warm-up and linear decay, and quantise it; print the loss of each epoch.

    The weights are averaged over steps.
    """
    optimiser.fix_sums()
    data = Data(documents, models, plan)
    random = np.random.default_rng(plan.seed)
    weights = _initial_weights(random, data, plan)
    epochs = [data.batches(random) for _ in range(plan.epochs)]
    gates = np.ones((len(attribution.DILATIONS), plan.width), dtype=np.float32)
    return quantised(train(weights, data, epochs, {"gates": gates}, seed=plan.seed), data)


def train(
    weights: Weights,
    data: Data,
    epochs: Sequence[Sequence[Sequence[Example]]],
    constants: dict[str, Any],
    *,
    seed: int,
    share: float = 1.0,
) -> Weights:
    """Return weights after epochs of training, averaged over steps; print the loss of each epoch.

    Parameters
    ----------
    weights
        Those to begin with.
    data
        The documents.
    epochs
        The batches of each epoch.
    constants
        What each batch has too: ``gates``, by which the outputs of each convolution are multiplied, shape (layers,
        width), and ``teacher``, if any.
    seed
        Seed of the random numbers.
    share
        The learning rate is this share of the usual one.
    """
    import jax

    state = (weights, jax.tree.map(np.zeros_like, weights), jax.tree.map(np.zeros_like, weights))
    averaged = weights
    step, average = jax.jit(_step, donate_argnums=0), jax.jit(optimiser.average, donate_argnums=0)
    key = jax.random.PRNGKey(seed)
    n_steps, done = sum(map(len, epochs)), 0
    for epoch, batches in enumerate(epochs):
        losses = []
        for batch in batches:
            done += 1
            rate = share * optimiser.learning_rate(done, n_steps)
            arrays = data.arrays(batch) | constants
            state, mean = step(state, arrays, jax.random.fold_in(key, done), done, rate)
            averaged = average(averaged, state[0], done)
            losses.append(mean)
        sys.stdout.write(f"claims, epoch {epoch}: loss {np.mean(losses):.3f}\n")
        sys.stdout.flush()
    return Weights(*jax.tree.map(np.asarray, averaged))


def _initial_weights(random: np.random.Generator, data: Data, plan: Hyperparameters) -> Weights:
    """Draw the initial weights."""

    def draw(*shape: int, gain: float = 1.0) -> NDArray[np.float32]:
        return np.asarray(gain * random.standard_normal(shape) / np.sqrt(np.prod(shape[:-1])), dtype=np.float32)

    width = plan.width
    return Weights(
        embeddings={
            "weights": (0.1 * random.standard_normal((data.n_rows, width))).astype(np.float32),
            "bias": np.zeros(width, dtype=np.float32),
        },
        projection=draw(data.vectors.shape[1], width),
        convolutions=[
            {"weights": draw(3, width, width), "bias": np.zeros(width, dtype=np.float32)} for _ in attribution.DILATIONS
        ],
        heads={part: draw(width, len(attribution.LABELS)) for part in PARTS},
        links={
            part: {
                "dependent": draw(2 * width, plan.link, gain=0.09),
                "head": draw(2 * width, plan.link, gain=0.09),
                "none": {"weights": draw(2 * width, 1, gain=0.25), "bias": np.zeros(1, dtype=np.float32)},
                **{name: np.zeros((size, 1), dtype=np.float32) for name, size in N_BIASES.items()},
            }
            for part in LINKS
        },
    )


def _encode(weights: Weights, batch: dict[str, Any], key: Any) -> Any:
    """Compute the hidden vectors of words, with dropout if there is a key; shape (words, width)."""
    import jax
    from jax import numpy as jnp

    keys = iter(() if key is None else jax.random.split(key, len(weights.convolutions) + 2))
    largest = MAX_ACTIVATION / ACTIVATION_STEPS
    owner = batch["owner"]

    def dropped(hidden: Any) -> Any:
        if key is None:
            return hidden
        return hidden * jax.random.bernoulli(next(keys), 1 - _DROPOUT, hidden.shape) / (1 - _DROPOUT)

    def shifted(hidden: Any, by: int) -> Any:
        """Return the vectors of the words that stand before (or after) others in the same example."""
        return jnp.roll(hidden, by, axis=0) * (jnp.roll(owner, by) == owner)[:, None]

    rows = batch["rows"]
    if key is not None:
        rows = jnp.where(jax.random.bernoulli(next(keys), batch["dropout"], rows.shape), batch["unknown"], rows)
    hidden = batch["vectors"] @ weights.projection + weights.embeddings["bias"]
    for column in range(rows.shape[1]):
        hidden = hidden + weights.embeddings["weights"][rows[:, column]]
    hidden = jnp.clip(hidden, 0, largest) * batch["is_word"]
    for dilation, layer, gates in zip(attribution.DILATIONS, weights.convolutions, batch["gates"], strict=True):
        inputs = dropped(hidden)
        before, here, after = layer["weights"]
        sums = shifted(inputs, dilation) @ before + inputs @ here + shifted(inputs, -dilation) @ after
        hidden = jnp.minimum(hidden + gates * jax.nn.relu(sums + layer["bias"]), largest) * batch["is_word"]
    return dropped(hidden)


def _log_probabilities(weights: Weights, batch: dict[str, Any], key: Any) -> dict[str, Any]:
    """Return those of the labels of each part, shape (words, labels), and of what each span is linked to, or none."""
    import jax
    from jax import numpy as jnp

    hidden = _encode(weights, batch, key)
    found = {f"{part}.label": jax.nn.log_softmax(hidden @ weights.heads[part]) for part in PARTS}
    for part, other in LINKS.items():
        own, links = weights.links[part], batch[part]
        one, two = (hidden[batch["ends"][each]].reshape(_MAX_SPANS, -1) for each in (part, other))
        scores = (one @ own["dependent"]) @ (two @ own["head"]).T
        for name in N_BIASES:
            scores += own[name][:, 0][links["apart"][name]]
        scores = jnp.where(links["possible"], scores, _NEVER)
        none = one @ own["none"]["weights"] + own["none"]["bias"]
        found[part] = jax.nn.log_softmax(jnp.concatenate([none, scores], axis=1))
    return found


def loss(weights: Weights, batch: dict[str, Any], key: Any) -> Any:
    """Return the sum of the mean cross-entropies of the labels and of the links.

    What is right is what the corpus has or, if the batch has a ``teacher``, how likely those weights take each; of a
    teacher it learns without dropout.
    """
    import jax
    from jax import numpy as jnp

    found = _log_probabilities(weights, batch, None if "teacher" in batch else key)
    if "teacher" in batch:
        taught = _log_probabilities(batch["teacher"], batch | {"gates": jnp.ones_like(batch["gates"])}, None)
        right = {name: jnp.exp(log) for name, log in taught.items()}
    else:
        right = {f"{part}.label": jax.nn.one_hot(batch["labels"][part], len(attribution.LABELS)) for part in PARTS}
        right |= {part: jax.nn.one_hot(batch[part]["linked"], 1 + _MAX_SPANS) for part in LINKS}
    entropies = {name: -(right[name] * log).sum(axis=1) for name, log in found.items()}
    is_word = batch["is_word"][:, 0]
    total = sum((entropies[f"{part}.label"] * is_word).sum() / is_word.sum() for part in PARTS)
    for part in LINKS:
        is_span = batch[part]["is_span"]
        total += _LINK_WEIGHT * (entropies[part] * is_span).sum() / jnp.maximum(is_span.sum(), 1)
    return total


def _step(state: tuple[Any, Any, Any], batch: dict[str, Any], key: Any, done: Any, rate: Any) -> tuple[Any, Any]:
    """Take a step of Adam; the state is the weights and the first and second moments of their gradients."""
    import jax

    mean, gradients = jax.value_and_grad(loss)(state[0], batch, key)
    return optimiser.adam(state, gradients, done, rate), mean


def quantised(weights: Weights, data: Data) -> Network:
    """Quantise the weights to eight bits."""
    none = np.zeros(0, dtype=np.float32)

    def layer(weights: NDArray[np.float32], bias: NDArray[np.float32] = none, factor: float = 1.0) -> Layer:
        step = max(float(np.abs(weights).max()), 1e-6) / MAX_WEIGHT
        whole = np.rint(weights.reshape(-1, weights.shape[-1]) / step).astype(np.int8)
        return Layer(whole, bias, np.float32(step * factor))

    per_step = 1 / ACTIVATION_STEPS
    heads = {part: Head(list(attribution.LABELS), layer(each, factor=per_step)) for part, each in weights.heads.items()}
    for part, own in weights.links.items():
        layers = {name: layer(own[name], factor=per_step * VECTOR_STEPS) for name in ("dependent", "head")}
        layers |= {"none": layer(own["none"]["weights"], own["none"]["bias"], per_step)}
        layers |= {name: layer(own[name]) for name in N_BIASES}
        heads |= {f"{part}.{name}": Head([], each) for name, each in layers.items()}
    embeddings = weights.embeddings
    return Network(
        data.vocabularies,
        layer(embeddings["weights"], embeddings["bias"] * np.float32(ACTIVATION_STEPS), ACTIVATION_STEPS),
        layer(weights.projection, none, ACTIVATION_STEPS / WORD_VECTOR_STEPS),
        [layer(each["weights"], each["bias"] * np.float32(ACTIVATION_STEPS)) for each in weights.convolutions],
        None,
        heads,
    )
