"""The race file: a Race as TOML text, alone or inside a PNG, by path or by a sample's name.

Every value is written; any may be left out by hand. Reading finds all faults at once, each on its own line with its
key path::

    entrant[1].lr: momentum's lr must be a number from 1e-06 to 10, got 50
"""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any, cast

import tomli_w

from simulator import files, png_text, resources
from simulator.param import RaceError, did_you_mean
from simulator.race import Race
from simulator.racedata import from_data, to_data

ENDING = ".race.toml"  # that desktops know; whatever a race file is called, it is read
MAX_BYTES = png_text.MAX_TEXT
MAX_DOTS = 200  # on a line, besides those of the numbers in a list
_IN_A_LIST = re.compile(r"\.[0-9]*(?:[eE][+-]?[0-9]+)?[ \t]*[],]")


def parse(text: str, where: str = "race file") -> Race:
    """The race written in ``text``; ``where`` names it in the message of a syntax error. Raises RaceError."""
    return from_data(parse_data(text, where))


def parse_data(text: str, where: str = "race file") -> dict[str, Any]:
    """``text`` as plain data, not yet looked at. Raises RaceError, with the line of a syntax error."""
    if len(text.encode(errors="replace")) > MAX_BYTES:
        raise RaceError([f"{where}: larger than {MAX_BYTES / 1e6:g} MB, which no race file needs"])
    for number, line in enumerate(text.split("\n"), start=1):
        # A key of n parts takes tomllib a time that grows with n²: a minute for 60,000.
        if line.count(".") > MAX_DOTS and _IN_A_LIST.sub("", line).count(".") > MAX_DOTS:
            raise RaceError([f"{where}: line {number}: more than {MAX_DOTS} dots, which no race file needs"])
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise RaceError([f"{where}: lists or tables nested too deep"]) from None
    except tomllib.TOMLDecodeError as error:
        place = re.fullmatch(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", str(error), re.DOTALL)
        what, line, column = place.groups() if place else (str(error), None, None)
        at = f"line {line}, column {column}" if line else f"line {text.count(chr(10)) + 1}" if place else "TOML"
        raise RaceError([f"{where}: {at}: {what[:1].lower()}{what[1:]}"]) from None
    except ValueError:  # Python refuses to read it, and does not say where it is
        raise RaceError([f"{where}: a number has thousands of digits"]) from None


def dumps(race: Race) -> str:
    """``race`` as the text of a race file. ``parse(dumps(race)) == race``, to the last bit."""
    return _document(to_data(race))


def load_data(name: str | Path) -> dict[str, Any]:
    """The data of the race in a file or of a sample's name, see `locate`. Raises RaceError."""
    path = locate(name)
    return parse_data(read_text(path), str(path))


def find(name: str | Path) -> Race:
    """The race in a file (TOML, or a PNG that carries one), or the sample of that name. Raises RaceError."""
    return from_data(load_data(name))


def locate(name: str | Path) -> Path:
    """The path of a race file: ``name`` itself if there is such a file, otherwise the sample of that name.

    Raises:
        RaceError: neither; with the nearest sample.
        FileNotFoundError: the samples are missing from the installation.
    """
    path = Path(name)
    # os.path says no to a name that no file can have, Path raises. What is no folder can be read, a pipe too.
    if os.path.exists(path) and not os.path.isdir(path):
        return path
    if os.path.isdir(path) and not sample_name(str(name)):
        raise RaceError([f"{name}: is a folder, not a race file"])
    return _sample(str(name), "no such file, and no sample race of this name")


def load_sample(name: str) -> dict[str, Any]:
    """The data of the sample race of that name, files aside. Raises RaceError."""
    path = _sample(name, "no sample race is called this")
    return parse_data(read_text(path), str(path))


def _sample(name: str, otherwise: str) -> Path:
    samples = resources.sample_races()
    if sample := sample_name(name):
        return samples[sample]
    hint = did_you_mean(Path(name).stem, samples) or f"; there are {', '.join(samples)}"
    raise RaceError([f"{name}: {otherwise}{hint}"])


def sample_name(name: str) -> str | None:
    """The sample race called ``name`` (case, spaces and hyphens do not matter), as its file spells it."""
    key = name.strip().lower().replace("_", "-").replace(" ", "-")
    return key if key in resources.sample_races() else None


def read_text(path: Path) -> str:
    """The text of the race file at ``path``, or of the one in the picture at ``path``. Raises RaceError."""
    try:
        content = files.read(path, png_text.MAX_PICTURE)
        if content.startswith(png_text.SIGNATURE):
            return png_text.read(content)
        if content.lstrip().startswith((b"<?xml", b"<svg")):
            from simulator import svg_text  # only when used: it costs start-up time

            return svg_text.read(content)
    except files.FileError as error:
        raise RaceError([str(error)]) from None
    except png_text.PictureError as error:
        raise RaceError([f"{path}: {error}"]) from None
    try:
        return content[: MAX_BYTES + 8].decode("utf-8-sig")  # too long for `parse_data` if longer than the limit
    except UnicodeDecodeError as error:
        may_be = "; a race can be read from a race file, a PNG or an SVG"
        raise RaceError([f"{path}: byte {error.start} is not UTF-8 text{may_be}"]) from None


def _document(data: dict[str, Any]) -> str:
    """Tables and what they hold, one value a line; lists and inner tables inline, as people write them."""
    blocks: list[list[str]] = [[]]
    for key, value in data.items():
        if isinstance(value, dict):
            blocks.append([f"[{key}]", *_lines(cast("dict[str, Any]", value))])
        elif key == "entrant":
            blocks += [["[[entrant]]", *_lines(table)] for table in value]
        else:
            blocks[0] += _lines({key: value})
    return "\n".join("\n".join(block) + "\n" for block in blocks)


def _lines(table: dict[str, Any]) -> list[str]:
    return [f"{key} = {_inline(value)}" for key, value in table.items()]


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(_lines(cast("dict[str, Any]", value))) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, cast("list[Any]", value))) + "]"
    return tomli_w.dumps({"x": value}).removeprefix("x = ").removesuffix("\n")
