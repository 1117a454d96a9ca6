"""The laws of the engine: nothing is clamped, nobody is disturbed, the rate is the one that is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product

import numpy as np

from simulator.engine import Engine
from simulator.inspector import inspect
from simulator.landscape import Landscape
from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.race import NOISES, Entrant, Noise, Race, sensible_lr
from simulator.recording import Recording
from simulator.schedules import SCHEDULES
from simulator.selfcheck.finding import Array, Check, Finding, close, fact, same_bits
from simulator.selfcheck.racing import made, run_alone, setting, variants
from simulator.selfcheck.slopes import inside
from simulator.selfcheck.squares import Squares

PLACE = Squares()
STARTS = ((-0.27, -0.92), (0.5, 5.0))
STEPS, CUTS = 70, (1, 2, 30, 1, 31)
AGAIN = (1, 40)  # steps that are taken again
TOGETHER = 8  # rules in a race, so that no part takes long
ARRAYS = ("theta", "loss", "grad_norm", "status", "since", "evals", "grad")
ROUNDING = 1e-12
OUTSIDE = 2.0  # box widths from the middle
HUGE, WILD_STEPS = 1e100, 60
WILD = "a diverging racer"
BOXED = ("reddi",)  # whose definition puts every step back into [−1, 1]


def field(lr: float = 1.0) -> tuple[Entrant, ...]:
    """Every rule of the catalog once, at ``lr`` times a sensible rate."""
    return tuple(
        Entrant(made(cls, lr=min(lr * sensible_lr(cls, PLACE), 10.0)), name, stream=i)
        for i, (name, cls) in enumerate(OPTIMIZERS.items())
    )


def _race(noise: Noise, entrants: tuple[Entrant, ...]) -> Race:
    return Race(PLACE, entrants, STARTS, noise, steps=STEPS, seed=7)


def _same(who: str, what: str, one: Recording, other: Recording) -> Iterator[Finding]:
    """All that is recorded of two races, entrant by entrant, so that whoever parts is named."""
    for e, entrant in enumerate(one.race.entrants):
        theirs = _recorded(other, e)
        found = [
            same_bits(who, f"{what}: {name} of {entrant.label}", value, theirs[name])
            for name, value in _recorded(one, e).items()
        ]
        yield max(found, key=lambda finding: finding.share)


def _recorded(run: Recording, e: int) -> dict[str, Array]:
    """All that is recorded of an entrant, by name or letter."""
    starts = len(run.race.starts)
    lanes = slice(e * starts, (e + 1) * starts)
    return {name: getattr(run, name)[:, lanes] for name in ARRAYS} | run.states[e]


def _races() -> Iterator[Race]:
    """Every rule, some at a time, without noise and with its own."""
    everybody = field()
    for first in range(0, len(everybody), TOGETHER):
        for noise in (Noise(), Noise(0.1, shared=False)):
            yield _race(noise, everybody[first : first + TOGETHER])


def _same_race(who: str) -> Iterator[Finding]:
    for race in _races():
        yield from _same(who, "raced twice", Engine(race).run(), Engine(race).run())


def _cuts(who: str) -> Iterator[Finding]:
    for race in _races():
        whole, cut = Engine(race).run(), Engine(race)
        for n in CUTS:
            cut.advance(n)
        yield from _same(who, f"in parts of {', '.join(map(str, CUTS))} and the rest", whole, cut.run())


def _clamped(who: str) -> Iterator[Finding]:
    """Closed form on x² + 10·y²: plain descent multiplies each coordinate by 1 − η·curvature."""
    ravine, lr = made(LANDSCAPES["ravine"], kappa=10.0), 10.0
    start = (5.0, 2.0)
    run = run_alone(ravine, made(OPTIMIZERS["sgd"], lr=lr), start, WILD_STEPS)
    wanted = np.array(start) * (1.0 - lr * np.array([2.0, 20.0])) ** np.arange(WILD_STEPS + 1)[:, None]
    yield close(who, "its path in closed form", wanted, run.theta[:, 0], ROUNDING, np.abs(wanted))
    far = float(np.abs(run.theta[-1, 0]).max())
    yield fact(who, f"passes {HUGE:.0e}", far > HUGE, f"above {HUGE:.0e}", f"{far:.3g}")
    yield same_bits(who, "a start at (1e9, −1e9)", (1e9, -1e9), _step(ravine, (1e9, -1e9), 0.1).theta[0, 0])


def _outside(name: str) -> Iterator[Finding]:
    """One step of plain descent from outside the box ends where it leads; on a problem posed in a box, in the box."""
    landscape = LANDSCAPES[name]()
    start = inside(landscape, np.full(landscape.dim, OUTSIDE))
    lr = sensible_lr(OPTIMIZERS["sgd"], landscape)
    run = _step(landscape, tuple(start.tolist()), lr)
    slope = landscape.shown(run.race.seed, 0).grad(start[None])[0]
    wanted = start - lr * slope
    if name in BOXED:
        wanted = np.clip(wanted, *np.asarray(landscape.domain).T)
    else:
        yield fact(name, "is posed in no box", landscape.domain is None, None, landscape.domain)
    yield same_bits(name, "a start outside the box is kept", start, run.theta[0, 0])
    scale = np.maximum(1.0, np.abs(start) + lr * np.abs(slope))
    yield close(name, "a step outside the box is not cut short", wanted, run.theta[1, 0], ROUNDING, scale)


def _step(landscape: Landscape, start: tuple[float, ...], lr: float) -> Recording:
    return run_alone(landscape, made(OPTIMIZERS["sgd"], lr=lr), start, 1)


def _rate(name: str) -> Iterator[Finding]:
    """What a step of plain descent really divides out to, against η times the schedule's own table."""
    ravine, lr, steps = LANDSCAPES["ravine"](), 0.01, 60
    for warmup in (0, 7):
        schedule = SCHEDULES[name](warmup=warmup)
        run = run_alone(ravine, made(OPTIMIZERS["sgd"], lr=lr), (5.0, 2.0), steps, schedule=schedule)
        at = f"with a warm-up of {warmup}" if warmup else "without a warm-up"
        wanted = lr * schedule.factors(steps)
        yield same_bits(name, f"the rate that is shown, {at}", wanted, run.lr[:, 0])
        went = run.theta[:-1, 0] - run.theta[1:, 0]
        steep = np.abs(run.theta[:-1, 0]).argmax(axis=1)
        rows = np.arange(steps)
        used = (went / run.grad[:, 0])[rows, steep]
        yield close(name, f"the rate that is used, {at}", wanted[:-1], used, 1e-9, lr)


