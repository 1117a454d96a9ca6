"""What a rule remembers and how large a rate it stands: the few facts of a rule that a diagnosis needs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.diagnose.window import Window
from simulator.inspector import inspect
from simulator.optimizer import Optimizer

Array = NDArray[np.float64]
SUMS = ("momentum", "nesterov", "aggmo", "rmsprop", "lars", "sam", "asam", "shampoo")
"""Whose memory adds gradients up, so that it lengthens the step by 1/(1 − β); those of others average them."""
NO_VELOCITY = ("kfac",)  # whose β is the memory of something else
BOUNDED_STEP = ("sign and curvature", "adaptive")


class Memory(NamedTuple):
    """The hyperparameter that says how long a velocity lasts, its value, and whether the velocity is a sum."""

    key: str
    beta: float
    sums: bool

    @property
    def steps(self) -> float:
        """How many steps it lasts."""
        return 1.0 / max(1.0 - self.beta, 1e-6)


def memory(optimizer: Optimizer) -> Memory | None:
    """The velocity's, or None where there is none."""
    hyper, name = optimizer.hyper, optimizer.name
    if name in NO_VELOCITY:
        return None
    if name in ("sam", "asam"):
        key = {"sgd": "", "momentum": "beta", "adam": "beta1"}.get(hyper["base"], "")
    elif name == "aggmo":
        key = f"beta{hyper['velocities']}"
    else:
        key = next((key for key in ("beta1", "beta") if key in hyper), "")
    value = hyper.get(key)
    return Memory(key, float(value), name in SUMS and key != "beta1") if value else None


class Limit(NamedTuple):
    """How far a rule may go: η times curvature as it is, and the most that is stable; in symbols ``text``."""

    value: float
    most: float
    text: str

    @property
    def share(self) -> float:
        return self.value / self.most


def limit(window: Window) -> Limit | None:
    """The rule's own stability limit at the sharpest curvature about, None where no formula is known.

    Gradient descent: ηL < 2. Heavy ball: ηL < 2(1 + β). Nesterov: ηL < 2(1 + β)/(1 + 2β). A rule that divides by a
    slowly moving size of the gradient: as gradient descent, or as averaged momentum 2(1 + β₁)/(1 − β₁), on the loss
    seen through its rates (Cohen et al. 2022, Adaptive Gradient Methods at the Edge of Stability).
    """
    rule, curved = window.entrant.optimizer, window.sharpest
    if not curved > 0.0 or any(m.shape == "kink" for m in window.landscape.minima):
        return None
    lr = float(window.recording.lr[max(window.step - 1, 0), window.index])
    beta = float(rule.hyper.get("beta") or 0.0)
    if rule.name == "sgd":
        return Limit(lr * curved, 2.0, "η·L/2")
    if rule.name == "momentum":
        damped = 1.0 - float(rule.hyper.get("dampening") or 0.0)
        return Limit(lr * curved * damped, 2.0 * (1.0 + beta), "η·L/(2(1 + β))")
    if rule.name == "nesterov":
        return Limit(lr * curved, 2.0 * (1.0 + beta) / (1.0 + 2.0 * beta), "η·L·(1 + 2β)/(2(1 + β))")
    if rule.family == "adaptive" and rule.name not in ("momo",):
        return _preconditioned(window)
    return None


def _preconditioned(window: Window) -> Limit | None:
    rates = inspect(window.recording, window.index, max(window.step - 1, 0), window.start).rate
    if rates is None or not (np.isfinite(rates) & (rates >= 0.0)).all():
        return None
    root = np.sqrt(rates)  # the curvature in coordinates in which all rates are 1
    hessian = window.landscape.hess(window.path[-1][None])[0] * root[:, None] * root[None, :]
    if not np.isfinite(hessian).all():
        return None
    kept, value = memory(window.entrant.optimizer), float(np.linalg.eigvalsh(hessian)[-1])
    if not value > 0.0:
        return None
    if kept is None:
        return Limit(value, 2.0, "rate·L/2")
    if kept.sums:
        return Limit(value, 2.0 * (1.0 + kept.beta), "rate·L/(2(1 + β))")
    return Limit(value, 2.0 * (1.0 + kept.beta) / max(1.0 - kept.beta, 1e-6), "rate·L·(1 − β₁)/(2(1 + β₁))")
