"""``optim-race settings``: what is set and by whom, a person's own values changed, and an example for a machine."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

import tomli_w

from simulator import changes
from simulator.commands.text import columns
from simulator.options import OPTIONS, Option
from simulator.param import RaceError, did_you_mean
from simulator.preferences import LOCKED, Layer, Preferences

SOURCES = {"default": "default", "machine": "the machine's file", "own": "your file"}
EXAMPLE = "example"
HEAD = """\
# Settings of optim-race for everyone at this computer. A person's own values go before these, but for what is locked.
# What is commented out has the default that is shown. optim-race settings says what is wrong with this file.
"""


def settings(args: argparse.Namespace) -> int:
    """Print all options, or an example; or set those given as NAME=VALUE.

    Raises RaceError for what was given, and for faults of a settings file when all is printed; FileError for a write.
    """
    given: Sequence[str] = args.what
    if list(given) == [EXAMPLE]:
        print(example(), end="")
        return 0
    preferences = Preferences()
    if given:
        _set(preferences, given)
    print(listed(preferences))
    if preferences.faults:
        sys.stdout.flush()
        raise RaceError(preferences.faults)
    return 0


def listed(preferences: Preferences) -> str:
    """Each option, its value and where that comes from; and where both files are."""
    rows = [["option", "value", "from", "allowed"]]
    for name, option in OPTIONS.items():
        if not option.noted:
            source = SOURCES[preferences.source(name)] + (", locked" if preferences.locked(name) else "")
            rows.append([name, _toml(preferences[name]), source, option.allowed])
    files = [
        ["your file", _where(preferences.own)],
        ["the machine's file", _where(preferences.shared)],
    ]
    return f"{columns(rows)}\n\n{columns(files)}"


def example() -> str:
    """A machine's file with every option in it, commented out at its default."""
    entries = (line for option in OPTIONS.values() if not option.noted for line in _entry(option))
    return "\n".join([HEAD, *entries, *LOCKS])


LOCKS = (
    "# Options that stay as they are here; without a value, at their default.",
    f'# {LOCKED} = ["theme", "projector"]',
    "",
)


def _entry(option: Option) -> Iterator[str]:
    yield from textwrap.wrap(option.takes.doc, 116, initial_indent="# ", subsequent_indent="# ")
    yield from textwrap.wrap(f"Allowed: {option.allowed}.", 116, initial_indent="# ", subsequent_indent="#   ")
    yield f"# {option.name} = {_toml(option.takes.default)}"
    yield ""


def _toml(value: Any) -> str:
    text = tomli_w.dumps({"x": value}).removeprefix("x = ")
    return " ".join(text.replace(",\n]", "]").split()).replace("[ ", "[")


def _where(layer: Layer) -> str:
    return f"{layer.path}{'' if layer.there else ' (there is none)'}"


def _set(preferences: Preferences, given: Sequence[str]) -> None:
    faults: list[str] = []
    taken: dict[str, Any] = {}
    names = [name for name, option in OPTIONS.items() if not option.noted]
    there = f"; there are {', '.join(names)}"
    for assignment in given:
        name, equals, text = assignment.partition("=")
        name, text = name.strip(), text.strip()
        if not equals:
            hint = ("" if name in names else did_you_mean(name, [EXAMPLE])) or f"; write NAME=VALUE, or {EXAMPLE}"
            faults.append(f"settings {assignment}: nothing to do{hint}")
        elif name not in names:
            faults.append(f"{name}: no option is called '{name}'{did_you_mean(name, names) or there}")
        elif why := preferences.locked(name):
            faults.append(f"{name}: {why[0].lower()}{why[1:]}")
        else:
            taken[name] = OPTIONS[name].read(changes.value(text), faults)
    if faults:
        raise RaceError(faults)
    for name, value in taken.items():
        preferences.set(name, value)
    preferences.save()
