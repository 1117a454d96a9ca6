"""The calculators: worked numbers, and the words they are told in."""

from __future__ import annotations

import pytest

from simulator.guide.calculators import (
    BATCH_RULES,
    CHOICES,
    LIMIT,
    LINEAR,
    NOISE,
    PRESETS,
    ROOT,
    compared,
    effective_lr,
    factored,
    memory,
    noise,
    read_weights,
    remembered,
    scaled,
)
from simulator.optimizers import OPTIMIZERS


@pytest.mark.parametrize(
    ("optimizer", "model", "precision", "gigabytes"),
    [
        ("momentum", "7B", "fp32", 28),
        ("adam", "7B", "fp32", 56),
        ("momentum", "13B", "fp32", 52),
        ("adam", "13B", "fp32", 104),
        ("adam", "7B", "bf16", 28),
        ("lion", "7B", "fp32", 28),
        ("sgd", "13B", "fp32", 0),
    ],
)
def test_memory(optimizer: str, model: str, precision: str, gigabytes: float) -> None:
    answer = memory(optimizer, PRESETS[model], precision)
    assert answer.value == gigabytes and answer.text == f"{gigabytes} GB"
    if optimizer == "adam" and precision == "fp32" and model == "7B":
        assert answer.derivation == "7,000,000,000 weights × 2 numbers × 4 bytes"


@pytest.mark.parametrize("name", CHOICES)
def test_those_to_choose_from_keep_whole_numbers_whatever_the_shapes(name: str) -> None:
    optimizer = OPTIMIZERS[name]()
    assert optimizer.kept(((32, 64),)) == 2048 * int(optimizer.cost.buffers) == 2048 * optimizer.cost.buffers


def test_adafactor_keeps_rows_and_columns() -> None:
    answer = factored(4096, 4096)
    assert answer.value == 8192 and answer.text == "8,192 numbers in place of 16,777,216"
    assert OPTIMIZERS["adafactor"]().kept(((96, 160),)) == factored(96, 160).value


def test_noise_is_the_same_where_the_root_of_the_batch_pays_for_the_rate() -> None:
    assert noise(0.1, 256).value == pytest.approx(noise(0.4, 4096).value)
    assert compared((0.1, 256), (0.4, 4096)) == "Equal noise."
    assert noise(0.1, 256).derivation == "0.1 / √256"
    assert "0.5 times" in compared((0.1, 256), (0.1, 1024))


def test_eight_times_the_batch() -> None:
    assert scaled(ROOT, 1.0, 32, 256).value == pytest.approx(2.83, abs=2e-3)
    assert scaled(LINEAR, 1.0, 32, 256).value == 8.0
    assert scaled(ROOT, 0.1, 32, 256).derivation == "0.1 · √8 = 0.1 · 2.83"
    assert scaled(LINEAR, 0.1, 32, 256).derivation == "0.1 · 8"


@pytest.mark.parametrize("rule", BATCH_RULES)
def test_each_rule_keeps_what_it_says(rule) -> None:
    lr = scaled(rule.name, 0.3, 64, 1600).value
    kept = {"η/B": lambda eta, b: eta / b, "η/√B": lambda eta, b: noise(eta, b).value}[rule.keeps]
    assert kept(lr, 1600) == pytest.approx(kept(0.3, 64))


def test_momentum_lengthens_the_step_and_remembers() -> None:
    assert [effective_lr(0.01, beta).text for beta in (0.9, 0.95, 0.99)] == ["0.1", "0.2", "1"]
    assert remembered(0.9).value == pytest.approx(10)
    assert remembered(0.9).derivation.endswith("35 % are left")


def test_rules_have_sources() -> None:
    assert {rule.name for rule in BATCH_RULES} == {LINEAR, ROOT}
    assert all(any(c.isdigit() for c in rule.source) and rule.condition for rule in (*BATCH_RULES, LIMIT, NOISE))


@pytest.mark.parametrize(
    ("text", "weights"), [("7B", 7 * 10**9), ("350m", 350 * 10**6), ("1,000", 1000), ("0.5 T", 5 * 10**11), ("12", 12)]
)
def test_weights_are_read_as_people_write_them(text: str, weights: int) -> None:
    assert read_weights(text) == weights


@pytest.mark.parametrize("text", ["", "many", "0", "-3", "1e99", "nan", "7BB7", "inf"])
def test_what_is_no_number_of_weights_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(ValueError, match="as 7B or 350M, got"):
        read_weights(text)
