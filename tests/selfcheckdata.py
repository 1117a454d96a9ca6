"""What the program's self-check compares its rules and schedules with.

``python -m tests.selfcheckdata`` writes assets/selfcheck/rules.json and schedules.json. A rule's steps come, in this
order of preference, from the recorded run of a library that decides its form (tests/data/reference), from its formula
worked out as NumPy on the landscape's published formula, which shares no line with the rule or the landscape, or from
arithmetic written out below. What none of these can say, searches along a line and what lies far outside a box, is our
own earlier run.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from simulator.landscape import Landscape
from simulator.landscapes import LANDSCAPES
from simulator.landscapes.formula import Formula
from simulator.notation import HELPERS, NotAFormula, identifiers, lines, settings, to_numpy
from simulator.optimizer import Array, Optimizer
from simulator.optimizers import OPTIMIZERS
from simulator.race import sensible_lr
from simulator.schedules import SCHEDULES
from simulator.selfcheck import recorded
from simulator.selfcheck.racing import run_alone, variants
from simulator.selfcheck.squares import Squares
from tests import parity
from tests.published import TABLE

ASSETS = Path(__file__).parents[1] / "assets" / "selfcheck"
SCHEDULE_DATA = Path(__file__).parent / "data"
ROWS = (1, 2, 3, 5, 10, 20, 50)
FEW_ROWS = (1, 3, 10)  # where there are many coordinates
MOST = 8  # cases of a library a rule
STEPS = 20
RATE_ROWS = 12
SENSITIVE = 1e-11  # a run that parts so far when its start moves by 1e-14 is followed no longer
UNSURE = 100.0  # within this factor processors differ on which side of it a run is
FAR = (2e5, -1e5)
Case = dict[str, Any]


# From libraries.


def of_libraries(name: str) -> Iterator[Case]:
    """Cases of the rule as the library took them, each setting once before any twice, one with layers among them."""
    known = [case for case in parity.cases() if case["optimizer"] == name and "point" not in case]
    flat = sorted((case for case in known if len(case["start"]) <= 2), key=_seen_before(known))
    layered = [case for case in known if len(case["start"]) > 2 and "batch_size" not in str(case["landscape"])]
    for case in [*flat[: MOST - 1], *layered[:1]]:
        wanted = parity.reference(case)
        most = min(case["safe_steps"], len(wanted) - 1)
        rows = [k for k in (ROWS if wanted.shape[1] <= 2 else FEW_ROWS) if k <= most]
        extra = {key: case[key] for key in (*recorded.ENTRANT, "schedule") if key in case}
        yield {
            "by": parity.library(case), "on": case["landscape"], "start": case["start"], "hyper": case["hyper"],
            **extra, "steps": len(wanted) - 1, "rows": rows, "theta": wanted[rows].tolist(),
        }  # fmt: skip


def _seen_before(known: list[Case]) -> Callable[[Case], int]:
    """How many cases of the same setting stand before one."""
    return lambda case: sum(other["hyper"] == case["hyper"] for other in known[: known.index(case)])


# From formulas.


def of_formula(name: str) -> Iterator[Case]:
    """The rule under its switches, by the NumPy source of its formula on the published formula of a landscape."""
    for place, start in (("himmelblau", (0.5, 5.0)), ("rosenbrock", (-1.2, 1.0))):
        landscape = LANDSCAPES[place]()
        for optimizer in variants(OPTIMIZERS[name], landscape):
            theta = formula_path(optimizer, Formula(TABLE[place][0], landscape.box), start)
            if theta is not None:
                yield _case(recorded.FORMULA, place, start, optimizer, theta)


def formula_path(optimizer: Optimizer, landscape: Landscape, start: tuple[float, ...]) -> Array | None:
    """θ after 0 … ``STEPS`` steps; None where the formula has no source."""
    shown, called = lines(optimizer, landscape.blocks), identifiers(optimizer)
    try:
        source = to_numpy(shown, called, settings(optimizer))
    except NotAFormula:
        return None
    fixed = {called[symbol]: value for symbol, value in settings(optimizer).items()}
    fixed |= {"np": np, "gradient": landscape.grad, "loss_at": landscape.loss}
    theta = np.array(start)
    state = {key: np.zeros(value.shape[1:]) for key, value in optimizer_state(optimizer, start).items()}
    path = [theta]
    code = compile("\n".join(source), optimizer.name, "exec")
    space: dict[str, Any] = {"theta": theta, **state}
    exec("\n".join(HELPERS.values()), space)
    for t in range(1, STEPS + 1):
        theta = space["theta"]
        space |= fixed | {"t": t, "grad": landscape.grad(theta), "loss": landscape.loss(theta)}
        exec(code, space)
        path.append(space["theta"])
    return np.array(path)


def optimizer_state(optimizer: Optimizer, start: tuple[float, ...]) -> dict[str, Array]:
    """The letters the rule remembers, with their shapes."""
    run = run_alone(Squares(), optimizer, start, 1)
    return {key: value[0] for key, value in run.states[0].items()}


# From arithmetic.


def himmelblau(x: Array) -> tuple[float, Array, Array, Array]:
    """Loss, gradient, Hessian and the Jacobian of the two squares."""
    a, b = x
    u, v = a * a + b - 11.0, a + b * b - 7.0
    jacobian = np.array([[2.0 * a, 1.0], [1.0, 2.0 * b]])
    bend = np.array([[2.0 * u, 0.0], [0.0, 2.0 * v]])
    return u * u + v * v, 2.0 * jacobian.T @ [u, v], 2.0 * (jacobian.T @ jacobian + bend), jacobian


def armijo(x: Array, memory: Case, hyper: Case) -> Array:
    loss, slope, _, _ = himmelblau(x)
    alpha = hyper["lr"]
    while himmelblau(x - alpha * slope)[0] > loss - hyper["c1"] * alpha * slope @ slope:
        alpha *= hyper["shrink"]
    return x - alpha * slope


def newton(x: Array, memory: Case, hyper: Case) -> Array:
    _, slope, hess, _ = himmelblau(x)
    return x - hyper["lr"] * np.linalg.inv(hess + hyper["damping"] * np.eye(2)) @ slope


def natural_gradient(x: Array, memory: Case, hyper: Case) -> Array:
    _, slope, _, jacobian = himmelblau(x)
    return x - hyper["lr"] * np.linalg.inv(2.0 * jacobian.T @ jacobian + hyper["damping"] * np.eye(2)) @ slope


def gauss_newton(x: Array, memory: Case, hyper: Case) -> Array:
    loss, slope, _, jacobian = himmelblau(x)
    matrix, damping = 2.0 * jacobian.T @ jacobian, memory.setdefault("damping", hyper["damping"])
    p = -hyper["lr"] * np.linalg.inv(matrix + damping * np.eye(2)) @ slope
    if not hyper["adaptive"]:
        return x + p
    gained, said = loss - himmelblau(x + p)[0], -slope @ p - 0.5 * p @ matrix @ p
    factor = 10.0 if gained < 0.0 else 0.1 if gained > 0.75 * said else 1.0
    memory["damping"] = min(max(damping * factor, 1e-8), 1e8)
    return x + p if gained >= 0.0 else x


def kfac(x: Array, memory: Case, hyper: Case) -> Array:
    _, slope, _, _ = himmelblau(x)
    memory["t"] = memory.get("t", 0) + 1
    kept = min(hyper["beta"], 1.0 - 1.0 / memory["t"])
    memory["G"] = kept * memory.get("G", 0.0) + (1.0 - kept) * np.outer(slope, slope)
    slope = slope + hyper["weight_decay"] * x
    return x - hyper["lr"] * np.linalg.solve(memory["G"] + hyper["damping"] * np.eye(2), slope)


BY_HAND: dict[str, tuple[Callable[[Array, Case, Case], Array], tuple[Case, ...]]] = {
    "armijo": (armijo, ({}, {"shrink": 0.8}, {"c1": 0.3})),
    "newton": (newton, ({}, {"damping": 30.0}, {"lr": 0.5})),
    "natural_gradient": (natural_gradient, ({}, {"damping": 1.0})),
    "gauss_newton": (gauss_newton, ({}, {"damping": 5.0}, {"adaptive": False, "lr": 0.5})),
    "kfac": (kfac, ({}, {"weight_decay": 0.1}, {"beta": 0.5, "damping": 1.0})),
}


def of_arithmetic(name: str) -> Iterator[Case]:
    step, settings_ = BY_HAND.get(name, (None, ()))
    if step is None:
        return
    for hyper in settings_:
        optimizer = OPTIMIZERS[name](**hyper)
        for start in ((0.5, 5.0), (-5.0, -0.5)):
            path, memory = [np.array(start)], {}
            for _ in range(STEPS):
                path.append(step(path[-1], memory, optimizer.hyper))
            yield _case(recorded.ARITHMETIC, "squares", start, optimizer, np.array(path))


# From ourselves.


def of_ourselves(name: str, searches: bool) -> Iterator[Case]:
    """From far outside the box, and, of a rule that nothing else decides, under every switch."""
    cls, ravine = OPTIMIZERS[name], LANDSCAPES["ravine"]()
    place, where = (Squares(), "squares") if cls.needs else (ravine, "ravine")
    far = (60.0, -90.0) if cls.needs or name == "kfac" else FAR
    optimizer = cls(lr=0.5 * sensible_lr(cls, place))  # with all of it Newton's method has arrived at once
    yield _case(recorded.RECORDING, where, far, optimizer, run_alone(place, optimizer, far, 3).theta[:, 0])
    if searches:
        for optimizer in variants(cls, Squares()):
            path = run_alone(Squares(), optimizer, (0.5, 5.0), STEPS).theta[:, 0]
            yield _case(recorded.RECORDING, "squares", (0.5, 5.0), optimizer, path)


def _case(by: str, on: str, start: tuple[float, ...], optimizer: Optimizer, theta: Array) -> Case:
    """Rows for as long as they say something: not once it has arrived, is lost, or amplifies round-off. Which of them
    hang on the processor's last bits are the ``unsure``, which are not written."""
    steps = len(theta) - 1
    with np.errstate(all="ignore"):
        moved = np.abs(np.diff(theta, axis=0)).max(axis=1) > 1e-9
        beside = [
            run_alone(recorded.place(on), optimizer, np.array(start) * (1.0 + nudge), steps).theta[:, 0]
            for nudge in (0.0, 1e-14, -1e-14)
        ]
        apart = [np.abs(run - beside[0]) / np.maximum(1.0, np.abs(beside[0])) for run in beside[1:]]
        part = np.maximum.accumulate(np.maximum(*apart).max(axis=1))
        there = (np.abs(theta) < 1e12).all(axis=1)
    told = [k for k in ROWS if k <= steps and there[: k + 1].all() and (k == 1 or moved[k - 1])]
    rows = [k for k in told if part[k] < SENSITIVE]
    return {
        "by": by, "on": on, "start": list(start), "hyper": optimizer.hyper,
        "steps": steps, "rows": rows, "theta": theta[rows].tolist(),
        "unsure": [k for k in told if SENSITIVE / UNSURE < part[k] < SENSITIVE * UNSURE],
    }  # fmt: skip


