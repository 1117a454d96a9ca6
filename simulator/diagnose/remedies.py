"""One change for each kind, in words and as data."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from simulator.diagnose.causes import calm, kicked
from simulator.diagnose.diagnosis import Change
from simulator.diagnose.memory import margin, memory
from simulator.diagnose.verdict import cooled, stale_event
from simulator.diagnose.window import Window
from simulator.optimizer import Optimizer
from simulator.optimizers import OPTIMIZERS
from simulator.param import params
from simulator.recording import Status
from simulator.schedules import SCHEDULES
from simulator.words import short_text

Remedy = tuple[str, list[Change], int]
NEAR_FLOOR = 0.2  # of the loss above the minimum that noise may make up
NONE: Remedy = ("", [], 0)


def remedy(kind: str, w: Window) -> Remedy:
    """What to try, the changes, and the step from which a fork makes sense."""
    return REMEDIES[kind](w) if kind in REMEDIES else NONE


def _divergence(w: Window) -> Remedy:
    early = calm(w)
    bound, kick = margin(early), kicked(w)
    if kick and (bound is None or bound.share <= 1.0) and not w.entrant.clip_norm:
        most = _digits(3.0 * kick[2])
        return f"Shorten gradients to {short_text(most)}.", [Change("clip_norm", most)], max(kick[0] - 1, 0)
    share = 0.25 if bound is None or bound.share <= 1.0 else 0.4 / bound.share
    since = early.step if early.step > early.begin + 1 else early.begin
    if (w.recording.status[since, w.lanes] == Status.DIVERGED.value).any():  # from another start it is lost by then
        since = early.begin
    return _rate(w, w.entrant.lr * share, since)


def _oscillation(w: Window) -> Remedy:
    bound = margin(w)
    if bound is not None and bound.share > 0.7:
        return _rate(w, w.entrant.lr * 0.4 / bound.share, _settling(w))
    return _cooled(w)


def _overshoot(w: Window) -> Remedy:
    kept = memory(w.entrant.optimizer)
    if kept is None:
        return NONE
    turn = 2.0 * math.pi / min(w.period, 2.0 * w.step)
    # Critical damping: of θ'' = −ω²·θ − (1 − β)·θ', where averaging makes ω² itself a multiple of 1 − β.
    rest = 2.0 * turn if kept.sums else 4.0 * turn * turn / max(1.0 - kept.beta, 1e-6)
    rest = min(max(rest, 1.5 * (1.0 - kept.beta)), 1.0)
    beta = max(0.0, 1.0 - float(f"{rest:.2g}"))
    return _setting(w, kept.key, beta, _early(w))


def _stale(w: Window) -> Remedy:
    event, kept = stale_event(w), memory(w.entrant.optimizer)
    if event is None or kept is None:
        return NONE
    boundaries = w.entrant.schedule.boundaries(w.race.steps)
    if event != w.shift and event in boundaries:
        return "Forget the velocity where a new phase of the schedule begins.", [Change("restart", True)], event
    return _setting(w, kept.key, max(0.0, 1.0 - 5.0 * (1.0 - kept.beta)), event)


def _noise(w: Window) -> Remedy:
    return _cooled(w)


def _saddle(w: Window) -> Remedy:
    rest = w.rest
    if rest is None:
        return NONE
    if w.entrant.optimizer.name == "newton":
        rule = replace(w.entrant.optimizer, globalization="trust_region")
        return (
            "Keep Newton within a trust region: it then goes down where it curves down.",
            [Change("optimizer", rule)],
            0,
        )
    size = _digits(0.01 * w.race.landscape.diagonal * abs(float(rest.curvatures[0])))
    size = max(size, 1e-3, 3.0 * w.race.noise.sigma)
    noise = replace(w.race.noise, sigma=size, kind="gaussian")
    return f"Add noise of σ = {short_text(size)} to every gradient: it finds the way down.", [Change("noise", noise)], 0


def _plateau(w: Window) -> Remedy:
    rule = w.entrant.optimizer
    if rule.family == "adaptive":
        return _rate(w, 10.0 * w.entrant.lr, _settling(w))
    way = w.distance if math.isfinite(w.distance) else 0.3 * w.race.landscape.diagonal
    return _other(w, "adam", 3.0 * way / w.race.steps)


def _dying(w: Window) -> Remedy:
    way = w.distance if math.isfinite(w.distance) else 0.1 * w.race.landscape.diagonal
    return _other(w, "rmsprop", 3.0 * way / w.race.steps)


def _crawl(w: Window) -> Remedy:
    bound, kept, rule = margin(w), memory(w.entrant.optimizer), w.entrant.optimizer
    if w.creased and cooled(w):
        return NONE  # a higher rate would only end higher
    needed = max((w.arrival - w.step) / max(0.3 * w.race.steps, 1.0), 2.0)
    share = bound.share * w.entrant.lr / float(w.recording.lr[w.step - 1, w.index]) if bound else 0.0  # of the whole η
    if rule.family != "first-order":
        bounded = 0.3 / share if share > 0.0 else math.inf
        return _rate(w, w.entrant.lr * min(needed, 10.0, max(bounded, 2.0)), _early(w))
    if share < 0.3:
        return _rate(w, w.entrant.lr * min(needed, 30.0, 0.5 / share if share else 10.0, _quiet(w)), _early(w))
    if kept is None:
        return _other(w, "momentum", w.entrant.lr)
    return _setting(w, kept.key, 1.0 - 0.4 * (1.0 - kept.beta), _early(w))


REMEDIES: dict[str, Callable[[Window], Remedy]] = {
    "divergence": _divergence, "oscillation": _oscillation, "overshoot": _overshoot, "stale momentum": _stale,
    "noise floor": _noise, "saddle": _saddle, "plateau": _plateau, "dying rate": _dying, "crawl": _crawl,
}  # fmt: skip


def _rate(w: Window, lr: float, since: int) -> Remedy:
    return _setting(w, "lr", lr, since)


def _setting(w: Window, key: str, value: float, since: int) -> Remedy:
    rule = w.entrant.optimizer
    known = params(type(rule))[key]
    new = _within(type(rule), key, value)
    old = rule.hyper[key]
    if new == old:
        return NONE
    words = f"{'Lower' if new < old else 'Raise'} {known.symbol} from {_said(old)} to {_said(new)}."
    return words, [Change("optimizer", replace(rule, **{key: new}))], since


def _cooled(w: Window) -> Remedy:
    """A rate that falls to nothing by the end."""
    if type(w.entrant.schedule).name == "constant":
        schedule = SCHEDULES["cosine"](warmup=w.entrant.schedule.warmup)
        return "Let η fall to 0 on a cosine by the end.", [Change("schedule", schedule)], _late(w)
    return _rate(w, 0.1 * w.entrant.lr, _late(w))


def _other(w: Window, name: str, lr: float) -> Remedy:
    """Another rule: it has none of what this one remembers, and so begins at the start."""
    cls: Any = OPTIMIZERS[name]
    rule: Optimizer = cls(lr=_within(cls, "lr", lr))
    words = f"Take {cls.title} with η = {short_text(rule.hyper['lr'])}."
    return words, [Change("optimizer", rule)], 0


def _quiet(w: Window) -> float:
    """How many times as high η may be before the floor of noise comes near to where it is; at least twice."""
    kept = memory(w.entrant.optimizer)
    floor = 0.25 * (kept.steps if kept and kept.sums else 1.0) * w.entrant.lr * w.scatter**2
    return max(NEAR_FLOOR * w.level[1] / floor, 2.0) if floor > 0.0 else math.inf


def _settling(w: Window) -> int:
    """The first step since the begin at which it was nearly as low as now: from there on it gained nothing."""
    low = w.floor if w.floor is not None else float(np.fmin.reduce(w.loss))
    level = 1.5 * float(w.gaps.mean()) + low
    below = np.flatnonzero(w.loss[w.begin :] <= level)
    return w.begin + (int(below[0]) if len(below) else 0)


def _early(w: Window) -> int:
    """Where it has shown how it goes, and most of the race is left."""
    return w.begin + (w.step - w.begin) // 4


def _late(w: Window) -> int:
    """Where it has long settled: under noise a single low loss does not say when."""
    return max(_settling(w), w.begin + (w.step - w.begin) // 2)


def _within(cls: type[Optimizer], key: str, value: float) -> Any:
    known = params(cls)[key]
    rounded = 1.0 - float(f"{1.0 - value:.2g}") if known.scale == "log1m" else _digits(value)
    return min(max(float(f"{rounded:.12g}"), known.low), known.high)


def _digits(value: float) -> float:
    return float(f"{value:.2g}")


def _said(value: float) -> str:
    mantissa, _, exponent = f"{value:g}".partition("e")
    return f"{mantissa}e{int(exponent)}".replace("-", "−") if exponent else mantissa
