"""Schedules against the libraries' own tables, golden numbers, and laws over the catalog."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.param import params
from simulator.schedule import Schedule
from simulator.schedules import SCHEDULES

DATA = Path(__file__).parent / "data"
CASES: list[dict[str, Any]] = json.loads((DATA / "schedules.json").read_text(encoding="utf-8"))["cases"]
every_schedule = pytest.mark.parametrize("cls", SCHEDULES.values(), ids=list(SCHEDULES))


@pytest.fixture(scope="module")
def recorded() -> Any:
    with np.load(DATA / "schedules.npz") as arrays:
        yield arrays


@pytest.mark.parametrize("case", CASES, ids=[f"{case['schedule']}-{case['array']}" for case in CASES])
def test_the_library_gives_the_same_rates(case: dict[str, Any], recorded: Any) -> None:
    table = recorded[case["array"]]
    factors = SCHEDULES[case["schedule"]](**case["params"]).factors(case["steps"])
    # One-cycle's table ends a step earlier: T steps need T rates.
    assert len(factors) == case["steps"] + 1 <= len(table) + 1
    assert np.abs(factors[: len(table)] - table).max() < 1e-12, case["call"]


def test_every_schedule_is_covered() -> None:
    assert {case["schedule"] for case in CASES} == set(SCHEDULES) - {"constant"}


def test_cosine_golden_numbers() -> None:
    rates = 0.001 * SCHEDULES["cosine"](warmup=100).factors(1000)
    golden = {0: 0.0, 50: 5e-4, 100: 1e-3, 325: 8.536e-4, 550: 5e-4, 775: 1.464e-4, 1000: 0.0}
    for step, rate in golden.items():
        assert rates[step] == pytest.approx(rate, abs=5e-8)


def test_a_quarter_of_the_way_a_cosine_has_lost_fifteen_percent() -> None:
    assert SCHEDULES["cosine"]().factors(1000)[250] == pytest.approx(0.854, abs=5e-4)


@every_schedule
def test_as_it_comes_it_suits_a_race_of_300_steps(cls: type[Schedule]) -> None:
    factors = cls().factors(300)
    assert factors.shape == (301,)
    assert factors.max() == 1.0
    assert (factors >= 0.0).all()
    if cls.name != "constant":
        assert factors.min() <= 1 / 3
        assert len(np.unique(factors)) >= 3


@every_schedule
def test_rates_are_finite_shares_of_the_peak_at_every_corner(cls: type[Schedule]) -> None:
    known = params(cls)
    corners: list[dict[str, Any]] = [{}]
    for name, p in known.items():
        ends = p.choices or ((False, True) if p.scale == "switch" else (p.low, p.high))
        corners += [{name: p.coerce(end)} for end in ends]
    for corner in corners:
        for steps in (1, 2, 3, 10, 300):
            for warmup in (0, 1, 7, 1000):
                with np.errstate(all="raise", under="ignore"):
                    factors = cls(**{"warmup": warmup, **corner}).factors(steps)
                assert np.isfinite(factors).all(), corner
                assert factors.min() >= 0.0 and factors.max() <= 1.0 + 1e-12, corner


@every_schedule
def test_a_step_at_a_time_is_the_same_as_all_at_once(cls: type[Schedule]) -> None:
    schedule = cls()
    t = np.arange(301.0)
    whole = schedule.factor(t, 300)
    assert whole.shape == t.shape
    single = [schedule.factor(np.array([k]), 300)[0] for k in t]
    assert whole == pytest.approx(single, rel=1e-14, abs=1e-300)


@every_schedule
def test_a_warm_up_rises_in_a_line_from_a_null_step(cls: type[Schedule]) -> None:
    plain, warmed = cls().factors(280), cls(warmup=20).factors(300)
    assert warmed[0] == 0.0
    assert np.diff(warmed[:21]) == pytest.approx(warmed[20] / 20)
    if cls.name != "wsd":  # whose decay is a share of the whole race
        assert np.array_equal(warmed[20:], plain)


@every_schedule
def test_a_warm_up_longer_than_the_race_is_not_hurried(cls: type[Schedule]) -> None:
    begin = cls().factor(np.zeros(1), 1)[0]
    assert cls(warmup=100).factors(40) == pytest.approx(np.arange(41) / 100 * begin, rel=1e-14)


def test_the_decay_of_wsd_waits_for_the_warm_up() -> None:
    factors = SCHEDULES["wsd"](decay=0.5, warmup=200).factors(300)
    assert factors.argmax() == 200 and factors[200] == 1.0
    assert factors[250] == pytest.approx(0.5) and factors[300] == 0.0


def test_one_cycle_stays_where_its_last_step_left_it() -> None:
    one_cycle = SCHEDULES["one_cycle"]
    factors = one_cycle().factors(300)
    assert factors[299] == factors[300] == pytest.approx(1 / 25 / 1e4)
    assert one_cycle(pct_start=1.0).factors(300)[299:] == pytest.approx([1.0, 1.0])


@pytest.mark.parametrize("ratio", range(1, 11))
@pytest.mark.parametrize("first", [1, 3, 7, 10, 100])
def test_every_cycle_begins_at_the_peak(first: int, ratio: int) -> None:
    begins = np.cumsum([0, *(first * ratio**i for i in range(7))])
    begins = begins[begins < 10**6]
    schedule = SCHEDULES["cosine_restarts"](T_0=first, T_mult=ratio)
    assert (schedule.factor(begins.astype(np.float64), 10**6) == 1.0).all()
    assert first == 1 or (schedule.factor(begins[1:] - 1.0, 10**6) < 0.5).all()


@every_schedule
def test_it_says_what_it_is(cls: type[Schedule]) -> None:
    assert cls.title and cls.source and cls.doc() and "η_t =" in cls.formula
    for name, p in params(cls).items():
        assert p.doc.endswith(".")
        assert name == "warmup" or p.symbol in cls.formula
