"""A command that is interrupted line by line, each line once from wherever it is come to.

It goes aside at one in so many: a fork is interrupted there and must end with 130, quietly, and leave no half
file; then the command goes on. ``python -m tests.interrupted ONE_IN COMMAND …`` does it in the folder it is started in.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from inspect import CO_GENERATOR
from pathlib import Path
from types import FrameType
from typing import Any

from simulator import __main__ as entry
from tests.places import ROOT

INTERRUPTED = 130


class Tracer:
    """Goes aside at every ``one_in``-th line that is new, once the command line has begun."""

    def __init__(self, one_in: int, aside: Path):
        self.one_in, self.aside = one_in, aside
        self.begun = self.forked = False
        self.seen: set[object] = set()
        self.tried = 0

    def __call__(self, frame: FrameType, event: str, arg: Any) -> Any:
        code, back = frame.f_code, frame.f_back
        self.begun = self.begun or code.co_filename.endswith(os.path.join("simulator", "cli.py"))
        # Python 3.11 itself loses what a tracer raises in the first moment of a generator.
        if event not in ("line", "call") or (event == "call" and code.co_flags & CO_GENERATOR):
            return self
        here = (code, frame.f_lineno, event, back and (back.f_code, back.f_lineno))
        if self.begun and here not in self.seen:
            self.seen.add(here)
            if len(self.seen) % self.one_in == 0 and not _within_del(frame):
                self._go_aside(frame)
        return None if self.forked else self

    def _go_aside(self, frame: FrameType) -> None:
        self.tried += 1
        sys.stdout.flush()
        kept = {path.name: path for path in Path.cwd().iterdir()}
        for name, path in kept.items():  # the fork clears up what is ours, too
            os.link(path, self.aside / name)
        said = self.aside / "said"
        pid = os.fork()
        if not pid:
            self.forked = True
            _trace_no_more(frame)
            _redirect(said)
            signal.raise_signal(signal.SIGINT)
            return
        ended = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        halves = list(Path.cwd().glob(".optim-race-*"))
        if ended not in (INTERRUPTED, -signal.SIGINT) or said.read_text() or halves:
            where = f"{frame.f_code.co_filename}:{frame.f_lineno} from {frame.f_back and frame.f_back.f_lineno}"
            print(json.dumps([where, ended, said.read_text()[-300:], list(map(str, halves))]))
        for name, path in kept.items():
            path.unlink(missing_ok=True)
            os.rename(self.aside / name, path)


def _within_del(frame: FrameType | None) -> bool:
    """What is raised there is told and forgotten by Python."""
    while frame and frame.f_code.co_name != "__del__":
        frame = frame.f_back
    return frame is not None


def _trace_no_more(frame: FrameType | None) -> None:
    sys.settrace(None)
    while frame:
        frame.f_trace = None
        frame = frame.f_back


def _redirect(said: Path) -> None:
    for stream, path in ((1, os.devnull), (2, said)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)


def main() -> None:
    """Prints what did otherwise, a line each, and how many lines were tried."""
    one_in, sys.argv[1:] = int(sys.argv[1]), sys.argv[2:]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory(dir=Path.cwd().parent) as aside:
        tracer = Tracer(one_in, Path(aside))
        sys.settrace(tracer)
        code = entry.main()
        sys.settrace(None)
        if tracer.forked:
            sys.stdout.flush()
            os._exit(code)
    print(json.dumps({"tried": tracer.tried, "code": code}))


def tried(folder: Path, one_in: int, *command: str, planted: str = "") -> tuple[int, list[Any]]:
    """How many lines of a command, run in ``folder``, were tried, and what each did that was not right: where, how it
    ended, what it said, and the half files it left. ``planted`` is run first."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    code = f"{planted}\nfrom tests import interrupted\ninterrupted.main()"
    this = [sys.executable, "-c", code, str(one_in), *command]
    out = subprocess.run(this, cwd=folder, env=environment, capture_output=True, text=True, check=True).stdout
    *faults, end = [json.loads(line) for line in out.splitlines() if line.startswith(('["', '{"'))]
    assert end["code"] == 0, out
    return end["tried"], faults


if __name__ == "__main__":
    main()