# All of it.


def rules_of(name: str) -> list[Case]:
    """All cases of a rule. Where the arithmetic below knows the rule as it comes only, its switches are our own run."""
    cases = list(of_libraries(name)) or list(of_formula(name))
    cases += of_arithmetic(name)
    cases += of_ourselves(name, searches=not cases or (name in BY_HAND and name != "kfac"))
    return [case for case in cases if case["rows"] or case.get("unsure")]


def schedules() -> dict[str, list[Case]]:
    """Rows spread evenly over the libraries' tables, first and last included."""
    cases = json.loads((SCHEDULE_DATA / "schedules.json").read_text(encoding="utf-8"))["cases"]
    found: dict[str, list[Case]] = {name: [] for name in SCHEDULES}
    found["constant"].append(
        {"by": recorded.ARITHMETIC, "params": {}, "steps": 10, "rows": [0, 5, 10], "factors": [1.0] * 3}
    )
    found["constant"].append(
        {"by": recorded.ARITHMETIC, "params": {"warmup": 4}, "steps": 10, "rows": [0, 1, 3, 4, 10],
         "factors": [0.0, 0.25, 0.75, 1.0, 1.0]}
    )  # fmt: skip
    with np.load(SCHEDULE_DATA / "schedules.npz") as arrays:
        for case in cases:
            table = arrays[case["array"]]
            last = min(len(table) - 1, case["steps"])
            rows = sorted({*np.linspace(0, last, RATE_ROWS).round().astype(int).tolist(), *_turns(table[: last + 1])})
            found[case["schedule"]].append(
                {"by": case["call"].split("(")[0], "params": case["params"], "steps": case["steps"], "rows": rows,
                 "factors": table[rows].tolist()}
            )  # fmt: skip
    return found


def _turns(table: Array) -> list[int]:
    """Where a schedule turns or jumps: the rows about the largest bends."""
    bend = np.abs(np.diff(table, 2))
    return sorted({int(k) + shift for k in np.argsort(-bend, kind="stable")[:3] for shift in (0, 1, 2)})


def as_json(found: dict[str, list[Case]]) -> str:
    """A case a line."""
    kept = {
        name: [{key: value for key, value in case.items() if key != "unsure"} for case in cases if case["rows"]]
        for name, cases in found.items()
    }
    parts = [
        f' "{name}": [\n' + ",\n".join(f"  {json.dumps(case, ensure_ascii=False)}" for case in cases) + "\n ]"
        for name, cases in kept.items()
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main() -> int:
    ASSETS.mkdir(exist_ok=True)
    for name, found in (("rules.json", {name: rules_of(name) for name in OPTIMIZERS}), ("schedules.json", schedules())):
        (ASSETS / name).write_text(as_json(found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
