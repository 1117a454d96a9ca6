"""The races behind the guide's recommendations: each shows one point, against a fair alternative.

Rates were chosen by running; tests hold every race to what its recommendation says it shows.
"""

from __future__ import annotations

from typing import Any

from simulator.race import Race
from simulator.racedata import from_data

Racer = dict[str, Any]


def llm() -> Race:
    decay = {"name": "cosine", "warmup": 20, "eta_min": 0.1}
    return _race(
        "One rate for all, or one for each?",
        {"name": "ravine", "kappa": 10_000.0},
        _racer("adamw", "AdamW with warm-up and cosine", 0.4, schedule=decay),
        _racer("adamw", "AdamW with constant η", 0.4),
        _racer("momentum", "Momentum with warm-up and cosine", 9e-5, schedule=decay),
        steps=400,
        sigma=5.0,
    )


def fine_tuning() -> Race:
    decay = {"name": "linear", "warmup": 10}
    return _race(
        "Small steps keep what is known",
        {"name": "two_wells"},
        _racer("adamw", "AdamW at a small η", 0.05, schedule=decay),
        _racer("adamw", "AdamW at twenty times η", 1.0, schedule=decay),
        start=[-0.6, 0.3],
        sigma=4.0,
    )


def convolutional() -> Race:
    return _race(
        "A valley across the axes",
        {"name": "ravine", "kappa": 40.0, "rotation": 45.0},
        _racer("nesterov", "Nesterov", 0.0075, beta=0.9, weight_decay=1e-4, schedule={"name": "cosine"}),
        _racer("adam", "Adam", 1.0, schedule={"name": "cosine"}),
    )


def vision_transformer() -> Race:
    return _race(
        "An idle weight",
        {"name": "formula", "formula": "10*(y - 1)**2 + 0.001*x**2", "box": [[-2.0, 7.0], [-2.0, 4.0]]},
        _racer("adamw", "AdamW", 0.05, weight_decay=0.2),
        _racer("adam", "Adam with L2", 0.05, weight_decay=0.2),
        start=[5.0, 3.0],
        sigma=5.0,
        steps=300,
    )


def gan() -> Race:
    return _race(
        "How long should a memory be?",
        {"name": "bowl"},
        *(_racer("adam", f"Adam with β₁ = {beta1}", 0.2, beta1=beta1) for beta1 in (0.5, 0.9, 0.95)),
    )


def diffusion() -> Race:
    return _race(
        "A small steady rate under noise",
        {"name": "bowl"},
        _racer("adamw", "AdamW", 0.05),
        _racer("adamw", "AdamW at ten times η", 0.5),
        sigma=8.0,
        steps=500,
    )


def reinforcement() -> Race:
    return _race(
        "Gradients of any size",
        {"name": "beale"},
        _racer("adam", "Adam", 0.2),
        _racer("adam", "Adam at three times η", 0.6),
        _racer("sgd", "SGD", 0.01),
        _racer("sgd", "SGD at three times η", 0.03),
        _racer("sgd", "Clipped SGD at three times η", 0.03, clip_norm=1.0),
        start=[4.0, -1.0],
        steps=500,
    )


def llm_memory() -> Race:
    decay = {"name": "cosine", "warmup": 20, "eta_min": 0.1}
    return _race(
        "The sign alone",
        {"name": "ravine"},
        _racer("lion", "Lion at a quarter of that η", 0.05, weight_decay=0.1, schedule=decay),
        _racer("lion", "Lion at AdamW's η", 0.2, weight_decay=0.025, schedule=decay),
        _racer("adamw", "AdamW", 0.2, weight_decay=0.025, schedule=decay),
        steps=400,
        sigma=3.0,
        seed=1,
    )


def large_batch() -> Race:
    decay = {"name": "polynomial", "warmup": 10}
    return _race(
        "Few steps, long ones",
        {"name": "flip_network", "batch_size": 16},
        _racer("lamb", "LAMB", 0.1, weight_decay=0.01, schedule=decay),
        _racer("sgd", "SGD at eight times η", 8.0, schedule=decay),
        _racer("sgd", "SGD", 1.0),
    )


def recurrent() -> Race:
    return _race(
        "Where the slope has vanished",
        {"name": "plateau"},
        _racer("rmsprop", "RMSProp", 0.2, rho=0.9, schedule={"name": "linear"}),
        _racer("sgd", "SGD", 0.5),
        _racer("sgd", "SGD near its limit", 0.9),
        steps=120,
    )


def convex() -> Race:
    return _race(
        "A round bowl",
        {"name": "bowl"},
        _racer("sgd", "SGD", 0.4),
        _racer("adam", "Adam", 0.3),
        _racer("adam", "Adam at its default η", 1e-3),
        steps=100,
    )


def sparse() -> Race:
    return _race(
        "A loud and a quiet feature",
        {"name": "ravine", "kappa": 100.0},
        _racer("adagrad", "AdaGrad", 1.0),
        _racer("sgd", "SGD", 0.009),
    )


def small_smooth() -> Race:
    return _race(
        "Knowing the curvature",
        {"name": "rosenbrock"},
        _racer("newton", "Damped Newton", 1.0, damping=0.1),
        _racer("lbfgs", "L-BFGS", 1.0),
        _racer("adam", "Adam", 0.5),
        _racer("momentum", "Momentum", 1e-3),
        start=[-1.2, 1.0],
        steps=600,
    )


def default() -> Race:
    return _race(
        "Which rate survives a steeper valley?",
        {"name": "ravine", "kappa": 100.0},
        _racer("adam", "Adam", 0.2),
        _racer("sgd", "SGD tuned for κ = 10", 0.09),
        _racer("sgd", "SGD tuned for κ = 100", 0.009),
    )


def no_tuning() -> Race:
    return _race(
        "One run, no sweep",
        {"name": "ravine"},
        _racer("prodigy", "Prodigy, untouched", 1.0),
        _racer("adam", "Adam at its default η", 1e-3),
        _racer("adam", "Adam, tuned here", 0.2),
        steps=300,
    )


def no_end() -> Race:
    return _race(
        "Stop whenever you like",
        {"name": "bowl"},
        _racer("schedulefree_adamw", "Schedule-free AdamW", 0.2),
        _racer("adamw", "AdamW with constant η", 0.2),
        _racer("adamw", "AdamW with cosine", 0.2, schedule={"name": "cosine"}),
        sigma=3.0,
        steps=600,
    )


def _racer(optimizer: str, label: str, lr: float, **more: Any) -> Racer:
    return {"optimizer": optimizer, "label": label, "lr": lr, **more}


def _race(
    title: str,
    landscape: dict[str, Any],
    *racers: Racer,
    start: list[float] | None = None,
    sigma: float = 0.0,
    steps: int = 200,
    seed: int = 7,
) -> Race:
    data: dict[str, Any] = {
        "title": title,
        "steps": steps,
        "seed": seed,
        "landscape": landscape,
        "entrant": list(racers),
    }
    if start is not None:
        data["starts"] = [start]
    return from_data(data | {"noise": {"sigma": sigma}})
