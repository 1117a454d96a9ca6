"""Render icon.svg into the PNGs beside it. Needs rsvg-convert (Debian: librsvg2-bin)."""

import subprocess
from pathlib import Path

SIZES = (16, 24, 32, 48, 64, 128, 256, 512)

if __name__ == "__main__":
    here = Path(__file__).parent
    for size in SIZES:
        target = here / f"icon-{size}.png"
        subprocess.run(["rsvg-convert", "-w", str(size), "-o", target, here / "icon.svg"], check=True)
