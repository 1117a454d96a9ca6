"""What the command line takes: a function a command."""

from __future__ import annotations

import argparse
from typing import Any, Protocol

from simulator import __version__
from simulator.export.formats import FORMATS, takers, texts
from simulator.export.options import OPTIONS
from simulator.param import did_you_mean

PLURALS = ("optimizers", "landscapes", "schedules", "races", "lessons")


class Commands(Protocol):
    """What argparse gives to add commands to."""

    def add_parser(self, name: str, **kwargs: Any) -> argparse.ArgumentParser: ...


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    made = argparse.ArgumentParser(
        prog="optim-race",
        description="Race gradient-descent optimizers on loss landscapes.",
        epilog="optim-race RACE opens the window on that race; optim-race alone opens the window.",
        allow_abbrev=False,
    )
    made.add_argument("--version", action="version", version=f"optim-race {__version__}")
    commands = made.add_subparsers(dest="command", metavar="COMMAND", required=True)
    everything = (
        _gui, _run, _export, _sweep, _tune, _repeats, _basins, _league, _lesson, _code, _diagnose, _lists, _settings,
        _selftest,
    )  # fmt: skip
    for add in everything:
        add(commands)
    return made


def _gui(commands: Commands) -> None:
    gui = commands.add_parser("gui", help="open the window (the default)", allow_abbrev=False)
    gui.add_argument("race", metavar="RACE", nargs="?", help="a race file, a picture of a race, a sample or a lesson")
    gui.add_argument(
        "--reset",
        action="store_true",
        help="forget your settings first: theme, projector, sizes, views, curves, speed, files opened last. No race is "
        "lost: one kept after a crash is offered at the next start",
    )


def _run(commands: Commands) -> None:
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
    run.add_argument("--fairness", action="store_true", help="print what each racer was given and asked for, too")
    run.add_argument("--quiet", action="store_true", help="print nothing when all goes well")


def _export(commands: Commands) -> None:
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


def _league(commands: Commands) -> None:
    league = commands.add_parser(
        "league",
        help="race many landscapes, starts and seeds: who wins where",
        epilog="A problem is a landscape, a start and a seed; it is solved when f − f* has fallen to a share of what "
        "it was at the start. What is finished is kept: after an interrupt, a kill or a change of the file the same "
        "command goes on, and races what is missing. The numbers are the same to the last bit however many workers "
        "there are.",
        allow_abbrev=False,
    )
    league.add_argument("league", metavar="FILE", help="a league file, or the name of one that ships")
    league.add_argument("--csv", metavar="FILE", help="a CSV table of every run; - is standard output")
    league.add_argument("--summary", metavar="FILE", help="a CSV table of every landscape and entrant")
    league.add_argument("--png", metavar="FILE", help="a PNG picture: the profiles at the first target")
    league.add_argument("--html", metavar="FILE", help="a page with everything, for reading and printing")
    league.add_argument("--workers", metavar="N", help="processes; left out: all cores where that pays")
    league.add_argument("--dask", metavar="ADDRESS", help="race on the workers of this Dask scheduler, tcp://HOST:8786")
    begin = league.add_mutually_exclusive_group()
    begin.add_argument("--resume", action="store_true", help="go on where it was left (the default)")
    begin.add_argument("--fresh", action="store_true", help="forget what was finished before, and race all of it")
    league.add_argument("--quiet", action="store_true", help="print nothing when all goes well")


