"""Dialects of the adaptive rules and of Nesterov's: the library's form beside ours, and what the help says of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest

from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.schedules import SCHEDULES
from tests.alone import feed, run_alone

EVEN = (1.0,) * 30
GRADIENTS = (4.0, -1.0, 3.0, 0.5, -2.0, -2.5, 7.0, 0.1, 0.2, -0.3)
B1, B2 = 0.9, 0.999
Form = Callable[[int, float, float, float], float]


def ours(name: str, gradients: Iterable[float], **hyper: Any) -> np.ndarray:
    return np.diff(feed(OPTIMIZERS[name](**{"lr": 1.0, **hyper}), gradients)[0])


def averages(
    gradients: Iterable[float], beta1: float = B1, beta2: float = B2
) -> Iterable[tuple[int, float, float, float]]:
    """t, g, m and v of Adam's kin."""
    m = v = 0.0
    for t, grad in enumerate(gradients, start=1):
        m, v = beta1 * m + (1.0 - beta1) * grad, beta2 * v + (1.0 - beta2) * grad**2
        yield t, grad, m, v


def theirs(form: Form, gradients: Iterable[float], **betas: float) -> np.ndarray:
    return -np.array([form(*seen) for seen in averages(gradients, **betas)])


def said(name: str, library: str) -> str:
    """What the help says of the difference."""
    return " ".join(d.difference for d in OPTIMIZERS[name].dialects if d.library == library)


def test_every_dialect_is_told_in_three_parts() -> None:
    for cls in OPTIMIZERS.values():
        for dialect in cls.dialects:
            assert all(part and part == part.strip() for part in dialect)


def test_adam_in_keras_adds_epsilon_before_the_correction() -> None:
    def keras(t: int, grad: float, m: float, v: float) -> float:
        return math.sqrt(1.0 - B2**t) / (1.0 - B1**t) * m / (math.sqrt(v) + 1e-3)

    steps = theirs(keras, GRADIENTS)
    assert steps[0] == pytest.approx(ours("adam", GRADIENTS[:1], eps=1e-3 / math.sqrt(1.0 - B2))[0])
    assert 1.0 / math.sqrt(1.0 - B2) == pytest.approx(32.0, abs=0.5) and "32 times" in said("adam", "Keras")


def test_adagrad_in_optax_begins_with_a_tenth() -> None:
    first = [-ours("adagrad", [g])[0] for g in (1.0, 0.1)]
    assert first == pytest.approx([1.0, 1.0])
    assert [g / math.sqrt(0.1 + g * g + 1e-7) for g in (1.0, 0.1)] == pytest.approx([0.95, 0.3], abs=0.005)
    assert "0.95 η where g = 1, 0.3 η where g = 0.1" in said("adagrad", "optax")


def test_rmsprops_epsilon_inside_the_root_is_its_square_outside() -> None:
    tiny = 1e-9  # a gradient that both ε outweigh
    inside = tiny / math.sqrt((1.0 - 0.99) * tiny**2 + 1e-8)
    assert inside == pytest.approx(-ours("rmsprop", [tiny], eps=1e-4)[0], rel=1e-3)
    assert inside < 1e-3 * -ours("rmsprop", [tiny])[0]


@pytest.mark.parametrize("factor", [1.0, 0.1])
def test_momentum_in_the_libraries_goes_the_same_way_until_eta_falls(factor: float) -> None:
    fall, rosenbrock = SCHEDULES["step"](step_size=5, gamma=factor), LANDSCAPES["rosenbrock"]()
    eta = 1e-3 * fall.factors(10)
    same = factor == 1.0

    def walk(step: Callable[[float, np.ndarray], np.ndarray]) -> np.ndarray:
        path = [np.array([-1.2, 1.0])]
        for rate in eta[:10]:
            path.append(path[-1] + step(rate, rosenbrock.grad(path[-1][None])[0]))
        return np.array(path)

    def raced(name: str) -> tuple[np.ndarray, np.ndarray]:
        run = run_alone(rosenbrock, OPTIMIZERS[name](lr=1e-3, beta=0.9), (-1.2, 1.0), 10, schedule=fall)
        return run.theta[:, 0], run.states[0]["v"][:, 0]

    v, G = np.zeros(2), np.zeros(2)

    def torch_nesterov(rate: float, grad: np.ndarray) -> np.ndarray:
        nonlocal v
        v = 0.9 * v + grad
        return -rate * (grad + 0.9 * v)

    def keras_nesterov(rate: float, grad: np.ndarray) -> np.ndarray:
        nonlocal v
        v = 0.9 * v - rate * grad
        return 0.9 * v - rate * grad

    def keras_rmsprop(rate: float, grad: np.ndarray) -> np.ndarray:
        nonlocal v, G
        G = 0.99 * G + 0.01 * grad**2
        v = 0.9 * v + rate * grad / np.sqrt(G + 1e-16)
        return -v

    theta, velocity = raced("nesterov")
    ahead = theta - 0.9 * eta[:, None] * velocity
    for form, path in ((torch_nesterov, ahead), (keras_nesterov, ahead), (keras_rmsprop, raced("rmsprop")[0])):
        v, G = np.zeros(2), np.zeros(2)
        assert (np.abs(walk(form) - path).max() < 1e-6) == same, form.__name__


