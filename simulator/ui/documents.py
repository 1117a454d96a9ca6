"""Race files in the window: open, save, recent, drop, export, and the question before anything is lost."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMenu, QMessageBox, QWidget

from simulator import racefile, resources
from simulator.files import FileError, read, write
from simulator.param import RaceError
from simulator.race import Race
from simulator.ui.controller import Controller
from simulator.ui.settings import Settings
from simulator.ui.where import ask_where

if TYPE_CHECKING:
    from simulator.ui.exportdialog import ExportDialog
    from simulator.ui.picture import Picture

LONGEST_NAME = 60  # letters of a title that go into a file's name: file systems allow 255 bytes
RACES = "Races and lessons (*.toml *.png *.svg);;All files (*)"


class Documents(QObject):
    """Knows which file the race on screen came from."""

    changed = Signal()  # the path
    lesson_found = Signal(object)  # a Lesson was opened
    leaving = Signal()  # another race comes, or the end: what was only lent gives back the race from before

    def __init__(self, controller: Controller, settings: Settings, window: QWidget, path: Path | None = None):
        super().__init__(window)
        self._controller, self._settings, self._window = controller, settings, window
        self._exporting: ExportDialog | None = None
        # Where it was started from says nothing to the next start.
        self.path = Path(os.path.abspath(path)) if path is not None else None
        self._known: dict[Path, bytes] = {}  # what was in a file when it was opened or saved
        self._look()

    def open_dialog(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self._window, "Open a race or a lesson", self.folder(), RACES)
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> None:
        """Race the file, or say what is wrong with it and keep the race on screen. A lesson is begun."""
        from simulator import lessonfile  # only when used: it costs start-up time

        if lessonfile.is_lesson(path):
            self._open_lesson(path)
            return
        if not self.may_leave():
            return
        try:
            race = racefile.find(path)
        except (RaceError, FileError) as error:
            self._say("This race cannot be opened", str(error))
            return
        # A picture, and a sample that came with the program, are not what "Save" should write over.
        own = path.suffix.lower() == ".toml" and path not in resources.sample_races().values()
        self._settings.add_recent(path)
        self._show(race, path if own else None)

    def _open_lesson(self, path: Path) -> None:
        from simulator import lessonfile, lessonshape

        try:
            lesson = lessonfile.find(path, lessonshape.faults)
        except (RaceError, FileError) as error:
            self._say("This lesson cannot be opened", _first_lines(str(error)))
            return
        self._settings.add_recent(path)
        self.lesson_found.emit(lesson)

    def open_race(self, race: Race) -> None:
        """A ready race that has no file."""
        if self.may_leave():
            self._show(race, None)

    def _show(self, race: Race, path: Path | None) -> None:
        self.path = path
        self._look()
        self._controller.load(race)
        self.changed.emit()

    def resume(self, path: Path | None) -> None:
        """Stand where work on ``path`` was left: on its race, where it can be read, and saving goes there."""
        if path is not None:
            with suppress(RaceError, FileError):
                self._controller.load(racefile.find(path))
        self.path = path
        self._look()
        self.changed.emit()

    def save(self) -> bool:
        _take_typed()
        return self._save(self.path) if self.path else self.save_as()

    def save_as(self) -> bool:
        _take_typed()
        path = self._ask_where("Save the race", racefile.ENDING, "Race (*.toml)")
        return self._save(path) if path else False

    def _save(self, path: Path) -> bool:
        if path == self.path and not self._may_overwrite(path):
            return False
        text = racefile.dumps(self._controller.race)
        try:
            write(path, text)
        except FileError as error:
            question = f"{error}.\n\nThe race is kept in this window. Save it elsewhere?"
            return self._ask("The race was not saved", question) and self.save_as()
        self.path, self._known[path] = path, text.encode()
        self._settings.add_recent(path)
        self._controller.mark_saved()
        self.changed.emit()
        return True

    def _look(self) -> None:
        """See what is in the file now, to find out whether another program has changed it when it is saved."""
        content = _content(self.path)
        if self.path is not None and content is not None:
            self._known[self.path] = content

    def _may_overwrite(self, path: Path) -> bool:
        """Whether the file is as we left it, or what another program made of it may be lost. One that is gone may."""
        now = _content(path)
        if now is None or now == self._known.setdefault(path, now):
            return True
        question = f"Another program has changed {path.name} since it was opened. Replace it?"
        return self._ask("Replace the file", question)

    def _ask(self, title: str, text: str) -> bool:
        buttons = QMessageBox.StandardButton
        return QMessageBox.question(self._window, title, text, buttons.Yes | buttons.No) == buttons.Yes  # type: ignore[arg-type]

    def may_leave(self) -> bool:
        """Whether the race on screen may be given up: saved, unchanged, or discarded on purpose."""
        _take_typed()
        self.leaving.emit()
        if not self._controller.modified:
            return True
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self._window,
            "Unsaved changes",
            f"Save the changes to “{self._controller.race.title}”?",
            buttons.Save | buttons.Discard | buttons.Cancel,
            buttons.Save,
        )
        return self.save() if answer == buttons.Save else answer == buttons.Discard

    def export(self, picture: Picture, kind: str = "") -> None:
        """Write ``picture``, as it is on screen, or its race; ``kind`` is an ending, what was last chosen where it is
        left out."""
        from simulator.ui.exportdialog import ExportDialog  # only when used: it costs start-up time

        compute, chosen = self._controller.compute, self._settings.export
        self._exporting = ExportDialog(picture, self._suggest(""), compute, chosen, kind, self._window)
        if self._exporting.exec():
            self._settings.note_export(self._exporting.chosen())
        self._exporting.deleteLater()
        self._exporting = None

    def close(self) -> None:
        """Give up what is being written."""
        if self._exporting is not None:
            self._exporting.done(0)

    def fill_samples(self, menu: QMenu) -> None:
        menu.clear()
        for path in resources.sample_races().values():
            menu.addAction(_plain(racefile.find(path).title), lambda path=path: self.open(path))

    def fill_recent(self, menu: QMenu) -> None:
        menu.clear()
        for path in self._settings.recent:
            menu.addAction(_plain(str(path)), lambda path=path: self.open(path))
        if menu.isEmpty():
            menu.addAction("Nothing yet").setEnabled(False)

    def _ask_where(self, title: str, ending: str, kinds: str) -> Path | None:
        """The file to write, with an ``ending`` if none was typed; None if there shall be none."""
        return ask_where(self._window, title, self._suggest(ending), ending, kinds)

    def _say(self, title: str, text: str) -> None:
        QMessageBox.warning(self._window, title, text)

    def folder(self) -> str:
        """Where files are looked for and put: not where the program keeps its samples."""
        samples = resources.sample_races().values()
        recent = [path for path in self._settings.recent if path not in samples]
        first = self._settings.folder
        places = [self.path.parent] if self.path else [first] if first else [path.parent for path in recent]
        return str(next((place for place in places if os.path.isdir(place)), Path.home()))  # a drive may be gone

    def _suggest(self, suffix: str) -> str:
        title = self._controller.race.title[:LONGEST_NAME]
        stem = self.path.stem.removesuffix(".race") if self.path else "-".join(re.findall(r"\w+", title))
        return str(Path(self.folder()) / f"{stem or 'race'}{suffix}")


def _content(path: Path | None) -> bytes | None:
    """What is in the file; None where nothing can be had."""
    if path is None or not os.path.isfile(path):  # a pipe has it once
        return None
    try:
        return read(path, racefile.MAX_BYTES)
    except FileError:
        return None


def _first_lines(text: str) -> str:
    """As many faults as a message can show."""
    lines = text.split("\n")
    more = [f"… and {len(lines) - 8} more. optim-race lesson check says them all."] if len(lines) > 8 else []
    return "\n".join([*lines[:8], *more])


def _plain(text: str) -> str:
    """A menu's text in which & is no shortcut."""
    return text.replace("&", "&&")


def _take_typed() -> None:
    """What stands typed in a field, not yet entered, belongs to the race that is saved."""
    if isinstance(field := QApplication.focusWidget(), QLineEdit):
        field.editingFinished.emit()
