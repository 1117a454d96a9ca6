"""The window. The only folder that imports PySide6 or pyqtgraph."""

import importlib

from simulator import interrupts

# PySide runs Python of its own while it is first imported, and aborts the process if an interrupt falls into it.
with interrupts.held():
    importlib.import_module("PySide6.QtCore")
