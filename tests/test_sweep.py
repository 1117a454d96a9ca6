from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.crowd import seeds_of
from simulator.engine import Engine
from simulator.race import Noise, Race
from simulator.racefile import find
from simulator.studies.sweep import Sweeping, sweep

RATES = (1e-3, 0.01, 0.05, 0.2)


@pytest.fixture
def race() -> Race:
    return replace(find("ravine"), noise=Noise(0.5), steps=80)


def test_each_value_is_the_race_at_that_value(race: Race) -> None:
    seeds = seeds_of(race, 3)
    found = sweep(race, "lr", RATES, seeds)
    assert found.loss.shape == (len(race.entrants), 4, len(race.starts), 3)
    for i in range(len(race.entrants)):
        for j, lr in enumerate(RATES):
            for k, seed in enumerate(seeds):
                alone = Engine(replace(race.with_hyper(i, lr=lr), seed=seed)).run()
                assert found.loss[i, j, 0, k] == alone.loss[-1, alone.lane(i)] or not np.isfinite(
                    found.loss[i, j, 0, k]
                )
                assert found.evals[i, j, 0, k] == alone.evals[-1, alone.lane(i)]


def test_it_can_be_run_in_slices(race: Race) -> None:
    under_way = Sweeping(race, "lr", [RATES] * len(race.entrants))
    shares: list[float] = []
    while not under_way.done:
        shares.append(under_way.share)
        under_way.advance(13)
    assert shares[0] == 0.0 and shares == sorted(shares) and under_way.share == 1.0
    assert np.array_equal(under_way.result().loss, sweep(race, "lr", RATES).loss, equal_nan=True)


def test_a_value_out_of_range_is_refused(race: Race) -> None:
    with pytest.raises(ValueError, match="from 1e-06 to 10, got 50"):
        sweep(race, "lr", [50.0])