def _noise(kind: str) -> Iterator[Finding]:
    """What the noise made of the gradient, read back: the same for all at a step, whoever is there."""
    sgd = OPTIMIZERS["sgd"]
    racers = tuple(Entrant(made(sgd, lr=1e-5 * (i + 1)), f"racer {i}", stream=i) for i in range(4))
    shared = Race(PLACE, racers, STARTS, Noise(0.3, kind), steps=STEPS, seed=3)
    run = Engine(shared).run()
    drawn = _drawn(run, kind)
    for lane in range(1, shared.lanes):
        yield close(kind, f"the draws of lane {lane} are those of lane 0", drawn[:, 0], drawn[:, lane], 1e-6)
    spread = float(np.ptp(drawn[:, 0]))
    yield fact(kind, "there is noise", spread > 0.1, "draws that differ by 0.1", f"{spread:.3g}")
    own = replace(shared, noise=replace(shared.noise, shared=False))
    apart = _drawn(Engine(own).run(), kind)
    differ = min(float(np.abs(apart[:, 0] - apart[:, lane]).max()) for lane in range(1, own.lanes))
    yield fact(kind, "not shared, the draws of all differ", differ > 0.1, "more than 0.1", f"{differ:.3g}")
    seeded = _drawn(Engine(replace(shared, seed=4)).run(), kind)
    other = float(np.abs(seeded[:, 0] - drawn[:, 0]).max())
    yield fact(kind, "another seed draws otherwise", other > 0.1, "more than 0.1", f"{other:.3g}")


