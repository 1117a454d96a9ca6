"""Any race that can be built comes back from its file to the last bit."""

from __future__ import annotations

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from simulator import racefile
from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.param import Param, params
from simulator.race import Entrant, Noise, Race, Tuning, obstacle
from simulator.schedules import SCHEDULES


def values(declared: Param) -> st.SearchStrategy[Any]:
    if declared.scale == "switch":
        return st.booleans()
    if declared.scale == "choice":
        return st.sampled_from(declared.choices)
    if declared.integer:
        return st.integers(int(declared.low), int(declared.high))
    if declared.numeric:
        return st.floats(declared.low, declared.high)
    return st.just(declared.default)  # a formula or its box: any other would need another


def built(cls: type) -> st.SearchStrategy[Any]:
    return st.builds(cls, **{name: values(declared) for name, declared in params(cls).items()})


names = st.text(st.characters(codec="utf-8"), max_size=20)


@st.composite
def races(draw: st.DrawFn) -> Race:
    landscape = draw(st.sampled_from([*LANDSCAPES.values()]).flatmap(built))
    point = st.tuples(*[st.floats(-1e9, 1e9)] * landscape.dim)
    labels = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    streams = draw(st.lists(st.integers(0, 2**31), min_size=len(labels), max_size=len(labels), unique=True))
    usable = [cls for cls in OPTIMIZERS.values() if not obstacle(cls, landscape)]
    optimizers, schedules = st.sampled_from(usable), st.sampled_from([*SCHEDULES.values()])
    entrants = tuple(
        Entrant(
            draw(optimizers.flatmap(built)),
            label,
            draw(schedules.flatmap(built)),
            stream=stream,
            **{name: draw(values(params(Entrant)[name])) for name in ("clip_norm", "clip_value", "restart")},
        )
        for label, stream in zip(labels, streams, strict=True)
    )
    starts = tuple(draw(st.lists(point, min_size=1, max_size=3)))
    steps, seed = draw(st.integers(1, 10_000)), draw(values(params(Race)["seed"]))
    tuning = draw(st.none() | st.builds(Tuning, names, st.integers(1, 10**9), names))
    race = Race(landscape, entrants, starts, draw(built(Noise)), draw(names), steps, seed, tuning)
    for _ in range(draw(st.integers(0, 3 if steps > 1 else 0))):  # forks, and forks of forks
        index = draw(st.integers(0, len(race.entrants) - 1))
        changes = {"optimizer": built(type(race.entrants[index].optimizer)), "schedule": schedules.flatmap(built)}
        changes |= {"label": names.map(lambda name: name or None), "restart": st.booleans()}
        step = draw(st.integers(1, steps - 1))
        race = race.fork(index, step, **{key: draw(value) for key, value in changes.items()})
    return race


@given(races())
def test_a_race_comes_back_from_its_file_to_the_last_bit(race: Race) -> None:
    text = racefile.dumps(race)
    back = racefile.parse(text)
    assert back == race
    assert racefile.dumps(back) == text  # tells 0.0 from -0.0
    assert tomllib.loads(text) == racefile.to_data(race)
