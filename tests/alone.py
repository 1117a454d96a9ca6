"""One racer alone, and a rule answered by hand: what tests of the dynamics are made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from simulator.engine import Engine
from simulator.landscape import Landscape
from simulator.optimizer import Array, Optimizer, State
from simulator.race import Entrant, Race
from simulator.recording import Recording


def run_alone(
    landscape: Landscape, optimizer: Optimizer, start: Iterable[float], steps: int = 300, **entrant: Any
) -> Recording:
    """The recording of ``optimizer`` alone on ``landscape``."""
    racer = Entrant(optimizer, "alone", **entrant)
    return Engine(Race(landscape, (racer,), (tuple(start),), steps=steps)).run()


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


def feed(rule: Optimizer, gradients: Iterable[float], start: float = 0.0) -> tuple[list[float], list[dict[str, float]]]:
    """Positions and states of a one-dimensional racer that meets ``gradients`` one after the other."""
    theta, lr = np.array([[start]]), np.array([[rule.hyper["lr"]]])
    state = rule.init(theta)
    path, states = [start], []
    for t, grad in enumerate(gradients, start=1):
        theta, state = answer(rule, theta, state, lr, t, np.array([[grad]]))
        path.append(float(theta[0, 0]))
        states.append({letter: float(value[0, 0]) for letter, value in state.items()})
    return path, states
