"""Runs whose cause is known, because it was planted: what the failure coach is measured by.

A label comes from how a run is made, never from what the coach says of it: a rate so many times a proven limit, a
memory so long that the swing is underdamped by the formula, a start on the ridge itself, noise of a size, a cut of η
at the moment of full speed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from simulator import racefile, resources
from simulator.engine import Engine
from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Noise, Race, suited
from simulator.schedules import SCHEDULES


@dataclass(frozen=True)
class Case:
    """A run of one racer, and at which step it is looked at (None: at the end)."""

    label: str
    name: str
    race: Race
    at: int | None = None


Maker = Callable[[], Iterator[tuple[str, Race, int | None]]]


def run(
    landscape: Any, rule: str, start: tuple[float, ...], steps: int, noise: Noise | None = None, **hyper: Any
) -> Race:
    """One racer; ``landscape`` a name or a landscape, ``hyper`` its settings and what an Entrant may have."""
    ground = LANDSCAPES[landscape]() if isinstance(landscape, str) else landscape
    own = {key: hyper.pop(key) for key in ("schedule", "clip_norm", "restart") if key in hyper}
    rule_ = OPTIMIZERS[rule](**hyper) if "lr" in hyper else suited(OPTIMIZERS[rule](**hyper), ground)
    return Race(ground, (Entrant(rule_, rule, **own),), (start,), noise or Noise(), steps=steps)


def ravine(kappa: float, rotation: float = 0.0) -> Any:
    """Its curvatures are 2 and 2κ."""
    return LANDSCAPES["ravine"](kappa=kappa, rotation=rotation)


def most(rule: str, curvature: float, beta: float = 0.0) -> float:
    """The largest stable η on a quadratic: proven."""
    factor = {"sgd": 2.0, "momentum": 2.0 * (1 + beta), "nesterov": 2.0 * (1 + beta) / (1 + 2 * beta)}[rule]
    return factor / curvature


BOWL, FAR = (-4.0, 3.0), (5.0, 2.0)
QUADRATICS = (
    ("bowl", "bowl", 2.0, BOWL),
    ("parabola", "parabola", 2.0, (0.0,)),
    ("ravine 10", ravine(10.0), 20.0, FAR),
    ("ravine 30 turned", ravine(30.0, 30.0), 60.0, FAR),
    ("ravine 100", ravine(100.0), 200.0, (-5.0, 0.5)),
)
THREE = (("sgd", {}), ("momentum", {"beta": 0.9}), ("nesterov", {"beta": 0.9}))


def divergence() -> Iterator[tuple[str, Race, int | None]]:
    """η above the limit of the quadratic; rates ten times a landscape's own where the slope grows with a power."""
    for i, (where, ground, curved, start) in enumerate(QUADRATICS):
        for rule, hyper in THREE:
            share = (1.1, 1.3, 2.0)[(i + len(rule)) % 3]
            lr = share * most(rule, curved, hyper.get("beta", 0.0))
            yield (
                f"{rule}, {share} of the limit, {where}",
                run(ground, rule, start, 400, lr=min(lr, 10.0), **hyper),
                None,
            )
    for where, rule, times in (
        ("rosenbrock", "sgd", 10.0), ("beale", "momentum", 50.0), ("zakharov", "nesterov", 50.0),
        ("dixon_price", "sgd", 20.0), ("himmelblau", "sgd", 10.0), ("styblinski_tang", "momentum", 20.0),
        ("booth", "qhm", 20.0), ("goldstein_price", "sgd", 100.0),
    ):  # fmt: skip
        ground = LANDSCAPES[where]()
        race = run(ground, rule, ground.starts[0], 300, lr=min(times * ground.lr, 10.0))
        yield f"{rule}, {times:g} times the rate, {where}", race, None
    for where, ground, curved, start in QUADRATICS[:4]:
        race = run(ground, "sgd", start, 400, lr=1.15 * most("sgd", curved))
        yield f"sgd, 1.15 of the limit, {where}, on its way out", race, 18


def oscillation() -> Iterator[tuple[str, Race, int | None]]:
    """η at the limit of the quadratic or a hair below; steps of a length that never shrinks."""
    for i, (where, ground, curved, start) in enumerate(QUADRATICS):
        for rule, hyper in THREE:
            share = (1.0, 0.9995, 0.999)[(i + len(rule)) % 3]
            lr = share * most(rule, curved, hyper.get("beta", 0.0))
            yield f"{rule}, {share} of the limit, {where}", run(ground, rule, start, 200, lr=lr, **hyper), None
    for where, start in (("bowl", BOWL), ("ravine", FAR), ("booth", (-8.0, 7.0)), ("matyas", (-9.0, -7.5))):
        ground = LANDSCAPES[where]()
        long = 0.03 * ground.diagonal
        yield f"signsgd, steps of 3 %, {where}", run(ground, "signsgd", start, 300, lr=long), None
        yield f"rmsprop, steps of 3 %, {where}", run(ground, "rmsprop", start, 300, lr=long, rho=0.9), None


