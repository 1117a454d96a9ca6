"""The source archive, and the wheel built from it: for those who have a Python."""

from __future__ import annotations

import os
import sys
import venv
from pathlib import Path

from tools import NAME, ROOT, run, version

SUMMARY = "wheel and source archive, each tried in a fresh virtual environment"
SYSTEM = ""
FROZEN = False
TOOLS: dict[str, str] = {}
PACKAGES = ("build",)


def build(frozen: Path, out: Path) -> list[Path]:
    run(sys.executable, "-m", "build", "--outdir", out, ROOT, cwd=frozen)
    stem = f"{NAME.replace('-', '_')}-{version()}"
    return [out / f"{stem}-py3-none-any.whl", out / f"{stem}.tar.gz"]


def install(artifact: Path, place: Path) -> Path:
    venv.create(place / "venv", with_pip=True)
    programs = place / "venv" / ("Scripts" if os.name == "nt" else "bin")
    run(programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", artifact, cwd=place)
    return programs / NAME


def uninstall(artifact: Path, place: Path) -> list[Path]:
    programs = place / "venv" / ("Scripts" if os.name == "nt" else "bin")
    run(programs / "python", "-m", "pip", "uninstall", "--quiet", "--yes", NAME, cwd=place)
    return [path for path in place.rglob("*") if path.name in (NAME, "simulator") or path.match("optim_race*")]
