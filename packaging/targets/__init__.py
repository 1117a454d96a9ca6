"""What can be built: a module each, by the name it has on the command line.

A module holds the constants and the functions of `Target`. It may also have ``trouble() -> str | None``, a line saying
why it cannot be built or tried on this machine though its tools are there. Adding a target is adding a file here.
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import Protocol, cast


class Target(Protocol):
    """What `build.py` asks of a module in this folder."""

    SUMMARY: str
    """One line for ``--help``."""
    SYSTEM: str
    """The ``sys.platform`` it is built on; empty where any will do."""
    FROZEN: bool
    """Whether `build` is given the frozen program."""
    TOOLS: dict[str, str]
    """Command it runs -> what brings the command, in words or as an installing command."""
    PACKAGES: tuple[str, ...]
    """Python packages it runs, all of which the extra ``packaging`` brings."""

    def build(self, frozen: Path, out: Path) -> list[Path]:
        """Make the artifacts in the folder ``out``. ``frozen`` is the folder of the frozen program, not to be changed;
        a target that is not `FROZEN` gets an empty folder to work in."""
        ...

    def install(self, artifact: Path, place: Path) -> Path:
        """Install as a person would, below the empty folder ``place`` where there is a choice: the program to run."""
        ...

    def uninstall(self, artifact: Path, place: Path) -> list[Path]:
        """Take it away as a person would: what is left behind nevertheless, which should be nothing."""
        ...


def names() -> list[str]:
    """Of all targets."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def target(name: str) -> Target:
    """The module called ``name``."""
    return cast(Target, importlib.import_module(f"{__name__}.{name}"))
