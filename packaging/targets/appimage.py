"""An AppImage: one file that runs on most distributions, without rights and without being installed."""

from __future__ import annotations

import os
import platform
import re
import shutil
from pathlib import Path

from tools import NAME, PACKAGING, ROOT, Trouble, copied, folder, run, version

SUMMARY = "an AppImage, for Linux"
SYSTEM = "linux"
FROZEN = True
TOOLS = {"appimagetool": "the tool of that name, 1.9 or later, from the AppImage project's releases"}
PACKAGES: tuple[str, ...] = ()

ICON_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)


def build(frozen: Path, out: Path) -> list[Path]:
    """Without OPTIM_RACE_APPIMAGE_RUNTIME, which names the file, the tool downloads what it puts in front."""
    image = out / f"{NAME}-{version()}-{platform.machine()}.AppImage"
    runtime = os.environ.get("OPTIM_RACE_APPIMAGE_RUNTIME")
    with folder("AppDir") as work:
        appdir = laid_out(frozen, work / f"{NAME}.AppDir")
        env = {**os.environ, "ARCH": platform.machine(), "VERSION": version()}
        options = ["--runtime-file", runtime] if runtime else []
        run("appimagetool", *options, appdir, image, env=env)
    image.chmod(0o755)
    return [image]


def laid_out(frozen: Path, appdir: Path) -> Path:
    """The folder that is packed: the program, and at its root what the desktop and the tool look for."""
    shutil.copytree(frozen, appdir / "usr" / "lib" / NAME, symlinks=True)
    share = appdir / "usr" / "share"
    desktop = only("*.desktop")
    icon = named_icon(desktop)
    copied(PACKAGING / "appimage" / "AppRun", appdir / "AppRun", 0o755)
    for place in (appdir, share / "applications"):
        copied(desktop, place / desktop.name)
    metainfo = only("*.metainfo.xml")
    copied(metainfo, share / "metainfo" / metainfo.name)
    for size in ICON_SIZES:
        copied(drawn(size), share / "icons" / "hicolor" / f"{size}x{size}" / "apps" / f"{icon}.png")
    copied(drawn(256), appdir / f"{icon}.png")
    (appdir / ".DirIcon").symlink_to(f"{icon}.png")
    for paper in ("LICENSE", "NOTICE"):
        copied(ROOT / paper, share / "doc" / NAME / paper)
    return appdir


def only(pattern: str) -> Path:
    """The one file in packaging/linux that fits."""
    found = list((PACKAGING / "linux").glob(pattern))
    if len(found) != 1:
        raise Trouble(f"packaging/linux has {len(found)} files {pattern} instead of one")
    return found[0]


def named_icon(desktop: Path) -> str:
    """The icon's name in a desktop entry."""
    if not (found := re.search(r"^Icon=(\S+)$", desktop.read_text(encoding="utf-8"), re.M)):
        raise Trouble(f"{desktop.name} names no icon")
    return found[1]


def drawn(size: int) -> Path:
    """The icon of that many pixels."""
    return ROOT / "assets" / "icon" / f"icon-{size}.png"


def install(artifact: Path, place: Path) -> Path:
    return copied(artifact, place / artifact.name, 0o755)


def uninstall(artifact: Path, place: Path) -> list[Path]:
    (place / artifact.name).unlink()
    return list(place.iterdir())
