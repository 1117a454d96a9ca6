"""Where the program keeps what it remembers, and where a machine's administrator says how it shall begin."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import platformdirs

NAME = "optim-race"
OWN, SHARED = "OPTIM_RACE_CONFIG", "OPTIM_RACE_SHARED_CONFIG"  # variables that name either folder


def folder() -> Path:
    """A person's own: settings, and races kept for after a crash. ``OPTIM_RACE_CONFIG`` names another."""
    return Path(os.environ.get(OWN) or platformdirs.user_config_path(NAME, appauthor=False))


def shared_folder() -> Path:
    """The machine's: settings for everyone who works at it. ``OPTIM_RACE_SHARED_CONFIG`` names another.

    Of several that a Unix system has (``XDG_CONFIG_DIRS``), the first with a settings file in it, else the first.
    """
    if named := os.environ.get(SHARED):
        return Path(named)
    places = list(_shared_folders())
    return next((place for place in places if os.path.isfile(place / "settings.toml")), places[0])


def _shared_folders() -> Iterator[Path]:
    for place in platformdirs.site_config_dir(NAME, appauthor=False, multipath=True).split(os.pathsep):
        yield Path(place)
