"""The windows of the guide: tables, family tree, and PyTorch code."""

from __future__ import annotations

import pytest
from hosted import POPS_UP, opened
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from simulator.guide.advice import ADVICE
from simulator.guide.duels import duel
from simulator.guide.lineage import BRANCHES, parent
from simulator.guide.setting import keeps
from simulator.guide.tables import TABLES, authors, papers, rows
from simulator.guide.torch_code import torch_code
from simulator.optimizers import OPTIMIZERS
from simulator.ui.familytree import FamilyTree
from simulator.ui.guidecode import GuideCode
from simulator.ui.guidetables import GuideTables
from simulator.ui.mainwindow import MainWindow
from simulator.ui.qt import application, dress
from simulator.ui.theme import DARK, LIGHT

pytestmark = [POPS_UP, pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)]
THEMES = [LIGHT, DARK, LIGHT.for_projector()]


@pytest.fixture
def tree(qtbot: QtBot) -> FamilyTree:
    application()
    dress(LIGHT)
    tree = FamilyTree(LIGHT)
    qtbot.addWidget(tree)
    with qtbot.waitActive(tree):
        tree.show()
        tree.activateWindow()
    return tree


def focus(qtbot: QtBot, tree: FamilyTree, name: str) -> None:
    tree.canvas.choose(name)
    tree.canvas.boxes[name].setFocus()
    qtbot.waitUntil(tree.canvas.boxes[name].hasFocus)


def test_a_click_tells_what_a_method_added(tree: FamilyTree, qtbot: QtBot) -> None:
    for name, branch in BRANCHES.items():
        qtbot.mouseClick(tree.canvas.boxes[name], Qt.MouseButton.LeftButton)
        assert tree.title.text() == OPTIMIZERS[name].title and str(OPTIMIZERS[name].year) in tree.when.text()
        said = [tree.facts[fact].text() for fact in ("It added", "It keeps", "Best for")]
        assert said == [branch.added, keeps(name), branch.best_for]
        assert all(f"href='{other}'" in tree.facts["Comes from"].text() for other in branch.parents)
        assert [box.name for box in tree.canvas.boxes.values() if box.isChecked()] == [name]


def test_arrow_keys_walk_the_tree_and_tab_leaves_it(tree: FamilyTree, qtbot: QtBot) -> None:
    focus(qtbot, tree, "rmsprop")
    for key, to in ((Qt.Key.Key_Right, "adam"), (Qt.Key.Key_Down, "adamax"), (Qt.Key.Key_Left, "adam")):
        qtbot.keyClick(QApplication.focusWidget(), key)
        assert tree.canvas.current == to and tree.canvas.boxes[to].hasFocus()
    relatives = [tree.facts[fact] for fact in ("Comes from", "Led to")]
    for widget in (tree.race, tree.help, *relatives, *tree.zooms):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        while QApplication.focusWidget() is not widget and QApplication.focusWidget() in relatives:
            qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)  # from link to link
        assert QApplication.focusWidget() is widget


def test_a_link_goes_to_a_relative_who_comes_into_view(tree: FamilyTree) -> None:
    tree.canvas.choose("newton")
    tree.facts["Led to"].linkActivated.emit("schedulefree_sgd")
    assert tree.canvas.current == "schedulefree_sgd"
    box, view = tree.canvas.boxes["schedulefree_sgd"], tree.view.viewport()
    assert view.rect().contains(box.mapTo(tree.canvas, box.rect().center()) + tree.canvas.pos())


def test_a_child_races_its_parent_and_a_root_nobody(tree: FamilyTree, qtbot: QtBot) -> None:
    tree.canvas.choose("adamw")
    assert tree.race.text() == "Race it against Adam"
    with qtbot.waitSignal(tree.race_requested) as caught:
        qtbot.mouseClick(tree.race, Qt.MouseButton.LeftButton)
    assert caught.args == [duel("adamw")]
    with qtbot.waitSignal(tree.help_wanted) as asked:
        qtbot.mouseClick(tree.help, Qt.MouseButton.LeftButton)
    assert asked.args == ["adamw"]
    tree.canvas.choose("sgd")
    assert not parent("sgd") and not tree.race.isVisible()


def test_it_zooms_by_keys_wheel_and_buttons_and_shows_all(tree: FamilyTree, qtbot: QtBot) -> None:
    focus(qtbot, tree, "sgd")
    before = tree.canvas.scale
    qtbot.keyClicks(QApplication.focusWidget(), "+")
    assert tree.canvas.scale > before
    qtbot.keyClicks(QApplication.focusWidget(), "-")
    assert tree.canvas.scale == pytest.approx(before)
    view = tree.view.viewport()
    at, ctrl = QPointF(view.rect().center()), Qt.KeyboardModifier.ControlModifier
    turn = QWheelEvent(
        at,
        view.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        ctrl,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, turn)
    assert tree.canvas.scale > before
    for _ in range(40):
        qtbot.keyClicks(QApplication.focusWidget(), "-")
    assert tree.canvas.scale > 0.0
    qtbot.keyClicks(QApplication.focusWidget(), "0")
    assert tree.canvas.width() <= view.width() and tree.canvas.height() <= view.height()


