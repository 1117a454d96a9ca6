"""The guide's questions: by mouse, by keyboard, back again, and to a race; and the contents above them."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from simulator.guide import Question, Recommendation, answers, paths, walk
from simulator.race import Race
from simulator.ui.guidepanel import CONTENTS, GuidePanel
from simulator.ui.guidewalk import GuideWalk
from simulator.ui.theme import DARK, LIGHT
from simulator.ui.wrapbutton import WrapButton

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen: size limits, raising a window
LEAF = next(paths())


@pytest.fixture
def panel(qtbot):
    panel = GuideWalk()
    qtbot.addWidget(panel)
    panel.resize(320, 700)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


def shown(panel, kind=QPushButton, name=""):
    """Visible buttons in the order in which they stand."""
    found = [w for w in panel.findChildren(kind, name) if w.isVisible()]
    return sorted(found, key=lambda w: w.mapTo(panel, w.rect().topLeft()).y())


def texts(panel):
    shown = (label.text() for label in panel.findChildren(QLabel) if label.isVisible())
    return " ".join(shown).replace("\u00a0", " ")


def test_clicks_lead_to_a_card_and_its_race(panel, qtbot):
    for i in LEAF:
        qtbot.mouseClick(shown(panel, WrapButton, "guideAnswer")[i], Qt.MouseButton.LeftButton)
    advice = walk(LEAF)
    assert isinstance(advice, Recommendation)
    for text in (advice.optimizer, advice.lr, advice.schedule, advice.weight_decay, advice.why, advice.source):
        assert text in texts(panel)
    (button,) = [b for b in shown(panel) if b.text() == "Open this race"]
    with qtbot.waitSignal(panel.race_requested) as caught:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert isinstance(caught.args[0], Race) and caught.args[0] == advice.race()


@pytest.mark.parametrize("path", list(paths()), ids=str)
def test_every_node_can_be_shown(panel, path):
    for depth in range(len(path) + 1):
        panel.go(path[:depth])
        node = walk(path[:depth])
        assert (node.text if isinstance(node, Question) else node.watch) in texts(panel)
        crumbs = shown(panel, WrapButton, "guideCrumb")
        assert [crumb.accessibleName() for crumb in crumbs] == answers(path[:depth])


def test_digits_answer_and_backspace_goes_back(panel, qtbot):
    panel.activateWindow()
    panel.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is shown(panel, WrapButton, "guideAnswer")[0])
    for i in LEAF:
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key(Qt.Key.Key_1 + i))
    assert panel.path == LEAF
    assert QApplication.focusWidget().text() == "Open this race"
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_9)  # no question here: nothing happens
    assert panel.path == LEAF
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Backspace)
    assert panel.path == LEAF[:-1]
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_9)  # more answers than there are
    assert panel.path == LEAF[:-1]


def test_tab_walks_from_top_to_bottom(panel, qtbot):
    panel.go(LEAF[:1])
    panel.activateWindow()
    panel.back.setFocus()
    qtbot.waitUntil(panel.back.hasFocus)
    heights = []
    for _ in range(3 + len(walk(LEAF[:1]).answers)):
        focus = QApplication.focusWidget()
        heights.append(focus.mapTo(panel, focus.rect().center()).y())
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
    assert heights == sorted(heights)


def test_crumbs_back_and_start_over(panel, qtbot):
    panel.go(LEAF)
    qtbot.mouseClick(shown(panel, WrapButton, "guideCrumb")[1], Qt.MouseButton.LeftButton)
    assert panel.path == LEAF[:1]
    qtbot.mouseClick(panel.back, Qt.MouseButton.LeftButton)
    assert panel.path == () and not panel.back.isVisible()
    panel.go_back()
    assert panel.path == ()
    panel.go(LEAF)
    qtbot.mouseClick(panel.restart, Qt.MouseButton.LeftButton)
    assert panel.path == ()


def test_showing_a_node_asks_for_no_race(panel, qtbot):
    with qtbot.assertNotEmitted(panel.race_requested):
        for path in paths():
            panel.go(path)


@pytest.mark.parametrize("theme", [LIGHT, DARK, LIGHT.for_projector()], ids=["light", "dark", "projector"])
@pytest.mark.parametrize("width", [300, 380])
def test_nothing_is_wider_than_the_panel(qtbot, theme, width):
    panel = GuidePanel()
    qtbot.addWidget(panel)
    panel.set_theme(theme)
    panel.resize(width, 600)
    with qtbot.waitExposed(panel):
        panel.show()
    for path in ((), *paths()):
        panel.walk.go(path)
        QApplication.processEvents()
        page = panel.walk.page
        assert page.widget().width() <= page.viewport().width() and panel.width() == width


def test_what_nobody_looks_at_is_not_made(qtbot):
    """The window appears sooner: the guide reads every method."""
    panel = GuidePanel()
    qtbot.addWidget(panel)
    panel.set_theme(DARK)
    panel.close_windows()
    assert not {"walk", "calculators", "windows"} & vars(panel).keys()
    with qtbot.waitExposed(panel):
        panel.show()
    assert {"walk", "calculators", "windows"} & vars(panel).keys() == {"walk"}


@pytest.mark.parametrize("name", ["questions", "calculators"])
def test_tab_goes_from_the_contents_to_the_page(qtbot, name):
    panel = GuidePanel()
    qtbot.addWidget(panel)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.open(name)
    panel.buttons["tree"].setFocus()
    qtbot.keyClick(panel.buttons["tree"], Qt.Key.Key_Tab)
    first = panel.calculators if name == "calculators" else panel.walk
    assert first.isAncestorOf(QApplication.focusWidget())


def test_contents_lead_to_questions_and_calculators(qtbot):
    panel = GuidePanel()
    qtbot.addWidget(panel)
    with qtbot.waitExposed(panel):
        panel.show()
    assert list(panel.buttons) == list(CONTENTS) and panel.walk.isVisible()
    for name, page in (("calculators", panel.calculators), ("questions", panel.walk), ("questions", panel.walk)):
        qtbot.mouseClick(panel.buttons[name], Qt.MouseButton.LeftButton)
        assert page.isVisible() and [b for b in panel.buttons if panel.buttons[b].isChecked()] == [name]
    for name in ("tables", "tree"):
        qtbot.mouseClick(panel.buttons[name], Qt.MouseButton.LeftButton)
        assert getattr(panel.windows, name).isVisible() and panel.walk.isVisible()
    panel.windows.close()
    assert not panel.windows.tree.isVisible()


def test_every_button_has_a_name(panel):
    panel.go(LEAF)
    assert all(button.accessibleName() or button.text() for button in shown(panel))