def _repeats(commands: Commands) -> None:
    repeats = commands.add_parser(
        "repeats",
        help="race with many seeds: how far the runs spread, who wins how often",
        epilog="Only the race's seed is varied: its noise and mini-batches. Starts, data and first weights stay. A run "
        "that diverged is infinitely bad. A tie counts for all who share it, and is said.",
        allow_abbrev=False,
    )
    _add_race(repeats)
    repeats.add_argument("--seeds", metavar="S", default="20", help="how many, the first the race's own; left out: 20")
    repeats.add_argument("--csv", metavar="FILE", help="a CSV table: the bands, step by step; - is standard output")
    repeats.add_argument("--png", metavar="FILE", help="a PNG picture: the loss of all racers with their bands")
    repeats.add_argument("--html", metavar="FILE", help="the report of the race's own run, with the repeats in it")
    for name in ("axis", "scale", "weights"):
        about = f"{OPTIONS[name].about} (--png, --html)"
        repeats.add_argument(f"--{name}", metavar=OPTIONS[name].metavar, help=about)
    repeats.add_argument("--quiet", action="store_true", help="print nothing when all goes well")


def _basins(commands: Commands) -> None:
    basins = commands.add_parser(
        "basins",
        help="where each start of a grid leads",
        epilog="A racer has reached a minimum if it is near it at the end of the race: within a hundredth of the box's "
        "diagonal, less where two minima are close. Steps count to the first time it was there.",
        allow_abbrev=False,
    )
    _add_race(basins)
    basins.add_argument("--size", metavar="N", default="128", help="starts a side; left out: 128")
    basins.add_argument("--part", metavar="X0,X1,Y0,Y1", help="map starts from X0 to X1, Y0 to Y1; left out: the box")
    basins.add_argument("--entrant", metavar="LABEL", action="append", help="a racer's name; left out: all of them")
    basins.add_argument("--csv", metavar="FILE", help="a CSV table: where every start leads; - is standard output")
    basins.add_argument("--png", metavar="FILE", help="a PNG picture of the maps; it carries its race")
    basins.add_argument("--quiet", action="store_true", help="print nothing when all goes well")


def _sweep(commands: Commands) -> None:
    sweep = commands.add_parser(
        "sweep",
        help="race at many values of a setting",
        epilog="KEY is what --set takes: lr is that of every entrant, Adam.beta2 one's own; schedule.warmup, "
        "clip_norm, noise.sigma, landscape.kappa and steps are swept likewise, and all values of a choice or a switch. "
        "Two --param make a map: --param lr=1e-4..1:41 --param beta=0.5..0.99:25. KEY=VALUE,VALUE names the values. "
        "A value works if at most a hundredth of the way down is left, or what --goal says; a run that diverged is "
        "infinitely bad, and so is one that ends outside the box where lower values lie there.",
        allow_abbrev=False,
    )
    _add_race(sweep)
    sweep.add_argument("--param", metavar="KEY[=LOW..HIGH:N]", action="append", required=True, help="what to sweep")
    sweep.add_argument("--from", dest="low", metavar="LOW", help="the lowest value; left out: the lowest there is")
    sweep.add_argument("--to", dest="high", metavar="HIGH", help="the highest value; left out: the highest there is")
    sweep.add_argument("--points", metavar="N", help="how many values; left out: 121, of two settings 31 each")
    sweep.add_argument("--metric", metavar="NAME", default="loss", help="loss, gap, best, reached, spent, cost, evals")
    sweep.add_argument("--goal", metavar="SHARE", help="share of the way down that may be left; left out: 0.01")
    sweep.add_argument("--csv", metavar="FILE", help="a CSV table: every run, and their medians; - is standard output")
    sweep.add_argument("--png", metavar="FILE", help="a PNG picture: curves, of two settings a map for every entrant")
    for name in ("size", "dpi", "theme"):
        sweep.add_argument(f"--{name}", metavar=OPTIONS[name].metavar, help=f"{OPTIONS[name].about} (--png)")
    _add_study(sweep)


