"""The guide's PyTorch code runs, with the rates, the decay and the floor its recommendation gives."""

from __future__ import annotations

import re
from itertools import repeat
from typing import Any

import pytest

from simulator.guide.advice import ADVICE
from simulator.guide.torch_code import STEPS, torch_code

RUN = 40  # steps


@pytest.fixture(scope="module")
def torch() -> Any:
    return pytest.importorskip("torch")


def trained(torch: Any, key: str, steps: int = RUN) -> dict[str, Any]:
    """What is left after the code ran on a tiny model, and the η of each group at every step."""
    if (package := ADVICE[key].torch.package) != "torch.optim":
        pytest.importorskip(package)
    torch.manual_seed(0)
    x = torch.randn(16, 3)
    layers = [torch.nn.Linear(3, 4), torch.nn.LayerNorm(4), torch.nn.ReLU(), torch.nn.Linear(4, 2)]
    rates: list[list[float]] = []

    def loss_fn(guess: Any, wanted: Any) -> Any:
        if "optimizer" in names:
            rates.append([group["lr"] for group in names["optimizer"].param_groups])
        return torch.nn.functional.mse_loss(guess, wanted)

    model = torch.nn.Linear(3, 2) if key == "convex" else torch.nn.Sequential(*layers)
    names: dict[str, Any] = {"model": model, "loss_fn": loss_fn, "batches": repeat((x, torch.tanh(x[:, :2])))}
    before = torch.nn.functional.mse_loss(model(x), torch.tanh(x[:, :2])).item()
    exec(torch_code(ADVICE[key], steps), names)
    after = torch.nn.functional.mse_loss(model(x), torch.tanh(x[:, :2])).item()
    return names | {"rates": rates, "before": before, "after": after}


@pytest.mark.parametrize("key", ADVICE)
def test_code_runs_and_its_rate_follows_the_recommendation(torch: Any, key: str) -> None:
    searches = key == "small_smooth"  # asks many times a step, so few steps are enough
    advice, ran = ADVICE[key], trained(torch, key, 4 if searches else RUN)
    assert 0.0 < ran["after"] < ran["before"]
    peak = ran["lr"] if advice.rate.unit else advice.rate.begin
    factors = advice.plan.over(RUN).factors(RUN)
    if not searches:
        assert len(ran["rates"]) == RUN
        for step, rates in enumerate(ran["rates"]):
            assert rates == pytest.approx([peak * factors[step]] * len(rates), rel=1e-12), step


@pytest.mark.parametrize("key", [key for key in ADVICE if ADVICE[key].plan.schedule != "constant"])
def test_warm_up_peak_and_floor_over_the_whole_length(torch: Any, key: str) -> None:
    names = trained(torch, key, steps=2)
    factor = re.search(r"^def factor.*?(?=\n\n)", torch_code(ADVICE[key]), re.M | re.S)
    assert factor is not None
    plan = ADVICE[key].plan
    names |= {"steps": STEPS, "warmup": plan.warmup_steps(STEPS)}
    exec(factor[0], names)
    table = plan.over(STEPS).factors(STEPS)
    assert [names["factor"](step) for step in range(STEPS + 1)] == pytest.approx(table, abs=1e-12)
    start = plan.warmup_steps(STEPS)
    assert (names["factor"](0), names["factor"](start)) == ((0.0 if start else 1.0), 1.0)
    assert max(table) == 1.0 and names["factor"](STEPS) == pytest.approx(plan.floor)


@pytest.mark.parametrize("key", ADVICE)
def test_weight_decay_is_the_recommended_one_and_spares_whom_it_says(torch: Any, key: str) -> None:
    advice, ran = ADVICE[key], trained(torch, key, steps=2)
    groups = ran["optimizer"].param_groups
    decays = [group.get("weight_decay", 0.0) for group in groups]
    assert decays == ([advice.decay.begin, 0.0] if advice.spares else [advice.decay.begin])
    assert advice.decay.low <= advice.decay.begin <= advice.decay.high
    if advice.spares:
        assert all(p.ndim >= 2 for p in groups[0]["params"]) and all(p.ndim < 2 for p in groups[1]["params"])
    assert sum(len(group["params"]) for group in groups) == len(list(ran["model"].parameters()))
    for name, value in advice.torch.settings.items():
        assert groups[0][name] == value


def test_convex_rate_is_the_curvatures(torch: Any) -> None:
    ran = trained(torch, "convex", steps=1)
    weights = tuple(p.detach() for p in ran["model"].parameters())
    x, y = next(ran["batches"])

    def loss(*parts: Any) -> Any:
        return torch.nn.functional.mse_loss(torch.nn.functional.linear(x, *parts), y)

    hessian = torch.autograd.functional.hessian(loss, weights)
    sizes = [part.numel() for part in weights]
    matrix = torch.cat(
        [torch.cat([hessian[i][j].reshape(sizes[i], sizes[j]) for j in range(2)], dim=1) for i in range(2)]
    )
    assert ran["lr"] == pytest.approx(1.0 / torch.linalg.eigvalsh(matrix)[-1].item(), rel=0.02)


@pytest.mark.parametrize("key", ADVICE)
def test_code_is_narrow_enough_to_be_read_and_names_what_it_needs(key: str) -> None:
    advice, code = ADVICE[key], torch_code(ADVICE[key])
    compile(code, key, "exec")
    assert max(map(len, code.split("\n"))) <= 104
    assert advice.situation in code
    assert (f"clip_grad_norm_(model.parameters(), {advice.clip})" in code) == bool(advice.clip)
    package = advice.torch.package
    assert (package == "torch.optim") == (f"pip install {package}" not in code)


def test_large_batches_scale_the_rate_with_the_root(torch: Any) -> None:
    ran = trained(torch, "large_batch", steps=1)
    assert ran["lr"] == pytest.approx(5e-3 * (4096 / 32_768) ** 0.5)
