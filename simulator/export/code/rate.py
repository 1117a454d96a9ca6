"""A schedule as source: η of each step, as a share of its peak."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from simulator.export.code.entry import Situation
from simulator.export.code.pycode import Dialect, Printer, number_text
from simulator.export.code.text import rows_text, wrapped
from simulator.export.code.trace import Untraceable, traced
from simulator.race import Race
from simulator.schedule import Schedule


def constant(schedule: Schedule, race: Race) -> bool:
    """Whether η is the same at every step."""
    return bool((schedule.factors(race.steps) == 1.0).all())


def functions(at: Situation, dialect: Dialect, where: str) -> Iterator[list[str]]:
    """The source of ``factor(k)`` for each leg that has a schedule of its own. ``where``: see `_function`."""
    for leg in at.legs:
        schedule = leg.entrant.schedule
        if leg.begins("schedule") and not constant(schedule, at.race):
            yield _function(f"factor{leg.tag('schedule')}", schedule, at.race, dialect, where)


def _function(name: str, schedule: Schedule, race: Race, dialect: Dialect, where: str) -> list[str]:
    """The source of one, called ``name``. ``where`` is a template for a choice: {1} if {0}, otherwise {2}."""
    warmup, first = schedule.warmup, float(schedule.factors(race.steps)[min(schedule.warmup, race.steps)])
    lines = [
        f"def {name}(k):",
        f'    """The share of its peak that the rate has at step k: {schedule.title.lower()}."""',
    ]
    try:
        graph, roots = traced(partial(schedule.factor, steps=max(race.steps - warmup, 1)), 1)
    except Untraceable:
        listed, index = rows_text([float(x) for x in schedule.factors(race.steps)])
        table = name.upper().replace("FACTOR", "FACTORS")
        return [*wrapped(f"{table} = {listed}"), "", "", *lines, f"    return {table}[{index}]"]
    body = Printer(graph, ("t" if warmup else "k",), dialect, 0, dialect).body(roots)
    if not warmup:
        return [*lines, *(f"    {line}" for line in body)]
    rise = f"k / {warmup}" + (f" * {number_text(first)[0]}" if first != 1.0 else "")
    value = body.pop().removeprefix("return ")
    body = [f"t = {dialect.call('max').format(f'k - {warmup}, 0')}", *body]
    chosen = where.format(f"k < {warmup}", rise, value)
    return [*lines, *(f"    {line}" for line in body), f"    return {chosen}"]
