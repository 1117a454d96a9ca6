"""Shampoo."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator.decay import Decay
from simulator.lanewise import lane
from simulator.matrices import Sided, power
from simulator.optimizer import Array, Branch, Cost, Dialect, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class Shampoo(Sided, Decay, Optimizer):
    """AdaGrad that sees which rows and which columns of a matrix move together, and rescales along those.

    L gathers how the rows of all gradients go together, R the columns; the step is L^(−1/4)·g·R^(−1/4). Sums only grow,
    so steps only shrink. A vector has one side: on a plain landscape it is AdaGrad with the whole matrix,
    G^(−1/2)·g, that no turning of the axes disturbs.
    """

    title = "Shampoo"
    year = 2018
    family = "matrix"
    cost = Cost(buffers=2)
    source = (
        "Gupta, Koren & Singer 2018, Shampoo: Preconditioned Stochastic Tensor Optimization; "
        "form of pytorch_optimizer's Shampoo"
    )
    branch = Branch(
        parents=("kfac", "adagrad"),
        added="Two small matrices from the gradients alone: AdaGrad for rows and columns.",
        best_for="matrix layers, where steps may cost more if fewer are needed",
    )
    formula = (
        "vector, t = 1: G ← ε·I\nmatrix, t = 1: L ← ε·I\nmatrix, t = 1: R ← ε·I\nt > 1: g ← (1 − β)·g + β·s\n"
        + Decay.form
        + "\n"
        "vector: G ← G + g·gᵀ\nmatrix: L ← L + g·gᵀ\nmatrix: R ← R + gᵀ·g\nvector, t mod k = 0: P_G ← G^(−½)\n"
        "matrix, t mod k = 0: P_L ← L^(−¼)\nmatrix, t mod k = 0: P_R ← R^(−¼)\nvector: s ← P_G·g\n"
        "matrix: s ← P_L·g·P_R\nθ ← θ − η·s"
    )
    letters: ClassVar[dict[str, str]] = {"L_root": "P_L", "R_root": "P_R", "G_root": "P_G"}
    dialects = (
        Dialect(
            "paper",
            "no momentum of this kind",
            "with β > 0 the last step, already rescaled, is mixed with a bare gradient: the two differ much in length",
        ),
        Dialect(
            "distributed Shampoo",
            "L and R fade, and the step takes the length of SGD's or AdaGrad's (grafting)",
            "steps do not die out, and η can be taken over from the other rule",
        ),
    )

    lr: float = param("η", 1e-3, 1e-6, 10.0, "log", doc="Learning rate: about the length of the first step.")
    beta: float | None = param("β", 0.0, 0.0, 0.9999, "log1m", off=0.0, doc="Momentum: the last step's share in g.")
    matrix_eps: float = param("ε", 1e-6, 0.0, 10.0, "log", floor=1e-16, doc="What L, R and G begin at.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="Weight decay.")
    weight_decouple: bool = param("decoupled", False, doc="Take ηλθ off θ before the step, as AdamW does.")
    fixed_decay: bool = param("fixed", False, doc="Where decoupled, take λθ off instead of ηλθ.")
    preconditioning_compute_steps: int = param("k", 1, 1, 100, "log", shared=True, doc="Steps from root to root.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.05 * diagonal

    def init(self, theta: Array) -> State:
        state = self.gathered(lambda side: lane(self.matrix_eps)[:, None] * np.eye(side.size))
        if self.preconditioning_compute_steps > 1:
            state |= {letter + "_root": np.zeros_like(sums) for letter, sums in state.items()}
        return state | ({"s": np.zeros_like(theta)} if self.beta is not None else {})

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        if self.beta is not None and t > 1:
            grad = grad + self.beta * (state["s"] - grad)
        theta, grad = self.decayed(theta, grad, lr)
        new: State = state | {letter: state[letter] + squares for letter, squares in self.squares(grad).items()}
        if t % self.preconditioning_compute_steps == 0:
            new |= self.gathered(lambda side: power(side.matrix(new), -0.5 / side.of), "_root")
        step = self.applied(grad, lambda side: side.matrix(new, "_root"))
        if self.beta is not None:
            new["s"] = step
        return theta - lr * step, {letter: new[letter] for letter in state}
