"""A dense network at many parameter vectors at once: loss, gradient, Hessian, Gauss–Newton matrix, K-FAC's factors.

theta is ``(lanes, dim)``: layer by layer the weights, ``(outputs, inputs)`` row by row, then the biases. x is
``(samples, inputs)``, y ``(samples, outputs)``. All sums are matrix products of one lane's own numbers: no lane's
bits depend on how many stand beside it. Computed in the precision of theta, single for drawing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

TINY = 1e-30  # a step into the imaginary, so small that its square vanishes beside 1


@dataclass(frozen=True)
class Network:
    """Layers of ``widths``, a bend after each but the last, and a loss: the mean over samples and outputs of

    ``"squares"``: (z − y)²; ``"logistic"``: log(1 + eᶻ) − y·z, for labels y of 0 or 1.
    """

    widths: tuple[int, ...]
    head: Literal["squares", "logistic"] = "squares"
    bend: Literal["relu", "tanh"] = "tanh"
    bias: bool = True

    @cached_property
    def blocks(self) -> tuple[tuple[int, ...], ...]:
        """Weights are a matrix ``(outputs, inputs)``, biases a vector ``(outputs,)``, as libraries keep them."""
        return tuple(shape for n, m in pairwise(self.widths) for shape in (((m, n), (m,)) if self.bias else ((m, n),)))

    @cached_property
    def dim(self) -> int:
        return sum((n + self.bias) * m for n, m in pairwise(self.widths))

    @cached_property
    def reach(self) -> Array:
        """1/√inputs of the layer that each parameter belongs to; shape ``(dim,)``."""
        counts = [(n + self.bias) * m for n, m in pairwise(self.widths)]
        return np.repeat(np.array(self.widths[:-1]) ** -0.5, counts)

    def outputs(self, theta: Array, x: Array) -> Array:
        """z, shape ``(lanes, samples, outputs)``."""
        return self._forward(theta, x)[1]

    def loss(self, theta: Array, x: Array, y: Array) -> Array:
        """Shape ``(lanes,)``, in the precision of ``theta``."""
        out = self.outputs(theta, x)
        y = y.astype(theta.dtype, copy=False)
        if self.head == "squares":
            rest = (out - y).reshape(len(theta), 1, -1)
            total = rest @ rest.swapaxes(1, 2)
        else:
            each = np.maximum(out, 0.0) - y * out + np.log1p(np.exp(-np.abs(out)))
            total = each.reshape(len(theta), 1, -1) @ np.ones((y.size, 1), theta.dtype)
        return total[:, 0, 0] / y.size

    def grad(self, theta: Array, x: Array, y: Array) -> Array:
        """Shape ``(lanes, dim)``."""
        entering, out = self._forward(theta, x)
        if self.head == "squares":
            signal = (out - y) * (2.0 / y.size)
        else:  # 1/(1 + e⁻ᶻ) by way of tanh, which never overflows, not in the complex plane either
            signal = (0.5 * np.tanh(0.5 * out) + (0.5 - y)) / y.size
        slope, ones = np.empty_like(theta), np.ones((1, len(x)))
        for layer, at in self._backward(theta, entering, signal[:, None]):
            weights, biases = self._parts[layer]
            slope[:, weights] = (at[:, 0].swapaxes(1, 2) @ entering[layer]).reshape(len(theta), -1)
            if self.bias:
                slope[:, biases] = (ones @ at[:, 0])[:, 0]
        return slope

    def hess(self, theta: Array, x: Array, y: Array) -> Array:
        """Shape ``(lanes, dim, dim)``. Where relu bends, of the side on which its slope is 0.

        A single layer's is its Gauss–Newton matrix. Otherwise the gradient's derivative by complex steps (Squire &
        Trapp 1998, Using complex variables to estimate derivatives of real functions): no difference is taken, so
        nothing is lost but rounding.
        """
        if len(self.widths) == 2:
            return self.gauss_newton(theta, x, y)
        moved = theta[:, None] + 1j * TINY * np.eye(self.dim)
        slopes: Any = self.grad(cast("Array", moved.reshape(-1, self.dim)), x, y)
        hess: Array = slopes.imag.reshape(moved.shape) / TINY
        return (hess + hess.swapaxes(1, 2)) / 2.0

    def gauss_newton(self, theta: Array, x: Array, y: Array) -> Array:
        """JᵀH_outJ, the mean over samples; shape ``(lanes, dim, dim)``. H_out: the loss's Hessian in its outputs z.

        2/outputs on the diagonal for squares, p(1 − p)/outputs for logistic with p = 1/(1 + e⁻ᶻ).
        """
        entering, signals = self._roots(theta, x)
        lanes, rows = len(theta), self.widths[-1] * len(x)
        slopes = np.empty((lanes, self.widths[-1], len(x), self.dim))
        for layer, at in signals:
            weights, biases = self._parts[layer]
            inputs = entering[layer] if layer else entering[layer][None]
            slopes[..., weights] = (at[..., None] * inputs[:, None, :, None]).reshape(*at.shape[:3], -1)
            if self.bias:
                slopes[..., biases] = at
        jacobian = slopes.reshape(lanes, rows, self.dim)
        return jacobian.swapaxes(1, 2) @ jacobian / len(x)

    def factors(self, theta: Array, x: Array) -> list[tuple[Array, Array]]:
        """K-FAC's (A, G) per block, means over samples: A of a·aᵀ, a a layer's inputs, G of DᵀH_outD.

        D is the slope of the network's outputs in the layer's. A block of biases has the constant input: A = 1. The
        Gauss–Newton matrix's block of a weight matrix, taken row by row, is then about G ⊗ A: exactly so for one
        layer under squares.
        """
        entering, signals = self._roots(theta, x)
        found: list[tuple[Array, Array]] = []
        for layer, at in signals:
            flat = at.reshape(len(theta), -1, at.shape[3])
            inputs = np.broadcast_to(entering[layer], (len(theta), *entering[layer].shape[-2:]))
            outer = flat.swapaxes(1, 2) @ flat / len(x)
            if self.bias:
                found.append((np.ones((len(theta), 1, 1)), outer))
            found.append((inputs.swapaxes(1, 2) @ inputs / len(x), outer))
        return found[::-1]

    @cached_property
    def _parts(self) -> list[tuple[slice, slice]]:
        """For each layer where its weights and its biases stand in theta."""
        parts: list[tuple[slice, slice]] = []
        end = 0
        for n, m in pairwise(self.widths):
            weights = slice(end, end + m * n)
            end = weights.stop + m * self.bias
            parts.append((weights, slice(weights.stop, end)))
        return parts

    def _weights(self, theta: Array, layer: int) -> Array:
        return theta[:, self._parts[layer][0]].reshape(len(theta), self.widths[layer + 1], self.widths[layer])

    def _forward(self, theta: Array, x: Array) -> tuple[list[Array], Array]:
        """What enters each layer, ``(samples, inputs)`` and then ``(lanes, samples, width)``, and what comes out."""
        out: Array = x.astype(theta.dtype, copy=False)
        entering: list[Array] = []
        for layer, (_, biases) in enumerate(self._parts):
            if layer:
                out = np.tanh(out) if self.bend == "tanh" else out * (out.real > 0.0)
            entering.append(out)
            out = out @ self._weights(theta, layer).swapaxes(1, 2)
            if self.bias:
                out += theta[:, None, biases]
        return entering, out

    def _backward(self, theta: Array, entering: list[Array], signal: Array) -> Iterator[tuple[int, Array]]:
        """From the last layer to the first, the slopes of some sums in its outputs: (lanes, sums, samples, width)."""
        for layer in range(len(self._parts) - 1, -1, -1):
            yield layer, signal
            if layer:
                bent = entering[layer][:, None]
                signal = signal @ self._weights(theta, layer)[:, None]
                signal = signal * (1.0 - bent * bent if self.bend == "tanh" else bent.real > 0.0)

    def _roots(self, theta: Array, x: Array) -> tuple[list[Array], Iterator[tuple[int, Array]]]:
        """What enters each layer, and backwards the slopes of √H_out·z, one sum an output."""
        entering, out = self._forward(theta, x)
        if self.head == "squares":
            root = np.full_like(out, np.sqrt(2.0))
        else:
            half = np.exp(-0.5 * np.abs(out))
            root = half / (1.0 + half * half)  # √(p(1 − p)), to the last bit far out too
        root /= np.sqrt(self.widths[-1])
        return entering, self._backward(theta, entering, root[:, None] * np.eye(self.widths[-1])[:, None])
