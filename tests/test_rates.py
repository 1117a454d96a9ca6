"""Effective rates over time are those of the single steps, and the numbers that textbooks have."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.engine import Engine
from simulator.inspector import inspect
from simulator.landscapes import LANDSCAPES
from simulator.lanes import PACK
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Noise, Race, obstacle, suited
from simulator.rates import Rates
from simulator.schedules import SCHEDULES
from tests.alone import run_alone

SEARCHED = {"bfgs"}  # its rate is a length along a direction that is not recorded


@pytest.mark.parametrize("place", ["ravine", "parabola", "matrix_memory", "line_fit"])
def test_all_steps_at_once_are_as_each_alone(place: str) -> None:
    landscape = LANDSCAPES[place]()
    entrants = tuple(
        Entrant(suited(cls(), landscape), name, SCHEDULES["step"](step_size=9), restart=i % 2 == 0, stream=i)
        for i, (name, cls) in enumerate(OPTIMIZERS.items())
        if not obstacle(cls, landscape)
    )
    starts = (landscape.starts[0], landscape.starts[-1])
    recording = Engine(Race(landscape, entrants, starts, Noise(), steps=20)).run()
    rates = Rates(recording, landscape.dim - 1, start=1)
    rates.extend()
    for e, entrant in enumerate(entrants):
        for step in (0, 1, 8, 9, 10, 19):
            alone = inspect(recording, e, step, 1).rate
            if entrant.label not in SEARCHED and landscape.shown(0, 0) is landscape:
                assert alone is not None, entrant.label
                assert rates.values[step, e] == pytest.approx(alone[-1], rel=1e-9, nan_ok=True), entrant.label
    assert np.isnan(rates.values[20]).all()


def test_it_grows_with_the_recording_and_is_the_same() -> None:
    race = Race(LANDSCAPES["ravine"](), (Entrant(OPTIMIZERS["adam"](), "it"),), ((5.0, 2.0),), steps=100)
    engine = Engine(race)
    growing = Rates(engine.recording, 0)
    for n in (0, 1, 30, 69):
        engine.advance(n)
        growing.extend()
        assert growing.known == engine.step
        assert np.isfinite(growing.values[: engine.step]).all() and np.isnan(growing.values[engine.step :]).all()
    whole = Rates(engine.recording, 0)
    whole.extend()
    assert np.array_equal(growing.values, whole.values, equal_nan=True)


@pytest.mark.parametrize(
    ("name", "hyper", "wanted"),
    [
        ("adagrad", {}, [0.0333, 0.0256, 0.0208, 0.0175]),
        ("rmsprop", {"rho": 0.9}, [0.1054, 0.0835, 0.0694, 0.0595]),
    ],
)
def test_the_rates_of_the_worked_example(name: str, hyper: dict[str, float], wanted: list[float]) -> None:
    """Gradients 3, 2.5, 2.8, 3.1 at η = 0.1, as the path of a parabola gives none: each of them as a step's own."""
    parabola, gradients = LANDSCAPES["parabola"](), (3.0, 2.5, 2.8, 3.1)
    recording = run_alone(parabola, OPTIMIZERS[name](lr=0.1, **hyper), (0.0,), 4)
    squares = recording.states[0]["G"]
    total = 0.0
    for k, grad in enumerate(gradients):  # what is recorded, as if these gradients had been met
        total = total + grad**2 if name == "adagrad" else 0.9 * total + 0.1 * grad**2
        recording.grad[k], squares[k + 1] = grad, total
    rates = Rates(recording, 0)
    rates.extend()
    assert rates.values[:4, 0] == pytest.approx(wanted, abs=5e-5)


def test_adagrads_rate_falls_for_ever_and_rmsprops_settles() -> None:
    names = ("adagrad", "rmsprop")
    entrants = tuple(Entrant(OPTIMIZERS[n](lr=0.05), n, stream=i) for i, n in enumerate(names))
    race = Race(LANDSCAPES["ravine"](), entrants, ((5.0, 2.0),), Noise(sigma=5.0), steps=600)
    rates = Rates(Engine(race).run(), 0)
    rates.extend()
    adagrad, rmsprop = rates.values[:600].T
    assert (np.diff(adagrad) <= 0.0).all() and adagrad[599] < 0.8 * adagrad[300]
    assert rmsprop[300:].mean() == pytest.approx(rmsprop[450:].mean(), rel=0.15)


def test_of_a_crowd_nothing_is_known() -> None:
    starts = tuple((float(x), 1.0) for x in range(PACK + 1))
    race = Race(LANDSCAPES["ravine"](), (Entrant(OPTIMIZERS["adam"](), "one"),), starts, steps=3)
    rates = Rates(Engine(race).run(), 0)
    rates.extend()
    assert np.isnan(rates.values).all()