def overshoot() -> Iterator[tuple[str, Race, int | None]]:
    """(1 − β)² far below 4ηλ: underdamped, and the swing dies by √β a step, too slowly for the race."""
    for where, ground, curved, start in (*QUADRATICS[:3], ("booth", "booth", 18.0, (-8.0, 7.0))):
        for rule, beta in (("momentum", 0.99), ("momentum", 0.995), ("nesterov", 0.9995)):
            lr = (0.004 if rule == "momentum" else 0.0002) / curved
            yield f"{rule}, β {beta}, {where}", run(ground, rule, start, 400, lr=lr, beta=beta), None
    yield "qhm, β 0.997, bowl", run("bowl", "qhm", BOWL, 400, lr=0.5, beta=0.997, nu=1.0), None
    yield "qhm, β 0.997, parabola", run("parabola", "qhm", (0.0,), 400, lr=0.5, beta=0.997, nu=1.0), None
    for where, start in (("bowl", BOWL), ("parabola", (0.0,)), ("ravine", FAR), ("booth", (-8.0, 7.0))):
        ground = LANDSCAPES[where]()
        lr = 0.01 * ground.diagonal
        yield f"adam, β₁ 0.99, {where}", run(ground, "adam", start, 300, lr=lr, beta1=0.99), None
        yield f"adamw, β₁ 0.995, {where}", run(ground, "adamw", start, 300, lr=lr, beta1=0.995, weight_decay=0.0), None
    yield "momentum, β 0.99, himmelblau", run("himmelblau", "momentum", (0.5, 0.5), 300, lr=0.0002, beta=0.99), None
    yield "momentum, β 0.99, line_fit", run("line_fit", "momentum", (-0.5, 2.5), 300, lr=0.002, beta=0.99), None


def crawl() -> Iterator[tuple[str, Race, int | None]]:
    """η a hundredth of the limit or less; a valley a thousand times flatter along; steps of a length that is too small
    for the way."""
    for i, (where, ground, curved, start) in enumerate(QUADRATICS):
        for rule, hyper in THREE:
            lr = (0.002, 0.0005, 0.001)[(i + len(rule)) % 3] * most(rule, curved, 0.0) / (10.0 if hyper else 1.0)
            yield f"{rule}, a small η, {where}", run(ground, rule, start, 300, lr=lr, **hyper), None
    yield "sgd, κ 1000", run(ravine(1000.0), "sgd", FAR, 300, lr=0.9 / 1000.0), None
    yield "sgd, κ 3000", run(ravine(3000.0), "sgd", (-5.0, 0.5), 400, lr=0.8 / 3000.0), None
    yield "sgd, κ 1000, turned", run(ravine(1000.0, 20.0), "sgd", FAR, 300, lr=0.7 / 1000.0), None
    for rule in ("adam", "rmsprop", "signsgd", "lion", "adamax", "nadam", "amsgrad", "adabelief"):
        ground = LANDSCAPES["bowl"]()
        yield f"{rule}, steps of a 10,000th, bowl", run(ground, rule, BOWL, 300, lr=1e-4 * ground.diagonal), None
    yield "adadelta as it comes, ravine", run("ravine", "adadelta", FAR, 300, lr=1.0), None
    yield "sgd, a small η, rosenbrock", run("rosenbrock", "sgd", (-1.5, 2.5), 400, lr=2e-5), None
    yield "sgd, a small η, booth", run("booth", "sgd", (-8.0, 7.0), 300, lr=2e-4), None
    yield "qhm, a small η, booth", run("booth", "qhm", (-8.0, 7.0), 300, lr=2e-4), None


