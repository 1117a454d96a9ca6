"""What a picture says of its race in words: what was the same for all, each racer's settings, how each stands."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator import __version__, paramnames
from simulator.fairness import noise_words
from simulator.param import Param, params
from simulator.race import Entrant, Race
from simulator.recording import Recording
from simulator.ui.card import gap_text, status_text
from simulator.ui.fields import point_words
from simulator.words import short_text as short


def protocol(race: Race, step: int) -> str:
    """What was the same for everyone, in one line."""
    felt, draws = noise_words(race.noise), "the same draws for all" if race.noise.shared else "own draws each"
    feels = f"{felt}, {draws}" if felt else "no noise"
    starts = ", ".join(point_words(start) for start in race.starts[:3])
    more = f" and {len(race.starts) - 3} more" if len(race.starts) > 3 else ""
    return (
        f"Step {step} of {race.steps} · start {starts}{more} · {feels} · seed {race.seed} · "
        f"{settings(race.landscape)} · optim-race {__version__}"
    )


def settings(thing: object) -> str:
    """A landscape's or schedule's name with its parameters."""
    values = {p.symbol: value for (_, p), value in zip(params(type(thing)).items(), thing.hyper.values(), strict=True)}  # type: ignore[attr-defined]
    told = ", ".join(f"{k} = {short(v) if isinstance(v, (int, float)) else v}" for k, v in values.items())
    return f"{thing.title} ({told})" if told else thing.title  # type: ignore[attr-defined]


def recipe(entrant: Entrant) -> str:
    """A racer's settings in one line: η, and all else that differs from its default."""
    optimizer, fork = entrant.optimizer, entrant.forked
    told = [f"η = {short(entrant.lr)}"]
    for name, p in params(type(optimizer)).items():
        value = optimizer.hyper[name]
        if name != "lr" and (value != p.default or name in ("beta", "beta1", "rho")) and value != p.off:
            told.append(_setting(p, value))
    if entrant.clip_value:
        told.append(f"coordinates clipped at {short(entrant.clip_value)}")
    if entrant.clip_norm:
        told.append(f"clipped at {short(entrant.clip_norm)}")
    if entrant.schedule.name != "constant" or entrant.schedule.warmup:
        warmup = f", warm-up {entrant.schedule.warmup}" if entrant.schedule.warmup else ""
        told.append(f"{entrant.schedule.title.lower()} schedule{warmup}")
    if entrant.restart:
        told.append("memory restarted")
    # Where there is no room for all, it is the end that goes.
    past = "" if fork is None else f" from step {fork.step} on, before as {fork.racer.label} ({recipe(fork.racer)})"
    return ", ".join(told) + past


def _setting(param: Param, value: Any) -> str:
    if param.numeric:
        return f"{param.symbol} = {short(value)}"
    said = ("on" if value else "off") if param.scale == "switch" else paramnames.choice(value)
    return f"{paramnames.brief(param)} {said}"


def result(recording: Recording, entrant: int, step: int) -> str:
    """How a racer stands in words, over all its starts, as its card says it."""
    first = recording.lane(entrant)
    lanes = slice(first, first + len(recording.race.starts))
    status = status_text(recording, lanes, step)[0]
    gaps = recording.standing(step, lanes) - (recording.floor or 0.0)
    if not np.isfinite(gaps).all():
        return status
    gap, moving = gap_text(gaps), recording.race.landscape.moving
    if recording.floor is None:
        return f"{'mean ' if moving else ''}loss {gap}, {status}"
    return f"{'on average ' if moving else ''}{gap} above the minimum, {status}"
