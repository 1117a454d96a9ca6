"""What of the formats is a picture, or has one."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, BinaryIO

from simulator.export.formats import Shot
from simulator.export.options import Options
from simulator.ui.chart import Look
from simulator.ui.picture import Picture
from simulator.ui.picturewords import recipe
from simulator.ui.qt import application
from simulator.ui.scene import Scene
from simulator.ui.theme import DARK, LIGHT

THEMES = {"light": LIGHT, "dark": DARK, "projector": LIGHT.for_projector()}  # as simulator.export.options has them

PRINT = 2.0  # pixels to one of the layout, in a report: fine on paper


def picture_of(shot: Shot) -> Picture:
    """The picture on screen, or one made as the options say."""
    application()
    if shot.picture is not None:
        return shot.picture
    look, scene = look_of(shot.options), Scene(shot.options.view.replace("-", " "))
    return Picture(shot.recording, shot.step, look.theme, scene=scene, curves=look)


def look_of(asked: Options) -> Look:
    """Of the curves."""
    curves: Any = {"kind": asked.curve, "against": asked.axis, "scale": asked.values, "weights": asked.weights}
    return Look(THEMES[asked.theme], **curves)


def png(shot: Shot, stream: BinaryIO) -> Generator[float]:
    """See `simulator.export.formats.Format.writer`."""
    stream.write(_png(shot, shot.options.scale))
    yield 1.0


def _png(shot: Shot, scale: float) -> bytes:
    from simulator.ui.export import TooLarge, png_bytes

    try:
        return png_bytes(picture_of(shot), shot.options.width, shot.options.height, scale)
    except TooLarge as error:
        raise OSError(str(error)) from None


def svg(shot: Shot, stream: BinaryIO) -> Generator[float]:
    """See `simulator.export.formats.Format.writer`."""
    from simulator.ui.export import svg_text_of

    stream.write(svg_text_of(picture_of(shot), shot.options.width, shot.options.height, shot.options.scale).encode())
    yield 1.0


def pdf(shot: Shot, stream: BinaryIO) -> Generator[float]:
    """See `simulator.export.formats.Format.writer`."""
    from simulator.ui.export import pdf_bytes

    stream.write(pdf_bytes(picture_of(shot), shot.options.width, shot.options.height, shot.options.scale))
    yield 1.0


def html(shot: Shot, stream: BinaryIO) -> Generator[float]:
    """See `simulator.export.formats.Format.writer`."""
    from simulator.export.report import Seen, report

    picture, race = picture_of(shot), shot.recording.race
    yield 0.0
    seen = Seen(
        _png(shot, PRINT),
        picture.protocol,
        [picture.theme.style(entrant.stream).color for entrant in race.entrants],
        [recipe(entrant) for entrant in race.entrants],
        picture.repeats,
    )
    yield 0.5
    stream.write(report(shot.recording, picture.step, seen).encode())
    yield 1.0
