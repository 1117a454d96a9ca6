"""The sample races: each one shows what its title says, and its file is in normal form."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from simulator import racefile
from simulator.engine import Engine
from simulator.recording import Recording, Status
from simulator.resources import sample_races

SAMPLES = sample_races()


def sample(name: str) -> Recording:
    return Engine(racefile.find(SAMPLES[name])).run()


def arrived(r: Recording, entrant: int, start: int = 0) -> int:
    """The first step at which this racer had arrived; infinitely late when it never did."""
    there = np.flatnonzero(r.status[:, r.lane(entrant, start)] == Status.ARRIVED.value)
    return int(there[0]) if len(there) else 10**9


def crossings(r: Recording, entrant: int) -> int:
    """How often the path crosses the valley's axis before it arrives."""
    y = r.theta[: min(arrived(r, entrant), r.done) + 1, entrant, 1]
    return int((y[1:] * y[:-1] < 0).sum())


def turning(r: Recording, entrant: int, steps: int) -> float:
    """Mean angle between successive steps, in degrees: 0 is a straight path, 180 a mere to and fro."""
    moves = np.diff(r.theta[: steps + 1, entrant], axis=0)
    angles = np.arctan2(moves[:, 1], moves[:, 0])
    return float(np.degrees(np.abs((np.diff(angles) + np.pi) % (2 * np.pi) - np.pi)).mean())


def ended(r: Recording, entrant: int, start: int = 0) -> Status:
    return r.status_at(r.done, r.lane(entrant, start))[0]


def ravine(r: Recording) -> None:
    sgd, momentum, rmsprop, adam = (arrived(r, e) for e in range(4))
    assert crossings(r, 0) == sgd  # it changes sides at every single step
    assert crossings(r, 1) < sgd / 6 and crossings(r, 2) == 0
    assert 1.8 * momentum < sgd <= r.race.steps
    assert max(rmsprop, adam) < sgd
    assert turning(r, 0, 40) > 100 > 2 * turning(r, 1, 40)


def turned_ravine(r: Recording) -> None:
    race = replace(r.race, landscape=replace(r.race.landscape, rotation=0.0), starts=((5.0, 2.0),))
    straight = Engine(race).run()
    sgd, momentum, rmsprop, adam = (arrived(r, e) for e in range(4))
    assert (sgd, momentum) == (arrived(straight, 0), arrived(straight, 1))  # these know no axes
    assert adam > 2 * arrived(straight, 3) and rmsprop > 2 * arrived(straight, 2)
    assert momentum < min(sgd, rmsprop, adam) and adam <= r.race.steps


def step_size(r: Recording) -> None:
    x = r.theta[:, :, 0] - 3.0
    assert arrived(r, 1) <= 6 and min(arrived(r, 0), arrived(r, 2), arrived(r, 3)) > r.race.steps
    assert (x[:, 0] < 0).all() and abs(x[20, 0]) > 1.0
    assert (x[1:, 2] * x[:-1, 2] < 0).all() and abs(x[-1, 2]) < 0.1
    assert (np.diff(np.abs(x[:, 3])) > 0).all() and ended(r, 3) is Status.OUT_OF_VIEW


def edge_of_stability(r: Recording) -> None:
    y = r.theta[:, :, 1]
    assert max(arrived(r, 0), arrived(r, 1)) < r.race.steps
    assert crossings(r, 0) == 0 and crossings(r, 1) == arrived(r, 1)
    assert np.abs(y[:, 2]) == pytest.approx(2.0)
    assert (np.diff(np.abs(y[:, 3])) > 0).all() and ended(r, 3) is Status.OUT_OF_VIEW


def rosenbrock(r: Recording) -> None:
    assert arrived(r, 1) < arrived(r, 2) < arrived(r, 3) < r.race.steps < arrived(r, 0)
    x, y = r.theta[-1, 0]
    assert abs(y - x * x) < 0.01 and x < 0.8  # plain descent is in the valley, and still far from its end


