"""What a file must hold to be what its ending says."""

from __future__ import annotations

import csv
import io
import json
import struct
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

from simulator import racefile
from simulator.race import Race

XHTML = "{http://www.w3.org/1999/xhtml}"


def is_png(path: Path, race: Race) -> None:
    content = path.read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    length = struct.unpack(">I", content[-12:-8])[0]
    assert (length, content[-8:-4]) == (0, b"IEND")
    assert racefile.find(path) == race


def is_gif(path: Path, race: Race) -> None:
    from PIL import Image

    with Image.open(path) as picture:
        assert picture.format == "GIF"
        for n in range(picture.n_frames):
            picture.seek(n)
            picture.load()


def is_mp4(path: Path, race: Race) -> None:
    assert path.read_bytes()[4:8] == b"ftyp"


def is_csv(path: Path, race: Race) -> None:
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode())))
    assert len(rows) == 1 + race.lanes * (race.steps + 1)
    assert {len(row) for row in rows} == {7 + race.landscape.dim}


def is_json(path: Path, race: Race) -> None:
    assert racefile.from_data(json.loads(path.read_bytes())["race"]) == race


def is_html(path: Path, race: Race) -> None:
    """Well-formed, whole in itself, and with every racer in it."""
    page = ET.parse(path).getroot()
    assert page.tag == f"{XHTML}html"
    for element in page.iter():
        for name in ("src", "href", "srcset", "data", "poster"):
            assert element.get(name, "data:").startswith("data:")
    style = next(page.iter(f"{XHTML}style")).text or ""
    assert "url(" not in style and "@import" not in style
    assert not list(page.iter(f"{XHTML}script"))
    names = [" ".join("".join(head.itertext()).split()) for head in page.iter(f"{XHTML}h3")]
    assert [name.removeprefix("● ") for name in names[1:]] == [" ".join(e.label.split()) for e in race.entrants]


def is_svg(path: Path, race: Race) -> None:
    assert ET.parse(path).getroot().tag.endswith("svg")


def is_pdf(path: Path, race: Race) -> None:
    content = path.read_bytes()
    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")


READERS: dict[str, Callable[[Path, Race], None]] = {
    name.removeprefix("is_"): reader for name, reader in list(globals().items()) if name.startswith("is_")
}
