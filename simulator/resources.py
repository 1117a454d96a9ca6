"""Where the files that ship with the program are: sample races, help, the font, the icon.

The folder `assets` stands beside the package in a checkout, inside it in an installed wheel, and at the root of the
bundle in a frozen application.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any


@cache
def root() -> Path:
    """The folder `assets`. Raises FileNotFoundError naming every place that was searched."""
    package = Path(__file__).resolve().parent
    places = [package / "assets"]
    if bundle := getattr(sys, "_MEIPASS", None):  # set by PyInstaller's loader
        places.insert(0, Path(bundle) / "assets")
    if (package.parent / "pyproject.toml").is_file():  # a folder beside an installed package is somebody else's
        places.append(package.parent / "assets")
    for place in places:
        if place.is_dir():
            return place
    raise FileNotFoundError(
        f"the folder assets is missing, the installation is incomplete; searched {', '.join(map(str, places))}"
    )


def asset(*parts: str) -> Path:
    """The file or folder at ``parts`` below `assets`. Raises FileNotFoundError when it is not there."""
    path = root().joinpath(*parts)
    if not path.exists():
        raise FileNotFoundError(f"{'/'.join(parts)} is missing from {root()}: the installation is incomplete")
    return path


def sample_races() -> dict[str, Path]:
    """The sample races by name, the name being the file's, in alphabetical order."""
    found = {path.stem: path for path in sorted(asset("races").glob("*.toml"), key=lambda path: path.stem)}
    if not found:
        raise FileNotFoundError(f"no sample race in {asset('races')}: the installation is incomplete")
    return found


def leagues() -> dict[str, Path]:
    """The leagues that ship by name, in alphabetical order."""
    found = {path.name.split(".")[0]: path for path in sorted(asset("leagues").glob("*.toml"))}
    if not found:
        raise FileNotFoundError(f"no league in {asset('leagues')}: the installation is incomplete")
    return found


@cache
def parity() -> dict[str, dict[str, Any]]:
    """By optimizer how far it agrees with recorded runs of libraries: ``says`` in a sentence, ``runs`` in detail."""
    return json.loads(asset("help", "parity.json").read_text(encoding="utf-8"))


def font() -> Path:
    """DejaVu Sans under another name, so that ours is used where the original is installed as well."""
    return asset("fonts", "OptimRaceSans.ttf")


def icon(size: int) -> Path:
    """The application's icon as a PNG of ``size`` pixels a side."""
    return asset("icon", f"icon-{size}.png")
