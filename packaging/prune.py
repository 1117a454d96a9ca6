"""What of a freeze is left out: whatever is no dependency of the program, and what prune.txt names."""

from __future__ import annotations

import importlib.metadata
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePath
from typing import Any

from tools import ROOT

LIST = Path(__file__).with_name("prune.txt")
# A library; a plugin has no version, and Python itself is loaded by name.
LIBRARY = re.compile(r"(?!libpython)lib.+\.so\.\d")
Collected = tuple[str, str, str]  # where it goes, where it comes from, what kind it is


@dataclass(frozen=True)
class Cut:
    """A line of prune.txt."""

    kind: str  # module, file or hook
    pattern: str
    systems: tuple[str, ...]  # sys.platform begins with one of these; none: everywhere
    reason: str

    @property
    def here(self) -> bool:
        return not self.systems or sys.platform.startswith(self.systems)


def cuts(text: str | None = None) -> list[Cut]:
    """The lines of prune.txt. Raises ValueError naming a line that is not one."""
    found: list[Cut] = []
    for number, line in enumerate((text or LIST.read_text(encoding="utf-8")).splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = re.fullmatch(r"(module|file|hook)(?: \[([\w ]+)\])?\s+(\S+)\s{2,}(\S.*)", line)
        if not fields:
            raise ValueError(
                f"prune.txt, line {number}: wanted 'module|file|hook [system]  PATTERN  reason', got {line!r}"
            )
        kind, systems, pattern, reason = fields.groups()
        found.append(Cut(kind, pattern, tuple((systems or "").split()), reason))
    return found


def modules() -> list[str]:
    """Not to be collected: those of prune.txt, and all of other packages that happen to be installed."""
    return sorted({cut.pattern for cut in cuts() if cut.kind == "module" and cut.here} | set(strangers()))


def strangers() -> Iterator[str]:
    """The importable names of installed packages that the program does not ask for: a plotting library tries dozens."""
    wanted = needed(project()["project"]["dependencies"])
    for name, packages in importlib.metadata.packages_distributions().items():
        if name.isidentifier() and name != "simulator" and wanted.isdisjoint(map(spelt, packages)):
            yield name


def needed(requirements: Iterable[str], seen: set[str] | None = None) -> set[str]:
    """The packages of ``requirements`` and all that they depend on, extras left out."""
    seen = set() if seen is None else seen
    for line in requirements:
        package = spelt(re.split(r"[^\w.-]", line, maxsplit=1)[0])
        if package in seen or "extra ==" in line:
            continue
        seen.add(package)
        with suppress(importlib.metadata.PackageNotFoundError):  # of another system or Python
            needed(importlib.metadata.requires(package) or [], seen)
    return seen


def carried() -> list[str]:
    """The packages that are part of the frozen program: those of them that this system and this Python have."""
    found: list[str] = []
    for package in sorted(needed(project()["project"]["dependencies"])):
        with suppress(importlib.metadata.PackageNotFoundError):
            importlib.metadata.distribution(package)
            found.append(package)
    return found


def spelt(package: str) -> str:
    """A package's name as its metadata may spell it."""
    return re.sub(r"[-_.]+", "-", package).lower()


def kept(collected: Iterable[Collected]) -> list[Collected]:
    """Without the files that prune.txt names, by where they go in the frozen program."""
    patterns = [cut.pattern for cut in cuts() if cut.kind == "file" and cut.here]
    return [one for one in collected if not any(fnmatchcase(PurePath(one[0]).as_posix(), each) for each in patterns)]


def started(scripts: Iterable[Collected]) -> list[Collected]:
    """Without the hooks that prune.txt names, of what runs at a start."""
    hooks = [cut.pattern for cut in cuts() if cut.kind == "hook" and cut.here]
    return [one for one in scripts if one[0] not in hooks]


def without_orphans(collected: list[Collected], needs: Callable[[str], Iterable[str]]) -> list[Collected]:
    """Without the shared libraries that no module or plugin needs any more, on Linux.

    ``needs`` tells the names of the libraries that a file links to, and those that they link to.
    """
    if not sys.platform.startswith("linux"):
        return collected
    names = [PurePath(one[0]).name for one in collected]
    asked = {
        library
        for one, name in zip(collected, names, strict=True)
        if one[2] in ("BINARY", "EXTENSION") and not LIBRARY.match(name)
        for library in needs(one[1])
    }
    return [one for one, name in zip(collected, names, strict=True) if not LIBRARY.match(name) or name in asked]


def without_loose_ends(collected: list[Collected], files: Iterable[Collected]) -> list[Collected]:
    """Without the links to what is none of ``files``."""
    there = {PurePath(one[0]).as_posix() for one in files}
    return [one for one in collected if one[2] != "SYMLINK" or PurePath(one[1]).as_posix() in there]


def assets() -> list[str]:
    """The folders of `assets` that ship: those that pyproject.toml puts into the wheel."""
    folders = project()["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    return [folder.removeprefix("assets/") for folder in folders]


def project() -> dict[str, Any]:
    """What pyproject.toml says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
