"""What is exported equals what is on screen, whatever the format."""

from __future__ import annotations

import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hosted import LONG
from planes import race_in_five
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QImage, QPainter
from pytestqt.qtbot import QtBot
from test_arena import colors, race, ran
from test_stage import staged

from simulator import racefile
from simulator.files import FileError
from simulator.overlays import OVERLAYS
from simulator.race import Race
from simulator.ui import export, mappaint
from simulator.ui.chart import Look
from simulator.ui.export import copy, painted, save_pdf, save_png, save_svg
from simulator.ui.layer import viewport_of
from simulator.ui.legend import Legend, wrapped
from simulator.ui.mappaint import MapPaint
from simulator.ui.painting import Painting
from simulator.ui.picture import Picture
from simulator.ui.qt import dress
from simulator.ui.scene import Scene
from simulator.ui.svgpainter import SvgPainter
from simulator.ui.theme import DARK, LIGHT, Theme
from simulator.ui.views import VIEWS

OVER = ("gradient", "step", "velocity", "samples", "curvature", "unit_ball")
SAME, ALIKE = 0.1, 4.0  # of 255: mean differences between two pictures: of the same painter, and of another program


def difference(a: QImage, b: QImage) -> float:
    return float(np.abs(colors(a) - colors(b)).mean())


