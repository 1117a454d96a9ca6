"""Where a name may stand beside what it names."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QRectF


@lru_cache(maxsize=256)
def offsets(w: float, h: float, gap: float, away: float | None) -> list[tuple[float, float]]:
    """Where a label may stand from what it names, the best place first."""
    if away is None:
        near = [(gap, -h / 2), (-gap - w, -h / 2), (gap * 0.6, -h - gap * 0.4), (gap * 0.6, gap * 0.4)]
        near += [(-w - gap * 0.6, -h - gap * 0.4), (-w - gap * 0.6, gap * 0.4), (-w / 2, -h - gap), (-w / 2, gap)]
        sides = (gap, -gap - w, -0.8 * w, -0.2 * w)
        return near + [(side, (k - 0.5) * h) for k in (1.7, -1.7, 2.9, -2.9, 4.1, -4.1, 5.3, -5.3) for side in sides]
    # Inwards of the arrow; further down or up the edge where that is taken.
    dx = -math.cos(away) * (gap + w / 2 + 4) - w / 2
    dy = -math.sin(away) * (gap + h / 2 + 2) - h / 2
    return [(dx, dy + k * (h + 2)) for k in (0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5)]


def within(rect: QRectF, room: QRectF) -> QRectF:
    """``rect`` moved into ``room``, where it fits."""
    x = min(max(rect.x(), room.x()), max(room.right() - rect.width(), room.x()))
    y = min(max(rect.y(), room.y()), max(room.bottom() - rect.height(), room.y()))
    return QRectF(x, y, rect.width(), rect.height())


def overlap(rect: QRectF, taken: list[QRectF]) -> float:
    """The area of ``rect`` that is ``taken``, in square pixels."""
    shared = (rect.intersected(other) for other in taken)
    return sum(part.width() * part.height() for part in shared)
