"""Learning what nouns stand for and what pronouns and descriptions refer to, from the gold chains of GUM.

    python -m training coreference

prints how often pronouns get the right name in the dev part.
"""

from __future__ import annotations

import argparse
import gzip
import os
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis import resources, tables
from analysis.article import Article
from analysis.language import annotate, antecedents, coreference, referring
from analysis.language.antecedents import DESCRIPTION_ATTRIBUTES, PRONOUN_ATTRIBUTES, Scorer
from analysis.language.referring import THING_IDS
from training.chains import GoldText, chains_of, conll_f, pronoun_accuracy, read_chains
from training.corpora import corpora_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.language.coreference import Choice
    from analysis.language.entities import Entity
    from analysis.language.models import Models
    from analysis.language.network import WordVectors
    from analysis.language.referring import Mention

__all__ = ["fit_scorers", "learn_nouns", "main", "train_coreference"]

# What nouns stand for

#: The kinds of things of the corpus, as kinds of nouns; all others are ``other``.
_THINGS = {
    "person": "person", "organization": "organization", "place": "place", "time": "time", "event": "event",
    "object": "object", "substance": "object", "plant": "object", "animal": "animal",
}  # fmt: skip
_KINDS = ("person", "organization", "place", "time", "event", "object", "animal", "other")
#: How often a noun of the word lists counts as seen, and how many occurrences the prediction counts for.
_LISTED_COUNT, _PREDICTED_COUNT = 3, 2
#: The largest number of occurrences that count, the L2 penalty, and the least share of a kind that is written.
_MAX_COUNT, _PENALTY, _MIN_SHARE = 5, 2.0, 0.5
#: Nouns of the word frequencies of at least this frequency per billion are predicted.
_MIN_FREQUENCY = 500
#: Endings of nouns are features: of these lengths, in at least so many nouns, with this value.
_ENDING_LENGTHS, _MIN_ENDING_COUNT, _ENDING_VALUE = (2, 3, 4), 8, 0.5
_VECTOR_STEPS = 64


def learn_nouns(texts: Sequence[GoldText], vectors: WordVectors) -> dict[str, str]:
    """Return what kind of thing frequent nouns stand for, by lemma.

    A log-linear model of word vectors and endings predicts it; what the corpus and the word lists say is added.
    """
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        lemmas, upos = text.tokens["lemma"].tolist(), text.tokens["upos"].tolist()
        for mention in text.gold:
            if upos[mention.head] == "NOUN":
                counts[lemmas[mention.head].lower()][_THINGS.get(mention.kind, "other")] += 1
    for noun, thing in referring.lists().things.items():
        counts[noun][referring.THINGS[thing - 1]] += _LISTED_COUNT
    known = sorted(noun for noun in counts if noun in vectors.ids)
    found = Counter(ending for noun in known for ending in _endings(noun))
    endings = sorted(ending for ending, count in found.items() if count >= _MIN_ENDING_COUNT)
    shares = np.array([[counts[noun][kind] for kind in _KINDS] for noun in known], dtype=float)
    totals = shares.sum(axis=1, keepdims=True)
    weights = _fit_log_linear(
        _noun_features(known, endings, vectors), shares / totals * np.sqrt(np.minimum(totals, _MAX_COUNT))
    )
    nouns = sorted(noun for noun in _frequent_nouns() if noun in vectors.ids)
    logits = _noun_features(nouns, endings, vectors) @ weights
    predicted = np.exp(logits - logits.max(axis=1, keepdims=True))
    predicted *= _PREDICTED_COUNT / predicted.sum(axis=1, keepdims=True)
    things = {}
    for noun, row in zip(nouns, predicted, strict=True):
        both = row + np.array([counts[noun][kind] for kind in _KINDS]) if noun in counts else row
        best = int(both.argmax())
        if _KINDS[best] != "other" and both[best] >= _MIN_SHARE * both.sum():
            things[noun] = _KINDS[best]
    return things


