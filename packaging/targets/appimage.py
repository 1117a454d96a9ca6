"""An AppImage: one file that runs on most distributions, without rights and without being installed."""

from __future__ import annotations

import os
import platform
import shutil
from pathlib import Path

import desktop
from tools import NAME, PACKAGING, copied, folder, run, version

SUMMARY = "an AppImage, for Linux"
SYSTEM = "linux"
FROZEN = True
TOOLS = {"appimagetool": "the AppImage project's tool of that name, 1.9 or later, on PATH"}
PACKAGES: tuple[str, ...] = ()


def build(frozen: Path, out: Path) -> list[Path]:
    """Without OPTIM_RACE_APPIMAGE_RUNTIME, which names the file, the tool downloads what it puts in front."""
    image = out / f"{NAME}-{version()}-{platform.machine()}.AppImage"
    runtime = os.environ.get("OPTIM_RACE_APPIMAGE_RUNTIME")
    with folder("AppDir") as work:
        appdir = laid_out(frozen, work / f"{NAME}.AppDir")
        env = {**os.environ, "ARCH": platform.machine(), "VERSION": version()}
        # Its data for software centres has been validated where the package for Debian is tried.
        options = ["--no-appstream", *(["--runtime-file", runtime] if runtime else [])]
        run("appimagetool", *options, appdir, image, env=env)
    image.chmod(0o755)
    return [image]


def laid_out(frozen: Path, appdir: Path) -> Path:
    """The folder that is packed: the program, and at its root what the tool and the desktop look for."""
    shutil.copytree(frozen, appdir / "usr" / "lib" / NAME, symlinks=True)
    share = appdir / "usr" / "share"
    desktop.furnish(share)
    copied(PACKAGING / "appimage" / "AppRun", appdir / "AppRun", 0o755)
    copied(share / "applications" / f"{NAME}.desktop", appdir / f"{NAME}.desktop")
    copied(share / "icons" / "hicolor" / "256x256" / "apps" / f"{NAME}.png", appdir / f"{NAME}.png")
    (appdir / ".DirIcon").symlink_to(f"{NAME}.png")
    return appdir


def install(artifact: Path, place: Path) -> Path:
    return copied(artifact, place / artifact.name, 0o755)


def uninstall(artifact: Path, place: Path) -> list[Path]:
    (place / artifact.name).unlink()
    return list(place.iterdir())
