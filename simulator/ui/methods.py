"""The optimizers that can join a race, as a list to choose from."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from simulator.handbook import ordered, summary
from simulator.landscape import Landscape
from simulator.optimizer import Optimizer
from simulator.optimizers import OPTIMIZERS
from simulator.ui.chooser import ChoicePopup, Entry, why_not


class MethodPopup(ChoicePopup):
    """Hands the chosen one to ``add``. Those that cannot race on the ``landscape`` there is then say why."""

    def __init__(
        self, parent: QWidget, landscape: Callable[[], Landscape | None], add: Callable[[type[Optimizer]], None]
    ):
        super().__init__(methods, "Methods", parent)
        self.obstacles = lambda: obstacles(landscape())
        self.picked.connect(lambda name: add(OPTIMIZERS[name]))


def methods() -> list[Entry]:
    """All optimizers, family by family, each in order of year."""
    return [Entry(cls.name, cls.title, cls.family, str(cls.year), summary(cls)) for cls in ordered("optimizer")]


def obstacles(landscape: Landscape | None) -> dict[str, str]:
    """Which optimizers cannot race on ``landscape``, and why."""
    if landscape is None:
        return {}
    return {name: why for name, cls in OPTIMIZERS.items() if (why := why_not(cls, landscape))}
