"""What a diagnosis is: one thing that is wrong, why in numbers, and one change as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from simulator.param import RaceError
from simulator.race import Entrant, Race, free_label

KINDS: Mapping[str, str] = {
    "divergence": "it leaves for good",
    "oscillation": "it jumps from side to side, a few steps each way at most",
    "overshoot": "it swings past the minimum and back, carried by its velocity",
    "stale momentum": "it is carried on by a velocity that belongs to what was before",
    "noise floor": "the noise keeps it up",
    "saddle": "it is stuck at a saddle",
    "plateau": "it is stalled where the slope is next to nothing",
    "dying rate": "its effective rate has died away before it arrived",
    "crawl": "it goes the right way, and far too slowly",
    "settled": "it rests in a minimum that is not the lowest",
    "unclear": "it does none of what is known here",
    "healthy": "nothing is wrong with it",
    "arrived": "it has arrived",
}
"""Every kind, with what a racer of that kind does."""

FINE = ("healthy", "arrived")
FAILURES = tuple(kind for kind in KINDS if kind not in (*FINE, "settled", "unclear"))
"""What the coach has a change for. A minimum that is not the lowest is no fault of a setting: from there all rules of
a small step look alike."""

SHARED = ("noise", "landscape")  # what is the race's, and so cannot be changed for one racer


class Change(NamedTuple):
    """A field of `Entrant`, or of `Race` (`SHARED`), and its new value."""

    key: str
    value: Any


@dataclass(frozen=True)
class Diagnosis:
    """What is the matter with one racer at ``step``.

    kind: one of `KINDS`. evidence: lines with the numbers it was read off. cause: why, in numbers.
    suggestion: one change in words, "" where there is nothing to mend. changes: the same as data.
    since: the step from which a fork with the changes makes sense; 0: they can only be made from the start.
    begin: the step from which on the racer's own settings hold, and so the changes: the start, or where it was forked.
    """

    kind: str
    racer: str
    step: int
    evidence: tuple[str, ...]
    cause: str
    suggestion: str = ""
    changes: tuple[Change, ...] = ()
    since: int = 0
    begin: int = 0

    @property
    def whence(self) -> str:
        """From where on the racer goes with the changes, where they are made to its own settings."""
        return f"from step {self.begin:,} on" if self.begin and not self.shared else "from the start"

    @property
    def failed(self) -> bool:
        return self.kind not in (*FINE, "unclear")

    @property
    def shared(self) -> bool:
        """Whether the change is one of the whole race: it can only be made from the start."""
        return any(change.key in SHARED for change in self.changes)

    @property
    def headline(self) -> str:
        """The kind and what it means, a sentence."""
        return f"{self.kind[0].upper()}{self.kind[1:]}: {KINDS[self.kind]}."


def changed(race: Race, index: int, diagnosis: Diagnosis) -> Race:
    """``race`` with the changes made to entrant ``index`` itself. Raises RaceError where they cannot be."""
    return _with(race, index, diagnosis)


def beside(race: Race, index: int, diagnosis: Diagnosis) -> Race:
    """``race`` with a newcomer that is entrant ``index`` with the changes, from the start or from its fork on; a
    change of the whole race is made to all. Raises RaceError where there is no room."""
    if diagnosis.shared:
        return _with(race, index, diagnosis)
    like = race.entrants[index]
    label = free_label(f"{like.label}, changed"[:190], [entrant.label for entrant in race.entrants])
    grown = race.with_new(like.optimizer, label, like)
    return _with(grown, len(grown.entrants) - 1, diagnosis)


def forked(race: Race, index: int, diagnosis: Diagnosis, step: int | None = None) -> Race:
    """``race`` with a fork of entrant ``index`` that takes the changes at ``step``, by default the suggested one.

    Raises RaceError where the changes are not a fork's.
    """
    if not forkable(diagnosis):
        raise RaceError([f"{race.entrants[index].label}: this change can only be made from the start"])
    at = diagnosis.since if step is None else step
    return race.fork(index, at, **{change.key: change.value for change in diagnosis.changes})


def forkable(diagnosis: Diagnosis) -> bool:
    """Whether the changes can be made on the way."""
    return bool(diagnosis.changes) and diagnosis.since > diagnosis.begin and not diagnosis.shared


def _with(race: Race, index: int, diagnosis: Diagnosis) -> Race:
    common = {change.key: change.value for change in diagnosis.changes if change.key in SHARED}
    own = {change.key: change.value for change in diagnosis.changes if change.key not in SHARED}
    made = replace(race, **common) if common else race
    return made.with_entrant(index, **own) if own else made


def described(before: Entrant, after: Entrant) -> str:
    """What differs between two entrants, in a few words: "η 0.1 → 0.05"."""
    from simulator.param import params

    rule, new = before.optimizer, after.optimizer
    parts: list[str] = []
    if type(rule) is not type(new):
        parts.append(f"{rule.title} → {new.title}, η = {new.hyper['lr']:g}")
    else:
        known = params(type(rule))
        parts += [
            f"{known[key].symbol} {_said(rule.hyper[key])} → {_said(value)}"
            for key, value in new.hyper.items()
            if value != rule.hyper[key]
        ]
    if before.schedule != after.schedule:
        parts.append(f"schedule {type(before.schedule).title.lower()} → {type(after.schedule).title.lower()}")
    if before.clip_norm != after.clip_norm:
        parts.append(f"gradients no longer than {after.clip_norm:g}")
    if before.restart != after.restart:
        parts.append("memory forgotten at each phase of the schedule")
    return ", ".join(parts)


def _said(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
