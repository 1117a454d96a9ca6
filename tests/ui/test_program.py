"""The whole program as a process: what ends it, and what its next start finds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from importlib.util import find_spec

import pytest

from simulator import racefile, rescue
from simulator.folders import folder

PROGRAM = """
import ctypes, os, signal, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from simulator.ui import app
from simulator.ui.mainwindow import MainWindow
from simulator.ui.trouble import Trouble

def raises():
    raise LookupError("odd")

class Window(MainWindow):
    def finish(self):
        super().finish()
        if not self.controller.modified:
            self.controller.set_race(self.controller.race.without(0))
            QTimer.singleShot(0, self, self.then)

    def then(self):
        self.autosave.write()
        ACT

    def done(self):
        self.controller.mark_saved()
        self.close()

def once(dialog):
    print(dialog.head.text())
    print(dialog.report.toPlainText())
    dialog.reject()

app.application()
app.MainWindow = Window
QMessageBox.question = lambda parent, title, text, *rest: print(text) or QMessageBox.StandardButton.No
shows = Trouble._show
Trouble._show = lambda self: (shows(self), QTimer.singleShot(0, lambda: once(self.dialog)))
sys.exit(app.main())
"""


def run(act: str, setup: str = "") -> subprocess.CompletedProcess[str]:
    program = PROGRAM.replace("ACT", act).replace("sys.exit", f"{setup}\nsys.exit")
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True, text=True, timeout=100, env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip


def left() -> list[str]:
    return sorted(path.name.rpartition("-")[2].partition(".")[2] for path in folder().glob("autosave-*"))


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals there")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGKILL"])
def test_a_race_outlives_a_signal(name: str) -> None:
    ended = run(f"os.kill(os.getpid(), signal.{name})")
    number = getattr(signal, name)
    assert ended.returncode == (-number if name == "SIGKILL" else 128 + number), ended.stderr
    assert "Traceback" not in ended.stderr
    (path,) = folder().glob("autosave-*.toml")
    assert rescue.parse(path.read_text()).race == racefile.find("ravine").without(0)
    assert left() == (["crash", "toml", "toml.lock"] if name == "SIGKILL" else ["toml"])
    again = run("QTimer.singleShot(400, self, self.done)")
    assert again.returncode == 0, again.stderr
    assert "Bring back" in again.stdout
    assert left() == ["toml"], "no was the answer: it is there the next time"


def test_a_crash_in_native_code_is_reported_at_the_next_start() -> None:
    ended = run("ctypes.string_at(0)")
    assert ended.returncode not in (0, 1)
    assert left() == ["crash", "toml", "toml.lock"]
    again = run("QTimer.singleShot(400, self, self.done)")
    assert again.returncode == 0, again.stderr
    assert "Bring back" in again.stdout
    assert "ended unexpectedly the last time" in again.stdout
    assert "string_at" in again.stdout and "The race on screen" not in again.stdout  # it is another one
    assert left() == ["toml"]


def test_an_error_is_told_and_the_program_goes_on_to_a_clean_end() -> None:
    ended = run("QTimer.singleShot(0, raises); QTimer.singleShot(0, raises); QTimer.singleShot(400, self, self.done)")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("the program goes on") == 1
    assert "LookupError: odd" in ended.stdout
    assert left() == []


def test_an_error_before_the_window_stands_is_told_too() -> None:
    ended = run("pass", setup="app.MainWindow = lambda *rest: 1 / 0")
    assert ended.returncode == 1
    assert "before its window stood" in ended.stdout
    assert "ZeroDivisionError" in ended.stdout and "ZeroDivisionError" in ended.stderr


LATE = {
    "pyqtgraph", "PIL", "numpy.ma", "numpy.random", "difflib", "hashlib", "secrets",
    "simulator.lesson", "simulator.measure", "simulator.handbook", "simulator.svg_text", "simulator.relief",
    "simulator.variants", "simulator.studies.repeats", "simulator.ui.chooser", "simulator.ui.methods",
    "simulator.ui.weightsbar", "simulator.ui.scene", "simulator.ui.arena", "simulator.ui.guidepanel",
}  # fmt: skip
FIRST_PICTURE = """
import os, sys
from simulator.ui import app

class Window(app.MainWindow):
    def finish(self):  # comes once the first picture has been painted
        print(*sys.modules, flush=True)
        os._exit(0)

app.MainWindow = Window
app.main()
"""


def test_the_first_picture_is_painted_before_what_it_need_not_have_is_read() -> None:
    ended = subprocess.run([sys.executable, "-c", FIRST_PICTURE], capture_output=True, text=True, timeout=60)
    read = {*ended.stdout.split()}
    assert ended.returncode == 0 and "simulator.ui.curves" in read, ended.stderr
    assert LATE & read == set()
    assert all(find_spec(name) for name in LATE if name.startswith("simulator."))  # or it has another name by now
