"""Weight decay in the three ways a rule may offer: in the gradient, off θ, and off θ whatever η is."""

from __future__ import annotations

from typing import Any, ClassVar

from simulator.optimizer import Array


class Decay:
    """For rules with ``weight_decay`` and the switches ``weight_decouple`` and ``fixed_decay``."""

    form: ClassVar[str] = (
        "decoupled, not fixed: θ ← θ·(1 − η·λ)\ndecoupled, fixed: θ ← θ·(1 − λ)\nnot decoupled: g ← g + λ·θ"
    )

    weight_decay: Any  # of a bound rule: an array, or None where it is off
    weight_decouple: bool
    fixed_decay: bool

    def decayed(self, theta: Array, grad: Array, lr: Array) -> tuple[Array, Array]:
        """θ and its gradient, one of them with the decay."""
        if self.weight_decay is None:
            return theta, grad
        if not self.weight_decouple:
            return theta, grad + self.weight_decay * theta
        return theta * (1.0 - (self.weight_decay if self.fixed_decay else lr * self.weight_decay)), grad


class TorchDecay(Decay):
    """For rules with ``weight_decay`` and torch's one switch, ``decoupled_weight_decay``."""

    form = "decoupled: θ ← θ·(1 − η·λ)\nnot decoupled: g ← g + λ·θ"
    fixed_decay = False
    decoupled_weight_decay: bool

    @property
    def weight_decouple(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self.decoupled_weight_decay
