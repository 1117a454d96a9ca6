"""Scripts take the program's path: every optimizer a library has, and all that surrounds it in a race."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.engine import Engine
from simulator.export.code import LIBRARIES, script
from simulator.landscapes import LANDSCAPES
from simulator.optimizer import State, bound
from simulator.optimizers import OPTIMIZERS
from simulator.param import RaceError, build, params
from simulator.problem import DataProblem
from simulator.race import NOISES, Entrant, Noise, Race
from simulator.schedules import SCHEDULES
from tests.scripts import BOUND, agrees, compared, entries, need, race_of, races_there, suited_to, varied

every_library = pytest.mark.parametrize("library", list(LIBRARIES))
every_entry = pytest.mark.parametrize(("library", "name"), entries())
WARM = SCHEDULES["cosine"](warmup=5)
LAYERWISE = ("adafactor", "lamb", "lars", "muon", "novograd", "sm3", "soap")
NO_ZERO_RATE = {
    "torch": ("lbfgs",),
    "optax": ("dadapt_adam", "prodigy", "schedulefree_adamw", "schedulefree_sgd"),
    "numpy": ("dadapt_adam", "dadapt_sgd", "madgrad", "prodigy"),
}
SOON_APART = ("lbfgs", "barzilai_borwein", "polyak", "lars")  # on Rosenbrock's valley a last bit is soon much
OTHER_MEMORY = r"(remembers other things from step|begins to remember|a fork between β = 0)"
FORMULAS = (
    "x**2 + 10*y**2",
    "abs(x) + max(x, y) + min(y, 2) + 3",
    "sqrt(1 + x^2) + x^3/100 + log(2 + y**2)*cos(pi*x)",
    "exp(-x**2)",
    "7",
    "tanh(x)**5 + atan(y) - y**-2 + 1.5**x",
)


@every_entry
@pytest.mark.parametrize("landscape", ["rosenbrock", "himmelblau", "flip_network"])
def test_every_optimizer(library: str, name: str, landscape: str) -> None:
    need(library)
    if not races_there(name, landscape):
        return
    race = race_of(landscape, suited_to(landscape, name, library))
    if library == "numpy" and landscape == "flip_network" and name in LAYERWISE:
        with pytest.raises(RaceError, match="works layer by layer"):
            script(race, race.entrants[0], library)
    else:
        agrees(race, library)


@every_entry
def test_under_a_schedule(library: str, name: str) -> None:
    need(library)
    race = race_of("himmelblau", suited_to("himmelblau", name, library), schedule=WARM)
    if name in NO_ZERO_RATE[library]:
        with pytest.raises(RaceError, match=r"η (is|was|=) 0"):
            script(race, race.entrants[0], library)
        race = race.with_entrant(0, schedule=replace(WARM, warmup=0))
    agrees(race, library)


@pytest.mark.parametrize(
    ("library", "name", "hyper"),
    [(library, name, hyper) for library, name in entries() for hyper in varied(name)],
    ids=str,
)
def test_with_every_switch(library: str, name: str, hyper: dict[str, Any]) -> None:
    """A setting that the library lacks is refused, with the reason; all others count."""
    need(library)
    race = race_of("rosenbrock", suited_to("rosenbrock", name, library, **hyper), steps=40)
    try:
        script(race, race.entrants[0], library)
    except RaceError as error:
        assert library in str(error).lower()
        return
    agrees(race, library)


@every_library
@pytest.mark.parametrize("name", list(LANDSCAPES))
def test_every_landscape(library: str, name: str) -> None:
    need(library)
    agrees(race_of(name, suited_to(name, "momentum")), library)


@every_library
@pytest.mark.parametrize("warmup", [0, 10])
@pytest.mark.parametrize("name", list(SCHEDULES))
def test_every_schedule(library: str, name: str, warmup: int) -> None:
    need(library)
    agrees(race_of("ravine", suited_to("ravine", "nesterov"), 250, schedule=SCHEDULES[name](warmup=warmup)), library)


@every_library
@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("kind", NOISES)
def test_noise_and_clipping(library: str, kind: str, shared: bool) -> None:
    need(library)
    race = race_of("ravine", suited_to("ravine", "momentum"), 150, clip_norm=3.0, clip_value=2.5, stream=3)
    agrees(replace(race, noise=Noise(0.5, kind, 0.4, shared), seed=7), library)


@every_library
def test_the_second_start_has_noise_of_its_own(library: str) -> None:
    need(library)
    race = race_of("ravine", suited_to("ravine", "sgd"))
    race = replace(race, noise=Noise(0.5, shared=False), starts=((1.0, 1.0), (5.0, 2.0)))
    names: dict[str, Any] = {"__name__": "script"}
    exec(script(race, race.entrants[0], library, start=1), names)
    np.testing.assert_allclose(names["run"](), Engine(race).run().theta[:, 1], rtol=0.0, atol=1e-9)


@every_library
@pytest.mark.parametrize("name", ["nesterov", "adagrad", "adabelief", "adam"])
def test_beginning_anew(library: str, name: str) -> None:
    need(library)
    restarts = SCHEDULES["cosine_restarts"](T_0=20, warmup=7)
    for schedule in (restarts, SCHEDULES["step"](step_size=30)):
        if name in LIBRARIES[library].entries:
            agrees(race_of("ravine", suited_to("ravine", name), 100, schedule=schedule, restart=True), library)


def forks(race: Race, *changes: dict[str, Any]) -> Race:
    """The last of forks that follow one another, each with the next of ``changes``."""
    soon = race.entrants[0].optimizer.name in SOON_APART
    for n, change in enumerate(changes):
        race = race.fork(n, (2, 3, 4)[n] if soon else (20, 32, 45)[n], **change)
    return replace(race, entrants=race.entrants[-1:])


def agrees_past(race: Race, library: str) -> None:
    """That the script takes the path of a fork, and that this was seen beyond the place where it turns."""
    error, steps = compared(race, library)
    turn = race.entrants[0].legs[-1][0]
    assert error < BOUND and steps > turn, f"{error:.1e} within {steps} steps"


@every_entry
@pytest.mark.parametrize("landscape", ["rosenbrock", "flip_network"])
@pytest.mark.parametrize("what", ["rate", "schedule", "clipping", "memory"])
def test_a_fork(library: str, name: str, landscape: str, what: str) -> None:
    need(library)
    if not races_there(name, landscape) or (library == "numpy" and landscape == "flip_network" and name in LAYERWISE):
        return
    if landscape == "flip_network" and name in ("lamb", "lars"):  # where a last bit is much from the first step on
        landscape = "logistic"
    race = race_of(landscape, suited_to(landscape, name, library))
    lr = race.entrants[0].lr
    cosine, anew = SCHEDULES["cosine"](warmup=3), SCHEDULES["cosine_restarts"](T_0=15)
    stairs, constant = SCHEDULES["step"](step_size=25), SCHEDULES["constant"]()
    changes = {
        "rate": [{"lr": lr / 2}, {"lr": lr * 1.1}],
        "schedule": [{"schedule": cosine}, {"schedule": constant, "lr": lr / 3}],
        "clipping": [{"clip_norm": 0.5, "clip_value": 0.4}, {"clip_norm": 0.0, "lr": lr / 2}],
        "memory": [
            {"schedule": anew, "restart": True},
            {"schedule": stairs, "lr": lr / 2},
            {"schedule": constant, "restart": False},
        ],
    }
    agrees_past(forks(race, *changes[what]), library)


def turned(name: str) -> list[dict[str, Any]]:
    """`varied`, and every number a little changed."""
    found = [hyper for hyper in varied(name) if "warmup" not in hyper]
    optimizer = OPTIMIZERS[name]()
    for key, p in params(OPTIMIZERS[name]).items():
        value = optimizer.hyper[key]
        if not p.numeric or key == "lr":
            continue
        if p.integer:
            found.append({key: int(value) + 2})
        elif value != p.off:
            found.append({key: 1.0 - 1.5 * (1.0 - value) if p.scale == "log1m" and value > 0.4 else 1.2 * value or 0.1})
    return [hyper for hyper in found if not wrong(name, hyper)]


def wrong(name: str, hyper: dict[str, Any]) -> bool:
    faults: list[str] = []
    build(OPTIMIZERS[name], OPTIMIZERS[name]().hyper | hyper, "", name, faults)
    return bool(faults)


@pytest.mark.parametrize(
    ("library", "name", "hyper"),
    [(library, name, hyper) for library, name in entries() for hyper in turned(name)],
    ids=str,
)
def test_a_fork_with_other_settings_and_back(library: str, name: str, hyper: dict[str, Any]) -> None:
    """It agrees; or the settings are none of the library's at all, or go with another memory, and that is said."""
    need(library)
    race = race_of("rosenbrock", suited_to("rosenbrock", name, library))
    back = {key: race.entrants[0].optimizer.hyper[key] for key in hyper}
    whole = forks(race, hyper, back)
    try:
        script(whole, whole.entrants[0], library)
    except RaceError as error:
        memories = [{k: v.shape for k, v in memory_of(leg).items()} for _, leg in whole.entrants[0].legs]
        other = any(memory != memories[0] for memory in memories)
        averaging = library == "optax" and name.startswith("schedulefree") and "a fork with another β" in str(error)
        assert averaging or (re.search(OTHER_MEMORY, str(error)) and other) or refused(race, hyper, library)
        return
    agrees_past(whole, library)


