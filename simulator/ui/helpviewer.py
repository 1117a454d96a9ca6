"""The help for teachers in a window of its own, beside the race: contents, and a page whose links open races."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from simulator import manual
from simulator.handbook import CATALOGS
from simulator.ui.fields import Field, chain
from simulator.ui.markdownpage import MarkdownPage
from simulator.ui.parts import fitting
from simulator.ui.theme import Theme

SIZE, CONTENTS = (980, 660), 270  # at scale 1
PLACE = Qt.ItemDataRole.UserRole  # of an item of the contents: (page, anchor)
DEEPEST = 3  # headings below these are not in the contents


class HelpViewer(QWidget):
    """Open at the page ``name`` with `open`. Stays open while races run; whoever made it closes it.

    Links between pages, and to the handbook, are followed here; the others are said by a signal.
    """

    race_requested = Signal(str)  # the name of a sample
    lesson_requested = Signal(str)  # the name of a lesson

    def __init__(self, theme: Theme):
        super().__init__()
        self.setWindowTitle("For teachers — optim-race")
        self._theme = theme
        self._places = [(manual.INDEX, "")]  # page and anchor, the one on screen last
        self._shown = ""  # the page that stands set
        self.contents = QTreeWidget()
        self.contents.setAccessibleName("Contents")
        self.contents.setHeaderHidden(True)
        self.contents.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.page = MarkdownPage()
        self.page.setAccessibleName("Page")
        self.back = QPushButton("‹ Back")
        self.back.setAccessibleName("Back to the page before")
        self.back.setToolTip("Back to the page before (Alt+Left)")
        self.back.clicked.connect(self.go_back)
        self.search = Field()
        self.search.setPlaceholderText("Find on this page")
        self.search.setAccessibleName("Find on this page")
        self.search.setToolTip("Enter finds the next place (Ctrl+F)")
        self.missing = QLabel()
        self.missing.setProperty("role", "error")
        self._lay_out()
        self._fill_contents()
        self.contents.currentItemChanged.connect(self._turn)
        self.page.followed.connect(self.follow)
        self.search.returnPressed.connect(self._find)
        self.search.textChanged.connect(lambda: self.missing.setText(""))
        for keys, do in (("Alt+Left", self.go_back), ("Ctrl+F", self._ask), ("Esc", self.close), ("F3", self.close)):
            QShortcut(QKeySequence(keys), self, do)
        self.resize(*fitting(SIZE, theme, self))
        self.set_theme(theme)

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.addWidget(self.back)
        bar.addWidget(self.missing, 1, Qt.AlignmentFlag.AlignRight)
        bar.addWidget(self.search)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(bar)
        column.addWidget(self.page, 1)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.contents)
        self._split.addWidget(right)
        self._split.setStretchFactor(1, 1)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(6, 6, 6, 6)
        outer.addWidget(self._split)
        chain([self.contents, self.page, self.back, self.search])
        self.setFocusProxy(self.contents)

    def _fill_contents(self) -> None:
        self._items: dict[tuple[str, str], QTreeWidgetItem] = {}
        for name in manual.pages():
            above: list[QTreeWidgetItem] = []
            for section in manual.sections(name):
                if section.level > DEEPEST:
                    continue
                item = QTreeWidgetItem([section.title])
                place = name, section.anchor if above else ""
                item.setData(0, PLACE, place)
                item.setToolTip(0, section.title)
                del above[section.level - 1 :]
                above[-1].addChild(item) if above else self.contents.addTopLevelItem(item)
                above.append(item)
                self._items.setdefault(place, item)

    def set_theme(self, theme: Theme) -> None:
        self._theme, self._shown = theme, ""
        contents = round(CONTENTS * theme.scale)
        self._split.setSizes([contents, max(self.width() - contents, contents)])
        self.contents.setStyleSheet(f"QTreeWidget::item {{ padding: {round(3 * theme.scale)}px 0; }}")
        self.contents.ensurePolished()
        self.contents.doItemsLayout()  # rows keep the height they were first measured with
        self._show()

    @property
    def place(self) -> tuple[str, str]:
        """The page on screen, and the anchor it was opened at."""
        return self._places[-1]

    def open(self, name: str, anchor: str = "") -> None:
        """Turn to a page, at a heading of it if its ``anchor`` is given."""
        if self.place != (name, anchor):
            self._places.append((name, anchor))
        self._show()

    def go_back(self) -> None:
        if len(self._places) > 1:
            self._places.pop()
            self._show()

    def follow(self, target: str) -> None:
        """What a link leads to: a page, a heading, ``race:NAME``, ``lesson:NAME`` or ``handbook:NAME``."""
        scheme, colon, rest = target.partition(":")
        if not colon:
            page, _, anchor = target.partition("#")
            self.open(page.removesuffix(".md") or self.place[0], anchor)
        elif scheme == "race":
            self.race_requested.emit(rest)
        elif scheme == "lesson":
            self.lesson_requested.emit(rest)
        elif scheme == "handbook":
            self._show_handbook(rest)

    def _show_handbook(self, name: str) -> None:
        from simulator.ui.handbook import Handbook  # reads every method

        kind = next(kind for kind, catalog in CATALOGS.items() if name in catalog)
        dialog = Handbook(kind, name, self._theme, self)
        dialog.exec()
        dialog.deleteLater()

    def _show(self) -> None:
        name, anchor = self.place
        if self._shown != name:
            self.page.set_markdown(manual.text(name), self._theme)
            self._shown = name
        self.page.go_to(anchor)
        self.back.setEnabled(len(self._places) > 1)
        self.missing.setText("")
        item = self._items.get((name, anchor)) or self._items[name, ""]
        self.contents.blockSignals(True)
        self._items[name, ""].setExpanded(True)
        self.contents.setCurrentItem(item)
        self.contents.blockSignals(False)

    def _turn(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            self.open(*item.data(0, PLACE))

    def _ask(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _find(self) -> None:
        text = self.search.text()
        self.missing.setText("" if not text or self.page.find_next(text) else "Not on this page")
