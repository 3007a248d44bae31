"""Learning what nouns stand for and what pronouns and descriptions refer to, from the gold chains of GUM.

    python -m training coreference

prints how often pronouns get the right name in the dev part, by genre, and how good chains are.
"""

from __future__ import annotations

import argparse
import gzip
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis import resources, tables
from analysis.article import Article
from analysis.language import annotate, coreference, referring
from analysis.language.antecedents import PRONOUN_ATTRIBUTES
from analysis.language.descriptions import DESCRIPTION_ATTRIBUTES
from analysis.language.models import default_models
from analysis.language.referring import THING_IDS
from analysis.language.scorer import Scorer, scorers_to_bytes
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

__all__ = ["Example", "fit_scorer", "fit_scorers", "learn_nouns", "main", "score_coreference", "train_coreference"]

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


class Example(NamedTuple):
    """The attributes of the candidates, and the indices of the right ones."""

    attributes: Sequence[Sequence[int]]
    right: list[int]


def _collect(
    texts: Sequence[GoldText],
    noun_things: Mapping[str, int],
    vectors: WordVectors,
    scorers: Mapping[str, Scorer] | None = None,
) -> dict[str, list[Example]]:
    """Return examples by the names of their scorers.

    Parameters
    ----------
    texts
        The texts.
    noun_things
        What kind of thing nouns stand for, by lemma.
    vectors
        Word vectors.
    scorers
        They resolve what comes before each example; unless given, that is resolved rightly.
    """
    found: dict[str, list[Example]] = {"pronouns": [], "descriptions": []}
    resolver = coreference.make_chooser(scorers) if scorers else None
    for text in texts:
        prepared = coreference.prepare(text.sentences, text.tokens, text.mentions, noun_things, vectors)
        chain_of = chains_of(text, prepared.mentions)

        def choice(
            examples: list[Example], resolve: Choice | None, chain_of: Mapping[Mention, int] = chain_of
        ) -> Choice:
            def choose(
                mention: Mention, candidates: Sequence[Entity], attributes: Sequence[Sequence[int]]
            ) -> tuple[int, int]:
                chain = chain_of.get(mention)
                right = [
                    index
                    for index, entity in enumerate(candidates)
                    if chain is not None and _most_frequent_chain(entity, chain_of) == chain
                ]
                examples.append(Example(attributes, right or [len(candidates)]))
                if resolve is not None:
                    return resolve(mention, candidates, attributes)
                return (right[0] if right else -1), referring.CERTAIN

            return choose

        chooser = coreference.Chooser(
            choice(found["pronouns"], resolver and resolver.pronoun),
            choice(found["descriptions"], resolver and resolver.description),
        )
        coreference.find_chains(prepared, chooser)
    return found


def _most_frequent_chain(entity: Entity, chain_of: Mapping[Mention, int]) -> int | None:
    return Counter(chain_of.get(mention) for mention in entity.mentions).most_common(1)[0][0]


# Adam: learning rate, smallest factor of it, decay rates of the moments, weight decay; batches and epochs.
_LEARNING_RATE, _MIN_FACTOR, _DECAYS, _EPSILON, _WEIGHT_DECAY = 3e-3, 0.02, (0.9, 0.98), 1e-8, 1e-3
_BATCH, _EPOCHS = 64, 18
#: Hidden units, the scale of initial weights, and dropout rates of them and of attributes.
_UNITS, _INITIAL, _DROPOUT, _ATTRIBUTE_DROPOUT = 32, 0.15, 0.3, 0.1
#: Gradients of scores are multiples of the inverse of this.
_GRADIENT_STEPS = 2**30
#: Seeds of the networks whose mean score counts.
_SEEDS = (0, 1, 2, 3, 4, 5)


