"""What must not be lost: what is on screen is noted for the autosave, and what a dead program left is brought back."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMessageBox

from simulator import racefile
from simulator.files import FileError
from simulator.param import RaceError
from simulator.rescue import Rescue
from simulator.ui.autosave import Autosave, Orphan

if TYPE_CHECKING:  # a window opens before lessons are read
    from simulator.lesson import Lesson
    from simulator.ui.mainwindow import MainWindow

COMMAND = "recover"
LATER = "File ▸ Bring back a lost race"
LATER_OR_NEVER = f"No keeps it for later, under {LATER}. Discard deletes it."


class Recovery(QObject):
    """Of one window. In a lesson the race on screen is the page's: kept are the race from before, and the page."""

    crashed = Signal(str)  # the trace of a program that died in native code

    def __init__(self, window: MainWindow):
        super().__init__(window)
        self._window = window
        self._own = Rescue()
        self._orphans: list[Orphan] = []
        self.autosave = Autosave(self)
        self.autosave.failed.connect(window.commentary.tell)
        window.actions_.on(COMMAND, self.ask)
        self._offer_in_menu()

    @property
    def _wanted(self) -> bool:
        return self._window.settings["recovery"]

    def note(self) -> None:
        """Something changed: the race, the file it belongs to, the page."""
        window, c = self._window, self._window.controller
        if not self._wanted:
            return
        room = window.classroom
        if room is None or room.lesson is None:
            fog, path = window.fog, window.documents.path
            self._own = Rescue()
            if c.modified:
                self._own = Rescue(c.race, path, fog.before if fog.on else None, fog.on)
            self.autosave.note(self._own)
        else:
            self.autosave.note(replace(self._own, lesson=_words(room.lesson), page=room.number))

    def look(self, ask: bool = True) -> None:
        """See what programs left that died. ``ask`` whether it shall be brought back; otherwise it is mentioned."""
        if not self._wanted:
            return
        self._orphans += [it for it in self.autosave.orphans(self.crashed.emit) if not self._needless(it)]
        if ask:
            self.ask()
        else:
            self._mention()
        self._offer_in_menu()

    def ask(self) -> None:
        """Whether the latest that was left shall be brought back; no keeps it for later."""
        if not self._orphans:
            return
        orphan, buttons = self._orphans[0], QMessageBox.StandardButton
        answer = QMessageBox.question(
            self._window,
            "Bring back the race",
            f"optim-race ended unexpectedly. {_question(orphan.rescue)}\n\n{LATER_OR_NEVER}",
            buttons.Yes | buttons.No | buttons.Discard,
            buttons.Yes,
        )
        if answer == buttons.Yes:
            if not self._window.documents.may_leave():
                return
            self._bring_back(orphan.rescue)
            self.autosave.write()  # before the other is gone
        if answer in (buttons.Yes, buttons.Discard):
            orphan.take()
            self._orphans.remove(orphan)
            self._mention()
        self._offer_in_menu()

    def close(self) -> None:
        """A clean end; what nobody wanted yet is left to the next start."""
        self.autosave.close()
        self._let_go()

    def leave(self) -> None:
        """The end has come and nobody can be asked: all is left to the next start."""
        self.autosave.leave()
        self._let_go()

    def _let_go(self) -> None:
        for orphan in self._orphans:
            orphan.lock.unlock()
        self._orphans = []

    def _bring_back(self, left: Rescue) -> None:
        window, c = self._window, self._window.controller
        if left.race is not None:
            window.documents.resume(left.path)
            for race in (left.before, left.race):
                if race is not None:
                    c.set_race(race)
            if left.walking:
                window.fog.begin()
        if left.lesson and (lesson := _lesson(left.lesson)):
            window.finish()
            window.classroom.open(lesson, min(left.page, len(lesson.pages) - 1))

    def _needless(self, orphan: Orphan) -> bool:
        """Whether the program died just after the race was saved, or in a lesson that is no more."""
        left, needless = orphan.rescue, False
        if left.lesson:
            needless = left.race is None and _lesson(left.lesson) is None
        elif left.path is not None:
            with suppress(RaceError, FileError):
                needless = racefile.find(left.path) == left.race
        if needless:
            orphan.take()
        return needless

    def _mention(self) -> None:
        if self._orphans:
            self._window.commentary.tell(f"There is a race from before optim-race ended unexpectedly: {LATER}.")

    def _offer_in_menu(self) -> None:
        self._window.actions_.set_possible(COMMAND, bool(self._orphans))


def _question(left: Rescue) -> str:
    lesson = _lesson(left.lesson) if left.lesson else None
    if lesson is not None:
        return f"Go on with the lesson “{lesson.title}”, page {left.page + 1}?"
    where = f" ({left.path.name})" if left.path else ""
    return f"Bring back “{left.race.title if left.race else ''}”{where}?"


def _words(lesson: Lesson) -> str:
    """What finds ``lesson`` again: the name of one of ours, else its whole text."""
    if lesson.name:
        return lesson.name
    from simulator import lessonfile  # only when used: it costs start-up time

    return lessonfile.dumps(lesson)


def _lesson(words: str) -> Lesson | None:
    from simulator import lessonfile, lessonshape
    from simulator.lessons import LESSONS

    if words in LESSONS:
        return LESSONS[words]
    try:
        return lessonfile.parse(words, "lesson", lessonshape.faults)
    except RaceError:
        return None
