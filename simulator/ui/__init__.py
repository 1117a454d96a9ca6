"""The window. The only folder that imports PySide6 or pyqtgraph."""
