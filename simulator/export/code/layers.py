"""A network's loss as source: its data, its parameters as one tensor a block, its loss on a mini-batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from simulator.export.code import draws
from simulator.export.code.text import wrapped
from simulator.problem import DataProblem
from simulator.race import Race


@dataclass(frozen=True)
class Words:
    """How a library spells what a network needs."""

    array: str  # a list as its array
    relu: str
    tanh: str
    mean: str
    logistic: str  # the loss of outputs z on labels y


TORCH = Words(
    "torch.tensor({})", "torch.relu({})", "torch.tanh({})", "torch.mean({})",
    "torch.nn.functional.binary_cross_entropy_with_logits(z, y)",
)  # fmt: skip
JAX = Words(
    "jnp.array({})", "jax.nn.relu({})", "jnp.tanh({})", "jnp.mean({})",
    "jnp.mean(optax.sigmoid_binary_cross_entropy(z, y))",
)  # fmt: skip
NUMPY = Words(
    "np.array({})", "np.maximum({}, 0.0)", "np.tanh({})", "np.mean({})",
    "np.mean(np.maximum(z, 0.0) - y * z + np.log1p(np.exp(-np.abs(z))))",
)  # fmt: skip


def given(race: Race, problem: DataProblem, point: list[float], words: Words) -> list[str]:
    """``START``, the data ``X`` and ``Y``, a sample a row, and where a step sees a part of them, ``batch(k)``."""
    lines = [*wrapped(f"START = {point}"), *_data(problem, words), "", ""]
    part = draws.batches(race, problem)
    return [*lines, *part, "", ""] if part else lines


def _data(problem: DataProblem, words: Words) -> list[str]:
    return [
        line
        for name, values in zip("XY", problem.whole, strict=True)
        for line in wrapped(f"{name} = {words.array.format(_listed(values))}")
    ]


def _listed(values: Any) -> str:
    return repr(np.asarray(values, dtype=np.float64).tolist())


def names(problem: DataProblem) -> list[str]:
    """Of the blocks, in order: w1, b1, w2, b2 …"""
    found: list[str] = []
    for shape in problem.blocks:
        found.append(f"w{sum(n[0] == 'w' for n in found) + 1}" if len(shape) > 1 else f"b{len(found) // 2 + 1}")
    return found


def sizes(problem: DataProblem) -> list[int]:
    return [prod(shape) for shape in problem.blocks]


def loss(problem: DataProblem, words: Words) -> list[str]:
    """``loss(layers, x, y)`` on samples ``x`` with targets ``y``."""
    called = names(problem)
    return [
        "def loss(layers, x, y):",
        f"    {', '.join(called)}{',' * (len(called) == 1)} = layers",
        *(f"    {line}" for line in _forward(problem, words, called)),
    ]


def _forward(problem: DataProblem, words: Words, called: list[str]) -> Iterator[str]:
    network, inputs, count = problem.network, "x", len(problem.network.widths) - 1
    for layer in range(1, count + 1):
        bias = f" + b{layer}" if network.bias else ""
        linear = f"{inputs} @ w{layer}.T{bias}"
        if layer < count:
            yield f"h{layer} = {(words.relu if network.bend == 'relu' else words.tanh).format(linear)}"
            inputs = f"h{layer}"
        else:
            yield f"z = {linear}"
    yield f"return {words.mean.format('(z - y) ** 2') if network.head == 'squares' else words.logistic}"


def gradient(problem: DataProblem) -> list[str]:
    """NumPy: ``loss_and_gradient(theta, x, y)``, the gradient worked out backwards, one row of numbers as theta is."""
    called, network, count = names(problem), problem.network, len(problem.network.widths) - 1
    ends = [sum(sizes(problem)[: i + 1]) for i in range(len(called))]
    cuts = zip(called, problem.blocks, [0, *ends], ends, strict=False)
    lines = [f"{name} = theta[{a}:{b}].reshape({', '.join(map(str, shape))})" for name, shape, a, b in cuts]
    lines += _forward(problem, NUMPY, called)
    value = lines.pop().removeprefix("return ")
    if network.head == "squares":
        lines.append("d = 2.0 * (z - y) / y.size")
    else:
        lines.append("d = (0.5 * np.tanh(0.5 * z) + 0.5 - y) / y.size  # the logistic function of z, less y")
    for layer in range(count, 0, -1):
        last = f"h{layer - 1}" if layer > 1 else "x"
        lines.append(f"dw{layer} = d.T @ {last}")
        if network.bias:
            lines.append(f"db{layer} = d.sum(axis=0)")
        if layer > 1:
            bent = f"(1.0 - {last} * {last})" if network.bend == "tanh" else f"({last} > 0.0)"
            lines.append(f"d = d @ w{layer} * {bent}")
    parts = ", ".join(f"d{name}.ravel()" for name in called)
    lines.append(f"return {value}, np.concatenate([{parts}])")
    return ["def loss_and_gradient(theta, x, y):", *(f"    {line}" for line in lines)]
