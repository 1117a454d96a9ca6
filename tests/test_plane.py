"""Planes through parameter space: what they keep, and what they say of what they leave out."""

from dataclasses import replace

import numpy as np
import pytest
from planes import TARGET, Five, race_in_five

from simulator.engine import Engine
from simulator.landscape import Landscape
from simulator.landscapes import LANDSCAPES
from simulator.plane import Plane, Section, principal_plane, random_plane

ORIGIN = np.array([3.0, 4.0, 0.0, 2.0, -7.0])


def ran(race, steps=None):
    engine = Engine(race)
    return engine.advance(race.steps if steps is None else steps)


def far(recording):
    """Displacements of every lane from its own start, one a row."""
    theta = recording.theta[: recording.done + 1]
    return (theta - theta[0]).reshape(-1, theta.shape[2])


def test_lifting_and_projecting_undo_one_another():
    plane = random_plane(Five(), ORIGIN, seed=3)
    xy = np.random.default_rng(0).standard_normal((4, 7, 2))
    assert np.allclose(plane.project(plane.lift(xy)), xy, atol=1e-12)
    assert np.array_equal(plane.project(ORIGIN), [0.0, 0.0])


def test_the_projection_is_the_nearest_point_of_the_plane():
    plane = random_plane(Five(), ORIGIN, seed=3)
    theta = np.random.default_rng(1).standard_normal(5)
    rest = theta - plane.lift(plane.project(theta))
    assert np.allclose(plane.axes @ rest, 0.0, atol=1e-12)


def test_random_directions_are_as_long_as_the_origin_filter_by_filter():
    first, second = random_plane(Five(), ORIGIN, seed=8).axes
    for part, length in ((slice(0, 2), 5.0), (slice(2, 4), 2.0)):  # the rows of the matrix
        assert np.linalg.norm(first[part]) == pytest.approx(length)
        assert np.linalg.norm(second[part]) == pytest.approx(length)
        assert first[part] @ second[part] == pytest.approx(0.0, abs=1e-12)
    assert abs(first[4]) == pytest.approx(7.0) and second[4] == 0.0  # a single number cannot be in both


def test_the_same_seed_gives_the_same_plane_and_another_another():
    one, same, other = (random_plane(Five(), ORIGIN, seed).axes for seed in (1, 1, 2))
    assert np.array_equal(one, same) and not np.allclose(one, other)


def test_a_filter_at_zero_stays_and_an_origin_at_zero_takes_the_box():
    axes = random_plane(Five(), np.array([0.0, 0.0, 3.0, 4.0, 0.0]), 0).axes
    assert not axes[:, [0, 1, 4]].any() and np.linalg.norm(axes, axis=1) == pytest.approx([5.0, 5.0])
    axes = random_plane(Five(), np.zeros(5), 0).axes
    assert np.linalg.norm(axes[1]) == pytest.approx(3.0 * 2.0)  # four coordinates of the matrix, ±3 each


def test_where_all_filters_are_single_numbers_the_plane_is_that_of_the_first_two():
    class Scattered(Five):
        blocks = ((1,),) * 5

    axes = random_plane(Scattered(), np.array([2.0, 0.0, 1.0, 1.0, 1.0]), 0).axes
    assert np.array_equal(axes, [[2, 0, 0, 0, 0], [0, 1, 0, 0, 0]])


@pytest.mark.parametrize("starts", [1, 2])
def test_the_principal_plane_shows_as_much_of_the_movement_as_a_plane_can(starts):
    recording = ran(race_in_five(starts=starts))
    values = np.linalg.svd(far(recording), compute_uv=False) ** 2
    plane = principal_plane(recording)
    assert plane.share(recording) == pytest.approx(values[:2].sum() / values.sum(), abs=1e-12)
    assert plane.axes @ plane.axes.T == pytest.approx(np.eye(2), abs=1e-12)
    assert np.array_equal(plane.origin, recording.race.starts[0])
    assert (far(recording).sum(axis=0) @ plane.axes.T > 0.0).all()  # on the whole to the right and up
    shares = [random_plane(Five(), plane.origin, seed).share(recording) for seed in range(20)]
    assert min(shares) > 0.0 and max(shares) < plane.share(recording)


