"""A recommendation as a training loop in PyTorch, written from its own numbers."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.guide.recommendation import Recommendation
from simulator.guide.setting import Plan, Rate, number_text, percent_text

STEPS = 10_000  # of the training that is written down

DOWN = {
    "cosine": "0.5 * (1 + math.cos(math.pi * share))",
    "linear": "1 - share",
    "polynomial": "1 - share",
}
STEP = "for step, (x, y) in zip(range(steps), batches):"
SPARED = "No weight decay on biases and norms, as in"


def torch_code(advice: Recommendation, steps: int = STEPS) -> str:
    """A script for ``steps`` steps. It takes ``model``, ``loss_fn`` and ``batches``, which yields pairs (x, y)."""
    body = [*_numbers(advice, steps), "", *_optimizer(advice), *_scheduler(advice.plan), "", *_loop(advice)]
    math = ["import math", ""] if any("math." in line for line in body) else []
    own = advice.torch.package == "torch.optim"
    package = [] if own else [f"from {advice.torch.package} import {advice.torch.name}"]
    install = [] if own else [f"# pip install {advice.torch.package}"]
    notes = [f"# {line}" for line in advice.torch.note]
    head = [f"# {advice.situation}: {advice.optimizer}", *notes, *install, "# You bring model, loss_fn and batches."]
    return "\n".join([*head, *math, "import torch", *package, "", *body, ""])


def _numbers(advice: Recommendation, steps: int) -> Iterator[str]:
    yield f"steps = {steps:_}"
    if advice.plan.warmup:
        yield f"warmup = {advice.plan.warmup_steps(steps):_}  # {percent_text(advice.plan.warmup)} of the steps"
    yield from _rate(advice.rate)


def _rate(rate: Rate) -> Iterator[str]:
    begin = number_text(rate.begin)
    if rate.unit == "curvature":
        yield _CURVATURE
        yield f"lr = {begin} / curvature(*next(iter(batches)))  # the limit is {rate.high:g} / curvature"
    elif rate.unit == "batch":
        yield "batch = 4_096  # yours"
        yield f"lr = {begin} * math.sqrt(batch / {rate.reference:_})"
    elif rate.low == rate.high:
        yield f"lr = {begin}  # {'leave it at 1' if rate.begin == 1.0 else 'begin here, then sweep'}"
    else:
        yield f"lr = {begin}  # begin here, then sweep {rate.span}"


_CURVATURE = '''

def curvature(x, y, rounds=50):
    """The largest eigenvalue of the loss's Hessian, by power iteration."""
    weights = list(model.parameters())
    slope = torch.autograd.grad(loss_fn(model(x), y), weights, create_graph=True)
    way = [torch.randn_like(part) for part in weights]
    for _ in range(rounds):
        length = torch.sqrt(sum((part * part).sum() for part in way))
        way = [part / length for part in way]
        way = torch.autograd.grad(slope, weights, way, retain_graph=True)
    return torch.sqrt(sum((part * part).sum() for part in way)).item()

'''


def _optimizer(advice: Recommendation) -> Iterator[str]:
    call, decay = advice.torch, advice.decay.begin
    own = call.package == "torch.optim"
    settings = [f"{key}={value!r}".replace("'", '"') for key, value in call.settings.items()]
    weights = "model.parameters()"
    if advice.spares:
        weights = "groups"
        yield f"# {SPARED} {advice.spares}."
        yield "matrices = [p for p in model.parameters() if p.ndim >= 2]"
        yield "vectors = [p for p in model.parameters() if p.ndim < 2]"
        yield "groups = ["
        yield f'    {{"params": matrices, "weight_decay": {number_text(decay)}}},'
        yield '    {"params": vectors, "weight_decay": 0.0},'
        yield "]"
    elif advice.decay.high > 0.0 or call.name == "AdamW":
        settings.append(f"weight_decay={number_text(decay)}")
    arguments = ", ".join([weights, "lr=lr", *settings])
    yield f"optimizer = {'torch.optim.' if own else ''}{call.name}({arguments})"


def _scheduler(plan: Plan) -> Iterator[str]:
    if plan.schedule == "constant":
        return
    down = DOWN[plan.schedule]
    left = f"{plan.floor:g} + {1.0 - plan.floor:g} * " if plan.floor else ""
    yield from ("", "", "def factor(step):", f'    """η / peak: {plan.text}."""')
    if plan.warmup:
        yield from ("    if step < warmup:", "        return step / warmup")
        yield "    share = min((step - warmup) / (steps - warmup), 1.0)"
    else:
        yield "    share = min(step / steps, 1.0)"
    yield f"    return {left}{f'({down})' if left and down.startswith('1') else down}"
    yield from ("", "", "scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)")


def _loop(advice: Recommendation) -> Iterator[str]:
    if advice.torch.name == "LBFGS":
        yield _CLOSURE
        return
    averages = advice.torch.package == "schedulefree"
    if averages:
        yield "optimizer.train()  # the weights the gradient is taken at"
    yield STEP
    yield from ("    optimizer.zero_grad()", "    loss = loss_fn(model(x), y)", "    loss.backward()")
    if advice.clip:
        yield f"    torch.nn.utils.clip_grad_norm_(model.parameters(), {advice.clip})"
    yield "    optimizer.step()"
    if advice.plan.schedule != "constant":
        yield "    scheduler.step()"
    if averages:
        yield "optimizer.eval()  # the averaged weights: for testing and saving"


_CLOSURE = """\
x, y = next(iter(batches))  # all the data, the same at every step


def closure():
    optimizer.zero_grad()
    loss = loss_fn(model(x), y)
    loss.backward()
    return loss


for step in range(steps):
    optimizer.step(closure)"""
