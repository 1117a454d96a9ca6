"""One declaration: what it accepts, where it sits on a slider, and what it says when it refuses."""

import math
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.param import MOST_FAULTS, Param, RaceError, build, did_you_mean, number, param, params


@dataclass(frozen=True)
class Sample:
    """A dataclass with a parameter of every scale."""

    lr: float = param("η", 1e-2, 1e-6, 10.0, "log", doc="Learning rate.")
    beta: float = param("β", 0.9, 0.0, 0.9999, "log1m", doc="Momentum.")
    angle: float = param("φ", 30.0, 0.0, 90.0, doc="Rotation.", unit="°")
    decay: float = param("λ", 0.0, 0.0, 1.0, "log", floor=1e-6, off=0.0, doc="Weight decay.")
    period: int = param("k", 5, 1, 10_000, "log", doc="Steps.")
    nesterov: bool = param("nesterov", False, doc="Look ahead.")
    form: str = param("form", "l2", scale="choice", choices=("l2", "decoupled"), doc="Where it enters.")
    formula: str = param("f", "x**2", scale="text", doc="A formula.")
    box: tuple[tuple[float, float], ...] = param("box", ((-1.0, 1.0),), scale="box", doc="The view.")
    plain: int = 3


P = params(Sample)
TRACKS = [P[name] for name in ("lr", "beta", "angle", "decay", "period")]
near = pytest.approx


def test_params_are_the_declared_ones_in_order_and_know_their_names():
    assert list(P) == ["lr", "beta", "angle", "decay", "period", "nesterov", "form", "formula", "box"]
    assert all(p.name == name for name, p in P.items())
    assert [name for name, p in P.items() if p.integer] == ["period"]
    assert [name for name, p in P.items() if p.numeric] == ["lr", "beta", "angle", "decay", "period"]


@pytest.mark.parametrize(("beta", "at"), [(0.0, 0.0), (0.9, 0.25), (0.99, 0.5), (0.999, 0.75), (0.9999, 1.0)])
def test_log1m_gives_every_nine_a_quarter_of_the_track(beta, at):
    assert P["beta"].to_track(beta) == near(at)
    assert P["beta"].from_track(at) == beta


@pytest.mark.parametrize(("lr", "at"), [(1e-6, 0.0), (1e-3, 3 / 7), (1e-2, 4 / 7), (10.0, 1.0)])
def test_log_gives_every_decade_the_same_length(lr, at):
    assert P["lr"].to_track(lr) == near(at)
    assert P["lr"].from_track(at) == lr


def test_a_rate_of_a_thousandth_survives_the_slider():
    assert P["lr"].from_track(P["lr"].to_track(0.00123)) == 0.00123


def test_a_log_slider_that_reaches_zero_is_off_at_its_left_end():
    decay = P["decay"]
    assert decay.from_track(0.0) == 0.0
    assert decay.to_track(0.0) == decay.to_track(1e-9) == 0.0
    assert decay.from_track(1e-9) == 1e-6


@pytest.mark.parametrize("p", TRACKS, ids=lambda p: p.name)
@given(at=st.floats(0.0, 1.0))
def test_a_place_on_the_track_gives_a_value_that_is_accepted_and_sits_there(p: Param, at: float):
    value = p.from_track(at)
    assert p.coerce(value) == value
    assert type(value) is type(p.default)
    # Rounding moves it by at most half a unit of the last digit kept: a whole number, or two or three digits.
    slack = 0.5 * math.log10(1.5) if p.integer else 0.01
    assert p.to_track(value) == near(at, abs=slack)


@pytest.mark.parametrize("p", TRACKS, ids=lambda p: p.name)
@given(a=st.floats(0.0, 1.0), b=st.floats(0.0, 1.0))
def test_further_right_is_never_less(p: Param, a: float, b: float):
    assert p.from_track(min(a, b)) <= p.from_track(max(a, b))


@given(digits=st.integers(100, 999), power=st.integers(-8, -3))
def test_three_digits_come_back_from_a_log_track(digits: int, power: int):
    value = float(f"{digits}e{power}")
    assert P["lr"].from_track(P["lr"].to_track(value)) == value


@given(digits=st.integers(10, 99), power=st.integers(-5, -2))
def test_two_digits_of_one_minus_beta_come_back_from_a_log1m_track(digits: int, power: int):
    value = float(f"{1.0 - float(f'{digits}e{power}'):.12g}")
    assert P["beta"].from_track(P["beta"].to_track(value)) == near(value, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "given", "taken"),
    [
        ("lr", 1, 1.0),
        ("period", 7.0, 7),
        ("nesterov", True, True),
        ("form", "decoupled", "decoupled"),
        ("formula", "x + y", "x + y"),
        ("box", [[-1, 1], [0, 2.5]], ((-1.0, 1.0), (0.0, 2.5))),
    ],
)
def test_coerce_takes(name, given, taken):
    value = P[name].coerce(given)
    assert value == taken
    assert type(value) is type(taken)


