"""The arena, used as people use it: clicks, drags, wheel, and what is then seen."""

import gc

import numpy as np
import pytest
from hosted import LONG
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication

from simulator.engine import Engine
from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Race
from simulator.recording import Recording
from simulator.ui.arena import Arena
from simulator.ui.arena_axes import marks
from simulator.ui.arena_heads import Heads, Spot, _join
from simulator.ui.arena_paint import home
from simulator.ui.colorbar import ColorBar
from simulator.ui.layer import viewport_of
from simulator.ui.mappaint import paint_arena
from simulator.ui.polyline import Viewport
from simulator.ui.theme import DARK, LIGHT

NAMES = ("sgd", "momentum", "adam")


def race(landscape="ravine", lr=0.02, steps=40, starts=None, names=NAMES):
    ground = LANDSCAPES[landscape]()
    entrants = tuple(Entrant(OPTIMIZERS[n](lr=lr), n.capitalize(), stream=i) for i, n in enumerate(names))
    return Race(ground, entrants, starts or ground.starts[:1], steps=steps)


def ran(a_race):
    engine = Engine(a_race)
    engine.run()
    return engine.recording


@pytest.fixture
def arena(qtbot):
    widget = Arena()
    qtbot.addWidget(widget)
    widget.resize(640, 480)
    recording = ran(race())
    widget.set_race(recording.race)
    widget.show_step(recording, 40)
    widget.show()
    qtbot.waitExposed(widget)
    qtbot.waitUntil(lambda: widget.backdrop.crisp, timeout=LONG)
    return widget


@pytest.fixture
def heard(arena):
    """Everything the arena says, in order."""
    said = []
    arena.start_placed.connect(lambda *at: said.append(("placed", *at)))
    arena.start_added.connect(lambda *at: said.append(("added", *at)))
    arena.start_moved.connect(lambda *at: said.append(("moved", *at)))
    arena.start_dropped.connect(lambda: said.append(("dropped",)))
    return said


def pixel_of(arena, x, y) -> QPoint:
    """Where the data point (x, y) is on the plot's viewport."""
    local = viewport_of(arena.box).to_px(np.array([(x, y)]))[0]
    return arena.plot.mapFromScene(arena.box.mapToScene(QPointF(*local)))


def drag(qtbot, arena, begin, *way):
    """Press at ``begin``, move along ``way``, release."""
    target = arena.plot.viewport()
    qtbot.mouseMove(target, begin)
    qtbot.mousePress(target, Qt.MouseButton.LeftButton, pos=begin)
    for at in way:
        for share in (0.3, 0.6, 1.0):
            qtbot.wait(15)  # pyqtgraph leaves out moves that come faster
            qtbot.mouseMove(target, begin + (at - begin) * share)
    qtbot.mouseRelease(target, Qt.MouseButton.LeftButton, pos=way[-1])


def grab(arena) -> np.ndarray:
    return colors(arena.plot.grab().toImage())


