"""Entrants in optax, on JAX."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.export.code import draws, layers, rate, surface
from simulator.export.code.entry import CLIPS, Entry, Situation, called
from simulator.export.code.optax_rules import ENTRIES
from simulator.export.code.pycode import JAX, number_text
from simulator.export.code.text import END, indented, wrapped

NAME = "optax"


def write(at: Situation) -> list[str]:
    """The lines of the script."""
    entry = ENTRIES[at.optimizer.name]
    parts = [
        [*at.head(NAME)],
        [*_imports(at)],
        ['jax.config.update("jax_enable_x64", True)'],
        ["", *_landscape(at)],
        *([["", *_noise(at)]] if draws.noisy(at.race) else []),
        *(["", *lines] for lines in rate.functions(at, JAX, "jnp.where({0}, {1}, {2})")),
        *(["", *lines] for leg in at.legs for lines in _functions(leg, entry)),
        ["", "def run():", '    """The path, a point a row, the start first."""', *indented(_run(at, entry))],
        ["", *END],
    ]
    return [line for part in parts for line in (*part, "")][:-1]


def _functions(at: Situation, entry: Entry) -> Iterator[list[str]]:
    """What the module has for one leg; what it shares with one before it is there."""
    if not _steady(at):
        yield [*_rate(at)]
    yield [*_optimizer(at, entry)]
    if at.begins(*CLIPS):
        yield [*_slope(at)]
    if not at.anew or at.begins(*CLIPS):
        yield [*_step(at, entry)]


def _steady(at: Situation) -> bool:
    """Whether no leg's rate is a function of the step: the library's state must be of one form for all of them."""
    return all(rate.constant(leg.entrant.schedule, at.race) for leg in at.legs)


def _imports(at: Situation) -> Iterator[str]:
    batched = _batched(at)
    if batched or at.anew:
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


def _rate(at: Situation) -> Iterator[str]:
    lr = number_text(at.entrant.lr)[0]
    yield f"def rate{_tag(at)}(k):"
    if rate.constant(at.entrant.schedule, at.race):
        yield f"    return {lr}"
        return
    yield "    # A count is an int32, which JAX would divide in single precision."
    yield f"    return {lr} * factor{at.tag('schedule')}(jnp.asarray(k, dtype=float))"


def _tag(at: Situation) -> str:
    """What distinguishes the names of all that is this leg's own."""
    return f"_{at.first}" if at.first else ""


def _optimizer(at: Situation, entry: Entry) -> Iterator[str]:
    name = f"rate{_tag(at)}"
    lr = number_text(at.entrant.lr)[0] if _steady(at) else f"lambda k: {name}(born + k)" if at.anew else name
    made = called(entry, at, lr=lr).replace("{lr}", lr)
    if at.anew:
        yield f"def begin{_tag(at)}(born):"
        yield '    """The optimizer that begins with step ``born``."""'
        yield from indented([f"return {made}"])
    else:
        yield from wrapped(f"optimizer{_tag(at)} = {made}")


def _slope(at: Situation) -> Iterator[str]:
    """Loss and gradient at a point in step k, with its noise, clipped."""
    race, entrant, several, tag = at.race, at.entrant, at.problem is not None, at.tag(*CLIPS)
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
        yield f"clip{tag} = {clips[0] if len(clips) == 1 else f'optax.chain({clips[0]}, {clips[1]})'}"
        yield from ("", "")
    yield f"def slope{tag}(theta, k{', x, y' * several}):"
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
        yield f"    grad, _ = clip{tag}.update(grad, clip{tag}.init(theta))"
    yield "    return found, grad"


def _step(at: Situation, entry: Entry) -> Iterator[str]:
    sample, slope = ", x, y" if at.problem is not None else "", f"slope{at.tag(*CLIPS)}"
    more = {
        "value": ", value=value",
        "grad_fn": f", grad_fn=lambda there, _: {slope}(there, k{sample})[1]",
    }.get(entry.asks, "")
    yield "@functools.partial(jax.jit, static_argnums=0)" if at.anew else "@jax.jit"
    yield f"def {_stepped(at)}({'optimizer, ' if at.anew else ''}theta, state, k{sample}):"
    yield f"    value, grad = {slope}(theta, k{sample})"
    own = "" if at.anew else _tag(at)
    yield f"    updates, state = optimizer{own}.update(grad, state, theta{more})"
    yield "    return optax.apply_updates(theta, updates), state"


