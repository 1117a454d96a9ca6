"""The family tree, drawn: a box for every method, lines from parents to children, years above."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFont, QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QWidget

from simulator.guide.lineage import BRANCHES, children, parent
from simulator.guide.setting import keeps
from simulator.guide.treelayout import HEIGHT, MARGIN, TOP, WIDTH, layout
from simulator.optimizers import OPTIMIZERS
from simulator.ui.theme import Theme

WAYS = {Qt.Key.Key_Left: "left", Qt.Key.Key_Right: "right", Qt.Key.Key_Up: "up", Qt.Key.Key_Down: "down"}
RADIUS, PADDING = 6.0, 8.0  # at scale 1
FONT = 13.0  # at scale 1
SMALL = 0.85  # of the font: the second line
ALONE = 1.85  # the only line of a box
COMPACT = 24.0  # boxes less high than this have one line
LEAST = 9  # pixels of a font


class TreeBox(QAbstractButton):
    """One method: its name, its year, and further parents. Arrow keys ask to go to a neighbour."""

    stepped = Signal(str)  # "left", "right", "up", "down"

    def __init__(self, name: str, canvas: TreeCanvas):
        super().__init__(canvas)
        self.name, self._canvas = name, canvas
        cls, branch = OPTIMIZERS[name], BRANCHES[name]
        self.first, self.year = cls.title, cls.year
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
        upper, lower = QRectF(room), QRectF(room)
        if compact := HEIGHT * scale < COMPACT:
            share = ALONE
            year = self._paint_text(painter, room, str(self.year), theme.faint, share, Qt.AlignmentFlag.AlignRight)
            upper.setRight(room.right() - year - pad)
        else:
            share = 1.0
            upper.setHeight(0.55 * room.height())
            lower.setTop(upper.bottom())
            self._paint_text(painter, lower, self.second, theme.faint, SMALL)
        self._paint_text(painter, upper, self.first, theme.text, share, bold=not compact)

    def _paint_text(
        self,
        painter: QPainter,
        room: QRectF,
        text: str,
        color: str,
        share: float,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        bold: bool = False,
    ) -> float:
        """Returns the text's width."""
        font = self._canvas.font_of(share)
        font.setBold(bold)
        painter.setFont(font)
        painter.setPen(QColor(self._canvas.theme.on_accent if self.isChecked() else color))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, round(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | align, shown)
        return painter.fontMetrics().horizontalAdvance(shown)


class TreeCanvas(QWidget):
    """``choose`` makes a method the current one; ``chosen`` carries its name, also when a click or key did it."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None):
        super().__init__(parent)
        self.theme = theme
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

    def set_scale(self, scale: float, across: float = 0.0) -> None:
        """Draw everything ``scale`` times the size of the layout, from left to right ``across`` times, if given."""
        self.scale, self.across = scale, across or scale
        width, height = layout().size
        self.setFixedSize(QSize(round(width * self.across), round(height * scale)))
        for name, box in self.boxes.items():
            at = layout().places[name].box
            box.setGeometry(QRectF(self._at(at.x, at.y), self._at(at.right, at.y + at.height)).toRect())
        self.update()

    def _at(self, x: float, y: float) -> QPointF:
        return QPointF(x * self.across, y * self.scale)

    def font_of(self, share: float) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(max(LEAST, round(FONT * share * self.scale)))
        return font

    def choose(self, name: str) -> None:
        had_focus = any(box.hasFocus() for box in self.boxes.values())
        self.current = name
        self.kin = set(BRANCHES[name].parents) | set(children(name))
        for other, box in self.boxes.items():
            box.setChecked(other == name)
            # Tab reaches the current one alone, the arrow keys go on from there.
            box.setFocusPolicy(Qt.FocusPolicy.StrongFocus if other == name else Qt.FocusPolicy.ClickFocus)
        if had_focus:
            self.boxes[name].setFocus(Qt.FocusReason.OtherFocusReason)
        self.update()
        self.chosen.emit(name)

    def _step(self, name: str, way: str) -> None:
        self.choose(layout().step(name, way))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(theme.window))
        painter.setFont(self.font_of(SMALL))
        painter.setPen(QColor(theme.faint))
        for x, text in layout().headings():
            at = QRectF(self._at(x + MARGIN, 0.0), self._at(x + WIDTH, TOP))
            painter.drawText(at, Qt.AlignmentFlag.AlignVCenter, text)
        for near in (False, True):  # those of the current one on top
            painter.setPen(QPen(QColor(theme.accent if near else theme.faint), (2.5 if near else 1.2) * self.scale))
            for line in layout().lines:
                if (self.current in (line.parent, line.child)) is near:
                    painter.drawPolyline(QPolygonF([self._at(x, y) for x, y in line.points]))
        self._paint_others(painter)

    def _paint_others(self, painter: QPainter) -> None:
        """Lines to the current one's further parents, dashed: only they may cross others."""
        if not self.current:
            return
        painter.setPen(QPen(QColor(self.theme.accent), 1.6 * self.scale, Qt.PenStyle.DashLine))
        here = layout().places[self.current].box
        for other in BRANCHES[self.current].parents[1:]:
            box = layout().places[other].box
            painter.drawLine(self._at(box.right, box.middle), self._at(here.x, here.middle))


def _reading_order() -> list[str]:
    places = layout().places
    return sorted(places, key=lambda name: (places[name].row, places[name].column))
