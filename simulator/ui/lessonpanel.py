"""The lesson as a panel: the list of lessons, then one page at a time, with what the page opens beneath its text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from simulator.lesson import Lesson
from simulator.prose import KEPT
from simulator.race import Race
from simulator.recording import Recording
from simulator.ui.askcard import AskCard
from simulator.ui.fields import chain
from simulator.ui.goalcard import GoalBar, GoalCard
from simulator.ui.parts import button, clear, label, prose_label
from simulator.ui.scroll import PanelScroll
from simulator.ui.theme import LIGHT, Theme
from simulator.ui.wrapbutton import WrapButton


class LessonPanel(QWidget):
    """Shows lessons and says what the person wants: a lesson by name, a page by number, to leave, the solution.

    ``answered`` says that the prediction was made; it cannot be taken back.
    """

    lesson_wanted = Signal(object)  # a Lesson
    page_wanted = Signal(int)
    leave_wanted = Signal()
    again_wanted = Signal()  # the page's race as it was
    solution_wanted = Signal()
    answered = Signal()
    checked = Signal()  # a question was answered

    def __init__(self, lessons: Callable[[], Sequence[Lesson]], parent: QWidget | None = None):
        super().__init__(parent)
        self.setAccessibleName("Lesson")
        self._lessons, self._theme = lessons, LIGHT
        self.lesson: Lesson | None = None
        self.number = 0  # of the page that is shown
        self.asks: list[AskCard] = []
        self.goal = GoalBar()
        self.task: GoalCard | None = None
        self.page = PanelScroll()
        self.below = PanelScroll(margins=(0, 0, 0, 0))  # the panels whose controls the page opens
        self.below.setObjectName("lessonControls")
        self.head, self.progress = QHBoxLayout(), label("", role="faint")
        self.leave = button(
            "‹ Lessons", "Leave this lesson and bring back the race from before", self.leave_wanted.emit
        )
        self.back = button("Back", "The page before", lambda: self.page_wanted.emit(self.number - 1))
        self.next = button("Next", "The next page", lambda: self.page_wanted.emit(self.number + 1))
        self._lay_out()

    def _lay_out(self) -> None:
        self.foot = QWidget()
        row = QHBoxLayout(self.foot)
        row.setContentsMargins(10, 4, 10, 6)
        row.addWidget(self.leave)
        row.addStretch(1)
        row.addWidget(self.progress)
        row.addWidget(self.back)
        row.addWidget(self.next)
        self.progress.setWordWrap(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.page, 1)
        outer.addWidget(self.goal)
        outer.addWidget(self.below)
        outer.addWidget(self.foot)
        for part in (self.goal, self.below, self.foot):
            part.hide()
        for area in (self.page, self.below):
            area.on_layout(self._share_height)

    def sizeHint(self) -> QSize:
        return QSize(380, 560)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setStyleSheet(_sheet(theme))

    def showEvent(self, event: QShowEvent) -> None:
        if self.lesson is None and not self.page.column.count():  # reads every lesson: not before it is looked at
            self.show_list()
        super().showEvent(event)

    # What is shown.

    def show_list(self) -> None:
        """All lessons, with how long each takes and what it is about."""
        self.lesson = None
        self.foot.hide()
        self._begin()
        self._add(label("Lessons", "lessonTitle"))
        entries: list[QWidget] = []
        for i, lesson in enumerate(self._lessons(), start=1):
            heading = f"{lesson.title} ·{KEPT}{lesson.minutes}{KEPT}min"
            entry = WrapButton(str(i), f"{heading}\n{lesson.summary}", "lessonEntry")
            entry.row.setContentsMargins(10, 8, 10, 8)
            entry.setAccessibleName(lesson.title)
            entry.setAccessibleDescription(f"{lesson.minutes} minutes. {lesson.summary}")
            entry.clicked.connect(lambda _=False, lesson=lesson: self.lesson_wanted.emit(lesson))
            self._add(entry)
            entries.append(entry)
        self._chain(entries)

    def show_page(self, lesson: Lesson, number: int, race: Race) -> None:
        """Page ``number`` of ``lesson``, which opens with ``race``."""
        page = lesson.pages[number]
        self.lesson, self.number = lesson, number
        self._begin()
        self._add(label(lesson.title, role="faint"))
        self._add(label(page.title, "lessonTitle"))
        self._add(prose_label(page.text, "lessonText"))
        if page.prediction is not None:
            self._ask(AskCard(page.prediction, race, "Predict, then run", lock=True))
        if page.goal is not None:
            self._set_task(GoalCard(page, self.goal))
        for question in page.questions:
            self._ask(AskCard(question, race, "Check yourself"))
        self._hide_rest(page.prediction is not None)
        self.foot.show()
        last = number == len(lesson.pages) - 1
        if last and lesson.source:
            sources = label(f"Sources: {lesson.source}.", "lessonSource", "faint")
            sources.setTextFormat(Qt.TextFormat.PlainText)
            self._add(sources)
        self.progress.setText(f"{number + 1} of {len(lesson.pages)}")
        self.progress.setAccessibleName(f"Page {number + 1} of {len(lesson.pages)}")
        self.back.setEnabled(number > 0)
        self.next.setEnabled(not last)
        self._chain([*self._inputs, self.leave, self.back, self.next])

    def show_step(self, recording: Recording, step: int, whole: Callable[[], Recording]) -> None:
        """How the goal stands at ``step``, and what the answers are worth as far as the race was run.

        ``whole`` gives the recording of the page's own race to its end, which answers are read off.
        """
        if self.lesson is None:
            return
        page = self.lesson.pages[self.number]
        for ask in self.asks:
            ask.show_step(whole, step)
        if self.task is not None:
            assert page.goal is not None
            self.task.show_standing(page.goal.standing(recording, step))

    def host(self, panels: Sequence[QWidget]) -> None:
        """Put ``panels`` beneath the text, in place of those there."""
        while (item := self.below.column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                _areas(old, whole=False)
                old.hide()
                old.setParent(None)
        for panel in panels:
            self.below.column.addWidget(panel)
            _areas(panel, whole=True)
            panel.show()
        self.below.setVisible(bool(panels))
        self._share_height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_height()

    def _share_height(self) -> None:
        """To the controls beneath the text what they need, about half of it all at most; to the text the rest."""
        if not self.below.isHidden():
            width = self.width()
            standing = 0 if self.goal.isHidden() else self.goal.heightForWidth(width)
            total = self.height() - self.foot.sizeHint().height() - standing
            most = max(round(0.55 * total), total - self.page.needed(width))
            self.below.setFixedHeight(min(self.below.needed(width) + 2, most))

    def _set_task(self, task: GoalCard) -> None:
        self.task = task
        task.again_wanted.connect(self.again_wanted)
        task.solution_wanted.connect(self.solution_wanted)
        task.revealed.connect(self._reveal)
        self._inputs += task.inputs
        self._add(task)

    def _hide_rest(self, hidden: bool) -> None:
        """Goal and questions wait for the prediction: what they say could tell how it goes."""
        later = [*(ask for ask in self.asks if not ask.lock), *([self.task, self.goal] if self.task else [])]
        for part in later:
            part.setHidden(hidden)

    def _reveal(self, part: QWidget) -> None:
        """Scroll to what has come, once it has been laid out."""
        QTimer.singleShot(0, part, lambda: self.page.reveal(part))

    def _ask(self, card: AskCard) -> None:
        self._add(card)
        self.asks.append(card)
        self._inputs += card.inputs
        card.answered.connect(lambda: self._on_answer(card))
        card.scored.connect(lambda: self._reveal(card.says))

    def _on_answer(self, card: AskCard) -> None:
        if card.lock:
            self._hide_rest(False)
            self.answered.emit()
        else:
            self.checked.emit()

    # How.

    def _begin(self) -> None:
        """An empty page, at its top."""
        self.asks, self.task = [], None
        self.goal.hide()
        self._inputs: list[QWidget] = []
        self.host([])
        clear(self.page.column)
        self.page.verticalScrollBar().setValue(0)

    def _add(self, widget: QWidget) -> None:
        """Shown at once, where a layout would wait for the next event: only what is shown can take the focus."""
        self.page.column.addWidget(widget)
        widget.show()

    def _chain(self, inputs: Sequence[QWidget]) -> None:
        chain(inputs)
        if inputs:
            self.setFocusProxy(inputs[0])
            focus = QApplication.focusWidget()
            if focus is not None and self.isAncestorOf(focus):
                inputs[0].setFocus(Qt.FocusReason.OtherFocusReason)


def _areas(panel: QWidget, whole: bool) -> None:
    """Leave the scrolling to the lesson, or give it back."""
    for area in panel.findChildren(PanelScroll):
        area.set_whole(whole)


def _sheet(theme: Theme) -> str:
    px = theme.font_px
    return f"""
    QScrollArea#lessonControls {{ border-top: 1px solid {theme.line}; }}
    QLabel#lessonTitle {{ font-size: {round(1.35 * px)}px; font-weight: bold; }}
    QLabel#lessonText {{ font-size: {round(1.1 * px)}px; }}
    QLabel#lessonSource {{ font-size: {round(0.9 * px)}px; }}
    QFrame#lessonGoal {{ background: {theme.panel}; border: none; border-top: 2px solid {theme.accent}; }}
    QLabel#lessonStanding[met="yes"] {{ color: {theme.good}; font-weight: bold; }}
    QLabel#lessonStanding[met="no"] {{ color: {theme.bad}; }}
    QLabel#lessonEntryMark {{ color: {theme.accent}; font-weight: bold; }}
    QPushButton#askChoice {{ text-align: left; }}
    QPushButton#askChoice:checked {{ background: {theme.accent}; color: {theme.on_accent}; }}
    QPushButton#askChoice:checked:disabled {{ background: {theme.faint}; color: {theme.window}; }}
    QPushButton#askChoice:checked:focus {{ border-color: {theme.text}; }}
    QPushButton#askDone:disabled {{ background: transparent; color: {theme.faint}; border-color: {theme.line}; }}
    QPushButton#lessonEntry {{ border-radius: {round(6 * theme.scale)}px; }}
    """
