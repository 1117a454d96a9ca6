"""The race window: puts the views around one controller and carries gestures to it.

The shell (menus, tool bar, playback) stands at once, a first picture of the race follows, and what needs pyqtgraph
comes last: each stage when the one before has been painted.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QSplitter, QVBoxLayout, QWidget

from simulator import resources
from simulator.fairness import sheet
from simulator.race import Race
from simulator.ui.actions import Actions
from simulator.ui.commentaryline import CommentaryLine
from simulator.ui.controller import Controller
from simulator.ui.documents import Documents
from simulator.ui.fairnessstrip import FairnessStrip
from simulator.ui.fogwalk import FogWalk
from simulator.ui.looks import Looks
from simulator.ui.playback import PlaybackBar
from simulator.ui.playing import link_playback, set_pace
from simulator.ui.recovery import Recovery
from simulator.ui.remembered import (
    note_sizes,
    remember_coach,
    remember_curves,
    remember_rates,
    remember_stability,
    remember_stage,
    restore_panels,
    restore_window,
)
from simulator.ui.settings import Settings, to_stderr
from simulator.ui.sidewindows import SideWindows
from simulator.ui.theme import Theme

if TYPE_CHECKING:
    from simulator.ui.picture import Picture


class MainWindow(QMainWindow):
    """One window, one race. ``finish`` completes it after the first paint, or at once when called."""

    def __init__(self, race: Race, path: Path | None = None, settings: Settings | None = None):
        super().__init__()
        self.settings = settings or Settings()
        self.looks = Looks(self, self.settings)
        self.controller = Controller(race, self)
        self.documents = Documents(self.controller, self.settings, self, path)
        self.actions_ = Actions(self)
        self.playback = PlaybackBar()
        self.commentary = CommentaryLine(self.controller)
        self.fairness = FairnessStrip()
        self.settings.tell = self.commentary.tell
        self.workbench: Any = None  # a Workbench, from the first stage on
        self.classroom: Any = None  # a Classroom, once the window is finished
        self.recovery = Recovery(self)
        self.autosave = self.recovery.autosave
        self.ending = False  # the session ends: nobody can be asked
        self.beside = SideWindows(self)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._build_shell()
        self._connect()
        self._show_theme()
        self._on_race(race)
        self.playback.show_step(self.controller.recording, 0)
        self.fairness.show_step(self.controller.recording, 0)
        self.commentary.comment()

    @property
    def theme(self) -> Theme:
        return self.looks.theme

    @property
    def _lesson(self) -> str:
        """The lesson and its page, if there is one: then the race on screen is not the person's own."""
        return self.classroom.title if self.classroom else ""

    @property
    def finished(self) -> bool:
        return self.workbench is not None and self.workbench.complete

    def finish(self) -> None:
        """Build what is still missing, at once."""
        self._show_first_picture()
        if self.workbench.complete:
            return
        self.workbench.build_rest()
        for name in ("racers", "race", "inspect", "lessons", "guide", "arena"):
            self.actions_.on(name, lambda name=name: self.workbench.focus(name))
        for name in ("tree", "tables", "calculators"):
            self.actions_.on(name, lambda name=name: self.workbench.open_guide(name))
        self.actions_.on("fork", self.workbench.fork)
        self.actions_.on("reset_view", self.workbench.stage.reset_view)
        self.actions_.link_stage(self.workbench.stage)
        remember_stage(self.workbench.stage, self.settings, self.actions_)
        remember_coach(self.workbench.coach, self.settings, self.actions_)
        remember_rates(self.workbench, self.settings, self.actions_)
        self._set_classroom()
        self.workbench.focus("arena")
        if self.settings.notes:
            self.commentary.tell(" ".join(self.settings.notes))

    def _show_first_picture(self) -> None:
        if self.workbench is not None:
            return
        from simulator.ui.workbench import Workbench

        self.workbench = Workbench(self.controller, self._split, self.theme)
        self.workbench.race_requested.connect(self.documents.open_race)
        self.workbench.refused.connect(self.commentary.tell)
        self.workbench.help_wanted.connect(self._show_handbook)
        self.workbench.code_wanted.connect(self._show_code)
        # Not from within a paint event, and after the other views have been painted.
        self.workbench.preview.painted.connect(lambda: QTimer.singleShot(0, self, self.finish))
        remember_curves(self.workbench.curves, self.settings, self.actions_)
        remember_stability(self.workbench.racers, self.settings, self.actions_)
        restore_panels(self._split, self.settings)

    def _set_classroom(self) -> None:
        from simulator.ui.classroom import Classroom

        self.classroom = Classroom(self.controller, self.workbench, self.documents)
        self.actions_.link_classroom(self.classroom)
        self.classroom.refused.connect(self.commentary.tell)
        self.classroom.changed.connect(self._on_lesson)

    def _on_lesson(self) -> None:
        self.playback.setEnabled(not self.controller.held)
        self._on_history()
        self.commentary.comment()

    def _build_shell(self) -> None:
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(6, 5, 6, 2)
        layout.setSpacing(4)
        layout.addWidget(self._split, 1)
        for part in (self.fairness, self.commentary, self.playback):
            layout.addWidget(part)
        self.setCentralWidget(body)
        body.setFocus()  # until there is an arena to have it, or the strip is framed in the first pictures
        self.fog = FogWalk(
            self.controller, self.actions_, layout, (self._split, self.fairness, self.commentary, self.playback)
        )
        self.setAcceptDrops(True)
        self.setMinimumSize(900, 560)
        restore_window(self, self.settings)

    def _connect(self) -> None:
        c, on = self.controller, self.actions_.on
        c.race_changed.connect(self._on_race)
        c.history_changed.connect(self._on_history)
        c.moved.connect(self.fairness.show_step)
        self.documents.changed.connect(self._on_history)
        self.beside.sample_wanted.connect(self._open_sample)
        self.beside.lesson_wanted.connect(self._open_lesson)
        self.beside.race_wanted.connect(self._open_race)
        link_playback(c, self.playback, self.actions_, self.settings)
        self.fog.turned.connect(self._on_fog)
        self.fog.paced.connect(lambda speed: set_pace(c, self.playback, speed))
        self.fog.refused.connect(self.commentary.tell)
        for name, do in (
            ("open", self.documents.open_dialog), ("save", self.documents.save), ("save_as", self.documents.save_as),
            ("export", self._export), ("copy_picture", self._copy_picture),
            ("export_csv", lambda: self._export("csv")),
            ("quit", self.close), ("undo", c.undo), ("redo", c.redo), ("keys", self.beside.show_keys),
            ("fairness", self._show_fairness),
            ("code", self._show_code), ("handbook", self._show_handbook), ("teachers", self.beside.show_help),
            ("selfcheck", self._show_selfcheck), ("about", self.beside.show_about), ("league", self._show_league),
        ):  # fmt: skip
            on(name, do)
        self.fairness.wanted.connect(self._show_fairness)
        self.looks.follow(self.actions_)
        self.looks.changed.connect(self._show_theme)
        menus = self.actions_.menus
        menus["samples"].aboutToShow.connect(lambda: self.documents.fill_samples(menus["samples"]))
        menus["recent"].aboutToShow.connect(lambda: self.documents.fill_recent(menus["recent"]))

    def _on_fog(self, on: bool) -> None:
        self.finish()
        self._on_history()
        if not on:
            self.workbench.focus("arena")

    def _export(self, kind: str = "") -> None:
        self.controller.pause()  # what is written is what stands behind the dialog
        self.documents.export(self.picture(), kind)

    def _copy_picture(self) -> None:
        from simulator.ui.export import copy  # only when used: it costs start-up time

        copy(self.picture(), scale=self.devicePixelRatioF())
        self.commentary.tell("The picture is on the clipboard.")

    def picture(self) -> Picture:
        """What the window shows now."""
        self.finish()
        return self.workbench.picture()

    # What the controller says.

    def _on_race(self, race: Race) -> None:
        self.playback.set_race(race)
        self._on_history()

    def _on_history(self) -> None:
        c = self.controller
        self.actions_.set_possible("undo", c.can_undo)
        self.actions_.set_possible("redo", c.can_redo)
        self.setWindowModified(c.modified and not self._lesson)
        where = f" ({self.documents.path.name})" if self.documents.path else ""
        title = "Walk in the fog" if self.fog.on else self._lesson or f"{c.race.title}{where}"
        name = title.replace("[*]", "[*][*]")  # which Qt shows as it is, and not as the mark
        self.setWindowTitle(f"{name}[*] — optim-race")
        self.recovery.note()

    def _show_theme(self) -> None:
        for part in (self.actions_, self.playback, self.fairness, self.fog, self.workbench, self.beside):
            if part is not None:
                part.set_theme(self.theme)

    # What opens beside the race.

    def _show_handbook(self, optimizer: str = "") -> None:
        self.beside.show_handbook(optimizer or self.controller.race.entrants[0].optimizer.name)

    def _show_code(self, stream: int | None = None) -> None:
        race = self.controller.race
        self.beside.show_code(race, race.entrants[0].stream if stream is None else stream, self.documents.folder())

    def _show_fairness(self) -> None:
        self.controller.pause()
        c = self.controller
        self.beside.show_fairness(sheet(c.recording, c.step))

    def _show_selfcheck(self) -> None:
        self.controller.pause()  # the race would take half of its time
        self.beside.show_selfcheck(self.documents.folder())

    def _show_league(self) -> None:
        self.controller.pause()  # the race would take time from the league's workers
        self.beside.show_league(self.documents.folder())

    def _open_race(self, race: Race) -> None:
        self.finish()
        self.documents.open_race(race)
        self.come_forward()

    def _open_sample(self, name: str) -> None:
        self.documents.open(resources.sample_races()[name])
        self.come_forward()

    def _open_lesson(self, name: str) -> None:
        from simulator.lessons import LESSONS

        self.finish()
        self.classroom.open(LESSONS[name])
        self.come_forward()

    def come_forward(self) -> None:
        self.activateWindow()
        self.raise_()

    # What the system says.

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.workbench is None:
            QTimer.singleShot(0, self, self._show_first_picture)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if len(event.mimeData().urls()) == 1 and event.mimeData().urls()[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.documents.open(Path(event.mimeData().urls()[0].toLocalFile()))

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.ending and not self.documents.may_leave():
            event.ignore()
            return
        self.controller.pause()
        self.documents.close()
        self.beside.close()
        (self.recovery.leave if self.ending else self.recovery.close)()
        note_sizes(self, self.workbench.widths if self.workbench else [], self.settings)
        if self.workbench is not None:
            self.workbench.close()
        self.settings.tell = to_stderr
        self.settings.keep()
        event.accept()
