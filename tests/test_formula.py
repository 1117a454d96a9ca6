"""A typed formula: its values and derivatives, its errors, and the facts found about it."""

import copy
import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from simulator.engine import Engine
from simulator.formula import MAX_LENGTH, compiled
from simulator.landscapes import LANDSCAPES
from simulator.landscapes.formula import Formula
from simulator.optimizers import OPTIMIZERS
from simulator.param import RaceError
from simulator.race import Entrant, Race

WIDE = ((-6.0, 6.0), (-6.0, 6.0))
RNG = np.random.default_rng(3)
POINTS = RNG.uniform(0.2, 0.9, (40, 2))  # inside every function's domain

SMOOTH = [
    "x**2 + 10*y**2",
    "(1-x)**2 + 100*(y-x**2)**2",
    "(1.5-x+x*y)^2 + (2.25-x+x*y^2)^2 + (2.625-x+x*y^3)^2",
    "-20*exp(-.2*sqrt((x²+y²)/2)) - exp((cos(2*π*x)+cos(2·pi·y))/2) + 20 + e",
    "sin(x)*cos(y) + tan(x*y) - tanh(x/y)",
    "sinh(x - y) * cosh(x*y) + atan(x + 2*y)",
    "asin(x*y) - acos(x*y/2) + asin(x)*acos(y)",
    "log(x + y) * log1p(x*y) + expm1(x - y)",
    "x**y + y**x + 2**x + x**2.5 + (x + y)**-1.5 + x**0.3",
    "x**16 - y**-3 + x**17 + (x*y)^9 + (-x)^3 + x^-16",
    "1/(1 + x**2 + y**2) - x/y/3 - 4/x",
    "-x**2 - -y**2 - (x - y) - (-(x - y))*3",
    "5*(2*(3*x*y)) - 7*x + 7*x + x + x - (-x)^2 + (-2*y)**3 + (3*x)^-2 + (1e-12*x)^2*1e24",
    "sqrt(sqrt(x)) + sqrt(x)*sqrt(y) + ln(x)",
]
KINKED = ["abs(x - 0.5*y) + abs(x)*y", "max(x, y**2) + min(x*y, 0.3)", "max(0, x - 0.4)^2 + sqrt(1 + abs(x - y))"]


SAME_NAME = ["sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log", "sqrt", "log1p", "expm1", "pi", "e", "abs"]


def python_value(text: str, x, y):
    """What Python itself makes of the formula: the grammar's reference."""
    for sign, power in (("^", "**"), ("²", "**2"), ("·", "*"), ("π", "pi")):
        text = text.replace(sign, power)
    names = {name: getattr(np, name) for name in SAME_NAME}
    names |= {
        "asin": np.arcsin,
        "acos": np.arccos,
        "atan": np.arctan,
        "ln": np.log,
        "min": np.minimum,
        "max": np.maximum,
    }
    return eval(text, names, {"x": x, "y": y})


def complex_step(function, theta, i, h=1e-30):
    shifted = theta.astype(complex)
    shifted[:, i] += 1j * h
    return np.imag(function(*shifted.T)) / h


def assert_derivatives(landscape, theta, rtol=1e-11):
    grad, hess = landscape.grad(theta), landscape.hess(theta)
    for i in range(2):
        np.testing.assert_allclose(grad[:, i], complex_step(landscape.f, theta, i), rtol=rtol, atol=rtol)
        for j in range(2):
            slope = complex_step(lambda *x, j=j: landscape.df(*x)[j] + 0 * x[0], theta, i)
            np.testing.assert_allclose(hess[:, i, j], slope, rtol=rtol, atol=rtol)


@pytest.mark.parametrize("text", SMOOTH)
def test_values_and_derivatives(text):
    landscape = Formula(text, WIDE)
    np.testing.assert_allclose(landscape.loss(POINTS), python_value(text, *POINTS.T), rtol=1e-13)
    assert_derivatives(landscape, POINTS)


