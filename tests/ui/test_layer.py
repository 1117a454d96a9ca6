"""Growing polylines: what is painted, what is left out, and that bit by bit equals at once."""

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

import simulator.ui.layer as layer_module
from simulator.ui import lineimage as lineimage_module
from simulator.ui.layer import LineLayer
from simulator.ui.lineimage import LineImage, Track
from simulator.ui.polyline import Cover, Segmenter, Viewport, clip, dashed, distinct, mirrored

PORT = Viewport(0.0, 100.0, 0.0, 100.0, 100.0, 100.0)  # one unit a pixel; data y = 100 − pixel y
RED = Track("#ff0000", 2.0)


def pixels(image: QImage) -> np.ndarray:
    """Blue, green, red, alpha of every pixel."""
    return np.array(image.constBits()).reshape(image.height(), image.width(), 4)


def painted(rows, tracks=(RED,), step=None, port=PORT, ratio=1.0):
    picture = LineImage(port, ratio, tracks)
    for a in range(0, len(rows), step or len(rows)):
        picture.add(rows[a : a + (step or len(rows))])
    return pixels(picture.image)


def walk(n, tracks, seed=0):
    return 50 + np.cumsum(np.random.default_rng(seed).standard_normal((n, tracks, 2)), axis=0)


def test_viewport_maps_there_and_back():
    port = Viewport(-2.0, 3.0, 10.0, 14.0, 250.0, 80.0)
    assert port.to_px(np.array([(-2.0, 14.0), (3.0, 10.0)])).tolist() == [[0.0, 0.0], [250.0, 80.0]]
    points = np.random.default_rng(1).uniform(-5, 20, (50, 2))
    np.testing.assert_allclose(port.to_data(port.to_px(points)), points, atol=1e-12)


@pytest.mark.parametrize("dash", [(), (4.0, 2.5)])
def test_bit_by_bit_equals_at_once(dash):
    rows, tracks = walk(300, 3), [Track(c, 2.0, dash) for c in ("#ff0000", "#00ff00", "#0000ff")]
    picture, whole = LineImage(PORT, 1.0, tracks), LineImage(PORT, 1.0, tracks)
    pieces = [picture.segmenter.extend(PORT.to_px(rows[a : a + 7])) for a in range(0, 300, 7)]
    for i, at_once in enumerate(whole.segmenter.extend(PORT.to_px(rows))):
        bit_by_bit = np.concatenate([part[i] for part in pieces])
        length = [np.hypot(*(s[:, 2:] - s[:, :2]).T).sum() for s in (bit_by_bit, at_once)]
        assert length[0] == pytest.approx(length[1], rel=1e-9)
        if not dash:
            np.testing.assert_array_equal(bit_by_bit, at_once)


def test_a_line_is_painted_where_it_runs_and_nowhere_else():
    alpha = painted(np.array([[(10.0, 50.0)], [(90.0, 50.0)]]))[..., 3]
    assert (alpha[49:51, 12:88] == 255).all()
    alpha[47:53, 8:92] = 0
    assert not alpha.any()


def test_a_non_finite_point_breaks_the_line():
    for hole in (np.nan, np.inf, -np.inf):
        rows = np.array([(10.0, 50.0), (30.0, 50.0), (hole, 50.0), (70.0, 50.0), (90.0, 50.0)])[:, None]
        alpha = painted(rows)[50, :, 3]
        assert alpha[20] and alpha[80] and not alpha[33:67].any()
        assert (painted(rows, step=1)[50, :, 3] == alpha).all()


def test_far_points_are_cut_at_the_edge_in_the_right_direction():
    low, high = np.zeros(2), np.full(2, 100.0)
    cut, left = clip(np.array([(50.0, 50.0, 1e12, 50.0), (-5.0, 0.0, -5.0, 90.0), (-50, 0, 50, 100)]), low, high)
    assert left.tolist() == [True, False, True]
    np.testing.assert_allclose(cut, [(50.0, 50.0, 100.0, 50.0), (0.0, 50.0, 50.0, 100.0)])
    cut, _ = clip(np.array([(50.0, 0.0, 150.0, 1e-310)]), low, high)  # all but level
    np.testing.assert_allclose(cut, [(50.0, 0.0, 100.0, 0.0)], atol=1e-300)
    alpha = painted(np.array([[(50.0, 50.0)], [(1e300, 50.0)]]))[..., 3]
    assert alpha[49:51, 55:].all() and not alpha[:40].any()


def test_steps_within_a_cell_are_left_out_but_no_way_is_lost():
    crawl = np.stack([np.linspace(10, 90, 50_001), np.full(50_001, 50.0)], axis=1)[:, None]
    segments = Segmenter([()], 100, 100, 0.5).extend(crawl)[0]
    assert len(segments) <= 161
    assert segments[:, 2].max() > 89.5 and (segments[1:, 0] == segments[:-1, 2]).all()


