"""Basin maps as a PNG, drawn as the window draws them, with their race inside."""

from __future__ import annotations

from dataclasses import replace

from simulator.engine import Engine
from simulator.studies.basins import Basins
from simulator.ui.arena_paint import home
from simulator.ui.export import png_bytes
from simulator.ui.picture import Picture
from simulator.ui.qt import application
from simulator.ui.scene import Scene


def png(made: Basins, width: int = 1600, height: int = 900) -> bytes:
    """The maps of ``made`` with the paths of the race over them, and its curves beside them."""
    application()
    race = replace(made.race, entrants=made.entrants)
    across, *up = made.box
    part = across, up[0] if up else home(race.landscape)[1]
    picture = Picture(Engine(race).run(), race.steps, scene=Scene("basins", part, basins=made))
    return png_bytes(picture, width, height, 1.0)
