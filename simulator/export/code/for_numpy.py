"""Entrants in plain NumPy: the lines of the formula, in order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from simulator import notation
from simulator.export.code import draws, layers, rate, surface
from simulator.export.code.entry import Entry, Lack, Situation
from simulator.export.code.pycode import MATH, NUMPY, number_text
from simulator.export.code.text import END, indented
from simulator.notation import NotAFormula
from simulator.optimizer import Optimizer, bound
from simulator.optimizers import OPTIMIZERS
from simulator.param import RaceError, params

NAME = "NumPy"

IN_WORDS = (
    "armijo", "bfgs", "gauss_newton", "kfac", "lbfgs", "natural_gradient", "ncg", "newton", "shampoo", "sophia",
)  # fmt: skip
"""Rules with a line that is told in words, or about matrices, whatever their settings."""

AT_REST = ("dadapt_adam", "dadapt_sgd", "madgrad", "prodigy")
"""Rules whose code skips what they learn of a gradient while η is 0; their formulas do not."""

NO_RATE = Lack(
    lambda at: at.stands_still,
    "the schedule begins with η = 0, in which step the rule's code learns nothing and its formula does",
)

LAYERED = Lack(
    lambda at: len(at.race.landscape.blocks) > 1 and any(line.scope for line in _settled(at)),
    "it works layer by layer, and of that no NumPy is made",
)

ENTRIES = {
    name: Entry("", lacks=(LAYERED, NO_RATE) if name in AT_REST else (LAYERED,))
    for name in OPTIMIZERS
    if name not in IN_WORDS
}
MISSING = {name: "its formula has lines of words or matrices, of which no NumPy is made" for name in IN_WORDS}
GUARDED = {
    "inv0": ["def inv0(u):", '    """1/u, and 0 at u = 0."""', "    return (u != 0) / np.where(u == 0, 1, u)"],
    "log0": ["def log0(u):", '    """log u, and 0 at u = 0."""', "    return np.log(np.where(u == 0, 1, u))"],
}


def write(at: Situation) -> list[str]:
    """The lines of the script. Raises RaceError where a line of the formula is none of numbers."""
    rule = _rule(at)
    steady = rate.constant(at.entrant.schedule, at.race)
    landscape = [*_landscape(at, rule)]
    helpers = [[*text.rstrip().split("\n")] for name, text in notation.HELPERS.items() if _says(rule, f"{name}(")]
    helpers += [lines for name, lines in GUARDED.items() if _says(landscape, f"{name}(")]
    parts = [
        [*at.head(NAME)],
        [*_imports(at)],
        *(["", *lines] for lines in helpers),
        ["", *landscape],
        *([["", *draws.noise(at.race, at.entrant, at.start)]] if draws.noisy(at.race) else []),
        ["", *_slope(at, rule)],
        *([] if steady else [["", *rate.function(at.entrant.schedule, at.race, MATH, "{1} if {0} else {2}")]]),
        ["", "def run():", '    """The path, a point a row, the start first."""', *indented(_run(at, rule, steady))],
        ["", *END],
    ]
    return [line for part in parts for line in (*part, "")][:-1]


def _settled(at: Situation) -> tuple[notation.Line, ...]:
    return notation.lines(at.optimizer, at.race.landscape.blocks)


def _rule(at: Situation) -> list[str]:
    """The formula's lines as statements."""
    known = notation.identifiers(at.optimizer), notation.settings(at.optimizer)
    try:
        return notation.to_numpy(_settled(at), *known)
    except NotAFormula as error:
        raise RaceError([f"{at.entrant.label}: {error}"]) from None


def _says(lines: list[str], text: str) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(text)}", line) for line in lines)


def _imports(at: Situation) -> Iterator[str]:
    if at.problem is not None and draws.batches(at.race, at.problem):
        yield "import functools"
    yield "import math"
    yield ""
    yield "import numpy as np"


def _asks_loss(rule: list[str]) -> bool:
    return any(re.search(r"\bloss(_at)?\b", line) for line in rule)


def _landscape(at: Situation, rule: list[str]) -> Iterator[str]:
    problem, dim = at.problem, at.race.landscape.dim
    if problem is None:
        if _asks_loss(rule):
            yield from surface.function("value", surface.surface(at.race), dim, NUMPY, MATH)
            yield from ("", "")
        yield from surface.function("derivatives", surface.surface(at.race, "df"), dim, NUMPY, MATH)
        return
    yield from layers.given(at.race, problem, at.point, layers.NUMPY)
    yield from layers.gradient(problem)


def _slope(at: Situation, rule: list[str]) -> Iterator[str]:
    """``slope(theta, k)`` and, where it is asked for, ``height(theta, k)``: as the racer is told them in step k."""
    race, entrant, problem = at.race, at.entrant, at.problem
    step = ", k" if surface.moves(race.landscape) and problem is None else ""
    part = "[batch(k)]" if problem is not None and draws.batches(race, problem) else ""
    both = f"loss_and_gradient(theta, X{part}, Y{part})"
    if _asks_loss(rule):
        added = " + NOISE[k] @ theta" if draws.additive(race) else ""
        yield "def height(theta, k):"
        yield '    """The loss at theta in step k."""'
        yield f"    return {f'value(*theta{step})' if problem is None else f'{both}[0]'}{added}"
        yield from ("", "")
    lines = [f"grad = {f'np.array(derivatives(*theta{step}))' if problem is None else f'{both}[1]'}"]
    if draws.noisy(race):
        lines.append(f"grad = grad {'+' if draws.additive(race) else '*'} NOISE[k]")
    if entrant.clip_value:
        limit = number_text(entrant.clip_value)[0]
        lines.append(f"grad = np.clip(grad, -{limit}, {limit})")
    if entrant.clip_norm:
        limit = number_text(entrant.clip_norm)[0]
        lines += ["norm = np.linalg.norm(grad)", f"grad = grad * ({limit} / norm) if norm > {limit} else grad"]
    yield "def slope(theta, k):"
    yield '    """The gradient at theta in step k."""'
    yield from (f"    {line}" for line in lines[:-1])
    yield f"    return {lines[-1].partition(' = ')[2]}"


