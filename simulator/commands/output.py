"""The files a command is asked to write: what is certain to go wrong with them, and how they are written."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO, TextIO

from simulator import display, files
from simulator.commands.progress import Progress
from simulator.export import gif, mp4
from simulator.export.formats import FORMATS, Format, Shot, ending, texts
from simulator.export.options import Options
from simulator.recording import Recording

STDOUT = "-"


@dataclass(frozen=True)
class Output:
    """``asked`` is how the file came to be asked for: an option, or FILE."""

    asked: str
    path: str
    ending: str
    options: Options

    @property
    def format(self) -> Format:
        return FORMATS[self.ending]


def wanted(
    args: argparse.Namespace, *endings: str, looks: Mapping[str, Any] = MappingProxyType({}), **others: str
) -> list[Output]:
    """What the options of ``args`` ask for that are called like ``endings``, and ``others`` as a file of that kind;
    ``looks`` are options of each."""
    return [
        Output(f"--{option}", path, kind, replace(FORMATS[kind].plain, **looks))
        for option, kind in {**dict(zip(endings, endings, strict=True)), **others}.items()
        if (path := getattr(args, option)) is not None
    ]


def told_on(outputs: Sequence[Output]) -> TextIO:
    """Where people read on: standard output, or beside it where it is for a file."""
    return sys.stderr if any(it.path == STDOUT for it in outputs) else sys.stdout


def faults(outputs: Sequence[Output], source: str, name: str = "RACE") -> Iterator[str]:
    """What is certain to go wrong, a line each; ``source`` is what the command was given as ``name``, maybe a file."""
    taken: dict[str, str] = {}
    own = Path(source)
    if own.suffix.lower() != ".png" and os.path.isfile(own):  # a picture may take its own picture's place
        taken[str(own.absolute())] = name
    for output in outputs:
        path = output.path
        if (same := str(Path(path).absolute())) in taken:
            yield f"{output.asked}: {path} is given to {taken[same]} as well"
        taken[same] = output.asked
        if path == STDOUT:
            if not output.format.text:
                yield f"{output.asked}: {output.format.a} needs a file, '-' is for {', '.join(texts())}"
            continue
        if (known := FORMATS.get(ending(path))) and known is not output.format:
            yield f"{output.asked}: {path} would be {output.format.a}, and is called like {known.a}"
        try:
            files.check_writable(path)
        except files.FileError as error:
            yield f"{output.asked}: {error}"
    yield from _missing(outputs)


def _missing(outputs: Sequence[Output]) -> Iterator[str]:
    drawn = next((output for output in outputs if output.format.needs_qt), None)
    if drawn is not None and (trouble := display.picture_trouble(drawn.format.a)):
        yield trouble
    if any(output.ending == "gif" for output in outputs) and (trouble := gif.trouble()):
        yield trouble
    if any(output.format.needs_ffmpeg for output in outputs) and (trouble := mp4.trouble()):
        yield trouble


def write(outputs: Sequence[Output], recording: Recording, progress: Progress) -> None:
    """Write them all, each whole or not at all. Raises FileError."""
    for n, output in enumerate(outputs):
        with (
            opened(output.path) as stream,
            closing(output.format.write(Shot(recording, output.options), stream)) as work,
        ):
            for share in work:
                progress.at((n + share) / len(outputs), output.path)


@contextmanager
def opened(path: str) -> Generator[BinaryIO]:
    """A file as `simulator.files.writing` gives it, or standard output."""
    if path != STDOUT:
        with files.writing(path) as stream:
            yield stream
        return
    sys.stdout.flush()
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()
