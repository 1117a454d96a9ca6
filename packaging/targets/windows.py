"""An installer for Windows, for one person without administrator rights or, on request, for the whole machine."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from badge import four_numbers, icon
from tools import NAME, PACKAGING, ROOT, Trouble, folder, run, version

SUMMARY = "a setup program for Windows, by Inno Setup"
SYSTEM = "win32"
FROZEN = True
TOOLS = {"iscc": "Inno Setup 6.3 or later, with its folder on PATH"}
PACKAGES = ("pillow",)

SILENT = ("/VERYSILENT", "/SUPPRESSMSGBOXES", "/NORESTART")
PROG_ID = rf"Software\Classes\{NAME}.race"
PATIENCE = 60  # seconds: the uninstaller removes itself after it has said that it is done


def build(frozen: Path, out: Path) -> list[Path]:
    with folder("icon") as work:
        told = {
            "AppVersion": version(),
            "FileVersion": ".".join(map(str, four_numbers())),
            "Source": frozen,
            "Root": ROOT,
            "Icon": icon(work / f"{NAME}.ico"),
        }
        script = PACKAGING / "windows" / f"{NAME}.iss"
        run("iscc", "/Qp", f"/O{out}", *(f"/D{key}={value}" for key, value in told.items()), script)
    return [out / f"{NAME}-{version()}-windows-x64-setup.exe"]


def install(artifact: Path, place: Path) -> Path:
    run(artifact, *SILENT, "/CURRENTUSER", f"/DIR={place / NAME}")
    for what, there in (("the start menu", start_menu().is_file()), (PROG_ID, registered())):
        if not there:
            raise Trouble(f"{artifact.name} left nothing in {what}")
    return place / NAME / f"{NAME}-cli.exe"


def uninstall(artifact: Path, place: Path) -> list[Path]:
    uninstaller = place / NAME / "unins000.exe"
    if uninstaller.is_file():
        run(uninstaller, *SILENT)
        end = time.monotonic() + PATIENCE
        while (place / NAME).exists() and time.monotonic() < end:
            time.sleep(0.2)
    rests = [*place.iterdir(), *([start_menu()] if start_menu().exists() else [])]
    return [*rests, Path(PROG_ID)] if registered() else rests


def start_menu() -> Path:
    """The entry of one person's start menu."""
    return Path.home() / "AppData/Roaming/Microsoft/Windows/Start Menu/Programs" / f"{NAME}.lnk"


def registered() -> bool:
    """Whether Windows knows the kind of file, for this person."""
    assert sys.platform == "win32"
    import winreg

    try:
        winreg.CloseKey(winreg.OpenKey(winreg.HKEY_CURRENT_USER, PROG_ID))
    except FileNotFoundError:
        return False
    return True
