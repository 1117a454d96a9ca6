"""A disk image for macOS with the program as a bundle, for the processor it is built on.

NumPy has a wheel for each processor and none for both, so there are two images. PyInstaller signs the bundle: for this
machine alone, or with the identity in OPTIM_RACE_CODESIGN_IDENTITY. With a profile of notarytool's in
OPTIM_RACE_NOTARY_PROFILE the image is sent to Apple, and carries the answer.
"""

from __future__ import annotations

import os
import platform
import shutil
from pathlib import Path

from tools import NAME, ROOT, copied, folder, run, version

SUMMARY = "a .dmg for macOS, for the processor it is built on"
SYSTEM = "darwin"
FROZEN = True
TOOLS = {"hdiutil": "macOS", "codesign": "the command line tools of Xcode", "xcrun": "the command line tools of Xcode"}
PACKAGES = ("pillow",)

BUNDLE = f"{NAME}.app"
DEEPLY = ("--verify", "--deep", "--strict")


def build(frozen: Path, out: Path) -> list[Path]:
    image = out / f"{NAME}-{version()}-macos-{platform.machine()}.dmg"
    image.unlink(missing_ok=True)
    with folder("image") as work:
        run("ditto", frozen.parent / BUNDLE, work / BUNDLE)  # with its links and signatures
        (work / "Applications").symlink_to("/Applications")
        copied(ROOT / "LICENSE", work / "LICENSE.txt")
        run("hdiutil", "create", "-volname", NAME, "-srcfolder", work, "-fs", "HFS+", "-format", "UDZO", image)
    if identity := os.environ.get("OPTIM_RACE_CODESIGN_IDENTITY"):
        run("codesign", "--sign", identity, "--timestamp", image)
    if profile := os.environ.get("OPTIM_RACE_NOTARY_PROFILE"):
        run("xcrun", "notarytool", "submit", image, "--keychain-profile", profile, "--wait")
        run("xcrun", "stapler", "staple", image)
        run("xcrun", "stapler", "validate", image)
    return [image]


def install(artifact: Path, place: Path) -> Path:
    with folder("volume") as volume:
        run("hdiutil", "attach", artifact, "-nobrowse", "-readonly", "-mountpoint", volume)
        try:
            run("ditto", volume / BUNDLE, place / BUNDLE)
        finally:
            run("hdiutil", "detach", volume)
    run("codesign", *DEEPLY, place / BUNDLE)
    return place / BUNDLE / "Contents" / "MacOS" / NAME


def uninstall(artifact: Path, place: Path) -> list[Path]:
    shutil.rmtree(place / BUNDLE)
    return list(place.iterdir())