def test_the_share_is_that_of_the_shadows():
    recording = ran(race_in_five())
    plane = random_plane(Five(), ORIGIN, seed=5)
    shadow = far(recording) @ (plane.axes / np.linalg.norm(plane.axes, axis=1, keepdims=True)).T
    assert plane.share(recording) == pytest.approx((shadow**2).sum() / (far(recording) ** 2).sum())


def test_a_path_along_a_line_is_shown_whole():
    race = race_in_five(names=("sgd",))
    start = list(TARGET)
    start[3] += 2.0  # on an axis of the quadratic: the gradient stays on it
    recording = ran(replace(race, starts=(tuple(start),)))
    plane = principal_plane(recording)
    assert plane.share(recording) == pytest.approx(1.0)
    assert np.allclose(plane.axes[0], [0, 0, 0, -1, 0])  # the way it went


def test_who_diverges_neither_turns_the_plane_nor_widens_the_view():
    calm = ran(race_in_five(names=("sgd",)))
    wild = ran(race_in_five(names=("sgd", "momentum")).with_hyper(1, lr=5.0))
    assert not np.abs(wild.theta[-1, 1]).max() < 1e6
    plane, turned = principal_plane(calm), principal_plane(wild)
    assert turned.share(calm) > 0.9 and np.isfinite(turned.axes).all()
    span = np.ptp(np.array(turned.view(wild)), axis=1)
    assert (span < 4 * Five().diagonal).all() and np.isfinite(plane.project(wild.theta[5])).all()


def test_before_anyone_has_moved_a_plane_stands_and_shows_everything():
    recording = ran(race_in_five(), steps=0)
    plane = principal_plane(recording)
    assert plane.share(recording) == 1.0 and plane.axes @ plane.axes.T == pytest.approx(np.eye(2))
    (x0, x1), (y0, y1) = plane.view(recording)
    assert x0 < 0.0 < x1 and y0 < 0.0 < y1


def test_the_view_holds_every_path_with_room_around():
    recording = ran(race_in_five(starts=2))
    plane = principal_plane(recording)
    view = np.array(plane.view(recording))
    shadows = plane.project(recording.theta[: recording.done + 1])
    low, high = shadows.min(axis=(0, 1)), shadows.max(axis=(0, 1))
    assert (view[:, 0] < low).all() and (high < view[:, 1]).all()
    assert np.allclose(np.array(plane.view(recording, least=50.0)).mean(axis=1), 0.0)
    assert (np.abs(plane.view(recording, least=50.0)) >= 50.0).all()


def test_long_races_are_sampled():
    recording = ran(race_in_five(steps=30_000, lr=1e-3))
    few = ran(race_in_five(steps=3_000, lr=1e-2))
    assert principal_plane(recording).share(recording) == pytest.approx(principal_plane(few).share(few), abs=0.01)


def test_a_section_is_a_landscape_of_two_dimensions():
    recording = ran(race_in_five())
    plane = principal_plane(recording)
    section = Section(Five(), plane, plane.view(recording))
    assert isinstance(section, Landscape) and section.dim == 2 and section.box == section.view
    assert section == Section(Five(), plane, section.view) != Section(Five(), principal_plane(recording), section.view)
    grid = np.random.default_rng(2).standard_normal((3, 4, 2))
    assert np.array_equal(section.loss(grid), Five().loss(plane.lift(grid)))
    [shadow] = section.minima  # momentum and SGD went there
    assert shadow.kind == "global" and shadow.loss == 0.0
    assert np.allclose(shadow.theta, plane.project(np.array(TARGET)))


def test_a_minimum_off_the_plane_casts_no_shadow():
    start = np.array(Five().starts[0])
    way = np.array(TARGET) - start
    across = np.array([way[1], -way[0], 0.0, 0.0, 0.0])
    for axis, shown in ((way, 1), (across, 0)):
        other = np.array([0.0, 0.0, way[3], -way[2], 0.0])
        assert len(Section(Five(), Plane(start, np.stack((axis, other))), ((0.0, 1.0),) * 2).minima) == shown


def test_a_plane_of_two_dimensions_shows_everything():
    ground = LANDSCAPES["ravine"]()
    race = replace(race_in_five(), landscape=ground, starts=ground.starts[:1])
    assert principal_plane(ran(race)).share(ran(race)) == pytest.approx(1.0)
    assert isinstance(random_plane(ground, np.array([1.0, 2.0]), 0), Plane)
