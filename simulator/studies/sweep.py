"""A sweep: every entrant with one of its hyperparameters at many values, all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from simulator.crowd import Crowd
from simulator.engine import Engine
from simulator.keepers import Tally
from simulator.param import params
from simulator.race import Entrant, Race
from simulator.referee import ARRIVED_SHARE

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Sweep:
    """What came of it. Arrays are (entrants, values, starts, seeds); row ``i`` is that of ``race.entrants[i]``.

    loss, best: at the end, and the lowest on the way; NaN or infinite where a run diverged
    reached: the first step within ``share`` of the gap at the start, −1 for never
    evals, loss_evals, hess_evals: gradients, losses and matrices asked for
    """

    race: Race
    key: str
    values: tuple[tuple[float, ...], ...]  # of each entrant
    seeds: tuple[int, ...]
    loss: Array
    best: Array
    reached: NDArray[np.int64]
    evals: NDArray[np.int64]
    loss_evals: NDArray[np.int64]
    hess_evals: NDArray[np.int64]


class Sweeping:
    """A sweep under way: ``advance`` until ``done``; ``result`` is what there is then."""

    def __init__(
        self,
        race: Race,
        key: str,
        values: Sequence[Sequence[float]],
        seeds: tuple[int, ...] | None = None,
        share: float = ARRIVED_SHARE,
    ):
        """``values``: as many for each entrant. Raises ValueError for one that the hyperparameter cannot take."""
        self.race, self.key = race, key
        self.values = tuple(tuple(own) for own in values)
        variants = [
            variant(entrant, key, value)
            for entrant, own in zip(race.entrants, self.values, strict=True)
            for value in own
        ]
        self.crowd = Crowd.of(race, entrants=tuple(variants), seeds=seeds)
        self._engine = Engine(self.crowd, partial(Tally, share=share))

    @property
    def done(self) -> bool:
        return self._engine.step >= self.crowd.steps

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        return self._engine.step / self.crowd.steps

    def advance(self, steps: int) -> None:
        self._engine.advance(steps)

    def result(self) -> Sweep:
        tally, (_, starts, seeds) = self._engine.recording, self.crowd.shape
        shape = (len(self.race.entrants), -1, starts, seeds)
        names = ("loss", "best", "reached", "evals", "loss_evals", "hess_evals")
        arrays = {name: getattr(tally, name).reshape(shape) for name in names}
        return Sweep(self.race, self.key, self.values, self.crowd.seeds, **arrays)


def variant(entrant: Entrant, key: str, value: float) -> Entrant:
    """``entrant`` with the hyperparameter ``key`` of its optimizer at ``value``, or ValueError with what is allowed."""
    known = params(type(entrant.optimizer))[key]
    return replace(entrant, optimizer=replace(entrant.optimizer, **{key: known.coerce(value)}))


def sweep(
    race: Race, key: str, values: Sequence[float], seeds: tuple[int, ...] | None = None, share: float = ARRIVED_SHARE
) -> Sweep:
    """All entrants of ``race`` with ``key`` at each of ``values``, run to the end. Seeds: the race's own where None."""
    sweeping = Sweeping(race, key, [values] * len(race.entrants), seeds, share)
    sweeping.advance(race.steps)
    return sweeping.result()
