"""The walk in the fog in the real window: what is hidden, what a click does, and how it ends."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hosted import opened
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QMenuBar, QToolBar, QWidget
from pytestqt.qtbot import QtBot

from simulator import fog, racefile
from simulator.race import Race
from simulator.ui.actions import IN_FOG
from simulator.ui.fogcanvas import FogCanvas
from simulator.ui.fogview import FogView
from simulator.ui.handbook import Handbook
from simulator.ui.mainwindow import MainWindow
from simulator.ui.theme import DARK, LIGHT, Theme


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    it = opened(qtbot, racefile.find("ravine"))
    it.actions_["fog"].trigger()
    return it


def canvas_of(window: MainWindow) -> FogCanvas:
    assert window.fog.view is not None
    return window.fog.view.canvas


def press(widget: QWidget, key: Qt.Key, text: str = "") -> None:
    QApplication.sendEvent(widget, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, text))


def click(qtbot: QtBot, window: MainWindow, right: float, up: float) -> None:
    """A click at a place in shares of the ring."""
    canvas = canvas_of(window)
    at = canvas._middle + QPointF(right, -up) * canvas._ring
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at.toPoint())


def visible(window: MainWindow) -> list[QWidget]:
    return [widget for widget in window.findChildren(QWidget) if widget.isVisible()]


def texts(widget: QWidget) -> list[str]:
    """All that a person can read of a widget, or have read out."""
    said = [widget.windowTitle(), widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()]
    said += [widget.statusTip(), widget.whatsThis()]
    if isinstance(widget, (QLabel, QAbstractButton, QLineEdit)):
        said.append(widget.text())
    return [text for text in said if text]


# What is hidden.


def test_nothing_is_seen_but_the_fog_and_the_menus(window: MainWindow) -> None:
    view = window.fog.view
    for widget in visible(window):
        inside = widget is view or view.isAncestorOf(widget)  # type: ignore[union-attr]
        around = widget is window.centralWidget() or isinstance(widget, (QMenuBar, QToolBar))
        bar = isinstance(widget.parentWidget(), (QMenuBar, QToolBar))
        assert inside or around or bar, f"{widget} is seen in the fog"
    hidden = [
        window.workbench.arena,
        window.workbench.curves,
        window.workbench.tabs,
        window.playback,
        window.commentary,
    ]
    assert not any(widget.isVisible() for widget in hidden)


@pytest.mark.parametrize("name", ["ravine", "himmelblau", "step-size", "saddle-noise"])
def test_no_word_betrays_the_landscape(qtbot: QtBot, name: str) -> None:
    window = opened(qtbot, racefile.find(name))
    window.actions_["fog"].trigger()
    for _ in range(2):
        canvas_of(window).step()
    race = window.controller.race
    secrets = [race.title, race.landscape.title, race.landscape.formula_text, race.landscape.story]
    secrets += [entrant.label for entrant in race.entrants if entrant.label not in (fog.LABEL, "Right")]
    said = "\n".join(text for widget in (window, *visible(window)) for text in texts(widget)).lower()
    assert window.fog.on and not [secret for secret in secrets if secret.lower() in said]


def test_nothing_can_be_done_that_would_betray_it(window: MainWindow) -> None:
    can = {name for name in window.actions_._by_name if window.actions_[name].isEnabled()}
    assert can <= IN_FOG and {"fog", "undo"} <= can
    assert not any(menu.menuAction().isEnabled() for name, menu in window.actions_.menus.items() if name[0] != "&")


def test_what_the_view_gets_is_a_look_and_nothing_else(qtbot: QtBot) -> None:
    """The picture is a function of the look: on ground moved elsewhere it is the same, pixel by pixel."""
    look = fog.look(fog.stepped(fog.begin(racefile.find("himmelblau")), (0.5, 0.25)))
    shots = []
    for _ in range(2):
        view = FogView()
        qtbot.addWidget(view)
        view.resize(900, 600)
        view.show_look(look)
        shots.append(bytes(view.grab().toImage().constBits()))
        assert not any(isinstance(value, Race) for value in vars(view).values())
    assert shots[0] == shots[1]


def test_all_is_there_again_afterwards(window: MainWindow) -> None:
    window.actions_["fog"].trigger()
    assert not window.fog.on and not canvas_of(window).isVisible()
    assert window.workbench.arena.isVisible() and window.playback.isVisible() and window.commentary.isVisible()
    assert all(window.actions_[name].isEnabled() for name in ("open", "save", "export", "toggle", "forward"))
    assert window.windowTitle().startswith("Ravine") or "ravine" in window.windowTitle().lower()


def test_who_did_not_step_finds_the_race_as_it_was(window: MainWindow) -> None:
    before = window.fog.before
    assert window.controller.race != before
    window.actions_["fog"].trigger()
    assert window.controller.race == before


# Steps.


def test_a_click_steps_there(qtbot: QtBot, window: MainWindow) -> None:
    canvas, c = canvas_of(window), window.controller
    click(qtbot, window, -0.5, 0.25)
    reach = canvas.reach * c.race.landscape.diagonal
    moved = c.recording.theta[1, -1] - c.recording.theta[0, -1]
    assert moved == pytest.approx([-0.5 * reach, 0.25 * reach], abs=0.01 * reach)
    assert c.step == fog.taken(c.race) == 1


def test_a_click_beyond_the_ring_goes_to_the_ring(qtbot: QtBot, window: MainWindow) -> None:
    click(qtbot, window, 1.2, 0.5)
    c = window.controller
    moved = c.recording.theta[1, -1] - c.recording.theta[0, -1]
    assert np.linalg.norm(moved) == pytest.approx(canvas_of(window).reach * c.race.landscape.diagonal, rel=0.01)


def test_the_race_stands_where_the_walker_does(qtbot: QtBot, window: MainWindow) -> None:
    for steps in (1, 2, 3):
        click(qtbot, window, -0.3, -0.2)
        assert window.controller.step == steps and not window.controller.playing
    window.controller.undo()
    assert window.controller.step == fog.taken(window.controller.race) == 2
    assert canvas_of(window).look == fog.look(window.controller.race)
    window.controller.redo()
    assert window.controller.step == 3
    qtbot.mouseClick(window.fog.view.back, Qt.MouseButton.LeftButton)
    assert window.controller.step == 2


def test_taking_back_all_and_more_ends_the_walk(qtbot: QtBot, window: MainWindow) -> None:
    click(qtbot, window, -0.3, 0.0)
    window.controller.undo()
    assert window.fog.on and not window.fog.view.back.isEnabled()
    window.controller.undo()
    assert not window.fog.on and fog.walker(window.controller.race) is None
    assert window.workbench.arena.isVisible() and not window.actions_["fog"].isChecked()


def test_it_can_be_walked_by_keys_alone(window: MainWindow) -> None:
    canvas = canvas_of(window)
    assert window.focusWidget() is canvas
    press(canvas, Qt.Key.Key_D, "d")
    assert canvas.aim.angle == pytest.approx(canvas.look.downhill)
    press(canvas, Qt.Key.Key_Left)
    press(canvas, Qt.Key.Key_Up)
    assert canvas.aim.angle == pytest.approx(canvas.look.downhill + 5.0) and canvas.aim.share == pytest.approx(0.55)
    press(canvas, Qt.Key.Key_Return)
    press(canvas, Qt.Key.Key_Space)
    assert window.controller.step == 2


def test_on_a_line_one_goes_left_or_right(qtbot: QtBot) -> None:
    window = opened(qtbot, racefile.find("step-size"))
    window.actions_["fog"].trigger()
    click(qtbot, window, 0.5, 0.9)
    c = window.controller
    assert c.recording.theta[1, -1, 0] > c.recording.theta[0, -1, 0] and fog.taken(c.race) == 1
    press(canvas_of(window), Qt.Key.Key_Left)
    assert canvas_of(window).aim.angle == 180.0


def test_the_wheel_and_the_slider_make_the_ring_wider(window: MainWindow) -> None:
    canvas, view, at = canvas_of(window), window.fog.view, QPointF(50.0, 50.0)
    before = canvas.reach
    for delta, closer in ((-240, False), (480, True)):
        event = QWheelEvent(
            at, at, QPoint(), QPoint(0, delta), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(canvas, event)
        assert (canvas.reach < before) == closer
    view.reach.moved.emit(0.2)
    assert canvas.reach == 0.2 and view.reach.param.from_track(view.reach.value() / 1000) == pytest.approx(
        0.2, rel=0.01
    )


def test_the_numbers_are_those_of_the_look(window: MainWindow) -> None:
    canvas_of(window)._aim_at(200.0, 0.5)
    canvas_of(window).step()
    look, numbers = canvas_of(window).look, window.fog.view.numbers
    assert numbers["left"].text() == f"{fog.BUDGET - 1} of {fog.BUDGET}"
    assert numbers["last"].text().count("promised") == 1
    assert f"{look.downhill:.0f}°" in numbers["downhill"].text()
    went = look.heights[1]
    assert numbers["height"].text().startswith("−" if went < 0 else "+")


def test_the_arrow_points_down_the_slope(window: MainWindow) -> None:
    canvas = canvas_of(window)
    image = canvas.grab().toImage()
    angle = math.radians(canvas.look.downhill)
    at = canvas._middle + QPointF(math.cos(angle), -math.sin(angle)) * 24.0
    assert image.pixelColor(at.toPoint()).name() == LIGHT.accent
    behind = canvas._middle - QPointF(math.cos(angle), -math.sin(angle)) * 24.0
    assert image.pixelColor(behind.toPoint()).name() != LIGHT.accent


# How it ends.


def test_when_the_budget_is_used_up_the_fog_lifts_and_the_race_is_played(qtbot: QtBot, window: MainWindow) -> None:
    for _ in range(fog.BUDGET):
        assert window.fog.on
        canvas_of(window).step()
    c = window.controller
    assert not window.fog.on and c.playing and c.race.steps == fog.BUDGET and c.speed == pytest.approx(5.0)
    assert window.playback.speed == c.speed
    for _ in range(200):
        c.tick(0.1)
    assert c.step == fog.BUDGET and not c.playing and c.speed == 60.0 == window.playback.speed
    assert fog.compared(c.recording, c.step) in window.commentary.text()
    assert "Walker" in window.commentary.text()


def test_lifting_it_early_gives_the_machines_as_many_steps(qtbot: QtBot, window: MainWindow) -> None:
    for _ in range(3):
        click(qtbot, window, -0.3, 0.1)
    qtbot.mouseClick(window.fog.view.lift, Qt.MouseButton.LeftButton)
    assert not window.fog.on and window.controller.race.steps == 3
    window.controller.pause()
    window.controller.undo()  # the other steps are not lost
    assert window.controller.race.steps == fog.BUDGET
    window.actions_["fog"].trigger()
    assert window.fog.on and window.controller.step == 3


def test_another_race_ends_the_walk(window: MainWindow) -> None:
    window.controller.load(racefile.find("himmelblau"))
    assert not window.fog.on and window.workbench.arena.isVisible()


def test_in_many_dimensions_it_says_why_not(qtbot: QtBot) -> None:
    window = opened(qtbot, racefile.find("flip-network"))
    window.actions_["fog"].trigger()
    assert not window.fog.on and not window.actions_["fog"].isChecked()
    assert "one or two parameters" in window.commentary.text()


def test_a_saved_walk_opens_and_its_racer_has_a_card_and_a_page(qtbot: QtBot, tmp_path: Path) -> None:
    race = fog.stepped(fog.begin(racefile.find("ravine")), (-1.0, 0.5))
    (tmp_path / "walk.toml").write_text(racefile.dumps(race), encoding="utf-8")
    window = opened(qtbot, racefile.find(tmp_path / "walk.toml"))
    card = window.workbench.racers.cards[race.entrants[-1].stream]
    card.more.setChecked(True)
    assert "By hand" in card.method.text
    book = Handbook("optimizer", "by_hand", LIGHT, window)
    assert "By hand" in book.page.toPlainText()
    book.deleteLater()


@pytest.mark.parametrize("theme", [DARK, LIGHT.for_projector()], ids=["dark", "projector"])
def test_every_theme(qtbot: QtBot, theme: Theme) -> None:
    view = FogView()
    qtbot.addWidget(view)
    view.resize(1366, 700)
    view.show_look(fog.look(fog.begin(racefile.find("saddle-noise"))))
    before = bytes(view.grab().toImage().constBits())
    view.set_theme(theme)
    assert bytes(view.grab().toImage().constBits()) != before


def test_every_control_has_a_name(window: MainWindow) -> None:
    view = window.fog.view
    for widget in (view, view.canvas, view.profile, view.reach, *view.numbers.values()):
        assert widget.accessibleName()
    for button in (view.step, view.downhill, view.back, view.lift):
        assert button.text() and button.toolTip()
