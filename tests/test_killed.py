"""kill -9 during a save, again and again: the file is whole, and no rest stays for ever."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulator import files
from tests.killed import contents
from tests.places import ROOT

KILLS = {"toml": 40, "rescue": 30, "png": 30}
LONGEST_SECONDS = 0.02  # until the kill: several saves


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no such signal here")
@pytest.mark.parametrize("kind", KILLS)
def test_a_kill_during_a_save_loses_nothing(tmp_path: Path, kind: str) -> None:
    dice = random.Random(kind)
    target, whole = tmp_path / f"a.{kind}", contents(kind)
    command = [sys.executable, "-m", "tests.killed", kind, str(tmp_path)]
    rests = 0
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as programs:
        assert programs.stdin is not None and programs.stdout is not None
        for _ in range(KILLS[kind]):
            programs.stdin.write("\n")
            programs.stdin.flush()
            number = int(programs.stdout.readline())
            end = time.perf_counter() + dice.uniform(0.0, LONGEST_SECONDS)
            while time.perf_counter() < end:
                pass
            os.kill(number, signal.SIGKILL)
            assert programs.stdout.readline() == "dead\n"
            assert target.read_bytes() in whole
            left = [path for path in tmp_path.iterdir() if path != target]
            rests += len(left)
            for path in left:
                os.utime(path, (0, 0))
        programs.stdin.close()
    assert rests, "it was never hit in the midst of a save"
    files.write(target, whole[0])
    assert list(tmp_path.iterdir()) == [target]
