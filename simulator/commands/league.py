"""``optim-race league``: a league on all cores or a cluster, its table, charts and page."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence

from simulator import changes
from simulator.commands import output
from simulator.commands.output import Output
from simulator.commands.progress import Progress
from simulator.commands.text import columns
from simulator.export import leaguetables
from simulator.param import RaceError, number
from simulator.studies import journal, leaguefile
from simulator.studies.crew import MOST_WORKERS, Crew, CrewError, Here, Processes, pays
from simulator.studies.journal import Journal
from simulator.studies.league import League
from simulator.studies.leaguerun import Running
from simulator.studies.standings import Standings
from simulator.studies.workers import cores

ADDRESS = r"([a-z]+://)?(\[[^\s\[\]]+\]|[^\s:/]+):\d{1,5}/?"  # of a scheduler
WAIT = 0.1  # seconds between two looks at the workers
MACHINE = 1


def league(args: argparse.Namespace) -> int:
    """Everything is checked before anything is raced. Raises RaceError for what was given, FileError for a write."""
    outputs = output.wanted(args, "csv", "png", "html", summary="csv")
    faults = [*output.faults(outputs, args.league, "FILE"), *_address_faults(args.dask)]
    workers = _workers(args, faults)
    try:
        path = leaguefile.locate(args.league)
        asked = leaguefile.find(path)
    except RaceError as error:
        raise RaceError([*faults, *error.faults]) from None
    if faults:
        raise RaceError(faults)
    kept = Journal(journal.place(path), fresh=args.fresh)
    try:
        crew = _crew(args.dask, workers, asked)
        try:
            running = Running(asked, kept, crew)
            _run(running, args.quiet)
        finally:
            crew.close()
    except CrewError as error:
        print(error, file=sys.stderr)
        return MACHINE
    if running.failures:
        count = f"{len(running.failures)} of {running.cells} cells could not be raced, nothing is written"
        print(*running.failures, f"{count}; what is finished is kept", sep="\n", file=sys.stderr)
        return MACHINE
    running.tidy()
    found = running.standings()
    for it in outputs:
        content = _content(it, found, leaguefile.source(path))
        with output.opened(it.path) as stream:
            stream.write(content)
    if not args.quiet:
        print("\n\n".join(map(summary, found)), file=output.told_on(outputs))
    return 0


def _run(running: Running, quiet: bool) -> None:
    with Progress(quiet) as progress:
        told = quiet
        while not running.done:
            running.advance(WAIT)
            if running.looked and running.found and not told:
                told = True
                print(f"{running.found:,} of {running.cells:,} cells were finished before", file=sys.stderr)
            progress.at(running.share, f"{running.finished:,} of {running.cells:,} cells")


def _crew(address: str | None, workers: int | None, asked: League) -> Crew:
    """Raises CrewError where there is no cluster."""
    if address is not None:
        from simulator.studies.cluster import Cluster

        return Cluster(address)
    if workers is None:
        workers = cores() if pays(asked) else 1
    return Here() if workers == 1 else Processes(workers)


def summary(standings: Standings) -> str:
    """Scores, and who wins where, as tables for people."""
    league, whole = standings.league, standings.whole
    scores = [["", "area", "solved", "first", "median cost"]]
    for i in standings.order:
        entry = whole.entries[i]
        counts = [f"{entry.solved} of {entry.problems}", str(entry.first), entry.median_text]
        scores.append([league.entrants[i].label, f"{standings.areas[i]:.3f}", *counts])
    heads = ["first in", *(entrant.label for entrant in league.entrants)]
    rows = [[row.title, *row.counts] for row in (*standings.rows, whole)]
    told = f"{league.title}: {standings.target_text}; cost: {standings.measure}"
    return "\n".join(
        (
            columns([[told]]),
            columns([[standings.budget_text]]),
            columns(scores, right=range(1, 5)),
            columns([heads, *rows], right=range(1, len(heads))),
        )
    )


def _content(it: Output, found: Sequence[Standings], source: str) -> bytes:
    """What is written into a file that was asked for."""
    if it.asked == "--summary":
        return leaguetables.summary(found[0]).encode()
    if it.ending == "csv":
        return leaguetables.runs(found[0]).encode()
    if it.ending == "png":
        from simulator.ui.leaguepicture import png_bytes

        return png_bytes(found[0])
    from simulator.export.leaguepage import page
    from simulator.ui.leaguepicture import figure

    return page(found, list(map(figure, found)), source).encode()


def _workers(args: argparse.Namespace, faults: list[str]) -> int | None:
    if args.workers is None:
        return None
    if args.dask is not None:
        faults.append("--workers: with --dask the workers are the cluster's")
    try:
        return number(changes.value(args.workers), 1, MOST_WORKERS, integer=True)
    except ValueError as error:
        faults.append(f"--workers: {error}")
        return None


def _address_faults(address: str | None) -> Iterator[str]:
    if address is not None and not re.fullmatch(ADDRESS, address):
        yield f"--dask: must be HOST:PORT, such as tcp://localhost:8786, got {address!r}"
