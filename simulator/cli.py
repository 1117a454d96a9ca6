"""The command line. Exit codes: 0, 1 for what the machine refuses, 2 for what was asked wrongly, 130 for Ctrl-C.

What a command needs is read only when it is given, so that an interrupt while NumPy loads ends as quietly as later,
and that ``run`` never meets Qt.
"""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from simulator import __version__, resources
from simulator.export.formats import FORMATS, takers, texts
from simulator.export.options import OPTIONS
from simulator.files import FileError
from simulator.param import RaceError, did_you_mean

COMMANDS = ("gui", "run", "export", "lesson", "code", "list", "describe", "help", "settings", "selftest")
PLURALS = ("optimizers", "landscapes", "schedules", "races", "lessons")
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
        from simulator import faultreport

        return _say(faultreport.compose([faultreport.fault(error)]).rstrip(), MACHINE)


def _main(argv: list[str]) -> int:
    parser = _parser()
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
    from simulator.ui import app

    app.complain(message)


def _dispatch(args: argparse.Namespace) -> int:
    if args.command == "gui":
        return _gui(args.race, args.reset)
    if args.command == "selftest" and (args.full or args.json):
        from simulator.commands.selfcheck import selfcheck

        return selfcheck(as_json=args.json)
    if args.command == "selftest":
        from simulator.selftest import selftest

        return selftest(window=not args.no_gui)
    if args.command == "run":
        from simulator.commands.run import run

        return run(args)
    if args.command == "export":
        from simulator.commands.export import export

        return export(args)
    if args.command == "lesson":
        return _lesson(args.what, args.rest)
    if args.command == "help":
        from simulator import manual

        print(manual.text(manual.find(args.topic)).rstrip())
        return 0
    if args.command == "settings":
        from simulator.commands.settings import settings

        return settings(args.what)
    if args.command == "code":
        from simulator.commands.code import code

        return code(args)
    from simulator.commands import catalogs

    show = catalogs.list_entries if args.command == "list" else catalogs.describe
    print(show(args.what, args.json))
    return 0


def _lesson(what: str, rest: list[str], reset: bool = False) -> int:
    from simulator import display
    from simulator.commands import lesson

    if what in lesson.ACTIONS:
        print(lesson.ACTIONS[what](rest))
        return 0
    found = lesson.found(" ".join([what, *rest]))
    if trouble := display.window_trouble():
        return _say(trouble, MACHINE)
    from simulator.ui import app

    return app.main(lesson=found, reset=reset)


def _gui(name: str | None, reset: bool) -> int:
    """The window, on a race or on what it had last. A race that cannot be read, or no display, is said here."""
    from simulator import display, lessonfile, racefile

    if name is not None and lessonfile.is_lesson(name):
        return _lesson(name, [], reset)
    race = path = None
    if name is not None:
        race = racefile.find(name)
        own = Path(name)
        # A sample or a picture is opened as a new race: saving it asks where.
        path = own if own.is_file() and own.suffix.lower() not in (".png", ".svg") else None
    if trouble := display.window_trouble(name):
        return _say(trouble, MACHINE)
    from simulator.ui import app

    return app.main(race, path, reset=reset)


def _with_command(argv: list[str], parser: argparse.ArgumentParser) -> list[str]:
    """``optim-race RACE`` means ``optim-race gui RACE``, unless RACE is nothing but a command misspelt."""
    if not argv:
        return ["gui"]
    word = argv[0]
    if word in (*COMMANDS, "-h", "--help", "--version"):
        return argv
    near = difflib.get_close_matches(word, COMMANDS, n=1, cutoff=0.66)
    with suppress(FileNotFoundError):  # an incomplete installation is reported by whoever needs what it lacks
        if near and not Path(word).exists() and word.lower() not in resources.sample_races():
            parser.error(f"no command and no race is called {word!r}; did you mean {near[0]!r}?")
    return ["gui", *argv]


