"""Someone who does anything at all in the window, the same again for the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QToolButton,
    QWidget,
)

from simulator import racefile, resources
from simulator.race import Race
from simulator.ui.arena import Arena
from simulator.ui.codedialog import CodeDialog
from simulator.ui.exportdialog import ExportDialog
from simulator.ui.fairnesssheet import FairnessSheet
from simulator.ui.guidecode import GuideCode
from simulator.ui.handbook import Handbook
from simulator.ui.keysdialog import KeysDialog
from simulator.ui.mainwindow import MainWindow
from simulator.ui.selfcheckdialog import SelfCheckDialog

# Away from the window, out of its size, or to what other programs left.
LEAVING = ("quit", "full_screen", "recover")
KEYS = [
    "Space",
    "Left",
    "Right",
    "Up",
    "Down",
    "Home",
    "End",
    "PageUp",
    "PageDown",
    "Tab",
    "Backtab",
    "Escape",
    "Return",
    "Backspace",
    "Delete",
    "Plus",
    "Minus",
    "0",
    "1",
    "2",
    "5",
    "9",
    "Comma",
    "Period",
    "A",
    "E",
    "X",
]
TEXTS = (
    "", "0", "1", "-1", "0.5", "0,5", "1e-3", "1e9", "1e999", "nan", "inf", "300", "7", "(1, 2)", "1 2", "3; -4",
    "<b>x", "x**2 + 10*y**2", "x**2", "sin(x)*y", "1/x", "log(x", "Momentum", "Adam", " ", "a & b", "[*]",
)  # fmt: skip
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton


class Monkey:
    """Acts on ``window``; saves to ``folder``. ``origin`` is the race that undoing everything gives back."""

    def __init__(self, window: MainWindow, seed: int, folder: Path):
        self.window, self.folder, self.dice = window, folder, random.Random(seed)
        self.origin = window.controller.race
        self.written: Race | None = None  # the last race that came back from its file as it was
        self.done: list[str] = []
        controller = window.controller
        self._load, self._put_aside = controller.load, controller.put_aside
        controller.load, controller.put_aside = self._loaded, self._aside  # type: ignore[method-assign]
        samples = sorted(resources.sample_races().values())
        (folder / "broken.toml").write_text("format = 1\n[[entrant]]\n")
        (folder / "noise.bin").write_bytes(bytes(range(256)))
        self.files = [*samples, folder / "broken.toml", folder / "noise.bin", folder, folder / "gone.toml"]
        self.acts: tuple[tuple[int, Callable[[], None]], ...] = (
            (6, self.command), (6, self.press_button), (5, self.type_key), (4, self.fill_field), (4, self.move_slider),
            (4, self.turn_combo), (4, self.click_arena), (3, self.drag_arena), (3, self.wheel), (3, self.menu_entry),
            (3, self.undo_or_redo), (2, self.playback), (1, self.open_file), (1, self.drop_file), (1, self.guide),
            (1, self.resize),
        )  # fmt: skip

    def answer(self, monkeypatch: object) -> None:
        """Answer every question by the dice, so that nothing blocks."""
        patch = monkeypatch.setattr  # type: ignore[attr-defined]
        buttons = QMessageBox.StandardButton
        options = (buttons.Save, buttons.Discard, buttons.Discard, buttons.Cancel)
        patch(QMessageBox, "question", lambda *rest: self.dice.choice(options))
        for name in ("warning", "information", "about"):
            patch(QMessageBox, name, lambda *rest: None)
        target = lambda suffix: str(self.folder / self.dice.choice((f"a{suffix}", f"b{suffix}", "missing/c", "plain")))  # noqa: E731
        patch(QFileDialog, "getSaveFileName", lambda parent, title, at, kinds: (target(Path(at).suffix), ""))
        patch(QFileDialog, "getOpenFileName", lambda *rest: (str(self.dice.choice(self.files)), ""))

        def export(dialog: ExportDialog) -> int:
            kind = self.dice.choice(("png", "gif", "csv", "json", "html"))
            dialog.form.set_size(400, 400)
            dialog.form.seconds.setValue(1.0)
            dialog.kind.setCurrentIndex(dialog.kind.findData(kind))
            dialog.path.setText(target(f".{kind}"))
            dialog.accept()
            for _ in range(self.dice.randrange(200)):
                dialog.job.advance()
            dialog.done(0)
            return dialog.result()

        patch(ExportDialog, "exec", export)
        patch(Handbook, "exec", lambda book: 0)
        patch(CodeDialog, "exec", lambda dialog: 0)
        patch(GuideCode, "exec", lambda dialog: 0)
        patch(SelfCheckDialog, "exec", lambda dialog: 0)
        patch(FairnessSheet, "exec", lambda dialog: 0)
        patch(KeysDialog, "exec", lambda dialog: 0)

    def _loaded(self, race: Race, *rest: Any, **more: Any) -> None:
        self._load(race, *rest, **more)
        self.origin = race

    def _aside(self) -> Callable[[], None]:
        origin, bring_back = self.origin, self._put_aside()

        def back() -> None:
            bring_back()
            self.origin = origin

        return back

    def act(self) -> None:
        weights, acts = zip(*self.acts, strict=True)
        act = self.dice.choices(acts, weights)[0]
        self.done.append(act.__name__)
        act()
        if self.dice.random() < 0.3:
            QApplication.processEvents()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        self.check()

    def check(self) -> None:
        c = self.window.controller
        assert 0 <= c.step <= c.recording.done <= c.race.steps, self.story
        assert c.recording.race == c.race, self.story
        if not c.can_undo:
            assert c.race == self.origin, self.story
        if c.race is not self.written:
            assert racefile.parse(racefile.dumps(c.race)) == c.race, self.story
            self.written = c.race

    def undo_all(self) -> None:
        c = self.window.controller
        while c.can_undo:
            c.undo()

    @property
    def story(self) -> str:
        return " > ".join(self.done[-12:])

    def note(self, what: str) -> None:
        self.done[-1] += f" {what}"

    def pick(self, kind: type) -> QWidget | None:
        """One of the widgets of a kind that a person can get at."""
        found = [w for w in self.window.findChildren(kind) if w.isVisible() and w.isEnabled()]
        return self.dice.choice(found) if found else None

    # What it does.

    def command(self) -> None:
        names = [name for name in self.window.actions_._by_name if name not in LEAVING]
        name = self.dice.choice(names)
        self.note(name)
        self.window.actions_[name].trigger()

    def press_button(self) -> None:
        button = self.pick(QAbstractButton)
        if button is not None and not (isinstance(button, QToolButton) and button.menu()):
            self.note(button.accessibleName())
            QTest.mouseClick(button, LEFT)

    def menu_entry(self) -> None:
        menus = [m for m in self.window.findChildren(QMenu) if m.parent() is not self.window.menuBar()]
        actions = [a for m in menus for a in m.actions() if a.isEnabled() and not a.isSeparator() and not a.menu()]
        skip = [self.window.actions_[name] for name in LEAVING]
        actions = [a for a in actions if a not in skip]
        if actions:
            action = self.dice.choice(actions)
            self.note(action.text())
            action.trigger()

    def type_key(self) -> None:
        widget = QApplication.focusWidget() or self.window
        if not self.window.isAncestorOf(widget):
            return
        key = self.dice.choice(KEYS)
        self.note(f"{key} on {type(widget).__name__}")
        if isinstance(widget, QComboBox) or (isinstance(widget, QToolButton) and widget.menu()):
            return  # what pops up takes hold of the keyboard
        QTest.keyClick(widget, getattr(Qt.Key, f"Key_{key}"), self.dice.choice((NONE, NONE, NONE, SHIFT)))

    def fill_field(self) -> None:
        field = self.pick(QLineEdit)
        if field is not None and not field.isReadOnly():
            text = self.dice.choice(TEXTS)
            self.note(f"{field.accessibleName()} {text!r}")
            field.setFocus()
            field.selectAll()
            QTest.keyClicks(field, text)
            if self.dice.random() < 0.7:
                QTest.keyClick(field, Qt.Key.Key_Return)

    def move_slider(self) -> None:
        slider = self.pick(QAbstractSlider)
        if slider is not None:
            self.note(slider.accessibleName())
            for _ in range(self.dice.randrange(1, 4)):
                slider.setValue(self.dice.randint(slider.minimum(), slider.maximum()))

    def turn_combo(self) -> None:
        combo = self.pick(QComboBox)
        if isinstance(combo, QComboBox):
            self.note(combo.accessibleName())
            combo.setCurrentIndex(self.dice.randrange(combo.count()))

    def arena(self) -> Arena:
        """One that can be seen; where none can, the map of all is called back."""
        seen = [it for it in self.window.findChildren(Arena) if it.isVisible()]
        if not seen:
            self.window.workbench.stage.set_view("contour")
        return self.dice.choice(seen or [self.window.workbench.arena])

    def click_arena(self) -> None:
        arena = self.arena()
        port = arena.plot.viewport()
        act = self.dice.choice((QTest.mouseClick, QTest.mouseClick, QTest.mouseDClick))
        act(port, LEFT, self.dice.choice((NONE, SHIFT)), self.somewhere(port))
        if self.dice.random() < 0.5:
            arena.box._settled()  # what the time for a second click would bring

    def drag_arena(self) -> None:
        arena = self.arena()
        port = arena.plot.viewport()
        at = self.somewhere(port)
        starts = self.window.controller.race.starts
        if self.dice.random() < 0.6:
            x, y = arena.box.starts[self.dice.randrange(len(starts))]
            scene = arena.box.mapViewToScene(QPointF(x, y))
            at = arena.plot.mapFromScene(scene)
        QTest.mousePress(port, LEFT, NONE, at)
        for _ in range(3):
            QTest.mouseMove(port, self.somewhere(port))
            if self.dice.random() < 0.2:
                self.undo_or_redo()
            QApplication.processEvents()
        QTest.mouseRelease(port, LEFT, NONE, self.somewhere(port))

    def wheel(self) -> None:
        widget = self.dice.choice((self.arena().plot.viewport(), self.pick(QWidget)))
        at = QPointF(self.somewhere(widget))
        turn = QPoint(0, self.dice.choice((-480, -120, 120, 480)))
        event = QWheelEvent(
            at, QPointF(widget.mapToGlobal(at.toPoint())), QPoint(), turn, Qt.MouseButton.NoButton, NONE,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(widget, event)

    def undo_or_redo(self) -> None:
        c = self.window.controller
        for _ in range(self.dice.randrange(1, 5)):
            self.dice.choice((c.undo, c.redo))()

    def playback(self) -> None:
        c = self.window.controller
        what = self.dice.randrange(5)
        if what == 0:
            c.seek(self.dice.randint(-5, c.race.steps + 5))
        elif what == 1:
            c.play()
        elif what == 2:
            c.tick(self.dice.random())
        elif what == 3:
            bar = self.window.playback.timeline
            QTest.mousePress(bar, LEFT, NONE, self.somewhere(bar))
            QTest.mouseMove(bar, self.somewhere(bar))
            QTest.mouseRelease(bar, LEFT, NONE, self.somewhere(bar))
        else:
            plot = self.window.workbench.curves.plot
            QTest.mouseClick(plot, LEFT, NONE, self.somewhere(plot))

    def open_file(self) -> None:
        path = self.dice.choice(self.files)
        self.note(path.name)
        self.window.documents.open(path)

    def drop_file(self) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(self.dice.choice(self.files)))])
        at = QPointF(self.somewhere(self.window))
        self.window.dropEvent(QDropEvent(at, Qt.DropAction.CopyAction, data, LEFT, NONE))

    def guide(self) -> None:
        guide = self.window.workbench.guide.walk
        self.window.workbench.focus("guide")
        for _ in range(8):
            choice = guide.focusProxy()
            if choice.text() == "Open this race":
                break
            buttons = [b for b in guide.findChildren(QAbstractButton) if b.objectName() == "guideAnswer"]
            (self.dice.choice(buttons) if buttons else choice).click()
        guide.focusProxy().click()

    def resize(self) -> None:
        self.window.resize(*self.dice.choice(((900, 560), (1366, 768), (1920, 1080), (10, 10))))

    def somewhere(self, widget: QWidget) -> QPoint:
        return QPoint(self.dice.randrange(max(widget.width(), 1)), self.dice.randrange(max(widget.height(), 1)))
