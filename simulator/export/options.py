"""What an export can be asked for beside its file, each declared once; limits and messages for the command line."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator.costs import AXES, EVEN, Weights
from simulator.param import params

THEMES = ("light", "dark", "projector")
VIEWS = ("contour", "side-by-side", "relief", "basins")  # those of the window
CURVES, SCALES = ("loss", "gradient", "lr"), ("log", "linear")  # likewise
SIDES = 320, 4000  # pixels at 96 an inch: below, the legend has no room
DPI, FPS, FRAMES, SECONDS = (48, 600), (1, 50), (2, 3000), (1.0, 120.0)
MOST_PIXELS, LONGEST = 64_000_000, 30_000  # of an image and its side; a fair page: A3 at 600 dpi


@dataclass(frozen=True)
class Options:
    """What of a race is shown, and how. ``width`` × ``height`` are pixels at 96 dots an inch."""

    step: int | None = None  # the last one of the race
    first: int = 0  # where a movie begins
    width: int = 1600
    height: int = 900
    dpi: int = 96
    theme: str = "light"
    view: str = "contour"
    curve: str = "loss"
    axis: str = "steps"
    values: str = "log"  # the scale they stand on
    weights: Weights = EVEN
    fps: int = 25
    frames: int | None = None  # as many as make a movie of a sensible length

    @property
    def scale(self) -> float:
        return self.dpi / 96

    @property
    def pixels(self) -> tuple[int, int]:
        return round(self.width * self.scale), round(self.height * self.scale)


@dataclass(frozen=True)
class Option:
    """``read`` turns what was typed into values of `Options`; a ValueError says that it is not what it ``must`` be."""

    metavar: str
    about: str
    must: str
    read: Callable[[str], dict[str, Any]]


def _whole(name: str, low: int, high: int | None = None) -> Callable[[str], dict[str, Any]]:
    def read(text: str) -> dict[str, Any]:
        if not (text.isascii() and text.isdecimal() and len(text) < 10):
            raise ValueError
        if not low <= int(text) <= (int(text) if high is None else high):
            raise ValueError
        return {name: int(text)}

    return read


def _size(text: str) -> dict[str, Any]:
    found = re.fullmatch(r"([0-9]{1,5})[x×]([0-9]{1,5})", text.lower())
    sides = [int(side) for side in found.groups()] if found else []
    if not found or not all(SIDES[0] <= side <= SIDES[1] for side in sides):
        raise ValueError
    return {"width": sides[0], "height": sides[1]}


def _one_of(name: str, allowed: tuple[str, ...]) -> Callable[[str], dict[str, Any]]:
    def read(text: str) -> dict[str, Any]:
        if text not in allowed:
            raise ValueError
        return {name: text}

    return read


def _seconds(text: str) -> dict[str, Any]:
    seconds = float(text)
    if not SECONDS[0] <= seconds <= SECONDS[1]:
        raise ValueError
    return {"seconds": seconds}


def _weights(text: str) -> dict[str, Any]:
    known, given = params(Weights), text.split(",")
    if len(given) != len(known):
        raise ValueError
    pairs = zip(known.items(), given, strict=True)
    return {"weights": Weights(**{name: it.coerce(float(value)) for (name, it), value in pairs})}


def _range(low: float, high: float) -> str:
    return f"a whole number from {low:g} to {high:g}"


def _allowed(names: tuple[str, ...]) -> str:
    return f"one of {', '.join(names)}"


NATURAL = "a whole number from 0"
OPTIONS = {
    "step": Option("N", "show the race at this step, a movie up to it; left out: the last", NATURAL, _whole("step", 0)),
    "from": Option("N", "the step a movie begins with; left out: 0", NATURAL, _whole("first", 0)),
    "size": Option(
        "WxH", "pixels, at 96 dots an inch", f"WxH, such as 800x600, each side from {SIDES[0]} to {SIDES[1]}", _size
    ),
    "dpi": Option("N", "dots an inch: 192 doubles the pixels of a size", _range(*DPI), _whole("dpi", *DPI)),
    "theme": Option("NAME", ", ".join(THEMES), _allowed(THEMES), _one_of("theme", THEMES)),
    "view": Option("NAME", ", ".join(VIEWS), _allowed(VIEWS), _one_of("view", VIEWS)),
    "curve": Option("NAME", f"what curves show: {', '.join(CURVES)}", _allowed(CURVES), _one_of("curve", CURVES)),
    "axis": Option("NAME", f"what curves count: {', '.join(AXES)}", _allowed(AXES), _one_of("axis", AXES)),
    "scale": Option("NAME", f"of curves: {', '.join(SCALES)}", _allowed(SCALES), _one_of("values", SCALES)),
    "weights": Option(
        "F,H",
        "of --axis cost: what a loss and a Hessian cost, in gradients; left out: "
        f"{EVEN.loss_weight:g},{EVEN.hessian_weight:g}",
        "two numbers from 0 to 1000, such as 0.333,2",
        _weights,
    ),
    "fps": Option("N", "frames a second of a movie; left out: 25", _range(*FPS), _whole("fps", *FPS)),
    "frames": Option("N", "frames of a movie", _range(*FRAMES), _whole("frames", *FRAMES)),
    "seconds": Option(
        "S", "length of a movie, instead of frames", "a number from {:g} to {:g}".format(*SECONDS), _seconds
    ),
}
