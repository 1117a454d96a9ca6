"""What a league came to, to look at: the profiles, and the table who wins where."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableWidget, QTableWidgetItem, QWidget

from simulator.export.leaguepage import READ, cell_words, where
from simulator.studies.standings import Standings
from simulator.ui.leaguepicture import paint_charts
from simulator.ui.profilechart import words_of
from simulator.ui.theme import Theme

TEXT_WIDTH = 620  # of the help where there is no chart yet


class ProfileView(QWidget):
    """Both charts of a league at one of its targets."""

    def __init__(self, theme: Theme):
        super().__init__()
        self.theme = theme
        self.standings: Standings | None = None
        self.setAccessibleName("Profiles")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_standings(self, standings: Standings | None) -> None:
        self.standings = standings
        self.setAccessibleDescription("" if standings is None else "; ".join(words_of(standings)))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(900, 300)

    def minimumSizeHint(self) -> QSize:
        return QSize(400, 170)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.standings is not None:
            paint_charts(painter, self.rect().toRectF(), self.standings, self.theme)
        else:
            painter.setPen(QColor(self.theme.faint))
            side = max(0, self.width() - round(TEXT_WIDTH * self.theme.scale)) // 2
            room = self.rect().adjusted(side, 0, -side, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap, READ)
        painter.end()


class WhereTable(QTableWidget):
    """A row a landscape, a column an entrant; a click, or Enter, chooses a cell."""

    chosen = Signal(int, int)  # landscape and entrant

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Who wins where")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.cellClicked.connect(self._choose)

    def show_standings(self, standings: Standings | None) -> None:
        """None empties it."""
        self.clear()
        rows = where(standings) if standings is not None else [[""]]
        found = [] if standings is None else [*standings.rows, standings.whole]
        self.setRowCount(len(rows) - 1)
        self.setColumnCount(len(rows[0]) - 1)
        self.setHorizontalHeaderLabels(rows[0][1:])
        self.setVerticalHeaderLabels([row[0] for row in rows[1:]])
        for i, row in enumerate(rows[1:]):
            for j, text in enumerate(row[1:]):
                item = QTableWidgetItem(text)
                words = cell_words(found[i], j)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
                if i < len(rows) - 2:  # not of all landscapes together
                    item.setToolTip(f"{row[0]}, {rows[0][j + 1]}: {words}\nClick or Enter: look at such a race")
                self.setItem(i, j, item)
        height = round(1.6 * self.fontMetrics().height())
        self.verticalHeader().setDefaultSectionSize(height)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentRow() >= 0:
            self._choose(self.currentRow(), self.currentColumn())
            return
        super().keyPressEvent(event)

    def _choose(self, row: int, column: int) -> None:
        if row < self.rowCount() - 1:
            self.chosen.emit(row, column)
