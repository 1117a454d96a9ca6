"""Scripts take the program's path: every optimizer a library has, and all that surrounds it in a race."""

from __future__ import annotations

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
from simulator.optimizers import OPTIMIZERS
from simulator.param import RaceError
from simulator.problem import DataProblem
from simulator.race import NOISES, Noise, Race
from simulator.schedules import SCHEDULES
from tests.scripts import agrees, compared, entries, need, race_of, races_there, suited_to, varied

every_library = pytest.mark.parametrize("library", list(LIBRARIES))
every_entry = pytest.mark.parametrize(("library", "name"), entries())
WARM = SCHEDULES["cosine"](warmup=5)
LAYERWISE = ("adafactor", "lamb", "lars", "muon", "novograd", "sm3", "soap")
NO_ZERO_RATE = {
    "torch": ("lbfgs",),
    "optax": ("dadapt_adam", "prodigy", "schedulefree_adamw", "schedulefree_sgd"),
    "numpy": ("dadapt_adam", "dadapt_sgd", "madgrad", "prodigy"),
}
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
