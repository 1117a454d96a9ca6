"""What a study races: more runs than a Race holds, and of several seeds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from simulator.landscape import Landscape
from simulator.race import Entrant, Noise, Race


class Field(Protocol):
    """Who runs where: what an engine needs to know of a Race, or of a Crowd.

    A lane is one run: lane = (entrant × starts + start) × seeds + seed.
    """

    @property
    def landscape(self) -> Landscape: ...
    @property
    def entrants(self) -> tuple[Entrant, ...]: ...
    @property
    def starts(self) -> tuple[tuple[float, ...], ...]: ...
    @property
    def noise(self) -> Noise: ...
    @property
    def steps(self) -> int: ...
    @property
    def seeds(self) -> tuple[int, ...]: ...
    @property
    def lanes(self) -> int: ...


@dataclass(frozen=True)
class Crowd:
    """Every entrant from every start with every seed. Nothing of it is checked: its parts come from a Race.

    Each run has the same bits as in a Race of its own with that seed.
    """

    landscape: Landscape
    entrants: tuple[Entrant, ...]
    starts: tuple[tuple[float, ...], ...]
    noise: Noise
    steps: int
    seeds: tuple[int, ...]
    alike: bool = False  # whether each start feels the noise of a race's first: a race of its own, started there

    @classmethod
    def of(
        cls,
        race: Race,
        entrants: tuple[Entrant, ...] | None = None,
        starts: tuple[tuple[float, ...], ...] | None = None,
        seeds: tuple[int, ...] | None = None,
        steps: int | None = None,
    ) -> Crowd:
        """The runs of ``race``, with others in the place of what is given."""
        return cls(
            race.landscape,
            race.entrants if entrants is None else entrants,
            race.starts if starts is None else starts,
            race.noise,
            race.steps if steps is None else steps,
            race.seeds if seeds is None else seeds,
        )

    @property
    def shape(self) -> tuple[int, int, int]:
        """(entrants, starts, seeds): what the lanes of a keeper can be reshaped to."""
        return len(self.entrants), len(self.starts), len(self.seeds)

    @property
    def lanes(self) -> int:
        entrants, starts, seeds = self.shape
        return entrants * starts * seeds


def seeds_of(race: Race, count: int) -> tuple[int, ...]:
    """``count`` seeds, the first of them the race's own."""
    return tuple((race.seed + i) % 2**63 for i in range(count))
