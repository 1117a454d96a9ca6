"""Line searches beside the same searches written for one line, plainly, with brackets as pairs."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, isfinite, sqrt
from typing import NamedTuple

import numpy as np
import pytest

from simulator.linesearch import GRAD, LENGTH, LOSS, SLOPE, Line, Search, armijo, first_length, moved, strong_wolfe
from simulator.optimizer import Array, Value

C1 = 1e-4


def height(theta: Array) -> Array:
    """Wells and bumps of all widths; undefined beyond x = 2."""
    x, y = theta.T
    with np.errstate(invalid="ignore"):
        return x**4 - 3.0 * x**2 + np.sin(9.0 * x + y) + 0.3 * y**2 + np.cos(4.0 * y) - np.sqrt(2.0 - x)


def slope(theta: Array) -> Array:
    x, y = theta.T
    with np.errstate(invalid="ignore"):
        wave = np.cos(9.0 * x + y)
        along_x = 4.0 * x**3 - 6.0 * x + 9.0 * wave + 0.5 / np.sqrt(2.0 - x)
    return np.column_stack([along_x, wave + 0.6 * y - 4.0 * np.sin(4.0 * y)])


class Point(NamedTuple):
    length: float
    loss: float
    slope: float


Look = Callable[[float], Point]
Heights = Callable[[Array], Array]


def steps(theta: Array) -> Array:
    """The heights in whole numbers, which are often the same, and whose slopes say nothing of them."""
    return np.round(height(theta))


def faint(theta: Array) -> Array:
    """So little of the heights that hardly any fall is enough, and the cubic's bottom lies beyond the bracket."""
    return 1e-6 * height(theta)


def bottom(p: Point, q: Point, least: float, most: float) -> float:
    """The cubic's through two points, as in torch."""
    if p.length > q.length:
        p, q = q, p
    bend = p.slope + q.slope - 3.0 * (p.loss - q.loss) / (p.length - q.length)
    square = bend * bend - p.slope * q.slope
    if isfinite(square) and square >= 0.0:
        root = sqrt(square)
        there = q.length - (q.length - p.length) * ((q.slope + root - bend) / (q.slope - p.slope + 2.0 * root))
        return min(max(there, least), most)
    return (least + most) / 2.0


def wolfe(look: Look, start: Point, length: float, c2: float, most: int, wide: Callable[[float], bool]) -> Point:
    """torch.optim.lbfgs._strong_wolfe."""

    def above(p: Point) -> bool:
        return p.loss > start.loss + C1 * p.length * start.slope

    def flat(p: Point) -> bool:
        return abs(p.slope) <= -c2 * start.slope

    before, new, k = start, look(length), 0
    while k < most:
        if above(new) or (k > 1 and new.loss >= before.loss):
            break
        if flat(new):
            return new
        if new.slope >= 0.0:
            break
        farther = new.length + 0.01 * (new.length - before.length), new.length * 10.0
        before, new, k = new, look(bottom(before, new, *farther)), k + 1
    else:
        before = start
    bracket = [before, new]
    low = 0 if before.loss <= new.loss else 1
    crept = False
    while k < most and wide(abs(bracket[1].length - bracket[0].length)):
        left, right = sorted(p.length for p in bracket)
        length, tenth = bottom(*bracket, left, right), 0.1 * (right - left)
        if min(right - length, length - left) >= tenth:
            crept = False
        elif crept or length >= right or length <= left:
            length = right - tenth if abs(length - right) < abs(length - left) else left + tenth
            crept = False
        else:
            crept = True
        new, k = look(length), k + 1
        if above(new) or new.loss >= bracket[low].loss:
            bracket[1 - low] = new
            low = 0 if bracket[0].loss <= bracket[1].loss else 1
        elif flat(new):
            return new
        else:
            if new.slope * (bracket[1 - low].length - bracket[low].length) >= 0.0:
                bracket[1 - low] = bracket[low]
            bracket[low] = new
    return bracket[low]


def lines(count: int = 400, heights: Heights = height) -> tuple[Line, Array]:
    """Downhill from anywhere, in all directions, with first lengths from far too short to far too long."""
    draw = np.random.default_rng(3)
    theta = draw.uniform(-1.9, 1.9, (count, 2))
    grad = slope(theta)
    turn = draw.uniform(-1.4, 1.4, count)
    direction = -np.column_stack(
        [np.cos(turn) * grad[:, 0] - np.sin(turn) * grad[:, 1], np.sin(turn) * grad[:, 0] + np.cos(turn) * grad[:, 1]]
    )
    direction *= 10.0 ** draw.uniform(-2.0, 0.0, (count, 1))
    return Line(theta, direction, heights(theta)[:, None], grad), 10.0 ** draw.uniform(-4.0, 1.0, (count, 1))


def answered(search: Search, heights: Heights = height) -> Array:
    try:
        ask = next(search)
        while True:
            assert isinstance(ask, Value)
            ask = search.send((heights(ask.theta)[:, None], slope(ask.theta)))
    except StopIteration as done:
        return done.value


