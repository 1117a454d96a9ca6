"""Forbids this process every network, for good: python -m tests.offline SCRIPT [ARGUMENT…] runs a script so.

Python's own sockets end the process with `CAUGHT`. On Linux the kernel ends it as well when anything else in it, Qt
above all, asks for one. Sockets within the machine, as to an X server, stay.
"""

from __future__ import annotations

import ctypes
import os
import platform
import runpy
import socket
import struct
import sys
from pathlib import Path
from typing import Any

CAUGHT = 99
INTERNET = (socket.AF_INET, socket.AF_INET6)
LOOKUPS = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "urllib.Request")
# The number of the system call socket, and what marks its kind of processor for a filter.
CALLS = {"x86_64": (41, 0xC000003E), "aarch64": (198, 0xC00000B7)}


def forbid() -> None:
    sys.addaudithook(_watch)
    if sys.platform == "linux" and platform.machine() in CALLS:
        _filter(*CALLS[platform.machine()])


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event in LOOKUPS or (event == "socket.__new__" and arguments[1] in INTERNET):
        os.write(2, f"network: {event} {arguments[1:]}\n".encode())
        os._exit(CAUGHT)


def _filter(call: int, processor: int) -> None:
    """Have the kernel end the process at socket(AF_INET or AF_INET6, …): seccomp, see its manual page."""

    def line(code: int, yes: int, no: int, value: int) -> bytes:
        return struct.pack("HBBI", code, yes, no, value)

    load, equal, answer = 0x20, 0x15, 0x06
    program = b"".join(
        (
            line(load, 0, 0, 4),  # the processor
            line(equal, 0, 5, processor),
            line(load, 0, 0, 0),  # the system call
            line(equal, 0, 3, call),
            line(load, 0, 0, 16),  # its first argument
            line(equal, 2, 0, INTERNET[0]),
            line(equal, 1, 0, INTERNET[1]),
            line(answer, 0, 0, 0x7FFF0000),  # allow
            line(answer, 0, 0, 0x80000000),  # end the process
        )
    )

    class Filter(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("program", ctypes.c_char_p))

    libc = ctypes.CDLL(None, use_errno=True)
    no_new_privileges, set_filter = (38, 1, 0, 0, 0), (22, 2, ctypes.byref(Filter(len(program) // 8, program)), 0, 0)
    for request in (no_new_privileges, set_filter):
        if libc.prctl(*request):
            raise OSError(ctypes.get_errno(), "no filter for system calls can be set")


if __name__ == "__main__":
    forbid()
    sys.argv = sys.argv[1:]
    if Path(sys.argv[0]).is_file():
        runpy.run_path(sys.argv[0], run_name="__main__")
    else:
        exec(sys.argv[0])
