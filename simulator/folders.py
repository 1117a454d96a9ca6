"""Where the program keeps what it remembers, and where a machine's administrator says how it shall begin."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import platformdirs

NAME = "optim-race"
OWN, SHARED = "OPTIM_RACE_CONFIG", "OPTIM_RACE_SHARED_CONFIG"  # variables that name either folder
CACHE = "OPTIM_RACE_CACHE"


def folder() -> Path:
    """A person's own: settings, and races kept for after a crash. ``OPTIM_RACE_CONFIG`` names another."""
    if named := os.environ.get(OWN):
        return Path(named)
    return portable_folder() or platformdirs.user_config_path(NAME, appauthor=False)


def cache_folder() -> Path:
    """What can be computed again, as the finished part of a league. ``OPTIM_RACE_CACHE`` names another."""
    if named := os.environ.get(CACHE):
        return Path(named)
    portable = portable_folder()
    return portable / "cache" if portable else platformdirs.user_cache_path(NAME, appauthor=False)


def portable_folder() -> Path | None:
    """The folder `settings` beside a frozen program: on a USB stick they travel with it. None where there is none."""
    place = Path(sys.executable).parent / "settings"
    return place if getattr(sys, "frozen", False) and place.is_dir() else None


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
