"""What the coach says of one racer: a line in its card, the reasons behind it, and buttons that try the change."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from simulator.diagnose import Diagnosis, forkable
from simulator.ui.parts import button, label


class CoachNote(QWidget):
    """Closed it is one line, the kind; opened it has evidence, cause and suggestion.

    ``tried`` carries the diagnosis and whether the change is to be made from ``since`` on, or all the way.
    """

    tried = Signal(object, bool)
    arranged = Signal()  # other controls can be reached
    opened = Signal()  # by the person

    def __init__(self) -> None:
        super().__init__()
        self.said: Diagnosis | None = None
        self._offers = True
        self.head = QToolButton()
        self.head.setCheckable(True)
        self.head.setProperty("role", "disclosure")
        self.head.setStyleSheet("padding-left: 0px;")  # in line with what stands above it
        self.head.toggled.connect(self._disclose)
        self.head.clicked.connect(lambda on: self.opened.emit() if on else None)
        self.why = label()
        self.why.setTextFormat(Qt.TextFormat.PlainText)
        self.why.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.anew = button("", "", lambda: self._try(False))
        self.fork = button("", "", lambda: self._try(True))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(self.head, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.why)
        for each in (self.anew, self.fork):  # one below the other: on a projector there is no room beside
            column.addWidget(each)
        self._disclose(False)

    def show_diagnosis(self, said: Diagnosis, where: str = "", offers: bool = True) -> None:
        """Say ``said``; ``where`` names the start it is about. ``offers``: whether racers may be added here."""
        if (said, offers) == (self.said, self._offers):
            return
        self.said, self._offers = said, offers
        lines = [f"At step {said.step:,}{where}: {'; '.join(said.evidence)}.", said.cause, said.suggestion]
        self.why.setText("\n".join(line for line in lines if line))
        self.why.setAccessibleName(self.why.text())
        self.anew.setText(f"Try it {said.whence.removesuffix(' on')}")
        self.fork.setText(f"Try it from step {said.since:,}")
        what = f"{said.racer}: {said.suggestion}"
        for each, how in ((self.anew, said.whence), (self.fork, f"from step {said.since:,} on")):
            each.setAccessibleName(f"{what} Try it {how}")
            each.setToolTip(f"Race the change {how}, beside {said.racer}. Undo takes it back.")
        if said.shared:
            self.anew.setToolTip("Race everybody with the change. Undo takes it back.")
        self._name()
        self._disclose(self.head.isChecked())

    @property
    def inputs(self) -> list[QWidget]:
        """What the keyboard goes through."""
        return [each for each in (self.head, self.anew, self.fork) if not each.isHidden()]

    def _name(self) -> None:
        if self.said is not None:
            kind = self.said.kind
            self.head.setText(f"{kind[0].upper()}{kind[1:]} {'▴' if self.head.isChecked() else '▾'}")
            self.head.setAccessibleName(f"{self.said.racer}: {kind}, why and what to try")
            self.head.setToolTip(f"{self.said.headline} Why, and what to try.")

    def _disclose(self, opened: bool) -> None:
        self._name()
        can = opened and self.said is not None and bool(self.said.changes) and self._offers
        self.why.setVisible(opened)
        self.anew.setVisible(can)
        self.fork.setVisible(can and self.said is not None and forkable(self.said))
        self.arranged.emit()

    def _try(self, fork: bool) -> None:
        if self.said is not None:
            self.tried.emit(self.said, fork)