def _endings(noun: str) -> list[str]:
    return [noun[-length:] for length in _ENDING_LENGTHS if len(noun) > length + 1]


def _noun_features(nouns: Sequence[str], endings: Sequence[str], vectors: WordVectors) -> NDArray[np.float64]:
    column_of = {ending: column for column, ending in enumerate(endings)}
    found = np.zeros((len(nouns), len(endings) + 1))
    found[:, -1] = 1
    for row, noun in enumerate(nouns):
        found[row, [column_of[ending] for ending in _endings(noun) if ending in column_of]] = _ENDING_VALUE
    ids = np.array([vectors.ids[noun] for noun in nouns], dtype=np.int64)
    return np.hstack([vectors.take(ids) / _VECTOR_STEPS, found])


def _fit_log_linear(features: NDArray[np.float64], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fit a multinomial logistic regression with an L2 penalty."""
    from scipy.optimize import minimize

    shape = features.shape[1], shares.shape[1]
    totals = shares.sum(axis=1, keepdims=True)

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(shape)
        logits = features @ weights
        logits -= logits.max(axis=1, keepdims=True)
        logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        gradients = features.T @ (np.exp(logs) * totals - shares) + _PENALTY * weights
        return float(-(shares * logs).sum() + _PENALTY / 2 * (weights**2).sum()), gradients.ravel()

    weights: NDArray[np.float64] = minimize(loss, np.zeros(shape[0] * shape[1]), jac=True, method="L-BFGS-B").x
    return weights.reshape(shape)


def _frequent_nouns() -> set[str]:
    def lines(name: str) -> list[str]:
        return gzip.decompress(resources.data().read_bytes(name)).decode().splitlines()

    rows = (line.split("\t") for line in lines("word_frequencies.tsv.gz")[1:])
    frequent = {word for word, _, frequency in rows if int(frequency) >= _MIN_FREQUENCY and word.islower()}
    inflected = (line.split(",") for line in lines("inflections.csv.gz"))
    return {lemma for lemma, tag, *_ in inflected if tag == "noun"} & frequent


# What pronouns and descriptions refer to


class _Example(NamedTuple):
    """The attributes of the candidates, and the indices of the right ones: those with a name, if there are any."""

    attributes: Sequence[Sequence[int]]
    right: list[int]


def _collect(texts: Sequence[GoldText], noun_things: Mapping[str, int]) -> dict[str, list[_Example]]:
    """Return examples by the names of their scorers; what comes before each is resolved rightly."""
    found: dict[str, list[_Example]] = {"pronouns": [], "descriptions": []}
    for text in texts:
        prepared = coreference.prepare(text.sentences, text.tokens, text.mentions, noun_things)
        chain_of = chains_of(text, prepared.mentions)

        def choice(examples: list[_Example], chain_of: Mapping[Mention, int] = chain_of) -> Choice:
            def choose(
                mention: Mention, candidates: Sequence[Entity], attributes: Sequence[Sequence[int]]
            ) -> tuple[int, int]:
                chain = chain_of.get(mention)
                right = [
                    index
                    for index, entity in enumerate(candidates)
                    if chain is not None and _most_frequent_chain(entity, chain_of) == chain
                ]
                right = [index for index in right if candidates[index].name] or right
                examples.append(_Example(attributes, right or [len(candidates)]))
                return (right[0] if right else -1), referring.CERTAIN

            return choose

        chooser = coreference.Chooser(choice(found["pronouns"]), choice(found["descriptions"]))
        coreference.find_chains(prepared, chooser)
    return found


def _most_frequent_chain(entity: Entity, chain_of: Mapping[Mention, int]) -> int | None:
    return Counter(chain_of.get(mention) for mention in entity.mentions).most_common(1)[0][0]


# Adam: learning rate, smallest factor of it, decay rates of the moments, weight decay; batches and epochs.
_LEARNING_RATE, _MIN_FACTOR, _DECAYS, _EPSILON, _WEIGHT_DECAY = 3e-3, 0.02, (0.9, 0.98), 1e-8, 1e-3
_BATCH, _EPOCHS = 64, 18
#: Hidden units, the scale of initial weights, and dropout rates of them and of attributes.
_UNITS, _INITIAL, _DROPOUT, _ATTRIBUTE_DROPOUT = 32, 0.15, 0.3, 0.1
#: Seeds of the networks whose mean score counts.
_SEEDS = (0, 1, 2)


def fit_scorers(texts: Sequence[GoldText], noun_things: Mapping[str, int]) -> dict[str, Scorer]:
    """Fit the scorers of pronouns and of descriptions: each the mean of a few networks, as one network."""
    examples = _collect(texts, noun_things)
    attributes = {"pronouns": PRONOUN_ATTRIBUTES, "descriptions": DESCRIPTION_ATTRIBUTES}
    scorers = {}
    for name, sizes in attributes.items():
        fitted = [_fit(examples[name], sizes, seed) for seed in _SEEDS]
        mean = {
            part: np.concatenate([each[part] for each in fitted], axis=-1) for part in ("bias", "embeddings", "output")
        }
        mean["output"] /= len(fitted)
        mean["linear"] = np.mean([each["linear"] for each in fitted], axis=0)
        scorers[name] = Scorer.quantise(sizes, mean)
    return scorers


def _fit(examples: Sequence[_Example], sizes: Mapping[str, int], seed: int) -> dict[str, NDArray[Any]]:
    """Fit a scorer by Adam to the likelihood of the right candidates; attributes and hidden units are dropped."""
    # As in training.fit: the same sums on all machines.
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false --xla_cpu_max_isa=AVX2"
    os.environ["NPROC"] = "2"
    os.environ["JAX_PLATFORMS"] = "cpu"
    import jax
    from jax import numpy as jnp

    n_values, n_attributes = sum(sizes.values()), len(sizes)
    owner = np.repeat(np.arange(n_attributes), [*sizes.values()])
    inputs, is_there, is_right = _one_hot(examples, sizes)
    random = np.random.default_rng(seed)
    weights = {
        "bias": np.zeros(_UNITS, dtype=np.float32),
        "embeddings": random.normal(size=(n_values, _UNITS)).astype(np.float32) * _INITIAL,
        "linear": np.zeros(n_values, dtype=np.float32),
        "output": random.normal(size=_UNITS).astype(np.float32) * _INITIAL,
    }

    def loss(weights: Any, inputs: Any, is_there: Any, is_right: Any, key: Any) -> Any:
        one, two = jax.random.split(key)
        n, n_candidates = is_there.shape
        given = inputs.astype(jnp.float32)
        kept = jax.random.bernoulli(one, 1 - _ATTRIBUTE_DROPOUT, (n, n_attributes)) / (1 - _ATTRIBUTE_DROPOUT)
        dropped = given * kept[:, owner][:, None, :]
        hidden = jax.nn.relu(dropped.reshape(-1, n_values) @ weights["embeddings"] + weights["bias"])
        units = jax.random.bernoulli(two, 1 - _DROPOUT, (n, 1, _UNITS)) / (1 - _DROPOUT)
        hidden = (hidden.reshape(n, n_candidates, _UNITS) * units).reshape(-1, _UNITS)
        scores = hidden @ weights["output"] + given.reshape(-1, n_values) @ weights["linear"]
        scores = jnp.where(is_there, scores.reshape(n, n_candidates), -jnp.inf)
        right = jax.nn.logsumexp(jnp.where(is_right, scores, -jnp.inf), axis=1)
        return (jax.nn.logsumexp(scores, axis=1) - right).mean()

    @jax.jit
    def step(state: Any, batch: Any, key: Any, done: Any, rate: Any) -> Any:
        weights, *moments = state
        gradients = jax.grad(loss)(weights, *batch, key)
        one, two = _DECAYS
        first = jax.tree.map(lambda old, new: one * old + (1 - one) * new, moments[0], gradients)
        second = jax.tree.map(lambda old, new: two * old + (1 - two) * new**2, moments[1], gradients)
        weights = jax.tree.map(
            lambda old, m, v: old
            - rate * (m / (1 - one**done) / (jnp.sqrt(v / (1 - two**done)) + _EPSILON) + _WEIGHT_DECAY * old),
            weights, first, second,
        )  # fmt: skip
        return weights, first, second

    state: Any = (weights, jax.tree.map(np.zeros_like, weights), jax.tree.map(np.zeros_like, weights))
    key = jax.random.PRNGKey(seed)
    n_steps, done = _EPOCHS * (len(examples) // _BATCH), 0
    for _ in range(_EPOCHS):
        order = random.permutation(len(examples))
        for low in range(0, len(order) - _BATCH + 1, _BATCH):
            own = np.sort(order[low : low + _BATCH])
            done += 1
            rate = _LEARNING_RATE * max(_MIN_FACTOR, 1 - done / n_steps)
            batch = inputs[own], is_there[own], is_right[own]
            state = step(state, batch, jax.random.fold_in(key, done), float(done), rate)
    return {name: np.asarray(value) for name, value in state[0].items()}


def _one_hot(
    examples: Sequence[_Example], sizes: Mapping[str, int]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the one-hot values of the attributes of candidates, which candidates there are, and which are right."""
    n_candidates = max(len(example.attributes) for example in examples)
    counts = np.array([*sizes.values()])
    offsets = np.cumsum(counts) - counts
    inputs = np.zeros((len(examples), n_candidates, int(counts.sum())), dtype=np.uint8)
    is_there, is_right = np.zeros((2, len(examples), n_candidates), dtype=bool)
    for number, (attributes, right) in enumerate(examples):
        for row, values in enumerate(np.array(attributes) + offsets):
            inputs[number, row, values] = 1
        is_there[number, : len(attributes)] = True
        is_right[number, right] = True
    return inputs, is_there, is_right


def train_coreference(corpora: Path, models: Models) -> dict[str, bytes]:
    """Return the content of the model files, by name.

    Parameters
    ----------
    corpora
        The folder that holds ``gum``.
    models
        The models that predict tags and names.
    """
    texts = read_chains(corpora / "gum" / "train.conllu.gz", models)
    nouns = learn_nouns(texts, models.lexicon.vectors)
    things = {noun: THING_IDS[thing] for noun, thing in nouns.items()}
    return {
        "nouns.tsv": "".join(f"{noun}\t{thing}\n" for noun, thing in nouns.items()).encode(),
        "antecedents.npz": antecedents.scorers_to_bytes(fit_scorers(texts, things)),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command ``coreference``: print figures for the dev part of GUM."""
    parser = argparse.ArgumentParser(
        prog="python -m training coreference", description="Score the names of pronouns, and chains."
    )
    parser.add_argument("--corpora", type=Path, default=corpora_folder(), help="the folder that holds gum")
    options = parser.parse_args(arguments)
    texts = read_chains(options.corpora / "gum" / "dev.conllu.gz")
    annotations = annotate([Article.from_text(text.text, id=text.name) for text in texts], force=True)
    by_article = dict([*coreference.resolve(*annotations).groupby("article_id")])
    raw = [by_article.get(text.name, tables.empty("coreference")) for text in texts]
    gold = [coreference.resolve(text.sentences, text.tokens, text.mentions) for text in texts]
    for title, chains in (("raw text", raw), ("gold words and trees", gold)):
        sys.stdout.write(f"gum-dev, {title}\n")
        for genre, figures in pronoun_accuracy(texts, chains).items():
            values = ", ".join(f"{name} {value:g}" for name, value in figures.items())
            sys.stdout.write(f"  {genre:13} {values}\n")
        values = ", ".join(f"{name} {value:g}" for name, value in conll_f(texts, chains).items())
        sys.stdout.write(f"  chains        {values}\n")