def _drawn(run: Recording, kind: str) -> Array:
    """What was added to each gradient, or what it was multiplied with: (steps, lanes, dim)."""
    true = run.race.landscape.grad(run.theta[:-1])
    return run.grad - true if kind in ("gaussian", "student") else run.grad / true


def _company(name: str) -> Iterator[Finding]:
    """A racer among others goes as if alone, those it shares its arrays with included."""
    cls = OPTIMIZERS[name]
    lr = sensible_lr(cls, PLACE)
    racer = Entrant(made(cls, lr=lr), name, stream=1)
    slower = Entrant(made(cls, lr=0.5 * lr), "slower", stream=2)
    wild = Entrant(made(OPTIMIZERS["sgd"], lr=10.0), "wild", stream=3)
    for noise in (Noise(0.1), Noise(0.1, shared=False)):
        shared = "shared" if noise.shared else "own"
        together = Engine(_race(noise, (slower, racer, wild))).run()
        for s, start in enumerate(STARTS if noise.shared else STARTS[:1]):
            alone = Engine(replace(_race(noise, (racer,)), starts=(start,))).run()
            for what in ("theta", "grad", "loss"):
                lone, lane = getattr(alone, what)[:, 0], getattr(together, what)[:, together.lane(1, s)]
                yield same_bits(name, f"{what} of start {s} in company, {shared} noise", lone, lane)


def _fork(name: str) -> Iterator[Finding]:
    """A fork without a change goes as its original, wherever it branched off, with what each has of noise."""
    schedule = made(SCHEDULES["step"], step_size=20, gamma=0.5)
    for optimizer in variants(OPTIMIZERS[name], PLACE):
        racer = Entrant(optimizer, setting(optimizer), schedule, clip_norm=2.0, restart=True, stream=5)
        race = _race(Noise(0.1, shared=False), (racer,))
        whole = race.fork(0, 20).fork(1, 64)
        run = Engine(whole).run()
        for e in range(1, len(whole.entrants)):
            pairs = _recorded(run, 0).values(), _recorded(run, e).values()
            who = f"{whole.entrants[e].label} ({setting(optimizer)})"
            found = [same_bits(name, who, one, other) for one, other in zip(*pairs, strict=True)]
            yield max(found, key=lambda finding: finding.share)


def _asked_again(who: str) -> Iterator[Finding]:
    """What is carried out in the place of a rule is what it says when it is asked."""
    for race in _races():
        run = Engine(race).run()
        for e, step in product(range(len(race.entrants)), AGAIN):
            where, went = f"step {step + 1} of {race.entrants[e].label}", run.theta[step + 1, run.lane(e)]
            yield same_bits(who, where, inspect(run, e, step).moved, went)


LAWS: dict[str, Callable[[str], Iterator[Finding]]] = {
    "same race, same bits": _same_race,
    "however it is cut up": _cuts,
    "a step asked for again": _asked_again,
}
ENGINE = Check("engine", "A race is the same, whole or in parts", "not a bit", lambda: list(LAWS), lambda n: LAWS[n](n))
OUTSIDE_BOX = Check(
    "no clamping",
    "No position is put back into a box",
    f"{ROUNDING:.0e} of the way",
    lambda: [*LANDSCAPES, WILD],
    lambda name: _clamped(name) if name == WILD else _outside(name),
)
USED_RATES = Check("rates used", "The rate used is η times the schedule", "1e-9 of η", lambda: list(SCHEDULES), _rate)
NOISE = Check("noise", "All feel the same noise, or each its own", "1e-6 of a draw", lambda: list(NOISES), _noise)
FORK = Check("forks", "A fork without a change goes as its original", "not a bit", lambda: list(OPTIMIZERS), _fork)
COMPANY = Check("company", "Nobody is disturbed by a newcomer", "not a bit", lambda: list(OPTIMIZERS), _company)
