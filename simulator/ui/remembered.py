"""Parts of the window begin as they were left, note what a person chooses, and are disabled where that is locked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize
from PySide6.QtWidgets import QMainWindow, QSplitter

from simulator.overlays import OVERLAYS
from simulator.ui.actions import Actions
from simulator.ui.playback import PlaybackBar
from simulator.ui.settings import Settings
from simulator.ui.views import VIEWS

if TYPE_CHECKING:  # a window opens before these
    from simulator.ui.curves import LossPanel
    from simulator.ui.stage import Stage

SIZE = QSize(1360, 740)
WIDTHS = (330, 620, 416)  # of side panels, arena and curves in a window that was never opened


def remember_stage(stage: Stage, settings: Settings, actions: Actions) -> None:
    """Only what a person chooses: a lesson's views and overlays go with the lesson."""
    stage.set_view(settings["view"])
    stage.set_overlays(settings["overlays"])

    def note() -> None:
        settings.set("view", stage.view)
        settings.set("overlays", stage.overlays)

    stage.chosen.connect(note)
    if why := settings.locked("view"):
        stage.bar.lock_views(why)
        actions.lock(why, *(f"view/{name}" for name in VIEWS))
    if why := settings.locked("overlays"):
        stage.bar.lock_overlays(why)
        actions.lock(why, "overlays", *(f"overlay/{name}" for name in OVERLAYS))


def remember_curves(curves: LossPanel, settings: Settings, actions: Actions) -> None:
    names = ("curve", "axis", "scale")
    curves.show_choice(*(settings[name] for name in names))
    curves.chosen.connect(lambda *chosen: [settings.set(name, it) for name, it in zip(names, chosen, strict=True)])
    curves.lock(*(settings.locked(name) for name in names))
    curves.repeats.choose(settings["repeats"])
    curves.repeats_chosen.emit(settings["repeats"])
    curves.repeats_chosen.connect(lambda word: settings.set("repeats", word))
    if why := settings.locked("repeats"):
        curves.repeats.setEnabled(False)
        curves.repeats.setToolTip(why)
    actions.link_curves(curves)
    if why := settings.locked("scale"):
        actions.lock(why, "log_scale")


def remember_speed(bar: PlaybackBar, settings: Settings, actions: Actions) -> None:
    bar.speed_changed.connect(lambda speed: settings.set("speed", speed))
    if why := settings.locked("speed"):
        bar.lock_speed(why)
        actions.lock(why, "faster", "slower")


def restore_window(window: QMainWindow, settings: Settings) -> None:
    """Where it was and as large, as far as the screen still has room. Qt refuses where that is another screen."""
    if not window.restoreGeometry(QByteArray.fromBase64(settings["window"].encode())):
        window.resize(SIZE.boundedTo(window.screen().availableSize()) if settings["window"] else SIZE)


def restore_panels(split: QSplitter, settings: Settings) -> None:
    widths = [round(width) for width in settings["panels"]]
    split.setSizes(widths if len(widths) == len(WIDTHS) and sum(widths) else WIDTHS)


def note_sizes(window: QMainWindow, widths: list[int], settings: Settings) -> None:
    """``widths``: of the panels; empty where there are none yet."""
    settings.set("window", bytes(window.saveGeometry().toBase64().data()).decode())
    if widths:
        settings.set("panels", tuple(widths))
