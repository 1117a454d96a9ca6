"""Where the gradient vanishes a rule stays, unless something else pulls."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from simulator.optimizer import Optimizer
from simulator.optimizers import OPTIMIZERS
from simulator.selfcheck.finding import Check, Finding, fact, same_bits
from simulator.selfcheck.racing import run_alone, setting, variants
from simulator.selfcheck.squares import Squares

PLACE, MINIMUM = Squares(), (3.0, 2.0)  # where the gradient is 0 to the last bit
STEPS = 50


def finding(optimizer: Optimizer) -> Finding:
    """Whether ``optimizer`` stays at the minimum; a decay of the weights pulls it towards 0 by right."""
    who, hyper = optimizer.name, optimizer.hyper
    run = run_alone(PLACE, optimizer, MINIMUM, STEPS)
    path = run.theta[:, 0]
    if hyper.get("weight_decay") or hyper.get("lambd"):  # the second: ASGD's pull towards 0
        moved = path[np.argmax((path != path[0]).any(axis=1))]  # SOAP goes nowhere in its first step
        nearer = bool((np.abs(moved) < np.abs(path[0])).all())
        return fact(who, f"decays towards 0 ({setting(optimizer)})", nearer, f"below {MINIMUM}", moved.tolist())
    if hyper.get("initial_accumulator_value") and "m" in run.states[0]:  # Yogi's m begins above 0
        far = float(np.abs(path - path[0]).max())
        within = 0.0 < far < hyper["lr"]
        return fact(who, f"moves less than η ({setting(optimizer)})", within, f"below {hyper['lr']}", far)
    return same_bits(who, f"rests at a minimum ({setting(optimizer)})", np.broadcast_to(MINIMUM, path.shape), path)


def _look(name: str) -> Iterator[Finding]:
    for optimizer in variants(OPTIMIZERS[name], PLACE):
        yield finding(optimizer)


def _names() -> list[str]:
    return list(OPTIMIZERS)


REST = Check("rest", "Every rule rests at a minimum", f"not a bit in {STEPS} steps, under every switch", _names, _look)
