"""What a stage shows of a race, as a value: a picture of it can be painted anywhere. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.overlays import OVERLAYS
from simulator.relief import Camera

if TYPE_CHECKING:
    from simulator.sketcher import Sketcher
    from simulator.studies.basins import Basins

View = tuple[tuple[float, float], tuple[float, float]]
"""A part of the plane: from … to, across and upwards."""


@dataclass(frozen=True)
class Scene:
    """``view`` is one of the stage's; maps show ``part`` of the plane, all of it where it is None, the relief what the
    ``camera`` sees.

    ``overlays`` are drawn over the maps, of the racer with the stream ``only`` or of all; ``draw`` counts how often
    samples were asked for anew. ``page`` is that of the racers side by side, from 0 on. ``basins`` are the maps of that
    view; they are made where there are none.
    """

    view: str = "contour"
    part: View | None = None
    camera: Camera = field(default_factory=Camera)
    page: int = 0
    overlays: tuple[str, ...] = ()
    only: int | None = None
    draw: int = 0
    basins: Basins | None = None

    @property
    def drawn_over(self) -> tuple[str, ...]:
        """The overlays that are seen: only maps are drawn over."""
        return () if self.view == "relief" else self.overlays

    def sketcher(self) -> Sketcher:
        from simulator.sketcher import Sketcher  # not before there is something to draw

        made = Sketcher()
        made.names = tuple(name for name in OVERLAYS if name in self.drawn_over)
        made.only, made.draw = self.only, self.draw
        return made
