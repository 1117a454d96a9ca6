"""A race in many dimensions in the arena and in the window: drawn on a plane, and said to be."""

from dataclasses import replace

import numpy as np
import pytest
from hosted import opened
from planes import Five, race_in_five
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from test_arena import colors, drag, grab, near, pixel_of

from simulator.engine import Engine
from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Race
from simulator.ui.arena import Arena
from simulator.ui.controller import Controller
from simulator.ui.ground import Outlook
from simulator.ui.picture import Picture
from simulator.ui.picturewords import protocol
from simulator.ui.theme import DARK, LIGHT


def ran(race):
    return Engine(race).run()


def over(landscape, steps=100, names=("sgd", "momentum")):
    ground = LANDSCAPES[landscape]()
    entrants = tuple(Entrant(OPTIMIZERS[n](), OPTIMIZERS[n].title, stream=i) for i, n in enumerate(names))
    return Race(ground, entrants, ground.starts[:1], steps=steps).on(ground)


@pytest.fixture
def arena(qtbot):
    widget = Arena()
    qtbot.addWidget(widget)
    widget.resize(640, 480)
    recording = ran(race_in_five())
    widget.set_race(recording.race)
    widget.show_step(recording, 60)
    widget.show()
    qtbot.waitExposed(widget)
    qtbot.waitUntil(lambda: widget.backdrop.crisp)
    return widget


@pytest.fixture
def window(qtbot):
    it = opened(qtbot, over("flip_network"))
    qtbot.waitUntil(lambda: it.controller.recording.done == 100)
    return it


def test_the_bar_says_which_plane_and_how_much_it_shows(arena):
    told = arena.planes.told.text
    assert arena.planes.isVisible() and told == f"This plane shows {100 * arena.outlook.share:.0f} % of the movement"
    assert arena.accessibleDescription().endswith(f"Main directions · {told.removeprefix('This plane shows ')}.")
    assert arena.bottom.labelText == "direction 1" and arena.left.labelText == "direction 2"
    arena.set_theme(DARK.for_projector())
    assert arena.planes.told.text == told


def test_the_bar_follows_what_is_known(arena):
    race = race_in_five(steps=400, lr=0.02)
    engine, told = Engine(race), []
    for steps in (1, 9, 90, 300):
        arena.show_step(engine.advance(steps), 0)
        told.append(arena.planes.told.text)
        assert arena.outlook.percent in told[-1]
    assert len(set(told)) > 1 and arena.outlook.share == arena.plane.share(engine.recording)


def test_trails_and_heads_stand_on_the_plane(arena):
    picture = grab(arena)
    for lane in range(2):
        at = pixel_of(arena, *arena.plane.project(arena._recording.theta[60, lane]))
        # The bar above the plot is not in the picture.
        patch = picture[at.y() - 9 : at.y() + 9, at.x() - 9 : at.x() + 9]
        assert near(patch, LIGHT.style(lane).color).sum() > 20
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 30


def test_the_ground_is_the_loss_on_the_plane(arena):
    ground, minimum = arena._moment, arena.plane.project(np.array(Five().minima[0].theta))
    assert ground.loss(minimum) < ground.loss(np.zeros(2))
    arena.set_hidden(frozenset({0, 1}))
    picture = grab(arena)
    low = minimum + np.array((0.0, 0.25))
    (x0, x1), (y0, y1) = arena.view
    corners = [(x0 + a * (x1 - x0), y0 + b * (y1 - y0)) for a in (0.05, 0.95) for b in (0.05, 0.95)]
    high = max(corners, key=lambda at: float(ground.loss(np.array(at))))
    dark, light = (picture[at.y(), at.x()].sum() for at in (pixel_of(arena, *low), pixel_of(arena, *high)))
    assert dark < light - 100


def test_another_plane_can_be_chosen_and_random_ones_drawn_anew(qtbot, arena):
    main, before = arena.plane, grab(arena)
    arena.planes.kind.setCurrentIndex(1)
    first = arena.plane
    assert first is not main and arena.planes.other.isVisible()
    assert np.abs(grab(arena) - before).mean() > 5
    qtbot.mouseClick(arena.planes.other, Qt.MouseButton.LeftButton)
    assert arena.plane is not first and arena.planes.kind.currentData() == "random"
    assert f"{100 * arena.outlook.share:.0f}"[:1] in arena.planes.told.text
    arena.planes.kind.setCurrentIndex(0)
    assert np.allclose(arena.plane.axes, main.axes) and not arena.planes.other.isVisible()


