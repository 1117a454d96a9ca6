"""An archive that is unpacked anywhere and run, without rights and without a Python."""

from __future__ import annotations

import platform
import shutil
import tarfile
from pathlib import Path

from tools import NAME, version

SUMMARY = "a .tar.gz to unpack anywhere and run, for Linux"
SYSTEM = "linux"
FROZEN = True
TOOLS: dict[str, str] = {}
PACKAGES: tuple[str, ...] = ()


def build(frozen: Path, out: Path) -> list[Path]:
    stem = f"{NAME}-{version()}-linux-{platform.machine()}"
    archive = out / f"{stem}.tar.gz"
    with tarfile.open(archive, "w:gz", compresslevel=6) as tar:
        tar.add(frozen, stem, filter=owned_by_root)
    return [archive]


def owned_by_root(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Who built it is nobody's business."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry


def install(artifact: Path, place: Path) -> Path:
    with tarfile.open(artifact) as tar:
        tar.extractall(place, filter="data")
    (unpacked,) = place.iterdir()
    return unpacked / NAME


def uninstall(artifact: Path, place: Path) -> list[Path]:
    for path in place.iterdir():
        shutil.rmtree(path)
    return list(place.iterdir())
