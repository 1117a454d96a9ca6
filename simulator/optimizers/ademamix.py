"""AdEMAMix."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from simulator.moments import TINY, Guarded, Moments
from simulator.optimizer import Array, Branch, Cost, Dialect, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class AdEMAMix(Moments, Guarded, Optimizer):
    """AdamW with a second, very slow mean of the gradient beside the quick one.

    M remembers thousands of steps. It begins at 0 and is not corrected, so it fills slowly; in a short race it is
    felt late, as a wind that still blows the way the slope fell at first. With a warm-up W, α and the memory of M
    grow to their values over W steps.
    """

    title = "AdEMAMix"
    year = 2024
    family = "adaptive"
    cost = Cost(buffers=3)
    source = (
        "Pagliardini, Ablin & Grangier 2024, The AdEMAMix Optimizer: Better, Faster, Older; form of "
        "optax.contrib.ademamix, the warm-up as in the paper"
    )
    branch = Branch(
        parents=("adamw",),
        added="A second, very slow mean of the gradient beside the quick one.",
        best_for="language models",
    )
    formula = (
        "t < W: p = t / W\nt < W: α ← p·α\nt < W: β₃ ← exp(1 / ((1 − p) / ln(β₁) + p / ln(β₃)))\n"
        "m ← β₁·m + (1 − β₁)·g\nM ← β₃·M + (1 − β₃)·g\nv ← β₂·v + (1 − β₂)·g²\nm̂ = m / (1 − β₁ᵗ)\n"
        "v̂ = v / (1 − β₂ᵗ)\nθ ← θ − η·((m̂ + α·M) / (√(v̂ + ε_v) + ε) + λ·θ)"
    )
    rate = "η / (√(v̂ + ε_v) + ε)"
    letters: ClassVar[dict[str, str]] = {"m_slow": "M"}
    dialects = (
        Dialect(
            "paper",
            "W is the length of the training",
            "α and β₃ grow all the way: a large α from the start on can be unstable",
        ),
        Dialect(
            "pytorch_optimizer",
            "g ← g + λ·θ; decoupled on request",
            "the decay is L2 by default, divided by √v̂ like the gradient",
        ),
    )

    lr: float = param("η", 1e-3, 1e-6, 10.0, "log", doc="Learning rate: about the length of a step, per coordinate.")
    beta1: float = param("β₁", 0.9, 0.0, 0.9999, "log1m", doc="Memory of the quick mean m.")
    beta2: float = param("β₂", 0.999, 0.0, 0.9999, "log1m", doc="Memory of the mean squared gradient v.")
    beta3: float = param("β₃", 0.9999, 0.0, 0.9999, "log1m", doc="Memory of the slow mean M.")
    alpha: float = param("α", 5.0, 0.0, 100.0, doc="Weight of M against m̂.")
    warmup: int | None = param(
        "W", 0, 0, 1_000_000, "log", floor=1, off=0, unit="steps", doc="Steps in which α and β₃ grow."
    )
    eps: float = param("ε", 1e-8, 0.0, 10.0, "log", floor=1e-16, doc="Keeps the division finite.")
    eps_root: float | None = param("ε_v", 0.0, 0.0, 10.0, "log", floor=1e-16, off=0.0, doc="Added to v̂ in the root.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="Takes ηλθ off each step.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.005 * diagonal

    def init(self, theta: Array) -> State:
        return {letter: np.zeros_like(theta) for letter in ("m", "m_slow", "v")}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        alpha, beta3 = self._slow(t)
        m = self.beta1 * state["m"] + self.rest1 * grad
        m_slow = beta3 * state["m_slow"] + (1.0 - beta3) * grad
        v = self.beta2 * state["v"] + self.rest2 * (grad * grad)
        m_hat, v_hat = m / self.bias1.at(t), v / self.bias2.at(t)
        if self.eps_root is not None:
            v_hat = v_hat + self.eps_root
        step = (m_hat + alpha * m_slow) / (np.sqrt(v_hat) + self.guard)
        if self.weight_decay is not None:
            step = step + self.weight_decay * theta
        return theta - lr * step, {"m": m, "m_slow": m_slow, "v": v}

    def _slow(self, t: int) -> tuple[Array | float, Array | float]:
        """α and β₃ at step ``t``: on a warm-up the lengths of the memories, not β, grow evenly."""
        if self.warmup is None:
            return self.alpha, self.beta3
        share = np.minimum(t / np.maximum(self.warmup, 1.0), 1.0)
        quick, slow = self._lengths
        beta = np.exp(-1.0 / ((1.0 - share) * quick + share * slow))
        return share * self.alpha, np.where(share < 1.0, beta, self.beta3)

    @cached_property
    def _lengths(self) -> tuple[Array, Array]:
        """−1/ln β₁ and −1/ln β₃, in steps."""
        return -1.0 / np.log(np.maximum(self.beta1, TINY)), -1.0 / np.log(np.maximum(self.beta3, TINY))
