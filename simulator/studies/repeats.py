"""Repeats: the same race with other seeds, how far its runs spread, and who wins how often.

Only the race's seed is another: noise, the order of mini-batches, random probes. Starts, a landscape's data and its
first weights stay. A heat is one start with one seed, raced by all.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.crowd import Crowd, Field, seeds_of
from simulator.engine import BLOCK, Engine
from simulator.keepers import Curves, cheats
from simulator.landscape import Landscape
from simulator.pack import Pack
from simulator.param import RaceError
from simulator.race import MAX_NUMBERS, Race
from simulator.referee import ARRIVED_SHARE, gone, within

Array = NDArray[np.float64]
CHUNK_SECONDS = 0.004  # of computing between two looks at the clock
MOST = MAX_NUMBERS // 8  # losses that are kept: some 600 MB with what was asked for
ROWS = 200_000  # numbers sorted between two looks at the clock
SAME = "Only noise and mini-batches differ: starts, data and first weights stay."


@dataclass(frozen=True, eq=False)
class Repeats:
    """What came of it, all frozen. Rows are steps 0 … T, columns entrants; a run that diverged is infinitely bad.

    low, median, high: (T + 1, entrants), quartiles of the loss over all heats
    evals, loss_evals, hess_evals: (T + 1, entrants), the median of what was asked for so far
    wins, shared: (T + 1, entrants), in how many heats the entrant is the lowest, and in how many of these not alone; on
        a landscape that moves, the mean loss from the start to there counts; outside a box beyond which lie lower
        values nobody is
    arrived, diverged: (entrants,), heats in which it has at the end
    alike: whether every seed gave the same run, bit for bit: then there is no band
    """

    race: Race
    seeds: tuple[int, ...]
    low: Array
    median: Array
    high: Array
    evals: Array
    loss_evals: Array
    hess_evals: Array
    wins: NDArray[np.int64]
    shared: NDArray[np.int64]
    arrived: NDArray[np.int64]
    diverged: NDArray[np.int64]
    alike: bool

    @property
    def heats(self) -> int:
        return len(self.seeds) * len(self.race.starts)

    def wins_text(self, entrant: int, step: int) -> str:
        """``wins 7 of 20``, and of these how many it shares."""
        wins, shared = int(self.wins[step, entrant]), int(self.shared[step, entrant])
        return f"wins {wins} of {self.heats}" + (f" ({shared} shared)" if shared else "")

    def standings(self, step: int, hidden: frozenset[int] = frozenset()) -> list[str]:
        """Who wins how often at ``step``, without the streams ``hidden``: they still race."""
        entrants = enumerate(self.race.entrants)
        return [f"{e.label} {self.wins_text(i, step)}" for i, e in entrants if e.stream not in hidden]

    def table(self, step: int) -> list[list[str]]:
        """For people: heads, and a row an entrant, as the heats stand at ``step``. Losses are above the minimum
        where it is known; at the end it says how many have arrived and diverged."""
        race, floor = self.race, self.race.landscape.lowest
        heads = ["entrant", f"median loss{'' if floor is None else ' − minimum'}", "lower quartile", "upper quartile"]
        ends = {"arrived": self.arrived, "diverged": self.diverged} if step == race.steps else {}
        rows = [[*heads, "wins by mean loss" if race.landscape.moving else "wins", *ends]]
        for i, entrant in enumerate(race.entrants):
            numbers = [f"{kept[step, i] - (floor or 0.0):.4g}" for kept in (self.median, self.low, self.high)]
            counts = [f"{int(kept[i])} of {self.heats}" for kept in ends.values()]
            rows.append([entrant.label, *numbers, self.wins_text(i, step).removeprefix("wins "), *counts])
        return rows

    @property
    def runs(self) -> str:
        """How many heats, and of what: ``20 seeds from 3 starts``."""
        starts = len(self.race.starts)
        return f"{len(self.seeds)} seeds" + (f" from {starts} starts" if starts > 1 else "")

    @property
    def note(self) -> str:
        """What the band is, in a line."""
        if self.alike:
            return no_band(len(self.seeds))
        lost = int(self.diverged.sum())
        told = (
            f"; {lost} of {self.diverged.size * self.heats} runs diverged and count as infinitely bad" if lost else ""
        )
        return f"Band: the middle half of {self.runs}{told}"


def no_band(seeds: int) -> str:
    """Why there is none, where every seed gives the same run."""
    if seeds == 1:
        return "One seed: there is no band"
    return f"All {seeds:,} seeds give the same run: nothing here is drawn at random, so there is no band"


def has_chance(race: Race) -> bool:
    """Whether anything in ``race`` may be drawn at random: noise, mini-batches, or what a rule asks for."""
    noise, landscape = race.noise, race.landscape
    batches = type(landscape).shown is not Landscape.shown and landscape.shown(0, 0) is not landscape.shown(1, 0)
    rules = (leg.optimizer for entrant in race.entrants for _, leg in entrant.legs)
    return noise.sigma > 0.0 or noise.kind == "sparse" or batches or any(rule.draws for rule in rules)


class Runs(Curves):
    """Curves, and of each lane the first step at which it has arrived and diverged as the referee has it, −1: never.

    outside: (steps + 1, lanes), where it is outside a box beyond which lie lower values; None: there are none
    """

    def __init__(self, field: Field, theta: Array, packs: list[Pack]):
        super().__init__(field, theta, packs)
        self.arrived, self.diverged = (np.full(len(theta), -1, dtype=np.int64) for _ in range(2))
        self.outside = np.zeros(self.loss.shape, np.bool_) if field.landscape.known.lower_outside else None
        self._judge(theta[None], self.loss[:1], slice(None), 0)

    def write(self, pack: Pack, first: int, stop: int, grads: list[Array]) -> None:
        super().write(pack, first, stop, grads)
        self._judge(pack.path, self.loss[first + 1 : stop + 1, pack.place], pack.place, first + 1)

    def _judge(self, path: Array, loss: Array, place: slice | NDArray[np.intp], row: int) -> None:
        landscape = self.field.landscape
        self._note(self.diverged, place, gone(landscape, path, loss), row)
        outside = cheats(landscape, path)
        if self.outside is not None:
            self.outside[row : row + len(path), place] = outside
        near = within(landscape, loss, self.loss[0, place], outside, ARRIVED_SHARE)
        if near is not None:
            self._note(self.arrived, place, near, row)

    @staticmethod
    def _note(kept: NDArray[np.int64], place: slice | NDArray[np.intp], now: NDArray[np.bool_], row: int) -> None:
        if now.any():
            new = np.where(now.any(axis=0), row + now.argmax(axis=0), -1)
            kept[place] = np.where(kept[place] >= 0, kept[place], new)


class Repeating:
    """Repeats under way: ``work`` yields the share that is done and can be closed; then there is the ``result``.

    Where nothing is drawn at random, one seed is raced and stands for all: ``told`` says so before anything is raced.
    """

    def __init__(self, race: Race, count: int):
        """Raises RaceError where so many runs do not fit."""
        self.race, self.seeds = race, seeds_of(race, count)
        chance = has_chance(race)
        self.told = "" if chance else no_band(count)
        self.crowd = Crowd.of(race, seeds=self.seeds if chance else self.seeds[:1])
        if (numbers := (race.steps + 1) * self.crowd.lanes) > MOST:
            most = max(MOST // ((race.steps + 1) * race.lanes), 1)
            raise RaceError(
                [
                    f"seeds: must be at most {most:,} for {race.lanes:,} runs of {race.steps:,} steps, which with"
                    f" {count:,} keep {numbers:,} losses, got {count:,}"
                ]
            )
        self.result: Repeats | None = None

    def work(self) -> Generator[float, None, None]:
        engine, chunk = Engine(self.crowd, Runs), 1
        while engine.step < self.race.steps:
            begin = time.perf_counter()
            engine.advance(chunk)
            took = time.perf_counter() - begin
            chunk = (
                max(1, chunk // 2) if took > CHUNK_SECONDS else min(BLOCK, chunk + chunk * (took < CHUNK_SECONDS / 3))
            )
            yield 0.9 * engine.step / self.race.steps
        yield from self._read(engine.recording)

    def run(self) -> Repeats:
        for _ in self.work():
            pass
        assert self.result is not None
        return self.result

    def _read(self, runs: Runs) -> Iterator[float]:
        """Quartiles and wins, some rows at a time."""
        race, (entrants, starts, raced), seeds = self.race, self.crowd.shape, len(self.seeds)
        rows, heats = race.steps + 1, starts * seeds
        lanes = np.repeat(np.arange(self.crowd.lanes), seeds // raced)  # of each heat the run that was raced
        low, median, high, *asked = (np.empty((rows, entrants)) for _ in range(6))
        counts = (runs.evals, runs.loss_evals, runs.hess_evals)
        wins, shared = (np.empty((rows, entrants), dtype=np.int64) for _ in range(2))
        gone, many, alike = runs.diverged[lanes], max(1, ROWS // len(lanes)), True
        total = np.zeros(len(lanes))
        for first in range(0, rows, many):
            steps = np.arange(first, min(first + many, rows))
            loss = runs.loss[steps][:, lanes]
            own = loss.reshape(len(steps), entrants, starts, seeds)
            alike = alike and np.array_equal(own, np.broadcast_to(own[..., :1], own.shape), equal_nan=True)
            with np.errstate(all="ignore"):
                lost = ((gone >= 0) & (steps[:, None] >= gone)) | ~np.isfinite(loss)
                bands = np.where(lost, np.inf, loss).reshape(len(steps), entrants, heats)
                low[steps], median[steps], high[steps] = quartiles(bands)
                if race.landscape.moving:
                    sums = np.cumsum(np.vstack((total, loss)), axis=0)[1:]
                    total, loss = sums[-1], sums / (steps[:, None] + 1.0)
            no_win = lost | ~np.isfinite(loss)
            if runs.outside is not None:
                no_win |= runs.outside[steps][:, lanes]
            bad = np.where(no_win, np.inf, loss).reshape(len(steps), entrants, heats)
            for kept, count in zip(asked, counts, strict=True):
                kept[steps] = np.median(count[steps][:, lanes].reshape(len(steps), entrants, heats), axis=2)
            best = bad == np.where(np.isfinite(lowest := bad.min(axis=1, keepdims=True)), lowest, np.nan)
            wins[steps] = best.sum(axis=2)
            shared[steps] = (best & (best.sum(axis=1, keepdims=True) > 1)).sum(axis=2)
            yield 0.9 + 0.1 * (steps[-1] + 1) / rows
        there = (runs.arrived[lanes] >= 0) & (gone < 0)
        arrived, diverged = (who.reshape(entrants, heats).sum(axis=1) for who in (there, gone >= 0))
        evals, loss_evals, hess_evals = asked
        found = Repeats(
            race, self.seeds, low, median, high, evals, loss_evals, hess_evals, wins, shared, arrived, diverged, alike
        )
        for array in (*asked, low, median, high, wins, shared, arrived, diverged):
            array.setflags(write=False)
        self.result = found


def repeats(race: Race, count: int) -> Repeats:
    """``race`` with ``count`` seeds, the first its own, run to the end."""
    return Repeating(race, count).run()


def quartiles(values: Array) -> tuple[Array, Array, Array]:
    """Lower quartile, median, upper quartile along the last axis, linear between two values; infinity stays so."""
    ordered, last = np.sort(values, axis=-1), values.shape[-1] - 1
    found: list[Array] = []
    for share in (0.25, 0.5, 0.75):
        below = int(share * last)
        part = share * last - below
        a, b = ordered[..., below], ordered[..., min(below + 1, last)]
        with np.errstate(invalid="ignore"):
            between = a + part * (b - a)
        found.append(np.where(np.isfinite(b), between, b) if part else a.copy())
    return found[0], found[1], found[2]
