"""The line below the race that says in words what goes on."""

from __future__ import annotations

import html

from simulator.commentary import comment
from simulator.ui.controller import Controller
from simulator.ui.labels import ElidedLabel
from simulator.ui.throttle import Throttle

BEFORE = "What do you expect? Lock in a prediction, and the race is run."
MILLISECONDS = 250  # a line stays long enough to be read


class CommentaryLine(ElidedLabel):
    """Comments on what ``controller`` shows, or tells what somebody else has to say; plain, as a racer may be <b>."""

    def __init__(self, controller: Controller):
        super().__init__()
        self.setObjectName("commentary")
        self.setAccessibleName("Race commentary")
        self._controller = controller
        self._now_and_then = Throttle(self.comment, self, MILLISECONDS)
        controller.moved.connect(lambda: self._now_and_then() if controller.playing else self.comment())
        controller.playing_changed.connect(lambda playing: None if playing else self.comment())  # where it stopped

    def comment(self) -> None:
        c = self._controller
        self.tell(BEFORE if c.held else comment(c.recording, c.step, c.playing))

    def tell(self, text: str) -> None:
        if text != self.text():
            self.setText(text)
            self.setToolTip(f"<p>{html.escape(text)}</p>")
