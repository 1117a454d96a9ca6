"""The program as a folder that needs no Python: what every target but the wheel is made of."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from tools import NAME, PACKAGING, Trouble, run

BINUTILS = "sudo apt install binutils"
TOOLS = {"objdump": BINUTILS, "strip": BINUTILS} if sys.platform.startswith("linux") else {}


def freeze(work: Path) -> Path:
    """Freeze into the folder ``work``: the folder of the program, which holds the executable `NAME`."""
    dist = work / "frozen"
    env = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONDONTWRITEBYTECODE": "1"}  # the same bytes each time
    places = ["--distpath", dist, "--workpath", work / "freezing"]
    run(sys.executable, "-m", "PyInstaller", "--noconfirm", *places, PACKAGING / f"{NAME}.spec", cwd=PACKAGING, env=env)
    warnings = (work / "freezing" / NAME / f"warn-{NAME}.txt").read_text(encoding="utf-8")
    if missed := [line for line in warnings.splitlines() if cut_short(line)]:
        raise Trouble("\n".join(["the program imports what prune.txt or pyproject.toml leaves out:", *missed]))
    shutil.rmtree(work / "freezing", ignore_errors=True)
    if not (frozen := dist / NAME).is_dir():
        raise Trouble(f"{NAME}.spec made no folder {NAME}")
    if sys.platform.startswith("linux"):
        strip(frozen)
    return frozen


def cut_short(line: str) -> bool:
    """Whether a line of PyInstaller's warnings says that a module of ours imports one that is left out."""
    return line.startswith("excluded module named ") and " simulator." in line.partition(" - imported by")[2]


def strip(frozen: Path) -> None:
    """Take the debugging symbols out of Python itself, which has them where it was built from its source: 40 MB.

    Not out of anything else: NumPy's OpenBLAS does not survive it.
    """
    for path in [*frozen.glob("_internal/libpython3*.so*"), *frozen.glob("_internal/python3*/lib-dynload/*.so")]:
        run("strip", "--strip-unneeded", path)
