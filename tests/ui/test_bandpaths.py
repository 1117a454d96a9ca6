"""The contour picture as outlines."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.landscape import Landscape
from simulator.landscapes import LANDSCAPES
from simulator.ui.bandpaths import outlines
from simulator.ui.contour import Relief, evaluate
from simulator.ui.polyline import Viewport

WIDE, HIGH = 700.0, 500.0


def area(loop: np.ndarray) -> float:
    x, y = loop.T
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2


def viewed(name: str, view: tuple[float, float, float, float] | None = None) -> tuple[Landscape, Relief, Viewport]:
    landscape = LANDSCAPES[name]()
    (x0, x1), (y0, y1) = landscape.box
    return landscape, Relief.of(landscape), Viewport(*(view or (x0, x1, y0, y1)), WIDE, HIGH)


@pytest.mark.parametrize("name", ["ravine", "saddle", "himmelblau", "two_wells", "logistic"])
def test_what_lies_within_the_outlines_lies_above_their_level(name: str) -> None:
    landscape, relief, port = viewed(name)
    found = outlines(landscape, relief, port)
    assert found is not None
    parts, levels = found
    px, py = np.arange(WIDE) + 0.5, np.arange(HIGH) + 0.5
    x = port.x0 + px * (port.x1 - port.x0) / WIDE
    y = port.y1 - py * (port.y1 - port.y0) / HIGH
    height = relief.height(evaluate(landscape, x, y)) * parts
    assert [level for level, _ in levels] == sorted({level for level, _ in levels})
    for level, loops in levels[1:]:
        share = abs(sum(area(loop) for loop in loops)) / ((WIDE + 5.0) * (HIGH + 5.0))
        # Outlines go two and a half pixels beyond the picture.
        assert share == pytest.approx((height >= level).mean(), abs=0.03)
        for loop in loops:
            within = loop[((loop > 3.0) & (loop < (WIDE - 3.0, HIGH - 3.0))).all(axis=1)]
            if len(within):
                at = relief.height(landscape.loss(port.to_data(within))) * parts
                assert np.abs(at - level).max() < 0.08


def test_the_first_outline_is_around_all_there_is() -> None:
    found = outlines(*viewed("ravine"))
    assert found is not None
    (_, loops), *_ = found[1]
    assert len(loops) == 1 and len(loops[0]) == 4  # its corners alone
    assert abs(area(loops[0])) == pytest.approx((WIDE + 5.0) * (HIGH + 5.0), rel=0.02)


def test_lines_too_close_to_be_drawn_are_left_to_the_image() -> None:
    assert outlines(*viewed("rastrigin")) is None
    near = outlines(*viewed("ravine", (-1e-3, 1e-3, 1.0, 1.001)))
    assert near is not None and near[0] > 1  # bands are divided in a close-up
