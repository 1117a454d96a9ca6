"""The walk in the fog on screen: the ground to step on, and beside it all that the walker knows in numbers."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from simulator.fog import Look
from simulator.param import Param
from simulator.ui.fields import TrackSlider
from simulator.ui.fogcanvas import FogCanvas
from simulator.ui.parts import label
from simulator.ui.scroll import PanelScroll
from simulator.ui.theme import LIGHT, Theme
from simulator.words import short_text

REACH = Param("reach", "", 0.06, 0.0005, 0.4, "log", "How far one step can go: the radius of the ring.")
WIDTH = 300  # of the numbers, at scale 1
SIDES = ("right", "upper right", "up", "upper left", "left", "lower left", "down", "lower right")
RULES = (
    "You feel the slope where you stand, and nothing else. Click where to step; the ring is as far as one step goes. "
    "The machines go as many steps as you, from the same start."
)
KEYS = "Keys: arrows aim, Enter steps, D aims downhill, Ctrl+Z takes a step back."
ROWS = (
    ("left", "Steps left"), ("steepness", "Steepness"), ("downhill", "Downhill"), ("height", "Height"),
    ("last", "Last step"), ("promise", "This step"),
)  # fmt: skip


class FogView(QWidget):
    """Shows a `Look`, which is all it ever gets to know. ``stepped`` carries a move."""

    stepped = Signal(object)
    undo_wanted = Signal()
    lift_wanted = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setAccessibleName("Walk in the fog")
        self.canvas, self.profile = FogCanvas(), Profile()
        self.notes = label(role="faint")
        self.numbers = {key: QLabel() for key, _ in ROWS}
        self.reach = TrackSlider(REACH)
        self.reach.setAccessibleName("Longest step")
        self.reach.setToolTip(f"{REACH.doc} The wheel changes it too.")
        self.step = _button("Step", "Step where you aim (Enter)", self.canvas.step)
        self.downhill = _button("Aim downhill", "Aim straight down the slope (D)", self.canvas.aim_downhill)
        self.back = _button("Take back", "Take the last step back (Ctrl+Z)", self.undo_wanted.emit)
        self.lift = _button("Lift the fog", "See the landscape, and the machines on it", self.lift_wanted.emit)
        self.lift.setProperty("primary", True)
        self._lay_out()
        self.reach.moved.connect(self._set_reach)
        self.reach.reset.connect(lambda: self._set_reach(REACH.default))
        self.canvas.reach_wanted.connect(lambda factor: self._set_reach(self.canvas.reach * factor))
        self.canvas.stepped.connect(self.stepped)
        self.canvas.aimed.connect(self._show_aim)
        self.setFocusProxy(self.canvas)
        self._set_reach(REACH.default)

    def _lay_out(self) -> None:
        self.side = PanelScroll()
        column, form = self.side.column, QFormLayout()
        heading = label("Walk in the fog", role="heading")
        form.setHorizontalSpacing(12)
        for key, words in ROWS:
            value = self.numbers[key]
            value.setAccessibleName(words)
            value.setWordWrap(True)
            form.addRow(words, value)
        form.addRow("Longest step", self.reach)
        for part in (heading, label(RULES, role="faint"), self.notes):
            column.addWidget(part)
        column.addLayout(form)
        for pair in ((self.step, self.downhill), (self.back, self.lift)):
            row = QHBoxLayout()
            for button in pair:
                row.addWidget(button, 1)
            column.addLayout(row)
        column.addWidget(self.profile)
        column.addWidget(label(KEYS, role="faint"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.canvas, 1)
        row.addWidget(self.side)

    def show_look(self, look: Look) -> None:
        self.canvas.show_look(look)
        self.profile.show_heights(look.heights)
        self.say("\n".join(look.notes))
        self._tell("left", f"{look.budget - look.step} of {look.budget}")
        self._tell("steepness", short_text(look.steepness) if look.slope else "")
        self._tell("downhill", direction(look))
        self._tell("height", f"{signed(look.heights[-1])} since the start")
        last = ""
        if look.step:
            went = signed(look.heights[-1] - look.heights[-2])
            last = f"{went}; the slope promised {signed(look.promised[-1])}"
        self._tell("last", last)
        self.back.setEnabled(look.step > 0)
        self._show_aim()

    def say(self, text: str) -> None:
        """What is to be known of the ground, or why a step cannot be taken."""
        self.notes.setText(text)
        self.notes.setVisible(bool(text))

    def set_theme(self, theme: Theme) -> None:
        self.canvas.set_theme(theme)
        self.profile.set_theme(theme)
        self.side.setFixedWidth(round(WIDTH * theme.scale))

    def _tell(self, key: str, text: str) -> None:
        self.numbers[key].setText(text or "–")

    def _show_aim(self) -> None:
        look, move = self.canvas.look, self.canvas.move
        told = ""
        if look is not None and move is not None and look.slope:
            told = f"the slope promises {signed(look.promise(move))}"
        self._tell("promise", told)

    def _set_reach(self, share: float) -> None:
        share = min(max(share, REACH.low), REACH.high)
        self.reach.set_value(share)
        self.canvas.set_reach(share)
        self._show_aim()


class Profile(QWidget):
    """The heights along the walk, step by step, as a line."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._theme = LIGHT
        self.heights: tuple[float, ...] = ()
        self.setAccessibleName("Height along the walk")

    def sizeHint(self) -> QSize:
        return QSize(200, round(90 * self._theme.scale))

    def show_heights(self, heights: tuple[float, ...]) -> None:
        self.heights = heights
        self.setAccessibleDescription(", ".join(map(signed, heights)))
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setFixedHeight(self.sizeHint().height())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.fillRect(frame, QColor(theme.plot))
        painter.setPen(QPen(QColor(theme.line), 1.0))
        painter.drawRect(frame)
        known = [h for h in self.heights if abs(h) < float("inf")]
        if known:
            room = frame.adjusted(10, 10, -10, -10)
            low, high = min(known), max(known)
            span = (high - low) or 1.0
            wide = max(len(self.heights) - 1, 1)
            spots = [
                QPointF(room.left() + room.width() * i / wide, room.bottom() - room.height() * (h - low) / span)
                for i, h in enumerate(self.heights)
                if abs(h) < float("inf")
            ]
            painter.setPen(QPen(QColor(theme.text), theme.trail_px))
            painter.drawPolyline(QPolygonF(spots))
            painter.setBrush(QColor(theme.text))
            for spot in spots:
                painter.drawEllipse(spot, 2.0 * theme.scale, 2.0 * theme.scale)
        painter.end()


def direction(look: Look) -> str:
    """Where it goes down, in degrees and in words."""
    if look.downhill is None:
        return "level" if look.slope else ""
    if len(look.slope) == 1:
        return "to the left" if look.downhill > 90.0 else "to the right"
    return f"{look.downhill:.0f}°, {SIDES[round(look.downhill / 45.0) % 8]}"


def signed(value: float) -> str:
    """A difference, with its sign."""
    text = short_text(value)
    return f"+{text}" if value > 0.0 else text


def _button(text: str, tip: str, do: Callable[[], object]) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.clicked.connect(lambda: do())
    return button
