"""What is drawn over the arena is what the racers were told and did."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from planes import race_in_five

from simulator import sketcher as sketching
from simulator.alternatives import coasting, other_gradients
from simulator.engine import Engine
from simulator.inspector import inspect
from simulator.landscapes import LANDSCAPES
from simulator.levelline import level_line, shape_of
from simulator.optimizers import OPTIMIZERS
from simulator.overlays import OVERLAYS, SAMPLES, Arrow, Cloud, Outline, Point
from simulator.plane import principal_plane
from simulator.race import Entrant, Noise, Race, obstacle
from simulator.recording import Recording
from simulator.sketcher import LONGEST, Sketcher

SPAN = (10.0, 8.0)


def raced(
    names: list[str], landscape: str = "ravine", steps: int = 12, done: int | None = None, **more: Any
) -> Recording:
    ground = LANDSCAPES[landscape](**more.pop("ground", {}))
    entrants = tuple(
        Entrant(OPTIMIZERS[name](**more.get("hyper", {"lr": 0.01})), f"{name} {i}", stream=i)
        for i, name in enumerate(names)
        if not obstacle(OPTIMIZERS[name], ground)
    )
    noise = more.get("noise", Noise())
    race = Race(ground, entrants, ground.starts[:1], noise, seed=more.get("seed", 3), steps=steps)
    return Engine(race).advance(steps if done is None else done)


def shapes(recording: Recording, step: int, name: str, entrant: int = 0, draw: int = 0) -> list[Any]:
    sketcher = Sketcher()
    sketcher.names, sketcher.draw = (name,), draw
    plane = principal_plane(recording) if recording.race.landscape.dim > 2 else None
    stream = recording.race.entrants[entrant].stream
    return [shape for _, _, shape in sketcher.sketch(recording, step, [stream], plane, SPAN).shapes]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_gradient_is_the_recorded_one_and_the_step_ends_at_the_next_row(name: str) -> None:
    recording = raced([name], "logistic" if OPTIMIZERS[name].needs == "model" else "ravine", noise=Noise(sigma=0.5))
    for step in (0, 5, 11):
        (gradient,) = shapes(recording, step, "gradient")
        np.testing.assert_array_equal(gradient.reach, -recording.grad[step, 0])
        assert gradient.slope
        (way,) = shapes(recording, step, "step")
        np.testing.assert_allclose(way.tail, recording.theta[step, 0], rtol=1e-12)
        np.testing.assert_allclose(way.tail + way.reach, recording.theta[step + 1, 0], rtol=1e-12, atol=1e-12)


def test_the_step_to_come_is_drawn_before_it_is_raced_and_none_leaves_the_last_row() -> None:
    ahead, whole = raced(["momentum"], done=4), raced(["momentum"])
    for name in ("gradient", "step", "velocity"):
        np.testing.assert_array_equal(shapes(ahead, 4, name)[0].reach, shapes(whole, 4, name)[0].reach)
        assert not shapes(whole, 12, name)


def test_the_look_ahead_of_nesterov_is_where_its_velocity_takes_it() -> None:
    recording = raced(["nesterov"], hyper={"lr": 0.01, "beta": 0.8})
    theta, v = recording.theta[6, 0], recording.states[0]["v"][6, 0]
    arrow, ghost = shapes(recording, 6, "asked")
    np.testing.assert_allclose(ghost.at, theta - 0.01 * 0.8 * v, rtol=1e-12)
    np.testing.assert_allclose(arrow.tail + arrow.reach, ghost.at, rtol=1e-12)
    (velocity,) = shapes(recording, 6, "velocity")
    np.testing.assert_allclose(velocity.tail + velocity.reach, ghost.at, rtol=1e-12)
    np.testing.assert_allclose(shapes(recording, 6, "gradient")[0].tail, ghost.at, rtol=1e-12)


def test_the_probe_of_sam_lies_uphill() -> None:
    recording = raced(["sam"], hyper={"lr": 0.01, "rho": 0.3})
    grad = recording.race.landscape.grad(recording.theta[4])[0]
    _, probe = shapes(recording, 4, "asked")
    np.testing.assert_allclose(probe.at, recording.theta[4, 0] + 0.3 * grad / np.linalg.norm(grad), rtol=1e-9)


@pytest.mark.parametrize("name", ["sgd", "signsgd", "rmsprop", "newton"])
def test_a_rule_without_memory_has_no_velocity(name: str) -> None:
    assert not shapes(raced([name]), 5, "velocity")


def test_velocity_and_gradient_make_the_step_of_momentum() -> None:
    recording = raced(["momentum"], hyper={"lr": 0.01, "beta": 0.9}, noise=Noise(sigma=1.0))
    v = recording.states[0]["v"]
    (velocity,), (way,), (gradient,) = (shapes(recording, 7, name) for name in ("velocity", "step", "gradient"))
    np.testing.assert_allclose(velocity.reach, -0.01 * 0.9 * v[7, 0], rtol=1e-9)
    np.testing.assert_allclose(velocity.reach + 0.01 * gradient.reach, way.reach, rtol=1e-9)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_what_would_happen_on_flat_ground_is_found_for_every_rule(name: str) -> None:
    recording = raced([name], "logistic" if OPTIMIZERS[name].needs == "model" else "ravine")
    assert coasting(inspect(recording, 0, 6)).shape == (recording.race.landscape.dim,)
    if recording.race.entrants[0].optimizer.hyper.get("weight_decay", 0.0) == 0.0:
        # Nothing is remembered yet, but for Yogi's first moments and ASGD's own pull to the origin.
        np.testing.assert_allclose(coasting(inspect(recording, 0, 0)), 0.0, atol=1e-5)


# Curvature.


def test_the_level_line_of_a_bowl_is_an_ellipse_with_the_axes_of_its_hessian() -> None:
    grad, hess = np.array([6.0, -20.0]), np.diag([2.0, 50.0])
    line, bottom = level_line(grad, hess), -np.linalg.solve(hess, grad)
    rise = 0.5 * bottom @ hess @ bottom  # of the model from its bottom to here
    reach = np.abs(line - bottom).max(axis=0)
    np.testing.assert_allclose(reach, np.sqrt(2.0 * rise / np.diag(hess)), rtol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(line - line[::-1][0], axis=1).min(), 0.0, atol=1e-9)  # closed


@pytest.mark.parametrize(
    ("values", "kind", "parts"),
    [
        ((3.0, 40.0), "bowl", 1), ((-3.0, -1e4), "dome", 1), ((-2.0, 5.0), "saddle", 2), ((0.0, 5.0), "trough", 1),
        ((-5.0, 0.0), "trough", 1), ((0.0, 0.0), "plane", 0),
    ],
)  # fmt: skip
def test_every_point_of_a_level_line_is_as_high(values: tuple[float, float], kind: str, parts: int) -> None:
    turn = np.array([[0.8, -0.6], [0.6, 0.8]])
    grad, hess = np.array([1.0, 2.0]), turn @ np.diag(values) @ turn.T
    hess = (hess + hess.T) / 2.0
    line = level_line(grad, hess)
    whole = np.isfinite(line).all(axis=1)
    assert shape_of(np.array(values)) == kind
    assert (np.diff(whole, prepend=False, append=False).sum() // 2 if len(line) else 0) == parts
    near = line[whole & (np.abs(line).max(axis=1) < 1e3)]
    rise = near @ grad + 0.5 * np.einsum("ni,ij,nj->n", near, hess, near)
    size = np.abs(near @ grad) + np.abs(0.5 * np.einsum("ni,ij,nj->n", near, hess, near))
    assert (np.abs(rise) <= 1e-6 * np.maximum(size, 1.0)).all() and (len(near) > 20) == (parts > 0)


def test_on_a_quadratic_landscape_it_is_the_contour_line_itself_and_the_cross_the_minimum() -> None:
    recording = raced(["sgd"])
    outline, cross = shapes(recording, 3, "curvature")
    np.testing.assert_allclose(recording.race.landscape.loss(outline.points), recording.loss[3, 0], rtol=1e-9)
    np.testing.assert_allclose(cross.at, recording.race.landscape.minima[0].theta, atol=1e-9)


@pytest.mark.parametrize(
    ("landscape", "word"), [("saddle", "curves up one way and down another"), ("reddi", "does not")]
)
def test_where_there_is_no_bowl_it_is_said_and_no_bottom_is_marked(landscape: str, word: str) -> None:
    recording = raced(["sgd", "adam"], landscape)
    sketcher = Sketcher()
    sketcher.names = ("curvature",)
    sketch = sketcher.sketch(recording, 2, [0, 1], None, SPAN)
    assert len(sketch.notes) == 1 and word in sketch.notes[0] and "sgd" not in sketch.notes[0]
    assert not any(isinstance(shape, Point) for _, _, shape in sketch.shapes)
    alone = sketcher.sketch(recording, 2, [0], None, SPAN).notes
    assert alone == sketch.notes


def test_in_one_dimension_all_stands_on_the_curve_and_the_model_touches_it() -> None:
    recording = raced(["nesterov"], "parabola", hyper={"lr": 0.02})
    loss = recording.race.landscape.loss
    (way,) = shapes(recording, 4, "step")
    assert (way.tail + way.reach)[1] == pytest.approx(loss(recording.theta[5])[0])
    _, ghost = shapes(recording, 4, "asked")
    assert ghost.at[1] == pytest.approx(loss(ghost.at[:1]))
    outline, bottom = shapes(recording, 4, "curvature")
    np.testing.assert_allclose(outline.points[:, 1], loss(outline.points[:, :1]), atol=1e-9)  # of a parabola
    assert bottom.at == pytest.approx([3.0, 0.0], abs=1e-9)
    assert shapes(recording, 4, "gradient")[0].reach[1] == 0.0


def test_on_a_plane_all_is_projected() -> None:
    recording = Engine(race_in_five()).run()
    plane = principal_plane(recording)
    (way,), (gradient,) = shapes(recording, 3, "step"), shapes(recording, 3, "gradient")
    np.testing.assert_allclose(way.tail + way.reach, plane.project(recording.theta[4, 0]), atol=1e-12)
    np.testing.assert_allclose(gradient.reach, -(plane.axes @ recording.grad[3, 0]), atol=1e-9)  # axes of unit length
    outline = next(shape for shape in shapes(recording, 3, "curvature") if isinstance(shape, Outline))
    offset = outline.points[np.isfinite(outline.points).all(axis=1)] - way.tail
    points = recording.theta[3, 0] + offset @ plane.axes
    model = offset @ (plane.axes @ recording.race.landscape.grad(recording.theta[3, 0]))
    hess = plane.axes @ recording.race.landscape.hess(recording.theta[3, 0]) @ plane.axes.T
    model += 0.5 * np.einsum("ni,ij,nj->n", offset, hess, offset)
    assert points.shape[1] == 5 and np.abs(model).max() < 1e-6


def test_the_unit_ball_of_sgd_is_a_circle_through_its_step() -> None:
    recording = raced(["sgd"], hyper={"lr": 0.02})
    (ball,), (way,) = shapes(recording, 4, "unit_ball"), shapes(recording, 4, "step")
    radii = np.linalg.norm(ball.points - way.tail, axis=1)
    np.testing.assert_allclose(radii, np.linalg.norm(way.reach), rtol=1e-9)


@pytest.mark.parametrize("name", ["rmsprop", "adagrad", "adam"])
def test_the_half_axes_of_the_unit_ball_are_the_rates_times_the_length_of_the_gradient(name: str) -> None:
    recording = raced([name], noise=Noise(sigma=1.0))
    seen = inspect(recording, 0, 7)
    (ball,) = shapes(recording, 7, "unit_ball")
    half = np.abs(ball.points - recording.theta[7, 0]).max(axis=0)
    np.testing.assert_allclose(half, seen.rate * np.linalg.norm(recording.grad[7, 0]), rtol=1e-4)
    if name == "rmsprop":
        root = np.sqrt(recording.states[0]["G"][8, 0])
        np.testing.assert_allclose(seen.rate, seen.lr / (root + seen.optimizer.hyper["eps"]), rtol=1e-9)
        (way,) = shapes(recording, 7, "step")  # it has no memory of directions: its step ends on the ball
        np.testing.assert_allclose(np.square(way.reach / half).sum(), 1.0, rtol=1e-3)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_rule_has_a_unit_ball_or_it_is_said_that_it_has_none(name: str) -> None:
    recording = raced([name], "logistic" if OPTIMIZERS[name].needs == "model" else "ravine", noise=Noise(sigma=0.5))
    sketcher = Sketcher()
    sketcher.names = ("unit_ball",)
    sketch = sketcher.sketch(recording, 5, [0], None, SPAN)
    scales_by_matrix = OPTIMIZERS[name].family in ("second-order", "matrix")
    assert len(sketch.shapes) == (not scales_by_matrix) and len(sketch.notes) == scales_by_matrix
    for _, _, shape in sketch.shapes:
        assert np.isfinite(shape.points).all()


def test_on_a_plane_the_unit_ball_casts_a_shadow() -> None:
    recording = Engine(race_in_five()).run()
    plane, seen = principal_plane(recording), inspect(recording, 0, 3)
    (ball,) = shapes(recording, 3, "unit_ball")
    directions = np.random.default_rng(0).standard_normal((4000, 5))
    length = np.linalg.norm(recording.grad[3, 0])
    steps = directions / np.linalg.norm(directions, axis=1)[:, None] * seen.rate * length
    shadows, edge = plane.project(seen.theta + steps), ball.points - plane.project(seen.theta)
    for angle in np.linspace(0.0, np.pi, 9):
        way = np.array((np.cos(angle), np.sin(angle)))
        reach = ((shadows - plane.project(seen.theta)) @ way).max()
        assert 0.8 * (edge @ way).max() < reach <= (edge @ way).max() * (1 + 1e-3)


# Samples.

NOISES = [Noise(sigma=2.0), Noise(sigma=0.5, kind="multiplicative"), Noise(kind="sparse", probability=0.5)]


@pytest.mark.parametrize("noise", NOISES, ids=lambda noise: noise.kind)
def test_the_mean_of_the_samples_tends_to_the_true_gradient(noise: Noise) -> None:
    recording = raced(["sgd"], noise=noise)
    _unbiased(recording, rounds=100)


@pytest.mark.parametrize("order", ["shuffled", "sampled"])
@pytest.mark.parametrize("landscape", ["logistic", "spirals"])
def test_so_does_that_of_mini_batches(landscape: str, order: str) -> None:
    _unbiased(raced(["sgd"], landscape, ground={"order": order, "batch_size": 4}), rounds=20)


def _unbiased(recording: Recording, rounds: int) -> None:
    seen = inspect(recording, 0, 5)
    drawn = np.concatenate([other_gradients(seen, seen.theta, draw, SAMPLES) for draw in range(rounds)])
    off = drawn.mean(axis=0) - recording.race.landscape.grad(seen.theta)
    assert (np.abs(off) < 5.0 * drawn.std(axis=0) / np.sqrt(len(drawn)) + 1e-12).all()
    assert drawn.std(axis=0).max() > 0.0


def test_samples_are_a_function_of_seed_step_and_draw_and_none_is_the_racers_own() -> None:
    recording = raced(["sgd"], "logistic", ground={"batch_size": 4})
    first, again, other = (shapes(recording, 5, "samples", draw=draw)[0].reaches for draw in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert len(first) == SAMPLES and not np.isin(first, other).all()
    race = dataclasses.replace(recording.race, seed=4)
    reseeded = shapes(Engine(race).run(), 5, "samples")[0].reaches
    assert not np.isin(first, reseeded).all()


def test_a_sample_is_as_large_as_the_batch_it_stands_for(monkeypatch: pytest.MonkeyPatch) -> None:
    recording = raced(["sgd"], "logistic", steps=40, ground={"batch_size": 9, "order": "shuffled"})
    landscape, sizes = recording.race.landscape, set[int]()
    total = len(landscape.whole[0])  # type: ignore[attr-defined]
    last = -(-total // 9) - 1
    assert total % 9, "the last batch shall be smaller"
    whole = type(landscape).shown

    def shown(self: Any, seed: int, step: int) -> Any:
        part = whole(self, seed, step)
        if seed != recording.race.seed:
            sizes.add(len(part.rows))
        return part

    monkeypatch.setattr(type(landscape), "shown", shown)
    for step in (0, last):
        sizes.clear()
        other_gradients(inspect(recording, 0, step), recording.theta[step, 0], 0, SAMPLES)
        assert sizes == {len(whole(landscape, 3, step).rows)}
    assert sizes == {total % 9}


def test_with_the_true_gradient_there_is_nothing_to_sample_and_it_is_said() -> None:
    sketcher = Sketcher()
    sketcher.names = ("samples",)
    sketch = sketcher.sketch(raced(["sgd"]), 3, [0], None, SPAN)
    assert not sketch.shapes and sketch.notes == ("Nothing to sample, every step is shown the true gradient",)


# All of them.


@pytest.mark.parametrize("landscape", LANDSCAPES)
def test_everything_can_be_drawn_on_every_landscape_from_the_first_row_to_the_last(landscape: str) -> None:
    recording = raced(["momentum", "nesterov", "adam", "sam"], landscape, noise=Noise(sigma=0.3))
    sketcher = Sketcher()
    sketcher.names = tuple(OVERLAYS)
    plane = principal_plane(recording) if recording.race.landscape.dim > 2 else None
    for step in (0, 1, 12):
        sketch = sketcher.sketch(recording, step, [0, 1, 2, 3], plane, SPAN)
        assert {drawn.overlay for drawn in sketch.shapes} <= OVERLAYS.keys() and sketch.scale > 0.0
        for _, _, shape in sketch.shapes:
            if isinstance(shape, Arrow):
                assert shape.tail.shape == shape.reach.shape == (2,)
            elif isinstance(shape, Cloud):
                assert shape.reaches.shape == (SAMPLES, 2)
            else:
                assert (shape.at[None] if isinstance(shape, Point) else shape.points).shape[1] == 2


def test_a_racer_that_has_diverged_does_no_harm() -> None:
    recording = raced(["momentum"], "rosenbrock", steps=60, hyper={"lr": 1.0})
    assert not np.isfinite(recording.theta[60, 0]).all()
    sketcher = Sketcher()
    sketcher.names = tuple(OVERLAYS)
    for step in (5, 20, 59, 60):
        sketcher.sketch(recording, step, [0], None, SPAN)


def test_one_factor_serves_all_racers_and_fills_some_of_the_picture() -> None:
    recording = raced(["sgd", "adam", "momentum"], noise=Noise(sigma=1.0))
    sketcher = Sketcher()
    sketcher.names = ("gradient",)
    for span in (SPAN, (1.0, 1.0), (1e-4, 1e-3)):
        sketch = sketcher.sketch(recording, 8, [0, 1, 2], None, span)
        longest = max(np.abs(shape.reach / span).max() for _, _, shape in sketch.shapes) * sketch.scale
        assert longest * (1 + 1e-9) >= LONGEST / 2.5 and longest <= LONGEST * (1 + 1e-9)
        assert f"{sketch.scale:.0e}"[0] in "125"


def test_a_racer_far_away_does_not_shrink_the_slopes_of_the_others() -> None:
    landscape = LANDSCAPES["ravine"]()
    entrants = (Entrant(OPTIMIZERS["sgd"](lr=0.01), "calm"), Entrant(OPTIMIZERS["sgd"](lr=0.2), "wild", stream=1))
    recording = Engine(Race(landscape, entrants, ((5.0, 2.0),), steps=9)).run()
    sketcher = Sketcher()
    sketcher.names = ("gradient",)
    both = sketcher.sketch(recording, 8, [0, 1], None, (12.0, 6.0)).scale
    assert both == sketcher.sketch(recording, 8, [0], None, (12.0, 6.0)).scale
    assert both > sketcher.sketch(recording, 8, [1], None, (12.0, 6.0)).scale > 0.0


def test_views_of_one_step_share_a_sketch_and_none_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    recording = raced(["sgd", "adam"])
    looked: list[int] = []
    monkeypatch.setattr(sketching, "inspect", lambda *given: looked.append(1) or inspect(*given))
    sketcher, told = Sketcher(), []
    sketcher.told = told.append
    assert not sketcher.sketch(recording, 4, [0, 1], None, SPAN).shapes and not looked
    sketcher.names = ("step",)
    assert sketcher.sketch(recording, 4, [0, 1], None, SPAN) is sketcher.sketch(recording, 4, [0, 1], None, SPAN)
    assert len(looked) == 2 and len(told) == 1
    sketcher.sketch(recording, 5, [0, 1], None, SPAN)
    assert len(told) == 2


def test_who_is_drawn_over_can_be_chosen() -> None:
    sketcher = Sketcher()
    assert sketcher.chosen([4, 2, 7]) == [4, 2, 7]
    sketcher.only = 2
    assert sketcher.chosen([4, 2, 7]) == [2]
    sketcher.only = 9
    assert sketcher.chosen([4, 2, 7]) == []
