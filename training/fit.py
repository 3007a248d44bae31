"""Networks fitted by JAX, and clues weighed; put into whole numbers, as they are run."""

from __future__ import annotations

import os
from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis.language import rescoring
from analysis.language.network import AFTER_SAME, HEAVIEST, STEPS, TOP, VECTOR, Head, Layer, Network

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from analysis.language.network import Vectors


#: Into how many parts shares are cut.
PARTS = 255


class Plan(NamedTuple):
    """How large a network is, and how long it learns.

    Attributes
    ----------
    width
        How many values pass from layer to layer for each word.
    n_layers
        How many layers there are.
    epochs
        How often each example is seen.
    forgets
        The share of the values of attributes that are forgotten while it learns; of ``low``, 0.1 more.
    batch
        Words and blanks in each batch.
    least
        How often a value of an attribute must occur to be known.
    blind
        Attributes that it does not see.
    seed
        Of what is drawn at random.
    """

    width: int
    n_layers: int
    epochs: int
    forgets: float
    batch: int = 3000
    least: int = 2
    blind: tuple[str, ...] = ()
    seed: int = 0


class Labels(NamedTuple):
    """The labels that words have, or may have.

    Attributes
    ----------
    names
        The labels.
    numbers
        For each word (row), the numbers of those that it may have.
    shares
        How likely each of these is; of each word they add up to 1.
    """

    names: list[str]
    numbers: np.ndarray
    shares: np.ndarray

    @classmethod
    def certain(cls, labels: Sequence[str]) -> Labels:
        """Take each word to have the label it has."""
        names = sorted(set(labels))
        number = {name: number for number, name in enumerate(names)}
        numbers = np.array([number[label] for label in labels], dtype=np.uint8)
        return cls(names, numbers[:, None], np.ones((len(numbers), 1), dtype=np.float32))

    @classmethod
    def likely(cls, names: Sequence[str], scores: np.ndarray) -> Labels:
        """Take each label (column) to be as likely as its score says, in parts of ``PARTS``.

        Powers of e may differ in their last bits from one processor to the next, parts do not.
        """
        powers = np.exp(scores.astype(np.float64) - scores.max(axis=1, keepdims=True))
        parts = np.rint(PARTS * powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
        numbers = np.tile(np.arange(len(names), dtype=np.uint8), (len(scores), 1))
        return cls(list(names), numbers, parts / parts.sum(axis=1, keepdims=True))

    @classmethod
    def joined(cls, parts: Sequence[Labels]) -> Labels:
        """Give the labels of the words of all parts, one after the other; the names must be the same."""
        numbers, shares = ([getattr(part, of) for part in parts] for of in ("numbers", "shares"))
        return cls(parts[0].names, np.concatenate(numbers), np.concatenate(shares))

    def mixed(self, others: Labels, share: float | np.ndarray) -> Labels:
        """Give a share of each word to what others say of it; and all of the words after these, of which only they do.

        The share may be another one for each word (a column). The names must be the same.
        """
        if self.names != others.names:
            raise ValueError(f"labels {self.names} cannot be mixed with others, {others.names}")
        known = np.zeros((len(others.numbers), self.numbers.shape[1]), dtype=self.numbers.dtype)
        shares = np.zeros(known.shape, dtype=np.float32)
        n = len(self.numbers)
        known[:n], shares[:n] = self.numbers, (1 - share) * self.shares
        rest = 1 - shares.sum(axis=1, keepdims=True)
        return Labels(self.names, np.hstack([known, others.numbers]), np.hstack([shares, rest * others.shares]))


class Examples(NamedTuple):
    """Words with their labels.

    Attributes
    ----------
    attributes
        For each attribute, its value for each word.
    lengths
        Words in each sentence.
    blocks
        Sentences in each block. Blocks are learnt from in any order, the sentences of a block one after the other.
    groups
        The group of each word, from 0, or -1 if it is in none. A group is within a block.
    labels
        By what is labelled, the labels of the words.
    """

    attributes: Mapping[str, Sequence[str]]
    lengths: np.ndarray
    blocks: np.ndarray
    groups: np.ndarray
    labels: Mapping[str, Labels]


def fit(examples: Examples, vectors: Vectors, plan: Plan) -> Network:
    """Fit a network: by Adam, in steps that grow for a while and then shrink to a fiftieth.

    What is dropped at random: values in the layers, and values of attributes, so that the network learns what to make
    of words that have none it knows.
    """
    # Sums are cut up for two threads, however many processors there are, by instructions that all of them have.
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false --xla_cpu_max_isa=AVX2"
    os.environ["NPROC"] = "2"
    os.environ["JAX_PLATFORMS"] = "cpu"
    import jax

    data = _Data(examples, vectors, plan)
    random = np.random.default_rng(plan.seed)
    weights = _begin(random, data, plan)
    state = (weights, jax.tree.map(np.zeros_like, weights), jax.tree.map(np.zeros_like, weights))
    step = jax.jit(_step)
    key = jax.random.PRNGKey(plan.seed)
    n_steps, done = None, 0
    for _ in range(plan.epochs):
        batches = [*data.batches(random)]
        n_steps = n_steps or plan.epochs * len(batches)
        for batch in batches:
            done += 1
            rate = _RATE * min(1.0, done / _WARM) * max(_LEAST, 1 - done / n_steps)
            state = step(state, batch, jax.random.fold_in(key, done), done, rate)
    return _rounded(jax.tree.map(np.asarray, state[0]), data)


_RATE = 2e-3
_WARM = 200
_LEAST = 0.02
_DECAYS = (0.9, 0.95)
_SMALL = 1e-8
_DROPPED = 0.3  # of the values in the layers
_VECTOR_STEPS = 64


class _Data:
    """Examples as numbers."""

    def __init__(self, examples: Examples, vectors: Vectors, plan: Plan) -> None:
        self.examples = examples
        self.has_groups = bool((examples.groups >= 0).any())
        self.names = sorted(examples.attributes.keys() - {VECTOR, *plan.blind})
        self.size = plan.batch
        self.forgotten = np.array([plan.forgets + 0.1 * (name == "low") for name in self.names], dtype=np.float32)
        self.values, rows, first = {}, [], 0
        for name in self.names:
            counts = Counter(examples.attributes[name])
            self.values[name] = sorted(value for value, count in counts.items() if count >= plan.least)
            numbers = {value: first + number for number, value in enumerate(self.values[name], start=1)}
            rows.append([numbers.get(value, first) for value in examples.attributes[name]])
            first += 1 + len(self.values[name])
        self.firsts = np.cumsum([0] + [1 + len(self.values[name]) for name in self.names])
        self.rows = np.array(rows, dtype=np.int32).T
        numbers = np.array([vectors.numbers.get(word, 0) for word in examples.attributes[VECTOR]], dtype=np.int32)
        used, self.vector = np.unique(np.append(0, numbers), return_inverse=True)
        self.vector = self.vector[1:].astype(np.int32)
        self.vectors = vectors.take(used) / np.float32(_VECTOR_STEPS)

    def batches(self, random: np.random.Generator) -> Iterator[dict[str, Any]]:
        """Lay the blocks out in batches of one size, in another order each time, a blank between sentences."""
        lengths, ends = self.examples.lengths, np.cumsum(self.examples.lengths)
        first = np.cumsum(self.examples.blocks) - self.examples.blocks
        pieces, size = [], 1
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
        """Lay out pieces: where each begins, and its first word and the one after its last."""
        words = np.concatenate([np.arange(low, high) for _, low, high in pieces])
        at = np.concatenate([np.arange(start, start + high - low) for start, low, high in pieces])

        def lay_out(values: np.ndarray, blank: Any) -> np.ndarray:
            laid = np.full((self.size, *values.shape[1:]), blank, dtype=values.dtype)
            laid[at] = values
            return laid

        groups = self.examples.groups[words]
        groups = np.where(groups < 0, self.size, np.unique(groups, return_inverse=True)[1])
        vector = lay_out(self.vector[words], 0)
        return {
            "rows": lay_out(self.rows[words], self.firsts[:-1]),
            "unknown": self.firsts[:-1].astype(np.int32),
            "forgotten": self.forgotten,
            "vectors": self.vectors[vector],
            "is_word": lay_out(np.ones((len(at), 1), dtype=np.float32), 0),
            "groups": lay_out(groups, self.size),
            "right": {
                name: (lay_out(labels.numbers[words], 0), lay_out(labels.shares[words], 0))
                for name, labels in self.examples.labels.items()
            },
        }


def _begin(random: np.random.Generator, data: _Data, plan: Plan) -> dict[str, Any]:
    """Draw weights to begin with."""

    def draw(*shape: int) -> np.ndarray:
        return (random.standard_normal(shape) / np.sqrt(np.prod(shape[:-1]))).astype(np.float32)

    def layer(*shape: int) -> dict[str, np.ndarray]:
        return {"weights": draw(*shape), "bias": np.zeros(plan.width, dtype=np.float32)}

    width = plan.width
    table = (0.1 * random.standard_normal((int(data.firsts[-1]), width))).astype(np.float32)
    return {
        "table": {"weights": table, "bias": np.zeros(width, dtype=np.float32)},
        "vector": draw(data.vectors.shape[1], width),
        "layers": [layer(3, width, width) for _ in range(plan.n_layers)],
        "same": layer(width, width) if data.has_groups else None,
        "heads": {name: draw(width, len(labels.names)) for name, labels in data.examples.labels.items()},
    }


def _scores(weights: dict[str, Any], batch: dict[str, Any], key: Any) -> dict[str, Any]:
    """Score the labels as :class:`Network` does, while some of what goes in is dropped."""
    import jax
    from jax import numpy as jnp

    keys = iter(jax.random.split(key, len(weights["layers"]) + 2))
    rows = batch["rows"]
    rows = jnp.where(jax.random.bernoulli(next(keys), batch["forgotten"], rows.shape), batch["unknown"], rows)
    values = batch["vectors"] @ weights["vector"] + weights["table"]["bias"]
    for column in rows.T:
        values = values + weights["table"]["weights"][column]
    largest = TOP / STEPS
    values = jnp.clip(values, 0, largest) * batch["is_word"]

    def drop(values: Any) -> Any:
        return values * jax.random.bernoulli(next(keys), 1 - _DROPPED, values.shape) / (1 - _DROPPED)

    for number, layer in enumerate(weights["layers"]):
        if weights["same"] and number == len(weights["layers"]) - AFTER_SAME:
            groups = batch["groups"]
            most = jax.ops.segment_max(values, groups, num_segments=len(values))
            most = jnp.where((groups < len(values))[:, None], most[groups], 0)
            said = jax.nn.relu(most @ weights["same"]["weights"] + weights["same"]["bias"])
            values = jnp.minimum(values + said * (groups < len(values))[:, None], largest)
        seen = drop(values)
        before, here, after = layer["weights"]
        said = jnp.roll(seen, 1, axis=0) @ before + seen @ here + jnp.roll(seen, -1, axis=0) @ after + layer["bias"]
        values = jnp.minimum(values + jax.nn.relu(said), largest) * batch["is_word"]
    values = drop(values)
    return {name: values @ head for name, head in weights["heads"].items()}


def _loss(weights: dict[str, Any], batch: dict[str, Any], key: Any) -> Any:
    import jax
    from jax import numpy as jnp

    total = 0.0
    for name, scores in _scores(weights, batch, key).items():
        numbers, shares = batch["right"][name]
        total -= (jnp.take_along_axis(jax.nn.log_softmax(scores), numbers, 1) * shares).sum() / shares.sum()
    return total


def _step(state: tuple[Any, Any, Any], batch: dict[str, Any], key: Any, done: Any, rate: Any) -> tuple[Any, Any, Any]:
    """Take a step of Adam: with the weights go the running means of their slopes and of the squares of these.

    References
    ----------
    D. Kingma and J. Ba 2015, Adam: A method for stochastic optimization, ICLR.
    """
    import jax
    from jax import numpy as jnp

    weights, first, second = state
    slopes = jax.grad(_loss)(weights, batch, key)
    one, two = _DECAYS
    first = jax.tree.map(lambda old, slope: one * old + (1 - one) * slope, first, slopes)
    second = jax.tree.map(lambda old, slope: two * old + (1 - two) * slope**2, second, slopes)
    weights = jax.tree.map(
        lambda old, m, v: old - rate * (m / (1 - one**done)) / (jnp.sqrt(v / (1 - two**done)) + _SMALL),
        weights,
        first,
        second,
    )
    return weights, first, second


def _rounded(weights: dict[str, Any], data: _Data) -> Network:
    """Put a network into whole numbers."""
    none = np.zeros(0, dtype=np.float32)

    def layer(weights: np.ndarray, bias: np.ndarray, factor: float) -> Layer:
        step = np.abs(weights).max() / HEAVIEST
        whole = np.rint(weights.reshape(-1, weights.shape[-1]) / step).astype(np.int8)
        return Layer(whole, bias * np.float32(STEPS), np.float32(step * factor))

    table, same = weights["table"], weights["same"]
    return Network(
        data.values,
        layer(table["weights"], table["bias"], STEPS),
        layer(weights["vector"], none, STEPS / _VECTOR_STEPS),
        [layer(each["weights"], each["bias"], 1.0) for each in weights["layers"]],
        layer(same["weights"], same["bias"], 1.0) if same else None,
        {
            name: Head(data.examples.labels[name].names, layer(head, none, 1 / STEPS))
            for name, head in weights["heads"].items()
        },
    )


# Clues


class Case(NamedTuple):
    """A word that was in doubt, as :class:`rescoring.Doubts` tells of it, and its right tag."""

    scores: np.ndarray
    clues: list[str]
    right: str


def fit_clues(cases: Sequence[Case]) -> rescoring.Clues:
    """Weigh clues by logistic regression over the tags that each word may have, in steps of Adam over all cases.

    Large weights cost their squares; clues of a few cases have none.
    """
    from scipy.sparse import csr_array

    tags = rescoring.TAGS
    found = [sorted(set(case.clues)) for case in cases]
    counts = Counter(chain.from_iterable(found))
    known = sorted(clue for clue, count in counts.items() if count >= _CLUE_LEAST)
    number = {clue: place for place, clue in enumerate(known)}
    rows = [[number[clue] for clue in clues if clue in number] for clues in found]
    ends = np.cumsum([0, *map(len, rows)])
    columns = np.fromiter(chain.from_iterable(rows), dtype=np.int64)
    has = csr_array((np.ones(len(columns)), columns, ends), (len(rows), len(known)))
    of_clue = has.T.tocsr()
    begun = rescoring.TRUST * np.array([case.scores for case in cases]).reshape(-1, len(tags))
    right = np.array([[tag == case.right for tag in tags] for case in cases], dtype=float)
    right = right.reshape(-1, len(tags))
    weights, first, second = np.zeros((3, len(known), len(tags)))
    one, two = _DECAYS
    for done in range(1, _CLUE_ROUNDS + 1):
        scores = has @ weights + begun
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        slopes = of_clue @ (shares - right) + _CLUE_HELD * weights
        first = one * first + (1 - one) * slopes
        second = two * second + (1 - two) * slopes**2
        rate = _CLUE_RATE * min(1.0, _LEAST + 2 * (1 - done / _CLUE_ROUNDS))
        weights -= rate * (first / (1 - one**done)) / (np.sqrt(second / (1 - two**done)) + _SMALL)
    steps = np.clip(np.rint(weights * rescoring.WEIGHT_STEPS), -HEAVIEST, HEAVIEST).astype(np.int8)
    counts_for = np.flatnonzero(steps.any(axis=1)).tolist()
    return rescoring.Clues({known[row]: place for place, row in enumerate(counts_for)}, steps[counts_for])


_CLUE_LEAST = 3
_CLUE_HELD = 5.0
_CLUE_ROUNDS = 120
_CLUE_RATE = 0.1
