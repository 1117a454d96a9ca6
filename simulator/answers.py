"""What a rule is told: the answer to each kind of question it may ask."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.group import Group
from simulator.landscape import Landscape
from simulator.noise import signs
from simulator.optimizer import Block, Curvature, Layers, Model, Probe, Query, Value

Array = NDArray[np.float64]


def answer(
    ask: Query, grad: Array, group: Group, shown: Landscape, seeds: tuple[int, ...], step: int, added: Array | None
) -> Any:
    """The answer to ``ask``, whose noisy and clipped gradient ``grad`` is known, (lanes, dim).

    ``shown`` is the landscape of this step, ``seeds`` are the field's. ``added`` is what noise added to the gradient,
    if it adds: the loss tilts with it, as the slope of f(θ) + ξ·θ is ∇f(θ) + ξ. No noise touches the curvature.
    """
    theta = ask.theta
    if type(ask) is Curvature:
        return grad, shown.hess(theta)
    if type(ask) is Value:
        loss = shown.loss(theta)
        return (loss if added is None else loss + (added * theta).sum(axis=-1))[:, None], grad
    if type(ask) is Probe:
        z = np.stack([signs(seed, step, theta.shape[1]) for seed in seeds])[group.lanes % len(seeds)]
        return grad, z * np.einsum("ijk,ik->ij", shown.hess(theta), z)
    if type(ask) is Model:
        return grad, shown.fisher(theta) if ask.kind == "fisher" else shown.gauss_newton(theta)
    assert type(ask) is Layers
    return grad, shown.layers(theta) or _no_layers(grad, group.rule.blocks)


def _no_layers(grad: Array, blocks: tuple[Block, ...]) -> list[tuple[Array, Array]]:
    parts = [grad[:, block.part] for block in blocks]
    return [(np.ones((len(g), 1, 1)), g[:, :, None] * g[:, None, :]) for g in parts]
