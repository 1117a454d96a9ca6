"""The self-check itself: how it goes, what it reports, the command, and where its numbers come from."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from simulator.cli import main
from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.schedules import SCHEDULES
from simulator.selfcheck import checks, recorded, report
from simulator.selfcheck.examination import Examination
from simulator.selfcheck.finding import Check, Finding, close, fact, same_bits
from tests import parity, selfcheckdata


def check(*errors: float, name: str = "law", subjects: tuple[str, ...] = ("one", "two")) -> Check:
    def look(who: str) -> Iterator[Finding]:
        for error in errors:
            if error < 0.0:
                raise ZeroDivisionError("a fault\nof its own")
            yield Finding(who, "here", error, 1.0, "1", "2")

    return Check(name, f"Every {name} holds", "1", lambda: subjects, look)


def every_sixth(it: Check) -> Check:
    return replace(it, subjects=lambda: it.subjects()[::6])


def all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    """The command says so of all that it checks."""
    assert main(["selftest", "--full"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("optim-race ") and "\nnumpy " in out
    assert out.count("\nok ") == len(checks.CHECKS) and "✗" not in out
    assert f"\nPASSED: all {len(checks.CHECKS)} checks, " in out


class TestExamination:
    def test_a_part_at_a_time(self) -> None:
        it = Examination([check(0.5), check(0.0, name="other")])
        shares, where = [it.share], []
        while it.current is not None:
            where.append((it.current[0].check.name, it.current[1]))
            assert it.advance()
            shares.append(it.share)
        assert shares == sorted(shares) and shares[0] == 0.0 and shares[-1] == 1.0
        assert list(dict.fromkeys(where)) == [("law", "one"), ("law", "two"), ("other", "one"), ("other", "two")]
        assert it.ended and it.passed and not it.advance()

    def test_stopped_it_has_passed_nothing(self) -> None:
        it = Examination([check(0.5)])
        it.advance()
        assert not it.ended and not it.passed
        assert report.verdict(it) == "STOPPED: 0 of 1 checks done, none failed."

    @pytest.mark.parametrize("wrong", [1.01, math.nan, math.inf])
    def test_one_that_is_wrong_fails_it(self, wrong: float) -> None:
        it = Examination([check(0.5, wrong)]).run()
        assert not it.passed and len(it.results[0].faults) == 2
        worst = it.results[0].worst
        assert worst is not None and (worst.error == wrong or math.isnan(wrong))

    def test_what_raises_has_failed_and_the_rest_is_looked_at(self) -> None:
        it = Examination([check(0.5, -1.0), check(0.5, name="other")]).run()
        assert it.ended and not it.results[0].passed and it.results[1].passed
        told = report.text(it)
        assert "✗ one: the check itself: expected no error, got ZeroDivisionError: a fault of its own\n" in told
        assert "FAILED: 1 of 2 checks (law)." in told

    def test_nothing_compared_is_nothing_shown(self) -> None:
        assert not Examination([check()]).run().passed
        assert not Examination([check(0.0, subjects=())]).run().passed

    def test_subjects_that_cannot_be_listed(self) -> None:
        def missing() -> list[str]:
            raise FileNotFoundError("rules.json is missing")

        def look(who: str) -> Iterator[Finding]:
            missing()
            yield fact(who, "never", True, "", "")

        it = Examination([Check("steps", "Steps", "1", missing, look)]).run()
        assert "✗ steps: the check itself: expected no error, got FileNotFoundError: rules.json" in report.text(it)


def test_findings_tell_the_worst_place() -> None:
    found = close("it", "here", [1.0, 2.0, 3.0], [1.0, 2.5, 3.25], 0.1)
    assert (found.error, found.expected, found.got, found.well) == (0.5, "2", "2.5", False)
    assert not close("it", "here", [1.0, 2.0], [1.0, math.nan], 0.1).well
    assert (
        close("it", "here", [math.inf], [math.inf], 0.1).well and not close("it", "here", [math.inf], [1.0], 0.1).well
    )
    assert same_bits("it", "here", [0.3, math.nan], [0.3, math.nan]).well
    assert not same_bits("it", "here", [0.3], [0.1 + 0.2]).well
    assert not same_bits("it", "here", [0.3], [0.3, 0.3]).well


def test_a_flood_of_faults_is_cut_and_counted() -> None:
    told = report.text(Examination([check(*[2.0] * 30)]).run())
    assert told.count("✗") == report.MOST_FAULTS and "… and 40 more" in told


class TestCommand:
    def test_all_is_well(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        """Each check looks at every sixth of its subjects; in tests/long at all."""
        monkeypatch.setattr(checks, "CHECKS", [every_sixth(it) for it in checks.CHECKS])
        all_is_well(capsys)

    def test_all_that_can_be_checked_is(self) -> None:
        names = {result.check.name: set(result.subjects) for result in checks.everything().results}
        assert names["gradients"] == names["Hessians"] == names["minima"] == set(LANDSCAPES)
        assert names["reference steps"] == names["formulas"] == names["rest"] == names["company"] == set(OPTIMIZERS)
        assert names["schedules"] == names["rates used"] == set(SCHEDULES)

    def test_a_fault_is_named_and_ends_with_1(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(checks, "CHECKS", (check(0.5), check(0.5, 2.0, name="other")))
        assert main(["selftest", "--full"]) == 1
        out = capsys.readouterr().out
        assert "\nFAIL  other: " in out and "✗ two: here: expected 1, got 2 (error 2, tolerance 1)" in out
        assert main(["selftest", "--json"]) == 1
        data = json.loads(capsys.readouterr().out)
        assert [each["passed"] for each in data["checks"]] == [True, False] and not data["passed"]
        assert data["checks"][1]["faults"][0]["who"] == "one"


class TestRecordedNumbers:
    """assets/selfcheck: complete, from where it says, and what the module writes."""

    @pytest.mark.parametrize("name", list(OPTIMIZERS))
    def test_a_rule_is_decided_by_the_strongest_there_is(self, name: str) -> None:
        libraries = {
            parity.library(case) for case in parity.cases() if case["optimizer"] == name and "point" not in case
        }
        first = recorded.decided()[name][0]
        if libraries:
            assert first in libraries
        else:
            assert first != recorded.RECORDING or name in ("bfgs", "ncg"), "searches along a line alone"

    @pytest.mark.parametrize("name", list(OPTIMIZERS))
    def test_the_file_is_what_is_written(self, name: str) -> None:
        same(selfcheckdata.rules_of(name), recorded.rules()[name], "theta")

    def test_the_schedules_are_what_is_written(self) -> None:
        written = selfcheckdata.schedules()
        assert list(written) == list(recorded.rates()) == list(SCHEDULES)
        for name, cases in written.items():
            same(cases, recorded.rates()[name], "factors")


def same(written: list[dict[str, Any]], kept: list[dict[str, Any]], numbers: str) -> None:
    """Equal but for the last bits, in which processors differ: run python -m tests.selfcheckdata."""
    asked, answers = {_question(case): case for case in written}, {_question(case): case for case in kept}
    assert len(asked) == len(written) and len(answers) == len(kept)
    assert [question for question in asked if question in answers] == list(answers)
    for question, case in asked.items():
        answer = answers.get(question, {"rows": [], numbers: []})
        assert set(case["rows"]) ^ set(answer["rows"]) <= set(case.get("unsure", ())), question
        ours, theirs = (dict(zip(some["rows"], some[numbers], strict=True)) for some in (case, answer))
        both = ours.keys() & theirs.keys()
        np.testing.assert_allclose([ours[row] for row in both], [theirs[row] for row in both], rtol=1e-10, atol=1e-12)


def _question(case: dict[str, Any]) -> str:
    """All of a case but its answers."""
    return json.dumps({key: case[key] for key in case if key not in ("rows", "unsure", "theta", "factors")})
