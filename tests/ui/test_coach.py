"""The coach in the window: when it speaks, what it says, what its buttons do, and where it keeps silent."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hosted import opened
from pytestqt.qtbot import QtBot

from simulator import racefile
from simulator.lessons import LESSONS
from simulator.race import Race
from simulator.ui.card import EntrantCard
from simulator.ui.classroom import coached
from simulator.ui.coachnote import CoachNote
from simulator.ui.mainwindow import MainWindow
from simulator.ui.settings import Settings
from tests.planted import run


def window_on(qtbot: QtBot, race: Race | str, step: int | None = None) -> MainWindow:
    window = opened(qtbot, racefile.find(race) if isinstance(race, str) else race)
    window.finish()
    window.controller.seek(window.controller.race.steps if step is None else step)
    window.workbench.coach.now()
    return window


def card(window: MainWindow, place: int = 0) -> EntrantCard:
    return list(window.workbench.racers.cards.values())[place]


def note(window: MainWindow, place: int = 0) -> CoachNote:
    found = card(window, place).note
    assert found is not None and not found.isHidden()
    return found


def silent(window: MainWindow) -> bool:
    return all(c.note is None or c.note.isHidden() for c in window.workbench.racers.cards.values())


def test_it_speaks_of_racers_that_fail_and_of_no_others(qtbot: QtBot) -> None:
    window = window_on(qtbot, "edge-of-stability")
    assert card(window, 0).note is None and card(window, 1).note is None
    head = note(window, 2).head
    assert head.text() == "Oscillation ▾"
    assert head.accessibleName() == "At the limit: oscillation, why and what to try"
    assert not note(window, 2).why.isVisibleTo(window)


def test_opened_it_says_why_and_offers_the_change(qtbot: QtBot) -> None:
    window = window_on(qtbot, "edge-of-stability")
    it = note(window, 2)
    it.head.click()
    assert "η·L/2 = 1: " in it.why.text() and it.why.text().endswith("Lower η from 0.1 to 0.04.")
    assert it.anew.isVisibleTo(window) and it.anew.accessibleName().startswith("At the limit: Lower η")
    assert {it.head, it.anew} < {*card(window, 2).inputs}


def test_the_change_is_raced_beside_and_undone(qtbot: QtBot) -> None:
    window = window_on(qtbot, "edge-of-stability")
    before = window.controller.race
    note(window, 2).head.click()
    note(window, 2).anew.click()
    race = window.controller.race
    assert race.entrants[:4] == before.entrants and race.entrants[4].lr == 0.04
    assert race.entrants[4].label == "At the limit, changed"
    window.actions_["undo"].trigger()
    assert window.controller.race == before


def test_a_fork_goes_on_from_where_it_was(qtbot: QtBot) -> None:
    window = window_on(qtbot, run("bowl", "signsgd", (-4.0, 3.0), 300, lr=0.4))
    it, before = note(window), window.controller.recording.theta.copy()
    it.head.click()
    since = it.said.since if it.said else 0
    assert since > 0 and it.fork.text() == f"Try it from step {since}" and it.fork.isVisibleTo(window)
    it.fork.click()
    after = window.controller.recording
    assert len(after.race.entrants) == 2
    assert (after.theta[: since + 1, 1] == before[: since + 1, 0]).all()
    assert after.loss[-1, 1] < after.loss[-1, 0]


def test_a_change_of_a_fork_holds_from_the_fork_on(qtbot: QtBot) -> None:
    window = window_on(qtbot, "forks", 60)
    it, before = note(window, 1), window.controller.race
    it.head.click()
    assert it.anew.text() == "Try it from step 15" and "from step 15 on" in it.anew.toolTip()
    assert it.fork.isVisibleTo(window) and it.fork.text() != it.anew.text()
    it.anew.click()
    tried = window.controller.race.entrants[3]
    assert tried.forked == before.entrants[1].forked and tried.optimizer.hyper["beta"] < 0.97
    window.controller.undo()
    window.controller.seek(15)
    window.workbench.coach.now()
    shown = [c.note for c in window.workbench.racers.cards.values() if c.note is not None and not c.note.isHidden()]
    for one in shown[1:]:  # what a fork does before it is one is not its own to change
        one.head.click()
        assert not one.anew.isVisibleTo(window) and not one.fork.isVisibleTo(window)


def test_a_change_of_the_whole_race_adds_nobody(qtbot: QtBot) -> None:
    window = window_on(qtbot, run("bounded_saddle", "sgd", (-2.5, 0.0), 200))
    before = window.controller.race
    note(window).head.click()
    assert not note(window).fork.isVisibleTo(window)
    note(window).anew.click()
    race = window.controller.race
    assert race.noise.sigma > 0.0 and replace(race, noise=before.noise) == before


def test_it_follows_the_step_on_screen(qtbot: QtBot) -> None:
    window = window_on(qtbot, "edge-of-stability", 5)
    assert silent(window)
    window.controller.seek(150)
    assert silent(window)  # until the step has stood for a moment
    qtbot.waitUntil(lambda: not silent(window), timeout=5000)
    window.controller.seek(5)
    window.workbench.coach.now()
    assert silent(window)


def test_while_the_race_plays_it_looks_at_nothing(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    window = window_on(qtbot, "edge-of-stability", 5)
    coach = window.workbench.coach
    window.controller.play()
    window.controller.tick(0.2)
    assert not coach._rest.isActive() and not coach._slices.isActive()
    window.controller.pause()
    assert coach._rest.isActive()


def test_a_button_of_another_race_does_nothing(qtbot: QtBot) -> None:
    window = window_on(qtbot, "edge-of-stability")
    it = note(window, 2)
    it.head.click()
    other = window.controller.race.with_hyper(2, lr=0.05)
    window.controller.set_race(other)
    it.anew.click()
    assert window.controller.race == other


def test_with_several_starts_it_says_which(qtbot: QtBot) -> None:
    window = window_on(qtbot, "saddle")
    assert "At step 200, start 2: " in note(window).why.text() or ", start 2: " in note(window).why.text()


def test_it_can_be_turned_off_and_stays_so(qtbot: QtBot) -> None:
    window = window_on(qtbot, "edge-of-stability")
    action = window.actions_["coach"]
    assert action.isChecked() and not silent(window)
    action.setChecked(False)
    assert silent(window)
    window.workbench.coach.now()
    assert silent(window)
    window.settings.keep()
    assert Settings()["coach"] is False


def test_in_a_lesson_it_gives_no_answer_away(qtbot: QtBot) -> None:
    window = window_on(qtbot, "edge-of-stability")
    lesson = next(lesson for lesson in LESSONS.values() if any(page.goal for page in lesson.pages))
    number = next(i for i, page in enumerate(lesson.pages) if page.goal)
    assert not coached(lesson.pages[number])
    window.classroom.open(lesson, number)
    window.controller.seek(window.controller.race.steps)
    window.workbench.coach.now()
    assert silent(window)
    window.classroom.leave()
    window.controller.seek(window.controller.race.steps)
    window.workbench.coach.now()
    assert not silent(window)


def test_a_lesson_can_allow_it() -> None:
    lesson = next(lesson for lesson in LESSONS.values() if any(page.goal for page in lesson.pages))
    page = next(page for page in lesson.pages if page.goal)
    assert coached(replace(page, controls=(*page.controls, "coach")))


@pytest.mark.parametrize("theme", ["light", "dark", "projector"])
def test_what_it_says_has_room_in_the_card(qtbot: QtBot, theme: str) -> None:
    window = window_on(qtbot, "edge-of-stability")
    window.resize(1366, 740)
    if theme != "light":
        window.actions_[theme].setChecked(True)
    it = note(window, 2)
    it.head.click()
    window.workbench.racers.area.reveal(card(window, 2))
    assert it.why.height() >= it.why.heightForWidth(it.why.width())
    assert it.anew.geometry().right() <= it.width()
    assert card(window, 2).width() <= window.workbench.racers.width()
