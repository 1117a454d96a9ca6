"""What dpkg knows of shared libraries: who owns them, and which versions of them a program needs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from tools import NAME, folder, run

from simulator import display


def owned(names: Iterable[str]) -> dict[str, str]:
    """The packages that own the libraries of these names, by library; those that no package owns are left out."""
    known = dict(re.findall(r"^\t(\S+) \(.*\) => (\S+)$", run("ldconfig", "-p"), re.M)[::-1])
    places = [known[name] for name in names if name in known]
    # A library that lies in /usr/lib may have been packed as /lib, of which that is a part today.
    both = {form for place in places for form in (place, place.removeprefix("/usr"), f"/usr{place}")}
    lines = run("sh", "-c", 'dpkg-query --search "$@" 2>/dev/null || true', "sh", *sorted(both)).splitlines()
    pairs = [line.rsplit(": ", 1) for line in lines if not line.startswith("diversion")]
    return {Path(place).name: package.split(":")[0] for package, place in pairs}


def depends(tree: Path) -> list[str]:
    """What the programs and libraries below ``tree`` depend on, with versions, and what a window needs besides."""
    binaries = [path for path in tree.rglob("*") if is_elf(path)]
    private = sorted({f"-l{path.parent}" for path in binaries if re.match(r"lib.+\.so\.\d", path.name)})
    with folder("shlibdeps") as work:
        (work / "debian").mkdir()
        (work / "debian" / "control").write_text(f"Source: {NAME}\n\nPackage: {NAME}\nArchitecture: any\n")
        said = run("dpkg-shlibdeps", "-O", "--ignore-missing-info", *private, *binaries, cwd=work)
    found = said.strip().removeprefix("shlibs:Depends=").split(", ")
    known = {one.split(" ")[0] for one in found}
    window = {packages[0] for packages in (display.ANY_WINDOW | display.X11_WINDOW).values()}
    return sorted([*found, *(window - known)])


def is_elf(path: Path) -> bool:
    """Whether it is a program or a shared library."""
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(4) == b"\x7fELF"


def is_root() -> bool:
    """Whether packages can be installed."""
    return hasattr(os, "geteuid") and os.geteuid() == 0
