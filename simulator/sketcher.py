"""Which overlays are drawn over which racers, and how large: what several views of one step have in common."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from simulator.inspector import inspect
from simulator.overlays import OVERLAYS, Arrow, Cloud, Picture, Shape, Sight
from simulator.plane import Plane
from simulator.race import Race
from simulator.recording import Recording
from simulator.referee import Status

AWAY = (Status.OUT_OF_VIEW.value, Status.DIVERGED.value)
MOST = 4  # racers drawn over in one picture: more arrows than these cannot be told apart
LONGEST = 0.3  # of the picture's side: what the longest arrow in the units of a gradient comes to, or less


class Drawn(NamedTuple):
    """A shape, the overlay it belongs to, and the stream of the racer."""

    overlay: str
    stream: int
    shape: Shape


@dataclass(frozen=True, eq=False)
class Sketch:
    """All that is drawn over one picture. ``notes`` are sentences on what cannot be drawn, or is unlike what one
    expects."""

    shapes: tuple[Drawn, ...] = ()
    scale: float = 1.0
    notes: tuple[str, ...] = ()


class Sketcher:
    """What is to be drawn over a race: overlays by name, of one racer (``only``) or of all that are shown.

    ``draw`` counts how often samples were asked for anew. The last sketch is kept: views that show the same step share
    it.
    """

    def __init__(self) -> None:
        self.names: tuple[str, ...] = ()
        self.only: int | None = None
        self.draw = 0
        self.told: Callable[[Sketch], None] = lambda sketch: None  # called with every new sketch
        self._kept: tuple[tuple[object, ...], Sketch] = (), Sketch()

    def sketch(
        self, recording: Recording, step: int, streams: Sequence[int], plane: Plane | None, span: tuple[float, float]
    ) -> Sketch:
        """The overlays of the racers with these ``streams``, each from the first start, at ``step``.

        ``span`` is how wide and high the part on screen is. Empty while a plane is needed and there is none.
        """
        race = recording.race
        if not self.names or (race.landscape.dim > 2) != (plane is not None):
            return Sketch()
        key = (recording, step, tuple(streams), plane, span, self.names, self.draw)
        if key != self._kept[0]:
            picture = Picture(race.landscape.at(step), plane, span)
            entrants = [i for i, entrant in enumerate(race.entrants) if entrant.stream in streams]
            sights = [Sight(picture, inspect(recording, i, step), self.draw) for i in entrants]
            with np.errstate(all="ignore"):
                shapes = [
                    Drawn(name, race.entrants[sight.seen.entrant].stream, shape)
                    for sight in sights
                    for name in self.names
                    for shape in OVERLAYS[name].draw(sight)
                ]
            near = self._near(recording, step)
            scale = common_scale([drawn for drawn in shapes if drawn.stream in near] or shapes, span)
            self._kept = key, Sketch(tuple(shapes), scale, _told(sights))
            self.told(self._kept[1])
        return self._kept[1]

    @staticmethod
    def _near(recording: Recording, step: int) -> list[int]:
        """The streams of racers whose slopes can be compared: beside one far up a wall no other would be seen."""
        status = [recording.status[step, recording.lane(i)] for i in range(len(recording.race.entrants))]
        return [e.stream for e, s in zip(recording.race.entrants, status, strict=True) if s not in AWAY]

    def company(self, race: Race, hidden: Collection[int]) -> list[int]:
        """The racers, by stream, that are drawn over on one map of all: the first few that are not ``hidden``."""
        return self.chosen([it.stream for it in race.entrants if it.stream not in hidden])[:MOST]

    def chosen(self, shown: Sequence[int]) -> list[int]:
        """Of the racers ``shown``, by stream, those that are drawn over: all, or the one that was asked for."""
        return [stream for stream in shown if self.only in (None, stream)]


def _told(sights: Sequence[Sight]) -> tuple[str, ...]:
    """Each note once, after the names of those it is true of; without, where it is true of all."""
    labels: dict[str, list[str]] = {}
    for sight in sights:
        for note in sorted(sight.notes):
            labels.setdefault(note, []).append(sight.race.entrants[sight.seen.entrant].label)
    return tuple(
        note[0].upper() + note[1:] if len(names) == len(sights) else f"{', '.join(names)}: {note}"
        for note, names in labels.items()
    )


def common_scale(shapes: Sequence[Drawn], span: tuple[float, float]) -> float:
    """The factor at which the longest arrow in the units of a gradient is at most `LONGEST` of the picture: 1, 2 or 5
    times a power of ten. Of a cloud the median counts: one kick shall not shrink all."""
    lengths = [0.0]
    for _, _, shape in shapes:
        if isinstance(shape, Cloud):
            lengths.append(float(np.median(np.abs(shape.reaches / span).max(axis=1))))
        elif isinstance(shape, Arrow) and shape.slope:
            lengths.append(float(np.abs(shape.reach / span).max()))
    longest = max(length for length in lengths if np.isfinite(length))
    if not longest:
        return 1.0
    power = 10.0 ** math.floor(math.log10(LONGEST / longest))
    return next(power * m for m in (5.0, 2.0, 1.0) if power * m * longest <= LONGEST or m == 1.0)
