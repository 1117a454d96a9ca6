"""What can be drawn over the arena: geometry read off a recording at a step, in the coordinates of the picture.

Shapes are few. Those in the units of a gradient are drawn times one common factor, `Sketch.scale`, so that they can be
compared; all others are as large as they are. A picture has two coordinates: in one dimension x and the loss, in two
those of parameter space, beyond those of the plane.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.alternatives import SAMPLES, coasting, other_gradients
from simulator.inspector import Inspection, inspect
from simulator.landscape import Landscape
from simulator.levelline import level_line, shape_of
from simulator.plane import Plane
from simulator.race import Race
from simulator.recording import Recording

Array = NDArray[np.float64]
MOST = 4  # racers drawn over in one picture: more arrows than these cannot be told apart
ALONG = 181  # points of a curve
LONGEST = 0.3  # of the picture's side: what the longest arrow in the units of a gradient comes to, or less


@dataclass(frozen=True, eq=False)
class Arrow:
    """From ``tail``, (2,), by ``reach``; in the units of a gradient if ``slope``."""

    tail: Array
    reach: Array
    slope: bool = False


@dataclass(frozen=True, eq=False)
class Point:
    at: Array


@dataclass(frozen=True, eq=False)
class Outline:
    """A line through ``points``, (n, 2), that breaks where they are not finite."""

    points: Array


@dataclass(frozen=True, eq=False)
class Cloud:
    """Arrows from one ``tail`` by ``reaches``, (n, 2), in the units of a gradient."""

    tail: Array
    reaches: Array


Shape = Arrow | Point | Outline | Cloud


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


@dataclass(frozen=True, eq=False)
class Picture:
    """How parameter space is drawn: the landscape as it stands, on a plane if it has more than two dimensions, and
    the part on screen, ``span`` wide and high."""

    landscape: Landscape
    plane: Plane | None
    span: tuple[float, float]

    @cached_property
    def axes(self) -> Array:
        """Directions of the picture in parameter space, (2, dim)."""
        return np.eye(2) if self.plane is None else self.plane.axes

    def place(self, theta: Array) -> Array:
        """Where ``theta`` (dim,) stands, (2,): in one dimension on the curve."""
        if self.plane is not None:
            return self.plane.project(theta)
        if self.landscape.dim == 1:
            return np.append(theta, self.landscape.loss(theta))
        return theta

    def turn(self, vectors: Array) -> Array:
        """How ``vectors`` (..., dim) lie in the picture, (..., 2): in one dimension level."""
        if self.plane is not None:
            return self.plane.project(self.plane.origin + vectors)
        if self.landscape.dim == 1:
            return np.concatenate((vectors, np.zeros_like(vectors)), axis=-1)
        return vectors


@dataclass(frozen=True, eq=False)
class Sight:
    """One racer at one step, as an overlay sees it. ``draw`` counts how often samples were asked for anew."""

    picture: Picture
    seen: Inspection
    draw: int
    notes: list[str] = field(default_factory=list[str])

    @property
    def race(self) -> Race:
        return self.seen.recording.race

    @cached_property
    def here(self) -> Array:
        return self.picture.place(self.seen.theta)

    def note(self, text: str) -> None:
        self.notes.append(f"{self.race.entrants[self.seen.entrant].label}: {text}")


@dataclass(frozen=True)
class Overlay:
    title: str
    about: str  # one sentence, for a tooltip
    draw: Callable[[Sight], Iterator[Shape]]
    slope: bool = False  # whether it has shapes in the units of a gradient


def _gradient(sight: Sight) -> Iterator[Shape]:
    for asked in sight.seen.asked[:1]:
        yield Arrow(sight.picture.place(asked.theta), -sight.picture.turn(asked.grad), slope=True)


def _step(sight: Sight) -> Iterator[Shape]:
    if sight.seen.moved is not None:
        yield Arrow(sight.here, sight.picture.place(sight.seen.moved) - sight.here)


def _velocity(sight: Sight) -> Iterator[Shape]:
    if sight.seen.moved is None:
        return
    carried = coasting(sight.seen)
    if carried.any():
        yield Arrow(sight.here, sight.picture.place(sight.seen.theta + carried) - sight.here)


def _asked(sight: Sight) -> Iterator[Shape]:
    for asked in sight.seen.asked:
        if (asked.theta != sight.seen.theta).any():
            at = sight.picture.place(asked.theta)
            yield Arrow(sight.here, at - sight.here)
            yield Point(at)


def _samples(sight: Sight) -> Iterator[Shape]:
    if not sight.seen.asked:
        return
    at = sight.seen.asked[0].theta
    gradients, tail = other_gradients(sight.seen, at, sight.draw), sight.picture.place(at)
    if gradients is None:
        sight.notes.append("Every step is shown the true gradient: there are no samples")
        return
    yield Cloud(tail, -sight.picture.turn(gradients))
    yield Arrow(tail, -sight.picture.turn(sight.picture.landscape.grad(at)), slope=True)


def _curvature(sight: Sight) -> Iterator[Shape]:
    theta, landscape = sight.seen.theta, sight.picture.landscape
    grad, hess = landscape.grad(theta), landscape.hess(theta)
    if landscape.dim == 1:
        ways = np.linspace(-1.0, 1.0, ALONG) * sight.picture.span[0]
        heights = landscape.loss(theta) + grad * ways + 0.5 * hess[0] * ways * ways
        yield Outline(np.stack((theta + ways, heights), axis=1))
        values = hess[0]
    else:
        axes = sight.picture.axes
        grad, hess = axes @ grad, axes @ hess @ axes.T
        if not np.isfinite(hess).all():
            return
        values = np.linalg.eigvalsh(hess).astype(np.float64)
        yield Outline(sight.here + level_line(grad, hess))
    kind = shape_of(values)
    if kind == "bowl":
        centre = sight.here - np.linalg.solve(hess, grad) if landscape.dim > 1 else None
        if centre is None:
            bottom = -grad / hess[0]
            centre = np.append(theta + bottom, landscape.loss(theta) + 0.5 * grad * bottom)
        yield Point(centre)
    else:
        sight.note(KINDS[kind])


KINDS = {
    "dome": "the ground curves down in every direction here",
    "saddle": "a saddle here, the level line is open",
    "trough": "no curvature in one direction here, the level line is open",
    "plane": "no curvature here, there is no level line to draw",
}


OVERLAYS = {
    "gradient": Overlay(
        "Gradient", "Downhill: minus the gradient this step is shown, from where it is asked for.", _gradient, True
    ),
    "step": Overlay("Step", "The step it takes from here, as long as it is.", _step),
    "velocity": Overlay(
        "Velocity",
        "The step it would take on flat ground: what its memory of earlier gradients does alone, and weight decay.",
        _velocity,
    ),
    "asked": Overlay(
        "Look-ahead and probes",
        "Where else it asks for the gradient: Nesterov's look-ahead, SAM's probe uphill, the trials of a line search.",
        _asked,
    ),
    "samples": Overlay(
        "Sampled gradients",
        f"What {SAMPLES} other mini-batches of the same size, or other draws of the noise, would have shown it. "
        "Thick: the true gradient.",
        _samples,
        True,
    ),
    "curvature": Overlay(
        "Curvature",
        "The level line of the quadratic model here, from gradient and Hessian. Cross: the bottom of the model, where "
        "Newton's method goes.",
        _curvature,
    ),
}


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
            notes = dict.fromkeys(note for sight in sights for note in sight.notes)
            self._kept = key, Sketch(tuple(shapes), common_scale(shapes, span), tuple(notes))
            self.told(self._kept[1])
        return self._kept[1]

    def chosen(self, shown: Sequence[int]) -> list[int]:
        """Of the racers ``shown``, by stream, those that are drawn over: all, or the one that was asked for."""
        return [stream for stream in shown if self.only in (None, stream)]


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
