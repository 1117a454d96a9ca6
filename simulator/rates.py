"""Effective rates over time: what every entrant's gradient was multiplied with, for all recorded steps at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.group import carried
from simulator.inspector import searched
from simulator.lanes import alone
from simulator.notation import Unknown, work
from simulator.recording import Recording

Array = NDArray[np.float64]


class Rates:
    """The effective rate of every entrant, from one start and for one coordinate, at every step that has been raced.

    ``values`` is (steps + 1, entrants): ``values[k]`` is that of the step that leaves row k, NaN where it is not known:
    of later steps, and of rules whose rate only a search or a question to the landscape tells.
    """

    def __init__(self, recording: Recording, coordinate: int, start: int = 0):
        self.recording, self.coordinate, self.start = recording, coordinate, start
        self.values = np.full((recording.race.steps + 1, len(recording.race.entrants)), np.nan)
        self.known = 0

    def extend(self) -> None:
        """Take in the steps that have been raced since."""
        rows = slice(self.known, min(self.recording.done, self.recording.race.steps))
        if rows.start < rows.stop:
            for e, entrant in enumerate(self.recording.race.entrants):
                turns = [step for step, _ in entrant.legs if rows.start < step < rows.stop]
                for some in map(slice, [rows.start, *turns], [*turns, rows.stop]):
                    rate = _rates(self.recording, e, self.start, some)
                    if rate is not None:
                        self.values[some, e] = rate[..., self.coordinate if np.shape(rate)[-1] > 1 else 0]
            self.known = rows.stop


def _rates(recording: Recording, entrant: int, start: int, rows: slice) -> Array | None:
    """The effective rate in the steps that leave ``rows``, (steps, dim) or (steps, 1); no fork lies between them."""
    race, lane = recording.race, recording.lane(entrant, start)
    optimizer, count = race.entrants[entrant].at(rows.start).optimizer, rows.stop - rows.start
    ahead = slice(rows.start + 1, rows.stop + 1)
    theta, grad = recording.theta[rows, lane], recording.grad[rows, lane]
    (group,) = alone(race, lane, theta[0], rows.start).groups
    known = recording.states[entrant]
    if not group.state.keys() <= known.keys():  # one of a crowd
        return None
    forms = {key: tuple(map(slice, value.shape[1:])) for key, value in group.state.items()}
    steps = np.arange(rows.start, rows.stop, dtype=np.intp)
    begins = np.array([0, *sorted(group.restarts)], dtype=np.intp)
    born = begins[np.searchsorted(begins, steps, side="right") - 1]
    before, after = ({k: known[k][(some, start, *form)] for k, form in forms.items()} for some in (rows, ahead))
    began = recording.state(lane, rows.start)
    for key, value in carried(group.rule, theta[:1], {k: v[None] for k, v in began.items()}).items():
        before[key] = np.concatenate([value, before[key][1:]])
    for row in np.flatnonzero(np.isin(steps, begins[1:])):
        fresh = group.rule.init(theta[None, row])
        before = {key: np.concatenate([v[:row], fresh[key], v[row + 1 :]]) for key, v in before.items()}
    values: dict[str, Any] = {"θ": theta, "g": grad, "η": recording.lr[rows, entrant, None]}
    values["t"] = (steps - born + 1.0)[:, None]
    if race.noise.sigma == 0.0 and race.landscape.shown(race.seed, 0) is race.landscape:
        values["f"] = recording.loss[rows, lane, None]
    asks = _FirstAnswers(grad, None if race.landscape.domain else recording.theta[ahead, lane] - theta)
    _, _, rate = work(optimizer, race.landscape.blocks, values, before, after, asks, many=True)
    return None if rate is None else np.broadcast_to(rate, (count, np.shape(rate)[-1] if np.ndim(rate) else 1))


@dataclass
class _FirstAnswers:
    """All that a recording holds of what was answered: the first gradient of every step."""

    grad: Array | None
    change: Array | None  # the step taken

    def answer(self, kind: str, theta: Any) -> Any:
        if kind != "∇f" or self.grad is None:
            raise Unknown(kind)
        first, self.grad = self.grad, None
        return first

    def found(self, name: str, values: Mapping[str, Any]) -> Array | None:
        return searched(name, values, self.change)
