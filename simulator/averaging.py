"""The three points of schedule-free rules: x, the mean of the path; z, which steps; y, between them: θ.

Defazio et al. 2024, The Road Less Scheduled.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from simulator.lanewise import lane, ratio
from simulator.optimizer import Array, State


class Averaging:
    """For rules with the hyperparameters ``warmup_steps``, ``r`` and ``weight_lr_power``."""

    form: ClassVar[str] = (
        "t = 1: z ← θ\nt = 1: x ← θ\nη_t = η\nT_w > 0: η_t ← η·min(t / T_w, 1)\nη⁺ ← max(η⁺, η_t)\nw = t^r·η⁺^p\n"
        "W ← W + w\nz ← z − η_t·u\nx ← x + (w / W)·(z − x)\nθ ← β·x + (1 − β)·z"
    )
    letters: ClassVar[dict[str, str]] = {"lr_max": "η⁺", "w_sum": "W"}

    warmup_steps: Any  # as every hyperparameter of a bound rule: an array, or None where it is off
    r: Any
    weight_lr_power: Any

    def begin(self, theta: Array) -> State:
        zero = np.zeros((len(theta), 1))
        return {"z": theta.copy(), "x": theta.copy(), "lr_max": zero, "w_sum": zero}

    def follow(self, step: Array, beta: Any, state: State, lr: Array, t: int) -> tuple[Array, State]:
        """z takes ``step``, times η; x follows. Returns y and the new points."""
        if self.warmup_steps is not None:
            lr = lr * np.minimum(t / np.maximum(self.warmup_steps, 1.0), 1.0)
        lr_max = np.maximum(lane(lr), state["lr_max"])
        weight = t ** lane(self.r) * lr_max ** lane(self.weight_lr_power)
        w_sum = state["w_sum"] + weight
        z = state["z"] - lr * step
        x = state["x"] + ratio(weight, w_sum) * (z - state["x"])
        return z + beta * (x - z), {"z": z, "x": x, "lr_max": lr_max, "w_sum": w_sum}