def plateau() -> Iterator[tuple[str, Race, int | None]]:
    """A start where the loss is concave and its slope dies off outwards."""
    pit = LANDSCAPES["formula"](formula="1 - exp(-(x*x + y*y)/2)")
    dent = LANDSCAPES["formula"](formula="(x*x + y*y)/(1 + x*x + y*y)")
    for rule, hyper in (*THREE, ("qhm", {})):
        yield f"{rule}, far out on the plateau", run("plateau", rule, (60.0, -45.0), 300, lr=0.3, **hyper), None
        yield f"{rule}, beside a Gaussian pit", run(pit, rule, (4.0, 3.5), 300, lr=0.1, **hyper), None
        yield f"{rule}, beside a dent", run(dent, rule, (5.0, 5.0), 300, lr=0.05, **hyper), None
    yield "sgd, farther out", run("plateau", "sgd", (200.0, 100.0), 400, lr=0.3), None
    yield "sgd, a small η on the plateau", run("plateau", "sgd", (-9.0, 8.0), 200, lr=0.1), None
    yield "rmsprop, a small η beside a pit", run(pit, "rmsprop", (4.0, 3.5), 300, lr=0.001), None
    yield "adam, a small η beside a pit", run(pit, "adam", (4.0, 3.5), 300, lr=0.001), None


def saddle() -> Iterator[tuple[str, Race, int | None]]:
    """A start on the ridge, where the slope across is exactly zero, or so near that the race is too short."""
    for rule in ("sgd", "momentum", "nesterov", "adam", "rmsprop", "adagrad", "lion", "yogi", "newton", "amsgrad"):
        yield f"{rule}, on the ridge", run("bounded_saddle", rule, (-2.5, 0.0), 200), None
    for rule in ("sgd", "momentum", "nesterov"):
        yield f"{rule}, on the ridge without a bottom", run("saddle", rule, (-2.0, 0.0), 200), None
        yield f"{rule}, a hair beside the ridge", run("bounded_saddle", rule, (-2.0, 1e-14), 160), 120
    yield "newton, drawn in", run("bounded_saddle", "newton", (-1.5, 0.1), 100), None
    yield "newton, drawn in, himmelblau", run("himmelblau", "newton", (0.1, 3.0), 100), None
    yield "sgd, on the ridge of the monkey saddle", run("bounded_monkey", "sgd", (2.0, 0.0), 300), None
    ridge = LANDSCAPES["formula"](formula="x*x - 0.5*y*y + y*y*y*y/8")
    yield "qhm, on a typed ridge", run(ridge, "qhm", (3.0, 0.0), 300, lr=0.1), None
    yield "nesterov, on a typed ridge", run(ridge, "nesterov", (-3.0, 0.0), 300, lr=0.05), None


def stale_momentum() -> Iterator[tuple[str, Race, int | None]]:
    """η is cut, or the valley moves, at the moment of full speed: a quarter of a swing, π/(2√(ηλ)), after the start."""
    for where, ground, curved, start in (("bowl", "bowl", 2.0, BOWL), ("parabola", "parabola", 2.0, (0.0,))):
        for beta, gamma in ((0.99, 0.5), (0.98, 0.3), (0.99, 0.2), (0.995, 0.5)):
            lr = 0.004
            cut = round(math.pi / (2.0 * math.sqrt(lr * curved)))
            schedule = SCHEDULES["step"](step_size=cut, gamma=gamma)
            race = run(ground, "momentum", start, 2 * cut - 1, lr=lr, beta=beta, schedule=schedule)
            yield f"momentum, β {beta}, η times {gamma}, {where}", race, cut + 8
    for rule, beta, lr in (
        ("momentum", 0.98, 0.0005), ("momentum", 0.99, 0.0002), ("nesterov", 0.99, 0.0002), ("momentum", 0.97, 0.0004),
        ("nesterov", 0.985, 0.0003), ("momentum", 0.995, 0.0001),
    ):  # fmt: skip
        at = round(math.pi / (2.0 * math.sqrt(20.0 * lr)))
        moved = LANDSCAPES["sudden_shift"](shift=at)
        # It runs to the right and down at full speed, and the minimum jumps to the left and up.
        yield f"{rule}, β {beta}, shift at {at}", run(moved, rule, (-2.0, 2.5), 300, lr=lr, beta=beta), at + 6


def noise_floor() -> Iterator[tuple[str, Race, int | None]]:
    """A constant rate, noise much larger than the slope near the minimum, and steps enough to get there."""
    for rule in ("sgd", "momentum", "nesterov", "adam", "rmsprop", "lion", "adamw", "qhm", "amsgrad", "signsgd"):
        ground = LANDSCAPES["bowl"]()
        lr = 0.1 if rule in ("sgd", "qhm") else 0.02 if rule in ("momentum", "nesterov") else 0.01 * ground.diagonal
        yield f"{rule}, σ 2, bowl", run(ground, rule, BOWL, 500, Noise(2.0), lr=lr), None
        yield f"{rule}, σ 1, ravine", run("ravine", rule, FAR, 600, Noise(3.0), lr=min(lr, 0.1) / 2), None
    yield "sgd, Student's t, bowl", run("bowl", "sgd", BOWL, 400, Noise(1.0, "student"), lr=0.1), None
    yield (
        "sgd, batches of 1, line_fit",
        run(LANDSCAPES["line_fit"](batch_size=1), "sgd", (-0.5, 2.5), 500, lr=0.03),
        None,
    )
    yield "adam, batches, line_fit", run(LANDSCAPES["line_fit"](batch_size=1), "adam", (-0.5, 2.5), 500, lr=0.1), None
    yield "sgd, batches, slope", run(LANDSCAPES["line_fit_slope"](batch_size=1), "sgd", (1.0,), 400, lr=0.02), None


