"""The notation of the formulas, and the law that what it says is the code that runs."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.engine import Engine
from simulator.inspector import Inspection, inspect
from simulator.landscape import Landscape
from simulator.landscapes import LANDSCAPES
from simulator.notation import (
    HELPERS,
    NotAFormula,
    expression,
    identifiers,
    line_text,
    lines,
    number,
    parse,
    settings,
    to_numpy,
    words,
    written,
)
from simulator.notation.expr import Name, Op, names
from simulator.notation.settle import settle
from simulator.optimizer import Array, Optimizer
from simulator.optimizers import OPTIMIZERS
from simulator.param import params
from simulator.race import Entrant, Noise, Race, obstacle, suited
from simulator.selfcheck.formulas import compare, in_words
from simulator.selfcheck.squares import Squares
from tests.test_optimizers import NAMES, VARIANTS

# Rules with lines that no formula can say: searches along a line, eigenvectors, pairs of a history, rounds of a
# polynomial. Their value is not worked out.
IN_WORDS = {
    "armijo": "a search for α",
    "bfgs": "a search for α",
    "kfac": "eigenvectors, and averages over a layer's samples",
    "lbfgs": "two loops over a history, and a search for α",
    "muon": "rounds of a polynomial on a matrix",
    "ncg": "a search for α",
    "newton": "eigenvectors, a search for α, and a trust region",
    "soap": "eigenvectors",
}
EVERY = [(name, line) for name, cls in OPTIMIZERS.items() for line in parse(cls.formula)]


# What is read.


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("θ − η·m̂ / (√v̂ + ε)", "θ − η·m̂ / (√v̂ + ε)"),
        ("a − (b − c)", "a − (b − c)"),
        ("(a − b) − c", "a − b − c"),
        ("a / (b·c)", "a / (b·c)"),
        ("a / b·c", "(a / b)·c"),
        ("(β₁)ᵗ⁺¹ + (1 − β₂)²", "β₁ᵗ⁺¹ + (1 − β₂)²"),
        ("−η·(a + b)", "−η·(a + b)"),
        ("½·(0.96)^(ψ·(t + 1))", "½·0.96^(ψ·(t + 1))"),
        ("(√v)² + √(v²)", "(√v)² + √v²"),
        ("⟨g, y⟩ / ‖s‖₁ + |θ|", "⟨g, y⟩ / ‖s‖₁ + |θ|"),
        ("clip(m / max(h, ε), p)", "clip(m / max(h, ε), p)"),
        ("(F + δ·I)⁻¹·g", "(F + δ·I)⁻¹·g"),
        ("∇f(θ + ρ·g / ‖g‖)", "∇f(θ + ρ·g / ‖g‖)"),
        ("diag(∇²f(θ))", "diag(∇²f(θ))"),
        ("f(θ) − f*", "f(θ) − f*"),
    ],
)
def test_an_expression_is_written_as_it_binds(text: str, again: str) -> None:
    assert written(expression(text)) == again
    assert expression(again) == expression(text)


WRONG = ("", "a +", "a b", "(a", "max(a)", "a ± b", "‖a|", "clip(a, b, c, d)", "diag(a)", "a)")


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(NotAFormula):
        expression(text)


def test_names_keep_their_marks() -> None:
    assert names(expression("m̂·β₁ᵗ + g₋·η₊ − Δ_min / f*₀ + v⁺ + g⁻ − ρ_∞ + Q_Lᵀ·θ̄")) == {
        *("m̂", "β₁", "t", "g₋", "η₊", "Δ_min", "f*₀", "v⁺", "g⁻", "ρ_∞", "Q_L", "θ̄"),
    }


def test_every_line_is_written_back_as_it_was_read() -> None:
    assert [line_text(line) for _, line in EVERY] == [line.text for _, line in EVERY]


def test_words_are_few_and_declared() -> None:
    for name, line in EVERY:
        if line.expr is None:
            assert line.target and name in IN_WORDS, (name, line.text)


def test_no_declaration_is_left_over() -> None:
    assert IN_WORDS.keys() == {name for name, line in EVERY if line.expr is None}
    said = {optimizer.name for optimizer in VARIANTS if in_words(optimizer)}
    assert said == IN_WORDS.keys() - {"muon"}, "whose words are of matrices alone"


@pytest.mark.parametrize("cls", OPTIMIZERS.values(), ids=list(OPTIMIZERS))
def test_every_name_stands_for_something(cls: type[Optimizer]) -> None:
    """A setting, the state, what a step begins with, or what a line of the formula has set."""
    shown = parse(cls.formula)
    known = {p.symbol for p in params(cls).values()} | {line.target for line in shown} | set("θηgtfI")
    for line in (*shown, *parse(cls.rate)):
        for test in line.tests:
            assert names(test.compare) <= known, line.text
            assert all(word in words(cls()) for word in test.words), line.text
        assert names(line.expr) <= known, line.text


# What is left of a formula for one racer.


def test_terms_that_are_off_are_gone() -> None:
    def shown(**hyper: float) -> list[str]:
        return [line_text(line) for line in lines(OPTIMIZERS["momentum"](**hyper), ((2,),))]

    plain = ["v ← β·v + g", "θ ← θ − η·v"]
    assert shown() == plain
    assert shown(weight_decay=0.1, dampening=0.5) == ["g ← g + λ·θ", "t > 1: g ← (1 − τ)·g", *plain]


def test_switches_and_choices_decide() -> None:
    adamw = lines(OPTIMIZERS["sam"](base="adamw", weight_decay=0.1), ((2,),))
    assert line_text(adamw[2]) == "θ ← θ·(1 − η·λ)" and "v ← β·v + g̃" not in map(line_text, adamw)
    assert "m̂ = m" in map(line_text, lines(OPTIMIZERS["adam"](bias_correction=False), ((2,),)))


@pytest.mark.parametrize(
    ("formula", "left"),
    [
        ("a ← b·c + d", "a ← d"),
        ("a ← d − b·c", "a ← d"),
        ("a ← b − d", "a ← −d"),
        ("a ← d / (1 + b·(t − 1))", "a ← d"),
        ("a ← √b + d^b", "a ← 1"),
        ("a ← a + b", ""),
        ("b ← d\na ← d + b", "b ← d\na ← d + b"),
    ],
)
def test_zero_makes_what_it_touches_vanish(formula: str, left: str) -> None:
    found = settle(parse(formula), {}, {"b": 0.0, "c": 1.0, "d": 2.0}, {"vector"})
    assert "\n".join(map(line_text, found)) == left


# The law.


def unknown(seen: Inspection, within: float = 1e-9) -> set[str]:
    """What the formula does not work out; all that it does is what the step did."""
    found, rest = compare(seen, within)
    assert [str(finding) for finding in found if not finding.well] == []
    return rest


@pytest.mark.parametrize("optimizer", VARIANTS, ids=NAMES)
def test_the_formula_is_the_code(optimizer: Optimizer) -> None:
    """Every letter of the state and the next θ, of every rule under every switch, by the formula that is shown."""
    race = Race(Squares(), (Entrant(optimizer, "it"),), ((-0.27, -0.92), (0.5, 5.0)), Noise(sigma=0.1), steps=45)
    recording = Engine(race).run()
    looked = 0
    for step in (0, 1, 2, 5, 10, 11, 20, 44):
        for start in (0, 1):
            seen = inspect(recording, 0, step, start)
            if np.isfinite(seen.went).all():
                looked += 1
                assert not unknown(seen) or optimizer.name in IN_WORDS
                assert seen.rate is not None or optimizer.name in IN_WORDS
    assert looked >= 3


@pytest.mark.parametrize("place", ["flip_network", "matrix_memory", "parabola", "reddi"])
def test_the_formula_is_the_code_on(place: str) -> None:
    """In one dimension, in layers of matrices and vectors, and in a box."""
    landscape: Landscape = LANDSCAPES[place]()
    entrants = tuple(
        Entrant(suited(cls(), landscape), name, stream=i)
        for i, (name, cls) in enumerate(OPTIMIZERS.items())
        if not obstacle(cls, landscape)
    )
    recording = Engine(Race(landscape, entrants, landscape.starts[:1], steps=12)).run()
    for e, entrant in enumerate(entrants):
        for step in (0, 1, 2, 11):
            seen = inspect(recording, e, step)
            if np.isfinite(seen.went).all():
                within = (
                    1e-6 if entrant.label == "gauss_newton" else 1e-9
                )  # δ falls to 1e−8: solving loses half the digits
                assert not unknown(seen, within) or entrant.label in IN_WORDS, entrant.label


# With numbers.


def test_momentum_as_it_is_written_on_a_board() -> None:
    entrant = Entrant(OPTIMIZERS["momentum"](lr=0.01, beta=0.9), "it")
    recording = Engine(Race(LANDSCAPES["parabola"](), (entrant,), ((0.0,),), steps=5)).run()
    seen = inspect(recording, 0, 2)
    assert [seen.numbers(line, 0) for line in seen.lines] == [
        "v ← 0.9·(−11.28) + (−5.6544) = −15.806",
        "θ ← 0.1728 − 0.01·(−15.806) = 0.33086",
    ]


def test_numbers_are_short_and_signed() -> None:
    told = [number(x) for x in (-5.65440001, 1e-8, -1.5e12, 0.0, -0.0, float("inf"), float("nan"), 12345.678)]
    assert told == ["−5.6544", "1e−8", "−1.5e12", "0", "0", "∞", "nan", "12346"]


@pytest.mark.parametrize("optimizer", VARIANTS, ids=NAMES)
def test_the_numbers_shown_come_to_what_is_shown(optimizer: Optimizer) -> None:
    """With all their digits, the right side of every line is the number behind its = sign."""
    recording = Engine(Race(Squares(), (Entrant(optimizer, "it"),), ((0.5, 5.0),), steps=12)).run()
    shown = 0
    for step in (0, 1, 11):
        seen = inspect(recording, 0, step)
        for line in seen.lines:
            text = seen.numbers(line, 1, digits=17)
            _, _, right = text.partition(f" {line.line.arrow} ")
            left, equals, result = right.rpartition(" = ")
            if equals and all(sign not in text for sign in ("∞", "nan", ";")):
                value = float(np.reshape(_value(left), -1)[0])
                wanted = float(result.replace("−", "-"))
                assert value == pytest.approx(wanted, rel=1e-9, abs=1e-9 * max(_sizes(left))), text
                shown += 1
    assert shown or optimizer.name in IN_WORDS


class _Nobody:
    def answer(self, kind: str, theta: float) -> float:
        raise AssertionError(f"{kind} stands in a line of numbers")

    def found(self, name: str, values: object) -> None:
        raise AssertionError(f"{name} stands in a line of numbers")


def _value(text: str) -> Array:
    from simulator.notation.terms import Terms

    with np.errstate(all="ignore"):
        return np.asarray(Terms({}, _Nobody()).of(expression(text)))


def _sizes(text: str) -> list[float]:
    from simulator.notation.expr import Num, walk

    return [abs(part.value) for part in walk(expression(text)) if isinstance(part, Num)] or [1.0]


# As NumPy.


@pytest.mark.parametrize("optimizer", VARIANTS, ids=NAMES)
def test_the_source_goes_the_same_way(optimizer: Optimizer) -> None:
    landscape, steps = Squares(), 25
    race = Race(landscape, (Entrant(optimizer, "it"),), ((0.5, 2.0),), steps=steps)
    recording = Engine(race).run()
    shown = lines(optimizer, landscape.blocks)
    try:
        source = to_numpy(shown, identifiers(optimizer), settings(optimizer))
    except NotAFormula:
        return
    called = identifiers(optimizer)
    space = {called[symbol]: value for symbol, value in settings(optimizer).items()}
    space |= {"np": np, "gradient": landscape.grad, "loss_at": landscape.loss, "theta": np.array([0.5, 2.0])}
    state = {key: np.zeros_like(value[0, 0]) for key, value in recording.states[0].items()}
    fixed = {k: v for k, v in space.items() if k not in ("theta", "np")}
    exec("\n".join(HELPERS.values()), space)
    code = compile("\n".join(source), "rule", "exec")
    with np.errstate(all="ignore"):
        for t in range(1, steps + 1):
            theta = space["theta"]
            space |= fixed | state | {"t": t, "grad": landscape.grad(theta), "loss": landscape.loss(theta)}
            space |= {name: 0.0 for name in _unset(shown, called) if name not in space}
            exec(code, space)
            state = {key: space[key] for key in state}
    end = recording.theta[steps, 0]
    assert space["theta"] == pytest.approx(end, rel=1e-9) or not np.isfinite(end).all()


def _unset(shown, called) -> list[str]:
    from simulator.notation.numpysource import identifier

    return [called.get(line.target) or identifier(line.target) for line in shown if line.target not in "θgηt"]


def test_a_condition_on_numbers_is_asked_once_and_one_on_coordinates_everywhere() -> None:
    rprop = OPTIMIZERS["rprop"]()
    source = to_numpy(lines(rprop, ((2,),)), identifiers(rprop), settings(rprop))
    assert source[:3] == ["if t == 1:", "    delta = lr", "s = np.sign(grad * g_prev)"]
    assert "delta = np.where(s > 0, delta * etaplus, delta)" in source


def test_words_and_matrices_have_no_source() -> None:
    for name in ("armijo", "newton", "shampoo"):
        optimizer = OPTIMIZERS[name]()
        with pytest.raises(NotAFormula, match="has no NumPy source"):
            to_numpy(lines(optimizer, ((2,),)), identifiers(optimizer))


def test_a_product_of_parts_is_one_operation() -> None:
    assert expression("a·b") == Op("·", (Name("a"), Name("b")))
