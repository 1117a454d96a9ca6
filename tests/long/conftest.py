"""Tests that take minutes: `make long`. They stand on the same ground as the others, and use their helpers."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "ui"))

from tests.conftest import HAS_QT, _fresh_settings  # noqa: F401