def memory_of(racer: Entrant) -> State:
    """What it remembers before its first step."""
    return bound([racer.optimizer], ((2,),)).init(np.ones((1, 2)))


def refused(race: Race, hyper: dict[str, Any], library: str) -> bool:
    """Whether there is no script of a racer who has these settings from the start either."""
    whole = race.with_hyper(0, **hyper)
    try:
        script(whole, whole.entrants[0], library)
    except RaceError:
        return True
    return False


@every_library
@pytest.mark.parametrize("landscape", ["ravine", "flip_network", "reddi"])
def test_a_fork_feels_its_originals_noise(library: str, landscape: str) -> None:
    need(library)
    race = race_of(landscape, suited_to(landscape, "nesterov"), schedule=WARM, stream=4)
    noise = Noise(0.1, shared=False)
    for changes in ({"beta": 0.5}, {"lr": race.entrants[0].lr / 2, "beta": 0.7, "weight_decay": 0.01}):
        agrees_past(replace(forks(race, changes, {"schedule": SCHEDULES["linear"]()}), noise=noise, seed=5), library)


@every_library
def test_memory_goes_on_though_it_was_lost_before(library: str) -> None:
    """A fork after a restart, whose rate is counted from the start of the race."""
    need(library)
    anew = SCHEDULES["cosine_restarts"](T_0=12)
    for name in ("nesterov", "adam"):
        race = race_of("ravine", suited_to("ravine", name), schedule=anew, restart=True)
        agrees_past(forks(race, {"lr": 0.01, "restart": False}, {"schedule": SCHEDULES["constant"]()}), library)


