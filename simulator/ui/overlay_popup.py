"""The list of overlays that opens below its button, with a sentence on the one that is pointed at."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from simulator.overlays import OVERLAYS
from simulator.race import Race
from simulator.sketcher import MOST, Sketcher
from simulator.ui.fields import Combo

WIDTH = 340  # at scale 1
LINES = 4  # of a sentence, at most
RULE = (
    f"In the racer's colour, from its first start; on one map for the first {MOST} racers that are shown, side by side "
    "for all."
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
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(10, 8, 10, 10)
        self._column.setSpacing(1)
        for name, overlay in OVERLAYS.items():
            box = QCheckBox(overlay.title)
            box.setAccessibleDescription(overlay.about)
            box.setToolTip(overlay.about)
            box.setMouseTracking(True)
            box.installEventFilter(self)
            box.clicked.connect(self._choose)
            self.boxes[name] = box
            self._column.addWidget(box)
        self.only = Combo()
        self.only.setAccessibleName("Racer that is drawn over")
        self.only.currentIndexChanged.connect(lambda: self.only_chosen.emit(self.only.currentData()))
        row = QHBoxLayout()
        row.setContentsMargins(0, 4, 0, 0)
        row.addWidget(QLabel("Draw over"))
        row.addWidget(self.only, 1)
        self.about, rule = _sentence(), _sentence(RULE)
        rule.setProperty("role", "faint")
        self._column.addWidget(self.about)
        self._column.addLayout(row)
        self._column.addWidget(rule)
        self.set_racers([])

    def set_race(self, race: Race) -> None:
        self.set_racers([(entrant.label, entrant.stream) for entrant in race.entrants])

    def set_racers(self, racers: list[tuple[str, int]]) -> None:
        """Who can be drawn over alone, by name and stream; who no longer runs is drawn over no more."""
        self.only.fill([("Every racer", None), *racers])
        if self.only.currentData() != self._sketcher.only:
            self.only_chosen.emit(None)

    def show_overlays(self) -> None:
        """Tick what the sketcher draws, without a signal."""
        for name, box in self.boxes.items():
            box.setChecked(name in self._sketcher.names)

    def open_below(self, widget: QWidget) -> None:
        width = round(WIDTH * widget.fontMetrics().height() / 16.0)
        self.about.setFixedHeight(LINES * self.about.fontMetrics().lineSpacing())
        height = self._column.heightForWidth(width)
        screen, corner = widget.screen().availableGeometry(), widget.mapToGlobal(QPoint(0, widget.height()))
        x = min(max(corner.x() + widget.width() - width, screen.left()), screen.right() - width)
        y = max(min(corner.y(), screen.bottom() - height), screen.top())
        self.setGeometry(x, y, width, height)
        self.show()
        next(iter(self.boxes.values())).setFocus()

    def _choose(self) -> None:
        self.chosen.emit([name for name, box in self.boxes.items() if box.isChecked()])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Enter, QEvent.Type.FocusIn):
            self.about.setText(next((OVERLAYS[name].about for name, box in self.boxes.items() if box is watched), ""))
        return super().eventFilter(watched, event)


def _sentence(text: str = "") -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignTop)
    return label
