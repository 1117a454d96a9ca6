"""Build what is handed out, and try it: python packaging/build.py wheel portable deb

Each target is frozen where needed, built, installed, asked for its selftest, compared with the source, and uninstalled.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import sys
import time
from pathlib import Path

import freeze
from targets import Target, names, target
from tools import EXTRA, ROOT, Trouble, folder, mb, missing_tools
from trial import tried

SYSTEMS = {"linux": "Linux", "win32": "Windows", "darwin": "macOS"}


def main(argv: list[str] | None = None) -> int:
    """0 if all was built and stood its trial, 1 if something did not, 2 if it cannot be built here."""
    args = parser().parse_args(argv)
    wanted = {name: target(name) for name in dict.fromkeys(args.targets)}
    if faults := [fault for name, one in wanted.items() for fault in unfit(name, one)]:
        return said(2, *dict.fromkeys(faults))
    try:
        with folder("build") as work:
            make(wanted, args.out.resolve(), args.keep.resolve() if args.keep else work)
    except Trouble as trouble:
        return said(1, str(trouble))
    return 0


def parser() -> argparse.ArgumentParser:
    """The command line."""
    kinds = "\n".join(f"  {name:<10} {target(name).SUMMARY}" for name in names())
    made = argparse.ArgumentParser(
        prog="packaging/build.py",
        description="Build, install, try and uninstall what is handed out.",
        epilog=f"targets:\n{kinds}\n\nWhat the targets run comes with {EXTRA}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    made.add_argument("targets", nargs="+", choices=names(), metavar="TARGET", help=", ".join(names()))
    made.add_argument(
        "--out", type=Path, default=ROOT / "dist", metavar="DIR", help="where the artifacts go (default: dist)"
    )
    made.add_argument("--keep", type=Path, metavar="DIR", help="work in this folder and keep the frozen program there")
    return made


def unfit(name: str, one: Target) -> list[str]:
    """Why this target cannot be built here, a line a reason."""
    if one.SYSTEM and not sys.platform.startswith(one.SYSTEM):
        here = SYSTEMS.get(sys.platform, sys.platform)
        return [f"{name} is built on {SYSTEMS.get(one.SYSTEM, one.SYSTEM)}, this is {here}"]
    needed = ("pyinstaller", *one.PACKAGES) if one.FROZEN else one.PACKAGES
    absent = [f"{package} is missing: {EXTRA}" for package in needed if not installed(package)]
    tools = one.TOOLS | freeze.TOOLS if one.FROZEN else one.TOOLS
    if faults := absent + missing_tools(tools):
        return faults
    why = getattr(one, "trouble", lambda: None)()
    return [why] if why else []


def installed(package: str) -> bool:
    """Asked of the metadata: a module called build is this very file."""
    try:
        importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def make(wanted: dict[str, Target], out: Path, work: Path) -> None:
    """Build and try each target, and say what came of it."""
    out.mkdir(parents=True, exist_ok=True)
    frozen = work / "nothing"
    frozen.mkdir(parents=True, exist_ok=True)
    if any(one.FROZEN for one in wanted.values()):
        begin = time.monotonic()
        frozen = freeze.freeze(work)
        print(f"frozen in {time.monotonic() - begin:.0f} s", flush=True)
    for name, one in wanted.items():
        begin = time.monotonic()
        for artifact in one.build(frozen, out):
            trial = tried(one, artifact)
            print(
                f"{name}: {artifact.name}, {mb(trial.artifact)}, installed {mb(trial.installed)}; "
                f"selftest passed ({', '.join(trial.screens)}), uninstalled; {time.monotonic() - begin:.0f} s",
                flush=True,
            )


def said(code: int, *lines: str) -> int:
    """The exit code, with lines on standard error."""
    print(*lines, sep="\n", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