def colors(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.array(image.constBits()).reshape(image.height(), image.width(), 4)[..., 2::-1].astype(int)


def near(picture, color: str, spread=40):
    """Where ``picture`` has about this colour."""
    wanted = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
    return (np.abs(picture - wanted) < spread).all(axis=2)


def test_a_click_places_the_start_once_it_is_not_a_double_click(qtbot, arena, heard):
    qtbot.mouseClick(arena.plot.viewport(), Qt.MouseButton.LeftButton, pos=pixel_of(arena, -2.0, 1.0))
    assert not heard and arena.front.ghost == pytest.approx((-2.0, 1.0), abs=0.05)  # seen at once
    qtbot.waitUntil(lambda: bool(heard), timeout=LONG)
    assert heard[0][0] == "placed" and heard[0][1:] == pytest.approx((-2.0, 1.0), abs=0.05)
    assert all(x == round(x, 3) for x in heard[0][1:])  # no more digits than pixels can tell
    assert arena.front.ghost is None and len(heard) == 1


def test_a_double_click_shows_the_whole_and_places_nothing(qtbot, arena, heard):
    arena.box.setRange(xRange=(-1, 1), yRange=(-1, 1), padding=0)
    at, target = pixel_of(arena, 0.5, 0.5), arena.plot.viewport()
    qtbot.mouseClick(target, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseDClick(target, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseRelease(target, Qt.MouseButton.LeftButton, pos=at)
    assert np.allclose(arena.view, arena._race.landscape.box)
    qtbot.wait(QApplication.styleHints().mouseDoubleClickInterval() + 50)
    assert not heard and arena.front.ghost is None


def test_shift_click_adds_a_start(qtbot, arena, heard):
    shift = Qt.KeyboardModifier.ShiftModifier
    qtbot.mouseClick(arena.plot.viewport(), Qt.MouseButton.LeftButton, shift, pixel_of(arena, -3.0, -1.0))
    assert heard[0][0] == "added" and heard[0][1:] == pytest.approx((-3.0, -1.0), abs=0.05)


def test_dragging_a_start_moves_it_even_while_races_are_replaced(qtbot, arena, heard):
    arena.start_moved.connect(lambda i, x, y: arena.set_race(race(starts=((x, y),))))
    before = arena.view
    drag(qtbot, arena, pixel_of(arena, 5.0, 2.0), pixel_of(arena, 3.0, -1.0))
    assert [said[0] for said in heard] == ["moved"] * (len(heard) - 1) + ["dropped"] and len(heard) > 2
    assert heard[-2][1] == 0 and heard[-2][2:] == pytest.approx((3.0, -1.0), abs=0.05)
    assert arena.view == before


def test_dragging_the_ground_pans(qtbot, arena, heard):
    drag(qtbot, arena, pixel_of(arena, -3.0, -2.0), pixel_of(arena, -1.0, -1.0))
    (x0, _), (y0, _) = arena.view
    assert not heard and x0 == pytest.approx(-8.0, abs=0.1) and y0 == pytest.approx(-4.0, abs=0.1)


def test_the_wheel_zooms_about_the_cursor(arena):
    at = pixel_of(arena, 2.0, 1.0)
    none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    target = arena.plot.viewport()
    wheel = QWheelEvent(QPointF(at), target.mapToGlobal(QPointF(at)), QPoint(), QPoint(0, 240), *none, False)
    QApplication.sendEvent(target, wheel)
    (x0, x1), _ = arena.view
    assert x1 - x0 < 11.0
    moved = pixel_of(arena, 2.0, 1.0) - at
    assert abs(moved.x()) <= 2 and abs(moved.y()) <= 2


def test_keys_zoom_and_arrows_are_left_to_others(qtbot, arena):
    qtbot.keyClick(arena, Qt.Key.Key_Plus)
    (x0, x1), _ = arena.view
    assert x1 - x0 == pytest.approx(12.0 / 1.25)
    qtbot.keyClick(arena, Qt.Key.Key_Minus)
    qtbot.keyClick(arena, Qt.Key.Key_0)
    assert np.allclose(arena.view, arena._race.landscape.box)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Space, Qt.Key.Key_Home):
        event = QKeyEvent(QKeyEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(arena, event)
        assert not event.isAccepted()
    assert arena.focusPolicy() == Qt.FocusPolicy.StrongFocus and arena.plot.focusPolicy() == Qt.FocusPolicy.NoFocus
    assert arena.accessibleName() and "Ravine" in arena.accessibleDescription()


def test_trails_and_heads_are_where_the_recording_says(arena):
    picture = grab(arena)
    style = LIGHT.style(1)
    x, y = arena._recording.theta[40, 1]
    at = pixel_of(arena, x, y)
    patch = picture[at.y() - 9 : at.y() + 9, at.x() - 9 : at.x() + 9]
    assert near(patch, style.color).sum() > 20
    arena.set_hidden(frozenset({1}))
    assert near(grab(arena), style.color).sum() < near(picture, style.color).sum() / 3


def test_a_new_landscape_and_dimension_can_come_at_any_time(qtbot, arena):
    for name in ("parabola", "rosenbrock", "saddle", "parabola"):
        recording = ran(race(name, lr=0.001))
        arena.set_race(recording.race)
        grab(arena)  # between the two calls the old recording is still on screen
        arena.show_step(recording, 7)
        assert np.allclose(arena.view, home(recording.race.landscape))
        assert arena._recording is recording
        grab(arena)


def test_the_view_is_kept_while_a_parameter_or_a_start_changes(arena):
    arena.box.setRange(xRange=(-1, 1), yRange=(-1, 1), padding=0)
    before = arena.view
    arena.set_race(race(starts=((1.0, 1.0),)))
    arena.set_race(race())
    assert arena.view == before


def test_in_one_dimension_racers_stand_on_the_curve(qtbot, arena):
    recording = ran(race("parabola", lr=0.05))
    arena.set_race(recording.race)
    arena.show_step(recording, 3)
    at = pixel_of(arena, recording.theta[3, 2, 0], recording.loss[3, 2])
    picture = grab(arena)
    assert near(picture[at.y() - 8 : at.y() + 8, at.x() - 8 : at.x() + 8], LIGHT.style(2).color).sum() > 20
    assert arena.box.starts == pytest.approx(np.array([(0.0, 9.0)]))


def test_numbers_on_the_axes_are_what_they_are(qtbot, arena):
    recording = ran(race("reddi", lr=0.001))
    arena.set_race(recording.race)
    arena.show_step(recording, 3)
    grab(arena)
    assert arena.left.labelString().count("0.001") == 0 and arena.left.autoSIPrefixScale == 1.0


def words_at(recording, step, port, hidden=frozenset()):
    """The texts painted for the racers."""
    heads, said = Heads(), []
    place = heads._place

    def listen(port, spot, *rest):
        said.append(("".join(text for text, _ in spot.words), spot))
        return place(port, spot, *rest)

    heads._place = listen
    image = QImage(int(port.width), int(port.height), QImage.Format.Format_ARGB32)
    painter = QPainter(image)
    heads.paint(painter, port, recording, step, LIGHT, hidden, [])
    painter.end()
    return said


def placed(points, status=0, since=0):
    """A recording of one racer at ``points``."""
    recording = Recording(race(names=("sgd",), steps=len(points) - 1), np.array([points[0]], dtype=float), [])
    recording.theta[:, 0] = points
    recording.status[:], recording.since[:], recording.done = status, since, len(points) - 1
    return recording


PORT = Viewport(-6.0, 6.0, -3.0, 3.0, 600.0, 300.0)


def test_out_of_view_is_an_arrow_at_the_edge_with_the_distance():
    [(text, spot)] = words_at(placed([(0, 0), (10, 0)], status=2), 1, PORT)
    assert text == "Sgd · 4 away" and spot.away == 0.0
    assert spot.x > 570 and spot.y == 150
    [(text, spot)] = words_at(placed([(0, 0), (-9, 7)], status=2), 1, PORT)
    assert text == "Sgd · 5 away" and spot.x < 300 and spot.y < 30


def test_far_away_and_all_but_level_is_pointed_at_too():
    [(_, spot)] = words_at(placed([(0, 0), (1e300, 1e-14)], status=4, since=1), 1, PORT)
    assert spot.x > 570 and spot.y == 150


def test_diverged_is_said_with_its_step_even_where_there_is_no_position():
    for far in ((1e300, 1e300), (np.nan, np.nan), (np.inf, 0.0)):
        [(text, spot)] = words_at(placed([(0, 0), (20, 20), far], status=4, since=2), 2, PORT)
        assert text == "Sgd · diverged at step 2" and spot.away is not None and spot.x > 300 and spot.y < 150
    [(text, spot)] = words_at(placed([(0, 0), (np.nan, 0)], status=4, since=1), 1, PORT)
    assert text == "Sgd · diverged at step 1" and (spot.x, spot.y, spot.away) == (300, 150, None)


def test_hidden_racers_have_no_name():
    assert not words_at(placed([(0, 0), (1, 1)]), 1, PORT, frozenset({0}))


def test_racers_at_one_place_share_a_label():
    spots = []
    for i in range(7):
        _join(spots, Spot(i, 10.0 + 0.1 * i, 10.0, [(f"r{i}", "#000000")]), 7.0)
    _join(spots, Spot(9, 90.0, 10.0, [("far", "#000000")]), 7.0)
    assert ["".join(text for text, _ in spot.words) for spot in spots] == ["r0, r1, r2, r3, +3", "far"]


def test_labels_do_not_overlap():
    entrants = tuple(Entrant(OPTIMIZERS["sgd"](), f"Racer {i}", stream=i) for i in range(8))
    many = Race(LANDSCAPES["ravine"](), entrants, ((0.0, 0.0),), steps=1)
    recording = Recording(many, np.zeros((8, 2)), [])
    recording.theta[1] = [(0.25 * (i % 3), 0.3 * (i // 3)) for i in range(8)]
    recording.status[:], recording.since[:] = 0, 0
    image = QImage(600, 300, QImage.Format.Format_ARGB32)
    painter, heads, rects = QPainter(image), Heads(), []
    place = heads._place

    def spy(*given):
        rects.append(place(*given))
        return rects[-1]

    heads._place = spy
    heads.paint(painter, PORT, recording, 1, LIGHT, frozenset(), [])
    painter.end()
    assert len(rects) == 8
    assert not any(a.intersects(b) for i, a in enumerate(rects) for b in rects[:i])


def test_a_name_leaves_the_trails_and_does_not_flutter():
    def inked(rect):
        return 0.5 if rect.center().x() > 300 else 0.0  # all that is right of the middle

    recording, sides = placed([(0, 0)] * 30), []
    image = QImage(600, 300, QImage.Format.Format_ARGB32)
    painter, heads = QPainter(image), Heads()
    place = heads._place
    heads._place = lambda *given: sides.append(place(*given)) or sides[-1]
    for step, ink in ((0, None), (1, inked), (2, None), (20, lambda rect: 0.2)):
        heads.paint(painter, PORT, recording, step, LIGHT, frozenset(), [], ink)
    painter.end()
    first, *others = sides
    assert first.left() > 300
    assert others == [others[0]] * 3 and others[0].right() < 300


def test_the_colour_bar_keeps_clear_of_racers_and_stays_where_it_is():
    bar, port = ColorBar(), Viewport(-6.0, 6.0, -3.0, 3.0, 600.0, 400.0)
    first = bar.rect(port, LIGHT, [QPointF(300, 200)], None)
    assert first.center().x() > 300 and first.center().y() > 200
    second = bar.rect(port, LIGHT, [first.center()], None)
    assert not second.contains(first.center())
    assert bar.rect(port, LIGHT, [], None) == second
    assert bar.rect(port, LIGHT, [], lambda rect: 0.5 if rect == second else 0.0) == first
    assert bar.rect(Viewport(-6.0, 6.0, -3.0, 3.0, 200.0, 100.0), LIGHT, [], None).isEmpty()


def exported(recording, scale=1.0, **more):
    image = QImage(round(500 * scale), round(400 * scale), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    painter = QPainter(image)
    paint_arena(painter, QRectF(0, 0, 500, 400), recording, recording.done, LIGHT, scale=scale, **more)
    painter.end()
    return colors(image)


def test_an_export_shows_the_same_at_any_scale():
    recording = ran(race())
    small, large = exported(recording), exported(recording, 2.0)
    assert large.shape[:2] == (800, 1000)
    for stream in range(3):
        color = LIGHT.style(stream).color
        few, many = near(small, color).sum(), near(large, color).sum()
        assert few > 60 and 2.5 < many / few < 6.0
    assert np.abs(small - large[::2, ::2]).mean() < 6.0


def test_an_export_takes_a_view_and_leaves_out_the_hidden():
    recording = ran(race())
    color = LIGHT.style(1).color
    assert near(exported(recording, hidden=frozenset({1})), color).sum() < near(exported(recording), color).sum() / 3
    assert np.abs(exported(recording, view=((-1, 1), (-1, 1))) - exported(recording)).mean() > 10


@pytest.mark.parametrize("name", list(LANDSCAPES))
def test_every_landscape_can_be_painted(name):
    picture = exported(ran(race(name, lr=0.001)))
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 30


def test_marks_are_round_and_within():
    assert [text for _, text in marks(-2.0, 2.0, 4)] == ["−2", "−1", "0", "1", "2"]
    assert [text for _, text in marks(0.1, 0.102, 4)] == ["0.1000", "0.1005", "0.1010", "0.1015", "0.1020"]
    assert all(len(marks(0.0, high, 5)) <= 7 for high in (1e-6, 0.3, 7.0, 999.0, 1e6))


def test_themes_change_the_picture(arena, qtbot):
    light = grab(arena)
    arena.set_theme(DARK.for_projector())
    dark = grab(arena)
    assert dark.mean() < light.mean() - 40


def test_a_closed_arena_leaves_no_timer_running(qtbot):
    widget = Arena()
    widget.resize(300, 200)
    widget.set_race(race())
    widget.show()
    qtbot.waitExposed(widget)
    widget.box.scaleBy((0.5, 0.5))
    grab(widget)
    widget.box._settle.start(10_000)
    widget.close()
    assert not any(timer.isActive() for timer in (widget.box._settle, widget.backdrop._rest, widget.trails._again))
    widget.deleteLater()
    gc.collect()
