"""The window of the help for teachers: contents, links, the way back, finding, and its place beside the race."""

from __future__ import annotations

import pytest
from hosted import POPS_UP, opened
from PySide6.QtCore import QPoint, Qt, QTimer, QUrl
from PySide6.QtGui import QTextTable
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from simulator import manual, racefile
from simulator.ui.handbook import Handbook
from simulator.ui.helpviewer import HelpViewer
from simulator.ui.mainwindow import MainWindow
from simulator.ui.qt import application, dress
from simulator.ui.theme import DARK, LIGHT

pytestmark = POPS_UP
LOOKS = {"light": LIGHT, "dark": DARK, "projector": LIGHT.for_projector()}


@pytest.fixture
def viewer(qtbot: QtBot) -> HelpViewer:
    application()
    it = HelpViewer(LIGHT)
    qtbot.addWidget(it)
    with qtbot.waitActive(it):
        it.show()
        it.activateWindow()
    return it


def test_every_page_is_shown_and_is_in_the_contents(viewer: HelpViewer) -> None:
    assert viewer.contents.topLevelItemCount() == len(manual.pages())
    for place, name in enumerate(manual.pages()):
        viewer.contents.setCurrentItem(viewer.contents.topLevelItem(place))
        assert viewer.place == (name, "")
        text = viewer.page.toPlainText()
        assert text.startswith(manual.title(name)) and "check" not in text.splitlines()


def test_contents_lead_to_headings(viewer: HelpViewer) -> None:
    viewer.open("methods", "muon")
    item = viewer.contents.currentItem()
    assert item.text(0) == "Muon" and item.parent().text(0) == "Matrix methods"
    assert top_line(viewer) == "Muon"
    viewer.contents.setCurrentItem(item.parent())
    assert top_line(viewer) == "Matrix methods"


def top_line(viewer: HelpViewer) -> str:
    return viewer.page.cursorForPosition(QPoint(20, 20)).block().text()


def test_links_turn_pages_and_back_returns(viewer: HelpViewer) -> None:
    assert not viewer.back.isEnabled()
    for target, place in (
        ("teaching.md", ("teaching", "")), ("methods.md#adam", ("methods", "adam")), ("#lion", ("methods", "lion")),
    ):  # fmt: skip
        viewer.page.anchorClicked.emit(QUrl(target))
        assert viewer.place == place
    viewer.back.click()
    assert viewer.place == ("methods", "adam") and top_line(viewer) == "Adam"
    viewer.go_back()
    viewer.go_back()
    viewer.go_back()
    assert viewer.place == (manual.INDEX, "") and not viewer.back.isEnabled()


def test_races_and_lessons_are_asked_for(viewer: HelpViewer, qtbot: QtBot) -> None:
    with qtbot.waitSignal(viewer.race_requested) as race:
        viewer.page.anchorClicked.emit(QUrl("race:edge-of-stability"))
    with qtbot.waitSignal(viewer.lesson_requested) as lesson:
        viewer.page.anchorClicked.emit(QUrl("lesson:step_size"))
    assert (race.args, lesson.args) == (["edge-of-stability"], ["step_size"])


@pytest.mark.parametrize(("name", "title"), [("adam", "Adam"), ("ravine", "Ravine"), ("cosine", "Cosine")])
def test_the_handbook_opens_at_a_page_of_any_kind(viewer: HelpViewer, name: str, title: str) -> None:
    seen: list[str] = []

    def read() -> None:
        book = QApplication.activeModalWidget()
        assert isinstance(book, Handbook)
        seen.append(book.page.toPlainText().split("\n")[0])
        book.reject()

    QTimer.singleShot(0, viewer, read)
    viewer.follow(f"handbook:{name}")
    assert seen == [title]