def _plural(word: str) -> str:
    if word in PLURALS:
        return word
    hint = did_you_mean(word, PLURALS) or f"; there are {', '.join(PLURALS)}"
    raise argparse.ArgumentTypeError(f"no list of {word!r}{hint}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="optim-race",
        description="Race gradient-descent optimizers on loss landscapes.",
        epilog="optim-race RACE opens the window on that race; optim-race alone opens the window.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"optim-race {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    gui = commands.add_parser("gui", help="open the window (the default)", allow_abbrev=False)
    gui.add_argument("race", metavar="RACE", nargs="?", help="a race file, a picture of a race, a sample or a lesson")

    gui.add_argument(
        "--reset",
        action="store_true",
        help="forget your settings first: theme, projector, sizes, views, curves, speed, files opened last. No race is "
        "lost: one kept after a crash is offered at the next start",
    )

    run = commands.add_parser(
        "run",
        help="race without a window",
        epilog="A racer has arrived once it is down to a millionth of its height above the minimum at the start; it is "
        "stalled when it has hardly moved in 50 steps, out of view outside the landscape's box, and diverged when it "
        "is not finite or a thousand boxes away. No status alters a path.",
        allow_abbrev=False,
    )
    _add_race(run)
    for ending, known in FORMATS.items():
        dash = "; - is standard output" if known.text else ""
        run.add_argument(f"--{ending}", metavar="FILE", help=f"{known.a}: {known.purpose}{dash}")
    run.add_argument("--quiet", action="store_true", help="print nothing when all goes well")

    export = commands.add_parser(
        "export",
        help="write a race as pictures, movies, tables or a report",
        description="The ending of each FILE says what it becomes:\n"
        + "\n".join(f"  .{ending:5} {known.a}, {known.purpose}" for ending, known in FORMATS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _add_race(export)
    export.add_argument("files", metavar="FILE", nargs="+", help="what to write; - is standard output, see --as")
    export.add_argument("--as", dest="stdout", metavar="ENDING", help=f"what - shall be: {', '.join(texts())}")
    for name, option in OPTIONS.items():
        export.add_argument(f"--{name}", metavar=option.metavar, help=f"{option.about} ({takers(name)})")
    export.add_argument("--quiet", action="store_true", help="print nothing when all goes well")

    lesson = commands.add_parser(
        "lesson",
        help="open the window on a lesson, or check a lesson file",
        epilog="optim-race lesson check FILE says what is wrong with a lesson file, by line, and races all it claims; "
        "optim-race lesson write NAME FILE writes one of ours as a file to begin with.",
        allow_abbrev=False,
    )
    lesson.add_argument("what", metavar="NAME|FILE|check|write", help="a lesson, a lesson file, or what to do with one")
    lesson.add_argument("rest", metavar="FILE", nargs="*", help="the file to check, or NAME FILE to write")

    code = commands.add_parser(
        "code",
        help="an entrant as a script for PyTorch, optax or NumPy",
        epilog="The script takes the same path as the race, to rounding. Where a library has no such optimizer, or "
        "another form of it, that is said.",
        allow_abbrev=False,
    )
    code.add_argument("race", metavar="RACE", help="a race file, a picture of a race or a sample's name")
    code.add_argument("--for", dest="library", metavar="LIBRARY", required=True, help="torch, optax or numpy")
    code.add_argument("--entrant", metavar="LABEL", help="the entrant's name; left out: the first one")
    code.add_argument("--start", metavar="N", default="0", help="which starting point, from 0, the first one")
    code.add_argument("--out", metavar="FILE", help="write the script there; left out: standard output")

    lists = commands.add_parser("list", help="what there is to race", allow_abbrev=False)
    lists.add_argument("what", metavar="|".join(PLURALS), type=_plural)
    describe = commands.add_parser("describe", help="formula, source and parameters of one thing", allow_abbrev=False)
    describe.add_argument("what", metavar="NAME", help="where two kinds share a name: race:ravine, landscape:ravine")
    for each in (lists, describe):
        each.add_argument("--json", action="store_true", help="print JSON")

    helps = commands.add_parser("help", help="help for teachers, as Markdown", allow_abbrev=False)
    helps.add_argument("topic", metavar="TOPIC", nargs="?", default="readme", help="a page; without one: what there is")

    own = commands.add_parser(
        "settings",
        help="what is set and who set it; change it",
        epilog="optim-race settings theme=dark sets one of your own. optim-race settings example prints a file for "
        "everyone at a computer, which sets options and locks them; where it belongs stands below the list. "
        "Exit code 2 if one of the files has a fault.",
        allow_abbrev=False,
    )
    own.add_argument("what", metavar="NAME=VALUE|example", nargs="*", help="values to set; left out: list all options")

    check = commands.add_parser("selftest", help="check this installation; exit code 0 or 1", allow_abbrev=False)
    check.add_argument("--no-gui", action="store_true", help="leave out the window, which needs Qt")
    check.add_argument("--full", action="store_true", help="check all arithmetic instead: slopes, minima, rules, laws")
    check.add_argument("--json", action="store_true", help="as --full, printed as JSON")
    return parser


def _add_race(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("race", metavar="RACE", help="a race file, a picture of a race or a sample's name")
    parser.add_argument("--steps", metavar="N", help="length of the race")
    parser.add_argument("--seed", metavar="S", help="choose the noise")
    parser.add_argument(
        "--set",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        help="change a value: entrant.lr=0.1 for every entrant, entrant[0].lr=0.1 or Momentum.lr=0.1 for one, "
        "entrant.schedule.name=cosine, landscape.kappa=100, noise.sigma=0.5; may be repeated",
    )