def _stepped(at: Situation) -> str:
    """The name of the function that takes a step of this leg: where it is given the optimizer, legs share one."""
    return f"step{at.tag(*CLIPS) if at.anew else _tag(at)}"


def _run(at: Situation, entry: Entry) -> Iterator[str]:
    several = at.problem is not None
    yield "theta = blocks(START)" if several else f"theta = jnp.array({at.point})"
    for leg in at.legs:
        if leg.first:
            yield ""
            yield f"# {leg.turn}"
        if at.anew:
            yield f"optimizer = begin{_tag(leg)}({max((k for k in at.anew if k < leg.first), default=0)})"
        if not leg.first:
            yield f"state = optimizer{_tag(leg)}.init(theta)"
            yield f"path = [{_row('theta', several)}]"
        elif entry.velocity:
            yield from _ahead(leg, entry, several)
        yield from _loop(leg, entry, several)
    yield "return path"


def _loop(at: Situation, entry: Entry, several: bool) -> Iterator[str]:
    """The steps of one leg."""
    yield f"for k in range({f'{at.first}, ' if at.first else ''}{at.last}):"
    if at.restarts:
        yield f"    if k in {at.restarts}:  # a new phase: all memory is lost"
        if entry.velocity:
            yield f"        theta = {_there(several)}"
        yield f"        optimizer = begin{_tag(at)}(k)"
        yield "        state = optimizer.init(theta)"
    part = "[batch(k)]" if _batched(at) else ""
    sample = f", X{part}, Y{part}" if several else ""
    yield f"    theta, state = {_stepped(at)}({'optimizer, ' if at.anew else ''}theta, state, k{sample})"
    if not entry.velocity:
        yield from (f"    {line}" for line in _inside(at, "theta"))
        yield f"    path.append({_row('theta', several)})"
    else:
        yield from (f"    {line}" for line in _back_from_ahead(at, entry, several))


def _there(several: bool) -> str:
    return "blocks(path[-1])" if several else "jnp.array(path[-1])"


def _lag(at: Situation, step: str) -> str:
    """By how much of v the look-ahead point of ``step`` lies ahead: η·β."""
    lr = number_text(at.entrant.lr)[0] if _steady(at) else f"rate{_tag(at)}({step})"
    return f"{lr} * {number_text(at.optimizer.beta)[0]}"


def _ahead(at: Situation, entry: Entry, several: bool) -> Iterator[str]:
    """Where a fork begins, the library's look-ahead point is moved to that of the new settings."""
    lag = _lag(at, str(at.first))
    yield f"v = {entry.velocity}"
    if several:
        yield f"theta = [p - {lag} * w for p, w in zip({_there(True)}, v)]  # φ moves with η and β"
    else:
        yield f"theta = {_there(False)} - {lag} * v  # φ moves with η and β"


def _back_from_ahead(at: Situation, entry: Entry, several: bool) -> Iterator[str]:
    """θ of the look-ahead point that the library keeps; under a schedule the next step's lies elsewhere."""
    now, then = _lag(at, "k"), _lag(at, "k + 1")
    moves = not _steady(at) or at.race.landscape.domain is not None
    yield "# optax keeps φ = θ − η·β·v, the look-ahead point; what races here is θ."
    yield f"v = {entry.velocity}"
    if several:
        yield f"here = [p + {now} * w for p, w in zip(theta, v)]"
    else:
        yield f"here = theta + {now} * v"
        yield from _inside(at, "here")
    yield f"path.append({_row('here', several)})"
    if moves and several:
        yield f"theta = [p - {then} * w for p, w in zip(here, v)]  # φ at the next step's rate"
    elif moves:
        yield f"theta = here - {then} * v  # φ at the next step's rate"


def _inside(at: Situation, name: str) -> Iterator[str]:
    if domain := at.race.landscape.domain:
        low, high = ([float(x) for x in side] for side in zip(*domain, strict=True))
        yield f"{name} = jnp.clip({name}, jnp.array({low}), jnp.array({high}))"


def _row(name: str, several: bool) -> str:
    return f"jnp.concatenate([p.ravel() for p in {name}]).tolist()" if several else f"{name}.tolist()"
