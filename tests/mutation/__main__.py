"""Mutation testing of the engine and the optimizers: ``make mutants``, ``make mutants MODULES="engine adam"``.

mutmut makes the mutants and keeps what came of each in the folder `mutants`, where a later run goes on; ``mutmut show``
and ``mutmut browse`` read it too. Mutants are made of the bodies of functions alone: not of hyperparameters' ranges and
texts, formulas, sources or constants, which are declared in modules and classes.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import mutmut.__main__ as mutmut
from mutmut.configuration import config
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.utils.file_utils import (
    change_cwd,
    copy_also_copy_files,
    copy_src_dir,
    setup_source_paths,
    walk_mutatable_files,
)

from tests.mutation import decorated, trial
from tests.mutation.survivors import LIST, described, listed

WANTED = 0.9
HOME = Path.cwd()


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="make mutants", description="Mutation testing of the engine and the optimizers."
    )
    parser.add_argument("modules", nargs="*", help="such as engine or adam; all without")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--sample", type=float, default=100.0, metavar="PERCENT", help="try that share alone")
    parser.add_argument("--tests", nargs="+", metavar="FILE", help="with these tests alone: new ones on what survived")
    parser.add_argument("--survivors", action="store_true", help="try those alone that survived, at more length")
    parser.add_argument("--report", action="store_true", help="tell what came of earlier runs, try nothing")
    given = parser.parse_args()
    if not given.report:
        prepare()
    found = {path.stem: data for path, data in results() if not given.modules or path.stem in given.modules}
    if unknown := set(given.modules) - set(found):
        known = ", ".join(path.stem for path, _ in results())
        parser.error(f"no mutants are made of {', '.join(sorted(unknown))}; they are of {known}")
    if not given.report:
        attempt(found, given)
    return report(found)


def prepare() -> None:
    """The folder `mutants`: the program with every mutant in it, the tests, and what they read."""
    decorated.admit()
    Path("mutants").mkdir(exist_ok=True)
    with redirect_stdout(StringIO()):
        copy_src_dir()
        copy_also_copy_files()
        setup_source_paths()
        mutmut.create_mutants(1)


def results() -> Iterator[tuple[Path, SourceFileMutationData]]:
    for path in sorted(walk_mutatable_files(), key=lambda path: (len(path.parts), path)):
        data = SourceFileMutationData(path=path)
        data.meta_path = data.meta_path.resolve()  # the tests run in another folder
        data.load()
        if data.exit_code_by_key:
            yield path, data


def attempt(found: dict[str, SourceFileMutationData], given: argparse.Namespace) -> None:
    """Try what was not caught yet; a caught mutant stays so until its function changes."""
    home = {mutant: data for data in found.values() for mutant in data.exit_code_by_key}
    place = {mutant: random.Random(mutant).random() for mutant in home}  # what was tried so far is a fair sample
    within = [mutant for mutant in sorted(home, key=place.__getitem__) if place[mutant] < given.sample / 100.0]
    new = [] if given.survivors else [mutant for mutant in within if home[mutant].exit_code_by_key[mutant] is None]
    old = [mutant for mutant in within if open_still(mutant, home[mutant])]
    tried, known = Counter[str](), listed()

    def done(mutant: str, code: int, seconds: float) -> bool:
        data, first = home[mutant], home[mutant].exit_code_by_key[mutant] is None
        data.exit_code_by_key[mutant], data.durations_by_key[mutant] = code, seconds
        save(data)
        tried[verdict(code)] += 1
        if sys.stdout.isatty() or tried.total() % 100 == 0:
            so_far = ", ".join(f"{n} {what}" for what, n in tried.items())
            end = "\r" if sys.stdout.isatty() else "\n"
            print(f"{tried.total()} of {len(new)} and {len(old)}: {so_far}", end=end, flush=True)
        return first and verdict(code) == "survived" and name(mutant, data) not in known

    reach = Path("mutants", "reach.json")
    tests = given.tests or config().pytest_add_cli_args_test_selection
    trial.run(trial.Trial(new, old, given.workers, reach, done), tests)
    print()


def open_still(mutant: str, data: SourceFileMutationData) -> bool:
    """Whether it survived and the list has no reason for that."""
    return verdict(data.exit_code_by_key[mutant]) == "survived" and name(mutant, data) not in listed()


def name(mutant: str, data: SourceFileMutationData) -> str:
    with change_cwd(HOME):
        return described(mutant, get_diff_for_mutant(mutant, path=data.path))


def save(data: SourceFileMutationData) -> None:
    """Whole, whenever it is ended."""
    place = data.meta_path
    data.meta_path = place.with_suffix(".part")
    data.save()
    data.meta_path = data.meta_path.replace(place)


def verdict(code: int | None) -> str:
    return {trial.CAUGHT: "caught", trial.TIMEOUT: "timeout", None: "not tried"}.get(code, "survived")


def report(found: dict[str, SourceFileMutationData]) -> int:
    """The numbers by module, and survivors that the list does not have. 0 where all is well."""
    known, unlisted, total = listed(), list[str](), Counter[str]()
    print(f"{'module':24}{'mutants':>8}{'caught':>8}{'timeout':>8}{'survived':>9}{'not tried':>10}")
    for module, data in found.items():
        count = Counter(verdict(code) for code in data.exit_code_by_key.values())
        total += count
        print(_row(module, count))
        for mutant, code in data.exit_code_by_key.items():
            if verdict(code) == "survived" and name(mutant, data) not in known:
                unlisted.append(f"{name(mutant, data)}\n    mutmut show {mutant}")
    print(_row("all", total))
    caught, tried = total["caught"] + total["timeout"], total.total() - total["not tried"]
    rate = caught / max(tried, 1)
    print(f"{caught} of {tried} caught, {rate:.1%}; {total['survived']} survived, {len(unlisted)} not in {LIST.name}")
    print(*unlisted, sep="\n")
    return int(bool(unlisted) or rate < WANTED)


def _row(module: str, count: Counter[str]) -> str:
    numbers = count.total(), count["caught"], count["timeout"], count["survived"], count["not tried"]
    return f"{module:24}" + "".join(f"{n:>{width}}" for n, width in zip(numbers, (8, 8, 8, 9, 10), strict=True))


if __name__ == "__main__":
    sys.exit(main())