@pytest.mark.parametrize(
    ("name", "given", "says"),
    [
        ("lr", 11, "must be a number from 1e-06 to 10, got 11"),
        ("lr", math.nan, "must be a number from 1e-06 to 10, got nan"),
        ("lr", math.inf, "must be a number from 1e-06 to 10, got inf"),
        ("lr", "0.1", "must be a number from 1e-06 to 10, got '0.1'"),
        ("lr", True, "must be a number from 1e-06 to 10, got True"),
        ("lr", 10**400, "must be a number from 1e-06 to 10, got 1"),
        ("period", 2.5, "must be a whole number from 1 to 10,000, got 2.5"),
        ("nesterov", 1, "must be true or false, got 1"),
        ("form", "decouple", "must be one of l2, decoupled, got 'decouple'; did you mean 'decoupled'?"),
        ("form", ["l2"], "must be one of l2, decoupled, got ['l2']"),
        ("formula", 3, "must be a text, got 3"),
        ("box", [[1, -1]], "must be one or two [low, high] pairs with low < high, got [[1, -1]]"),
        ("box", [[0, 1]] * 3, "must be one or two [low, high] pairs"),
        ("box", [[0, 1, 2]], "must be one or two [low, high] pairs"),
        ("box", [], "must be one or two [low, high] pairs"),
        ("box", 5, "must be one or two [low, high] pairs"),
        ("box", [["a", "b"]], "must be a number from -1e+06 to 1e+06, got 'a'"),
    ],
)
def test_coerce_refuses_and_says_what_is_allowed_and_what_was_given(name, given, says):
    with pytest.raises(ValueError) as caught:
        P[name].coerce(given)
    assert str(caught.value).startswith(says)


def test_build_takes_what_it_can_and_lists_every_fault_with_its_key_path():
    faults: list[str] = []
    made = build(Sample, {"lr": 0.1, "beta": 2.0, "bata": 0.5, "plain": 4}, "entrant[2]", "sample", faults)
    assert made == Sample(lr=0.1)
    assert faults == [
        "entrant[2].beta: sample's beta must be a number from 0 to 0.9999, got 2.0",
        "entrant[2].bata: sample has no hyperparameter 'bata'; did you mean 'beta'?",
        "entrant[2].plain: sample has no hyperparameter 'plain'; it has " + ", ".join(P),
    ]


def test_what_was_meant_is_looked_for_as_often_as_is_told():
    faults: list[str] = []
    build(Sample, {f"bata{i}": 0.5 for i in range(2 * MOST_FAULTS)}, "", "sample", faults)
    assert ["did you mean 'beta'" in fault for fault in faults] == [True] * MOST_FAULTS + [False] * MOST_FAULTS
    assert faults[-1] == f"bata{2 * MOST_FAULTS - 1}: sample has no hyperparameter 'bata{2 * MOST_FAULTS - 1}'"


def test_build_of_something_without_parameters_says_so():
    faults: list[str] = []
    build(dataclass(frozen=True)(type("Bare", (), {})), {"lr": 1}, "landscape", "bare", faults)
    assert faults == ["landscape.lr: bare has no hyperparameter 'lr'; it has none"]


def test_range_text_is_for_people():
    assert [p.range_text() for p in P.values()] == [
        "1e-06 to 10", "0 to 0.9999", "0 to 90", "0 to 1", "1 to 10000", "true or false", "l2, decoupled", "a text",
        "a list of [low, high] pairs",
    ]  # fmt: skip


def test_number_keeps_its_bounds_included():
    assert (number(0, 0.0, 1.0), number(1, 0.0, 1.0)) == (0.0, 1.0)
    with pytest.raises(ValueError, match="from 0 to 1"):
        number(math.nextafter(1.0, 2.0), 0.0, 1.0)


def test_did_you_mean_ignores_case_and_stays_silent_when_nothing_is_near():
    assert did_you_mean("ADAMM", ["sgd", "adam"]) == "; did you mean 'adam'?"
    assert did_you_mean("zzz", ["sgd", "adam"]) == ""


def test_did_you_mean_knows_what_libraries_call_a_parameter():
    assert did_you_mean("momentum", ["lr", "beta", "weight_decay"]) == "; did you mean 'beta'?"
    assert did_you_mean("alpha", ["lr", "rho", "eps", "beta"]) == "; did you mean 'rho'?"
    assert did_you_mean("Momentum", ["momo", "momentum"]) == "; did you mean 'momentum'?"


def test_a_race_error_is_its_faults_a_line_each():
    error = RaceError(iter(["a: one", "b: two"]))
    assert error.faults == ["a: one", "b: two"]
    assert str(error) == "a: one\nb: two"
