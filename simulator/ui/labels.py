"""Labels that change often or may be too long: painted in place, so that a new text never asks for a new layout."""

from __future__ import annotations

from functools import lru_cache
from math import cos, pi, sin

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QLabel, QMenu, QSizePolicy, QStyle, QStyleOptionFrame, QToolButton, QWidget

from simulator.entrant import MAX_LETTERS
from simulator.ui.fields import ValueField
from simulator.ui.theme import LIGHT, Style, Theme

# Corners and the angle of the first, for the markers that are polygons.
POLYGONS = {"s": (4, pi / 4), "t": (3, -pi / 2), "d": (4, 0.0), "p": (5, -pi / 2), "h": (6, 0.0)}


def icon_size(theme: Theme) -> QSize:
    """Of the icons on small buttons, which leave room for the name beside them."""
    size = min(round(16 * theme.scale), 20)
    return QSize(size, size)


def menu_button(text: str, name: str, tip: str, menu: QMenu | None = None) -> QToolButton:
    """A button with a frame, or one that opens ``menu``. ``name`` is its accessible name."""
    button = QToolButton()
    button.setText(text)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setProperty("role", "button")
    button.setAccessibleName(name)
    button.setToolTip(tip)
    if menu is not None:
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    return button


class ElidedLabel(QLabel):
    """A plain label of one line that ends in an ellipsis where it is too long, and keeps its whole text."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setMinimumWidth(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        QPainter(self).drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, text)


INSET = 5  # of the text in a name field: border, padding and the line edit's own margin


class Line(QWidget):
    """One line of text, cut with an ellipsis, and another at the right that comes first. Asks for no width."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.text, self.right = "", ""
        self._colors = ["", ""]
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_text(self, text: str, color: str) -> None:
        self._set(text, self.right, [color, self._colors[1]])

    def set_right(self, text: str, color: str) -> None:
        self._set(self.text, text, [self._colors[0], color])

    def _set(self, text: str, right: str, colors: list[str]) -> None:
        if (text, right, colors) == (self.text, self.right, self._colors):
            return
        self.text, self.right, self._colors = text, right, colors
        whole = ", ".join(part for part in (text, right) if part)
        self.setAccessibleName(whole)
        self.setToolTip(whole)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(60, self.fontMetrics().height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_line(QPainter(self), QRectF(self.rect()), self.text, self.right, (self._colors[0], self._colors[1]))


def paint_line(painter: QPainter, rect: QRectF, text: str, right: str, colors: tuple[str, str]) -> None:
    """``text`` at the left of ``rect``, cut with an ellipsis, and ``right`` at its right, which comes first."""
    metrics, middle, rect = QFontMetricsF(painter.font()), Qt.AlignmentFlag.AlignVCenter, QRectF(rect)
    if right:
        right = metrics.elidedText(right, Qt.TextElideMode.ElideRight, rect.width())
        painter.setPen(QColor(colors[1]))
        painter.drawText(rect, middle | Qt.AlignmentFlag.AlignRight, right)
        rect.setRight(rect.right() - metrics.horizontalAdvance(right + " "))
    painter.setPen(QColor(colors[0]))
    painter.drawText(rect, middle, metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width()))


class Swatch(QWidget):
    """A racer's line and marker, as they are drawn in the arena and the charts."""

    def __init__(self, stream: int, parent: QWidget | None = None):
        super().__init__(parent)
        self._stream, self._theme = stream, LIGHT
        self.setAccessibleName("Colour, line and marker of this racer")

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setFixedSize(swatch_size(theme))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_swatch(painter, QRectF(self.rect()), self._theme.style(self._stream), self._theme)


def swatch_size(theme: Theme) -> QSize:
    return QSize(round(25 * theme.scale), round(18 * theme.scale))


def paint_swatch(painter: QPainter, rect: QRectF, style: Style, theme: Theme) -> None:
    """A racer's line across ``rect`` with its marker in the middle."""
    centre = rect.center()
    pen = QPen(QColor(style.color), theme.trail_px)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if style.dash:
        pen.setDashPattern(list(style.dash))
    painter.setPen(pen)
    painter.drawLine(QPointF(rect.left(), centre.y()), QPointF(rect.right(), centre.y()))
    paint_marker(painter, style, centre, 5.0 * theme.scale)


def paint_marker(painter: QPainter, style: Style, centre: QPointF, radius: float) -> None:
    """The racer's marker about ``centre``: filled, or two strokes for "x" and "+"."""
    if style.marker in "x+":
        r = radius * (0.8 if style.marker == "x" else 1.0)
        ends = ((r, r), (r, -r)) if style.marker == "x" else ((r, 0.0), (0.0, r))
        painter.setPen(QPen(QColor(style.color), 0.6 * radius))
        for x, y in ends:
            painter.drawLine(centre - QPointF(x, y), centre + QPointF(x, y))
        return
    painter.fillPath(_outline(style.marker, radius).translated(centre), QColor(style.color))


@lru_cache(maxsize=128)
def _outline(marker: str, radius: float) -> QPainterPath:
    """Of a marker about (0, 0)."""
    path = QPainterPath()
    if marker in POLYGONS:
        corners, first = POLYGONS[marker]
        angles = [first + 2.0 * pi * k / corners for k in range(corners)]
        path.addPolygon(QPolygonF([QPointF(cos(a), sin(a)) * (1.2 * radius) for a in angles]))
    else:
        path.addEllipse(QPointF(0.0, 0.0), radius, radius)
    return path


class NameField(ValueField):
    """A name that can be changed in place. At rest it looks like a label, cut where it is too long."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(_name, parent=parent)
        self.setProperty("role", "name")
        self.setMaxLength(MAX_LETTERS)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        room = self.width() - 2 * INSET
        if self.hasFocus() or self.fontMetrics().horizontalAdvance(self.text()) <= room:
            super().paintEvent(event)
            return
        painter, option = QPainter(self), QStyleOptionFrame()
        self.initStyleOption(option)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, option, painter, self)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        painter.setPen(self.palette().text().color())
        painter.drawText(self.rect().adjusted(INSET, 0, -INSET, 0), Qt.AlignmentFlag.AlignVCenter, text)


def _name(text: str) -> str:
    if not text.strip():
        raise ValueError("A name is needed.")
    return text.strip()
