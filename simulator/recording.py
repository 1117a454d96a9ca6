"""What the engine wrote. All that views, exports and diagnoses read.

Lanes are ordered entrant by entrant, start by start: lane = entrant × starts + start.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.race import Race

Array = NDArray[np.float64]


class Status(IntEnum):
    """How a racer is doing. None of them alters the dynamics."""

    RACING = 0
    STALLED = 1
    OUT_OF_VIEW = 2
    ARRIVED = 3
    DIVERGED = 4

    @property
    def words(self) -> str:
        return self.name.lower().replace("_", " ")


@dataclass(eq=False)
class Recording:
    """Arrays over steps 0 … ``done`` of ``race``; rows past ``done`` are not yet written."""

    race: Race
    done: int
    theta: Array  # (steps + 1, lanes, dim); row 0 is the start
    loss: Array  # (steps + 1, lanes), at theta, without noise
    grad_norm: Array  # (steps + 1, lanes), of the true gradient at theta
    status: NDArray[np.int8]  # (steps + 1, lanes), values of Status
    since: NDArray[np.int32]  # (steps + 1, lanes), the step at which that status began
    evals: NDArray[np.int32]  # (steps + 1, lanes), gradients asked for so far
    # None in a crowd of more lanes than one pack.
    grad: Array | None  # (steps, lanes, dim), the first gradient each step was answered with: noisy, clipped
    states: list[dict[str, Array]] | None  # an entrant each: letter -> (steps + 1, starts, dim)

    def lane(self, entrant: int, start: int = 0) -> int:
        return entrant * len(self.race.starts) + start

    @cached_property
    def floor(self) -> float | None:
        """f*, where one is known."""
        return self.race.landscape.lowest

    def gap(self) -> Array:
        """f − f*, shape ``(done + 1, lanes)``; the loss itself where no minimum is known."""
        loss = self.loss[: self.done + 1]
        return loss if self.floor is None else loss - self.floor

    @cached_property
    def lr(self) -> Array:
        """η of every entrant: ``lr[k]`` is the rate of the step that leaves row k. Shape ``(steps + 1, entrants)``."""
        race = self.race
        return np.stack([e.lr * e.schedule.factors(race.steps) for e in race.entrants], axis=1)

    def status_at(self, step: int, lane: int) -> tuple[Status, int]:
        """The status at ``step`` and the step at which it began."""
        return Status(int(self.status[step, lane])), int(self.since[step, lane])
