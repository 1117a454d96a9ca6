"""The race file inside a picture: a text chunk of a PNG, written and read without an image library.

PNG specification, third edition: https://www.w3.org/TR/png-3/ sections 5 (chunks) and 11.3.3 (text).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

KEYWORD = b"optim-race"
SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_PICTURE = 64_000_000  # bytes of a picture that is looked through
MAX_CHUNKS = 100_000
MAX_TEXT = 1_000_000  # bytes of a race file
TEXTS = (b"tEXt", b"zTXt", b"iTXt")


class PictureError(ValueError):
    """A picture that carries no race, or is no PNG. Its text is one line."""


def insert(png: bytes, text: str) -> bytes:
    """``png`` carrying ``text`` in an iTXt chunk, in place of any it carried. Raises PictureError."""
    # keyword, not compressed, no language, no translated keyword
    body = KEYWORD + b"\0\0\0\0\0" + text.encode()
    chunk = struct.pack(">I", len(body)) + b"iTXt" + body + struct.pack(">I", zlib.crc32(b"iTXt" + body))
    parts = [SIGNATURE]
    for kind, data, raw in _chunks(png):
        if not _is_ours(kind, data):
            parts.append(raw)
        if kind == b"IHDR":
            parts.append(chunk)  # before the pixels: a reader need not go through them
    return b"".join(parts)


def read(png: bytes) -> str:
    """The text that `insert` put in, even after a tool rewrote it as another kind of text chunk.

    Raises:
        PictureError: not a PNG, a damaged one, one without a race, or with one too long.
    """
    for kind, data, raw in _chunks(png):
        if _is_ours(kind, data):
            if zlib.crc32(raw[4:-4]) != int.from_bytes(raw[-4:], "big"):
                raise PictureError("the race in this picture is damaged (its checksum is wrong)")
            return _text(kind, data[len(KEYWORD) + 1 :])
    raise PictureError("this picture carries no race; pictures saved by optim-race do")


def _is_ours(kind: bytes, data: bytes) -> bool:
    return kind in TEXTS and data.startswith(KEYWORD + b"\0")


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """``(kind, data, whole chunk)`` from IHDR to IEND."""
    if not png.startswith(SIGNATURE):
        raise PictureError("not a PNG picture")
    view, at = memoryview(png), len(SIGNATURE)
    for _ in range(MAX_CHUNKS):
        if at + 12 > len(png):
            raise PictureError("the picture ends too early")
        length = int.from_bytes(view[at : at + 4], "big")
        kind, end = bytes(view[at + 4 : at + 8]), at + 12 + length
        if end > len(png):
            raise PictureError("the picture ends too early")
        if at == len(SIGNATURE) and kind != b"IHDR":
            raise PictureError("not a PNG picture: it does not begin with a header")
        raw = bytes(view[at:end])
        yield kind, raw[8:-4], raw
        if kind == b"IEND":
            return
        at = end
    raise PictureError(f"the picture has more than {MAX_CHUNKS:,} parts")


def _text(kind: bytes, rest: bytes) -> str:
    compressed, encoding = kind == b"zTXt", "latin-1"
    if kind == b"zTXt":
        rest = rest[1:]
    elif kind == b"iTXt":
        compressed, encoding = rest[:1] == b"\1", "utf-8"
        parts = rest[2:].split(b"\0", 2)  # language, translated keyword, text
        if len(parts) < 3:
            raise PictureError("the race in this picture is damaged")
        rest = parts[2]
    try:
        if compressed:
            rest = zlib.decompressobj().decompress(rest, MAX_TEXT + 1)
        if len(rest) > MAX_TEXT:
            raise PictureError(f"the race in this picture is larger than {MAX_TEXT / 1e6:g} MB")
        return rest.decode(encoding)
    except (zlib.error, UnicodeDecodeError):
        raise PictureError("the race in this picture is damaged") from None
