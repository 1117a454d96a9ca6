"""A race at many rates: every entrant at each, raced a bit at a time, for `simulator.studies.robustness`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.crowd import Crowd
from simulator.race import Entrant, Race
from simulator.studies.robustness import RATES, Robustness
from simulator.variants import GOAL, SPENT, Cells, Racing

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
        entrants = len(race.entrants)
        own = np.array([[entrant.lr] for entrant in race.entrants])
        self._rates = np.concatenate((own, np.broadcast_to(np.array(rates), (entrants, len(rates)))), axis=1)
        known = np.zeros(self._rates.shape, dtype=np.bool_)
        was = self._before(before) if before is not None else {}
        for e, at in was.items():
            assert before is not None
            known[e] = before.known[at] & (before.rates[at] == self._rates[e])
        self.racing = Racing(
            [(Crowd.of(race, (), seeds=self.seeds), self._order(known))],
            self._racer,
            known.size,
            ("loss", "reached", *SPENT),
            share,
            len(race.starts) * len(self.seeds),
        )
        self._known = self.racing.known.reshape(known.shape)
        self._known |= known
        for e, at in was.items():
            assert before is not None
            for name, column in self._columns().items():
                column[..., e, known[e], :] = getattr(before, name)[..., at, known[e], :]

    @property
    def complete(self) -> bool:
        return self.racing.done

    @property
    def done(self) -> float:
        """The share of all rates that is known, or raced."""
        return 1.0 - (1.0 - self.racing.share) * self.racing.asked / self._known.size

    def advance(self, seconds: float = float("inf")) -> bool:
        """Race on for about ``seconds``, a step at least. Returns whether more is known than before."""
        before = int(self._known.sum())
        self.racing.advance(seconds)
        return int(self._known.sum()) > before

    def result(self) -> Robustness:
        """What is known so far."""
        c = {name: column.copy() for name, column in self._columns().items()}
        return Robustness(
            self.race, self.share, self.seeds, self._rates,
            c["loss"], c["lost"], c["outside"], c["reached"], c["spent"], self._known.copy(),
        )  # fmt: skip

    def _columns(self) -> dict[str, NDArray[Any]]:
        """What a `Robustness` is made of, as far as it has ended: views of (…, entrants, 1 + points, runs)."""
        ends, shape = self.racing.ends, (*self._rates.shape, -1)
        loss, reached = (value.reshape(shape) for value in ends.value[:2])
        spent = ends.value[2:].reshape(len(SPENT), *shape)
        lost, outside = ends.lost.reshape(shape), ends.outside.reshape(shape)
        return {"loss": loss, "reached": reached, "spent": spent, "lost": lost, "outside": outside}

    def _before(self, before: Robustness) -> dict[int, int]:
        """Whose results still hold: the entrant, and which it was."""
        was = {entrant.stream: e for e, entrant in enumerate(before.race.entrants)}
        alike = (before.share, before.seeds, before.rates.shape[1]) == (self.share, self.seeds, self._rates.shape[1])
        found: dict[int, int] = {}
        if alike and _ground(before.race) == _ground(self.race):
            for e, entrant in enumerate(self.race.entrants):
                at = was.get(entrant.stream)
                if at is not None and _at(entrant, 1.0) == _at(before.race.entrants[at], 1.0):
                    found[e] = at
        return found

    def _order(self, known: NDArray[np.bool_]) -> Cells:
        """What is to be raced: what each has first, then rates ever closer together."""
        ranks = np.full(known.shape[1], -1)
        for rank, stride in reversed(list(enumerate(STRIDES))):
            ranks[1::stride] = rank
        entrants, columns = np.nonzero(~known)
        cells = np.ravel_multi_index((entrants, columns), known.shape)
        return cells[np.argsort(ranks[columns], kind="stable")]

    def _racer(self, cell: int) -> Entrant:
        return _at(self.race.entrants[cell // len(self._rates[0])], float(self._rates.flat[cell]))


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
