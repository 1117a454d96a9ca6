"""The family tree: whole, in order, drawn without a knot, and every child races its parent."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

import numpy as np
import pytest

from simulator.engine import Engine
from simulator.guide.duels import DUELS, duel
from simulator.guide.lineage import BRANCHES, ancestors, children, parent, roots, source
from simulator.guide.setting import MATRIX, keeps
from simulator.guide.treelayout import Line, Point, column, layout
from simulator.optimizers import OPTIMIZERS
from simulator.recording import Status

CHILDREN = [name for name in BRANCHES if parent(name)]
# The lineage every teaching text tells: who stands somewhere above whom.
TOLD = {
    "nesterov": {"momentum", "sgd"}, "rmsprop": {"adagrad", "sgd"}, "adam": {"momentum", "rmsprop"},
    "adamw": {"adam"}, "radam": {"adam"}, "lamb": {"adam"}, "adafactor": {"adam"}, "lars": {"momentum"},
    "lion": {"momentum"}, "sophia": {"adam", "newton"}, "lbfgs": {"newton"}, "kfac": {"natural_gradient"},
    "shampoo": {"kfac"}, "sam": {"sgd"}, "schedulefree_sgd": {"sgd"}, "schedulefree_adamw": {"adamw"},
}  # fmt: skip


def test_every_optimizer_of_the_catalog_is_in_it() -> None:
    assert set(BRANCHES) == set(OPTIMIZERS)
    assert roots() == ["newton", "sgd"]


@pytest.mark.parametrize("name", BRANCHES)
def test_a_branch_is_whole(name: str) -> None:
    branch = BRANCHES[name]
    assert branch.added.endswith(".") and ". " not in branch.added
    assert branch.best_for and not branch.best_for.endswith(".")
    assert any(digit.isdigit() for digit in source(name)) and source(name)[:20] == OPTIMIZERS[name].source[:20]
    assert len(set(branch.parents)) == len(branch.parents)


@pytest.mark.parametrize("name", CHILDREN)
def test_parents_are_there_and_no_younger(name: str) -> None:
    for other in BRANCHES[name].parents:
        assert OPTIMIZERS[other].year <= OPTIMIZERS[name].year
    assert name not in ancestors(name)
    assert name in children(parent(name))


@pytest.mark.parametrize("name", TOLD)
def test_the_lineage_is_the_one_that_is_told(name: str) -> None:
    assert TOLD[name] <= ancestors(name)


@pytest.mark.parametrize("name", BRANCHES)
def test_what_it_keeps_is_what_it_costs(name: str) -> None:
    """The words hold on a vector of two, where `cost` counts, and on a matrix."""
    optimizer, text = OPTIMIZERS[name](), keeps(name)
    numbers = [float(part.replace(",", "")) for part in re.findall(r"\d[\d,]*(?:\.\d+)?(?:e\+?\d+)?", text)]
    for weights, kept in ((2, 2 * optimizer.cost.buffers), (2048, optimizer.kept((MATRIX,)))):
        if "vector" in text:
            per, told = kept / weights, numbers[-1] if weights == 2 else numbers[0]
            assert told == pytest.approx(per, rel=5e-3)
        elif text == "nothing":
            assert kept == 0
        elif "in all" in text:
            each = 1.0 if text.startswith("one") else 0.0 if len(numbers) == 1 else numbers[0]
            assert kept == each * weights + numbers[-1]
        else:
            assert kept == weights * (1.0 if text.startswith("one") else numbers[0])


def crossings(lines: tuple[Line, ...]) -> list[tuple[Line, Line]]:
    """Pairs of lines of different parents that meet."""
    return [(a, b) for i, a in enumerate(lines) for b in lines[:i] if a.parent != b.parent and _meet(a, b)]


def _meet(a: Line, b: Line) -> bool:
    return any(_touch(*p, *q) for p in pairwise(a.points) for q in pairwise(b.points))


def _touch(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether two stretches along the axes have a point in common."""
    return all(max(min(a[i], b[i]), min(c[i], d[i])) <= min(max(a[i], b[i]), max(c[i], d[i])) for i in (0, 1))


def test_no_two_boxes_meet_and_no_two_lines_cross() -> None:
    boxes = {name: place.box for name, place in layout().places.items()}
    assert set(boxes) == set(BRANCHES)
    for (a, p), (b, q) in combinations(boxes.items(), 2):
        apart = p.right <= q.x or q.right <= p.x or p.y + p.height <= q.y or q.y + q.height <= p.y
        assert apart, (a, b)
    assert not crossings(layout().lines)


def test_lines_pass_no_box_but_their_own() -> None:
    boxes = {name: place.box for name, place in layout().places.items()}
    for line in layout().lines:
        for (x0, y0), (x1, y1) in zip(line.points, line.points[1:], strict=False):
            for name, box in boxes.items():
                inside = max(min(x0, x1), box.x) < min(max(x0, x1), box.right) or (x0 == x1 and box.x < x0 < box.right)
                level = max(min(y0, y1), box.y) < min(max(y0, y1), box.y + box.height)
                level |= y0 == y1 and box.y < y0 < box.y + box.height
                assert not (inside and level), (line, name)


def test_time_goes_from_left_to_right_and_down() -> None:
    places = layout().places
    for name in CHILDREN:
        assert places[name].column >= places[parent(name)].column and places[name].column == column(name)
        assert places[name].row >= places[parent(name)].row
    width, height = layout().size
    assert all(place.box.right <= width and place.box.y + place.box.height <= height for place in places.values())
    assert len(layout().headings()) == 1 + max(place.column for place in places.values())


def test_the_arrow_keys_reach_everybody() -> None:
    seen, open_ = set(), ["newton"]
    while open_:
        name = open_.pop()
        if name not in seen:
            seen.add(name)
            open_ += [layout().step(name, way) for way in ("left", "right", "up", "down")]
    assert seen == set(BRANCHES)
    assert layout().step("adam", "left") == "rmsprop" and layout().step("sgd", "right") == "momentum"
    assert layout().step("newton", "up") == layout().step("newton", "left") == "newton"


def test_a_root_has_nobody_to_race() -> None:
    assert [name for name in BRANCHES if duel(name) is None] == roots()
    assert set(DUELS) <= set(CHILDREN)


@pytest.mark.parametrize("name", CHILDREN)
def test_child_and_parent_both_finish_and_go_different_ways(name: str) -> None:
    race = duel(name)
    assert race is not None and race == duel(name)
    assert [entrant.optimizer.name for entrant in race.entrants] == [name, parent(name)]
    recording = Engine(race).run()
    assert all(recording.status_at(recording.done, lane)[0] is not Status.DIVERGED for lane in (0, 1))
    apart = np.linalg.norm(recording.theta[:, 0] - recording.theta[:, 1], axis=-1)
    assert apart.max() > 0.05 * race.landscape.diagonal
