"""What the arena draws of a landscape: how it stands at a step, and, beyond two dimensions, on which plane. No Qt."""

from __future__ import annotations

from typing import Literal

import numpy as np

from simulator.landscape import Box, Landscape
from simulator.plane import Plane, Section, principal_plane, random_plane
from simulator.recording import Recording

Kind = Literal["principal", "random"]
TITLES: dict[Kind, str] = {"principal": "Main directions", "random": "Random directions"}
# Of the movement that a new plane would show: with as much the old one stays, when all is known, and while more comes.
GOOD_ENOUGH, HALF = 0.95, 0.5
TIGHT, LOOSE = 0.1, 2.5  # of the view's side: how near its edge paths may come, and how wide it may be around them
ON_IT = 1e-3  # of the box's diagonal: as near a start must be for the plane to go through it


class Outlook:
    """The plane a race of more than two dimensions is drawn on, and the part of it that is shown at first.

    They lie still while a race plays: they are chosen when the race changes, from all steps known then, and once more
    whenever twice as many are known, the last time from the whole race. Even then the old ones stay as long as the
    plane goes through the first start and shows nearly as much of the movement as the best, and as the paths fill
    their part of it neither too little nor too much.
    """

    def __init__(self) -> None:
        self.kind: Kind = "principal"
        self.seed = 0  # of the random directions
        self.plane: Plane | None = None  # None in up to two dimensions
        self.box: Box = ()  # the part of the plane
        self.share = 1.0  # of the movement known that lies in the plane
        self._drawn: int | None = None  # the seed of the plane that stands, if it is a random one
        self._recording: Recording | None = None
        self._known = 0  # steps that were known when it was last looked at

    def choose(self, kind: Kind, seed: int) -> None:
        """Ask for another plane; the next `look` finds it."""
        self.kind, self.seed = kind, seed
        self._recording = None

    def look(self, recording: Recording, held: bool = False) -> bool:
        """Take ``recording`` into account; whether something else is to be drawn now.

        While a start is ``held`` the plane stays under it whatever it shows.
        """
        before = self.plane, self.box
        if held and self.plane is not None and len(self.plane.origin) == recording.race.landscape.dim:
            self.share = self.plane.share(recording)
            return False
        if recording.race.landscape.dim <= 2:
            self.plane, self.box = None, ()
        elif recording is not self._recording or self._more_is_known(recording):
            self._choose_plane(recording)
            assert self.plane is not None
            self._choose_box(recording, self.plane, before[0])
            self.share = self.plane.share(recording)
            self._known = recording.done
        self._recording = recording
        return (self.plane, self.box) != before

    def ground(self, landscape: Landscape) -> Landscape:
        """``landscape`` itself, or its section along the plane."""
        return landscape if self.plane is None else Section(landscape, self.plane, self.box)

    @property
    def words(self) -> str:
        """Which plane it is and what it shows, for a picture; "" where there is none."""
        if self.plane is None:
            return ""
        title = TITLES["principal" if self._drawn is None else "random"]
        return f"{title} · {self.percent}" if self.percent else title

    @property
    def percent(self) -> str:
        """How much of the movement is shown; "" while nobody has moved."""
        percent = 100.0 * self.share
        # 100 % is said of the whole alone.
        number = f"{percent:.0f}" if 9.95 <= percent < 98.95 or percent > 99.9999 else f"{min(percent, 99.9):.1f}"
        return f"{number} % of the movement" if self._known else ""

    def _more_is_known(self, recording: Recording) -> bool:
        return recording.done >= max(1, 2 * self._known) or self._known < recording.done == recording.race.steps

    def _choose_plane(self, recording: Recording) -> None:
        race, stays = recording.race, self._goes_through(recording)
        if self.kind == "random" or not recording.done:
            if not stays or (self.kind == "random" and self._drawn != self.seed):
                self.plane = random_plane(race.landscape, np.array(race.starts[0]), self.seed)
                self._drawn = self.seed
            return
        best = principal_plane(recording)
        if self.plane is not None and stays and self._drawn is None:
            enough = GOOD_ENOUGH if recording.done == race.steps else HALF
            stays = self.plane.share(recording) >= enough * best.share(recording)
        else:
            stays = False
        if not stays:
            self.plane, self._drawn = best, None

    def _choose_box(self, recording: Recording, plane: Plane, before: Plane | None) -> None:
        if self.box and plane is before and not recording.done:
            return
        box = plane.view(recording, 0.0 if self._drawn is None else 1.0)
        old, new = (np.array(it) for it in (self.box or box, box))
        room = np.ptp(new, axis=1) * TIGHT
        holds = (old[:, 0] <= new[:, 0] + room).all() and (old[:, 1] >= new[:, 1] - room).all()
        loose = (np.ptp(old, axis=1) > LOOSE * np.ptp(new, axis=1)).any()
        if plane is not before or not self.box or not holds or loose:
            self.box = box

    def _goes_through(self, recording: Recording) -> bool:
        """Whether the plane is one of this landscape's and goes through the first start."""
        race, before = recording.race, self._recording
        if self.plane is None or before is None or _shape(before.race.landscape) != _shape(race.landscape):
            return False
        start = np.array(race.starts[0])
        off = start - self.plane.lift(self.plane.project(start))
        return float(np.linalg.norm(off)) <= ON_IT * race.landscape.diagonal


def _shape(landscape: Landscape) -> tuple[object, ...]:
    return type(landscape), landscape.blocks
