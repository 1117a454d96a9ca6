"""The values of `OPTIONS`: a person's own before the machine's, the machine's before the default, but for a lock.

Both are TOML files called ``settings.toml``. The machine's may also say ``locked = ["theme", …]``: those stay as they
are there. Whatever cannot be read counts as never set, and `Preferences.faults` says why. A lock keeps a class
together; it is no protection against a person who points the program at another folder.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

import tomli_w

from simulator import files
from simulator.files import FileError
from simulator.folders import folder, shared_folder
from simulator.options import OPTIONS
from simulator.param import RaceError, did_you_mean, one_line, shown
from simulator.racefile import parse_data
from simulator.tomllines import line_of, lines

FILE, UNREADABLE = "settings.toml", "settings.unreadable.toml"
LIMIT = 100_000  # bytes; eight long paths and what else there is take a few thousand
MOST_FAULTS = 20
LOCKED = "locked"

Source = Literal["default", "machine", "own"]


@dataclass(frozen=True)
class Layer:
    """One settings file as it was read. ``faults`` are lines for people, with the file's name and the line in it."""

    path: Path
    values: dict[str, Any] = field(default_factory=dict[str, Any])
    locked: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    there: bool = False
    readable: bool = True  # or not TOML at all


def read(path: Path, shared: bool = False) -> Layer:
    """The settings in a file, that of the machine if ``shared``. Never raises."""
    if not os.path.lexists(path):
        return Layer(path)
    try:
        if not os.path.isfile(path):  # a pipe would be waited for
            raise FileError("read", path, "it is not a file")
        text = files.read(path, LIMIT).decode("utf-8-sig").replace("\r\n", "\n")
        data = parse_data(text, str(path))
    except UnicodeDecodeError as error:
        return Layer(path, faults=(f"{path}: byte {error.start} is not UTF-8 text",), there=True, readable=False)
    except (RaceError, FileError) as error:
        return Layer(path, faults=(one_line(str(error)),), there=True, readable=False)
    faults: list[str] = []
    values: dict[str, Any] = {}
    for name, option in OPTIONS.items():
        if name in data and not (shared and option.noted):
            value = option.read(data[name], faults)
            if value is not None:
                values[name] = value
    locked = tuple(_locked(data.get(LOCKED, []), faults)) if shared else ()
    known = [*(name for name, option in OPTIONS.items() if not (shared and option.noted)), *[LOCKED] * shared]
    for key in data:
        if key not in known and len(faults) < MOST_FAULTS:
            faults.append(_unknown(key, key))
    placed: list[str] = []
    if faults:
        found = lines(text)
        numbered = sorted((line_of(fault.split(": ", 1)[0], found), fault) for fault in faults)
        placed = [one_line(f"{path}: line {line}: {fault}") for line, fault in numbered]
    return Layer(path, values, locked, tuple(placed), there=True)


def _locked(given: Any, faults: list[str]) -> Iterator[str]:
    if not isinstance(given, list):
        faults.append(f'{LOCKED}: must be a list such as ["theme"], got {shown(given)}')
        return
    for i, name in enumerate(cast("list[Any]", given)):
        if isinstance(name, str) and name in OPTIONS and not OPTIONS[name].noted:
            yield name
        elif len(faults) < MOST_FAULTS:
            faults.append(_unknown(f"{LOCKED}[{i}]", name))


def _unknown(where: str, name: Any) -> str:
    if name == LOCKED:
        return f"{where}: only the machine's file locks options"
    if not isinstance(name, str):
        return f"{where}: must be the name of an option, got {shown(name)}"
    if name in OPTIONS:
        return f"{where}: '{name}' is noted for each person, not set for all"
    names = [name for name, option in OPTIONS.items() if not option.noted]
    hint = did_you_mean(name, names) or f"; there are {', '.join(names)}"
    return f"{where}: no option is called '{name}'{hint}"


def forget() -> None:
    """Delete a person's own settings, whatever is in the file. Raises FileError."""
    path = folder() / FILE
    try:
        path.unlink(missing_ok=True)
    except NotADirectoryError:  # then there are none
        pass
    except (OSError, ValueError) as error:
        raise FileError("delete", path, error) from error


class Preferences:
    """``preferences["theme"]`` is a value, never a fault. `set` changes a person's own, `save` writes what was set."""

    def __init__(self) -> None:
        self.own = read(folder() / FILE)
        self.shared = read(shared_folder() / FILE, shared=True)
        self._changed: dict[str, Any] = {}

    @property
    def changed(self) -> bool:
        """Whether there is anything to save."""
        return bool(self._changed or self.own.faults)

    @property
    def faults(self) -> tuple[str, ...]:
        return (*self.shared.faults, *self.own.faults)

    def __getitem__(self, name: str) -> Any:
        return next((values[name] for _, values in self._said(name) if name in values), OPTIONS[name].takes.default)

    def source(self, name: str) -> Source:
        """Who says what the value is."""
        for source, values in self._said(name):
            if name in values:
                return source
        return "default"

    def locked(self, name: str) -> str:
        """Who set it so that it stays, in words; empty where it may be changed."""
        return f"Set for everyone at this computer, in {self.shared.path}" if name in self.shared.locked else ""

    def set(self, name: str, value: Any) -> None:
        """Change a person's own value. What is locked stays as it is."""
        if not self.locked(name) and (name not in self.own.values or self[name] != value):
            self._changed[name] = self.own.values[name] = value

    def save(self) -> None:
        """Write what was changed here into the file as it is now: another window may have changed something else.

        What was unreadable is kept beside it. Raises FileError.
        """
        if not self.changed:
            return
        now = read(self.own.path)
        with suppress(OSError):
            self.own.path.parent.mkdir(parents=True, exist_ok=True)
            if not now.readable:
                os.replace(self.own.path, self.own.path.with_name(UNREADABLE))
        # A name that no text can hold, as that of a file on an old disk, is then one of no file.
        files.write(self.own.path, tomli_w.dumps(now.values | self._changed).encode(errors="replace"))
        self._changed = {}
        self.own = read(self.own.path)

    @property
    def folder(self) -> Path | None:
        """Where files are opened and saved first, if that is set and there."""
        path = os.path.expanduser(os.path.expandvars(self["folder"]))
        return Path(path) if self["folder"] and os.path.isdir(path) else None

    @property
    def export(self) -> dict[str, Any]:
        """What was chosen for the last export; empty where nothing was."""
        with suppress(ValueError):
            if isinstance(chosen := json.loads(self["export"]), dict):
                return cast("dict[str, Any]", chosen)
        return {}

    def note_export(self, chosen: dict[str, Any]) -> None:
        """``chosen``: plain data, for `export` to give back."""
        self.set("export", json.dumps(chosen))

    @property
    def recent(self) -> list[Path]:
        """Recent race files that still exist, the latest first."""
        names = self["recent_files"] if self["list_recent"] else ()
        return [Path(name) for name in names if os.path.isfile(name)]

    def add_recent(self, path: Path) -> None:
        path = path.resolve()
        if self["list_recent"]:
            names = [str(path), *(str(p) for p in self.recent if p != path)]
            self.set("recent_files", tuple(names[: OPTIONS["recent_files"].most]))

    def _said(self, name: str) -> list[tuple[Source, dict[str, Any]]]:
        """Whose values count, the first that has one before the next."""
        shared: tuple[Source, dict[str, Any]] = ("machine", self.shared.values)
        return [shared] if self.locked(name) else [("own", self.own.values), shared]
