"""Hostile and mistyped formulas: one line, with the column, at once, and nothing of them is executed."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.formula import MAX_LENGTH, compiled
from simulator.landscapes.formula import Formula
from simulator.param import RaceError

HOSTILE = {
    "": 1, "   ": 1, "(" * 100_000: 501, "(" * 240 + "x" + ")" * 240: 41, "-" * 499 + "x": 42,
    "sin(" * 60 + "x" + ")" * 60: None, "9**9**9**9": 4, "9**9**9": 1, "10^400": 1, "1e999": 1, "9" * 500: 1,
    "1e308*10": 1, "x + e^1000": 5, "0**-1": 1, "x + 1/0": 5, "x/(2-2)": 1, "log(0)": 1, "x*sqrt(-1)": 3,
    "(-8)^(1/3)": 1, "x\0": 2, "\0": 1, "х + 1": 1, "ｘ": 1, "\ud800": 1, "١ + x": 1,
    "x\N{RIGHT-TO-LEFT OVERRIDE}": 2, "\N{PILE OF POO}": 1, "a" * 500: 1, "x" * 501: 501,
    "+".join("x" * 250): None, "x**" * 166 + "x": None, "x y": 3, "2x": 2, "x(2)": 2, "x²3": 3, "sin x": 1,
    "x + sin": 5, "sin()": 1, "sin(x, y)": 1, "max(x)": 1, "x, y": 1, "()": 1, "sin(*x)": 5, "sin(**x)": 1,
    "sin(x=1)": 6, "x if y else 2": 3, "lambda: 1": 1, "[x for x in y]": 1, "x[0]": 2, "x.real": 2, "x < y": 3,
    "x == y": 3, "not x": 1, "None": 1, "True": 1, "1j": 2, "0x10": 2, "1_000": 2, "'a'": 1, 'f"{x}"': 1,
    "x +": 4, "* x": 1, "x + * y": 5, "x // y": 4, ")": 1, "(": 1, "x)": 2, "((x)": 1, "x^": 3, "x % y": 3,
    "x @ y": 3, "x := 1": 3, "x; y": 2, "\\": 1, "# x": 1, "__import__('os').system('x')": 1, "().__class__": 3,
    "exec(x)": 1, "sin.__globals__": 4, "z + 1": 1, "x + theta": 5,
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=[f"{text[:20]!a}" for text in HOSTILE])
def test_hostile_text_gets_one_line_with_its_column_at_once(text):
    began = time.process_time()
    with pytest.raises(RaceError) as caught:
        Formula(text)
    assert time.process_time() - began < 0.2
    (line,) = caught.value.faults
    assert line.startswith("landscape.formula: column ") and len(line) < 250 and line.isprintable()
    column = int(line.split("column ")[1].split(":")[0])
    assert 1 <= column <= min(len(text), MAX_LENGTH) + 1
    assert HOSTILE[text] in (None, column), line


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="xyze0123456789.+-*/^()², sincolgqrt_·π'[]{}=<>\0\n", max_size=60))
def test_any_text_is_a_formula_or_one_line(text):
    began = time.process_time()
    try:
        compiled(text, 2)
    except ValueError as error:
        assert str(error).startswith("column ") and "\n" not in str(error)
    assert time.process_time() - began < 0.2


def test_large_formulas_compile_at_once():
    for text in (
        "sin(" * 39 + "x*y" + ")" * 39,
        "*".join(["sin(x*y)"] * 40),
        "^".join(["x", "y"] * 19),
        "+".join("xy" * 50),
    ):
        compiled.cache_clear()
        began = time.process_time()
        compiled(text, 2)
        assert time.process_time() - began < 0.2


def test_messages_name_what_was_meant():
    for text, hint in (
        ("sine(x)", "did you mean 'sin'?"),
        ("X", "did you mean 'x'?"),
        ("qq", "there are x, y, pi, e, sin"),
        ("2x", "an operator such as * is missing before 'x'"),
        ("х", "(U+0445)"),
        ("sin x", "sin needs its argument in parentheses: sin(…)"),
    ):
        with pytest.raises(RaceError, match=r"^landscape\.formula: column [12]: ") as caught:
            Formula(text)
        assert hint in str(caught.value)


def test_every_wrong_field_is_reported():
    with pytest.raises(RaceError) as caught:
        Formula(3, ((2.0, 1.0),))  # type: ignore[arg-type]
    assert [fault.split(":")[0] for fault in caught.value.faults] == ["landscape.formula", "landscape.box"]


def test_no_text_reaches_the_machine():
    """What is compiled is made of our own names: the text of the formula is in no code object."""
    program = compiled("sin(x) ^ 2 + y * 123.25", 2)
    code = program.f.__code__
    assert code.co_names == ("sin",) and set(code.co_consts) <= {123.25, None}
    assert program.f.__globals__["__builtins__"] == {}
