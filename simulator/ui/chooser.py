"""Choosing one of many: a list in groups that opens below a button and is searched by typing."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QSizePolicy, QVBoxLayout, QWidget

from simulator.landscape import Landscape
from simulator.optimizer import Optimizer
from simulator.race import obstacle
from simulator.ui.fields import Combo, Field

NAME = Qt.ItemDataRole.UserRole
WIDTH, HEIGHT = 330, 470  # of the list that opens, at scale 1
MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


@dataclass(frozen=True)
class Entry:
    """Something to be chosen. Entries of one group stand together. Title and note are searched, the group where those
    find nothing."""

    name: str
    title: str
    group: str
    note: str  # behind the title, fainter: the year
    about: str

    def matches(self, words: Sequence[str], by_group: bool = False) -> bool:
        text = f"{self.title} {self.note} {self.name} {self.group if by_group else ''}".casefold()
        return all(word in text for word in words)


class _Search(Field):
    """Hands the keys that move through a list on to it."""

    moved = Signal(int)  # which of `MOVES`

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in MOVES:
            self.moved.emit(MOVES.index(Qt.Key(event.key())))
        else:
            super().keyPressEvent(event)


class ChoicePopup(QWidget):
    """``picked`` carries the name of an entry. Typing narrows the list, Up and Down go through it, Enter takes one.

    ``entries`` is asked when it is first opened, ``obstacles`` (why some cannot be chosen now, by name) each time.
    """

    picked = Signal(str)

    def __init__(self, entries: Callable[[], Sequence[Entry]], name: str, parent: QWidget):
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)  # a frame in a combo would be taken for Qt's own
        self.setProperty("role", "popup")
        self.setAccessibleName(name)
        self._entries = cache(entries)
        self.obstacles: Callable[[], Mapping[str, str]] = dict
        self._obstacles: Mapping[str, str] = {}
        self.search = _Search()
        self.search.setPlaceholderText("Type to search")
        self.search.setAccessibleName(f"Search: {name}")
        self.list = QListWidget()
        self.list.setAccessibleName(name)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.about = QLabel()
        self.about.setProperty("role", "faint")
        self.about.setWordWrap(True)
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.about.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.about.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.setSpacing(4)
        for widget in (self.search, self.list, self.about):
            column.addWidget(widget)
        self.search.textChanged.connect(self._narrow)
        self.search.returnPressed.connect(lambda: self._pick(self.list.currentItem()))
        self.search.moved.connect(self._move)
        self.list.itemClicked.connect(self._pick)
        self.list.currentItemChanged.connect(self._tell)

    def open_below(self, widget: QWidget, chosen: str = "", text: str = "") -> None:
        """Open at ``widget`` with the entry ``chosen`` current, or what ``text`` finds."""
        self._obstacles = self.obstacles()
        scale = widget.fontMetrics().height() / 16.0
        screen = widget.screen().availableGeometry()
        self.about.setFixedHeight(3 * self.about.fontMetrics().height())
        size = QSize(max(round(WIDTH * scale), widget.width()), min(round(HEIGHT * scale), screen.height() - 20))
        below, above = widget.mapToGlobal(QPoint(0, widget.height())), widget.mapToGlobal(QPoint(0, 0))
        y = below.y() if below.y() + size.height() <= screen.bottom() else above.y() - size.height()
        x = min(max(below.x(), screen.left()), screen.right() - size.width())
        self.setGeometry(x, max(min(y, screen.bottom() - size.height()), screen.top()), size.width(), size.height())
        self.search.setText(text)
        self._narrow(text)
        for row in range(self.list.count() if chosen and not text else 0):
            if self.list.item(row).data(NAME) == chosen:
                self.list.setCurrentRow(row)
                self.list.scrollToItem(self.list.item(row), QListWidget.ScrollHint.PositionAtCenter)
        self.show()
        self.search.setFocus()

    @property
    def shown(self) -> list[str]:
        """The names of the entries that are listed."""
        names = (self.list.item(row).data(NAME) for row in range(self.list.count()))
        return [name for name in names if name is not None]

    def _narrow(self, text: str) -> None:
        words, group = text.casefold().split(), ""
        self.list.clear()
        entries = self._entries()
        found = [entry for entry in entries if entry.matches(words)]
        for entry in found or [entry for entry in entries if entry.matches(words, by_group=True)]:
            if entry.group != group:
                group = entry.group
                self._add_heading(group)
            self._add(entry)
        self._step_to(0, 1)

    def _add_heading(self, group: str) -> None:
        item = QListWidgetItem(group[:1].upper() + group[1:])
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        font = self.font()
        font.setBold(True)
        item.setFont(font)
        self.list.addItem(item)

    def _add(self, entry: Entry) -> None:
        obstacle = self._obstacles.get(entry.name, "")
        item = QListWidgetItem(f"    {entry.title}{f' · {entry.note}' if entry.note else ''}")
        item.setData(NAME, entry.name)
        item.setToolTip(f"<p>{html.escape(obstacle or entry.about)}</p>")
        item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, obstacle or entry.about)
        if obstacle:
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        self.list.addItem(item)

    def _move(self, key: int) -> None:
        page = max(1, self.list.viewport().height() // max(1, self.list.sizeHintForRow(0)) - 1)
        step = (-1, 1, -page, page)[key]
        row = min(max(self.list.currentRow() + step, 0), self.list.count() - 1)
        self._step_to(row, 1 if step > 0 else -1)

    def _step_to(self, row: int, way: int) -> None:
        """Make ``row`` current, or the next one that can be chosen that way, or else the other way."""
        for step in (way, -way) if self.list.count() else ():
            for at in range(row, self.list.count() if step > 0 else -1, step):
                if self.list.item(at).flags() & Qt.ItemFlag.ItemIsEnabled:
                    self.list.setCurrentRow(at)
                    return
        self._tell(None)

    def _tell(self, item: QListWidgetItem | None) -> None:
        told = "" if item is None else item.data(Qt.ItemDataRole.AccessibleDescriptionRole)
        if item is None and not self.shown:
            told = "Nothing is called that."
        elif item is None:
            told = next(iter(self._obstacles.get(name, "") for name in self.shown))
        self.about.setText(told)

    def _pick(self, item: QListWidgetItem | None) -> None:
        if item is not None and item.flags() & Qt.ItemFlag.ItemIsEnabled:
            self.close()
            self.picked.emit(item.data(NAME))


class SearchCombo(Combo):
    """A combo of many entries: what it opens is a list in groups, searched by typing. Its data are the names."""

    def __init__(self, entries: Sequence[Entry], name: str, parent: QWidget | None = None):
        super().__init__(parent)
        self.setAccessibleName(name)
        for place, entry in enumerate(entries):
            self.addItem(entry.title, entry.name)
            self.setItemData(place, entry.about, Qt.ItemDataRole.ToolTipRole)
        self.popup = ChoicePopup(lambda: entries, name, self)
        self.popup.picked.connect(lambda name: self.setCurrentIndex(self.findData(name)))

    def set_obstacles(self, obstacles: Mapping[str, str]) -> None:
        """Why some entries cannot be chosen now, by name: no key leads to them either."""
        self.popup.obstacles = lambda: obstacles
        for place in range(self.count()):
            self.model().item(place).setEnabled(self.itemData(place) not in obstacles)  # type: ignore[attr-defined]

    def showPopup(self) -> None:
        self.popup.open_below(self, self.currentData())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        text = event.text()
        plain = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if text.strip() and text.isprintable() and plain == Qt.KeyboardModifier.NoModifier:
            self.popup.open_below(self, text=text)
        else:
            super().keyPressEvent(event)


def why_not(optimizer: type[Optimizer], landscape: Landscape | type[Landscape]) -> str:
    """Why this method cannot race there, as a sentence; "" where it can."""
    why = obstacle(optimizer, landscape)
    return why.replace(optimizer.name, optimizer.title).replace(landscape.name, landscape.title) + "." if why else ""
