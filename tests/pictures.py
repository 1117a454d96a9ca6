"""A PNG made by hand."""

from __future__ import annotations

import struct
import zlib

from simulator.png_text import SIGNATURE


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def minimal_png(*extra: bytes) -> bytes:
    """One grey pixel, with ``extra`` chunks after the pixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0\x80"))
    return b"".join([SIGNATURE, header, pixels, *extra, chunk(b"IEND", b"")])
