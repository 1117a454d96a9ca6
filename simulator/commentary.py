"""One line of race commentary, for whoever cannot see the picture and for a classroom.

A pure function of the recording and the step on screen. What happens once (arrived, diverged) is said at its step and
held for a beat; everything else is read off at the step or, while playing, at the last multiple of a beat, so that the
line does not flicker. At most a beat and a dozen rows before the step are looked at, however long the race; on a
landscape that moves, all for their mean.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.fog import compared
from simulator.recording import Recording, Status
from simulator.words import short_text

MEMORY = 11  # gradients looked at for zig-zags …
FLIPS = 9  # … of whose 10 changes of sign this many must have happened: by pure chance, 1 in 100
VISIBLE = 2e-3  # of the box's diagonal: a zig-zag narrower than this cannot be seen
LISTED = 4  # racers named at the finish before "and 7 more"
NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
ORDINALS = ("first", "second", "third")


def comment(recording: Recording, step: int, playing: bool = False) -> str:
    """What there is to say at ``step`` (limited to the steps computed), in one or two short sentences."""
    race, step = recording.race, max(0, min(step, recording.done))
    if step == 0:
        return _start(recording)
    if step == race.steps:
        return _finish(recording)
    beat = min(max(10, race.steps // 20), 50)
    row = step
    if playing:
        row = step - step % beat or 1 << (step.bit_length() - 1)  # before the first beat: 1, 2, 4, 8 …
    return _news(recording, step, beat) or _standing(recording, row)


def _start(recording: Recording) -> str:
    race = recording.race
    if len(race.starts) > 1:
        return f"{_everyone(recording)} at each of {_count(len(race.starts))} starting points. Press Space."
    return f"{_everyone(recording)} at the start. Press Space."


def _finish(recording: Recording) -> str:
    race = recording.race
    row = recording.done
    if len(race.starts) > 1 and (recording.status[row] == Status.ARRIVED.value).any():
        return f"Finished: {_tally(recording, row)}"
    order = _order(recording, row)
    if (level := _level(recording, row, order)) and (recording.status[row] != Status.DIVERGED.value).all():
        return f"Finished: {level}"
    listed = enumerate(order[:LISTED])
    said = [f"{_who(recording, lane)} {_place(recording, row, lane, first=not i)}" for i, lane in listed]
    if len(order) > LISTED:
        said.append(f"and {_count(len(order) - LISTED)} more")
    walk = compared(recording, row)
    return f"Finished: {f'{walk}. ' if walk else ''}{'; '.join(said)}."


def _news(recording: Recording, step: int, beat: int) -> str:
    """The latest arrival or divergence, while it is less than a beat old; of two at one step, the divergence."""
    since, status = recording.since[step], recording.status[step]
    final = np.isin(status, (Status.ARRIVED.value, Status.DIVERGED.value))
    latest = int(since[final].max()) if final.any() else -1
    if latest <= step - beat or latest < 0:
        return ""
    kind = Status.DIVERGED if ((status == Status.DIVERGED.value) & (since == latest)).any() else Status.ARRIVED
    lanes = np.flatnonzero((status == kind.value) & (since == latest))
    text = f"{_names(recording, lanes)} {kind.words} at step {latest}"
    before = int(((status == kind.value) & (since < latest)).sum())
    if kind is Status.ARRIVED and len(lanes) == 1 and len(status) > 1 and before < len(ORDINALS):
        text += f", {'the ' if not before else ''}{ORDINALS[before]} of {_count(len(status))}"
    return text + "."


def _standing(recording: Recording, row: int) -> str:
    """Who leads at ``row`` and by how much, and the most telling thing about somebody else."""
    if len(recording.race.starts) > 1 and (recording.status[row] == Status.ARRIVED.value).any():
        return _tally(recording, row)
    return f"{_lead(recording, row, _order(recording, row))} {_remark(recording, row)}".strip()


def _lead(recording: Recording, row: int, order: list[int]) -> str:
    statuses, gone, home = recording.status[row].tolist(), Status.DIVERGED.value, Status.ARRIVED.value
    running = [lane for lane in order if statuses[lane] != gone]
    if not running:
        return f"{_everyone(recording)} diverged."
    leader, rest = running[0], running[1:]
    who, size = _who(recording, leader), _size(recording, row, leader)
    status, since = recording.status_at(row, leader)
    if status is Status.ARRIVED:
        there = f"has been there since step {since}"
        behind = [lane for lane in rest if statuses[lane] != home]
        if not behind:
            everyone = len(order) > 1 and len(running) == len(order)
            return f"{_everyone(recording)} are there, {who} first, at step {since}." if everyone else f"{who} {there}."
        return f"{who} {there}; next is {_who(recording, behind[0])}, {_size(recording, row, behind[0])}."
    if not rest:
        return f"{who} is {size}." if recording.floor is not None else f"{who} is at {size}."
    if level := _level(recording, row, order):
        return level
    if recording.floor is None:
        return f"{who} is lowest, {size}; then {_who(recording, rest[0])}, {_size(recording, row, rest[0])}."
    return f"{who} leads, {size}{_margin(recording, row, leader, rest[0])}."


def _level(recording: Recording, row: int, order: list[int]) -> str:
    """That nobody is lower than anybody, as forks are before they turn; "" where somebody is."""
    scores = {_score(recording, row, lane) for lane in order}
    if len(scores) > 1 or len(recording.race.entrants) == 1:
        return ""
    return f"{_everyone(recording)} are level, {_size(recording, row, order[0])}."


def _margin(recording: Recording, row: int, leader: int, second: int) -> str:
    a, b = (_score(recording, row, lane) - (recording.floor or 0.0) for lane in (leader, second))
    who = _who(recording, second)
    if a <= 0.0 or b < 1.05 * a:
        return f", level with {who}"
    if b < 2.0 * a:
        return f", just ahead of {who}"
    return f", about {float(f'{b / a:.1g}'):,.0f} times lower than {who}" if b < 1e6 * a else f", far lower than {who}"


def _remark(recording: Recording, row: int) -> str:
    """The first that holds: somebody zig-zags, is out of view, has stalled."""
    zigzag = _zigzags(recording, row)
    if len(zigzag):
        flat = recording.race.landscape.dim == 1
        verb = ("bounces", "bounce") if flat else ("zig-zags", "zig-zag")
        where = "from side to side" if flat else "across the valley"
        if recording.race.landscape.dim > 2:
            verb, where = ("jumps", "jump"), "to and fro"
        return f"{_names(recording, zigzag)} {verb[len(zigzag) > 1]} {where}."
    status = recording.status[row]
    away = np.flatnonzero(status == Status.OUT_OF_VIEW.value)
    if len(away):
        return f"{_names(recording, away)} {_are(away)} out of view."
    stuck = np.flatnonzero(status == Status.STALLED.value)
    if len(stuck):
        return f"{_names(recording, stuck)} {_have(stuck)} stalled, {_size(recording, row, int(stuck[0]))}."
    return ""


def _zigzags(recording: Recording, row: int) -> NDArray[np.intp]:
    """Lanes whose gradient changed sign along some axis at nearly every recent step, by a width one can see.

    Of many axes one always does by chance: there the gradient as a whole must have turned back.
    """
    if row < MEMORY:
        return np.empty(0, dtype=np.intp)
    grad = recording.grad[row - MEMORY : row]
    with np.errstate(over="ignore", invalid="ignore"):  # of those who diverge
        steps, turns = np.abs(np.diff(recording.theta[row - 2 : row + 1], axis=0)), grad[1:] * grad[:-1]
        if recording.race.landscape.dim > 2:
            steps, turns = (np.sqrt(np.square(steps).sum(axis=2, keepdims=True)), turns.sum(axis=2, keepdims=True))
        moved, flips = steps.min(axis=0), (turns < 0.0).sum(axis=0)
    seen = moved >= VISIBLE * recording.race.landscape.diagonal
    return np.flatnonzero(((flips >= FLIPS) & seen).any(axis=1) & (recording.status[row] == Status.RACING.value))


def _tally(recording: Recording, row: int) -> str:
    """From how many of the starts each entrant has arrived."""
    starts = len(recording.race.starts)
    arrived = (recording.status[row] == Status.ARRIVED.value).reshape(-1, starts).sum(axis=1)
    if len(arrived) > 1 and (arrived == starts).all():
        return f"{_everyone(recording)} have arrived from {'both' if starts == 2 else f'all {_count(starts)}'} starts."
    best = sorted(range(len(arrived)), key=lambda e: -int(arrived[e]))
    labels = [entrant.label for entrant in recording.race.entrants]
    rest = [f"{labels[e]} from {_count(int(arrived[e]))}" for e in best[1:LISTED]]
    head = f"{labels[best[0]]} has arrived from {_count(int(arrived[best[0]]))} of {_count(starts)} starts"
    return "; ".join([head, *rest]) + "."


def _order(recording: Recording, row: int) -> list[int]:
    """Lanes from best to worst: the arrived by their step, then by loss, then the diverged by how long they lasted."""
    status, since = recording.status[row], recording.since[row]
    lost: NDArray[np.bool_] = status == Status.DIVERGED.value
    there: NDArray[np.bool_] = (status == Status.ARRIVED.value) & (row < recording.race.steps)
    within = recording.standing(row).copy()
    within[there] = since[there]
    within[lost] = -since[lost]
    return np.lexsort((within, 2 * lost + ~there)).tolist()


def _place(recording: Recording, row: int, lane: int, *, first: bool) -> str:
    status, since = recording.status_at(row, lane)
    if status is Status.DIVERGED:
        return f"diverged at step {since}"
    lowest = "lowest, " if first and recording.race.lanes > 1 else ""
    return lowest + _size(recording, row, lane)


def _size(recording: Recording, row: int, lane: int) -> str:
    """How low a racer is, or was on average: above the minimum, or its loss where no minimum is known."""
    loss, mean = _score(recording, row, lane), "on average " if recording.race.landscape.moving else ""
    if recording.floor is None:
        return f"{mean}loss {short_text(loss)}"
    gap = loss - recording.floor
    if abs(gap) < 1e-15:
        return "at the minimum"
    return mean + f"{short_text(abs(gap))} {'above the' if gap > 0.0 else 'below the known'} minimum"


def _score(recording: Recording, row: int, lane: int) -> float:
    return float(recording.standing(row, slice(lane, lane + 1))[0])


def _who(recording: Recording, lane: int) -> str:
    entrant, start = divmod(lane, len(recording.race.starts))
    label = recording.race.entrants[entrant].label
    return label if len(recording.race.starts) == 1 else f"{label} from start {start + 1}"


def _names(recording: Recording, lanes: NDArray[np.intp]) -> str:
    names = [_who(recording, int(lane)) for lane in lanes[:LISTED]]
    if len(lanes) > LISTED:
        names.append(f"{_count(len(lanes) - LISTED)} more")
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _everyone(recording: Recording) -> str:
    entrants = recording.race.entrants
    if len(entrants) == 1:
        return entrants[0].label
    return "Both" if len(entrants) == 2 else f"All {_count(len(entrants))}"


def _are(lanes: NDArray[np.intp]) -> str:
    return "is" if len(lanes) == 1 else "are"


def _have(lanes: NDArray[np.intp]) -> str:
    return "has" if len(lanes) == 1 else "have"


def _count(n: int) -> str:
    return NUMBERS[n] if n < len(NUMBERS) else str(n)
