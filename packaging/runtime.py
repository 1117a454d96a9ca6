"""Runs first in the frozen program."""

import os
import sys

# The loader has found our libraries by now. ffmpeg, a browser and whatever else the program starts want their own.
if sys.platform.startswith("linux"):
    if (before := os.environ.pop("LD_LIBRARY_PATH_ORIG", None)) is not None:
        os.environ["LD_LIBRARY_PATH"] = before
    else:
        os.environ.pop("LD_LIBRARY_PATH", None)
    # Qt is told where it lies in a settings file, whose values a comma ends. Elsewhere this stays unset: other programs
    # would inherit it.
    here = str(sys._MEIPASS)  # type: ignore[attr-defined]
    if any(letter in here for letter in ',;"\\'):
        os.environ["QT_PLUGIN_PATH"] = f"{here}/PySide6/Qt/plugins"