def _run(at: Situation, rule: list[str], steady: bool) -> Iterator[str]:
    assigned = {match[1] for line in rule if (match := re.match(r"\s*(\w+) = ", line))}
    settings = {name: value for name, value in _settings(at).items() if _says(rule, name)}
    lr = number_text(at.entrant.lr)[0]
    peak = "peak" if at.turns and not steady else lr
    yield from (f"{name} = {value}" for name, value in settings.items() if name not in assigned)
    if steady or at.turns:
        yield f"{'lr' if steady else peak} = {lr}"
    yield f"theta = np.array({'START' if at.problem is not None else at.point})"
    state = [*_state(at, rule)]
    yield from state
    yield "path = [theta]"
    yield f"for k in range({at.race.steps}):"
    if at.restarts:
        yield f"    if k in {(0, *at.restarts)}:  # a new phase: all memory is lost"
        yield from (f"        {line}" for line in [*state, "born = k"])
        yield "    t = k + 1 - born"
    else:
        yield "    t = k + 1"
    yield from (f"    {line}" for line in _turns(at, rule, "lr" if steady else peak))
    if not steady:
        yield f"    lr = {peak} * factor(k)"
    # Set anew, as the formula changes them within a step.
    yield from (f"    {name} = {value}" for name, value in settings.items() if name in assigned)
    yield from (f"    {line}" for line in _answers(rule))
    yield from (f"    {line}" for line in rule)
    if domain := at.race.landscape.domain:
        low, high = ([float(x) for x in side] for side in zip(*domain, strict=True))
        yield f"    theta = np.clip(theta, {low}, {high})"
    yield "    path.append(theta)"
    yield "return np.array(path).tolist()"


def _turns(at: Situation, rule: list[str], rate: str) -> Iterator[str]:
    """What changes at the steps from which a fork goes on with other numbers."""
    before = at.entrant
    for step, leg in at.turns:
        new = {rate: number_text(leg.lr)[0]} if leg.lr != before.lr else {}
        mine, theirs = _settings(replace(at, entrant=leg)), _settings(replace(at, entrant=before))
        new |= {name: value for name, value in mine.items() if value != theirs[name] and _says(rule, name)}
        if new:
            yield f"if k == {step}:  # the fork: from here on with settings of its own"
            yield from (f"    {name} = {value}" for name, value in new.items())
        before = leg


def alike(at: Situation, optimizer: Optimizer) -> bool:
    """Whether the script's lines hold for ``optimizer`` as well, under other numbers."""
    rule, other = _rule(at), replace(at, entrant=replace(at.entrant, optimizer=optimizer))
    assigned = {match[1] for line in rule if (match := re.match(r"\s*(\w+) = ", line))}
    mine, theirs = _settings(at), _settings(other)
    return rule == _rule(other) and all(mine[name] == theirs[name] for name in assigned & mine.keys())


def _answers(rule: list[str]) -> Iterator[str]:
    """What the formula's lines take for granted: the gradient at θ, the loss, or functions where they say the point."""
    for name, of in (("gradient", "slope"), ("loss_at", "height")):
        if _says(rule, f"{name}("):
            yield ""
            yield f"def {name}(theta):"
            yield f"    return {of}(theta, k)"
            yield ""
    first = next(line for line in rule if re.search(r"\bgrad\b", line) or "gradient(" in line)
    if not re.match(r"\s*(\w+) = gradient\(|ahead = ", first) or re.search(r"\bgrad\b", first.partition(" = ")[2]):
        yield "grad = slope(theta, k)"
    if any(re.search(r"\bloss\b", line) for line in rule):
        yield "loss = height(theta, k)"


def _settings(at: Situation) -> dict[str, str]:
    """Numeric hyperparameters but η by their names here."""
    optimizer = at.entrant.optimizer
    numeric = (name for name, p in params(type(optimizer)).items() if p.numeric and name != "lr")
    return {name: number_text(float(optimizer.hyper[name]))[0] for name in numeric}


def _state(at: Situation, rule: list[str]) -> Iterator[str]:
    """What is remembered, before the first step; and 0 for what a line reads before any has set it."""
    dim = at.race.landscape.dim
    start = bound([at.optimizer], at.race.landscape.blocks).init(np.array([at.point]))
    for key, value in start.items():
        if _says(rule, key):
            yield f"{key} = {f'np.zeros({dim})' if value.shape[-1] == dim > 1 or value.shape[-1] == dim else '0.0'}"
    for name in _unset(rule, {*start, *_settings(at), "lr", "theta", "grad", "t"}):
        yield f"{name} = 0.0"


def _unset(rule: list[str], known: set[str]) -> Iterator[str]:
    """Names that a line reads, or sets under a condition only, before a line has set them for certain."""
    known = known | {"np", "ratio", "rms", "gradient", "loss_at", "loss"}
    for line in rule:
        target, _, value = line.partition(" = ")
        words = re.findall(r"(?<![\w.])[A-Za-z_]\w*", value if not line.lstrip().startswith("if ") else line[3:])
        for name in [*words, *([target.strip()] if line.startswith(" ") else [])]:
            if name not in known:
                known.add(name)
                yield name
        known.add(target.strip())