@pytest.mark.parametrize("text", KINKED)
def test_derivatives_beside_kinks(text):
    landscape, h = Formula(text, WIDE), 6e-6
    np.testing.assert_allclose(landscape.loss(POINTS), python_value(text, *POINTS.T), rtol=1e-13)
    for i in range(2):
        step = h * np.eye(2)[i]
        slope = (landscape.loss(POINTS + step) - landscape.loss(POINTS - step)) / (2 * h)
        np.testing.assert_allclose(landscape.grad(POINTS)[:, i], slope, rtol=1e-6, atol=1e-7)
        bend = (landscape.grad(POINTS + step) - landscape.grad(POINTS - step)) / (2 * h)
        np.testing.assert_allclose(landscape.hess(POINTS)[:, i], bend, rtol=1e-5, atol=1e-5)


def _binary(children):
    return st.builds("({} {} {})".format, children, st.sampled_from(["+", "-", "*", "/"]), children)


def _loose(children):
    """Without parentheses: precedence decides."""
    return st.builds("{} {} {}".format, children, st.sampled_from(["+", "-", "*", "/"]), children)


def _raised(children):
    return st.builds("({})**{}".format, children, st.sampled_from(["2", "3", "7", "-1", "-2", "0", "1", "20"]))


def _called(children):
    return st.builds("{}({})".format, st.sampled_from(["sin", "cos", "tanh", "exp", "atan", "sinh"]), children)


