"""One racer alone, and every rule under every switch: what the rules are looked at with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from simulator.engine import Engine
from simulator.landscape import Landscape
from simulator.optimizer import Optimizer
from simulator.param import params
from simulator.race import Entrant, Race, sensible_lr
from simulator.recording import Recording

T = TypeVar("T")


def made(entry: Callable[..., T], **values: Any) -> T:
    """An entry of a catalog with these parameters, of which its base class knows nothing."""
    return entry(**values)


def run_alone(
    landscape: Landscape, optimizer: Optimizer, start: Iterable[float], steps: int = 300, **entrant: Any
) -> Recording:
    """The recording of ``optimizer`` alone on ``landscape``."""
    racer = Entrant(optimizer, "alone", **entrant)
    return Engine(Race(landscape, (racer,), (tuple(start),), steps=steps)).run()


def variants(rule: type[Optimizer], landscape: Landscape) -> Iterator[Optimizer]:
    """The rule as it comes, with each switch thrown, each choice, and every optional term on at once."""
    known, lr = params(rule), sensible_lr(rule, landscape)
    yield made(rule, lr=lr)
    for name in (name for name, p in known.items() if p.scale == "switch"):
        yield made(rule, lr=lr, **{name: not known[name].default})
    for name, p in known.items():
        for choice in (choice for choice in p.choices if choice != p.default):
            yield made(rule, lr=lr, **{name: choice})
    optional = {name: 0.1 for name, p in known.items() if p.off is not None or (p.numeric and p.default == 0.0)}
    if optional:
        yield made(rule, lr=lr, **optional)


def setting(optimizer: Optimizer) -> str:
    """What of ``optimizer`` is not as it comes, in a few words; η aside."""
    usual = type(optimizer)().hyper
    other = [f"{name} {_short(x)}" for name, x in optimizer.hyper.items() if name != "lr" and x != usual[name]]
    return ", ".join(other) or "as it comes"


def _short(value: Any) -> str:
    return ("on" if value else "off") if isinstance(value, bool) else str(value)
