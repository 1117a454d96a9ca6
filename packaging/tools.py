"""What the recipe and its targets share: where things are, commands that must succeed, sizes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT))  # simulator; behind all others, for packaging is also the name of a library
PACKAGING = ROOT / "packaging"
NAME = "optim-race"
EXTRA = 'pip install -e ".[packaging]"'


class Trouble(Exception):
    """A build that cannot go on; its text says why, for a person."""


def version() -> str:
    """The version that simulator/__init__.py states; it stands nowhere else."""
    text = (ROOT / "simulator" / "__init__.py").read_text(encoding="utf-8")
    if not (found := re.search(r'^__version__ = "([^"]+)"$', text, re.M)):
        raise Trouble("simulator/__init__.py states no __version__")
    return found[1]


def run(*command: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
    """Standard output of a command. Raises Trouble with the end of what it said when it fails."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-25:])
        raise Trouble(f"{' '.join(map(str, command))} failed with exit code {done.returncode}:\n{said}")
    return done.stdout


def size(path: Path) -> int:
    """Bytes of a file, or of all files below a folder; a link counts as a link."""
    if path.is_dir() and not path.is_symlink():
        return sum(p.lstat().st_size for p in path.rglob("*") if p.is_symlink() or p.is_file())
    return path.lstat().st_size


def mb(count: int) -> str:
    """Bytes as megabytes, to a tenth."""
    return f"{count / 1e6:.1f} MB"


@contextmanager
def folder(label: str) -> Iterator[Path]:
    """A folder that is gone afterwards."""
    path = Path(tempfile.mkdtemp(prefix=f"{NAME}-{label}-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def plain_environment(home: Path) -> dict[str, str]:
    """That of a person who knows nothing of this checkout or its Python, and whose home is ``home``."""
    dropped = ("PYTHON", "VIRTUAL_ENV", "QT_", "XDG_", "WAYLAND_DISPLAY", "DISPLAY", "LD_", "OPENBLAS_", "OMP_")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
    home.mkdir(parents=True, exist_ok=True)
    return kept | {"HOME": str(home), "OPTIM_RACE_CONFIG": str(home / "settings"), "PYTHONUTF8": "1"}


def missing_tools(tools: Mapping[str, str]) -> list[str]:
    """A line for each command that is not there, with what brings it."""
    return [f"{command} is missing: {brings}" for command, brings in tools.items() if not shutil.which(command)]


def copied(source: Path, target: Path, mode: int = 0o644) -> Path:
    """``source`` copied to the file ``target`` with ``mode``, in folders made for it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(mode)
    return target


def listed(paths: Sequence[Path], most: int = 5) -> str:
    """The first few paths, for a message."""
    more = f" and {len(paths) - most} more" if len(paths) > most else ""
    return ", ".join(map(str, paths[:most])) + more
