"""What the studies add to the window, all at once and where there is little room."""

from __future__ import annotations

import pytest
from hosted import opened, show
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from test_basinsview import computed, race_of, staged

from simulator import racefile
from simulator.ui.fields import Combo
from simulator.ui.mainwindow import MainWindow
from simulator.ui.theme import DARK, LIGHT, Theme
from simulator.ui.views import VIEWS

KINDS = QPushButton, QToolButton, Combo
NOISY = {
    "steps": 40,
    "landscape": {"name": "rosenbrock"},
    "starts": [[-1.2, 1.0]],
    "noise": {"sigma": 1.0},
    "entrant": [{"optimizer": rule} for rule in ("sgd", "momentum", "nesterov", "adam")],
}


@pytest.fixture
def full(qtbot: QtBot) -> MainWindow:
    """A laptop's window with everything on that the studies add."""
    window = opened(qtbot, racefile.from_data(NOISY))
    window.resize(1362, 740)
    window.actions_["rates"].setChecked(True)
    window.controller.seek(40)
    return window


@pytest.mark.parametrize("look", ["light", "dark", "projector"])
def test_no_word_of_a_control_is_cut(full: MainWindow, qtbot: QtBot, look: str) -> None:
    if look != "light":
        full.actions_[look].setChecked(True)
    bench = full.workbench
    for view in VIEWS:
        bench.stage.choose_view(view)
        parts = bench.stage.bar, bench.rates, bench.curves, bench.racers
        seen = [it for part in parts for kind in KINDS for it in part.findChildren(kind) if it.isVisible()]
        assert len(seen) > 20

        def none_is_cut(view: str = view, seen: list[QWidget] = seen) -> None:
            wide = [f"{it.accessibleName()}: {it.width()} < {it.minimumSizeHint().width()}" for it in seen if cut(it)]
            assert not wide, f"{view}: {wide}"

        qtbot.waitUntil(none_is_cut)


def cut(it: QWidget) -> bool:
    if not isinstance(it, Combo):
        return it.width() < it.minimumSizeHint().width()
    return it.shown != it.currentText()


def test_a_choice_too_long_for_its_box_ends_in_an_ellipsis(qtbot: QtBot) -> None:
    box = Combo()
    box.addItem("Gradients to goal")
    window = show(qtbot, box, 90, 30, LIGHT)
    assert window.isVisible() and box.shown.endswith("…") and box.currentText() == "Gradients to goal"
    longer = box.grab().toImage()
    box.setItemText(0, box.shown)
    assert box.grab().toImage() == longer
    box.resize(400, 30)
    assert box.shown == box.currentText()


@pytest.mark.parametrize("theme", [LIGHT, DARK, LIGHT.for_projector()])
def test_maps_make_room_for_the_key_that_appears_below_them(qtbot: QtBot, theme: Theme) -> None:
    rules = [{"optimizer": "sgd", "label": f"racer {i}"} for i in range(12)]
    _, view = staged(qtbot, race_of(entrant=rules), theme)
    computed(view)
    room = view.panes[0].parentWidget()
    qtbot.waitUntil(lambda: view.key.height() == view.key.sizeHint().height() > 0)
    assert max(pane.geometry().bottom() for pane in view.panes) < room.height() < view.height() - view.key.height()


@pytest.mark.parametrize("view", ["side by side", "basins"])
def test_names_above_the_maps_take_the_colour_of_another_theme(full: MainWindow, view: str) -> None:
    full.workbench.stage.choose_view(view)
    full.actions_["dark"].setChecked(True)
    panes = full.workbench.stage.current.panes
    assert panes and {pane.told._colors[0] for pane in panes} == {DARK.text}


def test_the_first_pictures_frame_nothing(qtbot: QtBot) -> None:
    window = MainWindow(racefile.find("ravine"))
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    assert not window.fairness.hasFocus()
    window.finish()
    assert window.workbench.arena.hasFocus()


def test_tab_reaches_the_bar_and_the_panel_of_rates(full: MainWindow, qtbot: QtBot) -> None:
    bench = full.workbench
    for view in VIEWS:
        bench.stage.choose_view(view)
        bench.curves.repeats.setFocus()
        reached: list[QWidget] = []
        while (it := QApplication.focusWidget()) not in reached:
            reached.append(it)
            qtbot.keyClick(it, Qt.Key.Key_Tab)
        assert {bench.rates.measure, bench.rates.plot, full.fairness, bench.curves.plot} <= set(reached), view
        assert any(it in bench.stage.bar.views.values() for it in reached), view
        assert all(it.accessibleName() for it in reached), view
        assert any(bench.stage.current.isAncestorOf(it) or it is bench.stage.current for it in reached), view
