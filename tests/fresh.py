"""More planted runs, made when all thresholds of the coach stood: other landscapes, rules and settings than before.

Nothing in `simulator.diagnose` may be changed to please these.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from simulator.landscapes import LANDSCAPES
from simulator.race import Noise, Race
from simulator.schedules import SCHEDULES
from tests.planted import most, ravine, run

Made = Iterator[tuple[str, Race, int | None]]
HARD, TURNED = ravine(50.0), ravine(20.0, 60.0)
STEEP = LANDSCAPES["parabola"](a=5.0, centre=-1.0)  # curvature 10
TYPED = LANDSCAPES["formula"](formula="2*x**2 + 8*y**2 + x*y")  # curvatures 3.9 and 16.1


def divergence() -> Made:
    yield "sgd, 1.2 of the limit", run(HARD, "sgd", (3.0, 1.0), 300, lr=1.2 * most("sgd", 100.0)), None
    yield (
        "momentum, 1.1 of the limit",
        run(STEEP, "momentum", (2.0,), 300, lr=1.1 * most("momentum", 10, 0.7), beta=0.7),
        None,
    )
    yield (
        "nesterov, 1.5 of the limit",
        run(TURNED, "nesterov", (3.0, 1.0), 300, lr=1.5 * most("nesterov", 40, 0.5), beta=0.5),
        None,
    )
    yield "sgd, three_hump_camel", run("three_hump_camel", "sgd", (-3.0, 2.0), 200, lr=0.4), None


def oscillation() -> Made:
    yield "sgd at the limit", run(TURNED, "sgd", (3.0, 1.0), 250, lr=0.9997 * most("sgd", 40.0)), None
    yield (
        "momentum at the limit",
        run(STEEP, "momentum", (2.0,), 150, lr=0.9995 * most("momentum", 10, 0.7), beta=0.7),
        None,
    )
    yield "signsgd, steps of 4 %", run(STEEP, "signsgd", (2.1,), 200, lr=0.48), None
    yield "signsgd, typed", run(TYPED, "signsgd", (3.0, 1.3), 200, lr=0.4), None


def overshoot() -> Made:
    yield "momentum, β 0.992", run(STEEP, "momentum", (2.0,), 350, lr=0.0005, beta=0.992), None
    yield "momentum, β 0.99, typed", run(TYPED, "momentum", (3.0, 2.0), 300, lr=0.0003, beta=0.99), None
    yield "nadam, β₁ 0.99", run("matyas", "nadam", (-9.0, -7.5), 300, lr=0.3, beta1=0.99), None
    yield "amsgrad, β₁ 0.99", run(TYPED, "amsgrad", (3.0, 2.0), 300, lr=0.1, beta1=0.99), None


def stale_momentum() -> Made:
    for lr, beta in ((0.0008, 0.99), (0.0004, 0.985)):
        cut = round(math.pi / (2.0 * math.sqrt(10.0 * lr)))
        cosine = SCHEDULES["step"](step_size=cut, gamma=0.4)
        yield (
            f"momentum, cut, β {beta}",
            run(STEEP, "momentum", (2.0,), 2 * cut - 1, lr=lr, beta=beta, schedule=cosine),
            cut + 7,
        )
    moved = LANDSCAPES["sudden_shift"](shift=20, kappa=20.0)
    yield "momentum, shift", run(moved, "momentum", (-2.0, 2.5), 300, lr=math.pi**2 / 64000, beta=0.985), 27


def noise_floor() -> Made:
    for rule, lr in (("sgd", 0.02), ("adamax", 0.05), ("nesterov", 0.004), ("signum", 0.05), ("adabelief", 0.05)):
        yield f"{rule}, σ 4, typed", run(TYPED, rule, (3.0, 2.0), 600, Noise(4.0), lr=lr), None


def saddle() -> Made:
    typed = LANDSCAPES["formula"](formula="3*x**2 - 2*y**2 + y**4")
    for rule in ("sgd", "adamax", "nadam", "momentum"):
        yield f"{rule}, typed ridge", run(typed, rule, (2.0, 0.0), 250, lr=0.02), None


def plateau() -> Made:
    pit = LANDSCAPES["formula"](formula="2 - 2/(1 + (x*x + 2*y*y)/4)")
    for rule in ("sgd", "nesterov", "momentum"):
        yield f"{rule}, beside a Lorentzian pit", run(pit, rule, (12.0, 9.0), 250, lr=0.1), None


def dying_rate() -> Made:
    for where in ("three_hump_camel", "himmelblau"):
        start = (-4.0, 4.0) if where == "himmelblau" else (-4.5, 3.0)
        yield f"adagrad, {where}", run(where, "adagrad", start, 500, lr=0.04), None
    yield "adagrad, typed", run(TYPED, "adagrad", (5.0, 2.5), 500, lr=0.05), None


def crawl() -> Made:
    yield "sgd, hard ravine", run(ravine(2000.0), "sgd", (4.0, 0.3), 300, lr=0.9 / 2000.0), None
    yield "nesterov, small η", run(TYPED, "nesterov", (3.0, 2.0), 250, lr=1e-5), None
    yield "adam, small η", run(TYPED, "adam", (3.0, 2.0), 250, lr=1e-3), None
    yield "signum, small η", run("matyas", "signum", (-9.0, -7.5), 250, lr=2e-3), None


def settled() -> Made:
    yield "momentum, styblinski_tang", run("styblinski_tang", "momentum", (2.4, -2.2), 400, lr=0.005), None
    yield "rmsprop, rastrigin", run("rastrigin", "rmsprop", (1.1, -2.1), 400, lr=0.002), None
    yield "sgd, six_hump_camel", run("six_hump_camel", "sgd", (-1.6, 0.6), 400, lr=0.01), None


def healthy() -> Made:
    yield "sgd, typed", run(TYPED, "sgd", (3.0, 2.0), 200, lr=0.05), 20
    yield "momentum, turned", run(TURNED, "momentum", (3.0, 1.0), 300, lr=0.02, beta=0.7), 30
    yield "adam, matyas", run("matyas", "adam", (-9.0, -7.5), 500), 50
    yield "nesterov, three_hump_camel", run("three_hump_camel", "nesterov", (0.9, 0.5), 300), 20


MAKERS = (
    divergence, oscillation, overshoot, stale_momentum, noise_floor, saddle, plateau, dying_rate, crawl,
    settled, healthy,
)  # fmt: skip
