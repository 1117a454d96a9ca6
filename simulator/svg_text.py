"""A race inside an SVG picture, and the words around the drawing."""

from __future__ import annotations

import re
from html import escape, unescape

from simulator.png_text import MAX_TEXT, PictureError

SPACE = "urn:optim-race:race"
BEGIN, END = f'<metadata><race xmlns="{SPACE}">', "</race></metadata>"
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def allowed(words: str) -> str:
    """``words``, a mark in place of each letter that no XML may hold, however written."""
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", words)


def text(words: str) -> str:
    """``words`` between two tags."""
    return escape(allowed(words), quote=False)


def attribute(words: str) -> str:
    """``words`` between two double quotes."""
    return text(words).replace('"', "&quot;").replace("\n", " ")


def document(width: float, height: float, title: str, about: str, race: str, defs: str, body: str) -> str:
    """An SVG picture of ``width`` × ``height`` units, 96 an inch, with the file ``race`` inside."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}" role="img">\n'
        f"<title>{text(title)}</title>\n<desc>{text(about)}</desc>\n{BEGIN}{text(race)}{END}\n"
        f"<defs>\n{defs}\n</defs>\n{body}\n</svg>\n"
    )


def read(content: bytes) -> str:
    """The race in the picture. It is looked for, not parsed: what else the file says cannot do anything.

    Raises PictureError.
    """
    begin = content.find(BEGIN.encode())
    end = content.find(END.encode(), begin)
    if begin < 0 or end < 0:
        raise PictureError("there is no race in this picture")
    race = content[begin + len(BEGIN) : end]
    if len(race) > MAX_TEXT:
        raise PictureError(f"the race in this picture is larger than {MAX_TEXT / 1e6:g} MB")
    try:
        return unescape(race.decode())
    except UnicodeDecodeError:
        raise PictureError("the race in this picture is damaged") from None