def stage_of(picture: Picture, size: QRectF) -> QImage:
    """What the picture shows of the stage, in a place of that ``size``."""
    image = QImage(size.size().toSize(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    picture.layers.paint_stage(painter, size, picture, 1.0)
    painter.end()
    return image


@pytest.mark.parametrize("over", [(), OVER], ids=["bare", "overlays"])
@pytest.mark.parametrize("theme", [LIGHT, DARK.for_projector()], ids=["light", "dark projector"])
def test_the_map_is_the_one_on_screen(qtbot: QtBot, over: tuple[str, ...], theme: Theme) -> None:
    stage = staged(qtbot, theme=theme)
    stage.set_overlays(over)
    stage.set_hidden(frozenset({1}))
    stage.arena.show_part(((-2.0, 5.5), (-1.0, 2.5)))
    plot, box = stage.arena.plot, stage.arena.box
    plot.grab()  # painted first: what was whole in another size is not asked for
    qtbot.waitUntil(lambda: stage.arena.backdrop.crisp and stage.arena.trails.complete, timeout=LONG)
    seen, picture = plot.grab().toImage(), stage.picture()
    assert picture.scene.overlays == over and np.allclose(picture.scene.part or (), stage.arena.view)
    within = box.mapRectToScene(box.boundingRect()).toAlignedRect().adjusted(2, 2, -2, -2)  # without the border

    def image_of(picture: Picture) -> QImage:
        image = QImage(seen.size(), QImage.Format.Format_RGB32)
        painter = QPainter(image)
        painter.translate(box.mapToScene(QPointF()))
        sketcher = picture.layers.sketcher(picture.scene)
        streams = sketcher.company(picture.recording.race, picture.hidden)
        port, p = viewport_of(box), picture
        MapPaint().paint(painter, port, p.recording, p.step, theme, p.hidden, stage.outlook, 1.0, sketcher, streams)
        painter.end()
        return image.copy(within)

    assert difference(image_of(picture), seen.copy(within)) < SAME
    bare = replace(picture, scene=replace(picture.scene, overlays=()))
    assert (difference(image_of(bare), seen.copy(within)) > 1.0) == bool(over)


@pytest.mark.parametrize("over", [(), ("step", "curvature")], ids=["bare", "overlays"])
def test_the_panes_side_by_side_are_those_on_screen(qtbot: QtBot, over: tuple[str, ...]) -> None:
    dress(LIGHT)  # whichever test comes first: the headings wear the application's font
    stage = staged(qtbot)
    stage.set_overlays(over)
    stage.set_view("side by side")
    view = stage.current
    arenas = [pane.arena for pane in view._used]
    qtbot.waitUntil(lambda: view.grab() and all(a.backdrop.crisp and a.trails.complete for a in arenas), timeout=LONG)
    seen = view._grid.grab().toImage()
    picture = stage.picture()
    size = QRectF(0, 0, seen.width(), seen.height())
    image = QImage(seen.size(), QImage.Format.Format_RGB32)
    image.fill(LIGHT.window)
    painter = QPainter(image)
    picture.layers._paint_panes(painter, size, picture, stage.outlook, 1.0)
    painter.end()
    for pane in view._used:  # the map within its border
        corner = pane.arena.plot.mapTo(view._grid, QPoint(0, 0))
        within = QRect(corner, pane.arena.plot.size()).adjusted(2, 2, -2, -2)
        assert difference(image.copy(within), seen.copy(within)) < SAME


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_relief_is_the_one_on_screen(qtbot: QtBot, theme: Theme) -> None:
    stage = staged(qtbot, theme=theme)
    stage.set_view("relief")
    view = stage.current
    view._turn(view.camera.turned(70.0, -10.0))
    qtbot.waitUntil(lambda: not view._rest.isActive() and view.grab() and view.crisp, timeout=LONG)
    seen = view.grab().toImage()
    picture = stage.picture()
    assert picture.scene.camera == view.camera
    within = seen.rect().adjusted(3, 3, -3, -3)  # without the mark of the focus
    assert difference(stage_of(picture, QRectF(seen.rect())).copy(within), seen.copy(within)) < SAME


def test_a_picture_of_the_window_knows_what_its_chart_shows(qtbot: QtBot) -> None:
    from simulator.ui.curves import LossPanel

    panel = LossPanel()
    qtbot.addWidget(panel)
    panel.tabs.setCurrentIndex(1)
    panel.axis.setCurrentIndex(1)
    recording = ran(race())
    one = painted(Picture(recording, 30, curves=panel.plot.look), 800, 600, 1.0)
    other = painted(Picture(recording, 30), 800, 600, 1.0)
    assert panel.plot.look.kind == "gradient" and difference(one, other) > 0.1


def test_a_picture_stays_as_it_was_while_the_stage_goes_on(qtbot: QtBot) -> None:
    stage = staged(qtbot, race_in_five())
    before = stage.picture()
    first = painted(before, 800, 600, 1.0)
    stage.arena.choose_plane("random", 4)
    assert difference(painted(replace(before, layers=Painting()), 800, 600, 1.0), first) < 0.01
    assert difference(painted(stage.picture(), 800, 600, 1.0), first) > 0.1


# Formats.


def opened(path: Path, width: int, tmp_path: Path) -> QImage:
    """``path`` as another program shows it."""
    out = tmp_path / "shown.png"
    if path.suffix == ".svg":
        command = ["rsvg-convert", "-w", str(width), str(path), "-o", str(out)]
    else:
        command = ["pdftoppm", "-png", "-singlefile", "-r", "96", str(path), str(out.with_suffix(""))]
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    subprocess.run(command, check=True, timeout=100)
    return QImage(str(out))


@pytest.mark.parametrize("ending", ["svg", "pdf"])
@pytest.mark.parametrize("view", VIEWS)
def test_other_programs_show_the_same_picture(qapp: Any, tmp_path: Path, view: str, ending: str) -> None:
    picture = Picture(ran(race()), 30, scene=Scene(view=view, overlays=("step", "curvature", "samples")))
    path = tmp_path / f"picture.{ending}"
    {"svg": save_svg, "pdf": save_pdf}[ending](picture, path, 1000, 700)
    shown = opened(path, 1000, tmp_path)
    wanted = painted(picture, 1000, 700, 1.0)
    assert (shown.width(), shown.height()) == (1000, 700)
    assert difference(shown, wanted) < ALIKE
    assert difference(shown, painted(replace(picture, step=2), 1000, 700, 1.0)) > difference(shown, wanted)


def test_what_is_infinite_is_not_drawn_over_and_warns_of_nothing(qapp: Any) -> None:
    wild = race().with_hyper(0, lr=10.0)
    recording = ran(replace(wild, steps=600))
    assert not np.isfinite(recording.theta[-1]).all()
    picture = Picture(recording, 0, scene=Scene(overlays=tuple(OVERLAYS)))
    for step in range(90, 600, 30):
        painted(replace(picture, step=step), 400, 300, 1.0)


def test_the_race_is_inside_every_picture(qapp: Any, tmp_path: Path) -> None:
    a_race = replace(race(), title='A "quoted" <title> & more \u03b1')
    recording = ran(a_race)
    for save, name in ((save_png, "a.png"), (save_svg, "a.svg")):
        save(Picture(recording, 5), tmp_path / name, 600, 400)
        assert racefile.find(tmp_path / name) == a_race
    save_pdf(Picture(recording, 5), tmp_path / "a.pdf", 600, 400)
    content = (tmp_path / "a.pdf").read_bytes()
    assert b"/EmbeddedFile" in content and "race.toml".encode("utf-16-be") in content


def test_an_svg_is_well_formed_and_says_in_words_what_it_shows(qapp: Any, tmp_path: Path) -> None:
    a_race = race().with_entrant(0, label='Odd < & "\u0007" name')
    save_svg(Picture(ran(a_race), 30), tmp_path / "a.svg", 800, 600)
    root = ElementTree.parse(tmp_path / "a.svg").getroot()
    space = "{http://www.w3.org/2000/svg}"
    assert root.findtext(f"{space}title") == a_race.title
    about = root.findtext(f"{space}desc") or ""
    assert a_race.entrants[1].label in about and "Step 30 of" in about
    assert root.find(f".//{space}text") is None  # type is outlines: it needs no font of ours
    letters = [group.get("aria-label") for group in root.iter(f"{space}g")]
    assert a_race.title in letters and "\u0007" not in "".join(letter or "" for letter in letters)


def test_the_words_of_a_pdf_can_be_selected(qapp: Any, tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    picture = Picture(ran(race()), 30)
    save_pdf(picture, tmp_path / "a.pdf", 1600, 900)
    command = ["pdftotext", "-layout", str(tmp_path / "a.pdf"), "-"]
    told = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout.decode()
    assert picture.title in told and "Step 30 of" in told and picture.recording.race.entrants[0].label in told


@pytest.mark.parametrize("view", VIEWS)
def test_everything_there_is_can_be_written_as_svg(qapp: Any, view: str) -> None:
    for a_race in (race(), race_in_five(), race("parabola")):
        whole = Picture(ran(a_race), 12, scene=Scene(view=view, overlays=OVER))
        for kind in ("loss", "lr"):
            for theme in (LIGHT, DARK.for_projector()):
                painter = SvgPainter()
                replace(whole, theme=theme, curves=Look(LIGHT, kind)).draw(painter, QRectF(0, 0, 700, 500), 1.0)
                painter.end()
                assert len(painter.body) > 50


def test_panes_share_one_image_of_the_landscape(qapp: Any) -> None:
    painter = SvgPainter()
    recording = ran(race("rastrigin"))  # too rugged for outlines
    Picture(recording, 12, scene=Scene(view="side by side")).draw(painter, QRectF(0, 0, 900, 600), 1.0)
    painter.end()
    assert sum("<image" in line for line in painter.defs) == 1
    assert sum("#i0" in line for line in painter.body) == len(recording.race.entrants)


def test_what_cannot_be_written_as_svg_is_refused(qapp: Any) -> None:
    painter = SvgPainter()
    with pytest.raises(NotImplementedError, match="drawPixmap"):
        painter.drawPixmap(0, 0, None)  # type: ignore[call-overload]
    painter.end()


def test_dots_an_inch_are_stated_and_sizes_have_a_limit(
    qapp: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = Picture(ran(race()), 5)
    save_png(picture, tmp_path / "a.png", 400, 300, 300 / 96)
    image = QImage(str(tmp_path / "a.png"))
    assert (image.width(), image.height()) == (1250, 938) and image.dotsPerMeterX() == round(300 / 0.0254)
    monkeypatch.setattr(Picture, "draw", lambda *_: pytest.fail("it was painted"))
    with pytest.raises(FileError, match=r"40,000 × 40,000 pixels are too many; a picture may have 64 million"):
        save_png(picture, tmp_path / "b.png", 4000, 4000, 10.0)
    assert not (tmp_path / "b.png").exists()


def test_the_clipboard_holds_a_picture_and_no_text(qapp: Any, tmp_path: Path) -> None:
    picture = Picture(ran(race()), 5)
    copy(picture, 600, 400, 2.0)
    held = QGuiApplication.clipboard().mimeData()
    assert held.hasImage() and not held.hasText()
    assert QGuiApplication.clipboard().image().width() == 1200
    (tmp_path / "pasted.png").write_bytes(bytes(held.data("image/png").data()))
    assert racefile.find(tmp_path / "pasted.png") == picture.recording.race
    QGuiApplication.clipboard().clear()


# Words.


def field(count: int) -> Race:
    first = race()
    entrants = [replace(first.entrants[i % 2], label=f"Racer number {i}", stream=i) for i in range(count)]
    return replace(first, entrants=tuple(entrants), steps=3)


def test_no_racer_is_left_out_of_a_legend(qapp: Any) -> None:
    recording = ran(field(64))
    for width, height, theme in ((1600, 900, LIGHT), (794, 1123, DARK), (1366, 768, LIGHT.for_projector())):
        legend = Legend(recording, 2, theme, frozenset(), QRectF(0, 0, width - 48, height - 140))
        assert len(legend.listed) == 64 and legend.height < 0.5 * height
    tiny = Legend(recording, 2, LIGHT, frozenset(), QRectF(0, 0, 380, 240))
    painter = SvgPainter()
    tiny.paint(painter, 0, 0, 380)
    painter.end()
    assert f'aria-label="and {64 - len(tiny.listed)} more"' in "".join(painter.body)


def test_a_protocol_breaks_into_lines_and_loses_nothing(qapp: Any) -> None:
    picture = replace(Picture(ran(race()), 5), hidden=frozenset({1}))
    metrics = QFontMetricsF(QGuiApplication.font())
    assert picture.protocol[-1] == "1 racer hidden"
    for width in (1500.0, 500.0, 240.0):
        lines = wrapped(metrics, picture.protocol, width)
        assert "…" not in "".join(lines)
        assert all(part.replace(" ", "") in "".join(lines).replace(" ", "") for part in picture.protocol)
        assert all(metrics.horizontalAdvance(line) <= width for line in lines)
    assert len(wrapped(metrics, picture.protocol, 240.0)) > 2
    assert wrapped(metrics, ["a word " * 60], 200.0, most=2)[1].endswith("…")


# Many pictures of one race.


def test_pictures_of_one_race_share_what_stays_the_same(qapp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    whole = mappaint.backdrop
    monkeypatch.setattr(mappaint, "backdrop", lambda *given: made.append(given) or whole(*given))
    recording = ran(race())
    first = Picture(recording, 0)
    frames = [painted(replace(first, step=step), 800, 600, 1.0) for step in range(12)]
    assert len(made) == 1
    assert difference(frames[-1], painted(Picture(recording, 11), 800, 600, 1.0)) < 0.5  # names stay where they were
    back = painted(replace(first, step=4, theme=DARK, hidden=frozenset({0})), 640, 480, 1.0)
    fresh = painted(Picture(recording, 4, DARK, frozenset({0})), 640, 480, 1.0)
    assert difference(back, fresh) < 0.3


def test_an_image_that_cannot_be_had_is_said(qapp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "QImage", type("None_", (), {"Format": QImage.Format, "__new__": lambda *_: QImage()}))
    with pytest.raises(export.TooLarge, match="no memory for 40 × 30 pixels"):
        painted(Picture(ran(race()), 5), 40, 30, 1.0)