def looking(line: Line, lane: int, heights: Heights = height) -> tuple[Look, list[float]]:
    """The loss along one of the lines, and the lengths it was asked for."""
    asked: list[float] = []
    theta, direction = line.theta[lane], line.direction[lane]

    def look(length: float) -> Point:
        asked.append(length)
        at = (theta + length * direction)[None]
        loss = float(heights(at)[0])
        return Point(length, inf if np.isnan(loss) else loss, float(slope(at)[0] @ direction))

    return look, asked


@pytest.mark.parametrize("c2", [0.9, 0.1, 0.01])
@pytest.mark.parametrize("most", [25, 3, 1, 0])
@pytest.mark.parametrize("narrowest", [None, 1e-3])
def test_lanes_search_as_torch_searches_one_line(c2: float, most: int, narrowest: float | None) -> None:
    beside_torch(height, c2, most, narrowest)


@pytest.mark.parametrize("heights", [steps, faint])
@pytest.mark.parametrize(("c2", "most"), [(0.9, 60), (0.01, 60), (1e-9, 60), (0.9, 4), (0.01, 1), (0.9, 0)])
@pytest.mark.parametrize("narrowest", [0.03, 0.5])
def test_so_they_do_where_losses_hardly_differ(heights: Heights, c2: float, most: int, narrowest: float) -> None:
    beside_torch(heights, c2, most, narrowest)


def beside_torch(heights: Heights, c2: float, most: int, narrowest: float | None) -> None:
    line, length = lines(heights=heights)
    going = np.arange(len(length))[:, None] % 7 != 3
    narrow = None if narrowest is None else np.full_like(length, narrowest)
    found = answered(strong_wolfe(line, length, going, c2, most, narrow), heights)
    elsewhere = 0
    for lane in range(len(length)):
        look, asked = looking(line, lane, heights)
        start = Point(0.0, float(line.start[lane, 1]), float(line.slope[lane, 0]))
        if not going[lane, 0]:
            assert np.array_equal(found[lane], line.start[lane]) and line.asked[lane, 0] == 0
            continue
        least = np.finfo(float).eps * np.abs(line.theta[lane]).max() if narrowest is None else narrowest
        longest = np.abs(line.direction[lane]).max()
        point = wolfe(look, start, float(length[lane, 0]), c2, most, lambda gap, a=longest, b=least: gap * a >= b)
        same = found[lane, :3] == pytest.approx(tuple(point), rel=1e-6, abs=1e-7)
        elsewhere += line.asked[lane, 0] != len(asked) or not same
    assert elsewhere <= 2  # where two losses are the same but for round-off, which differs between processors


