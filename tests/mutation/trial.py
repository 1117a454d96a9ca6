"""Tries mutants: a pytest plugin that collects once, then runs a mutant's tests in a fork of the collected session.

mutmut starts pytest anew for every mutant; here that would take longer than the tests.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from itertools import accumulate
from math import log1p
from pathlib import Path
from typing import Any

import pytest
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state
from mutmut.utils.format_utils import mangled_name_from_mutant_name

CAUGHT, SURVIVED, UNTESTED, TIMEOUT = 1, 0, 33, 36  # mutmut's exit codes
NO_MUTANT = "simulator.x_nothing__mutmut_0"
PATIENCE = 3.0, 20.0  # seconds of computing, and how many times what the test takes by itself
ENOUGH = 0.4, 8.0  # seconds of tests for a mutant, and again for one that survived: thousands reach what is shared

Tests = dict[str, dict[str, float]]  # function -> test that reaches it -> seconds it takes


class Trial:
    """Tries mutants, the ``new`` ones briefly, then the ``old`` ones and whatever survived that at more length.

    ``done(mutant, exit code, seconds)`` is told what came of each; it says whether one that survived is to be tried on.
    """

    def __init__(
        self, new: list[str], old: list[str], workers: int, reach: Path, done: Callable[[str, int, float], bool]
    ):
        self.new, self.old, self.workers, self.reach, self.done = new, old, workers, reach.resolve(), done
        self.running: dict[int, str] = {}
        self.caught_by, self.telling = os.pipe()
        os.set_blocking(self.caught_by, False)
        self.catches = Counter[str]()  # a law that caught many mutants is tried first
        self.trying = False
        self.trouble, self.said = "", reach.resolve().with_suffix(".txt")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        gc.freeze()  # or the first collection in every fork would copy the lot
        learnt = json.loads(self.reach.read_text()) if self.reach.exists() else {}
        files = {file: hashlib.sha256(Path(file).read_bytes()).hexdigest() for file in set(map(_file, items))}
        new = [
            item for item in session.items if learnt.get(_file(item.nodeid), {}).get("was") != files[_file(item.nodeid)]
        ]
        if new:
            self._fork("stats", lambda: self._learn(session, new, files, learnt))
            self.running.clear()
            if os.wait()[1]:
                self.trouble = f"the tests fail without any mutant; see {self.said}"
                return True
            learnt = json.loads(self.reach.read_text())
        tests: Tests = {}
        for file in files:
            for function, seconds in learnt[file]["reach"].items():
                tests.setdefault(function, {}).update(seconds)
        everything = {
            test: seconds for reaching in tests.values() for test, seconds in reaching.items() if test in items
        }
        self._fork(
            NO_MUTANT, lambda: self._try([items[test] for test in in_turn(everything, self.catches, 5.0)], everything)
        )
        pid, status = os.wait()
        self.running.pop(pid)
        if status:
            self.trouble = f"tests fail where none should: {os.read(self.caught_by, 4096).decode().strip()}"
            return True
        later, self.old = self.old, []
        self._round(items, tests, self.new, ENOUGH[0])
        self._round(items, tests, [*later, *self.old], ENOUGH[1])
        return True

    def _round(self, items: dict[str, pytest.Item], tests: Tests, mutants: list[str], enough: float) -> None:
        for mutant in mutants:
            reaching = tests.get(mangled_name_from_mutant_name(mutant), {})
            chosen = {test: seconds for test, seconds in reaching.items() if test in items}
            if not chosen:
                self.done(mutant, UNTESTED, 0.0)
                continue

            def run(chosen: dict[str, float] = chosen, module: str = mutant.split(".")[-2]) -> int:
                return self._try([items[test] for test in in_turn(chosen, self.catches, enough, module)], chosen)

            self._fork(mutant, run)
            while len(self.running) >= self.workers:
                self._reap()
        while self.running:
            self._reap()

    def pytest_keyboard_interrupt(self) -> None:
        for pid in self.running:
            os.kill(pid, signal.SIGKILL)

    def _fork(self, mutant: str, run: Callable[[], int]) -> None:
        pid = os.fork()
        if pid:
            self.running[pid] = mutant
            return
        code = CAUGHT  # whatever else goes wrong
        try:
            silence = os.open(self.said if mutant == "stats" else os.devnull, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            set_mutant_under_test(mutant)
            code = run()
        finally:
            os._exit(code)

    def _reap(self) -> None:
        pid, status, used = os.wait4(-1, 0)
        code = os.waitstatus_to_exitcode(status)
        what = TIMEOUT if code == -signal.SIGPROF else SURVIVED if code == 0 else CAUGHT
        with suppress(BlockingIOError):
            self.catches.update(os.read(self.caught_by, 4096).decode().splitlines())
        mutant = self.running.pop(pid)
        if self.done(mutant, what, used.ru_utime + used.ru_stime):
            self.old.append(mutant)

    def _try(self, items: list[pytest.Item], seconds: dict[str, float]) -> int:
        signal.signal(signal.SIGPROF, signal.SIG_DFL)  # which ends the process, within a long call of NumPy too
        least, times = PATIENCE
        self.trying = True
        for item, following in zip(items, [*items[1:], None], strict=True):
            signal.setitimer(signal.ITIMER_PROF, least + times * seconds[item.nodeid])
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
        return SURVIVED

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """Ends the process at the first failure: the report would take far longer than the test did."""
        if self.trying and call.excinfo and not call.excinfo.errisinstance(pytest.skip.Exception):
            os.write(self.telling, f"{law(item.nodeid)}\n".encode())
            os._exit(CAUGHT)

    def _learn(
        self, session: pytest.Session, items: list[pytest.Item], files: dict[str, str], learnt: dict[str, Any]
    ) -> int:
        """Write which tests reach which function, and how long each takes."""
        learnt |= {_file(item.nodeid): {"was": files[_file(item.nodeid)], "reach": {}} for item in items}
        reached: set[str] = state()._stats
        for item, following in zip(items, [*items[1:], None], strict=True):
            reached.clear()
            begun = time.process_time()
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.testsfailed:
                return CAUGHT
            for function in reached:
                learnt[_file(item.nodeid)]["reach"].setdefault(function, {})[item.nodeid] = time.process_time() - begun
        self.reach.write_text(json.dumps(learnt))
        return 0


def _file(test: str) -> str:
    return test.partition("::")[0]


def law(test: str) -> str:
    """The test without its case."""
    return test.partition("[")[0]


def in_turn(tests: dict[str, float], catches: Counter[str], enough: float, module: str = "") -> list[str]:
    """Those that a mutant is tried with, few cases of a law in a row.

    First what names the ``module``, then what is quick and caught most so far.
    """
    rank, order = Counter[str](), list[tuple[bool, float, float, str]]()
    for test, seconds in sorted(tests.items(), key=lambda pair: pair[::-1]):
        rank[law(test)] += 1
        worth = (1.0 + log1p(catches[law(test)])) / (0.1 + seconds) / rank[law(test)]
        named = module.replace("_", "") in test.replace("_", "")
        order.append((not named, -worth, seconds, test))
    order.sort()
    before = accumulate((seconds for *_, seconds, _ in order), initial=0.0)
    return [test for (*_, test), spent in zip(order, before, strict=False) if spent < enough]


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
