"""The guide's questions: one at a time, then a recommendation that can be raced, and written down in PyTorch."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QLayout, QPushButton, QVBoxLayout, QWidget

from simulator.guide import Question, Recommendation, answers, walk
from simulator.ui import guideparts, parts
from simulator.ui.fields import chain
from simulator.ui.scroll import PanelScroll
from simulator.ui.wrapbutton import WrapButton


class GuideWalk(QWidget):
    """Walks the guide. Digits 1 to 9 answer, Backspace goes back; ``path`` holds the answers given so far."""

    race_requested = Signal(object)  # a Race
    code_wanted = Signal(object)  # a Recommendation's

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.path: tuple[int, ...] = ()
        self.setAccessibleName("Questions")
        self.back = guideparts.link("‹ Back", "Back to the question before", self.go_back)
        self.restart = guideparts.link("Start over", "Back to the first question", self.start_over)
        self.crumbs = QVBoxLayout()  # an answer each; a click changes it
        self.place = QVBoxLayout()  # the question or the card
        self.page = PanelScroll()
        self._lay_out()
        self.go(())

    def _lay_out(self) -> None:
        nav = QHBoxLayout()
        nav.addWidget(self.back)
        nav.addWidget(self.restart)
        nav.addStretch(1)
        self.crumbs.setSpacing(0)
        for layout in (nav, self.crumbs, self.place):
            self.page.column.addLayout(layout)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.page)

    def go(self, path: tuple[int, ...]) -> None:
        """Show the node at ``path``. The keyboard stays in the panel if it was there."""
        node = walk(path)
        focus = QApplication.focusWidget()
        had_focus = bool(focus) and self.isAncestorOf(focus)
        self.path = path
        parts.clear(self.crumbs)
        crumbs: list[QWidget] = []
        for depth, text in enumerate(answers(path)):
            crumb = WrapButton("›", text, "guideCrumb")
            crumb.row.setContentsMargins(4, 3, 4, 3)
            crumb.setAccessibleDescription("Answered. Press to answer otherwise.")
            crumb.setToolTip("Answer otherwise")
            crumb.clicked.connect(lambda _=False, to=path[:depth]: self.go(to))
            _add(self.crumbs, crumb)
            crumbs.append(crumb)
        parts.clear(self.place)
        choices = self._show_question(node) if isinstance(node, Question) else self._show_card(node)
        chain([self.back, self.restart, *crumbs, *choices])
        for button in (self.back, self.restart):
            button.setVisible(bool(path))
        self.page.verticalScrollBar().setValue(0)
        self.setFocusProxy(choices[0])
        if had_focus:
            choices[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def go_back(self) -> None:
        self.go(self.path[:-1])

    def start_over(self) -> None:
        self.go(())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        node = walk(self.path)
        digit = event.key() - Qt.Key.Key_1
        if event.key() == Qt.Key.Key_Backspace:
            self.go_back()
        elif isinstance(node, Question) and 0 <= digit < len(node.answers):
            self.go((*self.path, digit))
        else:
            super().keyPressEvent(event)

    def _show_question(self, node: Question) -> list[QWidget]:
        _add(self.place, parts.label(node.text, "guideQuestion"))
        buttons: list[QWidget] = []
        for i, answer in enumerate(node.answers):
            button = WrapButton(str(i + 1), answer.text, "guideAnswer")
            button.row.setContentsMargins(12, 10, 12, 10)
            button.setAccessibleDescription(f"{node.text} Answer {i + 1} of {len(node.answers)}.")
            button.setToolTip(f"Press {i + 1}")
            button.clicked.connect(lambda _=False, to=(*self.path, i): self.go(to))
            _add(self.place, button)
            buttons.append(button)
        return buttons

    def _show_card(self, node: Recommendation) -> list[QWidget]:
        card, column = parts.card(f"Recommendation: {node.optimizer}")
        column.addWidget(parts.label(node.situation, role="faint"))
        column.addWidget(parts.label(node.optimizer, "guideOptimizer"))
        column.addLayout(_settings(node))
        column.addWidget(parts.label(node.why))
        column.addWidget(parts.label(f"<b>In the race:</b> {node.watch}"))
        race = parts.primary("Open this race", lambda: self.race_requested.emit(node.race()))
        race.setToolTip(f"{node.optimizer} against an alternative, on a landscape that shows the point")
        code = QPushButton("Show it in PyTorch…")
        code.setToolTip("A training loop with these settings, to be copied")
        code.clicked.connect(lambda: self.code_wanted.emit(node))
        column.addWidget(race)
        column.addWidget(code)
        column.addWidget(parts.label(node.source, role="faint"))
        _add(self.place, card)
        return [race, code]


def _settings(node: Recommendation) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(10)
    grid.setColumnStretch(1, 1)
    rows = (("η", node.lr), ("Schedule", node.schedule), ("Decay λ", node.weight_decay), ("It keeps", node.keeps))
    for i, (name, value) in enumerate(rows):
        key = parts.label(name, role="faint")
        key.setWordWrap(False)
        grid.addWidget(key, i, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(parts.label(value), i, 1, Qt.AlignmentFlag.AlignTop)
    return grid


def _add(layout: QLayout, widget: QWidget) -> None:
    """Shown at once, where a layout would wait for the next event: only what is shown can take the focus."""
    layout.addWidget(widget)
    widget.show()
