"""NovoGrad."""

from dataclasses import dataclass

import numpy as np

from simulator.layerwise import Layerwise
from simulator.moments import Guarded
from simulator.optimizer import Array, Branch, Cost, Dialect, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class NovoGrad(Layerwise, Guarded, Optimizer):
    """Momentum on gradients of length 1: each layer's gradient is divided by its own recent length.

    v is one number a layer, so it costs half of Adam's memory. The direction stays that of the gradient: on one
    vector it is normalised gradient descent with momentum, and a ravine is as narrow for it as for SGD. m is a sum,
    not a mean: steps grow up to η/(1 − β₁).
    """

    title = "NovoGrad"
    year = 2019
    family = "adaptive"
    cost = Cost(buffers=1.5)  # v is one number for the whole vector
    source = (
        "Ginsburg et al. 2019, Stochastic Gradient Methods with Layer-wise Adaptive Moments for Training of Deep "
        "Networks; form of optax.novograd"
    )
    branch = Branch(
        parents=("adam",),
        added="One mean square for a layer, in place of one for every weight.",
        best_for="large batches and speech, on half of Adam's memory",
    )
    formula = (
        "layer: v ← β₂·v + (1 − β₂)·‖g‖²\nlayer, t = 1: v ← ‖g‖²\nm ← β₁·m + g / (√(v + ε_v) + ε) + λ·θ\nθ ← θ − η·m"
    )
    rate = "η / (√(v + ε_v) + ε)"
    dialects = (
        Dialect(
            "pytorch_optimizer",
            "β₁ = 0.95, β₂ = 0.98; on request g is weighed by 1 − β₁",
            "a longer memory by default; weighed, m is a mean and steps become 1 − β₁ times as long",
        ),
    )

    lr: float = param("η", 1e-3, 1e-6, 10.0, "log", doc="Learning rate: the length of the first step, per layer.")
    beta1: float = param("β₁", 0.9, 0.0, 0.9999, "log1m", doc="Momentum: the share of m kept each step.")
    beta2: float = param("β₂", 0.25, 0.0, 0.9999, "log1m", doc="Memory of the mean squared length v.")
    eps: float = param("ε", 1e-6, 0.0, 10.0, "log", floor=1e-16, doc="Keeps the division finite.")
    eps_root: float | None = param("ε_v", 0.0, 0.0, 10.0, "log", floor=1e-16, off=0.0, doc="Added to v in the root.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="Adds λθ to the unit g.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.001 * diagonal

    def init(self, theta: Array) -> State:
        return {"m": np.zeros_like(theta), "v": np.zeros((len(theta), len(self.blocks)))}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        v = self.sums(grad * grad)
        if t > 1:
            beta2 = self.each(self.beta2)
            v = beta2 * state["v"] + (1.0 - beta2) * v
        root = np.sqrt(v if self.eps_root is None else v + self.each(self.eps_root))
        step = grad / (self.spread(root) + self.guard)
        if self.weight_decay is not None:
            step = step + self.weight_decay * theta
        m = self.beta1 * state["m"] + step
        return theta - lr * m, {"m": m, "v": v}