def test_a_click_lifts_the_point_onto_the_plane_through_the_start(qtbot, arena):
    placed = []
    arena.start_placed.connect(lambda x, y: placed.append((x, y)))
    qtbot.mouseClick(arena.plot.viewport(), Qt.MouseButton.LeftButton, pos=pixel_of(arena, 1.0, -0.5))
    assert arena.front.ghost is not None and len(arena.front.ghost) == 5
    qtbot.waitUntil(lambda: bool(placed))
    theta = np.array(arena.point(*placed[0]))
    assert arena.plane.project(theta) == pytest.approx(np.array(placed[0]), abs=1e-4)
    assert arena.plane.lift(arena.plane.project(theta)) == pytest.approx(theta, abs=1e-4)


def test_a_start_off_the_plane_keeps_its_distance_from_it(arena):
    race = race_in_five(starts=2)
    arena.set_race(race)
    arena.show_step(ran(race), 60)
    before = np.array(race.starts[1])
    after = np.array(arena.point(0.3, 0.4, 1))
    assert arena.plane.project(after) == pytest.approx([0.3, 0.4], abs=1e-4)
    off, kept = (it - arena.plane.lift(arena.plane.project(it)) for it in (before, after))
    assert np.linalg.norm(off) > 0.1 and kept == pytest.approx(off, abs=1e-4)


def test_the_plane_lies_still_while_a_start_is_dragged(qtbot, arena):
    planes = []

    def move(index, x, y):
        race = race_in_five()
        race = replace(race, starts=(arena.point(x, y, index),))
        arena.set_race(race)
        arena.show_step(ran(race), 60)
        planes.append(arena.plane)
        assert arena.outlook.share == arena.plane.share(arena._recording), "what is said holds for what is seen"

    arena.start_moved.connect(move)
    plane = arena.plane
    end = pixel_of(arena, 2.0, -2.0)
    drag(qtbot, arena, pixel_of(arena, 0.0, 0.0), end)
    assert len(planes) > 1 and all(each is plane for each in planes)
    at = arena.plane.project(np.array(arena._race.starts[0]))
    assert at == pytest.approx([0.0, 0.0], abs=0.1) or arena.plane is plane  # taken anew, where it had to be
    assert arena.box.starts[0] == pytest.approx(at)
    start = np.array(arena._race.starts[0])
    assert plane.project(start) == pytest.approx([2.0, -2.0], abs=0.1)
    assert arena.outlook.share == pytest.approx(arena.plane.share(arena._recording))


def test_between_dimensions_and_back(arena):
    for race in (over("ravine"), over("flip_network"), race_in_five(), over("matrix_memory"), over("parabola")):
        recording = ran(race)
        arena.set_race(race)
        grab(arena)  # between the two calls the old recording is still on screen
        arena.show_step(recording, 50)
        grab(arena)
        assert arena.planes.isVisible() == (race.landscape.dim > 2) == (arena.plane is not None)
        assert arena.box.starts.shape == (1, 2)


