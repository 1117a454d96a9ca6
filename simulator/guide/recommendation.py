"""What a recommendation is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simulator.guide.setting import Call, Plan, Rate, Span, keeps
from simulator.race import Race


@dataclass(frozen=True)
class Recommendation:
    """A place to begin, why, who says so, and a race that shows the point.

    ``optimizer`` is the name as people say it, ``race_optimizer`` the catalog's. ``clip``: the norm gradients are
    clipped to, 0 for none. ``spares``: who leaves biases and norms without weight decay, "" where nobody is named.
    """

    situation: str
    optimizer: str
    race_optimizer: str
    rate: Rate
    plan: Plan
    decay: Span
    torch: Call
    why: str
    source: str
    watch: str  # what to look for in the race
    demo: Callable[[], Race]
    clip: float = 0.0
    spares: str = ""

    @property
    def lr(self) -> str:
        return self.rate.text

    @property
    def schedule(self) -> str:
        return self.plan.text

    @property
    def weight_decay(self) -> str:
        return self.decay.text

    @property
    def keeps(self) -> str:
        return keeps(self.race_optimizer)

    def race(self) -> Race:
        """A ready race of the recommended rule against a fair alternative."""
        return self.demo()
