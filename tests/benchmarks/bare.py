"""Common rules on the ravine by hand: no questions, no losses, nothing kept. The least NumPy can do."""

from __future__ import annotations

import numpy as np

RATE, BETA, BETA2, RHO, EPS = (np.array(value) for value in (0.01, 0.9, 0.999, 0.99, 1e-8))
REST, REST2, REST_RHO = (1.0 - value for value in (BETA, BETA2, RHO))
CURVES = np.array([[2.0], [20.0]])


def bare_run(name: str, lanes: int, steps: int, noise: np.ndarray | None = None) -> None:
    """All in place, coordinate by coordinate; ``noise`` (steps, 2, lanes) is added to the gradients."""
    theta = np.stack([np.full(lanes, 5.0), np.linspace(-2.0, 2.0, lanes)])
    grad, v, m, a, b = (np.zeros_like(theta) for _ in range(5))
    lr = np.full_like(theta, RATE)  # in a sweep each lane has its own
    for t in range(1, steps + 1):
        at = theta
        if name == "nesterov":
            np.multiply(BETA, v, v)
            np.subtract(theta, np.multiply(lr, v, a), a)
            at = a
        np.multiply(CURVES, at, grad)
        if noise is not None:
            np.add(grad, noise[t - 1], grad)
        step = grad
        if name == "momentum":
            step = np.add(np.multiply(BETA, v, v), grad, v)
        elif name == "nesterov":
            step = np.add(v, grad, v)
        elif name == "lion":
            np.add(np.multiply(BETA, m, a), np.multiply(REST, grad, b), a)
            step = np.sign(a, a)
            np.add(np.multiply(BETA2, m, m), np.multiply(REST2, grad, b), m)
        elif name != "sgd":
            square = np.multiply(grad, grad, a)
            if name == "adagrad":
                size = np.add(v, square, v)
            elif name == "rmsprop":
                size = np.add(np.multiply(RHO, v, v), np.multiply(REST_RHO, square, a), v)
            else:
                size = np.add(np.multiply(BETA2, v, v), np.multiply(REST2, square, a), v)
                np.add(np.multiply(BETA, m, m), np.multiply(REST, grad, b), m)
                size = np.divide(v, np.array(1.0 - 0.999**t), a)
                step = np.divide(m, np.array(1.0 - 0.9**t), b)
            root = np.add(np.sqrt(size, a), EPS, a)
            step = np.divide(np.multiply(lr, step, b), root, b)
            np.subtract(theta, step, theta)
            continue
        np.subtract(theta, np.multiply(lr, step, b), theta)
