"""Parts of the window begin as they were left, note what a person chooses, and are disabled where that is locked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize
from PySide6.QtWidgets import QMainWindow, QSplitter

from simulator.costs import Weights
from simulator.overlays import OVERLAYS
from simulator.param import params
from simulator.ui.actions import Actions
from simulator.ui.playback import PlaybackBar
from simulator.ui.settings import Settings
from simulator.ui.views import VIEWS

if TYPE_CHECKING:  # a window opens before these
    from simulator.ui.coach import Coach
    from simulator.ui.curves import LossPanel
    from simulator.ui.entrants import EntrantPanel
    from simulator.ui.stage import Stage
    from simulator.ui.workbench import Workbench

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


def remember_rates(bench: Workbench, settings: Settings, actions: Actions) -> None:
    """Whether the panel of rates is shown, as a person has it: a lesson begins without."""
    bench.rates_height = settings["rates_height"]
    bench.show_rates(settings["rates"])
    actions.link_rates(bench)
    actions["rates"].triggered.connect(lambda shown: settings.set("rates", shown))
    bench.middle.splitterMoved.connect(lambda: settings.set("rates_height", float(bench.rates.height())))
    if why := settings.locked("rates"):
        actions.lock(why, "rates")


def remember_curves(curves: LossPanel, settings: Settings, actions: Actions) -> None:
    names = ("curve", "axis", "scale")
    curves.set_weights(Weights(**{name: settings[name] for name in params(Weights)}))
    curves.weights_chosen.connect(lambda it: [settings.set(name, getattr(it, name)) for name in params(Weights)])
    for name in params(Weights):
        if why := settings.locked(name):
            curves.weights.lock(name, why)
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


def remember_coach(coach: Coach, settings: Settings, actions: Actions) -> None:
    actions["coach"].setChecked(settings["coach"])
    coach.set_on(settings["coach"])

    def choose(on: bool) -> None:
        settings.set("coach", on)
        coach.set_on(on)

    actions.on("coach", choose)
    if why := settings.locked("coach"):
        actions.lock(why, "coach")


def remember_stability(racers: EntrantPanel, settings: Settings, actions: Actions) -> None:
    """The marks under each η: shown or not, as the menu says."""
    marks, action = racers.stability, actions["stability"]
    action.setChecked(settings["stability"])
    marks.set_on(settings["stability"])
    action.toggled.connect(marks.set_on)
    action.toggled.connect(lambda on: settings.set("stability", on))
    if why := settings.locked("stability"):
        actions.lock(why, "stability")


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
