"""The self-check in a window: what is looked at, how far it is, what it found."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QBrush, QColor, QGuiApplication, QHideEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from simulator.selfcheck import report
from simulator.selfcheck.checks import everything
from simulator.selfcheck.examination import Examination, Result
from simulator.ui import parts
from simulator.ui.fields import chain
from simulator.ui.theme import Theme
from simulator.ui.where import save_text

SIZE = 860, 600  # at scale 1
SLICE_SECONDS = 0.03  # then the window may paint and be closed; few parts take longer
STEPS = 1000  # of the progress bar
WAITING, WORKING, PASSED, FAILED, STOPPED = "waiting", "… running", "✓ passed", "✗ failed", "– stopped"


class SelfCheckDialog(QDialog):
    """Begins when it is shown. Closing it, or Stop, ends it: nothing goes on behind."""

    def __init__(
        self, theme: Theme, folder: str, parent: QWidget | None = None, examination: Examination | None = None
    ):
        super().__init__(parent)
        self.setWindowTitle("Self-check")
        self._theme, self._folder = theme, folder
        self.examination = examination or everything()
        self.timer = QTimer(self, interval=0)
        self.timer.timeout.connect(self.advance)
        self.state = parts.label("", "selfcheck-state")
        self.bar = QProgressBar(maximum=STEPS, textVisible=True)
        self.list = QTreeWidget()
        self.detail = parts.label("", "selfcheck-detail")
        self.detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.told = QLabel()
        self.told.setProperty("role", "faint")
        self.stop = QPushButton("&Stop")
        self.copy, self.save = QPushButton("&Copy report"), QPushButton("Sa&ve report…")
        self._lay_out()
        self._counted = [-1] * len(self.examination.results)  # comparisons that stand in the list
        self._items = [self._item(result) for result in self.examination.results]
        for column in (0, 1):
            self.list.resizeColumnToContents(column)
        self.timer.start()
        self._show()

    def _lay_out(self) -> None:
        self.list.setHeaderLabels(["Check", "Result", "What was found"])
        self.list.currentItemChanged.connect(lambda item: self.detail.setText(item.toolTip(0) if item else ""))
        for widget, name in (
            (self.list, "Checks"), (self.bar, "Progress"), (self.stop, "Stop the self-check"),
            (self.copy, "Copy the report"), (self.save, "Save the report"), (self.state, "How it stands"),
            (self.detail, "The line chosen, whole"),
        ):  # fmt: skip
            widget.setAccessibleName(name)
        for button, do in ((self.stop, self.end), (self.copy, self._copy), (self.save, self._save)):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, do=do: do())
        column, foot = QVBoxLayout(self), QHBoxLayout()
        for widget in (self.stop, self.copy, self.save):
            foot.addWidget(widget)
        foot.addWidget(self.told, 1)
        close = parts.close_box(self)
        foot.addWidget(close)
        for widget in (self.state, self.bar, self.list, self.detail):
            column.addWidget(widget, int(widget is self.list))
        column.addLayout(foot)
        chain([self.list, self.stop, self.copy, self.save, *close.buttons()])
        self.list.setFocus()
        self.resize(*parts.fitting(SIZE, self._theme, self))

    def _item(self, result: Result) -> QTreeWidgetItem:
        item = QTreeWidgetItem([result.check.title, f"{WORKING}   ", ""])  # the longest of the words, and room
        self.list.addTopLevelItem(item)
        return item

    # As it goes.

    @property
    def running(self) -> bool:
        return self.timer.isActive()

    def advance(self) -> None:
        """One slice: as many parts as it has room for, at least one."""
        end = time.perf_counter() + SLICE_SECONDS
        while (more := self.examination.advance()) and time.perf_counter() < end:
            pass
        if not more:
            self.timer.stop()
        self._show()

    def end(self) -> None:
        """Go no further."""
        if self.running:
            self.timer.stop()
            self._show()

    def hideEvent(self, event: QHideEvent) -> None:
        self.end()
        super().hideEvent(event)

    def _show(self) -> None:
        current = self.examination.current
        self.bar.setValue(round(STEPS * self.examination.share))
        for i, (result, item) in enumerate(zip(self.examination.results, self._items, strict=True)):
            word = self._word(result, current is not None and current[0] is result)
            if item.text(1) != word or self._counted[i] != result.compared:
                self._counted[i] = result.compared
                self._show_result(result, item, word)
        if self.running and current is not None:
            self.state.setText(f"{current[0].check.title}: {current[1]}")
        else:
            self.state.setText(report.verdict(self.examination))
            results = self.examination.results
            if self.examination.ended or any(result.faults for result in results):  # stopped is neither good nor bad
                self._colour(self.state, self.examination.passed)
        self.stop.setEnabled(self.running)
        for button in (self.copy, self.save):
            button.setEnabled(not self.running)

    def _word(self, result: Result, at_work: bool) -> str:
        if result.passed:
            return PASSED
        if result.faults or result.ended:
            return FAILED
        return STOPPED if not self.running else WORKING if at_work else WAITING

    def _show_result(self, result: Result, item: QTreeWidgetItem, word: str) -> None:
        item.setText(1, word)
        if result.compared:
            item.setText(2, report.finding_text(result))
        for column in (0, 2):
            item.setToolTip(column, report.summary(result))
        if item is self.list.currentItem():
            self.detail.setText(item.toolTip(0))
        if word in (PASSED, FAILED):
            item.setForeground(1, QBrush(QColor(self._theme.good if result.passed else self._theme.bad)))
        for fault in result.faults[item.childCount() : report.MOST_FAULTS]:
            child = QTreeWidgetItem([str(fault)])
            item.addChild(child)
            child.setFirstColumnSpanned(True)
            child.setToolTip(0, str(fault))
            item.setExpanded(True)
            if sum(each.childCount() for each in self._items) == 1 and self.list.currentItem() in (
                None,
                self._items[0],
            ):
                self.list.setCurrentItem(child)  # the first, unless a person has gone to another line

    def _colour(self, label: QLabel, good: bool) -> None:
        label.setStyleSheet(f"font-weight: bold; color: {self._theme.good if good else self._theme.bad}")

    # What is done with it.

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(report.text(self.examination))
        self.told.setText("The report is on the clipboard.")

    def _save(self) -> None:
        suggested = str(Path(self._folder) / "optim-race-self-check.txt")
        self.told.setText(save_text(self, "report", suggested, "Text (*.txt)", report.text(self.examination)))
