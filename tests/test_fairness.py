"""The sheet against what really happens: every argument that reaches a rule is recorded, and must be as it says.

A handicap is planted where a careless program would have it, and the same comparison must find it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from simulator import engine, fairness, lanes, racedata, racefile
from simulator.engine import BLOCK, Engine
from simulator.fused import Fused
from simulator.landscapes import LANDSCAPES
from simulator.noise import noise_block
from simulator.optimizer import Curvature, Layers, Model, Optimizer, Probe, Query, Value
from simulator.optimizers import OPTIMIZERS
from simulator.param import params
from simulator.race import Entrant, Noise, Race, suited
from simulator.recording import Recording
from simulator.schedules import SCHEDULES
from simulator.words import short_text
from tests.steppers import forget_step, put_back

STEPS = BLOCK + 6
HIMMELBLAU = LANDSCAPES["himmelblau"]()


@dataclass
class Call:
    """One step of one rule as the rule saw it: its lanes share these arrays."""

    rule: Optimizer
    theta: np.ndarray
    state: dict[str, np.ndarray]
    lr: np.ndarray
    t: int
    asked: list[tuple[Any, Any]]  # what it asked, and what it was told
    went: np.ndarray | None = None
    kept: dict[str, np.ndarray] | None = None


def copied(state: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {letter: np.array(value) for letter, value in state.items()}


@contextmanager
def watched() -> Iterator[list[Call]]:
    """All calls of all rules, in the order in which they are made."""
    calls: list[Call] = []

    def watch(kind: type[Optimizer]) -> Callable[..., Any]:
        plain = kind.step

        def step(self: Optimizer, theta: np.ndarray, state: Any, lr: np.ndarray, t: int) -> Any:
            if not calls or calls[-1].rule is not self or calls[-1].t != t:
                call = Call(self, theta.copy(), copied(state), np.array(lr), t, [])
                calls.append(call)
            rule = plain(self, theta, state, lr, t)
            told: Any = None
            try:
                while True:
                    ask = rule.send(told) if call.asked else next(rule)
                    told = yield ask
                    call.asked.append((ask, told))
            except StopIteration as gone:
                call.went, call.kept = gone.value[0].copy(), copied(gone.value[1])
                return gone.value

        return step

    with pytest.MonkeyPatch.context() as patch:
        for kind in OPTIMIZERS.values():
            patch.setattr(kind, "step", watch(kind))
        yield calls


def compared(race: Race) -> fairness.Sheet:
    """Run ``race``, compare all that reached its rules with the sheet, and return that. AssertionError: they differ."""
    with watched() as calls:
        running = Engine(race)
        began = {id(group): [group.rule] for pack in running.packs for group in pack.groups}
        recording = running.run()
    sheet = fairness.sheet(recording, race.steps)
    turns = sorted({step for entrant in race.entrants for step, _ in entrant.legs})
    sheets = {step: fairness.sheet(recording, step) for step in turns}
    listed = {entrant.stream: column for column, entrant in enumerate(race.entrants)}
    by_lane: dict[int, list[Call]] = {}
    assert [sheet.streams[column] for column in listed.values()] == list(listed)
    groups = [group for pack in running.packs for group in pack.groups]
    for group in groups:
        rules = [group.rule, *(turn.rule for turn in group.turns.values()), *began.get(id(group), [])]
        own = [call for call in calls if any(call.rule is rule for rule in rules)]
        assert len(own) == race.steps, "a rule takes as many steps as are listed"
        for place, lane in enumerate(group.lanes.tolist()):
            check_lane(recording, sheet, sheets, own, place, lane)
            by_lane[lane] = own
    assert sorted(by_lane) == list(range(race.lanes))
    told = Engine(race).run()  # rules that nobody watches are asked once, if that is enough
    for name in ("theta", "grad", "evals"):
        assert np.array_equal(getattr(told, name), getattr(recording, name), equal_nan=True), f"{name} as when asked"
    return sheet


def check_lane(
    r: Recording, last: fairness.Sheet, sheets: dict[int, fairness.Sheet], calls: list[Call], place: int, lane: int
) -> None:
    """``sheets``: what was listed from each step on at which any racer forked."""
    race, (e, s) = r.race, divmod(lane, len(r.race.starts))
    end = {item.key: item.values[e] for item in last.items}
    assert end["steps"] == len(calls)
    theta, counts, born = np.asarray(end["starts"][s], dtype=float), np.zeros(3, dtype=int), 0
    for k, call in enumerate(calls):
        told = {item.key: item.values[e] for item in sheets[max(step for step in sheets if step <= k)].items}
        assert told["optimizer"] == call.rule.name
        factors, peak = told["schedule"].factors(race.steps), told.get("peak", told["lr"])
        born = k if told["restart"] and k in told["schedule"].boundaries(race.steps) else born
        assert np.array_equal(call.theta[place], theta, equal_nan=True), f"step {k}: it stands where it went"
        fresh, before = call.rule.init(call.theta), calls[k - 1].kept if k > born else None
        for letter, value in call.state.items():
            known = before is not None and letter in before and before[letter].shape == value.shape
            own = before[letter] if before is not None and known else fresh[letter]
            assert np.array_equal(value[place], own[place], equal_nan=True), f"step {k}: it remembers what it kept"
        assert np.array_equal(call.lr[place], np.full(len(theta), peak * factors[k])), f"step {k}: η as listed"
        assert call.t == k + 1 - born
        for name, p in params(type(race.entrants[e].optimizer)).items():
            if name == "lr":
                continue
            got, listed = getattr(call.rule, name), told[name]
            got = p.off if got is None else got[place] if p.per_lane else got
            assert np.all(got == listed), f"{name} as listed"
        for ask, answer in call.asked:
            check_answer(race, told, k, ask, answer, place, lane, e)
            counts += cost_of(ask, place)
        theta = call.went[place]  # type: ignore[index]
        if told.get("domain"):
            theta = np.clip(theta, *np.asarray(told["domain"]).T)
    assert np.array_equal(r.theta[-1, lane], theta, equal_nan=True), "what is shown is where it went"
    assert tuple(counts) == (end["evals"][s], end["loss_evals"][s], end["hess_evals"][s])


def cost_of(ask: Any, place: int) -> np.ndarray:
    if not isinstance(ask, Query):
        return np.array([1, 0, 0])
    if isinstance(ask, Value):
        return np.array([1, 1, 0]) * (1 if ask.asking is None else int(ask.asking[place]))
    assert isinstance(ask, (Curvature, Probe, Model, Layers))
    return np.array([1, 0, 1])


@np.errstate(all="ignore")
def check_answer(
    race: Race, told: dict[str, Any], k: int, ask: Any, answer: Any, place: int, lane: int, e: int
) -> None:
    """The gradient is the landscape's at the point asked for, with the listed noise and clipping, and no other."""
    at = (ask.theta if isinstance(ask, Query) else ask)[place : place + 1]
    grad = answer[1] if isinstance(ask, Value) else answer[0] if isinstance(ask, Query) else answer
    shown = race.landscape.shown(told["seed"], k)
    noise, stream = told["noise"]
    felt = shown.grad(at)
    if noise.sigma or noise.kind == "sparse":
        as_listed = replace(race, noise=noise, seed=told["seed"])
        if stream is not None:
            assert stream == race.entrants[e].noise_stream
        draws = noise_block(as_listed, np.array([lane]), k // BLOCK, BLOCK)
        if stream is None:
            first = noise_block(as_listed, np.array([0]), k // BLOCK, BLOCK)
            assert np.array_equal(draws.values, first.values), "the same draws for all"
        felt = draws.felt(felt, k % BLOCK)
    if limit := told["clip_value"]:
        felt = np.clip(felt, -limit, limit)
    if (limit := told["clip_norm"]) and (size := np.linalg.norm(felt)) > limit:
        felt = felt * (limit / size)
    assert np.allclose(grad[place], felt[0], rtol=1e-12, atol=1e-300, equal_nan=True), f"step {k}: gradient as listed"


def mixed(**changes: Any) -> Race:
    entrants = [
        Entrant(suited(OPTIMIZERS[name](), HIMMELBLAU), name, stream=i)
        for i, name in enumerate(("sgd", "momentum", "adam", "sam", "newton", "armijo", "sophia"))
    ]
    entrants[1] = replace(entrants[1], schedule=SCHEDULES["cosine"](), clip_norm=2.0)
    entrants[2] = replace(entrants[2], schedule=SCHEDULES["step"](), restart=True, clip_value=0.5)
    starts = HIMMELBLAU.starts[:2]
    return replace(Race(HIMMELBLAU, tuple(entrants), starts, steps=STEPS, seed=3), **changes)


NOISY = Noise(0.3)


@pytest.mark.parametrize("noise", [Noise(), NOISY, Noise(0.3, shared=False), Noise(kind="sparse")], ids=str)
def test_the_sheet_is_what_happens(noise: Noise) -> None:
    compared(mixed(noise=noise))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_it_is_for_every_rule(name: str) -> None:
    kind = OPTIMIZERS[name]
    place = LANDSCAPES["flip_network"]() if kind.needs else HIMMELBLAU
    own = suited(kind(), place)
    pair = (Entrant(own, "one"), Entrant(replace(own, lr=own.hyper["lr"] / 2), "half", stream=1))
    compared(Race(place, pair, place.starts[:1], Noise(0.05), steps=12))


@pytest.mark.parametrize("name", ["mini-batches", "drifting-bowl", "reddi", "mccormick", "edge-of-stability"])
def test_it_is_on_every_kind_of_ground(name: str) -> None:
    compared(replace(racefile.find(name), steps=40))


@pytest.mark.parametrize("noise", [Noise(0.2), Noise(0.2, shared=False)], ids=str)
def test_it_knows_what_a_fork_was_before(noise: Noise) -> None:
    race = mixed(noise=noise)
    for index, step, change in ((0, 20, {"lr": 0.001}), (1, 30, {"beta": 0.5}), (2, 66, {"eps": 1e-3})):
        race = race.fork(index, step, **change)
    sheet = compared(race)
    assert sheet.item("legs").words[-3:] == (
        "forked off sgd (η 0.01) at step 20",
        "forked off momentum (β 0.9) at step 30",
        "forked off adam (ε 1e−8) at step 66",
    )  # fmt: skip
    before = fairness.sheet(Engine(race).run(), 10)
    assert before.item("legs").words[-3:] == (
        "forks off sgd at step 20", "forks off momentum at step 30", "forks off adam at step 66",
    )  # fmt: skip
    assert before.item("lr").words[7] == before.item("lr").words[0]


def test_a_forks_past_is_told_though_its_original_is_gone() -> None:
    race = mixed()
    index = next(i for i, e in enumerate(race.entrants) if e.optimizer.name == "momentum")
    linear = SCHEDULES["linear"]()
    alone = race.fork(index, 20, lr=0.5, schedule=linear, clip_norm=0.0).fork(len(race.entrants), 30, lr=0.4)
    whole = replace(alone, entrants=(race.entrants[0], alone.entrants[-1]))
    said = fairness.sheet(Engine(whole).run(), STEPS).item("legs").words
    was = race.entrants[index]
    begin = f"forked off momentum (η {short_text(was.lr)}, schedule "
    assert said[0] == fairness.NONE and said[1].startswith(begin) and "clipped at 2) at step 20, " in said[1]
    assert said[1].endswith("forked off momentum from 20 (η 0.5) at step 30")


def test_one_rate_for_all_is_one_in_the_past_too() -> None:
    sgd, adam = (Entrant(OPTIMIZERS[name](lr=0.01), name, stream=i) for i, name in enumerate(("sgd", "adam")))
    race = Race(HIMMELBLAU, (sgd, adam), HIMMELBLAU.starts[:1])
    assert fairness.basis(race) == "One η for all: 0.01"
    assert not [told for told in fairness.sheet(Engine(race).run(), 0).common if "η" in told], "it is said already"
    decaying = replace(race, entrants=tuple(replace(e, schedule=SCHEDULES["linear"]()) for e in race.entrants))
    told = fairness.sheet(Engine(decaying).run(), decaying.steps // 2).common
    assert "η 0.005" in told and "peak η 0.01" not in told
    assert fairness.basis(race.fork(0, 10, clip_norm=1.0)) == "One η for all: 0.01"
    forked = race.with_hyper(0, lr=0.1).fork(0, 10, lr=0.01).without(0)
    assert {e.lr for e in forked.entrants} == {0.01} and fairness.basis(forked) == "Each its own η"
    standard = replace(race, entrants=tuple(replace(e, optimizer=type(e.optimizer)()) for e in race.entrants))
    assert fairness.basis(standard) == "Library defaults"
    gone = standard.with_hyper(1, beta1=0.5).fork(1, 10, beta1=0.9).without(1)
    assert fairness.basis(gone) != "Library defaults"


def tripled(patch: pytest.MonkeyPatch) -> None:
    plain = lanes._group

    def group(*args: Any) -> Any:
        made = plain(*args)
        if made.rule.name == "momentum":
            made.peak = 3.0 * made.peak
        return made

    patch.setattr(lanes, "_group", group)


def other_memory(patch: pytest.MonkeyPatch) -> None:
    plain = lanes._group

    def group(*args: Any) -> Any:
        made = plain(*args)
        if made.rule.name == "momentum":
            made.rule.__dict__["beta"] = made.rule.beta * 0.9
        return made

    patch.setattr(lanes, "_group", group)


def warm_start(patch: pytest.MonkeyPatch) -> None:
    """Somebody begins with a velocity."""
    plain = lanes._group

    def group(*args: Any) -> Any:
        made = plain(*args)
        if made.rule.name == "momentum":
            made.state = {letter: value + 0.01 for letter, value in made.state.items()}
        return made

    patch.setattr(lanes, "_group", group)


def quieter(patch: pytest.MonkeyPatch) -> None:
    """The last racer of a pack feels half of the noise."""
    plain = engine.noise_block

    def block(field: Any, who: Any, *rest: int) -> Any:
        draws = plain(field, who, *rest)
        values = np.repeat(draws.values, len(who), axis=1) if draws.values.shape[1] == 1 else draws.values.copy()
        values[:, -1] *= 0.5
        return replace(draws, values=values)

    patch.setattr(engine, "noise_block", block)


def clamped(patch: pytest.MonkeyPatch) -> None:
    """Nobody gets out of the picture."""
    plain = engine.lockstep

    def lockstep(pack: Any, k: int, *rest: Any) -> Any:
        grads = plain(pack, k, *rest)
        put_back(pack, -2.0, 2.0)
        return grads

    patch.setattr(engine, "lockstep", lockstep)


def clipped(patch: pytest.MonkeyPatch) -> None:
    """Everybody's gradients are limited, and nobody is told."""
    patch.setattr(lanes, "_limits", lambda values, who: np.full((len(who), 1), 0.1))


def doubled(patch: pytest.MonkeyPatch) -> None:
    """Somebody's steps are not counted as they were taken."""
    plain = engine.lockstep

    def lockstep(pack: Any, k: int, *rest: Any) -> Any:
        if k == 5:
            plain(pack, k, *rest)
            forget_step(pack)
        return plain(pack, k, *rest)

    patch.setattr(engine, "lockstep", lockstep)


def softened(patch: pytest.MonkeyPatch) -> None:
    """Who is not asked is told of a gentler slope."""
    plain = Fused.go
    patch.setattr(Fused, "go", lambda self, answer: plain(self, 0.9 * answer))


HANDICAPS = (tripled, other_memory, warm_start, quieter, clamped, clipped, doubled, softened)


@pytest.mark.parametrize("plant", HANDICAPS, ids=lambda it: it.__name__)
def test_a_planted_handicap_is_found(plant: Callable[[pytest.MonkeyPatch], None]) -> None:
    """In a race of which the sheet is true without it, as is tested above."""
    race = mixed(noise=NOISY)
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        with pytest.raises(AssertionError):
            compared(race)


def test_a_sheet_says_what_is_the_same_and_what_is_not() -> None:
    race = racefile.find("ravine")
    sheet = fairness.sheet(Engine(race).run(), 120)
    assert sheet.basis == "Each its own η"
    assert {"120 steps", "120 gradients", "no noise", f"seed {race.seed}"} <= set(sheet.common)
    momentum = sheet.own(sheet.labels.index("Momentum"))
    assert "η 0.0075" in momentum and "β 0.8" in momentum
    assert not any("noise" in words or "steps" in words for words in momentum)
    assert sheet.own(0, ("lr",)) == ["η 0.024"]
    with pytest.raises(KeyError):
        sheet.item("luck")


def test_one_of_a_kind_is_one() -> None:
    recording = Engine(replace(racefile.find("ravine"), steps=3)).run()
    assert {"1 step", "1 gradient"} <= set(fairness.sheet(recording, 1).common)
    assert {"2 steps", "2 gradients"} <= set(fairness.sheet(recording, 2).common)
    alone = Race(HIMMELBLAU, (Entrant(OPTIMIZERS["newton"](), "N"),), HIMMELBLAU.starts[:1], steps=3)
    sheet = fairness.sheet(Engine(alone).run(), 1)
    assert [sheet.item(key).phrase(0) for key in ("hess_evals", "loss_evals")] == ["1 Hessian", "0 losses"]


def test_a_setting_is_told_by_name_and_a_choice_as_people_say_it() -> None:
    """In a table with its symbol; where there is little room by the symbol, which says nothing before a choice."""
    race = racefile.from_data({"steps": 2, "entrant": [{"optimizer": "adamw"}, {"optimizer": "lbfgs"}]})
    it = fairness.sheet(Engine(race).run(), 2)
    heads = {item.key: (item.head, item.title) for item in it.items}
    assert heads["lr"] == ("η learning rate", "η") and heads["weight_decay"] == ("λ weight decay", "λ")
    assert heads["line_search_fn"] == ("line search", "line search")
    assert "line search strong Wolfe" in it.own(1) and "β₁ 0.9" in it.own(0)


def test_what_differs_in_the_fourth_digit_alone_is_no_common_thing() -> None:
    sgd, adam = (Entrant(OPTIMIZERS[name](lr=0.01), name, stream=i) for i, name in enumerate(("sgd", "adam")))
    race = Race(HIMMELBLAU, (sgd, adam), HIMMELBLAU.starts[:1], steps=5).with_hyper(1, lr=0.010002)
    warm = [SCHEDULES["cosine"](eta_min=least) for least in (0.25, 0.25001)]
    race = race.with_entrant(0, clip_norm=3.0).with_entrant(1, clip_norm=3.0 + 2**-51)
    sheet = fairness.sheet(Engine(race).run(), 5)
    assert sheet.item("lr").words == ("0.01", "0.010002") and not sheet.item("lr").same
    assert sheet.item("clip_norm").words == ("3", "3.0000000000000004") and not sheet.item("clip_norm").same
    assert not any(word.startswith(("η", "clipped")) for word in sheet.common)
    race = race.with_entrant(0, schedule=warm[0]).with_entrant(1, schedule=warm[1])
    assert not fairness.sheet(Engine(race).run(), 5).item("schedule").same


def test_noise_of_ones_own_is_told_apart() -> None:
    sheet = fairness.sheet(Engine(mixed(noise=Noise(0.3, shared=False))).run(), STEPS)
    assert not sheet.item("noise").same
    assert "draws of its own (stream 2)" in sheet.item("noise").words[2]


@pytest.mark.parametrize(
    ("rates", "words"),
    [((0.1, 0.1), "One η for all: 0.1"), ((0.1, 0.2), "Each its own η"), ((), "Library defaults"), ((0.1,), "Alone")],
)
def test_the_basis_is_told(rates: tuple[float, ...], words: str) -> None:
    own = [replace(OPTIMIZERS["sgd"](), lr=lr) for lr in rates] or [OPTIMIZERS["sgd"](), OPTIMIZERS["adam"]()]
    entrants = tuple(Entrant(optimizer, str(i), stream=i) for i, optimizer in enumerate(own))
    assert fairness.basis(Race(HIMMELBLAU, entrants, HIMMELBLAU.starts[:1])) == words


def test_tuning_holds_for_the_race_it_was_done_for_alone() -> None:
    race = racedata.tuned(mixed(), "lr", 121)
    assert fairness.basis(race) == "Each tuned with the same budget: 121 runs for η"
    assert racefile.parse(racefile.dumps(race)) == race
    assert fairness.basis(replace(race, title="Another name")) == fairness.basis(race)
    assert fairness.basis(race.with_entrant(0, label="Another name")) == fairness.basis(race)
    for changed in (
        replace(race, seed=4),
        replace(race, starts=race.starts[:1]),
        race.with_hyper(0, lr=0.0123),
        race.with_hyper(1, beta=0.5),
        race.without(0),
        race.fork(0, 10, lr=0.1),
    ):
        assert fairness.basis(changed) == "Each its own η"


def test_what_is_asked_beside_gradients_is_listed() -> None:
    sheet = fairness.sheet(Engine(mixed()).run(), STEPS)
    at = sheet.labels.index
    assert sheet.item("hess_evals").words[at("newton")] == str(STEPS)
    assert sheet.item("evals").words[at("sam")] == str(2 * STEPS)
    assert sheet.item("loss_evals").words[at("armijo")] != "0" and sheet.item("loss_evals").words[0] == "0"
    assert not sheet.item("evals").same
