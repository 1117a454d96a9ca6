"""``optim-race code``: one entrant as a script for another library."""

from __future__ import annotations

import argparse
from difflib import get_close_matches

from simulator import files, racefile
from simulator.export.code import script
from simulator.param import RaceError
from simulator.race import Entrant, Race


def code(args: argparse.Namespace) -> int:
    """Print the script, or write it. Raises RaceError where there is none, FileError for a write."""
    race = racefile.find(args.race)
    text = script(race, _entrant(race, args.entrant), args.library, _start(race, args.start))
    if args.out in (None, "-"):
        print(text, end="")
    else:
        files.write(args.out, text)
    return 0


def _entrant(race: Race, label: str | None) -> Entrant:
    """The entrant of that label, whatever its case; the first one where none is given."""
    if label is None:
        return race.entrants[0]
    labels = {entrant.label: entrant for entrant in race.entrants}
    alike = [entrant for name, entrant in labels.items() if name.lower() == label.lower()]
    if label in labels or len(alike) == 1:
        return labels.get(label) or alike[0]
    near = get_close_matches(label, labels, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(labels)}"
    raise RaceError([f"--entrant: nobody in this race is called {label!r}; {hint}"])


def _start(race: Race, given: str) -> int:
    last = len(race.starts) - 1
    if not given.isdecimal() or int(given) > last:
        raise RaceError([f"--start: must be a whole number from 0 to {last}, got {given!r}"])
    return int(given)
