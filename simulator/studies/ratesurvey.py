"""A race at many rates: every entrant at each, raced a bit at a time, for `simulator.studies.robustness`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from simulator.crowd import Crowd, Field
from simulator.engine import Engine
from simulator.keepers import Tally, evaluations
from simulator.lanes import PACK, Group, Pack
from simulator.optimizer import Counts
from simulator.race import Entrant, Race
from simulator.referee import gone
from simulator.studies.robustness import GOAL, RATES, Robustness

Array = NDArray[np.float64]
Place = tuple[int, int]  # an entrant, and a column of its rates

CAREFUL = 64  # runs begun with in many dimensions, before it is known what a step of them takes
PATIENCE = 0.006  # seconds that a step of all runs under way may take
STRIDES = (16, 8, 4, 2, 1)  # where not all is raced at once, rates far apart come first


class Survey:
    """Races every entrant at its own rate and at ``rates``, a bit at a time.

    What ``before`` knows of an entrant is not raced again, as long as nothing but rates has changed for it.
    """

    def __init__(
        self,
        race: Race,
        rates: tuple[float, ...] = RATES,
        share: float = GOAL,
        before: Robustness | None = None,
        seeds: tuple[int, ...] | None = None,
    ):
        self.race, self.share = race, share
        self.seeds = race.seeds if seeds is None else seeds
        entrants, points, runs = len(race.entrants), 1 + len(rates), len(race.starts) * len(self.seeds)
        self._runs = runs
        own = np.array([[entrant.lr] for entrant in race.entrants])
        self._rates = np.concatenate((own, np.broadcast_to(np.array(rates), (entrants, len(rates)))), axis=1)
        self._loss = np.full((entrants, points, runs), np.nan)
        self._lost = np.zeros((entrants, points, runs), dtype=np.bool_)
        self._reached = np.full((entrants, points, runs), -1)
        self._spent = np.full((len(Counts()), entrants, points, runs), -1)
        self._known = np.zeros((entrants, points), dtype=np.bool_)
        if before is not None:
            self._take_over(before)
        self._waiting = self._places()
        self._wide = PACK if race.landscape.dim <= 2 else CAREFUL  # runs raced at once
        self._chunk = 8 if race.landscape.dim <= 2 else 1  # steps between two looks at the clock
        self._under_way: tuple[list[Place], Engine[Watch]] | None = None

    @property
    def complete(self) -> bool:
        return self._under_way is None and not self._waiting

    @property
    def done(self) -> float:
        """The share of all rates that is known, or raced."""
        known = float(self._known.sum())
        if self._under_way is not None:
            places, engine = self._under_way
            known += len(places) * engine.step / self.race.steps
        return known / self._known.size

    def advance(self, seconds: float = float("inf")) -> bool:
        """Race on for about ``seconds``, a few steps at least. Returns whether more is known than before."""
        end, before = time.perf_counter() + seconds, int(self._known.sum())
        while not self.complete:
            places, engine = self._under_way = self._under_way or self._next()
            begin = time.perf_counter()
            engine.advance(self._chunk)
            self._pace(len(places), time.perf_counter() - begin)
            if engine.step >= self.race.steps:
                self._note(places, engine.recording)
                self._under_way = None
            if time.perf_counter() >= end:
                break
        return int(self._known.sum()) > before

    def result(self) -> Robustness:
        """What is known so far."""
        return Robustness(
            self.race,
            self.share,
            self.seeds,
            self._rates,
            self._loss.copy(),
            self._lost.copy(),
            self._reached.copy(),
            self._spent.copy(),
            self._known.copy(),
        )

    def _take_over(self, before: Robustness) -> None:
        was = {entrant.stream: e for e, entrant in enumerate(before.race.entrants)}
        alike = (before.share, before.seeds, before.rates.shape[1]) == (self.share, self.seeds, self._rates.shape[1])
        if not alike or _ground(before.race) != _ground(self.race):
            return
        for e, entrant in enumerate(self.race.entrants):
            at = was.get(entrant.stream)
            if at is None or _at(entrant, 1.0) != _at(before.race.entrants[at], 1.0):
                continue
            self._known[e] = before.known[at] & (before.rates[at] == self._rates[e])
            for now, then in (
                (self._loss, before.loss), (self._lost, before.lost),
                (self._reached, before.reached), *zip(self._spent, before.spent, strict=True),
            ):  # fmt: skip
                now[e, self._known[e]] = then[at, self._known[e]]

    def _places(self) -> list[Place]:
        """What is to be raced: what each has first, then rates ever closer together."""
        ranks: dict[int, int] = {}
        for rank, stride in enumerate(STRIDES):
            for column in range(1, self._known.shape[1], stride):
                ranks.setdefault(column, rank)
        missing: Iterator[Place] = ((int(e), int(p)) for e, p in np.argwhere(~self._known))
        return sorted(missing, key=lambda place: ranks.get(place[1], -1))

    def _next(self) -> tuple[list[Place], Engine[Watch]]:
        count = max(1, self._wide // self._runs)
        places, self._waiting = sorted(self._waiting[:count]), self._waiting[count:]
        entrants = tuple(_at(self.race.entrants[e], float(self._rates[e, p])) for e, p in places)
        return places, Engine(Crowd.of(self.race, entrants, seeds=self.seeds), partial(Watch, share=self.share))

    def _pace(self, places: int, took: float) -> None:
        """How much to race at once from now on, so that the clock is looked at in time."""
        step = max(took / self._chunk, 1e-7)
        lanes = places * self._runs
        self._wide = int(min(max(PATIENCE / step * lanes, 8), PACK)) if self.race.landscape.dim > 2 else self._wide
        self._chunk = int(min(max(PATIENCE / 2 / step, 1), 64))

    def _note(self, places: list[Place], kept: Watch) -> None:
        at = tuple(np.array(places).T)
        shape = (len(places), self._runs)
        for array, values in (
            (self._loss, kept.standing), (self._lost, kept.lost),
            (self._reached, kept.reached), *zip(self._spent, kept.spent, strict=True),
        ):  # fmt: skip
            array[at] = values.reshape(shape)
        self._known[at] = True


class Watch(Tally):
    """A `Tally` that also knows, as the referee has it, who has diverged; what was spent until the goal; and what
    counts where the landscape moves.

    lost: (lanes,); spent: (3, lanes), gradients, losses and matrices asked for up to the step ``reached``, −1 where
    that never comes.
    """

    def __init__(self, field: Field, theta: Array, packs: list[Pack], share: float):
        super().__init__(field, theta, packs, share)
        self.lost = gone(field.landscape, theta, self.first)
        self.spent = np.tile(np.where(self.reached == 0, 0, -1), (len(Counts()), 1))
        self._sum = self.first.copy() if field.landscape.moving else None

    @property
    def standing(self) -> Array:
        """What counts of each lane, (lanes,): its loss; where the landscape moves the mean loss on the way."""
        return self.loss if self._sum is None else self._sum / (self.done + 1)

    def _note(self, group: Group, path: Array, loss: Array, lowest: Array, row: int) -> None:
        late = self.reached[group.place] < 0
        super()._note(group, path, loss, lowest, row)
        self.lost[group.place] |= gone(self.field.landscape, path, loss).any(axis=0)
        if self._sum is not None:
            for there in loss:
                self._sum[group.place] += there
        (new,) = np.nonzero(late & (self.reached[group.place] >= 0))
        if len(new):
            at = group.lanes[new]
            rows, before = self.reached[at] - row, (self.evals, self.loss_evals, self.hess_evals)
            for spent, asked, steps in zip(self.spent, before, evaluations(group), strict=True):
                sums = np.cumsum(np.broadcast_to(steps, loss.shape)[:, new], axis=0)
                spent[at] = asked[at] + sums[rows, np.arange(len(new))]


def survey(race: Race, share: float = GOAL, seeds: tuple[int, ...] | None = None) -> Robustness:
    """The whole at once."""
    under_way = Survey(race, share=share, seeds=seeds)
    under_way.advance()
    return under_way.result()


def _at(entrant: Entrant, lr: float) -> Entrant:
    return replace(entrant, optimizer=replace(entrant.optimizer, lr=lr), label="")


def _ground(race: Race) -> tuple[object, ...]:
    """What all runs of a race have in common."""
    return race.landscape, race.starts, race.noise, race.steps, race.seed
