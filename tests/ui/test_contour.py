"""The contour picture: a scale that fits every landscape, and pixels with a meaning."""

from dataclasses import dataclass

import numpy as np
import pytest

from simulator.landscape import Facts, Landscape, Minimum
from simulator.landscapes import LANDSCAPES
from simulator.ui.contour import BANDS, Relief, contour, division, evaluate
from simulator.ui.polyline import Viewport

COLORS = ("#000000", "#808080", "#ffffff", "#ff0000", "#00ff00")
FLAT = [name for name in LANDSCAPES if LANDSCAPES[name]().dim == 2]


@dataclass(frozen=True)
class Given(Landscape):
    """A landscape from a function."""

    function: object = None
    minima_: tuple[Minimum, ...] = ()
    title = source = formula_text = story = "given"

    def facts(self):
        return Facts(((-2.0, 2.0), (-2.0, 2.0)), ((1.0, 1.0),), 0.1, self.minima_)

    def f(self, x, y):
        return self.function(x, y)


WHOLE = Viewport(-2.0, 2.0, -2.0, 2.0, 80.0, 80.0)


def shot(landscape, port=WHOLE, ratio=1.0):
    picture = contour(landscape, Relief.of(landscape), port, ratio, COLORS)
    return np.stack([picture >> 16 & 255, picture >> 8 & 255, picture & 255], axis=2).astype(int)


def bowl(x, y):
    return x * x + y * y


BOWL = Given(bowl, (Minimum((0.0, 0.0), 0.0),))


@pytest.mark.parametrize("name", FLAT)
def test_the_scale_rises_and_can_be_read_back(name):
    landscape = LANDSCAPES[name]()
    relief = Relief.of(landscape)
    heights = np.linspace(0.0, BANDS, 50)
    losses = relief.loss(heights)
    assert (np.diff(losses) > 0).all()
    np.testing.assert_allclose(relief.height(losses.copy()), heights, atol=0.05)


@pytest.mark.parametrize("name", FLAT)
def test_every_landscape_shows_most_of_its_bands(name):
    landscape = LANDSCAPES[name]()
    (x0, x1), (y0, y1) = landscape.box
    heights = Relief.of(landscape).height(evaluate(landscape, np.linspace(x0, x1, 99), np.linspace(y0, y1, 99)))
    share = np.bincount(heights[np.isfinite(heights)].astype(int).clip(0, BANDS - 1), minlength=BANDS) / heights.size
    assert (share[1:] > 0).all() and share.max() < 0.5  # a sharp minimum's first band may lie between the samples


def test_the_lowest_point_is_darkest_and_the_corner_lightest():
    blue = shot(BOWL)[..., 2]
    assert blue[40, 40] == blue.min() < 20
    assert blue[3, 3] > 225


def test_lines_follow_levels():
    port = Viewport(-2.0, 2.0, -2.0, 2.0, 400.0, 400.0)
    picture = shot(BOWL, port)
    lined = picture[..., 0] - picture[..., 2] > 60
    x, y = np.meshgrid(np.linspace(-2, 2, 400), np.linspace(-2, 2, 400))
    heights = Relief.of(BOWL).height(bowl(x, y))
    off = np.abs(heights - np.rint(heights))[lined]
    assert lined.sum() > 1000 and off.max() < 0.2


def test_x_runs_right_and_y_up():
    plane = Given(lambda x, y: x + 10.0 * y)
    light = shot(plane)[..., 2]
    assert light[5, 75] > light[5, 5] and light[5, 40] > light[75, 40]


def test_what_is_not_finite_has_its_own_colour():
    for hole in (np.nan, np.inf, -np.inf):
        holed = Given(lambda x, y, hole=hole: np.where(x > 0, hole, x * x + y * y), (Minimum((0.0, 0.0), 0.0),))
        picture = shot(holed)
        assert (picture[:, 41:] == (0, 255, 0)).all()
        assert (picture[:, :38, 1] == picture[:, :38, 2]).all()
    assert (shot(Given(lambda x, y: x * np.nan)) == (0, 255, 0)).all()


def test_a_constant_landscape_is_one_colour():
    assert len(np.unique(shot(Given(lambda x, y: 3.0)).reshape(-1, 3), axis=0)) == 1


def test_a_saddle_spends_bands_on_its_middle():
    saddle = Given(lambda x, y: x * x - y * y)
    relief = Relief.of(saddle)
    assert relief.ranks
    assert relief.height(np.array([0.0]))[0] == pytest.approx(BANDS / 2, abs=2.5)


def test_lower_than_the_floor_goes_on_falling():
    relief = Relief.of(BOWL)
    low = relief.height(np.array([-1.0, -1000.0]))
    assert 0 > low[0] > low[1] and np.isfinite(low).all()


def test_a_close_up_divides_the_bands():
    relief = Relief.of(BOWL)
    close = Viewport(0.5, 0.51, 0.5, 0.51, 80.0, 80.0)
    assert division(BOWL, relief, WHOLE) == 1
    assert division(BOWL, relief, close) > 16
    assert (np.abs(np.diff(shot(BOWL, close), axis=1)) > 40).any()  # lines


@pytest.mark.parametrize("name", FLAT)
def test_close_ups_stay_clean(name):
    """No speckle from rounding: far in, neighbouring pixels of a row differ in few places."""
    landscape = LANDSCAPES[name]()
    x, y = landscape.starts[0]
    picture = contour(landscape, Relief.of(landscape), Viewport(x, x + 1e-4, y, y + 1e-4, 200, 200), 1.0, COLORS)
    assert (np.diff(picture.astype(np.int64), axis=1) != 0).mean() < 0.5


def test_size_follows_the_pixel_ratio():
    assert shot(BOWL, Viewport(-2.0, 2.0, -2.0, 2.0, 80.5, 60.0), 1.5).shape == (90, 121, 3)


def test_lines_are_as_thick_in_pixels_of_any_ratio():
    def lined(ratio):
        picture = shot(BOWL, Viewport(-2.0, 2.0, -2.0, 2.0, 200.0, 200.0), ratio)
        return (picture[..., 0] - picture[..., 2] > 60).mean()

    assert lined(2.0) == pytest.approx(lined(1.0), rel=0.3)


@pytest.mark.parametrize(("line", "pale"), [("#383838", False), ("#404040", True)])
def test_a_line_is_dark_or_pale_all_along(line, pale):
    port = Viewport(-2.0, 2.0, -2.0, 2.0, 400.0, 400.0)
    picture = contour(BOWL, Relief.of(BOWL), port, 1.0, ("#606060", "#a0a0a0", "#e0e0e0", line, "#000000")) & 255
    x, y = np.meshgrid(*[(np.arange(400) - 199.5) / 100] * 2)
    lowest = picture[np.abs(Relief.of(BOWL).height(bowl(x, y)) - 1.0) < 0.2].astype(int)
    assert (lowest > 115).any() == pale
    assert (lowest < 92).any() != pale
