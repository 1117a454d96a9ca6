"""Whether tuning changes who wins: one rate for all against each optimizer's best, on every classic landscape.

python -m tests.tuned                # prints the page, and writes assets/help/tuned.md
"""

from __future__ import annotations

import sys
import textwrap
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from simulator.handbook import ordered
from simulator.landscape import Landscape
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Race
from simulator.resources import asset
from simulator.studies.league import TARGETS, random_starts
from simulator.studies.ratesurvey import Survey
from tests.helppages import WIDTH

PAGE = "tuned"
RULES = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "lion")
RATES = tuple(float(f"{rate:.3g}") for rate in np.geomspace(1e-5, 10.0, 25))
STARTS, STEPS, TARGET = 9, 300, TARGETS[0]
SHARED = (0.01, 0.1)  # of RATES: rates for all beside the landscape's own

HEAD = (
    "Does tuning change who wins? {rules} optimizers race on every classic landscape of two parameters with a known "
    "minimum: {all} of them. Each races from {starts} random starts, {steps} steps, without noise. Who wins is who "
    "needs the fewest steps until {target} of the height above the minimum is left. What counts is the median over the "
    "starts. Equal steps are a tie.",
    "- **One rate for all** is the landscape's own, at which plain gradient descent works from its own starts.",
    "- **Each at its best** is the best of that rate and {rates} others from {low} to {high}, the same for everyone. "
    "It was tuned on the very starts that count, which flatters it.",
    "In brackets stand the steps; tuned, the rate, and behind it the steps. The optimizers: {names}.",
    "Written by `python -m tests.tuned`.",
)
CLOSE = (
    "So a winner at one rate for all says as much of the rate as of the optimizers. How often it changes depends on "
    "that rate, on the target and on who races. These counts hold for what is written above, and for nothing else."
)


@dataclass(frozen=True)
class Place:
    """A landscape, and the medians of the steps to the target by (rule, rate); infinite where that never comes. Rate 0
    is the landscape's own, then come `RATES`."""

    landscape: Landscape
    took: NDArray[np.float64]

    def shared(self, column: int = 0) -> tuple[int, ...]:
        """Who wins at one rate; nobody where nobody gets there."""
        return winners(self.took[:, column])

    @property
    def tuned(self) -> tuple[int, ...]:
        return winners(self.took.min(axis=1))

    def change(self, column: int = 0) -> str:
        """What tuning does to who wins at one rate."""
        before, after = set(self.shared(column)), set(self.tuned)
        if not before or not after:
            return "nobody"
        return "same" if before == after else "tie" if before & after else "other"


def winners(took: NDArray[np.float64]) -> tuple[int, ...]:
    return tuple(np.flatnonzero((took == took.min()) & np.isfinite(took)).tolist())


@cache
def places() -> tuple[Place, ...]:
    """All of them, by title."""
    fields = [kind() for kind in ordered("landscape") if kind.family == "classic" and not kind.moving]
    return tuple(raced(field) for field in fields if field.dim == 2 and field.minima)


def raced(field: Landscape) -> Place:
    entrants = tuple(Entrant(OPTIMIZERS[name](lr=field.lr), name, stream=i) for i, name in enumerate(RULES))
    survey = Survey(Race(field, entrants, random_starts(field, STARTS, 0), steps=STEPS), RATES, TARGET)
    survey.advance()
    reached = survey.result().reached
    return Place(field, np.median(np.where(reached < 0, np.inf, reached), axis=2))


def title(rule: int) -> str:
    return OPTIMIZERS[RULES[rule]].title


def said(place: Place) -> str:
    """A row of the table."""
    rates = (place.landscape.lr, *RATES)
    before = f"{' = '.join(map(title, place.shared()))} ({place.took[:, 0].min():g})"
    best = [f"{title(i)} (η = {rates[int(place.took[i].argmin())]:.2g})" for i in place.tuned]
    words = {"same": "no", "tie": "a tie", "other": "yes"}[place.change()]
    return f"| {place.landscape.title} | {before} | {' = '.join(best)}: {place.took.min():g} | {words} |"


def counted(column: int) -> str:
    """In a sentence, for the rates of one column."""
    kinds = [place.change(column) for place in places()]
    known = len(kinds) - kinds.count("nobody")
    return (
        f"somebody wins both ways on {known} landscapes. The winner is another on {kinds.count('other')}, the same on "
        f"{kinds.count('same')}, and on {kinds.count('tie')} there is a tie with others on one side."
    )


def as_markdown() -> str:
    everywhere = places()
    kinds = "\n".join(map(filled, HEAD[1:3]))
    head = ["# One rate for all, or each at its best", filled(HEAD[0]), kinds, *map(filled, HEAD[3:])]
    text = "\n\n".join(head).format(
        rules=len(RULES), all=len(everywhere), starts=STARTS, steps=STEPS, target=f"{TARGET:g}", rates=len(RATES),
        low=f"{RATES[0]:f}".rstrip("0"), high=f"{RATES[-1]:g}", names=", ".join(title(i) for i in range(len(RULES))),
    )  # fmt: skip
    rows = [said(place) for place in everywhere if place.change() != "nobody"]
    table = ["| landscape | one rate for all | each at its best | another winner |", "|---|---|---|---|", *rows]
    late = [place.landscape.title for place in everywhere if not place.shared() and place.tuned]
    never = [place.landscape.title for place in everywhere if not place.tuned]
    told = [f"Only tuned somebody gets there: {', '.join(late)}."] if late else []
    told += [f"From most starts nobody gets there at any rate: {', '.join(never)}."] if never else []
    counts = [filled(f"- With the landscape's own rate for all {counted(0)}")]
    counts += [filled(f"- With η = {rate:g} for all {counted(1 + RATES.index(rate))}") for rate in SHARED]
    parts = [text, "\n".join(table), *map(filled, told), "## What this shows", "\n".join(counts), filled(CLOSE)]
    return "\n\n".join(parts) + "\n"


def filled(text: str) -> str:
    return textwrap.fill(text, WIDTH, subsequent_indent="  " * text.startswith("- "), break_on_hyphens=False)


def main() -> int:
    text = as_markdown()
    print(text)
    (asset("help") / f"{PAGE}.md").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
