"""Entrants in optax, on JAX."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.export.code import draws, layers, rate, surface
from simulator.export.code.entry import Entry, Situation, called
from simulator.export.code.optax_rules import ENTRIES
from simulator.export.code.pycode import JAX, number_text
from simulator.export.code.text import END, indented, wrapped

NAME = "optax"


def write(at: Situation) -> list[str]:
    """The lines of the script."""
    steady = rate.constant(at.entrant.schedule, at.race)
    entry, schedule = ENTRIES[at.optimizer.name], at.entrant.schedule
    parts = [
        [*at.head(NAME)],
        [*_imports(at)],
        ['jax.config.update("jax_enable_x64", True)'],
        ["", *_landscape(at)],
        *([["", *_noise(at)]] if draws.noisy(at.race) else []),
        *([] if steady else [["", *rate.function(schedule, at.race, JAX, "jnp.where({0}, {1}, {2})"), "", *_rate(at)]]),
        ["", *_optimizer(at, entry, steady)],
        ["", *_slope(at)],
        ["", *_step(at, entry)],
        ["", "def run():", '    """The path, a point a row, the start first."""', *indented(_run(at, entry, steady))],
        ["", *END],
    ]
    return [line for part in parts for line in (*part, "")][:-1]


def _imports(at: Situation) -> Iterator[str]:
    batched = _batched(at)
    if batched or at.restarts:
        yield "import functools"
    yield "import math"
    yield ""
    yield "import jax"
    yield "import jax.numpy as jnp"
    if batched or draws.noisy(at.race):
        yield "import numpy as np"
    yield "import optax"


def _batched(at: Situation) -> bool:
    return at.problem is not None and bool(draws.batches(at.race, at.problem))


def _landscape(at: Situation) -> Iterator[str]:
    problem = at.problem
    if problem is None:
        found = surface.surface(at.race)
        yield from surface.function("loss", found, at.race.landscape.dim, JAX, JAX, "jnp.array({})")
        return
    yield from layers.given(at.race, problem, at.point, layers.JAX)
    ends = [sum(layers.sizes(problem)[: i + 1]) for i in range(len(problem.blocks) - 1)]
    yield "def blocks(row):"
    yield '    """A row of numbers as weights and biases."""'
    yield f"    pieces = jnp.split(jnp.asarray(row), {ends})"
    yield f"    return [p.reshape(s) for p, s in zip(pieces, {list(problem.blocks)})]"
    yield from ("", "")
    yield from layers.loss(problem, layers.JAX)


def _noise(at: Situation) -> list[str]:
    *lines, last = draws.noise(at.race, at.entrant, at.start)
    return [*lines, last.replace("= ", "= jnp.array(", 1) + ")"]


def _rate(at: Situation) -> list[str]:
    return [
        "",
        "def rate(k):",
        "    # A count is an int32, which JAX would divide in single precision.",
        f"    return {number_text(at.entrant.lr)[0]} * factor(jnp.asarray(k, dtype=float))",
    ]


def _optimizer(at: Situation, entry: Entry, steady: bool) -> Iterator[str]:
    lr = number_text(at.entrant.lr)[0] if steady else "lambda k: rate(born + k)" if at.restarts else "rate"
    made = called(entry, at, lr=lr).replace("{lr}", lr)
    if at.restarts:
        yield "def begin(born):"
        yield '    """The optimizer that begins with step ``born``."""'
        yield from indented([f"return {made}"])
    else:
        yield from wrapped(f"optimizer = {made}")


def _slope(at: Situation) -> Iterator[str]:
    """Loss and gradient at a point in step k, with its noise, clipped."""
    race, entrant, several = at.race, at.entrant, at.problem is not None
    if several:
        value = "loss(theta, x, y)"
        added = "sum(jnp.sum(p * n) for p, n in zip(theta, blocks(NOISE[k])))"
        times = "[g * n for g, n in zip(grad, blocks(NOISE[k]))]"
    else:
        value = f"loss(*theta{', k' if surface.moves(race.landscape) else ''})"
        added, times = "theta @ NOISE[k]", "grad * NOISE[k]"
    limits = [("optax.clip", entrant.clip_value), ("optax.clip_by_global_norm", entrant.clip_norm)]
    clips = [f"{name}({number_text(limit)[0]})" for name, limit in limits if limit]
    if clips:
        yield f"clip = {clips[0] if len(clips) == 1 else f'optax.chain({clips[0]}, {clips[1]})'}"
        yield from ("", "")
    yield f"def slope(theta, k{', x, y' * several}):"
    yield '    """Loss and gradient at theta in step k."""'
    yield ""
    yield "    def value(theta):"
    yield f"        return {value}{f' + {added}  # a slope of NOISE' if draws.additive(race) else ''}"
    yield ""
    if not clips and (draws.additive(race) or not draws.noisy(race)):
        yield "    return jax.value_and_grad(value)(theta)"
        return
    yield "    found, grad = jax.value_and_grad(value)(theta)"
    if draws.noisy(race) and not draws.additive(race):
        yield f"    grad = {times}"
    if clips:
        yield "    grad, _ = clip.update(grad, clip.init(theta))"
    yield "    return found, grad"


def _step(at: Situation, entry: Entry) -> Iterator[str]:
    sample = ", x, y" if at.problem is not None else ""
    more = {
        "value": ", value=value",
        "grad_fn": f", grad_fn=lambda there, _: slope(there, k{sample})[1]",
    }.get(entry.asks, "")
    yield "@functools.partial(jax.jit, static_argnums=0)" if at.restarts else "@jax.jit"
    yield f"def step({'optimizer, ' if at.restarts else ''}theta, state, k{sample}):"
    yield f"    value, grad = slope(theta, k{sample})"
    yield f"    updates, state = optimizer.update(grad, state, theta{more})"
    yield "    return optax.apply_updates(theta, updates), state"


def _run(at: Situation, entry: Entry, steady: bool) -> Iterator[str]:
    several = at.problem is not None
    yield "theta = blocks(START)" if several else f"theta = jnp.array({at.point})"
    if at.restarts:
        yield "optimizer = begin(0)"
    yield "state = optimizer.init(theta)"
    yield f"path = [{_row('theta', several)}]"
    yield f"for k in range({at.race.steps}):"
    if at.restarts:
        yield f"    if k in {at.restarts}:  # a new phase: all memory is lost"
        if entry.velocity:
            yield f"        theta = {'blocks(path[-1])' if several else 'jnp.array(path[-1])'}"
        yield "        optimizer = begin(k)"
        yield "        state = optimizer.init(theta)"
    part = "[batch(k)]" if _batched(at) else ""
    sample = f", X{part}, Y{part}" if several else ""
    yield f"    theta, state = step({'optimizer, ' if at.restarts else ''}theta, state, k{sample})"
    if not entry.velocity:
        yield from (f"    {line}" for line in _inside(at, "theta"))
        yield f"    path.append({_row('theta', several)})"
    else:
        yield from (f"    {line}" for line in _back_from_ahead(at, entry, several, steady))
    yield "return path"


def _back_from_ahead(at: Situation, entry: Entry, several: bool, steady: bool) -> Iterator[str]:
    """θ of the look-ahead point that the library keeps; under a schedule the next step's lies elsewhere."""
    lr, beta = number_text(at.entrant.lr)[0], number_text(at.optimizer.beta)[0]
    now, then = (lr, lr) if steady else ("rate(k)", "rate(k + 1)")
    moves = not steady or at.race.landscape.domain is not None
    yield "# optax keeps φ = θ − η·β·v, the look-ahead point; what races here is θ."
    yield f"v = {entry.velocity}"
    if several:
        yield f"here = [p + {now} * {beta} * w for p, w in zip(theta, v)]"
    else:
        yield f"here = theta + {now} * {beta} * v"
        yield from _inside(at, "here")
    yield f"path.append({_row('here', several)})"
    if moves and several:
        yield f"theta = [p - {then} * {beta} * w for p, w in zip(here, v)]  # φ at the next step's rate"
    elif moves:
        yield f"theta = here - {then} * {beta} * v  # φ at the next step's rate"


def _inside(at: Situation, name: str) -> Iterator[str]:
    if domain := at.race.landscape.domain:
        low, high = ([float(x) for x in side] for side in zip(*domain, strict=True))
        yield f"{name} = jnp.clip({name}, jnp.array({low}), jnp.array({high}))"


def _row(name: str, several: bool) -> str:
    return f"jnp.concatenate([p.ravel() for p in {name}]).tolist()" if several else f"{name}.tolist()"