def test_the_paper_of_adamw_takes_the_decay_apart_from_eta() -> None:
    x = 5.0
    for t, _, m, v in averages(GRADIENTS):
        x -= 0.1 * (m / (1.0 - B1**t)) / (math.sqrt(v / (1.0 - B2**t)) + 1e-8) + 0.02 * x
    walk, _ = feed(OPTIMIZERS["adamw"](lr=0.1, weight_decay=0.02 / 0.1), GRADIENTS, 5.0)
    assert walk[-1] == pytest.approx(x)


def test_adamax_has_an_epsilon_where_the_paper_has_none() -> None:
    _, states = feed(OPTIMIZERS["adamax"](eps=1e-8), [0.0])
    assert states[0]["u"] == 1e-8


def test_nadam_in_optax_has_its_whole_memory_at_once() -> None:
    def optax(t: int, grad: float, m: float, v: float) -> float:
        ahead = B1 * m / (1.0 - B1 ** (t + 1)) + (1.0 - B1) * grad / (1.0 - B1**t)
        return ahead / (math.sqrt(v / (1.0 - B2**t)) + 1e-8)

    turn = [1.0] * 200 + [0.0]  # the last step is m's alone
    step = theirs(optax, turn)[-1]
    assert ours("nadam", turn, momentum_decay=10.0)[-1] == pytest.approx(step, rel=1e-6)
    assert ours("nadam", turn)[-1] == pytest.approx(step * (1.0 - 0.5 * 0.96 ** (0.004 * 202)), rel=1e-6)


def test_radams_epsilon_is_the_larger_the_earlier() -> None:
    def optax(t: int, grad: float, m: float, v: float) -> float:
        rho = 1999.0 - 2.0 * t * B2**t / (1.0 - B2**t)
        if rho < 5.0:
            return m / (1.0 - B1**t)
        r = math.sqrt((rho - 4.0) * (rho - 2.0) * 1999.0 / (1995.0 * 1997.0 * rho))
        return r * m / (1.0 - B1**t) / (math.sqrt(v / (1.0 - B2**t)) + 0.1 / math.sqrt(1.0 - B2**t))

    assert theirs(optax, GRADIENTS) == pytest.approx(ours("radam", GRADIENTS, eps=0.1))


def test_amsgrad_in_optax_never_gets_over_large_first_gradients() -> None:
    gradients, largest = [100.0, *EVEN], 0.0

    def optax(t: int, grad: float, m: float, v: float) -> float:
        nonlocal largest
        largest = max(largest, v / (1.0 - B2**t))
        return m / (1.0 - B1**t) / math.sqrt(largest)

    assert abs(theirs(optax, gradients)[-1]) < 0.2 * abs(ours("amsgrad", gradients)[-1])


def test_amsgrad_in_its_paper_starts_with_long_steps() -> None:
    longer = [m / math.sqrt(v) for _, _, m, v in averages(EVEN)] / -ours("amsgrad", EVEN)
    assert longer[0] == pytest.approx(3.2, abs=0.05)
    assert longer.argmax() + 1 == 12 and longer[11] == pytest.approx(6.6, abs=0.05)


def test_yogi_in_its_paper_starts_with_a_long_step() -> None:
    _, states = feed(OPTIMIZERS["yogi"](lr=1.0, eps=0.0, initial_accumulator_value=0.0), [2.0])
    longer = states[0]["m"] / math.sqrt(states[0]["v"])
    assert longer == pytest.approx(3.2, abs=0.05) and "3.2" in said("yogi", "paper")
    assert -ours("yogi", [2.0], eps=0.0, initial_accumulator_value=0.0)[0] == pytest.approx(1.0)


def test_adan_in_optax_looks_less_far_ahead() -> None:
    first, second = 1.0, 2.0
    _, states = feed(OPTIMIZERS["adan"](beta3=0.0), [first, second])
    assert math.sqrt(states[1]["n"]) == pytest.approx(second + 0.92 * (second - first))
    assert "0.08 of a step ahead by default, where it should be 0.92" in said("adan", "optax")


def test_ademamixs_decay_in_pytorch_optimizer_is_divided_too() -> None:
    decoupled = ours("ademamix", [0.0, 0.0], weight_decay=0.1)
    assert decoupled == pytest.approx([0.0, 0.0])  # it starts at 0, where nothing decays
    walk, _ = feed(OPTIMIZERS["ademamix"](lr=0.01, weight_decay=0.1), [0.0], 5.0)
    assert walk[1] == pytest.approx(5.0 * (1.0 - 0.01 * 0.1))
    coupled, _ = feed(OPTIMIZERS["ademamix"](lr=0.01), [0.1 * 5.0], 5.0)
    assert coupled[1] == pytest.approx(5.0 - 0.01, abs=1e-4)


def test_adopts_clip_in_pytorch_optimizer_is_a_step_ahead() -> None:
    clipped = -ours("adopt", [1.0, 9.0, 9.0], beta1=0.0)
    assert clipped == pytest.approx([0.0, 1.0, 1.19], abs=0.001) and "1.19" in said("adopt", "pytorch_optimizer")
