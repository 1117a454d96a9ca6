"""What it costs to know how far every racer gets at every rate, as while a start is dragged."""

from __future__ import annotations

import time
from dataclasses import replace

from conftest import Report

from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Race
from simulator.studies.ratesurvey import Survey, survey

SEVEN = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw")
SLICE = 0.012


def race(place: str = "ravine", steps: int = 300) -> Race:
    landscape = LANDSCAPES[place]()
    entrants = tuple(Entrant(OPTIMIZERS[name](), name, stream=i) for i, name in enumerate(SEVEN))
    return Race(landscape, entrants, landscape.starts[:1], steps=steps)


def test_seven_racers_at_all_rates_while_a_start_is_dragged(report: Report) -> None:
    result = survey(race())
    times: list[float] = []
    for i in range(10):
        moved = replace(race(), starts=((5.0 - i / 10, 2.0),))
        begin = time.perf_counter()
        study = Survey(moved, before=result)
        study.advance()
        result = study.result()
        result.widths("loss")
        times.append(time.perf_counter() - begin)
    report("7 racers × 122 rates × 300 steps, a start moved", f"{1e3 * sorted(times)[5]:.0f} ms", "≤ 150 ms")


def test_one_rate_is_dragged(report: Report) -> None:
    result = survey(race())
    begin = time.perf_counter()
    for i in range(10):
        study = Survey(race().with_hyper(0, lr=0.01 + i / 1000), before=result)
        study.advance()
        result = study.result()
    report("the same after one rate was moved", f"{1e2 * (time.perf_counter() - begin):.1f} ms", "≤ 12 ms")


def test_the_longest_slice(report: Report) -> None:
    for place in ("ravine", "spirals"):
        study, longest = Survey(race(place)), 0.0
        until = time.perf_counter() + 3.0
        while not study.complete and time.perf_counter() < until:
            begin = time.perf_counter()
            study.advance(SLICE)
            longest = max(longest, time.perf_counter() - begin)
        report(f"longest slice of it, {place}", f"{1e3 * longest:.0f} ms", "12 ms and a few steps")