def test_the_keyboard_goes_everywhere(viewer: HelpViewer, qtbot: QtBot) -> None:
    viewer.contents.setFocus()
    qtbot.keyClick(viewer.contents, Qt.Key.Key_Down)
    assert viewer.place == (manual.pages()[1], "")
    qtbot.keyClick(viewer, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert viewer.place == (manual.INDEX, "")
    viewer.page.setFocus()
    qtbot.keyClick(viewer.page, Qt.Key.Key_Tab)  # to the first link, the sample
    with qtbot.waitSignal(viewer.race_requested) as race:
        qtbot.keyClick(viewer.page, Qt.Key.Key_Return)
    assert race.args == ["ravine"]
    qtbot.keyClick(viewer, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert viewer.search.hasFocus()
    qtbot.keyClick(viewer.search, Qt.Key.Key_Escape)
    assert not viewer.isVisible()


def test_finding_goes_round_and_says_what_is_missing(viewer: HelpViewer, qtbot: QtBot) -> None:
    viewer.open("glossary")
    qtbot.keyClicks(viewer.search, "overshoot")
    qtbot.keyClick(viewer.search, Qt.Key.Key_Return)
    cursor = viewer.page.textCursor()
    assert cursor.selectedText() == "Overshoot" and not viewer.missing.text()
    qtbot.keyClick(viewer.search, Qt.Key.Key_Return)
    assert viewer.page.textCursor().selectionStart() == cursor.selectionStart()  # the only one
    qtbot.keyClicks(viewer.search, "zz")
    qtbot.keyClick(viewer.search, Qt.Key.Key_Return)
    assert viewer.missing.text() == "Not on this page"
    viewer.open("teaching")
    assert not viewer.missing.text()


@pytest.mark.parametrize("look", LOOKS)
def test_no_page_is_wider_than_the_window(viewer: HelpViewer, look: str) -> None:
    theme = LOOKS[look]
    dress(theme)
    viewer.set_theme(theme)
    viewer.resize(1366, 768)
    for name in manual.pages():
        viewer.open(name)
        QApplication.processEvents()
        assert viewer.page.document().size().width() <= viewer.page.viewport().width() + 1, name
        assert viewer.page.document().defaultFont().pixelSize() > theme.font_px
    dress(LIGHT)


def test_lines_are_kept_short(viewer: HelpViewer) -> None:
    viewer.open("teaching")
    margins = []
    for width in (900, 1366):
        viewer.resize(width, 700)
        margins.append(viewer.page.document().rootFrame().frameFormat().rightMargin())
    assert margins[1] > margins[0] + 200


def test_tables_and_formulas_are_set_in_our_looks(viewer: HelpViewer) -> None:
    viewer.open("teaching")
    (table,) = [frame for frame in viewer.page.document().rootFrame().childFrames() if isinstance(frame, QTextTable)]
    assert table.format().cellPadding() > 0 and table.rows() == 8
    viewer.open("methods", "adam")
    code = viewer.page.document().find("v̂ = v / (1 − β₂ᵗ)").charFormat()
    assert code.fontFamilies() == [viewer.page.font().family()] and not code.fontFixedPitch()


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    return opened(qtbot)


def test_it_stands_beside_the_race_and_is_closed_with_it(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_["teachers"].trigger()
    viewer = window.beside.help
    assert viewer.isVisible() and not viewer.isModal() and viewer.parent() is None
    viewer.open("glossary")
    viewer.close()
    window.actions_["teachers"].trigger()
    assert window.beside.help is viewer and viewer.isVisible() and viewer.place == ("glossary", "")
    window.close()
    assert not viewer.isVisible() and window.beside.help is None


def test_its_links_open_races_in_the_window(window: MainWindow) -> None:
    window.actions_["teachers"].trigger()
    window.beside.help.follow("race:reddi")
    assert window.controller.race == racefile.find("reddi") and window.controller.step == 0
    assert window.beside.help.isVisible()


def test_it_follows_the_looks_of_the_window(window: MainWindow) -> None:
    window.actions_["teachers"].trigger()
    before = window.beside.help.page.document().defaultFont().pixelSize()
    window.actions_["projector"].setChecked(True)
    assert window.beside.help.page.document().defaultFont().pixelSize() > 1.4 * before
    window.actions_["projector"].setChecked(False)
