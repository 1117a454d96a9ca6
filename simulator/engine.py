"""The lockstep engine: pure NumPy, every entrant one step at a time, nobody waits and nobody is helped.

All questions of a step are answered by one call of the landscape. What does not steer the dynamics (loss, gradient
norm, status) is left to the referee, a block of steps at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from simulator.landscape import Landscape
from simulator.lanes import Pack, packs
from simulator.noise import noise_block
from simulator.optimizer import Curvature
from simulator.race import Race
from simulator.recording import Keeper, Recording

Array = NDArray[np.float64]
K = TypeVar("K", bound=Keeper)
BLOCK = 64  # steps between two looks of the referee; noise is drawn by the block
CROWD = 256  # a pack of more lanes is written every few steps, while what waits is still in the cache
CROWD_SPAN = 8


class Engine(Generic[K]):
    """Advances one race. However n steps are cut up, ``advance`` gives the same bits.

    ``recording`` is what it writes into: a `Recording` of everything, or, for ``Engine(race, Tally)``, what a study
    of very many lanes keeps.
    """

    @overload
    def __init__(self: Engine[Recording], race: Race) -> None: ...
    @overload
    def __init__(self, race: Race, keeper: Callable[[Race, Array, list[Pack]], K]) -> None: ...
    def __init__(self, race: Race, keeper: Any = Recording) -> None:
        self.race = race
        theta = np.tile(np.asarray(race.starts, dtype=np.float64), (len(race.entrants), 1))
        self.packs = packs(race, theta)
        with np.errstate(all="ignore"):
            self.recording: K = keeper(race, theta, self.packs)

    @property
    def step(self) -> int:
        return self.recording.done

    def advance(self, n: int) -> K:
        """Take up to ``n`` more steps, stopping at the end of the race. Returns the recording, which has grown."""
        end = min(self.step + max(n, 0), self.race.steps)
        with np.errstate(all="ignore"):
            while self.step < end:
                first = self.step
                stop = min(end, (first // BLOCK + 1) * BLOCK)
                for pack in self.packs:
                    self._advance(pack, first, stop)
                self.recording.close(first, stop)
        return self.recording

    def run(self) -> K:
        """All the steps that are left."""
        return self.advance(self.race.steps)

    def _advance(self, pack: Pack, first: int, stop: int) -> None:
        landscape = self.race.landscape
        noise = noise_block(self.race, pack.lanes, first // BLOCK, BLOCK)
        span = BLOCK if len(pack.lanes) <= CROWD else CROWD_SPAN
        for start in range(first, stop, span):
            end = min(start + span, stop)
            grads = [_step(pack, k, landscape, None if noise is None else noise[k % BLOCK]) for k in range(start, end)]
            self.recording.write(pack, start, end, grads)
            for group in pack.groups:
                group.forget()


def _step(pack: Pack, k: int, landscape: Landscape, draw: Array | None) -> Array:
    """One lockstep step of a pack: ask, answer, go. Returns the first gradients answered, ``(lanes, dim)``."""
    t = k + 1
    groups = pack.groups
    rules = [g.rule.step(g.theta, g.state, g.peak if g.factors is None else g.peak * g.factors[k], t) for g in groups]
    asks: list[Any] = [next(rule) for rule in rules]
    grads = landscape.grad(np.concatenate([ask.theta if type(ask) is Curvature else ask for ask in asks]))
    if draw is not None:
        grads = grads + draw
    for group, rule, ask in zip(groups, rules, asks, strict=True):
        grad = grads[group.part]
        if group.clip is not None:
            grad = grads[group.part] = _clipped(grad, group.clip)
        asked = 1
        try:
            while True:
                ask: Any = rule.send((grad, landscape.hess(ask.theta)) if type(ask) is Curvature else grad)
                # A second question in one step meets the same draw: it is the same mini-batch.
                grad = landscape.grad(ask.theta if type(ask) is Curvature else ask)
                if draw is not None:
                    grad = grad + (draw if len(draw) == 1 else draw[group.part])
                if group.clip is not None:
                    grad = _clipped(grad, group.clip)
                asked += 1
        except StopIteration as gone:
            group.theta, group.state = gone.value
        group.path.append(group.theta)
        group.states.append(group.state)
        group.asked.append(asked)
    return grads


def _clipped(grad: Array, limit: Array) -> Array:
    """``grad`` with lanes longer than ``limit`` shortened to it.

    Pascanu, Mikolov & Bengio 2013, On the difficulty of training recurrent neural networks. torch's form divides by
    the norm plus 1e-6 and so ends a little short of the limit.
    """
    norm = np.sqrt(np.einsum("ij,ij->i", grad, grad))[:, None]
    return np.where(norm > limit, grad * (limit / norm), grad)
