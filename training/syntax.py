"""Training of the parser by JAX, and its quantisation.

The parser is that of :mod:`analysis.language.syntax`: dilated convolutions, and scores of heads and of relations. It
learns from the trees of the treebanks and, where there are any, from those of a teacher (distillation).
"""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis.language import features, prediction, syntax
from analysis.language.network import ACTIVATION_STEPS, MAX_ACTIVATION, MAX_WEIGHT, VECTOR, Head, Layer, Network
from training import optimiser
from training.corpora import gold, lay_out
from training.fit import Labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.language.models import Models
    from analysis.language.network import WordVectors
    from training.corpora import Document

__all__ = ["Hyperparameters", "Trees", "fit", "gold_trees", "sample_tags"]

#: The smallest factor of the learning rate.
_MIN_FACTOR = 0.01
#: Dropout rate of activations, and how much more the feature of the word itself (``low``) is dropped than others.
_DROPOUT = 0.25
_WORD_DROPOUT = 0.1
#: Word vectors are divided by this before they are projected.
_VECTOR_STEPS = 64
#: Lengths to which sentences are padded, in words; longer sentences are left out.
_PADDED = (8, 14, 20, 26, 34, 46, 70, 110)
#: Tags are drawn at this temperature, so that they are as often wrong as on new text; how many draws there are.
_TEMPERATURE = 1.5
_N_DRAWS = 4
#: How small the weights of output layers are at first.
_SMALL = 0.1
#: The logit of what cannot be a head.
_NEVER = -1e9


class Hyperparameters(NamedTuple):
    """The size of a parser and how it is trained.

    Attributes
    ----------
    width
        Units per hidden layer.
    arc, relation
        Units of the layers before the scores of heads and of relations.
    epochs
        Passes over the trees.
    feature_dropout
        Feature dropout rate, from 0 to 1; that of ``low`` is 0.1 higher.
    batch
        Words per batch, padding included.
    min_count
        How often a feature value must occur to have an embedding.
    seed
        Seed of the random numbers.
    """

    width: int
    arc: int
    relation: int
    epochs: int
    feature_dropout: float
    batch: int = 2400
    min_count: int = 3
    seed: int = 0


class Trees(NamedTuple):
    """Sentences with their trees, as probability distributions.

    Attributes
    ----------
    features
        For each feature but the Penn tag, its value for each word.
    tags
        The Penn tags of the words, drawn several times.
    lengths
        Words in each sentence.
    heads
        Candidate heads of each word as numbers within the sentence, from 1, or 0 for the root; shape (words,
        candidates), int16.
    head_probabilities
        The probability of each, float32.
    relations
        The relation to the first candidate.
    """

    features: Mapping[str, Sequence[str]]
    tags: list[list[str]]
    lengths: NDArray[np.int64]
    heads: NDArray[np.int16]
    head_probabilities: NDArray[np.float32]
    relations: Labels


def gold_trees(documents: Sequence[Document], models: Models) -> Trees:
    """Return the sentences of treebanks with their trees."""
    words = lay_out(documents)
    columns = prediction.word_columns(words, models)
    heads = np.array(gold(documents, "head"), dtype=np.int16)[:, None]
    return Trees(
        features.extract(columns, (features.WORD,), models.lexicon),
        sample_tags(columns, words, models),
        words.lengths,
        heads,
        np.ones(heads.shape, dtype=np.float32),
        Labels.one_hot(gold(documents, "deprel")),
    )


def sample_tags(columns: prediction.Columns, words: prediction.Words, models: Models) -> list[list[str]]:
    """Draw Penn tags from what the tagger predicts, at a temperature that makes them as often wrong as on new text.

    The tagger has seen the words of the treebanks, and is wrong of them less often.
    """
    labels = models.tags.labels("xpos")
    random = np.random.default_rng(0)
    draws: list[list[str]] = [[] for _ in range(_N_DRAWS)]
    for rows, lengths, _ in prediction.batches(words):
        batch = {name: values[rows] for name, values in columns.items()}
        logits = models.tags.logits(batch, lengths)["xpos"]
        cumulative = Labels.softmax(labels, logits / np.float32(_TEMPERATURE)).probabilities.cumsum(axis=1)
        for draw in draws:
            ids = (cumulative < random.random((len(logits), 1), dtype=np.float32)).sum(axis=1)
            draw += [labels[id_] for id_ in np.minimum(ids, len(labels) - 1).tolist()]
    return draws


