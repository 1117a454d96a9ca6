"""What a rule remembers and how much of its stability limit it takes up: what a diagnosis needs to know of a rule."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.diagnose.window import Window
from simulator.inspector import inspect
from simulator.optimizer import Optimizer
from simulator.optimizers import OPTIMIZERS
from simulator.param import params

Array = NDArray[np.float64]
SUMS = ("momentum", "nesterov", "aggmo", "rmsprop", "lars", "sam", "asam", "shampoo")
"""Whose memory adds gradients up, so that it lengthens the step by 1/(1 − β); those of others average them."""
SUMMING = ("adagrad", "sm3", "madgrad", "dadapt_adagrad")  # which divide by what has been summed up from the start
NO_VELOCITY = ("kfac",)  # whose β is the memory of something else


class Memory(NamedTuple):
    """The hyperparameter that says how long a velocity lasts, its value, whether the velocity is a sum, its symbol."""

    key: str
    beta: float
    sums: bool
    symbol: str

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
    if not value:
        return None
    return Memory(key, float(value), name in SUMS and key != "beta1", params(type(optimizer))[key].symbol)


class Margin(NamedTuple):
    """How much of its limit a rule takes up, above 1 too much; ``text`` is that in symbols, "η·L/2"."""

    share: float
    text: str


def margin(window: Window) -> Margin | None:
    """Of the rule's own stability limit at the sharpest curvature about, None where no formula is known.

    A rule that divides by a slowly moving size of the gradient is bound as gradient descent is, or heavy ball, on the
    loss seen through its rates (Cohen et al. 2022, Adaptive Gradient Methods at the Edge of Stability).
    """
    rule, curved = window.entrant.optimizer, window.sharpest
    if not curved > 0.0 or window.creased:
        return None
    if rule.family == "adaptive" and rule.name not in ("momo",):
        return _preconditioned(window)
    bound = rule.stable_lr(curved)
    if bound is None:
        return None
    lr = float(window.recording.lr[max(window.step - 1, 0), window.index])
    return Margin(lr / bound.stable, bound.share if bound.curvature == curved else bound.share.replace("L", "(L + λ)"))


def _preconditioned(window: Window) -> Margin | None:
    rates = inspect(window.recording, window.index, max(window.step - 1, 0), window.start).rate
    if rates is None or not (np.isfinite(rates) & (rates >= 0.0)).all():
        return None
    root = np.sqrt(rates)  # the curvature in coordinates in which all rates are 1
    hessian = window.landscape.hess(window.path[-1][None])[0] * root[:, None] * root[None, :]
    if not np.isfinite(hessian).all():
        return None
    rule = window.entrant.optimizer
    kept, value = memory(rule), float(np.linalg.eigvalsh(hessian)[-1])
    bound = _like(kept).stable_lr(value) if value > 0.0 else None
    if bound is None:
        return None
    return Margin(1.0 / bound.stable, re.sub("[βτ]", kept.symbol if kept else "", bound.share).replace("η", "rate"))


def _like(kept: Memory | None) -> Optimizer:
    """The rule without rates that carries its steps on in the same way."""
    if kept is None:
        return OPTIMIZERS["sgd"]()
    heavy_ball: Any = OPTIMIZERS["momentum"]
    return heavy_ball(beta=kept.beta, dampening=0.0 if kept.sums else kept.beta)
