"""The family tree in a window of its own: the tree, and beside it what the chosen method added."""

from __future__ import annotations

import html
from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from simulator.guide.duels import duel
from simulator.guide.lineage import BRANCHES, children, parent, source
from simulator.guide.setting import keeps
from simulator.guide.treelayout import layout
from simulator.optimizers import OPTIMIZERS
from simulator.ui import guideparts, parts
from simulator.ui.fields import chain
from simulator.ui.scroll import PanelScroll
from simulator.ui.theme import Theme
from simulator.ui.treecanvas import TreeCanvas

SIZE = 1346, 680  # at scale 1
RELATIVES = "Comes from", "Led to"  # told in links
DETAILS = 270  # the width of what is said beside the tree
ZOOM, NEAREST, FARTHEST = 1.25, 2.5, 0.3
WIDEST = 2.5  # width over height of what shows the whole tree, in units of the layout


class FamilyTree(QDialog):
    """Zooms by Ctrl and the wheel, or + and −; 0 shows the whole tree."""

    race_requested = Signal(object)  # a Race
    help_wanted = Signal(str)  # on a method

    def __init__(self, theme: Theme, parent: QWidget | None = None):
        super().__init__(parent)
        self.setWindowTitle("Family tree of the methods")
        self.canvas = TreeCanvas(theme)
        self.canvas.chosen.connect(self._tell)
        self.view = QScrollArea()
        self.view.setWidget(self.canvas)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.viewport().installEventFilter(self)
        self.title, self.when = parts.label(name="guideOptimizer"), parts.label(role="faint")
        self.facts = {name: parts.label() for name in ("It added", "It keeps", "Best for", *RELATIVES)}
        for name in RELATIVES:
            self.facts[name].setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
            self.facts[name].setAccessibleName(name)
            self.facts[name].linkActivated.connect(self._go)
        self.source = parts.label(role="faint")
        self.race = parts.primary("Race it against its parent", self._open_race)
        self.help = QPushButton("Open handbook page")
        self.help.clicked.connect(lambda: self.help_wanted.emit(self.canvas.current))
        self.zooms = [
            self._zoom_button("−", "Smaller", lambda: self._zoom(1.0 / ZOOM)),
            self._zoom_button("+", "Larger", lambda: self._zoom(ZOOM)),
            self._zoom_button("Whole tree", "Whole tree", self.show_whole),
        ]
        self._lay_out(theme)
        self.set_theme(theme)
        self.canvas.choose("sgd")
        self.canvas.boxes["sgd"].setFocus()

    def _zoom_button(self, text: str, tip: str, action: object) -> QPushButton:
        button = QPushButton(text)
        button.setAccessibleName(tip)
        button.setToolTip(tip)
        button.setAutoDefault(False)
        button.clicked.connect(action)
        return button

    def _lay_out(self, theme: Theme) -> None:
        self._details = PanelScroll()
        column = self._details.column
        for widget in (self.title, self.when, self.race, self.help):
            column.addWidget(widget)
        for name, label in self.facts.items():
            column.addWidget(parts.label(name, role="heading"))
            column.addWidget(label)
        column.addWidget(self.source)
        buttons = parts.close_box(self)
        for button in (self.race, self.help):
            button.setAutoDefault(False)  # Enter is for the box that has the focus
        row = QHBoxLayout()
        row.addWidget(self.view, 1)
        row.addWidget(self._details)
        foot = QHBoxLayout()
        for button in self.zooms:
            foot.addWidget(button)
        hint = parts.label(
            "Arrow keys go from method to method. A dashed line leads to a further parent.", role="faint"
        )
        foot.addWidget(hint, 1)
        foot.addWidget(buttons)
        outer = QVBoxLayout(self)
        outer.addLayout(row, 1)
        outer.addLayout(foot)
        last = list(self.canvas.boxes.values())[-1]
        chain([last, self.race, self.help, *(self.facts[name] for name in RELATIVES), *self.zooms, *buttons.buttons()])
        self.resize(*parts.fitting(SIZE, theme, self))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setStyleSheet(guideparts.sheet(theme))
        self._details.setFixedWidth(round(DETAILS * theme.scale))
        self.canvas.set_theme(theme)
        self.canvas.set_scale(theme.scale)
        if self.canvas.current:
            self._tell(self.canvas.current)

    def show_whole(self) -> None:
        """All of the tree in view: as high as there is room, and as wide, so that names keep their room."""
        width, height = layout().size
        room = self.view.viewport().size()
        scale = min(room.width() / width, room.height() / height)
        self.canvas.set_scale(scale, min(room.width() / width, WIDEST * scale))

    def _zoom(self, factor: float) -> None:
        self._set_scale(self.canvas.scale * factor)

    def _set_scale(self, scale: float) -> None:
        self.canvas.set_scale(min(max(scale, FARTHEST), NEAREST))
        self._reveal()

    def _reveal(self) -> None:
        self.view.ensureWidgetVisible(self.canvas.boxes[self.canvas.current], 60, 60)

    def _go(self, name: str) -> None:
        self.canvas.choose(name)

    def _tell(self, name: str) -> None:
        cls, branch = OPTIMIZERS[name], BRANCHES[name]
        self.title.setText(cls.title)
        self.when.setText(f"{cls.year}, {cls.family}")
        told = {"It added": branch.added, "It keeps": keeps(name), "Best for": branch.best_for}
        links = {"Comes from": self._links(branch.parents), "Led to": self._links(children(name))}
        for fact, label in self.facts.items():
            label.setText((told | links)[fact] or "nobody here")
        self.source.setText(source(name))
        other = parent(name)
        self.race.setVisible(bool(other))
        if other:
            self.race.setText(f"Race it against {OPTIMIZERS[other].title}")
        self._reveal()

    def _links(self, names: Iterable[str]) -> str:
        style = f"color: {self._theme.accent}"
        return ", ".join(
            f"<a href='{name}' style='{style}'>{html.escape(OPTIMIZERS[name].title)}</a>" for name in names
        )

    def _open_race(self) -> None:
        self.race_requested.emit(duel(self.canvas.current))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text() in ("+", "="):
            self._zoom(ZOOM)
        elif event.text() in ("-", "−"):
            self._zoom(1.0 / ZOOM)
        elif event.text() == "0":
            self.show_whole()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QWheelEvent) and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom(ZOOM ** (event.angleDelta().y() / 120.0))
            return True
        return super().eventFilter(watched, event)
