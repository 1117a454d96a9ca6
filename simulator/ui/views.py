"""The ways a race can be looked at, declared once: what the stage shows, its bar and the menu are made from this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from simulator.ui.ground import Outlook


@dataclass(frozen=True)
class ViewKind:
    """``make`` builds the view when it is first looked at. All views share the plane of the outlook.

    A view has ``set_race``, ``show_step``, ``set_theme``, ``set_hidden`` and ``reset_view``. One that can be drawn over
    has ``set_overlays``, one that takes starts ``start_placed``, ``start_added``, ``start_moved`` and ``point``.
    """

    title: str
    keys: str
    about: str
    make: Callable[[Outlook], QWidget]


def _contour(outlook: Outlook) -> QWidget:
    from simulator.ui.arena import Arena  # pyqtgraph
    from simulator.ui.arena_items import Shared

    return Arena(shared=Shared(outlook))


def _multiples(outlook: Outlook) -> QWidget:
    from simulator.ui.multiples import Multiples

    return Multiples(outlook)


def _relief(outlook: Outlook) -> QWidget:
    from simulator.ui.reliefview import ReliefView

    return ReliefView(outlook)


def _basins(outlook: Outlook) -> QWidget:
    from simulator.ui.basinsview import BasinsView

    return BasinsView(outlook)


VIEWS = {
    "contour": ViewKind("Contour", "F5", "All racers on one map, seen from above", _contour),
    "side by side": ViewKind("Side by side", "F6", "A map for each racer, all showing the same part", _multiples),
    "relief": ViewKind("Relief", "F7", "The surface seen at an angle, with the paths on it", _relief),
    "basins": ViewKind("Basins", "F12", "Which minimum each start leads to, a map for each racer", _basins),
}
