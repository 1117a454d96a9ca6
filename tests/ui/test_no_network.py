"""The program never asks for the network: it runs in a process that would end if it did."""

from __future__ import annotations

import os
import platform
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from offline import CALLS, CAUGHT

from tests.places import ROOT

WINDOW = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from simulator.cli import main
from simulator.ui.mainwindow import MainWindow
from simulator.ui.qt import application

def use():
    window = next(it for it in QApplication.topLevelWidgets() if isinstance(it, MainWindow))
    window.finish()
    names = "teachers tree tables calculators race inspect lessons guide dark view/relief"
    for name in names.split():
        window.actions_[name].trigger()
        QApplication.processEvents()
    window.controller.play()
    for _ in range(40):
        window.controller.tick(0.05)
        QApplication.processEvents()
    window.grab().save(sys.argv[1] + "/window.png")
    print("used", window.controller.step, flush=True)
    window.close()
    for it in QApplication.topLevelWidgets():
        it.close()

folder = sys.argv[1]
for command in (["run", "ravine", "--quiet", "--png", folder + "/a.png", "--csv", folder + "/a.csv"],
                ["help"], ["describe", "adam"], ["settings"], ["selftest"]):
    assert main(command) == 0, command
app = application()
QTimer.singleShot(0, app, use)
assert main(["gui", "--reset"]) == 0
network = [name for name in sys.modules if "QtNetwork" in name]
assert not network, network
try:
    loaded = open("/proc/self/maps").read()
except OSError:
    loaded = ""
assert "Qt6Network" not in loaded
print("all done")
"""


def offline(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    command = [sys.executable, str(ROOT / "tests" / "offline.py"), *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", timeout=120, check=False
    )


def test_the_program_asks_for_no_network(tmp_path: Path) -> None:
    script = tmp_path / "use.py"
    script.write_text(WINDOW, encoding="utf-8")
    ran = offline(str(script), str(tmp_path))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(r"^used [1-9]", ran.stdout, re.M) and ran.stdout.endswith("all done\n"), ran.stdout
    assert "Traceback" not in ran.stderr
    assert (tmp_path / "a.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    "ask",
    [
        "import socket; socket.socket()",
        "import socket; socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
        "import socket; socket.getaddrinfo('localhost', 80)",
        "import urllib.request; urllib.request.urlopen('http://localhost:1')",
    ],
)
def test_who_asks_in_python_is_caught(ask: str) -> None:
    assert offline(ask).returncode == CAUGHT


@pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in CALLS, reason="the kernel's filter is written for Linux"
)
@pytest.mark.parametrize(
    "ask",
    [
        "import ctypes; ctypes.CDLL(None).socket(2, 1, 0)",
        "import ctypes; ctypes.CDLL(None).socket(10, 2, 0)",
        "from PySide6.QtNetwork import QTcpSocket as S; s = S(); s.connectToHost('127.0.0.1', 1); s.waitForConnected()",
    ],
)
def test_who_asks_beside_python_is_ended(ask: str) -> None:
    assert offline(ask).returncode == -signal.SIGSYS


def test_what_stays_within_the_machine_may_be_asked_for() -> None:
    if sys.platform == "win32":
        pytest.skip("no sockets within the machine")
    assert offline("import socket; socket.socket(socket.AF_UNIX).close()").returncode == 0
