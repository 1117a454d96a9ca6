"""The program's icon, name and version in the forms that Windows and macOS want them, made at build time."""

from __future__ import annotations

import plistlib
import re
from pathlib import Path
from typing import Any

from tools import NAME, PACKAGING, ROOT, Trouble, version

WINDOWS_SIZES = (16, 24, 32, 48, 64, 128, 256)
MAC_SIZES = (16, 32, 64, 128, 256, 512)
DESCRIPTION = "Race gradient-descent optimizers on loss landscapes"
AUTHORS = "the optim-race authors"

VERSION_RESOURCE = """VSVersionInfo(
    ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3F, flags=0, OS=0x40004, fileType=1, subtype=0),
    kids=[
        StringFileInfo([StringTable("040904B0", [
            {strings},
        ])]),
        VarFileInfo([VarStruct("Translation", [0x0409, 0x04B0])]),
    ],
)
"""


def four_numbers() -> tuple[int, int, int, int]:
    """The version as Windows counts: 1.2 is (1, 2, 0, 0). What follows the numbers, such as rc1, is left out."""
    found = re.match(r"\d+(?:\.\d+){0,3}", version())
    if not found:
        raise Trouble(f"{version()!r} is no version that Windows could show")
    a, b, c, d = (*map(int, found[0].split(".")), 0, 0, 0)[:4]
    return a, b, c, d


def version_resource(file: Path, executable: str) -> Path:
    """What Windows shows as the properties of ``executable``, as the text that PyInstaller reads."""
    strings = {
        "CompanyName": AUTHORS,
        "FileDescription": DESCRIPTION,
        "FileVersion": version(),
        "InternalName": NAME,
        "LegalCopyright": f"{AUTHORS}, MIT licence",
        "OriginalFilename": executable,
        "ProductName": NAME,
        "ProductVersion": version(),
    }
    lines = [f"StringStruct({key!r}, {value!r})" for key, value in strings.items()]
    text = VERSION_RESOURCE.format(numbers=four_numbers(), strings=",\n            ".join(lines))
    file.write_text(text, encoding="utf-8")
    return file


def icon(file: Path) -> Path:
    """``file`` with the icon in every size that was drawn for it: an .ico or an .icns, by its ending."""
    from PIL import Image

    sizes = WINDOWS_SIZES if file.suffix == ".ico" else MAC_SIZES
    drawn = [Image.open(ROOT / "assets" / "icon" / f"icon-{size}.png").convert("RGBA") for size in sizes]
    # Pillow would shrink the largest to the sizes it is not given.
    drawn[-1].save(file, sizes=[image.size for image in drawn], append_images=drawn[:-1])
    return file


def info_plist() -> dict[str, Any]:
    """macos/Info.plist with the version, for PyInstaller, which adds the executable's name."""
    found = plistlib.loads((PACKAGING / "macos" / "Info.plist").read_bytes())
    numbers = ".".join(map(str, four_numbers()[:3]))
    return found | {"CFBundleShortVersionString": numbers, "CFBundleVersion": numbers}
