"""On what the program runs: its version, Python's, the system's, and those of the packages it stands on."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Iterator

from simulator import __version__

PACKAGES = ("numpy", "tomli-w", "PySide6-Essentials", "pyqtgraph")


def versions() -> Iterator[str]:
    """A line each."""
    yield f"optim-race {__version__}, Python {platform.python_version()}, {platform.platform()}"
    for name in PACKAGES:
        try:
            yield f"{name} {importlib.metadata.version(name)}"
        except importlib.metadata.PackageNotFoundError:
            yield f"{name} is not installed"
