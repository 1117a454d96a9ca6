"""An artifact is tried: installed, run in an empty folder without and with a screen, compared, and taken away again."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from targets import Target
from tools import ROOT, Trouble, folder, listed, plain_environment, run, size, version

LISTS = ("optimizers", "landscapes", "schedules", "races", "lessons")


@dataclass(frozen=True)
class Trial:
    """What came of it: bytes, and on what the window was seen."""

    artifact: int
    installed: int
    screens: tuple[str, ...]


def tried(target: Target, artifact: Path) -> Trial:
    """Install, selftest, compare, uninstall. Raises Trouble when anything is not as it should be."""
    with folder("trial") as work:
        place = work / "place"
        place.mkdir()
        program = target.install(artifact, place)
        try:
            screens = selftested(program, work)
            compared(program, work)
            installed = size(place) or size(program.resolve().parent)
        finally:
            left = target.uninstall(artifact, place)
        if left:
            raise Trouble(f"{artifact.name} leaves behind {listed(left)}")
    return Trial(size(artifact), installed, screens)


def selftested(program: Path, work: Path) -> tuple[str, ...]:
    """Run the selftest in an empty folder, drawing in memory and on a screen: which of the two there were."""
    empty = work / "empty"
    empty.mkdir()
    env = plain_environment(work / "home")
    done = ["offscreen"]
    run(program, "selftest", cwd=empty, env=env | {"QT_QPA_PLATFORM": "offscreen"})
    with screen() as display:
        if display:
            run(program, "selftest", cwd=empty, env=env | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"})
            done.append("Xvfb")
        elif not sys.platform.startswith("linux"):
            run(program, "selftest", cwd=empty, env=env)
            done.append("screen")
    if litter := list(empty.iterdir()):
        raise Trouble(f"the selftest leaves {listed(litter)} in the folder it runs in")
    empty.rmdir()
    return tuple(done)


def compared(program: Path, work: Path) -> None:
    """The program has the version and every entry of every catalog that the source has."""
    env = plain_environment(work / "home")
    said = run(program, "--version", cwd=work, env=env).split()
    if said != ["optim-race", version()]:
        raise Trouble(f"{program.name} --version says {' '.join(said)}, the source is {version()}")
    for what in LISTS:
        ours = entries([sys.executable, "-m", "simulator"], what, ROOT, env)
        theirs = entries([program], what, work, env)
        if ours == theirs:
            continue
        lost = [name for name in ours if name not in theirs] or [name for name in ours if ours[name] != theirs[name]]
        told = ", ".join(lost) or f"not knows also {', '.join(theirs.keys() - ours.keys())}"
        raise Trouble(f"{what} in the artifact are not those of the source: {told}")


def entries(command: list[str | Path], what: str, cwd: Path, env: dict[str, str]) -> dict[str, object]:
    """What ``list WHAT --json`` says, by name."""
    return {entry["name"]: entry for entry in json.loads(run(*command, "list", what, "--json", cwd=cwd, env=env))}


@contextmanager
def screen() -> Iterator[str | None]:
    """The name of an X screen of its own, or None where there is no Xvfb."""
    xvfb = shutil.which("Xvfb") if sys.platform.startswith("linux") else None
    if xvfb is None:
        yield None
        return
    command = [xvfb, "-displayfd", "1", "-screen", "0", "1366x768x24", "-nolisten", "tcp", "-noreset"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            number = server.stdout.readline().strip()
            yield f":{number}" if number else None
        finally:
            server.terminate()
