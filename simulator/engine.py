"""The lockstep engine: pure NumPy, every entrant one step at a time, nobody waits and nobody is helped.

The first questions of a step are answered by one call of the landscape. What does not steer the dynamics (loss,
gradient norm, status) is left to the referee, a span of steps at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast, overload

import numpy as np
from numpy import ndarray
from numpy.typing import NDArray

from simulator.answers import answer
from simulator.crowd import Field
from simulator.keepers import Keeper
from simulator.landscape import Box
from simulator.lanes import Group, Pack, packs
from simulator.lanewise import dot
from simulator.layout import CROWD, keep_freed
from simulator.noise import Draws, noise_block
from simulator.optimizer import Counts, Query, Value
from simulator.race import Race
from simulator.recording import Recording

Array = NDArray[np.float64]
K = TypeVar("K", bound=Keeper)
BLOCK = 64  # steps; noise is drawn by the block
SPAN = 256  # steps, the most that are written at once
CROWD_SPAN = 8  # of a crowd's pack, while what waits is still in the cache
_A_GRADIENT = np.array(Counts(grads=1), dtype=np.int32)[:, None]


class Engine(Generic[K]):
    """Advances one race. However n steps are cut up, ``advance`` gives the same bits.

    ``recording`` is what it writes into: a `Recording` of everything, or, for ``Engine(race, Tally)``, what a study
    of very many lanes keeps.
    """

    @overload
    def __init__(self: Engine[Recording], race: Race) -> None: ...
    @overload
    def __init__(self, race: Field, keeper: Callable[[Any, Array, list[Pack]], K]) -> None: ...
    def __init__(self, race: Field, keeper: Any = Recording) -> None:
        self.race = race
        self._failure: BaseException | None = None
        starts = np.repeat(np.asarray(race.starts, dtype=np.float64), len(race.seeds), axis=0)
        theta = np.tile(starts, (len(race.entrants), 1))
        self.packs = packs(race, theta)
        self._stride = SPAN
        if len(theta) > CROWD:
            self._stride = BLOCK  # pack by pack, while a block of noise is at hand
            keep_freed()
        with np.errstate(all="ignore"):
            self.recording: K = keeper(race, theta, self.packs)

    @property
    def step(self) -> int:
        return self.recording.done

    def advance(self, n: int) -> K:
        """Take up to ``n`` more steps, stopping at the end of the race. Returns the recording, which has grown.

        Whatever is raised on the way, by a formula or Ctrl-C, leaves a step half taken: from then on RuntimeError.
        """
        if self._failure is not None:
            told = f"this engine failed after step {self.step} and does not go on; make a new one"
            raise RuntimeError(told) from self._failure
        end = min(self.step + max(n, 0), self.race.steps)
        try:
            with np.errstate(all="ignore"):
                while self.step < end:
                    first = self.step
                    stop = min(end, (first // self._stride + 1) * self._stride)
                    for pack in self.packs:
                        self._advance(pack, first, stop)
                    self.recording.close(first, stop)
        except BaseException as failure:
            self._failure = failure
            raise
        return self.recording

    def run(self) -> K:
        """All the steps that are left."""
        return self.advance(self.race.steps)

    def _advance(self, pack: Pack, first: int, stop: int) -> None:
        draws = None
        span = SPAN if len(pack.lanes) <= CROWD else CROWD_SPAN
        for start in range(first, stop, span):
            end = min(start + span, stop)
            grads: list[Array] = []
            for k in range(start, end):
                if k == first or k % BLOCK == 0:
                    draws = noise_block(self.race, pack.lanes, k // BLOCK, BLOCK)
                grads.append(lockstep(pack, k, self.race, draws))
            self.recording.write(pack, start, end, grads)
            for group in pack.groups:
                group.forget()


def lockstep(pack: Pack, k: int, race: Field, draws: Draws | None) -> Array:
    """One lockstep step of a pack: ask, answer, go. Returns the first gradients answered, ``(lanes, dim)``."""
    groups = pack.groups
    for group in pack.changing:
        group.arrive(k)
    shown, domain = race.landscape.shown(pack.seed, k), race.landscape.domain
    asks: list[Any] = [course.send(k) for course in pack.courses]
    points = [ask if type(ask) is ndarray else ask.theta for ask in asks]
    grads = shown.grad(np.concatenate(points) if len(points) > 1 else points[0])
    if draws is not None:
        grads = draws.felt(grads, k % BLOCK)
    for group, course, ask in zip(groups, pack.courses, asks, strict=True):
        grad = grads[group.part]
        if group.bounded:
            grad = grads[group.part] = _clipped(grad, group)
        asked, more = 0, None
        while True:
            if type(ask) is ndarray:
                asked = asked + 1
                ask: Any = course.send(grad)
            else:
                query = cast("Query", ask)
                more = _counted(query) if more is None else more + _counted(query)
                added = None if draws is None else draws.added(k % BLOCK, group.part)
                ask = course.send(answer(query, grad, group, shown, race.seeds, k, added))
            if ask is None:
                break
            grad = shown.grad(ask if type(ask) is ndarray else ask.theta)
            # A second question in one step meets the same draw: it is the same mini-batch.
            if draws is not None:
                grad = draws.felt(grad, k % BLOCK, group.part)
            if group.bounded:
                grad = _clipped(grad, group)
        if domain is not None:
            group.theta = _inside(group.theta, domain)
        group.path.append(group.theta)
        group.states.append(group.state)
        group.asked.append(asked if more is None else more + asked * _A_GRADIENT)
    return grads


def _counted(ask: Query) -> NDArray[np.int32]:
    """What a question costs, (3, lanes) where lanes differ, otherwise (3, 1); see `Counts`."""
    counts = np.array(ask.counts, dtype=np.int32)[:, None]
    return counts * ask.asking if isinstance(ask, Value) and ask.asking is not None else counts


def _clipped(grad: Array, group: Group) -> Array:
    """``grad`` with coordinates cut off at the group's limit, then lanes longer than its limit shortened to it.

    Pascanu, Mikolov & Bengio 2013, On the difficulty of training recurrent neural networks. torch's form divides by
    the norm plus 1e-6 and so ends a little short of the limit.
    """
    if group.cut is not None:
        grad = np.clip(grad, -group.cut, group.cut)
    if group.clip is None:
        return grad
    norm = np.sqrt(dot(grad, grad))
    return np.where(norm > group.clip, grad * (group.clip / norm), grad)


def _inside(theta: Array, domain: Box) -> Array:
    low, high = np.asarray(domain).T
    return np.clip(theta, low, high)
