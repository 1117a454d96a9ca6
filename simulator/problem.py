"""A landscape that is a network's loss on a data set, of which each step sees a mini-batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from simulator.batches import WEIGHTS, batch, uniform
from simulator.landscape import Array, Landscape
from simulator.network import Network
from simulator.param import param

PIECE = 1 << 14  # numbers in the largest array of a computation, so that all stays in the cache
DIGITS = 4  # after the point, of weights to start from


def batch_size(total: int, default: int) -> Any:
    """The Param of a data set of ``total`` samples."""
    return param("B", default, 1, total, doc=f"Samples a step sees; all {total}: the true gradient.")


def init_seed() -> Any:
    return param("init", 0, 0, 999, doc="Seed of the weights to start from: those of this seed and of the next ones.")


def starting(seed: int, low: Array, high: Array) -> tuple[float, ...]:
    """Weights and biases, uniform between ``low`` and ``high`` (dim,)."""
    return tuple(np.round(low + (high - low) * uniform(seed, WEIGHTS, len(low)), DIGITS).tolist())


@dataclass(frozen=True)
class DataProblem(Landscape):
    """A subclass gives the ``network`` and its ``data``, a `batch_size`, and the facts.

    ``loss``, ``grad`` and ``hess`` are those of all the data, or of the samples in ``rows``: a mini-batch is the same
    problem on fewer samples, and everyone is shown the same one.

    Weights and biases are blocks of their own, as libraries keep them: matrix-aware rules (Muon, Shampoo, K-FAC) work
    on the weights, and the original K-FAC's joint block of both (homogeneous coordinates) loses the terms between
    them. The model is the one whose −log p is the loss: y given z is Gaussian of variance outputs/2 for squares,
    Bernoulli for logistic. The Fisher matrix E[g·gᵀ], y drawn from the model, is then the Gauss–Newton matrix JᵀH_outJ
    itself; under a Gaussian of variance 1 it would be outputs/2 times that.
    """

    family = "data"
    model = True
    network: ClassVar[Network]

    batch_size: int
    order: str = param(
        "order", "shuffled", scale="choice", choices=("shuffled", "sampled"),
        doc="Batches cut from a shuffled epoch, or drawn anew at every step.",
    )  # fmt: skip
    rows: tuple[int, ...] | None = None

    def data(self) -> tuple[Array, Array]:
        """Inputs ``(N, inputs)`` and targets ``(N, outputs)``."""
        raise NotImplementedError

    @cached_property
    def whole(self) -> tuple[Array, Array]:
        """All the data."""
        return self.data()

    @cached_property
    def samples(self) -> tuple[Array, Array]:
        """The data looked at: of a mini-batch its own."""
        if self.rows is None:
            return self.whole
        rows = np.array(self.rows)
        return self.whole[0][rows], self.whole[1][rows]

    def only(self, rows: tuple[int, ...]) -> DataProblem:
        """The same problem on these samples alone. What is known of it stays that of all the data."""
        part = object.__new__(type(self))  # as replace(self, rows=rows), but nothing is computed again
        part.__dict__.update(self.__dict__, whole=self.whole, known=self.known, rows=rows)
        part.__dict__.pop("samples", None)
        return part

    def shown(self, seed: int, step: int) -> DataProblem:
        """The mini-batch of the step that leaves row ``step``; all the data where the batch is as large."""
        total = len(self.whole[0])
        if self.batch_size >= total:
            return self
        return self.only(tuple(batch(seed, step, total, self.batch_size, self.order).tolist()))

    @property
    def diagonal(self) -> float:
        """Of a plane face of the box: rules step coordinate by coordinate, however many there are."""
        return super().diagonal * (min(1.0, 2.0 / self.dim) ** 0.5)

    @property
    def blocks(self) -> tuple[tuple[int, ...], ...]:
        return self.network.blocks

    def f(self, *x: Any) -> Any:
        """In the precision of ``x``, for drawing."""
        return self.loss(np.stack(np.broadcast_arrays(*x), axis=-1))

    def loss(self, theta: Array) -> Array:
        return self._spread(self.network.loss, theta, self._width)

    def grad(self, theta: Array) -> Array:
        return self._spread(self.network.grad, theta, self._width)

    def hess(self, theta: Array) -> Array:
        """By complex steps where the network has layers within: exact but for rounding."""
        return self._spread(self.network.hess, theta, self._width * self.dim)

    def gauss_newton(self, theta: Array) -> Array:
        return self._spread(self.network.gauss_newton, theta, self.network.widths[-1] * self.dim)

    def fisher(self, theta: Array) -> Array:
        """The expectation of g·gᵀ over targets drawn from the model, which here is the Gauss–Newton matrix."""
        return self.gauss_newton(theta)

    def layers(self, theta: Array) -> list[tuple[Array, Array]]:
        return self.network.factors(theta, self.samples[0])

    @property
    def _width(self) -> int:
        return max(self.network.widths)

    def _spread(self, of: Callable[[Array, Array, Array], Array], theta: Array, width: int) -> Array:
        """``of`` at ``theta`` (..., dim), some lanes at a time, each ``width`` numbers a sample."""
        x, y = self.samples
        lanes = np.ascontiguousarray(theta.reshape(-1, self.dim))
        piece = max(1, PIECE // (width * len(x)))
        if len(lanes) <= piece:
            found = of(lanes, x, y)
        else:
            found = np.concatenate([of(lanes[i : i + piece], x, y) for i in range(0, len(lanes), piece)])
        return found.reshape((*theta.shape[:-1], *found.shape[1:]))