LEAVES = st.sampled_from(["x", "y", "2", "0.5", "3", "pi", "0", "1", "-1", "x*y"])
TREES = st.recursive(
    LEAVES,
    lambda kids: st.one_of(_binary(kids), _loose(kids), _raised(kids), _called(kids), kids.map("-{}".format)),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(TREES)
def test_any_tree_agrees_with_python_and_with_the_complex_step(text):
    assume(len(text) <= MAX_LENGTH)
    try:
        program = compiled(text, 2)
    except ValueError as error:
        # Only what is no number anywhere is refused.
        assert any(words in str(error) for words in ("division by zero", "infinite", "no real value"))
        return
    landscape = Formula(text, WIDE)
    with np.errstate(all="ignore"):
        expected = python_value(text, *(POINTS.astype(complex).T)) + 0 * POINTS[:, 0]
        sizes = [expected, *program.df(*POINTS.T), *program.d2f(*POINTS.T)]
    assume(all(np.all(np.abs(size) < 1e6) for size in sizes))
    np.testing.assert_allclose(landscape.loss(POINTS), expected.real, rtol=1e-9, atol=1e-9)
    # Nearly cancelling terms may cost digits; a wrong rule is wrong by much more.
    assert_derivatives(landscape, POINTS, rtol=1e-5)


def test_equals_the_catalog():
    typed, entry = Formula("x**2 + 10*y**2"), LANDSCAPES["ravine"]()
    theta = RNG.normal(size=(50, 2))
    for method in ("loss", "grad", "hess"):
        np.testing.assert_allclose(getattr(typed, method)(theta), getattr(entry, method)(theta), rtol=1e-15)
    assert typed.box == entry.box and typed.starts == entry.starts[:1] and typed.minima == entry.minima


def test_one_dimension_follows_the_box():
    curve = Formula("(x - 3)^2", ((-1.0, 7.0),))
    assert curve.dim == 1 and Formula("x^2").dim == 2 and Formula.dim == 2
    assert curve.minima[0].theta == (3.0,) and len(curve.starts[0]) == 1
    assert curve.grad(np.array([[5.0]])).tolist() == [[4.0]] and curve.hess(np.array([[5.0]])).tolist() == [[[2.0]]]
    with pytest.raises(RaceError, match=r"column 7: y needs a second \[low, high\] pair in box"):
        Formula("x^2 + y", ((-1.0, 7.0),))


@pytest.mark.parametrize("text", ["3", "x", "y", "x - x", "0*x*y", "2 + pi"])
@pytest.mark.parametrize("kind", [np.float32, np.float64, np.complex128])
def test_shape_and_type_survive(text, kind):
    landscape = Formula(text, WIDE)
    x, y = np.linspace(-1, 1, 5, dtype=kind)[None], np.linspace(-2, 2, 4, dtype=kind)[:, None]
    drawn = landscape.f(x, y)
    assert drawn.shape == (4, 5) and drawn.dtype == kind
    theta = np.ones((7, 3, 2))
    assert landscape.loss(theta).shape == (7, 3)
    assert landscape.grad(theta).shape == (7, 3, 2) and landscape.hess(theta).shape == (7, 3, 2, 2)
    assert float(landscape.f(1.0, 1.0)) == python_value(text, 1.0, 1.0)


@pytest.mark.parametrize("text", [*SMOOTH, *KINKED])
def test_draws_in_float32(text):
    x, y = POINTS.astype(np.float32).T
    drawn = Formula(text, WIDE).f(x[None], y[:, None])
    assert drawn.dtype == np.float32 and drawn.shape == (40, 40)
    np.testing.assert_allclose(np.diagonal(drawn), python_value(text, *POINTS.T), rtol=1e-3, atol=1e-3)


def test_constants_neither_overflow_nor_vanish_when_merged():
    at = np.array([[1e150, 1e-150]])
    for text, value in (
        ("1e-200*(1e-200*(x*x))", 1e-100),
        ("1e308*y + 1e308*y", 2e158),
        ("1e200*(1e200*(y*y))", 1e100),
    ):
        assert Formula(text, WIDE).loss(at)[0] == pytest.approx(value, rel=1e-12), text


def test_slopes_at_kinks_are_zero():
    at = np.zeros((1, 2))
    for text in (
        "abs(x) + abs(y)",
        "sqrt(x^2 + y^2)",
        "(x^2 + y^2)^0.75",
        "sqrt(abs(x))",
        "acos(cos(x))",
        "max(x, -x)",
    ):
        landscape = Formula(text, WIDE)
        assert landscape.grad(at).tolist() == [[0.0, 0.0]], text
        assert np.isfinite(landscape.hess(at)).all(), text
    assert Formula("x^y", WIDE).grad(np.array([[0.0, 2.0]])).tolist() == [[0.0, 0.0]]


def test_outside_the_domain_is_nan_and_silent():
    landscape = Formula("log(x) + sqrt(y)", WIDE)
    assert np.isnan(landscape.loss(np.array([[-1.0, 1.0]]))).all()
    assert landscape.f(0.0, 1.0) == -np.inf
    assert Formula("log(-1 - x^2)", WIDE).minima == ()


def test_people_read_what_was_typed():
    typed = Formula("x**2\n + y")
    assert typed.formula_text == replace(typed, box=((0.0, 1.0), (2.0, 3.0))).formula_text == "f = x**2 + y"
    assert Formula.formula_text == "f = the formula you type, in x and y"


def test_is_a_value():
    a, b = Formula("x^2 + y^2", WIDE), Formula("x^2 + y^2", [[-6, 6], [-6, 6]])  # type: ignore[arg-type]
    assert a == b and hash(a) == hash(b) and a != Formula("x^2")
    assert a.known is b.known
    one = replace(a, formula="x^2", box=((-1.0, 1.0),))
    assert one.dim == 1 and a.dim == 2
    for other in (copy.deepcopy(a), copy.copy(one), pickle.loads(pickle.dumps(a)), pickle.loads(pickle.dumps(one))):
        same = a if other.dim == 2 else one
        assert other == same and other.known == same.known
        assert other.loss(np.ones((1, other.dim))) == same.loss(np.ones((1, same.dim)))


KNOWN_MINIMA = [
    ("(1-x)^2 + 100*(y-x^2)^2", ((-2.0, 2.0), (-1.0, 3.0)), [(1, 1)], 0.0, 1),
    ("(x²+y-11)²+(x+y²-7)²", WIDE, [(3, 2), (-2.805118, 3.131313), (-3.77931, -3.283186), (3.584428, -1.848127)], 0, 4),
    ("x^2 - y^2 + y^4/4", ((-3.0, 3.0), (-3.0, 3.0)), [(0, 2**0.5), (0, -(2**0.5))], -1.0, 2),
    ("(x^4-16*x^2+5*x+y^4-16*y^2+5*y)/2", ((-5.0, 5.0),) * 2, [(-2.903534, -2.903534)], -78.332331, 4),
    ("-(1+cos(12*sqrt(x^2+y^2)))/((x^2+y^2)/2+2)", ((-5.12, 5.12),) * 2, [(0, 0)], -1.0, None),
    ("x^2+y^2-2*exp(-5*((x-1)^2+y^2))-3*exp(-5*((x+1)^2+y^2))", ((-2.0, 2.0),) * 2, [(-0.9363, 0)], -2.06309, 2),
    ("x^4 + y^4", WIDE, [(0, 0)], 0.0, 1),
    ("abs(x) + abs(y)", WIDE, [(0, 0)], 0.0, 1),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "box", "where", "lowest", "count"), KNOWN_MINIMA, ids=[case[0] for case in KNOWN_MINIMA]
)
def test_finds_known_minima(text, box, where, lowest, count):
    landscape = Formula(text, box)
    best = [m for m in landscape.minima if m.kind == "global"]
    assert landscape.lowest == pytest.approx(lowest, abs=1e-5)
    assert count is None or len(landscape.minima) == count
    assert len(best) == len(where)
    for theta in where:
        assert any(np.allclose(m.theta, theta, atol=1e-4) for m in best)
    for m in landscape.minima:
        assert landscape.loss(np.array([m.theta]))[0] == m.loss
        assert np.abs(landscape.grad(np.array([m.theta]))).max() < 1e-5


