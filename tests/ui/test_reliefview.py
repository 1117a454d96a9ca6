"""The relief: paths on the surface, pixels with a meaning, and what a person does in it."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QKeyEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication

from simulator.engine import Engine
from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Race
from simulator.relief import RISE, Camera, View
from simulator.ui.arena_heads import font, positions
from simulator.ui.contour import BANDS, Relief, evaluate
from simulator.ui.reliefground import Ground, ReliefPort
from simulator.ui.reliefpaint import edge, land, loss_marks, paint_axes
from simulator.ui.reliefview import ReliefView
from simulator.ui.theme import DARK, LIGHT

FLAT = [name for name in LANDSCAPES if LANDSCAPES[name]().dim == 2]
ANGLES = [0.0, 30.0, 75.0, 135.0, 200.0, 290.0]


def race(landscape="ravine", lr=0.02, steps=40, names=("sgd", "momentum", "adam")):
    ground = LANDSCAPES[landscape]()
    entrants = tuple(Entrant(OPTIMIZERS[n](lr=lr), n.capitalize(), stream=i) for i, n in enumerate(names))
    return Race(ground, entrants, ground.starts[:1], steps=steps)


def ran(a_race):
    return Engine(a_race).run()


def ground_of(name, step=0):
    landscape = LANDSCAPES[name]()
    return Ground(landscape.at(step), Relief.of(landscape))


def port_of(name, **look):
    return ReliefPort.of(ground_of(name), View(Camera(**look), 420.0, 360.0), 1.0)


@pytest.fixture
def view(qtbot):
    widget = ReliefView()
    qtbot.addWidget(widget)
    widget.resize(560, 460)
    recording = ran(race())
    widget.set_race(recording.race)
    widget.show_step(recording, 40)
    widget.show()
    qtbot.waitExposed(widget)
    qtbot.waitUntil(lambda: widget.crisp)
    return widget


def shot(widget):
    return widget.grab().toImage()


def different(a, b):
    """The share of pixels that differ: what is painted in another order differs along its edges."""
    a, b = (np.asarray(image.constBits()).view(np.uint32) for image in (a, b))
    return np.mean(a != b)


def same(a, b):
    return different(a, b) < 0.02


# The ground.


@pytest.mark.parametrize("name", FLAT)
def test_what_is_lower_stands_lower(name):
    ground = ground_of(name)
    (x0, x1), (y0, y1) = ground.landscape.box
    rng = np.random.default_rng(3)
    xy = np.stack((rng.uniform(x0, x1, 400), rng.uniform(y0, y1, 400)), axis=1)
    points = ground.points(xy)
    loss = ground.landscape.loss(xy)
    order = np.argsort(loss)
    height = points[order, 2]
    assert (np.diff(height) > -1e-3 * RISE).all()  # a costly loss is interpolated, a cheap one has float32's digits
    assert height[np.isfinite(height)].max() < 1.05 * RISE


def test_the_box_fills_the_height():
    for name in ("ravine", "himmelblau", "rosenbrock", "saddle"):
        landscape = LANDSCAPES[name]()
        x, y = (np.linspace(*side, 96) for side in landscape.box)
        z = ground_of(name).points(np.stack(np.meshgrid(x, y), axis=-1))[..., 2]
        assert z.min() == pytest.approx(0.0, abs=0.01) and z.max() == pytest.approx(RISE, rel=0.01)
        assert evaluate(landscape, x, y).argmax() == z.argmax()


def test_outside_the_box_there_is_no_surface():
    points = ground_of("ravine").points(np.array([(5.9, 2.9), (6.1, 0.0), (np.nan, 0.0), (np.inf, 1.0)]))
    assert np.isfinite(points[0]).all() and np.isnan(points[1:]).all()


def test_a_costly_loss_is_drawn_as_a_cheap_one(monkeypatch):
    exact, xy = ground_of("ravine"), np.random.default_rng(5).uniform(-2.5, 2.5, (200, 2))
    expected = exact.points(xy)
    monkeypatch.setattr("simulator.ui.reliefground.has_formula", lambda landscape: False)
    assert ground_of("ravine").points(xy) == pytest.approx(expected, abs=0.01 * RISE)


# Paths.


def rows_of(recording):
    return lambda first, last: positions(recording, first, last)


@pytest.mark.parametrize("name", ["ravine", "rosenbrock", "himmelblau", "saddle"])
def test_a_path_lies_on_the_surface(name):
    """Whatever is drawn of a path is a point of the surface that stands in the picture where the line goes."""
    recording, port = ran(race(name, lr=1e-3)), port_of(name)
    drawn = port.draped(rows_of(recording))(0, 40)[:, :3]
    ends = port.view.to_px(port.place(recording.theta))
    ends[..., 1] = port.height - ends[..., 1]
    for lane in range(3):
        line = drawn[:, lane]
        for point in ends[:, lane]:
            assert np.hypot(*(line - point).T).min() < 1e-9
        gaps = np.hypot(*np.diff(line, axis=0).T)
        assert gaps.max() < 60.0  # a long step is bent over the surface, not drawn through it


@pytest.mark.parametrize("cuts", [(40,), (0, 40), (3, 17, 40)])
def test_a_path_is_the_same_however_it_comes(cuts):
    recording, port = ran(race(lr=0.09)), port_of("ravine")
    rows = port.draped(rows_of(recording))
    whole, parts, first = rows(0, 40), [], 0
    for last in cuts:
        parts.append(rows(first, last))
        first = last + 1
    assert np.array_equal(np.concatenate(parts), whole, equal_nan=True)


def test_a_path_that_leaves_and_comes_back_is_not_joined_outside():
    port = port_of("ravine")
    path = np.array([(5.0, 0.0), (9.0, 0.0), (9.0, 2.0), (5.0, 2.0)])[:, None]
    line = port.draped(lambda first, last: path[first : last + 1])(0, 3)[:, 0]
    whole = np.isfinite(line).all(axis=1)
    jumps = np.hypot(*np.diff(line, axis=0).T)
    assert whole[0] and whole[-1] and not whole.all()
    assert np.nanmax(jumps) < 20.0


def test_what_a_hill_hides_is_left_out_of_the_clear_line():
    port = port_of("himmelblau", azimuth=30.0, elevation=25.0)
    u = np.linspace(-4.9, 4.9, 60)
    path = np.stack((u, u), axis=1)[:, None]  # through a well behind the near rim, and up the far side
    drawn = port.draped(lambda first, last: path[first : last + 1])(0, 59)
    faint, clear = np.isfinite(drawn[:, 0]).all(axis=1), np.isfinite(drawn[:, 1]).all(axis=1)
    assert faint.all() and 0 < clear.sum() < len(clear)
    from_above = port_of("himmelblau", elevation=85.0)
    drawn = from_above.draped(lambda first, last: path[first : last + 1])(0, 59)
    assert np.isfinite(drawn).all()


def test_who_is_outside_is_pointed_at_from_the_edge():
    port = port_of("ravine", azimuth=0.0, elevation=48.0)
    (right, _), (_, up), huge = port.to_px(np.array([(9.0, 0.0), (0.0, 9.0), (-1e30, 0.0)])).tolist()
    assert right > port.width and up < 0.0 and huge[0] < 0.0
    assert np.isnan(port.to_px(np.array([(np.nan, 0.0)]))).all()


# Pixels.


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_a_valley_has_the_low_colour_and_a_corner_the_high_one(qapp, theme):
    port = port_of("bowl", elevation=80.0)
    image = land(port, theme)

    def at(*xy):
        x, y = port.to_px(np.array(xy)).tolist()
        return image.pixelColor(round(x), round(y))

    def far(a, b):
        return abs(a.red() - b.red()) + abs(a.green() - b.green()) + abs(a.blue() - b.blue())

    low, high = QColor(theme.contour_low), QColor(theme.contour_high)
    assert far(at(0.05, 0.05), low) < far(at(0.05, 0.05), high)
    assert far(at(4.7, 4.7), high) < far(at(4.7, 4.7), low)
    assert image.pixelColor(2, 2) == QColor(theme.plot)


@pytest.mark.parametrize("azimuth", ANGLES)
def test_axes_stand_at_the_near_edges_and_their_words_are_apart(qapp, azimuth):
    port = port_of("ravine", azimuth=azimuth)
    image = QImage(420, 360, QImage.Format.Format_RGB32)
    image.fill(QColor(LIGHT.plot))
    painter = QPainter(image)
    rects = paint_axes(painter, port, ("x", "y"), LIGHT)
    metrics = QFontMetricsF(font(LIGHT))
    painter.end()
    for i, rect in enumerate(rects):
        assert QRectF(0, 0, 420, 360).contains(rect) and rect.height() >= metrics.height()
        assert not any(rect.intersects(other) for other in rects[i + 1 :])
    for axis in (0, 1):
        middle = np.mean(edge(port.view.camera, axis), axis=0)
        assert port.view.camera.place(middle)[1] <= port.view.camera.place(-middle)[1]


def test_the_loss_axis_reads_the_losses_of_the_levels():
    levels = Relief.of(LANDSCAPES["ravine"]())
    heights, texts = zip(*loss_marks(levels), strict=True)
    assert texts[0] == "0" and texts[-1] == "126"
    middle = levels.height(np.array([float(texts[1])]))[0] * RISE / BANDS
    assert middle == pytest.approx(heights[1], rel=0.01)


# The widget.


def test_a_played_frame_paints_only_what_is_new(view):
    recording, _ = view._shown
    view.show_step(recording, 0)
    shot(view)
    image, picture = view.picture.land, view.picture.trails.picture
    for step in range(1, 41):
        view.show_step(recording, step)
        shot(view)
    assert view.picture.land is image and view.picture.trails.picture is picture
    played = shot(view)
    view._void()
    assert same(played, shot(view))  # what was added bit by bit is what is painted at once


def test_going_back_takes_the_path_back(view):
    recording, _ = view._shown
    late = shot(view)
    view.show_step(recording, 3)
    early = shot(view)
    view.show_step(recording, 40)
    assert not same(early, late) and same(shot(view), late)


def test_hidden_racers_are_left_out(view):
    with_all = shot(view)
    view.set_hidden(frozenset({0, 1, 2}))
    assert not same(shot(view), with_all)
    color = QColor(LIGHT.style(0).color)
    image = shot(view)
    assert not any(image.pixelColor(x, y) == color for x in range(image.width()) for y in range(0, image.height(), 3))


def test_dragging_turns_and_a_double_click_resets(qtbot, view):
    before = shot(view)
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    qtbot.mouseMove(view, QPoint(300, 200))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
    assert view.camera.azimuth == pytest.approx(70.0) and view.camera.elevation == Camera().elevation
    assert not view.crisp
    qtbot.waitUntil(lambda: view.crisp)
    assert not same(shot(view), before)
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    assert view.camera == Camera()
    qtbot.waitUntil(lambda: view.crisp)
    assert same(shot(view), before)


def test_the_wheel_zooms(view):
    at = QPointF(200.0, 150.0)
    event = QWheelEvent(
        at, at, QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)
    assert view.camera.zoom > 1.0 and event.isAccepted()


def test_keys_turn_zoom_and_reset_and_leave_the_playback_its_arrows(view):
    def press(key, text="", modifier=Qt.KeyboardModifier.NoModifier):
        event = QKeyEvent(QEvent.Type.KeyPress, key, modifier, text)
        QApplication.sendEvent(view, event)
        return event.isAccepted()

    shift = Qt.KeyboardModifier.ShiftModifier
    assert press(Qt.Key.Key_Right, "", shift) and view.camera.azimuth == 35.0
    assert press(Qt.Key.Key_Up, "", shift) and view.camera.elevation == Camera().elevation + 5.0
    assert press(Qt.Key.Key_Plus, "+") and view.camera.zoom == 1.25
    assert press(Qt.Key.Key_0, "0") and view.camera == Camera()
    assert not press(Qt.Key.Key_Right)


def test_a_landscape_that_moves_moves(view, qtbot):
    recording = ran(race("drifting_bowl"))
    view.show_step(recording, 0)
    first = shot(view)
    ground = view.picture.ground
    view.show_step(recording, 40)
    assert view.picture.ground is not ground and not same(shot(view), first)
    qtbot.waitUntil(lambda: view.crisp)


def test_in_many_dimensions_it_is_the_plane_of_the_race(view):
    recording = ran(race("flip_network", names=("sgd",)))
    view.show_step(recording, 40)
    assert view.outlook.plane is not None and "%" in view.outlook.words
    shot(view)
    assert view.picture.port.ground.landscape.dim == 2


def test_in_one_dimension_the_curve_is_the_picture(view):
    recording = ran(race("parabola", names=("sgd",)))
    before = shot(view)
    view.show_step(recording, 40)
    assert not same(shot(view), before)
    assert "curve" in view.accessibleDescription()


@pytest.mark.parametrize("theme", [DARK, LIGHT.for_projector()], ids=["dark", "projector"])
def test_every_theme(view, theme):
    before = shot(view)
    view.set_theme(theme)
    assert not same(shot(view), before)
    view.resize(30, 30)  # no room for anything
    shot(view)


def test_another_race_on_the_same_ground_keeps_it(view):
    ground = view.picture.ground
    recording = ran(race(lr=0.03))
    view.show_step(recording, 40)
    assert view.picture.ground is ground
    view.show_step(ran(replace(recording.race, landscape=LANDSCAPES["bowl"]())), 40)
    assert view.picture.ground is not ground