def _tune(commands: Commands) -> None:
    tune = commands.add_parser(
        "tune",
        help="set every entrant to its best rate, all with the same budget",
        epilog="Every entrant is raced at the same rates from 1e-5 to 10, as often, and takes the one where it ends "
        "lowest: the median over starts and seeds, a run that diverged infinitely bad, of equal ones the middle.",
        allow_abbrev=False,
    )
    _add_race(tune)
    tune.add_argument("--param", metavar="KEY", default="lr", help="another setting than lr, over its whole range")
    tune.add_argument("--points", metavar="N", help="how many values; left out: 121")
    tune.add_argument("--out", metavar="FILE", help="write the tuned race there; - is standard output")
    _add_study(tune)


def _add_study(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seeds", metavar="S", help="race with S seeds, the first the race's own; left out: 1")
    parser.add_argument("--workers", metavar="N", help="processes; left out: all cores where that pays")
    parser.add_argument("--quiet", action="store_true", help="print nothing when all goes well")


def _lesson(commands: Commands) -> None:
    lesson = commands.add_parser(
        "lesson",
        help="open the window on a lesson, or check a lesson file",
        epilog="optim-race lesson check FILE says what is wrong with a lesson file, by line, and races all it claims; "
        "optim-race lesson write NAME FILE writes one of ours as a file to begin with.",
        allow_abbrev=False,
    )
    lesson.add_argument("what", metavar="NAME|FILE|check|write", help="a lesson, a lesson file, or what to do with one")
    lesson.add_argument("rest", metavar="FILE", nargs="*", help="the file to check, or NAME FILE to write")


def _code(commands: Commands) -> None:
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


def _diagnose(commands: Commands) -> None:
    diagnose = commands.add_parser(
        "diagnose",
        help="say what is wrong with each racer, and what to try",
        epilog="One thing a racer, read off the race: oscillation, overshoot, crawl, a plateau, a saddle, a velocity "
        "that has become stale, a rate that died, noise, divergence. Exit code 0 whatever is found.",
        allow_abbrev=False,
    )
    _add_race(diagnose)
    diagnose.add_argument("--at", metavar="STEP", help="look at the race as it stands at this step; left out: the end")
    diagnose.add_argument("--json", action="store_true", help="print JSON")


def _lists(commands: Commands) -> None:
    lists = commands.add_parser("list", help="what there is to race", allow_abbrev=False)
    lists.add_argument("what", metavar="|".join(PLURALS), type=_plural)
    describe = commands.add_parser("describe", help="formula, source and parameters of one thing", allow_abbrev=False)
    describe.add_argument("what", metavar="NAME", help="where two kinds share a name: race:ravine, landscape:ravine")
    for each in (lists, describe):
        each.add_argument("--json", action="store_true", help="print JSON")

    helps = commands.add_parser("help", help="help for teachers, as Markdown", allow_abbrev=False)
    helps.add_argument("topic", metavar="TOPIC", nargs="?", default="readme", help="a page; without one: what there is")


def _settings(commands: Commands) -> None:
    own = commands.add_parser(
        "settings",
        help="what is set and who set it; change it",
        epilog="optim-race settings theme=dark sets one of your own. optim-race settings example prints a file for "
        "everyone at a computer, which sets options and locks them; where it belongs stands below the list. "
        "Exit code 2 if one of the files has a fault.",
        allow_abbrev=False,
    )
    own.add_argument("what", metavar="NAME=VALUE|example", nargs="*", help="values to set; left out: list all options")


def _selftest(commands: Commands) -> None:
    check = commands.add_parser("selftest", help="check this installation; exit code 0 or 1", allow_abbrev=False)
    check.add_argument("--no-gui", action="store_true", help="leave out the window, which needs Qt")
    check.add_argument("--full", action="store_true", help="check all arithmetic instead: slopes, minima, rules, laws")
    check.add_argument("--json", action="store_true", help="as --full, printed as JSON")


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


def _plural(word: str) -> str:
    if word in PLURALS:
        return word
    hint = did_you_mean(word, PLURALS) or f"; there are {', '.join(PLURALS)}"
    raise argparse.ArgumentTypeError(f"no list of {word!r}{hint}")
