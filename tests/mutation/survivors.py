"""The list of survivors: mutants that no test catches, each with the reason why none should."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2] / "simulator"
LIST = Path(__file__).with_name("survivors.toml")
ARROW = "  =>  "


@cache
def listed() -> dict[str, str]:
    """Mutant -> reason. A mutant is written ``module.function: line  =>  changed line``, as in ``survivors.toml``."""
    groups = tomllib.loads(LIST.read_text(encoding="utf-8"))["group"]
    return {mutant: group["reason"] for group in groups for mutant in group["mutants"]}


def described(mutant: str, diff: str) -> str:
    """How the list names mutmut's ``simulator.lanes.xǁPackǁplace__mutmut_3``, whose unified diff this is."""
    module, _, name = (
        mutant.partition("__mutmut_")[0].removeprefix("simulator.").removeprefix("optimizers.").rpartition(".")
    )
    function = name.removeprefix("x").replace("ǁ", ".") if "ǁ" in name else "." + name.removeprefix("x_")
    lines = diff.splitlines()[2:]
    old, new = (" ⏎ ".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in "-+")
    return f"{module}{function}: {old}{ARROW}{new}"
