"""The list of starting points: each can be typed, removed, or taken from those the landscape is known for."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from simulator.landscape import Landscape
from simulator.plane import random_plane
from simulator.ui.controls import error_line
from simulator.ui.fields import ValueField, point_text, point_words, read_point
from simulator.ui.icons import icon
from simulator.ui.labels import icon_size, menu_button
from simulator.ui.theme import LIGHT, Theme

Point = tuple[float, ...]
# Fractions that spread points evenly, one for x and one for y (Roberts 2018, the R2 sequence).
SPREAD = (0.7548776662466927, 0.5698402909980532)


class StartRow(QWidget):
    """One starting point with a button that removes it."""

    edited = Signal(object)
    removed = Signal()

    def __init__(self, place: int, remove: QIcon, size: QSize):
        super().__init__()
        self.dim = 2
        self.field = ValueField(lambda text: read_point(text, self.dim), point_text)
        self.field.setAccessibleName(f"Start {place + 1}")
        self.remove = QToolButton()
        self.remove.setProperty("role", "quiet")
        self.set_icon(remove, size)
        self.remove.setToolTip("Remove this start")
        self.remove.setAccessibleName(f"Remove start {place + 1}")
        self.error = error_line(self.field)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(QLabel(str(place + 1)))
        row.addWidget(self.field, 1)
        row.addWidget(self.remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.error)
        self.field.edited.connect(lambda point: self.edited.emit(point))
        self.remove.clicked.connect(self.removed)

    def show_point(self, point: Point) -> None:
        self.dim = len(point)
        tip = "Coordinates of this start, as in (5, 2). In the arena: drag it."
        if self.dim > 2:
            tip = f"The {self.dim} coordinates of this start. In the arena: drag it within the plane."
        self.field.setToolTip(tip)
        self.field.set_value(point)

    def set_icon(self, remove: QIcon, size: QSize) -> None:
        self.remove.setIcon(remove)
        self.remove.setIconSize(size)


class StartList(QWidget):
    """``edited`` carries all starting points and a merge key."""

    edited = Signal(object, str)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.rows: list[StartRow] = []
        self._icon = (icon("remove", LIGHT), icon_size(LIGHT))
        self._starts: tuple[Point, ...] = ()
        self._landscape: Landscape | None = None
        tip = "One more start: every racer runs from each. In the arena: Shift-click."
        self.add = menu_button("Add", "Add a start", tip)
        self.add.clicked.connect(lambda: self.edited.emit((*self._starts, self._newcomer()), ""))
        self.menu = QMenu(self)
        tip = "Instructive starts of this landscape"
        self.presets = menu_button("Known", "Known starts of this landscape", tip, self.menu)
        foot = QHBoxLayout()
        foot.addWidget(self.add)
        foot.addWidget(self.presets)
        foot.addStretch(1)
        self.column = QVBoxLayout()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(self.column)
        outer.addLayout(foot)

    def set_starts(self, starts: tuple[Point, ...], landscape: Landscape) -> None:
        """Show ``starts``, without a signal."""
        self._starts = starts
        while len(self.rows) > len(starts):
            self._drop_last()
        while len(self.rows) < len(starts):
            self._append()
        for row, point in zip(self.rows, starts, strict=True):
            row.show_point(point)
        if len(starts) == 1 and self.rows[0].remove.hasFocus():
            self.add.setFocus()  # a disabled button would hand the keyboard on to anywhere
        self.rows[0].remove.setEnabled(len(starts) > 1)
        if landscape != self._landscape:
            self._landscape = landscape
            self._fill_menu(landscape.starts)

    @property
    def inputs(self) -> list[QWidget]:
        """What the keyboard goes through, from top to bottom."""
        rows = [widget for row in self.rows for widget in (row.field, row.remove)]
        return [*rows, self.add, self.presets]

    def set_theme(self, theme: Theme) -> None:
        self._icon = (icon("remove", theme), icon_size(theme))
        self.add.setIcon(icon("add", theme))
        self.add.setIconSize(icon_size(theme))
        for row in self.rows:
            row.set_icon(*self._icon)

    def _fill_menu(self, starts: tuple[Point, ...]) -> None:
        self.menu.clear()
        for start in starts:
            self.menu.addAction(f"From {point_words(start)}").triggered.connect(partial(self._take, (start,)))
        if len(starts) > 1:
            self.menu.addAction(f"From all {len(starts)}").triggered.connect(partial(self._take, starts))

    def _take(self, starts: tuple[Point, ...]) -> None:
        self.edited.emit(starts, "")

    def _append(self) -> None:
        place = len(self.rows)
        row = StartRow(place, *self._icon)
        row.edited.connect(lambda point: self._edit(place, point))
        row.removed.connect(lambda: self._remove(place))
        self.rows.append(row)
        self.column.addWidget(row)

    def _drop_last(self) -> None:
        row = self.rows.pop()
        focus = QApplication.focusWidget()
        if focus is not None and row.isAncestorOf(focus):
            (self.rows[-1].remove if len(self.rows) > 1 else self.add).setFocus()
        self.column.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _edit(self, place: int, point: Point) -> None:
        self.edited.emit((*self._starts[:place], point, *self._starts[place + 1 :]), f"start/{place}")

    def _remove(self, place: int) -> None:
        self.edited.emit(self._starts[:place] + self._starts[place + 1 :], "")

    def _newcomer(self) -> Point:
        """A known start that is not taken, or else a point of the box away from the others."""
        assert self._landscape is not None
        free = [start for start in self._landscape.starts if start not in self._starts]
        if free:
            return free[0]
        box, count = self._landscape.box, len(self._starts)
        if len(box) > len(SPREAD):  # weights of the size the first start's are
            axes = random_plane(self._landscape, np.array(self._starts[0]), seed=count).axes
            return tuple(float(f"{x:.6g}") for x in axes[0].tolist())
        shares = [(0.5 + count * spread) % 1.0 for spread in SPREAD]
        return tuple(
            float(f"{low + share * (high - low):.2g}") for (low, high), share in zip(box, shares, strict=False)
        )
