"""The geometry of a relief: where points stand, what hides what."""

import numpy as np
import pytest

from simulator.relief import HALF, HIGHEST, LOWEST, RISE, Camera, Horizon, View

ANGLES = [(0.0, 48.0), (30.0, 25.0), (90.0, 48.0), (135.0, 70.0), (200.0, 10.0), (330.0, 60.0)]


def view(azimuth=30.0, elevation=48.0, **look):
    return View(Camera(azimuth, elevation, **look), 300.0, 240.0, margin=0.2)


def plain(u, v):
    return np.zeros_like(u)


def hill(u, v):
    return RISE * np.exp(-20.0 * (u * u + v * v))


def on(surface, u, v):
    u, v = np.asarray(u, dtype=float), np.asarray(v, dtype=float)
    return np.stack((u, v, surface(u, v)), axis=-1)


@pytest.mark.parametrize(("azimuth", "elevation"), ANGLES)
def test_a_full_turn_changes_nothing(azimuth, elevation):
    camera = Camera(azimuth, elevation)
    points = np.random.default_rng(0).uniform(-HALF, HALF, (20, 3))
    assert camera.turned(360.0, 0.0) == camera.turned(-720.0, 0.0) == camera
    in_steps = camera
    for _ in range(24):
        in_steps = in_steps.turned(15.0, 0.0)
    assert in_steps.place(points) == pytest.approx(camera.place(points), abs=1e-12)


def test_it_cannot_be_tilted_over():
    assert Camera().turned(0.0, 400.0).elevation == HIGHEST
    assert Camera().turned(0.0, -400.0).elevation == LOWEST


def test_from_the_front_x_goes_right_y_away_and_z_up():
    right, depth, up = Camera(0.0, 30.0).place(np.eye(3)).T
    assert right == pytest.approx([1.0, 0.0, 0.0])
    assert depth == pytest.approx([0.0, 1.0, 0.0])
    assert up == pytest.approx([0.0, 0.5, 3**0.5 / 2])


@pytest.mark.parametrize(("azimuth", "elevation"), ANGLES)
def test_equal_heights_are_equally_long_everywhere(azimuth, elevation):
    look = view(azimuth, elevation)
    foot = np.random.default_rng(1).uniform(-HALF, HALF, (9, 3))
    rise = look.to_px(look.camera.place(foot + np.array((0.0, 0.0, 0.1)))) - look.to_px(look.camera.place(foot))
    assert rise == pytest.approx(np.tile(rise[0], (9, 1)))
    assert rise[0, 0] == pytest.approx(0.0) and rise[0, 1] < 0.0


@pytest.mark.parametrize(("azimuth", "elevation"), ANGLES)
def test_the_whole_block_is_in_the_picture(azimuth, elevation):
    look = view(azimuth, elevation)
    corners = np.array([(u, v, z) for u in (-HALF, HALF) for v in (-HALF, HALF) for z in (0.0, RISE)])
    px = look.to_px(look.camera.place(corners))
    assert (px >= -12.0).all() and (px <= (312.0, 252.0)).all()


def test_zooming_keeps_the_point_under_the_mouse():
    look = view()
    closer = View(look.zoomed(2.0, 80.0, 50.0), look.width, look.height, look.margin)
    assert closer.scale == pytest.approx(2.0 * look.scale)
    assert closer.right_at(80.0) == pytest.approx(look.right_at(80.0))
    assert closer.up_at(50.0) == pytest.approx(look.up_at(50.0))
    back = View(closer.zoomed(0.5, 80.0, 50.0), look.width, look.height, look.margin)
    assert back.camera.centre == pytest.approx(look.camera.centre)


@pytest.mark.parametrize(("azimuth", "elevation"), ANGLES)
def test_nothing_hides_a_point_on_a_plain(azimuth, elevation):
    look = view(azimuth, elevation)
    grid = np.linspace(-0.49, 0.49, 15)
    placed = look.camera.place(on(plain, *np.meshgrid(grid, grid)))
    assert Horizon(plain, look, 1.0).seen(placed).all()


@pytest.mark.parametrize("azimuth", [0.0, 90.0, 180.0, 270.0])
def test_a_hill_hides_what_lies_behind_it_and_nothing_before_it(azimuth):
    look = view(azimuth, 15.0)
    horizon = Horizon(hill, look, 1.0)
    turn = np.radians(azimuth)
    away = np.array((-np.sin(turn), np.cos(turn)))  # from the viewer, across the square

    def seen(distance):
        return bool(horizon.seen(look.camera.place(on(hill, *(distance * away)))))

    assert not seen(0.35) and seen(-0.35)
    assert not seen(0.15) and seen(0.0)


@pytest.mark.parametrize(("azimuth", "elevation"), ANGLES)
def test_a_pixel_shows_the_height_of_the_point_that_stands_there(azimuth, elevation):
    look = view(azimuth, elevation)
    horizon = Horizon(hill, look, 1.0)
    height, _, _ = horizon.look()
    points = on(hill, *np.random.default_rng(2).uniform(-0.45, 0.45, (2, 300)))
    placed = look.camera.place(points)
    seen = horizon.seen(placed)
    columns, rows = look.to_px(placed[seen]).astype(int).T
    off = np.abs(height[rows, columns] - points[seen, 2])
    assert seen.sum() > 100
    # On a silhouette the pixel belongs to what stands before.
    assert np.mean(off < 0.03) > 0.93


def test_from_straight_above_it_is_a_map():
    look = View(Camera(0.0, 90.0), 300.0, 300.0, margin=0.0)
    height, light, wall = Horizon(hill, look, 1.0).look()
    u, v = look.right_at(np.arange(301) + 0.5), look.up_at(np.arange(301) + 0.5)
    u, v = np.meshgrid(u, v)
    inside = (np.abs(u) < HALF - 0.01) & (np.abs(v) < HALF - 0.01)
    assert height[inside] == pytest.approx(hill(u, v)[inside], abs=2e-3)
    assert np.isnan(height[(np.abs(u) > HALF + 0.01) | (np.abs(v) > HALF + 0.01)]).all()
    assert not wall[inside].any() and light[inside].max() > 1.0 > light[inside].min()


def test_where_there_is_no_height_one_looks_through():
    def holed(u, v):
        return np.where(np.hypot(u, v) < 0.2, np.nan, 0.1)

    look = view(0.0, 60.0)
    height, _, _ = Horizon(holed, look, 1.0).look()
    x, y = look.to_px(look.camera.place(np.array((0.0, 0.0, 0.1)))).astype(int)
    assert np.isnan(height[y, x])
    x, y = look.to_px(look.camera.place(np.array((0.3, 0.3, 0.1)))).astype(int)
    assert height[y, x] == pytest.approx(0.1)
