"""The family tree, drawn: a box for every method, lines from parents to children, years above."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFont, QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QWidget

from simulator.guide.branches import BRANCHES
from simulator.guide.lineage import children, keeps, parent
from simulator.guide.treelayout import MARGIN, TOP, layout
from simulator.optimizers import OPTIMIZERS
from simulator.ui.theme import Theme

WAYS = {Qt.Key.Key_Left: "left", Qt.Key.Key_Right: "right", Qt.Key.Key_Up: "up", Qt.Key.Key_Down: "down"}
RADIUS, PADDING = 6.0, 8.0  # at scale 1
SMALL = 0.85  # of the font: the second line


class TreeBox(QAbstractButton):
    """One method: its name, its year, and further parents. Arrow keys ask to go to a neighbour."""

    stepped = Signal(str)  # "left", "right", "up", "down"

    def __init__(self, name: str, canvas: TreeCanvas):
        super().__init__(canvas)
        self.name, self._canvas = name, canvas
        cls, branch = OPTIMIZERS[name], BRANCHES[name]
        self.first = cls.title
        others = ", ".join(OPTIMIZERS[other].title for other in branch.parents[1:])
        self.second = f"{cls.year}, with {others}" if others else str(cls.year)
        come = (
            f"comes from {', '.join(OPTIMIZERS[other].title for other in branch.parents)}" if parent(name) else "a root"
        )
        self.setAccessibleName(f"{cls.title}, {cls.year}")
        self.setAccessibleDescription(f"{come}. {branch.added} Keeps {keeps(name)}. Best for {branch.best_for}.")
        self.setToolTip(f"<p>{branch.added}</p>")
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if way := WAYS.get(Qt.Key(event.key())):
            self.stepped.emit(way)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, scale = self._canvas.theme, self._canvas.scale
        chosen, near = self.isChecked(), self.name in self._canvas.kin
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = scale * (2.5 if chosen else 1.5 if near else 1.0)
        edge = theme.accent if chosen or near else theme.text if self.underMouse() else theme.line
        painter.setPen(QPen(QColor(edge), width))
        painter.setBrush(QColor(theme.accent if chosen else theme.panel))
        inset = width / 2.0 + 0.5
        rect = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(rect, RADIUS * scale, RADIUS * scale)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.on_accent if chosen else theme.accent), scale, Qt.PenStyle.DotLine))
            gap = 3.0 * scale
            painter.drawRoundedRect(rect.adjusted(gap, gap, -gap, -gap), 3.0 * scale, 3.0 * scale)
        pad = PADDING * scale
        room = rect.adjusted(pad, 2.0 * scale, -pad, -2.0 * scale)
        halves = QRectF(room.left(), room.top(), room.width(), 0.55 * room.height()), QRectF(room)
        halves[1].setTop(halves[0].bottom())
        lines = (self.first, theme.text, 1.0), (self.second, theme.faint, SMALL)
        for (text, color, share), half in zip(lines, halves, strict=True):
            font = self._canvas.font_of(share)
            font.setBold(share == 1.0)
            painter.setFont(font)
            painter.setPen(QColor(theme.on_accent if chosen else color))
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, round(room.width()))
            painter.drawText(half, Qt.AlignmentFlag.AlignVCenter, shown)


class TreeCanvas(QWidget):
    """``choose`` makes a method the current one; ``chosen`` carries its name, also when a click or key did it."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None):
        super().__init__(parent)
        self.theme, self.scale = theme, 1.0
        self.current = ""
        self.kin: set[str] = set()  # parents and children of the current one
        self.setAccessibleName("Family tree")
        self.boxes = {name: TreeBox(name, self) for name in _reading_order()}
        for box in self.boxes.values():
            box.clicked.connect(lambda _=False, name=box.name: self.choose(name))
            box.stepped.connect(lambda way, name=box.name: self._step(name, way))
        self.set_scale(1.0)

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self.update()

    def set_scale(self, scale: float) -> None:
        """Draw everything ``scale`` times the size of the layout."""
        self.scale = scale
        width, height = layout().size
        self.setFixedSize(QSize(round(width * scale), round(height * scale)))
        for name, box in self.boxes.items():
            at = layout().places[name].box
            box.setGeometry(QRectF(at.x * scale, at.y * scale, at.width * scale, at.height * scale).toRect())
        self.update()

    def font_of(self, share: float) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(max(6, round(13.0 * share * self.scale)))
        return font

    def choose(self, name: str) -> None:
        self.current = name
        self.kin = set(BRANCHES[name].parents) | set(children(name))
        for other, box in self.boxes.items():
            box.setChecked(other == name)
            # Tab reaches the current one alone, the arrow keys go on from there.
            box.setFocusPolicy(Qt.FocusPolicy.StrongFocus if other == name else Qt.FocusPolicy.ClickFocus)
        self.update()
        self.chosen.emit(name)

    def _step(self, name: str, way: str) -> None:
        to = layout().step(name, way)
        self.choose(to)
        self.boxes[to].setFocus(Qt.FocusReason.OtherFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(theme.window))
        painter.setFont(self.font_of(SMALL))
        painter.setPen(QColor(theme.faint))
        for x, text in layout().headings():
            at = QRectF((x + MARGIN) * self.scale, 0.0, 150.0 * self.scale, TOP * self.scale)
            painter.drawText(at, Qt.AlignmentFlag.AlignVCenter, text)
        for near in (False, True):  # those of the current one on top
            painter.setPen(QPen(QColor(theme.accent if near else theme.faint), (2.5 if near else 1.2) * self.scale))
            for line in layout().lines:
                if (self.current in (line.parent, line.child)) is near:
                    painter.drawPolyline(QPolygonF([QPointF(x, y) * self.scale for x, y in line.points]))
        self._paint_others(painter)

    def _paint_others(self, painter: QPainter) -> None:
        """Lines to the current one's further parents, dashed: only they may cross others."""
        if not self.current:
            return
        painter.setPen(QPen(QColor(self.theme.accent), 1.6 * self.scale, Qt.PenStyle.DashLine))
        here = layout().places[self.current].box
        for other in BRANCHES[self.current].parents[1:]:
            box = layout().places[other].box
            start, end = QPointF(box.right, box.middle), QPointF(here.x, here.middle)
            painter.drawLine(start * self.scale, end * self.scale)


def _reading_order() -> list[str]:
    places = layout().places
    return sorted(places, key=lambda name: (places[name].row, places[name].column))