def saddle(r: Recording) -> None:
    beside = [arrived(r, e, 0) for e in range(4)]
    assert max(beside) < r.race.steps and max(beside[2:]) < min(beside[:2])
    on = [r.lane(e, 1) for e in range(4)]
    assert (r.theta[:, on, 1] == 0.0).all() and r.gap()[-1, on] == pytest.approx(1.0, abs=1e-2)


def saddle_noise(r: Recording) -> None:
    assert max(arrived(r, e) for e in range(4)) < r.race.steps
    quiet = Engine(replace(r.race, noise=replace(r.race.noise, sigma=0.0))).run()
    assert (quiet.theta[:, :, 1] == 0.0).all()


def himmelblau(r: Recording) -> None:
    starts = range(len(r.race.starts))
    assert (r.status[-1] == Status.ARRIVED.value).all()
    ends = [{tuple(np.round(r.theta[-1, r.lane(e, s)], 1)) for e in range(3)} for s in starts]
    assert all(len(minima) >= 2 for minima in ends)
    assert len(set().union(*ends)) == 4


def rastrigin(r: Recording) -> None:
    first_dip = np.array([-1.99, 2.985])
    for trapped in (0, 1, 2):
        assert np.abs(r.theta[20:, trapped] - first_dip).max() < 0.5
    for free in (3, 4):
        assert r.gap()[-1, free] < 0.5 * r.gap()[-1, 0]


def beale(r: Recording) -> None:
    assert ended(r, 0) is Status.DIVERGED and ended(r, 2) is Status.DIVERGED
    assert max(arrived(r, 1), arrived(r, 3)) < r.race.steps


def two_wells(r: Recording) -> None:
    assert arrived(r, 1) < r.race.steps
    for trapped in (0, 2):
        assert r.theta[-1, trapped] == pytest.approx([0.9053, 0.0], abs=0.01)


def plateau(r: Recording) -> None:
    assert 2 * arrived(r, 2) < min(arrived(r, e) for e in (0, 1, 3))
    early = r.gap()[25]
    assert max(early[2], early[3]) < 0.9 * min(early[0], early[1])


def schedules(r: Recording) -> None:
    floors = [Engine(replace(r.race, seed=seed)).run().gap()[-100:].mean(axis=0) for seed in (r.race.seed, *range(8))]
    constant, tenth, step, cosine, inverse = np.mean(floors, axis=0)
    assert 5 < constant / tenth < 20
    assert max(step, cosine) < constant / 10 and inverse < constant / 3


def formula(r: Recording) -> None:
    assert arrived(r, 1) < r.race.steps
    gap = r.gap()[-1]
    assert gap[0] > 3.0 and 0.1 < gap[2] < 1.0  # one in the first ripple, one in the last but one


def mini_batches(r: Recording) -> None:
    small, large, falling = r.gap()[-60:].mean(axis=0)
    assert falling < 0.01 * min(small, large)
    assert (np.diff(r.gap()[::4, 0]) < 0).mean() > 0.9 and np.ptp(r.gap()[-60:, 1]) > large


def flip_network(r: Recording) -> None:
    assert r.done == 30 * 16 and len(set(r.race.starts)) == 1
    plain, heavy, larger, adam = r.gap()[-96:].mean(axis=0)
    assert max(heavy, larger, adam) < plain / 8
    off = [int(np.argmax(r.gap()[:, e] < 0.05)) for e in (1, 2, 3)]  # the plateau
    assert 0 < off[0] < off[2] < off[1] and r.gap()[:, 0].min() > 0.05


def spirals(r: Recording) -> None:
    loss = r.loss
    assert loss[20].min() > 0.63 and loss[20].max() < 0.66  # all on the plateau
    left = [int(np.argmax(loss[:, e] < 0.3)) for e in range(4)]
    assert 0 < left[2] < left[1] / 2 < left[1] < left[3] < left[0] < r.done