def picture(recording, **more):
    image = QImage(900, 600, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    Picture(recording, recording.done, **more).draw(painter, image.rect().toRectF(), 1.0)
    painter.end()
    return colors(image)


def test_an_exported_picture_shows_the_plane_that_is_asked_for():
    recording, other = ran(race_in_five()), Outlook()
    other.choose("random", 1)
    assert np.abs(picture(recording) - picture(recording, outlook=other)).mean() > 3
    assert np.array_equal(picture(recording), picture(recording, outlook=Outlook()))


def test_the_protocol_does_not_write_out_many_coordinates():
    assert "start (−2, 1, … 5 numbers) · " in protocol(race_in_five(), 60)


def test_a_race_in_many_dimensions_is_computed_ahead(qtbot, monkeypatch):
    monkeypatch.setattr("simulator.ui.controller.SLICE_SECONDS", 0.012)
    told = []
    controller = Controller(race_in_five(steps=9000))
    controller.moved.connect(lambda recording, step: told.append((recording.done, step)))
    assert 0 < controller.recording.done < 9000 and controller.looking_ahead
    qtbot.waitUntil(lambda: controller.recording.done == 9000)
    assert controller.step == 0 and told[-1] == (9000, 0) and not controller.looking_ahead
    assert len(told) < 12  # whenever twice as much is known
    controller.set_race(race_in_five(steps=500, lr=0.05))
    qtbot.waitUntil(lambda: controller.recording.done == 500)
    flat = Controller(over("ravine"))
    qtbot.wait(100)
    assert flat.recording.done == 0 and not flat.looking_ahead


def test_starts_in_the_window_are_moved_within_the_plane(window, qtbot):
    c, arena = window.controller, window.workbench.arena
    before = np.array(c.race.starts[0])
    plane = arena.plane
    arena.start_placed.emit(0.5, 0.25)
    assert len(c.race.starts) == 1 and len(c.race.starts[0]) == 31
    moved = np.array(c.race.starts[0]) - before
    assert moved == pytest.approx(plane.lift(np.array([0.5, 0.25])) - before, abs=1e-4)
    qtbot.waitUntil(lambda: c.recording.done == 100)
    arena.start_added.emit(0.1, 0.2)
    arena.start_moved.emit(1, 0.3, 0.1)
    assert len(c.race.starts) == 2


def test_the_starts_of_a_network_can_be_added_typed_and_taken(window, qtbot):
    c, starts = window.controller, window.workbench.race.starts
    known = c.race.landscape.starts
    for count in range(2, 7):
        starts.add.click()
        assert len(c.race.starts) == len(set(c.race.starts)) == count
        assert all(len(start) == 31 for start in c.race.starts)
    assert c.race.starts[: len(known)] == known
    sizes = [np.linalg.norm(start) for start in c.race.starts]
    assert max(sizes) < 1.5 * min(sizes)
    assert all("31 numbers" in action.text() for action in starts.menu.actions()[: len(known)])
    field = starts.rows[0].field
    field.setText("1, 2")
    field.commit()
    assert starts.rows[0].error.text() == "A start must have 31 coordinates, not 2" and "31" in field.toolTip()


def test_another_seed_moves_the_known_starts(window):
    race, panel = window.controller.race, window.workbench.race
    panel._reshape(replace(race.landscape, init_seed=7), "init_seed")
    assert window.controller.race.starts == window.controller.race.landscape.starts[:1] != race.starts


def test_a_moving_landscape_is_drawn_as_it_stands(qtbot, arena):
    race = over("drifting_bowl")
    recording = ran(race)
    arena.set_race(race)
    arena.set_hidden(frozenset({0, 1}))  # who would cover the star
    shots = {}
    for step in (0, 25, 50):
        arena.show_step(recording, step)
        grab(arena)
        assert not step or not arena.backdrop.crisp  # coarse as long as it moves …
        qtbot.waitUntil(lambda: arena.backdrop.crisp)  # … and fine at rest
        shots[step] = grab(arena)
        star = arena.backdrop._landscape.minima[0].theta
        assert star == pytest.approx(race.landscape.at(step).minima[0].theta)
        at = pixel_of(arena, *star)
        patch = shots[step][at.y() - 9 : at.y() + 9, at.x() - 9 : at.x() + 9]
        assert near(patch, LIGHT.plot).sum() > 20 and near(patch, LIGHT.text).sum() > 20  # the star
    assert np.abs(shots[0] - shots[50]).mean() > 5


def test_what_has_not_moved_by_a_pixel_is_not_evaluated_anew(qtbot, arena):
    race = over("sudden_shift", steps=200)
    recording = ran(race)
    arena.set_race(race)
    arena.show_step(recording, 0)
    grab(arena)
    qtbot.wait(200)  # the bar is gone and the plot has its room
    assert arena.backdrop.crisp
    image = arena.backdrop._image
    for step in (1, 50, 99):
        arena.show_step(recording, step)
        grab(arena)
        assert arena.backdrop._image is image
    arena.show_step(recording, 100)
    grab(arena)
    assert arena.backdrop._image is not image
