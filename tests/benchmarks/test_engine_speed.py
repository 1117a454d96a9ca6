"""What a lockstep step costs, and how it compares with a plain loop over torch.optim."""

from __future__ import annotations

import dataclasses
import time
import timeit
from collections.abc import Callable

import numpy as np
import pytest
from bare import bare_run
from conftest import Report
from pytest_benchmark.fixture import BenchmarkFixture

from simulator.engine import Engine
from simulator.keepers import Finals, Tally
from simulator.landscapes import LANDSCAPES
from simulator.lanes import PACK
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Race

STEPS = 1000
# Eight rules, the common ones twice with other settings.
MIXED: tuple[tuple[str, dict[str, float]], ...] = (
    ("sgd", {}), ("momentum", {}), ("momentum", {"beta": 0.5}), ("nesterov", {}), ("nesterov", {"beta": 0.5}),
    ("adagrad", {}), ("rmsprop", {}), ("rmsprop", {"rho": 0.9}), ("adam", {}), ("adam", {"beta1": 0.5}),
    ("adamw", {}), ("lion", {}),
)  # fmt: skip


def mixed(starts: int = 1, steps: int = STEPS) -> Race:
    entrants = tuple(
        Entrant(OPTIMIZERS[name](lr=0.01, **hyper), f"{name} {i}", stream=i) for i, (name, hyper) in enumerate(MIXED)
    )
    return Race(LANDSCAPES["ravine"](), entrants, tuple((5.0, 2.0 - i / 10) for i in range(starts)), steps=steps)


def best(action: Callable[[], object], repeats: int = 5) -> float:
    """Seconds of the fastest of some runs: what the machine can do when nothing else does."""
    times: list[float] = []
    for _ in range(repeats):
        begin = time.perf_counter()
        action()
        times.append(time.perf_counter() - begin)
    return min(times)


def test_a_lockstep_step_of_twelve_mixed_entrants(benchmark: BenchmarkFixture, report: Report) -> None:
    benchmark.pedantic(lambda: Engine(mixed()).run(), rounds=7, warmup_rounds=1)
    one = best(lambda: Engine(mixed()).run()) / STEPS
    many = best(lambda: Engine(mixed(starts=8)).run()) / STEPS
    a, b = np.ones((2, 2)), np.ones((2, 2))
    multiply = min(timeit.repeat("a * b", globals={"a": a, "b": b}, number=100_000)) / 100_000
    report("lockstep step, 12 mixed entrants (8 rules)", f"{one * 1e6:.1f} µs", "≤ 35 µs")
    report("… in multiplications of two 2 × 2 arrays", f"{one / multiply:.0f}", "≤ 175, where one takes 200 ns")
    report("the same 12 from 8 starts (96 lanes) / from one", f"{many / one:.2f} ×", "about 1, but eight times is kept")
    few, all_lanes = (min(run_alone(mixed(starts), Finals) for _ in range(5)) for starts in (1, 8))
    report("… where no way is recorded", f"{all_lanes / few:.2f} ×", "about 1")


@pytest.mark.parametrize("name", ["sgd", "momentum", "nesterov", "adam"])
def test_ten_thousand_lanes(name: str, benchmark: BenchmarkFixture, report: Report) -> None:
    starts = tuple((5.0, -2.0 + 4.0 * i / 1e4) for i in range(10_000))
    race = Race(LANDSCAPES["ravine"](), (Entrant(OPTIMIZERS[name](lr=0.01), name),), starts, steps=256)
    benchmark.pedantic(lambda: Engine(race, Finals).run(), rounds=1)
    ends, watched = (min(run_alone(race, keeper) for _ in range(5)) for keeper in (Finals, Tally))
    bare = best(lambda: bare_run(name, PACK, 256)) / PACK
    report(f"a lane-step of {name}, 10⁴ lanes", f"{ends / 256 / 1e4 * 1e9:.1f} ns", "≤ 15 ns")
    report("… with the loss looked at after every step", f"{watched / 256 / 1e4 * 1e9:.1f} ns", "")
    report("… of its arithmetic by hand, in place", f"{bare / 256 * 1e9:.1f} ns", "the least NumPy can do here")


def run_alone(race: Race, keeper: type[Finals]) -> float:
    """Seconds of all steps, without what an engine takes to be made."""
    engine = Engine(race, keeper)
    return best(engine.run, repeats=1)


def test_against_a_plain_torch_loop(benchmark: BenchmarkFixture, report: Report) -> None:
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    optim = torch.optim
    makers: list[Callable[..., object]] = [
        lambda p: optim.SGD(p, lr=0.01), lambda p: optim.SGD(p, lr=0.01, momentum=0.9),
        lambda p: optim.SGD(p, lr=0.01, momentum=0.5), lambda p: optim.SGD(p, lr=0.01, momentum=0.9, nesterov=True),
        lambda p: optim.SGD(p, lr=0.01, momentum=0.5, nesterov=True), lambda p: optim.Adagrad(p, lr=0.01),
        lambda p: optim.RMSprop(p, lr=0.01), lambda p: optim.RMSprop(p, lr=0.01, alpha=0.9),
        lambda p: optim.Adam(p, lr=0.01), lambda p: optim.Adam(p, lr=0.01, betas=(0.5, 0.999)),
        lambda p: optim.AdamW(p, lr=0.01), lambda p: optim.AdamW(p, lr=0.01, betas=(0.5, 0.999)),
    ]  # fmt: skip

    def torch_race() -> None:
        for make in makers:
            theta = torch.tensor([5.0, 2.0], dtype=torch.float64, requires_grad=True)
            rule = make([theta])
            for _ in range(STEPS):
                rule.zero_grad()
                loss = theta[0] ** 2 + 10.0 * theta[1] ** 2
                loss.backward()
                rule.step()

    benchmark.pedantic(lambda: Engine(mixed()).run(), rounds=5, warmup_rounds=1)
    ours = best(lambda: Engine(mixed()).run())
    theirs = best(torch_race, repeats=2)
    report(f"plain torch {torch.__version__} loop / ours, 12 × {STEPS} steps", f"{theirs / ours:.0f} ×", "≥ 10 ×")


def test_a_slider_dragged_under_six_entrants_and_500_steps(benchmark: BenchmarkFixture, report: Report) -> None:
    race = mixed(steps=500)
    race = dataclasses.replace(race, entrants=race.entrants[:6])
    benchmark.pedantic(lambda: Engine(race).run(), rounds=10, warmup_rounds=1)
    seconds = best(lambda: Engine(race).run())
    report("6 entrants × 500 steps raced anew under a slider", f"{seconds * 1e3:.1f} ms", "≤ 28 ms")
