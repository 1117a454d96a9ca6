"""What can be drawn over the arena: geometry read off a recording at a step, in the coordinates of the picture.

Shapes are few. Those in the units of a gradient are drawn times one common factor, `Sketch.scale`, so that they can be
compared; all others are as large as they are. A picture has two coordinates: in one dimension x and the loss, in two
those of parameter space, beyond those of the plane.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.answers import answer
from simulator.inspector import Inspection, inspect
from simulator.landscape import Landscape
from simulator.lanes import alone
from simulator.noise import noise_block
from simulator.plane import Plane
from simulator.problem import DataProblem
from simulator.race import Race
from simulator.recording import Recording

Array = NDArray[np.float64]
SAMPLES = 30
MOST = 4  # racers drawn over in one picture: more arrows than these cannot be told apart
LONGEST = 0.3  # of the picture's side: what the longest arrow in the units of a gradient comes to, or less
OTHERS = 1 << 62  # sets the seed of samples no racer met apart from the race's own
FLAT = 1e-9  # of the largest curvature: a smaller one counts as none
TURNS = 720  # points of a level line


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
        if not sight.notes:
            sight.notes.append("Every step is shown the true gradient: there are no samples")
        return
    yield Cloud(tail, -sight.picture.turn(gradients))
    yield Arrow(tail, -sight.picture.turn(sight.picture.landscape.grad(at)), slope=True)


def _curvature(sight: Sight) -> Iterator[Shape]:
    theta, landscape = sight.seen.theta, sight.picture.landscape
    grad, hess = landscape.grad(theta), landscape.hess(theta)
    if landscape.dim == 1:
        ways = np.linspace(-1.0, 1.0, TURNS // 4) * sight.picture.span[0]
        heights = landscape.loss(theta) + grad * ways + 0.5 * hess[0] * ways * ways
        yield Outline(np.stack((theta + ways, heights), axis=1))
        values = hess[0]
    else:
        axes = sight.picture.axes
        grad, hess = axes @ grad, axes @ hess @ axes.T
        if not np.isfinite(hess).all():
            return
        values = np.linalg.eigvalsh(hess)
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


def shape_of(values: Array) -> str:
    """What a quadratic model with these eigenvalues is: a bowl, or one of `KINDS`."""
    edge = FLAT * np.abs(values).max()
    up, down = (values > edge).sum(), (values < -edge).sum()
    if not up and not down:
        return "plane"
    if up and down:
        return "saddle"
    if up + down < len(values):
        return "trough"
    return "bowl" if up else "dome"


def level_line(grad: Array, hess: Array) -> Array:
    """The points p with g·p + ½·p·H·p = 0, (n, 2): the level line through 0 of the quadratic model there.

    From 0 it is met once in every direction u, at −2·g·u / u·H·u. An ellipse where the model is a bowl or a dome, its
    middle the bottom or the summit; else open, and broken where it goes off to infinity.
    """
    values, vectors = np.linalg.eigh(hess)
    sizes = np.abs(values)
    if not sizes.max():
        return np.empty((0, 2))
    # Directions spread so that an ellipse is walked evenly, however long it is; an open line evenly too, its angle
    # from the asymptote halved again and again.
    stretch = 1.0 / np.sqrt(np.maximum(sizes, FLAT * sizes.max()))
    signs = np.where(sizes > FLAT * sizes.max(), np.sign(values), 0.0)
    turns = np.linspace(0.0, math.pi, TURNS + 1)
    if len(set(signs.tolist())) > 1:
        poles = (0.25 * math.pi, 0.75 * math.pi) if signs.all() else (0.5 * math.pi * (signs[1] == 0.0),)
        near = 0.25 * math.pi * 2.0 ** -np.linspace(0.0, 30.0, TURNS // 4)
        turns = np.sort(np.concatenate([pole + side * near for pole in poles for side in (-1.0, 1.0)]))
    ways = np.stack((np.cos(turns), np.sin(turns)), axis=1)
    bend = (ways * ways) @ signs
    directions = (ways * stretch) @ vectors.T
    with np.errstate(all="ignore"):
        points = directions * (-2.0 * (directions @ grad) / bend)[:, None]
    jumps = np.flatnonzero(bend[1:] * bend[:-1] <= 0.0) + 1 if (signs == 0.0).sum() == 0 else _across(turns, signs)
    return np.insert(points, jumps, np.nan, axis=0)


def _across(turns: Array, signs: Array) -> NDArray[np.intp]:
    pole = 0.5 * math.pi * (signs[1] == 0.0)
    return np.flatnonzero((turns[:-1] < pole) & (turns[1:] > pole)) + 1


def coasting(seen: Inspection) -> Array:
    """The step the rule would take if the gradient were zero here, (dim,): what its memory does, and weight decay."""
    race = seen.recording.race
    (group,) = alone(race, seen.recording.lane(seen.entrant, seen.start), seen.theta).groups
    zero, shown = np.zeros((1, len(seen.theta))), race.landscape.shown(race.seed, seen.step)
    state = {key: value[None] for key, value in seen.before.items()}
    with np.errstate(all="ignore"):
        rule = group.rule.step(seen.theta[None], state, np.full_like(zero, seen.lr), seen.t)
        try:
            ask = next(rule)
            while True:
                ask = rule.send(
                    zero if isinstance(ask, np.ndarray) else answer(ask, zero, group, shown, race, seen.step, None)
                )
        except StopIteration as gone:
            return gone.value[0][0] - seen.theta


def other_gradients(seen: Inspection, at: Array, draw: int) -> Array | None:
    """`SAMPLES` gradients at ``at`` (dim,) that this step might as well have been shown, (samples, dim).

    Of other mini-batches of the size of this step's, with other draws of the noise, before any clipping. A function
    of the seed, the step and ``draw``. None where every step is shown the true gradient.
    """
    race = replace(seen.recording.race, seed=seen.recording.race.seed ^ OTHERS)
    landscape, here = race.landscape.at(seen.step), at[None]
    noise = noise_block(race, np.array([seen.recording.lane(seen.entrant, seen.start)]), draw, SAMPLES)
    total = len(landscape.whole[0]) if isinstance(landscape, DataProblem) else 0
    if isinstance(landscape, DataProblem) and landscape.batch_size < total:
        epoch = -(-total // landscape.batch_size) if landscape.order == "shuffled" else 1
        steps = [seen.step % epoch + epoch * (draw * SAMPLES + i) for i in range(SAMPLES)]
        gradients = [landscape.shown(race.seed, step).grad(here) for step in steps]
    elif noise is None:
        return None
    else:
        gradients = [landscape.grad(here)] * SAMPLES
    if noise is not None:
        gradients = [noise.felt(grad, i) for i, grad in enumerate(gradients)]
    return np.concatenate(gradients)


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
