"""Pruning of the network of attributions: those outputs of its convolutions go that matter least.

The fewer are left, the faster it runs. It is then taught by the network that it was to do what that did.

References
----------
G. Hinton, O. Vinyals and J. Dean 2015, Distilling the knowledge in a neural network, NIPS Deep Learning Workshop.
P. Molchanov, A. Mallya, S. Tyree, I. Frosio and J. Kautz 2019, Importance estimation for neural network pruning, CVPR:
the square of how the loss changes with an output. H. Hu, R. Peng, Y.-W. Tai and C.-K. Tang 2016, Network trimming: a
data-driven neuron pruning approach towards efficient deep architectures: the average percentage of zeros.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis.content import attribution, embedding
from analysis.content.attribution import LINKS, N_BIASES, PARTS, VECTOR_STEPS
from analysis.language import features
from analysis.language.network import ACTIVATION_STEPS, MAX_ACTIVATION, Layer
from training import optimiser
from training.attribution import FEATURES, WORD_VECTOR_STEPS, Data, Hyperparameters, Weights, loss, quantised, train

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analysis.language.models import Models
    from analysis.language.network import Network
    from training.polnear import Document

__all__ = ["Plan", "prune"]

#: The least share of words for which an output fires that stays.
_MIN_FIRING = 0.002
#: Batches from which it is estimated how much an output matters.
_N_BATCHES = 80
#: The bias of an output that is no more, before it is set to zero.
_NEVER = np.float32(-1)


class Plan(NamedTuple):
    """How much is pruned.

    Attributes
    ----------
    kept
        How many outputs of all convolutions together stay, at most.
    epochs, rate
        Passes over the articles after that, and the share of the usual learning rate.
    """

    kept: int
    epochs: int
    rate: float


def prune(
    network: Network, documents: Sequence[Document], models: Models, size: Hyperparameters, plan: Plan
) -> Network:
    """Return a network with fewer outputs of its convolutions that does what the network does."""
    optimiser.fix_sums()
    data = _data(network, documents, models, size)
    random = np.random.default_rng(size.seed)
    weights = _weights_of(network)
    gates = _gates(_salience(weights, data, random), plan.kept)
    epochs = [data.batches(random) for _ in range(plan.epochs)]
    constants = {"gates": gates, "teacher": weights}
    weights = train(_gated(weights, gates), data, epochs, constants, seed=size.seed, share=plan.rate)
    slim = _without_silent(quantised(_gated(weights, gates), data), documents, models)
    left = [int((layer.weights != 0).any(axis=0).sum()) for layer in slim.convolutions]
    sys.stdout.write(f"claims: {sum(left)} outputs of convolutions are left, {left}\n")
    return slim


def _data(network: Network, documents: Sequence[Document], models: Models, size: Hyperparameters) -> Data:
    """Return documents as arrays, with the vocabularies of a network."""
    data = Data(documents, models, size)
    words = [document.words for document in documents]
    columns = {name: [*chain.from_iterable(each.columns[name] for each in words)] for name in words[0].columns}
    found = features.extract(columns, embedding.TEMPLATES, models.lexicon)
    rows = network.embedding_rows
    data.rows = np.array(
        [[rows[name].get(value, rows[name][None]) for value in found[name]] for name in FEATURES], dtype=np.int32
    ).T
    data.unknown = np.array([rows[name][None] for name in FEATURES], dtype=np.int32)
    data.vocabularies = network.vocabularies
    return data


def _weights_of(network: Network) -> Weights:
    """Return the weights of a network as they are trained: the inverse of quantisation."""
    steps, per_step = np.float32(ACTIVATION_STEPS), 1 / ACTIVATION_STEPS

    def weights(layer: Layer, factor: float = 1.0) -> NDArray[np.float32]:
        whole: NDArray[np.float32] = layer.weights.astype(np.float32) * np.float32(float(layer.scale) / factor)
        return whole

    layers = {name: head.layer for name, head in network.heads.items()}
    links: dict[str, dict[str, Any]] = {}
    for part in LINKS:
        none = layers[f"{part}.none"]
        links[part] = {"none": {"weights": weights(none, per_step), "bias": none.bias}}
        for name in ("dependent", "head"):
            links[part][name] = weights(layers[f"{part}.{name}"], per_step * VECTOR_STEPS)
        links[part] |= {name: weights(layers[f"{part}.{name}"]) for name in N_BIASES}
    return Weights(
        heads={part: weights(layers[part], per_step) for part in PARTS},
        links=links,
        convolutions=[
            {"weights": weights(layer).reshape(3, -1, layer.weights.shape[1]), "bias": layer.bias / steps}
            for layer in network.convolutions
        ],
        embeddings={"weights": weights(network.embeddings, ACTIVATION_STEPS), "bias": network.embeddings.bias / steps},
        projection=weights(network.projection, ACTIVATION_STEPS / WORD_VECTOR_STEPS),
    )


def _salience(weights: Weights, data: Data, random: np.random.Generator) -> NDArray[np.float64]:
    """Return how much each output of the convolutions matters, shape (layers, width)."""
    import jax

    def loss_of(gates: Any, weights: Weights, arrays: dict[str, Any]) -> Any:
        return loss(weights, arrays | {"gates": gates}, None)

    gradient = jax.jit(jax.grad(loss_of))
    gates = np.ones((len(weights.convolutions), weights.projection.shape[1]), dtype=np.float32)
    squares = np.zeros(gates.shape)
    for batch in data.batches(random)[:_N_BATCHES]:
        squares += np.asarray(gradient(gates, weights, data.arrays(batch)), dtype=np.float64) ** 2
    return squares


def _gates(salience: NDArray[np.float64], kept: int) -> NDArray[np.float32]:
    """Return 1 for the outputs that matter most, 0 for all others."""
    gates = np.zeros(salience.size, dtype=np.float32)
    gates[np.argsort(-salience.ravel(), kind="stable")[:kept]] = 1
    return gates.reshape(salience.shape)


def _gated(weights: Weights, gates: NDArray[np.float32]) -> Weights:
    """Return weights without those of outputs whose gate is closed, which then never fire."""
    convolutions = [
        {"weights": layer["weights"] * own, "bias": np.where(own > 0, layer["bias"], _NEVER)}
        for layer, own in zip(weights.convolutions, gates, strict=True)
    ]
    return weights._replace(convolutions=convolutions)


def _without_silent(network: Network, documents: Sequence[Document], models: Models) -> Network:
    """Set to zero what makes those outputs of convolutions that fire for fewer than ``_MIN_FIRING`` of all words."""
    embedder = embedding.Embedder(network, models.lexicon)
    n_firing = np.zeros((len(network.convolutions), network.embeddings.weights.shape[1]), dtype=np.int64)
    for document in documents:
        padded, (hidden,) = attribution.pad([embedder.embed(document.words.columns)])
        for index, (dilation, layer) in enumerate(zip(attribution.DILATIONS, network.convolutions, strict=True)):
            activations = attribution.convolve(padded, layer, dilation)
            n_firing[index] += (activations > 0).sum(axis=0)
            np.minimum(hidden + activations, MAX_ACTIVATION, out=hidden)
    seldom = n_firing < _MIN_FIRING * sum(document.words.n for document in documents)
    layers = [
        Layer(np.where(is_seldom, 0, each.weights), np.where(is_seldom, np.float32(0), each.bias), each.scale)
        for is_seldom, each in zip(seldom, network.convolutions, strict=True)
    ]
    return replace(network, convolutions=layers)
