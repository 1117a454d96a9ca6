"""What repeats cost: 6 entrants, 20 seeds, 500 noisy steps; beside as many races one after the other."""

from __future__ import annotations

import time
from dataclasses import replace

from conftest import Report
from pytest_benchmark.fixture import BenchmarkFixture

from simulator import racefile
from simulator.crowd import seeds_of
from simulator.engine import Engine
from simulator.race import Noise, Race
from simulator.studies.repeats import Repeating, repeats

SEEDS, STEPS, ROUNDS = 20, 500, 5


def race_of(entrants: int = 6) -> Race:
    race = racefile.find("ravine")
    race = replace(race, noise=Noise(sigma=0.5), steps=STEPS)
    while len(race.entrants) < entrants:
        race = race.with_new(race.entrants[-1].optimizer)
    return race


def test_repeats_of_six_entrants(benchmark: BenchmarkFixture, report: Report) -> None:
    race, times = race_of(), []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        repeats(race, SEEDS)
        times.append(time.perf_counter() - begin)
    benchmark.pedantic(lambda: repeats(race, SEEDS), rounds=3)
    begin = time.perf_counter()
    for seed in seeds_of(race, SEEDS):
        Engine(replace(race, seed=seed)).run()
    alone = time.perf_counter() - begin
    report("repeats, 6 entrants × 20 seeds × 500 noisy steps", f"{min(times) * 1e3:.0f} ms", "")
    report("… 20 races one after the other / that", f"{alone / min(times):.1f} ×", "> 1 ×")


def test_a_hundred_seeds(benchmark: BenchmarkFixture, report: Report) -> None:
    """Between two yields the window can do nothing else."""
    waits: list[float] = []

    def repeat() -> None:
        before = time.perf_counter()
        for _ in Repeating(race_of(), 100).work():
            waits.append(time.perf_counter() - before)
            before = time.perf_counter()

    begin = time.perf_counter()
    benchmark.pedantic(repeat, rounds=3)
    report("… with 100 seeds", f"{(time.perf_counter() - begin) / 3 * 1e3:.0f} ms", "")
    report("… longest bit of work between two looks at the clock", f"{max(waits) * 1e3:.0f} ms", "below 50 ms")
