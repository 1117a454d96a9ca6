"""The basin maps in the window: what is seen, when it is computed, and that a picture of it shows the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hosted import show
from pytestqt.qtbot import QtBot
from test_arena import ran

from simulator import racefile
from simulator.landscapes import LANDSCAPES
from simulator.studies import basins as study
from simulator.studies.basins import UNDER_WAY
from simulator.ui.arena_paint import backdrop, heights_at, home
from simulator.ui.basinpaint import HATCHES, HUES, STRIP, entries, ground_of, look, pixels
from simulator.ui.basinsview import BasinsView
from simulator.ui.export import painted
from simulator.ui.polyline import Viewport
from simulator.ui.stage import Stage
from simulator.ui.theme import DARK, LIGHT, Theme


def race_of(landscape: str = "himmelblau", dim: int = 2, **more: Any) -> Any:
    entrant = [{"optimizer": "adam", "lr": 0.1, "label": "Adam"}, {"optimizer": "sgd", "lr": 0.01, "label": "SGD"}]
    return racefile.from_data(
        {"steps": 12, "landscape": {"name": landscape}, "starts": [[0.5] * dim], "entrant": entrant, **more}
    )


def staged(qtbot: QtBot, race: Any = None, theme: Theme = LIGHT) -> tuple[Stage, BasinsView]:
    stage, recording = Stage(), ran(race or race_of())
    stage.set_theme(theme)
    stage.set_race(recording.race)
    stage.show_step(recording, 5)
    show(qtbot, stage, 620, 460, theme)
    stage.set_view("basins")
    return stage, stage.current


def computed(view: BasinsView) -> None:
    while view.busy:
        view.advance()


@pytest.mark.parametrize("theme", [LIGHT, DARK, LIGHT.for_projector()])
def test_a_map_for_each_racer_and_a_key_in_words(qtbot: QtBot, theme: Theme) -> None:
    _, view = staged(qtbot, theme=theme)
    computed(view)
    assert view.made is not None and view.made.complete and len(view.panes) == 2
    assert "A (3, 2)" in view.key.accessibleDescription() and view.key.accessibleName()
    assert view.grab().toImage().width() == 620 and not view.stop.isVisible()


def test_maps_make_room_for_the_key_that_comes_and_grows(qtbot: QtBot) -> None:
    _, view = staged(qtbot)
    computed(view)
    qtbot.waitUntil(lambda: view.key.height() == view.key.sizeHint().height())
    assert all(pane.geometry().bottom() <= view._grid.height() for pane in view.panes)
    assert max(pane.geometry().bottom() for pane in view.panes) >= 0.9 * view._grid.height()


def test_a_landscape_is_seen_until_something_of_its_map_is_known(qtbot: QtBot) -> None:
    _, view = staged(qtbot)
    assert view._mapping is not None
    while view.made is None or (view.made.reached[0] == study.UNKNOWN).all():
        assert view.panes[0].arena.backdrop._picture is backdrop
        view._drawn = 0.0
        view.advance()
    assert view.panes[0].arena.backdrop._picture is not backdrop
    if (view.made.reached[1] == study.UNKNOWN).all():
        assert view.panes[1].arena.backdrop._picture is backdrop


def test_it_grows_can_be_stopped_and_goes_on(qtbot: QtBot) -> None:
    _, view = staged(qtbot)
    view.advance()
    view.stop.click()
    assert not view.busy and "Stopped" in view.progress.text and view.stop.text() == "Go on"
    view.stop.click()
    assert view.busy
    computed(view)
    assert view.made is not None and view.made.complete


def test_a_moved_start_changes_no_map_and_another_rate_does(qtbot: QtBot) -> None:
    stage, view = staged(qtbot)
    computed(view)
    made, race = view.made, race_of()
    stage.set_race(replace(race, starts=((1.0, 1.0),)))
    assert view.made is made and not view.busy
    first = replace(race.entrants[0], optimizer=replace(race.entrants[0].optimizer, lr=0.2))
    stage.set_race(replace(race, entrants=(first, race.entrants[1])))
    assert view.made is None and view.busy and view.panes[0].arena.backdrop._picture is backdrop


def test_nothing_is_computed_while_another_view_is_seen_or_the_race_plays(qtbot: QtBot) -> None:
    stage, view = staged(qtbot)
    view._go_on()
    assert view._timer.isActive()
    recording = view._shown[0]  # type: ignore[index]
    stage.show_step(recording, 6)
    assert not view._timer.isActive() and view._rest.isActive()
    view._go_on()
    stage.set_view("contour")
    assert not view._timer.isActive() and not view._rest.isActive()


def test_a_click_places_the_start_where_it_is_in_the_map(qtbot: QtBot) -> None:
    stage, view = staged(qtbot)
    with qtbot.waitSignal(stage.start_placed) as heard:
        view.panes[0].arena.start_placed.emit(1.5, -2.0)
    assert heard.args == [(1.5, -2.0)]


def test_a_picture_shows_the_maps_that_are_on_screen(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    stage, view = staged(qtbot)
    computed(view)
    picture = stage.picture()
    assert picture.scene.view == "basins" and picture.scene.basins is view.made
    monkeypatch.setattr(study, "basins", None)  # nothing is computed again
    with_maps = painted(picture, 900, 560, 1.0)
    scene = replace(picture.scene, view="side by side")
    assert with_maps != painted(replace(picture, scene=scene), 900, 560, 1.0)


def test_a_picture_waits_for_no_map(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    stage, view = staged(qtbot)
    monkeypatch.setattr(study, "basins", None)  # which takes minutes where the race is long
    bare = stage.picture()
    assert view.made is None and bare.scene.basins is not None and not bare.scene.basins.complete
    without = painted(bare, 900, 560, 1.0)
    assert without == painted(replace(bare, scene=replace(bare.scene, view="side by side")), 900, 560, 1.0)
    view.advance()
    some = stage.picture()
    assert some.scene.basins is view.made and painted(some, 900, 560, 1.0) != without


PART = (2.0, 4.0), (1.0, 3.0)


def zoomed(view: BasinsView) -> None:
    view.show_part(PART)
    assert view._rest.isActive() and not view._timer.isActive()
    view._go_on()


def test_who_zooms_gets_a_map_of_what_is_in_view(qtbot: QtBot) -> None:
    stage, view = staged(qtbot)
    computed(view)
    whole = view.made
    zoomed(view)
    assert view.made is whole and view.busy  # seen until there is more
    view.advance()
    assert view.made is not None and view.made.under is whole and not view.made.complete
    assert entries(view.made)
    computed(view)
    assert view.made.complete and view.made.box == PART and "in view" in view.progress.text
    race = view.made.race
    assert (view.made.reached == study.basins(race, part=PART).reached).all()
    picture = stage.picture()
    bare = replace(picture, scene=replace(picture.scene, basins=replace(view.made, under=None)))
    assert painted(bare, 900, 560, 1.0) == painted(replace(bare, scene=replace(bare.scene, basins=None)), 900, 560, 1.0)
    view.reset_view()
    view._go_on()
    assert view.made is whole and not view.busy and "in view" not in view.progress.text


def test_a_change_of_view_is_mapped_once_it_rests_and_only_where_it_is_seen(qtbot: QtBot) -> None:
    stage, view = staged(qtbot)
    zoomed(view)
    computed(view)
    assert view.made is not None and view.made.box == PART and view.made.under is None
    first = replace(race_of().entrants[0], optimizer=replace(race_of().entrants[0].optimizer, lr=0.2))
    stage.set_race(replace(race_of(), entrants=(first, race_of().entrants[1])))
    computed(view)
    assert view.made.box == PART and view.made.entrants[0] == first
    stage.set_view("contour")
    view.show_part(((0.0, 1.0), (0.0, 1.0)))
    assert not view._rest.isActive()
    stage.set_view("basins")
    assert view._rest.isActive()


def test_a_map_that_was_left_goes_on_where_it_was(qtbot: QtBot) -> None:
    stage, view = staged(qtbot)
    while view._share < 0.3:
        view.advance()
    begun, share = view._mapping, view._share
    zoomed(view)
    assert view._mapping is not begun and view._share == 0.0
    computed(view)
    assert view.made is not None and view.made.under is not None and not view.made.under.complete
    view.reset_view()
    view._go_on()
    assert view._mapping is begun and view._share == share and view.busy
    computed(view)
    assert view.made.complete and view.made is view._whole
    zoomed(view)
    view.stop.click()
    stage.set_race(race_of(steps=13))
    assert view._begun is None and view._whole is None and view.busy


def test_one_dimension_is_mapped_along_what_is_in_view(qtbot: QtBot) -> None:
    _, view = staged(qtbot, race_of("parabola", 1))
    computed(view)
    view.show_part(((0.5, 1.0), (0.0, 1.0)))
    view._go_on()
    computed(view)
    assert view.made is not None and view.made.box == ((0.5, 1.0),) and view.made.complete
    view.grab()


def test_a_pixel_of_a_zoomed_map_is_the_start_under_it(qtbot: QtBot) -> None:
    _, view = staged(qtbot)
    computed(view)
    zoomed(view)
    computed(view)
    made, port = view.made, Viewport(*PART[0], *PART[1], 128.0, 128.0)
    assert made is not None
    image = ground_of(made, 0)(made.race.landscape, None, port, 1.0, LIGHT)
    shown = pixels(made.reached[0][::-1], made.steps[0][::-1], made.slowest, 1.0, LIGHT)
    assert all(image.pixel(x, y) == shown[y, x] for x, y in ((3, 5), (60, 100), (120, 20)))


def test_a_picture_without_maps_makes_them(qtbot: QtBot) -> None:
    stage, view = staged(qtbot)
    computed(view)
    picture = stage.picture()
    bare = replace(picture, scene=replace(picture.scene, basins=None))
    assert painted(bare, 900, 560, 1.0) == painted(picture, 900, 560, 1.0)


def test_one_dimension_has_a_strip_and_more_than_two_say_why_there_is_none(qtbot: QtBot) -> None:
    _, view = staged(qtbot, race_of("parabola", 1))
    computed(view)
    assert view.made is not None and view.made.reached.shape == (2, 1, study.SIZE)
    view.grab()
    stage, view = staged(qtbot, race_of("flip_network", 31))
    assert view.made is None and not view.busy and "one or two" in view.progress.text
    painted(stage.picture(), 900, 560, 1.0)


def test_every_minimum_of_a_map_has_a_look_of_its_own() -> None:
    looks = {look(code, LIGHT) for code in range(study.MOST)}
    assert len(looks) == study.MOST <= len(HUES) * len(HATCHES)


def test_minima_that_were_found_are_called_so(qtbot: QtBot) -> None:
    _, view = staged(qtbot, race_of("rastrigin"))
    computed(view)
    assert view.made is not None
    assert any(name.endswith(", found") for _, name in entries(view.made))


def test_a_hatch_stays_itself_however_small_the_picture() -> None:
    codes, steps = np.full((16, 16), UNDER_WAY, np.int16), np.zeros((16, 16), np.int32)
    assert (pixels(codes, steps, 1, 0.24, LIGHT) == pixels(codes, steps, 1, 1.0, LIGHT)).all()
    assert (pixels(codes, steps, 1, 2.0, LIGHT)[::2, ::2] == pixels(codes, steps, 1, 1.0, LIGHT)[:8, :8]).all()


def test_the_strip_of_one_dimension_is_below_the_curve() -> None:
    for name in ("parabola", "reddi"):
        landscape = LANDSCAPES[name]()
        low, high = home(landscape)[1]
        lowest = heights_at(landscape, np.linspace(*landscape.box[0], 512)).min()
        assert lowest >= low + STRIP * (high - low) * (1.0 - 1e-9)
