"""What a race can be written as, by the ending of the file: command line, window, help and tests are made from this."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from simulator import interrupts
from simulator.export.options import Options
from simulator.param import did_you_mean

if TYPE_CHECKING:  # the command line reads this table before it needs NumPy
    from simulator.recording import Recording


@dataclass(frozen=True)
class Shot:
    """What is written: a race up to ``recording.done``, and the picture of it as it is on screen, if there is one."""

    recording: Recording
    options: Options = field(default_factory=Options)
    picture: Any = None  # a simulator.ui.picture.Picture; made from the options where it is None and one is needed

    @property
    def step(self) -> int:
        return self.recording.done if self.options.step is None else self.options.step


Writer = Callable[[Shot, BinaryIO], "Generator[float]"]


@dataclass(frozen=True)
class Format:
    """A kind of file. ``options`` are keys of `simulator.export.options.OPTIONS`.

    ``writer`` names a function ``(shot, stream)`` as module:function, loaded when it is used. It writes a bit at a time
    and yields the share that is done, so that whoever waits stays awake and can stop it by closing it.
    """

    a: str  # its title after an article
    purpose: str
    writer: str
    options: tuple[str, ...] = ()
    size: tuple[int, int] = (1600, 900)  # where none is given
    text: bool = False  # fit for standard output
    needs_ffmpeg: bool = False
    whole: bool = True  # shows all steps, so that the race must have been run to its end

    @property
    def title(self) -> str:
        return self.a.partition(" ")[2]

    @property
    def plain(self) -> Options:
        """The options where none is given."""
        return Options(width=self.size[0], height=self.size[1])

    @property
    def needs_qt(self) -> bool:
        return self.writer.startswith("simulator.ui")

    def write(self, shot: Shot, stream: BinaryIO) -> Generator[float]:
        """Raises OSError for what goes wrong with the stream or with what else it needs.

        An interrupt takes effect between two bits: Qt does not survive one in the midst of painting.
        """
        module, _, function = self.writer.partition(":")
        with interrupts.held():
            writer: Writer = getattr(importlib.import_module(module), function)
        with closing(writer(shot, stream)) as bits:
            while True:
                with interrupts.held():
                    share = next(bits, None)
                if share is None:
                    return
                yield share


CURVES = ("curve", "axis", "scale", "weights")
PAGE = ("step", "size", "theme", "view", *CURVES)
PICTURE = ("dpi", *PAGE)
MOVIE = ("from", *PICTURE, "fps", "frames", "seconds")
FORMATS = {
    "png": Format(
        "a PNG picture",
        "for slides and documents; it carries its race: open it and race again",
        "simulator.ui.writers:png",
        PICTURE,
        whole=False,
    ),
    "svg": Format(
        "an SVG picture",
        "for posters and vector editors: lines stay sharp at any size; carries its race",
        "simulator.ui.writers:svg",
        PAGE,
        whole=False,
    ),
    "pdf": Format(
        "a PDF page",
        "for printing and LaTeX: lines stay sharp at any size; carries its race",
        "simulator.ui.writers:pdf",
        PAGE,
        whole=False,
    ),
    "gif": Format(
        "a GIF movie", "for web pages, slides and chats; plays anywhere", "simulator.ui.movie:gif", MOVIE, (800, 600)
    ),
    "mp4": Format(
        "an MP4 movie",
        "for video players and slides; needs ffmpeg",
        "simulator.ui.movie:mp4",
        MOVIE,
        (1280, 720),
        needs_ffmpeg=True,
    ),
    "csv": Format(
        "a CSV table", "every step of every racer, for spreadsheets", "simulator.export.csv:export", text=True
    ),
    "json": Format(
        "a JSON file",
        "how the race ended, and the race itself, for programs",
        "simulator.export.table:export",
        text=True,
    ),
    "html": Format(
        "an HTML report",
        "for handing in: picture, results, recipes and code in one file",
        "simulator.ui.writers:html",
        PAGE,
        (1000, 720),
        text=True,
    ),
}


def ending(path: str | Path) -> str:
    """The ending of ``path``, in small letters and without its dot."""
    return Path(path).suffix.lower().removeprefix(".")


def unknown(path: str | Path) -> str:
    """What to say of a file whose ending is none of these."""
    given = ending(path)
    there_are = f"; there are {', '.join(f'.{name}' for name in FORMATS)}"
    if not given:
        return f"{path}: has no ending to say what it shall be{there_are}"
    return f"{path}: no export is called .{given}{did_you_mean(given, FORMATS)}{there_are}"


def takers(option: str) -> str:
    """The endings of what takes an option, for a sentence."""
    return ", ".join(f".{name}" for name, known in FORMATS.items() if option in known.options)


def texts() -> list[str]:
    """The endings of what is fit for standard output."""
    return [ending for ending, known in FORMATS.items() if known.text]
