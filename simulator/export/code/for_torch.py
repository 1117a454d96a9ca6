"""Entrants in PyTorch."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.export.code import draws, layers, rate, surface
from simulator.export.code.entry import Entry, Situation, called
from simulator.export.code.pycode import MATH, TORCH, number_text
from simulator.export.code.text import END, indented
from simulator.export.code.torch_rules import ENTRIES

NAME = "PyTorch"


def write(at: Situation) -> list[str]:
    """The lines of the script."""
    entry, several = ENTRIES[at.entrant.optimizer.name], at.problem is not None
    parts = [
        [*at.head(NAME)],
        [*_imports(at)],
        ["torch.set_default_dtype(torch.float64)"],
        ["", *_landscape(at)],
        *([["", *draws.noise(at.race, at.entrant, at.start)]] if draws.noisy(at.race) else []),
        *(["", *lines] for lines in rate.functions(at, MATH, "{1} if {0} else {2}")),
        ["", "def run():", '    """The path, a point a row, the start first."""', *indented(_run(at, entry, several))],
        ["", *END],
    ]
    return [line for part in parts for line in (*part, "")][:-1]


def _imports(at: Situation) -> Iterator[str]:
    batched = at.problem is not None and bool(draws.batches(at.race, at.problem))
    if batched:
        yield "import functools"
    yield "import math"
    yield ""
    if batched or draws.noisy(at.race):
        yield "import numpy as np"
    yield "import torch"


def _landscape(at: Situation) -> Iterator[str]:
    problem = at.problem
    if problem is None:
        yield from surface.function("loss", surface.surface(at.race), at.race.landscape.dim, TORCH, MATH)
        return
    yield from layers.given(at.race, problem, at.point, layers.TORCH)
    yield "def blocks(row):"
    yield '    """A row of numbers as weights and biases."""'
    yield f"    pieces = torch.as_tensor(row).split({layers.sizes(problem)})"
    yield f"    return [p.reshape(s).clone() for p, s in zip(pieces, {list(problem.blocks)})]"
    yield ""
    yield ""
    yield from layers.loss(problem, layers.TORCH)


def _run(at: Situation, entry: Entry, several: bool) -> Iterator[str]:
    if several:
        yield "theta = [p.requires_grad_() for p in blocks(START)]"
    else:
        yield f"theta = torch.tensor({at.point}, requires_grad=True)"
    for leg in at.legs:
        steady = rate.constant(leg.entrant.schedule, at.race)
        if leg.first:
            yield ""
            yield f"# {leg.turn}"
            yield 'memory = optimizer.state_dict()["state"]'
        yield from _begin(leg, entry, "theta" if several else "[theta]", steady)
        if leg.first:
            yield 'optimizer.load_state_dict({**optimizer.state_dict(), "state": memory})'
            yield from _ahead(leg, entry, several, steady)
        else:
            yield f"path = [{_row(several)}]"
        yield from _loop(leg, entry, several, steady)
    yield "return path"


def _loop(at: Situation, entry: Entry, several: bool, steady: bool) -> Iterator[str]:
    """The steps of one leg."""
    yield f"for k in range({f'{at.first}, ' if at.first else ''}{at.last}):"
    if at.restarts:
        yield f"    if k in {at.restarts}:  # a new phase: all memory is lost"
        if entry.velocity and several:
            yield "        for p, q in zip(theta, blocks(path[-1])):"
            yield "            p.data.copy_(q)"
        elif entry.velocity:
            yield "        theta.data.copy_(torch.tensor(path[-1]))"
        yield "        optimizer" + (", schedule = begin(k)" if not steady else " = begin(k)")
    closure = entry.asks == "closure"
    depth = "    "
    if closure:
        yield ""
        yield "    def closure():"
        depth += "    "
    yield from (depth + line for line in _backward(at, several))
    if closure:
        yield "        return value"
        yield ""
    yield f"    optimizer.step({'closure' if closure else ''})"
    if not steady:
        yield "    schedule.step()"
    yield from (f"    {line}" for line in _arrived(at, entry, several, steady))


def _begin(at: Situation, entry: Entry, params: str, steady: bool) -> Iterator[str]:
    """The optimizer, its schedule; in a function where it begins anew with every phase."""
    made, factor = _call(at, entry, params), f"factor{at.tag('schedule')}"
    if not at.restarts:
        yield f"optimizer = {made}"
        if not steady:
            shifted = f"lambda k: {factor}({at.first} + k)" if at.first else factor
            yield f"schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, {shifted})"
        return
    yield ""
    yield "def begin(born):"
    if steady:
        yield f"    return {made}"
    else:
        yield f"    optimizer = {made}"
        yield f"    return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k: {factor}(born + k))"
    yield ""
    yield f"optimizer{'' if steady else ', schedule'} = begin({at.first})"


def _call(at: Situation, entry: Entry, params: str) -> str:
    return called(entry, at, params=params, lr=number_text(at.entrant.lr)[0])


def _row(several: bool) -> str:
    return "torch.cat([p.detach().flatten() for p in theta]).tolist()" if several else "theta.tolist()"


def _backward(at: Situation, several: bool) -> Iterator[str]:
    """Loss and gradient at theta in step k, with its noise, clipped."""
    race, entrant = at.race, at.entrant
    yield "optimizer.zero_grad()"
    if at.problem is None:
        step = ", k" if surface.moves(race.landscape) else ""
        yield f"value = loss(*theta{step})"
    else:
        part = "[batch(k)]" if draws.batches(race, at.problem) else ""
        yield f"value = loss(theta, X{part}, Y{part})"
    if draws.additive(race):
        if several:
            yield "value = value + sum((p * n).sum() for p, n in zip(theta, blocks(NOISE[k])))  # a slope of NOISE"
        else:
            yield "value = value + theta @ torch.from_numpy(NOISE[k])  # a slope of NOISE"
    yield "value.backward()"
    if draws.noisy(race) and not draws.additive(race):
        yield from _each("{grad} *= {noise}", several)
    if entrant.clip_value:
        yield f"torch.nn.utils.clip_grad_value_(theta, {number_text(entrant.clip_value)[0]})"
    if entrant.clip_norm:
        limit = number_text(entrant.clip_norm)[0]
        norm = "torch.cat([p.grad.flatten() for p in theta]).norm()" if several else "theta.grad.norm()"
        yield f"norm = {norm}"
        yield f"if norm > {limit}:  # clip_grad_norm_ divides by norm + 1e-6, and ends a little short of the limit"
        yield from (f"    {line}" for line in _each(f"{{grad}} *= {limit} / norm", several))


def _each(line: str, several: bool) -> Iterator[str]:
    """``line`` for the gradient of theta, or for that of each of its blocks."""
    if not several:
        yield line.format(grad="theta.grad", noise="torch.from_numpy(NOISE[k])")
    elif "{noise}" in line:
        yield "for p, n in zip(theta, blocks(NOISE[k])):"
        yield "    " + line.format(grad="p.grad", noise="n")
    else:
        yield "for p in theta:"
        yield "    " + line.format(grad="p.grad")


def _arrived(at: Situation, entry: Entry, several: bool, steady: bool) -> Iterator[str]:
    """What is done with where the step ended."""
    if not entry.velocity:
        if at.race.landscape.domain is not None:
            yield "with torch.no_grad():"
            yield from (f"    {line}" for line in _inside(at, "theta"))
        yield f"path.append({_row(several)})"
        return
    yield from _back_from_ahead(at, entry, several, steady)


def _lag(at: Situation, steady: bool, step: str) -> str:
    """By how much of v the look-ahead point of ``step`` lies ahead: η·β."""
    lr, beta = number_text(at.entrant.lr)[0], number_text(at.optimizer.beta)[0]
    return f"{lr} * {beta}" if steady else f"{lr} * factor{at.tag('schedule')}({step}) * {beta}"


def _ahead(at: Situation, entry: Entry, several: bool, steady: bool) -> Iterator[str]:
    """Where a fork begins, the library's look-ahead point is moved to that of the new settings."""
    if not entry.velocity:
        return
    yield "with torch.no_grad():  # torch keeps φ = θ − η·β·v, which moves with η and β"
    if several:
        yield "    for p, q in zip(theta, blocks(path[-1])):"
        yield f"        p.copy_(q - {_lag(at, steady, str(at.first))} * {entry.velocity})"
    else:
        v = entry.velocity.replace("[p]", "[theta]")
        yield f"    theta.copy_(torch.tensor(path[-1]) - {_lag(at, steady, str(at.first))} * {v})"


