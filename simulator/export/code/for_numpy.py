"""Entrants in plain NumPy: the lines of the formula, in order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from simulator import notation
from simulator.export.code import draws, layers, rate, surface
from simulator.export.code.entry import CLIPS, Entry, Lack, Situation
from simulator.export.code.pycode import MATH, NUMPY, number_text
from simulator.export.code.text import END, indented
from simulator.notation import NotAFormula
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

UNTOLD = Lack(
    lambda at: any(value.any() for key, value in at.memory.items() if key not in at.before.memory),
    "it is a fork that begins to remember what its formula sets in the first step alone",
)

LAYERED = Lack(
    lambda at: len(at.race.landscape.blocks) > 1 and any(line.scope for line in _settled(at)),
    "it works layer by layer, and of that no NumPy is made",
)

ENTRIES = {
    name: Entry("", lacks=(LAYERED, UNTOLD, NO_RATE) if name in AT_REST else (LAYERED, UNTOLD))
    for name in OPTIMIZERS
    if name not in IN_WORDS
}
MISSING = {name: "its formula has lines of words or matrices, of which no NumPy is made" for name in IN_WORDS}
NAMES = {"k": "seen"}  # of a formula, where the script calls another thing so
GUARDED = {
    "inv0": ["def inv0(u):", '    """1/u, and 0 at u = 0."""', "    return (u != 0) / np.where(u == 0, 1, u)"],
    "log0": ["def log0(u):", '    """log u, and 0 at u = 0."""', "    return np.log(np.where(u == 0, 1, u))"],
}


def write(at: Situation) -> list[str]:
    """The lines of the script. Raises RaceError where a line of the formula is none of numbers."""
    rules = [_rule(leg) for leg in at.legs]
    every = [line for rule in rules for line in rule]
    landscape = [*_landscape(at, every)]
    helpers = [[*text.rstrip().split("\n")] for name, text in notation.HELPERS.items() if _says(every, f"{name}(")]
    helpers += [lines for name, lines in GUARDED.items() if _says(landscape, f"{name}(")]
    parts = [
        [*at.head(NAME)],
        [*_imports(at)],
        *(["", *lines] for lines in helpers),
        ["", *landscape],
        *([["", *draws.noise(at.race, at.entrant, at.start)]] if draws.noisy(at.race) else []),
        *([["", *_height(at)]] if _asks_loss(every) else []),
        *(["", *_slope(leg)] for leg in at.legs if leg.begins(*CLIPS)),
        *(["", *lines] for lines in rate.functions(at, MATH, "{1} if {0} else {2}")),
        ["", "def run():", '    """The path, a point a row, the start first."""', *indented(_run(at, rules))],
        ["", *END],
    ]
    return [line for part in parts for line in (*part, "")][:-1]


def _settled(at: Situation) -> tuple[notation.Line, ...]:
    return notation.lines(at.optimizer, at.race.landscape.blocks)


def _rule(at: Situation) -> list[str]:
    """The formula's lines as statements."""
    known = notation.identifiers(at.optimizer) | NAMES, notation.settings(at.optimizer)
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


def _told(at: Situation) -> tuple[str, str]:
    """In step k: what a landscape is asked with beside the point, and how a problem is asked for both."""
    part = "[batch(k)]" if at.problem is not None and draws.batches(at.race, at.problem) else ""
    step = ", k" if surface.moves(at.race.landscape) and at.problem is None else ""
    return step, f"loss_and_gradient(theta, X{part}, Y{part})"


def _height(at: Situation) -> Iterator[str]:
    """``height(theta, k)``: the loss as the racer is told it in step k."""
    step, both = _told(at)
    added = " + NOISE[k] @ theta" if draws.additive(at.race) else ""
    yield "def height(theta, k):"
    yield '    """The loss at theta in step k."""'
    yield f"    return {f'value(*theta{step})' if at.problem is None else f'{both}[0]'}{added}"


def _slope(at: Situation) -> Iterator[str]:
    """``slope(theta, k)``: the gradient as the racer is told it in step k."""
    race, entrant, (step, both) = at.race, at.entrant, _told(at)
    lines = [f"grad = {f'np.array(derivatives(*theta{step}))' if at.problem is None else f'{both}[1]'}"]
    if draws.noisy(race):
        lines.append(f"grad = grad {'+' if draws.additive(race) else '*'} NOISE[k]")
    if entrant.clip_value:
        limit = number_text(entrant.clip_value)[0]
        lines.append(f"grad = np.clip(grad, -{limit}, {limit})")
    if entrant.clip_norm:
        limit = number_text(entrant.clip_norm)[0]
        lines += ["norm = np.linalg.norm(grad)", f"grad = grad * ({limit} / norm) if norm > {limit} else grad"]
    yield f"def slope{at.tag(*CLIPS)}(theta, k):"
    yield '    """The gradient at theta in step k."""'
    yield from (f"    {line}" for line in lines[:-1])
    yield f"    return {lines[-1].partition(' = ')[2]}"


