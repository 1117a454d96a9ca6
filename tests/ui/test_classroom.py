"""Lessons in the real window: pages, goals, what is locked, predictions, and the race from before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hosted import opened, turn
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QSlider,
    QWidget,
)
from pytestqt.qtbot import QtBot

from simulator import lessonfile, racefile, resources
from simulator.lesson import Bound, Goal, Lesson, Page
from simulator.lessonlaws import faults
from simulator.lessons import LESSONS
from simulator.measure import Reading
from simulator.question import Number, Pick, Ranking
from simulator.ui.actions import BEFORE_ANSWER
from simulator.ui.mainwindow import MainWindow

RACE = {
    "steps": 60,
    "starts": [[5.0, 2.0]],
    "landscape": {"name": "ravine"},
    "entrant": [
        {"optimizer": "sgd", "label": "A", "lr": 0.02},
        {"optimizer": "momentum", "label": "B & C", "lr": 0.05, "beta": 0.5},
    ],
}
LESSON = Lesson(
    "Testing",
    "A lesson to be tested.",
    5,
    RACE,
    (
        Page("Read", "Some **text**.", shows=20, overlays=("gradient",), view="side by side"),
        Page(
            "Move",
            "Move η.",
            controls=("lr",),
            goal=Goal("Arrive.", (Bound("arrival", "B & C", at_most=16),)),
            hint="Less.",
            solution=("entrant[1].lr=0.08",),
            why="Because.",
            questions=(Number("What is 2 + 2?", "2 + 2", because="Count."), Pick("Who is lower?", "loss")),
        ),
        Page(
            "Predict",
            "Guess.",
            controls=("lr",),
            prediction=Ranking("Who is first?", "gap"),
            goal=Goal("Be lower.", (Bound("loss", "A", at_most=0.01),)),
            solution=("entrant[0].lr=0.05",),
            questions=(Number("3?", "3"),),
        ),
        Page("Shape", "Change it.", controls=("landscape.kappa", "B & C.beta", "noise.sigma")),
        Page("Play", "Do as you like.", controls=("everything",)),
    ),
)


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    return opened(qtbot)


@pytest.fixture
def at(window: MainWindow) -> Callable[[int], MainWindow]:
    def go(page: int) -> MainWindow:
        window.classroom.open(LESSON, page)
        QApplication.processEvents()
        return window

    return go


def button(window: MainWindow, text: str) -> QPushButton:
    found = [b for b in window.classroom.panel.findChildren(QPushButton) if b.text() == text and b.isVisible()]
    assert len(found) == 1, f"{text}: {len(found)}"
    return found[0]


def seen(widget: QWidget | None) -> bool:
    return widget is not None and widget.isVisible()


def tabs(window: MainWindow) -> list[str]:
    bar = window.workbench.tabs
    return [bar.tabText(i) for i in range(bar.count())]


def test_the_lesson_of_these_tests_is_sound():
    assert faults(LESSON) == []


def test_the_list_has_every_lesson_and_opens_it(window, qtbot):
    window.actions_["lessons"].trigger()
    entries = [b for b in window.classroom.panel.findChildren(QPushButton) if b.objectName() == "lessonEntry"]
    assert [b.accessibleName() for b in entries] == [lesson.title for lesson in LESSONS.ordered()]
    qtbot.mouseClick(entries[0], Qt.MouseButton.LeftButton)
    assert window.classroom.lesson == LESSONS.ordered()[0]


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_a_key_opens_the_lesson_that_has_the_focus(window, qtbot, key):
    window.actions_["lessons"].trigger()
    entries = [b for b in window.classroom.panel.findChildren(QPushButton) if b.objectName() == "lessonEntry"]
    entries[1].setFocus()
    qtbot.keyClick(entries[1], key)
    assert window.classroom.lesson == LESSONS.ordered()[1]


def test_a_page_shows_its_race_view_overlays_and_step(at):
    window = at(0)
    assert window.controller.race == LESSON.race_of(LESSON.pages[0])
    assert window.controller.step == 20
    assert window.workbench.stage.view == "side by side"
    assert window.workbench.stage.overlays == ("gradient",)
    assert window.windowTitle().startswith("Testing, page 1 of 5")
    assert window.workbench.tabs.currentWidget() is window.workbench.lessons


@pytest.mark.parametrize("page", range(5))
def test_leaving_brings_everything_back(window, page):
    c, bench = window.controller, window.workbench
    c.set_race(replace(c.race, steps=77))
    c.seek(33)
    bench.stage.set_overlays(("step",))
    race, sizes, recording, path = c.race, window._split.sizes(), c.recording, window.documents.path
    window.classroom.open(LESSON, page)
    QApplication.processEvents()
    window.classroom.leave()
    assert c.race == race and c.step == 33 and c.recording is recording and window.documents.path == path
    assert c.modified and c.can_undo
    assert window._split.sizes() == sizes
    assert bench.stage.view == "contour" and bench.stage.overlays == ("step",)
    assert tabs(window) == ["Racers", "Landscape", "Inspect", "Lesson", "Guide"]
    assert bench.racers.add.isEnabled() and not bench.racers.add.isHidden()
    assert not bench.race.landscape.isHidden() and bench.race.landscape.isEnabled()
    assert "page" not in window.windowTitle() and window.isWindowModified()
    c.undo()
    assert c.race.steps == 200


def test_only_open_controls_are_seen_beneath_the_text(at):
    window = at(1)
    racers = window.workbench.racers
    assert tabs(window) == ["Landscape", "Inspect", "Lesson", "Guide"] and seen(racers)
    for card in racers.cards.values():
        assert seen(card.lr.controls["lr"]) and not seen(card.more)
        assert not seen(card.buttons["remove"]) and not seen(card.buttons["duplicate"]) and card.name.isReadOnly()
    assert not seen(racers.add) and seen(racers.shared)


def test_controls_of_one_racer_and_of_the_landscape(at):
    window = at(3)
    one, two = window.workbench.racers.cards.values()
    assert not seen(one), "a card with nothing to move on it only takes room"
    assert seen(two.tuning) and seen(two.tuning.hyper.controls["beta"]) and not seen(two.tuning.schedule)
    assert [name for name, control in two.tuning.hyper.controls.items() if seen(control)] == ["beta"]
    panel = window.workbench.race
    assert seen(panel.form.controls["kappa"]) and not seen(panel.form.controls["rotation"])
    assert seen(panel.forms["noise"].controls["sigma"]) and not seen(panel.forms["noise"].controls["kind"])
    assert not seen(panel.landscape) and not seen(panel.starts) and not seen(panel.seed_row)


def test_everything_can_be_open(at):
    window = at(4)
    bench = window.workbench
    assert tabs(window) == ["Inspect", "Lesson", "Guide"]
    assert all(seen(w) for w in (bench.racers.add, bench.race.landscape, bench.race.starts, bench.race.seed_row))


def test_a_start_stays_where_the_page_has_it(at):
    window = at(1)
    window.workbench.stage.start_placed.emit((1.0, 1.0))
    assert window.controller.race.starts == ((5.0, 2.0),)
    assert "start stays" in window.commentary.text()
    at(4)
    window.workbench.stage.start_placed.emit((1.0, 1.0))
    assert window.controller.race.starts == ((1.0, 1.0),)


def test_the_goal_says_how_it_stands(at, qtbot):
    window = at(1)
    panel, c = window.classroom.panel, window.controller
    assert panel.goal.standing.text() == "… Run the race to step 60."
    c.to_end()
    assert panel.goal.standing.text().startswith("✗ Not yet: B & C ")
    why = panel.task.why
    assert not seen(why)
    qtbot.mouseClick(button(window, "Solution"), Qt.MouseButton.LeftButton)
    c.to_end()
    assert panel.goal.standing.text() == "✓ Goal met." and seen(why)
    c.undo()
    assert panel.goal.standing.text().startswith("✗")
    qtbot.mouseClick(button(window, "Hint"), Qt.MouseButton.LeftButton)
    c.redo()
    qtbot.mouseClick(button(window, "Start again"), Qt.MouseButton.LeftButton)
    assert c.race == LESSON.race_of(LESSON.pages[1])


def test_questions_are_scored_at_once(at, qtbot):
    window = at(1)
    number, pick = window.classroom.panel.asks
    assert not number.done.isEnabled()
    number.field.setText("5")
    qtbot.mouseClick(number.done, Qt.MouseButton.LeftButton)
    assert "It is 4." in number.says.text() and "Count." in number.says.text()
    number.field.setText("4")
    qtbot.mouseClick(number.done, Qt.MouseButton.LeftButton)
    assert "Right." in number.says.text()
    assert pick.choices[1].text() == "B && C" and pick.choices[1].accessibleName() == "B & C"
    qtbot.mouseClick(pick.choices[1], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(pick.done, Qt.MouseButton.LeftButton)
    assert "Right." in pick.says.text()


def test_before_the_prediction_nothing_can_be_seen(at, qtbot):
    """Whatever is pressed, the race stands at its start, and no step of it was computed."""
    window = at(2)
    c, race = window.controller, window.controller.race
    names = set(window.actions_._by_name)
    assert {name for name in names if window.actions_[name].isEnabled()} <= BEFORE_ANSWER
    for name in names - BEFORE_ANSWER:
        window.actions_[name].trigger()
    for do in (c.play, c.to_end, lambda: c.seek(30), lambda: c.step_by(1), lambda: c.tick(1.0), c.compute):
        do()
    c.set_race(replace(race, steps=10))
    c.set_hidden(0, True)
    qtbot.keyClick(window, Qt.Key.Key_End)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert (c.step, c.recording.done, c.playing, c.race) == (0, 0, False, race)
    assert not window.playback.isEnabled()
    assert window.workbench.stage.overlays == ()
    assert window.workbench.tabs.currentWidget() is window.workbench.lessons
    panel = window.classroom.panel
    hints = (panel.asks[1], panel.task, panel.goal)
    assert not any(map(seen, hints)), "a question or the goal could tell how it goes"
    assert "prediction" in window.commentary.text()


def test_a_lock_on_the_commands_leaves_no_trace(at):
    """What had nothing to do before has nothing to do afterwards, and a second lock outlives the first."""
    window = at(1)
    actions, names = window.actions_, list(window.actions_._by_name)
    before = {name for name in names if actions[name].isEnabled()}
    assert "undo" not in before and "toggle" in before
    actions.allow_only("one", {"toggle", "save"})
    actions.allow_only("other", {"toggle", "open"})
    assert [name for name in names if actions[name].isEnabled()] == ["toggle"]
    actions.allow_only("one", None)
    actions.set_possible("undo", True)
    assert {name for name in names if actions[name].isEnabled()} == {"toggle", "open"}
    actions.allow_only("other", None)
    assert {name for name in names if actions[name].isEnabled()} == before | {"undo"}


def test_a_race_of_many_dimensions_is_not_computed_ahead_while_it_is_held(window):
    flip = Page("Predict", "Guess.", race="flip-network", prediction=Ranking("Who?", "loss"))
    window.classroom.open(replace(LESSON, pages=(flip,)))
    window.controller.tick(0.1)
    assert window.controller.recording.done == 0


def test_the_answer_locks_then_the_race_runs_then_it_is_scored(at, qtbot):
    window = at(2)
    c, (ask, question) = window.controller, window.classroom.panel.asks
    assert not ask.done.isEnabled()
    for choice in reversed(ask.choices):
        qtbot.mouseClick(choice, Qt.MouseButton.LeftButton)
    assert [choice.text().split()[0] for choice in ask.choices] == ["2", "1"]
    qtbot.mouseClick(ask.choices[1], Qt.MouseButton.LeftButton)  # taken back
    assert not ask.done.isEnabled()
    qtbot.mouseClick(ask.choices[1], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(ask.done, Qt.MouseButton.LeftButton)
    assert ask.given == [0, 1] and not any(choice.isEnabled() for choice in ask.choices)
    assert c.playing and window.playback.isEnabled() and seen(question)
    assert seen(window.classroom.panel.task) and seen(window.classroom.panel.goal)
    assert ask.says.text().startswith("Locked in: A, B &amp; C")
    c.seek(59)
    assert "pairs" not in ask.says.text()
    c.to_end()
    assert "0 of 1 pairs" in ask.says.text() and "B &amp; C, A" in ask.says.text()
    ask._answer()
    assert ask.given == [0, 1]


def test_a_number_is_predicted_by_the_keyboard(window, qtbot):
    page = Page("Predict", "Guess.", racers=("A",), prediction=Number("How low, or never?", Reading("loss"), 0.5))
    window.classroom.open(replace(LESSON, pages=(page,)))
    (ask,) = window.classroom.panel.asks
    assert ask.field.hasFocus()
    qtbot.keyClicks(ask.field, "x")
    qtbot.keyClick(ask.field, Qt.Key.Key_Return)
    assert ask.given is None
    ask.field.clear()
    qtbot.keyClicks(ask.field, "never")
    qtbot.keyClick(ask.field, Qt.Key.Key_Return)
    assert ask.given == float("inf") and not window.controller.held


def test_pages_by_key_and_by_button(at, qtbot):
    window = at(0)
    room = window.classroom
    assert not button(window, "Back").isEnabled()
    qtbot.mouseClick(button(window, "Next"), Qt.MouseButton.LeftButton)
    assert room.number == 1
    window.actions_["lesson_back"].trigger()
    assert room.number == 0
    room.go_on(-1)
    assert room.number == 0
    qtbot.mouseClick(button(window, "‹ Lessons"), Qt.MouseButton.LeftButton)
    assert room.lesson is None and not window.actions_["lesson_next"].isEnabled()


def test_another_race_ends_the_lesson_and_asks_about_the_persons_own(window, monkeypatch):
    c = window.controller
    c.set_race(replace(c.race, steps=77))
    asked: list[str] = []
    monkeypatch.setattr(QMessageBox, "question", lambda *a: asked.append(a[2]) or QMessageBox.StandardButton.Discard)
    window.classroom.open(LESSON, 1)
    window.documents.open_race(racefile.find("saddle"))
    assert window.classroom.lesson is None and len(asked) == 1 and "Testing" not in asked[0]
    assert c.race == racefile.find("saddle")


def test_the_race_of_a_lesson_is_not_saved_over_the_persons_own(window, tmp_path: Path):
    path = tmp_path / "mine.toml"
    path.write_text(racefile.dumps(window.controller.race), encoding="utf-8")
    window.documents.open(path)
    window.classroom.open(LESSON, 1)
    assert window.documents.path is None
    window.classroom.leave()
    assert window.documents.path == path


def test_a_lesson_file_is_opened_and_a_broken_one_is_told(window, monkeypatch, tmp_path: Path):
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "warning", lambda parent, title, text: said.append(text))
    window.documents.open(resources.asset("lessons", "first.lesson.toml"))
    assert window.classroom.lesson.title == "Momentum in a ravine"
    window.classroom.leave()
    path = tmp_path / "bad.lesson.toml"
    path.write_text(lessonfile.dumps(LESSON).replace("summary", "sumary"), encoding="utf-8")
    window.documents.open(path)
    assert window.classroom.lesson is None and "did you mean 'summary'" in said[0]


@pytest.mark.parametrize("projector", [False, True])
def test_every_page_of_every_lesson_fits_the_window(window, projector):
    """Nothing is cut off at the side, the controls leave height enough to the text, and the first is in sight."""
    window.actions_["projector"].setChecked(projector)
    window.setUpdatesEnabled(not projector)  # every page is painted once
    room, wrong = window.classroom, []
    for lesson in LESSONS.values():
        room.leave()
        for number, page in enumerate(lesson.pages):
            room.open(lesson, number)
            turn()
            wrong += [f"{room.title}: {fault}" for fault in misfits(window, page)]
    assert not wrong, "\n".join(wrong)


def misfits(window: MainWindow, page: Page) -> Iterator[str]:
    """What of the page on screen has no room."""
    panel = window.classroom.panel
    text, below = panel.page, panel.below
    wanted, width = text.widget().minimumSizeHint().width(), text.viewport().width()
    if wanted > width:
        yield f"a text {wanted} wide in {width}"
    if text.height() < (enough := min(text.needed(width), 0.3 * panel.height())):
        yield f"{text.height()} high where {enough} are wanted"
    if window.width() != 1366:
        yield f"a window {window.width()} wide"
    if page.controls and page.prediction is None and (end := first_control(below)) >= below.viewport().height():
        yield f"the first control ends at {end} of {below.viewport().height()}"


def first_control(below: QScrollArea) -> int:
    """Where the uppermost open control of a page ends."""
    inputs = [w for kind in (QSlider, QComboBox) for w in below.findChildren(kind) if seen(w)]
    inputs = inputs or [w for w in below.findChildren(QLineEdit) if seen(w)]  # a start
    return min(w.mapTo(below.viewport(), w.rect().bottomLeft()).y() for w in inputs)


def test_one_rate_for_all_is_on_where_all_begin_alike(window, qtbot):
    c, open_ = window.controller, window.classroom.open
    alike = replace(LESSON.pages[1], changes=("entrant.lr=0.01",), solution=("B & C.lr=0.08",))
    lesson = replace(LESSON, pages=(alike, *LESSON.pages[1:]))
    open_(lesson, 0)
    assert c.shared_lr and window.workbench.racers.shared.isChecked()
    qtbot.mouseClick(button(window, "Solution"), Qt.MouseButton.LeftButton)
    assert not c.shared_lr and [e.lr for e in c.race.entrants] == [0.01, 0.08]
    for number in (1, 4):
        open_(lesson, number)
        assert not c.shared_lr


def test_the_inspector_opens_on_the_racer_the_page_names(window):
    page = Page("Look", "Look.", panel="B & C.inspect")
    window.classroom.open(replace(LESSON, pages=(page, replace(page, panel="inspect"))))
    assert seen(window.workbench.inspect) and window.workbench.inspect.racer.currentText() == "B & C"
    window.classroom.go(1)
    assert window.workbench.inspect.racer.currentText() == "A"


def test_sources_stand_at_the_end(window):
    lesson = replace(LESSON, source="Robbins & Monro 1951")
    for number, found in ((0, 0), (4, 1)):
        window.classroom.open(lesson, number)
        texts = [label.text() for label in window.classroom.panel.page.findChildren(QLabel) if seen(label)]
        assert texts.count("Sources: Robbins & Monro 1951.") == found


def test_everything_has_a_name(at):
    for page in range(5):
        window = at(page)
        for widget in window.classroom.panel.findChildren(QPushButton):
            assert widget.accessibleName(), widget.text()
