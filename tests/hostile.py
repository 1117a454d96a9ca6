"""Files as a careless or hostile hand leaves them, and the proof that reading one did nothing but read."""

from __future__ import annotations

import copy
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from hypothesis import strategies as st

MOST_SECONDS = 10.0  # of the processor for one file: a hang, not a slow machine
HARMFUL = (
    "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.remove", "socket.", "ctypes.", "shutil."
)  # fmt: skip
WORDS = (
    "", " ", "\0", "\n", "../../etc/passwd", "__import__('os').system('x')", "{0.__class__}", "%s%n", "<b>x</b>",
    "&amp;",
)  # fmt: skip
BYTES = (b"[", b"]]", b'"""', b"=", b"\xff", b"[[entrant]]\n")
_events: list[str] | None = None


def _note(event: str, args: tuple[Any, ...]) -> None:
    if _events is not None and (event.startswith(HARMFUL) or (event == "open" and _writes(args))):
        _events.append(f"{event}{args}")


def _writes(args: tuple[Any, ...]) -> bool:
    """Whether a file is opened for writing, by its mode or its flags."""
    mode, flags = args[1], args[2]
    return any(letter in mode for letter in "wax+") if isinstance(mode, str) else bool(flags & 3)


sys.addaudithook(_note)  # which cannot be taken away again


@contextmanager
def harmless() -> Generator[None]:
    """Fails if what is done inside starts a program, asks the network, writes a file or takes very long."""
    global _events
    _events, began = [], time.process_time()
    try:
        yield
        seconds = time.process_time() - began
        assert not _events, _events
    finally:
        _events = None
    assert seconds < MOST_SECONDS, f"{seconds:.1f} s"


odd_numbers = st.sampled_from(
    [0, -1, 1, 2**31, 2**63, 10**30, -(10**400), 0.0, -0.0, 1e-320, 1e308, -1e308, float("nan"), float("inf"), 0.5]
)
odd_texts = st.one_of(
    st.text(max_size=30),
    st.sampled_from(WORDS),
    st.sampled_from(["x" * 20_000, "(" * 5000, "9**9**9**9", "sin", "ravine", "adam", "cosine", "é" * 2000]),
)
odd_values = st.recursive(
    st.one_of(odd_numbers, odd_texts, st.booleans(), st.integers(), st.floats(), st.just([[]] * 3000)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(odd_texts, inner, max_size=3)),
    max_leaves=8,
)


@st.composite
def spoilt(draw: st.DrawFn, data: dict[str, Any]) -> dict[str, Any]:
    """``data`` with a few of its values taken away, doubled, or replaced by anything."""
    data = copy.deepcopy(data)
    for _ in range(draw(st.integers(1, 4))):
        _spoil(draw, data)
    return data


def _spoil(draw: st.DrawFn, data: dict[str, Any]) -> None:
    part: Any = data
    while True:
        keys = list(part) if isinstance(part, dict) else list(range(len(part)))
        if not keys:
            return
        key = draw(st.sampled_from(keys))
        if isinstance(part[key], (dict, list)) and draw(st.integers(0, 3)):
            part = part[key]
            continue
        act = draw(st.sampled_from(("replace", "replace", "remove", "rename", "double")))
        if act == "replace":
            part[key] = copy.deepcopy(draw(odd_values))  # which may be spoilt in its turn
        elif act == "remove":
            del part[key]
        elif isinstance(part, list):
            part.append(copy.deepcopy(part[key]))
        elif act == "rename":
            part[draw(odd_texts)] = part.pop(key)
        else:
            part[str(key) + "_"] = copy.deepcopy(part[key])
        return


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """``content`` with bytes changed, cut out, put in and doubled."""
    raw = bytearray(content)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(raw) - 1)))
        until = at + draw(st.integers(1, 40))
        act = draw(st.sampled_from(("change", "cut", "put", "double", "end")))
        if act == "change":
            raw[at : at + 1] = draw(st.binary(min_size=1, max_size=1))
        elif act == "cut":
            del raw[at:until]
        elif act == "put":
            raw[at:at] = draw(st.one_of(st.binary(max_size=20), st.sampled_from(BYTES)))
        elif act == "double":
            raw[at:at] = raw[at:until]
        else:
            del raw[at:]
    return bytes(raw)
