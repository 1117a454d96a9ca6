"""The fairness strip: in a line or two, how the rates were chosen, what is the same for all, and what is not."""

from __future__ import annotations

import html

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from simulator.fairness import Sheet, sheet
from simulator.race import Race
from simulator.recording import Recording
from simulator.ui.labels import paint_swatch, swatch_size
from simulator.ui.theme import LIGHT, Theme
from simulator.ui.throttle import Throttle

MILLISECONDS = 250  # between two updates while the race is played
LINES, LINES_LARGE = 2, 1  # on a projector the room is for the race
GAP = 14.0  # between two parts, at scale 1
# What is said of each racer beside its name, as far as there is room: all, then less. All of it is on the sheet.
DETAILS: tuple[tuple[str, ...] | None, ...] = (None, ("lr", "evals", "loss_evals", "hess_evals", "noise"), ("lr",))
TIP = "What each racer was given, and what it asked for. Click, or press Enter, for the whole sheet."


class FairnessStrip(QWidget):
    """Shows the sheet of the step on screen; ``wanted`` asks for the whole of it."""

    wanted = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._theme, self._sheet = LIGHT, Sheet("", (), (), ())
        self._moment: tuple[Recording, int] | None = None
        self._live = Throttle(self._show_moment, self, MILLISECONDS)
        self.setAccessibleName("Fairness")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def sheet(self) -> Sheet:
        return self._sheet

    def set_race(self, race: Race) -> None:
        """The sheet comes with the recording."""

    def show_step(self, recording: Recording, step: int) -> None:
        self._moment = (recording, step)
        self._live()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, round(self._lines * self._line_height))

    @property
    def _lines(self) -> int:
        return LINES if self._theme.scale == 1.0 else LINES_LARGE

    @property
    def _line_height(self) -> float:
        return max(QFontMetricsF(self._font()).height(), swatch_size(self._theme).height()) + 0.5

    def _font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(round(self._theme.font_px * 0.9))
        return font

    def _show_moment(self) -> None:
        assert self._moment is not None
        self._sheet = told = sheet(*self._moment)
        lines = [f"{told.basis}. The same for all: {', '.join(told.common)}."]
        lines += [f"{label}: {', '.join(told.own(i))}" for i, label in enumerate(told.labels)]
        self.setAccessibleDescription(" ".join(lines))
        shown = "".join(f"<br>{html.escape(line)}" for line in lines)
        self.setToolTip(f"<p style='white-space: nowrap'>{TIP}<br>{shown}</p>")
        self.update()

    # What it looks like.

    def parts(self, width: float) -> list[list[tuple[str, str, int | None]]]:
        """Lines of (bold, plain, stream or None) that fit ``width``, with as much said of each racer as there is room
        for; what has none ends in how many racers more there are."""
        for keys in DETAILS:
            lines, left = self._wrapped(keys, width)
            if not left:
                return lines
        lines, left = self._wrapped(DETAILS[-1], width, room_for_rest=True)
        lines[-1].append(("", f"and {left} more", None))
        return lines

    def _wrapped(
        self, keys: tuple[str, ...] | None, width: float, room_for_rest: bool = False
    ) -> tuple[list[list[tuple[str, str, int | None]]], int]:
        told = self._sheet
        parts: list[tuple[str, str, int | None]] = [(told.basis, "", None), ("", " · ".join(told.common), None)]
        parts += [
            (label, ", ".join(words for words in told.own(i, keys or ()) if words != label), stream)
            for i, (label, stream) in enumerate(zip(told.labels, told.streams, strict=True))
        ]
        lines: list[list[tuple[str, str, int | None]]] = [[]]
        x, rest = 0.0, self._width(("", "and 00 more", None)) if room_for_rest else 0.0
        for i, part in enumerate(parts):
            own = self._width(part)
            if x and x + own > width - (rest if len(lines) == self._lines else 0.0):
                if len(lines) == self._lines:
                    return lines, len(parts) - i
                lines.append([])
                x = 0.0
            lines[-1].append(part)
            x += own
        return lines, 0

    def _width(self, part: tuple[str, str, int | None]) -> float:
        bold, plain, stream = part
        width = QFontMetricsF(_bold(self._font())).horizontalAdvance(f"{bold} " if bold else "")
        width += QFontMetricsF(self._font()).horizontalAdvance(plain)
        if stream is not None:
            width += swatch_size(self._theme).width() + 4.0
        return width + GAP * self._theme.scale

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = self._line_height
        for row, line in enumerate(self.parts(self.width() - 4.0)):
            x = 2.0
            for part in line:
                self._paint_part(painter, QRectF(x, row * height, self._width(part), height), part)
                x += self._width(part)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._theme.accent), 2.0))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_part(self, painter: QPainter, rect: QRectF, part: tuple[str, str, int | None]) -> None:
        bold, plain, stream = part
        if stream is not None:
            size = swatch_size(self._theme)
            corner = QPointF(rect.x(), rect.center().y() - size.height() / 2.0)
            paint_swatch(painter, QRectF(corner, QSizeF(size)), self._theme.style(stream), self._theme)
            rect.setLeft(rect.left() + size.width() + 4.0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(_bold(self._font()))
        painter.setPen(QColor(self._theme.text))
        painter.drawText(rect, middle, bold)
        if bold:
            rect.setLeft(rect.left() + QFontMetricsF(painter.font()).horizontalAdvance(f"{bold} "))
        painter.setFont(self._font())
        painter.setPen(QColor(self._theme.faint if stream is None else self._theme.text))
        painter.drawText(rect, middle, plain)

    # What a person does.

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.wanted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.wanted.emit()
        else:
            super().keyPressEvent(event)


def _bold(font: QFont) -> QFont:
    font.setBold(True)
    return font