def dying_rate() -> Iterator[tuple[str, Race, int | None]]:
    """A sum of squared gradients that a steep first slope has filled up, or a rate that falls as 1/t by itself."""
    for where, steps in (
        ("rosenbrock", 600), ("zakharov", 600), ("dixon_price", 600), ("booth", 500), ("goldstein_price", 600),
        ("ravine", 600), ("beale", 600), ("bowl", 600), ("matyas", 600),
    ):  # fmt: skip
        ground = LANDSCAPES[where]()
        lr = 0.005 * ground.diagonal
        yield f"adagrad, {where}", run(ground, "adagrad", ground.starts[0], steps, lr=lr), None
        if where in ("booth", "ravine", "bowl"):
            yield f"sm3, {where}", run(ground, "sm3", ground.starts[0], steps, lr=lr, beta=0.0), None
            yield f"adagrad, κ, {where}", run(ground, "adagrad", ground.starts[0], steps, lr=4 * lr, lr_decay=0.1), None


def settled() -> Iterator[tuple[str, Race, int | None]]:
    """A start in the basin of a minimum that is not the lowest, and a rate that is small there."""
    for where, start in (
        ("rastrigin", (2.1, 3.1)), ("styblinski_tang", (2.0, 2.5)), ("griewank", (6.3, 4.4)), ("ackley", (2.1, 3.1)),
        ("three_hump_camel", (1.8, -0.9)), ("two_wells", (1.3, 0.9)),
    ):  # fmt: skip
        ground = LANDSCAPES[where]()
        for rule in ("sgd", "adam"):
            lr = ground.lr if rule == "sgd" else 0.002 * ground.diagonal
            yield f"{rule}, {where}", run(ground, rule, start, 500, lr=lr), None


def healthy() -> Iterator[tuple[str, Race, int | None]]:
    """Half of the limit or less, and a look before it is there."""
    for i, (where, ground, curved, start) in enumerate(QUADRATICS[:4]):
        for rule, hyper in (("sgd", {}), ("momentum", {"beta": 0.8}), ("nesterov", {"beta": 0.8})):
            lr = (0.5 if rule == "sgd" else 0.25) * most(rule, curved, hyper.get("beta", 0.0))
            if where == "parabola" and rule == "sgd":
                lr *= 0.5  # half the limit is there in one step
            if where == "bowl" and rule == "sgd":
                lr *= 0.3
            yield f"{rule}, {where}", run(ground, rule, start, 400, lr=lr, **hyper), 14 + 2 * i
    for where, rule, at in (
        ("himmelblau", "adam", 40), ("booth", "adam", 60), ("booth", "sgd", 30), ("rosenbrock", "momentum", 200),
        ("ravine", "rmsprop", 60), ("bowl", "adamw", 60), ("branin", "nesterov", 15), ("logistic", "momentum", 30),
    ):  # fmt: skip
        yield f"{rule}, {where}, at {at}", run(where, rule, LANDSCAPES[where]().starts[0], 500), at
    cosine = SCHEDULES["cosine"]()
    yield "sgd, noise and a cosine", run("bowl", "sgd", BOWL, 400, Noise(1.0), lr=0.1, schedule=cosine), None
    yield "adam, noise and a cosine", run("bowl", "adam", BOWL, 400, Noise(1.0), lr=0.14, schedule=cosine), None


def arrived() -> Iterator[tuple[str, Race, int | None]]:
    """The racers of the samples that the referee has seen arrive."""
    for name in resources.sample_races():
        race = racefile.find(name)
        here = Engine(race).run()
        for i, entrant in enumerate(race.entrants):
            if here.status_at(here.done, here.lane(i))[0].words == "arrived":
                alone = replace(race, entrants=(entrant,), starts=race.starts[:1])
                yield f"{entrant.label}, sample {name}", alone, None
                break


MAKERS = (
    divergence, oscillation, overshoot, stale_momentum, noise_floor, saddle, plateau, dying_rate, crawl, settled,
    healthy, arrived,
)  # fmt: skip