def test_each_lane_may_have_a_limit_and_a_curvature_of_its_own() -> None:
    line, length = lines(60)
    most, c2 = np.arange(60)[:, None] % 4, np.where(np.arange(60)[:, None] % 3 == 0, 0.9, 0.01)
    found = answered(strong_wolfe(line, length, np.ones_like(length, dtype=bool), c2, most))
    for lane in range(60):
        look, asked = looking(line, lane)
        start = Point(0.0, float(line.start[lane, 1]), float(line.slope[lane, 0]))
        point = wolfe(look, start, float(length[lane, 0]), float(c2[lane, 0]), int(most[lane, 0]), lambda _: True)
        assert line.asked[lane, 0] == len(asked) <= most[lane, 0] + 1
        assert found[lane, :3] == pytest.approx(tuple(point), rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("heights", [height, steps])
@pytest.mark.parametrize("c1", [0.4, 0.0])
@pytest.mark.parametrize("most", [30, 2, 0])
def test_lanes_shrink_as_one_line_shrinks(heights: Heights, c1: float, most: int) -> None:
    line, length = lines(heights=heights)
    going, shrink = np.arange(len(length))[:, None] % 5 != 1, 0.5 if most == 2 else 0.2
    found = answered(armijo(line, length, going, c1=c1, shrink=shrink, most=most), heights)
    for lane in range(len(length)):
        look, asked = looking(line, lane, heights)
        point, at = line.start[lane, :3], float(length[lane, 0])
        for _ in range(most if going[lane, 0] else 0):
            if np.array_equal(line.theta[lane] + at * line.direction[lane], line.theta[lane]):
                break
            new = look(at)
            if new.loss <= line.start[lane, 1] + c1 * at * line.slope[lane, 0]:
                point = new
                break
            at *= shrink
        assert line.asked[lane, 0] == len(asked), lane
        assert found[lane, :3] == pytest.approx(tuple(point), rel=1e-12), lane


def test_a_search_that_fails_ends_where_it_began_once_steps_are_no_longer_felt() -> None:
    """Uphill nothing is low enough; a step below a thousandth of the last digit of θ moves nothing."""
    theta = np.array([[1.0, 0.5], [0.0, 0.0]])
    line = Line(theta, slope(theta) * [[1.0], [0.0]], height(theta)[:, None], slope(theta))
    length = np.full((2, 1), 1e-3)
    found = answered(armijo(line, length, np.ones((2, 1), dtype=bool), c1=0.0, most=200))
    assert np.array_equal(found, line.start)
    assert 0 < line.asked[0, 0] < 60 and line.asked[1, 0] == 0


def test_where_nothing_is_known_the_first_length_moves_theta_by_the_rate_at_most() -> None:
    grad = np.array([[3.0, -4.0], [0.1, -0.2], [0.0, 0.0]])
    lr = np.full_like(grad, 0.5)
    assert first_length(lr, grad)[:, 0] == pytest.approx([0.5 / 7.0, 0.5, 0.5])


def test_a_point_is_a_row_of_what_was_found_there() -> None:
    theta, direction = np.array([[1.0, 2.0]]), np.array([[3.0, -1.0]])
    line = Line(theta, direction, np.array([[7.0]]), np.array([[0.5, 0.25]]))
    assert line.start.tolist() == [[0.0, 7.0, 1.25, 0.5, 0.25]]
    assert line.asked.dtype == np.int64 and line.asked.tolist() == [[0]]
    row = line.point(np.array([[2.0]]), np.array([[np.nan]]), np.array([[1.0, 1.0]]))
    assert row[:, LENGTH] == 2.0 and row[:, LOSS] == inf and row[:, SLOPE] == 2.0 and (row[:, GRAD] == 1.0).all()
    assert moved(line, np.array([[2.0]])).tolist() == [[7.0, 0.0]]
    lost = Line(theta, np.array([[inf, np.nan]]), np.array([[7.0]]), np.array([[0.5, 0.25]]))
    assert moved(lost, np.array([[0.0]])).tolist() == [[1.0, 2.0]]


def test_a_lane_searches_by_itself_as_in_the_company_of_others_a_thousand_million_times_as_far() -> None:
    line, length = lines(40)
    line.theta[7:9, 1] += [1e9, -1e9]
    line.direction[7:9] *= 1e3

    def parts(lanes: slice) -> Line:
        theta = line.theta[lanes]
        return Line(theta, line.direction[lanes], height(theta)[:, None], slope(theta))

    together, going = parts(slice(None)), np.ones_like(length, dtype=bool)
    wolfe_all = answered(strong_wolfe(together, length, going, 1e-9, 60))
    armijo_all = answered(armijo(together, length, going, 0.5))
    for lane in range(40):
        one = slice(lane, lane + 1)
        alone = parts(one)
        assert np.array_equal(answered(strong_wolfe(alone, length[one], going[one], 1e-9, 60))[0], wolfe_all[lane])
        assert np.array_equal(answered(armijo(alone, length[one], going[one], 0.5))[0], armijo_all[lane])
        assert alone.asked[0, 0] == together.asked[lane, 0]
    grad, lr = slope(line.theta) * np.logspace(-3, 3, 40)[:, None], np.full_like(line.theta, 0.5)
    assert first_length(lr, grad)[3] == first_length(lr[3:4], grad[3:4])[0]


def test_a_search_gives_up_after_thirty_halvings_and_the_other_after_twenty_five_more_trials() -> None:
    theta, down, going = np.zeros((1, 1)), np.array([[-1.0]]), np.array([[True]])

    def asked(search: Search, line: Line, loss: Callable[[Array], Array]) -> int:
        try:
            ask = next(search)
            while True:
                assert ask.asking is not None and ask.asking.tolist() == [True]
                ask = search.send((loss(ask.theta), np.ones((1, 1))))
        except StopIteration:
            return int(line.asked[0, 0])

    line = Line(theta, down, np.zeros((1, 1)), np.ones((1, 1)))
    assert asked(armijo(line, np.ones((1, 1)), going), line, lambda at: np.ones_like(at)) == 30
    line = Line(theta, down, np.zeros((1, 1)), np.ones((1, 1)))
    assert asked(strong_wolfe(line, np.ones((1, 1)), going), line, lambda at: at) == 26  # downhill for ever


def test_questions_say_which_lanes_ask_and_are_counted_where_one_wishes() -> None:
    line, length = lines(60)
    counts = np.full((60, 1), 5)
    told = Line(line.theta, line.direction, line.start[:, LOSS], line.start[:, GRAD], counts)
    search, asking = strong_wolfe(told, length, np.arange(60)[:, None] % 2 == 0, 0.01), np.zeros(60, dtype=np.int64)
    try:
        ask = next(search)
        while True:
            assert ask.asking is not None and ask.asking.any()
            asking += ask.asking
            assert np.array_equal(ask.theta[~ask.asking], line.theta[~ask.asking])
            ask = search.send((height(ask.theta)[:, None], slope(ask.theta)))
    except StopIteration:
        pass
    assert told.asked is counts and np.array_equal(counts[:, 0], 5 + asking) and not asking[1::2].any()