def _run(at: Situation, rules: list[list[str]]) -> Iterator[str]:
    set_before: dict[str, str] = {}
    yield f"theta = np.array({'START' if at.problem is not None else at.point})"
    kept: dict[str, str] = {}
    for leg, rule in zip(at.legs, rules, strict=True):
        if leg.first:
            yield ""
            yield f"# {leg.turn}"
        assigned = {match[1] for line in rule if (match := re.match(r"\s*(\w+) = ", line))}
        settings = {name: value for name, value in _settings(leg).items() if _says(rule, name)}
        steady = rate.constant(leg.entrant.schedule, at.race)
        fixed = {name: value for name, value in settings.items() if name not in assigned}
        fixed |= {"lr": number_text(leg.entrant.lr)[0]} if steady else {}
        yield from (f"{name} = {value}" for name, value in fixed.items() if set_before.get(name) != value)
        set_before = fixed
        state = _state(leg, rule)
        yield from (f"{name} = {value}" for name, value in state.items() if name not in kept)
        kept = state
        if not leg.first:
            yield from ["path = [theta]", *(["born = 0"] if at.anew else [])]
        changed = {name: value for name, value in settings.items() if name in assigned}
        yield from _loop(leg, rule, steady, changed, state)
    yield "return np.array(path).tolist()"


def _loop(
    at: Situation, rule: list[str], steady: bool, changed: dict[str, str], state: dict[str, str]
) -> Iterator[str]:
    """The steps of one leg. ``changed``: settings that the formula changes within a step."""
    yield f"for k in range({f'{at.first}, ' if at.first else ''}{at.last}):"
    if at.restarts:
        yield f"    if k in {at.restarts}:  # a new phase: all memory is lost"
        yield from (f"        {name} = {value}" for name, value in (*state.items(), ("born", "k")))
    yield f"    t = k + 1{' - born' if at.anew else ''}"
    if not steady:
        yield f"    lr = {number_text(at.entrant.lr)[0]} * factor{at.tag('schedule')}(k)"
    yield from (f"    {name} = {value}" for name, value in changed.items())
    yield from (f"    {line}" for line in _answers(rule, f"slope{at.tag(*CLIPS)}"))
    yield from (f"    {line}" for line in rule)
    if domain := at.race.landscape.domain:
        low, high = ([float(x) for x in side] for side in zip(*domain, strict=True))
        yield f"    theta = np.clip(theta, {low}, {high})"
    yield "    path.append(theta)"


def _answers(rule: list[str], slope: str) -> Iterator[str]:
    """What the formula's lines take for granted: the gradient at θ, the loss, or functions where they say the point."""
    for name, of in (("gradient", slope), ("loss_at", "height")):
        if _says(rule, f"{name}("):
            yield ""
            yield f"def {name}(theta):"
            yield f"    return {of}(theta, k)"
            yield ""
    first = next(line for line in rule if re.search(r"\bgrad\b", line) or "gradient(" in line)
    if not re.match(r"\s*(\w+) = gradient\(|ahead = ", first) or re.search(r"\bgrad\b", first.partition(" = ")[2]):
        yield f"grad = {slope}(theta, k)"
    if any(re.search(r"\bloss\b", line) for line in rule):
        yield "loss = height(theta, k)"


def _settings(at: Situation) -> dict[str, str]:
    """Numeric hyperparameters but η by their names here."""
    optimizer = at.entrant.optimizer
    numeric = (name for name, p in params(type(optimizer)).items() if p.numeric and name != "lr")
    return {name: number_text(float(optimizer.hyper[name]))[0] for name in numeric}


def _state(at: Situation, rule: list[str]) -> dict[str, str]:
    """What is remembered, before the first step; and 0 for what a line reads before any has set it."""
    dim = at.race.landscape.dim
    memory = {NAMES.get(key, key): value for key, value in at.memory.items()}
    found = {
        name: f"np.zeros({dim})" if value.shape[-1] == dim else "0.0"
        for name, value in memory.items()
        if _says(rule, name)
    }
    known = {*memory, *_settings(at), "lr", "theta", "grad", "t"}
    return found | {name: "0.0" for name in _unset(rule, known)}


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
