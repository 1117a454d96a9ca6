"""The whole field on every landscape: whatever meets whatever, a race is run to its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from simulator.engine import BLOCK, Engine
from simulator.landscape import Landscape
from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.race import MAX_ENTRANTS, NOISES, Entrant, Noise, Race, suited
from simulator.recording import Recording
from simulator.schedules import SCHEDULES

STEPS = BLOCK + 2  # past a seam of two blocks
NO_NOISE = Noise()


def field(landscape: Landscape) -> list[Entrant]:
    """One of each rule that can race here, with the settings the program suggests."""
    rules = [cls for cls in OPTIMIZERS.values() if cls.needs != "model" or landscape.model]
    return [Entrant(suited(cls(), landscape), cls.name, stream=stream) for stream, cls in enumerate(rules)]


def raced(
    landscape: Landscape, entrants: Sequence[Entrant], noise: Noise = NO_NOISE, steps: int = STEPS
) -> Iterator[Recording]:
    """The recordings of all ``entrants`` from the first two starts, as few races as hold them."""
    for first in range(0, len(entrants), MAX_ENTRANTS):
        some = tuple(entrants[first : first + MAX_ENTRANTS])
        run = Engine(Race(landscape, some, landscape.starts[:2], noise, steps=steps)).run()
        assert run.done == steps
        yield run


def assert_everybody_runs(landscape: Landscape, steps: int) -> None:
    for run in raced(landscape, field(landscape), steps=steps):
        assert np.isfinite(run.theta[0]).all()
        moved = (run.theta[1:] != run.theta[0]).any(axis=(0, 2))
        for lane in np.flatnonzero(~moved & (run.grad_norm[0] > 1e-6)):
            # Where nobody knows the lowest loss, a rule that must be told takes 0 for it, and rests below.
            cls = type(run.race.entrants[lane // len(run.race.starts)].optimizer)
            assert cls.floor and landscape.lowest is None and run.loss[0, lane] <= 0.0, cls.name


@pytest.mark.parametrize("name", LANDSCAPES)
def test_every_optimizer_runs_on_every_landscape_it_can(name: str) -> None:
    """Warnings are errors here, and an exception of one rule would end the race of all."""
    assert_everybody_runs(LANDSCAPES[name](), STEPS)


@pytest.mark.parametrize("kind", NOISES)
def test_every_optimizer_bears_noise_clipping_and_restarts(kind: str) -> None:
    landscape = LANDSCAPES["himmelblau"]()
    restarts = SCHEDULES["cosine_restarts"](warmup=5)
    entrants = tuple(
        Entrant(
            racer.optimizer, racer.label, restarts, clip_norm=20.0, clip_value=15.0, restart=True, stream=racer.stream
        )
        for racer in field(landscape)
    )
    noise = Noise(sigma=0.5, kind=kind, probability=0.5, shared=False)
    for run in raced(landscape, entrants, noise):
        assert np.abs(run.grad).max() <= 15.0
        assert (run.theta[-1] != run.theta[0]).any(axis=-1).all()