def _back_from_ahead(at: Situation, entry: Entry, several: bool, steady: bool) -> Iterator[str]:
    """θ of the look-ahead point that the library keeps; under a schedule the next step's lies elsewhere."""
    now, then = _lag(at, steady, "k"), _lag(at, steady, "k + 1")
    moves = not steady or at.race.landscape.domain is not None
    yield "with torch.no_grad():  # torch keeps φ = θ − η·β·v, the look-ahead point"
    if several:
        yield f"    velocities = [{entry.velocity} for p in theta]"
        yield f"    here = [p + {now} * v for p, v in zip(theta, velocities)]"
        yield f"    path.append({_row(True).replace('theta', 'here')})"
        if moves:
            yield "    for p, q, v in zip(theta, here, velocities):"
            yield f"        p.copy_(q - {then} * v)  # φ at the next step's rate"
        return
    yield f"    v = {entry.velocity.replace('[p]', '[theta]')}"
    yield f"    here = theta + {now} * v"
    yield from (f"    {line}" for line in _inside(at, "here"))
    yield "    path.append(here.tolist())"
    if moves:
        yield f"    theta.copy_(here - {then} * v)  # φ at the next step's rate"


def _inside(at: Situation, name: str) -> Iterator[str]:
    for i, (low, high) in enumerate(at.race.landscape.domain or ()):
        yield f"{name}[{i}].clamp_({low}, {high})"
