"""A numerical look at a landscape of which nothing is known: where to start, at which rate, and its minima."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from simulator.landscape import Box, Facts, Landscape, Minimum

Array = NDArray[np.float64]
GRID = 129  # points a side; odd, so that the middle of the box is one of them
COARSE = 33
AROUND = (3.0, 10.0)  # the box's surroundings, in multiples of it, where lower values are looked for
MAX_CANDIDATES = 200
NEWTON_STEPS = 60
SINGULAR = 1e-9  # an eigenvalue this much smaller than the largest counts as 0
FLOOR = 1e-300


def survey(landscape: Landscape) -> Facts:
    """Facts of a ``landscape`` that knows its box only, from loss, gradient and Hessian. Some 10 ms.

    Minima are the grid's local minima, polished; those on the border, and whatever falls between the grid's points,
    are not found. They are global only if no lower value was seen in the box or around it.
    """
    box = landscape.box
    with np.errstate(all="ignore"):
        grid = _grid(box, GRID)
        loss = landscape.loss(grid)
        minima = _minima(landscape, grid, loss)
        start = _start(landscape)
        return Facts(box, (tuple(float(x) for x in start),), _rate(landscape, start, minima), minima)


def _grid(box: Box, points: int, zoom: float = 1.0) -> Array:
    """Points over ``box`` widened ``zoom`` times, shape ``(points, …, dim)``."""
    ends = np.asarray(box)
    middle, half = ends.mean(axis=1), zoom * (ends[:, 1] - ends[:, 0]) / 2.0
    axes: list[Array] = [np.linspace(m - h, m + h, points) for m, h in zip(middle, half, strict=True)]
    meshes: tuple[Array, ...] = np.meshgrid(*axes, indexing="ij")
    return np.stack(meshes, axis=-1)


def _start(landscape: Landscape) -> Array:
    """Off the axes, near a corner where the loss is finite and steep enough to leave."""
    ends = np.asarray(landscape.box)
    middle, half = ends.mean(axis=1), (ends[:, 1] - ends[:, 0]) / 2.0
    share = np.array([5.0 / 6.0, 2.0 / 3.0])[: len(ends)]
    corners = [np.array(signs) for signs in itertools.product((1.0, -1.0), repeat=len(ends))]
    tries = np.stack([middle + zoom * sign * share * half for zoom in (1.0, 0.6, 0.3, 0.1) for sign in corners])
    tries = np.array([[float(f"{x:.4g}") for x in row] for row in tries])
    slope = np.abs(landscape.grad(tries)).max(axis=1)
    good = np.isfinite(landscape.loss(tries)) & np.isfinite(slope) & (slope > 0.0)
    return tries[int(np.argmax(good))]


def _eigen(hess: Array) -> tuple[Array, Array]:
    """Eigenvalues and eigenvectors; the identity's where a Hessian is not usable."""
    return np.linalg.eigh(np.where(_usable(hess)[:, None, None], hess, np.eye(hess.shape[-1])))


def _usable(hess: Array) -> NDArray[np.bool_]:
    """Whether a Hessian is finite, and its square too: LAPACK gives up on others."""
    return np.all(np.abs(hess) < 1e150, axis=(1, 2))


def _rate(landscape: Landscape, start: Array, minima: tuple[Minimum, ...]) -> float:
    """1/L, half of the largest stable rate, where L bounds the curvature over all points not higher than the start.

    Plain gradient descent at 1/L never climbs, so it stays among those points. A quantile, as one point on a pole
    or a kink must not decide.
    """
    grid = _grid(landscape.box, COARSE).reshape(-1, landscape.dim)
    loss, level = landscape.loss(grid), landscape.loss(start[None])[0]
    points = [grid[loss <= level], start[None], *(np.asarray(m.theta)[None] for m in minima)]
    hess = landscape.hess(np.concatenate(points))
    hess = hess[_usable(hess)]
    bend = float(np.quantile(np.abs(np.linalg.eigvalsh(hess)).max(axis=1), 0.99)) if len(hess) else 0.0
    slope = float(np.abs(landscape.grad(start[None])).max())
    # Where hardly anything bends, 1/L would leap out of view: a hundredth of the way across will do.
    across = landscape.diagonal / slope if np.isfinite(slope) and slope > 0.0 else 1.0
    rate = 1.0 / bend if bend * across >= 1.0 else 0.01 * across
    return float(f"{min(max(rate, 1e-6), 10.0):.2g}")