@pytest.mark.parametrize("theme", THEMES, ids=["light", "dark", "projector"])
def test_the_tree_is_painted_in_every_theme_whole_and_near(tree: FamilyTree, theme) -> None:
    tree.set_theme(theme)
    pictures = [tree.canvas.grab().toImage()]
    tree.show_whole()
    pictures.append(tree.canvas.grab().toImage())
    tree.canvas.choose("adam")
    box = tree.canvas.boxes["adam"]
    middle = box.mapTo(tree.canvas, QPoint(box.width() // 2, 3))
    assert tree.canvas.grab().toImage().pixelColor(middle).name() == theme.accent
    for picture in pictures:
        ground = picture.pixelColor(picture.width() - 1, picture.height() - 1).name()
        assert ground == theme.window


def test_boxes_say_all_to_a_screen_reader(tree: FamilyTree) -> None:
    for name, box in tree.canvas.boxes.items():
        assert OPTIMIZERS[name].title in box.accessibleName()
        assert BRANCHES[name].added in box.accessibleDescription()
        assert keeps(name) in box.accessibleDescription()
    assert all(button.accessibleName() or button.text() for button in tree.findChildren(QPushButton))


@pytest.mark.parametrize("theme", THEMES, ids=["light", "dark", "projector"])
def test_tables_hold_every_row_and_the_titles_of_its_sources(qtbot: QtBot, theme) -> None:
    application()
    dress(theme)
    tables = GuideTables(theme)
    qtbot.addWidget(tables)
    tables.resize(1140, 640)
    tables.show()
    for place, name in enumerate(TABLES):
        tables.tabs.setCurrentIndex(place)
        QApplication.processEvents()
        assert tables.pages[name].horizontalScrollBar().maximum() == 0
        text = " ".join(tables.pages[name].toPlainText().split())
        for *cells, source in rows(name)[1]:
            assert all(" ".join(part.split()) in text for part in (*cells, authors(source), *papers(source)))
    assert tables.tabs.count() == len(TABLES)
    dress(LIGHT)


def test_copy_puts_the_code_on_the_clipboard(qtbot: QtBot) -> None:
    dialog = GuideCode(ADVICE["llm_memory"], DARK)
    qtbot.addWidget(dialog)
    QGuiApplication.clipboard().clear()
    qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == torch_code(ADVICE["llm_memory"]) == dialog.text.toPlainText()
    assert dialog.told.text() == "Copied."


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    return opened(qtbot)


def test_keys_open_the_windows_and_they_close_with_the_main_one(window: MainWindow, qtbot: QtBot) -> None:
    guide = window.workbench.guide
    for name in ("tree", "tables", "calculators"):
        window.actions_[name].trigger()
    tree, tables = guide.windows.tree, guide.windows.tables
    assert tree.isVisible() and tables.isVisible()
    assert window.workbench.tabs.currentWidget() is guide and guide.calculators.isVisible()
    window.actions_["tree"].trigger()
    assert guide.windows.tree is tree  # the same one comes forward
    window.actions_["dark"].toggle()
    assert tree.canvas.theme.dark is (window.settings["theme"] == "dark")
    window.close()
    assert not tree.isVisible() and not tables.isVisible()


def test_a_duel_is_raced_and_the_tree_steps_aside(window: MainWindow) -> None:
    window.actions_["tree"].trigger()
    tree = window.workbench.guide.windows.tree
    tree.canvas.choose("nesterov")
    tree.race.click()
    assert window.controller.race == duel("nesterov")
    assert not tree.isVisible()
    window.actions_["tree"].trigger()
    assert tree.isVisible() and tree.canvas.current == "nesterov"


def test_the_card_leads_to_the_code_and_the_tree_to_the_handbook(window: MainWindow) -> None:
    seen: list[str] = []

    def read() -> None:
        dialog = QApplication.activeModalWidget()
        seen.append(dialog.windowTitle())
        dialog.reject()

    guide = window.workbench.guide
    guide.walk.go((3,))
    QTimer.singleShot(0, window, read)
    next(b for b in guide.walk.findChildren(QPushButton) if b.text().startswith("Show it")).click()
    window.actions_["tree"].trigger()
    QTimer.singleShot(0, window, read)
    guide.windows.tree.help.click()
    assert seen == [f"{ADVICE['reinforcement'].situation}: in PyTorch", "Handbook"]
