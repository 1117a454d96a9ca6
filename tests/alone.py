"""One racer alone, and a rule answered by hand: what tests of the dynamics are made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from simulator.group import Group
from simulator.landscape import Landscape
from simulator.landscapes import LANDSCAPES
from simulator.lanes import packs
from simulator.optimizer import Array, Optimizer, State
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Race
from simulator.selfcheck.racing import run_alone

__all__ = ["answer", "bound", "feed", "run_alone"]


def racer(name: str, stream: int, lr: float = 0.01, **more: Any) -> Entrant:
    """An entrant of the rule ``name``; ``more`` are hyperparameters and whatever else an entrant may have."""
    fields = {key: more.pop(key) for key in ("schedule", "clip_norm", "clip_value", "restart") if key in more}
    return Entrant(OPTIMIZERS[name](lr=lr, **more), f"{name} {stream}", stream=stream, **fields)


def bound(optimizer: Optimizer, landscape: Landscape, starts: tuple[tuple[float, ...], ...]) -> Group:
    """The rule as the engine hands it its lanes, one a start."""
    (pack,) = packs(Race(landscape, (Entrant(optimizer, "alone"),), starts), np.array(starts))
    (group,) = pack.groups
    return group


def answer(rule: Optimizer, theta: Array, state: State, lr: Array, t: int, *answers: Any) -> tuple[Array, State]:
    """One step of ``rule`` in which its questions get ``answers``, one each."""
    step = rule.step(theta, state, lr, t)
    next(step)
    try:
        for given in answers:
            step.send(given)
    except StopIteration as done:
        return done.value
    raise AssertionError("the rule asks more questions than there are answers")


def feed(
    optimizer: Optimizer, gradients: Iterable[float], start: float = 0.0
) -> tuple[list[float], list[dict[str, float]]]:
    """Positions and states of a one-dimensional racer that meets ``gradients`` one after the other."""
    group = bound(optimizer, LANDSCAPES["parabola"](), ((start,),))
    theta, state, path, states = group.theta, group.state, [start], []
    for t, grad in enumerate(gradients, start=1):
        theta, state = answer(group.rule, theta, state, group.rule.hyper["lr"], t, np.array([[grad]]))
        path.append(float(theta[0, 0]))
        states.append({letter: float(value[0, 0]) for letter, value in state.items()})
    return path, states
