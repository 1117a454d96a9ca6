"""Entrants in PyTorch."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.export.code import draws, layers, rate, surface
from simulator.export.code.entry import Entry, Lack, Situation, called
from simulator.export.code.pycode import MATH, TORCH, number_text
from simulator.export.code.text import END, indented, wrapped

NAME = "PyTorch"

UNCORRECTED = Lack(
    lambda at: not at.optimizer.bias_correction, "torch's Adam always corrects the bias of m and v: switch m̂, v̂ on"
)
NO_RATE = Lack(
    lambda at: at.optimizer.line_search_fn != "none" and 0.0 in at.entrant.schedule.factors(at.race.steps)[:-1],
    "torch's line search divides by 0 where η is 0, as in the first step of a warm-up",
)
ENDLESS = Lack(
    lambda at: at.race.landscape.domain is not None,
    "the slope is straight and only the box ends it: torch's line search runs off to values that are no numbers",
)

ENTRIES = {
    "sgd": Entry("torch.optim.SGD({params}, lr={lr}, weight_decay={weight_decay})"),
    "momentum": Entry(
        "torch.optim.SGD({params}, lr={lr}, momentum={beta}, dampening={dampening}, weight_decay={weight_decay})"
    ),
    "nesterov": Entry(
        "torch.optim.SGD({params}, lr={lr}, momentum={beta}, nesterov=True, weight_decay={weight_decay})",
        lacks=(
            Lack(
                lambda at: at.optimizer.beta == 0.0,
                "torch has no Nesterov momentum with β = 0: that is SGD",
            ),
        ),
        velocity='optimizer.state[p]["momentum_buffer"]',
    ),
    "adagrad": Entry(
        "torch.optim.Adagrad({params}, lr={lr}, lr_decay={lr_decay}, weight_decay={weight_decay}, "
        "initial_accumulator_value={initial_accumulator_value}, eps={eps})"
    ),
    "rmsprop": Entry(
        "torch.optim.RMSprop({params}, lr={lr}, alpha={rho}, eps={eps}, weight_decay={weight_decay}, momentum={beta}, "
        "centered={centered})"
    ),
    "adadelta": Entry("torch.optim.Adadelta({params}, lr={lr}, rho={rho}, eps={eps}, weight_decay={weight_decay})"),
    "adam": Entry(
        "torch.optim.Adam({params}, lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay})",
        lacks=(UNCORRECTED,),
    ),
    "adamw": Entry(
        "torch.optim.AdamW({params}, lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay})"
    ),
    "amsgrad": Entry(
        "torch.optim.Adam({params}, lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay}, "
        "amsgrad=True, decoupled_weight_decay={decoupled_weight_decay})"
    ),
    "adamax": Entry(
        "torch.optim.Adamax({params}, lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay})"
    ),
    "nadam": Entry(
        "torch.optim.NAdam({params}, lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay}, "
        "momentum_decay={momentum_decay}, decoupled_weight_decay={decoupled_weight_decay})"
    ),
    "radam": Entry(
        "torch.optim.RAdam({params}, lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay}, "
        "decoupled_weight_decay={decoupled_weight_decay})"
    ),
    "rprop": Entry(
        "torch.optim.Rprop({params}, lr={lr}, etas=({etaminus}, {etaplus}), "
        "step_sizes=({step_size_min}, {step_size_max}))"
    ),
    "asgd": Entry(
        "torch.optim.ASGD({params}, lr={lr}, lambd={lambd}, alpha={power}, t0={t0}, weight_decay={weight_decay})"
    ),
    "adafactor": Entry(
        "torch.optim.Adafactor({params}, lr={lr}, beta2_decay={beta2_decay}, eps=({eps1}, {eps2}), d={d}, "
        "weight_decay={weight_decay})"
    ),
    "lbfgs": Entry(
        "torch.optim.LBFGS({params}, lr={lr}, max_iter={max_iter}, max_eval={max_eval}, "
        "tolerance_grad={tolerance_grad}, tolerance_change={tolerance_change}, history_size={history_size}, "
        "line_search_fn={search})",
        more=lambda at: {"search": None if at.optimizer.line_search_fn == "none" else at.optimizer.line_search_fn},
        lacks=(NO_RATE, ENDLESS),
        asks="closure",
    ),
}

MISSING = {"muon": "torch.optim.Muon works in bfloat16, to some three digits"}


def write(at: Situation) -> list[str]:
    """The lines of the script."""
    entry, several = ENTRIES[at.entrant.optimizer.name], at.problem is not None
    steady = rate.constant(at.entrant.schedule, at.race)
    parts = [
        [*at.head(NAME)],
        [*_imports(at)],
        ["torch.set_default_dtype(torch.float64)"],
        ["", *_landscape(at)],
        *([["", *draws.noise(at.race, at.entrant, at.start)]] if draws.noisy(at.race) else []),
        *([] if steady else [["", *rate.function(at.entrant.schedule, at.race, MATH, "{1} if {0} else {2}")]]),
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
    yield from wrapped(f"START = {at.point}")
    yield from layers.data(problem, layers.TORCH)
    yield ""
    yield ""
    if lines := draws.batches(at.race, problem):
        yield from (*lines, "", "")
    yield "def blocks(row):"
    yield '    """A row of numbers as weights and biases."""'
    yield f"    pieces = torch.as_tensor(row).split({layers.sizes(problem)})"
    yield f"    return [p.reshape(s).clone() for p, s in zip(pieces, {list(problem.blocks)})]"
    yield ""
    yield ""
    yield from layers.loss(problem, layers.TORCH)


def _run(at: Situation, entry: Entry, several: bool) -> Iterator[str]:
    race, entrant = at.race, at.entrant
    steady = rate.constant(entrant.schedule, race)
    params = "theta" if several else "[theta]"
    if several:
        yield "theta = [p.requires_grad_() for p in blocks(START)]"
    else:
        yield f"theta = torch.tensor({at.point}, requires_grad=True)"
    yield from _begin(at, entry, params, steady)
    yield f"path = [{_row(several)}]"
    yield f"for k in range({race.steps}):"
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
    yield "return path"


def _begin(at: Situation, entry: Entry, params: str, steady: bool) -> Iterator[str]:
    """The optimizer, its schedule; in a function where it begins anew with every phase."""
    made = _call(at, entry, params)
    if not at.restarts:
        yield f"optimizer = {made}"
        if not steady:
            yield "schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)"
        return
    yield ""
    yield "def begin(born):"
    if steady:
        yield f"    return {made}"
    else:
        yield f"    optimizer = {made}"
        yield "    return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k: factor(born + k))"
    yield ""
    yield f"optimizer{'' if steady else ', schedule'} = begin(0)"


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


def _back_from_ahead(at: Situation, entry: Entry, several: bool, steady: bool) -> Iterator[str]:
    """θ of the look-ahead point that the library keeps; under a schedule the next step's lies elsewhere."""
    lr, beta = number_text(at.entrant.lr)[0], number_text(at.entrant.optimizer.hyper["beta"])[0]
    now, then = (lr, lr) if steady else (f"{lr} * factor(k)", f"{lr} * factor(k + 1)")
    moves = not steady or at.race.landscape.domain is not None
    yield "with torch.no_grad():  # torch keeps φ = θ − η·β·v, the look-ahead point"
    if several:
        yield f"    velocities = [{entry.velocity} for p in theta]"
        yield f"    here = [p + {now} * {beta} * v for p, v in zip(theta, velocities)]"
        yield f"    path.append({_row(True).replace('theta', 'here')})"
        if moves:
            yield "    for p, q, v in zip(theta, here, velocities):"
            yield f"        p.copy_(q - {then} * {beta} * v)  # φ at the next step's rate"
        return
    yield f"    v = {entry.velocity.replace('[p]', '[theta]')}"
    yield f"    here = theta + {now} * {beta} * v"
    yield from (f"    {line}" for line in _inside(at, "here"))
    yield "    path.append(here.tolist())"
    if moves:
        yield f"    theta.copy_(here - {then} * {beta} * v)  # φ at the next step's rate"


def _inside(at: Situation, name: str) -> Iterator[str]:
    for i, (low, high) in enumerate(at.race.landscape.domain or ()):
        yield f"{name}[{i}].clamp_({low}, {high})"
