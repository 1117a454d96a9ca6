"""SM3."""

from dataclasses import dataclass

import numpy as np

from simulator.layerwise import Factored
from simulator.moments import Guarded
from simulator.optimizer import Array, Branch, Cost, Dialect, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class SM3(Factored, Guarded, Optimizer):
    """AdaGrad in the memory of a matrix's rows and columns: a weight's sum is the lesser of its row's and column's.

    Each row and each column keeps the largest sum of its weights, which is never too small. On a vector there is
    nothing to share, and it is AdaGrad with its step averaged and ε inside the root.
    """

    title = "SM3"
    year = 2019
    family = "adaptive"
    cost = Cost(buffers=2)
    source = "Anil et al. 2019, Memory-Efficient Adaptive Optimization; form of optax.sm3"
    branch = Branch(
        parents=("adagrad",),
        added="Sums for rows and columns; a weight takes the lesser of its two.",
        best_for="large models short of memory",
    )
    formula = (
        "vector: V ← V + g²\nvector: G = V\nmatrix: G = min(R, C) + g²\nmatrix: R ← max_j(G)\n"
        "matrix: C ← max_i(G)\nm ← β·m + (1 − β)·g / √(G + ε)\nθ ← θ − η·m"
    )
    rate = "η / √(G + ε)"
    dialects = (
        Dialect("pytorch_optimizer", "β = 0 and ε = 1e-30 by default", "no memory in the step unless it is asked for"),
    )

    lr: float = param("η", 1e-2, 1e-6, 10.0, "log", doc="Learning rate: about the first steps' length, per coordinate.")
    beta: float = param("β", 0.9, 0.0, 0.9999, "log1m", doc="Memory of the mean step m.")
    eps: float = param("ε", 1e-8, 0.0, 10.0, "log", floor=1e-16, doc="Keeps the division finite.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.05 * diagonal

    def init(self, theta: Array) -> State:
        return {"m": np.zeros_like(theta), **self.unseen(len(theta))}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        new = {letter: np.empty_like(state[letter]) for letter in state}
        G = grad * grad
        for block, factors in self.places:
            old = {letter: state[letter][:, part] for letter, part in factors.items()}
            if "V" in factors:
                new["V"][:, factors["V"]] = G[:, block.part] = old["V"] + G[:, block.part]
                continue
            least = np.minimum(old["R"][:, :, None], old["C"][:, None, :])
            sums = least + G[:, block.part].reshape(least.shape)
            new["R"][:, factors["R"]], new["C"][:, factors["C"]] = sums.max(axis=2), sums.max(axis=1)
            G[:, block.part] = sums.reshape(len(G), -1)
        new["m"] = self.beta * state["m"] + (1.0 - self.beta) * (grad / np.sqrt(G + self.guard))
        return theta - lr * new["m"], new
