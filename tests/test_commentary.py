"""The commentary: true to the recording, calm, and cheap at any step."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from planes import race_in_five

from simulator import racefile
from simulator.commentary import comment
from simulator.engine import Engine
from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Noise, Race
from simulator.recording import Recording, Status
from simulator.resources import sample_races
from simulator.words import short_text

SAMPLES = sample_races()


def sample(name: str) -> Recording:
    return Engine(racefile.find(SAMPLES[name])).run()


def race(landscape, *racers, starts, steps=100, **changes) -> Race:
    entrants = tuple(Entrant(OPTIMIZERS["sgd"](lr=lr), label, stream=i) for i, (label, lr) in enumerate(racers))
    return Race(landscape, entrants, starts, steps=steps, **changes)


def lines(recording: Recording) -> list[str]:
    return [comment(recording, step, playing=True) for step in range(recording.race.steps + 1)]


def test_ravine_from_start_to_finish():
    recording = sample("ravine")
    said = lines(recording)
    assert said[0] == "All four at the start. Press Space."
    assert said[46] == said[50] == "RMSProp arrived at step 46, the first of four."
    assert said[61] == "Momentum arrived at step 61, second of four."
    assert "SGD zig-zags across the valley." in said[30]
    assert said[-1].startswith("Finished: RMSProp lowest, at the minimum; Momentum ")


@pytest.mark.parametrize("name", SAMPLES)
def test_arrivals_and_divergences_are_announced_at_their_step(name):
    recording = sample(name)
    for kind in (Status.ARRIVED, Status.DIVERGED):
        for lane in np.flatnonzero((recording.status == kind.value).any(axis=0)):
            step = int(np.flatnonzero(recording.status[:, lane] == kind.value)[0])
            label = recording.race.entrants[lane // len(recording.race.starts)].label
            if step < recording.race.steps:
                said = comment(recording, step)
                assert label in said and f"{kind.words} at step {step}" in said


@pytest.mark.parametrize("name", SAMPLES)
def test_the_leader_named_is_the_lowest(name):
    recording = sample(name)
    beat = min(max(10, recording.race.steps // 20), 50)
    for step, playing in [*((k, True) for k in range(beat, recording.race.steps, beat)), (beat + beat // 2, False)]:
        said = comment(recording, step, playing)
        if " leads, " in said:
            alive = np.where(recording.status[step] == Status.DIVERGED.value, np.inf, recording.standing(step))
            entrant = recording.race.entrants[int(np.argmin(alive)) // len(recording.race.starts)]
            assert said.startswith(entrant.label)


@pytest.mark.parametrize("name", SAMPLES)
def test_it_does_not_flicker(name):
    recording = sample(name)
    said = lines(recording)
    changes = sum(a != b for a, b in pairwise(said))
    beats = max(20, recording.race.steps // 50)
    assert changes <= beats + 25  # and four early looks, arrivals and what follows them
    assert max(map(len, said)) <= 220 and all("\n" not in line for line in said)


def test_the_same_step_gives_the_same_line_however_far_the_race_is_computed():
    whole = sample("ravine")
    engine = Engine(whole.race)
    for step in (5, 40, 70, 119):
        engine.advance(step - engine.step)
        assert comment(engine.recording, step) == comment(whole, step)
        assert comment(engine.recording, step + 50) == comment(whole, step)  # not there yet


def test_zigzags_need_evidence():
    quadratic = LANDSCAPES["ravine"]()
    recording = Engine(race(quadratic, ("Zig", 0.095), ("Straight", 0.03), starts=((5.0, 2.0),))).run()
    assert "Zig zig-zags across the valley." in comment(recording, 20)
    assert not any("Straight zig-zags" in line for line in lines(recording))
    assert "zig-zag" not in comment(recording, 80), "too narrow by now to be seen"


def test_bounces_in_one_dimension():
    recording = Engine(race(LANDSCAPES["parabola"](), ("Wide", 0.99), starts=((0.0,),))).run()
    assert comment(recording, 30).endswith("Wide bounces from side to side.")


def test_in_many_dimensions_the_gradient_as_a_whole_must_turn_back():
    recording = Engine(race_in_five(names=("sgd",), lr=0.245)).run()
    assert comment(recording, 20).endswith("SGD jumps to and fro.")
    noisy = replace(race_in_five(names=("sgd",), lr=0.02, steps=1000), noise=Noise(5.0))
    assert sum("to and fro" in line for line in lines(Engine(noisy).run())) < 60


def test_noise_alone_is_no_zigzag():
    calm = race(LANDSCAPES["bowl"](), ("SGD", 0.01), starts=((4.0, 3.0),), steps=2000)
    recording = Engine(replace(calm, noise=Noise(5.0))).run()
    assert sum("zig-zags" in line for line in lines(recording)) < 60  # at most one beat, by chance


def test_without_a_minimum_losses_are_compared():
    saddle = Engine(race(LANDSCAPES["saddle"](), ("A", 0.05), ("B", 0.04), starts=((-2.5, 0.01),), steps=60)).run()
    assert saddle.floor is None
    assert comment(saddle, 30).startswith("A is lowest, loss ")
    assert comment(saddle, 60).startswith("Finished: A lowest, loss −")
    assert "minimum" not in " ".join(lines(saddle))


def test_forks_are_level_until_they_turn():
    recording = sample("forks")
    assert comment(recording, 15).endswith("All three are level, 133 above the minimum.")
    assert "level" not in comment(recording, 40)
    endless = Race(LANDSCAPES["saddle"](), (Entrant(OPTIMIZERS["sgd"](), "SGD"),), ((1.0, 0.5),), steps=40).fork(0, 30)
    assert " are level, loss " in comment(Engine(endless).run(), 20)
    assert comment(Engine(endless).run(), 40).startswith("Finished: Both are level, loss ")


def test_out_of_view_stalled_and_all_diverged():
    parabola = LANDSCAPES["parabola"]()
    recording = Engine(race(parabola, ("Near", 0.1), ("Far", 1.05), starts=((0.0,),), steps=60)).run()
    assert comment(recording, 20).endswith("Far is out of view.")
    lost = Engine(race(parabola, ("A", 5.0), ("B", 6.0), starts=((0.0,),), steps=60)).run()
    assert comment(lost, 55) == "Both diverged."
    assert comment(lost, 60).count("diverged at step") == 2
    assert "SGD has stalled, 0.97 above the minimum." in comment(sample("two-wells"), 85)


def test_several_starts_are_counted():
    recording = sample("saddle")
    assert comment(recording, 0) == "All four at each of two starting points. Press Space."
    assert (
        comment(recording, 70)
        == "RMSProp has arrived from one of two starts; SGD from none; Momentum from none; Adam from none."
    )
    assert comment(sample("himmelblau"), 200) == "Finished: All three have arrived from all four starts."


def test_one_racer_alone():
    alone = Engine(race(LANDSCAPES["bowl"](), ("Solo", 0.1), starts=((4.0, 3.0),))).run()
    assert comment(alone, 0) == "Solo at the start. Press Space."
    assert comment(alone, 10) == f"Solo is {25 * 0.8**20:.3g} above the minimum."
    assert comment(alone, 31) == "Solo arrived at step 31."
    assert comment(alone, 90) == "Solo has been there since step 31."
    assert comment(alone, 100).startswith("Finished: Solo ")


def test_only_a_bounded_window_is_read():
    """Everything older than a beat and a dozen rows may be anything at all."""
    recording = sample("rosenbrock")
    step = 777
    said = comment(recording, step)
    old = step - 50 - 12
    for rows in (recording.theta, recording.loss, recording.grad):
        rows[1:old] = np.nan
    recording.status[1:old] = Status.DIVERGED.value
    assert comment(recording, step) == said


def test_a_racer_at_infinity_is_told_of_without_a_warning():
    pole = LANDSCAPES["formula"](formula="1/x", box=((-2.0, 2.0),))
    for start in (0.0, 1e-3):
        recording = Engine(race(pole, ("Off", 9.0), ("Here", 0.1), starts=((start,),))).run()
        assert comment(recording, 60)


def test_a_moving_target_is_judged_by_how_well_it_was_followed():
    recording = sample("drifting-bowl")
    best = int(recording.loss.mean(axis=0).argmin())
    said = comment(recording, recording.race.steps)
    mean = recording.loss[:, best].mean()
    assert said.startswith(
        f"Finished: {recording.race.entrants[best].label} lowest, on average {short_text(mean)} above"
    )
