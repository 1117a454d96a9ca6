"""Muon."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.lanewise import lane
from simulator.matrices import eigh, shape, stacked
from simulator.moments import Bias, Guarded, Moments
from simulator.optimizer import Array, Block, Branch, Cost, Dialect, Optimizer, Rule, State
from simulator.param import param

LEAST = 1e-8  # of a scale that X is divided by
COEFFICIENTS = {
    "standard": ((3.4445, -4.7750, 2.0315),),
    "dion": (
        (4.0848, -6.8946, 2.9270),
        (3.9505, -6.3029, 2.6377),
        (3.7418, -5.5913, 2.3037),
        (2.8769, -3.1427, 1.2046),
        (2.8366, -3.0525, 1.2012),
    ),
}


@dataclass(frozen=True)
class Muon(Moments, Guarded, Optimizer):
    """Momentum whose matrices are made nearly orthogonal: a step goes equally far along all their directions.

    Directions in which gradients are faint count as much as the strong ones. Five rounds of a polynomial bring the
    singular values to about 0.7 to 1.2, without finding them. Vectors have no such thing: for them, and so on a plain
    landscape, it is AdamW with Nesterov's momentum, β₁ and β₂.
    """

    title = "Muon"
    year = 2024
    family = "matrix"
    cost = Cost(buffers=2)
    source = (
        "Jordan et al. 2024, Muon: An optimizer for hidden layers in neural networks; form of optax.contrib.muon, "
        "whose matrices are (inputs, outputs) where here they are (outputs, inputs)"
    )
    branch = Branch(
        parents=("momentum", "shampoo"),
        added="A velocity made nearly orthogonal: equally long along all directions of a matrix.",
        best_for="the hidden matrices of transformers",
    )
    formula = (
        "matrix: m ← β·m + (1 − β)·g\nvector: m ← β₁·m + (1 − β₁)·g\nmatrix, not Nesterov: m̂ = m / (1 − βᵗ)\n"
        "matrix, Nesterov: m̂ = β·m / (1 − βᵗ⁺¹) + (1 − β)·g / (1 − βᵗ)\n"
        "vector, not Nesterov: m̂ = m / (1 − β₁ᵗ)\n"
        "vector, Nesterov: m̂ = β₁·m / (1 − β₁ᵗ⁺¹) + (1 − β₁)·g / (1 − β₁ᵗ)\nvector: v ← β₂·v + (1 − β₂)·g²\n"
        "vector: v̂ = v / (1 − β₂ᵗ)\nvector: s = m̂ / (√v̂ + ε) + λ₁·θ\nmatrix, frobenius: X = m̂ / (‖m̂‖ + ε)\n"
        "matrix, spectral: X = m̂ / (largest singular value + ε)\n"
        "matrix, aol or schatten: X = m̂ / √(sizes of m̂·m̂ᵀ, by rows or as a whole)\n"
        "matrix: X ← n rounds of a·X + (b·X·Xᵀ + c·(X·Xᵀ)²)·X with these coefficients a, b, c\n"
        "matrix, adaptive: X ← ⟨m̂, X⟩·X\nmatrix, ρ = 0: s = X·√max(1, outputs/inputs) + λ·θ\n"
        "matrix, ρ > 0: s = X·ρ·√max(outputs, inputs) + λ·θ\nθ ← θ − η·s"
    )
    rate = "η\nvector: η / (√v̂ + ε)"
    dialects = (
        Dialect(
            "Jordan's code",
            "m ← β·m + (1 − β)·g, then β·m + (1 − β)·g, no bias correction; in bfloat16",
            "only the direction of m̂ counts, so it is nearly the same path, with three digits of precision",
        ),
        Dialect(
            "Moonlight",
            "ρ = 0.2 instead of the widths' ratio",
            "a step's root mean square is then AdamW's, whose η and λ can be taken over",
        ),
    )

    lr: float = param("η", 1e-2, 1e-6, 10.0, "log", doc="Learning rate: how far a step goes along each direction.")
    beta: float = param("β", 0.95, 0.0, 0.9999, "log1m", doc="Memory of the mean gradient m of matrices.")
    eps: float = param("ε", 1e-8, 0.0, 10.0, "log", floor=1e-16, doc="Keeps the divisions finite.")
    weight_decay: float | None = param(
        "λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="Takes ηλθ off the matrices each step."
    )
    ns_steps: int = param("n", 5, 1, 20, shared=True, doc="Rounds of the polynomial; dion has no more than five.")
    ns_coeffs: str = param(
        "coefficients", "standard", scale="choice", choices=tuple(COEFFICIENTS), doc="The polynomial of each round."
    )
    preconditioning: str = param(
        "scaled by",
        "frobenius",
        scale="choice",
        choices=("frobenius", "spectral", "aol", "schatten"),
        doc="What makes X small enough before the rounds.",
    )
    nesterov: bool = param("Nesterov", True, doc="Let the present gradient count twice.")
    adaptive: bool = param("adaptive", False, doc="Scale the step by m̂·X: long where the slope is steep.")
    consistent_rms: float | None = param(
        "ρ", 0.0, 0.0, 10.0, "log", floor=1e-3, off=0.0, doc="The step's root mean square, if X were exact; 0: off."
    )
    beta1: float = param("β₁", 0.9, 0.0, 0.9999, "log1m", doc="Memory of the mean gradient m of vectors.")
    beta2: float = param("β₂", 0.999, 0.0, 0.9999, "log1m", doc="Memory of the mean squared gradient v of vectors.")
    adam_weight_decay: float | None = param(
        "λ₁", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="Takes ηλ₁θ off the vectors each step."
    )

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.005 * diagonal

    def init(self, theta: Array) -> State:
        v = {"v": np.zeros((len(theta), len(self._vectors)))} if len(self._vectors) else {}
        return {"m": np.zeros_like(theta), **v}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        beta, rest, bias = self._memory
        m = beta * state["m"] + rest * grad
        mean = beta * m / bias.at(t + 1) + rest * grad / bias.at(t) if self.nesterov else m / bias.at(t)
        new, step = {"m": m}, np.empty_like(theta)
        for block in self._matrices:
            step[:, block.part] = self._orthogonal(stacked(mean, block), block).reshape(len(theta), -1)
        if len(at := self._vectors):
            new["v"] = v = lane(self.beta2) * state["v"] + lane(self.rest2) * (grad[:, at] * grad[:, at])
            step[:, at] = mean[:, at] / (np.sqrt(v / self.bias2.at(t)) + lane(self.guard))
        if self._decay is not None:
            step = step + self._decay * theta
        return theta - lr * step, new

    def _orthogonal(self, mean: Array, block: Block) -> Array:
        """About U·Vᵀ of U·S·Vᵀ = ``mean`` (lanes, outputs, inputs), scaled by the matrix's shape."""
        outputs, inputs = shape(block)
        x = mean if outputs <= inputs else mean.swapaxes(1, 2)
        x = self._small(x)
        rounds = COEFFICIENTS[self.ns_coeffs]
        for a, b, c in rounds * self.ns_steps if len(rounds) == 1 else rounds[-self.ns_steps :]:
            square = x @ x.swapaxes(1, 2)
            x = a * x + (b * square + c * (square @ square)) @ x
        x = x if outputs <= inputs else x.swapaxes(1, 2)
        if self.adaptive:
            x = _inner(mean, x) * x
        if self.consistent_rms is None:
            return x * max(1.0, outputs / inputs) ** 0.5
        return x * max(outputs, inputs) ** 0.5 * lane(self.consistent_rms)[:, None]

    def _small(self, x: Array) -> Array:
        """``x`` scaled so that no singular value is above 1."""
        if self.preconditioning == "frobenius":
            return x / (np.sqrt(_inner(x, x)) + lane(self.guard)[:, None])
        square = x @ x.swapaxes(1, 2)
        if self.preconditioning == "spectral":
            largest = np.sqrt(np.maximum(eigh(square)[0][:, -1:, None], 0.0))
            return x / (largest + lane(self.guard)[:, None])
        if self.preconditioning == "aol":
            return x / np.sqrt(np.maximum(np.abs(square).sum(axis=2, keepdims=True), LEAST))
        return x / np.sqrt(np.maximum(np.sqrt(_inner(square, square)), LEAST))

    @cached_property
    def _matrices(self) -> list[Block]:
        return [block for block in self.blocks if len(block.shape) > 1]

    @cached_property
    def _vectors(self) -> NDArray[np.intp]:
        """Which coordinates are in vectors."""
        inside = np.ones(self.blocks[-1].part.stop, dtype=bool)
        for block in self._matrices:
            inside[block.part] = False
        return np.flatnonzero(inside)

    @cached_property
    def _memory(self) -> tuple[Array, Array, Bias]:
        beta = self._either(self.beta, self.beta1)
        return beta, 1.0 - beta, Bias(beta)

    @cached_property
    def _decay(self) -> Array | None:
        if self.weight_decay is None and self.adam_weight_decay is None:
            return None
        off = np.zeros_like(self.beta)
        return self._either(*(off if x is None else x for x in (self.weight_decay, self.adam_weight_decay)))

    def _either(self, of_matrices: Any, of_vectors: Any) -> Array:
        values = np.array(of_matrices)
        values[:, self._vectors] = of_vectors[:, self._vectors]
        return values

    @cached_property
    def bias2(self) -> Bias:
        return Bias(lane(self.beta2))


def _inner(a: Array, b: Array) -> Array:
    """The sum of a·b over each matrix, (lanes, 1, 1)."""
    return a.reshape(len(a), 1, -1) @ b.reshape(len(b), -1, 1)