def test_a_fork_between_no_velocity_and_one() -> None:
    race = race_of("ravine", suited_to("ravine", "momentum", beta=0.0))
    whole = forks(race, {"beta": 0.9})
    agrees_past(whole, "numpy")
    with pytest.raises(RaceError, match=r"^alone from 20: it is a fork between β = 0 and another: torch keeps no vel"):
        script(whole, whole.entrants[0], "torch")


@every_library
@pytest.mark.parametrize("order", ["shuffled", "sampled"])
@pytest.mark.parametrize("name", [name for name, cls in LANDSCAPES.items() if issubclass(cls, DataProblem)])
def test_mini_batches(library: str, name: str, order: str) -> None:
    need(library)
    size = min(5, len(LANDSCAPES[name]().data()[0]) - 1)
    problem = LANDSCAPES[name](batch_size=size, order=order)
    optimizer = suited_to(name, "nesterov")
    race = race_of(problem, optimizer, 80, schedule=WARM, clip_norm=0.1, clip_value=0.05)
    agrees(replace(race, noise=Noise(0.05), seed=11), library)
    agrees(replace(race_of(problem, optimizer, 80), noise=Noise(kind="sparse")), library)


@every_library
@pytest.mark.parametrize("formula", FORMULAS)
def test_a_typed_formula(library: str, formula: str) -> None:
    need(library)
    landscape = LANDSCAPES["formula"](formula=formula)
    race = race_of(landscape, OPTIMIZERS["momentum"](lr=0.01))
    agrees(replace(race, starts=((1.3, 0.7),)), library)


@every_library
def test_it_runs_as_a_file_and_prints_the_last_points(library: str, tmp_path: Path) -> None:
    need(library)
    race = race_of("ravine", suited_to("ravine", "momentum"))
    file = tmp_path / "script.py"
    file.write_text(script(race, race.entrants[0], library), encoding="utf-8")
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == ""
    rows = [list(map(float, line.split())) for line in done.stdout.splitlines()]
    assert [row[0] for row in rows] == [56, 57, 58, 59, 60]
    np.testing.assert_allclose([row[1:] for row in rows], Engine(race).run().theta[56:, 0], rtol=0.0, atol=1e-9)


def test_a_wrong_rate_would_be_noticed() -> None:
    """The comparison can fail."""
    need("torch")
    race = race_of("ravine", OPTIMIZERS["sgd"](lr=0.03))
    other = race_of("ravine", OPTIMIZERS["sgd"](lr=0.03 + 1e-8))
    assert compared(race, "torch")[0] < 1e-12
    ours = Engine(race).run().theta[:, 0]
    assert np.abs(Engine(other).run().theta[:, 0] - ours).max() > 1e-9


def moving_races() -> list[Race]:
    return [race_of(name, suited_to(name, "nesterov"), 130) for name in ("drifting_bowl", "sudden_shift", "reddi")]


@every_library
@pytest.mark.parametrize("race", moving_races(), ids=lambda race: race.landscape.name)
def test_a_landscape_that_moves(library: str, race: Race) -> None:
    need(library)
    agrees(race, library)
    agrees(race.with_entrant(0, schedule=WARM), library)
