"""How often the failure coach is right on the planted runs, and whether what it suggests helps.

Of each label the runs of even number set the thresholds in `simulator.diagnose.verdict`; those of odd number are only
counted.

    python -m tests.diagnosed            # prints the matrix, and writes assets/help/diagnosed.md
"""

from __future__ import annotations

import sys
from functools import cache

import numpy as np

from simulator.diagnose import FAILURES, KINDS, Diagnosis, changed, diagnose, forkable, forked
from simulator.engine import Engine
from simulator.param import RaceError
from simulator.recording import Recording
from simulator.resources import asset
from tests.fresh import MAKERS as FRESH
from tests.planted import MAKERS, Case, Maker

PAGE = "diagnosed"


@cache
def cases(makers: tuple[Maker, ...] = MAKERS) -> tuple[Case, ...]:
    """All of them, label by label, in a fixed order; without planted failures that the referee has seen arrive."""
    made: list[Case] = []
    for maker in makers:
        label = maker.__name__.replace("_", " ")
        made += [Case(label, name, race, at) for name, race, at in maker()]
    return tuple(case for case in made if case.label == "arrived" or not seen_arrive(case))


def fresh() -> tuple[Case, ...]:
    """The runs that were made when all thresholds stood."""
    return cases(FRESH)


def seen_arrive(case: Case) -> bool:
    """Whether the referee has seen it arrive, by chance or while it swung past: then it is no failure here."""
    row = recorded(case).done if case.at is None else case.at
    return recorded(case).status_at(row, 0)[0].words == "arrived"


@cache
def half(odd: bool) -> tuple[Case, ...]:
    """Every other run of each label: those of even number set thresholds, those of odd number are counted."""
    kept: list[Case] = []
    for label in KINDS:
        kept += [case for case in cases() if case.label == label][odd::2]
    return tuple(kept)


@cache
def recorded(case: Case) -> Recording:
    return Engine(case.race).run()


@cache
def said(case: Case) -> Diagnosis:
    return diagnose(recorded(case), 0, case.at)


def accuracy(some: tuple[Case, ...]) -> float:
    return float(np.mean([said(case).kind == case.label for case in some]))


@cache
def lowered(case: Case) -> bool | None:
    """Whether the suggestion, from the start, lowers the final loss; on a landscape that moves, the mean loss. None
    where there is none."""
    told = said(case)
    if not told.changes:
        return None
    try:
        new = Engine(changed(case.race, 0, told)).run()
    except RaceError:
        return False
    before, after = (float(r.standing(r.done)[0]) for r in (recorded(case), new))
    return bool(after < before) if np.isfinite(before) else bool(np.isfinite(after))


@cache
def lowered_by_fork(case: Case) -> bool | None:
    """The same for a fork at the suggested step; None where there is none to be made."""
    told = said(case)
    if not forkable(told) or not 0 < told.since < case.race.steps:
        return None
    ran = Engine(forked(case.race, 0, told)).run()
    before, after = (float(x) for x in ran.standing(ran.done))
    return bool(after < before) if np.isfinite(before) else bool(np.isfinite(after))


def helped() -> list[tuple[Case, bool | None]]:
    """For every failure of the whole set whether the coach's suggestion helps, whatever it took it for."""
    return [(case, lowered(case)) for case in cases() if case.label in FAILURES]


HEAD = """# What the coach gets right

The coach names one thing that is wrong with a racer ([how to read it](diagnosis.md)). It was tried on {all} runs whose
cause was planted: {labels} kinds, {grounds} landscapes, {rules} rules. A run is made so that its cause is known: a rate
so many times a proven limit, a start on the ridge itself, noise of a size. The coach's thresholds were set on every
other run of each kind ({set}). The other {counted} are counted below. A run that the referee has seen arrive is
left out of the failures.
Written by `python -m tests.diagnosed`.
"""


TRIED = """
## Whether the suggestion helps

The same race again with the suggested change made at its start: is the final loss lower? On a landscape that moves the
mean loss counts. Where a failure was called fine, it counts as no help. All failures are tried.

Where the change can be made on the way, it is also tried as a fork from the step that the coach names.

| planted | tried | lower | forks | lower |
|---|---|---|---|---|
"""


def matrix(some: tuple[Case, ...]) -> dict[tuple[str, str], int]:
    """How many runs of each label were called what."""
    counts: dict[tuple[str, str], int] = {}
    for case in some:
        pair = (case.label, said(case).kind)
        counts[pair] = counts.get(pair, 0) + 1
    return counts


def as_table(some: tuple[Case, ...]) -> str:
    counts = matrix(some)
    called = [kind for kind in KINDS if any(kind == name for _, name in counts)]
    rows = [f"| planted | {' | '.join(called)} |", f"|---|{'---|' * len(called)}"]
    for label in KINDS:
        cells = [str(counts.get((label, kind), "")) for kind in called]
        if any(cells):
            rows.append(f"| {label} | {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def as_markdown() -> str:
    counted, tried = half(True), helped()
    text = HEAD.format(
        all=len(cases()), labels=len({case.label for case in cases()}), set=len(half(False)), counted=len(counted),
        grounds=len({case.race.landscape.name for case in cases()}),
        rules=len({case.race.entrants[0].optimizer.name for case in cases()}),
    )  # fmt: skip
    right = sum(said(case).kind == case.label for case in counted)
    text += f"\n## Runs that set no threshold\n\n{right} of {len(counted)} are called what was planted.\n\n"
    text += as_table(counted)
    parts = [
        f"planted {case.label} was called {said(case).kind} ({case.name})"
        for case in counted
        if said(case).kind != case.label
    ]
    text += "".join(f"\n- {part}" for part in parts) + ("\n" if parts else "")
    text += TRIED
    forks = [(case.label, ok) for case, _ in tried if (ok := lowered_by_fork(case)) is not None]
    for label in (*FAILURES, ""):
        own = [bool(ok) for case, ok in tried if label in ("", case.label)]
        late = [ok for name, ok in forks if label in ("", name)]
        text += f"| {label or 'all'} | {len(own)} | {sum(own)} | {len(late)} | {sum(late)} |\n"
    return text


def main() -> int:
    verbose = "-v" in sys.argv
    for name, some in (("set with", half(False)), ("counted", half(True)), ("made later", fresh())):
        print(f"{name}: {len(some)} runs, accuracy {accuracy(some):.3f}")
        if verbose:
            for case in some:
                if said(case).kind != case.label:
                    print(f"  {case.label:15s} {case.name:45s} {said(case).kind:15s} {said(case).cause}")
    tried = helped()
    good = sum(bool(ok) for _, ok in tried)
    print(f"helped: {good} of {len(tried)} = {good / len(tried):.3f}")
    if verbose:
        for case, ok in tried:
            if not ok:
                print(f"  {case.label:15s} {case.name:45s} {said(case).kind:15s} {said(case).suggestion}")
    forks = [(case, ok) for case, _ in tried if (ok := lowered_by_fork(case)) is not None]
    print(f"forks: {sum(ok for _, ok in forks)} of {len(forks)}")
    if verbose:
        for case, ok in forks:
            if not ok:
                print(f"  {case.label:15s} {case.name:45s} {said(case).suggestion} from {said(case).since}")
    print(as_table(half(True)))
    (asset("help") / f"{PAGE}.md").write_text(as_markdown(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