def _minima(landscape: Landscape, grid: Array, loss: Array) -> tuple[Minimum, ...]:
    finite = loss[np.isfinite(loss)]
    if not finite.size or finite.min() == finite.max():
        return ()
    ends = np.asarray(landscape.box)
    cell = (ends[:, 1] - ends[:, 0]) / (GRID - 1)
    theta = _polished(landscape, _candidates(grid, loss), cell)
    theta = theta[_resting(landscape, theta, cell) & ((theta > ends[:, 0]) & (theta < ends[:, 1])).all(axis=1)]
    if not len(theta):
        return ()
    losses = landscape.loss(theta)
    tolerance = 1e-9 * min(float(finite.max() - finite.min()), 1.0 + abs(float(losses.min())))
    theta, losses = _distinct(landscape, theta, losses, cell, tolerance, ends.mean(axis=1))
    around = [landscape.loss(_grid(landscape.box, COARSE, zoom)) for zoom in AROUND]
    lowest_seen = min(float(np.fmin.reduce(seen, axis=None)) for seen in (finite, *around))
    highest_global = losses[0] + tolerance if lowest_seen >= losses[0] - tolerance else -np.inf
    return tuple(
        Minimum(tuple(map(float, at)), float(low), "global" if low <= highest_global else "local")
        for at, low in zip(theta, losses, strict=True)
    )


def _candidates(grid: Array, loss: Array) -> Array:
    """The grid's points that are not higher than any neighbour, lowest first; shape ``(n, dim)``."""
    padded = np.pad(np.where(np.isfinite(loss), loss, np.inf), 1, constant_values=np.inf)
    lowest = np.isfinite(loss)
    for shift in itertools.product((0, 1, 2), repeat=loss.ndim):
        lowest &= loss <= padded[tuple(slice(s, s + GRID) for s in shift)]
    found, values = grid[lowest], loss[lowest]
    return found[np.argsort(values, kind="stable")[:MAX_CANDIDATES]]


def _newton_step(grad: Array, hess: Array) -> Array:
    """−|H|⁻¹·g: Newton's step, turned downhill along negative curvature. Shape of ``grad``."""
    values, vectors = _eigen(hess)
    values = np.abs(values)
    values = np.maximum(values, SINGULAR * values.max(axis=-1, keepdims=True) + FLOOR)
    along = np.einsum("nij,ni->nj", vectors, np.nan_to_num(grad)) / values
    return -np.einsum("nij,nj->ni", vectors, along)


def _polished(landscape: Landscape, theta: Array, cell: Array) -> Array:
    """Damped Newton from every candidate at once. No step is longer than a cell of the grid."""
    loss, grad = landscape.loss(theta), landscape.grad(theta)
    radius = np.ones((len(theta), 1))
    for _ in range(NEWTON_STEPS):
        step = _newton_step(grad, landscape.hess(theta))
        length = np.abs(step / cell).max(axis=1, keepdims=True)
        if not (length > 1e-14).any():
            break
        trial = theta + step * np.minimum(1.0, radius / np.maximum(length, FLOOR))
        loss_there, grad_there = landscape.loss(trial), landscape.grad(trial)
        # Close to the bottom the loss no longer tells better from worse, the gradient does.
        level = loss_there <= loss + 1e-12 * (1.0 + np.abs(loss))
        flatter = np.abs(grad_there).max(axis=1) < np.abs(grad).max(axis=1)
        better = (loss_there < loss) | (level & flatter)
        theta, grad = np.where(better[:, None], trial, theta), np.where(better[:, None], grad_there, grad)
        loss = np.where(better, loss_there, loss)
        radius = np.where(better[:, None], np.minimum(2.0 * radius, 1.0), radius / 4.0)
    tidy = np.round(theta, 12)
    return np.where((landscape.loss(tidy) <= landscape.loss(theta))[:, None], tidy, theta)


def _resting(landscape: Landscape, theta: Array, cell: Array) -> NDArray[np.bool_]:
    """Whether each point is a minimum: nothing curves down, and Newton has nowhere to go."""
    grad, hess = landscape.grad(theta), landscape.hess(theta)
    values, _ = _eigen(hess)
    upward = values.min(axis=1) >= -1e-7 * np.abs(values).max(axis=1)
    still = np.abs(_newton_step(grad, hess) / cell).max(axis=1) <= 1e-6
    return upward & still & np.isfinite(grad).all(axis=1) & _usable(hess)


def _distinct(
    landscape: Landscape, theta: Array, losses: Array, cell: Array, tolerance: float, centre: Array
) -> tuple[Array, Array]:
    """Each minimum once, lowest first. Of a whole valley of equal ones, the point nearest the centre stands for all."""
    values, _ = _eigen(landscape.hess(theta))
    valley = values.min(axis=1) <= SINGULAR * np.abs(values).max(axis=1)
    kept: list[int] = []
    for i in np.lexsort((np.abs(theta - centre).sum(axis=1), np.round(losses / tolerance))):
        near = any(
            np.abs((theta[i] - theta[k]) / cell).max() < 1e-3
            or (valley[i] and valley[k] and abs(losses[i] - losses[k]) <= tolerance)
            for k in kept
        )
        if not near:
            kept.append(int(i))
    order = sorted(kept, key=lambda k: (float(losses[k]), tuple(theta[k])))
    return theta[order], losses[order]
