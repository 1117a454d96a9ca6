"""What makes the program known to a Linux desktop: menu entry, icons, file types, a page for software centres."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import time
from pathlib import Path

from tools import NAME, PACKAGING, ROOT, copied, run, version

FILES = {
    "optim-race.desktop": "applications",
    "optim-race.xml": "mime/packages",
    "optim-race.metainfo.xml": "metainfo",
}


def furnish(share: Path) -> None:
    """Put all of it below ``share``, which is or stands for /usr/share."""
    for name, place in FILES.items():
        text = (PACKAGING / "linux" / name).read_text(encoding="utf-8")
        written(share / place / name, text.replace("@VERSION@", version()).replace("@DATE@", released()))
    icons = ROOT / "assets" / "icon"
    copied(icons / "icon.svg", share / "icons" / "hicolor" / "scalable" / "apps" / f"{NAME}.svg")
    for icon in icons.glob("icon-*.png"):
        size = icon.stem.removeprefix("icon-")
        copied(icon, share / "icons" / "hicolor" / f"{size}x{size}" / "apps" / f"{NAME}.png")
    page = share / "man" / "man1" / f"{NAME}.1.gz"
    page.parent.mkdir(parents=True)
    page.write_bytes(gzip.compress(manual().encode(), mtime=0))


def written(path: Path, text: str) -> Path:
    """A file with this text, in folders made for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o644)
    return path


def released() -> str:
    """The day of what is built: that of the last change, or today where git knows nothing."""
    if epoch := os.environ.get("SOURCE_DATE_EPOCH"):
        return time.strftime("%Y-%m-%d", time.gmtime(int(epoch)))
    git = subprocess.run(["git", "log", "-1", "--format=%cs"], cwd=ROOT, capture_output=True, text=True)
    return git.stdout.strip() or time.strftime("%Y-%m-%d")


def manual() -> str:
    """The manual page: what the program says of itself."""
    said = run(sys.executable, "-m", "simulator", "--help", cwd=ROOT, env=os.environ | {"COLUMNS": "80"})
    shown = said.replace("\\", "\\e").replace("-", "\\-").replace("\n.", "\n\\&.").replace("\n'", "\n\\&'")
    return f""".TH OPTIM\\-RACE 1 {released()} "{NAME} {version()}"
.SH NAME
optim\\-race \\- race gradient\\-descent optimizers on loss landscapes
.SH DESCRIPTION
.nf
{shown.strip()}
.fi
.SH SEE ALSO
optim\\-race COMMAND \\-\\-help, and optim\\-race help
"""
