"""The list of overlays that opens below its button: each with a sentence on what it shows."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from simulator.overlays import MOST, OVERLAYS, Sketcher
from simulator.race import Race
from simulator.ui.fields import Combo

WIDTH = 400  # at scale 1
INDENT = 27  # of a sentence below its title
RULE = (
    f"Drawn in each racer's colour, where its first start has come to: on one map for the first {MOST} racers that are "
    "shown, side by side for all."
)


class OverlayPopup(QWidget):
    """Emits names as soon as a box is ticked, and stays open."""

    chosen = Signal(object)
    only_chosen = Signal(object)

    def __init__(self, sketcher: Sketcher, parent: QWidget):
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("role", "popup")
        self.setAccessibleName("Overlays")
        self._sketcher = sketcher
        self.boxes: dict[str, QCheckBox] = {}
        self._abouts: list[QLabel] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(10, 8, 10, 10)
        self._column.setSpacing(1)
        for name, overlay in OVERLAYS.items():
            box = QCheckBox(overlay.title)
            box.setAccessibleDescription(overlay.about)
            box.clicked.connect(self._choose)
            self.boxes[name] = box
            self._column.addWidget(box)
            self._column.addWidget(self._label(overlay.about, INDENT))
        self.only = Combo()
        self.only.setAccessibleName("Racer that is drawn over")
        self.only.currentIndexChanged.connect(lambda: self.only_chosen.emit(self.only.currentData()))
        row = QHBoxLayout()
        row.setContentsMargins(0, 8, 0, 4)
        row.addWidget(QLabel("Draw over"))
        row.addWidget(self.only, 1)
        self._column.addLayout(row)
        self._column.addWidget(self._label(RULE, 0))
        self.set_racers([])

    def set_race(self, race: Race) -> None:
        self.set_racers([(entrant.label, entrant.stream) for entrant in race.entrants])

    def set_racers(self, racers: list[tuple[str, int]]) -> None:
        """Who can be drawn over alone, by name and stream; who no longer runs is drawn over no more."""
        entries: list[tuple[str, Any]] = [("Every racer", None), *racers]
        if entries == [(self.only.itemText(i), self.only.itemData(i)) for i in range(self.only.count())]:
            return
        chosen = self._sketcher.only
        self.only.blockSignals(True)
        self.only.clear()
        for label, stream in entries:
            self.only.addItem(label, stream)
        self.only.setCurrentIndex(next((i for i, (_, stream) in enumerate(entries) if stream == chosen), 0))
        self.only.blockSignals(False)
        if self.only.currentData() != chosen:
            self.only_chosen.emit(None)

    def show_overlays(self) -> None:
        """Tick what the sketcher draws, without a signal."""
        for name, box in self.boxes.items():
            box.setChecked(name in self._sketcher.names)

    def open_below(self, widget: QWidget) -> None:
        width = round(WIDTH * widget.fontMetrics().height() / 16.0)
        height = self._column.heightForWidth(width)
        screen, corner = widget.screen().availableGeometry(), widget.mapToGlobal(QPoint(0, widget.height()))
        x = min(max(corner.x() + widget.width() - width, screen.left()), screen.right() - width)
        y = max(min(corner.y(), screen.bottom() - height), screen.top())
        self.setGeometry(x, y, width, height)
        self.show()
        next(iter(self.boxes.values())).setFocus()

    def _choose(self) -> None:
        self.chosen.emit([name for name, box in self.boxes.items() if box.isChecked()])

    def _label(self, text: str, indent: int) -> QLabel:
        label = QLabel(text)
        label.setProperty("role", "faint")
        label.setWordWrap(True)
        label.setContentsMargins(indent, 0, 0, 4)
        return label