@pytest.mark.parametrize(
    ("text", "box", "count"),
    [
        ("x^2 - y^2", WIDE, 0),
        ("x^3 - 3*x", ((-1.5, 1.5),), 1),  # falls for ever left of the box
        ("sin(x+y)+(x-y)^2-1.5*x+2.5*y+1", ((-1.5, 4.0), (-3.0, 4.0)), 2),  # McCormick: lower outside its domain
        ("x + 2*y", WIDE, 0),
        ("7", WIDE, 0),
    ],
)
def test_claims_no_global_minimum_where_there_is_none(text, box, count):
    landscape = Formula(text, box)
    assert landscape.lowest is None and len(landscape.minima) == count


def test_a_valley_has_one_star():
    assert len(Formula("x^2", WIDE).minima) == 1
    ring = Formula("(x^2 + y^2 - 1)^2", WIDE).minima
    assert len(ring) == 1 and np.hypot(*ring[0].theta) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "text",
    [*SMOOTH[:4], "sin(50*x)*sin(50*y)", "log(x)^2 + y^2", "exp(x) + cosh(3*y)", "x + y", "x^2", "abs(x) + y^2"],
)
def test_plain_gradient_descent_works_from_the_start(text):
    facts = Formula(text, WIDE).known
    assert float(f"{facts.lr:.2g}") == facts.lr
    race = Race(Formula(text, WIDE), (Entrant(OPTIMIZERS["sgd"](lr=facts.lr), "gd"),), facts.starts, steps=100)
    loss = Engine(race).run().loss[:, 0]
    assert loss[50] < loss[0]


@pytest.mark.parametrize(
    "text", ["exp(x^4)", "x^16*1e300", "1e308*x - 1e308*y", "log(-1 - x^2)", "1/x^9", "x^y^x^y", "asin(x*y)"]
)
def test_extreme_values_leave_usable_facts(text):
    facts = Formula(text, WIDE).known
    assert 1e-6 <= facts.lr <= 10.0
    assert all(low < x < high for x, (low, high) in zip(facts.starts[0], facts.box, strict=True))
