"""The guide as a panel: one question at a time, then a recommendation that can be raced."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from simulator.guide import BEST_FOR, HYPERPARAMETERS, Question, Recommendation, answers, walk
from simulator.guide.setting import kept_text
from simulator.ui.scroll import PanelScroll
from simulator.ui.theme import LIGHT, Theme
from simulator.ui.wrapbutton import WrapButton


class GuidePanel(QWidget):
    """Walks the guide. Digits 1 to 9 answer, Backspace goes back; ``path`` holds the answers given so far."""

    race_requested = Signal(object)  # a Race

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.path: tuple[int, ...] = ()
        self.setAccessibleName("Guide")
        self.setMinimumWidth(300)
        self.back = _link("‹ Back", "Back to the question before", self.go_back)
        self.restart = _link("Start over", "Back to the first question", self.start_over)
        self.crumbs = QVBoxLayout()  # an answer each; a click changes it
        self.place = QVBoxLayout()  # the question or the card
        self.folds = (_Fold("Hyperparameters", _hyperparameters()), _Fold("Best for", _best_for()))
        self.page = PanelScroll()
        self._lay_out()
        self.set_theme(LIGHT)
        self.go(())

    def _lay_out(self) -> None:
        nav = QHBoxLayout()
        nav.addWidget(self.back)
        nav.addWidget(self.restart)
        nav.addStretch(1)
        self.crumbs.setSpacing(0)
        column = self.page.column
        for layout in (nav, self.crumbs, self.place):
            column.addLayout(layout)
        column.addSpacing(8)
        for fold in self.folds:
            column.addWidget(fold)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.page)

    def sizeHint(self) -> QSize:
        return QSize(340, 560)

    def set_theme(self, theme: Theme) -> None:
        self.setStyleSheet(_sheet(theme))

    def go(self, path: tuple[int, ...]) -> None:
        """Show the node at ``path``. The keyboard stays in the panel if it was there."""
        node = walk(path)
        focus = QApplication.focusWidget()
        had_focus = bool(focus) and self.isAncestorOf(focus)
        self.path = path
        _clear(self.crumbs)
        crumbs: list[QWidget] = []
        for depth, text in enumerate(answers(path)):
            crumb = WrapButton("›", text, "guideCrumb")
            crumb.row.setContentsMargins(4, 3, 4, 3)
            crumb.setAccessibleDescription("Answered. Press to answer otherwise.")
            crumb.setToolTip("Answer otherwise")
            crumb.clicked.connect(lambda _=False, to=path[:depth]: self.go(to))
            _add(self.crumbs, crumb)
            crumbs.append(crumb)
        _clear(self.place)
        choices = self._show_question(node) if isinstance(node, Question) else self._show_card(node)
        chain = [self.back, self.restart, *crumbs, *choices, *(fold.head for fold in self.folds)]
        for before, after in pairwise(chain):
            QWidget.setTabOrder(before, after)
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
        _add(self.place, _label(node.text, "guideQuestion"))
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
        card = QFrame()
        card.setProperty("role", "card")
        card.setAccessibleName(f"Recommendation: {node.optimizer}")
        column = QVBoxLayout(card)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(_label(node.situation, role="faint"))
        column.addWidget(_label(node.optimizer, "guideOptimizer"))
        column.addLayout(_settings(node))
        column.addWidget(_label(node.why))
        column.addWidget(_label(f"<b>In the race:</b> {node.watch}"))
        button = QPushButton("Open this race")
        button.setProperty("primary", True)
        button.setToolTip(f"{node.optimizer} against an alternative, on a landscape that shows the point")
        button.clicked.connect(lambda: self.race_requested.emit(node.race()))
        column.addWidget(button)
        column.addWidget(_label(node.source, role="faint"))
        _add(self.place, card)
        return [button]


class _Fold(QWidget):
    """A headline that folds a table away."""

    def __init__(self, title: str, html: str):
        super().__init__()
        self.table = _label(html)
        self.head = QToolButton()
        self.head.setText(title)
        self.head.setProperty("role", "disclosure")
        self.head.setCheckable(True)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.toggled.connect(self._toggle)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.head)
        column.addWidget(self.table)
        self._toggle(False)

    def _toggle(self, opened: bool) -> None:
        self.head.setArrowType(Qt.ArrowType.DownArrow if opened else Qt.ArrowType.RightArrow)
        self.table.setVisible(opened)


def _settings(node: Recommendation) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(10)
    grid.setColumnStretch(1, 1)
    kept = kept_text(node.buffers)
    rows = (("η", node.lr), ("Schedule", node.schedule), ("Decay λ", node.weight_decay), ("It keeps", kept))
    for i, (name, value) in enumerate(rows):
        key = _label(name, role="faint")
        key.setWordWrap(False)
        grid.addWidget(key, i, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(_label(value), i, 1, Qt.AlignmentFlag.AlignTop)
    return grid


def _hyperparameters() -> str:
    return "".join(
        f"<p><b>{knob.symbol} {knob.name}</b>: {knob.typical}<br>Range {knob.range}. {knob.note}</p>"
        for knob in HYPERPARAMETERS
    )


def _best_for() -> str:
    rows = "".join(f"<tr><td><b>{u.optimizer}</b></td><td>{u.best_for}</td><td>{u.buffers}</td></tr>" for u in BEST_FOR)
    return f"<table cellspacing='4'>{rows}</table><p>The number: how many it keeps for every weight.</p>"


def _label(text: str, name: str = "", role: str = "") -> QLabel:
    label = QLabel(text)
    label.setObjectName(name)
    label.setProperty("role", role)
    label.setWordWrap(True)
    return label


def _link(text: str, tip: str, action: Callable[[], None]) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName("guideLink")
    button.setAccessibleName(tip)
    button.setToolTip(tip)
    button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    button.clicked.connect(action)
    return button


def _add(layout: QLayout, widget: QWidget) -> None:
    """Shown at once, where a layout would wait for the next event: only what is shown can take the focus."""
    layout.addWidget(widget)
    widget.show()


def _clear(layout: QLayout) -> None:
    while item := layout.takeAt(0):
        if widget := item.widget():
            widget.hide()
            widget.deleteLater()


def _sheet(theme: Theme) -> str:
    px = theme.font_px
    return f"""
    QLabel#guideQuestion {{ font-size: {round(1.4 * px)}px; font-weight: bold; }}
    QLabel#guideOptimizer {{ font-size: {round(1.6 * px)}px; font-weight: bold; }}
    QLabel#guideAnswerMark {{ color: {theme.accent}; font-weight: bold; }}
    QLabel#guideCrumbMark, QLabel#guideCrumbText {{ color: {theme.accent}; }}
    QPushButton#guideAnswer {{ border-radius: {round(6 * theme.scale)}px; }}
    QPushButton#guideLink, QPushButton#guideCrumb {{ border: 2px solid transparent; background: transparent;
        color: {theme.accent}; text-align: left; padding: 2px; }}
    QPushButton#guideLink:hover, QPushButton#guideCrumb:hover {{ border-color: {theme.line}; }}
    QPushButton#guideAnswer:focus, QPushButton#guideLink:focus, QPushButton#guideCrumb:focus {{
        border: 2px solid {theme.accent}; }}
    """
