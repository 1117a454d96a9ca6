"""A .zip for a USB stick: unpacked there it runs on any machine of its system, and leaves no settings on it."""

from __future__ import annotations

import platform
import shutil
import sys
import time
import zipfile
from pathlib import Path

from tools import NAME, PACKAGING, ROOT, version

SUMMARY = "a .zip for a USB stick, whose settings stay on the stick, for Windows or Linux"
SYSTEM = ""
FROZEN = True
TOOLS: dict[str, str] = {}
PACKAGES: tuple[str, ...] = ()

SYSTEMS = {"win32": "windows", "linux": "linux", "darwin": "macos"}
PAPERS = (ROOT / "LICENSE", ROOT / "NOTICE", PACKAGING / "DEPLOYMENT.md")
# simulator.folders finds it; some programs unpack no empty one.
SETTINGS = f"{NAME} keeps its settings in this folder. Without the folder they would stay on each machine.\n"


def build(frozen: Path, out: Path) -> list[Path]:
    machine = platform.machine().lower()
    archive = out / f"{NAME}-{version()}-usb-{SYSTEMS[sys.platform]}-{machine}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        # A stick knows no links: what a link names is packed in its place.
        for path in sorted(path for path in frozen.rglob("*") if path.is_file()):
            packed.write(path, Path(NAME) / path.relative_to(frozen))
        for path in PAPERS:
            packed.write(path, Path(NAME) / path.name)
        note = zipfile.ZipInfo(f"{NAME}/settings/README.txt", time.localtime()[:6])
        note.external_attr = 0o644 << 16
        packed.writestr(note, SETTINGS)
    return [archive]


def install(artifact: Path, place: Path) -> Path:
    with zipfile.ZipFile(artifact) as packed:
        packed.extractall(place)
        for entry in packed.infolist():  # which extractall leaves to others, and unzip does
            if mode := entry.external_attr >> 16:
                (place / entry.filename).chmod(mode)
    return place / NAME / (f"{NAME}-cli.exe" if sys.platform == "win32" else NAME)


def uninstall(artifact: Path, place: Path) -> list[Path]:
    shutil.rmtree(place / NAME)
    return list(place.iterdir())
