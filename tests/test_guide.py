"""The guide: every path leads to advice that is whole, and every race shows what its advice says."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from simulator.engine import Engine
from simulator.guide import ROOT, Question, Recommendation, answers, paths, walk
from simulator.guide.advice import ADVICE
from simulator.guide.tables import BEST_FOR, FIRST, HYPERPARAMETERS, SITUATIONS, TABLES, rows
from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.recording import Recording, Status

PATHS = list(paths())
# Situation → optimizer and rate: the table the guide is built on.
TABLE = {
    "llm": ("AdamW", "3e-4 – 1e-3; begin with 6e-4"),
    "fine_tuning": ("AdamW", "1e-5 – 5e-5; begin with 2e-5"),
    "convolutional": ("SGD + Nesterov", "0.1"),
    "vision_transformer": ("AdamW", "1e-3"),
    "gan": ("Adam", "1e-4 – 2e-4"),
    "diffusion": ("AdamW", "1e-4"),
    "reinforcement": ("Adam", "3e-4"),
    "llm_memory": ("Lion", "3e-5 – 3e-4; begin with 1e-4"),
    "large_batch": ("LAMB", "scaled with the batch: 5e-3·√(B/32,768)"),
}


def leaf(path: tuple[int, ...]) -> Recommendation:
    node = walk(path)
    assert isinstance(node, Recommendation)
    return node


@pytest.mark.parametrize("path", PATHS, ids=lambda path: "-".join(map(str, path)))
def test_every_path_ends_in_advice_that_is_whole(path):
    advice = leaf(path)
    for text in (advice.lr, advice.schedule, advice.weight_decay, advice.why, advice.watch):
        assert text.strip()
    assert any(digit.isdigit() for digit in advice.source)
    assert len(answers(path)) == len(path)
    assert all(len(walk(path[:i]).answers) >= 2 for i in range(len(path)))


def test_every_piece_of_advice_is_reached():
    assert {id(leaf(path)) for path in PATHS} == {id(advice) for advice in ADVICE.values()}


def test_table_of_situations_is_whole():
    assert {key: (ADVICE[key].optimizer, ADVICE[key].lr) for key in TABLE} == TABLE


def test_the_recommended_optimizer_itself_races():
    for advice in ADVICE.values():
        said = advice.optimizer.split(" + ")[-1].split(",")[0]
        assert said.lower() == OPTIMIZERS[advice.race_optimizer].title.lower()
        assert advice.race_optimizer in OPTIMIZERS


def test_paths_that_do_not_exist_are_refused():
    for path in ((99,), (-1,), (*PATHS[0], 0)):
        with pytest.raises(IndexError, match="no path"):
            walk(path)
    assert walk(()) is ROOT


def test_a_question_has_at_most_nine_answers():
    def check(node: Question | Recommendation) -> None:
        if isinstance(node, Question):
            assert 2 <= len(node.answers) <= 9
            for answer in node.answers:
                check(answer.then)

    check(ROOT)


@pytest.mark.parametrize("table", TABLES)
def test_tables_are_whole_and_every_row_has_a_source(table):
    head, body = rows(table)
    assert head[-1] == "Source" and len(body) >= 7
    for row in body:
        assert len(row) == len(head) and all(cell.strip() for cell in row[1:])
        assert any(digit.isdigit() for digit in row[-1]), row


def test_tables_say_what_they_are_to_say():
    assert [advice.situation for advice in SITUATIONS] == [ADVICE[key].situation for key in TABLE]
    buffers = {name: OPTIMIZERS[name]().cost.buffers for name in BEST_FOR}
    assert buffers == {
        "sgd": 0, "momentum": 1, "adagrad": 1, "rmsprop": 1, "adam": 2, "adamw": 2, "lamb": 2, "lion": 1, "sophia": 2
    }  # fmt: skip
    ranges = {knob.symbol or knob.name: (knob.typical, knob.range) for knob in HYPERPARAMETERS}
    assert ranges == {
        "η": ("1e-3 (Adam), 0.1 (SGD)", "1e-5 – 1"), "β₁": ("0.9", "0.8 – 0.95"), "β₂": ("0.999", "0.99 – 0.9999"),
        "ε": ("1e-8", "1e-8 – 1e-6"), "λ": ("0.01", "0 – 0.3"), "warm-up": ("1 %", "1 – 5 % of the steps"),
        "B": ("32 – 256", "16 – 65,536"),
    }  # fmt: skip


def test_what_to_tune_first_names_those_who_found_it():
    told = " ".join(tip.source for tip in FIRST)
    assert all(who in told for who in ("Choi", "Schmidt", "Godbole", "Bergstra", "Bengio 2012"))
    doing = [tip.do for tip in FIRST]
    order = [next(i for i, do in enumerate(doing) if part in do) for part in ("η alone", "β₁", "ε as well")]
    assert order == sorted(order)


def test_a_recommendation_begins_within_what_it_recommends():
    for advice in ADVICE.values():
        for span in (advice.rate, advice.decay):
            assert span.low <= span.begin <= span.high
        assert advice.plan.warmup <= 0.05 and advice.plan.over(1000).warmup == round(1000 * advice.plan.warmup)


def arrived(recording: Recording, lane: int) -> int:
    """The first step at which this lane had arrived; a step beyond the race when it never did."""
    there = np.flatnonzero(recording.status[:, lane] == Status.ARRIVED.value)
    return int(there[0]) if len(there) else recording.race.steps + 1


def tail(recording: Recording) -> np.ndarray:
    return recording.gap()[-60:].mean(axis=0)


def llm(r):
    assert tail(r)[0] < tail(r)[1] / 5
    assert arrived(r, 0) < 150 and r.gap()[-1, 2] > 1.0


def fine_tuning(r):
    away = np.abs(r.theta[:60] - r.theta[0]).max(axis=(0, 2))
    assert away[0] < 0.6 and away[1] > 1.0
    assert tail(r)[0] < 0.05 < 1.0 < tail(r)[1]


def convolutional(r):
    assert 2 * arrived(r, 0) < arrived(r, 1) <= r.race.steps


def vision_transformer(r):
    x = r.theta[-1, :, 0]
    assert abs(x[0]) < 0.1 * 5.0 and x[1] > 0.5 * 5.0


def gan(r):
    x = r.theta[:, :, 0]
    past = x.max(axis=0)  # from −4, the minimum at 0
    steps = [arrived(r, lane) for lane in range(3)]
    assert steps == sorted(steps) and steps[2] > 2 * steps[0]
    assert past[0] < 0.5 < past[1] < past[2]


def diffusion(r):
    assert r.gap()[20, 1] < r.gap()[20, 0]
    assert 5 * tail(r)[0] < tail(r)[1]


def reinforcement(r):
    assert all(arrived(r, lane) <= r.race.steps for lane in (0, 1, 2, 4))
    assert r.status_at(r.done, 3)[0] is Status.DIVERGED


def llm_memory(r):
    typical = np.mean([tail(Engine(replace(r.race, seed=seed)).run()) for seed in range(12)], axis=0)
    for end in (tail(r), typical):
        assert end[0] < end[1] / 3 and end[0] < 1.5 * end[2]
    assert r.states[0].keys() < r.states[2].keys()


def large_batch(r):
    assert r.status_at(r.done, 1)[0] is Status.DIVERGED
    assert r.gap()[-1, 0] < r.gap()[-1, 2] / 100


def recurrent(r):
    assert arrived(r, 0) < 0.6 * min(arrived(r, 1), arrived(r, 2))


def convex(r):
    assert arrived(r, 0) <= 5 and arrived(r, 1) > 50
    assert np.abs(r.theta[-1, 2] - r.theta[0, 2]).max() < 0.2
    assert (r.theta[:, 1, 0] > 0.1).any(), "Adam does not overshoot"


def sparse(r):
    y = r.theta[:, :, 1]
    assert arrived(r, 0) < 60 and arrived(r, 1) > r.race.steps
    assert (y[1:, 1] * y[:-1, 1] < 0).mean() > 0.9 and (y[:, 0] >= -1e-9).all()


def small_smooth(r):
    assert arrived(r, 0) <= 10 and arrived(r, 1) <= 35 and min(arrived(r, 2), arrived(r, 3)) > 200


def default(r):
    race = r.race
    gentle = Engine(replace(race, landscape=LANDSCAPES["ravine"](kappa=10.0))).run()
    assert abs(arrived(r, 0) - arrived(gentle, 0)) <= 2
    assert arrived(gentle, 1) < 50 and r.status_at(r.done, 1)[0] is Status.DIVERGED
    assert arrived(r, 2) > race.steps


def no_tuning(r):
    assert abs(arrived(r, 0) - arrived(r, 2)) <= 30 < arrived(r, 0) <= r.race.steps
    assert r.gap()[-1, 1] > 0.75 * r.gap()[0, 1]


def no_end(r):
    gaps = np.mean([Engine(replace(r.race, seed=seed)).run().gap() for seed in range(12)], axis=0)
    for stop in range(r.race.steps // 2, r.race.steps, 30):
        assert gaps[stop - 30 : stop, 0].mean() < 0.7 * gaps[stop - 30 : stop, 1].mean()
    assert tail(r)[0] < tail(r)[1] / 3 and tail(r)[0] < 2 * tail(r)[2]


CLAIMS: dict[str, Callable[[Recording], None]] = {
    check.__name__: check
    for check in (
        llm, fine_tuning, convolutional, vision_transformer, gan, diffusion, reinforcement, llm_memory, large_batch,
        recurrent, convex, sparse, small_smooth, default, no_tuning, no_end,
    )
}  # fmt: skip


@pytest.mark.parametrize("key", ADVICE)
def test_race_shows_what_its_advice_says(key):
    race = ADVICE[key].race()
    assert race == ADVICE[key].race()
    names = [entrant.optimizer.name for entrant in race.entrants]
    assert names[0] == ADVICE[key].race_optimizer and len(names) >= 2
    CLAIMS[key](Engine(race).run())
