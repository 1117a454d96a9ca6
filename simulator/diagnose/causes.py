"""The evidence and the cause of each kind, in numbers."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from simulator.diagnose.memory import SUMMING, Margin, margin, memory
from simulator.diagnose.verdict import HELD, bottomless, cooled, stale_event
from simulator.diagnose.window import Window
from simulator.recording import Status
from simulator.words import short_text

ASTRAY = 4.0  # times a number foretold that what is seen may be away from it
Told = tuple[list[str], str]


def told(kind: str, w: Window) -> Told:
    """Lines of evidence, and the cause in a sentence."""
    return TELLERS[kind](w)


def _divergence(w: Window) -> Told:
    now = _n(w.loss[-1]) if np.isfinite(w.loss[-1]) else "no finite number"
    lines = [f"the loss began at {_n(w.loss[0])} and is {now}"]
    if w.status is Status.DIVERGED:
        lines.append(f"it left for good at step {int(w.recording.since[w.step, w.lane])}")
    early = calm(w)
    bound, kick = margin(early), kicked(w)
    if kick and (bound is None or bound.share <= 1.0):
        return lines, f"One slope of {_n(kick[1])} at step {kick[0]}, where {_n(kick[2])} was usual, threw it out."
    if bound is not None:
        lines.append(f"the largest curvature L at step {early.step} is {_n(early.sharpest)}")
        if bound.share > 1.0:
            return lines, f"{_share(bound)} > 1: a step lands farther from the minimum than it began."
    if bound is None:
        return lines, f"η = {_n(w.entrant.lr)} is too large for the curvature here; no formula gives this rule's limit."
    return lines, f"{_share(bound)} where it was calm, and the curvature grows on its way out."


def _oscillation(w: Window) -> Told:
    halfway = w.smoothed(2)
    lines = [
        f"it turns back every {_n(w.period / 2)} steps",
        f"halfway between one step and the next {_per_cent(halfway)} of the loss are left"
        if halfway < HELD
        else f"at the mean of its points {_per_cent(w.smoothed(w.width))} of the loss are left",
    ]
    length = float(np.linalg.norm(w.moves[-1]))
    bound = margin(w)
    if bound is not None:
        lines.append(f"the largest curvature L is {_n(w.sharpest)}")
        if bound.share > 0.7:
            return lines, f"{_share(bound)}{' > 1' if bound.share > 1.0 else ''}: each step lands across the valley."
    return lines, f"A step is {_n(length)} long, and does not shrink as the minimum comes near."


def _overshoot(w: Window) -> Told:
    kept = memory(w.entrant.optimizer)
    assert kept is not None
    lines = [f"{_per_cent(w.uphill)} of its later steps went uphill, carried by the velocity"]
    lasts = f"The velocity lasts 1/(1 − {kept.symbol}) = {_n(kept.steps)} steps"
    if w.period > 2.0 * w.step:
        return lines, f"{lasts}: it is still fast when it passes the minimum."
    lines.append(f"a swing to and fro takes about {_n(w.period)} steps")
    return (
        lines,
        f"{lasts}, and a quarter of a swing is {_n(w.period / 4)}: it is still fast when it passes the minimum.",
    )


def _stale(w: Window) -> Told:
    event, kept = stale_event(w) or 0, memory(w.entrant.optimizer)
    what = "the landscape shifted" if event == w.shift else "η was cut"
    peak = float(w.loss[event:].max())
    lines = [f"at step {event} {what}", f"after it the loss climbed from {_n(w.loss[event])} to {_n(peak)}"]
    steps = kept.steps if kept else math.nan
    return lines, f"The velocity of before lasts 1/(1 − β) = {_n(steps)} steps and points uphill now."


def _noise(w: Window) -> Told:
    slope = float(np.sqrt(np.square(w.slopes).sum(axis=1).mean()))
    before, after = w.level
    lines = [
        f"over the last {w.width} steps noise is {_n(w.scatter)} large and the slope {_n(slope)}",
        f"the loss is {_n(after)} above the minimum on average, before that {_n(before)}",
        f"at the mean of its points {_per_cent(w.smoothed(w.width))} of that are left",
    ]
    kept = memory(w.entrant.optimizer)
    scale = kept.steps if kept and kept.sums else 1.0
    lr = float(w.recording.lr[max(w.step - 1, 0), w.index])
    if w.entrant.optimizer.family == "first-order" and scale * lr * w.sharpest < 2.0:
        rule = "η/(1 − β)" if scale > 1.0 else "η"
        foretold = 0.25 * scale * lr * w.scatter**2
        if foretold / ASTRAY < after < foretold * ASTRAY:
            return lines, f"A constant rate keeps a floor near {rule}·σ²/4 = {_n(foretold)}; it falls with η alone."
    return lines, f"Steps of η = {_n(lr)} keep the noise's size; the floor falls with η alone."


def _saddle(w: Window) -> Told:
    rest = w.rest
    assert rest is not None
    lines = [
        f"a point without slope is {_n(rest.distance)} away",
        f"the curvatures there are {_n(rest.curvatures[0])} and {_n(rest.curvatures[-1])}",
        f"the slope here is {_n(w.slope)}",
    ]
    lr = float(w.recording.lr[max(w.step - 1, 0), w.index])
    rate = abs(float(rest.curvatures[0])) * lr
    if w.entrant.optimizer.family == "first-order":
        return lines, f"The way out grows by η·|λ| = {_n(rate)} of itself in a step, and began at next to nothing."
    return lines, f"The way out has curvature λ = {_n(rest.curvatures[0])} and next to no slope along it."


def _plateau(w: Window) -> Told:
    lines = [f"the slope is {_n(w.slope)}"]
    if math.isfinite(w.promise):
        lines += [f"the minimum is {_n(w.distance)} away and {_n(w.gap)} lower"]
        return lines, f"Slope · distance / depth = {_n(w.promise)} < 1: the slope says little of how deep it goes."
    return lines, f"The largest slope so far was {_n(np.fmax.reduce(w.recording.grad_norm[: w.step + 1, w.lane]))}."


def _dying(w: Window) -> Told:
    lines = [f"the effective rate, a mean of the coordinates', was {_n(w.rates[0])} and is {_n(w.rates[-1])}"]
    why = "It divides by all gradients it ever had" if w.entrant.optimizer.name in SUMMING else "It only ever fell"
    return lines, f"{why}: {_per_cent(w.rates[-1] / w.rates[0])} of the rate are left."


def _crawl(w: Window) -> Told:
    lines = _pace(w)
    if w.floor is not None:
        when = f"arrives at step {w.arrival:,.0f}" if w.arrival < 1e9 else "never arrives"
        lines.append(f"at this pace it {when}; the race has {w.race.steps:,} steps")
    bound = margin(w)
    low = float(np.min(w.bends[w.bends > 0.0], initial=math.inf))
    short = f"a step is {_n(float(np.linalg.norm(w.moves[-1])))} long"
    if math.isfinite(w.distance):
        short += f" and the way is {_n(w.distance)}"
    if cooled(w):
        return lines, f"The schedule has brought η down to {_n(w.recording.lr[w.step - 1, w.index])}: {short}."
    if bound is None:
        return lines, f"{short.capitalize()}."
    if bound.share < 0.3:
        return lines, f"{_share(bound)}: far below its limit of 1."
    near = f"{_share(bound)}, {'near' if bound.share <= 1.0 else 'above'} its limit of 1"
    if math.isfinite(low):
        return lines, f"{near}, and the valley is {_n(w.sharpest / low)} times flatter along."
    return lines, f"{near}."


def _settled(w: Window) -> Told:
    rest = w.rest
    assert rest is not None
    lines = [f"a minimum of loss {_n(rest.loss)} is {_n(rest.distance)} away", f"the lowest is {_n(w.gap)} lower"]
    return lines, "Every curvature here is positive: no rule of small steps leaves it."


def _unclear(w: Window) -> Told:
    lines = [f"the slope is {_n(w.slope)}", f"the last step was {_n(float(np.linalg.norm(w.moves[-1])))} long"]
    return lines, "What holds it up is none of the failures that can be told from one recording."


def _healthy(w: Window) -> Told:
    if w.status is Status.DIVERGED and bottomless(w):
        return [f"the loss went from {_n(w.loss[0])} to below {_n(np.fmin.reduce(w.loss))}"], "There is no bottom here."
    if w.step - w.begin < 10:
        return [f"{w.step - w.begin} steps"], "Too few steps to tell."
    if w.floor is not None and w.gap <= 0.0:
        return [f"its loss is {_n(w.loss[-1])}"], "It is as low as the lowest minimum that is known."
    if w.race.landscape.moving:
        before, after = w.level
        return [f"f − f* is {_n(after)} on average, before that {_n(before)}"], "It follows a minimum that moves."
    lines = _pace(w)
    if w.arrival < 1e9 and w.floor is not None:
        lines.append(f"at this pace it arrives at step {w.arrival:,.0f}")
    return lines, "It is on its way."


def _arrived(w: Window) -> Told:
    if w.status is not Status.ARRIVED:
        return [f"f − f* was {_n(w.first_gap)} and is {_n(w.gap)}"], "It follows a minimum that has moved."
    return [
        f"arrived at step {int(w.recording.since[w.step, w.lane])}"
    ], "It was down to a millionth of its first height."


TELLERS: dict[str, Callable[[Window], Told]] = {
    "divergence": _divergence, "oscillation": _oscillation, "overshoot": _overshoot, "stale momentum": _stale,
    "noise floor": _noise, "saddle": _saddle, "plateau": _plateau, "dying rate": _dying, "crawl": _crawl,
    "settled": _settled, "unclear": _unclear, "healthy": _healthy, "arrived": _arrived,
}  # fmt: skip


def _pace(w: Window) -> list[str]:
    if w.floor is not None:
        return [f"f − f* falls by {_n(max(-100.0 * math.expm1(-w.pace), 0.0))} % in a step"]
    low = float(np.fmin.reduce(w.loss))
    before, after = (low + level for level in w.level)
    return [f"the loss is {_n(after)} on average over the last {w.width // 2} steps, before that {_n(before)}"]


def calm(w: Window) -> Window:
    """The window where it was lowest, before it left."""
    loss = w.loss[w.begin :]
    lowest = w.begin + int(np.argmin(np.where(np.isfinite(loss), loss, np.inf)))
    return Window(w.recording, w.index, lowest if lowest > w.begin or not lowest else w.begin + 1, w.start)


def kicked(w: Window) -> tuple[int, float, float] | None:
    """The step, the slope and the usual slope, where one slope far above the others came before it left."""
    norms = w.recording.grad_norm[: w.step + 1, w.lane]
    for k in range(2, len(norms)):
        usual = float(np.median(norms[:k]))
        if np.isfinite(norms[k]) and norms[k] > 8.0 * usual > 0.0 and k > 3:
            return k, float(norms[k]), usual
    return None


def _share(bound: Margin) -> str:
    return f"{bound.text} = {_n(bound.share)}"


def _n(value: float) -> str:
    return short_text(float(value))


def _per_cent(share: float) -> str:
    return f"{_n(float(f'{100.0 * share:.2g}'))} %" if not 0.0 <= share < 1e-3 else "less than 0.1 %"
