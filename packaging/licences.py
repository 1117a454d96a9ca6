"""The licences of all that the frozen program is made of, in a folder of it."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import sysconfig
from collections.abc import Iterable
from pathlib import Path, PurePath

import debian
import prune
from tools import NAME, PACKAGING, ROOT, Trouble

# Qt's packages name their licence and do not bring its text.
TEXTS = {name: ("LGPL-3.txt", "GPL-3.txt") for name in ("pyside6-essentials", "shiboken6")}
SYSTEM = "licences/system"  # of the libraries that come from the system
COMMON = Path("/usr/share/common-licenses")


def collected() -> list[tuple[str, str]]:
    """Pairs of a file and the folder it goes to in the frozen program. Raises Trouble for a package without licence."""
    project = prune.project()["project"]
    pairs = [(ROOT / name, NAME) for name in project["license-files"]] + [(path, "python") for path in python()]
    for package in (*prune.carried(), "pyinstaller"):
        pairs += [(Path(str(path.locate())), f"{package}/{below(path)}") for path in told(package)]
        pairs += [(PACKAGING / "licences" / text, package) for text in TEXTS.get(package, ())]
        if not any(PurePath(place).parts[0] == package for _, place in pairs):
            raise Trouble(f"{package} brings no text of its licence: put one into packaging/licences and licences.py")
    return [(str(path), f"licences/{place}") for path, place in pairs]


def told(package: str) -> list[importlib.metadata.PackagePath]:
    """The texts that a package brings."""
    listed = importlib.metadata.files(package) or []
    return [path for path in listed if licence(path.name) and "dist-info" in str(path)]


def below(path: PurePath) -> str:
    """The folder of a text within its package's: NumPy has many of the same name, of what it took from others."""
    parts = path.parent.parts
    return "/".join(parts[parts.index("licenses") + 1 :]) if "licenses" in parts else ""


def of_the_system(collected: Iterable[prune.Collected]) -> list[prune.Collected]:
    """What Debian says of its libraries among those ``collected``, and the licences that it names by their files.

    Where there is no dpkg, which would know, nothing. Raises Trouble for a package that says nothing.
    """
    if not shutil.which("dpkg-query"):
        return []
    names = {PurePath(one[0]).name for one in collected}
    owners = sorted(set(debian.owned(name for name in names if not name.startswith("libpython")).values()))
    papers = {f"{owner}.txt": Path("/usr/share/doc", owner, "copyright") for owner in owners}
    if silent := [name for name, path in papers.items() if not path.is_file()]:
        raise Trouble(f"no text of a licence is in /usr/share/doc for {', '.join(silent)}")
    said = "".join(path.read_text(encoding="utf-8", errors="replace") for path in papers.values())
    named = set(re.findall(rf"{COMMON}/([\w.-]*\w)", said))
    papers |= {f"{name}.txt": COMMON / name for name in named if (COMMON / name).is_file()}
    return [(f"{SYSTEM}/{name}", str(path.resolve()), "DATA") for name, path in papers.items()]


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