def fit_scorers(texts: Sequence[GoldText], noun_things: Mapping[str, int], vectors: WordVectors) -> dict[str, Scorer]:
    """Fit the scorers of pronouns and of descriptions.

    When an article is read, what comes before a mention is not always resolved rightly. So half of the texts is
    resolved by scorers that are fitted to the other half.
    """
    halves = texts[::2], texts[1::2]
    others = [_fit(_collect(half, noun_things, vectors)) for half in halves[::-1]]
    parts = [_collect(half, noun_things, vectors, scorers) for half, scorers in zip(halves, others, strict=True)]
    return _fit({name: [example for part in parts for example in part[name]] for name in _ATTRIBUTES})


_ATTRIBUTES = {"pronouns": PRONOUN_ATTRIBUTES, "descriptions": DESCRIPTION_ATTRIBUTES}


def _fit(examples: Mapping[str, Sequence[Example]]) -> dict[str, Scorer]:
    """Fit the scorers to examples: each the mean of a few networks, as one network."""
    scorers = {}
    for name, sizes in _ATTRIBUTES.items():
        fitted = [fit_scorer(examples[name], sizes, seed) for seed in _SEEDS]
        mean = {
            part: np.concatenate([each[part] for each in fitted], axis=-1) for part in ("bias", "embeddings", "output")
        }
        mean["output"] /= len(fitted)
        mean["linear"] = np.mean([each["linear"] for each in fitted], axis=0)
        scorers[name] = Scorer.quantise(sizes, mean)
    return scorers


class _Design(NamedTuple):
    """The candidates of examples, one after the other.

    Attributes
    ----------
    values
        The values of the attributes of each candidate, numbered through, shape (candidates, attributes).
    n_values
        The number of all values.
    firsts
        The row of the first candidate of each example, and the number of candidates.
    is_right
        Whether a candidate is right.
    """

    values: NDArray[np.int64]
    n_values: int
    firsts: NDArray[np.int64]
    is_right: NDArray[np.bool_]

    @classmethod
    def of(cls, examples: Sequence[Example], sizes: Mapping[str, int]) -> _Design:
        """Lay out examples."""
        counts = np.array([*sizes.values()], dtype=np.int64)
        lengths = [len(example.attributes) for example in examples]
        firsts = np.cumsum([0, *lengths])
        is_right = np.zeros(firsts[-1], dtype=bool)
        for first, example in zip(firsts.tolist(), examples, strict=False):
            is_right[[first + index for index in example.right]] = True
        rows = np.array([row for example in examples for row in example.attributes], dtype=np.int64)
        values = rows.reshape(-1, len(sizes)) + np.cumsum(counts) - counts
        return cls(values, int(counts.sum()), firsts, is_right)


