"""A league on worker processes while the window stays awake: a timer asks how far they are."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from simulator.files import FileError
from simulator.studies.crew import Crew, CrewError, Processes
from simulator.studies.journal import Journal
from simulator.studies.league import League
from simulator.studies.leaguerun import Running
from simulator.studies.workers import cores

LOOK_MS = 50


class LeagueJob(QObject):
    """Runs one league at a time. What is finished is kept, whoever stops it."""

    progressed = Signal()
    done = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject, crew: Callable[[], Crew] = lambda: Processes(cores())):
        super().__init__(parent)
        self._crew = crew
        self.under_way: Running | None = None
        self.timer = QTimer(self, interval=LOOK_MS)
        self.timer.timeout.connect(self.advance)

    @property
    def running(self) -> bool:
        return self.under_way is not None

    def start(self, league: League, journal: Journal) -> None:
        """Begin, in place of any other."""
        self.stop()
        self.under_way = Running(league, journal, self._crew())
        self.timer.start()

    def advance(self) -> None:
        """Look once."""
        it = self.under_way
        if it is None:
            return
        try:
            it.advance(0.0)
        except (FileError, CrewError) as error:
            self.stop()
            self.failed.emit(str(error))
            return
        self.progressed.emit()
        if it.done:
            self.stop()
            if it.failures:
                told = "\n".join(map(str, it.failures[:5]))
                self.failed.emit(f"{len(it.failures)} of {it.cells} cells could not be raced.\n{told}")
            else:
                it.tidy()
                self.found = it.standings()
                self.done.emit()

    def stop(self) -> None:
        """No process is left when this returns."""
        self.timer.stop()
        it, self.under_way = self.under_way, None
        if it is not None:
            it.stop()
