"""Whether declared minima are what they are said to be, and nothing lies lower."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simulator.landscape import Landscape, Minimum
from simulator.landscapes import LANDSCAPES
from simulator.selfcheck.finding import Array, Check, Finding, close, fact
from simulator.selfcheck.slopes import inside, stands

ATTAINED, LEVEL, FLAT, LOWER = 1e-12, 1e-9, 1e-12, 1e-9
RADII = (1e-4, 1e-3, 1e-2)  # of rings around a minimum, as shares of the box's diagonal
DIRECTIONS = 720
GRID, AROUND, SURROUNDINGS = 401, 301, (3.0, 10.0)  # points a side, and how much wider than the box
DESCENTS, DESCENT_STEPS = 9, 60


def grid(landscape: Landscape, points: int, zoom: float = 1.0) -> Array:
    """Points over the box, or, for a larger ``zoom``, over it and its surroundings: (…, dim)."""
    share = zoom * np.linspace(-0.5, 0.5, points)
    axes = inside(landscape, np.repeat(share[:, None], landscape.dim, axis=1)).T
    return np.stack(np.meshgrid(*axes), axis=-1)


def ring(landscape: Landscape, minimum: Minimum, radius: float) -> Array:
    """Losses at ``radius`` from a minimum, wherever that is in the box."""
    if landscape.dim > 2:
        ways = np.random.default_rng(5).standard_normal((DIRECTIONS // 10, landscape.dim))
        ways /= np.sqrt(np.square(ways).sum(axis=1, keepdims=True))
    else:
        angles = np.linspace(0.0, 2.0 * np.pi, DIRECTIONS, endpoint=False)
        ways = np.stack((np.cos(angles), np.sin(angles)), axis=1)
        ways = ways if landscape.dim == 2 else np.array([[-1.0], [1.0]])
    theta = np.asarray(minimum.theta) + radius * ways
    return landscape.loss(theta[_within(landscape, theta)])


def _bounds(landscape: Landscape) -> Array:
    """What a minimum on a border lies on the border of: (dim, 2)."""
    return np.asarray(landscape.domain or landscape.box)


def _within(landscape: Landscape, theta: Array) -> NDArray[np.bool_]:
    sides = zip(np.moveaxis(theta, -1, 0), _bounds(landscape), strict=True)
    return np.logical_and.reduce([(x >= low) & (x <= high) for x, (low, high) in sides])


def findings(landscape: Landscape) -> Iterator[Finding]:
    """All that can be said against what ``landscape`` declares."""
    for minimum in landscape.minima:
        yield from _of(landscape, minimum)
    yield from _lowest(landscape)


def _of(landscape: Landscape, minimum: Minimum) -> Iterator[Finding]:
    who = landscape.name
    at = f"at the {minimum.kind} minimum ({', '.join(f'{x:.6g}' for x in minimum.theta[:2])}"
    at += ", …)" if landscape.dim > 2 else ")"
    theta = np.array([minimum.theta])
    yield close(who, f"loss {at}", minimum.loss, landscape.loss(theta)[0], ATTAINED, max(1.0, abs(minimum.loss) / 100))
    if minimum.kind == "global":
        yield fact(who, f"the lowest is {at}", minimum.loss == landscape.lowest, landscape.lowest, minimum.loss)
    elif landscape.lowest is not None:
        higher = minimum.loss > landscape.lowest
        yield fact(who, f"higher {at}", higher, f"more than {landscape.lowest:.6g}", f"{minimum.loss:.6g}")
    lowest = min(ring(landscape, minimum, share * landscape.diagonal).min() for share in RADII)
    yield close(who, f"nothing lower near {at[3:]}", 0.0, min(lowest - minimum.loss, 0.0), 1e-14)
    yield _place(landscape, minimum, at)
    yield from _slope(landscape, minimum, at)


def _place(landscape: Landscape, minimum: Minimum, at: str) -> Finding:
    theta, box = np.asarray(minimum.theta), _bounds(landscape)
    on = (theta == box[:, 0]) | (theta == box[:, 1])
    strictly = ((box[:, 0] < theta) & (theta < box[:, 1])).all()
    if minimum.at_border:
        return fact(landscape.name, f"on the border {at}", bool(on.any()), "an end of the box", theta.tolist())
    return fact(landscape.name, f"inside the box {at}", bool(strictly), "inside", theta.tolist()[:2])


def _slope(landscape: Landscape, minimum: Minimum, at: str) -> Iterator[Finding]:
    who, theta, box = landscape.name, np.array([minimum.theta]), _bounds(landscape)
    slope = landscape.grad(theta)[0]
    curvatures = np.linalg.eigvalsh(landscape.hess(theta)[0])
    if minimum.at_border:
        ends = (theta[0] == box[:, 0]) | (theta[0] == box[:, 1])
        outwards = bool((np.abs(slope[ends]) > 0.1).all())
        yield fact(who, f"the slope leads out of the box {at}", outwards, "more than 0.1", slope[ends].tolist())
        slope = slope[~ends]
    yield close(who, f"gradient {at}", 0.0, slope, LEVEL, 1.0 + np.abs(curvatures).max())
    if minimum.at_border:
        return
    if minimum.shape == "kink":
        near, far = ((ring(landscape, minimum, r).min() - minimum.loss) / r for r in (1e-5, 1e-3))
        yield fact(who, f"the slope does not fade {at}", near > 0.5 * far, f"more than {0.5 * far:.3g}", f"{near:.3g}")
    elif minimum.shape == "flat":
        flat = abs(curvatures[0]) <= FLAT < curvatures[-1]
        yield fact(who, f"a direction without curvature {at}", flat, f"at most {FLAT:.0e}", f"{curvatures[0]:.3g}")
    else:
        yield fact(who, f"curved up {at}", curvatures[0] > 0.0, "more than 0", f"{curvatures[0]:.3g}")


def _lowest(landscape: Landscape) -> Iterator[Finding]:
    floor = min((m.loss for m in landscape.minima), default=None)
    seen = math.inf
    if landscape.dim <= 2:
        points = grid(landscape, GRID)
        seen = float(landscape.loss(points[_within(landscape, points)]).min())
        if floor is not None:
            yield _not_below(landscape, f"nothing lower on a grid of {GRID} points a side", floor, seen)
    if floor is not None:
        yield _not_below(landscape, f"{DESCENT_STEPS} steps downhill end no lower", floor, _descend(landscape))
    if landscape.dim <= 2 and landscape.domain is None:
        outside = min(landscape.loss(grid(landscape, AROUND, zoom)).min() for zoom in SURROUNDINGS)
        lower = outside < (seen if floor is None else floor) - LOWER
        said = landscape.lowest is None or landscape.known.lower_outside
        words = ("nothing lower", "something lower")
        got = f"{words[int(lower)]}: {outside:.6g}"
        yield fact(landscape.name, "outside the box", lower == said, words[int(said)], got)


def _not_below(landscape: Landscape, where: str, floor: float, seen: float) -> Finding:
    return Finding(landscape.name, where, max(floor - seen, 0.0), LOWER, f"at least {floor:.10g}", f"{seen:.10g}")


def _descend(landscape: Landscape) -> float:
    """The lowest loss reached from the starts and a coarse grid, going down the slope inside the box."""
    theta = np.array(landscape.starts)
    if landscape.dim <= 2:
        theta = np.concatenate([theta, grid(landscape, DESCENTS, 0.98).reshape(-1, landscape.dim)])
    theta = theta[_within(landscape, theta)]
    loss, rate = landscape.loss(theta), np.full((len(theta), 1), landscape.lr)
    for _ in range(DESCENT_STEPS):
        went = theta - rate * landscape.grad(theta)
        lower = landscape.loss(went)
        better = (lower < loss) & _within(landscape, went)
        theta, loss = np.where(better[:, None], went, theta), np.where(better, lower, loss)
        rate = np.where(better[:, None], 1.5 * rate, 0.5 * rate)
    return float(loss.min())


def _look(name: str) -> Iterator[Finding]:
    for at, landscape in stands(name):
        if "batch" not in at:
            for found in findings(landscape):
                yield Finding(name, found.where + at, found.error, found.tolerance, found.expected, found.got)


def _names() -> list[str]:
    return list(LANDSCAPES)


MINIMA = Check(
    "minima",
    "Every minimum is one, and nothing lies lower",
    f"loss within {ATTAINED:.0e}, gradient within {LEVEL:.0e}·(1 + curvature), nothing lower by {LOWER:.0e}",
    _names,
    _look,
)
