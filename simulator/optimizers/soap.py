"""SOAP."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from simulator.lanewise import lane
from simulator.matrices import Side, Sided, eigh
from simulator.moments import Guarded, Moments
from simulator.optimizer import Array, Branch, Cost, Dialect, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class SOAP(Sided, Moments, Guarded, Optimizer):
    """Adam along the axes that Shampoo would rescale: the eigenvectors Q of its L and R.

    The first gradient only sets the axes; the first step is the second. Every k steps the axes are turned by one power
    iteration and v is put into their new order. A vector is left as it is, unless "vectors too" is on: on a plain
    landscape it is Adam, a step late, with decoupled decay and ε added to the uncorrected √v. With "vectors too" it is
    Adam on axes turned to the gradients, Q from G alone.
    """

    title = "SOAP"
    year = 2024
    family = "matrix"
    cost = Cost(buffers=2)
    source = (
        "Vyas et al. 2024, SOAP: Improving and Stabilizing Shampoo using Adam; form of pytorch_optimizer's SOAP, with "
        "its QR in double precision"
    )
    branch = Branch(
        parents=("shampoo", "adam"),
        added="Adam along the axes that Shampoo finds.",
        best_for="language model pre-training",
    )
    formula = (
        "β₃ = 0: β₃ ← β₂\nmatrix: L ← β₃·L + (1 − β₃)·g·gᵀ\nmatrix: R ← β₃·R + (1 − β₃)·gᵀ·g\n"
        "vector, vectors too: G ← β₃·G + (1 − β₃)·g·gᵀ\nt > 1: m ← β₁·m + (1 − β₁)·g\nu = g\n"
        "vector, vectors too: u = Q_Gᵀ·g\nmatrix: u = Q_Lᵀ·g·Q_R\nt > 1: v ← β₂·v + (1 − β₂)·u²\ns = m\n"
        "vector, vectors too: s = Q_Gᵀ·m\nmatrix: s = Q_Lᵀ·m·Q_R\ns ← s / (√v + ε)\n"
        "vector, vectors too: s ← Q_G·s\nmatrix: s ← Q_L·s·Q_Rᵀ\nlayer, unit: s ← s / (rms(s) + ε)\n"
        "c = 1\n"
        "corrected: c = √(1 − β₂ᵗ⁻¹) / (1 − β₁ᵗ⁻¹)\nt > 1: θ ← (θ − η·c·s)·(1 − η·λ)\n"
        "vector, vectors too, (t − 1) mod k = 0: Q_G ← orthonormal columns of G·Q_G, at t = 1 eigenvectors of G\n"
        "vector, vectors too, (t − 1) mod k = 0: v ← v in their order, the strongest first\n"
        "matrix, (t − 1) mod k = 0: Q_L ← orthonormal columns of L·Q_L, likewise\n"
        "matrix, (t − 1) mod k = 0: Q_R ← orthonormal columns of R·Q_R, likewise\n"
        "matrix, (t − 1) mod k = 0: v ← v in their order"
    )
    rate = "η·c\nvector, not vectors too: η·c / (√v + ε)"
    letters: ClassVar[dict[str, str]] = {"L_axes": "Q_L", "R_axes": "Q_R", "G_axes": "Q_G"}
    dialects = (
        Dialect(
            "pytorch_optimizer",
            "the power iteration's QR runs in single precision",
            "its axes are orthogonal to 1e-7 only; where nothing is rotated the paths are the same",
        ),
    )

    lr: float = param("η", 3e-3, 1e-6, 10.0, "log", doc="Learning rate: about the length of a step, per axis.")
    beta1: float = param("β₁", 0.95, 0.0, 0.9999, "log1m", doc="Memory of the mean gradient m.")
    beta2: float = param("β₂", 0.95, 0.0, 0.9999, "log1m", doc="Memory of the mean squared gradient v.")
    shampoo_beta: float | None = param(
        "β₃", 0.0, 0.0, 0.9999, "log1m", off=0.0, doc="Memory of L, R and G; at 0 it is β₂."
    )
    eps: float = param("ε", 1e-8, 0.0, 10.0, "log", floor=1e-16, doc="Keeps the division finite.")
    weight_decay: float | None = param("λ", 0.01, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="Takes ηλθ off each step.")
    precondition_frequency: int = param("k", 10, 1, 1000, "log", shared=True, doc="Steps between two turns of Q.")
    precondition_1d: bool = param("vectors too", False, doc="Turn the axes of vectors too.")
    bias_correction: bool = param("corrected", True, doc="Correct the bias of m and v towards their start at 0.")
    normalize_gradient: bool = param("unit", False, doc="Scale each block's step to a root mean square of 1.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.005 * diagonal

    @property
    def of_vector(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        return "G" if self.precondition_1d else ""

    def init(self, theta: Array) -> State:
        zero = np.zeros_like(theta)
        sums = self.squares(zero)
        return {"m": zero, "v": zero, **sums, **{letter + "_axes": np.zeros_like(x) for letter, x in sums.items()}}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        new = {letter: state[letter] + self._fresh * (x - state[letter]) for letter, x in self.squares(grad).items()}
        if t == 1:
            return theta, state | new | self.gathered(lambda side: eigh(side.matrix(new))[1][:, :, ::-1], "_axes")
        new["m"] = m = self.beta1 * state["m"] + self.rest1 * grad
        seen = self._turned(grad, state)
        new["v"] = v = self.beta2 * state["v"] + self.rest2 * (seen * seen)
        step = self._turned(self._turned(m, state) / (np.sqrt(v) + self.guard), state, back=True)
        if self.normalize_gradient:
            step = step / (self.spread(self.rms(step)) + self.guard)
        if self.bias_correction:
            step = step * (np.sqrt(self.bias2.at(t - 1)) / self.bias1.at(t - 1))
        theta = theta - lr * step
        if self.weight_decay is not None:
            theta = theta * (1.0 - lr * self.weight_decay)
        new = state | new
        return theta, new if (t - 1) % self.precondition_frequency else new | self._next_axes(new)

    @cached_property
    def _fresh(self) -> Array:
        """1 − β₃, a number a lane."""
        if self.shampoo_beta is None:
            return lane(self.rest2)
        return 1.0 - lane(np.where(self.shampoo_beta > 0.0, self.shampoo_beta, self.beta2))

    def _turned(self, x: Array, state: State, back: bool = False) -> Array:
        """``x`` (lanes, dim) on the axes Q, or ``back`` from them."""

        def turn(side: Side) -> Array:
            axes = side.matrix(state, "_axes")
            return axes if back == (side.axis == 0) else axes.swapaxes(1, 2)

        return self.applied(x, turn)

    def _next_axes(self, state: State) -> State:
        """Q after a power iteration, the strongest axis first, and v in that order."""

        def sorting(side: Side) -> Array:
            """Square matrices of 0 and 1 that sort columns, multiplied from the right."""
            axes = side.matrix(state, "_axes")
            strength = (axes * (side.matrix(state) @ axes)).sum(axis=1)
            return np.eye(side.size)[np.argsort(-strength, axis=1, kind="stable")].swapaxes(1, 2)

        def turned(side: Side) -> Array:
            return np.linalg.qr(side.matrix(state) @ side.matrix(state, "_axes") @ sorting(side))[0]

        v = self.applied(state["v"], lambda side: sorting(side).swapaxes(1, 2) if side.axis == 0 else sorting(side))
        return {"v": v, **self.gathered(turned, "_axes")}