def fit(trees: Trees, vectors: WordVectors, plan: Hyperparameters) -> Network:
    """Fit a parser by Adam, with warm-up and linear decay, and quantise it; print the losses of each epoch."""
    optimiser.fix_sums()
    import jax

    data = _Data(trees, vectors, plan)
    random = np.random.default_rng(plan.seed)
    weights = _initial_weights(random, data, plan)
    state = (weights, jax.tree.map(np.zeros_like, weights), jax.tree.map(np.zeros_like, weights))
    step = jax.jit(_step, donate_argnums=0)
    key = jax.random.PRNGKey(plan.seed)
    n_steps, done = plan.epochs * data.n_batches, 0
    for epoch in range(plan.epochs):
        losses = []
        for batch in data.batches(random, epoch):
            done += 1
            rate = optimiser.learning_rate(done, n_steps, least=_MIN_FACTOR)
            state, own = step(state, batch, jax.random.fold_in(key, done), done, rate)
            losses.append(own)
        heads, relations = np.mean(losses, axis=0)
        sys.stdout.write(f"syntax, epoch {epoch}: loss {heads:.3f} of heads, {relations:.3f} of relations\n")
        sys.stdout.flush()
    return _quantised(jax.tree.map(np.asarray, state[0]), data)


class _Data:
    """Trees as arrays."""

    def __init__(self, trees: Trees, vectors: WordVectors, plan: Hyperparameters) -> None:
        self.trees, self.size = trees, plan.batch
        self.names = [*sorted(trees.features.keys() - {VECTOR}), "tag"]
        self.dropout = np.array(
            [plan.feature_dropout + _WORD_DROPOUT * (name == "low") for name in self.names], dtype=np.float32
        )
        self.vocabularies: dict[str, list[str]] = {}
        columns, first = [], 0
        for name in self.names:
            draws = trees.tags if name == "tag" else [trees.features[name]]
            counts = Counter(draws[0])
            self.vocabularies[name] = sorted(value for value, count in counts.items() if count >= plan.min_count)
            row_of = {value: first + index for index, value in enumerate(self.vocabularies[name], start=1)}
            columns += [[row_of.get(value, first) for value in draw] for draw in draws]
            first += 1 + len(self.vocabularies[name])
        self.unknown = np.cumsum([0] + [1 + len(self.vocabularies[name]) for name in self.names])
        self.rows = np.array(columns, dtype=np.int32).T  # the last columns are the draws of the tag
        ids = np.array([vectors.ids.get(word, 0) for word in trees.features[VECTOR]], dtype=np.int32)
        used, self.vector = np.unique(np.append(0, ids), return_inverse=True)
        self.vector = self.vector[1:].astype(np.int32)
        self.vectors = vectors.take(used) / np.float32(_VECTOR_STEPS)
        self.starts = np.cumsum(trees.lengths) - trees.lengths
        padded = np.searchsorted(_PADDED, trees.lengths)
        self.buckets = [np.flatnonzero(padded == number) for number in range(len(_PADDED))]

    def _per_batch(self, number: int) -> int:
        return max(1, self.size // _PADDED[number])

    @property
    def n_batches(self) -> int:
        """Batches in an epoch."""
        return sum(-(-len(bucket) // self._per_batch(number)) for number, bucket in enumerate(self.buckets))

    def batches(self, random: np.random.Generator, epoch: int) -> Iterator[dict[str, Any]]:
        """Yield the sentences of about one length, shuffled."""
        cut: list[tuple[int, NDArray[np.int64]]] = []
        for number, bucket in enumerate(self.buckets):
            order, n = random.permutation(bucket), self._per_batch(number)
            cut += [(number, order[low : low + n]) for low in range(0, len(order), n)]
        for index in random.permutation(len(cut)).tolist():
            number, sentences = cut[index]
            yield self._batch(number, sentences, epoch)

    def _batch(self, number: int, sentences: NDArray[np.int64], epoch: int) -> dict[str, Any]:
        """Return the arrays of a batch, each of shape (sentences, words, …)."""
        length, n = _PADDED[number], self._per_batch(number)
        offsets = np.arange(length)
        lengths = np.zeros(n, dtype=np.int64)
        lengths[: len(sentences)] = self.trees.lengths[sentences]
        starts = np.zeros(n, dtype=np.int64)
        starts[: len(sentences)] = self.starts[sentences]
        is_word = offsets < lengths[:, None]
        words = np.where(is_word, starts[:, None] + offsets, 0)
        tag = len(self.names) - 1 + epoch % len(self.trees.tags)
        rows = self.rows[words][:, :, [*range(len(self.names) - 1), tag]]
        mask = is_word[:, :, None].astype(np.float32)
        return {
            "rows": rows,
            "unknown": self.unknown[:-1].astype(np.int32),
            "dropout": self.dropout,
            "vectors": self.vectors[self.vector[words]],
            "is_word": mask,
            "heads": self.trees.heads[words].astype(np.int32) * is_word[:, :, None],
            "head_probabilities": self.trees.head_probabilities[words] * mask,
            "relations": self.trees.relations.ids[words].astype(np.int32),
            "relation_probabilities": self.trees.relations.probabilities[words] * mask,
        }


class _Weights(NamedTuple):
    """The weights of a parser while it is fitted, in the order in which JAX passes them to the compiler."""

    heads: Any
    convolutions: Any
    embeddings: Any
    projection: Any


def _initial_weights(random: np.random.Generator, data: _Data, plan: Hyperparameters) -> _Weights:
    """Draw the initial weights."""

    def draw(*shape: int, gain: float = 1.0) -> NDArray[np.float32]:
        return np.asarray(gain * random.standard_normal(shape) / np.sqrt(np.prod(shape[:-1])), dtype=np.float32)

    def layer(*shape: int, gain: float = 1.0) -> dict[str, NDArray[np.float32]]:
        return {"weights": draw(*shape, gain=gain), "bias": np.zeros(shape[-1], dtype=np.float32)}

    width, n_distances = plan.width, syntax.N_DISTANCES
    embeddings = (0.1 * random.standard_normal((int(data.unknown[-1]), width))).astype(np.float32)
    return _Weights(
        embeddings={"weights": embeddings, "bias": np.zeros(width, dtype=np.float32)},
        projection=draw(data.vectors.shape[1], width),
        convolutions=[layer(3, width, width) for _ in syntax.DILATIONS],
        heads={
            "dependent": layer(width, plan.arc),
            "head": layer(width, plan.arc),
            "bilinear": draw(plan.arc, plan.arc, gain=_SMALL),
            "root": layer(plan.arc, 1, gain=_SMALL),
            "dependent_distance": layer(plan.arc, n_distances, gain=_SMALL),
            "head_distance": draw(plan.arc, n_distances, gain=_SMALL),
            "relation_dependent": layer(width, plan.relation),
            "relation_head": draw(width, plan.relation),
            "relation_distance": draw(n_distances, plan.relation, gain=_SMALL),
            "relation": layer(plan.relation, len(data.trees.relations.names), gain=_SMALL),
        },
    )


def _encode(weights: _Weights, batch: dict[str, Any], key: Any) -> Any:
    """Compute the hidden vectors of words, with dropout; shape (sentences, words, width)."""
    import jax
    from jax import numpy as jnp

    keys = iter(jax.random.split(key, len(weights.convolutions) + 2))
    rows = batch["rows"]
    rows = jnp.where(jax.random.bernoulli(next(keys), batch["dropout"], rows.shape), batch["unknown"], rows)
    hidden = batch["vectors"] @ weights.projection + weights.embeddings["bias"]
    for column in range(rows.shape[2]):
        hidden = hidden + weights.embeddings["weights"][rows[:, :, column]]
    largest = MAX_ACTIVATION / ACTIVATION_STEPS
    hidden = jnp.clip(hidden, 0, largest) * batch["is_word"]
    n, length, width = hidden.shape
    for dilation, layer in zip(syntax.DILATIONS, weights.convolutions, strict=True):
        inputs = hidden * jax.random.bernoulli(next(keys), 1 - _DROPOUT, hidden.shape) / (1 - _DROPOUT)
        before, here, after = layer["weights"]
        sums = inputs @ here + layer["bias"]
        if dilation < length:
            blank = jnp.zeros((n, dilation, width), dtype=np.float32)
            sums += jnp.concatenate([blank, inputs[:, :-dilation] @ before], axis=1)
            sums += jnp.concatenate([inputs[:, dilation:] @ after, blank], axis=1)
        hidden = jnp.minimum(hidden + jax.nn.relu(sums), largest) * batch["is_word"]
    return hidden * jax.random.bernoulli(next(keys), 1 - _DROPOUT, hidden.shape) / (1 - _DROPOUT)


def _loss(weights: _Weights, batch: dict[str, Any], key: Any) -> Any:
    """Return the sum of the mean cross-entropies of heads and of relations, and both."""
    import jax
    from jax import numpy as jnp

    one, two, three, four = jax.random.split(key, 4)
    hidden = _encode(weights, batch, one)
    heads, length = weights.heads, hidden.shape[1]
    largest = MAX_ACTIVATION / ACTIVATION_STEPS

    def activate(name: str, key: Any) -> Any:
        values = jnp.clip(hidden @ heads[name]["weights"] + heads[name]["bias"], 0, largest)
        return values * jax.random.bernoulli(key, 1 - _DROPOUT, values.shape) / (1 - _DROPOUT)

    dependent, head = activate("dependent", two), activate("head", three)
    distances = syntax.distances(length)
    one_hot = jnp.asarray(np.eye(syntax.N_DISTANCES, dtype=np.float32)[distances])
    scores = (dependent @ heads["bilinear"]) @ head.transpose(0, 2, 1)
    own = dependent @ heads["dependent_distance"]["weights"] + heads["dependent_distance"]["bias"]
    scores += jnp.einsum("bik,ijk->bij", own, one_hot)
    scores += jnp.einsum("bjk,ijk->bij", head @ heads["head_distance"], one_hot)
    possible = batch["is_word"].transpose(0, 2, 1) * (1 - np.eye(length, dtype=np.float32))
    scores = jnp.where(possible > 0, scores, _NEVER)
    root = dependent @ heads["root"]["weights"] + heads["root"]["bias"]
    log = jax.nn.log_softmax(jnp.concatenate([root, scores], axis=2))
    arcs = (jnp.take_along_axis(log, batch["heads"], 2) * batch["head_probabilities"]).sum()

    # The relation to the first candidate.
    at = jnp.maximum(batch["heads"][:, :, 0] - 1, 0)
    of_head = jnp.take_along_axis(hidden @ heads["relation_head"], at[:, :, None], 1)
    apart = heads["relation_distance"][jnp.asarray(distances)[np.arange(length)[None, :], at]]
    sums = hidden @ heads["relation_dependent"]["weights"] + heads["relation_dependent"]["bias"]
    values = jnp.clip(sums + (of_head + apart) * (batch["heads"][:, :, :1] > 0), 0, largest)
    values = values * jax.random.bernoulli(four, 1 - _DROPOUT, values.shape) / (1 - _DROPOUT)
    log = jax.nn.log_softmax(values @ heads["relation"]["weights"] + heads["relation"]["bias"])
    relations = (jnp.take_along_axis(log, batch["relations"], 2) * batch["relation_probabilities"]).sum()
    total = batch["is_word"].sum()
    return -(arcs + relations) / total, (-arcs / total, -relations / total)


def _step(state: tuple[Any, Any, Any], batch: dict[str, Any], key: Any, done: Any, rate: Any) -> tuple[Any, Any]:
    """Take a step of Adam; the state is the weights and the first and second moments of their gradients."""
    import jax

    (_, losses), gradients = jax.value_and_grad(_loss, has_aux=True)(state[0], batch, key)
    return optimiser.adam(state, gradients, done, rate), losses


def _quantised(weights: _Weights, data: _Data) -> Network:
    """Quantise the weights to eight bits."""
    none = np.zeros(0, dtype=np.float32)

    def layer(weights: NDArray[np.float32], bias: NDArray[np.float32] = none, factor: float = 1.0) -> Layer:
        step = np.abs(weights).max() / MAX_WEIGHT
        whole = np.rint(weights.reshape(-1, weights.shape[-1]) / step).astype(np.int8)
        return Layer(whole, bias * np.float32(ACTIVATION_STEPS), np.float32(step * factor))

    heads = weights.heads
    layers = {
        name: layer(heads[name]["weights"], heads[name]["bias"])
        for name in ("dependent", "head", "root", "dependent_distance", "relation_dependent", "relation")
    }
    layers |= {name: layer(heads[name]) for name in ("bilinear", "head_distance", "relation_head")}
    layers["relation_distance"] = layer(heads["relation_distance"], factor=ACTIVATION_STEPS)
    return Network(
        data.vocabularies,
        layer(weights.embeddings["weights"], weights.embeddings["bias"], ACTIVATION_STEPS),
        layer(weights.projection, none, ACTIVATION_STEPS / _VECTOR_STEPS),
        [layer(each["weights"], each["bias"]) for each in weights.convolutions],
        None,
        {name: Head(data.trees.relations.names if name == "relation" else [], own) for name, own in layers.items()},
    )
