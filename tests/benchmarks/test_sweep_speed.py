"""What a sweep of 8 optimizers × 200 rates × 20 seeds × 500 noisy steps costs, beside torch and optax."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from bare import bare_run
from conftest import Report
from pytest_benchmark.fixture import BenchmarkFixture

from simulator.crowd import seeds_of
from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Noise, Race
from simulator.studies import axis, workers
from simulator.studies.scan import Scanning
from simulator.variants import raced

RULES = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "lion")
RATES, SEEDS, STEPS, SIGMA = 200, 20, 500, 0.5
LANE_STEPS = len(RULES) * RATES * SEEDS * STEPS


def sweep() -> Scanning:
    entrants = tuple(Entrant(OPTIMIZERS[name](lr=0.01), name, stream=i) for i, name in enumerate(RULES))
    race = Race(LANDSCAPES["ravine"](), entrants, ((5.0, 2.0),), Noise(SIGMA), steps=STEPS)
    lr = axis.of(race, "lr")
    axes = [axis.with_values(race, lr, axis.grid(lr.param, 1e-5, 10.0, RATES))]
    return Scanning(race, axes, seeds_of(race, SEEDS))


def ours() -> None:
    """All of it: grid, crowd, set-up, race, medians."""
    scanning = sweep()
    scanning.advance()
    assert scanning.result().score.shape == (len(RULES), RATES)


def best(action: Callable[[], object], repeats: int = 5) -> float:
    times: list[float] = []
    for _ in range(repeats):
        begin = time.perf_counter()
        action()
        times.append(time.perf_counter() - begin)
    return min(times)


def test_sixteen_million_lane_steps(benchmark: BenchmarkFixture, report: Report) -> None:
    benchmark.pedantic(ours, rounds=3, warmup_rounds=1)
    seconds = best(ours)
    report("8 rules × 200 rates × 20 seeds × 500 noisy steps, one process", f"{seconds:.2f} s", "≤ 0.3 s on two cores")
    report("… a lane-step", f"{seconds / LANE_STEPS * 1e9:.0f} ns", "")


def test_on_all_cores(benchmark: BenchmarkFixture, report: Report) -> None:
    """Twenty times as much, as that is what workers are for."""
    many = workers.cores()
    parts = list(sweep().racing.parts) * 20
    one = best(lambda: [raced(part) for part in parts], repeats=1)
    begin, first = time.perf_counter(), 0.0
    for _ in workers.spread(raced, parts, many):
        first = first or time.perf_counter() - begin
    whole = time.perf_counter() - begin
    benchmark.pedantic(lambda: None, rounds=1)
    report(f"20 times that, one process / {many} workers with their start", f"{one / whole:.2f} ×", f"{many}")
    report(f"… {many} workers: until the first part is back, until all are", f"{first:.2f} s, {whole:.2f} s", "")


def test_against_a_loop_over_torch(benchmark: BenchmarkFixture, report: Report) -> None:
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    optim = torch.optim
    makers: list[Callable[[Any], Any]] = [
        lambda p: optim.SGD(p, lr=0.01), lambda p: optim.SGD(p, lr=0.01, momentum=0.9),
        lambda p: optim.SGD(p, lr=0.01, momentum=0.9, nesterov=True), lambda p: optim.Adagrad(p, lr=0.01),
        lambda p: optim.RMSprop(p, lr=0.01), lambda p: optim.Adam(p, lr=0.01), lambda p: optim.AdamW(p, lr=0.01),
        lambda p: optim.AdamW(p, lr=0.01, amsgrad=True),  # torch has no Lion: the nearest of its own in its place
    ]  # fmt: skip

    def part() -> None:
        for make in makers:
            theta = torch.tensor([5.0, 2.0], dtype=torch.float64, requires_grad=True)
            rule, noise = make([theta]), SIGMA * torch.randn(STEPS, 2, dtype=torch.float64)
            for k in range(STEPS):
                rule.zero_grad()
                (theta[0] ** 2 + 10.0 * theta[1] ** 2 + noise[k] @ theta).backward()
                rule.step()

    seconds = best(ours)
    benchmark.pedantic(part, rounds=1)
    theirs = best(part, repeats=2) * RATES * SEEDS
    report(
        f"a loop over torch {torch.__version__}, extrapolated from 1 of {RATES * SEEDS:,} runs of each rule / ours",
        f"{theirs:,.0f} s, {theirs / seconds:,.0f} ×",
        "≥ 1,000 ×",
    )


def test_against_optax(benchmark: BenchmarkFixture, report: Report) -> None:
    """The same under jit, vmap over rates and seeds, scan over steps; with and without what the compiler takes."""
    jax, optax = pytest.importorskip("jax"), pytest.importorskip("optax")
    jnp = jax.numpy
    jax.config.update("jax_enable_x64", True)
    makers: list[Callable[[Any], Any]] = [
        optax.sgd, lambda lr: optax.sgd(lr, momentum=0.9), lambda lr: optax.sgd(lr, momentum=0.9, nesterov=True),
        optax.adagrad, optax.rmsprop, optax.adam, optax.adamw, optax.lion,
    ]  # fmt: skip
    rates = jnp.logspace(-5, 1, RATES)
    draws = SIGMA * jax.random.normal(jax.random.key(0), (SEEDS, STEPS, 2), dtype=jnp.float64)

    def run_of(make: Callable[[Any], Any]) -> Any:
        def run(lr: Any, noise: Any) -> Any:
            rule = make(lr)
            theta = jnp.array([5.0, 2.0])

            def step(carry: Any, xi: Any) -> Any:
                theta, state = carry
                grad = jnp.array([2.0, 20.0]) * theta + xi
                updates, state = rule.update(grad, state, theta)
                return (optax.apply_updates(theta, updates), state), None

            (theta, _), _ = jax.lax.scan(step, (theta, rule.init(theta)), noise)
            return theta[0] ** 2 + 10.0 * theta[1] ** 2

        return jax.jit(jax.vmap(jax.vmap(run, (None, 0)), (0, None)))

    begin = time.perf_counter()
    compiled = [run_of(make).lower(rates, draws).compile() for make in makers]
    compiling = time.perf_counter() - begin

    def theirs() -> None:
        for run in compiled:
            run(rates, draws).block_until_ready()

    benchmark.pedantic(theirs, rounds=1, warmup_rounds=1)
    seconds, other = best(ours), best(theirs)
    report(f"optax {optax.__version__} under jit + vmap + scan, compiled / ours", f"{other / seconds:.2f} ×", "≥ 1 ×")
    report("… with compiling, as for a first sweep / ours", f"{(other + compiling) / seconds:.1f} ×", "")
    lanes = RATES * SEEDS
    noise = np.random.default_rng(0).normal(0.0, SIGMA, (STEPS, 2, lanes))
    bare = best(lambda: [bare_run(name, lanes, STEPS, noise) for name in RULES])
    report("… / the bare arithmetic in NumPy, by hand and in place", f"{other / bare:.2f} ×", "what can be had")


def test_a_live_panel(benchmark: BenchmarkFixture, report: Report) -> None:
    """7 entrants × 121 rates × 300 steps, without noise."""

    def panel() -> None:
        race = sweep().race
        race = replace(race, entrants=race.entrants[:7], noise=Noise(), steps=300)
        lr = axis.of(race, "lr")
        scanning = Scanning(race, [axis.with_values(race, lr, axis.grid(lr.param, 1e-5, 10.0, 121))])
        scanning.advance()

    benchmark.pedantic(panel, rounds=3)
    report("7 entrants × 121 rates × 300 steps", f"{best(panel) * 1e3:.0f} ms", "≤ 150 ms")
