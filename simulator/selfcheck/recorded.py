"""The rules and the schedules against recorded numbers: runs of libraries, independent arithmetic, earlier runs.

`assets/selfcheck/rules.json` has for every rule some cases, each with what decides it (``by``), the settings, the
place and θ after some steps; `schedules.json` has η as a share of its peak at some steps. Both are written by
``python -m tests.selfcheckdata``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from simulator import resources
from simulator.engine import Engine
from simulator.landscape import Landscape
from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Race
from simulator.schedules import SCHEDULES
from simulator.selfcheck.finding import Array, Check, Finding, close, fact
from simulator.selfcheck.racing import made
from simulator.selfcheck.squares import Squares

RULES_WITHIN, RATES_WITHIN = 1e-9, 1e-12
ENTRANT = ("clip_norm", "clip_value", "restart")  # of a case, as in a race file
FORMULA, ARITHMETIC, RECORDING = "its formula", "plain arithmetic", "our own earlier run"
WAYS = (FORMULA, ARITHMETIC, RECORDING)  # what may decide a case beside a library's run
Case = dict[str, Any]


@cache
def rules() -> dict[str, list[Case]]:
    """The cases of every rule."""
    return json.loads(resources.asset("selfcheck", "rules.json").read_text(encoding="utf-8"))


@cache
def rates() -> dict[str, list[Case]]:
    """The cases of every schedule."""
    return json.loads(resources.asset("selfcheck", "schedules.json").read_text(encoding="utf-8"))


def decided() -> dict[str, tuple[str, ...]]:
    """What decides each rule's cases, the strongest first: libraries, then `WAYS`."""
    found: dict[str, tuple[str, ...]] = {}
    for name, cases in rules().items():
        by = {str(case["by"]) for case in cases}
        found[name] = (*sorted(by - set(WAYS)), *(way for way in WAYS if way in by))
    return found


def place(said: str | dict[str, Any]) -> Landscape:
    """The landscape a case names, bare or with its parameters; squares is Himmelblau's function as a model."""
    if said == "squares":
        return Squares()
    return _made(LANDSCAPES, said)


def path(name: str, case: Case) -> Array:
    """θ of our rule after the steps the case has recorded: (rows, dim)."""
    entrant = {key: case[key] for key in ENTRANT if key in case}
    if "schedule" in case:
        entrant["schedule"] = _made(SCHEDULES, case["schedule"])
    racer = Entrant(made(OPTIMIZERS[name], **case["hyper"]), name, **entrant)
    race = Race(place(case["on"]), (racer,), (tuple(case["start"]),), steps=case["steps"])
    return Engine(race).advance(case["rows"][-1]).theta[case["rows"], 0]


def _made(catalog: Any, said: Any) -> Any:
    values = {"name": said} if isinstance(said, str) else dict(said)
    return catalog[values.pop("name")](**values)


def _look_at_rule(name: str) -> Iterator[Finding]:
    cases = rules().get(name, [])
    yield fact(name, "is recorded", bool(cases), "some steps", f"{len(cases)} cases")
    for case in cases:
        wanted, got = np.asarray(case["theta"]), path(name, case)
        on = case["on"] if isinstance(case["on"], str) else case["on"]["name"]
        settings = ", ".join(f"{key} {value}" for key, value in case["hyper"].items())
        apart = np.abs(got - wanted) / np.maximum(1.0, np.abs(wanted))
        wrong = ~(apart <= RULES_WITHIN).all(axis=1)
        first = int(np.argmax(wrong))
        rows = slice(first, first + 1) if wrong.any() else slice(None)
        at = f"θ after step {case['rows'][first]}" if wrong.any() else "θ"
        where = f"{at} on {on} by {case['by']} ({settings})"
        yield close(name, where, wanted[rows], got[rows], RULES_WITHIN, np.maximum(1.0, np.abs(wanted[rows])))


def _look_at_schedule(name: str) -> Iterator[Finding]:
    cases = rates().get(name, [])
    yield fact(name, "is recorded", bool(cases), "some rates", f"{len(cases)} cases")
    for case in cases:
        got = SCHEDULES[name](**case["params"]).factors(case["steps"])[case["rows"]]
        settings = ", ".join(f"{key} {value}" for key, value in case["params"].items()) or "as it comes"
        yield close(name, f"η by {case['by']} ({settings})", case["factors"], got, RATES_WITHIN)


def _rules() -> list[str]:
    return list(dict.fromkeys((*OPTIMIZERS, *rules())))


def _schedules() -> list[str]:
    return list(dict.fromkeys((*SCHEDULES, *rates())))


RULES = Check(
    "reference steps",
    "Every rule takes its recorded steps",
    f"θ within {RULES_WITHIN:.0e}·max(1, |θ|)",
    _rules,
    _look_at_rule,
)
RATES = Check(
    "schedules",
    "Every schedule gives its recorded rates",
    f"η within {RATES_WITHIN:.0e} of its peak",
    _schedules,
    _look_at_schedule,
)
