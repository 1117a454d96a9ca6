"""The lockstep engine: pure NumPy, every entrant one step at a time, nobody waits and nobody is helped.

The first questions of a step are answered by one call of the landscape. What does not steer the dynamics (loss,
gradient norm, status) is left to the referee, a span of steps at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from simulator.answers import answer
from simulator.asked import Asked
from simulator.crowd import Field
from simulator.group import Group
from simulator.keepers import Keeper
from simulator.landscape import Landscape
from simulator.lanes import packs
from simulator.lanewise import dot
from simulator.layout import CROWD, keep_freed
from simulator.noise import Draws, noise_block
from simulator.optimizer import Query
from simulator.pack import Pack
from simulator.race import Race
from simulator.recording import Recording

Array = NDArray[np.float64]
K = TypeVar("K", bound=Keeper)
BLOCK = 64  # steps; noise is drawn by the block
SPAN = 256  # steps, the most that are written at once
AT_ONCE = 1 << 17  # coordinates of lanes likewise: what waits is still in the cache


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
        most = min(SPAN, max(1, AT_ONCE // (len(pack.lanes) * self.race.landscape.dim)))
        for start, end in _spans(first, stop, most):
            if start == 1:
                pack.follow_programs()
            pack.begin(start, end)
            grads: list[Array] = []
            for k in range(start, end):
                if k == first or k % BLOCK == 0:
                    draws = noise_block(self.race, pack.lanes, k // BLOCK, BLOCK)
                grads.append(lockstep(pack, k, self.race, draws))
            pack.end()
            self.recording.write(pack, start, end, grads)
            pack.forget()


def _spans(first: int, stop: int, most: int) -> Iterator[tuple[int, int]]:
    """Steps ``first`` … ``stop - 1``, as many at once as are written at once. The first of all, which a rule may take
    otherwise than the rest, is by itself."""
    while first < stop:
        end = min(stop, first + most) if first else 1
        yield first, end
        first = end


def lockstep(pack: Pack, k: int, race: Field, draws: Draws | None) -> Array:
    """One lockstep step of a pack: ask, answer, go. Returns the first gradients answered, ``(lanes, dim)``."""
    for group in pack.changing:
        group.arrive(k)
    shown = race.landscape.shown(pack.seed, k)
    asks = [stepper.ask(k) for stepper in pack.steppers]
    points = [ask.theta if isinstance(ask, Query) else ask for ask in asks]
    grads = shown.grad(np.concatenate(points) if len(points) > 1 else points[0])
    if draws is not None:
        grads = draws.felt(grads, k % BLOCK)
    for group in pack.groups:
        if group.bounded:
            grads[group.part] = _clipped(grads[group.part], group)
    for stepper, ask in zip(pack.steppers, asks, strict=True):
        if isinstance(stepper, Asked):
            _answered(stepper, ask, grads[stepper.part], shown, k, race, draws)
        else:
            stepper.go(grads[stepper.part])
    return grads


def _answered(
    stepper: Asked, ask: Array | Query, grad: Array, shown: Landscape, k: int, race: Field, draws: Draws | None
) -> None:
    """Answer a rule that asked first ``ask`` and whose gradient there is known, until its step is done."""
    group, part = stepper.group, stepper.part
    while True:
        if isinstance(ask, Query):
            added = None if draws is None else draws.added(k % BLOCK, part)
            more = stepper.go(answer(ask, grad, group, shown, race.seeds, k, added))
        else:
            more = stepper.go(grad)
        if more is None:
            return
        ask = more
        grad = shown.grad(ask.theta if isinstance(ask, Query) else ask)
        # A second question in one step meets the same draw: it is the same mini-batch.
        if draws is not None:
            grad = draws.felt(grad, k % BLOCK, part)
        if group.bounded:
            grad = _clipped(grad, group)


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