def reddi(r: Recording) -> None:
    sgd, adam, amsgrad = r.theta[:, :, 0].T
    assert adam[-1] > 0.99 and amsgrad[-1] < -0.7 and sgd[-1] < -0.95
    assert sgd.min() == -1.0 and adam.max() == 1.0


def drifting_bowl(r: Recording) -> None:
    sgd, heavy, adam, adagrad = r.gap()[200:].mean(axis=0)
    assert max(sgd, adam) < heavy / 2 and heavy < adagrad


def sudden_shift(r: Recording) -> None:
    gap = r.gap()
    assert np.array_equal(r.theta[:101, 0], r.theta[:101, 1])
    kept, anew, _, rmsprop = gap[100:].mean(axis=0)
    assert anew < 0.75 * kept and rmsprop < 0.5 * kept
    before, after = (int(np.argmax(gap[k:, 2] < 0.1 * gap[k, 2])) for k in (0, 100))
    assert after > 1.5 * before  # AdaGrad's η has shrunk for good


def heavy_tails(r: Recording) -> None:
    for seed in range(5):
        plain, clipped, *_ = Engine(replace(r.race, seed=seed)).run().gap()[-200:].mean(axis=0)
        assert clipped < 0.7 * plain


def sparse(r: Recording) -> None:
    momentum, adagrad, adam = (arrived(r, e) for e in (1, 2, 3))
    assert max(adagrad, adam) < 300 and momentum > r.race.steps
    assert ended(r, 0) is Status.OUT_OF_VIEW and abs(r.theta[-1, 0, 0]) < 1e-6 < abs(r.theta[-1, 0, 1])


def multiplicative_noise(r: Recording) -> None:
    for seed in range(5):
        run = Engine(replace(r.race, seed=seed)).run()
        assert arrived(run, 0) < r.race.steps < arrived(run, 1)
    additive = Engine(replace(r.race, noise=replace(r.race.noise, kind="gaussian"))).run()
    assert additive.gap()[-100:, 0].mean() > 1e-3 > r.gap()[-100:, 0].mean()


def eggholder(r: Recording) -> None:
    assert not (r.status == Status.ARRIVED.value).any()
    assert len({round(gap) for gap in r.gap()[-1]}) >= 5  # hardly two in the same hollow
    assert ended(r, 1, 1) is Status.OUT_OF_VIEW and r.gap()[-1, r.lane(1, 1)] < -10.0


def branin(r: Recording) -> None:
    ends = np.round(r.theta[-1].reshape(3, 3, 2), 1)  # entrants, starts
    assert (ends == ends[0]).all() and len(np.unique(ends[0], axis=0)) == 3
    assert r.loss[-1] == pytest.approx(0.398, abs=1e-3) and (r.gap()[-1] < 1e-3).all()


def ackley(r: Recording) -> None:
    sgd, adam, momentum, cosine = r.gap()[-50:].T
    assert np.ptp(sgd) < 1e-6 and sgd[-1] > 6.0 and adam.min() > 4.0
    assert 0.01 < momentum.mean() < 1.0  # in the middle, and no nearer than its hops are long
    assert arrived(r, 3) <= r.race.steps and cosine[-1] < 1e-4


def sharp_wide(r: Recording) -> None:
    assert max(arrived(r, 0), arrived(r, 1)) < r.race.steps  # the sharp one is the lower
    for wide in (2, 3):
        assert r.theta[-1, wide] == pytest.approx([-1.428, 0.0], abs=0.05)
        assert arrived(r, wide) > r.race.steps


def cliff(r: Recording) -> None:
    farthest = r.theta[:, :, 0].max(axis=0)
    assert min(farthest[0], farthest[2]) > 10.0 > 6.0 > max(farthest[1], farthest[3])
    assert arrived(r, 1) < arrived(r, 0) and arrived(r, 3) < r.race.steps < arrived(r, 2)


