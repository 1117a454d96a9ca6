"""The command line. Exit codes: 0, 1 for what the machine refuses, 2 for what was asked wrongly, 130 for Ctrl-C.

What a command needs is read only when it is given, so that an interrupt while NumPy loads ends as quietly as later,
and that ``run`` never meets Qt.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from simulator import arguments, interrupts, resources
from simulator.files import FileError
from simulator.param import RaceError, resembling

# The module of simulator.commands that is read for each, and its function, which takes all that was given.
COMMANDS = {
    "gui": "gui.gui", "run": "run.run", "export": "export.export", "sweep": "sweep.sweep", "tune": "sweep.tune",
    "repeats": "repeats.repeats", "basins": "basins.basins", "league": "league.league", "code": "code.code",
    "diagnose": "diagnose.diagnose", "lesson": "lesson.lesson", "list": "catalogs.show_list",
    "describe": "catalogs.show", "help": "help.show", "settings": "settings.settings", "selftest": "selftest.selftest",
}  # fmt: skip
NOWHERE = "the folder this was started in is no longer there: change to another one"
MACHINE, INPUT, INTERRUPTED, PIPE_CLOSED = 1, 2, 130, 141  # the last two: 128 + the signal's number


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. A fault of the program itself is reported: MACHINE."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError):  # no stream, or not one of Python's own
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # a terminal without Greek shows ?
    try:
        code = _main(list(sys.argv[1:] if argv is None else argv))
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # `optim-race list optimizers | head -1`
        sys.stdout = None  # nothing is left that Python could flush at its end
        return PIPE_CLOSED
    except Exception as error:
        if _folder_is_gone():  # Python 3.13 then fails in odd ways
            return _say(NOWHERE, MACHINE)
        from simulator import faultreport

        return _say(faultreport.compose([faultreport.fault(error)]).rstrip(), MACHINE)


def _main(argv: list[str]) -> int:
    parser = arguments.parser()
    args = parser.parse_args(_with_command(argv, parser))
    try:
        return _dispatch(args)
    except (RaceError, FileError) as error:
        if sys.stderr is None and args.command in ("gui", "lesson"):  # a double click on Windows: there is no terminal
            _show(f"{args.race if args.command == 'gui' else args.what} cannot be opened.\n\n{error}")
        return _say(error, INPUT if isinstance(error, RaceError) else MACHINE)
    except BrokenPipeError:
        raise
    except MemoryError:
        return _say("not enough memory for a race of this size", MACHINE)
    except OSError as error:
        gone = error.filename is None and _folder_is_gone()
        return _say(NOWHERE if gone else " ".join(str(error).split()), MACHINE)


def _folder_is_gone() -> bool:
    try:
        os.getcwd()
    except OSError:
        return True
    return False


def _say(message: object, code: int) -> int:
    print(message, file=sys.stderr)
    return code


def _show(message: str) -> None:
    from simulator.commands import window

    window.app().complain(message)


def _dispatch(args: argparse.Namespace) -> int:
    module, _, function = COMMANDS[args.command].partition(".")
    with interrupts.ending(INTERRUPTED):
        command = getattr(importlib.import_module(f"simulator.commands.{module}"), function)
    return command(args)


def _with_command(argv: list[str], parser: argparse.ArgumentParser) -> list[str]:
    """``optim-race RACE`` means ``optim-race gui RACE``, unless RACE is nothing but a command misspelt."""
    if not argv:
        return ["gui"]
    word = argv[0]
    if word in (*COMMANDS, "-h", "--help", "--version"):
        return argv
    near = resembling(word, COMMANDS, 0.66)
    with suppress(FileNotFoundError):  # an incomplete installation is reported by whoever needs what it lacks
        if near and not Path(word).exists() and word.lower() not in resources.sample_races():
            parser.error(f"no command and no race is called {word!r}; did you mean {near[0]!r}?")
    return ["gui", *argv]
