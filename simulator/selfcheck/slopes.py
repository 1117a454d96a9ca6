"""Gradients and Hessians against central differences."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from simulator.landscape import Landscape
from simulator.landscapes import LANDSCAPES
from simulator.selfcheck.finding import Array, Check, Finding, close

STEP = 6e-6  # of a central difference, at which rounding and curvature disturb it equally
TOLERANCE = 2e-7
ROUNDING = 1.0 / 200.0  # of what is differenced: so much of its last digits counts as much as the slope itself
POINTS, FEW = 200, 4  # on a plane or a line, and where there are many coordinates
LATER = (1, 137)  # steps at which a landscape that moves is looked at again


def somewhere(landscape: Landscape, points: int = 0) -> Array:
    """Points all over the box and a little around it, always the same; weights stay nearer to the middle. A point
    hits no kink."""
    many = landscape.dim > 2
    reach = 0.3 if many else 0.6
    share = np.random.default_rng(5).uniform(-reach, reach, (points or (FEW if many else POINTS), landscape.dim))
    return inside(landscape, share)


def inside(landscape: Landscape, share: Array) -> Array:
    """Points of the box at ``share`` of its widths from its middle."""
    box = np.asarray(landscape.box)
    return box.mean(axis=1) + share * (box[:, 1] - box[:, 0])


def slope(of: Callable[[Array], Array], theta: Array) -> Array:
    """Central differences of ``of`` along every axis, which comes last."""
    shifts = STEP * np.eye(theta.shape[-1])
    return np.stack([(of(theta + shift) - of(theta - shift)) / (2.0 * STEP) for shift in shifts], axis=-1)


def gradient(landscape: Landscape) -> Finding:
    theta = somewhere(landscape)
    return _compare(landscape, "gradient", landscape.loss, landscape.grad(theta), theta)


def hessian(landscape: Landscape) -> Finding:
    theta = somewhere(landscape)
    return _compare(landscape, "Hessian", landscape.grad, landscape.hess(theta), theta)


def _compare(landscape: Landscape, what: str, of: Callable[[Array], Array], got: Array, theta: Array) -> Finding:
    wanted = slope(of, theta)
    scale = 1.0 + np.abs(wanted) + ROUNDING * np.abs(of(theta))[..., None]
    return close(landscape.name, f"{what} at {len(theta)} points", wanted, got, TOLERANCE, scale)


def stands(name: str) -> list[tuple[str, Landscape]]:
    """The landscape as it comes; one that moves also as it stands later, a data problem also as a mini-batch."""
    landscape = LANDSCAPES[name]()
    later = [(f", step {k}", landscape.at(k)) for k in LATER] if landscape.moving else []
    batch = landscape.shown(1, 0)
    return [("", landscape), *later, *([(", a mini-batch", batch)] if landscape.model else [])]


def _look(of: Callable[[Landscape], Finding], name: str) -> Iterator[Finding]:
    for at, landscape in stands(name):
        found = of(landscape)
        yield Finding(name, found.where + at, found.error, found.tolerance, found.expected, found.got)


def _look_at_gradient(name: str) -> Iterator[Finding]:
    return _look(gradient, name)


def _look_at_hessian(name: str) -> Iterator[Finding]:
    return _look(hessian, name)


def _names() -> list[str]:
    return list(LANDSCAPES)


SAYS = f"error / (1 + |slope| + |f|/200) at most {TOLERANCE:.0e}, h = {STEP:.0e}"
GRADIENTS = Check("gradients", "Every gradient is the slope of its loss", SAYS, _names, _look_at_gradient)
HESSIANS = Check("Hessians", "Every Hessian is the slope of its gradient", SAYS, _names, _look_at_hessian)
