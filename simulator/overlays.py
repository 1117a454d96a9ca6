"""What can be drawn over the arena: geometry read off a recording at a step, in the coordinates of the picture.

Shapes are few. Those in the units of a gradient are drawn times a factor all racers share (`sketcher`), all others are
as large as they are. A picture has two coordinates: in one dimension x and the loss, in two
those of parameter space, beyond those of the plane.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulator.landscape import Landscape
from simulator.levelline import level_line, shape_of
from simulator.plane import Plane
from simulator.race import Race

if TYPE_CHECKING:  # it reads formulas: nothing a window needs to open
    from simulator.inspector import Inspection

Array = NDArray[np.float64]
MATRICES = ("second-order", "matrix")  # families whose rules scale by more than a number a coordinate
SAMPLES = 30  # gradients a step might as well have been shown
ALONG = 181  # points of a curve
CIRCLE = np.stack((np.cos(np.linspace(0.0, 2.0 * np.pi, ALONG)), np.sin(np.linspace(0.0, 2.0 * np.pi, ALONG))), axis=1)


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
    notes: set[str] = field(default_factory=set[str])  # on this racer

    @property
    def race(self) -> Race:
        return self.seen.recording.race

    @cached_property
    def here(self) -> Array:
        return self.picture.place(self.seen.theta)


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
    from simulator.alternatives import coasting  # only when drawn: the menu has the titles as the window opens

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
    from simulator.alternatives import other_gradients

    at = sight.seen.asked[0].theta
    gradients, tail = other_gradients(sight.seen, at, sight.draw, SAMPLES), sight.picture.place(at)
    if gradients is None:
        sight.notes.add("nothing to sample, every step is shown the true gradient")
        return
    yield Cloud(tail, -sight.picture.turn(gradients))
    yield Arrow(tail, -sight.picture.turn(sight.picture.landscape.grad(at)), slope=True)


def _curvature(sight: Sight) -> Iterator[Shape]:
    theta, landscape = sight.seen.theta, sight.picture.landscape
    grad, hess = landscape.grad(theta), landscape.hess(theta)
    if not np.isfinite(hess).all():
        return
    if landscape.dim == 1:
        ways = np.linspace(-1.0, 1.0, ALONG) * sight.picture.span[0]
        heights = landscape.loss(theta) + grad * ways + 0.5 * hess[0] * ways * ways
        yield Outline(np.stack((theta + ways, heights), axis=1))
        values = hess[0]
    else:
        axes = sight.picture.axes
        grad, hess = axes @ grad, axes @ hess @ axes.T
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
        sight.notes.add(KINDS[kind])


def _unit_ball(sight: Sight) -> Iterator[Shape]:
    if not sight.seen.asked:
        return
    rate = sight.seen.rate
    if rate is None or sight.seen.optimizer.family in MATRICES:
        sight.notes.add("no unit ball is drawn for second-order and matrix methods")
        return
    length = float(np.linalg.norm(sight.seen.asked[0].grad))
    half = sight.picture.turn(np.diag(np.abs(rate) * length))  # the half axes, (dim, 2): what is drawn is their shadow
    squares, vectors = np.linalg.eigh(half.T @ half)
    yield Outline(sight.here + (CIRCLE * np.sqrt(np.maximum(squares, 0.0))) @ vectors.T)


KINDS = {
    "dome": "the ground curves down every way",
    "saddle": "the ground curves up one way and down another, the level line is open",
    "trough": "the ground is straight one way, the level line is open",
    "plane": "the ground does not curve, there is no level line to draw",
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
        "The level line of the quadratic model here, from gradient and Hessian; in one dimension the model itself, "
        "on a plane what it is along it. Cross: the model's bottom, where Newton's method goes.",
        _curvature,
    ),
    "unit_ball": Overlay(
        "Unit ball",
        "Where a gradient as long as this one can take it, whichever way it points: each half axis is that length "
        "times the rate of its coordinate. Memory is left aside.",
        _unit_ball,
    ),
}
