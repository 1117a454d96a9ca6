"""Qt calls that return nothing, very often: some builds of the bindings lose a reference to None in each of them.

With PySide6 6.12.0 on Python 3.11 the process dies within a few thousand; pyproject.toml keeps that pair apart.
The calls run in a process of their own, so that a crash is a failed test rather than the end of the run.
"""

import subprocess
import sys

CALLS = 10_000
PROGRAM = f"""
import sys
from PySide6.QtCore import QObject
from PySide6.QtGui import QPainterPath

thing, path = QObject(), QPainterPath()
before = sys.getrefcount(None)
for _ in range({CALLS}):
    thing.setObjectName("x")
    path.moveTo(0.0, 0.0)
print(before - sys.getrefcount(None))
"""


def test_void_calls_keep_none_alive():
    run = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, f"the process died: {run.returncode}\n{run.stderr}"
    assert int(run.stdout) < CALLS // 100, "each void call loses a reference to None"