def fit_scorer(examples: Sequence[Example], sizes: Mapping[str, int], seed: int) -> dict[str, NDArray[Any]]:
    """Fit a scorer by Adam to the likelihood of the right candidates; attributes and hidden units are dropped."""
    design = _Design.of(examples, sizes)
    random = np.random.default_rng(seed)
    weights = {
        "bias": np.zeros(_UNITS),
        "embeddings": random.normal(size=(design.n_values, _UNITS)) * _INITIAL,
        "linear": np.zeros(design.n_values),
        "output": random.normal(size=_UNITS) * _INITIAL,
    }
    first, second = ({name: np.zeros_like(array) for name, array in weights.items()} for _ in range(2))
    one, two = _DECAYS
    n_steps, done = _EPOCHS * (len(examples) // _BATCH), 0
    for _ in range(_EPOCHS):
        order = random.permutation(len(examples))
        for low in range(0, len(order) - _BATCH + 1, _BATCH):
            done += 1
            rate = _LEARNING_RATE * max(_MIN_FACTOR, 1 - done / n_steps)
            for name, gradients in _gradients(weights, design, order[low : low + _BATCH], random).items():
                first[name] = one * first[name] + (1 - one) * gradients
                second[name] = two * second[name] + (1 - two) * gradients**2
                change = first[name] / (1 - one**done) / (np.sqrt(second[name] / (1 - two**done)) + _EPSILON)
                weights[name] -= rate * (change + _WEIGHT_DECAY * weights[name])
    return weights


def _gradients(
    weights: Mapping[str, NDArray[Any]], design: _Design, batch: NDArray[np.int64], random: np.random.Generator
) -> dict[str, NDArray[Any]]:
    """Return the gradients of the negative log likelihood of the right candidates of a batch of examples."""
    from scipy.sparse import csr_array

    lengths = design.firsts[batch + 1] - design.firsts[batch]
    starts = np.cumsum(lengths) - lengths
    example = np.repeat(np.arange(len(batch)), lengths)
    rows = np.arange(len(example)) - starts[example] + design.firsts[batch][example]
    values, is_right = design.values[rows], design.is_right[rows]
    n_rows, n_attributes = values.shape

    kept = (random.random((len(batch), n_attributes)) >= _ATTRIBUTE_DROPOUT) / (1 - _ATTRIBUTE_DROPOUT)
    ends = np.arange(n_rows + 1) * n_attributes
    inputs = csr_array((kept[example].ravel(), values.ravel(), ends), (n_rows, design.n_values))
    units = ((random.random((len(batch), _UNITS)) >= _DROPOUT) / (1 - _DROPOUT))[example]
    hidden = np.maximum(inputs @ weights["embeddings"] + weights["bias"], 0) * units
    scores = np.einsum("ij,j->i", hidden, weights["output"]) + weights["linear"][values].sum(axis=1)

    exponentials = np.exp(scores - np.maximum.reduceat(scores, starts)[example])
    right = np.where(is_right, exponentials, 0)
    change = exponentials / np.add.reduceat(exponentials, starts)[example]
    change -= right / np.add.reduceat(right, starts)[example]
    # Rounded, so that the last bits, which differ between processors, are lost.
    change = np.rint(change / len(batch) * _GRADIENT_STEPS) / _GRADIENT_STEPS
    to_hidden = change[:, None] * weights["output"] * units * (hidden > 0)
    return {
        "bias": to_hidden.sum(axis=0),
        "embeddings": inputs.T @ to_hidden,
        "linear": np.bincount(values.ravel(), np.repeat(change, n_attributes), minlength=design.n_values),
        "output": np.einsum("ij,i->j", hidden, change),
    }


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
        "antecedents.npz": scorers_to_bytes(fit_scorers(texts, things, models.lexicon.vectors)),
    }


def score_coreference(texts: Sequence[GoldText], models: Models) -> dict[str, Any]:
    """Score the names of pronouns, and chains.

    Returns
    -------
    dict
        For ``raw text`` and ``gold words and trees``: ``pronouns``, what :func:`pronoun_accuracy` returns, and
        ``chains``, what :func:`conll_f` returns.
    """
    articles = [Article.from_text(text.text, id=text.name) for text in texts]
    found = annotate(articles, force=True, models=models).coreference
    by_article = dict([*found.groupby("article_id")])
    chains = {
        "raw text": [by_article.get(text.name, tables.empty("coreference")) for text in texts],
        "gold words and trees": [
            coreference.resolve(text.sentences, text.tokens, text.mentions, models=models) for text in texts
        ],
    }
    return {
        title: {"pronouns": pronoun_accuracy(texts, own), "chains": conll_f(texts, own)}
        for title, own in chains.items()
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command ``coreference``: print figures for the dev part of GUM."""
    parser = argparse.ArgumentParser(
        prog="python -m training coreference", description="Score the names of pronouns, by genre, and chains."
    )
    parser.add_argument("--corpora", type=Path, default=corpora_folder(), help="the folder that holds gum")
    options = parser.parse_args(arguments)
    models = default_models()
    texts = read_chains(options.corpora / "gum" / "dev.conllu.gz", models)
    for title, scores in score_coreference(texts, models).items():
        sys.stdout.write(f"gum-dev, {title}\n")
        for genre, figures in scores["pronouns"].items():
            values = ", ".join(f"{name} {'–' if value is None else value}" for name, value in figures.items())
            sys.stdout.write(f"  {genre:13} {values}\n")
        values = ", ".join(f"{name} {value}" for name, value in scores["chains"].items())
        sys.stdout.write(f"  chains        {values}\n")
