"""What a basin map costs: Himmelblau, 128 × 128 starts, 300 steps; and how long the window waits for its next slice."""

from __future__ import annotations

import time
from dataclasses import replace

from conftest import Report
from pytest_benchmark.fixture import BenchmarkFixture

from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Noise, Race
from simulator.studies.basins import Mapping, basins

GOAL = "< 0.3 s for Adam"
STEPS, ROUNDS = 300, 5


def race_of(*names: str, sigma: float = 0.0) -> Race:
    field = LANDSCAPES["himmelblau"]()
    entrants = tuple(
        Entrant(OPTIMIZERS[name](lr=0.1 if name == "adam" else 0.01), name, stream=i) for i, name in enumerate(names)
    )
    return Race(field, entrants, field.starts[:1], Noise(sigma), steps=STEPS)


def seconds_of(race: Race) -> str:
    """Of the clock and, as others may be at work, of the processor."""
    times: list[tuple[float, float]] = []
    for _ in range(ROUNDS):
        begin, busy = time.perf_counter(), time.process_time()
        made = basins(race)
        times.append((time.perf_counter() - begin, time.process_time() - busy))
        assert made.complete
    clock, processor = (min(column) for column in zip(*times, strict=True))
    return f"{clock:.2f} s, {processor:.2f} s of the processor"


def test_a_map_of_adam(benchmark: BenchmarkFixture, report: Report) -> None:
    race = race_of("adam")
    benchmark.pedantic(lambda: basins(race), rounds=3, warmup_rounds=1)
    report("basin map, Himmelblau, Adam, 128 × 128 × 300 steps", seconds_of(race), GOAL)
    report("… with noise", seconds_of(replace(race, noise=Noise(1.0))), "")


def test_maps_of_other_rules(benchmark: BenchmarkFixture, report: Report) -> None:
    benchmark.pedantic(lambda: basins(race_of("sgd")), rounds=1)
    for name in ("sgd", "momentum", "rmsprop", "newton"):
        report(f"… {name}", seconds_of(race_of(name)), "")


def test_a_slice(benchmark: BenchmarkFixture, report: Report) -> None:
    """Between two yields the window can do nothing else."""
    waits: list[float] = []

    def map_it() -> None:
        before = time.perf_counter()
        for _ in Mapping(race_of("adam", "newton")).work():
            waits.append(time.perf_counter() - before)
            before = time.perf_counter()

    benchmark.pedantic(map_it, rounds=3)
    waits.sort()
    report(
        "… longest bit of work between two looks at the clock, and the median",
        f"{waits[-1] * 1e3:.0f} ms, {waits[len(waits) // 2] * 1e3:.1f} ms",
        "below 50 ms",
    )
