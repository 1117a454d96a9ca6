"""The whole field on every landscape: whatever meets whatever, a race is run to its end."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.engine import Engine
from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.race import MAX_ENTRANTS, Entrant, Race, sensible_lr

STEPS = 200


@pytest.mark.parametrize("name", LANDSCAPES)
def test_every_optimizer_runs_on_every_landscape_it_can(name: str) -> None:
    """Warnings are errors here, and an exception of one rule would end the race of all."""
    landscape = LANDSCAPES[name]()
    usable = [cls for cls in OPTIMIZERS.values() if cls.needs != "model" or landscape.model]
    field = [Entrant(cls(lr=sensible_lr(cls, landscape)), cls.name, stream=stream) for stream, cls in enumerate(usable)]
    for first in range(0, len(field), MAX_ENTRANTS):
        entrants = tuple(field[first : first + MAX_ENTRANTS])
        run = Engine(Race(landscape, entrants, landscape.starts, steps=STEPS)).run()
        assert run.done == STEPS
        for e, entrant in enumerate(entrants):
            lanes = range(run.lane(e), run.lane(e) + len(landscape.starts))
            assert np.isfinite(run.theta[0, lanes]).all()
            moved = (run.theta[1:, lanes] != run.theta[0, lanes]).any(axis=(0, 2))
            assert moved[run.grad_norm[0, lanes] > 1e-6].all(), f"{entrant.label} never moved"