def test_hopping_to_and_fro_paints_once():
    hops = np.tile([(10.0, 10.0), (90.0, 90.0)], (5_000, 1))[:, None]
    assert len(Segmenter([()], 100, 100, 0.5).extend(hops)[0]) == 1
    apart = np.array([(0.0, 0, 1, 1), (1, 1, 0, 0), (0, 0, 1, 2), (0, 0, 1, 1)])
    assert distinct(apart, 0.5).tolist() == [[0, 0, 1, 1], [0, 0, 1, 2]]


def test_dashes_run_on_over_joints_and_batches():
    corner = np.array([(0.0, 0.0, 7.0, 0.0), (7.0, 0.0, 7.0, 20.0)])
    pieces, travel = dashed(corner, (4.0, 2.0), 0.0)
    bent = [(0, 0, 4, 0), (6, 0, 7, 0), (7, 0, 7, 3), (7, 5, 7, 9), (7, 11, 7, 15), (7, 17, 7, 20)]
    np.testing.assert_allclose(pieces, bent)
    assert travel == pytest.approx(27 % 6)
    again, _ = dashed(np.array([(0.0, 0.0, 10.0, 0.0)]), (4.0, 2.0), travel)
    np.testing.assert_allclose(again, [(0, 0, 1, 0), (3, 0, 7, 0), (9, 0, 10, 0)])


def test_a_dash_may_begin_at_the_last_number_before_the_end_of_its_segment():
    period = np.nextafter(2.0, 3.0)
    end = np.nextafter(period, 3.0)  # half-way between the two rounds to this one
    assert (period + end) / 2 == end
    for after in ([], [(end, 0.0, end, 0.0)], [(end, 0.0, end, 0.5)]):
        pieces, _ = dashed(np.array([(0.0, 0.0, end, 0.0), *after]), (1.0, period - 1.0), 0.0)
        np.testing.assert_allclose(pieces[:2], [(0, 0, 1, 0), (period, 0, end, 0)])


def test_too_many_dashes_become_dashed_segments():
    hops = np.tile([(0.0, 0.0, 0.0, 1000.0), (0.0, 1000.0, 0.0, 0.0)], (2_000, 1))
    pieces, _ = dashed(hops, (4.0, 2.0), 0.0)
    assert 0 < len(pieces) < len(hops)


def test_a_halo_lies_under_every_line():
    rows = np.array([[(10.0, 40.0), (50.0, 10.0)], [(90.0, 40.0), (50.0, 90.0)]])
    tracks = [Track("#ff0000", 2.0, halo="#ffffff"), Track("#0000ff", 2.0, halo="#ffffff")]
    seen = painted(rows, tracks)
    assert seen[59:61, 20].tolist() == [[0, 0, 255, 255]] * 2
    assert (seen[61, 20] > 200).all() and (seen[58, 20] > 200).all()  # white beside it
    assert (seen[59:61, 45:56, :3].min(axis=2) == 0).all()  # no white where they cross


def test_hidden_tracks_are_not_painted():
    rows = np.array([[(10.0, 20.0), (10.0, 80.0)], [(90.0, 20.0), (90.0, 80.0)]])
    alpha = painted(rows, [RED, Track("#00ff00", 2.0, visible=False)])[..., 3]
    assert alpha[80, 50] and not alpha[20].any()


def test_device_pixels_are_honoured():
    seen = painted(np.array([[(10.0, 50.0)], [(90.0, 50.0)]]), ratio=2.0)
    assert seen.shape[:2] == (200, 200)
    assert (seen[98:102, 30:170, 3] == 255).all() and not seen[104:, :, 3].any()


@pytest.fixture
def plot(qtbot):
    widget = pg.PlotWidget()
    qtbot.addWidget(widget)
    widget.resize(400, 300)
    widget.setRange(xRange=(0, 100), yRange=(0, 100), padding=0)
    widget.show()
    qtbot.waitExposed(widget)
    for _ in range(3):  # the axes take the room they need when they are painted, and the view what is left
        widget.grab()
        QApplication.processEvents()
    return widget


def show(layer: LineLayer, last: int) -> np.ndarray:
    layer.show_rows(last)
    layer.box.getViewWidget().viewport().repaint()
    return pixels(layer._picture.image)


def counted(layer, rows, tracks=(RED,)):
    asked = []

    def source(first, last):
        asked.append((first, last))
        return rows[first : last + 1]

    layer.set_tracks(tracks, source)
    return asked


def test_a_frame_asks_only_for_new_rows(plot):
    layer = LineLayer(plot.getViewBox())
    asked = counted(layer, walk(100, 1))
    for last in (0, 10, 10, 30):
        show(layer, last)
    assert asked == [(0, 0), (0, 0), (1, 10), (11, 30)]


def test_going_back_paints_afresh(plot, monkeypatch):
    at_once(monkeypatch)
    layer, rows = LineLayer(plot.getViewBox()), walk(200, 1)
    asked = counted(layer, rows)
    short = show(layer, 60).copy()
    assert (show(layer, 199) != short).any()
    assert (show(layer, 60) == short).all()
    assert asked[-1] == (0, 60)
    assert not (layer.show_rows(-1) or layer._wanted != -1)


