"""Whether a window or a picture can be made here, and if not, what is missing: Qt itself only aborts.

Knows no Qt: it looks before Qt is loaded.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shlex
import socket
import sys
from pathlib import Path

IN_MEMORY = ("offscreen", "minimal")
# A newer one dies on an older Python, see pyproject.toml.
QT = '"PySide6-Essentials<6.12"' if sys.version_info < (3, 12) else "PySide6-Essentials"
INSTALL_QT = f"pip install {QT} pyqtgraph"

# Shared library -> the package that brings it on Debian and Ubuntu, and on Fedora.
ANY_WINDOW = {
    "libEGL.so.1": ("libegl1", "libglvnd-egl"),
    "libGL.so.1": ("libgl1", "libglvnd-glx"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libX11.so.6": ("libx11-6", "libX11"),
}
X11_WINDOW = {
    "libX11-xcb.so.1": ("libx11-xcb1", "libX11-xcb"),
    "libxcb.so.1": ("libxcb1", "libxcb"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb"),
    "libxcb-sync.so.1": ("libxcb-sync1", "libxcb"),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11"),
}
WAYLAND_WINDOW = {
    "libwayland-client.so.0": ("libwayland-client0", "libwayland-client"),
    "libwayland-cursor.so.0": ("libwayland-cursor0", "libwayland-cursor"),
}


def window_trouble(race: str | None = None) -> str | None:
    """One line saying why no window can be opened and what to do, or None. ``race`` is what was to be shown."""
    if missing := qt_missing():
        return f"the window needs {missing}: {INSTALL_QT}; {_instead(race, 'csv')}"
    if not sys.platform.startswith("linux"):
        return None
    platform = _platform()
    if platform not in ("", "xcb", "wayland"):
        return _libraries_trouble(ANY_WINDOW)
    x11, wayland = _x11_trouble(), _wayland_trouble()
    if platform == "xcb":
        wayland = "QT_QPA_PLATFORM asks for xcb"
    elif platform == "wayland":
        x11 = "QT_QPA_PLATFORM asks for wayland"
    if x11 and wayland:
        return f"no display: {x11}; {wayland}; {_instead(race)}"
    served = [libraries for trouble, libraries in ((x11, X11_WINDOW), (wayland, WAYLAND_WINDOW)) if not trouble]
    troubles = [_libraries_trouble(ANY_WINDOW | libraries) for libraries in served]
    return None if None in troubles else troubles[0]  # Qt takes the one that works


def picture_trouble(what: str = "a PNG") -> str | None:
    """One line saying why no picture can be drawn and what to do, or None. Prepares Qt to draw without a display."""
    if missing := qt_missing():
        return f"{what} needs {missing}: {INSTALL_QT}"
    draw_offscreen()
    return _libraries_trouble(ANY_WINDOW) if sys.platform.startswith("linux") else None


def draw_offscreen() -> None:
    """Have Qt draw in memory, whichever display it was told to use. Call before Qt is loaded.

    Elsewhere than on Linux a display is always there, and with it the system's fonts.
    """
    if sys.platform.startswith("linux") and _platform() not in IN_MEMORY:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"


def qt_missing() -> str | None:
    """The package of the window that is not installed, or None."""
    absent = [name for name in ("PySide6", "pyqtgraph") if importlib.util.find_spec(name) is None]
    return " and ".join("Qt" if name == "PySide6" else name for name in absent) or None


def _platform() -> str:
    """The first platform that QT_QPA_PLATFORM names, without its options."""
    return os.environ.get("QT_QPA_PLATFORM", "").split(";")[0].split(":")[0].removesuffix("-egl")


def _instead(race: str | None, kind: str = "png") -> str:
    name = race or "ravine"
    file = f"{Path(name).stem.replace(' ', '-')}.{kind}"
    return f"without a window: optim-race run {shlex.quote(name)} --{kind} {shlex.quote(file)}"


def _x11_trouble() -> str | None:
    """Why no X server answers, or None. The X library itself is asked, it knows addresses and permissions."""
    name = os.environ.get("DISPLAY")
    if not name:
        return "DISPLAY is not set"
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return None  # reported as a missing library
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    failed = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return f"no X server answers at DISPLAY={name}" if failed else None


def _wayland_trouble() -> str | None:
    """Why no Wayland compositor answers, or None."""
    name = os.environ.get("WAYLAND_DISPLAY")
    if not name:
        return "WAYLAND_DISPLAY is not set"
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(Path(os.environ.get("XDG_RUNTIME_DIR", "/")) / name))
        except OSError:
            return f"no compositor answers at WAYLAND_DISPLAY={name}"
    return None


def _libraries_trouble(libraries: dict[str, tuple[str, str]]) -> str | None:
    missing = [name for name in libraries if not _loads(name)]
    if not missing:
        return None
    debian, fedora = (" ".join(dict.fromkeys(libraries[name][i] for name in missing)) for i in (0, 1))
    return (
        f"Qt needs {', '.join(missing)}, missing on this system: "
        f"sudo apt install {debian} (Fedora: sudo dnf install {fedora})"
    )


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
