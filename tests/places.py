"""Where the checkout is. Once this is imported, so can be what packages the program."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGING = ROOT / "packaging"
sys.path.append(str(PACKAGING))  # whose modules import one another as build.py's do
