"""What the trainings by JAX share: the same sums on all machines, and Adam with warm-up and linear decay."""

from __future__ import annotations

import os
from typing import Any

__all__ = ["DECAYS", "EPSILON", "MIN_FACTOR", "adam", "average", "fix_sums", "learning_rate"]

#: Peak learning rate, warm-up steps, smallest factor of the rate, decay rates of the moments, and epsilon.
_LEARNING_RATE = 2e-3
_WARM_UP_STEPS = 200
MIN_FACTOR = 0.02
DECAYS = (0.9, 0.95)
EPSILON = 1e-8
#: How much of the average of weights stays at each step, at most.
_AVERAGE_DECAY = 0.998


def fix_sums() -> None:
    """Let JAX split sums in the same way on all machines: two threads, instructions that all processors have."""
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false --xla_cpu_max_isa=AVX2"
    os.environ["NPROC"] = "2"
    os.environ["JAX_PLATFORMS"] = "cpu"


def learning_rate(done: int, n_steps: int, *, least: float = MIN_FACTOR) -> float:
    """Return the learning rate of a step, which is number ``done`` from 1."""
    return _LEARNING_RATE * min(1.0, done / _WARM_UP_STEPS) * max(least, 1 - done / n_steps)


def adam(state: tuple[Any, Any, Any], gradients: Any, done: Any, rate: Any) -> tuple[Any, Any, Any]:
    """Take a step of Adam; the state is the weights and the first and second moments of their gradients.

    References
    ----------
    D. Kingma and J. Ba 2015, Adam: A method for stochastic optimization, ICLR.
    """
    import jax
    from jax import numpy as jnp

    weights, first, second = state
    one, two = DECAYS
    first = jax.tree.map(lambda old, gradient: one * old + (1 - one) * gradient, first, gradients)
    second = jax.tree.map(lambda old, gradient: two * old + (1 - two) * gradient**2, second, gradients)
    weights = jax.tree.map(
        lambda old, m, v: old - rate * (m / (1 - one**done)) / (jnp.sqrt(v / (1 - two**done)) + EPSILON),
        weights,
        first,
        second,
    )
    return weights, first, second


def average(averaged: Any, weights: Any, done: Any) -> Any:
    """Return the exponential moving average of weights after a step, which is number ``done`` from 1.

    References
    ----------
    B. Polyak and A. Juditsky 1992, Acceleration of stochastic approximation by averaging, SIAM Journal on Control and
    Optimization.
    """
    import jax
    from jax import numpy as jnp

    decay = jnp.minimum(_AVERAGE_DECAY, (1 + done) / (10 + done))
    return jax.tree.map(lambda old, new: decay * old + (1 - decay) * new, averaged, weights)
