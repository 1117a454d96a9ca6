"""What the window remembers between two starts: theme, projector, sizes, recent files."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QSettings

from simulator.folders import folder
from simulator.overlays import OVERLAYS
from simulator.ui.views import VIEWS

RECENT_FILES = 8


class Settings:
    """Typed access to the settings file. Unreadable values count as never set."""

    def __init__(self) -> None:
        self._store = QSettings(str(folder() / "settings.ini"), QSettings.Format.IniFormat)

    @property
    def dark(self) -> bool:
        return self._flag("dark", False)

    @dark.setter
    def dark(self, on: bool) -> None:
        self._store.setValue("dark", on)

    @property
    def projector(self) -> bool:
        return self._flag("projector", False)

    @projector.setter
    def projector(self, on: bool) -> None:
        self._store.setValue("projector", on)

    @property
    def view(self) -> str:
        """Of `VIEWS`: how the race is looked at."""
        name = str(self._store.value("view", ""))
        return name if name in VIEWS else next(iter(VIEWS))

    @view.setter
    def view(self, name: str) -> None:
        self._store.setValue("view", name)

    @property
    def overlays(self) -> tuple[str, ...]:
        """What is drawn over the arena."""
        names = str(self._store.value("overlays", "")).split()
        return tuple(name for name in names if name in OVERLAYS)

    @overlays.setter
    def overlays(self, names: Iterable[str]) -> None:
        self._store.setValue("overlays", " ".join(names))

    @property
    def export(self) -> dict[str, Any]:
        """What was chosen for the last exports: see `simulator.ui.exportdialog.ExportDialog.chosen`."""
        try:
            found = json.loads(str(self._store.value("export", "{}")))
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @export.setter
    def export(self, chosen: dict[str, Any]) -> None:
        self._store.setValue("export", json.dumps(chosen))

    @property
    def recent(self) -> list[Path]:
        """Recent race files that still exist, the latest first."""
        stored = self._store.value("recent", [])
        names = stored if isinstance(stored, list) else [stored]
        return [Path(name) for name in names if isinstance(name, str) and os.path.isfile(name)]

    def add_recent(self, path: Path) -> None:
        path = path.resolve()
        names = [str(path), *(str(p) for p in self.recent if p != path)]
        self._store.setValue("recent", names[:RECENT_FILES])

    def layout(self, name: str) -> QByteArray:
        """A saved window geometry or splitter state; empty when there is none."""
        stored = self._store.value(f"layout/{name}")
        return stored if isinstance(stored, QByteArray) else QByteArray()

    def set_layout(self, name: str, state: QByteArray) -> None:
        self._store.setValue(f"layout/{name}", state)

    def save(self) -> None:
        self._store.sync()

    def _flag(self, name: str, default: bool) -> bool:
        return str(self._store.value(name, default)).lower() == "true"
