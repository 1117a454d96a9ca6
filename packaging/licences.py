"""The licences of all that the frozen program is made of, in a folder of it."""

from __future__ import annotations

import importlib.metadata
import sysconfig
from pathlib import Path

import prune
from tools import NAME, PACKAGING, ROOT, Trouble

# Qt's packages name their licence and do not bring its text.
TEXTS = {name: ("LGPL-3.txt", "GPL-3.txt") for name in ("pyside6-essentials", "shiboken6")}


def collected() -> list[tuple[str, str]]:
    """Pairs of a file and the folder it goes to in the frozen program. Raises Trouble for a package without licence."""
    project = prune.project()["project"]
    found = {NAME: [ROOT / name for name in project["license-files"]], "python": python()}
    for package in (*prune.carried(), "pyinstaller"):
        listed = importlib.metadata.files(package) or []
        told = [path for path in listed if licence(path.name) and "dist-info" in str(path)]
        found[package] = [Path(str(path.locate())) for path in told]
        found[package] += [PACKAGING / "licences" / text for text in TEXTS.get(package, ())]
    for package, files in found.items():
        if not files:
            raise Trouble(f"{package} brings no text of its licence: put one into packaging/licences and licences.py")
    return [(str(path), f"licences/{package}") for package, files in found.items() for path in files]


def licence(name: str) -> bool:
    """Whether a file is one, by its name."""
    return name.upper().startswith(("LICENSE", "LICENCE", "COPYING", "NOTICE"))


def python() -> list[Path]:
    """Python's own."""
    version = sysconfig.get_python_version()
    places = (
        Path(sysconfig.get_path("stdlib")) / "LICENSE.txt",
        Path(sysconfig.get_config_var("installed_base") or "") / "LICENSE.txt",
        Path(f"/usr/share/doc/python{version}/copyright"),
    )
    return [place for place in places if place.is_file()][:1]
