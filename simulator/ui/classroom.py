"""Lessons in the window: which lesson and page, what is locked, and the race from before that comes back at the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from simulator.engine import Engine
from simulator.lesson import Lesson, Page
from simulator.lessoncontrols import EVERYTHING, OF_THE_RACE, opens
from simulator.param import RaceError
from simulator.race import Race, common_lrs
from simulator.recording import Recording
from simulator.ui.controller import Controller
from simulator.ui.documents import Documents
from simulator.ui.workbench import Workbench


class Classroom(QObject):
    """Opens lessons. Nothing of the race from before is lost: it is put aside, and brought back on leaving."""

    changed = Signal()  # the lesson, the page, or whether it is locked
    refused = Signal(str)

    def __init__(self, controller: Controller, workbench: Workbench, documents: Documents):
        super().__init__(workbench)
        self._controller, self._workbench, self._documents = controller, workbench, documents
        self.panel = workbench.lessons
        self.lesson: Lesson | None = None
        self.number = 0
        self._bring_back: list[Callable[[], Any]] = []
        self._opened: Race | None = None  # the page's race, as it was
        self._whole: Recording | None = None
        controller.moved.connect(self._on_moved)
        self.panel.lesson_wanted.connect(self.open)
        self.panel.page_wanted.connect(self.go)
        self.panel.leave_wanted.connect(self.leave)
        self.panel.again_wanted.connect(lambda: self._set(()))
        self.panel.solution_wanted.connect(lambda: self._set(self.page.solution))
        self.panel.answered.connect(self._on_answered)
        self.panel.checked.connect(lambda: self._on_moved(controller.recording, controller.step))
        documents.lesson_found.connect(self.open)
        documents.leaving.connect(self.leave)

    @property
    def page(self) -> Page:
        assert self.lesson is not None
        return self.lesson.pages[self.number]

    @property
    def held(self) -> bool:
        """Whether a prediction is still to be made."""
        return self._controller.held

    def open(self, lesson: Lesson, number: int = 0) -> None:
        """Begin ``lesson``; the race on screen comes back when it is left."""
        if self.lesson is None:
            stage, documents = self._workbench.stage, self._documents
            self._bring_back = [
                lambda path=documents.path: setattr(documents, "path", path),
                self._controller.put_aside(),
                lambda view=stage.view: stage.set_view(view),
                lambda names=stage.overlays: stage.set_overlays(names),
                lambda: self._workbench.set_wide(False),
                lambda shown=self._workbench.rates_shown: self._workbench.show_rates(shown),
            ]
            self._workbench.show_rates(False)  # which may show what a page asks for
            documents.path = None
            self._workbench.set_wide(True)
        self.lesson = lesson
        self.go(number)

    def go(self, number: int) -> None:
        """Show page ``number``: its race, its view, its controls."""
        assert self.lesson is not None
        page = self.lesson.pages[number]
        try:
            race = self.lesson.race_of(page)
        except RaceError as error:  # checked on opening
            self.refused.emit(str(error))
            return
        self.number, self._opened, self._whole = number, race, None
        asks = page.prediction is not None
        self.panel.show_page(self.lesson, number, race)
        self._controller.load(race, held=asks, shared_lr=self._shared_lr(race))
        self._workbench.set_controls(page.controls)
        self._workbench.coach.set_allowed(coached(page))
        self._workbench.host([] if asks else self._panels(page))
        self._look(page, asks)
        self._workbench.inspect.choose(page.beside[1])
        if page.shows:
            self._controller.seek(page.shows)
        self._tell()
        self._on_moved(self._controller.recording, self._controller.step)
        self._workbench.focus("lessons")
        if not asks:
            self._workbench.focus("arena")  # Space runs the race

    def go_on(self, pages: int) -> None:
        """So many pages further, where there are."""
        if self.lesson is not None and 0 <= self.number + pages < len(self.lesson.pages):
            self.go(self.number + pages)

    @property
    def title(self) -> str:
        """What the window says of it; empty without a lesson."""
        if self.lesson is None:
            return ""
        return f"{self.lesson.title}, page {self.number + 1} of {len(self.lesson.pages)}"

    def leave(self) -> None:
        """Everything as it was before the lesson."""
        if self.lesson is None:
            return
        self.lesson = self._opened = self._whole = None
        self._workbench.set_controls(None)
        self._workbench.coach.set_allowed(True)
        self._workbench.host(())
        self.panel.show_list()
        for bring_back in self._bring_back:
            bring_back()
        self._bring_back = []
        self._tell()

    def _tell(self) -> None:
        self._workbench.set_held(self.held)
        self.changed.emit()

    def _look(self, page: Page, asks: bool) -> None:
        stage = self._workbench.stage
        stage.set_view(page.view)
        stage.set_overlays(() if asks else page.overlays)  # which may show the next step

    def _panels(self, page: Page) -> list[Any]:
        """The panels whose controls the page opens, and the one it shows besides."""
        assert self._opened is not None
        heads = {control.split(".")[0] for control in page.controls}
        shared = heads & {*OF_THE_RACE, EVERYTHING}
        own = {c for c in page.controls if c.split(".")[0] not in OF_THE_RACE}
        bench = self._workbench
        shown = {
            "racers": (bench.racers, bool(own)),
            "race": (bench.race, bool(shared)),
            "inspect": (bench.inspect, False),
        }
        return [panel for name, (panel, opened) in shown.items() if opened or name == page.beside[0]]

    def _set(self, changes: tuple[str, ...]) -> None:
        """The page's race with ``changes``: as a change, so that it can be undone."""
        assert self.lesson is not None
        race = self.lesson.race_of(self.page, changes)
        self._controller.set_race(race, shared_lr=self._shared_lr(race))

    def _shared_lr(self, race: Race) -> bool:
        """One η for all, where η is open and all have the same: one slider is moved, and all of them see it."""
        rates = common_lrs(race)
        return "lr" in self.page.controls and len(rates) > 1 and len(set(rates)) == 1

    def _on_answered(self) -> None:
        self._controller.release()
        self._look(self.page, asks=False)
        self._workbench.host(self._panels(self.page))
        self._tell()
        self._workbench.focus("arena")
        self._controller.play()

    def _on_moved(self, recording: Recording, step: int) -> None:
        if self.lesson is not None:
            self.panel.show_step(recording, step, self._to_the_end)

    def _to_the_end(self) -> Recording:
        """The page's own race, run to its end: what answers are read off."""
        assert self._opened is not None
        on_screen = self._controller.recording
        if on_screen.race == self._opened and on_screen.done == self._opened.steps:
            self._whole = on_screen
        elif self._whole is None:
            self._whole = Engine(self._opened).run()
        return self._whole


def coached(page: Page) -> bool:
    """Whether the coach may speak on a page: it gives answers away, so only where none is asked, or where it is meant
    to."""
    return opens(page.controls, "coach") or (page.goal is None and page.prediction is None and not page.questions)
