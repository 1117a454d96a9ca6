"""The stage: views, overlays, and small multiples, read back from what they show."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hosted import POPS_UP, opened, show
from planes import race_in_five
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox
from pytestqt.qtbot import QtBot
from test_arena import colors, near, race, ran

from simulator import lesson, racefile
from simulator import sketcher as sketching
from simulator.inspector import inspect
from simulator.overlays import OVERLAYS
from simulator.sketcher import MOST as MOST_DRAWN
from simulator.ui import arena_items
from simulator.ui.layer import viewport_of
from simulator.ui.mainwindow import MainWindow
from simulator.ui.overlay_paint import LOOKS
from simulator.ui.panes import MOST
from simulator.ui.settings import Settings
from simulator.ui.stage import Stage
from simulator.ui.theme import DARK, LIGHT, Theme
from simulator.ui.views import VIEWS

FIVE = ("sgd", "momentum", "nesterov", "adam", "rmsprop")


def staged(qtbot: QtBot, a_race: Any = None, step: int = 12, theme: Theme = LIGHT, width: int = 620) -> Stage:
    stage = Stage()
    recording = ran(a_race or race())
    stage.set_theme(theme)
    stage.set_race(recording.race)
    stage.show_step(recording, step)
    show(qtbot, stage, width, 500, theme)
    return stage


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    return staged(qtbot)


def calls_of(view: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    heard: list[str] = []
    for name in ("set_race", "show_step", "set_theme", "set_hidden"):
        whole = getattr(view, name)
        monkeypatch.setattr(view, name, lambda *given, name=name, whole=whole: heard.append(name) or whole(*given))
    return heard


# The stage.


def test_only_the_view_that_is_seen_is_told_and_another_catches_up(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    contour = calls_of(stage.arena, monkeypatch)
    stage.set_view("side by side")
    other = ran(race("saddle", steps=30))
    stage.set_race(other.race)
    stage.show_step(other, 20)
    stage.set_theme(DARK)
    stage.set_hidden(frozenset({1}))
    assert not contour and not stage.arena.isVisible() and stage.current.isVisible()
    stage.set_view("contour")
    assert set(contour) == {"set_race", "show_step", "set_theme", "set_hidden"}
    assert stage.arena._race is other.race and stage.arena._step == 20 and stage.arena._theme is DARK
    assert stage.arena._hidden == {1}


def test_lessons_know_the_views_there_are() -> None:
    assert tuple(VIEWS) == lesson.VIEWS


def test_a_view_is_built_when_it_is_first_looked_at(stage: Stage) -> None:
    assert list(stage._views) == ["contour"]
    heard: list[str] = []
    stage.view_changed.connect(heard.append)
    for name in (*VIEWS, *VIEWS):
        stage.set_view(name)
        assert stage.view == name and stage.current.isVisible() and stage.bar.views[name].isChecked()
    assert list(stage._views) == list(VIEWS) and len(heard) == 2 * len(VIEWS) - 1


def test_unknown_names_are_answered_with_those_there_are(stage: Stage) -> None:
    with pytest.raises(ValueError, match=r"one of contour, side by side.*got 'mountain'"):
        stage.set_view("mountain")
    with pytest.raises(ValueError, match=r"one of gradient, step.*got 'arrow'"):
        stage.set_overlays(["step", "arrow"])
    assert stage.view == "contour" and stage.overlays == ()


def test_the_focus_goes_along(stage: Stage, qtbot: QtBot) -> None:
    stage.setFocus()
    assert stage.arena.hasFocus()
    stage.set_view("side by side")
    stage.setFocus()
    assert stage.isAncestorOf(QApplication.focusWidget())
    stage.set_view("contour")
    assert stage.arena.hasFocus()


@pytest.mark.parametrize("theme", [LIGHT, DARK.for_projector()], ids=["desk", "projector"])
def test_the_bar_fits_a_narrow_arena_with_everything_on(qtbot: QtBot, theme: Theme) -> None:
    stage = staged(qtbot, theme=theme)
    stage.set_overlays(OVERLAYS)
    assert stage.bar.minimumSizeHint().width() <= 560
    buttons = [it for it in stage.bar.findChildren(QAbstractButton) if it.isVisible()]
    assert len(buttons) >= len(VIEWS) + 2
    for button in buttons:
        assert button.width() >= button.sizeHint().width() and button.accessibleName()
        left = button.mapTo(stage, button.rect().topLeft()).x()
        assert left >= 0 and left + button.width() <= stage.width()
    places = stage.bar.key._places()
    assert len(places) == len(OVERLAYS) and stage.bar.key.height() >= stage.bar.key.sizeHint().height()


# Overlays.


def test_without_overlays_there_is_no_layer_and_nothing_is_computed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []
    monkeypatch.setattr(sketching, "inspect", lambda *given: looked.append(1) or inspect(*given))
    assert stage.arena.layer is None and not stage.bar.key.isVisible() and not stage.bar.notes.isVisible()
    stage.grab()
    assert not looked
    stage.set_overlays(["step"])
    stage.grab()
    assert len(looked) == 3 and stage.arena.layer is not None and stage.bar.key.isVisible()
    assert "Drawn over it: step." in stage.arena.accessibleDescription()
    layer = stage.arena.layer
    stage.show_step(stage._shown[0], 13)
    assert stage.arena.layer is layer, "made when the set changes, not each frame"
    stage.set_overlays([])
    assert "Drawn over" not in stage.arena.accessibleDescription()
    assert stage.arena.layer is None and layer not in stage.arena.plot.scene().items()
    looked.clear()
    stage.show_step(stage._shown[0], 14)
    stage.grab()
    assert not looked


def test_the_gradient_is_painted_from_the_head_downhill(qtbot: QtBot) -> None:
    stage = staged(qtbot, race(names=("sgd",)), step=0)
    recording, arena = stage._shown[0], stage.arena
    arena.front.hide()
    qtbot.waitUntil(lambda: arena.backdrop.crisp)
    before = colors(arena.plot.grab().toImage())
    stage.set_overlays(["gradient"])
    after = colors(arena.plot.grab().toImage())
    sketch = stage._sketcher._kept[1]
    (_, stream, shape) = sketch.shapes[0]
    middle = shape.tail + 0.5 * sketch.scale * shape.reach
    at = arena.plot.mapFromScene(arena.box.mapToScene(QPointF(*viewport_of(arena.box).to_px(middle))))
    assert near(after, LIGHT.style(stream).color)[at.y() - 2 : at.y() + 3, at.x() - 2 : at.x() + 3].any()
    assert not near(before, LIGHT.style(stream).color)[at.y() - 2 : at.y() + 3, at.x() - 2 : at.x() + 3].any()
    assert "Gradients ×" in stage.bar.notes.text
    assert (shape.reach == -recording.grad[0, 0]).all()


def test_every_overlay_has_a_look_of_its_own() -> None:
    looks = [LOOKS[name] for name in OVERLAYS]
    assert len(set(looks)) == len(looks)


def test_hidden_racers_are_not_drawn_over_and_no_more_than_can_be_told_apart(qtbot: QtBot) -> None:
    stage = staged(qtbot, race(names=FIVE))
    stage.set_overlays(["step"])
    stage.grab()
    assert [it.stream for it in stage._sketcher._kept[1].shapes] == list(range(MOST_DRAWN))
    stage.set_hidden(frozenset({0, 2}))
    stage.grab()
    assert [it.stream for it in stage._sketcher._kept[1].shapes] == [1, 3, 4]
    stage._set_only(3)
    stage.grab()
    assert [it.stream for it in stage._sketcher._kept[1].shapes] == [3]


def test_resample_draws_others_and_is_there_while_samples_are(qtbot: QtBot) -> None:
    ground = racefile.find("mini-batches")
    stage = staged(qtbot, ground)
    assert not stage.bar.resample.isVisible()
    stage.set_overlays(["samples"])
    stage.grab()
    first = stage._sketcher._kept[1].shapes[0].shape.reaches
    qtbot.mouseClick(stage.bar.resample, Qt.MouseButton.LeftButton)
    stage.grab()
    assert not np.array_equal(first, stage._sketcher._kept[1].shapes[0].shape.reaches)


@POPS_UP
def test_the_popup_says_what_each_shows_and_stays_open(stage: Stage, qtbot: QtBot) -> None:
    heard: list[Any] = []
    stage.overlays_changed.connect(heard.append)
    stage.bar.open_overlays()
    popup = stage.bar.popup
    assert popup.isVisible()
    for name in ("velocity", "gradient"):
        popup.boxes[name].click()
    assert heard == [("velocity",), ("gradient", "velocity")] and popup.isVisible()
    for name, box in popup.boxes.items():
        assert isinstance(box, QCheckBox) and box.accessibleDescription() == OVERLAYS[name].about
    assert [popup.only.itemText(i) for i in range(popup.only.count())] == ["Every racer", "Sgd", "Momentum", "Adam"]
    popup.only.setCurrentIndex(2)
    assert stage._sketcher.only == 1
    stage.set_race(race(names=("sgd", "adam", "rmsprop")).without(1))
    assert stage._sketcher.only is None, "who no longer runs is drawn over no more"
    popup.close()


def test_what_cannot_be_drawn_is_said(qtbot: QtBot) -> None:
    stage = staged(qtbot, race("saddle"))
    stage.set_overlays(["curvature"])
    stage.grab()
    assert "the level line is open" in stage.bar.notes.text


def test_overlays_on_a_plane_and_on_a_curve(qtbot: QtBot) -> None:
    for a_race in (race_in_five(), race("parabola", lr=0.1)):
        stage = staged(qtbot, a_race, step=4)
        stage.set_overlays(OVERLAYS)
        stage.grab()
        shapes = stage._sketcher._kept[1].shapes
        assert {"gradient", "step", "curvature"} <= {it.overlay for it in shapes}
        head = next(it.shape.tail for it in shapes if it.overlay == "step")
        assert viewport_of(stage.arena.box).to_px(head) == pytest.approx(
            viewport_of(stage.arena.box).to_px(arena_positions(stage)[0])
        )


def arena_positions(stage: Stage) -> np.ndarray:
    from simulator.ui.arena_heads import positions

    recording, step = stage._shown
    return positions(recording, step, step, stage.arena.plane)[0]


# Small multiples.


def multiples(stage: Stage) -> Any:
    stage.set_view("side by side")
    QApplication.processEvents()
    return stage.current


def test_every_racer_has_a_pane_with_its_name_and_its_own_trail_alone(qtbot: QtBot) -> None:
    stage = staged(qtbot, race(names=FIVE))
    view = multiples(stage)
    assert view.streams == [0, 1, 2, 3, 4]
    for stream, pane in zip(view.streams, view.panes, strict=True):
        assert pane.isVisible() and pane.told.text == FIVE[stream].capitalize() and "racing" in pane.told.right
        assert [track.visible for track in pane.arena.trails._tracks] == [i == stream for i in range(5)]
        assert FIVE[stream].capitalize() in pane.arena.accessibleName()
    assert all(name.capitalize() in view.accessibleDescription() for name in FIVE)
    stage.set_hidden(frozenset({1, 3}))
    assert view.streams == [0, 2, 4] and [pane.isVisible() for pane in view.panes] == [True] * 3 + [False] * 2


def test_a_name_comes_before_how_its_racer_stands(qtbot: QtBot) -> None:
    a_race = race()
    while len(a_race.entrants) < MOST:
        a_race = a_race.with_new(a_race.entrants[0].optimizer, "Fourteen chars")
    stage = staged(qtbot, a_race)
    view = multiples(stage)
    for pane in view.panes:
        room = pane.told.width() - pane.told.fontMetrics().horizontalAdvance(pane.told.text + pane.told.right)
        assert room > 0 and "racing" in pane.summary
    assert any(pane.told.right for pane in view.panes) and not all("racing" in pane.told.right for pane in view.panes)


def test_panes_are_alike_to_the_pixel_and_one_picture_of_the_ground_serves_all(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[Any] = []
    whole = arena_items.backdrop
    monkeypatch.setattr(arena_items, "backdrop", lambda *given: painted.append(given) or whole(*given))
    stage = staged(qtbot, race(names=FIVE))
    qtbot.waitUntil(lambda: stage.arena.backdrop.crisp)
    view = multiples(stage)
    qtbot.waitUntil(lambda: all(pane.arena.backdrop.crisp for pane in view.panes))
    assert len({pane.size().toTuple() for pane in view.panes}) == 1
    painted.clear()
    view.panes[2].arena.box.setRange(xRange=(-2.0, 1.0), yRange=(-1.0, 1.0), padding=0.0)
    QApplication.processEvents()
    qtbot.waitUntil(lambda: all(pane.arena.backdrop.crisp for pane in view.panes))
    view.grab()
    assert len(painted) == 1


def test_zoom_and_pan_are_linked(stage: Stage) -> None:
    view = multiples(stage)
    for mover in view.panes:
        mover.arena.box.scaleBy((0.5, 0.7))
        mover.arena.box.translateBy(x=0.3, y=-0.1)
        for pane in view.panes:
            assert np.allclose(pane.arena.view, mover.arena.view)
    stage.reset_view()
    for pane in view.panes:
        assert np.allclose(pane.arena.view, stage._race.landscape.box)


def test_another_view_shows_the_same_part(stage: Stage) -> None:
    stage.arena.box.setRange(xRange=(-2.0, 1.0), yRange=(-1.0, 1.0), padding=0.0)
    view = multiples(stage)
    assert all(np.allclose(pane.arena.view, ((-2.0, 1.0), (-1.0, 1.0))) for pane in view.panes)
    view.panes[1].arena.box.scaleBy((0.5, 0.5))
    part = view.view
    stage.set_view("contour")
    assert np.allclose(stage.arena.view, part)


def test_a_click_in_any_pane_places_the_start(stage: Stage, qtbot: QtBot) -> None:
    view, heard = multiples(stage), []
    stage.start_placed.connect(heard.append)
    arena = view.panes[1].arena
    at = arena.plot.mapFromScene(arena.box.mapToScene(QPointF(*viewport_of(arena.box).to_px(np.array((-2.0, 1.0))))))
    qtbot.mouseClick(arena.plot.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: bool(heard))
    assert heard[0] == pytest.approx((-2.0, 1.0), abs=0.1)


def test_more_racers_than_can_be_read_are_paged(qtbot: QtBot) -> None:
    a_race = race()
    while len(a_race.entrants) < MOST + 4:
        a_race = a_race.with_new(a_race.entrants[0].optimizer)
    stage = staged(qtbot, a_race)
    view = multiples(stage)
    assert len(view.streams) == len(view.panes) == MOST and view.pager.isVisible()
    assert f"1 to {MOST} of {MOST + 4}" in view._told.text and not view._back.isEnabled()
    qtbot.mouseClick(view._on, Qt.MouseButton.LeftButton)
    assert view.streams == list(range(MOST, MOST + 4)) and view.panes[0].told.text == a_race.entrants[MOST].label
    assert not view._on.isEnabled() and len(view.panes) == MOST
    stage.set_race(race())
    assert view.streams == [0, 1, 2] and not view.pager.isVisible()


def test_arrows_side_by_side_have_one_factor(qtbot: QtBot) -> None:
    stage = staged(qtbot, race(names=FIVE))
    view = multiples(stage)
    stage.set_overlays(["gradient"])
    told: list[Any] = []
    stage._sketcher.told = told.append
    stage.show_step(stage._shown[0], 13)
    stage.grab()
    assert len(told) == 1 and [it.stream for it in told[0].shapes] == view.streams


def test_planes_are_shared_with_the_map(qtbot: QtBot) -> None:
    stage = staged(qtbot, race_in_five(), step=5)
    plane = stage.arena.plane
    view = multiples(stage)
    assert plane is not None and all(pane.arena.plane is plane for pane in view.panes[: len(view.streams)])
    assert view._shared.planes.isVisible() and not view.panes[0].arena.findChildren(type(view._shared.planes))
    view._shared.planes.kind.setCurrentIndex(1)
    turned = view.panes[0].arena.plane
    assert turned is not plane and all(pane.arena.plane is turned for pane in view.panes[: len(view.streams)])
    stage.set_view("contour")
    assert stage.arena.plane is turned and stage.arena.planes.kind.currentData() == "random"


# In the window.


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    return opened(qtbot, settings=Settings())


def test_menu_and_bar_agree_and_the_settings_remember(window: MainWindow, qtbot: QtBot) -> None:
    stage, actions = window.workbench.stage, window.actions_
    assert actions["view/contour"].isChecked() and not actions["resample"].isEnabled()
    actions["view/side by side"].trigger()
    assert stage.view == "side by side" and stage.bar.views["side by side"].isChecked()
    qtbot.mouseClick(stage.bar.views["contour"], Qt.MouseButton.LeftButton)
    assert actions["view/contour"].isChecked() and not actions["view/side by side"].isChecked()
    for name in ("samples", "step"):
        actions[f"overlay/{name}"].trigger()
    assert stage.overlays == ("step", "samples") and actions["resample"].isEnabled()
    stage.set_overlays(["step"])
    assert not actions["overlay/samples"].isChecked() and not actions["resample"].isEnabled()
    assert window.settings["view"] == "contour" and window.settings["overlays"] == ("step", "samples"), (
        "the person's own"
    )
    qtbot.mouseClick(stage.bar.views["side by side"], Qt.MouseButton.LeftButton)
    window.settings.keep()
    again = Settings()
    assert again["view"] == "side by side" and again["overlays"] == ("step",)


def test_a_window_opens_as_it_was_left(qtbot: QtBot) -> None:
    settings = Settings()
    settings.set("view", "side by side")
    settings.set("overlays", ("gradient", "velocity"))
    it = opened(qtbot, settings=settings)
    assert it.workbench.stage.view == "side by side" and it.workbench.stage.overlays == ("gradient", "velocity")
    assert it.actions_["view/side by side"].isChecked() and it.actions_["overlay/velocity"].isChecked()
    it.workbench.focus("arena")
    assert it.workbench.stage.current.panes[0].arena.hasFocus()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
    assert it.controller.step == 1


def test_starts_are_placed_and_dragged_in_any_view(window: MainWindow) -> None:
    window.workbench.stage.set_view("side by side")
    view = window.workbench.stage.current
    view.start_placed.emit(1.0, -2.0)
    assert window.controller.race.starts == ((1.0, -2.0),)
    view.start_added.emit(-3.0, 0.5)
    view.start_moved.emit(1, -2.0, 1.0)
    assert window.controller.race.starts == ((1.0, -2.0), (-2.0, 1.0))
