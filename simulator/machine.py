"""What the program is and runs on: its version, Python's, the system's, and those of the packages it stands on."""

from __future__ import annotations

import importlib.metadata
import platform
import sys
from collections.abc import Iterator

from simulator import __version__

PACKAGES = ("numpy", "tomli-w", "PySide6-Essentials", "pyqtgraph")


def versions() -> Iterator[str]:
    """A line each."""
    frozen = " (frozen)" if getattr(sys, "frozen", False) else ""
    yield f"optim-race {__version__}{frozen}, Python {platform.python_version()}, {platform.platform()}"
    for name in PACKAGES:
        try:
            yield f"{name} {importlib.metadata.version(name)}"
        except importlib.metadata.PackageNotFoundError:
            yield f"{name} is not installed"
