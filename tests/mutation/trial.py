"""Tries mutants: a pytest plugin that collects once, then runs a mutant's tests in a fork of the collected session.

mutmut starts pytest anew for every mutant; here that would take longer than the tests.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state
from mutmut.utils.format_utils import mangled_name_from_mutant_name

CAUGHT, SURVIVED, UNTESTED, TIMEOUT = 1, 0, 33, 36  # mutmut's exit codes
PATIENCE = 5.0, 20.0  # seconds of computing, and how many times what the test takes by itself

Tests = dict[str, dict[str, float]]  # function -> test that reaches it -> seconds it takes


class Trial:
    """Tries ``mutants``; what came of each is told to ``done(mutant, exit code, seconds)``."""

    def __init__(self, mutants: list[str], workers: int, reach: Path, done: Callable[[str, int, float], None]):
        self.mutants, self.workers, self.reach, self.done = mutants, workers, reach.resolve(), done
        self.running: dict[int, tuple[str, float]] = {}
        self.trouble = ""

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        gc.freeze()  # or the first collection in every fork would copy the lot
        if not self.reach.exists():
            self._fork("stats", lambda: self._learn(session))
            pid, status = os.wait()
            self.running.pop(pid)
            if status or not self.reach.exists():
                self.trouble = "the tests fail without any mutant"
                return True
        tests: Tests = json.loads(self.reach.read_text())
        for mutant in self.mutants:
            reaching = {
                test: seconds
                for test, seconds in tests.get(mangled_name_from_mutant_name(mutant), {}).items()
                if test in items
            }
            if not reaching:
                self.done(mutant, UNTESTED, 0.0)
                continue
            self._fork(
                mutant, lambda chosen=reaching: self._try(session, [items[test] for test in in_turn(chosen)], chosen)
            )
            while len(self.running) >= self.workers:
                self._reap()
        while self.running:
            self._reap()
        return True

    def _fork(self, mutant: str, run: Callable[[], int]) -> None:
        pid = os.fork()
        if pid:
            self.running[pid] = mutant, time.monotonic()
            return
        code = CAUGHT  # whatever else goes wrong
        try:
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            set_mutant_under_test(mutant)
            code = run()
        finally:
            os._exit(code)

    def _reap(self) -> None:
        pid, status = os.wait()
        mutant, since = self.running.pop(pid)
        code = os.waitstatus_to_exitcode(status)
        self.done(
            mutant,
            TIMEOUT if code == -signal.SIGPROF else code if code == SURVIVED else CAUGHT,
            time.monotonic() - since,
        )

    def _try(self, session: pytest.Session, items: list[pytest.Item], seconds: dict[str, float]) -> int:
        signal.signal(signal.SIGPROF, signal.SIG_DFL)  # which ends the process, within a long call of NumPy too
        least, times = PATIENCE
        for item, following in zip(items, [*items[1:], None], strict=True):
            signal.setitimer(signal.ITIMER_PROF, least + times * seconds[item.nodeid])
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.testsfailed:
                return CAUGHT
        return SURVIVED

    def _learn(self, session: pytest.Session) -> int:
        """Write which tests reach which function, and how long each takes."""
        found: Tests = {}
        reached: set[str] = state()._stats
        for item, following in zip(session.items, [*session.items[1:], None], strict=True):
            reached.clear()
            begun = time.process_time()
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.testsfailed:
                return CAUGHT
            for function in reached:
                found.setdefault(function, {})[item.nodeid] = time.process_time() - begun
        self.reach.write_text(json.dumps(found))
        return 0


def in_turn(tests: dict[str, float]) -> list[str]:
    """The fast ones first, and one case of each test before the second of any."""
    rank: dict[str, int] = {}
    order: list[tuple[int, float, str]] = []
    for test in sorted(tests, key=lambda test: (tests[test], test)):
        law = test.partition("[")[0]
        rank[law] = rank.get(law, -1) + 1
        order.append((rank[law], tests[test], test))
    return [test for _, _, test in sorted(order)]


def run(trial: Trial, arguments: list[Any]) -> None:
    """Collect the tests in the folder of mutants, and try."""
    home = Path.cwd()
    os.chdir("mutants")
    try:
        code = pytest.main(
            [*arguments, "-q", "-s", "-p", "no:cacheprovider", "-o", "faulthandler_timeout=0"], plugins=[trial]
        )
    finally:
        os.chdir(home)
    if trial.trouble or code not in (0, 5):
        raise SystemExit(f"mutants: {trial.trouble or 'pytest could not begin'}")
