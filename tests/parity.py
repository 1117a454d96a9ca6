"""How far the rules agree with recorded runs of the libraries that decide their form.

``python -m tests.parity`` runs every case of tests/data/reference and writes assets/help/parity.json, which the
program shows, and parity.md, which people read. Data and format: tests/data/reference/README.md.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.schedules import SCHEDULES
from tests.alone import run_alone

Case = dict[str, Any]
Array = NDArray[np.float64]

DATA = Path(__file__).parent / "data" / "reference"
HELP = Path(__file__).parents[1] / "assets" / "help"
BOUND = 1e-9
ENTRANT = ("clip_norm", "clip_value", "restart")  # of a case, as in a race file
HEAD = """\
# Parity

Every rule is raced against recorded runs of the library that decides its form. The largest error,
|θ − reference| / max(1, |reference|) over all coordinates and steps, stays below the bound given. Steps are fewer than
200 where the library's own run is so sensitive that round-off alone would part the two. A rule that is not named has
no library that decides its form; tests hold it to hand calculation.
Written by `python -m tests.parity`.

"""


@cache
def index() -> dict[str, Any]:
    """The common sample: its versions and cases."""
    return json.loads((DATA / "index.json").read_text(encoding="utf-8"))


def entries() -> Iterator[Case]:
    """All entries of the files of the rules, each with its ``optimizer``; those left out too."""
    for path in sorted(DATA.glob("*.json")):
        if path.name != "index.json":
            for entry in json.loads(path.read_text(encoding="utf-8")):
                yield {"optimizer": path.stem, **entry}


def cases() -> list[Case]:
    return [entry for entry in entries() if "left_out" not in entry]


def reference(case: Case) -> Array:
    """The recorded run, (steps + 1, dim)."""
    own = _arrays(case["optimizer"])
    return own[case["array"]] if case["array"] in own else _arrays("trajectories")[case["array"]]


@cache
def _arrays(name: str) -> dict[str, Array]:
    path = DATA / f"{name}.npz"
    if not path.exists():
        return {}
    with np.load(path) as file:
        return dict(file)


def error(case: Case) -> float:
    """The largest error of our run over the case's safe steps."""
    wanted = reference(case)
    with np.errstate(all="ignore"):  # past the safe steps it may go anywhere
        far = np.abs(_path(case, len(wanted) - 1) - wanted) / np.maximum(1.0, np.abs(wanted))
    return float(far[: case["safe_steps"] + 1].max())


def _path(case: Case, steps: int) -> Array:
    """What the library would have recorded of our run."""
    entrant = {key: case[key] for key in ENTRANT if key in case}
    if "schedule" in case:
        entrant["schedule"] = _made(SCHEDULES, case["schedule"])
    optimizer = OPTIMIZERS[case["optimizer"]](**case["hyper"])
    run = run_alone(_made(LANDSCAPES, case["landscape"]), optimizer, case["start"], steps, **entrant)
    theta = run.theta[:, 0]
    if "point" not in case:
        return theta
    states = {letter: values[:, 0] for letter, values in run.states[0].items()}
    led = np.concatenate([run.lr[:1], run.lr[:-1]])
    return eval(case["point"], {"np": np}, {**optimizer.hyper, **states, "theta": theta, "lr": led})


def _made(catalog: Any, said: Any) -> Any:
    """The entry of ``catalog`` that a case names, bare or with its parameters."""
    values = {"name": said} if isinstance(said, str) else dict(said)
    return catalog[values.pop("name")](**values)


def library(case: Case) -> str:
    """``torch 2.13.0``: whose run it is, without the build; the version is the sample's where a case gives none."""
    name, _, version = case["library"].partition(" ")
    name = name.partition(".")[0]
    return f"{name} {(version or index()['versions'][name]).partition('+')[0]}"


def table() -> dict[str, dict[str, Any]]:
    """For each rule what it can say of itself, and its runs: a setting each, with the steps compared by landscape."""
    runs: dict[str, dict[str, dict[str, Any]]] = {}
    for case in sorted(cases(), key=lambda case: (case["optimizer"], library(case))):
        setting = {key: case[key] for key in ("hyper", *ENTRANT, "schedule") if key in case}
        run = {"library": library(case), **setting, "error": BOUND, "steps": {}}
        run = runs.setdefault(case["optimizer"], {}).setdefault(json.dumps([library(case), setting]), run)
        steps, on = run["steps"], _shown(case["landscape"])
        steps[on] = min(case["safe_steps"], steps.get(on, case["safe_steps"]))
    return {name: {"says": _says(list(some.values())), "runs": list(some.values())} for name, some in runs.items()}


def _says(runs: list[dict[str, Any]]) -> str:
    parts: list[str] = []
    for name in dict.fromkeys(run["library"] for run in runs):
        steps = [n for run in runs if run["library"] == name for n in run["steps"].values()]
        shortest = f", the shortest of {len(steps)} runs {min(steps)} steps" if min(steps) < max(steps) else ""
        parts.append(f"with {name} to {_power(BOUND)} over {max(steps)} steps{shortest}")
    return "agrees " + "; ".join(parts)


def _power(x: float) -> str:
    return f"{x:.0e}".replace("e-0", "e-")


def as_json() -> str:
    """The file the program reads: a run a line."""
    rules: list[str] = []
    for name, entry in table().items():
        lines = ",\n".join(f"  {json.dumps(run, ensure_ascii=False)}" for run in entry["runs"])
        rules.append(f' "{name}": {{"says": {json.dumps(entry["says"])}, "runs": [\n{lines}]}}')
    return "{\n" + ",\n".join(rules) + "\n}\n"


def as_markdown() -> str:
    rows = ["| optimizer | library | settings | landscapes and steps | error below |", "|---|---|---|---|---|"]
    for name, entry in table().items():
        for run in entry["runs"]:
            steps = ", ".join(f"{on} {n}" for on, n in run["steps"].items())
            extra = {key: run[key] for key in (*ENTRANT, "schedule") if key in run}
            settings = ", ".join(f"{key} {_shown(value)}" for key, value in (run["hyper"] | extra).items())
            rows.append(f"| {name} | {run['library']} | {settings} | {steps} | {_power(run['error'])} |")
    return HEAD + "\n".join(rows) + "\n"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        rest = ", ".join(f"{key} {_shown(x)}" for key, x in value.items() if key != "name")
        return f"{value['name']} ({rest})" if rest else value["name"]
    return ("on" if value else "off") if isinstance(value, bool) else str(value)


def main() -> int:
    """Write both files, or say which cases part from their library and write nothing."""
    apart = {f"{case['optimizer']}: {case['array']}": far for case in cases() if not (far := error(case)) < BOUND}
    for name, far in apart.items():
        print(f"{name} is {far:.1e} away", file=sys.stderr)
    if not apart:
        (HELP / "parity.json").write_text(as_json(), encoding="utf-8")
        (HELP / "parity.md").write_text(as_markdown(), encoding="utf-8")
    return 1 if apart else 0


if __name__ == "__main__":
    sys.exit(main())