def test_a_new_range_size_or_look_paints_afresh(plot):
    layer = LineLayer(plot.getViewBox())
    asked = counted(layer, walk(50, 1))
    show(layer, 49)
    plot.setRange(xRange=(20, 80), padding=0)
    show(layer, 49)
    plot.resize(500, 320)
    wide = show(layer, 49)
    assert asked == [(49, 49), (0, 49)] * 3
    assert wide.shape[1] > 400
    layer.set_tracks([Track("#00ff00", 2.0)], lambda a, b: walk(50, 1)[a : b + 1])
    assert not show(layer, 49)[..., 2].any()


def at_once(monkeypatch):
    """All of a repaint in one bit."""
    for module in (layer_module, lineimage_module):
        monkeypatch.setattr(module, "FIRST", 5_000)


def slowly(monkeypatch):
    """A bit of a repaint a frame."""
    monkeypatch.setattr(layer_module, "PATIENCE", 0.0)
    for module in (layer_module, lineimage_module):
        monkeypatch.setattr(module, "SLICE", 0.0)
        monkeypatch.setattr(module, "FIRST", 100)


def test_a_long_repaint_is_spread_over_frames(plot, qtbot, monkeypatch):
    slowly(monkeypatch)
    layer = LineLayer(plot.getViewBox())
    asked = counted(layer, walk(1_000, 1))
    show(layer, 999)
    assert asked == [(999, 999), (900, 999)] and not layer.complete  # the newest rows first
    qtbot.waitUntil(lambda: layer.complete)
    assert asked[-1] == (0, 99)
    whole = pixels(layer._picture.image).copy()
    plot.setRange(xRange=(20, 80), padding=0)
    show(layer, 999)
    assert layer._before is not None  # the old picture is stretched meanwhile
    qtbot.waitUntil(lambda: layer.complete and layer._before is None)
    plot.setRange(xRange=(0, 100), padding=0)
    qtbot.waitUntil(lambda: layer.complete and layer._before is None and layer._picture.viewport.x0 == 0)
    assert (pixels(layer._picture.image) == whole).all()


def test_rows_that_come_during_a_repaint_follow_it(plot, qtbot, monkeypatch):
    slowly(monkeypatch)
    rows = walk(1_000, 1)
    layer = LineLayer(plot.getViewBox())
    asked = counted(layer, rows)
    show(layer, 499)
    show(layer, 600)
    qtbot.waitUntil(lambda: layer.complete)
    assert sorted(asked)[-2:] == [(500, 599), (600, 600)]


def test_a_leap_paints_afresh_and_a_step_does_not(plot, monkeypatch):
    at_once(monkeypatch)
    layer = LineLayer(plot.getViewBox())
    asked = counted(layer, walk(60_000, 1))
    show(layer, 10)
    show(layer, 2_000)
    assert asked[-1] == (11, 2_000)
    show(layer, 50_000)
    assert (50_000, 50_000) in asked


@pytest.mark.parametrize("halo", ["", "#ffffff"])
def test_a_repaint_from_the_newest_row_looks_like_growth(halo):
    rows, tracks = walk(4_000, 2), [Track("#ff0000", 2.0, halo=halo), Track("#0000ff", 2.0, halo=halo)]
    grown, again = LineImage(PORT, 1.0, tracks), LineImage(PORT, 1.0, tracks)
    for a in range(0, 4_000, 5):
        grown.add(rows[a : a + 5])
    for _ in again.repaint(lambda a, b: rows[a : b + 1], 3_989):
        pass
    again.add(rows[3_990:])
    different = np.abs(pixels(grown.image).astype(int) - pixels(again.image)).max(axis=2) > 64
    assert different.mean() < 0.03


def test_dashes_meet_where_a_repaint_ended():
    pattern = (4.0, 2.0, 1.0, 3.0)
    assert mirrored(pattern) == (1.0, 2.0, 4.0, 3.0)
    back = Segmenter([pattern], 100, 100, 0.5).backward().extend(np.array([[(50.0, 50.0)], [(30.0, 50.0)]]))[0]
    ends = np.sort(back[:, (0, 2)] - 50.0, axis=1)
    np.testing.assert_allclose(ends, [(-4, -3), (-10, -6), (-14, -13), (-20, -16)])


def test_only_what_is_wholly_covered_is_left_out():
    opaque = np.zeros((40, 42), dtype=bool)
    opaque[8:24, 8:24] = True
    cover = Cover(opaque, 2.0)
    inside, beside = (6.0, 6.0, 10.0, 10.0), (6.0, 6.0, 14.0, 6.0)
    corner, away = (20.8, 19.0, 20.9, 19.0), (-9.0, -9.0, -8.0, -8.0)
    left = cover.showing(np.array([inside, beside, corner, away]), 1.0)
    assert left.tolist() == [list(beside), list(corner)]


def test_the_layer_takes_the_pixel_ratio_of_what_it_is_painted_on(plot):
    layer = LineLayer(plot.getViewBox())
    counted(layer, walk(50, 1))
    layer.show_rows(49)
    image = QImage(800, 600, QImage.Format.Format_ARGB32)
    image.setDevicePixelRatio(2.0)
    painter = QPainter(image)
    plot.render(painter)
    painter.end()
    assert layer._picture.ratio == 2.0