def monkey_saddle(r: Recording) -> None:
    assert max(arrived(r, e) for e in (0, 1, 2, 4)) < r.race.steps
    assert ended(r, 3) is Status.STALLED and r.theta[-1, 3] == pytest.approx([0.0, 0.0], abs=1e-6)
    assert len({round(float(y)) for y in r.theta[-1, (0, 1), 1]}) == 2  # momentum crosses into another valley


def flower(r: Recording) -> None:
    assert arrived(r, 3) < 15 and arrived(r, 1) < r.race.steps < min(arrived(r, 0), arrived(r, 2))
    x, y = r.theta[-1, 0]
    assert x == pytest.approx(-y, abs=1e-3) and 0.1 < abs(x) < 0.3


def mccormick(r: Recording) -> None:
    for held in (0, 1):
        assert r.theta[-1, held] == pytest.approx([2.594, 1.594], abs=0.01)
    assert ended(r, 2) is Status.OUT_OF_VIEW and r.loss[-1, 2] < -50.0


def crease(r: Recording) -> None:
    sgd, sgd_falling, adam, adam_falling = r.gap()[-100:].mean(axis=0)
    assert sgd > 2.0 * sgd_falling and adam > 2.0 * adam_falling
    assert r.gap()[-1, (1, 3)].max() < 5.0


def easom(r: Recording) -> None:
    rmsprop, adam, momentum, sgd = (arrived(r, e) for e in (2, 3, 1, 0))
    assert rmsprop < adam < momentum < sgd < r.race.steps
    for e in (2, 3):
        assert r.theta[-1, r.lane(e, 1)] == pytest.approx([1.305, 1.305], abs=0.01)


def matrix_memory(r: Recording) -> None:
    sgd, adam, lamb, shampoo, muon, kfac = r.gap()[-1]
    assert min(sgd, adam) > 0.01 and max(lamb, shampoo, muon, kfac) < 1e-3
    assert arrived(r, 5) < 100 < arrived(r, 4) <= r.race.steps < min(arrived(r, e) for e in range(4))
    assert muon < lamb < shampoo


def forks(r: Recording) -> None:
    k = 15
    assert all(np.array_equal(r.theta[: k + 1, 0], r.theta[: k + 1, e]) for e in (1, 2))
    assert np.argmin(r.theta[:, 0, 0]) == k and r.theta[k, 0, 0] < -3.9  # farthest past the minimum
    original, smaller, shorter = np.hypot(*r.theta[100:].T).max(axis=1)
    assert smaller > 0.9 * original and shorter < original / 1000
    assert arrived(r, 2) < 100 and min(arrived(r, 0), arrived(r, 1)) > r.race.steps


CLAIMS: dict[str, Callable[[Recording], None]] = {
    check.__name__.replace("_", "-"): check
    for check in (
        ravine, turned_ravine, step_size, edge_of_stability, rosenbrock, saddle, saddle_noise, himmelblau, rastrigin,
        beale, two_wells, plateau, schedules, formula, mini_batches, flip_network, spirals, matrix_memory,
        reddi, drifting_bowl, sudden_shift, heavy_tails, sparse, multiplicative_noise,
        eggholder, branin, ackley, sharp_wide, cliff, monkey_saddle, flower, mccormick, crease, easom,
        forks,
    )
}  # fmt: skip


@pytest.mark.parametrize("name", SAMPLES)
def test_sample_shows_what_its_title_says(name):
    CLAIMS[name](sample(name))


def test_every_claim_has_its_sample():
    assert set(CLAIMS) == set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_sample_is_in_normal_form(name):
    text = SAMPLES[name].read_text(encoding="utf-8")
    assert racefile.dumps(racefile.find(SAMPLES[name])) == text


def test_titles_differ():
    titles = [racefile.find(path).title for path in SAMPLES.values()]
    assert len(set(titles)) == len(titles)
